/* Why: parents who harm by how they bring up, or let be, are ordered to learn (家庭教育促进法 49; the court's 家庭教育指导令, 法发〔2023〕7号; the procuratorate's
 * 督促监护令); an order without plan, lessons and an end is a sheet of paper.
 * Who does what: the team asks; the police, procuratorate or court unit that is asked, and no other, decides, serves, lengthens, deals with who does not obey;
 * team and office plan, hold and note the lessons, assess in the middle and at the end; the team visits afterwards.
 * Invariants: each kind comes from the bodies that the law names; the court's order only after guidance was refused or did not help; a term of at most half a
 * year, lengthened before it ends and never past another half year; "met" only when its hours were attended; facts in it are read by the parent, so nothing of
 * where the child is sheltered; nothing goes to a parent who must not learn of the suspicion (party.c). */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("child", "Child", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("guardian", "Who must learn", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("kind", "Kind of order", F_CODE, .of = "guidance_kind", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE, .standard = "家庭教育促进法第四十九条"),
	F("office", "Office asked to order it", F_REF, .of = "org", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE, .among = "kind=police|procuratorate|court"),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("child_name", "Child's name", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("guardian_name", "Name of who must learn", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("guardian_idno", "ID number of who must learn", F_IDNO, .secrecy = S_MASKED, .flags = FF_SYSTEM),
	F("grounds", "Grounds of the order", F_CODES, .of = "guidance_ground", .flags = FF_NEED),
	F("facts", "Facts of the upbringing", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 3000, .help = N_("The parent will read it: nothing of where the child is now, nor who reported.")),
	F("prior", "Guidance was refused, or did not help", F_BOOL, .standard = "法发〔2023〕7号"),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
	F("officer", "Officers", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 80),
	F("issued_on", "Issued on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("until", "To be learnt until", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("first_until", "First end", F_DATE, .flags = FF_SYSTEM),
	F("hours", "Hours to attend", F_INT, .flags = FF_SYSTEM, .min = 1, .max = 200),
	F("content", "What is ordered", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("served_at", "Served on the parent", F_TIME, .flags = FF_SYSTEM),
	F("refused", "The parent refuses to sign", F_BOOL, .flags = FF_SYSTEM),
	F("witness", "Witness of the refusal", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 80),
	F("objected_on", "Reconsideration asked for on", F_DATE, .flags = FF_SYSTEM),
	F("objection", "Answer to the reconsideration", F_CODE, .of = "guidance_objection", .flags = FF_SYSTEM),
	F("agency", "Who gives the guidance", F_REF, .of = "org", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("plan", "Plan of the guidance", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 3000),
	F("held", "Lessons attended", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = 1000),
	F("missed", "Lessons missed", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = 1000),
	F("minutes", "Minutes attended", F_INT, .flags = FF_SYSTEM, .max = 100000),
	F("middle", "Assessment on the way", F_CODE, .of = "guidance_state", .flags = FF_SYSTEM | FF_FILTER),
	F("middle_text", "What was found on the way", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("extend_reason", "Reason for a longer term", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 300),
	F("breach_on", "Not obeyed on", F_DATE, .flags = FF_SYSTEM),
	F("breach_note", "How it was not obeyed", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("breaches", "Times not obeyed", F_INT, .flags = FF_SYSTEM, .max = 1000),
	F("handled", "What followed the disobedience", F_CODES, .of = "guidance_breach", .flags = FF_SYSTEM),
	F("result", "Result of the guidance", F_CODE, .of = "guidance_result", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("final_text", "Assessment at the end", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 3000),
	F("decline", "Why it is not ordered", F_CODE, .of = "guidance_decline", .flags = FF_SYSTEM | FF_FILTER),
};
static const struct state states[] = {
	{ "asked", N_("Asked for"), true, "yellow" }, { "issued", N_("Issued, to be served"), true, "red" }, { "served", N_("Served, to be planned"), true, "yellow" },
	{ "running", N_("Under guidance"), true, "green" }, { "breached", N_("Not obeyed"), true, "red" }, { "ended", N_("Guidance ended"), false, "green" },
	{ "declined", N_("Not ordered"), false, NULL }, { "withdrawn", N_("No longer asked for"), false, NULL }, { "revoked", N_("Order taken back"), false, NULL },
};

/* ---- asking and deciding ---- */

static bool listed(struct str list, struct str what)
{
	struct str rest = list;
	while (rest.p && rest.n)
		if (str_eq(str_cut(rest, '|', &rest), what))
			return true;
	return false;
}

static struct str kind_says(struct ctx *c, const struct rec *r, const char *column) { return code_more(c->app->codes, "guidance_kind", rec_str(c, r, "kind"), column); }

static enum err who_issues(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *o;
	if (!rec_has(now, "office") || !rec_has(now, "kind"))
		return OK;
	TRY(see_one(&in, "org", rec_int(now, "office"), &o));
	if (!listed(kind_says(c, now, "issuers"), rec_str(&in, o, "kind")))
		fault_field(c->f, "office", N_("This order cannot come from this office: an order to take guidance comes from police, procuratorate or court, the guidance ruling from the court, the supervision order from the procuratorate."), NULL);
	if (str_is(kind_says(c, now, "prior"), "1") && !rec_int(now, "prior"))
		fault_field(c->f, "prior", N_("The court orders it when guidance was refused, or did not help. Please offer guidance first."), NULL);
	return OK;
}

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k, *child, *who;
	TRY(absorb_case(c, now, &k));
	TRY(absorb_not_hidden(c, now, "guardian"));
	TRY(who_issues(c, now));
	if (old)
		return OK;
	if (rec_in(k, "closed|archived"))
		return fail(c->f, ERR_STATE, N_("This case is closed. Please reopen it first."), NULL);
	TRY(absorb_party_of(c, now, "child", &child));
	TRY(absorb_party_of(c, now, "guardian", &who));
	if (!child || !who || !rec_has(now, "office"))
		return OK;
	if (!rec_int(child, "minor"))
		fault_field(c->f, "child", N_("This person is not under 18. Please choose the child, or correct the date of birth."), NULL);
	if (rec_int(who, "minor") || who->id == child->id)
		fault_field(c->f, "guardian", N_("The order is for a parent or another guardian, not for a child."), NULL);
	rec_set_str(now, "child_name", rec_str(&in, child, "name"));
	rec_set_str(now, "guardian_name", rec_str(&in, who, "name"));
	if (rec_has(who, "idno"))
		rec_set_str(now, "guardian_idno", rec_str(&in, who, "idno"));
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	now->org = rec_int(now, "office");
	return OK;
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("An order to take family-education guidance is asked for: please decide"));
}

/* At most so long from a day (codes/limit.tsv), and in the future of it. */
static void span_check(struct ctx *c, const struct rec *now, const char *limit, int64_t from, const char *msg)
{
	int64_t most = limit_ms(c->app->codes, limit, c->now);
	if (rec_int(now, "until") <= from)
		fault_field(c->f, "until", N_("It ends after it begins."), NULL);
	else if (most && rec_int(now, "until") > from + most)
		fault_field(c->f, "until", msg, NULL);
}

static enum err issue_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(absorb_not_hidden(c, now, "guardian"));
	(void)old;
	if (rec_int(now, "issued_on") > c->now)
		fault_field(c->f, "issued_on", N_("This lies in the future. Please check the date."), NULL);
	span_check(c, now, "guidance_term", rec_int(now, "issued_on"), N_("A term of guidance is at most half a year."));
	rec_set_int(now, "first_until", rec_int(now, "until"));
	return OK;
}

static enum err issued(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_start_at(c, now, "guidance.end", rec_int(now, "until") + MS_DAY, "until"));
	return absorb_tell_team(c, now, N_("An order to take family-education guidance was issued"));
}

static enum err told(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_cancel(c, now));
	return absorb_tell_team(c, now, N_("An order to take family-education guidance: the office has decided. Please read why"));
}

static enum err serve_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(absorb_not_hidden(c, now, "guardian"));
	(void)old;
	if (rec_int(now, "served_at") > c->now + 5 * MS_MINUTE || rec_int(now, "served_at") < rec_int(now, "issued_on"))
		fault_field(c->f, "served_at", N_("It is served after it was issued, and not in the future."), NULL);
	if (rec_int(now, "refused") && !rec_has(now, "witness"))
		fault_field(c->f, "witness", N_("Somebody present writes down that he refused to sign, and signs it."), NULL);
	return OK;
}

static enum err served(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end;
	struct str basis;
	(void)old;
	if (str_is(kind_says(c, now, "objection"), "1")) {
		TRY(due_rule_end(c, "guidance.review", rec_int(now, "served_at"), &end, &basis));
		TRY(due_start_at(c, now, "guidance.review", end, "served"));
	}
	return absorb_tell_team(c, now, N_("An order to take family-education guidance was served: please make the plan"));
}

/* Once, within five days, and the order goes on meanwhile (法发〔2023〕7号). */
static enum err object_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end = 0;
	struct str basis;
	if (!str_is(kind_says(c, now, "objection"), "1"))
		return fail(c->f, ERR_STATE, N_("Reconsideration is asked for of the court’s order only."), NULL);
	if (rec_has(old, "objected_on"))
		return fail(c->f, ERR_STATE, N_("Reconsideration was asked for once already."), NULL);
	TRY(due_rule_end(c, "guidance.review", rec_int(old, "served_at"), &end, &basis));
	if (rec_int(now, "objected_on") > c->now)
		fault_field(c->f, "objected_on", N_("This lies in the future. Please check the date."), NULL);
	else if (rec_int(now, "objected_on") >= end || rec_int(now, "objected_on") < day_start(day_of(rec_int(old, "served_at"))))
		fault_field(c->f, "objected_on", N_("Reconsideration is asked for within five days of service."), NULL);
	return OK;
}

static enum err reply_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_has(old, "objected_on") || rec_has(old, "objection"))
		return fail(c->f, ERR_STATE, N_("No reconsideration waits for an answer."), NULL);
	now->state = str_is(rec_str(c, now, "objection"), "revoked") ? STR("revoked") : old->state;
	return OK;
}

static enum err drop_lessons(struct ctx *c, const struct rec *now);
static enum err replied(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_in(now, "revoked"))
		TRY(drop_lessons(c, now));
	return rec_in(now, "revoked") ? told(c, old, now) : absorb_tell_team(c, now, N_("An order to take family-education guidance stands after reconsideration"));
}

/* ---- under guidance ---- */

static enum err drop_lessons(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "lesson", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned") && rec_int(s.r[i], "guidance") == now->id)
			TRY(absorb_do(c, "lesson", s.r[i]->id, "drop"));
	return OK;
}

static enum err extend_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (c->now >= rec_int(old, "until") + MS_DAY)
		return fail(c->f, ERR_STATE, N_("It has ended already: please apply anew."), NULL);
	if (rec_int(now, "until") <= rec_int(old, "until"))
		fault_field(c->f, "until", N_("The new date must be later than the present one."), NULL);
	else
		span_check(c, now, "guidance_longer", rec_int(old, "first_until"), N_("At most half a year beyond the first end."));
	return OK;
}

static enum err extended(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_extend(c, now, "guidance.end", rec_int(now, "until") + MS_DAY, rec_str(c, now, "extend_reason")));
	return absorb_tell_team(c, now, N_("A term of guidance was lengthened"));
}

static enum err breach_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(now, "breach_on") > c->now)
		fault_field(c->f, "breach_on", N_("This lies in the future. Please check the date."), NULL);
	rec_set_int(now, "breaches", rec_int(old, "breaches") + 1);
	return OK;
}

static enum err breached(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("An order to take family-education guidance is not obeyed: please act"));
}

static enum err handle_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c, (void)old;
	now->state = rec_has(now, "plan") ? STR("running") : STR("served");
	return OK;
}

static enum err handled(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return absorb_tell_team(c, now, N_("That an order of guidance was not obeyed was dealt with"));
}

/* What was not attended is not met, whatever is written about it. */
static enum err finish_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool met = str_is(rec_str(c, now, "result"), "met"), done = rec_int(now, "minutes") >= rec_int(now, "hours") * 60;
	(void)old;
	if (met && !done)
		fault_field(c->f, "result", N_("The hours ordered were not attended yet. Please hold the lessons, lengthen the term, or choose another result."), NULL);
	return OK;
}

static enum err finished(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const days[] = { "30", "180" };
	(void)old;
	TRY(due_cancel(c, now));
	TRY(drop_lessons(c, now));
	TRY(absorb_plan_visits(c, now, "guidance", "child", days, ARRAY_LEN(days)));
	TRY(notice_put(c, 0, now->org, now, N_("Guidance ended: the assessment is here")));
	return absorb_tell_team(c, now, N_("Guidance ended: the visits stand in the plan"));
}

static enum err revoked(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(drop_lessons(c, now));
	return told(c, old, now);
}

static enum err follow(struct ctx *c, const struct rec *old, struct rec *now) { return absorb_follow_lead(c, old, now); }

#define SAID "grounds! facts! prior"
static const struct step steps[] = {
	TEAM("", "create", "asked", "Ask for an order to take guidance", "child! guardian! kind! office! " SAID " note", ask_check, asked, .starts = "guidance.decide", .flags = STEP_PRIMARY),
	TEAM("asked", "edit", "=", "Edit", SAID " note", ask_check, NULL, .starts = NULL),
	TEAM("asked", "withdraw", "withdrawn", "No longer asked for", "note!", NULL, told, .flags = STEP_DANGER),
	PART("asked", "issue", "issued", "Issue", "issued_on! until! hours! content! officer!", issue_check, issued, .meets = "guidance.decide", .starts = "guidance.serve", .flags = STEP_PRIMARY),
	PART("asked", "decline", "declined", "Not ordered", "decline! note!", NULL, told, .meets = "guidance.decide"),
	PART("issued", "serve", "served", "Served on the parent", "served_at! refused witness", serve_check, served, .meets = "guidance.serve", .starts = "guidance.plan", .flags = STEP_PRIMARY),
	BOTH("served", "plan", "running", "Make the plan", "agency! plan!", NULL, NULL, .meets = "guidance.plan", .starts = "guidance.middle", .flags = STEP_PRIMARY),
	BOTH("running", "replan", "=", "Change the plan", "agency! plan!", NULL, NULL, .starts = NULL),
	BOTH("running", "assess", "=", "Assess on the way", "middle! middle_text!", NULL, NULL, .meets = "guidance.middle"),
	PART("running", "extend", "=", "Lengthen", "until! extend_reason!", extend_check, extended, .starts = NULL),
	PART("served|running", "object", "=", "Reconsideration asked for", "objected_on!", object_check, NULL, .meets = "guidance.review"),
	PART("served|running", "reply", "?", "Answer the reconsideration", "objection! note!", reply_check, replied, .starts = NULL),
	BOTH("served|running", "disobey", "breached", "Not obeyed", "breach_on! breach_note!", breach_check, breached, .starts = "guidance.handle", .flags = STEP_DANGER),
	PART("breached", "handle", "?", "Dealt with", "handled! note!", handle_check, handled, .meets = "guidance.handle", .flags = STEP_PRIMARY),
	BOTH("running", "finish", "ended", "End with an assessment", "result! final_text!", finish_check, finished, .meets = "guidance.end guidance.middle", .flags = STEP_PRIMARY),
	PART("issued|served|running|breached", "revoke", "revoked", "Take the order back", "note!", NULL, revoked, .flags = STEP_DANGER),
	INNER("running|breached", "count", "=", "Lessons counted", "held missed minutes", NULL, NULL, .starts = NULL),
	INNER("*", "follow", "=", "Follow the case", "", follow, NULL, .starts = NULL),
};
/* No side reads it here: the parent has the paper. */
static const struct grant grants[] = { TEAM_READ, PART_READ, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype guidance_type = {
	.name = "guidance", .table = "guidance_order", .label = N_("Order of family-education guidance"), .plural = N_("Orders of family-education guidance"), .fields = fields,
	.nfields = ARRAY_LEN(fields), .states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants),
	.parent = "case", .guard = GUARD_PARENT, .number = "家教令", .level = 3, .grade = "grade", .offered = "child",
};

/* ---- a lesson ---- */

static const struct field lesson_fields[] = {
	F("guidance", "Order it belongs to", F_REF, .of = "guidance", .flags = FF_NEED | FF_ONCE | FF_LIST),
	F("at", "When", F_TIME, .flags = FF_NEED | FF_LIST),
	F("minutes", "Minutes", F_INT, .flags = FF_NEED | FF_LIST, .min = 10, .max = 480),
	F("way", "How it is given", F_CODE, .of = "lesson_way", .flags = FF_NEED | FF_LIST),
	F("topic", "Topic", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED, .max = 120),
	F("teacher", "Who teaches", F_TEXT, .secrecy = S_SEALED, .max = 80),
	F("place", "Where", F_TEXT, .secrecy = S_SEALED, .max = 120),
	F("attended", "Attendance", F_CODE, .of = "lesson_attended", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("attitude", "Attitude of the parent", F_CODE, .of = "lesson_attitude", .flags = FF_SYSTEM),
	F("child_state", "How the child is", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("text", "What was gone over", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 3000),
	F("note", "Reason", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 500),
};
static const struct state lesson_states[] = {
	{ "planned", N_("Lesson planned"), true, "yellow" }, { "held", N_("Held"), false, "green" }, { "missed", N_("Missed"), false, "red" }, { "cancelled", N_("Cancelled"), false, NULL },
};

static enum err order_of(struct ctx *c, const struct rec *r, struct rec **ret)
{
	struct ctx in = ctx_inside(c);
	*ret = NULL;
	return rec_has(r, "guidance") ? see_one(&in, "guidance", rec_int(r, "guidance"), ret) : OK;
}

static enum err lesson_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *g;
	TRY(order_of(c, now, &g));
	if (!g || !rec_has(now, "at"))
		return OK;
	if (g->parent != now->parent) {
		fault_field(c->f, "guidance", N_("This belongs to another case."), NULL);
		return OK;
	}
	TRY(absorb_not_hidden(c, g, "guardian"));
	if (!rec_in(g, "running|breached"))
		return fail(c->f, ERR_STATE, N_("Lessons are planned once the order was served and its plan is made."), NULL);
	if (rec_int(now, "at") < c->now - 5 * MS_MINUTE && (!old || rec_changed(c, old, now, "at")))
		fault_field(c->f, "at", N_("This time has passed already."), NULL);
	if (rec_int(now, "at") >= rec_int(g, "until") + MS_DAY)
		fault_field(c->f, "at", N_("This lies after the end of the order. Please have it lengthened first."), NULL);
	now->org = g->org;
	return OK;
}

static enum err lesson_planned(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (old && !rec_changed(c, old, now, "at") && !rec_changed(c, old, now, "minutes"))
		return OK;
	if (old)
		TRY(due_cancel(c, now));
	return due_start_at(c, now, "lesson.hold", rec_int(now, "at") + rec_int(now, "minutes") * MS_MINUTE + MS_DAY, "planned");
}

static enum err its_time(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)now;
	return rec_int(old, "at") > c->now ? fail(c->f, ERR_STATE, N_("Its time has not come yet."), NULL) : OK;
}

static enum err held_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!str_is(code_more(c->app->codes, "lesson_attended", rec_str(c, now, "attended"), "there"), "1"))
		fault_field(c->f, "attended", N_("Who did not come has missed it: that has its own step."), NULL);
	return its_time(c, old, now);
}

static enum err missed_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!str_is(code_more(c->app->codes, "lesson_attended", rec_str(c, now, "attended"), "there"), "0"))
		fault_field(c->f, "attended", N_("Who came has not missed it: that has its own step."), NULL);
	return its_time(c, old, now);
}

static enum err count_it(struct ctx *c, const struct rec *now, int64_t held, int64_t missed, int64_t *ret_missed)
{
	struct rec *g;
	struct done d;
	TRY(order_of(c, now, &g));
	*ret_missed = rec_int(g, "missed") + missed;
	return act_inner(c, &(struct act){ .type = "guidance", .verb = "count", .id = g->id, INPUTS(INPUT("held", id_text(c, rec_int(g, "held") + held)), INPUT("missed", id_text(c, *ret_missed)),
		INPUT("minutes", id_text(c, rec_int(g, "minutes") + held * rec_int(now, "minutes")))) }, &d);
}

static enum err lesson_held(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t missed;
	(void)old;
	return count_it(c, now, 1, 0, &missed);
}

/* Without a good reason, and often enough: that is not obeying. A person decides it. */
#define MISSED 2
static enum err lesson_missed(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t missed, most;
	struct rec *g;
	(void)old;
	if (str_is(code_more(c->app->codes, "lesson_attended", rec_str(c, now, "attended"), "excused"), "1"))
		return OK;
	TRY(count_it(c, now, 0, 1, &missed));
	TRY(setting_count(c, "guidance.missed", MISSED, 1, 20, &most));
	if (missed < most)
		return OK;
	TRY(order_of(c, now, &g));
	TRY(notice_put(c, 0, g->org, g, N_("Lessons were missed without a reason several times: please see whether the order is obeyed")));
	return absorb_tell_team(c, g, N_("Lessons were missed without a reason several times: please see whether the order is obeyed"));
}

static enum err lesson_off(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

static const struct step lesson_steps[] = {
	TEAM("", "create", "planned", "Plan a lesson", "guidance! at! minutes! way! topic! teacher place", lesson_check, lesson_planned, .flags = STEP_PRIMARY),
	BOTH("planned", "move", "=", "Move it", "at! minutes! way! topic! teacher place", lesson_check, lesson_planned, .starts = NULL),
	BOTH("planned", "held", "held", "It took place", "attended! attitude! minutes! child_state text!", held_check, lesson_held, .meets = "lesson.hold", .flags = STEP_PRIMARY),
	BOTH("planned", "missed", "missed", "The parent did not come", "attended! note!", missed_check, lesson_missed, .meets = "lesson.hold"),
	BOTH("planned", "cancel", "cancelled", "Call it off", "note!", NULL, lesson_off, .flags = STEP_DANGER),
	INNER("planned", "drop", "cancelled", "No longer due", "", NULL, lesson_off, .starts = NULL),
	INNER("*", "follow", "=", "Follow the case", "", follow, NULL, .starts = NULL),
};
static const struct grant lesson_grants[] = { TEAM_READ, PART_READ, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype lesson_type = {
	.name = "lesson", .table = "guidance_lesson", .label = N_("Guidance lesson"), .plural = N_("Guidance lessons"), .fields = lesson_fields, .nfields = ARRAY_LEN(lesson_fields),
	.states = lesson_states, .nstates = ARRAY_LEN(lesson_states), .steps = lesson_steps, .nsteps = ARRAY_LEN(lesson_steps), .read = lesson_grants, .nread = ARRAY_LEN(lesson_grants),
	.parent = "case", .guard = GUARD_PARENT, .level = 3, .offered = "child",
};

/* ---- its papers ---- */

static struct str number_of(struct pages *b) { return b->r ? b->r->number : STR("家教令〔　　　　〕　　　　号"); }
static struct str says(struct pages *b, const char *column, const char *blank) { return b->r ? kind_says(&b->in, b->r, column) : str_of(blank); }

void guidance_paper(struct pages *b)
{
	struct rec *who = page_party(b, "guardian");
	struct str title = says(b, "title", "责令接受家庭教育指导决定书");
	page_title(b, arena_cstr(b->c->a, title));
	page_number(b, number_of(b));
	page_line(b, "被责令人", page_text(b, "guardian_name"));
	page_line(b, "居民身份证号码", page_text(b, "guardian_idno"));
	page_line(b, "与未成年人的关系", page_party_text(b, who, "relation"));
	page_line(b, "未成年人", page_text(b, "child_name"));
	page_head(b, "一、事实和理由");
	page_long(b, "grounds", 2);
	page_long(b, "facts", 4);
	page_head(b, "二、决定内容");
	page_body(b, arena_fmt(b->c->a, "根据%.*s的规定，决定如下：", (int)says(b, "law", "《中华人民共和国家庭教育促进法》第四十九条").n, says(b, "law", "《中华人民共和国家庭教育促进法》第四十九条").p));
	page_long(b, "content", 3);
	struct str hours = page_text(b, "hours"), until = page_day(b, "until");
	page_body(b, arena_fmt(b->c->a, "接受家庭教育指导的时间不少于%.*s学时，至%.*s止。", hours.n ? (int)hours.n : 12, hours.n ? hours.p : "　　　　", (int)until.n, until.p));
	page_say(b, "你应当按时参加，如实反映情况，履行监护和家庭教育责任，不得打骂、威胁未成年人，不得因本决定报复任何人。");
	page_say(b, "拒不接受或者不履行的，依法予以训诫；构成违反治安管理行为或者犯罪的，依法追究责任；情节严重的，有关单位可以申请撤销监护人资格。");
	if (str_is(says(b, "objection", ""), "1"))
		page_say(b, "不服本决定的，可以自收到之日起五日内申请复议一次，复议期间不停止执行。");
	page_right(b, STR("（机关印章）"));
	page_right(b, page_day(b, "issued_on"));
	page_sign(b, "被责令人（签名、捺印）：");
	b->reader = who ? who->id : 0;
}

static void to_guardian(struct pages *b, const char *title)
{
	struct rec *who = page_party(b, "guardian");
	page_title(b, title);
	page_line(b, "家长（监护人）", page_text(b, "guardian_name"));
	page_line(b, "未成年人", page_text(b, "child_name"));
	b->reader = who ? who->id : 0;
}

/* 未成年人保护法 16, 17; 家庭教育促进法 14–23; 反家庭暴力法 12. */
void guidance_duty(struct pages *b)
{
	to_guardian(b, "监护和家庭教育责任告知书");
	page_say(b, "一、您的责任：为未成年人提供生活、健康、安全等方面的保障；关注其身心和情感需求；引导其遵纪守法；保障其接受义务教育；预防和制止其不良行为；以文明的方式进行家庭教育，依法履行监护和教育职责。");
	page_say(b, "二、您不得有下列行为：虐待、遗弃、非法送养未成年人或者对其实施家庭暴力；放任、教唆其实施违法犯罪行为；放任、唆使其吸烟、饮酒、赌博、流浪乞讨或者欺凌他人；放任或者迫使其失学、辍学；允许或者迫使其结婚；侵占其财产。");
	page_say(b, "三、不履行的后果：公安机关、人民检察院、人民法院可以予以训诫，责令接受家庭教育指导；情节严重的，有关单位可以申请撤销监护人资格；构成违反治安管理行为或者犯罪的，依法追究责任。");
	page_say(b, "四、可以得到的帮助：妇女维权12338，心理援助12356，法律援助12348。");
	page_sign(b, "本人已经清楚，家长（监护人）签名：");
	page_sign(b, "告知人（签名）：");
}

void guidance_promise(struct pages *b)
{
	to_guardian(b, "家庭教育承诺书");
	page_say(b, "我已经知道自己的监护和家庭教育责任，现承诺：");
	page_say(b, "一、不打骂、威胁、冷落孩子，不当着孩子的面争吵、动手。");
	page_say(b, "二、保证孩子的生活、安全和上学，每天与孩子交谈，了解孩子的情况。");
	page_say(b, "三、按时参加家庭教育指导，如实反映情况，按照指导改进。");
	page_say(b, "四、配合学校、社区、妇联和有关单位的回访。");
	page_head(b, "其他承诺");
	for (int i = 0; i < 3; i++)
		page_line(b, "", STR(""));
	page_sign(b, "承诺人（签名、按指印）：");
	page_sign(b, "见证人（签名）：");
}

void guidance_receipt(struct pages *b)
{
	page_title(b, "家庭教育指导文书送达回证");
	page_number(b, number_of(b));
	page_line(b, "送达文书", says(b, "title", ""));
	page_line(b, "签发日期", page_day(b, "issued_on"));
	page_line(b, "受送达人", page_text(b, "guardian_name"));
	page_line(b, "送达时间", page_text(b, "served_at"));
	page_line(b, "送达地点", STR(""));
	page_line(b, "拒绝签名", page_text(b, "refused"));
	page_line(b, "见证人", page_text(b, "witness"));
	page_sign(b, "受送达人（签名、捺印）：");
	page_sign(b, "见证人（签名）：");
	page_sign(b, "送达人（签名，两人）：");
	b->reader = b->r ? rec_int(b->r, "guardian") : 0;
}

/* What was taught and heard, for the file of the guidance: it goes from office to office. */
void guidance_file(struct pages *b)
{
	struct seen s = { 0 };
	page_title(b, "家庭教育指导记录");
	page_number(b, number_of(b));
	page_line(b, "被责令人", page_text(b, "guardian_name"));
	page_line(b, "未成年人", page_text(b, "child_name"));
	page_line(b, "指导机构", page_text(b, "agency"));
	page_line(b, "指导期限至", page_day(b, "until"));
	page_head(b, "指导方案");
	page_long(b, "plan", 4);
	page_head(b, "指导记录");
	if (b->r && see_children(&b->in, "lesson", b->r->parent, &s) != OK)
		s.n = 0;
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < 40; i++) {
		if (rec_int(s.r[i], "guidance") != b->r->id || rec_in(s.r[i], "planned|cancelled"))
			continue;
		struct str at = rec_show(&b->in, s.r[i], field_at(s.r[i]->t, "at")), topic = rec_str(&b->in, s.r[i], "topic"), there = rec_show(&b->in, s.r[i], field_at(s.r[i]->t, "attended"));
		page_body(b, arena_fmt(b->c->a, "%zu. %.*s　%.*s（%lld分钟）　%.*s", ++n, (int)at.n, at.p, (int)topic.n, topic.p ? topic.p : "", (long long)rec_int(s.r[i], "minutes"), (int)there.n, there.p ? there.p : ""));
	}
	for (int i = 0; !n && i < 6; i++)
		page_line(b, "", STR(""));
	page_head(b, "中期评估");
	page_line(b, "结论", page_text(b, "middle"));
	page_long(b, "middle_text", 2);
	page_head(b, "结案评估");
	page_line(b, "结论", page_text(b, "result"));
	page_long(b, "final_text", 3);
	page_sign(b, "指导人员（签名）：");
	page_sign(b, "指导机构负责人（签名）：");
	b->inner = true;
}
