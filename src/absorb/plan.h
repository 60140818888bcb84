/*
 * A morning's inbox given out at once (批量派单): what waits to be dispatched in her area, whom each would go to, and why; a plan, which a person changes and carries
 * out row by row through the ordinary step. The suggestions are those of the single page; the plan is the cheapest of all for the whole morning (people/assign.h):
 * 100 less the suggested score for each, dearer with each further case of the same mediator, and for what is left waiting a price by its grade.
 *
 * Invariants: nobody is proposed for what she lacks the skill for or must keep away from, and nobody of the unit that gave it back; a mediator gets no more than her
 * capacity allows. What is grave (red, violence, a child that may be hurt) is in no queue: it has its suggestion before the others, though all hands be full (over).
 * Tests: tests/absorb/plan.c.
 */
#ifndef XA_PLAN_H
#define XA_PLAN_H
#include "people/people.h"

enum { PLAN_ROWS = 60, PLAN_PICKS = 12 };
enum plan_wait { PLAN_GIVEN, PLAN_NOBODY /* nobody is there */, PLAN_UNTRAINED /* nobody has the skill */, PLAN_FULL /* who could has no hands free */ };
struct plan_row {
	struct rec *r;                /* a case, or a clue that was screened */
	bool clue, grave;
	struct mediator_pick *p;      /* as on the page of the one, best first */
	size_t n;
	int at;                       /* the proposal; -1: none */
	int64_t returner;             /* the unit that gave it back: nobody of it is proposed; 0: none */
	bool over;                    /* grave, and who is proposed has no hands free: she decides */
	enum plan_wait wait;          /* why there is none */
};
/* load, room: open cases and capacity of all that come into question, as it would be then; gini: of load for room, in hundredths. */
struct plan_sum { int64_t given, waiting, load, room, fullest /* per cent */, gini; size_t people; };
struct morning { struct plan_row *v; size_t n; bool more /* more waits than is shown */; struct plan_sum sum, then; };
/* what: more mediators of the town, and more cases for each; both 0: sum and then are the same. c->db is a reader. */
struct plan_what { int more, extra; };
CHECKED enum err absorb_plan(struct ctx *c, struct plan_what what, struct morning *ret);

/* Carries out one row, on the writer: a clue is opened first. version: of the record that was shown. */
struct plan_do { bool clue; int64_t id, version, org, staff; struct str choice; };
CHECKED enum err absorb_plan_do(struct ctx *c, void *plan_do);

#endif
