/* Why: what an office keeps of a case leaves the house as one file, and the journal says who took it.
 * Invariants: noted before a byte of it leaves; the file's name says nothing but the number. */
#include "desk/paper_pages.h"
#include "absorb/bound.h"
#include "absorb/issued.h"
#include "desk/inner.h"
#include "desk/sign_pages.h"
#include "templates.h"

static enum err bound_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct bound sum;
	int64_t id = req_path_id(rq, "id");
	struct str side = req_param(rq, "side");
	TRY(absorb_bound(c, id, side, &rs->body, &sum));
	resp_file(rs, rq, "application/pdf", arena_fmt(c->a, "case-%lld.pdf", (long long)id));
	return journal_note(c, "print", "case", id, "ok", arena_fmt(c->a, "{\"paper\":\"bound\",\"side\":\"%.*s\",\"pages\":%d,\"papers\":%d,\"scans\":%d}",
		side.n ? (int)side.n : 4, side.n ? side.p : "both", sum.pages, sum.papers, sum.scans));
}

/* Who binds must know what is missing: the file itself never says it. */
static enum err bind_get(struct req *rq, struct resp *rs)
{
	static const char *const sides[] = { "", "a", "b" };
	static const char *const names[] = { N_("File that both may read"), N_("File of party A"), N_("File of party B") };
	static const char *const why[BOUND_OUT_COUNT] = {
		[OUT_SIDE] = N_("Belongs to one side alone, or to the other side"), [OUT_PROTECT] = N_("Follows a warning letter, a protection order or a shelter stay: hers alone"),
		[OUT_WORDS] = N_("Its words hold an address, a phone or ID number, a sealed entry, or who made the mandatory report"),
		[OUT_SIGHT] = N_("You may not read it in full"), [OUT_MANY] = N_("More papers than one file holds"),
	};
	struct ctx *c = ctx_of(rq);
	struct rec *k;
	int64_t id = req_path_id(rq, "id");
	struct bind_page m = { .back_url = arena_fmt(c->a, "/case/%lld", (long long)id), .papers = arena_fmt(c->a, "/case/%lld/papers", (long long)id) };
	TRY(see_one(c, "case", id, &k));
	m.title = rec_title(c, k);
	for (size_t i = 0; i < BIND_FILES; i++) {
		struct bind_file *f = &m.files[i];
		struct bound sum = { 0 };
		enum err e = absorb_bound_ask(c, id, str_of(sides[i]), &sum);
		f->name = str_of(TRC(c, names[i]));
		if (e == ERR_STATE) {
			f->notice = str_of(TRC(c, rq->fault.msg));
			rq->fault = (struct fault){ 0 };
			continue;
		}
		TRY(e);
		f->url = arena_fmt(c->a, "/case/%lld/bound%s%s", (long long)id, i ? "?side=" : "", sides[i]);
		f->papers = id_text(c, sum.papers);
		f->unread = sum.unread ? id_text(c, sum.unread) : STR_NONE;
		f->kept_out = id_text(c, sum.kept_out);
		for (int j = 0; j < BOUND_OUT_COUNT; j++)
			if (sum.out[j])
				f->rows[f->n++] = (struct bind_row){ str_of(TRC(c, why[j])), id_text(c, sum.out[j]) };
	}
	TRY(journal_view(c, k));
	TRY(face_shell(rq, N_("Bind the file of the case")));
	t_bind_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

enum err bound_case(struct req *rq, const struct rec *kase, struct buf *ret)
{
	struct ctx *c = ctx_of(rq);
	struct bound_panel m = { arena_fmt(c->a, "/case/%lld/bind", (long long)kase->id), arena_fmt(c->a, "/case/%lld/papers", (long long)kase->id) };
	if (kase->sight == SIGHT_FULL && !access_glass(c, kase) && rec_has(kase, "accepted"))
		t_bound_panel(ret, &face_of(rq)->v, &m);
	return OK;
}

/* ---- the papers of a case, one by one ---- */

/* The one in force of this form and record. */
static const struct rec *kept_of(struct ctx *c, const struct seen *s, struct str form, int64_t about)
{
	for (size_t i = 0; i < s->n; i++)
		if (rec_in(s->r[i], "kept|signed") && rec_int(s->r[i], "about") == about && str_eq(rec_str(c, s->r[i], "form"), form))
			return s->r[i];
	return NULL;
}

static struct filed_row row_kept(struct ctx *c, const struct rec *r)
{
	return (struct filed_row){ .label = rec_show(c, r, field_at(r->t, "form")), .number = r->number, .state = state_label(c, r), .when = rec_show(c, r, field_at(r->t, "issued_at")),
		.kept_url = arena_fmt(c->a, "/issued/%lld", (long long)r->id), .url = arena_fmt(c->a, "/issued/%lld/sheet", (long long)r->id), .url_docx = arena_fmt(c->a, "/issued/%lld/sheet?as=docx", (long long)r->id) };
}

static bool one_side(struct ctx *c, const struct rec *r)
{
	struct str side = field_find(r->t, STR("side")) >= 0 ? rec_str(c, r, "side") : STR_NONE;
	return str_is(side, "a") || str_is(side, "b");
}

static void add_rows(struct ctx *c, const struct rec *r, const struct seen *kept, struct filed_page *m, size_t *cap)
{
	static const char *const dated[] = { "held", "done_at", "signed_on" };
	struct str when = STR_NONE;
	for (size_t i = 0; i < ARRAY_LEN(dated); i++)
		if (!when.n && field_find(r->t, str_of(dated[i])) >= 0)
			when = rec_show(c, r, field_at(r->t, dated[i]));
	for (const struct absorb_paper *w = absorb_papers; w->type; w++) {
		if (!(w->filed || w->keeper == KEPT_TEAM) || !absorb_paper_fits(c, w, r))
			continue;
		struct str form = arena_fmt(c->a, "%s_%s", w->type, w->name), page = arena_fmt(c->a, "/%s/%lld/paper/%s", w->type, (long long)r->id, w->name);
		if (m->notice.n && w->filed && !one_side(c, r))
			continue;
		const struct rec *k = kept_of(c, kept, form, r->id);
		struct filed_row row = k ? row_kept(c, k) : (struct filed_row){ .label = code_label(c->app->codes, "issued_form", form, c->lang), .url = page, .url_docx = arena_fmt(c->a, "%.*s?as=docx", (int)page.n, page.p),
			.form = form, .about = id_text(c, r->id) };
		row.when = when.n ? when : row.when;
		row.blank = arena_fmt(c->a, "/forms/%s/%s", w->type, w->name);
		VEC_PUSH(c->a, m->rows, m->n, *cap, row);
	}
}

static enum err papers_get(struct req *rq, struct resp *rs)
{
	static const char *const types[] = { "session", "agreement", "visit", "order", "letter" };
	struct ctx *c = ctx_of(rq);
	struct rec *k;
	struct seen kept, s;
	size_t cap = 0, vcap = 0;
	TRY(see_one(c, "case", req_path_id(rq, "id"), &k));
	if (k->sight != SIGHT_FULL || access_glass(c, k))
		return fail(&rq->fault, ERR_DENIED, NULL, "papers of a case");
	struct filed_page m = { .title = rec_title(c, k), .back_url = arena_fmt(c->a, "/case/%lld", (long long)k->id), .url = arena_fmt(c->a, "/case/%lld/papers", (long long)k->id) };
	bool hidden;
	TRY(absorb_hidden_side(c, k->id, STR("both"), &hidden));
	if (hidden)
		m.notice = str_of(TRC(c, N_("Somebody in this case must not learn of it: no paper that both may read is made. What is one side’s own can be made.")));
	TRY(see_children(c, "issued", k->id, &kept));
	add_rows(c, k, &kept, &m, &cap);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		TRY(see_children(c, types[i], k->id, &s));
		for (size_t j = 0; j < s.n; j++)
			add_rows(c, s.r[j], &kept, &m, &cap);
	}
	/* Kept, and its form is made no more now; or void. */
	for (size_t i = 0; i < kept.n; i++) {
		bool shown = false;
		struct filed_row row = row_kept(c, kept.r[i]);
		for (size_t j = 0; j < m.n; j++)
			shown |= str_eq(m.rows[j].kept_url, row.kept_url);
		if (!shown)
			VEC_PUSH(c->a, m.voids, m.nvoids, vcap, row);
	}
	TRY(journal_view(c, k));
	TRY(face_shell(rq, N_("Papers of the file")));
	t_filed_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err keep_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct done d;
	int64_t id = req_path_id(rq, "id");
	TRY(act(c, &(struct act){ .type = "issued", .verb = "create", .parent = id, INPUTS(INPUT("form", req_param(rq, "form")), INPUT("about", req_param(rq, "about"))) }, &d));
	face_flash(rq, rs, N_("Numbered and kept. It can be signed now."));
	return resp_redirect(rs, rq, "/issued/%lld", (long long)d.id);
}

/* ---- one that was kept ---- */

static enum err sheet_out(struct req *rq, struct resp *rs, const char *type)
{
	struct ctx *c = ctx_of(rq);
	struct document d;
	struct rec *r;
	bool docx = str_is(req_param(rq, "as"), "docx");
	TRY(issued_sheet(c, type, req_path_id(rq, "id"), &d, &r));
	TRY(docx ? docx_document(&d, &rs->body, &rq->fault) : pdf_document(&d, &rs->body, &rq->fault));
	resp_file(rs, rq, docx ? "application/vnd.openxmlformats-officedocument.wordprocessingml.document" : "application/pdf", arena_fmt(c->a, "%.*s.%s", (int)r->number.n, r->number.p, docx ? "docx" : "pdf"));
	return journal_note(c, "print", type, r->id, "ok", arena_fmt(c->a, "{\"as\":\"%s\"}", docx ? "docx" : "pdf"));
}

static enum err sheet_get(struct req *rq, struct resp *rs) { return sheet_out(rq, rs, "issued"); }
static enum err office_get(struct req *rq, struct resp *rs) { return sheet_out(rq, rs, "office_paper"); }

enum err kept_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct html ink = { 0 };
	bool team = strcmp(r->t->name, "issued") == 0;
	struct kept_panel m = { .url = arena_fmt(c->a, "/%s/%lld/sheet", r->t->name, (long long)r->id), .url_docx = arena_fmt(c->a, "/%s/%lld/sheet?as=docx", r->t->name, (long long)r->id) };
	if (r->sight != SIGHT_FULL)
		return OK;
	const struct absorb_paper *w = issued_form(rec_str(c, r, "form"), team ? KEPT_TEAM : KEPT_OFFICE);
	if (team)
		m.papers = arena_fmt(c->a, "/case/%lld/papers", (long long)r->parent);
	else if (w)
		m.about = arena_fmt(c->a, "/%s/%lld", w->type, (long long)rec_int(r, "about"));
	if (team)
		TRY(sign_extra(rq, r, &ink));
	BUF_AUTO b = BUF((size_t)1 << 20);
	t_kept_panel(&b, &face_of(rq)->v, &m);
	buf_str(&b, ink.s);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	return OK;
}

const struct route paper_routes[] = {
	XA_ROUTE("GET", "/case/{id}/papers", papers_get, ROUTE_READ, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("POST", "/case/{id}/papers", keep_post, ROUTE_WRITE, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("GET", "/issued/{id}/sheet", sheet_get, ROUTE_SLOW, ROUTE_EXPORT, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("GET", "/office_paper/{id}/sheet", office_get, ROUTE_SLOW, ROUTE_EXPORT, R(LIAISON)),
	XA_ROUTE("GET", "/case/{id}/bind", bind_get, ROUTE_READ, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("GET", "/case/{id}/bound", bound_get, ROUTE_SLOW, ROUTE_EXPORT, R_FED | R(MEDIATOR) | R(LIAISON)),
	{ 0 },
};
