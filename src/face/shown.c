/* Why: a record, its history, its clocks and its place in the flow are shown from the tables that also rule them. */
#include "face/face.h"
#include <jansson.h>
#include <stdio.h>

struct shown *record_shown(struct ctx *c, const struct rec *r, size_t *ret_n)
{
	struct shown *v = NULL;
	size_t n = 0, cap = 0;
	for (size_t i = 0; i < r->t->nfields; i++) {
		const struct field *f = &r->t->fields[i];
		if (!r->v[i].set || f->type == F_JSON || f->type == F_SECRET)
			continue;
		struct shown s = { .label = str_of(TRC(c, f->label)), .value = rec_show(c, r, (int)i), .lines = f->type == F_LONG,
				   .masked = f->secrecy == S_MASKED && r->sight != SIGHT_FULL };
		if (f->type == F_REF && r->v[i].i)
			s.url = arena_fmt(c->a, "/%s/%lld", f->of, (long long)r->v[i].i);
		VEC_PUSH(c->a, v, n, cap, s);
	}
	*ret_n = n;
	return v;
}

static const char *step_label(const struct rtype *t, struct str verb)
{
	for (size_t i = 0; i < t->nsteps; i++)
		if (str_is(verb, t->steps[i].verb))
			return t->steps[i].label;
	if (str_is(verb, "view"))
		return N_("Opened");
	return NULL;
}

static struct str state_text(struct ctx *c, const struct rtype *t, const char *name)
{
	for (size_t i = 0; name && i < t->nstates; i++)
		if (strcmp(t->states[i].name, name) == 0)
			return str_of(TRC(c, t->states[i].label));
	return STR_NONE;
}

/* "→ accepted · Kind, Grade": the state reached and the labels of what was set. */
static struct str event_detail(struct ctx *c, const struct rtype *t, struct str body)
{
	json_t *j = json_loadb(body.p, body.n, 0, NULL);
	BUF_AUTO b = BUF(4096);
	struct str to = state_text(c, t, json_string_value(json_object_get(j, "to")));
	if (json_object_get(j, "from") && to.n) {
		buf_cstr(&b, "→ ");
		buf_str(&b, to);
	}
	const char *name;
	json_t *v;
	int shown = 0;
	json_object_foreach(json_object_get(j, "set"), name, v) {
		int i = field_find(t, str_of(name));
		if (i < 0 || (t->fields[i].flags & FF_SYSTEM) || shown++ >= 6)
			continue;
		buf_cstr(&b, b.n ? "，" : "");
		buf_cstr(&b, TRC(c, t->fields[i].label));
		if (json_is_string(v) && (t->fields[i].type == F_CODE)) {
			buf_cstr(&b, "：");
			buf_str(&b, code_label(c->app->codes, t->fields[i].of, str_of(json_string_value(v)), c->lang));
		}
	}
	json_decref(j);
	return arena_str(c->a, buf_view(&b));
}

static struct str when(struct ctx *c, int64_t ms)
{
	BUF_AUTO b = BUF(64);
	datetime_put(&b, ms);
	return arena_str(c->a, buf_view(&b));
}

enum err record_history(struct ctx *c, const struct rec *r, struct event **ret, size_t *ret_n)
{
	struct journal_row *j;
	size_t n;
	TRY(journal_of(c, r->t->name, r->id, &j, &n));
	struct event *e = NEWN(c->a, struct event, n + 1);
	for (size_t i = 0; i < n; i++) {
		const char *label = step_label(r->t, j[i].verb);
		e[i] = (struct event){ when(c, j[i].ms), j[i].user ? j[i].name : str_of(TRC(c, N_("System"))), label ? str_of(TRC(c, label)) : j[i].verb,
				       event_detail(c, r->t, j[i].body) };
	}
	*ret = e;
	*ret_n = n;
	return OK;
}

/* ---- the flow picture ---- */

#define NODE_W 108
#define NODE_H 34
#define GAP_X 36
#define GAP_Y 26

static int node_at(const struct flow *f, struct str name)
{
	for (int i = 0; i < f->nnode; i++)
		if (str_eq(f->node[i].name, name))
			return i;
	return -1;
}

static void add_edges(struct ctx *c, const struct rtype *t, struct flow *f)
{
	size_t cap = 0, n = 0;
	for (size_t i = 0; i < t->nsteps; i++) {
		const struct step *s = &t->steps[i];
		int to = node_at(f, str_of(s->to));
		if (to < 0 || !s->from[0] || strcmp(s->from, "*") == 0)
			continue;
		struct str rest = str_of(s->from);
		while (rest.p) {
			struct flow_edge e = { .from = node_at(f, str_cut(rest, '|', &rest)), .to = to, .label = str_of(TRC(c, s->label)) };
			if (e.from < 0 || e.from == e.to)
				continue;
			VEC_PUSH(c->a, f->edge, n, cap, e);
		}
	}
	f->nedge = (int)n;
}

/* Columns by distance from the first state along the table's own order, rows by arrival. */
static void place_nodes(struct flow *f)
{
	int rows[64] = { 0 }, maxcol = 0, maxrow = 0;
	for (int i = 0; i < f->nnode; i++)
		f->node[i].col = i ? -1 : 0;
	for (bool moved = true; moved;) {
		moved = false;
		for (int i = 0; i < f->nedge; i++) {
			struct flow_node *a = &f->node[f->edge[i].from], *b = &f->node[f->edge[i].to];
			if (a->col >= 0 && b->col < 0) {
				b->col = a->col + 1;
				moved = true;
			}
		}
	}
	for (int i = 0; i < f->nnode; i++) {
		struct flow_node *n = &f->node[i];
		if (n->col < 0 || n->col > 63)
			n->col = 0;
		n->row = rows[n->col]++;
		maxcol = n->col > maxcol ? n->col : maxcol;
		maxrow = n->row > maxrow ? n->row : maxrow;
		n->x = 4 + n->col * (NODE_W + GAP_X);
		n->y = 14 + n->row * (NODE_H + GAP_Y);
	}
	f->width = 8 + maxcol * (NODE_W + GAP_X) + NODE_W;
	f->height = 28 + maxrow * (NODE_H + GAP_Y) + NODE_H;
	for (int i = 0; i < f->nedge; i++) {
		struct flow_edge *e = &f->edge[i];
		const struct flow_node *a = &f->node[e->from], *b = &f->node[e->to];
		e->back = b->col <= a->col;
		e->x1 = e->back ? a->x + NODE_W / 2 : a->x + NODE_W;
		e->y1 = e->back ? a->y + (b->y >= a->y ? NODE_H : 0) : a->y + NODE_H / 2;
		e->x2 = e->back ? b->x + NODE_W / 2 : b->x;
		e->y2 = e->back ? b->y + (b->y > a->y ? 0 : NODE_H) : b->y + NODE_H / 2;
	}
}

struct flow flow_of(struct ctx *c, const struct rec *r, const struct event *e, size_t n)
{
	const struct rtype *t = r->t;
	struct flow f = { .node = NEWN(c->a, struct flow_node, t->nstates), .nnode = (int)t->nstates };
	for (size_t i = 0; i < t->nstates; i++) {
		struct flow_node *d = &f.node[i];
		d->name = str_of(t->states[i].name);
		d->label = str_of(TRC(c, t->states[i].label));
		d->now = str_eq(d->name, r->state);
		d->open = t->states[i].open;
		for (size_t k = 0; k < n && !d->now; k++)
			d->done |= str_find(e[k].detail, arena_fmt(c->a, "→ %.*s", (int)d->label.n, d->label.p)) >= 0;
	}
	if (f.nnode)
		f.node[0].done = !f.node[0].now;
	add_edges(c, t, &f);
	place_nodes(&f);
	return f;
}

/* ---- clocks ---- */

static struct str left_text(struct ctx *c, const struct due *d)
{
	int64_t ms = d->due - c->now;
	if (d->state == DUE_MET)
		return str_of(d->met > d->due ? TRC(c, N_("Done late")) : TRC(c, N_("Done in time")));
	if (d->state == DUE_SUSPENDED)
		return str_of(TRC(c, N_("Paused")));
	if (d->state == DUE_CANCELLED)
		return str_of(TRC(c, N_("Cancelled")));
	bool late = ms < 0;
	ms = late ? -ms : ms;
	char num[24];
	bool days = ms >= 2 * MS_DAY, hours = ms >= 2 * MS_HOUR;
	snprintf(num, sizeof num, "%lld", (long long)(ms / (days ? MS_DAY : hours ? MS_HOUR : MS_MINUTE)));
	const char *msg = days ? late ? N_("%s days late") : N_("%s days left") : hours ? late ? N_("%s hours late") : N_("%s hours left")
			: late ? N_("%s minutes late") : N_("%s minutes left");
	return face_text(c, msg, num);
}

struct clock_row clock_row(struct ctx *c, const struct due *d)
{
	static const char *const names[] = { "none", "green", "yellow", "red" };
	struct clock_row o = { .label = due_rule_label(c, d->rule), .due = when(c, d->due), .left = left_text(c, d), .explain = due_explain(c, d),
			       .url = arena_fmt(c->a, "/%.*s/%lld", (int)d->type.n, d->type.p, (long long)d->rid), .light = due_light(c, d), .level = d->level };
	o.light_name = names[o.light];
	return o;
}

enum err clocks_of(struct ctx *c, const struct rec *r, struct clock_row **ret, size_t *ret_n)
{
	struct due *d;
	size_t n;
	TRY(due_list(c, r->t->name, r->id, &d, &n));
	struct clock_row *o = NEWN(c->a, struct clock_row, n + 1);
	for (size_t i = 0; i < n; i++)
		o[i] = clock_row(c, &d[i]);
	*ret = o;
	*ret_n = n;
	return OK;
}
