/* Why: a promise with a day is watched, one without is forgotten (人民调解法 31). What is broken is not the end of it: it comes back to the mediator, with
 * what can be done by law, and a time to do it in.
 * Who does what: the team writes the terms, says kept, kept in part, late or broken, and what it did about it; what is past its day becomes late by itself.
 * Invariants: an open duty has a running clock; a term that comes again is one record each time, reckoned from its first day, so that the 31st stays the
 * 31st; nothing is edited away: a changed term is ended as changed and written anew. Talking is no way where mediation is not offered. */
#include "absorb/absorb.h"
#include "absorb/mediate.h"

static const struct field fields[] = {
	F("agreement", "Agreement", F_REF, .of = "agreement", .flags = FF_NEED | FF_ONCE),
	F("kind", "Kind of duty", F_CODE, .of = "duty_kind", .flags = FF_LIST | FF_FILTER),
	F("what", "What is to be done", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED | FF_LIST, .max = 200),
	F("side", "Whose duty", F_CODE, .of = "side", .flags = FF_NEED | FF_LIST),
	F("amount", "Amount", F_MONEY, .max = INT64_C(100000000000)),
	F("due_on", "By when", F_DATE, .flags = FF_NEED | FF_LIST),
	F("every", "How often", F_CODE, .of = "duty_every", .help = N_("The next one is written by itself, when one is kept, late or broken.")),
	F("until", "Last due no later than", F_DATE),
	F("status", "How it stands", F_CODE, .of = "duty_status", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("paid", "Paid so far", F_MONEY, .flags = FF_SYSTEM, .max = INT64_C(100000000000)),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 500),
	F("done_at", "Performed at", F_TIME, .flags = FF_SYSTEM),
	F("broken_at", "Found broken at", F_TIME, .flags = FF_SYSTEM),
	F("pursue", "What is done about it", F_CODE, .of = "duty_pursue", .flags = FF_SYSTEM | FF_FILTER),
	F("pursue_on", "On what day", F_DATE, .flags = FF_SYSTEM),
	F("first_on", "First due on", F_DATE, .flags = FF_SYSTEM),
	F("nth", "Which in the row", F_INT, .flags = FF_SYSTEM, .max = 2000),
	F("followed", "The next one is written", F_BOOL, .flags = FF_SYSTEM),
};
static const struct state states[] = {
	{ "open", N_("Awaited"), true, "yellow" }, { "late", N_("Late"), true, "red" }, { "broken", N_("Broken"), true, "red" }, { "pursued", N_("Being pursued"), true, "yellow" },
	{ "done", N_("Done"), false, "green" }, { "over", N_("No longer awaited"), false, NULL },
};

/* ---- terms that come again ---- */

/* The same day of a month some months on; the last of it where it has no such day. */
static int64_t months_on(int64_t from, int months)
{
	struct civil d = civil_of(from);
	int m = d.month - 1 + months;
	struct civil e = { .year = d.year + m / 12, .month = m % 12 + 1, .day = d.day };
	for (;; e.day--) {
		int64_t ms = civil_ms(e);
		if (civil_of(ms).month == e.month)
			return ms;
	}
}

static int64_t more_of(struct ctx *c, const struct rec *r, const char *col)
{
	int64_t n = 0;
	struct str every = rec_str(c, r, "every");
	if (every.n)
		(void)str_int(code_more(c->app->codes, "duty_every", every, col), &n);
	return n;
}

static bool comes_again(struct ctx *c, const struct rec *r) { return more_of(c, r, "days") || more_of(c, r, "months"); }

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *a;
	(void)old;
	TRY(see_one(&in, "agreement", rec_int(now, "agreement"), &a));
	if (a->parent != now->parent)
		fault_field(c->f, "agreement", N_("This agreement belongs to another case."), NULL);
	else if (!rec_in(a, "draft|signed"))
		fault_field(c->f, "agreement", N_("This agreement is over already."), NULL);
	if (comes_again(c, now) && !rec_has(now, "until"))
		fault_field(c->f, "until", N_("What comes again needs a last day."), NULL);
	if (rec_has(now, "until") && rec_has(now, "due_on") && (rec_int(now, "until") < rec_int(now, "due_on") || rec_int(now, "until") > months_on(rec_int(now, "due_on"), 12 * 30)))
		fault_field(c->f, "until", N_("Not before its first day, and at most thirty years on."), NULL);
	if (!rec_has(now, "kind"))
		rec_set_str(now, "kind", STR("other"));
	if (!rec_has(now, "nth")) {
		rec_set_int(now, "first_on", rec_int(now, "due_on"));
		rec_set_int(now, "nth", 1);
	}
	rec_set_str(now, "status", STR("waiting"));
	return OK;
}

static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_start_at(c, now, "duty.perform", rec_int(now, "due_on") + MS_DAY, "agreement");
}

static struct input same(struct ctx *in, const struct rec *r, const char *field)
{
	int i = field_at(r->t, field);
	struct str s = r->v[i].set ? r->t->fields[i].secrecy == S_SEALED ? rec_str(in, r, field) : rec_input(in, r, i) : STR_NONE;
	return (struct input){ str_of(field), s.p ? s : STR("") };
}

/* The next of them, once, while the agreement is in force. */
static enum err next_one(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *a;
	struct done d;
	int64_t n = rec_int(now, "nth"), days = more_of(c, now, "days"), months = more_of(c, now, "months");
	in.labels = NULL;
	if (!comes_again(c, now) || rec_int(now, "followed"))
		return OK;
	int64_t due = days ? rec_int(now, "first_on") + n * days * MS_DAY : months_on(rec_int(now, "first_on"), (int)(n * months));
	TRY(see_one(&in, "agreement", rec_int(now, "agreement"), &a));
	if (due > rec_int(now, "until") || !rec_in(a, "draft|signed"))
		return OK;
	TRY(act_inner(c, &(struct act){ .type = "duty", .verb = "next", .parent = now->parent,
		INPUTS(same(&in, now, "agreement"), same(&in, now, "kind"), same(&in, now, "what"), same(&in, now, "side"), same(&in, now, "amount"), same(&in, now, "every"),
		       same(&in, now, "until"), same(&in, now, "first_on"), INPUT("due_on", date_str(c->a, due)), INPUT("nth", id_text(c, n + 1))) }, &d));
	return absorb_do(c, "duty", now->id, "followed");
}

static enum err followed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c, (void)old;
	rec_set_int(now, "followed", 1);
	return OK;
}

static enum err go_on(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return next_one(c, now);
}

/* ---- kept, late, broken ---- */

static enum err done_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_str(now, "status", STR("done"));
	rec_set_int(now, "done_at", c->now);
	if (rec_has(now, "amount"))
		rec_set_int(now, "paid", rec_int(now, "amount"));
	return OK;
}

static enum err part_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_has(now, "amount"))
		return fail(c->f, ERR_STATE, N_("Only of a sum of money a part can be paid. Please write what is still awaited as a note."), NULL);
	if (rec_int(now, "paid") <= rec_int(old, "paid"))
		fault_field(c->f, "paid", N_("All that was paid so far, with what came now: more than before."), NULL);
	else if (rec_int(now, "paid") >= rec_int(now, "amount"))
		fault_field(c->f, "paid", N_("This is the whole sum: please record it as done."), NULL);
	rec_set_str(now, "status", STR("part"));
	return OK;
}

static enum err late_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (c->now < rec_int(now, "due_on") + MS_DAY)
		return fail(c->f, ERR_STATE, N_("Its day has not passed yet."), NULL);
	rec_set_str(now, "status", STR("late"));
	return OK;
}

static enum err lapsed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(next_one(c, now));
	return absorb_tell_team(c, now, N_("A term of an agreement was not kept in time: please ask, and record it"));
}

/* Who says before the day that he will not, has broken it too. */
static enum err break_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_str(now, "status", STR("refused"));
	rec_set_int(now, "broken_at", c->now);
	rec_clear(now, "pursue");
	rec_clear(now, "pursue_on");
	return OK;
}

static enum err broken(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(next_one(c, now));
	return absorb_tell_team(c, now, N_("A term of an agreement was broken: its page says what can be done"));
}

static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str s = rec_str(c, now, "status");
	(void)old;
	if (!str_is(code_more(c->app->codes, "duty_status", s, "ended"), "1") || str_is(s, "done"))
		fault_field(c->f, "status", N_("Please choose why it is no longer awaited."), NULL);
	return OK;
}

/* What was waived once or changed does not come again by itself. */
static enum err end_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

/* ---- what can be done about it ---- */

enum err absorb_pursue_ways(struct ctx *c, const struct rec *duty, struct pursue_way *ret, size_t max, size_t *ret_n)
{
	struct ctx in = ctx_inside(c);
	struct rec *k, *a;
	size_t n, out = 0;
	const struct code *v = codes_list(c->app->codes, "duty_pursue", &n);
	TRY(absorb_case(c, duty, &k));
	TRY(see_one(&in, "agreement", rec_int(duty, "agreement"), &a));
	const char *no_talk = absorb_no_mediation(c, k);
	for (size_t i = 0; v && i < n && out < max; i++) {
		struct pursue_way w = { .code = v[i].code, .label = c->lang == LANG_ZH ? v[i].zh : v[i].en };
		if (str_is(code_more(c->app->codes, "duty_pursue", v[i].code, "talk"), "1"))
			w.why_not = no_talk;
		if (str_is(v[i].code, "confirm"))
			w.why_not = absorb_no_confirmation(c, a);
		if (str_is(v[i].code, "enforce") && !absorb_confirmed(c, a))
			w.why_not = N_("Only what the court has confirmed is enforced.");
		ret[out++] = w;
	}
	*ret_n = out;
	return OK;
}

static enum err pursue_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct pursue_way w[16];
	size_t n;
	struct str how = rec_str(c, now, "pursue");
	(void)old;
	if (rec_int(now, "pursue_on") > c->now)
		fault_field(c->f, "pursue_on", N_("This lies in the future. Please check the date."), NULL);
	TRY(absorb_pursue_ways(c, now, w, ARRAY_LEN(w), &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(w[i].code, how) && w[i].why_not)
			fault_field(c->f, "pursue", w[i].why_not, NULL);
	return OK;
}

/* ---- past its day ---- */

static enum err lapse_one(struct ctx *c, void *arg)
{
	const int64_t *id = arg;
	return absorb_do(c, "duty", *id, "lapse");
}

/* One that cannot be written holds up no other: each has a transaction of its own, and is tried again at the next run. */
enum err absorb_lapse(struct ctx *c, int *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s = { 0 };
	*ret = 0;
	for (int page = 0; page < 50; page++) {
		const struct filter by[] = { { STR("state"), STR("open") }, { STR("due_on_to"), date_str(c->a, c->now - MS_DAY) } };
		int64_t ids[200];
		TRY(ctx_read(&in));
		TRY(see(&in, &(struct see){ .type = "duty", .filters = by, .nfilters = 2, .limit = 200, .oldest = true, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++)
			ids[i] = s.r[i]->id;
		for (size_t i = 0; i < s.n; i++) {
			struct fault f = { 0 };
			struct ctx one = in;
			one.f = &f;
			if (ctx_write(&one, lapse_one, &ids[i]) == OK)
				++*ret;
			else
				log_line(LOG_WARN, "duty %lld did not become late: %s", (long long)ids[i], f.detail);
		}
		if (!s.next)
			break;
	}
	return OK;
}

#define OPEN "open|late|broken|pursued"
static const struct step steps[] = {
	TEAM("", "create", "open", "Add a duty", "agreement! kind what! side! amount due_on! every until", create_check, created, .flags = STEP_PRIMARY),
	INNER("", "next", "open", "The next of them", "agreement! kind what! side! amount due_on! every until first_on! nth!", create_check, created, .starts = NULL),
	TEAM(OPEN, "done", "done", "Done", "note", done_check, go_on, .meets = "duty.perform duty.pursue", .flags = STEP_PRIMARY),
	TEAM(OPEN, "part", "=", "Paid in part", "paid! note", part_check, NULL, .starts = NULL),
	TEAM("open", "late", "late", "Mark as late", "note", late_check, go_on, .starts = NULL),
	INNER("open", "lapse", "late", "Its day has passed", "", late_check, lapsed, .starts = NULL),
	TEAM("open|late|pursued", "break", "broken", "Broken", "note!", break_check, broken, .meets = "duty.perform", .starts = "duty.pursue", .flags = STEP_DANGER),
	TEAM("broken|pursued", "pursue", "pursued", "What is done about it", "pursue! pursue_on! note", pursue_check, NULL, .meets = "duty.pursue", .flags = STEP_PRIMARY),
	TEAM(OPEN, "end", "over", "No longer awaited", "status! note!", end_check, end_it, .starts = NULL),
	INNER("*", "followed", "=", "The next one is written", "", followed, NULL, .starts = NULL),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ, SIDE_READ(SIGHT_FULL) };

const struct rtype duty_type = {
	.name = "duty", .label = N_("Duty"), .plural = N_("Duties"), .title = "what", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
};
