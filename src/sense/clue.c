/* Why: what is heard first is heard badly; a clue keeps the first words as they came and lets people decide what they mean.
 * Invariants: family, kind and grade count only once confirmed; grade falls only by a person with a reason; a grave clue is never
 * closed below the town; (source, external_id) is unique. */
#include "record/names.h"
#include "sense/clue.h"
#include "people/people.h"
#include "record/metrics.h"
#include "sense/import.h"
#include "sense/phrase.h"
#include "sense/warning.h"

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
static const struct field clue_fields[] = {
	F("source", "Source", F_CODE, .of = "source", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("external_id", "Number at the source", F_TEXT, .flags = FF_ONCE | FF_FILTER, .max = 80),
	F("received", "Received", F_TIME, .flags = FF_LIST),
	F("title", "Title", F_TEXT, .secrecy = S_SEALED, .flags = FF_LIST, .max = 80),
	F("text", "What was said", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_SEARCH | FF_HEAVY, .max = 20000, .standard = "GB/T 31000-2015 事件简述"),
	F("urgency", "Urgency", F_CODE, .of = "urgency", .flags = FF_FILTER),
	F("anonymous", "Anonymous", F_BOOL),
	F("reporter_name", "Reporter", F_NAME, .secrecy = S_MASKED, .max = 40),
	F("reporter_phone", "Reporter's phone", F_PHONE, .secrecy = S_MASKED, .flags = FF_BLIND),
	F("safe_contact", "Is it safe to call back?", F_CODE, .of = "yesno4"),
	F("safe_note", "How and when it is safe to call", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("party_a_name", "Party A: name", F_NAME, .secrecy = S_MASKED, .flags = FF_BLIND, .max = 40),
	F("party_a_phone", "Party A: phone", F_PHONE, .secrecy = S_MASKED, .flags = FF_BLIND),
	F("party_a_idno", "Party A: ID number", F_IDNO, .secrecy = S_MASKED, .flags = FF_BLIND),
	F("party_b_name", "Party B: name", F_NAME, .secrecy = S_MASKED, .flags = FF_BLIND, .max = 40),
	F("party_b_phone", "Party B: phone", F_PHONE, .secrecy = S_MASKED, .flags = FF_BLIND),
	F("party_b_idno", "Party B: ID number", F_IDNO, .secrecy = S_MASKED, .flags = FF_BLIND),
	F("relation", "Party B is party A's", F_CODE, .of = "kin"),
	F("address", "Address", F_ADDRESS, .secrecy = S_MASKED, .max = 200),
	F("violence", "Was there violence?", F_CODE, .of = "yesno4", .flags = FF_FILTER),
	F("child_present", "Is a child concerned?", F_CODE, .of = "yesno4", .flags = FF_FILTER),
	F("family", "Family matter", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("score", "Score (per mille)", F_INT, .flags = FF_SYSTEM, .max = 1000),
	F("kind", "Kind of dispute", F_CODE, .of = "kind", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("signals", "Signals", F_CODES, .of = "signal", .flags = FF_SYSTEM | FF_FILTER),
	F("suggest", "Suggested kind of unit", F_CODE, .of = "org_kind", .flags = FF_SYSTEM),
	F("triage", "Why the engine thinks so", F_JSON, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY),
	F("note", "Reason", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY | FF_SYSTEM, .max = 500),
	F("outcome", "What became of it", F_CODE, .of = "clue_outcome", .flags = FF_SYSTEM | FF_FILTER),
	F("not_family", "What it is instead", F_CODE, .of = "not_family", .flags = FF_SYSTEM | FF_FILTER),
	F("refer_to", "Referred to", F_CODE, .of = "refer_to", .flags = FF_SYSTEM | FF_FILTER),
	F("more", "Said later", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 20000),
	F("merged_into", "Merged into", F_REF, .of = "clue", .flags = FF_SYSTEM),
	F("case_file", "Case", F_REF, .of = "case", .flags = FF_SYSTEM),
	F("repeats", "Times reported again", F_INT, .flags = FF_SYSTEM, .max = 100000),
	F("closed", "Handled", F_TIME, .flags = FF_SYSTEM),
	F("child", "A child is concerned", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("child_by", "Who confirmed that a child is being hurt", F_REF, .of = "staff", .flags = FF_SYSTEM),
	F("police_no", "Number of the report to the police", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 60),
};

static const struct state clue_states[] = {
	{ "new", N_("To be screened"), true, "yellow" },
	{ "screened", N_("Screened"), true, "yellow" },
	{ "opened", N_("Became a case"), false, "green" },
	{ "merged", N_("Merged"), false, NULL },
	{ "referred", N_("Referred"), false, NULL },
	{ "closed", N_("Handled"), false, NULL },
};

/* Rank 1 is the gravest; 9 when there is none yet. */
static int grade_rank(struct str g) { return str_is(g, "red") ? 1 : str_is(g, "orange") ? 2 : str_is(g, "yellow") ? 3 : str_is(g, "blue") ? 4 : 9; }

/* What a person ticked counts at once, without any engine: violence is orange, "now" is red. */
static void raise_by_answers(struct rec *now)
{
	int i = field_at(now->t, "grade"), rank = grade_rank(now->v[i].s);
	struct str urgency = now->v[field_at(now->t, "urgency")].s, violence = now->v[field_at(now->t, "violence")].s;
	if (str_is(urgency, "now") && rank > 1)
		rec_set_str(now, "grade", STR("red"));
	else if (str_is(violence, "yes") && rank > 2)
		rec_set_str(now, "grade", STR("orange"));
}

static enum err judge(struct ctx *c, struct rec *now)
{
	const struct sense_judge *j = c->app->triage;
	struct sense_verdict v = { 0 };
	if (act_recall(c, now, "text urgency violence", "family score kind grade signals suggest triage"))
		return OK;
	if (j) {
		TRY(j->run(j, c, rec_str(c, now, "text"), &v));
		rec_set_int(now, "family", v.family);
		rec_set_int(now, "score", v.score);
		rec_set_str(now, "kind", v.kind);
		rec_set_str(now, "grade", v.grade);
		rec_set_str(now, "signals", v.signals);
		rec_set_str(now, "suggest", v.org_kind);
		rec_set_str(now, "triage", v.json);
	}
	raise_by_answers(now);
	return OK;
}

/* Filters part their values at "|", so a number is kept without one. */
static struct str ext_form(struct ctx *c, struct str v)
{
	char *p = arena_cstr(c->a, str_trim(v));
	for (char *q = p; *q; q++)
		if (*q == '|')
			*q = '/';
	return str_of(p);
}

/* Whoever takes a report does not keep it: it goes to the desk that screens for the place. */
static enum err to_desk(struct ctx *c, struct rec *now)
{
	int64_t desk;
	if (c->depth > 0 || !((R(HOTLINE) | R(LIAISON) | R(GRID) | R(MEDIATOR)) & 1u << c->actor->role) || now->org != c->actor->org)
		return OK;
	TRY(sense_desk_for(c, now->area, &desk));
	if (desk)
		now->org = desk;
	return OK;
}

static enum err clue_create(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(to_desk(c, now));
	if (!rec_has(now, "received"))
		rec_set_int(now, "received", c->now);
	if (rec_int(now, "received") > c->now + 5 * MS_MINUTE)
		fault_field(c->f, "received", N_("This lies in the future. Please check the date."), NULL);
	if (rec_has(now, "external_id") && !old) {
		int64_t twin;
		rec_set_str(now, "external_id", ext_form(c, rec_str(c, now, "external_id")));
		TRY(sense_external(c, rec_str(c, now, "source"), rec_str(c, now, "external_id"), &twin));
		if (twin)
			return fail(c->f, ERR_DUPLICATE, N_("A clue with this number from this source is there already."), NULL);
	}
	return c->f->nfields ? OK : judge(c, now);
}

static enum err clue_edit(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(now, "received") > c->now + 5 * MS_MINUTE)
		fault_field(c->f, "received", N_("This lies in the future. Please check the date."), NULL);
	/* After a person has confirmed it, the engine's word no longer overwrites hers. */
	if (rec_in(now, "new") && rec_changed(c, old, now, "text"))
		return judge(c, now);
	raise_by_answers(now);
	return OK;
}

static enum err clue_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str sig = now->v[field_at(now->t, "signals")].s;
	bool child = str_is(now->v[field_at(now->t, "child_present")].s, "yes") || (sig.n && (str_find(sig, STR(",child,")) >= 0 || str_find(sig, STR(",child_hidden,")) >= 0));
	(void)c;
	if (child || (old && rec_int(old, "child")))
		rec_set_int(now, "child", 1);
	return OK;
}

/* Whoever works here and is related to one of its people knows nothing of it from now on. */
static enum err keep_away(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const names[] = { "party_a_phone", "party_b_phone", "party_a_idno", "party_b_idno" };
	struct str v[ARRAY_LEN(names)];
	bool changed = false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		v[i] = rec_str(c, now, names[i]);
		changed |= rec_changed(c, old, now, names[i]);
	}
	return changed ? people_conflicts_of(c, rec_int(now, "case_file"), now->id, v, 2, v + 2, 2) : OK;
}

static enum err came(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(phrase_count(c, rec_str(c, now, "triage")));
	return keep_away(c, old, now);
}

/* From one desk to another: also how a level above takes what waits too long. */
static enum err hand_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (now->org == old->org)
		fault_field(c->f, "org", N_("Please choose another unit."), NULL);
	return OK;
}

static enum err handed(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(notice_put(c, 0, old->org, now, N_("A clue was handed to another desk")));
	return notice_put(c, 0, now->org, now, N_("A clue was handed to your desk"));
}

/* ---- a child is being hurt (未成年人保护法 11): reported within the hour, in a case or at once, and waved away by nobody alone ---- */

static bool child_hurt(const struct rec *r)
{
	struct str s = r ? r->v[field_at(r->t, "signals")].s : STR_NONE;
	return s.n && str_find(s, STR(",child,")) >= 0;
}

/* The program's own suggestion is put aside with a reason, what a person has confirmed by a second one. */
static enum err child_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (child_hurt(now)) {
		if (!rec_has(now, "child_by"))
			rec_set_int(now, "child_by", c->actor->user);
		return OK;
	}
	if (!child_hurt(old))
		return OK;
	if (!rec_changed(c, old, now, "note"))
		fault_field(c->f, "note", N_("A sign of harm to a child is taken away: please write down why."), NULL);
	if (rec_has(old, "child_by") && rec_int(old, "child_by") == c->actor->user)
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who filled it in."), NULL);
	rec_clear(now, "child_by");
	return OK;
}

static enum err child_clock(struct ctx *c, const struct rec *old, const struct rec *now)
{
	if (!child_hurt(now))
		return due_meet(c, now, "clue.child");
	if (child_hurt(old) && rec_in(old, "screened"))
		return OK;
	TRY(due_start(c, now, "clue.child"));
	return notice_put(c, 0, now->org, now, N_("A child may be hurt: call 110 now, and open the case; the mandatory report begins there"));
}

/* Ended without a case, nobody would ever report it. */
static enum err child_end(struct ctx *c, const struct rec *old, const struct rec *now)
{
	if (!child_hurt(old) || rec_has(now, "police_no"))
		return OK;
	if (!rec_has(old, "child_by"))
		return fail(c->f, ERR_STATE, N_("A child may be hurt: please screen it first, then open the case or give the number of the report to the police."), NULL);
	if (rec_int(old, "child_by") == c->actor->user && c->depth == 0)
		fault_field(c->f, "police_no", N_("A child may be hurt: open the case, or give the number of the report to the police. Without one a second person ends it, with the reason."), NULL);
	return OK;
}

/* ---- confirm ---- */

static enum err confirm_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(child_check(c, old, now));
	if (rec_int(now, "family")) {
		if (!rec_has(now, "kind"))
			fault_field(c->f, "kind", N_("Please fill this in."), NULL);
		if (!rec_has(now, "grade"))
			fault_field(c->f, "grade", N_("Please fill this in."), NULL);
	}
	if (grade_rank(rec_str(c, now, "grade")) > grade_rank(rec_str(c, old, "grade")) && rec_has(old, "grade") && !rec_changed(c, old, now, "note"))
		fault_field(c->f, "note", N_("A lower grade needs a reason."), NULL);
	return OK;
}

static struct str plain(struct ctx *c, const struct rec *r, const char *field)
{
	int i = field_at(r->t, field);
	if (!r->v[i].set)
		return STR("-");
	return r->t->fields[i].type == F_BOOL ? (r->v[i].i ? STR("1") : STR("0")) : rec_str(c, r, field);
}

/* Below the clue, so that what it says of the words ends with them. Her reason, only when she gave one this time. */
static enum err correct(struct ctx *c, const struct rec *old, const struct rec *now, const char *what, struct str human)
{
	struct done d;
	struct str why = rec_changed(c, old, now, "note") ? rec_str(c, now, "note") : STR_NONE;
	return act_inner(c, &(struct act){ .type = "correction", .verb = "create", .parent = now->id,
		INPUTS(INPUT("clue", arena_fmt(c->a, "%lld", (long long)now->id)), INPUT("what", str_of(what)), INPUT("machine", plain(c, old, what)), INPUT("human", human), INPUT("why", why)) }, &d);
}

static enum err confirm_keep(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const learn[] = { "family", "kind", "grade" };
	for (size_t i = 0; i < ARRAY_LEN(learn); i++)
		if (rec_has(old, learn[i]) && rec_changed(c, old, now, learn[i]))
			TRY(correct(c, old, now, learn[i], plain(c, now, learn[i])));
	TRY(child_clock(c, old, now));
	return warning_hear(c, now);
}

static enum err heard_again(struct ctx *c, const struct rec *old, struct rec *now)
{
	return rec_in(now, "screened") && child_hurt(now) && !child_hurt(old) ? child_clock(c, old, now) : OK;
}

/* ---- ends ---- */

static enum err end_as(struct ctx *c, struct rec *now, struct str outcome)
{
	rec_set_str(now, "outcome", outcome);
	rec_set_int(now, "closed", c->now);
	return OK;
}

static enum err stop_clocks(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

/* "It is a quarrel with the neighbours", of what the engine took for a family's and nobody confirmed: a correction like any other. */
static enum err referred(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_in(old, "new") && rec_int(old, "family") && rec_has(now, "not_family"))
		TRY(correct(c, old, now, "family", STR("0")));
	return stop_clocks(c, old, now);
}

static enum err merge_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *into;
	(void)old;
	if (rec_int(now, "merged_into") == now->id) {
		fault_field(c->f, "merged_into", N_("A clue cannot be merged into itself."), NULL);
		return OK;
	}
	TRY(see_one(c, "clue", rec_int(now, "merged_into"), &into));
	if (!rec_in(into, "new|screened|opened"))
		fault_field(c->f, "merged_into", N_("That clue is closed. Please choose an open one."), NULL);
	return end_as(c, now, STR("merged"));
}

/* What a second report adds: it was reported again, its signals, and its grade when graver. Clocks of this one end. */
static enum err merge_add(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *into;
	struct done d;
	struct ctx in = ctx_inside(c);
	(void)old;
	TRY(due_cancel(c, now));
	TRY(see_one(&in, "clue", rec_int(now, "merged_into"), &into));
	struct str a = rec_str(c, into, "signals"), b = rec_str(c, now, "signals");
	struct str signals = arena_fmt(c->a, "%.*s%.*s,repeat", (int)a.n, a.p ? a.p : "", (int)b.n, b.p ? b.p : "");
	struct str grade = rec_str(c, now, "grade");
	if (grade_rank(grade) >= grade_rank(rec_str(c, into, "grade")))
		grade = rec_str(c, into, "grade");
	TRY(act_inner(c, &(struct act){ .type = "clue", .verb = "again", .id = into->id,
		INPUTS(INPUT("repeats", arena_fmt(c->a, "%lld", (long long)rec_int(into, "repeats") + 1)), INPUT("signals", signals), INPUT("grade", grade)) }, &d));
	if (rec_has(into, "case_file"))
		TRY(act_inner(c, &(struct act){ .type = "case", .verb = "again", .id = rec_int(into, "case_file"),
			INPUTS(INPUT("signals", signals), INPUT("grade", grade)) }, &d));
	return notice_put(c, into->owner, into->org, into, N_("Reported again: another clue about the same people"));
}

static enum err refer_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(child_end(c, old, now));
	bool family = rec_int(now, "family");
	if (!family && !rec_has(now, "not_family"))
		fault_field(c->f, "not_family", N_("Please say what it is, if it is no family matter."), NULL);
	return end_as(c, now, family ? STR("referred") : STR("not_family"));
}

/* Closing a grave clue without anything done is the mistake that kills: it takes somebody of the town or the city. */
static enum err close_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str outcome = rec_str(c, now, "outcome");
	TRY(child_end(c, old, now));
	if (!str_is(outcome, "answered") && !str_is(outcome, "unfounded") && !str_is(outcome, "unreachable") && !str_is(outcome, "withdrawn"))
		fault_field(c->f, "outcome", N_("This outcome has its own step."), NULL);
	if (c->depth == 0 && !((R(CITY) | R(TOWN) | R(SYSTEM)) & 1u << c->actor->role) && grade_rank(rec_str(c, old, "grade")) <= 2)
		return fail(c->f, ERR_DENIED, N_("A red or orange clue is closed by the town or the city only."), NULL);
	return end_as(c, now, outcome);
}

static enum err open_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (!rec_int(now, "family"))
		return fail(c->f, ERR_STATE, N_("It was screened as no family matter. Please refer it, or screen it again."), NULL);
	return end_as(c, now, STR("case"));
}

static enum err add_party(struct ctx *c, int64_t kase, const struct rec *r, char side)
{
	struct str v[3];
	static const char *const part[] = { "name", "phone", "idno" };
	struct input in[5] = { INPUT("side", side == 'a' ? STR("a") : STR("b")) };
	size_t n = 1;
	for (int i = 0; i < 3; i++) {
		v[i] = rec_str(c, r, arena_printf(c->a, "party_%c_%s", side, part[i]));
		if (v[i].n)
			in[n++] = (struct input){ str_of(part[i]), v[i] };
	}
	if (n == 1)
		return OK;
	if (side == 'b' && rec_has(r, "relation"))
		in[n++] = INPUT("relation", rec_str(c, r, "relation"));
	struct done d;
	return act_inner(c, &(struct act){ .type = "party", .verb = "create", .parent = kase, .in = in, .nin = n }, &d);
}

static enum err open_case(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const copy[] = { "source", "kind", "grade", "signals", "title" };
	struct input in[ARRAY_LEN(copy) + 4];
	size_t n = 0;
	struct done d, mine;
	(void)old;
	for (size_t i = 0; i < ARRAY_LEN(copy); i++)
		in[n++] = (struct input){ str_of(copy[i]), rec_str(c, now, copy[i]) };
	in[n++] = INPUT("summary", rec_str(c, now, "text"));
	in[n++] = INPUT("clue", arena_fmt(c->a, "%lld", (long long)now->id));
	if (str_is(rec_str(c, now, "violence"), "yes"))
		in[n++] = INPUT("violence", STR("1"));
	if (str_is(rec_str(c, now, "child_present"), "yes"))
		in[n++] = INPUT("child", STR("1"));
	TRY(act_inner(c, &(struct act){ .type = "case", .verb = "from_clue", .area = now->area, .org = now->org, .in = in, .nin = n }, &d));
	TRY(add_party(c, d.id, now, 'a'));
	TRY(add_party(c, d.id, now, 'b'));
	return act_inner(c, &(struct act){ .type = "clue", .verb = "link", .id = now->id, INPUTS(INPUT("case_file", arena_fmt(c->a, "%lld", (long long)d.id))) }, &mine);
}

/* ---- the lifecycle ---- */

#define SAID "source! external_id received title text! urgency anonymous reporter_name reporter_phone safe_contact safe_note party_a_name party_a_phone " \
	     "party_a_idno party_b_name party_b_phone party_b_idno relation address violence child_present"
#define MAKE(r, sc, more) { .from = "", .verb = "create", .to = "new", .label = N_("New clue"), .roles = r, .scope = sc, .fields = SAID more, \
			    .prepare = clue_create, .effect = came, .starts = "clue.screen", .flags = STEP_PRIMARY }
/* Who screens: the desk it was given to; the hotline clerk what she took herself. */
#define DESK(f, v, t, l, flds, prep, eff, st, mt, fl)                                                                                          \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED, .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff,        \
	  .starts = st, .meets = mt, .flags = fl },                                                                                              \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(HOTLINE), .scope = SC_OWN, .fields = flds, .prepare = prep, .effect = eff,   \
	  .starts = st, .meets = mt, .flags = fl }

static const struct step clue_steps[] = {
	MAKE(R(HOTLINE), SC_ALL, " area org"),
	MAKE(R_FED | R(GRID) | R(LIAISON) | R(MEDIATOR), SC_AREA, " area org"),
	MAKE(R(CITIZEN), SC_AREA, " area"),
	DESK("new|screened", "edit", "=", "Edit", SAID " area", clue_edit, keep_away, NULL, NULL, 0),
	{ .from = "new", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = R(GRID) | R(LIAISON) | R(MEDIATOR), .scope = SC_OWN, .fields = SAID,
	  .prepare = clue_edit, .effect = keep_away },
	{ .from = "new|screened", .verb = "hand", .to = "=", .label = N_("Hand to another desk"), .roles = R_FED, .scope = SC_AREA, .fields = "org! note!",
	  .prepare = hand_check, .effect = handed },
	{ .from = "new|screened", .verb = "hand", .to = "=", .label = N_("Hand to another desk"), .roles = R_FED | R(HOTLINE), .scope = SC_ORG, .fields = "org! note!",
	  .prepare = hand_check, .effect = handed },
	DESK("new|screened", "confirm", "screened", "Confirm screening", "family! kind grade signals note", confirm_check, confirm_keep, "clue.dispatch", "clue.screen",
	     STEP_PRIMARY),
	DESK("screened", "open", "opened", "Open a case", "note", open_check, open_case, NULL, "clue.child", STEP_PRIMARY),
	DESK("new|screened", "merge", "merged", "Merge", "merged_into! note", merge_check, merge_add, NULL, "clue.screen clue.dispatch", 0),
	DESK("new|screened", "refer", "referred", "Refer elsewhere", "refer_to! not_family note! police_no", refer_check, referred, NULL, "clue.screen clue.dispatch", 0),
	DESK("new|screened", "close", "closed", "Close without a case", "outcome! note! police_no", close_check, stop_clocks, NULL, "clue.screen clue.dispatch", STEP_DANGER),
	{ .from = "*", .verb = "again", .to = "=", .label = N_("Reported again"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "repeats signals grade", .effect = heard_again, .flags = STEP_INTERNAL },
	{ .from = "*", .verb = "supplement", .to = "=", .label = N_("Said later"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "more", .flags = STEP_INTERNAL },
	{ .from = "opened", .verb = "link", .to = "=", .label = N_("Link the case"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "case_file", .flags = STEP_INTERNAL },
	{ .from = "opened", .verb = "dispatched", .to = "=", .label = N_("Case dispatched"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "", .meets = "clue.dispatch",
	  .flags = STEP_INTERNAL },
};

/* In full: the desk that screens, while it does; whoever reported it, what she said herself; the team of its case. The federation
 * above sees that it is there, how grave, and how long it waits. */
#define TO_SCREEN "new|screened"
static const struct grant clue_read[] = {
	{ R_FED | R(HOTLINE), SC_ORG, SIGHT_FULL, .states = TO_SCREEN, .head = true },
	{ R(GRID) | R(MEDIATOR) | R(HOTLINE) | R(LIAISON), SC_OWN, SIGHT_FULL, .states = TO_SCREEN, .head = true },
	{ R(GRID) | R(MEDIATOR) | R(HOTLINE) | R(LIAISON), SC_OWN, SIGHT_FULL },
	{ R_FED | R(MEDIATOR) | R(HOTLINE) | R(LIAISON), SC_TEAM, SIGHT_FULL },
	{ R_FED | R(MEDIATOR) | R(LIAISON), SC_GLASS, SIGHT_FULL },
	{ R_FED | R(HOTLINE) | R(LIAISON), SC_ORG, SIGHT_MASKED },
	{ R_FED, SC_AREA, SIGHT_MASKED },
};

static int clue_tallies(const struct rec *r, struct tally_cell out[TALLY_MAX])
{
	int at = field_at(r->t, "received");
	struct tally_cell cell = { .metric = METRIC_CLUE_IN, .ms = r->v[at].set ? r->v[at].i : r->created, .source = r->v[field_at(r->t, "source")].s,
				   .kind = r->v[field_at(r->t, "kind")].s, .grade = r->v[field_at(r->t, "grade")].s, .outcome = r->v[field_at(r->t, "outcome")].s };
	int n = 0;
	out[n++] = cell;
	if (rec_int(r, "family")) {
		cell.metric = METRIC_CLUE_FAMILY;
		out[n++] = cell;
	}
	return n;
}

const struct rtype clue_type = {
	.name = "clue", .label = N_("Clue"), .plural = N_("Clues"), .title = "title", .fields = clue_fields, .nfields = ARRAY_LEN(clue_fields),
	.states = clue_states, .nstates = ARRAY_LEN(clue_states), .steps = clue_steps, .nsteps = ARRAY_LEN(clue_steps), .read = clue_read,
	.nread = ARRAY_LEN(clue_read), .number = "线", .level = 3, .tallies = clue_tallies, .check = clue_check, .many = true, .grade = "grade", .guard = GUARD_SELF, .child = "child",
};

/* ---- what people taught the engine ---- */

static const struct field correction_fields[] = {
	F("clue", "Clue", F_REF, .of = "clue", .flags = FF_NEED | FF_ONCE),
	F("what", "What was corrected", F_TEXT, .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE, .max = 20),
	F("machine", "The engine said", F_TEXT, .flags = FF_LIST | FF_ONCE, .max = 40),
	F("human", "A person said", F_TEXT, .flags = FF_LIST | FF_ONCE, .max = 40),
	F("why", "Her reason", F_LONG, .secrecy = S_SEALED, .flags = FF_ONCE, .max = 500),
};
static const struct state correction_states[] = { { "kept", N_("Kept"), false, NULL } };
static const struct step correction_steps[] = {
	{ .from = "", .verb = "create", .to = "kept", .label = N_("Keep a correction"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "*", .flags = STEP_INTERNAL },
};
static const struct grant correction_read[] = { { R(CITY), SC_AREA, SIGHT_MASKED } };
const struct rtype correction_type = {
	.name = "correction", .label = N_("Correction"), .plural = N_("Corrections"), .title = "what", .fields = correction_fields,
	.nfields = ARRAY_LEN(correction_fields), .states = correction_states, .nstates = ARRAY_LEN(correction_states), .steps = correction_steps,
	.nsteps = ARRAY_LEN(correction_steps), .read = correction_read, .nread = ARRAY_LEN(correction_read), .parent = "clue",
	.guard = GUARD_PARENT, .level = 3,
};

/* ---- questions ---- */

enum err sense_external(struct ctx *c, struct str source, struct str external_id, int64_t *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	external_id = ext_form(c, external_id);
	TRY(see(&in, &(struct see){ .type = "clue", .filters = (struct filter[]){ { STR("source"), source }, { STR("external_id"), external_id } }, .nfilters = 2, .limit = 1 }, &s));
	*ret = s.n ? s.r[0]->id : 0;
	return OK;
}

struct finding { struct ctx *c; const struct rec *r; struct same *out; size_t max, n; };

static void found(struct finding *f, int64_t clue, int64_t kase, unsigned why, struct str title)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->out[i].clue == clue && f->out[i].kase == kase) {
			f->out[i].why |= why;
			return;
		}
	if (f->n < f->max)
		f->out[f->n++] = (struct same){ clue, kase, why, title };
}

static enum err look_at(struct finding *f, const char *type, const struct seen *seen, unsigned why)
{
	struct ctx *c = f->c;
	struct seen s = *seen;
	bool party = strcmp(type, "party") == 0;
	for (size_t i = 0; i < s.n; i++) {
		struct rec *r = s.r[i], *top = r;
		bool same_town = r->area.n >= 9 && f->r->area.n >= 9 && memcmp(r->area.p, f->r->area.p, 9) == 0;
		/* A name alone says little; two women of one name in one city are two women. */
		if ((why >= SAME_NAME && !same_town) || (!party && (r->id == f->r->id || !rec_in(r, "new|screened|opened"))))
			continue;
		if (party) {
			TRY(see_if(c, "case", r->parent, &top));
			if (!top || rec_in(top, "closed|archived"))
				continue;
		}
		found(f, party ? 0 : r->id, party ? top->id : 0, why, rec_title(c, top));
	}
	return OK;
}

static enum err look(struct finding *f, const char *type, const char *field, struct str v, unsigned why)
{
	struct seen s;
	if (!v.n || !type_find(f->c->app, str_of(type)))
		return OK;
	TRY(see_same(f->c, type, field, v, &s));
	return look_at(f, type, &s, why);
}

/* Who wrote it down by ear: 王晓明 for 王小明. Whole names only; what is not read yet says nothing. */
static enum err look_by_ear(struct finding *f, struct str name)
{
	static const char *const types[] = { "clue", "party" };
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		const struct rtype *t = type_find(f->c->app, str_of(types[i]));
		struct names_found n;
		struct seen s;
		if (!t || utf8_count(name) < 2)
			continue;
		TRY(names_find(f->c, t, name, &n));
		if (!n.nsound)
			continue;
		TRY(see(f->c, &(struct see){ .type = types[i], .ids = n.sound, .nids = n.nsound, .limit = 20 }, &s));
		TRY(look_at(f, types[i], &s, SAME_SOUND));
	}
	return OK;
}

enum err sense_same_people(struct ctx *c, const struct rec *r, struct same *ret, size_t max, size_t *ret_n)
{
	static const struct { const char *part; unsigned why; } parts[] = { { "idno", SAME_IDNO }, { "phone", SAME_PHONE }, { "name", SAME_NAME } };
	struct finding f = { c, r, ret, max, 0 };
	for (size_t k = 0; k < ARRAY_LEN(parts); k++)
		for (const char *from = "abr"; *from; from++) {
			if (*from == 'r' && parts[k].why != SAME_PHONE)
				continue;
			struct str v = rec_str(c, r, *from == 'r' ? "reporter_phone" : arena_printf(c->a, "party_%c_%s", *from, parts[k].part));
			TRY(look(&f, "clue", arena_printf(c->a, "party_a_%s", parts[k].part), v, parts[k].why));
			TRY(look(&f, "clue", arena_printf(c->a, "party_b_%s", parts[k].part), v, parts[k].why));
			if (parts[k].why == SAME_PHONE)
				TRY(look(&f, "clue", "reporter_phone", v, SAME_PHONE));
			TRY(look(&f, "party", parts[k].part, v, parts[k].why));
		}
	for (const char *from = "ab"; *from; from++)
		TRY(look_by_ear(&f, rec_str(c, r, arena_printf(c->a, "party_%c_name", *from))));
	*ret_n = f.n;
	return OK;
}
