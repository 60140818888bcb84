/*
 * report/safety.h: the self-check: every insecure setting named, with what is wrong and what to do, as one table of checks.
 *
 * The same table makes the page 安全自检 of the security administrator, GET /api/v1/safety and `xiaoan doctor --safety`. A check is one
 * row and one function in safety_data.c (what the store tells) or safety_machine.c (what the machine tells). None of them changes
 * anything, and none shows a name or a word of a case. Slow: files and whole tables are looked at. Tests: tests/report/safety.c.
 */
#ifndef XA_REPORT_SAFETY_H
#define XA_REPORT_SAFETY_H
#include "record/record.h"

enum grave {
	GRAVE_OK,
	GRAVE_UNKNOWN,   /* cannot be seen from here: the fenced server sees little of the machine, the command nothing of the server */
	GRAVE_WARN,
	GRAVE_DANGER
};
const char *grave_name(enum grave g);    /* "ok", "unknown", "warn", "danger": stable, for JSON */
const char *grave_word(enum grave g);    /* message id */

/* What `xiaoan serve` was told, kept while it runs (app->serving; NULL: this process serves nothing). */
struct serving { const char *host; int port; bool tls, fenced; };

struct safety_place { const char *root_key, *backups /* folder */; const struct serving *serving; };

struct finding {
	enum grave grave;
	const char *wrong;       /* message id, one sentence; its %s is arg; NULL: the row's */
	char arg[160];
};
struct safety_check {
	const char *name;        /* "backup_age": stable */
	const char *title;       /* message id */
	const char *wrong;       /* message id: one sentence, what is wrong; %s: arg */
	const char *todo;        /* message id: one sentence, what to do */
	enum err (*look)(struct ctx *c, const struct safety_place *at, struct finding *ret);
};
extern const struct safety_check safety_checks[];
#define SAFETY_MAX 48
/* Of the running server. */
struct safety_place safety_here(struct ctx *c);
/* Runs them all in the table's order; a check that fails itself is GRAVE_UNKNOWN with the error's name. c has a reader. */
void safety_run(struct ctx *c, const struct safety_place *at, struct finding ret[SAFETY_MAX], size_t *ret_n, enum grave *ret_worst);
struct str safety_wrong(struct ctx *c, const struct safety_check *k, const struct finding *f);
/* {"checked":…,"worst":"danger","checks":[{"name","grave","title","wrong","todo"}…]} */
void safety_json(struct ctx *c, const struct finding *v, size_t n, enum grave worst, struct buf *ret);

#endif
