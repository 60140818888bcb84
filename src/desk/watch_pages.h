/* Early warning on screen: whom to visit this week and why; what speaks for and against on the page of one household. See sense/warning.h. */
#ifndef XA_DESK_WATCH_PAGES_H
#define XA_DESK_WATCH_PAGES_H
#include "face/face.h"

extern const struct route watch_routes[];
CHECKED enum err watch_extra(struct req *rq, const struct rec *r, struct html *ret);

struct watch_reason { struct str label, points, since, lower; bool against; int share; /* of the largest, per cent */ };
struct watch_line { struct str level, number, url, area, heard, why, decided, review; const char *light; int64_t reports, points; bool picked, drawn, late; };
struct watch_page { struct watch_line *v; size_t n, picked; struct str k; };
struct watch_same { struct str title, url, why, put_url; };
struct watch_panel { struct str points, machine, decided, note; const char *light, *decided_light; bool floor; struct watch_reason *v; size_t n; struct watch_same *same; size_t nsame; };
#endif
