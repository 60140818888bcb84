/* A name on the screen: what was read, who wrote, and that neither can be changed afterwards. */
#include "paper.h"
#include "absorb/papers.h"
#include "absorb/signature.h"
#include "../paper/lsan.h"

#define NAME "100,100,0 160,120,20 220,140,40 280,180,60 340,200,80 400,180,100 460,140,120;500,100,400 500,160,420 500,220,440 500,260,460 500,300,480 500,340,500"

struct sg { struct city city; int64_t kase, a, b, child, paper; };
static void sg_open(struct sg *g)
{
	struct city *p = &g->city;
	struct done d;
	city_open(p);
	g->kase = new_case(p, "M05", "yellow");
	take(p, g->kase);
	NEED_OK(SESSION(g->kase, "face"));
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "a"), IN("name", "张某甲")));
	g->a = d.id;
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "b"), IN("name", "李某乙")));
	g->b = d.id;
	NEED_OK(ADD(MEIW, "party", g->kase, &d, IN("side", "a"), IN("name", "张小某"), IN("minor", "1")));
	g->child = d.id;
	NEED_OK(ADD(MEIW, "agreement", g->kase, &d, IN("form", "written"), IN("facts", "事实"), IN("terms", "按月付抚养费"), IN("performance", "每月五日前")));
	g->paper = d.id;
}

static struct str digest(struct sg *g)
{
	struct ctx c;
	struct document d;
	struct actor w = who(ROLE_MEDIATOR, COMM, MEI, g->city.studio);
	ctx_at(&g->city, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_agreement_paper(&c, g->paper, &d));
	return signature_digest(g->city.a, d.p, d.n);
}

static int inked(struct sg *g)
{
	struct ctx c;
	struct document d;
	struct actor w = who(ROLE_MEDIATOR, COMM, MEI, g->city.studio);
	int n = 0;
	ctx_at(&g->city, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_agreement_paper(&c, g->paper, &d));
	for (size_t i = 0; i < d.n; i++)
		n += d.p[i].kind == PARA_SIGN && d.p[i].ink.n;
	return n;
}

static enum err sign(struct sg *g, const char *side, int64_t party, const char *ink, struct str of)
{
	struct city *p = &g->city;
	return ADD(MEIW, "signature", g->kase, NULL, IN("agreement", num(p, g->paper)), IN("who", side), IN("party", party ? num(p, party) : ""), IN("ink", ink), IN("digest", arena_cstr(p->a, of)));
}

TEST(what_is_a_name)
{
	CHECK(!signature_ink_wrong(STR(NAME)));
	static const char *const bad[] = { "", "1,1,1", "a", "1,1", "100,100,0 160,120", "1001,1,1 2,2,2", "1,401,1", "1,1,1,1", "-1,1,1", "1,1,1 1,1,2 1,1,3 1,1,4 1,1,5 1,1,6 1,1,7 1,1,8 1,1,9 1,1,10 1,1,11 1,1,12", "99999999999999999999,1,1" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(signature_ink_wrong(str_of(bad[i])) != NULL);
	BUF_AUTO b = BUF((size_t)1 << 20);
	for (int i = 0; i < 7000; i++)
		buf_printf(&b, "%s%d,%d,%d", i ? " " : "", i % 1000, i % 400, i);
	CHECK(signature_ink_wrong(buf_view(&b)) != NULL);
}

TEST(words_that_are_taken_one_for_the_other)
{
	static const struct { const char *text; int n; } v[] = {
		{ "乙方每月支付抚养费，孩子随甲方生活。", 0 }, { "乙方扶养孩子至十八周岁。", 1 }, { "儿子每月给付赡养费，赡养父母。", 0 }, { "三个儿子轮流抚养母亲。", 1 }, { "夫妻相互扶养。", 0 }, { "乙方补偿甲方三万元，并赔偿医药费。", 1 },
		{ "乙方补偿甲方三万元。", 0 }, { "退还订金。", 1 }, { "双方自愿离婚，离婚后抚养父母。", 2 }, { "赡养。孩子另议。", 0 }, { "", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		const char *w[5];
		int n = 0;
		absorb_wording(str_of(v[i].text), w);
		while (w[n])
			n++;
		CHECK_INT(n, v[i].n);
	}
}

TEST(both_sides_sign_what_they_read)
{
	struct sg here, *g = &here;
	sg_open(g);
	struct city *p = &g->city;
	struct str of = digest(g);
	CHECK_ERR(sign(g, "a", g->b, NAME, of), ERR_INVALID);
	CHECK_ERR(sign(g, "a", 0, NAME, of), ERR_INVALID);
	CHECK_ERR(sign(g, "a", g->child, NAME, of), ERR_INVALID);
	CHECK_ERR(sign(g, "a", g->a, "1,1,1", of), ERR_INVALID);
	CHECK_ERR(sign(g, "a", g->a, NAME, STR("00")), ERR_STATE);
	NEED_OK(sign(g, "a", g->a, NAME, of));
	CHECK_ERR(sign(g, "a", g->a, NAME, of), ERR_INVALID);
	NEED_OK(sign(g, "b", g->b, NAME, of));
	NEED_OK(sign(g, "mediator", 0, NAME, of));
	CHECK_ERR(sign(g, "witness", 0, NAME, of), ERR_INVALID);
	CHECK_INT(inked(g), 3);
	CHECK(str_eq(digest(g), of));
	struct rec *r = kids(p, "signature", g->kase).r[0];
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	CHECK(str_find(rec_str(&c, get(p, "signature", r->id), "said"), STR("按月付抚养费")) >= 0);
	CHECK_INT(rec_int(get(p, "signature", r->id), "signed_at"), p->now);
	/* Both names stand in the words: covered on the page, shown by the one act that is counted and journaled. */
	struct actor w = MEIW;
	struct rec *shown;
	int said = field_find(&signature_type, STR("said"));
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_one(&c, "signature", r->id, &shown));
	CHECK_STR(rec_show(&c, shown, said), "***");
	CHECK(rec_covers(shown, said));
	/* Changed afterwards: unsigned, and what was signed keeps its words. */
	NEED_OK(DO(MEIW, "agreement", "edit", g->paper, IN("facts", "事实"), IN("terms", "不付抚养费"), IN("performance", "无")));
	CHECK_INT(inked(g), 0);
	CHECK_ERR(sign(g, "a", g->a, NAME, of), ERR_STATE);
	CHECK(str_find(rec_str(&c, get(p, "signature", r->id), "said"), STR("按月付抚养费")) >= 0);
	NEED_OK(sign(g, "a", g->a, NAME, digest(g)));
	CHECK_INT(inked(g), 1);
	NEED_OK(DO(MEIW, "signature", "void", kids(p, "signature", g->kase).r[3]->id, IN("note", "签错了人")));
	CHECK_INT(inked(g), 0);
	/* In force: nothing more is signed. */
	NEED_OK(DO(MEIW, "agreement", "sign", g->paper, IN("signed_on", "2026-11-24"), IN("parties_signed", "1"), IN("mediator_signed", "1"), IN("sealed", "1")));
	CHECK_ERR(sign(g, "a", g->a, NAME, digest(g)), ERR_STATE);
	city_close(p);
}

TEST(drawn_on_the_paper)
{
	struct sg here, *g = &here;
	struct ctx c;
	struct document d;
	BUF_AUTO plain = BUF((size_t)4 << 20);
	BUF_AUTO inky = BUF((size_t)4 << 20);
	sg_open(g);
	struct actor w = who(ROLE_MEDIATOR, COMM, MEI, g->city.studio);
	ctx_at(&g->city, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_agreement_paper(&c, g->paper, &d));
	NEED_OK(pdf_document(&d, &plain, &g->city.f));
	NEED_OK(sign(g, "a", g->a, NAME, digest(g)));
	NEED_OK(absorb_agreement_paper(&c, g->paper, &d));
	NEED_OK(pdf_document(&d, &inky, &g->city.f));
	CHECK(inky.n > plain.n);
	city_close(&g->city);
}

static bool waits_for(const struct document *d, const char *label)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->p[i].kind == PARA_SIGN && str_is(d->p[i].label, label))
			return true;
	return false;
}

/* The sheet that is signed and the one in the file are one: the same words, the same hands; in the file, where names are masked, no stroke. */
TEST(one_sheet_to_sign_and_for_the_file)
{
	struct sg here, *g = &here;
	struct city *p = &g->city;
	struct ctx c;
	struct document d;
	struct done oral;
	struct rec *r;
	sg_open(g);
	struct actor w = MEIW;
	NEED_OK(sign(g, "a", g->a, NAME, digest(g)));
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_agreement_paper(&c, g->paper, &d));
	NEED_OK(see_one(&c, "agreement", g->paper, &r));
	struct pages b = { .c = &c, .in = c, .r = r, .p = NEWN(c.a, struct para, PAPER_PARAS), .masked = true };
	b.in.lang = LANG_ZH;
	leaf_agreement(&b);
	NEED_OK(b.e);
	size_t at = 0;
	for (size_t i = 0; i < d.n; i++) {
		while (at < b.n && (b.p[at].kind != d.p[i].kind || !str_eq(b.p[at].label, d.p[i].label) || (d.p[i].kind == PARA_BODY && !str_eq(b.p[at].text, d.p[i].text))))
			at++;
		NEED(at++ < b.n);
	}
	for (size_t i = 0; i < b.n; i++)
		CHECK(!b.p[i].ink.n && !str_is(b.p[i].text, "张某甲"));
	/* One that was signed under the heading of before is signed. */
	struct para *q = NEWN(p->a, struct para, d.n);
	memcpy(q, d.p, d.n * sizeof *q);
	q[0].text = STR("调解协议书");
	struct str former = signature_digest(p->a, q, d.n);
	CHECK(!str_eq(former, digest(g)) && signature_of(p->a, d.p, d.n, former));
	q[5].text = STR("别的条款");
	CHECK(!signature_of(p->a, d.p, d.n, signature_digest(p->a, q, d.n)));
	/* By word of mouth: who wrote it down answers for it. */
	CHECK(waits_for(&d, "甲方（签名或者盖章）：") && waits_for(&d, "乙方（签名或者盖章）：") && waits_for(&d, "调解员（签名）：") && !waits_for(&d, "记录人（签名）："));
	NEED_OK(ADD(MEIW, "agreement", g->kase, &oral, IN("form", "oral"), IN("facts", "事实"), IN("terms", "各自带孩子一周"), IN("performance", "即日起")));
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_agreement_paper(&c, oral.id, &d));
	CHECK(waits_for(&d, "记录人（签名）：") && waits_for(&d, "调解员（签名）：") && !waits_for(&d, "甲方（签名或者盖章）："));
	CHECK_STR(d.title, "人民调解口头协议登记表");
	city_close(p);
}

TEST(a_signature_in_each_state_by_each_verb_by_each_post)
{
	struct sg here, *g = &here;
	sg_open(g);
	NEED_OK(sign(g, "a", g->a, NAME, digest(g)));
	walk(&g->city, "signature", kids(&g->city, "signature", g->kase).r[0]->id, "kept void: lead\n");
	city_close(&g->city);
}
