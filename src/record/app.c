/* Why: one place opens the program: keys, store, migrations, codes, calendar, rules, and the catalogue held against the
 * tables, so that a server, a command and a test all stand on the same ground. */
#include "base/embedded.h"
#include "record/inner.h"
#include "record/keystore.h"
#include "record/names.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Embedded migrations/NNNN_name.sql in order of number; embedded[] is sorted by name. */
static enum err migrate_with(struct store *s, const struct migration *more, size_t nmore, struct arena *a, struct fault *f)
{
	struct migration *m = NULL;
	size_t n = 0, cap = 0;
	for (const struct embedded *e = embedded; e->name; e++) {
		if (strncmp(e->name, "migrations/", 11) != 0)
			continue;
		struct migration one = { .name = e->name + 11, .sql = arena_cstr(a, (struct str){ e->bytes, e->n }) };
		must(sscanf(one.name, "%d_", &one.number) == 1);
		VEC_PUSH(a, m, n, cap, one);
	}
	for (size_t i = 0; i < nmore; i++)
		VEC_PUSH(a, m, n, cap, more[i]);
	return store_migrate(s, m, n, f);
}

enum err app_migrate(struct store *s, struct arena *a, struct fault *f) { return migrate_with(s, NULL, 0, a, f); }

/* Every column that the catalogue names must be there: asked by preparing the statements that will be used. */
static enum err check_catalogue(struct ctx *c)
{
	for (const struct plan *p = c->app->plans; p->t; p++) {
		ROWS r = NULL;
		bool more;
		struct str cols = str_of(strchr(p->insert, '(') + 1);
		cols.n = (size_t)(strchr(cols.p, ')') - cols.p);
		if (db_rows(c->db, c->f, arena_printf(c->a, "SELECT %.*s FROM %s WHERE 1 = 0", (int)cols.n, cols.p, p->table), NOARGS, &r) != OK ||
		    rows_next(r, &more) != OK)
			return fail(c->f, ERR_DB, N_("The program and its database do not fit together. Please start the version that made the database, or report this."),
				    "table %s lacks a column of the catalogue: %.120s", p->table, c->f->detail);
	}
	return OK;
}

static enum err open_parts(const struct app_options *o, struct app *app, struct arena *a, struct fault *f)
{
	if (mkdir(o->data_dir, 0700) != 0 && errno != EEXIST)
		return fail(f, ERR_IO, N_("The data folder cannot be made."), "mkdir %s: errno %d", o->data_dir, errno);
	const struct unlock u = { .path = o->root_key ? o->root_key : arena_printf(a, "%s/root.key", o->data_dir), .create = !o->root_key, .passphrase = o->passphrase };
	TRY(keyring_unlock(&u, &app->keys, f));
	/* With a backup key the log between backups is kept: no process may fold it away but the one that seals it. */
	struct store_options so = { .fast_unsafe = o->fast_unsafe, .writers = o->writers,
				    .keep_log = !o->store_url && access(arena_printf(a, "%s/backup.pub", o->data_dir), F_OK) == 0 };
	TRY(store_open(o->store_url ? o->store_url : arena_printf(a, "%s/xiaoan.db", o->data_dir), &so, &app->store, f));
	TRY(migrate_with(app->store, o->more, o->nmore, a, f));
	TRY(keystore_open(app, o->keys_url, o->fast_unsafe, f));
	TRY(codes_load(&app->codes, f));
	TRY(rules_load(&app->rules, f));
	plans_make(app);
	struct ctx c;
	ctx_init(&c, app, a, f, &actor_system);
	TRY(ctx_read(&c));
	TRY(holidays_refresh(&c));
	TRY(check_catalogue(&c));
	return search_renew(&c);
}

enum err app_open(const struct app_options *o, const struct rtype *const *types, struct app **ret, struct fault *f)
{
	struct app *app = xalloc(sizeof *app);
	ARENA a = arena_new(0);
	safe_init();
	app->types = types;
	app->data_dir = xstrdup(o->data_dir);
	app->demo = o->demo;
	app->started_ms = now_ms();
	app->views = views_new(app);
	app->weights = weights_new();
	enum err e = open_parts(o, app, a, f);
	if (e != OK) {
		app_close(app);
		return e;
	}
	*ret = app;
	return OK;
}

const char *halt_text(enum halt h)
{
	return h == HALT_ROOM ? N_("The disk is all but full: nothing can be saved now.") : h == HALT_DAMAGED ? N_("The database is damaged: nothing is saved any more.") : NULL;
}

const char *halt_hint(enum halt h)
{
	return h == HALT_ROOM ? N_("Please note it on paper and tell the administrator: as soon as room is made on the disk, work goes on by itself.")
	     : h == HALT_DAMAGED ? N_("Please note it on paper and call the administrator: the last good backup must be restored (xiaoan restore).") : NULL;
}

void app_close(struct app *app)
{
	if (!app)
		return;
	store_close(app->store);
	struct held *held[] = { app->numbers, app->stories };
	for (size_t i = 0; i < ARRAY_LEN(held); i++)
		if (held[i])
			held[i]->free(held[i]);
	names_free(app->names);
	keystore_close(app);
	views_free(app->views);
	weights_free(app->weights);
	if (app->plans)
		plans_free(app);
	rules_free(app->rules);
	holidays_free(app);
	codes_free(app->codes);
	keyring_free(app->keys);
	free((void *)(uintptr_t)app->data_dir);
	free(app->wechat);
	free(app);
}

void ctx_init(struct ctx *c, struct app *app, struct arena *a, struct fault *f, const struct actor *actor)
{
	*c = (struct ctx){ .app = app, .a = a, .f = f, .actor = actor, .now = now_ms(), .lang = LANG_ZH, .until = INT64_MAX };
}

struct job { struct ctx *c; enum err (*fn)(struct ctx *, void *); void *arg; };

static enum err run_job(struct db *d, void *arg, struct fault *f)
{
	struct job *j = arg;
	struct ctx *c = j->c;
	struct db *was_db = c->db;
	struct fault *was_f = c->f;
	fault_clear(f);        /* PostgreSQL may run a job again */
	c->db = d;
	c->f = f;
	enum err e = j->fn(c, j->arg);
	c->db = was_db;
	c->f = was_f;
	return e;
}

enum err ctx_write(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg)
{
	struct job j = { c, fn, arg };
	return store_write(c->app->store, run_job, &j, c->f);
}

enum err ctx_read(struct ctx *c) { return store_reader(c->app->store, &c->db, c->f); }
