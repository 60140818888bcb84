/* Why: a page for every record: where it stands, what can be done next, what belongs to it, what happened; and a form for
 * every step, all from the tables of its type. */
#include "absorb/absorb.h"
#include "desk/audit.h"
#include "desk/desk.h"
#include "desk/inner.h"
#include "desk/visit_pages.h"
#include "templates.h"
#include <stdio.h>

/* What act() would refuse this person is not offered: to decide one's own asking, to open what another asked for. */
static bool others(const struct ctx *c, const struct rec *r, const char *verb)
{
	bool decides = strcmp(verb, "agree") == 0 || strcmp(verb, "refuse") == 0;
	if (field_find(r->t, STR("decider")) < 0)
		return false;
	return decides ? r->creator == c->actor->user : strcmp(verb, "open") == 0 && r->creator != c->actor->user;
}

/* A pause is offered while time runs, its end while it is paused; an answer where something was asked. */
static bool idle(const struct ctx *c, const struct rec *r, const char *verb)
{
	bool kase = strcmp(r->t->name, "case") == 0;
	if (kase && strcmp(verb, rec_int(r, "suspended") ? "suspend" : "resume") == 0)
		return true;
	if (kase && strcmp(verb, rec_has(r, "object_at") ? "object" : "keep_on") == 0)
		return true;
	if (strcmp(r->t->name, "agreement") != 0)
		return false;
	return strcmp(verb, "confirm") == 0 ? absorb_no_confirmation(c, r) != NULL : strcmp(verb, "ruled") == 0 && (!rec_has(r, "confirm_on") || rec_has(r, "confirm_result"));
}

const struct step *desk_create_step(struct ctx *c, const struct rtype *t, const struct rec *trial)
{
	const struct step *s[32];
	size_t n = steps_open(c, t, trial, s, ARRAY_LEN(s));
	for (size_t i = 0; i < n; i++)
		if (strcmp(s[i]->verb, "create") == 0)
			return s[i];
	return NULL;
}

/* A child type's step to make one, when its post and the parent's place allow it. */
static bool may_add(struct ctx *c, const struct rtype *t, const struct rec *parent)
{
	int need = t->offered ? field_find(parent->t, str_of(t->offered)) : -1;
	/* 反家庭暴力法 5, 16: the rule of the sessions would refuse it too; the panel says why. */
	bool talks = strcmp(t->name, "session") == 0 || strcmp(t->name, "agreement") == 0 || strcmp(t->name, "duty") == 0;
	if (talks && strcmp(parent->t->name, "case") == 0 && absorb_no_mediation(c, parent))
		return false;
	bool hidden = false;
	if (strcmp(t->name, "agreement") == 0 && strcmp(parent->t->name, "case") == 0 && rec_int(parent, "child") && (absorb_hidden_side(c, parent->id, STR("both"), &hidden) != OK || hidden))
		return false;
	if (need >= 0 && !parent->v[need].i)
		return false;
	struct rec trial = { .t = t, .parent = parent->id, .area = parent->area, .org = parent->org, .owner = parent->owner, .creator = c->actor->user, .state = STR_NONE };
	return desk_create_step(c, t, &trial) != NULL;
}

/* What is seldom made stands among the steps, not as an empty list. */
static bool rare_child(const struct rtype *t) { return strcmp(t->name, "glass") == 0 || strcmp(t->name, "conflict") == 0 || strcmp(t->name, "handover") == 0 /* studio_pages.c */; }

static void add_child_button(struct ctx *c, const struct rec *r, const char *type, bool wanted, struct record_page *m)
{
	const struct rtype *t = type_find(c->app, str_of(type));
	if (!wanted || !t || !t->parent || strcmp(t->parent, r->t->name) != 0 || !may_add(c, t, r))
		return;
	const struct step *s = desk_create_step(c, t, NULL);
	m->buttons[m->nbuttons++] = (struct button){ str_of(TRC(c, s->label)), arena_fmt(c->a, "/%s/new?parent=%lld", t->name, (long long)r->id), false, s->flags & STEP_DANGER };
}

/* What belongs to an order or a reception, and is a record of the case. */
static void add_part_button(struct ctx *c, const struct rec *r, struct record_page *m)
{
	static const struct { const char *type, *states, *part; } v[] = { { "guidance", "running|breached", "lesson" }, { "joint", "planned|held|again", "joint_part" } };
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		const struct rtype *t = type_find(c->app, str_of(v[i].part));
		struct rec trial = { .t = t, .parent = r->parent, .area = r->area, .org = r->org, .owner = r->owner, .creator = c->actor->user, .state = STR_NONE };
		const struct step *s = strcmp(r->t->name, v[i].type) == 0 && rec_in(r, v[i].states) && type_readable(c, t) ? desk_create_step(c, t, &trial) : NULL;
		if (s)
			m->buttons[m->nbuttons++] = (struct button){ str_of(TRC(c, s->label)), arena_fmt(c->a, "/%s/new?parent=%lld&%s=%lld", t->name, (long long)r->parent, v[i].type, (long long)r->id), true, false };
	}
}

static void add_buttons(struct ctx *c, const struct rec *r, struct record_page *m)
{
	const struct step *s[32];
	size_t n = steps_open(c, r->t, r, s, ARRAY_LEN(s));
	m->buttons = NEWN(c->a, struct button, n + 4);
	bool kept_back = strcmp(r->t->name, "case") == 0 && absorb_no_mediation(c, r);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < n; i++)
			if (((s[i]->flags & STEP_PRIMARY) != 0) == (round == 0) && !(kept_back && strcmp(s[i]->verb, "settle") == 0) && !idle(c, r, s[i]->verb) && !others(c, r, s[i]->verb))
				m->buttons[m->nbuttons++] = (struct button){ str_of(TRC(c, s[i]->label)), arena_fmt(c->a, "/%s/%lld/%s", r->t->name, (long long)r->id, s[i]->verb),
									     s[i]->flags & STEP_PRIMARY, s[i]->flags & STEP_DANGER };
	add_part_button(c, r, m);
	add_child_button(c, r, "glass", r->sight == SIGHT_MASKED, m);
	add_child_button(c, r, "conflict", true, m);
	m->nfew = m->nbuttons > 6 ? 4 : m->nbuttons;
}

/* Violence, what was found when she was asked, children, and the gravest signals: said before anything else. */
static void add_dangers(struct ctx *c, const struct rec *r, struct record_page *m)
{
	static const struct { const char *type, *party; } served[] = { { "letter", "offender" }, { "order", "respondent" } };
	bool hidden = false;
	m->dangers = NEWN(c->a, struct str, 5);
	for (size_t i = 0; i < ARRAY_LEN(served); i++)
		if (strcmp(r->t->name, served[i].type) == 0 && r->sight == SIGHT_FULL && (absorb_is_hidden(c, rec_int(r, served[i].party), &hidden) != OK || hidden))
			m->dangers[m->ndangers++] = str_of(TRC(c, N_("Who is served with this is suspected of harming a child and must not learn of that report. Speak with the police who handle it before you serve.")));
	if (strcmp(r->t->name, "case") != 0)
		return;
	/* A mark makes the case one that concerns a child (guardian.c): nothing is asked where none is. */
	if (r->sight == SIGHT_FULL && rec_int(r, "child") && absorb_hidden_side(c, r->id, STR("both"), &hidden) != OK)
		hidden = true;
	struct str signals = rec_show(c, r, field_at(r->t, "signals"));
	bool closed = rec_in(r, "closed|archived");
	if (rec_int(r, "violence") && str_is(rec_str(c, r, "ongoing"), "yes"))
		m->dangers[m->ndangers++] = str_of(TRC(c, N_("Domestic violence that goes on: protect first, do not mediate.")));
	else if (rec_int(r, "violence") && !rec_has(r, "checked") && !closed)
		m->dangers[m->ndangers++] = str_of(TRC(c, N_("Domestic violence. No safety check yet: ask her alone before anything else.")));
	else if (rec_int(r, "violence"))
		m->dangers[m->ndangers++] = str_of(TRC(c, N_("Domestic violence. Never let both sides meet; never tell one where the other is.")));
	if (hidden)
		m->dangers[m->ndangers++] = str_of(TRC(c, N_("Somebody in this case must not learn of it: open the page of the party before you call, write or visit.")));
	if (rec_int(r, "child"))
		m->dangers[m->ndangers++] = str_of(TRC(c, N_("A child is concerned.")));
	if (signals.n && m->ndangers)
		m->dangers[m->ndangers++] = arena_fmt(c->a, c->lang == LANG_ZH ? "%s：%.*s" : "%s: %.*s", TRC(c, N_("Signals")), (int)signals.n, signals.p);
}

static enum err add_children(struct req *rq, const struct rec *r, struct record_page *m)
{
	struct ctx *c = ctx_of(rq);
	size_t cap = 0, n = 0;
	const struct rtype *kind[48];
	bool any[ARRAY_LEN(kind)];
	for (const struct rtype *const *p = c->app->types; *p; p++)
		if ((*p)->parent && !(*p)->file /* desk/documents.h */ && strcmp((*p)->parent, r->t->name) == 0 && (type_readable(c, *p) || (!rare_child(*p) && may_add(c, *p, r)))) {
			must(n < ARRAY_LEN(kind));
			kind[n++] = *p;
		}
	TRY(see_which(c, r->id, kind, n, any));
	for (size_t i = 0; i < n; i++) {
		const struct rtype *t = kind[i];
		struct child_group g = { .title = str_of(TRC(c, t->plural)) };
		struct filter by = { STR("parent"), arena_fmt(c->a, "%lld", (long long)r->id) };
		if (any[i])
			TRY(desk_list(rq, &(struct see){ .type = t->name, .filters = &by, .nfilters = 1, .limit = 100, .oldest = true }, &g.list));
		else
			desk_list_none(rq, t, &g.list);
		if (!type_readable(c, t))
			g.list.empty = str_of(TRC(c, N_("You may write one; none is ever listed here. Two persons together open it.")));
		g.list.next_url = STR_NONE;
		if (!rare_child(t) && may_add(c, t, r)) {
			g.add_url = arena_fmt(c->a, "/%s/new?parent=%lld", t->name, (long long)r->id);
			g.add_label = str_of(TRC(c, desk_create_step(c, t, NULL)->label));
		}
		/* What protects is offered in its own panel, in its order. */
		if ((g.add_url.n && !t->offered) || g.list.nrows)
			VEC_PUSH(c->a, m->children, m->nchildren, cap, g);
	}
	return OK;
}

enum err desk_record(struct req *rq, const struct rec *r, struct record_page *ret)
{
	struct ctx *c = ctx_of(rq);
	/* All that is referred to, with the unit in the page's frame and who was at work here, one statement a type. */
	rec_wants(c, (struct rec *const *)&(const struct rec *){ r }, 1, true);
	ref_want(c, "org", c->actor->org);
	struct event *events;
	size_t nevents;
	TRY(record_history(c, r, &events, &nevents));
	struct record_page m = { .r = r, .events = events, .nevents = nevents, .title = rec_title(c, r), .number = r->number, .state = state_label(c, r), .place = area_label(c, r->area),
				 .org = ref_label(c, "org", r->org), .owner = ref_label(c, "staff", r->owner), .created = datetime_str(c->a, r->created) };
	if (r->t->grade) {
		int g = field_at(r->t, r->t->grade);
		m.grade = rec_show(c, r, g);
		m.light = arena_cstr(c->a, r->v[g].s);
	}
	add_buttons(c, r, &m);
	add_dangers(c, r, &m);
	m.shown = record_shown(c, r, &m.nshown);
	TRY(clocks_of(c, r, &m.clocks, &m.nclocks));
	if (r->t->nstates > 2)
		m.flow = flow_of(c, r, m.events, m.nevents);
	TRY(add_children(rq, r, &m));
	int64_t glass = access_glass(c, r);
	if (glass) {
		struct rec *g;
		TRY(see_one(c, "glass", glass, &g));
		m.glass = rec_show(c, g, field_at(g->t, "until"));
		m.glass_end = arena_fmt(c->a, "/glass/%lld/end", (long long)glass);
	}
	if (r->t->parent && r->parent && ref_open(c, r->t->parent, r->parent)) {
		m.parent_url = arena_fmt(c->a, "/%s/%lld", r->t->parent, (long long)r->parent);
		m.parent_title = ref_label(c, r->t->parent, r->parent);
	}
	*ret = m;
	return OK;
}

static enum err load(struct req *rq, struct rec **ret)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, req_path(rq, "type"));
	int64_t id = req_path_id(rq, "id");
	if (!t || !id)
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	return see_one(c, t->name, id, ret);
}

/* What the heading, the screening panel or the words of danger show already is not said twice. */
static void drop_shown(struct ctx *c, const struct rec *r, struct record_page *m)
{
	static const char *const clue[] = { "title", "text", "family", "score", "kind", "grade", "signals", "suggest", NULL };
	static const char *const kase[] = { "title", "grade", "violence", "child", NULL };
	static const char *const party[] = { "name", NULL };
	static const char *const letter[] = { "victim", "offender", NULL };   /* their names stand there, and the police see no party */
	static const char *const referral[] = { "first", "second", NULL };        /* the same */
	static const char *const stay[] = { "party", "entry", NULL };
	static const char *const assessment[] = { "answers", "scale", "edition", NULL };   /* in the table of answers */
	static const char *const order[] = { "applicant", "respondent", NULL };
	static const char *const guidance[] = { "child", "guardian", NULL };
	static const char *const joint[] = { "child", NULL };
	static const char *const commission[] = { "trail", NULL };   /* who is not named again: for the rule */
	static const char *const export[] = { "subject", "columns", "conditions", NULL };
	const char *const *said = strcmp(r->t->name, "clue") == 0 ? clue : strcmp(r->t->name, "case") == 0 ? kase : strcmp(r->t->name, "party") == 0 ? party
				: strcmp(r->t->name, "letter") == 0 ? letter : strcmp(r->t->name, "order") == 0 ? order
				: strcmp(r->t->name, "assessment") == 0 ? assessment : strcmp(r->t->name, "stay") == 0 ? stay : strcmp(r->t->name, "guidance") == 0 ? guidance : strcmp(r->t->name, "joint") == 0 ? joint : strcmp(r->t->name, "referral") == 0 ? referral
				: strcmp(r->t->name, "commission") == 0 ? commission : strcmp(r->t->name, "export") == 0 ? export : kase + 4;
	size_t n = 0;
	for (size_t i = 0; i < m->nshown; i++) {
		bool twice = false;
		for (size_t k = 0; said[k]; k++)
			twice |= str_is(m->shown[i].label, TRC(c, r->t->fields[field_at(r->t, said[k])].label));
		twice |= m->ndangers && str_is(m->shown[i].label, TRC(c, N_("Signals")));
		if (!twice)
			m->shown[n++] = m->shown[i];
	}
	m->nshown = n;
}

enum err desk_show(struct req *rq, struct resp *rs, const struct rec *r)
{
	struct ctx *c = ctx_of(rq);
	struct record_page m;
	struct html extra = { 0 };
	if (r->t->level >= 3)
		TRY(journal_view(c, r));
	TRY(desk_record(rq, r, &m));
	desk_extra_fn *fn = desk_extra_of(r->t->name);
	if (fn) {
		TRY(fn(rq, r, &extra));
		m.extra = &extra;
		m.nextra = extra.s.n > 0;
	}
	drop_shown(c, r, &m);
	m.looked_url = looked_url(c, r);
	TRY(face_shell(rq, r->t->label));
	face_title(rq, m.title);
	t_record_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err record_get(struct req *rq, struct resp *rs)
{
	struct rec *r;
	TRY(load(rq, &r));
	TRY(desk_show(rq, rs, r));
	face_keep(rq, rs);
	return OK;
}

/* ---- steps ---- */

/* When somebody else was first: what they changed, beside what one typed. */
static enum err stale_side(struct req *rq, const struct rec *r, struct step_page *m)
{
	struct ctx *c = ctx_of(rq);
	m->stale = str_of(TRC(c, N_("Somebody changed this record while you were editing. Below is what it holds now; what you typed is still in the form. Check and save again.")));
	m->theirs = record_shown(c, r, &m->ntheirs);
	m->form.version = r->version;
	m->form.error = STR_NONE;
	return OK;
}

static enum err show_step(struct req *rq, struct resp *rs, const struct rtype *t, const struct step *s, const struct rec *r, enum err e)
{
	struct ctx *c = ctx_of(rq);
	struct step_page m = { .title = str_of(TRC(c, s->label)) };
	TRY(form_make(rq, t, s, r, e, &m.form));
	int64_t parent = m.form.parent;
	m.lead = r ? rec_title(c, r) : parent && t->parent ? ref_label(c, t->parent, parent) : STR_NONE;
	m.back_url = r ? arena_fmt(c->a, "/%s/%lld", t->name, (long long)r->id)
		   : parent && t->parent ? arena_fmt(c->a, "/%s/%lld", t->parent, (long long)parent) : arena_fmt(c->a, "/%s", t->name);
	m.urgent = !r && (strcmp(t->name, "clue") == 0 || strcmp(t->name, "case") == 0 || (t->parent && t->offered));
	if (e == ERR_STALE && r)
		TRY(stale_side(rq, r, &m));
	if (r && strcmp(t->name, "visit") == 0 && strcmp(s->verb, "visit") == 0)
		TRY(visit_form(rq, r, &m));
	TRY(face_shell(rq, s->label));
	t_step_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err step_of(struct req *rq, struct rec **ret_r, const struct step **ret_s)
{
	struct rec *r;
	TRY(load(rq, &r));
	const struct step *open[32];
	size_t n = steps_open(ctx_of(rq), r->t, r, open, ARRAY_LEN(open));
	struct str verb = req_path(rq, "verb");
	for (size_t i = 0; i < n; i++)
		if (str_is(verb, open[i]->verb)) {
			*ret_r = r;
			*ret_s = open[i];
			return OK;
		}
	const struct step *any = step_find(r->t, arena_cstr(rq->a, verb), r->state);
	bool known = false;
	for (size_t i = 0; i < r->t->nsteps; i++)
		known |= str_is(verb, r->t->steps[i].verb);
	return fail(&rq->fault, !known ? ERR_NOT_FOUND : any ? ERR_DENIED : ERR_STATE, NULL, NULL);
}

static enum err step_get(struct req *rq, struct resp *rs)
{
	struct rec *r;
	const struct step *s;
	TRY(step_of(rq, &r, &s));
	if (r->t->level >= 3 && s->fields && s->fields[0])
		TRY(journal_view(ctx_of(rq), r));
	return show_step(rq, rs, r->t, s, r, OK);
}

/* Shows the form again with what was typed; the act's savepoint is rolled back by the returned error. */
static enum err refuse(struct req *rq, struct resp *rs, const struct rtype *t, const struct step *s, const struct rec *r, enum err e)
{
	if (e != ERR_INVALID && e != ERR_STALE && e != ERR_STATE && e != ERR_DUPLICATE && e != ERR_DENIED)
		return e;
	struct fault kept = rq->fault;
	struct ctx *c = ctx_of(rq);
	c->undone = true;
	if (r && t->level >= 3)
		TRY(journal_view(c, r));
	if (show_step(rq, rs, t, s, r, e) == OK) {
		rq->fault = kept;
		rs->status = err_http(e);
		rs->handled = true;
	}
	return e;
}

/* The act of a posted form as it was worked out ahead, with the step it was made for. */
struct ahead_form { const struct step *s; struct act act; };

static enum err form_ahead(struct req *rq, const struct rtype *t, const struct step *s, int64_t id, route_fn *then)
{
	struct ahead_form *w = NEW(rq->a, struct ahead_form);
	*w = (struct ahead_form){ s, form_act(rq, t, s, id) };
	act_ahead(ctx_of(rq), &w->act);
	return req_write(rq, then, w);
}

static struct act form_again(struct req *rq, const struct rtype *t, const struct step *s, int64_t id)
{
	const struct ahead_form *w = rq->work;
	return w && w->s == s ? w->act : form_act(rq, t, s, id);
}

static enum err step_write(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *r;
	const struct step *s;
	struct done d;
	/* A second click on a form that went through: the key gives the first answer though the step is no longer open. */
	enum err e = step_of(rq, &r, &s);
	if (e == ERR_STATE && req_param(rq, "idem").n) {
		fault_clear(&rq->fault);
		TRY(load(rq, &r));
		struct act again = { .type = r->t->name, .verb = arena_cstr(c->a, req_path(rq, "verb")), .id = r->id, .idem = req_param(rq, "idem") };
		e = act(c, &again, &d);
		if (e == OK && d.again)
			return resp_redirect(rs, rq, "/%s/%lld", r->t->name, (long long)r->id);
		fault_clear(&rq->fault);
		return fail(&rq->fault, ERR_STATE, NULL, NULL);
	}
	TRY(e);
	struct act in = form_again(rq, r->t, s, r->id);
	e = act(c, &in, &d);
	if (e != OK)
		return refuse(rq, rs, r->t, s, r, e);
	face_flash(rq, rs, N_("Saved."));
	/* She has just given up her own sight of it. */
	if (d.rec && d.rec->sight == SIGHT_NONE)
		return resp_redirect(rs, rq, "/");
	if (visit_goes_on(rq, rs, r, &e))
		return e;
	/* A child's step leads back to its parent, where the work goes on. */
	if (r->t->parent && r->parent && ref_open(c, r->t->parent, r->parent))
		return resp_redirect(rs, rq, "/%s/%lld", r->t->parent, (long long)r->parent);
	return resp_redirect(rs, rq, "/%s/%lld", r->t->name, (long long)r->id);
}

/* Whatever is to be said of it (gone, closed to her, sent twice) step_write() says. */
static enum err step_post(struct req *rq, struct resp *rs)
{
	struct rec *r;
	const struct step *s;
	(void)rs;
	if (step_of(rq, &r, &s) == OK)
		return form_ahead(rq, r->t, s, r->id, step_write);
	fault_clear(&rq->fault);
	return req_write(rq, step_write, NULL);
}

static enum err new_step(struct req *rq, const struct rtype **ret_t, const struct step **ret_s)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, req_path(rq, "type"));
	if (!t || !step_find(t, "create", STR_NONE))
		return fail(&rq->fault, ERR_NOT_FOUND, N_("There is no such page."), NULL);
	const struct step *s = desk_create_step(c, t, NULL);
	if (!s)
		return fail(&rq->fault, ERR_DENIED, NULL, NULL);
	*ret_t = t;
	*ret_s = s;
	return OK;
}

static enum err new_get(struct req *rq, struct resp *rs)
{
	const struct rtype *t;
	const struct step *s;
	TRY(new_step(rq, &t, &s));
	return show_step(rq, rs, t, s, NULL, OK);
}

static enum err new_write(struct req *rq, struct resp *rs)
{
	const struct rtype *t;
	const struct step *s;
	struct done d;
	TRY(new_step(rq, &t, &s));
	struct act in = form_again(rq, t, s, 0);
	enum err e = act(ctx_of(rq), &in, &d);
	if (e != OK)
		return refuse(rq, rs, t, s, NULL, e);
	face_flash(rq, rs, N_("Saved."));
	if (t->parent && in.parent)
		return resp_redirect(rs, rq, "/%s/%lld", t->parent, (long long)in.parent);
	return resp_redirect(rs, rq, "/%s/%lld", t->name, (long long)d.id);
}

static enum err new_post(struct req *rq, struct resp *rs)
{
	const struct rtype *t;
	const struct step *s;
	(void)rs;
	TRY(new_step(rq, &t, &s));
	return form_ahead(rq, t, s, 0, new_write);
}

/* ---- notices ---- */

/* Her own staff record: phone, skills, relatives. */
static enum err me_get(struct req *rq, struct resp *rs)
{
	return resp_redirect(rs, rq, "/staff/%lld", (long long)ctx_of(rq)->actor->user);
}

static enum err notices_get(struct req *rq, struct resp *rs)
{
	struct workbench m = { 0 };
	TRY(desk_notices(rq, 100, &m.notices, &m.nnotices));
	TRY(face_shell(rq, N_("Notices")));
	t_notices_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err notice_post(struct req *rq, struct resp *rs)
{
	TRY(notice_read(ctx_of(rq), req_path_id(rq, "id")));
	struct str to = req_param(rq, "to");
	return resp_redirect(rs, rq, "%s", to.n && to.p[0] == '/' ? arena_cstr(rq->a, to) : "/notices");
}

static enum err notices_all_post(struct req *rq, struct resp *rs)
{
	TRY(notice_read_all(ctx_of(rq)));
	return resp_redirect(rs, rq, "/notices");
}

struct str desk_why_not(struct ctx *c, enum err e)
{
	const struct fault *f = c->f;
	return e == ERR_INVALID && f->nfields ? face_text(c, f->fields[0].msg, f->fields[0].arg) : face_fault(c, e, f);
}

const struct route desk_routes[] = {
	XA_ROUTE("GET", "/", desk_workbench_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("GET", "/search", desk_search_get, ROUTE_READ, ROUTE_SEARCH, RIGHT_ALL),
	XA_ROUTE("GET", "/me", me_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("GET", "/notices", notices_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/notices/all", notices_all_post, ROUTE_WRITE, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/notices/{id}", notice_post, ROUTE_WRITE, 0, RIGHT_ALL),
	XA_ROUTE("GET", "/{type}", desk_list_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("GET", "/{type}/new", new_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/{type}/new", new_post, ROUTE_ACT, 0, RIGHT_ALL),
	XA_ROUTE("GET", "/{type}/{id}", record_get, ROUTE_READ, ROUTE_KEPT, RIGHT_ALL),
	XA_ROUTE("GET", "/{type}/{id}/{verb}", step_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/{type}/{id}/reveal", desk_reveal_post, ROUTE_WRITE, 0, RIGHT_ALL),
	XA_ROUTE("GET", "/reveal", desk_reveals_get, ROUTE_READ, 0, R(SECADMIN) | R(AUDITOR)),
	XA_ROUTE("POST", "/reveal", desk_reveals_post, ROUTE_WRITE, 0, R(SECADMIN)),
	XA_ROUTE("POST", "/{type}/{id}/{verb}", step_post, ROUTE_ACT, 0, RIGHT_ALL),
	{ 0 },
};
