/* Papers that police, court and shelter keep for themselves: each body its own, by whom it is theirs to number, void and read, and by nobody else; what became a
 * secret since keeps them shut; no shelter paper says where. On both engines. */
#include "paper.h"
#include "sheet.h"
#include "../durable/server.h"
#include "../paper/lsan.h"
#include "record/files.h"

#define POLW who(ROLE_LIAISON, CITY, POL, p->police)
#define COURTW who(ROLE_LIAISON, CITY, 33, p->court)
#define CIVILW who(ROLE_LIAISON, CITY, 36, p->civil)
#define CIVIL2 who(ROLE_LIAISON, CITY, 41, p->civil)
#define WHERE_SHE_IS "塘桥镇金谷路66号三楼东"

struct of { struct city city; int64_t kase, hers, his, letter, order, stay, report; };

static void of_open(struct of *g)
{
	struct city *p = &g->city;
	struct done d;
	city_fast = true;
	city_open(p);
	g->kase = new_case(p, "M03", "orange");
	take(p, g->kase);
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "a"), IN("name", "张某甲"), IN("address", "锦丰镇花园浜一村18号3幢"), IN("protected_person", "1")));
	g->hers = d.id;
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "b"), IN("name", "李某乙"), IN("idno", "990582198001010014"), IN("address", "锦丰镇花园浜一村20号")));
	g->his = d.id;
	NEED_OK(ADD(MEIW, "letter", g->kase, &d, IN("victim", num(p, g->hers)), IN("offender", num(p, g->his)), IN("police", num(p, p->police)), IN("happened", "2026-11-23 22:00"),
		IN("facts", "李某乙用拳头打张某甲面部，后在金谷路66号三楼东又威胁。"), IN("circumstances", "repeated"), IN("evidence", "victim,neighbours"), IN("disputed", "yes")));
	g->letter = d.id;
	NEED_OK(ADD(MEIW, "order", g->kase, &d, IN("applicant", num(p, g->hers)), IN("respondent", num(p, g->his)), IN("court", num(p, p->court)), IN("proxy", "self"), IN("place", "violence"),
		IN("requests", "violence,harass"), IN("facts", "李某乙多次殴打张某甲。")));
	g->order = d.id;
	NEED_OK(ADD(MEIW, "stay", g->kase, &d, IN("party", num(p, g->hers)), IN("office", num(p, p->civil)), IN("reasons", "violence"), IN("minors", "one"), IN("urgent_note", "怀孕"), IN("escort", "妇联两人")));
	g->stay = d.id;
}

static enum err issue(struct of *g) { struct city *p = &g->city; return DO(POLW, "letter", "issue", g->letter, IN("happened", "2026-11-23 22:00"), IN("facts", "李某乙用拳头打张某甲面部，后在金谷路66号三楼东又威胁。"),
	IN("circumstances", "repeated"), IN("evidence", "victim,neighbours"), IN("disputed", "yes"), IN("issued_on", "2026-11-24"), IN("officer", "王、赵")); }
static void hide_place(struct of *g) { struct city *p = &g->city; NEED_OK(ADD(MEIW, "vault", g->kase, NULL, IN("kind", "shelter"), IN("party", num(p, g->hers)), IN("kept", WHERE_SHE_IS))); }
static void take_in(struct of *g) { struct city *p = &g->city; NEED_OK(DO(CIVILW, "stay", "admit", g->stay, IN("admitted", "2026-11-24 08:50"), IN("health", "面部挫伤"), IN("things", "证件袋一个"))); }

static enum err keep(struct of *g, struct actor w, const char *type, int64_t id, const char *name, int64_t *ret)
{
	struct city *p = &g->city;
	enum err e = DO(w, type, "keep", id, IN("paper", name));
	struct seen s = kids(p, "office_paper", g->kase);
	if (ret)
		*ret = 0;
	for (size_t i = 0; ret && e == OK && i < s.n; i++)
		*ret = s.r[i]->id > *ret ? s.r[i]->id : *ret;
	return e;
}

#define open_it(g, w, id, d) sheet_of(&(g)->city, w, "office_paper", id, d)

/* Everybody but the unit itself: it is not there for them. */
static void shut_to_others(struct of *g, int64_t id, struct actor own)
{
	struct city *p = &g->city;
	const struct actor all[] = { MEIW, TOWNW, CITYW, COMMW, POLW, COURTW, CIVILW, who(ROLE_LIAISON, CITY, 42, 4242), who(ROLE_MEDIATOR, COMM, 32, p->studio), who(ROLE_LEADER, CITY, 37, p->fed),
		who(ROLE_AUDITOR, CITY, 38, p->fed), who(ROLE_SECADMIN, CITY, 40, p->fed), { .role = ROLE_CITIZEN, .kase = g->kase, .side = "a" }, { .role = ROLE_CITIZEN, .kase = g->kase, .side = "b" } };
	struct document d;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i].org == own.org && all[i].role == own.role)
			continue;
		enum sight s = SIGHT_FULL;
		(void)peek(p, all[i], "office_paper", id, &s);
		CHECK_INT(s, SIGHT_NONE);
		CHECK_ERR(open_it(g, all[i], id, &d), ERR_NOT_FOUND);
		CHECK_ERR(DO(all[i], "office_paper", "void", id, IN("note", "x")), ERR_NOT_FOUND);
	}
}

TEST(the_police_keep_their_letter)
{
	struct of here, *g = &here;
	struct city *p = &g->city;
	struct document d;
	int64_t one, two;
	of_open(g);
	CHECK_ERR(keep(g, POLW, "letter", g->letter, "letter", NULL), ERR_STATE);      /* not issued yet */
	NEED_OK(issue(g));
	/* Neither the team that asked, nor another unit, nor the federation. */
	CHECK_ERR(keep(g, MEIW, "letter", g->letter, "letter", NULL), ERR_DENIED);
	CHECK_ERR(keep(g, CITYW, "letter", g->letter, "letter", NULL), ERR_DENIED);
	CHECK_ERR(keep(g, COURTW, "letter", g->letter, "letter", NULL), ERR_NOT_FOUND);
	CHECK_ERR(keep(g, who(ROLE_LIAISON, CITY, 42, 4242), "letter", g->letter, "letter", NULL), ERR_NOT_FOUND);
	CHECK_ERR(keep(g, POLW, "letter", g->letter, "assist", NULL), ERR_INVALID);
	NEED_OK(keep(g, POLW, "letter", g->letter, "letter", &one));
	CHECK_ERR(keep(g, POLW, "letter", g->letter, "letter", NULL), ERR_STATE);      /* one in force */
	NEED_OK(keep(g, POLW, "letter", g->letter, "receipt_victim", &two));
	struct rec *l = get(p, "letter", g->letter);
	CHECK_STR(get(p, "office_paper", one)->number, arena_printf(p->a, "%.*s之1", (int)l->number.n, l->number.p));
	CHECK_STR(get(p, "office_paper", two)->number, arena_printf(p->a, "%.*s之2", (int)l->number.n, l->number.p));
	CHECK_INT(get(p, "office_paper", one)->org, p->police);
	shut_to_others(g, one, POLW);
	/* It is no paper of the team's, and the team's register makes none of it; nobody makes one but by the record. */
	CHECK_ERR(ADD(MEIW, "issued", g->kase, NULL, IN("form", "letter_letter"), IN("about", num(p, g->letter))), ERR_INVALID);
	CHECK_ERR(run(p, POLW, &(struct act){ .type = "office_paper", .verb = "keep", .parent = g->kase, INPUTS(IN("form", "letter_letter"), IN("about", num(p, g->letter))) }, NULL), ERR_NOT_FOUND);
	CHECK_ERR(run(p, MEIW, &(struct act){ .type = "office_paper", .verb = "keep", .parent = g->kase, INPUTS(IN("form", "letter_letter"), IN("about", num(p, g->letter))) }, NULL), ERR_DENIED);
	/* The record goes on, the words stand. */
	NEED_OK(open_it(g, POLW, one, &d));
	CHECK(paper_says(&d, "用拳头打张某甲") && !d.watermark.n);
	CHECK_ERR(DO(POLW, "office_paper", "sign", one, IN("signed_on", "2026-11-23"), IN("signers", "李某乙；王、赵")), ERR_INVALID);
	NEED_OK(DO(POLW, "office_paper", "sign", one, IN("signed_on", "2026-11-24"), IN("signers", "李某乙；王、赵")));
	/* Its own book. */
	NEED_OK(DO(POLW, "office_paper", "own_number", one, IN("own_number", "安公告字〔2026〕12号")));
	CHECK_ERR(DO(POLW, "office_paper", "own_number", two, IN("own_number", "安公告[2026]第012号")), ERR_INVALID);
	CHECK_ERR(DO(POLW, "office_paper", "void", one), ERR_INVALID);
	NEED_OK(DO(POLW, "office_paper", "void", one, IN("note", "日期写错")));
	NEED_OK(open_it(g, POLW, one, &d));
	CHECK_STR(d.watermark, "作废");
	NEED_OK(keep(g, POLW, "letter", g->letter, "letter", &two));
	CHECK_INT(rec_int(get(p, "office_paper", two), "edition"), 2);
	CHECK_INT(rec_int(get(p, "office_paper", two), "before"), one);
	/* Where she sleeps becomes a secret: the paper that happens to hold it stays shut, for the police too. */
	NEED_OK(open_it(g, POLW, two, &d));
	hide_place(g);
	CHECK_ERR(open_it(g, POLW, two, &d), ERR_STATE);
	CHECK_ERR(keep(g, POLW, "letter", g->letter, "letter", NULL), ERR_STATE);
	city_close(p);
}

/* The signed original by the paper's own verb. */
static enum err scan_in(struct of *g, struct actor w, int64_t paper)
{
	struct city *p = &g->city;
	struct file_made m;
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	p->app->program = server_program();
	NEED_OK(file_take(&c, STR("送达回证：已当面送达。\n"), STR("告诫书.txt"), &m));
	run_file = &m;
	enum err e = DO(w, "office_paper", "scan", paper);
	run_file = NULL;
	if (e != OK)
		file_forget(p->app, &m);
	return e;
}

TEST(a_scan_is_of_its_paper_and_for_who_reads_the_paper)
{
	struct of here, *g = &here;
	struct city *p = &g->city;
	int64_t one;
	of_open(g);
	NEED_OK(issue(g));
	NEED_OK(keep(g, POLW, "letter", g->letter, "letter", &one));
	CHECK_ERR(DO(POLW, "office_paper", "scan", one), ERR_INVALID);      /* no file */
	CHECK_ERR(scan_in(g, MEIW, one), ERR_NOT_FOUND);
	CHECK_ERR(scan_in(g, COURTW, one), ERR_NOT_FOUND);
	CHECK_ERR(scan_in(g, who(ROLE_LIAISON, CITY, 42, 4242), one), ERR_NOT_FOUND);
	NEED_OK(scan_in(g, POLW, one));
	struct seen s = kids(p, "office_scan", g->kase);
	NEED(s.n == 1);
	int64_t scan = s.r[0]->id;
	struct rec *r = get(p, "office_scan", scan);
	CHECK(rec_int(r, "paper") == one && r->org == p->police && rec_int(r, "bytes") > 0);
	/* The team, the federation, other units, both sides: it is not there for them. */
	const struct actor all[] = { MEIW, TOWNW, CITYW, COMMW, COURTW, CIVILW, who(ROLE_LIAISON, CITY, 42, 4242), who(ROLE_LEADER, CITY, 37, p->fed), who(ROLE_AUDITOR, CITY, 38, p->fed),
		{ .role = ROLE_CITIZEN, .kase = g->kase, .side = "a" }, { .role = ROLE_CITIZEN, .kase = g->kase, .side = "b" } };
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		enum sight sight = SIGHT_FULL;
		(void)peek(p, all[i], "office_scan", scan, &sight);
		CHECK_INT(sight, SIGHT_NONE);
		CHECK_ERR(DO(all[i], "office_scan", "remove", scan), ERR_NOT_FOUND);
	}
	/* Nobody hangs a file on the case beside the paper's verb. */
	CHECK_ERR(run(p, POLW, &(struct act){ .type = "office_scan", .verb = "keep", .parent = g->kase, INPUTS(IN("paper", num(p, one))) }, NULL), ERR_NOT_FOUND);
	CHECK_ERR(run(p, MEIW, &(struct act){ .type = "office_scan", .verb = "keep", .parent = g->kase, INPUTS(IN("paper", num(p, one))) }, NULL), ERR_DENIED);
	NEED_OK(DO(POLW, "office_scan", "remove", scan));
	NEED_OK(DO(POLW, "office_scan", "restore", scan));
	/* Shut with its paper: where she sleeps has become a secret, and the words hold it. */
	struct actor pol = POLW;
	struct ctx c;
	ctx_at(p, &c, &pol);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(office_scan_open(&c, one), OK);
	hide_place(g);
	ctx_at(p, &c, &pol);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(office_scan_open(&c, one), ERR_STATE);
	/* Who is kept from the case is kept from it; a void paper takes no more. */
	NEED_OK(DO(POLW, "office_paper", "void", one, IN("note", "日期写错")));
	CHECK_ERR(scan_in(g, POLW, one), ERR_STATE);
	NEED_OK(ADD(actor_system, "conflict", g->kase, NULL, IN("staff", num(p, POL)), IN("why", "加害人的弟弟")));
	enum sight sight = SIGHT_FULL;
	(void)peek(p, POLW, "office_scan", scan, &sight);
	CHECK_INT(sight, SIGHT_NONE);
	city_close(p);
}

TEST(who_is_kept_from_the_case_is_kept_from_its_papers)
{
	struct of here, *g = &here;
	struct city *p = &g->city;
	struct document d;
	int64_t one;
	of_open(g);
	NEED_OK(issue(g));
	NEED_OK(keep(g, POLW, "letter", g->letter, "letter", &one));
	NEED_OK(ADD(actor_system, "conflict", g->kase, NULL, IN("staff", num(p, POL)), IN("why", "加害人的弟弟")));
	CHECK_ERR(open_it(g, POLW, one, &d), ERR_NOT_FOUND);
	CHECK_ERR(keep(g, POLW, "letter", g->letter, "receipt", NULL), ERR_NOT_FOUND);
	CHECK_ERR(DO(POLW, "office_paper", "void", one, IN("note", "x")), ERR_NOT_FOUND);
	city_close(p);
}

TEST(numbered_in_the_units_own_series)
{
	struct of here, *g = &here;
	struct city *p = &g->city;
	int64_t one;
	of_open(g);
	NEED_OK(DO(actor_system, "org", "edit", p->police, IN("mark", "安公")));
	NEED_OK(issue(g));
	NEED_OK(keep(g, POLW, "letter", g->letter, "letter", &one));
	CHECK_STR(get(p, "office_paper", one)->number, "安公档〔2026〕00001号");
	NEED_OK(keep(g, POLW, "letter", g->letter, "copy", &one));
	CHECK_STR(get(p, "office_paper", one)->number, "安公档〔2026〕00002号");
	city_close(p);
}

TEST(application_of_the_team_notice_of_the_court)
{
	struct of here, *g = &here;
	struct city *p = &g->city;
	struct done d, k;
	struct document doc;
	int64_t one;
	of_open(g);
	/* The team's own register: filled in for her, his particulars in it and none of hers. */
	NEED_OK(ADD(MEIW, "issued", g->kase, &k, IN("form", "order_application"), IN("about", num(p, g->order))));
	CHECK_ERR(ADD(COURTW, "issued", g->kase, NULL, IN("form", "order_application"), IN("about", num(p, g->order))), ERR_NOT_FOUND);
	NEED_OK(ADD(MEIW, "issued", g->kase, &d, IN("form", "order_evidence"), IN("about", num(p, g->order))));
	NEED_OK(ADD(MEIW, "issued", g->kase, &d, IN("form", "letter_evidence"), IN("about", num(p, g->letter))));
	struct actor mei = MEIW;
	struct ctx c;
	struct rec *r;
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	NEED_OK(issued_sheet(&c, "issued", k.id, &doc, &r));
	CHECK(paper_says(&doc, "一村20号") && !paper_says(&doc, "18号3幢") && !doc.watermark.n);
	/* It is in no file that both may ask for. */
	NEED_OK(DO(MEIW, "order", "file", g->order, IN("filed_at", "2026-11-24 08:55")));
	CHECK_ERR(keep(g, COURTW, "order", g->order, "assist", NULL), ERR_STATE);
	NEED_OK(DO(COURTW, "order", "grant", g->order, IN("decided_at", "2026-11-24 08:58"), IN("ruling", "(2026)演0582民保令1号"), IN("measures", "violence,harass"), IN("until", "2027-05-20")));
	CHECK_ERR(keep(g, MEIW, "order", g->order, "assist", NULL), ERR_DENIED);
	CHECK_ERR(keep(g, POLW, "order", g->order, "assist", NULL), ERR_NOT_FOUND);
	NEED_OK(keep(g, COURTW, "order", g->order, "assist", &one));
	shut_to_others(g, one, COURTW);
	city_close(p);
}

TEST(receipt_of_a_report_names_nobody)
{
	struct of here, *g = &here;
	struct city *p = &g->city;
	struct document doc;
	struct done d;
	int64_t one;
	of_open(g);
	NEED_OK(ADD(MEIW, "mandatory", g->kase, &d, IN("unit", "school"), IN("reporter", "钱老师"), IN("person_name", "白小石"), IN("person_age", "8"), IN("person_place", "学校"), IN("signs", "孩子手臂有伤"), IN("found_at", "2026-11-24 08:00"), IN("situations", "wounds")));
	g->report = d.id;
	NEED_OK(DO(MEIW, "mandatory", "report", g->report, IN("police", num(p, p->police)), IN("reported_at", "2026-11-24 08:40"), IN("way", "110")));
	CHECK_ERR(keep(g, POLW, "mandatory", g->report, "receipt", NULL), ERR_STATE);
	NEED_OK(DO(POLW, "mandatory", "accept", g->report, IN("police_no", "J2026112401"), IN("officer", "王警官")));
	CHECK_ERR(keep(g, MEIW, "mandatory", g->report, "receipt", NULL), ERR_DENIED);
	NEED_OK(keep(g, POLW, "mandatory", g->report, "receipt", &one));
	NEED_OK(open_it(g, POLW, one, &doc));
	CHECK(paper_says(&doc, "J2026112401") && !paper_says(&doc, "钱老师") && !paper_says(&doc, "白小石") && !paper_says(&doc, "手臂"));
	shut_to_others(g, one, POLW);
	city_close(p);
}

TEST(the_shelters_papers_stay_with_two_of_the_shelter)
{
	static const char *const forms[] = { "admission", "escort", "things", "health" };
	struct of here, *g = &here;
	struct city *p = &g->city;
	struct document d;
	int64_t one = 0;
	of_open(g);
	hide_place(g);
	CHECK_ERR(keep(g, CIVILW, "stay", g->stay, "escort", NULL), ERR_STATE);
	take_in(g);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		/* Filled in by the shelter alone: not by the team that brought her, nor by another office on that team. */
		CHECK_ERR(paper_for(p, MEIW, "stay", forms[i], g->stay, &d), ERR_DENIED);
		CHECK_ERR(keep(g, MEIW, "stay", g->stay, forms[i], NULL), ERR_DENIED);
		CHECK_ERR(keep(g, POLW, "stay", g->stay, forms[i], NULL), ERR_NOT_FOUND);
		CHECK_ERR(keep(g, CITYW, "stay", g->stay, forms[i], NULL), ERR_DENIED);
		NEED_OK(keep(g, CIVILW, "stay", g->stay, forms[i], &one));
		NEED_OK(open_it(g, CIVILW, one, &d));
		CHECK(!paper_says(&d, "金谷路") && !paper_says(&d, "66号") && !paper_says(&d, "18号3幢"));
		shut_to_others(g, one, CIVILW);
		/* Blank, too. */
		NEED_OK(paper_for(p, CIVILW, "stay", forms[i], 0, &d));
	}
	CHECK_ERR(DO(CIVILW, "office_paper", "sign", one, IN("signed_on", "2026-11-24"), IN("signers", "本人；周、吴")), ERR_DENIED);
	NEED_OK(DO(CIVIL2, "office_paper", "sign", one, IN("signed_on", "2026-11-24"), IN("signers", "本人；周、吴")));
	city_close(p);
}

/* Told of the place in words of the day, the shelter itself makes no paper that holds it. */
TEST(no_paper_of_the_shelter_says_where)
{
	struct of here, *g = &here;
	struct city *p = &g->city;
	of_open(g);
	hide_place(g);
	NEED_OK(DO(CIVILW, "stay", "admit", g->stay, IN("admitted", "2026-11-24 08:50"), IN("health", "在金谷路66号三楼东检查"), IN("things", "证件袋，存金谷路66号三楼东")));
	CHECK_ERR(keep(g, CIVILW, "stay", g->stay, "health", NULL), ERR_STATE);
	CHECK_ERR(keep(g, CIVILW, "stay", g->stay, "things", NULL), ERR_STATE);
	CHECK_ERR(keep(g, CIVILW, "stay", g->stay, "admission", NULL), ERR_STATE);
	NEED_OK(keep(g, CIVILW, "stay", g->stay, "escort", NULL));
	city_close(p);
}

TEST(a_paper_in_each_state_by_each_verb_by_each_post)
{
	struct of here, *g = &here;
	struct city *p = &g->city;
	int64_t one;
	of_open(g);
	NEED_OK(issue(g));
	NEED_OK(keep(g, POLW, "letter", g->letter, "letter", &one));
	walk(p, "office_paper", one, "kept own_number: police\nkept sign: police\nkept scan: police\nkept void: police\nsigned own_number: police\nsigned scan: police\nsigned void: police\n");
	city_close(p);
}
