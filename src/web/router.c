/* Why: routes are constant tables; the best match is found by kind of segment, not by order, so that "/clue/new"
 * never depends on standing before "/clue/{id}". A literal beats {x}, {x} beats {x...}, from the left. */
#include "web/inner.h"

struct path { struct str seg[SEGMENTS_MAX]; const char *at[SEGMENTS_MAX]; size_t n; struct str raw; };

static bool split(struct str raw, struct path *p)
{
	*p = (struct path){ .raw = raw };
	struct str rest = { raw.p + 1, raw.n - 1 };
	while (rest.p) {
		if (p->n == SEGMENTS_MAX)
			return false;
		p->at[p->n] = rest.p;
		p->seg[p->n++] = str_cut(rest, '/', &rest);
	}
	return true;
}

/* 0: no match; else the greater the better. */
static uint64_t match(const char *pattern, const struct path *p)
{
	uint64_t score = 1;
	size_t i = 0;
	const char *s = pattern + 1;
	for (;; i++) {
		const char *e = strchrnul(s, '/');
		size_t n = (size_t)(e - s);
		if (i == p->n)
			return 0;
		if (n > 5 && s[0] == '{' && memcmp(e - 4, "...}", 4) == 0)
			return p->seg[i].n ? (score << 2 | 1) << 2 * (SEGMENTS_MAX - i) : 0;
		if (n > 2 && s[0] == '{' && e[-1] == '}') {
			if (p->seg[i].n == 0)
				return 0;
			score = score << 2 | 2;
		} else {
			if (p->seg[i].n != n || memcmp(p->seg[i].p, s, n) != 0)
				return 0;
			score = score << 2 | 3;
		}
		if (!*e)
			break;
		s = e + 1;
	}
	return i + 1 == p->n ? score << 2 * (SEGMENTS_MAX - i) : 0;
}

static enum err take(struct web_conn *k, const struct route *r, const struct path *p)
{
	struct req *rq = &k->rq;
	rq->route = r;
	const char *s = r->pattern + 1;
	for (size_t i = 0;; i++) {
		const char *e = strchrnul(s, '/');
		if (s[0] == '{') {
			bool all = e - s > 5 && memcmp(e - 4, "...}", 4) == 0;
			struct str raw = all ? (struct str){ p->at[i], (size_t)(p->raw.p + p->raw.n - p->at[i]) } : p->seg[i];
			struct param *pp = &rq->path_params[rq->npath_params];
			must(rq->npath_params < (int)ARRAY_LEN(rq->path_params));
			pp->name = (struct str){ s + 1, (size_t)(e - s) - (all ? 5 : 2) };
			if (!url_decode(k->a, raw, false, &pp->value))
				return conn_bad(k, 400, N_("The address contains characters that are not allowed."), "path parameter");
			rq->npath_params++;
			if (all)
				break;
		}
		if (!*e)
			break;
		s = e + 1;
	}
	return OK;
}

static void allow(struct web_conn *k, const struct path *p)
{
	BUF_AUTO b = BUF(128);
	bool get = false;
	for (const struct route *const *t = k->c->tables; t && *t; t++)
		for (const struct route *r = *t; r->method; r++)
			if (match(r->pattern, p) && str_find(buf_view(&b), str_of(r->method)) < 0) {
				buf_printf(&b, "%s%s", b.n ? ", " : "", r->method);
				get |= strcmp(r->method, "GET") == 0;
			}
	if (get)
		buf_cstr(&b, ", HEAD");
	resp_header(&k->rs, &k->rq, "Allow", arena_str(k->a, buf_view(&b)));
}

enum err route_find(struct web_conn *k, struct str raw_path, const char *method)
{
	struct path p;
	if (!split(raw_path, &p))
		return fail(&k->rq.fault, ERR_NOT_FOUND, N_("There is no such page."), NULL);
	const struct route *best = NULL;
	uint64_t best_score = 0;
	bool other = false;
	for (const struct route *const *t = k->c->tables; t && *t; t++)
		for (const struct route *r = *t; r->method; r++) {
			if (raw_path.n > 1 && r->pattern[1] != raw_path.p[1] && r->pattern[1] != '{')
				continue;
			uint64_t s = match(r->pattern, &p);
			if (!s)
				continue;
			if (strcmp(r->method, method) != 0)
				other = true;
			else if (s > best_score)
				best = r, best_score = s;
		}
	if (best)
		return take(k, best, &p);
	if (!other)
		return fail(&k->rq.fault, ERR_NOT_FOUND, N_("There is no such page."), NULL);
	k->rs.status = 405;
	allow(k, &p);
	return fail(&k->rq.fault, ERR_NOT_FOUND, N_("This page cannot be used in that way."), "method %s", method);
}
