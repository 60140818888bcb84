/*
 * Who gets what when several wait at once: an assignment with room for several at one and a price that rises with each, solved exactly by successive shortest
 * paths. A function of its arguments alone; equal costs fall to the lowest number, so that the same morning gives the same plan. Tests: tests/people/assign.c.
 */
#ifndef XA_ASSIGN_H
#define XA_ASSIGN_H
#include "base/base.h"

#define ASSIGN_NEVER INT32_MAX
/* Least of: the cost of each row at its column, for those that wait the price of waiting, and for each column step × (0 + 1 + … ) over what it got. */
struct assign {
	size_t rows, cols;
	const int32_t *cost;      /* row × cols + column; ASSIGN_NEVER: never her. From -1,000,000 to 1,000,000 */
	const int *room;          /* of a column: how many it may still get */
	const int32_t *step;      /* of a column: what each one more costs beyond the one before; not negative */
	const int32_t *wait;      /* of a row; the graver, the more */
	int *ret_col;             /* of a row: its column, -1: it waits */
	int64_t ret_cost;
};
void assign_solve(struct arena *a, struct assign *p);
/* The same reckoned for any plan, and whether it keeps the rules; for tests and for what it would be without (each its own cheapest in turn). */
bool assign_cost(struct arena *a, const struct assign *p, const int *col, int64_t *ret);
void assign_in_turn(struct arena *a, const struct assign *p, int *ret_col);

#endif
