/* Why: deleting a row leaves it in every backup; destroying the key ends it everywhere at once (S27).
 * Invariants: the tombstone (case_key with epoch 0) is committed before a key goes, so that a stop between is made good at the next
 * start; after it nothing is sealed for that subject again. */
#include "record/inner.h"
#include "record/files.h"
#include "record/keystore.h"
#include <stdio.h>
#include <stdlib.h>

struct dead { int64_t *v; size_t n, cap; struct file_made *files; size_t nfiles, cap_files; };
struct after_shred { struct app *app; struct file_made *files; size_t nfiles, n; int64_t id[]; };

static void destroy_now(void *arg)
{
	struct after_shred *x = arg;
	struct fault ignored = { 0 };
	/* What fails here is done by shred_finish() at the next start. */
	if (keystore_destroy(x->app, x->id, x->n, &ignored) != OK)
		x->n = 0;
	/* Unreadable now; gone too. What a stop leaves here is swept at the next start, for its row has no key. */
	for (size_t i = 0; i < x->nfiles; i++)
		file_forget(x->app, &x->files[i]);
	free(x->files);
	x->files = NULL;
	x->nfiles = 0;
}

/* Keys of tombstoned subjects. subject 0: of all. */
static enum err dead_keys(struct db *d, struct arena *a, int64_t subject, int64_t **ret, size_t *ret_n, struct fault *f)
{
	ROWS q = NULL;
	bool more;
	size_t n = 0, cap = 0;
	int64_t *v = NULL;
	if (subject)
		TRY(db_rows(d, f, "SELECT key FROM case_key WHERE subject = ? AND key <> 0", ARGS(VI(subject)), &q));
	else
		TRY(db_rows(d, f, "SELECT key FROM case_key WHERE key <> 0 AND subject IN (SELECT subject FROM case_key WHERE epoch = 0)", NOARGS, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		VEC_PUSH(a, v, n, cap, rows_int(q, 0));
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err shred_finish(struct app *app, struct fault *f)
{
	struct db *d, *k;
	ARENA a = arena_new(0);
	int64_t *v;
	size_t n, kept = 0;
	TRY(store_reader(app->store, &d, f));
	TRY(dead_keys(d, a, 0, &v, &n, f));
	TRY(keystore_reader(app, &k, f));
	for (size_t i = 0; i < n; i++) {
		int64_t there = 0;
		TRY(db_int(k, f, "SELECT 1 FROM key WHERE id = ?", ARGS(VI(v[i])), &there, NULL));
		if (there)
			v[kept++] = v[i];
	}
	return kept ? keystore_destroy(app, v, kept, f) : OK;
}

/* The sealed columns, blind indexes and words of one record. */
static enum err empty_row(struct ctx *c, const struct plan *p, struct rec *r)
{
	BUF_AUTO q = BUF(65536);
	const char *sep = "";
	struct rec *was = rec_copy(c, r);
	buf_printf(&q, "UPDATE %s SET ", p->table);
	for (size_t i = 0; i < p->t->nfields; i++) {
		const struct field *f = &p->t->fields[i];
		if (!field_sealed(f))
			continue;
		buf_printf(&q, "%s%s = NULL", sep, f->name);
		sep = ", ";
		if (f->flags & FF_BLIND)
			buf_printf(&q, ", %s_bi = NULL", f->name);
		r->v[i] = (struct value){ 0 };
	}
	if (!*sep)
		return OK;
	buf_cstr(&q, ", extra = NULL WHERE id = ?");
	TRY(db_exec(c->db, c->f, arena_cstr(c->a, buf_view(&q)), ARGS(VI(r->id)), NULL));
	return search_index(c, p, was, r);
}

static enum err end_subject(struct ctx *c, const struct rtype *t, struct rec *r, struct dead *d);

/* What stands below a record, and below that. */
static enum err end_children(struct ctx *c, const struct rtype *parent, int64_t id, struct dead *d)
{
	for (const struct plan *p = c->app->plans; p->t; p++) {
		if (!p->t->parent || strcmp(p->t->parent, parent->name) != 0)
			continue;
		ROWS q = NULL;
		bool more;
		struct rec **v = NULL;
		size_t n = 0, cap = 0;
		TRY(db_rows(c->db, c->f, arena_printf(c->a, "%s WHERE r.parent = ?", p->select_all), ARGS(VI(id)), &q));
		for (;;) {
			TRY(rows_next(q, &more));
			if (!more)
				break;
			VEC_PUSH(c->a, v, n, cap, rec_of_row(c, p, q, true));
		}
		rows_end(q);
		q = NULL;
		for (size_t i = 0; i < n; i++)
			TRY(end_subject(c, p->t, v[i], d));
	}
	return OK;
}

static enum err end_subject(struct ctx *c, const struct rtype *t, struct rec *r, struct dead *d)
{
	int64_t *v;
	size_t n;
	TRY(rec_keys_note(c, r));
	TRY(end_children(c, t, r->id, d));
	struct str file = t->file ? rec_str(c, r, "file") : STR_NONE;
	if (file.n == FILE_NAME - 1) {
		struct file_made m = { 0 };
		memcpy(m.name, file.p, file.n);
		VEC_PUSH(c->a, d->files, d->nfiles, d->cap_files, m);
	}
	TRY(empty_row(c, plan_of(c->app, t), r));
	TRY(dead_keys(c->db, c->a, r->id, &v, &n, c->f));
	for (size_t i = 0; i < n; i++)
		VEC_PUSH(c->a, d->v, d->n, d->cap, v[i]);
	for (enum key_class cls = KC_CASE; cls <= KC_VAULT; cls++)
		TRY(db_exec(c->db, c->f, "INSERT INTO case_key (subject, class, epoch, key) VALUES (?, ?, 0, 0) ON CONFLICT (subject, class, epoch) DO NOTHING", ARGS(VI(r->id), VI(cls)), NULL));
	return OK;
}

enum err shred(struct ctx *c, const char *type, int64_t id, int64_t *ret_keys)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	struct rec *r;
	struct dead d = { 0 };
	must(t && type_keyed(t) && !t->parent && db_can_write(c->db) && c->app->keystore);
	TRY(rec_load(c, plan_of(c->app, t), id, &r));
	TRY(end_subject(c, t, r, &d));
	struct after_shred *x = xalloc(sizeof *x + d.n * sizeof *d.v);
	x->app = c->app;
	x->n = d.n;
	if (d.n)
		memcpy(x->id, d.v, d.n * sizeof *d.v);
	x->nfiles = d.nfiles;
	x->files = xalloc((d.nfiles + 1) * sizeof *x->files);
	if (d.nfiles)
		memcpy(x->files, d.files, d.nfiles * sizeof *d.files);
	db_after_commit(c->db, destroy_now, x);
	*ret_keys = (int64_t)d.n;
	return OK;
}
