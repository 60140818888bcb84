/* Who is told when a term is late: up the chain of units, or at once the town's or the city's, as the table says; and the page says what the clock does. */
#include "river.h"

static void chain(struct city *p)
{
	const int64_t link[][2] = { { p->studio, p->comm }, { p->comm, p->town }, { p->town, p->fed }, { p->police, p->fed } };
	for (size_t i = 0; i < ARRAY_LEN(link); i++)
		NEED_OK(DO(who(ROLE_ADMIN, CITY, 33, p->fed), "org", "edit", link[i][0], IN("above", num(p, link[i][1]))));
	p->app->org_above = people_org_above;
	p->app->org_level = people_org_level;
}

static void ladder(struct city *p, const char *escalate, int64_t org, int64_t ret[DUE_CLIMBS])
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(due_ladder(&c, str_of(escalate), org, ret));
}
#define IS(a, b, d) (v[0] == (a) && v[1] == (b) && v[2] == (d))

TEST(the_ladder_is_what_the_table_says)
{
	struct city c, *p = &c;
	int64_t v[DUE_CLIMBS];
	city_open(p);
	ladder(p, "up", p->studio, v);
	CHECK(IS(0, 0, 0));
	chain(p);
	ladder(p, "up", p->studio, v);
	CHECK(IS(p->comm, p->town, p->fed));
	ladder(p, "town", p->studio, v);
	CHECK(IS(p->town, p->fed, 0));
	ladder(p, "city", p->studio, v);
	CHECK(IS(p->fed, 0, 0));
	ladder(p, "town", p->police, v);
	CHECK(IS(p->fed, 0, 0));
	/* None of that level is above: the next one, not nobody. */
	NEED_OK(DO(who(ROLE_ADMIN, CITY, 33, p->fed), "org", "edit", p->comm, IN("above", "")));
	ladder(p, "town", p->studio, v);
	CHECK(IS(p->comm, 0, 0));
	ladder(p, "up", p->fed, v);
	CHECK(IS(0, 0, 0));
	city_close(p);
}

static size_t told(struct city *p, struct actor w)
{
	struct ctx c;
	struct notice *n;
	size_t nn, hit = 0;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	NEED_OK(notice_list(&c, 200, &n, &nn));
	for (size_t i = 0; i < nn; i++)
		hit += str_is(n[i].text, "Overdue work of a unit below yours");
	return hit;
}

TEST(a_late_visit_goes_to_the_town_at_once)
{
	struct city ci, *p = &ci;
	struct ctx c;
	int n;
	city_open(p);
	chain(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	settle(p, k);
	p->now += 9 * MS_DAY;
	ctx_at(p, &c, &actor_system);
	NEED_OK(due_escalate(&c, &n));
	CHECK_INT(n, 1);
	CHECK_INT(told(p, TOWNW), 1);
	CHECK_INT(told(p, COMMW), 0);
	CHECK_INT(told(p, CITYW), 0);
	p->now += 4 * MS_DAY;
	ctx_at(p, &c, &actor_system);
	NEED_OK(due_escalate(&c, &n));
	CHECK_INT(told(p, CITYW), 1);
	city_close(p);
}

TEST(each_rule_of_the_table_that_is_in_force_is_shown_once)
{
	struct city ci, *p = &ci;
	struct ctx c;
	struct due_row *v;
	size_t n, hits = 0;
	city_open(p);
	ctx_at(p, &c, &actor_system);
	due_rows(&c, &v, &n);
	CHECK(n > 60);
	for (size_t i = 0; i < n; i++) {
		hits += str_is(v[i].rule, "case.accept");
		CHECK(v[i].label.n && v[i].basis.n && v[i].escalate.n && (type_find(p->app, v[i].type) || str_is(v[i].type, "incident")));
	}
	CHECK_INT(hits, 1);
	city_close(p);
}
