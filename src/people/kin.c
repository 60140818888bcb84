/* Why: whoever works here has a family too, and it may be the one a case is about. Her own number and her relatives' are matched by
 * blind index and read by nobody: not by her head, not by an administrator.
 * Invariants: a row belongs to the staff member who wrote it; she alone sees and changes it. */
#include "people/inner.h"

static const struct field fields[] = {
	{ .name = "relation", .label = N_("Who it is"), .type = F_CODE, .of = "kin_relation", .flags = FF_NEED | FF_LIST },
	{ .name = "name", .label = N_("Name"), .type = F_NAME, .secrecy = S_MASKED, .flags = FF_LIST, .max = 40 },
	{ .name = "phone", .label = N_("Phone"), .type = F_PHONE, .secrecy = S_MASKED, .flags = FF_LIST | FF_BLIND },
	{ .name = "idno", .label = N_("ID number"), .type = F_IDNO, .secrecy = S_MASKED, .flags = FF_BLIND,
	  .help = N_("Only compared with the people in cases, so that you are kept out of your own family's. Nobody can read it.") },
};
static const struct state states[] = { { "active", N_("Declared"), true, NULL }, { "removed", N_("Taken back"), false, NULL } };

static enum err kin_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (!now->v[1].set && !now->v[2].set && !now->v[3].set)
		fault_field(c->f, "phone", N_("Please give a phone or an ID number."), NULL);
	return OK;
}

static enum err kin_made(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return people_conflicts_of_staff(c, now->parent);
}

#define MINE(f, v, t, l, flds, ...) \
	{ .from = f, .verb = v, .to = t, .label = l, .roles = PEOPLE_EVERY_POST, .scope = SC_OWNER, .fields = flds, __VA_ARGS__ }
static const struct step steps[] = {
	MINE("", "create", "active", N_("Declare a relative"), "relation! name phone idno", .prepare = kin_check, .effect = kin_made, .flags = STEP_PRIMARY),
	MINE("active", "edit", "=", N_("Edit"), "relation! name phone idno", .prepare = kin_check, .effect = kin_made),
	MINE("active", "remove", "removed", N_("Take back"), "", .flags = STEP_DANGER),
	MINE("removed", "restore", "active", N_("Declare again"), "", .effect = kin_made),
};
static const struct grant grants[] = { { PEOPLE_EVERY_POST, SC_OWNER, SIGHT_FULL } };

const struct rtype kin_type = {
	.name = "kin", .label = N_("Relative"), .plural = N_("Myself and my relatives"), .title = "name", .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants),
	.parent = "staff", .level = 2,
};
