/* Why: at a kitchen table there is a phone, and no printer; both sides sign what they have just read on it.
 * Invariants: the page shows the words of the paper and nothing else of the case; which words, how many strokes and by whom is reckoned anew in
 * absorb/signature.c. */
#include "desk/sign_pages.h"
#include "absorb/issued.h"
#include "absorb/signature.h"
#include "desk/inner.h"
#include "templates.h"

static enum err made_of(struct ctx *c, const struct rec *a, const struct document *d, struct sign_page *m)
{
	struct seen s;
	const struct filter by[] = { { STR("parent"), id_text(c, a->parent) }, { str_of(a->t->name), id_text(c, a->id) }, { STR("state"), STR("kept") } };
	TRY(see(c, &(struct see){ .type = "signature", .filters = by, .nfilters = 3, .limit = 60, .oldest = true }, &s));
	m->made = NEWN(c->a, struct sign_made, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		struct str who = rec_show(c, s.r[i], field_at(s.r[i]->t, "who")), name = rec_show(c, s.r[i], field_at(s.r[i]->t, "signer"));
		m->made[m->nmade++] = (struct sign_made){ arena_fmt(c->a, "%.*s %.*s", (int)who.n, who.p, (int)name.n, name.n ? name.p : ""), rec_show(c, s.r[i], field_at(s.r[i]->t, "signed_at")),
			arena_fmt(c->a, "/signature/%lld", (long long)s.r[i]->id), !signature_of(c->a, d->p, d->n, rec_str(c, s.r[i], "digest")) };
	}
	return OK;
}

static enum err who_signs(struct ctx *c, const struct rec *a, struct str chosen, struct sign_page *m)
{
	struct seen s;
	static const char *const hands[] = { "mediator", "recorder", "witness" };
	struct str of = rec_str(c, a, "side");
	const struct filter by[] = { { STR("parent"), id_text(c, a->parent) }, { STR("state"), STR("listed") } };
	TRY(see(c, &(struct see){ .type = "party", .filters = by, .nfilters = 2, .limit = 40, .oldest = true }, &s));
	m->who = NEWN(c->a, struct sign_who, s.n + ARRAY_LEN(hands));
	for (size_t i = 0; i < s.n; i++) {
		struct str side = rec_str(c, s.r[i], "side"), label = rec_title(c, s.r[i]);
		/* Of a talk with one side the other's names are not shown. */
		bool its = str_is(of, "a") || str_is(of, "b") ? str_eq(of, side) : str_is(side, "a") || str_is(side, "b");
		if (its && !rec_int(s.r[i], "minor")) {
			struct str word = code_label(c->app->codes, "signer", side, c->lang);
			m->who[m->nwho++] = (struct sign_who){ arena_fmt(c->a, "%.*s:%lld", (int)side.n, side.p, (long long)s.r[i]->id), arena_fmt(c->a, "%.*s %.*s", (int)word.n, word.p, (int)label.n, label.p), false };
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(hands); i++)
		m->who[m->nwho++] = (struct sign_who){ str_of(hands[i]), code_label(c->app->codes, "signer", str_of(hands[i]), c->lang), false };
	for (size_t i = 0; i < m->nwho; i++)
		m->who[i].on = str_eq(m->who[i].value, chosen);
	return OK;
}

/* The agreement, or the paper of the file, that the address names; with its words. */
static enum err sheet_of(struct req *rq, struct rec **ret, struct document *d)
{
	struct ctx *c = ctx_of(rq);
	bool issued = str_starts(rq->path, "/issued/");
	TRY(see_one(c, issued ? "issued" : "agreement", req_path_id(rq, "id"), ret));
	if ((*ret)->sight != SIGHT_FULL || c->actor->role == ROLE_CITIZEN)
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	return issued ? issued_sheet(c, "issued", (*ret)->id, d, ret) : absorb_agreement_paper(c, (*ret)->id, d);
}

static struct str url_of(struct ctx *c, const struct rec *r, const char *end) { return arena_fmt(c->a, "/%s/%lld%s", r->t->name, (long long)r->id, end); }

static enum err show(struct req *rq, struct resp *rs, struct str error)
{
	struct ctx *c = ctx_of(rq);
	struct rec *a;
	struct document d;
	TRY(sheet_of(rq, &a, &d));
	TRY(journal_view(c, a));
	struct sign_page m = { .title = d.title, .back_url = url_of(c, a, ""), .url = url_of(c, a, "/ink"),
			       .digest = signature_digest(c->a, d.p, d.n), .error = error, .p = d.p, .n = d.n, .draft = rec_in(a, "draft|kept"), .witness = req_param(rq, "signer") };
	TRY(who_signs(c, a, req_param(rq, "whom"), &m));
	TRY(made_of(c, a, &d, &m));
	TRY(face_shell(rq, N_("Sign on the screen")));
	t_sign_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err sign_get(struct req *rq, struct resp *rs) { return show(rq, rs, STR_NONE); }

static enum err sign_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *a;
	struct done d;
	struct str party, who = str_cut(req_param(rq, "whom"), ':', &party);
	struct document sheet;
	TRY(sheet_of(rq, &a, &sheet));
	struct act in = { .type = "signature", .verb = "create", .parent = a->parent, INPUTS((struct input){ str_of(a->t->name), id_text(c, a->id) }, INPUT("who", who),
		INPUT("party", party.n ? party : STR("")), INPUT("signer", req_param(rq, "signer")), INPUT("ink", req_param(rq, "ink")), INPUT("digest", req_param(rq, "digest"))) };
	enum err e = act(c, &in, &d);
	if (e == OK) {
		face_flash(rq, rs, N_("Signed. Please hand the device to who signs next."));
		return resp_redirect(rs, rq, "/%s/%lld/ink", a->t->name, (long long)a->id);
	}
	if (e != ERR_INVALID && e != ERR_STATE && e != ERR_DENIED)
		return e;
	struct fault kept = rq->fault;
	const char *why = kept.nfields ? kept.fields[0].msg : kept.msg;
	c->undone = true;
	if (show(rq, rs, str_of(TRC(c, why ? why : N_("Not signed.")))) == OK) {
		rq->fault = kept;
		rs->status = err_http(e);
		rs->handled = true;
	}
	return e;
}

enum err sign_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct sign_page m = { .url = url_of(c, r, "/ink"), .draft = rec_in(r, "draft|kept") };
	if (r->sight != SIGHT_FULL || c->actor->role == ROLE_CITIZEN)
		return OK;
	struct document d;
	struct rec *same;
	bool issued = strcmp(r->t->name, "issued") == 0;
	/* What keeps the paper from being made is said where it is asked for. */
	if ((issued ? issued_sheet(c, "issued", r->id, &d, &same) : absorb_agreement_paper(c, r->id, &d)) != OK) {
		fault_clear(c->f);
		return OK;
	}
	TRY(made_of(c, r, &d, &m));
	if (!issued && m.draft) {
		struct str facts = rec_str(c, r, "facts"), terms = rec_str(c, r, "terms"), how = rec_str(c, r, "performance");
		absorb_wording(arena_fmt(c->a, "%.*s。%.*s。%.*s", (int)facts.n, facts.n ? facts.p : "", (int)terms.n, terms.n ? terms.p : "", (int)how.n, how.n ? how.p : ""), m.wording);
		for (size_t i = 0; m.wording[i]; i++)
			m.wording[i] = TRC(c, m.wording[i]);
	}
	if (!m.draft && !m.nmade)
		return OK;
	struct buf b = BUF((size_t)1 << 18);
	t_sign_panel(&b, &face_of(rq)->v, &m);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

const struct route sign_routes[] = {
	XA_ROUTE("GET", "/agreement/{id}/ink", sign_get, ROUTE_READ, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("POST", "/agreement/{id}/ink", sign_post, ROUTE_WRITE, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("GET", "/issued/{id}/ink", sign_get, ROUTE_READ, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("POST", "/issued/{id}/ink", sign_post, ROUTE_WRITE, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	{ 0 },
};
