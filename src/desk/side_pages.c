/* Why: three things of a case have pages of their own: the number that a party gets for herself, the paper both sign, and what two
 * persons opened. Invariants: a number is shown once and never again; what is opened is shown to who asked, with its end in sight. */
#include "desk/side_pages.h"
#include "desk/inner.h"
#include "absorb/absorb.h"
#include "paper/paper.h"
#include "templates.h"
#include <stdio.h>

/* ---- a party's own number ---- */

struct giving { int64_t party; unsigned char mark[16]; };
static enum err give(struct ctx *c, void *arg)
{
	const struct giving *g = arg;
	return receipt_for_party(c, g->mark, g->party);
}

static enum err receipt_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct giving g = { .party = req_path_id(rq, "id") };
	struct rec *r;
	struct side_page m = { .title = str_of(TRC(c, N_("A number of her own"))) };
	TRY(see_one(c, "party", g.party, &r));
	struct str d = receipt_digits(c);
	TRY(receipt_mark(c->app->keys, d, c->app->demo, g.mark, &rq->fault));
	TRY(ctx_write(c, give, &g));
	m.code = arena_fmt(c->a, "%.4s %.4s %.4s %.4s", d.p, d.p + 4, d.p + 8, d.p + 12);
	m.lead = rec_show(c, r, field_at(r->t, "side"));
	m.back_url = arena_fmt(c->a, "/case/%lld", (long long)r->parent);
	TRY(face_shell(rq, N_("A number of her own")));
	t_receipt_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- the joint paper ---- */

static enum err paper_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct document d;
	int64_t id = req_path_id(rq, "id");
	TRY(absorb_agreement_paper(c, id, &d));
	TRY(pdf_document(&d, &rs->body, &rq->fault));
	resp_file(rs, rq, "application/pdf", arena_fmt(c->a, "%.*s.pdf", (int)d.footer.n, d.footer.p ? d.footer.p : ""));
	return journal_note(c, "print", "agreement", id, "ok", STR("{}"));
}

/* ---- what two persons opened ---- */

static enum err look_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *r;
	int64_t until;
	struct side_page m = { .title = str_of(TRC(c, N_("Opened together"))) };
	TRY(vault_look(c, req_path_id(rq, "id"), &r, &until));
	m.lead = rec_show(c, r, field_at(r->t, "kind"));
	m.code = rec_show(c, r, field_at(r->t, "kept"));
	m.until = datetime_str(c->a, until);
	m.seconds = (until - c->now) / MS_SECOND;
	m.back_url = arena_fmt(c->a, "/case/%lld", (long long)r->parent);
	TRY(face_shell(rq, N_("Opened together")));
	t_vault_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- the buttons that lead there ---- */

enum err side_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct side_button m = { 0 };
	if (strcmp(r->t->name, "party") == 0) {
		struct str side = rec_str(c, r, "side");
		if (may(c, r->t, "edit", r) != MAY_ALLOW || (!str_is(side, "a") && !str_is(side, "b")))
			return OK;
		m = (struct side_button){ arena_fmt(c->a, "/party/%lld/receipt", (long long)r->id), str_of(TRC(c, N_("Give a number of her own"))),
			str_of(TRC(c, N_("With it this side sees how the case stands, our answers to it, its duties and the joint papers, and can add something. Nothing of the other side. Hand it over alone. A new number makes the old one void."))), true };
	} else if (strcmp(r->t->name, "agreement") == 0) {
		if (r->sight != SIGHT_FULL)
			return OK;
		m = (struct side_button){ arena_fmt(c->a, "/agreement/%lld/paper", (long long)r->id), str_of(TRC(c, N_("Make the paper (PDF)"))),
			str_of(TRC(c, N_("Both sides get it. It is not made when it holds an address, a phone or an ID number that may not stand in it."))), false };
	} else {
		if (!rec_in(r, "opened") || rec_int(r, "asker") != c->actor->user || rec_int(r, "until") <= c->now)
			return OK;
		m = (struct side_button){ arena_fmt(c->a, "/opening/%lld/look", (long long)r->id), str_of(TRC(c, N_("Look at it"))),
			str_of(TRC(c, N_("Each look is kept in the journal. Do not write it down and do not photograph it."))), true };
	}
	BUF_AUTO b = BUF(65536);
	t_side_button(&b, &face_of(rq)->v, &m);
	*ret = html_of(c, &b);
	return OK;
}

const struct route side_routes[] = {
	XA_ROUTE("POST", "/party/{id}/receipt", receipt_post, ROUTE_SLOW, 0, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("GET", "/agreement/{id}/paper", paper_get, ROUTE_SLOW, ROUTE_EXPORT, R_FED | R(MEDIATOR) | R(LIAISON)),
	XA_ROUTE("POST", "/opening/{id}/look", look_post, ROUTE_WRITE, 0, R(CITY) | R(LIAISON)),
	{ 0 },
};
