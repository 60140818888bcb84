/* Why: the second factor must be easy enough that 2,000 people set it up by themselves (S3): a picture to scan, one code to show that
 * it worked, ten codes on paper for the day the telephone is lost.
 * Invariants: GET changes nothing; the recovery codes are in one answer and never again; who has a factor shows it (or a recovery code)
 * before it is changed or taken off; a post that must have one does not take it off. */
#include "face/inner.h"
#include "paper/paper.h"
#include "people/login.h"
#include "templates.h"

static enum err put_picture(struct req *rq, const unsigned char seed[20], struct factor_page *m)
{
	struct buf b = BUF((size_t)1 << 20);
	struct str login;
	TRY(login_name(rq->db, rq->a, ctx_of(rq)->actor->user, &login, NULL, &rq->fault));
	enum err e = qr_svg(totp_uri(rq->a, seed, login), 5, &b, &rq->fault);
	if (e == OK)
		m->picture = (struct html){ arena_str(rq->a, buf_view(&b)) };
	buf_free(&b);
	m->typed = totp_typed(rq->a, seed);
	return e;
}

static enum err show(struct req *rq, struct resp *rs, struct str error)
{
	struct face *fc = face_of(rq);
	struct ctx *c = ctx_of(rq);
	struct account k;
	struct factor_page m = { .error = error };
	unsigned char seed[20];
	uint32_t must;
	TRY(account_of(c->db, c->a, fc->actor.user, &k, c->f));
	TRY(factor_roles(c, &must));
	TRY(factor_pending(c->db, c->app->keys, c->a, fc->actor.user, seed, &m.begun, c->f));
	if (m.begun)
		TRY(put_picture(rq, seed, &m));
	m.on = k.factor;
	m.left = k.recovery;
	m.since = k.factor_since ? datetime_str(c->a, k.factor_since) : STR_NONE;
	m.must = fc->enrol;
	m.may_drop = k.factor && !(must & 1u << fc->actor.role);
	TRY(face_shell(rq, N_("Second factor")));
	if (fc->enrol) {
		fc->shell.nnav = 0;
		fc->shell.search_url = NULL;
	}
	t_factor_page(&rs->body, &fc->v, &m);
	return OK;
}

enum err factor_get(struct req *rq, struct resp *rs) { return show(rq, rs, STR_NONE); }

enum err factor_begin_post(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct ctx *c = ctx_of(rq);
	if (fc->factor)
		TRY(fresh_need(c));
	TRY(factor_begin(c->db, c->app->keys, c->a, fc->actor.user, c->f));
	return resp_redirect(rs, rq, "/factor");
}

struct setting_up { struct str code; char codes[RECOVERY_CODES][RECOVERY_TEXT]; bool right; };

static enum err confirm_job(struct ctx *c, void *arg)
{
	struct setting_up *u = arg;
	int64_t user = c->actor->user;
	TRY(factor_confirm(c->db, c->app->keys, c->a, user, u->code, u->codes, &u->right, c->f));
	if (!u->right)
		return OK;
	TRY(notice_put(c, user, 0, NULL, N_("A second factor was set up for your name. If that was not you: tell the security administrator at once")));
	return journal_note(c, "factor", "staff", user, "ok", STR("{}"));
}

static enum err show_codes(struct req *rq, struct resp *rs, char codes[RECOVERY_CODES][RECOVERY_TEXT])
{
	struct face *fc = face_of(rq);
	struct codes_page m = { .made = datetime_str(rq->a, fc->c.now) };
	for (int i = 0; i < RECOVERY_CODES; i++)
		m.code[i] = arena_str(rq->a, str_of(codes[i]));
	TRY(login_name(fc->c.db, rq->a, fc->actor.user, &m.name, NULL, &rq->fault));
	TRY(face_shell(rq, N_("Recovery codes")));
	t_codes_page(&rs->body, &fc->v, &m);
	return OK;
}

enum err factor_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct setting_up u = { .code = req_param(rq, "code") };
	BUF_AUTO digits = BUF(64);
	for (size_t i = 0; i < u.code.n && i < 40; i++)
		if (u.code.p[i] != ' ')
			buf_char(&digits, u.code.p[i]);
	u.code = buf_view(&digits);
	if (face_of(rq)->factor)
		TRY(fresh_need(c));
	enum err e = ctx_write(c, confirm_job, &u);
	if (e == ERR_STATE || (e == OK && !u.right)) {
		struct str why = e == ERR_STATE ? face_fault(c, e, &rq->fault) : str_of(TRC(c, N_("This code does not fit. Is the clock of your telephone right? Enter the code that the app shows now.")));
		fault_clear(&rq->fault);
		TRY(show(rq, rs, why));
		rs->status = 422;
		return OK;
	}
	TRY(e);
	return show_codes(rq, rs, u.codes);
}

static enum err codes_job(struct ctx *c, void *arg)
{
	struct setting_up *u = arg;
	TRY(fresh_need(c));
	TRY(recovery_make(c->db, c->app->keys, c->actor->user, u->codes, c->f));
	return journal_note(c, "recovery", "staff", c->actor->user, "ok", STR("{}"));
}

enum err factor_codes_post(struct req *rq, struct resp *rs)
{
	struct setting_up u = { 0 };
	if (!face_of(rq)->factor)
		return resp_redirect(rs, rq, "/factor");
	TRY(ctx_write(ctx_of(rq), codes_job, &u));
	return show_codes(rq, rs, u.codes);
}

static enum err drop_job(struct ctx *c, void *arg)
{
	uint32_t must;
	(void)arg;
	TRY(factor_roles(c, &must));
	if (must & 1u << c->actor->role)
		return fail(c->f, ERR_STATE, N_("Your post needs a second factor. For another telephone set it up anew."), "factor off");
	TRY(fresh_need(c));
	TRY(factor_drop(c->db, c->actor->user, c->f));
	return journal_note(c, "factor_off", "staff", c->actor->user, "ok", STR("{}"));
}

enum err factor_drop_post(struct req *rq, struct resp *rs)
{
	TRY(ctx_write(ctx_of(rq), drop_job, NULL));
	return resp_redirect(rs, rq, "/login");
}
