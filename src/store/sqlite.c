/* Why: the default engine.  One file, WAL, a reader per thread, one writer that commits for everybody who waits.
 * Invariants: the writer runs nothing outside BEGIN IMMEDIATE … COMMIT but the checkpoint; when SQLite has ended the
 * transaction by itself (disk full, I/O error) the whole batch fails, and no statement slips through in autocommit. */
#include "store/internal.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BUSY_MS 10000                       /* another process (the command line) may hold the file */
#define BATCH_JOBS 256
#define BATCH_BYTES ((size_t)4 << 20)       /* kept to be written together */
#define BATCH_MS 5                          /* no new job is added to a batch that has run so long, */
#define BATCH_MS_MAX 40                     /* or, on a slow disk, twice as long as the last commit took: at most this */
#define CROWD_MS_MAX 4                      /* for who is on the way a batch waits half a commit, at most this */
#define IDLE_MS 1000                        /* then the log is folded into the file and emptied */

struct sdb {
	struct db d;
	sqlite3 *h;
	sqlite3_stmt *undo;  /* ROLLBACK, prepared while there was memory for it */
	struct ship *ship;   /* the writer: takes the WAL away; NULL */
	bool dirty;          /* the writer: commits since the last truncating checkpoint */
	int64_t commit_ms;   /* the writer: how long the last commit took, */
	size_t crowd;        /* and how many jobs came into one of late */
	int64_t others;      /* the writer: PRAGMA data_version, which other connections' commits alone change */
	enum err lost;       /* the writer: what ended the batch's transaction before its COMMIT */
};

static struct sdb *sdb_of(const struct db *d) { return (struct sdb *)d; }

/* sqlite3_system_errno() says nothing when COMMIT itself failed: ask the log's and the database's file. */
static bool no_room(sqlite3 *h)
{
	int os[3] = { sqlite3_system_errno(h) };
	sqlite3_file *wal = NULL;
	if (sqlite3_file_control(h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) == SQLITE_OK && wal && wal->pMethods)
		(void)wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &os[1]);
	(void)sqlite3_file_control(h, "main", SQLITE_FCNTL_LAST_ERRNO, &os[2]);
	for (size_t i = 0; i < ARRAY_LEN(os); i++)
		if (os[i] == ENOSPC || os[i] == EDQUOT || os[i] == EFBIG)
			return true;
	return false;
}

/* What SQLite says names tables, columns and our own text; but the full-text parser repeats what the user typed. */
static enum err sq_fail(struct db *d, struct fault *f, int rc, const char *sql)
{
	sqlite3 *h = sdb_of(d)->h;
	const char *said = h ? sqlite3_errmsg(h) : sqlite3_errstr(rc);
	if (strstr(said, "fts5") || strstr(said, "MATCH"))
		said = "full-text query";
	enum err e = ERR_DB;
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
		if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_ROWID)
			e = ERR_DUPLICATE;
		break;
	case SQLITE_FULL:
		e = ERR_FULL;
		break;
	case SQLITE_IOERR:
		e = rc == SQLITE_IOERR_SHMSIZE || (h && no_room(h)) ? ERR_FULL : ERR_IO;
		break;
	case SQLITE_CANTOPEN:
		e = ERR_IO;
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		e = ERR_BUSY;
		break;
	case SQLITE_TOOBIG:
		e = ERR_LIMIT;
		break;
	}
	if (d->in_job && h && sqlite3_get_autocommit(h))
		sdb_of(d)->lost = e;
	return fail(f, e, NULL, "sqlite %d: %.110s in: %.110s", rc, said, sql);
}

/* ---- statements ---- */

static enum err sq_prepare(struct db *d, struct fault *f, const char *sql, unsigned flags, sqlite3_stmt **ret)
{
	sqlite3_stmt *st = NULL;
	const char *rest = "";
	int rc = sqlite3_prepare_v3(sdb_of(d)->h, sql, -1, flags, &st, &rest);
	if (rc != SQLITE_OK)
		return sq_fail(d, f, rc, sql);
	if (!st || str_trim(str_of(rest)).n) {
		sqlite3_finalize(st);
		return fail(f, ERR_INTERNAL, NULL, "not one statement: %.200s", sql);
	}
	*ret = st;
	return OK;
}

/* *ret_cached NULL: a nested use of a statement that is being stepped; finalize it. */
static enum err sq_statement(struct db *d, struct fault *f, const char *sql, sqlite3_stmt **ret, struct cached **ret_cached)
{
	struct cached *c = cache_get(&d->cache, str_of(sql));
	if (c && !c->busy) {
		*ret = c->stmt;
		*ret_cached = c;
		return OK;
	}
	TRY(sq_prepare(d, f, sql, c ? 0 : SQLITE_PREPARE_PERSISTENT, ret));
	*ret_cached = c ? NULL : cache_put(d, str_of(sql), *ret);
	return OK;
}

static void sq_forget(struct db *d, void *stmt) { sqlite3_finalize(stmt); }

/* keep: the values outlive the statement's run, so that they need no copy. */
static enum err sq_bind(struct db *d, struct fault *f, sqlite3_stmt *st, const struct val *args, size_t nargs, bool keep)
{
	if ((size_t)sqlite3_bind_parameter_count(st) != nargs)
		return fail(f, ERR_INTERNAL, NULL, "%zu values for: %.180s", nargs, sqlite3_sql(st));
	sqlite3_destructor_type how = keep ? SQLITE_STATIC : SQLITE_TRANSIENT;
	for (size_t i = 0; i < nargs; i++) {
		const struct val *v = &args[i];
		int at = (int)i + 1, rc = SQLITE_OK;
		switch (v->t) {
		case V_INT:
			rc = sqlite3_bind_int64(st, at, v->i);
			break;
		case V_REAL:
			rc = sqlite3_bind_double(st, at, v->r);
			break;
		case V_TEXT:
			rc = sqlite3_bind_text64(st, at, v->s.p, v->s.n, how, SQLITE_UTF8);
			break;
		case V_BLOB:
			rc = sqlite3_bind_blob64(st, at, v->s.p, v->s.n, how);
			break;
		case V_NULL:
			rc = sqlite3_bind_null(st, at);
			break;
		}
		if (rc != SQLITE_OK)
			return sq_fail(d, f, rc, sqlite3_sql(st));
	}
	return OK;
}

/* A job whose transaction SQLite has rolled back must not go on statement by statement. */
static enum err sq_check_job(struct db *d, struct fault *f)
{
	if (d->in_job && sqlite3_get_autocommit(sdb_of(d)->h))
		return fail(f, ERR_DB, NULL, "the transaction is lost; the job must end");
	return OK;
}

static void sq_release(sqlite3_stmt *st, struct cached *c)
{
	if (!c) {
		sqlite3_finalize(st);
		return;
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);   /* no personal data lingers, no pointer dangles */
	c->busy = false;
}

static enum err sq_exec(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, int64_t *ret_changed)
{
	sqlite3 *h = sdb_of(d)->h;
	TRY(sq_check_job(d, f));
	sqlite3_stmt *st = NULL;
	struct cached *c = NULL;
	TRY(sq_statement(d, f, sql, &st, &c));
	d->wrote |= !sqlite3_stmt_readonly(st);
	enum err e = sq_bind(d, f, st, args, nargs, true);
	if (e == OK) {
		int64_t before = sqlite3_total_changes64(h);
		int rc;
		do
			rc = sqlite3_step(st);
		while (rc == SQLITE_ROW);
		if (rc != SQLITE_DONE)
			e = sq_fail(d, f, rc, sql);
		else if (ret_changed)   /* changes() keeps the former statement's count when nothing changed at all */
			*ret_changed = sqlite3_total_changes64(h) == before ? 0 : sqlite3_changes64(h);
	}
	sq_release(st, c);
	return e;
}

static enum err sq_rows(struct db *d, struct rows *r, const char *sql, const struct val *args, size_t nargs)
{
	TRY(sq_check_job(d, r->f));
	sqlite3_stmt *st = NULL;
	TRY(sq_statement(d, r->f, sql, &st, &r->c));
	d->wrote |= !sqlite3_stmt_readonly(st);
	enum err e = sq_bind(d, r->f, st, args, nargs, false);
	if (e != OK) {
		sq_release(st, r->c);
		return e;
	}
	if (r->c)
		r->c->busy = true;
	r->res = st;
	return OK;
}

static enum err sq_next(struct rows *r, bool *ret_more)
{
	if (r->over) {
		*ret_more = false;
		return OK;
	}
	int rc = sqlite3_step(r->res);
	if (rc == SQLITE_ROW) {
		*ret_more = true;
		return OK;
	}
	*ret_more = false;
	r->over = true;   /* another step would run the query again */
	if (rc == SQLITE_DONE)
		return OK;
	return sq_fail(r->d, r->f, rc, sqlite3_sql(r->res));
}

static void sq_end(struct rows *r) { sq_release(r->res, r->c); }
static int sq_cols(const struct rows *r) { return sqlite3_column_count(r->res); }
static int64_t sq_integer(const struct rows *r, int col) { return sqlite3_column_int64(r->res, col); }
static double sq_real(const struct rows *r, int col) { return sqlite3_column_double(r->res, col); }

static enum val_type sq_type(const struct rows *r, int col)
{
	switch (sqlite3_column_type(r->res, col)) {
	case SQLITE_INTEGER: return V_INT;
	case SQLITE_FLOAT: return V_REAL;
	case SQLITE_TEXT: return V_TEXT;
	case SQLITE_BLOB: return V_BLOB;
	default: return V_NULL;
	}
}

static struct str sq_text(const struct rows *r, int col)
{
	const char *p = (const char *)sqlite3_column_text(r->res, col);
	return (struct str){ p, p ? (size_t)sqlite3_column_bytes(r->res, col) : 0 };
}

static struct str sq_blob(const struct rows *r, int col)
{
	if (sqlite3_column_type(r->res, col) == SQLITE_NULL)
		return STR_NONE;
	const char *p = sqlite3_column_blob(r->res, col);   /* NULL when empty */
	return (struct str){ p ? p : "", p ? (size_t)sqlite3_column_bytes(r->res, col) : 0 };
}

static enum err sq_script(struct db *d, struct fault *f, const char *sql)
{
	TRY(sq_check_job(d, f));
	d->wrote = true;
	int rc = sqlite3_exec(sdb_of(d)->h, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? OK : sq_fail(d, f, rc, sql);
}

/* Ends the transaction with nothing of it kept. It was half a job that could not be undone, for want of memory, and was then
 * committed with the next: so the statement is prepared beforehand, and what cannot be undone ends the process, which finds
 * the last commit when it starts again. */
static void sq_undo(struct sdb *sd)
{
	if (sqlite3_get_autocommit(sd->h))
		return;
	sqlite3_step(sd->undo);
	sqlite3_reset(sd->undo);
	must(sqlite3_get_autocommit(sd->h));
}

static enum err sq_read_begin(struct db *d, struct fault *f) { return sq_exec(d, f, "BEGIN", NOARGS, NULL); }

static void sq_read_end(struct db *d)
{
	/* a reader has nothing to lose */
	if (!sqlite3_get_autocommit(sdb_of(d)->h) && sq_exec(d, NULL, "COMMIT", NOARGS, NULL) != OK)
		sq_undo(sdb_of(d));
}

/* ---- connecting ---- */

static void sq_disconnect(struct db *d)
{
	db_free_shared(d);
	sqlite3_finalize(sdb_of(d)->undo);
	if (sdb_of(d)->ship) {
		(void)!ship_take(sdb_of(d)->ship, NULL);
		(void)ship_fold(sdb_of(d)->ship, true);
		ship_free(sdb_of(d)->ship);
	}
	sqlite3_close_v2(sdb_of(d)->h);
	free(d);
}

/* The file holds what could put a woman in danger: nobody but the service may read it, whatever the umask. SQLite gives
 * its log the same mode. */
static enum err make_private(const char *path, bool must_be_new, struct fault *f)
{
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0) {
		close(fd);
		return OK;
	}
	if (errno == EEXIST && !must_be_new)
		return OK;
	enum err e = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
	return fail(f, e, errno == EEXIST ? N_("A file of this name exists already.") : NULL, "%s: %s", path, strerror(errno));
}

static enum err sq_settings(struct db *d, struct fault *f)
{
	struct sdb *sd = sdb_of(d);
	const struct store_options *opt = &d->s->opt;
	/* No memory mapping: after each commit SQLite unmaps the file in every reader and faults it in anew, a quarter of a page's cost. */
	sqlite3_extended_result_codes(sd->h, 1);
	sqlite3_busy_timeout(sd->h, BUSY_MS);
	sqlite3_db_config(sd->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sd->h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(sd->h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	BUF_AUTO b = BUF(2048);
	buf_printf(&b, "PRAGMA journal_mode = WAL; PRAGMA synchronous = %s; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
		       "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
		       "PRAGMA mmap_size = 0; PRAGMA cache_size = -%d; PRAGMA journal_size_limit = 67108864;",
		   opt->fast_unsafe ? "OFF" : "FULL", opt->readers_cache_kib > 0 ? opt->readers_cache_kib : 8192);
	if (opt->keep_log) {
		buf_cstr(&b, "PRAGMA wal_autocheckpoint = 0;");
		sqlite3_db_config(sd->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	}
	if (!d->writer)
		buf_cstr(&b, "PRAGMA query_only = ON;");
	int rc = sqlite3_exec(sd->h, b.p, NULL, NULL, NULL);
	return rc == SQLITE_OK ? OK : sq_fail(d, f, rc, "settings");
}

static enum err sq_connect(struct store *s, bool writer, struct db **ret, struct fault *f)
{
	must(sqlite3_threadsafe());
	if (writer)
		TRY(make_private(s->where, false, f));
	struct sdb *sd = xalloc(sizeof *sd);
	db_init(&sd->d, s, &engine_sqlite, writer);
	int rc = sqlite3_open_v2(s->where, &sd->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	enum err e = rc == SQLITE_OK ? sq_settings(&sd->d, f) : sq_fail(&sd->d, f, rc, "open");
	if (e == OK)
		e = sq_prepare(&sd->d, f, "ROLLBACK", SQLITE_PREPARE_PERSISTENT, &sd->undo);
	if (e != OK) {
		sq_disconnect(&sd->d);
		return e;
	}
	*ret = &sd->d;
	return OK;
}

/* ---- the writer ---- */

struct batch {
	struct { struct write *w; struct after *after; enum err e; } job[BATCH_JOBS];
	size_t n;
	bool careful;        /* a job of it failed after it had written: savepoints from here on */
};

/* As long as a savepoint stands open, SQLite keeps each page changed in a journal in memory, flushes what its full-text index
 * has pending, and walks the whole list of pages at the end of every savepoint inside it (db_sub): a third of what a small
 * job costs, and the square of a job of 10,000 steps. Few jobs fail, and most of these before they have written anything. */
static enum err job_bare(struct db *d, struct write *w, bool *ret_undo)
{
	enum err e = job_run(d, w);
	*ret_undo = e != OK && d->wrote;
	return e;
}

static enum err job_careful(struct db *d, struct write *w)
{
	struct later_mark later = later_mark(d);
	enum err e = sq_exec(d, &w->fault, "SAVEPOINT xa_job", NOARGS, NULL);
	if (e != OK)
		return e;
	e = job_run(d, w);
	if (sqlite3_get_autocommit(sdb_of(d)->h))
		return e;
	enum err undo = OK;
	if (e != OK) {
		later_undo(d, &later);
		undo = sq_exec(d, &w->fault, "ROLLBACK TO xa_job", NOARGS, NULL);
	}
	if (undo == OK)
		undo = sq_exec(d, &w->fault, "RELEASE xa_job", NOARGS, NULL);
	if (undo != OK)
		sq_undo(sdb_of(d));
	return undo != OK ? undo : e;
}

/* The i-th job ran and its result is e. False: the transaction is over, with everything in it; f says why. */
static bool job_over(struct db *d, struct batch *b, size_t i, enum err e, struct fault *f)
{
	b->job[i].e = e;
	b->job[i].after = after_take(d);
	if (!sqlite3_get_autocommit(sdb_of(d)->h))
		return true;
	/* a job may have swallowed the error that ended the transaction */
	if (e == OK)
		b->job[i].e = fail(&b->job[i].w->fault, ERR_DB, NULL, "the transaction was lost inside the job");
	/* the others learn that it failed, and nothing of what this job said */
	e = sdb_of(d)->lost;
	f->code = fail(f, e != OK ? e : ERR_DB, NULL, "another job of the batch broke the transaction");
	return false;
}

/* Everything is taken back, and run again but for what has failed. False as above. */
static bool batch_again(struct db *d, struct batch *b, struct fault *f)
{
	later_clear(d);
	sq_undo(sdb_of(d));
	enum err e = sq_exec(d, f, "BEGIN IMMEDIATE", NOARGS, NULL);
	if (e != OK) {
		f->code = e;
		return false;
	}
	b->careful = true;
	for (size_t i = 0; i < b->n; i++) {
		if (b->job[i].e != OK)
			continue;
		after_drop(b->job[i].after);
		b->job[i].after = NULL;
		fault_clear(&b->job[i].w->fault);
		sdb_of(d)->lost = OK;
		if (!job_over(d, b, i, job_careful(d, b->job[i].w), f))
			return false;
	}
	return true;
}

/* Puts one job into the open transaction. False: the transaction is over, with everything in it; f says why. */
static bool batch_job(struct db *d, struct batch *b, struct write *w, struct fault *f)
{
	size_t i = b->n++;
	bool undo = false;
	b->job[i].w = w;
	b->job[i].after = NULL;
	sdb_of(d)->lost = OK;
	enum err e = b->careful ? job_careful(d, w) : job_bare(d, w, &undo);
	if (!job_over(d, b, i, e, f))
		return false;
	return !undo || batch_again(d, b, f);
}

static void batch_finish(struct batch *b, enum err e, const struct fault *f)
{
	for (size_t i = 0; i < b->n; i++) {
		enum err mine = b->job[i].e;
		if (mine == OK && e != OK) {
			mine = e;
			b->job[i].w->fault = *f;
		}
		struct after *list = b->job[i].after;
		if (mine != OK) {
			after_drop(list);
			list = NULL;
		}
		job_finish(b->job[i].w, list, mine);
	}
	b->n = 0;
	b->careful = false;
}

/* What was kept to be written together, then the commit. */
static enum err batch_commit(struct sdb *sd, struct fault *f)
{
	enum err e = db_settle(&sd->d, NULL, f);
	if (e == OK)
		e = sq_exec(&sd->d, f, "COMMIT", NOARGS, NULL);
	if (e != OK)
		sq_undo(sd);
	later_clear(&sd->d);
	sd->d.s->commits += e == OK;
	return e;
}

/* What was written together at the end did not go in, for no want of room: whichever job brought that in, the others must not
 * fail with it, so each has a commit of its own. */
static void batch_each(struct sdb *sd, struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct write *w = b->job[i].w;
		if (b->job[i].e != OK)
			continue;
		after_drop(b->job[i].after);
		b->job[i].after = NULL;
		fault_clear(&w->fault);
		sd->lost = OK;
		enum err e = sq_exec(&sd->d, &w->fault, "BEGIN IMMEDIATE", NOARGS, NULL);
		if (e == OK)
			e = job_run(&sd->d, w);
		b->job[i].after = after_take(&sd->d);
		if (e == OK)
			e = batch_commit(sd, &w->fault);
		else
			sq_undo(sd);
		later_clear(&sd->d);
		b->job[i].e = e;
	}
}

/* Who was answered by the last commit comes again, all at about the same time, and the first few must not make the others
 * wait for a commit of their own. So a batch that is small beside those before it waits a little for the next; a client
 * alone never waits. */
static struct write *batch_next(struct store *s, const struct sdb *sd, const struct batch *b, int64_t until)
{
	bool closed = false;
	if (b->n >= BATCH_JOBS || db_later_bytes(&sd->d) >= BATCH_BYTES || mono_ms() >= until)
		return NULL;
	struct write *w = queue_take(s, 0, &closed);
	if (w || closed || b->n >= sd->crowd / 2)
		return w;
	int64_t wait = sd->commit_ms / 2;
	return queue_take(s, wait < 1 ? 1 : wait > CROWD_MS_MAX ? CROWD_MS_MAX : (int)wait, &closed);
}

/* Another process (the command line) may have written since the last batch; it cannot now. */
static enum err see_others(struct store *s, struct sdb *sd, struct fault *f)
{
	int64_t others = 0;
	TRY(db_int(&sd->d, f, "PRAGMA data_version", NOARGS, &others, NULL));
	sd->d.statements--;   /* a look of the store's own, no job's */
	if (others != sd->others)
		s->version++;
	sd->others = others;
	return OK;
}

static void batch_run(struct store *s, struct sdb *sd, struct batch *b, struct write *w)
{
	struct db *d = &sd->d;
	struct fault f = { 0 };
	enum err e = sq_exec(d, &f, "BEGIN IMMEDIATE", NOARGS, NULL);
	if (e == OK && (e = see_others(s, sd, &f)) != OK)
		sq_undo(sd);
	d->loud = 0;
	if (e != OK) {
		b->job[0].w = w;
		b->job[0].after = NULL;
		b->job[0].e = OK;
		b->n = 1;
		batch_finish(b, e, &f);
		return;
	}
	int64_t room = 2 * sd->commit_ms, until = mono_ms() + (room < BATCH_MS ? BATCH_MS : room > BATCH_MS_MAX ? BATCH_MS_MAX : room);
	bool alive = true;
	while (w) {
		alive = batch_job(d, b, w, &f);
		w = alive ? batch_next(s, sd, b, until) : NULL;
	}
	sd->crowd = b->n > sd->crowd ? b->n : sd->crowd - (sd->crowd - b->n + 3) / 4;
	if (!alive) {
		later_clear(d);
		batch_finish(b, f.code, &f);
		return;
	}
	int64_t before = mono_ms();
	e = batch_commit(sd, &f);
	sd->commit_ms = mono_ms() - before;
	sd->dirty = true;
	if (e != OK && b->n > 1 && e != ERR_FULL && e != ERR_IO && e != ERR_BUSY) {
		batch_each(sd, b);
		e = OK;
	}
	/* Also when it failed: COMMIT may say so of what is on the disk. Before anybody is told. */
	s->version += d->loud;
	d->loud = 0;
	batch_finish(b, e, &f);
	if (sd->ship)
		ship_committed(sd->ship);
}

static void sq_drain(struct store *s, struct db *d)
{
	struct sdb *sd = sdb_of(d);
	struct batch *b = xalloc(sizeof *b);
	for (;;) {
		bool closed = false;
		struct write *w = queue_take(s, sd->dirty ? IDLE_MS : -1, &closed);
		if (closed)
			break;
		if (w) {
			batch_run(s, sd, b, w);
			continue;
		}
		if (sd->ship || s->opt.keep_log) {
			sd->dirty = sd->ship && (!ship_due(sd->ship) || ship_take(sd->ship, NULL) != OK || !ship_fold(sd->ship, true));
			continue;
		}
		/* What was deleted still stands in the log until it is emptied. Readers may be in the way: later, then. */
		sqlite3_busy_timeout(sd->h, 0);
		sd->dirty = sqlite3_wal_checkpoint_v2(sd->h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_BUSY;
		sqlite3_busy_timeout(sd->h, BUSY_MS);
	}
	free(b);
}

/* ---- copying ---- */

static enum err sync_file(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(f, ERR_IO, NULL, "%s: %s", path, strerror(errno));
	int bad = fsync(fd) != 0 ? errno : 0;
	close(fd);
	if (bad)
		return fail(f, bad == ENOSPC ? ERR_FULL : ERR_IO, NULL, "%s: %s", path, strerror(bad));
	return OK;
}

static enum err sq_copy(struct store *s, const char *path, struct fault *f)
{
	struct db *d = NULL;
	TRY(make_private(path, true, f));
	enum err e = sq_connect(s, true, &d, f);
	if (e == OK) {
		e = sq_exec(d, f, "VACUUM INTO ?", ARGS(VS(str_of(path))), NULL);
		sq_disconnect(d);
	}
	if (e == OK)
		e = sync_file(path, f);
	if (e != OK)
		unlink(path);
	return e;
}

/* The snapshot is pinned by the writer between two commits, when the stream has all before it; then it is read at leisure. */
struct pin { struct db *d; };

static enum err sq_pin(struct db *w, void *arg, struct fault *f)
{
	struct pin *p = arg;
	int64_t one = 0;
	if (sdb_of(w)->ship)
		TRY(ship_take(sdb_of(w)->ship, f));
	TRY(sq_exec(p->d, f, "BEGIN", NOARGS, NULL));
	return db_int(p->d, f, "SELECT COUNT(*) FROM sqlite_schema", NOARGS, &one, NULL);
}

static enum err copy_pages(struct db *d, const char *path, struct fault *f)
{
	sqlite3 *to = NULL;
	enum err e = OK;
	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK ||
	    sqlite3_exec(to, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF", NULL, NULL, NULL) != SQLITE_OK)
		e = fail(f, ERR_IO, NULL, "%s: %s", path, sqlite3_errmsg(to));
	sqlite3_backup *b = e == OK ? sqlite3_backup_init(to, "main", sdb_of(d)->h, "main") : NULL;
	int rc = SQLITE_OK;
	while (b && rc == SQLITE_OK)
		rc = sqlite3_backup_step(b, 4096);
	if (e == OK && rc != SQLITE_DONE)
		e = fail(f, rc == SQLITE_FULL ? ERR_FULL : ERR_IO, NULL, "copying pages: %s", sqlite3_errmsg(to));
	if (b && sqlite3_backup_finish(b) != SQLITE_OK && e == OK)
		e = fail(f, ERR_IO, NULL, "copying pages: %s", sqlite3_errmsg(to));
	sqlite3_close(to);
	return e;
}

static enum err sq_snapshot(struct store *s, const char *path, struct fault *f)
{
	struct pin p = { 0 };
	TRY(make_private(path, true, f));
	enum err e = sq_connect(s, false, &p.d, f);
	if (e == OK)
		e = store_write(s, sq_pin, &p, f);
	if (e == OK)
		e = copy_pages(p.d, path, f);
	if (p.d) {
		sq_read_end(p.d);
		sq_disconnect(p.d);
	}
	if (e == OK)
		e = sync_file(path, f);
	if (e != OK)
		unlink(path);
	return e;
}

/* Called on the writer inside a job: what it sets is used after that job's commit. */
static enum err sq_ship(struct db *d, const struct ship_to *to, const struct ship_at *last, struct fault *f)
{
	struct sdb *sd = sdb_of(d);
	(void)f;
	must(!sd->ship);
	sd->ship = ship_new(d->s->where, sd->h, to, last);
	sd->dirty = true;
	return OK;
}

const struct engine engine_sqlite = {
	.connect = sq_connect, .disconnect = sq_disconnect, .forget = sq_forget, .drain = sq_drain, .exec = sq_exec, .rows = sq_rows,
	.script = sq_script, .next = sq_next, .end = sq_end, .cols = sq_cols, .type = sq_type, .integer = sq_integer,
	.real = sq_real, .text = sq_text, .blob = sq_blob, .read_begin = sq_read_begin, .read_end = sq_read_end, .copy = sq_copy,
	.snapshot = sq_snapshot, .ship = sq_ship,
};
