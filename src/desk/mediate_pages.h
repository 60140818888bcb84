/* What the pages of mediation show beside the catalogue's fields: what can be done about a broken term. Rules: absorb/mediate.h.
 * Tests: tests/absorb/mediate.c. */
#ifndef XA_DESK_MEDIATE_PAGES_H
#define XA_DESK_MEDIATE_PAGES_H
#include "face/face.h"

struct advice_row { struct str label, text; };
struct advice_panel { struct str title, lead; struct advice_row *rows; size_t n; };
CHECKED enum err duty_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
