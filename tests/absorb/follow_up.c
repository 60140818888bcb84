/* Follow-up: the days of each kind of case, the list gone over, who is not to be called, who cannot be reached, who does not want it, what is back. */
#include "river.h"

static int64_t settled(struct city *p, const char *kind)
{
	int64_t id = new_case(p, kind, "yellow");
	take(p, id);
	settle(p, id);
	return id;
}
#define MADE IN("result", "calm"), IN("satisfaction", "good"), IN("safe_now", "yes"), IN("text", "平静")

TEST(each_kind_has_its_days)
{
	static const struct { const char *kind; int n; int64_t days[5]; } v[] = {
		{ "M01", 3, { 7, 30, 90 } }, { "M07", 4, { 7, 30, 60, 90 } }, { "M08", 3, { 30, 90, 180 } }, { "M12", 2, { 30, 90 } }, { "M10", 5, { 7, 30, 60, 90, 180 } },
	};
	struct city here, *p = &here;
	city_fast = true;
	city_open(p);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct seen s = kids(p, "visit", settled(p, v[i].kind));
		CHECK_INT(s.n, v[i].n);
		for (size_t k = 0; k < s.n; k++) {
			CHECK_INT(rec_int(s.r[k], "after"), v[i].days[k]);
			CHECK(rec_has(s.r[k], "due_on"));
			CHECK(clock_of(p, "visit", s.r[k]->id, arena_printf(p->a, "case.visit%lld", (long long)v[i].days[k])) != NULL);
		}
	}
	city_close(p);
}

TEST(only_what_this_kind_asks)
{
	struct city here, *p = &here;
	city_open(p);
	struct seen s = kids(p, "visit", settled(p, "M08"));
	CHECK_ERR(DO(MEIW, "visit", "visit", s.r[0]->id, MADE, IN("points", "weapon")), ERR_INVALID);
	NEED_OK(DO(MEIW, "visit", "visit", s.r[0]->id, MADE, IN("points", "perform,again,money,care")));
	struct ctx c;
	struct visit_point pt[20];
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	struct rec *r = get(p, "visit", s.r[0]->id);
	size_t n = absorb_visit_points(&c, r, get(p, "case", r->parent), pt, ARRAY_LEN(pt)), done = 0;
	for (size_t i = 0; i < n; i++)
		done += pt[i].done;
	CHECK_INT(n, 6);
	CHECK_INT(done, 4);
	city_close(p);
}

TEST(not_called_where_that_is_not_safe)
{
	static const struct { const char *safe; enum err e; } v[] = { { "no", ERR_INVALID }, { "unclear", ERR_INVALID }, { "yes", OK } };
	struct city here, *p = &here;
	city_open(p);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct done d;
		int64_t id = settled(p, "M01");
		NEED_OK(ADD(MEIW, "party", id, &d, IN("side", "a"), IN("name", "张某甲"), IN("safe_contact", v[i].safe)));
		struct seen s = kids(p, "visit", id);
		CHECK_ERR(DO(MEIW, "visit", "visit", s.r[0]->id, MADE, IN("way", "phone"), IN("party", num(p, d.id))), v[i].e);
	}
	city_close(p);
}

TEST(not_reached_three_times_somebody_goes)
{
	struct city here, *p = &here;
	city_open(p);
	struct seen s = kids(p, "visit", settled(p, "M01"));
	int64_t id = s.r[0]->id;
	for (int i = 0; i < 2; i++) {
		NEED_OK(DO(MEIW, "visit", "visit", id, IN("result", "unreachable"), IN("text", "无人接听")));
		CHECK_INT(rec_int(get(p, "visit", id), "in_person"), 0);
	}
	NEED_OK(DO(MEIW, "visit", "visit", id, IN("result", "unreachable"), IN("text", "无人接听")));
	struct rec *r = get(p, "visit", id);
	CHECK_INT(rec_int(r, "in_person"), 1);
	CHECK_STR(r->state, "planned");
	/* A dated task: an orange case by the second day after the 24th; the old clock is gone. */
	struct due *d = clock_of(p, "visit", id, "visit.inperson");
	CHECK_INT(d->state, DUE_RUNNING);
	CHECK_INT(rec_int(r, "due_on"), day_start(day_of(d->due - 1)));
	CHECK(rec_int(r, "due_on") > p->now && rec_int(r, "due_on") < p->now + 5 * MS_DAY);
	CHECK(clock_of(p, "visit", id, "case.visit7")->state != DUE_RUNNING);
	/* Once more in vain: the day stays. */
	int64_t day = rec_int(r, "due_on");
	p->now += MS_DAY;
	NEED_OK(DO(MEIW, "visit", "visit", id, IN("result", "unreachable"), IN("way", "home"), IN("text", "家中无人")));
	CHECK_INT(rec_int(get(p, "visit", id), "due_on"), day);
	NEED_OK(DO(MEIW, "visit", "visit", id, MADE, IN("way", "home")));
	CHECK_INT(clock_of(p, "visit", id, "visit.inperson")->state, DUE_MET);
	/* She could not speak: that is not "not reached". */
	for (int i = 0; i < 4; i++)
		NEED_OK(DO(MEIW, "visit", "visit", s.r[1]->id, IN("result", "unsafe"), IN("text", "对方在旁")));
	CHECK_INT(rec_int(get(p, "visit", s.r[1]->id), "in_person"), 0);
	city_close(p);
}

TEST(who_does_not_want_it_is_left_alone)
{
	struct city here, *p = &here;
	struct done a, b, va, vb;
	city_open(p);
	int64_t id = settled(p, "M01");
	NEED_OK(ADD(MEIW, "party", id, &a, IN("side", "a"), IN("name", "张某甲")));
	NEED_OK(ADD(MEIW, "party", id, &b, IN("side", "b"), IN("name", "李某乙")));
	NEED_OK(ADD(MEIW, "visit", id, &va, IN("due_on", "2026-12-10"), IN("party", num(p, a.id))));
	NEED_OK(ADD(MEIW, "visit", id, &vb, IN("due_on", "2026-12-10"), IN("party", num(p, b.id))));
	struct seen s = kids(p, "visit", id);
	NEED_OK(DO(MEIW, "visit", "visit", s.r[0]->id, IN("result", "refused"), IN("party", num(p, a.id)), IN("text", "不愿回访")));
	CHECK_STR(get(p, "visit", s.r[0]->id)->state, "refused");
	CHECK_STR(get(p, "visit", va.id)->state, "skipped");
	CHECK_STR(get(p, "visit", vb.id)->state, "planned");
	CHECK(clock_of(p, "visit", s.r[0]->id, "case.visit7")->state != DUE_RUNNING);
	CHECK_ERR(DO(MEIW, "visit", "visit", s.r[0]->id, MADE), ERR_STATE);
	/* Where there is violence a refusal is believed when it was said alone. */
	int64_t dv = new_case(p, "M03", "orange");
	take(p, dv);
	NEED_OK(ADD(MEIW, "visit", dv, &va, IN("due_on", "2026-12-10")));
	CHECK_ERR(DO(MEIW, "visit", "visit", va.id, IN("result", "refused"), IN("text", "不用来")), ERR_INVALID);
	NEED_OK(DO(MEIW, "visit", "visit", va.id, IN("result", "refused"), IN("alone", "1"), IN("text", "不用来")));
	city_close(p);
}

TEST(what_is_back_opens_the_case_again)
{
	static const struct { const char *result, *state, *grade; } v[] = { { "calm", "follow_up", "yellow" }, { "relapse", "accepted", "orange" }, { "worse", "accepted", "orange" }, { "violence", "accepted", "orange" } };
	struct city here, *p = &here;
	city_open(p);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		int64_t id = settled(p, "M01");
		struct seen s = kids(p, "visit", id);
		NEED_OK(DO(MEIW, "visit", "visit", s.r[0]->id, IN("result", v[i].result), IN("satisfaction", "fair"), IN("safe_now", i ? "unclear" : "yes"), IN("text", "见面谈了")));
		struct rec *k = get(p, "case", id);
		CHECK_STR(k->state, v[i].state);
		CHECK_STR(k->v[field_at(&case_type, "grade")].s, v[i].grade);
		CHECK_INT(rec_int(k, "rounds"), i ? 1 : 0);
		if (i)
			CHECK_INT(clock_of(p, "case", id, "case.finish")->state, DUE_RUNNING);
	}
	city_close(p);
}
