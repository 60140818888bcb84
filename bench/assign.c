/* A morning's inbox: 250 rows at 250 mediators with room for several, solved exactly; and how much dearer it is to give each its cheapest in turn.
 * bench-assign [ROWS COLS ROUNDS] */
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "people/assign.h"
#include "fill.h"

int main(int argc, char **argv)
{
	size_t n = argc > 2 ? strtoul(argv[1], NULL, 10) : 250, m = argc > 2 ? strtoul(argv[2], NULL, 10) : 250, rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 101;
	static const int near[] = { 0, 10, 25, 40 };
	struct rng g = { 1 };
	struct times all = { 0 }, worse = { 0 };
	for (size_t r = 0; r < rounds; r++) {
		ARENA a = arena_new(0);
		int32_t *cost = NEWN(a, int32_t, n * m + 1), *step = NEWN(a, int32_t, m + 1), *wait = NEWN(a, int32_t, n + 1);
		int *room = NEWN(a, int, m + 1), *col = NEWN(a, int, n + 1), *turn = NEWN(a, int, n + 1);
		for (size_t i = 0; i < n * m; i++)
			cost[i] = rng_range(&g, 0, 9) == 0 ? ASSIGN_NEVER : (int32_t)(125 - near[rng_range(&g, 0, 3)] - 10 * rng_range(&g, 0, 3) - rng_range(&g, 0, 30));
		for (size_t j = 0; j < m; j++) {
			room[j] = (int)rng_range(&g, 0, 3);
			step[j] = (int32_t)rng_range(&g, 3, 8);
		}
		for (size_t i = 0; i < n; i++)
			wait[i] = 1000;
		struct assign p = { n, m, cost, room, step, wait, col, 0 };
		int64_t from = now_us();
		assign_solve(a, &p);
		times_add(&all, (double)(now_us() - from));
		int64_t other;
		assign_in_turn(a, &p, turn);
		if (!assign_cost(a, &p, turn, &other))
			return 1;
		times_add(&worse, 100.0 * (double)(other - p.ret_cost) / (double)p.ret_cost);
	}
	printf("%zu x %zu: median %.2f ms, 99th of a hundred %.2f ms (%zu rounds); each its cheapest in turn costs %.1f %% more (median)\n", n, m, times_at(&all, 0.5) / 1000, times_at(&all, 0.99) / 1000, rounds, times_at(&worse, 0.5));
	times_free(&all);
	times_free(&worse);
	return 0;
}
