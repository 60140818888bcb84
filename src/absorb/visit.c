/* Why: most of what goes wrong goes wrong after the settlement. Planned by the case on the days of its kind (codes/visit_plan.tsv) after mediation ended, and
 * by what protects (a warning letter, a protection order, the shelter) on its own days.
 * Invariants: a visit at which she could not be reached or could not speak is not a visit made: it stays planned, and alarms; tried often enough in vain
 * it is made in person, with a date. Who does not want to be visited is left alone, and where violence is flagged that is believed only when it was
 * said alone. A quarrel that is back opens the case again. */
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
	F("way", "How it was made", F_CODE, .of = "visit_way", .flags = FF_SYSTEM | FF_FILTER),
	F("points", "Gone over", F_CODES, .of = "visit_point", .flags = FF_SYSTEM, .help = N_("The list of this kind of case stands on the page of the visit.")),
	F("in_person", "To be made in person", F_BOOL, .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("alone", "Said alone, where nobody else heard it", F_BOOL, .flags = FF_SYSTEM),
	F("child_hurt", "A child is being hurt", F_BOOL, .flags = FF_SYSTEM, .help = N_("The mandatory report then begins by itself: call 110 at once.")),
};
static const struct state states[] = {
	{ "planned", N_("Planned"), true, "yellow" }, { "done", N_("Made"), false, "green" }, { "skipped", N_("Not made, with reason"), false, NULL },
	{ "refused", N_("Not wanted"), false, NULL },
};

/* Of codes/deadlines.tsv, by why it is made and how many days after: none for other days, which have a date of their own. */
static const struct { const char *why; int after; const char *rule; } rules[] = {
	{ "case", 7, "case.visit7" }, { "case", 30, "case.visit30" }, { "case", 60, "case.visit60" }, { "case", 90, "case.visit90" }, { "case", 180, "case.visit180" },
	{ "letter", 7, "letter.visit7" }, { "letter", 30, "letter.visit30" }, { "letter", 60, "letter.visit60" }, { "letter", 90, "letter.visit90" },
	{ "order", 7, "order.visit7" }, { "order", 30, "order.visit30" }, { "order", 90, "order.visit90" }, { "order", 150, "order.visit150" },
	{ "stay", 7, "stay.visit7" }, { "stay", 30, "stay.visit30" }, { "stay", 90, "stay.visit90" },
	{ "guidance", 30, "guidance.visit30" }, { "guidance", 180, "guidance.visit180" },
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
	struct ctx in = ctx_inside(c);
	struct rec *p;
	if (!rec_has(now, "party"))
		return OK;
	TRY(see_one(&in, "party", rec_int(now, "party"), &p));
	if (p->parent != now->parent)
		fault_field(c->f, "party", N_("This party belongs to another case."), NULL);
	if (absorb_hidden(p))
		fault_field(c->f, "party", N_("This person is suspected of harming the child and must not learn of the case: no visit is made."), NULL);
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
	return absorb_set(c, "visit", now->id, "plan", "due_on", date_str(c->a, d[n - 1].due - 1));
}

static bool bad_news(struct ctx *c, const struct rec *r)
{
	struct str safe = rec_str(c, r, "safe_now");
	return str_is(code_more(c->app->codes, "visit_result", rec_str(c, r, "result"), "danger"), "1") || (safe.n && !str_is(safe, "yes"));
}

/* ---- the list of a kind of case ---- */

static bool in_list(struct str list, struct str what)
{
	struct str rest = list;
	if (str_is(list, "*"))
		return true;
	while (rest.p && rest.n)
		if (str_eq(str_cut(rest, '|', &rest), what))
			return true;
	return false;
}

static bool of_kind(struct ctx *c, const struct rec *kase, struct str code)
{
	struct str kinds = code_more(c->app->codes, "visit_point", code, "kinds");
	return in_list(kinds, rec_str(c, kase, "kind")) || (rec_int(kase, "violence") && in_list(kinds, STR("M03")));
}

size_t absorb_visit_points(struct ctx *c, const struct rec *visit, const struct rec *kase, struct visit_point *ret, size_t max)
{
	size_t n = 0, k = 0;
	const struct code *v = codes_list(c->app->codes, "visit_point", &n);
	struct str done = rec_str(c, visit, "points");
	for (size_t i = 0; v && i < n && k < max; i++)
		if (of_kind(c, kase, v[i].code)) {
			struct str mark = arena_fmt(c->a, ",%.*s,", (int)v[i].code.n, v[i].code.p);
			ret[k++] = (struct visit_point){ v[i].code, c->lang == LANG_ZH ? v[i].zh : v[i].en, done.n && str_find(done, mark) >= 0, str_is(code_more(c->app->codes, "visit_point", v[i].code, "must"), "1") };
		}
	return k;
}

static bool runs_on(struct ctx *c, const struct code *row, int64_t at)
{
	int64_t from = 0, to = INT64_MAX;
	struct str a = code_more(c->app->codes, "visit_plan", row->code, "valid_from"), b = code_more(c->app->codes, "visit_plan", row->code, "valid_to");
	return (!a.n || (date_parse(a, &from) && from <= at)) && (!b.n || (date_parse(b, &to) && at < to + MS_DAY));
}

/* Violence first, then the kind, then the rest. */
struct str absorb_visit_days(struct ctx *c, const struct rec *kase)
{
	struct str kind = rec_int(kase, "violence") ? STR("M03") : rec_str(c, kase, "kind"), usual = STR("7,30,90");
	size_t n = 0;
	const struct code *v = codes_list(c->app->codes, "visit_plan", &n);
	for (size_t i = 0; v && i < n; i++) {
		struct str k = code_more(c->app->codes, "visit_plan", v[i].code, "kind"), days = code_more(c->app->codes, "visit_plan", v[i].code, "days");
		if (!runs_on(c, &v[i], c->now))
			continue;
		if (str_eq(k, kind))
			return days;
		if (str_is(k, "*"))
			usual = days;
	}
	return usual;
}

/* ---- making it ---- */

#define TRIES 3
static enum err often(struct ctx *c, const struct rec *now, bool *ret)
{
	int64_t most;
	TRY(setting_count(c, "visit.tries", TRIES, 1, 10, &most));
	*ret = rec_int(now, "tries") >= most;
	return OK;
}

static enum err way_check(struct ctx *c, const struct rec *now, const struct rec *kase)
{
	struct ctx in = ctx_inside(c);
	struct rec *p;
	if (!rec_has(now, "party") || !str_is(code_more(c->app->codes, "visit_way", rec_str(c, now, "way"), "phone"), "1"))
		return OK;
	TRY(see_one(&in, "party", rec_int(now, "party"), &p));
	struct str safe = rec_str(&in, p, "safe_contact");
	if ((safe.n || rec_int(kase, "violence")) && !str_is(safe, "yes"))
		fault_field(c->f, "way", N_("It is not known that calling this person is safe. Please meet at a safe place."), NULL);
	return OK;
}

static enum err points_check(struct ctx *c, const struct rec *now, const struct rec *kase)
{
	struct str rest = rec_str(c, now, "points");
	while (rest.p && rest.n) {
		struct str one = str_cut(rest, ',', &rest);
		if (one.n && !of_kind(c, kase, one))
			fault_field(c->f, "points", N_("This is not asked in this kind of case: %s"), arena_cstr(c->a, code_label(c->app->codes, "visit_point", one, c->lang)));
	}
	return OK;
}

static enum err visit_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str result = rec_str(c, now, "result");
	bool missed = str_is(result, "unreachable") || str_is(result, "unsafe"), refused = str_is(result, "refused"), enough;
	struct rec *k;
	TRY(absorb_case(c, now, &k));
	rec_set_int(now, "tries", rec_int(old, "tries") + 1);
	if (!missed && !refused && !rec_has(now, "satisfaction"))
		fault_field(c->f, "satisfaction", N_("Please fill this in."), NULL);
	if (!missed && !refused && !rec_has(now, "safe_now"))
		fault_field(c->f, "safe_now", N_("Please fill this in."), NULL);
	/* He may stand beside her. */
	if (refused && rec_int(k, "violence") && !rec_int(now, "alone"))
		fault_field(c->f, "alone", N_("Violence is flagged: a refusal counts only when it was said alone. Otherwise record “Not safe to talk, another time”."), NULL);
	if (!missed && !refused)
		rec_set_int(now, "done_at", c->now);
	TRY(often(c, now, &enough));
	if (str_is(result, "unreachable") && enough)
		rec_set_int(now, "in_person", 1);
	now->state = missed ? STR("planned") : refused ? STR("refused") : STR("done");
	TRY(side_of_party(c, now));
	TRY(way_check(c, now, k));
	return points_check(c, now, k);
}

/* Not wanted: what else was planned for this person after mediation is dropped. What a letter or an order asks for is a duty and stays. */
static enum err leave_alone(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(due_cancel(c, now));
	TRY(see_children(&in, "visit", now->parent, &s));
	for (size_t i = 0; rec_has(now, "party") && i < s.n; i++) {
		struct str why = rec_str(&in, s.r[i], "why");
		if (rec_in(s.r[i], "planned") && rec_int(s.r[i], "party") == rec_int(now, "party") && (!why.n || str_is(why, "case")))
			TRY(absorb_do(c, "visit", s.r[i]->id, "cancel"));
	}
	return OK;
}

/* Tried in vain: a day on which somebody stands at the door. */
static enum err go_there(struct ctx *c, const struct rec *now)
{
	struct due *d;
	size_t n;
	TRY(due_cancel(c, now));
	TRY(due_start(c, now, "visit.inperson"));
	TRY(due_list(c, "visit", now->id, &d, &n));
	if (!n)
		return OK;
	TRY(absorb_set(c, "visit", now->id, "plan", "due_on", date_str(c->a, d[n - 1].due - 1)));
	return absorb_tell_team(c, now, N_("Not reached several times: please go there in person"));
}

static enum err last_one(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "visit", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned"))
			return OK;
	return absorb_tell_team(c, now, N_("All follow-up visits are made: please see whether the case can be closed"));
}

static enum err visited(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	TRY(absorb_case(c, now, &k));
	if (rec_int(now, "child_hurt"))
		TRY(mandatory_raise(c, k->id, NULL, "visit", N_("At a follow-up it was seen or heard that a child is being hurt. Raised by itself; please complete.")));
	if (rec_in(now, "refused"))
		return leave_alone(c, now);
	if (rec_int(now, "in_person") && !rec_int(old, "in_person"))
		TRY(go_there(c, now));
	if (rec_in(now, "done")) {
		for (size_t i = 0; i < ARRAY_LEN(rules); i++)
			TRY(due_meet(c, now, rules[i].rule));
		TRY(due_meet(c, now, "visit.inperson"));
		if (rec_in(k, "settled|failed|withdrawn|referred|follow_up"))
			TRY(absorb_do(c, "case", k->id, "visited"));
		TRY(last_one(c, now));
	}
	if (bad_news(c, now))
		TRY(absorb_do(c, "case", k->id, "alarm"));
	bool back = str_is(code_more(c->app->codes, "visit_result", rec_str(c, now, "result"), "reopen"), "1");
	return back && rec_in(k, "settled|failed|withdrawn|referred|follow_up|closed") ? absorb_do(c, "case", k->id, "relapse") : OK;
}

static enum err stop(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

static const struct step steps[] = {
	TEAM("", "create", "planned", "Plan a visit", "due_on! party after", create_check, created, .flags = STEP_PRIMARY),
	TEAM("planned", "visit", "?", "Record the visit", "result! way satisfaction safe_now party points alone child_hurt text!", visit_check, visited, .flags = STEP_PRIMARY),
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
	if (rec_has(r, "due_on") && !rec_in(r, "skipped|refused")) {
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
