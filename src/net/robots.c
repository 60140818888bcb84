/* Why: who runs a site says there what machines may fetch, and a public body that does not ask has no business reading others' pages.
 * Invariants: RFC 9309; a file that is rubbish forbids nothing; time and memory are those of one pass for each rule, whatever its stars. */
#include "net/net.h"

enum robots_state robots_state(int status) { return status >= 200 && status < 300 ? ROBOTS_READ : status >= 400 && status < 500 ? ROBOTS_NONE : ROBOTS_AWAY; }

static unsigned char small(char c) { return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c); }

static bool same_word(struct str s, const char *w)
{
	if (s.n != strlen(w))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (small(s.p[i]) != small(w[i]))
			return false;
	return true;
}

/* The product token: letters, - and _ (2.2.1). */
static struct str token_of(struct str s)
{
	size_t n = 0;
	while (n < s.n && ((small(s.p[n]) >= 'a' && small(s.p[n]) <= 'z') || s.p[n] == '-' || s.p[n] == '_'))
		n++;
	return (struct str){ s.p, n };
}

static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : small(c) >= 'a' && small(c) <= 'f' ? small(c) - 'a' + 10 : -1; }

/* 2.2.2: the octet at p, %-codes decoded but those of what would change the meaning; moves p. decoded ones are never a star or a dollar. */
static int octet(const char **p, const char *end, bool *coded)
{
	const char *q = *p;
	*coded = false;
	if (*q == '%' && end - q > 2 && hex(q[1]) >= 0 && hex(q[2]) >= 0) {
		int c = hex(q[1]) * 16 + hex(q[2]);
		if (c != '/' && c != '?' && c != '#' && c != '%') {
			*p = q + 3;
			*coded = true;
			return c;
		}
	}
	*p = q + 1;
	return (unsigned char)*q;
}

/* One star remembered is enough: what came before an earlier one has matched as early as it can. */
static bool matches(struct str rule, struct str target)
{
	const char *r = rule.p, *re = rule.p + rule.n, *t = target.p, *te = target.p + target.n, *star = NULL, *from = NULL;
	bool rc, tc;
	for (;;) {
		if (r == re)
			return true;
		if (*r == '$' && r + 1 == re && t == te)
			return true;
		if (*r == '*') {
			star = ++r;
			from = t;
			continue;
		}
		if (t < te) {
			const char *r2 = r, *t2 = t;
			int x = octet(&r2, re, &rc), y = octet(&t2, te, &tc);
			if (x == y && !(*r == '$' && r + 1 == re)) {
				r = r2;
				t = t2;
				continue;
			}
		}
		if (!star || from >= te)
			return false;
		(void)octet(&from, te, &tc);
		r = star;
		t = from;
	}
}

struct rules { bool allow, any; size_t longest; };

static void rule(struct rules *g, bool allow, struct str path, struct str target)
{
	if (!path.n || (*path.p != '/' && *path.p != '*') || !matches(path, target))
		return;
	if (!g->any || path.n > g->longest || (path.n == g->longest && allow)) {
		g->allow = allow;
		g->longest = path.n;
	}
	g->any = true;
}

bool robots_allow(struct str file, const char *agent, struct str target)
{
	struct rules ours = { 0 }, all = { 0 };
	bool named = false, in_ours = false, in_all = false, heads = false;
	if (file.n > ROBOTS_MAX)
		file.n = ROBOTS_MAX;
	if (file.n >= 3 && memcmp(file.p, "\xEF\xBB\xBF", 3) == 0)
		file = (struct str){ file.p + 3, file.n - 3 };
	if (str_is(target, "/robots.txt"))
		return true;
	for (size_t at = 0; at < file.n;) {
		size_t n = 0;
		while (at + n < file.n && file.p[at + n] != '\n' && file.p[at + n] != '\r')
			n++;
		struct str value, line = { file.p + at, n };
		at += n + 1;
		const char *hash = n ? memchr(line.p, '#', line.n) : NULL;
		if (hash)
			line.n = (size_t)(hash - line.p);
		struct str key = str_trim(str_cut(line, ':', &value));
		value = str_trim(value);
		if (!value.p)
			continue;
		if (same_word(key, "user-agent")) {
			if (!heads)      /* the first line of a group */
				in_ours = in_all = false;
			heads = true;
			in_all |= value.n && *value.p == '*';
			if (same_word(token_of(value), agent))
				named = in_ours = true;
			continue;
		}
		bool allow = same_word(key, "allow");
		if (!allow && !same_word(key, "disallow"))
			continue;      /* of others' making, as sitemaps: they end no group */
		heads = false;
		if (in_ours)
			rule(&ours, allow, value, target);
		if (in_all)
			rule(&all, allow, value, target);
	}
	const struct rules *g = named ? &ours : &all;
	return !g->any || g->allow;
}
