/* Why: given out one by one, the first of a morning takes whom the last needed. Invariants: plan.h. Equal plans do not change from one look to the next. */
#include "absorb/plan.h"
#include "absorb/absorb.h"
#include "people/assign.h"
#include <stdlib.h>

/* ---- what waits ---- */

static int64_t key_of(struct ctx *c, const struct plan_row *w)
{
	return (w->grave ? 0 : 10) + absorb_rank(rec_str(c, w->r, "grade"));
}

struct sorted { int64_t key; struct plan_row row; };

static int by_need(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row.r->id < y->row.r->id ? -1 : x->row.r->id > y->row.r->id;
}

struct inbox { struct sorted *v; size_t n, cap; };

static enum err take_type(struct ctx *c, const char *type, const char *verb, struct str states, struct inbox *ret)
{
	const struct filter by[] = { { STR("state"), states }, { STR("family"), STR("1") } };
	bool clue = strcmp(type, "clue") == 0;
	int64_t after = 0;
	if (!type_find(c->app, str_of(type)))
		return OK;
	do {
		struct seen s;
		TRY(see(c, &(struct see){ .type = type, .filters = by, .nfilters = clue ? 2 : 1, .after = after, .oldest = true, .limit = 500 }, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct sorted o = { .row = { .r = s.r[i], .clue = clue, .at = -1, .returner = rec_in(s.r[i], "returned") ? rec_int(s.r[i], "returner") : 0 } };
			if (may(c, s.r[i]->t, verb, s.r[i]) != MAY_ALLOW)
				continue;
			struct mediator_ask q = absorb_asks(c, s.r[i]);
			struct str signals = rec_str(c, s.r[i], "signals");
			o.row.grave = q.violence || absorb_rank(rec_str(c, s.r[i], "grade")) == 1 || (signals.n && str_find(signals, STR(",child,")) >= 0);
			o.key = key_of(c, &o.row);
			VEC_PUSH(c->a, ret->v, ret->n, ret->cap, o);
		}
		after = s.next;
	} while (after && ret->n < 2000);
	return OK;
}

static enum err inbox_of(struct ctx *c, struct morning *ret)
{
	struct inbox in = { 0 };
	TRY(take_type(c, "case", "dispatch", STR("registered|returned"), &in));
	TRY(take_type(c, "clue", "open", STR("screened"), &in));
	if (in.n)
		qsort(in.v, in.n, sizeof *in.v, by_need);
	ret->more = in.n > PLAN_ROWS;
	ret->n = in.n > PLAN_ROWS ? PLAN_ROWS : in.n;
	ret->v = NEWN(c->a, struct plan_row, ret->n + 1);
	for (size_t i = 0; i < ret->n; i++) {
		struct plan_row *w = &ret->v[i];
		*w = in.v[i].row;
		w->p = NEWN(c->a, struct mediator_pick, PLAN_PICKS);
		struct mediator_ask q = absorb_asks(c, w->r);
		TRY(people_suggest_mediator(c, &q, w->p, PLAN_PICKS, &w->n));
	}
	return OK;
}

/* ---- who comes into question, and the plan ---- */

struct person { int64_t mediator, load, capacity; int32_t step; };
struct people { struct person *v; size_t n, cap; };

static size_t person_at(struct ctx *c, struct people *of, const struct mediator_pick *p)
{
	for (size_t j = 0; j < of->n; j++)
		if (of->v[j].mediator == p->mediator)
			return j;
	VEC_PUSH(c->a, of->v, of->n, of->cap, ((struct person){ p->mediator, p->load, p->capacity, p->step }));
	return of->n - 1;
}

static int64_t term(struct ctx *c, const char *name)
{
	int64_t v = 0;
	return str_int(code_more(c->app->codes, "dispatch_term", str_of(name), "points"), &v) ? v : 0;
}

/* Could she be proposed at all? */
static bool fits(const struct plan_row *w, size_t k) { return !w->p[k].lacks.n && !(w->returner && w->p[k].org == w->returner); }

#define COST(score) ((int32_t)(100 * (100 - (score))))

/* What is grave has its own at once: the best who has hands free, else the best. */
static void give_grave(struct ctx *c, struct plan_row *w, struct people *of)
{
	w->at = -1;
	w->over = false;
	for (size_t i = 0; i < w->n && w->at < 0; i++) {
		const struct person *s = &of->v[person_at(c, of, &w->p[i])];
		if (fits(w, i) && s->load < s->capacity)
			w->at = (int)i;
	}
	for (size_t i = 0; i < w->n && w->at < 0; i++)
		if (fits(w, i)) {
			w->at = (int)i;
			w->over = true;
		}
	if (w->at >= 0)
		of->v[person_at(c, of, &w->p[w->at])].load++;
}

static void why_waits(struct plan_row *w)
{
	bool trained = false;
	for (size_t i = 0; i < w->n; i++)
		trained |= fits(w, i);
	w->wait = w->at >= 0 ? PLAN_GIVEN : !w->n ? PLAN_NOBODY : trained ? PLAN_FULL : PLAN_UNTRAINED;
}

/* The rows that are not grave, as one problem; columns beyond `of` are mediators that are not there. */
static void solve_rest(struct ctx *c, struct morning *pl, struct people *of, int more)
{
	size_t rows = 0, cols = of->n + (size_t)more, *row = NEWN(c->a, size_t, pl->n + 1);
	int64_t usual = term(c, "usual"), price = term(c, "wait");
	price = price < 0 ? 0 : price > 2500 ? 2500 : price;      /* assign.h: a million at most */
	for (size_t i = 0; i < pl->n; i++)
		if (!pl->v[i].grave)
			row[rows++] = i;
	struct assign p = { .rows = rows, .cols = cols, .ret_col = NEWN(c->a, int, rows + 1) };
	int32_t *cost = NEWN(c->a, int32_t, rows * cols + 1), *step = NEWN(c->a, int32_t, cols + 1), *wait = NEWN(c->a, int32_t, rows + 1);
	int *room = NEWN(c->a, int, cols + 1);
	for (size_t j = 0; j < cols; j++) {
		const struct person *s = j < of->n ? &of->v[j] : &(struct person){ .capacity = usual < 1 ? 1 : usual, .step = (int32_t)(100 * term(c, "free") / (usual < 1 ? 1 : usual)) };
		room[j] = s->capacity > s->load ? (int)(s->capacity - s->load) : 0;
		step[j] = s->step;
	}
	for (size_t i = 0; i < rows; i++) {
		const struct plan_row *w = &pl->v[row[i]];
		struct mediator_ask q = absorb_asks(c, w->r);
		int rank = absorb_rank(rec_str(c, w->r, "grade"));
		wait[i] = (int32_t)(100 * price * (rank > 4 ? 1 : 5 - rank));
		for (size_t j = 0; j < cols; j++)
			cost[i * cols + j] = j < of->n || q.child ? ASSIGN_NEVER : COST(term(c, "near2") + term(c, "free"));
		for (size_t k = 0; k < w->n; k++)
			if (fits(w, k)) {
				size_t j = person_at(c, of, &w->p[k]);
				/* What a grave case of this morning has taken already counts as if she had it. */
				cost[i * cols + j] = COST(w->p[k].score) + (int32_t)(of->v[j].load - w->p[k].load) * of->v[j].step;
			}
	}
	p.cost = cost, p.step = step, p.wait = wait, p.room = room;
	assign_solve(c->a, &p);
	for (size_t i = 0; i < rows; i++) {
		struct plan_row *w = &pl->v[row[i]];
		w->at = -1;
		w->wait = PLAN_GIVEN;
		if (p.ret_col[i] < 0)
			continue;
		for (size_t k = 0; k < w->n && (size_t)p.ret_col[i] < of->n; k++)
			if (w->p[k].mediator == of->v[p.ret_col[i]].mediator)
				w->at = (int)k;
		if ((size_t)p.ret_col[i] >= of->n)
			w->at = PLAN_PICKS;
	}
	struct people then = { NEWN(c->a, struct person, cols + 1), cols, cols + 1 };
	for (size_t j = 0; j < cols; j++)
		then.v[j] = j < of->n ? of->v[j] : (struct person){ .capacity = usual < 1 ? 1 : usual };
	for (size_t i = 0; i < rows; i++)
		if (p.ret_col[i] >= 0)
			then.v[p.ret_col[i]].load++;
	*of = then;
}

static int by_share(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static struct plan_sum sum_of(struct ctx *c, const struct morning *pl, const struct people *of)
{
	struct plan_sum s = { .people = of->n };
	double *share = NEWN(c->a, double, of->n + 1), sum = 0, weighed = 0;
	for (size_t i = 0; i < pl->n; i++)
		*(pl->v[i].at >= 0 ? &s.given : &s.waiting) += 1;
	for (size_t j = 0; j < of->n; j++) {
		share[j] = (double)of->v[j].load / (double)(of->v[j].capacity > 0 ? of->v[j].capacity : 1);
		s.load += of->v[j].load;
		s.room += of->v[j].capacity;
		s.fullest = (int64_t)(100 * share[j] + 0.5) > s.fullest ? (int64_t)(100 * share[j] + 0.5) : s.fullest;
	}
	if (of->n)
		qsort(share, of->n, sizeof *share, by_share);
	for (size_t j = 0; j < of->n; j++) {
		sum += share[j];
		weighed += (double)(j + 1) * share[j];
	}
	s.gini = sum > 0 ? (int64_t)(100 * (2 * weighed / ((double)of->n * sum) - ((double)of->n + 1) / (double)of->n) + 0.5) : 0;
	return s;
}

static struct plan_sum plan_with(struct ctx *c, struct morning *pl, struct plan_what what)
{
	struct people of = { 0 };
	for (size_t i = 0; i < pl->n; i++)
		for (size_t k = 0; k < pl->v[i].n; k++) {
			size_t j = person_at(c, &of, &pl->v[i].p[k]);
			of.v[j].capacity = pl->v[i].p[k].capacity + what.extra;
		}
	for (size_t i = 0; i < pl->n; i++)
		if (pl->v[i].grave)
			give_grave(c, &pl->v[i], &of);
	solve_rest(c, pl, &of, what.more);
	for (size_t i = 0; i < pl->n; i++)
		why_waits(&pl->v[i]);
	return sum_of(c, pl, &of);
}

enum err absorb_plan(struct ctx *c, struct plan_what what, struct morning *ret)
{
	*ret = (struct morning){ 0 };
	TRY(inbox_of(c, ret));
	/* The rows stay as the plan of today has them: what would be is figures only. */
	if (what.more || what.extra)
		ret->then = plan_with(c, ret, what);
	ret->sum = plan_with(c, ret, (struct plan_what){ 0 });
	if (!what.more && !what.extra)
		ret->then = ret->sum;
	return OK;
}

/* ---- carried out ---- */

enum err absorb_plan_do(struct ctx *c, void *arg)
{
	const struct plan_do *o = arg;
	struct done d;
	int64_t kase = o->id, version = o->version;
	if (o->clue) {
		struct rec *clue;
		struct ctx in = ctx_inside(c);
		TRY(act(c, &(struct act){ .type = "clue", .verb = "open", .id = o->id, .version = o->version }, &d));
		TRY(see_one(&in, "clue", o->id, &clue));
		kase = rec_int(clue, "case_file");
		version = 0;
	}
	return act(c, &(struct act){ .type = "case", .verb = "dispatch", .id = kase, .version = version,
		INPUTS(INPUT("org", id_text(c, o->org)), INPUT("owner", id_text(c, o->staff)), INPUT("choice", o->choice)) }, &d);
}
