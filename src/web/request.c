/* Why: everything a client says about its request is checked here before any handler sees it: one meaning or 400. */
#include "web/inner.h"
#include "base/clock.h"
#include <stdlib.h>
#include <strings.h>

struct web_conn *conn_new(const struct web_config *c)
{
	struct web_conn *k = xalloc(sizeof *k);
	k->c = c;
	k->a = arena_new(ARENA_MAX);
	k->start_us = mono_us();
	k->rq = (struct req){ .a = k->a, .method = "GET", .path = STR(""), .query = STR(""), .body = STR(""), .remote = STR(""),
	                      .store = c->store, .app = c->app, .lang = LANG_ZH, .conn = k };
	k->rs.body = BUF(ANSWER_MAX);
	body_start(&k->body, BODY_MAX);
	unsigned char r[24];
	random_bytes(r, sizeof r);
	static const char hex[] = "0123456789abcdef";
	for (size_t i = 0; i < 24; i++) {
		char *o = i < 8 ? k->rq.id + 2 * i : k->nonce + 2 * (i - 8);
		o[0] = hex[r[i] >> 4];
		o[1] = hex[r[i] & 15];
	}
	return k;
}

void conn_free(struct web_conn *k)
{
	if (!k)
		return;
	buf_free(&k->rs.body);
	body_end(&k->body);
	arena_free(k->a);
	free(k);
}

enum err conn_bad(struct web_conn *k, int status, const char *msg, const char *detail)
{
	k->rs.status = status;
	return fail(&k->rq.fault, ERR_INVALID, msg, "%s", detail);
}

bool name_is(struct str a, const char *b)
{
	return a.n == strlen(b) && (a.n == 0 || strncasecmp(a.p, b, a.n) == 0);
}

void conn_header(struct web_conn *k, struct str name, struct str value)
{
	k->header_bytes += name.n + value.n + 4;
	if (k->nheaders > HEADERS_MAX || k->header_bytes > HEADER_BYTES_MAX)
		return;            /* conn_begin refuses it */
	VEC_PUSH(k->a, k->headers, k->nheaders, k->cap_headers, ((struct param){ arena_str(k->a, name), arena_str(k->a, value) }));
}

static size_t count(const struct web_conn *k, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < k->nheaders; i++)
		n += name_is(k->headers[i].name, name);
	return n;
}

static bool token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return s.n > 0;
}

static bool host_ok(struct str h)
{
	for (size_t i = 0; i < h.n; i++) {
		char c = h.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("-._:[]", c))))
			return false;
	}
	return h.n > 0 && h.n < 256;
}

/* Where two readers could see two requests in the same bytes, we see none (request smuggling, S37). */
static enum err check_framing(struct web_conn *k)
{
	static const char *const once[] = { "Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization", "Origin", "Expect" };
	const char *msg = N_("The request is not valid HTTP.");
	k->close = true;
	if (k->nheaders > HEADERS_MAX || k->header_bytes > HEADER_BYTES_MAX)
		return conn_bad(k, 431, N_("The request's headers are too long."), "headers");
	for (size_t i = 0; i < k->nheaders; i++) {
		struct str v = k->headers[i].value;
		if (!token(k->headers[i].name))
			return conn_bad(k, 400, msg, "header name");
		for (size_t j = 0; j < v.n; j++)
			if (((unsigned char)v.p[j] < 0x20 && v.p[j] != '\t') || v.p[j] == 0x7f)
				return conn_bad(k, 400, msg, "control character in a header");
	}
	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		if (count(k, once[i]) > 1)
			return conn_bad(k, 400, msg, "a header twice that may stand once");
	struct str cl = req_header(&k->rq, "Content-Length"), te = req_header(&k->rq, "Transfer-Encoding");
	if (cl.p && te.p)
		return conn_bad(k, 400, msg, "both Content-Length and Transfer-Encoding");
	if (te.p && !name_is(te, "chunked"))
		return conn_bad(k, 400, msg, "transfer encoding other than chunked");
	for (size_t i = 0; i < cl.n; i++)
		if (cl.p[i] < '0' || cl.p[i] > '9')
			return conn_bad(k, 400, msg, "Content-Length is no number");
	if (cl.p && (cl.n == 0 || cl.n > 18))
		return conn_bad(k, 400, msg, "Content-Length");
	if (k->mhd && (count(k, "Host") != 1 || !host_ok(req_header(&k->rq, "Host"))))
		return conn_bad(k, 400, msg, "Host");
	k->close = false;
	return OK;
}

static enum err check_target(struct web_conn *k, struct str *ret_raw_path)
{
	struct req *rq = &k->rq;
	const char *msg = N_("The address contains characters that are not allowed.");
	struct str t = k->target, q;
	if (t.n > TARGET_MAX)
		return conn_bad(k, 414, N_("The address is too long."), "target");
	if (t.n == 0 || t.p[0] != '/')
		return conn_bad(k, 400, msg, "target is no path");
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] <= 0x20 || t.p[i] == 0x7f || t.p[i] == '#')
			return conn_bad(k, 400, msg, "control character in the target");
	*ret_raw_path = str_cut(t, '?', &q);
	if (q.p)
		rq->query = q;
	struct str path;
	if (!url_decode(k->a, *ret_raw_path, false, &path))
		return conn_bad(k, 400, msg, "path is no UTF-8");
	rq->path = path;
	/* "." and ".." are resolved by browsers; what still has them wants to climb, also behind an encoded slash. */
	for (size_t i = 0; i < path.n; i++) {
		if ((unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f)
			return conn_bad(k, 400, msg, "control character in the path");
		if (path.p[i] != '/' && path.p[i] != '\\')
			continue;
		size_t e = i + 1;
		while (e < path.n && path.p[e] != '/' && path.p[e] != '\\')
			e++;
		struct str seg = { path.p + i + 1, e - i - 1 };
		if (str_is(seg, ".") || str_is(seg, ".."))
			return conn_bad(k, 400, msg, "dots in the path");
	}
	return OK;
}

static const char *too_large(size_t max)
{
	return max == UPLOAD_MAX ? N_("The files are larger than 64 MB together.")
				 : N_("What was sent is larger than 1 MB. A text holds at most 20,000 characters: please shorten it.");
}

enum err conn_begin(struct web_conn *k, const char *method)
{
	struct req *rq = &k->rq;
	struct str raw;
	/* Refused before its address is read: a program is answered as a program all the same. */
	if (str_starts(k->target, "/api/"))
		rq->path = STR("/api/");
	TRY(check_framing(k));
	TRY(check_target(k, &raw));
	size_t n = strlen(method);
	if (n == 0 || n > 16 || strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != n)
		return conn_bad(k, 400, N_("The request is not valid HTTP."), "method");
	k->head = strcmp(method, "HEAD") == 0;
	rq->method = k->head ? "GET" : arena_cstr(k->a, str_of(method));
	rq->htmx = str_is(req_header(rq, "HX-Request"), "true");
	TRY(route_find(k, raw, rq->method));
	size_t max = rq->route->flags & ROUTE_UPLOAD ? UPLOAD_MAX : BODY_MAX;
	body_start(&k->body, max);
	int64_t length = 0;
	struct str cl = req_header(rq, "Content-Length");
	if (cl.p && (!str_int(cl, &length) || length > (int64_t)max)) {
		k->close = true;
		return fail(&rq->fault, ERR_LIMIT, too_large(max), "body of %lld", (long long)length);
	}
	TRY(form_urlencoded(k, rq->query));
	rq->nquery = rq->nparams;
	return OK;
}

struct str conn_media_type(const struct web_conn *k)
{
	struct str rest, ct = req_header(&k->rq, "Content-Type");
	return ct.p ? str_trim(str_cut(ct, ';', &rest)) : STR_NONE;
}

enum err conn_parse_body(struct web_conn *k)
{
	struct req *rq = &k->rq;
	enum err e = body_view(&k->body, &rq->body);
	if (e != OK) {
		rq->body = STR("");
		return fail(&rq->fault, e, e == ERR_LIMIT ? too_large(k->body.max) : NULL, "body");
	}
	struct str type = conn_media_type(k);
	if (!type.p || rq->body.n == 0)
		return OK;
	if (name_is(type, "application/x-www-form-urlencoded"))
		return rq->body.n > BODY_MAX ? fail(&rq->fault, ERR_LIMIT, too_large(BODY_MAX), "form") : form_urlencoded(k, rq->body);
	if (name_is(type, "multipart/form-data"))
		return form_multipart(k, req_header(rq, "Content-Type"), rq->body);
	return OK;
}

/* ---- what handlers ask ---- */

static struct str find(const struct param *p, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(p[i].name, name))
			return p[i].value;
	return STR_NONE;
}

struct str req_param(const struct req *rq, const char *name) { return find(rq->params, rq->nparams, name); }
struct str req_path(const struct req *rq, const char *name) { return find(rq->path_params, (size_t)rq->npath_params, name); }
struct str req_nonce(const struct req *rq) { return str_of(rq->conn->nonce); }

int64_t req_path_id(const struct req *rq, const char *name)
{
	int64_t v;
	return str_int(req_path(rq, name), &v) && v > 0 ? v : 0;
}

struct str req_header(const struct req *rq, const char *name)
{
	for (size_t i = 0; i < rq->conn->nheaders; i++)
		if (name_is(rq->conn->headers[i].name, name))
			return rq->conn->headers[i].value;
	return STR_NONE;
}

struct str req_cookie(const struct req *rq, const char *name)
{
	for (size_t i = 0; i < rq->conn->nheaders; i++) {
		if (!name_is(rq->conn->headers[i].name, "Cookie"))
			continue;
		struct str rest = rq->conn->headers[i].value;
		while (rest.p) {
			struct str v, pair = str_trim(str_cut(rest, ';', &rest));
			struct str n = str_cut(pair, '=', &v);
			if (v.p && str_is(n, name))
				return v;
		}
	}
	return STR_NONE;
}

const struct upload *req_upload(const struct req *rq, const char *name)
{
	for (size_t i = 0; i < rq->nuploads; i++)
		if (str_is(rq->uploads[i].name, name))
			return &rq->uploads[i];
	return NULL;
}
