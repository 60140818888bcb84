/* Why: a couple that comes to divorce is heard once, by people it chose, or by nobody; who is beaten is not talked into staying.
 * Who does what: the registry's desk receives, the counsellors' team (婚姻辅导员、情感疏导员、法律咨询员, with mediator, federation, social worker,
 * volunteer) talks, the couple decides. 民法典 1076, 1077; 反家庭暴力法 5.
 * Invariants: one couple is one record however often it comes, and counts once; each is asked apart about violence before both sit in one room, and
 * where it is said, or not denied by both, they never do; in the cooling-off time a person is called only by that person's own consent, where and when
 * it is safe; what was said is read by the team and by nobody else, not by an emergency opening either: there is none. */
#include "absorb/absorb.h"
#include "record/metrics.h"

static const struct field fields[] = {
	F("place", "Place of counselling", F_CODE, .of = "counsel_place", .flags = FF_LIST | FF_FILTER),
	F("intent", "What they came for", F_CODE, .of = "counsel_intent", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("kinds", "Kinds of counselling", F_CODES, .of = "counsel_kind", .flags = FF_FILTER),
	F("a_name", "First person", F_NAME, .secrecy = S_MASKED, .flags = FF_NEED | FF_LIST, .max = 40),
	F("b_name", "Second person", F_NAME, .secrecy = S_MASKED, .flags = FF_LIST, .max = 40, .help = N_("Empty when one side came only.")),
	F("screen_a", "First person, asked alone: violence?", F_CODE, .of = "yesno4", .flags = FF_FILTER,
	  .help = N_("Hit, threatened, shut in, followed, kept without money: asked first, and where the other does not hear it.")),
	F("screen_b", "Second person, asked alone: violence?", F_CODE, .of = "yesno4", .flags = FF_FILTER),
	F("apart", "Each was asked apart", F_BOOL),
	F("told", "Told of warning letter, protection order, shelter and legal aid", F_BOOL),
	F("violence", "Domestic violence", F_BOOL, .flags = FF_SYSTEM | FF_FILTER | FF_LIST),
	{ .name = "a_phone", .label = N_("First person's phone"), .type = F_PHONE, .secrecy = S_MASKED },
	{ .name = "a_idno", .label = N_("First person's ID number"), .type = F_IDNO, .secrecy = S_MASKED, .flags = FF_BLIND, .help = N_("With both numbers the same couple is found again and counted once.") },
	{ .name = "a_consent", .label = N_("First person agrees to be contacted"), .type = F_BOOL, .help = N_("Asked alone. In the cooling-off time nobody is called without it.") },
	{ .name = "a_safe", .label = N_("Is it safe to call the first person?"), .type = F_CODE, .of = "yesno4" },
	{ .name = "a_note", .label = N_("First person: how and when"), .type = F_TEXT, .secrecy = S_SEALED, .max = 200 },
	{ .name = "b_phone", .label = N_("Second person's phone"), .type = F_PHONE, .secrecy = S_MASKED },
	{ .name = "b_idno", .label = N_("Second person's ID number"), .type = F_IDNO, .secrecy = S_MASKED, .flags = FF_BLIND },
	{ .name = "b_consent", .label = N_("Second person agrees to be contacted"), .type = F_BOOL },
	{ .name = "b_safe", .label = N_("Is it safe to call the second person?"), .type = F_CODE, .of = "yesno4" },
	{ .name = "b_note", .label = N_("Second person: how and when"), .type = F_TEXT, .secrecy = S_SEALED, .max = 200 },
	F("years", "Years married", F_INT, .max = 90),
	F("children", "Children under 18", F_INT, .max = 20),
	F("reasons", "Reasons named", F_CODES, .of = "kind", .flags = FF_FILTER),
	F("appointment", "Appointed for", F_TIME, .flags = FF_LIST),
	F("received", "Received", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("applied_on", "Divorce applied for on", F_DATE, .standard = "民法典第一千零七十七条", .help = N_("The day on the receipt of the application.")),
	F("cool_end", "Either may withdraw until", F_DATE, .flags = FF_SYSTEM | FF_LIST, .standard = "民法典第一千零七十七条"),
	F("cert_end", "Both must apply in person until", F_DATE, .flags = FF_SYSTEM | FF_LIST, .standard = "民法典第一千零七十七条"),
	F("done_on", "Day", F_DATE, .flags = FF_SYSTEM),
	F("both_present", "Both came in person", F_BOOL, .flags = FF_SYSTEM),
	F("withdrew", "Who withdrew", F_CODE, .of = "counsel_with", .flags = FF_SYSTEM),
	F("sessions", "Sessions held", F_INT, .flags = FF_SYSTEM, .max = 100000),
	F("heads", "Person-times", F_INT, .flags = FF_SYSTEM, .max = 100000),
	F("met", "Both took part", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("counted", "Counts as a couple", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("first", "Received for the first time", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("result", "Result for the couple", F_CODE, .of = "counsel_result", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("reconciled", "Gave up or postponed, both counselled", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("stage", "Stage of reconciliation", F_CODE, .of = "counsel_stage", .flags = FF_SYSTEM | FF_FILTER),
	F("satisfaction", "Satisfaction", F_CODE, .of = "satisfaction", .flags = FF_SYSTEM | FF_FILTER),
	F("ended_at", "When counselling ended", F_TIME, .flags = FF_SYSTEM),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
	F("same", "Received before", F_REF, .of = "counsel", .flags = FF_SYSTEM),
	F("refer_ok", "Wants to be helped as a case", F_BOOL, .flags = FF_SYSTEM),
	F("kase", "Case", F_REF, .of = "case", .flags = FF_SYSTEM),
};
static const struct state states[] = {
	{ "asked", N_("Appointment asked for"), true, "yellow" }, { "booked", N_("Appointment made"), true, "green" }, { "received", N_("Being counselled"), true, "green" },
	{ "cooling", N_("In the cooling-off period"), true, "yellow" }, { "ended", N_("Counselling ended"), false, "green" }, { "void", N_("Did not take place"), false, NULL },
};

static bool says(struct ctx *c, const struct rec *r, const char *field, const char *what) { return str_is(rec_str(c, r, field), what); }

const char *absorb_no_joint(struct ctx *c, const struct rec *r)
{
	if (rec_int(r, "violence"))
		return N_("They are not counselled together: violence was said. Nobody is talked into staying. Speak with her alone: 110 in danger, 12338, a warning letter of the police, a protection order of the court, the shelter, legal aid 12348.");
	if (!says(c, r, "screen_a", "no") || !says(c, r, "screen_b", "no") || !rec_int(r, "apart"))
		return N_("They are not counselled together yet: first each is asked about violence, alone, and both must have said no. “Not clear” is not no.");
	return NULL;
}

/* ---- what stays true after each change ---- */

static enum err check(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool said = says(c, now, "screen_a", "yes") || says(c, now, "screen_b", "yes");
	bool in = rec_has(now, "received") && !rec_has(now, "same");
	struct str result = rec_str(c, now, "result");
	/* Once said it stays. */
	rec_set_int(now, "violence", said || (old && rec_int(old, "violence")));
	rec_set_int(now, "first", in);
	rec_set_int(now, "counted", in && !rec_int(now, "violence"));
	rec_set_int(now, "reconciled", rec_int(now, "counted") && rec_int(now, "met") && str_is(code_more(c->app->codes, "counsel_result", result, "ok"), "1"));
	return OK;
}

/* ---- reception ---- */

/* The same two people, whoever of them stands first. */
static enum err same_couple(struct ctx *c, const struct rec *now, struct rec **ret)
{
	static const char *const f[] = { "a_idno", "b_idno" };
	struct ctx in = ctx_inside(c);
	struct str a = rec_str(c, now, "a_idno"), b = rec_str(c, now, "b_idno");
	struct seen s;
	*ret = NULL;
	if (!a.n || !b.n)
		return OK;
	for (int way = 0; way < 2; way++) {
		TRY(see_same(&in, "counsel", f[way], a, &s));
		for (size_t i = 0; i < s.n; i++)
			if (s.r[i]->id != now->id && str_eq(rec_str(&in, s.r[i], f[1 - way]), b) && (!*ret || s.r[i]->id < (*ret)->id))
				*ret = s.r[i];
	}
	return OK;
}

static enum err screened(struct ctx *c, struct rec *now)
{
	if (!rec_has(now, "screen_a"))
		fault_field(c->f, "screen_a", N_("Please fill this in."), NULL);
	if (rec_has(now, "b_name") && !rec_has(now, "screen_b"))
		fault_field(c->f, "screen_b", N_("Please fill this in."), NULL);
	if (!rec_int(now, "apart"))
		fault_field(c->f, "apart", N_("Please ask each alone, where the other does not hear it."), NULL);
	return OK;
}

static enum err receive_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *before;
	(void)old;
	rec_set_int(now, "received", c->now);
	TRY(screened(c, now));
	TRY(same_couple(c, now, &before));
	if (!before)
		return OK;
	if (before->org == now->org)
		fault_field(c->f, "a_idno", N_("This couple was received before: %s. Please open that record and take it up again, so that it counts once."), arena_cstr(c->a, before->number));
	rec_set_int(now, "same", before->id);
	return OK;
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_has(now, "appointment") && rec_int(now, "appointment") > c->now) {
		now->state = STR("booked");
		return OK;
	}
	now->state = STR("received");
	return receive_check(c, old, now);
}

static enum err member(struct ctx *c, int64_t counsel, int64_t staff, const char *part)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct done d;
	if (!staff)
		return OK;
	TRY(see_children(&in, "counsellor", counsel, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active") && rec_int(s.r[i], "staff") == staff)
			return OK;
	return act_inner(c, &(struct act){ .type = "counsellor", .verb = "assign", .parent = counsel,
		INPUTS(INPUT("staff", arena_fmt(c->a, "%lld", (long long)staff)), INPUT("part", str_of(part))) }, &d);
}

/* Whoever was chosen; the desk that received them reads no more of it than the outline. Nobody chosen: who received them. */
static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return now->owner ? member(c, now->id, now->owner, "marriage") : member(c, now->id, c->actor->user, "desk");
}

static enum err booked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return member(c, now->id, now->owner ? now->owner : c->actor->user, now->owner ? "marriage" : "desk");
}

enum err absorb_counsel_pass(struct ctx *c, const struct rec *counsel, int64_t from, int64_t to)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	const char *part = "marriage";
	TRY(see_children(&in, "counsellor", counsel->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active") && rec_int(s.r[i], "staff") == from) {
			part = arena_cstr(c->a, rec_str(&in, s.r[i], "part"));
			TRY(absorb_do(c, "counsellor", s.r[i]->id, "remove"));
		}
	if (counsel->owner == from)
		TRY(absorb_set(c, "counsel", counsel->id, "hand", "owner", id_text(c, to)));
	return member(c, counsel->id, to, part);
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("Somebody asks for a counselling appointment"));
}

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (!rec_has(now, "a_phone"))
		fault_field(c->f, "a_phone", N_("Please fill this in."), NULL);
	rec_set_str(now, "place", STR("registry"));
	rec_set_int(now, "a_consent", 1);
	return OK;
}

static enum err book_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_int(now, "appointment") < c->now)
		fault_field(c->f, "appointment", N_("This day has passed already."), NULL);
	return now->owner ? absorb_assignable(c, "owner", now->owner, now->id) : OK;
}

static enum err screen_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return screened(c, now);
}

/* ---- the cooling-off period ---- */

/* 民法典 1077: thirty days from the receipt of the application, then thirty days more; each counted from the day after and moved on when its last day is a
 * holiday (民法典 201, 203). Before 2021 there was none. */
static enum err apply_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end, last;
	struct str basis;
	(void)old;
	if (rec_int(now, "applied_on") > c->now) {
		fault_field(c->f, "applied_on", N_("This lies in the future. Please check the date."), NULL);
		return OK;
	}
	if (!due_rule_holds(c, "counsel.cooling", rec_int(now, "applied_on"))) {
		fault_field(c->f, "applied_on", N_("There is a cooling-off period for applications from 1 January 2021 on."), NULL);
		return OK;
	}
	TRY(due_rule_end(c, "counsel.cooling", rec_int(now, "applied_on"), &end, &basis));
	rec_set_int(now, "cool_end", day_start(day_of(end - 1)));
	TRY(due_rule_end(c, "counsel.certificate", rec_int(now, "cool_end"), &last, &basis));
	rec_set_int(now, "cert_end", day_start(day_of(last - 1)));
	return OK;
}

/* A call, not a talk: code counsel_form. */
static bool calls(struct ctx *c, const struct rec *talk) { return str_is(code_more(c->app->codes, "counsel_form", rec_str(c, talk, "form"), "contact"), "1"); }

/* May this person be called? Message id of the reason when not. */
static const char *no_contact(struct ctx *c, const struct rec *r, struct str with)
{
	bool a = str_is(with, "a"), b = str_is(with, "b");
	if (!a && !b)
		return N_("One is contacted at a time, never through the other.");
	if (!rec_int(r, a ? "a_consent" : "b_consent"))
		return N_("This person has not agreed to be contacted.");
	if (!says(c, r, a ? "a_safe" : "b_safe", "yes"))
		return N_("It is not known that calling this person is safe. Wait until this person comes, or ask through the safe way that was agreed.");
	return NULL;
}

static enum err applied(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const struct { const char *rule; int day; } v[] = { { "counsel.contact7", 7 }, { "counsel.contact25", 25 }, { "counsel.contact45", 45 } };
	(void)old;
	TRY(due_start_at(c, now, "counsel.certificate", rec_int(now, "cert_end") + MS_DAY, "applied"));
	/* Nobody may be called: then no date says so. */
	if (no_contact(c, now, STR("a")) && no_contact(c, now, STR("b")))
		return OK;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		int64_t end;
		struct str basis;
		TRY(due_rule_end(c, v[i].rule, rec_int(now, "applied_on"), &end, &basis));
		if (end > c->now)
			TRY(due_start_at(c, now, v[i].rule, end, "applied"));
	}
	return OK;
}

static enum err over(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

static void ends(struct ctx *c, struct rec *now, const char *stage)
{
	bool ok = str_is(code_more(c->app->codes, "counsel_result", rec_str(c, now, "result"), "ok"), "1");
	rec_set_int(now, "ended_at", c->now);
	if (ok)
		rec_set_str(now, "stage", str_of(stage));
	else
		rec_clear(now, "stage");
}

static bool in_past(struct ctx *c, struct rec *now)
{
	if (rec_int(now, "done_on") > c->now)
		fault_field(c->f, "done_on", N_("This lies in the future. Please check the date."), NULL);
	return rec_int(now, "done_on") <= c->now;
}

static enum err withdraw_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t d = rec_int(now, "done_on");
	if (in_past(c, now) && (d < rec_int(old, "applied_on") || d > rec_int(old, "cool_end")))
		fault_field(c->f, "done_on", N_("Either may withdraw within the thirty days after the application only (Civil Code, article 1077)."), NULL);
	if (str_is(rec_str(c, now, "result"), "went_on"))
		fault_field(c->f, "result", N_("Who withdraws the application has not gone on with it."), NULL);
	ends(c, now, "cooling");
	return OK;
}

static enum err certificate_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t d = rec_int(now, "done_on");
	if (in_past(c, now) && d <= rec_int(old, "cool_end"))
		fault_field(c->f, "done_on", N_("The thirty days of withdrawing are not over yet (Civil Code, article 1077)."), NULL);
	else if (d > rec_int(old, "cert_end"))
		fault_field(c->f, "done_on", N_("The thirty days to ask for the certificate are over: the application counts as withdrawn (Civil Code, article 1077)."), NULL);
	if (!rec_int(now, "both_present"))
		fault_field(c->f, "both_present", N_("Both must come in person (Civil Code, article 1077)."), NULL);
	rec_set_str(now, "result", STR("went_on"));
	ends(c, now, "cooling");
	return OK;
}

static enum err lapse_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (c->now < rec_int(old, "cert_end") + MS_DAY)
		return fail(c->f, ERR_STATE, N_("The thirty days to ask for the certificate are not over yet."), NULL);
	rec_set_str(now, "result", STR("postponed"));
	ends(c, now, "cooling");
	return OK;
}

static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str r = rec_str(c, now, "result");
	if (str_is(code_more(c->app->codes, "counsel_result", r, "both"), "1") && !rec_int(old, "met"))
		fault_field(c->f, "result", N_("A couple is reconciled when both took part in a session; who came alone counts as one side."), NULL);
	if (str_is(r, "single") && rec_int(old, "met"))
		fault_field(c->f, "result", N_("Both took part: that is not one side only."), NULL);
	ends(c, now, "spot");
	return OK;
}

#define HALF_YEAR (180 * MS_DAY)
static enum err stable_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_int(old, "reconciled") || c->now < rec_int(old, "ended_at") + HALF_YEAR)
		return fail(c->f, ERR_STATE, N_("Asked of couples that were reconciled half a year ago or more."), NULL);
	rec_set_str(now, "stage", STR("stable"));
	return OK;
}

/* Taken up again: the same couple, still one. The day of the first reception stays. */
static enum err again_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const gone[] = { "result", "stage", "ended_at", "applied_on", "cool_end", "cert_end", "done_on", "both_present", "withdrew", "satisfaction", "appointment" };
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		rec_clear(now, gone[i]);
	if (!rec_has(old, "received"))
		rec_set_int(now, "received", c->now);
	return screened(c, now);
}

/* ---- violence: a case, when she wants it ---- */

static enum err refer_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_int(old, "violence"))
		return fail(c->f, ERR_STATE, N_("No violence is flagged in this case. Please record it first."), NULL);
	if (rec_has(old, "kase"))
		return fail(c->f, ERR_STATE, N_("A case was opened already."), NULL);
	if (!rec_int(now, "refer_ok"))
		fault_field(c->f, "refer_ok", N_("Only when she wants it. In danger call 110 all the same."), NULL);
	return OK;
}

static enum err referred(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct done d;
	int64_t above = 0;
	(void)old;
	if (c->app->org_above)
		TRY(c->app->org_above(c, now->org, &above));
	TRY(act_inner(c, &(struct act){ .type = "case", .verb = "from_counsel", .area = now->area, .org = above ? above : now->org,
		INPUTS(INPUT("source", STR("civil")), INPUT("summary", rec_str(c, now, "note")), INPUT("kind", STR("M03")), INPUT("grade", STR("orange")), INPUT("violence", STR("1"))) }, &d));
	return absorb_set(c, "counsel", now->id, "linked", "kase", arena_fmt(c->a, "%lld", (long long)d.id));
}

#define PEOPLE "a_phone a_idno b_name b_phone b_idno kinds years children reasons a_consent a_safe a_note b_consent b_safe b_note note"
#define OPEN "asked|booked|received|cooling"
/* The unit's people: the registry's desk, and the federation's. */
#define DESK(f, v, t, l, flds, prep, eff, ...) { .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_TEAM, .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
static const struct step steps[] = {
	DESK("", "create", "?", "Receive a couple", "intent! place! screen_a apart a_name! b_name screen_b owner appointment " PEOPLE, create_check, created, .flags = STEP_PRIMARY),
	{ .from = "", .verb = "ask", .to = "asked", .label = N_("Ask for an appointment"), .roles = R(CITIZEN), .scope = SC_AREA, .fields = "a_name! a_phone! a_safe! a_note kinds intent! area",
	  .prepare = ask_check, .effect = asked, .starts = "counsel.book" },
	DESK("asked|booked", "book", "booked", "Make the appointment", "appointment! owner kinds note", book_check, booked, .meets = "counsel.book", .flags = STEP_PRIMARY),
	TEAM("booked", "receive", "received", "Receive them", "screen_a! apart! b_name screen_b told a_idno b_idno", receive_check, NULL, .flags = STEP_PRIMARY),
	TEAM("received|cooling", "screen", "=", "Ask about violence again", "screen_a! screen_b apart! told", screen_check, NULL, .starts = NULL),
	TEAM(OPEN, "edit", "=", "Edit", "a_name! " PEOPLE, NULL, NULL, .starts = NULL),
	TEAM("received", "apply", "cooling", "Divorce was applied for", "applied_on!", apply_check, applied, .flags = STEP_PRIMARY),
	TEAM("cooling", "withdraw", "ended", "Application withdrawn", "done_on! withdrew! result! satisfaction", withdraw_check, over, .flags = STEP_PRIMARY),
	TEAM("cooling", "certificate", "ended", "Certificate given", "done_on! both_present!", certificate_check, over, .starts = NULL),
	TEAM("cooling", "lapse", "ended", "Nobody came: counts as withdrawn", "", lapse_check, over, .starts = NULL),
	TEAM("received", "end", "ended", "End with a result", "result! satisfaction note", end_check, over, .flags = STEP_PRIMARY),
	TEAM("ended", "stable", "=", "Still together after half a year", "note", stable_check, NULL, .starts = NULL),
	TEAM("ended|void", "again", "received", "They come again", "screen_a! screen_b apart! note", again_check, NULL, .starts = NULL),
	TEAM("received|cooling|ended", "refer", "=", "Open a case of violence", "refer_ok! note!", refer_check, referred, .flags = STEP_DANGER),
	DESK("asked|booked", "void", "void", "Did not come, or no longer wanted", "note", NULL, over, .flags = STEP_DANGER),
	INNER("*", "talked", "=", "Session held", "sessions heads met", NULL, NULL, .starts = NULL),
	INNER("*", "linked", "=", "Case opened", "kase", NULL, NULL, .starts = NULL),
	INNER(OPEN, "hand", "=", "Handed over", "owner!", NULL, NULL, .starts = NULL),
};
/* The outline for the unit and the federation above; the wish of a citizen for the unit that must answer it. No emergency opening. */
static const struct grant grants[] = {
	{ R(MEDIATOR), SC_OWNER, SIGHT_FULL }, { R_TEAM, SC_TEAM, SIGHT_FULL }, { R_TEAM, SC_ORG, SIGHT_FULL, .states = "asked" },
	{ R_TEAM, SC_ORG, SIGHT_MASKED }, { R_FED, SC_AREA, SIGHT_MASKED },
};

/* domain 4.5: couples of whom both took part are one base, all that were received the other; where violence was said they are in neither. */
static int tallies(const struct rec *r, struct tally_cell out[TALLY_MAX])
{
	struct tally_cell cell = { .ms = rec_int(r, "received"), .outcome = r->v[field_at(r->t, "result")].s };
	int n = 0;
	const struct { const char *metric; bool on; } v[] = {
		{ METRIC_COUPLE_IN, rec_int(r, "counted") }, { METRIC_COUPLE_MET, rec_int(r, "counted") && rec_int(r, "met") }, { METRIC_COUPLE_OK, rec_int(r, "reconciled") },
		{ METRIC_COUPLE_DV, rec_int(r, "first") && rec_int(r, "violence") },
	};
	for (size_t i = 0; rec_has(r, "received") && i < ARRAY_LEN(v); i++)
		if (v[i].on) {
			cell.metric = v[i].metric;
			out[n++] = cell;
		}
	return n;
}

const struct rtype counsel_type = {
	.name = "counsel", .label = N_("Counselled couple"), .plural = N_("Counselled couples"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states, .nstates = ARRAY_LEN(states),
	.steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .number = "辅", .level = 3, .guard = GUARD_SELF, .check = check, .tallies = tallies,
};

/* ---- who counsels ---- */

static const struct field member_fields[] = {
	F("staff", "Staff member", F_REF, .of = "staff", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("part", "Her part", F_CODE, .of = "counsellor_part", .flags = FF_NEED | FF_LIST),
};
static const struct state member_states[] = { { "active", N_("On the team"), true, "green" }, { "ended", N_("Taken off"), false, NULL } };

static enum err add_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	(void)old;
	if (c->depth == 0 && rec_int(now, "staff") == c->actor->user)
		return fail(c->f, ERR_DENIED, N_("Nobody assigns herself. Please ask the head of the unit or the level above."), NULL);
	TRY(absorb_assignable(c, "staff", rec_int(now, "staff"), now->parent));
	TRY(see_children(&in, "counsellor", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active") && rec_int(s.r[i], "staff") == rec_int(now, "staff"))
			fault_field(c->f, "staff", N_("She is on the team already."), NULL);
	return OK;
}

static enum err added(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(access_put(c, now, rec_int(now, "staff"), now->parent, ACCESS_TEAM, now->created, ACCESS_EVER));
	return c->depth == 0 ? notice_put(c, rec_int(now, "staff"), 0, now, N_("You were asked to counsel a couple")) : OK;
}

static enum err removed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return access_drop(c, now);
}

static const struct step member_steps[] = {
	{ .from = "", .verb = "create", .to = "active", .label = N_("Put on the team"), .roles = R_TEAM, .scope = SC_TEAM, .fields = "staff! part!", .prepare = add_check, .effect = added, .flags = STEP_PRIMARY },
	{ .from = "", .verb = "create", .to = "active", .label = N_("Put on the team"), .roles = R_FED, .scope = SC_ORG, .fields = "staff! part!", .prepare = add_check, .effect = added, .flags = STEP_PRIMARY },
	{ .from = "active", .verb = "remove", .to = "ended", .label = N_("Take off the team"), .roles = R_TEAM, .scope = SC_TEAM, .fields = "", .effect = removed, .flags = STEP_DANGER },
	{ .from = "active", .verb = "remove", .to = "ended", .label = N_("Take off the team"), .roles = R_FED, .scope = SC_ORG, .fields = "", .effect = removed, .flags = STEP_DANGER },
	INNER("", "assign", "active", "Put on the team", "staff! part!", add_check, added, .starts = NULL),
};
static const struct grant member_grants[] = { { R_TEAM, SC_TEAM, SIGHT_FULL }, { R_TEAM, SC_ORG, SIGHT_FULL }, { R_FED, SC_AREA, SIGHT_FULL } };

const struct rtype counsellor_type = {
	.name = "counsellor", .label = N_("Counsellor"), .plural = N_("Counsellors' team"), .title = "staff", .fields = member_fields, .nfields = ARRAY_LEN(member_fields),
	.states = member_states, .nstates = ARRAY_LEN(member_states), .steps = member_steps, .nsteps = ARRAY_LEN(member_steps), .read = member_grants, .nread = ARRAY_LEN(member_grants),
	.parent = "counsel", .guard = GUARD_PARENT, .level = 2,
};

/* ---- what was said ---- */

static const struct field talk_fields[] = {
	F("form", "Form of the session", F_CODE, .of = "counsel_form", .flags = FF_NEED | FF_LIST),
	F("present", "Who took part", F_CODE, .of = "counsel_with", .flags = FF_NEED | FF_LIST),
	F("held", "Held at", F_TIME, .flags = FF_NEED | FF_LIST),
	F("minutes", "Minutes", F_INT, .max = 1440),
	F("kinds", "Kinds of counselling", F_CODES, .of = "counsel_kind"),
	F("text", "What was said", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 20000, .help = N_("Read by the counsellors of this couple and by nobody else.")),
	F("advice", "Advice", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 5000),
};
static const struct state talk_states[] = { { "held", N_("Held"), false, "green" } };

static enum err talk_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k;
	struct str form = rec_str(c, now, "form"), with = rec_str(c, now, "present");
	const char *why;
	(void)old;
	TRY(see_one(&in, "counsel", now->parent, &k));
	if (!rec_in(k, "received|cooling"))
		return fail(c->f, ERR_STATE, N_("They are not being counselled now. Please receive them first."), NULL);
	if (rec_int(now, "held") > c->now)
		fault_field(c->f, "held", N_("This lies in the future. Please check the date."), NULL);
	if (str_is(code_more(c->app->codes, "counsel_form", form, "joint"), "1")) {
		if ((why = absorb_no_joint(&in, k)))
			return fail(c->f, ERR_STATE, why, NULL);
		if (!str_is(with, "both"))
			fault_field(c->f, "present", N_("Together means both."), NULL);
	}
	if (calls(c, now) && (why = no_contact(&in, k, with)))
		fault_field(c->f, "present", why, NULL);
	return OK;
}

/* The date that is next is met: each call answers one. */
static enum err contact_met(struct ctx *c, const struct rec *k)
{
	struct due *d;
	size_t n;
	const struct due *next = NULL;
	TRY(due_list(c, "counsel", k->id, &d, &n));
	for (size_t i = 0; i < n; i++)
		if (d[i].state == DUE_RUNNING && str_starts(d[i].rule, "counsel.contact") && (!next || d[i].due < next->due))
			next = &d[i];
	return next ? due_meet(c, k, arena_cstr(c->a, next->rule)) : OK;
}

/* Sums of all that was held: the order in which they were written down changes nothing. */
static enum err talked(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct done d;
	int64_t n = 0, heads = 0;
	unsigned who = 0;
	(void)old;
	if (calls(c, now)) {
		struct rec *k;
		TRY(see_one(&in, "counsel", now->parent, &k));
		return contact_met(c, k);
	}
	TRY(see_children(&in, "talk", now->parent, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct str with = rec_str(&in, s.r[i], "present");
		if (calls(&in, s.r[i]))
			continue;
		unsigned w = str_is(with, "a") ? 1 : str_is(with, "b") ? 2 : 3;
		who |= w;
		heads += w == 3 ? 2 : 1;
		n++;
	}
	return act_inner(c, &(struct act){ .type = "counsel", .verb = "talked", .id = now->parent, INPUTS(INPUT("sessions", arena_fmt(c->a, "%lld", (long long)n)),
		INPUT("heads", arena_fmt(c->a, "%lld", (long long)heads)), INPUT("met", who == 3 ? STR("1") : STR("0"))) }, &d);
}

static const struct step talk_steps[] = {
	{ .from = "", .verb = "create", .to = "held", .label = N_("Record a session"), .roles = R_TEAM, .scope = SC_TEAM, .fields = "form! present! held! minutes kinds text! advice",
	  .prepare = talk_check, .effect = talked, .flags = STEP_PRIMARY },
	{ .from = "held", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = R_TEAM, .scope = SC_TEAM, .fields = "minutes kinds text! advice" },
};
static const struct grant talk_grants[] = { { R_TEAM, SC_TEAM, SIGHT_FULL } };

const struct rtype talk_type = {
	.name = "talk", .table = "counsel_talk", .label = N_("Counselling session"), .plural = N_("Counselling sessions"), .fields = talk_fields, .nfields = ARRAY_LEN(talk_fields),
	.states = talk_states, .nstates = ARRAY_LEN(talk_states), .steps = talk_steps, .nsteps = ARRAY_LEN(talk_steps), .read = talk_grants, .nread = ARRAY_LEN(talk_grants),
	.parent = "counsel", .guard = GUARD_PARENT, .level = 4, .unlisted = true,
};

/* ---- consultations and lectures: counted apart ---- */

static const struct field consult_fields[] = {
	F("form", "Form of the event", F_CODE, .of = "consult_form", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("held", "Held on", F_DATE, .flags = FF_NEED | FF_LIST),
	F("people", "People", F_INT, .flags = FF_NEED | FF_LIST, .min = 1, .max = 100000),
	F("kinds", "Kinds of counselling", F_CODES, .of = "counsel_kind", .flags = FF_FILTER),
	F("subject", "Subject", F_TEXT, .flags = FF_LIST, .max = 100, .help = N_("The matter only: no names, nothing by which a person is known.")),
};
static const struct state consult_states[] = { { "held", N_("Held"), false, "green" }, { "void", N_("Entered by mistake"), false, NULL } };
static enum err consult_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_int(now, "held") > c->now)
		fault_field(c->f, "held", N_("This lies in the future. Please check the date."), NULL);
	return OK;
}
static const struct step consult_steps[] = {
	DESK("", "create", "held", "Record a consultation or lecture", "form! held! people! kinds subject", consult_check, NULL, .flags = STEP_PRIMARY),
	DESK("held", "edit", "=", "Edit", "held! people! kinds subject", consult_check, NULL, .starts = NULL),
	DESK("held", "void", "void", "Entered by mistake", "", NULL, NULL, .flags = STEP_DANGER),
};
static const struct grant consult_grants[] = { { R_TEAM, SC_ORG, SIGHT_FULL }, { R_FED, SC_AREA, SIGHT_FULL } };
static int consult_tallies(const struct rec *r, struct tally_cell out[TALLY_MAX])
{
	struct str f = r->v[field_at(r->t, "form")].s;
	if (rec_in(r, "void"))
		return 0;
	out[0] = (struct tally_cell){ .metric = str_is(f, "legal") || str_is(f, "heart") ? METRIC_CONSULT : METRIC_LECTURE, .ms = rec_int(r, "held") };
	return 1;
}
const struct rtype consult_type = {
	.name = "consult", .label = N_("Consultation or lecture"), .plural = N_("Consultations and lectures"), .fields = consult_fields, .nfields = ARRAY_LEN(consult_fields),
	.states = consult_states, .nstates = ARRAY_LEN(consult_states), .steps = consult_steps, .nsteps = ARRAY_LEN(consult_steps), .read = consult_grants, .nread = ARRAY_LEN(consult_grants),
	.level = 1, .tallies = consult_tallies,
};
