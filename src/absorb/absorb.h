/*
 * absorb/: the case, from dispatch to the archive: parties, sessions, agreement, duties, visits.
 *
 * Owns the record types case, party, session, agreement, duty and visit (migrations/0030_absorb.sql). May include record/ and
 * people/ and below, never sense/: the clue behind a case is known by type name only. Tests: tests/absorb/case.c.
 *
 * Life: registered → dispatched → accepted → mediating → settled | failed | withdrawn | referred → follow_up → closed → archived;
 * from dispatched also → returned, and a second time → arbitration, whose ruling is final.
 *
 * Who may look: its team in full (team.c), and the responsible unit while it is to be dispatched or accepted; after that the unit, and
 * at all times the federation above the place, see the case and its visits with names masked, never sessions and agreements
 * (content opens by assignment, GB/T 35273 7.1 e). What concerns a child needs a recorded approval besides. In an emergency it
 * opens by reason, for hours, and is judged (glass.c). The unit and mediator of the children follow the case, so that a unit that
 * gave a case back sees nothing of it any more.
 *
 * Rules held here, each with its own test:
 *  - domestic violence: no session before a safety check, none while violence goes on, none face to face, no settlement unless she
 *    wants it and has been told of warning letter, protection order, shelter and legal aid (反家庭暴力法 5, 16, 23);
 *  - a child harmed or in danger: not closed without the number of the report to the police, or a reason (未成年人保护法 11);
 *  - an agreement is in force when the parties and the mediator have signed and the seal is on it (人民调解法 29);
 *  - mediation is over 30 days only with both parties' consent, and at most 30 days longer (人民调解工作若干规定 33).
 */
#ifndef XA_ABSORB_H
#define XA_ABSORB_H
#include "record/record.h"

extern const struct rtype case_type, party_type, session_type, agreement_type, duty_type, visit_type, team_type, glass_type;
/* Job: tells the unit and the person, once, before an approval to read what concerns a child ends. How many were told. */
CHECKED enum err absorb_remind(struct ctx *c, int *ret);

/* ---- inside the room ---- */

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
/* A copy of c that sees everything: for rules, never for what is shown. */
struct ctx absorb_inside(const struct ctx *c);
/* The case of a child, whatever the actor may see. */
CHECKED enum err absorb_case(struct ctx *c, const struct rec *child, struct rec **ret);
/* Effect and prepare of the children's internal step "follow": unit, mediator and area become the case's. */
CHECKED enum err absorb_follow(struct ctx *c, const struct rec *old, struct rec *now);
/* A verb of another record, with nothing more to say. */
CHECKED enum err absorb_do(struct ctx *c, const char *type, int64_t id, const char *verb);
/* One more act with a number or text in it. */
CHECKED enum err absorb_set(struct ctx *c, const char *type, int64_t id, const char *verb, const char *field, struct str v);
int absorb_rank(struct str grade);          /* 1 red … 4 blue, 9 none */

/* ---- team.c ---- */
/* A fault at `field` when this person must not be given the case. */
CHECKED enum err absorb_assignable(struct ctx *c, const char *field, int64_t staff, int64_t kase);
/* Onto the team, as codes/team_part.tsv says; nothing when she is on it. staff 0: nothing. */
CHECKED enum err absorb_assign(struct ctx *c, int64_t kase, int64_t staff, const char *part);
/* Off the team: all of this part (NULL: everybody) but `keep`. */
CHECKED enum err absorb_dismiss(struct ctx *c, const struct rec *kase, const char *part, int64_t keep);
/* After unit or mediator of a case changed. */
CHECKED enum err absorb_team_follows(struct ctx *c, const struct rec *old, const struct rec *now);

/* The rows of a step for the people of the case: its mediator, and its team; of one that the unit takes before there is a team. */
#define R_TEAM (R_FED | R(MEDIATOR) | R(LIAISON) | R(HOTLINE))
#define UNIT(f, v, t, l, flds, prep, eff, ...)                                                                                          \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(MEDIATOR), .scope = SC_OWNER, .fields = flds, .prepare = prep,         \
	  .effect = eff, __VA_ARGS__ },                                                                                                  \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED | R(MEDIATOR) | R(LIAISON), .scope = SC_ORG, .fields = flds,     \
	  .prepare = prep, .effect = eff, __VA_ARGS__ }
#define TEAM(f, v, t, l, flds, prep, eff, ...)                                                                                          \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(MEDIATOR), .scope = SC_OWNER, .fields = flds, .prepare = prep,         \
	  .effect = eff, __VA_ARGS__ },                                                                                                  \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_TEAM, .scope = SC_TEAM, .fields = flds, .prepare = prep,             \
	  .effect = eff, __VA_ARGS__ }
#define INNER(f, v, t, l, flds, prep, eff, ...)                                                                                         \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(SYSTEM), .scope = SC_ALL, .fields = flds, .prepare = prep,           \
	  .effect = eff, .flags = STEP_INTERNAL, __VA_ARGS__ }
#define FOLLOW INNER("*", "follow", "=", "Follow the case", "", absorb_follow, NULL, .starts = NULL)
#define TEAM_READ { R(MEDIATOR), SC_OWNER, SIGHT_FULL }, { R_TEAM, SC_TEAM, SIGHT_FULL }, { R_FED | R(MEDIATOR) | R(LIAISON), SC_GLASS, SIGHT_FULL }

#endif
