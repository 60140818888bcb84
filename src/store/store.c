/* Why: one queue, one way to read, one way to write, whichever engine is beneath.
 * Invariants: a reader is used by the thread that asked for it only; a job's done() runs once, after its commit or its
 * failure; nothing below writes a value into a fault (only statement text, which is ours). */
#include "store/internal.h"
#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* ---- statement cache ---- */

static uint64_t cache_hash(struct str k)
{
	uint64_t h = 0x9e3779b97f4a7c15u ^ k.n;
	const char *p = k.p;
	size_t n = k.n;
	for (; n >= 8; n -= 8, p += 8) {
		uint64_t w;
		memcpy(&w, p, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	for (; n; n--, p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3u;
	return h ^ h >> 29;
}

static void cache_unlink(struct cache *c, struct cached *e)
{
	*(e->newer ? &e->newer->older : &c->newest) = e->older;
	*(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void cache_front(struct cache *c, struct cached *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

struct cached *cache_get(struct cache *c, struct str key)
{
	uint64_t h = cache_hash(key);
	for (struct cached *e = c->bucket[h & (CACHE_BUCKETS - 1)]; e; e = e->chain)
		if (e->hash == h && e->n == key.n && memcmp(e->key, key.p, key.n) == 0) {
			if (c->newest != e) {
				cache_unlink(c, e);
				cache_front(c, e);
			}
			return e;
		}
	return NULL;
}

static void cache_drop(struct db *d, struct cached *e)
{
	struct cache *c = &d->cache;
	struct cached **at = &c->bucket[e->hash & (CACHE_BUCKETS - 1)];
	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	cache_unlink(c, e);
	c->count--;
	d->e->forget(d, e->stmt);
	free(e);
}

struct cached *cache_put(struct db *d, struct str key, void *stmt)
{
	struct cache *c = &d->cache;
	if (c->count >= CACHE_MAX) {
		struct cached *old = c->oldest;
		while (old && old->busy)
			old = old->newer;
		if (old)
			cache_drop(d, old);
	}
	struct cached *e = xalloc(sizeof *e + key.n + 1);
	memcpy(e->key, key.p, key.n);
	e->n = key.n;
	e->hash = cache_hash(key);
	e->stmt = stmt;
	struct cached **b = &c->bucket[e->hash & (CACHE_BUCKETS - 1)];
	e->chain = *b;
	*b = e;
	cache_front(c, e);
	c->count++;
	return e;
}

void cache_clear(struct db *d)
{
	while (d->cache.newest)
		cache_drop(d, d->cache.newest);
}

/* ---- connections ---- */

void db_init(struct db *d, struct store *s, const struct engine *e, bool writer)
{
	d->s = s;
	d->e = e;
	d->writer = writer;
	d->after_last = &d->after_first;
}

void db_free_shared(struct db *d)
{
	cache_clear(d);
	while (d->spare) {
		struct rows *r = d->spare;
		d->spare = r->next;
		free(r->text);
		free(r);
	}
	after_drop(after_take(d));
	later_free(d);
}

bool db_is_postgres(const struct db *d) { return d->e->postgres; }
bool db_can_write(const struct db *d) { return d->writer; }
int64_t db_statements(const struct db *d) { return d->statements; }
int64_t db_execs(const struct db *d) { return d->execs; }

/* PostgreSQL refuses everything after a failed statement until the savepoint is undone; SQLite would go on. Both refuse
 * here, so that a job that works on the one works on the other. */
static enum err check_job(struct db *d, struct fault *f)
{
	if (d->in_job && d->failed)
		return fail(f, ERR_INTERNAL, NULL, "the job goes on after a failed statement");
	return OK;
}

enum err db_exec(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, int64_t *ret_changed)
{
	TRY(check_job(d, f));
	d->statements++;
	d->execs++;
	enum err e = d->e->exec(d, f, sql, args, nargs, ret_changed);
	d->failed = d->in_job && e != OK;
	return e;
}

enum err db_rows(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, struct rows **ret)
{
	TRY(check_job(d, f));
	d->statements++;
	struct rows *r = d->spare;
	if (r)
		d->spare = r->next;
	else
		r = xalloc(sizeof *r);
	*r = (struct rows){ .d = d, .f = f, .text = r->text, .text_cap = r->text_cap };
	enum err e = d->e->rows(d, r, sql, args, nargs);
	if (e != OK) {
		d->failed = d->in_job;
		r->next = d->spare;
		d->spare = r;
		return e;
	}
	d->open_rows++;
	*ret = r;
	return OK;
}

enum err rows_next(struct rows *r, bool *ret_more)
{
	enum err e = r->d->e->next(r, ret_more);
	if (e != OK)
		r->d->failed = r->d->in_job;
	return e;
}

int rows_cols(const struct rows *r) { return r->d->e->cols(r); }
enum val_type rows_type(const struct rows *r, int col) { return r->d->e->type(r, col); }
int64_t rows_int(const struct rows *r, int col) { return r->d->e->integer(r, col); }
double rows_real(const struct rows *r, int col) { return r->d->e->real(r, col); }
struct str rows_text(const struct rows *r, int col) { return r->d->e->text(r, col); }
struct str rows_blob(const struct rows *r, int col) { return r->d->e->blob(r, col); }

void rows_end(struct rows *r)
{
	if (!r)
		return;
	struct db *d = r->d;
	d->e->end(r);
	d->open_rows--;
	r->next = d->spare;
	d->spare = r;
}

void rows_endp(struct rows **r) { rows_end(*r); }

enum err db_int(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, int64_t *ret, bool *ret_found)
{
	ROWS r = NULL;
	TRY(db_rows(d, f, sql, args, nargs, &r));
	bool more = false;
	TRY(rows_next(r, &more));
	if (more)
		*ret = rows_int(r, 0);
	if (ret_found)
		*ret_found = more;
	return OK;
}

/* ---- reading ---- */

static void reader_gone(void *p)   /* its thread ends */
{
	struct db *d = p;
	struct store *s = d->s;
	pthread_mutex_lock(&s->lock);
	struct db **at = &s->readers;
	while (*at && *at != d)
		at = &(*at)->next;
	if (*at)
		*at = d->next;
	pthread_mutex_unlock(&s->lock);
	d->e->disconnect(d);
}

enum err store_reader(struct store *s, struct db **ret, struct fault *f)
{
	struct db *d = pthread_getspecific(s->reader_key);
	if (!d) {
		TRY(s->e->connect(s, false, &d, f));
		if (pthread_setspecific(s->reader_key, d) != 0) {
			d->e->disconnect(d);
			return fail(f, ERR_DB, NULL, "no room for a thread's reader");
		}
		pthread_mutex_lock(&s->lock);
		d->next = s->readers;
		s->readers = d;
		pthread_mutex_unlock(&s->lock);
	}
	*ret = d;
	return OK;
}

enum err db_read_begin(struct db *d, struct fault *f)
{
	/* a job is in a transaction already */
	if (d->read_depth == 0 && !d->in_job)
		TRY(d->e->read_begin(d, f));
	d->read_depth++;
	return OK;
}

void db_read_end(struct db *d)
{
	must(d->read_depth > 0);
	if (--d->read_depth == 0 && !d->in_job)
		d->e->read_end(d);
}

/* ---- after the commit ---- */

void db_after_commit(struct db *d, void (*fn)(void *), void *arg)
{
	must(d->in_job);
	struct after *a = xalloc(sizeof *a);
	a->fn = fn;
	a->arg = arg;
	*d->after_last = a;
	d->after_last = &a->next;
}

void after_drop(struct after *list)
{
	while (list) {
		struct after *a = list;
		list = a->next;
		free(a->arg);
		free(a);
	}
}

void db_quiet(struct db *d)
{
	must(d->in_job);
	d->quiet = true;
}

int64_t store_version(const struct store *s) { return s->e->postgres ? 0 : s->version; }
int64_t db_version(const struct db *d) { return d->e->postgres ? 0 : d->s->version + d->loud; }

struct after *after_take(struct db *d)
{
	struct after *list = d->after_first;
	d->after_first = NULL;
	d->after_last = &d->after_first;
	return list;
}

enum err db_sub(struct db *d, enum err (*fn)(struct db *, void *, struct fault *), void *arg, struct fault *f)
{
	must(d->in_job);
	TRY(check_job(d, f));
	struct after **mark = d->after_last;
	struct later_mark later = later_mark(d);
	TRY(d->e->exec(d, f, "SAVEPOINT xa_sub", NOARGS, NULL));
	enum err e = fn(d, arg, f);
	if (e == OK)
		e = check_job(d, f);
	if (e != OK) {
		/* f keeps what fn said, not what the undoing says. When even that fails the transaction is lost, and the
		 * engine refuses whatever the job tries next. */
		after_drop(*mark);
		*mark = NULL;
		d->after_last = mark;
		later_undo(d, &later);
		enum err undo = d->e->exec(d, NULL, "ROLLBACK TO xa_sub", NOARGS, NULL);
		if (undo == OK)
			undo = d->e->exec(d, NULL, "RELEASE xa_sub", NOARGS, NULL);
		d->failed = undo != OK;
		return undo == OK || e == ERR_FULL ? e : undo;
	}
	return d->e->exec(d, f, "RELEASE xa_sub", NOARGS, NULL);
}

/* ---- the queue ---- */

struct write *queue_take(struct store *s, int idle_ms, bool *ret_closed)
{
	struct timespec until = { 0 };
	if (idle_ms > 0) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += idle_ms / 1000;
		until.tv_nsec += idle_ms % 1000 * 1000000L;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000L;
		}
	}
	pthread_mutex_lock(&s->lock);
	int late = idle_ms == 0 ? ETIMEDOUT : 0;
	while (!s->head && !s->closing && late != ETIMEDOUT)
		late = idle_ms < 0 ? pthread_cond_wait(&s->some, &s->lock) : pthread_cond_timedwait(&s->some, &s->lock, &until);
	struct write *w = s->head;
	if (w) {
		s->head = w->next;
		if (!s->head)
			s->tail = &s->head;
		if (s->queued-- >= QUEUE_MAX)
			pthread_cond_broadcast(&s->room);
	}
	*ret_closed = !w && s->closing;
	pthread_mutex_unlock(&s->lock);
	return w;
}

static bool is_writer(struct store *s)
{
	for (int i = 0; i < s->nwriters; i++)
		if (pthread_equal(s->writer[i], pthread_self()))
			return true;
	return false;
}

void store_submit(struct store *s, struct write *w)
{
	w->next = NULL;
	w->result = OK;
	fault_clear(&w->fault);
	pthread_mutex_lock(&s->lock);
	/* a writer that waited for itself would wait for ever: done() may always submit */
	while (s->queued >= QUEUE_MAX && !s->closing && !is_writer(s))
		pthread_cond_wait(&s->room, &s->lock);
	bool closing = s->closing;
	enum err refused = s->refuse;
	if (!closing && refused == OK) {
		*s->tail = w;
		s->tail = &w->next;
		s->queued++;
		pthread_cond_signal(&s->some);
	}
	pthread_mutex_unlock(&s->lock);
	if (closing)
		job_finish(w, NULL, fail(&w->fault, ERR_BUSY, NULL, "the store is closing"));
	else if (refused != OK) {
		w->fault.hint = s->refuse_hint;
		job_finish(w, NULL, fail(&w->fault, refused, s->refuse_msg, "nothing is written any more"));
	}
}

void store_refuse(struct store *s, enum err e, const char *msg, const char *hint)
{
	pthread_mutex_lock(&s->lock);
	s->refuse = e;
	s->refuse_msg = msg;
	s->refuse_hint = hint;
	pthread_mutex_unlock(&s->lock);
}

enum err job_run(struct db *d, struct write *w)
{
	int open_rows = d->open_rows;
	d->in_job = true;
	d->failed = d->wrote = d->quiet = false;
	enum err e = w->run(d, w->arg, &w->fault);
	if (e == OK)
		e = check_job(d, &w->fault);
	d->in_job = false;
	must(d->open_rows == open_rows && d->read_depth == 0);   /* a job ends the queries it starts */
	if (e != OK)
		after_drop(after_take(d));
	else
		d->loud += !d->quiet;
	return e;
}

void job_finish(struct write *w, struct after *list, enum err e)
{
	w->result = e;
	if (e == OK)
		for (struct after *a = list; a; a = a->next)
			a->fn(a->arg);
	after_drop(list);
	if (w->done)
		w->done(w->arg, e, &w->fault);   /* w may be gone after this */
}

struct waiter {
	struct write w;
	enum err (*run)(struct db *, void *, struct fault *);
	void *arg;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool finished;
	enum err e;
};

static enum err waiter_run(struct db *d, void *arg, struct fault *f)
{
	struct waiter *w = arg;
	return w->run(d, w->arg, f);
}

static void waiter_done(void *arg, enum err e, struct fault *f)
{
	struct waiter *w = arg;
	pthread_mutex_lock(&w->lock);
	w->e = e;
	w->finished = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

enum err store_write(struct store *s, enum err (*run)(struct db *, void *, struct fault *), void *arg, struct fault *f)
{
	must(!is_writer(s));
	struct waiter w = { .w = { .run = waiter_run, .done = waiter_done }, .run = run, .arg = arg,
		.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER };
	w.w.arg = &w;
	store_submit(s, &w.w);
	pthread_mutex_lock(&w.lock);
	while (!w.finished)
		pthread_cond_wait(&w.cond, &w.lock);
	pthread_mutex_unlock(&w.lock);
	pthread_cond_destroy(&w.cond);
	pthread_mutex_destroy(&w.lock);
	if (w.e != OK && f)
		*f = w.w.fault;
	return w.e;
}

/* ---- opening and closing ---- */

static void *writer_main(void *arg)
{
	struct db *d = arg;
	pthread_setname_np(pthread_self(), "writer");
	d->e->drain(d->s, d);
	return NULL;
}

static enum err start_writers(struct store *s, struct fault *f)
{
	int n = 1;
	if (s->e->postgres)
		n = s->opt.writers > 0 ? s->opt.writers : 4;
	if (n > WRITERS_MAX)
		n = WRITERS_MAX;
	for (int i = 0; i < n; i++)
		TRY(s->e->connect(s, true, &s->writer_db[i], f));
	for (int i = 0; i < n; i++) {
		/* under the lock: is_writer() in another thread's submit reads the list */
		pthread_mutex_lock(&s->lock);
		int bad = pthread_create(&s->writer[i], NULL, writer_main, s->writer_db[i]);
		if (!bad)
			s->nwriters++;
		pthread_mutex_unlock(&s->lock);
		if (bad)
			return fail(f, ERR_DB, NULL, "no writer thread: %s", strerror(bad));
	}
	return OK;
}

enum err store_open(const char *url, const struct store_options *opt, struct store **ret, struct fault *f)
{
	bool pg = str_starts(str_of(url), "postgres://") || str_starts(str_of(url), "postgresql://");
	const char *path = str_starts(str_of(url), "sqlite:") ? url + 7 : url;
	if (!pg && (!*path || strcmp(path, ":memory:") == 0))
		return fail(f, ERR_DB, N_("The database needs a file of its own."), "\"%s\" is no file", path);
	struct store *s = xalloc(sizeof *s);
	s->e = pg ? &engine_postgres : &engine_sqlite;
	s->where = xstrdup(pg ? url : path);
	if (opt)
		s->opt = *opt;
	s->tail = &s->head;
	s->version = 1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_t ca;
	pthread_condattr_init(&ca);
	pthread_condattr_setclock(&ca, CLOCK_MONOTONIC);
	pthread_cond_init(&s->some, &ca);
	pthread_cond_init(&s->room, &ca);
	pthread_condattr_destroy(&ca);
	pthread_rwlockattr_t ra;
	pthread_rwlockattr_init(&ra);
	pthread_rwlockattr_setkind_np(&ra, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&s->alone, &ra);
	pthread_rwlockattr_destroy(&ra);
	s->key_made = pthread_key_create(&s->reader_key, reader_gone) == 0;
	enum err e = s->key_made ? start_writers(s, f) : fail(f, ERR_DB, NULL, "no thread key is left");
	if (e != OK) {
		store_close(s);
		return e;
	}
	*ret = s;
	return OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_cond_broadcast(&s->some);
	pthread_cond_broadcast(&s->room);
	pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < s->nwriters; i++)
		pthread_join(s->writer[i], NULL);
	if (s->key_made)
		pthread_key_delete(s->reader_key);
	while (s->readers) {
		struct db *d = s->readers;
		s->readers = d->next;
		d->e->disconnect(d);
	}
	for (int i = 0; i < WRITERS_MAX; i++)
		if (s->writer_db[i])
			s->e->disconnect(s->writer_db[i]);
	pthread_rwlock_destroy(&s->alone);
	pthread_cond_destroy(&s->some);
	pthread_cond_destroy(&s->room);
	pthread_mutex_destroy(&s->lock);
	free(s->where);
	free(s);
}

int64_t store_commits(const struct store *s) { return s->commits; }

bool store_is_postgres(const struct store *s) { return s->e->postgres; }

enum err store_copy(struct store *s, const char *path, struct fault *f) { return s->e->copy(s, path, f); }

enum err store_snapshot(struct store *s, const char *path, struct fault *f)
{
	return s->e->snapshot ? s->e->snapshot(s, path, f) : fail(f, ERR_INTERNAL, NULL, "this engine is copied by its own tools");
}

struct shipping { const struct ship_to *to; const struct ship_at *last; };

static enum err ship_job(struct db *d, void *arg, struct fault *f)
{
	struct shipping *x = arg;
	return d->e->ship(d, x->to, x->last, f);
}

enum err store_ship(struct store *s, const struct ship_to *to, const struct ship_at *last, struct fault *f)
{
	must(to != NULL);
	if (!s->e->ship)
		return fail(f, ERR_INTERNAL, NULL, "this engine keeps its own log");
	return store_write(s, ship_job, &(struct shipping){ to, last }, f);
}
