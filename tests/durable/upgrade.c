/*
 * Upgrades (S49): from an empty store, and from one that 0.1.0 left (store-0.1.0.sql), on both engines; each broken off wherever it can be,
 * then carried on: it ends as one that was not. What was written before is read after; the journal is whole; an older program keeps its
 * hands off.
 *
 * XA_UPGRADE=all kills at every statement (nightly); else at about KILLS of them, and PostgreSQL fails after each fourth.
 */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "base/embedded.h"
#include "cli/cli.h"
#include "people/login.h"
#include "record/keystore.h"
#include "../test.h"
#include "../engine.h"
#include "../wire.h"
#include <signal.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define OLD_LAST 71            /* the newest migration of 0.1.0 */
#define FIXTURE 72             /* no migration of the program: its data, as one */
#define KILLS 16
#define KILLS_PG 8
#define CLUE INT64_C(1780056745575491259)
#define T0 INT64_C(1795485600000)      /* 2026-11-24 10:00, an hour after the fixture was made */

struct home { char dir[64]; struct arena *a; struct fault f; char *url; char *old; };   /* url NULL: SQLite in dir; old: the fixture's text */

static void home_open(struct home *h, bool pg)
{
	memset(h, 0, sizeof *h);
	snprintf(h->dir, sizeof h->dir, "/dev/shm/xa-upgrade-XXXXXX");
	NEED(mkdtemp(h->dir) != NULL);
	h->a = arena_new(0);
	clock_fix(T0);
	setenv("XA_TEST_ENGINE", pg ? "pg" : "", 1);
	h->url = test_store(h->a);
	unsetenv("XA_TEST_ENGINE");
	char *path = arena_printf(h->a, "%s/tests/durable/store-0.1.0.sql", getenv("XA_SRC") ? getenv("XA_SRC") : ".");
	FILE *f = fopen(path, "r");
	h->old = arena_alloc(h->a, 1 << 20);
	NEED(f != NULL);
	h->old[fread(h->old, 1, (1 << 20) - 1, f)] = 0;
	fclose(f);
}

static void home_close(struct home *h)
{
	CHECK(system(arena_printf(h->a, "rm -rf '%s'", h->dir)) == 0);
	arena_free(h->a);
	clock_fix(0);
}

static char *store_at(struct home *h) { return h->url ? h->url : arena_printf(h->a, "%s/xiaoan.db", h->dir); }

static struct store *opened(struct home *h)
{
	struct store *s = NULL;
	NEED_OK(store_open(store_at(h), &(struct store_options){ .writers = 1 }, &s, &h->f));
	return s;
}

/* Those of the program, up to one of a number. */
static size_t migrations(struct home *h, int last, struct migration **ret)
{
	struct migration *v = NULL;
	size_t n = 0, cap = 0;
	for (const struct embedded *e = embedded; e->name; e++) {
		if (strncmp(e->name, "migrations/", 11) != 0)
			continue;
		struct migration m = { .name = e->name + 11, .sql = arena_cstr(h->a, (struct str){ e->bytes, e->n }) };
		NEED(sscanf(m.name, "%d_", &m.number) == 1);
		if (m.number <= last)
			VEC_PUSH(h->a, v, n, cap, m);
	}
	*ret = v;
	return n;
}

static enum err forget_fixture(struct db *d, void *arg, struct fault *f)
{
	(void)arg;
	return db_exec(d, f, "DELETE FROM schema_migration WHERE number = ?", ARGS(VI(FIXTURE)), NULL);
}

/* The store, and beside it the key, as 0.1.0 left them. */
static void old_store(struct home *h, struct store *s)
{
	struct migration *v;
	size_t n = migrations(h, OLD_LAST, &v);
	BUF_AUTO sql = BUF(1 << 20);
	struct str rest = str_of(h->old), x;
	if (h->url)   /* X'00' is '\x00' there */
		for (ptrdiff_t at; (at = str_find(rest, STR("X'"))) >= 0; rest = x) {
			buf_put(&sql, rest.p, (size_t)at);
			buf_cstr(&sql, "'\\x");
			x = (struct str){ rest.p + at + 2, rest.n - (size_t)at - 2 };
		}
	buf_str(&sql, rest);
	struct migration *all = NEWN(h->a, struct migration, n + 1);
	memcpy(all, v, n * sizeof *v);
	all[n] = (struct migration){ FIXTURE, "fixture", sql.p };
	NEED_OK(store_migrate(s, all, n + 1, &h->f));
	NEED_OK(store_write(s, forget_fixture, NULL, &h->f));
	FILE *key = fopen(arena_printf(h->a, "%s/root.key", h->dir), "w");
	NEED(key != NULL);
	for (const char *p = h->old; (p = strstr(p, "-- key ")) != NULL; p++)
		fprintf(key, "%.*s\n", (int)strcspn(p + 7, "\n"), p + 7);
	fclose(key);
	CHECK(chmod(arena_printf(h->a, "%s/root.key", h->dir), 0600) == 0);
}

/* ---- what stands there ---- */

static uint64_t mix(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return (h ^ s.n) * 0x100000001b3u;
}

static void query_in(struct home *h, struct db *d, const char *sql, uint64_t *hash, struct str *names, size_t *nnames)
{
	ROWS r = NULL;
	bool more;
	enum err e = db_rows(d, &h->f, sql, NOARGS, &r);
	if (e != OK)
		printf("# %s: %s\n", sql, h->f.detail);
	NEED(e == OK);
	for (;;) {
		NEED_OK(rows_next(r, &more));
		if (!more)
			return;
		for (int i = 0; i < rows_cols(r); i++)
			*hash = mix(*hash, rows_type(r, i) == V_BLOB ? rows_blob(r, i) : rows_text(r, i));
		if (names)
			names[(*nnames)++] = arena_str(h->a, rows_text(r, 0));
	}
}

/* Tables, indexes, triggers and every row; but for when migrations were applied, and what is different each time: which key store belongs to it. */
static uint64_t stand(struct home *h, struct store *s)
{
	struct db *d = NULL;
	struct str table[300];
	size_t n = 0;
	uint64_t hash = 0xcbf29ce484222325u;
	NEED_OK(store_reader(s, &d, &h->f));
	if (h->url) {
		query_in(h, d, "SELECT CAST(table_name AS TEXT) || ' ' || CAST(column_name AS TEXT) || ' ' || CAST(data_type AS TEXT) || ' ' || CAST(is_nullable AS TEXT) || COALESCE(column_default, '') FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1", &hash, NULL, NULL);
		query_in(h, d, "SELECT REPLACE(indexdef, CAST(current_schema() AS TEXT) || '.', '') FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname", &hash, NULL, NULL);
		query_in(h, d, "SELECT REPLACE(pg_get_triggerdef(t.oid), CAST(current_schema() AS TEXT) || '.', '') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND NOT tgisinternal ORDER BY c.relname, t.tgname", &hash, NULL, NULL);
		query_in(h, d, "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind = 'r' AND relname <> 'store_mark' ORDER BY 1", &hash, table, &n);
	} else {
		query_in(h, d, "SELECT name, sql FROM sqlite_schema ORDER BY type, name", &hash, NULL, NULL);
		query_in(h, d, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND (name NOT LIKE 'search\\_%' ESCAPE '\\' OR name LIKE '%docsize') ORDER BY name", &hash, table, &n);
	}
	NEED(n > 5);
	for (size_t i = 0; i < n; i++) {
		const char *t = arena_cstr(h->a, table[i]);
		query_in(h, d, strcmp(t, "schema_migration") == 0 ? "SELECT number, name, hash FROM schema_migration ORDER BY number"
			     : strcmp(t, "setting") == 0 ? "SELECT name, CASE WHEN name = 'keystore' THEN '' ELSE value END FROM setting ORDER BY name"
			     : arena_printf(h->a, "SELECT * FROM %s ORDER BY 1%s", t, strstr(t, "tally") ? ", 2, 3" : ""), &hash, NULL, NULL);
	}
	return hash;
}

static bool every_one(void) { return getenv("XA_UPGRADE") && strcmp(getenv("XA_UPGRADE"), "all") == 0; }

/* ---- 1. each migration, failing after each of its statements ---- */

static void each_statement(struct home *h, struct store *s, int from)
{
	struct migration *v;
	size_t n = migrations(h, INT32_MAX, &v);
	int tries = 0, skipped = 0;
	for (size_t m = 0; m < n && !test_bad; m++) {
		if (v[m].number <= from)
			continue;
		uint64_t before = m || from ? stand(h, s) : 0;
		const char *whole = v[m].sql;
		for (const char *p = whole; (p = strchr(p, ';')) != NULL; p++) {
			if ((p[1] != '\n' && p[1] != 0) || (h->url && !every_one() && ++skipped % 4))
				continue;
			/* "-- end" closes a block of one engine and is a comment elsewhere */
			v[m].sql = arena_printf(h->a, "%.*s\n-- end\nSELECT nothing FROM nowhere_at_all;\n", (int)(p + 1 - whole), whole);
			CHECK_ERR(store_migrate(s, v, m + 1, &h->f), ERR_DB);
			/* there the catalogue is slow to read */
			if (before && (!h->url || tries % 4 == 0))
				CHECK(stand(h, s) == before);
			tries++;
		}
		v[m].sql = whole;
		NEED_OK(store_migrate(s, v, m + 1, &h->f));
	}
	printf("# %d broken off\n", tries);
	CHECK(tries > 20);
}

static void broken_off(bool pg, bool old)
{
	struct home h, clean;
	if (pg && !getenv("XA_TEST_PG")) {
		puts("# SKIP: XA_TEST_PG names no server");
		return;
	}
	struct migration *v;
	home_open(&clean, pg);
	struct store *s = opened(&clean);
	if (old)
		old_store(&clean, s);
	size_t n = migrations(&clean, INT32_MAX, &v);
	NEED_OK(store_migrate(s, v, n, &clean.f));
	uint64_t want = stand(&clean, s);
	store_close(s);
	home_open(&h, pg);
	s = opened(&h);
	if (old)
		old_store(&h, s);
	each_statement(&h, s, old ? OLD_LAST : 0);
	CHECK(stand(&h, s) == want);
	store_close(s);
	home_close(&h);
	home_close(&clean);
}
TEST(from_empty_each_statement_fails_sqlite) { broken_off(false, false); }
TEST(from_empty_each_statement_fails_postgres) { broken_off(true, false); }
TEST(from_old_each_statement_fails_sqlite) { broken_off(false, true); }
TEST(from_old_each_statement_fails_postgres) { broken_off(true, true); }

/* ---- 2. the whole program, killed at each statement of its first start on the old store ---- */

static int64_t kill_at;
static int64_t *traced;    /* shared with the child */

static int at_statement(unsigned what, void *arg, void *stmt, void *sql)
{
	(void)what, (void)arg, (void)stmt, (void)sql;
	if (__atomic_add_fetch(traced, 1, __ATOMIC_SEQ_CST) == kill_at)
		kill(getpid(), SIGKILL);
	return 0;
}

static int on_connection(sqlite3 *db, const char **err, const struct sqlite3_api_routines *api)
{
	(void)err, (void)api;
	return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, at_statement, NULL);
}

/* Starts the program on the store in a process of its own. True: it came through; false: it was killed on the way. */
static bool start_child(struct home *h, char *url, struct wire *w)
{
	pid_t pid = fork();
	NEED(pid >= 0);
	if (pid == 0) {
		struct app *app = NULL;
		if (!url)
			sqlite3_auto_extension((void (*)(void))(uintptr_t)on_connection);
		enum err e = app_open(&(struct app_options){ .data_dir = h->dir, .store_url = url }, all_types, &app, &h->f);
		if (e != OK)
			printf("# child: %s %s\n", err_name(e), h->f.detail);
		_exit(e == OK ? 0 : 3);
	}
	int status = 0;
	if (w)
		w->pid = pid;
	NEED(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
	return WIFEXITED(status);
}

static struct app *start(struct home *h)
{
	struct app *app = NULL;
	enum err e = app_open(&(struct app_options){ .data_dir = h->dir, .store_url = h->url }, all_types, &app, &h->f);
	if (e != OK)
		printf("# %s %s\n", err_name(e), h->f.detail);
	NEED(e == OK);
	return app;
}

static void readable(struct home *h, struct app *app, bool more)
{
	struct ctx c;
	struct rec *r;
	struct journal_report j;
	int64_t cells = 0, wrong = -1;
	struct str first;
	fault_clear(&h->f);
	ctx_init(&c, app, h->a, &h->f, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_one(&c, "clue", CLUE, &r));
	CHECK_STR(rec_str(&c, r, "text"), "夫妻为钱争吵");
	CHECK_STR(rec_str(&c, r, "party_a_name"), "王小明");
	CHECK_STR(rec_str(&c, r, "party_a_phone"), "19900000001");
	struct seen s;
	NEED_OK(see_children(&c, "session", rec_int(r, "case_file"), &s));
	CHECK(s.n == 1);
	if (s.n == 1)
		CHECK_STR(rec_str(&c, s.r[0], "text"), "谈了");
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why && j.size >= 36);
	NEED_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK_INT(wrong, 0);
	struct rows_report held;
	NEED_OK(record_verify(&c, NULL, &held));
	if (held.wrong)
		printf("# %s\n", held.first);
	CHECK_INT(held.wrong, 0);
	if (!more)
		return;
	/* and worked on: she logs in, finds it by its words, writes */
	struct login_ask q = { .name = STR("anna"), .password = STR("Meili-Chuntian-2026"), .remote = STR("127.0.0.1"), .demo = true };
	struct login_found found;
	CHECK_OK(login_check(app->store, app->keys, h->a, &q, &found, &h->f));
	NEED_OK(see(&c, &(struct see){ .type = "clue", .words = STR("争吵") }, &s));
	CHECK(s.n == 1 && s.r[0]->id == CLUE);
	NEED_OK(see_same(&c, "clue", "party_a_phone", STR("199 0000 0001"), &s));
	CHECK(s.n == 1 && s.r[0]->id == CLUE);
	struct done d;
	CHECK_OK(act_now(&c, &(struct act){ .type = "clue", .verb = "create", .area = STR("320582100001"), .org = r->org, INPUTS(INPUT("source", STR("grid")), INPUT("text", STR("又有争吵声"))) }, &d));
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why);
}

static void killed(bool pg)
{
	struct home h;
	if (pg && !getenv("XA_TEST_PG")) {
		puts("# SKIP: XA_TEST_PG names no server");
		return;
	}
	bool all = every_one();
	traced = mmap(NULL, sizeof *traced, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	NEED(traced != MAP_FAILED);
	int64_t points = INT64_MAX, step = 1, tries = 0;
	uint64_t want = 0;
	struct rng rng = { 49 };
	/* the first is not killed: how many there are, and how it ends */
	for (int64_t n = 0; n <= points && !test_bad; n += n == 0 || all ? 1 : rng_range(&rng, 1, 2 * step - 1), tries++) {
		home_open(&h, pg);
		struct store *s = opened(&h);
		old_store(&h, s);
		store_close(s);
		*traced = 0;
		kill_at = n;
		char url[600] = "";
		struct wire *w = NULL;
		if (pg) {
			snprintf(url, sizeof url, "%s", h.url);
			NEED((w = wire_open(url, sizeof url)) != NULL);
			w->count = traced;
			w->kill_at = n;
		}
		bool through = start_child(&h, pg ? url : NULL, w);
		if (w)
			wire_close(w);
		if (n == 0) {
			CHECK(through);
			points = *traced;
			step = all ? 1 : points / (pg ? KILLS_PG : KILLS) + 1;
		}
		struct app *app = start(&h);
		uint64_t now = stand(&h, app->store);
		want = n ? want : now;
		if (now != want) {
			test_bad++;
			printf("# killed at %lld it ends otherwise\n", (long long)n);
		}
		readable(&h, app, n == 0 || n + step > points);
		app_close(app);
		home_close(&h);
	}
	printf("# %lld points, %lld tried\n", (long long)points, (long long)tries);
	CHECK(points > 100);
}
TEST(killed_at_its_first_start_sqlite) { killed(false); }
TEST(killed_at_its_first_start_postgres) { killed(true); }

/* ---- 3. an older program ---- */

static enum err from_the_future(struct db *d, void *arg, struct fault *f)
{
	(void)arg;
	return db_exec(d, f, "INSERT INTO schema_migration (number, name, hash, applied_ms) VALUES (9999, 'tomorrow', '0', 0)", NOARGS, NULL);
}

static void older(bool pg)
{
	struct home h;
	if (pg && !getenv("XA_TEST_PG")) {
		puts("# SKIP: XA_TEST_PG names no server");
		return;
	}
	home_open(&h, pg);
	struct store *s = opened(&h);
	old_store(&h, s);
	store_close(s);
	app_close(start(&h));
	s = opened(&h);
	NEED_OK(store_write(s, from_the_future, NULL, &h.f));
	uint64_t before = stand(&h, s);
	struct app *app = NULL;
	CHECK_ERR(app_open(&(struct app_options){ .data_dir = h.dir, .store_url = h.url }, all_types, &app, &h.f), ERR_DB);
	CHECK(h.f.msg && strstr(tr(LANG_ZH, h.f.msg), "更新版本的程序") && h.f.hint && strcmp(h.f.arg, "9999") == 0);
	CHECK(stand(&h, s) == before);
	/* as its user meets it */
	const char *src = getenv("XA_SRC") ? getenv("XA_SRC") : ".";
	char *cmd = arena_printf(h.a, "'%s/build-test/xiaoan' doctor --data '%s'%s%s%s >'%s/said' 2>&1; test $? -ne 0 && grep -q 9999 '%s/said'", src, h.dir, pg ? " --store '" : "", pg ? h.url : "", pg ? "'" : "", h.dir, h.dir);
	CHECK(system(cmd) == 0);
	CHECK(stand(&h, s) == before);
	store_close(s);
	home_close(&h);
}
TEST(an_older_program_keeps_off_sqlite) { older(false); }
TEST(an_older_program_keeps_off_postgres) { older(true); }
