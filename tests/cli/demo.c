/* The made-up city goes in by act() alone: nothing is refused, the books agree, and each post has work before it. */
#include <sys/stat.h>
#include "cli/cli.h"
#include "cli/demo.h"
#include "people/login.h"
#include "people/people.h"
#include "test.h"
#include <unistd.h>

#define END INT64_C(1795507200000)   /* 2026-11-24, in the afternoon */

struct city { char dir[64]; struct app *app; struct arena *a; struct fault f; };
static bool on_pg;

static enum err make_schema(struct db *d, void *arg, struct fault *f)
{
	char sql[100];
	snprintf(sql, sizeof sql, "CREATE SCHEMA %s", (char *)arg);
	return db_exec(d, f, sql, NOARGS, NULL);
}

static char *pg_url(struct city *k)
{
	const char *base = getenv("XA_TEST_PG");
	struct store *s;
	char *schema = arena_printf(k->a, "t%s", strrchr(k->dir, '-') + 1);
	NEED_OK(store_open(base, NULL, &s, &k->f));
	NEED_OK(store_write(s, make_schema, schema, &k->f));
	store_close(s);
	return arena_printf(k->a, "%s%coptions=-csearch_path%%3D%s", base, strchr(base, '?') ? '&' : '?', schema);
}

/* One key for all: the journal's marks of texts are made under it. */
static void put_key(const char *dir)
{
	unsigned char key[32] = { 7 }, sum[32];
	char path[80];
	BUF_AUTO b = BUF(256);
	sha256((struct str){ (char *)key, 32 }, sum);
	buf_cstr(&b, "xiaoan-key 1\n1 ");
	hex_put(&b, key, 32);
	buf_char(&b, ' ');
	hex_put(&b, sum, 4);
	buf_cstr(&b, "\nend 1\n");
	snprintf(path, sizeof path, "%s/root.key", dir);
	FILE *f = fopen(path, "w");
	NEED(f && fwrite(b.p, 1, b.n, f) == b.n && fclose(f) == 0 && chmod(path, 0600) == 0);
}

static void open_city_at(struct city *k, double scale, uint32_t seed, int64_t end)
{
	memset(k, 0, sizeof *k);
	snprintf(k->dir, sizeof k->dir, "/tmp/xa-demo-XXXXXX");
	NEED(mkdtemp(k->dir) != NULL);
	k->a = arena_new(0);
	put_key(k->dir);
	struct app_options o = { .data_dir = k->dir, .fast_unsafe = true, .store_url = on_pg ? pg_url(k) : NULL };
	NEED_OK(app_open(&o, all_types, &k->app, &k->f));
	NEED_OK(app_wire(k->app, k->a, &k->f));
	struct demo_options d = { .scale = scale, .seed = seed, .end = end };
	enum err e = demo_load(k->app, &d, &k->f);
	if (e != OK)
		printf("# %s: %s\n", err_name(e), k->f.detail);
	NEED(e == OK);
}

static void open_city(struct city *k, double scale, uint32_t seed) { open_city_at(k, scale, seed, END); }

static void close_city(struct city *k)
{
	app_unwire(k->app);
	app_close(k->app);
	arena_free(k->a);
	char cmd[128];
	snprintf(cmd, sizeof cmd, "rm -rf %s", k->dir);
	CHECK(system(cmd) == 0);
}

static struct ctx city_ctx(struct city *k)
{
	struct ctx c;
	ctx_init(&c, k->app, k->a, &k->f, &actor_system);
	c.now = END;
	NEED_OK(ctx_read(&c));
	return c;
}

static int64_t count(struct ctx *c, const char *type, const char *filter, const char *value)
{
	int64_t n = 0;
	struct filter f[] = { { str_of(filter), str_of(value) } };
	NEED_OK(see_count(c, &(struct see){ .type = type, .filters = f, .nfilters = filter ? 1 : 0 }, 1000000, &n));
	return n;
}

static struct ctx as_post(struct city *k, struct actor *w, const char *login)
{
	struct ctx c = city_ctx(k);
	int64_t user = 0;
	bool ready = false;
	struct str name;
	NEED_OK(people_by_login(k->app, c.db, k->a, str_of(login), &user, &k->f));
	NEED_OK(people_actor(k->app, c.db, k->a, user, w, &k->f));
	NEED_OK(login_name(c.db, k->a, user, &name, &ready, &k->f));
	CHECK_STR(name, login);
	CHECK(ready);
	c.actor = w;
	return c;
}

static void check_posts(struct city *k)
{
	static const struct { const char *login, *type, *filter, *value; } work[] = {
		{ "city", "clue", "state", "new" }, { "city", "case", "open", "1" }, { "town", "clue", "state", "new" }, { "town", "case", "state", "registered" },
		{ "town", "case", "state", "returned" }, { "town", "case", "state", "arbitration" },
		{ "community", "case", "open", "1" }, { "community", "clue", "open", "1" }, { "grid", "clue", "open", "1" },
		{ "mediator", "case", "state", "dispatched" }, { "mediator", "case", "state", "accepted|mediating" }, { "mediator", "visit", "open", "1" },
		{ "hotline", "clue", "state", "new" }, { "police", "clue", "open", "1" }, { "police", "case", "open", "1" },
		{ "admin", "staff", "open", "1" }, { "secadmin", "org", "open", "1" }, { "leader", "org", NULL, NULL }, { "auditor", "staff", NULL, NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(work); i++) {
		struct actor w;
		struct ctx c = as_post(k, &w, work[i].login);
		int64_t n = count(&c, work[i].type, work[i].filter, work[i].value);
		if (!n)
			printf("# %s: no %s %s=%s\n", work[i].login, work[i].type, work[i].filter ? work[i].filter : "", work[i].value ? work[i].value : "");
		CHECK(n > 0);
	}
	struct actor w;
	struct due *d;
	size_t n;
	struct ctx c = as_post(k, &w, "town");
	CHECK_OK(due_mine(&c, SC_AREA, true, 100, &d, &n));
	CHECK(n > 0);
}

static void check_city(void)
{
	struct city k;
	open_city(&k, 0.01, 1);
	struct ctx c = city_ctx(&k);
	for (size_t i = 0; all_types[i]; i++) {
		int64_t n = count(&c, all_types[i]->name, NULL, NULL);
		printf("# %-12s %lld\n", all_types[i]->name, (long long)n);
		CHECK(n > 0 || all_types[i]->file);     /* no pictures are made up */
	}
	CHECK_INT(count(&c, "household", NULL, NULL), 600);
	struct journal_report j;
	CHECK_OK(journal_verify(&c, &j));
	CHECK_INT(j.bad_seq, 0);
	CHECK(j.size > 3000);
	int64_t cells, wrong;
	struct str first;
	CHECK_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK(cells > 100);
	CHECK_INT(wrong, 0);
	check_posts(&k);
	/* A log-in with the phrase that the page shows. */
	struct login_ask ask = { .name = STR("town"), .password = str_of(demo_password(k.app, k.a)), .remote = STR("127.0.0.1"), .demo = true };
	struct login_found found;
	CHECK(ask.password.n > 8);
	CHECK_OK(login_check(k.app->store, k.app->keys, k.a, &ask, &found, &k.f));
	CHECK(!found.must_change && !found.need_code);
	struct demo_options again = { .scale = 0.01, .seed = 1, .end = END };
	CHECK_ERR(demo_load(k.app, &again, &k.f), ERR_STATE);
	close_city(&k);
}

TEST(city_sqlite) { check_city(); }

/* Whatever the hour, nothing of it lies in the future, or on a day before what it follows. */
TEST(a_city_made_after_midnight)
{
	struct city k;
	open_city_at(&k, 0.01, 1, day_start(day_of(END)) + 30 * MS_SECOND);
	close_city(&k);
}

TEST(city_postgres)
{
	if (!getenv("XA_TEST_PG"))
		return;
	on_pg = true;
	check_city();
	on_pg = false;
}

/* The journal of a city, its marks of texts left out: they are made under a key of that city's own. */
static void journal_digest(uint32_t seed, unsigned char ret[32])
{
	struct city k;
	open_city(&k, 0.01, seed);
	struct ctx c = city_ctx(&k);
	BUF_AUTO all = BUF((size_t)64 << 20);
	bool more;
	ROWS q = NULL;
	NEED_OK(db_rows(c.db, c.f, "SELECT seq, ms, actor, org, rid, version, role, verb, type, outcome, body FROM journal ORDER BY seq", NOARGS, &q));
	for (;;) {
		NEED_OK(rows_next(q, &more));
		if (!more)
			break;
		for (int i = 0; i < 6; i++)
			buf_printf(&all, "%lld ", (long long)rows_int(q, i));
		for (int i = 6; i < 10; i++) {
			buf_str(&all, rows_text(q, i));
			buf_char(&all, ' ');
		}
		struct str body = rows_text(q, 10);
		for (size_t i = 0; i < body.n; i++) {
			buf_char(&all, body.p[i]);
			if (body.p[i] == '#' && i && body.p[i - 1] == '"')
				while (i + 1 < body.n && body.p[i + 1] != '"')
					i++;
		}
		buf_char(&all, '\n');
	}
	NEED(!all.over && all.n > 1000);
	sha256(buf_view(&all), ret);
	rows_end(q);
	q = NULL;
	close_city(&k);
}

TEST(same_seed_same_journal)
{
	unsigned char one[32], two[32], other[32];
	journal_digest(3, one);
	journal_digest(3, two);
	journal_digest(4, other);
	CHECK(memcmp(one, two, 32) == 0);
	CHECK(memcmp(one, other, 32) != 0);
}
