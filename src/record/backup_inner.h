/* What backup.c and backup_log.c share. */
#ifndef XA_BACKUP_INNER_H
#define XA_BACKUP_INNER_H
#include "record/backup.h"

/* Where the running log stands: the backup made now is followed by seq + 1 of this chain. Zeros without a log. */
void backup_log_at(int64_t *ret_chain, int64_t *ret_seq);
void backup_log_joined(int64_t chain);
/* Applies DIR/log to a restored database file that nobody has open. */
CHECKED enum err backup_log_apply(const char *dir, const struct filekey *secret, const char *db, const struct backup_info *from, int64_t until, int64_t *ret_until, struct fault *f);
/* Writes the file whole, flushed, by rename. */
CHECKED enum err file_put(const char *path, struct str text, struct fault *f);

#endif
