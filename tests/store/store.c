/* The one database layer, the same tests on both engines. */
#include "both.h"
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct sql { const char *text; const struct val *args; size_t n; int64_t changed; };

static enum err sql_job(struct db *d, void *arg, struct fault *f)
{
	struct sql *q = arg;
	return db_exec(d, f, q->text, q->args, q->n, &q->changed);
}

static enum err run(struct store *s, const char *text, const struct val *args, size_t n)
{
	struct sql q = { text, args, n, 0 };
	return store_write(s, sql_job, &q, NULL);
}

static int64_t ask(struct store *s, const char *text)
{
	struct db *d = NULL;
	int64_t v = -1;
	CHECK_OK(store_reader(s, &d, NULL));
	CHECK_OK(db_int(d, NULL, text, NOARGS, &v, NULL));
	return v;
}

static const struct migration base[] = {
	{ 1, "thing", "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body BLOB, weight REAL, n INTEGER CHECK (n >= 0)) STRICT;\n"
		      "CREATE TABLE part (id INTEGER PRIMARY KEY, thing INTEGER NOT NULL REFERENCES thing(id)) STRICT;\n" },
};

static struct store *open_base(struct place *p)
{
	struct store *s = NULL;
	struct fault f = { 0 };
	enum err e = store_open(p->url, NULL, &s, &f);
	if (e != OK)
		printf("# %s\n", f.detail);
	NEED(e == OK);
	e = store_migrate(s, base, ARRAY_LEN(base), &f);
	if (e != OK)
		printf("# %s\n", f.detail);
	NEED(e == OK);
	return s;
}

BOTH(round_trip)
{
	STORE s = open_base(p);
	CHECK(store_is_postgres(s) == p->postgres);
	static const char odd[] = "王小花\xF0\xA0\xAE\xB7 'quoted' \"?\" ; -- x";
	static const unsigned char bytes[] = { 0, 1, 255, 0, '\\', '\'' };
	NEED_OK(run(s, "INSERT INTO thing (id, name, body, weight, n) VALUES (?, ?, ?, ?, ?)",
		    ARGS(VI(INT64_MAX), VS(str_of(odd)), VB(bytes, sizeof bytes), VR(0.1), VI(0))));
	NEED_OK(run(s, "INSERT INTO thing (id, name, body, weight, n) VALUES (?, ?, ?, ?, ?)",
		    ARGS(VI(INT64_MIN), VS(STR("")), VB("", 0), VR(-1e300), VN)));
	NEED_OK(run(s, "INSERT INTO thing (id, name, body, weight, n) VALUES (?, ?, ?, ?, ?)",
		    ARGS(VI(7), VS(STR_NONE), VN, VN, VI(12))));
	struct db *d = NULL;
	NEED_OK(store_reader(s, &d, NULL));
	CHECK(!db_can_write(d) && db_is_postgres(d) == p->postgres);
	ROWS r = NULL;
	NEED_OK(db_rows(d, NULL, "SELECT id, name, body, weight, n FROM thing ORDER BY id DESC", NOARGS, &r));
	bool more = false;
	CHECK_INT(rows_cols(r), 5);
	NEED_OK(rows_next(r, &more));
	NEED(more);
	CHECK_INT(rows_int(r, 0), INT64_MAX);
	CHECK(rows_type(r, 0) == V_INT && rows_type(r, 1) == V_TEXT && rows_type(r, 2) == V_BLOB && rows_type(r, 3) == V_REAL);
	CHECK_STR(rows_text(r, 1), odd);
	CHECK(rows_blob(r, 2).n == sizeof bytes && memcmp(rows_blob(r, 2).p, bytes, sizeof bytes) == 0);
	CHECK(rows_real(r, 3) == 0.1);
	struct str a = rows_text(r, 0), b = rows_text(r, 4);   /* numbers as text, both alive at once */
	CHECK_STR(a, "9223372036854775807");
	CHECK_STR(b, "0");
	NEED_OK(rows_next(r, &more));
	NEED(more);
	CHECK(rows_type(r, 0) == V_INT && rows_type(r, 1) == V_NULL && rows_type(r, 4) == V_INT);
	CHECK(rows_text(r, 1).p == NULL && rows_blob(r, 2).p == NULL && rows_int(r, 2) == 0);
	NEED_OK(rows_next(r, &more));
	NEED(more);
	CHECK_INT(rows_int(r, 0), INT64_MIN);
	CHECK(rows_text(r, 1).p && rows_text(r, 1).n == 0 && rows_blob(r, 2).p && rows_blob(r, 2).n == 0);
	CHECK(rows_real(r, 3) == -1e300);
	CHECK(rows_type(r, 4) == V_NULL);
	NEED_OK(rows_next(r, &more));
	CHECK(!more);
}

BOTH(sums_are_integers)
{
	STORE s = open_base(p);
	NEED_OK(run(s, "INSERT INTO thing (id, n, weight) VALUES (1, 30000, 1.5), (2, 1234567, 2.25), (3, 0, NULL)", NOARGS));
	struct db *d = NULL;
	NEED_OK(store_reader(s, &d, NULL));
	ROWS r = NULL;
	NEED_OK(db_rows(d, NULL, "SELECT SUM(n), CAST(SUM(n) * 10000 AS INTEGER), COUNT(*), SUM(weight), 100000000 * SUM(n), -SUM(n), 'word' FROM thing", NOARGS, &r));
	bool more = false;
	NEED_OK(rows_next(r, &more));
	CHECK(rows_type(r, 0) == V_INT && rows_type(r, 1) == V_INT && rows_type(r, 6) == V_TEXT);
	CHECK_INT(rows_int(r, 0), 1264567);
	CHECK_INT(rows_int(r, 1), 12645670000);
	CHECK_INT(rows_int(r, 2), 3);
	CHECK(rows_real(r, 3) == 3.75);
	CHECK_STR(rows_text(r, 3), "3.75");
	CHECK_INT(rows_int(r, 4), 126456700000000);
	CHECK_INT(rows_int(r, 5), -1264567);
	NEED_OK(rows_next(r, &more));
	CHECK(!more);
	NEED_OK(rows_next(r, &more));   /* still over */
	CHECK(!more);
}

BOTH(parameters)
{
	struct store *s = open_base(p);
	struct db *d = NULL;
	int64_t v = 0;
	bool found = true;
	NEED_OK(run(s, "INSERT INTO thing (id, name) VALUES (1, 'a?b'), (2, 'x')", NOARGS));
	NEED_OK(store_reader(s, &d, NULL));
	CHECK_OK(db_int(d, NULL, "SELECT id FROM thing WHERE name = 'a?b' AND id = ? /* ? */ -- ?", ARGS(VI(1)), &v, &found));
	CHECK(found && v == 1);
	v = 99;
	CHECK_OK(db_int(d, NULL, "SELECT id FROM thing WHERE name = ?", ARGS(VS(STR("none"))), &v, &found));
	CHECK(!found && v == 99);
	CHECK_ERR(db_int(d, NULL, "SELECT id FROM thing WHERE name = ?", NOARGS, &v, NULL), ERR_INTERNAL);
	/* NULL has no type of its own */
	for (int i = 0; i < 2; i++) {
		CHECK_OK(db_int(d, NULL, "SELECT COUNT(*) FROM thing WHERE ? IS NULL", ARGS(VN), &v, NULL));
		CHECK_INT(v, 2);
	}
	CHECK_OK(db_int(d, NULL, "SELECT COUNT(*) FROM thing WHERE ? IS NULL", ARGS(VI(1)), &v, NULL));
	CHECK_INT(v, 0);
	struct sql q = { "UPDATE thing SET n = ? WHERE id <= ?", ARGS(VI(3), VI(2)), 0 };
	NEED_OK(store_write(s, sql_job, &q, NULL));
	CHECK_INT(q.changed, 2);
	q = (struct sql){ "UPDATE thing SET n = ? WHERE id = ?", ARGS(VN, VI(77)), 0 };
	NEED_OK(store_write(s, sql_job, &q, NULL));
	CHECK_INT(q.changed, 0);
	/* a reader cannot write, and the fault tells no value */
	struct fault f = { 0 };
	CHECK(db_exec(d, &f, "UPDATE thing SET name = ? WHERE id = 1", ARGS(VS(STR("secretword"))), NULL) != OK);
	CHECK(!strstr(f.detail, "secretword"));
	store_close(s);
}

BOTH(nested_queries_and_cache)
{
	STORE s = open_base(p);
	NEED_OK(run(s, "INSERT INTO thing (id, n) VALUES (1, 1), (2, 2), (3, 3)", NOARGS));
	struct db *d = NULL;
	NEED_OK(store_reader(s, &d, NULL));
	int64_t before = db_statements(d), seen = 0;
	const char *sql = "SELECT id FROM thing WHERE id > ? ORDER BY id";
	ROWS outer = NULL;
	NEED_OK(db_rows(d, NULL, sql, ARGS(VI(0)), &outer));
	for (bool more = true;;) {
		NEED_OK(rows_next(outer, &more));
		if (!more)
			break;
		ROWS inner = NULL;   /* the same text while it is being stepped */
		NEED_OK(db_rows(d, NULL, sql, ARGS(VI(rows_int(outer, 0))), &inner));
		for (bool again = true;;) {
			NEED_OK(rows_next(inner, &again));
			if (!again)
				break;
			seen++;
		}
	}
	CHECK_INT(seen, 3);
	CHECK_INT(db_statements(d) - before, 4);
	/* far more statements than the cache holds, in two rounds */
	for (int i = 0; i < 1400; i++) {
		char text[64];
		int64_t v = 0;
		snprintf(text, sizeof text, "SELECT %d + n FROM thing WHERE id = ?", i % 700);
		NEED_OK(db_int(d, NULL, text, ARGS(VI(2)), &v, NULL));
		NEED(v == i % 700 + 2);
	}
}

BOTH(errors)
{
	struct store *s = open_base(p);
	NEED_OK(run(s, "INSERT INTO thing (id, name) VALUES (1, 'one')", NOARGS));
	CHECK_ERR(run(s, "INSERT INTO thing (id) VALUES (1)", NOARGS), ERR_DUPLICATE);
	CHECK_ERR(run(s, "INSERT INTO thing (id, name) VALUES (2, 'one')", NOARGS), ERR_DUPLICATE);
	CHECK_ERR(run(s, "INSERT INTO thing (id, n) VALUES (2, -1)", NOARGS), ERR_DB);
	CHECK_ERR(run(s, "INSERT INTO part (id, thing) VALUES (1, 99)", NOARGS), ERR_DB);
	CHECK_ERR(run(s, "INSERT INTO nowhere (id) VALUES (1)", NOARGS), ERR_DB);
	CHECK_OK(run(s, "INSERT INTO thing (id, name) VALUES (1, 'two') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name", NOARGS));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing WHERE name = 'two'"), 1);
	store_close(s);
	struct fault f = { 0 };
	CHECK_ERR(store_open(":memory:", NULL, &s, &f), ERR_DB);
	CHECK_ERR(store_open("/nowhere/at/all.db", NULL, &s, &f), ERR_IO);
	CHECK_ERR(store_open("postgres://nobody:hidden@127.0.0.1:1/x", NULL, &s, &f), ERR_BUSY);
	CHECK(!strstr(f.detail, "hidden"));
}

/* ---- jobs ---- */

static enum err good_sub(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, "INSERT INTO thing (id) VALUES (?)", ARGS(VI(*(int *)arg)), NULL); }

static void note(void *arg) { ++**(int **)arg; }

static void after(struct db *d, int *count)
{
	int **box = malloc(sizeof *box);
	*box = count;
	db_after_commit(d, note, box);
}

struct subs { int calls, dropped; enum err twice; };

static enum err bad_sub(struct db *d, void *arg, struct fault *f)
{
	struct subs *t = arg;
	after(d, &t->dropped);
	TRY(db_exec(d, f, "INSERT INTO thing (id) VALUES (50)", NOARGS, NULL));
	return db_exec(d, f, "INSERT INTO thing (id) VALUES (1)", NOARGS, NULL);
}

static enum err subs_job(struct db *d, void *arg, struct fault *f)
{
	struct subs *t = arg;
	int one = 1, two = 2;
	after(d, &t->calls);
	TRY(db_sub(d, good_sub, &one, f));
	t->twice = db_sub(d, bad_sub, t, f);
	after(d, &t->calls);
	return db_sub(d, good_sub, &two, f);
}

static enum err failing_job(struct db *d, void *arg, struct fault *f)
{
	struct subs *t = arg;
	after(d, &t->dropped);
	TRY(db_exec(d, f, "INSERT INTO thing (id) VALUES (60)", NOARGS, NULL));
	return fail(f, ERR_STATE, "no", NULL);
}

static enum err stubborn_job(struct db *d, void *arg, struct fault *f)
{
	TRY(db_exec(d, f, "INSERT INTO thing (id) VALUES (70)", NOARGS, NULL));
	enum err *e = arg;
	e[0] = db_exec(d, NULL, "INSERT INTO thing (id) VALUES (1)", NOARGS, NULL);
	e[1] = db_exec(d, NULL, "INSERT INTO thing (id) VALUES (71)", NOARGS, NULL);
	return OK;
}

BOTH(subs_and_after_commit)
{
	struct store *s = open_base(p);
	struct subs t = { 0 };
	NEED_OK(store_write(s, subs_job, &t, NULL));
	CHECK(t.twice == ERR_DUPLICATE && t.calls == 2 && t.dropped == 0);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 2);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing WHERE id = 50"), 0);
	struct fault f = { 0 };
	CHECK_ERR(store_write(s, failing_job, &t, &f), ERR_STATE);
	CHECK(f.msg && strcmp(f.msg, "no") == 0 && t.dropped == 0);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 2);
	/* who goes on after a failed statement loses all of the job, on both engines */
	enum err e[2] = { OK, OK };
	CHECK(store_write(s, stubborn_job, e, NULL) != OK);
	CHECK(e[0] == ERR_DUPLICATE && e[1] == ERR_INTERNAL);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 2);
	store_close(s);
}

/* ---- what the jobs of one commit write together ---- */

/* Adds to thing 1 what is kept; -99 does not go in. */
static int sum_flushes;

static enum err sum_flush(struct db *d, void *const *item, size_t n, struct fault *f)
{
	int64_t sum = 0;
	for (size_t i = 0; i < n; i++) {
		if (*(const int64_t *)item[i] == -99)
			return fail(f, ERR_DB, NULL, "poison");
		sum += *(const int64_t *)item[i];
	}
	__atomic_fetch_add(&sum_flushes, 1, __ATOMIC_SEQ_CST);
	return db_exec(d, f, "UPDATE thing SET n = n + ? WHERE id = 1", ARGS(VI(sum)), NULL);
}

static const struct later sums = { sum_flush };
static void sum_add(struct db *d, int64_t n) { *(int64_t *)db_later(d, &sums, sizeof n) = n; }

enum { SUM_ADDS, SUM_FAILS, SUM_SUB_FAILS, SUM_SETTLES_AND_FAILS, SUM_POISON, SUM_LOOKS };
struct sum { struct write w; int kind, *done; int64_t n, seen; enum err e; };

static enum err sum_sub(struct db *d, void *arg, struct fault *f)
{
	(void)arg;
	sum_add(d, 1000);
	TRY(db_settle(d, &sums, f));
	sum_add(d, 2000);
	return fail(f, ERR_STATE, NULL, NULL);
}

static enum err sum_job(struct db *d, void *arg, struct fault *f)
{
	struct sum *t = arg;
	sum_add(d, t->kind == SUM_POISON ? -99 : t->n);
	switch (t->kind) {
	case SUM_FAILS:
		TRY(db_exec(d, f, "INSERT INTO thing (id) VALUES (?)", ARGS(VI(100 + t->n)), NULL));
		return fail(f, ERR_STATE, NULL, NULL);
	case SUM_SUB_FAILS:
		if (db_sub(d, sum_sub, NULL, f) != ERR_STATE)
			return fail(f, ERR_INTERNAL, NULL, NULL);
		return OK;
	case SUM_SETTLES_AND_FAILS:
		TRY(db_settle(d, NULL, f));
		sum_add(d, 4000);
		return fail(f, ERR_STATE, NULL, NULL);
	case SUM_LOOKS:
		TRY(db_settle(d, &sums, f));
		return db_int(d, f, "SELECT n FROM thing WHERE id = 1", NOARGS, &t->seen, NULL);
	default:
		return OK;
	}
}

static void sum_done(void *arg, enum err e, struct fault *f)
{
	struct sum *t = arg;
	(void)f;
	t->e = e;
	__atomic_fetch_add(t->done, 1, __ATOMIC_SEQ_CST);
}

static enum err hold_job(struct db *d, void *arg, struct fault *f)
{
	(void)d, (void)f;
	while (!__atomic_load_n((int *)arg, __ATOMIC_SEQ_CST))
		usleep(1000);
	return OK;
}

/* All are queued while the writer is held, so that on SQLite they come into one commit. */
static void sum_run(struct store *s, struct sum *v, int n)
{
	int go = 0, done = 0;
	struct write hold = { .run = hold_job, .arg = &go };
	store_submit(s, &hold);
	for (int i = 0; i < n; i++) {
		v[i].w = (struct write){ .run = sum_job, .done = sum_done, .arg = &v[i] };
		v[i].done = &done;
		v[i].n = (int64_t)1 << i;
		store_submit(s, &v[i].w);
	}
	__atomic_store_n(&go, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) < n)
		usleep(1000);
}

BOTH(written_together)
{
	struct store *s = open_base(p);
	NEED_OK(run(s, "INSERT INTO thing (id, n) VALUES (1, 0)", NOARGS));
	sum_flushes = 0;
	struct sum v[] = { { .kind = SUM_ADDS }, { .kind = SUM_ADDS }, { .kind = SUM_FAILS }, { .kind = SUM_SUB_FAILS }, { .kind = SUM_SETTLES_AND_FAILS },
			   { .kind = SUM_LOOKS }, { .kind = SUM_FAILS }, { .kind = SUM_ADDS } };
	sum_run(s, v, ARRAY_LEN(v));
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		CHECK(v[i].e == (v[i].kind == SUM_FAILS || v[i].kind == SUM_SETTLES_AND_FAILS ? ERR_STATE : OK));
	CHECK_INT(ask(s, "SELECT n FROM thing WHERE id = 1"), 1 + 2 + 8 + 32 + 128);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 1);
	if (!p->postgres)
		CHECK_INT(v[5].seen, 1 + 2 + 8 + 32);   /* what was kept by those before it counts, though one undid its writing */
	/* what one brings in and cannot be written fails alone */
	struct sum w[] = { { .kind = SUM_ADDS }, { .kind = SUM_POISON }, { .kind = SUM_FAILS }, { .kind = SUM_ADDS } };
	sum_run(s, w, ARRAY_LEN(w));
	CHECK(w[0].e == OK && w[1].e == ERR_DB && w[2].e == ERR_STATE && w[3].e == OK);
	CHECK_INT(ask(s, "SELECT n FROM thing WHERE id = 1"), 1 + 2 + 8 + 32 + 128 + 1 + 8);
	/* and what all add is one statement */
	sum_flushes = 0;
	struct sum u[16] = { { .kind = SUM_ADDS } };
	sum_run(s, u, ARRAY_LEN(u));
	if (!p->postgres)
		CHECK(sum_flushes <= 2);
	store_close(s);
}

#define WORKERS 64
#define EACH 20
struct worker { struct store *s; int no, ok, bad; };

static enum err worker_job(struct db *d, void *arg, struct fault *f)
{
	const int64_t *id = arg;
	TRY(db_exec(d, f, "INSERT INTO thing (id, n) VALUES (?, 1)", ARGS(VI(*id)), NULL));
	if (*id % 5 == 0)
		return fail(f, ERR_STATE, NULL, NULL);
	return OK;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	for (int i = 0; i < EACH; i++) {
		int64_t id = w->no * EACH + i;
		enum err e = store_write(w->s, worker_job, &id, NULL);
		w->ok += e == OK;
		w->bad += e == ERR_STATE;
		struct db *d = NULL;
		int64_t there = -1;
		if (store_reader(w->s, &d, NULL) != OK || db_int(d, NULL, "SELECT COUNT(*) FROM thing WHERE id = ?", ARGS(VI(id)), &there, NULL) != OK ||
		    there != (e == OK))
			w->bad += 1000;   /* acknowledged must mean visible, refused must mean gone */
	}
	return NULL;
}

BOTH(many_threads)
{
	struct store *s = open_base(p);
	pthread_t t[WORKERS];
	struct worker w[WORKERS];
	for (int i = 0; i < WORKERS; i++) {
		w[i] = (struct worker){ s, i, 0, 0 };
		NEED(pthread_create(&t[i], NULL, worker_main, &w[i]) == 0);
	}
	int ok = 0, bad = 0;
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(t[i], NULL);
		ok += w[i].ok;
		bad += w[i].bad;
	}
	CHECK_INT(ok, WORKERS * EACH * 4 / 5);
	CHECK_INT(bad, WORKERS * EACH / 5);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), ok);
	store_close(s);
}

/* All want the same row: on PostgreSQL they lose against each other and run again; none may be lost or counted twice. */
static enum err count_job(struct db *d, void *arg, struct fault *f)
{
	int64_t n = 0;
	TRY(db_int(d, f, "SELECT n FROM thing WHERE id = 1", NOARGS, &n, NULL));
	return db_exec(d, f, "UPDATE thing SET n = ? WHERE id = 1", ARGS(VI(n + 1)), NULL);
}

static void *count_main(void *arg)
{
	struct worker *w = arg;
	for (int i = 0; i < EACH; i++) {
		enum err e = store_write(w->s, count_job, NULL, NULL);
		w->ok += e == OK;
		w->bad += e != OK && e != ERR_BUSY;
	}
	return NULL;
}

BOTH(hot_row)
{
	struct store *s = open_base(p);
	NEED_OK(run(s, "INSERT INTO thing (id, n) VALUES (1, 0)", NOARGS));
	pthread_t t[8];
	struct worker w[8];
	int ok = 0;
	for (int i = 0; i < 8; i++) {
		w[i] = (struct worker){ s, i, 0, 0 };
		NEED(pthread_create(&t[i], NULL, count_main, &w[i]) == 0);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(t[i], NULL);
		ok += w[i].ok;
		CHECK_INT(w[i].bad, 0);
	}
	CHECK_INT(ok, 8 * EACH);   /* the store runs the loser alone before it gives up */
	CHECK_INT(ask(s, "SELECT n FROM thing WHERE id = 1"), ok);
	store_close(s);
}

static void flood_done(void *arg, enum err e, struct fault *f) { __atomic_fetch_add((int *)arg, e == OK ? 1 : 1000000, __ATOMIC_SEQ_CST); }
static enum err flood_job(struct db *d, void *arg, struct fault *f) { return OK; }

BOTH(close_drains_and_queue_blocks)
{
	struct store *s = open_base(p);
	int done = 0, n = p->postgres ? 300 : 25000;   /* more than the queue holds */
	struct write *w = xalloc((size_t)n * sizeof *w);
	for (int i = 0; i < n; i++) {
		w[i].run = flood_job;
		w[i].done = flood_done;
		w[i].arg = &done;
		store_submit(s, &w[i]);
	}
	store_close(s);
	CHECK_INT(done, n);
	free(w);
}

BOTH(one_snapshot)
{
	struct store *s = open_base(p);
	struct db *d = NULL;
	NEED_OK(store_reader(s, &d, NULL));
	NEED_OK(db_read_begin(d, NULL));
	NEED_OK(db_read_begin(d, NULL));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 0);
	NEED_OK(run(s, "INSERT INTO thing (id) VALUES (1)", NOARGS));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 0);
	db_read_end(d);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 0);
	db_read_end(d);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 1);
	store_close(s);
}

static enum err quiet_job(struct db *d, void *arg, struct fault *f)
{
	(void)arg;
	db_quiet(d);
	return db_exec(d, f, "INSERT INTO thing (id) VALUES (77)", NOARGS, NULL);
}

struct told { struct store *s; int64_t before; bool grown; };
static enum err insert_78(struct db *d, void *arg, struct fault *f) { (void)arg; return db_exec(d, f, "INSERT INTO thing (id) VALUES (78)", NOARGS, NULL); }
static void grown_by_now(void *arg, enum err e, struct fault *f)
{
	struct told *t = arg;
	(void)f;
	__atomic_store_n(&t->grown, e == OK && store_version(t->s) != t->before, __ATOMIC_SEQ_CST);
}
static enum err version_here(struct db *d, void *arg, struct fault *f)
{
	(void)f;
	db_quiet(d);
	*(int64_t *)arg = db_version(d);
	return OK;
}

BOTH(versions_tell_what_changed)
{
	struct store *s = open_base(p), *other = NULL;
	int64_t v = store_version(s), here = 0;
	if (p->postgres) {
		CHECK_INT(v, 0);
		NEED_OK(run(s, "INSERT INTO thing (id) VALUES (1)", NOARGS));
		CHECK_INT(store_version(s), 0);
		store_close(s);
		return;
	}
	NEED_OK(store_write(s, quiet_job, NULL, NULL));
	CHECK_INT(store_version(s), v);
	NEED_OK(store_write(s, version_here, &here, NULL));
	CHECK_INT(here, v);
	/* It has grown before anybody is told. */
	struct told t = { s, v, false };
	struct write w = { .run = insert_78, .done = grown_by_now, .arg = &t };
	store_submit(s, &w);
	NEED_OK(store_write(s, version_here, &here, NULL));
	CHECK(__atomic_load_n(&t.grown, __ATOMIC_SEQ_CST) && here > v);
	CHECK_INT(store_version(s), here);
	/* What failed changed nothing, though it may have grown; another process is seen by the next job at the latest. */
	CHECK(run(s, "INSERT INTO thing (id) VALUES (78)", NOARGS) != OK);
	NEED_OK(store_write(s, version_here, &v, NULL));
	NEED_OK(store_open(p->url, NULL, &other, NULL));
	NEED_OK(run(other, "INSERT INTO thing (id) VALUES (79)", NOARGS));
	NEED_OK(store_write(s, version_here, &here, NULL));
	CHECK(here > v);
	NEED_OK(store_write(s, version_here, &v, NULL));
	CHECK_INT(v, here);
	store_close(other);
	store_close(s);
}

/* ---- migrations ---- */

BOTH(migrations)
{
	static const char blocks[] = "CREATE TABLE two (id INTEGER PRIMARY KEY, note TEXT DEFAULT 'INTEGER ) STRICT', b BLOB, r REAL) STRICT;\n"
		"-- sqlite\nINSERT INTO two (id, note) VALUES (1, 'sqlite');\n-- end\n"
		"-- postgres\nINSERT INTO two (id, note) VALUES (1, 'postgres'::TEXT); CREATE TABLE only_pg (n INTEGER);\n-- end\n"
		"CREATE TABLE pair (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID, STRICT; -- INTEGER\n";
	struct migration m[] = { base[0], { 2, "two", blocks }, { 5, "bad", "CREATE TABLE half (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1);" } };
	struct store *s = NULL;
	struct fault f = { 0 };
	NEED_OK(store_open(p->url, NULL, &s, NULL));
	NEED_OK(store_migrate(s, m, 1, NULL));
	NEED_OK(store_migrate(s, m, 2, NULL));
	NEED_OK(store_migrate(s, m, 2, NULL));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM schema_migration"), 2);
	CHECK_INT(ask(s, p->postgres ? "SELECT COUNT(*) FROM two WHERE note = 'postgres'" : "SELECT COUNT(*) FROM two WHERE note = 'sqlite'"), 1);
	NEED_OK(run(s, "INSERT INTO two (id, b, r) VALUES (2, ?, ?)", ARGS(VB("\0x", 2), VR(2.5))));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM two WHERE note = 'INTEGER ) STRICT'"), 1);
	NEED_OK(run(s, "INSERT INTO pair (a, b) VALUES (?, 1)", ARGS(VI(INT64_C(1) << 40))));
	/* a broken one leaves nothing, not even its first table */
	CHECK_ERR(store_migrate(s, m, 3, NULL), ERR_DB);
	CHECK_OK(run(s, "CREATE TABLE half (id INTEGER)", NOARGS));
	m[0].sql = "CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT;";
	CHECK_ERR(store_migrate(s, m, 2, &f), ERR_DB);
	CHECK(f.msg && f.hint && strcmp(f.arg, "1 thing") == 0);
	m[0] = base[0];
	fault_clear(&f);
	CHECK_ERR(store_migrate(s, m, 1, &f), ERR_DB);
	CHECK(f.msg && f.hint && strcmp(f.arg, "2") == 0);
	CHECK_OK(store_migrate(s, m, 2, NULL));
	store_close(s);
}

/* ---- SQLite alone ---- */

TEST(private_file_and_copy)
{
	struct place p;
	place_new(&p, false);
	struct store *s = open_base(&p);
	char path[128];
	struct stat st;
	snprintf(path, sizeof path, "%s/t.db", p.dir);
	NEED(stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	NEED_OK(run(s, "INSERT INTO thing (id, name) VALUES (1, 'kept')", NOARGS));
	CHECK_INT(ask(s, "PRAGMA synchronous"), 2);
	CHECK_INT(ask(s, "PRAGMA foreign_keys"), 1);
	CHECK_INT(ask(s, "PRAGMA secure_delete"), 1);
	snprintf(path, sizeof path, "%s/copy.db", p.dir);
	NEED_OK(store_copy(s, path, NULL));
	CHECK_ERR(store_copy(s, path, NULL), ERR_IO);
	NEED(stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	store_close(s);
	NEED_OK(store_open(path, NULL, &s, NULL));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing WHERE name = 'kept'"), 1);
	store_close(s);
	snprintf(path, sizeof path, "%s/copy.db-wal", p.dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/copy.db-shm", p.dir);
	unlink(path);
	place_end(&p);
}

static enum err page_limit(struct db *d, void *arg, struct fault *f)
{
	int64_t n = 0;
	return db_int(d, f, arg, NOARGS, &n, NULL);
}

static int fill(struct store *s, int from, int to, enum err *ret)
{
	static char fat[8000];
	memset(fat, 'x', sizeof fat);
	int ok = 0;
	*ret = OK;
	for (int i = from; i < to && *ret == OK; i++) {
		struct fault f = { 0 };
		struct sql q = { "INSERT INTO thing (id, body) VALUES (?, ?)", ARGS(VI(i), VB(fat, sizeof fat)), 0 };
		*ret = store_write(s, sql_job, &q, &f);
		if (*ret != OK)
			printf("# %s\n", f.detail);
		ok += *ret == OK;
	}
	return ok;
}

TEST(database_full)
{
	struct place p;
	place_new(&p, false);
	struct store *s = open_base(&p);
	NEED_OK(store_write(s, page_limit, (void *)"PRAGMA max_page_count = 60", NULL));
	enum err e = OK;
	int ok = fill(s, 0, 200, &e);
	CHECK_ERR(e, ERR_FULL);
	CHECK(ok > 5);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), ok);
	/* room again: it goes on */
	NEED_OK(store_write(s, page_limit, (void *)"PRAGMA max_page_count = 1000", NULL));
	CHECK_INT(fill(s, 1000, 1010, &e), 10);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), ok + 10);
	store_close(s);
	place_end(&p);
}

TEST(disk_full)
{
	struct place p;
	place_new(&p, false);
	struct store *s = open_base(&p);
	struct rlimit was, small = { 200000, 0 };
	NEED(getrlimit(RLIMIT_FSIZE, &was) == 0);
	small.rlim_max = was.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	NEED(setrlimit(RLIMIT_FSIZE, &small) == 0);
	enum err e = OK;
	int ok = fill(s, 0, 200, &e);
	NEED(setrlimit(RLIMIT_FSIZE, &was) == 0);
	CHECK_ERR(e, ERR_FULL);
	CHECK(ok > 0);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), ok);
	CHECK_INT(fill(s, 1000, 1010, &e), 10);
	store_close(s);
	s = open_base(&p);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), ok + 10);
	store_close(s);
	place_end(&p);
}

/* A job that swallows the error of a broken transaction must not write in autocommit; those beside it fail too. */
TEST(batch_fails_whole_when_full)
{
	struct place p;
	place_new(&p, false);
	struct store *s = open_base(&p);
	NEED_OK(store_write(s, page_limit, (void *)"PRAGMA max_page_count = 60", NULL));
	static char fat[400000];
	struct sql q[3] = { { "INSERT INTO thing (id) VALUES (1)", NOARGS, 0 }, { "INSERT INTO thing (id, body) VALUES (2, ?)", ARGS(VB(fat, sizeof fat)), 0 },
		{ "INSERT INTO thing (id) VALUES (3)", NOARGS, 0 } };
	struct write w[3] = { 0 };
	for (int i = 0; i < 3; i++) {
		w[i].run = sql_job;
		w[i].arg = &q[i];
		store_submit(s, &w[i]);
	}
	store_close(s);
	CHECK_INT(w[1].result, ERR_FULL);
	s = open_base(&p);
	/* what was told is what is there, however the three were grouped */
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing WHERE id = 1"), w[0].result == OK);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing WHERE id = 2"), 0);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing WHERE id = 3"), w[2].result == OK);
	store_close(s);
	place_end(&p);
}

static enum err insert_then_fail(struct db *d, void *arg, struct fault *f)
{
	TRY(db_exec(d, f, "INSERT INTO thing (id) VALUES (1)", NOARGS, NULL));
	return db_exec(d, f, arg, NOARGS, NULL);
}

/* While a savepoint is open around them, SQLite's cost of many db_sub grows with the square: a job alone has none. */
TEST(job_alone_holds_no_savepoint)
{
	struct place p;
	place_new(&p, false);
	struct store *s = open_base(&p);
	CHECK_ERR(store_write(s, insert_then_fail, (void *)"RELEASE xa_job", NULL), ERR_DB);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 0);
	NEED_OK(run(s, "INSERT INTO thing (id) VALUES (2)", NOARGS));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM thing"), 1);
	store_close(s);
	place_end(&p);
}
