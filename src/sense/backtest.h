/*
 * How the card of points (sense/risk.h) does in a made-up city whose truth is hidden from it: 模拟, no claim about a real one. Nobody has public data of what
 * came of households; so this shows only that the card is no worse than two simple rivals where the world is as written here, and what a change of it does.
 *
 * The world, week by week: a household is calm, strained or violent (hidden). Calm becomes strained, strained violent or calm again, violent strained; each at
 * a rate of its own that the household was born with (log-normal), faster for two months after a separation. A quarrel is reported by one of six channels with
 * a chance that grows with the state, or found by a search; the grade is what the state suggests, wrong one time in five. A grave event (hidden until it comes:
 * injury, an order, a second alarm) happens in the violent state, and sometimes out of nowhere. Seed and size give the same bytes on every machine.
 */
#ifndef XA_BACKTEST_H
#define XA_BACKTEST_H
#include "sense/risk.h"

enum { BY_POINTS, BY_COUNT, BY_LAST, BY_METHODS };    /* the card; reports within 180 days; the gravest report, then the newest */
struct backtest {
	int households, weeks, capacity;     /* capacity: visits a week */
	uint64_t seed;
	/* ret: */
	int64_t grave, reports;              /* grave events of households that were heard of at all in the year before; reports */
	int64_t heardof;                     /* household-weeks of who was heard of within a year */
	struct { int64_t listed, right;      /* household-weeks on the list; of which a grave event came within 90 days */
		 int64_t caught, lead_days;  /* grave events before which (at most 90 days) the household was listed; median days from the first listing to it */
	} by[BY_METHODS];
};
void backtest_run(const struct codes *cs, struct backtest *b);

#endif
