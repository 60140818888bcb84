/*
 * Does the early warning treat all alike, and does it mean what it says? Two looks at what was decided already, for the federation: nothing here is read by the card
 * of points (sense/risk.h), and no attribute of a person is kept by it.
 *
 * Sex, age and whether the ID number was given out here are those of the first party of a household's clues, where an ID number was entered; where none was, that
 * is a group of its own. Reads as the system what it counts and gives counts only. Tests: tests/sense/fair.c.
 */
#ifndef XA_FAIR_H
#define XA_FAIR_H
#include "sense/backtest.h"
#include "sense/warning.h"

#define FAIR_LEAST 100      /* fewer than that in a group, or fewer than five that would be its share: nothing is said of its rate */
enum { FAIR_LOW = 80, FAIR_HIGH = 125 };      /* per cent of the rate of all: outside, somebody looks into it. 设定, after the four-fifths rule of selection audits */

enum fair_by { FAIR_TOWN, FAIR_SEX, FAIR_AGE, FAIR_HERE, FAIR_BYS };
/* n: households under care; picked: of them, for a visit this week by their points (those by lot left out); decided: somebody gave her word; over: of them, another
 * than the points'. */
struct fair_group { struct str key; int64_t n, picked, decided, over; };
struct fair_table { struct fair_group *v; size_t n; struct fair_group all; };
struct fair { struct fair_table by[FAIR_BYS]; int64_t visits, threshold /* points of the last who is picked; -1: none */, unserved /* of at least a level, and not picked */; };
/* Of the households that the actor sees; visits: how many can be made this week. */
CHECKED enum err fair_make(struct ctx *c, int visits, struct fair *ret);
enum fair_say { FAIR_FEW, FAIR_EVEN, FAIR_BELOW, FAIR_ABOVE };
/* part of n against all_part of all_n. */
enum fair_say fair_say(int64_t part, int64_t n, int64_t all_part, int64_t all_n);

/* ---- what the points were followed by ---- */

/* Rates that never fall from one bin to the next, nearest to part/n by least squares (pool adjacent violators); a bin without any takes its neighbour's. */
void fair_rates(const int64_t *part, const int64_t *n, size_t bins, double *ret);

/* [0]: by the points of 180 days ago, what came within 90 days; [1]: by those of 90 days ago, until now. By level, gravest first, the last: below all. */
#define FAIR_LEVELS 9
#define FAIR_LOOKED 2000
struct fair_seen { int64_t n[2][FAIR_LEVELS], grave[2][FAIR_LEVELS]; size_t levels; bool more /* only the newest FAIR_LOOKED were looked at */; };
CHECKED enum err fair_seen(struct ctx *c, struct fair_seen *ret);

#endif
