/*
 * people/: who there is: units, staff, grids, studios, mediators, households, persons.
 *
 * Owns the record types org, staff, kin, conflict, grid, studio, mediator, household and person (migrations/0010, 0120) and the
 * questions about them that several wings ask: who acts, which unit answers for a place, is this the same person, who
 * should mediate.  May include record/ and below.  Never decides what a clue or a case is.  Tests: tests/people/.
 *
 * A user IS a staff record: actor.user, the common columns owner and creator, and notices hold a staff id.
 * The unit of a staff member is the common column org; an org's own org is itself, so that SC_ORG means "my unit".
 * The area of a grid, a household and a person is the grid's code (15 digits) where it is known, else the community's.
 *
 * Who may look (security.md, access matrix): the three administrators see units, posts and accounts, never a household or a
 * person; everybody else sees personal fields masked, and in full only in what she entered or owns herself. Leaders see
 * counts, so none of these two types.
 */
#ifndef XA_PEOPLE_H
#define XA_PEOPLE_H
#include "record/record.h"

extern const struct rtype org_type, staff_type, grid_type, studio_type, mediator_type, household_type, person_type, kin_type, conflict_type, room_type, leave_type, training_type,
	avoid_type, certificate_type, holiday_list_type;

/* ---- who acts ------------------------------------------------------------------------------------------------ */

/* The actor of a user (staff id): role, area, unit and kind of unit as they are now. The name lives in a; face and session
 * are left for the caller. ERR_AUTH when there is no such user, she has left, or her role is unknown. */
CHECKED enum err people_actor(struct app *app, struct db *db, struct arena *a, int64_t user, struct actor *ret, struct fault *f);

/* The active staff record with this login name (exact, lower case), or ERR_NOT_FOUND. For log-in: asks no permission. */
CHECKED enum err people_by_login(struct app *app, struct db *db, struct arena *a, struct str login, int64_t *ret_user, struct fault *f);

/* ---- units --------------------------------------------------------------------------------------------------- */

/* The unit of this kind (codes/org_kind.tsv) that answers for a place: the one at the place itself, else at its community,
 * town, city, whichever is nearest. area: 6 to 15 digits. *ret is 0 when there is none at all. */
CHECKED enum err people_org_for(struct ctx *c, struct str area, const char *kind, int64_t *ret);
/* The unit above; 0 at the top. */
CHECKED enum err people_org_above(struct ctx *c, int64_t org, int64_t *ret);
/* Its level by codes/org_kind.tsv: 1 city, 2 town, 3 community, 4 grid; 0: unknown. */
CHECKED enum err people_org_level(struct ctx *c, int64_t org, int *ret);
/* Is `org` the unit `top` or somewhere below it? False also for a broken chain (more than 8 steps). */
CHECKED enum err people_org_under(struct ctx *c, int64_t org, int64_t top, bool *ret);
/* Active staff of a unit, oldest first, at most max; role NONE: every role. */
CHECKED enum err people_staff_of(struct ctx *c, int64_t org, enum role role, int64_t *ret, size_t max, size_t *ret_n);
/* Active staff of this role anywhere, oldest first. */
CHECKED enum err people_with_role(struct ctx *c, enum role role, int64_t *ret, size_t max, size_t *ret_n);
/* The grid record of a 15-digit code, or 0; and its worker (staff id), or 0. Either out may be NULL. */
CHECKED enum err people_grid_of(struct ctx *c, struct str area, int64_t *ret_grid, int64_t *ret_worker);

/* ---- the same person ------------------------------------------------------------------------------------------ */

enum match_reason { MATCH_IDNO = 1, MATCH_PHONE = 2, MATCH_NAME = 4, MATCH_ADDRESS = 8, MATCH_BIRTH = 16, MATCH_TOWN = 32 };
struct match_ask { struct str name, phone, idno, address, area; int64_t birth; /* 0: unknown */ };
/* score: 100 the ID number; else phone 55, name 25, address 25, birth 20, same town 10, never above 95: only a person
 * may say that two are one (glossary: merging two women of one name is the mistake that must not happen). */
struct match { int64_t person, household; int score; unsigned reasons; /* match_reason */ };
/* Best first, at most max (10 are enough). Looks at everybody, whatever the actor may see: show only masked labels
 * (ref_label) of what it finds. Two different ID numbers never match, whatever else agrees. */
CHECKED enum err people_match(struct ctx *c, const struct match_ask *q, struct match *ret, size_t max, size_t *ret_n);
/* "Same phone, same name": sentences in the context's language. */
struct str people_match_why(struct ctx *c, unsigned reasons);

/* Finds the person with this ID number, or with this phone and name; otherwise makes one (act: must run on the writer) at
 * q->area. ERR_INVALID when neither name nor phone is given. *ret_made may be NULL. */
CHECKED enum err people_person(struct ctx *c, const struct match_ask *q, int64_t *ret, bool *ret_made);

/* ---- conflict of interest (security.md S14) ---------------------------------------------------------------------- */

/* On the writer. A party of the case (or clue; 0: none) has these numbers: everybody of the staff with one of them, a declared
 * relative with one of them, or of a household with them, is shut out of both, silently. */
CHECKED enum err people_conflicts_of(struct ctx *c, int64_t kase, int64_t clue, const struct str *phone, size_t nphone, const struct str *idno, size_t nidno);
/* The same asked from the other side, when something of hers has changed. */
CHECKED enum err people_conflicts_of_staff(struct ctx *c, int64_t staff);
/* One of them, by hand. how: codes/conflict_how.tsv. Nothing when she is shut out already. */
CHECKED enum err people_conflict(struct ctx *c, int64_t staff, int64_t kase, int64_t clue, const char *how, struct str why);
/* Who was kept from the clue is kept from the case that comes out of it. */
CHECKED enum err people_conflicts_inherit(struct ctx *c, int64_t clue, int64_t kase);

/* ---- who should mediate ----------------------------------------------------------------------------------------- */

/* kase: the case she is chosen for (0: none yet): who must keep away from it is left out, and who has worked for the same persons is found. speech: what
 * the parties speak (codes/speech.tsv; absent: not asked). */
struct mediator_ask { struct str area, kind, speech; int64_t kase; bool violence, child; /* what the case is marked with: asks for a skill (codes/dispatch_need.tsv) */ };
struct mediator_pick {
	int64_t mediator, staff, studio, org;
	int score, step;          /* codes/dispatch_term.tsv; step: hundredths less for each further case that she gets */
	int64_t load, capacity;
	bool skilled;             /* has the skill that this kind asks for */
	bool speaks;              /* speaks what the parties speak */
	bool known;               /* has worked in an earlier case of the same persons */
	struct str lacks;         /* the skill that must be had and is not; absent: none */
	int near;                 /* 3 same community, 2 same town, 1 same city, 0 elsewhere */
	struct str why;           /* "Same community. Knows: … . 3 open cases of at most 8." in the context's language */
};
/* kind: of dispute (codes/kind.tsv, whose column "skill" names what it asks for; absent: the skill of the kind's own name).
 * Best first. Who lacks a skill that must be had comes last but is there; before these, who has reached her capacity: the dispatcher may know better. Who is on leave, or must keep away from the case
 * (a conflict of interest, or a unit she keeps away from), is never there. */
CHECKED enum err people_suggest_mediator(struct ctx *c, const struct mediator_ask *q, struct mediator_pick *ret, size_t max, size_t *ret_n);
/* Must this person not be given the case now? *ret_why: a message id that says so to who chooses (never whose relative she is), NULL: she may. */
CHECKED enum err people_assignable(struct ctx *c, int64_t staff, int64_t kase, const char **ret_why);

/* ---- leave and units to keep away from (studio.c) ---- */

/* The last day of the leave she is on at this moment; 0: she is here. */
CHECKED enum err people_away(struct ctx *c, int64_t staff, int64_t ms, int64_t *ret_until);
/* Everybody on leave at this moment. */
CHECKED enum err people_all_away(struct ctx *c, int64_t ms, int64_t *ret, size_t max, size_t *ret_n);
/* Does this mediator keep away from one of these units? */
CHECKED enum err people_avoids(struct ctx *c, int64_t mediator, const int64_t *units, size_t n, bool *ret);
/* Hours of training that a mediator should have in a year: setting training.hours. 设定; the law asks for training and names no hours (人民调解法 14). */
#define TRAINING_HOURS 24
CHECKED enum err people_training_norm(struct ctx *c, int64_t *ret);
/* What was recorded of that year and the actor may see: mediator id → struct training_sum. mediator 0: of all. */
struct training_sum { int64_t hours, passed, n; };
CHECKED enum err people_training_year(struct ctx *c, int year, int64_t mediator, struct map *ret);
/* The mediators of a studio and what was recorded of each in that year, mediator id → struct training_sum; for its head, whose own grant does not reach so far, and
 * for who leads the studio. ERR_DENIED for anybody else. Names only: no record of a training is given. */
CHECKED enum err people_training_studio(struct ctx *c, int year, const struct rec *studio, struct seen *ret_mediators, struct map *ret);
/* "08:30-17:30" in minutes of the day; false when it is not of that form. */
bool hours_read(struct str s, int *ret_from, int *ret_to);
/* The mediator record of a staff member, or 0. */
CHECKED enum err people_mediator_of(struct ctx *c, int64_t staff, int64_t *ret);
/* Her open cases change by delta (in an effect, on the writer); no mediator: nothing happens. Never below 0. */
CHECKED enum err people_mediator_load(struct ctx *c, int64_t staff, int delta);

#endif
