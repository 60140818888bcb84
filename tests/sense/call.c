/* Calls to the help line: events come twice and in any order; a call that nobody answered is somebody's task; the desk sees who calls before
 * she says a word, others see nothing. */
#include "../desk/site.h"

#define CLERK who(ROLE_HOTLINE, CITY, 31, p->fed)

static enum err tell(struct ctx *c, void *arg)
{
	int64_t id;
	return call_event(c, arg, &id);
}

/* The call after it was told. */
static struct rec *told(struct city *p, enum call_what what, const char *ref, const char *phone)
{
	struct ctx c;
	struct seen s;
	struct actor w = CLERK;
	struct call_event e = { what, str_of(ref), STR("12338"), phone ? str_of(phone) : STR_NONE };
	ctx_at(p, &c, &w);
	NEED_OK(ctx_write(&c, tell, &e));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "call", .filters = (struct filter[]){ { STR("ref"), str_of(ref) } }, .nfilters = 1 }, &s));
	NEED(s.n == 1);
	return s.r[0];
}

TEST(events_twice_and_in_any_order)
{
	struct city here, *p = &here;
	city_open(p);
	struct rec *r = told(p, CALL_RING, "a", "19900000001");
	CHECK_STR(r->state, "ringing");
	CHECK_STR(told(p, CALL_RING, "a", "19900000001")->state, "ringing");
	CHECK_INT(told(p, CALL_RING, "a", NULL)->version, 1);
	p->now += 8 * MS_SECOND;
	CHECK_STR(told(p, CALL_ANSWER, "a", NULL)->state, "talking");
	CHECK_INT(told(p, CALL_ANSWER, "a", NULL)->version, 2);
	p->now += 90 * MS_SECOND;
	r = told(p, CALL_END, "a", NULL);
	CHECK_STR(r->state, "done");
	CHECK_INT(rec_int(r, "seconds"), 90);
	CHECK_STR(told(p, CALL_MISS, "a", NULL)->state, "done");
	/* The answer before the ring; an end that nobody answered. */
	CHECK_STR(told(p, CALL_ANSWER, "b", "19900000002")->state, "talking");
	CHECK_STR(told(p, CALL_RING, "b", "19900000002")->state, "talking");
	CHECK_STR(told(p, CALL_RING, "c", NULL)->state, "ringing");
	r = told(p, CALL_END, "c", NULL);
	CHECK_STR(r->state, "missed");
	struct due *d = clock_of(p, "call", r->id, "call.missed");
	CHECK_INT(d->due - p->now, 2 * MS_HOUR);
	CHECK_STR(told(p, CALL_ANSWER, "c", NULL)->state, "missed");
	CHECK_ERR(DO(CLERK, "call", "settle", r->id, IN("note", "x")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "call", "settle", r->id, IN("settled_by", "unsafe")), ERR_NOT_FOUND);
	NEED_OK(DO(CLERK, "call", "settle", r->id, IN("settled_by", "unsafe")));
	city_close(p);
}

static enum err nothing(struct ctx *c, void *arg) { (void)c, (void)arg; return OK; }

/* What was sent to the writer before is done. */
static void writer_waits(struct city *p)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, nothing, NULL));
}

/* The page asks by itself who rings: that does not keep a desk open that nobody sits at (S5). */
TEST(asking_who_rings_keeps_nobody_signed_in)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	for (int here_too = 1; here_too >= 0; here_too--) {
		int64_t now = p->now + here_too * MS_DAY;
		clock_fix(now);
		browser_open(&b, p);
		browser_login(&b, "hotline", CITY, p->fed);
		for (int i = 0; i < 5; i++) {
			clock_fix(now += 10 * MS_MINUTE);
			(void)browse(&b, "/intake/calls");
			if (here_too)
				(void)browse(&b, "/intake");
			writer_waits(p);
			CHECK_INT(b.last.status, here_too || i < 2 ? 200 : 303);
		}
	}
	clock_fix(0);
	city_close(p);
}

TEST(the_desk_sees_who_calls)
{
	struct city here, *p = &here;
	struct browser b, other;
	city_open(p);
	clock_fix(p->now);
	browser_open(&b, p);
	browser_login(&b, "hotline", CITY, p->fed);
	CHECK(!has(browse(&b, "/intake"), "19900000077"));
	(void)POST(&b, "/intake", "idem", "k1", "source", "hotline12338", "phone", "19900000077", "text", "昨晚又吵了", "place", "");
	int64_t first = newest_clue(p)->id;
	struct rec *r = told(p, CALL_RING, "a", "19900000077");
	struct str page = browse(&b, "/intake/calls");
	CHECK(has(page, "19900000077") && has(page, "振铃中") && !has(page, "<html"));
	CHECK(has(page, arena_printf(p->a, "/clue/%lld", (long long)first)));      /* what was heard from it before */
	page = browse(&b, arena_printf(p->a, "/intake?call=%lld", (long long)r->id));
	CHECK(has(page, "value=\"19900000077\"") && has(page, arena_printf(p->a, "name=\"call\" value=\"%lld\"", (long long)r->id)));
	(void)POST(&b, "/intake", "idem", "k2", "source", "hotline12338", "phone", "19900000077", "text", "他又来了", "place", "", "call", num(p, r->id));
	CHECK_INT(b.last.status, 303);
	r = told(p, CALL_RING, "a", NULL);
	CHECK_STR(r->state, "talking");       /* written down before the telephone said so */
	CHECK_INT(rec_int(r, "clue"), newest_clue(p)->id);
	CHECK_STR(told(p, CALL_END, "a", NULL)->state, "done");
	CHECK(!has(browse(&b, "/intake/calls"), "19900000077"));
	/* Not answered: told on the page, by no other desk's people. */
	(void)told(p, CALL_MISS, "b", "19900000088");
	(void)told(p, CALL_RING, "c", "19900000088");
	(void)told(p, CALL_MISS, "c", NULL);
	CHECK(has(browse(&b, "/intake/calls"), "/call?state=missed"));
	CHECK(has(browse(&b, "/call?state=missed"), "未接"));
	browser_open(&other, p);
	browser_login(&other, "town", TOWN, p->town);
	CHECK(!has(browse(&other, "/intake/calls"), "199") && !has(browse(&other, "/intake/calls"), "/call?"));
	(void)browse(&other, arena_printf(p->a, "/call/%lld", (long long)r->id));
	CHECK_INT(other.last.status, 404);
	clock_fix(0);
	city_close(p);
}
