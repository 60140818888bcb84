/* Hot spots on a table and a map; see sense/hotspot.h. */
#ifndef XA_DESK_HOT_PAGES_H
#define XA_DESK_HOT_PAGES_H
#include "face/face.h"
extern const struct route hot_routes[];

struct hot_row { struct str where, list, span, cases, expected, risk, seldom; int nth; };
struct hot_dot { int x, y, nth; /* of the row it belongs to; 0: none */ };
struct hot_page { struct hot_row *v; size_t n; struct hot_dot *dot; size_t ndots; int width, height; struct str day; };
#endif
