/* Why: late work that only turns red on somebody's page stays late. Who is above asks in writing, by a day, and reads the answer; "it is being done" can be
 * asked again (督办: 提醒、催办、督办单、通报).
 * Who does what: the town or the city asks of a case below; the unit that has it, or who leads it, answers; who asked accepts the answer or asks again.
 * Invariants: nobody supervises herself or accepts her own unit's answer; the case is not closed while a slip waits; what is asked stays readable after
 * it was asked again, for the journal keeps each; notices hold no name and no matter. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("level", "Level of supervision", F_CODE, .of = "supervision_level", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("ask", "What is asked", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 2000),
	F("basis", "Basis", F_TEXT, .max = 120, .help = N_("The meeting, rule or order that it follows. No names.")),
	F("by_on", "Answer by", F_DATE, .flags = FF_NEED | FF_LIST),
	F("sender", "Unit that asks", F_REF, .of = "org", .flags = FF_SYSTEM | FF_LIST),
	F("asker", "Who asks", F_REF, .of = "staff", .flags = FF_SYSTEM),
	F("answer", "Answer", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 3000, .help = N_("What was done, what is still to be done, by when.")),
	F("answered", "Answered", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("again_why", "Why it is asked again", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("rounds", "Times asked", F_INT, .flags = FF_SYSTEM, .max = 100),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .max = 200),
};
static const struct state states[] = {
	{ "asked", N_("Answer awaited"), true, "red" }, { "answered", N_("Answered, to be read"), true, "yellow" }, { "closed", N_("Answer accepted"), false, "green" },
	{ "dropped", N_("Taken back"), false, NULL },
};

/* The day must leave time to answer, and a working day must be in it. */
static enum err day_fits(struct ctx *c, const struct rec *now)
{
	int32_t last = day_of(rec_int(now, "by_on"));
	if (last <= day_of(c->now))
		fault_field(c->f, "by_on", N_("At the earliest tomorrow."), NULL);
	else if (last > day_of(c->now) + 60)
		fault_field(c->f, "by_on", N_("At most sixty days."), NULL);
	return OK;
}

/* 民法典第二百零三条: a last day on a holiday moves to the next working day. */
static enum err clock_it(struct ctx *c, const struct rec *now)
{
	int32_t last = day_of(rec_int(now, "by_on"));
	while (!day_kind_works(calendar_kind(c->app->calendar, last, NULL)))
		last++;
	return due_start_at(c, now, "supervision.answer", day_start(last + 1), "by_on");
}

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "closed|archived"))
		return fail(c->f, ERR_STATE, N_("This case is closed. Please reopen it first."), NULL);
	if (c->depth == 0 && k->org == c->actor->org)
		return fail(c->f, ERR_DENIED, N_("Nobody supervises her own unit. Please do it, or ask the level above."), NULL);
	rec_set_int(now, "sender", c->actor->org);
	TRY(absorb_number(c, c->actor->org, now));
	rec_set_int(now, "asker", c->actor->user);
	rec_set_int(now, "rounds", 1);
	now->org = k->org;
	now->owner = k->owner;
	return day_fits(c, now);
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(clock_it(c, now));
	return absorb_tell_team(c, now, N_("A supervision slip waits for your answer"));
}

static enum err answer_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(old, "rounds") > 1 && !rec_changed(c, old, now, "answer"))
		fault_field(c->f, "answer", N_("It was asked again: please answer anew."), NULL);
	rec_set_int(now, "answered", c->now);
	return OK;
}

static enum err answered(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, rec_int(now, "sender"), now, N_("A supervision slip was answered: please read it"));
}

static enum err not_own(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)now;
	return c->depth == 0 && (c->actor->org == old->org || c->actor->user == old->owner)
		? fail(c->f, ERR_DENIED, N_("Who was asked cannot judge her own answer."), NULL) : OK;
}

static enum err again_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(not_own(c, old, now));
	rec_set_int(now, "rounds", rec_int(old, "rounds") + 1);
	return day_fits(c, now);
}

static enum err stop(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

#define OVER(f, v, t, l, flds, prep, eff, ...)                                                                                                      \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(CITY) | R(TOWN), .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
static const struct step steps[] = {
	OVER("", "create", "asked", "Supervise", "level! ask! basis by_on!", ask_check, asked, .flags = STEP_PRIMARY),
	UNIT("asked", "answer", "answered", "Answer", "answer!", answer_check, answered, .meets = "supervision.answer", .flags = STEP_PRIMARY),
	OVER("answered", "accept", "closed", "Accept the answer", "note", not_own, stop, .flags = STEP_PRIMARY),
	OVER("answered", "again", "asked", "Ask again", "level! again_why! by_on!", again_check, asked, .starts = NULL),
	OVER("asked|answered", "drop", "dropped", "Take it back", "note!", not_own, stop, .flags = STEP_DANGER),
	FOLLOW,
};
static const struct grant grants[] = {
	TEAM_READ, { R(CITY) | R(TOWN), SC_AREA, SIGHT_FULL, .head = true }, { R_FED | R(MEDIATOR) | R(LIAISON), SC_ORG, SIGHT_FULL, .states = "asked", .head = true },
	{ R_FED | R(MEDIATOR) | R(LIAISON), SC_ORG, SIGHT_MASKED },
};

const struct rtype supervision_type = {
	.name = "supervision", .label = N_("Supervision slip"), .plural = N_("Supervision slips"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.number = "督", .level = 3,
};

/* ---- its paper ---- */

void supervision_slip(struct pages *b)
{
	struct str day = page_day(b, "by_on");
	struct rec *k = NULL;
	/* The number alone: a title may hold a name. */
	if (b->r && absorb_case(&b->in, b->r, &k) != OK)
		k = NULL;
	b->head = page_text(b, "sender");
	page_title(b, "督 办 单");
	page_number(b, b->r ? b->r->number : STR("督〔　　　　〕　　　　号"));
	page_field(b, "督办级别", "level");
	page_field(b, "督办单位", "sender");
	page_line(b, "承办单位", b->r ? ref_label(&b->in, "org", b->r->org) : STR(""));
	page_line(b, "案件编号", k ? k->number : STR(""));
	page_field(b, "督办依据", "basis");
	page_line(b, "答复期限", day);
	page_head(b, "督办事项");
	page_long(b, "ask", 3);
	if (!b->r || rec_int(b->r, "rounds") > 1) {
		page_head(b, "再次督办的原因");
		page_long(b, "again_why", 2);
	}
	page_head(b, "办理情况答复");
	page_long(b, "answer", 2);
	page_line(b, "答复时间", page_text(b, "answered"));
	page_sign(b, "承办人、承办单位负责人：");
	page_sign(b, "督办单位意见（认可、再督办）：");
	page_plain(b, STR("本单仅在督办单位与承办单位之间使用，不送当事人。"));
	b->inner = true;
}
