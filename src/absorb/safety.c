/* Why: whoever was beaten is asked first how great the danger is, alone, and goes home with a plan that only she and her team know
 * (反家庭暴力法 5: safety of the victim first, her privacy kept).
 * Invariants: neither is ever read by a side: he may ask to see "his" file. The level set is never under the one proposed, and is lowered only by a
 * second person with a reason. An assessment is not changed: a later one replaces it. A card is printed only where paper is safe with her. */
#include "absorb/absorb.h"
#include "absorb/scale.h"

/* A party of this case. */
enum err absorb_party_of(struct ctx *c, const struct rec *r, const char *field, struct rec **ret)
{
	struct ctx in = ctx_inside(c);
	struct rec *p = NULL;
	if (rec_has(r, field)) {
		TRY(see_one(&in, "party", rec_int(r, field), &p));
		if (p->parent != r->parent)
			fault_field(c->f, field, N_("This party belongs to another case."), NULL);
	}
	*ret = p;
	return OK;
}

/* ---- the assessment ---- */

static const struct field assessment_fields[] = {
	F("scale", "Scale", F_CODE, .of = "scale", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("edition", "Edition of the scale", F_TEXT, .flags = FF_SYSTEM, .max = 20),
	F("party", "Who was asked", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("held", "When", F_TIME, .flags = FF_NEED | FF_LIST),
	F("alone", "Was she asked alone?", F_BOOL, .flags = FF_NEED, .help = N_("No partner, kin or child in the room, no child as interpreter. Agree on a word to stop, and on a safe time.")),
	F("answers", "Answers", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY | FF_ONCE, .max = 2000),
	F("proposed", "Level proposed by the scale", F_CODE, .of = "grade", .flags = FF_SYSTEM | FF_LIST),
	F("level", "Level set", F_CODE, .of = "grade", .flags = FF_LIST | FF_FILTER, .help = N_("Yours to set: never under what the scale proposes. Empty: as proposed.")),
	F("score", "Score", F_INT, .flags = FF_SYSTEM | FF_LIST, .help = N_("Sum of the weights, only to order a queue by. Nothing follows from it by itself.")),
	F("unclear", "Answers that are not clear", F_INT, .flags = FF_SYSTEM),
	F("reasons", "Why this level is proposed", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 20000),
	F("why", "Other worries, or why another level", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
	F("care", "She herself needs help in a crisis", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("minor", "A child is being hurt", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
};
static const struct state assessment_states[] = {
	{ "made", N_("In force"), true, "yellow" }, { "replaced", N_("Replaced by a later one"), false, NULL }, { "void", N_("Void"), false, NULL },
};

static enum err assess_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct scale s;
	struct scale_result res;
	struct rec *k, *p;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "archived"))
		return fail(c->f, ERR_STATE, N_("This case is archived."), NULL);
	TRY(absorb_party_of(c, now, "party", &p));
	if (rec_int(now, "held") > c->now + 5 * MS_MINUTE)
		fault_field(c->f, "held", N_("This lies in the future. Please check the date."), NULL);
	TRY(scale_get(c, rec_str(c, now, "scale"), &s));
	if (!s.in_force) {
		fault_field(c->f, "scale", N_("This scale is not in force on that day."), NULL);
		return OK;
	}
	struct fault was = *c->f;
	enum err e = scale_judge(c, &s, rec_str(c, now, "answers"), rec_int(now, "alone") != 0, &res);
	if (e == ERR_INVALID) {
		const char *msg = c->f->msg;
		*c->f = was;
		fault_field(c->f, "answers", msg, NULL);
		return OK;
	}
	TRY(e);
	rec_set_str(now, "edition", s.edition);
	rec_set_str(now, "proposed", res.level);
	rec_set_str(now, "reasons", res.reasons);
	rec_set_int(now, "score", res.score);
	rec_set_int(now, "unclear", res.unclear);
	rec_set_int(now, "care", res.care);
	rec_set_int(now, "minor", res.minor);
	if (!rec_has(now, "level"))
		rec_set_str(now, "level", res.level);
	if (absorb_rank(rec_str(c, now, "level")) > absorb_rank(res.level))
		fault_field(c->f, "level", N_("Not under the level proposed. If it is too high, a second person lowers it afterwards, with a reason."), NULL);
	else if (!str_eq(rec_str(c, now, "level"), res.level) && !rec_has(now, "why"))
		fault_field(c->f, "why", N_("Please say why you set it higher."), NULL);
	return OK;
}

/* A level that a person has set lifts the case, never lowers it; what stood before of the same scale and person is over. */
static enum err assessed(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct rec *k;
	(void)old;
	TRY(see_children(&in, "assessment", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (s.r[i]->id != now->id && rec_in(s.r[i], "made") && rec_int(s.r[i], "party") == rec_int(now, "party"))
			TRY(absorb_do(c, "assessment", s.r[i]->id, "replace"));
	TRY(absorb_set(c, "case", now->parent, "assessed", "grade", rec_str(c, now, "level")));
	if (rec_int(now, "minor"))
		TRY(mandatory_raise(c, now->parent, NULL, "assessment", N_("Her answers say that a child is being hurt. Raised by itself; please complete.")));
	if (absorb_rank(rec_str(c, now, "level")) > 1 && !rec_int(now, "care"))
		return OK;
	TRY(absorb_case(c, now, &k));
	if (k->owner && k->owner != c->actor->user)
		TRY(notice_put(c, k->owner, 0, now, N_("A safety assessment asks for action today: please read it")));
	return notice_put(c, 0, k->org, now, N_("A safety assessment asks for action today: please read it"));
}

static enum err raise_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (absorb_rank(rec_str(c, now, "level")) >= absorb_rank(rec_str(c, old, "level")))
		fault_field(c->f, "level", N_("This step only raises it."), NULL);
	return OK;
}

/* In the unit's or the federation's name, by somebody else than who asked her. */
static enum err lower_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (c->actor->user == old->creator)
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who filled it in."), NULL);
	if (absorb_rank(rec_str(c, now, "level")) <= absorb_rank(rec_str(c, old, "level")))
		fault_field(c->f, "level", N_("This step only lowers it."), NULL);
	if (!rec_changed(c, old, now, "why"))
		fault_field(c->f, "why", N_("A lower grade needs a reason."), NULL);
	return OK;
}

static enum err stop_clocks(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

static const struct step assessment_steps[] = {
	TEAM("", "create", "made", "Assess her safety", "scale! party! held! alone! answers! level why", assess_check, assessed, .starts = "assessment.again", .flags = STEP_PRIMARY),
	TEAM("made", "raise", "=", "Raise the level", "level! why!", raise_check, assessed),
	{ .from = "made", .verb = "lower", .to = "=", .label = N_("Lower the level (second person)"), .roles = R_FED, .scope = SC_TEAM, .fields = "level! why!", .prepare = lower_check },
	TEAM("made", "void", "void", "Entered by mistake", "why!", NULL, stop_clocks, .flags = STEP_DANGER),
	INNER("made", "replace", "replaced", "Replaced", "", NULL, NULL, .meets = "assessment.again"),
	FOLLOW,
};
/* The federation above counts levels; answers stay with the team. No side reads either. */
static const struct grant assessment_grants[] = { TEAM_READ, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype assessment_type = {
	.name = "assessment", .label = N_("Safety assessment"), .plural = N_("Safety assessments"), .title = "scale", .fields = assessment_fields,
	.nfields = ARRAY_LEN(assessment_fields), .states = assessment_states, .nstates = ARRAY_LEN(assessment_states), .steps = assessment_steps,
	.nsteps = ARRAY_LEN(assessment_steps), .read = assessment_grants, .nread = ARRAY_LEN(assessment_grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
	.grade = "level", .offered = "violence",
};

/* ---- the safety plan, with the record of how to reach her safely ---- */

#define WORDS(n, l, m, ...) F(n, l, F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = m, __VA_ARGS__)
static const struct field plan_fields[] = {
	F("party", "Whose", F_REF, .of = "party", .flags = FF_NEED | FF_LIST | FF_ONCE),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM),
	F("made_on", "Made on", F_DATE, .flags = FF_NEED | FF_LIST),
	F("contact_way", "How she may be reached", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED, .max = 200, .help = N_("Which number or person, by call or message.")),
	F("contact_when", "When it is safe", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED, .max = 200),
	F("contact_name", "Under which name and as whom we call", F_TEXT, .secrecy = S_SEALED, .max = 120),
	F("contact_never", "What must never be done", F_TEXT, .secrecy = S_SEALED, .max = 200, .help = N_("For instance: no message, no call after six, nothing to the employer.")),
	F("code_word", "Word that means: call the police", F_TEXT, .secrecy = S_SEALED, .max = 40),
	WORDS("signs", "Signs that it begins", 1000, .standard = NULL),
	WORDS("leave", "How she gets out", 1000, .help = N_("Which door, at which hour, with whom. Where she goes does not stand here: seal it as an entry of the vault.")),
	WORDS("people", "Who helps", 1000, .help = N_("Names as she says them, and what each has promised. No address.")),
	WORDS("bag", "What lies ready", 1000, .help = N_("Papers, keys, money, medicine, the children's things.")),
	WORDS("children", "For the children", 1000, .help = N_("What they do, whom they call, which word they know. They are never sent between the two.")),
	F("paper_safe", "A card on paper is safe with her", F_BOOL, .help = N_("Only when she says so, asked alone. Without it no card is printed.")),
	F("handed", "How she has it", F_CODE, .of = "card_given", .flags = FF_LIST),
	F("reviewed", "Gone over again", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
};
static const struct state plan_states[] = {
	{ "draft", N_("Draft"), true, "yellow" }, { "agreed", N_("Agreed with her"), true, "green" }, { "over", N_("No longer true"), false, NULL },
};

static enum err plan_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k, *p;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "archived"))
		return fail(c->f, ERR_STATE, N_("This case is archived."), NULL);
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	return absorb_party_of(c, now, "party", &p);
}

static enum err agree_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const must_say[] = { "leave", "people" };
	(void)old;
	for (size_t i = 0; i < ARRAY_LEN(must_say); i++)
		if (!rec_has(now, must_say[i]))
			fault_field(c->f, must_say[i], N_("Please fill this in."), NULL);
	if (str_is(rec_str(c, now, "handed"), "paper") && !rec_int(now, "paper_safe"))
		fault_field(c->f, "handed", N_("She has not said that paper is safe with her."), NULL);
	return OK;
}

static enum err review_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(plan_check(c, old, now));
	rec_set_int(now, "reviewed", c->now);
	return agree_check(c, old, now);
}

#define PLAN "contact_way! contact_when! contact_name contact_never code_word signs leave people bag children paper_safe handed note"
static const struct step plan_steps[] = {
	TEAM("", "create", "draft", "Make a safety plan", "party! made_on! " PLAN, plan_check, NULL, .flags = STEP_PRIMARY),
	TEAM("draft", "edit", "=", "Edit", PLAN, NULL, NULL, .starts = NULL),
	TEAM("draft", "agree", "agreed", "Agreed with her", "leave! people! paper_safe handed!", agree_check, NULL, .starts = "safetyplan.review", .flags = STEP_PRIMARY),
	TEAM("agreed", "review", "=", "Gone over again", PLAN, review_check, NULL, .meets = "safetyplan.review", .starts = "safetyplan.review", .flags = STEP_PRIMARY),
	TEAM("draft|agreed", "end", "over", "No longer true", "note!", NULL, stop_clocks, .flags = STEP_DANGER),
	FOLLOW,
};
static const struct grant plan_grants[] = { TEAM_READ };

const struct rtype safetyplan_type = {
	.name = "safetyplan", .label = N_("Safety plan"), .plural = N_("Safety plans"), .title = "party", .fields = plan_fields, .nfields = ARRAY_LEN(plan_fields),
	.states = plan_states, .nstates = ARRAY_LEN(plan_states), .steps = plan_steps, .nsteps = ARRAY_LEN(plan_steps), .read = plan_grants, .nread = ARRAY_LEN(plan_grants),
	.parent = "case", .guard = GUARD_PARENT, .level = 3, .grade = "grade", .offered = "violence",
};
