/* Hot spots from records: what was planted in one community in the last weeks is found, within the area of who asks; what chance brings, what our own searches
 * found, what came from one household, is not. */
#include "../desk/site.h"
#include "sense/hotspot.h"

static const char *const comms[] = { "320582100001", "320582100002", "320582100003", "320582101001", "320582101002", "320582102001" };

/* As the screening says it; taken back at the end, for the tallies are held against the records. */
static enum err set_family(struct ctx *c, void *arg)
{
	return db_exec(c->db, c->f, *(const bool *)arg ? "UPDATE clue SET family = 1 WHERE state = 'new'" : "UPDATE clue SET family = NULL WHERE state = 'new'", NOARGS, NULL);
}

static void family(struct city *p, bool yes)
{
	struct ctx c;
	p->altered = true;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, set_family, &yes));
}

static void came(struct city *p, int64_t ms, const char *area, const char *source)
{
	struct input in[] = { IN("source", source), IN("text", "争吵"), { STR("received"), datetime_str(p->a, ms) } };
	NEED_OK(run(p, actor_system, &(struct act){ .type = "clue", .verb = "create", .area = str_of(area), .org = p->town, .in = in, .nin = 3 }, NULL));
}

/* A year of quarrels by chance, six a week all over, and `more` in one community within three weeks. */
static void year(struct city *p, uint64_t seed, const char *where, int more, const char *source)
{
	struct rng g = { seed };
	for (int i = 0; i < 320; i++)
		came(p, p->now - rng_range(&g, 0, 360) * MS_DAY, arena_printf(p->a, "%s%03d", comms[rng_range(&g, 0, 5)], (int)rng_range(&g, 1, 6)), "police");
	for (int i = 0; i < more; i++)
		came(p, p->now - rng_range(&g, 0, 18) * MS_DAY, arena_printf(p->a, "%s%03d", where, (int)rng_range(&g, 1, 3)), source);
	family(p, true);
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(hotspot_job(&c, STR("")));
}

static size_t asked(struct city *p, struct actor w, struct hotspot **ret, int64_t *day)
{
	struct ctx c;
	size_t n;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	NEED_OK(hotspots(&c, ret, &n, day));
	return n;
}

TEST(planted_in_one_community)
{
	struct city here, *p = &here;
	struct hotspot *v;
	int64_t day;
	city_fast = true;
	city_open(p);
	CHECK_INT(asked(p, CITYW, &v, &day), 0);
	CHECK_INT(day, 0);
	year(p, 3, "320582101001", 26, "police");
	size_t n = asked(p, CITYW, &v, &day);
	NEED(n == 1);
	CHECK_INT(day, day_start(day_of(p->now)));
	CHECK(str_starts(v[0].at, "320582101001"));
	printf("# %d weeks %lld cases %lld homes %.2f %.2f %.4f\n", v[0].weeks, (long long)v[0].cases, (long long)v[0].households, v[0].expected, v[0].risk, v[0].p);
	CHECK(v[0].weeks <= 4 && v[0].cases >= 10 && v[0].households == v[0].cases && v[0].risk > 2 && v[0].p <= 1.0 / 365);
	CHECK((double)v[0].cases > 2 * v[0].expected);
	CHECK_INT(asked(p, TOWNW, &v, &day), 0);               /* another town's */
	CHECK_INT(asked(p, who(ROLE_TOWN, "320582101", 33, p->comm), &v, &day), 1);
	/* The same on the page: where, how much, and how seldom chance would do it; not to a mediator. */
	struct browser b;
	clock_fix(p->now);
	browser_open(&b, p);
	browser_login(&b, "city", CITY, p->fed);
	struct str page = browse(&b, "/hotspots");
	CHECK(has(page, "320582101001") || has(page, "周"));
	CHECK(has(page, "<svg") || has(page, "热点"));
	browser_open(&b, p);
	browser_login(&b, "mediator", COMM, p->studio);
	(void)browse(&b, "/hotspots");
	CHECK_INT(b.last.status, 403);
	clock_fix(0);
	family(p, false);
	city_close(p);
}

TEST(what_is_no_hot_spot)
{
	struct city here, *p = &here;
	struct hotspot *v;
	int64_t day;
	city_fast = true;
	city_open(p);
	year(p, 4, "320582101001", 26, "home");      /* we searched there */
	CHECK_INT(asked(p, CITYW, &v, &day), 0);
	family(p, false);
	city_close(p);
	city_fast = true;
	city_open(p);
	year(p, 5, "320582101001", 0, "police");
	CHECK_INT(asked(p, CITYW, &v, &day), 0);
	family(p, false);
	city_close(p);
}

/* Fourteen reports of one household are one household's trouble. */
TEST(one_household_is_none)
{
	struct city here, *p = &here;
	struct hotspot *v;
	int64_t day;
	city_fast = true;
	city_open(p);
	p->altered = true;
	for (int i = 0; i < 14; i++) {
		struct done d;
		NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", .area = STR("320582100001"), INPUTS(IN("source", "police"), IN("text", "又争吵"), IN("party_a_phone", "19900000001")) }, &d));
		if (i < 9)
			NEED_OK(DO(TOWNW, "clue", "confirm", d.id, IN("family", "1"), IN("kind", "M01"), IN("grade", "yellow"), IN("note", "核实")));
		else
			NEED_OK(DO(TOWNW, "clue", "refer", d.id, IN("refer_to", "police"), IN("not_family", "other"), IN("note", "重复")));
	}
	year(p, 6, "320582102001", 0, "police");
	for (size_t i = 0, n = asked(p, CITYW, &v, &day); i < n; i++)
		CHECK(v[i].households >= 3);
	family(p, false);
	city_close(p);
}
