/* Why: what cannot be restored is no backup (S48).  Invariants: a file named *.backup was opened as a database, checked, sealed and read
 * back on this machine; nothing is removed before two newer ones are there; a restore never writes over a database. */
#include "record/backup_inner.h"
#include "record/files.h"
#include "record/inner.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART (1 << 20)
#define MANIFEST_MAX 65536

enum err backup_key(const struct app *app, struct filekey *ret, struct fault *f)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/backup.pub", app->data_dir);
	return filekey_read(path, false, ret, f);
}

const char *backup_dir(const struct app *app, struct arena *a, const char *given)
{
	return given && *given ? given : arena_printf(a, "%s/backups", app->data_dir);
}

static enum err folder(const char *path, struct fault *f)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return fail(f, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("The folder for backups cannot be made."), "%s: %s", path, strerror(errno));
	return OK;
}

enum err file_put(const char *path, struct str text, struct fault *f)
{
	char tmp[4200];
	snprintf(tmp, sizeof tmp, "%s.new", path);
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
	int why = errno;
	if (fd >= 0)
		close(fd);
	if (!ok || rename(tmp, path) != 0) {
		unlink(tmp);
		return fail(f, why == ENOSPC ? ERR_FULL : ERR_IO, NULL, "%s: %s", path, strerror(why));
	}
	return OK;
}

/* ---- looking a database through ---- */

static enum err said_ok(struct db *d, const char *sql, const char *what, struct fault *f)
{
	bool more;
	ROWS r = NULL;
	TRY(db_rows(d, f, sql, NOARGS, &r));
	TRY(rows_next(r, &more));
	struct str first = more ? rows_text(r, 0) : STR("ok");
	if (str_is(first, "ok"))
		return OK;
	return fail(f, ERR_DB, N_("The database is damaged. Please restore the last good backup."), "%s: %.100s", what, first.p);
}

static enum err check_parts(struct ctx *c, struct backup_info *ret)
{
	struct journal_report j;
	int64_t bad = 0;
	if (!db_is_postgres(c->db)) {
		TRY(said_ok(c->db, "PRAGMA integrity_check(3)", "integrity_check", c->f));
		TRY(said_ok(c->db, "PRAGMA foreign_key_check", "foreign_key_check", c->f));
	}
	TRY(journal_verify(c, &j));
	if (j.why)
		return fail(c->f, ERR_DB, N_("The journal of this database is broken."), "%s (%s)", j.why, j.arg);
	ret->journal_size = (int64_t)j.size;
	BUF_AUTO hex = BUF(80);
	hex_put(&hex, j.root, 32);
	snprintf(ret->journal_root, sizeof ret->journal_root, "%s", hex.p);
	TRY(db_int(c->db, c->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM login", NOARGS, &ret->logins, NULL));
	TRY(db_int(c->db, c->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM login WHERE name = '' OR uid NOT IN (SELECT id FROM staff)", NOARGS, &bad, NULL));
	if (bad)
		return fail(c->f, ERR_DB, NULL, "%lld log-ins belong to nobody", (long long)bad);
	return db_int(c->db, c->f, "SELECT MAX(number) FROM schema_migration", NOARGS, &ret->migration, NULL);
}

enum err backup_look(struct store *s, struct backup_info *ret, struct fault *f)
{
	struct app app = { .store = s };
	struct ctx c;
	ARENA a = arena_new(0);
	ctx_init(&c, &app, a, f, &actor_system);
	TRY(ctx_read(&c));
	return check_parts(&c, ret);
}

enum err backup_check(const char *db, struct backup_info *ret, struct fault *f)
{
	struct store *s;
	TRY(store_open(db, NULL, &s, f));
	enum err e = backup_look(s, ret, f);
	store_close(s);
	return e;
}

/* ---- the manifest ---- */

static void manifest_put(struct buf *b, const struct backup_info *i)
{
	buf_printf(b, "xiaoan-backup 1\nprogram %s\nname %s\nmade %lld\nmigration %lld\nchain %lld\nseq %lld\nbytes %lld\nsha256 %s\njournal %lld %s\nlogins %lld\nfiles %lld\nfile_bytes %lld\n", XA_VERSION, i->name,
		   (long long)i->made, (long long)i->migration, (long long)i->chain, (long long)i->seq, (long long)i->bytes, i->sha256, (long long)i->journal_size,
		   i->journal_root, (long long)i->logins, (long long)i->files, (long long)i->file_bytes);
	if (i->file_sha256[0])
		buf_printf(b, "file_sha256 %s\n", i->file_sha256);
	buf_cstr(b, "end\n");
}

static enum err manifest_get(struct str text, struct backup_info *ret, struct fault *f)
{
	struct { const char *name; int64_t *n; } numbers[] = { { "made", &ret->made }, { "migration", &ret->migration }, { "chain", &ret->chain }, { "seq", &ret->seq },
		{ "bytes", &ret->bytes }, { "logins", &ret->logins }, { "files", &ret->files }, { "file_bytes", &ret->file_bytes }, { "journal", &ret->journal_size } };
	struct { const char *name; char *p; size_t n; } texts[] = { { "name", ret->name, sizeof ret->name }, { "sha256", ret->sha256, sizeof ret->sha256 },
		{ "file_sha256", ret->file_sha256, sizeof ret->file_sha256 } };
	*ret = (struct backup_info){ 0 };
	if (!str_starts(text, "xiaoan-backup 1\n"))
		return fail(f, ERR_INVALID, N_("This is no backup of this program."), NULL);
	while (text.n) {
		struct str rest, line = str_cut(text, '\n', &text), key = str_cut(line, ' ', &rest), one = str_cut(rest, ' ', &rest);
		if (str_is(key, "end"))
			return OK;
		for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
			if (str_is(key, numbers[i].name) && !str_int(one, numbers[i].n))
				return fail(f, ERR_INVALID, NULL, "manifest: %s", numbers[i].name);
		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			if (str_is(key, texts[i].name))
				snprintf(texts[i].p, texts[i].n, "%.*s", (int)one.n, one.p);
		if (str_is(key, "journal"))
			snprintf(ret->journal_root, sizeof ret->journal_root, "%.*s", (int)rest.n, rest.p ? rest.p : "");
		if (!text.p)
			break;
	}
	return fail(f, ERR_INVALID, NULL, "manifest: no end");
}

/* ---- making ---- */

static enum err seal_file(struct sealed_out *o, const char *scratch, struct fault *f)
{
	int fd = open(scratch, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(f, ERR_IO, NULL, "%s: %s", scratch, strerror(errno));
	unsigned char *part = xalloc(PART);
	enum err e = OK;
	for (ssize_t n = 1; e == OK && n > 0;) {
		n = read(fd, part, PART);
		e = n < 0 ? fail(f, ERR_IO, NULL, "%s: %s", scratch, strerror(errno)) : sealed_out_put(o, part, (size_t)n, f);
	}
	close(fd);
	free(part);
	return e;
}

static void hex32(const unsigned char h[32], char ret[65])
{
	BUF_AUTO b = BUF(80);
	hex_put(&b, h, 32);
	snprintf(ret, 65, "%s", b.p);
}

static enum err seal_all(const char *base, const char *scratch, const struct filekey *pub, struct backup_info *i, struct fault *f)
{
	char path[4200];
	unsigned char sha[32];
	struct sealed_out *o;
	BUF_AUTO m = BUF(MANIFEST_MAX);
	TRY(file_sha256(scratch, sha, &i->bytes, f));
	hex32(sha, i->sha256);
	manifest_put(&m, i);
	snprintf(path, sizeof path, "%s.backup", base);
	TRY(sealed_out_open(path, pub, &o, f));
	enum err e = sealed_out_put(o, m.p, m.n, f);
	if (e == OK)
		e = seal_file(o, scratch, f);
	if (e != OK) {
		sealed_out_drop(o);
		return e;
	}
	TRY(sealed_out_end(o, sha, f));
	hex32(sha, i->file_sha256);
	buf_reset(&m);
	manifest_put(&m, i);
	snprintf(path, sizeof path, "%s.txt", base);
	return file_put(path, buf_view(&m), f);
}

void scratch_gone(const char *scratch)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char path[4300];
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(path, sizeof path, "%s%s", scratch, ends[i]);
		unlink(path);
	}
}

static enum err make_from(struct app *app, const char *dir, const char *scratch, const struct filekey *pub, struct backup_info *i, struct fault *f)
{
	struct db *d;
	char base[4100];
	int64_t before = 0;
	TRY(store_reader(app->store, &d, f));
	TRY(db_int(d, f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &before, NULL));
	/* named by the log's place before the copy is pinned: a part put in between is applied once more, which changes nothing */
	backup_log_at(&i->chain, &i->seq);
	i->made = now_ms();
	if (store_is_postgres(app->store)) {
		TRY(backup_dump(app, scratch, f));
	} else {
		TRY(store_snapshot(app->store, scratch, f));
		i->made = now_ms();   /* after the copy was pinned: who asks for a later moment gets those parts of the log whole */
	}
	TRY(backup_check(scratch, i, f));
	if (i->journal_size < before)
		return fail(f, ERR_DB, NULL, "the copy holds %lld entries of the journal, there were %lld", (long long)i->journal_size, (long long)before);
	/* After the copy of the rows: whatever they name is there by now. One that is damaged is told, and does not keep the rest from being copied. */
	struct file_report files;
	TRY(backup_files_make(app, dir, 0, &files, f));
	i->files = files.files - files.missing;
	i->file_bytes = files.bytes;
	if (files.missing || files.changed)
		log_line(LOG_ERROR, "backup: of the files %lld are missing, %lld altered, the first is %s", (long long)files.missing, (long long)files.changed, files.what);
	struct civil t = civil_of(i->made - 8 * MS_HOUR);
	snprintf(i->name, sizeof i->name, "%04d%02d%02dT%02d%02d%02dZ-%lld-%lld", t.year, t.month, t.day, t.hour, t.minute, t.second, (long long)i->chain, (long long)i->seq);
	snprintf(base, sizeof base, "%s/%s", dir, i->name);
	return seal_all(base, scratch, pub, i, f);
}

enum err backup_files_make(struct app *app, const char *dir, int64_t since, struct file_report *ret, struct fault *f)
{
	ARENA a = arena_new((size_t)1 << 30);
	struct ctx c;
	char from[4200], to[4200];
	ctx_init(&c, app, a, f, &actor_system);
	snprintf(from, sizeof from, "%s/files", app->data_dir);
	snprintf(to, sizeof to, "%s/files", dir);
	TRY(folder(dir, f));
	TRY(ctx_read(&c));
	return file_copy(&c, &(struct file_way){ from, to, since }, ret);
}

enum err backup_files(const char *file, const char *to, bool copy, struct file_report *ret, struct fault *f)
{
	ARENA a = arena_new((size_t)1 << 30);
	struct app app = { .data_dir = to };
	struct ctx c;
	char db[4200], from[4300], into[4200];
	const char *slash = strrchr(file, '/');
	snprintf(db, sizeof db, "%s/xiaoan.db", to);
	snprintf(from, sizeof from, "%.*s/files", slash ? (int)(slash - file) : 1, slash ? file : ".");
	snprintf(into, sizeof into, "%s/files", to);
	TRY(store_open(db, NULL, &app.store, f));
	ctx_init(&c, &app, a, f, &actor_system);
	enum err e = ctx_read(&c);
	if (e == OK)
		e = copy ? file_copy(&c, &(struct file_way){ from, into, 0 }, ret) : file_check(&c, from, ret);
	store_close(app.store);
	return e;
}

enum err backup_make(struct app *app, const char *dir, const struct filekey *pub, struct backup_info *ret, struct fault *f)
{
	char scratch[4200];
	struct backup_info i = { 0 };
	TRY(folder(dir, f));
	/* beside the database, not beside the backups: what is not sealed never leaves the data folder */
	snprintf(scratch, sizeof scratch, "%s/.backup.db", app->data_dir);
	scratch_gone(scratch);
	enum err e = make_from(app, dir, scratch, pub, &i, f);
	scratch_gone(scratch);
	if (e != OK)
		return e;
	backup_log_joined(i.chain);
	*ret = i;
	return OK;
}

/* ---- listing and keeping ---- */

static int newer_first(const void *a, const void *b)
{
	const struct backup_info *x = a, *y = b;
	return x->made < y->made ? 1 : x->made > y->made ? -1 : 0;
}

static enum err one_info(const char *dir, const char *file, struct backup_info *ret)
{
	char path[4400], text[4096];
	snprintf(path, sizeof path, "%s/%s", dir, file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return ERR_IO;
	TRY(manifest_get((struct str){ text, (size_t)n }, ret, NULL));
	snprintf(path, sizeof path, "%s/%s.backup", dir, ret->name);
	return access(path, R_OK) == 0 ? OK : ERR_NOT_FOUND;
}

enum err backup_list(struct arena *a, const char *dir, struct backup_info **ret, size_t *ret_n, struct fault *f)
{
	struct backup_info *v = NULL, one;
	size_t n = 0, cap = 0;
	DIR *d = opendir(dir);
	if (!d && errno != ENOENT)
		return fail(f, ERR_IO, NULL, "%s: %s", dir, strerror(errno));
	for (struct dirent *e; d && (e = readdir(d));)
		if (str_ends(str_of(e->d_name), ".txt") && one_info(dir, e->d_name, &one) == OK)
			VEC_PUSH(a, v, n, cap, one);
	if (d)
		closedir(d);
	if (n)
		qsort(v, n, sizeof *v, newer_first);
	*ret = v;
	*ret_n = n;
	return OK;
}

static void remove_backup(const char *dir, const struct backup_info *i)
{
	char path[4400];
	snprintf(path, sizeof path, "%s/%s.backup", dir, i->name);
	unlink(path);
	snprintf(path, sizeof path, "%s/%s.txt", dir, i->name);
	unlink(path);
}

/* Of parts of earlier chains, and of this one before its oldest kept backup of the week. */
static void sweep_log(const char *dir, const struct backup_info *v, size_t n, const bool *keep)
{
	char path[4400];
	snprintf(path, sizeof path, "%s/log", dir);
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		long long chain, seq;
		bool wanted = false;
		if (sscanf(e->d_name, "%lld-%lld.log", &chain, &seq) != 2)   /* banned: a name of our own making */
			continue;
		for (size_t i = 0; i < n; i++)
			wanted |= keep[i] && v[i].chain == chain && v[i].seq < seq && v[0].made - v[i].made < 8 * MS_DAY;
		if (!wanted && n && !(v[0].chain < chain)) {
			snprintf(path, sizeof path, "%s/log/%s", dir, e->d_name);
			unlink(path);
		}
	}
	if (d)
		closedir(d);
}

enum err backup_sweep(struct arena *a, const char *dir, struct fault *f)
{
	struct backup_info *v;
	size_t n;
	TRY(backup_list(a, dir, &v, &n, f));
	bool *keep = NEWN(a, bool, n + 1);
	int64_t day = INT64_MAX, week = INT64_MAX, month = INT64_MAX;
	int days = 0, weeks = 0, months = 0;
	for (size_t i = 0; i < n; i++) {
		struct civil t = civil_of(v[i].made);
		int64_t d = day_of(v[i].made), w = (d + 3) / 7, m = t.year * 12 + t.month;
		if (i < 2)
			keep[i] = true;
		if (d != day && days < 7)
			keep[i] = true, day = d, days++;
		if (w != week && weeks < 5)
			keep[i] = true, week = w, weeks++;
		if (m != month && months < 12)
			keep[i] = true, month = m, months++;
	}
	for (size_t i = 0; i < n; i++)
		if (!keep[i])
			remove_backup(dir, &v[i]);
	sweep_log(dir, v, n, keep);
	return OK;
}

/* ---- restoring ---- */

enum err backup_before(struct arena *a, const char *dir, int64_t until, char **ret, struct fault *f)
{
	struct backup_info *v;
	size_t n;
	TRY(backup_list(a, dir, &v, &n, f));
	for (size_t i = 0; i < n; i++)
		if (v[i].made <= until) {
			*ret = arena_printf(a, "%s/%s.backup", dir, v[i].name);
			return OK;
		}
	return fail(f, ERR_NOT_FOUND, N_("There is no backup from before that time."), NULL);
}

/* The manifest ends with a line "end"; what was read beyond it is the database's beginning. */
static enum err read_manifest(struct sealed_in *in, struct buf *b, size_t *ret_end, struct backup_info *ret, struct fault *f)
{
	char part[4096];
	for (;;) {
		size_t n = 0;
		TRY(sealed_in_get(in, part, sizeof part, &n, f));
		buf_put(b, part, n);
		ptrdiff_t at = str_find(buf_view(b), STR("\nend\n"));
		if (at >= 0) {
			*ret_end = (size_t)at + 5;
			return manifest_get((struct str){ b->p, *ret_end }, ret, f);
		}
		if (!n || b->over)
			return fail(f, ERR_INVALID, N_("This is no backup of this program."), "no manifest");
	}
}

static enum err write_db(struct sealed_in *in, const struct buf *head, size_t from, int fd, struct fault *f)
{
	unsigned char *part = xalloc(PART);
	struct str s = { head->p + from, head->n - from };
	enum err e = OK;
	size_t n = 1;
	while (e == OK && n) {
		while (e == OK && s.n) {
			ssize_t w = write(fd, s.p, s.n);
			if (w <= 0)
				e = fail(f, errno == ENOSPC ? ERR_FULL : ERR_IO, NULL, "writing the database: %s", strerror(errno));
			else
				s = (struct str){ s.p + w, s.n - (size_t)w };
		}
		if (e == OK)
			e = sealed_in_get(in, part, PART, &n, f);
		s = (struct str){ (const char *)part, n };
	}
	if (e == OK && fsync(fd) != 0)
		e = fail(f, ERR_IO, NULL, "flushing the database: %s", strerror(errno));
	free(part);
	return e;
}

static enum err unpack(const char *file, const struct filekey *secret, const char *db, struct backup_info *i, struct fault *f)
{
	struct sealed_in *in;
	BUF_AUTO head = BUF(MANIFEST_MAX);
	size_t end = 0;
	unsigned char sha[32];
	char hex[65];
	int64_t bytes = 0;
	TRY(sealed_in_open(file, secret, &in, f));
	enum err e = read_manifest(in, &head, &end, i, f);
	int fd = e == OK ? open(db, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
	if (e == OK && fd < 0)
		e = fail(f, errno == EEXIST ? ERR_DUPLICATE : ERR_IO, errno == EEXIST ? N_("There is a database in this folder already. Please restore into an empty folder.") : NULL,
			 "%s: %s", db, strerror(errno));
	if (e == OK)
		e = write_db(in, &head, end, fd, f);
	if (fd >= 0)
		close(fd);
	sealed_in_close(in);
	TRY(e);
	TRY(file_sha256(db, sha, &bytes, f));
	hex32(sha, hex);
	if (bytes != i->bytes || strcmp(hex, i->sha256) != 0)
		return fail(f, ERR_IO, N_("The file is damaged, cut short, or sealed for another key."), "the database is not the one of the manifest");
	return OK;
}

enum err backup_restore(const char *file, const struct filekey *secret, const char *to, int64_t until, struct backup_info *ret, int64_t *ret_until, struct fault *f)
{
	char part[4200], db[4200], dir[4096];
	struct backup_info i = { 0 }, found = { 0 };
	const char *slash = strrchr(file, '/');
	TRY(folder(to, f));
	snprintf(part, sizeof part, "%s/.restore.db", to);
	snprintf(db, sizeof db, "%s/xiaoan.db", to);
	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
	if (access(db, F_OK) == 0)
		return fail(f, ERR_DUPLICATE, N_("There is a database in this folder already. Please restore into an empty folder."), NULL);
	scratch_gone(part);
	enum err e = unpack(file, secret, part, &i, f);
	*ret_until = i.made;
	if (e == OK && until)
		e = backup_log_apply(dir, secret, part, &i, until, ret_until, f);
	if (e == OK)
		e = backup_check(part, &found, f);
	if (e == OK && *ret_until == i.made && (found.journal_size != i.journal_size || strcmp(found.journal_root, i.journal_root) != 0 || found.logins != i.logins))
		e = fail(f, ERR_DB, NULL, "counts differ from the manifest");
	/* under its name only when all is well; the folder is flushed by the next opening */
	if (e == OK && rename(part, db) != 0)
		e = fail(f, ERR_IO, NULL, "%s: %s", db, strerror(errno));
	if (e != OK)
		scratch_gone(part);
	i.journal_size = found.journal_size;
	i.logins = found.logins;
	snprintf(i.journal_root, sizeof i.journal_root, "%s", found.journal_root);
	*ret = i;
	return e;
}
