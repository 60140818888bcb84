/* Why: a session needs a room, a person and an hour, and with violence two people must not meet on the stairs.
 * Who does what: the team of the case books, moves, cancels; the calendar is everybody's who may see the record.
 * Invariants: absorb_time_free() holds for whatever stands as booked; with violence both sides are never booked together, nor within an hour of each
 * other in one studio (反家庭暴力法 5). What is cancelled stays, with its reason, so that a calendar elsewhere learns of it. */
#include "absorb/absorb.h"
#include "absorb/timed.h"
#include "people/people.h"

static const struct field fields[] = {
	F("kind", "What is booked", F_CODE, .of = "booking_kind", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("at", "When", F_TIME, .flags = FF_NEED | FF_LIST),
	F("minutes", "Minutes", F_INT, .flags = FF_NEED | FF_LIST, .min = 10, .max = 480),
	F("room", "Room", F_REF, .of = "room", .flags = FF_LIST | FF_FILTER),
	F("staff", "Who holds it", F_REF, .of = "staff", .flags = FF_LIST | FF_FILTER, .help = N_("Empty: who leads the case.")),
	F("side", "Who is asked to come", F_CODE, .of = "side", .flags = FF_NEED),
	F("place", "Where, if in no room of a studio", F_TEXT, .secrecy = S_SEALED, .max = 120),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("anyway", "On a day off all the same", F_BOOL),
};
static const struct state states[] = { { "booked", N_("Booked"), true, "yellow" }, { "held", N_("Took place"), false, "green" }, { "cancelled", N_("Cancelled"), false, NULL } };

/* The other side in the same house within an hour before or after. */
static enum err sides_apart(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct rec *mine, *theirs;
	int64_t from = rec_int(now, "at"), to = from + rec_int(now, "minutes") * MS_MINUTE;
	if (!rec_has(now, "room"))
		return OK;
	TRY(see_one(&in, "room", rec_int(now, "room"), &mine));
	TRY(see_children(&in, "booking", now->parent, &s));
	for (size_t i = 0; i < s.n; i++) {
		const struct rec *o = s.r[i];
		int64_t f = rec_int(o, "at"), t = f + rec_int(o, "minutes") * MS_MINUTE;
		if (o->id == now->id || !rec_in(o, "booked") || !rec_has(o, "room") || str_eq(rec_str(c, o, "side"), rec_str(c, now, "side")) || f >= to + MS_HOUR || from >= t + MS_HOUR)
			continue;
		TRY(see_one(&in, "room", rec_int(o, "room"), &theirs));
		if (theirs->parent == mine->parent)
			fault_field(c->f, "at", N_("Domestic violence: the other side is booked in this house within an hour. Please choose another time or place."), NULL);
	}
	return OK;
}

static enum err book_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	TRY(absorb_case(c, now, &k));
	if (!rec_has(now, "at") || !rec_has(now, "minutes"))
		return OK;
	if (rec_in(k, "closed|archived"))
		return fail(c->f, ERR_STATE, N_("This case is closed. Please reopen it first."), NULL);
	if (!rec_has(now, "staff") && k->owner)
		rec_set_int(now, "staff", k->owner);
	if (rec_int(now, "at") < c->now - 5 * MS_MINUTE && (!old || rec_changed(c, old, now, "at")))
		fault_field(c->f, "at", N_("This time has passed already."), NULL);
	if (rec_int(now, "at") > c->now + 400 * MS_DAY)
		fault_field(c->f, "at", N_("This is more than a year away. Please check the date."), NULL);
	if (rec_int(k, "violence") && str_is(rec_str(c, now, "side"), "both"))
		fault_field(c->f, "side", N_("Domestic violence: both sides must not meet. Please speak with each apart."), NULL);
	if (rec_int(k, "violence"))
		TRY(sides_apart(c, now));
	bool hidden;
	TRY(absorb_hidden_side(c, k->id, rec_str(c, now, "side"), &hidden));
	if (hidden)
		fault_field(c->f, "side", N_("Somebody on this side is suspected of harming the child and must not learn of the case: no appointment is made."), NULL);
	bool once;
	TRY(absorb_asked_once(c, k->id, &once));
	if (once && str_is(rec_str(c, now, "side"), "child") && !str_is(rec_str(c, now, "kind"), "visit"))
		fault_field(c->f, "side", N_("The child is received jointly and asked once: please ask for the record there, not the child."), NULL);
	if (rec_has(now, "staff") && rec_int(now, "staff") != k->owner)
		TRY(absorb_assignable(c, "staff", rec_int(now, "staff"), k->id));
	return absorb_time_free(c, now, absorb_timed_of("booking"));
}

static enum err booked(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t staff = rec_int(now, "staff");
	bool moved = !old || rec_changed(c, old, now, "at") || rec_changed(c, old, now, "room") || rec_changed(c, old, now, "staff");
	return moved && staff && staff != c->actor->user ? notice_put(c, staff, 0, now, N_("Your calendar has changed")) : OK;
}

static enum err held_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)now;
	return rec_int(old, "at") > c->now ? fail(c->f, ERR_STATE, N_("Its time has not come yet."), NULL) : OK;
}

/* With the lead of the case goes what the one before had booked; where the new one is busy it stays, for a person to move. */
static enum err follow(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool clash = true;
	TRY(absorb_follow(c, old, now));
	if (!rec_in(now, "booked") || rec_int(now, "staff") != old->owner || !now->owner || now->owner == old->owner)
		return OK;
	TRY(absorb_time_clash(c, now->parent, old->owner, now->owner, &clash));
	if (!clash)
		rec_set_int(now, "staff", now->owner);
	return OK;
}

#define SAID "kind! at! minutes! room staff side! place note anyway"
static const struct step steps[] = {
	TEAM("", "create", "booked", "Book an appointment", SAID, book_check, booked, .flags = STEP_PRIMARY),
	TEAM("booked", "move", "=", "Move it", SAID, book_check, booked, .starts = NULL),
	TEAM("booked", "held", "held", "It took place", "note", held_check, NULL, .flags = STEP_PRIMARY),
	TEAM("booked", "cancel", "cancelled", "Cancel it", "note!", NULL, booked, .flags = STEP_DANGER),
	INNER("booked", "off", "cancelled", "No longer due", "", NULL, booked, .starts = NULL),
	INNER("*", "follow", "=", "Follow the case", "", follow, NULL, .starts = NULL),
};
/* The unit sees that room and person are taken, and by which case; what is said and where else, the team alone. */
static const struct grant grants[] = { TEAM_READ, { R_FED | R(MEDIATOR) | R(LIAISON), SC_ORG, SIGHT_MASKED } };

const struct rtype booking_type = {
	.name = "booking", .label = N_("Appointment"), .plural = N_("Appointments"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
};
