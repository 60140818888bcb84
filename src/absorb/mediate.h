/* People's mediation beyond the case itself: the performance of terms, judicial confirmation, the file. Rules in the types' own files; tests:
 * tests/absorb/mediate.c. Owns no table; called from desk/, portal/ and cli/. */
#ifndef XA_ABSORB_MEDIATE_H
#define XA_ABSORB_MEDIATE_H
#include "record/record.h"

/* What can be done about a term that was broken (codes/duty_pursue.tsv); why_not: a message id, NULL when it is open. In c->a. */
struct pursue_way { struct str code, label; const char *why_not; };
CHECKED enum err absorb_pursue_ways(struct ctx *c, const struct rec *duty, struct pursue_way *ret, size_t max, size_t *ret_n);

/* Job: terms whose day has passed become late, the team is told, and what comes again is written for its next day. How many. */
CHECKED enum err absorb_lapse(struct ctx *c, int *ret);
#endif
