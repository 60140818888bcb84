/* Why: the twin of the door: every read of records, with the same scope, masks and seals, in SQL.
 * Invariants: lists page by key; a page is one statement; what the actor may not see is not in the result at all. */
#include "record/inner.h"
#include <stdio.h>

struct query {
	struct buf sql;
	struct val args[96];
	size_t n;
};

static void put(struct query *q, struct val v)
{
	must(q->n < ARRAY_LEN(q->args));
	q->args[q->n++] = v;
}

/* " AND col IN (?, …)" of "a|b". */
static void among(struct ctx *c, struct query *q, const char *col, struct str v, bool numeric)
{
	struct str rest = v;
	const char *sep = "";
	buf_printf(&q->sql, " AND r.%s IN (", col);
	for (int i = 0; rest.p && i < 30; i++) {
		struct str one = str_cut(rest, '|', &rest);
		int64_t n = 0;
		buf_printf(&q->sql, "%s?", sep);
		sep = ", ";
		if (numeric)
			put(q, VI(str_int(one, &n) ? n : -1));
		else
			put(q, VS(arena_str(c->a, one)));
	}
	buf_char(&q->sql, ')');
}

static void area_filter(struct ctx *c, struct query *q, struct str v)
{
	if (v.n == 9 || v.n == 12) {
		buf_printf(&q->sql, " AND r.%s = ?", v.n == 9 ? "town" : "comm");
		put(q, VS(v));
	} else {
		buf_cstr(&q->sql, " AND r.area >= ? AND r.area < ?");
		put(q, VS(v));
		put(q, VS(arena_fmt(c->a, "%.*s:", (int)v.n, v.p)));
	}
}

static void open_filter(struct query *q, const struct rtype *t, bool open)
{
	const char *sep = "";
	buf_cstr(&q->sql, " AND r.state IN (");
	for (size_t i = 0; i < t->nstates; i++)
		if (t->states[i].open == open) {
			buf_printf(&q->sql, "%s'%s'", sep, t->states[i].name);
			sep = ", ";
		}
	buf_cstr(&q->sql, *sep ? ")" : "'')");
}

static enum err field_filter(struct ctx *c, struct query *q, const struct rtype *t, const struct filter *f)
{
	int i = field_find(t, f->field);
	if (i < 0 || field_sealed(&t->fields[i]) || t->fields[i].type == F_SECRET) {
		fault_field(c->f, arena_cstr(c->a, utf8_head(f->field, 40)), N_("One cannot filter by this field."), NULL);
		return fail(c->f, ERR_INVALID, NULL, NULL);
	}
	const struct field *fd = &t->fields[i];
	if (fd->type == F_CODES) {
		buf_printf(&q->sql, " AND r.%s LIKE ?", fd->name);
		put(q, VS(arena_fmt(c->a, "%%,%.*s,%%", (int)f->value.n, f->value.p)));
	} else if (fd->type == F_BOOL && str_is(f->value, "0")) {
		buf_printf(&q->sql, " AND (r.%s IS NULL OR r.%s = 0)", fd->name, fd->name);
	} else {
		among(c, q, fd->name, f->value, field_numeric(fd));
	}
	return OK;
}

/* "created_from", "closed_to": a bound of the common column created, or of a plain field that holds a time. Absent: none. */
static struct str range_of(struct ctx *c, const struct rtype *t, struct str field, bool *ret_from)
{
	*ret_from = str_ends(field, "_from");
	if (!*ret_from && !str_ends(field, "_to"))
		return STR_NONE;
	struct str name = { field.p, field.n - (*ret_from ? 5 : 3) };
	int i = str_is(name, "created") ? -1 : field_find(t, name);
	if (i < 0)
		return str_is(name, "created") ? name : STR_NONE;
	const struct field *fd = &t->fields[i];
	return (fd->type == F_TIME || fd->type == F_DATE) && !field_sealed(fd) ? str_of(fd->name) : STR_NONE;
}

static enum err add_filter(struct ctx *c, struct query *q, const struct rtype *t, const struct filter *f)
{
	int64_t ms;
	struct str name;
	bool from;
	if (!f->value.n)
		return OK;
	if (str_is(f->field, "state"))
		among(c, q, "state", f->value, false);
	else if (str_is(f->field, "open"))
		open_filter(q, t, !str_is(f->value, "0"));
	else if (str_is(f->field, "area"))
		area_filter(c, q, f->value);
	else if (str_is(f->field, "number"))
		among(c, q, "number", f->value, false);
	else if (str_is(f->field, "org") || str_is(f->field, "owner") || str_is(f->field, "parent") || str_is(f->field, "creator") || str_is(f->field, "id"))
		among(c, q, arena_cstr(c->a, f->field), f->value, true);
	else if ((name = range_of(c, t, f->field, &from)).n) {
		if (!date_parse(f->value, &ms)) {
			fault_field(c->f, arena_cstr(c->a, f->field), N_("Please enter a date such as 2026-11-24."), NULL);
			return fail(c->f, ERR_INVALID, NULL, NULL);
		}
		/* A bare day as upper bound includes the day. */
		if (!from && ms == day_start(day_of(ms)))
			ms += MS_DAY;
		buf_printf(&q->sql, " AND r.%.*s %s ?", (int)name.n, name.p, from ? ">=" : "<");
		put(q, VI(ms));
	} else {
		return field_filter(c, q, t, f);
	}
	return OK;
}

static enum err where(struct ctx *c, const struct see *s, const struct rtype *t, struct query *q)
{
	scope_sql(c, t, &q->sql, q->args, &q->n);
	for (size_t i = 0; i < s->nfilters && i < 24; i++)
		TRY(add_filter(c, q, t, &s->filters[i]));
	if (s->after) {
		buf_printf(&q->sql, " AND r.id %s ?", s->oldest ? ">" : "<");
		put(q, VI(s->after));
	}
	return OK;
}

/* Start of the statement up to WHERE …; with words the search index drives. */
static bool from_words(struct ctx *c, const struct see *s, const struct plan *p, const char *columns, struct query *q)
{
	if (!s->words.n) {
		buf_printf(&q->sql, "%s WHERE 1 = 1", columns);
		return true;
	}
	struct str m = search_query(c, s->words);
	if (!m.n)
		return false;
	bool pg = db_is_postgres(c->db);
	/* CROSS JOIN keeps SQLite from starting at the records; the index gives its rows by rowid. */
	buf_printf(&q->sql, pg ? "%s JOIN search_%s s ON s.id = r.id WHERE s.t @@ CAST(? AS tsquery)"
			       : "%s WHERE r.id IN (SELECT rowid FROM search_%s WHERE search_%s MATCH ?)",
		   columns, p->table, p->table);
	put(q, VS(m));
	return true;
}

static enum err run(struct ctx *c, const struct plan *p, struct query *q, int limit, bool all, struct seen *ret)
{
	ROWS r = NULL;
	bool more;
	struct seen out = { 0 };
	size_t cap = 0;
	must(!q->sql.over);
	TRY(db_rows(c->db, c->f, arena_cstr(c->a, buf_view(&q->sql)), q->args, q->n, &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			break;
		if ((int)out.n == limit) {
			out.next = out.r[out.n - 1]->id;
			break;
		}
		struct rec *rec = rec_of_row(c, p, r, all);
		rec->sight = sight_of(c, p->t, rec);
		VEC_PUSH(c->a, out.r, out.n, cap, rec);
	}
	*ret = out;
	return OK;
}

/* Search is driven from the index, newest first: the index's own order by rowid, each hit looked up and kept if in
 * scope, until the page is full. Needed on SQLite, where a join would gather every hit of a common word first. */
static enum err run_words(struct ctx *c, const struct plan *p, const struct see *s, const struct rtype *t, int limit, struct seen *ret)
{
	struct query q = { .sql = BUF(65536) };
	struct str m = search_query(c, s->words);
	bool pg = db_is_postgres(c->db);
	enum err e;
	*ret = (struct seen){ 0 };
	if (!m.n)
		return OK;
	if (pg) {
		from_words(c, s, p, p->select_list, &q);
	} else {
		const char *from = strstr(p->select_list, " FROM ");
		buf_put(&q.sql, p->select_list, (size_t)(from - p->select_list));
		buf_printf(&q.sql, " FROM search_%s f CROSS JOIN %s r ON r.id = f.rowid WHERE search_%s MATCH ?", p->table, p->table, p->table);
		put(&q, VS(m));
	}
	e = where(c, s, t, &q);
	if (e == OK) {
		buf_printf(&q.sql, pg ? " ORDER BY r.id %s LIMIT %d" : " ORDER BY f.rowid %s LIMIT %d", s->oldest ? "ASC" : "DESC", limit + 1);
		e = run(c, p, &q, limit, false, ret);
	}
	buf_free(&q.sql);
	return e;
}

enum err see(struct ctx *c, const struct see *s, struct seen *ret)
{
	const struct rtype *t = type_find(c->app, str_of(s->type));
	if (!t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", s->type);
	int limit = s->limit <= 0 ? 50 : s->limit > 500 ? 500 : s->limit;
	const struct plan *p = plan_of(c->app, t);
	if (s->words.n)
		return run_words(c, p, s, t, limit, ret);
	struct query q = { .sql = BUF(65536) };
	from_words(c, s, p, p->select_list, &q);
	enum err e = where(c, s, t, &q);
	if (e == OK) {
		buf_printf(&q.sql, " ORDER BY r.id %s LIMIT %d", s->oldest ? "ASC" : "DESC", limit + 1);
		e = run(c, p, &q, limit, false, ret);
	}
	buf_free(&q.sql);
	return e;
}

enum err see_one(struct ctx *c, const char *type, int64_t id, struct rec **ret)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	struct rec *r;
	if (!t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", type);
	TRY(rec_load(c, plan_of(c->app, t), id, &r));
	r->sight = sight_of(c, t, r);
	if (r->sight == SIGHT_NONE)
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	*ret = r;
	return OK;
}

enum err see_children(struct ctx *c, const char *type, int64_t parent, struct seen *ret)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	must(t != NULL);
	const struct plan *p = plan_of(c->app, t);
	struct query q = { .sql = BUF(65536) };
	buf_printf(&q.sql, "%s WHERE r.parent = ?", p->select_all);
	put(&q, VI(parent));
	scope_sql(c, t, &q.sql, q.args, &q.n);
	buf_cstr(&q.sql, " ORDER BY r.id LIMIT 501");
	enum err e = run(c, p, &q, 500, true, ret);
	buf_free(&q.sql);
	return e;
}

enum err see_same(struct ctx *c, const char *type, const char *field, struct str value, struct seen *ret)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	must(t != NULL);
	const struct plan *p = plan_of(c->app, t);
	const struct field *f = &t->fields[field_at(t, field)];
	must(f->flags & FF_BLIND);
	struct str form = blind_form(c, f, value);
	*ret = (struct seen){ 0 };
	if (!form.n)
		return OK;
	unsigned char *h = arena_alloc(c->a, 16);
	blind_index(c->app->keys, f->type == F_PHONE ? "phone" : f->type == F_IDNO ? "idno" : f->type == F_NAME ? "name" : f->name, form, h);
	struct query q = { .sql = BUF(65536) };
	buf_printf(&q.sql, "%s WHERE r.%s_bi = ?", p->select_list, f->name);
	put(&q, VB(h, 16));
	scope_sql(c, t, &q.sql, q.args, &q.n);
	buf_cstr(&q.sql, " ORDER BY r.id DESC LIMIT 51");
	enum err e = run(c, p, &q, 50, false, ret);
	buf_free(&q.sql);
	return e;
}

enum err see_count(struct ctx *c, const struct see *s, int64_t cap, int64_t *ret)
{
	const struct rtype *t = type_find(c->app, str_of(s->type));
	if (!t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", s->type);
	const struct plan *p = plan_of(c->app, t);
	struct query q = { .sql = BUF(65536) };
	buf_cstr(&q.sql, "SELECT CAST(COUNT(*) AS INTEGER) FROM (");
	enum err e = OK;
	int64_t n = 0;
	if (from_words(c, s, p, arena_printf(c->a, "SELECT r.id FROM %s r", p->table), &q)) {
		e = where(c, s, t, &q);
		buf_printf(&q.sql, " LIMIT %lld) x", (long long)cap);
		if (e == OK)
			e = db_int(c->db, c->f, arena_cstr(c->a, buf_view(&q.sql)), q.args, q.n, &n, NULL);
	}
	buf_free(&q.sql);
	if (e == OK)
		*ret = n;
	return e;
}
