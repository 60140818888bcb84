/* Why: the twin of the door: every read of records, with the same scope, masks and seals, in SQL.
 * Invariants: lists page by key; a page is one statement; what the actor may not see is not in the result at all.
 *
 * A list must cost what it shows, not what the table holds. An index gives its rows in order of id only for one value of its
 * columns; so a filter with several values, or a scope with several grounds, becomes a query of several arms, each with one
 * value of each, each stopped at a page, and their newest are taken together. */
#include "record/inner.h"
#include <stdio.h>

#define ARMS 16
#define CONDS 40
struct query {
	struct buf sql;
	struct val args[640];
	size_t n;
};
/* One of alt[] must hold. */
struct cond { struct part *alt; size_t n; };
struct conds { struct cond v[CONDS]; size_t n; };

static void put(struct query *q, struct val v)
{
	must(q->n < ARRAY_LEN(q->args));
	q->args[q->n++] = v;
}

static void cond_put(struct conds *w, struct part *alt, size_t n)
{
	must(w->n < CONDS);
	w->v[w->n++] = (struct cond){ alt, n };
}

static void cond_one(struct ctx *c, struct conds *w, const char *sql, const struct val *args, size_t n)
{
	struct part *p = NEW(c->a, struct part);
	struct val *kept = NEWN(c->a, struct val, n + 1);
	if (n)
		memcpy(kept, args, n * sizeof *kept);
	*p = (struct part){ sql, kept, n };
	cond_put(w, p, 1);
}

/* Columns whose values are worth an arm each: they stand in indexes. */
static bool splits(const char *col)
{
	static const char *const cols[] = { "state", "kind", "grade", "org", "owner" };
	for (size_t i = 0; i < ARRAY_LEN(cols); i++)
		if (strcmp(col, cols[i]) == 0)
			return true;
	return false;
}

/* One of "a|b". */
static void among(struct ctx *c, struct conds *w, const char *col, struct str v, bool numeric)
{
	struct str rest = v;
	struct val args[30];
	size_t n = 0;
	while (rest.p && n < ARRAY_LEN(args)) {
		struct str one = str_cut(rest, '|', &rest);
		int64_t i = 0;
		args[n++] = numeric ? VI(str_int(one, &i) ? i : -1) : VS(arena_str(c->a, one));
	}
	if (n > 1 && !splits(col)) {
		BUF_AUTO b = BUF(256);
		for (size_t i = 0; i < n; i++)
			buf_cstr(&b, i ? ", ?" : "?");
		cond_one(c, w, arena_printf(c->a, "r.%s IN (%s)", col, b.p), args, n);
		return;
	}
	struct part *alt = NEWN(c->a, struct part, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct val *kept = NEW(c->a, struct val);
		*kept = args[i];
		alt[i] = (struct part){ arena_printf(c->a, "r.%s = ?", col), kept, 1 };
	}
	cond_put(w, alt, n);
}

static void area_filter(struct ctx *c, struct conds *w, struct str v)
{
	struct val range[] = { VS(v), VS(arena_fmt(c->a, "%.*s:", (int)v.n, v.p)) };
	if (v.n == 9 || v.n == 12)
		cond_one(c, w, v.n == 9 ? "r.town = ?" : "r.comm = ?", range, 1);
	else   /* hidden from the planner as in scope_parts() */
		cond_one(c, w, v.n <= 6 ? "((r.area || '') >= ? AND (r.area || '') < ?)" : "(r.area >= ? AND r.area < ?)", range, 2);
}

static void open_filter(struct ctx *c, struct conds *w, const struct rtype *t, bool open)
{
	struct part *alt = NEWN(c->a, struct part, t->nstates + 1);
	size_t n = 0;
	for (size_t i = 0; i < t->nstates; i++)
		if (t->states[i].open == open)
			alt[n++] = (struct part){ arena_printf(c->a, "r.state = '%s'", t->states[i].name), NULL, 0 };
	if (!n)
		alt[n++] = (struct part){ "1 = 0", NULL, 0 };
	cond_put(w, alt, n);
}

static enum err field_filter(struct ctx *c, struct conds *w, const struct rtype *t, const struct filter *f)
{
	int i = field_find(t, f->field);
	if (i < 0 || field_sealed(&t->fields[i]) || t->fields[i].type == F_SECRET) {
		fault_field(c->f, arena_cstr(c->a, utf8_head(f->field, 40)), N_("One cannot filter by this field."), NULL);
		return fail(c->f, ERR_INVALID, NULL, NULL);
	}
	const struct field *fd = &t->fields[i];
	if (fd->type == F_CODES) {
		cond_one(c, w, arena_printf(c->a, "r.%s LIKE ?", fd->name), ARGS(VS(arena_fmt(c->a, "%%,%.*s,%%", (int)f->value.n, f->value.p))));
	} else if (fd->type == F_BOOL && str_is(f->value, "0")) {
		cond_one(c, w, arena_printf(c->a, "(r.%s IS NULL OR r.%s = 0)", fd->name, fd->name), NOARGS);
	} else {
		among(c, w, fd->name, f->value, field_numeric(fd));
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

static enum err add_filter(struct ctx *c, struct conds *w, const struct rtype *t, const struct filter *f)
{
	int64_t ms;
	struct str name;
	bool from;
	if (!f->value.n)
		return OK;
	if (str_is(f->field, "state"))
		among(c, w, "state", f->value, false);
	else if (str_is(f->field, "open"))
		open_filter(c, w, t, !str_is(f->value, "0"));
	else if (str_is(f->field, "area"))
		area_filter(c, w, f->value);
	else if (str_is(f->field, "number"))
		among(c, w, "number", f->value, false);
	else if (str_is(f->field, "org") || str_is(f->field, "owner") || str_is(f->field, "parent") || str_is(f->field, "creator") || str_is(f->field, "id"))
		among(c, w, arena_cstr(c->a, f->field), f->value, true);
	else if ((name = range_of(c, t, f->field, &from)).n) {
		if (!date_parse(f->value, &ms)) {
			fault_field(c->f, arena_cstr(c->a, f->field), N_("Please enter a date such as 2026-11-24."), NULL);
			return fail(c->f, ERR_INVALID, NULL, NULL);
		}
		/* A bare day as upper bound includes the day. */
		if (!from && ms == day_start(day_of(ms)))
			ms += MS_DAY;
		cond_one(c, w, arena_printf(c->a, "r.%.*s %s ?", (int)name.n, name.p, from ? ">=" : "<"), ARGS(VI(ms)));
	} else {
		return field_filter(c, w, t, f);
	}
	return OK;
}

/* Thousands of them in one value. */
static void ids_filter(struct ctx *c, struct conds *w, const struct see *s)
{
	struct buf b = BUF((size_t)1 << 20);
	bool pg = db_is_postgres(c->db);
	buf_char(&b, pg ? '{' : '[');
	for (size_t i = 0; i < s->nids; i++)
		buf_printf(&b, "%s%lld", i ? "," : "", (long long)s->ids[i]);
	buf_char(&b, pg ? '}' : ']');
	must(!b.over);
	cond_one(c, w, pg ? "r.id = ANY(CAST(? AS bigint[]))" : "r.id IN (SELECT value FROM json_each(?))", ARGS(VS(arena_str(c->a, buf_view(&b)))));
	buf_free(&b);
}

static enum err where(struct ctx *c, const struct see *s, const struct rtype *t, struct conds *w)
{
	struct part *scope = NEWN(c->a, struct part, SCOPE_PARTS);
	struct part shut;
	TRY(access_ready(c));
	/* Words lie in what is sealed: who sees it masked must not learn them by searching. */
	size_t n = scope_parts(c, t, s->words.n || s->ids ? SIGHT_FULL : SIGHT_MASKED, scope);
	if (n)
		cond_put(w, scope, n);
	if (shut_part(c, t, &shut))
		cond_one(c, w, shut.sql, shut.args, shut.n);
	if (s->ids)
		ids_filter(c, w, s);
	for (size_t i = 0; i < s->nfilters && i < 24; i++)
		TRY(add_filter(c, w, t, &s->filters[i]));
	if (s->after)
		cond_one(c, w, s->oldest ? "r.id > ?" : "r.id < ?", ARGS(VI(s->after)));
	return OK;
}

static void put_part(struct query *q, const struct part *p)
{
	buf_cstr(&q->sql, p->sql);
	for (size_t i = 0; i < p->n; i++)
		put(q, p->args[i]);
}

/* " AND …" of all conditions; of those split, which: the arm's digit for each in mixed radix. */
static void put_conds(struct query *q, const struct conds *w, const bool *split, size_t arm)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct cond *k = &w->v[i];
		if (split && split[i]) {
			buf_cstr(&q->sql, " AND ");
			put_part(q, &k->alt[arm % k->n]);
			arm /= k->n;
			continue;
		}
		for (size_t j = 0; j < k->n; j++) {
			buf_cstr(&q->sql, j ? " OR " : " AND (");
			put_part(q, &k->alt[j]);
		}
		buf_char(&q->sql, ')');
	}
}

/* How many arms; which conditions are split. */
static size_t split_conds(const struct conds *w, bool *split)
{
	size_t arms = 1;
	for (size_t i = 0; i < w->n; i++) {
		split[i] = w->v[i].n > 1 && arms * w->v[i].n <= ARMS;
		if (split[i])
			arms *= w->v[i].n;
	}
	return arms;
}

/* The ids of all arms together: "SELECT id FROM (…) UNION SELECT id FROM (…)", each arm with its own order and end. */
static void put_arms(struct query *q, const struct plan *p, const struct conds *w, const bool *split, size_t arms, const char *end)
{
	for (size_t i = 0; i < arms; i++) {
		buf_printf(&q->sql, "%sSELECT id FROM (SELECT r.id AS id FROM %s r WHERE 1 = 1", i ? " UNION " : "", p->table);
		put_conds(q, w, split, i);
		buf_printf(&q->sql, "%s) a%zu", end, i);
	}
}

static void bare_keep(const struct ctx *c, struct rec *r)
{
	if (c->bare.id && c->bare.id == r->id && c->bare.t == r->t && r->sight == SIGHT_FULL)
		r->bare = c->bare.field + 1;
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
		bare_keep(c, rec);
		VEC_PUSH(c->a, out.r, out.n, cap, rec);
	}
	*ret = out;
	return OK;
}

/* Up to WHERE … of a search, driven from the index: SQLite's gives its hits by rowid, each looked up and kept if in scope,
 * until the page is full; a join the other way round would gather every hit of a common word first. False: no words left. */
static bool from_words(struct ctx *c, const struct plan *p, const struct see *s, const char *columns, struct query *q)
{
	struct str m = search_query(c, p->t, s);
	if (!m.n)
		return false;
	buf_printf(&q->sql, db_is_postgres(c->db) ? "%s FROM %s r JOIN search_%s f ON f.id = r.id WHERE f.t @@ CAST(? AS tsquery)"
						  : "%s FROM search_%s f CROSS JOIN %s r ON r.id = f.rowid WHERE search_%s MATCH ?",
		   columns, p->table, p->table, p->table);
	if (db_is_postgres(c->db))
		must(!q->sql.over);
	put(q, VS(m));
	return true;
}

static const char *columns_of(struct ctx *c, const struct plan *p)
{
	const char *from = strstr(p->select_list, " FROM ");
	return arena_cstr(c->a, (struct str){ p->select_list, (size_t)(from - p->select_list) });
}

/* A filter that leaves a handful of rows by itself needs no arms. */
static bool names_few(const struct see *s)
{
	if (s->ids)
		return true;
	for (size_t i = 0; i < s->nfilters; i++)
		if (str_is(s->filters[i].field, "parent") || str_is(s->filters[i].field, "id") || str_is(s->filters[i].field, "number"))
			return s->filters[i].value.n > 0;
	return false;
}

/* False: nothing to ask for. */
static bool page_sql(struct ctx *c, const struct plan *p, const struct see *s, const struct conds *w, int limit, struct query *q)
{
	const char *way = s->oldest ? "ASC" : "DESC";
	bool split[CONDS];
	if (s->words.n) {
		if (!from_words(c, p, s, columns_of(c, p), q))
			return false;
		put_conds(q, w, NULL, 0);
		buf_printf(&q->sql, " ORDER BY %s %s LIMIT %d", db_is_postgres(c->db) ? "r.id" : "f.rowid", way, limit + 1);
		return true;
	}
	if (names_few(s)) {
		buf_cstr(&q->sql, p->select_list);
		buf_cstr(&q->sql, " WHERE 1 = 1");
		put_conds(q, w, NULL, 0);
		buf_printf(&q->sql, " ORDER BY r.id %s LIMIT %d", way, limit + 1);
		return true;
	}
	size_t arms = split_conds(w, split);
	/* The ids first, so that an index which holds all that is asked for is read alone. */
	buf_cstr(&q->sql, p->select_list);
	buf_cstr(&q->sql, " WHERE r.id IN (");
	put_arms(q, p, w, split, arms, arena_printf(c->a, " ORDER BY r.id %s LIMIT %d", way, limit + 1));
	buf_char(&q->sql, ')');
	buf_printf(&q->sql, " ORDER BY r.id %s LIMIT %d", way, limit + 1);
	return true;
}

enum err see(struct ctx *c, const struct see *s, struct seen *ret)
{
	const struct rtype *t = type_find(c->app, str_of(s->type));
	if (!t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", s->type);
	int limit = s->limit <= 0 ? 50 : s->limit > 500 ? 500 : s->limit;
	*ret = (struct seen){ 0 };
	if (t->unlisted && !names_few(s) && c->actor->role != ROLE_SYSTEM)
		return OK;
	const struct plan *p = plan_of(c->app, t);
	struct query room, *q = &room;   /* large: not from the arena, not cleared */
	struct conds w = { 0 };
	TRY(where(c, s, t, &w));
	*ret = (struct seen){ 0 };
	if (s->words.n)
		TRY(search_settle(c));
	q->sql = BUF(65536);
	q->n = 0;
	enum err e = page_sql(c, p, s, &w, limit, q) ? run(c, p, q, limit, false, ret) : OK;
	buf_free(&q->sql);
	return e;
}

enum err see_one(struct ctx *c, const char *type, int64_t id, struct rec **ret)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	struct rec *r;
	if (!t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", type);
	TRY(access_ready(c));
	/* Asked for before the record, so that one shut to her costs the same statements as one that is not there. */
	if (c->actor->role != ROLE_SYSTEM && t->guard == GUARD_SELF && access_shut(c, id))
		id = 0;
	TRY(rec_load(c, plan_of(c->app, t), id, &r));
	r->sight = sight_of(c, t, r);
	if (r->sight == SIGHT_NONE)
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	bare_keep(c, r);
	*ret = r;
	return OK;
}

enum err see_children(struct ctx *c, const char *type, int64_t parent, struct seen *ret)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	must(t != NULL);
	TRY(access_ready(c));
	const struct plan *p = plan_of(c->app, t);
	struct query q = { .sql = BUF(65536) };
	buf_cstr(&q.sql, p->select_all);
	buf_cstr(&q.sql, " WHERE r.parent = ?");
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
	TRY(access_ready(c));
	const struct plan *p = plan_of(c->app, t);
	const struct field *f = &t->fields[field_at(t, field)];
	must(f->flags & FF_BLIND);
	int epochs[BLIND_EPOCHS];
	size_t nepochs = blind_epochs(c->app->keys, epochs);
	*ret = (struct seen){ 0 };
	if (!blind_form(c, f, value).n)
		return OK;
	struct query q = { .sql = BUF(65536) };
	buf_cstr(&q.sql, p->select_list);
	/* Usually one; while keys are rotated rows of the old and the new stand side by side. */
	buf_printf(&q.sql, " WHERE r.%s_bi IN (", f->name);
	for (size_t i = 0; i < nepochs; i++) {
		buf_cstr(&q.sql, i ? ", ?" : "?");
		put(&q, blind_of(c, f, epochs[i], value));
	}
	buf_char(&q.sql, ')');
	scope_sql(c, t, &q.sql, q.args, &q.n);
	buf_cstr(&q.sql, " ORDER BY r.id DESC LIMIT 51");
	enum err e = run(c, p, &q, 50, false, ret);
	buf_free(&q.sql);
	return e;
}

enum err see_any(struct ctx *c, const char *type, const char *field, const struct str *values, size_t nvalues, struct seen *ret)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	must(t != NULL && nvalues <= 100);
	const struct plan *p = plan_of(c->app, t);
	const struct field *f = &t->fields[field_at(t, field)];
	must(f->flags & FF_BLIND);
	struct query room, *q = &room;
	*ret = (struct seen){ 0 };
	q->sql = BUF(65536);
	q->n = 0;
	buf_cstr(&q->sql, p->select_list);
	buf_printf(&q->sql, " WHERE r.%s_bi IN (", f->name);
	int epochs[BLIND_EPOCHS];
	size_t nepochs = blind_epochs(c->app->keys, epochs);
	for (size_t i = 0; i < nvalues * nepochs; i++) {
		struct val v = blind_of(c, f, epochs[i % nepochs], values[i / nepochs]);
		if (v.t == V_NULL)
			continue;
		buf_cstr(&q->sql, q->n ? ", ?" : "?");
		put(q, v);
	}
	size_t any = q->n;
	buf_char(&q->sql, ')');
	scope_sql(c, t, &q->sql, q->args, &q->n);
	buf_cstr(&q->sql, " ORDER BY r.id DESC LIMIT 201");
	enum err e = any ? run(c, p, q, 200, false, ret) : OK;
	buf_free(&q->sql);
	return e;
}

enum err see_count(struct ctx *c, const struct see *s, int64_t cap, int64_t *ret)
{
	const struct rtype *t = type_find(c->app, str_of(s->type));
	if (!t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", s->type);
	const struct plan *p = plan_of(c->app, t);
	struct query room, *q = &room;   /* large: not from the arena, not cleared */
	struct conds w = { 0 };
	bool split[CONDS], any = true;
	int64_t n = 0;
	if (t->unlisted && !names_few(s) && c->actor->role != ROLE_SYSTEM) {
		*ret = 0;
		return OK;
	}
	TRY(where(c, s, t, &w));
	if (s->words.n)
		TRY(search_settle(c));
	q->sql = BUF(65536);
	q->n = 0;
	const char *end = arena_printf(c->a, " LIMIT %lld", (long long)cap);
	size_t arms = split_conds(&w, split);
	buf_cstr(&q->sql, "SELECT CAST(COUNT(*) AS INTEGER) FROM (");
	if (s->words.n) {
		any = from_words(c, p, s, "SELECT r.id", q);
		put_conds(q, &w, NULL, 0);
	} else {
		put_arms(q, p, &w, split, arms, end);
	}
	buf_printf(&q->sql, "%s) x", end);
	must(!q->sql.over);
	enum err e = any ? db_int(c->db, c->f, arena_cstr(c->a, buf_view(&q->sql)), q->args, q->n, &n, NULL) : OK;
	buf_free(&q->sql);
	if (e == OK)
		*ret = n;
	return e;
}
