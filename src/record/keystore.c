/*
 * Why: wrapped keys lie apart from what they open.
 *
 * Invariants: a data key is durable before anything is sealed under it; a key store and a database know each other by a name, so that
 * data is never sealed under keys that are not its own; an epoch is used only after every process could read it.
 */
#include "record/inner.h"
#include "record/keystore.h"
#include <pthread.h>
#include <stdlib.h>

#define STOCK 128
#define EPOCHS_MAX 24

struct keystore {
	struct store *s;
	pthread_mutex_t lock;                 /* of the stock */
	struct { int64_t id[STOCK]; int n, epoch; } stock[2];
};

static const char key_ddl[] =
	"CREATE TABLE key (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, class INTEGER NOT NULL, epoch INTEGER NOT NULL, bytes BLOB NOT NULL, made INTEGER NOT NULL) STRICT;\n"
	"CREATE INDEX key_epoch ON key (epoch) WHERE kind <> 6;\n"
	"CREATE TABLE epoch (number INTEGER PRIMARY KEY, suite INTEGER NOT NULL, made INTEGER NOT NULL, active_at INTEGER NOT NULL, retired INTEGER NOT NULL) STRICT;\n"
	"CREATE TABLE gone (id INTEGER PRIMARY KEY, ms INTEGER NOT NULL) STRICT;\n"
	"CREATE TABLE info (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;\n";

static const struct migration tables = { 1, "0001_keys", key_ddl };

/* ---- making ---- */

struct making { struct app *app; struct arena *a; char id[33]; bool before; int number; enum suite suite; int64_t active_at; };

static enum err put_key(struct db *d, struct making *m, enum key_kind kind, enum key_class cls, int epoch, struct fault *f)
{
	struct key_row r = { .id = id_new(now_ms()), .kind = kind, .cls = cls, .epoch = epoch };
	key_make(m->app->keys, m->a, &r, m->before);
	return db_exec(d, f, "INSERT INTO key (id, kind, class, epoch, bytes, made) VALUES (?, ?, ?, ?, ?, ?)",
		       ARGS(VI(r.id), VI(kind), VI(cls), VI(epoch), VB(r.bytes.p, r.bytes.n), VI(now_ms())), NULL);
}

static enum err put_epoch(struct db *d, struct making *m, struct fault *f)
{
	for (int cls = 0; cls < KC_COUNT; cls++)
		TRY(put_key(d, m, KEY_SEAL, (enum key_class)cls, m->number, f));
	TRY(put_key(d, m, KEY_BLIND, KC_OFFICE, m->number, f));
	return db_exec(d, f, "INSERT INTO epoch (number, suite, made, active_at, retired) VALUES (?, ?, ?, ?, 0)",
		       ARGS(VI(m->number), VI(m->suite), VI(now_ms()), VI(m->active_at)), NULL);
}

static enum err text_of(struct db *d, struct arena *a, const char *sql, struct str *ret, struct fault *f)
{
	ROWS q = NULL;
	bool more;
	*ret = STR_NONE;
	TRY(db_rows(d, f, sql, NOARGS, &q));
	TRY(rows_next(q, &more));
	if (more)
		*ret = arena_str(a, rows_text(q, 0));
	return OK;
}

/* The first keys. Another process may have been quicker. */
static enum err make_first(struct db *d, void *arg, struct fault *f)
{
	struct making *m = arg;
	struct str id;
	TRY(text_of(d, m->a, "SELECT value FROM info WHERE name = 'id'", &id, f));
	if (id.n)
		return OK;
	TRY(put_key(d, m, KEY_FIXED, KC_OFFICE, 0, f));
	TRY(put_key(d, m, KEY_SEARCH, KC_OFFICE, 0, f));
	TRY(put_key(d, m, KEY_HEAD, KC_OFFICE, 0, f));
	if (m->before)
		TRY(db_exec(d, f, "INSERT INTO epoch (number, suite, made, active_at, retired) VALUES (0, 1, ?, 0, 0)", ARGS(VI(now_ms())), NULL));
	m->number = 1;
	m->suite = SUITE_XCHACHA;
	TRY(put_epoch(d, m, f));
	return db_exec(d, f, "INSERT INTO info (name, value) VALUES ('id', ?)", ARGS(VS(str_of(m->id))), NULL);
}

static enum err name_data(struct db *d, void *arg, struct fault *f)
{
	return db_exec(d, f, "INSERT INTO setting (name, value, updated) VALUES ('keystore', ?, ?) ON CONFLICT (name) DO NOTHING", ARGS(VS(str_of(arg)), VI(now_ms())), NULL);
}

/* The two must belong together, or be new together. */
static enum err bind(struct app *app, struct arena *a, struct fault *f)
{
	struct db *data, *keys;
	struct str want, have;
	int64_t size = 0;
	TRY(store_reader(app->store, &data, f));
	TRY(store_reader(app->keystore->s, &keys, f));
	TRY(text_of(data, a, "SELECT value FROM setting WHERE name = 'keystore'", &want, f));
	TRY(text_of(keys, a, "SELECT value FROM info WHERE name = 'id'", &have, f));
	if (want.n && !str_eq(want, have))
		return fail(f, ERR_DB, N_("The key store (keys.db) is missing, or belongs to another database. Put back the one that belongs to this data; without it nothing sealed can be read."),
			    "database asks for %.32s, found %.32s", want.p, have.n ? have.p : "none");
	if (want.n)
		return OK;
	if (!have.n) {
		struct making m = { .app = app, .a = a };
		unsigned char id[16];
		random_bytes(id, sizeof id);
		BUF_AUTO b = BUF(40);
		hex_put(&b, id, sizeof id);
		memcpy(m.id, b.p, 33);
		TRY(db_int(data, f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &size, NULL));
		m.before = size > 0;
		TRY(store_write(app->keystore->s, make_first, &m, f));
		TRY(text_of(keys, a, "SELECT value FROM info WHERE name = 'id'", &have, f));
	}
	TRY(store_write(app->store, name_data, arena_cstr(a, have), f));
	/* Two processes may have begun at once, each with a key store of its own. */
	TRY(text_of(data, a, "SELECT value FROM setting WHERE name = 'keystore'", &want, f));
	return str_eq(want, have) ? OK : fail(f, ERR_DB, NULL, "another process bound this database to another key store");
}

/* ---- reading ---- */

static void row_of(struct rows *q, struct key_row *r)
{
	*r = (struct key_row){ .id = rows_int(q, 0), .kind = (enum key_kind)rows_int(q, 1), .cls = (enum key_class)rows_int(q, 2), .epoch = (int)rows_int(q, 3), .bytes = rows_blob(q, 4) };
}
static bool row_sane(const struct key_row *r)
{
	return r->kind >= KEY_SEAL && r->kind <= KEY_DATA && (int)r->cls >= 0 && r->cls < KC_COUNT && r->epoch >= 0 && r->epoch < 65536;
}

/* kind <> data. once: also those that never change. */
static enum err take_keys(struct app *app, struct db *d, bool once, struct fault *f)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(d, f, once ? "SELECT id, kind, class, epoch, bytes FROM key WHERE kind <> 6" : "SELECT id, kind, class, epoch, bytes FROM key WHERE kind <> 6 AND epoch > 0", NOARGS, &q));
	for (;;) {
		struct key_row r;
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		row_of(q, &r);
		if (!row_sane(&r))
			return fail(f, ERR_DB, NULL, "key %lld makes no sense", (long long)r.id);
		TRY(key_take(app->keys, &r, f));
	}
}

static enum err use_epochs(struct app *app, struct db *d, struct fault *f)
{
	ROWS q = NULL;
	bool more;
	int64_t now = now_ms();
	int first = 0;
	TRY(db_rows(d, f, "SELECT number, suite, active_at, retired FROM epoch ORDER BY number", NOARGS, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		int number = (int)rows_int(q, 0);
		bool active = number > 0 && rows_int(q, 2) <= now;
		if (number > 0 && !first)
			first = number;
		keyring_use(app->keys, number, rows_int(q, 3) == 0, active);
		if (active)
			keyring_set_suite(app->keys, (enum suite)rows_int(q, 1));
	}
	/* Removed with their time: forgotten here too. */
	for (int old = first - 1; old > 0 && old > first - 40; old--)
		keyring_drop(app->keys, old);
	return OK;
}

enum err keystore_refresh(struct app *app, struct fault *f)
{
	struct db *d;
	TRY(store_reader(app->keystore->s, &d, f));
	int64_t top = 0, known[2] = { keyring_epoch(app->keys), 0 };
	TRY(db_int(d, f, "SELECT MAX(number) FROM epoch", NOARGS, &top, NULL));
	int have[BLIND_EPOCHS];
	known[1] = blind_epochs(app->keys, have) ? have[0] : 0;
	if (top != known[0] && top != known[1])
		TRY(take_keys(app, d, false, f));
	return use_epochs(app, d, f);
}

static enum err fetch(void *arg, int64_t id, struct key_row *row, char room[KEY_WRAPPED_MAX], struct fault *f)
{
	struct app *app = arg;
	struct db *d;
	ROWS q = NULL;
	bool more;
	if (!id)
		return keystore_refresh(app, f);
	TRY(store_reader(app->keystore->s, &d, f));
	TRY(db_rows(d, f, "SELECT id, kind, class, epoch, bytes FROM key WHERE id = ? AND kind = 6", ARGS(VI(id)), &q));
	TRY(rows_next(q, &more));
	if (more) {
		row_of(q, row);
		if (!row_sane(row) || row->bytes.n > KEY_WRAPPED_MAX)
			return fail(f, ERR_DB, NULL, "key %lld makes no sense", (long long)id);
		memcpy(room, row->bytes.p, row->bytes.n);
		row->bytes.p = room;
		return OK;
	}
	rows_end(q);
	q = NULL;
	int64_t gone = 0;
	TRY(db_int(d, f, "SELECT 1 FROM gone WHERE id = ?", ARGS(VI(id)), &gone, NULL));
	return gone ? fail(f, ERR_NOT_FOUND, N_("The key of this record was destroyed: what it held can no longer be read by anybody."), "data key %lld", (long long)id)
		    : fail(f, ERR_DB, N_("A protected value was altered, moved, or sealed with a key this machine does not have."), "no data key %lld", (long long)id);
}

enum err keystore_reader(struct app *app, struct db **ret, struct fault *f) { return store_reader(app->keystore->s, ret, f); }

enum err keystore_open(struct app *app, const char *url, bool fast_unsafe, struct fault *f)
{
	ARENA a = arena_new(0);
	struct store_options o = { .fast_unsafe = fast_unsafe, .readers_cache_kib = 128, .writers = 1 };
	struct keystore *ks = xalloc(sizeof *ks);
	must(pthread_mutex_init(&ks->lock, NULL) == 0);
	app->keystore = ks;
	TRY(store_open(url ? url : arena_printf(a, "%s/keys.db", app->data_dir), &o, &ks->s, f));
	TRY(store_migrate(ks->s, &tables, 1, f));
	TRY(bind(app, a, f));
	struct db *d;
	TRY(store_reader(ks->s, &d, f));
	TRY(take_keys(app, d, true, f));
	TRY(use_epochs(app, d, f));
	keyring_source(app->keys, fetch, app);
	return shred_finish(app, f);
}

void keystore_close(struct app *app)
{
	if (!app->keystore)
		return;
	store_close(app->keystore->s);
	pthread_mutex_destroy(&app->keystore->lock);
	free(app->keystore);
	app->keystore = NULL;
}

static enum err move(struct store *from, struct store *to, struct fault *f)
{
	TRY(store_migrate(to, &tables, 1, f));
	return store_transfer(from, to, f);
}

enum err keystore_copy(struct app *app, const char *path, struct fault *f)
{
	struct store *to;
	if (!store_is_postgres(app->keystore->s))
		return store_copy(app->keystore->s, path, f);
	TRY(store_open(path, NULL, &to, f));
	enum err e = move(app->keystore->s, to, f);
	store_close(to);
	return e;
}

enum err keystore_into_postgres(const char *file, const char *url, struct fault *f)
{
	struct store *from, *to = NULL;
	struct db *d;
	int64_t keys = 0;
	TRY(store_open(file, NULL, &from, f));
	enum err e = store_open(url, &(struct store_options){ .writers = 1 }, &to, f);
	if (e == OK)
		e = store_migrate(to, &tables, 1, f);
	if (e == OK)
		e = store_reader(to, &d, f);
	if (e == OK)
		e = db_int(d, f, "SELECT CAST(COUNT(*) AS INTEGER) FROM key", NOARGS, &keys, NULL);
	if (e == OK && keys)
		e = fail(f, ERR_DUPLICATE, N_("That PostgreSQL database holds data already. Please restore into an empty one."), "key store");
	if (e == OK)
		e = move(from, to, f);
	store_close(to);
	store_close(from);
	return e;
}

static enum err look_only(struct db *d, void *arg, struct fault *f)
{
	(void)arg, (void)f;
	db_quiet(d);
	return OK;
}

/* What other processes wrote is noticed when a job begins. */
enum err keystore_version(struct app *app, int64_t *ret, struct fault *f)
{
	if (store_is_postgres(app->keystore->s)) {
		/* No counter of changes there; keys come and go in numbers. */
		struct db *d;
		TRY(store_reader(app->keystore->s, &d, f));
		return db_int(d, f, "SELECT (SELECT COUNT(*) FROM key) + 1000000007 * (SELECT COUNT(*) FROM gone) + (SELECT MAX(made) FROM key)", NOARGS, ret, NULL);
	}
	TRY(store_write(app->keystore->s, look_only, NULL, f));
	*ret = store_version(app->keystore->s);
	return OK;
}

/* ---- data keys ---- */

struct stocking { struct app *app; struct arena *a; enum key_class cls; int epoch; int64_t id[STOCK]; };

static enum err stock_job(struct db *d, void *arg, struct fault *f)
{
	struct stocking *s = arg;
	for (int i = 0; i < STOCK; i++) {
		/* Random, so that an id tells neither when nor how many. */
		random_bytes(&s->id[i], sizeof s->id[i]);
		s->id[i] = (int64_t)((uint64_t)s->id[i] >> 1 | 1);
		struct key_row r = { .id = s->id[i], .kind = KEY_DATA, .cls = s->cls, .epoch = s->epoch };
		key_make(s->app->keys, s->a, &r, false);
		TRY(db_exec(d, f, "INSERT INTO key (id, kind, class, epoch, bytes, made) VALUES (?, 6, ?, ?, ?, ?)",
			    ARGS(VI(r.id), VI(r.cls), VI(r.epoch), VB(r.bytes.p, r.bytes.n), VI(now_ms())), NULL));
	}
	return OK;
}

enum err keystore_new(struct app *app, enum key_class cls, int64_t *ret, int *ret_epoch, struct fault *f)
{
	struct keystore *ks = app->keystore;
	int which = cls == KC_VAULT, epoch = keyring_epoch(app->keys);
	enum err e = OK;
	pthread_mutex_lock(&ks->lock);
	if (!ks->stock[which].n || ks->stock[which].epoch != epoch) {
		ARENA a = arena_new(0);
		struct stocking s = { .app = app, .a = a, .cls = cls, .epoch = epoch };
		e = store_write(ks->s, stock_job, &s, f);
		if (e == OK) {
			memcpy(ks->stock[which].id, s.id, sizeof s.id);
			ks->stock[which].n = STOCK;
			ks->stock[which].epoch = epoch;
		}
	}
	*ret_epoch = epoch;
	if (e == OK)
		*ret = ks->stock[which].id[--ks->stock[which].n];
	pthread_mutex_unlock(&ks->lock);
	return e;
}

struct ending { const int64_t *ids; size_t n; };

static enum err destroy_job(struct db *d, void *arg, struct fault *f)
{
	const struct ending *x = arg;
	for (size_t i = 0; i < x->n; i++) {
		int64_t there = 0;
		/* Written over before it goes, whatever the engine does with what it frees. */
		TRY(db_exec(d, f, "UPDATE key SET bytes = ? WHERE id = ?", ARGS(VB("destroyed", 9), VI(x->ids[i])), &there));
		TRY(db_exec(d, f, "DELETE FROM key WHERE id = ?", ARGS(VI(x->ids[i])), NULL));
		if (there)
			TRY(db_exec(d, f, "INSERT INTO gone (id, ms) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", ARGS(VI(x->ids[i]), VI(now_ms())), NULL));
	}
	return OK;
}

enum err keystore_destroy(struct app *app, const int64_t *ids, size_t n, struct fault *f)
{
	struct ending x = { ids, n };
	for (size_t i = 0; i < n; i++)
		keyring_forget(app->keys, ids[i]);
	TRY(store_write(app->keystore->s, destroy_job, &x, f));
	for (size_t i = 0; i < n; i++)      /* a reader may have fetched it between */
		keyring_forget(app->keys, ids[i]);
	return OK;   /* the store empties its log by itself when it is idle */
}

/* ---- epochs ---- */

static enum err begin_job(struct db *d, void *arg, struct fault *f)
{
	struct making *m = arg;
	int64_t top = 0, n = 0;
	TRY(db_int(d, f, "SELECT CAST(MAX(number) AS INTEGER) FROM epoch", NOARGS, &top, NULL));
	TRY(db_int(d, f, "SELECT CAST(COUNT(*) AS INTEGER) FROM epoch", NOARGS, &n, NULL));
	if (n >= EPOCHS_MAX || top >= 65000)
		return fail(f, ERR_LIMIT, N_("There were too many rotations within 35 days. Please wait until old keys have been removed."), "%lld epochs", (long long)n);
	m->number = (int)top + 1;
	return put_epoch(d, m, f);
}

enum err keystore_begin(struct ctx *c, enum suite s, int64_t lead_ms, int *ret_epoch)
{
	struct making m = { .app = c->app, .a = c->a, .suite = s, .active_at = now_ms() + lead_ms };
	TRY(store_write(c->app->keystore->s, begin_job, &m, c->f));
	TRY(keystore_refresh(c->app, c->f));
	TRY(journal_note(c, "keys_begin", "keys", m.number, "ok", arena_fmt(c->a, "{\"epoch\":%d,\"suite\":%d}", m.number, (int)s)));
	*ret_epoch = m.number;
	return OK;
}

struct rewrap { struct app *app; struct arena *a; int64_t after; int n; };

static enum err rewrap_job(struct db *d, void *arg, struct fault *f)
{
	struct rewrap *w = arg;
	ROWS q = NULL;
	bool more;
	struct key_row *v = NULL;
	size_t n = 0, cap = 0;
	w->n = 0;
	TRY(db_rows(d, f, "SELECT id, kind, class, epoch, bytes FROM key WHERE id > ? ORDER BY id LIMIT 500", ARGS(VI(w->after)), &q));
	for (;;) {
		struct key_row r;
		TRY(rows_next(q, &more));
		if (!more)
			break;
		row_of(q, &r);
		r.bytes = arena_str(w->a, r.bytes);
		VEC_PUSH(w->a, v, n, cap, r);
	}
	rows_end(q);
	q = NULL;
	for (size_t i = 0; i < n; i++) {
		w->after = v[i].id;
		if (!key_wrapped_behind(w->app->keys, v[i].bytes))
			continue;
		TRY(key_rewrap(w->app->keys, w->a, &v[i], f));
		TRY(db_exec(d, f, "UPDATE key SET bytes = ? WHERE id = ?", ARGS(VB(v[i].bytes.p, v[i].bytes.n), VI(v[i].id)), NULL));
	}
	w->n = (int)n;
	return OK;
}

enum err keystore_rewrap(struct app *app, struct fault *f)
{
	struct rewrap w = { .app = app, .after = INT64_MIN };
	do {
		ARENA a = arena_new(0);
		w.a = a;
		TRY(store_write(app->keystore->s, rewrap_job, &w, f));
	} while (w.n == 500);
	return OK;
}

struct retiring { int below; int64_t now; int n; };

static enum err retire_job(struct db *d, void *arg, struct fault *f)
{
	struct retiring *r = arg;
	int64_t n = 0;
	TRY(db_exec(d, f, "UPDATE epoch SET retired = ? WHERE number < ? AND retired = 0", ARGS(VI(r->now), VI(r->below)), &n));
	r->n = (int)n;
	/* Data keys of a retired epoch open only old backups; they go with it. */
	TRY(db_exec(d, f, "DELETE FROM key WHERE epoch > 0 AND epoch IN (SELECT number FROM epoch WHERE retired > 0 AND retired < ?)", ARGS(VI(r->now - KEYSTORE_LIFE_MS)), NULL));
	return db_exec(d, f, "DELETE FROM epoch WHERE retired > 0 AND retired < ?", ARGS(VI(r->now - KEYSTORE_LIFE_MS)), NULL);
}

enum err keystore_retire(struct app *app, int below, int64_t now, int *ret_retired, struct fault *f)
{
	struct retiring r = { .below = below, .now = now };
	TRY(store_write(app->keystore->s, retire_job, &r, f));
	*ret_retired = r.n;
	return keystore_refresh(app, f);
}

enum err keystore_epochs(struct app *app, struct arena *a, struct keystore_epoch **ret, size_t *ret_n, int64_t *ret_data_keys, struct fault *f)
{
	struct db *d;
	ROWS q = NULL;
	bool more;
	struct keystore_epoch *v = NULL;
	size_t n = 0, cap = 0;
	TRY(store_reader(app->keystore->s, &d, f));
	TRY(db_int(d, f, "SELECT CAST(COUNT(*) AS INTEGER) FROM key WHERE kind = 6", NOARGS, ret_data_keys, NULL));
	TRY(db_rows(d, f, "SELECT number, suite, made, active_at, retired FROM epoch ORDER BY number", NOARGS, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct keystore_epoch e = { (int)rows_int(q, 0), (enum suite)rows_int(q, 1), rows_int(q, 2), rows_int(q, 3), rows_int(q, 4) };
		VEC_PUSH(a, v, n, cap, e);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}
