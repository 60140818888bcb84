/* Why: libmicrohttpd's post processor repairs what is broken (and had CVE-2023-27371); evidence must arrive whole or be
 * refused. This reader takes a complete body, RFC 7578 as browsers write it: no preamble, CRLF, no nesting. */
#include "web/inner.h"

#define PART_HEADER_MAX 4096

static enum err bad(struct web_conn *k, const char *detail)
{
	return conn_bad(k, 400, N_("The upload arrived damaged. Please send it again."), detail);
}

/* RFC 2046: 1 to 70 of these, not ending in a blank. */
static bool boundary_ok(struct str b)
{
	if (b.n < 1 || b.n > 70 || b.p[b.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < b.n; i++) {
		char c = b.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("'()+_,-./:=? ", c))))
			return false;
	}
	return true;
}

static struct str skip_blanks(struct str s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t'))
		s.p++, s.n--;
	return s;
}

/* One "; name=value" of a header, quoted or not; *s moves behind it. False: no more, or *broken. */
static bool next_attr(struct arena *a, struct str *s, struct str *name, struct str *value, bool *broken)
{
	*s = skip_blanks(*s);
	if (!s->p || s->n == 0)
		return false;
	*broken = true;
	if (*s->p != ';')
		return false;
	s->p++, s->n--;
	*s = skip_blanks(*s);
	if (s->n == 0) {
		*broken = false;
		return false;
	}
	size_t i = 0;
	while (i < s->n && s->p[i] != '=' && s->p[i] != ';' && s->p[i] != ' ')
		i++;
	if (i == 0 || i == s->n || s->p[i] != '=')
		return false;
	*name = (struct str){ s->p, i };
	s->p += i + 1, s->n -= i + 1;
	if (s->n && *s->p == '"') {
		char *o = arena_alloc(a, s->n);
		size_t n = 0;
		for (i = 1; i < s->n && s->p[i] != '"'; i++) {
			if (s->p[i] == '\\' && i + 1 < s->n && s->p[i + 1] == '"')
				i++;      /* only \": a lone backslash is part of a Windows path */
			o[n++] = s->p[i];
		}
		if (i == s->n)
			return false;
		*value = (struct str){ o, n };
		i++;
	} else {
		for (i = 0; i < s->n && s->p[i] != ';' && s->p[i] != ' ' && s->p[i] != '\t'; i++)
			;
		*value = (struct str){ s->p, i };
	}
	s->p += i, s->n -= i;
	*broken = false;
	return true;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

/* Browsers write these three escapes in names, and only these. */
static struct str unescape(struct arena *a, struct str s)
{
	char *o = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		struct str r = { s.p + i, s.n - i };
		char c = str_starts(r, "%22") ? '"' : str_starts(r, "%0D") ? '\r' : str_starts(r, "%0A") ? '\n' : 0;
		if (c)
			i += 2;
		o[n++] = c ? c : s.p[i];
	}
	return (struct str){ o, n };
}

/* A file's name is never a path: what stands before the last slash of either kind is cut off. */
static struct str base_name(struct str s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/' || s.p[i - 1] == '\\')
			return (struct str){ s.p + i, s.n - i };
	return s;
}

struct part { struct str name, filename, type; bool file; };

static enum err disposition(struct web_conn *k, struct str v, struct part *ret)
{
	struct str n, val, plain = STR_NONE, ext = STR_NONE;
	bool broken = false;
	size_t i = 0;
	while (i < v.n && v.p[i] != ';')
		i++;
	if (!name_is(str_trim((struct str){ v.p, i }), "form-data"))
		return bad(k, "part is no form-data");
	v.p += i, v.n -= i;
	while (next_attr(k->a, &v, &n, &val, &broken)) {
		if (name_is(n, "name")) {
			if (ret->name.p)
				return bad(k, "two names");
			ret->name = unescape(k->a, val);
		} else if (name_is(n, "filename")) {
			if (plain.p)
				return bad(k, "two file names");
			plain = unescape(k->a, val);
		} else if (name_is(n, "filename*")) {
			if (ext.p || val.n < 7 || !name_is((struct str){ val.p, 7 }, "UTF-8''") ||
			    !url_decode(k->a, (struct str){ val.p + 7, val.n - 7 }, false, &ext))
				return bad(k, "filename*");
		}
	}
	if (broken || !ret->name.p)
		return bad(k, "disposition");
	ret->file = plain.p || ext.p;
	ret->filename = base_name(ext.p ? ext : plain);
	if (!utf8_valid(ret->name) || !utf8_valid(ret->filename) || has_control(ret->name) || has_control(ret->filename))
		return bad(k, "name is no clean UTF-8");
	if (str_is(ret->filename, ".") || str_is(ret->filename, ".."))
		ret->filename = STR("file");
	ret->filename = arena_str(k->a, utf8_head(ret->filename, 200));
	return OK;
}

static enum err part_headers(struct web_conn *k, struct str h, struct part *ret)
{
	bool seen = false;
	for (int lines = 0; h.n; lines++) {
		ptrdiff_t e = str_find(h, STR("\r\n"));
		struct str line = { h.p, e < 0 ? h.n : (size_t)e }, v;
		h = e < 0 ? (struct str){ h.p, 0 } : (struct str){ h.p + e + 2, h.n - (size_t)e - 2 };
		if (lines == 16 || line.n == 0 || line.p[0] == ' ' || line.p[0] == '\t' || memchr(line.p, '\n', line.n) ||
		    memchr(line.p, '\r', line.n) || memchr(line.p, 0, line.n))
			return bad(k, "part header");
		struct str name = str_cut(line, ':', &v);
		if (!v.p)
			return bad(k, "part header without colon");
		if (name_is(name, "Content-Disposition")) {
			if (seen)
				return bad(k, "two dispositions");
			seen = true;
			TRY(disposition(k, str_trim(v), ret));
		} else if (name_is(name, "Content-Type")) {
			ret->type = arena_str(k->a, str_trim(v));
			if (has_control(ret->type) || !utf8_valid(ret->type))
				return bad(k, "part type");
		} else if (name_is(name, "Content-Transfer-Encoding") && !name_is(str_trim(v), "binary") &&
		           !name_is(str_trim(v), "8bit") && !name_is(str_trim(v), "7bit")) {
			return bad(k, "transfer encoding");
		}
	}
	return seen ? OK : bad(k, "no disposition");
}

static enum err add_upload(struct web_conn *k, const struct part *p, struct str bytes)
{
	struct req *rq = &k->rq;
	if (p->filename.n == 0 && bytes.n == 0)
		return OK;              /* a file input left empty */
	if (!k->rq.route || !(k->rq.route->flags & ROUTE_UPLOAD))
		return conn_bad(k, 400, N_("This form takes no files."), "file part on a plain route");
	if (rq->nuploads == UPLOADS_MAX)
		return fail(&rq->fault, ERR_LIMIT, N_("Too many files at once."), NULL);
	if (!rq->uploads)
		rq->uploads = NEWN(k->a, struct upload, UPLOADS_MAX);
	rq->uploads[rq->nuploads++] = (struct upload){ p->name, p->filename, p->type.p ? p->type : STR("application/octet-stream"), bytes };
	return OK;
}

/* One part from the start of its headers; *rest moves to its delimiter. The delimiter is looked for behind the headers
 * only, so that their last line end cannot be taken for its first. */
static enum err one_part(struct web_conn *k, struct str *rest, struct str delim)
{
	ptrdiff_t e = str_find((struct str){ rest->p, rest->n < PART_HEADER_MAX ? rest->n : PART_HEADER_MAX }, STR("\r\n\r\n"));
	if (e < 0)
		return bad(k, "part headers do not end");
	struct part p = { 0 };
	TRY(part_headers(k, (struct str){ rest->p, (size_t)e }, &p));
	struct str bytes = { rest->p + e + 4, rest->n - (size_t)e - 4 };
	ptrdiff_t end = str_find(bytes, delim);
	if (end < 0)
		return bad(k, "cut off");
	*rest = (struct str){ bytes.p + end, bytes.n - (size_t)end };
	bytes.n = (size_t)end;
	if (p.file)
		return add_upload(k, &p, bytes);
	/* Text is copied into the arena, which aborts past its ceiling: all text together is bounded here. */
	k->text_bytes += bytes.n;
	if (k->text_bytes > BODY_MAX)
		return fail(&k->rq.fault, ERR_LIMIT, NULL, "text of a form");
	if (!utf8_valid(bytes))
		return conn_bad(k, 400, N_("The form contains characters that are not valid text (UTF-8)."), "multipart field");
	return form_param(k, p.name, arena_str(k->a, bytes));
}

enum err form_multipart(struct web_conn *k, struct str ct, struct str body)
{
	struct str n, v, boundary = STR_NONE;
	bool broken = false;
	const char *semi = memchr(ct.p, ';', ct.n);
	struct str attrs = semi ? (struct str){ semi, (size_t)(ct.p + ct.n - semi) } : STR_NONE;
	while (next_attr(k->a, &attrs, &n, &v, &broken))
		if (name_is(n, "boundary")) {
			if (boundary.p)
				return bad(k, "two boundaries");
			boundary = v;
		}
	if (broken || !boundary.p || !boundary_ok(boundary))
		return bad(k, "boundary");
	struct str delim = arena_fmt(k->a, "\r\n--%.*s", (int)boundary.n, boundary.p);
	struct str first = { delim.p + 2, delim.n - 2 };
	if (body.n < first.n || memcmp(body.p, first.p, first.n) != 0)
		return bad(k, "body does not begin with the boundary");
	struct str rest = { body.p + first.n, body.n - first.n };
	for (int parts = 0;; parts++) {
		if (str_starts(rest, "--")) {
			rest.p += 2, rest.n -= 2;
			return rest.n == 0 || str_is(rest, "\r\n") ? OK : bad(k, "bytes after the end");
		}
		if (!str_starts(rest, "\r\n"))
			return bad(k, "no line end after the boundary");
		if (parts == PARAMS_MAX)
			return fail(&k->rq.fault, ERR_LIMIT, N_("The form has too many fields."), NULL);
		rest.p += 2, rest.n -= 2;
		TRY(one_part(k, &rest, delim));
		rest.p += delim.n, rest.n -= delim.n;
	}
}
