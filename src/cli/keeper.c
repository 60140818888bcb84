/* Why: backups that somebody must think of are not made; a full disk and a damaged page are noticed when it is too late.
 * Invariants: a backup is made when none is younger than a day, or the log has no backup to join; damage stops all writing and is
 * never repaired by itself. */
#include "cli/keeper.h"
#include "record/files.h"
#include "record/keystore.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY 5                         /* seconds */
#define LOG_EVERY (60 * MS_SECOND)           /* of the log between backups: RPO 5 minutes with room to spare */
#define RETRY_AFTER (10 * MS_MINUTE)         /* a backup that failed */
#define CHECK_EVERY (24 * MS_HOUR)

struct keeper {
	struct app *app;
	char *dir, *keys_dir;
	struct filekey pub, keys_pub;
	bool has_key, has_keys_key;
	struct keys_kept keys;
	int64_t keys_tried;                      /* mono_ms */
	int64_t files_tried, files_at;           /* mono_ms; and until when what was handed in is copied */
	struct backup_log *log;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
	int64_t tried, checked;                  /* mono_ms */
};

/* ---- room on the disk ---- */

int64_t room_free(const char *dir)
{
	struct statvfs v;
	return statvfs(dir, &v) == 0 ? (int64_t)v.f_bavail * (int64_t)v.f_frsize : -1;
}

static void ballast(const struct app *app, bool there)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/ballast", app->data_dir);
	if (!there) {
		unlink(path);
		return;
	}
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && posix_fallocate(fd, 0, ROOM_BALLAST) == 0;
	if (fd >= 0)
		close(fd);
	if (!ok)
		unlink(path);
}

static bool has_ballast(const struct app *app)
{
	char path[4200];
	snprintf(path, sizeof path, "%s/ballast", app->data_dir);
	return access(path, F_OK) == 0;
}

void room_look(struct app *app, room_fn *room)
{
	int64_t n = room(app->data_dir);
	int none = HALT_NONE, full = HALT_ROOM;
	if (n < 0)
		return;
	if (n < ROOM_LOW) {
		if (atomic_compare_exchange_strong(&app->halt, &none, HALT_ROOM))
			log_line(LOG_ERROR, "the disk is all but full: nothing more is taken");
		if (has_ballast(app))
			ballast(app, false);
		return;
	}
	if (!has_ballast(app) && n >= ROOM_BALLAST + 2 * ROOM_LOW)
		ballast(app, true);
	if (has_ballast(app) && atomic_compare_exchange_strong(&app->halt, &full, HALT_NONE))
		log_line(LOG_WARN, "there is room on the disk again");
}

/* ---- looking through ---- */

enum err health_look(struct app *app, struct fault *f)
{
	ARENA a = arena_new(0);
	struct ctx c;
	struct journal_report j;
	bool more = false;
	ctx_init(&c, app, a, f, &actor_system);
	TRY(ctx_read(&c));
	enum err e = OK;
	if (!store_is_postgres(app->store)) {
		ROWS r = NULL;
		e = db_rows(c.db, f, "PRAGMA quick_check(1)", NOARGS, &r);
		if (e == OK)
			e = rows_next(r, &more);
		if (e == OK && more && !str_is(rows_text(r, 0), "ok"))
			e = fail(f, ERR_DB, NULL, "quick_check: %.200s", rows_text(r, 0).p);
	}
	if (e == OK)
		e = journal_verify(&c, &j);
	if (e == OK && j.why)
		e = fail(f, ERR_DB, NULL, "%s (%s)", j.why, j.arg);
	if (e != ERR_DB)   /* busy or no room is no damage */
		return e;
	app->halt = HALT_DAMAGED;
	store_refuse(app->store, ERR_DB, halt_text(HALT_DAMAGED), halt_hint(HALT_DAMAGED));
	return e;
}

/* ---- backups ---- */

bool backup_due(int64_t newest, int64_t now) { return !newest || newest > now + MS_HOUR || now - newest >= MS_DAY; }

static void back_up(struct keeper *k)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct backup_info *v, made;
	size_t n;
	if (!k->has_key || (k->tried && mono_ms() - k->tried < RETRY_AFTER))
		return;
	enum err e = backup_list(a, k->dir, &v, &n, &f);
	int64_t newest = 0, now = now_ms();
	for (size_t i = 0; e == OK && i < n; i++)   /* of those not in the future the newest */
		if (v[i].made <= now + MS_HOUR && v[i].made > newest)
			newest = v[i].made;
	if (e == OK && !backup_due(newest, now) && !(k->log && backup_log_wants(k->log)))
		return;
	if (e == OK)
		e = backup_make(k->app, k->dir, &k->pub, &made, &f);
	if (e == OK)
		e = backup_sweep(a, k->dir, &f);
	k->tried = e == OK ? 0 : mono_ms();
	if (e != OK)
		log_line(LOG_ERROR, "backup: %s %s", err_name(e), f.detail);
}

enum err keys_look(struct app *app, const struct filekey *pub, const char *dir, struct keys_kept *k, struct fault *f)
{
	ARENA a = arena_new(0);
	int64_t version;
	TRY(keystore_version(app, &version, f));
	/* A clock that was put back makes one more, not none. */
	if (!version || (k->made && version == k->version && now_ms() >= k->made && now_ms() - k->made < MS_DAY))
		return OK;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return fail(f, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("The folder for backups cannot be made."), "%s: %s", dir, strerror(errno));
	TRY(backup_keys_make(app, NULL, backup_keys_name(a, dir), pub, f));
	*k = (struct keys_kept){ version, now_ms() };
	return backup_keys_sweep(dir, KEYS_KEPT, f);
}

static void keep_keys(struct keeper *k)
{
	struct fault f = { 0 };
	if (!k->has_keys_key || (k->keys_tried && mono_ms() - k->keys_tried < LOG_EVERY))
		return;
	k->keys_tried = mono_ms();
	enum err e = keys_look(k->app, &k->keys_pub, k->keys_dir, &k->keys, &f);
	if (e != OK)
		log_line(LOG_ERROR, "copy of the keys: %s %s", err_name(e), f.detail);
}

/* What was handed in since the last look goes beside the log, so that a restore to any moment finds it. */
static void keep_files(struct keeper *k)
{
	struct fault f = { 0 };
	struct file_report r;
	int64_t now = now_ms();
	if (!k->has_key || (k->files_tried && mono_ms() - k->files_tried < LOG_EVERY))
		return;
	k->files_tried = mono_ms();
	/* a little before, for acts that were under way and a clock that was put back; the daily backup looks at all */
	enum err e = backup_files_make(k->app, k->dir, k->files_at > 10 * MS_MINUTE ? k->files_at - 10 * MS_MINUTE : 1, &r, &f);
	if (e == OK)
		k->files_at = now;
	else
		log_line(LOG_ERROR, "copy of the files: %s %s", err_name(e), f.detail);
}

static void look(struct keeper *k)
{
	struct fault f = { 0 };
	room_look(k->app, room_free);
	if (k->app->halt == HALT_DAMAGED)
		return;
	if (mono_ms() - k->checked >= CHECK_EVERY) {
		k->checked = mono_ms();
		enum err e = health_look(k->app, &f);
		if (e != OK)
			log_line(LOG_ERROR, "the database was looked through: %s %s", err_name(e), f.detail);
		if (e == ERR_DB)
			return;   /* a backup of it would push out a good one */
	}
	keep_keys(k);
	keep_files(k);
	back_up(k);
}

static void *keeper_run(void *arg)
{
	struct keeper *k = arg;
	pthread_mutex_lock(&k->lock);
	while (!k->stop) {
		struct timespec t;
		pthread_mutex_unlock(&k->lock);
		look(k);
		pthread_mutex_lock(&k->lock);
		clock_gettime(CLOCK_MONOTONIC, &t);
		t.tv_sec += LOOK_EVERY;
		if (!k->stop)
			pthread_cond_timedwait(&k->wake, &k->lock, &t);
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

static void keeper_gone(struct keeper *k)
{
	free(k->dir);
	free(k->keys_dir);
	free(k);
}

enum err keeper_start(struct app *app, const char *dir, struct keeper **ret, struct fault *f)
{
	ARENA a = arena_new(0);
	struct keeper *k = xalloc(sizeof *k);
	pthread_condattr_t ca;
	k->app = app;
	k->dir = xstrdup(backup_dir(app, a, dir));
	k->keys_dir = xstrdup(arena_printf(a, "%s/key-backups", app->data_dir));
	k->checked = mono_ms() - CHECK_EVERY + 10 * MS_MINUTE;   /* not while everybody logs in after a start */
	enum err e = backup_key(app, &k->pub, f);
	k->has_key = e == OK;
	if (e == OK) {
		e = filekey_read(arena_printf(a, "%s/keys.pub", app->data_dir), false, &k->keys_pub, f);
		if (e == ERR_NOT_FOUND) {
			k->keys_pub = k->pub;
			e = OK;
		}
		k->has_keys_key = e == OK;
	}
	if (e == OK && k->has_key && !store_is_postgres(app->store))
		e = backup_log_start(app, k->dir, &k->pub, LOG_EVERY, &k->log, f);
	else if (e == ERR_NOT_FOUND)
		e = OK;
	if (e != OK) {
		keeper_gone(k);
		return e;
	}
	if (f)
		fault_clear(f);
	app->backups = k->has_key ? k->dir : NULL;
	app->log = k->log;
	pthread_mutex_init(&k->lock, NULL);
	pthread_condattr_init(&ca);
	pthread_condattr_setclock(&ca, CLOCK_MONOTONIC);
	pthread_cond_init(&k->wake, &ca);
	pthread_condattr_destroy(&ca);
	must(pthread_create(&k->thread, NULL, keeper_run, k) == 0);
	*ret = k;
	return OK;
}

void keeper_stop(struct keeper *k)
{
	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	k->app->backups = NULL;
	k->app->log = NULL;
}

void keeper_free(struct keeper *k)
{
	if (!k)
		return;
	backup_log_free(k->log);
	pthread_cond_destroy(&k->wake);
	pthread_mutex_destroy(&k->lock);
	keeper_gone(k);
}
