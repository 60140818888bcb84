/* Taking a call, and files on the page: as the hotline's clerk meets them. */
#include "site.h"
#include "sense/import.h"

static int64_t hotline(struct city *p) { return unit(p, CITY, "hotline"); }

TEST(a_call_is_kept_and_read_back)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	browser_login(&b, "hotline", CITY, hotline(p));
	struct str page = browse(&b, "/intake");
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "name=\"phone\"") && has(page, "data-key=\"1\"") && has(page, "hx-post=\"/intake/try\""));
	(void)POST(&b, "/intake", "idem", "k1", "source", "hotline12338", "phone", "199 0000 0077", "name", "王小明", "self", "1", "text", "昨晚又吵了", "ask_violence", "1",
		   "ask_child", "1", "safe_contact", "yes", "relation", "11", "place", "");
	CHECK_INT(b.last.status, 303);
	struct rec *r = newest_clue(p);
	CHECK_STR(text_of(p, r, "text"), "【接听时问明】对方正在动手打人；有孩子在场。\n昨晚又吵了");
	CHECK_STR(text_of(p, r, "urgency"), "now");
	CHECK_STR(text_of(p, r, "party_a_phone"), "19900000077");
	CHECK_STR(r->v[field_at(&clue_type, "grade")].s, "red");
	page = browse(&b, arena_printf(p->a, "/intake?saved=%lld", (long long)r->id));
	CHECK(has(page, arena_cstr(p->a, r->number)) && has(page, "110") && has(page, "data-draft-done=\"intake\""));
	/* A double click answers with the same clue. */
	(void)POST(&b, "/intake", "idem", "k1", "source", "hotline12338", "text", "昨晚又吵了");
	CHECK_INT(b.last.status, 303);
	CHECK_INT(newest_clue(p)->id, r->id);
	/* The next call from that phone shows it. */
	CHECK(has(browse(&b, "/intake/same?phone=19900000077"), arena_printf(p->a, "/clue/%lld", (long long)r->id)));
	b.htmx = true;
	page = browse(&b, "/intake/same?phone=19900000077");
	CHECK(has(page, "/clue/") && !has(page, "<html"));
	page = POST(&b, "/intake/try", "text", "他拿着刀", "ask_weapon", "1");
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "110") && !has(page, "<html"));
	/* What a narrative says stands beside the form, to be taken by a press; what it denies is offered for no field. */
	page = POST(&b, "/intake/try", "text", "我丈夫李强昨晚拿菜刀，电话19900012345。没有叫过我老公王刚<b>。");
	CHECK(has(page, "data-take=\"f-phone\" data-value=\"19900012345\"") && has(page, "data-take=\"f-party-b\" data-value=\"李强\"") && has(page, "data-take=\"f-relation\" data-value=\"11\""));
	CHECK(has(page, "<mark>菜刀</mark>") && !has(page, "<b>。"));
	page = POST(&b, "/intake/try", "text", "听说他前妻张敏也被打过，如果我丈夫再打我就报警。");
	CHECK(has(page, "听说") && !has(page, "data-value=\"91\""));
	city_close(p);
}

TEST(a_refused_call_is_not_lost)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	browser_login(&b, "hotline", CITY, hotline(p));
	struct str page = POST(&b, "/intake", "idem", "k2", "source", "phone", "text", "一段长话", "phone", "不知道", "name", "李\"四");
	CHECK_INT(b.last.status, 422);
	CHECK(has(page, "一段长话") && has(page, "不知道") && has(page, "李&#34;四") && has(page, "value=\"k2\""));
	page = POST(&b, "/intake", "idem", "k2", "source", "phone", "text", "一段长话", "place", "没有这个地方");
	CHECK_INT(b.last.status, 422);
	(void)POST(&b, "/intake", "idem", "k2", "source", "phone", "text", "一段长话", "phone", "", "anonymous", "1", "name", "李四");
	CHECK_INT(b.last.status, 303);
	CHECK(!rec_has(newest_clue(p), "reporter_name"));
	city_close(p);
}

TEST(who_takes_no_calls_has_no_page)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	(void)browse(&b, "/intake");
	CHECK_INT(b.last.status, 303);
	browser_login(&b, "auditor", CITY, p->fed);
	(void)browse(&b, "/intake");
	CHECK_INT(b.last.status, 403);
	(void)browse(&b, "/import");
	CHECK_INT(b.last.status, 403);
	city_close(p);
}

#define EDGE "----edge"
static void upload(struct browser *b, const char *name, struct str bytes)
{
	BUF_AUTO body = BUF(1 << 20);
	buf_printf(&body, "--" EDGE "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--" EDGE "\r\nContent-Disposition: form-data; name=\"channel\"\r\n\r\nhotline12345\r\n", b->csrf);
	buf_printf(&body, "--" EDGE "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: text/csv\r\n\r\n", name);
	buf_str(&body, bytes);
	buf_cstr(&body, "\r\n--" EDGE "--\r\n");
	b->last = web_handle(&b->cfg, b->p->a, "POST", "/import", browser_headers(b, "Content-Type: multipart/form-data; boundary=" EDGE "\n"), buf_view(&body));
}

TEST(a_file_is_looked_at_then_run)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	browser_login(&b, "city", CITY, p->fed);
	upload(&b, "a.pdf", STR("%PDF-1.4 x"));
	CHECK_INT(b.last.status, 422);
	CHECK(has(b.last.body, "XLSX"));
	upload(&b, "<b>.csv", STR("编号,日期,标题,内容\nA1,2026-01-02,争吵,<i>丈夫打人</i>\nA2,2039-01-02,争吵,将来\n"));
	CHECK_INT(b.last.status, 303);
	struct str at = str_trim(between(b.last.headers, "Location: ", "\n"));
	char *url = arena_cstr(p->a, at);
	struct str page = browse(&b, url);
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "&lt;i&gt;丈夫打人") && !has(page, "<i>丈夫") && has(page, "2039-01-02"));
	CHECK_INT(browse(&b, "/clue").n > 0, 1);
	(void)POST(&b, arena_printf(p->a, "%s/run", url), "do", "look", "c0", "external_id", "c1", "received", "c3", "text");
	CHECK_INT(b.last.status, 303);
	page = POST(&b, arena_printf(p->a, "%s/run", url), "do", "run", "c0", "external_id", "c1", "received", "c2", "title", "c3", "text", "area", CITY);
	CHECK_INT(b.last.status, 303);
	page = browse(&b, url);
	CHECK(has(b.last.headers, "Refresh"));
	static const struct job_kind kinds[] = { { "import", import_job, 0 }, { 0 } };
	int ran;
	NEED_OK(jobs_run(p->app, kinds, 10, &ran));
	page = browse(&b, url);
	CHECK(!has(b.last.headers, "Refresh: "));
	CHECK(has(page, "2039-01-02"));
	struct rec *r = newest_clue(p);
	CHECK_STR(text_of(p, r, "text"), "<i>丈夫打人</i>");
	(void)browse(&b, arena_printf(p->a, "%s/bad", url));
	CHECK(has(b.last.headers, "spreadsheetml") && str_starts(b.last.body, "PK"));
	/* Of somebody else it does not exist. */
	struct browser other;
	browser_open(&other, p);
	browser_login(&other, "town", TOWN, p->town);
	(void)browse(&other, url);
	CHECK_INT(other.last.status, 404);
	city_close(p);
}
