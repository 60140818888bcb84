/*
 * absorb/: the case, from dispatch to the archive: parties, sessions, agreement, duties, visits, messages, the vault.
 *
 * What other units do in a case: referral.c (0315_referral.sql). What a court commissions: commission.c (0316_commission.sql).
 * Counselling (counsel.c) and petitions (petition.c) stand beside cases: 0350_counsel.sql, 0351_petition.sql.
 * Owns the record types case, party, session, agreement, duty, visit (migrations/0030_absorb.sql), message (0131_wall.sql), vault and
 * opening (0132_vault.sql), document (0250_document.sql), and the citizens' receipts. May include record/ and
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
#include "people/people.h"
#include "record/record.h"

extern const struct rtype case_type, party_type, session_type, agreement_type, duty_type, visit_type, message_type, document_type, vault_type, opening_type, team_type, glass_type,
	assessment_type, safetyplan_type, letter_type, order_type, stay_type, evidence_type, mandatory_type, handover_type, supervision_type, booking_type, feed_type,
	counsel_type, counsellor_type, talk_type, consult_type, petition_type, guidance_type, lesson_type, joint_type, joint_part_type, custody_type, referral_type, commission_type, signature_type, issued_type, office_paper_type, office_scan_type;

/* ---- receipts: what a citizen holds instead of a log-in (receipt.c; security S8, S58) ------------------------------------- */

/* Sixteen digits, shown once. The store keeps only receipt_mark() of them. Two kinds: of the clue that she wrote herself, and of a
 * party of a case, given to her by the team: that one knows its side, and so what she may read of the case (SC_SIDE). */
/* shut: who holds it must not learn how it stands (guardian.c): she reads nothing, and is told that it is being handled. */
struct receipt { int64_t clue, party, kase, withdrawn; char side[8]; unsigned char mark[16]; bool shut; };
/* Writer: keeps a mark for a clue. Kept already: fine. */
CHECKED enum err receipt_for_clue(struct ctx *c, const unsigned char mark[16], int64_t clue);
/* Writer: a new receipt for a party; the one before is void. Only for who may edit the party; journaled. digits: from receipt_digits(). */
CHECKED enum err receipt_for_party(struct ctx *c, const unsigned char mark[16], int64_t party);
struct str receipt_digits(struct ctx *c);
/* ERR_NOT_FOUND for every reason alike. old: the mark as older programs made it (blind index "receipt" of the digits). */
CHECKED enum err receipt_find(struct ctx *c, const unsigned char mark[16], const unsigned char old[16], struct receipt *ret);
/* As its writer has it, without a mark: who is known by other means (portal/wechat.h). ERR_NOT_FOUND. */
CHECKED enum err receipt_of_clue(struct ctx *c, int64_t clue, struct receipt *ret);
/* The actor who holds it: ROLE_CITIZEN on her side of her case. */
void receipt_actor(const struct receipt *r, struct actor *ret);
/* 1 received, 2 being handled, 3 finished. */
CHECKED enum err receipt_standing(struct ctx *c, const struct receipt *r, int *ret);
/* Writer: what she adds later, or (withdraw) that she no longer wants it to go on: kept on her side of the case, or on her clue
 * while there is no case; the team is told. It ends nothing by itself: an abuser may hold her phone. */
CHECKED enum err receipt_say(struct ctx *c, const struct receipt *r, struct str text, bool withdraw, struct str idem);

/* Writer: one file that she handed in: a paper of her side of the case, or of her clue while there is none. c->file is it. *ret_again: this key was
 * there before, and so is its file. */
CHECKED enum err receipt_hand_in(struct ctx *c, const struct receipt *r, struct str idem, bool *ret_again);

/* ---- papers and the wall (wall.c; security S61) -------------------------------------------------------------------------------- */

/* A paper of a case may carry no word of the vault, and no address, phone or ID number of a party who has not allowed it: ERR_STATE
 * names the kind of thing found, never the thing. Asked of everything that is rendered to leave the house. */
CHECKED enum err absorb_paper_clear(struct ctx *c, int64_t kase, const struct str *texts, size_t n);
/* The same for a form that lies in a file which both may ask to read: nor the name of who made the mandatory report. */
CHECKED enum err absorb_paper_joint(struct ctx *c, int64_t kase, const struct str *texts, size_t n);
/* The agreement as a paper (人民调解法 29), for its team, and in force for either side. In c->a. */
struct document;
CHECKED enum err absorb_agreement_paper(struct ctx *c, int64_t id, struct document *ret);

/* Words that are often taken one for the other in an agreement (message ids, at most 4, ended by NULL): 抚养 of children, 扶养 between spouses, 赡养 of parents; 补偿, 赔偿; 定金, 订金. */
void absorb_wording(struct str text, const char *ret[5]);
/* The papers of protection (papers.c), in the layout the offices use, from a record or (id 0) blank to be filled in by hand. One whose reader is
 * a party is asked about with absorb_paper_for(): his own address may stand in it, hers never. */
enum paper_keeper { KEPT_NOT, KEPT_TEAM /* issued.c */, KEPT_OFFICE /* office.c */ };
struct absorb_paper {
	const char *type, *name, *label; const char *states; unsigned roles;
	bool filed;                 /* goes into the file of the case */
	enum paper_keeper keeper;   /* who numbers and keeps it; what is filed the team */
	bool own;                   /* made by the unit of the record alone, not by the team */
};
extern const struct absorb_paper absorb_papers[];      /* ends with type NULL */
/* The number of a letter that this unit sends, in its own series when it has a sign (发文机关代字, GB/T 9704-2012 7.2.5); else that of the type, given by act(). */
CHECKED enum err absorb_number(struct ctx *c, int64_t org, struct rec *now);
/* Whether this paper can be made of this record now (but for what only its words will show). */
bool absorb_paper_fits(struct ctx *c, const struct absorb_paper *which, const struct rec *r);
/* The case a record belongs to: itself, or its parent. */
static inline int64_t absorb_case_of(const struct rec *r) { return strcmp(r->t->name, "case") == 0 ? r->id : r->parent; }
/* ERR_NOT_FOUND: no such paper, or no sight of the record; ERR_STATE: not in this state, or it would hold what its reader must not learn. In c->a. */
CHECKED enum err absorb_paper(struct ctx *c, const struct absorb_paper *which, int64_t id, struct document *ret);
/* The same; *ret_reader: the party who may hold it and whose own particulars may stand in it, 0: nobody, -1: it goes from office to office. */
CHECKED enum err absorb_paper_reader(struct ctx *c, const struct absorb_paper *which, int64_t id, struct document *ret, int64_t *ret_reader);
/* absorb_paper_clear() for a paper of one party: what is that party's own may stand in it (0: of nobody). */
CHECKED enum err absorb_paper_for(struct ctx *c, int64_t kase, int64_t party, const struct str *texts, size_t n);

/* Why mediation is not offered in a case where violence is flagged (message id), NULL: it may be. Not before she was asked alone, said that it has
 * stopped and that she wants it, and was told what protects her (反家庭暴力法 5, 16, 23). */
const char *absorb_no_mediation(struct ctx *c, const struct rec *kase);

/* Days after mediation on which this case is visited, by its kind and the law of the day (codes/visit_plan.tsv): "7,30,90". */
struct str absorb_visit_days(struct ctx *c, const struct rec *kase);
/* What is gone over at a visit of this kind of case (codes/visit_point.tsv), and what of it was. How many. */
struct visit_point { struct str code, label; bool done, must; };
size_t absorb_visit_points(struct ctx *c, const struct rec *visit, const struct rec *kase, struct visit_point *ret, size_t max);

/* Why a couple is not counselled together (message id), NULL: it may be. Not before each was asked alone about violence and both said no
 * (反家庭暴力法 5). */
const char *absorb_no_joint(struct ctx *c, const struct rec *counsel);

/* ---- the vault (vault.c; security S13) -------------------------------------------------------------------------------------------- */

#define VAULT_ASK (30 * MS_MINUTE)     /* to be approved, and then to be opened, within */
#define VAULT_OPEN (10 * MS_MINUTE)    /* stays open */
/* Writer: the entry behind an opening that is open now, for who asked for it, with its value uncovered. Journaled each time. ERR_STATE when
 * it is over, ERR_DENIED for anybody else. */
CHECKED enum err vault_look(struct ctx *c, int64_t opening, struct rec **ret, int64_t *ret_until);

/* Job: tells the unit and the person, once, before an approval to read what concerns a child ends. How many were told. */
CHECKED enum err absorb_remind(struct ctx *c, int *ret);

/* ---- inside the room ---- */

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
/* The case of a child, whatever the actor may see. */
CHECKED enum err absorb_case(struct ctx *c, const struct rec *child, struct rec **ret);
/* What protects begins only where violence is flagged and the case is open. ERR_STATE says what to do first. */
CHECKED enum err absorb_violent(struct ctx *c, const struct rec *kase);
/* Effect and prepare of the children's internal step "follow": unit, mediator and area become the case's. */
CHECKED enum err absorb_follow(struct ctx *c, const struct rec *old, struct rec *now);
/* The party of the same case that a field names (NULL when it names none); a fault at the field when it is another case's. */
CHECKED enum err absorb_party_of(struct ctx *c, const struct rec *r, const char *field, struct rec **ret);
/* The unit that a field names must be of a kind (codes/org_kind.tsv). */
CHECKED enum err absorb_unit(struct ctx *c, const struct rec *now, const char *field, const char *kind);
/* Two parties of the case on different sides: she who is protected, and he from whom. */
CHECKED enum err absorb_sides(struct ctx *c, const struct rec *now, const char *hers, const char *his, struct rec **ret_hers, struct rec **ret_his);
/* Who leads the case, and its unit. */
CHECKED enum err absorb_tell_team(struct ctx *c, const struct rec *r, const char *text);
/* Visits of codes/visit_why.tsv to the party that a field names, so many days from now, by the rules WHY.visitDAYS; and those still planned dropped. */
CHECKED enum err absorb_plan_visits(struct ctx *c, const struct rec *r, const char *why, const char *party, const char *const *days, size_t n);
CHECKED enum err absorb_drop_visits(struct ctx *c, const struct rec *r, const char *why);
/* Mediator and area follow the case; the unit stays the office whose part it is. */
CHECKED enum err absorb_follow_lead(struct ctx *c, const struct rec *old, struct rec *now);
/* Is a child of this case received jointly, so that it is asked there and nowhere else? */
CHECKED enum err absorb_asked_once(struct ctx *c, int64_t kase, bool *ret);
/* Who brings up a child and is suspected of harming it (guardian.c). Hidden: must not learn of the case. */
bool absorb_hidden(const struct rec *party);
bool absorb_suspected(const struct rec *party);
/* Does one who must not learn of it stand on this side ("both": on any)? Anybody suspected in the case? Is this person one of them? */
struct whom { struct str name, phone, idno; };
CHECKED enum err absorb_hidden_side(struct ctx *c, int64_t kase, struct str side, bool *ret);
CHECKED enum err absorb_any_suspected(struct ctx *c, int64_t kase, bool *ret);
CHECKED enum err absorb_suspect_is(struct ctx *c, int64_t kase, const struct whom *w, bool only_hidden, bool *ret);
/* Is it this party? ERR_STATE, with what to do, when the party that a field names must not learn of it. */
CHECKED enum err absorb_is_hidden(struct ctx *c, int64_t party, bool *ret);
CHECKED enum err absorb_not_hidden(struct ctx *c, const struct rec *r, const char *field);
/* Is a temporary guardian named for this child? */
CHECKED enum err absorb_stands_in(struct ctx *c, int64_t kase, int64_t child, bool *ret);
/* Of the steps of a party. */
CHECKED enum err guardian_mark_check(struct ctx *c, const struct rec *old, struct rec *now);
CHECKED enum err guardian_marked(struct ctx *c, const struct rec *old, struct rec *now);
CHECKED enum err guardian_told_check(struct ctx *c, const struct rec *old, struct rec *now);
CHECKED enum err guardian_clear_check(struct ctx *c, const struct rec *old, struct rec *now);
CHECKED enum err guardian_twin(struct ctx *c, const struct rec *old, struct rec *now);
CHECKED enum err guardian_twin_marked(struct ctx *c, const struct rec *old, const struct rec *now);
/* Writer: the receipt of a party, all receipts of a side of a case are void. */
CHECKED enum err receipt_void(struct ctx *c, int64_t party);
CHECKED enum err receipts_void(struct ctx *c, int64_t kase, struct str side);
/* Something happened that the care of its household weighs (an alarm, a letter, an order): weighed anew at once. The wing sense/ is known by its types' names. */
CHECKED enum err absorb_weigh(struct ctx *c, int64_t kase);
/* A sign of harm to a minor, wherever it was written down: the mandatory report of the case begins, with its hour, unless one stands for this child
 * and event. child: the party; NULL: not known which. origin: of codes/duty_origin.tsv. signs: message id. (未成年人保护法 11) */
CHECKED enum err mandatory_raise(struct ctx *c, int64_t kase, const struct rec *child, const char *origin, const char *signs);
/* The same of a party under 18 in need of protection, and of each of them when violence comes to a case. (反家庭暴力法 14) */
CHECKED enum err mandatory_of_party(struct ctx *c, const struct rec *kase, const struct rec *party);
CHECKED enum err mandatory_violent(struct ctx *c, const struct rec *old, const struct rec *now);
/* A verb of another record, with nothing more to say. */
CHECKED enum err absorb_do(struct ctx *c, const char *type, int64_t id, const char *verb);
/* One more act with a number or text in it. */
CHECKED enum err absorb_set(struct ctx *c, const char *type, int64_t id, const char *verb, const char *field, struct str v);
int absorb_rank(struct str grade);          /* 1 red … 4 blue, 9 none */

/* ---- office.c ---- */
/* Effect of "keep" of a letter, an order, a report or a stay: the paper that its field "paper" names is numbered and kept by the unit of the record. */
CHECKED enum err office_keep(struct ctx *c, const struct rec *old, struct rec *now);
#define KEEP_PAPER(states) PART(states, "keep", "=", "Number and keep a paper", "paper!", NULL, office_keep, .starts = NULL)
#define PAPER_FIELD(list) F("paper", "Paper that is kept", F_CODE, .of = list, .flags = FF_SYSTEM | FF_UNSHOWN)

/* ---- referral.c ---- */
/* When a term given by its last day ends: a day off moves it to the next working day (民法典 203). */
int64_t absorb_last_day(const struct ctx *c, int64_t on);
/* In prepare(): one more entry, with the moment and a heading, at the end of a text that is only ever added to. ERR_STATE when it is full. */
CHECKED enum err absorb_append(struct ctx *c, struct rec *now, const char *log, struct str head, struct str text);

/* ---- commission.c ---- */
/* Not each kind of commission has each paper. */
bool commission_has_paper(struct ctx *c, const struct rec *r, const char *name);

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
/* Of the steps of a case: a party asks for another mediator (objection.c). */
CHECKED enum err objection_check(struct ctx *c, const struct rec *old, struct rec *now);
CHECKED enum err objected(struct ctx *c, const struct rec *old, struct rec *now);
CHECKED enum err objection_keep_check(struct ctx *c, const struct rec *old, struct rec *now);
CHECKED enum err objection_kept(struct ctx *c, const struct rec *old, struct rec *now);

/* Names of who stands on a side of a case, "甲、乙"; in: ctx_inside(), or masked: as its actor reads them. Empty on a fault. In in->a. */
struct str absorb_side_names(struct ctx *in, int64_t kase, const char *side, bool masked);
/* Has the court confirmed this agreement; why it cannot be asked to (message id; NULL: it can). 人民调解法 33. */
bool absorb_confirmed(const struct ctx *c, const struct rec *agreement);
const char *absorb_no_confirmation(const struct ctx *c, const struct rec *agreement);

#define R_TEAM (R_FED | R(MEDIATOR) | R(LIAISON))
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
/* The office whose part it is: the unit of the record, its liaisons. It sees this record in full, and nothing else of the case. */
#define PART(f, v, t, l, flds, prep, eff, ...)                                                                                          \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(LIAISON), .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
/* The team of the case, and the office. */
#define BOTH(f, v, t, l, flds, prep, eff, ...) TEAM(f, v, t, l, flds, prep, eff, __VA_ARGS__), PART(f, v, t, l, flds, prep, eff, __VA_ARGS__)
#define PART_READ { R(LIAISON), SC_ORG, SIGHT_FULL, .head = true }
#define FOLLOW INNER("*", "follow", "=", "Follow the case", "", absorb_follow, NULL, .starts = NULL)
/* She on whose side it is, or whom it answers; nothing of the other's. */
#define SIDE_READ(sight) { R(CITIZEN), SC_SIDE, sight }
#define TEAM_READ { R(MEDIATOR), SC_OWNER, SIGHT_FULL }, { R_TEAM, SC_TEAM, SIGHT_FULL }, { R_FED | R(MEDIATOR) | R(LIAISON), SC_GLASS, SIGHT_FULL }

/* A couple passes from one counsellor to another, with her part and, where she was in charge, the charge (counsel.c). */
CHECKED enum err absorb_counsel_pass(struct ctx *c, const struct rec *counsel, int64_t from, int64_t to);

/* What a suggestion for this case, or for this clue before it is one, is to go by: the one way for the page of the case, the check of a choice and the plan. */
struct mediator_ask absorb_asks(struct ctx *c, const struct rec *r);
bool absorb_violent_signal(struct str signals);
/* In prepare(), when somebody may be chosen: asks why when she is not as good as the first whom the list proposes (choose.c). */
CHECKED enum err absorb_choice(struct ctx *c, const struct rec *old, struct rec *now);

/* ---- who had it, and how it went on (stint.c) ------------------------------------------------------------------------------------ */

/* What was closed and is opened again within so many days, or comes back as a new case of the same people, was not closed: 设定. */
#define STINT_BACK_DAYS 90
/* On the writer, whenever a case may pass from one to another or out of work. */
CHECKED enum err absorb_stint(struct ctx *c, const struct rec *old, const struct rec *now);
/* On the writer, when a party of this case has been added or changed: marks what was closed of the same people not long before. */
CHECKED enum err absorb_stint_anew(struct ctx *c, const struct rec *kase);
/* Other cases of the same people: two parties are the same, or one is (by number or phone) and so is the kind of dispute. For counts: whoever
 * asks need not be allowed to see them. */
CHECKED enum err absorb_same_people(struct ctx *c, const struct rec *kase, int64_t *ret, size_t max, size_t *ret_n);

#endif
