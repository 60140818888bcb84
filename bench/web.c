/* What the room itself costs. Two routes: "/" says hello, "/page" renders about 20 KB through the escapers.
 *   bench-web            in-process: requests a second of web_handle(), one thread
 *   bench-web serve 8090 then: wrk -t2 -c64 -d10 http://127.0.0.1:8090/ and …/page */
#include "web/web.h"
#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((weak)) const struct asset assets[] = { { 0 } };
__attribute__((weak)) const char *tr(enum lang lang, const char *msgid) { (void)lang; return msgid; }

static enum err hello(struct req *rq, struct resp *rs)
{
	(void)rq;
	buf_cstr(&rs->body, "hello");
	return OK;
}

static enum err page(struct req *rq, struct resp *rs)
{
	(void)rq;
	struct buf *o = &rs->body;
	buf_cstr(o, "<!DOCTYPE html><title>x</title><table>");
	for (int i = 0; i < 100; i++) {
		buf_cstr(o, "<tr><td><a href=\"");
		html_url(o, STR("/clue/4611686018427387904?tab=journal&from=list"));
		buf_cstr(o, "\">");
		buf_int(o, i);
		buf_cstr(o, "</a><td>");
		html_text(o, STR("家庭矛盾纠纷，双方因<子女抚养>与\"家务\"多次争吵，网格员已上门 & 劝解"));
		buf_cstr(o, "<td>");
		html_text(o, STR("待分派"));
	}
	buf_cstr(o, "</table>");
	return OK;
}

static const struct route routes[] = { { "GET", "/", hello, ROUTE_READ, ROUTE_OPEN, 1 }, { "GET", "/page", page, ROUTE_READ, ROUTE_OPEN, 1 }, { 0 } };
static const struct route *const tables[] = { routes, NULL };

static void measure(const struct web_config *c, const char *target, int n)
{
	size_t bytes = 0;
	int64_t t = mono_ms();
	ARENA a = arena_new(0);
	for (int i = 0; i < n; i++) {
		arena_reset(a);
		bytes = web_handle(c, a, "GET", target, "Host: x\nAccept: text/html\nCookie: s=0123456789abcdef\n", STR("")).body.n;
	}
	t = mono_ms() - t;
	printf("%s: %zu bytes, %.0f requests/s, %.2f us each\n", target, bytes, n * 1000.0 / (double)(t ? t : 1), (double)t * 1000 / n);
}

int main(int argc, char **argv)
{
	struct web_config c = { .host = "127.0.0.1", .tables = tables };
	if (argc == 3) {
		struct fault f = { 0 };
		struct web *w;
		c.port = (int)strtol(argv[2], NULL, 10);
		if (web_start(&c, &w, &f) != OK) {
			fprintf(stderr, "%s\n", f.detail);
			return 1;
		}
		printf("port %d, until ENTER\n", web_port(w));
		getchar();
		web_stop(w);
		return 0;
	}
	measure(&c, "/", 200000);
	measure(&c, "/page", 10000);
	return 0;
}
