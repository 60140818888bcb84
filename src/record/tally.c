/* Why: a monthly report must read thousands of rows, not millions of cases.
 * Invariants: after every commit the tally table is the sum of tallies(r) over all records r: each act takes the old cells away
 * and adds the new ones, and the acts of one commit are summed up and written with it; tally_month is the same sum by month, city and town, and tally_verify()
 * recounts both. */
#include "record/inner.h"
#include <stdio.h>
#include <stdlib.h>

struct cell_key { struct str metric, area, source, kind, grade, outcome; int64_t day; };

static struct str some(struct str s) { return s.p ? s : STR(""); }

static struct cell_key key_of(const struct rec *r, const struct tally_cell *t)
{
	struct str area = r->area.n > 12 ? (struct str){ r->area.p, 12 } : some(r->area);
	return (struct cell_key){ str_of(t->metric), area, some(t->source), some(t->kind), some(t->grade), some(t->outcome), day_of(t->ms) };
}

/* ---- months ---- */

struct month_key { struct str scope, metric, dim, key, grade, outcome; int64_t month, level; };
#define MONTH_KEYS 6    /* two levels of three dimensions */

static struct str head(struct str s, size_t n) { return s.n > n ? (struct str){ s.p, n } : s; }

/* The rows of tally_month to which a cell belongs. Grade and outcome stand in each, so that they need no dimension of their
 * own; rows without a source or kind are left out: they are what the dimension 'area' has more. */
static size_t month_keys(const struct cell_key *k, struct month_key out[MONTH_KEYS])
{
	struct civil d = day_civil((int32_t)k->day);
	size_t n = 0;
	for (size_t level = 6; level <= 9; level += 3) {
		if (level == 9 && k->area.n < 9)
			continue;
		struct month_key m = { .scope = head(k->area, level), .metric = k->metric, .grade = k->grade, .outcome = k->outcome,
				       .month = d.year * 12 + d.month, .level = (int64_t)level };
		m.dim = STR("area");
		m.key = head(k->area, level + 3);
		out[n++] = m;
		m.dim = STR("source");
		m.key = k->source;
		if (m.key.n)
			out[n++] = m;
		m.dim = STR("kind");
		m.key = k->kind;
		if (m.key.n)
			out[n++] = m;
	}
	return n;
}

/* ---- writing: what the acts of one commit add is summed up and written once a cell, in the order of the keys. On PostgreSQL
 * two that lock the same cells crosswise would stop each other. ---- */

struct item { struct cell_key k; int64_t delta; };
struct month { struct month_key k; int64_t delta; };

static int cell_cmp(const void *a, const void *b)
{
	const struct cell_key *x = &((const struct item *)a)->k, *y = &((const struct item *)b)->k;
	const struct str *const p[] = { &x->metric, &y->metric, &x->area, &y->area, &x->source, &y->source, &x->kind, &y->kind, &x->grade, &y->grade, &x->outcome, &y->outcome };
	int d = (x->day > y->day) - (x->day < y->day);
	for (size_t i = 0; !d && i < ARRAY_LEN(p); i += 2)
		d = str_cmp(*p[i], *p[i + 1]);
	return d;
}

static int month_cmp(const void *a, const void *b)
{
	const struct month_key *x = &((const struct month *)a)->k, *y = &((const struct month *)b)->k;
	const struct str *const p[] = { &x->scope, &y->scope, &x->metric, &y->metric, &x->dim, &y->dim, &x->key, &y->key, &x->grade, &y->grade, &x->outcome, &y->outcome };
	int d = (x->month > y->month) - (x->month < y->month);
	if (!d)
		d = (x->level > y->level) - (x->level < y->level);
	for (size_t i = 0; !d && i < ARRAY_LEN(p); i += 2)
		d = str_cmp(*p[i], *p[i + 1]);
	return d;
}

static enum err cells_write(struct db *d, struct fault *f, struct item *v, size_t n)
{
	qsort(v, n, sizeof *v, cell_cmp);
	for (size_t i = 0, j; i < n; i = j) {
		int64_t delta = 0;
		for (j = i; j < n && cell_cmp(&v[i], &v[j]) == 0; j++)
			delta += v[j].delta;
		const struct cell_key *k = &v[i].k;
		if (delta)
			TRY(db_exec(d, f,
				    "INSERT INTO tally (day, metric, area, source, kind, grade, outcome, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
				    "ON CONFLICT (day, metric, area, source, kind, grade, outcome) DO UPDATE SET n = tally.n + EXCLUDED.n",
				    ARGS(VI(k->day), VS(k->metric), VS(k->area), VS(k->source), VS(k->kind), VS(k->grade), VS(k->outcome), VI(delta)), NULL));
	}
	return OK;
}

#define MONTH_ROWS 16   /* to a statement */

static enum err month_rows(struct db *d, struct fault *f, const struct month *v, size_t n)
{
	struct val a[MONTH_ROWS * 9];
	size_t na = 0;
	BUF_AUTO q = BUF(4096);
	buf_cstr(&q, "INSERT INTO tally_month (month, level, scope, metric, dim, key, grade, outcome, n) VALUES ");
	for (size_t i = 0; i < n; i++) {
		const struct month_key *m = &v[i].k;
		buf_cstr(&q, i ? ", (?, ?, ?, ?, ?, ?, ?, ?, ?)" : "(?, ?, ?, ?, ?, ?, ?, ?, ?)");
		const struct val row[9] = { VI(m->month), VI(m->level), VS(m->scope), VS(m->metric), VS(m->dim), VS(m->key), VS(m->grade), VS(m->outcome), VI(v[i].delta) };
		memcpy(&a[na], row, sizeof row);
		na += ARRAY_LEN(row);
	}
	buf_cstr(&q, " ON CONFLICT (month, level, scope, metric, dim, key, grade, outcome) DO UPDATE SET n = tally_month.n + EXCLUDED.n");
	must(!q.over);
	return db_exec(d, f, q.p, a, na, NULL);
}

/* Sums up in place: each key once, none that comes to nothing. */
static size_t months_sum(struct month *v, size_t n)
{
	size_t o = 0;
	qsort(v, n, sizeof *v, month_cmp);
	for (size_t i = 0, j; i < n; i = j) {
		struct month m = v[i];
		for (j = i + 1; j < n && month_cmp(&m, &v[j]) == 0; j++)
			m.delta += v[j].delta;
		if (m.delta)
			v[o++] = m;
	}
	return o;
}

static enum err tally_flush(struct db *d, void *const *item, size_t n, struct fault *f)
{
	ARENA a = arena_new(0);
	struct item *v = NEWN(a, struct item, n);
	struct month *m = NEWN(a, struct month, n * MONTH_KEYS);
	size_t nm = 0;
	for (size_t i = 0; i < n; i++) {
		struct month_key k[MONTH_KEYS];
		v[i] = *(const struct item *)item[i];
		size_t nk = month_keys(&v[i].k, k);
		for (size_t j = 0; j < nk; j++)
			m[nm++] = (struct month){ k[j], v[i].delta };
	}
	TRY(cells_write(d, f, v, n));
	nm = months_sum(m, nm);
	for (size_t i = 0; i < nm; i += MONTH_ROWS)
		TRY(month_rows(d, f, &m[i], nm - i < MONTH_ROWS ? nm - i : MONTH_ROWS));
	return OK;
}

static const struct later tally_later = { tally_flush };

static void cell_add(struct ctx *c, const struct cell_key *k, int64_t delta)
{
	struct item *it = db_later(c->db, &tally_later, sizeof *it);
	struct str *const own[] = { &it->k.area, &it->k.source, &it->k.kind, &it->k.grade, &it->k.outcome };
	*it = (struct item){ *k, delta };      /* metric: a literal */
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		*own[i] = db_later_str(c->db, *own[i]);
}

static bool key_same(const struct cell_key *a, const struct cell_key *b)
{
	return a->day == b->day && str_eq(a->metric, b->metric) && str_eq(a->area, b->area) && str_eq(a->source, b->source) &&
	       str_eq(a->kind, b->kind) && str_eq(a->grade, b->grade) && str_eq(a->outcome, b->outcome);
}

enum err tally_apply(struct ctx *c, const struct rec *old, const struct rec *now)
{
	if (!now->t->tallies)
		return OK;
	struct tally_cell was[TALLY_MAX], is[TALLY_MAX];
	int nwas = old ? old->t->tallies(old, was) : 0, nis = now->t->tallies(now, is);
	bool kept[TALLY_MAX] = { false };
	must(nwas <= TALLY_MAX && nis <= TALLY_MAX);
	for (int i = 0; i < nwas; i++) {
		struct cell_key k = key_of(old, &was[i]);
		bool same = false;
		for (int j = 0; j < nis && !same; j++) {
			struct cell_key n = key_of(now, &is[j]);
			if (!kept[j] && key_same(&k, &n))
				same = kept[j] = true;
		}
		if (!same)
			cell_add(c, &k, -1);
	}
	for (int j = 0; j < nis; j++)
		if (!kept[j]) {
			struct cell_key k = key_of(now, &is[j]);
			cell_add(c, &k, 1);
		}
	return OK;
}

/* ---- what is shut to the actor is not in her figures either (S14) ---- */

struct cells { struct cell_key *v; size_t n, cap; };

static void add_cells(struct ctx *c, const struct rec *r, struct cells *to)
{
	struct tally_cell t[TALLY_MAX];
	int n = r->t->tallies(r, t);
	for (int i = 0; i < n; i++)
		VEC_PUSH(c->a, to->v, to->n, to->cap, key_of(r, &t[i]));
}

static enum err cells_under(struct ctx *c, const struct plan *p, int64_t root, struct cells *to)
{
	ROWS q = NULL;
	bool more;
	const char *by = p->t->guard == GUARD_SELF ? "id" : "parent";
	TRY(db_rows(c->db, c->f, arena_printf(c->a, "%s WHERE r.%s = ?", p->select_all, by), ARGS(VI(root)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		add_cells(c, rec_of_row(c, p, q, true), to);
	}
}

/* The cells in which records count that she must not know of: nearly always none. */
static enum err shut_cells(struct ctx *c, struct cells *to)
{
	int64_t root[200];
	if (c->actor->role == ROLE_SYSTEM || !(access_any(c) & ACCESS_OUT))
		return OK;
	size_t n = access_roots(c, ACCESS_OUT, root, ARRAY_LEN(root));
	for (size_t i = 0; i < n && i < ARRAY_LEN(root); i++)
		for (const struct plan *p = c->app->plans; p->t; p++)
			if (p->t->tallies && p->t->guard != GUARD_NONE)
				TRY(cells_under(c, p, root[i], to));
	return OK;
}

static bool fits(bool asked, struct str row, struct str cell) { return !asked || str_eq(row, cell); }

static enum err less_shut(struct ctx *c, const struct tally_ask *q, struct tally_row *v, size_t n)
{
	struct cells k = { 0 };
	TRY(shut_cells(c, &k));
	for (size_t i = 0; i < k.n; i++) {
		const struct cell_key *x = &k.v[i];
		struct str place = q->by_area ? x->area : q->by_town ? head(x->area, 9) : STR("");
		if (!str_is(x->metric, q->metric) || x->day < q->from_day || x->day > q->to_day || !str_starts(x->area, arena_cstr(c->a, some(q->area))))
			continue;
		for (size_t j = 0; j < n; j++)
			if (str_eq(v[j].area, place) && fits(q->by_source, v[j].source, x->source) && fits(q->by_kind, v[j].kind, x->kind) &&
			    fits(q->by_grade, v[j].grade, x->grade) && fits(q->by_outcome, v[j].outcome, x->outcome) && (!q->by_day || v[j].day == x->day)) {
				v[j].n -= v[j].n > 0;
				break;
			}
	}
	return OK;
}

static enum err less_shut_month(struct ctx *c, int64_t at, struct str area, struct tally_month_row *v, size_t n)
{
	struct cells k = { 0 };
	struct month_key m[MONTH_KEYS];
	TRY(shut_cells(c, &k));
	for (size_t i = 0; i < k.n; i++) {
		size_t nm = month_keys(&k.v[i], m);
		for (size_t h = 0; h < nm; h++) {
			if (m[h].month != at || m[h].level != (int64_t)(area.n ? area.n : 6) || (area.n && !str_eq(m[h].scope, area)))
				continue;
			for (size_t j = 0; j < n; j++)
				if (str_eq(v[j].metric, m[h].metric) && str_eq(v[j].dim, m[h].dim) && str_eq(v[j].key, m[h].key) && str_eq(v[j].grade, m[h].grade) &&
				    str_eq(v[j].outcome, m[h].outcome)) {
					v[j].n -= v[j].n > 0;
					break;
				}
		}
	}
	return OK;
}

enum err tally_read(struct ctx *c, const struct tally_ask *q, struct tally_row **ret, size_t *ret_n)
{
	TRY(db_settle(c->db, &tally_later, c->f));
	BUF_AUTO b = BUF(4096);
	struct { bool by; const char *col; } dims[] = { { q->by_source, "source" }, { q->by_kind, "kind" }, { q->by_grade, "grade" }, { q->by_outcome, "outcome" } };
	const char *area = q->by_area ? "area" : q->by_town ? "SUBSTR(area, 1, 9)" : "''";
	buf_printf(&b, "SELECT %s AS a", area);
	for (size_t i = 0; i < ARRAY_LEN(dims); i++)
		buf_printf(&b, ", %s", dims[i].by ? dims[i].col : "''");
	buf_printf(&b, ", %s, CAST(SUM(n) AS INTEGER) FROM tally WHERE metric = ? AND day >= ? AND day <= ? AND area >= ? AND area < ?",
		   q->by_day ? "day" : "0");
	const char *sep = " GROUP BY ";
	if (q->by_area || q->by_town) {
		buf_printf(&b, "%s%s", sep, area);
		sep = ", ";
	}
	for (size_t i = 0; i < ARRAY_LEN(dims); i++)
		if (dims[i].by) {
			buf_printf(&b, "%s%s", sep, dims[i].col);
			sep = ", ";
		}
	if (q->by_day)
		buf_printf(&b, "%sday", sep);
	struct str from = some(q->area), to = arena_fmt(c->a, "%.*s:", (int)from.n, from.p ? from.p : "");
	ROWS r = NULL;
	bool more;
	struct tally_row *v = NULL;
	size_t n = 0, cap = 0;
	TRY(db_rows(c->db, c->f, arena_cstr(c->a, buf_view(&b)), ARGS(VS(str_of(q->metric)), VI(q->from_day), VI(q->to_day), VS(from), VS(to)), &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			break;
		if (!rows_int(r, 6))
			continue;
		struct tally_row t = { .day = rows_int(r, 5), .n = rows_int(r, 6) };
		struct str *const parts[] = { &t.area, &t.source, &t.kind, &t.grade, &t.outcome };
		for (int i = 0; i < 5; i++)
			*parts[i] = arena_str(c->a, rows_text(r, i));
		VEC_PUSH(c->a, v, n, cap, t);
	}
	TRY(less_shut(c, q, v, n));
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err tally_month_read(struct ctx *c, int year, int month, struct str area, struct tally_month_row **ret, size_t *ret_n)
{
	TRY(db_settle(c->db, &tally_later, c->f));
	ROWS r = NULL;
	bool more;
	struct tally_month_row *v = NULL;
	size_t n = 0, cap = 0;
	int64_t at = (int64_t)year * 12 + month;
	const char *all = "SELECT metric, dim, key, grade, outcome, n FROM tally_month WHERE month = ? AND level = 6 AND n <> 0";
	const char *one = "SELECT metric, dim, key, grade, outcome, n FROM tally_month WHERE month = ? AND level = ? AND scope = ? AND n <> 0";
	must(area.n == 0 || area.n == 6 || area.n == 9);
	if (area.n)
		TRY(db_rows(c->db, c->f, one, ARGS(VI(at), VI((int64_t)area.n), VS(area)), &r));
	else
		TRY(db_rows(c->db, c->f, all, ARGS(VI(at)), &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			break;
		struct tally_month_row t = { .n = rows_int(r, 5) };
		struct str *const parts[] = { &t.metric, &t.dim, &t.key, &t.grade, &t.outcome };
		for (int i = 0; i < 5; i++)
			*parts[i] = arena_str(c->a, rows_text(r, i));
		VEC_PUSH(c->a, v, n, cap, t);
	}
	TRY(less_shut_month(c, at, area, v, n));
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err tally_month_rebuild(struct ctx *c)
{
	TRY(db_settle(c->db, &tally_later, c->f));
	static const struct { const char *key, *where; } dims[] = { { "area", "" }, { "source", " AND source <> ''" }, { "kind", " AND kind <> ''" } };
	TRY(db_exec(c->db, c->f, "DELETE FROM tally_month", NOARGS, NULL));
	int64_t lo = 0, hi = 0;
	bool any;
	TRY(db_int(c->db, c->f, "SELECT MIN(day) FROM tally HAVING COUNT(*) > 0", NOARGS, &lo, &any));
	if (!any)
		return OK;
	TRY(db_int(c->db, c->f, "SELECT MAX(day) FROM tally", NOARGS, &hi, NULL));
	struct civil d = day_civil((int32_t)lo);
	for (int32_t from; (from = month_first(d.year, d.month)) <= hi; d.month++) {
		for (size_t i = 0; i < 2 * ARRAY_LEN(dims); i++) {
			int level = i < ARRAY_LEN(dims) ? 6 : 9;
			const char *name = dims[i % ARRAY_LEN(dims)].key;
			const char *key = strcmp(name, "area") != 0 ? name : level == 6 ? "SUBSTR(area, 1, 9)" : "area";
			const char *q = arena_printf(c->a,
						     "INSERT INTO tally_month (month, level, scope, metric, dim, key, grade, outcome, n) "
						     "SELECT ?, %d, SUBSTR(area, 1, %d), metric, '%s', %s, grade, outcome, CAST(SUM(n) AS INTEGER) FROM tally "
						     "WHERE day >= ? AND day < ? AND LENGTH(area) >= %d%s GROUP BY SUBSTR(area, 1, %d), metric, %s, grade, outcome",
						     level, level, name, key, level == 9 ? 9 : 0, dims[i % ARRAY_LEN(dims)].where, level, key);
			struct civil real = day_civil(from);
			TRY(db_exec(c->db, c->f, q, ARGS(VI(real.year * 12 + real.month), VI(from), VI(month_first(d.year, d.month + 1))), NULL));
		}
	}
	return OK;
}

/* ---- recount ---- */

static struct str key_text(struct arena *a, const struct cell_key *k)
{
	const struct str *const p[] = { &k->metric, &k->area, &k->source, &k->kind, &k->grade, &k->outcome };
	BUF_AUTO b = BUF(2048);
	buf_int(&b, k->day);
	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		buf_char(&b, '|');
		buf_str(&b, *p[i]);
	}
	return arena_str(a, buf_view(&b));
}

static struct str month_text(struct arena *a, const struct month_key *k)
{
	const struct str *const p[] = { &k->scope, &k->metric, &k->dim, &k->key, &k->grade, &k->outcome };
	BUF_AUTO b = BUF(2048);
	buf_printf(&b, "month %lld|%lld", (long long)k->month, (long long)k->level);
	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		buf_char(&b, '|');
		buf_str(&b, *p[i]);
	}
	return arena_str(a, buf_view(&b));
}

static void count_one(struct map *m, struct str key, struct arena *keep)
{
	int64_t *count = map_get(m, key);
	if (!count)
		map_put(m, key, count = NEW(keep, int64_t));
	++*count;
}

/* m: what should stand in both tables, days and months. */
static enum err recount_type(struct ctx *c, const struct plan *p, struct map *m, struct arena *keep)
{
	ROWS r = NULL;
	bool more;
	ARENA a = arena_new(0);
	struct ctx in = *c;
	in.a = a;
	TRY(db_rows(c->db, c->f, p->select_all, NOARGS, &r));
	for (;;) {
		struct tally_cell cells[TALLY_MAX];
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		arena_reset(a);
		struct rec *rec = rec_of_row(&in, p, r, true);
		int n = p->t->tallies(rec, cells);
		for (int i = 0; i < n; i++) {
			struct cell_key k = key_of(rec, &cells[i]);
			struct month_key months[MONTH_KEYS];
			count_one(m, key_text(a, &k), keep);
			size_t nm = month_keys(&k, months);
			for (size_t j = 0; j < nm; j++)
				count_one(m, month_text(a, &months[j]), keep);
		}
	}
}

struct verdict { struct map *want; int64_t cells, wrong, left; struct str first; };

static void compare(struct ctx *c, struct verdict *v, struct str text, int64_t n)
{
	int64_t *count = map_get(v->want, text);
	v->cells++;
	v->left -= count != NULL;
	if (n != (count ? *count : 0) && v->wrong++ == 0)
		v->first = arena_fmt(c->a, "%.*s: kept %lld, counted %lld", (int)text.n, text.p, (long long)n, (long long)(count ? *count : 0));
}

static enum err verify_days(struct ctx *c, struct verdict *v)
{
	ROWS r = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT day, metric, area, source, kind, grade, outcome, n FROM tally", NOARGS, &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		struct cell_key k = { rows_text(r, 1), rows_text(r, 2), rows_text(r, 3), rows_text(r, 4), rows_text(r, 5), rows_text(r, 6), rows_int(r, 0) };
		compare(c, v, key_text(c->a, &k), rows_int(r, 7));
	}
}

static enum err verify_months(struct ctx *c, struct verdict *v)
{
	ROWS r = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT scope, metric, dim, key, grade, outcome, month, level, n FROM tally_month", NOARGS, &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		struct month_key k = { rows_text(r, 0), rows_text(r, 1), rows_text(r, 2), rows_text(r, 3), rows_text(r, 4), rows_text(r, 5), rows_int(r, 6), rows_int(r, 7) };
		compare(c, v, month_text(c->a, &k), rows_int(r, 8));
	}
}

enum err tally_verify(struct ctx *c, int64_t *ret_cells, int64_t *ret_wrong, struct str *ret_first)
{
	TRY(db_settle(c->db, &tally_later, c->f));
	struct verdict v = { .want = map_new(c->a), .first = STR("") };
	for (const struct plan *p = c->app->plans; p->t; p++)
		if (p->t->tallies)
			TRY(recount_type(c, p, v.want, c->a));
	v.left = (int64_t)map_count(v.want);
	TRY(verify_days(c, &v));
	TRY(verify_months(c, &v));
	if (v.left > 0 && !v.first.n)
		v.first = arena_fmt(c->a, "%lld cells are missing", (long long)v.left);
	*ret_cells = v.cells;
	*ret_wrong = v.wrong + v.left;
	*ret_first = v.first;
	return OK;
}
