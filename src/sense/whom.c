/* Why: there is never time for all. Invariants: by level and points and nothing else; an eighth by lot, the same for all within a week. */
#include "sense/warning.h"
#include <stdlib.h>

struct ranked { int64_t key; struct warning_row row; };

static int by_key(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row.r->id < y->row.r->id ? -1 : x->row.r->id > y->row.r->id;
}

/* Of those that come next, who is drawn this week: by nothing but chance, and the same one whoever asks. */
static void draw(struct ctx *c, struct ranked *v, size_t n, size_t k)
{
	size_t slots = (k + 7) / 8, first = k > slots ? k - slots : 0, pool = n > first ? n - first : 0, wanted = slots < pool ? slots : pool;
	struct rng g = { (uint64_t)((day_of(c->now) + 3) / 7) * 0x9e3779b97f4a7c15u };
	if (pool > 3 * k)
		pool = 3 * k;
	for (size_t i = 0; i < first && i < n; i++)
		v[i].row.picked = true;
	for (size_t got = 0; got < wanted;) {
		struct warning_row *w = &v[first + (size_t)rng_range(&g, 0, (int64_t)pool - 1)].row;
		got += !w->picked;
		w->picked = w->drawn = true;
	}
}

enum err warning_order(struct ctx *c, int k, struct warning_row **ret, size_t *ret_n)
{
	struct ranked *v = NULL;
	size_t n = 0, cap = 0;
	int64_t after = 0;
	do {
		struct seen s;
		TRY(see(c, &(struct see){ .type = "warning", .filters = &(struct filter){ STR("state"), STR("watching") }, .nfilters = 1, .after = after, .limit = 500 }, &s));
		for (size_t i = 0; i < s.n; i++) {
			int64_t rank = risk_rank(c->app->codes, rec_str(c, s.r[i], "level"));
			VEC_PUSH(c->a, v, n, cap, ((struct ranked){ rank * 10000000 - rec_int(s.r[i], "points"), { .r = s.r[i] } }));
		}
		after = s.next;
	} while (after && n < 5000);
	if (n)
		qsort(v, n, sizeof *v, by_key);
	if (k > 0 && n)
		draw(c, v, n, (size_t)k);
	*ret = NEWN(c->a, struct warning_row, n + 1);
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = v[i].row;
	*ret_n = n;
	return OK;
}
