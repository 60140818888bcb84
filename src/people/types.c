/* Why: the catalogue of units, posts, grids, studios and mediators: said once, for form, list, check and permission.
 * Invariants: an org's org is itself; an org's `place` is its area; a grid's area is its code. */
#include "people/inner.h"
#include "people/login.h"
#include "text/text.h"

static const struct state states[] = {
	{ "active", N_("Active"), true, "green" },
	{ "closed", N_("Closed"), false, NULL },
};

/* The four steps of everything here. who: makes, changes and closes it, within sc; after: what follows when it is made or changed. */
#define LIFE(who, sc, make, change, prep) LIFE_THEN(who, sc, make, change, prep, NULL)
#define LIFE_THEN(who, sc, make, change, prep, after)                                                                               \
	{ .from = "", .verb = "create", .to = "active", .label = N_("Add"), .roles = (who), .scope = (sc), .fields = make,          \
	  .prepare = prep, .effect = after, .flags = STEP_PRIMARY },                                                                \
	{ .from = "active", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = (who), .scope = (sc), .fields = change,       \
	  .prepare = prep, .effect = after },                                                                                       \
	{ .from = "active", .verb = "close", .to = "closed", .label = N_("Close"), .roles = (who), .scope = (sc), .fields = "",     \
	  .flags = STEP_DANGER },                                                                                                   \
	{ .from = "closed", .verb = "reopen", .to = "active", .label = N_("Reopen"), .roles = (who), .scope = (sc), .fields = "" }

#define R_ADMINS PEOPLE_ADMINS
#define R_EVERY_POST PEOPLE_EVERY_POST

/* ---- org ---- */

static const struct field org_fields[] = {
	[ORG_NAME] = { .name = "name", .label = N_("Name"), .type = F_TEXT, .flags = FF_NEED | FF_LIST, .max = 60 },
	[ORG_KIND] = { .name = "kind", .label = N_("Kind of unit"), .type = F_CODE, .of = "org_kind", .flags = FF_NEED | FF_LIST | FF_FILTER },
	[ORG_ABOVE] = { .name = "above", .label = N_("Unit above"), .type = F_REF, .of = "org", .flags = FF_LIST | FF_FILTER },
	[ORG_ADDRESS] = { .name = "address", .label = N_("Address"), .type = F_TEXT, .max = 120 },
	[ORG_PHONE] = { .name = "phone", .label = N_("Phone"), .type = F_PHONE, .help = N_("The office's number, not a person's.") },
	[ORG_MARK] = { .name = "mark", .label = N_("Sign of the unit in document numbers"), .type = F_TEXT, .flags = FF_FILTER, .max = 24, .standard = "党政机关公文格式 GB/T 9704-2012 7.2.5",
		.help = N_("As 张妇: two to eight characters. With it letters, petitions and supervision slips are numbered in this unit's own series. Empty: one series for all.") },
	/* The area once more, to be asked for exactly: the list's filter "area" takes in all below. */
	[ORG_PLACE] = { .name = "place", .label = N_("Place"), .type = F_AREA, .flags = FF_SYSTEM | FF_FILTER },
};

/* A number names its unit: no two units share a sign. */
static enum err mark_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct str mark = rec_str(c, now, "mark");
	struct seen s;
	const char *p = mark.p, *end = mark.p + mark.n;
	size_t n = 0;
	if (!mark.n)
		return OK;
	for (; p < end; n++)
		if (!cp_is_han(utf8_next(&p, end)))
			n = 100;
	if (n < 2 || n > 8)
		fault_field(c->f, "mark", N_("Two to eight Chinese characters, no digits and no signs."), NULL);
	const struct filter by[] = { { STR("mark"), mark } };
	TRY(see(&in, &(struct see){ .type = "org", .filters = by, .nfilters = 1, .limit = 2 }, &s));
	for (size_t i = 0; i < s.n; i++)
		if (!old || s.r[i]->id != old->id)
			fault_field(c->f, "mark", N_("Another unit has this sign already."), NULL);
	return OK;
}

static enum err org_prepare(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t at = now->v[ORG_ABOVE].set ? now->v[ORG_ABOVE].i : 0;
	TRY(mark_check(c, old, now));
	now->org = now->id;
	rec_set_str(now, "place", now->area);
	if (!old || !at || !rec_changed(c, old, now, "above"))
		return OK;
	/* A ring of units would make every walk up endless. */
	bool ring;
	TRY(people_org_under(c, at, now->id, &ring));
	if (ring)
		fault_field(c->f, "above", N_("A unit cannot stand below itself."), NULL);
	return OK;
}

static const struct step org_steps[] = { LIFE(R_ADMINS, SC_ALL, "* area!", "* area", org_prepare) };
static const struct grant org_read[] = { { R_EVERY_POST, SC_ALL, SIGHT_FULL } };

const struct rtype org_type = {
	.name = "org", .label = N_("Unit"), .plural = N_("Units"), .title = "name", .fields = org_fields, .nfields = ARRAY_LEN(org_fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = org_steps, .nsteps = ARRAY_LEN(org_steps), .read = org_read,
	.nread = ARRAY_LEN(org_read), .level = 1,
};

/* ---- staff ---- */

static const struct field staff_fields[] = {
	[STAFF_NAME] = { .name = "name", .label = N_("Name"), .type = F_NAME, .secrecy = S_MASKED, .flags = FF_NEED | FF_LIST | FF_BLIND, .max = 40 },
	[STAFF_LOGIN] = { .name = "login", .label = N_("Login name"), .type = F_TEXT, .flags = FF_LIST | FF_FILTER, .max = 40,
		.help = N_("Letters, digits, dot and hyphen; empty: she cannot log in.") },
	[STAFF_ROLE] = { .name = "role", .label = N_("Role"), .type = F_CODE, .of = "role", .flags = FF_NEED | FF_LIST | FF_FILTER },
	[STAFF_POST] = { .name = "post", .label = N_("Post"), .type = F_TEXT, .flags = FF_LIST, .max = 40 },
	[STAFF_PHONE] = { .name = "phone", .label = N_("Phone"), .type = F_PHONE, .secrecy = S_MASKED, .flags = FF_BLIND },
	[STAFF_SKILLS] = { .name = "skills", .label = N_("Skills"), .type = F_CODES, .of = "skill", .flags = FF_FILTER },
	[STAFF_LEAVES] = { .name = "leaves", .label = N_("Last day"), .type = F_DATE, .flags = FF_LIST,
		.help = N_("For a temporary post, or when she leaves: after this day nothing opens to her.") },
	[STAFF_HOURS] = { .name = "hours", .label = N_("Hours of the post"), .type = F_TEXT, .max = 11,
		.help = N_("As 08:30-17:30; outside these hours nothing opens to her. Empty: at any time.") },
};

static bool login_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-' || ch == '_';
}

/* An account is one person's, and nobody holds two of the three administrators' posts (GB/T 22239-2019 8.1.4.2 b, c, d). */
static enum err one_person(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const shared[] = { "公用", "共用", "公共", "值班", "账号", "测试" };
	struct ctx in = ctx_inside(c);
	struct seen s = { 0 };
	struct str name = rec_str(c, now, "name"), phone = rec_str(c, now, "phone");
	unsigned three = R(ADMIN) | R(SECADMIN) | R(AUDITOR), mine = 1u << role_of(now->v[STAFF_ROLE].s);
	for (size_t i = 0; i < ARRAY_LEN(shared); i++)
		if (name.n && str_find(name, str_of(shared[i])) >= 0)
			fault_field(c->f, "name", N_("An account belongs to one person: please give her own name."), NULL);
	if (!(mine & three) || (old && !rec_changed(c, old, now, "role") && !rec_changed(c, old, now, "phone") && !rec_changed(c, old, now, "name")))
		return OK;
	if (phone.n)
		TRY(see_same(&in, "staff", "phone", phone, &s));
	for (size_t i = 0; i < s.n; i++)
		if (s.r[i]->id != now->id && rec_in(s.r[i], "active") && (1u << role_of(rec_str(&in, s.r[i], "role")) & three))
			fault_field(c->f, "role", N_("She is one of the three administrators already; nobody holds two of these posts."), NULL);
	if (old && rec_changed(c, old, now, "role") && (1u << role_of(rec_str(c, old, "role")) & three))
		fault_field(c->f, "role", N_("From one administrator's post nobody passes to another in the same account. Please close it and make a new one."), NULL);
	return OK;
}

static enum err staff_kept(struct ctx *c, const struct rec *old, struct rec *now)
{
	return !old || rec_changed(c, old, now, "phone") ? people_conflicts_of_staff(c, now->id) : OK;
}

static enum err staff_prepare(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct value *v = &now->v[STAFF_LOGIN];
	struct str role = now->v[STAFF_ROLE].s;
	if (role.n && role_of(role) == ROLE_NONE)
		fault_field(c->f, "role", N_("This role cannot be given to staff."), NULL);
	if (v->set && rec_changed(c, old, now, "login")) {
		char *p = arena_cstr(c->a, v->s);
		bool ok = v->s.n >= 2;
		for (size_t i = 0; i < v->s.n; i++) {
			if (p[i] >= 'A' && p[i] <= 'Z')
				p[i] = (char)(p[i] - 'A' + 'a');
			ok &= login_char(p[i]);
		}
		if (!ok)
			fault_field(c->f, "login", N_("A login name has at least two letters or digits; dot and hyphen may stand between."), NULL);
		v->s = (struct str){ p, v->s.n };
		struct ctx in = ctx_inside(c);
		struct seen s;
		TRY(see(&in, &(struct see){ .type = "staff", .filters = (struct filter[]){ { STR("login"), v->s } }, .nfilters = 1, .limit = 2 }, &s));
		for (size_t i = 0; i < s.n; i++)
			if (s.r[i]->id != now->id)
				fault_field(c->f, "login", N_("Somebody has this login name already. Please choose another."), NULL);
	}
	int from, to;
	now->owner = now->id;
	if (now->v[STAFF_HOURS].set && !hours_read(now->v[STAFF_HOURS].s, &from, &to))
		fault_field(c->f, "hours", N_("Please enter hours such as 08:30-17:30."), NULL);
	TRY(one_person(c, old, now));
	/* Separation of the three administrators: nobody raises himself. */
	if (old && c->depth == 0 && c->actor->user == now->id && rec_changed(c, old, now, "role"))
		return fail(c->f, ERR_DENIED, N_("Nobody may change her own role."), NULL);
	return OK;
}

static enum err staff_not_self(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (c->depth == 0 && c->actor->user == now->id)
		return fail(c->f, ERR_DENIED, N_("Nobody may close her own account."), NULL);
	return OK;
}

/* What her post opens to her has changed: she comes in again, by what holds now. Who leaves leaves nothing behind that opens. */
static enum err staff_sessions(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool moved = old && (old->org != now->org || !str_eq(old->area, now->area) || rec_changed(c, old, now, "role") || rec_changed(c, old, now, "leaves") || rec_changed(c, old, now, "hours"));
	TRY(staff_kept(c, old, now));
	if (old && rec_in(now, "closed"))
		return login_disable(c->db, now->id, c->f);
	return moved ? session_close_all(c->db, now->id, c->f) : OK;
}

static const struct step staff_steps[] = {
	{ .from = "", .verb = "create", .to = "active", .label = N_("Add"), .roles = R_ADMINS, .scope = SC_ALL, .fields = "* area! org!",
	  .prepare = staff_prepare, .effect = staff_kept, .flags = STEP_PRIMARY | STEP_FRESH },
	{ .from = "active", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = R_ADMINS, .scope = SC_ALL, .fields = "* area org", .prepare = staff_prepare,
	  .effect = staff_sessions, .flags = STEP_FRESH },
	/* Her own phone and skills a person keeps herself. */
	{ .from = "active", .verb = "update", .to = "=", .label = N_("Update my details"), .roles = R_ANY, .scope = SC_SELF, .fields = "phone skills", .effect = staff_kept },
	{ .from = "active", .verb = "close", .to = "closed", .label = N_("Close"), .roles = R_ADMINS, .scope = SC_ALL, .fields = "",
	  .prepare = staff_not_self, .effect = staff_sessions, .flags = STEP_DANGER | STEP_FRESH },
	{ .from = "closed", .verb = "reopen", .to = "active", .label = N_("Reopen"), .roles = R_ADMINS, .scope = SC_ALL, .fields = "", .flags = STEP_FRESH },
};
static const struct grant staff_read[] = {
	{ R_ADMINS | R(CITY), SC_ALL, SIGHT_FULL },
	{ R_FED, SC_AREA, SIGHT_FULL },
	{ R_EVERY_POST, SC_ORG, SIGHT_FULL },
	{ R_EVERY_POST, SC_SELF, SIGHT_FULL },
	{ R_STAFF | R(LEADER) | R(AUDITOR), SC_ALL, SIGHT_MASKED },
};

const struct rtype staff_type = {
	.name = "staff", .label = N_("Staff member"), .plural = N_("Staff"), .title = "name", .fields = staff_fields,
	.nfields = ARRAY_LEN(staff_fields), .states = states, .nstates = ARRAY_LEN(states), .steps = staff_steps, .nsteps = ARRAY_LEN(staff_steps),
	.read = staff_read, .nread = ARRAY_LEN(staff_read), .level = 2, .office = true,
};

/* ---- grid ---- */

static const struct field grid_fields[] = {
	[GRID_CODE] = { .name = "code", .label = N_("Grid code"), .type = F_TEXT, .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE, .max = 15, .min = 15,
		.help = N_("15 digits: the community's code and three more.") },
	[GRID_NAME] = { .name = "name", .label = N_("Name"), .type = F_TEXT, .flags = FF_NEED | FF_LIST, .max = 60 },
	[GRID_KIND] = { .name = "kind", .label = N_("Kind of grid"), .type = F_CODE, .of = "grid_kind", .flags = FF_NEED | FF_LIST | FF_FILTER },
	[GRID_WORKER] = { .name = "worker", .label = N_("Grid worker"), .type = F_REF, .of = "staff", .flags = FF_LIST | FF_FILTER },
	[GRID_POLYGON] = { .name = "polygon", .label = N_("Outline"), .type = F_JSON, .flags = FF_HEAVY,
		.help = N_("A GeoJSON ring: [[longitude, latitude], …].") },
};

static enum err grid_prepare(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str code = now->v[GRID_CODE].s;
	bool digits = code.n == 15;
	for (size_t i = 0; i < code.n; i++)
		digits &= code.p[i] >= '0' && code.p[i] <= '9';
	if (!digits || !code_find(c->app->codes, "area", (struct str){ code.p, 12 })) {
		fault_field(c->f, "code", N_("A grid code has 15 digits and begins with the code of a community."), NULL);
		return OK;
	}
	now->area = code;
	if (old)
		return OK;
	int64_t there;
	TRY(people_grid_of(c, code, &there, NULL));
	if (there)
		fault_field(c->f, "code", N_("There is a grid with this code already."), NULL);
	return OK;
}

/* The area comes from the code in prepare(), after the scope was asked: so only who answers for the whole city, or the
 * administrators, may make grids; the names and workers of hers a town keeps itself. */
static const struct step grid_steps[] = {
	{ .from = "", .verb = "create", .to = "active", .label = N_("Add"), .roles = R_ADMINS | R(CITY), .scope = SC_ALL, .fields = "*",
	  .prepare = grid_prepare, .flags = STEP_PRIMARY },
	{ .from = "active", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = R_ADMINS, .scope = SC_ALL, .fields = "* org", .prepare = grid_prepare },
	{ .from = "active", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = R_FED, .scope = SC_AREA, .fields = "* org", .prepare = grid_prepare },
	{ .from = "active", .verb = "close", .to = "closed", .label = N_("Close"), .roles = R_ADMINS | R(CITY), .scope = SC_ALL, .fields = "", .flags = STEP_DANGER },
	{ .from = "closed", .verb = "reopen", .to = "active", .label = N_("Reopen"), .roles = R_ADMINS | R(CITY), .scope = SC_ALL, .fields = "" },
};
static const struct grant grid_read[] = { { R_EVERY_POST, SC_ALL, SIGHT_FULL } };

const struct rtype grid_type = {
	.name = "grid", .label = N_("Grid"), .plural = N_("Grids"), .title = "name", .fields = grid_fields, .nfields = ARRAY_LEN(grid_fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = grid_steps, .nsteps = ARRAY_LEN(grid_steps), .read = grid_read,
	.nread = ARRAY_LEN(grid_read), .level = 1,
};

/* ---- studio, mediator ---- */

static const struct field studio_fields[] = {
	[STUDIO_NAME] = { .name = "name", .label = N_("Name"), .type = F_TEXT, .flags = FF_NEED | FF_LIST, .max = 60 },
	[STUDIO_LEVEL] = { .name = "level", .label = N_("Level"), .type = F_CODE, .of = "studio_level", .flags = FF_LIST | FF_FILTER },
	[STUDIO_ADDRESS] = { .name = "address", .label = N_("Address"), .type = F_TEXT, .max = 120 },
	[STUDIO_PHONE] = { .name = "phone", .label = N_("Phone"), .type = F_PHONE, .help = N_("The office's number, not a person's.") },
	[STUDIO_HEAD] = { .name = "head", .label = N_("Head of the studio"), .type = F_REF, .of = "staff", .flags = FF_LIST, .help = N_("She may hand over the open work of the studio's mediators.") },
	[STUDIO_HOURS] = { .name = "hours", .label = N_("Opening hours"), .type = F_TEXT, .flags = FF_LIST, .max = 11, .help = N_("As 08:30-17:30; no room is booked outside them. Empty: at any time.") },
	[STUDIO_COMMITTEE] = { .name = "committee", .label = N_("Mediation committee whose seal it uses"), .type = F_TEXT, .max = 60 },
	[STUDIO_HONOURS] = { .name = "honours", .label = N_("Honours"), .type = F_TEXT, .max = 200 },
};

static enum err studio_prepare(struct ctx *c, const struct rec *old, struct rec *now)
{
	int from, to;
	(void)old;
	if (now->v[STUDIO_HOURS].set && !hours_read(now->v[STUDIO_HOURS].s, &from, &to))
		fault_field(c->f, "hours", N_("Please enter hours such as 08:30-17:30."), NULL);
	return OK;
}
static const struct step studio_steps[] = { LIFE(R_FED, SC_AREA, "* area! org", "* area org", studio_prepare) };
static const struct grant studio_read[] = { { R_EVERY_POST, SC_ALL, SIGHT_FULL } };

const struct rtype studio_type = {
	.name = "studio", .label = N_("Mediation studio"), .plural = N_("Mediation studios"), .title = "name", .fields = studio_fields,
	.nfields = ARRAY_LEN(studio_fields), .states = states, .nstates = ARRAY_LEN(states), .steps = studio_steps, .nsteps = ARRAY_LEN(studio_steps),
	.read = studio_read, .nread = ARRAY_LEN(studio_read), .level = 1,
};

static const struct field mediator_fields[] = {
	[MEDIATOR_STAFF] = { .name = "staff", .label = N_("Staff member"), .type = F_REF, .of = "staff", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE },
	[MEDIATOR_STUDIO] = { .name = "studio", .label = N_("Mediation studio"), .type = F_REF, .of = "studio", .flags = FF_LIST | FF_FILTER },
	[MEDIATOR_SKILLS] = { .name = "skills", .label = N_("Skills"), .type = F_CODES, .of = "skill", .flags = FF_LIST | FF_FILTER },
	[MEDIATOR_CAPACITY] = { .name = "capacity", .label = N_("Open cases at most"), .type = F_INT, .flags = FF_LIST, .min = 1, .max = 100 },
	[MEDIATOR_CERTIFICATE] = { .name = "certificate", .label = N_("Certificate"), .type = F_TEXT, .max = 40 },
	[MEDIATOR_LOAD] = { .name = "load", .label = N_("Open cases"), .type = F_INT, .flags = FF_SYSTEM | FF_LIST },
	[MEDIATOR_LANGUAGES] = { .name = "languages", .label = N_("Languages and dialects"), .type = F_CODES, .of = "speech", .flags = FF_FILTER },
	[MEDIATOR_HOURS] = { .name = "hours", .label = N_("Working hours"), .type = F_TEXT, .max = 11, .help = N_("As 08:30-17:30; nothing is booked for her outside them. Empty: at any time.") },
	[MEDIATOR_FULLTIME] = { .name = "fulltime", .label = N_("Full or part time"), .type = F_CODE, .of = "fulltime", .flags = FF_FILTER, .standard = "人民调解法第十三条" },
	[MEDIATOR_GRADE] = { .name = "grade", .label = N_("Grade of the mediator"), .type = F_CODE, .of = "mediator_grade", .flags = FF_FILTER },
	[MEDIATOR_GRADE_ON] = { .name = "grade_on", .label = N_("Graded on"), .type = F_DATE },
	[MEDIATOR_HONOURS] = { .name = "honours", .label = N_("Honours"), .type = F_TEXT, .max = 200 },
	[MEDIATOR_APPOINTED] = { .name = "appointed", .label = N_("Appointed from"), .type = F_DATE, .standard = "人民调解法第十三条" },
	[MEDIATOR_UNTIL] = { .name = "appointed_until", .label = N_("Appointed until"), .type = F_DATE, .help = N_("Three years, and again.") },
};

static enum err mediator_prepare(struct ctx *c, const struct rec *old, struct rec *now)
{
	int from, to;
	if (now->v[MEDIATOR_HOURS].set && !hours_read(now->v[MEDIATOR_HOURS].s, &from, &to))
		fault_field(c->f, "hours", N_("Please enter hours such as 08:30-17:30."), NULL);
	if (now->v[MEDIATOR_UNTIL].set && now->v[MEDIATOR_APPOINTED].set && now->v[MEDIATOR_UNTIL].i < now->v[MEDIATOR_APPOINTED].i)
		fault_field(c->f, "appointed_until", N_("The last day lies before the first."), NULL);
	if (old)
		return OK;
	int64_t there;
	TRY(people_mediator_of(c, now->v[MEDIATOR_STAFF].i, &there));
	if (there)
		fault_field(c->f, "staff", N_("She is a mediator already."), NULL);
	now->owner = now->v[MEDIATOR_STAFF].i;
	if (!now->v[MEDIATOR_CAPACITY].set)
		rec_set_int(now, "capacity", 8);
	rec_set_int(now, "load", 0);
	return OK;
}

static const struct step mediator_steps[] = {
	LIFE(R_FED, SC_AREA, "* area! org", "* area org", mediator_prepare),
	{ .from = "active", .verb = "update", .to = "=", .label = N_("Update my details"), .roles = R(MEDIATOR), .scope = SC_OWN, .fields = "skills languages hours capacity", .prepare = mediator_prepare },
	{ .from = "*", .verb = "load", .to = "=", .label = N_("Count open cases"), .roles = 0, .scope = SC_NONE, .fields = "load", .flags = STEP_INTERNAL },
};
static const struct grant mediator_read[] = { { R_EVERY_POST, SC_ALL, SIGHT_MASKED }, { R_FED, SC_AREA, SIGHT_FULL }, { R(MEDIATOR), SC_OWN, SIGHT_FULL } };

const struct rtype mediator_type = {
	.name = "mediator", .label = N_("Mediator"), .plural = N_("Mediators"), .title = "staff", .fields = mediator_fields,
	.nfields = ARRAY_LEN(mediator_fields), .states = states, .nstates = ARRAY_LEN(states), .steps = mediator_steps,
	.nsteps = ARRAY_LEN(mediator_steps), .read = mediator_read, .nread = ARRAY_LEN(mediator_read), .level = 1,
};

/* ---- household, person ---- */

static const struct field household_fields[] = {
	[HOUSEHOLD_ADDRESS] = { .name = "address", .label = N_("Address"), .type = F_ADDRESS, .secrecy = S_MASKED, .flags = FF_NEED | FF_LIST | FF_BLIND, .max = 120 },
	[HOUSEHOLD_SIZE] = { .name = "size", .label = N_("Members"), .type = F_INT, .flags = FF_LIST, .min = 1, .max = 30 },
	[HOUSEHOLD_RISK] = { .name = "risk", .label = N_("Care level"), .type = F_CODE, .of = "grade", .flags = FF_LIST | FF_FILTER,
		.help = N_("How closely this household is looked after, not a verdict on it; it is looked at anew each time.") },
	[HOUSEHOLD_NOTES] = { .name = "notes", .label = N_("Notes"), .type = F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000 },
};

/* Who works with families. */
#define R_FIELD (R_FED | R(GRID))
#define R_ENTER (R(HOTLINE) | R(MEDIATOR))

static const struct step household_steps[] = {
	LIFE(R_FIELD, SC_AREA, "* area! org", "* area org", NULL),
	{ .from = "", .verb = "create", .to = "active", .label = N_("Add"), .roles = R_ENTER, .scope = SC_OWN, .fields = "* area! org" },
	{ .from = "active", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = R_ENTER, .scope = SC_OWN, .fields = "* area" },
	{ .from = "active", .verb = "risk", .to = "=", .label = N_("Care level"), .roles = 0, .scope = SC_NONE, .fields = "risk", .flags = STEP_INTERNAL },
};
static const struct grant person_read[] = {
	{ R_FIELD, SC_AREA, SIGHT_MASKED },
	{ R_FIELD | R_ENTER, SC_OWN, SIGHT_FULL },
};

const struct rtype household_type = {
	.name = "household", .label = N_("Household"), .plural = N_("Households"), .title = "address", .fields = household_fields,
	.nfields = ARRAY_LEN(household_fields), .states = states, .nstates = ARRAY_LEN(states), .steps = household_steps,
	.nsteps = ARRAY_LEN(household_steps), .read = person_read, .nread = ARRAY_LEN(person_read), .level = 2,
};

static const struct field person_fields[] = {
	[PERSON_NAME] = { .name = "name", .label = N_("Name"), .type = F_NAME, .secrecy = S_MASKED, .flags = FF_LIST | FF_BLIND, .max = 60, .standard = "GB/T 31000-2015" },
	[PERSON_SEX] = { .name = "sex", .label = N_("Sex"), .type = F_CODE, .of = "sex", .flags = FF_LIST | FF_FILTER, .standard = "GB/T 2261.1" },
	[PERSON_BIRTH] = { .name = "birth", .label = N_("Birth date"), .type = F_DATE },
	[PERSON_IDPAPER] = { .name = "idpaper", .label = N_("ID paper"), .type = F_CODE, .of = "idpaper" },
	[PERSON_IDNO] = { .name = "idno", .label = N_("ID number"), .type = F_IDNO, .secrecy = S_MASKED, .flags = FF_BLIND, .standard = "GB 11643-1999",
		.help = N_("May stay empty: help never waits for a number.") },
	[PERSON_PHONE] = { .name = "phone", .label = N_("Phone"), .type = F_PHONE, .secrecy = S_MASKED, .flags = FF_LIST | FF_BLIND },
	[PERSON_HOUSEHOLD] = { .name = "household", .label = N_("Household"), .type = F_REF, .of = "household", .flags = FF_FILTER },
	[PERSON_KIN] = { .name = "kin", .label = N_("To the head of the household"), .type = F_CODE, .of = "kin", .flags = FF_LIST, .standard = "GB/T 4761" },
	[PERSON_STATUS] = { .name = "status", .label = N_("Kind of resident"), .type = F_CODE, .of = "person_status", .flags = FF_FILTER },
	[PERSON_MARITAL] = { .name = "marital", .label = N_("Marital status"), .type = F_CODE, .of = "marital", .flags = FF_FILTER, .standard = "GB/T 2261.2" },
	[PERSON_ETHNICITY] = { .name = "ethnicity", .label = N_("Ethnicity"), .type = F_CODE, .of = "ethnicity", .standard = "GB/T 3304" },
	[PERSON_EDUCATION] = { .name = "education", .label = N_("Education"), .type = F_CODE, .of = "education", .standard = "GB/T 4658" },
	[PERSON_OCCUPATION] = { .name = "occupation", .label = N_("Occupation"), .type = F_CODE, .of = "occupation", .standard = "GB/T 6565" },
	[PERSON_HEALTH] = { .name = "health", .label = N_("Health"), .type = F_CODE, .of = "health", .standard = "GB/T 2261.3" },
	[PERSON_WORKPLACE] = { .name = "workplace", .label = N_("Workplace or school"), .type = F_TEXT, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 60 },
	[PERSON_NOTES] = { .name = "notes", .label = N_("Notes"), .type = F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000 },
	[PERSON_SAME] = { .name = "same_as", .label = N_("The same person as"), .type = F_REF, .of = "person", .flags = FF_SYSTEM | FF_FILTER },
};

static enum err person_prepare(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!now->v[PERSON_NAME].set && !now->v[PERSON_PHONE].set)
		fault_field(c->f, "name", N_("Please give a name or a phone number."), NULL);
	/* The ID number says sex and birth; what was entered otherwise is a slip in one of the two. */
	if (now->v[PERSON_IDNO].set && rec_changed(c, old, now, "idno")) {
		struct str id = rec_str(c, now, "idno");
		struct str sex = idno_sex(id) == 1 ? STR("1") : STR("2");
		int64_t birth = day_start(idno_birth(id));
		if (!now->v[PERSON_SEX].set)
			rec_set_str(now, "sex", sex);
		if (!now->v[PERSON_BIRTH].set)
			rec_set_int(now, "birth", birth);
		else if (now->v[PERSON_BIRTH].i != birth)
			fault_field(c->f, "birth", N_("The birth date is not the one inside the ID number. Please check both."), NULL);
	}
	if (now->v[PERSON_BIRTH].set && now->v[PERSON_BIRTH].i > c->now)
		fault_field(c->f, "birth", N_("The birth date lies in the future."), NULL);
	return OK;
}

static enum err part_prepare(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c;
	(void)old;
	rec_clear(now, "same_as");
	return OK;
}

static const struct step person_steps[] = {
	LIFE_THEN(R_FIELD, SC_AREA, "* area! org", "* area org", person_prepare, numbers_person),
	{ .from = "", .verb = "create", .to = "active", .label = N_("Add"), .roles = R_ENTER, .scope = SC_OWN, .fields = "* area! org", .prepare = person_prepare,
	  .effect = numbers_person },
	{ .from = "active", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = R_ENTER, .scope = SC_OWN, .fields = "* area", .prepare = person_prepare,
	  .effect = numbers_person },
	{ .from = "active|closed", .verb = "join", .to = "=", .label = N_("Points to another person"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "same_as!", .flags = STEP_INTERNAL },
	{ .from = "active|closed", .verb = "part", .to = "=", .label = N_("Stands for itself again"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "", .prepare = part_prepare, .flags = STEP_INTERNAL },
};

const struct rtype person_type = {
	.name = "person", .label = N_("Person"), .plural = N_("Persons"), .title = "name", .fields = person_fields,
	.nfields = ARRAY_LEN(person_fields), .states = states, .nstates = ARRAY_LEN(states), .steps = person_steps, .nsteps = ARRAY_LEN(person_steps),
	.read = person_read, .nread = ARRAY_LEN(person_read), .level = 2,
};
