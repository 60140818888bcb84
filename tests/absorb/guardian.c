/* Who brings up a child may be who hurts it: marked, he gets nothing that tells of the case, by no way that the house has, and what was on its way is stopped;
 * he supports no child, consents to nothing and stands in as nobody's guardian. Words are planted wherever the house keeps words, and looked for. */
#include "absorb/bound.h"
#include "paper.h"
#include "../durable/server.h"
#include "absorb/timed.h"
#include "record/files.h"

#define POLW who(ROLE_LIAISON, CITY, POL, p->police)
#define COURTW who(ROLE_LIAISON, CITY, 33, p->court)
#define CIVILW who(ROLE_LIAISON, CITY, 36, p->civil)
#define MARK "暗号"
struct kept { struct city city; int64_t kase, clue, child, mother, father, doc; unsigned char hers[16], his[16], written[16]; };

struct give { int64_t party, clue; const unsigned char *mark; };
static enum err give(struct ctx *c, void *arg)
{
	struct give *g = arg;
	return g->party ? receipt_for_party(c, g->mark, g->party) : receipt_for_clue(c, g->mark, g->clue);
}
static enum err receipt(struct kept *g, int64_t party, int64_t clue, unsigned char mark[16])
{
	struct ctx c;
	struct actor w = party ? who(ROLE_MEDIATOR, COMM, MEI, g->city.studio) : actor_system;
	struct give it = { party, clue, mark };
	random_bytes(mark, 16);
	ctx_at(&g->city, &c, &w);
	return ctx_write(&c, give, &it);
}
static enum err find(struct kept *g, const unsigned char mark[16], struct receipt *ret)
{
	struct ctx c;
	struct actor citizen = { .role = ROLE_CITIZEN, .face = "portal" };
	ctx_at(&g->city, &c, &citizen);
	NEED_OK(ctx_read(&c));
	return receipt_find(&c, mark, NULL, ret);
}

/* The father himself wrote the clue, before anybody thought of him; so he holds two receipts, an appointment, a visit to come and a paper. */
static void guard_open(struct kept *g)
{
	struct city *p = &g->city;
	struct done d;
	city_fast = true;
	city_open(p);
	p->now = civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 });
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "clue", .verb = "create", INPUTS(IN("source", "visit"), IN("text", "夫妻为孩子争吵"), IN("reporter_name", "张某乙"), IN("reporter_phone", "19900054321")) }, &d));
	g->clue = d.id;
	NEED_OK(DO(TOWNW, "clue", "confirm", g->clue, IN("family", "1"), IN("kind", "M10"), IN("grade", "yellow")));
	NEED_OK(DO0(TOWNW, "clue", "open", g->clue));
	g->kase = rec_int(get(p, "clue", g->clue), "case_file");
	take(p, g->kase);
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "child"), IN("name", "张小某"), IN("sex", "2"), IN("birth", "2016-05-01")));
	g->child = d.id;
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "a"), IN("name", "李某甲"), IN("phone", "19900012345"), IN("guardian", "1"), IN("safe_contact", "yes")));
	g->mother = d.id;
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "b"), IN("name", "张某乙"), IN("phone", "19900054321"), IN("idno", "990582198001010014"), IN("guardian", "1"), IN("safe_contact", "yes")));
	g->father = d.id;
	NEED_OK(receipt(g, g->mother, 0, g->hers));
	NEED_OK(receipt(g, g->father, 0, g->his));
	NEED_OK(receipt(g, 0, g->clue, g->written));
	NEED_OK(SESSION(g->kase, "face"));
	NEED_OK(ADD(MEIW, "session", g->kase, NULL, IN("form", "separate"), IN("side", "b"), IN("held", "2026-11-24 08:30"), IN("present", MARK "到场"), IN("rights_told", "1"), IN("text", MARK "谈话"), IN("next", "2026-12-02 09:00")));
	NEED_OK(ADD(MEIW, "message", g->kase, NULL, IN("side", "b"), IN("text", MARK "答复")));
	NEED_OK(ADD(MEIW, "message", g->kase, NULL, IN("side", "b"), IN("clue", num(p, g->clue)), IN("text", MARK "给写线索的人")));
	NEED_OK(ADD(MEIW, "message", g->kase, NULL, IN("side", "a"), IN("text", "给她的话")));
	NEED_OK(ADD(MEIW, "booking", g->kase, &d, IN("kind", "reception"), IN("at", "2026-11-25 10:00"), IN("minutes", "60"), IN("side", "b"), IN("note", MARK "约谈")));
	NEED_OK(ADD(MEIW, "booking", g->kase, &d, IN("kind", "reception"), IN("at", "2026-11-26 10:00"), IN("minutes", "60"), IN("side", "both")));
	NEED_OK(ADD(MEIW, "booking", g->kase, &d, IN("kind", "reception"), IN("at", "2026-11-27 10:00"), IN("minutes", "60"), IN("side", "a")));
	NEED_OK(ADD(MEIW, "visit", g->kase, &d, IN("due_on", "2026-12-01"), IN("party", num(p, g->father))));
	NEED_OK(ADD(MEIW, "visit", g->kase, &d, IN("due_on", "2026-12-01"), IN("party", num(p, g->mother))));
	struct ctx c;
	struct file_made m;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	p->app->program = server_program();
	NEED_OK(file_take(&c, STR("材料。\n"), STR("x.txt"), &m));
	run_file = &m;
	NEED_OK(ADD(MEIW, "document", g->kase, &d, IN("side", "b"), IN("kind", "other"), IN("note", MARK "材料")));
	run_file = NULL;
	g->doc = d.id;
	NEED_OK(DO0(MEIW, "document", "share", g->doc));
}
static enum err suspect(struct kept *g) { struct city *p = &g->city; return DO(MEIW, "party", "suspect", g->father, IN("suspect_why", "孩子说是爸爸打的")); }

/* Every word that who holds this receipt can come to. */
static int words(struct kept *g, const struct receipt *r, const char *mark)
{
	static const char *const kinds[] = { "message", "session", "duty", "document", "agreement", "booking", "visit", "party", "joint", "joint_part", "custody", "guidance", "mandatory", "case", "clue", "letter", "order" };
	struct city *p = &g->city;
	struct ctx c;
	struct actor *w = NEW(p->a, struct actor);
	int n = 0;
	receipt_actor(r, w);
	ctx_at(p, &c, w);
	NEED_OK(ctx_read(&c));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct seen s;
		const struct rtype *t = type_find(p->app, str_of(kinds[i]));
		enum err e = t->parent ? see_children(&c, kinds[i], g->kase, &s) : see(&c, &(struct see){ .type = kinds[i] }, &s);
		for (size_t k = 0; e == OK && k < s.n; k++) {
			struct rec *one;
			if (see_one(&c, kinds[i], s.r[k]->id, &one) != OK)
				continue;
			n += *mark == 0;
			for (size_t f = 0; f < t->nfields; f++) {
				enum ftype ft = t->fields[f].type;
				struct str v = ft == F_TEXT || ft == F_LONG ? rec_str(&c, one, t->fields[f].name) : rec_show(&c, one, (int)f);
				n += *mark && v.n && str_find(v, str_of(mark)) >= 0;
			}
		}
		fault_clear(&p->f);
	}
	return n;
}
static int standing(struct kept *g, const struct receipt *r)
{
	struct ctx c;
	int at;
	struct actor citizen = { .role = ROLE_CITIZEN, .face = "portal" };
	ctx_at(&g->city, &c, &citizen);
	NEED_OK(ctx_read(&c));
	NEED_OK(receipt_standing(&c, r, &at));
	return at;
}
static int in_state(struct kept *g, const char *type, const char *state)
{
	struct seen s = kids(&g->city, type, g->kase);
	int n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += rec_in(s.r[i], state);
	return n;
}

TEST(nothing_reaches_him)
{
	struct kept g;
	struct receipt r;
	struct done d;
	guard_open(&g);
	struct city *p = &g.city;
	/* The crawl finds them while he is not marked. */
	NEED_OK(find(&g, g.his, &r));
	CHECK(words(&g, &r, MARK) >= 3);
	NEED_OK(find(&g, g.written, &r));
	CHECK(words(&g, &r, MARK) >= 1);
	CHECK_INT(in_state(&g, "booking", "booked"), 3);
	NEED_OK(suspect(&g));
	/* His receipt is as one that never was; of the clue that he wrote he reads "being handled" for ever, and not a word. */
	CHECK_ERR(find(&g, g.his, &r), ERR_NOT_FOUND);
	CHECK_ERR(receipt(&g, g.father, 0, g.his), ERR_STATE);
	NEED_OK(find(&g, g.written, &r));
	CHECK(r.shut);
	CHECK_INT(words(&g, &r, ""), 0);
	CHECK_INT(standing(&g, &r), 2);
	/* Hers goes on. */
	NEED_OK(find(&g, g.hers, &r));
	CHECK_INT(words(&g, &r, "给她的话"), 1);
	CHECK_INT(words(&g, &r, MARK), 0);
	/* What was on its way is stopped: his appointment and the joint one, his visit, the paper shown to his side. */
	CHECK_INT(in_state(&g, "booking", "booked"), 1);
	CHECK_INT(in_state(&g, "visit", "planned"), 1);
	CHECK_STR(get(p, "document", g.doc)->state, "kept");
	/* Nothing new is begun. */
	CHECK_ERR(ADD(MEIW, "message", g.kase, &d, IN("side", "b"), IN("text", "x")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "message", g.kase, &d, IN("side", "a"), IN("clue", num(p, g.clue)), IN("text", "x")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "booking", g.kase, &d, IN("kind", "reception"), IN("at", "2026-12-03 10:00"), IN("minutes", "60"), IN("side", "b")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "booking", g.kase, &d, IN("kind", "reception"), IN("at", "2026-12-03 10:00"), IN("minutes", "60"), IN("side", "both")), ERR_INVALID);
	NEED_OK(ADD(MEIW, "booking", g.kase, &d, IN("kind", "reception"), IN("at", "2026-12-03 10:00"), IN("minutes", "60"), IN("side", "a")));
	CHECK_ERR(ADD(MEIW, "visit", g.kase, &d, IN("due_on", "2026-12-03"), IN("party", num(p, g.father))), ERR_INVALID);
	CHECK_ERR(DO0(MEIW, "document", "share", g.doc), ERR_STATE);
	CHECK_ERR(ADD(MEIW, "agreement", g.kase, &d, IN("form", "written"), IN("facts", "x"), IN("terms", "x"), IN("performance", "x")), ERR_STATE);
	CHECK_ERR(DO(MEIW, "case", "extend", g.kase, IN("extend_reason", "other"), IN("extend_to", "2027-01-10"), IN("both_consent", "1")), ERR_STATE);
	/* A calendar holds no word of it. */
	struct actor mei = MEIW;
	struct ctx c;
	BUF_AUTO b = BUF(1 << 20);
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	NEED_OK(feed_text(&c, &b));
	CHECK(str_find(buf_view(&b), STR(MARK)) < 0 && str_find(buf_view(&b), STR("张某乙")) < 0);
	/* The case is closed: the receipt of the clue still tells nothing. */
	struct seen s = kids(p, "mandatory", g.kase);
	for (size_t i = 0; i < s.n; i++)
		NEED_OK(DO(TOWNW, "mandatory", "waive", s.r[i]->id, IN("note", "已由公安办理")));
	s = kids(p, "visit", g.kase);
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned"))
			NEED_OK(DO(MEIW, "visit", "skip", s.r[i]->id, IN("note", "x")));
	NEED_OK(DO(MEIW, "case", "refer", g.kase, IN("outcome", "police"), IN("refer_to", "police"), IN("note", "x")));
	NEED_OK(DO0(MEIW, "case", "close", g.kase));
	NEED_OK(find(&g, g.hers, &r));
	CHECK_INT(standing(&g, &r), 3);
	NEED_OK(find(&g, g.written, &r));
	CHECK_INT(standing(&g, &r), 2);
	city_close(p);
}

/* The bells of those who work on it hold no name and no word of a child; nothing waits to be sent outside. */
TEST(notices_and_outbox)
{
	struct kept g;
	struct ctx c;
	struct notice *v;
	size_t n;
	int64_t waiting = 0;
	guard_open(&g);
	struct city *p = &g.city;
	NEED_OK(suspect(&g));
	struct actor mei = MEIW;
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	NEED_OK(notice_list(&c, 50, &v, &n));
	CHECK(n > 0);
	for (size_t i = 0; i < n; i++)
		CHECK(str_find(v[i].text, STR("张")) < 0 && str_find(v[i].text, STR(MARK)) < 0);
	NEED_OK(db_int(c.db, c.f, "SELECT CAST(COUNT(*) AS INTEGER) FROM outbox", NOARGS, &waiting, NULL));
	CHECK_INT(waiting, 0);
	city_close(p);
}

TEST(no_paper_goes_to_him)
{
	struct kept g;
	struct done letter, order, d;
	struct document doc;
	guard_open(&g);
	struct city *p = &g.city;
	NEED_OK(DO(MEIW, "case", "edit", g.kase, IN("summary", "争吵"), IN("kind", "M03"), IN("violence", "1")));
	NEED_OK(ADD(MEIW, "letter", g.kase, &letter, IN("victim", num(p, g.mother)), IN("offender", num(p, g.father)), IN("police", num(p, p->police)), IN("happened", "2026-11-23 22:00"), IN("facts", MARK "打"),
		IN("circumstances", "repeated"), IN("evidence", "victim,neighbours"), IN("disputed", "yes")));
	NEED_OK(ADD(MEIW, "order", g.kase, &order, IN("applicant", num(p, g.mother)), IN("respondent", num(p, g.father)), IN("court", num(p, p->court)), IN("proxy", "self"), IN("place", "violence"), IN("requests", "violence"), IN("facts", MARK "打")));
	NEED_OK(paper_for(p, MEIW, "order", "application", order.id, &doc));
	NEED_OK(DO(POLW, "letter", "draft", letter.id, IN("happened", "2026-11-23 22:00"), IN("facts", MARK "打"), IN("circumstances", "repeated"), IN("evidence", "victim,neighbours"), IN("disputed", "yes"), IN("officer", "王警官、赵警官")));
	NEED_OK(paper_for(p, POLW, "letter", "letter", letter.id, &doc));
	NEED_OK(suspect(&g));
	/* Her protection does not wait for his being told; nobody of ours calls on him. */
	NEED_OK(paper_for(p, POLW, "letter", "letter", letter.id, &doc));
	NEED_OK(paper_for(p, MEIW, "order", "application", order.id, &doc));
	NEED_OK(DO(POLW, "letter", "issue", letter.id, IN("issued_on", "2026-11-24"), IN("disputed", "yes"), IN("evidence", "victim,neighbours"), IN("officer", "王警官、赵警官")));
	struct seen v = kids(p, "visit", g.kase);
	size_t hers = 0;
	for (size_t i = 0; i < v.n; i++) {
		CHECK(!rec_in(v.r[i], "planned") || rec_int(v.r[i], "party") != g.father);
		hers += str_is(v.r[i]->v[field_at(v.r[i]->t, "why")].s, "letter") && rec_int(v.r[i], "party") == g.mother;
	}
	CHECK_INT(hers, 4);
	NEED_OK(DO(MEIW, "order", "file", order.id, IN("filed_at", "2026-11-24 08:00")));
	CHECK_ERR(ADD(MEIW, "guidance", g.kase, &d, IN("child", num(p, g.child)), IN("guardian", num(p, g.father)), IN("kind", "order"), IN("office", num(p, p->police)), IN("grounds", "upbringing"), IN("facts", "x"), IN("prior", "0")), ERR_STATE);
	/* His petition, answered in this case. */
	NEED_OK(ADD(CITYW, "petition", 0, &d, IN("way", "visit"), IN("kind", "claim"), IN("matter", "M07"), IN("petitioner", "张某乙"), IN("text", "要求把孩子还给我"), IN("received_on", "2026-11-24"), IN("kase", num(p, g.kase))));
	NEED_OK(DO(CITYW, "petition", "accept", d.id, IN("accepted_on", "2026-11-24"), IN("told_on", "2026-11-24")));
	CHECK_ERR(paper_for(p, CITYW, "petition", "accept", d.id, &doc), ERR_STATE);
	CHECK_ERR(ADD(MEIW, "referral", g.kase, &d, IN("kind", "invite"), IN("track", "people"), IN("unit", num(p, p->civil)), IN("matter", "请调解"), IN("by_on", "2026-12-01")), ERR_INVALID);
	/* Nor the file that his side may ask to read. */
	{
		struct ctx c;
		BUF_AUTO whole = BUF((size_t)8 << 20);
		struct bound sum;
		struct actor mei = MEIW;
		ctx_at(p, &c, &mei);
		NEED_OK(ctx_read(&c));
		CHECK_ERR(absorb_bound(&c, g.kase, STR("b"), &whole, &sum), ERR_STATE);
		CHECK_ERR(absorb_bound(&c, g.kase, STR(""), &whole, &sum), ERR_STATE);
	}
	/* Told by the police, as a second person writes down: he is still asked for nothing. */
	CHECK_ERR(DO(MEIW, "party", "told", g.father, IN("told_on", "2026-11-24"), IN("suspect_why", "公安已传唤")), ERR_DENIED);
	NEED_OK(DO(CITYW, "party", "told", g.father, IN("told_on", "2026-11-24"), IN("suspect_why", "公安已传唤")));
	CHECK_ERR(DO(MEIW, "case", "extend", g.kase, IN("extend_reason", "other"), IN("extend_to", "2027-01-10"), IN("both_consent", "1")), ERR_STATE);
	city_close(p);
}

TEST(marked_is_marked)
{
	struct kept g;
	struct done d;
	struct receipt r;
	guard_open(&g);
	struct city *p = &g.city;
	int64_t reports = (int64_t)kids(p, "mandatory", g.kase).n;
	NEED_OK(suspect(&g));
	/* A suspicion is a sign: the report begins. */
	struct seen s = kids(p, "mandatory", g.kase);
	CHECK_INT((int64_t)s.n, reports + 1);
	CHECK_STR(s.r[s.n - 1]->v[field_at(s.r[0]->t, "origin")].s, "suspect");
	CHECK_ERR(suspect(&g), ERR_STATE);
	CHECK_ERR(DO(MEIW, "party", "suspect", g.child, IN("suspect_why", "x")), ERR_STATE);
	/* Taken out and entered anew, he is who he was; another of the same house is not. */
	NEED_OK(DO0(MEIW, "party", "remove", g.father));
	CHECK_ERR(ADD(MEIW, "message", g.kase, &d, IN("side", "b"), IN("text", "x")), ERR_INVALID);
	NEED_OK(ADD(MEIW, "party", g.kase, &d, IN("side", "other"), IN("name", "张 某 乙"), IN("safe_contact", "yes")));
	CHECK_STR(get(p, "party", d.id)->v[field_at(&party_type, "suspect")].s, "hidden");
	CHECK_STR(get(p, "party", d.id)->v[field_at(&party_type, "safe_contact")].s, "no");
	CHECK_ERR(ADD(MEIW, "message", g.kase, &d, IN("side", "other"), IN("text", "x")), ERR_INVALID);
	NEED_OK(ADD(MEIW, "party", g.kase, &d, IN("side", "a"), IN("name", "张奶奶"), IN("phone", "19900054321")));
	CHECK(!rec_has(get(p, "party", d.id), "suspect"));
	/* The mark is taken off by a second person, with the reason. */
	CHECK_ERR(DO(MEIW, "party", "clear", g.father, IN("suspect_why", "误会")), ERR_DENIED);
	CHECK_ERR(DO0(TOWNW, "party", "clear", g.father), ERR_INVALID);
	NEED_OK(DO(TOWNW, "party", "clear", g.father, IN("suspect_why", "公安查明与其无关")));
	CHECK(!rec_has(get(p, "party", g.father), "suspect"));
	CHECK_ERR(DO(TOWNW, "party", "clear", g.father, IN("suspect_why", "x")), ERR_STATE);
	/* The old receipt stays void: who found it may hold it. */
	CHECK_ERR(find(&g, g.his, &r), ERR_NOT_FOUND);
	city_close(p);
}

static enum err joint(struct kept *g, const char *kind, int64_t party, const char *name)
{
	struct city *p = &g->city;
	return ADD(MEIW, "joint", g->kase, NULL, IN("child", num(p, g->child)), IN("lead", num(p, p->police)), IN("situations", "wounds"), IN("at", "2026-11-24 15:00"), IN("minutes", "60"), IN("place_kind", "onestop"),
		IN("interviewer", "王警官"), IN("trained", "1"), IN("woman", "1"), IN("support_kind", kind), IN("support_party", party ? num(p, party) : ""), IN("support_name", name), IN("recorded", "1"));
}
static enum err name(struct kept *g, int64_t id, const char *who_name, const char *phone, const char *until)
{
	struct city *p = &g->city;
	return DO(CIVILW, "custody", "name", id, IN("kind", "kin"), IN("guardian_name", who_name), IN("guardian_phone", phone), IN("from_on", "2026-11-24"), IN("until", until));
}

TEST(beside_the_child_and_in_his_place)
{
	struct kept g;
	struct done d;
	enum sight s;
	guard_open(&g);
	struct city *p = &g.city;
	NEED_OK(suspect(&g));
	CHECK_ERR(joint(&g, "guardian", g.father, ""), ERR_INVALID);
	CHECK_ERR(joint(&g, "kin", 0, "张某乙"), ERR_INVALID);
	CHECK_ERR(joint(&g, "temporary", 0, "外婆"), ERR_INVALID);
	/* Civil affairs names who stands in; not him, and not for ever. */
	CHECK_ERR(ADD(MEIW, "custody", g.kase, &d, IN("child", num(p, g.child)), IN("office", num(p, p->police)), IN("reasons", "suspect")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "custody", g.kase, &d, IN("child", num(p, g.mother)), IN("office", num(p, p->civil)), IN("reasons", "suspect")), ERR_INVALID);
	NEED_OK(ADD(MEIW, "custody", g.kase, &d, IN("child", num(p, g.child)), IN("office", num(p, p->civil)), IN("reasons", "suspect")));
	CHECK_INT(clock_of(p, "custody", d.id, "custody.decide")->due, p->now + 24 * MS_HOUR);
	CHECK_ERR(name(&g, d.id, "张某乙", "", "2027-05-24"), ERR_INVALID);
	CHECK_ERR(name(&g, d.id, "王外婆", "19900054321", "2027-05-24"), ERR_INVALID);
	CHECK_ERR(name(&g, d.id, "王外婆", "19900077777", "2027-11-25"), ERR_INVALID);
	NEED_OK(name(&g, d.id, "王外婆", "19900077777", "2027-05-24"));
	CHECK_INT(clock_of(p, "custody", d.id, "custody.decide")->state, DUE_MET);
	CHECK_INT(clock_of(p, "custody", d.id, "custody.end")->due, civil_ms((struct civil){ 2027, 5, 25, 0, 0, 0 }));
	NEED_OK(joint(&g, "temporary", 0, "王外婆"));
	for (int i = 0; i < 3; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		w.kase = g.kase;
		snprintf(w.side, sizeof w.side, "%s", i == 2 ? "child" : i ? "b" : "a");
		CHECK_ERR(peek(p, w, "custody", d.id, &s), ERR_NOT_FOUND);
	}
	CHECK_ERR(DO(CIVILW, "custody", "longer", d.id, IN("until", "2027-11-30"), IN("note", "x")), ERR_INVALID);
	NEED_OK(DO(CIVILW, "custody", "longer", d.id, IN("until", "2027-08-24"), IN("note", "案件未结")));
	NEED_OK(DO(CIVILW, "custody", "end", d.id, IN("ended_on", "2026-11-24"), IN("end_reason", "other_guardian"), IN("note", "法院指定")));
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct kept g;
	struct done d;
	guard_open(&g);
	struct city *p = &g.city;
	NEED_OK(ADD(MEIW, "custody", g.kase, &d, IN("child", num(p, g.child)), IN("office", num(p, p->civil)), IN("reasons", "unsafe")));
	walk(p, "custody", d.id, "asked withdraw: lead\n" "asked name: civil\n" "asked refuse: civil\n" "named longer: civil\n" "named end: civil\n");
	walk(p, "party", g.father,
	     "listed edit: lead\n" "listed remove: lead\n" "listed died: lead\n" "listed split: lead\n" "listed suspect: lead\n" "listed told: city town lead\n" "listed clear: city town lead\n"
	     "died alive: lead\n" "removed restore: lead\n" "removed told: city town lead\n" "removed clear: city town lead\n");
	city_close(p);
}
