/* Why: data without its keys is noise, and keys in the backups of the data would undo what was destroyed. So the keys have copies of
 * their own: sealed, kept elsewhere, for KEYSTORE_LIFE_MS and no longer.
 * Invariants: a copy opens only whole; nothing is written over a key that is there; what is not sealed never leaves the data folder. */
#include "record/backup_inner.h"
#include "record/keystore.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_MAX 4096
#define ROOT_MAX 16384
#define NAME "keys-%04d%02d%02dT%02d%02d%02dZ.sealed"

/* ---- making ---- */

static enum err put_file(struct sealed_out *o, const char *path, int64_t want, struct fault *f)
{
	char part[65536];
	int64_t sum = 0;
	enum err e = OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? 1 : -1;
	while (e == OK && n > 0) {
		n = read(fd, part, sizeof part);
		if (n > 0)
			e = sealed_out_put(o, part, (size_t)n, f);
		sum += n > 0 ? n : 0;
	}
	if (fd >= 0)
		close(fd);
	explicit_bzero(part, sizeof part);
	return e != OK ? e : n < 0 || sum != want ? fail(f, ERR_IO, N_("The key file cannot be read."), "%s", path) : OK;
}

static enum err size_of(const char *path, int64_t most, int64_t *ret, struct fault *f)
{
	struct stat st;
	if (stat(path, &st) != 0 || st.st_size <= 0 || st.st_size > most)
		return fail(f, ERR_IO, N_("The key file cannot be read."), "%s", path);
	*ret = st.st_size;
	return OK;
}

static enum err seal_keys(const char *root, const char *store, const char *file, const struct filekey *pub, struct fault *f)
{
	int64_t nroot = 0, nstore = 0;
	struct sealed_out *o;
	BUF_AUTO head = BUF(HEAD_MAX);
	if (root)
		TRY(size_of(root, ROOT_MAX, &nroot, f));
	if (store)
		TRY(size_of(store, INT64_MAX, &nstore, f));
	buf_printf(&head, "xiaoan-keys 1\nmade %lld\nroot %lld\nstore %lld\nend\n", (long long)now_ms(), (long long)nroot, (long long)nstore);
	TRY(sealed_out_open(file, pub, &o, f));
	enum err e = sealed_out_put(o, head.p, head.n, f);
	if (e == OK && root)
		e = put_file(o, root, nroot, f);
	if (e == OK && store)
		e = put_file(o, store, nstore, f);
	if (e == OK)
		return sealed_out_end(o, NULL, f);
	sealed_out_drop(o);
	return e;
}

enum err backup_keys_make(struct app *app, const char *root, const char *file, const struct filekey *pub, struct fault *f)
{
	char scratch[4200];
	/* one name a process: the server's copy and a command's do not meet */
	snprintf(scratch, sizeof scratch, "%s/.keys-%d.db", app->data_dir, (int)getpid());
	scratch_gone(scratch);
	enum err e = keystore_copy(app, scratch, f);
	if (e == OK)
		e = seal_keys(root, scratch, file, pub, f);
	scratch_gone(scratch);
	return e;
}

char *backup_keys_name(struct arena *a, const char *dir)
{
	struct civil t = civil_of(now_ms() - 8 * MS_HOUR);
	return arena_printf(a, "%s/" NAME, dir, t.year, t.month, t.day, t.hour, t.minute, t.second);
}

enum err backup_keys_sweep(const char *dir, int keep, struct fault *f)
{
	ARENA a = arena_new(0);
	struct civil t = civil_of(now_ms() - KEYSTORE_LIFE_MS - 8 * MS_HOUR);
	const char *oldest = arena_printf(a, NAME, t.year, t.month, t.day, t.hour, t.minute, t.second), **v = NULL;
	size_t n = 0, cap = 0;
	DIR *d = opendir(dir);
	if (!d)
		return errno == ENOENT ? OK : fail(f, ERR_IO, NULL, "%s: %s", dir, strerror(errno));
	for (struct dirent *e; (e = readdir(d));)
		if (str_starts(str_of(e->d_name), "keys-") && str_ends(str_of(e->d_name), "Z.sealed"))
			VEC_PUSH(a, v, n, cap, arena_cstr(a, str_of(e->d_name)));
	closedir(d);
	for (size_t i = 0; i < n; i++) {
		int newer = 0;
		for (size_t k = 0; k < n; k++)
			newer += strcmp(v[k], v[i]) > 0;
		/* the newest stays whatever its age: it is all there is */
		if (newer && (strcmp(v[i], oldest) < 0 || (keep && newer >= keep)))
			unlink(arena_printf(a, "%s/%s", dir, v[i]));
	}
	return OK;
}

/* ---- bringing back ---- */

struct source { struct sealed_in *in; char part[65536]; size_t at, n; };

static enum err more(struct source *s, struct fault *f)
{
	s->at = 0;
	return sealed_in_get(s->in, s->part, sizeof s->part, &s->n, f);
}

static enum err get_head(struct source *s, int64_t ret[3], struct fault *f)
{
	BUF_AUTO head = BUF(HEAD_MAX);
	static const char *const names[] = { "made ", "root ", "store " };
	while (!str_ends(buf_view(&head), "\nend\n")) {
		if (s->at == s->n)
			TRY(more(s, f));
		if (s->at == s->n || head.n + 1 >= HEAD_MAX || (head.n == 14 && !str_is(buf_view(&head), "xiaoan-keys 1\n")))
			return fail(f, ERR_INVALID, N_("This is no copy of the keys."), NULL);
		buf_char(&head, s->part[s->at++]);
	}
	struct str rest, line, text = buf_view(&head);
	(void)str_cut(text, '\n', &text);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		line = str_cut(text, '\n', &text);
		rest = str_starts(line, names[i]) ? (struct str){ line.p + strlen(names[i]), line.n - strlen(names[i]) } : STR_NONE;
		if (!str_int(rest, &ret[i]) || ret[i] < 0)
			return fail(f, ERR_INVALID, N_("This is no copy of the keys."), "%s", names[i]);
	}
	return OK;
}

static enum err get_file(struct source *s, int64_t left, const char *path, struct fault *f)
{
	enum err e = OK;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(f, ERR_IO, NULL, "%s: %s", path, strerror(errno));
	while (e == OK && left) {
		if (s->at == s->n)
			e = more(s, f);
		size_t n = s->n - s->at > (size_t)left ? (size_t)left : s->n - s->at;
		ssize_t w = e == OK && n ? write(fd, s->part + s->at, n) : 0;
		if (e == OK && w <= 0)
			e = fail(f, n && errno == ENOSPC ? ERR_FULL : ERR_IO, N_("The file is damaged, cut short, or sealed for another key."), "%s", path);
		s->at += w > 0 ? (size_t)w : 0;
		left -= w > 0 ? w : 0;
	}
	if (e == OK && fsync(fd) != 0)
		e = fail(f, ERR_IO, NULL, "%s: %s", path, strerror(errno));
	close(fd);
	return e;
}

/* To the very end, where alone the sealed file proves to be whole. */
static enum err get_both(const char *file, const struct filekey *secret, const char *root, const char *store, int64_t head[3], struct fault *f)
{
	struct source *s = xalloc(sizeof *s);
	s->at = s->n = 0;
	enum err e = sealed_in_open(file, secret, &s->in, f);
	if (e == OK) {
		e = get_head(s, head, f);
		if (e == OK && head[1])
			e = get_file(s, head[1], root, f);
		if (e == OK && head[2])
			e = get_file(s, head[2], store, f);
		if (e == OK && s->at == s->n)
			e = more(s, f);
		if (e == OK && s->at != s->n)
			e = fail(f, ERR_INVALID, N_("This is no copy of the keys."), "longer than it says");
		sealed_in_close(s->in);
	}
	explicit_bzero(s, sizeof *s);
	free(s);
	return e;
}

static enum err looked_through(const char *store, struct fault *f)
{
	struct store *s;
	struct db *d;
	ROWS r = NULL;
	bool any = false;
	TRY(store_open(store, NULL, &s, f));
	enum err e = store_reader(s, &d, f);
	if (e == OK)
		e = db_rows(d, f, "PRAGMA integrity_check(1)", NOARGS, &r);
	if (e == OK)
		e = rows_next(r, &any);
	if (e == OK && !(any && str_is(rows_text(r, 0), "ok")))
		e = fail(f, ERR_DB, N_("The database is damaged. Please restore the last good backup."), "keys.db");
	rows_end(r);
	r = NULL;
	int64_t n = 0;
	if (e == OK)
		e = db_int(d, f, "SELECT CAST(COUNT(*) AS INTEGER) FROM info WHERE name = 'id'", NOARGS, &n, NULL);
	store_close(s);
	return e == OK && n != 1 ? fail(f, ERR_DB, N_("This is no copy of the keys."), "keys.db has no name") : e;
}

enum err backup_keys_restore(const char *file, const struct filekey *secret, const char *to, int64_t *ret_made, struct fault *f)
{
	char part[2][4200], name[2][4200];
	int64_t head[3] = { 0 };
	if (mkdir(to, 0700) != 0 && errno != EEXIST)
		return fail(f, ERR_IO, NULL, "%s: %s", to, strerror(errno));
	for (int i = 0; i < 2; i++) {
		snprintf(part[i], sizeof part[i], "%s/%s", to, i ? ".restore-keys.db" : ".restore-root.key");
		snprintf(name[i], sizeof name[i], "%s/%s", to, i ? "keys.db" : "root.key");
		unlink(part[i]);
	}
	enum err e = get_both(file, secret, part[0], part[1], head, f);
	for (int i = 0; e == OK && i < 2; i++)
		if (head[1 + i] && access(name[i], F_OK) == 0)
			e = fail(f, ERR_DUPLICATE, N_("There are keys in this folder already. Please move them away first."), "%s", name[i]);
	if (e == OK && head[2])
		e = looked_through(part[1], f);
	for (int i = 0; e == OK && i < 2; i++)
		if (head[1 + i] && rename(part[i], name[i]) != 0)
			e = fail(f, ERR_IO, NULL, "%s: %s", name[i], strerror(errno));
	for (int i = 0; i < 2; i++)
		unlink(part[i]);
	*ret_made = head[0];
	return e;
}
