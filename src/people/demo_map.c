/* Why: the map needs grids that lie side by side as real ones do, and none may be the true outline of a place.
 * Invariants: cells are convex and tile their whole: each cut is one straight line through one convex cell. */
#include "people/demo_inner.h"
#include <math.h>

/* Degrees of longitude are shorter than those of latitude at 32° N. */
#define LON_SCALE 0.85

struct demo_cell demo_outline(void)
{
	return (struct demo_cell){ .n = 8, .v = { { 120.40, 31.80 }, { 120.50, 31.71 }, { 120.64, 31.70 }, { 120.78, 31.76 }, { 120.80, 31.86 },
						  { 120.74, 31.97 }, { 120.58, 32.00 }, { 120.43, 31.93 } } };
}

static double area_of(const struct demo_cell *c)
{
	double s = 0;
	for (int i = 0; i < c->n; i++) {
		const struct demo_point *p = &c->v[i], *q = &c->v[(i + 1) % c->n];
		s += p->x * q->y - q->x * p->y;
	}
	return fabs(s) / 2;
}

/* The part of c where nx·x + ny·y <= d (side 1) or >= d (side -1). */
static void clip(const struct demo_cell *c, double nx, double ny, double d, int side, struct demo_cell *ret)
{
	ret->n = 0;
	for (int i = 0; i < c->n; i++) {
		const struct demo_point p = c->v[i], q = c->v[(i + 1) % c->n];
		double a = side * (nx * p.x + ny * p.y - d), b = side * (nx * q.x + ny * q.y - d);
		must(ret->n + 2 <= DEMO_CORNERS);
		if (a <= 0)
			ret->v[ret->n++] = p;
		if ((a < 0 && b > 0) || (a > 0 && b < 0)) {
			double t = a / (a - b);
			ret->v[ret->n++] = (struct demo_point){ p.x + t * (q.x - p.x), p.y + t * (q.y - p.y) };
		}
	}
}

/* Cuts off the share of the area across the longer way, a little askew. */
static void cut(const struct demo_cell *c, double share, struct rng *r, struct demo_cell *one, struct demo_cell *two)
{
	double x0 = 1e9, x1 = -1e9, y0 = 1e9, y1 = -1e9, lo = 1e9, hi = -1e9, whole = area_of(c);
	for (int i = 0; i < c->n; i++) {
		x0 = fmin(x0, c->v[i].x);
		x1 = fmax(x1, c->v[i].x);
		y0 = fmin(y0, c->v[i].y);
		y1 = fmax(y1, c->v[i].y);
	}
	double angle = ((x1 - x0) * LON_SCALE > y1 - y0 ? 0 : M_PI / 2) + (rng_unit(r) - 0.5) * 0.6, nx = cos(angle), ny = sin(angle);
	for (int i = 0; i < c->n; i++) {
		double d = nx * c->v[i].x + ny * c->v[i].y;
		lo = fmin(lo, d);
		hi = fmax(hi, d);
	}
	double d = 0;
	for (int k = 0; k < 40; k++) {
		d = (lo + hi) / 2;
		clip(c, nx, ny, d, 1, one);
		if (one->n >= 3 && area_of(one) > share * whole)
			hi = d;
		else
			lo = d;
	}
	clip(c, nx, ny, d, 1, one);
	clip(c, nx, ny, d, -1, two);
}

void demo_split(const struct demo_cell *whole, const double *weights, int n, struct rng *r, struct demo_cell *ret)
{
	if (n < 1)
		return;
	if (n == 1) {
		*ret = *whole;
		return;
	}
	double all = 0, left = 0;
	struct demo_cell one, two;
	int k = 0;
	for (int i = 0; i < n; i++)
		all += weights[i];
	while (k < n - 1 && (k == 0 || left + weights[k] / 2 <= all / 2))
		left += weights[k++];
	cut(whole, left / all, r, &one, &two);
	demo_split(&one, weights, k, r, ret);
	demo_split(&two, weights + k, n - k, r, ret + k);
}

struct str demo_ring(struct arena *a, const struct demo_cell *c)
{
	BUF_AUTO b = BUF(4096);
	buf_char(&b, '[');
	for (int i = 0; i <= c->n; i++)
		buf_printf(&b, "%s[%.6f,%.6f]", i ? "," : "", c->v[i % c->n].x, c->v[i % c->n].y);
	buf_char(&b, ']');
	return arena_str(a, buf_view(&b));
}
