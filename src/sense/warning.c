/* Why: the family of whom three channels each heard once is on nobody's list. What is heard of the same people is put together, weighed in the open, and shown
 * to whoever can visit; she decides and says why. Invariants: advice only (个人信息保护法 24): nothing is dispatched, opened or refused by a level; nothing is
 * lower than what was grave a few weeks ago; a person's word stands beside the points until something new is heard or its time has run out; a level ends by
 * itself when nothing was heard for long; who must not know of a clue does not see its warning. */
#include "sense/import.h"
#include "sense/warning.h"
#include "sense/clue.h"
#include <jansson.h>
#include <stdlib.h>

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
#define QUIET (90 * MS_DAY)       /* below all levels and nothing heard for so long: it ends */
#define SHARED 10                 /* a number that stands in more clues than that is an office's, not a household's */

static const struct field fields[] = {
	F("level", "Level of care", F_CODE, .of = "risk_level", .flags = FF_SYSTEM | FF_LIST | FF_FILTER, .help = N_("How closely this household is looked after, not a verdict on it; it is looked at anew each time.")),
	F("machine", "By the points", F_CODE, .of = "risk_level", .flags = FF_SYSTEM | FF_FILTER),
	F("points", "Points", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = 100000),
	F("reports", "Reports", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = 100000),
	F("last_at", "Last heard of", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("reasons", "Why", F_JSON, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY),
	F("facts", "Facts that were checked", F_CODES, .of = "risk_fact", .flags = 0, .help = N_("Only what was seen or shown, each for a limited time; no labels.")),
	F("facts_at", "Since when", F_JSON, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY),
	F("household", "Household", F_REF, .of = "household"),
	F("decided", "Decided by a person", F_CODE, .of = "risk_level", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("decided_at", "Decided at", F_TIME, .flags = FF_SYSTEM),
	F("decision_note", "Why it was decided so", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("review_on", "To be looked at again on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("ended_why", "Why it ended", F_CODE, .of = "warning_end", .flags = FF_SYSTEM | FF_FILTER),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
};
static const struct state states[] = { { "watching", N_("Looked after"), true, "yellow" }, { "ended", N_("No longer looked after"), false, "green" } };

/* ---- what counts ---- */

struct gather { struct ctx *c; struct risk_card card; struct risk_event *v; size_t n, cap; int reports; };

static void put(struct gather *g, struct str item, int64_t ms, const struct rec *clue)
{
	struct risk_event e = { .item = risk_item(&g->card, item), .ms = ms };
	struct ctx *c = g->c;
	if (!ms || e.item < 0)
		return;
	if (clue) {
		e.source = rec_str(c, clue, "source");
		e.searched = str_is(code_more(c->app->codes, "source", e.source, "group"), "self");
		struct str rest = rec_str(c, clue, "signals");
		while (rest.p) {
			struct str s = str_cut(rest, ',', &rest);
			e.danger |= s.n && str_is(code_more(c->app->codes, "signal", s, "group"), "danger");
		}
	}
	VEC_PUSH(c->a, g->v, g->n, g->cap, e);
}

static struct str id_list(struct ctx *c, const int64_t *id, size_t n)
{
	BUF_AUTO b = BUF(20000);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%lld", i ? "|" : "", (long long)id[i]);
	return arena_str(c->a, buf_view(&b));
}

/* Records of a case by the names of their types; a program without the wing has none. */
static enum err of_cases(struct ctx *c, const char *type, struct str cases, struct seen *ret)
{
	*ret = (struct seen){ 0 };
	return type_find(c->app, str_of(type)) ? see(c, &(struct see){ .type = type, .filters = &(struct filter){ STR("parent"), cases }, .nfilters = 1, .limit = 500 }, ret) : OK;
}

static enum err gather_cases(struct gather *g, struct str cases)
{
	struct ctx *c = g->c;
	struct seen s;
	TRY(of_cases(c, "letter", cases, &s));
	for (size_t i = 0; i < s.n; i++) {
		put(g, STR("letter"), rec_in(s.r[i], "issued|served|followed|breached|ended") ? rec_int(s.r[i], "issued_on") : 0, NULL);
		put(g, STR("breach"), rec_int(s.r[i], "breach_on"), NULL);
	}
	TRY(of_cases(c, "order", cases, &s));
	for (size_t i = 0; i < s.n; i++) {
		put(g, STR("order"), rec_in(s.r[i], "granted|running|breached|over") ? rec_int(s.r[i], "decided_at") : 0, NULL);
		put(g, STR("breach"), rec_int(s.r[i], "breach_at"), NULL);
	}
	TRY(of_cases(c, "visit", cases, &s));
	for (size_t i = 0; i < s.n; i++)
		if (str_is(code_more(c->app->codes, "visit_result", rec_str(c, s.r[i], "result"), "reopen"), "1"))
			put(g, STR("relapse"), rec_int(s.r[i], "done_at"), NULL);
	return OK;
}

static enum err gather_facts(struct gather *g, const struct rec *w)
{
	struct ctx *c = g->c;
	struct str rest = rec_str(c, w, "facts"), at = rec_str(c, w, "facts_at");
	json_t *j = at.n ? json_loadb(at.p, at.n, 0, NULL) : NULL;
	while (rest.p) {
		char *code = arena_cstr(c->a, str_cut(rest, ',', &rest));
		put(g, str_of(code), json_integer_value(json_object_get(j, code)), NULL);
	}
	json_decref(j);
	return OK;
}

static enum err gather_all(struct gather *g, const struct rec *w)
{
	struct ctx *c = g->c;
	struct seen ties, clues;
	int64_t id[500], kase[100];
	size_t n = 0, nk = 0;
	TRY(see_children(c, "tie", w->id, &ties));
	for (size_t i = 0; i < ties.n && n < ARRAY_LEN(id); i++)
		if (rec_in(ties.r[i], "tied"))
			id[n++] = rec_int(ties.r[i], "clue");
	if (n) {
		TRY(see(c, &(struct see){ .type = "clue", .ids = id, .nids = n, .limit = 500 }, &clues));
		for (size_t i = 0; i < clues.n; i++) {
			struct rec *k = clues.r[i];
			struct str grade = rec_str(c, k, "grade");
			if (rec_int(k, "case_file") && nk < ARRAY_LEN(kase))
				kase[nk++] = rec_int(k, "case_file");
			/* What was sent elsewhere as no family matter, or found untrue, says nothing of them. */
			if (!rec_int(k, "family") || str_is(rec_str(c, k, "outcome"), "unfounded"))
				continue;
			g->reports++;
			put(g, grade, rec_int(k, "received"), k);
		}
	}
	if (nk)
		TRY(gather_cases(g, id_list(c, kase, nk)));
	return gather_facts(g, w);
}

static enum err weigh_it(struct ctx *c, const struct rec *w, struct risk *ret, int *ret_reports)
{
	struct ctx in = ctx_inside(c);
	struct gather g = { .c = &in };
	risk_card(c->app->codes, &g.card);
	TRY(gather_all(&g, w));
	risk_of(&g.card, c->now, g.v, g.n, ret);
	*ret_reports = g.reports;
	return OK;
}

enum err warning_risk(struct ctx *c, int64_t warning, struct risk *ret)
{
	struct ctx in = ctx_inside(c);
	struct rec *w;
	int reports;
	TRY(see_one(&in, "warning", warning, &w));
	return weigh_it(&in, w, ret, &reports);
}

/* What would be called grave of what came after: a red report, a breach, an order, a relapse. */
static bool grave_item(struct str code) { return str_is(code, "red") || str_is(code, "breach") || str_is(code, "order") || str_is(code, "relapse"); }

enum err warning_at(struct ctx *c, const struct rec *w, int64_t span, struct warning_then *v, size_t n)
{
	struct ctx in = ctx_inside(c);
	struct gather g = { .c = &in };
	risk_card(c->app->codes, &g.card);
	TRY(gather_all(&g, w));
	for (size_t k = 0; k < n; k++) {
		risk_of(&g.card, v[k].at, g.v, g.n, &v[k].risk);
		v[k].grave = false;
		for (size_t i = 0; i < g.n; i++)
			v[k].grave |= g.v[i].ms > v[k].at && g.v[i].ms <= v[k].at + span && grave_item(g.card.row[g.v[i].item].item->code);
	}
	return OK;
}

/* ---- what is kept of it ---- */

static void keep_reasons(struct ctx *c, struct rec *now, const struct risk *r)
{
	BUF_AUTO b = BUF(8192);
	buf_char(&b, '[');
	for (size_t i = 0; i < r->n; i++)
		buf_printf(&b, "%s[\"%.*s\",%lld,%lld,%d]", i ? "," : "", (int)r->v[i].item->code.n, r->v[i].item->code.p, (long long)r->v[i].tenths, (long long)r->v[i].ms, r->v[i].n);
	buf_char(&b, ']');
	rec_set_str(now, "reasons", arena_str(c->a, buf_view(&b)));
}

enum err warning_reasons(struct ctx *c, const struct rec *w, struct warning_reason ret[RISK_REASONS], size_t *ret_n)
{
	struct str s = rec_str(c, w, "reasons");
	json_t *j = s.n ? json_loadb(s.p, s.n, 0, NULL) : NULL, *v;
	size_t i;
	*ret_n = 0;
	json_array_foreach(j, i, v) {
		const char *code = json_string_value(json_array_get(v, 0));
		const struct code *k = code ? code_find(c->app->codes, "risk_point", str_of(code)) : NULL;
		if (k && *ret_n < RISK_REASONS)
			ret[(*ret_n)++] = (struct warning_reason){ k, json_integer_value(json_array_get(v, 1)), json_integer_value(json_array_get(v, 2)), (int)json_integer_value(json_array_get(v, 3)) };
	}
	json_decref(j);
	return OK;
}

static void set_level(struct rec *now, const char *field, struct str v)
{
	if (v.n)
		rec_set_str(now, field, v);
	else
		rec_clear(now, field);
}

/* Her word stands until something new is heard or it is to be looked at again; then the graver of both. */
static void settle_level(struct ctx *c, struct rec *now)
{
	struct str machine = rec_str(c, now, "machine"), hers = rec_str(c, now, "decided");
	bool stands = hers.n && rec_int(now, "decided_at") >= rec_int(now, "last_at") && c->now < rec_int(now, "review_on") + MS_DAY;
	bool graver = hers.n && risk_rank(c->app->codes, hers) < risk_rank(c->app->codes, machine);
	set_level(now, "level", stands || graver ? hers : machine);
}

static void set_review(struct ctx *c, struct rec *now)
{
	int64_t days = risk_level_number(c->app->codes, rec_str(c, now, "level"), "review");
	rec_set_int(now, "review_on", day_start(day_of(c->now) + (int32_t)(days ? days : 90)));
}

static enum err score_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct risk r;
	int reports;
	TRY(weigh_it(c, now, &r, &reports));
	set_level(now, "machine", r.level);
	rec_set_int(now, "points", (r.tenths + 5) / 10);
	rec_set_int(now, "reports", reports);
	if (r.last)
		rec_set_int(now, "last_at", r.last);
	else
		rec_clear(now, "last_at");
	keep_reasons(c, now, &r);
	settle_level(c, now);
	/* What became graver is looked at sooner; what became lighter keeps its day. */
	int rank = risk_rank(c->app->codes, rec_str(c, now, "level"));
	if (!old || !rec_int(old, "review_on") || !rec_in(old, "watching") || rank < risk_rank(c->app->codes, rec_str(c, old, "level")))
		set_review(c, now);
	return OK;
}

static enum err clock_it(struct ctx *c, const struct rec *now)
{
	TRY(due_cancel(c, now));
	return rec_has(now, "level") ? due_start_at(c, now, "warning.review", rec_int(now, "review_on") + MS_DAY, "review_on") : OK;
}

static enum err scored(struct ctx *c, const struct rec *old, struct rec *now)
{
	int was = old ? risk_rank(c->app->codes, rec_str(c, old, "level")) : 99, is = risk_rank(c->app->codes, rec_str(c, now, "level"));
	if (!old || was != is || rec_int(old, "review_on") != rec_int(now, "review_on"))
		TRY(clock_it(c, now));
	/* Of a single report its own alarm tells. */
	return is < was && is <= 2 && rec_int(now, "reports") > 1 ? notice_put(c, 0, now->org, now, N_("A household is to be looked after more closely")) : OK;
}

static enum err score(struct ctx *c, int64_t id)
{
	struct done d;
	return act_inner(c, &(struct act){ .type = "warning", .verb = "score", .id = id }, &d);
}

/* What is ended begins again by something new only. */
static enum err score_watched(struct ctx *c, int64_t id)
{
	struct ctx in = ctx_inside(c);
	struct rec *w;
	TRY(see_one(&in, "warning", id, &w));
	return rec_in(w, "watching") ? score(c, id) : OK;
}

/* ---- a person's word ---- */

static enum err review_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct risk r;
	int reports;
	if (!rec_changed(c, old, now, "decision_note") && rec_has(old, "decision_note"))
		fault_field(c->f, "decision_note", N_("Please say anew why."), NULL);
	TRY(weigh_it(c, now, &r, &reports));
	if (r.floor && risk_rank(c->app->codes, rec_str(c, now, "decided")) > risk_rank(c->app->codes, r.level))
		fault_field(c->f, "decided", N_("A grave report of the last weeks stands: it is not put lower now."), NULL);
	rec_set_int(now, "decided_at", c->now);
	rec_set_str(now, "level", rec_str(c, now, "decided"));
	set_review(c, now);
	return OK;
}

static enum err reviewed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return clock_it(c, now);
}

/* A fact counts from the day on which it was ticked first, and again when it is ticked after it had gone. */
static enum err facts_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str rest = rec_str(c, now, "facts"), at = rec_str(c, old, "facts_at");
	json_t *was = at.n ? json_loadb(at.p, at.n, 0, NULL) : NULL, *is = json_object();
	while (rest.p) {
		const char *code = arena_cstr(c->a, str_cut(rest, ',', &rest));
		int64_t ms = json_integer_value(json_object_get(was, code));
		if (*code)
			json_object_set_new(is, code, json_integer(ms ? ms : c->now));
	}
	char *text = json_dumps(is, JSON_COMPACT | JSON_SORT_KEYS);
	rec_set_str(now, "facts_at", arena_str(c->a, str_of(text ? text : "{}")));
	free(text);
	json_decref(was);
	json_decref(is);
	return score_it(c, old, now);
}

/* No level and no reason outlives the care: what is left is that there was one, when, and how it ended. */
static enum err wipe(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const gone[] = { "level", "machine", "points", "reasons", "facts", "facts_at", "household", "decided", "decided_at", "decision_note", "review_on" };
	(void)c, (void)old;
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		rec_clear(now, gone[i]);
	return OK;
}

static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct risk r;
	int reports;
	TRY(weigh_it(c, old, &r, &reports));
	if (r.floor && !str_is(rec_str(c, now, "ended_why"), "wrong"))
		return fail(c->f, ERR_STATE, N_("A grave report of the last weeks stands: the household is looked after until then. Was it the wrong household, move the clue first."), NULL);
	return wipe(c, old, now);
}

static enum err ended(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

static enum err hand_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (now->org == old->org)
		fault_field(c->f, "org", N_("Please choose another unit."), NULL);
	return OK;
}

static enum err handed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("A household to be looked after was handed to your unit"));
}

#define DESK(f, v, t, l, flds, prep, eff, fl) { .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED, .scope = SC_ORG, .fields = flds, .prepare = prep, .effect = eff, .flags = fl }
#define INNER(f, v, t, l, flds, prep, eff) { .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(SYSTEM), .scope = SC_ALL, .fields = flds, .prepare = prep, .effect = eff, .flags = STEP_INTERNAL }
static const struct step steps[] = {
	INNER("", "create", "watching", "Begin to look after", "area org", NULL, NULL),
	INNER("watching", "score", "=", "Weigh anew", "", score_it, scored),
	INNER("ended", "score", "watching", "Heard of again", "", score_it, scored),
	INNER("watching", "expire", "ended", "Ended by its time", "ended_why", wipe, ended),
	{ .from = "watching", .verb = "review", .to = "=", .label = N_("Decide"), .roles = R_FED, .scope = SC_ORG, .fields = "decided! decision_note!", .prepare = review_check,
	  .effect = reviewed, .meets = "warning.review", .flags = STEP_PRIMARY },
	DESK("watching", "facts", "=", "Facts that were checked", "facts household note", facts_check, scored, 0),
	DESK("watching", "hand", "=", "Hand to another unit", "org! note!", hand_check, handed, 0),
	DESK("watching", "end", "ended", "Look after no longer", "ended_why! note!", end_check, ended, STEP_DANGER),
};
/* What was heard stands in clues that open by assignment; here only how often, how grave and when. */
static const struct grant read_warning[] = { { R_FED, SC_ORG, SIGHT_FULL }, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype warning_type = {
	.name = "warning", .label = N_("Household under care"), .plural = N_("Households under care"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = read_warning, .nread = ARRAY_LEN(read_warning), .number = "关", .level = 3, .guard = GUARD_SELF,
};

/* ---- what belongs to it ---- */

static const struct field tie_fields[] = {
	F("clue", "Clue", F_REF, .of = "clue", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("how", "How it came here", F_CODE, .of = "tie_how", .flags = FF_SYSTEM | FF_LIST),
	F("undo", "Why it was taken out", F_CODE, .of = "tie_undo", .flags = FF_SYSTEM | FF_LIST),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .max = 200),
};
static const struct state tie_states[] = { { "tied", N_("Belongs to it"), true, NULL }, { "untied", N_("Taken out"), false, NULL } };

static enum err tie_of(struct ctx *c, int64_t clue, struct rec **ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see(&in, &(struct see){ .type = "tie", .filters = (struct filter[]){ { STR("clue"), id_text(c, clue) }, { STR("state"), STR("tied") } }, .nfilters = 2, .limit = 1 }, &s));
	*ret = s.n ? s.r[0] : NULL;
	return OK;
}

static enum err tie_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *there;
	TRY(tie_of(c, rec_int(now, "clue"), &there));
	if (there && there->id != now->id) {
		fault_field(c->f, "clue", N_("This clue belongs to another household under care. Please take it out there first."), NULL);
		return OK;
	}
	if (!old && !rec_has(now, "how"))
		rec_set_str(now, "how", STR("hand"));
	rec_clear(now, "undo");
	return OK;
}

/* Who must not know of the clue must not find its people here. */
static enum err tied(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(access_copy_out(c, rec_int(now, "clue"), now->parent));
	return score(c, now->parent);
}

static enum err untied(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return score_watched(c, now->parent);
}

static const struct step tie_steps[] = {
	{ .from = "", .verb = "create", .to = "tied", .label = N_("Put a clue here"), .roles = R_FED, .scope = SC_ORG, .fields = "clue! note", .prepare = tie_check, .effect = tied },
	INNER("", "join", "tied", "Put here by the same people", "clue! how", tie_check, tied),
	DESK("tied", "untie", "untied", "Take out", "undo! note", NULL, untied, STEP_DANGER),
	INNER("tied", "drop", "untied", "Found to be none", "undo", NULL, untied),
	DESK("untied", "tie", "tied", "Put back", "note", tie_check, tied, 0),
};
static const struct grant read_tie[] = { { R_FED, SC_ORG, SIGHT_FULL }, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype tie_type = {
	.name = "tie", .label = N_("Clue of a household"), .plural = N_("Clues of the household"), .title = "clue", .fields = tie_fields, .nfields = ARRAY_LEN(tie_fields), .states = tie_states,
	.nstates = ARRAY_LEN(tie_states), .steps = tie_steps, .nsteps = ARRAY_LEN(tie_steps), .read = read_tie, .nread = ARRAY_LEN(read_tie), .parent = "warning", .level = 3,
	.guard = GUARD_PARENT,
};

/* ---- hearing ---- */

struct match { int64_t warning; const char *how; };

static enum err match_by(struct ctx *in, const struct rec *clue, const char *part, struct match *best)
{
	struct str v[2];
	size_t n = 0;
	for (const char *side = "ab"; *side; side++) {
		struct str s = rec_str(in, clue, arena_printf(in->a, "party_%c_%s", *side, part));
		if (s.n)
			v[n++] = s;
	}
	for (const char *side = "ab"; n && *side; side++) {
		struct seen s;
		TRY(see_any(in, "clue", arena_printf(in->a, "party_%c_%s", *side, part), v, n, &s));
		for (size_t i = 0; i < s.n && s.n <= SHARED; i++) {
			struct rec *tie;
			if (s.r[i]->id == clue->id)
				continue;
			TRY(tie_of(in, s.r[i]->id, &tie));
			if (tie && (!best->warning || tie->parent < best->warning))
				*best = (struct match){ tie->parent, strcmp(part, "idno") == 0 ? "idno" : "phone" };
		}
	}
	return OK;
}

/* Who looks after a household is the desk of where it lives, whoever took the first report. */
static enum err begin(struct ctx *c, const struct rec *clue, struct match *ret)
{
	struct done d;
	int64_t desk = 0;
	TRY(sense_desk_for(c, clue->area, &desk));
	TRY(act_inner(c, &(struct act){ .type = "warning", .verb = "create", .area = clue->area, .org = desk ? desk : clue->org }, &d));
	*ret = (struct match){ d.id, "first" };
	return OK;
}

enum err warning_hear(struct ctx *c, const struct rec *clue)
{
	struct ctx in = ctx_inside(c);
	struct rec *tie;
	struct match m = { 0 };
	struct done d;
	if (!type_find(c->app, STR("warning")))
		return OK;
	TRY(tie_of(c, clue->id, &tie));
	if (!rec_int(clue, "family"))
		return tie ? act_inner(c, &(struct act){ .type = "tie", .verb = "drop", .id = tie->id, INPUTS(INPUT("undo", STR("false"))) }, &d) : OK;
	if (tie)
		return score_watched(c, tie->parent);
	TRY(match_by(&in, clue, "idno", &m));
	if (!m.warning)
		TRY(match_by(&in, clue, "phone", &m));
	if (!m.warning)
		TRY(begin(c, clue, &m));
	return act_inner(c, &(struct act){ .type = "tie", .verb = "join", .parent = m.warning, INPUTS(INPUT("clue", id_text(c, clue->id)), INPUT("how", str_of(m.how))) }, &d);
}

enum err warning_about(struct ctx *c, const struct rec *clue, struct rec **ret)
{
	struct ctx in = ctx_inside(c);
	struct rec *tie;
	struct match m = { 0 };
	*ret = NULL;
	if (!type_find(c->app, STR("warning")))
		return OK;
	TRY(tie_of(c, clue->id, &tie));
	if (tie)
		m.warning = tie->parent;
	if (!m.warning)
		TRY(match_by(&in, clue, "idno", &m));
	if (!m.warning)
		TRY(match_by(&in, clue, "phone", &m));
	return m.warning ? see_if(c, "warning", m.warning, ret) : OK;
}

/* ---- time passes ---- */

static enum err pass_one(struct ctx *c, void *arg)
{
	const struct rec *w = arg;
	struct risk r;
	int reports;
	struct done d;
	int64_t had = rec_int(w, "points");
	TRY(weigh_it(c, w, &r, &reports));
	if (!r.level.n && c->now - (r.last ? r.last : w->created) > QUIET)
		return act(c, &(struct act){ .type = "warning", .verb = "expire", .id = w->id, INPUTS(INPUT("ended_why", STR("expired"))) }, &d);
	bool same = str_eq(r.level, rec_str(c, w, "machine")) && reports == rec_int(w, "reports") && llabs(r.tenths - 10 * had) < 10;
	bool over = rec_has(w, "decided") && !str_eq(rec_str(c, w, "level"), rec_str(c, w, "machine")) && c->now >= rec_int(w, "review_on") + MS_DAY;
	return same && !over ? OK : act(c, &(struct act){ .type = "warning", .verb = "score", .id = w->id }, &d);
}

enum err warning_job(struct ctx *c, struct str arg)
{
	struct ctx in = ctx_inside(c);
	int64_t after = 0;
	(void)arg;
	do {
		struct seen s;
		ARENA a = arena_new(0);
		struct ctx page = in;
		page.a = a;
		page.labels = NULL;
		TRY(ctx_read(&page));
		TRY(see(&page, &(struct see){ .type = "warning", .filters = &(struct filter){ STR("state"), STR("watching") }, .nfilters = 1, .after = after, .oldest = true, .limit = 200 }, &s));
		for (size_t i = 0; i < s.n; i++) {
			TRY(ctx_write(&page, pass_one, s.r[i]));
			after = s.r[i]->id;
		}
		after = s.next ? after : 0;
	} while (after);
	return OK;
}
