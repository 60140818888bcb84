/* Keys of records: classes, a key for each case, rotation and change of suite under way, data of 0.1, destroying. Both engines. */
#include "../test.h"
#include "../engine.h"
#include "record/inner.h"
#include "record/keystore.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define COLS "(id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL," \
	" town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL," \
	" updated INTEGER NOT NULL, extra TEXT, name BLOB, name_bi BLOB, phone BLOB, phone_bi BLOB, text BLOB, n INTEGER) STRICT;\n"
#define SEARCHED(t) "-- sqlite\nCREATE VIRTUAL TABLE search_" t " USING fts5(t, content='', tokenize='ascii');\n-- end\n" \
	"-- postgres\nCREATE TABLE search_" t " (id BIGINT PRIMARY KEY, t TSVECTOR);\n-- end\n"
static const char ddl[] = "CREATE TABLE kcase " COLS "CREATE TABLE kpaper " COLS "CREATE TABLE kvault " COLS "CREATE TABLE kperson " COLS
	SEARCHED("kcase") SEARCHED("kpaper") SEARCHED("kvault") SEARCHED("kperson")
	"CREATE INDEX kperson_phone_bi ON kperson (phone_bi);\nCREATE INDEX kcase_phone_bi ON kcase (phone_bi);\n";

static const struct field fields[] = {
	{ .name = "name", .label = "Name", .type = F_NAME, .secrecy = S_MASKED, .flags = FF_BLIND, .max = 40 },
	{ .name = "phone", .label = "Phone", .type = F_PHONE, .secrecy = S_MASKED, .flags = FF_BLIND },
	{ .name = "text", .label = "Text", .type = F_LONG, .secrecy = S_SEALED, .flags = FF_SEARCH | FF_HEAVY, .max = 2000 },
	{ .name = "n", .label = "N", .type = F_INT, .max = 1000000 },
};
static const struct state states[] = { { "open", "Open", true, NULL } };
static const struct step steps[] = {
	{ .from = "", .verb = "create", .to = "open", .label = "Create", .roles = R_ANY, .scope = SC_ALL, .fields = "*" },
	{ .from = "open", .verb = "edit", .to = "=", .label = "Edit", .roles = R_ANY, .scope = SC_ALL, .fields = "*" },
};
static const struct grant grants[] = { { R_ANY, SC_ALL, SIGHT_FULL } };
#define TYPE(v, n, lvl, up, ...) static const struct rtype v = { .name = n, .label = "T", .plural = "T", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states, \
	.nstates = 1, .steps = steps, .nsteps = 2, .read = grants, .nread = 1, .level = lvl, .parent = up, __VA_ARGS__ }
TYPE(kcase, "kcase", 3, NULL);
TYPE(kpaper, "kpaper", 3, "kcase");
TYPE(kvault, "kvault", 4, "kcase");
TYPE(kperson, "kperson", 2, NULL);
/* Rules below ask for staff; nobody is. */
TYPE(staff, "staff", 2, NULL, .table = "kperson");
static const struct rtype *const types[] = { &kcase, &kpaper, &kvault, &kperson, &staff, NULL };
static const struct migration more = { 9000, "9000_keys", ddl };

struct house { char dir[64], *url; struct app *app; struct arena *a; struct fault f; };

static enum err try_open(struct house *h)
{
	struct app_options o = { .data_dir = h->dir, .more = &more, .nmore = 1, .store_url = h->url };
	fault_clear(&h->f);
	return app_open(&o, types, &h->app, &h->f);
}

static void house_open(struct house *h)
{
	memset(h, 0, sizeof *h);
	snprintf(h->dir, sizeof h->dir, "/tmp/xa-keys-XXXXXX");
	NEED(mkdtemp(h->dir) != NULL);
	h->a = arena_new(0);
	h->url = test_store(h->a);
	NEED_OK(try_open(h));
}

static void house_close(struct house *h)
{
	app_close(h->app);
	CHECK(system(arena_printf(h->a, "rm -rf '%s'", h->dir)) == 0);
	arena_free(h->a);
}

static void ctx_of_house(struct house *h, struct ctx *c)
{
	fault_clear(&h->f);
	ctx_init(c, h->app, h->a, &h->f, &actor_system);
	NEED_OK(ctx_read(c));
}

static enum err try_make(struct house *h, const char *type, int64_t parent, const char *name, const char *phone, const char *text, int64_t *ret)
{
	struct ctx c;
	struct done d = { 0 };
	ctx_of_house(h, &c);
	enum err e = act_now(&c, &(struct act){ .type = type, .verb = "create", .parent = parent, .area = STR("320582100001"),
		INPUTS(INPUT("name", str_of(name)), INPUT("phone", str_of(phone)), INPUT("text", str_of(text))) }, &d);
	*ret = d.id;
	return e;
}

static int64_t make(struct house *h, const char *type, int64_t parent, const char *name, const char *phone, const char *text)
{
	int64_t id;
	NEED_OK(try_make(h, type, parent, name, phone, text, &id));
	return id;
}

/* The bytes of a column as they lie in the table. */
static struct str raw(struct house *h, const char *table, const char *col, int64_t id)
{
	struct ctx c;
	ROWS q = NULL;
	bool more_rows;
	ctx_of_house(h, &c);
	NEED_OK(db_rows(c.db, c.f, arena_printf(h->a, "SELECT %s FROM %s WHERE id = ?", col, table), ARGS(VI(id)), &q));
	NEED_OK(rows_next(q, &more_rows));
	return rows_type(q, 0) == V_NULL ? STR_NONE : arena_str(h->a, rows_blob(q, 0));
}

static struct str text_now(struct house *h, const char *type, int64_t id)
{
	struct ctx c;
	struct rec *r;
	ctx_of_house(h, &c);
	NEED_OK(see_one(&c, type, id, &r));
	return rec_str(&c, r, "text");
}

static size_t found(struct house *h, const char *type, const char *field, const char *v)
{
	struct ctx c;
	struct seen s;
	ctx_of_house(h, &c);
	NEED_OK(see_same(&c, type, field, str_of(v), &s));
	return s.n;
}

static size_t found_words(struct house *h, const char *type, const char *v)
{
	struct ctx c;
	struct seen s;
	ctx_of_house(h, &c);
	NEED_OK(see(&c, &(struct see){ .type = type, .words = str_of(v) }, &s));
	return s.n;
}

static int64_t behind(struct house *h)
{
	struct ctx c;
	struct reseal_count *v;
	size_t n;
	int64_t sum = 0;
	ctx_of_house(h, &c);
	NEED_OK(reseal_counts(&c, &v, &n));
	for (size_t i = 0; i < n; i++)
		sum += v[i].behind;
	return sum;
}

static int64_t count(struct house *h, const char *sql)
{
	struct ctx c;
	int64_t n = 0;
	ctx_of_house(h, &c);
	NEED_OK(db_int(c.db, c.f, sql, NOARGS, &n, NULL));
	return n;
}

static int rotate(struct house *h, enum suite s)
{
	struct ctx c;
	int epoch;
	ctx_of_house(h, &c);
	NEED_OK(keystore_begin(&c, s, 0, &epoch));
	return epoch;
}

static void reseal_all(struct house *h)
{
	struct reseal_report r = { 0 };
	for (int i = 0; i < 1000 && !r.done; i++)
		NEED_OK(reseal_some(h->app, 1, &r, &h->f));
	NEED(r.done);
}

TEST(a_key_for_each_case)
{
	struct house h;
	house_open(&h);
	int64_t one = make(&h, "kcase", 0, "王小明", "19900000001", "夜里有人敲门"), two = make(&h, "kcase", 0, "李小红", "19900000002", "说了三句话");
	int64_t paper = make(&h, "kpaper", one, "王小明", "19900000001", "谈话记录"), vault = make(&h, "kvault", one, "王小明", "19900000003", "新的住址");
	int64_t person = make(&h, "kperson", 0, "王小明", "19900000001", "备注");
	int64_t k1 = seal_key(raw(&h, "kcase", "text", one)), k2 = seal_key(raw(&h, "kcase", "text", two));
	CHECK(k1 && k2 && k1 != k2);
	CHECK(seal_key(raw(&h, "kcase", "name", one)) == k1 && seal_key(raw(&h, "kpaper", "text", paper)) == k1);
	int64_t kv = seal_key(raw(&h, "kvault", "text", vault));
	CHECK(kv && kv != k1);      /* the vault's door is another one */
	struct str p = raw(&h, "kperson", "text", person);
	CHECK(p.n > 5 && p.p[0] == 2 && p.p[4] == KC_PERSON && seal_key(p) == 0);
	/* Edits keep the case's key. */
	struct ctx c;
	struct done d;
	ctx_of_house(&h, &c);
	NEED_OK(act_now(&c, &(struct act){ .type = "kcase", .verb = "edit", .id = one, INPUTS(INPUT("text", STR("改过的话"))) }, &d));
	CHECK(seal_key(raw(&h, "kcase", "text", one)) == k1);
	CHECK_STR(text_now(&h, "kcase", one), "改过的话");
	CHECK_STR(text_now(&h, "kvault", vault), "新的住址");
	/* Moved to the other case's row, or under its key, it is nothing. */
	struct str out, s = raw(&h, "kcase", "text", one);
	CHECK_ERR(unseal(h.app->keys, h.a, PLACE("kcase", "text", two), s, &out, NULL), ERR_DB);
	char *moved = (char *)(uintptr_t)arena_str(h.a, s).p;
	memcpy(moved + 4, raw(&h, "kcase", "text", two).p + 4, 8);
	CHECK_ERR(unseal(h.app->keys, h.a, PLACE("kcase", "text", one), (struct str){ moved, s.n }, &out, NULL), ERR_DB);
	for (size_t bit = 0; bit < s.n * 8; bit++) {
		char *bad = (char *)(uintptr_t)arena_str(h.a, s).p;
		bad[bit / 8] = (char)(bad[bit / 8] ^ 1 << bit % 8);
		CHECK_ERR(unseal(h.app->keys, h.a, PLACE("kcase", "text", one), (struct str){ bad, s.n }, &out, NULL), ERR_DB);
	}
	house_close(&h);
}

TEST(keys_survive_a_restart)
{
	struct house h;
	house_open(&h);
	int64_t one = make(&h, "kcase", 0, "王小明", "19900000001", "夜里有人敲门"), person = make(&h, "kperson", 0, "赵一", "19900000009", "备注");
	app_close(h.app);
	NEED_OK(try_open(&h));
	CHECK_STR(text_now(&h, "kcase", one), "夜里有人敲门");
	CHECK_STR(text_now(&h, "kperson", person), "备注");
	CHECK_INT((int64_t)found(&h, "kperson", "phone", "199 0000 0009"), 1);
	/* Without its key store, or with another one, the data is not opened, and no new keys are made for it. */
	app_close(h.app);
	NEED(rename(arena_printf(h.a, "%s/keys.db", h.dir), arena_printf(h.a, "%s/away", h.dir)) == 0);
	CHECK_ERR(try_open(&h), ERR_DB);
	CHECK(h.f.msg && strstr(h.f.msg, "key store"));
	CHECK_ERR(try_open(&h), ERR_DB);
	unlink(arena_printf(h.a, "%s/keys.db-wal", h.dir));
	NEED(rename(arena_printf(h.a, "%s/away", h.dir), arena_printf(h.a, "%s/keys.db", h.dir)) == 0);
	h.app = NULL;
	NEED_OK(try_open(&h));
	house_close(&h);
}

/* A wrapped key that was altered or exchanged for another's is found, not used. */
static enum err swap_keys(struct db *d, void *arg, struct fault *f)
{
	(void)arg;
	return db_exec(d, f, "UPDATE key SET bytes = (SELECT k.bytes FROM key k WHERE k.kind = 1 AND k.class = 2) WHERE kind = 1 AND class = 1", NOARGS, NULL);
}

TEST(an_exchanged_key_is_found)
{
	struct house h;
	struct store *s;
	house_open(&h);
	app_close(h.app);
	NEED_OK(store_open(arena_printf(h.a, "%s/keys.db", h.dir), NULL, &s, &h.f));
	NEED_OK(store_write(s, swap_keys, NULL, &h.f));
	store_close(s);
	CHECK_ERR(try_open(&h), ERR_DB);
	CHECK(h.f.msg && strstr(h.f.msg, "altered"));
	h.app = NULL;
	CHECK(system(arena_printf(h.a, "rm -rf '%s'", h.dir)) == 0);
	arena_free(h.a);
}

static void rotation(enum suite suite)
{
	struct house h;
	house_open(&h);
	int64_t first = 0, paper = 0;
	for (int i = 0; i < 230; i++) {
		int64_t k = make(&h, i % 2 ? "kperson" : "kcase", 0, "王小明", arena_printf(h.a, "199%08d", i), "夜里有人敲门");
		first = first ? first : k;
	}
	paper = make(&h, "kpaper", first, "王小明", "19900000000", "谈话记录");
	int64_t old_key = seal_key(raw(&h, "kcase", "text", first));
	struct str old_text = raw(&h, "kcase", "text", first);
	CHECK_INT(behind(&h), 0);
	int epoch = rotate(&h, suite);
	CHECK_INT(epoch, 2);
	/* New writes are under the new epoch at once; old and new are found together. */
	int64_t later = make(&h, "kpaper", first, "王小明", "19900000000", "后来的话"), person = make(&h, "kperson", 0, "王小明", "19900000001", "后来的人");
	CHECK_INT(seal_epoch(raw(&h, "kpaper", "text", later)), 2);
	CHECK_INT(raw(&h, "kpaper", "text", later).p[1], suite);
	CHECK(seal_key(raw(&h, "kpaper", "text", later)) != old_key);
	CHECK_INT(seal_epoch(raw(&h, "kcase", "text", first)), 1);
	CHECK_INT((int64_t)found(&h, "kperson", "phone", "19900000001"), 2);
	CHECK(behind(&h) > 200);
	/* Stopped and opened again in the middle. */
	struct reseal_report r;
	NEED_OK(reseal_some(h.app, 0, &r, &h.f));
	CHECK(r.rows > 0 && r.rows <= 100 && !r.done);
	app_close(h.app);
	NEED_OK(try_open(&h));
	CHECK_INT(keyring_suite(h.app->keys), suite);
	CHECK_INT((int64_t)found(&h, "kperson", "phone", "19900000001"), 2);
	reseal_all(&h);
	CHECK_INT(behind(&h), 0);
	CHECK_INT((int64_t)found(&h, "kperson", "phone", "19900000001"), 2);
	CHECK_INT((int64_t)found(&h, "kcase", "phone", "19900000002"), 1);
	CHECK_INT((int64_t)found_words(&h, "kcase", "敲门"), 50);
	CHECK_STR(text_now(&h, "kcase", first), "夜里有人敲门");
	CHECK_STR(text_now(&h, "kpaper", paper), "谈话记录");
	CHECK_STR(text_now(&h, "kperson", person), "后来的人");
	CHECK(seal_key(raw(&h, "kcase", "text", first)) == seal_key(raw(&h, "kpaper", "text", later)));
	CHECK_INT(count(&h, "SELECT COUNT(*) FROM kcase WHERE version <> 1"), 0);
	CHECK_INT(count(&h, "SELECT COUNT(*) FROM journal WHERE verb = 'keys_begin'"), 1);
	CHECK_INT(count(&h, "SELECT COUNT(*) FROM journal WHERE verb = 'keys_end'"), 1);
	/* Lookups ask for one epoch again; the old one still opens a copy of the data, until its time is over. */
	int epochs[BLIND_EPOCHS];
	CHECK_INT((int64_t)blind_epochs(h.app->keys, epochs), 1);
	struct str out;
	CHECK_OK(unseal(h.app->keys, h.a, PLACE("kcase", "text", first), old_text, &out, NULL));
	int retired;
	NEED_OK(keystore_retire(h.app, 2, now_ms() + KEYSTORE_LIFE_MS + 60000, &retired, &h.f));
	app_close(h.app);
	NEED_OK(try_open(&h));
	CHECK_ERR(unseal(h.app->keys, h.a, PLACE("kcase", "text", first), old_text, &out, NULL), ERR_DB);
	CHECK_STR(text_now(&h, "kcase", first), "夜里有人敲门");
	/* Nothing left to do is done at once. */
	NEED_OK(reseal_some(h.app, 1000, &r, &h.f));
	CHECK(r.done && r.rows == 0);
	struct ctx c;
	struct journal_report jr;
	ctx_of_house(&h, &c);
	NEED_OK(journal_verify(&c, &jr));
	CHECK_INT(jr.bad_seq, 0);
	house_close(&h);
}
TEST(rotation_to_xchacha) { rotation(SUITE_XCHACHA); }
TEST(rotation_to_aes) { rotation(SUITE_AES_GCM); }
TEST(rotation_to_sm4) { rotation(SUITE_SM4); }

/* Announced, so that every process can read it, and not used before its moment. */
TEST(an_epoch_waits_for_its_moment)
{
	struct house h;
	struct ctx c;
	int epoch, epochs[BLIND_EPOCHS];
	house_open(&h);
	ctx_of_house(&h, &c);
	NEED_OK(keystore_begin(&c, SUITE_SM4, 60000, &epoch));
	CHECK_INT(keyring_epoch(h.app->keys), 1);
	CHECK_INT(keyring_suite(h.app->keys), SUITE_XCHACHA);
	CHECK_INT((int64_t)blind_epochs(h.app->keys, epochs), 2);
	CHECK_INT(epochs[0], 2);
	house_close(&h);
}

/* Another process has begun an epoch: what it sealed is read here without waiting for the next look. */
TEST(two_processes)
{
	struct house h;
	struct app *mine, *other;
	house_open(&h);
	mine = h.app;
	NEED_OK(try_open(&h));
	other = h.app;
	(void)rotate(&h, SUITE_SM4);
	int64_t id = make(&h, "kperson", 0, "王小明", "19900000001", "别处写的"), k = make(&h, "kcase", 0, "王小明", "19900000001", "别处的案子");
	h.app = mine;
	CHECK_STR(text_now(&h, "kperson", id), "别处写的");
	CHECK_STR(text_now(&h, "kcase", k), "别处的案子");
	CHECK_INT((int64_t)found(&h, "kperson", "phone", "19900000001"), 1);
	app_close(other);
	house_close(&h);
}

/* ---- data of 0.1: sealed under keys derived from the root, one blind index key, no key store ---- */

static enum err as_before(struct ctx *c, void *arg)
{
	int64_t *id = arg;
	struct keyring *k;
	unsigned char bi[16];
	TRY(keyring_open(arena_printf(c->a, "%s/root.key", c->app->data_dir), false, &k, c->f));
	struct str phone = seal(k, c->a, PLACE("kperson", "phone", *id), STR("19900000001")), text = seal(k, c->a, PLACE("kperson", "text", *id), STR("旧的话"));
	blind_field(k, 0, "phone", STR("19900000001"), bi);
	keyring_free(k);
	TRY(db_exec(c->db, c->f, "UPDATE kperson SET phone = ?, text = ?, name = NULL, phone_bi = ? WHERE id = ?", ARGS(VB(phone.p, phone.n), VB(text.p, text.n), VB(bi, 16), VI(*id)), NULL));
	TRY(db_exec(c->db, c->f, "DELETE FROM case_key", NOARGS, NULL));
	return db_exec(c->db, c->f, "DELETE FROM setting WHERE name = 'keystore'", NOARGS, NULL);
}

TEST(data_of_the_first_release_is_taken_over)
{
	struct house h;
	struct ctx c;
	house_open(&h);
	int64_t id = make(&h, "kperson", 0, "王小明", "19900000001", "旧的话");
	ctx_of_house(&h, &c);
	NEED_OK(ctx_write(&c, as_before, &id));
	app_close(h.app);
	CHECK(system(arena_printf(h.a, "rm -f '%s'/keys.db*", h.dir)) == 0);
	NEED_OK(try_open(&h));
	CHECK_STR(text_now(&h, "kperson", id), "旧的话");
	CHECK_INT(raw(&h, "kperson", "text", id).p[0], 1);
	CHECK_INT((int64_t)found(&h, "kperson", "phone", "19900000001"), 1);
	(void)make(&h, "kperson", 0, "王小明", "19900000001", "新的话");
	CHECK_INT((int64_t)found(&h, "kperson", "phone", "19900000001"), 2);
	reseal_all(&h);
	CHECK_INT(raw(&h, "kperson", "text", id).p[0], 2);
	CHECK_INT((int64_t)found(&h, "kperson", "phone", "19900000001"), 2);
	CHECK_INT(behind(&h), 0);
	house_close(&h);
}

/* ---- destroying ---- */

static enum err shred_it(struct ctx *c, void *arg)
{
	int64_t keys;
	TRY(shred(c, "kcase", *(int64_t *)arg, &keys));
	return keys == 2 ? OK : ERR_INTERNAL;     /* the case's and the vault's */
}

TEST(a_destroyed_case_stays_unread_in_an_old_copy)
{
	struct house h;
	struct ctx c;
	house_open(&h);
	bool sqlite = !h.url;
	int64_t one = make(&h, "kcase", 0, "王小明", "19900000001", "夜里有人敲门"), two = make(&h, "kcase", 0, "李小红", "19900000002", "夜里有人说话");
	int64_t paper = make(&h, "kpaper", one, "王小明", "19900000001", "谈话记录"), vault = make(&h, "kvault", one, "王小明", "19900000003", "新的住址");
	struct str kept[] = { raw(&h, "kcase", "text", one), raw(&h, "kpaper", "text", paper), raw(&h, "kvault", "text", vault) };
	if (sqlite)
		NEED_OK(store_copy(h.app->store, arena_printf(h.a, "%s/old.db", h.dir), &h.f));
	ctx_of_house(&h, &c);
	NEED_OK(ctx_write(&c, shred_it, &one));
	CHECK(!raw(&h, "kcase", "text", one).p && !raw(&h, "kpaper", "text", paper).p && !raw(&h, "kvault", "text", vault).p && !raw(&h, "kcase", "phone_bi", one).p);
	CHECK_INT((int64_t)found_words(&h, "kcase", "夜里"), 1);
	CHECK_INT((int64_t)found(&h, "kcase", "phone", "19900000001"), 0);
	/* The skeleton is still there; nothing can be added to it. */
	CHECK_STR(text_now(&h, "kcase", two), "夜里有人说话");
	struct rec *r;
	int64_t no;
	ctx_of_house(&h, &c);
	CHECK_OK(see_one(&c, "kcase", one, &r));
	CHECK_ERR(try_make(&h, "kpaper", one, "王小明", "19900000001", "再记", &no), ERR_STATE);
	const char *const table[] = { "kcase", "kpaper", "kvault" };
	const int64_t id[] = { one, paper, vault };
	for (int i = 0; i < 3; i++) {
		struct str out;
		CHECK_ERR(unseal(h.app->keys, h.a, PLACE(table[i], "text", id[i]), kept[i], &out, NULL), ERR_NOT_FOUND);
	}
	if (sqlite) {      /* the copy from before is put back; the keys are not what they were */
		app_close(h.app);
		CHECK(system(arena_printf(h.a, "rm -f '%s'/xiaoan.db* && mv '%s/old.db' '%s/xiaoan.db'", h.dir, h.dir, h.dir)) == 0);
		NEED_OK(try_open(&h));
		CHECK(raw(&h, "kcase", "text", one).n > 0);
		CHECK(text_now(&h, "kcase", one).p == NULL);
		CHECK(text_now(&h, "kpaper", paper).p == NULL);
		CHECK(text_now(&h, "kvault", vault).p == NULL);
		CHECK_STR(text_now(&h, "kcase", two), "夜里有人说话");
	}
	house_close(&h);
}

/* The machine stops between the tombstone and the key: the next start finishes. */
static enum err tombstone(struct ctx *c, void *arg)
{
	return db_exec(c->db, c->f, "INSERT INTO case_key (subject, class, epoch, key) VALUES (?, 2, 0, 0)", ARGS(VI(*(int64_t *)arg)), NULL);
}

TEST(destroying_is_finished_at_the_next_start)
{
	struct house h;
	struct ctx c;
	house_open(&h);
	int64_t one = make(&h, "kcase", 0, "王小明", "19900000001", "夜里有人敲门");
	(void)make(&h, "kpaper", one, "王小明", "19900000001", "谈话记录");     /* with a child the key is written down */
	ctx_of_house(&h, &c);
	NEED_OK(ctx_write(&c, tombstone, &one));
	CHECK_STR(text_now(&h, "kcase", one), "夜里有人敲门");
	app_close(h.app);
	NEED_OK(try_open(&h));
	CHECK(text_now(&h, "kcase", one).p == NULL);
	house_close(&h);
}

/* ---- under load, killed each moment ---- */

static void until_killed(struct house *h, bool writes)
{
	for (int i = 0;; i++) {
		struct reseal_report r;
		int64_t id;
		if (!writes) {
			/* Who writes beside it may win too often: then it is the next run's work, and nothing is half done. */
			enum err e = reseal_some(h->app, 50, &r, &h->f);
			NEED(e == OK || e == ERR_BUSY);
			fault_clear(&h->f);
		} else
			(void)try_make(h, i % 2 ? "kperson" : "kcase", 0, "新来的人", arena_printf(h->a, "198%08d", (int)(now_ms() % 100000000)), "新写的话", &id);
		arena_reset(h->a);
	}
}

static pid_t worker(struct house *h, bool writes)
{
	pid_t p = fork();
	if (p)
		return p;
	struct house in = *h;
	in.a = arena_new(0);
	if (try_open(&in) != OK)
		_exit(3);
	until_killed(&in, writes);
	_exit(0);
}

static enum err many(struct ctx *c, void *arg)
{
	const int *from = arg;
	for (int i = *from; i < *from + 500; i++) {
		struct done d;
		TRY(act(c, &(struct act){ .type = i % 2 ? "kperson" : "kcase", .verb = "create", .area = STR("320582100001"),
			INPUTS(INPUT("name", STR("王小明")), INPUT("phone", arena_fmt(c->a, "199%08d", i)), INPUT("text", STR("夜里有人敲门"))) }, &d));
	}
	return OK;
}

TEST(rotation_under_load_and_kill)
{
	const char *asked = getenv("XA_ROTATE_ROWS");
	int rows = asked ? atoi(asked) : 2000, kills = 0;
	struct house h;
	house_open(&h);
	for (int i = 0; i < rows; i += 500) {
		struct ctx c;
		ARENA a = arena_new(0);
		ctx_init(&c, h.app, a, &h.f, &actor_system);
		NEED_OK(ctx_write(&c, many, &i));
	}
	(void)rotate(&h, SUITE_SM4);
	app_close(h.app);
	for (; kills < 200; kills++) {
		pid_t p[] = { worker(&h, false), worker(&h, true) };
		usleep((rows > 10000 ? 1000000 : 300000) + 50000 * (unsigned)kills);
		for (int i = 0; i < 2; i++) {
			kill(p[i], 9);
			int status;
			NEED(waitpid(p[i], &status, 0) == p[i]);
			CHECK(WIFSIGNALED(status));
		}
		NEED_OK(try_open(&h));
		struct keystore_epoch *v;
		size_t n;
		int64_t keys;
		NEED_OK(keystore_epochs(h.app, h.a, &v, &n, &keys, &h.f));
		bool over = n == 2 && v[0].retired;
		if (over)
			break;
		app_close(h.app);
	}
	printf("# %d rows, %d kills\n", rows, kills);
	NEED(kills < 200);
	CHECK_INT(behind(&h), 0);
	CHECK_INT(count(&h, "SELECT COUNT(*) FROM journal WHERE verb = 'keys_end'"), 1);
	for (int i = 0; i < rows; i += 37) {
		char *phone = arena_printf(h.a, "199%08d", i);
		CHECK_INT((int64_t)found(&h, i % 2 ? "kperson" : "kcase", "phone", phone), 1);
	}
	struct ctx c;
	struct journal_report jr;
	ctx_of_house(&h, &c);
	NEED_OK(journal_verify(&c, &jr));
	CHECK_INT(jr.bad_seq, 0);
	house_close(&h);
}
