/* One person who stands in the register twice (twin.c). */
#ifndef XA_PEOPLE_TWIN_H
#define XA_PEOPLE_TWIN_H
#include "people/people.h"

extern const struct rtype twin_type;
/* struct job_kind "twin": compares the register of residents and proposes pairs. Slow: a million persons take minutes. */
CHECKED enum err twin_job(struct ctx *c, struct str arg);
/* What a level of agreement says (message id); NULL: nothing. */
const char *twin_word(struct str field, int level);
/* She to whom this record points, or herself. */
CHECKED enum err twin_lead(struct ctx *c, struct rec **person);
#endif
