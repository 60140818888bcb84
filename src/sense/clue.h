/*
 * The clue: a sign of a troubled household from any channel, before it is a case; and what people taught the engine.
 *
 * Owns the record types clue and correction (migrations/0020_sense.sql). Knows the wing absorb/ only by the type names "case"
 * and "party", through act_inner() and see_same(). Tests: tests/sense/clue.c.
 *
 * Life: new (to be screened) → screened → opened (became a case) | merged | referred | closed.
 * A machine's judgement is advice: family, kind and grade count only when a person has confirmed them (PIPL art. 24); each
 * change of them by a person leaves a correction below the clue: who, when, why, before and after, and no word of the text. When
 * the clue's keys are destroyed, the reason is too. What is learned from them: sense/learn.h.
 */
#ifndef XA_CLUE_H
#define XA_CLUE_H
#include "record/record.h"

extern const struct rtype clue_type, clue_document_type, correction_type, call_type;

/* What an engine says about a text; strings live in the context's arena. */
struct sense_verdict {
	bool family;
	int64_t score;                        /* per mille */
	struct str kind, grade;               /* codes */
	struct str signals;                   /* ",violence,child," */
	struct str org_kind;                  /* suggested kind of unit; absent: no idea */
	struct str json;                      /* spans and reasons, as the engine writes them; shown highlighted */
};
/* app->triage points at one of these. NULL: clues are screened by people alone. */
struct sense_judge {
	enum err (*run)(const struct sense_judge *self, struct ctx *c, struct str text, struct sense_verdict *ret);
};

/* The engine of sense/triage.h as a judge; shared by all threads. Costs nothing until somebody asks: the first verdict makes
 * the engine (most of a second), unless sense_judge_warm() let a thread make it ahead. free waits for that thread; takes NULL. */
const struct sense_judge *sense_judge_new(void);
void sense_judge_warm(const struct sense_judge *j);
void sense_judge_free(const struct sense_judge *j);
/* Puts another engine in force, which the judge then owns: from the next verdict on, in all threads; the one before goes when its last
 * verdict is said. Nought: the program's own model, no words added. */
struct triage_engine;
struct sense_version { int64_t model, phrases; };
void sense_judge_put(const struct sense_judge *j, struct triage_engine *e, struct sense_version version);
struct sense_version sense_judge_version(const struct sense_judge *j);
/* The program's rules with the model in force, to add words to; to be closed. */
CHECKED enum err sense_judge_engine(const struct sense_judge *j, struct triage_engine **ret, struct fault *f);

enum same_why { SAME_PHONE = 1, SAME_IDNO = 2, SAME_NAME = 4 /* and the same town */, SAME_SOUND = 8 /* the name sounds alike, same town */ };
struct same { int64_t clue, kase; /* one of them is 0 */ unsigned why; struct str title; };
/* Open clues and cases about the same people as r (a clue), by blind index; only what the actor may see; surest first. */
CHECKED enum err sense_same_people(struct ctx *c, const struct rec *r, struct same *ret, size_t max, size_t *ret_n);

/* Writer: what the telephone system tells of a call, as the clerk whose token it holds. ref: its own number of the call; events may come twice and in any
 * order. line, phone: absent when not told. *ret: the call's id. */
enum call_what { CALL_RING, CALL_ANSWER, CALL_MISS, CALL_END };
struct call_event { enum call_what what; struct str ref, line, phone; };
CHECKED enum err call_event(struct ctx *c, const struct call_event *e, int64_t *ret);

/* The clue with this channel and number of the channel, or 0: an import asks before it writes. Looks at all clues. */
CHECKED enum err sense_external(struct ctx *c, struct str source, struct str external_id, int64_t *ret);

#endif
