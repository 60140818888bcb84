/* The whole file of a case (卷宗), bound as one PDF. */
#ifndef XA_BOUND_H
#define XA_BOUND_H
#include "record/record.h"

struct bound { int pages, papers, scans, unread, kept_out; };
/* For who reads the case in full and not by an emergency opening. side "": what both sides know; "a", "b": and what is that side's own. Each scan that
 * goes in is noted as fetched. ERR_STATE: nothing was written down in this case yet. Slow; ret holds the file, and nothing else does. */
CHECKED enum err absorb_bound(struct ctx *c, int64_t kase, struct str side, struct buf *ret, struct bound *ret_sum);
#endif
