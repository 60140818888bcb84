/* Why: an office that cannot copy its database while people work will not copy it; and a copy that was never restored is a hope.
 * Invariants: the keys are in no backup of the data, so that who finds one finds nothing in it; a restore writes into an empty folder. */
#include "cli/cli.h"
#include "record/backup.h"
#include "record/files.h"
#include "record/keystore.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err write_new(const char *path, const char *line, mode_t mode, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	bool ok = fd >= 0 && dprintf(fd, "%s\n", line) > 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok ? OK : fail(f, ERR_IO, errno == EEXIST ? N_("A file of this name exists already.") : NULL, "%s: %s", path, strerror(errno));
}

/* The secret never lies in the data folder: it would be stolen with it. */
static int keygen(struct cli *x)
{
	char pub[FILEKEY_TEXT], secret[FILEKEY_TEXT], *path = arena_printf(x->a, "%s/backup.pub", x->app.data_dir);
	if (x->nwords != 2)
		return cli_usage(x, tr(x->lang, N_("Name the file for the secret key, on a medium that you take away.")));
	if (mkdir(x->app.data_dir, 0700) != 0 && errno != EEXIST)
		return cli_fail(x, fail(&x->f, ERR_IO, N_("The data folder cannot be made."), "%s", x->app.data_dir));
	if (access(path, F_OK) == 0)
		return cli_fail(x, fail(&x->f, ERR_DUPLICATE, N_("There is a backup key already. To change it, first move backup.pub away; old backups open with the old secret key only."), NULL));
	filekey_new(pub, secret);
	enum err e = write_new(x->words[1], secret, 0600, &x->f);
	if (e == OK)
		e = write_new(path, pub, 0644, &x->f);
	if (e != OK)
		return cli_fail(x, e);
	printf("%s\n", tr(x->lang, N_("The public key is in the data folder. Print the file of the secret key, take both away from this machine, and restart xiaoan serve.")));
	return 0;
}

static int say_info(struct cli *x, const struct backup_info *i)
{
	BUF_AUTO t = BUF(64);
	datetime_put(&t, i->made);
	printf("%s  %s  %.1f MiB  %s %lld  %s\n", t.p, i->name, (double)i->bytes / (1 << 20), tr(x->lang, N_("journal entries:")), (long long)i->journal_size, i->file_sha256);
	return 0;
}

static int list(struct cli *x)
{
	struct backup_info *v;
	size_t n;
	const char *dir = cli_opt(x, "dir") ? cli_opt(x, "dir") : arena_printf(x->a, "%s/backups", x->app.data_dir);
	enum err e = backup_list(x->a, dir, &v, &n, &x->f);
	if (e != OK)
		return cli_fail(x, e);
	for (size_t i = 0; i < n; i++)
		say_info(x, &v[i]);
	return 0;
}

static int now(struct cli *x)
{
	struct filekey pub;
	struct backup_info made;
	struct app *app = cli_open(x);
	enum err e = backup_key(app, &pub, &x->f);
	if (e == OK)
		e = backup_make(app, backup_dir(app, x->a, cli_opt(x, "dir")), &pub, &made, &x->f);
	return e == OK ? say_info(x, &made) : cli_fail(x, e);
}

static enum err secret_of(struct cli *x, struct filekey *ret)
{
	if (!cli_opt(x, "key"))
		return fail(&x->f, ERR_INVALID, N_("Name the file of the secret key: --key FILE."), NULL);
	return filekey_read(cli_opt(x, "key"), true, ret, &x->f);
}

/* Whether all files that the restored rows name were there, and were what they were. */
static bool say_files(struct cli *x, const struct file_report *r)
{
	if (!r->files)
		return true;
	printf("%s %lld, %.1f MiB\n", tr(x->lang, N_("Papers and photos:")), (long long)r->files, (double)r->bytes / (1 << 20));
	if (r->missing || r->changed)
		printf("%s %lld, %s %lld (%s)\n", tr(x->lang, N_("missing:")), (long long)r->missing, tr(x->lang, N_("altered:")), (long long)r->changed, r->what);
	return !r->missing && !r->changed;
}

/* Restored whole into a folder that is removed again. */
static int verify(struct cli *x)
{
	struct filekey secret;
	struct backup_info i;
	int64_t until;
	char *dir = arena_printf(x->a, "%s/xiaoan-verify-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (x->nwords != 2)
		return cli_usage(x, tr(x->lang, N_("Name the backup.")));
	enum err e = secret_of(x, &secret);
	if (e == OK && !mkdtemp(dir))
		e = fail(&x->f, ERR_IO, NULL, "%s: %s", dir, strerror(errno));
	if (e != OK)
		return cli_fail(x, e);
	e = backup_restore(x->words[1], &secret, dir, cli_opt(x, "until") ? INT64_MAX : 0, &i, &until, &x->f);
	filekey_wipe(&secret);
	struct file_report files = { 0 };
	if (e == OK)
		e = backup_files(x->words[1], dir, false, &files, &x->f);
	static const char *const left[] = { "xiaoan.db", "xiaoan.db-wal", "xiaoan.db-shm", NULL };
	for (size_t k = 0; left[k]; k++)
		unlink(arena_printf(x->a, "%s/%s", dir, left[k]));
	rmdir(dir);
	if (e != OK)
		return cli_fail(x, e);
	if (!say_files(x, &files))
		return cli_fail(x, fail(&x->f, ERR_DB, N_("The database is whole, but not all of its papers and photos are."), NULL));
	puts(tr(x->lang, N_("The backup was restored, looked through, and is whole.")));
	return say_info(x, &i);
}

/* The keys' own copy, sealed for another holder, kept in another place. A folder gets one by its time, and loses those past their life. */
static int keys(struct cli *x)
{
	struct filekey pub;
	struct stat st;
	const char *with = cli_opt(x, "public") ? cli_opt(x, "public") : arena_printf(x->a, "%s/backup.pub", x->app.data_dir), *to = x->words[1];
	if (x->nwords != 2)
		return cli_usage(x, tr(x->lang, N_("Name the file or folder to write to.")));
	struct app *app = cli_open(x);
	bool dir = stat(to, &st) == 0 && S_ISDIR(st.st_mode);
	enum err e = filekey_read(with, false, &pub, &x->f);
	if (e == OK)
		e = backup_keys_make(app, cli_root_key(x), dir ? backup_keys_name(x->a, to) : to, &pub, &x->f);
	if (e == OK && dir)
		e = backup_keys_sweep(to, 0, &x->f);
	if (e != OK)
		return cli_fail(x, e);
	puts(tr(x->lang, N_("Sealed: root key and key store. Keep it apart from the backups of the data, and no longer than 35 days.")));
	return 0;
}

/* The keys into the folder; tells when their copy is older than the data, or past its life. data_ms 0: no data to compare with. */
static enum err keys_back(struct cli *x, const char *file, const char *secret_file, const char *to, int64_t data_ms)
{
	struct filekey secret;
	int64_t made;
	TRY(filekey_read(secret_file, true, &secret, &x->f));
	enum err e = backup_keys_restore(file, &secret, to, &made, &x->f);
	filekey_wipe(&secret);
	TRY(e);
	printf("%s %s\n", tr(x->lang, N_("The keys are back; their copy was made at:")), datetime_str(x->a, made).p);
	if (data_ms && made < data_ms)
		printf("%s\n", tr(x->lang, N_("That is before the data’s last entry: what was begun in between may not open. Take a newer copy of the keys if there is one.")));
	if (now_ms() - made > KEYSTORE_LIFE_MS)
		printf("%s\n", tr(x->lang, N_("That is more than 35 days ago: keys destroyed since may be in it. Run xiaoan retention plan, and approve anew what was approved.")));
	return OK;
}

static int open_sealed(struct cli *x)
{
	if (x->nwords != 2 || !cli_opt(x, "o"))
		return cli_usage(x, tr(x->lang, N_("Name the sealed copy of the keys, and with -o the folder for them.")));
	enum err e = cli_opt(x, "key") ? keys_back(x, x->words[1], cli_opt(x, "key"), cli_opt(x, "o"), 0)
				       : fail(&x->f, ERR_INVALID, N_("Name the file of the secret key: --key FILE."), NULL);
	return e == OK ? 0 : cli_fail(x, e);
}

/* The keys are left out on purpose: who finds the copy must find nothing in it, and a destroyed key must not live on in it. */
int cmd_backup(struct cli *x)
{
	static const struct { const char *word; int (*run)(struct cli *x); } words[] = {
		{ "keygen", keygen }, { "now", now }, { "list", list }, { "verify", verify }, { "keys", keys }, { "open", open_sealed },
	};
	for (size_t i = 0; x->nwords && i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].word, x->words[0]) == 0)
			return words[i].run(x);
	if (x->nwords != 1)
		return cli_usage(x, tr(x->lang, N_("Say keygen, now, list, verify, keys or open; or name the file to write.")));
	struct app *app = cli_open(x);
	enum err e = backup_plain(app, x->words[0], &x->f);
	if (e != OK)
		return cli_fail(x, e);
	fprintf(stderr, "%s\n", tr(x->lang, N_("Copied. The keys are not in it: run xiaoan backup keys too, to another place.")));
	return 0;
}

/* With --store or --keys what was restored goes on into an empty PostgreSQL, and its file away. */
static enum err into_postgres(struct cli *x, const struct backup_info *i)
{
	char *db = arena_printf(x->a, "%s/xiaoan.db", x->app.data_dir), *keys = arena_printf(x->a, "%s/keys.db", x->app.data_dir);
	enum err e = OK;
	if (x->app.store_url) {
		e = backup_into_postgres(db, x->app.store_url, i, &x->f);
		unlink(db);
	}
	if (e == OK && x->app.keys_url && access(keys, F_OK) == 0) {
		e = keystore_into_postgres(keys, x->app.keys_url, &x->f);
		if (e == OK)
			unlink(keys);
	}
	return e;
}

int cmd_restore(struct cli *x)
{
	struct filekey secret;
	struct backup_info i;
	int64_t until = 0, reached = 0;
	struct stat st;
	if (x->nwords != 1)
		return cli_usage(x, tr(x->lang, N_("Name the backup, or the folder of backups.")));
	if (cli_opt(x, "until") && strcmp(cli_opt(x, "until"), "last") == 0)
		until = INT64_MAX;
	else if (cli_opt(x, "until") && !date_parse(str_of(cli_opt(x, "until")), &until))
		return cli_usage(x, tr(x->lang, N_("--until takes a time such as “2026-11-25 14:30:00”, or “last”.")));
	char *file = arena_cstr(x->a, str_of(x->words[0]));
	enum err e = secret_of(x, &secret);
	if (e == OK && stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		e = backup_before(x->a, file, until ? until : INT64_MAX, &file, &x->f);
	if (e == OK)
		e = backup_restore(file, &secret, x->app.data_dir, until, &i, &reached, &x->f);
	filekey_wipe(&secret);
	if (e != OK)
		return cli_fail(x, e);
	struct file_report files = { 0 };
	e = backup_files(file, x->app.data_dir, true, &files, &x->f);
	if (e != OK)
		return cli_fail(x, e);
	if (!say_files(x, &files))
		puts(tr(x->lang, N_("Look for them in older copies of the folder of backups, and put them into the folder files by hand; their records stand and say so.")));
	BUF_AUTO t = BUF(64);
	iso_put(&t, reached);
	printf("%s %s\n", tr(x->lang, N_("Restored and looked through; it stands as of:")), t.p);
	if (cli_opt(x, "keys-copy")) {
		e = keys_back(x, cli_opt(x, "keys-copy"), cli_opt(x, "keys-secret") ? cli_opt(x, "keys-secret") : cli_opt(x, "key"), x->app.data_dir, reached);
		if (e != OK)
			return cli_fail(x, e);
	}
	e = into_postgres(x, &i);
	if (e != OK)
		return cli_fail(x, e);
	if (access(arena_printf(x->a, "%s/root.key", x->app.data_dir), F_OK) != 0 || (!x->app.keys_url && access(arena_printf(x->a, "%s/keys.db", x->app.data_dir), F_OK) != 0))
		printf("%s\n", tr(x->lang, N_("Now put root.key, keys.db and backup.pub into the folder (xiaoan backup open), then: xiaoan doctor.")));
	return say_info(x, &i);
}
