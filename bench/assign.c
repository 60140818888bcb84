/* A morning's inbox: 250 rows at 250 mediators with room for several, solved exactly; and how much dearer it is to give each its cheapest in turn.
 * bench-assign [ROWS COLS ROUNDS] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "people/assign.h"

static double ms_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

int main(int argc, char **argv)
{
	size_t n = argc > 2 ? strtoul(argv[1], NULL, 10) : 250, m = argc > 2 ? strtoul(argv[2], NULL, 10) : 250, rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 101;
	static const int near[] = { 0, 10, 25, 40 };
	struct rng g = { 1 };
	double *all = xalloc((rounds + 1) * sizeof *all), *worse = xalloc((rounds + 1) * sizeof *worse);
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
		double from = ms_now();
		assign_solve(a, &p);
		all[r] = ms_now() - from;
		int64_t other;
		assign_in_turn(a, &p, turn);
		if (!assign_cost(a, &p, turn, &other))
			return 1;
		worse[r] = 100.0 * (double)(other - p.ret_cost) / (double)p.ret_cost;
	}
	qsort(all, rounds, sizeof *all, by_size);
	qsort(worse, rounds, sizeof *worse, by_size);
	printf("%zu x %zu: median %.2f ms, 99th of a hundred %.2f ms (%zu rounds); each its cheapest in turn costs %.1f %% more (median)\n", n, m, all[rounds / 2], all[rounds * 99 / 100], rounds, worse[rounds / 2]);
	free(all);
	free(worse);
	return 0;
}
