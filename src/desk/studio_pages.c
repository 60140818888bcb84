/* Why: whoever hands over fifty cases must see before, for each, who could take it and why, change what she likes, and read after what did not pass.
 * Invariants: the page proposes and act() decides; of a case that is shut to her the page says nothing, not even in its count. */
#include "desk/studio_pages.h"
#include "absorb/absorb.h"
#include "absorb/handover.h"
#include "desk/inner.h"
#include "people/people.h"
#include "templates.h"
#include <jansson.h>

enum { PICKS = 5 };

static enum err mediator_of_page(struct req *rq, struct rec **ret_m, const struct step **ret_s)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, STR("handover"));
	TRY(see_one(c, "mediator", req_path_id(rq, "id"), ret_m));
	struct rec trial = { .t = t, .parent = (*ret_m)->id, .area = (*ret_m)->area, .org = (*ret_m)->org, .owner = (*ret_m)->owner, .state = STR_NONE };
	*ret_s = desk_create_step(c, t, &trial);
	return *ret_s ? OK : fail(&rq->fault, ERR_DENIED, NULL, NULL);
}

static struct str line_name(struct ctx *c, const struct open_item *it) { return arena_fmt(c->a, "to-%s-%lld", it->type, (long long)it->id); }

/* The best first; what this page gives somebody counts for the next line, so that not all go to one. */
static enum err one_line(struct req *rq, const struct open_item *it, int64_t from, struct hand_line *ret, int64_t *given, int *ngiven)
{
	struct ctx *c = ctx_of(rq);
	const struct rec *k = it->kase;
	struct mediator_pick p[PICKS + 1];
	size_t n, best = PICKS + 1;
	struct str sent = req_param(rq, arena_cstr(c->a, line_name(c, it)));
	struct hand_line l = { .name = line_name(c, it), .number = k->number, .state = state_label(c, k), .url = arena_fmt(c->a, "/%s/%lld", k->t->name, (long long)k->id) };
	bool couple = strcmp(it->type, "counsel") == 0;
	l.part = it->part ? code_label(c->app->codes, couple ? "counsellor_part" : "team_part", str_of(it->part), c->lang) : STR_NONE;
	struct mediator_ask q = couple ? (struct mediator_ask){ .area = k->area, .kind = STR("M01"), .kase = k->id } : absorb_asks(c, k);
	TRY(people_suggest_mediator(c, &q, p, PICKS + 1, &n));
	int least = 0;
	for (size_t i = 0; i < n; i++) {
		int have = 0;
		for (int g = 0; g < *ngiven; g++)
			have += given[g] == p[i].staff;
		int worth = p[i].score - 4 * have - (p[i].lacks.n ? 1000 : 0);
		if (p[i].staff != from && (best > PICKS || worth > least)) {
			best = i;
			least = worth;
		}
	}
	l.to = NEWN(c->a, struct option, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (p[i].staff == from)
			continue;
		struct option o = { .value = arena_fmt(c->a, "%lld", (long long)p[i].staff), .label = ref_label(c, "staff", p[i].staff) };
		o.on = sent.p ? str_eq(sent, o.value) : i == best;
		o.label = arena_fmt(c->a, "%.*s · %.*s", (int)o.label.n, o.label.p, (int)p[i].why.n, p[i].why.p);
		l.to[l.nto++] = o;
	}
	if (best <= PICKS && *ngiven < 500)
		given[(*ngiven)++] = p[best].staff;
	*ret = l;
	return OK;
}

static enum err hand_show(struct req *rq, struct resp *rs, const struct rec *m, enum err e)
{
	struct ctx *c = ctx_of(rq);
	struct open_work w;
	struct hand_page page = { .title = ref_label(c, "staff", rec_int(m, "staff")), .back_url = arena_fmt(c->a, "/mediator/%lld", (long long)m->id),
		.url = arena_fmt(c->a, "/mediator/%lld/handover", (long long)m->id) };
	int64_t *given = NEWN(c->a, int64_t, 500);
	int ngiven = 0;
	struct form form;
	const struct rtype *t = type_find(c->app, STR("handover"));
	TRY(form_make(rq, t, desk_create_step(c, t, NULL), NULL, e, &form));
	page.error = form.error;
	page.idem = form.idem;
	page.reasons = options_code(c, "handover_reason", req_param(rq, "reason"), &page.nreasons);
	TRY(absorb_open_work(c, rec_int(m, "staff"), &w));
	page.v = NEWN(c->a, struct hand_line, w.n + 1);
	for (size_t i = 0; i < w.n; i++)
		if (!w.v[i].hidden)
			TRY(one_line(rq, &w.v[i], rec_int(m, "staff"), &page.v[page.n++], given, &ngiven));
	TRY(face_shell(rq, N_("Hand over all open work")));
	t_hand_page(&rs->body, &face_of(rq)->v, &page);
	return OK;
}

static enum err hand_get(struct req *rq, struct resp *rs)
{
	struct rec *m;
	const struct step *s;
	TRY(mediator_of_page(rq, &m, &s));
	return hand_show(rq, rs, m, OK);
}

static enum err hand_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *m;
	const struct step *s;
	struct open_work w;
	struct done d;
	TRY(mediator_of_page(rq, &m, &s));
	TRY(absorb_open_work(c, rec_int(m, "staff"), &w));
	BUF_AUTO b = BUF(200000);
	buf_char(&b, '[');
	for (size_t i = 0; i < w.n; i++) {
		int64_t to;
		if (!w.v[i].hidden && str_int(req_param(rq, arena_cstr(c->a, line_name(c, &w.v[i]))), &to))
			buf_printf(&b, "%s[\"%s\",%lld,%lld]", b.n > 1 ? "," : "", w.v[i].type, (long long)w.v[i].id, (long long)to);
	}
	buf_char(&b, ']');
	enum err e = act(c, &(struct act){ .type = "handover", .verb = "create", .parent = m->id, .idem = req_param(rq, "idem"),
		INPUTS(INPUT("reason", req_param(rq, "reason")), INPUT("note", req_param(rq, "note")), INPUT("lines", arena_str(c->a, buf_view(&b)))) }, &d);
	if (e == OK) {
		face_flash(rq, rs, rec_in(d.rec, "partly") ? N_("Handed over in part: please see to what stayed.") : N_("Handed over."));
		return resp_redirect(rs, rq, "/handover/%lld", (long long)d.id);
	}
	if (e != ERR_INVALID && e != ERR_STATE && e != ERR_DENIED)
		return e;
	struct fault kept = rq->fault;
	c->undone = true;
	if (hand_show(rq, rs, m, e) == OK) {
		rq->fault = kept;
		rs->status = err_http(e);
		rs->handled = true;
	}
	return e;
}

static enum err report_rows(struct ctx *c, const struct rec *r, struct hand_panel *m)
{
	struct str text = rec_str(c, r, "report");
	json_t *v = json_loadb(text.p ? text.p : "[]", text.p ? text.n : 2, 0, NULL), *l;
	size_t i;
	enum err e = OK;
	m->v = NEWN(c->a, struct hand_row, json_array_size(v) + 1);
	json_array_foreach(v, i, l) {
		int64_t id = json_integer_value(json_array_get(l, 1));
		const char *why = json_string_value(json_array_get(l, 3)), *of = json_string_value(json_array_get(l, 0));
		const char *type = of && strcmp(of, "counsel") == 0 ? "counsel" : "case";
		/* Of a case that is shut to whoever reads this nothing stands here. */
		struct rec *k;
		e = see_if(c, type, id, &k);
		if (e != OK)
			break;
		if (!k)
			continue;
		m->v[m->n++] = (struct hand_row){ .number = k->number, .url = arena_fmt(c->a, "/%s/%lld", type, (long long)id),
			.to = why && *why ? STR_NONE : ref_label(c, "staff", json_integer_value(json_array_get(l, 2))), .why = why && *why ? str_of(tr(c->lang, arena_cstr(c->a, str_of(why)))) : STR_NONE };
	}
	json_decref(v);
	return e;
}

/* Her energy pack of this year against the norm, for who may see it. */
static enum err training_line(struct ctx *c, const struct rec *r, struct hand_panel *m)
{
	struct map *v = map_new(c->a);
	int64_t norm;
	int year = civil_of(c->now).year;
	TRY(people_training_norm(c, &norm));
	TRY(people_training_year(c, year, r->id, v));
	const struct training_sum *t = map_geti(v, r->id);
	int64_t hours = t ? t->hours : 0;
	m->lacks = hours < norm;
	m->training = arena_fmt(c->a, c->lang == LANG_ZH ? "%d年能量包：%lld学时（应满%lld学时%s）" : "Energy pack of %d: %lld of %lld hours%s", year, (long long)hours, (long long)norm,
				m->lacks ? arena_printf(c->a, c->lang == LANG_ZH ? "，还差%lld学时" : ", %lld to go", (long long)(norm - hours)) : "");
	return OK;
}

static enum err mediator_panel(struct ctx *c, const struct rec *r, struct hand_panel *m)
{
	const struct rtype *t = type_find(c->app, STR("handover"));
	struct rec trial = { .t = t, .parent = r->id, .area = r->area, .org = r->org, .owner = r->owner, .state = STR_NONE };
	int64_t until;
	TRY(people_away(c, rec_int(r, "staff"), c->now, &until));
	if (until)
		m->away = arena_fmt(c->a, "%.10s", arena_cstr(c->a, datetime_str(c->a, until)));
	if (t && desk_create_step(c, t, &trial) && rec_in(r, "active"))
		m->url = arena_fmt(c->a, "/mediator/%lld/handover", (long long)r->id);
	if (r->sight != SIGHT_FULL || !((R_FED | R(MEDIATOR)) & 1u << c->actor->role))
		return OK;
	m->work_url = arena_fmt(c->a, "/report/work?span=year&staff=%lld", (long long)rec_int(r, "staff"));
	return training_line(c, r, m);
}

/* The energy packs of a studio, for its head and who leads it. */
static enum err studio_training(struct ctx *c, const struct rec *r, struct hand_panel *m)
{
	struct map *v = map_new(c->a);
	struct seen s;
	int64_t norm;
	int year = civil_of(c->now).year;
	size_t few = 0;
	TRY(people_training_norm(c, &norm));
	TRY(people_training_studio(c, year, r, &s, v));
	m->pack = NEWN(c->a, struct pack_row, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		ref_want(c, "staff", rec_int(s.r[i], "staff"));
	for (size_t i = 0; i < s.n; i++) {
		const struct training_sum *t = map_geti(v, s.r[i]->id);
		int64_t hours = t ? t->hours : 0;
		few += hours < norm;
		m->pack[m->npack++] = (struct pack_row){ ref_label(c, "staff", rec_int(s.r[i], "staff")), id_text(c, hours), id_text(c, t ? t->passed : 0), hours < norm ? id_text(c, norm - hours) : STR_NONE };
	}
	m->pack_title = arena_fmt(c->a, c->lang == LANG_ZH ? "%d年能量包学时" : "Hours of the energy pack, %d", year);
	m->pack_sum = arena_fmt(c->a, c->lang == LANG_ZH ? "%zu名调解员中，%zu名未满%lld学时（应满学时为设定）。" : "Of %zu mediators %zu have fewer than %lld hours (the norm is a setting).", s.n, few, (long long)norm);
	return OK;
}

static enum err studio_panel(struct ctx *c, const struct rec *r, struct hand_panel *m)
{
	bool leads = may(c, r->t, "edit", r) == MAY_ALLOW, head = c->actor->user && rec_int(r, "head") == c->actor->user;
	if (leads || head)
		m->work_url = arena_fmt(c->a, "/report/work?span=year&studio=%lld", (long long)r->id);
	if (leads)
		m->roster_url = arena_fmt(c->a, "/mediator-roster?studio=%lld", (long long)r->id);
	return (leads || head) && rec_in(r, "active") ? studio_training(c, r, m) : OK;
}

enum err studio_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct hand_panel m = { 0 };
	if (strcmp(r->t->name, "handover") == 0)
		TRY(report_rows(c, r, &m));
	else if (strcmp(r->t->name, "studio") == 0)
		TRY(studio_panel(c, r, &m));
	else
		TRY(mediator_panel(c, r, &m));
	struct buf b = BUF((size_t)1 << 20);
	t_hand_panel(&b, &face_of(rq)->v, &m);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

const struct route studio_routes[] = {
	XA_ROUTE("GET", "/mediator/{id}/handover", hand_get, ROUTE_READ, 0, R_FED | R(MEDIATOR)),
	XA_ROUTE("POST", "/mediator/{id}/handover", hand_post, ROUTE_WRITE, 0, R_FED | R(MEDIATOR)),
	{ 0 },
};
