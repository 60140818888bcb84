/* Why: who petitions about her family has been heard by nobody so far; a term that passes in silence sends her to the next office. 信访工作条例 2022.
 * Who does what: the unit that received it registers, tells within 15 days whether it takes it up, handles it within 60 (at most 30 more, with a leader's
 * approval and told), answers in writing; she may ask for review within 30 days, and then for re-examination, whose answer is final.
 * Invariants: nothing of the petition goes to whom it complains of (条例 30); a matter of violence is pointed to protection first; a key petition has a
 * responsible leader (包案领导) who is not its clerk; an answer is written before it is closed; each term comes from the rule table. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("way", "How it came", F_CODE, .of = "petition_way", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("kind", "Kind of petition", F_CODE, .of = "petition_kind", .flags = FF_NEED | FF_LIST | FF_FILTER, .standard = "信访工作条例"),
	F("matter", "Kind of dispute", F_CODE, .of = "kind", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("petitioner", "Petitioner", F_NAME, .secrecy = S_MASKED, .flags = FF_NEED | FF_LIST, .max = 40),
	F("phone", "Phone", F_PHONE, .secrecy = S_MASKED),
	F("idno", "ID number", F_IDNO, .secrecy = S_MASKED, .flags = FF_BLIND),
	F("safe_contact", "Is it safe to call?", F_CODE, .of = "yesno4"),
	F("safe_note", "How and when it is safe to call", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("against", "Whom it complains of", F_TEXT, .secrecy = S_SEALED, .max = 120, .help = N_("Never handed to this person or this unit (Regulations on petitions, article 30).")),
	F("text", "What is asked for", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 20000),
	F("received_on", "Received on", F_DATE, .flags = FF_NEED | FF_LIST | FF_ONCE),
	F("important", "Key petition", F_BOOL, .flags = FF_LIST | FF_FILTER),
	F("repeats", "Petitions about the same before", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = 1000),
	F("leader", "Responsible leader", F_REF, .of = "staff", .flags = FF_LIST),
	F("kase", "Case", F_REF, .of = "case"),
	F("refuse_reason", "Why it is not taken up", F_CODE, .of = "petition_refuse", .flags = FF_SYSTEM | FF_FILTER),
	F("refuse_note", "Where else to go", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("told_on", "Told on", F_DATE, .flags = FF_SYSTEM),
	F("stage", "Stage of handling", F_CODE, .of = "petition_stage", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("stage_note", "What was done", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("accepted_on", "Taken up on", F_DATE, .flags = FF_SYSTEM),
	F("due_on", "To be settled until", F_DATE, .flags = FF_SYSTEM | FF_LIST, .standard = "信访工作条例第三十四条"),
	F("extend_reason", "Reason for more time", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 300),
	F("extended_on", "Told of more time on", F_DATE, .flags = FF_SYSTEM),
	F("answer", "Answer", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 10000, .help = N_("Facts, what the law says, the decision, and how to ask for review.")),
	F("answered_on", "Answered on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("review_on", "Review asked for on", F_DATE, .flags = FF_SYSTEM),
	F("review_answer", "Answer to the review", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 10000),
	F("review_answered", "Review answered on", F_DATE, .flags = FF_SYSTEM),
	F("satisfaction", "Satisfaction", F_CODE, .of = "satisfaction", .flags = FF_SYSTEM | FF_FILTER),
	F("rounds", "Times reopened", F_INT, .flags = FF_SYSTEM, .max = 100),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
};
static const struct state states[] = {
	{ "registered", N_("To be taken up or not"), true, "yellow" }, { "refused", N_("Not taken up"), false, NULL }, { "handling", N_("Being handled"), true, "yellow" },
	{ "answered", N_("Answered"), true, "green" }, { "review", N_("Under review"), true, "yellow" }, { "reviewed", N_("Review answered"), true, "green" },
	{ "reexam", N_("Under final review"), true, "yellow" }, { "final", N_("Finally answered"), true, "green" }, { "closed", N_("Settled and closed"), false, "green" },
};

static bool not_later(struct ctx *c, const struct rec *now, const char *field)
{
	if (rec_int(now, field) > c->now)
		fault_field(c->f, field, N_("This lies in the future. Please check the date."), NULL);
	return rec_int(now, field) <= c->now;
}

static bool not_before(struct ctx *c, const struct rec *now, const char *field, int64_t day)
{
	if (rec_int(now, field) < day)
		fault_field(c->f, field, N_("This lies before the step that it follows. Please check the date."), NULL);
	return rec_int(now, field) >= day;
}

static enum err leader_check(struct ctx *c, const struct rec *now)
{
	if (rec_int(now, "important") && !rec_has(now, "leader"))
		fault_field(c->f, "leader", N_("A key petition has a responsible leader."), NULL);
	if (rec_has(now, "leader") && (rec_int(now, "leader") == now->owner || rec_int(now, "leader") == now->creator))
		fault_field(c->f, "leader", N_("The responsible leader is somebody else than the clerk."), NULL);
	return OK;
}

static enum err until(struct ctx *c, const struct rec *now, const char *rule, const char *from, int64_t *ret)
{
	struct str basis;
	if (due_rule_holds(c, rule, rec_int(now, from)))
		return due_rule_end(c, rule, rec_int(now, from), ret, &basis);
	fault_field(c->f, from, N_("The Regulations on petitions are in force since 1 May 2022. Please check the date."), NULL);
	return OK;
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s = { 0 };
	struct str id = rec_str(c, now, "idno");
	int64_t end, n = 0;
	(void)old;
	if (!not_later(c, now, "received_on"))
		return OK;
	TRY(until(c, now, "petition.tell", "received_on", &end));
	if (id.n)
		TRY(see_same(&in, "petition", "idno", id, &s));
	for (size_t i = 0; i < s.n; i++)
		n += str_eq(rec_str(&in, s.r[i], "matter"), rec_str(c, now, "matter"));
	rec_set_int(now, "repeats", n);
	return absorb_number(c, c->actor->org, now);
}

static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end;
	(void)old;
	TRY(until(c, now, "petition.tell", "received_on", &end));
	return due_start_at(c, now, "petition.tell", end, "received");
}

static enum err lead_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return leader_check(c, now);
}

static enum err led(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return rec_has(now, "leader") ? notice_put(c, rec_int(now, "leader"), 0, now, N_("A key petition was laid in your hands")) : OK;
}

static enum err accept_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end = 0;
	TRY(leader_check(c, now));
	if (!not_later(c, now, "accepted_on") || !not_before(c, now, "accepted_on", rec_int(old, "received_on")) || !not_before(c, now, "told_on", rec_int(now, "accepted_on")) || !not_later(c, now, "told_on"))
		return OK;
	TRY(until(c, now, "petition.finish", "accepted_on", &end));
	rec_set_int(now, "due_on", day_start(day_of(end - 1)));
	return OK;
}

static enum err accepted(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(led(c, old, now));
	return due_start_at(c, now, "petition.finish", rec_int(now, "due_on") + MS_DAY, "accepted");
}

static enum err told_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)(not_later(c, now, "told_on") && not_before(c, now, "told_on", rec_int(old, "received_on")));
	return OK;
}

/* At most thirty days more, once, told before the first term is over. */
static enum err extend_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end = 0;
	if (rec_has(old, "extended_on"))
		return fail(c->f, ERR_STATE, N_("It was extended once already (Regulations on petitions, article 34)."), NULL);
	if (!not_later(c, now, "extended_on"))
		return OK;
	if (rec_int(now, "extended_on") > rec_int(old, "due_on"))
		fault_field(c->f, "extended_on", N_("More time is told before the first term is over (Regulations on petitions, article 34)."), NULL);
	TRY(until(c, now, "petition.extend", "accepted_on", &end));
	rec_set_int(now, "due_on", day_start(day_of(end - 1)));
	return OK;
}

static enum err extended(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_extend(c, now, "petition.finish", rec_int(now, "due_on") + MS_DAY, rec_str(c, now, "extend_reason"));
}

static enum err answer_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)(not_later(c, now, "answered_on") && not_before(c, now, "answered_on", rec_int(old, "accepted_on")));
	if (rec_int(old, "important") && c->depth == 0 && c->actor->role != ROLE_SYSTEM && c->actor->user != rec_int(old, "leader") && !str_is(rec_str(c, old, "stage"), "check"))
		return fail(c->f, ERR_STATE, N_("The answer to a key petition is checked by the responsible leader first."), NULL);
	return OK;
}

static enum err answered(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end;
	(void)old;
	TRY(until(c, now, "petition.ask", "answered_on", &end));
	return due_start_at(c, now, "petition.ask", end, "answered");
}

/* The check is the leader's alone. */
static enum err stage_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (str_is(rec_str(c, now, "stage"), "check") && c->depth == 0 && c->actor->role != ROLE_SYSTEM && c->actor->user != rec_int(now, "leader"))
		fault_field(c->f, "stage", N_("Only the responsible leader checks it."), NULL);
	return OK;
}

static enum err in_thirty(struct ctx *c, const struct rec *now, int64_t from)
{
	int64_t end;
	struct str basis;
	TRY(due_rule_end(c, "petition.ask", from, &end, &basis));
	if (rec_int(now, "review_on") >= end)
		fault_field(c->f, "review_on", N_("Review is asked for within thirty days of the written answer (Regulations on petitions, articles 35 and 36)."), NULL);
	return OK;
}

static enum err review_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t from = rec_int(old, rec_in(old, "answered") ? "answered_on" : "review_answered");
	if (!not_later(c, now, "review_on") || !not_before(c, now, "review_on", from))
		return OK;
	rec_clear(now, "review_answered");
	return in_thirty(c, now, from);
}

static enum err reviewing(struct ctx *c, const struct rec *old, struct rec *now)
{
	const char *rule = rec_in(now, "review") ? "petition.review" : "petition.reexam";
	int64_t end;
	struct str basis;
	(void)old;
	TRY(due_rule_end(c, rule, rec_int(now, "review_on"), &end, &basis));
	return due_start_at(c, now, rule, end, "review");
}

static enum err reanswer_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)(not_later(c, now, "review_answered") && not_before(c, now, "review_answered", rec_int(old, "review_on")));
	return OK;
}

static enum err reanswered(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end;
	struct str basis;
	(void)old;
	if (!rec_in(now, "reviewed"))
		return OK;
	TRY(due_rule_end(c, "petition.ask", rec_int(now, "review_answered"), &end, &basis));
	return due_start_at(c, now, "petition.ask", end, "answered");
}

static enum err closed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

/* New facts, or not content: from the beginning, with the terms of the beginning. */
static enum err reopen_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const gone[] = { "answered_on", "satisfaction", "stage", "extended_on", "extend_reason", "review_on", "review_answered", "refuse_reason" };
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		rec_clear(now, gone[i]);
	rec_set_int(now, "rounds", rec_int(old, "rounds") + 1);
	return accept_check(c, old, now);
}

#define DESK(f, v, t, l, flds, prep, eff, ...) { .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED | R(LIAISON), .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
#define PEOPLE "phone idno safe_contact safe_note against"
static const struct step steps[] = {
	DESK("", "create", "registered", "Register a petition", "way! kind! matter! petitioner! " PEOPLE " text! received_on! important leader kase note", create_check, created, .flags = STEP_PRIMARY),
	DESK("registered", "accept", "handling", "Take it up", "accepted_on! told_on! important leader owner", accept_check, accepted, .meets = "petition.tell", .flags = STEP_PRIMARY),
	DESK("registered", "refuse", "refused", "Do not take it up", "refuse_reason! refuse_note! told_on!", told_check, closed, .meets = "petition.tell"),
	DESK("handling", "stage", "=", "Record a stage", "stage! stage_note!", stage_check, NULL, .flags = STEP_PRIMARY),
	DESK("registered|handling", "lead", "=", "Name the responsible leader", "important leader!", lead_check, led, .starts = NULL),
	DESK("registered|handling", "edit", "=", "Edit", "kind! matter! " PEOPLE " kase note", NULL, NULL, .starts = NULL),
	{ .from = "handling", .verb = "extend", .to = "=", .label = N_("More time"), .roles = R(CITY) | R(TOWN) | R(LIAISON), .scope = SC_ORG, .fields = "extend_reason! extended_on!", .prepare = extend_check, .effect = extended },
	DESK("handling", "answer", "answered", "Answer in writing", "answer! answered_on!", answer_check, answered, .meets = "petition.finish"),
	DESK("answered", "review", "review", "Review asked for", "review_on! note", review_check, reviewing, .meets = "petition.ask"),
	DESK("review", "reanswer", "reviewed", "Answer the review", "review_answer! review_answered!", reanswer_check, reanswered, .meets = "petition.review", .flags = STEP_PRIMARY),
	DESK("reviewed", "reexam", "reexam", "Re-examination asked for", "review_on! note", review_check, reviewing, .meets = "petition.ask"),
	DESK("reexam", "final", "final", "Answer finally", "review_answer! review_answered!", reanswer_check, reanswered, .meets = "petition.reexam", .flags = STEP_PRIMARY),
	DESK("answered|reviewed|final", "close", "closed", "Close the petition", "satisfaction! note", NULL, closed, .flags = STEP_PRIMARY),
	DESK("closed|refused", "reopen", "handling", "Take it up again", "accepted_on! told_on! note!", reopen_check, accepted, .starts = NULL),
};
/* The unit that handles it reads it; the federation above sees that there is one and how it stands. */
static const struct grant grants[] = { { R_FED | R(LIAISON), SC_ORG, SIGHT_FULL }, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype petition_type = {
	.name = "petition", .label = N_("Petition"), .plural = N_("Petitions"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states, .nstates = ARRAY_LEN(states),
	.steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .number = "信", .level = 3,
};

/* ---- its papers: to the petitioner, so that nothing of whom it complains of stands in them but what she wrote herself ---- */

static void head_of(struct pages *b, const char *title)
{
	b->head = b->r ? ref_label(&b->in, "org", b->r->org) : STR_NONE;
	page_title(b, title);
	page_number(b, b->r ? b->r->number : STR("信〔　　　　〕　　　　号"));
	struct str n = page_text(b, "petitioner"), on = page_day(b, "received_on");
	page_plain(b, arena_fmt(b->c->a, "%.*s：", n.n ? (int)n.n : 12, n.n ? n.p : "　　　　"));
	page_body(b, arena_fmt(b->c->a, "您于%.*s提出的信访事项收悉。", (int)on.n, on.p));
}
static void foot_of(struct pages *b, const char *field)
{
	page_right(b, STR("（单位印章）"));
	page_right(b, page_day(b, field));
	page_sign(b, "信访人签收：");
}
void petition_accept(struct pages *b)
{
	head_of(b, "信访事项受理告知书");
	struct str due = page_day(b, "due_on");
	page_body(b, arena_fmt(b->c->a, "经审查，该事项属于本单位职权范围，依照《信访工作条例》第二十三条的规定，决定受理。依照第三十四条，本单位将于%.*s前办结并书面答复您。", (int)due.n, due.p));
	page_line(b, "受理日期", page_day(b, "accepted_on"));
	page_line(b, "联系方式", STR(""));
	foot_of(b, "told_on");
}
void petition_refuse(struct pages *b)
{
	head_of(b, "信访事项不予受理告知书");
	page_say(b, "经审查，该事项有下列情形，依照《信访工作条例》的规定，决定不予受理：");
	page_field(b, "情形", "refuse_reason");
	page_head(b, "您可以通过下列途径提出");
	page_long(b, "refuse_note", 3);
	foot_of(b, "told_on");
}
void petition_extend(struct pages *b)
{
	head_of(b, "信访事项延长办理期限告知书");
	struct str due = page_day(b, "due_on");
	page_body(b, arena_fmt(b->c->a, "因情况复杂，依照《信访工作条例》第三十四条的规定，经批准，办理期限延长至%.*s。", (int)due.n, due.p));
	page_head(b, "延长理由");
	page_long(b, "extend_reason", 2);
	foot_of(b, "extended_on");
}
void petition_answer(struct pages *b)
{
	head_of(b, "信访事项处理意见书");
	page_say(b, "经调查核实，现答复如下：");
	page_long(b, "answer", 10);
	page_say(b, "如不服本处理意见，可以自收到本意见书之日起30日内，依照《信访工作条例》第三十五条的规定，请求原办理机关、单位的上一级机关、单位复查。");
	foot_of(b, "answered_on");
}
void petition_review(struct pages *b)
{
	bool last = b->r && rec_in(b->r, "final|closed");
	head_of(b, last ? "信访事项复核意见书" : "信访事项复查意见书");
	page_say(b, "经审查，现提出意见如下：");
	page_long(b, "review_answer", 10);
	page_say(b, last ? "本意见为信访终结意见。仍以同一事实和理由提出信访请求的，各级党委信访部门和其他机关、单位不再受理（《信访工作条例》第三十六条）。"
			 : "如不服本意见，可以自收到本意见书之日起30日内，依照《信访工作条例》第三十六条的规定，请求复核。");
	foot_of(b, "review_answered");
}
