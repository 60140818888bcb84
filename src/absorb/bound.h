/* The whole file of a case (卷宗), bound as one PDF. */
#ifndef XA_BOUND_H
#define XA_BOUND_H
#include "record/record.h"

/* Why a paper of the case is not in its file: one side's alone; measures of protection; words that both must not read (an address, a phone, an ID
 * number, who reported); not read in full by who binds; more than a file holds. */
enum bound_out { OUT_SIDE, OUT_PROTECT, OUT_WORDS, OUT_SIGHT, OUT_MANY, BOUND_OUT_COUNT };
/* unread: scans in whose place a page stands. kept_out: all of out[]. */
struct bound { int pages, papers, scans, unread, kept_out, out[BOUND_OUT_COUNT]; };
/* For who reads the case in full and not by an emergency opening. side "": what both sides know; "a", "b": and what is that side's own. Each scan that
 * goes in is noted as fetched. ERR_STATE: nothing was written down in this case yet. Slow; ret holds the file, and nothing else does. */
CHECKED enum err absorb_bound(struct ctx *c, int64_t kase, struct str side, struct buf *ret, struct bound *ret_sum);
/* What absorb_bound() would put in and leave out, for the same reader with the same errors; nothing is drawn and no scan is opened, so pages is 0 and
 * unread counts by the kind of file alone. */
CHECKED enum err absorb_bound_ask(struct ctx *c, int64_t kase, struct str side, struct bound *ret);
#endif
