/* The citizens' pages: a message becomes a clue; the receipt tells little and only to who holds it; nothing escapes. */
#include "../desk/site.h"

#define IDEM "aaaaaaaaaaaaaaaaaaaa01"

static struct str digits_of(struct city *p, struct str shown)
{
	char d[20];
	size_t n = 0;
	for (size_t i = 0; i < shown.n && n < 19; i++)
		if (shown.p[i] >= '0' && shown.p[i] <= '9')
			d[n++] = shown.p[i];
	return arena_str(p->a, (struct str){ d, n });
}

TEST(a_message_becomes_a_clue_and_can_be_asked_after)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	struct str page = browse(&b, "/help/write");
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "<title>便民服务</title>"));
	CHECK(has(page, "data-quick-exit") && has(page, "tel:110"));
	CHECK(has(b.last.headers, "no-store"));
	page = POST(&b, "/help/write", "idem", IDEM, "text", "他又打我，孩子也看见了", "phone", "199-0000-0042", "safe", "no", "when", "周二上午", "word", "牛奶", "hurt", "yes", "website", "");
	CHECK_INT(b.last.status, 200);
	struct str code = digits_of(p, between(page, "class=\"receipt\">", "<"));
	CHECK_INT(code.n, 16);
	struct rec *r = newest_clue(p);
	CHECK_STR(text_of(p, r, "text"), "他又打我，孩子也看见了");
	CHECK_STR(text_of(p, r, "safe_note"), "方便联系：周二上午；暗语：牛奶");
	CHECK_STR(text_of(p, r, "reporter_phone"), "19900000042");
	CHECK_STR(text_of(p, r, "source"), "web");
	CHECK_STR(r->v[field_at(&clue_type, "grade")].s, "orange");
	CHECK_INT(r->org, p->fed);
	/* Sent twice by a double click: one clue, the same number. */
	page = POST(&b, "/help/write", "idem", IDEM, "text", "他又打我，孩子也看见了");
	CHECK(str_eq(digits_of(p, between(page, "class=\"receipt\">", "<")), code));
	CHECK_INT(newest_clue(p)->id, r->id);
	/* The number stands nowhere in the store; the answer tells no content. */
	char *cmd = arena_printf(p->a, "cat '%s'/xiaoan.db* | grep -aq %.*s", p->dir, (int)code.n, code.p);
	CHECK(system(cmd) != 0);
	page = POST(&b, "/help/status", "code", arena_printf(p->a, "%.4s-%.4s %.8s", code.p, code.p + 4, code.p + 8));
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "已收到") && !has(page, "打我"));
	struct actor city = CITYW;
	NEED_OK(DO(city, "clue", "confirm", r->id, IN("family", "1"), IN("kind", "M03"), IN("grade", "orange")));
	CHECK(has(POST(&b, "/help/status", "code", arena_cstr(p->a, code)), "正在处理"));
	city_close(p);
}

TEST(wrong_numbers_tell_nothing_and_are_limited)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	clock_fix(p->now);
	(void)browse(&b, "/help/status");
	static const char *const wrong[] = { "1234567812345678", "x", "", "１２３４５６７８１２３４５６７８", "12345678123456789" };
	struct str first = STR_NONE;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct str page = POST(&b, "/help/status", "code", wrong[i]);
		CHECK_INT(b.last.status, 404);
		struct str said = between(page, "role=\"alert\">", "</div>");
		if (i)
			CHECK(str_eq(said, first));
		first = said;
	}
	CHECK(first.n > 0);
	(void)POST(&b, "/help/status", "code", "1234567812345678");
	CHECK_INT(b.last.status, 429);
	CHECK(has(b.last.body, "tel:110"));
	clock_fix(p->now + 11 * MS_MINUTE);
	(void)POST(&b, "/help/status", "code", "1234567812345678");
	CHECK_INT(b.last.status, 404);
	clock_fix(0);
	city_close(p);
}

/* A village behind one address: the eleventh is asked whether it is meant, and taken. */
TEST(after_ten_messages_of_an_address_each_is_asked_once_more)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	(void)browse(&b, "/help/write");
	for (int i = 0; i < 10; i++) {
		(void)POST(&b, "/help/write", "idem", arena_printf(p->a, "bbbbbbbbbbbbbbbbbbbb%02d", i), "text", "一句话");
		CHECK_INT(b.last.status, 200);
	}
	int64_t before = newest_clue(p)->id;
	for (int i = 90; i < 95; i++) {
		char *idem = arena_printf(p->a, "bbbbbbbbbbbbbbbbbbbb%02d", i);
		struct str page = POST(&b, "/help/write", "idem", idem, "text", "她的话");
		CHECK_INT(b.last.status, 200);
		CHECK(has(page, "name=\"again\"") && has(page, "她的话"));
		CHECK_INT(newest_clue(p)->id, before);
		page = POST(&b, "/help/write", "idem", idem, "text", "她的话", "again", "1");
		CHECK_INT(b.last.status, 200);
		CHECK(has(page, "class=\"receipt\""));
		CHECK(newest_clue(p)->id != before);
		before = newest_clue(p)->id;
	}
	/* counted by a clock that was ahead, it asks nobody of that house again till then */
	clock_step(-MS_DAY);
	CHECK(has(POST(&b, "/help/write", "idem", "bbbbbbbbbbbbbbbbbbbb99", "text", "她的话"), "class=\"receipt\""));
	clock_step(MS_DAY);
	city_close(p);
}

TEST(bad_forms_keep_what_was_typed)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	(void)browse(&b, "/help/write");
	struct str page = POST(&b, "/help/write", "idem", IDEM, "text", "我的话", "phone", "打不通");
	CHECK_INT(b.last.status, 422);
	CHECK(has(page, "我的话") && has(page, "打不通"));
	page = POST(&b, "/help/write", "idem", IDEM, "text", "");
	CHECK_INT(b.last.status, 422);
	/* What fills unseen fields is asked once more, and then believed. */
	page = POST(&b, "/help/write", "idem", IDEM, "text", "我的话", "website", "http://x");
	CHECK(has(page, "name=\"again\"") && has(page, "我的话") && !has(page, "http://x"));
	page = POST(&b, "/help/write", "idem", IDEM, "text", "我的话", "website", "http://x", "again", "1");
	CHECK(has(page, "class=\"receipt\""));
	/* Without the form's own token nothing is taken. */
	snprintf(b.csrf, sizeof b.csrf, "x");
	(void)POST(&b, "/help/write", "idem", IDEM, "text", "我的话");
	CHECK_INT(b.last.status, 403);
	city_close(p);
}

TEST(what_she_writes_is_text_everywhere)
{
	struct city here, *p = &here;
	struct browser b, desk;
	static const char evil[] = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 }}";
	city_open(p);
	browser_open(&b, p);
	browser_open(&desk, p);
	(void)browse(&b, "/help/write");
	struct str page = POST(&b, "/help/write", "idem", IDEM, "text", evil, "phone", evil);
	CHECK_INT(b.last.status, 422);
	CHECK(!has(page, "<script>alert") && !has(page, "<img src=x"));
	(void)POST(&b, "/help/write", "idem", IDEM, "text", evil, "name", "<b>x</b>", "when", evil);
	CHECK_INT(b.last.status, 200);
	browser_login(&desk, "city", CITY, p->fed);
	page = browse(&desk, arena_printf(p->a, "/clue/%lld", (long long)newest_clue(p)->id));
	CHECK_INT(desk.last.status, 200);
	CHECK(has(page, "&lt;script&gt;alert(1)"));
	CHECK(!has(page, "<script>alert") && !has(page, "<img src=x") && !has(page, "<b>x</b>"));
	city_close(p);
}
