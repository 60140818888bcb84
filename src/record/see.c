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
	bool over;       /* more values than that */
};
/* One of alt[] must hold. */
struct cond { struct part *alt; size_t n; };
/* scope: how many of them, the first, are the actor's; arms: how many; want: rows of each; split: each arm has one alternative of it; plans: the planner sees all. */
struct conds { const struct plan *p; struct cond v[CONDS]; size_t n, scope, arms; int64_t want; bool split[CONDS], plans; };

static void put(struct query *q, struct val v)
{
	q->over |= q->n == ARRAY_LEN(q->args);
	if (!q->over)
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

static void cond_is(struct ctx *c, struct conds *w, const char *col, struct val v)
{
	cond_one(c, w, arena_printf(c->a, "r.%s = ?", col), &v, 1);
	w->v[w->n - 1].alt->col = col;
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
		alt[i] = (struct part){ arena_printf(c->a, "r.%s = ?", col), kept, 1, .col = col };
	}
	cond_put(w, alt, n);
}

static void area_filter(struct ctx *c, struct conds *w, struct str v)
{
	struct val range[] = { VS(v), VS(arena_fmt(c->a, "%.*s:", (int)v.n, v.p)) };
	if (v.n == 9 || v.n == 12)
		cond_is(c, w, v.n == 9 ? "town" : "comm", VS(v));
	else   /* hidden from the planner as in scope_parts() */
		cond_one(c, w, v.n <= 6 ? "((r.area || '') >= ? AND (r.area || '') < ?)" : "(r.area >= ? AND r.area < ?)", range, 2);
}

static struct part state_part(struct ctx *c, const char *state)
{
	struct val *v = NEW(c->a, struct val);
	*v = VS(str_of(state));
	return (struct part){ "r.state = ?", v, 1, .col = "state" };
}

static void open_filter(struct ctx *c, struct conds *w, const struct rtype *t, bool open)
{
	struct part *alt = NEWN(c->a, struct part, t->nstates + 1);
	size_t n = 0;
	for (size_t i = 0; i < t->nstates; i++)
		if (t->states[i].open == open)
			alt[n++] = state_part(c, t->states[i].name);
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
	w->p = plan_of(c->app, t);
	w->plans = !t->many || db_is_postgres(c->db);
	/* Words lie in what is sealed: who sees it masked must not learn them by searching. */
	size_t n = scope_parts(c, t, s->words.n || s->ids ? SIGHT_FULL : SIGHT_MASKED, scope);
	if (n)
		cond_put(w, scope, n);
	w->scope = n > 0;
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

/* ---- which condition leads ----
 *
 * The indexes of a type with many records (migration 0210) each begin with the columns below, go on with the id, and hold what else a list
 * is asked for: rows come newest first, are refused within the index, and only those that are shown are fetched. What leads an arm is
 * chosen here; the rest is hidden from SQLite's planner, which would rather sort all that an index of one value finds. Of several that
 * could, the one of which the fewest entries are read until the page is full: no more than hold its value, and no more than, were the other
 * conditions independent, give a page. Those that are not (a kind and its grades) have an index of both. PostgreSQL plans by itself. */
static const struct lead { const char *col[2], *cover; } leads[] = {
	{ { "id" }, "" },
	{ { "area" }, "" },
	{ { "owner" }, "state kind grade source area town comm org creator" },
	{ { "creator" }, "state kind grade source area town comm org" },
	{ { "comm" }, "state kind grade source area town org creator owner" },
	{ { "org", "town" }, "state kind grade source area comm" },
	{ { "kind", "grade" }, "state source area town comm org creator owner" },
	{ { "state", "kind" }, "grade source area town comm org creator owner" },
	{ { "state", "grade" }, "kind source area town comm org creator owner" },
	{ { "org" }, "state kind grade source area town comm" },
	{ { "town" }, "state kind grade source area comm creator owner" },
	{ { "kind" }, "source area town comm org creator owner" },
	{ { "state" }, "source area town comm org creator owner" },
	{ { "grade" }, "source area town comm org creator owner" },
	{ { "source" }, "area town comm" },
};
#define LARGE 1000000.0  /* records of the city that is planned for */
#define ROW 100           /* entries of an index that are read in the time of one row */
#define FEW 2000          /* entries not worth a thought */

static bool among_leads(const char *col)
{
	for (size_t i = 0; i < ARRAY_LEN(leads); i++)
		if (strcmp(col, leads[i].col[0]) == 0)
			return true;
	return false;
}

static const struct part *held(const struct part *const *picked, size_t n, const char *col)
{
	for (size_t i = 0; col && i < n; i++)
		if (picked[i] && picked[i]->col && strcmp(picked[i]->col, col) == 0)
			return picked[i];
	return NULL;
}

static bool word_in(const char *list, const char *word)
{
	struct str rest = str_of(list);
	while (rest.p)
		if (str_is(str_cut(rest, ' ', &rest), word))
			return true;
	return false;
}

static bool leads_by(const struct lead *l, const char *col) { return strcmp(col, l->col[0]) == 0 || (l->col[1] && strcmp(col, l->col[1]) == 0); }

/* How many records one condition leaves of all; more than was counted: an eighth. */
static double leaves(struct ctx *c, const struct conds *w, const struct part *a, const struct part *b)
{
	int64_t n = a->bit ? (int64_t)access_roots(c, a->bit, NULL, 0) : weigh(c, w->p, a, b);
	return n < 1 ? 1 : n < WEIGHT_MAX ? (double)n : LARGE / 8;
}

/* The entries that are read, and the rows fetched to be refused, until `want` are found. */
static double cost(struct ctx *c, const struct conds *w, const struct part *const *picked, const struct lead *l)
{
	const struct part *a = held(picked, w->n, l->col[0]), *b = held(picked, w->n, l->col[1]);
	double run = leaves(c, w, a, b), need = (double)w->want;
	bool rows = a->bit;
	if (run * (rows ? ROW : 1) <= FEW)
		return run;
	for (size_t i = 0; i < w->n; i++) {
		const struct part *k = picked[i];
		if (!k || !k->col || leads_by(l, k->col) || held(picked, i, k->col))
			continue;
		need *= LARGE / (among_leads(k->col) ? leaves(c, w, k, NULL) : LARGE / 8);
		rows |= !k->bit && !word_in(l->cover, k->col);
	}
	return (run < need ? run : need) * (rows ? ROW : 1);
}

static const struct lead *leading(struct ctx *c, const struct conds *w, const struct part *const *picked)
{
	const struct lead *can[ARRAY_LEN(leads)], *best = NULL;
	size_t n = 0;
	double least = 0;
	for (size_t i = 0; i < ARRAY_LEN(leads) && !w->plans; i++)
		if (held(picked, w->n, leads[i].col[0]) && (!leads[i].col[1] || held(picked, w->n, leads[i].col[1])))
			can[n++] = &leads[i];
	if (n < 2 || !weighs(c, w->p))
		return n ? can[0] : NULL;
	for (size_t i = 0; i < n && (!best || least > FEW); i++) {
		double now = cost(c, w, picked, can[i]);
		if (!best || now < least) {
			best = can[i];
			least = now;
		}
	}
	return best;
}

/* Other fields, of which few have an index and none is within one, stay in the planner's sight. */
static bool hidden(const struct lead *lead, const struct part *p) { return lead && p->col && !leads_by(lead, p->col) && among_leads(p->col); }

static void put_part(struct query *q, const struct part *p, bool hide)
{
	if (p->more)
		buf_char(&q->sql, '(');
	/* Town and community are the head of the area, which the indexes hold. */
	if (hide && strcmp(p->col, "town") == 0)
		buf_cstr(&q->sql, "substr(r.area, 1, 9) = ?");
	else if (hide && strcmp(p->col, "comm") == 0)
		buf_cstr(&q->sql, "substr(r.area, 1, 12) = ?");
	else
		buf_printf(&q->sql, "%s%s", hide ? "+" : "", p->sql);
	if (p->more)
		buf_printf(&q->sql, "%s)", p->more);
	for (size_t i = 0; i < p->n; i++)
		put(q, p->args[i]);
}

static bool val_same(const struct val *a, const struct val *b)
{
	if (a->t != b->t)
		return false;
	return a->t == V_INT ? a->i == b->i : a->t != V_TEXT || str_eq(a->s, b->s);
}

/* Two values of one column, or a community outside the town. */
static bool at_odds(const struct part *a, const struct part *b)
{
	if (!a || !b || !a->col || !b->col || a->bit || b->bit)
		return false;
	struct str x = a->args[0].s, y = b->args[0].s;
	if (strcmp(a->col, "town") == 0 && strcmp(b->col, "comm") == 0)
		return y.n < x.n || memcmp(x.p, y.p, x.n) != 0;
	return strcmp(a->col, b->col) == 0 && !val_same(&a->args[0], &b->args[0]);
}

/* What holds in an arm: of the conditions that are split the arm's digit for each in mixed radix; NULL: several may. False: nothing can. */
static bool pick(const struct conds *w, size_t arm, const struct part **picked)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct cond *k = &w->v[i];
		picked[i] = w->split[i] ? &k->alt[arm % k->n] : k->n == 1 ? k->alt : NULL;
		arm /= w->split[i] ? k->n : 1;
	}
	for (size_t i = 0; i < w->n; i++)
		for (size_t j = 0; j < w->n; j++)
			if (at_odds(picked[i], picked[j]))
				return false;
	return true;
}

/* " AND …" of all conditions. */
static void put_conds(struct query *q, const struct conds *w, const struct part *const *picked, const struct lead *lead)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct cond *k = &w->v[i];
		if (picked[i]) {
			buf_cstr(&q->sql, " AND ");
			put_part(q, picked[i], hidden(lead, picked[i]));
			continue;
		}
		for (size_t j = 0; j < k->n; j++) {
			buf_cstr(&q->sql, j ? " OR " : " AND (");
			put_part(q, &k->alt[j], hidden(lead, &k->alt[j]));
		}
		buf_char(&q->sql, ')');
	}
}

/* Of a search the scope alone: each of its grounds stands in the index under a token of its own. */
static void split_conds(struct conds *w, bool words)
{
	w->arms = 1;
	for (size_t i = 0; i < w->n && (!words || i < w->scope); i++) {
		w->split[i] = w->v[i].n > 1 && w->arms * w->v[i].n <= ARMS;
		if (w->split[i])
			w->arms *= w->v[i].n;
	}
}

/* The ids of all arms together: "SELECT id FROM (…) UNION SELECT id FROM (…)", each arm with its own order and end. False: nothing can be. */
static bool put_arms(struct ctx *c, struct query *q, struct conds *w, const char *end)
{
	const struct part *picked[CONDS];
	size_t n = 0;
	split_conds(w, false);
	for (size_t i = 0; i < w->arms; i++) {
		if (!pick(w, i, picked))
			continue;
		buf_printf(&q->sql, "%sSELECT id FROM (SELECT r.id AS id FROM %s r WHERE 1 = 1", n ? " UNION " : "", w->p->table);
		put_conds(q, w, picked, leading(c, w, picked));
		buf_printf(&q->sql, "%s) a%zu", end, n++);
	}
	return n > 0;
}

/* Of a search, before a row is fetched: what must be among few that are known. The records of a team, when they were too many to name in
 * the index; those of a unit that wait in some states, for it may have written a hundred thousand with the word, of which a handful wait. */
static void put_few(struct query *q, const struct plan *p, const struct part *part)
{
	if (part->bit && strcmp(part->col, "id") == 0) {
		buf_cstr(&q->sql, " AND +f.rowid IN (SELECT j.value FROM json_each(?) j)");
		put(q, part->args[0]);
	} else if (p->t->many && part->states && strcmp(part->col, "org") == 0) {
		struct str rest = str_of(part->states);
		for (const char *sep = " AND +f.rowid IN ("; rest.p; sep = " UNION ALL ") {
			struct str state = str_cut(rest, '|', &rest);
			buf_printf(&q->sql, "%sSELECT k.id FROM %s k WHERE k.state = '%.*s' AND +k.org = ?", sep, p->table, (int)state.n, state.p);
			put(q, part->args[0]);
		}
		buf_char(&q->sql, ')');
	}
}

/* One arm of a search, driven from the index: SQLite's gives its hits by rowid, each looked up and kept if in scope, until the page is
 * full; a join the other way round would gather every hit of a common word first. */
static void put_found(struct ctx *c, struct query *q, const struct conds *w, struct str words, const struct part *const *picked)
{
	const char *table = w->p->table;
	bool pg = db_is_postgres(c->db);
	BUF_AUTO match = BUF(131072);
	buf_str(&match, words);
	for (size_t i = 0; i < w->n; i++)
		if (picked[i])
			buf_str(&match, search_narrow(c, table, picked[i]));
	must(!match.over);
	if (pg)
		buf_printf(&q->sql, "SELECT r.id AS id FROM %s r JOIN search_%s f ON f.id = r.id WHERE f.t @@ CAST(? AS tsquery)", table, table);
	else
		buf_printf(&q->sql, "SELECT f.rowid AS id FROM search_%s f CROSS JOIN %s r ON r.id = f.rowid WHERE search_%s MATCH ?", table, table, table);
	put(q, VS(arena_str(c->a, buf_view(&match))));
	for (size_t i = 0; i < w->n && !pg; i++)
		if (picked[i] && picked[i]->col)
			put_few(q, w->p, picked[i]);
}

/* As put_arms(). */
static bool put_words(struct ctx *c, struct query *q, const struct see *s, struct conds *w, const char *end)
{
	const struct part *picked[CONDS];
	struct str words = search_words(c, s);
	size_t n = 0;
	split_conds(w, true);
	for (size_t i = 0; i < w->arms && words.n; i++) {
		if (!pick(w, i, picked))
			continue;
		buf_printf(&q->sql, "%sSELECT id FROM (", n ? " UNION " : "");
		put_found(c, q, w, words, picked);
		put_conds(q, w, picked, NULL);
		buf_printf(&q->sql, "%s) a%zu", end, n++);
	}
	return n > 0;
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

static int page_limit(const struct see *s) { return s->limit <= 0 ? 50 : s->limit > 500 ? 500 : s->limit; }

/* False: nothing to ask for. */
static bool page_sql(struct ctx *c, const struct see *s, struct conds *w, struct query *q)
{
	const struct part *picked[CONDS];
	const char *end = arena_printf(c->a, " ORDER BY r.id %s LIMIT %d", s->oldest ? "ASC" : "DESC", page_limit(s) + 1);
	const char *found = db_is_postgres(c->db) ? end : arena_printf(c->a, " ORDER BY f.rowid %s LIMIT %d", s->oldest ? "ASC" : "DESC", page_limit(s) + 1);
	bool any = true;
	/* The ids first, so that an index which holds all that is asked for is read alone. */
	buf_printf(&q->sql, "%s WHERE ", w->p->select_list);
	if (names_few(s) && !s->words.n) {
		buf_cstr(&q->sql, "1 = 1");
		any = pick(w, 0, picked);
		put_conds(q, w, picked, NULL);
	} else {
		buf_cstr(&q->sql, "r.id IN (");
		any = s->words.n ? put_words(c, q, s, w, found) : put_arms(c, q, w, end);
		buf_char(&q->sql, ')');
	}
	buf_cstr(&q->sql, end);
	return any;
}

static void query_begin(struct query *q)
{
	q->sql = BUF(65536);
	q->n = 0;
	q->over = false;
}

/* Only who writes conditions by hand asks for so much at once. */
static enum err query_fits(struct ctx *c, const struct query *q)
{
	return q->over || q->sql.over ? fail(c->f, ERR_LIMIT, N_("Too many conditions at once. Please ask for less."), "%zu values", q->n) : OK;
}

/* What see() asks, into q, which the caller frees. *ret_any false: nothing to ask for. */
static enum err page_query(struct ctx *c, const struct see *s, const struct rtype *t, struct query *q, bool *ret_any)
{
	struct conds w = { 0 };
	query_begin(q);
	TRY(where(c, s, t, &w));
	if (s->words.n)
		TRY(search_settle(c));
	w.want = page_limit(s) + 1;
	*ret_any = page_sql(c, s, &w, q);
	return query_fits(c, q);
}

/* Her post sees no row of the type: the store need not be asked. */
static enum err sees_none(struct ctx *c, const struct see *s, const struct rtype *t, bool *ret)
{
	TRY(access_ready(c));
	*ret = scope_none(c, t, s->words.n ? SIGHT_FULL : SIGHT_MASKED);
	return OK;
}

enum err see(struct ctx *c, const struct see *s, struct seen *ret)
{
	const struct rtype *t = type_find(c->app, str_of(s->type));
	bool none;
	if (!t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", s->type);
	*ret = (struct seen){ 0 };
	TRY(sees_none(c, s, t, &none));
	if (none)
		return OK;
	*ret = (struct seen){ 0 };
	if (t->unlisted && !names_few(s) && c->actor->role != ROLE_SYSTEM)
		return OK;
	struct query room, *q = &room;   /* large: not from the arena, not cleared */
	bool any = false;
	enum err e = page_query(c, s, t, q, &any);
	if (e == OK && any)
		e = run(c, plan_of(c->app, t), q, page_limit(s), false, ret);
	buf_free(&q->sql);
	return e;
}

enum err see_plan(struct ctx *c, const struct see *s, struct buf *ret)
{
	struct query room, *q = &room;
	bool any = false, more = false;
	ROWS r = NULL;
	enum err e = page_query(c, s, type_find(c->app, str_of(s->type)), q, &any);
	if (e == OK && any)
		e = db_rows(c->db, c->f, arena_printf(c->a, "EXPLAIN QUERY PLAN %s", q->sql.p), q->args, q->n, &r);
	while (e == OK && any && (e = rows_next(r, &more)) == OK && more)
		buf_printf(ret, "%.*s\n", (int)rows_text(r, 3).n, rows_text(r, 3).p);
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

enum err see_if(struct ctx *c, const char *type, int64_t id, struct rec **ret)
{
	struct fault own = { 0 }, *was = c->f;
	*ret = NULL;
	c->f = &own;
	enum err e = see_one(c, type, id, ret);
	c->f = was;
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e != OK && was)
		*was = own;
	return e;
}

enum err see_children(struct ctx *c, const char *type, int64_t parent, struct seen *ret)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	must(t != NULL);
	TRY(access_ready(c));
	*ret = (struct seen){ 0 };
	if (scope_none(c, t, SIGHT_MASKED))
		return OK;
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

/* How many values scope_sql() adds. */
static size_t scope_values(struct ctx *c, const struct rtype *t)
{
	struct part p[SCOPE_PARTS], shut;
	size_t values = 0, n = scope_parts(c, t, SIGHT_MASKED, p);
	for (size_t i = 0; i < n; i++)
		values += p[i].n;
	return values + (shut_part(c, t, &shut) ? shut.n : 0);
}

enum err see_which(struct ctx *c, int64_t parent, const struct rtype *const *types, size_t n, bool *ret)
{
	struct query room, *q = &room;
	bool more = false, any = false;
	TRY(access_ready(c));
	query_begin(q);
	for (size_t i = 0; i < n; i++) {
		buf_cstr(&q->sql, i ? ", " : "SELECT ");
		if (scope_none(c, types[i], SIGHT_MASKED)) {
			buf_cstr(&q->sql, "0");
			continue;
		}
		any = true;
		if (q->n + scope_values(c, types[i]) + 1 > ARRAY_LEN(q->args)) {   /* no room to tell: it will be asked for */
			buf_cstr(&q->sql, "1");
			continue;
		}
		buf_printf(&q->sql, "CASE WHEN EXISTS (SELECT 1 FROM %s r WHERE r.parent = ?", plan_of(c->app, types[i])->table);
		put(q, VI(parent));
		scope_sql(c, types[i], &q->sql, q->args, &q->n);
		buf_cstr(&q->sql, ") THEN 1 ELSE 0 END");
	}
	ROWS r = NULL;
	enum err e = query_fits(c, q);
	if (e == OK && any)
		e = db_rows(c->db, c->f, arena_cstr(c->a, buf_view(&q->sql)), q->args, q->n, &r);
	buf_free(&q->sql);
	TRY(e);
	if (any)
		TRY(rows_next(r, &more));
	for (size_t i = 0; i < n; i++)
		ret[i] = more && rows_int(r, (int)i);
	return OK;
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
	query_begin(q);
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
	bool none;
	if (!t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", s->type);
	TRY(sees_none(c, s, t, &none));
	if (none) {
		*ret = 0;
		return OK;
	}
	struct query room, *q = &room;   /* large: not from the arena, not cleared */
	struct conds w = { 0 };
	int64_t n = 0;
	if (t->unlisted && !names_few(s) && c->actor->role != ROLE_SYSTEM) {
		*ret = 0;
		return OK;
	}
	TRY(where(c, s, t, &w));
	if (s->words.n)
		TRY(search_settle(c));
	query_begin(q);
	w.want = cap;
	const char *end = arena_printf(c->a, " LIMIT %lld", (long long)cap);
	buf_cstr(&q->sql, "SELECT CAST(COUNT(*) AS INTEGER) FROM (");
	bool any = s->words.n ? put_words(c, q, s, &w, end) : put_arms(c, q, &w, end);
	buf_printf(&q->sql, "%s) x", end);
	enum err e = query_fits(c, q);
	if (e == OK && any)
		e = db_int(c->db, c->f, arena_cstr(c->a, buf_view(&q->sql)), q->args, q->n, &n, NULL);
	buf_free(&q->sql);
	if (e == OK)
		*ret = n;
	return e;
}
