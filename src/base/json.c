/* Why: what is kept as JSON goes out as it is; whether it is JSON can be said without building it.
 * Invariants: allocates nothing, reads no byte past the end, recurses DEPTH deep at most. */
#include "base/base.h"

#define DEPTH 64

struct at { const char *p, *end; };

static void blanks(struct at *a)
{
	while (a->p < a->end && (*a->p == ' ' || *a->p == '\t' || *a->p == '\n' || *a->p == '\r'))
		a->p++;
}

static bool take(struct at *a, char c)
{
	if (a->p == a->end || *a->p != c)
		return false;
	a->p++;
	return true;
}

static bool word(struct at *a, const char *w)
{
	size_t n = strlen(w);
	if ((size_t)(a->end - a->p) < n || memcmp(a->p, w, n) != 0)
		return false;
	a->p += n;
	return true;
}

static size_t digits(struct at *a)
{
	const char *was = a->p;
	while (a->p < a->end && *a->p >= '0' && *a->p <= '9')
		a->p++;
	return (size_t)(a->p - was);
}

static bool number(struct at *a)
{
	(void)take(a, '-');
	if (!take(a, '0') && !digits(a))
		return false;
	if (take(a, '.') && !digits(a))
		return false;
	if (take(a, 'e') || take(a, 'E')) {
		if (!take(a, '+'))
			(void)take(a, '-');
		return digits(a) > 0;
	}
	return true;
}

/* The four digits behind \u; -1: they are none. */
static int hex4(struct at *a)
{
	int v = 0;
	if (a->end - a->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = *a->p++;
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

static bool escape(struct at *a)
{
	if (a->p == a->end)
		return false;
	char c = *a->p++;
	if (c != 'u')
		return c && strchr("\"\\/bfnrt", c);
	int u = hex4(a);
	if (u >= 0xD800 && u < 0xDC00) {
		int low = word(a, "\\u") ? hex4(a) : -1;
		return low >= 0xDC00 && low < 0xE000;
	}
	return u > 0 && (u < 0xDC00 || u >= 0xE000);
}

static bool text(struct at *a)
{
	if (!take(a, '"'))
		return false;
	while (a->p < a->end) {
		unsigned char c = (unsigned char)*a->p++;
		if (c == '"')
			return true;
		if (c < 0x20 || (c == '\\' && !escape(a)))
			return false;
	}
	return false;
}

static bool value(struct at *a, int depth)
{
	if (depth == DEPTH || a->p == a->end)
		return false;
	char c = *a->p;
	if (c == '"')
		return text(a);
	if (c != '{' && c != '[')
		return word(a, "true") || word(a, "false") || word(a, "null") || number(a);
	char close = c == '{' ? '}' : ']';
	a->p++;
	blanks(a);
	if (take(a, close))
		return true;
	do {
		blanks(a);
		if (c == '{') {
			if (!text(a))
				return false;
			blanks(a);
			if (!take(a, ':'))
				return false;
			blanks(a);
		}
		if (!value(a, depth + 1))
			return false;
		blanks(a);
	} while (take(a, ','));
	return take(a, close);
}

bool json_valid(struct str s)
{
	struct at a = { s.p, s.p + s.n };
	if (!s.n || !utf8_valid(s))
		return false;
	blanks(&a);
	if (!value(&a, 0))
		return false;
	blanks(&a);
	return a.p == a.end;
}
