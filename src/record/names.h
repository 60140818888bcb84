/*
 * record/names.h: finding people by name, part of a name, pinyin, initials, and by the same sound (S25).
 *
 * Names are enciphered at rest and no index of them is written anywhere. One is made in locked, guarded memory that no core dump takes
 * in, from the records, after the start; it follows the journal, and so what other processes write too; what is destroyed leaves it. It answers
 * with ids alone, and what the actor may not read in full see() takes out, so that it is in no list and in no count: who sees
 * a record masked must not learn its name by guessing at it.
 *
 * Any thread. Tests: tests/record/names.c, on both engines; bench/names.c.
 */
#ifndef XA_NAMES_H
#define XA_NAMES_H
#include "record/record.h"

struct names;
/* Reads all names when that was not done, then what changed since. Seconds in a large city: a thread of its own. */
CHECKED enum err names_follow(struct app *app, struct fault *f);
bool names_ready(const struct app *app);
void names_free(struct names *n);      /* wipes; takes NULL */

/* Records of a type with a name that holds what was typed (Han characters in their order, or letters that spell it: wangxiaoming, wangxm,
 * wxm, xiaom), and those that only sound like it (王晓明 for 王小明). Ids in c->a, perhaps twice; for see.ids. */
#define NAMES_MAX 20000
struct names_found { int64_t *direct, *sound; size_t ndirect, nsound; bool ready /* false: not all is read yet, nothing is said */; };
CHECKED enum err names_find(struct ctx *c, const struct rtype *t, struct str typed, struct names_found *ret);
/* Whether it could be a name: 1 to 12 Han characters or letters. */
bool names_like(struct str typed);
#endif
