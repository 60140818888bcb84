/* A morning's inbox given out on one page: what is proposed for each and why, changed or left out row by row, carried out one by one. See absorb/plan.h. */
#ifndef XA_DESK_DISPATCH_PAGES_H
#define XA_DESK_DISPATCH_PAGES_H
#include "face/face.h"

extern const struct route dispatch_routes[];

struct dispatch_line {
	struct str nth, key, number, url, area, kind, since, why, second, second_why, waits, tag;
	const char *light;
	bool grave, tick, over;
	struct option *to, *choice;
	size_t nto, nchoice;
};
struct dispatch_said { struct str number, url, to, why; bool done; };
struct dispatch_sum { struct str name, waiting, given, load, fullest, gini; };
struct dispatch_page {
	struct dispatch_line *v;
	size_t n, grave;
	struct dispatch_sum sum[2];
	size_t nsum;
	struct dispatch_said *said;
	size_t nsaid, refused;
	struct str more, extra, outcome;
	bool rest;           /* more waits than is shown */
};
#endif
