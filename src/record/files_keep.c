/* Why: what lies beside the database must begin, be copied and end with its row, though no transaction spans both.
 * Invariants: a file that a row with a key names is never removed; a copy gets its name when it is whole, flushed and has the hash of its row. */
#include "record/files.h"
#include "record/inner.h"
#include "record/keystore.h"
#include "safe/sealed_file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const ends[] = { "", ".v", ".t" };

/* Every row of every type of files: name, hash as stored, has it a key still, has it pictures. */
struct entry { struct str name, stored; bool alive, preview; };

struct walk { int64_t since; enum err (*fn)(void *arg, const struct entry *e); void *arg; };

static enum err each_of(struct ctx *c, const char *table, const struct walk *w)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, arena_printf(c->a, "SELECT file, stored, CASE WHEN file_key IS NULL THEN 0 ELSE 1 END, preview FROM %s WHERE file IS NOT NULL AND created > ?", table),
		    ARGS(VI(w->since)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		const struct entry e = { rows_text(q, 0), rows_text(q, 1), rows_int(q, 2) != 0, rows_int(q, 3) != 0 };
		TRY(w->fn(w->arg, &e));
	}
}

/* A restored database is looked at without the catalogue (SQLite alone): its own tables tell. */
static enum err tables_of(struct ctx *c, const char ***ret, size_t *ret_n)
{
	const char **v = NULL;
	size_t n = 0, cap = 0;
	ROWS q = NULL;
	bool more;
	for (const struct plan *p = c->app->plans; p && p->t; p++)
		if (p->t->file)
			VEC_PUSH(c->a, v, n, cap, p->table);
	if (!c->app->plans)
		TRY(db_rows(c->db, c->f, "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) p ON p.name = 'file_key' WHERE m.type = 'table'", NOARGS, &q));
	for (more = q != NULL; more;) {
		TRY(rows_next(q, &more));
		if (more)
			VEC_PUSH(c->a, v, n, cap, arena_cstr(c->a, rows_text(q, 0)));
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

static enum err each_row(struct ctx *c, const struct walk *w)
{
	const char **v;
	size_t n;
	TRY(tables_of(c, &v, &n));
	for (size_t i = 0; i < n; i++)
		TRY(each_of(c, v[i], w));
	return OK;
}

/* ---- sweeping ---- */

struct alive { struct map *m; };
static enum err keep_alive(void *arg, const struct entry *e)
{
	if (e->alive)
		map_put(((struct alive *)arg)->m, e->name, arg);
	return OK;
}

/* The 32 hex digits of one of ours, or absent. */
static struct str our_name(const char *file)
{
	struct str s = str_of(file);
	unsigned char raw[16];
	struct str base = { s.p, s.n < FILE_NAME - 1 ? 0 : FILE_NAME - 1 };
	if (!base.n || !hex_get(base, raw, sizeof raw))
		return STR_NONE;
	struct str end = { s.p + base.n, s.n - base.n };
	return !end.n || str_is(end, ".v") || str_is(end, ".t") ? base : STR_NONE;
}

enum err file_sweep(struct ctx *c, int64_t age_ms, int64_t *ret_removed)
{
	/* In an arena of its own: a city has a million files in its life. */
	ARENA a = arena_new((size_t)1 << 30);
	struct alive k = { map_new(a) };
	char dir[4200], path[4600];
	int64_t n = 0, now = now_ms();
	snprintf(dir, sizeof dir, "%s/files", c->app->data_dir);
	DIR *d = opendir(dir);
	*ret_removed = 0;
	if (!d)
		return errno == ENOENT ? OK : fail(c->f, ERR_IO, NULL, "%s: %s", dir, strerror(errno));
	/* The folder is listed before the rows: a file that is new since is not in the list, one whose row is new is in both. */
	struct str *v = NULL;
	size_t nv = 0, cap = 0;
	for (struct dirent *e; (e = readdir(d));)
		if (our_name(e->d_name).n)
			VEC_PUSH(a, v, nv, cap, arena_str(a, str_of(e->d_name)));
	closedir(d);
	TRY(each_row(c, &(struct walk){ INT64_MIN, keep_alive, &k }));
	for (size_t i = 0; i < nv; i++) {
		struct stat st;
		snprintf(path, sizeof path, "%s/%s", dir, v[i].p);
		if (map_get(k.m, our_name(v[i].p)) || stat(path, &st) != 0 || now - ((int64_t)st.st_mtim.tv_sec * MS_SECOND + st.st_mtim.tv_nsec / 1000000) < age_ms)
			continue;
		n += unlink(path) == 0;
	}
	*ret_removed = n;
	return OK;
}

enum err file_sweep_job(struct ctx *c, struct str arg)
{
	int64_t n;
	(void)arg;
	return file_sweep(c, MS_HOUR, &n);
}

/* ---- looking, copying ---- */

struct looking { const char *dir, *to; struct file_report r; struct fault *f; bool all; };

static bool hash_is(const char *path, struct str want, int64_t *ret_size, bool *ret_there)
{
	unsigned char h[32], w[32];
	struct fault ignored = { 0 };
	*ret_there = file_sha256(path, h, ret_size, &ignored) == OK;
	return *ret_there && hex_get(want, w, 32) && memcmp(h, w, 32) == 0;
}

static enum err look_one(void *arg, const struct entry *e)
{
	struct looking *k = arg;
	char path[4300];
	int64_t size = 0;
	bool there;
	if (!e->alive)
		return OK;
	snprintf(path, sizeof path, "%s/%.*s", k->dir, (int)e->name.n, e->name.p);
	bool ok = hash_is(path, e->stored, &size, &there);
	k->r.files++;
	k->r.bytes += ok ? size : 0;
	k->r.missing += !there;
	k->r.changed += there && !ok;
	if (!ok && !k->r.what[0])
		snprintf(k->r.what, sizeof k->r.what, "%.*s", (int)e->name.n, e->name.p);
	return OK;
}

enum err file_check(struct ctx *c, const char *dir, struct file_report *ret)
{
	char own[4200];
	struct looking k = { .dir = dir };
	snprintf(own, sizeof own, "%s/files", c->app->data_dir ? c->app->data_dir : ".");
	k.dir = dir ? dir : own;
	TRY(each_row(c, &(struct walk){ INT64_MIN, look_one, &k }));
	*ret = k.r;
	return OK;
}

static enum err copy_bytes(const char *from, const char *to, struct fault *f)
{
	char *room = xalloc(1 << 20), tmp[4400];
	snprintf(tmp, sizeof tmp, "%s.new", to);
	int in = open(from, O_RDONLY | O_CLOEXEC), out = in < 0 ? -1 : open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	ssize_t n = in < 0 || out < 0 ? -1 : 1;
	while (n > 0) {
		n = read(in, room, 1 << 20);
		for (ssize_t at = 0; n > 0 && at < n;) {
			ssize_t w = write(out, room + at, (size_t)(n - at));
			if (w <= 0) {
				n = -1;
				break;
			}
			at += w;
		}
	}
	bool ok = n == 0 && fsync(out) == 0;
	int why = errno;
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	free(room);
	if (ok && rename(tmp, to) == 0)
		return OK;
	if (out >= 0)
		unlink(tmp);
	return fail(f, why == ENOSPC || why == EDQUOT ? ERR_FULL : ERR_IO, NULL, "%s: %s", to, strerror(why));
}

/* Its key is gone. The copy stays as long as a copy of the key may, under a name that says so. */
static void let_go(const char *path)
{
	char gone[4400];
	struct stat st;
	snprintf(gone, sizeof gone, "%s.gone", path);
	if (access(path, F_OK) == 0 && rename(path, gone) == 0)
		(void)!utimensat(AT_FDCWD, gone, NULL, 0);
	else if (stat(gone, &st) == 0 && now_ms() - (int64_t)st.st_mtim.tv_sec * MS_SECOND > KEYSTORE_LIFE_MS)
		unlink(gone);
}

/* The pictures go along; they are proved by their own seals alone, and when they are missing there is a grey tile. */
static enum err copy_one(void *arg, const struct entry *e)
{
	struct looking *k = arg;
	char from[4300], to[4300], gone[4400];
	int64_t size = 0;
	bool there, fresh = false;
	for (int part = 0; part < (e->preview ? 3 : 1); part++) {
		snprintf(from, sizeof from, "%s/%.*s%s", k->dir, (int)e->name.n, e->name.p, ends[part]);
		snprintf(to, sizeof to, "%s/%.*s%s", k->to, (int)e->name.n, e->name.p, ends[part]);
		snprintf(gone, sizeof gone, "%s.gone", from);
		if (!e->alive) {
			let_go(to);
			continue;
		}
		/* from a backup whose keys were destroyed meanwhile, and are brought back */
		const char *source = access(from, F_OK) != 0 && access(gone, F_OK) == 0 ? gone : from;
		if (access(to, F_OK) == 0 || access(source, F_OK) != 0)
			continue;
		TRY(copy_bytes(source, to, k->f));
		fresh |= part == 0;
	}
	snprintf(to, sizeof to, "%s/%.*s", k->to, (int)e->name.n, e->name.p);
	if (!e->alive || (!k->all && !fresh && access(to, F_OK) == 0))
		return OK;
	bool ok = hash_is(to, e->stored, &size, &there);
	if (there && !ok) {      /* not this one: a copy of a damaged file must not push out a good one */
		unlink(to);
		k->r.changed++;
	}
	k->r.files++;
	k->r.bytes += ok ? size : 0;
	k->r.missing += !there;
	if (!ok && !k->r.what[0])
		snprintf(k->r.what, sizeof k->r.what, "%.*s", (int)e->name.n, e->name.p);
	return OK;
}

enum err file_copy(struct ctx *c, const struct file_way *w, struct file_report *ret)
{
	const char *to = w->to;
	struct looking k = { .dir = w->from, .to = to, .f = c->f, .all = !w->since };
	if (mkdir(to, 0700) != 0 && errno != EEXIST)
		return fail(c->f, errno == ENOSPC ? ERR_FULL : ERR_IO, NULL, "%s: %s", to, strerror(errno));
	TRY(each_row(c, &(struct walk){ w->since ? w->since : INT64_MIN, copy_one, &k }));
	int fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)!fsync(fd);
		close(fd);
	}
	*ret = k.r;
	return OK;
}

enum err file_check_job(struct ctx *c, struct str arg)
{
	struct file_report r;
	(void)arg;
	TRY(file_check(c, NULL, &r));
	bool good = !r.missing && !r.changed;
	if (!r.files)
		return OK;
	if (!good)
		log_line(LOG_ERROR, "files: %lld missing, %lld altered, the first is %s", (long long)r.missing, (long long)r.changed, r.what);
	return journal_note(c, "files", "", 0, good ? "ok" : "bad", arena_fmt(c->a, "{\"files\":%lld,\"missing\":%lld,\"altered\":%lld}", (long long)r.files, (long long)r.missing, (long long)r.changed));
}
