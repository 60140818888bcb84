/* The warning letter: who may do what in which state, the evidence that 34号 asks for, refusal, copies, visits on their dates, a breach; and that the
 * police see this record and nothing else of the case, and he nothing of where she is. */
#include "paper.h"

#define POLW who(ROLE_LIAISON, CITY, POL, p->police)
struct lett { struct city city; int64_t kase, hers, his, id; };

static int64_t party(struct lett *l, const char *side, const char *name, const char *address)
{
	struct city *p = &l->city;
	struct done d;
	NEED_OK(ADD(MEIW, "party", l->kase, &d, IN("side", side), IN("name", name), IN("idno", str_is(STR("b"), side) ? "990582198001010014" : ""), IN("address", address),
		IN("phone", *side == 'a' ? "19900012345" : "19900054321"), IN("protected_person", *side == 'a' ? "1" : "")));
	return d.id;
}

static enum err ask(struct lett *l, const char *facts, struct done *d)
{
	struct city *p = &l->city;
	return ADD(MEIW, "letter", l->kase, d, IN("victim", num(p, l->hers)), IN("offender", num(p, l->his)), IN("police", num(p, p->police)), IN("happened", "2026-02-12 22:00"),
		IN("facts", facts), IN("circumstances", "repeated"), IN("evidence", "victim,neighbours"), IN("disputed", "yes"));
}

/* On the eve of Spring Festival: 15 to 23 February are off, 14 and 28 are worked. */
static void lett_open(struct lett *l)
{
	struct city *p = &l->city;
	struct done d;
	city_fast = true;
	city_open(p);
	p->now = civil_ms((struct civil){ 2026, 2, 13, 9, 0, 0 });
	l->kase = new_case(p, "M03", "orange");
	take(p, l->kase);
	l->hers = party(l, "a", "张某甲", "锦丰镇花园浜一村18号3幢");
	l->his = party(l, "b", "李某乙", "锦丰镇花园浜一村20号");
	NEED_OK(ask(l, "李某乙用拳头打张某甲面部，致鼻部出血。", &d));
	l->id = d.id;
}

static enum err draft(struct lett *l) { struct city *p = &l->city; return DO(POLW, "letter", "draft", l->id, IN("happened", "2026-02-12 22:00"), IN("facts", "李某乙用拳头打张某甲面部。"),
	IN("circumstances", "repeated"), IN("evidence", "victim,neighbours"), IN("disputed", "yes"), IN("officer", "王警官、赵警官")); }
static enum err issue(struct lett *l) { struct city *p = &l->city; return DO(POLW, "letter", "issue", l->id, IN("issued_on", "2026-02-13"), IN("disputed", "yes"), IN("evidence", "victim,neighbours"), IN("officer", "王警官、赵警官")); }
static enum err serve(struct lett *l) { struct city *p = &l->city; return DO(POLW, "letter", "serve", l->id, IN("read_out", "1"), IN("served_offender", "2026-02-13 08:00"), IN("served_victim", "2026-02-13 08:55")); }
static enum err copy(struct lett *l) { struct city *p = &l->city; return DO(POLW, "letter", "copy", l->id, IN("copied_fed", "2026-02-13 09:00"), IN("copied_comm", "2026-02-13 09:00")); }

static int visits(struct lett *l, int64_t who, const char *state)
{
	struct seen s = kids(&l->city, "visit", l->kase);
	int n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += rec_int(s.r[i], "party") == who && rec_in(s.r[i], state);
	return n;
}

TEST(from_asking_to_the_end)
{
	struct lett l;
	lett_open(&l);
	struct city *p = &l.city;
	/* 3 working days from Friday the 13th over the festival: 14 (worked), 24, 25; orange: 1 day. */
	CHECK_INT(clock_of(p, "letter", l.id, "letter.decide")->due, civil_ms((struct civil){ 2026, 2, 15, 0, 0, 0 }));
	NEED_OK(draft(&l));
	CHECK_INT(clock_of(p, "letter", l.id, "letter.decide")->state, DUE_MET);
	NEED_OK(issue(&l));
	struct rec *r = get(p, "letter", l.id);
	CHECK(str_starts(r->number, "家暴告诫〔2026〕"));
	/* 90 days from the 13th of February. */
	CHECK_INT(rec_int(r, "until"), civil_ms((struct civil){ 2026, 5, 14, 0, 0, 0 }));
	CHECK_INT(clock_of(p, "letter", l.id, "letter.serve")->due, p->now + 24 * MS_HOUR);
	CHECK_INT(visits(&l, l.hers, "planned"), 4);
	CHECK_INT(visits(&l, l.his, "planned"), 4);
	struct seen v = kids(p, "visit", l.kase);
	for (size_t i = 0; i < v.n; i++) {
		struct rec *one = get(p, "visit", v.r[i]->id);
		/* 7 days end on the 20th, a holiday: the 24th. */
		if (rec_int(one, "after") == 7)
			CHECK_INT(rec_int(one, "due_on"), civil_ms((struct civil){ 2026, 2, 24, 0, 0, 0 }));
		CHECK(rec_has(one, "side"));
	}
	NEED_OK(serve(&l));
	NEED_OK(copy(&l));
	CHECK_ERR(DO0(POLW, "letter", "end", l.id), ERR_STATE);
	NEED_OK(DO(POLW, "letter", "check", l.id, IN("checked_on", "2026-02-13"), IN("checked_who", "b"), IN("checked_note", "承认错误")));
	CHECK_INT(rec_int(get(p, "letter", l.id), "checks"), 1);
	CHECK_ERR(DO(POLW, "letter", "check", l.id, IN("checked_on", "2026-02-13"), IN("checked_who", "both"), IN("checked_note", "x")), ERR_INVALID);
	p->now = civil_ms((struct civil){ 2026, 5, 15, 9, 0, 0 });
	CHECK_ERR(DO0(POLW, "letter", "end", l.id), ERR_STATE);
	for (size_t i = 0; i < v.n; i++)
		NEED_OK(DO(MEIW, "visit", "visit", v.r[i]->id, IN("result", "calm"), IN("satisfaction", "good"), IN("safe_now", "yes"), IN("text", "平静")));
	NEED_OK(DO0(POLW, "letter", "end", l.id));
	city_close(p);
}

TEST(evidence_that_34_asks_for)
{
	struct lett l;
	lett_open(&l);
	struct city *p = &l.city;
	static const struct { const char *disputed, *evidence; enum err e; } v[] = {
		{ "yes", "victim", ERR_INVALID }, { "yes", "neighbours", ERR_INVALID }, { "yes", "offender,victim", ERR_INVALID }, { "yes", "witness,medical", OK },
		{ "unclear", "offender,victim", ERR_INVALID }, { "no", "victim,medical", ERR_INVALID }, { "no", "offender", ERR_INVALID }, { "no", "offender,witness", OK },
	};
	NEED_OK(draft(&l));
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct done d;
		if (i == 4) {
			NEED_OK(ask(&l, "再次打人。", &d));
			l.id = d.id;
			NEED_OK(draft(&l));
		}
		CHECK_ERR(DO(POLW, "letter", "issue", l.id, IN("issued_on", "2026-02-13"), IN("disputed", v[i].disputed), IN("evidence", v[i].evidence), IN("officer", "王、赵")), v[i].e);
	}
	city_close(p);
}

TEST(refusal_service_and_breach)
{
	struct lett l;
	lett_open(&l);
	struct city *p = &l.city;
	NEED_OK(draft(&l));
	NEED_OK(issue(&l));
	CHECK_ERR(DO(POLW, "letter", "serve", l.id, IN("read_out", "1"), IN("served_offender", "2026-02-13 08:00"), IN("served_victim", "2026-02-13 08:10")), ERR_INVALID);
	CHECK_ERR(DO(POLW, "letter", "serve", l.id, IN("read_out", "1"), IN("refused", "1"), IN("served_offender", "2026-02-13 08:00"), IN("served_victim", "2026-02-13 08:50")), ERR_INVALID);
	NEED_OK(DO(POLW, "letter", "serve", l.id, IN("read_out", "1"), IN("refused", "1"), IN("witness", "网格员"), IN("served_offender", "2026-02-13 08:00"), IN("served_victim", "2026-02-13 08:50")));
	CHECK_INT(clock_of(p, "letter", l.id, "letter.copy")->due, p->now + 24 * MS_HOUR);
	NEED_OK(DO(MEIW, "letter", "breach", l.id, IN("breach_on", "2026-02-13"), IN("breach_note", "又打了")));
	CHECK_INT(visits(&l, l.hers, "planned"), 0);
	CHECK(str_is(get(p, "case", l.kase)->v[field_at(&case_type, "grade")].s, "red"));
	CHECK_INT(clock_of(p, "letter", l.id, "letter.handle")->due, p->now + 2 * MS_HOUR);
	NEED_OK(DO(POLW, "letter", "handle", l.id, IN("handled", "penalty"), IN("note", "行政拘留五日")));
	CHECK_INT(visits(&l, l.hers, "planned"), 4);
	NEED_OK(DO(POLW, "letter", "annul", l.id, IN("note", "改为处罚")));
	CHECK_INT(visits(&l, l.his, "planned"), 0);
	city_close(p);
}

/* Exactly their part: the letter, and of the case nothing; another police unit not even the letter. */
TEST(the_police_see_their_part_alone)
{
	struct lett l;
	enum sight s;
	lett_open(&l);
	struct city *p = &l.city;
	NEED_OK(peek(p, POLW, "letter", l.id, &s));
	CHECK_INT(s, SIGHT_FULL);
	CHECK_ERR(peek(p, POLW, "case", l.kase, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, POLW, "party", l.hers, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, who(ROLE_LIAISON, CITY, 33, p->court), "letter", l.id, &s), ERR_NOT_FOUND);
	for (int i = 0; i < 2; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		w.kase = l.kase;
		snprintf(w.side, sizeof w.side, "%s", i ? "b" : "a");
		CHECK_ERR(peek(p, w, "letter", l.id, &s), ERR_NOT_FOUND);
	}
	/* Given on, it stays the police's. */
	NEED_OK(DO(TOWNW, "case", "dispatch", new_case(p, "M01", "blue"), IN("org", num(p, p->studio))));
	CHECK_INT(get(p, "letter", l.id)->org, p->police);
	struct done d;
	CHECK_ERR(ADD(MEIW, "letter", l.kase, &d, IN("victim", num(p, l.hers)), IN("offender", num(p, l.hers)), IN("police", num(p, p->police)), IN("happened", "2026-02-12 22:00"),
		IN("facts", "x"), IN("circumstances", "none"), IN("evidence", "victim")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "letter", l.kase, &d, IN("victim", num(p, l.hers)), IN("offender", num(p, l.his)), IN("police", num(p, p->court)), IN("happened", "2026-02-12 22:00"),
		IN("facts", "x"), IN("circumstances", "none"), IN("evidence", "victim")), ERR_INVALID);
	city_close(p);
}

static bool holds(const struct document *d, const char *what)
{
	bool label = false;
	for (size_t i = 0; i < d->n; i++)
		label |= d->p[i].label.n && str_find(d->p[i].label, str_of(what)) >= 0;
	return label || paper_says(d, what);
}

/* His letter says who he is and nothing of where she is; where the facts say it, it is not made. */
TEST(papers_keep_her_hidden)
{
	struct lett l;
	struct document d;
	lett_open(&l);
	struct city *p = &l.city;
	NEED_OK(draft(&l));
	NEED_OK(paper_for(&l.city, POLW, "letter", "letter", l.id, &d));
	CHECK_STR(d.watermark, "草稿");
	NEED_OK(issue(&l));
	NEED_OK(paper_for(&l.city, POLW, "letter", "letter", l.id, &d));
	CHECK(holds(&d, "990582198001010014") && holds(&d, "花园浜一村20号") && holds(&d, "2026年2月13日") && holds(&d, "家暴告诫〔2026〕"));
	CHECK(!holds(&d, "18号3幢") && !holds(&d, "19900012345"));
	NEED_OK(serve(&l));
	NEED_OK(paper_for(&l.city, POLW, "letter", "receipt", l.id, &d));
	NEED_OK(paper_for(&l.city, MEIW, "letter", "copy", l.id, &d));
	CHECK_ERR(paper_for(&l.city, MEIW, "letter", "letter", l.id, &d), ERR_DENIED);
	CHECK_ERR(paper_for(&l.city, who(ROLE_LIAISON, CITY, 33, p->court), "letter", "letter", l.id, &d), ERR_NOT_FOUND);
	NEED_OK(paper_for(&l.city, POLW, "letter", "letter", 0, &d));
	CHECK(!holds(&d, "张某甲"));
	struct done n;
	NEED_OK(ask(&l, "在锦丰镇花园浜一村18号3幢打人。", &n));
	NEED_OK(DO(POLW, "letter", "draft", n.id, IN("happened", "2026-02-12 22:00"), IN("facts", "在花园浜一村18号3幢打人。"), IN("circumstances", "repeated"), IN("evidence", "victim,neighbours")));
	CHECK_ERR(paper_for(&l.city, POLW, "letter", "letter", n.id, &d), ERR_STATE);
	city_close(p);
}

/* A case is not closed over it. */
TEST(no_closing_over_an_open_letter)
{
	struct lett l;
	lett_open(&l);
	struct city *p = &l.city;
	NEED_OK(DO(MEIW, "case", "safety", l.kase, IN("ongoing", "no"), IN("willing", "no"), IN("told", "1")));
	NEED_OK(DO(MEIW, "case", "refer", l.kase, IN("outcome", "police"), IN("refer_to", "police"), IN("note", "由公安处理")));
	struct seen v = kids(p, "visit", l.kase);
	for (size_t i = 0; i < v.n; i++)
		NEED_OK(DO(MEIW, "visit", "skip", v.r[i]->id, IN("note", "x")));
	CHECK_ERR(DO0(MEIW, "case", "close", l.kase), ERR_STATE);
	NEED_OK(DO(POLW, "letter", "decline", l.id, IN("decline_reason", "penalty"), IN("note", "已处罚")));
	NEED_OK(DO0(MEIW, "case", "close", l.kase));
	city_close(p);
}

/* Whose facts stand already is issued in one step; both clocks move as if it had been two. */
TEST(written_and_issued_at_once)
{
	struct lett l;
	lett_open(&l);
	struct city *p = &l.city;
	CHECK_ERR(DO(POLW, "letter", "issue", l.id, IN("issued_on", "2026-02-13"), IN("facts", ""), IN("officer", "王警官、赵警官")), ERR_INVALID);
	NEED_OK(DO(POLW, "letter", "issue", l.id, IN("issued_on", "2026-02-13"), IN("officer", "王警官、赵警官")));
	CHECK(rec_in(get(p, "letter", l.id), "issued"));
	CHECK_INT(clock_of(p, "letter", l.id, "letter.decide")->state, DUE_MET);
	CHECK_INT(clock_of(p, "letter", l.id, "letter.serve")->due, p->now + 24 * MS_HOUR);
	CHECK_INT(visits(&l, l.hers, "planned"), 4);
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct lett l;
	lett_open(&l);
	walk(&l.city, "letter", l.id,
	     "asked edit: lead\n" "asked withdraw: lead\n" "asked draft: police\n" "asked decline: police\n" "asked issue: police\n"
	     "drafted draft: police\n" "drafted decline: police\n" "drafted issue: police\n"
	     "issued serve: police\n" "issued breach: lead police\n" "issued annul: police\n" "issued keep: police\n"
	     "served copy: police\n" "served breach: lead police\n" "served annul: police\n" "served keep: police\n"
	     "followed check: police\n" "followed breach: lead police\n" "followed end: lead police\n" "followed annul: police\n" "followed keep: police\n"
	     "breached handle: police\n" "breached keep: police\n" "ended keep: police\n");
	city_close(&l.city);
}
