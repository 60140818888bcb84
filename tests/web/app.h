/* A small application for the tests of web/: one route of each kind, and what is needed to link without the generators. */
#ifndef XA_TESTS_WEB_APP_H
#define XA_TESTS_WEB_APP_H
#include "web/web.h"
#include <unistd.h>

/* Weak: with the generated tables in the library those are used. */
__attribute__((weak)) const struct asset assets[] = {
	{ "t.css", "/assets/t.0badcafe.css", "text/css; charset=utf-8", (const unsigned char *)"body{}", (const unsigned char *)"\x1f\x8bgz", 6, 4 },
	{ 0 },
};
__attribute__((weak)) const char *tr(enum lang lang, const char *msgid) { (void)lang; return msgid; }

static enum err app_hello(struct req *rq, struct resp *rs)
{
	(void)rq;
	buf_cstr(&rs->body, "hello");
	return OK;
}

/* Says back what arrived: path parameters, then parameters, then uploads. */
static enum err app_echo(struct req *rq, struct resp *rs)
{
	for (int i = 0; i < rq->npath_params; i++)
		buf_printf(&rs->body, "%.*s:%.*s;", (int)rq->path_params[i].name.n, rq->path_params[i].name.p, (int)rq->path_params[i].value.n, rq->path_params[i].value.p);
	for (size_t i = 0; i < rq->nparams; i++)
		buf_printf(&rs->body, "%.*s=%.*s;", (int)rq->params[i].name.n, rq->params[i].name.p, (int)rq->params[i].value.n, rq->params[i].value.p);
	for (size_t i = 0; i < rq->nuploads; i++) {
		const struct upload *u = &rq->uploads[i];
		size_t sum = 0;
		for (size_t j = 0; j < u->bytes.n; j++)
			sum += (unsigned char)u->bytes.p[j];
		buf_printf(&rs->body, "[%.*s|%.*s|%.*s|%zu|%zu]", (int)u->name.n, u->name.p, (int)u->filename.n, u->filename.p, (int)u->type.n, u->type.p, u->bytes.n, sum);
	}
	return OK;
}

static enum err app_go(struct req *rq, struct resp *rs)
{
	struct str to = req_param(rq, "to");
	return resp_redirect(rs, rq, "%.*s", (int)to.n, to.p ? to.p : "");
}

static enum err app_headers(struct req *rq, struct resp *rs)
{
	resp_header(rs, rq, "X-Test", req_param(rq, "v"));
	resp_cookie(rs, rq, "c", req_param(rq, "v"), -1, true);
	resp_file(rs, rq, "application/pdf", req_param(rq, "f"));
	buf_cstr(&rs->body, "%PDF");
	return OK;
}

static enum err app_fails(struct req *rq, struct resp *rs)
{
	buf_cstr(&rs->body, "half a page");
	resp_cookie(rs, rq, "session", STR("stolen"), -1, true);
	return fail(&rq->fault, ERR_STALE, NULL, "test");
}

static enum err app_form_again(struct req *rq, struct resp *rs)
{
	buf_cstr(&rs->body, "form again");
	rs->handled = true;
	return fail(&rq->fault, ERR_INVALID, NULL, "test");
}

static enum err app_remote(struct req *rq, struct resp *rs)
{
	buf_str(&rs->body, rq->remote);
	return OK;
}

static enum err app_sleep(struct req *rq, struct resp *rs)
{
	(void)rq;
	usleep(20000);
	buf_cstr(&rs->body, "slept");
	return OK;
}

static enum err app_new(struct req *rq, struct resp *rs) { (void)rq; buf_cstr(&rs->body, "the new one"); return OK; }

static enum err app_large(struct req *rq, struct resp *rs)
{
	(void)rq;
	for (int i = 0; i < 1 << 20; i++)
		buf_cstr(&rs->body, "sixteen bytes...");
	return OK;
}

static const struct route app_routes[] = {
	{ "GET", "/", app_hello, ROUTE_READ, ROUTE_OPEN, 1 },
	{ "GET", "/clue/{id}", app_echo, ROUTE_READ, 0, 1 },
	{ "GET", "/clue/new", app_new, ROUTE_READ, 0, 1 },
	{ "GET", "/clue/{id}/{part}", app_echo, ROUTE_READ, 0, 1 },
	{ "GET", "/file/{name...}", app_echo, ROUTE_READ, 0, 1 },
	{ "POST", "/clue/{id}", app_echo, ROUTE_WRITE, 0, 1 },
	{ "POST", "/form", app_echo, ROUTE_READ, 0, 1 },
	{ "POST", "/upload", app_echo, ROUTE_SLOW, ROUTE_UPLOAD, 1 },
	{ "GET", "/go", app_go, ROUTE_READ, 0, 1 },
	{ "GET", "/headers", app_headers, ROUTE_READ, 0, 1 },
	{ "GET", "/fails", app_fails, ROUTE_READ, 0, 1 },
	{ "GET", "/again", app_form_again, ROUTE_READ, 0, 1 },
	{ "GET", "/api/fails", app_fails, ROUTE_READ, ROUTE_API, 1 },
	{ "GET", "/remote", app_remote, ROUTE_READ, 0, 1 },
	{ "GET", "/large", app_large, ROUTE_READ, 0, 1 },
	{ "GET", "/help", app_hello, ROUTE_READ, ROUTE_OPEN | ROUTE_HELP, 1 },
	{ "POST", "/help", app_echo, ROUTE_READ, ROUTE_OPEN | ROUTE_HELP, 1 },
	{ "GET", "/sleep", app_sleep, ROUTE_SLOW, 0, 1 },
	{ 0 },
};
static const struct route *const app_tables[] = { app_routes, NULL };
#endif
