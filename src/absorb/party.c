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
	F("address", "Address", F_ADDRESS, .secrecy = S_MASKED, .flags = FF_HEAVY, .max = 200),
	F("safe_contact", "Is it safe to call?", F_CODE, .of = "yesno4", .flags = FF_LIST),
	F("safe_note", "How and when it is safe to call", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("paper_ok", "Address and phone may stand in joint papers", F_BOOL, .help = N_("Only when this person was asked alone and said yes. Without it no paper is made that holds them.")),
};
static const struct state states[] = { { "listed", N_("In the case"), true, NULL }, { "removed", N_("Taken out"), false, NULL } };

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
	if (!old || rec_changed(c, old, now, "phone") || rec_changed(c, old, now, "idno") || rec_changed(c, old, now, "name"))
		TRY(absorb_stint_anew(c, k));
	if (old && !rec_changed(c, old, now, "phone") && !rec_changed(c, old, now, "idno"))
		return OK;
	const struct str phone = rec_str(c, now, "phone"), idno = rec_str(c, now, "idno");
	return people_conflicts_of(c, k->id, rec_int(k, "clue"), &phone, 1, &idno, 1);
}

#define SAID "side! name phone idno sex birth relation minor protected_person address safe_contact safe_note paper_ok"
static const struct step steps[] = {
	TEAM("", "create", "listed", "Add a party", SAID, NULL, keep_away, .flags = STEP_PRIMARY),
	TEAM("listed", "edit", "=", "Edit", SAID, NULL, keep_away, .starts = NULL),
	TEAM("listed", "remove", "removed", "Take out", "", NULL, NULL, .flags = STEP_DANGER),
	TEAM("removed", "restore", "listed", "Put back", "", NULL, NULL, .starts = NULL),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype party_type = {
	.name = "party", .label = N_("Party"), .plural = N_("Parties"), .title = "name", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
	.check = check,
};
