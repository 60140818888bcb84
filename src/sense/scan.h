/*
 * Where and when more comes than chance would bring: the scan statistic of Kulldorff (1997; space-time 2001, permutation 2005), with p-values by Monte Carlo.
 * For prevention work in a place; never for a household, and never shown for so few that a household could be told (hotspot.h guards that).
 *
 * Nothing here knows records. Same input and seed, same answer. Tests: tests/sense/scan.c.
 */
#ifndef XA_SCAN_H
#define XA_SCAN_H
#include "base/base.h"

/* Windows: the first cut[i] places of an order, for each cut; as circles around a place that grow, or as a community and a town. */
struct scan_path { const int *place, *cut; int ncuts; };
struct scan_case { int place, time; };
struct scan_cluster {
	int path, cut, times;        /* which window: the newest `times` steps of time */
	int64_t cases;
	double expected, llr, p;     /* p: share of replicates, this one counted, whose largest is as large */
	double risk;                 /* relative to all that lies outside; 0: nothing lies there */
};
struct scan {
	int places;
	const struct scan_path *path;
	int npaths;
	/* By space alone: cases and expected of each place (expected: any scale). */
	const int64_t *cases;
	const double *expected;
	/* In space and time (each not NULL): the cases one by one, time 0 the newest, below `times`; of windows the newest 1 … `newest` (at most 64) steps; what
	 * is expected follows from how often places and times come at all (permutation). */
	const struct scan_case *each;
	size_t n;
	int times, newest;
	int replicates;              /* 999 */
	int enough;                  /* so many replicates with one as large as the largest: no more are drawn (Besag and Clifford 1991); 0: all are */
	uint64_t seed;
	int least;                   /* cases in a window that is reported, 3 */
};
/* The clusters that do not overlap, most unlikely first, at most max; p of each against the largest of all windows of each replicate: that of a second one is
 * cautious. Memory from the arena. */
size_t scan_run(const struct scan *s, struct arena *a, struct scan_cluster *ret, size_t max);
/* Orders of the places by distance from each, cut after each of the nearest, at most `most` places and at most half of all weight (NULL: of the places).
 * lon, lat in degrees. */
struct scan_path *scan_circles(struct arena *a, const double *lon, const double *lat, const double *weight, int places, int most);

#endif
