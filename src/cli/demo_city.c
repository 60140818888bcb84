/* Why: units, people at their posts, grids, studios, mediators, households: what stands before the first clue.
 * Invariants: only what is needed later is kept (ids by index of units, staff and studios); each household is entered by the
 * worker of its own grid. */
#include "cli/demo_inner.h"
#include "people/people.h"
#include <stdlib.h>

#define BEFORE (30 * MS_DAY)     /* the city was entered this long before its first clue */

static int64_t opening(const struct loader *l) { return demo_start(l->plan) - BEFORE - 10 * MS_DAY + 9 * MS_HOUR; }

static enum err load_orgs(struct ctx *job, struct loader *l)
{
	for (int i = 0; i < l->n.orgs; i++) {
		struct ctx c = demo_ctx(l, job);
		struct demo_org o;
		struct done d;
		demo_org(l->plan, c.a, i, &o);
		TRY(demo_do(l, &c, &(struct demo_act){ DEMO_SYSTEM, opening(l) + i * MS_MINUTE / 10, { .type = "org", .verb = "create", .area = o.area,
			INPUTS(INPUT("name", o.name), INPUT("kind", o.kind), INPUT("above", o.above < 0 ? STR("") : demo_int(&c, l->org[o.above])),
			       INPUT("address", o.address), INPUT("phone", o.phone), INPUT("mark", i == 0 ? STR("张妇") : STR(""))) } }, &d));
		l->org[i] = d.id;
	}
	return OK;
}

static void actor_from(struct loader *l, int i, const struct demo_staff *s, struct str org_kind)
{
	struct actor *w = &l->who[i];
	*w = (struct actor){ .user = l->staff[i], .org = l->org[s->org], .role = role_of(s->role), .name = STR(""), .face = "demo", .proved = PROVED_ALWAYS };
	must(s->area.n < sizeof w->area && org_kind.n < sizeof w->org_kind);
	memcpy(w->area, s->area.p, s->area.n);
	memcpy(w->org_kind, org_kind.p, org_kind.n);
}

static enum err load_staff(struct ctx *job, struct loader *l)
{
	for (int i = 0; i < l->n.staff; i++) {
		struct ctx c = demo_ctx(l, job);
		struct demo_staff s;
		struct demo_org o;
		struct done d;
		demo_staff(l->plan, c.a, i, &s);
		demo_org(l->plan, c.a, s.org, &o);
		TRY(demo_do(l, &c, &(struct demo_act){ DEMO_SYSTEM, opening(l) + MS_DAY + i * MS_MINUTE / 10, { .type = "staff", .verb = "create", .area = s.area, .org = l->org[s.org],
			INPUTS(INPUT("name", s.name), INPUT("login", s.login), INPUT("role", s.role), INPUT("post", s.post), INPUT("phone", s.phone),
			       INPUT("skills", s.skills)) } }, &d));
		l->staff[i] = d.id;
		actor_from(l, i, &s, o.kind);
	}
	return OK;
}

static enum err load_grids(struct ctx *job, struct loader *l)
{
	for (int i = 0; i < l->n.grids; i++) {
		struct ctx c = demo_ctx(l, job);
		struct demo_grid g;
		demo_grid(l->plan, c.a, i, &g);
		TRY(demo_do(l, &c, &(struct demo_act){ l->posts.city, opening(l) + 2 * MS_DAY + i * MS_MINUTE / 10, { .type = "grid", .verb = "create", .org = l->org[g.org],
			INPUTS(INPUT("code", g.code), INPUT("name", g.name), INPUT("kind", g.kind), INPUT("worker", demo_int(&c, l->staff[g.worker])),
			       INPUT("polygon", g.polygon)) } }, NULL));
	}
	return OK;
}

static enum err load_studios(struct ctx *job, struct loader *l)
{
	for (int i = 0; i < l->n.studios; i++) {
		struct ctx c = demo_ctx(l, job);
		struct demo_studio s;
		struct done d;
		demo_studio(l->plan, c.a, i, &s);
		TRY(demo_do(l, &c, &(struct demo_act){ l->posts.city, opening(l) + 3 * MS_DAY + i * MS_MINUTE / 10, { .type = "studio", .verb = "create", .area = s.area,
			.org = l->org[s.org], INPUTS(INPUT("name", s.name), INPUT("level", s.level), INPUT("address", s.address), INPUT("phone", s.phone)) } }, &d));
		l->studio[i] = d.id;
	}
	return OK;
}

static enum err load_mediators(struct ctx *job, struct loader *l)
{
	for (int i = 0; i < l->n.mediators; i++) {
		struct ctx c = demo_ctx(l, job);
		struct demo_mediator m;
		demo_mediator(l->plan, c.a, i, &m);
		TRY(demo_do(l, &c, &(struct demo_act){ l->posts.city, opening(l) + 4 * MS_DAY + i * MS_MINUTE / 10, { .type = "mediator", .verb = "create", .area = m.area,
			.org = l->org[m.org], INPUTS(INPUT("staff", demo_int(&c, l->staff[m.staff])), INPUT("studio", demo_int(&c, l->studio[m.studio])),
				INPUT("skills", m.skills), INPUT("capacity", demo_int(&c, m.capacity)), INPUT("certificate", m.certificate)) } }, NULL));
	}
	return OK;
}

/* ---- households ---- */

static enum err add_person(struct loader *l, struct ctx *c, const struct demo_household *h, int64_t household, int k, int64_t ms)
{
	const struct demo_person *p = &h->member[k];
	return demo_do(l, c, &(struct demo_act){ h->worker, ms, { .type = "person", .verb = "create", .area = h->area,
		INPUTS(INPUT("name", p->name), INPUT("sex", p->sex), INPUT("birth", p->birth), INPUT("idno", p->idno), INPUT("phone", p->phone),
		       INPUT("household", demo_int(c, household)), INPUT("kin", p->kin), INPUT("marital", p->marital), INPUT("education", p->education),
		       INPUT("status", p->status)) } }, NULL);
}

/* Some stand in the register once more: entered again by somebody who did not look, without number and household. */
static enum err add_double(struct loader *l, struct ctx *c, const struct demo_household *h, int64_t household, int64_t ms)
{
	const struct demo_person *p = &h->member[0];
	const struct filter by[] = { { STR("household"), demo_int(c, household) } };
	struct seen s;
	struct done d;
	TRY(see(c, &(struct see){ .type = "person", .filters = by, .nfilters = 1, .oldest = true, .limit = 1 }, &s));
	if (!s.n || !p->phone.n)
		return OK;
	TRY(demo_do(l, c, &(struct demo_act){ h->worker, ms + MS_DAY / 2, { .type = "person", .verb = "create", .area = h->area, INPUTS(INPUT("name", p->name), INPUT("birth", p->birth), INPUT("phone", p->phone)) } }, &d));
	return demo_do(l, c, &(struct demo_act){ DEMO_SYSTEM, ms + MS_DAY / 2, { .type = "twin", .verb = "suggest", INPUTS(INPUT("first", demo_int(c, s.r[0]->id)), INPUT("second", demo_int(c, d.id)), INPUT("sure", STR("99")),
		INPUT("bits", STR("name:5:9.2 phone:4:17.1 birth:4:13.0"))) } }, NULL);
}

static enum err load_households(struct ctx *job, struct loader *l)
{
	int64_t to = l->at + DEMO_BATCH < l->n.households ? l->at + DEMO_BATCH : l->n.households;
	for (int64_t i = l->at; i < to; i++) {
		struct ctx c = demo_ctx(l, job);
		struct demo_household h;
		struct done d;
		int64_t ms = demo_start(l->plan) - BEFORE + (int64_t)((double)(BEFORE - MS_DAY) * ((double)i / (double)l->n.households));
		demo_household(l->plan, c.a, i, &h);
		TRY(demo_do(l, &c, &(struct demo_act){ h.worker, ms, { .type = "household", .verb = "create", .area = h.area,
			INPUTS(INPUT("address", h.address), INPUT("size", demo_int(&c, h.size))) } }, &d));
		for (int k = 0; k < h.size; k++) {
			int64_t born;
			must(date_parse(h.member[k].birth, &born));
			born += 20 * MS_DAY + 10 * MS_HOUR;
			if (born > ms) {
				if (born <= l->o->end)
					VEC_PUSH(l->keep, l->birth, l->nbirth, l->capbirth, ((struct demo_birth){ born, i, d.id, k }));
				continue;
			}
			TRY(add_person(l, &c, &h, d.id, k, ms));
		}
		if (i < 500 && i % 50 == 7)
			TRY(add_double(l, &c, &h, d.id, ms));
	}
	l->at = to;
	return OK;
}

static int birth_order(const void *a, const void *b)
{
	const struct demo_birth *x = a, *y = b;
	return x->ms != y->ms ? (x->ms < y->ms ? -1 : 1) : x->household != y->household ? (x->household < y->household ? -1 : 1) : x->member - y->member;
}

enum err demo_births(struct loader *l, const struct ctx *job, int64_t until)
{
	while (l->next_birth < l->nbirth && l->birth[l->next_birth].ms <= until) {
		const struct demo_birth *b = &l->birth[l->next_birth++];
		struct ctx c = demo_ctx(l, job);
		struct demo_household h;
		demo_household(l->plan, c.a, b->household, &h);
		TRY(add_person(l, &c, &h, b->record, b->member, b->ms));
	}
	return OK;
}

enum err demo_load_city(struct loader *l)
{
	l->org = NEWN(l->keep, int64_t, l->n.orgs);
	l->staff = NEWN(l->keep, int64_t, l->n.staff);
	l->studio = NEWN(l->keep, int64_t, l->n.studios);
	l->who = NEWN(l->keep, struct actor, l->n.staff);
	demo_progress(l, N_("units and posts"), 0, 1);
	TRY(demo_job(l, load_orgs));
	TRY(demo_job(l, load_staff));
	TRY(demo_job(l, load_grids));
	TRY(demo_job(l, load_studios));
	TRY(demo_job(l, load_mediators));
	demo_progress(l, N_("units and posts"), 1, 1);
	for (l->at = 0; l->at < l->n.households;) {
		TRY(demo_job(l, load_households));
		demo_progress(l, N_("households"), l->at, l->n.households);
	}
	qsort(l->birth, l->nbirth, sizeof *l->birth, birth_order);
	return OK;
}
