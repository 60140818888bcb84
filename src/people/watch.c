/* Why: see watch.h. Invariants: what it opens to compare leaves nothing behind but yes or no; nobody is marked for doing her
 * post's work in her post's own place. */
#include "people/watch.h"
#include "people/inner.h"
#include <stdlib.h>

#define PAIRS 3000

bool watch_on_duty(const struct calendar *cal, int64_t ms)
{
	struct civil t = civil_of(ms);
	return day_kind_works(calendar_kind(cal, day_of(ms), NULL)) && t.hour >= DUTY_FROM && t.hour < DUTY_TO;
}

/* ---- counting ---- */

struct counting { struct ctx *c; struct map *by_user; struct watch_row **rows; size_t n, cap; };

static struct watch_row *row_of(struct counting *k, int64_t user, int64_t org, struct str role)
{
	struct watch_row *r = map_geti(k->by_user, user);
	if (!r) {
		r = NEW(k->c->a, struct watch_row);
		*r = (struct watch_row){ .user = user, .org = org, .role = role_of(role) };
		map_puti(k->by_user, user, r);
		VEC_PUSH(k->c->a, k->rows, k->n, k->cap, r);
	}
	if (org)    /* a refused log-in tells whose account, not of which unit */
		r->org = org, r->role = role_of(role);
	return r;
}

static void count(struct counting *k, struct watch *w, const struct journal_count *j)
{
	bool refused = str_is(j->outcome, "denied") || str_is(j->outcome, "refused"), login = str_is(j->verb, "login");
	bool reads = str_is(j->verb, "view") || str_is(j->verb, "list") || str_is(j->verb, "search") || str_is(j->verb, "reveal");
	int64_t user = j->user ? j->user : j->rid;
	int figs[3], n = 0;
	if (reads && !refused) {
		figs[n++] = WATCH_READS;
		if (!watch_on_duty(k->c->app->calendar, j->hour * MS_HOUR))
			figs[n++] = WATCH_NIGHT;
		if (str_is(j->verb, "reveal"))
			figs[n++] = WATCH_REVEAL;
	} else if (refused) {
		figs[n++] = login ? WATCH_FAILED : WATCH_DENIED;
	} else if (str_is(j->verb, "export") || str_is(j->verb, "print")) {
		figs[n++] = WATCH_EXPORT;
	} else if (str_is(j->verb, "glass")) {
		figs[n++] = WATCH_GLASS;
	}
	for (int i = 0; i < n; i++) {
		w->sum[figs[i]] += j->n;
		if (user)
			row_of(k, user, j->org, j->role)->n[figs[i]] += j->n;
	}
}

static int by_reads(const void *a, const void *b)
{
	const struct watch_row *x = *(struct watch_row *const *)a, *y = *(struct watch_row *const *)b;
	if (x->role != y->role)
		return (x->role > y->role) - (x->role < y->role);
	return (x->n[WATCH_READS] > y->n[WATCH_READS]) - (x->n[WATCH_READS] < y->n[WATCH_READS]);
}

/* Those of one post stand together, rising: the one in the middle is the measure. */
static void medians(struct counting *k, struct watch *w)
{
	if (k->n)
		qsort(k->rows, k->n, sizeof *k->rows, by_reads);
	for (size_t i = 0, end; i < k->n; i = end) {
		for (end = i; end < k->n && k->rows[end]->role == k->rows[i]->role; end++)
			;
		int64_t m = k->rows[i + (end - i) / 2]->n[WATCH_READS];
		if ((end - i) % 2 == 0)
			m = (m + k->rows[i + (end - i) / 2 - 1]->n[WATCH_READS]) / 2;
		for (size_t j = i; j < end; j++) {
			k->rows[j]->median = m;
			k->rows[j]->unusual = end - i >= 3 && k->rows[j]->n[WATCH_READS] >= 20 && k->rows[j]->n[WATCH_READS] >= 5 * (m > 1 ? m : 1);
			w->unusual += k->rows[j]->unusual;
		}
	}
}

/* ---- neighbours and namesakes ---- */

struct reader { struct str name, home, post; };

static enum err reader_of(struct ctx *c, struct map *known, int64_t user, struct reader **ret)
{
	struct rec *staff;
	struct reader *r = map_geti(known, user);
	*ret = r;
	if (r)
		return OK;
	*ret = r = NEW(c->a, struct reader);
	map_puti(known, user, r);
	TRY(see_if(c, "staff", user, &staff));
	if (!staff)
		return OK;
	r->name = rec_str(c, staff, "name");
	r->post = staff->area;
	struct str phone = rec_str(c, staff, "phone");
	struct seen s = { 0 };
	if (phone.n && type_find(c->app, STR("person")))
		TRY(see_same(c, "person", "phone", phone, &s));
	if (s.n && s.r[0]->area.n >= 12)
		r->home = (struct str){ s.r[0]->area.p, 12 };
	return OK;
}

static bool names(struct ctx *c, const struct rec *r, struct str name)
{
	for (size_t i = 0; i < r->t->nfields; i++)
		if (r->t->fields[i].type == F_NAME && r->v[i].set && str_eq(rec_str(c, r, r->t->fields[i].name), name))
			return true;
	return false;
}

static enum err tie_of(struct ctx *c, const struct reader *who, const struct journal_pair *p, struct watch_tie *t)
{
	const struct rtype *type = type_find(c->app, p->type);
	struct rec *r;
	*t = (struct watch_tie){ .user = p->user, .rid = p->rid, .n = p->n, .last = p->last, .type = p->type };
	if (!type || (!who->name.n && !who->home.n))
		return OK;
	TRY(see_if(c, type->name, p->rid, &r));
	if (!r)
		return OK;
	t->area = r->area;
	/* Her post's own place is her work, wherever she lives. */
	bool duty = who->post.n >= 12 && str_starts(r->area, arena_cstr(c->a, (struct str){ who->post.p, 12 }));
	t->near = who->home.n && !duty && str_starts(r->area, arena_cstr(c->a, who->home));
	t->namesake = who->name.n && names(c, r, who->name);
	for (const struct rtype *const *k = c->app->types; *k && who->name.n && !t->namesake; k++) {
		struct seen s;
		bool named = false;
		for (size_t i = 0; i < (*k)->nfields; i++)
			named |= (*k)->fields[i].type == F_NAME;
		if (!named || !(*k)->parent || strcmp((*k)->parent, type->name) != 0)
			continue;
		TRY(see_children(c, (*k)->name, r->id, &s));
		for (size_t i = 0; i < s.n && !t->namesake; i++)
			t->namesake = names(c, s.r[i], who->name);
	}
	return OK;
}

static enum err ties(struct ctx *c, struct counting *k, struct watch *w)
{
	struct journal_pair *p;
	size_t n, cap = 0;
	struct map *known = map_new(c->a);
	TRY(journal_pairs(c, w->from, w->to, PAIRS + 1, &p, &n));
	w->cut = n > PAIRS;
	for (size_t i = 0; i < n && i < PAIRS; i++) {
		struct reader *who;
		struct watch_tie t;
		TRY(reader_of(c, known, p[i].user, &who));
		TRY(tie_of(c, who, &p[i], &t));
		if (!t.near && !t.namesake)
			continue;
		VEC_PUSH(c->a, w->ties, w->nties, cap, t);
		struct watch_row *r = map_geti(k->by_user, t.user);
		const enum watch_fig f[] = { WATCH_NEAR, WATCH_NAMESAKE };
		for (int j = 0; j < 2; j++)
			if (j == 0 ? t.near : t.namesake) {
				w->sum[f[j]] += t.n;
				if (r)
					r->n[f[j]] += t.n;
			}
	}
	return OK;
}

/* What is asked about first: ties, then volume, refusals, reveals, nights. Weights, not measures. */
static int64_t weight(const struct watch_row *r)
{
	return 1000 * (r->n[WATCH_NEAR] + r->n[WATCH_NAMESAKE]) + 5000 * r->unusual + 500 * r->n[WATCH_GLASS] + 50 * r->n[WATCH_DENIED] + 50 * r->n[WATCH_FAILED] +
	       20 * r->n[WATCH_REVEAL] + 10 * r->n[WATCH_EXPORT] + 5 * r->n[WATCH_NIGHT] + r->n[WATCH_READS];
}

static int by_weight(const void *a, const void *b)
{
	const struct watch_row *x = a, *y = b;
	int64_t p = weight(x), q = weight(y);
	return p != q ? p < q ? 1 : -1 : (x->user > y->user) - (x->user < y->user);
}

enum err watch_make(struct ctx *c, int64_t from, int64_t to, struct watch *ret)
{
	struct ctx in = ctx_inside(c);
	struct watch w = { .from = from, .to = to };
	struct counting k = { .c = &in, .by_user = map_new(c->a) };
	struct journal_count *j;
	size_t n;
	TRY(journal_counts(&in, from, to, &j, &n));
	for (size_t i = 0; i < n; i++)
		count(&k, &w, &j[i]);
	medians(&k, &w);
	TRY(ties(&in, &k, &w));
	w.rows = NEWN(c->a, struct watch_row, k.n + 1);
	for (size_t i = 0; i < k.n; i++)
		w.rows[w.nrows++] = *k.rows[i];
	qsort(w.rows, w.nrows, sizeof *w.rows, by_weight);
	*ret = w;
	return OK;
}
