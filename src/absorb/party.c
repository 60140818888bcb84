/* Why: who the case is about. Names and addresses here are what an abuser looks for: masked for all but the team.
 * Invariants: unit, mediator and area are the case's. */
#include "absorb/absorb.h"
#include "people/people.h"

static const struct field fields[] = {
	F("side", "Side", F_CODE, .of = "side", .flags = FF_NEED | FF_LIST),
	F("name", "Party's name", F_NAME, .secrecy = S_MASKED, .flags = FF_LIST | FF_BLIND, .max = 40, .standard = "GB/T 31000-2015 姓名"),
	F("phone", "Phone", F_PHONE, .secrecy = S_MASKED, .flags = FF_LIST | FF_BLIND),
	F("idno", "ID number", F_IDNO, .secrecy = S_MASKED, .flags = FF_BLIND),
	F("sex", "Sex", F_CODE, .of = "sex", .flags = FF_LIST),
	F("birth", "Date of birth", F_DATE),
	F("relation", "Relation to party A", F_CODE, .of = "kin", .flags = FF_LIST),
	F("minor", "Under 18", F_BOOL, .flags = FF_LIST),
	F("protected_person", "Needs protection", F_BOOL, .flags = FF_LIST, .help = N_("The person whose address, phone and visits the other side must never learn.")),
	F("guardian", "Brings up the child", F_BOOL, .flags = FF_LIST),
	F("suspect", "Suspected of harming the child", F_CODE, .of = "party_suspect", .flags = FF_SYSTEM | FF_LIST),
	F("suspect_why", "Why this person is suspected", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("suspect_by", "Marked by", F_REF, .of = "staff", .flags = FF_SYSTEM),
	F("died_on", "Died on", F_DATE, .flags = FF_SYSTEM),
	F("other_name", "Name of the second person", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40, .help = N_("Entered as a party of its own; correct both afterwards.")),
	F("told_on", "Told by the police on", F_DATE, .flags = FF_SYSTEM),
	F("address", "Address", F_ADDRESS, .secrecy = S_MASKED, .flags = FF_HEAVY, .max = 200),
	F("safe_contact", "Is it safe to call?", F_CODE, .of = "yesno4", .flags = FF_LIST),
	F("safe_note", "How and when it is safe to call", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("paper_ok", "Address and phone may stand in joint papers", F_BOOL, .help = N_("Only when this person was asked alone and said yes. Without it no paper is made that holds them.")),
};
static const struct state states[] = { { "listed", N_("In the case"), true, NULL }, { "died", N_("Has died"), false, NULL }, { "removed", N_("Taken out"), false, NULL } };

static enum err check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (!rec_has(now, "name") && !rec_has(now, "phone") && !rec_has(now, "idno"))
		fault_field(c->f, "name", N_("A party needs a name, a phone or an ID number; “unknown” will do."), NULL);
	struct str id = rec_str(c, now, "idno");
	int64_t born;
	if (id.n == 18 && date_parse((struct str){ id.p + 6, 8 }, &born)) {
		if (!rec_has(now, "birth"))
			rec_set_int(now, "birth", born);
		if (!rec_has(now, "sex"))
			rec_set_str(now, "sex", (id.p[16] - '0') % 2 ? STR("1") : STR("2"));
	}
	if (rec_has(now, "birth")) {
		struct civil b = civil_of(rec_int(now, "birth")), t = civil_of(c->now);
		int years = t.year - b.year - (t.month < b.month || (t.month == b.month && t.day < b.day));
		if (rec_int(now, "birth") > c->now)
			fault_field(c->f, "birth", N_("This lies in the future. Please check the date."), NULL);
		rec_set_int(now, "minor", years < 18);
	}
	return OK;
}

/* A new or changed number may be that of somebody who works here; and somebody under 18 makes it a case about a child. */
static enum err keep_away(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	TRY(absorb_case(c, now, &k));
	if (rec_int(now, "minor") && rec_in(now, "listed") && !rec_int(k, "child"))
		TRY(absorb_do(c, "case", k->id, "minor"));
	TRY(mandatory_of_party(c, k, now));
	TRY(guardian_twin_marked(c, old, now));
	if (!old || rec_changed(c, old, now, "phone") || rec_changed(c, old, now, "idno") || rec_changed(c, old, now, "name"))
		TRY(absorb_stint_anew(c, k));
	if (old && !rec_changed(c, old, now, "phone") && !rec_changed(c, old, now, "idno"))
		return OK;
	const struct str phone = rec_str(c, now, "phone"), idno = rec_str(c, now, "idno");
	return people_conflicts_of(c, k->id, rec_int(k, "clue"), &phone, 1, &idno, 1);
}

/* ---- a party who has died, or is two people ---- */

static enum err died_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_int(now, "died_on") > c->now)
		fault_field(c->f, "died_on", N_("This lies in the future. Please check the date."), NULL);
	return OK;
}

static enum err stop_planned(struct ctx *c, const struct rec *p)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "visit", p->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned") && rec_int(s.r[i], "party") == p->id)
			TRY(absorb_do(c, "visit", s.r[i]->id, "cancel"));
	return receipt_void(c, p->id);
}

/* Who calls the house of the dead and asks for her by name does harm that no rule mends. */
static enum err died(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(stop_planned(c, now));
	return absorb_tell_team(c, now, N_("A party of a case has died: no call, no letter to the person. Please decide whether the case ends or goes on with the heirs"));
}

static enum err split_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	(void)old;
	if (str_eq(rec_str(&in, now, "other_name"), rec_str(&in, now, "name")))
		fault_field(c->f, "other_name", N_("The second person has another name. Please enter it."), NULL);
	return OK;
}

/* Both on the same side: what one may know the other may; who has to be protected from the other is moved by hand. */
static enum err split(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct done d;
	(void)old;
	return act_inner(c, &(struct act){ .type = "party", .verb = "second", .parent = now->parent, INPUTS(INPUT("side", rec_str(&in, now, "side")), INPUT("name", rec_str(&in, now, "other_name")),
		INPUT("protected_person", rec_int(now, "protected_person") ? STR("1") : STR("0")), INPUT("safe_contact", STR("unclear"))) }, &d);
}

/* The federation above may be the second person of a team of one. */
#define ABOVE_ALL(f, v, t, l, flds, prep, eff, ...) \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(CITY) | R(TOWN), .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
#define SAID "side! name phone idno sex birth relation minor guardian protected_person address safe_contact safe_note paper_ok"
static const struct step steps[] = {
	TEAM("", "create", "listed", "Add a party", SAID, guardian_twin, keep_away, .flags = STEP_PRIMARY),
	TEAM("listed", "edit", "=", "Edit", SAID, guardian_twin, keep_away, .starts = NULL),
	TEAM("listed", "remove", "removed", "Take out", "", NULL, NULL, .flags = STEP_DANGER),
	TEAM("listed", "died", "died", "Has died", "died_on!", died_check, died, .flags = STEP_DANGER),
	TEAM("died", "alive", "listed", "Is alive: entered by mistake", "", NULL, NULL, .starts = NULL),
	TEAM("listed", "split", "=", "These are two people", "other_name!", split_check, split),
	INNER("", "second", "listed", "Add a party", SAID, guardian_twin, keep_away, .starts = NULL),
	TEAM("removed", "restore", "listed", "Put back", "", NULL, NULL, .starts = NULL),
	TEAM("listed", "suspect", "=", "Suspected of harming the child", "suspect_why!", guardian_mark_check, guardian_marked, .flags = STEP_DANGER),
	TEAM("listed|removed", "told", "=", "The police have told this person", "told_on! suspect_why!", guardian_told_check, NULL, .flags = STEP_DANGER),
	ABOVE_ALL("listed|removed", "told", "=", "The police have told this person", "told_on! suspect_why!", guardian_told_check, NULL, .flags = STEP_DANGER),
	TEAM("listed|removed", "clear", "=", "No longer suspected", "suspect_why!", guardian_clear_check, NULL, .flags = STEP_DANGER),
	ABOVE_ALL("listed|removed", "clear", "=", "No longer suspected", "suspect_why!", guardian_clear_check, NULL, .flags = STEP_DANGER),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype party_type = {
	.name = "party", .label = N_("Party"), .plural = N_("Parties"), .title = "name", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
	.check = check,
};
