/* Small cells: what is shown to who is outside must leave each hidden figure open, to whoever knows the rules and can reckon. */
#include "report/month.h"
#include "../test.h"

#define LINES 6

static void column_of(struct arena *a, const int64_t *v, size_t n, struct month *m)
{
	static const struct str keys[] = { { "c", 1 }, { "a", 1 }, { "f", 1 }, { "b", 1 }, { "e", 1 }, { "d", 1 } };
	*m = (struct month){ .year = 2026, .month = 10 };
	struct month_block *b = &m->block[DIM_AREA];
	*b = (struct month_block){ .dim = DIM_AREA, .figs = 1u << FIG_CASE_OPEN, .lines = NEWN(a, struct month_line, n), .nlines = n };
	for (size_t i = 0; i < n; i++) {
		b->lines[i].key = keys[i];
		b->lines[i].n[MONTH_NOW][FIG_CASE_OPEN] = v[i];
		m->total.n[MONTH_NOW][FIG_CASE_OPEN] += v[i];
	}
	month_small(m);
}

static int hide(const struct month *m, size_t i) { return m->block[DIM_AREA].lines[i].hide[MONTH_NOW][FIG_CASE_OPEN]; }

/* Does it look the same from outside? */
static bool same_look(const struct month *x, const struct month *y, size_t n)
{
	if (x->total.hide[MONTH_NOW][FIG_CASE_OPEN] != y->total.hide[MONTH_NOW][FIG_CASE_OPEN])
		return false;
	if (!x->total.hide[MONTH_NOW][FIG_CASE_OPEN] && x->total.n[MONTH_NOW][FIG_CASE_OPEN] != y->total.n[MONTH_NOW][FIG_CASE_OPEN])
		return false;
	for (size_t i = 0; i < n; i++)
		if (hide(x, i) != hide(y, i) || (!hide(x, i) && x->block[DIM_AREA].lines[i].n[MONTH_NOW][FIG_CASE_OPEN] != y->block[DIM_AREA].lines[i].n[MONTH_NOW][FIG_CASE_OPEN]))
			return false;
	return true;
}

/* Another filling of the hidden lines in which line `at` is q, and nobody outside could tell. */
static bool could_be(struct arena *a, const int64_t *v, size_t n, const struct month *m, size_t at, int64_t q)
{
	int64_t w[LINES], rest = v[at] - q;
	memcpy(w, v, n * sizeof *w);
	w[at] = q;
	bool free_total = m->total.hide[MONTH_NOW][FIG_CASE_OPEN];
	for (size_t i = 0; i < n && !free_total && rest; i++) {
		if (i == at || hide(m, i) != HIDE_SMALL)
			continue;
		int64_t to = w[i] + rest < 1 ? 1 : w[i] + rest > 4 ? 4 : w[i] + rest;
		/* Leave what the covering line can take. */
		rest -= to - w[i];
		w[i] = to;
	}
	for (size_t i = 0; i < n && !free_total && rest; i++)
		if (hide(m, i) == HIDE_OTHER) {
			w[i] += rest;
			rest = 0;
		}
	struct month y;
	if (rest && !free_total)
		return false;
	for (size_t i = 0; i < n; i++)
		if (w[i] < 0)
			return false;
	column_of(a, w, n, &y);
	return same_look(m, &y, n);
}

TEST(each_hidden_figure_stays_open)
{
	ARENA a = arena_new(0);
	uint64_t s = 1;
	int hidden = 0, columns = 0, whole = 0;
	for (int round = 0; round < 20000; round++) {
		int64_t v[LINES];
		size_t n = 2 + (size_t)(round % (LINES - 1));
		arena_reset(a);
		for (size_t i = 0; i < n; i++) {
			s = s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			uint64_t r = s >> 33;
			v[i] = r % 3 == 0 ? (int64_t)(r / 3 % 5) : r % 3 == 1 ? (int64_t)(r / 3 % 14) : (int64_t)(r / 3 % 200);
		}
		struct month m;
		column_of(a, v, n, &m);
		columns++;
		for (size_t i = 0; i < n; i++) {
			CHECK(hide(&m, i) || v[i] == 0 || v[i] >= 5);
			whole += hide(&m, i) == HIDE_OTHER;
			if (hide(&m, i) != HIDE_SMALL)
				continue;
			hidden++;
			if (m.total.hide[MONTH_NOW][FIG_CASE_OPEN])
				continue;
			for (int64_t q = 1; q <= 4; q++) {
				bool open = could_be(a, v, n, &m, i, q);
				if (!open)
					printf("# round %d line %zu cannot be %d\n", round, i, (int)q);
				CHECK(open);
			}
		}
		if (test_bad > 5)
			return;
	}
	CHECK(hidden > 1000 && whole > 1000);
}

TEST(one_small_line_is_never_alone)
{
	ARENA a = arena_new(0);
	struct month m;
	const int64_t one[] = { 3, 20, 40 }, tight[] = { 1, 5, 0 }, zero[] = { 0, 9, 12 }, few[] = { 1, 2, 0 };
	column_of(a, one, 3, &m);
	CHECK(hide(&m, 0) == HIDE_SMALL && hide(&m, 1) == HIDE_OTHER && hide(&m, 2) == SHOWN);
	column_of(a, tight, 3, &m);     /* 6 in all: one cover would say too much */
	CHECK(hide(&m, 0) == HIDE_OTHER && hide(&m, 1) == HIDE_OTHER && hide(&m, 2) == HIDE_OTHER);
	column_of(a, zero, 3, &m);
	CHECK(!hide(&m, 0) && !hide(&m, 1) && !hide(&m, 2));
	column_of(a, few, 3, &m);
	CHECK(m.total.hide[MONTH_NOW][FIG_CASE_OPEN] == HIDE_SMALL);
	/* Nothing follows from what is hidden: no rate of it. */
	struct month_line l = { .n = { { [FIG_CASE_OK] = 3, [FIG_HANDLED] = 9 } } };
	double v;
	CHECK(month_rate(&l, MONTH_NOW, RATE_OK, &v));
	l.hide[MONTH_NOW][FIG_CASE_OK] = HIDE_SMALL;
	CHECK(!month_rate(&l, MONTH_NOW, RATE_OK, &v));
}
