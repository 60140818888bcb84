/* Why: fifty that came in overnight are given out in ten minutes when each has its proposal with its reasons and only what is doubtful is thought about.
 * Invariants: nothing is given out that she did not leave ticked; each goes through the ordinary step alone, so that one refusal stops no other and is shown with
 * its reason; what is grave stands first; no name of a party and no word of what was said is on this page. */
#include "desk/dispatch_pages.h"
#include "desk/inner.h"
#include "absorb/plan.h"
#include "templates.h"
#include <stdio.h>

static int small(struct str s, int most)
{
	int64_t v = 0;
	return str_int(s, &v) && v > 0 ? (int)(v < most ? v : most) : 0;
}

static struct str scored(struct ctx *c, const struct mediator_pick *p)
{
	struct str name = ref_label(c, "staff", p->staff);
	return arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s（%d分，%lld/%lld）" : "%.*s (%d points, %lld/%lld)", (int)name.n, name.p ? name.p : "", p->score, (long long)p->load, (long long)p->capacity);
}

static struct str value_of(struct ctx *c, const struct mediator_pick *p) { return arena_fmt(c->a, "%lld:%lld", (long long)p->staff, (long long)p->org); }

static const char *waits_of(enum plan_wait w)
{
	return w == PLAN_NOBODY ? N_("Nobody is there to be proposed: please ask the level above.") : w == PLAN_UNTRAINED ? N_("Nobody who is free of conflict has the skill that must be had: please choose on the page of the case.")
									: N_("Who could has no hands free: it waits, or you decide otherwise.");
}

static void put_line(struct ctx *c, size_t i, const struct plan_row *w, struct dispatch_line *l)
{
	const struct rec *r = w->r;
	struct str grade = rec_str(c, r, "grade");
	*l = (struct dispatch_line){ .nth = id_text(c, (int64_t)i), .key = arena_fmt(c->a, "%s:%lld:%lld", r->t->name, (long long)r->id, (long long)r->version), .number = r->number,
		.url = arena_fmt(c->a, "/%s/%lld", r->t->name, (long long)r->id), .area = area_label(c, r->area), .kind = rec_show(c, r, field_at(r->t, "kind")), .since = date_str(c->a, r->created),
		.light = grade.n ? arena_cstr(c->a, grade) : NULL, .tag = w->clue ? str_of(TRC(c, N_("Clue"))) : rec_in(r, "returned") ? str_of(TRC(c, N_("Returned"))) : STR_NONE,
		.grave = w->grave, .over = w->over,
		.tick = w->at >= 0 && !w->over, .to = NEWN(c->a, struct option, w->n + 1) };
	size_t second = 0;
	while (second < w->n && ((int)second == w->at || w->p[second].lacks.n || (w->returner && w->p[second].org == w->returner)))
		second++;
	for (size_t k = 0; k < w->n; k++)
		l->to[l->nto++] = (struct option){ value_of(c, &w->p[k]), scored(c, &w->p[k]), (int)k == w->at };
	if (w->at < 0)
		l->waits = str_of(TRC(c, waits_of(w->wait)));
	else
		l->why = w->p[w->at].why;
	if (second < w->n) {
		l->second = ref_label(c, "staff", w->p[second].staff);
		l->second_why = w->p[second].why;
	}
	/* Where the plan itself passes over the first, that is its reason; where she does, she says hers. */
	bool back = w->at > 0 && w->returner && w->p[0].org == w->returner;
	l->choice = options_code(c, "choice", back ? STR("returned") : w->at > 0 ? STR("even") : STR_NONE, &l->nchoice);
}

static void put_sum(struct ctx *c, const char *name, const struct plan_sum *s, struct dispatch_sum *ret)
{
	*ret = (struct dispatch_sum){ .name = str_of(TRC(c, name)), .waiting = id_text(c, s->waiting), .given = id_text(c, s->given), .load = arena_fmt(c->a, "%lld/%lld", (long long)s->load, (long long)s->room),
		.fullest = arena_fmt(c->a, "%lld%%", (long long)s->fullest), .gini = arena_fmt(c->a, "%lld.%02lld", (long long)s->gini / 100, (long long)s->gini % 100) };
}

/* That she looked through them is written down like any list of them (S30). */
static enum err note_lists(struct ctx *c, const struct morning *pl)
{
	size_t clues = 0;
	for (size_t i = 0; i < pl->n; i++)
		clues += pl->v[i].clue;
	if (pl->n > clues)
		TRY(journal_later(c, "list", "case", 0, arena_fmt(c->a, "{\"n\":%zu}", pl->n - clues)));
	return clues ? journal_later(c, "list", "clue", 0, arena_fmt(c->a, "{\"n\":%zu}", clues)) : OK;
}

static enum err show(struct req *rq, struct resp *rs, struct dispatch_page *m)
{
	struct ctx *c = ctx_of(rq);
	struct plan_what what = { small(req_param(rq, "more"), 20), small(req_param(rq, "extra"), 20) };
	struct morning pl;
	TRY(ctx_read(c));
	TRY(absorb_plan(c, what, &pl));
	TRY(note_lists(c, &pl));
	m->v = NEWN(c->a, struct dispatch_line, pl.n + 1);
	m->rest = pl.more;
	for (size_t i = 0; i < pl.n; i++) {
		put_line(c, i, &pl.v[i], &m->v[m->n++]);
		m->grave += pl.v[i].grave;
	}
	m->more = id_text(c, what.more);
	m->extra = id_text(c, what.extra);
	put_sum(c, N_("As proposed"), &pl.sum, &m->sum[m->nsum++]);
	if (what.more || what.extra)
		put_sum(c, N_("If it were so"), &pl.then, &m->sum[m->nsum++]);
	TRY(face_shell(rq, N_("Give out the morning's work")));
	t_dispatch_page(&rs->body, &face_of(rq)->v, m);
	return OK;
}

static enum err dispatch_get(struct req *rq, struct resp *rs)
{
	struct dispatch_page m = { 0 };
	return show(rq, rs, &m);
}

/* ---- carried out ---- */

static struct str field(struct req *rq, const char *name, int i)
{
	return req_param(rq, arena_printf(rq->a, "%s-%d", name, i));
}

static bool read_row(struct req *rq, int i, struct plan_do *o)
{
	struct str rest, key = field(rq, "row", i), to = field(rq, "to", i), part = str_cut(key, ':', &rest), id, version, staff, org;
	if (!str_is(field(rq, "tick", i), "1") || (!str_is(part, "case") && !str_is(part, "clue")))
		return false;
	*o = (struct plan_do){ .clue = str_is(part, "clue"), .choice = field(rq, "choice", i) };
	id = str_cut(rest, ':', &version);
	staff = str_cut(to, ':', &org);
	return str_int(id, &o->id) && str_int(version, &o->version) && o->version > 0 && str_int(staff, &o->staff) && str_int(org, &o->org);
}

/* What she did not see, she is told nothing of. */
static enum err one_row(struct ctx *c, struct plan_do *o, struct dispatch_said *ret)
{
	const char *type = o->clue ? "clue" : "case";
	struct rec *r;
	TRY(ctx_read(c));
	TRY(see_if(c, type, o->id, &r));
	*ret = (struct dispatch_said){ .number = r ? r->number : STR("–"), .url = r ? arena_fmt(c->a, "/%s/%lld", type, (long long)o->id) : STR_NONE, .to = ref_label(c, "staff", o->staff) };
	enum err e = ctx_write(c, absorb_plan_do, o);
	ret->done = e == OK;
	if (e != OK)
		ret->why = desk_why_not(c, e);
	fault_clear(c->f);
	return OK;
}

static enum err dispatch_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct dispatch_page m = { .said = NEWN(c->a, struct dispatch_said, PLAN_ROWS) };
	for (int i = 0; i < PLAN_ROWS; i++) {
		struct plan_do o;
		if (!read_row(rq, i, &o))
			continue;
		TRY(one_row(c, &o, &m.said[m.nsaid]));
		m.refused += !m.said[m.nsaid++].done;
	}
	m.outcome = m.nsaid ? arena_fmt(c->a, c->lang == LANG_ZH ? "已派出%zu件，未派出%zu件。" : "%zu given out, %zu not.", m.nsaid - m.refused, m.refused) : str_of(TRC(c, N_("Nothing was ticked with somebody chosen, so nothing was given out.")));
	return show(rq, rs, &m);
}

const struct route dispatch_routes[] = {
	XA_ROUTE("GET", "/dispatch", dispatch_get, ROUTE_SLOW, 0, R_FED),
	XA_ROUTE("POST", "/dispatch", dispatch_post, ROUTE_SLOW, 0, R_FED),
	{ 0 },
};
