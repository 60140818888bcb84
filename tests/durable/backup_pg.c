/* Backups of PostgreSQL (S48): sealed as SQLite's are, while people write; opened as a database, and put back into either engine, with the keys
 * of either; what arrives is what was there. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "cli/cli.h"
#include "cli/keeper.h"
#include "record/backup.h"
#include "record/keystore.h"
#include "../test.h"
#include "../engine.h"
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define T0 INT64_C(1795485600000)

struct house { char dir[64], backups[90], secret_file[90]; struct arena *a; struct fault f; struct filekey pub, secret; char *store, *keys; struct app *app; int64_t org; };

static char *schema(struct house *h)
{
	setenv("XA_TEST_ENGINE", "pg", 1);
	char *url = test_store(h->a);
	unsetenv("XA_TEST_ENGINE");
	return url;
}

static struct app *opened(struct house *h, const char *dir, const char *store, const char *keys)
{
	struct app *app = NULL;
	enum err e = app_open(&(struct app_options){ .data_dir = dir, .store_url = store, .keys_url = keys }, all_types, &app, &h->f);
	if (e != OK)
		printf("# %s %s\n", err_name(e), h->f.detail);
	NEED(e == OK);
	return app;
}

static int64_t act_in(struct app *app, const struct act *in)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct ctx c;
	struct done d = { 0 };
	ctx_init(&c, app, a, &f, &actor_system);
	CHECK_OK(act_now(&c, in, &d));
	return d.id;
}

static int64_t clue_in(struct app *app, int64_t org)
{
	return act_in(app, &(struct act){ .type = "clue", .verb = "create", .area = STR("320582100001"), .org = org,
		INPUTS(INPUT("source", STR("grid")), INPUT("text", STR("邻居反映夜里有争吵声")), INPUT("party_a_name", STR("王小明")), INPUT("party_a_phone", STR("19900000001"))) });
}

static bool house_open(struct house *h, bool keys_there)
{
	char pub[FILEKEY_TEXT], secret[FILEKEY_TEXT];
	memset(h, 0, sizeof *h);
	if (!getenv("XA_TEST_PG")) {
		puts("# SKIP: XA_TEST_PG names no server");
		return false;
	}
	snprintf(h->dir, sizeof h->dir, "/dev/shm/xa-backuppg-XXXXXX");
	NEED(mkdtemp(h->dir) != NULL);
	snprintf(h->backups, sizeof h->backups, "%s/backups", h->dir);
	h->a = arena_new(0);
	filekey_new(pub, secret);
	NEED_OK(filekey_parse(str_of(pub), false, &h->pub, &h->f));
	NEED_OK(filekey_parse(str_of(secret), true, &h->secret, &h->f));
	snprintf(h->secret_file, sizeof h->secret_file, "%s/secret.key", h->dir);
	FILE *f = fopen(h->secret_file, "w");
	NEED(f && fputs(secret, f) > 0 && fclose(f) == 0 && chmod(h->secret_file, 0600) == 0);
	clock_fix(T0);
	h->store = schema(h);
	h->keys = keys_there ? schema(h) : NULL;
	h->app = opened(h, arena_printf(h->a, "%s/data", h->dir), h->store, h->keys);
	f = fopen(arena_printf(h->a, "%s/data/backup.pub", h->dir), "w");
	NEED(f && fputs(pub, f) > 0 && fclose(f) == 0);
	h->org = act_in(h->app, &(struct act){ .type = "org", .verb = "create", .area = STR("320582"), INPUTS(INPUT("name", STR("市妇联")), INPUT("kind", STR("city"))) });
	return true;
}

static void house_close(struct house *h)
{
	app_close(h->app);
	clock_fix(0);
	CHECK(system(arena_printf(h->a, "rm -rf %s", h->dir)) == 0);
	arena_free(h->a);
}

/* Every table but the search words, row by row; the same figure on either engine. */
static uint64_t rows_of(struct house *h, struct store *s)
{
	static const char *const tables[] = { "clue", "org", "journal", "journal_head", "due", "tally", "tally_month", "notice", "counter", "idem", "setting", "schema_migration" };
	uint64_t hash = 7;
	struct db *d;
	NEED_OK(store_reader(s, &d, &h->f));
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		ROWS r = NULL;
		bool more;
		NEED_OK(db_rows(d, &h->f, arena_printf(h->a, "SELECT * FROM %s%s ORDER BY 1, 2", tables[i], strcmp(tables[i], "setting") == 0 ? " WHERE name <> 'search_form'" : ""), NOARGS, &r));
		for (;;) {
			NEED_OK(rows_next(r, &more));
			if (!more)
				break;
			for (int k = 0; k < rows_cols(r); k++) {
				enum val_type t = rows_type(r, k);
				struct str v = t == V_BLOB ? rows_blob(r, k) : rows_text(r, k);
				hash = hash * 31 + (uint64_t)t;
				for (size_t b = 0; b < v.n; b++)
					hash = (hash ^ (unsigned char)v.p[b]) * 0x100000001b3u;
			}
		}
	}
	return hash;
}

static void lives(struct house *h, struct app *app, int64_t id, int64_t clues)
{
	struct ctx c;
	struct rec *r;
	struct seen s;
	struct journal_report j;
	ctx_init(&c, app, h->a, &h->f, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_one(&c, "clue", id, &r));
	CHECK_STR(rec_str(&c, r, "text"), "邻居反映夜里有争吵声");
	NEED_OK(see(&c, &(struct see){ .type = "clue", .words = STR("争吵"), .limit = 500 }, &s));
	CHECK_INT(s.n, clues);
	NEED_OK(see_same(&c, "clue", "party_a_phone", STR("19900000001"), &s));
	CHECK_INT(s.n, clues);
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why);
	clue_in(app, h->org);
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why);
}

/* To a SQLite folder and to another PostgreSQL; and from SQLite to PostgreSQL. */
TEST(from_either_to_either)
{
	struct house h;
	struct backup_info i, v;
	int64_t until, id = 0;
	if (!house_open(&h, false))
		return;
	for (int k = 0; k < 20; k++)
		id = clue_in(h.app, h.org);
	for (int k = 0; k < 500; k++)    /* more than one page of a cursor */
		act_in(h.app, &(struct act){ .type = "org", .verb = "create", .area = STR("320582"), INPUTS(INPUT("name", STR("社区")), INPUT("kind", STR("community"))) });
	uint64_t want = rows_of(&h, h.app->store);
	enum err e = backup_make(h.app, h.backups, &h.pub, &i, &h.f);
	if (e != OK)
		printf("# %s %s\n", err_name(e), h.f.detail);
	NEED(e == OK);
	CHECK_INT(i.made, T0);
	CHECK(i.journal_size > 500);
	CHECK(system(arena_printf(h.a, "test -z \"$(find %s/data -name '.backup*')\"", h.dir)) == 0);
	char *file = arena_printf(h.a, "%s/%s.backup", h.backups, i.name), *lite = arena_printf(h.a, "%s/lite", h.dir), *there = schema(&h), *back = schema(&h);

	NEED_OK(backup_restore(file, &h.secret, lite, INT64_MAX, &v, &until, &h.f));
	CHECK_INT(until, T0);
	CHECK(system(arena_printf(h.a, "cp %s/data/root.key %s/data/keys.db* %s/", h.dir, h.dir, lite)) == 0);
	char *db = arena_printf(h.a, "%s/xiaoan.db", lite);
	NEED_OK(backup_into_postgres(db, there, &v, &h.f));
	struct app *app = opened(&h, lite, NULL, NULL);
	CHECK(rows_of(&h, app->store) == want);
	lives(&h, app, id, 20);
	/* what SQLite has gone on with, back to PostgreSQL: by a backup of its own */
	NEED_OK(backup_make(app, h.backups, &h.pub, &i, &h.f));
	want = rows_of(&h, app->store);
	app_close(app);
	NEED_OK(backup_restore(arena_printf(h.a, "%s/%s.backup", h.backups, i.name), &h.secret, arena_printf(h.a, "%s/lite2", h.dir), 0, &v, &until, &h.f));
	NEED_OK(backup_into_postgres(arena_printf(h.a, "%s/lite2/xiaoan.db", h.dir), back, &v, &h.f));
	for (int k = 0; k < 2; k++) {
		app = opened(&h, lite, k ? back : there, NULL);
		if (k)
			CHECK(rows_of(&h, app->store) == want);
		lives(&h, app, id, 20 + k);
		app_close(app);
	}
	/* never into a database that holds something */
	CHECK_ERR(backup_into_postgres(db, back, &v, &h.f), ERR_DUPLICATE);
	house_close(&h);
}

struct writing { struct house *h; bool stop; int64_t n; };
static void *write_on(void *arg)
{
	struct writing *w = arg;
	while (!__atomic_load_n(&w->stop, __ATOMIC_SEQ_CST)) {
		clue_in(w->h->app, w->h->org);
		__atomic_add_fetch(&w->n, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

TEST(while_people_write)
{
	struct house h;
	struct backup_info i, v;
	int64_t until;
	if (!house_open(&h, false))
		return;
	struct writing w = { .h = &h };
	pthread_t t[3];
	for (int k = 0; k < 3; k++)
		NEED(pthread_create(&t[k], NULL, write_on, &w) == 0);
	for (int k = 0; k < 4; k++) {
		int64_t before = __atomic_load_n(&w.n, __ATOMIC_SEQ_CST);
		enum err e = backup_make(h.app, h.backups, &h.pub, &i, &h.f);    /* its journal and heads are verified in it */
		if (e != OK)
			printf("# %s %s\n", err_name(e), h.f.detail);
		NEED(e == OK);
		char *dir = arena_printf(h.a, "%s/r%d", h.dir, k);
		NEED_OK(backup_restore(arena_printf(h.a, "%s/%s.backup", h.backups, i.name), &h.secret, dir, 0, &v, &until, &h.f));
		struct store *s;
		struct db *d;
		int64_t n = 0, halves = -1;
		NEED_OK(store_open(arena_printf(h.a, "%s/xiaoan.db", dir), NULL, &s, &h.f));
		NEED_OK(store_reader(s, &d, &h.f));
		NEED_OK(db_int(d, &h.f, "SELECT COUNT(*) FROM clue", NOARGS, &n, NULL));
		NEED_OK(db_int(d, &h.f, "SELECT COUNT(*) FROM clue r WHERE version <> (SELECT MAX(version) FROM journal WHERE rid = r.id)", NOARGS, &halves, NULL));
		CHECK(n >= before && halves == 0);
		store_close(s);
		clock_fix(T0 + (k + 1) * MS_MINUTE);
	}
	w.stop = true;
	for (int k = 0; k < 3; k++)
		pthread_join(t[k], NULL);
	printf("# %lld written meanwhile\n", (long long)w.n);
	house_close(&h);
}

/* The key store on PostgreSQL too: its sealed copy brings it back into a file or into another database. */
TEST(keys_on_postgres)
{
	struct house h;
	struct backup_info i;
	struct keys_kept k = { 0 };
	int64_t until, made, v1, v2;
	if (!house_open(&h, true))
		return;
	int64_t id = clue_in(h.app, h.org);
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	char *copy = arena_printf(h.a, "%s/keys.sealed", h.dir), *to = arena_printf(h.a, "%s/to", h.dir), *keys = schema(&h), *there = schema(&h);
	NEED_OK(backup_keys_make(h.app, arena_printf(h.a, "%s/data/root.key", h.dir), copy, &h.pub, &h.f));
	CHECK(system(arena_printf(h.a, "test -z \"$(find %s/data -name '.keys-*')\"", h.dir)) == 0);
	NEED_OK(backup_restore(arena_printf(h.a, "%s/%s.backup", h.backups, i.name), &h.secret, to, 0, &i, &until, &h.f));
	NEED_OK(backup_keys_restore(copy, &h.secret, to, &made, &h.f));
	char *file = arena_printf(h.a, "%s/keys.db", to);
	NEED_OK(keystore_into_postgres(file, keys, &h.f));
	CHECK_ERR(keystore_into_postgres(file, keys, &h.f), ERR_DUPLICATE);
	NEED_OK(backup_into_postgres(arena_printf(h.a, "%s/xiaoan.db", to), there, &i, &h.f));
	struct app *app = opened(&h, to, NULL, NULL);
	lives(&h, app, id, 1);
	app_close(app);
	app = opened(&h, to, there, keys);
	lives(&h, app, id, 1);
	app_close(app);
	/* and the server makes copies by itself, when keys come and go */
	NEED_OK(keystore_version(h.app, &v1, &h.f));
	NEED_OK(keys_look(h.app, &h.pub, arena_printf(h.a, "%s/kb", h.dir), &k, &h.f));
	NEED_OK(keystore_destroy(h.app, &(int64_t){ 5 }, 1, &h.f));
	int64_t got;
	int epoch;
	for (int n = 0; n < 130; n++)
		NEED_OK(keystore_new(h.app, KC_OFFICE, &got, &epoch, &h.f));
	NEED_OK(keystore_version(h.app, &v2, &h.f));
	CHECK(v1 != v2 && k.version == v1);
	house_close(&h);
}

/* As the administrator does it. */
TEST(by_the_command_line)
{
	struct house h;
	if (!house_open(&h, false))
		return;
	int64_t id = clue_in(h.app, h.org);
	char *there = schema(&h), *xa = arena_printf(h.a, "'%s/build-test/xiaoan'", getenv("XA_SRC") ? getenv("XA_SRC") : "."), *new = arena_printf(h.a, "%s/new", h.dir);
	CHECK(system(arena_printf(h.a, "%s backup now --data %s/data --store '%s' --dir %s >/dev/null", xa, h.dir, h.store, h.backups)) == 0);
	CHECK(system(arena_printf(h.a, "%s backup verify %s/*.backup --key %s >/dev/null", xa, h.backups, h.secret_file)) == 0);
	CHECK(system(arena_printf(h.a, "%s backup %s/plain.db --data %s/data --store '%s' >/dev/null 2>&1", xa, h.dir, h.dir, h.store)) == 0);
	CHECK(system(arena_printf(h.a, "%s backup keys %s/k.sealed --data %s/data --store '%s' >/dev/null", xa, h.dir, h.dir, h.store)) == 0);
	CHECK(system(arena_printf(h.a, "%s restore %s --key %s --keys-copy %s/k.sealed --data %s --store '%s' >/dev/null", xa, h.backups, h.secret_file, h.dir, new, there)) == 0);
	CHECK(access(arena_printf(h.a, "%s/xiaoan.db", new), F_OK) != 0);
	struct app *app = opened(&h, new, there, NULL);
	lives(&h, app, id, 1);
	app_close(app);
	/* a second time: it holds something, in words, and leaves nothing behind */
	CHECK(system(arena_printf(h.a, "%s restore %s --key %s --data %s2 --store '%s' >%s/said 2>&1; test $? -ne 0 && grep -q '已有数据' %s/said", xa, h.backups, h.secret_file, new, there, h.dir, h.dir)) == 0);
	CHECK(access(arena_printf(h.a, "%s2/xiaoan.db", new), F_OK) != 0);
	house_close(&h);
}
