/* Why: whoever finds an unlocked screen, or stole a session, must not open what can cost a life, nor change who may (S6).
 * Invariants: the form that was sent is carried on whole and changes nothing before she has shown that it is she; the session goes on
 * under a new cookie; what she types here is kept nowhere. */
#include "face/inner.h"
#include "people/login.h"
#include "templates.h"

static bool ours(struct str name) { return str_is(name, "csrf") || str_starts(name, "fresh_"); }

void fresh_page(struct req *rq, struct resp *rs, struct str why)
{
	struct face *fc = face_of(rq);
	struct fresh_page m = { .error = why, .factor = fc->factor, .kept = NEWN(rq->a, struct hidden, rq->nparams + 1) };
	m.to = str_is(rq->path, "/fresh") ? req_param(rq, "fresh_to") : fc->v.path;
	for (size_t i = rq->nquery; i < rq->nparams; i++)
		if (!ours(rq->params[i].name))
			m.kept[m.nkept++] = (struct hidden){ rq->params[i].name, rq->params[i].value };
	fc->shell = (struct shell){ .title = str_of(TRC(&fc->c, N_("Show that it is you"))) };
	fc->v.face = &fc->shell;
	buf_reset(&rs->body);
	rs->type = NULL;
	rs->status = err_http(ERR_FRESH);
	t_fresh_page(&rs->body, &fc->v, &m);
}

struct proof { int64_t user; struct str code; unsigned char session[32]; char cookie[TOKEN_TEXT]; bool right; };

static enum err code_job(struct ctx *c, void *arg)
{
	struct proof *p = arg;
	return login_code_use(c->db, c->app->keys, c->a, p->user, p->code, &p->right, c->f);
}

static enum err right_job(struct ctx *c, void *arg)
{
	struct proof *p = arg;
	TRY(session_step_up(c->db, p->session, p->cookie, c->f));
	return journal_note(c, "fresh", "staff", p->user, "ok", STR("{}"));
}

enum err fresh_post(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct ctx *c = &fc->c;
	struct proof p = { .user = fc->actor.user, .code = req_param(rq, "fresh_proof") };
	memcpy(p.session, fc->session, sizeof p.session);
	enum err e = fc->factor ? ctx_write(c, code_job, &p) : login_password_right(c->app->store, c->app->keys, rq->a, p.user, p.code, &p.right, &rq->fault);
	if (e == ERR_RATE || (e == OK && !p.right)) {
		struct str why = e == ERR_RATE ? face_fault(c, e, &rq->fault)
						: str_of(TRC(c, fc->factor ? N_("The code is wrong or was used already. Wait for the next one.") : N_("The password is not right.")));
		fault_clear(&rq->fault);
		(void)!journal_note(c, "fresh", "staff", p.user, "refused", STR("{}"));
		fresh_page(rq, rs, why);
		rs->status = e == ERR_RATE ? 429 : rs->status;
		return OK;
	}
	TRY(e);
	TRY(ctx_write(c, right_job, &p));
	resp_cookie(rs, rq, session_cookie(rq), arena_str(rq->a, str_of(p.cookie)), -1, false);
	TRY(resp_redirect(rs, rq, "%s", arena_cstr(rq->a, local_path(rq, "fresh_to"))));
	rs->status = 307;    /* the browser sends the very form again, to where it was meant for */
	return OK;
}
