/* Why: most of what goes wrong goes wrong after the settlement. Planned by the case 7, 30 and 90 days after mediation ended, and by what protects
 * (a warning letter, a protection order, the shelter) on its own days.
 * Invariants: a visit at which she could not be reached or could not speak is not a visit made: it stays planned, and alarms. */
#include "absorb/absorb.h"
#include "record/metrics.h"

static const struct field fields[] = {
	F("after", "Days after", F_INT, .flags = FF_LIST | FF_FILTER, .min = 0, .max = 3650),
	F("why", "Why it is made", F_CODE, .of = "visit_why", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM),
	F("due_on", "Planned for", F_DATE, .flags = FF_LIST),
	F("party", "Who is visited", F_REF, .of = "party", .help = N_("Her visit and his are two records, never at one time and place.")),
	F("side", "Whose words", F_CODE, .of = "side", .flags = FF_SYSTEM | FF_LIST),
	F("result", "Result", F_CODE, .of = "visit_result", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("satisfaction", "Satisfaction", F_CODE, .of = "satisfaction", .flags = FF_SYSTEM | FF_FILTER),
	F("safe_now", "Is she safe now?", F_CODE, .of = "yesno4", .flags = FF_SYSTEM | FF_FILTER),
	F("text", "What was found", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 5000),
	F("note", "Reason", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 500),
	F("tries", "Times tried", F_INT, .flags = FF_SYSTEM, .max = 1000),
	F("done_at", "Made", F_TIME, .flags = FF_SYSTEM | FF_LIST),
};
static const struct state states[] = {
	{ "planned", N_("Planned"), true, "yellow" }, { "done", N_("Made"), false, "green" }, { "skipped", N_("Not made, with reason"), false, NULL },
};

/* Of codes/deadlines.tsv, by why it is made and how many days after: none for other days, which have a date of their own. */
static const struct { const char *why; int after; const char *rule; } rules[] = {
	{ "case", 7, "case.visit7" }, { "case", 30, "case.visit30" }, { "case", 90, "case.visit90" },
	{ "letter", 7, "letter.visit7" }, { "letter", 30, "letter.visit30" }, { "letter", 60, "letter.visit60" }, { "letter", 90, "letter.visit90" },
	{ "order", 7, "order.visit7" }, { "order", 30, "order.visit30" }, { "order", 90, "order.visit90" }, { "order", 150, "order.visit150" },
	{ "stay", 7, "stay.visit7" }, { "stay", 30, "stay.visit30" }, { "stay", 90, "stay.visit90" },
};

static const char *rule_of(struct ctx *c, const struct rec *r)
{
	struct str why = rec_str(c, r, "why");
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (str_is(why.n ? why : STR("case"), rules[i].why) && rules[i].after == rec_int(r, "after"))
			return rules[i].rule;
	return NULL;
}

/* What was found at her door is hers. */
static enum err side_of_party(struct ctx *c, struct rec *now)
{
	struct ctx in = absorb_inside(c);
	struct rec *p;
	if (!rec_has(now, "party"))
		return OK;
	TRY(see_one(&in, "party", rec_int(now, "party"), &p));
	if (p->parent != now->parent)
		fault_field(c->f, "party", N_("This party belongs to another case."), NULL);
	rec_set_str(now, "side", rec_str(c, p, "side"));
	return OK;
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "closed|archived"))
		return fail(c->f, ERR_STATE, N_("This case is closed. Please reopen it first."), NULL);
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	return side_of_party(c, now);
}

/* The clock says the day, so that holidays and a red grade count. */
static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	const char *rule = rec_has(now, "due_on") ? NULL : rule_of(c, now);
	struct due *d;
	size_t n;
	(void)old;
	if (!rule)
		return due_start_at(c, now, "case.visit7", rec_int(now, "due_on") + MS_DAY, "planned");
	TRY(due_start(c, now, rule));
	TRY(due_list(c, "visit", now->id, &d, &n));
	if (!n)
		return OK;
	BUF_AUTO b = BUF(32);
	date_put(&b, d[n - 1].due - 1);
	return absorb_set(c, "visit", now->id, "plan", "due_on", arena_str(c->a, buf_view(&b)));
}

static bool bad_news(struct ctx *c, const struct rec *r)
{
	struct str safe = rec_str(c, r, "safe_now");
	return str_is(code_more(c->app->codes, "visit_result", rec_str(c, r, "result"), "danger"), "1") || (safe.n && !str_is(safe, "yes"));
}

static enum err visit_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str result = rec_str(c, now, "result");
	bool missed = str_is(result, "unreachable") || str_is(result, "unsafe");
	rec_set_int(now, "tries", rec_int(old, "tries") + 1);
	if (!missed && !rec_has(now, "satisfaction"))
		fault_field(c->f, "satisfaction", N_("Please fill this in."), NULL);
	if (!missed && !rec_has(now, "safe_now"))
		fault_field(c->f, "safe_now", N_("Please fill this in."), NULL);
	if (!missed)
		rec_set_int(now, "done_at", c->now);
	now->state = missed ? STR("planned") : STR("done");
	return side_of_party(c, now);
}

static enum err visited(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(now, "done")) {
		for (size_t i = 0; i < ARRAY_LEN(rules); i++)
			TRY(due_meet(c, now, rules[i].rule));
		if (rec_in(k, "settled|failed|withdrawn|referred|follow_up"))
			TRY(absorb_do(c, "case", k->id, "visited"));
	}
	return bad_news(c, now) ? absorb_do(c, "case", k->id, "alarm") : OK;
}

static enum err stop(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

static const struct step steps[] = {
	TEAM("", "create", "planned", "Plan a visit", "due_on! party after", create_check, created, .flags = STEP_PRIMARY),
	TEAM("planned", "visit", "?", "Record the visit", "result! satisfaction safe_now party text!", visit_check, visited, .flags = STEP_PRIMARY),
	TEAM("planned", "skip", "skipped", "Not made", "note!", NULL, stop, .flags = STEP_DANGER),
	INNER("", "schedule", "planned", "Plan a visit", "after! why party", create_check, created, .starts = NULL),
	INNER("planned", "cancel", "skipped", "No longer due", "", NULL, stop, .starts = NULL),
	INNER("planned", "plan", "=", "Plan", "due_on", NULL, NULL, .starts = NULL),
	FOLLOW,
};
/* The federation above counts and supervises them; what was found there stays with the team. */
static const struct grant grants[] = { TEAM_READ, { R_FED, SC_AREA, SIGHT_MASKED } };

static int tallies(const struct rec *r, struct tally_cell out[TALLY_MAX])
{
	struct str s = r->v[field_at(r->t, "satisfaction")].s;
	bool done = rec_has(r, "done_at");
	struct tally_cell cell = { .grade = r->v[field_at(r->t, "grade")].s, .outcome = done ? s : STR("") };
	int n = 0;
	/* One left undone for a reason was not due: it would lower the rate for ever. */
	if (rec_has(r, "due_on") && !str_is(r->state, "skipped")) {
		cell.metric = METRIC_VISIT_DUE;
		cell.ms = rec_int(r, "due_on");
		out[n++] = cell;
	}
	if (!done)
		return n;
	cell.ms = rec_int(r, "done_at");
	cell.metric = METRIC_VISIT_DONE;
	out[n++] = cell;
	if (str_is(s, "good") || str_is(s, "fair")) {
		cell.metric = METRIC_VISIT_OK;
		out[n++] = cell;
	}
	return n;
}

const struct rtype visit_type = {
	.name = "visit", .label = N_("Visit"), .plural = N_("Visits"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
	.tallies = tallies, .grade = "grade",
};
