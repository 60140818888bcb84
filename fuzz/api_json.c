/* Fuzzer: a stranger's JSON as the body of a new clue and of a step, and, from its first line, as the query of a list. The
 * API's own parsing only, on a catalogue of one type: no store, so that a run costs microseconds. */
#include "api/inner.h"
#include "sense/clue.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct app *the_app(void)
{
	static const struct rtype *const types[] = { &clue_type, NULL };
	static struct app app = { .types = types };
	struct fault f = { 0 };
	if (!app.codes)
		must(codes_load(&app.codes, &f) == OK);
	return &app;
}

static enum err before(struct req *rq, struct resp *rs)
{
	struct face *fc = NEW(rq->a, struct face);
	static const struct actor nobody = { .role = ROLE_CITY };
	(void)rs;
	fc->c = (struct ctx){ .app = rq->app, .a = rq->a, .f = &rq->fault, .actor = &nobody, .lang = LANG_EN };
	rq->ctx = fc;
	return OK;
}

static enum err take_body(struct req *rq, struct resp *rs)
{
	struct api_body b;
	TRY(api_body(rq, rs, &clue_type, &b));
	must(b.canon.p != NULL && utf8_valid(b.canon));
	for (size_t i = 0; i < b.n; i++) {
		must(field_find(&clue_type, b.in[i].name) >= 0 || str_is(b.in[i].name, "area") || str_is(b.in[i].name, "org") || str_is(b.in[i].name, "owner"));
		must(b.in[i].value.p && !memchr(b.in[i].value.p, 0, b.in[i].value.n));
		for (size_t k = 0; k < i; k++)
			must(!str_eq(b.in[i].name, b.in[k].name));
	}
	must(b.version >= 0 && b.parent >= 0);
	return OK;
}

static enum err take_query(struct req *rq, struct resp *rs)
{
	struct see q;
	(void)rs;
	TRY(api_query(rq, &clue_type, &q));
	must(q.nfilters <= API_FILTERS && q.limit >= 1 && q.limit <= 500 && q.after >= 0);
	return OK;
}

static const struct route routes[] = {
	{ "POST", "/api/v1/clue", take_body, ROUTE_READ, ROUTE_API, 1 },
	{ "GET", "/api/v1/clue", take_query, ROUTE_READ, ROUTE_API, 1 },
	{ 0 },
};
static const struct route *const tables[] = { routes, NULL };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct web_config c = { .tables = tables, .app = the_app(), .before = before };
	ARENA a = arena_new(0);
	struct str all = { (const char *)data, n }, rest, line = str_cut(all, '\n', &rest);
	struct web_answer w = web_handle(&c, a, "POST", "/api/v1/clue", "Content-Type: application/json\nIdempotency-Key: fuzz-1\n", all);
	must(w.status == 200 || w.status == 400 || w.status == 413 || w.status == 422);
	(void)json_valid(all);
	w = web_handle(&c, a, "GET", arena_printf(a, "/api/v1/clue?%.*s", (int)line.n, line.p), "", STR_NONE);
	must(w.status == 200 || w.status == 400 || w.status == 413 || w.status == 414 || w.status == 422);
	return 0;
}
