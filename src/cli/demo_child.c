/* Why: who looks at the made-up city must see what is done for children: an order of guidance that waits, one under way with its lessons,
 * a child received by all together, a guardian who must not learn of it.
 * Invariants: all by act(), each by the post whose part it is; on open cases, without violence where there are such, whose child and parent are made up. */
#include "cli/demo_inner.h"

enum { CHILDREN = 3 };
struct young { int64_t child, parent; };

static enum err on(struct loader *l, struct ctx *c, int by, const struct act *a, struct done *ret)
{
	return demo_do(l, c, &(struct demo_act){ .by = by, .ms = l->o->end, .act = *a }, ret);
}

static int leader_of(const struct loader *l, const struct rec *k)
{
	for (int i = 0; i < l->n.staff; i++)
		if (k->owner && l->staff[i] == k->owner)
			return i;
	return -1;
}

static enum err young(struct loader *l, struct ctx *c, const struct rec *k, int by, struct young *ret)
{
	struct done d;
	TRY(on(l, c, by, &(struct act){ .type = "party", .verb = "create", .parent = k->id, INPUTS(INPUT("side", STR("child")), INPUT("name", STR("演示孩子")), INPUT("sex", STR("1")),
		INPUT("birth", demo_day(c, l->o->end - 3800 * MS_DAY))) }, &d));
	ret->child = d.id;
	TRY(on(l, c, by, &(struct act){ .type = "party", .verb = "create", .parent = k->id, INPUTS(INPUT("side", STR("b")), INPUT("name", STR("演示家长")), INPUT("sex", STR("1")),
		INPUT("birth", demo_day(c, l->o->end - 14000 * MS_DAY))) }, &d));
	ret->parent = d.id;
	return OK;
}

/* The first waits for the police, the second has begun. */
static enum err guidance(struct loader *l, struct ctx *c, const struct rec *k, const struct young *y, int by, int nth)
{
	struct done d, lesson;
	int pol = l->posts.police;
	TRY(on(l, c, by, &(struct act){ .type = "guidance", .verb = "create", .parent = k->id, INPUTS(INPUT("child", demo_int(c, y->child)), INPUT("guardian", demo_int(c, y->parent)), INPUT("kind", STR("order")),
		INPUT("office", demo_int(c, l->who[pol].org)), INPUT("grounds", STR("upbringing")), INPUT("facts", STR("多次打骂孩子，长期不让孩子完成作业，经社区教育未改正。"))) }, &d));
	if (nth % 2 == 0)
		return OK;
	TRY(on(l, c, pol, &(struct act){ .type = "guidance", .verb = "issue", .id = d.id, INPUTS(INPUT("issued_on", demo_day(c, l->o->end - 4 * MS_HOUR)), INPUT("until", demo_day(c, l->o->end + 170 * MS_DAY)),
		INPUT("hours", STR("6")), INPUT("content", STR("停止打骂孩子，参加家庭教育指导，每月向社区报告一次情况。")), INPUT("officer", STR("演示民警甲、演示民警乙"))) }, NULL));
	TRY(on(l, c, pol, &(struct act){ .type = "guidance", .verb = "serve", .id = d.id, INPUTS(INPUT("served_at", demo_moment(c, l->o->end))) }, NULL));
	TRY(on(l, c, by, &(struct act){ .type = "guidance", .verb = "plan", .id = d.id, INPUTS(INPUT("agency", demo_int(c, l->who[by].org)), INPUT("plan", STR("每两周一次个别指导，共六学时；学校每月反馈孩子情况。"))) }, NULL));
	for (int i = 0; i < 3; i++) {
		static const char *const topic[] = { "不打骂的管教", "怎样和孩子说话", "陪孩子做作业" };
		TRY(on(l, c, by, &(struct act){ .type = "lesson", .verb = "create", .parent = k->id, INPUTS(INPUT("guidance", demo_int(c, d.id)), INPUT("at", demo_moment(c, i ? l->o->end + i * 14 * MS_DAY : l->o->end - 2 * MS_MINUTE)),
			INPUT("minutes", STR("90")), INPUT("way", i == 2 ? STR("home") : STR("single")), INPUT("topic", str_of(topic[i])), INPUT("teacher", STR("演示家庭教育指导师"))) }, &lesson));
		if (!i)
			TRY(on(l, c, by, &(struct act){ .type = "lesson", .verb = "held", .id = lesson.id, INPUTS(INPUT("attended", STR("late")), INPUT("attitude", STR("passive")), INPUT("minutes", STR("80")),
				INPUT("child_state", STR("孩子愿意说话，作业有人看了。")), INPUT("text", STR("讲了打骂的后果，家长写了两条承诺。"))) }, NULL));
	}
	return OK;
}

/* One is received: planned for the next days, with three units; asked, of the second. */
static enum err joint(struct loader *l, struct ctx *c, const struct rec *k, const struct young *y, int by, int nth)
{
	struct done d, part;
	int pol = l->posts.police, civil = l->posts.civil;
	int64_t when = nth % 2 ? l->o->end + 2 * MS_MINUTE : l->o->end + MS_DAY;
	TRY(on(l, c, by, &(struct act){ .type = "joint", .verb = "create", .parent = k->id, INPUTS(INPUT("child", demo_int(c, y->child)), INPUT("lead", demo_int(c, l->who[pol].org)), INPUT("situations", STR("wounds")),
		INPUT("at", demo_moment(c, when)), INPUT("minutes", STR("60")), INPUT("place_kind", STR("onestop")), INPUT("place", STR("演示一站式中心二楼")), INPUT("interviewer", STR("演示民警甲")), INPUT("trained", STR("1")),
		INPUT("support_kind", STR("teacher")), INPUT("support_name", STR("演示老师")), INPUT("recorded", STR("1"))) }, &d));
	TRY(on(l, c, by, &(struct act){ .type = "joint_part", .verb = "create", .parent = k->id, INPUTS(INPUT("joint", demo_int(c, d.id)), INPUT("unit", demo_int(c, l->who[civil].org)), INPUT("part", STR("civil")),
		INPUT("task", STR("评估家庭监护情况，必要时临时安置。")), INPUT("by_on", demo_day(c, l->o->end + 7 * MS_DAY))) }, &part));
	TRY(on(l, c, by, &(struct act){ .type = "joint_part", .verb = "create", .parent = k->id, INPUTS(INPUT("joint", demo_int(c, d.id)), INPUT("unit", demo_int(c, l->who[l->posts.city].org)), INPUT("part", STR("federation")),
		INPUT("task", STR("心理辅导每周一次，家庭教育指导。")), INPUT("by_on", demo_day(c, l->o->end + 14 * MS_DAY))) }, NULL));
	if (nth % 2 == 0)
		return OK;
	TRY(on(l, c, pol, &(struct act){ .type = "joint", .verb = "hold", .id = d.id, INPUTS(INPUT("held_at", demo_moment(c, l->o->end)), INPUT("minutes", STR("45")), INPUT("present", STR("公安、检察、民政、妇联")),
		INPUT("record_no", STR("演询〔2026〕1号")), INPUT("keeper", demo_int(c, l->who[pol].org)), INPUT("keeper_name", STR("演示民警乙")), INPUT("summary", STR("伤情和经过见笔录；孩子愿意上学，害怕回家过周末。"))) }, NULL));
	return on(l, c, civil, &(struct act){ .type = "joint_part", .verb = "take", .id = part.id, INPUTS(INPUT("person", STR("演示民政干部")), INPUT("taken_on", demo_day(c, l->o->end))) }, NULL);
}

/* One father must not learn of it; a grandmother is to stand in. */
static enum err guardian(struct loader *l, struct ctx *c, const struct rec *k, const struct young *y, int by)
{
	struct done d;
	int civil = l->posts.civil;
	TRY(on(l, c, by, &(struct act){ .type = "custody", .verb = "create", .parent = k->id, INPUTS(INPUT("child", demo_int(c, y->child)), INPUT("office", demo_int(c, l->who[civil].org)), INPUT("reasons", STR("unsafe"))) }, &d));
	TRY(on(l, c, civil, &(struct act){ .type = "custody", .verb = "name", .id = d.id, INPUTS(INPUT("kind", STR("kin")), INPUT("guardian_name", STR("演示外婆")), INPUT("from_on", demo_day(c, l->o->end)),
		INPUT("until", demo_day(c, l->o->end + 90 * MS_DAY))) }, NULL));
	TRY(on(l, c, by, &(struct act){ .type = "party", .verb = "create", .parent = k->id, INPUTS(INPUT("side", STR("other")), INPUT("name", STR("演示继父")), INPUT("guardian", STR("1"))) }, &d));
	return on(l, c, by, &(struct act){ .type = "party", .verb = "suspect", .id = d.id, INPUTS(INPUT("suspect_why", STR("孩子说夜里害怕继父，身上有伤。"))) }, NULL);
}

static enum err tell_some(struct loader *l, struct ctx *c, int only, bool violent, int *told)
{
	const struct filter by[] = { { STR("state"), STR("accepted|mediating") } };
	struct seen s;
	TRY(see(c, &(struct see){ .type = "case", .filters = by, .nfilters = 1, .limit = 100 }, &s));
	for (size_t i = 0; i < s.n && *told < CHILDREN; i++) {
		struct young y;
		struct seen had;
		int who = leader_of(l, s.r[i]);
		if (who < 0 || (only >= 0 && who != only) || rec_int(s.r[i], "violence") != violent)
			continue;
		TRY(see_children(c, "guidance", s.r[i]->id, &had));
		if (had.n)
			continue;
		TRY(young(l, c, s.r[i], who, &y));
		TRY(guidance(l, c, s.r[i], &y, who, *told + 1));
		TRY(joint(l, c, s.r[i], &y, who, *told + 1));
		if (*told == 0)
			TRY(guardian(l, c, s.r[i], &y, who));
		++*told;
	}
	return OK;
}

static enum err tell(struct ctx *job, struct loader *l)
{
	struct ctx c = demo_ctx(l, job);
	int told = 0;
	/* First those of the mediator whom a visitor can log in as. */
	TRY(tell_some(l, &c, l->posts.mediator, false, &told));
	TRY(tell_some(l, &c, -1, false, &told));
	/* A small city may have none of these open that day. */
	return told ? OK : tell_some(l, &c, -1, true, &told);
}

enum err demo_load_children(struct loader *l) { return demo_job(l, tell); }
