/* Why: a monthly report must read thousands of rows, not millions of cases.
 * Invariants: the tally table is at all times the sum of tallies(r) over all records r: each act takes the old cells away
 * and adds the new ones in its own transaction, and tally_verify() recounts. */
#include "record/inner.h"
#include <stdio.h>

struct cell_key { struct str metric, area, source, kind, grade, outcome; int64_t day; };

static enum err cell_add(struct ctx *c, const struct cell_key *k, int64_t delta)
{
	return db_exec(c->db, c->f,
		       "INSERT INTO tally (day, metric, area, source, kind, grade, outcome, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
		       "ON CONFLICT (day, metric, area, source, kind, grade, outcome) DO UPDATE SET n = tally.n + EXCLUDED.n",
		       ARGS(VI(k->day), VS(k->metric), VS(k->area), VS(k->source), VS(k->kind), VS(k->grade), VS(k->outcome), VI(delta)), NULL);
}

static struct str some(struct str s) { return s.p ? s : STR(""); }

static struct cell_key key_of(const struct rec *r, const struct tally_cell *t)
{
	struct str area = r->area.n > 12 ? (struct str){ r->area.p, 12 } : some(r->area);
	return (struct cell_key){ str_of(t->metric), area, some(t->source), some(t->kind), some(t->grade), some(t->outcome), day_of(t->ms) };
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
			TRY(cell_add(c, &k, -1));
	}
	for (int j = 0; j < nis; j++)
		if (!kept[j]) {
			struct cell_key k = key_of(now, &is[j]);
			TRY(cell_add(c, &k, 1));
		}
	return OK;
}

enum err tally_read(struct ctx *c, const struct tally_ask *q, struct tally_row **ret, size_t *ret_n)
{
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
	*ret = v;
	*ret_n = n;
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
			struct str text = key_text(a, &k);
			int64_t *count = map_get(m, text);
			if (!count)
				map_put(m, text, count = NEW(keep, int64_t));
			++*count;
		}
	}
}

enum err tally_verify(struct ctx *c, int64_t *ret_cells, int64_t *ret_wrong, struct str *ret_first)
{
	struct map *m = map_new(c->a);
	int64_t cells = 0, wrong = 0, left;
	struct str first = STR("");
	for (const struct plan *p = c->app->plans; p->t; p++)
		if (p->t->tallies)
			TRY(recount_type(c, p, m, c->a));
	left = (int64_t)map_count(m);
	ROWS r = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT day, metric, area, source, kind, grade, outcome, n FROM tally", NOARGS, &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			break;
		struct cell_key k = { rows_text(r, 1), rows_text(r, 2), rows_text(r, 3), rows_text(r, 4), rows_text(r, 5), rows_text(r, 6), rows_int(r, 0) };
		struct str text = key_text(c->a, &k);
		int64_t *count = map_get(m, text), n = rows_int(r, 7);
		cells++;
		left -= count != NULL;
		if (n != (count ? *count : 0) && wrong++ == 0)
			first = arena_fmt(c->a, "%.*s: kept %lld, counted %lld", (int)text.n, text.p, (long long)n, (long long)(count ? *count : 0));
	}
	if (left > 0 && !first.n)
		first = arena_fmt(c->a, "%lld cells are missing", (long long)left);
	*ret_cells = cells;
	*ret_wrong = wrong + left;
	*ret_first = first;
	return OK;
}
