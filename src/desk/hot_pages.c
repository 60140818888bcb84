/* Why: who plans talks and patrols must see where and how sure. Invariants: no figure of fewer than three households (kept by sense/hotspot.c); no place
 * outside the reader's area; the map says nothing that the table does not. */
#include "desk/hot_pages.h"
#include "desk/inner.h"
#include "sense/hotspot.h"
#include "templates.h"
#include <math.h>

#define WIDTH 760

/* A degree of longitude is shorter than one of latitude by the cosine. */
static enum err put_map(struct ctx *c, const struct hotspot *h, size_t n, struct hot_page *m)
{
	struct grid_centre *g;
	size_t ng;
	double west = 180, east = -180, south = 90, north = -90;
	TRY(grid_centres(c, str_of(c->actor->area), &g, &ng));
	for (size_t i = 0; i < ng; i++) {
		west = fmin(west, g[i].lon);
		east = fmax(east, g[i].lon);
		south = fmin(south, g[i].lat);
		north = fmax(north, g[i].lat);
	}
	if (ng < 2 || east - west < 1e-6)
		return OK;
	double shrink = cos((south + north) / 2 * 3.14159265358979323846 / 180), scale = (WIDTH - 20) / ((east - west) * shrink);
	m->width = WIDTH;
	m->height = 20 + (int)((north - south) * scale);
	m->height = m->height > 900 ? 900 : m->height;
	scale = m->height == 900 ? 880 / (north - south) : scale;
	m->dot = NEWN(c->a, struct hot_dot, ng);
	for (size_t i = 0; i < ng; i++) {
		struct hot_dot d = { 10 + (int)((g[i].lon - west) * shrink * scale), 10 + (int)((north - g[i].lat) * scale), 0 };
		for (size_t k = 0; k < n && !d.nth; k++)
			for (size_t a = 0; a < h[k].nareas && !d.nth; a++)
				if (str_starts(g[i].code, arena_cstr(c->a, h[k].area[a])))
					d.nth = (int)k + 1;
		m->dot[m->ndots++] = d;
	}
	return OK;
}

static struct str many(struct ctx *c, const struct hotspot *h)
{
	BUF_AUTO b = BUF(4096);
	for (size_t i = 0; i < h->nareas && i < 12; i++) {
		if (i)
			buf_cstr(&b, c->lang == LANG_ZH ? "、" : ", ");
		/* Within one community the grids' own numbers are enough. */
		if (h->at.n >= 12 && h->area[i].n == 15)
			buf_printf(&b, c->lang == LANG_ZH ? "%.3s网格" : "grid %.3s", h->area[i].p + 12);
		else
			buf_str(&b, area_label(c, h->area[i]));
	}
	if (h->nareas > 12)
		buf_cstr(&b, " …");
	return arena_str(c->a, buf_view(&b));
}

/* One look a day: by chance alone so much once in 1/p days. */
static struct str how_seldom(struct ctx *c, double p)
{
	long days = lround(1 / p);
	if (days >= 700)
		return str_of(TRC(c, N_("once in some years or less often")));
	return arena_fmt(c->a, c->lang == LANG_ZH ? "约%ld天一遇" : "once in %ld days", days);
}

static enum err hot_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct hotspot *h;
	size_t n;
	int64_t day = 0;
	TRY(hotspots(c, &h, &n, &day));
	struct hot_page m = { .v = NEWN(c->a, struct hot_row, n + 1) };
	for (size_t i = 0; i < n; i++) {
		struct str at = area_label(c, h[i].at);
		m.v[m.n++] = (struct hot_row){ .nth = (int)i + 1, .where = at.n ? at : h[i].at, .list = many(c, &h[i]), .span = arena_fmt(c->a, c->lang == LANG_ZH ? "近%d周" : "the last %d weeks", h[i].weeks),
			.cases = arena_fmt(c->a, "%lld", (long long)h[i].cases), .expected = arena_fmt(c->a, "%.1f", h[i].expected), .risk = arena_fmt(c->a, "%.1f", h[i].risk), .seldom = how_seldom(c, h[i].p) };
	}
	if (day)
		m.day = date_str(c->a, day);
	TRY(put_map(c, h, n, &m));
	TRY(face_shell(rq, N_("Hot spots")));
	t_hot_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route hot_routes[] = {
	XA_ROUTE("GET", "/hotspots", hot_get, ROUTE_READ, 0, R_FED | R(LEADER)),
	{ 0 },
};
