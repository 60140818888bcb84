/* Why: somebody falls ill, goes on leave or leaves, and fifty families wait: all that she has open passes on in one step, and what cannot pass is said
 * line by line instead of being lost.
 * Who does what: the federation of the place, or the head of the studio, who sees beforehand what would go to whom; the receiving ones are told.
 * Invariants: one transaction; nothing goes to who is on leave or must keep away from it; what is not passed on stays with her and stands in the report.
 * Work that whoever hands over must not know of is not shown, not moved and not named: the unit above is told that a case needs somebody. */
#include "absorb/handover.h"
#include "absorb/absorb.h"
#include "absorb/timed.h"
#include "people/people.h"
#include <jansson.h>

static const struct field fields[] = {
	F("reason", "Reason", F_CODE, .of = "handover_reason", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("lines", "What goes to whom", F_JSON, .flags = FF_HEAVY),
	F("moved", "Passed on", F_INT, .flags = FF_SYSTEM | FF_LIST),
	F("kept", "Stayed with her", F_INT, .flags = FF_SYSTEM | FF_LIST),
	F("report", "Report", F_JSON, .flags = FF_SYSTEM | FF_HEAVY),
};
static const struct state states[] = { { "done", N_("All passed on"), false, "green" }, { "partly", N_("Something stayed with her"), true, "red" }, { "settled", N_("Seen to"), false, NULL } };

/* ---- what she has open ---- */


static enum err add_cases(struct ctx *in, int64_t staff, struct open_work *w)
{
	struct seen s = { 0 };
	const struct filter by[] = { { STR("owner"), id_text(in, staff) }, { STR("open"), STR("1") } };
	do {
		TRY(see(in, &(struct see){ .type = "case", .filters = by, .nfilters = 2, .limit = 500, .oldest = true, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++)
			VEC_PUSH(in->a, w->v, w->n, w->cap, ((struct open_item){ .type = "case", .id = s.r[i]->id, .kase = s.r[i] }));
	} while (s.next);
	return OK;
}

/* Cases of others in which she works along. */
static enum err add_parts(struct ctx *in, int64_t staff, struct open_work *w)
{
	struct seen s = { 0 };
	const struct filter by[] = { { STR("staff"), id_text(in, staff) }, { STR("state"), STR("active") } };
	do {
		TRY(see(in, &(struct see){ .type = "team", .filters = by, .nfilters = 2, .limit = 500, .oldest = true, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct rec *k;
			TRY(see_one(in, "case", s.r[i]->parent, &k));
			if (k->owner != staff && !rec_in(k, "closed|archived"))
				VEC_PUSH(in->a, w->v, w->n, w->cap, ((struct open_item){ .type = "team", .id = s.r[i]->id, .kase = k, .part = arena_cstr(in->a, rec_str(in, s.r[i], "part")) }));
		}
	} while (s.next);
	return OK;
}

static bool there_already(const struct open_work *w, const char *type, int64_t id)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].id == id && strcmp(w->v[i].type, type) == 0)
			return true;
	return false;
}

/* Couples that she is in charge of, or counsels along with others. */
static enum err add_couples(struct ctx *in, int64_t staff, struct open_work *w)
{
	struct seen s = { 0 };
	const struct filter own[] = { { STR("owner"), id_text(in, staff) }, { STR("open"), STR("1") } }, along[] = { { STR("staff"), id_text(in, staff) }, { STR("state"), STR("active") } };
	if (!type_find(in->app, STR("counsel")))
		return OK;
	do {
		TRY(see(in, &(struct see){ .type = "counsel", .filters = own, .nfilters = 2, .limit = 500, .oldest = true, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++)
			VEC_PUSH(in->a, w->v, w->n, w->cap, ((struct open_item){ .type = "counsel", .id = s.r[i]->id, .kase = s.r[i] }));
	} while (s.next);
	s = (struct seen){ 0 };
	do {
		TRY(see(in, &(struct see){ .type = "counsellor", .filters = along, .nfilters = 2, .limit = 500, .oldest = true, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct rec *k;
			TRY(see_one(in, "counsel", s.r[i]->parent, &k));
			if (!rec_in(k, "ended|void") && !there_already(w, "counsel", k->id))
				VEC_PUSH(in->a, w->v, w->n, w->cap, ((struct open_item){ .type = "counsel", .id = k->id, .kase = k, .part = arena_cstr(in->a, rec_str(in, s.r[i], "part")) }));
		}
	} while (s.next);
	return OK;
}

enum err absorb_open_work(struct ctx *c, int64_t staff, struct open_work *ret)
{
	struct ctx in = ctx_inside(c);
	*ret = (struct open_work){ 0 };
	TRY(add_cases(&in, staff, ret));
	TRY(add_parts(&in, staff, ret));
	TRY(add_couples(&in, staff, ret));
	for (size_t i = 0; i < ret->n; i++) {
		struct rec *k;
		TRY(see_if(c, ret->v[i].kase->t->name, ret->v[i].kase->id, &k));
		ret->v[i].hidden = !k;
		ret->v[i].kase = k ? k : ret->v[i].kase;
	}
	return OK;
}

/* ---- passing it on ---- */

struct passing { struct ctx *c; int64_t from; json_t *lines, *report; int moved, kept; int64_t told[100]; size_t ntold; };

static int64_t wanted(const json_t *lines, const struct open_item *it)
{
	size_t i;
	json_t *l;
	json_array_foreach(lines, i, l)
		if (json_integer_value(json_array_get(l, 1)) == it->id && strcmp(json_string_value(json_array_get(l, 0)) ? json_string_value(json_array_get(l, 0)) : "", it->type) == 0)
			return json_integer_value(json_array_get(l, 2));
	return 0;
}

/* She must be of the staff, and working. */
static enum err receiver_fits(struct ctx *c, int64_t from, int64_t to, const struct rec *kase, const char **ret_why)
{
	struct ctx in = ctx_inside(c);
	struct rec *her;
	*ret_why = NULL;
	if (!to) {
		*ret_why = N_("Nobody was chosen.");
		return OK;
	}
	TRY(see_if(&in, "staff", to, &her));
	if (!her || !rec_in(her, "active") || to == from || !(R_TEAM & 1u << role_of(rec_str(&in, her, "role")))) {
		*ret_why = N_("This person cannot take it. Please choose another.");
		return OK;
	}
	bool clash;
	TRY(people_assignable(c, to, kase->id, ret_why));
	TRY(absorb_time_clash(c, kase->id, from, to, &clash));
	if (!*ret_why && clash)
		*ret_why = N_("She has something else at the time of an appointment of this case. Please move that first.");
	return OK;
}

static enum err tell_once(struct passing *p, int64_t to, const struct rec *kase)
{
	for (size_t i = 0; i < p->ntold; i++)
		if (p->told[i] == to)
			return OK;
	if (p->ntold < ARRAY_LEN(p->told))
		p->told[p->ntold++] = to;
	return notice_put(p->c, to, 0, kase, N_("Open work was handed over to you: please look at your cases"));
}

static enum err pass_one(struct passing *p, const struct open_item *it)
{
	struct ctx *c = p->c;
	int64_t to = wanted(p->lines, it), above = 0;
	const char *why;
	if (it->hidden) {
		TRY(people_org_above(c, it->kase->org, &above));
		return above ? notice_put(c, 0, above, it->kase, N_("Somebody cannot go on with a case: please give it to another")) : OK;
	}
	TRY(receiver_fits(c, p->from, to, it->kase, &why));
	json_array_append_new(p->report, json_pack("[sIIs]", it->type, (json_int_t)it->kase->id, (json_int_t)to, why ? why : ""));
	if (why) {
		p->kept++;
		return OK;
	}
	p->moved++;
	if (strcmp(it->type, "case") == 0) {
		TRY(absorb_set(c, "case", it->id, "hand", "owner", id_text(c, to)));
	} else if (strcmp(it->type, "counsel") == 0) {
		TRY(absorb_counsel_pass(c, it->kase, p->from, to));
	} else {
		TRY(absorb_do(c, "team", it->id, "end"));
		TRY(absorb_assign(c, it->kase->id, to, it->part));
	}
	return tell_once(p, to, it->kase);
}

static enum err pass_all(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct open_work w;
	struct done d;
	struct str text = rec_str(c, now, "lines");
	struct passing p = { .c = c, .from = now->owner, .report = json_array() };
	(void)old;
	p.lines = json_loadb(text.p ? text.p : "[]", text.p ? text.n : 2, 0, NULL);
	enum err e = absorb_open_work(c, now->owner, &w);
	for (size_t i = 0; i < w.n && e == OK; i++)
		e = pass_one(&p, &w.v[i]);
	char *json = json_dumps(p.report, JSON_COMPACT);
	if (e == OK)
		e = act_inner(c, &(struct act){ .type = "handover", .verb = "report", .id = now->id, INPUTS(INPUT("moved", id_text(c, p.moved)), INPUT("kept", id_text(c, p.kept)),
			INPUT("report", arena_str(c->a, str_of(json ? json : "[]")))) }, &d);
	free(json);
	json_decref(p.report);
	json_decref(p.lines);
	return e;
}

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *m, *studio;
	(void)old;
	TRY(see_one(&in, "mediator", now->parent, &m));
	now->owner = rec_int(m, "staff");
	if (c->actor->role != ROLE_MEDIATOR || c->depth)
		return OK;
	/* Of the mediators only the head of her studio. */
	if (!rec_has(m, "studio"))
		return fail(c->f, ERR_DENIED, N_("Only the federation or the head of the studio hands over open work."), NULL);
	TRY(see_one(&in, "studio", rec_int(m, "studio"), &studio));
	if (rec_int(studio, "head") != c->actor->user)
		return fail(c->f, ERR_DENIED, N_("Only the federation or the head of the studio hands over open work."), NULL);
	return OK;
}

static enum err report_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c, (void)old;
	now->state = rec_int(now, "kept") ? STR("partly") : STR("done");
	return OK;
}

#define BY(f, v, t, l, flds, prep, eff, ...)                                                                                                                   \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED, .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ },         \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(MEDIATOR), .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
static const struct step steps[] = {
	BY("", "create", "done", "Hand over all open work", "reason! note lines!", ask_check, pass_all, .flags = STEP_PRIMARY | STEP_FRESH),
	INNER("done", "report", "?", "Handed over", "moved kept report", report_it, NULL, .starts = NULL),
	{ .from = "partly", .verb = "settle", .to = "settled", .label = N_("What stayed is seen to"), .roles = R_FED, .scope = SC_AREA, .fields = "note!" },
};
static const struct grant grants[] = { { R_FED, SC_AREA, SIGHT_FULL }, { R(MEDIATOR), SC_OWN, SIGHT_FULL } };

const struct rtype handover_type = {
	.name = "handover", .label = N_("Handing over"), .plural = N_("Handings over"), .title = "reason", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "mediator", .level = 2,
};
