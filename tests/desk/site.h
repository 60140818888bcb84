/* The pages without a socket: somebody with a browser's cookies gets and posts. */
#include "../absorb/river.h"
#include "desk/account.h"
#include "desk/audit.h"
#include "desk/desk.h"
#include "desk/documents.h"
#include "desk/export_pages.h"
#include "desk/import_pages.h"
#include "desk/report_pages.h"
#include "desk/intake.h"
#include "desk/paper_pages.h"
#include "desk/protect_pages.h"
#include "desk/side_pages.h"
#include "desk/sign_pages.h"
#include "desk/calendar_pages.h"
#include "desk/studio_pages.h"
#include "desk/care_pages.h"
#include "desk/dispatch_pages.h"
#include "desk/hot_pages.h"
#include "desk/model_pages.h"
#include "desk/phrase_pages.h"
#include "desk/post_pages.h"
#include "desk/manual_pages.h"
#include "desk/visit_pages.h"
#include "desk/work_pages.h"
#include "desk/roster_pages.h"
#include "desk/term_pages.h"
#include "face/face.h"
#include "people/login.h"
#include "portal/portal.h"
#include "portal/wechat.h"

static const struct route *const site_tables[] = { face_routes, portal_routes, wechat_routes, document_routes, import_routes, intake_routes, side_routes, paper_routes, sign_routes, work_routes, roster_routes, term_routes, protect_routes, studio_routes, care_routes, fair_routes, dispatch_routes, hot_routes, model_routes, phrase_routes, post_routes, visit_routes, manual_routes, calendar_routes, export_routes, report_routes, audit_routes, account_routes, desk_routes, NULL };
struct browser { struct city *p; struct web_config cfg; char session[TOKEN_TEXT], csrf[TOKEN_TEXT], pre[TOKEN_TEXT]; bool htmx; struct web_answer last; };

struct sitting { struct browser *b; int64_t user; };
static enum err sit_down(struct db *d, void *arg, struct fault *f)
{
	struct sitting *s = arg;
	BUF_AUTO name = BUF(64);
	buf_printf(&name, "u%lld", (long long)(s->user & 0xFFFFFF));
	TRY(login_create(d, s->user, buf_view(&name), f));
	TRY(login_put_hash(d, s->user, "-", false, f));
	return session_open_as(d, &(struct session_new){ .user = s->user, .face = "desk", .fresh = true }, s->b->session, s->b->csrf, f);
}

static void browser_open(struct browser *b, struct city *p)
{
	memset(b, 0, sizeof *b);
	b->p = p;
	b->cfg = (struct web_config){ .tables = site_tables, .store = p->app->store, .app = p->app, .before = face_before, .error = face_error, .after = face_after };
}

/* A staff member of this role logs in with it. */
__attribute__((unused)) static int64_t browser_login(struct browser *b, const char *role, const char *area, int64_t org)
{
	struct city *p = b->p;
	struct done d;
	static int nth;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .org = org, .area = str_of(area),
		INPUTS(IN("name", arena_printf(p->a, "测%02d", ++nth)), IN("role", role)) }, &d));
	struct sitting s = { b, d.id };
	NEED_OK(store_write(p->app->store, sit_down, &s, &p->f));
	return d.id;
}

static char *browser_headers(struct browser *b, const char *more)
{
	return arena_printf(b->p->a, "Cookie: %s%s%s%s\n%s%s", b->session[0] ? "xa_session=" : "x=", b->session[0] ? b->session : "1", b->pre[0] ? "; xa_form=" : "", b->pre,
			    b->htmx ? "HX-Request: true\n" : "", more);
}

static struct str between(struct str s, const char *from, const char *to)
{
	ptrdiff_t at = str_find(s, str_of(from));
	if (at < 0)
		return STR_NONE;
	struct str rest = { s.p + at + strlen(from), s.n - (size_t)at - strlen(from) };
	ptrdiff_t end = str_find(rest, str_of(to));
	return end < 0 ? STR_NONE : (struct str){ rest.p, (size_t)end };
}

static bool has(struct str s, const char *w) { return str_find(s, str_of(w)) >= 0; }

__attribute__((unused)) static struct str browse(struct browser *b, const char *target)
{
	struct str c;
	b->last = web_handle(&b->cfg, b->p->a, "GET", target, browser_headers(b, ""), STR(""));
	if ((c = between(b->last.headers, "xa_form=", ";")).n == TOKEN_TEXT - 1)
		snprintf(b->pre, sizeof b->pre, "%.*s", (int)c.n, c.p);
	if (!b->session[0] && (c = between(b->last.body, "name=\"csrf\" value=\"", "\"")).n)
		snprintf(b->csrf, sizeof b->csrf, "%.*s", (int)c.n, c.p);
	return b->last.body;
}

/* pairs: name, value, …, NULL. */
__attribute__((unused)) static struct str send_form(struct browser *b, const char *target, const char *const *pairs)
{
	BUF_AUTO body = BUF(1 << 20);
	buf_printf(&body, "csrf=%s", b->csrf);
	for (; *pairs; pairs += 2) {
		buf_printf(&body, "&%s=", pairs[0]);
		html_url_part(&body, str_of(pairs[1]));
	}
	b->last = web_handle(&b->cfg, b->p->a, "POST", target, browser_headers(b, "Content-Type: application/x-www-form-urlencoded\n"), buf_view(&body));
	return b->last.body;
}
#define POST(b, target, ...) send_form(b, target, (const char *const[]){ __VA_ARGS__, NULL })

__attribute__((unused)) static struct rec *newest_clue(struct city *p)
{
	struct ctx c;
	struct seen s;
	struct rec *r;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "clue", .limit = 1 }, &s));
	NEED(s.n == 1);
	NEED_OK(see_one(&c, "clue", s.r[0]->id, &r));
	return r;
}
__attribute__((unused)) static struct str text_of(struct city *p, const struct rec *r, const char *field)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	return rec_str(&c, r, field);
}
