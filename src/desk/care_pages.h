/* Early warning on screen: whom to visit this week and why; what speaks for and against on the page of one household. See sense/warning.h. */
#ifndef XA_DESK_CARE_PAGES_H
#define XA_DESK_CARE_PAGES_H
#include "face/face.h"

extern const struct route care_routes[];
/* On the page of a clue or a case: that its people are looked after already. Empty when not. */
CHECKED enum err care_about(struct req *rq, const struct rec *r, struct html *ret);
CHECKED enum err care_extra(struct req *rq, const struct rec *r, struct html *ret);

struct care_reason { struct str label, points, since, lower; bool against; int share; /* of the largest, per cent */ };
struct care_line { struct str level, number, url, area, heard, why, decided, review; const char *light; int64_t reports, points; bool picked, drawn, late; };
struct care_page { struct care_line *v; size_t n, picked; struct str k; };
struct care_note { const char *light; struct str level, number, url; int64_t reports; struct str last; };
struct check_row { struct str label, caught, right, lead; };
struct check_page { struct check_row v[8]; size_t n; struct str k, households, weeks, reports, grave; };
struct care_same { struct str title, url, why, put_url; };
struct care_panel { struct str points, machine, decided, note; const char *light, *decided_light; bool floor; struct care_reason *v; size_t n; struct care_same *same; size_t nsame; };
#endif
