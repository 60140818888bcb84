/* Why: somebody is in danger and whoever holds the case cannot be reached: then the file must open, and whoever opened it must answer
 * for it. Invariants: one case, read only, for hours; the supervisor, the person in charge and the three who watch are told at once;
 * each read names the opening; an opening stays "to be judged", with its clock, until somebody other than the opener has judged it. */
#include "absorb/absorb.h"
#include "people/people.h"

static const struct field fields[] = {
	F("reason", "What makes it urgent", F_CODE, .of = "glass_reason", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("why", "What has happened, in your own words", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_ONCE, .max = 500,
	  .help = N_("At least ten characters. Your supervisor and the security administrator read it today.")),
	F("use_for", "What you will do with it", F_TEXT, .flags = FF_NEED | FF_LIST | FF_ONCE, .max = 100),
	F("staff", "Opened by", F_REF, .of = "staff", .flags = FF_SYSTEM | FF_LIST),
	F("until", "Open until", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("ended", "Given back", F_TIME, .flags = FF_SYSTEM),
	F("judge", "Judged by", F_REF, .of = "staff", .flags = FF_SYSTEM | FF_LIST),
	F("judged", "Judged on", F_TIME, .flags = FF_SYSTEM),
	F("words", "Grounds of the judgement", F_LONG, .secrecy = S_SEALED, .max = 500),
};
static const struct state states[] = {
	{ "opened", N_("To be judged"), true, "red" }, { "justified", N_("Justified"), false, "green" }, { "unjustified", N_("Not justified"), false, "red" },
};

static enum err open_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	if (utf8_count(rec_str(c, now, "why")) < 10)
		fault_field(c->f, "why", N_("Please write at least ten characters."), NULL);
	TRY(absorb_case(c, now, &k));
	enum may m = may(c, k->t, "view", k);
	if (m == MAY_ALLOW && c->depth == 0)
		return fail(c->f, ERR_STATE, N_("This case is open to you already."), NULL);
	rec_set_int(now, "staff", c->actor->user);
	rec_set_int(now, "until", c->now + limit_ms(c->app->codes, "glass", c->now));
	/* Who judges: the unit above hers; at the top her own. */
	int64_t above = 0;
	if (c->actor->org)
		TRY(people_org_above(c, c->actor->org, &above));
	now->org = above ? above : c->actor->org;
	now->owner = c->actor->user;
	return OK;
}

static enum err tell(struct ctx *c, enum role role, const struct rec *now)
{
	int64_t who[20];
	size_t n;
	TRY(people_with_role(c, role, who, ARRAY_LEN(who), &n));
	for (size_t i = 0; i < n; i++)
		TRY(notice_put(c, who[i], 0, now, N_("Emergency opening of a case: please judge it today")));
	return OK;
}

static enum err opened(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	TRY(access_put(c, now, now->owner, k->id, ACCESS_GLASS, c->now, rec_int(now, "until")));
	if (rec_has(k, "clue"))
		TRY(access_put(c, now, now->owner, rec_int(k, "clue"), ACCESS_GLASS, c->now, rec_int(now, "until")));
	if (k->owner)
		TRY(notice_put(c, k->owner, 0, k, N_("A case of yours was opened in an emergency")));
	TRY(notice_put(c, 0, k->org, k, N_("A case of your unit was opened in an emergency")));
	TRY(notice_put(c, 0, now->org, now, N_("Emergency opening of a case: please judge it today")));
	TRY(tell(c, ROLE_SECADMIN, now));
	return tell(c, ROLE_AUDITOR, now);
}

static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(old, "until") <= c->now || rec_has(old, "ended"))
		return fail(c->f, ERR_STATE, N_("It has ended already."), NULL);
	rec_set_int(now, "ended", c->now);
	rec_set_int(now, "until", c->now);
	return OK;
}

static enum err end_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return access_drop(c, now);
}

static enum err judge_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (c->actor->user == rec_int(now, "staff"))
		return fail(c->f, ERR_DENIED, N_("Nobody judges her own opening."), NULL);
	rec_set_int(now, "judge", c->actor->user);
	rec_set_int(now, "judged", c->now);
	return OK;
}

static enum err judged(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_in(now, "unjustified"))
		TRY(access_drop(c, now));
	return notice_put(c, rec_int(now, "staff"), 0, now, rec_in(now, "justified") ? N_("Your emergency opening was judged: justified")
									     : N_("Your emergency opening was judged: not justified"));
}

#define JUDGE(verb_, to_, label_, eff, fl)                                                                                                     \
	{ .from = "opened", .verb = verb_, .to = to_, .label = label_, .roles = R(SECADMIN), .scope = SC_OTHERS, .fields = "words!",             \
	  .prepare = judge_check, .effect = eff, .meets = "glass.judge", .flags = fl },                                                           \
	{ .from = "opened", .verb = verb_, .to = to_, .label = label_, .roles = R_FED, .scope = SC_ORG, .fields = "words!",                      \
	  .prepare = judge_check, .effect = eff, .meets = "glass.judge", .flags = fl }
static const struct step steps[] = {
	{ .from = "", .verb = "create", .to = "opened", .label = N_("Emergency opening"), .roles = R_FED, .scope = SC_AREA, .fields = "reason! why! use_for!",
	  .prepare = open_check, .effect = opened, .starts = "glass.judge", .flags = STEP_DANGER | STEP_FRESH },
	{ .from = "", .verb = "create", .to = "opened", .label = N_("Emergency opening"), .roles = R_FED | R(LIAISON) | R(MEDIATOR), .scope = SC_ORG,
	  .fields = "reason! why! use_for!", .prepare = open_check, .effect = opened, .starts = "glass.judge", .flags = STEP_DANGER | STEP_FRESH },
	{ .from = "opened", .verb = "end", .to = "=", .label = N_("Give it back"), .roles = R_FED | R(LIAISON) | R(MEDIATOR), .scope = SC_OWNER, .fields = "",
	  .prepare = end_check, .effect = end_it, .flags = STEP_PRIMARY },
	JUDGE("justify", "justified", N_("Judge: justified"), judged, STEP_PRIMARY),
	JUDGE("blame", "unjustified", N_("Judge: not justified"), judged, STEP_DANGER),
};
/* Who watches reads reasons and answers, never the case. */
static const struct grant grants[] = {
	{ R(SECADMIN), SC_OTHERS, SIGHT_FULL, .head = true }, { R(AUDITOR), SC_ALL, SIGHT_FULL, .head = true }, { R_FED, SC_ORG, SIGHT_FULL, .head = true },
	{ R_FED | R(LIAISON) | R(MEDIATOR), SC_OWNER, SIGHT_FULL, .head = true },
};

const struct rtype glass_type = {
	.name = "glass", .table = "case_glass", .label = N_("Emergency opening"), .plural = N_("Emergency openings"), .title = "use_for", .fields = fields,
	.nfields = ARRAY_LEN(fields), .states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants,
	.nread = ARRAY_LEN(grants), .parent = "case", .level = 2, .guard = GUARD_PARENT,
};
