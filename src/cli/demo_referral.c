/* Why: who looks at the made-up city must see what another unit does in a case: waiting to be taken on, under way, given back, not taken on.
 * Invariants: all by act(), each by the post whose part it is; of the case the units are told made-up words alone. */
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
	/* Where there is violence nobody is invited to mediate: the first of the four waits for a case without. */
	int nth = 0;
	for (size_t i = 0; i < s.n && nth < PARTS; i++)
		if (!rec_int(s.r[i], "violence") || nth)
			TRY(part(l, &c, s.r[i], nth++));
	if (!nth && s.n)
		TRY(part(l, &c, s.r[0], 1));
	return OK;
}

enum err demo_load_referral(struct loader *l) { return demo_job(l, tell); }
