/* Why: what happened cannot be denied later.  Each act has one leaf in an append-only Merkle log (RFC 6962), written in
 * the act's own transaction; the peaks stand in journal_head, so that an append costs O(log n).
 * Invariants: seq runs without gaps from 1; the leaf is a hash of the row's own columns; no personal data in a row. */
#include "record/inner.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FORMAT 2    /* of new leaves */

static void put_int(struct buf *b, int64_t v)
{
	unsigned char x[8];
	for (int i = 0; i < 8; i++)
		x[i] = (unsigned char)((uint64_t)v >> (56 - 8 * i));
	buf_put(b, x, 8);
}

static void put_text(struct buf *b, struct str s)
{
	unsigned char x[4] = { (unsigned char)(s.n >> 24), (unsigned char)(s.n >> 16), (unsigned char)(s.n >> 8), (unsigned char)s.n };
	buf_put(b, x, 4);
	buf_str(b, s);
}

/* Format 1 was text, its first byte a digit; later ones begin with their number, so that no entry reads as one of another. */
static void leaf_text(struct buf *b, const struct journal_row *r)
{
	const struct str *const parts[] = { &r->role, &r->face, &r->verb, &r->type, &r->outcome };
	buf_printf(b, "%lld\n%lld\n%lld\n%lld\n", (long long)r->seq, (long long)r->ms, (long long)r->user, (long long)r->org);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		buf_str(b, *parts[i]);
		buf_char(b, '\n');
	}
	buf_printf(b, "%lld\n%lld\n", (long long)r->rid, (long long)r->version);
	buf_str(b, r->body);
}

static void leaf_binary(struct buf *b, const struct journal_row *r)
{
	const int64_t ints[] = { r->seq, r->ms, r->user, r->org, r->rid, r->version, r->approver };
	const struct str *const texts[] = { &r->role, &r->face, &r->verb, &r->type, &r->outcome, &r->session, &r->origin, &r->agent, &r->reason, &r->body };
	buf_char(b, FORMAT);
	for (size_t i = 0; i < ARRAY_LEN(ints); i++)
		put_int(b, ints[i]);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		put_text(b, *texts[i]);
}

/* The bytes that are hashed, for every format there ever was (docs/journal.md); nothing of an unknown one. */
static struct str leaf_entry(struct arena *a, const struct journal_row *r)
{
	BUF_AUTO b = BUF((size_t)4 << 20);
	if (r->format == 1)
		leaf_text(&b, r);
	else if (r->format == FORMAT)
		leaf_binary(&b, r);
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

enum err journal_tree(struct ctx *c, struct merkle *ret)
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

enum err journal_settle(struct ctx *c) { return db_settle(c->db, &head_later, c->f); }

static enum err append(struct ctx *c, struct journal_row *r)
{
	struct merkle m;
	unsigned char leaf[32];
	TRY(journal_tree(c, &m));
	r->seq = (int64_t)m.size + 1;
	r->format = FORMAT;
	merkle_leaf(leaf_entry(c->a, r), leaf);
	merkle_add(&m, leaf);
	TRY(db_exec(c->db, c->f,
		    "INSERT INTO journal (seq, ms, actor, org, role, face, verb, type, rid, version, outcome, body, leaf, format, session, origin, agent, "
		    "reason, approver) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    ARGS(VI(r->seq), VI(r->ms), VI(r->user), VI(r->org), VS(r->role), VS(r->face), VS(r->verb), VS(r->type), VI(r->rid), VI(r->version), VS(r->outcome),
			 VS(r->body), VB(leaf, 32), VI(r->format), VS(r->session), VS(r->origin), VS(r->agent), VS(r->reason), VI(r->approver)),
		    NULL));
	struct str peaks = merkle_save(&m, c->a);
	struct head *h = db_later(c->db, &head_later, sizeof *h + peaks.n);
	h->n = peaks.n;
	memcpy(h->peaks, peaks.p, peaks.n);
	return OK;
}

/* A reason is a code: a sentence could name somebody. */
static bool code_only(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-.:", s.p[i]))
			return false;
	return s.n <= 60;
}

static struct str session_hex(struct arena *a, const unsigned char s[8])
{
	static const unsigned char none[8];
	BUF_AUTO b = BUF(32);
	if (memcmp(s, none, 8) == 0)
		return STR("");
	hex_put(&b, s, 8);
	return arena_str(a, buf_view(&b));
}

static struct journal_row row_for(struct ctx *c, const char *verb, const char *type, int64_t rid)
{
	const struct actor *w = c->actor;
	return (struct journal_row){ .ms = c->now, .user = w->user, .org = w->org, .rid = rid, .role = str_of(role_name(w->role)),
				     .face = str_of(w->face ? w->face : ""), .verb = str_of(verb), .type = str_of(type),
				     .session = session_hex(c->a, w->session), .origin = arena_str(c->a, str_of(w->origin)), .agent = arena_str(c->a, str_of(w->agent)),
				     .reason = c->reason.n && code_only(c->reason) ? c->reason : STR(""), .approver = c->approver };
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
	*l = (struct reading){ verb, type, rid, body, c->later, c->reason };
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
		in.reason = l->reason;
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
				   .rid = rows_int(q, 8), .version = rows_int(q, 9), .format = rows_int(q, 12), .approver = rows_int(q, 17) };
	struct str *const parts[] = { &r->role, &r->face, &r->verb, &r->type };
	struct str *const more[] = { &r->session, &r->origin, &r->agent, &r->reason };
	for (int i = 0; i < 4; i++) {
		*parts[i] = arena_str(c->a, rows_text(q, 4 + i));
		*more[i] = arena_str(c->a, rows_text(q, 13 + i));
	}
	r->outcome = arena_str(c->a, rows_text(q, 10));
	r->body = arena_str(c->a, rows_text(q, 11));
}

#define COLUMNS "seq, ms, actor, org, role, face, verb, type, rid, version, outcome, body, format, session, origin, agent, reason, approver"

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
		ref_want(c, "staff", v[i].user);
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

#define READS "verb IN ('view', 'list', 'search', 'reveal', 'fetch')"
#define REFUSALS "outcome IN ('denied', 'refused')"

enum err journal_find(struct ctx *c, const struct journal_ask *k, struct journal_row **ret, size_t *ret_n)
{
	BUF_AUTO sql = BUF(4096);
	struct val a[12];
	size_t n = 0;
	ROWS q = NULL;
	const struct { const char *column; struct str v; } texts[] = { { "verb", k->verb }, { "type", k->type }, { "role", k->role }, { "outcome", k->outcome } };
	bool reads = str_is(k->verb, "reads"), refusals = str_is(k->verb, "refusals");
	buf_cstr(&sql, "SELECT " COLUMNS " FROM journal WHERE seq < ?");
	a[n++] = VI(k->before > 0 ? k->before : INT64_MAX);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].v.n && !(i == 0 && (reads || refusals))) {
			buf_printf(&sql, " AND %s = ?", texts[i].column);
			a[n++] = VS(texts[i].v);
		}
	buf_cstr(&sql, reads ? " AND " READS : refusals ? " AND " REFUSALS : "");
	if (k->user) {
		buf_cstr(&sql, " AND actor = ?");
		a[n++] = VI(k->user);
	}
	if (k->rid) {
		buf_cstr(&sql, " AND rid = ?");
		a[n++] = VI(k->rid);
	}
	/* Times as numbers, so that what lies outside is not even looked at. */
	if (k->from_ms) {
		TRY(journal_seq_at(c, k->from_ms, &a[n].i));
		a[n].t = V_INT;
		buf_cstr(&sql, " AND seq >= ?");
		n++;
	}
	if (k->to_ms) {
		TRY(journal_seq_at(c, k->to_ms, &a[n].i));
		a[n].t = V_INT;
		buf_cstr(&sql, " AND seq < ?");
		n++;
	}
	buf_cstr(&sql, " ORDER BY seq DESC LIMIT ?");
	a[n++] = VI(k->limit > 0 && k->limit <= 500 ? k->limit : 100);
	TRY(db_rows(c->db, c->f, arena_cstr(c->a, buf_view(&sql)), a, n, &q));
	return collect(c, q, ret, ret_n);
}

enum err journal_seq_at(struct ctx *c, int64_t ms, int64_t *ret)
{
	int64_t lo = 1, hi = 0;
	TRY(db_int(c->db, c->f, "SELECT COALESCE(MAX(seq), 0) FROM journal", NOARGS, &hi, NULL));
	hi++;
	while (lo < hi) {
		int64_t mid = lo + (hi - lo) / 2, at = 0;
		TRY(db_int(c->db, c->f, "SELECT ms FROM journal WHERE seq = ?", ARGS(VI(mid)), &at, NULL));
		if (at < ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret = lo;
	return OK;
}

/* One page of the walk: on PostgreSQL an answer stands in memory whole. */
#define WALK 4000

static enum err walk_page(struct ctx *c, struct arena *a, int64_t *at, int64_t to, size_t *ret_n, enum err (*fn)(void *, const struct journal_row *, struct str, const unsigned char *), void *arg)
{
	ROWS q = NULL;
	bool more;
	struct ctx in = *c;
	in.a = a;
	*ret_n = 0;
	TRY(db_rows(c->db, c->f, "SELECT " COLUMNS ", leaf FROM journal WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT 4000", ARGS(VI(*at), VI(to)), &q));
	for (;; ++*ret_n) {
		unsigned char leaf[32];
		struct journal_row r;
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		arena_reset(a);
		row_read(&in, q, &r);
		merkle_leaf(leaf_entry(a, &r), leaf);
		*at = r.seq + 1;
		TRY(fn(arg, &r, rows_blob(q, 18), leaf));
	}
}

enum err journal_walk(struct ctx *c, int64_t from, int64_t to, enum err (*fn)(void *arg, const struct journal_row *r, struct str kept, const unsigned char *leaf), void *arg)
{
	ARENA a = arena_new(0);
	size_t n = WALK;
	while (n == WALK)
		TRY(walk_page(c, a, &from, to, &n, fn, arg));
	return OK;
}
