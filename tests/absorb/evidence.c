/* The evidence list: hashes taken over or typed, compared before they are fixed, what goes into the paper and what never; and mandatory reports: the
 * hour, the number that reaches the case, the leader's reason, and who reported kept secret. */
#include "paper.h"

#define POLW who(ROLE_LIAISON, CITY, POL, p->police)
#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
struct ev { struct city city; int64_t kase, hers, his; };

static void ev_open(struct ev *v)
{
	struct city *p = &v->city;
	struct done d;
	city_fast = true;
	city_open(p);
	p->now = civil_ms((struct civil){ 2026, 2, 13, 16, 0, 0 });
	v->kase = new_case(p, "M03", "orange");
	take(p, v->kase);
	NEED_OK(ADD(MEIW, "party", v->kase, &d, IN("side", "a"), IN("name", "张某甲"), IN("address", "锦丰镇花园浜一村18号3幢"), IN("protected_person", "1")));
	v->hers = d.id;
	NEED_OK(ADD(MEIW, "party", v->kase, &d, IN("side", "b"), IN("name", "李某乙")));
	v->his = d.id;
}
static enum err add(struct ev *v, const char *whose, const char *what, const char *hash, struct done *d)
{
	struct city *p = &v->city;
	return ADD(MEIW, "evidence", v->kase, d, IN("kind", "photo"), IN("whose", whose), IN("what", what), IN("origin", "本人手机"), IN("got_on", "2026-02-12"), IN("form", "file"), IN("sha256", hash));
}

TEST(a_hash_is_compared_before_it_is_fixed)
{
	struct ev v;
	struct done d;
	ev_open(&v);
	struct city *p = &v.city;
	CHECK_ERR(add(&v, "a", "照片", "123", &d), ERR_INVALID);
	CHECK_ERR(add(&v, "a", "照片", "zf86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", &d), ERR_INVALID);
	NEED_OK(add(&v, "a", "照片", "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", &d));
	CHECK_ERR(DO0(MEIW, "evidence", "compare", d.id), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "evidence", "compare", d.id, IN("again", "0f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")), ERR_INVALID);
	NEED_OK(DO(MEIW, "evidence", "compare", d.id, IN("again", HASH)));
	CHECK_ERR(DO(MEIW, "evidence", "edit", d.id, IN("what", "另一张")), ERR_STATE);
	NEED_OK(DO(MEIW, "evidence", "hand", d.id, IN("handed_to", "police"), IN("handed_on", "2026-02-13"), IN("receipt", "王警官")));
	NEED_OK(add(&v, "a", "凶器", "", &d));
	NEED_OK(DO0(MEIW, "evidence", "compare", d.id));
	city_close(p);
}

TEST(the_list_holds_her_side_and_no_address)
{
	struct ev v;
	struct done d, o, far;
	struct document doc;
	enum sight s;
	ev_open(&v);
	struct city *p = &v.city;
	NEED_OK(add(&v, "a", "伤情照片三张", HASH, &d));
	NEED_OK(add(&v, "b", "对方提交的单据", "", &d));
	NEED_OK(add(&v, "a", "作废的照片", "", &d));
	NEED_OK(DO(MEIW, "evidence", "drop", d.id, IN("note", "拍糊了")));
	NEED_OK(ADD(MEIW, "order", v.kase, &o, IN("applicant", num(p, v.hers)), IN("respondent", num(p, v.his)), IN("court", num(p, p->court)), IN("proxy", "self"), IN("place", "violence"),
		IN("requests", "violence"), IN("facts", "殴打")));
	NEED_OK(paper_for(&v.city, MEIW, "order", "evidence", o.id, &doc));
	CHECK(paper_says(&doc, "伤情照片三张") && paper_says(&doc, HASH));
	CHECK(!paper_says(&doc, "对方提交的单据") && !paper_says(&doc, "作废的照片"));
	NEED_OK(add(&v, "a", "在花园浜一村18号3幢拍的照片", "", &far));
	CHECK_ERR(paper_for(&v.city, MEIW, "order", "evidence", o.id, &doc), ERR_STATE);
	for (int i = 0; i < 2; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		w.kase = v.kase;
		snprintf(w.side, sizeof w.side, "%s", i ? "b" : "a");
		CHECK_ERR(peek(p, w, "evidence", d.id, &s), ERR_NOT_FOUND);
	}
	city_close(p);
}

static enum err duty_to_report(struct ev *v, const char *age, const char *situation, struct done *d)
{
	struct city *p = &v->city;
	return ADD(MEIW, "mandatory", v->kase, d, IN("unit", "school"), IN("reporter", "班主任"), IN("person_name", "小某"), IN("person_age", age), IN("situations", situation),
		IN("signs", "手臂多处淤青"), IN("found_at", "2026-02-13 15:30"));
}

TEST(reported_within_the_hour_and_the_number_reaches_the_case)
{
	struct ev v;
	struct done d;
	ev_open(&v);
	struct city *p = &v.city;
	CHECK_ERR(duty_to_report(&v, "9", "adult", &d), ERR_INVALID);
	CHECK_ERR(duty_to_report(&v, "40", "wounds", &d), ERR_INVALID);
	NEED_OK(duty_to_report(&v, "40", "adult", &d));
	NEED_OK(duty_to_report(&v, "9", "wounds", &d));
	CHECK_INT(rec_int(get(p, "case", v.kase), "child"), 1);
	CHECK_INT(clock_of(p, "mandatory", d.id, "mandatory.report")->due, p->now + MS_HOUR);
	CHECK_ERR(DO(MEIW, "mandatory", "report", d.id, IN("police", num(p, p->court)), IN("reported_at", "2026-02-13 15:50"), IN("way", "110")), ERR_INVALID);
	NEED_OK(DO(MEIW, "mandatory", "report", d.id, IN("police", num(p, p->police)), IN("reported_at", "2026-02-13 15:50"), IN("way", "110")));
	CHECK_INT(clock_of(p, "mandatory", d.id, "mandatory.report")->state, DUE_MET);
	CHECK_INT(clock_of(p, "mandatory", d.id, "mandatory.accept")->due, p->now + 24 * MS_HOUR);
	NEED_OK(DO(POLW, "mandatory", "accept", d.id, IN("police_no", "演警001"), IN("officer", "王警官")));
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	CHECK_STR(rec_str(&c, get(p, "case", v.kase), "police_no"), "演警001");
	/* Three days from the 13th end on the 16th, in Spring Festival: the 24th. */
	CHECK_INT(clock_of(p, "mandatory", d.id, "mandatory.answer")->due, civil_ms((struct civil){ 2026, 2, 25, 0, 0, 0 }));
	NEED_OK(DO(POLW, "mandatory", "answer", d.id, IN("feedback", "已立案"), IN("prosecutor", "1")));
	city_close(p);
}

TEST(silence_is_a_leaders_and_written)
{
	struct ev v;
	struct done d;
	struct ctx c;
	ev_open(&v);
	struct city *p = &v.city;
	NEED_OK(duty_to_report(&v, "9", "other", &d));
	CHECK_ERR(DO(MEIW, "mandatory", "waive", d.id, IN("note", "核实无事")), ERR_DENIED);
	CHECK_ERR(DO0(TOWNW, "mandatory", "waive", d.id), ERR_INVALID);
	NEED_OK(DO(TOWNW, "mandatory", "waive", d.id, IN("note", "核实为运动擦伤")));
	ctx_at(p, &c, &actor_system);
	CHECK_STR(rec_str(&c, get(p, "case", v.kase), "no_report"), "核实为运动擦伤");
	city_close(p);
}

/* A sign of harm to a child, wherever it was written down, begins the duty by itself: once, with its hour, and nobody closes over it. */
TEST(it_begins_by_itself)
{
	struct ev v;
	struct done d, clue;
	struct seen s;
	ev_open(&v);
	struct city *p = &v.city;
	CHECK_INT(kids(p, "mandatory", v.kase).n, 0);
	/* By the words of a clue. */
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", INPUTS(IN("source", "school"), IN("text", "孩子身上有伤")) }, &clue));
	NEED_OK(DO(TOWNW, "clue", "confirm", clue.id, IN("family", "1"), IN("kind", "M03"), IN("grade", "red"), IN("signals", "child")));
	NEED_OK(DO0(TOWNW, "clue", "open", clue.id));
	int64_t kase = rec_int(get(p, "clue", clue.id), "case_file");
	s = kids(p, "mandatory", kase);
	NEED(s.n == 1);
	CHECK_STR(s.r[0]->state, "due");
	CHECK_INT(clock_of(p, "mandatory", s.r[0]->id, "mandatory.report")->due, p->now + MS_HOUR);
	CHECK_INT(rec_int(get(p, "case", kase), "child"), 1);
	/* The same said again begins none; nor does a child that is only there. */
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", INPUTS(IN("source", "police"), IN("text", "孩子身上有伤")) }, &d));
	NEED_OK(DO(TOWNW, "clue", "confirm", d.id, IN("family", "1"), IN("kind", "M03"), IN("grade", "red"), IN("signals", "child")));
	NEED_OK(DO(TOWNW, "clue", "merge", d.id, IN("merged_into", num(p, clue.id))));
	CHECK_INT(kids(p, "mandatory", kase).n, 1);
	NEED_OK(ADD(MEIW, "party", v.kase, &d, IN("side", "child"), IN("name", "小某"), IN("birth", "2017-01-01")));
	CHECK_INT(kids(p, "mandatory", v.kase).n, 0);
	/* A child in need of protection where there is violence. */
	NEED_OK(ADD(MEIW, "party", v.kase, &d, IN("side", "child"), IN("name", "小某某"), IN("birth", "2018-01-01"), IN("protected_person", "1")));
	s = kids(p, "mandatory", v.kase);
	NEED(s.n == 1);
	/* Whoever wrote it down cannot wave it away; it is reported only with whom it is about. */
	CHECK_ERR(DO(MEIW, "mandatory", "waive", s.r[0]->id, IN("note", "核实无事")), ERR_DENIED);
	CHECK_ERR(DO(MEIW, "mandatory", "report", s.r[0]->id, IN("police", num(p, p->police)), IN("reported_at", "2026-02-13 16:05"), IN("way", "110")), ERR_INVALID);
	NEED_OK(DO(MEIW, "mandatory", "report", s.r[0]->id, IN("police", num(p, p->police)), IN("reported_at", "2026-02-13 16:00"), IN("way", "110"), IN("person_name", "小某某"), IN("person_age", "8"), IN("situations", "other")));
	CHECK_INT(clock_of(p, "mandatory", s.r[0]->id, "mandatory.report")->state, DUE_MET);
	city_close(p);
}

/* Of each child its own report, of each event one; of what is said in a session, and when violence comes to the case later. */
TEST(one_for_each_child_and_event)
{
	struct city here, *p = &here;
	struct done d, clue;
	struct seen s;
	city_open(p);
	p->now = civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 });
	int64_t kase = new_case(p, "M05", "yellow");
	take(p, kase);
	NEED_OK(ADD(MEIW, "party", kase, &d, IN("side", "child"), IN("name", "小某"), IN("birth", "2017-01-01"), IN("sex", "2"), IN("protected_person", "1")));
	int64_t first = d.id;
	CHECK_INT(kids(p, "mandatory", kase).n, 0);
	NEED_OK(ADD(MEIW, "session", kase, &d, IN("form", "separate"), IN("side", "a"), IN("held", "2026-11-24 08:30"), IN("present", "甲"), IN("rights_told", "1"), IN("text", "谈了"), IN("child_hurt", "1")));
	s = kids(p, "mandatory", kase);
	NEED(s.n == 1);
	CHECK_STR(s.r[0]->v[field_at(s.r[0]->t, "origin")].s, "session");
	/* The same child, now known: the report that is due takes it up, and begins no second one. */
	NEED_OK(DO(MEIW, "case", "safety", kase, IN("ongoing", "no")));
	s = kids(p, "mandatory", kase);
	NEED(s.n == 1);
	CHECK_INT(rec_int(s.r[0], "child"), first);
	CHECK_INT(rec_int(s.r[0], "person_age"), 9);
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	CHECK_STR(rec_str(&c, s.r[0], "person_name"), "小某");
	/* Another child is another report. */
	NEED_OK(ADD(MEIW, "party", kase, &d, IN("side", "child"), IN("name", "小小某"), IN("birth", "2019-01-01"), IN("protected_person", "1")));
	CHECK_INT(kids(p, "mandatory", kase).n, 2);
	NEED_OK(DO(MEIW, "party", "edit", d.id, IN("protected_person", "0")));
	NEED_OK(DO(MEIW, "party", "edit", d.id, IN("protected_person", "1")));
	CHECK_INT(kids(p, "mandatory", kase).n, 2);
	/* Reported and answered: that the child is protected is no new event, a new sign is. */
	NEED_OK(DO(MEIW, "mandatory", "report", s.r[0]->id, IN("police", num(p, p->police)), IN("reported_at", "2026-11-24 09:00"), IN("way", "110"), IN("situations", "other")));
	NEED_OK(DO(POLW, "mandatory", "accept", s.r[0]->id, IN("police_no", "演警9"), IN("officer", "王警官")));
	NEED_OK(DO(POLW, "mandatory", "answer", s.r[0]->id, IN("feedback", "已立案")));
	NEED_OK(DO(MEIW, "party", "edit", first, IN("protected_person", "0")));
	NEED_OK(DO(MEIW, "party", "edit", first, IN("protected_person", "1")));
	CHECK_INT(kids(p, "mandatory", kase).n, 2);
	NEED_OK(DO(TOWNW, "mandatory", "waive", kids(p, "mandatory", kase).r[1]->id, IN("note", "核实为同一情况")));
	NEED_OK(DO(MEIW, "case", "edit", kase, IN("signals", "child")));
	s = kids(p, "mandatory", kase);
	NEED(s.n == 3);
	CHECK_STR(s.r[2]->v[field_at(s.r[2]->t, "origin")].s, "case");
	/* Whoever wrote the sign down, of whatever post, is not the second person; nor is a note of before a reason. */
	NEED_OK(ADD(TOWNW, "case", 0, &clue, IN("source", "school"), IN("summary", "孩子身上有伤"), IN("kind", "M10"), IN("grade", "yellow"), IN("signals", "child")));
	s = kids(p, "mandatory", clue.id);
	NEED(s.n == 1);
	CHECK_ERR(DO(TOWNW, "mandatory", "waive", s.r[0]->id, IN("note", "核实无事")), ERR_DENIED);
	NEED_OK(DO(TOWNW, "mandatory", "edit", s.r[0]->id, IN("person_name", "小某"), IN("person_age", "8"), IN("situations", "other"), IN("note", "先记一笔")));
	CHECK_ERR(DO0(CITYW, "mandatory", "waive", s.r[0]->id), ERR_INVALID);
	NEED_OK(DO(CITYW, "mandatory", "waive", s.r[0]->id, IN("note", "学校核实为运动擦伤")));
	city_close(p);
}

/* A clue with such a sign has an hour of its own, and no end without a case, a number of the police, or a second person. */
TEST(a_clue_does_not_swallow_it)
{
	struct city here, *p = &here;
	struct done d;
	struct rec *r;
	city_open(p);
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", INPUTS(IN("source", "school"), IN("text", "孩子身上有伤")) }, &d));
	NEED_OK(DO(TOWNW, "clue", "confirm", d.id, IN("family", "0"), IN("grade", "red"), IN("signals", "child"), IN("note", "校外人员")));
	CHECK_INT(clock_of(p, "clue", d.id, "clue.child")->due, p->now + MS_HOUR);
	CHECK_ERR(DO(TOWNW, "clue", "refer", d.id, IN("refer_to", "police"), IN("not_family", "other"), IN("note", "转公安")), ERR_INVALID);
	CHECK_ERR(DO(TOWNW, "clue", "close", d.id, IN("outcome", "unfounded"), IN("note", "无事")), ERR_INVALID);
	CHECK_ERR(DO(TOWNW, "clue", "confirm", d.id, IN("family", "0"), IN("grade", "red"), IN("signals", ""), IN("note", "误报")), ERR_DENIED);
	r = get(p, "clue", d.id);
	CHECK_STR(r->state, "screened");
	NEED_OK(DO(TOWNW, "clue", "refer", d.id, IN("refer_to", "police"), IN("not_family", "other"), IN("note", "转公安"), IN("police_no", "演警7")));
	/* A second person may, with the reason. */
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", INPUTS(IN("source", "school"), IN("text", "孩子身上有伤")) }, &d));
	NEED_OK(DO(TOWNW, "clue", "confirm", d.id, IN("family", "1"), IN("kind", "M03"), IN("grade", "red"), IN("signals", "child")));
	NEED_OK(run(p, who(ROLE_TOWN, TOWN, 34, p->town), &(struct act){ .type = "clue", .verb = "close", .id = d.id, INPUTS(IN("outcome", "unfounded"), IN("note", "学校核实为运动擦伤")) }, NULL));
	city_close(p);
}

TEST(who_reported_stays_secret)
{
	struct ev v;
	struct done d;
	enum sight s;
	ev_open(&v);
	struct city *p = &v.city;
	NEED_OK(duty_to_report(&v, "9", "wounds", &d));
	CHECK_ERR(peek(p, POLW, "mandatory", d.id, &s), ERR_NOT_FOUND);
	NEED_OK(DO(MEIW, "mandatory", "report", d.id, IN("police", num(p, p->police)), IN("reported_at", "2026-02-13 15:50"), IN("way", "110")));
	NEED_OK(peek(p, POLW, "mandatory", d.id, &s));
	CHECK_INT(s, SIGHT_FULL);
	CHECK_ERR(peek(p, POLW, "case", v.kase, &s), ERR_NOT_FOUND);
	NEED_OK(peek(p, TOWNW, "mandatory", d.id, &s));
	CHECK_INT(s, SIGHT_MASKED);
	for (int i = 0; i < 2; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		w.kase = v.kase;
		snprintf(w.side, sizeof w.side, "%s", i ? "b" : "a");
		CHECK_ERR(peek(p, w, "mandatory", d.id, &s), ERR_NOT_FOUND);
	}
	CHECK_INT(mandatory_type.fields[field_at(&mandatory_type, "reporter")].secrecy, S_SEALED);
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct ev v;
	struct done d;
	ev_open(&v);
	struct city *p = &v.city;
	NEED_OK(add(&v, "a", "照片", "", &d));
	walk(p, "evidence", d.id, "listed edit: lead\n" "listed compare: lead\n" "listed hand: lead\n" "listed drop: lead\n" "compared hand: lead\n" "compared drop: lead\n" "dropped restore: lead\n");
	NEED_OK(duty_to_report(&v, "9", "wounds", &d));
	NEED_OK(DO(MEIW, "mandatory", "report", d.id, IN("police", num(p, p->police)), IN("reported_at", "2026-02-13 15:50"), IN("way", "110")));
	walk(p, "mandatory", d.id, "due edit: lead\n" "due report: lead\n" "due waive: city town\n" "reported accept: police\n" "accepted answer: police\n" "accepted keep: police\n" "answered keep: police\n");
	city_close(p);
}
