/* Why: every request of every face passes here first: who is it, may this post have this page at all, does the form come
 * from our own page; and every page gets the same frame and every error the same plain words.
 * Invariants: an open route never trusts a session it does not need; a POST without its token changes nothing; what is
 * refused is journaled without personal data. */
#include "face/inner.h"
#include "people/login.h"
#include "people/people.h"
#include "templates.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define PRE_COOKIE "xa_form"          /* token of forms that are sent before log-in */
#define LANG_COOKIE "xa_lang"

/* ---- who ---- */

/* Marks a session or token as used, some time soon: nobody waits for it. */
struct touch { struct write w; unsigned char hash[32]; enum err (*fn)(struct db *, const unsigned char[32], struct fault *); };

static enum err touch_run(struct db *d, void *arg, struct fault *f)
{
	struct touch *t = arg;
	return t->fn(d, t->hash, f);
}

static void touch_done(void *arg, enum err e, struct fault *f)
{
	(void)e, (void)f;
	free(arg);
}

static void touch_later(struct store *s, const unsigned char hash[32], enum err (*fn)(struct db *, const unsigned char[32], struct fault *))
{
	struct touch *t = xalloc(sizeof *t);
	memcpy(t->hash, hash, sizeof t->hash);
	t->fn = fn;
	t->w = (struct write){ .run = touch_run, .done = touch_done, .arg = t };
	store_submit(s, &t->w);
}

void face_origin(struct req *rq)
{
	struct face *fc = face_of(rq);
	unsigned char h[16];
	blind_index(fc->c.app->keys, "origin", rq->remote, h);
	for (int i = 0; i < 8; i++)
		snprintf(fc->actor.origin + 2 * i, 3, "%02x", h[i]);
}

static enum err find_session(struct req *rq, struct face *fc)
{
	struct str cookie = req_cookie(rq, session_cookie(rq));
	struct session s;
	if (!cookie.n)
		return OK;
	enum err e = session_actor(fc->c.app, rq->db, rq->a, cookie, &s, &fc->actor, &rq->fault);
	if (e == ERR_AUTH) {
		fault_clear(&rq->fault);
		return OK;
	}
	TRY(e);
	memcpy(fc->actor.session, s.hash, sizeof fc->actor.session);
	face_origin(rq);
	fc->known = true;
	fc->must_change = s.must_change;
	fc->enrol = s.enrol;
	fc->factor = s.factor;
	fc->actor.proved = s.step_up;
	memcpy(fc->session, s.hash, sizeof fc->session);
	fc->csrf = arena_str(rq->a, str_of(s.csrf));
	fc->ends = session_looks(&s);
	if (session_wants_touch(&s) && !(rq->route && rq->route->flags & ROUTE_POLL))
		touch_later(fc->c.app->store, s.hash, session_touch);
	return OK;
}

static enum err find_token(struct req *rq, struct face *fc)
{
	struct str h = req_header(rq, "Authorization");
	struct api_token t;
	if (!h.n)
		return OK;
	if (!str_starts(h, "Bearer ") && !str_starts(h, "bearer "))
		return fail(&rq->fault, ERR_AUTH, N_("Please send “Authorization: Bearer TOKEN”."), NULL);
	TRY(token_find(rq->db, rq->a, str_trim((struct str){ h.p + 7, h.n - 7 }), &t, &rq->fault));
	TRY(people_actor(fc->c.app, rq->db, rq->a, t.user, &fc->actor, &rq->fault));
	snprintf(fc->actor.agent, sizeof fc->actor.agent, "token:%02x%02x%02x%02x", t.hash[0], t.hash[1], t.hash[2], t.hash[3]);
	fc->actor.proved = t.step_up;
	memcpy(fc->session, t.hash, sizeof fc->session);
	face_origin(rq);
	if (t.last_used < fc->c.now - MS_HOUR)
		touch_later(fc->c.app->store, t.hash, token_touch);
	fc->known = true;
	return OK;
}

/* ---- forms come from our own pages ---- */

/* Before log-in the form's token is the hash of a cookie that only this browser holds. */
static struct str pre_token(struct req *rq, struct str cookie)
{
	unsigned char h[32];
	BUF_AUTO b = BUF(128);
	token_hash(cookie, h);
	hex_put(&b, h, 16);
	return arena_str(rq->a, buf_view(&b));
}

static void give_pre_token(struct req *rq, struct resp *rs, struct face *fc)
{
	struct str cookie = req_cookie(rq, PRE_COOKIE);
	if (cookie.n != TOKEN_TEXT - 1) {
		char t[TOKEN_TEXT];
		token_new(t);
		cookie = arena_str(rq->a, str_of(t));
		resp_cookie(rs, rq, PRE_COOKIE, cookie, 7200, false);
	}
	fc->csrf = pre_token(rq, cookie);
}

static enum err check_form(struct req *rq, struct face *fc)
{
	struct str site = req_header(rq, "Sec-Fetch-Site"), got = req_param(rq, "csrf");
	if (site.n && !str_is(site, "same-origin") && !str_is(site, "none"))
		return fail(&rq->fault, ERR_DENIED, N_("This form was sent from another site and was not accepted."), "Sec-Fetch-Site");
	if (!got.n)
		got = req_header(rq, "X-CSRF-Token");
	struct str want = fc->known ? fc->csrf : pre_token(rq, req_cookie(rq, PRE_COOKIE));
	if (!got.n || (!fc->known && !req_cookie(rq, PRE_COOKIE).n) || !secret_eq(got, want))
		return fail(&rq->fault, ERR_DENIED, N_("This page was open too long or you logged in again meanwhile. Please go back, reload and send again; what you typed is kept in your browser."),
			    "csrf token");
	return OK;
}

/* ---- the hook ---- */

static enum lang wanted_lang(struct req *rq)
{
	struct str s = req_cookie(rq, LANG_COOKIE);
	if (!s.n && (rq->route && rq->route->flags & ROUTE_API))
		s = req_header(rq, "Accept-Language");
	return s.n >= 2 && str_starts(s, "en") ? LANG_EN : LANG_ZH;
}

struct face *face_new(struct req *rq)
{
	struct face *fc = NEW(rq->a, struct face);
	static const struct actor nobody = { .role = ROLE_CITIZEN };
	fc->actor = nobody;
	fc->actor.area[0] = 0;
	ctx_init(&fc->c, rq->app, rq->a, &rq->fault, &fc->actor);
	fc->c.db = rq->db;
	/* Whatever a handler notes of its reading, the answer waits for it. */
	fc->c.holds = true;
	rq->holds = face_holds;
	rq->hold = face_hold;
	rq->lang = fc->c.lang = wanted_lang(rq);
	rq->ctx = fc;
	fc->v = (struct view){ .lang = rq->lang, .nonce = req_nonce(rq), .demo = fc->c.app->demo, .face = &fc->shell,
			       .halt = halt_text((enum halt)fc->c.app->halt), .halt_hint = halt_hint((enum halt)fc->c.app->halt),
			       .path = rq->query.n ? arena_fmt(rq->a, "%.*s?%.*s", (int)rq->path.n, rq->path.p, (int)rq->query.n, rq->query.p) : rq->path };
	return fc;
}

static enum err send_to_login(struct req *rq, struct resp *rs)
{
	BUF_AUTO b = BUF(4096);
	if (strcmp(rq->route->method, "GET") == 0 && !str_is(rq->path, "/"))
		html_url_part(&b, face_of(rq)->v.path);
	(void)resp_redirect(rs, rq, b.n ? "/login?next=%s" : "/login%s", b.n ? b.p : "");
	rs->handled = true;
	return fail(&rq->fault, ERR_AUTH, NULL, NULL);
}

/* Before there is anybody, the one-time address alone answers. */
static enum err first_only(struct req *rq, struct face *fc)
{
	bool open = false;
	if (strncmp(rq->route->pattern, "/first/", 7) == 0 || strcmp(rq->route->pattern, "/lang") == 0)
		return OK;
	TRY(first_run_open(rq->db, &open, &rq->fault));
	fc->c.app->first = open;     /* somebody may have been entered from the command line */
	return open ? fail(&rq->fault, ERR_BUSY, N_("This system is not set up yet. The address for that stands where xiaoan serve was started."), "first run") : OK;
}

/* A first or aged password is changed, and a second factor set up where the post asks for one, before anything else opens. */
static enum err first_things(struct req *rq, struct resp *rs, struct face *fc)
{
	const char *to = fc->must_change ? "/password" : "/factor";
	if (str_is(rq->path, to) || (!fc->must_change && str_is(rq->path, "/factor/begin")))
		return OK;
	(void)resp_redirect(rs, rq, "%s", to);
	rs->handled = true;
	return fail(&rq->fault, ERR_DENIED, NULL, "%s comes first", to);
}

enum err face_before(struct req *rq, struct resp *rs)
{
	struct face *fc = face_new(rq);
	const struct route *r = rq->route;
	bool api = r->flags & ROUTE_API, post = strcmp(r->method, "GET") != 0;
	fc->actor.face = api ? "api" : r->flags & ROUTE_PHONE ? "phone" : "desk";
	if (!rq->db)
		TRY(store_reader(rq->store, &rq->db, &rq->fault));
	fc->c.db = rq->db;
	rq->moved = false;
	if (fc->c.app->first)
		TRY(first_only(rq, fc));
	TRY(api ? find_token(rq, fc) : find_session(rq, fc));
	fc->actor.face = api ? "api" : r->flags & ROUTE_PHONE ? "phone" : "desk";
	if (!api && !fc->known)
		give_pre_token(rq, rs, fc);
	fc->v.csrf = fc->csrf;
	/* News is told once. */
	if (!post && !api && req_cookie(rq, FLASH_COOKIE).n)
		resp_cookie(rs, rq, FLASH_COOKIE, STR(""), 0, false);
	if (r->flags & ROUTE_OPEN)
		return post && !api ? check_form(rq, fc) : OK;
	if (!fc->known)
		return api ? fail(&rq->fault, ERR_AUTH, N_("Please send “Authorization: Bearer TOKEN”."), NULL) : send_to_login(rq, rs);
	if (!(r->right & 1u << fc->actor.role))
		return fail(&rq->fault, ERR_DENIED, NULL, "%s %s", r->method, r->pattern);
	if ((fc->must_change || fc->enrol) && !api && !str_is(rq->path, "/logout") && !str_is(rq->path, "/lang"))
		TRY(first_things(rq, rs, fc));
	return post && !api ? check_form(rq, fc) : OK;
}

/* ---- errors ---- */

static void journal_refusal(struct req *rq, enum err e)
{
	struct face *fc = face_of(rq);
	struct fault keep = rq->fault;
	if (e != ERR_DENIED || !fc->known || !rq->route)
		return;
	BUF_AUTO b = BUF(512);
	buf_cstr(&b, "{\"route\":");
	json_str(&b, str_of(rq->route->pattern));
	buf_char(&b, '}');
	(void)!journal_note(&fc->c, "refused", "", 0, "denied", buf_view(&b));
	rq->fault = keep;
}

static void problem(struct req *rq, struct resp *rs, enum err e)
{
	struct ctx *c = ctx_of(rq);
	struct buf *b = &rs->body;
	buf_reset(b);
	rs->type = "application/problem+json";
	if (e == ERR_AUTH)
		resp_header(rs, rq, "WWW-Authenticate", STR("Bearer"));
	if (e == ERR_FRESH)   /* RFC 9470 */
		resp_header(rs, rq, "WWW-Authenticate", STR("Bearer error=\"insufficient_user_authentication\", max_age=\"300\""));
	buf_printf(b, "{\"type\":\"/docs/errors#%s\",\"title\":", err_name(e));
	json_str(b, str_of(TRC(c, err_text(e))));
	/* The server may have chosen a narrower status (405, 415) before it asked for the body. */
	buf_printf(b, ",\"status\":%d,\"code\":\"%s\",\"detail\":", rs->status ? rs->status : err_http(e), err_name(e));
	json_str(b, face_fault(c, e, &rq->fault));
	buf_printf(b, ",\"request\":\"%s\"", rq->id);
	if (rq->fault.nfields) {
		buf_cstr(b, ",\"errors\":[");
		for (int i = 0; i < rq->fault.nfields; i++) {
			buf_cstr(b, i ? ",{\"field\":" : "{\"field\":");
			json_str(b, str_of(rq->fault.fields[i].field));
			buf_cstr(b, ",\"detail\":");
			json_str(b, face_text(c, rq->fault.fields[i].msg, rq->fault.fields[i].arg));
			buf_char(b, '}');
		}
		buf_char(b, ']');
	}
	buf_char(b, '}');
}

static struct str field_line(struct ctx *c, const struct fault_field *f)
{
	struct str text = face_text(c, f->msg, f->arg);
	return arena_fmt(c->a, "%s: %.*s", f->field, (int)text.n, text.p);
}

/* While the store is away a form is kept by its own answer: many are filled in by people in fear, whose browser keeps no draft, and going
 * back asks the server. A password is typed again, and a file chosen again. */
static void keep_form(const struct req *rq, enum err e, struct error_page *m)
{
	if (e != ERR_BUSY || strcmp(rq->method, "POST") != 0 || rq->nuploads || rq->nparams == rq->nquery)
		return;
	for (size_t i = rq->nquery; i < rq->nparams; i++)
		if (str_find(rq->params[i].name, STR("password")) >= 0)
			return;
	m->again = rq->params + rq->nquery;
	m->nagain = rq->nparams - rq->nquery;
}

void face_error(struct req *rq, struct resp *rs, enum err e)
{
	if (!rq->ctx)
		(void)face_new(rq);
	struct face *fc = face_of(rq);
	struct ctx *c = ctx_of(rq);    /* a write's own connection is gone by now, and what it wrote is undone */
	if (e == ERR_INTERNAL || e == ERR_DB || e == ERR_IO || e == ERR_FULL)
		log_line(LOG_ERROR, "request %s: %s: %s", rq->id, err_name(e), rq->fault.detail);
	journal_refusal(rq, e);
	if (str_starts(rq->path, "/api/") || (rq->route && rq->route->flags & ROUTE_API)) {
		problem(rq, rs, e);
		return;
	}
	if (e == ERR_FRESH && fc->known) {
		fresh_page(rq, rs, STR_NONE);
		return;
	}
	struct error_page m = { .title = str_of(TRC(c, err_text(e))), .text = face_fault(c, e, &rq->fault), .id = str_of(rq->id) };
	/* "Please see what is marked in red" says nothing where no field is named. */
	if (e == ERR_INVALID && !rq->fault.nfields)
		m.title = m.text;
	if (str_eq(m.title, m.text))
		m.text = STR("");
	m.fields = NEWN(rq->a, struct str, FAULT_FIELDS);
	for (int i = 0; i < rq->fault.nfields; i++)
		m.fields[m.nfields++] = field_line(c, &rq->fault.fields[i]);
	keep_form(rq, e, &m);
	fc->shell = (struct shell){ .title = m.title };
	fc->v.face = &fc->shell;
	buf_reset(&rs->body);
	rs->type = NULL;
	t_error_page(&rs->body, &fc->v, &m);
}

void face_after(struct req *rq, struct resp *rs, int64_t us)
{
	metrics_count(rs->status ? rs->status : 200, us);
	if (log_level <= LOG_DEBUG)
		log_line(LOG_DEBUG, "%s %s %d %lld us", rq->id, rq->route ? rq->route->pattern : "-", rs->status, (long long)us);
}

/* ---- counts ---- */

static _Atomic int64_t by_class[6], us_total;

void metrics_count(int status, int64_t us)
{
	atomic_fetch_add(&by_class[status >= 100 && status < 600 ? status / 100 : 0], 1);
	atomic_fetch_add(&us_total, us);
}

struct metrics metrics_now(void)
{
	struct metrics m = { .us_total = atomic_load(&us_total) };
	for (size_t i = 0; i < ARRAY_LEN(m.by_class); i++)
		m.by_class[i] = atomic_load(&by_class[i]);
	return m;
}

/* ---- the frame of a page ---- */

struct menu { const char *label, *url, *type; unsigned roles; };
static const struct menu menus[] = {
	{ N_("Workbench"), "/", NULL, RIGHT_ALL },
	{ N_("Take a call"), "/intake", NULL, R(HOTLINE) | R_FED },
	{ N_("Calls"), "/call", "call", R(HOTLINE) },
	{ N_("Clues"), "/clue", "clue", RIGHT_ALL },
	{ N_("Cases"), "/case", "case", RIGHT_ALL },
	{ N_("Give out the morning's work"), "/dispatch", "case", R_FED },
	{ N_("Households under care"), "/care", "warning", R_FED },
	{ N_("Visits"), "/visit", "visit", R_STAFF },
	{ N_("Calendar"), "/calendar", NULL, R_STAFF },
	{ N_("Terms, and who is told"), "/terms", NULL, RIGHT_ALL },
	{ N_("Supervision"), "/supervision", "supervision", R_FED | R(MEDIATOR) | R(LIAISON) },
	{ N_("Commissions of the court"), "/commission", "commission", R_FED | R(MEDIATOR) | R(LIAISON) },
	{ N_("Joint work"), "/referral", "referral", R_FED | R(MEDIATOR) | R(LIAISON) },
	{ N_("Import"), "/import", NULL, R(CITY) | R(TOWN) | R(HOTLINE) },
	{ N_("Channels"), "/channels", NULL, R(CITY) | R(TOWN) | R(HOTLINE) | R(LEADER) },
	{ N_("Public posts to be read"), "/posts", "post", R(CITY) },
	{ N_("Hot spots"), "/hotspots", NULL, R_FED | R(LEADER) },
	{ N_("Monthly table"), "/report/month", NULL, R_FED | R(LEADER) | R(AUDITOR) },
	{ N_("Workload and quality"), "/report/work", NULL, R_FED | R(MEDIATOR) | R(LEADER) },
	{ N_("Households"), "/household", "household", R_FED | R(GRID) },
	{ N_("Persons"), "/person", "person", R_FED | R(GRID) },
	{ N_("Possibly one person twice"), "/twin", "twin", R_FED },
	{ N_("Exports"), "/export", "export", R(CITY) | R(TOWN) | R(SECADMIN) | R(AUDITOR) },
	{ N_("Mediators"), "/mediator", "mediator", RIGHT_ALL },
	{ N_("Register and energy pack"), "/mediator-roster", NULL, R_FED },
	{ N_("Studios"), "/studio", "studio", RIGHT_ALL },
	{ N_("Grids"), "/grid", "grid", RIGHT_ALL },
	{ N_("Units"), "/org", "org", RIGHT_ALL },
	{ N_("Staff"), "/staff", "staff", RIGHT_ALL },
	{ N_("Audit board"), "/audit", NULL, R(AUDITOR) | R(SECADMIN) },
	{ N_("Shown uncovered"), "/reveal", NULL, R(AUDITOR) | R(SECADMIN) },
	{ N_("Emergency openings"), "/glass", "glass", R_FED | R(AUDITOR) | R(SECADMIN) },
	{ N_("Conflicts of interest"), "/conflict", "conflict", R(SECADMIN) },
	{ N_("Screening words"), "/phrases", "phrase", R(CITY) | R(SECADMIN) },
	{ N_("Versions of the screening"), "/model", "model", R(CITY) | R(SECADMIN) | R(AUDITOR) },
	{ N_("Card of the screening's model"), "/model-card", NULL, R_FED | R(HOTLINE) | R(LEADER) | R(AUDITOR) | R(SECADMIN) },
	{ N_("Journal"), "/journal", NULL, R(AUDITOR) | R(SECADMIN) },
	{ N_("Self-check"), "/safety", NULL, R(SECADMIN) },
	{ N_("Backups"), "/backups", NULL, R(ADMIN) },
	{ N_("Holidays"), "/holiday_list", "holiday_list", R(ADMIN) },
	{ N_("My details"), "/me", NULL, RIGHT_ALL },
	{ N_("Manual"), "/manual", NULL, RIGHT_ALL },
};

static void add_menu(struct req *rq, struct shell *s)
{
	struct ctx *c = ctx_of(rq);
	for (size_t i = 0; i < ARRAY_LEN(menus) && s->nnav < (int)ARRAY_LEN(s->nav); i++) {
		const struct menu *m = &menus[i];
		if (!(m->roles & 1u << c->actor->role) || (m->type && !type_readable(c, type_find(c->app, str_of(m->type)))))
			continue;
		bool here = m->url[1] ? str_starts(rq->path, m->url) && (rq->path.n == strlen(m->url) || rq->path.p[strlen(m->url)] == '/') : rq->path.n == 1;
		s->nav[s->nnav++] = (struct nav){ .label = m->label, .url = m->url, .active = here };
	}
}

static void take_flash(struct req *rq, struct shell *s)
{
	static const char *const news[] = { N_("Saved."), N_("Thank you. Your message has arrived."), N_("The password was changed."), N_("Imported.") };
	int64_t i;
	if (str_int(req_cookie(rq, FLASH_COOKIE), &i) && i >= 0 && i < (int64_t)ARRAY_LEN(news))
		s->flash = str_of(tr(rq->lang, news[i]));
}

void face_flash(struct req *rq, struct resp *rs, const char *msg)
{
	static const char *const news[] = { "Saved.", "Thank you. Your message has arrived.", "The password was changed.", "Imported." };
	for (int i = 0; i < (int)ARRAY_LEN(news); i++)
		if (strcmp(news[i], msg) == 0)
			resp_cookie(rs, rq, FLASH_COOKIE, arena_fmt(rq->a, "%d", i), 5, false);
}

static struct str post_text(struct ctx *c)
{
	struct str role = code_label(c->app->codes, "role", str_of(role_name(c->actor->role)), c->lang);
	struct str unit = ref_label(c, "org", c->actor->org);
	return unit.n ? arena_fmt(c->a, "%.*s · %.*s", (int)unit.n, unit.p, (int)role.n, role.p) : role;
}

enum err face_shell(struct req *rq, const char *title)
{
	struct face *fc = face_of(rq);
	struct shell *s = &fc->shell;
	s->title = str_of(tr(rq->lang, title));
	take_flash(rq, s);
	if (!fc->known)
		return OK;
	s->user = fc->actor.name;
	s->post = post_text(&fc->c);
	s->search_url = "/search";
	add_menu(rq, s);
	return notice_count(&fc->c, 99, &s->notices);
}

void face_title(struct req *rq, struct str title) { face_of(rq)->shell.title = title; }
