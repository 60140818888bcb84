/* Workload and quality: what closing early, handing on or beginning anew does to the figures (nothing good), who sees whose, and small figures. */
#include "river.h"
#include "report/month.h"
#include "report/work.h"

struct wk { struct city city; int64_t mei, rosa, studio; };
enum { ROSA = 41, LIN = 42, OTTO = 43 };
#define ROSAW who(ROLE_MEDIATOR, COMM, ROSA, p->studio)
#define LINW who(ROLE_MEDIATOR, COMM, LIN, p->studio)
#define LEADERW who(ROLE_LEADER, CITY, OTTO, p->fed)

static int64_t mediator(struct city *p, int64_t staff, int64_t studio)
{
	struct done d;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "mediator", .verb = "create", .area = STR(COMM), .org = p->studio,
		INPUTS(IN("staff", num(p, staff)), IN("studio", num(p, studio)), IN("capacity", "60")) }, &d));
	return d.id;
}

static void wk_open(struct wk *v)
{
	struct city *p = &v->city;
	struct done d;
	city_fast = true;
	city_open(p);
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "studio", .verb = "create", .area = STR(COMM), .org = p->studio, INPUTS(IN("name", "阿姨工作室"), IN("head", num(p, LIN))) }, &d));
	v->studio = d.id;
	v->mei = mediator(p, MEI, d.id);
	v->rosa = mediator(p, ROSA, d.id);
}

static enum err figures(struct city *p, struct actor w, struct work_ask q, struct work *ret)
{
	struct ctx c;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	q.year = q.year ? q.year : 2026;
	q.month = q.month ? q.month : 11;
	return work_make(&c, &q, ret);
}
#define YEAR(w, r) figures(p, w, (struct work_ask){ .span = SPAN_YEAR, .people = true, .whole = true }, r)

static const struct work_line *of(const struct work *w, int64_t id)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].id == id)
			return &w->v[i];
	return NULL;
}
static int64_t fig(const struct work *w, int64_t id, enum work_fig f) { return of(w, id) ? of(w, id)->n[f] : -1; }
static void after(struct city *p, int days) { p->now += days * MS_DAY; }

static void shut(struct city *p, int64_t id)
{
	struct seen s = kids(p, "visit", id);
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned"))
			NEED_OK(DO(MEIW, "visit", "skip", s.r[i]->id, IN("note", "试")));
	NEED_OK(DO0(MEIW, "case", "close", id));
}
static int64_t closed_case(struct city *p, const char *kind, bool settled)
{
	int64_t id = new_case(p, kind, "yellow");
	take(p, id);
	if (settled)
		settle(p, id);
	else
		NEED_OK(DO(MEIW, "case", "fail", id, IN("outcome", "failed"), IN("note", "谈不拢")));
	shut(p, id);
	return id;
}

TEST(what_was_closed_counts_as_held_only_after_ninety_days)
{
	struct wk v;
	struct work w;
	wk_open(&v);
	struct city *p = &v.city;
	int64_t a = closed_case(p, "M01", true), b = closed_case(p, "M01", true);
	(void)closed_case(p, "M01", false);
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_TAKEN), 3);
	CHECK_INT(fig(&w, MEI, WF_CLOSED), 3);
	CHECK_INT(fig(&w, MEI, WF_SETTLED), 2);
	CHECK_INT(fig(&w, MEI, WF_FAILED), 1);
	CHECK_INT(fig(&w, MEI, WF_TAKEN_OK), 2);
	/* Closed today: neither success nor failure yet. */
	CHECK_INT(fig(&w, MEI, WF_WAIT), 3);
	CHECK_INT(fig(&w, MEI, WF_RIPE), 0);
	CHECK_INT(fig(&w, MEI, WF_HELD), 0);
	/* On the 90th day opened again: against her who closed it, whoever has it then. */
	after(p, 90);
	NEED_OK(DO(MEIW, "case", "reopen", a, IN("note", "又吵起来")));
	NEED_OK(DO(who(ROLE_COMMUNITY, COMM, CARLA, p->studio), "case", "reassign", a, IN("owner", num(p, ROSA))));
	after(p, 1);
	NEED_OK(DO(MEIW, "case", "reopen", b, IN("note", "又吵起来")));
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_BACK), 1);      /* b: one day too late to count */
	CHECK_INT(fig(&w, MEI, WF_ANEW), 0);
	CHECK_INT(fig(&w, MEI, WF_RIPE), 3);
	CHECK_INT(fig(&w, MEI, WF_HELD), 1);
	CHECK_INT(fig(&w, MEI, WF_WAIT), 0);
	CHECK_INT(fig(&w, MEI, WF_TAKEN_OK), 1);
	CHECK_INT(fig(&w, MEI, WF_CLOSED), 3);
	/* Next year: what was reopened is work taken on; she handed one on, ROSA got it. */
	NEED_OK(figures(p, TOWNW, (struct work_ask){ .span = SPAN_YEAR, .year = 2027, .people = true, .whole = true }, &w));
	CHECK_INT(fig(&w, MEI, WF_TAKEN), 2);
	CHECK_INT(fig(&w, MEI, WF_GAVE), 1);
	CHECK_INT(fig(&w, MEI, WF_OPEN), 1);
	CHECK_INT(fig(&w, ROSA, WF_GOT), 1);
	CHECK_INT(fig(&w, ROSA, WF_OPEN), 1);
	CHECK_INT(fig(&w, ROSA, WF_BACK), 0);
	city_close(p);
}

TEST(a_new_case_of_the_same_people_is_the_old_one_opened_again)
{
	struct wk v;
	struct work w;
	wk_open(&v);
	struct city *p = &v.city;
	int64_t a = new_case(p, "M01", "yellow"), b = new_case(p, "M01", "yellow");
	NEED_OK(ADD(TOWNW, "party", a, NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000009")));
	NEED_OK(ADD(TOWNW, "party", b, NULL, IN("side", "a"), IN("name", "赵丽"), IN("phone", "13800000010")));
	NEED_OK(ADD(TOWNW, "party", b, NULL, IN("side", "b"), IN("name", "钱刚")));
	take(p, a);
	take(p, b);
	settle(p, a);
	settle(p, b);
	shut(p, a);
	shut(p, b);
	after(p, 60);
	/* Another kind of dispute with one of the two alone is another matter. */
	int64_t n = new_case(p, "M08", "yellow");
	NEED_OK(ADD(TOWNW, "party", n, NULL, IN("side", "a"), IN("phone", "13800000009"), IN("name", "张某甲")));
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_BACK), 0);
	int64_t m = new_case(p, "M01", "yellow");
	NEED_OK(ADD(TOWNW, "party", m, NULL, IN("side", "a"), IN("phone", "13800000009"), IN("name", "张某甲")));
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_BACK), 1);
	CHECK_INT(fig(&w, MEI, WF_ANEW), 1);
	/* By both names, without a number; and in another kind. A name that says it is unknown makes nobody the same. */
	int64_t o = new_case(p, "M05", "yellow");
	NEED_OK(ADD(TOWNW, "party", o, NULL, IN("side", "a"), IN("name", "赵丽")));
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_BACK), 1);
	NEED_OK(ADD(TOWNW, "party", o, NULL, IN("side", "b"), IN("name", "钱刚")));
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_ANEW), 2);
	/* Nothing of a party is in the table. */
	CHECK_INT(fig(&w, MEI, WF_SETTLED), 2);
	city_close(p);
}

TEST(begun_anew_before_the_closing_is_no_way_round_it)
{
	struct wk v;
	struct work w;
	wk_open(&v);
	struct city *p = &v.city;
	int64_t a = new_case(p, "M01", "yellow");
	NEED_OK(ADD(TOWNW, "party", a, NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000009")));
	take(p, a);
	after(p, 1);
	int64_t b = new_case(p, "M01", "yellow");
	NEED_OK(ADD(TOWNW, "party", b, NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000009")));
	settle(p, a);
	shut(p, a);
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_BACK), 1);
	CHECK_INT(fig(&w, MEI, WF_ANEW), 1);
	city_close(p);
}

TEST(each_sees_her_own_the_head_her_studio_the_federation_its_area)
{
	struct wk v;
	struct work w;
	wk_open(&v);
	struct city *p = &v.city;
	(void)closed_case(p, "M01", true);
	NEED_OK(YEAR(MEIW, &w));
	CHECK_INT(w.n, 1);
	CHECK_INT(fig(&w, MEI, WF_CLOSED), 1);
	NEED_OK(YEAR(ROSAW, &w));
	CHECK(of(&w, MEI) == NULL);
	CHECK_INT(w.total.n[WF_CLOSED], 0);
	CHECK_ERR(figures(p, ROSAW, (struct work_ask){ .span = SPAN_YEAR, .staff = MEI, .whole = true }, &w), ERR_DENIED);
	CHECK_ERR(figures(p, ROSAW, (struct work_ask){ .span = SPAN_YEAR, .studio = v.studio, .whole = true }, &w), ERR_DENIED);
	NEED_OK(figures(p, LINW, (struct work_ask){ .span = SPAN_YEAR, .studio = v.studio, .whole = true }, &w));
	CHECK_INT(fig(&w, MEI, WF_CLOSED), 1);
	NEED_OK(figures(p, LINW, (struct work_ask){ .span = SPAN_YEAR, .staff = MEI, .whole = true }, &w));
	CHECK_INT(fig(&w, MEI, WF_CLOSED), 1);
	NEED_OK(figures(p, TOWNW, (struct work_ask){ .span = SPAN_YEAR, .whole = true }, &w));
	CHECK_INT(fig(&w, v.studio, WF_CLOSED), 1);
	/* The neighbouring town. */
	NEED_OK(YEAR(who(ROLE_TOWN, "320582101", 31, p->town), &w));
	CHECK_INT(w.n, 0);
	CHECK_ERR(figures(p, who(ROLE_TOWN, "320582101", 31, p->town), (struct work_ask){ .span = SPAN_YEAR, .staff = MEI, .whole = true }, &w), ERR_DENIED);
	/* A leader: by studio, without small figures, never a person. */
	NEED_OK(figures(p, LEADERW, (struct work_ask){ .span = SPAN_YEAR, .people = true, .whole = true }, &w));
	CHECK(!w.by_staff && w.small && !w.inside);
	CHECK_INT(of(&w, v.studio)->hide[WF_CLOSED], HIDE_SMALL);
	CHECK_INT(w.total.hide[WF_CLOSED], HIDE_SMALL);
	CHECK_ERR(figures(p, LEADERW, (struct work_ask){ .span = SPAN_YEAR, .studio = v.studio }, &w), ERR_DENIED);
	/* And a file, unless it is asked for as her own. */
	NEED_OK(figures(p, TOWNW, (struct work_ask){ .span = SPAN_YEAR }, &w));
	CHECK(w.small);
	city_close(p);
}

TEST(a_case_that_is_shut_to_her_is_in_none_of_her_figures)
{
	struct wk v;
	struct work w;
	wk_open(&v);
	struct city *p = &v.city;
	int64_t a = new_case(p, "M01", "yellow");
	NEED_OK(ADD(TOWNW, "party", a, NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000009")));
	take(p, a);
	NEED_OK(ADD(LINW, "kin", LIN, NULL, IN("relation", "sibling"), IN("phone", "13800000009")));
	NEED_OK(figures(p, LINW, (struct work_ask){ .span = SPAN_YEAR, .studio = v.studio, .whole = true }, &w));
	CHECK_INT(w.total.n[WF_OPEN], 0);
	CHECK_INT(w.total.n[WF_TAKEN], 0);
	NEED_OK(figures(p, TOWNW, (struct work_ask){ .span = SPAN_YEAR, .studio = v.studio, .whole = true }, &w));
	CHECK_INT(w.total.n[WF_OPEN], 1);
	CHECK_INT(w.total.n[WF_TAKEN], 1);
	city_close(p);
}

TEST(visits_duties_and_terms_are_counted_when_their_day_is_over)
{
	struct wk v;
	struct work w;
	wk_open(&v);
	struct city *p = &v.city;
	int64_t a = new_case(p, "M01", "yellow");
	take(p, a);
	settle(p, a);
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_VISIT), 0);
	struct seen s = kids(p, "visit", a);
	NEED(s.n == 3);
	after(p, 5);
	NEED_OK(DO(MEIW, "visit", "visit", s.r[0]->id, IN("result", "calm"), IN("way", "home"), IN("satisfaction", "good"), IN("safe_now", "yes"), IN("text", "好")));
	after(p, 30);
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_VISIT), 2);
	CHECK_INT(fig(&w, MEI, WF_VISIT_TIMELY), 1);
	CHECK_INT(fig(&w, MEI, WF_ANSWERS), 1);
	CHECK_INT(fig(&w, MEI, WF_SATISFIED), 1);
	CHECK_INT(fig(&w, MEI, WF_LATE), 1);
	NEED_OK(DO(MEIW, "visit", "visit", s.r[1]->id, IN("result", "relapse"), IN("way", "home"), IN("satisfaction", "bad"), IN("safe_now", "yes"), IN("text", "又吵")));
	NEED_OK(YEAR(TOWNW, &w));
	CHECK_INT(fig(&w, MEI, WF_RELAPSE), 1);
	CHECK_INT(fig(&w, MEI, WF_SATISFIED), 1);
	CHECK_INT(fig(&w, MEI, WF_ANSWERS), 2);
	city_close(p);
}

/* Calls in the cooling-off period, by who counsels; the couple's own days are not hers to keep, and what fell away is not due. */
TEST(counselling_in_time_of_what_was_due)
{
	struct wk v;
	struct work w;
	struct done d;
	wk_open(&v);
	struct city *p = &v.city;
	const struct actor clerk = who(ROLE_LIAISON, CITY, 36, p->civil), rose = who(ROLE_MEDIATOR, CITY, MEI, p->civil);
	int64_t id[3];
	for (int i = 0; i < 3; i++) {
		NEED_OK(ADD(clerk, "counsel", 0, &d, IN("place", "registry"), IN("intent", "applying"), IN("a_name", "张某甲"), IN("b_name", "李某乙"), IN("screen_a", "no"), IN("screen_b", "no"), IN("apart", "1"), IN("owner", num(p, MEI))));
		id[i] = d.id;
		NEED_OK(DO(rose, "counsel", "edit", d.id, IN("a_consent", "1"), IN("a_safe", "yes")));
		NEED_OK(DO(rose, "counsel", "apply", d.id, IN("applied_on", "2026-11-24")));
	}
	NEED_OK(YEAR(CITYW, &w));
	CHECK_INT(fig(&w, MEI, WF_COUNSEL), -1);
#define CALL(k) ADD(rose, "talk", id[k], NULL, IN("form", "contact"), IN("present", "a"), IN("held", arena_cstr(p->a, datetime_str(p->a, p->now - MS_HOUR))), IN("minutes", "10"), IN("text", "平静"))
	after(p, 5);
	NEED_OK(CALL(0));
	/* In time; a week late; the third withdrew before day 7 was over. */
	NEED_OK(DO(rose, "counsel", "withdraw", id[2], IN("done_on", "2026-11-28"), IN("withdrew", "a"), IN("result", "reconciled")));
	after(p, 9);
	NEED_OK(YEAR(CITYW, &w));
	CHECK_INT(fig(&w, MEI, WF_COUNSEL), 2);
	CHECK_INT(fig(&w, MEI, WF_COUNSEL_TIMELY), 1);
	NEED_OK(CALL(1));
	NEED_OK(YEAR(CITYW, &w));
	CHECK_INT(fig(&w, MEI, WF_COUNSEL), 2);
	CHECK_INT(fig(&w, MEI, WF_COUNSEL_TIMELY), 1);
	city_close(p);
}

TEST(the_hard_case_is_held_against_hard_cases)
{
	struct wk v;
	struct work w;
	struct table *t;
	struct ctx c;
	wk_open(&v);
	struct city *p = &v.city;
	for (int i = 0; i < 6; i++) {
		(void)closed_case(p, "M01", true);
		(void)closed_case(p, "M16", i == 0);
	}
	NEED_OK(YEAR(TOWNW, &w));
	/* 6 of 6 and 1 of 6, half of each: what the area reaches with such a mix is 7 of 12. */
	CHECK(of(&w, MEI)->like > 0.583 && of(&w, MEI)->like < 0.584);
	CHECK_INT(w.nkind, 2);
	CHECK_INT(w.kind[0].closed, 6);
	CHECK_INT(w.grade[2].closed, 12);
	CHECK(of(&w, MEI)->med[1] >= 0);
	ctx_at(p, &c, &actor_system);
	NEED_OK(work_tables(&c, &w, &t));
	CHECK_INT(t[1].cells[1 * t[1].ncols + 1].t, CELL_PERCENT);
	CHECK(t[0].nnotes >= 9);
	city_close(p);
}
