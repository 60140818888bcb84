/* What has a time and a place: double bookings refused, also by two at once; hours, leave and days off; with violence the two sides apart; the calendar
 * as its reader may see it; the feed by RFC 5545, with no word of anybody. Supervision: who asks, who answers, who may not judge. */
#include "paper.h"
#include "absorb/timed.h"
#include <pthread.h>

struct bk { struct city city; int64_t studio, room, other, kase; };
enum { ROSA = 41 };

static void bk_open(struct bk *v, const char *kind)
{
	struct city *p = &v->city;
	struct done d;
	city_fast = true;
	city_open(p);
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "studio", .verb = "create", .area = STR(COMM), .org = p->studio, INPUTS(IN("name", "阿姨工作室"), IN("hours", "08:30-17:30")) }, &d));
	v->studio = d.id;
	NEED_OK(ADD(TOWNW, "room", v->studio, &d, IN("name", "一号室")));
	v->room = d.id;
	NEED_OK(ADD(TOWNW, "room", v->studio, &d, IN("name", "二号室")));
	v->other = d.id;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "mediator", .verb = "create", .area = STR(COMM), .org = p->studio,
		INPUTS(IN("staff", num(p, MEI)), IN("hours", "09:00-17:00")) }, &d));
	v->kase = new_case(p, kind, "orange");
	take(p, v->kase);
}

static enum err book(struct bk *v, int64_t kase, const char *at, const char *minutes, int64_t room, const char *side, const char *anyway, struct done *d)
{
	struct city *p = &v->city;
	return ADD(MEIW, "booking", kase, d, IN("kind", "session"), IN("at", at), IN("minutes", minutes), IN("room", num(p, room)), IN("side", side), IN("anyway", anyway));
}

TEST(one_room_and_one_person_at_one_time)
{
	struct bk v;
	struct done d, e;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	int64_t second = new_case(p, "M01", "yellow");
	take(p, second);
	NEED_OK(book(&v, v.kase, "2026-11-25 10:00", "60", v.room, "both", "", &d));
	CHECK_INT(rec_int(get(p, "booking", d.id), "staff"), MEI);
	/* Herself elsewhere at that time; up to the minute before and from the minute after all is well. */
	CHECK_ERR(book(&v, second, "2026-11-25 10:30", "60", v.other, "a", "", &e), ERR_INVALID);
	CHECK_ERR(book(&v, second, "2026-11-25 09:30", "31", v.other, "a", "", &e), ERR_INVALID);
	NEED_OK(book(&v, second, "2026-11-25 09:00", "60", v.other, "a", "", &e));
	NEED_OK(book(&v, second, "2026-11-25 11:00", "60", v.room, "a", "", &e));
	/* Another person in the same room. */
	CHECK_ERR(ADD(MEIW, "booking", second, &e, IN("kind", "talk"), IN("at", "2026-11-25 10:15"), IN("minutes", "30"), IN("room", num(p, v.room)), IN("side", "a"), IN("staff", num(p, ROSA))), ERR_INVALID);
	CHECK(strcmp(p->f.fields[0].field, "room") == 0);
	NEED_OK(ADD(MEIW, "booking", second, &e, IN("kind", "talk"), IN("at", "2026-11-25 10:15"), IN("minutes", "30"), IN("room", num(p, v.other)), IN("side", "a"), IN("staff", num(p, ROSA))));
	CHECK_ERR(DO(MEIW, "booking", "move", e.id, IN("room", num(p, v.room))), ERR_INVALID);
	/* Cancelled, it is free. */
	CHECK_ERR(DO0(MEIW, "booking", "cancel", d.id), ERR_INVALID);
	NEED_OK(DO(MEIW, "booking", "cancel", d.id, IN("note", "改期")));
	NEED_OK(DO(MEIW, "booking", "move", e.id, IN("room", num(p, v.room))));
	CHECK_ERR(DO0(MEIW, "booking", "held", e.id), ERR_STATE);
	city_close(p);
}

TEST(hours_leave_and_days_off)
{
	struct bk v;
	struct done d;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	CHECK_ERR(book(&v, v.kase, "2026-11-25 08:00", "60", v.room, "a", "", &d), ERR_INVALID);
	CHECK_ERR(book(&v, v.kase, "2026-11-25 16:31", "30", v.room, "a", "", &d), ERR_INVALID);
	NEED_OK(book(&v, v.kase, "2026-11-25 16:30", "30", v.room, "a", "", &d));
	CHECK_ERR(book(&v, v.kase, "2026-11-23 10:00", "30", v.room, "a", "", &d), ERR_INVALID);
	/* A Saturday is warned of; so are Spring Festival and National Day; a make-up Saturday is a working day. */
	static const struct { const char *now, *at; bool off; } day[] = {
		{ "2026-11-24", "2026-11-28 10:00", true }, { "2026-02-01", "2026-02-17 10:00", true }, { "2026-02-01", "2026-02-14 10:00", false }, { "2026-02-01", "2026-02-24 10:00", false },
		{ "2026-09-01", "2026-10-01 10:00", true }, { "2026-09-01", "2026-10-10 10:00", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(day); i++) {
		int64_t ms;
		must(date_parse(str_of(day[i].now), &ms));
		p->now = ms + 9 * MS_HOUR;
		CHECK_ERR(book(&v, v.kase, day[i].at, "30", v.room, "a", "", &d), day[i].off ? ERR_INVALID : OK);
		if (day[i].off)
			NEED_OK(book(&v, v.kase, day[i].at, "30", v.room, "a", "1", &d));
	}
	int64_t med = kids(p, "room", v.studio).n ? 0 : 0;
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(people_mediator_of(&c, MEI, &med));
	p->now = civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 });
	NEED_OK(ADD(MEIW, "leave", med, &d, IN("kind", "sick"), IN("from_on", "2026-12-01"), IN("to_on", "2026-12-02")));
	CHECK_ERR(book(&v, v.kase, "2026-12-02 10:00", "30", v.room, "a", "", &d), ERR_INVALID);
	NEED_OK(book(&v, v.kase, "2026-12-03 10:00", "30", v.room, "a", "", &d));
	NEED_OK(DO0(TOWNW, "room", "close", v.room));
	CHECK_ERR(book(&v, v.kase, "2026-12-03 14:00", "30", v.room, "a", "", &d), ERR_INVALID);
	city_close(p);
}

TEST(with_violence_the_two_sides_do_not_meet_on_the_stairs)
{
	struct bk v;
	struct done d;
	bk_open(&v, "M03");
	struct city *p = &v.city;
	CHECK_ERR(book(&v, v.kase, "2026-11-25 10:00", "60", v.room, "both", "", &d), ERR_INVALID);
	NEED_OK(book(&v, v.kase, "2026-11-25 10:00", "60", v.room, "a", "", &d));
	CHECK_ERR(book(&v, v.kase, "2026-11-25 11:30", "60", v.other, "b", "", &d), ERR_INVALID);
	NEED_OK(book(&v, v.kase, "2026-11-25 12:00", "60", v.other, "b", "", &d));
	city_close(p);
}

struct rush { struct bk *v; int64_t kase, staff; enum err e; };
static void *rushes(void *arg)
{
	struct rush *r = arg;
	struct city *p = &r->v->city;
	struct arena *a = arena_new(0);
	struct fault f = { 0 };
	struct ctx c;
	struct done d;
	struct actor w = MEIW;
	ctx_init(&c, p->app, a, &f, &w);
	c.now = p->now;
	r->e = act_now(&c, &(struct act){ .type = "booking", .verb = "create", .parent = r->kase, INPUTS(IN("kind", "session"), IN("at", "2026-11-26 10:00"), IN("minutes", "60"),
		INPUT("room", arena_fmt(a, "%lld", (long long)r->v->room)), IN("side", "a"), INPUT("staff", arena_fmt(a, "%lld", (long long)r->staff))) }, &d);
	arena_free(a);
	return NULL;
}

TEST(of_two_who_book_one_room_at_once_one_gets_it)
{
	struct bk v;
	enum { TWO = 6 };
	struct rush r[TWO];
	pthread_t t[TWO];
	int got = 0;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	for (int i = 0; i < TWO; i++) {
		r[i] = (struct rush){ &v, new_case(p, "M01", "yellow"), i ? 31 + i : MEI, OK };
		take(p, r[i].kase);
	}
	for (int i = 0; i < TWO; i++)
		NEED(pthread_create(&t[i], NULL, rushes, &r[i]) == 0);
	for (int i = 0; i < TWO; i++) {
		NEED(pthread_join(t[i], NULL) == 0);
		got += r[i].e == OK;
		CHECK(r[i].e == OK || r[i].e == ERR_INVALID);
	}
	CHECK_INT(got, 1);
	city_close(p);
}

static size_t entries(struct city *p, struct actor w, int64_t staff, int64_t org, struct entry **ret)
{
	struct ctx c;
	size_t n;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_entries(&c, &(struct entry_ask){ p->now - MS_DAY, p->now + 60 * MS_DAY, staff, org, false }, ret, &n));
	return n;
}

TEST(the_calendar_shows_what_its_reader_may_see)
{
	struct bk v;
	struct done d;
	struct entry *e;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	NEED_OK(book(&v, v.kase, "2026-11-25 10:00", "60", v.room, "both", "", &d));
	settle(p, v.kase);
	CHECK_INT(entries(p, MEIW, MEI, 0, &e), 4);      /* and the visits of 7 and 30 days, and the last day to ask the court for confirmation */
	CHECK_INT(entries(p, who(ROLE_MEDIATOR, COMM, 32, p->studio), MEI, 0, &e), 1);
	CHECK_INT(e[0].r->sight, SIGHT_MASKED);
	CHECK_INT(entries(p, who(ROLE_LIAISON, CITY, POL, p->police), MEI, 0, &e), 0);
	CHECK_INT(entries(p, who(ROLE_LEADER, CITY, 37, p->fed), MEI, 0, &e), 0);
	city_close(p);
}

/* ---- the feed ---- */

static struct str feed_of(struct city *p, struct actor w)
{
	struct ctx c;
	BUF_AUTO b = BUF(1 << 20);
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	NEED_OK(feed_text(&c, &b));
	return arena_str(p->a, buf_view(&b));
}
static struct str event_of(struct city *p, struct str feed, int64_t id)
{
	ptrdiff_t at = str_find(feed, str_of(arena_printf(p->a, "UID:booking-%lld@", (long long)id)));
	NEED(at >= 0);
	struct str rest = { feed.p + at, feed.n - (size_t)at };
	return (struct str){ rest.p, (size_t)str_find(rest, STR("END:VEVENT")) };
}

TEST(a_feed_is_rfc_5545_and_says_nothing_of_anybody)
{
	struct bk v;
	struct done d;
	static const char *const planted[] = { "张某甲", "李某乙", "13800000001", "锦丰镇", "离婚", "争吵", "派出所门口", "带孩子", "session", "talk", "调解" };
	bk_open(&v, "M01");
	struct city *p = &v.city;
	NEED_OK(DO(MEIW, "case", "edit", v.kase, IN("title", "张某甲与李某乙离婚"), IN("summary", "两人争吵")));
	NEED_OK(ADD(MEIW, "party", v.kase, NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000001"), IN("address", "锦丰镇18号")));
	NEED_OK(DO(TOWNW, "room", "edit", v.room, IN("name", "一号;很长很长很长很长很长很长很长的房间名,带逗号")));
	NEED_OK(ADD(MEIW, "booking", v.kase, &d, IN("kind", "talk"), IN("at", "2026-11-25 10:00"), IN("minutes", "60"), IN("room", num(p, v.room)), IN("side", "a"),
		IN("place", "派出所门口"), IN("note", "张某甲带孩子")));
	struct str f = feed_of(p, MEIW), e = event_of(p, f, d.id);
	for (size_t i = 0; i < ARRAY_LEN(planted); i++)
		CHECK(str_find(f, str_of(planted[i])) < 0);
	CHECK(str_find(e, STR("SUMMARY:预约 · 案〔2026〕")) >= 0);
	CHECK(str_find(e, STR("DTSTART;TZID=Asia/Shanghai:20261125T100000\r\n")) >= 0);
	CHECK(str_find(e, STR("DTEND;TZID=Asia/Shanghai:20261125T110000\r\n")) >= 0);
	CHECK(str_find(e, STR("SEQUENCE:0\r\n")) >= 0 && str_find(e, STR("STATUS:CONFIRMED\r\n")) >= 0);
	CHECK(str_find(f, STR("DTSTAMP:20261124T010000Z\r\n")) >= 0);
	/* Each line ends with CR LF, none is over 75 octets, none begins inside a character; unfolded, the text is whole. */
	BUF_AUTO plain = BUF(1 << 20);
	size_t from = 0;
	for (size_t i = 0; i < f.n; i++)
		if (f.p[i] == '\n') {
			CHECK(i && f.p[i - 1] == '\r' && i - 1 - from <= 75);
			CHECK(((unsigned char)f.p[from] & 0xC0) != 0x80);
			bool more = f.p[from] == ' ';
			CHECK(!more || ((unsigned char)f.p[from + 1] & 0xC0) != 0x80);
			if (!more && from)
				buf_char(&plain, '\n');
			buf_str(&plain, (struct str){ f.p + from + more, i - 1 - from - more });
			from = i + 1;
		}
	CHECK_INT(from, f.n);
	CHECK(str_find(buf_view(&plain), STR("LOCATION:阿姨工作室 一号\\;很长很长很长很长很长很长很长的房间名\\,带逗号\n")) >= 0);
	/* Moved and cancelled: the same UID, a higher SEQUENCE. */
	NEED_OK(DO(MEIW, "booking", "move", d.id, IN("at", "2026-11-25 14:00")));
	CHECK(str_find(event_of(p, feed_of(p, MEIW), d.id), STR("SEQUENCE:1\r\n")) >= 0);
	NEED_OK(DO(MEIW, "booking", "cancel", d.id, IN("note", "当事人生病")));
	e = event_of(p, feed_of(p, MEIW), d.id);
	CHECK(str_find(e, STR("SEQUENCE:2\r\n")) >= 0 && str_find(e, STR("STATUS:CANCELLED\r\n")) >= 0 && str_find(e, STR("生病")) < 0);
	CHECK(str_find(feed_of(p, who(ROLE_MEDIATOR, COMM, 32, p->studio)), STR("VEVENT")) < 0);
	city_close(p);
}

static const char *making;
static enum err make_it(struct ctx *c, void *arg)
{
	(void)arg;
	return feed_make(c, str_of(making));
}
static enum err owner_of(struct city *p, const char *token, int64_t *ret)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	return feed_owner(&c, str_of(token), ret);
}

TEST(an_address_ends_when_another_is_made_or_it_is_revoked)
{
	struct bk v;
	struct ctx c;
	int64_t owner;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	struct actor mei = MEIW;
	static const char *const t[] = { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" };
	for (int i = 0; i < 2; i++) {
		making = t[i];
		ctx_at(p, &c, &mei);
		NEED_OK(ctx_write(&c, make_it, NULL));
		NEED_OK(owner_of(p, t[i], &owner));
		CHECK_INT(owner, MEI);
	}
	CHECK_ERR(owner_of(p, t[0], &owner), ERR_NOT_FOUND);
	CHECK_ERR(owner_of(p, "", &owner), ERR_NOT_FOUND);
	struct seen s;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "feed", .limit = 10 }, &s));
	CHECK_INT(s.n, 2);
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active")) {
			CHECK_ERR(DO0(who(ROLE_MEDIATOR, COMM, 32, p->studio), "feed", "revoke", s.r[i]->id), ERR_NOT_FOUND);
			NEED_OK(DO0(MEIW, "feed", "revoke", s.r[i]->id));
		}
	CHECK_ERR(owner_of(p, t[1], &owner), ERR_NOT_FOUND);
	city_close(p);
}

/* ---- supervision ---- */

#define SLIP(w, by, d) ADD(w, "supervision", v.kase, d, IN("level", "slip"), IN("ask", "请说明为何超期"), IN("by_on", by))
TEST(asked_answered_asked_again_and_accepted)
{
	struct bk v;
	struct done d;
	struct document doc;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	CHECK_ERR(SLIP(COMMW, "2026-11-27", &d), ERR_NOT_FOUND);
	CHECK_ERR(SLIP(TOWNW, "2026-11-24", &d), ERR_INVALID);
	CHECK_ERR(SLIP(TOWNW, "2027-03-01", &d), ERR_INVALID);
	CHECK_ERR(SLIP(who(ROLE_TOWN, TOWN, TINA, p->studio), "2026-11-27", &d), ERR_DENIED);
	NEED_OK(SLIP(TOWNW, "2026-11-28", &d));
	/* A Saturday: until the end of Monday. */
	CHECK_INT(clock_of(p, "supervision", d.id, "supervision.answer")->due, civil_ms((struct civil){ 2026, 12, 1, 0, 0, 0 }));
	NEED_OK(paper_for(p, TOWNW, "supervision", "slip", d.id, &doc));
	CHECK(paper_says(&doc, "请说明为何超期") && paper_says(&doc, "2026年11月28日"));
	CHECK_ERR(DO(TOWNW, "supervision", "answer", d.id, IN("answer", "在办")), ERR_DENIED);
	NEED_OK(DO(MEIW, "supervision", "answer", d.id, IN("answer", "在办")));
	CHECK_INT(clock_of(p, "supervision", d.id, "supervision.answer")->state, DUE_MET);
	CHECK_ERR(DO0(who(ROLE_TOWN, TOWN, 31, p->studio), "supervision", "accept", d.id), ERR_DENIED);
	NEED_OK(DO(TOWNW, "supervision", "again", d.id, IN("level", "bulletin"), IN("again_why", "没有说何时办完"), IN("by_on", "2026-11-30")));
	CHECK_ERR(DO(MEIW, "supervision", "answer", d.id, IN("answer", "在办")), ERR_INVALID);
	NEED_OK(DO(MEIW, "supervision", "answer", d.id, IN("answer", "已约见，12月5日前办完")));
	/* The case cannot be closed past it. */
	settle(p, v.kase);
	struct seen s = kids(p, "visit", v.kase);
	for (size_t i = 0; i < s.n; i++)
		NEED_OK(DO(MEIW, "visit", "skip", s.r[i]->id, IN("note", "试")));
	CHECK_ERR(DO0(MEIW, "case", "close", v.kase), ERR_STATE);
	NEED_OK(DO0(TOWNW, "supervision", "accept", d.id));
	NEED_OK(DO0(MEIW, "case", "close", v.kase));
	city_close(p);
}

TEST(answers_due_over_spring_festival_and_national_day)
{
	/* The last day as written, and when the term ends. */
	static const struct { int y, m, d, ey, em, ed; } w[] = {
		{ 2019, 2, 4, 2019, 2, 11 }, { 2019, 10, 1, 2019, 10, 8 }, { 2020, 1, 24, 2020, 2, 3 }, { 2020, 10, 1, 2020, 10, 9 }, { 2021, 2, 11, 2021, 2, 18 },
		{ 2021, 10, 1, 2021, 10, 8 }, { 2022, 1, 31, 2022, 2, 7 }, { 2022, 10, 1, 2022, 10, 8 }, { 2023, 1, 21, 2023, 1, 28 }, { 2023, 9, 29, 2023, 10, 7 },
		{ 2024, 2, 10, 2024, 2, 18 }, { 2024, 10, 1, 2024, 10, 8 }, { 2025, 1, 28, 2025, 2, 5 }, { 2025, 10, 1, 2025, 10, 9 }, { 2026, 2, 15, 2026, 2, 24 }, { 2026, 10, 1, 2026, 10, 8 },
	};
	struct bk v;
	struct done d;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	for (size_t i = 0; i < ARRAY_LEN(w); i++) {
		int32_t last = day_make(w[i].y, w[i].m, w[i].d);
		p->now = day_start(last - 10) + 9 * MS_HOUR;
		NEED_OK(SLIP(TOWNW, arena_printf(p->a, "%04d-%02d-%02d", w[i].y, w[i].m, w[i].d), &d));
		int64_t due = clock_of(p, "supervision", d.id, "supervision.answer")->due;
		if (due != day_start(day_make(w[i].ey, w[i].em, w[i].ed) + 1))
			printf("# %d-%d-%d ends %s\n", w[i].y, w[i].m, w[i].d, arena_cstr(p->a, datetime_str(p->a, due)));
		CHECK_INT(due, day_start(day_make(w[i].ey, w[i].em, w[i].ed) + 1));
	}
	city_close(p);
}

TEST(a_reminder_comes_once_before_the_end)
{
	struct bk v;
	struct ctx c;
	struct notice *n;
	size_t nn;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	struct actor mei = MEIW;
	int64_t due = clock_of(p, "case", v.kase, "case.first")->due;
	for (int i = 0; i < 4; i++) {
		p->now = i ? due - 2 * MS_HOUR + i : p->now;      /* orange: a warning of eight hours */
		ctx_at(p, &c, &actor_system);
		NEED_OK(due_remind(&c));
		size_t told = 0;
		ctx_at(p, &c, &mei);
		NEED_OK(ctx_read(&c));
		NEED_OK(notice_list(&c, 200, &n, &nn));
		for (size_t k = 0; k < nn; k++)
			told += str_is(n[k].text, "Your work is due soon");
		CHECK_INT(told, i ? 1 : 0);
	}
	city_close(p);
}

static enum err many_of_one_time(struct ctx *c, void *arg)
{
	const struct rec *k = arg;
	for (int i = 0; i < 450; i++)
		TRY(db_exec(c->db, c->f, "INSERT INTO due (id, type, rid, rule, start, due, first_due, warn, met, state, suspended_at, climb_at, level, area, town, comm, org, owner, why) "
			    "SELECT id + ?, type, rid, rule, start - 172800000, ?, first_due, 0, met, state, suspended_at, climb_at, level, area, town, comm, org, ?, why FROM due WHERE rid = ? AND rule = 'case.first' AND owner < 900000",
			    ARGS(VI(1000 + i), VI(c->now + MS_HOUR), VI(900000 + i), VI(k->id)), NULL));
	return OK;
}

/* More than a batch that end at one moment: each is told. */
TEST(reminded_of_each_of_many_that_end_together)
{
	struct bk v;
	struct ctx c;
	int64_t told = 0;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	p->altered = true;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, many_of_one_time, get(p, "case", v.kase)));
	ctx_at(p, &c, &actor_system);
	NEED_OK(due_remind(&c));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(db_int(c.db, c.f, "SELECT CAST(COUNT(*) AS INTEGER) FROM due WHERE owner >= 900000 AND reminded = 1", NOARGS, &told, NULL));
	CHECK_INT(told, 450);
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct bk v;
	struct done d;
	bk_open(&v, "M01");
	struct city *p = &v.city;
	NEED_OK(book(&v, v.kase, "2026-11-25 10:00", "60", v.room, "both", "", &d));
	walk(p, "booking", d.id, "booked move: lead\n" "booked held: lead\n" "booked cancel: lead\n");
	NEED_OK(SLIP(TOWNW, "2026-11-28", &d));
	walk(p, "supervision", d.id, "asked answer: lead mediator\n" "asked drop: city town\n" "answered accept: city town\n" "answered again: city town\n" "answered drop: city town\n");
	city_close(p);
}
