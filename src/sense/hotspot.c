/* Why: a talk in the right village hall in the right month is worth ten visits after. Invariants: one answer a day, the same for all who ask; nothing of fewer
 * than three cases of three households is kept. */
#include "sense/hotspot.h"
#include "sense/scan.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define WEEKS 52
#define NEWEST 8
#define NEIGHBOURS 60
#define LEAST 3
#define MOST 20          /* clusters kept */
#define ALARM (1.0 / 365) /* one look a day: what chance alone brings once a year or less often */

/* ---- where the grids lie ---- */

static bool ring_centre(struct str polygon, double *lon, double *lat)
{
	json_t *j = polygon.n ? json_loadb(polygon.p, polygon.n, 0, NULL) : NULL, *p;
	size_t i, n = 0;
	double x = 0, y = 0;
	json_array_foreach(j, i, p) {
		x += json_number_value(json_array_get(p, 0));
		y += json_number_value(json_array_get(p, 1));
		n++;
	}
	json_decref(j);
	if (!n)
		return false;
	*lon = x / (double)n;
	*lat = y / (double)n;
	return fabs(*lon) <= 180 && fabs(*lat) <= 90;
}

enum err grid_centres(struct ctx *c, struct str area, struct grid_centre **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	size_t n = 0, cap = 0;
	struct grid_centre *v = NULL;
	const char *like = arena_printf(c->a, "%.*s%%", (int)area.n, area.p ? area.p : "");
	TRY(db_rows(c->db, c->f, "SELECT code, polygon FROM grid WHERE state = 'active' AND area LIKE ? ORDER BY code", ARGS(VS(str_of(like))), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct grid_centre g = { .code = arena_str(c->a, rows_text(q, 0)) };
		if (ring_centre(rows_text(q, 1), &g.lon, &g.lat))
			VEC_PUSH(c->a, v, n, cap, g);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

/* ---- what came ---- */

struct spot { struct str code; double lon, lat; int centres; };
struct looking {
	struct ctx *c;
	struct map *known;                /* code → 1 + index */
	struct spot *v;
	size_t n, cap;
	struct scan_case *each;
	int64_t *home;
	size_t ncases, cap_cases, cap_home;
	struct scan_path *path;
	int npaths;
	size_t cap_paths;
};

static int place_of(struct looking *k, struct str code)
{
	size_t at = (size_t)(uintptr_t)map_get(k->known, code);
	if (at)
		return (int)at - 1;
	struct spot p = { .code = arena_str(k->c->a, code) };
	VEC_PUSH(k->c->a, k->v, k->n, k->cap, p);
	map_put(k->known, code, (void *)(uintptr_t)k->n);
	return (int)k->n - 1;
}

static enum err read_cases(struct looking *k)
{
	struct ctx *c = k->c;
	ROWS q = NULL;
	bool more;
	struct map *seen = map_new(c->a);
	int32_t today = day_of(c->now);
	TRY(db_rows(c->db, c->f,
		    "SELECT r.area, r.received, COALESCE(t.parent, r.id), r.source FROM clue r LEFT JOIN tie t ON t.clue = r.id AND t.state = 'tied' "
		    "WHERE r.received > ? AND r.received <= ? AND r.family = 1 AND r.state <> 'merged' AND COALESCE(r.outcome, '') NOT IN ('unfounded', 'not_family') ORDER BY r.id",
		    ARGS(VI(day_start(today + 1 - WEEKS * 7)), VI(c->now)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		struct str source = rows_text(q, 3);
		int week = (today - day_of(rows_int(q, 1))) / 7;
		if (rows_text(q, 0).n < 9 || week < 0 || week >= WEEKS || str_is(code_more(c->app->codes, "source", source, "group"), "self"))
			continue;
		/* One household is one case a week, however often it is reported. */
		int64_t home = rows_int(q, 2), once = (int64_t)((uint64_t)home * 64 + (uint64_t)week);
		if (map_geti(seen, once))
			continue;
		map_puti(seen, once, seen);
		struct scan_case one = { place_of(k, rows_text(q, 0)), week };
		VEC_PUSH(c->a, k->each, k->ncases, k->cap_cases, one);
		size_t at = k->ncases - 1;
		VEC_PUSH(c->a, k->home, at, k->cap_home, home);
	}
}

/* A community without a grid lies amid its grids. */
static enum err locate(struct looking *k)
{
	struct grid_centre *g;
	size_t n;
	TRY(grid_centres(k->c, STR(""), &g, &n));
	for (size_t p = 0; p < k->n; p++) {
		struct spot *w = &k->v[p];
		for (size_t i = 0; i < n; i++)
			if (str_starts(g[i].code, arena_cstr(k->c->a, w->code))) {
				w->lon += g[i].lon;
				w->lat += g[i].lat;
				w->centres++;
			}
		if (w->centres) {
			w->lon /= w->centres;
			w->lat /= w->centres;
		}
	}
	return OK;
}

static int by_code(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;
	return str_cmp(x->code, y->code);
}

static void put_path(struct looking *k, int *order, int n)
{
	int *cut = NEW(k->c->a, int);
	struct scan_path p = { order, cut, 1 };
	size_t at = (size_t)k->npaths;
	*cut = n;
	VEC_PUSH(k->c->a, k->path, at, k->cap_paths, p);
	k->npaths++;
}

/* Each place by itself, each community, each town: what has no outline has these. */
static void put_tree(struct looking *k)
{
	static const size_t heads[] = { 15, 12, 9 };
	for (size_t h = 0; h < ARRAY_LEN(heads); h++)
		for (size_t i = 0; i < k->n;) {
			size_t len = heads[h], from = i;
			struct str head = k->v[i].code;
			head.n = head.n > len ? len : head.n;
			while (i < k->n && k->v[i].code.n >= head.n && memcmp(k->v[i].code.p, head.p, head.n) == 0 && (head.n == len || i == from))
				i++;
			int *order = NEWN(k->c->a, int, i - from + 1);
			for (size_t p = from; p < i; p++)
				order[p - from] = (int)p;
			put_path(k, order, (int)(i - from));
		}
}

static void put_circles(struct looking *k)
{
	double *lon = NEWN(k->c->a, double, k->n + 1), *lat = NEWN(k->c->a, double, k->n + 1);
	int *real = NEWN(k->c->a, int, k->n + 1), n = 0;
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].centres) {
			lon[n] = k->v[i].lon;
			lat[n] = k->v[i].lat;
			real[n++] = (int)i;
		}
	struct scan_path *w = n > 1 ? scan_circles(k->c->a, lon, lat, NULL, n, NEIGHBOURS) : NULL;
	for (int i = 0; w && i < n; i++) {
		int *order = (int *)(uintptr_t)w[i].place;
		for (int p = 0; p < w[i].cut[w[i].ncuts - 1]; p++)
			order[p] = real[order[p]];
		size_t at = (size_t)k->npaths;
		VEC_PUSH(k->c->a, k->path, at, k->cap_paths, w[i]);
		k->npaths++;
	}
}

/* ---- the look ---- */

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static int64_t homes_in(const struct looking *k, const struct scan_cluster *w)
{
	const struct scan_path *p = &k->path[w->path];
	bool *in = xalloc(k->n + 1);
	int64_t *v = xalloc((k->ncases + 1) * sizeof *v), homes = 0;
	size_t n = 0;
	for (int i = 0; i < p->cut[w->cut]; i++)
		in[p->place[i]] = true;
	for (size_t i = 0; i < k->ncases; i++)
		if (in[k->each[i].place] && k->each[i].time < w->times)
			v[n++] = k->home[i];
	qsort(v, n, sizeof *v, by_number);
	for (size_t i = 0; i < n; i++)
		homes += !i || v[i] != v[i - 1];
	free(v);
	free(in);
	return homes;
}

struct kept { struct looking *k; struct scan_cluster v[MOST]; size_t n; };

static struct str head_of_all(const struct looking *k, const struct scan_path *p, int n)
{
	struct str h = k->v[p->place[0]].code;
	for (int i = 1; i < n; i++) {
		struct str o = k->v[p->place[i]].code;
		size_t same = 0;
		while (same < h.n && same < o.n && h.p[same] == o.p[same])
			same++;
		h.n = same;
	}
	h.n = h.n >= 15 ? 15 : h.n >= 12 ? 12 : h.n >= 9 ? 9 : h.n >= 6 ? 6 : 0;
	return h;
}

static enum err keep(struct ctx *c, void *arg)
{
	const struct kept *w = arg;
	const struct looking *k = w->k;
	int64_t id = 0;
	TRY(db_exec(c->db, c->f, "DELETE FROM hotspot", NOARGS, NULL));
	for (size_t i = 0; i < w->n; i++) {
		const struct scan_cluster *s = &w->v[i];
		const struct scan_path *p = &k->path[s->path];
		int64_t homes = homes_in(k, s);
		struct buf b = BUF((size_t)1 << 20);
		if (s->p > ALARM || homes < LEAST)
			continue;
		for (int n = 0; n < p->cut[s->cut]; n++)
			buf_printf(&b, "%s%.*s", n ? "|" : "", (int)k->v[p->place[n]].code.n, k->v[p->place[n]].code.p);
		struct str areas = arena_str(c->a, buf_view(&b));
		buf_free(&b);
		TRY(db_exec(c->db, c->f, "INSERT INTO hotspot (id, day, areas, area, weeks, cases, households, expected, risk, p) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			    ARGS(VI(++id), VI(day_start(day_of(c->now))), VS(areas), VS(head_of_all(k, p, p->cut[s->cut])), VI(s->times), VI(s->cases), VI(homes), VI(llround(s->expected * 1000)),
				 VI(llround(s->risk * 1000)), VI(llround(s->p * 1000000))), NULL));
	}
	return setting_put(c, "hotspot_day", id_text(c, day_start(day_of(c->now))));
}

enum err hotspot_job(struct ctx *c, struct str arg)
{
	ARENA a = arena_new(0);
	struct ctx in = *c;
	(void)arg;
	in.a = a;
	TRY(ctx_read(&in));
	struct looking k = { .c = &in, .known = map_new(a) };
	TRY(read_cases(&k));
	TRY(locate(&k));
	/* In the order of the codes, so that whole communities and towns stand together. */
	int *was = NEWN(a, int, k.n + 1);
	struct spot *sorted = NEWN(a, struct spot, k.n + 1);
	for (size_t i = 0; i < k.n; i++)
		sorted[i] = k.v[i];
	if (k.n)
		qsort(sorted, k.n, sizeof *sorted, by_code);
	for (size_t i = 0; i < k.n; i++)
		was[(size_t)(uintptr_t)map_get(k.known, sorted[i].code) - 1] = (int)i;
	for (size_t i = 0; i < k.ncases; i++)
		k.each[i].place = was[k.each[i].place];
	k.v = sorted;
	put_tree(&k);
	put_circles(&k);
	struct scan s = { .places = (int)k.n, .path = k.path, .npaths = k.npaths, .each = k.each, .n = k.ncases, .times = WEEKS, .newest = NEWEST, .replicates = 999, .enough = 5,      /* then p is above ALARM, and nothing would be kept */
			  .seed = (uint64_t)day_of(c->now), .least = LEAST };
	struct kept w = { .k = &k };
	if (k.ncases)
		w.n = scan_run(&s, a, w.v, MOST);
	return ctx_write(&in, keep, &w);
}

/* ---- asking ---- */

enum err hotspots(struct ctx *c, struct hotspot **ret, size_t *ret_n, int64_t *ret_day)
{
	ROWS q = NULL;
	bool more;
	struct hotspot *v = NULL;
	size_t n = 0, cap = 0;
	const char *mine = c->actor->area;
	TRY(db_int(c->db, c->f, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'hotspot_day'", NOARGS, ret_day, NULL));
	TRY(db_rows(c->db, c->f, "SELECT areas, area, weeks, cases, households, expected, risk, p, day FROM hotspot ORDER BY p, id", NOARGS, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct hotspot h = { .at = arena_str(c->a, rows_text(q, 1)), .weeks = (int)rows_int(q, 2), .cases = rows_int(q, 3), .households = rows_int(q, 4), .day = rows_int(q, 8),
				     .expected = (double)rows_int(q, 5) / 1000, .risk = (double)rows_int(q, 6) / 1000, .p = (double)rows_int(q, 7) / 1e6 };
		struct str rest = arena_str(c->a, rows_text(q, 0));
		size_t ncap = 0;
		bool all = true;
		while (rest.p) {
			struct str code = str_cut(rest, '|', &rest);
			all &= area_within(code, mine);
			VEC_PUSH(c->a, h.area, h.nareas, ncap, code);
		}
		if (all)
			VEC_PUSH(c->a, v, n, cap, h);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}
