/* The scan statistic: the known clusters of a known set, exactly; no more false alarms than it says; what was planted is found; the sums by a second hand. */
#include "../test.h"
#include "sense/scan.h"
#include "base/clock.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct counties { char name[100][24]; int64_t cases[100]; double births[100], lon[100], lat[100]; int n; };

static void read_counties(struct counties *c)
{
	char path[500], line[300];
	snprintf(path, sizeof path, "%s/tests/sense/nc-sids.tsv", getenv("XA_SRC") ? getenv("XA_SRC") : ".");
	FILE *f = fopen(path, "r");
	NEED(f != NULL);
	while (fgets(line, sizeof line, f) && c->n < 100) {
		long long cases;
		if (sscanf(line, "%23[^\t]\t%lld\t%lf\t%lf\t%lf", c->name[c->n], &cases, &c->births[c->n], &c->lon[c->n], &c->lat[c->n]) == 5)
			c->cases[c->n++] = cases;
	}
	fclose(f);
	CHECK_INT(c->n, 100);
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static const char *names_of(struct arena *a, const struct counties *c, const struct scan *s, const struct scan_cluster *k)
{
	const char *v[100];
	int n = s->path[k->path].cut[k->cut];
	struct buf b = BUF(4000);
	for (int i = 0; i < n; i++)
		v[i] = c->name[s->path[k->path].place[i]];
	qsort(v, (size_t)n, sizeof *v, by_name);
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", v[i]);
	char *t = arena_cstr(a, buf_view(&b));
	buf_free(&b);
	return t;
}

TEST(north_carolina)
{
	static struct counties c;
	struct scan_cluster k[10];
	ARENA a = arena_new(0);
	read_counties(&c);
	struct scan s = { .places = 100, .path = scan_circles(a, c.lon, c.lat, c.births, 100, 100), .npaths = 100, .cases = c.cases, .expected = c.births, .replicates = 499, .seed = 1, .least = 3 };
	size_t n = scan_run(&s, a, k, 10);
	NEED(n >= 2);
	CHECK_STR(str_of(names_of(a, &c, &s, &k[0])), "Bladen Columbus Hoke Robeson Scotland");
	CHECK_STR(str_of(names_of(a, &c, &s, &k[1])), "Halifax Hertford Northampton");
	CHECK_INT(llround(k[0].llr * 100), 2538);
	CHECK_INT(llround(k[1].llr * 100), 1248);
	CHECK(k[0].p <= 0.002 + 1e-9 && k[1].p < 0.02);
	for (size_t i = 1; i < n; i++)
		CHECK(k[i].llr <= k[i - 1].llr && k[i].p >= k[i - 1].p);
}

/* Places on a square, cases by chance alone. */
#define SIDE 12
static struct scan square(struct arena *a, struct rng *g, size_t n, int times)
{
	double *lon = NEWN(a, double, SIDE * SIDE), *lat = NEWN(a, double, SIDE * SIDE);
	struct scan_case *v = NEWN(a, struct scan_case, n + 400);
	for (int i = 0; i < SIDE * SIDE; i++) {
		lon[i] = 120 + i % SIDE * 0.01;
		lat[i] = 31 + i / SIDE * 0.01;
	}
	for (size_t i = 0; i < n; i++)
		v[i] = (struct scan_case){ (int)(rng_unit(g) * rng_unit(g) * SIDE * SIDE), (int)rng_range(g, 0, times - 1) };
	return (struct scan){ .places = SIDE * SIDE, .path = scan_circles(a, lon, lat, NULL, SIDE * SIDE, 20), .npaths = SIDE * SIDE, .each = v, .n = n, .times = times, .newest = 6, .replicates = 99, .least = 3 };
}

TEST(no_more_false_alarms_than_it_says)
{
	struct rng g = { 5 };
	int alarms = 0;
	for (int round = 0; round < 120; round++) {
		ARENA a = arena_new(0);
		struct scan_cluster k[3];
		struct scan s = square(a, &g, 700, 52);
		s.seed = (uint64_t)round + 1;
		size_t n = scan_run(&s, a, k, 3);
		alarms += n && k[0].p <= 0.05;
	}
	CHECK(alarms <= 14);       /* six are expected; fifteen come once in a thousand times */
	printf("# %d of 120\n", alarms);
}

/* Where nothing is, it is known early: the same verdict with a fraction of the replicates. */
TEST(enough_is_enough)
{
	struct rng g = { 8 };
	for (int round = 0; round < 20; round++) {
		ARENA a = arena_new(0);
		struct scan_cluster k[3], early[3];
		struct scan s = square(a, &g, 700, 52);
		s.seed = (uint64_t)round + 1;
		size_t n = scan_run(&s, a, k, 3);
		s.enough = 5;
		NEED(n > 0 && scan_run(&s, a, early, 3) == n);
		CHECK((k[0].p <= 0.05) == (early[0].p <= 0.05) && early[0].cases == k[0].cases);
	}
}

TEST(what_was_planted_is_found)
{
	struct rng g = { 6 };
	int found = 0;
	for (int round = 0; round < 20; round++) {
		ARENA a = arena_new(0);
		struct scan_cluster k[3], again[3];
		struct scan s = square(a, &g, 700, 52);
		struct scan_case *v = (struct scan_case *)(uintptr_t)s.each;
		int home = 5 * SIDE + 5;
		for (int i = 0; i < 16; i++)
			v[s.n++] = (struct scan_case){ home + (int)rng_range(&g, 0, 1) * SIDE + (int)rng_range(&g, 0, 1), (int)rng_range(&g, 0, 2) };
		size_t n = scan_run(&s, a, k, 3);
		NEED(n > 0);
		int64_t cases = 0, total = 0, recent = 0;
		bool in = false;
		for (size_t c = 0; c < s.n; c++) {
			bool here = false;
			for (int i = 0; i < s.path[k[0].path].cut[k[0].cut]; i++) {
				here |= s.path[k[0].path].place[i] == v[c].place;
				in |= s.path[k[0].path].place[i] == home;
			}
			cases += here && v[c].time < k[0].times;
			total += here;
			recent += v[c].time < k[0].times;
		}
		CHECK_INT(k[0].cases, cases);
		CHECK(fabs(k[0].expected - (double)total * (double)recent / (double)s.n) < 1e-9);
		found += in && k[0].p <= 0.05 && k[0].times <= 4;
		CHECK(scan_run(&s, a, again, 3) == n);
		for (size_t i = 0; i < n; i++)
			CHECK(k[i].path == again[i].path && k[i].cut == again[i].cut && k[i].cases == again[i].cases && fabs(k[i].p - again[i].p) < 1e-12);
	}
	CHECK(found >= 18);
}

/* Nothing, one, all in one place, all at one time. */
TEST(little_to_go_by)
{
	struct rng g = { 7 };
	ARENA a = arena_new(0);
	struct scan_cluster k[3];
	struct scan s = square(a, &g, 0, 52);
	CHECK_INT(scan_run(&s, a, k, 3), 0);
	struct scan_case *v = (struct scan_case *)(uintptr_t)s.each;
	v[0] = (struct scan_case){ 3, 0 };
	s.n = 1;
	CHECK_INT(scan_run(&s, a, k, 3), 0);
	for (s.n = 0; s.n < 50; s.n++)
		v[s.n] = (struct scan_case){ 3, (int)s.n % 52 };
	CHECK_INT(scan_run(&s, a, k, 3), 0);       /* all in one place: no other to compare it with */
	for (s.n = 0; s.n < 50; s.n++)
		v[s.n] = (struct scan_case){ (int)s.n, 0 };
	CHECK_INT(scan_run(&s, a, k, 3), 0);
	int64_t none[2] = { 0, 0 };
	double e[2] = { 1, 1 };
	struct scan flat = { .places = 2, .path = s.path, .npaths = 0, .cases = none, .expected = e, .replicates = 9, .least = 1 };
	CHECK_INT(scan_run(&flat, a, k, 3), 0);
}
