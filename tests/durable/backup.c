/* Backups and the log between them (S46, S48): what goes in comes out, at any moment; what was damaged on the way is noticed. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "cli/cli.h"
#include "cli/keeper.h"
#include "record/backup.h"
#include "record/keystore.h"
#include "../test.h"
#include <dirent.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define T0 INT64_C(1764000000000)

struct house { char dir[64], data[80], backups[90], to[90]; struct app *app; struct arena *a; struct fault f; struct filekey pub, secret; struct backup_log *log; int64_t org; };

static void open_app(struct house *h)
{
	NEED_OK(app_open(&(struct app_options){ .data_dir = h->data }, all_types, &h->app, &h->f));
	enum err e = backup_log_start(h->app, h->backups, &h->pub, 0, &h->log, &h->f);
	if (e != OK)
		printf("# %s %s\n", err_name(e), h->f.detail);
	NEED(e == OK);
}

static void close_app(struct house *h)
{
	app_close(h->app);
	backup_log_free(h->log);
	h->app = NULL;
}

static int64_t act_as_system(struct house *h, const struct act *in)
{
	struct ctx c;
	struct done d;
	fault_clear(&h->f);
	ctx_init(&c, h->app, h->a, &h->f, &actor_system);
	NEED_OK(act_now(&c, in, &d));
	return d.id;
}

static void clue_at(struct house *h, int64_t ms)
{
	clock_fix(ms);
	act_as_system(h, &(struct act){ .type = "clue", .verb = "create", .area = STR("320582100001"), .org = h->org,
		INPUTS(INPUT("source", STR("grid")), INPUT("text", STR("邻居反映夜里有争吵声"))) });
}

static enum err nothing(struct db *d, void *arg, struct fault *f)
{
	(void)d, (void)arg, (void)f;
	return OK;
}

/* Whoever wrote is answered before the log is taken away; a job after hers begins when it was. */
static void log_taken(struct house *h) { NEED_OK(store_write(h->app->store, nothing, NULL, &h->f)); }

static void house_open(struct house *h)
{
	char pub[FILEKEY_TEXT], secret[FILEKEY_TEXT], path[120];
	memset(h, 0, sizeof *h);
	snprintf(h->dir, sizeof h->dir, "/dev/shm/xa-backup-XXXXXX");
	NEED(mkdtemp(h->dir) != NULL);
	snprintf(h->data, sizeof h->data, "%s/data", h->dir);
	snprintf(h->backups, sizeof h->backups, "%s/backups", h->dir);
	snprintf(h->to, sizeof h->to, "%s/restored", h->dir);
	NEED(mkdir(h->data, 0700) == 0);
	filekey_new(pub, secret);
	NEED_OK(filekey_parse(str_of(pub), false, &h->pub, &h->f));
	NEED_OK(filekey_parse(str_of(secret), true, &h->secret, &h->f));
	snprintf(path, sizeof path, "%s/backup.pub", h->data);
	FILE *f = fopen(path, "w");
	NEED(f && fputs(pub, f) > 0 && fclose(f) == 0);
	h->a = arena_new(0);
	clock_fix(T0);
	open_app(h);
	h->org = act_as_system(h, &(struct act){ .type = "org", .verb = "create", .area = STR("320582"), INPUTS(INPUT("name", STR("市妇联")), INPUT("kind", STR("city"))) });
}

static void house_close(struct house *h)
{
	if (h->app)
		close_app(h);
	clock_fix(0);
	char cmd[120];
	snprintf(cmd, sizeof cmd, "rm -rf %s", h->dir);
	CHECK(system(cmd) == 0);
	arena_free(h->a);
}

static int64_t clues_in(const char *dir)
{
	char path[120];
	int64_t n = -1;
	struct store *s;
	struct db *d;
	snprintf(path, sizeof path, "%s/xiaoan.db", dir);
	NEED_OK(store_open(path, NULL, &s, NULL));
	NEED_OK(store_reader(s, &d, NULL));
	CHECK_OK(db_int(d, NULL, "SELECT COUNT(*) FROM clue", NOARGS, &n, NULL));
	store_close(s);
	return n;
}

static void forget_restored(struct house *h)
{
	char cmd[120];
	snprintf(cmd, sizeof cmd, "rm -rf %s", h->to);
	CHECK(system(cmd) == 0);
}

/* How many clues stand in what is restored as of `until`. */
static int64_t restored(struct house *h, int64_t until)
{
	struct backup_info i;
	int64_t reached;
	char *file;
	fault_clear(&h->f);
	NEED_OK(backup_before(h->a, h->backups, until, &file, &h->f));
	enum err e = backup_restore(file, &h->secret, h->to, until, &i, &reached, &h->f);
	if (e != OK)
		printf("# %s %s\n", err_name(e), h->f.detail);
	NEED(e == OK);
	int64_t n = clues_in(h->to);
	forget_restored(h);
	return n;
}

TEST(sealed_file)
{
	char dir[64] = "/dev/shm/xa-sealed-XXXXXX", path[100], pub[FILEKEY_TEXT], secret[FILEKEY_TEXT];
	struct filekey p, s, other;
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };
	struct rng rng = { 9 };
	NEED(mkdtemp(dir) != NULL);
	snprintf(path, sizeof path, "%s/f", dir);
	filekey_new(pub, secret);
	NEED_OK(filekey_parse(str_of(pub), false, &p, NULL));
	NEED_OK(filekey_parse(str_of(secret), true, &s, NULL));
	CHECK_ERR(filekey_parse(str_of(pub), true, &s, NULL), ERR_INVALID);
	pub[30] = pub[30] == 'a' ? 'b' : 'a';
	CHECK_ERR(filekey_parse(str_of(pub), false, &other, NULL), ERR_INVALID);
	filekey_new(pub, secret);
	NEED_OK(filekey_parse(str_of(secret), true, &other, NULL));
	char *data = malloc(300000);
	for (size_t i = 0; i < 300000; i++)
		data[i] = (char)rng_next(&rng);
	for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
		struct sealed_out *o;
		BUF_AUTO b = BUF(400000);
		NEED_OK(sealed_out_open(path, &p, &o, NULL));
		for (size_t at = 0; at < sizes[k]; at += 7000)
			NEED_OK(sealed_out_put(o, data + at, sizes[k] - at < 7000 ? sizes[k] - at : 7000, NULL));
		NEED_OK(sealed_out_end(o, NULL, NULL));
		NEED_OK(sealed_in_all(path, &s, &b, NULL));
		CHECK(b.n == sizes[k] && memcmp(b.p ? b.p : "", data, b.n) == 0);
		buf_reset(&b);
		CHECK_ERR(sealed_in_all(path, &other, &b, NULL), ERR_IO);
	}
	/* every byte counts, and the end */
	FILE *f = fopen(path, "r+");
	NEED(f && fseek(f, 0, SEEK_END) == 0);
	long n = ftell(f);
	for (int i = 0; i < 300; i++) {
		BUF_AUTO b = BUF(400000);
		long at = i < 130 ? i : rng_range(&rng, 0, n - 1);
		fseek(f, at, SEEK_SET);
		int was = fgetc(f);
		fseek(f, at, SEEK_SET);
		fputc(was ^ (1 << rng_range(&rng, 0, 7)), f);
		fflush(f);
		if (sealed_in_all(path, &s, &b, NULL) == OK) {
			test_bad++;
			printf("# byte %ld\n", at);
		}
		fseek(f, at, SEEK_SET);
		fputc(was, f);
		fflush(f);
	}
	fclose(f);
	for (int i = 0; i < 20; i++) {
		BUF_AUTO b = BUF(400000);
		NEED(truncate(path, n - 1 - i * (n / 25)) == 0);
		CHECK(sealed_in_all(path, &s, &b, NULL) != OK);
	}
	free(data);
	char cmd[100];
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	CHECK(system(cmd) == 0);
}

TEST(any_moment_comes_back)
{
	struct house h;
	struct backup_info i;
	house_open(&h);
	CHECK(backup_log_wants(h.log));
	for (int k = 1; k <= 5; k++)
		clue_at(&h, T0 + k * MS_MINUTE);
	clock_fix(T0 + 6 * MS_MINUTE);
	enum err e = backup_make(h.app, h.backups, &h.pub, &i, &h.f);
	if (e != OK)
		printf("# %s %s\n", err_name(e), h.f.detail);
	NEED(e == OK);
	CHECK(!backup_log_wants(h.log));
	for (int k = 11; k <= 30; k++)
		clue_at(&h, T0 + k * MS_MINUTE);
	/* ended and begun again, with work of another program on the same file in between */
	int64_t chain = i.chain;
	close_app(&h);
	NEED_OK(app_open(&(struct app_options){ .data_dir = h.data }, all_types, &h.app, &h.f));
	clue_at(&h, T0 + 31 * MS_MINUTE);
	app_close(h.app);
	clock_fix(T0 + 32 * MS_MINUTE);
	open_app(&h);
	CHECK(!backup_log_wants(h.log));
	for (int k = 33; k <= 40; k++)
		clue_at(&h, T0 + k * MS_MINUTE);
	usleep(1200000);   /* idle: what is left is taken */
	CHECK_INT(restored(&h, T0 + 6 * MS_MINUTE), 5);
	CHECK_INT(restored(&h, T0 + 11 * MS_MINUTE), 6);
	CHECK_INT(restored(&h, T0 + 20 * MS_MINUTE + 30 * MS_SECOND), 15);
	CHECK_INT(restored(&h, T0 + 30 * MS_MINUTE), 25);
	CHECK_INT(restored(&h, T0 + 40 * MS_MINUTE), 34);
	CHECK_INT(restored(&h, INT64_MAX), 34);
	/* a second backup of the same chain */
	clock_fix(T0 + 50 * MS_MINUTE);
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	CHECK_INT(i.chain, chain);
	clue_at(&h, T0 + 60 * MS_MINUTE);
	close_app(&h);   /* at the end nothing stays behind */
	CHECK_INT(restored(&h, INT64_MAX), 35);
	CHECK_INT(restored(&h, T0 + 45 * MS_MINUTE), 34);
	/* never over a database */
	int64_t reached;
	char *file;
	NEED_OK(backup_before(h.a, h.backups, INT64_MAX, &file, &h.f));
	CHECK_ERR(backup_restore(file, &h.secret, h.data, 0, &i, &reached, &h.f), ERR_DUPLICATE);
	house_close(&h);
}

/* Many commits: the log is folded by its size too, several times. */
TEST(log_of_a_busy_day)
{
	struct house h;
	struct backup_info i;
	house_open(&h);
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	for (int k = 1; k <= 400; k++)
		clue_at(&h, T0 + k * MS_SECOND);
	close_app(&h);
	CHECK_INT(restored(&h, T0 + 123 * MS_SECOND), 123);
	CHECK_INT(restored(&h, INT64_MAX), 400);
	house_close(&h);
}

TEST(a_gap_is_noticed)
{
	struct house h;
	struct backup_info i;
	char path[120];
	house_open(&h);
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	clue_at(&h, T0 + MS_MINUTE);
	close_app(&h);
	/* another program, which knows of no log, writes and folds */
	sqlite3 *s = NULL;
	snprintf(path, sizeof path, "%s/xiaoan.db", h.data);
	NEED(sqlite3_open(path, &s) == SQLITE_OK);
	NEED(sqlite3_exec(s, "CREATE TABLE foreign_hand (x); DROP TABLE foreign_hand", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(s);
	clock_fix(T0 + 2 * MS_MINUTE);
	open_app(&h);
	CHECK(backup_log_wants(h.log));
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	CHECK(!backup_log_wants(h.log));
	clue_at(&h, T0 + 3 * MS_MINUTE);
	close_app(&h);
	CHECK_INT(restored(&h, INT64_MAX), 2);
	house_close(&h);
}

/* The folder is full or gone: the writer goes on, the reason is told, and what could not be put is put later. */
TEST(folder_away_for_a_while)
{
	struct house h;
	struct backup_info i;
	char log[120], away[120];
	house_open(&h);
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	snprintf(log, sizeof log, "%s/log", h.backups);
	snprintf(away, sizeof away, "%s/away", h.backups);
	NEED(rename(log, away) == 0);
	clue_at(&h, T0 + MS_MINUTE);
	clue_at(&h, T0 + 2 * MS_MINUTE);
	log_taken(&h);
	CHECK(backup_log_error(h.log) != NULL);
	NEED(rename(away, log) == 0);
	clue_at(&h, T0 + 3 * MS_MINUTE);
	log_taken(&h);
	CHECK(backup_log_error(h.log) == NULL);
	close_app(&h);
	CHECK_INT(restored(&h, T0 + 2 * MS_MINUTE), 2);
	CHECK_INT(restored(&h, INT64_MAX), 3);
	house_close(&h);
}

static enum err forged_head(struct db *d, void *arg, struct fault *f)
{
	(void)arg;
	return db_exec(d, f, "INSERT INTO journal_sth (number, size, root, ms, signature, key) SELECT 2, size, zeroblob(32), ms, zeroblob(64), key FROM journal_sth", NOARGS, NULL);
}

/* A copy is looked through where the key is not: signed heads must fit its entries all the same. */
TEST(signed_heads_in_a_backup)
{
	struct house h;
	struct backup_info i;
	struct ctx c;
	house_open(&h);
	clue_at(&h, T0 + MS_MINUTE);
	ctx_init(&c, h.app, h.a, &h.f, &actor_system);
	NEED_OK(head_tick(&c, true));
	CHECK_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	CHECK_INT(restored(&h, INT64_MAX), 1);
	NEED_OK(store_write(h.app->store, forged_head, NULL, &h.f));
	clock_fix(T0 + 2 * MS_MINUTE);
	CHECK_ERR(backup_make(h.app, h.backups, &h.pub, &i, &h.f), ERR_DB);
	house_close(&h);
}

TEST(what_is_kept)
{
	struct house h;
	struct backup_info i, *v;
	size_t n;
	house_open(&h);
	close_app(&h);
	/* manifests alone say what there is: three years of days */
	for (int day = 0; day < 1000; day += day < 40 ? 1 : 9) {
		char path[300];
		i = (struct backup_info){ .made = T0 - day * MS_DAY, .bytes = 1, .chain = 1, .seq = 1000 - day };
		snprintf(path, sizeof path, "%s/b%d.txt", h.backups, day);
		FILE *f = fopen(path, "w");
		NEED(f != NULL);
		fprintf(f, "xiaoan-backup 1\nname b%d\nmade %lld\nchain 1\nseq %d\nend\n", day, (long long)i.made, 1000 - day);
		fclose(f);
		snprintf(path, sizeof path, "%s/b%d.backup", h.backups, day);
		f = fopen(path, "w");
		NEED(f != NULL);
		fclose(f);
	}
	NEED_OK(backup_sweep(h.a, h.backups, &h.f));
	NEED_OK(backup_list(h.a, h.backups, &v, &n, &h.f));
	CHECK(n >= 7 + 3 + 9 && n <= 7 + 5 + 12);
	CHECK(v[0].made == T0 && v[6].made == T0 - 6 * MS_DAY);
	CHECK(v[n - 1].made < T0 - 300 * MS_DAY);
	house_close(&h);
}

/* The clock ten years on and back: a backup when it seems old or from the future, and no storm of them. */
TEST(clock_jumps)
{
	CHECK(backup_due(0, T0));
	CHECK(!backup_due(T0, T0 + 23 * MS_HOUR));
	CHECK(backup_due(T0, T0 + MS_DAY));
	CHECK(backup_due(T0 + 10 * 365 * MS_DAY, T0));
	struct house h;
	struct backup_info i;
	house_open(&h);
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	clue_at(&h, T0 + 3650 * MS_DAY);
	clue_at(&h, T0 + MS_MINUTE);
	clue_at(&h, T0 - 3650 * MS_DAY);
	/* jobs: each runs at most once a jump */
	struct ctx c;
	int climbed = 0;
	ctx_init(&c, h.app, h.a, &h.f, &actor_system);
	c.now = T0 + 3650 * MS_DAY;
	CHECK_OK(due_escalate(&c, &climbed));
	int again = 0;
	CHECK_OK(due_escalate(&c, &again));
	CHECK_INT(again, 0);
	clock_fix(T0 + 2 * MS_MINUTE);
	NEED_OK(ctx_read(&c));
	struct journal_report j;
	CHECK_OK(journal_verify(&c, &j));
	CHECK(!j.why);
	struct rows_report held;
	CHECK_OK(record_verify(&c, NULL, &held));
	CHECK_INT(held.wrong, 0);
	close_app(&h);
	CHECK_INT(restored(&h, INT64_MAX), 3);
	house_close(&h);
}

/* ---- damage ---- */

static int64_t fake_room;
static int64_t fake(const char *dir) { return (void)dir, fake_room; }

TEST(full_disk)
{
	struct house h;
	char path[120];
	struct ctx c;
	struct done d;
	house_open(&h);
	snprintf(path, sizeof path, "%s/ballast", h.data);
	fake_room = INT64_C(1) << 40;
	room_look(h.app, fake);
	struct stat st;
	CHECK(stat(path, &st) == 0 && st.st_size == ROOM_BALLAST);
	CHECK_INT(h.app->halt, HALT_NONE);
	fake_room = ROOM_LOW - 1;
	room_look(h.app, fake);
	CHECK_INT(h.app->halt, HALT_ROOM);
	CHECK(stat(path, &st) != 0);
	ctx_init(&c, h.app, h.a, &h.f, &actor_system);
	CHECK_ERR(act_now(&c, &(struct act){ .type = "clue", .verb = "create", .area = STR("320582"), .org = h.org, INPUTS(INPUT("source", STR("grid")), INPUT("text", STR("x"))) }, &d), ERR_FULL);
	CHECK(h.f.msg && h.f.hint);
	/* a little room is not enough to begin again: it would be full the next minute */
	fake_room = ROOM_LOW + ROOM_BALLAST;
	room_look(h.app, fake);
	CHECK_INT(h.app->halt, HALT_ROOM);
	fake_room = ROOM_BALLAST + 2 * ROOM_LOW;
	room_look(h.app, fake);
	CHECK_INT(h.app->halt, HALT_NONE);
	CHECK(stat(path, &st) == 0);
	clue_at(&h, T0 + MS_MINUTE);
	house_close(&h);
}

/* A page of the file is spoilt: it is noticed, nothing is written any more, and nothing is mended by itself. */
TEST(damage_stops_the_writing)
{
	struct house h;
	char path[120];
	struct ctx c;
	struct done d;
	house_open(&h);
	for (int k = 1; k <= 30; k++)
		clue_at(&h, T0 + k * MS_SECOND);
	CHECK_OK(health_look(h.app, &h.f));
	close_app(&h);
	snprintf(path, sizeof path, "%s/xiaoan.db", h.data);
	FILE *f = fopen(path, "r+");
	NEED(f != NULL);
	/* the root of the journal */
	sqlite3 *s = NULL;
	sqlite3_stmt *q = NULL;
	NEED(sqlite3_open(path, &s) == SQLITE_OK);
	NEED(sqlite3_prepare_v2(s, "SELECT rootpage FROM sqlite_schema WHERE name = 'journal'", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW);
	long page = (long)sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(s);
	fseek(f, (page - 1) * 4096, SEEK_SET);
	for (int i = 0; i < 4096; i++)
		fputc(i * 7 + 1, f);
	fclose(f);
	open_app(&h);
	CHECK_ERR(health_look(h.app, &h.f), ERR_DB);
	CHECK_INT(h.app->halt, HALT_DAMAGED);
	ctx_init(&c, h.app, h.a, &h.f, &actor_system);
	CHECK_ERR(act_now(&c, &(struct act){ .type = "clue", .verb = "create", .area = STR("320582"), .org = h.org, INPUTS(INPUT("source", STR("grid")), INPUT("text", STR("x"))) }, &d), ERR_DB);
	CHECK(h.f.msg == halt_text(HALT_DAMAGED));
	struct backup_info i;
	CHECK_ERR(backup_make(h.app, h.backups, &h.pub, &i, &h.f), ERR_DB);
	house_close(&h);
}

/* Each of 200 pages of the file in turn is rubbish: looked through, it is noticed; only what is free may be anything. */
TEST(each_spoilt_page_is_noticed)
{
	struct house h;
	struct backup_info i;
	char path[120], copy[120], cmd[400];
	struct rng rng = { 46 };
	house_open(&h);
	for (int k = 1; k <= 40; k++)
		clue_at(&h, T0 + k * MS_SECOND);
	close_app(&h);
	snprintf(path, sizeof path, "%s/xiaoan.db", h.data);
	snprintf(copy, sizeof copy, "%s/spoilt.db", h.dir);
	snprintf(cmd, sizeof cmd, "rm -f %s*; cp %s %s", copy, path, copy);
	NEED(system(cmd) == 0);
	sqlite3 *s = NULL;
	sqlite3_stmt *q = NULL;
	NEED(sqlite3_open(copy, &s) == SQLITE_OK && sqlite3_prepare_v2(s, "SELECT freelist_count, page_count FROM pragma_freelist_count, pragma_page_count", -1, &q, NULL) == SQLITE_OK);
	NEED(sqlite3_step(q) == SQLITE_ROW);
	int64_t unused = sqlite3_column_int64(q, 0), pages = sqlite3_column_int64(q, 1), missed = 0;
	sqlite3_finalize(q);
	sqlite3_close(s);
	NEED(backup_check(copy, &i, NULL) == OK);
	for (int k = 0; k < 200; k++) {
		unsigned char was[4096], now[4096];
		long at = (long)(rng_range(&rng, 1, pages) - 1) * 4096;
		FILE *f = fopen(copy, "r+");
		NEED(f && fseek(f, at, SEEK_SET) == 0 && fread(was, 4096, 1, f) == 1);
		for (size_t b = 0; b < sizeof now; b++)
			now[b] = (unsigned char)rng_next(&rng);
		NEED(fseek(f, at, SEEK_SET) == 0 && fwrite(now, 4096, 1, f) == 1 && fclose(f) == 0);
		missed += backup_check(copy, &i, NULL) == OK;
		snprintf(cmd, sizeof cmd, "%s-wal", copy);
		unlink(cmd);
		snprintf(cmd, sizeof cmd, "%s-shm", copy);
		unlink(cmd);
		f = fopen(copy, "r+");
		NEED(f && fseek(f, at, SEEK_SET) == 0 && fwrite(was, 4096, 1, f) == 1 && fclose(f) == 0);
	}
	printf("# %lld pages, %lld free, %lld of 200 not noticed\n", (long long)pages, (long long)unused, (long long)missed);
	CHECK(missed <= 200 * unused / pages + 3 * (unused > 0));
	NEED(backup_check(copy, &i, NULL) == OK);
	house_close(&h);
}

TEST(keys_in_no_backup)
{
	struct house h;
	struct backup_info i;
	char cmd[400];
	house_open(&h);
	clue_at(&h, T0 + MS_SECOND);
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	/* neither the words nor the shape of a database, nor the root key */
	snprintf(cmd, sizeof cmd, "! grep -rlaE 'SQLite format|CREATE TABLE|journal_head|争吵' %s", h.backups);
	CHECK(system(cmd) == 0);
	snprintf(cmd, sizeof cmd, "! grep -rlaF \"$(sed -n 2p %s/root.key | cut -d' ' -f2)\" %s", h.data, h.backups);
	CHECK(system(cmd) == 0);
	snprintf(cmd, sizeof cmd, "test -z \"$(find %s -type f -perm /077)\"", h.backups);
	CHECK(system(cmd) == 0);
	house_close(&h);
}

/* ---- the keys' own copies ---- */

static void other_holder(struct filekey *pub, struct filekey *secret)
{
	char p[FILEKEY_TEXT], s[FILEKEY_TEXT];
	filekey_new(p, s);
	NEED_OK(filekey_parse(str_of(p), false, pub, NULL));
	NEED_OK(filekey_parse(str_of(s), true, secret, NULL));
}

static struct str text_of_clue(struct house *h, int64_t id)
{
	struct ctx c;
	struct rec *r;
	fault_clear(&h->f);
	ctx_init(&c, h->app, h->a, &h->f, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_one(&c, "clue", id, &r));
	return rec_str(&c, r, "text");
}

/* The machine is gone. Data from its backups and log, keys from the other holder's copy: together what was written is read again, and one
 * without the other opens nothing. */
TEST(data_and_keys_come_back_together)
{
	struct house h;
	struct backup_info i;
	struct filekey pub, secret;
	int64_t reached, made, id;
	char copy[120], root[120], *file;
	house_open(&h);
	other_holder(&pub, &secret);
	snprintf(copy, sizeof copy, "%s/keys.sealed", h.dir);
	snprintf(root, sizeof root, "%s/root.key", h.data);
	NEED_OK(backup_make(h.app, h.backups, &h.pub, &i, &h.f));
	clock_fix(T0 + MS_MINUTE);
	id = act_as_system(&h, &(struct act){ .type = "clue", .verb = "create", .area = STR("320582100001"), .org = h.org,
		INPUTS(INPUT("source", STR("grid")), INPUT("text", STR("邻居反映夜里有争吵声"))) });
	clock_fix(T0 + 2 * MS_MINUTE);
	NEED_OK(backup_keys_make(h.app, root, copy, &pub, &h.f));
	close_app(&h);
	NEED(rename(h.data, arena_printf(h.a, "%s/gone", h.dir)) == 0);

	NEED_OK(backup_before(h.a, h.backups, INT64_MAX, &file, &h.f));
	NEED_OK(backup_restore(file, &h.secret, h.to, INT64_MAX, &i, &reached, &h.f));
	CHECK_INT(reached, T0 + MS_MINUTE);
	/* the data alone: no new keys are made for it */
	CHECK_ERR(app_open(&(struct app_options){ .data_dir = h.to }, all_types, &h.app, &h.f), ERR_DB);
	CHECK(system(arena_printf(h.a, "rm -f %s/root.key %s/keys.db*", h.to, h.to)) == 0);
	/* who holds the backups' key does not hold the keys' */
	CHECK_ERR(backup_keys_restore(copy, &h.secret, h.to, &made, &h.f), ERR_IO);
	CHECK(access(arena_printf(h.a, "%s/root.key", h.to), F_OK) != 0 && access(arena_printf(h.a, "%s/keys.db", h.to), F_OK) != 0);
	fault_clear(&h.f);
	NEED_OK(backup_keys_restore(copy, &secret, h.to, &made, &h.f));
	CHECK_INT(made, T0 + 2 * MS_MINUTE);
	CHECK(system(arena_printf(h.a, "test -z \"$(find %s -name '*.key' -perm /077 -o -name 'keys.db*' -perm /077 -o -name '.restore*')\"", h.to)) == 0);
	NEED_OK(app_open(&(struct app_options){ .data_dir = h.to }, all_types, &h.app, &h.f));
	CHECK_STR(text_of_clue(&h, id), "邻居反映夜里有争吵声");
	app_close(h.app);
	h.app = NULL;
	/* never over keys that are there; another file is not taken for one */
	CHECK_ERR(backup_keys_restore(copy, &secret, h.to, &made, &h.f), ERR_DUPLICATE);
	CHECK_ERR(backup_keys_restore(file, &h.secret, h.to, &made, &h.f), ERR_INVALID);
	CHECK_ERR(backup_restore(copy, &secret, arena_printf(h.a, "%s/second", h.dir), 0, &i, &reached, &h.f), ERR_INVALID);
	house_close(&h);
}

/* A copy is sealed like a backup, leaves nothing beside it, and does not open when a byte or its end is missing. */
TEST(a_copy_of_the_keys_tells_nothing)
{
	struct house h;
	struct filekey pub, secret;
	int64_t made;
	char copy[120], root[120];
	struct stat st;
	house_open(&h);
	clue_at(&h, T0 + MS_SECOND);
	other_holder(&pub, &secret);
	snprintf(copy, sizeof copy, "%s/keys.sealed", h.dir);
	snprintf(root, sizeof root, "%s/root.key", h.data);
	NEED_OK(backup_keys_make(h.app, root, copy, &pub, &h.f));
	CHECK(system(arena_printf(h.a, "! grep -qaE 'SQLite format|CREATE TABLE|xiaoan-keys' %s", copy)) == 0);
	CHECK(system(arena_printf(h.a, "! grep -qaF \"$(sed -n 2p %s | cut -d' ' -f2)\" %s", root, copy)) == 0);
	CHECK(system(arena_printf(h.a, "test -z \"$(find %s -name '.keys-*')\"", h.data)) == 0);
	NEED(stat(copy, &st) == 0 && (st.st_mode & 077) == 0);
	for (int k = 1; k < 12; k++) {
		NEED(truncate(copy, st.st_size - k * (st.st_size / 12)) == 0);
		CHECK(backup_keys_restore(copy, &secret, h.to, &made, &h.f) != OK);
		CHECK(system(arena_printf(h.a, "test -z \"$(find %s -type f)\"", h.to)) == 0);
	}
	/* without the root key's file nothing is half made */
	CHECK_ERR(backup_keys_make(h.app, "/nonexistent/root.key", copy, &pub, &h.f), ERR_IO);
	house_close(&h);
}

static int copies_in(const char *dir)
{
	int n = 0;
	DIR *d = opendir(dir);
	NEED(d != NULL);
	for (struct dirent *e; (e = readdir(d));)
		n += str_starts(str_of(e->d_name), "keys-");
	closedir(d);
	return n;
}

/* 35 days, and what was destroyed is in no copy any more: a new one is made for every day and change, old ones go. */
TEST(copies_of_the_keys_have_their_time)
{
	struct house h;
	house_open(&h);
	NEED(mkdir(h.to, 0700) == 0);
	for (int day = 0; day <= 100; day += 5) {
		clock_fix(T0 + day * MS_DAY);
		NEED_OK(backup_keys_make(h.app, NULL, backup_keys_name(h.a, h.to), &h.pub, &h.f));
		NEED_OK(backup_keys_sweep(h.to, 0, &h.f));
	}
	CHECK_INT(copies_in(h.to), 8);      /* of day 65, 70 … 100 */
	clock_fix(T0 + 500 * MS_DAY);
	NEED_OK(backup_keys_sweep(h.to, 0, &h.f));
	CHECK_INT(copies_in(h.to), 1);      /* the newest is all there is */
	house_close(&h);
}

/* The server makes them by itself: at first, when keys came or went, each day. */
TEST(the_server_copies_changed_keys)
{
	struct house h;
	struct keys_kept k = { 0 };
	struct filekey keep;
	int64_t made;
	house_open(&h);
	keep = h.pub;
	NEED_OK(keys_look(h.app, &keep, h.to, &k, &h.f));
	CHECK_INT(copies_in(h.to), 1);
	clock_fix(T0 + MS_MINUTE);
	NEED_OK(keys_look(h.app, &keep, h.to, &k, &h.f));
	CHECK_INT(copies_in(h.to), 1);      /* nothing new */
	/* a case's key, of a stock that was made ahead */
	clue_at(&h, T0 + 2 * MS_MINUTE);
	NEED_OK(keys_look(h.app, &keep, h.to, &k, &h.f));
	CHECK_INT(copies_in(h.to), 2);
	clue_at(&h, T0 + 3 * MS_MINUTE);
	NEED_OK(keys_look(h.app, &keep, h.to, &k, &h.f));
	CHECK_INT(copies_in(h.to), 2);      /* its key is in the copy already */
	clock_fix(T0 + 2 * MS_MINUTE + MS_DAY);
	NEED_OK(keys_look(h.app, &keep, h.to, &k, &h.f));
	CHECK_INT(copies_in(h.to), 3);
	for (int64_t gone = 1; gone < 6; gone++) {
		clock_fix(T0 + 2 * MS_DAY + gone * MS_SECOND);
		NEED_OK(keystore_destroy(h.app, &gone, 1, &h.f));
		NEED_OK(keys_look(h.app, &keep, h.to, &k, &h.f));
	}
	CHECK_INT(copies_in(h.to), 3);      /* what was destroyed is in no copy for long */
	/* they hold no root key: it is on paper */
	char *dir = arena_printf(h.a, "%s/opened", h.dir);
	NEED_OK(backup_keys_restore(backup_keys_name(h.a, h.to), &h.secret, dir, &made, &h.f));
	CHECK(access(arena_printf(h.a, "%s/keys.db", dir), F_OK) == 0 && access(arena_printf(h.a, "%s/root.key", dir), F_OK) != 0);
	house_close(&h);
}
