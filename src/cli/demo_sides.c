/* Why: who looks at the made-up city must find in it what is new to most offices: an answer that only one side reads, an address that only
 * two persons open together, a list that waits for a second person. Invariants: all by act(), as the people of the city. */
#include "sense/clue.h"
#include "cli/demo_inner.h"
#include "report/export.h"

/* Who leads the case, by index of staff; -1: nobody of the plan. */
static int leader_of(const struct loader *l, const struct rec *k)
{
	for (int i = 0; i < l->n.staff; i++)
		if (k->owner && l->staff[i] == k->owner)
			return i;
	return -1;
}

static enum err answers(struct loader *l, struct ctx *c, const struct rec *k, int by)
{
	static const struct { const char *side; const char *text; } v[] = {
		{ "a", "您好，您反映的情况已收到。下次单独谈话定在下周二上午九点，不用带材料。遇到危险请先拨打110。" },
		{ "b", "您好，请您下周四下午来工作室谈一次，时间不便可以在这里补充说明。" },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		TRY(demo_do(l, c, &(struct demo_act){ .by = by, .ms = l->o->end, .act = { .type = "message", .verb = "create", .parent = k->id,
			INPUTS({ STR("side"), str_of(v[i].side) }, { STR("text"), str_of(v[i].text) }) } }, NULL));
	return OK;
}

static enum err hiding_place(struct loader *l, struct ctx *c, const struct rec *k)
{
	struct done d;
	TRY(demo_do(l, c, &(struct demo_act){ .by = l->posts.city, .ms = l->o->end, .act = { .type = "vault", .verb = "create", .parent = k->id,
		INPUTS(INPUT("kind", STR("shelter")), INPUT("kept", STR("演示地址：向阳路918号二楼东（虚构）"))) } }, &d));
	return demo_do(l, c, &(struct demo_act){ .by = l->posts.city, .ms = l->o->end, .act = { .type = "opening", .verb = "create", .parent = d.id,
		INPUTS(INPUT("reason", STR("需送达人身安全保护令，请第二人审批。"))) } }, NULL);
}

static enum err a_list(struct loader *l, struct ctx *c)
{
	struct export_ask q = { .t = type_find(l->app, STR("clue")) };
	struct done d;
	struct actor w = l->who[l->posts.town];
	q.cols[q.ncols++] = field_at(q.t, "source");
	q.cols[q.ncols++] = field_at(q.t, "kind");
	struct ctx as = *c;
	w.face = "demo";
	as.actor = &w;
	as.now = l->o->end;
	return export_ask_for(&as, &q, STR("年度工作分析，按来源和种类统计"), &d);
}

/* Calls as the telephone system tells of them: one spoken with, one that nobody answered. */
static enum err calls(struct loader *l, struct ctx *c)
{
	struct ctx as = *c;
	struct actor w = l->who[l->posts.hotline];
	int64_t id;
	w.face = "demo";
	as.actor = &w;
	for (int i = 0; i < 2; i++) {
		struct call_event e = { CALL_RING, arena_fmt(c->a, "DEMO-%d", i + 1), STR("12338"), arena_fmt(c->a, "1990000%04d", 9001 + i) };
		as.now = l->o->end - (90 - 40 * i) * MS_MINUTE;
		TRY(call_event(&as, &e, &id));
		e.what = i ? CALL_MISS : CALL_ANSWER;
		as.now += 20 * MS_SECOND;
		TRY(call_event(&as, &e, &id));
		e.what = CALL_END;
		as.now += 6 * MS_MINUTE;
		TRY(call_event(&as, &e, &id));
	}
	return OK;
}

static enum err tell(struct ctx *job, struct loader *l)
{
	struct ctx c = demo_ctx(l, job);
	struct filter open = { STR("state"), STR("accepted|mediating") };
	struct seen s;
	int answered = 0;
	TRY(see(&c, &(struct see){ .type = "case", .filters = &open, .nfilters = 1, .limit = 50 }, &s));
	for (size_t i = 0; i < s.n && answered < 3; i++) {
		int by = leader_of(l, s.r[i]);
		if (by < 0)
			continue;
		TRY(answers(l, &c, s.r[i], by));
		answered++;
	}
	if (s.n)
		TRY(hiding_place(l, &c, s.r[0]));
	TRY(calls(l, &c));
	return a_list(l, &c);
}

enum err demo_load_sides(struct loader *l) { return demo_job(l, tell); }
