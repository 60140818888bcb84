/* What somebody has open, for the page that shows it before it is handed over (handover.c). */
#ifndef XA_ABSORB_HANDOVER_H
#define XA_ABSORB_HANDOVER_H
#include "record/record.h"
/* type "case": she leads it; "team": she works along as `part`; "counsel": a couple that she counsels as `part`, or is in charge of; kase is the couple then. hidden: whoever asks must not know of it. */
struct open_item { const char *type; int64_t id; struct rec *kase; const char *part; bool hidden; };
struct open_work { struct open_item *v; size_t n, cap; };
CHECKED enum err absorb_open_work(struct ctx *c, int64_t staff, struct open_work *ret);
#endif
