/* Why: a child who was hurt and tells it to the police, then the prosecutor, then the school, then us, is hurt each time again. Received once, by all who have
 * a part (联合接访, 一站式询问), it is asked once.
 * Who does what: the team calls the units together and plans; the unit that leads holds the one interview and keeps its record; each other unit takes over its
 * part with a day; a second interview is asked for with a reason, and let through by another person.
 * Invariants: one reception for each child of a case, one interview in it unless a reason is approved; by somebody trained, with somebody grown beside the child
 * whom nothing is said against; a record with a number and a keeper before anything goes on; a unit reads its own part, never what the child said; level 4: in
 * no list, search, export or count. Notices do not say that a child was heard. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("child", "Child", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("lead", "Unit that leads", F_REF, .of = "org", .flags = FF_NEED | FF_ONCE | FF_LIST, .among = "kind=police|procuratorate|civil"),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM),
	F("child_name", "Child's name", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("situations", "Situation", F_CODES, .of = "duty_situation", .flags = FF_NEED, .standard = "高检发〔2020〕9号第四条"),
	F("at", "Time of the one interview", F_TIME, .flags = FF_NEED | FF_LIST),
	F("minutes", "Minutes", F_INT, .flags = FF_NEED, .min = 10, .max = 240),
	F("place_kind", "Kind of place", F_CODE, .of = "joint_place", .flags = FF_NEED),
	F("place", "Where", F_TEXT, .secrecy = S_SEALED, .max = 120, .help = N_("Where nobody meets who may have hurt the child.")),
	F("interviewer", "Who asks the child", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED, .max = 80),
	F("trained", "Trained to ask children", F_BOOL, .help = N_("Without training nobody asks a child.")),
	F("woman", "A woman of the staff is there", F_BOOL, .help = N_("Needed where the child is a girl.")),
	F("support_kind", "Who supports the child", F_CODE, .of = "joint_support", .flags = FF_NEED, .help = N_("A grown person whom the child trusts, and of whom nobody says that she or he did it.")),
	F("support_party", "If a party of the case", F_REF, .of = "party"),
	F("support_name", "Name of who supports the child", F_TEXT, .secrecy = S_SEALED, .max = 80),
	F("recorded", "Recorded with picture and sound", F_BOOL),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
	F("held_at", "Interview held at", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("present", "Who was there", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 300),
	F("record_no", "Number of the record", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 120),
	F("keeper", "Unit that keeps the record", F_REF, .of = "org", .flags = FF_SYSTEM),
	F("keeper_name", "Person who keeps the record", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 80),
	F("summary", "What the units need to know", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 5000, .help = N_("So that nobody has to ask the child again.")),
	F("again_reason", "Why a second interview", F_CODE, .of = "joint_again", .flags = FF_SYSTEM),
	F("again_note", "What must be asked, and why it cannot be known otherwise", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("again_by", "Who asks for a second interview", F_REF, .of = "staff", .flags = FF_SYSTEM),
	F("again_ok", "Who let it through", F_REF, .of = "staff", .flags = FF_SYSTEM),
	F("interviews", "Interviews held", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = 100),
	F("allowed", "Interviews allowed", F_INT, .flags = FF_SYSTEM, .max = 100),
};
static const struct state states[] = {
	{ "planned", N_("Interview planned"), true, "red" }, { "held", N_("Interview held, units at work"), true, "yellow" }, { "again", N_("Second interview asked for"), true, "red" },
	{ "closed", N_("All taken over"), false, "green" }, { "cancelled", N_("Cancelled"), false, NULL },
};

/* ---- one reception, one interview ---- */

static enum err support_check(struct ctx *c, const struct rec *now)
{
	struct rec *p;
	bool guardian = str_is(code_more(c->app->codes, "joint_support", rec_str(c, now, "support_kind"), "guardian"), "1");
	TRY(absorb_party_of(c, now, "support_party", &p));
	if (guardian && !rec_has(now, "support_party"))
		fault_field(c->f, "support_party", N_("A guardian is a party of the case: please choose her or him there."), NULL);
	if (!rec_has(now, "support_party") && !rec_has(now, "support_name"))
		fault_field(c->f, "support_name", N_("Please fill this in."), NULL);
	bool bad = absorb_suspected(p), named = true;
	if (!bad)
		TRY(absorb_suspect_is(c, now->parent, &(struct whom){ .name = rec_str(c, now, "support_name") }, false, &bad));
	if (bad)
		fault_field(c->f, p ? "support_party" : "support_name", N_("This person is suspected of harming the child. Please name somebody else."), NULL);
	if (str_is(rec_str(c, now, "support_kind"), "temporary"))
		TRY(absorb_stands_in(c, now->parent, rec_int(now, "child"), &named));
	if (!named)
		fault_field(c->f, "support_kind", N_("No temporary guardian is named for this child yet."), NULL);
	if (p && rec_int(p, "minor"))
		fault_field(c->f, "support_party", N_("Who supports the child is grown."), NULL);
	return OK;
}

static enum err plan_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *child;
	if (rec_has(now, "at") && rec_int(now, "at") < c->now - 5 * MS_MINUTE && (!old || rec_changed(c, old, now, "at")))
		fault_field(c->f, "at", N_("This time has passed already."), NULL);
	if (!rec_int(now, "trained"))
		fault_field(c->f, "trained", N_("A child is asked only by somebody trained for it. Please name another person."), NULL);
	if (!rec_int(now, "recorded") && !rec_has(now, "note"))
		fault_field(c->f, "note", N_("It is recorded with picture and sound, so that it need not be asked twice. If it cannot be, please write down why."), NULL);
	TRY(support_check(c, now));
	TRY(absorb_party_of(c, now, "child", &child));
	if (child && str_is(rec_str(&in, child, "sex"), "2") && !rec_int(now, "woman"))
		fault_field(c->f, "woman", N_("A girl is asked with a woman of the staff there."), NULL);
	return OK;
}

/* The same child is not received twice: what is missing is asked for in the reception that is there. */
static enum err only_one(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "joint", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_int(s.r[i], "child") == rec_int(now, "child") && !rec_in(s.r[i], "cancelled"))
			return fail(c->f, ERR_STATE, N_("This child has its joint reception already, and is asked once. A second interview is asked for there, with a reason."), NULL);
	return OK;
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k, *child, *o;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "closed|archived"))
		return fail(c->f, ERR_STATE, N_("This case is closed. Please reopen it first."), NULL);
	TRY(only_one(c, now));
	TRY(plan_check(c, old, now));
	TRY(absorb_party_of(c, now, "child", &child));
	if (!child || !rec_has(now, "lead"))
		return OK;
	if (!rec_int(child, "minor"))
		fault_field(c->f, "child", N_("This person is not under 18. Please choose the child, or correct the date of birth."), NULL);
	TRY(see_one(&in, "org", rec_int(now, "lead"), &o));
	struct str kind = rec_str(&in, o, "kind");
	if (!str_is(kind, "police") && !str_is(kind, "procuratorate") && !str_is(kind, "civil"))
		fault_field(c->f, "lead", N_("This unit is of another kind."), NULL);
	rec_set_str(now, "child_name", rec_str(&in, child, "name"));
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	rec_set_int(now, "allowed", 1);
	now->org = rec_int(now, "lead");
	return OK;
}

/* What each unit must know of it: when and where, and afterwards who keeps the record; never what was said. */
static enum err tell_units(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "joint_part", now->parent, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct done d;
		if (rec_int(s.r[i], "joint") != now->id || !rec_in(s.r[i], "invited|taken"))
			continue;
		TRY(act_inner(c, &(struct act){ .type = "joint_part", .verb = "told", .id = s.r[i]->id,
			INPUTS(INPUT("at", datetime_str(c->a, rec_int(now, "at"))), INPUT("place", rec_str(&in, now, "place")), INPUT("record_no", rec_str(&in, now, "record_no")),
			       INPUT("keeper", rec_has(now, "keeper") ? id_text(c, rec_int(now, "keeper")) : STR(""))) }, &d));
		TRY(notice_put(c, 0, s.r[i]->org, s.r[i], N_("A confidential record has changed: please open it")));
	}
	return OK;
}

static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(access_copy_out(c, now->parent, now->id));
	TRY(absorb_do(c, "case", now->parent, "minor"));
	return notice_put(c, 0, now->org, now, N_("A confidential record needs your answer at once"));
}

static enum err moved(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(tell_units(c, now));
	return notice_put(c, 0, now->org, now, N_("A confidential record has changed: please open it"));
}

static enum err hold_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(old, "interviews") >= rec_int(old, "allowed"))
		return fail(c->f, ERR_STATE, N_("The child was asked already. A second interview needs a reason and another person who lets it through."), NULL);
	if (rec_int(now, "held_at") > c->now + 5 * MS_MINUTE || rec_int(now, "held_at") + MS_DAY < old->created)
		fault_field(c->f, "held_at", N_("After it was planned, and not in the future."), NULL);
	TRY(plan_check(c, old, now));
	/* The record of the first stays named beside that of the second. */
	struct str was = rec_str(c, old, "record_no"), is = rec_str(c, now, "record_no");
	if (was.n && is.n && str_find(is, was) < 0)
		rec_set_str(now, "record_no", utf8_head(arena_fmt(c->a, "%.*s、%.*s", (int)was.n, was.p, (int)is.n, is.p), 120));
	rec_set_int(now, "interviews", rec_int(old, "interviews") + 1);
	return OK;
}

static enum err held(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(tell_units(c, now));
	return absorb_tell_team(c, now, N_("A confidential record has changed: please open it"));
}

static enum err again_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "again_by", c->actor->user);
	rec_clear(now, "again_ok");
	return OK;
}

static enum err again_asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(notice_put(c, 0, now->org, now, N_("A confidential record needs your answer at once")));
	return absorb_tell_team(c, now, N_("A confidential record needs your answer at once"));
}

static enum err second_person(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)now;
	if (!c->actor->user || c->actor->user == rec_int(old, "again_by"))
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who asked."), NULL);
	return OK;
}

static enum err allow_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(second_person(c, old, now));
	rec_set_int(now, "allowed", rec_int(old, "interviews") + 1);
	rec_set_int(now, "again_ok", c->actor->user);
	if (rec_int(now, "at") < c->now)
		fault_field(c->f, "at", N_("This time has passed already."), NULL);
	return OK;
}

static enum err decided(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_in(now, "planned"))
		TRY(tell_units(c, now));
	return absorb_tell_team(c, now, N_("A confidential record has changed: please open it"));
}

/* A second interview that is not held leaves the first one as it was. */
static enum err cancel_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c;
	now->state = rec_int(old, "interviews") ? STR("held") : STR("cancelled");
	rec_set_int(now, "allowed", rec_int(old, "interviews") ? rec_int(old, "interviews") : 1);
	return OK;
}

static enum err cancelled(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(due_cancel(c, now));
	if (!rec_in(now, "cancelled"))
		return moved(c, old, now);
	TRY(see_children(&in, "joint_part", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_int(s.r[i], "joint") == now->id && rec_in(s.r[i], "invited|taken"))
			TRY(absorb_do(c, "joint_part", s.r[i]->id, "off"));
	return notice_put(c, 0, now->org, now, N_("A confidential record has changed: please open it"));
}

static enum err close_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	bool any = false;
	(void)old;
	TRY(see_children(&in, "joint_part", now->parent, &s));
	for (size_t i = 0; i < s.n; i++) {
		if (rec_int(s.r[i], "joint") != now->id)
			continue;
		any = true;
		if (rec_in(s.r[i], "invited|taken"))
			return fail(c->f, ERR_STATE, N_("A unit has still to do its part. Please wait for it, or take its part back with a reason."), NULL);
	}
	return any ? OK : fail(c->f, ERR_STATE, N_("No unit has taken anything over yet. Please write down who takes over what."), NULL);
}

enum err absorb_asked_once(struct ctx *c, int64_t kase, bool *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	*ret = false;
	if (!type_find(c->app, STR("joint")))
		return OK;
	TRY(see_children(&in, "joint", kase, &s));
	for (size_t i = 0; i < s.n; i++)
		*ret |= !rec_in(s.r[i], "cancelled");
	return OK;
}

#define LET(f, v, t, l, flds, prep, eff, ...) \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(CITY) | R(TOWN), .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }, PART(f, v, t, l, flds, prep, eff, __VA_ARGS__)
#define PLAN "at! minutes! place_kind! place interviewer! trained! woman support_kind! support_party support_name recorded note"
static const struct step steps[] = {
	TEAM("", "create", "planned", "Receive the child jointly", "child! lead! situations! " PLAN, create_check, created, .starts = "joint.hold", .flags = STEP_PRIMARY),
	BOTH("planned", "edit", "=", "Edit", "situations! " PLAN, plan_check, moved, .starts = NULL),
	BOTH("planned", "hold", "held", "The interview was held", "held_at! minutes! present! record_no! keeper! keeper_name! summary!", hold_check, held, .meets = "joint.hold", .flags = STEP_PRIMARY),
	BOTH("planned", "cancel", "?", "Call it off", "note!", cancel_check, cancelled, .flags = STEP_DANGER),
	BOTH("held", "ask_again", "again", "Ask for a second interview", "again_reason! again_note!", again_check, again_asked, .starts = "joint.again", .flags = STEP_DANGER),
	LET("again", "allow", "planned", "Let a second interview through", "at! note!", allow_check, decided, .meets = "joint.again", .starts = "joint.hold"),
	LET("again", "refuse", "held", "No second interview", "note!", second_person, decided, .meets = "joint.again", .flags = STEP_PRIMARY),
	TEAM("held", "close", "closed", "All taken over", "note", close_check, NULL, .flags = STEP_PRIMARY),
	INNER("*", "follow", "=", "Follow the case", "", absorb_follow_lead, NULL, .starts = NULL),
};
/* Who decides on a second interview reads what she decides on. */
static const struct grant grants[] = { TEAM_READ, PART_READ, { R(CITY) | R(TOWN), SC_AREA, SIGHT_FULL, .states = "again", .head = true }, { R(CITY) | R(TOWN), SC_AREA, SIGHT_MASKED } };

const struct rtype joint_type = {
	.name = "joint", .table = "joint_reception", .label = N_("Joint reception of a child"), .plural = N_("Joint receptions of children"), .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case",
	.guard = GUARD_PARENT, .number = "联接", .level = 4, .unlisted = true, .grade = "grade", .offered = "child",
};

/* ---- the part of a unit ---- */

static const struct field part_fields[] = {
	F("joint", "Joint reception it belongs to", F_REF, .of = "joint", .flags = FF_NEED | FF_ONCE),
	F("unit", "Unit that takes part", F_REF, .of = "org", .flags = FF_NEED | FF_ONCE | FF_LIST, .among = "kind=police|procuratorate|civil|education|city|town|health|justice"),
	F("part", "Its part", F_CODE, .of = "joint_unit", .flags = FF_NEED | FF_LIST),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM),
	F("task", "What it takes over", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 1000, .help = N_("What this unit is to do. Nothing of what the child said.")),
	F("by_on", "To be finished by", F_DATE, .flags = FF_NEED | FF_LIST),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
	F("at", "Time of the one interview", F_TIME, .flags = FF_SYSTEM),
	F("place", "Where", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 120),
	F("record_no", "Number of the record", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 120, .help = N_("What was said stands there: please ask who keeps it, not the child.")),
	F("keeper", "Unit that keeps the record", F_REF, .of = "org", .flags = FF_SYSTEM),
	F("person", "Who comes for the unit", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 80),
	F("taken_on", "Taken over on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("result", "What the unit did", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("done_on", "Done on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
};
static const struct state part_states[] = {
	{ "invited", N_("Called"), true, "red" }, { "taken", N_("Taken over"), true, "yellow" }, { "done", N_("Done"), false, "green" }, { "declined", N_("Not its part"), false, NULL },
	{ "dropped", N_("Taken back"), false, NULL },
};

static bool among(struct str list, struct str what)
{
	struct str rest = list;
	while (rest.p && rest.n)
		if (str_eq(str_cut(rest, '|', &rest), what))
			return true;
	return false;
}

static enum err call_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *j, *o;
	struct seen s;
	(void)old;
	if (!rec_has(now, "joint") || !rec_has(now, "unit"))
		return OK;
	TRY(see_one(&in, "joint", rec_int(now, "joint"), &j));
	if (j->parent != now->parent) {
		fault_field(c->f, "joint", N_("This belongs to another case."), NULL);
		return OK;
	}
	if (rec_in(j, "closed|cancelled"))
		return fail(c->f, ERR_STATE, N_("This joint reception is over."), NULL);
	TRY(see_one(&in, "org", rec_int(now, "unit"), &o));
	if (rec_has(now, "part") && !among(code_more(c->app->codes, "joint_unit", rec_str(c, now, "part"), "kinds"), rec_str(&in, o, "kind")))
		fault_field(c->f, "unit", N_("This unit is of another kind."), NULL);
	if (rec_has(now, "by_on") && rec_int(now, "by_on") < day_start(day_of(c->now)))
		fault_field(c->f, "by_on", N_("This day has passed already."), NULL);
	TRY(see_children(&in, "joint_part", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_int(s.r[i], "joint") == j->id && rec_int(s.r[i], "unit") == rec_int(now, "unit") && rec_in(s.r[i], "invited|taken"))
			fault_field(c->f, "unit", N_("This unit was called already."), NULL);
	rec_set_int(now, "at", rec_int(j, "at"));
	static const char *const copy[] = { "place", "record_no" };
	for (size_t i = 0; i < ARRAY_LEN(copy); i++)
		if (rec_has(j, copy[i]))
			rec_set_str(now, copy[i], rec_str(&in, j, copy[i]));
	if (rec_has(j, "keeper"))
		rec_set_int(now, "keeper", rec_int(j, "keeper"));
	rec_set_str(now, "grade", rec_str(&in, j, "grade"));
	now->org = rec_int(now, "unit");
	return OK;
}

static enum err called(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(access_copy_out(c, now->parent, now->id));
	TRY(due_start_at(c, now, "joint_part.finish", rec_int(now, "by_on") + MS_DAY, "planned"));
	return notice_put(c, 0, now->org, now, N_("A confidential record needs your answer at once"));
}

static enum err day_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	const char *f = rec_in(old, "invited") ? "taken_on" : "done_on";
	if (rec_int(now, f) > c->now || rec_int(now, f) < day_start(day_of(old->created)) || (rec_has(old, "taken_on") && rec_int(now, f) < rec_int(old, "taken_on")))
		fault_field(c->f, f, N_("After the unit was called, and not in the future."), NULL);
	return OK;
}

static enum err changed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return absorb_tell_team(c, now, N_("A confidential record has changed: please open it"));
}

static enum err stopped(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(due_cancel(c, now));
	if (rec_in(now, "dropped"))
		return notice_put(c, 0, now->org, now, N_("A confidential record has changed: please open it"));
	return changed(c, old, now);
}

#define OURS(f, v, t, l, flds, prep, eff, ...) \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(LIAISON) | R(CITY) | R(TOWN), .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
static const struct step part_steps[] = {
	TEAM("", "create", "invited", "Call a unit", "joint! unit! part! task! by_on! note", call_check, called, .starts = "joint_part.take", .flags = STEP_PRIMARY),
	OURS("invited", "take", "taken", "Take it over", "person! taken_on!", day_check, changed, .meets = "joint_part.take", .flags = STEP_PRIMARY),
	OURS("invited", "decline", "declined", "Not our part", "note!", NULL, stopped, .meets = "joint_part.take"),
	OURS("taken", "finish", "done", "Done", "result! done_on!", day_check, changed, .meets = "joint_part.finish", .flags = STEP_PRIMARY),
	TEAM("invited|taken", "drop", "dropped", "Take the part back", "note!", NULL, stopped, .flags = STEP_DANGER),
	INNER("invited|taken", "off", "dropped", "No longer due", "", NULL, stopped, .starts = NULL),
	INNER("invited|taken", "told", "=", "Told of a change", "at place record_no keeper", NULL, NULL, .starts = NULL),
	INNER("*", "follow", "=", "Follow the case", "", absorb_follow_lead, NULL, .starts = NULL),
};
static const struct grant part_grants[] = { TEAM_READ, { R(LIAISON) | R(CITY) | R(TOWN), SC_ORG, SIGHT_FULL, .head = true } };

const struct rtype joint_part_type = {
	.name = "joint_part", .label = N_("Part of a unit in a joint reception"), .plural = N_("Parts of units"), .fields = part_fields, .nfields = ARRAY_LEN(part_fields), .states = part_states,
	.nstates = ARRAY_LEN(part_states), .steps = part_steps, .nsteps = ARRAY_LEN(part_steps), .read = part_grants, .nread = ARRAY_LEN(part_grants), .parent = "case",
	.guard = GUARD_PARENT, .level = 4, .unlisted = true, .grade = "grade", .offered = "child",
};

/* ---- its paper: from office to office, without what the child said ---- */

void joint_sheet(struct pages *b)
{
	struct seen s = { 0 };
	page_title(b, "未成年人联合接访（一次询问）安排表");
	page_number(b, b->r ? b->r->number : STR("联接〔　　　　〕　　　　号"));
	page_line(b, "未成年人", page_text(b, "child_name"));
	page_line(b, "情形", page_text(b, "situations"));
	page_line(b, "主办单位", page_text(b, "lead"));
	page_line(b, "询问时间", page_text(b, "at"));
	page_line(b, "询问场所", page_text(b, "place_kind"));
	page_line(b, "询问人（受过专门培训）", page_text(b, "interviewer"));
	page_line(b, "女性工作人员在场", page_text(b, "woman"));
	page_line(b, "到场的合适成年人", page_text(b, "support_kind"));
	page_line(b, "同步录音录像", page_text(b, "recorded"));
	page_line(b, "笔录（录音录像）编号", page_text(b, "record_no"));
	page_line(b, "保管单位、保管人", b->r && rec_has(b->r, "keeper") ? arena_fmt(b->c->a, "%.*s　%.*s", (int)page_text(b, "keeper").n, page_text(b, "keeper").p, (int)page_text(b, "keeper_name").n, page_text(b, "keeper_name").p) : STR(""));
	page_head(b, "各单位承接事项");
	if (b->r && see_children(&b->in, "joint_part", b->r->parent, &s) != OK)
		s.n = 0;
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < 20; i++) {
		if (rec_int(s.r[i], "joint") != b->r->id || rec_in(s.r[i], "dropped|declined"))
			continue;
		struct str unit = rec_show(&b->in, s.r[i], field_at(s.r[i]->t, "unit")), task = rec_str(&b->in, s.r[i], "task"), by = rec_show(&b->in, s.r[i], field_at(s.r[i]->t, "by_on"));
		struct str on = rec_has(s.r[i], "taken_on") ? rec_show(&b->in, s.r[i], field_at(s.r[i]->t, "taken_on")) : STR("");
		page_body(b, arena_fmt(b->c->a, "%zu. %.*s：%.*s（%.*s前）%s%.*s", ++n, (int)unit.n, unit.p, (int)task.n, task.p ? task.p : "", (int)by.n, by.p, on.n ? "　承接日期：" : "", (int)on.n, on.p));
	}
	for (int i = 0; !n && i < 6; i++)
		page_line(b, "", STR(""));
	page_say(b, "各单位需要了解的情况，向保管单位调取笔录和录音录像，不再询问未成年人；确需再次询问的，说明理由，经批准后进行。本表和笔录不得向未成年人以外的当事人提供。");
	page_sign(b, "主办单位经办人：");
	page_sign(b, "各单位签收：");
	b->inner = true;
}
