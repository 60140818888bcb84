/* web/ on a real socket: keep-alive, pipelining, smuggling, slow clients, stopping, commit before answer. */
#include "../test.h"
#include "app.h"
#include "base/clock.h"
#include "web/rate.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

static int dial(const struct web *w)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons((uint16_t)web_port(w)), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval t = { .tv_sec = 30 };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
	must(connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0);
	return fd;
}

static void say(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		s.p += n, s.n -= (size_t)n;
	}
}

/* Reads one answer by its Content-Length; false when the connection closed first. */
static bool hear(int fd, struct buf *in, int *status, struct str *body, bool head)
{
	for (;;) {
		struct str all = buf_view(in);
		ptrdiff_t e = str_find(all, STR("\r\n\r\n"));
		if (e >= 0) {
			ptrdiff_t l = str_find((struct str){ all.p, (size_t)e }, STR("Content-Length: "));
			size_t n = l < 0 || head ? 0 : (size_t)strtoul(all.p + l + 16, NULL, 10);
			if (all.n >= (size_t)e + 4 + n) {
				*status = (int)strtol(all.p + 9, NULL, 10);
				*body = (struct str){ all.p + e + 4, n };
				return true;
			}
		}
		char t[4096];
		ssize_t n = recv(fd, t, sizeof t, 0);
		if (n <= 0)
			return false;
		buf_put(in, t, (size_t)n);
	}
}

static void eat(struct buf *in, struct str body)
{
	size_t used = (size_t)(body.p + body.n - in->p);
	memmove(in->p, in->p + used, in->n - used);
	in->n -= used;
}

static struct web *up(struct web_config *c)
{
	c->host = "127.0.0.1";
	c->tables = app_tables;
	struct web *w = NULL;
	struct fault f = { 0 };
	enum err e = web_start(c, &w, &f);
	if (e != OK)
		printf("# web_start: %s %s\n", err_name(e), f.detail);
	must(e == OK);
	return w;
}

/* Sends raw bytes, half-closes, and returns everything said back. */
static struct str raw(const struct web *w, struct arena *a, struct str s)
{
	BUF_AUTO in = BUF(1 << 20);
	int fd = dial(w);
	say(fd, s);
	shutdown(fd, SHUT_WR);
	/* libmicrohttpd (edge-triggered) can miss a half-close until its idle timeout: three silent seconds are the end. */
	struct timeval quiet = { .tv_sec = 3 };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof quiet);
	char t[4096];
	for (ssize_t n; (n = recv(fd, t, sizeof t, 0)) > 0;)
		buf_put(&in, t, (size_t)n);
	close(fd);
	return arena_str(a, buf_view(&in));
}

static int answers(struct str s, const char *what)
{
	int n = 0;
	for (ptrdiff_t e; (e = str_find(s, str_of(what))) >= 0; n++)
		s.p += e + 1, s.n -= (size_t)e + 1;
	return n;
}

TEST(two_hundred_requests_on_one_connection)
{
	struct web_config c = { 0 };
	struct web *w = up(&c);
	int fd = dial(w), status;
	struct str body;
	BUF_AUTO in = BUF(1 << 20);
	for (int i = 0; i < 200; i++) {
		BUF_AUTO out = BUF(1000);
		bool head = i % 7 == 3, slow = i % 50 == 49;
		buf_printf(&out, "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", head ? "HEAD" : "GET", slow ? "/sleep" : i % 2 ? "/clue/7" : "/");
		say(fd, buf_view(&out));
		NEED(hear(fd, &in, &status, &body, head));
		CHECK_INT(status, 200);
		CHECK(head || str_is(body, slow ? "slept" : i % 2 ? "id:7;" : "hello"));
		eat(&in, body);
	}
	CHECK_INT(in.n, 0);
	close(fd);
	web_stop(w);
}

TEST(pipelined_requests_are_answered_in_order)
{
	struct web_config c = { 0 };
	struct web *w = up(&c);
	BUF_AUTO out = BUF(1 << 16);
	for (int i = 0; i < 20; i++)
		buf_printf(&out, "GET %s/%d HTTP/1.1\r\nHost: x\r\n\r\n", i % 3 ? "/clue" : "/file", i);
	buf_cstr(&out, "GET /sleep HTTP/1.1\r\nHost: x\r\n\r\nPOST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=bGET / HTTP/1.1\r\nHost: x\r\n\r\n");
	int fd = dial(w), status;
	struct str body;
	BUF_AUTO in = BUF(1 << 20);
	say(fd, buf_view(&out));
	for (int i = 0; i < 23; i++) {
		BUF_AUTO want = BUF(100);
		NEED(hear(fd, &in, &status, &body, false));
		if (i < 20)
			buf_printf(&want, i % 3 ? "id:%d;" : "name:%d;", i);
		else
			buf_cstr(&want, i == 20 ? "slept" : i == 21 ? "a=b;" : "hello");
		CHECK(str_eq(body, buf_view(&want)));
		eat(&in, body);
	}
	close(fd);
	web_stop(w);
}

TEST(smuggling)
{
	struct web_config c = { 0 };
	struct web *w = up(&c);
	ARENA a = arena_new(0);
	/* Each carries a second request in what one of two readers would take for the body: it must never be answered. */
#define INNER "GET /clue/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	static const char *const bad[] = {
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 44\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length : 44\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\x0b" "chunked\r\n\r\n0\r\n\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" INNER,
		"POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\n" INNER,
		"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" INNER,
		"GET / HTTP/1.1\r\n\r\n" INNER,
		"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" INNER,
		"GET / HTTP/1.0\r\nHost: x\r\n\r\n" INNER,
		"GET / HTTP/2.0\r\nHost: x\r\n\r\n" INNER,
		"GET /\r\n" INNER,
		"\xff\xfe / HTTP/1.1\r\nHost: x\r\n\r\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct str r = raw(w, a, str_of(bad[i]));
		bool ok = answers(r, "id:smuggled") == 0 && answers(r, " 200 OK") == 0;
		if (!ok)
			printf("# case %zu: %.*s\n", i, (int)r.n, r.p);
		CHECK(ok);
	}
	/* And what is plain is served. */
	struct str r = raw(w, a, STR("POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na=\r\n1\r\nb\r\n0\r\n\r\n"));
	CHECK(answers(r, "a=b;") == 1);
	CHECK(str_find(raw(w, a, STR("GET /%2e%2e/x HTTP/1.1\r\nHost: x\r\n\r\n")), STR(" 400 ")) > 0);
	web_stop(w);
}

TEST(limits_on_the_wire)
{
	struct web_config c = { 0 };
	struct web *w = up(&c);
	ARENA a = arena_new(0);
	struct str r = raw(w, a, STR("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"));
	CHECK(str_find(r, STR(" 413 ")) > 0 && str_find(r, STR("Content-Security-Policy")) > 0);
	/* Chunked has no length to look at: what is too much is told at the end, what is far too much is cut off. */
	BUF_AUTO b = BUF(8 << 20);
	char *ten = arena_alloc(a, 0x10000);
	memset(ten, 'a', 0x10000);
	buf_cstr(&b, "POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 17; i++) {
		buf_cstr(&b, "10000\r\n");
		buf_put(&b, ten, 0x10000);
		buf_cstr(&b, "\r\n");
	}
	size_t mark = b.n;
	buf_cstr(&b, "0\r\n\r\n");
	CHECK(str_find(raw(w, a, buf_view(&b)), STR(" 413 ")) > 0);
	b.n = mark;
	for (int i = 0; i < 40; i++) {
		buf_cstr(&b, "10000\r\n");
		buf_put(&b, ten, 0x10000);
		buf_cstr(&b, "\r\n");
	}
	CHECK_INT(raw(w, a, buf_view(&b)).n, 0);
	web_stop(w);
}

TEST(an_upload_over_the_wire_in_small_pieces)
{
	struct web_config c = { 0 };
	struct web *w = up(&c);
	BUF_AUTO b = BUF(8 << 20);
	buf_cstr(&b, "--B\r\nContent-Disposition: form-data; name=f; filename=a.bin\r\n\r\n");
	for (int i = 0; i < 300000; i++)
		buf_char(&b, '\1');
	buf_cstr(&b, "\r\n--B--\r\n");
	BUF_AUTO h = BUF(1000);
	buf_printf(&h, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: %zu\r\n\r\n", b.n);
	int fd = dial(w), status;
	struct str body;
	BUF_AUTO in = BUF(1 << 20);
	say(fd, buf_view(&h));
	for (size_t i = 0; i < b.n; i += 997)
		say(fd, (struct str){ b.p + i, b.n - i < 997 ? b.n - i : 997 });
	NEED(hear(fd, &in, &status, &body, false));
	CHECK_STR(body, "[f|a.bin|application/octet-stream|300000|300000]");
	close(fd);
	web_stop(w);
}

TEST(a_slow_client_holds_up_nobody)
{
	struct web_config c = { .threads = 1 };
	struct web *w = up(&c);
	int slow[20];
	for (size_t i = 0; i < ARRAY_LEN(slow); i++) {
		slow[i] = dial(w);
		say(slow[i], i % 2 ? STR("GET / HT") : STR("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab"));
	}
	int fd = dial(w), status;
	struct str body;
	BUF_AUTO in = BUF(1 << 20);
	say(fd, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
	NEED(hear(fd, &in, &status, &body, false));
	CHECK_STR(body, "hello");
	for (size_t i = 0; i < ARRAY_LEN(slow); i++)
		close(slow[i]);      /* gone in the middle of a request: nothing may leak or wait */
	close(fd);
	web_stop(w);
}

/* Everybody behind one address, one of them with hundreds of half-open requests: who comes new gets in, the oldest of those goes. */
TEST(many_half_open_requests_of_one_address_keep_nobody_out)
{
	struct web_config c = { .threads = 1 };
	struct web *w = up(&c);
	static const char *const half[] = { "GET / HT", "", "POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab", "GET / HTTP/1.1\r\nHost: x\r\n" };
	int fds[300], status, cut = 0;
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = dial(w);
		say(fds[i], str_of(half[i % 4]));
	}
	for (int i = 0; i < 20; i++) {
		struct str body;
		BUF_AUTO in = BUF(1 << 16);
		int fd = dial(w);
		say(fd, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
		NEED(hear(fd, &in, &status, &body, false));
		CHECK_STR(body, "hello");
		close(fd);
	}
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		char t[8];
		cut += recv(fds[i], t, sizeof t, MSG_DONTWAIT) == 0;
		close(fds[i]);
	}
	CHECK(cut >= 44 && cut < 150);        /* what was over 256, and no more than that needed */
	web_stop(w);
}

/* Two hundred that never end what they began: a healthy one is answered meanwhile, and they are cut, each in its own way of being slow. */
TEST(slow_ones_are_cut_and_the_healthy_answered)
{
	struct web_config c = { .threads = 1, .hurry = 25 };
	struct web *w = up(&c);
	int fds[200], gone = 0, status;
	struct str body;
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = dial(w);
		say(fds[i], i % 2 ? STR("GET / HTTP/1.1\r\nHost: x\r\nX-A: ") : STR("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\na"));
	}
	/* They drip for as long as they are let, the healthy one asks on beside them. */
	for (int turn = 0; gone < (int)ARRAY_LEN(fds) && turn < 3000; turn++) {
		int fd = dial(w);
		BUF_AUTO in = BUF(1 << 16);
		say(fd, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
		NEED(hear(fd, &in, &status, &body, false));
		CHECK_STR(body, "hello");
		close(fd);
		for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
			char t[512];
			if (fds[i] < 0)
				continue;
			ssize_t n = recv(fds[i], t, sizeof t, MSG_DONTWAIT);
			if (n == 0 || (n < 0 && errno != EAGAIN)) {
				close(fds[i]);
				fds[i] = -1;
				gone++;
			} else {
				say(fds[i], STR("a"));
			}
		}
		usleep(20000);
	}
	CHECK_INT(gone, ARRAY_LEN(fds));
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	web_stop(w);
}

/* Found by tests/api/edge.mjs: what libmicrohttpd gave up on by itself was never told, and its request stayed in memory (LeakSanitizer sees it). */
TEST(what_is_given_up_before_it_is_asked_leaves_nothing)
{
	ARENA a = arena_new(0);
	struct web_config c = { .threads = 1 };
	struct web *w = up(&c);
	BUF_AUTO q = BUF(1 << 16);
	for (int i = 0; i < 5; i++) {
		buf_reset(&q);
		buf_cstr(&q, i % 2 ? "GET /?" : "GET / HTTP/1.1\r\nHost: x\r\nCookie: ");
		for (int k = 0; k < 2001; k++)
			buf_cstr(&q, i % 2 ? "a&" : "a=b;");
		buf_cstr(&q, i % 2 ? " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
		(void)raw(w, a, buf_view(&q));
	}
	web_stop(w);
}

/* An answer that is not taken holds its connection for a while, not for ever. */
TEST(who_does_not_read_is_cut)
{
	struct web_config c = { .threads = 1, .hurry = 100 };
	struct web *w = up(&c);
	int fd = dial(w);
	static char t[32 << 10];
	size_t got = 0;
	ssize_t n;
	say(fd, STR("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
	/* 32 KiB each 20 ms at most: never idle, and never at the end of 16 MiB within the 6 seconds that there are. */
	for (; (n = recv(fd, t, sizeof t, 0)) > 0; got += (size_t)n)
		usleep(20000);
	CHECK(n <= 0);
	CHECK(got > 0 && got < 16 << 20);
	close(fd);
	web_stop(w);
}

/* A call for help, one too many of its address, is answered a little later, and not refused; anything else is told to wait. */
TEST(too_many_are_told_so_but_a_call_for_help_is_taken)
{
	ARENA a = arena_new(0);
	struct rate_limits l = { .address = { [RATE_HELP] = { 1, 1 }, [RATE_OPEN] = { 1, 1 }, [RATE_PAGE] = { 1, 1 } } };
	struct web_config c = { .behind_tls = true, .hurry = 10, .rates = rates_new(&l) };
	struct web *w = up(&c);
	for (int i = 0; i < 3; i++) {
		struct str body;
		int fd = dial(w), status;
		BUF_AUTO in = BUF(1 << 16);
		say(fd, STR("POST /help HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b"));
		NEED(hear(fd, &in, &status, &body, false));
		CHECK_INT(status, 200);
		CHECK_STR(body, "a=b;");
		close(fd);
	}
	struct str said = raw(w, a, STR("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"));
	CHECK_INT(answers(said, "HTTP/1.1 200"), 1);
	CHECK_INT(answers(said, "HTTP/1.1 429"), 1);
	CHECK_INT(answers(said, "\r\nRetry-After: "), 1);
	said = raw(w, a, STR("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.10\r\n\r\n"));
	CHECK_INT(answers(said, "HTTP/1.1 200"), 1);
	/* Leads nowhere, and counts all the same. */
	said = raw(w, a, STR("GET /nowhere HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.11\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.11\r\n\r\n"));
	CHECK_INT(answers(said, "HTTP/1.1 404"), 1);
	CHECK_INT(answers(said, "HTTP/1.1 429"), 1);
	/* What the head alone decides leaves the connection open: for a page's assets, and for who was told to wait. */
	said = raw(w, a, STR("GET /assets/none HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.12\r\n\r\nGET /remote HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.12\r\n\r\n"));
	CHECK_INT(answers(said, "HTTP/1.1 404"), 1);
	CHECK(str_ends(said, "203.0.113.12"));
	/* Stopping lets go of whoever waits. */
	int fd = dial(w);
	say(fd, STR("GET /help HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"));
	web_stop(w);
	close(fd);
	rates_free(c.rates);
}

TEST(forwarded_addresses_only_behind_the_proxy)
{
	ARENA a = arena_new(0);
	struct web_config c = { 0 };
	struct web *w = up(&c);
	struct str q = STR("GET /remote HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n\r\n");
	CHECK(str_ends(raw(w, a, q), "\r\n\r\n127.0.0.1"));
	web_stop(w);
	c.behind_tls = true;
	w = up(&c);
	CHECK(str_ends(raw(w, a, q), "\r\n\r\n203.0.113.9"));
	CHECK(str_ends(raw(w, a, STR("GET /remote HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: <script>\r\n\r\n")), "\r\n\r\n127.0.0.1"));
	web_stop(w);
	/* Named proxies, one behind the other: read from the end, as far as they are known. */
	NEED(web_nets_parse("127.0.0.1, 10.1.0.0/16,2001:db8::/32", c.proxies, ARRAY_LEN(c.proxies), &c.nproxies));
	w = up(&c);
	static const char *const hops[][2] = {
		{ "203.0.113.9", "203.0.113.9" }, { "6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9" }, { "6.6.6.6, 10.2.0.1, 10.1.2.3", "10.2.0.1" },
		{ "10.1.0.9", "10.1.0.9" }, { "::ffff:203.0.113.9", "203.0.113.9" }, { "2001:DB9::0001, 2001:db8::7", "2001:db9::1" },
		{ "6.6.6.6, x, 10.1.2.3", "10.1.2.3" }, { "", "127.0.0.1" }, { "203.0.113.9:4444", "127.0.0.1" },
		{ "6.6.6.6\r\nX-Forwarded-For: 203.0.113.9", "203.0.113.9" }, { "203.0.113.9\r\nX-Forwarded-For: 10.1.2.3", "203.0.113.9" },
	};
	for (size_t i = 0; i < ARRAY_LEN(hops); i++) {
		struct str said = raw(w, a, arena_fmt(a, "GET /remote HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: %s\r\n\r\n", hops[i][0]));
		CHECK(str_ends(said, arena_printf(a, "\r\n\r\n%s", hops[i][1])));
	}
	web_stop(w);
	static const char *const wrong[] = { "", "x", "1.2.3.4/33", "1.2.3.4/-1", "::1/129", "1.2.3.4,", "1.2.3", "1,2,3,4,5,6,7,8,9", "1.2.3.4/8x" };
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK(!web_nets_parse(wrong[i], c.proxies, ARRAY_LEN(c.proxies), &c.nproxies));
}

static void *stopper(void *arg) { web_stop(arg); return NULL; }

TEST(stopping_finishes_what_is_under_way)
{
	struct web_config c = { 0 };
	struct web *w = up(&c);
	int fd = dial(w), status;
	struct str body;
	BUF_AUTO in = BUF(1 << 20);
	/* The first answer proves that the second request, sent with it, has been read; then we stop. */
	say(fd, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /sleep HTTP/1.1\r\nHost: x\r\n\r\n"));
	NEED(hear(fd, &in, &status, &body, false));
	eat(&in, body);
	usleep(5000);
	pthread_t t;
	NEED(pthread_create(&t, NULL, stopper, w) == 0);
	if (hear(fd, &in, &status, &body, false))
		CHECK_STR(body, "slept");
	pthread_join(t, NULL);
	close(fd);
}

/* A request that comes while the server stops is answered or hung up on: never suspended where nobody would resume it. */
TEST(stopping_meets_what_comes_just_then)
{
	for (int i = 0; i < 200; i++) {
		struct web_config c = { .slow_workers = 1, .threads = 1 };
		struct web *w = up(&c);
		int fd[4];
		for (size_t j = 0; j < ARRAY_LEN(fd); j++) {
			fd[j] = dial(w);
			say(fd[j], STR("GET /sleep HTTP/1.1\r\nHost: x\r\n\r\n"));
		}
		usleep((useconds_t)(i % 20) * 20);
		web_stop(w);
		for (size_t j = 0; j < ARRAY_LEN(fd); j++)
			close(fd[j]);
	}
}

TEST(a_taken_port_is_an_error)
{
	struct web_config c = { 0 };
	struct web *w = up(&c), *w2 = NULL;
	struct web_config d = c;
	d.port = web_port(w);
	CHECK_ERR(web_start(&d, &w2, NULL), ERR_IO);
	d.host = "no such host";
	CHECK_ERR(web_start(&d, &w2, NULL), ERR_INVALID);
	web_stop(w);
	web_stop(NULL);
}

/* ---- writes: nobody hears of what is not durable ---- */

static char folder[] = "/tmp/xa-web-XXXXXX";
static struct store *the_store;

static enum err put(struct req *rq, struct resp *rs)
{
	must(db_can_write(rq->db));
	struct str v = req_param(rq, "v");
	TRY(db_exec(rq->db, &rq->fault, "INSERT INTO t (v) VALUES (?)", ARGS(VS(v)), NULL));
	buf_str(&rs->body, v);
	resp_cookie(rs, rq, "said", v, -1, false);
	return str_is(v, "bad") ? fail(&rq->fault, ERR_STATE, NULL, "test") : OK;
}

static enum err tally(struct req *rq, struct resp *rs)
{
	int64_t n = -1;
	TRY(db_int(rq->db, &rq->fault, "SELECT COUNT(*) FROM t", NOARGS, &n, NULL));
	buf_int(&rs->body, n);
	return OK;
}

/* Runs where the answer is about to leave: the row must be there for another connection already. */
static void seen_by_others(struct req *rq, struct resp *rs, int64_t us)
{
	(void)us;
	int64_t n = 0;
	if (!rq->route || rq->route->kind == ROUTE_READ)
		return;
	must(rq->db && !db_can_write(rq->db));
	must(db_int(rq->db, NULL, "SELECT COUNT(*) FROM t WHERE v = ?", ARGS(VS(req_param(rq, "v"))), &n, NULL) == OK);
	must(n == (rs->status == 200));
}

/* The same in three parts. */
static enum err act_answer(struct req *rq, struct resp *rs)
{
	must(rq->db && !db_can_write(rq->db));
	int64_t n = 0;
	TRY(db_int(rq->db, &rq->fault, "SELECT COUNT(*) FROM t WHERE v = ?", ARGS(VS(req_param(rq, "v"))), &n, NULL));
	buf_int(&rs->body, n);
	return OK;
}

static enum err act_write(struct req *rq, struct resp *rs)
{
	must(db_can_write(rq->db) && rq->work == rq->a);
	must(rs->nheaders == 1 && !rs->body.n);       /* as the first part left it, however often this runs */
	if (rq->fault.nfields)
		return fail(&rq->fault, ERR_INVALID, NULL, NULL);
	req_answer(rq, act_answer);
	return put(rq, rs);
}

static enum err act_begin(struct req *rq, struct resp *rs)
{
	struct str v = req_param(rq, "v");
	must(!db_can_write(rq->db));
	resp_header(rs, rq, "X-Part", STR("1"));
	if (str_is(v, "early"))
		return fail(&rq->fault, ERR_DENIED, NULL, "test");
	if (str_is(v, "wrong"))
		fault_field(&rq->fault, "v", "Wrong", NULL);
	return req_write(rq, act_write, rq->a);
}

static const struct route write_routes[] = {
	{ "POST", "/act", act_begin, ROUTE_ACT, 0, 1 }, { "POST", "/put", put, ROUTE_WRITE, 0, 1 }, { "GET", "/tally", tally, ROUTE_READ, 0, 1 }, { 0 },
};
static const struct route *const write_tables[] = { write_routes, NULL };

struct writer { struct web *w; int first, bad; const char *path; };

static void *many_writes(void *arg)
{
	struct writer *me = arg;
	int fd = dial(me->w), status;
	struct str body;
	BUF_AUTO in = BUF(1 << 20);
	for (int i = 0; i < 50; i++) {
		BUF_AUTO form = BUF(64);
		BUF_AUTO out = BUF(1000);
		bool fails = i % 5 == 0;
		if (fails)
			buf_cstr(&form, "v=bad");
		else
			buf_printf(&form, "v=%d", me->first + i);
		buf_printf(&out, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s", me->path, form.n, form.p);
		say(fd, buf_view(&out));
		if (!hear(fd, &in, &status, &body, false)) {
			me->bad++;
			break;
		}
		me->bad += status != (fails ? 409 : 200);
		me->bad += fails && str_find(buf_view(&in), STR("Set-Cookie")) >= 0;
		eat(&in, body);
	}
	close(fd);
	return NULL;
}

/* ---- what is held ---- */

/* ?e=: what comes of holding. The first run of "stale" is stale, its second is not. */
struct answer_later { void (*done)(void *, enum err, struct fault *); void *arg; enum err e; };

static bool app_holds(struct req *rq) { return req_param(rq, "e").n > 0; }

static void *held_elsewhere(void *arg)
{
	struct answer_later *l = arg;
	struct fault f = { 0 };
	usleep(2000);
	l->done(l->arg, l->e == OK ? OK : fail(&f, l->e, NULL, "test"), &f);
	free(l);
	return NULL;
}

static void app_hold(struct req *rq, void (*done)(void *arg, enum err e, struct fault *f), void *arg)
{
	struct answer_later *l = xalloc(sizeof *l);
	struct str e = req_param(rq, "e");
	*l = (struct answer_later){ done, arg, str_is(e, "full") ? ERR_FULL : str_is(e, "stale") && !rq->fresh ? ERR_STALE : OK };
	/* at once, and from another thread: both must do */
	if (str_is(req_param(rq, "how"), "now")) {
		held_elsewhere(l);
		return;
	}
	pthread_t t;
	must(pthread_create(&t, NULL, held_elsewhere, l) == 0);
	pthread_detach(t);
}

static enum err held_before(struct req *rq, struct resp *rs)
{
	(void)rs;
	rq->holds = app_holds;
	rq->hold = app_hold;
	return OK;
}

static enum err secret(struct req *rq, struct resp *rs)
{
	buf_cstr(&rs->body, rq->fresh ? "the secret, anew" : "the secret");
	resp_header(rs, rq, "X-Secret", STR("1"));
	return OK;
}

static bool kept_answer(struct req *rq, struct resp *rs)
{
	if (!str_is(req_param(rq, "kept"), "1"))
		return false;
	buf_cstr(&rs->body, "the secret, kept");
	return held_before(rq, rs) == OK;
}

static const struct route held_routes[] = { { "GET", "/read", secret, ROUTE_READ, ROUTE_KEPT, 1 }, { "GET", "/slow", secret, ROUTE_SLOW, 0, 1 }, { 0 } };
static const struct route *const held_tables[] = { held_routes, NULL };

TEST(what_is_held_leaves_only_when_it_may)
{
	struct web_config c = { .host = "127.0.0.1", .tables = held_tables, .before = held_before, .kept = kept_answer };
	static const struct { const char *query, *body; int status; } v[] = {
		{ "e=ok", "the secret", 200 }, { "e=ok&how=now", "the secret", 200 }, { "e=full", NULL, 507 }, { "e=full&how=now", NULL, 507 },
		{ "e=stale", "the secret, anew", 200 }, { "e=stale&how=now", "the secret, anew", 200 }, { "x=1", "the secret", 200 },
		{ "e=ok&kept=1", "the secret, kept", 200 }, { "e=full&kept=1", NULL, 507 }, { "e=stale&kept=1", "the secret, anew", 200 },
	};
	struct web *w = NULL;
	ARENA a = arena_new(0);
	NEED_OK(web_start(&c, &w, NULL));
	int fd = dial(w), status;
	struct str body;
	BUF_AUTO in = BUF(1 << 20);
	for (int round = 0; round < 6; round++)
		for (size_t i = 0; i < ARRAY_LEN(v); i++) {
			bool slow = round % 3 == 2;
			BUF_AUTO out = BUF(1000);
			char *target = arena_printf(a, "%s?%s", slow ? "/slow" : "/read", v[i].query);
			buf_printf(&out, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
			const char *want = v[i].body && slow && strstr(v[i].query, "kept") && v[i].status == 200 && !strstr(v[i].query, "stale") ? "the secret" : v[i].body;
			if (round % 3 == 1) {
				struct web_answer ans = web_handle(&c, a, "GET", target, "", STR(""));
				status = ans.status;
				body = ans.body;
				CHECK(want || str_find(ans.headers, STR("X-Secret")) < 0);
			} else {
				say(fd, buf_view(&out));
				NEED(hear(fd, &in, &status, &body, false));
				CHECK(want || str_find(buf_view(&in), STR("X-Secret")) < 0);
			}
			CHECK_INT(status, v[i].status);
			CHECK(want ? str_is(body, want) : str_find(body, STR("secret")) < 0);
			if (round % 3 != 1)
				eat(&in, body);
		}
	close(fd);
	web_stop(w);
}

TEST(writes_are_answered_after_the_commit)
{
	NEED(mkdtemp(folder));
	ARENA a = arena_new(0);
	static const struct migration m[] = { { 1, "t", "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL) STRICT;" } };
	NEED_OK(store_open(arena_printf(a, "%s/t.db", folder), NULL, &the_store, NULL));
	NEED_OK(store_migrate(the_store, m, 1, NULL));
	struct web_config c = { .host = "127.0.0.1", .tables = write_tables, .store = the_store, .after = seen_by_others };
	struct web *w = NULL;
	NEED_OK(web_start(&c, &w, NULL));
	pthread_t t[8];
	struct writer me[8];
	for (int i = 0; i < 8; i++) {
		me[i] = (struct writer){ w, i * 1000, 0, i % 2 ? "/act" : "/put" };
		NEED(pthread_create(&t[i], NULL, many_writes, &me[i]) == 0);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(t[i], NULL);
		CHECK_INT(me[i].bad, 0);
	}
	CHECK(str_ends(raw(w, a, STR("GET /tally HTTP/1.1\r\nHost: x\r\n\r\n")), "\r\n\r\n320"));
	web_stop(w);
	/* The same without a socket. */
	struct web_answer ans = web_handle(&c, a, "POST", "/put", "Content-Type: application/x-www-form-urlencoded\n", STR("v=last"));
	CHECK_INT(ans.status, 200);
	CHECK_STR(ans.body, "last");
	ans = web_handle(&c, a, "POST", "/put", "Content-Type: application/x-www-form-urlencoded\n", STR("v=bad"));
	CHECK_INT(ans.status, 409);
	CHECK(str_find(ans.headers, STR("Set-Cookie")) < 0);
	CHECK_STR(web_handle(&c, a, "GET", "/tally", "", STR("")).body, "321");
	static const struct { const char *form; int status; } parts[] = { { "v=three", 200 }, { "v=early", 403 }, { "v=wrong", 422 }, { "v=bad", 409 } };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		ans = web_handle(&c, a, "POST", "/act", "Content-Type: application/x-www-form-urlencoded\n", str_of(parts[i].form));
		CHECK_INT(ans.status, parts[i].status);
		CHECK((str_find(ans.headers, STR("X-Part: 1")) >= 0) == (i == 0));
		if (i == 0)
			CHECK_STR(ans.body, "three1");
	}
	CHECK_STR(web_handle(&c, a, "GET", "/tally", "", STR("")).body, "322");
	store_close(the_store);
	static const char *const left[] = { "t.db", "t.db-wal", "t.db-shm" };
	for (size_t i = 0; i < ARRAY_LEN(left); i++)
		unlink(arena_printf(a, "%s/%s", folder, left[i]));
	CHECK_INT(rmdir(folder), 0);
}
