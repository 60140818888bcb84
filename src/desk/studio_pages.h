/* The pages of studios and mediators that the catalogue does not make by itself: all open work of a mediator with who could take each, and what became
 * of it. Rules: absorb/handover.c, people/mediators.c. Tests: tests/absorb/studios.c, tests/desk/studio.c. */
#ifndef XA_DESK_STUDIO_PAGES_H
#define XA_DESK_STUDIO_PAGES_H
#include "face/face.h"

extern const struct route studio_routes[];

struct hand_line { struct str name, number, state, part, why, url; struct option *to; size_t nto; };
struct hand_page { struct str title, back_url, url, error, idem; struct option *reasons; size_t nreasons; struct hand_line *v; size_t n; size_t hidden; };
struct hand_row { struct str number, url, to, why; };
/* Of one mediator of a studio, this year. */
struct pack_row { struct str name, hours, passed, lacks; };
struct hand_panel { struct pack_row *pack; size_t npack; struct str pack_title, pack_sum; struct hand_row *v; size_t n; struct str url, away, work_url, roster_url, training; bool lacks; };
/* On the pages of a studio, a mediator and of a handing over. */
CHECKED enum err studio_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
