/* Why: a photo says in a second what a message cannot. What came with a clue is for who may read the clue in full, whoever that is at
 * the moment: the desk while it screens, who reported it, the team of the case that came of it.
 * Invariants: nothing of it goes back to who sent it: somebody else may hold the phone. */
#include "record/files.h"
#include "sense/clue.h"

static const struct field fields[] = { FILE_FIELDS };
static const struct state states[] = { { "kept", N_("Kept"), true, NULL }, { "removed", N_("Put aside"), false, NULL } };

static enum err told(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (now->owner)
		TRY(notice_put(c, now->owner, 0, now, N_("Something was added to a clue")));
	return notice_put(c, 0, now->org, now, N_("Something was added to a clue"));
}

#define READER(f, v, t, l, flds, prep, ...)                                                                                              \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_STAFF, .scope = SC_PARENT, .fields = flds, .prepare = prep, __VA_ARGS__ }
static const struct step steps[] = {
	READER("", "create", "kept", "Add papers", "kind note", file_create, .flags = STEP_PRIMARY),
	READER("kept", "describe", "=", "Describe", "kind note", NULL, .flags = 0),
	READER("kept", "remove", "removed", "Put aside", "", NULL, .flags = STEP_DANGER),
	READER("removed", "restore", "kept", "Put back", "", NULL, .flags = 0),
	{ .from = "", .verb = "said", .to = "kept", .label = N_("Added by her"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "kind note", .prepare = file_create, .effect = told,
	  .flags = STEP_INTERNAL },
};
static const struct grant grants[] = { { R_STAFF, SC_PARENT, SIGHT_FULL, .head = true }, { R_FED | R(MEDIATOR) | R(LIAISON), SC_GLASS, SIGHT_FULL } };

const struct rtype clue_document_type = {
	.name = "clue_document", .label = N_("Paper of a clue"), .plural = N_("Papers and photos of a clue"), .title = "name", .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "clue",
	.guard = GUARD_PARENT, .level = 3, .file = true, .unlisted = true,
};
