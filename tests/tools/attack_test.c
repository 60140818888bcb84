/* Evil text in every place where a template may print: nothing of it may become markup, script or a foreign URL. */
#include "../test.h"
#include "web/web.h"
#include "web/view.h"
#include "attack_types.h"
#include "attack.h"

static const char *const corpus[] = {
	"<script>alert(1)</script>", "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>", "</textarea><script>alert(1)</script>",
	"</title><svg onload=alert(1)>", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
	"\x01javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)", "//evil.example/x", "\\\\evil.example/x",
	"/\\evil.example", "https://evil.example/", "http:evil", "\" onmouseover=\"alert(1)", "' onfocus='alert(1)' autofocus='", "` onload=`x",
	"x onclick=alert(1)", "--><script>alert(1)</script>", "<!--", "]]><script>alert(1)</script>", "&quot;><script>", "&#34;><b>", "&lt;script&gt;",
	"<svg/onload=alert(1)>", "<a href=javascript:alert(1)>", "<style>*{}</style>", "{{ evil }}", "${alert(1)}", "%00<script>", "%22%3E%3Cscript%3E",
	"a\r\nSet-Cookie: x=1", "\xe2\x80\xa8<script>", "＜script＞", "<scr\nipt>", "</script", "<?php ?>", "<%= x %>", "?a=1&b=2", "#\"><b>", "../../x",
	"王\"梅'<小安>&", "%", "%s%n", "",
};

static const char *const evil_bits[] = { "<script", "<img", "<svg", "<style", "<!--", "<a href=javascript", "<b>\"", " onmouseover=\"", " onfocus='",
	"'><", "href=\"javascript", "href='javascript", "href=\"JaVa", "href=\" ", "href=\"data:", "href=\"vbscript", "href=\"//", "href='//",
	"href=\"\\", "href=\"/\\", "href=\"http", "href='http", "<?php", "<%=" };

static bool has(const struct buf *b, const char *what) { return str_find(buf_view(b), str_of(what)) >= 0; }

static int count(const struct buf *b, char c)
{
	int n = 0;
	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == c;
	return n;
}

TEST(nothing_becomes_markup)
{
	struct view v = { .lang = LANG_EN, .nonce = STR("N0") };
	struct attack calm = { .evil = STR("calm"), .evil_c = "calm", .id = 7, .n = 3 };
	BUF_AUTO want = BUF(1 << 20);
	t_places(&want, &v, &calm);
	for (size_t i = 0; i < ARRAY_LEN(corpus); i++) {
		struct attack m = calm;
		m.evil = str_of(corpus[i]);
		m.evil_c = corpus[i];
		BUF_AUTO o = BUF(1 << 20);
		t_places(&o, &v, &m);
		for (size_t k = 0; k < ARRAY_LEN(evil_bits); k++)
			if (has(&o, evil_bits[k])) {
				test_bad++;
				printf("# \"%s\" let \"%s\" through\n", corpus[i], evil_bits[k]);
			}
		/* the frame is what it was: as many brackets and quotes as with harmless text */
		CHECK_INT(count(&o, '<'), count(&want, '<'));
		CHECK_INT(count(&o, '>'), count(&want, '>'));
		CHECK_INT(count(&o, '"'), count(&want, '"'));
		CHECK_INT(count(&o, '\''), count(&want, '\''));
		BUF_AUTO t = BUF(1 << 20);
		t_title(&t, &v, &m);
		CHECK_INT(count(&t, '<'), 2);
	}
}

TEST(url_parts_stay_parts)
{
	struct view v = { .lang = LANG_EN };
	struct attack m = { .evil = STR("a/b?c&d#e f"), .evil_c = "\"'<", .id = -5, .n = 0 };
	BUF_AUTO o = BUF(1 << 16);
	t_places(&o, &v, &m);
	CHECK(has(&o, "href=\"/clue/-5/x?q=a%2Fb%3Fc%26d%23e%20f&amp;r=%22%27%3C#a%2Fb"));
	CHECK(has(&o, "hx-nonce=\"\""));
}

TEST(local_urls_pass)
{
	struct view v = { .lang = LANG_EN };
	struct attack m = { .evil = STR("/clue/7?a=1&b=2"), .evil_c = "#top" };
	BUF_AUTO o = BUF(1 << 16);
	t_places(&o, &v, &m);
	CHECK(has(&o, "<a href=\"/clue/7?a=1&amp;b=2\">"));
	CHECK(has(&o, "<a href='#top'>"));
}

TEST(blanks_are_cut_but_in_pre)
{
	struct view v = { .lang = LANG_EN, .nonce = STR("N0") };
	struct attack m = { .n = 3 };
	BUF_AUTO o = BUF(1 << 16);
	t_blanks(&o, &v, &m);
	CHECK_STR(buf_view(&o), "<ul>\n<li>0</li>\n<li class=\"one\">2</li>\n<li>4</li>\n</ul>\n<pre>\na\n   b</pre>\n"
		"<script src=\"/x.js\" defer nonce=\"N0\"></script>");
}

TEST(assets_have_lasting_names)
{
	CHECK(str_starts(str_of(asset_url("desk.css")), "/assets/desk."));
	CHECK(str_ends(str_of(asset_url("desk.css")), ".css"));
	for (const struct asset *a = assets; a->name; a++) {
		CHECK(a->type && a->bytes);
		CHECK(!a->gz || a->ngz < a->n);
	}
}
