/* The auditor's questions (S33): who read outside duty hours, about neighbours or namesakes, far more than others of the post; who
 * was refused again and again. A figure is a reason to ask, never a verdict. */
#ifndef XA_PEOPLE_WATCH_H
#define XA_PEOPLE_WATCH_H
#include "record/record.h"

/* Duty hours: working days of the official calendar, from 8:00 to 18:00. */
#define DUTY_FROM 8
#define DUTY_TO 18
bool watch_on_duty(const struct calendar *cal, int64_t ms);

enum watch_fig { WATCH_READS, WATCH_NIGHT, WATCH_NEAR, WATCH_NAMESAKE, WATCH_REVEAL, WATCH_DENIED, WATCH_GLASS, WATCH_EXPORT, WATCH_FAILED, WATCH_COUNT };
/* median: of reads among those of her post in the span. unusual: at least 20 reads and five times that. */
struct watch_row { int64_t user, org, n[WATCH_COUNT], median; enum role role; bool unusual; };
/* A read of a record of her own community (home: her place in the register of persons, found by her phone) although her post is not
 * there, or of somebody who bears her name. */
struct watch_tie { int64_t user, rid, n, last; struct str type, area; bool near, namesake; };
struct watch {
	int64_t from, to, sum[WATCH_COUNT], unusual;
	struct watch_row *rows;      /* those who did anything, the most remarkable first */
	struct watch_tie *ties;
	size_t nrows, nties;
	bool cut;                    /* more reads in the span than the ties were sought among */
};
/* Slow: opens the records that were read (at most 3,000 pairs). Asks as the system; names of staff are for the caller to show. */
CHECKED enum err watch_make(struct ctx *c, int64_t from, int64_t to, struct watch *ret);
#endif
