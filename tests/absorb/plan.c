/* A morning's inbox given out at once: what is grave first and in no queue, nobody beyond her capacity or without the skill, each row carried out alone. */
#include "river.h"
#include "absorb/plan.h"

enum { ROSA = 41, LIN = 42 };

static int64_t mediator(struct city *p, int64_t staff, const char *skills, const char *capacity)
{
	struct done d;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "mediator", .verb = "create", .area = STR(COMM), .org = p->studio,
		INPUTS(IN("staff", num(p, staff)), IN("skills", skills), IN("capacity", capacity)) }, &d));
	return d.id;
}

static struct morning morning_of(struct city *p, struct actor w, int more, int extra)
{
	struct ctx c;
	struct morning ret;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_plan(&c, (struct plan_what){ more, extra }, &ret));
	return ret;
}

static const struct plan_row *row_of(const struct morning *pl, int64_t id)
{
	for (size_t i = 0; i < pl->n; i++)
		if (pl->v[i].r->id == id)
			return &pl->v[i];
	return NULL;
}

static int64_t staff_of(const struct plan_row *w) { return w && w->at >= 0 ? w->p[w->at].staff : 0; }

static enum err carry_out(struct city *p, struct actor w, struct plan_do *o)
{
	struct ctx c;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	return ctx_write(&c, absorb_plan_do, o);
}

static struct plan_do do_of(const struct plan_row *w)
{
	return (struct plan_do){ .clue = w->clue, .id = w->r->id, .version = w->r->version, .org = w->p[w->at].org, .staff = w->p[w->at].staff, .choice = STR("even") };
}

TEST(the_morning_as_a_whole)
{
	struct city here, *p = &here;
	city_fast = true;
	city_open(p);
	mediator(p, MEI, "marriage", "2");
	mediator(p, ROSA, "elderly", "1");
	mediator(p, LIN, "violence,law", "1");
	int64_t a = new_case(p, "M01", "yellow"), b = new_case(p, "M08", "yellow"), c = new_case(p, "M01", "yellow"), grave = new_case(p, "M03", "orange"), blue = new_case(p, "M01", "blue");
	struct morning pl = morning_of(p, TOWNW, 0, 0);
	NEED(pl.n == 5 && !pl.more);
	CHECK(pl.v[0].r->id == grave && pl.v[0].grave && staff_of(&pl.v[0]) == LIN);
	CHECK(staff_of(row_of(&pl, b)) == ROSA && staff_of(row_of(&pl, a)) == MEI && staff_of(row_of(&pl, c)) == MEI);
	/* Four hands for five: what is least grave waits, and it says why. */
	CHECK(row_of(&pl, blue)->at < 0 && row_of(&pl, blue)->wait == PLAN_FULL);
	CHECK(pl.sum.given == 4 && pl.sum.waiting == 1 && pl.sum.load == 4 && pl.sum.room == 4 && pl.sum.fullest == 100 && pl.sum.gini == 0);
	/* The same again; and what would be with one more, or with one more for each. */
	struct morning again = morning_of(p, TOWNW, 0, 0), more = morning_of(p, TOWNW, 1, 0), extra = morning_of(p, TOWNW, 0, 1);
	for (size_t i = 0; i < pl.n; i++)
		CHECK(again.v[i].r->id == pl.v[i].r->id && again.v[i].at == pl.v[i].at && more.v[i].at == pl.v[i].at && extra.v[i].at == pl.v[i].at);
	CHECK(more.then.waiting == 0 && more.sum.waiting == 1 && more.then.people == 4 && more.then.room == 12);
	CHECK(extra.then.waiting == 0 && extra.then.room == 7);
	city_close(p);
}

TEST(what_is_grave_is_in_no_queue)
{
	struct city here, *p = &here;
	city_open(p);
	mediator(p, MEI, "marriage", "60");
	int64_t first = new_case(p, "M03", "orange"), red = new_case(p, "M01", "red");
	struct morning pl = morning_of(p, TOWNW, 0, 0);
	NEED(pl.n == 2);
	CHECK(pl.v[0].r->id == red && pl.v[1].r->id == first && pl.v[1].grave);
	struct done hurt;
	NEED_OK(ADD(TOWNW, "case", 0, &hurt, IN("source", "visit"), IN("summary", "孩子身上有伤"), IN("kind", "M14"), IN("grade", "yellow"), IN("signals", "child")));
	struct morning child = morning_of(p, TOWNW, 0, 0);
	CHECK(row_of(&child, hurt.id)->grave);
	/* Nobody trained: nobody is proposed, and it says so. */
	CHECK(pl.v[1].at < 0 && pl.v[1].wait == PLAN_UNTRAINED && staff_of(&pl.v[0]) == MEI);
	CHECK(str_find(pl.v[1].p[0].why, STR("缺少本案须有的专长")) >= 0);
	/* One trained, with no hands free: she is proposed for the grave one all the same, and it says so. */
	mediator(p, LIN, "violence", "1");
	int64_t second = new_case(p, "M03", "orange");
	pl = morning_of(p, TOWNW, 0, 0);
	CHECK(staff_of(row_of(&pl, first)) == LIN && !row_of(&pl, first)->over && staff_of(row_of(&pl, second)) == LIN && row_of(&pl, second)->over);
	city_close(p);
}

TEST(each_row_is_carried_out_alone)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	mediator(p, MEI, "marriage", "5");
	mediator(p, ROSA, "marriage", "5");
	int64_t k = new_case(p, "M01", "yellow"), gone = new_case(p, "M01", "yellow");
	NEED_OK(ADD(TOWNW, "clue", 0, &d, IN("source", "police"), IN("text", "夫妻又争吵，邻居来反映")));
	NEED_OK(DO(TOWNW, "clue", "confirm", d.id, IN("family", "1"), IN("kind", "M01"), IN("grade", "yellow"), IN("note", "核实")));
	struct morning pl = morning_of(p, TOWNW, 0, 0);
	NEED(pl.n == 3);
	/* Even for even: not all to one. */
	CHECK(pl.sum.waiting == 0 && pl.sum.fullest == 40);
	struct plan_do mine = do_of(row_of(&pl, k)), lost = do_of(row_of(&pl, gone)), clue = do_of(row_of(&pl, d.id));
	NEED_OK(DO(TOWNW, "case", "dispatch", gone, IN("org", num(p, p->studio)), IN("owner", num(p, MEI)), IN("choice", "wish")));
	CHECK_ERR(carry_out(p, TOWNW, &lost), ERR_STALE);
	NEED_OK(carry_out(p, TOWNW, &mine));
	CHECK_INT(get(p, "case", k)->owner, mine.staff);
	CHECK_STR(get(p, "case", k)->state, "dispatched");
	/* A clue whose case cannot be given out is not opened either. */
	struct plan_do bad = clue;
	bad.staff = 12345;
	CHECK(carry_out(p, TOWNW, &bad) != OK);
	CHECK_STR(get(p, "clue", d.id)->state, "screened");
	NEED_OK(carry_out(p, TOWNW, &clue));
	struct rec *opened = get(p, "clue", d.id);
	CHECK_STR(opened->state, "opened");
	CHECK_INT(get(p, "case", rec_int(opened, "case_file"))->owner, clue.staff);
	/* Not hers: another town sees none of it and may do none of it. */
	int64_t other = new_case(p, "M01", "yellow");
	struct actor far = who(ROLE_TOWN, "320582101", 34, p->comm);
	pl = morning_of(p, far, 0, 0);
	CHECK_INT(pl.n, 0);
	struct plan_do theirs = { .id = other, .org = p->studio, .staff = MEI, .choice = STR("even") };
	CHECK_ERR(carry_out(p, far, &theirs), ERR_NOT_FOUND);
	city_close(p);
}

/* Whoever must keep away is in no plan, whatever the load. */
TEST(who_must_keep_away_is_in_no_plan)
{
	struct city here, *p = &here;
	city_open(p);
	mediator(p, MEI, "marriage", "1");
	mediator(p, ROSA, "marriage", "60");
	NEED_OK(ADD(who(ROLE_MEDIATOR, COMM, ROSA, p->studio), "kin", ROSA, NULL, IN("relation", "sibling"), IN("phone", "13800000009")));
	int64_t k[3];
	for (int i = 0; i < 3; i++) {
		k[i] = new_case(p, "M01", "yellow");
		NEED_OK(ADD(TOWNW, "party", k[i], NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", i == 1 ? "13800000010" : "13800000009")));
	}
	struct morning pl = morning_of(p, TOWNW, 0, 0);
	NEED(pl.n == 3);
	CHECK(staff_of(row_of(&pl, k[0])) != ROSA && staff_of(row_of(&pl, k[2])) != ROSA && staff_of(row_of(&pl, k[1])) == ROSA);
	CHECK_INT(pl.sum.waiting, 1);
	city_close(p);
}

TEST(nobody_of_the_unit_that_gave_it_back)
{
	struct city here, *p = &here;
	city_open(p);
	mediator(p, MEI, "marriage", "9");
	int64_t k = new_case(p, "M01", "yellow");
	NEED_OK(DO(TOWNW, "case", "dispatch", k, IN("org", num(p, p->studio)), IN("owner", num(p, MEI)), IN("choice", "wish")));
	NEED_OK(DO(MEIW, "case", "return", k, IN("return_reason", "unclear"), IN("note", "信息不全")));
	struct morning pl = morning_of(p, TOWNW, 0, 0);
	NEED(pl.n == 1);
	CHECK(pl.v[0].at < 0 && pl.v[0].n == 1);
	NEED_OK(run(p, actor_system, &(struct act){ .type = "mediator", .verb = "create", .area = STR(COMM), .org = p->comm, INPUTS(IN("staff", num(p, ROSA)), IN("skills", "elderly"), IN("capacity", "9")) }, NULL));
	pl = morning_of(p, TOWNW, 0, 0);
	CHECK_INT(staff_of(&pl.v[0]), ROSA);
	city_close(p);
}
