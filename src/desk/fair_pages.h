/* Does the early warning treat all alike, and does it mean what it says? Tables and a plot for the federation of town and city; see sense/fair.h. */
#ifndef XA_DESK_FAIR_PAGES_H
#define XA_DESK_FAIR_PAGES_H
#include "face/face.h"

extern const struct route fair_routes[];

struct fair_row { struct str label, n, picked, picked_rate, over, over_rate; const char *picked_say, *over_say; bool picked_out, over_out; };
struct fair_sheet { struct str title; struct fair_row *v; size_t n; };
struct fair_then { struct str label, n[2], rate[2]; };
struct fair_page { struct str k, threshold, unserved; bool cut, more; struct fair_sheet v[4]; size_t n; struct fair_then *then; size_t nthen; };

/* One mark of the plot: where the rate learned and the rate seen meet, and how far chance alone reaches. */
struct cal_dot { int x, y, top, bottom, r; struct str label, n, expected, seen; bool few; };
struct cal_plot { struct cal_dot v[8]; size_t n; struct str most, expected, seen; };
struct backtest;
void fair_plot(struct ctx *c, const struct backtest *b, struct cal_plot *ret);

#endif
