/* Why: "he never hit me", "if he hits me", "he hit me ten years ago", "the husband in the film hits her" and "what does one get
 * for hitting somebody" hold the words of "he hits me" and mean five other things.
 * Invariants: doubt counts as danger. What did not happen must be said beside the words; all weaker signs (a film named in
 * another clause, an if, a long-past year) only count when the wording of the whole text does not sound like danger either, and
 * never for words about the writer herself in a film or an examination. The words that decided are kept and shown. */
#include "sense/inner.h"
#include "sense/triage.h"

/* What stands before a hit, at most so many bytes, not beyond a stop unless across is set; likewise after it. */
static struct str before(struct str t, size_t at, size_t most, bool across)
{
	size_t from = at;
	while (from > 0 && at - from < most) {
		unsigned char c = (unsigned char)t.p[from - 1];
		if (!across && ((c < 0x80 && triage_is_stop(c)) || (from >= 3 && (memcmp(t.p + from - 3, "。", 3) == 0 || memcmp(t.p + from - 3, "、", 3) == 0))))
			break;
		from--;
	}
	while (from < at && ((unsigned char)t.p[from] & 0xC0) == 0x80)
		from++;
	return (struct str){ t.p + from, at - from };
}

static struct str after(struct str t, size_t at, size_t most)
{
	size_t to = at;
	while (to < t.n && (to - at < most || ((unsigned char)t.p[to] & 0xC0) == 0x80))
		to++;
	return (struct str){ t.p + at, to - at };
}

/* The sentence around a hit: another sentence of the message says nothing about this one. */
static struct str sentence(struct str t, const struct hit *h)
{
	size_t from = h->from, to = h->to;
	while (from > 0 && t.p[from - 1] != '!' && t.p[from - 1] != '?' && t.p[from - 1] != ';' && (from < 3 || memcmp(t.p + from - 3, "。", 3) != 0))
		from--;
	while (to < t.n && t.p[to] != '!' && t.p[to] != '?' && t.p[to] != ';' && (t.n - to < 3 || memcmp(t.p + to, "。", 3) != 0))
		to++;
	return (struct str){ t.p + from, to - from };
}

/* The first of the words that stands in s, as a part of s. */
static struct str find(struct str s, const char *const *words)
{
	for (; *words; words++) {
		int64_t at = str_find(s, str_of(*words));
		if (at >= 0)
			return (struct str){ s.p + at, strlen(*words) };
	}
	return STR_NONE;
}

/* Only what clearly says "it did not happen". */
static struct str negation(struct str t, const struct hit *h)
{
	static const char *const no[] = { "没有", "从没", "从未", "从来没", "从来不", "不曾", "未曾", "并未", "并没", "没动", "不会", "不是", "不存在", "没被",
					  "没人", "未发", "并非", "绝不", "绝没", "无任何", "未见", NULL };
	static const char *const far[] = { "从没", "从未", "从来没", "从来不", "不存在", "没有任何", "无任何", "未发现", "未发生", "双方否认", "均否认", "都否认",
					   "撤回", "排除", NULL };
	static const char *const yet[] = { "没有一天不", "没一天不", "不会放过", "没有办法", "没有人管", "没人管", "是不是", "会不会", "有没有", "没有停", "没有原因",
					   "不是一次", "不是第一次", "不是打就是", "没有理由", "没有活", "不是吵", "没有说谎", "没说谎", "没有报", "没人敢", "没有人敢",
					   "没有地方", "没有证据", "没人信", "不是误会", "没有用", "没有还手", "没有反抗", "没有说", "不是玩笑", "不是开玩笑", NULL };
	static const char *const denied[] = { "真不是", "并不是", "纯属谣言", "没有的事", "不属实", "没有没有", NULL };
	static const char *const direct[] = { "没", "未", "冇", NULL };
	struct str w = before(t, h->from, 18, false), hit = { t.p + h->from, h->to - h->from };
	if (find(hit, (const char *const[]){ "不想活", "活不", "不如死", "不敢", "不让", "不给", "不许", "不准", NULL }).p)
		return STR_NONE;
	if (find(w, yet).p)
		return STR_NONE;
	struct str why = find(w, no);
	if (!why.p)
		why = find(before(t, h->from, 42, false), far);
	if (!why.p && w.n >= 3)
		why = find((struct str){ w.p + w.n - 3, 3 }, direct);
	if (!why.p)
		why = find(after(t, h->to, 30), denied);
	return why;
}

static struct str fiction(struct str t, const struct hit *h, bool strong)
{
	static const char *const story[] = { "电视剧", "电影", "小说", "新闻", "剧里", "剧中", "剧本", "游戏里", "讲座", "宣传片", "小品", "短剧", "动漫", "漫画", "综艺", NULL };
	static const char *const anywhere[] = { "影评", "剧情", "台词", "电影", "电视剧", "小说", "话剧", "密室", "排练", "纪录片", "相声", "评书", "听书", "悬疑", "短剧",
						"读书会", "读后感", "观后感", "话本", "剧本杀", "情景剧", "游戏", "排位", "队友", "主播", "演唱会", "明星", "新闻",
						"短视频", "法治节目", "历史", "网传", "球队", "足球", "篮球", "裁判", NULL };
	struct str why = find(before(t, h->from, 60, false), story);
	if (why.p || strong)
		return why;
	return find(sentence(t, h), anywhere);
}

static bool says_me(struct str s)
{
	static const char *const me[] = { "我", "俺", "咱", "偶", NULL };
	return find(s, me).p != NULL;
}

static struct str general(struct str t, const struct hit *h)
{
	static const char *const learning[] = { "法考", "考试", "论文", "写作业", "宣传", "讲座", "黑板报", "普法", "培训", "志愿者", "课题", "演练", "折页", "备课", "展板",
						"征文", "认定标准", "怎么定义", "法律规定", "守门人", "条例", "研究", "调查问卷", NULL };
	static const char *const law[] = { "判几年", "判多久", "判多少年", "怎么判", "坐牢吗", "犯法吗", "犯罪吗", "违法吗", "算不算", "怎么认定", "要坐几年", "会判刑吗",
					   "哪一条", "什么罪", NULL };
	struct str why = find(after(t, h->to, 36), law);
	if (why.p && !says_me(before(t, h->from, 24, false)))
		return why;
	return find(sentence(t, h), learning);
}

static struct str hypothesis(struct str t, const struct hit *h)
{
	static const char *const ifs[] = { "如果", "要是", "假如", "假设", "万一", "倘若", "若是", "以后要", "将来", NULL };
	static const char *const again[] = { "再", "又", "还", "继续", "说", "扬言", "威胁", "已经", "就", "敢", "刚", "昨", "今", NULL };
	struct str w = before(t, h->from, 36, false), why = find(w, ifs);
	if (!why.p)
		return STR_NONE;
	struct str between = { why.p + why.n, (size_t)(t.p + h->to - why.p - why.n) };
	return find(between, again).p ? STR_NONE : why;
}

/* Long ago, and the text says that it ended. */
static struct str past(struct str t, const struct hit *h)
{
	static const char *const long_ago[] = { "年前", "当年", "以前", "从前", "年轻时", "小时候", "早年", "曾经", "过去", "刚恋爱", "读书时", "去年", "那时", "曾被", "曾遭", NULL };
	static const char *const ended[] = { "再没", "没再", "再也没", "后来好", "早已", "早就", "如今", "现在想", "现在好", "现在安", "现生活", "现已", "改了", "戒了",
					     "想开了", "原谅", "安稳", "平静", "理解", "红过脸", "分了", "再婚", "和好", "去世", "早离", "想起往事", "想通", NULL };
	struct str why = find(before(t, h->from, 75, true), long_ago);
	return why.p && find(t, ended).p ? why : STR_NONE;
}

static struct str jest(struct str t, const struct hit *h)
{
	static const char *const laugh[] = { "开玩笑", "哈哈", "笑死", "气话", "闹着玩", "口头禅", "说着玩", "好笑", "夸张", NULL };
	return find(sentence(t, h), laugh);
}

enum triage_context triage_context(struct str t, const struct hit *h, bool negatable, bool imaginable, bool spoken, double p, double near,
				   struct str *ret_why)
{
	struct str hit = { t.p + h->from, h->to - h->from }, why = STR_NONE;
	enum triage_context c = TRIAGE_ASSERTED;
	if (negatable && (why = negation(t, h)).p)
		c = TRIAGE_NEGATED;
	else if (imaginable && (why = fiction(t, h, true)).p)
		c = TRIAGE_FICTION;
	else if (p >= 0.5 || !imaginable)
		c = TRIAGE_ASSERTED;
	else if (near < 0.5 && !says_me(hit) && (why = fiction(t, h, false)).p)
		c = TRIAGE_FICTION;
	else if (near < 0.5 && !says_me(hit) && (why = general(t, h)).p)
		c = TRIAGE_GENERAL;
	else if (!spoken && (why = hypothesis(t, h)).p)
		c = TRIAGE_HYPOTHETICAL;
	else if ((why = past(t, h)).p)
		c = TRIAGE_PAST;
	else if (spoken && near < 0.35 && (why = jest(t, h)).p)
		c = TRIAGE_GENERAL;
	*ret_why = why;
	return c;
}
