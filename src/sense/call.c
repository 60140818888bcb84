/* Why: on 12338 each call is answered, and who called and got no answer is somebody's task; the telephone system knows both, the clerk needs the
 * number and what was heard from it before she has said a word.
 * Invariants: a call is told of by the telephone's own number for it, in whatever order its events come; a call back is never made by the
 * machine, for another may answer. */
#include "sense/clue.h"

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
static const struct field fields[] = {
	F("ref", "Number at the telephone system", F_TEXT, .flags = FF_NEED | FF_ONCE | FF_FILTER, .max = 80),
	F("line", "Line", F_TEXT, .flags = FF_LIST | FF_FILTER | FF_ONCE, .max = 20),
	F("phone", "Caller", F_PHONE, .secrecy = S_MASKED, .flags = FF_LIST | FF_BLIND | FF_ONCE),
	F("began", "Rang", F_TIME, .flags = FF_LIST | FF_ONCE),
	F("answered", "Answered at", F_TIME, .flags = FF_SYSTEM),
	F("ended", "When the call ended", F_TIME, .flags = FF_SYSTEM),
	F("seconds", "Seconds spoken", F_INT, .flags = FF_SYSTEM, .max = 86400),
	F("clue", "Clue", F_REF, .of = "clue", .flags = FF_SYSTEM | FF_LIST),
	F("settled_by", "How it was settled", F_CODE, .of = "call_settled", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 500),
};
static const struct state states[] = {
	{ "ringing", N_("Ringing"), true, "yellow" }, { "talking", N_("Speaking"), true, "yellow" }, { "missed", N_("Not answered"), true, "red" },
	{ "done", N_("Call is over"), false, "green" }, { "settled", N_("Call dealt with"), false, "green" },
};

static enum err rang(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (!rec_has(now, "began") || rec_int(now, "began") > c->now)
		rec_set_int(now, "began", c->now);
	return OK;
}

static enum err answered(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "answered", c->now);
	now->owner = c->actor->user;
	return OK;
}

static enum err ended(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t s = (c->now - rec_int(old, "answered")) / MS_SECOND;
	rec_set_int(now, "ended", c->now);
	rec_set_int(now, "seconds", s < 0 ? 0 : s > 86400 ? 86400 : s);
	return OK;
}

static enum err missed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "ended", c->now);
	return OK;
}

static enum err tell_missed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("A call was not answered: please look whether it is safe to call back"));
}

#define LINE (R(HOTLINE) | R(CITY))
static const struct step steps[] = {
	{ .from = "", .verb = "create", .to = "ringing", .label = N_("Call comes in"), .roles = LINE, .scope = SC_ORG, .fields = "ref! line phone began org", .prepare = rang },
	{ .from = "ringing", .verb = "answer", .to = "talking", .label = N_("Answer"), .roles = LINE, .scope = SC_ORG, .fields = "", .prepare = answered, .flags = STEP_PRIMARY },
	{ .from = "ringing", .verb = "miss", .to = "missed", .label = N_("Nobody answered"), .roles = LINE, .scope = SC_ORG, .fields = "", .prepare = missed,
	  .effect = tell_missed, .starts = "call.missed" },
	{ .from = "talking", .verb = "end", .to = "done", .label = N_("Call ended"), .roles = LINE, .scope = SC_ORG, .fields = "", .prepare = ended, .flags = STEP_PRIMARY },
	{ .from = "missed", .verb = "settle", .to = "settled", .label = N_("Settle"), .roles = LINE, .scope = SC_ORG, .fields = "settled_by! note", .meets = "call.missed",
	  .flags = STEP_PRIMARY },
	{ .from = "talking|done", .verb = "note_clue", .to = "=", .label = N_("Written down"), .roles = LINE, .scope = SC_ORG, .fields = "clue!", .flags = STEP_INTERNAL },
};
static const struct grant grants[] = { { LINE, SC_ORG, SIGHT_FULL, .head = true }, { R(LEADER), SC_AREA, SIGHT_MASKED, .head = true } };

const struct rtype call_type = {
	.name = "call", .table = "hotline_call", .label = N_("Incoming call"), .plural = N_("Calls"), .title = "line", .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .level = 2,
};

/* ---- the telephone system's events ---- */

static enum err call_by_ref(struct ctx *c, struct str ref, struct rec **ret)
{
	struct seen s;
	*ret = NULL;
	TRY(see(c, &(struct see){ .type = "call", .filters = (struct filter[]){ { STR("ref"), ref } }, .nfilters = 1, .limit = 1 }, &s));
	if (s.n)
		*ret = s.r[0];
	return OK;
}

static enum err step_to(struct ctx *c, const struct rec *r, const char *verb, struct done *d) { return act(c, &(struct act){ .type = "call", .verb = verb, .id = r->id }, d); }

enum err call_event(struct ctx *c, const struct call_event *e, int64_t *ret)
{
	struct rec *r;
	struct done d = { 0 };
	TRY(call_by_ref(c, e->ref, &r));
	if (!r) {
		TRY(act(c, &(struct act){ .type = "call", .verb = "create", .area = str_of(c->actor->area), .org = c->actor->org,
			INPUTS(INPUT("ref", e->ref), INPUT("line", e->line), INPUT("phone", e->phone)) }, &d));
		r = d.rec;
	}
	*ret = r->id;
	/* An event that came before another, or again, finds the call further on: what it tells is true already. */
	switch (e->what) {
	case CALL_RING:
		return OK;
	case CALL_ANSWER:
		return rec_in(r, "ringing") ? step_to(c, r, "answer", &d) : OK;
	case CALL_MISS:
		return rec_in(r, "ringing") ? step_to(c, r, "miss", &d) : OK;
	case CALL_END:
		if (rec_in(r, "ringing"))
			return step_to(c, r, "miss", &d);
		return rec_in(r, "talking") ? step_to(c, r, "end", &d) : OK;
	}
	return OK;
}
