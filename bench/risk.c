/* The card of points: 400,000 households weighed anew, one household with one event more, and the back-test on the made-up city.
 * bench-risk [HOUSEHOLDS WEEKS CAPACITY SEED] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "sense/backtest.h"

#define N 400000

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static void speed(const struct codes *cs)
{
	static const char *const items[] = { "red", "orange", "yellow", "blue", "letter", "separation" };
	struct risk_card card;
	struct rng g = { 3 };
	struct risk_event *e = xalloc((size_t)N * 8 * sizeof *e);
	int *n = xalloc(N * sizeof *n);
	double all[5];
	int64_t sum = 0, now = (int64_t)1700000000 * MS_SECOND;
	risk_card(cs, &card);
	for (size_t i = 0; i < N; i++) {
		n[i] = (int)rng_range(&g, 1, 8);
		for (int k = 0; k < n[i]; k++)
			e[i * 8 + (size_t)k] = (struct risk_event){ .item = risk_item(&card, str_of(items[rng_range(&g, 0, 5)])), .ms = now - rng_range(&g, 0, 300) * MS_DAY, .source = STR("police"), .danger = rng_range(&g, 0, 4) == 0 };
	}
	for (int round = 0; round < 5; round++) {
		double from = seconds();
		for (size_t i = 0; i < N; i++) {
			struct risk r;
			risk_of(&card, now, e + i * 8, (size_t)n[i], &r);
			sum += r.tenths;
		}
		all[round] = seconds() - from;
	}
	qsort(all, 5, sizeof *all, by_size);
	printf("400,000 households, 4.5 events each: %.2f s (median of 5), one %.2f us   (%lld)\n", all[2], all[2] * 1e6 / N, (long long)sum);
	free(e);
	free(n);
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "card of points", "count of reports", "last severity" };
	struct codes *cs;
	struct backtest b = { .households = 20000, .weeks = 104, .capacity = 20, .seed = 1 };
	if (codes_load(&cs, NULL) != OK)
		return 1;
	speed(cs);
	if (argc > 4)
		b = (struct backtest){ .households = atoi(argv[1]), .weeks = atoi(argv[2]), .capacity = atoi(argv[3]), .seed = strtoull(argv[4], NULL, 10) };
	uint64_t first = b.seed;
	for (int round = 0; round < (argc > 4 ? 1 : 5); round++) {
		b = (struct backtest){ .households = b.households, .weeks = b.weeks, .capacity = b.capacity, .seed = first + (uint64_t)round };
		backtest_run(cs, &b);
		printf("made-up city, seed %llu: %d households, %d weeks, %d visits a week; %lld reports, %lld grave events of households that were heard of\n", (unsigned long long)b.seed,
		       b.households, b.weeks, b.capacity, (long long)b.reports, (long long)b.grave);
		for (int how = 0; how < BY_METHODS; how++)
			printf("  %-18s listed before %4.1f %%   of what is listed %4.1f %% grave within 90 days   median lead %lld days\n", names[how], 100.0 * (double)b.by[how].caught / (double)(b.grave ? b.grave : 1),
			       100.0 * (double)b.by[how].right / (double)(b.by[how].listed ? b.by[how].listed : 1), (long long)b.by[how].lead_days);
	}
	codes_free(cs);
	return 0;
}
