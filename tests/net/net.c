/* Going out to fetch: what is inside is never reached, robots.txt is read as RFC 9309 says, and whatever the other side does, it ends and is
 * told. The bad behaviours are those of a real connection, through the real child. */
#include "http.h"
#include "base/child.h"
#include "net/net.h"

static bool inside(const char *text)
{
	struct net_range r;
	NEED(net_range_parse(str_of(text), &r));
	return net_inside(r.addr);
}

TEST(what_is_inside_is_known_by_its_bytes)
{
	static const char *const in[] = { "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.2.9",
		"198.18.0.1", "198.19.255.255", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fdff::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.1.1.1", "64:ff9b::a00:1",
		"2002:7f00:1::", "2002:a00:1::", "2001::1", "2001:db8::1", "::127.0.0.1", "100::1" };
	static const char *const out[] = { "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "223.255.255.255", "198.17.0.1", "2400:3200::1", "2606:4700::1",
		"64:ff9b::808:808", "2002:808:808::", "2001:4860::1" };
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		if (!inside(in[i])) {
			printf("# %s is taken to be outside\n", in[i]);
			CHECK(false);
		}
	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		if (inside(out[i])) {
			printf("# %s is taken to be inside\n", out[i]);
			CHECK(false);
		}
	struct net_range r, q;
	NEED(net_range_parse(STR("10.1.0.0/16"), &r) && net_range_parse(STR("10.1.200.3"), &q));
	CHECK(net_range_has(&r, 1, q.addr));
	NEED(net_range_parse(STR("10.2.0.1"), &q));
	CHECK(!net_range_has(&r, 1, q.addr));
	CHECK(!net_range_parse(STR("10.1.0.0/33"), &r) && !net_range_parse(STR("localhost"), &r) && !net_range_parse(STR(""), &r));
}

TEST(addresses_that_are_taken_and_refused)
{
	static const struct { const char *url, *origin, *target; } good[] = {
		{ "http://News.Example.CN/rss?a=1#x", "http://news.example.cn:80", "/rss?a=1" }, { "https://a.cn", "https://a.cn:443", "/" }, { "https://a.cn:8443?x", "https://a.cn:8443", "/?x" },
		{ "HTTP://[2400:3200::1]:81/x", "http://[2400:3200::1]:81", "/x" }, { "http://[2400:3200::1]/", "http://[2400:3200::1]:80", "/" },
	};
	static const char *const bad[] = { "", "ftp://a.cn/", "file:///etc/passwd", "gopher://a.cn", "http://", "http://u:p@a.cn/", "http://a.cn@127.0.0.1/", "http://a.cn:0/", "http://a.cn:99999/", "http://a cn/",
		"http://a.cn/\n", "//a.cn/", "a.cn", "http://例子.cn/", "http://a.cn\\@b/", "javascript:alert(1)", "http://a$b/", "http://[::1/" };
	ARENA a = arena_new(0);
	struct net_url u;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		NEED(net_url_parse(a, str_of(good[i].url), &u));
		CHECK_STR(u.origin, good[i].origin);
		CHECK_STR(u.target, good[i].target);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (net_url_parse(a, str_of(bad[i]), &u)) {
			printf("# taken: %s\n", bad[i]);
			CHECK(false);
		}
	static const struct { const char *to, *want; } joined[] = { { "/x", "http://a.cn:80/x" }, { "y?z", "http://a.cn:80/b/y?z" }, { "https://c.cn/", "https://c.cn/" }, { "//d.cn/e", "http://d.cn/e" },
		{ "file:///etc/passwd", "http://a.cn:80/b/file:///etc/passwd" } };
	for (size_t i = 0; i < ARRAY_LEN(joined); i++)
		CHECK_STR(net_url_join(a, STR("http://a.cn/b/c?q=/x"), str_of(joined[i].to)), joined[i].want);
	CHECK(!net_url_join(a, STR("http://a.cn/"), STR("http://u@b.cn/")).p || str_starts(net_url_join(a, STR("http://a.cn/"), STR("http://u@b.cn/")), "http://a.cn:80/"));
}

/* ---- RFC 9309 ---- */

static bool may(const char *file, const char *target) { return robots_allow(str_of(file), ROBOTS_AGENT, str_of(target)); }

TEST(robots_longest_match_and_groups)
{
	CHECK(may("", "/x") && may("rubbish\n<html>\n", "/x"));
	CHECK(!may("User-agent: *\nDisallow: /", "/x") && may("User-agent: *\nDisallow: /", "/robots.txt") && may("User-agent: *\nDisallow:", "/x"));
	/* 5.1, 5.2 of the RFC */
	static const char file[] = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\nUser-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n"
				   "User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n";
	CHECK(!robots_allow(str_of(file), "foobot", STR("/example/page.htm")) && robots_allow(str_of(file), "foobot", STR("/example/page.html")));
	CHECK(!robots_allow(str_of(file), "barbot", STR("/example/page.html")) && !robots_allow(str_of(file), "bazbot", STR("/example/page.html")) && robots_allow(str_of(file), "bazbot", STR("/example/")));
	CHECK(robots_allow(str_of(file), "quxbot", STR("/example/x")));
	CHECK(!may(file, "/example/x") && !may(file, "/a/b.gif") && may(file, "/a/b.gif?x") && may(file, "/publications/") && may(file, "/else"));
	/* the longest wins, whatever its place; at a tie it is allowed */
	CHECK(may("user-agent: *\ndisallow: /a\nallow: /a/b\n", "/a/b/c") && !may("user-agent: *\nallow: /a\ndisallow: /a/b\n", "/a/b/c"));
	CHECK(may("user-agent: *\ndisallow: /page\nallow: /page\n", "/page"));
	/* ours beside the one for all; of two groups of one name one is made; case does not matter; a version behind the name neither */
	CHECK(may("User-agent: *\nDisallow: /\nUser-agent: XIAOAN\nDisallow: /x\n", "/y") && !may("User-agent: *\nDisallow: /\nUser-agent: xiaoan/2.0\nDisallow: /x\n", "/x"));
	CHECK(!may("User-agent: xiaoan\nDisallow: /a\nUser-agent: other\nDisallow: /\nUser-agent: xiaoan\nDisallow: /b\n", "/b/1") && !may("User-agent: xiaoan\nDisallow: /a\nUser-agent: xiaoan\nDisallow: /b\n", "/a/1"));
	CHECK(may("User-agent: xiaoanbot\nDisallow: /\n", "/x"));
	/* what is of others' making ends no group; nor does an empty line */
	CHECK(!may("User-agent: *\nCrawl-delay: 5\nSitemap: http://a/b\n\nDisallow: /x\n", "/x"));
	CHECK(!may("User-agent: *\nSitemap: /s\nUser-agent: other\nDisallow: /x\n", "/x"));
}

TEST(robots_signs_codes_and_rubbish)
{
	CHECK(!may("\xEF\xBB\xBFUser-agent: *\r\nDisallow: /x # why\r\n", "/x1") && !may("User-agent: *\rDisallow: /x\r", "/x"));
	CHECK(!may("User-agent:*\nDisallow: /fish*.php", "/fish/a.php?x") && may("User-agent:*\nDisallow: /fish*.php", "/Fish.php") && !may("User-agent:*\nDisallow: /*.php$", "/a/b.php") && may("User-agent:*\nDisallow: /*.php$", "/a.php5"));
	CHECK(!may("User-agent:*\nDisallow: /a%3cd", "/a<d") && !may("User-agent:*\nDisallow: /a%3Cd", "/a%3cd") && !may("User-agent:*\nDisallow: /新闻", "/%E6%96%B0%E9%97%BB/1") && may("User-agent:*\nDisallow: /a%2Fb", "/a/b"));
	CHECK(!may("User-agent:*\nDisallow: /x%2A", "/x*") && may("User-agent:*\nDisallow: /x%2A", "/xy"));
	CHECK(may("User-agent:*\nDisallow: x", "/x") && may("User-agent:*\nDisallow /x", "/x") && may("Disallow: /x", "/x"));
	ARENA a = arena_new(0);
	BUF_AUTO b = BUF(2 << 20);
	buf_cstr(&b, "User-agent: *\nDisallow: /");
	for (int i = 0; i < 20000; i++)
		buf_cstr(&b, "*a");
	buf_cstr(&b, "z\n");
	BUF_AUTO t = BUF(1 << 16);
	buf_char(&t, '/');
	for (int i = 0; i < 1000; i++)
		buf_char(&t, 'a');
	int64_t was = mono_ms();
	CHECK(robots_allow(buf_view(&b), ROBOTS_AGENT, buf_view(&t)));
	CHECK(mono_ms() - was < 2000);
	/* what follows the first 500 KiB is not read */
	buf_reset(&b);
	while (b.n < ROBOTS_MAX)
		buf_cstr(&b, "# nothing\n");
	buf_cstr(&b, "User-agent: *\nDisallow: /x\n");
	CHECK(robots_allow(buf_view(&b), ROBOTS_AGENT, STR("/x")));
	CHECK(robots_state(200) == ROBOTS_READ && robots_state(404) == ROBOTS_NONE && robots_state(403) == ROBOTS_NONE && robots_state(503) == ROBOTS_AWAY && robots_state(0) == ROBOTS_AWAY);
}

/* ---- the real child and a server that behaves badly ---- */

static struct net_range loop = { { [10] = 0xff, [11] = 0xff, 127, 0, 0, 1 }, 104 };

static void answer(struct http *h, int fd, const char *head)
{
	static char big[1 << 16];
	if (http_path(head, "/ok"))
		http_reply(fd, "200 OK", "application/rss+xml", "ETag: \"e1\"\r\nLast-Modified: Tue, 24 Nov 2026 01:00:00 GMT\r\nSet-Cookie: a=b\r\n", "<rss/>");
	else if (http_path(head, "/same"))
		http_reply(fd, strstr(head, "If-None-Match: \"e1\"") && strstr(head, "If-Modified-Since: Tue") ? "304 Not Modified" : "200 OK", "text/plain", "", "");
	else if (http_path(head, "/moved"))
		http_reply(fd, "302 Found", "text/plain", "Location: /ok\r\n", "");
	else if (http_path(head, "/later"))
		http_reply(fd, "503 Busy", "text/plain", "Retry-After: 77\r\n", "");
	else if (http_path(head, "/short"))
		http_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.", 48);
	else if (http_path(head, "/claims"))
		http_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx", 49);
	else if (http_path(head, "/none"))
		;
	else if (http_path(head, "/rubbish"))
		http_say(fd, "SSH-2.0-OpenSSH_9\r\n\r\n", 21);
	else if (http_path(head, "/endless") || http_path(head, "/heads")) {
		bool heads = http_path(head, "/heads");
		memset(big, 'a', sizeof big);
		http_say(fd, "HTTP/1.1 200 OK\r\n", 17);
		if (!heads)
			http_say(fd, "\r\n", 2);
		for (int i = 0; i < 400 && !h->stop; i++) {
			if (heads)
				http_say(fd, "X: ", 3);
			http_say(fd, big, heads ? 1000 : sizeof big);
			if (heads)
				http_say(fd, "\r\n", 2);
		}
	} else if (http_path(head, "/drip")) {
		http_say(fd, "HTTP/1.1 200 OK\r\n\r\n", 19);
		for (int i = 0; i < 100 && !h->stop && send(fd, "x", 1, MSG_NOSIGNAL) == 1; i++)
			usleep(100000);
	} else
		http_reply(fd, "404 Not Found", "text/html", "", "<html>no</html>");
}

static struct net_answer fetch(struct arena *a, int port, const char *path, struct net_ask q)
{
	struct fault f = { 0 };
	struct net n = { .program = fetch_program(a) };
	struct net_answer r = { 0 };
	q.url = arena_fmt(a, "http://127.0.0.1:%d%s", port, path);
	if (!q.limit_ms)
		q.limit_ms = 3000;
	NEED_OK(net_get(&n, a, &q, &r, &f));
	return r;
}

TEST(one_request_and_its_end_whatever_comes)
{
	ARENA a = arena_new(0);
	struct http h;
	struct net_ask q = { .allow = &loop, .nallow = 1, .contact = STR("12338@example.cn") };
	http_start(&h, answer, NULL);
	struct net_answer r = fetch(a, h.port, "/ok", q);
	CHECK(r.end == NET_ANSWER && r.status == 200);
	CHECK_STR(r.body, "<rss/>");
	CHECK_STR(r.type, "application/rss+xml");
	CHECK(strstr(h.asked[0], "User-Agent: XiaoAn/") && strstr(h.asked[0], "(+12338@example.cn)") && !strstr(h.asked[0], "Accept-Encoding") && !strstr(h.asked[0], "Cookie"));
	struct net_ask again = q;
	again.etag = r.etag;
	again.modified = r.modified;
	CHECK_INT(fetch(a, h.port, "/same", again).status, 304);
	CHECK_INT(fetch(a, h.port, "/same", q).status, 200);
	r = fetch(a, h.port, "/moved", q);
	CHECK_INT(r.status, 302);
	CHECK_STR(r.location, "/ok");            /* told, not followed */
	r = fetch(a, h.port, "/later", q);
	CHECK(r.status == 503 && r.retry_s == 77);
	CHECK_INT(fetch(a, h.port, "/short", q).end, NET_CUT);
	int64_t was = mono_ms();
	CHECK_INT(fetch(a, h.port, "/claims", q).end, NET_LONG);
	CHECK(mono_ms() - was < 2500);           /* refused by what it says of itself */
	CHECK_INT(fetch(a, h.port, "/none", q).end, NET_NO_ANSWER);
	CHECK_INT(fetch(a, h.port, "/rubbish", q).end, NET_ODD);
	r = fetch(a, h.port, "/endless", q);
	CHECK(r.end == NET_LONG && r.body.n == 0);
	CHECK(fetch(a, h.port, "/heads", q).end != NET_ANSWER);
	struct net_ask hurry = q;
	hurry.limit_ms = 1000;
	was = mono_ms();
	CHECK_INT(fetch(a, h.port, "/drip", hurry).end, NET_SLOW);
	CHECK(mono_ms() - was < 4000);
	CHECK_INT(fetch(a, h.port, "/nothing", q).status, 404);
	struct net_answer by_name;
	struct net nn = { .program = fetch_program(a) };
	struct fault f = { 0 };
	struct net_ask nq = q;
	nq.url = arena_fmt(a, "http://localhost:%d/ok", h.port);
	nq.limit_ms = 3000;
	NEED_OK(net_get(&nn, a, &nq, &by_name, &f));
	CHECK(by_name.end == NET_ANSWER && by_name.status == 200);      /* names are looked up behind the door */
	nq.nallow = 0;
	NEED_OK(net_get(&nn, a, &nq, &by_name, &f));
	CHECK_INT(by_name.end, NET_INSIDE);                              /* and a name hides nothing */
	int hits = h.hits;
	http_stop(&h);
	CHECK_INT(fetch(a, h.port, "/ok", q).end, NET_NO_ANSWER);
	/* Without the operator's word nothing inside is connected to. */
	struct http g;
	http_start(&g, answer, NULL);
	CHECK_INT(fetch(a, g.port, "/ok", (struct net_ask){ 0 }).end, NET_INSIDE);
	CHECK(g.hits == 0 && hits > 10);
	http_stop(&g);
}

TEST(through_a_broker_it_is_the_same)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct http h;
	static const char *const words[] = { "--broker", NULL };
	struct net n = { .program = fetch_program(a) };
	struct net_answer r;
	NEED_OK(child_broker(n.program, words, &n.broker, &f));
	http_start(&h, answer, NULL);
	struct net_ask q = { .url = arena_fmt(a, "http://127.0.0.1:%d/ok", h.port), .allow = &loop, .nallow = 1, .limit_ms = 3000 };
	NEED_OK(net_get(&n, a, &q, &r, &f));
	CHECK(r.end == NET_ANSWER && r.status == 200);
	q.url = STR("file:///etc/passwd");
	NEED_OK(net_get(&n, a, &q, &r, &f));
	CHECK_INT(r.end, NET_CHILD);
	http_stop(&h);
	close(n.broker);
}

TEST(behind_the_door_nothing_is_left_to_do)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	static const char *const words[] = { "--probe", NULL };
	BUF_AUTO out = BUF(4096);
	bool ok = false;
	NEED_OK(child_run(&(struct child){ .program = fetch_program(a), .words = words, .in = STR(""), .limit_ms = 5000 }, &out, &ok, &f));
	CHECK(ok && out.n > 0);
	if (str_find(buf_view(&out), STR("YES")) >= 0)
		printf("# %.*s\n", (int)out.n, out.p);
	CHECK(str_find(buf_view(&out), STR("YES")) < 0 && str_find(buf_view(&out), STR("signal no")) > 0);
}

TEST(what_the_child_says_is_read_as_strictly_as_a_strangers_word)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct net_answer r, s = { .end = NET_ANSWER, .status = 200, .retry_s = -1, .etag = STR("\"x\""), .body = STR("a\n\nb") };
	BUF_AUTO b = BUF(4096);
	net_answer_put(&b, &s);
	NEED_OK(net_answer_take(a, buf_view(&b), &r, &f));
	CHECK_STR(r.body, "a\n\nb");
	CHECK_STR(r.etag, "\"x\"");
	static const char *const bad[] = { "", "end 0\n", "end 0\nstatus 200\nretry -1\nbody 1\n\n", "end 0\nstatus 200\nretry -1\nbody 0\n\nx", "end 99\nstatus 200\nretry -1\nbody 0\n\n",
		"end 0\nend 0\nstatus 200\nretry -1\nbody 0\n\n", "end 0\nstatus 200\nretry -1\nbody 0\nwhat x\n\n", "end 0\nstatus 200\nbody 0\n\n" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(net_answer_take(a, str_of(bad[i]), &r, &f), ERR_INVALID);
	struct net_ask q = { .url = STR("http://a.cn/"), .etag = STR("a\r\nHost: b"), .allow = &loop, .nallow = 1 }, back;
	buf_reset(&b);
	net_ask_put(&b, &q);
	NEED_OK(net_ask_take(a, buf_view(&b), &back, &f));
	CHECK(!back.etag.p && back.nallow == 1 && back.allow[0].bits == 104 && back.max == NET_BODY_MAX);      /* no line of its own making */
}
