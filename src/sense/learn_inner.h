/* What the files of learning share and nobody else needs. */
#ifndef XA_LEARN_INNER_H
#define XA_LEARN_INNER_H
#include "sense/triage.h"
#include "sense/learn.h"

/* The weights of a version, 0: the program's own. c is the system's. */
CHECKED enum err learn_weights(struct ctx *c, int64_t id, struct str *ret);

/* The engine in force, with the city's words, for who compares; to be closed. c is the system's, reading. */
CHECKED enum err learn_engine(struct ctx *c, struct triage_engine **ret);
/* Phrases of models/danger.tsv that one put before people and the other would not: alone, and among harmless sentences. */
int64_t learn_danger_lost(const struct triage_engine *was, const struct triage_engine *is);

/* What a person decided of a clue. urgent: red or orange; SAMPLE_UNKNOWN: no grade. sex 0, here -1: unknown. */
struct lesson { int64_t clue; struct str text, area, kind; uint8_t family, urgent; bool held, corrected; int sex, here; };
/* The lessons of the newest clues; texts in a. */
CHECKED enum err learn_lessons(struct ctx *c, struct arena *a, struct lesson **ret, size_t *ret_n);
/* Small groups made one, so that no figure of one to four is left nor can be reckoned; *n shrinks. Each by for itself, ordered by key. */
void learn_fold(struct learn_group *v, size_t *n);

#endif
