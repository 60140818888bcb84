/* The pages of a case that are one side's, both sides', or two persons': receipts of parties, the joint paper, what was opened from the
 * vault. Rules: absorb/absorb.h. Tests: tests/absorb/wall.c, tests/absorb/vault.c. */
#ifndef XA_DESK_SIDE_PAGES_H
#define XA_DESK_SIDE_PAGES_H
#include "face/face.h"

extern const struct route side_routes[];
struct side_page { struct str title, lead, code, until, back_url; int64_t seconds; };
struct side_button { struct str url, label, text; bool post; };
/* For the record pages of party, agreement and opening. */
CHECKED enum err side_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
