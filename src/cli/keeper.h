/* The server's keeper: a thread beside the pages that makes backups, looks after the room on the disk and looks the database through
 * at night. It goes by what lies in the folders and by the monotonic clock, so that a clock that jumps makes it neither mad nor idle. */
#ifndef XA_KEEPER_H
#define XA_KEEPER_H
#include "record/backup.h"

struct keeper;
/* Starts the log between backups (SQLite's) when DATA/backup.pub is there, and the thread. dir NULL: DATA/backups. With the log go copies of the
 * key store into DATA/key-backups, sealed to DATA/keys.pub or else to DATA/backup.pub. */
CHECKED enum err keeper_start(struct app *app, const char *dir, struct keeper **ret, struct fault *f);
void keeper_stop(struct keeper *k);       /* joins the thread; takes NULL */
void keeper_free(struct keeper *k);       /* after the store is closed; takes NULL */

/* ---- its parts, for tests ---- */
/* Free bytes of the folder's disk; -1 unknown. */
typedef int64_t room_fn(const char *dir);
int64_t room_free(const char *dir);
/* Sets and ends HALT_ROOM. Below LOW bytes free nothing more is taken, and the ballast file (DATA/ballast) is given up so that what is
 * under way, log-ins and the journal find room; it ends when there is room for the ballast and twice LOW again. */
#define ROOM_LOW (INT64_C(32) << 20)
#define ROOM_BALLAST (INT64_C(64) << 20)
void room_look(struct app *app, room_fn *room);
/* Is a backup due? newest: time of the newest one, 0: none. A newest in the future (the clock went back) counts as old. */
bool backup_due(int64_t newest, int64_t now);
/* Seals a copy of the key store (not the root key) into dir when there is none of the last day, or the store has changed since: a data key that came
 * after the newest copy opens nothing when the machine is lost. Keeps three. k: zeroed at first. */
struct keys_kept { int64_t version, made /* wall clock; 0: not yet by this process */; };
#define KEYS_KEPT 3
CHECKED enum err keys_look(struct app *app, const struct filekey *pub, const char *dir, struct keys_kept *k, struct fault *f);
/* Looks the database file through (quick_check, journal); on damage nothing is written any more: HALT_DAMAGED. */
CHECKED enum err health_look(struct app *app, struct fault *f);

#endif
