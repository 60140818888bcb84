/* Papers of a case as they were numbered and kept (issued.c). Only for absorb/ and its pages. */
#ifndef XA_ABSORB_ISSUED_H
#define XA_ABSORB_ISSUED_H
#include "absorb/absorb.h"
#include "paper/paper.h"

/* Which paper a code of codes/issued_form.tsv or office_form.tsv is, of those that this keeper keeps; NULL: none. */
const struct absorb_paper *issued_form(struct str code, enum paper_keeper keeper);
/* In prepare() of a kept paper: edition, words, digest, reader, hour and the unit's own number; the paper's number is the type's own affair. Faults as absorb_paper();
 * ERR_STATE: one of this form is in force. */
CHECKED enum err issued_fill(struct ctx *c, const struct absorb_paper *w, struct rec *now);
/* A fault where the unit's own number is too short or used, in either book. */
CHECKED enum err issued_own_number(struct ctx *c, const struct rec *old, struct rec *now);
/* A fault where it would be signed in the future or before it was kept. */
void issued_day_fits(struct ctx *c, const struct rec *now);
/* Of a type, "issued" or "office_paper": the paper with the words it was kept with, and what was signed on it on the screen. For who reads both it and what it was made of in full; ERR_STATE: it would
 * hold what has become a secret since. In c->a. */
CHECKED enum err issued_sheet(struct ctx *c, const char *type, int64_t id, struct document *ret, struct rec **ret_r);
#endif
