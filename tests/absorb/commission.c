/* What a court commissions: only a court, only its own; named by the federation, taken on in time or stepped back from; no mediation where violence is
 * flagged; a report in its form; the court takes it in or asks for more; what is withheld stands in the annex and nowhere else. */
#include "paper.h"

#define COURT who(ROLE_LIAISON, CITY, 33, p->court)
#define ELSE who(ROLE_LIAISON, CITY, 36, p->court + 1000)
#define TWO who(ROLE_MEDIATOR, COMM, 32, p->studio)
#define BASE IN("court_no", "（2026）苏0582民初1号"), IN("judge", "周法官"), IN("matter", "M07"), IN("first_name", "王某"), IN("second_name", "李某"), IN("items", "了解孩子随谁生活")
#define FULL IN("health", "良好"), IN("relations", "分居"), IN("economy", "稳定"), IN("housing", "自有"), IN("care", "外婆照料"), IN("assessment", "母亲照料为主"), IN("advice", "随母"), IN("summary", "小结甲")

static void at(struct city *p, const char *day) { NEED(date_parse(str_of(day), &p->now)); p->now += 10 * MS_HOUR; }
static int64_t day(const char *s) { int64_t v = 0; NEED(date_parse(str_of(s), &v)); return v; }
static int64_t last_day(struct city *p, int64_t id, const char *rule) { return day_start(day_of(clock_of(p, "commission", id, rule)->due - 1)); }

static void staffed(struct city *p)
{
	city_fast = true;
	city_open(p);
	const char *const role[] = { "mediator", "mediator" };
	const int64_t user[] = { MEI, 32 };
	for (size_t i = 0; i < ARRAY_LEN(user); i++)
		NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "edit", .id = user[i], INPUTS(IN("role", role[i])) }, NULL));
}
static int64_t asked(struct city *p, const char *kind, const char *stage)
{
	struct done d;
	NEED_OK(ADD(COURT, "commission", 0, &d, IN("kind", kind), IN("stage", stage), BASE));
	return d.id;
}
#define NAME(id) DO(CITYW, "commission", "appoint", id, IN("owner", num(p, MEI)), IN("second", num(p, 32)))
static int64_t working(struct city *p, const char *kind, const char *stage)
{
	int64_t id = asked(p, kind, stage);
	NEED_OK(NAME(id));
	NEED_OK(DO0(MEIW, "commission", "accept", id));
	return id;
}
static void visit(struct city *p, int64_t id)
{
	NEED_OK(DO(MEIW, "commission", "visit", id, IN("visit_at", "2026-11-24 08:30"), IN("visit_way", "home"), IN("visit_with", "王某"), IN("shown", "1"), IN("visit_note", "家中整洁")));
}

TEST(a_court_commissions_and_no_other)
{
	struct city here, *p = &here;
	staffed(p);
	CHECK_ERR(ADD(who(ROLE_LIAISON, CITY, POL, p->police), "commission", 0, NULL, IN("kind", "investigate"), IN("stage", "ordinary"), BASE), ERR_DENIED);
	CHECK_ERR(ADD(COURT, "commission", 0, NULL, IN("kind", "follow"), IN("stage", "ordinary"), BASE), ERR_INVALID);
	CHECK_ERR(ADD(COURT, "commission", 0, NULL, IN("kind", "investigate"), IN("stage", "judged"), BASE), ERR_INVALID);
	CHECK_ERR(ADD(COURT, "commission", 0, NULL, IN("kind", "investigate"), IN("stage", "ordinary"), IN("by_on", "2026-11-24"), BASE), ERR_INVALID);
	city_close(p);
}

TEST(who_sees_it)
{
	struct city here, *p = &here;
	enum sight s;
	staffed(p);
	int64_t id = asked(p, "investigate", "ordinary");
	const struct actor out[] = { ELSE, TOWNW, COMMW, MEIW, TWO, who(ROLE_LIAISON, CITY, POL, p->police), who(ROLE_GRID, COMM "001", 34, p->comm), who(ROLE_LEADER, CITY, 37, p->fed) };
	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		CHECK_ERR(peek(p, out[i], "commission", id, &s), ERR_NOT_FOUND);
	NEED_OK(peek(p, CITYW, "commission", id, &s));
	CHECK_INT(s, SIGHT_FULL);
	NEED_OK(NAME(id));
	NEED_OK(peek(p, CITYW, "commission", id, &s));
	CHECK_INT(s, SIGHT_MASKED);
	NEED_OK(peek(p, MEIW, "commission", id, &s));
	CHECK_INT(s, SIGHT_FULL);
	NEED_OK(peek(p, COURT, "commission", id, &s));
	CHECK_INT(s, SIGHT_FULL);
	CHECK_ERR(peek(p, ELSE, "commission", id, &s), ERR_NOT_FOUND);
	NEED_OK(DO(COURT, "commission", "withdraw", id, IN("note", "撤诉")));
	CHECK_ERR(peek(p, MEIW, "commission", id, &s), ERR_NOT_FOUND);
	city_close(p);
}

TEST(terms)
{
	static const struct { const char *kind, *stage, *rule, *end; } v[] = {
		{ "investigate", "ordinary", "commission.report", "2026-12-04" }, { "follow", "judged", "commission.follow", "2026-12-24" }, { "mediate", "before", "commission.before", "2026-12-24" },
		{ "mediate", "ordinary", "commission.ordinary", "2026-12-09" }, { "mediate", "simple", "commission.simple", "2026-12-01" },
	};
	struct city here, *p = &here;
	staffed(p);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		at(p, "2026-11-24");
		int64_t id = asked(p, v[i].kind, v[i].stage);
		CHECK_INT(last_day(p, id, "commission.appoint"), day("2026-11-26"));
		NEED_OK(NAME(id));
		CHECK_INT(clock_of(p, "commission", id, "commission.appoint")->state, DUE_MET);
		CHECK_INT(last_day(p, id, "commission.accept"), day("2026-11-26"));
		NEED_OK(DO0(MEIW, "commission", "accept", id));
		CHECK_INT(clock_of(p, "commission", id, "commission.accept")->state, DUE_MET);
		CHECK_INT(last_day(p, id, v[i].rule), day(v[i].end));
		CHECK_INT(rec_int(get(p, "commission", id), "due_on"), day(v[i].end));
		NEED_OK(DO(MEIW, "commission", "ask_more", id, IN("extend_reason", "当事人外出")));
		CHECK_ERR(DO(COURT, "commission", "extend", id, IN("by_on", v[i].end)), ERR_INVALID);
		NEED_OK(DO(COURT, "commission", "extend", id, IN("by_on", "2027-01-11")));
		CHECK_INT(last_day(p, id, v[i].rule), day("2027-01-11"));
	}
	city_close(p);
}

TEST(who_is_related_is_not_named_and_who_stepped_back_is_not_named_again)
{
	struct city here, *p = &here;
	struct done d;
	staffed(p);
	NEED_OK(ADD(COURT, "commission", 0, &d, IN("kind", "investigate"), IN("stage", "ordinary"), IN("first_phone", "13800138000"), BASE));
	NEED_OK(ADD(TWO, "kin", 32, NULL, IN("relation", "parent"), IN("name", "王某"), IN("phone", "13800138000")));
	CHECK_ERR(NAME(d.id), ERR_INVALID);
	CHECK_ERR(DO(CITYW, "commission", "appoint", d.id, IN("owner", num(p, 32)), IN("second", num(p, MEI))), ERR_INVALID);
	/* Two people, and two who differ. */
	int64_t id = asked(p, "investigate", "ordinary");
	CHECK_ERR(DO(CITYW, "commission", "appoint", id, IN("owner", num(p, MEI))), ERR_INVALID);
	CHECK_ERR(DO(CITYW, "commission", "appoint", id, IN("owner", num(p, MEI)), IN("second", num(p, MEI))), ERR_INVALID);
	NEED_OK(NAME(id));
	CHECK_ERR(DO(MEIW, "commission", "recuse", id, IN("recuse_reason", "kin")), ERR_INVALID);
	NEED_OK(DO(MEIW, "commission", "recuse", id, IN("recuse_reason", "kin"), IN("recuse_note", "表姐")));
	enum sight s;
	CHECK_ERR(peek(p, MEIW, "commission", id, &s), ERR_NOT_FOUND);
	CHECK(rec_in(get(p, "commission", id), "asked"));
	CHECK_INT(rec_int(get(p, "commission", id), "recusals"), 1);
	CHECK_INT(clock_of(p, "commission", id, "commission.appoint")->state, DUE_RUNNING);
	CHECK_ERR(NAME(id), ERR_INVALID);
	/* Who was only relieved of it may be named again; who comes after one who stepped back is not told why. */
	int64_t next = asked(p, "mediate", "before");
	NEED_OK(DO(CITYW, "commission", "appoint", next, IN("owner", num(p, MEI))));
	NEED_OK(DO(CITYW, "commission", "recall", next, IN("note", "休假")));
	NEED_OK(DO(CITYW, "commission", "appoint", next, IN("owner", num(p, MEI))));
	NEED_OK(DO(MEIW, "commission", "recuse", next, IN("recuse_reason", "kin"), IN("recuse_note", "表姐")));
	CHECK(rec_has(get(p, "commission", next), "recuse_note"));
	NEED_OK(DO(CITYW, "commission", "appoint", next, IN("owner", num(p, 32))));
	CHECK(!rec_has(get(p, "commission", next), "recuse_note") && !rec_has(get(p, "commission", next), "recuse_reason"));
	NEED_OK(DO(CITYW, "commission", "refuse", id, IN("refuse_reason", "nobody"), IN("refuse_note", "暂无合适人员")));
	city_close(p);
}

TEST(no_mediation_where_violence_is_flagged)
{
	struct city here, *p = &here;
	staffed(p);
	CHECK_ERR(ADD(COURT, "commission", 0, NULL, IN("kind", "mediate"), IN("stage", "before"), IN("violence", "1"), BASE), ERR_INVALID);
	NEED_OK(ADD(COURT, "commission", 0, NULL, IN("kind", "investigate"), IN("stage", "before"), IN("violence", "1"), BASE));
	/* Flagged while it waits: nobody is named. */
	int64_t id = asked(p, "mediate", "before");
	NEED_OK(DO(COURT, "commission", "flag", id, IN("violence", "1")));
	CHECK_ERR(NAME(id), ERR_STATE);
	/* Found on the way: no settlement, back to the court; and the flag stays. */
	id = working(p, "mediate", "before");
	NEED_OK(DO(MEIW, "commission", "flag", id, IN("violence", "1")));
	CHECK_ERR(DO(MEIW, "commission", "flag", id, IN("violence", "0")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "commission", "submit", id, IN("result", "settled"), IN("result_text", "x"), IN("agreement_no", "1")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "commission", "submit", id, IN("result", "reconciled"), IN("result_text", "x")), ERR_INVALID);
	NEED_OK(DO(MEIW, "commission", "submit", id, IN("result", "unfit"), IN("result_text", "存在家庭暴力情形")));
	/* A case with violence in which nobody asked her alone: neither. */
	int64_t kase = new_case(p, "M07", "yellow");
	NEED_OK(DO(TOWNW, "case", "edit", kase, IN("violence", "1")));
	id = asked(p, "mediate", "before");
	CHECK(DO(CITYW, "commission", "appoint", id, IN("owner", num(p, MEI)), IN("kase", num(p, kase))) != OK);
	city_close(p);
}

TEST(the_report_has_its_form)
{
	struct city here, *p = &here;
	struct document d;
	staffed(p);
	int64_t id = working(p, "investigate", "ordinary");
	CHECK_ERR(DO(MEIW, "commission", "submit", id, FULL), ERR_STATE);
	CHECK_ERR(DO(MEIW, "commission", "visit", id, IN("visit_at", "2026-11-24 08:30"), IN("visit_way", "home"), IN("visit_with", "王某"), IN("visit_note", "x")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "commission", "visit", id, IN("visit_at", "2026-11-25 08:30"), IN("visit_way", "home"), IN("visit_with", "王某"), IN("shown", "1"), IN("visit_note", "x")), ERR_INVALID);
	visit(p, id);
	CHECK_INT(rec_int(get(p, "commission", id), "visits"), 1);
	CHECK_ERR(DO(MEIW, "commission", "submit", id, IN("summary", "只有小结")), ERR_INVALID);
	NEED_OK(DO(COURT, "commission", "flag", id, IN("child", "1"), IN("violence", "1")));
	CHECK_ERR(DO(MEIW, "commission", "submit", id, FULL, IN("wish", "随母亲")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "commission", "submit", id, FULL, IN("danger", "未发现")), ERR_INVALID);
	CHECK_ERR(paper_for(p, COURT, "commission", "report", id, &d), ERR_STATE);
	NEED_OK(DO(MEIW, "commission", "submit", id, FULL, IN("wish", "随母亲"), IN("danger", "未发现"), IN("withheld", "孩子说怕爸爸")));
	CHECK_INT(clock_of(p, "commission", id, "commission.report")->state, DUE_MET);
	NEED_OK(paper_for(p, COURT, "commission", "report", id, &d));
	CHECK(paper_says(&d, "家事调查报告") && paper_says(&d, "小结甲") && paper_says(&d, "随母亲") && !paper_says(&d, "怕爸爸"));
	NEED_OK(paper_for(p, COURT, "commission", "annex", id, &d));
	CHECK(paper_says(&d, "怕爸爸"));
	CHECK_ERR(paper_for(p, COURT, "commission", "result", id, &d), ERR_STATE);
	CHECK_ERR(paper_for(p, ELSE, "commission", "report", id, &d), ERR_NOT_FOUND);
	CHECK_ERR(paper_for(p, CITYW, "commission", "annex", id, &d), ERR_DENIED);
	NEED_OK(paper_for(p, COURT, "commission", "letter", id, &d));
	CHECK(paper_says(&d, "家事调查委托函") && !paper_says(&d, "怕爸爸"));
	city_close(p);
}

TEST(the_court_takes_it_in_or_asks_for_more)
{
	struct city here, *p = &here;
	struct document d;
	staffed(p);
	int64_t id = working(p, "follow", "judged");
	visit(p, id);
	CHECK_ERR(DO(MEIW, "commission", "submit", id, IN("relations", "平稳"), IN("summary", "s"), IN("advice", "a"), IN("result", "settled")), ERR_INVALID);
	NEED_OK(DO(MEIW, "commission", "submit", id, IN("relations", "平稳"), IN("summary", "s"), IN("advice", "a")));
	CHECK_INT(clock_of(p, "commission", id, "commission.receive")->state, DUE_RUNNING);
	NEED_OK(DO(COURT, "commission", "demand", id, IN("demand", "抚养费履行情况")));
	CHECK_INT(clock_of(p, "commission", id, "commission.receive")->state, DUE_MET);
	CHECK_INT(last_day(p, id, "commission.supplement"), day("2026-12-01"));
	NEED_OK(DO(MEIW, "commission", "supplement", id, IN("supplement", "已按月给付")));
	CHECK_INT(clock_of(p, "commission", id, "commission.supplement")->state, DUE_MET);
	CHECK_INT(rec_int(get(p, "commission", id), "nsupplements"), 1);
	NEED_OK(paper_for(p, COURT, "commission", "report", id, &d));
	CHECK(paper_says(&d, "判后回访报告") && paper_says(&d, "已按月给付"));
	NEED_OK(DO0(COURT, "commission", "receive", id));
	CHECK_ERR(DO0(COURT, "commission", "close", id), ERR_INVALID);
	NEED_OK(DO(COURT, "commission", "close", id, IN("feedback", "采纳")));
	id = working(p, "mediate", "before");
	CHECK_ERR(DO(MEIW, "commission", "submit", id, IN("result", "settled"), IN("result_text", "x")), ERR_INVALID);
	NEED_OK(DO(MEIW, "commission", "submit", id, IN("result", "settled"), IN("result_text", "双方达成一致"), IN("agreement_no", "调〔2026〕1号")));
	NEED_OK(paper_for(p, COURT, "commission", "result", id, &d));
	CHECK(paper_says(&d, "达成调解协议") && paper_says(&d, "调〔2026〕1号"));
	CHECK_ERR(paper_for(p, COURT, "commission", "report", id, &d), ERR_STATE);
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct city here, *p = &here;
	staffed(p);
	int64_t id = asked(p, "investigate", "ordinary");
	NEED_OK(NAME(id));
	walk(p, "commission", id,
	     "asked appoint: city\n"
	     "asked refuse: city\n"
	     "asked flag: court\n"
	     "asked withdraw: court\n"
	     "appointed recall: city\n"
	     "appointed accept: lead\n"
	     "appointed recuse: lead\n"
	     "appointed flag: lead court\n"
	     "appointed withdraw: court\n"
	     "working recall: city\n"
	     "working recuse: lead\n"
	     "working visit: lead\n"
	     "working ask_more: lead\n"
	     "working submit: lead\n"
	     "working flag: lead court\n"
	     "working extend: court\n"
	     "working withdraw: court\n"
	     "submitted receive: court\n"
	     "submitted demand: court\n"
	     "demanded visit: lead\n"
	     "demanded supplement: lead\n"
	     "demanded flag: lead court\n"
	     "received close: court\n");
	city_close(p);
}
