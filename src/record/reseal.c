/*
 * Why: keys must change (a suspicion, a rule, another suite) while people work.
 *
 * Every sealed row is gone through in order of id, a small transaction a hundred rows, the place reached kept with them: who is killed
 * goes on there.  Writers seal under the new epoch meanwhile; a row they are ahead with is passed over.  At the end everything is
 * counted, and only at 0 are the old epochs retired; if something is left (a process that had not yet read the new epoch) it goes round again.
 * Invariants: a row keeps its version (nothing was changed that anybody may see); its blind indexes are of the epoch its seals are of.
 */
#include "record/inner.h"
#include "record/keystore.h"
#include <stdio.h>

#define STEP_ROWS 100

/* Sealed columns outside the catalogue. */
static const struct plain { const char *name /* its own round */, *table, *column, *id; enum key_class cls; } plains[] = {
	{ "login", "login", "totp", "uid", KC_SECRET }, { "login.sealed", "login", "sealed", "uid", KC_SECRET },
	{ "login_past", "login_past", "hash", "id", KC_SECRET }, { "factor_new", "factor_new", "seed", "uid", KC_SECRET },
	{ "outbox", "outbox", "body", "id", KC_OFFICE }, { "retention_hold", "retention_hold", "reason", "rid", KC_OFFICE },
};

static bool type_sealed(const struct rtype *t)
{
	for (size_t i = 0; i < t->nfields; i++)
		if (field_sealed(&t->fields[i]))
			return true;
	return false;
}

static bool value_behind(const struct ctx *c, const struct rtype *t, struct str sealed)
{
	return sealed.p && (seal_behind(c->app->keys, sealed) || (type_keyed(t) && !seal_key(sealed)));
}

/* ---- one row ---- */

static enum err reseal_row(struct ctx *c, const struct plan *p, struct rec *r, bool *ret_did)
{
	struct rec *now = rec_copy(c, r);
	bool behind = false;
	*ret_did = false;
	for (size_t i = 0; i < p->t->nfields; i++)
		behind = behind || (field_sealed(&p->t->fields[i]) && value_behind(c, p->t, r->v[i].sealed));
	if (!behind)
		return OK;
	/* All of the row, so that its values and indexes are of one epoch. */
	for (size_t i = 0; i < p->t->nfields; i++) {
		struct value *v = &now->v[i];
		if (!field_sealed(&p->t->fields[i]) || !v->set)
			continue;
		enum err e = unseal(c->app->keys, c->a, field_place(p, &p->t->fields[i], r->id), v->sealed, &v->s, c->f);
		if (e == ERR_NOT_FOUND)
			return OK;     /* destroyed between: nothing to keep */
		TRY(e);
		v->sealed = STR_NONE;
	}
	TRY(rec_seal(c, r, now));
	struct val a[200];
	size_t n = 0;
	BUF_AUTO q = BUF(65536);
	buf_printf(&q, "UPDATE %s SET ", p->table);
	const char *sep = "";
	for (size_t i = 0; i < p->t->nfields; i++) {
		const struct field *f = &p->t->fields[i];
		if (!field_sealed(f) || !now->v[i].set)
			continue;
		must(n + 3 < ARRAY_LEN(a));
		buf_printf(&q, "%s%s = ?", sep, f->name);
		sep = ", ";
		a[n++] = VB(now->v[i].sealed.p, now->v[i].sealed.n);
		if (f->flags & FF_BLIND) {
			buf_printf(&q, ", %s_bi = ?", f->name);
			a[n++] = blind_of(c, f, blind_epoch(now->v[i].sealed), now->v[i].s);
		}
	}
	buf_cstr(&q, " WHERE id = ? AND version = ?");
	a[n++] = VI(r->id);
	a[n++] = VI(r->version);
	TRY(db_exec(c->db, c->f, arena_cstr(c->a, buf_view(&q)), a, n, NULL));
	*ret_did = true;
	return OK;
}

/* ---- a step of a table ---- */

struct round { struct app *app; const struct plan *p; const struct plain *x; int epoch; enum suite suite; int64_t rows; bool done, worked; };

static const char *round_name(const struct round *r) { return r->p ? r->p->table : r->x->name; }

static enum err where_stopped(struct ctx *c, struct round *r, int64_t *ret_after)
{
	ROWS q = NULL;
	bool more;
	*ret_after = 0;
	TRY(db_rows(c->db, c->f, "SELECT after, done FROM reseal WHERE name = ? AND epoch = ? AND suite = ?",
		    ARGS(VS(str_of(round_name(r))), VI(r->epoch), VI(r->suite)), &q));
	TRY(rows_next(q, &more));
	if (more) {
		*ret_after = rows_int(q, 0);
		r->done = rows_int(q, 1) != 0;
	}
	return OK;
}

static enum err step_records(struct ctx *c, struct round *r, int64_t *after, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	struct rec *v[STEP_ROWS];
	size_t n = 0;
	TRY(db_rows(c->db, c->f, arena_printf(c->a, "%s WHERE r.id > ? ORDER BY r.id LIMIT %d", r->p->select_all, STEP_ROWS), ARGS(VI(*after)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		v[n++] = rec_of_row(c, r->p, q, true);
	}
	rows_end(q);
	q = NULL;
	for (size_t i = 0; i < n; i++) {
		bool did;
		TRY(reseal_row(c, r->p, v[i], &did));
		r->rows += did;
		*after = v[i]->id;
	}
	*ret_n = n;
	return OK;
}

static enum err step_plain(struct ctx *c, struct round *r, int64_t *after, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	struct { int64_t id; struct str sealed; } v[STEP_ROWS];
	size_t n = 0;
	TRY(db_rows(c->db, c->f, arena_printf(c->a, "SELECT %s, %s FROM %s WHERE %s > ? ORDER BY %s LIMIT %d", r->x->id, r->x->column, r->x->table, r->x->id, r->x->id, STEP_ROWS),
		    ARGS(VI(*after)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		v[n].id = rows_int(q, 0);
		v[n++].sealed = rows_type(q, 1) == V_NULL ? STR_NONE : arena_str(c->a, rows_blob(q, 1));
	}
	rows_end(q);
	q = NULL;
	for (size_t i = 0; i < n; i++) {
		*after = v[i].id;
		if (!seal_behind(c->app->keys, v[i].sealed))
			continue;
		struct place at = PLACE(r->x->table, r->x->column, v[i].id, .cls = r->x->cls);
		struct str text;
		TRY(unseal(c->app->keys, c->a, at, v[i].sealed, &text, c->f));
		text = seal(c->app->keys, c->a, at, text);
		TRY(db_exec(c->db, c->f, arena_printf(c->a, "UPDATE %s SET %s = ? WHERE %s = ?", r->x->table, r->x->column, r->x->id), ARGS(VB(text.p, text.n), VI(v[i].id)), NULL));
		r->rows++;
	}
	*ret_n = n;
	return OK;
}

static enum err step(struct ctx *c, void *arg)
{
	struct round *r = arg;
	int64_t after;
	size_t n = 0;
	r->rows = 0;
	r->done = false;
	TRY(where_stopped(c, r, &after));
	if (r->done)
		return OK;
	r->worked = true;
	TRY(r->p ? step_records(c, r, &after, &n) : step_plain(c, r, &after, &n));
	r->done = n < STEP_ROWS;
	return db_exec(c->db, c->f,
		       "INSERT INTO reseal (name, epoch, suite, after, done) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET epoch = EXCLUDED.epoch, "
		       "suite = EXCLUDED.suite, after = EXCLUDED.after, done = EXCLUDED.done",
		       ARGS(VS(str_of(round_name(r))), VI(r->epoch), VI(r->suite), VI(after), VI(r->done)), NULL);
}

/* ---- counting ---- */

static enum err count_sql(struct ctx *c, const char *table, struct str cond, unsigned char version, struct reseal_count *ret)
{
	unsigned char want[4] = { version, (unsigned char)keyring_suite(c->app->keys), 0, 0 };
	int epoch = keyring_epoch(c->app->keys);
	want[2] = (unsigned char)(epoch >> 8);
	want[3] = (unsigned char)epoch;
	ROWS q = NULL;
	bool more;
	/* The condition asks for the same bytes once a column. */
	size_t n = 0;
	for (size_t i = 0; i < cond.n; i++)
		n += cond.p[i] == '?';
	struct val *a = NEWN(c->a, struct val, n + 1);
	for (size_t i = 0; i < n; i++)
		a[i] = VB(want, sizeof want);
	TRY(db_rows(c->db, c->f, arena_printf(c->a, "SELECT CAST(COUNT(*) AS INTEGER), CAST(SUM(CASE WHEN %.*s THEN 1 ELSE 0 END) AS INTEGER) FROM %s", (int)cond.n, cond.p, table), a, n, &q));
	TRY(rows_next(q, &more));
	*ret = (struct reseal_count){ .name = table, .rows = rows_int(q, 0), .behind = rows_int(q, 1) };
	return OK;
}

static enum err count_type(struct ctx *c, const struct plan *p, struct reseal_count *ret)
{
	BUF_AUTO b = BUF(16384);
	for (size_t i = 0; i < p->t->nfields; i++)
		if (field_sealed(&p->t->fields[i]))
			buf_printf(&b, "%s(%s IS NOT NULL AND substr(%s, 1, 4) <> ?)", b.n ? " OR " : "", p->t->fields[i].name, p->t->fields[i].name);
	return count_sql(c, p->table, buf_view(&b), type_keyed(p->t) ? 3 : 2, ret);
}

enum err reseal_counts(struct ctx *c, struct reseal_count **ret, size_t *ret_n)
{
	struct reseal_count *v = NULL;
	size_t n = 0, cap = 0;
	for (const struct plan *p = c->app->plans; p->t; p++) {
		struct reseal_count one;
		if (!type_sealed(p->t))
			continue;
		TRY(count_type(c, p, &one));
		VEC_PUSH(c->a, v, n, cap, one);
	}
	for (size_t i = 0; i < ARRAY_LEN(plains); i++) {
		struct reseal_count one;
		TRY(count_sql(c, plains[i].table, arena_fmt(c->a, "%s IS NOT NULL AND substr(%s, 1, 4) <> ?", plains[i].column, plains[i].column), 2, &one));
		VEC_PUSH(c->a, v, n, cap, one);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

/* ---- the whole ---- */

static enum err again(struct ctx *c, void *arg)
{
	(void)arg;
	return db_exec(c->db, c->f, "DELETE FROM reseal", NOARGS, NULL);
}

static enum err note_end(struct ctx *c, void *arg)
{
	int64_t there = 0, epoch = *(int *)arg;
	TRY(db_int(c->db, c->f, "SELECT 1 FROM journal WHERE rid = ? AND verb = 'keys_end'", ARGS(VI(epoch)), &there, NULL));
	return there ? OK : journal_note(c, "keys_end", "keys", epoch, "ok", arena_fmt(c->a, "{\"epoch\":%d}", (int)epoch));
}

/* Everything was gone through. */
static enum err finish(struct ctx *c, struct reseal_report *ret)
{
	struct reseal_count *v;
	size_t n;
	int retired, epoch = keyring_epoch(c->app->keys);
	TRY(ctx_read(c));
	TRY(reseal_counts(c, &v, &n));
	ret->left = 0;
	for (size_t i = 0; i < n; i++)
		ret->left += v[i].behind;
	c->db = NULL;
	if (ret->left)
		return ctx_write(c, again, NULL);
	TRY(keystore_rewrap(c->app, c->f));
	/* The note first: who is killed between the two finds it and only retires. */
	TRY(ctx_write(c, note_end, &epoch));
	TRY(keystore_retire(c->app, epoch, now_ms(), &retired, c->f));
	ret->done = true;
	return OK;
}

/* False when nothing is under way: one epoch in use, and all of it of one suite. */
static enum err due(struct app *app, struct arena *a, bool *ret, struct fault *f)
{
	struct keystore_epoch *v;
	size_t n, live = 0;
	int64_t keys;
	TRY(keystore_epochs(app, a, &v, &n, &keys, f));
	for (size_t i = 0; i < n; i++)
		live += !v[i].retired && v[i].active_at <= now_ms();
	*ret = live > 1;
	return OK;
}

enum err reseal_some(struct app *app, int64_t budget_ms, struct reseal_report *ret, struct fault *f)
{
	ARENA a = arena_new(0);
	struct ctx c;
	int64_t until = mono_ms() + budget_ms;
	bool any;
	*ret = (struct reseal_report){ .left = -1 };
	ctx_init(&c, app, a, f, &actor_system);
	TRY(keystore_refresh(app, f));
	TRY(due(app, a, &any, f));
	if (!any) {
		ret->done = true;
		return OK;
	}
	size_t kinds = 0;
	while (app->plans[kinds].t)
		kinds++;
	for (size_t i = 0; i < kinds + ARRAY_LEN(plains); i++) {
		struct round r = { .app = app, .epoch = keyring_epoch(app->keys), .suite = keyring_suite(app->keys) };
		r.p = i < kinds ? &app->plans[i] : NULL;
		r.x = i < kinds ? NULL : &plains[i - kinds];
		if (r.p && !type_sealed(r.p->t))
			continue;
		while (!r.done) {
			ARENA one = arena_new(0);
			c.a = one;
			enum err e = ctx_write(&c, step, &r);
			c.a = a;
			TRY(e);
			ret->rows += r.rows;
			/* What was done before costs no turn: however slow the machine, each call gets on. */
			if (r.worked && mono_ms() > until && !(r.done && i + 1 == kinds + ARRAY_LEN(plains)))
				return OK;
		}
	}
	return finish(&c, ret);
}

enum err reseal_job(struct ctx *c, struct str arg)
{
	struct reseal_report r;
	(void)arg;
	TRY(reseal_some(c->app, 20000, &r, c->f));
	return OK;
}
