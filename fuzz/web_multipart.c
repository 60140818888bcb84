/* Fuzzer: a multipart body with boundary "B". A file's name must come out clean, its bytes lie inside the body. */
#include "../tests/web/app.h"

static enum err check(struct req *rq, struct resp *rs)
{
	for (size_t i = 0; i < rq->nuploads; i++) {
		struct str f = rq->uploads[i].filename, b = rq->uploads[i].bytes;
		must(utf8_valid(f) && utf8_valid(rq->uploads[i].name) && utf8_valid(rq->uploads[i].type));
		must(!memchr(f.p, '/', f.n) && !memchr(f.p, '\\', f.n) && !str_is(f, ".."));
		must(b.p >= rq->body.p && b.p + b.n <= rq->body.p + rq->body.n);
	}
	for (size_t i = 0; i < rq->nparams; i++)
		must(utf8_valid(rq->params[i].name) && utf8_valid(rq->params[i].value));
	buf_cstr(&rs->body, "ok");
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct route routes[] = { { "POST", "/", check, ROUTE_READ, ROUTE_UPLOAD, 1 }, { 0 } };
	static const struct route *const tables[] = { routes, NULL };
	static const struct web_config c = { .tables = tables };
	(void)app_tables;
	ARENA a = arena_new(0);
	struct web_answer w = web_handle(&c, a, "POST", "/", "Content-Type: multipart/form-data; boundary=B\n", (struct str){ (const char *)data, n });
	must(w.status == 200 || w.status == 400 || w.status == 413);
	return 0;
}
