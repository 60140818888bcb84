/*
 * sense/phrase: the words that a city adds to the screening: its dialect, its new ways of speaking, and where a rule of the program means nothing.
 *
 * Owns the record type phrase and the table rule_hit (migrations/0413_phrase.sql): draft → tried → offered → used → replaced; refused, retired. The
 * program's list (codes/patterns.tsv) stands and is never written: what is added lies beside it, counts at once in all running servers
 * (learn_refresh), and its signs weigh what codes/signal.tsv says. Nothing is used that does not find its own examples, that loses a phrase of
 * models/danger.tsv, or that only one person wanted. Exceptions bear on the lighter rules alone (triage_with). Tests: tests/sense/phrase.c.
 */
#ifndef XA_PHRASE_H
#define XA_PHRASE_H
#include "record/record.h"
#include "sense/triage.h"

extern const struct rtype phrase_type;

#define PHRASE_DAYS 30        /* that a trial looks back, and hits are counted for */
#define PHRASE_CLUES 3000     /* the newest of these days that a trial reads */
#define PHRASE_LINES 60       /* of one record */
#define PHRASE_MOST 2000      /* lines in force at once */

/* The rules of a record, in the context's arena. A fault is put at its field with the number of the line. */
CHECKED enum err phrase_rules(struct ctx *c, const struct rec *r, struct triage_phrase **ret, size_t *ret_n);
/* Counts what was put in force and taken out: the number of the list. 0: nothing was ever added. */
CHECKED enum err phrase_list(struct ctx *c, int64_t *ret);
/* Gives *e, which is closed, as an engine with the words in force; with `draft` (0: none) as if it were put in force. c is the system's. */
CHECKED enum err phrase_dress(struct ctx *c, int64_t draft, struct triage_engine **e);

/* ---- the trial (phrase_trial.c) ---- */

/* clues: read; hits: of them found by the draft; strangers: of these, said by a person to be no family matter; raised, lowered: graded otherwise. */
struct phrase_figures { int64_t clues, hits, strangers, raised, lowered; };
void phrase_figures(struct ctx *c, const struct rec *r, struct phrase_figures *ret);
/* Job "phrase": tries the record of this id. Bears being called twice. */
CHECKED enum err phrase_job(struct ctx *c, struct str arg);

/* Writer: the verdict of a new clue is counted for the rules that it names. */
CHECKED enum err phrase_count(struct ctx *c, struct str verdict);
/* By rule, of the last PHRASE_DAYS days; by rising number of the rule. */
struct phrase_hits { int64_t rule; int64_t n; };
CHECKED enum err phrase_hits(struct ctx *c, struct phrase_hits **ret, size_t *ret_n);
/* The number of a record's rules. */
static inline int64_t phrase_rule(int64_t id) { return TRIAGE_ADDED + id; }

#endif
