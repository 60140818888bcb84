/* One follow-up call after the other: whom to reach, whether it is safe, what to ask, saved, the next. */
#ifndef XA_DESK_VISIT_PAGES_H
#define XA_DESK_VISIT_PAGES_H
#include "desk/inner.h"
extern const struct route visit_routes[];

/* Makes the form of a visit ready for who calls: the persons to reach, and of the points those of this kind of case only. */
CHECKED enum err visit_form(struct req *rq, const struct rec *r, struct step_page *m);
/* Where to go when a visit was written from the row of calls; false: it was not. */
bool visit_goes_on(struct req *rq, struct resp *rs, const struct rec *r, enum err *ret);
#endif
