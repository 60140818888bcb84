/* Why: she alone can tell that a log-in was not hers; so she sees where her name is logged in, since when, and can end it (S5). */
#include "face/inner.h"
#include "people/login.h"
#include "templates.h"
#include <arpa/inet.h>
#include <stdio.h>

struct str agent_name(struct req *rq)
{
	/* The first that stands in it; more particular ones before those they claim to be. */
	static const char *const browsers[][2] = { { "MicroMessenger", "微信" }, { "DingTalk", "钉钉" }, { "QQBrowser", "QQ" }, { "Edg", "Edge" }, { "UCBrowser", "UC" }, { "Firefox", "Firefox" },
						   { "Chrome", "Chrome" }, { "Safari", "Safari" } };
	static const char *const systems[][2] = { { "OpenHarmony", "HarmonyOS" }, { "HarmonyOS", "HarmonyOS" }, { "Android", "Android" }, { "iPhone", "iPhone" }, { "iPad", "iPad" },
						  { "Windows", "Windows" }, { "Mac OS", "Mac" }, { "Linux", "Linux" } };
	struct str ua = req_header(rq, "User-Agent");
	const char *b = NULL, *s = NULL;
	for (size_t i = 0; i < ARRAY_LEN(browsers) && !b && ua.n; i++)
		b = str_find(ua, str_of(browsers[i][0])) >= 0 ? browsers[i][1] : NULL;
	for (size_t i = 0; i < ARRAY_LEN(systems) && !s && ua.n; i++)
		s = str_find(ua, str_of(systems[i][0])) >= 0 ? systems[i][1] : NULL;
	return b || s ? arena_fmt(rq->a, "%s%s%s", b ? b : "", b && s ? " · " : "", s ? s : "") : STR("");
}

/* Where an address lies, as far as one can tell without asking anybody. */
static const char *place_of(const char *remote)
{
	unsigned char b[16];
	if (inet_pton(AF_INET, remote, b) == 1) {
		if (b[0] == 127)
			return N_("this server itself");
		return b[0] == 10 || (b[0] == 172 && b[1] >= 16 && b[1] < 32) || (b[0] == 192 && b[1] == 168) ? N_("inner network") : N_("from outside");
	}
	if (inet_pton(AF_INET6, remote, b) == 1) {
		if (strcmp(remote, "::1") == 0)
			return N_("this server itself");
		return (b[0] & 0xFE) == 0xFC || (b[0] == 0xFE && (b[1] & 0xC0) == 0x80) ? N_("inner network") : N_("from outside");
	}
	return "";
}

static enum err put_sessions(struct req *rq, struct account_page *m)
{
	struct face *fc = face_of(rq);
	struct ctx *c = ctx_of(rq);
	struct session *v;
	size_t n;
	int64_t shift = now_ms() - steady_ms();
	TRY(session_list(c->db, c->a, fc->actor.user, &v, &n, c->f));
	m->s = NEWN(c->a, struct session_line, n + 1);
	for (size_t i = 0; i < n; i++) {
		BUF_AUTO id = BUF(32);
		hex_put(&id, v[i].hash, 8);
		const char *place = place_of(v[i].remote);
		bool mine = memcmp(v[i].hash, fc->session, 32) == 0;
		m->s[m->ns++] = (struct session_line){ .id = arena_str(c->a, buf_view(&id)), .agent = v[i].agent[0] ? arena_str(c->a, str_of(v[i].agent)) : str_of(TRC(c, N_("unknown device"))),
			.remote = arena_str(c->a, str_of(v[i].remote)), .place = str_of(*place ? TRC(c, place) : ""), .since = datetime_str(c->a, v[i].created + shift),
			.seen = datetime_str(c->a, v[i].seen + shift), .mine = mine };
		if (mine) {
			m->idle = arena_fmt(c->a, "%lld", (long long)(v[i].idle / MS_MINUTE));
			m->max = datetime_str(c->a, v[i].expires + shift);
		}
	}
	return OK;
}

static enum err put_tries(struct req *rq, struct account_page *m)
{
	struct ctx *c = ctx_of(rq);
	struct journal_row *v;
	size_t n;
	TRY(journal_find(c, &(struct journal_ask){ .rid = c->actor->user, .verb = STR("login"), .limit = 8 }, &v, &n));
	m->t = NEWN(c->a, struct try_line, n + 1);
	for (size_t i = 0; i < n; i++) {
		bool ok = str_is(v[i].outcome, "ok"), held = str_find(v[i].body, STR("locked")) >= 0, paper = str_find(v[i].body, STR("recovery")) >= 0;
		m->t[m->nt++] = (struct try_line){ datetime_str(c->a, v[i].ms),
			str_of(TRC(c, ok ? paper ? N_("Logged in with a recovery code") : N_("Logged in") : held ? N_("Held back: too many wrong tries") : N_("Wrong password or code"))), !ok };
	}
	return OK;
}

enum err account_get(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct ctx *c = ctx_of(rq);
	struct account k;
	struct account_page m = { 0 };
	TRY(account_of(c->db, c->a, fc->actor.user, &k, c->f));
	m.login = k.name;
	m.changed = datetime_str(c->a, k.changed);
	m.factor = k.factor;
	m.since = k.factor_since ? datetime_str(c->a, k.factor_since) : STR_NONE;
	m.left = k.recovery;
	TRY(put_sessions(rq, &m));
	TRY(put_tries(rq, &m));
	TRY(face_shell(rq, N_("My account")));
	t_account_page(&rs->body, &fc->v, &m);
	return OK;
}

static bool head_read(struct str hex, unsigned char ret[8])
{
	for (size_t i = 0; i < 16; i++) {
		char ch = i < hex.n ? hex.p[i] : 0;
		int v = ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
		if (v < 0 || hex.n != 16)
			return false;
		ret[i / 2] = (unsigned char)(i % 2 ? ret[i / 2] << 4 | v : v);
	}
	return true;
}

/* To end sessions needs no fresh proof: who fears that somebody is in must be quick. */
enum err account_sessions_post(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct ctx *c = ctx_of(rq);
	unsigned char head[8];
	bool others = req_param(rq, "others").n > 0;
	if (others)
		TRY(session_close_others(c->db, fc->actor.user, fc->session, c->f));
	else if (head_read(req_param(rq, "end"), head))
		TRY(session_close_one(c->db, fc->actor.user, head, c->f));
	else
		return fail(c->f, ERR_INVALID, NULL, NULL);
	TRY(journal_note(c, "session_end", "staff", fc->actor.user, "ok", others ? STR("{\"others\":true}") : STR("{}")));
	face_flash(rq, rs, N_("Saved."));
	return resp_redirect(rs, rq, "/account");
}
