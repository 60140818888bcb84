/* People's mediation in full: the performance of terms, judicial confirmation, how it begins and ends, the file. */
#include "paper.h"
#include "absorb/mediate.h"

static int64_t mediated(struct city *p, const char *kind)
{
	int64_t id = new_case(p, kind, "yellow");
	take(p, id);
	NEED_OK(SESSION(id, "face"));
	return id;
}
static int64_t term(struct city *p, int64_t kase, int64_t agreement, const char *due, const char *every, const char *until)
{
	struct done d;
	NEED_OK(ADD(MEIW, "duty", kase, &d, IN("agreement", num(p, agreement)), IN("kind", "pay"), IN("what", "付抚养费"), IN("side", "b"), IN("amount", "1200"), IN("due_on", due), IN("every", every),
		IN("until", until)));
	return d.id;
}
static int64_t lapse(struct city *p)
{
	struct ctx c;
	int n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(absorb_lapse(&c, &n));
	return n;
}
static void at(struct city *p, const char *day) { NEED(date_parse(str_of(day), &p->now)); p->now += 10 * MS_HOUR; }
static struct str field_of(struct city *p, const char *type, int64_t id, const char *field)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	return rec_str(&c, get(p, type, id), field);
}
static struct rec *last_kid(struct city *p, const char *type, int64_t parent)
{
	struct seen s = kids(p, type, parent);
	NEED(s.n > 0);
	return s.r[s.n - 1];
}

/* A year of maintenance from the 30th of November: by month, each its own record, the 28th of February not dragging the rest along. */
TEST(a_term_comes_again)
{
	static const char *const days[] = { "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31" };
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05"), a = agree(p, id);
	CHECK_ERR(ADD(MEIW, "duty", id, NULL, IN("agreement", num(p, a)), IN("what", "付款"), IN("side", "b"), IN("due_on", "2026-12-31"), IN("every", "month")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "duty", id, NULL, IN("agreement", num(p, a)), IN("what", "付款"), IN("side", "b"), IN("due_on", "2026-12-31"), IN("every", "month"), IN("until", "2026-12-01")), ERR_INVALID);
	int64_t d = term(p, id, a, "2026-12-31", "month", "2027-04-01");
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		struct rec *r = last_kid(p, "duty", id);
		int64_t want;
		NEED(date_parse(str_of(days[i]), &want));
		CHECK_INT(rec_int(r, "due_on"), want);
		CHECK_INT(rec_int(r, "nth"), (int64_t)i + 1);
		CHECK_INT(clock_of(p, "duty", r->id, "duty.perform")->due, want + MS_DAY);
		CHECK_STR(field_of(p, "duty", r->id, "what"), "付抚养费");
		CHECK_INT(rec_int(r, "amount"), 120000);
		NEED_OK(DO0(MEIW, "duty", "done", r->id));
	}
	/* The next would be after the last day. */
	CHECK_INT(kids(p, "duty", id).n, 4);
	CHECK_INT(rec_int(get(p, "duty", d), "paid"), 120000);
	CHECK_ERR(DO0(MEIW, "duty", "done", d), ERR_STATE);
	NEED_OK(DO0(MEIW, "agreement", "perform", a));
	city_close(p);
}

TEST(past_its_day_it_is_late_by_itself)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05"), a = agree(p, id), d = term(p, id, a, "2026-12-01", "week", "2026-12-10"), other = term(p, id, a, "2026-12-02", "once", "");
	CHECK_INT(lapse(p), 0);
	CHECK_ERR(DO0(MEIW, "duty", "late", d), ERR_STATE);
	at(p, "2026-12-01");
	CHECK_INT(lapse(p), 0);
	at(p, "2026-12-02");
	CHECK_INT(lapse(p), 1);
	CHECK_STR(get(p, "duty", d)->state, "late");
	CHECK_STR(get(p, "duty", other)->state, "open");
	/* The week after is awaited though this one is late; and written once. */
	CHECK_INT(kids(p, "duty", id).n, 3);
	NEED_OK(DO0(MEIW, "duty", "done", d));
	CHECK_INT(kids(p, "duty", id).n, 3);
	CHECK_ERR(DO0(MEIW, "duty", "lapse", other), ERR_DENIED);
	city_close(p);
}

static bool way_open(struct city *p, int64_t duty, const char *code)
{
	struct ctx c;
	struct pursue_way w[16];
	size_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_pursue_ways(&c, get(p, "duty", duty), w, ARRAY_LEN(w), &n));
	for (size_t i = 0; i < n; i++)
		if (str_is(w[i].code, code))
			return !w[i].why_not;
	NEED(false);
	return false;
}

TEST(paid_in_part_and_broken)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05"), a = agree(p, id), d = term(p, id, a, "2026-12-01", "once", "");
	CHECK_ERR(DO(MEIW, "duty", "part", d, IN("paid", "1200")), ERR_INVALID);
	NEED_OK(DO(MEIW, "duty", "part", d, IN("paid", "500")));
	CHECK_ERR(DO(MEIW, "duty", "part", d, IN("paid", "300")), ERR_INVALID);
	NEED_OK(DO(MEIW, "duty", "part", d, IN("paid", "800.50")));
	CHECK_STR(field_of(p, "duty", d, "status"), "part");
	/* What is refused is not over: it is broken, and somebody must do something. */
	CHECK_ERR(DO(MEIW, "duty", "end", d, IN("status", "refused"), IN("note", "x")), ERR_INVALID);
	CHECK_ERR(DO0(MEIW, "duty", "break", d), ERR_INVALID);
	NEED_OK(DO(MEIW, "duty", "break", d, IN("note", "说不付了")));
	CHECK_INT(clock_of(p, "duty", d, "duty.perform")->state, DUE_MET);
	CHECK_INT(clock_of(p, "duty", d, "duty.pursue")->state, DUE_RUNNING);
	CHECK_ERR(DO0(MEIW, "agreement", "perform", a), ERR_STATE);
	CHECK(way_open(p, d, "again") && way_open(p, d, "confirm") && way_open(p, d, "sue"));
	CHECK_ERR(DO(MEIW, "duty", "pursue", d, IN("pursue", "sue"), IN("pursue_on", "2027-01-01")), ERR_INVALID);
	NEED_OK(DO(MEIW, "duty", "pursue", d, IN("pursue", "again"), IN("pursue_on", "2026-11-24")));
	CHECK_INT(clock_of(p, "duty", d, "duty.pursue")->state, DUE_MET);
	NEED_OK(DO(MEIW, "duty", "break", d, IN("note", "仍然不付")));
	at(p, "2026-12-25");
	CHECK(!way_open(p, d, "confirm"));
	CHECK_ERR(DO(MEIW, "duty", "pursue", d, IN("pursue", "confirm"), IN("pursue_on", "2026-12-25")), ERR_INVALID);
	NEED_OK(DO(MEIW, "duty", "pursue", d, IN("pursue", "sue"), IN("pursue_on", "2026-12-25")));
	NEED_OK(DO(MEIW, "duty", "done", d, IN("note", "判决后付清")));
	NEED_OK(DO0(MEIW, "agreement", "perform", a));
	city_close(p);
}

/* Where violence is flagged a broken term is no reason to sit down together again. */
TEST(a_broken_term_is_not_talked_over_with_violence)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05"), a = agree(p, id), d = term(p, id, a, "2026-12-01", "once", "");
	NEED_OK(DO(MEIW, "duty", "break", d, IN("note", "上门打人")));
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "yes")));
	CHECK(!way_open(p, d, "again") && !way_open(p, d, "urge") && way_open(p, d, "sue") && way_open(p, d, "police"));
	CHECK_ERR(DO(MEIW, "duty", "pursue", d, IN("pursue", "again"), IN("pursue_on", "2026-11-24")), ERR_INVALID);
	NEED_OK(DO(MEIW, "duty", "pursue", d, IN("pursue", "police"), IN("pursue_on", "2026-11-24")));
	city_close(p);
}

/* 人民调解法 33: both together, within thirty days, of what the law lets be confirmed; then it is enforced without a suit. */
TEST(confirmed_by_the_court)
{
	struct city here, *p = &here;
	struct document doc;
	city_open(p);
	int64_t id = mediated(p, "M05"), a = agree(p, id), d = term(p, id, a, "2026-12-01", "once", "");
	NEED_OK(paper_for(p, MEIW, "agreement", "confirm", a, &doc));
	CHECK(paper_says(&doc, "共同") || paper_says(&doc, "请求人民法院依法确认"));
	CHECK_ERR(DO(MEIW, "agreement", "ruled", a, IN("confirm_result", "valid"), IN("confirm_no", "x"), IN("confirm_ruled", "2026-11-24")), ERR_STATE);
	const char *on = "2026-11-24";
	CHECK_ERR(DO(MEIW, "agreement", "confirm", a, IN("confirm_items", "money,marriage"), IN("confirm_court", num(p, p->court)), IN("confirm_on", on), IN("both_asked", "1")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "agreement", "confirm", a, IN("confirm_items", "money"), IN("confirm_court", num(p, p->court)), IN("confirm_on", on), IN("both_asked", "0")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "agreement", "confirm", a, IN("confirm_items", "money"), IN("confirm_court", num(p, p->police)), IN("confirm_on", on), IN("both_asked", "1")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "agreement", "confirm", a, IN("confirm_items", "money"), IN("confirm_court", num(p, p->court)), IN("confirm_on", "2026-12-24"), IN("both_asked", "1")), ERR_INVALID);
	NEED_OK(DO(MEIW, "duty", "break", d, IN("note", "不付")));
	CHECK(way_open(p, d, "confirm") && !way_open(p, d, "enforce"));
	NEED_OK(DO(MEIW, "agreement", "confirm", a, IN("confirm_items", "money,maintenance"), IN("confirm_court", num(p, p->court)), IN("confirm_on", on), IN("both_asked", "1")));
	CHECK_INT(clock_of(p, "agreement", a, "agreement.confirm")->state, DUE_RUNNING);
	CHECK(!way_open(p, d, "confirm"));
	CHECK_ERR(DO(MEIW, "agreement", "confirm", a, IN("confirm_items", "money"), IN("confirm_court", num(p, p->court)), IN("confirm_on", on), IN("both_asked", "1")), ERR_STATE);
	CHECK_ERR(DO(MEIW, "agreement", "ruled", a, IN("confirm_result", "valid"), IN("confirm_ruled", on)), ERR_INVALID);
	NEED_OK(DO(MEIW, "agreement", "ruled", a, IN("confirm_result", "valid"), IN("confirm_no", "（2026）苏0582民特12号"), IN("confirm_ruled", on)));
	CHECK_INT(clock_of(p, "agreement", a, "agreement.confirm")->state, DUE_MET);
	CHECK(way_open(p, d, "enforce") && !way_open(p, d, "confirm"));
	NEED_OK(DO(MEIW, "duty", "pursue", d, IN("pursue", "enforce"), IN("pursue_on", on)));
	/* Another, dismissed: it may be asked for once more in time, and no longer on the thirty-first day. */
	int64_t b = agree(p, id);
	NEED_OK(DO(MEIW, "agreement", "confirm", b, IN("confirm_items", "contact"), IN("confirm_court", num(p, p->court)), IN("confirm_on", on), IN("both_asked", "1")));
	NEED_OK(DO(MEIW, "agreement", "ruled", b, IN("confirm_result", "rejected"), IN("confirm_ruled", on)));
	at(p, "2026-12-24");
	NEED_OK(DO(MEIW, "agreement", "confirm", b, IN("confirm_items", "contact"), IN("confirm_court", num(p, p->court)), IN("confirm_on", "2026-12-24"), IN("both_asked", "1")));
	NEED_OK(DO(MEIW, "agreement", "ruled", b, IN("confirm_result", "withdrawn"), IN("confirm_ruled", "2026-12-24")));
	at(p, "2026-12-25");
	CHECK_ERR(DO(MEIW, "agreement", "confirm", b, IN("confirm_items", "contact"), IN("confirm_court", num(p, p->court)), IN("confirm_on", "2026-12-25"), IN("both_asked", "1")), ERR_STATE);
	city_close(p);
}

/* 人民调解工作若干规定 33; what was said before the case was theirs is no mediation. */
TEST(no_session_outside_the_term)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05");
	CHECK_ERR(ADD(MEIW, "session", id, NULL, IN("form", "face"), IN("held", "2026-11-20 09:00"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "谈了")), ERR_INVALID);
	at(p, "2026-12-28");
	CHECK_ERR(ADD(MEIW, "session", id, NULL, IN("form", "face"), IN("held", "2026-12-28 09:00"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "谈了")), ERR_INVALID);
	/* Held in time, written down late. */
	NEED_OK(ADD(MEIW, "session", id, NULL, IN("form", "face"), IN("held", "2026-12-20 09:00"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "谈了")));
	NEED_OK(DO(MEIW, "case", "extend", id, IN("extend_reason", "consent"), IN("extend_to", "2027-01-10"), IN("both_consent", "1")));
	NEED_OK(ADD(MEIW, "session", id, NULL, IN("form", "face"), IN("held", "2026-12-28 09:00"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "谈了")));
	city_close(p);
}

TEST(a_party_asks_for_another_mediator)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05");
	struct actor head = who(ROLE_COMMUNITY, COMM, 77, p->studio);
	CHECK_ERR(DO(head, "case", "keep_on", id, IN("note", "没有申请")), ERR_STATE);
	CHECK_ERR(DO(MEIW, "case", "object", id, IN("object_side", "b"), IN("object_reason", "other")), ERR_INVALID);
	NEED_OK(DO(MEIW, "case", "object", id, IN("object_side", "b"), IN("object_reason", "partial"), IN("object_note", "说调解员只听对方的")));
	CHECK_INT(clock_of(p, "case", id, "case.object")->state, DUE_RUNNING);
	CHECK_ERR(DO(MEIW, "case", "object", id, IN("object_side", "a"), IN("object_reason", "kin")), ERR_STATE);
	CHECK_ERR(SESSION(id, "face"), ERR_STATE);
	CHECK_ERR(DO(MEIW, "case", "keep_on", id, IN("note", "我没有偏袒")), ERR_DENIED);
	NEED_OK(DO(head, "case", "keep_on", id, IN("note", "经核查不存在偏袒，已向当事人说明")));
	CHECK_INT(clock_of(p, "case", id, "case.object")->state, DUE_MET);
	CHECK_STR(field_of(p, "case", id, "object_reason"), "partial");
	NEED_OK(SESSION(id, "face"));
	NEED_OK(DO(MEIW, "case", "object", id, IN("object_side", "b"), IN("object_reason", "trust")));
	NEED_OK(DO(head, "case", "reassign", id, IN("owner", "77"), IN("chosen", "1")));
	CHECK_INT(rec_int(get(p, "case", id), "object_at"), 0);
	CHECK_INT(rec_int(get(p, "case", id), "chosen"), 1);
	city_close(p);
}

/* Found out after it was taken on: it goes back to who sent it, with what was written; an agreement in force stays where it is. */
TEST(a_case_of_another_town_goes_back)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05"), other = mediated(p, "M05");
	agree(p, other);
	CHECK_ERR(DO(MEIW, "case", "give_back", other, IN("return_reason", "wrong_area"), IN("proposed", num(p, p->comm)), IN("note", "住在别镇")), ERR_STATE);
	CHECK_ERR(DO(MEIW, "case", "give_back", id, IN("return_reason", "wrong_area"), IN("note", "住在别镇")), ERR_INVALID);
	NEED_OK(DO(MEIW, "case", "give_back", id, IN("return_reason", "wrong_area"), IN("proposed", num(p, p->comm)), IN("note", "住在别镇")));
	struct rec *r = get(p, "case", id);
	CHECK_STR(r->state, "returned");
	CHECK_INT(r->owner, 0);
	CHECK_INT(clock_of(p, "case", id, "clue.dispatch")->state, DUE_RUNNING);
	CHECK_INT(kids(p, "session", id).n, 1);
	CHECK_ERR(DO(MEIW, "case", "note", id, IN("note", "x")), ERR_NOT_FOUND);
	city_close(p);
}

TEST(a_party_dies_or_is_two_people)
{
	struct city here, *p = &here;
	struct done a, b;
	city_open(p);
	int64_t id = mediated(p, "M05");
	NEED_OK(ADD(MEIW, "party", id, &a, IN("side", "a"), IN("name", "张某甲"), IN("protected_person", "1")));
	NEED_OK(ADD(MEIW, "party", id, &b, IN("side", "b"), IN("name", "李某乙")));
	NEED_OK(ADD(MEIW, "visit", id, NULL, IN("due_on", "2026-12-10"), IN("party", num(p, b.id))));
	CHECK_ERR(DO(MEIW, "party", "died", b.id, IN("died_on", "2026-12-01")), ERR_INVALID);
	NEED_OK(DO(MEIW, "party", "died", b.id, IN("died_on", "2026-11-20")));
	CHECK_STR(last_kid(p, "visit", id)->state, "skipped");
	CHECK_ERR(DO(MEIW, "party", "edit", b.id, IN("side", "b"), IN("name", "李某")), ERR_STATE);
	NEED_OK(DO0(MEIW, "party", "alive", b.id));
	CHECK_ERR(DO(MEIW, "party", "split", a.id, IN("other_name", "张某甲")), ERR_INVALID);
	NEED_OK(DO(MEIW, "party", "split", a.id, IN("other_name", "张某丙")));
	struct rec *second = last_kid(p, "party", id);
	CHECK_STR(field_of(p, "party", second->id, "name"), "张某丙");
	CHECK_STR(field_of(p, "party", second->id, "side"), "a");
	CHECK_INT(rec_int(second, "protected_person"), 1);
	CHECK_STR(field_of(p, "party", a.id, "name"), "张某甲");
	city_close(p);
}

TEST(a_duty_in_each_state_by_each_verb_by_each_post)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05"), a = agree(p, id);
	walk(p, "duty", term(p, id, a, "2026-12-01", "once", ""),
	     "open done: lead\n" "open part: lead\n" "open late: lead\n" "open break: lead\n" "open end: lead\n"
	     "late done: lead\n" "late part: lead\n" "late break: lead\n" "late end: lead\n"
	     "broken done: lead\n" "broken part: lead\n" "broken pursue: lead\n" "broken end: lead\n"
	     "pursued done: lead\n" "pursued part: lead\n" "pursued break: lead\n" "pursued pursue: lead\n" "pursued end: lead\n");
	city_close(p);
}

TEST(an_agreement_in_each_state_by_each_verb_by_each_post)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = mediated(p, "M05");
	walk(p, "agreement", agree(p, id),
	     "draft edit: lead\n" "draft sign: lead\n" "draft drop: lead\n"
	     "signed perform: lead\n" "signed breach: lead\n" "signed confirm: lead\n" "signed ruled: lead\n"
	     "performed ruled: lead\n" "breached mend: lead\n" "breached confirm: lead\n" "breached ruled: lead\n");
	city_close(p);
}
