/* web/ without a socket: routing, forms, uploads, answers, escapers. */
#include "../test.h"
#include "app.h"
#include <signal.h>
#include <sys/resource.h>

static const struct web_config conf = { .tables = app_tables };
static struct arena *ta;

static struct web_answer get(const char *target) { return web_handle(&conf, ta, "GET", target, "", STR("")); }
static bool body_is(struct web_answer w, const char *s) { bool ok = str_is(w.body, s); if (!ok) printf("# %d \"%.*s\"\n", w.status, (int)w.body.n, w.body.p); return ok; }
static bool says(struct web_answer w, const char *line) { return str_find(w.headers, str_of(line)) >= 0; }

static struct web_answer post(const char *target, const char *type, struct str body)
{
	return web_handle(&conf, ta, "POST", target, arena_printf(ta, "Content-Type: %s\n", type), body);
}

#define SCOPE CLEANUP(arena_freep) struct arena *scope_ = ta = arena_new(0); (void)scope_

TEST(routes)
{
	SCOPE;
	CHECK(body_is(get("/"), "hello"));
	CHECK(body_is(get("/clue/7"), "id:7;"));
	CHECK(body_is(get("/clue/new"), "the new one"));
	CHECK(body_is(get("/clue/7/%E5%AE%B6%2Fa"), "id:7;part:家/a;"));
	CHECK(body_is(get("/file/a/b/c.txt?x=1&y"), "name:a/b/c.txt;x=1;y=;"));
	CHECK_INT(get("/clue/").status, 404);
	CHECK_INT(get("/clue//x").status, 404);
	CHECK_INT(get("/file/").status, 404);
	CHECK_INT(get("/nothing").status, 404);
	CHECK_INT(get("/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a").status, 404);
}

TEST(method_not_allowed_says_what_is)
{
	SCOPE;
	struct web_answer w = web_handle(&conf, ta, "DELETE", "/clue/7", "", STR(""));
	CHECK_INT(w.status, 405);
	CHECK(says(w, "Allow: GET, POST, HEAD\n"));
	CHECK_INT(web_handle(&conf, ta, "TRACE", "/", "", STR("")).status, 405);
	CHECK_INT(web_handle(&conf, ta, "get", "/", "", STR("")).status, 400);
	CHECK_INT(web_handle(&conf, ta, "G ET", "/", "", STR("")).status, 400);
}

TEST(head_is_get_without_body)
{
	SCOPE;
	struct web_answer w = web_handle(&conf, ta, "HEAD", "/", "", STR(""));
	CHECK_INT(w.status, 200);
	CHECK_INT(w.body.n, 0);
}

TEST(broken_targets_are_refused)
{
	SCOPE;
	static const char *const bad[] = { "", "x", "http://a/", "/%", "/%4", "/%zz", "/clue/%00", "/clue/%ff", "/clue/%C0%80", "/clue/%ED%A0%80",
		"/../etc", "/clue/..", "/clue/%2e%2e", "/file/a%2f..%2fb", "/file/..%5cb", "/clue/%0d%0aX: y", "/clue/a b", "/clue/a\nb", "/clue/1#x", "/clue/1?a=%ff", "/clue/1?a=%00", "/clue/1?%" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct web_answer w = get(bad[i]);
		if (w.status != 400)
			printf("# %s\n", bad[i]);
		CHECK_INT(w.status, 400);
	}
	char *longer = arena_alloc(ta, 9001);
	memset(longer, 'a', 9000);
	longer[0] = '/';
	CHECK_INT(get(longer).status, 414);
}

TEST(headers_that_could_mean_two_things)
{
	SCOPE;
	static const char *const bad[] = { "Content-Length: 1\nTransfer-Encoding: chunked\n", "Content-Length: 1\nContent-Length: 1\n", "Content-Length: 1\ncontent-length: 2\n",
		"Content-Length: +1\n", "Content-Length: 1,1\n", "Content-Length: 0x1\n", "Content-Length: 1 1\n", "Content-Length:\n", "Transfer-Encoding: gzip, chunked\n",
		"Transfer-Encoding: identity\n", "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n", "Host: a\nHost: b\n", "Con tent: x\n", "X-A : y\n", "X: a\x01b\n" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (web_handle(&conf, ta, "GET", "/", bad[i], STR("")).status != 400) {
			printf("# %s", bad[i]);
			CHECK(!"refused");
		}
	BUF_AUTO many = BUF(1 << 20);
	for (int i = 0; i < 101; i++)
		buf_printf(&many, "X-%d: y\n", i);
	CHECK_INT(web_handle(&conf, ta, "GET", "/", many.p, STR("")).status, 431);
	char *big = arena_alloc(ta, 20001);
	memset(big, 'a', 20000);
	CHECK_INT(web_handle(&conf, ta, "GET", "/", arena_printf(ta, "X: %s\n", big), STR("")).status, 431);
}

TEST(forms)
{
	SCOPE;
	const char *t = "application/x-www-form-urlencoded";
	CHECK(body_is(post("/form?q=1", t, STR("a=%E5%BC%A0+%2B&b&=c&&d=1=2")), "q=1;a=张 +;b=;=c;d=1=2;"));
	CHECK_INT(post("/form", t, STR("a=%ff")).status, 400);
	CHECK_INT(post("/form", t, STR("a=%0")).status, 400);
	CHECK_INT(post("/form", t, STR("a=%00")).status, 400);
	CHECK_INT(post("/form", t, (struct str){ "a=\0", 3 }).status, 400);
	BUF_AUTO b = BUF(8 << 20);
	for (int i = 0; i < 2001; i++)
		buf_cstr(&b, "a=1&");
	CHECK_INT(post("/form", t, buf_view(&b)).status, 413);
	buf_reset(&b);
	for (int i = 0; i <= 1 << 18; i++)
		buf_cstr(&b, "aaaa");
	CHECK_INT(post("/form", t, buf_view(&b)).status, 413);
	CHECK(body_is(post("/form", "text/plain", STR("a=1")), ""));
}

#define MP "multipart/form-data; boundary=B"
#define CD "Content-Disposition: form-data; name="

TEST(uploads)
{
	SCOPE;
	CHECK(body_is(post("/upload", MP, STR("--B\r\n" CD "\"a\"\r\n\r\n张三\r\n--B\r\n" CD "\"f\"; filename=\"C:\\dir\\照片.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\1\2\r\n\r\n--B--\r\n")),
		"a=张三;[f|照片.jpg|image/jpeg|4|26]"));
	CHECK(body_is(post("/upload", "multipart/form-data; boundary=\"B B\"", STR("--B B\r\n" CD "a\r\n\r\n\r\n--B B--")), "a=;"));
	CHECK(body_is(post("/upload", MP, STR("--B\r\n" CD "f; filename*=UTF-8''%E5%AE%B6.txt; filename=\"x.txt\"\r\n\r\n--Bx\r\n--B--\r\n")), "[f|家.txt|application/octet-stream|4|276]"));
	CHECK(body_is(post("/upload", MP, STR("--B\r\n" CD "f; filename=\"../../etc/..\"\r\n\r\nx\r\n--B--")), "[f|file|application/octet-stream|1|120]"));
	CHECK(body_is(post("/upload", MP, STR("--B\r\n" CD "\"f\"; filename=\"\"\r\n\r\n\r\n--B--")), ""));
	CHECK(body_is(post("/upload", MP, STR("--B\r\n" CD "\"f\"; filename=\"a%22b\\\"c\"\r\n\r\nx\r\n--B--")), "[f|a\"b\"c|application/octet-stream|1|120]"));
	CHECK_INT(post("/form", MP, STR("--B\r\n" CD "f; filename=x\r\n\r\nx\r\n--B--")).status, 400);
}

TEST(multipart_attacks)
{
	SCOPE;
	static const char *const types[] = { "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"B", "multipart/form-data; boundary=B; boundary=C",
		"multipart/form-data; boundary=a\x01", "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789X" };
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		CHECK_INT(post("/upload", types[i], STR("--B\r\n" CD "a\r\n\r\nx\r\n--B--")).status, 400);
	static const char *const bodies[] = { "x", "--B", "--B--x", "--B\r\n", "--B\n" CD "a\n\nx\n--B--", "preamble\r\n--B\r\n" CD "a\r\n\r\nx\r\n--B--",
		"--B\r\n" CD "a\r\n\r\nx", "--B\r\n" CD "a\r\n\r\nx\r\n--B", "--B\r\n" CD "a\r\n\r\nx\r\n--B-", "--B\r\n\r\nx\r\n--B--", "--B\r\n" CD "\"a\r\n\r\nx\r\n--B--",
		"--B\r\n" CD "a; name=b\r\n\r\nx\r\n--B--", "--B\r\n" CD "a; filename=x; filename=y\r\n\r\nx\r\n--B--", "--B\r\n" CD "a\r\n" CD "b\r\n\r\nx\r\n--B--",
		"--B\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--B--", "--B\r\n" CD "a\r\n folded\r\n\r\nx\r\n--B--", "--B\r\nno colon\r\n\r\nx\r\n--B--",
		"--B\r\n" CD "\"\xff\"\r\n\r\nx\r\n--B--", "--B\r\n" CD "a; filename=\"\xff\"\r\n\r\nx\r\n--B--", "--B\r\n" CD "a; filename=\"a%0D%0Ab\"\r\n\r\nx\r\n--B--",
		"--B\r\n" CD "a; filename*=gbk''x\r\n\r\nx\r\n--B--", "--B\r\n" CD "a; filename*=UTF-8''%00\r\n\r\nx\r\n--B--", "--B\r\n" CD "a\r\n\r\n\xff\r\n--B--",
		"--B\r\n" CD "a\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--B--", "--B\r\n" CD "a junk\r\n\r\nx\r\n--B--", "--B\r\n" CD "a\r\n\r\nx\r\n--B--\r\ntrailing" };
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct web_answer w = post("/upload", MP, str_of(bodies[i]));
		if (w.status != 400)
			printf("# %zu: %s\n", i, bodies[i]);
		CHECK_INT(w.status, 400);
	}
	BUF_AUTO b = BUF(1 << 20);
	for (int i = 0; i < 65; i++)
		buf_cstr(&b, "--B\r\n" CD "f; filename=x\r\n\r\nx\r\n");
	buf_cstr(&b, "--B--");
	CHECK_INT(post("/upload", MP, buf_view(&b)).status, 413);
	buf_reset(&b);
	for (int i = 0; i < 2001; i++)
		buf_cstr(&b, "--B\r\n" CD "f\r\n\r\nx\r\n");
	buf_cstr(&b, "--B--");
	CHECK_INT(post("/upload", MP, buf_view(&b)).status, 413);
}

TEST(large_uploads_go_through_a_file)
{
	SCOPE;
	size_t n = 3 << 20;
	BUF_AUTO b = BUF((size_t)70 << 20);
	buf_cstr(&b, "--B\r\n" CD "f; filename=big.bin\r\n\r\n");
	for (size_t i = 0; i < n / 8; i++)
		buf_cstr(&b, "\1\1\1\1\1\1\1\1");
	buf_cstr(&b, "\r\n--B--\r\n");
	CHECK(body_is(post("/upload", MP, buf_view(&b)), "[f|big.bin|application/octet-stream|3145728|3145728]"));
	char *old = getenv("TMPDIR") ? arena_cstr(ta, str_of(getenv("TMPDIR"))) : NULL;
	setenv("TMPDIR", "/nonexistent/folder", 1);
	CHECK_INT(post("/upload", MP, buf_view(&b)).status, 500);      /* said, not crashed */
	if (old)
		setenv("TMPDIR", old, 1);
	else
		unsetenv("TMPDIR");
	while (b.n <= (size_t)64 << 20)
		buf_put(&b, "0123456789abcdef0123456789abcdef", 32);
	CHECK_INT(post("/upload", MP, buf_view(&b)).status, 413);
}

TEST(a_full_disk_is_said)
{
	SCOPE;
	BUF_AUTO b = BUF((size_t)4 << 20);
	buf_cstr(&b, "--B\r\n" CD "f; filename=big.bin\r\n\r\n");
	while (b.n < (size_t)2 << 20)
		buf_put(&b, "0123456789abcdef", 16);
	buf_cstr(&b, "\r\n--B--");
	struct rlimit old, small;
	NEED(getrlimit(RLIMIT_FSIZE, &old) == 0);
	small = (struct rlimit){ 1 << 20, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	NEED(setrlimit(RLIMIT_FSIZE, &small) == 0);
	int status = post("/upload", MP, buf_view(&b)).status;
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK_INT(status, 507);
	CHECK_INT(post("/upload", MP, buf_view(&b)).status, 200);
}

static enum err say_nonce(struct req *rq, struct resp *rs)
{
	buf_str(&rs->body, req_nonce(rq));
	return OK;
}

TEST(each_answer_has_its_own_nonce)
{
	SCOPE;
	static const struct route routes[] = { { "GET", "/", say_nonce, ROUTE_READ, 0, 1 }, { 0 } };
	static const struct route *const tables[] = { routes, NULL };
	struct web_config c = { .tables = tables };
	struct web_answer w = web_handle(&c, ta, "GET", "/", "", STR("")), v = web_handle(&c, ta, "GET", "/", "", STR(""));
	CHECK_INT(w.body.n, 32);
	CHECK(!str_eq(w.body, v.body));
	CHECK(says(w, arena_printf(ta, "script-src 'self' 'nonce-%.*s';", (int)w.body.n, w.body.p)));
}

TEST(every_answer_carries_the_guards)
{
	SCOPE;
	static const char *const targets[] = { "/", "/nothing", "/fails", "/%", "/go?to=/", "/headers?v=a&f=b" };
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		struct web_answer w = get(targets[i]);
		CHECK(says(w, "Content-Security-Policy: ") && says(w, "default-src 'none'"));
		CHECK(says(w, "X-Content-Type-Options: nosniff\n") && says(w, "X-Frame-Options: DENY\n") && says(w, "Referrer-Policy: no-referrer\n"));
		CHECK(says(w, "Cache-Control: no-store\n") && says(w, "Cross-Origin-Opener-Policy: same-origin\n") && says(w, "Permissions-Policy: "));
		CHECK(!says(w, "Strict-Transport-Security") && !says(w, "{nonce}"));
	}
	struct web_config tls = conf;
	tls.behind_tls = true;
	CHECK(says(web_handle(&tls, ta, "GET", "/", "", STR("")), "Strict-Transport-Security: max-age=31536000"));
}

TEST(headers_cannot_be_split)
{
	SCOPE;
	struct web_answer w = get("/headers?v=a%0d%0aSet-Cookie:%20x=y&f=a%0d%0aX:y%22.pdf");
	CHECK(!says(w, "X-Test") && !says(w, "Set-Cookie") && !says(w, "\nX:y"));
	CHECK(says(w, "Content-Disposition: attachment; filename=\"a__X_y_.pdf\"; filename*=UTF-8''a%0D%0AX%3Ay%22.pdf\n"));
	w = get("/headers?v=abc&f=%E5%8D%8F%E8%AE%AE.pdf");
	CHECK(says(w, "X-Test: abc\n"));
	CHECK(says(w, "Set-Cookie: c=abc; Path=/; HttpOnly; SameSite=Lax; Secure\n"));
	CHECK(says(w, "filename=\"__.pdf\"; filename*=UTF-8''%E5%8D%8F%E8%AE%AE.pdf\n"));
	CHECK(says(w, "Content-Security-Policy: sandbox;") && says(w, "Content-Type: application/pdf\n"));
	CHECK(!says(get("/headers?v=a;b&f=x"), "Set-Cookie"));
}

TEST(redirects_stay_in_the_house)
{
	SCOPE;
	struct web_answer w = get("/go?to=/clue/7?x=%E5%AE%B6");
	CHECK_INT(w.status, 303);
	CHECK(says(w, "Location: /clue/7?x=%E5%AE%B6\n"));
	static const char *const bad[] = { "", "//evil", "/%5cevil", "https://evil/", "javascript:alert(1)", "/a%0d%0aX:y", "/%09/evil", "evil", "%20//evil", "/a%5c%5cb" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		w = get(arena_printf(ta, "/go?to=%s", bad[i]));
		CHECK_INT(w.status, 422);
		CHECK(!says(w, "Location"));
	}
}

TEST(errors)
{
	SCOPE;
	struct web_answer w = get("/fails");
	CHECK_INT(w.status, 409);
	CHECK(!says(w, "Set-Cookie") && str_find(w.body, STR("half a page")) < 0);
	w = get("/again");
	CHECK_INT(w.status, 422);
	CHECK(body_is(w, "form again"));
	w = get("/api/fails");
	CHECK(says(w, "Content-Type: application/problem+json\n") && str_find(w.body, STR("\"code\":\"stale\"")) >= 0);
}

static int trace[3];
static enum err hook_before(struct req *rq, struct resp *rs)
{
	(void)rs;
	trace[0]++;
	return req_cookie(rq, "s").n ? OK : fail(&rq->fault, ERR_AUTH, NULL, NULL);
}
static void hook_error(struct req *rq, struct resp *rs, enum err e) { (void)rq; trace[1]++; buf_printf(&rs->body, "<%s>", err_name(e)); }
static void hook_after(struct req *rq, struct resp *rs, int64_t us) { (void)rq, (void)us; trace[2] = rs->status; }

TEST(hooks)
{
	SCOPE;
	struct web_config c = conf;
	c.before = hook_before, c.error = hook_error, c.after = hook_after;
	struct web_answer w = web_handle(&c, ta, "GET", "/", "", STR(""));
	CHECK(body_is(w, "<auth>"));
	CHECK_INT(w.status, 401);
	CHECK_INT(trace[2], 401);
	w = web_handle(&c, ta, "GET", "/", "Cookie: a=b; s=1; s=2\n", STR(""));
	CHECK(body_is(w, "hello"));
	CHECK_INT(trace[0], 2);
	w = web_handle(&c, ta, "GET", "/nothing", "", STR(""));
	CHECK(body_is(w, "<not_found>"));
	CHECK_INT(trace[0], 2);
	CHECK_INT(trace[1], 2);
}

TEST(asset_bytes)
{
	SCOPE;
	const struct asset *s = assets;
	NEED(s->name);
	CHECK(strcmp(asset_url(s->name), s->url) == 0);
	struct web_answer w = get(s->url);
	CHECK_INT(w.status, 200);
	CHECK_INT(w.body.n, s->n);
	CHECK(says(w, "immutable") && says(w, "ETag: ") && says(w, "Vary: Accept-Encoding\n") && !says(w, "Content-Encoding"));
	if (s->gz) {
		w = web_handle(&conf, ta, "GET", s->url, "Accept-Encoding: br, gzip;q=0.5\n", STR(""));
		CHECK(says(w, "Content-Encoding: gzip\n"));
		CHECK_INT(w.body.n, s->ngz);
		CHECK(!says(web_handle(&conf, ta, "GET", s->url, "Accept-Encoding: gzip;q=0\n", STR("")), "Content-Encoding"));
	}
	w = web_handle(&conf, ta, "GET", s->url, arena_printf(ta, "If-None-Match: W/\"x\", \"%s\"\n", s->url + 8), STR(""));
	CHECK_INT(w.status, 304);
	CHECK_INT(w.body.n, 0);
	CHECK_INT(get("/assets/nothing.css").status, 404);
}

/* What the XSS cheat sheets try; each must come out inert in each place a template can put it. */
static const char *const xss[] = { "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "' onmouseover='alert(1)", "\" autofocus onfocus=\"alert(1)",
	"</textarea><script>", "</title><script>", "<!--<script>", "]]><script>", "&lt;script&gt;", "&#60;script&#62;", "<\0script>", "<scr\nipt>", "{{7*7}}", "${alert(1)}", "`onload=alert(1)",
	"javascript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "vbscript:x", "//evil.example", "/\\evil.example", "/\t/evil.example",
	"\\\\evil.example", "https://evil.example/", "/ok?a=1&b=\"><script>", "#\"><script>", "+ADw-script+AD4-", "\xC0\xBCscript>", "%3Cscript%3E", "\x01javascript:alert(1)", "?x", "" };

TEST(escapers)
{
	for (size_t i = 0; i < ARRAY_LEN(xss); i++) {
		BUF_AUTO o = BUF(1 << 16);
		html_text(&o, str_of(xss[i]));
		for (size_t j = 0; j < o.n; j++)
			CHECK(!strchr("<>\"'", o.p[j]));
		buf_reset(&o);
		buf_char(&o, 'x');
		html_url(&o, str_of(xss[i]));
		struct str u = { o.p + 1, o.n - 1 };
		CHECK(u.n && (u.p[0] == '#' || (u.p[0] == '/' && (u.n == 1 || (u.p[1] != '/' && u.p[1] != '\\')))));
		for (size_t j = 0; j < u.n; j++)
			CHECK((unsigned char)u.p[j] > 0x20 && !strchr("<>\"'`\\", u.p[j]));
		buf_reset(&o);
		html_url_part(&o, str_of(xss[i]));
		for (size_t j = 0; j < o.n; j++)
			CHECK((o.p[j] >= '0' && o.p[j] <= '9') || (o.p[j] >= 'a' && o.p[j] <= 'z') || (o.p[j] >= 'A' && o.p[j] <= 'Z') || strchr("-_.~%", o.p[j]));
	}
	BUF_AUTO o = BUF(1000);
	html_text(&o, STR("a & <b> \"c\" 'd' 家"));
	CHECK_STR(buf_view(&o), "a &amp; &lt;b&gt; &#34;c&#34; &#39;d&#39; 家");
	buf_reset(&o);
	html_text_lines(&o, STR("a\r\nb\nc\rd<"));
	CHECK_STR(buf_view(&o), "a<br>b<br>c<br>d&lt;");
	buf_reset(&o);
	static const char *const pictures[] = { "data:image/jpeg;base64,/9j/4AAQ==", "data:image/jpeg;base64,", "data:image/jpeg;base64,a\"b", "data:image/jpeg;base64,a b", "data:image/svg+xml;base64,PHN2Zz4=",
						"data:image/jpeg;base64,a,data:text/html", "data:text/html;base64,PHN2Zz4=", "data:image/jpeg;base64,-._~" };
	for (size_t i = 0; i < ARRAY_LEN(pictures); i++) {
		buf_reset(&o);
		html_url(&o, str_of(pictures[i]));
		CHECK_STR(buf_view(&o), i ? "#" : pictures[0]);
	}
	buf_reset(&o);
	html_url(&o, STR("/clue/7?a=1&b=家 x"));
	CHECK_STR(buf_view(&o), "/clue/7?a=1&amp;b=%E5%AE%B6%20x");
	buf_reset(&o);
	html_url_part(&o, STR("a/b&c=家"));
	CHECK_STR(buf_view(&o), "a%2Fb%26c%3D%E5%AE%B6");
	buf_reset(&o);
	html_text(&o, (struct str){ "a\0b", 3 });
	CHECK_STR(buf_view(&o), "a\xEF\xBF\xBD" "b");
	TPL_PUT(&o, 7);
	TPL_PUT(&o, "<");
	TPL_PUT(&o, STR(">"));
	TPL_PUT(&o, ((struct html){ STR("<i>") }));
	CHECK(str_ends(buf_view(&o), "7&lt;&gt;<i>"));
}

static enum err give_cookie(struct req *rq, struct resp *rs)
{
	resp_cookie(rs, rq, "k", STR("v"), -1, false);
	return OK;
}

TEST(cookies_are_secure_behind_tls)
{
	static const struct route routes[] = { { "GET", "/k", give_cookie, ROUTE_READ, ROUTE_OPEN, 1 }, { 0 } };
	static const struct route *const list[] = { routes, NULL };
	ARENA a = arena_new(0);
	struct web_config c = { .tables = list, .behind_tls = true };
	CHECK(str_find(web_handle(&c, a, "GET", "/k", "", STR("")).headers, STR("; Secure")) >= 0);
	c.behind_tls = false;
	CHECK(str_find(web_handle(&c, a, "GET", "/k", "", STR("")).headers, STR("; Secure")) < 0);
}
