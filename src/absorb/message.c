/* Why: who holds a receipt can say more, and be answered, without either side ever reading the other's words.
 * Invariants: each message is one side's, or answers the writer of one clue; there is none for both. What she wrote is not shown
 * back to her: somebody else may hold the phone. */
#include "absorb/absorb.h"

static const struct field fields[] = {
	F("side", "Side", F_CODE, .of = "side", .flags = FF_NEED | FF_LIST | FF_ONCE, .help = N_("Who reads it. The other side never learns of it.")),
	F("kind", "Kind of message", F_CODE, .of = "message_kind", .flags = FF_LIST | FF_SYSTEM),
	F("clue", "In answer to the writer of the clue", F_REF, .of = "clue", .flags = FF_ONCE),
	F("text", "Message", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_LIST | FF_ONCE, .max = 4000),
};
static const struct state states[] = {
	{ "waiting", N_("To be read"), true, "yellow" }, { "read", N_("Read"), false, NULL }, { "sent", N_("Ready for her"), false, "green" },
};

static enum err reply_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *clue, *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	rec_set_str(now, "kind", STR("reply"));
	if (str_is(rec_str(c, now, "side"), "both"))
		fault_field(c->f, "side", N_("A message goes to one side. Please write to each by itself."), NULL);
	bool hidden;
	TRY(absorb_hidden_side(c, k->id, rec_str(c, now, "side"), &hidden));
	if (hidden)
		fault_field(c->f, "side", N_("Somebody on this side is suspected of harming the child and must not learn of the case: nothing is written to this side."), NULL);
	if (rec_has(now, "clue")) {
		TRY(see_one(&in, "clue", rec_int(now, "clue"), &clue));
		if (rec_int(clue, "case_file") != k->id)
			fault_field(c->f, "clue", N_("This clue belongs to another case."), NULL);
		TRY(absorb_suspect_is(c, k->id, &(struct whom){ .name = rec_str(&in, clue, "reporter_name"), .phone = rec_str(&in, clue, "reporter_phone") }, true, &hidden));
		if (hidden)
			fault_field(c->f, "clue", N_("Who wrote this clue is suspected of harming the child and must not learn of the case."), NULL);
	}
	/* What hides somebody must not reach anybody by a message either. */
	struct str text = rec_str(c, now, "text");
	return text.n ? absorb_paper_clear(c, k->id, &text, 1) : OK;
}

static enum err told(struct ctx *c, const struct rec *old, struct rec *now)
{
	const char *what = str_is(rec_str(c, now, "kind"), "withdraw") ? N_("Somebody asks to withdraw: please speak with her alone first") : N_("Something was added to a case");
	(void)old;
	if (now->owner)
		TRY(notice_put(c, now->owner, 0, now, what));
	return notice_put(c, 0, now->org, now, what);
}

static const struct step steps[] = {
	TEAM("", "create", "sent", "Write to a side", "side! clue text!", reply_check, NULL, .flags = STEP_PRIMARY),
	TEAM("waiting", "read", "read", "Mark as read", "", NULL, NULL, .flags = STEP_PRIMARY),
	INNER("", "said", "waiting", "Added by her", "side! kind! clue text!", NULL, told, .starts = NULL),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ, SIDE_READ(SIGHT_FULL) };

const struct rtype message_type = {
	.name = "message", .label = N_("Message"), .plural = N_("Messages with each side"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.level = 3,
};
