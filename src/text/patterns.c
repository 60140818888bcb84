/* Why: hundreds of expressions over each text in one pass.
 * Invariants: the database is made at start (it is bound to the processor) and never changes; a scratch belongs to one
 * scan at a time, taken from a list under a lock; a text that is not UTF-8 is still scanned, its broken bytes blanked:
 * danger spoken of in a damaged message must not go unseen. */
#include <hs/hs.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "text/text.h"

#define FLAGS (HS_FLAG_UTF8 | HS_FLAG_UCP | HS_FLAG_DOTALL | HS_FLAG_SOM_LEFTMOST)

struct scratch {
	struct scratch *next;
	hs_scratch_t *s;
};

struct patterns {
	hs_database_t *db;
	hs_scratch_t *proto;
	uint32_t *id;              /* user's id by place of its pattern */
	uint32_t *place;           /* pattern of each alternative, which is what the database knows */
	size_t n;
	pthread_mutex_t lock;      /* guards free_list */
	struct scratch *free_list;
};

void patterns_free(struct patterns *p)
{
	if (!p)
		return;
	while (p->free_list) {
		struct scratch *s = p->free_list;
		p->free_list = s->next;
		hs_free_scratch(s->s);
		free(s);
	}
	hs_free_scratch(p->proto);
	hs_free_database(p->db);
	pthread_mutex_destroy(&p->lock);
	free(p->id);
	free(p->place);
	free(p);
}

/* The end of the alternative that begins at p: the next | outside of brackets, or the end of the expression. */
static const char *alternative_end(const char *p)
{
	int depth = 0;
	for (bool set = false; *p; p++) {
		if (*p == '\\' && p[1]) {
			p++;
			continue;
		}
		if (set) {
			set = *p != ']';
			continue;
		}
		set = *p == '[';
		depth += (*p == '(') - (*p == ')');
		if (*p == '|' && depth == 0)
			break;
	}
	return p;
}

enum err patterns_compile(const struct pattern *list, size_t n, struct patterns **ret, struct fault *f)
{
	if (!n || n > 100000)
		return fail(f, ERR_INVALID, N_("A set of patterns may not be empty."), "%zu patterns", n);
	struct patterns *p = xalloc(sizeof *p);
	pthread_mutex_init(&p->lock, NULL);
	p->id = xalloc(n * sizeof *p->id);
	p->n = n;
	/* An expression of many words is given to the library word by word: the start of a word of fixed length costs nothing,
	 * that of "one of these" must be carried along through the text. */
	ARENA a = arena_new((size_t)256 << 20);
	struct one { const char *expr; uint32_t place; } *v = NEWN(a, struct one, n + 1);
	size_t m = 0, cap = n + 1;
	for (size_t i = 0; i < n; i++) {
		p->id[i] = list[i].id;
		for (const char *at = list[i].expr;; at++) {
			const char *end = alternative_end(at);
			struct one x = { arena_cstr(a, (struct str){ at, (size_t)(end - at) }), (uint32_t)i };
			VEC_PUSH(a, v, m, cap, x);
			at = end;
			if (!*at)
				break;
		}
	}
	p->place = xalloc(m * sizeof *p->place);
	const char **expr = xalloc(m * sizeof *expr);
	unsigned *flags = xalloc(m * sizeof *flags), *ids = xalloc(m * sizeof *ids);
	for (size_t i = 0; i < m; i++) {
		expr[i] = v[i].expr;
		p->place[i] = v[i].place;
		flags[i] = FLAGS;
		ids[i] = (unsigned)i;
	}
	hs_compile_error_t *bad = NULL;
	hs_error_t r = hs_compile_multi(expr, flags, ids, (unsigned)m, HS_MODE_BLOCK, NULL, &p->db, &bad);
	enum err e = OK;
	if (r != HS_SUCCESS) {
		int at = bad ? bad->expression : -1;
		e = fail(f, ERR_INVALID, N_("A pattern cannot be read (number %s)."), "%s", bad ? bad->message : "out of memory");
		if (f)
			snprintf(f->arg, sizeof f->arg, "%u", at < 0 ? 0 : p->id[p->place[at]]);
	} else if (hs_alloc_scratch(p->db, &p->proto) != HS_SUCCESS) {
		e = fail(f, ERR_INTERNAL, NULL, "hs_alloc_scratch");
	}
	hs_free_compile_error(bad);
	free(expr);
	free(flags);
	free(ids);
	if (e != OK) {
		patterns_free(p);
		return e;
	}
	*ret = p;
	return OK;
}

enum err patterns_width(const char *expr, size_t *ret_least, size_t *ret_most)
{
	hs_expr_info_t *info = NULL;
	hs_compile_error_t *bad = NULL;
	bool ok = hs_expression_info(expr, FLAGS, &info, &bad) == HS_SUCCESS && info;
	if (ok) {
		*ret_least = info->min_width;
		*ret_most = info->max_width == UINT_MAX ? SIZE_MAX : info->max_width;
	}
	free(info);
	hs_free_compile_error(bad);
	return ok ? OK : ERR_INVALID;
}

struct found {
	struct arena *a;
	const struct patterns *p;
	struct hit *hits;
	size_t *before;   /* by hit: 1 + number of the hit of the same pattern before it */
	size_t n, cap, nbefore, capbefore;
	size_t *last;     /* by place: 1 + number of the newest hit of this pattern */
};

/* Called by rising end. Vectorscan reports every end of a match, with its leftmost start. A hit that begins no later than
 * the newest ones it overlaps is longer than they are and takes their place; one that begins inside the newest gives way to
 * it. So the hits of a pattern never overlap, and of those that begin at one place the longest stays. */
static int on_match(unsigned alternative, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
	struct found *r = arg;
	uint32_t place = r->p->place[alternative];
	if (to <= from)
		return 0;
	while (r->last[place]) {
		size_t at = r->last[place] - 1;
		struct hit *h = &r->hits[at];
		if (from >= h->to)
			break;
		if (from > h->from)
			return 0;
		if (!r->before[at] || r->hits[r->before[at] - 1].to <= from) {
			*h = (struct hit){ h->id, (size_t)from, (size_t)to };
			return 0;
		}
		h->to = h->from;   /* swallowed: dropped before sorting */
		r->last[place] = r->before[at];
	}
	struct hit h = { r->p->id[place], (size_t)from, (size_t)to };
	VEC_PUSH(r->a, r->hits, r->n, r->cap, h);
	VEC_PUSH(r->a, r->before, r->nbefore, r->capbefore, r->last[place]);
	r->last[place] = r->n;
	return 0;
}

static int by_from(const void *x, const void *y)
{
	const struct hit *a = x, *b = y;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to > b->to ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static struct scratch *scratch_take(struct patterns *p)
{
	pthread_mutex_lock(&p->lock);
	struct scratch *s = p->free_list;
	if (s)
		p->free_list = s->next;
	pthread_mutex_unlock(&p->lock);
	if (!s) {
		s = xalloc(sizeof *s);
		must(hs_clone_scratch(p->proto, &s->s) == HS_SUCCESS);
	}
	return s;
}

static void scratch_give(struct patterns *p, struct scratch *s)
{
	pthread_mutex_lock(&p->lock);
	s->next = p->free_list;
	p->free_list = s;
	pthread_mutex_unlock(&p->lock);
}

static struct str blank_broken(struct arena *a, struct str s)
{
	char *t = arena_alloc(a, s.n + 1);
	memcpy(t, s.p, s.n);
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)t[i];
		size_t w = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
		if (i + w <= s.n && utf8_valid((struct str){ t + i, w }))
			i += w;
		else
			t[i++] = ' ';
	}
	return (struct str){ t, s.n };
}

void patterns_scan(const struct patterns *p, struct arena *a, struct str text, struct hit **ret, size_t *ret_n)
{
	*ret = NULL;
	*ret_n = 0;
	if (!text.n || text.n > UINT32_MAX)
		return;
	if (!utf8_valid(text))
		text = blank_broken(a, text);
	struct found r = { .a = a, .p = p, .last = NEWN(a, size_t, p->n) };
	struct patterns *own = (struct patterns *)(uintptr_t)p;   /* only the locked list changes */
	struct scratch *s = scratch_take(own);
	must(hs_scan(p->db, text.p, (unsigned)text.n, 0, s->s, on_match, &r) == HS_SUCCESS);
	scratch_give(own, s);
	size_t kept = 0;
	for (size_t i = 0; i < r.n; i++)
		if (r.hits[i].to > r.hits[i].from)
			r.hits[kept++] = r.hits[i];
	r.n = kept;
	if (r.n > 1)
		qsort(r.hits, r.n, sizeof *r.hits, by_from);
	*ret = r.hits;
	*ret_n = r.n;
}
