/* The whole file of a case: in order, numbered through, counted, and without a word that must not be in it. On both engines. */
#include "river.h"
#include "../durable/server.h"
#include "absorb/bound.h"
#include "record/files.h"
#include "samples.h"
#include "pdftext.h"
#include "../paper/lsan.h"

struct thick { struct city city; int64_t kase; };

static int64_t hand_in(struct city *p, int64_t kase, const char *side, const char *kind, struct str bytes, const char *name)
{
	struct ctx c;
	struct file_made m;
	struct done d;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	p->app->program = server_program();
	NEED_OK(file_take(&c, bytes, str_of(name), &m));
	run_file = &m;
	NEED_OK(ADD(MEIW, "document", kase, &d, IN("side", side), IN("kind", kind)));
	run_file = NULL;
	return d.id;
}

static enum err bind_it(struct city *p, struct actor w, int64_t kase, const char *side, struct buf *ret, struct bound *sum)
{
	struct ctx c;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	return absorb_bound(&c, kase, str_of(side), ret, sum);
}

static enum err ask(struct city *p, struct actor w, int64_t kase, const char *side, struct bound *sum)
{
	struct ctx c;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	return absorb_bound_ask(&c, kase, str_of(side), sum);
}

static struct str pdf_of(struct arena *a, int pages)
{
	BUF_AUTO b = BUF(1 << 20);
	buf_printf(&b, "%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count %d/Kids[", pages);
	for (int i = 0; i < pages; i++)
		buf_printf(&b, "%d 0 R ", 3 + i);
	buf_cstr(&b, "]>>\nendobj\n");
	for (int i = 0; i < pages; i++)
		buf_printf(&b, "%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>\nendobj\n", 3 + i);
	buf_cstr(&b, "trailer<</Root 1 0 R>>\n%%EOF\n");
	return arena_str(a, buf_view(&b));
}

static void party_new(struct city *p, int64_t kase, const char *side, const char *name, const char *address, const char *phone)
{
	NEED_OK(ADD(MEIW, "party", kase, NULL, IN("side", side), IN("name", name), IN("address", address), IN("phone", phone)));
}

static enum err said(struct city *p, int64_t kase, const char *form, const char *side, const char *text)
{
	return ADD(MEIW, "session", kase, NULL, IN("form", form), IN("side", side), IN("held", "2026-11-24 08:30"), IN("present", "双方"), IN("rights_told", "1"), IN("text", text));
}

static void thick_open(struct thick *t)
{
	struct city *p = &t->city;
	city_fast = true;
	city_open(p);
	int64_t k = t->kase = new_case(p, "M01", "yellow");
	take(p, k);
	party_new(p, k, "a", "柳青青", "锦丰镇向阳路18号", "19900012345");
	party_new(p, k, "b", "白大山", "杨舍镇梅花里7号", "19900054321");
	NEED_OK(said(p, k, "face", "", "双方为家务分担争执，共同谈清了分工。"));
	NEED_OK(said(p, k, "separate", "a", "单独谈话甲方暗语青石板。"));
	NEED_OK(said(p, k, "separate", "b", "单独谈话乙方暗语红瓦片。"));
	agree(p, k);
	(void)hand_in(p, k, "both", "paper", sample_jpeg(p->a, 640, 400, 1, NULL), "共同承诺.jpg");
	(void)hand_in(p, k, "both", "property", pdf_of(p->a, 6), "账目.pdf");
	(void)hand_in(p, k, "a", "chat", sample_png(p->a, 40, 60), "甲方聊天暗语.png");
	(void)hand_in(p, k, "both", "other", STR("一页文字。\n"), "便条.txt");
}

TEST(bound_in_order_and_numbered_through)
{
	struct thick t;
	struct bound sum;
	thick_open(&t);
	struct city *p = &t.city;
	BUF_AUTO b = BUF((size_t)64 << 20);
	NEED_OK(bind_it(p, MEIW, t.kase, "", &b, &sum));
	pdf_keep("bound.pdf", buf_view(&b));
	struct pdftext *s = pdf_text(p->a, buf_view(&b));
	/* registration, jpeg, six of the PDF, the page that stands for the text, session, agreement */
	CHECK_INT(sum.scans, 3);
	CHECK_INT(sum.unread, 1);
	CHECK_INT(sum.papers, 6);
	CHECK_INT(sum.pages, 11);
	NEED(s->n == sum.pages + 3);
	CHECK(str_find(s->page[0], STR("人民调解卷宗")) >= 0 && str_find(s->page[0], STR("11页")) >= 0);
	CHECK(str_find(s->page[1], STR("卷内目录")) >= 0 && str_find(s->page[1], STR("账目")) >= 0);
	CHECK(str_find(s->page[2], STR("受理登记表")) >= 0);
	/* A page of a scan holds nothing that is text but its number. */
	CHECK_STR(s->page[3], "2");
	CHECK_STR(s->page[9], "8");
	CHECK(str_find(s->page[10], STR("替代页")) >= 0);
	CHECK(str_find(s->page[11], STR("人民调解记录")) >= 0 && str_find(s->page[12], STR("人民调解协议书")) >= 0);
	CHECK(str_find(s->page[13], STR("备考表")) >= 0);
	city_close(p);
}

TEST(of_each_side_only_what_it_may_know)
{
	struct thick t;
	struct bound sum;
	thick_open(&t);
	struct city *p = &t.city;
	static const struct { const char *side, *own[2], *never[2]; } v[] = {
		{ "", { NULL }, { "青石板", "红瓦片" } }, { "a", { "青石板", "甲方聊天暗语" }, { "红瓦片", NULL } }, { "b", { "红瓦片", NULL }, { "青石板", "甲方聊天暗语" } },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		BUF_AUTO b = BUF((size_t)64 << 20);
		NEED_OK(bind_it(p, MEIW, t.kase, v[i].side, &b, &sum));
		struct pdftext *s = pdf_text(p->a, buf_view(&b));
		for (int k = 0; k < 2; k++) {
			CHECK(!v[i].own[k] || pdf_says(s, v[i].own[k]));
			CHECK(!v[i].never[k] || !pdf_says(s, v[i].never[k]));
		}
		CHECK(pdf_says(s, "柳") && !pdf_says(s, "柳青青") && !pdf_says(s, "白大山") && !pdf_says(s, "19900012345") && !pdf_says(s, "向阳路"));
	}
	BUF_AUTO b = BUF((size_t)64 << 20);
	CHECK_ERR(bind_it(p, MEIW, t.kase, "child", &b, &sum), ERR_NOT_FOUND);
	CHECK_ERR(bind_it(p, who(ROLE_MEDIATOR, COMM, 32, p->studio), t.kase, "", &b, &sum), ERR_DENIED);
	CHECK_ERR(bind_it(p, CITYW, t.kase, "", &b, &sum), ERR_DENIED);
	CHECK(!b.n);
	city_close(p);
}

TEST(what_the_vault_and_the_law_keep_is_in_no_paper)
{
	struct thick t;
	struct bound sum;
	thick_open(&t);
	struct city *p = &t.city;
	BUF_AUTO b = BUF((size_t)64 << 20);
	NEED_OK(ADD(MEIW, "vault", t.kase, NULL, IN("kind", "shelter"), IN("kept", "塘桥镇金谷路66号三楼")));
	NEED_OK(said(p, t.kase, "face", "", "她现住塘桥镇金谷路66号三楼，夹带词一。"));
	NEED_OK(said(p, t.kase, "face", "", "据班主任钱老师反映，夹带词二。"));
	NEED_OK(said(p, t.kase, "face", "", "电话１９９-０００-１２３４５，夹带词三。"));
	NEED_OK(ADD(MEIW, "mandatory", t.kase, NULL, IN("unit", "school"), IN("reporter", "钱老师"), IN("person_name", "白小石"), IN("person_age", "8"), IN("person_place", "学校"), IN("signs", "孩子手臂有伤，夹带词四"), IN("found_at", "2026-11-24 08:00"), IN("situations", "wounds")));
	(void)hand_in(p, t.kase, "both", "photo", sample_png(p->a, 10, 10), "钱老师拍的夹带词五.png");
	NEED_OK(bind_it(p, MEIW, t.kase, "a", &b, &sum));
	struct pdftext *s = pdf_text(p->a, buf_view(&b));
	CHECK(!pdf_says(s, "夹带词") && !pdf_says(s, "钱老师") && !pdf_says(s, "金谷路"));
	CHECK(sum.kept_out >= 3);
	city_close(p);
}

/* Whoever binds is told what is missing, by reason; the file is silent on it, and says the same whether anything is missing or not. */
TEST(what_is_kept_out_is_counted_before_and_never_in_the_file)
{
	static const char said_alike[] = "材料不装入本卷，由承办单位另册保管；以上目录不列其名称和件数";
	struct thick t;
	struct bound sum, before;
	thick_open(&t);
	struct city *p = &t.city;
	NEED_OK(ask(p, MEIW, t.kase, "", &before));
	CHECK_INT(before.out[OUT_SIDE], 3);
	CHECK_INT(before.kept_out, 3);
	CHECK_INT(before.papers, 6);
	CHECK_INT(before.unread, 1);
	NEED_OK(ADD(CITYW, "vault", t.kase, NULL, IN("kind", "shelter"), IN("kept", "塘桥镇金谷路66号三楼")));
	NEED_OK(said(p, t.kase, "face", "", "说到塘桥镇金谷路66号三楼的房子。"));
	NEED_OK(ask(p, MEIW, t.kase, "a", &before));
	CHECK_INT(before.out[OUT_SIDE], 1);
	CHECK_INT(before.out[OUT_WORDS], 1);
	CHECK_INT(before.kept_out, 2);
	BUF_AUTO b = BUF((size_t)64 << 20);
	NEED_OK(bind_it(p, MEIW, t.kase, "a", &b, &sum));
	CHECK(sum.papers == before.papers && sum.kept_out == before.kept_out && sum.unread == before.unread);
	struct pdftext *s = pdf_text(p->a, buf_view(&b));
	CHECK(pdf_says(s, said_alike) && pdf_says(s, "另一方当事人的材料"));
	/* A case of which nothing is kept out. */
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	NEED_OK(said(p, k, "face", "", "双方谈清了。"));
	NEED_OK(ask(p, MEIW, k, "", &before));
	CHECK_INT(before.kept_out, 0);
	buf_reset(&b);
	NEED_OK(bind_it(p, MEIW, k, "", &b, &sum));
	CHECK(pdf_says(pdf_text(p->a, buf_view(&b)), said_alike));
	/* For the same readers as the file. */
	CHECK_ERR(ask(p, CITYW, t.kase, "", &before), ERR_DENIED);
	CHECK_ERR(ask(p, MEIW, t.kase, "child", &before), ERR_NOT_FOUND);
	city_close(p);
}

TEST(violence_says_nothing_of_how_it_is_known)
{
	struct city here, *p = &here;
	struct bound sum;
	struct done d;
	city_fast = true;
	city_open(p);
	NEED_OK(ADD(TOWNW, "case", 0, &d, IN("source", "visit"), IN("summary", "邻居听见哭喊暗语铜铃"), IN("kind", "M03"), IN("grade", "orange"), IN("violence", "1")));
	int64_t k = d.id;
	take(p, k);
	(void)hand_in(p, k, "both", "paper", sample_png(p->a, 10, 10), "承诺.png");
	BUF_AUTO b = BUF((size_t)64 << 20);
	NEED_OK(bind_it(p, MEIW, k, "", &b, &sum));
	struct pdftext *s = pdf_text(p->a, buf_view(&b));
	CHECK(!pdf_says(s, "铜铃") && !pdf_says(s, "案件来源"));
	city_close(p);
}

TEST(an_empty_case_says_so)
{
	struct city here, *p = &here;
	struct bound sum;
	city_fast = true;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	BUF_AUTO b = BUF((size_t)1 << 20);
	CHECK_ERR(bind_it(p, MEIW, k, "", &b, &sum), ERR_STATE);
	CHECK(p->f.msg && strstr(p->f.msg, "nothing to bind") != NULL);
	city_close(p);
}

/* A scan of 300 pages; the file is all that grows. */
TEST(three_hundred_pages)
{
	struct city here, *p = &here;
	struct bound sum;
	city_fast = true;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	(void)hand_in(p, k, "both", "paper", pdf_of(p->a, 300), "厚.pdf");
	BUF_AUTO b = BUF((size_t)64 << 20);
	NEED_OK(bind_it(p, MEIW, k, "", &b, &sum));
	CHECK_INT(sum.pages, 301);
	struct pdftext *s = pdf_text(p->a, buf_view(&b));
	CHECK_INT(s->n, 304);
	CHECK_STR(s->page[302], "301");
	city_close(p);
}
