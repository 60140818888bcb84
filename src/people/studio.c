/* Why: a mediator who is away, or too near to the parties, must not be given a case; and who is good at this work shows in what she has learnt, not
 * in how fast she closes (人民调解法 13–16).
 * Invariants: leave is a span of days, and only one at a time; while it runs nobody is given her a case. Units she keeps away from are named by
 * herself or by the federation, with a reason that only they read. A room belongs to a studio. */
#include "people/inner.h"
#include "record/files.h"

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
#define HEAD_AND_SELF(f, v, t, l, flds, prep, ...)                                                                                         \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED, .scope = SC_AREA, .fields = flds, .prepare = prep, __VA_ARGS__ },     \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(MEDIATOR), .scope = SC_OWNER, .fields = flds, .prepare = prep, __VA_ARGS__ }
#define HEADS(f, v, t, l, flds, prep, eff, ...)                                                                                            \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED, .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }

/* ---- room ---- */

static const struct field room_fields[] = {
	F("name", "Name of the room", F_TEXT, .flags = FF_NEED | FF_LIST, .max = 40),
	F("seats", "Seats", F_INT, .flags = FF_LIST, .min = 1, .max = 500),
	F("apart", "Both sides can come and wait apart", F_BOOL, .flags = FF_LIST | FF_FILTER, .help = N_("A door and a waiting room for each side: with violence no other room is booked for both on one day.")),
	F("note", "Note", F_TEXT, .max = 200),
};
static const struct state room_states[] = { { "active", N_("In use"), true, "green" }, { "closed", N_("Not in use"), false, NULL } };
static const struct step room_steps[] = {
	HEADS("", "create", "active", "Add a room", "*", NULL, NULL, .flags = STEP_PRIMARY),
	HEADS("active", "edit", "=", "Edit", "*", NULL, NULL, .starts = NULL),
	HEADS("active", "close", "closed", "Take out of use", "", NULL, NULL, .flags = STEP_DANGER),
	HEADS("closed", "reopen", "active", "Back in use", "", NULL, NULL, .starts = NULL),
};
static const struct grant room_read[] = { { PEOPLE_EVERY_POST, SC_ALL, SIGHT_FULL } };
const struct rtype room_type = {
	.name = "room", .label = N_("Room"), .plural = N_("Rooms"), .title = "name", .fields = room_fields, .nfields = ARRAY_LEN(room_fields),
	.states = room_states, .nstates = ARRAY_LEN(room_states), .steps = room_steps, .nsteps = ARRAY_LEN(room_steps), .read = room_read,
	.nread = ARRAY_LEN(room_read), .parent = "studio", .level = 1,
};

/* ---- leave ---- */

static const struct field leave_fields[] = {
	F("kind", "Kind of leave", F_CODE, .of = "leave_kind", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("from_on", "From day", F_DATE, .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("to_on", "Until", F_DATE, .flags = FF_NEED | FF_LIST | FF_FILTER, .help = N_("The last day of the leave.")),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("back_on", "Came back", F_DATE, .flags = FF_SYSTEM | FF_LIST),
};
static const struct state leave_states[] = { { "set", N_("Leave entered"), true, "yellow" }, { "back", N_("Back again"), false, "green" }, { "dropped", N_("Not taken"), false, NULL } };

static enum err leave_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	if (rec_int(now, "to_on") < rec_int(now, "from_on"))
		fault_field(c->f, "to_on", N_("The last day lies before the first."), NULL);
	else if (rec_int(now, "to_on") - rec_int(now, "from_on") > 730 * MS_DAY)
		fault_field(c->f, "to_on", N_("At most two years. Who stays away longer has left the post."), NULL);
	else if (!old && rec_int(now, "to_on") + MS_DAY <= c->now)
		fault_field(c->f, "to_on", N_("This day has passed already."), NULL);
	TRY(see_children(&in, "leave", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (s.r[i]->id != now->id && rec_in(s.r[i], "set") && rec_int(s.r[i], "from_on") <= rec_int(now, "to_on") && rec_int(now, "from_on") <= rec_int(s.r[i], "to_on"))
			fault_field(c->f, "from_on", N_("There is a leave on these days already."), NULL);
	return OK;
}

static enum err back_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "back_on", day_start(day_of(c->now)));
	return OK;
}

static enum err drop_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)now;
	return rec_int(old, "from_on") <= c->now ? fail(c->f, ERR_STATE, N_("It has begun: please use “She is back”."), NULL) : OK;
}

static const struct step leave_steps[] = {
	HEAD_AND_SELF("", "create", "set", "Enter leave", "kind! from_on! to_on! note", leave_check, .flags = STEP_PRIMARY),
	HEAD_AND_SELF("set", "edit", "=", "Edit", "kind! from_on! to_on! note", leave_check, .starts = NULL),
	HEAD_AND_SELF("set", "back", "back", "She is back", "", back_check, .flags = STEP_PRIMARY),
	HEAD_AND_SELF("set", "drop", "dropped", "Leave not taken", "", drop_check, .flags = STEP_DANGER),
};
/* That she is away everybody who could give her a case may know; why, only she and who leads her. */
static const struct grant leave_read[] = { { R_FED, SC_AREA, SIGHT_FULL }, { R(MEDIATOR), SC_OWNER, SIGHT_FULL }, { R_STAFF, SC_ORG, SIGHT_MASKED } };
const struct rtype leave_type = {
	.name = "leave", .table = "mediator_leave", .label = N_("Leave"), .plural = N_("Leaves"), .title = "kind", .fields = leave_fields, .nfields = ARRAY_LEN(leave_fields),
	.states = leave_states, .nstates = ARRAY_LEN(leave_states), .steps = leave_steps, .nsteps = ARRAY_LEN(leave_steps), .read = leave_read,
	.nread = ARRAY_LEN(leave_read), .parent = "mediator", .level = 2,
};

/* ---- training: the energy pack ---- */

static const struct field training_fields[] = {
	F("topic", "Subject", F_TEXT, .flags = FF_NEED | FF_LIST, .max = 120),
	F("kind", "Kind of training", F_CODE, .of = "training_kind", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("held_on", "Held on", F_DATE, .flags = FF_NEED | FF_LIST),
	F("hours", "Hours", F_INT, .flags = FF_NEED | FF_LIST, .min = 1, .max = 400),
	F("giver", "Given by", F_TEXT, .max = 80),
	F("passed", "Examined and passed", F_BOOL, .flags = FF_LIST),
};
static const struct state training_states[] = { { "kept", N_("Recorded"), false, NULL }, { "void", N_("Entered by mistake"), false, NULL } };
static enum err training_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_int(now, "held_on") > c->now)
		fault_field(c->f, "held_on", N_("This lies in the future. Please check the date."), NULL);
	return OK;
}
static const struct step training_steps[] = {
	HEADS("", "create", "kept", "Add a training", "*", training_check, NULL, .flags = STEP_PRIMARY),
	HEADS("kept", "edit", "=", "Edit", "*", training_check, NULL, .starts = NULL),
	HEADS("kept", "void", "void", "Entered by mistake", "", NULL, NULL, .flags = STEP_DANGER),
};
static const struct grant training_read[] = { { R_FED, SC_AREA, SIGHT_FULL }, { R(MEDIATOR), SC_OWNER, SIGHT_FULL } };
const struct rtype training_type = {
	.name = "training", .table = "mediator_training", .label = N_("Training"), .plural = N_("Energy pack"), .title = "topic", .fields = training_fields,
	.nfields = ARRAY_LEN(training_fields), .states = training_states, .nstates = ARRAY_LEN(training_states), .steps = training_steps,
	.nsteps = ARRAY_LEN(training_steps), .read = training_read, .nread = ARRAY_LEN(training_read), .parent = "mediator", .level = 1,
};

/* ---- certificates: what a training, an examination or an honour is proved by ---- */

static const struct field certificate_fields[] = { FILE_FIELDS };
static const struct state certificate_states[] = { { "kept", N_("Kept"), true, NULL }, { "removed", N_("Put aside"), false, NULL } };
static const struct step certificate_steps[] = {
	HEAD_AND_SELF("", "create", "kept", "Add a certificate", "kind note", file_create, .flags = STEP_PRIMARY),
	HEAD_AND_SELF("kept", "describe", "=", "Describe", "kind note", NULL, .flags = 0),
	HEADS("kept", "remove", "removed", "Put aside", "", NULL, NULL, .flags = STEP_DANGER),
	HEADS("removed", "restore", "kept", "Put back", "", NULL, NULL, .flags = 0),
};
static const struct grant certificate_read[] = { { R_FED, SC_AREA, SIGHT_FULL }, { R(MEDIATOR), SC_OWNER, SIGHT_FULL } };
const struct rtype certificate_type = {
	.name = "certificate", .label = N_("Certificate file"), .plural = N_("Certificate files"), .title = "name", .fields = certificate_fields, .nfields = ARRAY_LEN(certificate_fields),
	.states = certificate_states, .nstates = ARRAY_LEN(certificate_states), .steps = certificate_steps, .nsteps = ARRAY_LEN(certificate_steps), .read = certificate_read,
	.nread = ARRAY_LEN(certificate_read), .parent = "mediator", .level = 2, .file = true, .unlisted = true,
};

enum err people_training_norm(struct ctx *c, int64_t *ret) { return setting_count(c, "training.hours", TRAINING_HOURS, 1, 400, ret); }

/* mediators: "1|2", empty: all. */
static enum err training_of(struct ctx *c, int year, struct str mediators, struct map *ret)
{
	struct seen s = { 0 };
	const struct filter by[] = { { STR("state"), STR("kept") }, { STR("held_on_from"), date_str(c->a, day_start(month_first(year, 1))) },
		{ STR("held_on_to"), date_str(c->a, day_start(month_first(year + 1, 1)) - MS_DAY) }, { STR("parent"), mediators } };
	do {
		TRY(see(c, &(struct see){ .type = "training", .filters = by, .nfilters = mediators.n ? 4 : 3, .limit = 500, .oldest = true, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct training_sum *t = map_geti(ret, s.r[i]->parent);
			if (!t) {
				t = NEW(c->a, struct training_sum);
				map_puti(ret, s.r[i]->parent, t);
			}
			t->hours += rec_int(s.r[i], "hours");
			t->passed += rec_int(s.r[i], "passed") != 0;
			t->n++;
		}
	} while (s.next);
	return OK;
}

enum err people_training_year(struct ctx *c, int year, int64_t mediator, struct map *ret) { return training_of(c, year, mediator ? id_text(c, mediator) : STR_NONE, ret); }

enum err people_training_studio(struct ctx *c, int year, const struct rec *studio, struct seen *ret_mediators, struct map *ret)
{
	struct ctx in = ctx_inside(c);
	const struct filter by[] = { { STR("studio"), id_text(c, studio->id) }, { STR("state"), STR("active") } };
	BUF_AUTO b = BUF(16384);
	bool head = c->actor->user && rec_int(studio, "head") == c->actor->user && rec_in(studio, "active");
	if (!head && may(c, studio->t, "edit", studio) != MAY_ALLOW)
		return fail(c->f, ERR_DENIED, NULL, "training of a studio");
	TRY(see(&in, &(struct see){ .type = "mediator", .filters = by, .nfilters = 2, .limit = 200, .oldest = true }, ret_mediators));
	for (size_t i = 0; i < ret_mediators->n; i++)
		buf_printf(&b, "%s%lld", i ? "|" : "", (long long)ret_mediators->r[i]->id);
	return ret_mediators->n ? training_of(&in, year, arena_str(c->a, buf_view(&b)), ret) : OK;
}

/* ---- units she keeps away from ---- */

static const struct field avoid_fields[] = {
	F("unit", "Unit", F_REF, .of = "org", .flags = FF_NEED | FF_LIST | FF_ONCE, .help = N_("Cases that this unit has sent or has to handle are not given to her. Persons she declares on her own page, as relatives.")),
	F("why", "Reason", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED, .max = 200),
};
static const struct state avoid_states[] = { { "active", N_("Keeps away"), true, "yellow" }, { "ended", N_("Over"), false, NULL } };
static const struct step avoid_steps[] = {
	HEAD_AND_SELF("", "create", "active", "Keep away from a unit", "unit! why!", NULL, .flags = STEP_PRIMARY),
	HEADS("active", "end", "ended", "No longer", "why!", NULL, NULL, .flags = STEP_DANGER),
};
static const struct grant avoid_read[] = { { R_FED, SC_AREA, SIGHT_FULL }, { R(MEDIATOR), SC_OWNER, SIGHT_FULL } };
const struct rtype avoid_type = {
	.name = "avoid", .table = "mediator_avoid", .label = N_("Unit she keeps away from"), .plural = N_("Units she keeps away from"), .title = "unit", .fields = avoid_fields,
	.nfields = ARRAY_LEN(avoid_fields), .states = avoid_states, .nstates = ARRAY_LEN(avoid_states), .steps = avoid_steps, .nsteps = ARRAY_LEN(avoid_steps),
	.read = avoid_read, .nread = ARRAY_LEN(avoid_read), .parent = "mediator", .level = 2,
};

/* ---- what others ask ---- */

/* Leaves that cover the moment; staff 0: everybody's. */
static enum err leaves_at(struct ctx *c, int64_t staff, int64_t ms, struct seen *ret)
{
	struct ctx in = ctx_inside(c);
	struct str day = date_str(c->a, ms);
	struct filter by[4] = { { STR("state"), STR("set") }, { STR("from_on_to"), day }, { STR("to_on_from"), day } };
	size_t n = 3;
	*ret = (struct seen){ 0 };
	if (!type_find(c->app, STR("leave")))
		return OK;
	if (staff)
		by[n++] = (struct filter){ STR("owner"), arena_fmt(c->a, "%lld", (long long)staff) };
	return see(&in, &(struct see){ .type = "leave", .filters = by, .nfilters = n, .limit = 500 }, ret);
}

enum err people_away(struct ctx *c, int64_t staff, int64_t ms, int64_t *ret_until)
{
	struct seen s;
	*ret_until = 0;
	TRY(leaves_at(c, staff, ms, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_int(s.r[i], "to_on") > *ret_until)
			*ret_until = rec_int(s.r[i], "to_on");
	return OK;
}

enum err people_all_away(struct ctx *c, int64_t ms, int64_t *ret, size_t max, size_t *ret_n)
{
	struct seen s;
	TRY(leaves_at(c, 0, ms, &s));
	*ret_n = 0;
	for (size_t i = 0; i < s.n && *ret_n < max; i++)
		ret[(*ret_n)++] = s.r[i]->owner;
	return OK;
}

enum err people_avoids(struct ctx *c, int64_t mediator, const int64_t *units, size_t n, bool *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	*ret = false;
	if (!mediator || !type_find(c->app, STR("avoid")))
		return OK;
	TRY(see_children(&in, "avoid", mediator, &s));
	for (size_t i = 0; i < s.n; i++)
		for (size_t k = 0; k < n; k++)
			*ret |= rec_in(s.r[i], "active") && units[k] && rec_int(s.r[i], "unit") == units[k];
	return OK;
}
