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

struct str local_path(struct req *rq, const char *name)
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

static enum err show_code(struct req *rq, struct resp *rs, struct str error)
{
	struct login_page m = { .error = error, .next = local_path(rq, "next") };
	TRY(face_shell(rq, N_("Second factor")));
	t_login_code_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err login_get(struct req *rq, struct resp *rs)
{
	if (face_of(rq)->known)
		return resp_redirect(rs, rq, "%s", arena_cstr(rq->a, local_path(rq, "next")));
	return show_login(rq, rs, STR_NONE);
}

struct opening { struct req *rq; int64_t user; const struct login_found *found; char cookie[TOKEN_TEXT], csrf[TOKEN_TEXT]; struct str device; };

/* How long her session may rest and last: who may open sealed entries rests for a quarter of an hour only (S5). */
static enum err limits_of(struct ctx *c, enum role role, struct session_new *n)
{
	bool sealed = role == ROLE_CITY || role == ROLE_LIAISON;
	int64_t idle, hours;
	TRY(setting_count(c, sealed ? "session.idle_sealed_min" : "session.idle_min", sealed ? 15 : SESSION_IDLE_MS / MS_MINUTE, 1, SESSION_IDLE_MAX_MS / MS_MINUTE, &idle));
	TRY(setting_count(c, "session.hours", SESSION_MAX_MS / MS_HOUR, 1, 24, &hours));
	n->idle = idle * MS_MINUTE;
	n->max = hours * MS_HOUR;
	return OK;
}

/* What she should know of how her name was used. */
static enum err tell_her(struct ctx *c, const struct opening *o)
{
	if (o->found && o->found->failed >= 3)
		TRY(notice_put(c, o->user, 0, NULL, N_("Before this log-in somebody gave a wrong password for your name several times. If that was not you: change your password and tell the security administrator")));
	if (o->found && o->found->recovery)
		TRY(notice_put(c, o->user, 0, NULL, N_("A recovery code was used to log in with your name. If that was not you: tell the security administrator at once")));
	return OK;
}

static enum err open_job(struct ctx *c, void *arg)
{
	struct opening *o = arg;
	struct face *fc = face_of(o->rq);
	struct session_new n = { .user = o->user, .face = "desk", .agent = agent_name(o->rq), .remote = o->rq->remote, .fresh = true };
	uint32_t must;
	/* The journal's line bears who logged in, not the nobody who sent the form. */
	TRY(people_actor(c->app, c->db, c->a, o->user, &fc->actor, c->f));
	fc->actor.face = "desk";
	face_origin(o->rq);
	TRY(factor_roles(c, &must));
	if (must & 1u << fc->actor.role && !(o->found && o->found->factor)) {
		bool open;
		TRY(factor_grace(c->db, o->user, &open, c->f));
		if (!open)
			return fail(c->f, ERR_DENIED, N_("Your post needs a second factor, and the time to set it up is over. The security administrator can give you new time."), "no second factor");
		n.enrol = true;
	}
	TRY(limits_of(c, fc->actor.role, &n));
	TRY(session_open_as(c->db, &n, o->cookie, o->csrf, c->f));
	TRY(device_mark(c->db, c->app->keys, c->a, o->user, req_cookie(o->rq, device_cookie(o->rq)), &o->device, c->f));
	TRY(tell_her(c, o));
	/* The head of the new session's hash, so that what is done in it can be found from here. */
	unsigned char hash[32];
	token_hash(str_of(o->cookie), hash);
	memcpy(fc->actor.session, hash, sizeof fc->actor.session);
	return journal_note(c, "login", "staff", o->user, "ok", o->found && o->found->recovery ? STR("{\"recovery\":true}") : STR("{}"));
}

static enum err open_for(struct req *rq, struct resp *rs, int64_t user, const struct login_found *found)
{
	struct opening o = { .rq = rq, .user = user, .found = found };
	TRY(ctx_write(ctx_of(rq), open_job, &o));
	resp_cookie(rs, rq, session_cookie(rq), arena_str(rq->a, str_of(o.cookie)), -1, false);
	resp_cookie(rs, rq, device_cookie(rq), o.device, 365 * 86400, false);
	return OK;
}

/* What was typed is never noted: it may be a password. At the fifth and twentieth wrong try in a row the owner hears of it. */
static enum err refused_job(struct ctx *c, void *arg)
{
	void **p = arg;
	const struct login_found *f = p[0];
	bool locked = *(const enum err *)p[1] == ERR_RATE;
	if (f->tried && !locked && (f->failed == 5 || f->failed == 20))
		TRY(notice_put(c, f->tried, 0, NULL, N_("Somebody gives wrong passwords for your name. Your known devices stay open to you. If that is not you: tell the security administrator")));
	return journal_note(c, "login", "staff", f->tried, "refused", locked ? STR("{\"locked\":true}") : STR("{}"));
}

static enum err refuse(struct req *rq, struct resp *rs, const struct login_found *found, enum err e, bool code)
{
	struct ctx *c = ctx_of(rq);
	struct str text = face_fault(c, e, &rq->fault);
	fault_clear(&rq->fault);
	face_origin(rq);
	(void)!ctx_write(c, refused_job, (void *[]){ (void *)(uintptr_t)found, &e });
	fault_clear(&rq->fault);
	/* A code that was wrong is asked for again; where the password must be given anew, all is. */
	bool again = code && e == ERR_AUTH && found->tried;
	TRY(again ? show_code(rq, rs, text) : show_login(rq, rs, text));
	rs->status = e == ERR_RATE ? 429 : 401;
	return OK;
}

#define HALF_COOKIE "xa_half"

static enum err enter(struct req *rq, struct resp *rs, const struct login_ask *ask, bool code)
{
	struct ctx *c = ctx_of(rq);
	struct login_found found;
	enum err e = login_check(c->app->store, c->app->keys, rq->a, ask, &found, &rq->fault);
	if (e == ERR_AUTH || e == ERR_RATE || e == ERR_INVALID)
		return refuse(rq, rs, &found, e, code);
	TRY(e);
	if (found.need_code) {
		resp_cookie(rs, rq, HALF_COOKIE, found.half, 300, false);
		return show_code(rq, rs, STR_NONE);
	}
	e = open_for(rq, rs, found.user, &found);
	if (e == ERR_AUTH || e == ERR_DENIED) {
		TRY(show_login(rq, rs, face_fault(c, e, &rq->fault)));
		rs->status = err_http(e);
		return OK;
	}
	TRY(e);
	if (ask->half.n)
		resp_cookie(rs, rq, HALF_COOKIE, STR(""), 0, false);
	if (found.must_change)
		return resp_redirect(rs, rq, "/password");
	return resp_redirect(rs, rq, "%s", arena_cstr(rq->a, local_path(rq, "next")));
}

static enum err login_post(struct req *rq, struct resp *rs)
{
	struct login_ask ask = { .name = req_param(rq, "login"), .password = req_param(rq, "password"), .code = req_param(rq, "code"), .remote = rq->remote,
				 .device = req_cookie(rq, device_cookie(rq)), .demo = ctx_of(rq)->app->demo };
	return enter(rq, rs, &ask, false);
}

enum err login_code_post(struct req *rq, struct resp *rs)
{
	struct login_ask ask = { .half = req_cookie(rq, HALF_COOKIE), .code = req_param(rq, "code"), .remote = rq->remote, .device = req_cookie(rq, device_cookie(rq)),
				 .demo = ctx_of(rq)->app->demo };
	if (!ask.half.n)
		return show_login(rq, rs, str_of(TRC(ctx_of(rq), N_("That took too long. Please enter name and password again."))));
	if (!ask.code.n)
		return show_code(rq, rs, STR_NONE);
	return enter(rq, rs, &ask, true);
}

static enum err logout_post(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	if (fc->known) {
		TRY(session_close(rq->db, fc->session, &rq->fault));
		TRY(journal_note(&fc->c, "logout", "staff", fc->actor.user, "ok", STR("{}")));
	}
	resp_cookie(rs, rq, session_cookie(rq), STR(""), 0, false);
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
	if (face_of(rq)->known)
		TRY(login_name(rq->db, rq->a, ctx_of(rq)->actor->user, &m.name, NULL, &rq->fault));
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
	enum err e = setup_link_use(c->app->store, c->app->keys, key, req_param(rq, "password"), &user, &rq->fault);
	if (e == ERR_INVALID)
		return show_password(rq, rs, "/setup", key, false, password_fault(rq, e));
	TRY(e);
	/* Who has a second factor shows it: a link, which an administrator made, must not open what she alone may. */
	struct account k;
	TRY(account_of(rq->db, rq->a, user, &k, &rq->fault));
	if (!k.factor)
		TRY(open_for(rq, rs, user, NULL));
	TRY(journal_note(c, "password", "staff", user, "ok", STR("{\"link\":true}")));
	return resp_redirect(rs, rq, k.factor ? "/login" : "/");
}

static enum err password_get(struct req *rq, struct resp *rs) { return show_password(rq, rs, "/password", STR(""), true, STR_NONE); }

/* The old password is asked as at the step-up: counted for this account alone, and no second factor is spent. */
static enum err password_post(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct ctx *c = &fc->c;
	struct str differ = twice_same(rq);
	struct login_found found = { .factor = fc->factor };
	bool right = false;
	if (differ.n)
		return show_password(rq, rs, "/password", STR(""), true, differ);
	enum err e = login_password_right(c->app->store, c->app->keys, rq->a, fc->actor.user, req_param(rq, "old"), &right, &rq->fault);
	if (e == ERR_RATE || (e == OK && !right)) {
		struct str why = e == ERR_RATE ? face_fault(c, e, &rq->fault) : str_of(TRC(c, N_("The present password is not right.")));
		fault_clear(&rq->fault);
		(void)!journal_note(c, "password", "staff", fc->actor.user, "refused", STR("{}"));
		return show_password(rq, rs, "/password", STR(""), true, why);
	}
	TRY(e);
	e = login_set_password(c->app->store, c->app->keys, fc->actor.user, req_param(rq, "password"), &rq->fault);
	if (e == ERR_INVALID)
		return show_password(rq, rs, "/password", STR(""), true, password_fault(rq, e));
	TRY(e);
	TRY(journal_note(c, "password", "staff", fc->actor.user, "ok", STR("{}")));
	TRY(open_for(rq, rs, fc->actor.user, &found));
	face_flash(rq, rs, "The password was changed.");
	return resp_redirect(rs, rq, "/");
}

const struct route face_routes[] = {
	XA_ROUTE("GET", "/login", login_get, ROUTE_READ, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/login", login_post, ROUTE_SLOW, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/login/code", login_code_post, ROUTE_SLOW, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("GET", "/first/{key}", first_get, ROUTE_READ, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/first/{key}", first_post, ROUTE_SLOW, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("GET", "/factor", factor_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/factor", factor_post, ROUTE_SLOW, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/factor/begin", factor_begin_post, ROUTE_WRITE, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/factor/codes", factor_codes_post, ROUTE_SLOW, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/factor/off", factor_drop_post, ROUTE_SLOW, 0, RIGHT_ALL),
	XA_ROUTE("GET", "/account", account_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/account/sessions", account_sessions_post, ROUTE_WRITE, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/fresh", fresh_post, ROUTE_SLOW, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/logout", logout_post, ROUTE_WRITE, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/lang", lang_post, ROUTE_READ, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("GET", "/setup/{key}", setup_get, ROUTE_READ, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/setup", setup_post, ROUTE_SLOW, ROUTE_OPEN, RIGHT_ALL),
	XA_ROUTE("GET", "/password", password_get, ROUTE_READ, 0, RIGHT_ALL),
	XA_ROUTE("POST", "/password", password_post, ROUTE_SLOW, 0, RIGHT_ALL),
	{ 0 },
};
