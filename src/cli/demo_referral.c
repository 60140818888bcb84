/* Why: who looks at the made-up city must see what another unit does in a case: waiting to be taken on, under way, given back, not taken on.
 * Invariants: all by act(), each by the post whose part it is; of the case the units are told made-up words alone. */
#include "absorb/absorb.h"
#include "cli/demo_inner.h"

enum { PARTS = 4 };

static enum err on(struct loader *l, struct ctx *c, int by, const struct act *a, struct done *ret)
{
	return demo_do(l, c, &(struct demo_act){ .by = by, .ms = l->o->end, .act = *a }, ret);
}

/* How far each has come: 0 asked, 1 taken on, 2 given back, 3 not taken on. */
static enum err part(struct loader *l, struct ctx *c, const struct rec *k, int nth)
{
	static const struct { const char *kind, *track, *matter, *told, *result, *text; } v[PARTS] = {
		{ "invite", "court", "请派员参加调解，并就抚养费计算标准给予指导。", "双方对抚养费数额有争议，已调解一次。", "", "" },
		{ "transfer", "", "请核对双方婚姻登记情况。", "双方对登记日期说法不一。", "", "" },
		{ "transfer", "", "请核对婚姻登记状态并函复。", "一方称已办理离婚登记。", "done", "经核对，系统中婚姻关系存续。" },
		{ "joint", "", "请在走访时关注邻里反映的夜间争吵，必要时到场制止。", "社区反映近期夜间争吵较多。", "place", "该地址属相邻派出所辖区，请另行函告。" },
	};
	const int unit[PARTS] = { l->posts.court, l->posts.civil, l->posts.civil, l->posts.police };
	int by = unit[nth];
	struct seen s;
	struct done d;
	TRY(see_children(c, "party", k->id, &s));
	TRY(on(l, c, l->posts.mediator, &(struct act){ .type = "referral", .verb = "create", .parent = k->id, INPUTS(INPUT("kind", str_of(v[nth].kind)), INPUT("track", str_of(v[nth].track)),
		INPUT("unit", demo_int(c, l->who[by].org)), INPUT("first", s.n ? demo_int(c, s.r[0]->id) : STR("")), INPUT("matter", str_of(v[nth].matter)), INPUT("released", str_of(v[nth].told)),
		INPUT("by_on", demo_day(c, l->o->end + 7 * MS_DAY))) }, &d));
	if (nth == 3)
		return on(l, c, by, &(struct act){ .type = "referral", .verb = "decline", .id = d.id, INPUTS(INPUT("decline_reason", str_of(v[nth].result)), INPUT("result_text", str_of(v[nth].text))) }, NULL);
	if (!nth)
		return OK;
	TRY(on(l, c, by, &(struct act){ .type = "referral", .verb = "accept", .id = d.id, INPUTS(INPUT("officer", STR("演示联络员"))) }, NULL));
	return nth < 2 ? OK : on(l, c, by, &(struct act){ .type = "referral", .verb = "return", .id = d.id, INPUTS(INPUT("result", str_of(v[nth].result)), INPUT("result_text", str_of(v[nth].text))) }, NULL);
}

static enum err tell(struct ctx *job, struct loader *l)
{
	struct ctx c = demo_ctx(l, job);
	struct seen s;
	const struct filter by[] = { { STR("state"), STR("accepted|mediating") }, { STR("owner"), demo_int(&c, l->staff[l->posts.mediator]) } };
	TRY(see(&c, &(struct see){ .type = "case", .filters = by, .nfilters = 2, .limit = 50 }, &s));
	/* Where there is violence, or somebody is suspected of harming a child, nobody is invited to mediate: the first of the four waits for a case without. */
	int nth = 0;
	for (size_t i = 0; i < s.n && nth < PARTS; i++) {
		bool suspected;
		TRY(absorb_any_suspected(&c, s.r[i]->id, &suspected));
		if (nth || !(suspected || rec_int(s.r[i], "violence")))
			TRY(part(l, &c, s.r[i], nth++));
	}
	if (!nth && s.n)
		TRY(part(l, &c, s.r[0], 1));
	return OK;
}

/* ---- what the court commissions ---- */

struct want { const char *kind, *stage, *no, *first, *second, *items, *caution; bool child; int far; /* 0 asked, 1 named, 2 under way, 3 handed in, 4 taken in */ };
static const struct want wants[] = {
	{ "investigate", "ordinary", "（2026）演0582民初101号", "演示甲", "演示乙", "双方居住、收入情况；未成年子女现由谁照料，本人意愿。", "请分别走访，不当着子女的面询问。", true, 0 },
	{ "investigate", "ordinary", "（2026）演0582民初87号", "演示丙", "演示丁", "了解双方抚养条件和照料情况。", "", true, 2 },
	{ "mediate", "before", "（2026）演0582诉前调22号", "演示戊", "演示己", "就赡养费数额组织调解。", "", false, 1 },
	{ "follow", "judged", "（2025）演0582民初455号", "演示庚", "演示辛", "了解抚养费给付、探望履行情况。", "", true, 3 },
	{ "mediate", "simple", "（2026）演0582民初93号", "演示壬", "演示癸", "就探望时间组织调解。", "", true, 4 },
};

static enum err carried_out(struct loader *l, struct ctx *c, const struct want *w, int64_t id, int by)
{
	bool follow = strcmp(w->kind, "follow") == 0;
	struct str at = datetime_str(c->a, l->o->end);
	TRY(on(l, c, by, &(struct act){ .type = "commission", .verb = "accept", .id = id }, NULL));
	if (w->far < 2 || strcmp(w->kind, "mediate") != 0)
		TRY(on(l, c, by, &(struct act){ .type = "commission", .verb = "visit", .id = id, INPUTS(INPUT("visit_at", at), INPUT("visit_way", STR("place")), INPUT("visit_with", str_of(w->first)), INPUT("shown", STR("1")),
			INPUT("visit_note", STR("本人情绪平稳，愿意配合。"))) }, NULL));
	if (w->far < 3)
		return OK;
	if (follow)
		return on(l, c, by, &(struct act){ .type = "commission", .verb = "submit", .id = id, INPUTS(INPUT("relations", STR("双方能就子女事务正常沟通。")), INPUT("advice", STR("建议三个月后再次回访。")), INPUT("summary", STR("抚养费按月给付，探望基本按判决进行。"))) }, NULL);
	return on(l, c, by, &(struct act){ .type = "commission", .verb = "submit", .id = id, INPUTS(INPUT("result", STR("settled")), INPUT("agreement_no", STR("演调〔2026〕15号")), INPUT("result_text", STR("双方就每月探望的时间和接送方式达成一致。"))) }, NULL);
}

static enum err commission(struct loader *l, struct ctx *c, const struct want *w)
{
	int by = l->posts.mediator;
	struct done d;
	TRY(on(l, c, l->posts.court, &(struct act){ .type = "commission", .verb = "create", INPUTS(INPUT("kind", str_of(w->kind)), INPUT("stage", str_of(w->stage)), INPUT("court_no", str_of(w->no)), INPUT("judge", STR("演示法官")),
		INPUT("matter", STR("M07")), INPUT("first_name", str_of(w->first)), INPUT("second_name", str_of(w->second)), INPUT("items", str_of(w->items)), INPUT("caution", str_of(w->caution)), INPUT("child", str_of(w->child ? "1" : "0"))) }, &d));
	if (!w->far)
		return OK;
	bool two = strcmp(w->kind, "investigate") == 0;
	TRY(on(l, c, l->posts.city, &(struct act){ .type = "commission", .verb = "appoint", .id = d.id, INPUTS(INPUT("owner", demo_int(c, l->staff[by])), INPUT("second", two ? demo_int(c, l->staff[l->posts.town]) : STR(""))) }, NULL));
	if (w->far == 1)
		return OK;
	TRY(carried_out(l, c, w, d.id, by));
	return w->far < 4 ? OK : on(l, c, l->posts.court, &(struct act){ .type = "commission", .verb = "receive", .id = d.id }, NULL);
}

static enum err court_tells(struct ctx *job, struct loader *l)
{
	struct ctx c = demo_ctx(l, job);
	for (size_t i = 0; i < ARRAY_LEN(wants); i++)
		TRY(commission(l, &c, &wants[i]));
	return OK;
}

enum err demo_load_referral(struct loader *l)
{
	TRY(demo_job(l, tell));
	return demo_job(l, court_tells);
}
