/*
 * The made-up city: units, staff, grids, households and two years of clues and cases, by seed. Pure: reads only what is
 * embedded (codes/areas.tsv, demo/phrases/), writes nothing; the same seed, scale and end give the same city. Every person,
 * phone and ID number is made up: phones 1990 + 7 digits, ID numbers under the area 990582, which does not exist.
 *
 * Memory: the plan holds units, staff, grids and one small entry a living story; households, persons and texts are made when
 * asked for, in the caller's arena. Reset that arena now and then.
 *
 * How to load: orgs in order (the one above always comes first), staff, grids, studios, mediators, households with their
 * persons; keep the record ids in arrays by index; then demo_event_next() until it says no more.
 */
#ifndef XA_DEMO_GEN_H
#define XA_DEMO_GEN_H
#include "base/base.h"
#include "base/clock.h"

struct demo_plan;
/* scale 0.01…100. Below 1 grids, studios and mediators shrink with it (never below one comprehensive grid a community);
 * above 1 only households and stories grow. end_ms: the moment until which things have happened. Errors: ERR_INVALID
 * (scale), ERR_NOT_FOUND (an embedded file is missing; the detail names it). */
CHECKED enum err demo_plan_new(uint64_t seed, double scale, int64_t end_ms, struct demo_plan **ret, struct fault *f);
void demo_plan_free(struct demo_plan *p);   /* takes NULL */

struct demo_counts { int orgs, staff, grids, comprehensive, studios, mediators; int64_t households, stories; };
struct demo_counts demo_counts(const struct demo_plan *p);
int64_t demo_start(const struct demo_plan *p);   /* 24 months before the end: when the records of the city were made */

/* The posts that a visitor logs in to, by index of staff; their log-in names are the names here. They belong together: one
 * town (杨舍镇), a community of it, a grid of that, and enough of the latest stories happen there that each has work before it. */
struct demo_posts { int city, town, community, grid, mediator, hotline, police, court, civil, leader, auditor, admin, secadmin; };
struct demo_posts demo_posts(const struct demo_plan *p);

/* All texts live in a (or in the plan). Indexes are 0-based; -1: none. Codes are those of codes/. */
struct demo_org { int above; struct str name, kind, area, address, phone; };
void demo_org(const struct demo_plan *p, struct arena *a, int i, struct demo_org *ret);

struct demo_staff { int org; struct str name, login, role, area, post, phone, skills; };
void demo_staff(const struct demo_plan *p, struct arena *a, int i, struct demo_staff *ret);

struct demo_grid { int org, worker; struct str code, name, kind, polygon; };   /* polygon: [[lon,lat],…], closed */
void demo_grid(const struct demo_plan *p, struct arena *a, int i, struct demo_grid *ret);

struct demo_studio { int org; struct str name, level, area, address, phone; };
void demo_studio(const struct demo_plan *p, struct arena *a, int i, struct demo_studio *ret);

struct demo_mediator { int staff, studio, org, capacity; struct str area, skills, certificate; };
void demo_mediator(const struct demo_plan *p, struct arena *a, int i, struct demo_mediator *ret);

#define DEMO_MEMBERS 8
struct demo_person { struct str name, sex, kin, marital, birth, idno, phone, education, status; int age; };
struct demo_household { int org, worker, grid, size; struct str area, address; struct demo_person member[DEMO_MEMBERS]; };
/* The same household whenever it is asked for. birth: 1985-03-12; idno, phone absent for some. */
void demo_household(const struct demo_plan *p, struct arena *a, int64_t i, struct demo_household *ret);

/* ---- stories --------------------------------------------------------------------------------------------------- */

enum demo_verb {
	DEMO_CLUE,        /* source, text, area, reporter's name and phone (absent: anonymous), household */
	DEMO_SCREEN,      /* confirmed as a family matter: kind, grade, signals, text */
	DEMO_NOT_FAMILY,  /* code: not_family; form: refer_to */
	DEMO_REFER,       /* a family matter for somebody else; form: refer_to */
	DEMO_ANSWER,      /* closed with clue_outcome in code: answered, unfounded, unreachable, withdrawn */
	DEMO_MERGE,       /* into the clue of story `other_story` */
	DEMO_OPEN,        /* the clue becomes a case: kind, grade, parties */
	DEMO_DISPATCH,    /* to org and mediator (-1: to the unit alone); nth 2: again after a return */
	DEMO_RETURN,      /* code: return_reason; text; org: proposed */
	DEMO_ACCEPT,
	DEMO_CONTACT,
	DEMO_SESSION,     /* nth; form: session_form; text */
	DEMO_AGREEMENT,   /* form: agreement_form; terms */
	DEMO_FINISH,      /* code: outcome; text */
	DEMO_DUTY,        /* nth: of the term, from 0; code: duty_status */
	DEMO_VISIT,       /* nth: 7, 30, 90; code: visit_result; form: satisfaction; text */
	DEMO_CLOSE,
	DEMO_ARCHIVE,
	DEMO_VERBS
};
const char *demo_verb_name(enum demo_verb v);

#define DEMO_TERMS 4
struct demo_term { struct str kind /* pay do keep */, text; int64_t amount /* fen */, due_ms /* 0: lasting */; };
struct demo_event {
	int64_t ms, story, other_story, household;
	enum demo_verb verb;
	int staff;                  /* who acts; -1: a citizen */
	int nth, org, mediator;
	bool family;
	int reporter, other;        /* members of the household; -1: not of it */
	const char *source, *kind, *grade, *code, *form;   /* NULL where the verb has none */
	struct str signals;         /* "violence,threat" */
	struct str text, area, name, phone, other_name;
	struct demo_term term[DEMO_TERMS];
	int nterms;
};
/* The next event in order of time; false when all that happened before the end is told. Events of one story come in an order
 * that its lifecycle allows; some stories stop in the middle, because the end cuts them: that is today's work. */
bool demo_event_next(struct demo_plan *p, struct arena *a, struct demo_event *ret);
void demo_events_rewind(struct demo_plan *p);

#endif
