/* Why: what a side hands in to prove what it says is the case's, and never the other side's by accident.
 * Invariants: each paper is one side's or both sides', and its side never changes; a party reads only what the team has shown to it, and of a picture the copy
 * made anew: the place where her phone took it stays in the sealed original. Taken out is put aside, not destroyed: it is evidence. */
#include "absorb/absorb.h"
#include "record/files.h"

static const struct field fields[] = {
	F("side", "Whose it is", F_CODE, .of = "side", .flags = FF_NEED | FF_LIST | FF_ONCE, .help = N_("The other side never learns of it. It cannot be changed later.")),
	F("session", "Handed in at the session", F_REF, .of = "session", .flags = FF_FILTER),
	F("visit", "Handed in at the visit", F_REF, .of = "visit", .flags = FF_FILTER),
	FILE_FIELDS,
};
static const struct state states[] = {
	{ "kept", N_("Kept"), true, NULL }, { "shared", N_("Shown to its side"), true, "green" }, { "removed", N_("Put aside"), false, NULL },
};

static enum err same_case(struct ctx *c, struct rec *now, const char *type)
{
	struct ctx in = ctx_inside(c);
	struct rec *r;
	if (!rec_has(now, type))
		return OK;
	TRY(see_one(&in, type, rec_int(now, type), &r));
	if (r->parent != now->parent)
		fault_field(c->f, type, N_("This belongs to another case."), NULL);
	return OK;
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "archived"))
		return fail(c->f, ERR_STATE, N_("This case is archived: nothing can be added to its file."), NULL);
	TRY(same_case(c, now, "session"));
	TRY(same_case(c, now, "visit"));
	return file_create(c, old, now);
}

static enum err change_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(same_case(c, now, "session"));
	return same_case(c, now, "visit");
}

/* A picture is shown as its copy; without one there is nothing that could be shown safely. */
static enum err share_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool hidden;
	TRY(absorb_hidden_side(c, now->parent, rec_str(c, now, "side"), &hidden));
	if (hidden)
		return fail(c->f, ERR_STATE, N_("Somebody on this side is suspected of harming the child and must not learn of the case: nothing is shown to this side."), NULL);
	bool picture = str_is(code_more(c->app->codes, "file_type", rec_str(c, now, "type"), "group"), "image");
	(void)old;
	if (picture && !rec_int(now, "preview"))
		return fail(c->f, ERR_STATE, N_("There is no copy of this picture without the place where it was taken, so it is not shown. Please hand it in once more as JPEG."), NULL);
	return OK;
}

static enum err told(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (now->owner)
		TRY(notice_put(c, now->owner, 0, now, N_("Something was added to a case")));
	return notice_put(c, 0, now->org, now, N_("Something was added to a case"));
}

#define READER(f, v, t, l, flds, prep, ...)                                                                                              \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_TEAM, .scope = SC_PARENT, .fields = flds, .prepare = prep, __VA_ARGS__ }
static const struct step steps[] = {
	READER("", "create", "kept", "Add papers", "side! kind note session visit", create_check, .flags = STEP_PRIMARY),
	READER("kept|shared", "describe", "=", "Describe", "kind note session visit", change_check, .flags = 0),
	READER("kept", "share", "shared", "Show it to its side", "", share_check, .flags = STEP_DANGER),
	READER("shared", "hide", "kept", "No longer show it", "", NULL, .flags = 0),
	READER("kept|shared", "remove", "removed", "Put aside", "", NULL, .flags = STEP_DANGER),
	READER("removed", "restore", "kept", "Put back", "", NULL, .flags = 0),
	INNER("shared", "withhold", "kept", "No longer show it", "", NULL, NULL, .starts = NULL),
	INNER("", "said", "kept", "Added by her", "side! kind note", create_check, told, .starts = NULL),
};
/* head: an approval that a child's case asks for was asked when the case was opened to her. */
static const struct grant grants[] = {
	{ R_TEAM, SC_PARENT, SIGHT_FULL, .head = true }, { R_FED | R(MEDIATOR) | R(LIAISON), SC_GLASS, SIGHT_FULL }, { R(CITIZEN), SC_SIDE, SIGHT_FULL, .states = "shared", .head = true },
};

const struct rtype document_type = {
	.name = "document", .label = N_("Paper"), .plural = N_("Papers and photos"), .title = "name", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.level = 3, .file = true, .unlisted = true,
};
