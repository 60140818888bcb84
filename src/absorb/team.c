/* Why: content opens by assignment, not by rank (GB/T 35273 7.1 e). Who works on a case stands here by name, until a day, with who
 * put her there; what concerns a child she sees only as long as the responsible person has approved it (未成年人网络保护条例 36).
 * Invariants: one active row a person and case; a row that is over opens nothing from the next request on; nobody with a conflict
 * of interest is put on a team, and nobody is told why. */
#include "absorb/absorb.h"
#include "people/people.h"

static const struct field fields[] = {
	F("staff", "Staff member", F_REF, .of = "staff", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("part", "Her part", F_CODE, .of = "team_part", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("until", "Until", F_DATE, .flags = FF_LIST, .help = N_("The last day. Empty: until she is taken off or the case is archived.")),
	F("reason", "Reason", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("approver", "Assigned or approved by", F_REF, .of = "staff", .flags = FF_SYSTEM | FF_LIST),
	F("approved", "Approved on", F_TIME, .flags = FF_SYSTEM),
	F("approved_until", "Approval to read what concerns a child ends", F_DATE, .flags = FF_SYSTEM | FF_LIST | FF_FILTER,
	  .standard = "未成年人网络保护条例第三十六条"),
	F("reminded", "Reminded of its end", F_TIME, .flags = FF_SYSTEM),
};
static const struct state states[] = { { "active", N_("On the team"), true, "green" }, { "ended", N_("Taken off"), false, NULL } };

/* Only the responsible unit's own people and those above it approve; the program does in their name, as the act it follows from. */
static bool approves(const struct ctx *c) { return R_FED & 1u << c->actor->role; }

static void approve(struct ctx *c, struct rec *now)
{
	rec_set_int(now, "approver", c->actor->user);
	rec_set_int(now, "approved", c->now);
	rec_set_int(now, "approved_until", day_start(day_of(c->now + limit_ms(c->app->codes, "minor_approval", c->now))));
}

enum err absorb_assignable(struct ctx *c, const char *field, int64_t staff, int64_t kase)
{
	const char *why;
	TRY(people_assignable(c, staff, kase, &why));
	if (why)
		fault_field(c->f, field, why, NULL);
	return OK;
}

static enum err add_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "archived"))
		return fail(c->f, ERR_STATE, N_("This case is archived."), NULL);
	if (c->depth == 0 && rec_int(now, "staff") == c->actor->user)
		return fail(c->f, ERR_DENIED, N_("Nobody assigns herself. Please ask the head of the unit or the level above."), NULL);
	if (rec_has(now, "until") && rec_int(now, "until") + MS_DAY <= c->now)
		fault_field(c->f, "until", N_("This day has passed already."), NULL);
	TRY(absorb_assignable(c, "staff", rec_int(now, "staff"), k->id));
	TRY(see_children(&in, "team", k->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active") && rec_int(s.r[i], "staff") == rec_int(now, "staff"))
			fault_field(c->f, "staff", N_("She is on the team already."), NULL);
	if (approves(c))
		approve(c, now);
	now->org = k->org;
	now->owner = k->owner;
	now->area = k->area;
	return OK;
}

/* The case, and the clue it came from, so that she sees what was first said. */
static enum err put_access(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	TRY(access_drop(c, now));
	int64_t roots[] = { k->id, rec_int(k, "clue") }, staff = rec_int(now, "staff"), since = now->created;
	int64_t until = rec_has(now, "until") ? rec_int(now, "until") + MS_DAY : ACCESS_EVER;
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		TRY(access_put(c, now, staff, roots[i], ACCESS_TEAM, since, until));
		if (rec_has(now, "approved_until"))
			TRY(access_put(c, now, staff, roots[i], ACCESS_CHILD, since, rec_int(now, "approved_until") + MS_DAY));
	}
	return OK;
}

static enum err added(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(put_access(c, old, now));
	return c->depth == 0 ? notice_put(c, rec_int(now, "staff"), 0, now, N_("You were put on the team of a case")) : OK;
}

static enum err renew_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_int(now, "staff") == c->actor->user && c->depth == 0)
		return fail(c->f, ERR_DENIED, N_("Nobody approves for herself. Please ask the head of the unit or the level above."), NULL);
	approve(c, now);
	rec_clear(now, "reminded");
	return OK;
}

static enum err drop_access(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return access_drop(c, now);
}

static enum err remind_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "reminded", c->now);
	return OK;
}

#define HEADS(f, v, t, l, flds, prep, eff, ...)                                                                                              \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED, .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }, \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED, .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
static const struct step steps[] = {
	HEADS("", "create", "active", "Put on the team", "staff! part! until reason!", add_check, added, .flags = STEP_PRIMARY),
	HEADS("active", "renew", "=", "Approve or renew", "until reason!", renew_check, put_access, .flags = STEP_PRIMARY),
	HEADS("active", "remove", "ended", "Take off the team", "reason", NULL, drop_access, .flags = STEP_DANGER),
	INNER("", "assign", "active", "Put on the team", "staff! part!", add_check, added, .starts = NULL),
	INNER("active", "end", "ended", "Taken off", "", NULL, drop_access, .starts = NULL),
	INNER("active", "remind", "=", "Reminded", "", remind_it, NULL, .starts = NULL),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ, { R_FED, SC_ORG, SIGHT_FULL, .head = true }, { R_FED, SC_AREA, SIGHT_FULL, .head = true } };

const struct rtype team_type = {
	.name = "team", .table = "case_team", .label = N_("Team member"), .plural = N_("Team"), .title = "staff", .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants),
	.parent = "case", .level = 2, .guard = GUARD_PARENT,
};

/* ---- what the case's own steps do to its team ---- */


enum err absorb_assign(struct ctx *c, int64_t kase, int64_t staff, const char *part)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct done d;
	if (!staff)
		return OK;
	TRY(see_children(&in, "team", kase, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active") && rec_int(s.r[i], "staff") == staff) {
			if (str_is(rec_str(c, s.r[i], "part"), part) || strcmp(part, "desk") == 0)
				return OK;
			TRY(absorb_do(c, "team", s.r[i]->id, "end"));
		}
	return act_inner(c, &(struct act){ .type = "team", .verb = "assign", .parent = kase,
		INPUTS(INPUT("staff", id_text(c, staff)), INPUT("part", str_of(part))) }, &d);
}

/* Ends the rows of this part (NULL: all), but not those of `keep`. */
enum err absorb_dismiss(struct ctx *c, const struct rec *kase, const char *part, int64_t keep)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	/* Rows that a migration made for whoever led it. */
	TRY(access_drop(c, kase));
	TRY(see_children(&in, "team", kase->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active") && rec_int(s.r[i], "staff") != keep && (!part || str_is(rec_str(c, s.r[i], "part"), part)))
			TRY(absorb_do(c, "team", s.r[i]->id, "end"));
	return OK;
}

enum err absorb_team_follows(struct ctx *c, const struct rec *old, const struct rec *now)
{
	bool moved = old && old->org != now->org, other = (old ? old->owner : 0) != now->owner;
	if (moved)
		TRY(absorb_dismiss(c, now, NULL, now->owner));
	else if (old && other)
		TRY(absorb_dismiss(c, now, "lead", now->owner));
	if (now->owner && (moved || other))
		TRY(absorb_assign(c, now->id, now->owner, "lead"));
	return OK;
}

/* ---- the reminder ---- */

struct remind { int n; };

static enum err remind_one(struct ctx *c, const struct rec *m, struct remind *k)
{
	struct rec *kase;
	TRY(absorb_case(c, m, &kase));
	if (!rec_int(kase, "child") || rec_in(kase, "closed|archived"))
		return OK;
	TRY(notice_put(c, 0, kase->org, m, N_("An approval to read what concerns a child is about to end: renew it or let it end")));
	TRY(notice_put(c, rec_int(m, "staff"), 0, m, N_("Your approval to read what concerns a child is about to end: ask the head of the unit")));
	k->n++;
	return absorb_do(c, "team", m->id, "remind");
}

static enum err remind_all(struct ctx *c, void *arg)
{
	struct remind *k = arg;
	struct seen s = { 0 };
	BUF_AUTO to = BUF(64);
	date_put(&to, c->now + limit_ms(c->app->codes, "minor_remind", c->now));
	const struct filter by[] = { { STR("state"), STR("active") }, { STR("approved_until_to"), arena_str(c->a, buf_view(&to)) } };
	do {
		TRY(see(c, &(struct see){ .type = "team", .filters = by, .nfilters = 2, .limit = 500, .oldest = true, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++)
			if (!rec_has(s.r[i], "reminded"))
				TRY(remind_one(c, s.r[i], k));
	} while (s.next);
	return OK;
}

enum err absorb_remind(struct ctx *c, int *ret)
{
	struct remind k = { 0 };
	struct ctx in = ctx_inside(c);
	TRY(ctx_write(&in, remind_all, &k));
	*ret = k.n;
	return OK;
}
