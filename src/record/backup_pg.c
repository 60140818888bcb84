/* Why: an office on PostgreSQL needs the same daily, sealed, looked-through backup as one on SQLite, without tools and rights of another
 * house; and must be able to come back from either engine to either.  Invariants: all rows are of one moment; nothing is put into a
 * database that holds any record; the search words, each engine's own, are made anew at the next start. */
#include "record/backup_inner.h"
#include "record/inner.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err words_anew(struct db *d, void *arg, struct fault *f)
{
	(void)arg;
	return db_exec(d, f, "DELETE FROM setting WHERE name = 'search_form'", NOARGS, NULL);
}

static enum err move(struct store *from, struct store *to, struct fault *f)
{
	TRY(store_transfer(from, to, f));
	return store_write(to, words_anew, NULL, f);
}

enum err backup_dump(struct app *app, const char *path, struct fault *f)
{
	struct store *to;
	ARENA a = arena_new(0);
	TRY(store_open(path, &(struct store_options){ .fast_unsafe = true }, &to, f));
	enum err e = app_migrate(to, a, f);
	if (e == OK)
		e = move(app->store, to, f);
	store_close(to);
	return e;
}

static enum err flush_file(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	int why = errno;
	if (fd >= 0)
		close(fd);
	return ok ? OK : fail(f, why == ENOSPC ? ERR_FULL : ERR_IO, NULL, "%s: errno %d", path, why);
}

enum err backup_plain(struct app *app, const char *file, struct fault *f)
{
	if (!store_is_postgres(app->store))
		return store_copy(app->store, file, f);
	if (access(file, F_OK) == 0)
		return fail(f, ERR_DUPLICATE, N_("A file of this name exists already."), "%s", file);
	enum err e = backup_dump(app, file, f);
	if (e == OK)
		e = flush_file(file, f);
	if (e != OK)
		scratch_gone(file);
	return e;
}

static enum err must_be_empty(struct store *s, struct fault *f)
{
	struct db *d;
	int64_t size = 0, units = 0;
	TRY(store_reader(s, &d, f));
	TRY(db_int(d, f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &size, NULL));
	TRY(db_int(d, f, "SELECT CAST(COUNT(*) AS INTEGER) FROM setting", NOARGS, &units, NULL));
	return size || units ? fail(f, ERR_DUPLICATE, N_("That PostgreSQL database holds data already. Please restore into an empty one."), NULL) : OK;
}

static enum err put_into(struct store *from, struct store *to, const struct backup_info *want, struct fault *f)
{
	struct backup_info found = { 0 };
	ARENA a = arena_new(0);
	TRY(app_migrate(to, a, f));
	TRY(must_be_empty(to, f));
	TRY(move(from, to, f));
	TRY(backup_look(to, &found, f));
	if (found.journal_size != want->journal_size || strcmp(found.journal_root, want->journal_root) != 0 || found.logins != want->logins)
		return fail(f, ERR_DB, NULL, "what arrived differs from what was sent");
	return OK;
}

enum err backup_into_postgres(const char *file, const char *url, const struct backup_info *want, struct fault *f)
{
	struct store *from, *to = NULL;
	TRY(store_open(file, NULL, &from, f));
	enum err e = store_open(url, &(struct store_options){ .writers = 1 }, &to, f);
	if (e == OK)
		e = put_into(from, to, want, f);
	store_close(to);      /* first: its writer reads from the other */
	store_close(from);
	return e;
}
