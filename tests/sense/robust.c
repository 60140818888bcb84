/* The signs of danger under noise, and the contexts that change what words mean. No sentence is in the training texts. */
#include "../test.h"
#include "base/embedded.h"
#include "sense/triage.h"

static const struct triage_engine *engine(void)
{
	static struct triage_engine *e;
	if (!e)
		NEED_OK(triage_open(&e, NULL));
	return e;
}

static struct triage judged(struct arena *a, struct str s)
{
	struct triage t;
	triage_text(engine(), a, arena_str(a, s), &t);
	return t;
}

static bool high(const struct triage *t)
{
	return (strcmp(t->grade, "red") == 0 || strcmp(t->grade, "orange") == 0) && (t->family || t->check);
}

static const struct triage_signal *sign(const struct triage *t, const char *code)
{
	for (size_t i = 0; i < t->nsignals; i++)
		if (strcmp(t->signals[i].code, code) == 0)
			return &t->signals[i];
	return NULL;
}

static bool asserted(const struct triage *t, const char *code)
{
	for (size_t i = 0; i < t->nsignals; i++)
		if (strcmp(t->signals[i].code, code) == 0 && t->signals[i].context == TRIAGE_ASSERTED)
			return true;
	return false;
}

/* The phrases that every version of the model is held to as well (sense/learn.h); those with a sign that must be named. */
static struct { const char *text, *code; } explicit_danger[100];
static size_t ndanger;

static void read_danger(void)
{
	static struct arena *kept;
	const struct embedded *e = embedded_find("models/danger.tsv");
	NEED(e);
	if (kept)
		return;
	kept = arena_new(0);
	for (struct str rest = { e->bytes, e->n }; rest.p;) {
		struct str text, line = str_cut(rest, '\n', &rest), code = str_cut(line, '\t', &text);
		if (!line.n || *line.p == '#' || str_is(code, "-"))
			continue;
		NEED(ndanger < ARRAY_LEN(explicit_danger));
		explicit_danger[ndanger].text = arena_cstr(kept, text);
		explicit_danger[ndanger++].code = arena_cstr(kept, code);
	}
	NEED(ndanger >= 34);
}

/* The characters of the sentences above that have a traditional form. */
static const char traditional[] = "打打|昨昨|顿頓|抽抽|伤傷|扬揚|杀殺|说說|离離|婚婚|威威|胁脅|归歸|尽盡|举舉|斧斧|门門|泼潑|汽汽|颈頸|锁鎖|软軟|关關|让讓|农農|药藥|楼樓|遗遺|书書|备備|继繼|"
				  "亵褻|儿兒|满滿|后後|妈媽|虐虐|强強|发發|系係|跟跟|踪蹤|骚騷|扰擾|护護|违違|来來|这這|个個|们們|里裡|准準|亲親|还還|头頭|对對|样樣|时時|断斷|坚堅|绑綁|脚腳|"
				  "红紅|肿腫|级級|车車|电電|动動|现現|实實|声聲|长長|间間|问問|听聽|难難|认認|刚剛|临臨|气氣|热熱|灭滅|烧燒|伙夥|边邊|连連|远遠|过過|岁歲|钱錢|买買|卖賣|丢丟|捡撿|压壓|脸臉|总總|紧緊|给給|线線";

static const char *swap_chars(struct arena *a, const char *s, const char *pairs)
{
	BUF_AUTO b = BUF(10000);
	for (const char *p = s, *end = s + strlen(s); p < end;) {
		const char *was = p;
		utf8_next(&p, end);
		struct str c = { was, (size_t)(p - was) };
		for (struct str rest = str_of(pairs); rest.p;) {
			struct str one = str_cut(rest, '|', &rest);
			if (one.n > c.n && memcmp(one.p, c.p, c.n) == 0) {
				c = (struct str){ one.p + c.n, one.n - c.n };
				break;
			}
		}
		buf_put(&b, c.p, c.n);
	}
	return arena_str(a, buf_view(&b)).p;
}

static const char *between(struct arena *a, const char *s, const char *what)
{
	BUF_AUTO b = BUF(10000);
	for (const char *p = s, *end = s + strlen(s); p < end;) {
		const char *was = p;
		utf8_next(&p, end);
		buf_put(&b, was, (size_t)(p - was));
		if (p < end)
			buf_cstr(&b, what);
	}
	return arena_str(a, buf_view(&b)).p;
}

static const char *replaced(struct arena *a, const char *s, const char *from, const char *to)
{
	BUF_AUTO b = BUF(20000);
	for (struct str rest = str_of(s); rest.n;) {
		int64_t at = str_find(rest, str_of(from));
		size_t n = at < 0 ? rest.n : (size_t)at;
		buf_put(&b, rest.p, n);
		if (at >= 0)
			buf_cstr(&b, to);
		rest = at < 0 ? STR_NONE : (struct str){ rest.p + n + strlen(from), rest.n - n - strlen(from) };
	}
	return arena_str(a, buf_view(&b)).p;
}

enum { NOISES = 14 };

static const char *noisy(struct arena *a, const char *s, int kind)
{
	switch (kind) {
	case 0: return s;
	case 1: return swap_chars(a, s, traditional);
	case 2: return between(a, s, " ");
	case 3: return between(a, s, "　");
	case 4: return between(a, s, "*");
	case 5: return between(a, s, "、");
	case 6: return between(a, s, "😭");
	case 7: return between(a, s, "\xE2\x80\x8B");
	case 8: return between(a, s, "-");
	case 9: return between(a, s, ".");
	case 10: return arena_printf(a, "<p>你好！！！</p> &nbsp; <b>%s</b>; DROP TABLE clues;--", s);
	case 11: return arena_printf(a, "请问讲座几点开始，谢谢，路灯也不亮，物业费太贵，想咨询一下报名流程。%s。麻烦尽快答复，辛苦了", s);
	case 12: return arena_printf(a, "%s～～～呜呜呜", s);
	default: return swap_chars(a, s, "死亖|刀🔪");
	}
}

TEST(explicit_danger_is_never_missed)
{
	int flips = 0, all = 0;
	read_danger();
	for (size_t i = 0; i < ndanger; i++)
		for (int kind = 0; kind < NOISES; kind++) {
			ARENA a = arena_new(0);
			const char *s = noisy(a, explicit_danger[i].text, kind);
			struct triage t = judged(a, str_of(s));
			bool there = asserted(&t, explicit_danger[i].code);
			all++;
			flips += !there;
			if (!there || !high(&t))
				printf("# noise %d: %s: %s, %s\n", kind, s, t.grade, there ? "there" : "lost");
			CHECK(high(&t));
		}
	printf("# %d of %d signs lost under noise\n", flips, all);
	CHECK(flips * 20 <= all);
}

TEST(same_sound_and_dialect)
{
	static const char *const texts[] = {
		"他说要打si我", "老公家bao我", "我想自鲨", "他要弄s我全家", "菜dao架在我勃子上", "安棉药我吃了一瓶", "他又打s我了", "ta da wo, jiu ming", "tā yòu dǎ wǒ le jiù mìng",
		"help me he hit me", "老gong又动手了", "被qiangjian了 是继父干的 求救", "伊拿刀要斩我", "佢成日打我", "他把我往死里削", "他龟儿又打我", "死老头子拿扁担夯我",
		"伊掐牢我头颈", "他拿菜刀比划我", "屋里厢男人动手打人", "俺男人打俺", "他攞住把刀要斩死我",
	};
	int lost = 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		ARENA a = arena_new(0);
		struct triage t = judged(a, str_of(texts[i]));
		if (!high(&t))
			printf("# lost: %s (%s, danger %.2f)\n", texts[i], t.grade, t.danger);
		lost += !high(&t);
	}
	CHECK(lost <= 1);
}

TEST(swapped_sexes_change_no_sign)
{
	static const char *const pairs[][2] = { { "老公", "老婆" }, { "丈夫", "妻子" }, { "前夫", "前妻" }, { "前男友", "前女友" }, { "继父", "继母" }, { "女儿", "儿子" }, { "他", "她" } };
	int flips = 0, all = 0;
	read_danger();
	for (size_t i = 0; i < ndanger; i++)
		for (size_t k = 0; k < ARRAY_LEN(pairs); k++) {
			ARENA a = arena_new(0);
			const char *s = explicit_danger[i].text, *t = replaced(a, s, pairs[k][0], pairs[k][1]);
			if (strcmp(s, t) == 0)
				continue;
			struct triage x = judged(a, str_of(t));
			all++;
			if (!high(&x) || !asserted(&x, explicit_danger[i].code)) {
				printf("# swapped: %s\n", t);
				flips++;
			}
		}
	CHECK(all > 20 && flips * 100 <= all);
}

TEST(a_long_text_hides_nothing)
{
	ARENA a = arena_new(0);
	BUF_AUTO b = BUF(100000);
	for (int i = 0; i < 60; i++)
		buf_printf(&b, "小区第%d栋的路灯坏了很久没有人修，物业说要等维修基金，大家都很着急，希望领导重视。", i);
	size_t at = b.n;
	buf_cstr(&b, "我丈夫昨晚拿菜刀砍我，还掐我的脖子。");
	for (int i = 0; i < 60; i++)
		buf_printf(&b, "另外第%d路公交车总是晚点，车上人多，夏天空调不开，建议增加班次。", i);
	struct triage t = judged(a, buf_view(&b));
	const struct triage_signal *s = sign(&t, "weapon");
	CHECK(high(&t) && s && s->context == TRIAGE_ASSERTED && s->from >= at && s->to <= at + 60);
	CHECK(asserted(&t, "strangle"));
}

TEST(contexts_are_told_apart)
{
	static const struct { const char *text, *code; enum triage_context c; bool high; const char *why; } want[] = {
		{ "他没有打人，我们就是性格不合想离婚", "violence", TRIAGE_NEGATED, false, "没有" },
		{ "丈夫从来没有对我动过手，就是不顾家", "violence", TRIAGE_NEGATED, false, "没有" },
		{ "双方均否认家暴，因孩子上学的事拌嘴", "violence", TRIAGE_NEGATED, false, "均否认" },
		{ "他否认打我，可是我眼睛肿得睁不开", "violence", TRIAGE_ASSERTED, true, NULL },
		{ "我没有一天不挨打", "violence", TRIAGE_ASSERTED, true, NULL },
		{ "不是吵架，他就是在打我", "violence", TRIAGE_ASSERTED, true, NULL },
		{ "如果丈夫打人，妻子能申请什么保护，我在准备讲座", "violence", TRIAGE_HYPOTHETICAL, false, "如果" },
		{ "如果他再打我，我和孩子去哪里", "violence", TRIAGE_ASSERTED, true, NULL },
		{ "他说要打死我", "threat", TRIAGE_ASSERTED, true, NULL },
		{ "打人致轻伤要判几年，法考题", "violence", TRIAGE_GENERAL, false, NULL },
		{ "老公打我要判几年", "violence", TRIAGE_ASSERTED, true, NULL },
		{ "昨天看的电视剧里丈夫打老婆，问问婚前财产怎么约定", "violence", TRIAGE_FICTION, false, "电视剧" },
		{ "十年前他打过我，后来再没有过，现在想咨询退休后户口怎么合", "violence", TRIAGE_PAST, false, "年前" },
		{ "十年前他打过我，上周又打了", "violence", TRIAGE_ASSERTED, true, NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		ARENA a = arena_new(0);
		struct triage t = judged(a, str_of(want[i].text));
		const struct triage_signal *s = sign(&t, want[i].code);
		if (!s || s->context != want[i].c || high(&t) != want[i].high)
			printf("# %s: context %d, %s, danger %.2f\n", want[i].text, s ? (int)s->context : -1, t.grade, t.danger);
		CHECK(s && s->context == want[i].c && high(&t) == want[i].high);
		if (s && want[i].why) {
			struct str why = { want[i].text + s->why_from, s->why_to - s->why_from };
			CHECK(str_find(why, str_of(want[i].why)) >= 0);
		}
	}
}

TEST(the_record_says_how_words_are_meant)
{
	ARENA a = arena_new(0);
	BUF_AUTO b = BUF(100000);
	triage_line_json(engine(), a, STR("{\"text\":\"他没有打人，我们就是性格不合想离婚\"}"), &b);
	CHECK(str_find(buf_view(&b), STR("\"context\":\"negated\",\"because\":[")) > 0);
	CHECK(str_find(buf_view(&b), STR("\"danger\":")) > 0);
}

TEST(harmless_words_stay_low)
{
	static const char *const texts[] = { "商场打折，跳楼价，杀价杀得狠", "打电话一直占线", "在外地打工三年", "孩子打针哭得厉害", "跟开发商打官司", "刀郎的演唱会门票", "游戏里被队友坑死了",
					     "足球赛被对方血洗", "作业多得要命", "笑死我了这个段子", "老板画饼加班累死", "割草机太吵", "推销电话太多", "锁车了钥匙在里面", "毛血旺里有头发" };
	int alarms = 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		ARENA a = arena_new(0);
		struct triage t = judged(a, str_of(texts[i]));
		if (high(&t))
			printf("# alarm: %s (%s, danger %.2f)\n", texts[i], t.grade, t.danger);
		alarms += high(&t);
	}
	CHECK(alarms <= 1);
}
