/*
 * Power cuts (S43): the store writes through a VFS that keeps a log of writes and flushes; from it states are rebuilt as a
 * disk could have left them, and each must open to exactly the commits up to some point not before the last acknowledged.
 *
 * XA_STATES: how many states (2,000; the nightly run sets 1,000,000). XA_SEED: another seed.
 */
#include "crashvfs.h"
#include "store/store.h"
#include "../test.h"
#include <sqlite3.h>
#include <unistd.h>

#define COMMITS 260

static const struct migration tables[] = { { 1, "row",
	"CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;"
	"CREATE TABLE twin (id INTEGER PRIMARY KEY, of INTEGER NOT NULL REFERENCES row (id), n INTEGER NOT NULL) STRICT; CREATE INDEX twin_n ON twin (n);"
	"CREATE TABLE head (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT; INSERT INTO head (id, n) VALUES (1, 0);" } };

/* What the row of commit n holds, so that a page from another time is noticed. */
static size_t body_of(int64_t n, unsigned char ret[6000])
{
	struct rng r = { (uint64_t)n * 77 };
	size_t len = (size_t)rng_range(&r, 10, 5900);
	for (size_t i = 0; i < len; i++)
		ret[i] = (unsigned char)rng_next(&r);
	return len;
}

static enum err commit_job(struct db *d, void *arg, struct fault *f)
{
	int64_t n = *(int64_t *)arg;
	unsigned char body[6000];
	size_t len = body_of(n, body);
	TRY(db_exec(d, f, "INSERT INTO row (id, body) VALUES (?, ?)", ARGS(VI(n), VB(body, len)), NULL));
	TRY(db_exec(d, f, "INSERT INTO twin (id, of, n) VALUES (?, ?, ?)", ARGS(VI(n), VI(n), VI(n * 7919 % 1000)), NULL));
	if (n % 5 == 0)   /* pages are freed and used again */
		TRY(db_exec(d, f, "UPDATE row SET body = ? WHERE id = ?", ARGS(VB(body, 1), VI(n - 4)), NULL));
	if (n % 23 == 0)
		TRY(db_exec(d, f, "PRAGMA wal_autocheckpoint = 60", NOARGS, NULL));
	return db_exec(d, f, "UPDATE head SET n = ? WHERE id = 1", ARGS(VI(n)), NULL);
}

static int64_t ask(sqlite3 *h, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t v = -1;
	if (sqlite3_prepare_v2(h, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

static bool integral(sqlite3 *h)
{
	sqlite3_stmt *st = NULL;
	bool ok = sqlite3_prepare_v2(h, "PRAGMA integrity_check", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW &&
		  strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
	sqlite3_finalize(st);
	return ok;
}

static const char *wrong(sqlite3 *h, int64_t acked)
{
	if (!integral(h))
		return "integrity_check";
	if (ask(h, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'head'") != 1)
		return acked > 0 ? "no table" : NULL;
	int64_t n = ask(h, "SELECT n FROM head");
	if (n < acked)
		return "an acknowledged commit is gone";
	if (ask(h, "SELECT COUNT(*) FROM row") != n || ask(h, "SELECT COUNT(*) FROM twin") != n || ask(h, "SELECT COALESCE(MAX(id), 0) FROM row") != n)
		return "half a commit";
	if (ask(h, "SELECT COUNT(*) FROM twin WHERE n <> id * 7919 % 1000") != 0)
		return "another index";
	sqlite3_stmt *st = NULL;
	unsigned char want[6000];
	const char *bad = sqlite3_prepare_v2(h, "SELECT id, body FROM row ORDER BY id DESC LIMIT 20", -1, &st, NULL) == SQLITE_OK ? NULL : "rows";
	while (!bad && sqlite3_step(st) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(st, 0);
		size_t len = body_of(id, want), got = (size_t)sqlite3_column_bytes(st, 1);
		if (got != len && got != 1)
			bad = "length of a row";
		else if (got == len && memcmp(sqlite3_column_blob(st, 1), want, got) != 0)
			bad = "content of a row";
	}
	sqlite3_finalize(st);
	return bad;
}

static bool check_state(const char *path, int64_t acked, size_t at, int i)
{
	sqlite3 *h = NULL;
	const char *bad = sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, "unix") == SQLITE_OK ? wrong(h, acked) : "it does not open";
	/* and it takes up work again */
	if (!bad && acked > 0 && sqlite3_exec(h, "UPDATE head SET n = n; INSERT INTO row (id, body) VALUES (999999, x'00'); DELETE FROM row WHERE id = 999999", NULL, NULL, NULL) != SQLITE_OK)
		bad = "it takes no write";
	if (bad) {
		test_bad++;
		printf("# state %d, cut at %zu, acknowledged %lld: %s (%s)\n", i, at, (long long)acked, bad, h ? sqlite3_errmsg(h) : "");
	}
	sqlite3_close(h);
	return !bad;
}

static void work(const char *url)
{
	struct store *s = NULL;
	NEED_OK(store_open(url, NULL, &s, NULL));
	NEED_OK(store_migrate(s, tables, 1, NULL));
	for (int64_t n = 1; n <= COMMITS; n++) {
		NEED_OK(store_write(s, commit_job, &n, NULL));
		crash_log_mark(n);
		if (n == COMMITS / 3) {   /* ended and begun again: the last connection empties and removes the WAL */
			store_close(s);
			NEED_OK(store_open(url, NULL, &s, NULL));
		}
		if (n == COMMITS / 2)
			usleep(1300000);   /* idle: the writer empties the WAL */
	}
	store_close(s);
}

TEST(power_cuts)
{
	int states = getenv("XA_STATES") ? atoi(getenv("XA_STATES")) : 2000;
	struct rng rng = { getenv("XA_SEED") ? strtoull(getenv("XA_SEED"), NULL, 10) : 43 };
	char dir[64] = "/dev/shm/xa-power-XXXXXX", path[100], url[100];
	NEED(mkdtemp(dir) != NULL);
	snprintf(path, sizeof path, "%s/crash.db", dir);
	snprintf(url, sizeof url, "sqlite:%s/live.db", dir);
	crashvfs_on();
	crash_log_start();
	work(url);
	crash_log_stop();
	size_t all = crash_log_size();
	printf("# %zu entries in the log\n", all);
	NEED(all > 1000);
	int64_t low = 0, high = 0;
	/* in rounds over the whole log, each going forward, with a random step */
	for (int i = 0, round = 4; i < states && test_bad < 5; round++) {
		crash_rewind();
		size_t stride = 2 * all / (size_t)(states / 3 + 1) + 2;
		for (size_t at = (size_t)rng_range(&rng, 1, (int64_t)stride); at <= all && i < states && test_bad < 5; at += (size_t)rng_range(&rng, 1, (int64_t)stride), i++) {
			int64_t acked = 0;
			NEED(crash_state(at, &rng, dir, &acked));
			check_state(path, acked, at, i);
			low += acked < COMMITS / 2;
			high += acked >= COMMITS / 2;
		}
	}
	CHECK(low > 0 && high > 0);
	printf("# %d states, %lld early, %lld late\n", states, (long long)low, (long long)high);
	char cmd[100];
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	CHECK(system(cmd) == 0);
}

/* The harness judges: a store that does not wait for the disk is caught. */
TEST(without_waiting_it_is_caught)
{
	char dir[64] = "/dev/shm/xa-power-XXXXXX", path[100], url[100];
	NEED(mkdtemp(dir) != NULL);
	snprintf(path, sizeof path, "%s/crash.db", dir);
	snprintf(url, sizeof url, "sqlite:%s/live.db", dir);
	crashvfs_on();
	crash_log_start();
	struct store *s = NULL;
	NEED_OK(store_open(url, &(struct store_options){ .fast_unsafe = true }, &s, NULL));
	NEED_OK(store_migrate(s, tables, 1, NULL));
	for (int64_t n = 1; n <= 60; n++) {
		NEED_OK(store_write(s, commit_job, &n, NULL));
		crash_log_mark(n);
	}
	crash_log_stop();
	struct rng rng = { 5 };
	int caught = 0;
	size_t all = crash_log_size();
	for (size_t at = all / 2; at < all && !caught; at++) {
		int64_t acked = 0;
		sqlite3 *h = NULL;
		NEED(crash_state(at, &rng, dir, &acked));
		caught += sqlite3_open_v2(path, &h, SQLITE_OPEN_READWRITE, "unix") != SQLITE_OK || wrong(h, acked) != NULL;
		sqlite3_close(h);
	}
	CHECK(caught > 0);
	store_close(s);
	char cmd[100];
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	CHECK(system(cmd) == 0);
}
