/* Why: work that nobody has taken is how a quarrel becomes a killing; the case says at every moment who must do what by when.
 * Invariants: a case bounces at most twice, then somebody rules; violence, once said, stays on the case; the grade rises by
 * itself and falls only by a person with a reason; what is closed has its visits made or reasoned. */
#include "absorb/absorb.h"
#include "people/people.h"
#include "record/metrics.h"

static const struct field fields[] = {
	F("clue", "Clue", F_REF, .of = "clue", .flags = FF_SYSTEM | FF_ONCE),
	F("source", "Source", F_CODE, .of = "source", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("title", "Title", F_TEXT, .secrecy = S_SEALED, .flags = FF_LIST, .max = 80),
	F("summary", "Short account", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_SEARCH | FF_HEAVY, .max = 20000, .standard = "GB/T 31000-2015 事件简述"),
	F("kind", "Kind of dispute", F_CODE, .of = "kind", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("signals", "Signals", F_CODES, .of = "signal", .flags = FF_FILTER),
	F("violence", "Domestic violence", F_BOOL, .flags = FF_FILTER, .help = N_("Once said it stays on the case.")),
	F("child", "A child is concerned", F_BOOL, .flags = FF_FILTER),
	F("method", "Way of settling", F_CODE, .of = "method", .flags = FF_FILTER, .standard = "GB/T 31000-2015 化解方式"),
	F("speech", "What the parties speak", F_CODE, .of = "speech", .flags = FF_FILTER, .help = N_("For choosing a mediator who speaks it.")),
	F("choice", "Why not the first of those suggested", F_CODE, .of = "choice", .flags = FF_SYSTEM | FF_FILTER, .help = N_("Only when the person chosen is not the first of the list “Who could mediate”.")),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
	F("return_reason", "Why it was returned", F_CODE, .of = "return_reason", .flags = FF_SYSTEM | FF_FILTER),
	F("proposed", "Who should act instead", F_REF, .of = "org", .flags = FF_SYSTEM),
	F("returns", "Times returned", F_INT, .flags = FF_SYSTEM, .max = 100),
	F("sender", "Dispatched by", F_REF, .of = "org", .flags = FF_SYSTEM),
	F("returner", "Returned by", F_REF, .of = "org", .flags = FF_SYSTEM),
	F("ruled", "Ruled on", F_BOOL, .flags = FF_SYSTEM),
	F("accepted", "Accepted", F_TIME, .flags = FF_SYSTEM),
	F("contacted", "First contact", F_TIME, .flags = FF_SYSTEM),
	F("checked", "Safety checked", F_TIME, .flags = FF_SYSTEM),
	F("ongoing", "Does the violence go on?", F_CODE, .of = "yesno4", .flags = FF_SYSTEM),
	F("willing", "Does she want mediation, asked alone?", F_CODE, .of = "yesno4", .flags = FF_SYSTEM),
	F("told", "Told of warning letter, protection order, shelter and legal aid", F_BOOL, .flags = FF_SYSTEM),
	F("protection", "Protection arranged", F_CODES, .of = "protection", .flags = FF_SYSTEM | FF_FILTER),
	F("police_no", "Number of the report to the police", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 60),
	F("no_report", "Why nothing was reported", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 500),
	F("extend_reason", "Reason for more time", F_CODE, .of = "extension_reason", .flags = FF_SYSTEM),
	F("extend_to", "New date", F_DATE, .flags = FF_SYSTEM),
	F("both_consent", "Both parties consent", F_BOOL, .flags = FF_SYSTEM),
	F("suspend_reason", "Reason for the pause", F_CODE, .of = "suspension_reason", .flags = FF_SYSTEM),
	F("suspended", "Paused", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("outcome", "Outcome", F_CODE, .of = "outcome", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("refer_to", "Referred to", F_CODE, .of = "refer_to", .flags = FF_SYSTEM | FF_FILTER),
	F("success", "Settled", F_BOOL, .flags = FF_SYSTEM),
	F("ontime", "In time", F_BOOL, .flags = FF_SYSTEM | FF_FILTER),
	F("finished", "Mediation ended", F_TIME, .flags = FF_SYSTEM),
	F("closed", "Case closed", F_TIME, .flags = FF_SYSTEM),
	F("chosen", "The parties chose the mediator", F_BOOL, .flags = FF_SYSTEM | FF_FILTER, .standard = "人民调解法第十九条"),
	F("object_side", "Who asks for another mediator", F_CODE, .of = "side", .flags = FF_SYSTEM),
	F("object_reason", "Why another mediator", F_CODE, .of = "objection_reason", .flags = FF_SYSTEM | FF_FILTER),
	F("object_note", "What was said against her", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("object_at", "Another mediator asked for", F_TIME, .flags = FF_SYSTEM),
	F("rounds", "Times reopened", F_INT, .flags = FF_SYSTEM, .max = 100),
};

static const struct state states[] = {
	{ "registered", N_("To be dispatched"), true, "yellow" },
	{ "dispatched", N_("To be accepted"), true, "yellow" },
	{ "returned", N_("Returned"), true, "red" },
	{ "arbitration", N_("Awaiting a ruling"), true, "red" },
	{ "accepted", N_("Accepted"), true, "yellow" },
	{ "mediating", N_("In mediation"), true, "yellow" },
	{ "settled", N_("Settled"), true, "green" },
	{ "failed", N_("Not settled"), true, "yellow" },
	{ "withdrawn", N_("Withdrawn"), true, NULL },
	{ "referred", N_("Referred"), true, NULL },
	{ "follow_up", N_("Follow-up visits"), true, "green" },
	{ "closed", N_("Case closed"), false, "green" },
	{ "archived", N_("Archived"), false, NULL },
};

/* ---- helpers of the room ---- */

enum err absorb_case(struct ctx *c, const struct rec *child, struct rec **ret)
{
	struct ctx in = ctx_inside(c);
	return see_one(&in, "case", child->parent, ret);
}

enum err absorb_weigh(struct ctx *c, int64_t kase)
{
	struct ctx in = ctx_inside(c);
	struct rec *k;
	struct seen s;
	struct done d;
	if (!type_find(c->app, STR("tie")))
		return OK;
	TRY(see_one(&in, "case", kase, &k));
	if (!rec_int(k, "clue"))
		return OK;
	TRY(see(&in, &(struct see){ .type = "tie", .filters = (struct filter[]){ { STR("clue"), id_text(c, rec_int(k, "clue")) }, { STR("state"), STR("tied") } }, .nfilters = 2, .limit = 1 }, &s));
	return s.n ? act_inner(c, &(struct act){ .type = "warning", .verb = "score", .id = s.r[0]->parent }, &d) : OK;
}

enum err absorb_violent(struct ctx *c, const struct rec *kase)
{
	if (!rec_int(kase, "violence"))
		return fail(c->f, ERR_STATE, N_("No violence is flagged in this case. Please record it first."), NULL);
	if (rec_in(kase, "closed|archived"))
		return fail(c->f, ERR_STATE, N_("This case is closed. Please reopen it first."), NULL);
	return OK;
}

enum err absorb_follow(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	now->org = k->org;
	now->owner = k->owner;
	now->area = k->area;
	return OK;
}

enum err absorb_do(struct ctx *c, const char *type, int64_t id, const char *verb)
{
	struct done d;
	return act_inner(c, &(struct act){ .type = type, .verb = verb, .id = id }, &d);
}

enum err absorb_set(struct ctx *c, const char *type, int64_t id, const char *verb, const char *field, struct str v)
{
	struct done d;
	return act_inner(c, &(struct act){ .type = type, .verb = verb, .id = id, .in = &(struct input){ str_of(field), v }, .nin = 1 }, &d);
}

int absorb_rank(struct str g) { return str_is(g, "red") ? 1 : str_is(g, "orange") ? 2 : str_is(g, "yellow") ? 3 : str_is(g, "blue") ? 4 : 9; }

static struct str code(const struct rec *r, const char *field) { return r->v[field_at(r->t, field)].s; }
static bool says(const struct rec *r, const char *field, const char *what) { return str_is(code(r, field), what); }

/* The load of a mediator is the number of her open cases. */
static enum err load_moves(struct ctx *c, const struct rec *old, const struct rec *now)
{
	int64_t was = old && !rec_in(old, "closed|archived") ? old->owner : 0, is = rec_in(now, "closed|archived") ? 0 : now->owner;
	TRY(absorb_stint(c, old, now));
	if (was == is)
		return OK;
	if (was)
		TRY(people_mediator_load(c, was, -1));
	return is ? people_mediator_load(c, is, 1) : OK;
}

static enum err team_follows(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const children[] = { "party", "session", "agreement", "duty", "visit", "message", "vault", "team", "conflict", "assessment", "safetyplan", "letter", "order", "stay",
		"evidence", "mandatory", "supervision", "booking", "guidance", "lesson", "joint", "joint_part", "custody", "referral" };
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(load_moves(c, old, now));
	TRY(absorb_team_follows(c, old, now));
	if (old && old->org == now->org && old->owner == now->owner && str_eq(old->area, now->area))
		return OK;
	for (size_t i = 0; i < ARRAY_LEN(children); i++) {
		TRY(see_children(&in, children[i], now->id, &s));
		for (size_t k = 0; k < s.n; k++)
			TRY(absorb_do(c, children[i], s.r[k]->id, "follow"));
	}
	return OK;
}

/* ---- what stays true after each change ---- */

bool absorb_violent_signal(struct str s)
{
	static const char *const v[] = { ",violence,", ",strangle,", ",injury,", ",confine,", ",sexual,", ",stalking,", ",order_breach,", ",weapon,", ",threat," };
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (s.n && str_find(s, str_of(v[i])) >= 0)
			return true;
	return false;
}

static enum err case_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str sig = code(now, "signals");
	if (says(now, "kind", "M03") || absorb_violent_signal(sig) || (old && rec_int(old, "violence")))
		rec_set_int(now, "violence", 1);
	if ((sig.n && (str_find(sig, STR(",child,")) >= 0 || str_find(sig, STR(",child_hidden,")) >= 0)) || (old && rec_int(old, "child")))
		rec_set_int(now, "child", 1);
	if (rec_int(now, "violence") && absorb_rank(code(now, "grade")) > 2 && (!old || !rec_int(old, "violence")))
		rec_set_str(now, "grade", STR("orange"));
	return OK;
}

/* ---- dispatch, return, ruling ---- */

/* Whoever opened it reads it until it is dispatched. */
static int64_t desk_user(const struct ctx *c) { return R_FED & 1u << c->actor->role ? c->actor->user : 0; }

static bool child_hurt(const struct rec *r) { return r && rec_has(r, "signals") && str_find(code(r, "signals"), STR(",child,")) >= 0; }

/* A sign that a child was hurt begins the duty to report by itself (未成年人保护法 11); the same sign said again begins no second one. */
static enum err child_signs(struct ctx *c, const struct rec *old, const struct rec *now)
{
	TRY(mandatory_violent(c, old, now));
	return child_hurt(now) && !child_hurt(old) ? mandatory_raise(c, now->id, NULL, rec_has(now, "clue") ? "clue" : "case", N_("A sign of harm to a child stands in what was reported. Raised by itself; please complete.")) : OK;
}

static enum err case_created(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	/* A case out of a clue is dispatched under the clue's clock; this one has its own. */
	TRY(due_start(c, now, "clue.dispatch"));
	TRY(absorb_assign(c, now->id, desk_user(c), "desk"));
	return child_signs(c, NULL, now);
}

static enum err from_clue(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(absorb_assign(c, now->id, desk_user(c), "desk"));
	TRY(child_signs(c, NULL, now));
	return rec_has(now, "clue") ? people_conflicts_inherit(c, rec_int(now, "clue"), now->id) : OK;
}

static enum err dispatch_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_in(old, "dispatched") && rec_int(old, "ruled"))
		return fail(c->f, ERR_STATE, N_("It was ruled who must act. That ruling is final."), NULL);
	if (rec_in(old, "dispatched") && now->org != old->org && now->owner == old->owner)
		now->owner = 0;
	if (c->actor->org && c->depth == 0)
		rec_set_int(now, "sender", c->actor->org);
	else if (!rec_has(now, "sender") && old->org)
		rec_set_int(now, "sender", old->org);
	rec_clear(now, "proposed");
	TRY(absorb_choice(c, old, now));
	return now->owner ? absorb_assignable(c, "owner", now->owner, now->id) : OK;
}

static enum err dispatched(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(team_follows(c, old, now));
	if (rec_has(now, "clue") && rec_in(old, "registered"))
		TRY(absorb_do(c, "clue", rec_int(now, "clue"), "dispatched"));
	if (now->owner)
		TRY(notice_put(c, now->owner, 0, now, N_("A case was given to you")));
	return notice_put(c, 0, now->org, now, N_("A case was dispatched to your unit"));
}

static enum err return_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str wants = code_more(c->app->codes, "return_reason", code(now, "return_reason"), "owner");
	if (rec_int(old, "ruled"))
		return fail(c->f, ERR_STATE, N_("It was ruled who must act. That ruling is final."), NULL);
	if (str_is(wants, "1") && !rec_has(now, "proposed"))
		fault_field(c->f, "proposed", N_("Please say who should act instead."), NULL);
	if (rec_has(now, "proposed") && rec_int(now, "proposed") == old->org)
		fault_field(c->f, "proposed", N_("Please name another unit than the one that returns it."), NULL);
	rec_set_int(now, "returns", rec_int(old, "returns") + 1);
	rec_set_int(now, "returner", old->org);
	now->state = rec_int(now, "returns") >= 2 ? STR("arbitration") : STR("returned");
	/* Who gave it back sees it no longer. */
	now->org = rec_has(old, "sender") ? rec_int(old, "sender") : old->org;
	now->owner = 0;
	rec_clear(now, "choice");
	return OK;
}

static enum err returned(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool rule = rec_in(now, "arbitration");
	TRY(team_follows(c, old, now));
	TRY(absorb_dismiss(c, now, NULL, 0));
	TRY(due_start(c, now, rule ? "case.arbiter" : "clue.dispatch"));
	return notice_put(c, 0, now->org, now, rule ? N_("A case was returned a second time: please rule who must act") : N_("A case was returned"));
}

/* Found out after it was taken on: another town's, another office's. What was written stays with it. */
static enum err give_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "agreement", now->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "signed|breached"))
			return fail(c->f, ERR_STATE, N_("An agreement is in force here: it is seen through where it was made."), NULL);
	return return_check(c, old, now);
}

static enum err given_back(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(due_cancel(c, now));
	return returned(c, old, now);
}

static enum err rule_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (c->depth == 0 && c->actor->role != ROLE_SYSTEM && c->actor->org && c->actor->org == rec_int(old, "returner"))
		return fail(c->f, ERR_DENIED, N_("Who returned a case cannot rule on it. Please leave it to the level above."), NULL);
	rec_set_int(now, "ruled", 1);
	TRY(absorb_choice(c, old, now));
	return now->owner ? absorb_assignable(c, "owner", now->owner, now->id) : OK;
}

static enum err accept_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	rec_set_int(now, "accepted", c->now);
	return now->owner != old->owner ? absorb_assignable(c, "owner", now->owner, now->id) : OK;
}

/* Whoever takes it is of its team; the dispatcher is no longer. */
static enum err accepted(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t me = c->depth == 0 && R_TEAM & 1u << c->actor->role ? c->actor->user : 0;
	TRY(team_follows(c, old, now));
	TRY(absorb_dismiss(c, now, "desk", me));
	return me == now->owner ? OK : absorb_assign(c, now->id, me, now->owner ? "co_mediator" : "lead");
}

static enum err contact_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (!rec_has(now, "contacted"))
		rec_set_int(now, "contacted", c->now);
	return OK;
}

static enum err reassign_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (now->owner == old->owner)
		fault_field(c->f, "owner", N_("Please choose another mediator."), NULL);
	if (rec_has(old, "object_at") && !c->depth && c->actor->user && c->actor->user == old->owner)
		return fail(c->f, ERR_DENIED, N_("She who is objected to does not decide. Please leave it to the head of the unit or the federation."), NULL);
	rec_clear(now, "object_at");
	if (R_FED & 1u << c->actor->role)      /* a police station gives it to one of its own */
		TRY(absorb_choice(c, old, now));
	return absorb_assignable(c, "owner", now->owner, now->id);
}

static enum err reassigned(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(team_follows(c, old, now));
	return notice_put(c, now->owner, 0, now, N_("A case was given to you"));
}

static enum err edited(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(team_follows(c, old, now));
	return child_signs(c, old, now);
}

static enum err assessed(struct ctx *c, const struct rec *old, struct rec *now) { return child_signs(c, old, now); }

/* ---- safety ---- */

static enum err safety_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "violence", 1);
	rec_set_int(now, "checked", c->now);
	if (says(now, "ongoing", "yes"))
		rec_set_str(now, "grade", STR("red"));
	return OK;
}

const char *absorb_no_mediation(struct ctx *c, const struct rec *k)
{
	(void)c;
	if (!rec_int(k, "violence"))
		return NULL;
	if (!rec_has(k, "checked"))
		return N_("Mediation is not offered here: violence is flagged, and nobody has asked her alone yet. Between who beats and who is afraid there is no free agreement.");
	if (!says(k, "ongoing", "no"))
		return N_("Mediation is not offered here: the violence goes on, or may. Closing it by talk leaves her with him; the law asks for protection (Anti-Domestic Violence Law, articles 5, 16, 23).");
	if (!says(k, "willing", "yes") || !rec_int(k, "told"))
		return N_("Mediation is not offered here: she has not asked for it, told alone of warning letter, protection order, shelter and legal aid.");
	return NULL;
}

static enum err safety_told(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(child_signs(c, old, now));
	return says(now, "ongoing", "yes") ? notice_put(c, 0, now->org, now, N_("Violence goes on: protect first, do not mediate")) : OK;
}

static enum err regrade_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (absorb_rank(code(now, "grade")) > absorb_rank(code(old, "grade")) && !rec_changed(c, old, now, "note"))
		fault_field(c->f, "note", N_("A lower grade needs a reason."), NULL);
	return OK;
}

/* From a visit or a second report: up, never down; what was checked before counts no more. */
static enum err alarm_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str g = rec_int(old, "violence") ? STR("red") : STR("orange");
	(void)c;
	if (absorb_rank(g) < absorb_rank(code(old, "grade")))
		rec_set_str(now, "grade", g);
	rec_clear(now, "checked");
	rec_clear(now, "ongoing");
	return OK;
}

static enum err alarmed(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(child_signs(c, old, now));
	TRY(absorb_weigh(c, now->id));
	if (now->owner)
		TRY(notice_put(c, now->owner, 0, now, N_("Danger signs in a case: please act today")));
	return notice_put(c, 0, now->org, now, N_("Danger signs in a case: please act today"));
}

/* The level that a person has set in an assessment: up, never down. Great danger said by her is violence, whatever was said before. */
static enum err assessed_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c;
	if (absorb_rank(code(now, "grade")) <= 2)
		rec_set_int(now, "violence", 1);
	if (absorb_rank(code(now, "grade")) >= absorb_rank(code(old, "grade")))
		rec_set_str(now, "grade", code(old, "grade"));
	return OK;
}

static enum err again_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c;
	if (absorb_rank(code(now, "grade")) >= absorb_rank(code(old, "grade")))
		rec_set_str(now, "grade", code(old, "grade"));
	rec_clear(now, "checked");
	return OK;
}

/* ---- time ---- */

static enum err finish_clock(struct ctx *c, const struct rec *r, struct due *ret, bool *ret_there)
{
	struct due *d;
	size_t n;
	*ret_there = false;
	TRY(due_list(c, "case", r->id, &d, &n));
	for (size_t i = 0; i < n; i++)
		if (str_is(d[i].rule, "case.finish")) {
			*ret = d[i];
			*ret_there = true;
		}
	return OK;
}

static enum err extend_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct due d;
	bool there;
	(void)old;
	TRY(finish_clock(c, now, &d, &there));
	if (!there || d.state != DUE_RUNNING)
		return fail(c->f, ERR_STATE, N_("No time is running here that could be extended."), NULL);
	bool bad;
	TRY(absorb_any_suspected(c, now->id, &bad));
	if (bad)
		return fail(c->f, ERR_STATE, N_("Somebody in this case is suspected of harming the child and is asked for no consent. Please refer the matter instead of going on with mediation."), NULL);
	if (!rec_int(now, "both_consent"))
		fault_field(c->f, "both_consent", N_("More than the legal 30 days needs the consent of both parties."), NULL);
	if (rec_int(now, "extend_to") > d.first_due + 30 * MS_DAY)
		fault_field(c->f, "extend_to", N_("At most 30 days beyond the first date."), NULL);
	else if (rec_int(now, "extend_to") + MS_DAY <= d.due)
		fault_field(c->f, "extend_to", N_("The new date must be later than the present one."), NULL);
	return OK;
}

static enum err extend_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_extend(c, now, "case.finish", rec_int(now, "extend_to") + MS_DAY, code(now, "extend_reason"));
}

static enum err suspend_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(old, "suspended"))
		return fail(c->f, ERR_STATE, N_("It is paused already."), NULL);
	rec_set_int(now, "suspended", 1);
	return OK;
}

static enum err suspend_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_suspend(c, now, code(now, "suspend_reason"));
}

static enum err resume_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_int(old, "suspended"))
		return fail(c->f, ERR_STATE, N_("It is not paused."), NULL);
	rec_set_int(now, "suspended", 0);
	return OK;
}

static enum err resume_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_resume(c, now);
}

/* ---- the ends of mediation ---- */

static bool among(struct str s, const char *list)
{
	struct str rest = str_of(list);
	while (rest.p)
		if (str_eq(str_cut(rest, '|', &rest), s))
			return true;
	return false;
}

static enum err outcome_is(struct ctx *c, struct rec *now, const char *list)
{
	if (!among(code(now, "outcome"), list))
		fault_field(c->f, "outcome", N_("This outcome has its own step."), NULL);
	if (rec_int(now, "suspended"))
		return fail(c->f, ERR_STATE, N_("It is paused. Please resume it first."), NULL);
	rec_set_int(now, "success", str_is(code_more(c->app->codes, "outcome", code(now, "outcome"), "success"), "1"));
	rec_set_int(now, "finished", c->now);
	return OK;
}

static enum err settle_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	(void)old;
	TRY(outcome_is(c, now, "reconciled|written|oral|parted"));
	if (rec_int(now, "violence")) {
		if (!rec_has(now, "checked") || !says(now, "ongoing", "no"))
			return fail(c->f, ERR_STATE, N_("Domestic violence: a safety check must first say that it has stopped."), NULL);
		if (!says(now, "willing", "yes") || !rec_int(now, "told"))
			return fail(c->f, ERR_STATE, N_("Domestic violence: nothing is settled unless she wants it, asked alone, and was told of warning letter, protection order, shelter and legal aid."), NULL);
	}
	if (!among(code(now, "outcome"), "written|oral"))
		return OK;
	TRY(see_children(&in, "agreement", now->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (str_eq(code(s.r[i], "form"), code(now, "outcome")) && rec_in(s.r[i], "signed|performed"))
			return OK;
	return fail(c->f, ERR_STATE, N_("There is no agreement of this form in force yet. Please record and sign it first."), NULL);
}

static enum err plan_visits(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str rest = absorb_visit_days(c, now);
	(void)old;
	while (rest.p && rest.n) {
		struct done d;
		struct str day = str_cut(rest, ',', &rest);
		TRY(act_inner(c, &(struct act){ .type = "visit", .verb = "schedule", .parent = now->id, INPUTS(INPUT("after", day)) }, &d));
	}
	return OK;
}

static enum err fail_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return outcome_is(c, now, "failed|lawsuit");
}
static enum err withdraw_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return outcome_is(c, now, "withdrawn|unreachable|gone|merged");
}
static enum err refer_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return outcome_is(c, now, "transferred|police|shelter|lawsuit");
}

/* Where there was violence or danger, the end of mediation is not the end of watching. */
static enum err ended(struct ctx *c, const struct rec *old, struct rec *now)
{
	return rec_int(now, "violence") || absorb_rank(code(now, "grade")) <= 2 ? plan_visits(c, old, now) : OK;
}

/* ---- closing ---- */

/* What protects her is under way: whoever closes the case would leave it to nobody. */
static enum err protection_runs(struct ctx *c, const struct rec *now)
{
	static const struct { const char *type, *states, *msg; } v[] = {
		{ "letter", "asked|drafted|issued|served|breached", N_("A warning letter is under way: the police have still to do their part.") },
		{ "order", "filed|granted|breached", N_("A protection order is before the court, or must still be served.") },
		{ "stay", "asked|inside", N_("She is in the shelter, or on her way there.") },
		{ "supervision", "asked|answered", N_("A supervision slip is open: please answer it, or wait until the answer is accepted.") },
		{ "guidance", "asked|issued|breached", N_("An order of family-education guidance is under way: the office has still to do its part.") },
		{ "joint", "planned|again", N_("A child is still to be received jointly.") },
		{ "joint_part", "invited|taken", N_("A unit of a joint reception has still to do its part.") },
		{ "custody", "asked", N_("A temporary guardian is asked for: civil affairs has still to decide.") },
		{ "referral", "asked|accepted|returned|declined", N_("Another unit has still a part in this case: wait for its answer and read it, or withdraw what it was asked.") },
		{ "mandatory", "due", N_("A mandatory report is still due: call the police, or a leader writes down why not.") },
	};
	struct ctx in = ctx_inside(c);
	struct seen s;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		TRY(see_children(&in, v[i].type, now->id, &s));
		for (size_t k = 0; k < s.n; k++)
			if (rec_in(s.r[k], v[i].states))
				return fail(c->f, ERR_STATE, v[i].msg, NULL);
	}
	return OK;
}

static enum err close_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct due d;
	bool there;
	(void)old;
	TRY(see_children(&in, "visit", now->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned"))
			return fail(c->f, ERR_STATE, N_("A follow-up visit is still to be made. Please make it, or say why not."), NULL);
	TRY(protection_runs(c, now));
	if (rec_int(now, "violence") && !rec_has(now, "checked"))
		return fail(c->f, ERR_STATE, N_("Domestic violence: please check her safety before closing."), NULL);
	if (rec_int(now, "violence") && says(now, "ongoing", "yes"))
		return fail(c->f, ERR_STATE, N_("Violence goes on: this case cannot be closed."), NULL);
	struct str sig = code(now, "signals");
	if (sig.n && str_find(sig, STR(",child,")) >= 0 && !rec_has(now, "police_no") && !rec_has(now, "no_report"))
		fault_field(c->f, "police_no", N_("A child was harmed or in danger: please give the number of the report to the police, or the reason why none was made."), NULL);
	TRY(finish_clock(c, now, &d, &there));
	rec_set_int(now, "ontime", !there || (d.state == DUE_MET ? d.met : c->now) <= d.due);
	rec_set_int(now, "closed", c->now);
	return OK;
}

static enum err close_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(load_moves(c, old, now));
	return due_cancel(c, now);
}

static enum err reopen_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const gone[] = { "outcome", "success", "ontime", "finished", "closed", "refer_to", "checked" };
	(void)c;
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		rec_clear(now, gone[i]);
	if (!rec_has(now, "accepted"))
		rec_set_int(now, "accepted", c->now);
	rec_set_int(now, "rounds", rec_int(old, "rounds") + 1);
	return OK;
}

static enum err reopen_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(load_moves(c, old, now));
	TRY(see_children(&in, "visit", now->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned") && (!rec_has(s.r[i], "why") || str_is(rec_str(&in, s.r[i], "why"), "case")))
			TRY(absorb_do(c, "visit", s.r[i]->id, "cancel"));
	return OK;
}

static enum err archived(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return absorb_dismiss(c, now, NULL, 0);
}

static enum err minor_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c, (void)old;
	rec_set_int(now, "child", 1);
	return OK;
}

/* Her own word is enough; from the next request on there is no such case for her. */
static enum err recused(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return people_conflict(c, c->actor->user, now->id, rec_int(now, "clue"), "declared", utf8_head(rec_str(c, now, "note"), 200));
}

/* ---- the lifecycle ---- */

#define BEFORE "registered|returned|arbitration|dispatched"
#define WORK "accepted|mediating"
#define ENDED "settled|failed|withdrawn|referred"
#define ALL_CLOCKS "clue.dispatch case.accept case.first case.finish case.arbiter"
#define TELL "source! title summary! kind! grade! signals violence child method speech"
/* The federation above the place. */
#define ABOVE(f, v, t, l, r, flds, prep, eff, ...)                                                                                              \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = r, .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }

static const struct step steps[] = {
	ABOVE("", "create", "registered", "New case", R_FED, TELL " area", NULL, case_created, .flags = STEP_PRIMARY),
	INNER("", "from_clue", "registered", "Case of a clue", TELL " clue", NULL, from_clue, .starts = NULL),
	INNER("", "from_counsel", "registered", "Case of a counselled couple", TELL, NULL, case_created, .starts = NULL),
	INNER("*", "minor", "=", "A child is concerned", "", minor_it, NULL, .starts = NULL),
	ABOVE("registered|returned|dispatched", "dispatch", "dispatched", "Dispatch", R_FED, "org! owner choice note", dispatch_check, dispatched, .starts = "case.accept",
	      .meets = "clue.dispatch", .flags = STEP_PRIMARY),
	UNIT("dispatched", "accept", "accepted", "Accept", "owner chosen note", accept_it, accepted, .meets = "case.accept", .starts = "case.first case.finish",
	     .flags = STEP_PRIMARY),
	UNIT("dispatched", "return", "?", "Return", "return_reason! proposed note!", return_check, returned, .meets = "case.accept"),
	ABOVE("arbitration", "arbitrate", "dispatched", "Rule who must act", R(CITY) | R(TOWN), "org! owner choice note!", rule_check, dispatched, .meets = "case.arbiter",
	      .starts = "case.accept", .flags = STEP_PRIMARY),
	TEAM("accepted|mediating", "contact", "=", "Contact made", "note", contact_it, NULL, .meets = "case.first"),
	INNER(WORK, "start", "mediating", "Session held", "", contact_it, NULL, .meets = "case.first"),
	TEAM(WORK "|" ENDED "|follow_up", "safety", "=", "Safety check", "ongoing! willing told protection police_no note", safety_check, safety_told, .starts = NULL),
	TEAM(WORK "|" ENDED "|follow_up", "protect", "=", "Arrange protection", "protection! police_no no_report note", NULL, NULL, .starts = NULL),
	TEAM(WORK, "edit", "=", "Edit", "title summary! kind! signals violence child method speech note", NULL, edited, .starts = NULL),
	ABOVE("registered|returned", "edit", "=", "Edit", R_FED, "title kind! signals violence child speech note area", NULL, edited, .starts = NULL),
	TEAM(WORK "|" ENDED "|follow_up", "regrade", "=", "Change the grade", "grade! note", regrade_check, NULL, .starts = NULL),
	TEAM("dispatched|" WORK "|" ENDED "|follow_up", "note", "=", "Add a note", "note!", NULL, NULL, .starts = NULL),
	{ .from = "dispatched|" WORK "|follow_up", .verb = "reassign", .to = "=", .label = N_("Change the mediator"), .roles = R_FED | R(LIAISON), .scope = SC_ORG,
	  .fields = "owner! chosen choice note", .prepare = reassign_check, .effect = reassigned, .meets = "case.object" },
	TEAM(WORK, "object", "=", "A party asks for another mediator", "object_side! object_reason! object_note", objection_check, objected, .starts = "case.object"),
	{ .from = WORK, .verb = "keep_on", .to = "=", .label = N_("The mediator stays"), .roles = R_FED | R(LIAISON), .scope = SC_ORG, .fields = "note!", .prepare = objection_keep_check,
	  .effect = objection_kept, .meets = "case.object" },
	TEAM(WORK, "give_back", "?", "Not ours: give it back", "return_reason! proposed note!", give_check, given_back),
	INNER("dispatched|" WORK "|" ENDED "|follow_up", "hand", "=", "Handed over", "owner!", NULL, team_follows, .starts = NULL),
	TEAM(WORK, "extend", "=", "More time", "extend_reason! extend_to! both_consent! note", extend_check, extend_it, .starts = NULL),
	TEAM(WORK, "suspend", "=", "Pause the clock", "suspend_reason! note", suspend_check, suspend_it, .starts = NULL),
	TEAM(WORK, "resume", "=", "Resume", "note", resume_check, resume_it, .starts = NULL),
	TEAM("mediating", "settle", "settled", "Settle", "outcome! method note", settle_check, plan_visits, .meets = "case.first case.finish", .flags = STEP_PRIMARY),
	TEAM(WORK, "fail", "failed", "No settlement", "outcome! note!", fail_check, ended, .meets = "case.first case.finish"),
	TEAM(WORK, "withdraw", "withdrawn", "Withdraw", "outcome! note!", withdraw_check, ended, .meets = "case.first case.finish"),
	ABOVE(BEFORE, "withdraw", "withdrawn", "Withdraw", R_FED, "outcome! note!", withdraw_check, ended, .meets = ALL_CLOCKS),
	TEAM(WORK, "refer", "referred", "Refer elsewhere", "outcome! refer_to! note!", refer_check, ended, .meets = "case.first case.finish"),
	ABOVE(BEFORE, "refer", "referred", "Refer elsewhere", R_FED, "outcome! refer_to! note!", refer_check, ended, .meets = ALL_CLOCKS),
	TEAM(ENDED, "follow_up", "follow_up", "Begin follow-up", "note", NULL, NULL, .starts = NULL),
	INNER(ENDED "|follow_up", "visited", "follow_up", "Visit made", "", NULL, NULL, .starts = NULL),
	INNER(ENDED "|follow_up|closed", "relapse", "accepted", "The quarrel is back", "", reopen_check, reopen_it, .starts = "case.first case.finish"),
	INNER("*", "alarm", "=", "Danger signs", "", alarm_check, alarmed, .starts = NULL),
	INNER("*", "assessed", "=", "Safety assessed", "grade", assessed_check, assessed, .starts = NULL),
	INNER("*", "reported", "=", "Reported to the police", "police_no", NULL, NULL, .starts = NULL),
	INNER("*", "unreported", "=", "Not reported, by a leader's reason", "no_report", NULL, NULL, .starts = NULL),
	INNER("*", "again", "=", "Reported again", "signals grade", again_check, alarmed, .starts = NULL),
	TEAM(ENDED "|follow_up", "close", "closed", "Close the case", "police_no no_report note", close_check, close_it, .flags = STEP_PRIMARY),
	TEAM(ENDED "|follow_up|closed", "reopen", "accepted", "Mediate again", "note!", reopen_check, reopen_it, .starts = "case.first case.finish"),
	TEAM("closed", "archive", "archived", "Archive", "note", NULL, archived, .flags = STEP_PRIMARY),
	{ .from = "*", .verb = "recuse", .to = "=", .label = N_("I must keep away"), .roles = R_TEAM, .scope = SC_TEAM, .fields = "note!", .effect = recused,
	  .flags = STEP_DANGER },
	{ .from = "*", .verb = "recuse", .to = "=", .label = N_("I must keep away"), .roles = R_TEAM, .scope = SC_ORG, .fields = "note!", .effect = recused,
	  .flags = STEP_DANGER },
};

/* The unit's people read it while somebody has still to be chosen; the federation's desk is the responsible person herself. */
#define TO_CHOOSE "registered|returned|arbitration|dispatched"
static const struct grant grants[] = {
	TEAM_READ,
	{ R_FED, SC_ORG, SIGHT_FULL, .states = TO_CHOOSE, .head = true },
	{ R(MEDIATOR) | R(LIAISON), SC_ORG, SIGHT_FULL, .states = TO_CHOOSE },
	{ R_FED | R(MEDIATOR) | R(LIAISON), SC_ORG, SIGHT_MASKED },
	{ R_FED, SC_AREA, SIGHT_MASKED },
	{ R(GRID), SC_OWNER, SIGHT_MASKED },
};

static int tallies(const struct rec *r, struct tally_cell out[TALLY_MAX])
{
	struct tally_cell cell = { .metric = METRIC_CASE_OPEN, .ms = r->created, .source = code(r, "source"), .kind = code(r, "kind"), .grade = code(r, "grade"),
				   .outcome = code(r, "outcome") };
	int n = 0;
	out[n++] = cell;
	if (!rec_has(r, "closed"))
		return n;
	cell.ms = rec_int(r, "closed");
	cell.metric = METRIC_CASE_CLOSE;
	out[n++] = cell;
	if (rec_int(r, "success")) {
		cell.metric = METRIC_CASE_OK;
		out[n++] = cell;
	}
	if (rec_int(r, "ontime")) {
		cell.metric = METRIC_CASE_ONTIME;
		out[n++] = cell;
	}
	return n;
}

const struct rtype case_type = {
	.name = "case", .table = "case_file", .label = N_("Case"), .plural = N_("Cases"), .title = "title", .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants),
	.number = "案", .level = 3, .tallies = tallies, .check = case_check, .many = true, .grade = "grade", .guard = GUARD_SELF, .child = "child",
};
