/* Why: what follows from a change must reach people: notices in the program, numbers of papers, jobs for later and messages
 * to the outside, all written in the transaction of the act that caused them.
 * Invariants: numbers of a kind and year have no gaps; a job or message is done at least once, never lost. */
#include "record/inner.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum err notice_put(struct ctx *c, int64_t user, int64_t org, const struct rec *about, const char *text)
{
	return db_exec(c->db, c->f, "INSERT INTO notice (id, who, org, ms, type, rid, root, text, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
		       ARGS(VI(id_new(c->now)), VI(user), VI(user ? 0 : org), VI(c->now), VS(str_of(about ? about->t->name : "")), VI(about ? about->id : 0),
			    VI(about ? access_root(about->t, about) : 0), VS(str_of(text))),
		       NULL);
}

/* What is shut to her has no notice either: not in the list, not in the count. */
#define NOT_SHUT " AND root NOT IN (SELECT x.rid FROM access x WHERE x.staff = ? AND (x.bits & 8) <> 0)"

/* What came to her unit, less what is about types she reads nothing of: an administrator is told of no case. */
static char *of_unit(struct ctx *c)
{
	BUF_AUTO b = BUF(1024);
	buf_cstr(&b, "org = ? AND type IN (''");
	for (const struct rtype *const *t = c->app->types; *t; t++)
		if (c->actor->role == ROLE_SYSTEM || type_readable(c, *t))
			buf_printf(&b, ", '%s'", (*t)->name);
	buf_cstr(&b, ")");
	return arena_cstr(c->a, buf_view(&b));
}

enum err notice_list(struct ctx *c, int limit, struct notice **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	struct notice *v = NULL;
	size_t n = 0, cap = 0;
	int64_t user = c->actor->user ? c->actor->user : -1, org = c->actor->org ? c->actor->org : -1;
	limit = limit <= 0 || limit > 200 ? 50 : limit;
	TRY(db_rows(c->db, c->f,
		    arena_printf(c->a, "SELECT id, ms, rid, type, text, seen FROM ("
		    "SELECT * FROM (SELECT id, ms, rid, type, text, seen FROM notice WHERE who = ?" NOT_SHUT " ORDER BY id DESC LIMIT ?) a UNION ALL "
		    "SELECT * FROM (SELECT id, ms, rid, type, text, seen FROM notice WHERE %s" NOT_SHUT " ORDER BY id DESC LIMIT ?) b) x ORDER BY id DESC LIMIT ?", of_unit(c)),
		    ARGS(VI(user), VI(user), VI(limit), VI(org), VI(user), VI(limit), VI(limit)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct notice one = { .id = rows_int(q, 0), .ms = rows_int(q, 1), .rid = rows_int(q, 2), .type = arena_str(c->a, rows_text(q, 3)),
				      .text = arena_str(c->a, rows_text(q, 4)), .read = rows_int(q, 5) != 0 };
		VEC_PUSH(c->a, v, n, cap, one);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err notice_count(struct ctx *c, int64_t cap, int64_t *ret)
{
	int64_t user = c->actor->user ? c->actor->user : -1, org = c->actor->org ? c->actor->org : -1, n = 0;
	TRY(db_int(c->db, c->f,
		   arena_printf(c->a, "SELECT CAST(COUNT(*) AS INTEGER) FROM ("
		   "SELECT * FROM (SELECT id FROM notice WHERE seen = 0 AND who = ?" NOT_SHUT " LIMIT ?) a UNION ALL "
		   "SELECT * FROM (SELECT id FROM notice WHERE seen = 0 AND who = 0 AND %s" NOT_SHUT " LIMIT ?) b) x", of_unit(c)),
		   ARGS(VI(user), VI(user), VI(cap), VI(org), VI(user), VI(cap)), &n, NULL));
	*ret = n < cap ? n : cap;
	return OK;
}

enum err notice_read(struct ctx *c, int64_t id)
{
	return db_exec(c->db, c->f, arena_printf(c->a, "UPDATE notice SET seen = ? WHERE id = ? AND seen = 0 AND (who = ? OR (%s))", of_unit(c)),
		       ARGS(VI(c->now), VI(id), VI(c->actor->user ? c->actor->user : -1), VI(c->actor->org ? c->actor->org : -1)), NULL);
}

enum err notice_read_all(struct ctx *c)
{
	return db_exec(c->db, c->f, arena_printf(c->a, "UPDATE notice SET seen = ? WHERE seen = 0 AND ms <= ? AND (who = ? OR (%s))", of_unit(c)),
		       ARGS(VI(c->now), VI(c->now), VI(c->actor->user ? c->actor->user : -1), VI(c->actor->org ? c->actor->org : -1)), NULL);
}

enum err number_next(struct ctx *c, const char *kind, int year, struct str *ret)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "INSERT INTO counter (kind, year, n) VALUES (?, ?, 1) ON CONFLICT (kind, year) DO UPDATE SET n = counter.n + 1 RETURNING n",
		    ARGS(VS(str_of(kind)), VI(year)), &q));
	TRY(rows_next(q, &more));
	if (!more)
		return fail(c->f, ERR_DB, NULL, "counter %s", kind);
	*ret = arena_fmt(c->a, "%s〔%d〕%05lld号", kind, year, (long long)rows_int(q, 0));
	return OK;
}

enum err number_part(struct ctx *c, struct str of, int64_t seen, int64_t *ret)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "INSERT INTO counter (kind, year, n) VALUES (?, 0, ?) ON CONFLICT (kind, year) DO UPDATE SET "
		    "n = CASE WHEN counter.n < EXCLUDED.n THEN EXCLUDED.n ELSE counter.n + 1 END RETURNING n", ARGS(VS(arena_fmt(c->a, "%.*s之", (int)of.n, of.p)), VI(seen + 1)), &q));
	TRY(rows_next(q, &more));
	if (!more)
		return fail(c->f, ERR_DB, NULL, "counter of parts");
	*ret = rows_int(q, 0);
	return OK;
}

/* ---- jobs ---- */

#define JOB_LEASE (5 * MS_MINUTE)
#define JOB_TRIES 8
#define JOB_LEASE_MAX (MS_MINUTE << JOB_TRIES)

enum err job_put(struct ctx *c, const char *kind, struct str arg, int64_t run_at)
{
	return db_exec(c->db, c->f, "INSERT INTO job (id, kind, arg, run_at, lease, tries, state) VALUES (?, ?, ?, ?, 0, 0, 0)",
		       ARGS(VI(id_new(now_ms())), VS(str_of(kind)), VS(arg.p ? arg : STR("")), VI(run_at)), NULL);
}

struct taken { int64_t id; int64_t tries; struct str kind, arg; bool any; };

/* Leases one job that is due. SKIP LOCKED lets several programs share one PostgreSQL. */
static enum err job_take(struct ctx *c, void *arg)
{
	struct taken *t = arg;
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f,
		    db_is_postgres(c->db) ? "SELECT id, kind, arg, tries FROM job WHERE state = 0 AND run_at <= ? AND lease <= ? ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED"
					  : "SELECT id, kind, arg, tries FROM job WHERE state = 0 AND run_at <= ? AND lease <= ? ORDER BY run_at LIMIT 1",
		    ARGS(VI(c->now), VI(c->now)), &q));
	TRY(rows_next(q, &more));
	*t = (struct taken){ 0 };
	if (!more)
		return OK;
	*t = (struct taken){ .id = rows_int(q, 0), .kind = arena_str(c->a, rows_text(q, 1)), .arg = arena_str(c->a, rows_text(q, 2)), .tries = rows_int(q, 3), .any = true };
	rows_end(q);
	q = NULL;
	return db_exec(c->db, c->f, "UPDATE job SET lease = ?, tries = tries + 1 WHERE id = ?", ARGS(VI(c->now + JOB_LEASE), VI(t->id)), NULL);
}

struct ended { const struct taken *t; const struct job_kind *k; enum err e; char why[256]; };

static enum err job_end(struct ctx *c, void *arg)
{
	const struct ended *d = arg;
	if (d->e != OK && d->t->tries + 1 < JOB_TRIES)
		return db_exec(c->db, c->f, "UPDATE job SET lease = ?, error = ? WHERE id = ?",
			       ARGS(VI(c->now + (MS_MINUTE << d->t->tries)), VS(str_of(d->why)), VI(d->t->id)), NULL);
	if (d->k && d->k->every_ms)
		return db_exec(c->db, c->f, "UPDATE job SET run_at = ?, lease = 0, tries = 0, error = ? WHERE id = ?",
			       ARGS(VI(c->now + d->k->every_ms), d->e == OK ? VN : VS(str_of(d->why)), VI(d->t->id)), NULL);
	if (d->e == OK)
		return db_exec(c->db, c->f, "DELETE FROM job WHERE id = ?", ARGS(VI(d->t->id)), NULL);
	return db_exec(c->db, c->f, "UPDATE job SET state = 1, error = ? WHERE id = ?", ARGS(VS(str_of(d->why)), VI(d->t->id)), NULL);
}

/* What was put off while the clock was ahead, and is now farther off than it is ever put, or was itself put in days to come, is due at once. */
static enum err job_sooner(struct ctx *c, void *arg)
{
	const struct job_kind *k = arg;
	struct val kind = VS(str_of(k->kind));
	if (k->every_ms)
		TRY(db_exec(c->db, c->f, "UPDATE job SET run_at = ? WHERE kind = ? AND state = 0 AND run_at > ?", ARGS(VI(c->now), kind, VI(c->now + k->every_ms)), NULL));
	else
		TRY(db_exec(c->db, c->f, "UPDATE job SET run_at = ? WHERE kind = ? AND state = 0 AND run_at > ? AND id > ?", ARGS(VI(c->now), kind, VI(c->now), VI(id_least(c->now + MS_HOUR))), NULL));
	return db_exec(c->db, c->f, "UPDATE job SET lease = 0 WHERE kind = ? AND state = 0 AND lease > ?", ARGS(kind, VI(c->now + JOB_LEASE_MAX)), NULL);
}

static enum err job_repeat(struct ctx *c, void *arg)
{
	const struct job_kind *k = arg;
	int64_t n = 0;
	TRY(job_sooner(c, arg));
	if (!k->every_ms)
		return OK;
	TRY(db_int(c->db, c->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM job WHERE kind = ? AND state = 0", ARGS(VS(str_of(k->kind))), &n, NULL));
	return n ? OK : job_put(c, k->kind, STR(""), c->now);
}

enum err jobs_run(struct app *app, const struct job_kind *kinds, int max, int *ret)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct ctx c;
	int done = 0;
	ctx_init(&c, app, a, &f, &actor_system);
	for (const struct job_kind *k = kinds; k->kind; k++)
		TRY(ctx_write(&c, job_repeat, (void *)(uintptr_t)k));
	while (done < max) {
		struct taken t = { 0 };
		TRY(ctx_write(&c, job_take, &t));
		if (!t.any)
			break;
		const struct job_kind *k = kinds;
		while (k->kind && !str_is(t.kind, k->kind))
			k++;
		struct ended d = { .t = &t, .k = k->kind ? k : NULL, .e = ERR_NOT_FOUND };
		if (k->kind) {
			fault_clear(&f);
			d.e = ctx_read(&c);
			if (d.e == OK)
				d.e = k->run(&c, t.arg);
		}
		if (d.e != OK)
			snprintf(d.why, sizeof d.why, "%.20s %.230s", err_name(d.e), f.detail);
		fault_clear(&f);
		TRY(ctx_write(&c, job_end, &d));
		done++;
	}
	*ret = done;
	return OK;
}

/* ---- outbox ---- */

#define OUTBOX_AGAIN (10 * MS_MINUTE)    /* what is put off longer was put off by a clock that was ahead */

enum err outbox_put(struct ctx *c, const char *channel, const struct rec *about, struct str body)
{
	int64_t id = id_new(now_ms());
	struct str sealed = seal(c->app->keys, c->a, PLACE("outbox", "body", id), body);
	return db_exec(c->db, c->f, "INSERT INTO outbox (id, ms, channel, type, rid, body, state, tries, next_at) VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?)",
		       ARGS(VI(id), VI(c->now), VS(str_of(channel)), VS(str_of(about ? about->t->name : "")), VI(about ? about->id : 0), VB(sealed.p, sealed.n),
			    VI(c->now)),
		       NULL);
}

/* A file appears whole or not at all: written beside, flushed, renamed. */
static enum err spool(struct ctx *c, int64_t id, struct str body)
{
	char *dir = arena_printf(c->a, "%s/outbox", c->app->data_dir), *tmp = arena_printf(c->a, "%s/.%lld", dir, (long long)id);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return fail(c->f, ERR_IO, NULL, "mkdir outbox: errno %d", errno);
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(c->f, ERR_IO, NULL, "outbox: errno %d", errno);
	bool ok = write(fd, body.p, body.n) == (ssize_t)body.n && fsync(fd) == 0;
	ok = close(fd) == 0 && ok;
	if (!ok || rename(tmp, arena_printf(c->a, "%s/%lld.json", dir, (long long)id)) != 0) {
		(void)unlink(tmp);
		return fail(c->f, ERR_IO, NULL, "outbox: errno %d", errno);
	}
	return OK;
}

struct sent { int64_t id; bool ok; };

static enum err outbox_mark(struct ctx *c, void *arg)
{
	const struct sent *s = arg;
	if (s->ok)
		return db_exec(c->db, c->f, "UPDATE outbox SET state = 1 WHERE id = ?", ARGS(VI(s->id)), NULL);
	return db_exec(c->db, c->f, "UPDATE outbox SET tries = tries + 1, next_at = ? WHERE id = ?", ARGS(VI(c->now + OUTBOX_AGAIN), VI(s->id)), NULL);
}

enum err outbox_deliver(struct ctx *c, int *ret)
{
	ROWS q = NULL;
	bool more;
	struct { int64_t id; struct str body; } v[100];
	int n = 0, done = 0;
	TRY(db_rows(c->db, c->f, "SELECT id, body FROM outbox WHERE state = 0 AND (next_at <= ? OR next_at > ?) ORDER BY next_at LIMIT 100", ARGS(VI(c->now), VI(c->now + OUTBOX_AGAIN)), &q));
	for (; n < 100; n++) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		v[n].id = rows_int(q, 0);
		v[n].body = arena_str(c->a, rows_blob(q, 1));
	}
	rows_end(q);
	q = NULL;
	for (int i = 0; i < n; i++) {
		struct str body;
		struct fault f = { 0 }, *was = c->f;
		c->f = &f;
		enum err e = unseal(c->app->keys, c->a, PLACE("outbox", "body", v[i].id), v[i].body, &body, &f);
		if (e == OK)
			e = spool(c, v[i].id, body);
		c->f = was;
		struct sent s = { v[i].id, e == OK };
		TRY(ctx_write(c, outbox_mark, &s));
		done += s.ok;
	}
	*ret = done;
	return OK;
}
