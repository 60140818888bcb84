/* Why: the same woman is known to the hotline, the grid and the police under three spellings; who looks at one must be shown the others.
 * Invariants: nothing here depends on the order in which memory was given; a forbidden pair is never within one group, whatever its weight. */
#include "link/link.h"
#include "base/clock.h"
#include <math.h>
#include <stdlib.h>

struct entry { uint64_t key; uint32_t rec; };

/* By key, then by record: eight passes over the bytes of the key. The entries come in the order of the records, and stay so within a key. */
static void sort_entries(struct entry *v, size_t n)
{
	struct entry *w = xalloc((n + 1) * sizeof *w);
	for (int shift = 0; shift < 64; shift += 16) {
		size_t *at = xalloc(65537 * sizeof *at);
		for (size_t i = 0; i < n; i++)
			at[(v[i].key >> shift & 65535) + 1]++;
		for (size_t i = 0; i < 65536; i++)
			at[i + 1] += at[i];
		for (size_t i = 0; i < n; i++)
			w[at[v[i].key >> shift & 65535]++] = v[i];
		struct entry *t = v;
		v = w;
		w = t;
		free(at);
	}
	free(w);
}

struct pairs { struct link_pair *v; size_t n, cap, due; /* when they are many, each once, and then again when they have doubled */ };

static void add(struct pairs *p, uint32_t a, uint32_t b)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 1024;
		p->v = xrealloc(p->v, p->cap * sizeof *p->v);
	}
	p->v[p->n++] = a < b ? (struct link_pair){ a, b, 0 } : (struct link_pair){ b, a, 0 };
}

static int by_records(const void *x, const void *y)
{
	const struct link_pair *a = x, *b = y;
	return a->a != b->a ? (a->a < b->a ? -1 : 1) : a->b != b->b ? (a->b < b->b ? -1 : 1) : 0;
}

static void each_once(struct pairs *p)
{
	size_t n = 0;
	if (p->n)
		qsort(p->v, p->n, sizeof *p->v, by_records);
	for (size_t i = 0; i < p->n; i++)
		if (!n || by_records(&p->v[n - 1], &p->v[i]) != 0)
			p->v[n++] = p->v[i];
	p->n = n;
	p->due = n * 2 + ((size_t)1 << 24);
}

typedef size_t keys_fn(const void *arg, uint32_t i, uint64_t *ret, size_t room);

static struct entry *entries(const struct link_set *s, keys_fn *fn, size_t *ret_n)
{
	struct entry *v = NULL;
	size_t n = 0, cap = 0;
	for (uint32_t i = 0; i < s->n; i++) {
		uint64_t key[LINK_KEYS];
		size_t k = fn(s->arg, i, key, LINK_KEYS);
		if (n + k > cap) {
			cap = cap ? cap * 2 + k : 4096 + k;
			v = xrealloc(v, cap * sizeof *v);
		}
		for (size_t j = 0; j < k; j++)
			v[n++] = (struct entry){ key[j], i };
	}
	if (n)
		sort_entries(v, n);
	*ret_n = n;
	return v;
}

static void by_keys(const struct link_set *s, size_t block, struct pairs *p)
{
	size_t n;
	struct entry *v = entries(s, s->keys, &n);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && v[j].key == v[i].key; j++)
			;
		for (size_t x = i; j - i <= block && x < j; x++)
			for (size_t y = x + 1; y < j; y++)
				if (v[x].rec != v[y].rec)
					add(p, v[x].rec, v[y].rec);
		if (p->n > p->due)
			each_once(p);
	}
	free(v);
}

struct near { float score; uint32_t rec; };

/* Keeps the best in v[0 .. most), the worst first. Of two alike the earlier record. */
static bool worse(struct near a, struct near b) { return a.score != b.score ? a.score < b.score : a.rec > b.rec; }
static void keep(struct near *v, size_t *n, size_t most, struct near x)
{
	size_t i;
	if (*n == most && !worse(v[0], x))
		return;
	if (*n < most) {
		for (i = (*n)++; i > 0 && worse(x, v[i - 1]); i--)
			v[i] = v[i - 1];
		v[i] = x;
		return;
	}
	for (i = 0; i + 1 < most && worse(v[i + 1], x); i++)
		v[i] = v[i + 1];
	v[i] = x;
}

/* Each record with those before it: of the weak keys that few records have the rare ones count most. */
static void by_grams(const struct link_set *s, size_t block, size_t near, struct pairs *p)
{
	size_t n, touched = 0;
	struct entry *v = entries(s, s->grams, &n);
	/* where the list of each entry begins, in the order of the records */
	uint32_t *from = xalloc((n + 1) * sizeof *from), *count = xalloc((n + 1) * sizeof *count), *start = xalloc(((size_t)s->n + 2) * sizeof *start);
	for (size_t i = 0; i < n; i++)
		start[v[i].rec + 2]++;
	for (size_t i = 2; i < (size_t)s->n + 2; i++)
		start[i] += start[i - 1];
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && v[j].key == v[i].key; j++)
			;
		for (size_t x = i; x < j; x++) {
			uint32_t at = start[v[x].rec + 1]++;
			from[at] = (uint32_t)i;
			count[at] = (uint32_t)(j - i);
		}
	}
	float *score = xalloc(((size_t)s->n + 1) * sizeof *score);
	uint32_t *list = xalloc(((size_t)s->n + 1) * sizeof *list);
	struct near *best = xalloc((near + 1) * sizeof *best);
	for (uint32_t i = 0; i < s->n; i++) {
		size_t nbest = 0;
		touched = 0;
		for (uint32_t at = start[i]; at < start[i + 1]; at++) {
			if (count[at] < 2 || count[at] > block)
				continue;
			float w = (float)log2((double)s->n / count[at]);
			for (uint32_t k = from[at]; k < from[at] + count[at]; k++) {
				if (v[k].rec == i)
					continue;
				if (score[v[k].rec] == 0)
					list[touched++] = v[k].rec;
				score[v[k].rec] += w;
			}
		}
		for (size_t k = 0; k < touched; k++) {
			keep(best, &nbest, near, (struct near){ score[list[k]], list[k] });
			score[list[k]] = 0;
		}
		for (size_t k = 0; k < nbest; k++)
			add(p, i, best[k].rec);
		if (p->n > p->due)
			each_once(p);
	}
	free(v);
	free(from);
	free(count);
	free(start);
	free(score);
	free(list);
	free(best);
}

struct link_pair *link_candidates(const struct link_set *s, size_t block, size_t near, size_t *ret_n)
{
	struct pairs p = { .due = (size_t)1 << 24 };
	by_keys(s, block, &p);
	each_once(&p);
	if (s->grams && near)
		by_grams(s, block, near, &p);
	each_once(&p);
	*ret_n = p.n;
	return p.v;
}

/* ---- learning ---- */

/* Pairs with the same levels are one pattern: the rounds run over patterns. */
struct pattern { uint64_t code; uint32_t count; uint8_t level[LINK_FIELDS]; };

static uint64_t code_of(const uint8_t *level, int n)
{
	uint64_t c = 0;
	for (int f = 0; f < n; f++)
		c = c << 4 | level[f];
	return c;
}

static int by_code(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return a < b ? -1 : a > b;
}

static struct pattern *patterns(const struct link_set *s, const struct link_pair *p, size_t n, size_t *ret_n)
{
	uint64_t *code = xalloc((n + 1) * sizeof *code);
	struct pattern *v = xalloc((n + 1) * sizeof *v);
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		uint8_t level[LINK_FIELDS] = { 0 };
		s->compare(s->arg, p[i].a, p[i].b, level);
		code[i] = code_of(level, s->nfields);
	}
	if (n)
		qsort(code, n, sizeof *code, by_code);
	for (size_t i = 0; i < n; i++) {
		if (!k || v[k - 1].code != code[i]) {
			v[k] = (struct pattern){ .code = code[i] };
			for (int f = 0; f < s->nfields; f++)
				v[k].level[f] = (uint8_t)(code[i] >> 4 * (s->nfields - 1 - f) & 15);
			k++;
		}
		v[k - 1].count++;
	}
	free(code);
	*ret_n = k;
	return v;
}

static void to_shares(double *v, int levels, double floor)
{
	double sum = 0;
	for (int l = LINK_DIFFER; l <= levels; l++)
		sum += v[l] += floor;
	for (int l = LINK_DIFFER; l <= levels; l++)
		v[l] /= sum;
}

/* No more than this of it is difference; the rest keeps its proportions. */
static void hold(double *v, int levels, double most)
{
	double was = v[LINK_DIFFER];
	if (most <= 0 || was <= most)
		return;
	for (int l = LINK_DIFFER + 1; l <= levels; l++)
		v[l] *= (1 - most) / (1 - was);
	v[LINK_DIFFER] = most;
}

static void learn_u(const struct link_set *s, uint64_t seed, struct link_model *m)
{
	enum { DRAWN = 200000 };
	struct rng g = { seed };
	for (int k = 0; k < DRAWN && s->n > 1; k++) {
		uint8_t level[LINK_FIELDS] = { 0 };
		uint32_t i = (uint32_t)rng_range(&g, 0, s->n - 1), j = (uint32_t)rng_range(&g, 0, s->n - 2);
		j += j >= i;
		s->compare(s->arg, i < j ? i : j, i < j ? j : i, level);
		for (int f = 0; f < s->nfields; f++)
			m->u[f][level[f]]++;
	}
	for (int f = 0; f < s->nfields; f++)
		to_shares(m->u[f], s->levels[f], 0.5);
}

static double bits_of(const struct link_model *m, const uint8_t *level)
{
	double w = log2(m->share / (1 - m->share));
	for (int f = 0; f < m->nfields; f++)
		if (level[f] != LINK_MISSING)
			w += log2(m->m[f][level[f]] / m->u[f][level[f]]);
	return w;
}

double link_odds(double bits) { return 1 / (1 + exp2(-bits)); }

void link_learn(const struct link_set *s, const struct link_pair *p, size_t n, uint64_t seed, struct link_model *ret)
{
	enum { ROUNDS = 60 };
	struct link_model *m = ret;
	size_t k;
	struct pattern *v = patterns(s, p, n, &k);
	double all = (double)s->n * ((double)s->n - 1) / 2;
	*m = (struct link_model){ .nfields = s->nfields, .share = s->n > 1 ? fmin(0.5, 0.2 * s->n / all) : 0.5 };
	memcpy(m->levels, s->levels, sizeof m->levels);
	learn_u(s, seed, m);
	for (int f = 0; f < s->nfields; f++)
		for (int l = LINK_DIFFER; l <= s->levels[f]; l++)
			m->m[f][l] = l == s->levels[f] ? 0.7 : 0.3 / (s->levels[f] - 1);
	for (m->rounds = 0; m->rounds < ROUNDS; m->rounds++) {
		double sum = 0, was = m->share, next[LINK_FIELDS][LINK_LEVELS] = { { 0 } };
		for (size_t i = 0; i < k; i++) {
			double g = link_odds(bits_of(m, v[i].level)) * v[i].count;
			sum += g;
			for (int f = 0; f < s->nfields; f++)
				next[f][v[i].level[f]] += g;
		}
		for (int f = 0; f < s->nfields; f++) {
			next[f][LINK_MISSING] = 0;
			to_shares(next[f], s->levels[f], 0.5);
			hold(next[f], s->levels[f], s->differ[f]);
			memcpy(m->m[f], next[f], sizeof next[f]);
		}
		m->share = fmin(0.5, fmax(sum, 1) / fmax(all, 2));
		if (fabs(m->share - was) < 1e-6 * was)
			break;
	}
	free(v);
}

double link_bits(const struct link_set *s, const struct link_model *m, uint32_t i, uint32_t j)
{
	uint8_t level[LINK_FIELDS] = { 0 };
	if (s->veto && s->veto(s->arg, i, j))
		return -1000;
	s->compare(s->arg, i < j ? i : j, i < j ? j : i, level);
	return bits_of(m, level) + (s->rarity ? s->rarity(s->arg, i < j ? i : j, i < j ? j : i, level) : 0);
}

void link_score(const struct link_set *s, const struct link_model *m, struct link_pair *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i].bits = (float)link_bits(s, m, p[i].a, p[i].b);
}

/* ---- groups ---- */

static int by_bits(const void *x, const void *y)
{
	const struct link_pair *a = x, *b = y;
	return a->bits != b->bits ? (a->bits > b->bits ? -1 : 1) : by_records(x, y);
}

/* Members of a group are a ring through next[]; head[] is each one's first. */
static bool joins(const struct link_set *s, const struct link_model *m, const uint32_t *next, uint32_t a, uint32_t b)
{
	double sum = 0;
	uint32_t x = a;
	int pairs = 0;
	do {
		uint32_t y = b;
		do {
			double w = link_bits(s, m, x, y);
			if (w <= -1000)
				return false;
			sum += w;
			pairs++;
			y = next[y];
		} while (y != b);
		x = next[x];
	} while (x != a);
	return sum / pairs > 0;
}

uint32_t *link_groups(const struct link_set *s, const struct link_model *m, const struct link_pair *p, size_t n, double least)
{
	uint32_t *head = xalloc(((size_t)s->n + 1) * sizeof *head), *next = xalloc(((size_t)s->n + 1) * sizeof *next);
	struct link_pair *v = xalloc((n + 1) * sizeof *v);
	size_t k = 0;
	for (uint32_t i = 0; i < s->n; i++)
		head[i] = next[i] = i;
	for (size_t i = 0; i < n; i++)
		if (p[i].bits >= least)
			v[k++] = p[i];
	if (k)
		qsort(v, k, sizeof *v, by_bits);
	for (size_t i = 0; i < k; i++) {
		uint32_t a = head[v[i].a], b = head[v[i].b];
		if (a == b || !joins(s, m, next, a, b))
			continue;
		uint32_t first = a < b ? a : b, other = a < b ? b : a, x = other, t = next[first];
		do {
			head[x] = first;
			x = next[x];
		} while (x != other);
		next[first] = next[other];
		next[other] = t;
	}
	free(next);
	free(v);
	return head;
}
