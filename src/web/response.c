/* Why: what leaves is checked like what comes in: no header may be split, no redirect may lead away, and every answer,
 * errors included, carries the same strict headers (S34). */
#include "web/inner.h"
#include <stdio.h>

#define CSP_HOUSE "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; " \
	"font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; " \
	"manifest-src 'self'; require-trusted-types-for 'script'; trusted-types htmx"

void resp_reset(struct resp *rs)
{
	struct buf b = rs->body;
	buf_reset(&b);
	b.over = false;
	*rs = (struct resp){ .body = b };
}

static bool header_safe(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (((unsigned char)v.p[i] < 0x20 && v.p[i] != '\t') || v.p[i] == 0x7f)
			return false;
	return true;
}

void resp_header(struct resp *rs, struct req *rq, const char *name, struct str value)
{
	must(*name && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name));
	if (!header_safe(value))
		return;
	value = arena_str(rq->a, value);
	for (int i = 0; i < rs->nheaders; i++)
		if (!name_is(STR("Set-Cookie"), name) && name_is(rs->headers[i].name, name)) {
			rs->headers[i].value = value;
			return;
		}
	must(rs->nheaders < (int)ARRAY_LEN(rs->headers));
	rs->headers[rs->nheaders++] = (struct param){ arena_str(rq->a, str_of(name)), value };
}

enum err resp_redirect(struct resp *rs, struct req *rq, const char *fmt, ...)
{
	BUF_AUTO b = BUF(TARGET_MAX * 3);
	char *url = arena_alloc(rq->a, TARGET_MAX);
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(url, TARGET_MAX, fmt, ap);
	va_end(ap);
	if (n < 0 || n >= TARGET_MAX)
		url = NULL;
	struct str u = str_of(url);
	/* "//host" and "/\host" leave the house; so does anything a browser would first strip of control characters. */
	bool ok = u.n && u.p[0] == '/' && (u.n == 1 || (u.p[1] != '/' && u.p[1] != '\\')) && utf8_valid(u);
	for (size_t i = 0; ok && i < u.n; i++) {
		unsigned char c = (unsigned char)u.p[i];
		ok = c >= 0x20 && c != 0x7f && c != '\\';
		if (c >= 0x80 || c == ' ' || c == '"' || c == '<' || c == '>')
			buf_printf(&b, "%%%02X", c);
		else
			buf_char(&b, (char)c);
	}
	if (!ok || b.over)
		return fail(&rq->fault, ERR_INVALID, N_("The page to go on to is not part of this system."), "redirect");
	resp_header(rs, rq, "Location", buf_view(&b));
	rs->status = 303;
	return OK;
}

void resp_file(struct resp *rs, struct req *rq, const char *type, struct str filename)
{
	BUF_AUTO b = BUF(4096);
	filename = utf8_head(filename, 150);
	buf_cstr(&b, "attachment; filename=\"");
	const char *p = filename.p, *end = p + filename.n;
	while (p < end) {
		uint32_t cp = utf8_next(&p, end);
		buf_char(&b, cp < 0x20 || cp >= 0x7f || strchr("\"\\/%;:*?<>|", (int)cp) ? '_' : (char)cp);
	}
	buf_cstr(&b, "\"; filename*=UTF-8''");
	html_url_part(&b, filename);
	rs->type = type;
	resp_header(rs, rq, "Content-Disposition", buf_view(&b));
	/* Strangers' files must not act with our origin's rights, whatever a browser takes them for (S39). */
	resp_header(rs, rq, "Content-Security-Policy", STR("sandbox; default-src 'none'"));
}

bool req_tls(const struct req *rq) { return rq->conn->c->behind_tls; }

void resp_cookie(struct resp *rs, struct req *rq, const char *name, struct str value, int max_age_s, bool secure)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		if (c <= 0x20 || c >= 0x7f || strchr("\",;\\", c))
			return;
	}
	BUF_AUTO b = BUF(4096);
	buf_printf(&b, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax", name, (int)value.n, value.p ? value.p : "");
	if (max_age_s >= 0)
		buf_printf(&b, "; Max-Age=%d", max_age_s);
	if (secure || rq->conn->c->behind_tls)
		buf_cstr(&b, "; Secure");
	if (!b.over)
		resp_header(rs, rq, "Set-Cookie", buf_view(&b));
}

static bool has(const struct resp *rs, const char *name)
{
	for (int i = 0; i < rs->nheaders; i++)
		if (name_is(rs->headers[i].name, name))
			return true;
	return false;
}

static struct str csp(struct web_conn *k)
{
	struct str t = str_of(k->c->csp ? k->c->csp : CSP_HOUSE);
	ptrdiff_t at = str_find(t, STR("{nonce}"));
	if (at < 0)
		return t;
	return arena_fmt(k->a, "%.*s%s%.*s", (int)at, t.p, k->nonce, (int)(t.n - (size_t)at - 7), t.p + at + 7);
}

void resp_seal(struct web_conn *k)
{
	const struct { const char *name; struct str value; } all[] = {
		{ "Content-Type", str_of(k->rs.type ? k->rs.type : "text/html; charset=utf-8") },
		{ "Content-Security-Policy", has(&k->rs, "Content-Security-Policy") ? STR_NONE : csp(k) },
		{ "X-Content-Type-Options", STR("nosniff") },
		{ "X-Frame-Options", STR("DENY") },
		{ "Referrer-Policy", STR("no-referrer") },
		{ "Permissions-Policy", STR("accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), display-capture=()") },
		{ "Cross-Origin-Opener-Policy", STR("same-origin") },
		{ "Cross-Origin-Resource-Policy", STR("same-origin") },
		{ "Cache-Control", STR("no-store") },
		{ "X-Robots-Tag", STR("noindex, noarchive") },
		{ "Strict-Transport-Security", k->c->behind_tls ? STR("max-age=31536000; includeSubDomains") : STR_NONE },
		{ "X-Request-Id", str_of(k->rq.id) },
	};
	struct param *h = NEWN(k->a, struct param, ARRAY_LEN(all) + (size_t)k->rs.nheaders);
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].value.p && !has(&k->rs, all[i].name))
			h[n++] = (struct param){ str_of(all[i].name), all[i].value };
	for (int i = 0; i < k->rs.nheaders; i++)
		h[n++] = k->rs.headers[i];
	k->out = h;
	k->nout = n;
}
