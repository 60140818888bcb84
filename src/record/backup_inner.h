/* What backup.c and backup_log.c share. */
#ifndef XA_BACKUP_INNER_H
#define XA_BACKUP_INNER_H
#include "record/backup.h"

/* Where the running log stands: the backup made now is followed by seq + 1 of this chain. Zeros without a log. */
void backup_log_at(int64_t *ret_chain, int64_t *ret_seq);
void backup_log_joined(int64_t chain);
/* Applies DIR/log to a restored database file that nobody has open. */
CHECKED enum err backup_log_apply(const char *dir, const struct filekey *secret, const char *db, const struct backup_info *from, int64_t until, int64_t *ret_until, struct fault *f);
/* A SQLite file of what the PostgreSQL store of app holds, without the words for searching; for reading only, so not flushed. */
CHECKED enum err backup_dump(struct app *app, const char *path, struct fault *f);
/* What a database says of itself, on either engine. */
CHECKED enum err backup_look(struct store *s, struct backup_info *ret, struct fault *f);
/* Removes a database file with what SQLite puts beside it. */
void scratch_gone(const char *scratch);
/* Writes the file whole, flushed, by rename. */
CHECKED enum err file_put(const char *path, struct str text, struct fault *f);

#endif
