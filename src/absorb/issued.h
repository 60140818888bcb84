/* Papers of a case as they were numbered and kept (issued.c). Only for absorb/ and its pages. */
#ifndef XA_ABSORB_ISSUED_H
#define XA_ABSORB_ISSUED_H
#include "absorb/absorb.h"
#include "paper/paper.h"

/* Which paper a code of codes/issued_form.tsv is; NULL: none. */
const struct absorb_paper *issued_form(struct str code);
/* The paper with the words it was kept with, and what was signed on it on the screen. For who reads both it and what it was made of in full; ERR_STATE: it would
 * hold what has become a secret since. In c->a. */
CHECKED enum err issued_sheet(struct ctx *c, int64_t id, struct document *ret, struct rec **ret_r);
#endif
