/* Why: at a kitchen table there is a phone, and no printer; both sides sign what they have just read on it.
 * Invariants: the page shows the words of the paper and nothing else of the case; which words, how many strokes and by whom is reckoned anew in
 * absorb/signature.c. */
#include "desk/sign_pages.h"
#include "absorb/absorb.h"
#include "absorb/signature.h"
#include "desk/inner.h"
#include "templates.h"

static enum err made_of(struct ctx *c, const struct rec *a, struct str digest, struct sign_page *m)
{
	struct seen s;
	const struct filter by[] = { { STR("parent"), id_text(c, a->parent) }, { STR("agreement"), id_text(c, a->id) }, { STR("state"), STR("kept") } };
	TRY(see(c, &(struct see){ .type = "signature", .filters = by, .nfilters = 3, .limit = 60, .oldest = true }, &s));
	m->made = NEWN(c->a, struct sign_made, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		struct str who = rec_show(c, s.r[i], field_at(s.r[i]->t, "who")), name = rec_show(c, s.r[i], field_at(s.r[i]->t, "signer"));
		m->made[m->nmade++] = (struct sign_made){ arena_fmt(c->a, "%.*s %.*s", (int)who.n, who.p, (int)name.n, name.n ? name.p : ""), rec_show(c, s.r[i], field_at(s.r[i]->t, "signed_at")),
			arena_fmt(c->a, "/signature/%lld", (long long)s.r[i]->id), !str_eq(rec_str(c, s.r[i], "digest"), digest) };
	}
	return OK;
}

static enum err who_signs(struct ctx *c, const struct rec *a, struct str chosen, struct sign_page *m)
{
	struct seen s;
	const struct filter by[] = { { STR("parent"), id_text(c, a->parent) }, { STR("state"), STR("listed") } };
	TRY(see(c, &(struct see){ .type = "party", .filters = by, .nfilters = 2, .limit = 40, .oldest = true }, &s));
	m->who = NEWN(c->a, struct sign_who, s.n + 3);
	for (size_t i = 0; i < s.n; i++) {
		struct str side = rec_str(c, s.r[i], "side"), label = rec_title(c, s.r[i]);
		if ((str_is(side, "a") || str_is(side, "b")) && !rec_int(s.r[i], "minor")) {
			struct str word = code_label(c->app->codes, "signer", side, c->lang);
			m->who[m->nwho++] = (struct sign_who){ arena_fmt(c->a, "%.*s:%lld", (int)side.n, side.p, (long long)s.r[i]->id), arena_fmt(c->a, "%.*s %.*s", (int)word.n, word.p, (int)label.n, label.p), false };
		}
	}
	m->who[m->nwho++] = (struct sign_who){ STR("mediator"), code_label(c->app->codes, "signer", STR("mediator"), c->lang), false };
	m->who[m->nwho++] = (struct sign_who){ STR("witness"), code_label(c->app->codes, "signer", STR("witness"), c->lang), false };
	for (size_t i = 0; i < m->nwho; i++)
		m->who[i].on = str_eq(m->who[i].value, chosen);
	return OK;
}

static enum err agreement_of(struct req *rq, struct rec **ret)
{
	struct ctx *c = ctx_of(rq);
	TRY(see_one(c, "agreement", req_path_id(rq, "id"), ret));
	return (*ret)->sight == SIGHT_FULL && c->actor->role != ROLE_CITIZEN ? OK : fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
}

static enum err show(struct req *rq, struct resp *rs, struct str error)
{
	struct ctx *c = ctx_of(rq);
	struct rec *a;
	struct document d;
	TRY(agreement_of(rq, &a));
	TRY(absorb_agreement_paper(c, a->id, &d));
	TRY(journal_view(c, a));
	struct sign_page m = { .title = d.title, .back_url = arena_fmt(c->a, "/agreement/%lld", (long long)a->id), .url = arena_fmt(c->a, "/agreement/%lld/ink", (long long)a->id),
			       .digest = signature_digest(c->a, d.p, d.n), .error = error, .p = d.p, .n = d.n, .draft = rec_in(a, "draft"), .witness = req_param(rq, "signer") };
	TRY(who_signs(c, a, req_param(rq, "whom"), &m));
	TRY(made_of(c, a, m.digest, &m));
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
	TRY(agreement_of(rq, &a));
	struct act in = { .type = "signature", .verb = "create", .parent = a->parent, INPUTS(INPUT("agreement", id_text(c, a->id)), INPUT("who", who),
		INPUT("party", party.n ? party : STR("")), INPUT("signer", req_param(rq, "signer")), INPUT("ink", req_param(rq, "ink")), INPUT("digest", req_param(rq, "digest"))) };
	enum err e = act(c, &in, &d);
	if (e == OK) {
		face_flash(rq, rs, N_("Signed. Please hand the device to who signs next."));
		return resp_redirect(rs, rq, "/agreement/%lld/ink", (long long)a->id);
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
	struct sign_page m = { .url = arena_fmt(c->a, "/agreement/%lld/ink", (long long)r->id), .draft = rec_in(r, "draft") };
	if (r->sight != SIGHT_FULL || c->actor->role == ROLE_CITIZEN)
		return OK;
	struct document d;
	/* What keeps the paper from being made is said where it is asked for. */
	if (absorb_agreement_paper(c, r->id, &d) != OK) {
		fault_clear(c->f);
		return OK;
	}
	TRY(made_of(c, r, signature_digest(c->a, d.p, d.n), &m));
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
	{ 0 },
};
