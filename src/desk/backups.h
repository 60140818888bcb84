/* What the page of backups shows; see backups.c. */
#ifndef XA_DESK_BACKUPS_H
#define XA_DESK_BACKUPS_H
#include "face/face.h"
struct backup_line { struct str made, size, journal, sha; };
struct backups_page {
	bool on;                     /* backups are made: there is a key */
	bool late;                   /* none within 26 hours */
	struct str log_at, log_error;  /* when the log between backups was last put; why it cannot */
	struct backup_line *rows;
	size_t n;
};
extern const struct route backup_routes[];
#endif
