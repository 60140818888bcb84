/* Why: a list of every type from its catalogue: columns, filters, paging by key. */
#include "desk/inner.h"
#include "record/names.h"
#include "templates.h"
#include <stdio.h>

static const char *light_of(const struct rec *r)
{
	static const char *const lights[] = { "red", "orange", "yellow", "blue" };
	if (r->t->grade) {
		struct str g = r->v[field_at(r->t, r->t->grade)].s;
		for (size_t i = 0; i < ARRAY_LEN(lights); i++)
			if (str_is(g, lights[i]))
				return lights[i];
	}
	for (size_t i = 0; i < r->t->nstates; i++)
		if (str_is(r->state, r->t->states[i].name))
			return r->t->states[i].light;
	return NULL;
}

/* What has neither number nor title of its own is called by what it belongs to; among its brothers by its place. */
static struct str row_title(struct ctx *c, const struct rec *r, bool brothers, size_t k)
{
	const struct rtype *t = r->t;
	if (r->number.n || !t->parent || !r->parent || (t->title && rec_has(r, t->title)))
		return rec_title(c, r);
	struct str above = brothers ? STR_NONE : ref_label(c, t->parent, r->parent);
	return above.n ? above : arena_fmt(c->a, "%s %zu", TRC(c, t->label), k + 1);
}

/* On the case's own page the parties' names and numbers can be uncovered where they stand. */
static struct cover *covers_of(struct ctx *c, const struct rec *r, const int *cols, size_t n)
{
	struct str at = arena_fmt(c->a, "/%s/%lld", r->t->parent, (long long)r->parent);
	struct cover *v = NEWN(c->a, struct cover, 9);
	for (size_t i = 0; i < n; i++)
		v[i] = cover_of(c, r, cols[i], at);
	v[8] = cover_of(c, r, field_at(r->t, r->t->title), at);
	return v;
}

/* The list before its rows. */
static struct list_page list_head(struct ctx *c, const struct rtype *t, int cols[8])
{
	struct list_page o = { .t = t };
	o.title = str_of(TRC(c, o.t->plural));
	o.head = str_of(TRC(c, o.t->label));
	o.empty = str_of(TRC(c, N_("Nothing here.")));
	o.heads = NEWN(c->a, struct str, 8);
	o.tight = NEWN(c->a, bool, 8);
	o.dated = true;
	for (size_t i = 0; i < o.t->nfields && o.ncols < 8; i++) {
		const struct field *f = &o.t->fields[i];
		/* The title leads its row and the grade is its light: neither is said twice. */
		if (!(f->flags & FF_LIST) || (o.t->title && strcmp(f->name, o.t->title) == 0) || (o.t->grade && strcmp(f->name, o.t->grade) == 0) || strcmp(f->name, "title") == 0)
			continue;
		cols[o.ncols] = (int)i;
		o.tight[o.ncols] = f->type == F_DATE || f->type == F_TIME || f->type == F_INT || f->type == F_MONEY;
		o.heads[o.ncols++] = str_of(TRC(c, f->label));
		o.dated &= f->type != F_DATE && f->type != F_TIME;
	}
	return o;
}

void desk_list_none(struct req *rq, const struct rtype *t, struct list_page *ret)
{
	int cols[8];
	*ret = list_head(ctx_of(rq), t, cols);
}

enum err desk_list(struct req *rq, const struct see *q, struct list_page *ret)
{
	struct ctx *c = ctx_of(rq);
	struct seen s;
	int cols[8];
	const struct rtype *t = type_find(c->app, str_of(q->type));
	must(t != NULL);
	TRY(see(c, q, &s));
	struct list_page o = list_head(c, t, cols);
	o.rows = NEWN(c->a, struct list_row, s.n + 1);
	o.nrows = s.n;
	o.numbers = true;
	bool brothers = q->nfilters == 1 && str_is(q->filters[0].field, "parent");
	rec_wants(c, s.r, s.n, false);
	for (size_t k = 0; k < s.n && o.t->parent && !brothers; k++)
		ref_want(c, o.t->parent, s.r[k]->parent);
	for (size_t k = 0; k < s.n; k++) {
		const struct rec *r = s.r[k];
		struct list_row *w = &o.rows[k];
		struct str title = row_title(c, r, brothers, k);
		*w = (struct list_row){ .cells = NEWN(c->a, struct str, 8), .url = arena_fmt(c->a, "/%s/%lld", o.t->name, (long long)r->id),
					.title = title, .number = str_eq(title, r->number) ? STR_NONE : r->number, .state = state_label(c, r), .when = datetime_str(c->a, r->created), .place = area_label(c, r->area),
					.light = light_of(r) };
		o.numbers &= str_eq(title, r->number);
		for (size_t i = 0; i < o.ncols; i++)
			w->cells[i] = utf8_head(rec_show(c, r, cols[i]), 60);
		if (brothers && strcmp(o.t->name, "party") == 0)
			w->covers = covers_of(c, r, cols, o.ncols);
	}
	if (s.next)
		o.next_url = arena_fmt(c->a, "%lld", (long long)s.next);
	*ret = o;
	return OK;
}

static void put_param(struct buf *b, const char *name, struct str v)
{
	if (!v.n)
		return;
	buf_char(b, memchr(b->p, '?', b->n) ? '&' : '?');
	buf_cstr(b, name);
	buf_char(b, '=');
	html_url_part(b, v);
}

/* "received_from=2026-11-01": the bounds that a figure of the monthly table gives; shown as tags. */
static void add_ranges(struct req *rq, struct list_page *o)
{
	struct ctx *c = ctx_of(rq);
	for (size_t i = 0; i < rq->nquery; i++) {
		struct str name = rq->params[i].name, v = rq->params[i].value;
		bool from = str_ends(name, "_from");
		if (!v.n || (!from && !str_ends(name, "_to")))
			continue;
		struct str stem = { name.p, name.n - (from ? 5 : 3) };
		int f = field_find(o->t, stem);
		if (f < 0 && !str_is(stem, "created"))
			continue;
		const char *label = TRC(c, f < 0 ? N_("Created") : o->t->fields[f].label);
		o->filters[o->nfilters++] = (struct form_field){ .name = name, .widget = W_HIDDEN, .value = v,
			.label = arena_fmt(c->a, from ? "%s ≥ %.*s" : "%s ≤ %.*s", label, (int)v.n, v.p) };
	}
}

/* The filters a person may set: the state, the area, and what the catalogue marks. */
static void make_filters(struct req *rq, struct list_page *o, struct filter *f, size_t *nf)
{
	static const char *const hidden[] = { "org", "owner", "creator", "parent", "open", "id" };
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = o->t;
	o->filters = NEWN(c->a, struct form_field, t->nfields + ARRAY_LEN(hidden) + rq->nquery + 2);
	struct form_field *state = &o->filters[o->nfilters++];
	*state = (struct form_field){ .name = STR("state"), .label = str_of(TRC(c, N_("State"))), .widget = W_SELECT, .value = req_param(rq, "state") };
	state->options = NEWN(c->a, struct option, t->nstates);
	for (size_t i = 0; i < t->nstates; i++)
		state->options[state->noptions++] = (struct option){ str_of(t->states[i].name), str_of(TRC(c, t->states[i].label)), str_is(state->value, t->states[i].name) };
	if (strlen(c->actor->area) < 12) {
		struct form_field *area = &o->filters[o->nfilters++];
		*area = (struct form_field){ .name = STR("area"), .label = str_of(TRC(c, N_("Area"))), .widget = W_PLACE, .value = req_param(rq, "area") };
		area->options = options_area(c, str_of(c->actor->area), area->value, &area->noptions);
	}
	for (size_t i = 0; i < t->nfields; i++) {
		const struct field *fd = &t->fields[i];
		if (!(fd->flags & FF_FILTER))
			continue;
		struct form_field x = { .name = str_of(fd->name), .label = str_of(TRC(c, fd->label)), .widget = W_HIDDEN, .value = req_param(rq, fd->name) };
		if (str_find(x.value, STR("|")) >= 0) {
			x.label = STR_NONE;     /* several at once, from a figure of a table: kept, and not to be chosen here */
		} else if (fd->type == F_CODE || fd->type == F_CODES) {
			x.widget = W_SELECT;
			x.options = options_code(c, fd->of, x.value, &x.noptions);
		} else if (fd->type == F_BOOL) {
			x.widget = W_BOOL;
		} else if (!x.value.n) {
			continue;
		}
		o->filters[o->nfilters++] = x;
	}
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		struct str v = req_param(rq, hidden[i]);
		bool there = false;
		for (size_t k = 0; k < o->nfilters; k++)
			there |= str_is(o->filters[k].name, hidden[i]);
		if (v.n && !there)
			o->filters[o->nfilters++] = (struct form_field){ .name = str_of(hidden[i]), .widget = W_HIDDEN, .value = v };
	}
	add_ranges(rq, o);
	/* Where, how grave, what about, where it stands: the four that are asked for every day. */
	static const char *const usual[] = { "state", "area", "kind", "grade" };
	for (size_t i = 0; i < o->nfilters; i++) {
		struct form_field *x = &o->filters[i];
		x->rare = x->widget != W_HIDDEN;
		for (size_t k = 0; k < ARRAY_LEN(usual); k++)
			x->rare &= !str_is(x->name, usual[k]);
		o->nrare += x->rare;
		o->rare_set |= x->rare && x->value.n;
	}
	for (size_t i = 0; i < o->nfilters; i++)
		if (o->filters[i].value.n && *nf < 24) {
			f[(*nf)++] = (struct filter){ o->filters[i].name, o->filters[i].value };
			o->filtered = true;
		}
}

static enum err list_all(struct req *rq, const struct rtype *t, struct list_page *ret)
{
	struct ctx *c = ctx_of(rq);
	struct list_page fm = { .t = t }, o;
	struct filter f[24];
	struct see q = { .type = t->name, .words = req_param(rq, "q"), .filters = f, .limit = 50 };
	make_filters(rq, &fm, f, &q.nfilters);
	(void)str_int(req_param(rq, "after"), &q.after);
	TRY(desk_list(rq, &q, &o));
	o.filters = fm.filters;
	o.nfilters = fm.nfilters;
	o.nrare = fm.nrare;
	o.rare_set = fm.rare_set;
	if (fm.filtered || q.words.n)
		o.empty = str_of(TRC(c, N_("Nothing fits these conditions. Clear them to see all.")));
	o.filtered = fm.filtered || q.words.n;
	o.words = q.words;
	for (size_t i = 0; i < t->nfields; i++)
		o.search |= (t->fields[i].flags & FF_SEARCH) != 0;
	q.after = 0;
	TRY(see_count(c, &q, 1000, &o.count));
	o.count_more = o.count == 1000;
	if (o.next_url.n) {
		BUF_AUTO b = BUF(8192);
		buf_printf(&b, "/%s", t->name);
		for (size_t i = 0; i < fm.nfilters; i++)
			put_param(&b, arena_cstr(c->a, fm.filters[i].name), fm.filters[i].value);
		put_param(&b, "q", o.words);
		put_param(&b, "after", o.next_url);
		o.next_url = arena_str(c->a, buf_view(&b));
	}
	if (o.nrows && (R_STAFF & 1u << c->actor->role) && strcmp(t->name, "export") != 0) {
		BUF_AUTO b = BUF(8192);
		buf_printf(&b, "/export/of?type=%s", t->name);
		for (size_t i = 0; i < fm.nfilters; i++)
			put_param(&b, arena_cstr(c->a, fm.filters[i].name), fm.filters[i].value);
		put_param(&b, "q", o.words);
		o.export_url = arena_str(c->a, buf_view(&b));
	}
	const struct step *s = t->parent ? NULL : desk_create_step(c, t, NULL);
	if (s) {
		o.new_url = arena_fmt(c->a, "/%s/new", t->name);
		o.new_label = str_of(TRC(c, s->label));
	}
	*ret = o;
	return OK;
}

/* A type that this post has any page of: one with a grant for the role. */
static enum err type_for(struct req *rq, const struct rtype **ret)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, req_path(rq, "type"));
	if (!type_readable(c, t) || t->unlisted)
		return fail(&rq->fault, ERR_NOT_FOUND, N_("There is no such page."), NULL);
	*ret = t;
	return OK;
}

/* Rows show titles, and some of what is sealed to who sees it in full: a reading of them all, as in the API. */
static enum err note_list(struct ctx *c, const struct rtype *t, size_t n)
{
	return t->level >= 3 && n ? journal_later(c, "list", t->name, 0, arena_fmt(c->a, "{\"n\":%zu}", n)) : OK;
}

enum err desk_list_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = NULL;
	struct list_page m;
	TRY(type_for(rq, &t));
	TRY(list_all(rq, t, &m));
	TRY(note_list(c, t, m.nrows));
	TRY(face_shell(rq, t->plural));
	t_list_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* Search over everything: an exact number, a phone or ID number, then words in narratives. */
static enum err find_same(struct req *rq, const struct rtype *t, struct str q, struct list_page *ret)
{
	struct ctx *c = ctx_of(rq);
	for (size_t i = 0; i < t->nfields; i++) {
		const struct field *f = &t->fields[i];
		struct seen s;
		if (!(f->flags & FF_BLIND) || (f->type != F_PHONE && f->type != F_IDNO && f->type != F_NAME))
			continue;
		TRY(see_same(c, t->name, f->name, q, &s));
		if (!s.n)
			continue;
		BUF_AUTO ids = BUF(4096);
		for (size_t k = 0; k < s.n && k < 30; k++)
			buf_printf(&ids, "%s%lld", k ? "|" : "", (long long)s.r[k]->id);
		struct filter by = { STR("id"), arena_str(c->a, buf_view(&ids)) };
		return desk_list(rq, &(struct see){ .type = t->name, .filters = &by, .nfilters = 1 }, ret);
	}
	return OK;
}

/* By name, part of it, pinyin, initials; and behind it those that only sound like it. Nothing of it is said of what she may not read. */
static enum err find_names(struct req *rq, const struct rtype *t, struct str q, struct list_page *ret, struct list_page *ret_sound)
{
	struct ctx *c = ctx_of(rq);
	struct names_found f;
	TRY(names_find(c, t, q, &f));
	if (f.ndirect)
		TRY(desk_list(rq, &(struct see){ .type = t->name, .ids = f.direct, .nids = f.ndirect, .limit = 20 }, ret));
	if (f.nsound)
		TRY(desk_list(rq, &(struct see){ .type = t->name, .ids = f.sound, .nids = f.nsound, .limit = 10 }, ret_sound));
	ret_sound->title = arena_fmt(c->a, c->lang == LANG_ZH ? "%s（%s）" : "%s (%s)", TRC(c, t->plural), TRC(c, N_("name sounds alike")));
	return OK;
}

enum err desk_search_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct str q = str_trim(req_param(rq, "q"));
	struct list_page *v = NULL;
	size_t n = 0, cap = 0;
	for (const struct rtype *const *p = c->app->types; q.n && *p; p++) {
		const struct rtype *t = *p;
		struct list_page one = { 0 }, sound = { 0 };
		struct filter num = { STR("number"), q };
		if (!type_readable(c, t) || t->unlisted)
			continue;
		if (t->number)
			TRY(desk_list(rq, &(struct see){ .type = t->name, .filters = &num, .nfilters = 1 }, &one));
		if (!one.nrows)
			TRY(find_names(rq, t, q, &one, &sound));
		if (!one.nrows)
			TRY(find_same(rq, t, q, &one));
		bool words = false;
		for (size_t i = 0; i < t->nfields; i++)
			words |= (t->fields[i].flags & FF_SEARCH) != 0;
		if (!one.nrows && words)
			TRY(desk_list(rq, &(struct see){ .type = t->name, .words = q, .limit = 20 }, &one));
		one.next_url = sound.next_url = STR_NONE;
		TRY(note_list(c, t, one.nrows + sound.nrows));
		if (one.nrows)
			VEC_PUSH(c->a, v, n, cap, one);
		if (sound.nrows)
			VEC_PUSH(c->a, v, n, cap, sound);
	}
	/* Who looks for whom, and why (S29): what was typed stands there as a keyed hash only, so that the same search is known again. */
	struct str why = req_param(rq, "purpose");
	c->reason = code_find(c->app->codes, "purpose", why) ? why : STR("");
	if (q.n) {
		unsigned char h[16];
		BUF_AUTO b = BUF(256);
		size_t hits = 0;
		for (size_t i = 0; i < n; i++)
			hits += v[i].nrows;
		blind_index(c->app->keys, "search", q, h);
		buf_cstr(&b, "{\"for\":\"#");
		hex_put(&b, h, 8);
		buf_printf(&b, "\",\"hits\":%zu}", hits);
		TRY(journal_note(c, "search", "", 0, "ok", buf_view(&b)));
	}
	TRY(face_shell(rq, N_("Search")));
	face_of(rq)->shell.words = q;
	struct workbench m = { .lists = v, .nlists = n, .words = q };
	m.purposes = options_code(c, "purpose", why, &m.npurposes);
	t_search_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}
