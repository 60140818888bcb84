/*
 * Learning: what people corrected makes a new version of the screening's model, which a second person puts in force, or not.
 *
 * Owns the record type model (migrations/0420_model.sql): asked → trained → offered → used → replaced; refused, failed, withdrawn. A version
 * begins at the weights in force (the program's own at first) and moves as little as what people decided asks for (train_more); a fifth of the
 * clues, by a hash of their id, is never learned from and is what old and new are compared on. A candidate that loses a phrase of
 * models/danger.tsv, or a message in danger among that fifth, is never offered. The weights lie sealed in the record and leave it for the
 * engine alone. Knows nothing of pages. Tests: tests/sense/model.c, on both engines.
 */
#ifndef XA_LEARN_H
#define XA_LEARN_H
#include "record/record.h"

extern const struct rtype model_type;

#define LEARN_LEAST 20       /* corrections to learn from; setting "learn.least". 设定 */
#define LEARN_CLUES 5000     /* the newest that are looked at */

/* Of the clues held out: family matter or not; of those that a person graded red or orange, found by the engine; of the others, false alarms. */
struct learn_score { int64_t tp, fp, fn, urgent, found, calm, alarms; };
enum learn_by { LEARN_TOWN, LEARN_SEX, LEARN_HERE, LEARN_BYS };
/* n: clues held out; changed: of them, judged otherwise by the new one. Never fewer than five but none: small groups are one, key "*". */
struct learn_group { enum learn_by by; struct str key; int64_t n, changed; };
struct learn_figures { int64_t held, changed; struct learn_score was, is; struct learn_group *group; size_t ngroups; };
/* What a version's record says of how it was measured; all zero where nothing is. Strings in the context's arena. */
void learn_figures(struct ctx *c, const struct rec *model, struct learn_figures *ret);

/* Job "learn": makes the version with this id. Bears being called twice. */
CHECKED enum err learn_job(struct ctx *c, struct str arg);
/* Is this clue among those held out? A function of its id alone. */
bool learn_held(int64_t clue);
/* The version in force, 0: the program's own. */
CHECKED enum err learn_in_force(struct ctx *c, int64_t *ret);
/* What should be in force: the version of the weights, and the list of the city's words (sense/phrase.h). */
struct sense_version;
CHECKED enum err learn_now(struct ctx *c, struct sense_version *ret);
/* Gives app->triage the engine in force when it has another. Every few seconds in a running server; never on an I/O thread. */
CHECKED enum err learn_refresh(struct app *app, struct fault *f);

#endif
