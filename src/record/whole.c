/* Why: the journal cannot be altered unseen, but a row could: by a spoilt page of the disk, whose plain columns bear no checksum, or by whoever
 * may write to the database. So each record is held against what its acts left in the journal: what it says that was written last is there.
 * Invariants: nothing is written but the outcome; memory stays small however many records; a record that changes meanwhile is no fault. */
#include "record/inner.h"
#include <jansson.h>
#include <stdio.h>

struct holding { struct ctx *c; const struct plan *p; struct rows_report *rep; bool old /* made before entries bore a mark of the row */; };

static void found(struct holding *h, const struct rec *r, const char *what)
{
	if (!h->rep->wrong++)
		snprintf(h->rep->first, sizeof h->rep->first, "%s %lld: %s", h->p->t->name, (long long)r->id, what);
}

/* What was destroyed by its keys is empty by right. */
static enum err destroyed(struct ctx *c, int64_t id, bool *ret)
{
	return db_int(c->db, c->f, "SELECT 1 FROM case_key WHERE subject = ? AND epoch = 0 AND key = 0 LIMIT 1", ARGS(VI(id)), &(int64_t){ 0 }, ret);
}

/* What a migration wrote into records that were there, where no act has said anything since. Each that does has its line here. */
static const struct { const char *type, *field, *value; } by_migration[] = { { "clue", "child", "1" }, { "agreement", "side", "both" } };

static bool migrated(const struct holding *h, const struct rec *r, size_t i)
{
	struct ctx *c = h->c;
	const struct field *f = &r->t->fields[i];
	struct str now = field_numeric(f) ? arena_fmt(c->a, "%lld", (long long)r->v[i].i) : value_text(c, r, (int)i);
	for (size_t k = 0; h->old && k < ARRAY_LEN(by_migration); k++)
		if (strcmp(by_migration[k].type, r->t->name) == 0 && strcmp(by_migration[k].field, f->name) == 0 && str_is(now, by_migration[k].value))
			return true;
	return false;
}

static bool value_is(const struct holding *h, const struct rec *r, size_t i, const json_t *said)
{
	struct ctx *c = h->c;
	const struct field *f = &r->t->fields[i];
	const struct value *v = &r->v[i];
	if (!said || json_is_null(said))
		return !v->set || (!said && migrated(h, r, i));
	if (json_is_true(said))      /* of a text, before 0.2: that it is there */
		return v->set;
	if (json_is_integer(said))
		return v->set && field_numeric(f) && v->i == json_integer_value(said);
	const char *s = json_string_value(said);
	if (s && *s != '#')
		return v->set && str_is(value_text(c, r, (int)i), s);
	BUF_AUTO b = BUF(64);
	journal_mark(c, r, i, &b);
	return s && b.n > 2 && strlen(s) == b.n - 2 && memcmp(b.p + 1, s, b.n - 2) == 0;
}

static enum err hold_values(struct holding *h, const struct rec *r, const json_t *last)
{
	const struct rtype *t = r->t;
	bool gone = false, asked = false;
	for (size_t i = 0; i < t->nfields; i++) {
		const struct field *f = &t->fields[i];
		if (f->type == F_SECRET || f->type == F_JSON || value_is(h, r, i, json_object_get(last, f->name)))
			continue;
		if (!asked)
			TRY(destroyed(h->c, r->id, &gone));
		asked = true;
		if (gone && field_sealed(f))
			continue;
		found(h, r, f->name);
		return OK;
	}
	return OK;
}

/* last: each field's word of its last act; *said: the last act's own. */
static enum err fold(struct holding *h, const struct rec *r, json_t *last, json_t **said, int64_t *version)
{
	ROWS q = NULL;
	bool more;
	struct ctx *c = h->c;
	TRY(db_rows(c->db, c->f, "SELECT version, body FROM journal WHERE rid = ? AND verb <> 'view' AND type = ? AND version BETWEEN 1 AND ? AND outcome IN ('ok', 'follow') ORDER BY seq",
		    ARGS(VI(r->id), VS(str_of(h->p->t->name)), VI(r->version)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		struct str body = rows_text(q, 1);
		json_t *j = json_loadb(body.p, body.n, 0, NULL);
		if (!json_object_get(j, "to")) {      /* a note about it: a reveal, a print */
			json_decref(j);
			continue;
		}
		h->old = *version ? h->old : !json_object_get(j, "row");
		*version = rows_int(q, 0);
		json_object_update(last, json_object_get(j, "set"));
		json_decref(*said);
		*said = j;
	}
}

static enum err hold_one(struct holding *h, const struct rec *r)
{
	json_t *last = json_object(), *said = NULL;
	int64_t version = 0;
	enum err e = fold(h, r, last, &said, &version);
	const char *to = json_string_value(json_object_get(said, "to")), *place = json_string_value(json_object_get(said, "row"));
	h->rep->records++;
	if (e == OK && version != r->version)
		found(h, r, version ? "version" : "not in the journal");
	else if (e == OK && !(to && str_is(r->state, to)))
		found(h, r, "state");
	else if (e == OK && place && !str_is(journal_row_mark(h->c, r), place))
		found(h, r, "number, place or owner");
	else if (e == OK)
		e = hold_values(h, r, last);
	json_decref(last);
	json_decref(said);
	return e;
}

#define PAGE 200

static enum err hold_page(struct holding *h, int64_t *after, bool *more)
{
	ROWS q = NULL;
	struct ctx *c = h->c;
	struct rec **v = NULL;
	size_t n = 0, cap = 0;
	TRY(db_rows(c->db, c->f, arena_printf(c->a, "%s WHERE r.id > ? ORDER BY r.id LIMIT %d", h->p->select_all, PAGE), ARGS(VI(*after)), &q));
	for (;;) {
		TRY(rows_next(q, more));
		if (!*more)
			break;
		VEC_PUSH(c->a, v, n, cap, rec_of_row(c, h->p, q, true));
	}
	rows_end(q);
	q = NULL;
	for (size_t i = 0; i < n; i++) {
		TRY(hold_one(h, v[i]));
		*after = v[i]->id;
	}
	*more = n == PAGE;
	return OK;
}

/* Town and community stand apart for the indexes that decide who sees what. */
static enum err hold_places(struct holding *h)
{
	int64_t n = 0;
	struct ctx *c = h->c;
	TRY(db_int(c->db, c->f, arena_printf(c->a, "SELECT CAST(COUNT(*) AS INTEGER) FROM %s WHERE town <> CASE WHEN length(area) >= 9 THEN substr(area, 1, 9) ELSE '' END "
		   "OR comm <> CASE WHEN length(area) >= 12 THEN substr(area, 1, 12) ELSE '' END", h->p->table), NOARGS, &n, NULL));
	if (n)
		found(h, &(struct rec){ 0 }, "town or community");
	return OK;
}

static enum err count_made(struct ctx *c, struct map *made)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT type, CAST(COUNT(*) AS INTEGER) FROM journal WHERE verb <> 'view' AND version = 1 AND outcome IN ('ok', 'follow') AND body LIKE '{\"to\":%' GROUP BY type",
		    NOARGS, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		int64_t *n = NEW(c->a, int64_t);
		*n = rows_int(q, 1);
		map_put(made, rows_text(q, 0), n);
	}
}

static enum err hold_numbers(struct ctx *c, const char *type, struct rows_report *rep)
{
	struct map *made = map_new(c->a);
	TRY(count_made(c, made));
	for (const struct plan *p = c->app->plans; p->t; p++) {
		struct holding h = { c, p, rep };
		const int64_t *n = map_get(made, str_of(p->t->name));
		int64_t rows = 0, want = n ? *n : 0;
		if (type && strcmp(p->t->name, type) != 0)
			continue;
		TRY(db_int(c->db, c->f, arena_printf(c->a, "SELECT CAST(COUNT(*) AS INTEGER) FROM %s", p->table), NOARGS, &rows, NULL));
		if (rows != want)
			found(&h, &(struct rec){ 0 }, rows < want ? "records are missing" : "records that nobody made");
	}
	return OK;
}

enum err record_verify(struct ctx *c, const char *type, struct rows_report *ret)
{
	ARENA a = arena_new(0);
	struct ctx in = *c;
	in.a = a;
	*ret = (struct rows_report){ 0 };
	for (const struct plan *p = c->app->plans; p->t; p++) {
		struct holding h = { &in, p, ret };
		int64_t after = 0;
		bool more = !type || strcmp(p->t->name, type) == 0;
		if (!more)
			continue;
		while (more) {
			arena_reset(a);
			TRY(hold_page(&h, &after, &more));
		}
		TRY(hold_places(&h));
	}
	arena_reset(a);
	/* As many of each as were made: rows and journal in one state. */
	TRY(db_read_begin(c->db, c->f));
	enum err e = hold_numbers(&in, type, ret);
	db_read_end(c->db);
	return e;
}
