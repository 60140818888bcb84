/* Why: the abuser, or his kin, may be one of us (security.md T2, S14). Who is related to a case must not read it, nor learn that it is
 * there; and must not learn that this was found.
 * How: the numbers of the parties against the numbers of the staff, their declared relatives, and the residents of their households,
 * by blind index alone; each time a party or a member of the staff is added or changed.
 * Invariants: a conflict shuts the case and its clue; it is lifted by the security administrator only; she whom it concerns sees
 * neither the record of it nor a notice. */
#include "people/inner.h"

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
static const struct field fields[] = {
	F("staff", "Staff member", F_REF, .of = "staff", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("kase", "Case", F_REF, .of = "case", .flags = FF_SYSTEM | FF_FILTER),
	F("clue", "Clue", F_REF, .of = "clue", .flags = FF_SYSTEM | FF_FILTER),
	F("how", "How it was found", F_CODE, .of = "conflict_how", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("why", "Reason", F_TEXT, .secrecy = S_SEALED, .max = 200),
};
static const struct state states[] = {
	{ "early", N_("Keeps away from the clue"), false, NULL }, { "active", N_("Keeps away"), false, NULL }, { "lifted", N_("Lifted"), false, NULL },
};

/* ---- what it does ---- */

/* What was put together from the clue tells of its people as well. */
static enum err shut_households(struct ctx *c, const struct rec *now, int64_t clue)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	if (!clue || !type_find(c->app, STR("tie")))
		return OK;
	TRY(see(&in, &(struct see){ .type = "tie", .filters = &(struct filter){ STR("clue"), id_text(c, clue) }, .nfilters = 1 }, &s));
	for (size_t i = 0; i < s.n; i++)
		TRY(access_put(c, now, now->owner, s.r[i]->parent, ACCESS_OUT, 0, ACCESS_EVER));
	return OK;
}

static enum err shut(struct ctx *c, const struct rec *now)
{
	const int64_t roots[] = { rec_int(now, "kase"), rec_int(now, "clue") };
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		TRY(access_put(c, now, now->owner, roots[i], ACCESS_OUT, 0, ACCESS_EVER));
	TRY(shut_households(c, now, roots[1]));
	if (!roots[0] || !type_find(c->app, STR("vault")))
		return OK;
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "vault", roots[0], &s));
	for (size_t i = 0; i < s.n; i++)
		TRY(access_put(c, now, now->owner, s.r[i]->id, ACCESS_OUT, 0, ACCESS_EVER));
	return OK;
}

/* Off the team, and the unit told to find somebody else; when she is of that very unit, the unit above as well. */
static enum err relieve(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct rec *k, *her;
	struct done d;
	if (!rec_has(now, "kase"))
		return OK;
	TRY(see_one(&in, "case", rec_int(now, "kase"), &k));
	TRY(see_one(&in, "staff", now->owner, &her));
	bool worked = k->owner == now->owner;
	TRY(see_children(&in, "team", k->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active") && rec_int(s.r[i], "staff") == now->owner) {
			worked = true;
			TRY(act_inner(c, &(struct act){ .type = "team", .verb = "end", .id = s.r[i]->id }, &d));
		}
	if (!worked)
		return OK;
	static const char text[] = N_("Somebody cannot go on with a case: please give it to another");
	TRY(notice_put(c, 0, k->org, k, text));
	int64_t above = 0;
	if (her->org == k->org)
		TRY(people_org_above(c, k->org, &above));
	return above ? notice_put(c, 0, above, k, text) : OK;
}

static enum err found(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t who[20];
	size_t n;
	(void)old;
	TRY(relieve(c, now));
	TRY(shut(c, now));
	TRY(people_with_role(c, ROLE_SECADMIN, who, ARRAY_LEN(who), &n));
	for (size_t i = 0; i < n; i++)
		if (who[i] != now->owner)
			TRY(notice_put(c, who[i], 0, now, N_("A conflict of interest was found")));
	return OK;
}

static enum err find_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k;
	(void)old;
	now->owner = rec_int(now, "staff");
	if (now->parent) {
		TRY(see_one(&in, "case", now->parent, &k));
		rec_set_int(now, "kase", now->parent);
		if (rec_has(k, "clue"))
			rec_set_int(now, "clue", rec_int(k, "clue"));
	}
	now->state = now->parent ? STR("active") : STR("early");
	if (!rec_has(now, "how"))
		rec_set_str(now, "how", STR("declared"));
	return OK;
}

static enum err declare_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(find_check(c, old, now));
	if (now->owner == c->actor->user && c->depth == 0)
		return fail(c->f, ERR_DENIED, N_("For yourself please use the step “I must keep away”."), NULL);
	return OK;
}

static enum err lifted(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return access_drop(c, now);
}

static enum err follow(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k;
	(void)old;
	TRY(see_one(&in, "case", now->parent, &k));
	now->org = k->org;
	now->area = k->area;
	return OK;
}

static const struct step steps[] = {
	{ .from = "", .verb = "create", .to = "?", .label = N_("Declare a conflict of interest"), .roles = R_FED, .scope = SC_ORG, .fields = "staff! why!",
	  .prepare = declare_check, .effect = found },
	{ .from = "", .verb = "find", .to = "?", .label = N_("Conflict found"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "staff! kase clue how why",
	  .prepare = find_check, .effect = found, .flags = STEP_INTERNAL },
	{ .from = "early|active", .verb = "lift", .to = "lifted", .label = N_("Lift the conflict"), .roles = R(SECADMIN), .scope = SC_OTHERS, .fields = "why!", .effect = lifted,
	  .flags = STEP_DANGER | STEP_FRESH },
	{ .from = "*", .verb = "follow", .to = "=", .label = N_("Follow the case"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "", .prepare = follow,
	  .flags = STEP_INTERNAL },
};
/* The case's head sees those of her cases; of a clue only the security administrator: there nothing else keeps it from its person. */
static const struct grant grants[] = {
	{ R(SECADMIN), SC_OTHERS, SIGHT_FULL, .head = true }, { R_FED, SC_ORG, SIGHT_FULL, .states = "active|lifted", .head = true },
};

const struct rtype conflict_type = {
	.name = "conflict", .label = N_("Conflict of interest"), .plural = N_("Conflicts of interest"), .title = "staff", .fields = fields,
	.nfields = ARRAY_LEN(fields), .states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants,
	.nread = ARRAY_LEN(grants), .parent = "case", .level = 2, .guard = GUARD_PARENT,
};

/* ---- finding ---- */

static void key_add(struct str *v, size_t *n, struct str s)
{
	for (size_t i = 0; i < *n; i++)
		if (str_eq(v[i], s))
			return;
	if (s.n && *n < KEYS)
		v[(*n)++] = s;
}

/* The numbers of everybody who lives with somebody who has one of these numbers. */
static enum err household_keys(struct ctx *in, const struct keys *k, struct keys *ret)
{
	struct seen s[2] = { 0 }, m;
	BUF_AUTO homes = BUF(1024);
	*ret = (struct keys){ 0 };
	TRY(see_any(in, "person", "phone", k->phone, k->nphone, &s[0]));
	TRY(see_any(in, "person", "idno", k->idno, k->nidno, &s[1]));
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < s[i].n && j < 12; j++)
			if (rec_has(s[i].r[j], "household") && rec_in(s[i].r[j], "active"))
				buf_printf(&homes, "%s%lld", homes.n ? "|" : "", (long long)rec_int(s[i].r[j], "household"));
	if (!homes.n)
		return OK;
	const struct filter by[] = { { STR("household"), buf_view(&homes) } };
	TRY(see(in, &(struct see){ .type = "person", .filters = by, .nfilters = 1, .limit = KEYS }, &m));
	for (size_t i = 0; i < m.n; i++) {
		key_add(ret->phone, &ret->nphone, rec_str(in, m.r[i], "phone"));
		key_add(ret->idno, &ret->nidno, rec_str(in, m.r[i], "idno"));
	}
	return OK;
}

struct hit { int64_t id; const char *how; };
struct hits { struct hit v[64]; size_t n; };

static void hit_add(struct hits *h, int64_t id, const char *how)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].id == id)
			return;
	if (id && h->n < ARRAY_LEN(h->v))
		h->v[h->n++] = (struct hit){ id, how };
}

/* Staff whose own or declared numbers these are; home: the numbers are of a household. */
static enum err staff_with(struct ctx *in, const struct keys *k, bool home, struct hits *h)
{
	struct seen s;
	TRY(see_any(in, "staff", "phone", k->phone, k->nphone, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "active"))
			hit_add(h, s.r[i]->id, home ? "home" : "self");
	for (int i = 0; i < 2; i++) {
		TRY(see_any(in, "kin", i ? "idno" : "phone", i ? k->idno : k->phone, i ? k->nidno : k->nphone, &s));
		for (size_t j = 0; j < s.n; j++) {
			bool self = str_is(rec_str(in, s.r[j], "relation"), "self");
			/* A relative's flatmates are no relatives of hers. */
			if (rec_in(s.r[j], "active") && (!home || self))
				hit_add(h, s.r[j]->owner, home ? "home" : self ? "self" : "kin");
		}
	}
	return OK;
}


enum err people_conflict(struct ctx *c, int64_t staff, int64_t kase, int64_t clue, const char *how, struct str why)
{
	struct done d;
	unsigned there;
	TRY(access_bits(c, staff, kase ? kase : clue, &there));
	if (there & ACCESS_OUT)
		return OK;
	struct ctx in = ctx_inside(c);
	struct rec *root;
	TRY(see_one(&in, kase ? "case" : "clue", kase ? kase : clue, &root));
	return act_inner(c, &(struct act){ .type = "conflict", .verb = "find", .parent = kase, .area = root->area, .org = root->org,
		INPUTS(INPUT("staff", id_text(c, staff)), INPUT("clue", clue ? id_text(c, clue) : STR("")), INPUT("how", str_of(how)), INPUT("why", why)) }, &d);
}

enum err people_conflicts_of(struct ctx *c, int64_t kase, int64_t clue, const struct str *phone, size_t nphone, const struct str *idno, size_t nidno)
{
	struct ctx in = ctx_inside(c);
	struct keys k = { 0 }, home;
	struct hits h = { .n = 0 };
	bool maybe;
	if (!type_find(c->app, STR("conflict")))
		return OK;
	for (size_t i = 0; i < nphone; i++)
		key_add(k.phone, &k.nphone, phone[i]);
	for (size_t i = 0; i < nidno; i++)
		key_add(k.idno, &k.nidno, idno[i]);
	if (!k.nphone && !k.nidno)
		return OK;
	TRY(numbers_ask(c, &k, &maybe));
	if (!maybe)
		return OK;
	TRY(staff_with(&in, &k, false, &h));
	TRY(household_keys(&in, &k, &home));
	if (home.nphone || home.nidno)
		TRY(staff_with(&in, &home, true, &h));
	for (size_t i = 0; i < h.n; i++)
		TRY(people_conflict(c, h.v[i].id, kase, clue, h.v[i].how, STR("")));
	return OK;
}

enum err people_conflicts_inherit(struct ctx *c, int64_t clue, int64_t kase)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	const struct filter by[] = { { STR("clue"), id_text(c, clue) }, { STR("state"), STR("early") } };
	if (!type_find(c->app, STR("conflict")))
		return OK;
	TRY(see(&in, &(struct see){ .type = "conflict", .filters = by, .nfilters = 2, .limit = 100 }, &s));
	for (size_t i = 0; i < s.n; i++)
		TRY(people_conflict(c, s.r[i]->owner, kase, clue, arena_cstr(c->a, rec_str(&in, s.r[i], "how")), STR("")));
	return OK;
}

/* ---- from the side of the staff ---- */

static enum err roots_with(struct ctx *c, struct ctx *in, int64_t staff, const struct keys *k, const char *how)
{
	static const struct { const char *type, *field; bool idno; } at[] = {
		{ "party", "phone", false }, { "party", "idno", true }, { "clue", "party_a_phone", false }, { "clue", "party_b_phone", false },
		{ "clue", "party_a_idno", true }, { "clue", "party_b_idno", true },
	};
	struct seen s;
	struct rec *kase;
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		bool party = i < 2;
		if (!type_find(c->app, str_of(at[i].type)))
			continue;
		TRY(see_any(in, at[i].type, at[i].field, at[i].idno ? k->idno : k->phone, at[i].idno ? k->nidno : k->nphone, &s));
		for (size_t j = 0; j < s.n; j++) {
			int64_t of_clue = party ? 0 : s.r[j]->id, of_case = party ? s.r[j]->parent : rec_int(s.r[j], "case_file");
			if (of_case) {
				TRY(see_one(in, "case", of_case, &kase));
				of_clue = of_clue ? of_clue : rec_int(kase, "clue");
			}
			TRY(people_conflict(c, staff, of_case, of_clue, how, STR("")));
		}
	}
	return OK;
}

enum err people_conflicts_of_staff(struct ctx *c, int64_t staff)
{
	struct ctx in = ctx_inside(c);
	struct keys own = { 0 }, kin = { 0 }, home;
	struct seen s;
	struct rec *her;
	if (!type_find(c->app, STR("conflict")))
		return OK;
	TRY(see_one(&in, "staff", staff, &her));
	key_add(own.phone, &own.nphone, rec_str(&in, her, "phone"));
	TRY(see_children(&in, "kin", staff, &s));
	TRY(numbers_staff(c, her, &s));
	if (!type_find(c->app, STR("case")))
		return OK;
	for (size_t i = 0; i < s.n; i++) {
		struct keys *k = str_is(rec_str(&in, s.r[i], "relation"), "self") ? &own : &kin;
		if (!rec_in(s.r[i], "active"))
			continue;
		key_add(k->phone, &k->nphone, rec_str(&in, s.r[i], "phone"));
		key_add(k->idno, &k->nidno, rec_str(&in, s.r[i], "idno"));
	}
	TRY(roots_with(c, &in, staff, &own, "self"));
	TRY(roots_with(c, &in, staff, &kin, "kin"));
	TRY(household_keys(&in, &own, &home));
	return roots_with(c, &in, staff, &home, "home");
}
