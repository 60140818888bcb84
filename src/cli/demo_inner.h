/* The loader of the made-up city among its own files. It goes through act() as the people of the city; nothing here writes
 * a record's table. */
#ifndef XA_CLI_DEMO_INNER_H
#define XA_CLI_DEMO_INNER_H
#include "cli/demo.h"
#include "people/demo_gen.h"

#define DEMO_BATCH 100    /* events, or households, a transaction: the store's savepoint grows slow with its pages */
#define DEMO_VISITS 3

/* A case under way, kept until its story ends. Ids of records; handler: who leads it, by index of staff. */
struct demo_case {
	int64_t id, agreement, duty[DEMO_TERMS];
	int handler, officer;
	bool visits;              /* planned by the program at the end of mediation */
};
struct demo_tale { int64_t clue; char at; struct demo_case *k; };
enum { TALE_NONE, TALE_NEW, TALE_SCREENED, TALE_OPENED, TALE_MERGED, TALE_REFERRED, TALE_CLOSED };

/* A child born after the day on which the households were entered. */
struct demo_birth { int64_t ms, household, record; int member; };

struct loader {
	struct app *app;
	const struct demo_options *o;
	struct demo_plan *plan;
	struct demo_counts n;
	struct demo_posts posts;
	struct arena *keep, *batch, *a;   /* the whole load; a batch of events; one act */
	int64_t *org, *staff, *studio;    /* record ids by index */
	struct actor *who;                /* by index of staff */
	struct demo_tale *tale;           /* by story */
	struct demo_birth *birth;
	size_t nbirth, capbirth, next_birth;
	struct demo_event *event;         /* the batch */
	size_t nevent;
	int64_t at;                       /* first of the batch: household, thing */
	int32_t day;                      /* on which late work last climbed */
	int64_t acts, told;
	struct fault *f;
};

/* ---- demo.c ---- */

/* One act by a person of the city (-1: a citizen; -2: the program) at a moment. Inputs that are absent are left out. On a
 * refusal the fault's detail says which act of what was refused and why. */
struct demo_act {
	int by;
	int64_t ms;
	struct act act;
	const char *area;         /* of a citizen: where she is */
};
CHECKED enum err demo_do(struct loader *l, struct ctx *c, const struct demo_act *what, struct done *ret);
#define DEMO_CITIZEN (-1)
#define DEMO_SYSTEM (-2)
/* Text of a number, a day, a moment in the arena of the act. */
struct str demo_int(struct ctx *c, int64_t v);
struct str demo_day(struct ctx *c, int64_t ms);
struct str demo_moment(struct ctx *c, int64_t ms);
void demo_progress(const struct loader *l, const char *what, int64_t done, int64_t all);
/* A new context for one event: its arena is emptied. */
struct ctx demo_ctx(struct loader *l, const struct ctx *job);
CHECKED enum err demo_job(struct loader *l, enum err (*fn)(struct ctx *c, struct loader *l));

/* ---- demo_city.c: units to persons ---- */
CHECKED enum err demo_load_city(struct loader *l);
/* Children born until a moment are entered. */
CHECKED enum err demo_births(struct loader *l, const struct ctx *job, int64_t until);

/* ---- demo_events.c, demo_case.c: the stories ---- */
CHECKED enum err demo_load_events(struct loader *l);
/* ---- demo_public.c: public posts; through writes of its own ---- */
CHECKED enum err demo_load_public(struct loader *l);

/* ---- demo_sides.c: answers to each side, a hiding place, a list that waits ---- */
CHECKED enum err demo_load_sides(struct loader *l);
/* ---- demo_protect.c: what protects, in a few open cases of violence ---- */
CHECKED enum err demo_load_protect(struct loader *l);
/* ---- demo_child.c: what is done for children ---- */
CHECKED enum err demo_load_children(struct loader *l);
/* ---- demo_studio.c: rooms, leave, training, a calendar, a supervision slip ---- */
CHECKED enum err demo_load_studios(struct loader *l);
/* ---- demo_counsel.c: a few couples at the registry, petitions, consultations ---- */
CHECKED enum err demo_load_counsel(struct loader *l);
/* ---- demo_referral.c: parts of other units, commissions of the court ---- */
CHECKED enum err demo_load_referral(struct loader *l);
CHECKED enum err demo_tell_case(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t);
#endif
