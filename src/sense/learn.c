/* Why: people who correct a machine every day and see it never change stop correcting it; and a machine that changes by itself is nobody's.
 * Invariants: what is held out is never learned from; no text is kept here, a clue is read again each time and its words end with it; a lowered
 * grade never teaches that a text with a sign of danger is harmless; what loses open danger is never offered; nobody puts in force
 * what she asked for; to go back takes one person and one step. */
#include "sense/learn.h"
#include "sense/clue.h"
#include "sense/learn_inner.h"
#include "sense/phrase.h"
#include "text/text.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
static const struct field fields[] = {
	F("why", "What for", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED, .max = 500),
	F("verdict", "Why it was not put in force", F_CODE, .of = "model_end", .flags = FF_SYSTEM | FF_LIST),
	F("corrections", "Corrections learned from", F_INT, .flags = FF_SYSTEM | FF_LIST),
	F("agreed", "Agreed verdicts learned from", F_INT, .flags = FF_SYSTEM),
	F("held", "Clues held out for comparing", F_INT, .flags = FF_SYSTEM),
	F("lost", "Words of open danger lost", F_INT, .flags = FF_SYSTEM | FF_LIST),
	F("based", "Begun at version", F_REF, .of = "model", .flags = FF_SYSTEM),
	F("before", "In force before it", F_REF, .of = "model", .flags = FF_SYSTEM),
	F("digest", "SHA-256 of the weights", F_TEXT, .flags = FF_SYSTEM, .max = 64),
	F("figures", "How it measured", F_JSON, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY),
	F("decider", "Decided by", F_REF, .of = "staff", .flags = FF_SYSTEM | FF_LIST),
	F("decided", "Decided", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("reason", "Reason", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 500),
	F("weights", "Weights", F_SECRET, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 16000000),
};
static const struct state states[] = {
	{ "asked", N_("Being trained"), true, "yellow" }, { "trained", N_("Trained"), true, "yellow" }, { "offered", N_("Waits for a second person"), true, "yellow" },
	{ "used", N_("In force"), false, "green" }, { "replaced", N_("Replaced by a later version"), false, NULL }, { "refused", N_("Refused"), false, NULL },
	{ "failed", N_("Could not be trained"), false, NULL }, { "withdrawn", N_("Taken back"), false, "red" },
};

/* ---- in force ---- */

#define IN_FORCE "triage_model"      /* setting: id of the version */

enum err learn_in_force(struct ctx *c, int64_t *ret)
{
	struct str v;
	*ret = 0;
	TRY(setting_text(c, IN_FORCE, &v));
	return !v.p || str_int(v, ret) ? OK : fail(c->f, ERR_DB, NULL, "setting triage_model is no number");
}

static enum err put_in_force(struct ctx *c, int64_t id) { return setting_put(c, IN_FORCE, id_text(c, id)); }

enum err learn_weights(struct ctx *c, int64_t id, struct str *ret)
{
	struct rec *r;
	if (!id) {
		*ret = triage_model();
		return OK;
	}
	TRY(see_one(c, "model", id, &r));
	*ret = rec_str(c, r, "weights");
	return ret->n ? OK : fail(c->f, ERR_NOT_FOUND, NULL, "version %lld of the model has no weights", (long long)id);
}

static enum err engine_of(struct ctx *c, int64_t id, struct triage_engine **ret)
{
	struct str weights;
	TRY(learn_weights(c, id, &weights));
	TRY(triage_open_with(weights, ret, c->f));
	enum err e = phrase_dress(c, 0, ret);
	if (e != OK)
		triage_close(*ret);
	return e;
}

/* What the judge has made already is made anew only where it has another model. */
static enum err dressed(struct ctx *c, struct triage_engine **ret)
{
	TRY(sense_judge_engine(c->app->triage, ret, c->f));
	enum err e = phrase_dress(c, 0, ret);
	if (e != OK)
		triage_close(*ret);
	return e;
}

enum err learn_engine(struct ctx *c, struct triage_engine **ret)
{
	int64_t id;
	TRY(learn_in_force(c, &id));
	return c->app->triage && sense_judge_version(c->app->triage).model == id ? dressed(c, ret) : engine_of(c, id, ret);
}

enum err learn_now(struct ctx *c, struct sense_version *ret)
{
	TRY(learn_in_force(c, &ret->model));
	return phrase_list(c, &ret->phrases);
}

enum err learn_refresh(struct app *app, struct fault *f)
{
	ARENA a = arena_new((size_t)64 << 20);
	struct ctx c;
	struct triage_engine *e;
	struct sense_version now;
	if (!app->triage)
		return OK;
	ctx_init(&c, app, a, f, &actor_system);
	TRY(ctx_read(&c));
	TRY(learn_now(&c, &now));
	struct sense_version has = sense_judge_version(app->triage);
	if (now.model == has.model && now.phrases == has.phrases)
		return OK;
	TRY(learn_engine(&c, &e));
	sense_judge_put(app->triage, e, now);
	return OK;
}

/* ---- the steps ---- */

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	int64_t open = 0;
	(void)old, (void)now;
	TRY(see_count(&in, &(struct see){ .type = "model", .filters = (struct filter[]){ { STR("open"), STR("1") } }, .nfilters = 1 }, 1, &open));
	return open ? fail(c->f, ERR_STATE, N_("A version is being trained or waits to be decided. Please decide that one first."), NULL) : OK;
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return job_put(c, "learn", id_text(c, now->id), c->now);
}

/* They come in digits through the door and are kept as they are. */
static enum err trained(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str hex = rec_str(c, now, "weights");
	(void)old;
	char *raw = arena_alloc(c->a, hex.n / 2 + 1);
	if (!hex.n || !hex_get(hex, raw, hex.n / 2))
		return fail(c->f, ERR_INVALID, NULL, "weights of a model");
	struct str bytes = { raw, hex.n / 2 };
	rec_set_str(now, "weights", bytes);
	rec_set_str(now, "digest", sha256_str(c->a, bytes));
	return OK;
}

static enum err offered(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("A new version of the screening waits for a second person"));
}

/* What is not to be used is not kept. */
static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	rec_clear(now, "weights");
	if (c->actor->user) {
		rec_set_int(now, "decider", c->actor->user);
		rec_set_int(now, "decided", c->now);
		if (rec_in(old, "asked|trained|offered"))
			rec_set_str(now, "verdict", STR("person"));
	}
	return OK;
}

static enum err ended(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, now->creator, 0, now, N_("The new version of the screening is not put in force"));
}

static enum err use_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t was;
	if (!c->actor->user || c->actor->user == old->creator)
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who asked."), "model: the same person twice");
	TRY(learn_in_force(c, &was));
	if (was != rec_int(old, "based"))
		return fail(c->f, ERR_STATE, N_("Another version came into force since this one was compared. Please refuse it and train a new one."), NULL);
	rec_set_int(now, "decider", c->actor->user);
	rec_set_int(now, "decided", c->now);
	if (was)
		rec_set_int(now, "before", was);
	return OK;
}

static enum err used(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct done d;
	(void)old;
	if (rec_has(now, "before"))
		TRY(act_inner(c, &(struct act){ .type = "model", .verb = "replace", .id = rec_int(now, "before") }, &d));
	TRY(put_in_force(c, now->id));
	return notice_put(c, 0, now->org, now, N_("Another version of the screening is in force"));
}

static enum err taken_back(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct done d;
	(void)old;
	if (rec_has(now, "before"))
		TRY(act_inner(c, &(struct act){ .type = "model", .verb = "again", .id = rec_int(now, "before") }, &d));
	TRY(put_in_force(c, rec_int(now, "before")));
	return notice_put(c, 0, now->org, now, N_("Another version of the screening is in force"));
}

#define DECIDE(f, v, t, l, prep, eff, fl)                                                                                                                               \
	{ .from = f, .verb = v, .to = t, .label = l, .roles = R(CITY), .scope = SC_AREA, .fields = "reason!", .prepare = prep, .effect = eff, .flags = fl },            \
	{ .from = f, .verb = v, .to = t, .label = l, .roles = R(SECADMIN), .scope = SC_ALL, .fields = "reason!", .prepare = prep, .effect = eff, .flags = fl }
#define INNER(f, v, t, l, flds, ...) { .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(SYSTEM), .scope = SC_ALL, .fields = flds, .flags = STEP_INTERNAL, __VA_ARGS__ }
static const struct step steps[] = {
	{ .from = "", .verb = "create", .to = "asked", .label = N_("Train a new version"), .roles = R(CITY), .scope = SC_AREA, .fields = "why!", .prepare = ask_check, .effect = asked, .flags = STEP_PRIMARY },
	INNER("asked", "train", "trained", "Trained", "corrections agreed held lost based figures weights!", .prepare = trained),
	INNER("asked", "fail", "failed", "Could not be trained", "verdict! corrections agreed held", .effect = ended),
	INNER("trained", "offer", "offered", "Offer", "", .effect = offered),
	INNER("trained", "drop", "refused", "Refuse", "verdict!", .prepare = end_check, .effect = ended),
	DECIDE("offered", "use", "used", N_("Put in force"), use_check, used, STEP_PRIMARY | STEP_FRESH),
	DECIDE("asked|trained|offered", "refuse", "refused", N_("Refuse"), end_check, ended, 0),
	DECIDE("used", "back", "withdrawn", N_("Take back: the version before"), end_check, taken_back, STEP_DANGER | STEP_FRESH),
	INNER("used", "replace", "replaced", "Replaced by a later version", ""),
	INNER("replaced", "again", "used", "In force again", ""),
};
static const struct grant grants[] = {
	{ R(CITY), SC_AREA, SIGHT_FULL }, { R(SECADMIN), SC_ALL, SIGHT_FULL }, { R(AUDITOR), SC_ALL, SIGHT_MASKED },
};
const struct rtype model_type = {
	.name = "model", .label = N_("Version of the screening"), .plural = N_("Versions of the screening"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .number = "模", .level = 2,
};

/* ---- how it measured ---- */

static int64_t of(const json_t *j, const char *name) { return json_integer_value(json_object_get(j, name)); }

static struct learn_score score_of(const json_t *j)
{
	return (struct learn_score){ of(j, "tp"), of(j, "fp"), of(j, "fn"), of(j, "urgent"), of(j, "found"), of(j, "calm"), of(j, "alarms") };
}

void learn_figures(struct ctx *c, const struct rec *model, struct learn_figures *ret)
{
	struct str s = rec_str(c, model, "figures");
	json_t *j = s.n ? json_loadb(s.p, s.n, 0, NULL) : NULL, *g;
	const json_t *all = json_object_get(j, "groups");
	size_t i;
	*ret = (struct learn_figures){ .held = of(j, "held"), .changed = of(j, "changed"), .was = score_of(json_object_get(j, "was")), .is = score_of(json_object_get(j, "is")),
				       .group = NEWN(c->a, struct learn_group, json_array_size(all) + 1) };
	json_array_foreach((json_t *)(uintptr_t)all, i, g) {
		int64_t by = of(g, "by");
		if (by >= 0 && by < LEARN_BYS)
			ret->group[ret->ngroups++] = (struct learn_group){ (enum learn_by)by, arena_str(c->a, str_of(json_string_value(json_object_get(g, "key")))), of(g, "n"), of(g, "changed") };
	}
	json_decref(j);
}
