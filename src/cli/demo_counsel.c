/* Why: who looks at the made-up city must see a couple at the registry in each of its states, a wish that waits, petitions with their terms.
 * Invariants: all by act(), by the registry's liaison and a mediator; a handful, so that loading takes no longer. */
#include "cli/demo_inner.h"

static enum err on(struct loader *l, struct ctx *c, int by, const struct act *a, struct done *ret)
{
	return demo_do(l, c, &(struct demo_act){ .by = by, .ms = l->o->end, .act = *a }, ret);
}

static enum err talk(struct loader *l, struct ctx *c, int by, int64_t id, const char *form, const char *with)
{
	return on(l, c, by, &(struct act){ .type = "talk", .verb = "create", .parent = id, INPUTS(INPUT("form", str_of(form)), INPUT("present", str_of(with)),
		INPUT("held", demo_moment(c, l->o->end - MS_HOUR)), INPUT("minutes", STR("45")), INPUT("kinds", STR("marriage,emotional")),
		INPUT("text", STR("说到孩子上学和老人照料，两个人都哭了，愿意再想一想。")), INPUT("advice", STR("约好一个月内不提离婚，分开记下各自在意的三件事。"))) }, NULL);
}

/* One of each: together, one side, violence, in the cooling-off period, given up, gone on with. */
static enum err couples(struct loader *l, struct ctx *c)
{
	static const struct { const char *a, *b, *screen_b, *form, *with, *verb, *result; int64_t days; } v[] = {
		{ "演示夫甲", "演示妻甲", "no", "joint", "both", "", "", 0 }, { "演示夫乙", "演示妻乙", "no", "joint", "both", "end", "reconciled", 0 },
		{ "演示夫丙", "演示妻丙", "yes", "single", "b", "", "", 0 }, { "演示夫丁", "演示妻丁", "no", "joint", "both", "apply", "", 12 },
		{ "演示夫戊", "演示妻戊", "no", "joint", "both", "end", "postponed", 0 }, { "演示夫己", "演示妻己", "no", "joint", "both", "end", "went_on", 0 },
		{ "演示妻庚", "", "", "single", "a", "end", "single", 0 },
	};
	int desk = l->posts.civil, by = l->posts.mediator;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct done d;
		TRY(on(l, c, desk, &(struct act){ .type = "counsel", .verb = "create", INPUTS(INPUT("place", STR("registry")), INPUT("intent", v[i].days ? STR("cooling") : STR("applying")),
			INPUT("kinds", STR("marriage")), INPUT("a_name", str_of(v[i].a)), INPUT("b_name", str_of(v[i].b)), INPUT("screen_a", STR("no")), INPUT("screen_b", str_of(v[i].screen_b)),
			INPUT("apart", STR("1")), INPUT("reasons", STR("M01,M06")), INPUT("years", demo_int(c, 3 + (int64_t)i * 2)), INPUT("children", demo_int(c, (int64_t)i % 3)),
			INPUT("b_consent", v[i].days ? STR("1") : STR("")), INPUT("b_safe", v[i].days ? STR("yes") : STR("")), INPUT("b_note", v[i].days ? STR("工作日午休时间，打单位电话") : STR("")),
			INPUT("owner", demo_int(c, l->who[by].user))) }, &d));
		TRY(talk(l, c, by, d.id, v[i].form, v[i].with));
		if (strcmp(v[i].verb, "apply") == 0)
			TRY(on(l, c, by, &(struct act){ .type = "counsel", .verb = "apply", .id = d.id, INPUTS(INPUT("applied_on", demo_day(c, l->o->end - v[i].days * MS_DAY))) }, NULL));
		else if (v[i].verb[0])
			TRY(on(l, c, by, &(struct act){ .type = "counsel", .verb = "end", .id = d.id, INPUTS(INPUT("result", str_of(v[i].result)), INPUT("satisfaction", STR("good"))) }, NULL));
	}
	TRY(demo_do(l, c, &(struct demo_act){ .by = DEMO_CITIZEN, .ms = l->o->end, .area = "320582", .act = { .type = "counsel", .verb = "ask", .org = l->who[desk].org,
		INPUTS(INPUT("intent", STR("before")), INPUT("a_name", STR("演示王女士")), INPUT("a_phone", STR("19900005566")), INPUT("a_safe", STR("yes")), INPUT("a_note", STR("方便联系：工作日上午十点到十一点"))) } }, NULL));
	for (int i = 0; i < 3; i++)
		TRY(on(l, c, desk, &(struct act){ .type = "consult", .verb = "create", INPUTS(INPUT("form", i < 2 ? STR("legal") : STR("lecture")), INPUT("held", demo_day(c, l->o->end - i * MS_DAY)),
			INPUT("people", i < 2 ? STR("1") : STR("62")), INPUT("subject", i == 0 ? STR("子女抚养费的给付") : i == 1 ? STR("夫妻共同债务") : STR("新婚夫妻第一课"))) }, NULL));
	return OK;
}

static enum err petitions(struct loader *l, struct ctx *c)
{
	static const struct { const char *matter, *text; int64_t days; int stage; } v[] = {
		{ "M07", "离婚后对方不让探望孩子，请求协调。", 3, 0 }, { "M06", "对方一年多没有给抚养费，找过村里没有结果。", 20, 1 }, { "M11", "拆迁安置时没有算外嫁女的份额，请求核实。", 40, 2 },
	};
	int by = l->posts.city, leader = by;
	for (int i = 0; i < l->n.staff; i++)
		if (i != by && l->who[i].role == ROLE_CITY && l->who[i].org == l->who[by].org)
			leader = i;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct done d;
		bool key = i && leader != by;
		struct str day = demo_day(c, l->o->end - v[i].days * MS_DAY);
		TRY(on(l, c, by, &(struct act){ .type = "petition", .verb = "create", INPUTS(INPUT("way", STR("visit")), INPUT("kind", STR("claim")), INPUT("matter", str_of(v[i].matter)),
			INPUT("petitioner", STR("演示信访人")), INPUT("safe_contact", STR("yes")), INPUT("text", str_of(v[i].text)), INPUT("received_on", day),
			INPUT("important", key ? STR("1") : STR("")), INPUT("leader", key ? demo_int(c, l->who[leader].user) : STR(""))) }, &d));
		if (v[i].stage)
			TRY(on(l, c, by, &(struct act){ .type = "petition", .verb = "accept", .id = d.id, INPUTS(INPUT("accepted_on", day), INPUT("told_on", day)) }, NULL));
		if (v[i].stage > 1)
			TRY(on(l, c, by, &(struct act){ .type = "petition", .verb = "stage", .id = d.id, INPUTS(INPUT("stage", STR("meet")), INPUT("stage_note", STR("与信访人见面，核对了拆迁协议。"))) }, NULL));
	}
	return OK;
}

static enum err tell(struct ctx *job, struct loader *l)
{
	struct ctx c = demo_ctx(l, job);
	TRY(couples(l, &c));
	return petitions(l, &c);
}

enum err demo_load_counsel(struct loader *l) { return demo_job(l, tell); }
