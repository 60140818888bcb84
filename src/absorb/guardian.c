/* Why: who brings up a child may be who hurts it. Told of the report, by a letter, an appointment, a receipt, he silences the child or takes it away before
 * anybody comes; asked for consent, he says no.
 * Who does what: the team marks the party; that he may be told (the police have spoken with him), and that the suspicion is gone, a second person decides; civil
 * affairs names who stands in for him (临时监护).
 * Invariants: while a party is marked "hidden" nothing leaves the house that he could read: no receipt of his or of his side, no message, paper, appointment,
 * visit; what was open is shut in the same act. Marked at all, he supports no child, consents to nothing and stands in as nobody's guardian. Entered a second
 * time, he is marked again. */
#include "absorb/absorb.h"

bool absorb_hidden(const struct rec *party) { return party && str_is(party->v[field_at(party->t, "suspect")].s, "hidden"); }
bool absorb_suspected(const struct rec *party) { return party && rec_has(party, "suspect"); }

static enum err parties(struct ctx *in, int64_t kase, struct seen *ret)
{
	*ret = (struct seen){ 0 };
	return type_find(in->app, STR("party")) ? see_children(in, "party", kase, ret) : OK;
}

enum err absorb_hidden_side(struct ctx *c, int64_t kase, struct str side, bool *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	*ret = false;
	TRY(parties(&in, kase, &s));
	for (size_t i = 0; i < s.n; i++)
		*ret |= absorb_hidden(s.r[i]) && (str_is(side, "both") || str_eq(rec_str(&in, s.r[i], "side"), side));
	return OK;
}

enum err absorb_any_suspected(struct ctx *c, int64_t kase, bool *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	*ret = false;
	TRY(parties(&in, kase, &s));
	for (size_t i = 0; i < s.n; i++)
		*ret |= absorb_suspected(s.r[i]);
	return OK;
}

static bool same(struct ctx *in, const struct rec *party, const char *field, struct str v)
{
	const struct field *f = &party->t->fields[field_at(party->t, field)];
	return v.n && rec_has(party, field) && str_eq(blind_form(in, f, rec_str(in, party, field)), blind_form(in, f, v));
}

enum err absorb_suspect_is(struct ctx *c, int64_t kase, const struct whom *w, bool only_hidden, bool *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	*ret = false;
	if (!kase)
		return OK;
	TRY(parties(&in, kase, &s));
	for (size_t i = 0; i < s.n; i++)
		if (only_hidden ? absorb_hidden(s.r[i]) : absorb_suspected(s.r[i]))
			*ret |= same(&in, s.r[i], "name", w->name) || same(&in, s.r[i], "phone", w->phone) || same(&in, s.r[i], "idno", w->idno);
	return OK;
}

enum err absorb_is_hidden(struct ctx *c, int64_t party, bool *ret)
{
	struct ctx in = ctx_inside(c);
	struct rec *p;
	*ret = false;
	if (!party)
		return OK;
	TRY(see_one(&in, "party", party, &p));
	*ret = absorb_hidden(p);
	return OK;
}

enum err absorb_not_hidden(struct ctx *c, const struct rec *r, const char *field)
{
	bool hidden;
	TRY(absorb_is_hidden(c, rec_int(r, field), &hidden));
	if (!hidden)
		return OK;
	return fail(c->f, ERR_STATE, N_("This person is suspected of harming the child and must not learn of the case: nothing is sent, served or handed out. When the police have told him, a second person writes that down on the party’s page first."), NULL);
}

/* ---- marking ---- */

enum err guardian_mark_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (absorb_hidden(old))
		return fail(c->f, ERR_STATE, N_("This person is marked already."), NULL);
	if (rec_int(old, "minor"))
		return fail(c->f, ERR_STATE, N_("The mark is for somebody grown."), NULL);
	rec_set_str(now, "suspect", STR("hidden"));
	rec_set_int(now, "suspect_by", c->actor->user);
	rec_set_str(now, "safe_contact", STR("no"));
	rec_clear(now, "told_on");
	return OK;
}

/* All that was on its way to him, or to who stands on his side, is stopped. */
static enum err stop_all(struct ctx *c, const struct rec *party)
{
	static const struct { const char *type, *states, *verb; } v[] = { { "booking", "booked", "off" }, { "visit", "planned", "cancel" }, { "document", "shared", "withhold" } };
	struct ctx in = ctx_inside(c);
	struct str side = rec_str(&in, party, "side");
	struct seen s;
	TRY(receipts_void(c, party->parent, side));
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		if (!type_find(c->app, str_of(v[i].type)))
			continue;
		TRY(see_children(&in, v[i].type, party->parent, &s));
		for (size_t k = 0; k < s.n; k++) {
			struct str of = rec_str(&in, s.r[k], "side");
			bool his = strcmp(v[i].type, "visit") == 0 ? rec_int(s.r[k], "party") == party->id : str_eq(of, side) || str_is(of, "both");
			if (his && rec_in(s.r[k], v[i].states))
				TRY(absorb_do(c, v[i].type, s.r[k]->id, v[i].verb));
		}
	}
	return OK;
}

enum err guardian_marked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(stop_all(c, now));
	TRY(absorb_do(c, "case", now->parent, "minor"));
	TRY(mandatory_raise(c, now->parent, NULL, "suspect", N_("Somebody who brings up the child is suspected of harming it. Raised by itself; please complete.")));
	return absorb_tell_team(c, now, N_("Somebody of a case must not learn of it: open the page of the party before you call, write or visit"));
}

static enum err second_person(struct ctx *c, const struct rec *old, const struct rec *now)
{
	if (!absorb_suspected(old))
		return fail(c->f, ERR_STATE, N_("This person is not marked."), NULL);
	if (!c->actor->user || c->actor->user == rec_int(old, "suspect_by"))
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who asked."), NULL);
	/* Why he was marked is no reason to take the mark off. */
	if (!rec_changed(c, old, now, "suspect_why"))
		fault_field(c->f, "suspect_why", N_("Please write down why, in new words."), NULL);
	return OK;
}

enum err guardian_told_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(second_person(c, old, now));
	if (rec_int(now, "told_on") > c->now)
		fault_field(c->f, "told_on", N_("This lies in the future. Please check the date."), NULL);
	rec_set_str(now, "suspect", STR("open"));
	return OK;
}

enum err guardian_clear_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(second_person(c, old, now));
	rec_clear(now, "suspect");
	rec_clear(now, "suspect_by");
	rec_clear(now, "told_on");
	return OK;
}

/* The same person entered once more, without the mark. By name or ID number: a telephone may be the whole household's. */
enum err guardian_twin(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	if (rec_has(now, "suspect") || rec_int(now, "minor"))
		return OK;
	TRY(parties(&in, now->parent, &s));
	for (size_t i = 0; i < s.n; i++) {
		const struct rec *p = s.r[i];
		if (p->id == now->id || !absorb_suspected(p) || (old && old->id == p->id))
			continue;
		if (same(&in, p, "name", rec_str(&in, now, "name")) || same(&in, p, "idno", rec_str(&in, now, "idno"))) {
			rec_set_str(now, "suspect", rec_str(&in, p, "suspect"));
			rec_set_int(now, "suspect_by", rec_int(p, "suspect_by"));
			rec_set_str(now, "safe_contact", STR("no"));
		}
	}
	return OK;
}

enum err guardian_twin_marked(struct ctx *c, const struct rec *old, const struct rec *now)
{
	return absorb_hidden(now) && !absorb_hidden(old) ? stop_all(c, now) : OK;
}

/* ---- who stands in for a guardian ---- */

static const struct field fields[] = {
	F("child", "Child", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("office", "Civil-affairs office asked", F_REF, .of = "org", .flags = FF_NEED | FF_ONCE, .among = "kind=civil"),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM),
	F("child_name", "Child's name", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("reasons", "Why a temporary guardian", F_CODES, .of = "custody_reason", .flags = FF_NEED),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
	F("kind", "Who is temporary guardian", F_CODE, .of = "custody_kind", .flags = FF_SYSTEM),
	F("guardian_name", "Name of the temporary guardian", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("guardian_phone", "Phone of the temporary guardian", F_PHONE, .secrecy = S_MASKED, .flags = FF_SYSTEM),
	F("from_on", "From", F_DATE, .flags = FF_SYSTEM),
	F("until", "Until", F_DATE, .flags = FF_SYSTEM),
	F("extensions", "Times lengthened", F_INT, .flags = FF_SYSTEM, .max = 100),
	F("ended_on", "Ended on", F_DATE, .flags = FF_SYSTEM),
	F("end_reason", "How it ended", F_CODE, .of = "custody_end", .flags = FF_SYSTEM),
};
static const struct state states[] = {
	{ "asked", N_("Asked for"), true, "red" }, { "named", N_("Temporary guardian named"), true, "green" }, { "ended", N_("Ended"), false, NULL },
	{ "refused", N_("Not named"), false, NULL }, { "withdrawn", N_("No longer asked for"), false, NULL },
};

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k, *child;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "closed|archived"))
		return fail(c->f, ERR_STATE, N_("This case is closed. Please reopen it first."), NULL);
	TRY(absorb_party_of(c, now, "child", &child));
	TRY(absorb_unit(c, now, "office", "civil"));
	if (!child || !rec_has(now, "office"))
		return OK;
	if (!rec_int(child, "minor"))
		fault_field(c->f, "child", N_("This person is not under 18. Please choose the child, or correct the date of birth."), NULL);
	rec_set_str(now, "child_name", rec_str(&in, child, "name"));
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	now->org = rec_int(now, "office");
	return OK;
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(access_copy_out(c, now->parent, now->id));
	return notice_put(c, 0, now->org, now, N_("A confidential record needs your answer at once"));
}

static enum err span_check(struct ctx *c, const struct rec *now, int64_t from)
{
	int64_t most = limit_ms(c->app->codes, "custody_term", c->now);
	if (rec_int(now, "until") <= from)
		fault_field(c->f, "until", N_("It ends after it begins."), NULL);
	else if (most && rec_int(now, "until") > from + most)
		fault_field(c->f, "until", N_("Longer than a temporary guardianship lasts. Please choose an earlier day."), NULL);
	return OK;
}

static enum err name_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool bad;
	(void)old;
	TRY(absorb_suspect_is(c, now->parent, &(struct whom){ .name = rec_str(c, now, "guardian_name"), .phone = rec_str(c, now, "guardian_phone") }, false, &bad));
	if (bad)
		fault_field(c->f, "guardian_name", N_("This person is suspected of harming the child. Please name somebody else."), NULL);
	if (rec_int(now, "from_on") > c->now)
		fault_field(c->f, "from_on", N_("This lies in the future. Please check the date."), NULL);
	return span_check(c, now, rec_int(now, "from_on"));
}

static enum err named(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_start_at(c, now, "custody.end", rec_int(now, "until") + MS_DAY, "until"));
	return absorb_tell_team(c, now, N_("A confidential record has changed: please open it"));
}

static enum err longer_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(now, "until") <= rec_int(old, "until"))
		fault_field(c->f, "until", N_("The new date must be later than the present one."), NULL);
	rec_set_int(now, "extensions", rec_int(old, "extensions") + 1);
	return span_check(c, now, rec_int(old, "from_on"));
}

static enum err longer(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_extend(c, now, "custody.end", rec_int(now, "until") + MS_DAY, STR("other"));
}

static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(now, "ended_on") > c->now || rec_int(now, "ended_on") < rec_int(old, "from_on"))
		fault_field(c->f, "ended_on", N_("After it began, and not in the future."), NULL);
	return OK;
}

static enum err over(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_cancel(c, now));
	return absorb_tell_team(c, now, N_("A confidential record has changed: please open it"));
}

enum err absorb_stands_in(struct ctx *c, int64_t kase, int64_t child, bool *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	*ret = false;
	if (!type_find(c->app, STR("custody")))
		return OK;
	TRY(see_children(&in, "custody", kase, &s));
	for (size_t i = 0; i < s.n; i++)
		*ret |= rec_in(s.r[i], "named") && rec_int(s.r[i], "child") == child;
	return OK;
}

static const struct step steps[] = {
	TEAM("", "create", "asked", "Ask for a temporary guardian", "child! office! reasons! note", ask_check, asked, .starts = "custody.decide", .flags = STEP_PRIMARY),
	TEAM("asked", "withdraw", "withdrawn", "No longer asked for", "note!", NULL, over, .flags = STEP_DANGER),
	PART("asked", "name", "named", "Name the temporary guardian", "kind! guardian_name! guardian_phone from_on! until!", name_check, named, .meets = "custody.decide", .flags = STEP_PRIMARY),
	PART("asked", "refuse", "refused", "Not named", "note!", NULL, over, .meets = "custody.decide"),
	PART("named", "longer", "=", "Lengthen", "until! note!", longer_check, longer, .starts = NULL),
	PART("named", "end", "ended", "End the temporary guardianship", "ended_on! end_reason! note!", end_check, over, .meets = "custody.end", .flags = STEP_PRIMARY),
	INNER("*", "follow", "=", "Follow the case", "", absorb_follow_lead, NULL, .starts = NULL),
};
static const struct grant grants[] = { TEAM_READ, PART_READ, { R(CITY), SC_AREA, SIGHT_MASKED } };

const struct rtype custody_type = {
	.name = "custody", .label = N_("Temporary guardian"), .plural = N_("Temporary guardians"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.number = "临护", .level = 4, .unlisted = true, .grade = "grade", .offered = "child",
};
