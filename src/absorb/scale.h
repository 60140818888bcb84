/* Scales for the safety assessment, read from codes/: what they ask, whose they are, and what the answers propose. Nothing is kept here. Tests:
 * tests/absorb/safety.c. */
#ifndef XA_ABSORB_SCALE_H
#define XA_ABSORB_SCALE_H
#include "record/record.h"

struct scale_item { struct str code, text, group; int64_t weight; bool minor; /* a child is hurt */ bool care; /* her own crisis: help for her, no danger of his */ };
struct scale {
	struct str code, label, edition, status, owner, licence, source, population, note;
	const char *list;
	struct scale_item *item;
	size_t n;
	bool in_force;           /* on c->now; an old assessment is read whatever became of its scale */
};
/* reasons: one line a rule that held, with the items that made it hold. score: sum of weights of what is answered yes, to order a queue by. */
struct scale_result { struct str level, reasons; int64_t score, unclear; bool care, minor; };

/* ERR_NOT_FOUND: no such scale. */
CHECKED enum err scale_get(struct ctx *c, struct str code, struct scale *ret);
/* Those in force now. */
size_t scale_list(struct ctx *c, const struct code **ret, size_t max);
/* The answer to one item in "C1=yes C2=unclear …"; absent when it has none. */
struct str scale_answer(struct str answers, struct str item);
/* ERR_INVALID: an item without an answer, or an answer to none. */
CHECKED enum err scale_judge(struct ctx *c, const struct scale *s, struct str answers, bool alone, struct scale_result *ret);
#endif
