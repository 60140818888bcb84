/*
 * A VFS of SQLite for tests, the default one once crashvfs_on() was called. It lies over the system's and does two things:
 *
 *  - it keeps a log of each write, truncation, flush and deletion of the database and its WAL, from which
 *    crash_state() makes what a power cut could have left: all that was flushed, and of what was not any subset in any order,
 *    torn in sectors of 512 bytes, parts of which may be rubbish;
 *  - it fails: the n-th operation counted from fault_at(), once or from then on.
 */
#ifndef XA_TEST_CRASHVFS_H
#define XA_TEST_CRASHVFS_H
#include "base/base.h"
#include "base/clock.h"

void crashvfs_on(void);

/* ---- the log ---- */
void crash_log_start(void);             /* empties it; the files are taken to be empty or absent */
void crash_log_stop(void);
int crash_log_mark(int64_t what);       /* a mark in the log: what was acknowledged by now; returns its place */
size_t crash_log_size(void);
/* The state after a power cut just before entry `at` of the log (walking forward only: `at` never less than before). Writes dir/NAME for
 * the database and its WAL. *ret_acked: the greatest mark before. */
bool crash_state(size_t at, struct rng *rng, const char *dir, int64_t *ret_acked);
void crash_rewind(void);

/* ---- faults ---- */
enum fault_kind { FAULT_NONE, FAULT_EIO, FAULT_FULL, FAULT_SHORT /* half is written, then EIO */ };
void fault_at(enum fault_kind kind, int64_t n, bool sticky);   /* the n-th read, write, flush, truncation, opening or map from now, from 1 */
bool fault_fired(void);
int64_t fault_counted(void);            /* operations since fault_at() */
#endif
