/* Who gets what when several wait: never worse than any other plan (all of them are tried), never against the rules, always the same. */
#include "base/clock.h"
#include "people/assign.h"
#include "../test.h"

enum { MOST = 300 };
struct made { int32_t cost[MOST * MOST], step[MOST], wait[MOST]; int room[MOST], col[MOST]; struct assign p; };

static void make(struct rng *g, struct made *m, size_t rows, size_t cols, int never)
{
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < cols; j++)
			m->cost[i * cols + j] = rng_range(g, 0, 99) < never ? ASSIGN_NEVER : (int32_t)rng_range(g, -20, 100);
	for (size_t j = 0; j < cols; j++) {
		m->room[j] = (int)rng_range(g, 0, 3);
		m->step[j] = (int32_t)rng_range(g, 0, 15);
	}
	for (size_t i = 0; i < rows; i++)
		m->wait[i] = (int32_t)(rng_range(g, 0, 3) ? rng_range(g, 20, 120) : 100000);
	m->p = (struct assign){ rows, cols, m->cost, m->room, m->step, m->wait, m->col, 0 };
}

struct trial { const struct assign *p; struct arena *a; int col[8]; int64_t best; };

static void every(struct trial *t, size_t row, int64_t so_far, int *got)
{
	const struct assign *p = t->p;
	if (row == p->rows) {
		t->best = so_far < t->best ? so_far : t->best;
		return;
	}
	every(t, row + 1, so_far + p->wait[row], got);
	for (size_t j = 0; j < p->cols; j++) {
		int32_t c = p->cost[row * p->cols + j];
		if (c == ASSIGN_NEVER || got[j] >= p->room[j])
			continue;
		int64_t more = (int64_t)got[j]++ * p->step[j];
		every(t, row + 1, so_far + c + more, got);
		got[j]--;
	}
}

TEST(no_plan_is_better)
{
	static struct made m;
	struct rng g = { 5 };
	for (int round = 0; round < 1500; round++) {
		ARENA a = arena_new(0);
		size_t rows = (size_t)rng_range(&g, 0, 6), cols = (size_t)rng_range(&g, 0, 6);
		/* A few of the full size: eight by eight has millions of plans. */
		if (round % 300 == 0)
			rows = cols = 8;
		make(&g, &m, rows, cols, rows == 8 ? 55 : 25);
		struct trial t = { .p = &m.p, .a = a, .best = INT64_MAX };
		int got[8] = { 0 };
		every(&t, 0, 0, got);
		assign_solve(a, &m.p);
		CHECK_INT(m.p.ret_cost, t.best);
	}
}

TEST(the_rules_hold_and_the_same_comes_out)
{
	static struct made m;
	static int again[MOST], turn[MOST];
	struct rng g = { 9 };
	for (int round = 0; round < 200; round++) {
		ARENA a = arena_new(0);
		int got[MOST] = { 0 };
		int64_t cost, other;
		size_t rows = (size_t)rng_range(&g, 1, 60), cols = (size_t)rng_range(&g, 1, 40);
		make(&g, &m, rows, cols, (int)rng_range(&g, 0, 90));
		assign_solve(a, &m.p);
		memcpy(again, m.col, sizeof again);
		for (size_t i = 0; i < rows; i++) {
			CHECK(m.col[i] < (int)cols);
			CHECK(m.col[i] < 0 || (m.cost[i * cols + (size_t)m.col[i]] != ASSIGN_NEVER && ++got[m.col[i]] <= m.room[m.col[i]]));
		}
		CHECK(assign_cost(a, &m.p, m.col, &cost) && cost == m.p.ret_cost);
		assign_in_turn(a, &m.p, turn);
		CHECK(assign_cost(a, &m.p, turn, &other) && other >= cost);
		assign_solve(a, &m.p);
		CHECK(memcmp(again, m.col, rows * sizeof *again) == 0);
	}
}

/* Who alone can take the last is not spent on the first; three to one are dearer than one to each of three. */
TEST(small_mornings_by_hand)
{
	ARENA a = arena_new(0);
	int col[3];
	const int32_t two[] = { 10, 12, 10, ASSIGN_NEVER }, even[] = { 5, 9, 9, 5, 9, 9, 5, 9, 9 }, step[] = { 10, 10, 10 }, none[] = { 0, 0, 0 }, wait[] = { 1000, 1000, 1000 };
	const int one[] = { 1, 1, 1 }, many[] = { 9, 9, 9 };
	struct assign p = { 2, 2, two, one, none, wait, col, 0 };
	assign_solve(a, &p);
	CHECK(col[0] == 1 && col[1] == 0 && p.ret_cost == 22);
	p = (struct assign){ 3, 3, even, many, none, wait, col, 0 };
	assign_solve(a, &p);
	CHECK(!col[0] && !col[1] && !col[2]);
	p.step = step;
	assign_solve(a, &p);
	CHECK_INT(p.ret_cost, 23);
	CHECK(col[0] != col[1] && col[1] != col[2] && col[0] != col[2]);
	/* Room for one: the gravest does not wait. */
	const int32_t same[] = { 3, 3, 3 }, graver[] = { 100, 5000, 100 };
	p = (struct assign){ 3, 1, same, one, none, graver, col, 0 };
	assign_solve(a, &p);
	CHECK(col[0] == -1 && col[1] == 0 && col[2] == -1);
}
