/* Why: a forgotten password and a lost telephone are everyday things, and each is how a stranger gets in. So the two helps lie with two
 * persons: the system administrator makes a one-time link for a new password, the security administrator takes a second factor off, with
 * a reason that the owner is told of. Neither alone gets into an account that has both (S3, S7).
 * Invariants: nobody helps herself; each help is journaled and told; a link is shown once. */
#include "desk/account.h"
#include "desk/side_pages.h"
#include "people/login.h"
#include "people/people.h"
#include "report/safety.h"
#include "templates.h"
#include <stdio.h>

static enum err load(struct req *rq, struct rec **ret)
{
	int64_t id = req_path_id(rq, "id");
	return id ? see_one(ctx_of(rq), "staff", id, ret) : fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
}

static struct str when(struct ctx *c, int64_t ms) { return ms ? datetime_str(c->a, ms) : STR_NONE; }

static enum err show(struct req *rq, struct resp *rs, const struct rec *r, struct str link, struct str error)
{
	struct ctx *c = ctx_of(rq);
	struct account k;
	TRY(account_of(c->db, c->a, r->id, &k, c->f));
	struct staff_account_page m = { .id = arena_fmt(c->a, "%lld", (long long)r->id), .name = rec_title(c, r), .login = k.name.p ? k.name : rec_str(c, r, "login"), .none = !k.name.p,
		.ready = k.ready, .factor = k.factor, .asleep = k.asleep, .changed = when(c, k.changed), .last = when(c, k.last_ok), .since = when(c, k.factor_since),
		.waits = when(c, k.until), .recovery = k.recovery, .links = k.links, .failures = k.failures, .link = link, .error = error, .reason = req_param(rq, "reason"),
		.self = c->actor->user == r->id, .may_link = c->actor->role == ROLE_ADMIN && rec_in(r, "active"), .may_factor = c->actor->role == ROLE_SECADMIN };
	m.host = arena_fmt(c->a, "%s://%.*s", req_tls(rq) ? "https" : "http", (int)req_header(rq, "Host").n, req_header(rq, "Host").p ? req_header(rq, "Host").p : "");
	TRY(face_shell(rq, N_("Account")));
	t_staff_account_page(&rs->body, &face_of(rq)->v, &m);
	if (error.n)
		rs->status = 422;
	return OK;
}

static enum err account_get(struct req *rq, struct resp *rs)
{
	struct rec *r;
	TRY(load(rq, &r));
	return show(rq, rs, r, STR_NONE, STR_NONE);
}

static enum err not_self(struct ctx *c, const struct rec *r)
{
	return c->actor->user == r->id ? fail(c->f, ERR_DENIED, N_("Nobody helps herself here: the other administrator must do it."), "own account") : OK;
}

struct help { const struct rec *r; struct str reason; char link[TOKEN_TEXT]; };

static enum err link_job(struct ctx *c, void *arg)
{
	struct help *h = arg;
	struct str login = rec_str(c, h->r, "login"), name;
	TRY(not_self(c, h->r));
	TRY(fresh_need(c));
	TRY(login_name(c->db, c->a, h->r->id, &name, NULL, c->f));
	if (!login.n && !name.n)
		return fail(c->f, ERR_STATE, N_("She has no log-in name yet. Please enter one on her page first."), NULL);
	if (!name.n)
		TRY(login_create(c->db, h->r->id, login, c->f));
	TRY(setup_link_make(c->db, h->r->id, h->link, c->f));
	TRY(notice_put(c, h->r->id, 0, NULL, N_("The system administrator made a one-time link for a new password of yours. If you did not ask for it: tell the security administrator at once")));
	return journal_note(c, "setup_link", "staff", h->r->id, "ok", STR("{}"));
}

static enum err link_post(struct req *rq, struct resp *rs)
{
	struct help h = { 0 };
	struct rec *r;
	TRY(load(rq, &r));
	h.r = r;
	TRY(ctx_write(ctx_of(rq), link_job, &h));
	return show(rq, rs, r, arena_str(rq->a, str_of(h.link)), STR_NONE);
}

static enum err unlock_job(struct ctx *c, void *arg)
{
	const struct help *h = arg;
	TRY(not_self(c, h->r));
	TRY(login_unlock(c->db, h->r->id, c->f));
	return journal_note(c, "unlock", "staff", h->r->id, "ok", STR("{}"));
}

static enum err unlock_post(struct req *rq, struct resp *rs)
{
	struct help h = { 0 };
	struct rec *r;
	TRY(load(rq, &r));
	h.r = r;
	TRY(ctx_write(ctx_of(rq), unlock_job, &h));
	face_flash(rq, rs, N_("Saved."));
	return resp_redirect(rs, rq, "/staff/%lld/account", (long long)r->id);
}

/* The reason's words stay out of the journal, which holds no free text: their keyed mark stands there, and the words in her notice. */
static enum err factor_job(struct ctx *c, void *arg)
{
	const struct help *h = arg;
	unsigned char mark[16];
	BUF_AUTO b = BUF(256);
	TRY(not_self(c, h->r));
	TRY(fresh_need(c));
	TRY(factor_drop(c->db, h->r->id, c->f));
	TRY(notice_put(c, h->r->id, 0, NULL, N_("The security administrator took your second factor off. You set it up anew at the next log-in. If you did not ask for it: tell the auditor at once")));
	blind_index(c->app->keys, arena_printf(c->a, "journal/factor_reset/%lld", (long long)h->r->id), h->reason, mark);
	buf_cstr(&b, "{\"reason\":\"#");
	hex_put(&b, mark, 8);
	buf_cstr(&b, "\"}");
	TRY(db_exec(c->db, c->f, "INSERT INTO factor_reset (id, uid, by_whom, ms, reason) VALUES (?, ?, ?, ?, ?)",
		    ARGS(VI(id_new(c->now)), VI(h->r->id), VI(c->actor->user), VI(c->now), VS(h->reason)), NULL));
	return journal_note(c, "factor_reset", "staff", h->r->id, "ok", buf_view(&b));
}

static enum err factor_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct help h = { .reason = str_trim(req_param(rq, "reason")) };
	struct rec *r;
	TRY(load(rq, &r));
	h.r = r;
	if (utf8_count(h.reason) < 4 || utf8_count(h.reason) > 200)
		return show(rq, rs, r, STR_NONE, str_of(TRC(c, N_("Please say why, in 4 to 200 characters, without names of cases."))));
	TRY(ctx_write(c, factor_job, &h));
	face_flash(rq, rs, N_("Saved."));
	return resp_redirect(rs, rq, "/staff/%lld/account", (long long)r->id);
}

/* The way there from a staff member's page. */
enum err account_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	if (!((R(ADMIN) | R(SECADMIN)) & 1u << c->actor->role))
		return OK;
	struct side_button m = { arena_fmt(c->a, "/staff/%lld/account", (long long)r->id), str_of(TRC(c, N_("Account: password, second factor, wrong tries"))), STR(""), false };
	struct buf b = BUF(65536);
	t_side_button(&b, &face_of(rq)->v, &m);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

/* ---- the self-check ---- */

static enum err safety_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct safety_place at = safety_here(c);
	struct finding v[SAFETY_MAX];
	size_t n;
	enum grave worst;
	struct safety_page m = { .rows = NEWN(c->a, struct safety_line, SAFETY_MAX), .checked = datetime_str(c->a, c->now) };
	safety_run(c, &at, v, &n, &worst);
	static const enum grave order[] = { GRAVE_DANGER, GRAVE_WARN, GRAVE_UNKNOWN, GRAVE_OK };
	for (size_t g = 0; g < ARRAY_LEN(order); g++)
		for (size_t i = 0; i < n; i++)
			if (v[i].grave == order[g])
				m.rows[m.n++] = (struct safety_line){ grave_name(v[i].grave), str_of(TRC(c, grave_word(v[i].grave))), str_of(TRC(c, safety_checks[i].title)),
					safety_wrong(c, &safety_checks[i], &v[i]), v[i].grave >= GRAVE_WARN ? str_of(TRC(c, safety_checks[i].todo)) : STR_NONE };
	for (size_t i = 0; i < n; i++) {
		m.dangers += v[i].grave == GRAVE_DANGER;
		m.warnings += v[i].grave == GRAVE_WARN;
		m.unknown += v[i].grave == GRAVE_UNKNOWN;
	}
	TRY(face_shell(rq, N_("Self-check")));
	t_safety_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route account_routes[] = {
	XA_ROUTE("GET", "/staff/{id}/account", account_get, ROUTE_READ, 0, R(ADMIN) | R(SECADMIN)),
	XA_ROUTE("POST", "/staff/{id}/account/link", link_post, ROUTE_SLOW, 0, R(ADMIN)),
	XA_ROUTE("POST", "/staff/{id}/account/unlock", unlock_post, ROUTE_SLOW, 0, R(ADMIN) | R(SECADMIN)),
	XA_ROUTE("POST", "/staff/{id}/account/factor", factor_post, ROUTE_SLOW, 0, R(SECADMIN)),
	XA_ROUTE("GET", "/safety", safety_get, ROUTE_SLOW, 0, R(SECADMIN)),
	{ 0 },
};
