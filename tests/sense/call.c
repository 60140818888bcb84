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

TEST(the_desk_sees_who_calls)
{
	struct city here, *p = &here;
	struct browser b, other;
	site_open(p);
	staff_login(p, &b, "clerk", ROLE_HOTLINE, p->fed);
	(void)other;
	city_close(p);
}
