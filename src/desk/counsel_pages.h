/* What the pages of counselling and of visits show beyond their fields: whether they may sit together, the days of the cooling-off period, the list
 * that is gone over; and the page on which a figure is held against its division. Rules: absorb/absorb.h, report/month.h. Tests: tests/desk/counsel.c. */
#ifndef XA_DESK_COUNSEL_PAGES_H
#define XA_DESK_COUNSEL_PAGES_H
#include "face/face.h"

extern const struct route counsel_routes[];

struct counsel_day { struct str day, text; const char *light; bool now; };
struct counsel_panel { struct str why; bool danger; struct counsel_day *days; size_t ndays; struct str contact_a, contact_b; };
struct visit_list { struct str label; bool done, must; };
struct visit_panel { struct visit_list *rows; size_t n; bool made; };
struct figure_page { struct str num, den, claimed, error, verdict; bool right, asked; struct str *notes; size_t n; };
CHECKED enum err counsel_extra(struct req *rq, const struct rec *r, struct html *ret);
CHECKED enum err visit_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
