/*
 * Backups (S48): a copy of the database page by page, restored into scratch and checked before it is called a backup, sealed to a
 * public key. PostgreSQL's rows go into such a database too, so that a backup of either engine is restored to either. And the log between two
 * backups, from which any moment can be restored: SQLite's only, PostgreSQL archives its own (docs/operator.md).
 *
 *     DIR/20261125T151500Z-CHAIN-SEQ.backup     sealed: manifest, then the database
 *     DIR/20261125T151500Z-CHAIN-SEQ.txt        the manifest again, for who lists them: hashes and counts, no content
 *     DIR/log/CHAIN-SEQ.log                     sealed: pages as commits left them, with the times of the commits
 *     DIR/log/position                          where the log stands
 *     DIR/files/                                papers and photos as they lie in DATA/files, enciphered under keys that are in no backup
 *
 * The keys are in none of them: their copies have a life of their own (35 days) in a place of their own:
 *
 *     FOLDER/keys-20261125T151500Z.sealed       sealed: the root key, when it was asked for, and the key store
 */
#ifndef XA_BACKUP_H
#define XA_BACKUP_H
#include "record/record.h"
#include "safe/sealed_file.h"

struct backup_info {
	char name[128];                   /* without folder and ending */
	int64_t made, bytes, chain, seq;  /* bytes: of the database; the log from seq + 1 on follows it */
	int64_t journal_size, logins, migration, files, file_bytes;
	char journal_root[65], sha256[65], file_sha256[65];
};

/* DATA/backup.pub. ERR_NOT_FOUND when there is none. */
CHECKED enum err backup_key(const struct app *app, struct filekey *ret, struct fault *f);
/* DIR when none was given: DATA/backups. */
const char *backup_dir(const struct app *app, struct arena *a, const char *given);
/* Copies, checks, seals, reads back. Slow: a thread of its own. */
CHECKED enum err backup_make(struct app *app, const char *dir, const struct filekey *pub, struct backup_info *ret, struct fault *f);
/* Newest first. An absent folder: none. */
CHECKED enum err backup_list(struct arena *a, const char *dir, struct backup_info **ret, size_t *ret_n, struct fault *f);
/* Keeps the newest of each of the last 7 days, 5 weeks and 12 months that have one, never fewer than 2, and the log since the oldest of the
 * last 7 days; removes the rest. */
CHECKED enum err backup_sweep(struct arena *a, const char *dir, struct fault *f);

/* What a database file says of itself when it is looked through: integrity, references, journal, log-ins. ERR_DB names what is wrong. */
CHECKED enum err backup_check(const char *db, struct backup_info *ret, struct fault *f);

/* Opens FILE into the folder `to` (made when absent; ERR_DUPLICATE when it holds a database), applies the log in FILE's folder up to `until` (0: none of
 * it; INT64_MAX: all), checks everything. ret_until: the time of the last commit that is in it. */
CHECKED enum err backup_restore(const char *file, const struct filekey *secret, const char *to, int64_t until, struct backup_info *ret, int64_t *ret_until, struct fault *f);
/* Puts what was restored into FILE (a database) into the empty PostgreSQL of url, and holds it against want. ERR_DUPLICATE: it is not empty. */
CHECKED enum err backup_into_postgres(const char *file, const char *url, const struct backup_info *want, struct fault *f);
/* A plain copy, of either engine, that whoever has it can read: a SQLite file, flushed. */
CHECKED enum err backup_plain(struct app *app, const char *file, struct fault *f);
/* The files that a restored database DATA/xiaoan.db names: from FILE's folder into DATA/files (copy), or only looked at there; each by its hash. */
struct file_report;
CHECKED enum err backup_files(const char *file, const char *to, bool copy, struct file_report *ret, struct fault *f);
/* Into DIR/files what was handed in after `since`; 0: all of it, each looked at. */
CHECKED enum err backup_files_make(struct app *app, const char *dir, int64_t since, struct file_report *ret, struct fault *f);
/* The newest backup of DIR not later than `until`: its path in the arena. ERR_NOT_FOUND. */
CHECKED enum err backup_before(struct arena *a, const char *dir, int64_t until, char **ret, struct fault *f);

/* ---- the keys ---- */

/* Seals the root key's file as it lies (NULL: without it) and a copy of the key store. */
CHECKED enum err backup_keys_make(struct app *app, const char *root, const char *file, const struct filekey *pub, struct fault *f);
/* Name of a copy made now in this folder; the names sort by time. */
char *backup_keys_name(struct arena *a, const char *dir);
/* Removes copies older than KEYSTORE_LIFE_MS, for a destroyed key lives on in them, and with keep > 0 all but the newest so many. The newest stays. */
CHECKED enum err backup_keys_sweep(const char *dir, int keep, struct fault *f);
/* Brings back what is in FILE: root.key, keys.db (looked through). ERR_DUPLICATE: such a key is there already. ret_made: when the copy was made. */
CHECKED enum err backup_keys_restore(const char *file, const struct filekey *secret, const char *to, int64_t *ret_made, struct fault *f);

/* ---- the log ---- */
struct backup_log;
/* From now on at the latest every_ms after a commit what it changed lies sealed in DIR/log. The app must have been opened with keep_log. */
CHECKED enum err backup_log_start(struct app *app, const char *dir, const struct filekey *pub, int64_t every_ms, struct backup_log **ret, struct fault *f);
/* The log has a gap, or is new: only a backup made after this joins it. */
bool backup_log_wants(const struct backup_log *l);
int64_t backup_log_last(const struct backup_log *l);      /* ms when something was last put; 0 never */
const char *backup_log_error(const struct backup_log *l); /* why the last part could not be put; NULL: it could */
void backup_log_free(struct backup_log *l);               /* after the store is closed; takes NULL */

#endif
