/* Why: who takes a narrative types it once and then types its people, dates and numbers again into the form, with somebody
 * waiting on the line; what is in the text can be offered instead.
 * Invariants: each place leads back to the words as they were typed; where the words may mean something else nothing is
 * offered (a form filled wrongly is worse than one left empty); how they are meant is said by the same rules as in
 * screening (context.c), and never changes a grade: doubt counts as danger there, whatever is shown here. */
#include "sense/extract_inner.h"
#include "sense/inner.h"

enum { HAN = EXTRACT_HAN };

/* ---- how it is meant ------------------------------------------------------------------------------------------- */

bool extract_heard(const struct extract_reader *r, size_t at)
{
	static const char *const said[] = { "听说", "听人说", "听邻居", "邻居说", "据说", "据传", "据反映", "群众反映", "有人说", "别人说", "网传", "传言", "据邻居", NULL };
	size_t from = at;
	while (from > 0 && at - from < 75 && r->t.p[from - 1] != '!' && r->t.p[from - 1] != '?' && r->t.p[from - 1] != ';' &&
	       (from < HAN || memcmp(r->t.p + from - HAN, "。", HAN) != 0))
		from--;
	return extract_has((struct str){ r->t.p + from, at - from }, said);
}

static enum extract_state state_of(const struct extract_reader *r, enum extract_kind kind, size_t from, size_t to)
{
	static const char *const now[] = { "现在", "昨", "今", "又", "还在", "一直", "最近", "至今", "这次", "刚", NULL };
	if (kind == EXTRACT_PHONE || kind == EXTRACT_IDNO || kind == EXTRACT_PLACE || kind == EXTRACT_DATE)
		return EXTRACT_SAID;
	bool thing = kind == EXTRACT_WEAPON || kind == EXTRACT_SUM || kind == EXTRACT_CHILD;
	struct hit h = { 0, from, to };
	struct str why;
	/* people are somebody else's only when a film is named right before them; the weak signs, a film elsewhere, count for nothing */
	enum triage_context c = triage_context(r->t, &h, thing, true, !thing, thing ? 0 : 1, 0.5, &why);
	if (c == TRIAGE_NEGATED)
		return EXTRACT_NEGATED;
	if (c == TRIAGE_FICTION || c == TRIAGE_GENERAL || c == TRIAGE_HYPOTHETICAL)
		return EXTRACT_IMAGINED;
	if (extract_heard(r, from))
		return EXTRACT_REPORTED;
	bool dated = thing || kind == EXTRACT_AGE;
	if (dated && (c == TRIAGE_PAST || (r->past && r->past <= from && !extract_has((struct str){ r->t.p + r->past, from - r->past }, now))))
		return EXTRACT_PAST;
	return EXTRACT_SAID;
}

struct extract *extract_put(struct extract_reader *r, enum extract_kind kind, size_t from, size_t to)
{
	struct extract *last = r->out->n ? &r->out->v[r->out->n - 1] : NULL;
	size_t end = to;
	while (end < r->t.n && r->n.map[end] == r->n.map[from])
		end++;
	if (kind == EXTRACT_PLACE && last && last->kind == EXTRACT_PLACE && r->last == from) {
		last->to = r->n.map[end];
		last->value = arena_fmt(r->a, "%.*s%.*s", (int)last->value.n, last->value.p, (int)(to - from), r->t.p + from);
		r->last = to;
		return last;
	}
	if (r->out->n == EXTRACT_MOST) {
		r->out->cut = true;
		return NULL;
	}
	struct extract *e = &r->out->v[r->out->n++];
	*e = (struct extract){ .kind = kind, .state = state_of(r, kind, from, to), .from = r->n.map[from], .to = r->n.map[end],
			       .value = { r->t.p + from, to - from } };
	r->last = to;
	return e;
}

/* ---- people ---------------------------------------------------------------------------------------------------- */

/* Bytes of a family name, 0 for none, and not for words that only begin like one (马上, 高兴). */
static size_t surname_at(struct str t, size_t i)
{
	static const char *const two[] = { "欧阳", "诸葛", "司马", "上官", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", NULL },
		*const not[] = { "马上", "马路", "马桶", "高兴", "高中", "高血", "高考", "高利", "高烧", "白天", "白血", "方便", "方面", "方才", "严重", "严厉", "向我", "向她", "向他",
				 "向法", "于是", "曾经", "曾多", "曾因", "曾在", "曾对", "曾被", "孙子", "孙女", "任意", "任何", "何时", "何况", "施暴", "施加", "江西", "江苏", "毛病",
				 "石头", "金钱", "钱财", "钱都", "陈旧", "许多", "许久", "周末", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周岁", "周边", "胡说", "胡乱",
				 "胡闹", "顾家", "顾不", "顾及", "武力", "沈阳", "郑重", "杜绝", "万一", "林地", "程度", "余下", "叶子", "龙虾", "史上", "田里", "白菜", "黄片", "黄车",
				 "黄色", "金库", "莫名", "夏天", "唐突", "秦皇", "高速", "雷雨", "季度", "章程", "向来", "于今", "段时", "万元", "方式", "金额", "高压", "白酒", "黄酒",
				 "严格", "徐州", NULL };
	unsigned b = extract_begins(t, i);
	size_t n = b & EXTRACT_BEGINS_NAME ? extract_one_of(t, i, two) : 0;
	if (n)
		return n;
	return b & EXTRACT_BEGINS_SURNAME && !extract_one_of(t, i, not) ? HAN : 0;
}

/* Bytes of a whole name; 0: none. */
static size_t name_at(struct str t, size_t i)
{
	static const char stop[] = "的打在把被和说也又是不有要跟对今昨年住因经将于从给与向喝常就都还去来没拿两了已电手家男女我他她你这那几再用到只回且总让带并动骂砸酒多后前等及或很会想叫身"
				   "户系现出持先阿老一二三四五六七八九十岁吸赌欠借能敢";
	size_t n = surname_at(t, i), given = 0;
	if (!n)
		return 0;
	if (extract_at(t, i + n, "某")) {
		size_t to = i + n + HAN + (extract_at(t, i + n + HAN, "某") ? HAN : 0);
		return to - i + (extract_is_one(t, to, "甲乙丙丁") ? HAN : 0);
	}
	while (given < 2 && extract_han_at(t, i + n + given * HAN) && !extract_is_one(t, i + n + given * HAN, stop))
		given++;
	return given ? n + given * HAN : 0;
}

static size_t person(struct extract_reader *r, size_t i, int sex)
{
	size_t n = name_at(r->t, i);
	struct extract *e = n ? extract_put(r, EXTRACT_PERSON, i, i + n) : NULL;
	if (e)
		e->sex = sex;
	return n;
}

/* 叫王强, 姓名:王强, 老张, 张阿姨, 张某. */
static size_t people(struct extract_reader *r, size_t i, bool call)
{
	static const char *const cue[] = { "名字叫", "姓名是", "名叫", "叫做", "姓名", "叫", NULL },
		*const titles[] = { "阿姨2", "大姐2", "大妈2", "女士2", "小姐2", "先生1", "大爷1", "大叔1", "师傅0", "主任0", "书记0", "老师0", "医生0", "警官0", "律师0", NULL };
	size_t n = call ? extract_one_of(r->t, i, cue) : 0;
	if (n) {
		size_t j = i + n + (i + n < r->t.n && (r->t.p[i + n] == ':' || r->t.p[i + n] == ' '));
		size_t got = person(r, j, 0);
		return got ? j + got - i : 0;
	}
	if (call && (extract_at(r->t, i, "老") || extract_at(r->t, i, "小")) && (n = surname_at(r->t, i + HAN)) == HAN) {
		extract_put(r, EXTRACT_NICKNAME, i, i + HAN + n);
		return HAN + n;
	}
	n = surname_at(r->t, i);
	if (!n)
		return 0;
	for (size_t k = 0; titles[k]; k++) {
		size_t w = strlen(titles[k]) - 1;
		if (w <= r->t.n - i - n && memcmp(r->t.p + i + n, titles[k], w) == 0) {
			struct extract *e = extract_put(r, EXTRACT_NICKNAME, i, i + n + w);
			if (e)
				e->sex = titles[k][w] - '0';
			return n + w;
		}
	}
	return extract_at(r->t, i + n, "某") && !extract_at(r->t, i + n, "某种") ? person(r, i, 0) : 0;
}

static size_t kin(struct extract_reader *r, size_t i, const struct extract_word *w)
{
	static const char *const others[] = { "他", "她", "你", "您", "其", "他的", "她的", "你的", "别人", "人家", NULL };
	size_t whose = w->skip ? i + w->skip : i, to = i + strlen(w->w);
	struct extract *e = extract_put(r, EXTRACT_KIN, whose, to);
	if (e) {
		e->value = str_of(w->value);
		e->sex = w->sex;
		for (size_t k = 0; others[k] && !e->other; k++) {
			size_t n = strlen(others[k]);
			e->other = whose >= n && memcmp(r->t.p + whose - n, others[k], n) == 0;
		}
	}
	return to - i + person(r, to, w->sex);
}

/* ---- places ---------------------------------------------------------------------------------------------------- */

/* 阳光小区: the name before such a word, from the last thing found, a stop or a word like "lives in". */
static size_t place(struct extract_reader *r, size_t i, bool named)
{
	static const char *const suffix[] = { "小区", "花园", "公寓", "新村", "家园", NULL };
	static const char begins[] = "在住到去从于是我家回叫了来搬租给的", vague[] = "这那个们同哪某各整本全每该民映问请备旧";
	size_t n = extract_place_at(r->places, r->t, i);
	if (n) {
		extract_put(r, EXTRACT_PLACE, i, i + n);
		return n;
	}
	if (!named || !(n = extract_one_of(r->t, i, suffix)))
		return 0;
	size_t from = i;
	while (from >= r->last + HAN && i - from < (size_t)6 * HAN && extract_han_at(r->t, from - HAN) && !extract_is_one(r->t, from - HAN, begins)) {
		if (extract_is_one(r->t, from - HAN, vague))
			return 0;
		from -= HAN;
	}
	if (i - from < (size_t)2 * HAN)
		return 0;
	extract_put(r, EXTRACT_PLACE, from, i + n);
	return n;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

/* Tags and addresses of the web, of which a whole page pasted is full: the bytes to be passed over. */
static size_t markup(struct str t, size_t i)
{
	if (t.p[i] == '<' && i + 1 < t.n && ((t.p[i + 1] >= 'a' && t.p[i + 1] <= 'z') || t.p[i + 1] == '/' || t.p[i + 1] == '!')) {
		for (size_t j = i; j < t.n && j - i < 400; j++)
			if (t.p[j] == '>')
				return j + 1 - i;
		return 0;
	}
	if (!extract_at(t, i, "http://") && !extract_at(t, i, "https://"))
		return 0;
	size_t j = i;
	while (j < t.n && t.p[j] > ' ' && t.p[j] < 0x7F && t.p[j] != '<')
		j++;
	return j - i;
}

static size_t step_ascii(struct extract_reader *r, size_t i)
{
	char c = r->t.p[i];
	size_t n = markup(r->t, i);
	if (n)
		return n;
	if (c == '!' || c == '?' || c == ';')
		r->past = 0;
	if (c >= '0' && c <= '9')
		return (n = extract_number(r, i)) ? n : 1;
	while (i + n < r->t.n && ((r->t.p[i + n] >= 'a' && r->t.p[i + n] <= 'z') || (n && r->t.p[i + n] >= '0' && r->t.p[i + n] <= '9')))
		n++;
	return !n || extract_at(r->t, i, "tel") ? 1 : n;
}

static size_t step(struct extract_reader *r, size_t i)
{
	size_t n;
	if ((unsigned char)r->t.p[i] < 0x80)
		return step_ascii(r, i);
	if (extract_at(r->t, i, "。"))
		r->past = 0;
	if (!extract_han_at(r->t, i) && !extract_at(r->t, i, "〇")) {
		const char *p = r->t.p + i;
		(void)utf8_next(&p, r->t.p + r->t.n);
		return (size_t)(p - r->t.p) - i;
	}
	const struct extract_word *word = extract_word_at(r->t, i);
	if (word && word->kind == EXTRACT_KIN)
		return kin(r, i, word);
	if (word && word->kind == EXTRACT_DATE)
		return extract_date_word(r, i, word);
	if (word && word->kind != EXTRACT_KIND_COUNT)
		extract_put(r, word->kind, i, i + strlen(word->w));
	if (word)
		return strlen(word->w);
	unsigned b = extract_begins(r->t, i);
	if (b & EXTRACT_BEGINS_NUMBER && (n = extract_number(r, i)))
		return n;
	if ((n = place(r, i, b & EXTRACT_BEGINS_PLACE)))
		return n;
	if (b & (EXTRACT_BEGINS_CALL | EXTRACT_BEGINS_NAME) && (n = people(r, i, b & EXTRACT_BEGINS_CALL)))
		return n;
	return HAN;
}

void extract_text(struct arena *a, struct str text, int32_t today, const struct extract_places *places, struct extracts *ret)
{
	struct norm n = text_normalise(a, text);
	*ret = (struct extracts){ .v = arena_alloc(a, EXTRACT_MOST * sizeof *ret->v) };
	struct extract_reader r = { .a = a, .n = n, .t = n.text, .today = today, .places = places, .out = ret };
	for (size_t i = 0; i < n.text.n && !ret->cut;)
		i += step(&r, i);
}

const char *extract_kind_name(enum extract_kind k)
{
	static const char *const names[EXTRACT_KIND_COUNT] = { "person", "nickname", "kin", "age", "child", "phone", "idno", "sum", "date", "place", "weapon" };
	return names[k];
}

const char *extract_state_name(enum extract_state s)
{
	static const char *const names[EXTRACT_STATE_COUNT] = { "said", "negated", "imagined", "past", "reported" };
	return names[s];
}
