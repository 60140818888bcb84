/* Why: a shelter's address, a new school, the place where a child is hidden: one person who is bribed, threatened or tricked must not be
 * enough to learn it, and nobody may learn it by accident.
 * Invariants: opened only by two different persons of the posts below, one who asks with a reason and one who agrees within half an
 * hour; once, for ten minutes, to who asked; each step and each look is journaled and told; the value is in no list, search, export, paper
 * or address of a page. For everybody else it does not exist. Who put it there sees it no more than others. */
#include "absorb/absorb.h"
#include "people/people.h"

#define POSTS_SEE { R(CITY), SC_AREA, SIGHT_MASKED }, { R(LIAISON), SC_ORG, SIGHT_MASKED }
#define POSTS(f, v, t, l, flds, prep, eff, ...)                                                                                          \
	{ .from = f, .verb = v, .to = t, .label = l, .roles = R(CITY), .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }, \
	{ .from = f, .verb = v, .to = t, .label = l, .roles = R(LIAISON), .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }

/* ---- what is kept ---- */

static const struct field vault_fields[] = {
	F("kind", "What is kept", F_CODE, .of = "vault_kind", .flags = FF_NEED | FF_LIST),
	F("party", "Whose", F_REF, .of = "party", .flags = FF_LIST),
	F("kept", "Content", F_LONG, .secrecy = S_VAULT, .flags = FF_NEED | FF_HEAVY, .max = 1000,
	  .help = N_("Once saved it is shown to nobody, not to you either, until two persons of the city’s posts open it together.")),
};
static const struct state vault_states[] = { { "kept", N_("Sealed"), true, NULL }, { "over", N_("No longer true"), false, NULL } };

static enum err vault_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *p;
	(void)old;
	if (!rec_has(now, "party"))
		return OK;
	TRY(see_one(&in, "party", rec_int(now, "party"), &p));
	if (p->parent != now->parent)
		fault_field(c->f, "party", N_("This party belongs to another case."), NULL);
	return OK;
}

/* Who is kept from the case is kept from what is sealed in it, and from every opening of that. */
static enum err keep_shut(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return access_copy_out(c, now->parent, now->id);
}

static const struct step vault_steps[] = {
	{ .from = "", .verb = "create", .to = "kept", .label = N_("Seal an entry"), .roles = R(CITY), .scope = SC_AREA, .fields = "kind! party kept!",
	  .effect = keep_shut },
	TEAM("", "create", "kept", "Seal an entry", "kind! party kept!", NULL, keep_shut, .starts = NULL),
	POSTS("kept", "replace", "=", N_("Replace"), "kind! party kept!", NULL, NULL, .starts = NULL),
	POSTS("kept", "end", "over", N_("No longer true"), "", NULL, NULL, .flags = STEP_DANGER),
	FOLLOW,
};
static const struct grant vault_grants[] = { POSTS_SEE };

const struct rtype vault_type = {
	.name = "vault", .label = N_("Sealed entry"), .plural = N_("Sealed entries"), .fields = vault_fields, .nfields = ARRAY_LEN(vault_fields), .states = vault_states,
	.nstates = ARRAY_LEN(vault_states), .steps = vault_steps, .nsteps = ARRAY_LEN(vault_steps), .read = vault_grants, .nread = ARRAY_LEN(vault_grants),
	.parent = "case", .guard = GUARD_PARENT, .level = 4, .unlisted = true, .check = vault_check,
};

/* ---- how it is opened ---- */

static const struct field opening_fields[] = {
	F("reason", "Why it must be opened now", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .min = 10, .max = 500),
	F("asker", "Asked by", F_REF, .of = "staff", .flags = FF_SYSTEM | FF_LIST),
	F("decider", "Decided by", F_REF, .of = "staff", .flags = FF_SYSTEM | FF_LIST),
	F("decided", "Decided", F_TIME, .flags = FF_SYSTEM),
	F("until", "Open until", F_TIME, .flags = FF_SYSTEM | FF_LIST),
};
static const struct state opening_states[] = {
	{ "asked", N_("Waits for a second person"), true, "red" }, { "approved", N_("Agreed, not opened yet"), true, "yellow" }, { "opened", N_("Has been opened"), false, NULL },
	{ "refused", N_("Refused"), false, NULL },
};

/* The posts that must know: the unit of the case, and the federation of the city. */
static enum err tell(struct ctx *c, const struct rec *now, const char *text)
{
	int64_t ids[40];
	size_t n;
	TRY(people_with_role(c, ROLE_CITY, ids, ARRAY_LEN(ids), &n));
	for (size_t i = 0; i < n; i++)
		if (ids[i] != c->actor->user)
			TRY(notice_put(c, ids[i], 0, now, text));
	return OK;
}

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "asker", c->actor->user);
	if (utf8_count(str_trim(rec_str(c, now, "reason"))) < 10)
		fault_field(c->f, "reason", N_("Please give the reason in ten characters or more."), NULL);
	return OK;
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return tell(c, now, N_("A sealed entry: somebody asks to open it. A second person must decide within 30 minutes"));
}

/* To whom the entry itself is shut (a conflict of interest), its openings are shut as well. */
static enum err entry_seen(struct ctx *c, const struct rec *opening)
{
	struct rec *r;
	return see_one(c, "vault", opening->parent, &r);
}

static enum err second_person(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(entry_seen(c, old));
	if (!c->actor->user || c->actor->user == rec_int(old, "asker"))
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who asked."), "vault: the same person twice");
	if (c->now > old->created + VAULT_ASK)
		return fail(c->f, ERR_STATE, N_("It was asked more than 30 minutes ago. Please ask again."), "vault: asked too long ago");
	rec_set_int(now, "decider", c->actor->user);
	rec_set_int(now, "decided", c->now);
	return OK;
}

static enum err agreed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(notice_put(c, rec_int(now, "asker"), 0, now, N_("A sealed entry: a second person has agreed. You may open it once, within 30 minutes")));
	return tell(c, now, N_("A sealed entry: its opening was agreed to"));
}

static enum err declined(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, rec_int(now, "asker"), 0, now, N_("A sealed entry: its opening was refused"));
}

static enum err open_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(entry_seen(c, old));
	if (!c->actor->user || c->actor->user != rec_int(old, "asker"))
		return fail(c->f, ERR_DENIED, N_("Only who asked for it may open it."), "vault: another person");
	if (c->now > rec_int(old, "decided") + VAULT_ASK)
		return fail(c->f, ERR_STATE, N_("It was agreed to more than 30 minutes ago. Please ask again."), "vault: agreed too long ago");
	rec_set_int(now, "until", c->now + VAULT_OPEN);
	return OK;
}

static enum err opened(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return tell(c, now, N_("A sealed entry was opened"));
}

static const struct step opening_steps[] = {
	POSTS("", "create", "asked", N_("Ask to open it"), "reason!", ask_check, asked, .flags = STEP_PRIMARY),
	POSTS("asked", "agree", "approved", N_("Agree"), "", second_person, agreed, .flags = STEP_PRIMARY | STEP_FRESH),
	POSTS("asked", "refuse", "refused", N_("Refuse"), "", second_person, declined, .starts = NULL),
	POSTS("approved", "open", "opened", N_("Open for ten minutes"), "", open_check, opened, .flags = STEP_PRIMARY | STEP_FRESH),
};
static const struct grant opening_grants[] = { { R(CITY), SC_AREA, SIGHT_FULL }, { R(LIAISON), SC_ORG, SIGHT_FULL } };

const struct rtype opening_type = {
	.name = "opening", .label = N_("Opening of a sealed entry"), .plural = N_("Openings"), .fields = opening_fields, .nfields = ARRAY_LEN(opening_fields),
	.states = opening_states, .nstates = ARRAY_LEN(opening_states), .steps = opening_steps, .nsteps = ARRAY_LEN(opening_steps), .read = opening_grants,
	.nread = ARRAY_LEN(opening_grants), .parent = "vault", .guard = GUARD_PARENT, .level = 4, .unlisted = true,
};

enum err vault_look(struct ctx *c, int64_t opening, struct rec **ret, int64_t *ret_until)
{
	struct rec *o, *r;
	must(db_can_write(c->db));
	TRY(see_one(c, "opening", opening, &o));
	TRY(see_one(c, "vault", o->parent, &r));
	if (!c->actor->user || c->actor->user != rec_int(o, "asker"))
		return fail(c->f, ERR_DENIED, N_("Only who asked for it may open it."), "vault: another person");
	if (!rec_in(o, "opened") || c->now >= rec_int(o, "until"))
		return fail(c->f, ERR_STATE, N_("It is not open, or no longer. Please ask again."), "vault: not open");
	TRY(fresh_need(c));
	TRY(journal_note(c, "look", "vault", r->id, "ok", arena_fmt(c->a, "{\"opening\":\"%lld\"}", (long long)opening)));
	vault_bare(c, r, field_at(r->t, "kept"));
	*ret = r;
	*ret_until = rec_int(o, "until");
	return OK;
}
