/* Why: a warning letter is served by the police and a thing is taken into keeping by the shelter; what they handed out must be found again as it was, and in nobody
 * else's hands.
 * Who does what: the unit of the letter, the order, the report or the stay keeps its own papers by the verb "keep" of that record, numbers them in its own series,
 * enters them as signed, hands in the scan of the signed original, declares them void. The team of the case has its own register (issued.c) and does not see this one; nor does the federation above, nor any
 * other unit.
 * Invariants: those of issued.c; a shelter's paper is entered as signed by a second person of the shelter; no verb of the case or of its team leads here. A scan is of
 * its paper's case and unit, read by who reads the paper, and comes in by the paper's own verb alone: that a case is there gives nobody a place in it. */
#include "absorb/absorb.h"
#include "absorb/issued.h"
#include "record/files.h"

static const struct field fields[] = {
	F("form", "Form of paper", F_CODE, .of = "office_form", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("about", "Made of record", F_INT, .flags = FF_NEED | FF_FILTER | FF_ONCE | FF_UNSHOWN, .min = 1, .max = INT64_MAX),
	KEPT_FIELDS,
	F("before", "Edition before", F_REF, .of = "office_paper", .flags = FF_SYSTEM),
	F("signed_on", "Signed on", F_DATE, .flags = FF_LIST),
	F("signers", "Who signed", F_TEXT, .secrecy = S_SEALED, .max = 120, .help = N_("As on the paper: who received it, and the two who handed it over.")),
	F("kept_in", "Where the signed paper lies", F_TEXT, .secrecy = S_SEALED, .max = 120, .help = N_("File and page in the unit's own archive. No address.")),
	F("note", "Reason", F_TEXT, .secrecy = S_SEALED, .max = 300),
};

static const struct absorb_paper *form_of(struct ctx *c, const struct rec *r) { return issued_form(rec_str(c, r, "form"), KEPT_OFFICE); }

/* In the series of the unit when it has a sign; else after the number of what it was made of. */
static enum err number_it(struct ctx *c, const struct rec *about, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(absorb_number(c, now->org, now));
	if (now->number.n || !db_can_write(c->db))
		return OK;
	int64_t n;
	const struct filter by[] = { { STR("parent"), id_text(c, now->parent) }, { STR("about"), id_text(c, about->id) } };
	TRY(see(&in, &(struct see){ .type = "office_paper", .filters = by, .nfilters = 2, .limit = 200 }, &s));
	TRY(number_part(c, about->number, (int64_t)s.n, &n));
	now->number = arena_fmt(c->a, "%.*s之%lld", (int)about->number.n, about->number.p, (long long)n);
	return OK;
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	const struct absorb_paper *w = form_of(c, now);
	struct rec *r;
	(void)old;
	TRY(issued_fill(c, w, now));
	TRY(see_one(c, w->type, rec_int(now, "about"), &r));
	return number_it(c, r, now);
}

static enum err sign_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	const struct absorb_paper *w = form_of(c, now);
	if (w && strcmp(w->type, "stay") == 0 && c->actor->user == old->creator)
		return fail(c->f, ERR_DENIED, N_("A second person of the unit must enter this, not the one who kept the paper."), NULL);
	issued_day_fits(c, now);
	return OK;
}

enum err office_keep(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str name = rec_str(c, now, "paper");
	struct done d;
	(void)old;
	return act_inner(c, &(struct act){ .type = "office_paper", .verb = "keep", .parent = now->parent, .org = now->org, .owner = now->owner,
		INPUTS(INPUT("form", arena_fmt(c->a, "%s_%.*s", now->t->name, (int)name.n, name.p)), INPUT("about", id_text(c, now->id))) }, &d);
}

/* The file that came with the act becomes a record of its own beside the paper. */
static enum err scanned(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct done d;
	(void)old;
	return act_inner(c, &(struct act){ .type = "office_scan", .verb = "keep", .parent = now->parent, .org = now->org, .owner = now->owner, INPUTS(INPUT("paper", id_text(c, now->id))) }, &d);
}

static const struct step steps[] = {
	INNER("", "keep", "kept", "Number and keep", "form! about! own_number", create_check, NULL, .starts = NULL),
	PART("kept|signed", "own_number", "=", "Enter the unit's own number", "own_number!", issued_own_number, NULL, .starts = NULL),
	PART("kept", "sign", "signed", "Enter as signed", "signed_on! signers! kept_in", sign_check, NULL, .flags = STEP_PRIMARY),
	PART("kept|signed", "scan", "=", "Hand in the scan of the signed paper", "", NULL, scanned, .starts = NULL),
	PART("kept|signed", "void", "void", "Declare void", "note!", NULL, NULL, .flags = STEP_DANGER),
	INNER("*", "follow", "=", "Follow the case", "", absorb_follow_lead, NULL, .starts = NULL),
};
static const struct grant grants[] = { PART_READ };

const struct rtype office_paper_type = {
	.name = "office_paper", .label = N_("Paper of an office"), .plural = N_("Register of an office's papers"), .title = "form", .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = kept_states, .nstates = KEPT_STATES, .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.number = "档", .level = 4, .unlisted = true,
};

/* ---- the scan ---- */

enum err office_scan_open(struct ctx *c, int64_t paper)
{
	struct document d;
	struct rec *r;
	return issued_sheet(c, "office_paper", paper, &d, &r);
}

static const struct field scan_fields[] = { F("paper", "Paper of an office", F_REF, .of = "office_paper", .flags = FF_NEED | FF_FILTER | FF_ONCE), FILE_FIELDS };
static const struct state scan_states[] = { { "kept", N_("Kept"), true, NULL }, { "removed", N_("Put aside"), false, NULL } };
static const struct step scan_steps[] = {
	INNER("", "keep", "kept", "Hand in the scan of the signed paper", "paper!", file_create, NULL, .starts = NULL),
	PART("kept", "remove", "removed", "Put aside", "", NULL, NULL, .flags = STEP_DANGER),
	PART("removed", "restore", "kept", "Put back", "", NULL, NULL, .starts = NULL),
};

const struct rtype office_scan_type = {
	.name = "office_scan", .label = N_("Scan of an office's paper"), .plural = N_("Scans of an office's papers"), .title = "name", .fields = scan_fields, .nfields = ARRAY_LEN(scan_fields),
	.states = scan_states, .nstates = ARRAY_LEN(scan_states), .steps = scan_steps, .nsteps = ARRAY_LEN(scan_steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case",
	.guard = GUARD_PARENT, .level = 4, .file = true, .unlisted = true,
};
