/* The papers of a case as an office keeps them: the bound file. Rules: absorb/bound.h. Tests: tests/absorb/bound.c. */
#ifndef XA_DESK_PAPER_PAGES_H
#define XA_DESK_PAPER_PAGES_H
#include "face/face.h"

extern const struct route paper_routes[];
struct bound_panel { struct str url, a, b; };
/* For the page of a case. */
CHECKED enum err bound_case(struct req *rq, const struct rec *kase, struct buf *ret);
#endif
