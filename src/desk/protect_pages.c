/* Why: in a case of violence the page must lead through what protects before anything else, and a scale must be filled in on one page with a phone in
 * the other hand. Invariants: the score is shown with its reasons and its scale's licence; what is offered next is an offer, never done by itself. */
#include "desk/protect_pages.h"
#include "absorb/absorb.h"
#include "absorb/scale.h"
#include "desk/inner.h"
#include "paper/paper.h"
#include "templates.h"
#include <stdio.h>

/* ---- the form of a scale ---- */

static struct str item_param(struct ctx *c, struct str code) { return arena_fmt(c->a, "i-%.*s", (int)code.n, code.p); }

static enum err assess_show(struct req *rq, struct resp *rs, const struct scale *s, enum err e)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, STR("assessment"));
	const struct step *st = desk_create_step(c, t, NULL);
	const struct code *others[16];
	size_t no = scale_list(c, others, ARRAY_LEN(others)), keep = 0;
	struct assess_page m = { .title = s->label, .edition = s->edition, .licence = s->licence, .source = s->source, .owner = s->owner, .note = s->note };
	TRY(form_make(rq, t, st, NULL, e, &m.form));
	/* What the page asks in its own way, or knows already. */
	for (size_t i = 0; i < m.form.n; i++)
		if (!str_is(m.form.f[i].name, "answers") && !str_is(m.form.f[i].name, "scale"))
			m.form.f[keep++] = m.form.f[i];
	m.form.n = keep;
	for (size_t i = 0; i < m.form.n; i++)
		if (str_is(m.form.f[i].name, "held") && !m.form.f[i].value.n)
			m.form.f[i].value = arena_fmt(c->a, "%.16s", arena_cstr(c->a, datetime_str(c->a, c->now)));
	m.items = NEWN(c->a, struct assess_item, s->n + 1);
	for (size_t i = 0; i < s->n; i++) {
		struct str said = req_param(rq, arena_cstr(c->a, item_param(c, s->item[i].code)));
		struct assess_item *it = &m.items[m.nitems++];
		*it = (struct assess_item){ .code = s->item[i].code, .text = s->item[i].text, .missing = e != OK && !said.n };
		it->options = options_code(c, "yesno4", said, &it->noptions);
		if (!i || !str_eq(s->item[i].group, s->item[i - 1].group))
			it->group = str_of(str_is(s->item[i].group, "C") ? TRC(c, N_("Critical signs")) : str_is(s->item[i].group, "S") ? TRC(c, N_("Serious signs")) : TRC(c, N_("Other signs")));
	}
	for (size_t i = 0; i < no; i++)
		if (!str_eq(others[i]->code, s->code)) {
			m.other_url = arena_fmt(c->a, "/assessment/new?parent=%lld&scale=%.*s", (long long)m.form.parent, (int)others[i]->code.n, others[i]->code.p);
			m.other_label = c->lang == LANG_ZH ? others[i]->zh : others[i]->en;
		}
	m.form.url = arena_fmt(c->a, "/assessment/new?scale=%.*s", (int)s->code.n, s->code.p);
	m.lead = ref_label(c, "case", m.form.parent);
	m.back_url = arena_fmt(c->a, "/case/%lld", (long long)m.form.parent);
	TRY(face_shell(rq, N_("Assess her safety")));
	t_assess_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err scale_asked(struct req *rq, struct scale *ret)
{
	struct ctx *c = ctx_of(rq);
	const struct code *first[1];
	struct str code = req_param(rq, "scale");
	if (!type_readable(c, type_find(c->app, STR("assessment"))) || !desk_create_step(c, type_find(c->app, STR("assessment")), NULL))
		return fail(&rq->fault, ERR_DENIED, NULL, NULL);
	if (!code.n && scale_list(c, first, 1))
		code = first[0]->code;
	return scale_get(c, code, ret);
}

static enum err assess_get(struct req *rq, struct resp *rs)
{
	struct scale s;
	TRY(scale_asked(rq, &s));
	return assess_show(rq, rs, &s, OK);
}

static enum err assess_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, STR("assessment"));
	struct scale s;
	struct done d;
	BUF_AUTO b = BUF(2000);
	TRY(scale_asked(rq, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct str v = req_param(rq, arena_cstr(c->a, item_param(c, s.item[i].code)));
		if (v.n && code_find(c->app->codes, "yesno4", v))
			buf_printf(&b, "%s%.*s=%.*s", b.n ? " " : "", (int)s.item[i].code.n, s.item[i].code.p, (int)v.n, v.p);
	}
	struct act in = form_act(rq, t, desk_create_step(c, t, NULL), 0);
	struct input *all = NEWN(c->a, struct input, in.nin + 2);
	size_t n = 0;
	for (size_t i = 0; i < in.nin; i++)
		if (!str_is(in.in[i].name, "answers") && !str_is(in.in[i].name, "scale"))
			all[n++] = in.in[i];
	all[n++] = INPUT("scale", s.code);
	all[n++] = INPUT("answers", arena_str(c->a, buf_view(&b)));
	in.in = all;
	in.nin = n;
	enum err e = act(c, &in, &d);
	if (e == OK) {
		face_flash(rq, rs, N_("Saved."));
		return resp_redirect(rs, rq, "/assessment/%lld", (long long)d.id);
	}
	if (e != ERR_INVALID && e != ERR_STATE && e != ERR_DENIED)
		return e;
	struct fault kept = rq->fault;
	c->undone = true;
	if (assess_show(rq, rs, &s, e) == OK) {
		rq->fault = kept;
		rs->status = err_http(e);
		rs->handled = true;
	}
	return e;
}

/* ---- papers ---- */

static const struct absorb_paper *paper_named(struct str type, struct str name)
{
	for (const struct absorb_paper *w = absorb_papers; w->type; w++)
		if (str_is(type, w->type) && str_is(name, w->name))
			return w;
	return NULL;
}

/* What must not lie in an office program's list of last files: her pocket card is printed, no more. */
static bool word_too(const struct absorb_paper *w) { return strcmp(w->name, "card") != 0; }

static enum err paper_out(struct req *rq, struct resp *rs, int64_t id)
{
	struct ctx *c = ctx_of(rq);
	struct document d;
	const struct absorb_paper *w = paper_named(req_path(rq, "type"), req_path(rq, "which"));
	bool docx = str_is(req_param(rq, "as"), "docx");
	if (!w || (!id && !(w->roles & 1u << c->actor->role)) || (docx && !word_too(w)))
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	TRY(absorb_paper(c, w, id, &d));
	const char *end = docx ? "docx" : "pdf";
	TRY(docx ? docx_document(&d, &rs->body, &rq->fault) : pdf_document(&d, &rs->body, &rq->fault));
	/* A name that says nothing to who finds the file. */
	resp_file(rs, rq, docx ? "application/vnd.openxmlformats-officedocument.wordprocessingml.document" : "application/pdf",
		d.footer.n && id ? arena_fmt(c->a, "%.*s.%s", (int)d.footer.n, d.footer.p, end) : arena_fmt(c->a, "form.%s", end));
	return id ? journal_note(c, "print", w->type, id, "ok", arena_fmt(c->a, "{\"paper\":\"%s\",\"as\":\"%s\"}", w->name, end)) : OK;
}

static enum err paper_get(struct req *rq, struct resp *rs) { return paper_out(rq, rs, req_path_id(rq, "id")); }
static enum err blank_get(struct req *rq, struct resp *rs) { return paper_out(rq, rs, 0); }

static enum err forms_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	size_t cap = 0;
	struct protect_papers m = { 0 };
	for (const struct absorb_paper *w = absorb_papers; w->type; w++) {
		struct paper_row row = { .label = str_of(TRC(c, w->label)), .blank = arena_fmt(c->a, "/forms/%s/%s", w->type, w->name),
					 .blank_docx = word_too(w) ? arena_fmt(c->a, "/forms/%s/%s?as=docx", w->type, w->name) : STR_NONE };
		if (w->roles & 1u << c->actor->role)
			VEC_PUSH(c->a, m.rows, m.n, cap, row);
	}
	TRY(face_shell(rq, N_("Blank forms")));
	t_forms_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* What was answered, with the weight of each, and whose scale it is: read under the edition that was filled in. */
static enum err show_answers(struct ctx *c, const struct rec *r, struct protect_papers *m)
{
	struct scale s;
	struct str given = rec_str(c, r, "answers");
	TRY(scale_get(c, rec_str(c, r, "scale"), &s));
	m->answers = NEWN(c->a, struct answer_row, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		struct str a = scale_answer(given, s.item[i].code);
		if (a.n)
			m->answers[m->nanswers++] = (struct answer_row){ s.item[i].code, s.item[i].text, code_label(c->app->codes, "yesno4", a, c->lang),
				arena_fmt(c->a, "%lld", (long long)s.item[i].weight), str_is(a, "yes") };
	}
	m->scale = s.label;
	m->edition = rec_str(c, r, "edition");
	m->licence = s.licence;
	m->source = s.source;
	m->note = s.note;
	return OK;
}

/* What the unit of this record kept of it; for that unit alone. */
static enum err office_rows(struct ctx *c, const struct rec *r, struct protect_papers *m)
{
	const struct rtype *t = type_find(c->app, STR("office_paper"));
	bool any = false;
	struct seen s;
	for (const struct absorb_paper *w = absorb_papers; w->type; w++)
		any |= w->keeper == KEPT_OFFICE && strcmp(w->type, r->t->name) == 0;
	if (!any || !t || r->sight != SIGHT_FULL || c->actor->role != ROLE_LIAISON || c->actor->org != r->org)
		return OK;
	const struct filter by[] = { { STR("parent"), id_text(c, r->parent) }, { STR("about"), id_text(c, r->id) } };
	TRY(see(c, &(struct see){ .type = "office_paper", .filters = by, .nfilters = 2, .limit = 60 }, &s));
	m->kept = NEWN(c->a, struct office_row, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		m->kept[m->nkept++] = (struct office_row){ rec_show(c, s.r[i], field_at(t, "form")), s.r[i]->number, arena_fmt(c->a, "/office_paper/%lld", (long long)s.r[i]->id), state_label(c, s.r[i]) };
	return OK;
}

enum err protect_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct protect_papers m = { 0 };
	size_t cap = 0;
	if (strcmp(r->t->name, "assessment") == 0 && rec_int(r, "care") && r->sight == SIGHT_FULL)
		m.care = str_of(TRC(c, N_("She thinks of ending her life: do not leave her alone, call 120 or 110 when it is now, and the line for help in a crisis, 12356. This is about her need and does not add to his danger.")));
	if (strcmp(r->t->name, "assessment") == 0 && r->sight == SIGHT_FULL)
		TRY(show_answers(c, r, &m));
	for (const struct absorb_paper *w = absorb_papers; w->type; w++) {
		struct paper_row row = { .label = str_of(TRC(c, w->label)), .url = arena_fmt(c->a, "/%s/%lld/paper/%s", w->type, (long long)r->id, w->name),
					 .url_docx = word_too(w) ? arena_fmt(c->a, "/%s/%lld/paper/%s?as=docx", w->type, (long long)r->id, w->name) : STR_NONE,
					 .blank = arena_fmt(c->a, "/forms/%s/%s", w->type, w->name) };
		if (absorb_paper_fits(c, w, r))
			VEC_PUSH(c->a, m.rows, m.n, cap, row);
	}
	TRY(office_rows(c, r, &m));
	if (!m.n && !m.care.n && !m.nanswers && !m.nkept)
		return OK;
	/* What goes into the file is numbered and kept there, by who reads the case: an office that has its part alone finds no such page. */
	struct rec *k = NULL;
	if (r->t->parent && strcmp(r->t->parent, "case") == 0)
		TRY(see_if(c, "case", r->parent, &k));
	if (k && k->sight == SIGHT_FULL)
		for (const struct absorb_paper *w = absorb_papers; w->type && !m.file_url.n; w++)
			if ((w->filed || w->keeper == KEPT_TEAM) && absorb_paper_fits(c, w, r))
				m.file_url = arena_fmt(c->a, "/case/%lld/papers", (long long)r->parent);
	struct buf b = BUF((size_t)1 << 20);
	t_protect_papers(&b, &face_of(rq)->v, &m);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

/* ---- on the page of the case ---- */

struct way { const char *type, *done, *label, *none; };
static const struct way ways[] = {
	{ "mandatory", "reported|accepted|answered|waived", N_("Mandatory report"), N_("A child, or somebody without full capacity: the law asks for a report to the police at once. Call 110, then write it down.") },
	{ "joint", "held|closed", N_("Joint reception of a child"), N_("A child that was hurt is asked once, by all units together.") },
	{ "custody", "named|ended", N_("Temporary guardian"), N_("Where who brings up the child is suspected: civil affairs may name who stands in.") },
	{ "assessment", "made", N_("Safety assessment"), N_("How great is the danger? Ask her alone, with the scale.") },
	{ "safetyplan", "agreed", N_("Safety plan"), N_("No plan with her yet: how she gets out, who helps, how we may reach her.") },
	{ "letter", "issued|served|followed|ended", N_("Warning letter"), N_("Not asked for yet. The police decide; the case need not wait for it.") },
	{ "order", "running|over", N_("Protection order"), N_("Not applied for yet. It needs no divorce suit, and costs nothing.") },
	{ "guidance", "running|ended", N_("Order of family-education guidance"), N_("Where the upbringing harms the child: police, procuratorate or court may order the parent to learn.") },
	{ "stay", "inside|left|closed", N_("Shelter"), N_("Has she a safe place tonight? If not: ask for one. No papers are needed.") },
	{ "evidence", "listed|compared|handed", N_("Evidence"), N_("Nothing listed yet: photographs, hospital papers, messages, the number of the police call.") },
};

static enum err one_way(struct req *rq, const struct rec *kase, const struct way *w, struct protect_row *ret, bool *ret_there)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_find(c->app, str_of(w->type));
	struct rec trial = { .t = t, .parent = kase->id, .area = kase->area, .org = kase->org, .owner = kase->owner, .creator = c->actor->user, .state = STR_NONE };
	const struct step *s = desk_create_step(c, t, &trial);
	struct protect_row row = { .label = str_of(TRC(c, w->label)) };
	struct seen v;
	*ret_there = type_readable(c, t);
	if (!*ret_there)
		return OK;
	TRY(see_children(c, w->type, kase->id, &v));
	int need = t->offered ? field_find(kase->t, str_of(t->offered)) : -1;
	if (need >= 0 && !kase->v[need].i)
		s = NULL;
	const struct rec *last = NULL;
	for (size_t i = 0; i < v.n; i++)
		last = !last || rec_in(v.r[i], w->done) || !rec_in(last, w->done) ? v.r[i] : last;
	if (last) {
		row.text = state_label(c, last);
		row.url = arena_fmt(c->a, "/%s/%lld", w->type, (long long)last->id);
		int g = field_find(t, STR("level"));
		if (g >= 0 && last->v[g].set)
			row.text = arena_fmt(c->a, "%.*s · %.*s", (int)row.text.n, row.text.p, (int)rec_show(c, last, g).n, rec_show(c, last, g).p);
	}
	row.next = s && !(last && rec_in(last, w->done));
	if (!last)
		row.text = str_of(TRC(c, w->none));
	if (s && !last) {
		row.button = str_of(TRC(c, s->label));
		row.url = arena_fmt(c->a, "/%s/new?parent=%lld", w->type, (long long)kase->id);
	}
	*ret_there = last || s;
	*ret = row;
	return OK;
}

/* Why it must be made, and until when: above everything else on the page. */
static enum err reports_due(struct ctx *c, const struct rec *kase, struct protect_panel *m)
{
	struct seen s;
	if (!type_readable(c, type_find(c->app, STR("mandatory"))))
		return OK;
	TRY(see_children(c, "mandatory", kase->id, &s));
	m->reports = NEWN(c->a, struct protect_row, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		struct due *d;
		size_t n;
		if (!rec_in(s.r[i], "due"))
			continue;
		TRY(due_list(c, "mandatory", s.r[i]->id, &d, &n));
		struct str why = rec_show(c, s.r[i], field_at(s.r[i]->t, "origin"));
		const char *by = n ? arena_cstr(c->a, datetime_str(c->a, d[n - 1].due)) : "";
		m->reports[m->nreports++] = (struct protect_row){ .label = s.r[i]->number, .url = arena_fmt(c->a, "/mandatory/%lld", (long long)s.r[i]->id),
			.text = why.p ? why : STR(""), .button = str_of(arena_printf(c->a, "%.16s", by)) };
	}
	return OK;
}

enum err protect_case(struct req *rq, const struct rec *kase, struct buf *ret)
{
	struct ctx *c = ctx_of(rq);
	struct protect_panel m = { .rows = NEWN(c->a, struct protect_row, ARRAY_LEN(ways)) };
	const char *why = absorb_no_mediation(c, kase);
	bool next = false;
	if ((!rec_int(kase, "violence") && !rec_int(kase, "child")) || kase->sight != SIGHT_FULL)
		return OK;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		bool there;
		TRY(one_way(rq, kase, &ways[i], &m.rows[m.n], &there));
		if (!there)
			continue;
		m.rows[m.n].next &= !next;
		next |= m.rows[m.n++].next;
	}
	TRY(reports_due(c, kase, &m));
	m.why = why ? str_of(TRC(c, why)) : STR_NONE;
	if (m.n || m.nreports)
		t_protect_panel(ret, &face_of(rq)->v, &m);
	return OK;
}

const struct route protect_routes[] = {
	XA_ROUTE("GET", "/assessment/new", assess_get, ROUTE_READ, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("POST", "/assessment/new", assess_post, ROUTE_WRITE, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("GET", "/{type}/{id}/paper/{which}", paper_get, ROUTE_SLOW, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("GET", "/forms", forms_get, ROUTE_READ, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("GET", "/forms/{type}/{which}", blank_get, ROUTE_SLOW, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	{ 0 },
};
