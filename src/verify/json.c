/* Why: an export comes from where it may have been forged; its reader is small enough to be read.
 * Invariants: never past the end of the line; texts are unescaped in place; what is not exactly our kind of JSON is refused. */
#include "verify/verify.h"
#include <stdlib.h>
#include <string.h>

struct at { struct v_json *j; char *p, *end; };

static void blanks(struct at *a)
{
	while (a->p < a->end && (*a->p == ' ' || *a->p == '\t' || *a->p == '\r' || *a->p == '\n'))
		a->p++;
}

static bool take(struct at *a, char c)
{
	blanks(a);
	if (a->p == a->end || *a->p != c)
		return false;
	a->p++;
	return true;
}

static int hex4(const char *p)
{
	int v = 0;
	for (int i = 0; i < 4; i++) {
		const char *d = strchr("0123456789abcdef", p[i] | 0x20);
		if (!p[i] || !d || !*d)
			return -1;
		v = v << 4 | (int)(d - "0123456789abcdef");
	}
	return v;
}

static size_t utf8(char *out, int c)
{
	if (c < 0x80)
		return out[0] = (char)c, 1;
	if (c < 0x800)
		return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
	if (c < 0x10000)
		return out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)), out[2] = (char)(0x80 | (c & 63)), 3;
	out[0] = (char)(0xF0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63)), out[2] = (char)(0x80 | (c >> 6 & 63)), out[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* Behind a backslash: writes what it stands for. */
static bool escape(struct at *a, char **to)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	if (a->p == a->end)
		return false;
	char c = *a->p++;
	const char *k = c ? strchr(from, c) : NULL;
	if (k) {
		*(*to)++ = into[k - from];
		return true;
	}
	if (c != 'u' || a->end - a->p < 4)
		return false;
	int v = hex4(a->p);
	a->p += 4;
	if (v >= 0xD800 && v < 0xDC00) {
		if (a->end - a->p < 6 || a->p[0] != '\\' || a->p[1] != 'u')
			return false;
		int low = hex4(a->p + 2);
		if (low < 0xDC00 || low > 0xDFFF)
			return false;
		v = 0x10000 + ((v - 0xD800) << 10) + (low - 0xDC00);
		a->p += 6;
	} else if (v < 0 || (v >= 0xDC00 && v <= 0xDFFF)) {
		return false;
	}
	*to += utf8(*to, v);
	return true;
}

static bool text(struct at *a, struct v_text *ret)
{
	if (!take(a, '"'))
		return false;
	char *start = a->p, *to = a->p;
	while (a->p < a->end && *a->p != '"') {
		if ((unsigned char)*a->p < 0x20)
			return false;
		if (*a->p == '\\') {
			a->p++;
			if (!escape(a, &to))
				return false;
		} else {
			*to++ = *a->p++;
		}
	}
	*ret = (struct v_text){ start, (size_t)(to - start) };
	return take(a, '"');
}

static bool number(struct at *a, int64_t *ret)
{
	bool minus = a->p < a->end && *a->p == '-';
	uint64_t v = 0;
	int digits = 0;
	for (a->p += minus; a->p < a->end && *a->p >= '0' && *a->p <= '9'; a->p++, digits++) {
		if (digits == 18 && v > UINT64_C(922337203685477580))
			return false;
		v = v * 10 + (uint64_t)(*a->p - '0');
	}
	if (!digits || digits > 19 || v > (uint64_t)INT64_MAX + minus)
		return false;
	*ret = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static const char *joined(struct v_json *j, const char *under, struct v_text name)
{
	size_t n = strlen(under), need = n + (n != 0) + name.n + 1;
	if (name.n > 100 || memchr(name.p, 0, name.n) || j->nnames + need > sizeof j->names)
		return NULL;
	char *to = j->names + j->nnames;
	memcpy(to, under, n);
	if (n)
		to[n++] = '.';
	memcpy(to + n, name.p, name.n);
	to[n + name.n] = 0;
	j->nnames += need;
	return to;
}

static bool value(struct at *a, const char *name, int depth);

static bool object(struct at *a, const char *under, int depth)
{
	if (take(a, '}'))
		return true;
	do {
		struct v_text key;
		const char *name;
		if (!text(a, &key) || !(name = joined(a->j, under, key)) || !take(a, ':') || v_json_get(a->j, name) || !value(a, name, depth + 1))
			return false;
	} while (take(a, ','));
	return take(a, '}');
}

static bool array(struct at *a, const char *name, int depth)
{
	if (take(a, ']'))
		return true;
	do {
		if (!value(a, name, depth + 1))
			return false;
	} while (take(a, ','));
	return take(a, ']');
}

static bool value(struct at *a, const char *name, int depth)
{
	if (depth > 4)
		return false;
	blanks(a);
	if (take(a, '{'))
		return object(a, name, depth);
	if (take(a, '['))
		return array(a, name, depth);
	if (a->j->n == V_VALUES || a->p == a->end)
		return false;
	struct v_value v = { .name = name, .text = *a->p == '"' };
	if (!(v.text ? text(a, &v.s) : number(a, &v.i)))
		return false;
	a->j->v[a->j->n++] = v;
	return true;
}

bool v_json_read(struct v_json *j, char *line, size_t n)
{
	struct at a = { j, line, line + n };
	j->n = j->nnames = 0;
	if (!take(&a, '{') || !object(&a, "", 0))
		return false;
	blanks(&a);
	return a.p == a.end;
}

const struct v_value *v_json_get(const struct v_json *j, const char *name)
{
	for (size_t i = 0; i < j->n; i++)
		if (strcmp(j->v[i].name, name) == 0)
			return &j->v[i];
	return NULL;
}

bool v_unhex(struct v_text s, unsigned char *out, size_t n)
{
	if (s.n != 2 * n)
		return false;
	for (size_t i = 0; i < 2 * n; i++) {
		const char *d = s.p[i] ? strchr("0123456789abcdef", s.p[i]) : NULL;
		if (!d)
			return false;
		unsigned char x = (unsigned char)(d - "0123456789abcdef");
		out[i / 2] = (unsigned char)(i % 2 ? out[i / 2] | x : x << 4);
	}
	return true;
}
