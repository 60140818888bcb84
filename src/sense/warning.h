/*
 * Early warning (预警): which households of whom something was heard are looked after, how closely, why, and who decided so.
 *
 * Owns the record types warning and tie (migrations/0405_warning.sql). A warning is a household as far as its clues show it; each clue belongs to one by a
 * tie, made by the same ID number or phone of a party, or by hand, and undone without loss. Points: sense/risk.h. Of the wing absorb/ it knows the names of
 * the types whose records count (letter, order, visit). Tests: tests/sense/warning.c.
 */
#ifndef XA_WARNING_H
#define XA_WARNING_H
#include "record/record.h"
#include "sense/risk.h"

extern const struct rtype warning_type, tie_type;

/* Effect of a screening: a family matter joins the warning of its people, or begins one; what turned out to be none leaves it. */
CHECKED enum err warning_hear(struct ctx *c, const struct rec *clue);
/* The warning that a clue belongs to or, by its people, would; NULL when there is none, or none for the actor to see. */
CHECKED enum err warning_about(struct ctx *c, const struct rec *clue, struct rec **ret);
/* The points as they stand now, from all that is tied to it; asks as the system. */
CHECKED enum err warning_risk(struct ctx *c, int64_t warning, struct risk *ret);
/* Job, daily: time has passed; what was long quiet ends. */
CHECKED enum err warning_job(struct ctx *c, struct str arg);

/* The reasons as they were kept, to be shown; what the code lists no longer know is left out. */
struct warning_reason { const struct code *item; int64_t tenths, ms; int n; };
CHECKED enum err warning_reasons(struct ctx *c, const struct rec *w, struct warning_reason ret[RISK_REASONS], size_t *ret_n);

/* Whom to visit first: what the actor sees of what is open, by level and points. picked: within what can be visited this week (k), of which an eighth is
 * drawn from those that come next, so that what the points miss is seen as well; the same for everybody within one week. */
struct warning_row { struct rec *r; bool picked, drawn; };
CHECKED enum err warning_order(struct ctx *c, int k, struct warning_row **ret, size_t *ret_n);

#endif
