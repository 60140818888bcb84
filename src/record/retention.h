/*
 * record/retention.h: what has had its time is destroyed (S28; 个人信息保护法 19, 47): by the table codes/retention.tsv, by plan, with two
 * people, and with a certificate. A legal hold wins over every rule.
 *
 * planned → approved → done. A plan nobody confirmed is replaced by the next. Tests: tests/absorb/retention.c, on both engines.
 */
#ifndef XA_RECORD_RETENTION_H
#define XA_RECORD_RETENTION_H
#include "record/record.h"

#define RETENTION_MAX 5000            /* items of a plan: the rest comes with the next */
#define RETENTION_PLAN_MS (30 * MS_DAY)   /* a plan older than this is not carried out */

struct retention_run { int64_t id, made, proposer, approver, approved, finished; struct str state; };
struct retention_item { int64_t rid, since, keys; struct str type, number, rule, state; /* due, held, changed, done */ };

/* Lists what is due now; takes the place of older plans. proposer 0: the nightly job, and then two people must confirm. Writes nothing but
 * the plan. *ret_run 0: nothing is due. */
CHECKED enum err retention_plan(struct ctx *c, int64_t proposer, int64_t *ret_run, int64_t *ret_n);
/* The first person takes an unowned plan on; another one approves it. ERR_DENIED: the same person twice. */
CHECKED enum err retention_approve(struct ctx *c, int64_t run, int64_t user, bool *ret_approved);
/* Carries out an approved plan, a record a transaction; what is held or no longer due since is passed over. May be called again after a stop. */
CHECKED enum err retention_run(struct ctx *c, int64_t run, int64_t *ret_done, int64_t *ret_passed);
CHECKED enum err retention_list(struct ctx *c, struct retention_run **ret, size_t *ret_n);          /* newest first, 50 */
CHECKED enum err retention_items(struct ctx *c, int64_t run, struct retention_item **ret, size_t *ret_n);
/* Holds a clue or case back, with a reason; on false lets it go. */
CHECKED enum err retention_hold(struct ctx *c, const char *type, int64_t rid, bool on, struct str reason, int64_t user);
/* Nightly job: a plan, when anything is due. */
CHECKED enum err retention_job(struct ctx *c, struct str arg);
#endif
