/* Why: what was said in mediation is for the team alone (人民调解法 15); and with violence a badly chosen room is a danger.
 * Invariants: no session of a case of violence without a safety check, while it goes on, or face to face. */
#include "absorb/absorb.h"

static const struct field fields[] = {
	F("form", "Form", F_CODE, .of = "session_form", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("side", "Whose words", F_CODE, .of = "side", .flags = FF_LIST, .help = N_("Of a talk with one side alone the other side learns nothing, not even that it was. Without a side nobody but the team learns of it.")),
	F("held", "When", F_TIME, .flags = FF_NEED | FF_LIST),
	F("place", "Where", F_TEXT, .secrecy = S_SEALED, .max = 120),
	F("present", "Who came", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED, .max = 200),
	F("helpers", "Helpers invited", F_TEXT, .secrecy = S_SEALED, .max = 200, .help = N_("Relatives, neighbours, experts: with the parties' consent.")),
	F("rights_told", "Rights and duties told", F_BOOL, .flags = FF_NEED, .standard = "人民调解工作若干规定第三十条"),
	F("minutes", "Minutes spent", F_INT, .min = 1, .max = 1440),
	F("text", "What was said", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_SEARCH | FF_HEAVY, .max = 20000),
	F("points", "Points agreed, or why not", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 5000),
	F("child_hurt", "A child is being hurt", F_BOOL, .help = N_("The mandatory report then begins by itself: call 110 at once.")),
	F("next", "Next session", F_TIME),
};
static const struct state states[] = { { "kept", N_("Recorded"), false, NULL } };

/* 人民调解工作若干规定 33: thirty days, longer by both parties' consent only. A record may be written later than the talk. */
static enum err in_term(struct ctx *c, const struct rec *kase, const struct rec *now)
{
	struct due *d;
	size_t n;
	if (rec_has(kase, "accepted") && day_of(rec_int(now, "held")) < day_of(rec_int(kase, "accepted")))
		fault_field(c->f, "held", N_("Before the case was accepted: that was no mediation. Please write it as a note of the case."), NULL);
	TRY(due_list(c, "case", kase->id, &d, &n));
	for (size_t i = 0; i < n; i++)
		if (str_is(d[i].rule, "case.finish") && d[i].state == DUE_RUNNING && rec_int(now, "held") >= d[i].due)
			fault_field(c->f, "held", N_("The time for mediation is over. Please ask for more time with the consent of both parties, or end the mediation."), NULL);
	return OK;
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (!rec_in(k, "accepted|mediating"))
		return fail(c->f, ERR_STATE, N_("Sessions are held once the case is accepted and before it is ended."), NULL);
	if (rec_int(k, "suspended"))
		return fail(c->f, ERR_STATE, N_("It is paused. Please resume it first."), NULL);
	if (rec_int(now, "held") > c->now + 5 * MS_MINUTE)
		fault_field(c->f, "held", N_("This lies in the future. Please check the date."), NULL);
	if (!rec_int(now, "rights_told"))
		fault_field(c->f, "rights_told", N_("The parties must first be told their rights and duties."), NULL);
	if (rec_has(k, "object_at"))
		return fail(c->f, ERR_STATE, N_("A party asks for another mediator: that is decided first."), NULL);
	TRY(in_term(c, k, now));
	/* Where all sat together, all heard it; what one said alone is hers. */
	if (str_is(code_more(c->app->codes, "session_form", rec_str(c, now, "form"), "face"), "1"))
		rec_set_str(now, "side", STR("both"));
	else if (str_is(rec_str(c, now, "side"), "both"))
		fault_field(c->f, "side", N_("Spoken with apart, it is one side’s words. Please record each talk by itself."), NULL);
	bool once;
	TRY(absorb_asked_once(c, k->id, &once));
	if (once && str_is(rec_str(c, now, "side"), "child"))
		fault_field(c->f, "side", N_("The child is received jointly and asked once: please ask for the record there, not the child."), NULL);
	if (!rec_int(k, "violence"))
		return OK;
	if (!rec_has(k, "checked"))
		return fail(c->f, ERR_STATE, N_("Domestic violence: please do a safety check before any session."), NULL);
	if (!str_is(rec_str(c, k, "ongoing"), "no"))
		return fail(c->f, ERR_STATE, N_("Violence goes on, or may go on: protect first, do not mediate. Offer the police, a warning letter, a protection order, shelter."), NULL);
	if (str_is(code_more(c->app->codes, "session_form", rec_str(c, now, "form"), "face"), "1"))
		fault_field(c->f, "form", N_("Domestic violence: both sides must not meet. Please speak with each apart."), NULL);
	return OK;
}

static enum err heard(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_int(now, "child_hurt") || (old && rec_int(old, "child_hurt")))
		return OK;
	return mandatory_raise(c, now->parent, NULL, "session", N_("At a session it was seen or heard that a child is being hurt. Raised by itself; please complete."));
}

static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(heard(c, old, now));
	return absorb_do(c, "case", now->parent, "start");
}

#define SAID "form! side held! place present! helpers rights_told! minutes text! points child_hurt next"
static const struct step steps[] = {
	TEAM("", "create", "kept", "Record a session", SAID, create_check, created, .flags = STEP_PRIMARY),
	TEAM("kept", "amend", "=", "Amend", "place present! helpers minutes text! points child_hurt next", NULL, heard, .starts = NULL),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ, SIDE_READ(SIGHT_MASKED) };

const struct rtype session_type = {
	.name = "session", .table = "mediation_session", .label = N_("Session"), .plural = N_("Sessions"), .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants),
	.parent = "case", .guard = GUARD_PARENT, .level = 3,
};
