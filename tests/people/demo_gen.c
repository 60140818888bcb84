/* The made-up city: its numbers, its uniqueness, its order, its sameness by seed. */
#include "people/demo_gen.h"
#include "../test.h"
#include <math.h>

#define END INT64_C(1795500000000)   /* 2026-11-24 */

static struct demo_plan *plan(double scale)
{
	struct demo_plan *p;
	struct fault f = { 0 };
	enum err e = demo_plan_new(7, scale, END, &p, &f);
	if (e != OK)
		printf("# %s %s\n", err_name(e), f.detail);
	NEED(e == OK);
	return p;
}

TEST(numbers)
{
	struct demo_plan *p = plan(1);
	struct demo_counts c = demo_counts(p);
	CHECK_INT(c.comprehensive, 1595);
	CHECK_INT(c.grids - c.comprehensive, 552);
	CHECK_INT(c.studios, 116);
	CHECK_INT(c.mediators, 247);
	CHECK_INT(c.households, 60000);
	CHECK(c.staff > 2300 && c.staff < 2700);
	printf("# staff %d orgs %d\n", c.staff, c.orgs);
	demo_plan_free(p);
	p = plan(0.01);
	c = demo_counts(p);
	CHECK_INT(c.households, 600);
	CHECK_INT(c.stories, 120);
	CHECK(c.comprehensive >= 273 && c.staff < 1200);
	demo_plan_free(p);
	struct fault f = { 0 };
	CHECK_ERR(demo_plan_new(1, 0, END, &p, &f), ERR_INVALID);
	CHECK_ERR(demo_plan_new(1, NAN, END, &p, &f), ERR_INVALID);
}

TEST(references_hold)
{
	struct demo_plan *p = plan(1);
	ARENA a = arena_new(0);
	struct demo_counts c = demo_counts(p);
	struct map *logins = map_new(a), *codes = map_new(a);
	for (int i = 0; i < c.orgs; i++) {
		struct demo_org o;
		demo_org(p, a, i, &o);
		CHECK(o.above < i && o.name.n && o.kind.n && o.area.n >= 6);
	}
	for (int i = 0; i < c.staff; i++) {
		struct demo_staff s;
		demo_staff(p, a, i, &s);
		CHECK(s.org >= 0 && s.org < c.orgs && s.name.n && s.phone.n == 11 && str_starts(s.phone, "1990"));
		if (map_get(logins, s.login))
			printf("# twice: %.*s\n", (int)s.login.n, s.login.p);
		CHECK(s.login.n >= 2 && !map_get(logins, s.login));
		map_put(logins, s.login, p);
	}
	for (int i = 0; i < c.grids; i++) {
		struct demo_grid g;
		struct demo_staff w;
		demo_grid(p, a, i, &g);
		CHECK(g.code.n == 15 && !map_get(codes, g.code) && g.worker >= 0 && g.worker < c.staff && g.polygon.n > 40);
		map_put(codes, g.code, p);
		demo_staff(p, a, g.worker, &w);
		CHECK_STR(w.role, "grid");
		CHECK(memcmp(w.area.p, g.code.p, 12) == 0);
	}
	for (int i = 0; i < c.mediators; i++) {
		struct demo_mediator m;
		struct demo_staff s;
		demo_mediator(p, a, i, &m);
		NEED(m.staff >= 0 && m.staff < c.staff && m.studio >= 0 && m.studio < c.studios);
		demo_staff(p, a, m.staff, &s);
		CHECK_STR(s.role, "mediator");
		CHECK(m.skills.n > 0 && m.capacity > 0);
	}
	for (int i = 0; i < c.studios; i++) {
		struct demo_studio s;
		demo_studio(p, a, i, &s);
		CHECK(s.name.n && s.level.n && s.area.n >= 9);
	}
	demo_plan_free(p);
}

static double ring_area(struct str s)
{
	double v[64][2], sum = 0;
	int n = 0;
	const char *q = s.p + 1;
	while (*q == '[' || *q == ',') {
		q += *q == ',' ? 2 : 1;
		char *e;
		NEED(n < 64);
		v[n][0] = strtod(q, &e);
		v[n][1] = strtod(e + 1, &e);
		q = e + 1;
		n++;
	}
	for (int i = 0; i + 1 < n; i++)
		sum += v[i][0] * v[i + 1][1] - v[i + 1][0] * v[i][1];
	return fabs(sum) / 2;
}

TEST(grids_tile)
{
	struct demo_plan *p = plan(1);
	ARENA a = arena_new(0);
	double sum = 0;
	for (int i = 0; i < demo_counts(p).grids; i++) {
		struct demo_grid g;
		demo_grid(p, a, i, &g);
		double one = ring_area(g.polygon);
		CHECK(one > 0);
		sum += one;
	}
	double whole = ring_area(STR("[[120.40,31.80],[120.50,31.71],[120.64,31.70],[120.78,31.76],[120.80,31.86],[120.74,31.97],[120.58,32.00],[120.43,31.93],[120.40,31.80]]"));
	CHECK(fabs(sum - whole) < whole * 1e-3);
	demo_plan_free(p);
}

TEST(people_are_unique)
{
	static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	struct demo_plan *p = plan(1);
	ARENA a = arena_new((size_t)1 << 30);
	struct map *ids = map_new(a), *phones = map_new(a);
	int64_t n = 0;
	for (int64_t i = 0; i < 60000; i++) {
		struct demo_household h;
		demo_household(p, a, i, &h);
		CHECK(h.size >= 1 && h.area.n == 15 && h.worker >= 0 && h.address.n);
		for (int k = 0; k < h.size; k++, n++) {
			struct demo_person *m = &h.member[k];
			int sum = 0;
			CHECK(m->age >= 0 && m->age < 105 && m->name.n);
			if (m->phone.n) {
				CHECK(str_starts(m->phone, "1990") && m->phone.n == 11 && !map_get(phones, m->phone));
				map_put(phones, m->phone, p);
			}
			if (!m->idno.n)
				continue;
			NEED(m->idno.n == 18);
			for (int d = 0; d < 17; d++)
				sum += (m->idno.p[d] - '0') * weight[d];
			CHECK(m->idno.p[17] == "10X98765432"[sum % 11] && str_starts(m->idno, "990582"));
			CHECK(m->idno.p[16] % 2 == (str_is(m->sex, "1") ? 1 : 0));
			CHECK(!map_get(ids, m->idno));
			map_put(ids, m->idno, p);
		}
	}
	printf("# persons %lld\n", (long long)n);
	CHECK(n > 140000 && n < 170000);
	demo_plan_free(p);
}

static uint64_t run(struct demo_plan *p, int64_t *count, struct demo_event *last_of, bool check)
{
	struct arena *a = arena_new(0);
	struct demo_event e;
	int64_t ms = 0;
	uint64_t h = 1469598103934665603u;
	while (demo_event_next(p, a, &e)) {
		if (check) {
			CHECK(e.ms >= ms && e.ms <= END && e.staff < demo_counts(p).staff);
			CHECK(str_find(e.text, STR("{")) < 0);
			if (e.verb == DEMO_CLUE)
				CHECK(e.text.n > 10);
			if (e.verb == DEMO_AGREEMENT)
				CHECK(e.nterms >= 1);
			if (e.verb == DEMO_DISPATCH)
				CHECK(e.org >= 0);
			if (e.kind && strcmp(e.kind, "M03") == 0 && e.verb == DEMO_SESSION)
				CHECK(strcmp(e.form, "face") != 0);
			CHECK(!last_of[e.story].ms || last_of[e.story].ms < e.ms);
			CHECK(last_of[e.story].ms || e.verb == DEMO_CLUE);
			CHECK(e.verb != DEMO_ARCHIVE || last_of[e.story].verb == DEMO_CLOSE);
		}
		ms = e.ms;
		if (last_of) {
			last_of[e.story].ms = e.ms;
			last_of[e.story].verb = e.verb;
		}
		if (count)
			count[e.verb]++;
		for (size_t i = 0; i < e.text.n; i++)
			h = (h ^ (unsigned char)e.text.p[i]) * 1099511628211u;
		h ^= (uint64_t)e.ms;
		if (arena_used(a) > (1 << 20))
			arena_reset(a);
	}
	arena_free(a);
	return h;
}

TEST(stories_in_order)
{
	struct demo_plan *p = plan(1);
	int64_t n[DEMO_VERBS] = { 0 };
	struct demo_event *last = calloc((size_t)demo_counts(p).stories, sizeof *last);
	run(p, n, last, true);
	int64_t stops[DEMO_VERBS] = { 0 };
	for (int64_t i = 0; i < demo_counts(p).stories; i++)
		stops[last[i].verb]++;
	for (int v = 0; v < DEMO_VERBS; v++)
		printf("# %-10s %6lld, last now %lld\n", demo_verb_name((enum demo_verb)v), (long long)n[v], (long long)stops[v]);
	CHECK(n[DEMO_CLUE] > 11900 && n[DEMO_CLUE] <= 12000);
	CHECK(n[DEMO_OPEN] > 3400 && n[DEMO_OPEN] < 4800);
	CHECK(n[DEMO_NOT_FAMILY] > 3000 && n[DEMO_NOT_FAMILY] < 4200);
	CHECK(n[DEMO_RETURN] > 100);
	/* Work is open at each stage at the end. */
	CHECK(stops[DEMO_CLUE] > 5 && stops[DEMO_SCREEN] > 5 && stops[DEMO_OPEN] > 0 && stops[DEMO_DISPATCH] > 5 && stops[DEMO_ACCEPT] > 5);
	CHECK(stops[DEMO_SESSION] > 20 && stops[DEMO_VISIT] > 20);
	free(last);
	demo_plan_free(p);
}

TEST(same_seed_same_city)
{
	struct demo_plan *p = plan(0.05), *q = plan(0.05);
	uint64_t one = run(p, NULL, NULL, false), two = run(q, NULL, NULL, false);
	CHECK(one == two);
	demo_events_rewind(p);
	CHECK(run(p, NULL, NULL, false) == one);
	demo_plan_free(p);
	demo_plan_free(q);
}
