#include "../test.h"
#include <jansson.h>
#include "base/embedded.h"
#include "sense/triage.h"

static struct triage_engine *engine(void)
{
	static struct triage_engine *e;
	if (!e)
		NEED_OK(triage_open(&e, NULL));
	return e;
}

static struct triage judged(struct arena *a, const char *s)
{
	struct triage t;
	triage_text(engine(), a, arena_str(a, str_of(s)), &t);
	return t;
}

static bool has(const struct triage *t, const char *code)
{
	for (size_t i = 0; i < t->nsignals; i++)
		if (strcmp(t->signals[i].code, code) == 0 && !t->signals[i].negated && !t->signals[i].reported)
			return true;
	return false;
}

static int rank(const char *grade)
{
	return strcmp(grade, "red") == 0 ? 1 : strcmp(grade, "orange") == 0 ? 2 : strcmp(grade, "yellow") == 0 ? 3 : 4;
}

/* The share of a file's lines that are graded orange or red and kept in sight. */
static int seen_percent(const char *name)
{
	ARENA a = arena_new(0);
	const char *src = getenv("XA_SRC");
	FILE *in = fopen(arena_printf(a, "%s/tests/sense/%s", src ? src : ".", name), "r");
	NEED(in);
	char line[1000];
	int n = 0, good = 0;
	while (fgets(line, sizeof line, in)) {
		struct triage t = judged(a, line);
		bool ok = rank(t.grade) <= 2 && (t.family || t.check);
		if (!ok)
			printf("# low (%s, family %d): %s", t.grade, t.family, line);
		n++;
		good += ok;
	}
	fclose(in);
	printf("# %s: %d of %d\n", name, good, n);
	return n ? good * 100 / n : 0;
}

TEST(urgent_texts_are_never_low)
{
	CHECK(seen_percent("urgent.txt") >= 95);
	CHECK(seen_percent("urgent-second.txt") >= 95);
}

struct tally { int urgent, found, dropped, calm, alarms, tp, fp, fn; };

/* {"text", "urgent", "family"} rows, which the engine was never trained on. */
static struct tally blind(const char *name)
{
	ARENA a = arena_new(0);
	const char *src = getenv("XA_SRC");
	struct tally y = { 0 };
	FILE *in = fopen(arena_printf(a, "%s/tests/sense/%s", src ? src : ".", name), "r");
	NEED(in);
	char line[2000];
	while (fgets(line, sizeof line, in)) {
		json_t *j = json_loads(line, 0, NULL);
		NEED(j);
		const char *text = json_string_value(json_object_get(j, "text"));
		bool family = json_is_true(json_object_get(j, "family"));
		struct triage t = judged(a, text);
		bool high = rank(t.grade) <= 2;
		if (json_is_true(json_object_get(j, "urgent"))) {
			y.urgent++;
			y.found += high;
			y.dropped += !t.family && !t.check;
		} else {
			y.calm++;
			y.alarms += high;
		}
		/* the guardrail: what is called urgent is never low and never put aside unseen */
		CHECK(!t.urgent || (high && (t.family || t.check)));
		y.tp += t.family && family;
		y.fp += t.family && !family;
		y.fn += !t.family && family;
		json_decref(j);
	}
	fclose(in);
	printf("# %s: urgent found %d of %d, put aside %d; alarms %d of %d; family tp %d fp %d fn %d\n", name, y.found, y.urgent, y.dropped,
	       y.alarms, y.calm, y.tp, y.fp, y.fn);
	return y;
}

/* Floors a little under what was reached (CARD.md): a change of rules or model may not lose what was found. */
TEST(blind_messages_keep_their_floor)
{
	struct tally u = blind("urgent-blind.jsonl"), f = blind("family-blind.jsonl"), v = blind("voices-blind.jsonl");
	CHECK_INT(u.urgent, 150);
	CHECK(u.found >= 147);
	CHECK(u.dropped <= 1);
	CHECK(u.alarms <= 20);
	CHECK_INT(v.urgent, 200);
	CHECK(v.found >= 190);
	CHECK(v.dropped <= 4);
	CHECK(v.alarms <= 50);
	CHECK(2.0 * v.tp / (2 * v.tp + v.fp + v.fn) >= 0.92);
	CHECK(2.0 * f.tp / (2 * f.tp + f.fp + f.fn) >= 0.95);
}

static const char *data_folder(struct arena *a)
{
	const char *src = getenv("XA_SRC") ? getenv("XA_SRC") : ".", *data = getenv("XA_DATA");
	return data ? data : arena_printf(a, "%s/../shared/data", src);
}

/* The beginnings of a file's court documents (a list of sentences on each line): how many are taken for a family matter. */
static int court_family(const char *data, const char *name, int *ret_all)
{
	ARENA a = arena_new(0);
	FILE *in = fopen(arena_printf(a, "%s/elements/%s", data, name), "r");
	char *line = NULL;
	size_t cap = 0;
	int family = 0;
	*ret_all = 0;
	if (!in)
		return 0;
	while (getline(&line, &cap, in) >= 0) {
		json_t *j = json_loads(line, 0, NULL), *one;
		BUF_AUTO b = BUF((size_t)1 << 20);
		size_t i;
		json_array_foreach(j, i, one)
			if (b.n < 3000)
				buf_cstr(&b, json_string_value(json_object_get(one, "sentence")));
		struct triage t;
		triage_text(engine(), a, buf_view(&b), &t);
		family += t.family;
		++*ret_all;
		json_decref(j);
		arena_reset(a);
	}
	free(line);
	fclose(in);
	printf("# %s: %d of %d taken for a family matter\n", name, family, *ret_all);
	return family;
}

TEST(court_documents_of_other_writers)
{
	ARENA a = arena_new(0);
	const char *data = data_folder(a);
	int divorce, labor, loan, found = court_family(data, "divorce.jsonl", &divorce);
	if (!divorce) {
		printf("# skipped: no elements/divorce.jsonl in the folder XA_DATA (default ../shared/data)\n");
		return;
	}
	int wrong = court_family(data, "labor.jsonl", &labor);
	wrong += court_family(data, "loan.jsonl", &loan);
	CHECK(found * 100 >= divorce * 93 && wrong <= 2);
}

TEST(wording_alone_raises_and_says_why)
{
	ARENA a = arena_new(0);
	/* no rule knows these words */
	const char *s = "让他碰一下就是一块青，我好怕";
	struct triage t = judged(a, s);
	CHECK(rank(t.grade) <= 2 && t.urgent && (t.family || t.check));
	bool said = false;
	for (size_t i = 0; i < t.nreasons; i++)
		if (strcmp(t.reasons[i].msg, "The wording resembles messages in danger") == 0) {
			struct str e = t.reasons[i].evidence;
			said = true;
			CHECK(e.n && utf8_valid(e) && str_find(str_of(s), e) >= 0);
		}
	CHECK(said || t.nsignals);
	CHECK(rank(judged(a, "商场打折，杀价杀得狠，刀削面涨价").grade) >= 3);
	/* the model may not lower: the rules' red stays whatever calm words stand around it */
	CHECK(strcmp(judged(a, "请问讲座几点，谢谢，感谢表扬，报名，材料，流程。老公要杀死我").grade, "red") == 0);
}

TEST(signals_point_into_the_original)
{
	ARENA a = arena_new(0);
	const char *s = "她說：　老公 拿 着 菜 刀，要殺死我！";
	struct triage t = judged(a, s);
	CHECK(has(&t, "weapon") && has(&t, "threat"));
	for (size_t i = 0; i < t.nsignals; i++) {
		struct str part = { s + t.signals[i].from, t.signals[i].to - t.signals[i].from };
		CHECK(t.signals[i].to <= strlen(s) && utf8_valid(part));
		if (strcmp(t.signals[i].code, "threat") == 0)
			CHECK(str_starts(part, "殺死") || str_starts(part, "要殺死"));
	}
	CHECK(strcmp(t.grade, "red") == 0 && t.family && strcmp(t.unit, "police") == 0);
}

TEST(what_did_not_happen_is_no_violence)
{
	ARENA a = arena_new(0);
	struct triage t = judged(a, "老公从来没有打过我，就是感情淡了想离婚");
	CHECK(!has(&t, "violence"));
	CHECK(rank(t.grade) >= 3 && t.family);
	t = judged(a, "老公没有一天不打我");
	CHECK(has(&t, "violence"));
	t = judged(a, "昨天看电视剧里老公打老婆，想问问婚前财产");
	CHECK(!has(&t, "violence"));
	t = judged(a, "老公打我电话我没接");
	CHECK(!has(&t, "violence"));
}

TEST(kinds)
{
	ARENA a = arena_new(0);
	static const struct { const char *text, *kind; } want[] = {
		{ "订婚之后女方悔婚，彩礼能不能退", "M04" }, { "三个儿子都不赡养老母亲", "M08" }, { "前妻不让我探望孩子", "M07" },
		{ "父亲去世，没有遗嘱，房子怎么继承", "M12" }, { "老公天天打我，我想离婚", "M03" }, { "离婚后前夫不给抚养费", "M06" },
		{ "老公出轨被我发现了", "M02" }, { "婆婆整天挑刺，婆媳关系很僵", "M13" },
	};
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct triage t = judged(a, want[i].text);
		CHECK(t.family && t.kind);
		if (!t.kind || strcmp(t.kind, want[i].kind) != 0)
			printf("# %s: %s, not %s\n", want[i].text, t.kind ? t.kind : "-", want[i].kind);
		CHECK(t.kind && strcmp(t.kind, want[i].kind) == 0);
	}
}

TEST(what_is_not_ours_stays_low_but_danger_is_told)
{
	ARENA a = arena_new(0);
	struct triage t = judged(a, "小区物业费太高，电梯也不修");
	CHECK(!t.family && !t.check && strcmp(t.grade, "blue") == 0);
	t = judged(a, "工地上有人拿刀砍人");
	CHECK(rank(t.grade) <= 2 && (t.family || t.check));
	t = judged(a, "");
	CHECK(strcmp(t.grade, "blue") == 0);
	t = judged(a, "\xFF\xFE 拿刀砍我");
	CHECK(rank(t.grade) <= 2);
}

TEST(rules_go_on_without_the_model)
{
	ARENA a = arena_new(0);
	const struct embedded *rules = embedded_find("codes/patterns.tsv");
	NEED(rules);
	struct triage_engine *e;
	NEED_OK(triage_load((struct str){ rules->bytes, rules->n }, STR_NONE, &e, NULL));
	struct triage t;
	triage_text(e, a, STR("老公打我，还说要杀死我"), &t);
	CHECK(!t.model && t.family && strcmp(t.grade, "red") == 0);
	triage_close(e);
	CHECK_ERR(triage_load(STR("1\tthreat\tx\t-\t杀\n"), STR_NONE, &e, NULL), ERR_INVALID);
}

TEST(lines_of_json)
{
	ARENA a = arena_new(0);
	BUF_AUTO b = BUF(100000);
	triage_line_json(engine(), a, STR("{\"text\":\"老公打我\"}"), &b);
	CHECK(str_starts(buf_view(&b), "{\"family\":true") && str_ends(buf_view(&b), "]}\n"));
	buf_reset(&b);
	triage_line_json(engine(), a, STR("{\"t\":1}"), &b);
	triage_line_json(engine(), a, STR("{"), &b);
	CHECK(str_starts(buf_view(&b), "{\"error\":"));
}

TEST(model_can_be_made_again)
{
	ARENA a = arena_new(0);
	const char *src = getenv("XA_SRC") ? getenv("XA_SRC") : ".", *data = data_folder(a);
	FILE *in = fopen(arena_printf(a, "%s/consult/topics.jsonl", data), "r");
	if (!in) {
		printf("# skipped: no consult/topics.jsonl in the folder XA_DATA (default ../shared/data)\n");
		return;
	}
	fclose(in);
	const struct embedded *model = embedded_find("models/triage.bin");
	NEED(model);
	struct buf b = { 0 };
	struct fault f = { 0 };
	NEED_OK(train_run(data, arena_printf(a, "%s/demo/train", src), &b, &f));
	CHECK(b.n == model->n && memcmp(b.p, model->bytes, b.n) == 0);
	buf_free(&b);
}
