/* The same tests on both engines: with XA_TEST_ENGINE=pg each store is a schema of its own on the server that XA_TEST_PG
 * names. A program that uses this is run twice by meson (see meson.build); without a server the second run says so. */
#ifndef XA_TEST_ENGINE_H
#define XA_TEST_ENGINE_H
#include "base/clock.h"
#include "store/store.h"
#include <unistd.h>

static enum err engine_schema(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

/* What test_store() gave last, for who opens the same store once more. */
static char engine_last[512];
__attribute__((unused)) static const char *engine_url(struct arena *a) { return engine_last[0] ? arena_printf(a, "%s", engine_last) : NULL; }

/* For app_options.store_url: NULL for SQLite in the data folder. */
static char *test_store(struct arena *a)
{
	const char *engine = getenv("XA_TEST_ENGINE"), *base = getenv("XA_TEST_PG");
	static int count;
	struct store *s;
	struct fault f = { 0 };
	if (!engine || strcmp(engine, "pg") != 0)
		return NULL;
	must(base != NULL);
	char *schema = arena_printf(a, "t%lld_%d_%d", (long long)now_ms(), (int)getpid(), count++);
	must(store_open(base, NULL, &s, &f) == OK);
	must(store_write(s, engine_schema, arena_printf(a, "CREATE SCHEMA %s", schema), &f) == OK);
	store_close(s);
	must(snprintf(engine_last, sizeof engine_last, "%s%coptions=-csearch_path%%3D%s", base, strchr(base, '?') ? '&' : '?', schema) < (int)sizeof engine_last);
	return arena_printf(a, "%s", engine_last);
}
#endif
