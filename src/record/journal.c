/* Why: what happened cannot be denied later.  Each act has one leaf in an append-only Merkle log (RFC 6962), written in
 * the act's own transaction; the peaks stand in journal_head, so that an append costs O(log n).
 * Invariants: seq runs without gaps from 1; the leaf is a hash of the row's own columns; no personal data in a row. */
#include "record/inner.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct str leaf_entry(struct arena *a, const struct journal_row *r)
{
	BUF_AUTO b = BUF((size_t)4 << 20);
	buf_printf(&b, "%lld\n%lld\n%lld\n%lld\n", (long long)r->seq, (long long)r->ms, (long long)r->user, (long long)r->org);
	const struct str *const parts[] = { &r->role, &r->face, &r->verb, &r->type, &r->outcome };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		buf_str(&b, *parts[i]);
		buf_char(&b, '\n');
	}
	buf_printf(&b, "%lld\n%lld\n", (long long)r->rid, (long long)r->version);
	buf_str(&b, r->body);
	must(!b.over);
	return arena_str(a, buf_view(&b));
}

/* The head is kept in memory from the first append of a transaction and written once before its commit. */
struct head { size_t n; unsigned char peaks[]; };

static enum err head_flush(struct db *d, void *const *item, size_t n, struct fault *f)
{
	const struct head *h = item[n - 1];
	struct merkle m;
	TRY(merkle_load(&m, (struct str){ (const char *)h->peaks, h->n }, f));
	return db_exec(d, f, "UPDATE journal_head SET size = ?, peaks = ? WHERE id = 1", ARGS(VI((int64_t)m.size), VB(h->peaks, h->n)), NULL);
}

static const struct later head_later = { head_flush };

static enum err head_read(struct ctx *c, struct merkle *ret)
{
	const struct head *h = db_later_last(c->db, &head_later);
	if (h)
		return merkle_load(ret, (struct str){ (const char *)h->peaks, h->n }, c->f);
	ROWS q = NULL;
	bool more;
	/* RETURNING takes the row's lock on PostgreSQL, so that appends queue there as they do behind SQLite's one writer. */
	TRY(db_rows(c->db, c->f, "UPDATE journal_head SET size = size WHERE id = 1 RETURNING size, peaks", NOARGS, &q));
	TRY(rows_next(q, &more));
	if (!more)
		return fail(c->f, ERR_DB, NULL, "journal_head is missing");
	struct merkle m = { 0 };
	/* The first append finds no peaks: the migration cannot know their form. */
	if (rows_int(q, 0) || rows_blob(q, 1).n)
		TRY(merkle_load(&m, rows_blob(q, 1), c->f));
	if (m.size != (uint64_t)rows_int(q, 0))
		return fail(c->f, ERR_DB, NULL, "journal_head does not fit its peaks");
	*ret = m;
	return OK;
}

static enum err append(struct ctx *c, struct journal_row *r)
{
	struct merkle m;
	unsigned char leaf[32];
	TRY(head_read(c, &m));
	r->seq = (int64_t)m.size + 1;
	merkle_leaf(leaf_entry(c->a, r), leaf);
	merkle_add(&m, leaf);
	TRY(db_exec(c->db, c->f,
		    "INSERT INTO journal (seq, ms, actor, org, role, face, verb, type, rid, version, outcome, body, leaf) "
		    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    ARGS(VI(r->seq), VI(r->ms), VI(r->user), VI(r->org), VS(r->role), VS(r->face), VS(r->verb), VS(r->type), VI(r->rid),
			 VI(r->version), VS(r->outcome), VS(r->body), VB(leaf, 32)),
		    NULL));
	struct str peaks = merkle_save(&m, c->a);
	struct head *h = db_later(c->db, &head_later, sizeof *h + peaks.n);
	h->n = peaks.n;
	memcpy(h->peaks, peaks.p, peaks.n);
	return OK;
}

static struct journal_row row_for(struct ctx *c, const char *verb, const char *type, int64_t rid)
{
	const struct actor *w = c->actor;
	return (struct journal_row){ .ms = c->now, .user = w->user, .org = w->org, .rid = rid, .role = str_of(role_name(w->role)),
				     .face = str_of(w->face ? w->face : ""), .verb = str_of(verb), .type = str_of(type) };
}

enum err journal_act(struct ctx *c, const struct rtype *t, const char *verb, const struct rec *old, const struct rec *now, struct str body)
{
	(void)old;
	struct journal_row r = row_for(c, verb, t->name, now->id);
	r.version = now->version;
	r.outcome = c->depth > 0 ? STR("follow") : STR("ok");
	r.body = body;
	return append(c, &r);
}

struct note { struct ctx *c; struct journal_row r; };

static enum err note_job(struct ctx *c, void *arg) { return append(c, arg); }

enum err journal_note(struct ctx *c, const char *verb, const char *type, int64_t rid, const char *outcome, struct str body)
{
	struct journal_row r = row_for(c, verb, type, rid);
	r.outcome = str_of(outcome);
	r.body = body.p ? body : STR("{}");
	if (c->db && db_can_write(c->db))
		return append(c, &r);
	return ctx_write(c, note_job, &r);
}

/* ---- who reads ---- */

/* A read under an emergency opening names it. */
static struct str view_body(struct arena *a, int64_t glass) { return glass ? arena_fmt(a, "{\"glass\":\"%lld\"}", (long long)glass) : STR("{}"); }

enum err journal_later(struct ctx *c, const char *verb, const char *type, int64_t rid, struct str body)
{
	if (!c->holds || (db_can_write(c->db) && !c->undone))
		return journal_note(c, verb, type, rid, "ok", body);
	struct reading *l = NEW(c->a, struct reading);
	*l = (struct reading){ verb, type, rid, body, c->later };
	c->later = l;
	return OK;
}

enum err journal_view(struct ctx *c, const struct rec *r) { return journal_later(c, "view", r->t->name, r->id, view_body(c->a, access_glass(c, r))); }

/* All who wait when the writer comes to it are noted by one job: at most one is under way. */
struct views {
	pthread_mutex_t lock;
	struct viewing *first, **last;     /* those it has not taken */
	struct viewing *taken, **end;      /* the job's own while it is out */
	bool out;
	size_t n, before;                  /* those it has not taken; how many went with the last commit */
	int64_t commit_us, since_us;       /* how long that took; when this one began */
	struct write w;
	struct app *app;
};

#define MANY 8                             /* readers to a commit */
#define GATHER_US 2000                     /* at most */

/* Who was just answered asks again at once: the first of many would take a commit for herself and leave the others to the next.
 * So where the last commit had many, this one waits until most of them are back, for at most half of what it is about to spare. */
static void views_gather(struct views *q)
{
	int64_t most = q->commit_us / 2 < GATHER_US ? q->commit_us / 2 : GATHER_US, from = mono_us();
	for (;;) {
		pthread_mutex_lock(&q->lock);
		bool enough = q->before < MANY || q->n + q->n / 4 >= q->before;
		pthread_mutex_unlock(&q->lock);
		if (enough || mono_us() - from >= most)
			return;
		usleep(50);
	}
}

static enum err views_note(struct ctx *c, struct viewing *v, struct journal_row **rows, size_t *n, size_t *cap)
{
	struct ctx in = *c;
	in.actor = &v->actor;
	in.now = v->now;
	for (const struct reading *l = v->notes; l; l = l->next) {
		struct journal_row r = row_for(&in, l->verb, l->type, l->rid);
		r.outcome = STR("ok");
		r.body = l->body;
		VEC_PUSH(c->a, *rows, *n, *cap, r);
	}
	return OK;
}

static enum err views_run(struct db *d, void *arg, struct fault *f)
{
	struct views *q = arg;
	struct ctx c;
	struct journal_row *rows = NULL;
	size_t n = 0, cap = 0;
	ARENA a = arena_new(0);
	db_quiet(d);
	views_gather(q);
	pthread_mutex_lock(&q->lock);
	if (q->first) {
		q->before = q->n;
		q->n = 0;
		*q->end = q->first;
		q->end = q->last;
		q->first = NULL;
		q->last = &q->first;
	}
	pthread_mutex_unlock(&q->lock);
	ctx_init(&c, q->app, a, f, &actor_system);
	c.db = d;
	for (struct viewing *v = q->taken; v; v = v->next) {
		v->result = v->version && v->version != db_version(d) ? ERR_STALE : OK;
		if (v->result == OK)
			TRY(views_note(&c, v, &rows, &n, &cap));
	}
	q->since_us = mono_us();
	for (size_t i = 0; i < n; i++)
		TRY(append(&c, &rows[i]));
	return OK;
}

static void views_done(void *arg, enum err e, struct fault *f)
{
	struct views *q = arg;
	pthread_mutex_lock(&q->lock);
	q->commit_us = mono_us() - q->since_us;
	/* Nothing was taken: the store is closing, and will take no other job either. */
	struct viewing *v = q->taken ? q->taken : q->first;
	if (!q->taken) {
		q->n = 0;
		q->first = NULL;
		q->last = &q->first;
	}
	q->taken = NULL;
	q->end = &q->taken;
	bool more = q->out = q->first != NULL;
	struct fault why = *f;       /* w, which holds it, may be used again from here on */
	pthread_mutex_unlock(&q->lock);
	if (more)
		store_submit(q->app->store, &q->w);
	for (struct viewing *next; v; v = next) {
		next = v->next;
		v->done(v->arg, e != OK ? e : v->result, &why);
	}
}

void journal_hold(struct viewing *v)
{
	struct views *q = v->app->views;
	v->next = NULL;
	pthread_mutex_lock(&q->lock);
	*q->last = v;
	q->last = &v->next;
	q->n++;
	bool mine = !q->out;
	q->out = true;
	pthread_mutex_unlock(&q->lock);
	if (mine)
		store_submit(q->app->store, &q->w);
}

struct views *views_new(struct app *app)
{
	struct views *q = xalloc(sizeof *q);
	q->app = app;
	q->last = &q->first;
	q->end = &q->taken;
	q->w = (struct write){ .run = views_run, .done = views_done, .arg = q };
	pthread_mutex_init(&q->lock, NULL);
	return q;
}

void views_free(struct views *q)
{
	if (q)
		pthread_mutex_destroy(&q->lock);
	free(q);
}

static void row_read(struct ctx *c, struct rows *q, struct journal_row *r)
{
	*r = (struct journal_row){ .seq = rows_int(q, 0), .ms = rows_int(q, 1), .user = rows_int(q, 2), .org = rows_int(q, 3),
				   .rid = rows_int(q, 8), .version = rows_int(q, 9) };
	struct str *const parts[] = { &r->role, &r->face, &r->verb, &r->type };
	for (int i = 0; i < 4; i++)
		*parts[i] = arena_str(c->a, rows_text(q, 4 + i));
	r->outcome = arena_str(c->a, rows_text(q, 10));
	r->body = arena_str(c->a, rows_text(q, 11));
}

#define COLUMNS "seq, ms, actor, org, role, face, verb, type, rid, version, outcome, body"

static enum err collect(struct ctx *c, struct rows *q, struct journal_row **ret, size_t *ret_n)
{
	struct journal_row *v = NULL;
	size_t n = 0, cap = 0;
	bool more;
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct journal_row r;
		row_read(c, q, &r);
		VEC_PUSH(c->a, v, n, cap, r);
	}
	for (size_t i = 0; i < n; i++)
		v[i].name = v[i].user ? ref_label(c, "staff", v[i].user) : STR("");
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err journal_of(struct ctx *c, const char *type, int64_t rid, struct journal_row **ret, size_t *ret_n)
{
	ROWS q = NULL;
	TRY(db_rows(c->db, c->f, "SELECT " COLUMNS " FROM journal WHERE rid = ? AND verb <> 'view' AND type = ? ORDER BY seq LIMIT 500", ARGS(VI(rid), VS(str_of(type))), &q));
	return collect(c, q, ret, ret_n);
}

enum err journal_page(struct ctx *c, int64_t before, int limit, struct journal_row **ret, size_t *ret_n)
{
	ROWS q = NULL;
	TRY(db_rows(c->db, c->f, "SELECT " COLUMNS " FROM journal WHERE seq < ? ORDER BY seq DESC LIMIT ?",
		    ARGS(VI(before > 0 ? before : INT64_MAX), VI(limit > 0 && limit <= 500 ? limit : 100)), &q));
	return collect(c, q, ret, ret_n);
}

enum err journal_verify(struct ctx *c, struct journal_report *ret)
{
	struct merkle m = { 0 }, head = { 0 };
	struct journal_report rep = { 0 };
	ROWS h = NULL;
	ROWS q = NULL;
	bool more;
	TRY(db_settle(c->db, &head_later, c->f));
	TRY(db_rows(c->db, c->f, "SELECT peaks FROM journal_head WHERE id = 1", NOARGS, &h));
	TRY(rows_next(h, &more));
	/* No peaks: the empty log, which fits only when there is no leaf. */
	if (more && rows_blob(h, 0).n && merkle_load(&head, rows_blob(h, 0), NULL) != OK)
		snprintf(rep.why, sizeof rep.why, "the head cannot be read");
	rows_end(h);
	h = NULL;
	ARENA a = arena_new(0);
	struct ctx in = *c;
	in.a = a;
	TRY(db_rows(c->db, c->f, "SELECT " COLUMNS ", leaf FROM journal ORDER BY seq", NOARGS, &q));
	for (;;) {
		unsigned char leaf[32];
		struct journal_row r;
		TRY(rows_next(q, &more));
		if (!more)
			break;
		arena_reset(a);
		row_read(&in, q, &r);
		merkle_leaf(leaf_entry(a, &r), leaf);
		struct str kept = rows_blob(q, 12);
		if (!rep.bad_seq && (uint64_t)r.seq != m.size + 1) {
			rep.bad_seq = (int64_t)m.size + 1;
			snprintf(rep.why, sizeof rep.why, "entry %lld is missing", (long long)rep.bad_seq);
		} else if (!rep.bad_seq && !secret_eq(kept, (struct str){ (char *)leaf, 32 })) {
			rep.bad_seq = r.seq;
			snprintf(rep.why, sizeof rep.why, "entry %lld was altered", (long long)r.seq);
		}
		merkle_add(&m, leaf);
	}
	unsigned char want[32];
	merkle_root(&m, rep.root);
	merkle_root(&head, want);
	rep.size = m.size;
	if (!rep.why[0] && (head.size != m.size || memcmp(want, rep.root, 32) != 0)) {
		rep.bad_seq = (int64_t)m.size;
		snprintf(rep.why, sizeof rep.why, "the head counts %llu entries, the journal %llu", (unsigned long long)head.size, (unsigned long long)m.size);
	}
	*ret = rep;
	return OK;
}
