/* Why: a promise with a day is watched, one without is forgotten (人民调解法 31). Invariants: an open duty has a running clock. */
#include "absorb/absorb.h"

static const struct field fields[] = {
	F("agreement", "Agreement", F_REF, .of = "agreement", .flags = FF_NEED | FF_ONCE),
	F("what", "What is to be done", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED | FF_LIST, .max = 200),
	F("side", "Whose duty", F_CODE, .of = "side", .flags = FF_NEED | FF_LIST),
	F("amount", "Amount", F_MONEY, .max = INT64_C(100000000000)),
	F("due_on", "By when", F_DATE, .flags = FF_NEED | FF_LIST),
	F("status", "How it stands", F_CODE, .of = "duty_status", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 500),
	F("done_at", "Done", F_TIME, .flags = FF_SYSTEM),
};
static const struct state states[] = {
	{ "open", N_("Awaited"), true, "yellow" }, { "late", N_("Late"), true, "red" }, { "done", N_("Done"), false, "green" }, { "over", N_("No longer awaited"), false, NULL },
};

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = absorb_inside(c);
	struct rec *a;
	(void)old;
	TRY(see_one(&in, "agreement", rec_int(now, "agreement"), &a));
	if (a->parent != now->parent)
		fault_field(c->f, "agreement", N_("This agreement belongs to another case."), NULL);
	else if (!rec_in(a, "draft|signed"))
		fault_field(c->f, "agreement", N_("This agreement is over already."), NULL);
	rec_set_str(now, "status", STR("waiting"));
	return OK;
}

static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_start_at(c, now, "duty.perform", rec_int(now, "due_on") + MS_DAY, "agreement");
}

static enum err done_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_str(now, "status", STR("done"));
	rec_set_int(now, "done_at", c->now);
	return OK;
}

static enum err late_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (c->now < rec_int(now, "due_on") + MS_DAY)
		return fail(c->f, ERR_STATE, N_("Its day has not passed yet."), NULL);
	rec_set_str(now, "status", STR("late"));
	return OK;
}

static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str s = rec_str(c, now, "status");
	(void)old;
	if (!str_is(code_more(c->app->codes, "duty_status", s, "ended"), "1") || str_is(s, "done"))
		fault_field(c->f, "status", N_("Please choose why it is no longer awaited."), NULL);
	return OK;
}

static enum err end_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

static const struct step steps[] = {
	TEAM("", "create", "open", "Add a duty", "agreement! what! side! amount due_on!", create_check, created, .flags = STEP_PRIMARY),
	TEAM("open|late", "done", "done", "Done", "note", done_check, NULL, .meets = "duty.perform", .flags = STEP_PRIMARY),
	TEAM("open", "late", "late", "Mark as late", "note", late_check, NULL, .starts = NULL),
	TEAM("open|late", "end", "over", "No longer awaited", "status! note!", end_check, end_it, .starts = NULL),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ, SIDE_READ(SIGHT_FULL) };

const struct rtype duty_type = {
	.name = "duty", .label = N_("Duty"), .plural = N_("Duties"), .title = "what", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
};
