/* Fairness and calibration of the early warning: verdicts by worked figures; groups counted from the clues' ID numbers and from nothing kept; what came of the points,
 * then and later; nothing of it for who sees none of the households. */
#include "../desk/site.h"
#include "sense/fair.h"

TEST(what_is_said_of_a_rate)
{
	CHECK_INT(fair_say(5, 99, 50, 1000), FAIR_FEW);
	CHECK_INT(fair_say(5, 100, 50, 1000), FAIR_EVEN);
	CHECK_INT(fair_say(4, 100, 50, 1000), FAIR_EVEN);       /* 0.8 exactly */
	CHECK_INT(fair_say(3, 100, 50, 1000), FAIR_BELOW);
	CHECK_INT(fair_say(0, 100, 50, 1000), FAIR_BELOW);
	CHECK_INT(fair_say(25, 400, 50, 1000), FAIR_EVEN);      /* 1.25 exactly */
	CHECK_INT(fair_say(26, 400, 50, 1000), FAIR_ABOVE);
	CHECK_INT(fair_say(0, 400, 0, 1000), FAIR_FEW);
	CHECK_INT(fair_say(0, 100, 49, 1000), FAIR_FEW);
	CHECK_INT(fair_say(0, 102, 49, 1000), FAIR_FEW);
	double r[5];
	fair_rates((const int64_t[]){ 1, 0, 4, 2, 0 }, (const int64_t[]){ 10, 10, 10, 10, 0 }, 5, r);
	CHECK(r[0] > 0.049 && r[0] < 0.051 && r[1] == r[0] && r[2] > 0.299 && r[2] < 0.301 && r[3] == r[2] && r[4] == r[3]);
	fair_rates((const int64_t[]){ 0, 0 }, (const int64_t[]){ 0, 0 }, 2, r);
	CHECK(r[0] == 0 && r[1] == 0);
	/* Whatever comes in: between 0 and 1, and never falling. */
	struct rng g = { 4 };
	for (int round = 0; round < 2000; round++) {
		int64_t part[8], n[8], sum = 0;
		double rate[8], back = 0;
		for (int i = 0; i < 8; i++) {
			n[i] = rng_range(&g, 0, 20);
			part[i] = rng_range(&g, 0, n[i]);
			sum += part[i];
		}
		fair_rates(part, n, 8, rate);
		for (int i = 0; i < 8; i++) {
			CHECK(rate[i] >= 0 && rate[i] <= 1 && (!i || rate[i] >= rate[i - 1]));
			back += rate[i] * (double)n[i];
		}
		CHECK(back > (double)sum - 1e-6 && back < (double)sum + 1e-6);
	}
}

/* In the made-up city what is learned of the first half holds in the second, and higher points are followed by more. */
TEST(the_made_up_city_keeps_its_rates)
{
	struct city here, *p = &here;
	double expected = 0, seen = 0, low = 0, lown = 0, high = 0, highn = 0;
	city_open(p);
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct backtest b = { .households = 6000, .weeks = 104, .capacity = 6, .seed = seed };
		double rate[CAL_BINS];
		int64_t part[CAL_BINS], n[CAL_BINS];
		backtest_run(p->app->codes, &b);
		for (int i = 0; i < CAL_BINS; i++) {
			part[i] = b.bin[0][i].grave;
			n[i] = b.bin[0][i].n;
			CHECK(b.bin[0][i].grave <= b.bin[0][i].n && b.bin[1][i].grave <= b.bin[1][i].n);
		}
		fair_rates(part, n, CAL_BINS, rate);
		for (int i = 0; i < CAL_BINS; i++) {
			expected += rate[i] * (double)b.bin[1][i].n;
			seen += (double)b.bin[1][i].grave;
			*(i < 3 ? &low : &high) += (double)b.bin[1][i].grave;
			*(i < 3 ? &lown : &highn) += (double)b.bin[1][i].n;
		}
	}
	CHECK(seen > 30 && expected / seen > 0.6 && expected / seen < 1.6);
	CHECK(lown > 0 && highn > 0 && high / highn > 2 * low / lown);
	city_close(p);
}

static int64_t heard(struct city *p, const char *phone, const char *idno, const char *grade)
{
	struct done d;
	NEED_OK(ADD(TOWNW, "clue", 0, &d, IN("source", "police"), IN("text", "夫妻又争吵，邻居来反映"), IN("party_a_phone", phone), IN("party_a_idno", idno)));
	NEED_OK(DO(TOWNW, "clue", "confirm", d.id, IN("family", "1"), IN("kind", "M01"), IN("grade", grade), IN("note", "核实")));
	return d.id;
}

static const struct fair_group *group(const struct fair_table *t, const char *key)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_is(t->v[i].key, key))
			return &t->v[i];
	return NULL;
}

static struct ctx reader(struct city *p, struct actor w)
{
	struct ctx c;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	return c;
}

TEST(groups_are_counted_from_what_was_entered)
{
	struct city here, *p = &here;
	struct fair f;
	city_open(p);
	heard(p, "19900000001", "990582199001011230", "red");      /* a man of 36, from elsewhere */
	heard(p, "19900000002", "", "yellow");
	heard(p, "19900000003", "", "blue");
	struct ctx c = reader(p, TOWNW);
	NEED_OK(fair_make(&c, 1, &f));
	CHECK(f.by[FAIR_TOWN].n == 1 && f.by[FAIR_TOWN].all.n == 3 && f.by[FAIR_TOWN].v[0].picked <= 1);
	CHECK(group(&f.by[FAIR_SEX], "1")->n == 1 && group(&f.by[FAIR_SEX], "")->n == 2 && !group(&f.by[FAIR_SEX], "2"));
	CHECK(group(&f.by[FAIR_AGE], "35")->n == 1 && group(&f.by[FAIR_HERE], "away")->n == 1 && !group(&f.by[FAIR_HERE], "here"));
	NEED_OK(fair_make(&c, 9, &f));
	CHECK(f.unserved == 0 && f.threshold >= 0);
	/* Her word beside the points is counted as what it is. */
	struct seen s;
	NEED_OK(see(&c, &(struct see){ .type = "warning", .filters = &(struct filter){ STR("level"), STR("blue") }, .nfilters = 1 }, &s));
	NEED(s.n > 0);
	NEED_OK(DO(TOWNW, "warning", "review", s.r[0]->id, IN("decided", "yellow"), IN("decision_note", "走访所见")));
	c = reader(p, TOWNW);
	NEED_OK(fair_make(&c, 1, &f));
	CHECK(f.by[FAIR_TOWN].all.decided == 1 && f.by[FAIR_TOWN].all.over == 1);
	c = reader(p, who(ROLE_TOWN, "320582101", 34, p->comm));
	NEED_OK(fair_make(&c, 1, &f));
	CHECK(f.by[FAIR_TOWN].all.n == 0 && f.by[FAIR_SEX].n == 0);
	city_close(p);
}

TEST(what_came_after_the_points)
{
	struct city here, *p = &here;
	struct fair_seen f;
	city_open(p);
	heard(p, "19900000001", "", "orange");
	heard(p, "19900000002", "", "orange");
	p->now += 60 * MS_DAY;
	heard(p, "19900000001", "", "red");
	p->now += 40 * MS_DAY;
	struct ctx c = reader(p, TOWNW);
	NEED_OK(fair_seen(&c, &f));
	/* 90 days ago: two households with one orange report each, ten days old; one of them was red within the 90 days. Of 180 days ago nobody knew. */
	int64_t n[2] = { 0 }, grave[2] = { 0 };
	for (size_t i = 0; i < f.levels; i++)
		for (int half = 0; half < 2; half++) {
			n[half] += f.n[half][i];
			grave[half] += f.grave[half][i];
		}
	CHECK(f.levels == 5 && n[0] == 0 && n[1] == 2 && grave[1] == 1 && !f.more);
	CHECK_INT(f.n[1][1], 2);        /* orange of late holds the level */
	c = reader(p, who(ROLE_TOWN, "320582101", 34, p->comm));
	NEED_OK(fair_seen(&c, &f));
	CHECK_INT(f.n[1][1], 0);
	city_close(p);
}

/* On its page: the rule of small cells, nothing said of few, and not for a community; the made-up city's plot beside the check of the card. */
TEST(its_pages)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	heard(p, "19900000001", "990582199001011230", "red");
	heard(p, "19900000002", "", "yellow");
	clock_fix(p->now);
	browser_open(&b, p);
	browser_login(&b, "town", TOWN, p->town);
	CHECK(has(browse(&b, "/care"), "/care/fair"));
	struct str page = browse(&b, "/care/fair?k=1");
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "样本不足") && has(page, "&lt;5") && !has(page, "偏低，") && !has(page, "990582"));
	CHECK(!has(page, ">1</td>") && !has(page, ">2</td>"));
	/* Sex, age and place share one total: no count of them stands there from which another could be reckoned. */
	for (int i = 0; i < 7; i++)
		heard(p, arena_printf(p->a, "1990000010%d", i), "", "yellow");
	page = browse(&b, "/care/fair?k=5");
	CHECK(has(page, ">9</td>") && has(page, "&lt;100") && !has(page, ">8</td>") && !has(page, ">7</td>"));
	page = browse(&b, "/care/check?k=10");
	CHECK(has(page, "校准图") && has(page, "cal-even") && has(page, "<circle") && has(page, "≥50"));
	browser_open(&b, p);
	browser_login(&b, "community", COMM, p->comm);
	CHECK(!has(browse(&b, "/care"), "/care/fair"));
	(void)browse(&b, "/care/fair");
	CHECK_INT(b.last.status, 403);
	clock_fix(0);
	city_close(p);
}
