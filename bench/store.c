/* How near store_write comes to the floor: the same rows through bare SQLite, 64 to a commit, one thread, no queue.
 * Usage: bench-store [seconds a run, default 1] [runs, default 5].  Prints medians and the ratio. */
#include "base/clock.h"
#include "store/store.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS 64

static char dir[64];
static const char text[] = "一段大约一百个字节的记录正文，用来使每一行有真实的长度，不含任何个人信息。";

static const char *place(const char *end)
{
	static char path[128];
	snprintf(path, sizeof path, "%s/b.db%s", dir, end);
	return path;
}

static void clean(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		unlink(place(ends[i]));
}

static void sql(sqlite3 *h, const char *s) { must(sqlite3_exec(h, s, NULL, NULL, NULL) == SQLITE_OK); }

static void step(sqlite3_stmt *st)
{
	must(sqlite3_step(st) == SQLITE_DONE);
	sqlite3_reset(st);
}

static double floor_run(int64_t ms)
{
	static const char *const texts[] = { "BEGIN IMMEDIATE", "SAVEPOINT j", "INSERT INTO t (id, name, n) VALUES (?, ?, ?)", "RELEASE j", "COMMIT" };
	sqlite3 *h = NULL;
	sqlite3_stmt *st[5];
	must(sqlite3_open(place(""), &h) == SQLITE_OK);
	sql(h, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
	       "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n INTEGER) STRICT");
	for (int i = 0; i < 5; i++)
		must(sqlite3_prepare_v2(h, texts[i], -1, &st[i], NULL) == SQLITE_OK);
	int64_t n = 0, start = mono_ms();
	while (mono_ms() - start < ms) {
		step(st[0]);
		for (int i = 0; i < THREADS; i++) {
			step(st[1]);
			sqlite3_bind_int64(st[2], 1, ++n);
			sqlite3_bind_text(st[2], 2, text, (int)sizeof text - 1, SQLITE_STATIC);
			sqlite3_bind_int64(st[2], 3, i);
			step(st[2]);
			step(st[3]);
		}
		step(st[4]);
	}
	double rate = (double)n * 1000 / (double)(mono_ms() - start);
	for (int i = 0; i < 5; i++)
		sqlite3_finalize(st[i]);
	sqlite3_close(h);
	clean();
	return rate;
}

struct client { struct store *s; int64_t id, until, n; };

static enum err insert(struct db *d, void *arg, struct fault *f)
{
	struct client *c = arg;
	return db_exec(d, f, "INSERT INTO t (id, name, n) VALUES (?, ?, ?)", ARGS(VI(c->id), VS(str_of(text)), VI(c->n)), NULL);
}

static enum err create(struct db *d, void *arg, struct fault *f)
{
	return db_exec(d, f, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n INTEGER) STRICT", NOARGS, NULL);
}

static void *client_main(void *arg)
{
	struct client *c = arg;
	while (mono_ms() < c->until) {
		must(store_write(c->s, insert, c, NULL) == OK);
		c->id += THREADS;
		c->n++;
	}
	return NULL;
}

static double store_run(int64_t ms)
{
	struct store *s = NULL;
	pthread_t t[THREADS];
	struct client c[THREADS];
	must(store_open(place(""), NULL, &s, NULL) == OK);
	must(store_write(s, create, NULL, NULL) == OK);
	int64_t start = mono_ms(), n = 0;
	for (int i = 0; i < THREADS; i++) {
		c[i] = (struct client){ s, i, start + ms, 0 };
		must(pthread_create(&t[i], NULL, client_main, &c[i]) == 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		n += c[i].n;
	}
	double rate = (double)n * 1000 / (double)(mono_ms() - start);
	store_close(s);
	clean();
	return rate;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	double a[25], b[25];
	int64_t seconds = 1, runs = 5;
	if ((argc > 1 && !str_int(str_of(argv[1]), &seconds)) || (argc > 2 && !str_int(str_of(argv[2]), &runs)) || seconds < 1 || runs < 1 || runs > 25) {
		fprintf(stderr, "usage: %s [seconds] [runs up to 25]\n", argv[0]);
		return 2;
	}
	const char *tmp = getenv("TMPDIR");   /* must be a real disk: on a RAM disk a commit costs nothing */
	snprintf(dir, sizeof dir, "%s/xa-bench-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	must(mkdtemp(dir) != NULL);
	for (int64_t i = 0; i < runs; i++) {   /* by turns, so that a slow minute hits both */
		a[i] = floor_run(seconds * 1000);
		b[i] = store_run(seconds * 1000);
	}
	rmdir(dir);
	qsort(a, (size_t)runs, sizeof *a, by_size);
	qsort(b, (size_t)runs, sizeof *b, by_size);
	printf("raw SQLite, %d rows a commit   %9.0f inserts/s\n", THREADS, a[runs / 2]);
	printf("store_write from %d threads    %9.0f inserts/s\n", THREADS, b[runs / 2]);
	printf("ratio                          %9.2f\n", b[runs / 2] / a[runs / 2]);
	return 0;
}
