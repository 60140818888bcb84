/* The protection order: by whom it may be asked for, the hours of the court, six months and no more, lengthening before the end and not after,
 * breach, and that the court sees it only once it is handed in. */
#include "paper.h"

#define COURTW who(ROLE_LIAISON, CITY, 33, p->court)
struct ord { struct city city; int64_t kase, hers, his, id; };

static void ord_open(struct ord *o)
{
	struct city *p = &o->city;
	struct done d;
	city_fast = true;
	city_open(p);
	p->now = civil_ms((struct civil){ 2026, 2, 13, 17, 30, 0 });
	o->kase = new_case(p, "M03", "orange");
	take(p, o->kase);
	NEED_OK(ADD(MEIW, "party", o->kase, &d, IN("side", "a"), IN("name", "张某甲"), IN("address", "锦丰镇花园浜一村18号3幢"), IN("phone", "19900012345"), IN("protected_person", "1")));
	o->hers = d.id;
	NEED_OK(ADD(MEIW, "party", o->kase, &d, IN("side", "b"), IN("name", "李某乙"), IN("idno", "990582198001010014"), IN("address", "锦丰镇花园浜一村20号")));
	o->his = d.id;
}

static enum err apply(struct ord *o, const char *proxy, const char *reason, const char *name, const char *willing, const char *urgent)
{
	struct city *p = &o->city;
	struct done d = { 0 };
	enum err e = ADD(MEIW, "order", o->kase, &d, IN("applicant", num(p, o->hers)), IN("respondent", num(p, o->his)), IN("court", num(p, p->court)), IN("proxy", proxy),
		IN("proxy_reason", reason), IN("proxy_name", name), IN("willing", willing), IN("place", "violence"), IN("urgent", urgent), IN("requests", "violence,harass,places"),
		IN("facts", "李某乙多次殴打张某甲。"));
	o->id = d.id;
	return e;
}
static enum err file(struct ord *o) { struct city *p = &o->city; return DO(MEIW, "order", "file", o->id, IN("filed_at", "2026-02-13 17:00")); }
static enum err grant(struct ord *o, const char *until)
{
	struct city *p = &o->city;
	return DO(COURTW, "order", "grant", o->id, IN("decided_at", "2026-02-13 17:20"), IN("ruling", "(2026)演0582民保令1号"), IN("measures", "violence,harass"), IN("until", until));
}
static enum err serve(struct ord *o)
{
	struct city *p = &o->city;
	return DO(COURTW, "order", "serve", o->id, IN("served_applicant", "2026-02-13 17:25"), IN("served_respondent", "2026-02-13 17:28"), IN("served_police", "2026-02-13 17:30"),
		IN("served_comm", "2026-02-13 17:30"));
}

/* 反家庭暴力法 23, 法释〔2022〕17号 2. */
TEST(who_may_apply)
{
	struct ord o;
	ord_open(&o);
	static const struct { const char *proxy, *reason, *name, *willing; enum err e; } v[] = {
		{ "self", "", "", "", OK }, { "federation", "", "市妇联", "", ERR_INVALID }, { "federation", "coerced", "", "", ERR_INVALID }, { "federation", "coerced", "市妇联", "", OK },
		{ "civil", "coerced", "民政局", "1", ERR_INVALID }, { "civil", "elderly", "民政局", "", ERR_INVALID }, { "civil", "elderly", "民政局", "1", OK },
		{ "disabled", "handicap", "残联", "1", OK }, { "kin", "ill", "其兄", "0", ERR_INVALID }, { "police", "limited", "派出所", "", OK },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		CHECK_ERR(apply(&o, v[i].proxy, v[i].reason, v[i].name, v[i].willing, ""), v[i].e);
	city_close(&o.city);
}

/* 28: hours run through the night and Spring Festival, from when the court received it and not from when it was typed. */
TEST(hours_of_the_court)
{
	struct ord o;
	ord_open(&o);
	struct city *p = &o.city;
	int64_t at = civil_ms((struct civil){ 2026, 2, 13, 17, 0, 0 });
	NEED_OK(apply(&o, "self", "", "", "", ""));
	NEED_OK(file(&o));
	CHECK_INT(clock_of(p, "order", o.id, "order.file")->state, DUE_MET);
	CHECK_INT(clock_of(p, "order", o.id, "order.decide")->due, at + 72 * MS_HOUR);
	CHECK_INT(get(p, "order", o.id)->org, p->court);
	NEED_OK(apply(&o, "self", "", "", "", "1"));
	NEED_OK(file(&o));
	CHECK_INT(clock_of(p, "order", o.id, "order.urgent")->due, at + 24 * MS_HOUR);
	NEED_OK(grant(&o, "2026-08-13"));
	CHECK_INT(clock_of(p, "order", o.id, "order.urgent")->state, DUE_MET);
	CHECK_INT(clock_of(p, "order", o.id, "order.serve")->due, p->now + 24 * MS_HOUR);
	city_close(p);
}

/* 30. */
TEST(six_months_at_a_time)
{
	struct ord o;
	ord_open(&o);
	struct city *p = &o.city;
	NEED_OK(apply(&o, "self", "", "", "", ""));
	NEED_OK(file(&o));
	CHECK_ERR(grant(&o, "2026-08-14"), ERR_INVALID);
	CHECK_ERR(grant(&o, "2026-02-13"), ERR_INVALID);
	NEED_OK(grant(&o, "2026-08-13"));
	CHECK_INT(clock_of(p, "order", o.id, "order.end")->due, civil_ms((struct civil){ 2026, 8, 14, 0, 0, 0 }));
	CHECK_INT(kids(p, "visit", o.kase).n, 4);
	NEED_OK(serve(&o));
	CHECK_ERR(DO0(COURTW, "order", "end", o.id), ERR_STATE);
	p->now = civil_ms((struct civil){ 2026, 8, 13, 23, 0, 0 });
	CHECK_ERR(DO(COURTW, "order", "extend", o.id, IN("until", "2027-02-14")), ERR_INVALID);
	CHECK_ERR(DO(COURTW, "order", "extend", o.id, IN("until", "2026-08-13")), ERR_INVALID);
	NEED_OK(DO(COURTW, "order", "extend", o.id, IN("until", "2027-02-13")));
	struct due *d = clock_of(p, "order", o.id, "order.end");
	CHECK_INT(d->due, civil_ms((struct civil){ 2027, 2, 14, 0, 0, 0 }));
	CHECK_INT(d->first_due, civil_ms((struct civil){ 2026, 8, 14, 0, 0, 0 }));
	p->now = civil_ms((struct civil){ 2027, 2, 14, 0, 0, 1 });
	CHECK_ERR(DO(COURTW, "order", "extend", o.id, IN("until", "2027-03-14")), ERR_STATE);
	NEED_OK(DO0(MEIW, "order", "end", o.id));
	struct seen v = kids(p, "visit", o.kase);
	for (size_t i = 0; i < v.n; i++)
		CHECK(rec_in(v.r[i], "skipped"));
	city_close(p);
}

/* The 31st of August plus six months is the last day of February; the light is yellow 15 days before. */
TEST(months_without_such_a_day)
{
	struct ord o;
	ord_open(&o);
	struct city *p = &o.city;
	p->now = civil_ms((struct civil){ 2026, 8, 31, 12, 0, 0 });
	NEED_OK(apply(&o, "self", "", "", "", ""));
	NEED_OK(DO(MEIW, "order", "file", o.id, IN("filed_at", "2026-08-31 09:00")));
	CHECK_ERR(DO(COURTW, "order", "grant", o.id, IN("decided_at", "2026-08-31 10:00"), IN("ruling", "x"), IN("measures", "violence"), IN("until", "2027-03-01")), ERR_INVALID);
	NEED_OK(DO(COURTW, "order", "grant", o.id, IN("decided_at", "2026-08-31 10:00"), IN("ruling", "x"), IN("measures", "violence"), IN("until", "2027-02-28")));
	struct ctx c;
	struct due *d = clock_of(p, "order", o.id, "order.end");
	ctx_at(p, &c, &actor_system);
	c.now = d->due - 16 * MS_DAY;
	CHECK_INT(due_light(&c, d), LIGHT_GREEN);
	c.now = d->due - 14 * MS_DAY;
	CHECK_INT(due_light(&c, d), LIGHT_YELLOW);
	city_close(p);
}

TEST(refusal_reconsideration_breach)
{
	struct ord o;
	ord_open(&o);
	struct city *p = &o.city;
	NEED_OK(apply(&o, "self", "", "", "", ""));
	NEED_OK(file(&o));
	NEED_OK(DO(COURTW, "order", "refuse", o.id, IN("decided_at", "2026-02-13 17:20"), IN("refusal", "danger"), IN("note", "证据不足")));
	/* Five days from the 13th end on the 18th, in Spring Festival: the 24th. */
	CHECK_INT(clock_of(p, "order", o.id, "order.review")->due, civil_ms((struct civil){ 2026, 2, 25, 0, 0, 0 }));
	NEED_OK(DO(MEIW, "order", "review", o.id, IN("filed_at", "2026-02-13 17:25"), IN("review_asked", "1")));
	CHECK(rec_in(get(p, "order", o.id), "filed"));
	NEED_OK(DO(COURTW, "order", "grant", o.id, IN("decided_at", "2026-02-13 17:29"), IN("ruling", "(2026)演0582民保令2号"), IN("measures", "violence"), IN("until", "2026-03-01")));
	/* Only visits while it lasts. */
	CHECK_INT(kids(p, "visit", o.kase).n, 1);
	NEED_OK(DO(COURTW, "order", "serve", o.id, IN("served_applicant", "2026-02-13 17:29"), IN("served_respondent", "2026-02-13 17:29"), IN("served_police", "2026-02-13 17:29"),
		IN("served_comm", "2026-02-13 17:29")));
	NEED_OK(DO(MEIW, "order", "breach", o.id, IN("breach_at", "2026-02-13 17:30"), IN("breach_note", "堵在单位门口")));
	CHECK(str_is(get(p, "case", o.kase)->v[field_at(&case_type, "grade")].s, "red"));
	CHECK_INT(clock_of(p, "order", o.id, "order.breach")->due, p->now + 2 * MS_HOUR);
	NEED_OK(DO(COURTW, "order", "handle", o.id, IN("handled", "fine,detention"), IN("note", "罚款并拘留")));
	CHECK(rec_in(get(p, "order", o.id), "running"));
	NEED_OK(DO(COURTW, "order", "revoke", o.id, IN("note", "申请人申请撤销")));
	city_close(p);
}

TEST(the_court_sees_it_once_handed_in)
{
	struct ord o;
	enum sight s;
	ord_open(&o);
	struct city *p = &o.city;
	NEED_OK(apply(&o, "self", "", "", "", ""));
	CHECK_ERR(peek(p, COURTW, "order", o.id, &s), ERR_NOT_FOUND);
	NEED_OK(file(&o));
	NEED_OK(peek(p, COURTW, "order", o.id, &s));
	CHECK_INT(s, SIGHT_FULL);
	CHECK_ERR(peek(p, COURTW, "case", o.kase, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, who(ROLE_LIAISON, CITY, POL, p->police), "order", o.id, &s), ERR_NOT_FOUND);
	for (int i = 0; i < 2; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		w.kase = o.kase;
		snprintf(w.side, sizeof w.side, "%s", i ? "b" : "a");
		CHECK_ERR(peek(p, w, "order", o.id, &s), ERR_NOT_FOUND);
	}
	city_close(p);
}

TEST(papers_keep_her_hidden)
{
	struct ord o;
	struct document d;
	ord_open(&o);
	struct city *p = &o.city;
	NEED_OK(apply(&o, "federation", "coerced", "市妇联", "", "1"));
	NEED_OK(paper_for(&o.city, MEIW, "order", "application", o.id, &d));
	CHECK_STR(d.watermark, "草稿");
	CHECK(paper_says(&d, "张某甲") && paper_says(&d, "990582198001010014") && paper_says(&d, "市妇联") && paper_says(&d, "二十四小时") && paper_says(&d, "1. 禁止被申请人实施家庭暴力"));
	CHECK(!paper_says(&d, "18号3幢") && !paper_says(&d, "19900012345") && !paper_says(&d, "迁出"));
	CHECK_ERR(paper_for(&o.city, MEIW, "order", "assist", o.id, &d), ERR_STATE);
	NEED_OK(file(&o));
	NEED_OK(grant(&o, "2026-08-13"));
	NEED_OK(paper_for(&o.city, COURTW, "order", "assist", o.id, &d));
	CHECK(paper_says(&d, "2026年8月13日") && paper_says(&d, "民保令1号") && !paper_says(&d, "18号3幢"));
	NEED_OK(paper_for(&o.city, MEIW, "order", "application", 0, &d));
	CHECK(!paper_says(&d, "张某甲") && paper_says(&d, "□"));
	NEED_OK(DO(MEIW, "case", "note", o.kase, IN("note", "x")));
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct ord o;
	ord_open(&o);
	struct city *p = &o.city;
	NEED_OK(apply(&o, "self", "", "", "", ""));
	NEED_OK(file(&o));
	walk(p, "order", o.id,
	     "draft edit: lead\n" "draft file: lead\n" "draft drop: lead\n"
	     "filed drop: lead\n" "filed grant: court\n" "filed refuse: court\n"
	     "granted serve: court\n" "granted extend: court\n" "granted breach: lead court\n" "granted revoke: court\n" "granted keep: court\n"
	     "running extend: court\n" "running breach: lead court\n" "running revoke: court\n" "running end: lead court\n" "running keep: court\n"
	     "breached handle: court\n" "breached revoke: court\n" "breached keep: court\n"
	     "refused review: lead\n" "refused end: lead court\n");
	city_close(p);
}
