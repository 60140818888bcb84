/* A fresh database for a test, on SQLite and (XA_TEST_PG=postgres://…) on PostgreSQL, where each has a schema of its own. */
#ifndef XA_TEST_STORE_BOTH_H
#define XA_TEST_STORE_BOTH_H
#include "store/store.h"
#include "../test.h"
#include <unistd.h>

struct place { char dir[64], url[512], schema[64]; bool postgres; };

/* Declared before the ROWS of a test, so closed after them. */
static inline void store_closep(struct store **s) { store_close(*s); }
#define STORE CLEANUP(store_closep) struct store *

static enum err place_schema(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

static void place_sql(const char *fmt, const char *schema)
{
	struct store *s = NULL;
	char sql[160];
	snprintf(sql, sizeof sql, "%s %s", fmt, schema);
	NEED_OK(store_open(getenv("XA_TEST_PG"), &(struct store_options){ .writers = 1 }, &s, NULL));
	CHECK_OK(store_write(s, place_schema, sql, NULL));
	store_close(s);
}

static void place_new(struct place *p, bool postgres)
{
	static int count;
	*p = (struct place){ .postgres = postgres };
	snprintf(p->dir, sizeof p->dir, "/tmp/xa-store-XXXXXX");
	NEED(mkdtemp(p->dir) != NULL);
	if (postgres) {
		snprintf(p->schema, sizeof p->schema, "xa_test_%d_%d", (int)getpid(), ++count);
		place_sql("CREATE SCHEMA", p->schema);
		const char *base = getenv("XA_TEST_PG");
		snprintf(p->url, sizeof p->url, "%s%coptions=-csearch_path%%3D%s", base, strchr(base, '?') ? '&' : '?', p->schema);
	} else {
		snprintf(p->url, sizeof p->url, "sqlite:%s/t.db", p->dir);
	}
}

static void place_end(struct place *p)
{
	static const char *const files[] = { "t.db", "t.db-wal", "t.db-shm", "copy.db", "acks" };
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char path[128];
		snprintf(path, sizeof path, "%s/%s", p->dir, files[i]);
		unlink(path);
	}
	CHECK(rmdir(p->dir) == 0);
	if (p->postgres) {
		char rest[96];
		snprintf(rest, sizeof rest, "%s CASCADE", p->schema);
		place_sql("DROP SCHEMA", rest);
	}
}

/* BOTH(name) { … uses p, a fresh place … } */
#define BOTH(n)                                                                                    \
	static void both_##n(struct place *p);                                                     \
	TEST(n##_sqlite)                                                                           \
	{                                                                                          \
		struct place p;                                                                    \
		place_new(&p, false);                                                              \
		both_##n(&p);                                                                      \
		place_end(&p);                                                                     \
	}                                                                                          \
	TEST(n##_postgres)                                                                         \
	{                                                                                          \
		if (!getenv("XA_TEST_PG")) {                                                       \
			printf("# XA_TEST_PG is not set: not run on PostgreSQL\n");                \
			return;                                                                    \
		}                                                                                  \
		struct place p;                                                                    \
		place_new(&p, true);                                                               \
		both_##n(&p);                                                                      \
		place_end(&p);                                                                     \
	}                                                                                          \
	static void both_##n(struct place *p)

#endif
