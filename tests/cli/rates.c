/* The limits as an office sets them. */
#include "../test.h"
#include "cli/cli.h"
#include "cli/rates.h"
#include <unistd.h>

struct row { const char *name, *value; };

static enum err put(struct ctx *c, void *arg)
{
	const struct row *r = arg;
	return db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES (?, ?, 0)", ARGS(VS(str_of(r->name)), VS(str_of(r->value))), NULL);
}

TEST(settings_replace_what_is_usual_and_nonsense_is_passed_over)
{
	static const struct row rows[] = {
		{ "rate.search", "7" }, { "rate.address.login.burst", "9" }, { "rate.address.open", "0" }, { "rate.page", "-1" }, { "rate.export", "many" },
		{ "rate.api", "1000001" }, { "rate.nothing", "5" }, { "rate.page.more", "5" }, { "rate.", "5" }, { "rate/page", "5" }, { "rate", "5" },
	};
	char dir[64] = "/tmp/xa-rates-XXXXXX";
	ARENA a = arena_new(0);
	struct app *app;
	struct fault f = { 0 };
	struct ctx c;
	struct rate_limits l, want = rate_usual;
	NEED(mkdtemp(dir) != NULL);
	NEED_OK(app_open(&(struct app_options){ .data_dir = dir, .fast_unsafe = true }, all_types, &app, &f));
	ctx_init(&c, app, a, &f, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(rates_read(c.db, &l, &f));
	CHECK(memcmp(&l, &want, sizeof l) == 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		NEED_OK(ctx_write(&c, put, (void *)(uintptr_t)&rows[i]));
	want.own[RATE_SEARCH].minute = 7;
	want.address[RATE_LOGIN].burst = 9;
	want.address[RATE_OPEN].minute = 0;
	NEED_OK(rates_read(c.db, &l, &f));
	CHECK(memcmp(&l, &want, sizeof l) == 0);
	app_close(app);
	CHECK(system(arena_printf(a, "rm -rf '%s'", dir)) == 0);
}
