/* Orders of family-education guidance: who may order which, terms, service, plan, lessons and who came, the middle and the end, who does not obey,
 * reconsideration of the court's once in five days; papers without where the child is; each state by each verb by each post. */
#include "paper.h"

#define POLW who(ROLE_LIAISON, CITY, POL, p->police)
#define COURTW who(ROLE_LIAISON, CITY, 33, p->court)
struct guid { struct city city; int64_t kase, child, father, id, proc; };

static enum err ask(struct guid *g, const char *kind, int64_t office, const char *prior, struct done *d)
{
	struct city *p = &g->city;
	return ADD(MEIW, "guidance", g->kase, d, IN("child", num(p, g->child)), IN("guardian", num(p, g->father)), IN("kind", kind), IN("office", num(p, office)), IN("grounds", "upbringing"),
		IN("facts", "多次打骂孩子，不让上学。"), IN("prior", prior));
}

static void guid_open(struct guid *g, const char *kind, bool court)
{
	struct city *p = &g->city;
	struct done d;
	city_fast = true;
	city_open(p);
	p->now = civil_ms((struct civil){ 2026, 2, 13, 9, 0, 0 });
	g->proc = unit(p, CITY, "procuratorate");
	g->kase = new_case(p, "M14", "yellow");
	take(p, g->kase);
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "child"), IN("name", "张小某"), IN("birth", "2016-05-01"), IN("address", "向阳路918号二楼东"), IN("protected_person", "1")));
	g->child = d.id;
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "b"), IN("name", "张某乙"), IN("idno", "990582198001010014"), IN("address", "锦丰镇花园浜一村20号")));
	g->father = d.id;
	NEED_OK(ask(g, kind, court ? p->court : p->police, "1", &d));
	g->id = d.id;
}
static enum err issue(struct guid *g, struct actor w, const char *until)
{
	struct city *p = &g->city;
	return DO(w, "guidance", "issue", g->id, IN("issued_on", "2026-02-13"), IN("until", until), IN("hours", "3"), IN("content", "参加家庭教育指导，停止打骂。"), IN("officer", "王警官、赵警官"));
}
static enum err serve(struct guid *g, struct actor w) { struct city *p = &g->city; return DO(w, "guidance", "serve", g->id, IN("served_at", "2026-02-13 09:00")); }
static enum err plan(struct guid *g) { struct city *p = &g->city; return DO(MEIW, "guidance", "plan", g->id, IN("agency", num(p, p->town)), IN("plan", "每月两次，共三学时。")); }
static enum err lesson(struct guid *g, const char *at, struct done *d)
{
	struct city *p = &g->city;
	return ADD(MEIW, "lesson", g->kase, d, IN("guidance", num(p, g->id)), IN("at", at), IN("minutes", "90"), IN("way", "single"), IN("topic", "不打骂的管教"));
}
static void to(struct guid *g, int month, int day, int hour) { g->city.now = civil_ms((struct civil){ 2026, month, day, hour, 0, 0 }); }

TEST(who_may_order_which)
{
	struct guid g;
	struct done d;
	guid_open(&g, "order", false);
	struct city *p = &g.city;
	const struct { const char *kind; int64_t office; const char *prior; enum err e; } v[] = {
		{ "order", p->police, "0", OK }, { "order", p->court, "0", OK }, { "order", g.proc, "0", OK }, { "order", p->civil, "0", ERR_INVALID }, { "order", p->town, "0", ERR_INVALID },
		{ "ruling", p->court, "1", OK }, { "ruling", p->court, "0", ERR_INVALID }, { "ruling", p->police, "1", ERR_INVALID }, { "ruling", g.proc, "1", ERR_INVALID },
		{ "urge", g.proc, "0", OK }, { "urge", p->police, "0", ERR_INVALID }, { "urge", p->court, "0", ERR_INVALID },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		CHECK_ERR(ask(&g, v[i].kind, v[i].office, v[i].prior, &d), v[i].e);
	/* About a child, to somebody grown. */
	CHECK_ERR(ADD(MEIW, "guidance", g.kase, &d, IN("child", num(p, g.father)), IN("guardian", num(p, g.father)), IN("kind", "order"), IN("office", num(p, p->police)), IN("grounds", "upbringing"), IN("facts", "x")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "guidance", g.kase, &d, IN("child", num(p, g.child)), IN("guardian", num(p, g.child)), IN("kind", "order"), IN("office", num(p, p->police)), IN("grounds", "upbringing"), IN("facts", "x")), ERR_INVALID);
	/* Another office than the one that was asked does not even know of it. */
	CHECK_ERR(issue(&g, COURTW, "2026-08-13"), ERR_NOT_FOUND);
	city_close(p);
}

TEST(terms_over_spring_festival)
{
	struct guid g;
	guid_open(&g, "order", false);
	struct city *p = &g.city;
	/* Five working days from Friday the 13th: the 14th is worked, then the 24th, 25th, 26th, 27th. */
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.decide")->due, civil_ms((struct civil){ 2026, 2, 28, 0, 0, 0 }));
	CHECK_ERR(issue(&g, POLW, "2026-08-17"), ERR_INVALID);
	CHECK_ERR(issue(&g, POLW, "2026-02-13"), ERR_INVALID);
	NEED_OK(issue(&g, POLW, "2026-08-13"));
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.decide")->state, DUE_MET);
	/* Three days end on the 16th, in the festival: the 24th. */
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.serve")->due, civil_ms((struct civil){ 2026, 2, 25, 0, 0, 0 }));
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.end")->due, civil_ms((struct civil){ 2026, 8, 14, 0, 0, 0 }));
	CHECK_ERR(DO(POLW, "guidance", "serve", g.id, IN("served_at", "2026-02-13 09:00"), IN("refused", "1")), ERR_INVALID);
	NEED_OK(serve(&g, POLW));
	NEED_OK(plan(&g));
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.plan")->state, DUE_MET);
	/* Ninety days end on the 14th of May. */
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.middle")->due, civil_ms((struct civil){ 2026, 5, 15, 0, 0, 0 }));
	/* Longer: later, never past another half year, and before it is over. */
	CHECK_ERR(DO(POLW, "guidance", "extend", g.id, IN("until", "2026-08-01"), IN("extend_reason", "x")), ERR_INVALID);
	CHECK_ERR(DO(POLW, "guidance", "extend", g.id, IN("until", "2027-02-14"), IN("extend_reason", "x")), ERR_INVALID);
	NEED_OK(DO(POLW, "guidance", "extend", g.id, IN("until", "2026-11-13"), IN("extend_reason", "改善不明显")));
	CHECK_ERR(DO(POLW, "guidance", "extend", g.id, IN("until", "2027-02-14"), IN("extend_reason", "x")), ERR_INVALID);
	struct due *d = clock_of(p, "guidance", g.id, "guidance.end");
	CHECK_INT(d->due, civil_ms((struct civil){ 2026, 11, 14, 0, 0, 0 }));
	CHECK_INT(d->first_due, civil_ms((struct civil){ 2026, 8, 14, 0, 0, 0 }));
	to(&g, 11, 14, 9);
	CHECK_ERR(DO(POLW, "guidance", "extend", g.id, IN("until", "2026-12-13"), IN("extend_reason", "x")), ERR_STATE);
	city_close(p);
}

TEST(lessons_attended_and_met)
{
	struct guid g;
	struct done a, b, x, far;
	guid_open(&g, "order", false);
	struct city *p = &g.city;
	CHECK_ERR(lesson(&g, "2026-03-02 14:00", &a), ERR_STATE);
	NEED_OK(issue(&g, POLW, "2026-08-13"));
	NEED_OK(serve(&g, POLW));
	NEED_OK(plan(&g));
	CHECK_ERR(lesson(&g, "2026-02-12 14:00", &a), ERR_INVALID);
	CHECK_ERR(lesson(&g, "2026-08-14 09:00", &a), ERR_INVALID);
	NEED_OK(lesson(&g, "2026-03-02 14:00", &a));
	NEED_OK(lesson(&g, "2026-03-09 14:00", &b));
	NEED_OK(lesson(&g, "2026-03-16 14:00", &x));
	NEED_OK(lesson(&g, "2026-07-01 14:00", &far));
	CHECK_INT(clock_of(p, "lesson", a.id, "lesson.hold")->due, civil_ms((struct civil){ 2026, 3, 3, 15, 30, 0 }));
	CHECK_ERR(DO(POLW, "lesson", "held", a.id, IN("attended", "full"), IN("attitude", "willing"), IN("minutes", "90"), IN("text", "谈了")), ERR_STATE);
	to(&g, 3, 2, 16);
	CHECK_ERR(DO(POLW, "lesson", "held", a.id, IN("attended", "absent"), IN("attitude", "willing"), IN("minutes", "90"), IN("text", "谈了")), ERR_INVALID);
	NEED_OK(DO(POLW, "lesson", "held", a.id, IN("attended", "full"), IN("attitude", "willing"), IN("minutes", "90"), IN("text", "谈了")));
	CHECK_INT(clock_of(p, "lesson", a.id, "lesson.hold")->state, DUE_MET);
	/* An hour and a half is not three hours. */
	CHECK_ERR(DO(MEIW, "guidance", "finish", g.id, IN("result", "met"), IN("final_text", "达标")), ERR_INVALID);
	to(&g, 3, 9, 16);
	CHECK_ERR(DO(MEIW, "lesson", "missed", b.id, IN("attended", "late"), IN("note", "x")), ERR_INVALID);
	NEED_OK(DO(MEIW, "lesson", "missed", b.id, IN("attended", "excused"), IN("note", "住院")));
	CHECK_INT(rec_int(get(p, "guidance", g.id), "missed"), 0);
	to(&g, 3, 16, 16);
	NEED_OK(DO(MEIW, "lesson", "held", x.id, IN("attended", "late"), IN("attitude", "passive"), IN("minutes", "90"), IN("text", "谈了")));
	struct rec *r = get(p, "guidance", g.id);
	CHECK_INT(rec_int(r, "held"), 2);
	CHECK_INT(rec_int(r, "minutes"), 180);
	NEED_OK(DO(MEIW, "guidance", "assess", g.id, IN("middle", "good"), IN("middle_text", "不再打骂")));
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.middle")->state, DUE_MET);
	NEED_OK(DO(MEIW, "guidance", "finish", g.id, IN("result", "met"), IN("final_text", "达标")));
	CHECK_STR(get(p, "lesson", far.id)->state, "cancelled");
	struct seen v = kids(p, "visit", g.kase);
	NEED(v.n == 2);
	CHECK_INT(rec_int(v.r[0], "party"), g.child);
	CHECK_INT(clock_of(p, "visit", v.r[0]->id, "guidance.visit30")->due, civil_ms((struct civil){ 2026, 4, 16, 0, 0, 0 }));
	city_close(p);
}

TEST(not_obeyed)
{
	struct guid g;
	struct done d;
	guid_open(&g, "order", false);
	struct city *p = &g.city;
	NEED_OK(issue(&g, POLW, "2026-08-13"));
	NEED_OK(serve(&g, POLW));
	NEED_OK(plan(&g));
	for (int i = 0; i < 2; i++) {
		NEED_OK(lesson(&g, i ? "2026-03-09 14:00" : "2026-03-02 14:00", &d));
		to(&g, 3, i ? 9 : 2, 16);
		struct ctx c;
		struct actor pol = POLW;
		ctx_at(p, &c, &pol);
		NEED_OK(ctx_read(&c));
		int64_t before, after;
		NEED_OK(notice_count(&c, 100, &before));
		NEED_OK(DO(MEIW, "lesson", "missed", d.id, IN("attended", "absent"), IN("note", "电话不接")));
		ctx_at(p, &c, &pol);
		NEED_OK(ctx_read(&c));
		NEED_OK(notice_count(&c, 100, &after));
		CHECK_INT(after - before, i);
	}
	NEED_OK(DO(MEIW, "guidance", "disobey", g.id, IN("breach_on", "2026-03-09"), IN("breach_note", "两次无故缺席")));
	/* Three working days from Monday the 9th. */
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.handle")->due, civil_ms((struct civil){ 2026, 3, 13, 0, 0, 0 }));
	CHECK_ERR(DO(MEIW, "guidance", "finish", g.id, IN("result", "fail"), IN("final_text", "x")), ERR_STATE);
	CHECK_ERR(DO(MEIW, "guidance", "handle", g.id, IN("handled", "warn"), IN("note", "x")), ERR_DENIED);
	NEED_OK(DO(MEIW, "case", "fail", g.kase, IN("outcome", "failed"), IN("note", "x")));
	CHECK_ERR(DO0(MEIW, "case", "close", g.kase), ERR_STATE);
	NEED_OK(DO(POLW, "guidance", "handle", g.id, IN("handled", "warn,resume"), IN("note", "训诫后愿意继续")));
	CHECK_STR(get(p, "guidance", g.id)->state, "running");
	CHECK_INT(rec_int(get(p, "guidance", g.id), "breaches"), 1);
	NEED_OK(DO(POLW, "guidance", "revoke", g.id, IN("note", "迁居外地")));
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.end")->state, DUE_CANCELLED);
	city_close(p);
}

TEST(the_court_is_asked_again_once)
{
	struct guid g;
	guid_open(&g, "ruling", true);
	struct city *p = &g.city;
	NEED_OK(issue(&g, COURTW, "2026-08-13"));
	NEED_OK(serve(&g, COURTW));
	/* Five days from the 13th end on the 18th, in the festival: the 24th. */
	CHECK_INT(clock_of(p, "guidance", g.id, "guidance.review")->due, civil_ms((struct civil){ 2026, 2, 25, 0, 0, 0 }));
	CHECK_ERR(DO(COURTW, "guidance", "reply", g.id, IN("objection", "kept"), IN("note", "x")), ERR_STATE);
	to(&g, 2, 25, 9);
	CHECK_ERR(DO(COURTW, "guidance", "object", g.id, IN("objected_on", "2026-02-25")), ERR_INVALID);
	NEED_OK(DO(COURTW, "guidance", "object", g.id, IN("objected_on", "2026-02-24")));
	CHECK_ERR(DO(COURTW, "guidance", "object", g.id, IN("objected_on", "2026-02-24")), ERR_STATE);
	/* It goes on meanwhile. */
	NEED_OK(plan(&g));
	NEED_OK(DO(COURTW, "guidance", "reply", g.id, IN("objection", "revoked"), IN("note", "理由成立")));
	CHECK_STR(get(p, "guidance", g.id)->state, "revoked");
	city_close(p);
	struct guid h;
	guid_open(&h, "order", false);
	p = &h.city;
	NEED_OK(issue(&h, POLW, "2026-08-13"));
	NEED_OK(serve(&h, POLW));
	CHECK_ERR(DO(POLW, "guidance", "object", h.id, IN("objected_on", "2026-02-13")), ERR_STATE);
	city_close(p);
}

/* The parent reads it: who, why, until when; never where the child is. The other side, the parent included, opens no record. */
TEST(its_papers)
{
	struct guid g;
	struct done d;
	struct document doc;
	enum sight s;
	guid_open(&g, "order", false);
	struct city *p = &g.city;
	CHECK_ERR(paper_for(p, POLW, "guidance", "order", g.id, &doc), ERR_STATE);
	NEED_OK(issue(&g, POLW, "2026-08-13"));
	NEED_OK(paper_for(p, POLW, "guidance", "order", g.id, &doc));
	CHECK(paper_says(&doc, "责令接受家庭教育指导令") && paper_says(&doc, "张某乙") && paper_says(&doc, "张小某") && paper_says(&doc, "第四十九条") && paper_says(&doc, "2026年8月13日") && paper_says(&doc, "不少于3学时"));
	CHECK(!paper_says(&doc, "918") && !paper_says(&doc, "申请复议"));
	CHECK_ERR(paper_for(p, MEIW, "guidance", "order", g.id, &doc), ERR_DENIED);
	NEED_OK(serve(&g, POLW));
	NEED_OK(paper_for(p, POLW, "guidance", "receipt", g.id, &doc));
	CHECK(paper_says(&doc, "2026-02-13") && !paper_says(&doc, "918"));
	NEED_OK(plan(&g));
	NEED_OK(lesson(&g, "2026-03-02 14:00", &d));
	to(&g, 3, 2, 16);
	NEED_OK(DO(MEIW, "lesson", "held", d.id, IN("attended", "full"), IN("attitude", "willing"), IN("minutes", "90"), IN("text", "谈了")));
	NEED_OK(paper_for(p, MEIW, "guidance", "file", g.id, &doc));
	CHECK(paper_says(&doc, "不打骂的管教") && paper_says(&doc, "全程到课"));
	NEED_OK(paper_for(p, POLW, "guidance", "order", 0, &doc));
	CHECK(!paper_says(&doc, "张"));
	for (int i = 0; i < 2; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		w.kase = g.kase;
		snprintf(w.side, sizeof w.side, "%s", i ? "b" : "a");
		CHECK_ERR(peek(p, w, "guidance", g.id, &s), ERR_NOT_FOUND);
		CHECK_ERR(peek(p, w, "lesson", d.id, &s), ERR_NOT_FOUND);
	}
	/* Planted: the sheltered address among the facts. */
	NEED_OK(ask(&g, "order", p->police, "0", &d));
	NEED_OK(DO(MEIW, "guidance", "edit", d.id, IN("grounds", "upbringing"), IN("facts", "孩子现住向阳路918号二楼东。")));
	g.id = d.id;
	NEED_OK(DO(POLW, "guidance", "issue", g.id, IN("issued_on", "2026-03-02"), IN("until", "2026-08-13"), IN("hours", "3"), IN("content", "x"), IN("officer", "王警官")));
	CHECK_ERR(paper_for(p, POLW, "guidance", "order", g.id, &doc), ERR_STATE);
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct guid g;
	struct done d;
	guid_open(&g, "order", false);
	walk(&g.city, "guidance", g.id,
	     "asked edit: lead\n" "asked withdraw: lead\n" "asked issue: police\n" "asked decline: police\n"
	     "issued serve: police\n" "issued revoke: police\n"
	     "served plan: lead police\n" "served object: police\n" "served reply: police\n" "served disobey: lead police\n" "served revoke: police\n"
	     "running replan: lead police\n" "running assess: lead police\n" "running extend: police\n" "running object: police\n" "running reply: police\n" "running disobey: lead police\n"
	     "running finish: lead police\n" "running revoke: police\n"
	     "breached handle: police\n" "breached revoke: police\n");
	NEED_OK(issue(&g, who(ROLE_LIAISON, CITY, POL, g.city.police), "2026-08-13"));
	NEED_OK(serve(&g, who(ROLE_LIAISON, CITY, POL, g.city.police)));
	NEED_OK(plan(&g));
	NEED_OK(lesson(&g, "2026-03-02 14:00", &d));
	walk(&g.city, "lesson", d.id, "planned move: lead police\n" "planned held: lead police\n" "planned missed: lead police\n" "planned cancel: lead police\n");
	city_close(&g.city);
}
