/*
 * record/keystore.h: where keys live: a store of its own beside the data (DATA/keys.db, or one named by --keys), so that a copy of the
 * data opens nothing, and a key that was destroyed is gone from every copy of the data at once (S22, S23, S27).
 *
 * It holds only keys wrapped under the root key. Its own backups must be kept no longer than KEYSTORE_LIFE_MS: that is how long a destroyed key
 * may live on. Any thread. Tests: tests/record/keys.c, on both engines.
 */
#ifndef XA_RECORD_KEYSTORE_H
#define XA_RECORD_KEYSTORE_H
#include "record/record.h"

#define KEYSTORE_LIFE_MS (35 * MS_DAY)
/* From the moment an epoch is written until it is used: every process has read it by then (they look every 5 s). */
#define KEYSTORE_LEAD_MS 15000

/* Opens the store of app, makes it when the data is new, takes its keys into app->keys. url NULL: DATA/keys.db. */
CHECKED enum err keystore_open(struct app *app, const char *url, bool fast_unsafe, struct fault *f);
void keystore_close(struct app *app);
/* Reads the epochs again: begins those whose moment has come. Every process, each 5 s. */
CHECKED enum err keystore_refresh(struct app *app, struct fault *f);
/* This thread's reader of the key store. */
CHECKED enum err keystore_reader(struct app *app, struct db **ret, struct fault *f);
/* A fresh data key of this class, durable already: handed out from a stock, so that a new case costs no wait. Any thread. */
CHECKED enum err keystore_new(struct app *app, enum key_class cls, int64_t *ret, int *ret_epoch, struct fault *f);
/* Writes a new epoch, used from lead_ms on, and notes the start in the journal. */
CHECKED enum err keystore_begin(struct ctx *c, enum suite s, int64_t lead_ms, int *ret_epoch);
/* Destroys data keys: rows overwritten, journal of the file cut, memory wiped. Unknown ones are passed over. */
CHECKED enum err keystore_destroy(struct app *app, const int64_t *ids, size_t n, struct fault *f);
/* Online copy of the store into a new SQLite file. */
CHECKED enum err keystore_copy(struct app *app, const char *path, struct fault *f);
/* What such a file holds into an empty PostgreSQL. ERR_DUPLICATE: it is not empty. */
CHECKED enum err keystore_into_postgres(const char *file, const char *url, struct fault *f);
/* Grows with each change of the store, another process' seen too (PostgreSQL: differs after each, all but surely). Waits for the store's writer. */
CHECKED enum err keystore_version(struct app *app, int64_t *ret, struct fault *f);
/* Wraps what an older suite or root wrapped. */
CHECKED enum err keystore_rewrap(struct app *app, struct fault *f);
/* Marks the epochs below this one retired (nothing is sealed under them), and removes those retired KEYSTORE_LIFE_MS ago. */
CHECKED enum err keystore_retire(struct app *app, int below, int64_t now, int *ret_retired, struct fault *f);
struct keystore_epoch { int number; enum suite suite; int64_t made, active_at, retired; };
CHECKED enum err keystore_epochs(struct app *app, struct arena *a, struct keystore_epoch **ret, size_t *ret_n, int64_t *ret_data_keys, struct fault *f);

/* ---- what records seal under (seals.c) ----------------------------------------------------------------------------- */

enum key_class type_class(const struct rtype *t);      /* by its level */
bool type_keyed(const struct rtype *t);                /* L3, L4: a data key for each case or clue */
int64_t rec_subject(const struct rec *r);              /* whose data key it is: its parent, or itself */
/* Writes down the data keys that a record's own seals tell of. Writer. */
CHECKED enum err rec_keys_note(struct ctx *c, const struct rec *r);
/* Seals every field of now that is set, sealed by the catalogue and not sealed yet; then its columns can be written. A reader (ahead of the writer's turn) may seal a new case's fields too, and the writer then
 * finds them sealed, but a subject that has no key of this epoch yet is left to the writer. ERR_STATE: the keys were destroyed. */
CHECKED enum err rec_seal(struct ctx *c, const struct rec *old, struct rec *now);

/* ---- sealing anew (reseal.c) ------------------------------------------------------------------------------------------ */

struct reseal_report { int64_t rows /* resealed now */, left /* still under old keys; -1: not counted */; bool done; };
/* Works for about budget_ms in small transactions, wherever the last one (or a killed one) stopped; then counts; at 0 retires the old
 * epochs and notes the end in the journal. Nothing to do: done at once. */
CHECKED enum err reseal_some(struct app *app, int64_t budget_ms, struct reseal_report *ret, struct fault *f);
/* Rows under another key or suite than today's, by table; the whole table is read. */
struct reseal_count { const char *name; int64_t rows, behind; };
CHECKED enum err reseal_counts(struct ctx *c, struct reseal_count **ret, size_t *ret_n);
/* The repeating job of the server. */
CHECKED enum err reseal_job(struct ctx *c, struct str arg);

/* ---- destroying (shred.c) ------------------------------------------------------------------------------------------------ */

/* Ends what a case or clue and its children say: data keys, sealed columns, blind indexes, search words. What remains is its
 * skeleton (number, place, codes, times), from which statistics come. Writer; the keys go right after the commit, and again at
 * the next start should the machine stop between. ret_keys: how many data keys. */
CHECKED enum err shred(struct ctx *c, const char *type, int64_t id, int64_t *ret_keys);
/* Destroys keys of what was shredded that are still there. At each start, and after a restored backup. */
CHECKED enum err shred_finish(struct app *app, struct fault *f);
#endif
