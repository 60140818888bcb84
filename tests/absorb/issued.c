/* Papers that are numbered and kept: their words stand still while the record goes on, a number is used once, and nobody reads in them what they may not. On both engines. */
#include "paper.h"
#include "sheet.h"
#include "../durable/server.h"
#include "record/files.h"
#include "samples.h"
#include "pdftext.h"
#include "../paper/lsan.h"
#include <pthread.h>

#define NAME "100,100,0 160,120,20 220,140,40 280,180,60 340,200,80 400,180,100 460,140,120;500,100,400 500,160,420 500,220,440 500,260,460 500,300,480 500,340,500"

struct is { struct city city; int64_t kase, a, b, talk; };
static void is_open(struct is *g)
{
	struct city *p = &g->city;
	struct done d;
	city_open(p);
	g->kase = new_case(p, "M05", "yellow");
	take(p, g->kase);
	NEED_OK(ADD(MEIW, "session", g->kase, &d, IN("form", "face"), IN("held", "2026-11-24 08:30"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "双方谈了带孩子的时间。")));
	g->talk = d.id;
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "a"), IN("name", "张某甲"), IN("address", "锦丰镇向阳路18号")));
	g->a = d.id;
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "b"), IN("name", "李某乙")));
	g->b = d.id;
}

static enum err keep(struct is *g, struct actor w, const char *form, int64_t about, int64_t *ret)
{
	struct city *p = &g->city;
	struct done d = { 0 };
	enum err e = ADD(w, "issued", g->kase, &d, IN("form", form), IN("about", num(p, about)));
	if (ret)
		*ret = d.id;
	return e;
}

#define open_it(g, w, id, d) sheet_of(&(g)->city, w, "issued", id, d)

TEST(kept_words_stand_still)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	struct document d;
	int64_t one, two;
	is_open(g);
	NEED_OK(keep(g, MEIW, "session_record", g->talk, &one));
	CHECK_ERR(keep(g, MEIW, "session_record", g->talk, NULL), ERR_STATE);
	NEED_OK(keep(g, MEIW, "case_rights", g->kase, &two));
	struct rec *r = get(p, "issued", one), *k = get(p, "case", g->kase);
	CHECK_STR(r->number, arena_printf(p->a, "%.*s之1", (int)k->number.n, k->number.p));
	CHECK_STR(get(p, "issued", two)->number, arena_printf(p->a, "%.*s之2", (int)k->number.n, k->number.p));
	/* The party takes another name; what was kept does not. */
	NEED_OK(keep(g, MEIW, "case_register", g->kase, &two));
	NEED_OK(DO(MEIW, "party", "edit", g->a, IN("side", "a"), IN("name", "王改名")));
	NEED_OK(open_it(g, MEIW, two, &d));
	CHECK(paper_says(&d, "张某甲") && !paper_says(&d, "王改名"));
	CHECK(!d.watermark.n && str_find(d.footer, STR("第1版")) >= 0);
	/* What ends a line in another program is kept, and opens again. */
	struct done line;
	int64_t three;
	NEED_OK(ADD(MEIW, "session", g->kase, &line, IN("form", "face"), IN("held", "2026-11-24 08:55"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "第一句。\xE2\x80\xA8第二句。\n第三句|末。")));
	NEED_OK(keep(g, MEIW, "session_record", line.id, &three));
	NEED_OK(open_it(g, MEIW, three, &d));
	CHECK(paper_says(&d, "第三句|末。"));
	/* Void with a reason, and a new edition that names the one before. */
	CHECK_ERR(DO(MEIW, "issued", "void", two), ERR_INVALID);
	NEED_OK(DO(MEIW, "issued", "void", two, IN("note", "姓名写错")));
	NEED_OK(open_it(g, MEIW, two, &d));
	CHECK_STR(d.watermark, "作废");
	NEED_OK(keep(g, MEIW, "case_register", g->kase, &one));
	r = get(p, "issued", one);
	CHECK_INT(rec_int(r, "edition"), 2);
	CHECK_INT(rec_int(r, "before"), two);
	NEED_OK(open_it(g, MEIW, one, &d));
	CHECK(paper_says(&d, "王改名"));
	/* As PDF and for an office program. */
	BUF_AUTO pdf = BUF((size_t)8 << 20);
	BUF_AUTO docx = BUF((size_t)8 << 20);
	struct fault f = { 0 };
	NEED_OK(pdf_document(&d, &pdf, &f));
	NEED_OK(docx_document(&d, &docx, &f));
	CHECK(pdf.n > 1000 && docx.n > 1000);
	city_close(p);
}

TEST(a_number_is_used_once)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	int64_t one, two;
	is_open(g);
	NEED_OK(keep(g, MEIW, "session_record", g->talk, &one));
	NEED_OK(keep(g, MEIW, "case_rights", g->kase, &two));
	CHECK_ERR(DO(MEIW, "issued", "own_number", one, IN("own_number", "12")), ERR_INVALID);
	NEED_OK(DO(MEIW, "issued", "own_number", one, IN("own_number", "安调〔2026〕12号")));
	static const char *const same[] = { "安调〔2026〕12号", "安调[2026]012号", "安调字（2026）第 １２ 号", "安调 2026 12" };
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		CHECK_ERR(DO(MEIW, "issued", "own_number", two, IN("own_number", same[i])), ERR_INVALID);
	NEED_OK(DO(MEIW, "issued", "own_number", two, IN("own_number", "安调〔2026〕112号")));
	NEED_OK(DO(MEIW, "issued", "own_number", one, IN("own_number", "安调〔2026〕12号")));
	/* A void number stays used. */
	NEED_OK(DO(MEIW, "issued", "void", one, IN("note", "错")));
	CHECK_ERR(DO(MEIW, "issued", "own_number", two, IN("own_number", "安调〔2026〕12号")), ERR_INVALID);
	city_close(p);
}

/* One that keeps papers, beside others. */
#define HANDS 6
#define EACH 4
struct hand { struct is *g; int64_t about[EACH]; enum err e[EACH]; const char *form; };

static void *hand_main(void *arg)
{
	struct hand *h = arg;
	struct city *p = &h->g->city;
	struct actor mei = MEIW;
	for (int i = 0; i < EACH; i++) {
		ARENA a = arena_new(0);
		struct fault f = { 0 };
		struct done d;
		struct ctx c;
		ctx_init(&c, p->app, a, &f, &mei);
		c.now = p->now;
		h->e[i] = act_now(&c, &(struct act){ .type = "issued", .verb = "create", .parent = h->g->kase, INPUTS(INPUT("form", str_of(h->form)), INPUT("about", arena_fmt(a, "%lld", (long long)h->about[i]))) }, &d);
	}
	return NULL;
}

static void all_at_once(struct hand *h)
{
	pthread_t t[HANDS];
	for (int i = 0; i < HANDS; i++)
		NEED(pthread_create(&t[i], NULL, hand_main, &h[i]) == 0);
	for (int i = 0; i < HANDS; i++)
		NEED(pthread_join(t[i], NULL) == 0);
}

TEST(several_at_once_each_get_a_number)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	struct hand h[HANDS] = { 0 };
	is_open(g);
	for (int i = 0; i < HANDS; i++)
		for (int k = 0; k < EACH; k++) {
			struct done d;
			NEED_OK(ADD(MEIW, "session", g->kase, &d, IN("form", "face"), IN("held", "2026-11-24 08:30"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "谈了。")));
			h[i] = (struct hand){ .g = g, .form = "session_record", .about = { h[i].about[0], h[i].about[1], h[i].about[2], h[i].about[3] } };
			h[i].about[k] = d.id;
		}
	all_at_once(h);
	for (int i = 0; i < HANDS; i++)
		for (int k = 0; k < EACH; k++)
			CHECK_ERR(h[i].e[k], OK);
	struct seen s = kids(p, "issued", g->kase);
	bool used[HANDS * EACH + 1] = { false };
	NEED(s.n == HANDS * EACH);
	struct rec *kase = get(p, "case", g->kase);
	for (size_t i = 0; i < s.n; i++)
		for (int n = 1; n <= HANDS * EACH; n++)
			if (str_is(s.r[i]->number, arena_printf(p->a, "%.*s之%d", (int)kase->number.n, kase->number.p, n)))
				used[n] = true;
	for (int n = 1; n <= HANDS * EACH; n++)
		CHECK(used[n]);
	/* All of them the same paper: one is in force, the others are told so. */
	for (int i = 0; i < HANDS; i++)
		for (int k = 0; k < EACH; k++)
			h[i].form = "case_rights", h[i].about[k] = g->kase;
	all_at_once(h);
	int made = 0;
	for (int i = 0; i < HANDS; i++)
		for (int k = 0; k < EACH; k++) {
			made += h[i].e[k] == OK;
			CHECK(h[i].e[k] == OK || h[i].e[k] == ERR_STATE);
		}
	CHECK_INT(made, 1);
	city_close(p);
}

TEST(signed_on_the_screen_or_on_paper)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	struct document d;
	int64_t one;
	is_open(g);
	NEED_OK(keep(g, MEIW, "session_record", g->talk, &one));
	struct str digest = rec_str(&(struct ctx){ .app = p->app, .a = p->a, .f = &p->f, .actor = &actor_system }, get(p, "issued", one), "digest");
	CHECK_ERR(DO(MEIW, "issued", "sign", one, IN("signed_on", "2026-11-24")), ERR_INVALID);
#define INK(who, party) ADD(MEIW, "signature", g->kase, NULL, IN("issued", num(p, one)), IN("who", who), IN("party", (party) ? num(p, party) : ""), IN("ink", NAME), IN("digest", arena_cstr(p->a, digest)))
	CHECK_ERR(ADD(MEIW, "signature", g->kase, NULL, IN("issued", num(p, one)), IN("who", "a"), IN("party", num(p, g->a)), IN("ink", NAME), IN("digest", "00")), ERR_STATE);
	CHECK_ERR(ADD(MEIW, "signature", g->kase, NULL, IN("who", "a"), IN("party", num(p, g->a)), IN("ink", NAME), IN("digest", arena_cstr(p->a, digest))), ERR_NOT_FOUND);
	NEED_OK(INK("a", g->a));
	NEED_OK(INK("b", g->b));
	CHECK_ERR(INK("b", g->b), ERR_INVALID);
	NEED_OK(INK("mediator", 0));
	NEED_OK(INK("recorder", 0));
	NEED_OK(open_it(g, MEIW, one, &d));
	int inked = 0, blank = 0;
	for (size_t i = 0; i < d.n; i++)
		if (d.p[i].kind == PARA_SIGN)
			d.p[i].ink.n ? inked++ : blank++;
	CHECK_INT(inked, 4);
	CHECK_INT(blank, 0);
	CHECK_ERR(DO(MEIW, "issued", "sign", one, IN("signed_on", "2026-11-23")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "issued", "sign", one, IN("signed_on", "2027-11-23")), ERR_INVALID);
	NEED_OK(DO(MEIW, "issued", "sign", one, IN("signed_on", "2026-11-24")));
	CHECK_ERR(INK("witness", 0), ERR_STATE);
	/* On paper: its scan, out of this case. */
	int64_t two;
	struct ctx c;
	struct file_made m;
	struct done doc;
	NEED_OK(keep(g, MEIW, "case_rights", g->kase, &two));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	p->app->program = server_program();
	NEED_OK(file_take(&c, sample_jpeg(p->a, 64, 40, 1, NULL), STR("签署件.jpg"), &m));
	run_file = &m;
	NEED_OK(ADD(MEIW, "document", g->kase, &doc, IN("side", "both"), IN("kind", "paper")));
	run_file = NULL;
	NEED_OK(DO(MEIW, "issued", "sign", two, IN("signed_on", "2026-11-24"), IN("scan", num(p, doc.id))));
	city_close(p);
}

TEST(of_one_side_the_other_learns_nothing)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	struct done d;
	int64_t one;
	is_open(g);
	NEED_OK(ADD(MEIW, "session", g->kase, &d, IN("form", "separate"), IN("side", "a"), IN("held", "2026-11-24 08:40"), IN("present", "甲方"), IN("rights_told", "1"), IN("text", "单独谈话暗语青石板。")));
	NEED_OK(keep(g, MEIW, "session_record", d.id, &one));
	struct str digest = rec_str(&(struct ctx){ .app = p->app, .a = p->a, .f = &p->f, .actor = &actor_system }, get(p, "issued", one), "digest");
	CHECK_ERR(INK("b", g->b), ERR_STATE);
	NEED_OK(INK("a", g->a));
	/* A face-to-face talk is no inquiry, and a talk apart is one. */
	CHECK_ERR(keep(g, MEIW, "session_inquiry", g->talk, NULL), ERR_STATE);
	NEED_OK(keep(g, MEIW, "session_inquiry", d.id, NULL));
	/* Neither side by its own page, no stranger, not the federation above; no form that is none. */
	struct document doc;
	CHECK_ERR(open_it(g, CITYW, one, &doc), ERR_NOT_FOUND);
	CHECK_ERR(open_it(g, who(ROLE_MEDIATOR, COMM, 32, p->studio), one, &doc), ERR_NOT_FOUND);
	CHECK_ERR(keep(g, CITYW, "case_rights", g->kase, NULL), ERR_DENIED);
	CHECK_ERR(keep(g, MEIW, "letter_letter", g->kase, NULL), ERR_INVALID);
	CHECK_ERR(keep(g, MEIW, "session_record", 12345, NULL), ERR_NOT_FOUND);
	int64_t other = new_case(p, "M05", "yellow");
	take(p, other);
	CHECK_ERR(keep(g, MEIW, "case_rights", other, NULL), ERR_NOT_FOUND);
	city_close(p);
}

TEST(what_became_secret_shuts_the_paper)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	struct document d;
	struct done s;
	int64_t one;
	is_open(g);
	NEED_OK(ADD(MEIW, "session", g->kase, &s, IN("form", "face"), IN("held", "2026-11-24 08:45"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "说到塘桥镇金谷路66号三楼的房子。")));
	NEED_OK(keep(g, MEIW, "session_record", s.id, &one));
	NEED_OK(open_it(g, MEIW, one, &d));
	NEED_OK(ADD(MEIW, "vault", g->kase, NULL, IN("kind", "shelter"), IN("kept", "塘桥镇金谷路66号三楼")));
	CHECK_ERR(open_it(g, MEIW, one, &d), ERR_STATE);
	/* And one that would hold it is not kept at all; nor who made the mandatory report. */
	NEED_OK(DO(MEIW, "issued", "void", one, IN("note", "含有应当保密的地址")));
	CHECK_ERR(keep(g, MEIW, "session_record", s.id, NULL), ERR_STATE);
	NEED_OK(ADD(MEIW, "mandatory", g->kase, NULL, IN("unit", "school"), IN("reporter", "钱老师"), IN("person_name", "白小石"), IN("person_age", "8"), IN("person_place", "学校"), IN("signs", "孩子手臂有伤"), IN("found_at", "2026-11-24 08:00"), IN("situations", "wounds")));
	NEED_OK(ADD(MEIW, "session", g->kase, &s, IN("form", "face"), IN("held", "2026-11-24 08:50"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "据钱老师反映孩子有伤。")));
	CHECK_ERR(keep(g, MEIW, "session_record", s.id, NULL), ERR_STATE);
	city_close(p);
}

TEST(violence_asks_no_signature_under_mediation)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	is_open(g);
	NEED_OK(DO(MEIW, "case", "edit", g->kase, IN("summary", "两人争吵"), IN("kind", "M05"), IN("violence", "1")));
	CHECK_ERR(keep(g, MEIW, "case_rights", g->kase, NULL), ERR_STATE);
	int64_t one;
	struct document d;
	NEED_OK(keep(g, MEIW, "case_register", g->kase, &one));
	NEED_OK(open_it(g, MEIW, one, &d));
	for (size_t i = 0; i < d.n; i++)
		CHECK(!str_is(d.p[i].label, "案件来源") && !str_is(d.p[i].text, "纠纷简要情况"));
	city_close(p);
}

/* 发文机关代字 (GB/T 9704-2012 7.2.5). */
TEST(letters_are_numbered_by_their_unit)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	struct done d;
	struct document doc;
	is_open(g);
	NEED_OK(DO(actor_system, "org", "edit", p->studio, IN("mark", "锦调")));
	CHECK_ERR(DO(actor_system, "org", "edit", p->fed, IN("mark", "锦调")), ERR_INVALID);
	CHECK_ERR(DO(actor_system, "org", "edit", p->fed, IN("mark", "安1")), ERR_INVALID);
	CHECK_ERR(DO(actor_system, "org", "edit", p->fed, IN("mark", "安")), ERR_INVALID);
	for (int i = 1; i <= 2; i++) {
		NEED_OK(ADD(MEIW, "referral", g->kase, &d, IN("kind", "joint"), IN("track", ""), IN("unit", num(p, p->police)), IN("first", num(p, g->a)), IN("matter", "请协助了解"), IN("released", "双方分居"), IN("by_on", "2026-12-10")));
		CHECK_STR(get(p, "referral", d.id)->number, arena_printf(p->a, "锦调联〔2026〕%05d号", i));
	}
	NEED_OK(paper_for(p, MEIW, "referral", "letter", d.id, &doc));
	CHECK(doc.head.n > 0);
	BUF_AUTO pdf = BUF((size_t)8 << 20);
	struct fault f = { 0 };
	NEED_OK(pdf_document(&doc, &pdf, &f));
	struct pdftext *t = pdf_text(p->a, buf_view(&pdf));
	CHECK(pdf_says(t, arena_cstr(p->a, doc.head)) && pdf_says(t, "锦调联〔2026〕00002号"));
	pdf_keep("letter-head.pdf", buf_view(&pdf));
	city_close(p);
}

TEST(a_paper_in_each_state_by_each_verb_by_each_post)
{
	struct is here, *g = &here;
	struct city *p = &g->city;
	int64_t one;
	is_open(g);
	NEED_OK(keep(g, MEIW, "session_record", g->talk, &one));
	walk(p, "issued", one, "kept own_number: lead\nkept sign: lead\nkept void: lead\nsigned own_number: lead\nsigned void: lead\n");
	city_close(p);
}
