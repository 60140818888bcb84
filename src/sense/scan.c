/* Why: "there are many in that street" is said of every street; what chance would do is to be known before anybody is sent. Invariants: a window counts only
 * when more came than was expected; a replicate draws under the same totals that are held fixed (of places and times, or of all). */
#include "sense/scan.h"
#include "base/clock.h"
#include <math.h>
#include <stdlib.h>

static double llr(double c, double e, double all)
{
	if (c <= e || e <= 0)
		return 0;
	return c * log(c / e) + (c < all ? (all - c) * log((all - c) / (all - e)) : 0);
}

/* Never below llr(), and without a logarithm: the divergence is at most chi-square. */
static double bound(double c, double e, double all) { return (c - e) * (c - e) * (1 / e + 1 / (all - e)); }

/* ---- by space alone ---- */

struct counts { const int64_t *c; const double *e; double all; };

static double largest_flat(const struct scan *s, const struct counts *k, struct scan_cluster *best)
{
	double top = 0;
	for (int p = 0; p < s->npaths; p++) {
		const struct scan_path *w = &s->path[p];
		int64_t c = 0;
		double e = 0;
		for (int cut = 0, i = 0; cut < w->ncuts; cut++) {
			for (; i < w->cut[cut]; i++) {
				c += k->c[w->place[i]];
				e += k->e[w->place[i]];
			}
			double l = c >= s->least ? llr((double)c, e, k->all) : 0;
			if (l <= top)
				continue;
			top = l;
			if (best)
				*best = (struct scan_cluster){ .path = p, .cut = cut, .times = 1, .cases = c, .expected = e, .llr = l };
		}
	}
	return top;
}

/* As many cases as there were, each to a place by what is expected of it. */
static void draw_flat(const struct scan *s, struct rng *g, const double *up, int64_t all, int64_t *c)
{
	memset(c, 0, (size_t)s->places * sizeof *c);
	for (int64_t i = 0; i < all; i++) {
		double u = rng_unit(g) * up[s->places - 1];
		int lo = 0, hi = s->places - 1;
		while (lo < hi) {
			int mid = (lo + hi) / 2;
			if (up[mid] > u)
				hi = mid;
			else
				lo = mid + 1;
		}
		c[lo]++;
	}
}

/* ---- in space and time ---- */

/* recent[place * newest + t]: cases of the t-th newest step. total: of each place in all. until[t]: the share of all cases within the newest t + 1. */
struct weeks { int *recent; const int64_t *total; const double *until; double all; };

static double largest_time(const struct scan *s, const struct weeks *k, struct scan_cluster *best)
{
	double top = 0;
	for (int p = 0; p < s->npaths; p++) {
		const struct scan_path *w = &s->path[p];
		int64_t c[64] = { 0 }, total = 0;
		for (int cut = 0, i = 0; cut < w->ncuts; cut++) {
			for (; i < w->cut[cut]; i++) {
				const int *r = k->recent + (size_t)w->place[i] * (size_t)s->newest;
				total += k->total[w->place[i]];
				for (int t = 0; t < s->newest; t++)
					c[t] += r[t];
			}
			int64_t sum = 0;
			for (int t = 0; t < s->newest; t++) {
				sum += c[t];
				double e = (double)total * k->until[t], l;
				if (sum < s->least || (double)sum <= e || bound((double)sum, e, k->all) <= top || (l = llr((double)sum, e, k->all)) <= top)
					continue;
				top = l;
				if (best)
					*best = (struct scan_cluster){ .path = p, .cut = cut, .times = t + 1, .cases = sum, .expected = e, .llr = l };
			}
		}
	}
	return top;
}

static void fill_recent(const struct scan *s, const int *time, int *recent)
{
	memset(recent, 0, (size_t)s->places * (size_t)s->newest * sizeof *recent);
	for (size_t i = 0; i < s->n; i++)
		if (time[i] < s->newest)
			recent[(size_t)s->each[i].place * (size_t)s->newest + (size_t)time[i]]++;
}

static void shuffle(struct rng *g, int *v, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = (size_t)rng_range(g, 0, (int64_t)i - 1);
		int x = v[i - 1];
		v[i - 1] = v[k];
		v[k] = x;
	}
}

/* ---- both ---- */

static bool meets(const struct scan *s, const struct scan_cluster *a, const struct scan_cluster *b)
{
	const struct scan_path *x = &s->path[a->path], *y = &s->path[b->path];
	for (int i = 0; i < x->cut[a->cut]; i++)
		for (int k = 0; k < y->cut[b->cut]; k++)
			if (x->place[i] == y->place[k])
				return true;
	return false;
}

static int unlikeliest(const void *a, const void *b)
{
	const struct scan_cluster *x = a, *y = b;
	return x->llr > y->llr ? -1 : x->llr < y->llr ? 1 : x->path != y->path ? x->path - y->path : x->cut - y->cut;
}

/* Of each path its largest; then those that share no place with a larger one. */
static size_t clusters_of(const struct scan *s, struct arena *a, const struct counts *flat, const struct weeks *time, struct scan_cluster *ret, size_t max)
{
	struct scan_cluster *v = NEWN(a, struct scan_cluster, (size_t)s->npaths + 1);
	size_t n = 0, found = 0;
	for (int p = 0; p < s->npaths; p++) {
		struct scan one = *s;
		struct scan_cluster best;
		one.path = s->path + p;
		one.npaths = 1;
		if ((flat ? largest_flat(&one, flat, &best) : largest_time(&one, time, &best)) <= 0)
			continue;
		best.path = p;
		v[n++] = best;
	}
	if (n > 1)
		qsort(v, n, sizeof *v, unlikeliest);
	for (size_t i = 0; i < n && found < max; i++) {
		bool apart_from = true;
		for (size_t k = 0; k < found && apart_from; k++)
			apart_from = !meets(s, &v[i], &ret[k]);
		if (apart_from)
			ret[found++] = v[i];
	}
	return found;
}

static void rank_all(struct scan_cluster *v, size_t n, const double *top, int replicates, double all)
{
	for (size_t i = 0; i < n; i++) {
		int larger = 0;
		for (int r = 0; r < replicates; r++)
			larger += top[r] >= v[i].llr;
		v[i].p = (1.0 + larger) / (1.0 + replicates);
		double out = all - v[i].expected, c = (double)v[i].cases;
		v[i].risk = all > c && out > 0 ? (c / v[i].expected) / ((all - c) / out) : 0;
	}
}

static size_t run_flat(const struct scan *s, struct arena *a, struct scan_cluster *ret, size_t max)
{
	int64_t all = 0, *drawn = NEWN(a, int64_t, (size_t)s->places + 1);
	double sum = 0, *e = NEWN(a, double, (size_t)s->places + 1), *up = NEWN(a, double, (size_t)s->places + 1), *top = NEWN(a, double, (size_t)s->replicates + 1);
	for (int i = 0; i < s->places; i++) {
		all += s->cases[i];
		sum += s->expected[i];
	}
	if (!all || sum <= 0)
		return 0;
	for (int i = 0; i < s->places; i++) {
		e[i] = s->expected[i] / sum * (double)all;
		up[i] = e[i] + (i ? up[i - 1] : 0);
	}
	struct counts k = { s->cases, e, (double)all };
	size_t n = clusters_of(s, a, &k, NULL, ret, max);
	struct rng g = { s->seed };
	k.c = drawn;
	int r = 0;
	for (int over = 0; r < s->replicates && n && !(s->enough && over >= s->enough); r++) {
		draw_flat(s, &g, up, all, drawn);
		top[r] = largest_flat(s, &k, NULL);
		over += top[r] >= ret[0].llr;
	}
	rank_all(ret, n, top, r, (double)all);
	return n;
}

static size_t run_time(const struct scan *s, struct arena *a, struct scan_cluster *ret, size_t max)
{
	must(s->newest > 0 && s->newest <= 64 && s->times >= s->newest);
	int *time = NEWN(a, int, s->n + 1), *recent = NEWN(a, int, (size_t)s->places * (size_t)s->newest + 1);
	int64_t *total = NEWN(a, int64_t, (size_t)s->places + 1);
	double until[64] = { 0 }, *top = NEWN(a, double, (size_t)s->replicates + 1);
	for (size_t i = 0; i < s->n; i++) {
		time[i] = s->each[i].time;
		total[s->each[i].place]++;
		if (time[i] < s->newest)
			until[time[i]] += 1;
	}
	if (!s->n)
		return 0;
	for (int t = 0; t < s->newest; t++)
		until[t] = until[t] / (double)s->n + (t ? until[t - 1] : 0);
	struct weeks k = { recent, total, until, (double)s->n };
	fill_recent(s, time, recent);
	size_t n = clusters_of(s, a, NULL, &k, ret, max);
	struct rng g = { s->seed };
	int r = 0;
	for (int over = 0; r < s->replicates && n && !(s->enough && over >= s->enough); r++) {
		shuffle(&g, time, s->n);
		fill_recent(s, time, recent);
		top[r] = largest_time(s, &k, NULL);
		over += top[r] >= ret[0].llr;
	}
	rank_all(ret, n, top, r, (double)s->n);
	return n;
}

size_t scan_run(const struct scan *s, struct arena *a, struct scan_cluster *ret, size_t max) { return s->each ? run_time(s, a, ret, max) : run_flat(s, a, ret, max); }

/* ---- circles ---- */

struct neighbour { double d; int i; };

static int nearer(const void *a, const void *b)
{
	const struct neighbour *x = a, *y = b;
	return x->d < y->d ? -1 : x->d > y->d ? 1 : x->i - y->i;
}

/* Half the square of the chord: it grows with the distance and needs no angle. */
static double apart(const double *lon, const double *lat, int i, int k)
{
	double r = 3.14159265358979323846 / 180, a = lat[i] * r, b = lat[k] * r;
	return 1 - (sin(a) * sin(b) + cos(a) * cos(b) * cos((lon[i] - lon[k]) * r));
}

struct scan_path *scan_circles(struct arena *a, const double *lon, const double *lat, const double *weight, int places, int most)
{
	struct scan_path *v = NEWN(a, struct scan_path, (size_t)places + 1);
	struct neighbour *n = xalloc(((size_t)places + 1) * sizeof *n);
	double all = 0;
	for (int i = 0; i < places; i++)
		all += weight ? weight[i] : 1;
	for (int i = 0; i < places; i++) {
		int *order = NEWN(a, int, (size_t)most + 1), *cut = NEWN(a, int, (size_t)most + 1), m = 0;
		double sum = 0;
		for (int k = 0; k < places; k++)
			n[k] = (struct neighbour){ k == i ? -1 : apart(lon, lat, i, k), k };
		qsort(n, (size_t)places, sizeof *n, nearer);
		for (int k = 0; k < places && m < most; k++) {
			sum += weight ? weight[n[k].i] : 1;
			if (m && sum > all / 2)
				break;
			order[m++] = n[k].i;
			cut[m - 1] = m;
		}
		v[i] = (struct scan_path){ order, cut, m };
	}
	free(n);
	return v;
}
