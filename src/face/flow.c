/* Why: who opens a case must see at a glance where it stands and what can become of it; a picture drawn from the state table
 * cannot say otherwise than the rules do.
 * The longest way that the table's own order allows is the main line, in one row; every other state is a side exit in the row
 * below. Only what matters is drawn: the main line, and every way out of the present state with its name on it. */
#include "face/inner.h"
#include <stdio.h>
#include <stdlib.h>

#define NODE_H 34
#define TOP 34             /* room above the row for arcs and their names */
#define DROP 58            /* from the main row to the side row */

enum { FLOW_MAX = 64 };

/* Latin words are longer: wider boxes, and less room between them. */
static int node_w(const struct ctx *c) { return c->lang == LANG_ZH ? 68 : 88; }
static int gap_x(const struct ctx *c) { return c->lang == LANG_ZH ? 64 : 16; }

/* A state that no step names as its end is one that a rule decides on ("?"). */
static bool decided(const struct rtype *t, int state)
{
	for (size_t i = 0; i < t->nsteps; i++)
		if (strcmp(t->steps[i].to, t->states[state].name) == 0)
			return false;
	return true;
}

static bool leads(const struct rtype *t, const struct step *s, int from, int to)
{
	struct str rest = str_of(s->from);
	if (!s->from[0] || strcmp(s->from, "*") == 0)
		return false;
	if (strcmp(s->to, "?") == 0 ? !decided(t, to) : strcmp(s->to, t->states[to].name) != 0)
		return false;
	while (rest.p)
		if (str_is(str_cut(rest, '|', &rest), t->states[from].name))
			return true;
	return false;
}

static const struct step *way(const struct rtype *t, int from, int to)
{
	for (size_t i = 0; i < t->nsteps; i++)
		if (leads(t, &t->steps[i], from, to))
			return &t->steps[i];
	return NULL;
}

/* The longest way forward in the table's order; of two as long, the one whose states come first. */
static void main_line(const struct rtype *t, struct flow *f)
{
	int length[FLOW_MAX], next[FLOW_MAX] = { -1 };
	for (int i = f->nnode - 1; i >= 0; i--) {
		length[i] = 1;
		next[i] = -1;
		for (int k = i + 1; k < f->nnode; k++)
			if (length[k] + 1 > length[i] && way(t, i, k)) {
				length[i] = length[k] + 1;
				next[i] = k;
			}
	}
	for (int i = f->nnode ? 0 : -1, col = 0; i >= 0; i = next[i]) {
		f->node[i].row = 0;
		f->node[i].col = col++;
		f->cols = col;
	}
}

/* A side exit stands under where it is come to from, or goes back to; the next free place if that is taken. */
static void place_sides(const struct rtype *t, struct flow *f)
{
	bool taken[FLOW_MAX] = { 0 };
	for (int i = 0; i < f->nnode; i++) {
		int want = -1;
		if (f->node[i].row == 0)
			continue;
		for (int k = 0; k < f->nnode; k++)
			if (f->node[k].row == 0 && f->node[k].col > want && way(t, k, i))
				want = f->node[k].col;
		for (int k = 0; k < f->nnode && want < 0; k++)
			if (f->node[k].row == 0 && way(t, i, k))
				want = f->node[k].col;
		for (int n = 0; n < f->cols && (want < 0 || taken[want]); n++)
			want = want + 1 < f->cols ? want + 1 : 0;
		f->node[i].col = want;
		taken[want] = true;
		f->sides = true;
	}
}

static struct str line(struct ctx *c, int x1, int y1, int x2, int y2) { return arena_fmt(c->a, "M%d %d L%d %d", x1, y1, x2, y2); }
static struct str curve(struct ctx *c, int x1, int y1, int x2, int y2, int bend)
{
	return arena_fmt(c->a, "M%d %d C%d %d %d %d %d %d", x1, y1, x1, y1 + bend, x2, y2 - (bend < 0 ? -bend : bend) * (y1 == y2 ? -1 : 1) * (bend < 0 ? -1 : 1), x2, y2);
}

static void draw(struct ctx *c, struct flow *f, int from, int to, const char *label, bool live)
{
	const struct flow_node *a = &f->node[from], *b = &f->node[to];
	int w = f->node_w, mid_a = a->x + w / 2, mid_b = b->x + w / 2;
	struct flow_edge e = { .label = str_of(TRC(c, label)), .live = live };
	if (a->row == 0 && b->row == 0 && b->col == a->col + 1) {
		e.path = line(c, a->x + w, a->y + NODE_H / 2, b->x - 2, b->y + NODE_H / 2);
		e.lx = (a->x + w + b->x) / 2;
		e.ly = a->y + NODE_H / 2 - 6;
		e.named = c->lang == LANG_ZH;
	} else if (a->row == b->row) {
		/* Over the row, or under the side row. */
		int up = a->row == 0 ? -1 : 1, y = a->row == 0 ? a->y : a->y + NODE_H;
		e.path = arena_fmt(c->a, "M%d %d C%d %d %d %d %d %d", mid_a, y, mid_a, y + up * 26, mid_b, y + up * 26, mid_b, y + up * 2);
		e.lx = mid_b;
		e.ly = y + up * 20 + (up > 0 ? 4 : 0);
		e.named = true;
	} else if (b->row > a->row) {
		e.path = curve(c, mid_a, a->y + NODE_H, mid_b, b->y - 2, DROP / 2);
		e.lx = mid_b;
		e.ly = b->y - 9;
		e.named = true;
	} else {
		e.path = curve(c, mid_a, a->y, mid_b, b->y + NODE_H + 2, -DROP / 2);
		e.lx = mid_b;
		e.ly = b->y + NODE_H + 20;
		e.named = true;
	}
	f->edge[f->nedge++] = e;
}

static void draw_edges(struct ctx *c, const struct rtype *t, struct flow *f)
{
	int now = 0;
	f->edge = NEWN(c->a, struct flow_edge, (f->whole ? f->nnode * f->nnode : 2 * f->nnode) + 2);
	for (int i = 0; i < f->nnode; i++)
		if (f->node[i].now)
			now = i;
	for (int i = 0; i < f->nnode; i++)
		for (int k = 0; k < f->nnode; k++) {
			const struct step *s = i == k ? NULL : way(t, i, k);
			bool along = f->node[i].row == 0 && f->node[k].row == 0 && f->node[k].col == f->node[i].col + 1;
			/* Of the whole, a way back among the side exits says little and crosses much. */
			bool drawn = f->whole ? f->node[i].row == 0 && (along || f->node[k].row == 1) : i == now || along;
			if (!s || !drawn)
				continue;
			f->node[k].near |= i == now;
			draw(c, f, i, k, s->label, i == now && !f->whole);
			f->edge[f->nedge - 1].named &= !f->whole || along || f->node[k].col == f->node[i].col;
		}
}

/* What a text takes, in px of the picture; "em" is what a Chinese character takes, Latin letters a good half. */
static int text_px(struct str s, int em)
{
	int tenths = 0;
	for (size_t k = 0; k < s.n; k++)
		tenths += (s.p[k] & 0x80) == 0 ? em * 6 : (s.p[k] & 0xc0) == 0xc0 ? em * 10 : 0;
	return tenths / 10;
}

/* The name of the present state is bold. */
static int name_px(const struct ctx *c, const struct flow_node *d, struct str s) { return text_px(s, (c->lang == LANG_ZH ? 14 : 12) + d->now) + 10; }

/* In two lines as even as its words allow; Chinese between any two characters. What has no place to break stays whole. */
static void break_name(const struct ctx *c, struct flow_node *d)
{
	int best = name_px(c, d, d->label);
	for (size_t k = 1; k + 1 < d->label.n; k++) {
		bool space = d->label.p[k] == ' ', han = c->lang == LANG_ZH && (d->label.p[k] & 0xc0) == 0xc0;
		struct str one = { d->label.p, k }, two = { d->label.p + k + space, d->label.n - k - space };
		int a = name_px(c, d, one), b = name_px(c, d, two), px = a > b ? a : b;
		if ((space || han) && px < best) {
			best = px;
			d->one = one;
			d->two = two;
		}
	}
}

/* As wide as the longest name, and all of it no wider than the page; what is longer then stands in two lines, and a box is never narrower than those. */
static int fit_w(const struct ctx *c, struct flow *f)
{
	int w = node_w(c), room = (1000 - (f->cols - 1) * gap_x(c)) / (f->cols > 0 ? f->cols : 1);
	for (int i = 0; i < f->nnode; i++)
		w = name_px(c, &f->node[i], f->node[i].label) > w ? name_px(c, &f->node[i], f->node[i].label) : w;
	w = w < room ? w : room > node_w(c) ? room : node_w(c);
	for (int i = 0, full = w; i < f->nnode; i++) {
		struct flow_node *d = &f->node[i];
		if (name_px(c, d, d->label) <= full)
			continue;
		break_name(c, d);
		w = name_px(c, d, d->one) > w ? name_px(c, d, d->one) : w;
		w = name_px(c, d, d->two) > w ? name_px(c, d, d->two) : w;
	}
	return w;
}

/* The name of a way stands over its middle, and whole inside the picture. */
static void keep_inside(const struct ctx *c, struct flow *f)
{
	for (int i = 0; i < f->nedge; i++) {
		struct flow_edge *e = &f->edge[i];
		int half = e->named ? text_px(e->label, c->lang == LANG_ZH ? 11 : 12) / 2 + 4 : 0;
		f->width = 2 * half > f->width ? 2 * half : f->width;
		e->lx = e->lx < half ? half : e->lx > f->width - half ? f->width - half : e->lx;
		f->height = e->ly + 8 > f->height ? e->ly + 8 : f->height;
	}
}

struct picture { const struct rtype *t; int now; };

static struct flow picture(struct ctx *c, void *arg)
{
	const struct picture *p = arg;
	const struct rtype *t = p->t;
	int count = t->nstates < FLOW_MAX ? (int)t->nstates : FLOW_MAX;
	struct flow f = { .node = NEWN(c->a, struct flow_node, count), .nnode = count, .whole = p->now < 0 };
	for (int i = 0; i < count; i++) {
		struct flow_node *d = &f.node[i];
		*d = (struct flow_node){ .name = str_of(t->states[i].name), .label = str_of(TRC(c, t->states[i].label)), .row = 1 };
		d->one = d->label;
		d->arrow = arena_fmt(c->a, "→ %.*s", (int)d->label.n, d->label.p);
		d->now = i == p->now;
	}
	main_line(t, &f);
	place_sides(t, &f);
	f.node_w = fit_w(c, &f);
	int w = f.node_w;
	for (int i = 0; i < count; i++) {
		f.node[i].x = 3 + f.node[i].col * (w + gap_x(c));
		f.node[i].y = TOP + f.node[i].row * (NODE_H + DROP);
	}
	f.width = 6 + f.cols * w + (f.cols - 1) * gap_x(c);
	f.height = TOP + NODE_H + 6 + (f.sides ? DROP + NODE_H : 0);
	draw_edges(c, t, &f);
	keep_inside(c, &f);
	return f;
}

/* Where everything stands goes by type and state alone and is laid out once; the record's own history marks what is done. */
struct flow flow_of(struct ctx *c, const struct rec *r, const struct event *e, size_t n)
{
	struct picture p = { r->t, 0 };
	while (p.now < (int)r->t->nstates && p.now < FLOW_MAX && !str_is(r->state, r->t->states[p.now].name))
		p.now++;
	if (p.now == (int)r->t->nstates || p.now == FLOW_MAX)
		return (struct flow){ 0 };
	struct flow f = *face_flow(c, &r->t->states[p.now], picture, &p);
	struct flow_node *own = NEWN(c->a, struct flow_node, f.nnode);
	memcpy(own, f.node, (size_t)f.nnode * sizeof *own);
	f.node = own;
	for (int i = 0; i < f.nnode; i++)
		for (size_t k = 0; k < n && !own[i].now; k++)
			own[i].done |= str_find(e[k].detail, own[i].arrow) >= 0;
	own[0].done = !own[0].now;
	return f;
}

struct flow flow_all(struct ctx *c, const struct rtype *t)
{
	struct picture p = { t, -1 };
	return picture(c, &p);
}
