/* Why: one place turns the catalogue into SQL and rows into records, so that a field is said once.
 * Invariants: v[] has t->nfields entries; a value is set when its column is not NULL; sealed text is opened on demand. */
#include "record/inner.h"
#include "record/keystore.h"
#include "text/text.h"
#include <stdio.h>
#include <stdlib.h>

static const char *const roles[ROLE_COUNT] = {
	[ROLE_NONE] = "none", [ROLE_SYSTEM] = "system", [ROLE_CITIZEN] = "citizen", [ROLE_CITY] = "city", [ROLE_TOWN] = "town",
	[ROLE_COMMUNITY] = "community", [ROLE_GRID] = "grid", [ROLE_MEDIATOR] = "mediator", [ROLE_HOTLINE] = "hotline",
	[ROLE_LIAISON] = "liaison", [ROLE_LEADER] = "leader", [ROLE_AUDITOR] = "auditor", [ROLE_ADMIN] = "admin",
	[ROLE_SECADMIN] = "secadmin",
};

const struct actor actor_system = { .role = ROLE_SYSTEM, .face = "job" };

struct ctx ctx_inside(const struct ctx *c)
{
	struct ctx in = *c;
	in.actor = &actor_system;
	return in;
}

const char *role_name(enum role r) { return roles[r]; }

enum role role_of(struct str name)
{
	for (int i = ROLE_CITY; i < ROLE_COUNT; i++)
		if (str_is(name, roles[i]))
			return (enum role)i;
	return ROLE_NONE;
}

const struct rtype *type_find(const struct app *app, struct str name)
{
	for (const struct rtype *const *t = app->types; *t; t++)
		if (str_is(name, (*t)->name))
			return *t;
	return NULL;
}

int field_find(const struct rtype *t, struct str name)
{
	for (size_t i = 0; i < t->nfields; i++)
		if (str_is(name, t->fields[i].name))
			return (int)i;
	return -1;
}

int field_at(const struct rtype *t, const char *name)
{
	int i = field_find(t, str_of(name));
	if (i < 0)
		fprintf(stderr, "no field %s.%s\n", t->name, name);
	must(i >= 0);
	return i;
}

bool field_sealed(const struct field *f) { return f->secrecy != S_PLAIN; }

bool field_numeric(const struct field *f)
{
	switch (f->type) {
	case F_INT: case F_BOOL: case F_MONEY: case F_DATE: case F_TIME: case F_REF:
		return true;
	default:
		return false;
	}
}

bool type_searches(const struct rtype *t)
{
	for (size_t i = 0; i < t->nfields; i++)
		if (t->fields[i].flags & FF_SEARCH)
			return true;
	return false;
}

/* ---- plans ---- */

static const char common_columns[] = "r.id, r.version, r.parent, r.state, r.number, r.area, r.org, r.owner, r.creator, r.created, r.updated";

static char *plan_select(const struct rtype *t, const char *table, bool all)
{
	BUF_AUTO b = BUF(65536);
	buf_printf(&b, "SELECT %s", common_columns);
	for (size_t i = 0; i < t->nfields; i++)
		if (all || !(t->fields[i].flags & FF_HEAVY))
			buf_printf(&b, ", r.%s", t->fields[i].name);
	buf_printf(&b, " FROM %s r", table);
	must(!b.over);
	return xstrdup(b.p);
}

static char *plan_insert(const struct rtype *t, const char *table)
{
	BUF_AUTO b = BUF(65536);
	buf_printf(&b, "INSERT INTO %s (id, version, parent, state, number, area, town, comm, org, owner, creator, created, updated", table);
	int n = 13;
	for (size_t i = 0; i < t->nfields; i++) {
		buf_printf(&b, ", %s", t->fields[i].name);
		n++;
		if (t->fields[i].flags & FF_BLIND) {
			buf_printf(&b, ", %s_bi", t->fields[i].name);
			n++;
		}
	}
	buf_cstr(&b, ") VALUES (?");
	while (--n)
		buf_cstr(&b, ", ?");
	buf_char(&b, ')');
	must(!b.over);
	return xstrdup(b.p);
}

void child_sql(const struct rtype *t, const char *alias, struct buf *b)
{
	bool yes = t->fields[field_at(t, t->child)].type == F_BOOL;
	buf_printf(b, yes ? "COALESCE(%s.%s, 0) <> 0" : "COALESCE(%s.%s, '') = 'yes'", alias, t->child);
}

void plans_make(struct app *app)
{
	size_t n = 0;
	while (app->types[n])
		n++;
	app->plans = xalloc((n + 1) * sizeof *app->plans);
	for (size_t i = 0; i < n; i++) {
		const struct rtype *t = app->types[i];
		const char *table = t->table ? t->table : t->name;
		struct plan *p = &app->plans[i];
		*p = (struct plan){ .t = t, .table = table, .select_all = plan_select(t, table, true), .select_list = plan_select(t, table, false),
				    .insert = plan_insert(t, table) };
		BUF_AUTO one = BUF(65536);
		buf_cstr(&one, p->select_all);
		buf_cstr(&one, " WHERE r.id = ?");
		p->select_one = xstrdup(one.p);
		if (t->child) {
			BUF_AUTO b = BUF(512);
			buf_printf(&b, "SELECT CAST(COUNT(*) AS INTEGER) FROM %s r WHERE r.id = ? AND ", table);
			child_sql(t, "r", &b);
			p->child_one = xstrdup(b.p);
		}
		search_plan(p, store_is_postgres(app->store));
	}
}

void plans_free(struct app *app)
{
	for (struct plan *p = app->plans; p && p->t; p++) {
		free(p->select_all);
		free(p->select_one);
		free(p->child_one);
		free(p->select_list);
		free(p->insert);
		free(p->words_put);
		free(p->words_take);
	}
	free(app->plans);
	app->plans = NULL;
}

const struct plan *plan_of(const struct app *app, const struct rtype *t)
{
	const struct plan *p = app->plans;
	while (p->t != t)
		must((p++)->t != NULL);
	return p;
}

/* ---- rows to records ---- */

struct place field_place(const struct plan *p, const struct field *f, int64_t row) { return PLACE(p->table, f->name, row, .cls = type_class(p->t)); }

struct rec *rec_of_row(struct ctx *c, const struct plan *p, struct rows *r, bool all)
{
	struct rec *o = NEW(c->a, struct rec);
	o->t = p->t;
	o->id = rows_int(r, 0);
	o->version = rows_int(r, 1);
	o->parent = rows_int(r, 2);
	o->state = arena_str(c->a, rows_text(r, 3));
	o->number = arena_str(c->a, rows_text(r, 4));
	o->area = arena_str(c->a, rows_text(r, 5));
	o->org = rows_int(r, 6);
	o->owner = rows_int(r, 7);
	o->creator = rows_int(r, 8);
	o->created = rows_int(r, 9);
	o->updated = rows_int(r, 10);
	o->v = NEWN(c->a, struct value, p->t->nfields);
	int col = 11;
	for (size_t i = 0; i < p->t->nfields; i++) {
		const struct field *f = &p->t->fields[i];
		if (!all && (f->flags & FF_HEAVY))
			continue;
		struct value *v = &o->v[i];
		v->set = rows_type(r, col) != V_NULL;
		if (!v->set)
			;
		else if (field_sealed(f))
			v->sealed = arena_str(c->a, rows_blob(r, col));
		else if (field_numeric(f))
			v->i = rows_int(r, col);
		else
			v->s = arena_str(c->a, rows_text(r, col));
		col++;
	}
	return o;
}

enum err rec_load(struct ctx *c, const struct plan *p, int64_t id, struct rec **ret)
{
	ROWS r = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, p->select_one, ARGS(VI(id)), &r));
	TRY(rows_next(r, &more));
	if (!more)
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	*ret = rec_of_row(c, p, r, true);
	return OK;
}

static size_t columns_in(const char *list)
{
	size_t n = 1;
	for (; *list; list++)
		n += *list == ',';
	return n;
}

enum err rec_joined(struct ctx *c, const struct rec_join *j, const struct val *args, size_t nargs, struct rec **ret, struct rows **ret_rows, int *ret_col)
{
	const struct rtype *t = type_find(c->app, str_of(j->type));
	must(t != NULL);
	const struct plan *p = plan_of(c->app, t);
	const char *from = strstr(p->select_all, " FROM ");
	ROWS r = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, arena_printf(c->a, "%.*s, %s%s %s", (int)(from - p->select_all), p->select_all, j->more, from, j->rest), args, nargs, &r));
	TRY(rows_next(r, &more));
	if (!more)
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	*ret = rec_of_row(c, p, r, true);
	*ret_col = rows_cols(r) - (int)columns_in(j->more);
	*ret_rows = r;
	r = NULL;
	return OK;
}

struct rec *rec_copy(struct ctx *c, const struct rec *r)
{
	struct rec *n = NEW(c->a, struct rec);
	*n = *r;
	n->v = NEWN(c->a, struct value, r->t->nfields);
	memcpy(n->v, r->v, r->t->nfields * sizeof *r->v);
	return n;
}

struct str value_text(struct ctx *c, const struct rec *r, int i)
{
	struct value *v = &r->v[i];
	if (v->set && !v->s.p && v->sealed.p) {
		struct fault ignored = { 0 };
		struct place at = field_place(plan_of(c->app, r->t), &r->t->fields[i], r->id);
		if (unseal(c->app->keys, c->a, at, v->sealed, &v->s, &ignored) != OK)
			v->s = STR_NONE;
	}
	return v->s;
}

struct str rec_str(struct ctx *c, const struct rec *r, const char *field) { return value_text(c, r, field_at(r->t, field)); }
int64_t rec_int(const struct rec *r, const char *field) { return r->v[field_at(r->t, field)].i; }
bool rec_has(const struct rec *r, const char *field) { return r->v[field_at(r->t, field)].set; }

void rec_set_str(struct rec *r, const char *field, struct str v)
{
	int i = field_at(r->t, field);
	must(!field_numeric(&r->t->fields[i]));
	r->v[i] = v.n ? (struct value){ .set = true, .s = v } : (struct value){ 0 };
}

void rec_set_int(struct rec *r, const char *field, int64_t v)
{
	int i = field_at(r->t, field);
	must(field_numeric(&r->t->fields[i]));
	r->v[i] = (struct value){ .set = true, .i = v };
}

void rec_clear(struct rec *r, const char *field) { r->v[field_at(r->t, field)] = (struct value){ 0 }; }

static bool word_among(struct str w, const char *list)
{
	struct str rest = str_of(list);
	while (rest.p) {
		struct str one = str_cut(rest, '|', &rest);
		if (str_eq(one, w))
			return true;
	}
	return false;
}

bool rec_in(const struct rec *r, const char *states) { return word_among(r->state, states); }

static bool value_same(struct ctx *c, const struct rec *a, const struct rec *b, int i)
{
	const struct value *x = &a->v[i], *y = &b->v[i];
	if (x->set != y->set)
		return false;
	if (!x->set)
		return true;
	if (field_numeric(&a->t->fields[i]))
		return x->i == y->i;
	if (x->sealed.p && x->sealed.p == y->sealed.p)
		return true;
	return str_eq(value_text(c, a, i), value_text(c, b, i));
}

bool rec_changed(struct ctx *c, const struct rec *old, const struct rec *now, const char *field)
{
	int i = field_at(now->t, field);
	return old ? !value_same(c, old, now, i) : now->v[i].set;
}

/* ---- what a person sees ---- */

static struct str show_codes(struct ctx *c, const struct field *f, struct str v)
{
	BUF_AUTO b = BUF(4096);
	struct str rest = v;
	while (rest.p) {
		struct str one = str_cut(rest, ',', &rest);
		if (!one.n)
			continue;
		if (b.n)
			buf_cstr(&b, c->lang == LANG_ZH ? "、" : ", ");
		buf_str(&b, code_label(c->app->codes, f->of, one, c->lang));
	}
	return arena_str(c->a, buf_view(&b));
}

static struct str show_time(struct ctx *c, int64_t ms, bool time) { return time ? datetime_str(c->a, ms) : date_str(c->a, ms); }

struct str id_text(struct ctx *c, int64_t id) { return arena_fmt(c->a, "%lld", (long long)id); }

struct str show_masked(struct ctx *c, const struct field *f, struct str v)
{
	switch (f->type) {
	case F_NAME: return mask_name(c->a, v);
	case F_PHONE: return mask_phone(c->a, v);
	case F_IDNO: return mask_idno(c->a, v);
	case F_ADDRESS: return mask_address(c->a, v);
	default: return STR("***");
	}
}

/* Masked whoever looks: what belongs to a citizen. Offices and colleagues are known by name. */
static bool covered(const struct rec *r, int i) { return r->t->fields[i].secrecy == S_MASKED && r->t->level >= 2 && !r->t->office; }

bool rec_hides(const struct rec *r, int i)
{
	if (r->t->fields[i].secrecy == S_PLAIN || r->bare == i + 1)
		return false;
	return r->t->fields[i].secrecy == S_VAULT || r->sight != SIGHT_FULL || covered(r, i);
}

bool rec_covers(const struct rec *r, int i) { return r->v[i].set && r->sight == SIGHT_FULL && r->bare != i + 1 && covered(r, i); }

struct str rec_show(struct ctx *c, const struct rec *r, int i)
{
	const struct field *f = &r->t->fields[i];
	const struct value *v = &r->v[i];
	if (!v->set || f->type == F_SECRET)
		return STR("");
	switch (f->type) {
	case F_INT: return arena_fmt(c->a, "%lld", (long long)v->i);
	case F_BOOL: return str_of(v->i ? TRC(c, N_("Yes")) : TRC(c, N_("No")));
	case F_MONEY: return arena_fmt(c->a, "%lld.%02lld", (long long)(v->i / 100), (long long)(v->i % 100));
	case F_DATE: return show_time(c, v->i, false);
	case F_TIME: return show_time(c, v->i, true);
	case F_REF: return ref_label(c, f->of, v->i);
	case F_CODE: return code_label(c->app->codes, f->of, v->s, c->lang);
	case F_CODES: return show_codes(c, f, v->s);
	case F_AREA: return area_label(c, v->s);
	default: break;
	}
	struct str s = f->secrecy == S_VAULT && rec_hides(r, i) ? STR("") : value_text(c, r, i);
	return !rec_hides(r, i) ? s : f->secrecy != S_MASKED ? STR("***") : show_masked(c, f, s);
}

struct str rec_input(struct ctx *c, const struct rec *r, int i)
{
	const struct field *f = &r->t->fields[i];
	const struct value *v = &r->v[i];
	if (!v->set || f->type == F_SECRET || rec_hides(r, i))
		return STR_NONE;
	switch (f->type) {
	case F_INT: case F_REF: return arena_fmt(c->a, "%lld", (long long)v->i);
	case F_BOOL: return v->i ? STR("1") : STR("0");
	case F_MONEY: case F_DATE: return rec_show(c, r, i);
	case F_TIME: {
		struct civil t = civil_of(v->i);
		return arena_fmt(c->a, "%04d-%02d-%02dT%02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
	}
	default: return value_text(c, r, i);
	}
}

struct str rec_title(struct ctx *c, const struct rec *r)
{
	if (r->t->title) {
		int i = field_at(r->t, r->t->title);
		struct str s = r->t->fields[i].secrecy == S_SEALED && rec_hides(r, i) ? STR("") : rec_show(c, r, i);
		if (s.n)
			return utf8_count(s) > 40 ? arena_fmt(c->a, "%.*s…", (int)utf8_head(s, 39).n, s.p) : s;
	}
	if (r->number.n)
		return r->number;
	/* What belongs to another record is known by it; a bare id tells nobody anything. */
	if (r->t->parent && r->parent)
		return str_of(TRC(c, r->t->label));
	return arena_fmt(c->a, "%s %lld", TRC(c, r->t->label), (long long)r->id);
}

struct str state_label(struct ctx *c, const struct rec *r)
{
	for (size_t i = 0; i < r->t->nstates; i++)
		if (str_is(r->state, r->t->states[i].name))
			return str_of(TRC(c, r->t->states[i].label));
	return r->state;
}

struct label { struct str text; bool open; };

struct want { const char *type; int64_t id; struct want *next; };

static void label_make(struct ctx *c, struct rec *r, struct label *l)
{
	r->sight = sight_of(c, r->t, r);
	l->open = r->sight != SIGHT_NONE;
	/* A reference to what one may not see still has a name when that name is no secret (a unit, a studio). */
	if (access_mine(c, r->t, r) & ACCESS_OUT)
		;
	else if (!l->open && r->t->level >= 3)
		l->text = r->number.n ? r->number : STR("***");
	else
		l->text = rec_title(c, r);
}

#define TOGETHER 32
/* So few forms of the statement, so that all stay prepared: the last id fills what is left. */
static size_t form_size(size_t n) { return n <= 1 ? 1 : n <= 4 ? 4 : n <= 12 ? 12 : TOGETHER; }

static enum err load_refs(struct ctx *c, const struct plan *p, const int64_t *ids, size_t n, struct rec **ret, size_t *ret_n)
{
	struct val args[TOGETHER];
	BUF_AUTO q = BUF(8192);
	ROWS r = NULL;
	bool more, all = p->t->title && (p->t->fields[field_at(p->t, p->t->title)].flags & FF_HEAVY);
	size_t k = form_size(n);
	buf_cstr(&q, all ? p->select_all : p->select_list);
	for (size_t i = 0; i < k; i++) {
		buf_cstr(&q, i ? ", ?" : k > 1 ? " WHERE r.id IN (?" : " WHERE r.id = ?");
		args[i] = VI(ids[i < n ? i : n - 1]);
	}
	buf_cstr(&q, k > 1 ? ")" : "");
	*ret_n = 0;
	TRY(db_rows(c->db, c->f, arena_cstr(c->a, buf_view(&q)), args, k, &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		ret[(*ret_n)++] = rec_of_row(c, p, r, all);
	}
}

/* The ids of this type that are wanted and not at hand, the one asked for first; they are wanted no longer. */
static size_t take_wanted(struct ctx *c, const char *type, int64_t first, int64_t ids[TOGETHER])
{
	size_t n = 0;
	ids[n++] = first;
	for (struct want **at = &c->wants, *w; (w = *at) != NULL && n < TOGETHER;) {
		if (strcmp(w->type, type) != 0) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		bool there = map_geti(c->labels, w->id) != NULL;
		for (size_t i = 0; i < n; i++)
			there |= ids[i] == w->id;
		if (!there)
			ids[n++] = w->id;
	}
	return n;
}

static const struct label *label_of(struct ctx *c, const char *type, int64_t id)
{
	if (!c->labels)
		c->labels = map_new(c->a);
	const struct label *hit = map_geti(c->labels, id);
	if (hit)
		return hit;
	const struct rtype *t = type_find(c->app, str_of(type));
	struct fault ignored = { 0 }, *was = c->f;
	int64_t ids[TOGETHER];
	struct rec *r[TOGETHER];
	must(t != NULL);
	size_t n = take_wanted(c, type, id, ids), found = 0;
	struct label *l = NEWN(c->a, struct label, n);
	for (size_t i = 0; i < n; i++) {
		l[i].text = STR("");
		map_puti(c->labels, ids[i], &l[i]);
	}
	c->f = &ignored;
	if (load_refs(c, plan_of(c->app, t), ids, n, r, &found) == OK)
		for (size_t i = 0; i < found; i++)
			label_make(c, r[i], map_geti(c->labels, r[i]->id));
	c->f = was;
	return &l[0];
}

void ref_want(struct ctx *c, const char *type, int64_t id)
{
	if (!id || (c->labels && map_geti(c->labels, id)))
		return;
	struct want *w = NEW(c->a, struct want);
	*w = (struct want){ type, id, c->wants };
	c->wants = w;
}

void rec_wants(struct ctx *c, struct rec *const *r, size_t n, bool whole)
{
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; i < r[k]->t->nfields; i++) {
			const struct field *f = &r[k]->t->fields[i];
			if (f->type == F_REF && r[k]->v[i].set && (whole || f->flags & FF_LIST))
				ref_want(c, f->of, r[k]->v[i].i);
		}
		if (!whole)
			continue;
		ref_want(c, "org", r[k]->org);
		ref_want(c, "staff", r[k]->owner);
	}
}

struct str ref_label(struct ctx *c, const char *type, int64_t id) { return id ? label_of(c, type, id)->text : STR(""); }

bool ref_open(struct ctx *c, const char *type, int64_t id) { return id && label_of(c, type, id)->open; }
