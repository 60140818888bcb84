/* Why: one family meets people's, administrative and judicial mediation, police and registry; each hears the whole story again, or none of it (三调联动、
 * 联合处置).
 * Who does what: the team hands a matter over, invites to mediate, or asks to act together; the unit asked, and no other, takes it on or says why not, and
 * gives the result back in its term; the team reads it, or asks again.
 * Invariants: one record a unit, and of the case the unit sees nothing but this record: what the team wrote for it, and the names of the parties whom the
 * team chose; never what another unit was told or answered; nothing of the vault and no address or phone that its owner has not allowed goes into it; what
 * was told is added to, never taken back; where violence goes on nobody is invited to mediate (反家庭暴力法 5); a unit that declined, or that is no longer
 * asked, reads its words no more. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("kind", "What is asked of the unit", F_CODE, .of = "referral_kind", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("track", "Which mediation", F_CODE, .of = "referral_track", .flags = FF_FILTER, .help = N_("Only where mediation is asked for.")),
	F("unit", "Unit asked", F_REF, .of = "org", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("first", "First party made known", F_REF, .of = "party", .flags = FF_ONCE, .help = N_("The unit learns the name, and nothing else of the person. Leave it empty where it can do without.")),
	F("second", "Second party made known", F_REF, .of = "party", .flags = FF_ONCE),
	F("first_name", "First party", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("second_name", "Second party", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("matter", "What the unit is to do", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 3000),
	F("released", "What the unit may know", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 20000, .help = N_("As much as it needs and no more. Nothing of where she is now.")),
	F("by_on", "Answer by", F_DATE, .flags = FF_NEED | FF_LIST),
	F("asked_on", "Asked on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("sender", "Unit that asks", F_REF, .of = "org", .flags = FF_SYSTEM | FF_LIST),
	F("asker", "Who asks", F_REF, .of = "staff", .flags = FF_SYSTEM),
	F("more", "To be added", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 3000, .help = N_("It is added below what the unit knows already, with the day.")),
	F("officer", "Who deals with it", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 80),
	F("accepted_at", "Taken on at", F_TIME, .flags = FF_SYSTEM),
	F("decline_reason", "Why it is not taken on", F_CODE, .of = "referral_decline", .flags = FF_SYSTEM | FF_FILTER),
	F("result", "Result", F_CODE, .of = "referral_result", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("result_text", "What was done", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 5000),
	F("returned_at", "Given back", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("again_why", "Why it is asked again", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("rounds", "Times asked", F_INT, .flags = FF_SYSTEM, .max = 100),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .max = 300),
};
static const struct state states[] = {
	{ "asked", N_("Waits to be taken on"), true, "yellow" }, { "accepted", N_("Being dealt with by the unit"), true, "yellow" }, { "returned", N_("Result given back, to be read"), true, "green" },
	{ "declined", N_("Not taken on, to be read"), true, "red" }, { "closed", N_("Result taken in"), false, "green" }, { "withdrawn", N_("No longer asked for"), false, NULL },
};

/* ---- asking ---- */

/* The day must leave time to answer. */
static void day_fits(struct ctx *c, const struct rec *now)
{
	int32_t last = day_of(rec_int(now, "by_on"));
	if (last <= day_of(c->now))
		fault_field(c->f, "by_on", N_("At the earliest tomorrow."), NULL);
	else if (last > day_of(c->now) + 60)
		fault_field(c->f, "by_on", N_("At most sixty days."), NULL);
}

/* 民法典第二百零三条: a last day on a holiday moves to the next working day. */
int64_t absorb_last_day(const struct ctx *c, int64_t on)
{
	int32_t last = day_of(on);
	while (!day_kind_works(calendar_kind(c->app->calendar, last, NULL)))
		last++;
	return day_start(last + 1);
}

/* Between who beats and who is afraid there is no free agreement, whoever presides over it. */
static void talk_fits(struct ctx *c, const struct rec *kase, const struct rec *now)
{
	bool talk = str_is(code_more(c->app->codes, "referral_kind", rec_str(c, now, "kind"), "talk"), "1");
	const char *why = absorb_no_mediation(c, kase);
	if (talk && !rec_has(now, "track"))
		fault_field(c->f, "track", N_("Please fill this in."), NULL);
	if (why && (talk || rec_has(now, "track")))
		fault_field(c->f, talk ? "kind" : "track", why, NULL);
}

static enum err unit_fits(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *o;
	if (!rec_has(now, "unit"))
		return OK;
	TRY(see_one(&in, "org", rec_int(now, "unit"), &o));
	if (!str_is(code_more(c->app->codes, "org_kind", rec_str(&in, o, "kind"), "joint"), "1") || !rec_in(o, "active"))
		fault_field(c->f, "unit", N_("Please choose an office that takes part: police, court, procuratorate, justice, civil affairs, education, health, petitions, governance centre."), NULL);
	return OK;
}

/* The name comes along, and nothing else of the person. */
static enum err name_comes(struct ctx *c, struct rec *now, const char *party, const char *name)
{
	struct ctx in = ctx_inside(c);
	struct rec *r;
	TRY(absorb_party_of(c, now, party, &r));
	if (r)
		rec_set_str(now, name, rec_str(&in, r, "name"));
	return OK;
}

/* What goes out is looked through like a paper: nothing of the vault, no address, phone or ID number that its owner has not allowed. */
static enum err clear_of_secrets(struct ctx *c, const struct rec *now, const char *const *fs, size_t n)
{
	struct str t[4];
	must(n <= ARRAY_LEN(t));
	for (size_t i = 0; i < n; i++) {
		t[i] = rec_str(c, now, fs[i]);
		if (!t[i].p)
			t[i] = STR("");
	}
	return absorb_paper_clear(c, now->parent, t, n);
}

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const told[] = { "matter", "released", "note" };
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "closed|archived"))
		return fail(c->f, ERR_STATE, N_("This case is closed. Please reopen it first."), NULL);
	day_fits(c, now);
	talk_fits(c, k, now);
	bool suspected;
	TRY(absorb_any_suspected(c, k->id, &suspected));
	if (suspected && rec_has(now, "track"))
		fault_field(c->f, "kind", N_("Somebody in this case is suspected of harming a child and is asked for no consent: nobody is invited to mediate."), NULL);
	TRY(unit_fits(c, now));
	TRY(name_comes(c, now, "first", "first_name"));
	TRY(name_comes(c, now, "second", "second_name"));
	if (c->f->nfields)
		return OK;
	TRY(clear_of_secrets(c, now, told, ARRAY_LEN(told)));
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	rec_set_int(now, "sender", k->org);
	TRY(absorb_number(c, k->org, now));
	rec_set_int(now, "asker", c->actor->user);
	rec_set_int(now, "asked_on", day_start(day_of(c->now)));
	rec_set_int(now, "rounds", 1);
	now->org = rec_int(now, "unit");
	return OK;
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("A unit asks yours for its part in a case: please take it on, or say why not"));
}

enum err absorb_append(struct ctx *c, struct rec *now, const char *log, struct str head, struct str text)
{
	struct str had = rec_str(c, now, log), at = datetime_str(c->a, c->now);
	struct str all = arena_fmt(c->a, "%.*s%s【%.*s%s%.*s】%.*s", (int)had.n, had.n ? had.p : "", had.n ? "\n" : "", (int)at.n, at.p, head.n ? " " : "", (int)head.n, head.n ? head.p : "",
				   (int)text.n, text.n ? text.p : "");
	if (utf8_count(all) > 20000)
		return fail(c->f, ERR_STATE, N_("No more can be added here: it holds twenty thousand characters already."), NULL);
	rec_set_str(now, log, all);
	return OK;
}

static enum err release_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const told[] = { "more" };
	(void)old;
	TRY(clear_of_secrets(c, now, told, ARRAY_LEN(told)));
	TRY(absorb_append(c, now, "released", STR_NONE, rec_str(c, now, "more")));
	rec_clear(now, "more");
	return OK;
}

static enum err told_more(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("Something was added to what your unit was asked"));
}

static enum err put_off_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	day_fits(c, now);
	if (rec_int(now, "by_on") <= rec_int(old, "by_on"))
		fault_field(c->f, "by_on", N_("The new date must be later than the present one."), NULL);
	return OK;
}

static enum err put_off(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_extend(c, now, "referral.result", absorb_last_day(c, rec_int(now, "by_on")), STR("other"));
}

/* ---- the unit ---- */

static enum err accept_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "accepted_at", c->now);
	return OK;
}

static enum err accepted(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end = absorb_last_day(c, rec_int(now, "by_on"));
	(void)old;
	/* Taken on late: the day it was asked for has passed, and it is red at once. */
	TRY(due_start_at(c, now, "referral.result", end, "by_on"));
	return absorb_tell_team(c, now, N_("Another unit has taken on its part"));
}

static enum err declined(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_cancel(c, now));
	return absorb_tell_team(c, now, N_("Another unit has not taken on what it was asked: please read why"));
}

static enum err return_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(old, "rounds") > 1 && !rec_changed(c, old, now, "result_text"))
		fault_field(c->f, "result_text", N_("It was asked again: please answer anew."), NULL);
	rec_set_int(now, "returned_at", c->now);
	return OK;
}

static enum err returned(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return absorb_tell_team(c, now, N_("Another unit has given its result back: please read it"));
}

/* ---- the team again ---- */

static enum err again_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const told[] = { "again_why" };
	static const char *const gone[] = { "returned_at", "decline_reason", "accepted_at" };
	struct rec *k;
	day_fits(c, now);
	TRY(absorb_case(c, now, &k));
	talk_fits(c, k, now);
	TRY(clear_of_secrets(c, now, told, ARRAY_LEN(told)));
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		rec_clear(now, gone[i]);
	rec_set_int(now, "rounds", rec_int(old, "rounds") + 1);
	return OK;
}

static enum err withdrawn(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_cancel(c, now));
	return notice_put(c, 0, now->org, now, N_("What your unit was asked is no longer asked for"));
}

static const struct step steps[] = {
	TEAM("", "create", "asked", "Ask another unit", "kind! unit! track first second matter! released by_on! note", ask_check, asked, .starts = "referral.accept", .flags = STEP_PRIMARY),
	TEAM("asked|accepted", "release", "=", "Let the unit know more", "more!", release_check, told_more, .starts = NULL),
	TEAM("accepted", "put_off", "=", "A later day", "by_on! note!", put_off_check, put_off, .starts = NULL),
	TEAM("asked|accepted", "withdraw", "withdrawn", "No longer asked for", "note!", NULL, withdrawn, .flags = STEP_DANGER),
	PART("asked", "accept", "accepted", "Take it on", "officer!", accept_check, accepted, .meets = "referral.accept", .flags = STEP_PRIMARY),
	PART("asked", "decline", "declined", "Do not take it on", "decline_reason! result_text!", NULL, declined, .meets = "referral.accept"),
	PART("accepted", "return", "returned", "Give the result back", "result! result_text!", return_check, returned, .meets = "referral.result", .flags = STEP_PRIMARY),
	TEAM("returned|declined", "close", "closed", "Read, taken in", "note", NULL, NULL, .flags = STEP_PRIMARY),
	TEAM("returned|declined", "again", "asked", "Ask the unit again", "again_why! by_on!", again_check, asked, .starts = "referral.accept"),
	INNER("*", "follow", "=", "Follow the case", "", absorb_follow_lead, NULL, .starts = NULL),
};
/* The unit reads its own part while it has one; afterwards it sees that there was one. */
static const struct grant grants[] = {
	TEAM_READ, { R(LIAISON), SC_ORG, SIGHT_FULL, .states = "asked|accepted|returned", .head = true }, { R(LIAISON), SC_ORG, SIGHT_MASKED }, { R_FED, SC_AREA, SIGHT_MASKED },
};

const struct rtype referral_type = {
	.name = "referral", .label = N_("Part of another unit"), .plural = N_("Parts of other units"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.number = "联", .level = 3, .grade = "grade",
};

/* ---- its papers: from office to office; a liaison who makes one prints what her unit was told and nothing else ---- */

static struct str more_of(struct pages *b, const char *column, const char *blank)
{
	struct str s = b->r ? code_more(b->c->app->codes, "referral_kind", rec_str(&b->in, b->r, "kind"), column) : STR_NONE;
	return s.n ? s : str_of(blank);
}

static void to_unit(struct pages *b, struct str unit) { page_plain(b, arena_fmt(b->c->a, "%.*s：", unit.n ? (int)unit.n : 30, unit.n ? unit.p : "　　　　　　　　　　")); }

void referral_letter(struct pages *b)
{
	b->head = page_text(b, "sender");
	page_title(b, arena_cstr(b->c->a, more_of(b, "paper", "移送函")));
	page_number(b, b->r ? b->r->number : STR("联〔　　　　〕　　　　号"));
	to_unit(b, page_text(b, "unit"));
	page_body(b, more_of(b, "say", "我单位在办理婚姻家庭纠纷中，发现下列事项依法属于贵单位职责，现移送贵单位，请依法处理。"));
	page_line(b, "当事人", page_text(b, "first_name"));
	page_line(b, "另一方当事人", page_text(b, "second_name"));
	page_line(b, "调解方式", page_text(b, "track"));
	page_line(b, "请于此日前反馈", page_day(b, "by_on"));
	page_head(b, "一、请贵单位办理的事项");
	page_long(b, "matter", 4);
	page_head(b, "二、有关情况");
	page_long(b, "released", 4);
	if (b->r && rec_has(b->r, "again_why")) {
		page_head(b, "三、再次函请的原因");
		page_long(b, "again_why", 1);
	}
	page_say(b, "本函供贵单位办理本事项使用，不得提供给任何一方当事人，不得向一方透露另一方的住址、电话和去向。");
	page_right(b, page_text(b, "sender"));
	page_right(b, STR("（单位印章）"));
	page_right(b, page_day(b, "asked_on"));
	page_sign(b, "接收单位签收：");
}

void referral_feedback(struct pages *b)
{
	b->head = page_text(b, "unit");
	page_title(b, "办理结果反馈函");
	page_number(b, b->r ? b->r->number : STR("联〔　　　　〕　　　　号"));
	to_unit(b, page_text(b, "sender"));
	page_say(b, "贵单位来函收悉。现将办理结果反馈如下：");
	page_line(b, "来函事项", page_text(b, "kind"));
	page_line(b, "来函日期", page_day(b, "asked_on"));
	page_line(b, "承办人", page_text(b, "officer"));
	page_line(b, "办理结果", page_text(b, "result"));
	page_head(b, "办理情况");
	page_long(b, "result_text", 6);
	page_right(b, page_text(b, "unit"));
	page_right(b, STR("（单位印章）"));
	page_right(b, page_day(b, "returned_at"));
	page_sign(b, "来函单位签收：");
}
