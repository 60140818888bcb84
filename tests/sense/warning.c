/* Early warning: the card of points by worked figures; what is heard of one household comes together by its people and nobody else's; a person's word beside
 * the points; what ends by itself; who does not see it. */
#include "../desk/site.h"
#include "sense/backtest.h"

/* ---- the card ---- */

static const struct codes *cards(struct city *p) { return p->app->codes; }

#define AGO(d) (now - (int64_t)(d) * MS_DAY)
#define ITEM(i) risk_item(&card, STR(i))
#define HEARD(i, d, s) { .item = ITEM(i), .ms = AGO(d), .source = STR(s) }

static int64_t tenths_of(const struct risk *r, const char *item)
{
	for (size_t i = 0; i < r->n; i++)
		if (str_is(r->v[i].item->code, item))
			return r->v[i].tenths;
	return 0;
}

TEST(points_by_hand)
{
	struct city here, *p = &here;
	struct risk r;
	struct risk_card card;
	city_open(p);
	risk_card(p->app->codes, &card);
	int64_t now = p->now;
	risk_of(&card, now, NULL, 0, &r);
	CHECK(!r.tenths && !r.level.n && !r.n && !r.last);
	/* 18 · e^0; two channels give 3 more, two of late 4; in 30 days 18/e. */
	const struct risk_event two[] = { HEARD("orange", 0, "hotline12338"), HEARD("yellow", 30, "police") };
	risk_of(&card, now, two, 2, &r);
	CHECK_INT(tenths_of(&r, "orange"), 180);
	CHECK_INT(tenths_of(&r, "yellow"), 15);       /* 4·e^(-30/30) = 1.4715 */
	CHECK_INT(tenths_of(&r, "channels"), 30);
	CHECK_INT(tenths_of(&r, "trend"), 40);
	CHECK_INT(r.tenths, 265);
	CHECK(str_is(r.level, "orange") && r.floor);
	CHECK_INT(r.last, now);
	risk_of(&card, now + 30 * MS_DAY, two, 2, &r);
	CHECK_INT(tenths_of(&r, "orange"), 66);
	CHECK_STR(r.level, "yellow");
	risk_of(&card, now + 91 * MS_DAY, two, 2, &r);
	CHECK_INT(tenths_of(&r, "trend"), 0);
	/* What lies ahead does not count yet. */
	risk_of(&card, now - MS_DAY, two, 2, &r);
	CHECK(!tenths_of(&r, "orange") && tenths_of(&r, "yellow"));
	/* Nothing counts without end. */
	struct risk_event many[40];
	for (int i = 0; i < 40; i++)
		many[i] = (struct risk_event){ .item = ITEM("red"), .ms = AGO(i), .source = STR("police"), .danger = true };
	risk_of(&card, now, many, 40, &r);
	CHECK_INT(tenths_of(&r, "red"), 600);
	CHECK_INT(tenths_of(&r, "danger"), 200);
	CHECK_STR(r.level, "red");
	city_close(p);
}

TEST(what_a_search_found_says_nothing_of_a_trend)
{
	struct city here, *p = &here;
	struct risk r;
	struct risk_card card;
	city_open(p);
	risk_card(p->app->codes, &card);
	int64_t now = p->now;
	struct risk_event e[] = { HEARD("yellow", 1, "home"), HEARD("yellow", 2, "grid"), HEARD("yellow", 3, "police") };
	e[0].searched = e[1].searched = true;
	risk_of(&card, now, e, 3, &r);
	CHECK(!tenths_of(&r, "trend") && !tenths_of(&r, "channels"));
	e[0].searched = false;
	risk_of(&card, now, e, 3, &r);
	CHECK(tenths_of(&r, "trend") && tenths_of(&r, "channels"));
	city_close(p);
}

/* What protects them makes the sum smaller, never the gravest of the last weeks. */
TEST(nothing_weighs_up_what_was_grave_of_late)
{
	struct city here, *p = &here;
	struct risk r;
	struct risk_card card;
	city_open(p);
	risk_card(p->app->codes, &card);
	int64_t now = p->now;
	const struct risk_event e[] = { HEARD("red", 29, "police"), { .item = ITEM("apart"), .ms = AGO(1) }, { .item = ITEM("kinhelp"), .ms = AGO(1) }, { .item = ITEM("kept"), .ms = AGO(1) } };
	risk_of(&card, now, e, 4, &r);
	CHECK_INT(tenths_of(&r, "apart"), -60);
	CHECK(r.tenths < 160 && r.floor);
	CHECK_STR(r.level, "red");
	risk_of(&card, now + MS_DAY, e, 4, &r);
	CHECK(!r.floor && !str_is(r.level, "red"));
	/* Only what protects: nothing below zero. */
	risk_of(&card, now, e + 1, 3, &r);
	CHECK(!r.tenths && !r.level.n);
	city_close(p);
}

/* More of anything that raises never gives less, later never more when nothing is added; any order gives the same. */
TEST(the_card_is_monotone)
{
	static const char *const items[] = { "red", "orange", "yellow", "blue", "letter", "order", "breach", "relapse", "separation", "addiction" };
	static const char *const sources[] = { "police", "hotline12338", "web" };
	struct city here, *p = &here;
	struct rng g = { 11 };
	struct risk_card card;
	city_open(p);
	risk_card(p->app->codes, &card);
	int64_t now = p->now;
	for (int round = 0; round < 3000; round++) {
		struct risk_event e[12], back[12];
		struct risk less, more, other;
		size_t n = (size_t)rng_range(&g, 1, 12);
		for (size_t i = 0; i < n; i++)
			e[i] = (struct risk_event){ .item = risk_item(&card, str_of(items[rng_range(&g, 0, (int)ARRAY_LEN(items) - 1)])), .ms = AGO(rng_range(&g, 0, 80)), .source = str_of(sources[rng_range(&g, 0, 2)]),
						    .danger = rng_range(&g, 0, 3) == 0 };
		for (size_t i = 0; i < n; i++)
			back[i] = e[n - 1 - i];
		risk_of(&card, now, e, n - 1, &less);
		risk_of(&card, now, e, n, &more);
		risk_of(&card, now, back, n, &other);
		CHECK(more.tenths >= less.tenths && risk_rank(cards(p), more.level) <= risk_rank(cards(p), less.level));
		CHECK(more.tenths == other.tenths && str_eq(more.level, other.level) && more.n == other.n);
		int64_t sum = 0;
		for (size_t i = 0; i < more.n; i++)
			sum += more.v[i].tenths;
		CHECK_INT(sum, more.tenths);
		risk_of(&card, now + 400 * MS_DAY, e, n, &less);
		CHECK(!less.tenths && !less.level.n);
	}
	city_close(p);
}

/* The same bytes for the same seed; in the made-up city the card is no worse than to count, or to take the gravest and newest. */
TEST(the_card_against_two_simple_ways)
{
	struct city here, *p = &here;
	double caught[BY_METHODS] = { 0 }, grave = 0;
	city_open(p);
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct backtest a = { .households = 6000, .weeks = 78, .capacity = 6, .seed = seed }, b = a;
		backtest_run(cards(p), &a);
		if (seed == 1) {
			backtest_run(cards(p), &b);
			CHECK(memcmp(&a, &b, sizeof a) == 0);
		}
		grave += (double)a.grave;
		for (int how = 0; how < BY_METHODS; how++) {
			CHECK(a.by[how].right <= a.by[how].listed && a.by[how].caught <= a.grave && a.by[how].listed <= 6 * 78);
			caught[how] += (double)a.by[how].caught;
		}
	}
	CHECK(grave > 400 && caught[BY_POINTS] > caught[BY_COUNT] && caught[BY_POINTS] >= caught[BY_LAST] * 0.95);
	city_close(p);
}

/* ---- its life ---- */

static int64_t heard(struct city *p, const char *source, const char *phone_a, const char *phone_b, const char *idno)
{
	struct done d;
	struct input in[6] = { IN("source", source), IN("text", "夫妻又争吵，邻居来反映") };
	size_t n = 2;
	if (phone_a)
		in[n++] = (struct input)IN("party_a_phone", phone_a);
	if (phone_b)
		in[n++] = (struct input)IN("party_b_phone", phone_b);
	if (idno)
		in[n++] = (struct input)IN("party_a_idno", idno);
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", .in = in, .nin = n }, &d));
	return d.id;
}

static void screen(struct city *p, int64_t clue, const char *grade)
{
	NEED_OK(DO(TOWNW, "clue", "confirm", clue, IN("family", "1"), IN("kind", "M01"), IN("grade", grade), IN("note", "核实")));
}

/* The warning a clue belongs to; 0. */
static int64_t warning_of(struct city *p, int64_t clue)
{
	struct ctx c;
	struct seen s;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "tie", .filters = (struct filter[]){ { STR("clue"), id_text(&c, clue) }, { STR("state"), STR("tied") } }, .nfilters = 2 }, &s));
	CHECK(s.n < 2);
	return s.n ? s.r[0]->parent : 0;
}

static int64_t warning_clue(struct city *p, int64_t warning)
{
	struct seen s = kids(p, "tie", warning);
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "tied"))
			return rec_int(s.r[i], "clue");
	return 0;
}

static enum err daily(struct city *p)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	return warning_job(&c, STR(""));
}

TEST(one_household_from_three_channels)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t a = heard(p, "hotline12338", "19900000001", NULL, NULL), b = heard(p, "police", NULL, "199 0000 0001", "990582199001011230"), other = heard(p, "police", "19900000009", NULL, NULL);
	CHECK_INT(warning_of(p, a), 0);          /* nothing before a person has said that it is a family matter */
	screen(p, a, "yellow");
	int64_t w = warning_of(p, a);
	CHECK(w != 0);
	CHECK_STR(get(p, "warning", w)->state, "watching");
	CHECK_STR(rec_str(&(struct ctx){ .app = p->app, .a = p->a }, get(p, "warning", w), "level"), "blue");
	p->now += 10 * MS_DAY;
	screen(p, b, "orange");
	screen(p, other, "orange");
	CHECK_INT(warning_of(p, b), w);
	CHECK(warning_of(p, other) != w && warning_of(p, other) != 0);
	CHECK_INT(rec_int(get(p, "warning", w), "reports"), 2);
	/* The third by the ID number that the second brought along. */
	int64_t c3 = heard(p, "court", NULL, NULL, "990582199001011230");
	screen(p, c3, "orange");
	CHECK_INT(warning_of(p, c3), w);
	struct ctx c;
	struct risk r;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(warning_risk(&c, w, &r));
	CHECK_INT((r.tenths + 5) / 10, rec_int(get(p, "warning", w), "points"));
	CHECK_INT(tenths_of(&r, "channels"), 60);
	CHECK_STR(r.level, "orange");
	struct due *due = clock_of(p, "warning", w, "warning.review");
	CHECK_INT(due->state, DUE_RUNNING);
	CHECK_INT(due->due, day_start(day_of(p->now) + 15));
	/* A number that stands everywhere is no household's. */
	for (int i = 0; i < 12; i++)
		screen(p, heard(p, "police", "19900000077", NULL, NULL), "blue");
	int64_t last = heard(p, "police", "19900000077", NULL, NULL);
	screen(p, last, "blue");
	CHECK(rec_int(get(p, "warning", warning_of(p, last)), "reports") == 1);
	city_close(p);
}

TEST(taken_out_and_put_back)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	int64_t a = heard(p, "web", "19900000001", NULL, NULL), b = heard(p, "police", "19900000001", NULL, NULL), x = heard(p, "visit", NULL, NULL, NULL);
	screen(p, a, "yellow");
	screen(p, b, "orange");
	screen(p, x, "yellow");
	int64_t w = warning_of(p, a), wx = warning_of(p, x), points = rec_int(get(p, "warning", w), "points");
	struct seen ties = kids(p, "tie", w);
	NEED(ties.n == 2);
	CHECK_ERR(ADD(TOWNW, "tie", w, &d, IN("clue", num(p, x))), ERR_INVALID);    /* it is another's */
	CHECK_ERR(DO0(TOWNW, "tie", "untie", ties.r[1]->id), ERR_INVALID);
	NEED_OK(DO(TOWNW, "tie", "untie", ties.r[1]->id, IN("undo", "other")));
	CHECK_INT(rec_int(get(p, "warning", w), "reports"), 1);
	CHECK(rec_int(get(p, "warning", w), "points") < points);
	NEED_OK(DO0(TOWNW, "tie", "tie", ties.r[1]->id));
	CHECK_INT(rec_int(get(p, "warning", w), "points"), points);
	/* From one household to the other, and nothing is lost. */
	NEED_OK(DO(TOWNW, "tie", "untie", kids(p, "tie", wx).r[0]->id, IN("undo", "moved")));
	NEED_OK(ADD(TOWNW, "tie", w, &d, IN("clue", num(p, x))));
	CHECK_INT(rec_int(get(p, "warning", w), "reports"), 3);
	CHECK_ERR(DO0(TOWNW, "tie", "tie", kids(p, "tie", wx).r[0]->id), ERR_INVALID);
	/* Screened again as none: it leaves by itself. */
	NEED_OK(DO(TOWNW, "clue", "edit", b, IN("source", "police"), IN("text", "夫妻又争吵，邻居来反映，已问清")));
	city_close(p);
}

TEST(her_word_beside_the_points)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t a = heard(p, "police", "19900000001", NULL, NULL);
	screen(p, a, "red");
	int64_t w = warning_of(p, a);
	struct ctx x;
	ctx_at(p, &x, &actor_system);
	CHECK_STR(rec_str(&x, get(p, "warning", w), "level"), "red");
	CHECK_ERR(DO(TOWNW, "warning", "review", w, IN("decided", "yellow"), IN("decision_note", "已走访")), ERR_INVALID);   /* grave of late */
	CHECK_ERR(DO(TOWNW, "warning", "end", w, IN("ended_why", "calm"), IN("note", "已走访")), ERR_STATE);
	CHECK_ERR(DO(COMMW, "warning", "review", w, IN("decided", "red"), IN("decision_note", "已走访")), ERR_NOT_FOUND);
	p->now += 31 * MS_DAY;
	NEED_OK(daily(p));
	CHECK(!str_is(rec_str(&x, get(p, "warning", w), "level"), "red"));
	NEED_OK(DO(TOWNW, "warning", "review", w, IN("decided", "red"), IN("decision_note", "男方仍在扬言")));
	CHECK_STR(rec_str(&x, get(p, "warning", w), "level"), "red");
	NEED_OK(daily(p));
	CHECK_STR(rec_str(&x, get(p, "warning", w), "level"), "red");
	CHECK_ERR(DO(TOWNW, "warning", "review", w, IN("decided", "blue"), IN("decision_note", "男方仍在扬言")), ERR_INVALID);     /* the same words for another decision */
	NEED_OK(DO(TOWNW, "warning", "review", w, IN("decided", "blue"), IN("decision_note", "两次走访均平稳")));
	CHECK_STR(rec_str(&x, get(p, "warning", w), "level"), "blue");
	/* Something new: the graver of both. */
	p->now += MS_DAY;
	screen(p, heard(p, "hotline12338", "19900000001", NULL, NULL), "orange");
	CHECK(risk_rank(cards(p), rec_str(&x, get(p, "warning", w), "level")) <= 2);
	/* Facts: each from its day, for its time. */
	int64_t was = rec_int(get(p, "warning", w), "points");
	NEED_OK(DO(TOWNW, "warning", "facts", w, IN("facts", "addiction,separation")));
	CHECK_INT(rec_int(get(p, "warning", w), "points"), was + 12);
	p->now += 179 * MS_DAY;
	NEED_OK(DO(TOWNW, "warning", "facts", w, IN("facts", "addiction")));
	struct risk r;
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(warning_risk(&c, w, &r));
	CHECK_INT(tenths_of(&r, "addiction"), 60);
	p->now += 2 * MS_DAY;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(warning_risk(&c, w, &r));
	CHECK_INT(tenths_of(&r, "addiction"), 0);
	/* Quiet for long: it ends; heard of again: it goes on. */
	p->now += 200 * MS_DAY;
	NEED_OK(daily(p));
	CHECK_STR(get(p, "warning", w)->state, "ended");
	static const char *const gone[] = { "level", "machine", "reasons", "facts", "facts_at", "decided", "decision_note" };
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		CHECK(!rec_has(get(p, "warning", w), gone[i]));
	/* Taking a clue out, or screening an old one again, is nothing new. */
	NEED_OK(DO(TOWNW, "tie", "untie", kids(p, "tie", w).r[0]->id, IN("undo", "other")));
	screen(p, warning_clue(p, w), "orange");
	CHECK_STR(get(p, "warning", w)->state, "ended");
	screen(p, heard(p, "web", "19900000001", NULL, NULL), "yellow");
	CHECK_STR(get(p, "warning", w)->state, "watching");
	city_close(p);
}

/* What happens in the case moves the care of its household at once. */
TEST(an_alarm_in_the_case_is_weighed_at_once)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t a = heard(p, "police", "19900000001", NULL, NULL);
	screen(p, a, "yellow");
	NEED_OK(DO0(TOWNW, "clue", "open", a));
	int64_t w = warning_of(p, a), points = rec_int(get(p, "warning", w), "points");
	p->now += 25 * MS_DAY;
	NEED_OK(DO0(actor_system, "case", "alarm", rec_int(get(p, "clue", a), "case_file")));
	CHECK(rec_int(get(p, "warning", w), "points") < points);
	city_close(p);
}

/* Who is near one of the people, or of another town, finds neither the household nor that there is one. */
TEST(who_does_not_see_it)
{
	struct city here, *p = &here;
	enum sight s;
	city_open(p);
	NEED_OK(run(p, actor_system, &(struct act){ .type = "kin", .verb = "create", .parent = TINA, INPUTS(IN("relation", "sibling"), IN("phone", "19900000002")) }, NULL));
	int64_t a = heard(p, "police", "19900000001", NULL, NULL), b = heard(p, "web", "19900000001", "19900000002", NULL);
	screen(p, a, "orange");
	int64_t w = warning_of(p, a);
	CHECK_OK(peek(p, TOWNW, "warning", w, &s));
	CHECK_INT(s, SIGHT_FULL);
	CHECK_OK(peek(p, CITYW, "warning", w, &s));
	CHECK_INT(s, SIGHT_MASKED);
	CHECK_ERR(peek(p, MEIW, "warning", w, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, who(ROLE_TOWN, "320582101", 33, p->comm), "warning", w, &s), ERR_NOT_FOUND);
	NEED_OK(run(p, who(ROLE_TOWN, TOWN, 34, p->town), &(struct act){ .type = "clue", .verb = "confirm", .id = b, INPUTS(IN("family", "1"), IN("kind", "M01"), IN("grade", "orange")) }, NULL));
	CHECK_INT(warning_of(p, b), w);
	CHECK_ERR(peek(p, TOWNW, "warning", w, &s), ERR_NOT_FOUND);
	struct actor ann = who(ROLE_TOWN, TOWN, 34, p->town);
	CHECK_OK(peek(p, ann, "warning", w, &s));
	/* Taken out and put back: still shut. */
	struct seen ties = kids(p, "tie", w);
	NEED(ties.n == 2);
	NEED_OK(DO(ann, "tie", "untie", ties.r[1]->id, IN("undo", "other")));
	NEED_OK(DO0(ann, "tie", "tie", ties.r[1]->id));
	CHECK_ERR(peek(p, TOWNW, "warning", w, &s), ERR_NOT_FOUND);
	/* Her kin's number comes only later. */
	int64_t late = heard(p, "police", "19900000005", NULL, NULL);
	screen(p, late, "orange");
	int64_t other = warning_of(p, late);
	CHECK_OK(peek(p, TOWNW, "warning", other, &s));
	NEED_OK(DO(ann, "clue", "edit", late, IN("party_b_phone", "19900000002")));
	CHECK_ERR(peek(p, TOWNW, "warning", other, &s), ERR_NOT_FOUND);
	city_close(p);
}

/* The gravest first; an eighth of what can be visited is drawn from those that come next, the same for all within a week. */
TEST(whom_to_visit)
{
	struct city here, *p = &here;
	struct warning_row *v, *again;
	struct ctx c;
	size_t n, m, picked = 0, drawn = 0;
	city_open(p);
	for (int i = 0; i < 40; i++)
		screen(p, heard(p, "police", arena_printf(p->a, "199%08d", i), NULL, NULL), i % 5 == 0 ? "red" : i % 2 ? "yellow" : "orange");
	struct actor by = TOWNW;
	ctx_at(p, &c, &by);
	NEED_OK(ctx_read(&c));
	NEED_OK(warning_order(&c, 16, &v, &n));
	CHECK_INT(n, 40);
	for (size_t i = 0; i < n; i++) {
		picked += v[i].picked;
		drawn += v[i].drawn;
		CHECK(!i || risk_rank(cards(p), rec_str(&c, v[i - 1].r, "level")) <= risk_rank(cards(p), rec_str(&c, v[i].r, "level")));
		CHECK(i >= 14 || (v[i].picked && !v[i].drawn));
	}
	CHECK_INT(picked, 16);
	CHECK_INT(drawn, 2);
	NEED_OK(warning_order(&c, 16, &again, &m));
	for (size_t i = 0; i < n; i++)
		CHECK(v[i].r->id == again[i].r->id && v[i].picked == again[i].picked);
	for (int k = 0; k < 60; k++) {
		size_t got = 0;
		NEED_OK(warning_order(&c, k, &v, &n));
		for (size_t i = 0; i < n; i++)
			got += v[i].picked;
		CHECK_INT(got, k < 40 ? k : 40);
	}
	city_close(p);
}


/* On the page of the list, of the household, and of a clue that was not screened yet: for her desk; in another town there is nothing. */
TEST(its_pages)
{
	struct city here, *p = &here;
	struct browser b, other;
	city_open(p);
	int64_t a = heard(p, "police", "19900000001", NULL, NULL);
	screen(p, a, "orange");
	int64_t w = warning_of(p, a), next = heard(p, "web", "19900000001", NULL, NULL);
	const char *number = arena_cstr(p->a, get(p, "warning", w)->number);
	clock_fix(p->now);
	browser_open(&b, p);
	browser_login(&b, "town", TOWN, p->town);
	struct str page = browse(&b, "/care?k=5");
	CHECK(has(page, number) && has(page, "橙色来报") && has(page, "value=\"5\""));
	CHECK(has(browse(&b, "/care?k=-1"), number) && has(browse(&b, "/care?k=x99999"), number));
	page = browse(&b, arena_printf(p->a, "/warning/%lld", (long long)w));
	CHECK(has(page, "+18.0") && has(page, "怎样会下降") && has(page, "尚未研判"));
	CHECK(has(browse(&b, arena_printf(p->a, "/clue/%lld", (long long)next)), number));
	page = browse(&b, "/care/check?k=10");
	CHECK(has(page, "计分卡") && has(page, "模拟") && has(page, "%</td>"));
	browser_open(&other, p);
	browser_login(&other, "town", "320582101", p->comm);
	CHECK(!has(browse(&other, "/care"), number));
	(void)browse(&other, arena_printf(p->a, "/warning/%lld", (long long)w));
	CHECK_INT(other.last.status, 404);
	browser_open(&other, p);
	browser_login(&other, "mediator", COMM, p->studio);
	(void)browse(&other, "/care");
	CHECK_INT(other.last.status, 403);
	clock_fix(0);
	city_close(p);
}

/* The city took the call, the family lives in a town: its desk looks after them. */
TEST(the_desk_of_the_place_looks_after_it)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	NEED_OK(ADD(CITYW, "clue", 0, &d, IN("source", "hotline12338"), IN("text", "夫妻又争吵，邻居来反映"), IN("party_a_phone", "19900000771"), IN("area", TOWN)));
	CHECK_INT(get(p, "clue", d.id)->org, p->fed);
	NEED_OK(DO(CITYW, "clue", "confirm", d.id, IN("family", "1"), IN("kind", "M01"), IN("grade", "orange"), IN("note", "核实")));
	int64_t w = warning_of(p, d.id);
	NEED(w);
	CHECK_INT(get(p, "warning", w)->org, p->town);
	city_close(p);
}
