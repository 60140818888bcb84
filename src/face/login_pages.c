/* Why: the door for people: log in, log out, first and new passwords, language.
 * Invariants: log-in and passwords run on slow workers (Argon2); which of name and password was wrong is never told; after
 * a log-in only a local path is gone to. */
#include "face/inner.h"
#include "people/login.h"
#include "people/people.h"
#include "templates.h"

/* Demo cities only: one log-in for each post, shown on the log-in page. */
static const struct { const char *login, *post; } demo_posts[] = {
	{ "city", N_("City federation: rights and interests department") }, { "town", N_("Town federation (杨舍镇)") },
	{ "community", N_("Community federation chair") }, { "grid", N_("Grid worker") }, { "mediator", N_("Studio mediator") },
	{ "hotline", N_("Hotline clerk") }, { "police", N_("Police liaison") }, { "court", N_("Court liaison") }, { "civil", N_("Civil affairs liaison") }, { "leader", N_("City leader") }, { "auditor", N_("Auditor") },
	{ "admin", N_("System administrator") }, { "secadmin", N_("Security administrator") },
};

static struct str local_path(struct req *rq, const char *name)
{
	struct str next = req_param(rq, name);
	bool ok = next.n && next.n < 1000 && next.p[0] == '/' && (next.n == 1 || (next.p[1] != '/' && next.p[1] != '\\'));
	return ok ? next : STR("/");
}

static enum err show_login(struct req *rq, struct resp *rs, struct str error)
{
	struct ctx *c = ctx_of(rq);
	struct login_page m = { .error = error, .next = local_path(rq, "next"), .login = req_param(rq, "login"), .url = "/login" };
	if (c->app->demo) {
		m.posts = NEWN(rq->a, struct demo_post, ARRAY_LEN(demo_posts));
		for (size_t i = 0; i < ARRAY_LEN(demo_posts); i++)
			m.posts[m.nposts++] = (struct demo_post){ str_of(demo_posts[i].login), str_of(TRC(c, demo_posts[i].post)) };
		struct rows *q;
		TRY(db_rows(rq->db, &rq->fault, "SELECT value FROM setting WHERE name = 'demo_password'", NOARGS, &q));
		bool more;
		enum err e = rows_next(q, &more);
		if (e == OK && more)
			m.demo_password = arena_str(rq->a, rows_text(q, 0));
		rows_end(q);
		TRY(e);
	}
	TRY(face_shell(rq, N_("Log in")));
	t_login_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err login_get(struct req *rq, struct resp *rs)
{
	if (face_of(rq)->known)
		return resp_redirect(rs, rq, "%s", arena_cstr(rq->a, local_path(rq, "next")));
	return show_login(rq, rs, STR_NONE);
}

struct opening { struct req *rq; int64_t user; char cookie[TOKEN_TEXT], csrf[TOKEN_TEXT]; };

static enum err open_job(struct ctx *c, void *arg)
{
	struct opening *o = arg;
	struct face *fc = face_of(o->rq);
	TRY(session_open(c->db, o->user, "desk", o->cookie, o->csrf, c->f));
	/* The journal's line bears who logged in, not the nobody who sent the form. */
	TRY(people_actor(c->app, c->db, c->a, o->user, &fc->actor, c->f));
	fc->actor.face = "desk";
	face_origin(o->rq);
	/* The head of the new session's hash, so that what is done in it can be found from here. */
	unsigned char hash[32];
	token_hash(str_of(o->cookie), hash);
	memcpy(fc->actor.session, hash, sizeof fc->actor.session);
	return journal_note(c, "login", "staff", o->user, "ok", STR("{}"));
}

static enum err open_for(struct req *rq, struct resp *rs, int64_t user)
{
	struct opening o = { .rq = rq, .user = user };
	TRY(ctx_write(ctx_of(rq), open_job, &o));
	resp_cookie(rs, rq, SESSION_COOKIE, arena_str(rq->a, str_of(o.cookie)), -1, false);
	return OK;
}

static enum err login_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct login_found found;
	struct login_ask ask = { .name = req_param(rq, "login"), .password = req_param(rq, "password"), .code = req_param(rq, "code"), .remote = rq->remote,
				 .keep_quick = c->app->demo };
	enum err e = login_check(c->app->store, c->app->keys, rq->a, &ask, &found, &rq->fault);
	if (e == ERR_AUTH || e == ERR_RATE || e == ERR_INVALID) {
		struct str text = face_fault(c, e, &rq->fault);
		fault_clear(&rq->fault);
		/* Whose account was tried stands there by its number; what was typed never does: it may be a password. */
		int64_t tried = 0;
		(void)!db_int(rq->db, &rq->fault, "SELECT uid FROM login WHERE name = ?", ARGS(VS(ask.name)), &tried, NULL);
		face_origin(rq);
		(void)!journal_note(c, "login", "staff", tried, "refused", e == ERR_RATE ? STR("{\"locked\":true}") : STR("{}"));
		TRY(show_login(rq, rs, text));
		rs->status = e == ERR_RATE ? 429 : 401;
		return OK;
	}
	TRY(e);
	if (found.need_code) {
		TRY(show_login(rq, rs, str_of(TRC(c, N_("Please enter the one-time code of your app as well.")))));
		rs->status = 401;
		return OK;
	}
	TRY(open_for(rq, rs, found.user));
	if (found.must_change)
		return resp_redirect(rs, rq, "/password");
	return resp_redirect(rs, rq, "%s", arena_cstr(rq->a, local_path(rq, "next")));
}

static enum err logout_post(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	if (fc->known) {
		TRY(session_close(rq->db, fc->session, &rq->fault));
		TRY(journal_note(&fc->c, "logout", "staff", fc->actor.user, "ok", STR("{}")));
	}
	resp_cookie(rs, rq, SESSION_COOKIE, STR(""), 0, false);
	return resp_redirect(rs, rq, "/login");
}

static enum err lang_post(struct req *rq, struct resp *rs)
{
	resp_cookie(rs, rq, "xa_lang", str_is(req_param(rq, "lang"), "en") ? STR("en") : STR("zh"), 365 * 86400, false);
	return resp_redirect(rs, rq, "%s", arena_cstr(rq->a, local_path(rq, "back")));
}

/* ---- passwords ---- */

static enum err show_password(struct req *rq, struct resp *rs, const char *url, struct str key, bool ask_old, struct str error)
{
	struct login_page m = { .error = error, .url = url, .key = key, .ask_old = ask_old };
	TRY(face_shell(rq, N_("Choose a password")));
	t_password_page(&rs->body, &face_of(rq)->v, &m);
	if (error.n)
		rs->status = 422;
	return OK;
}

static struct str twice_same(struct req *rq)
{
	struct ctx *c = ctx_of(rq);
	return str_eq(req_param(rq, "password"), req_param(rq, "again")) ? STR_NONE : str_of(TRC(c, N_("The two passwords differ. Please type both again.")));
}

static struct str password_fault(struct req *rq, enum err e)
{
	struct ctx *c = ctx_of(rq);
	return rq->fault.nfields ? face_text(c, rq->fault.fields[0].msg, rq->fault.fields[0].arg) : face_fault(c, e, &rq->fault);
}

static enum err setup_get(struct req *rq, struct resp *rs)
{
	int64_t user;
	TRY(setup_link_peek(rq->db, req_path(rq, "key"), &user, &rq->fault));
	return show_password(rq, rs, "/setup", req_path(rq, "key"), false, STR_NONE);
}

static enum err setup_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct str key = req_param(rq, "key"), differ = twice_same(rq);
	int64_t user;
	if (differ.n)
		return show_password(rq, rs, "/setup", key, false, differ);
	enum err e = setup_link_use(c->app->store, key, req_param(rq, "password"), &user, &rq->fault);
	if (e == ERR_INVALID)
		return show_password(rq, rs, "/setup", key, false, password_fault(rq, e));
	TRY(e);
	TRY(open_for(rq, rs, user));
	TRY(journal_note(c, "password", "staff", user, "ok", STR("{\"link\":true}")));
	return resp_redirect(rs, rq, "/");
}

static enum err password_get(struct req *rq, struct resp *rs) { return show_password(rq, rs, "/password", STR(""), true, STR_NONE); }

static enum err password_post(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct ctx *c = &fc->c;
	struct login_found found;
	struct str name, differ = twice_same(rq);
	if (differ.n)
		return show_password(rq, rs, "/password", STR(""), true, differ);
	TRY(login_name(rq->db, rq->a, fc->actor.user, &name, NULL, &rq->fault));
	struct login_ask ask = { .name = name, .password = req_param(rq, "old"), .remote = rq->remote };
	enum err e = login_check(c->app->store, c->app->keys, rq->a, &ask, &found, &rq->fault);
	if (e == ERR_AUTH || e == ERR_RATE) {
		(void)!journal_note(c, "password", "staff", fc->actor.user, "refused", STR("{}"));
		return show_password(rq, rs, "/password", STR(""), true, str_of(TRC(c, N_("The present password is not right."))));
	}
	TRY(e);
	e = login_set_password(c->app->store, fc->actor.user, req_param(rq, "password"), &rq->fault);
	if (e == ERR_INVALID)
		return show_password(rq, rs, "/password", STR(""), true, password_fault(rq, e));
	TRY(e);
	TRY(journal_note(c, "password", "staff", fc->actor.user, "ok", STR("{}")));
	TRY(open_for(rq, rs, fc->actor.user));
	face_flash(rq, rs, "The password was changed.");
	return resp_redirect(rs, rq, "/");
}

const struct route face_routes[] = {
	XA_ROUTE("GET", "/login", login_get, ROUTE_READ, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/login", login_post, ROUTE_SLOW, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/logout", logout_post, ROUTE_WRITE, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/lang", lang_post, ROUTE_READ, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("GET", "/setup/{key}", setup_get, ROUTE_READ, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/setup", setup_post, ROUTE_SLOW, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("GET", "/password", password_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/password", password_post, ROUTE_SLOW, 0, RIGHT_ALL),
	{ 0 },
};
