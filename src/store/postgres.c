/* Why: who outgrows one machine gives a URL and keeps the program.
 * Invariants: a job is one SERIALIZABLE transaction, run again from scratch when PostgreSQL says it lost against another;
 * a COMMIT whose answer got lost is looked up by the mark it left before anything is run again, so nothing is saved
 * twice; a server that is away is ERR_BUSY and never damage, each thread finds it again by itself; the server's messages
 * never reach a fault whole, for they quote values. */
#include "store/internal.h"
#include "base/clock.h"
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RETRIES 5                 /* runs again of one job that lost against another */
#define LOOKUP_MS 20000           /* how long a lost COMMIT is looked up */
#define ALONE_AFTER 2             /* from then on no other writer of this process runs beside it */
#define MIGRATE_LOCK "7090120"    /* any constant: the advisory lock of migrating processes */
#define MARKS_LOCK "7090121"      /* and of those making the table of marks */
#define STALE_MAX 64

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701 };   /* the types we send */

struct pdb {
	struct db d;
	PGconn *c;
	uint32_t last_stmt;                       /* prepared statements are called s1, s2, … */
	uint32_t stale[STALE_MAX];                /* dropped from the cache, not yet from the server */
	int nstale;
	bool retry;                               /* a statement of the job lost against another transaction */
	bool replan;                              /* a kept plan is out of date: another process has migrated */
	int64_t mark_first, mark;                 /* a writer's marks that stand there; the last one given; see commit_lookup() */
	size_t cap;                               /* of the parameter arrays */
	Oid *types;
	const char **vals;
	int *lens, *formats;
	uint64_t *nums;
	struct buf key;
};

static struct pdb *pdb_of(const struct db *d) { return (struct pdb *)d; }

/* ---- errors ---- */

static enum err state_err(const char *state)
{
	static const struct { const char *prefix; enum err e; } map[] = {
		{ "23505", ERR_DUPLICATE }, { "53100", ERR_FULL }, { "53", ERR_BUSY }, { "40", ERR_BUSY }, { "55P03", ERR_BUSY },
		{ "54", ERR_LIMIT }, { "08", ERR_BUSY }, { "57P", ERR_BUSY }, { "25006", ERR_BUSY },   /* away, ending, starting, a standby */
	};
	for (size_t i = 0; i < ARRAY_LEN(map); i++)
		if (str_starts(str_of(state), map[i].prefix))
			return map[i].e;
	return ERR_DB;
}

static const char away[] = N_("The database cannot be reached at the moment; nothing was saved this time. Please try again in a minute.");
static bool pg_lost(const struct db *d) { return PQstatus(pdb_of(d)->c) == CONNECTION_BAD; }

/* Takes res. The message itself is kept only for the classes that speak of our own text, not of values. */
static enum err pg_fail(struct db *d, struct fault *f, PGresult *res, const char *sql)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	if (!state)
		state = "08006";
	const char *rule = res ? PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME) : NULL;
	const char *said = res && strchr("0245", state[0]) && strncmp(state, "22", 2) != 0 && strncmp(state, "23", 2) != 0
		? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	/* 0A000: "cached plan must not change result type" */
	bool replan = strcmp(state, "0A000") == 0;
	pdb_of(d)->replan |= replan;
	if (replan || strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
		pdb_of(d)->retry = true;
	enum err code = state_err(state);
	enum err e = fail(f, code, pg_lost(d) ? away : NULL, "postgres %s %s%.90s in: %.100s", state, rule ? rule : "", said ? said : "", sql);
	PQclear(res);
	return e;
}

/* A statement without parameters or result, outside the cache. */
static enum err pg_plain(struct db *d, struct fault *f, const char *sql)
{
	PGresult *res = PQexec(pdb_of(d)->c, sql);
	ExecStatusType st = PQresultStatus(res);
	if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK && st != PGRES_EMPTY_QUERY)
		return pg_fail(d, f, res, sql);
	PQclear(res);
	return OK;
}

/* ---- connecting ---- */

static void no_notice(void *arg, const PGresult *res) { }

static enum err pg_greet(struct pdb *p, struct fault *f)
{
	if (PQstatus(p->c) != CONNECTION_OK)   /* its message may quote the URL: not in the log */
		return fail(f, ERR_BUSY, away, "no connection to the PostgreSQL server");
	PQsetNoticeReceiver(p->c, no_notice, NULL);
	const char *enc = PQparameterStatus(p->c, "server_encoding");
	if (PQserverVersion(p->c) < 130000 || !enc || strcmp(enc, "UTF8") != 0)
		return fail(f, ERR_DB, N_("The database server must be PostgreSQL 13 or newer, the database in UTF-8."), "version %d, encoding %s",
			    PQserverVersion(p->c), enc ? enc : "?");
	BUF_AUTO b = BUF(1024);
	buf_cstr(&b, "SET standard_conforming_strings = on; SET jit = off; SET lock_timeout = '10s';");
	buf_cstr(&b, p->d.writer ? "SET default_transaction_isolation = 'serializable';" : "SET default_transaction_read_only = on;");
	if (p->d.s->opt.fast_unsafe)
		buf_cstr(&b, "SET synchronous_commit = off;");
	return pg_plain(&p->d, f, b.p);
}

/*
 * ---- marks ----
 *
 * The answer to COMMIT got lost: what became of it? Each transaction of a writer leaves a mark as its last act, a number that nobody else
 * gives. The lookup bars that number: this waits for a transaction still under way, finds its mark when it was committed, and else
 * keeps it out for ever, should it still be on the wire. A transaction id would not do: after a crash the server may give the
 * same id again, to somebody who commits.
 */
#define MARK_SQL "INSERT INTO store_mark (id) VALUES (%lld)"
#define MARKS_KEPT 256

static enum err marks_ready(struct pdb *p, struct fault *f)
{
	PGresult *res = PQexec(p->c, "SELECT to_regclass('store_mark') IS NOT NULL");
	bool there = PQntuples(res) == 1 && strcmp(PQgetvalue(res, 0, 0), "t") == 0;
	PQclear(res);
	if (!there)   /* other processes may be at it */
		TRY(pg_plain(&p->d, f, "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(" MARKS_LOCK ");"
				       "CREATE TABLE IF NOT EXISTS store_mark (id BIGINT PRIMARY KEY, barred BOOLEAN NOT NULL DEFAULT false, made TIMESTAMPTZ NOT NULL DEFAULT now()); COMMIT"));
	uint64_t r;
	random_bytes(&r, sizeof r);
	p->mark_first = p->mark = (int64_t)(r >> 1 & ~UINT64_C(0xffffff));
	/* of processes that are no more */
	return pg_plain(&p->d, f, "BEGIN ISOLATION LEVEL READ COMMITTED; DELETE FROM store_mark WHERE made < now() - interval '7 days'; COMMIT");
}

/* Those answered for. In a transaction of its own that reads nothing under SERIALIZABLE: it must not make others lose. */
static void marks_sweep(struct pdb *p)
{
	char sql[200];
	if (p->mark - p->mark_first < MARKS_KEPT)
		return;
	snprintf(sql, sizeof sql, "BEGIN ISOLATION LEVEL READ COMMITTED; DELETE FROM store_mark WHERE id > %lld AND id <= %lld; COMMIT", (long long)p->mark_first, (long long)p->mark);
	if (pg_plain(&p->d, NULL, sql) == OK)
		p->mark_first = p->mark;
}

static enum err pg_dial(struct pdb *p, struct fault *f)
{
	/* What the URL says comes later and wins. A machine that went away without a word is given up after 25 seconds, not after hours. */
	const char *keys[] = { "connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "fallback_application_name", "dbname",
		"client_encoding", NULL };
	const char *vals[] = { "5", "10", "5", "3", "20000", "xiaoan", p->d.s->where, "UTF8", NULL };
	p->c = PQconnectdbParams(keys, vals, 1);
	enum err e = pg_greet(p, f);
	if (e == OK && p->d.writer && !p->mark)
		e = marks_ready(p, f);
	if (e != OK) {
		/* half a connection must not be mistaken for one; without any, PQstatus says bad */
		PQfinish(p->c);
		p->c = NULL;
	}
	return e;
}

static void pg_disconnect(struct db *d)
{
	struct pdb *p = pdb_of(d);
	db_free_shared(d);
	PQfinish(p->c);
	free(p->types);
	free(p->vals);
	free(p->lens);
	free(p->formats);
	free(p->nums);
	buf_free(&p->key);
	free(p);
}

static enum err pg_connect(struct store *s, bool writer, struct db **ret, struct fault *f)
{
	must(PQisthreadsafe());
	struct pdb *p = xalloc(sizeof *p);
	db_init(&p->d, s, &engine_postgres, writer);
	p->key = BUF(4 * 1024 * 1024);
	enum err e = pg_dial(p, f);
	if (e != OK) {
		pg_disconnect(&p->d);
		return e;
	}
	*ret = &p->d;
	return OK;
}

static enum err pg_redial(struct pdb *p, struct fault *f)
{
	cache_clear(&p->d);
	PQfinish(p->c);
	p->nstale = 0;
	return pg_dial(p, f);
}

enum err postgres_migrate_lock(struct store *s, struct db **ret, struct fault *f)
{
	struct db *d = NULL;
	TRY(pg_connect(s, true, &d, f));
	enum err e = pg_plain(d, f, "SET lock_timeout = 0; SELECT pg_advisory_lock(" MIGRATE_LOCK ")");
	if (e != OK) {
		pg_disconnect(d);
		return e;
	}
	*ret = d;
	return OK;
}

/* ---- statements ---- */

static void pg_forget(struct db *d, void *stmt)
{
	struct pdb *p = pdb_of(d);
	if (p->nstale < STALE_MAX)   /* full: it stays on the server till the connection ends */
		p->stale[p->nstale++] = (uint32_t)(uintptr_t)stmt;
}

static void pg_sweep(struct pdb *p)
{
	char sql[40];
	if (p->nstale < STALE_MAX / 2 || PQtransactionStatus(p->c) == PQTRANS_INERROR)
		return;
	while (p->nstale) {
		snprintf(sql, sizeof sql, "DEALLOCATE s%u", (unsigned)p->stale[--p->nstale]);
		PQclear(PQexec(p->c, sql));
	}
}

static void pg_forget_all(struct pdb *p)
{
	cache_clear(&p->d);
	PQclear(PQexec(p->c, "DEALLOCATE ALL"));
	p->nstale = 0;
	p->replan = false;
}

/* Everything binary with its type named, so that the server neither guesses nor parses. NULL has no type: it is inferred. */
static void pg_params(struct pdb *p, const struct val *args, size_t n)
{
	if (n > p->cap) {
		p->cap = n + 16;
		p->types = xrealloc(p->types, p->cap * sizeof *p->types);
		p->vals = xrealloc(p->vals, p->cap * sizeof *p->vals);
		p->lens = xrealloc(p->lens, p->cap * sizeof *p->lens);
		p->formats = xrealloc(p->formats, p->cap * sizeof *p->formats);
		p->nums = xrealloc(p->nums, p->cap * sizeof *p->nums);
	}
	for (size_t i = 0; i < n; i++) {
		const struct val *v = &args[i];
		uint64_t bits = (uint64_t)v->i;
		p->formats[i] = 1;
		p->vals[i] = v->s.p;
		p->lens[i] = (int)v->s.n;
		p->types[i] = 0;
		switch (v->t) {
		case V_REAL:
			memcpy(&bits, &v->r, sizeof bits);
			/* fall through */
		case V_INT:
			p->types[i] = v->t == V_INT ? OID_INT8 : OID_FLOAT8;
			p->nums[i] = htobe64(bits);
			p->vals[i] = (const char *)&p->nums[i];
			p->lens[i] = 8;
			break;
		case V_TEXT:
			p->types[i] = OID_TEXT;
			break;
		case V_BLOB:
			p->types[i] = v->s.p ? OID_BYTEA : 0;
			break;
		case V_NULL:
			p->vals[i] = NULL;
			break;
		}
	}
}

static enum err pg_prepare(struct pdb *p, struct fault *f, const char *sql, size_t n, struct cached **ret)
{
	bool nulls = false;
	for (size_t i = 0; i < n; i++)
		nulls = nulls || p->types[i] == 0;
	BUF_AUTO text = BUF(4 * 1024 * 1024);
	if (sql_to_postgres(sql, true, &text) != n || text.over)
		return fail(f, ERR_INTERNAL, NULL, "%zu values for: %.180s", n, sql);
	pg_sweep(p);
	char name[16];
	snprintf(name, sizeof name, "s%u", (unsigned)++p->last_stmt);
	bool guard = nulls && PQtransactionStatus(p->c) == PQTRANS_INTRANS;
	if (guard)
		TRY(pg_plain(&p->d, f, "SAVEPOINT xa_prepare"));
	PGresult *res = PQprepare(p->c, name, buf_view(&text).p, (int)n, p->types);
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	if (nulls && state && strcmp(state, "42P18") == 0) {
		/* "? IS NULL" tells the server no type: call it text */
		PQclear(res);
		if (guard)
			TRY(pg_plain(&p->d, f, "ROLLBACK TO xa_prepare"));
		for (size_t i = 0; i < n; i++)
			if (p->types[i] == 0)
				p->types[i] = OID_TEXT;
		res = PQprepare(p->c, name, buf_view(&text).p, (int)n, p->types);
	}
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		return pg_fail(&p->d, f, res, sql);
	PQclear(res);
	if (guard)
		TRY(pg_plain(&p->d, f, "RELEASE xa_prepare"));
	*ret = cache_put(&p->d, buf_view(&p->key), (void *)(uintptr_t)p->last_stmt);
	return OK;
}

static enum err pg_once(struct pdb *p, struct fault *f, const char *sql, size_t n, PGresult **ret)
{
	struct cached *c = cache_get(&p->d.cache, buf_view(&p->key));
	if (!c)
		TRY(pg_prepare(p, f, sql, n, &c));
	char name[16];
	snprintf(name, sizeof name, "s%u", (unsigned)(uintptr_t)c->stmt);
	PGresult *res = PQexecPrepared(p->c, name, (int)n, p->vals, p->lens, p->formats, 1);
	ExecStatusType st = PQresultStatus(res);
	if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK)
		return pg_fail(&p->d, f, res, sql);
	*ret = res;
	return OK;
}

static enum err pg_run(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, PGresult **ret)
{
	static const char kinds[] = { [V_NULL] = 'n', [V_INT] = 'i', [V_TEXT] = 't', [V_BLOB] = 'b', [V_REAL] = 'r' };
	struct pdb *p = pdb_of(d);
	for (size_t i = 0; i < nargs; i++)
		if (args[i].s.n > INT32_MAX)
			return fail(f, ERR_LIMIT, NULL, "a value of %zu bytes", args[i].s.n);
	/* the plan depends on the types, so they are part of the name */
	buf_reset(&p->key);
	for (size_t i = 0; i < nargs; i++)
		buf_char(&p->key, args[i].t == V_BLOB && !args[i].s.p ? 'n' : kinds[args[i].t]);
	buf_char(&p->key, ' ');
	buf_cstr(&p->key, sql);
	pg_params(p, args, nargs);
	p->retry = p->retry && d->in_job;
	enum err e = pg_once(p, f, sql, nargs, ret);
	if (e == OK || d->in_job || d->read_depth > 0)
		return e;
	/* a lone read may simply be asked again */
	if (pg_lost(d))
		TRY(pg_redial(p, f));
	else if (p->replan)
		pg_forget_all(p);
	else
		return e;
	pg_params(p, args, nargs);
	return pg_once(p, f, sql, nargs, ret);
}

static enum err pg_exec(struct db *d, struct fault *f, const char *sql, const struct val *args, size_t nargs, int64_t *ret_changed)
{
	PGresult *res = NULL;
	TRY(pg_run(d, f, sql, args, nargs, &res));
	if (ret_changed)
		*ret_changed = strtoll(PQcmdTuples(res), NULL, 10);
	PQclear(res);
	return OK;
}

static enum err pg_script(struct db *d, struct fault *f, const char *sql) { return pg_plain(d, f, sql); }

/* ---- rows: the whole result is fetched, so that other statements may run between two rows ---- */

static enum err pg_rows(struct db *d, struct rows *r, const char *sql, const struct val *args, size_t nargs)
{
	PGresult *res = NULL;
	TRY(pg_run(d, r->f, sql, args, nargs, &res));
	r->res = res;
	r->row = -1;
	r->nrows = PQntuples(res);
	r->cols = PQnfields(res);
	if (r->text_cap < (size_t)r->cols * 32) {
		r->text_cap = (size_t)r->cols * 32;
		r->text = xrealloc(r->text, r->text_cap);
	}
	return OK;
}

static enum err pg_read_begin(struct db *d, struct fault *f)
{
	const char *sql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	enum err e = pg_plain(d, f, sql);
	if (e == OK || !pg_lost(d))
		return e;
	TRY(pg_redial(pdb_of(d), f));
	return pg_plain(d, f, sql);
}

static void pg_read_end(struct db *d) { PQclear(PQexec(pdb_of(d)->c, "COMMIT")); }

/* ---- the writers ---- */

enum verdict { JOB_DONE, JOB_RETRY, JOB_LOST };

static enum verdict commit_lookup(struct pdb *p, struct fault *f, enum err *ret)
{
	char sql[200];
	snprintf(sql, sizeof sql, "INSERT INTO store_mark (id, barred) VALUES (%lld, true) ON CONFLICT (id) DO UPDATE SET id = store_mark.id RETURNING barred", (long long)p->mark);
	for (int64_t until = mono_ms() + LOOKUP_MS; mono_ms() < until; nanosleep(&(struct timespec){ 0, 100000000L }, NULL)) {
		if (pg_lost(&p->d) && pg_redial(p, f) != OK)
			continue;   /* it may be starting again */
		PGresult *res = PQexec(p->c, sql);
		const char *st = PQntuples(res) == 1 ? PQgetvalue(res, 0, 0) : "";
		bool barred = strcmp(st, "t") == 0, committed = strcmp(st, "f") == 0;
		PQclear(res);
		if (committed) {
			*ret = OK;
			return JOB_DONE;
		}
		if (barred)
			return JOB_LOST;
	}
	*ret = fail(f, ERR_BUSY, N_("The connection to the database broke while saving. Please look whether it was saved before you try again."), "outcome of a commit unknown");
	return JOB_DONE;
}

static enum verdict pg_commit(struct pdb *p, struct write *w, enum err *ret)
{
	char sql[100];
	if (PQtransactionStatus(p->c) != PQTRANS_INTRANS) {      /* without one, COMMIT would be told as good */
		*ret = fail(&w->fault, ERR_DB, NULL, "no transaction to commit");
		return JOB_DONE;
	}
	snprintf(sql, sizeof sql, MARK_SQL "; COMMIT", (long long)++p->mark);
	PGresult *res = PQexec(p->c, sql);
	bool good = PQresultStatus(res) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(res), "COMMIT") == 0;
	if (good) {
		PQclear(res);
		*ret = OK;
		p->d.s->commits++;
		return JOB_DONE;
	}
	if (pg_lost(&p->d)) {
		PQclear(res);
		return commit_lookup(p, &w->fault, ret);
	}
	*ret = pg_fail(&p->d, &w->fault, res, "COMMIT");
	PQclear(PQexec(p->c, "ROLLBACK"));
	return p->retry ? JOB_RETRY : JOB_DONE;
}

static enum verdict pg_attempt(struct pdb *p, struct write *w, enum err *ret)
{
	p->retry = false;
	if (pg_plain(&p->d, &w->fault, "BEGIN") != OK) {
		*ret = w->fault.code;
		return pg_lost(&p->d) ? JOB_LOST : p->retry ? JOB_RETRY : JOB_DONE;
	}
	later_clear(&p->d);
	enum err e = job_run(&p->d, w);
	if (e == OK) {
		/* Of the transaction too: asked again on a new connection it would stand there alone, without what the job has written. */
		p->d.in_job = true;
		e = db_settle(&p->d, NULL, &w->fault);
		p->d.in_job = false;
	}
	/* a sub may have swallowed what PostgreSQL will not forgive */
	if (e != OK || p->retry || pg_lost(&p->d)) {
		bool lost = pg_lost(&p->d);
		*ret = e != OK ? e : fail(&w->fault, ERR_DB, NULL, "the transaction was lost inside the job");
		if (!lost)
			PQclear(PQexec(p->c, "ROLLBACK"));
		return lost ? JOB_LOST : p->retry ? JOB_RETRY : JOB_DONE;
	}
	return pg_commit(p, w, ret);
}

static void pg_job(struct store *s, struct pdb *p, struct write *w)
{
	enum err e = ERR_DB;
	struct rng rng = { (uint64_t)mono_ms() ^ (uintptr_t)w };
	bool redialed = false;
	for (int tries = 0;;) {
		if (tries > ALONE_AFTER)
			pthread_rwlock_wrlock(&s->alone);
		else
			pthread_rwlock_rdlock(&s->alone);
		fault_clear(&w->fault);
		enum verdict v = pg_attempt(p, w, &e);
		pthread_rwlock_unlock(&s->alone);
		if (v == JOB_DONE)
			break;
		after_drop(after_take(&p->d));
		if (v == JOB_LOST) {
			if (redialed || (pg_lost(&p->d) && pg_redial(p, &w->fault) != OK)) {
				e = fail(&w->fault, ERR_BUSY, away, "the connection was lost");
				break;
			}
			redialed = true;
			continue;
		}
		if (p->replan)
			pg_forget_all(p);
		if (++tries > RETRIES) {
			e = fail(&w->fault, ERR_BUSY, NULL, "lost against other transactions %d times", tries);
			break;
		}
		nanosleep(&(struct timespec){ 0, rng_range(&rng, 0, 2000000L << tries) }, NULL);
	}
	struct after *list = after_take(&p->d);
	if (e != OK) {
		after_drop(list);
		list = NULL;
	}
	job_finish(w, list, e);
}

static void pg_drain(struct store *s, struct db *d)
{
	for (;;) {
		bool closed = false;
		struct write *w = queue_take(s, -1, &closed);
		if (closed)
			return;
		pg_job(s, pdb_of(d), w);
		marks_sweep(pdb_of(d));
	}
}

static enum err pg_copy(struct store *s, const char *path, struct fault *f)
{
	return fail(f, ERR_INTERNAL, NULL, "its rows are transferred, not its files copied");
}

const struct engine engine_postgres = {
	.postgres = true, .connect = pg_connect, .disconnect = pg_disconnect, .forget = pg_forget, .drain = pg_drain, .exec = pg_exec,
	.rows = pg_rows, .script = pg_script, .next = pgrow_next, .end = pgrow_end, .cols = pgrow_cols, .type = pgrow_type, .integer = pgrow_integer,
	.real = pgrow_real, .text = pgrow_text, .blob = pgrow_blob, .read_begin = pg_read_begin, .read_end = pg_read_end, .copy = pg_copy,
};

/* ---- where it is ---- */

static const char *option(const PQconninfoOption *o, const char *name)
{
	for (; o->keyword; o++)
		if (strcmp(o->keyword, name) == 0)
			return o->val;
	return NULL;
}

/* As libpq reads it: what the URL leaves open comes from the environment. */
static const char *setting(const PQconninfoOption *given, const PQconninfoOption *usual, const char *name, const char *last)
{
	const char *v = option(given, name);
	if (!v || !*v)
		v = option(usual, name);
	return v && *v ? v : last;
}

enum err store_ports(const char *url, uint16_t *ret, size_t max, size_t *ret_n, struct fault *f)
{
	*ret_n = 0;
	if (!url || (!str_starts(str_of(url), "postgres://") && !str_starts(str_of(url), "postgresql://")))
		return OK;
	char *why = NULL;
	PQconninfoOption *given = PQconninfoParse(url, &why), *usual = PQconndefaults();
	if (!given || !usual) {
		PQconninfoFree(given);
		PQconninfoFree(usual);
		PQfreemem(why);
		return fail(f, ERR_INVALID, N_("The address of the database is not valid."), "--store or --keys");
	}
	struct str hosts = str_of(setting(given, usual, "host", "/")), ports = str_of(setting(given, usual, "port", "5432"));
	if (setting(given, usual, "hostaddr", NULL))
		hosts = str_of(setting(given, usual, "hostaddr", NULL));
	/* Lists run side by side; one port stands for all. */
	for (struct str port = STR("5432"); hosts.p && *ret_n < max;) {
		struct str host = str_cut(hosts, ',', &hosts);
		int64_t n;
		if (ports.p)
			port = str_cut(ports, ',', &ports);
		if (str_starts(host, "/") || str_starts(host, "@"))
			continue;
		ret[(*ret_n)++] = str_int(port, &n) && n > 0 && n < 65536 ? (uint16_t)n : 5432;
	}
	PQconninfoFree(given);
	PQconninfoFree(usual);
	return OK;
}
