/* Why: an agreement that is not in force protects nobody. Invariants: signed only with what the law asks (人民调解法 28–30). */
#include "absorb/absorb.h"
#include "record/metrics.h"

static const struct field fields[] = {
	F("form", "Form", F_CODE, .of = "agreement_form", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("side", "Whose paper", F_CODE, .of = "side", .flags = FF_SYSTEM),
	F("facts", "Main facts and points in dispute", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 5000),
	F("terms", "What was agreed", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 10000),
	F("performance", "How, where and when it is performed", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 2000),
	F("amount", "Amount", F_MONEY, .max = INT64_C(100000000000)),
	F("signed_on", "Signed on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("parties_signed", "The parties have signed or put their fingerprints", F_BOOL, .flags = FF_SYSTEM),
	F("mediator_signed", "The mediator has signed", F_BOOL, .flags = FF_SYSTEM),
	F("sealed", "The committee's seal is on it", F_BOOL, .flags = FF_SYSTEM),
	F("confirm_until", "Court confirmation may be asked until", F_DATE, .flags = FF_SYSTEM,
	  .help = N_("Both parties together, within 30 days. Divorce, parentage and adoption cannot be confirmed; money, maintenance and visiting can."),
	  .standard = "人民调解法第三十三条"),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
};
static const struct state states[] = {
	{ "draft", N_("Draft"), true, "yellow" }, { "signed", N_("In force"), true, "green" }, { "performed", N_("Performed"), false, "green" },
	{ "breached", N_("Breached"), false, "red" }, { "dropped", N_("Dropped"), false, NULL },
};

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	bool hidden;
	TRY(absorb_hidden_side(c, k->id, STR("both"), &hidden));
	if (hidden)
		return fail(c->f, ERR_STATE, N_("Somebody in this case must not learn of it: no agreement is made."), NULL);
	rec_set_str(now, "side", STR("both"));
	return rec_in(k, "mediating") ? OK : fail(c->f, ERR_STATE, N_("An agreement is reached while the case is in mediation."), NULL);
}

static enum err sign_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool written = str_is(rec_str(c, now, "form"), "written"), hidden;
	(void)old;
	TRY(absorb_hidden_side(c, now->parent, STR("both"), &hidden));
	if (hidden)
		return fail(c->f, ERR_STATE, N_("Somebody in this case must not learn of it: no agreement is made."), NULL);
	if (rec_int(now, "signed_on") > c->now)
		fault_field(c->f, "signed_on", N_("This lies in the future. Please check the date."), NULL);
	if (written && !rec_int(now, "parties_signed"))
		fault_field(c->f, "parties_signed", N_("A written agreement is in force when parties and mediator have signed and the seal is on it."), NULL);
	if (!rec_int(now, "mediator_signed"))
		fault_field(c->f, "mediator_signed", N_("The mediator signs: the agreement, or the record of an oral one."), NULL);
	if (written && !rec_int(now, "sealed"))
		fault_field(c->f, "sealed", N_("A written agreement is in force when parties and mediator have signed and the seal is on it."), NULL);
	rec_set_int(now, "confirm_until", day_start(day_of(term_end(c->app->calendar, rec_int(now, "signed_on"), TERM_DAY, 30, NULL) - 1)));
	return OK;
}

static enum err perform_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = absorb_inside(c);
	struct seen s;
	(void)old;
	TRY(see_children(&in, "duty", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_int(s.r[i], "agreement") == now->id && rec_in(s.r[i], "open|late"))
			return fail(c->f, ERR_STATE, N_("A duty of this agreement is not done yet."), NULL);
	return OK;
}

static const struct step steps[] = {
	TEAM("", "create", "draft", "Write an agreement", "form! facts! terms! performance! amount", create_check, NULL, .flags = STEP_PRIMARY),
	TEAM("draft", "edit", "=", "Edit", "facts! terms! performance! amount", NULL, NULL, .starts = NULL),
	TEAM("draft", "sign", "signed", "Signed", "signed_on! parties_signed mediator_signed! sealed", sign_check, NULL, .flags = STEP_PRIMARY),
	TEAM("draft", "drop", "dropped", "Drop", "note", NULL, NULL, .flags = STEP_DANGER),
	TEAM("signed", "perform", "performed", "Fully performed", "note", perform_check, NULL, .flags = STEP_PRIMARY),
	TEAM("signed", "breach", "breached", "Mark as breached", "note!", NULL, NULL, .flags = STEP_DANGER),
	TEAM("breached", "mend", "signed", "Performed after all", "note!", NULL, NULL, .starts = NULL),
	FOLLOW,
};
/* The federation above counts them; what was agreed stays with the team. */
static const struct grant grants[] = { TEAM_READ, SIDE_READ(SIGHT_FULL), { R_FED, SC_AREA, SIGHT_MASKED } };

static int tallies(const struct rec *r, struct tally_cell out[TALLY_MAX])
{
	if (!rec_has(r, "signed_on"))
		return 0;
	out[0] = (struct tally_cell){ .metric = METRIC_AGREEMENT, .ms = rec_int(r, "signed_on"), .outcome = r->v[field_at(r->t, "form")].s };
	return 1;
}

const struct rtype agreement_type = {
	.name = "agreement", .label = N_("Agreement"), .plural = N_("Mediation agreements"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.number = "协", .level = 3, .tallies = tallies,
};
