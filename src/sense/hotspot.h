/*
 * Hot spots (热点): places and weeks in which more family quarrels were heard of than chance would bring, for talks, patrols and a stand on the square; never
 * for a list of homes. Looked for once a day over the whole city: circles of grids and whole communities and towns, the newest one to eight weeks of fifty-two,
 * by the permutation scan of sense/scan.h, which needs no count of people and takes the season out by itself.
 *
 * What our own searches found does not count (who searches more would seem worse), nor what was no family matter. Kept and shown only with three cases of three
 * households at least. Table hotspot (migrations/0406_hotspot.sql). Tests: tests/sense/hotspot.c.
 */
#ifndef XA_HOTSPOT_H
#define XA_HOTSPOT_H
#include "record/record.h"

struct hotspot {
	struct str *area;        /* codes of the grids (or communities) */
	size_t nareas;
	struct str at;           /* what they have in common: grid, community, town or city */
	int weeks;
	int64_t day;             /* of the look */
	int64_t cases, households;
	double expected, risk, p;
};
/* Writer is not needed. Looks anew and replaces what was kept; a daily job. */
CHECKED enum err hotspot_job(struct ctx *c, struct str arg);
/* What was found and lies wholly within the actor's area, most unlikely first. *ret_day: when was looked; 0: never. */
CHECKED enum err hotspots(struct ctx *c, struct hotspot **ret, size_t *ret_n, int64_t *ret_day);
/* Centres of the grids within the actor's area, for a map. */
struct grid_centre { struct str code; double lon, lat; };
CHECKED enum err grid_centres(struct ctx *c, struct str area, struct grid_centre **ret, size_t *ret_n);

#endif
