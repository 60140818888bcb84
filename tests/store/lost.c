/* PostgreSQL going away in the middle: nothing lost, nothing done twice. Without XA_TEST_PG there is nothing to test. */
#include "both.h"
#include "../pg_own.h"
#include "../wire.h"

static bool skipped(void)
{
	if (getenv("XA_TEST_PG"))
		return false;
	printf("# XA_TEST_PG is not set: nothing to test\n");
	return true;
}

static enum err text_job(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

static int64_t ask(struct store *s, const char *sql)
{
	struct db *d = NULL;
	int64_t v = -1;
	CHECK_OK(store_reader(s, &d, NULL));
	CHECK_OK(db_int(d, NULL, sql, NOARGS, &v, NULL));
	return v;
}

static void open_table(struct place *p, struct store **ret)
{
	place_new(p, true);
	NEED_OK(store_open(p->url, NULL, ret, NULL));
	NEED_OK(store_write(*ret, text_job, (void *)"CREATE TABLE t (id BIGINT PRIMARY KEY)", NULL));
}

struct suicide { int runs; };

static enum err suicide_job(struct db *d, void *arg, struct fault *f)
{
	struct suicide *j = arg;
	TRY(db_exec(d, f, "INSERT INTO t (id) VALUES (1)", NOARGS, NULL));
	if (++j->runs == 1)
		TRY(db_exec(d, f, "SELECT pg_terminate_backend(pg_backend_pid())", NOARGS, NULL));
	return OK;
}

TEST(connection_lost_in_a_job)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL;
	open_table(&p, &s);
	struct suicide j = { 0 };
	CHECK_OK(store_write(s, suicide_job, &j, NULL));
	CHECK_INT(j.runs, 2);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 1);
	store_close(s);
	place_end(&p);
}

/* What is kept for the end of the transaction (the journal's head, the tallies) is of it too: ended right before it is written, the job runs
 * again from its beginning, and the end is not written alone. */
struct ending { struct store *other; int64_t pid; int runs; };

static enum err end_flush(struct db *d, void *const *item, size_t n, struct fault *f)
{
	struct ending *k = *(struct ending *const *)item[0];
	char sql[80];
	(void)n;
	snprintf(sql, sizeof sql, "SELECT COUNT(pg_terminate_backend(%lld))", (long long)k->pid);
	if (k->runs == 1) {
		(void)ask(k->other, sql);
		usleep(200000);
	}
	TRY(db_exec(d, f, "INSERT INTO t (id) VALUES (2)", NOARGS, NULL));
	return db_exec(d, f, "INSERT INTO t (id) VALUES (3)", NOARGS, NULL);
}

static enum err ending_job(struct db *d, void *arg, struct fault *f)
{
	static const struct later kind = { end_flush };
	struct ending *k = arg;
	k->runs++;
	TRY(db_int(d, f, "SELECT pg_backend_pid()", NOARGS, &k->pid, NULL));
	TRY(db_exec(d, f, "INSERT INTO t (id) VALUES (1)", NOARGS, NULL));
	*(struct ending **)db_later(d, &kind, sizeof k) = k;
	return OK;
}

TEST(connection_lost_before_what_is_written_last)
{
	if (skipped())
		return;
	struct place p;
	struct ending k = { 0 };
	struct store *s = NULL;
	open_table(&p, &s);
	NEED_OK(store_open(p.url, NULL, &k.other, NULL));
	CHECK_OK(store_write(s, ending_job, &k, NULL));
	CHECK_INT(k.runs, 2);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 3);
	store_close(k.other);
	store_close(s);
	place_end(&p);
}

TEST(reader_comes_back)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL;
	open_table(&p, &s);
	char sql[80];
	for (int i = 0; i < 2; i++) {
		snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)", (int)ask(s, "SELECT pg_backend_pid()"));
		NEED_OK(store_write(s, text_job, sql, NULL));
		struct db *d = NULL;
		NEED_OK(store_reader(s, &d, NULL));
		if (i == 1) {
			NEED_OK(db_read_begin(d, NULL));
			CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 0);
			db_read_end(d);
		}
		CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 0);
	}
	store_close(s);
	place_end(&p);
}

/* The server ends the session inside COMMIT, before it took effect. */
TEST(commit_did_not_happen)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL;
	open_table(&p, &s);
	static const char *const setup[] = {
		"CREATE SEQUENCE once",
		"CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF nextval(''once'') = 1 THEN "
		"PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); END IF; RETURN NULL; END'",
		"CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
	};
	for (size_t i = 0; i < ARRAY_LEN(setup); i++)
		NEED_OK(store_write(s, text_job, (void *)setup[i], NULL));
	CHECK_OK(store_write(s, text_job, (void *)"INSERT INTO t (id) VALUES (1)", NULL));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 1);
	CHECK_INT(ask(s, "SELECT last_value FROM once"), 2);
	store_close(s);
	place_end(&p);
}

/* ---- a wire that swallows the answer to COMMIT ---- */

struct count { int runs; };

static enum err count_job(struct db *d, void *arg, struct fault *f)
{
	((struct count *)arg)->runs++;
	return db_exec(d, f, "INSERT INTO t (id) VALUES (5)", NOARGS, NULL);
}

TEST(commit_happened_unheard)
{
	if (skipped())
		return;
	struct place p;
	place_new(&p, true);
	struct wire *w = wire_open(p.url, sizeof p.url);
	if (!w) {
		printf("# the server is not on 127.0.0.1: no wire to cut\n");
		place_end(&p);
		return;
	}
	struct store *s = NULL;
	NEED_OK(store_open(p.url, &(struct store_options){ .writers = 1 }, &s, NULL));
	NEED_OK(store_write(s, text_job, (void *)"CREATE TABLE t (id BIGINT PRIMARY KEY)", NULL));
	struct count c = { 0 };
	wire_arm(w, WIRE_DONE);
	CHECK_OK(store_write(s, count_job, &c, NULL));
	CHECK(!wire_armed(w));
	CHECK_INT(c.runs, 1);   /* run again it would say ERR_DUPLICATE; without a key it would be there twice */
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM t WHERE id = 5"), 1);
	store_close(s);
	wire_close(w);
	place_end(&p);
}

/* The server crashes before COMMIT came to it, and gives the number of that transaction to somebody else, who commits: what became of
 * that one says nothing of ours. */
struct late { struct store *s; struct count c; enum err e; };
static void *late_main(void *arg)
{
	struct late *l = arg;
	l->e = store_write(l->s, count_job, &l->c, NULL);
	return NULL;
}

TEST(number_given_again_after_a_crash)
{
	if (skipped())
		return;
	struct pg_own own;
	struct store *s = NULL, *other = NULL;
	NEED(pg_own_open(&own));
	char url[300];
	snprintf(url, sizeof url, "%s", own.url);
	struct wire *w = wire_open(url, sizeof url);
	NEED(w != NULL);
	NEED_OK(store_open(url, &(struct store_options){ .writers = 1 }, &s, NULL));
	NEED_OK(store_write(s, text_job, (void *)"CREATE TABLE t (id BIGINT PRIMARY KEY)", NULL));
	struct late l = { .s = s };
	pthread_t t;
	wire_arm(w, WIRE_HOLD);
	NEED(pthread_create(&t, NULL, late_main, &l) == 0);
	while (!__atomic_load_n(&w->held, __ATOMIC_SEQ_CST))
		usleep(1000);
	NEED(pg_own_stop(&own, true) && pg_own_start(&own));
	NEED_OK(store_open(own.url, &(struct store_options){ .writers = 1 }, &other, NULL));
	for (int i = 100; i < 120; i++) {
		char sql[60];
		snprintf(sql, sizeof sql, "INSERT INTO t (id) VALUES (%d)", i);
		NEED_OK(store_write(other, text_job, sql, NULL));
	}
	__atomic_store_n(&w->cut, true, __ATOMIC_SEQ_CST);
	pthread_join(t, NULL);
	CHECK_OK(l.e);
	CHECK_INT(l.c.runs, 2);
	CHECK_INT(ask(other, "SELECT COUNT(*) FROM t WHERE id = 5"), 1);
	store_close(other);
	store_close(s);
	wire_close(w);
	pg_own_close(&own);
}

/* A COMMIT that is still on its way when it was looked up, and comes after all, is kept out: the job was run again. */
TEST(late_commit_is_barred)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL;
	place_new(&p, true);
	struct wire *w = wire_open(p.url, sizeof p.url);
	if (w) {
		NEED_OK(store_open(p.url, &(struct store_options){ .writers = 1 }, &s, NULL));
		NEED_OK(store_write(s, text_job, (void *)"CREATE TABLE t (id BIGINT)", NULL));
		struct count c = { 0 };
		wire_arm(w, WIRE_LATE);
		CHECK_OK(store_write(s, count_job, &c, NULL));
		CHECK_INT(c.runs, 2);
		__atomic_store_n(&w->cut, true, __ATOMIC_SEQ_CST);
		while (!__atomic_load_n(&w->late_over, __ATOMIC_SEQ_CST))
			usleep(1000);
		CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 1);
		store_close(s);
		wire_close(w);
	}
	place_end(&p);
}

/* Another process changes a table under a kept plan. */
static enum err star_job(struct db *d, void *arg, struct fault *f) { return db_int(d, f, "SELECT * FROM t", NOARGS, arg, NULL); }

TEST(table_changes_under_a_plan)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL, *other = NULL;
	open_table(&p, &s);
	NEED_OK(store_open(p.url, NULL, &other, NULL));
	NEED_OK(store_write(s, text_job, (void *)"INSERT INTO t (id) VALUES (8)", NULL));
	int64_t id = 0;
	for (int i = 0; i < 3; i++) {
		char sql[60];
		for (int j = 0; j < 8; j++) {   /* every writer has the plan */
			CHECK_OK(store_write(s, star_job, &id, NULL));
			CHECK_INT(id, 8);
		}
		CHECK_INT(ask(s, "SELECT * FROM t"), 8);
		snprintf(sql, sizeof sql, "ALTER TABLE t ADD COLUMN c%d INTEGER", i);
		NEED_OK(store_write(other, text_job, sql, NULL));
	}
	CHECK_INT(ask(s, "SELECT * FROM t"), 8);
	store_close(other);
	store_close(s);
	place_end(&p);
}
