/* Key petitions: each term of the Regulations of 2022 on worked dates, a leader who is not the clerk, one extension told in time, review and
 * re-examination once each, and nothing to whom it complains of. */
#include "paper.h"

#define DESK who(ROLE_CITY, CITY, ANNA, p->fed)
static int64_t petition(struct city *p, const char *on, bool important)
{
	struct done d;
	NEED_OK(ADD(DESK, "petition", 0, &d, IN("way", "visit"), IN("kind", "claim"), IN("matter", "M07"), IN("petitioner", "王某"), IN("against", "李某乙"), IN("text", "要求协助探望孩子"),
		IN("received_on", on), IN("important", important ? "1" : "0"), IN("leader", important ? num(p, 45) : "")));
	return d.id;
}
static void at(struct city *p, const char *day) { NEED(date_parse(str_of(day), &p->now)); p->now += 10 * MS_HOUR; }
static int64_t last_day(struct city *p, int64_t id, const char *rule) { return day_start(day_of(clock_of(p, "petition", id, rule)->due - 1)); }
static int64_t day(const char *s) { int64_t v = 0; NEED(date_parse(str_of(s), &v)); return v; }

TEST(terms_on_worked_dates)
{
	/* Received; told until; taken up the same day: settled until; with thirty days more. */
	static const struct { const char *on, *tell, *finish, *more; } v[] = {
		{ "2022-09-20", "2022-10-08", "2022-11-21", "2022-12-19" }, { "2023-01-10", "2023-01-28", "2023-03-13", "2023-04-10" }, { "2024-01-29", "2024-02-18", "2024-03-29", "2024-04-28" },
		{ "2025-09-22", "2025-10-09", "2025-11-21", "2025-12-22" }, { "2026-02-05", "2026-02-24", "2026-04-07", "2026-05-06" }, { "2026-03-02", "2026-03-17", "2026-05-06", "2026-06-01" },
	};
	struct city here, *p = &here;
	city_fast = true;
	city_open(p);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		at(p, v[i].on);
		int64_t id = petition(p, v[i].on, false);
		CHECK_INT(last_day(p, id, "petition.tell"), day(v[i].tell));
		NEED_OK(DO(DESK, "petition", "accept", id, IN("accepted_on", v[i].on), IN("told_on", v[i].on)));
		CHECK_INT(clock_of(p, "petition", id, "petition.tell")->state, DUE_MET);
		CHECK_INT(last_day(p, id, "petition.finish"), day(v[i].finish));
		at(p, v[i].finish);
		NEED_OK(DO(DESK, "petition", "extend", id, IN("extend_reason", "需多部门核实"), IN("extended_on", v[i].finish)));
		CHECK_INT(last_day(p, id, "petition.finish"), day(v[i].more));
		CHECK_ERR(DO(DESK, "petition", "extend", id, IN("extend_reason", "再延"), IN("extended_on", v[i].finish)), ERR_STATE);
	}
	at(p, "2022-05-10");
	CHECK_ERR(ADD(DESK, "petition", 0, NULL, IN("way", "visit"), IN("kind", "claim"), IN("matter", "M07"), IN("petitioner", "王某"), IN("text", "x"), IN("received_on", "2022-04-30")), ERR_INVALID);
	city_close(p);
}

TEST(from_the_register_to_the_last_word)
{
	struct city here, *p = &here;
	city_open(p);
	at(p, "2026-03-02");
	CHECK_ERR(ADD(DESK, "petition", 0, NULL, IN("way", "net"), IN("kind", "claim"), IN("matter", "M07"), IN("petitioner", "王某"), IN("text", "x"), IN("received_on", "2026-03-03")), ERR_INVALID);
	int64_t id = petition(p, "2026-03-02", false);
	/* A key petition has a leader, and that is not its clerk. */
	CHECK_ERR(DO(DESK, "petition", "accept", id, IN("accepted_on", "2026-03-02"), IN("told_on", "2026-03-02"), IN("important", "1")), ERR_INVALID);
	CHECK_ERR(DO(DESK, "petition", "lead", id, IN("important", "1"), IN("leader", num(p, ANNA))), ERR_INVALID);
	NEED_OK(DO(DESK, "petition", "accept", id, IN("accepted_on", "2026-03-02"), IN("told_on", "2026-03-02"), IN("important", "1"), IN("leader", num(p, 45))));
	NEED_OK(DO(DESK, "petition", "stage", id, IN("stage", "meet"), IN("stage_note", "见面")));
	at(p, "2026-04-01");
	CHECK_ERR(DO(DESK, "petition", "answer", id, IN("answer", "答复"), IN("answered_on", "2026-04-01")), ERR_STATE);
	CHECK_ERR(DO(DESK, "petition", "stage", id, IN("stage", "check"), IN("stage_note", "看过")), ERR_INVALID);
	NEED_OK(DO(who(ROLE_CITY, CITY, 45, p->fed), "petition", "stage", id, IN("stage", "check"), IN("stage_note", "看过")));
	NEED_OK(DO(DESK, "petition", "answer", id, IN("answer", "答复内容"), IN("answered_on", "2026-04-01")));
	CHECK_INT(clock_of(p, "petition", id, "petition.finish")->state, DUE_MET);
	/* Thirty days from the 1st of April end on the 1st of May: the 6th. */
	CHECK_INT(last_day(p, id, "petition.ask"), day("2026-05-06"));
	at(p, "2026-05-07");
	CHECK_ERR(DO(DESK, "petition", "review", id, IN("review_on", "2026-05-07")), ERR_INVALID);
	NEED_OK(DO(DESK, "petition", "review", id, IN("review_on", "2026-05-06")));
	CHECK_INT(last_day(p, id, "petition.review"), day("2026-06-05"));
	at(p, "2026-06-01");
	NEED_OK(DO(DESK, "petition", "reanswer", id, IN("review_answer", "维持"), IN("review_answered", "2026-06-01")));
	at(p, "2026-06-20");
	NEED_OK(DO(DESK, "petition", "reexam", id, IN("review_on", "2026-06-20")));
	NEED_OK(DO(DESK, "petition", "final", id, IN("review_answer", "维持"), IN("review_answered", "2026-06-20")));
	CHECK_ERR(DO(DESK, "petition", "close", id), ERR_INVALID);
	NEED_OK(DO(DESK, "petition", "close", id, IN("satisfaction", "fair")));
	NEED_OK(DO(DESK, "petition", "reopen", id, IN("accepted_on", "2026-06-20"), IN("told_on", "2026-06-20"), IN("note", "新的事实")));
	CHECK_INT(rec_int(get(p, "petition", id), "rounds"), 1);
	CHECK_INT(clock_of(p, "petition", id, "petition.finish")->state, DUE_RUNNING);
	city_close(p);
}

TEST(seen_by_who_handles_it)
{
	struct city here, *p = &here;
	enum sight s;
	city_open(p);
	int64_t id = petition(p, "2026-11-24", false);
	NEED_OK(peek(p, DESK, "petition", id, &s));
	CHECK_INT(s, SIGHT_FULL);
	const struct actor out[] = { MEIW, TOWNW, COMMW, who(ROLE_LIAISON, CITY, POL, p->police), who(ROLE_GRID, COMM "001", 34, p->comm), who(ROLE_LEADER, CITY, 37, p->fed), who(ROLE_CITIZEN, CITY, 0, 0) };
	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		CHECK_ERR(peek(p, out[i], "petition", id, &s), ERR_NOT_FOUND);
	city_close(p);
}

/* Its papers are for the petitioner: their dates stand in them, and never whom it complains of. */
TEST(papers)
{
	struct city here, *p = &here;
	struct document d;
	city_open(p);
	at(p, "2026-03-02");
	int64_t id = petition(p, "2026-03-02", false);
	CHECK_ERR(paper_for(p, DESK, "petition", "accept", id, &d), ERR_STATE);
	NEED_OK(DO(DESK, "petition", "accept", id, IN("accepted_on", "2026-03-02"), IN("told_on", "2026-03-02")));
	NEED_OK(paper_for(p, DESK, "petition", "accept", id, &d));
	CHECK(paper_says(&d, "2026年5月6日") && paper_says(&d, "王某") && !paper_says(&d, "李某乙"));
	CHECK_ERR(paper_for(p, DESK, "petition", "extend", id, &d), ERR_STATE);
	CHECK_ERR(paper_for(p, MEIW, "petition", "accept", id, &d), ERR_NOT_FOUND);
	NEED_OK(DO(DESK, "petition", "answer", id, IN("answer", "经核实，支持探望"), IN("answered_on", "2026-03-02")));
	NEED_OK(paper_for(p, DESK, "petition", "answer", id, &d));
	CHECK(paper_says(&d, "支持探望") && paper_says(&d, "第三十五条") && !paper_says(&d, "李某乙"));
	NEED_OK(paper_for(p, DESK, "petition", "refuse", 0, &d));
	CHECK(!paper_says(&d, "王某"));
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct city here, *p = &here;
	city_open(p);
	walk(p, "petition", petition(p, "2026-11-24", false),
	     "registered accept: city\n"
	     "registered refuse: city\n"
	     "registered lead: city\n"
	     "registered edit: city\n"
	     "refused reopen: city\n"
	     "handling stage: city\n"
	     "handling lead: city\n"
	     "handling edit: city\n"
	     "handling extend: city\n"
	     "handling answer: city\n"
	     "answered review: city\n"
	     "answered close: city\n"
	     "review reanswer: city\n"
	     "reviewed reexam: city\n"
	     "reviewed close: city\n"
	     "reexam final: city\n"
	     "final close: city\n"
	     "closed reopen: city\n");
	city_close(p);
}
