/* Why: many write where they always write; a frightened one has WeChat open anyway, and a new page on her phone would be noticed.
 * Invariants: nothing is taken that the platform did not sign; a message sent again is taken once; what was said is kept before the platform is
 * told so, and nothing is answered that tells more than that it came; openids are kept as keyed hashes alone. */
#include "portal/wechat.h"
#include "absorb/absorb.h"
#include "portal/portal.h"
#include "sense/clue.h"
#include "sense/import.h"
#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define XML_MAX ((size_t)64 << 10)
#define TALK (24 * MS_HOUR)        /* what she says within a day of what she said before belongs to it */
#define SEEN (3 * MS_DAY)          /* the platform sends again within seconds */
#define OLD (365 * MS_DAY)
#define SAY_MAX 4000

/* ---- the protocol ---- */

static int in_order(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

void wechat_sign(const struct str *parts, size_t n, char ret[41])
{
	struct str v[4];
	must(n <= ARRAY_LEN(v));
	memcpy(v, parts, n * sizeof *v);
	qsort(v, n, sizeof *v, in_order);
	sha1_hex(v, n, ret);
}

static bool signed_by(const struct wechat *w, struct req *rq, const char *param, struct str more)
{
	char want[41];
	struct str got = req_param(rq, param), parts[4] = { str_of(w->token), req_param(rq, "timestamp"), req_param(rq, "nonce"), more };
	wechat_sign(parts, more.p ? 4 : 3, want);
	return secret_eq(got, str_of(want));
}

struct xml_reading { XML_Parser x; struct arena *a; struct wechat_message *m; struct buf text; int depth; bool bad; };

static void XMLCALL element(void *arg, const char *name, const char **attributes)
{
	struct xml_reading *r = arg;
	(void)attributes;
	(void)name;
	if (++r->depth > 4) {
		r->bad = true;
		XML_StopParser(r->x, XML_FALSE);
	}
	buf_reset(&r->text);
}

static void XMLCALL ended(void *arg, const char *name)
{
	struct xml_reading *r = arg;
	struct wechat_message *m = r->m;
	const struct { const char *name; struct str *to; } fields[] = {
		{ "ToUserName", &m->to }, { "FromUserName", &m->from }, { "MsgType", &m->type }, { "Content", &m->content }, { "Recognition", &m->content },
		{ "Event", &m->event }, { "MsgId", &m->id }, { "CreateTime", &m->created }, { "Encrypt", &m->encrypted },
	};
	for (size_t i = 0; r->depth == 2 && i < ARRAY_LEN(fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			*fields[i].to = arena_str(r->a, buf_view(&r->text));
	r->depth--;
	buf_reset(&r->text);
}

static void XMLCALL said(void *arg, const char *s, int n)
{
	struct xml_reading *r = arg;
	buf_put(&r->text, s, (size_t)n);
}

/* Where entities could be declared nothing is read: the platform sends none. */
static void XMLCALL doctype(void *arg, const char *name, const char *system, const char *public, int internal)
{
	struct xml_reading *r = arg;
	(void)name, (void)system, (void)public, (void)internal;
	r->bad = true;
	XML_StopParser(r->x, XML_FALSE);
}

enum err wechat_parse(struct arena *a, struct str xml, struct wechat_message *ret, struct fault *f)
{
	struct xml_reading r = { .a = a, .m = ret, .text = BUF(XML_MAX) };
	*ret = (struct wechat_message){ 0 };
	if (!xml.n || xml.n > XML_MAX)
		return fail(f, ERR_INVALID, NULL, "%zu bytes of XML", xml.n);
	r.x = XML_ParserCreate("UTF-8");
	must(r.x);
	XML_SetUserData(r.x, &r);
	XML_SetElementHandler(r.x, element, ended);
	XML_SetCharacterDataHandler(r.x, said);
	XML_SetStartDoctypeDeclHandler(r.x, doctype);
	bool ok = XML_Parse(r.x, xml.p, (int)xml.n, 1) == XML_STATUS_OK && !r.bad && !r.text.over;
	XML_ParserFree(r.x);
	buf_free(&r.text);
	return ok ? OK : fail(f, ERR_INVALID, NULL, "no message of the platform");
}

enum err wechat_decipher(const struct wechat *w, struct arena *a, struct str base64, struct str *ret, struct fault *f)
{
	unsigned char *in = arena_alloc(a, base64.n + 1), *out = arena_alloc(a, base64.n + 33);
	size_t n = 0, len, appid = strlen(w->appid);
	if (base64.n > XML_MAX * 2 || !base64_get(base64, true, in, base64.n + 1, &n) || n < 32 || n % 16 || !aes256_cbc(w->key, true, in, n, out))
		return fail(f, ERR_INVALID, NULL, "not enciphered under the key");
	size_t pad = out[n - 1];
	if (pad < 1 || pad > 32 || pad + 20 > n)
		return fail(f, ERR_INVALID, NULL, "padding");
	n -= pad;
	len = (size_t)out[16] << 24 | (size_t)out[17] << 16 | (size_t)out[18] << 8 | out[19];
	if (len > n - 20 || n - 20 - len != appid || memcmp(out + 20 + len, w->appid, appid) != 0)
		return fail(f, ERR_INVALID, NULL, "for another account");
	*ret = (struct str){ (char *)out + 20, len };
	return OK;
}

struct str wechat_encipher(const struct wechat *w, struct arena *a, struct str plain, const unsigned char random[16])
{
	size_t appid = strlen(w->appid), n = 20 + plain.n + appid, pad = 32 - n % 32;
	unsigned char *in = arena_alloc(a, n + pad), *out = arena_alloc(a, n + pad);
	memcpy(in, random, 16);
	for (int i = 0; i < 4; i++)
		in[16 + i] = (unsigned char)(plain.n >> (24 - 8 * i));
	memcpy(in + 20, plain.p, plain.n);
	memcpy(in + 20 + plain.n, w->appid, appid);
	memset(in + n, (int)pad, pad);
	must(aes256_cbc(w->key, false, in, n + pad, out));
	return base64_put(a, out, n + pad);
}

/* ---- the file ---- */

static bool plain_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_' || s.p[i] == '-'))
			return false;
	return s.n > 0;
}

/* 43 letters and digits are 258 bits: the platform lets the last two be what they are. */
static bool key_of(struct str v, unsigned char ret[32])
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[43];
	size_t n = 0;
	const char *last = strchr(set, v.p[42]);
	if (!last)
		return false;
	memcpy(text, v.p, 42);
	text[42] = set[(last - set) & ~3];
	return base64_get((struct str){ text, 43 }, false, ret, 32, &n) && n == 32;
}

static bool setting_is(struct wechat *w, struct str name, struct str v)
{
	if (str_is(name, "token") && plain_word(v) && v.n >= 3 && v.n < sizeof w->token)
		memcpy(w->token, v.p, v.n);
	else if (str_is(name, "appid") && plain_word(v) && v.n < sizeof w->appid)
		memcpy(w->appid, v.p, v.n);
	else if (str_is(name, "aes_key") && v.n == 43 && plain_word(v))
		w->enciphered = key_of(v, w->key);
	else
		return false;
	return !str_is(name, "aes_key") || w->enciphered;
}

enum err wechat_open(const char *path, struct app *app, struct fault *f)
{
	char line[300];
	struct stat st;
	struct wechat w = { .enciphered = false };
	FILE *in = fopen(path, "re");
	enum err e = in && fstat(fileno(in), &st) == 0 ? OK : fail(f, ERR_IO, N_("The file for WeChat cannot be read."), "%s: errno %d", path, errno);
	if (e == OK && (st.st_mode & 077))
		e = fail(f, ERR_INVALID, N_("Others may read the file for WeChat. Please take that right away (chmod 600)."), "%s", path);
	for (int at = 1; e == OK && fgets(line, sizeof line, in); at++) {
		struct str value, name = str_trim(str_cut(str_of(line), '=', &value));
		if (name.n && *name.p != '#' && !setting_is(&w, name, str_trim(value)))
			e = fail(f, ERR_INVALID, N_("The file for WeChat has a line that means nothing: token, appid or aes_key, as the platform's page shows them."), "%s: line %d", path, at);
	}
	if (in)
		fclose(in);
	if (e == OK && (!*w.token || (w.enciphered && !*w.appid)))
		e = fail(f, ERR_INVALID, N_("The file for WeChat lacks the token or the account's id (appid)."), "%s", path);
	explicit_bzero(line, sizeof line);
	if (e == OK) {
		struct wechat *kept = app->wechat ? app->wechat : (app->wechat = xalloc(sizeof *kept));
		*kept = w;
	}
	explicit_bzero(&w, sizeof w);
	return e;
}

/* ---- what she says ---- */

enum answer { A_KEPT, A_ADDED, A_HELLO, A_NO_TEXT, A_TOO_LONG, A_STANDS_NEW, A_STANDS_ON, A_STANDS_DONE, A_NONE };

/* Another may read over her shoulder: that it came, and the two numbers that everybody knows. */
static const char *const answers[] = {
	[A_KEPT] = N_("Received. It will be read soon; you may go on writing here. Help line 12338. In an emergency call 110."),
	[A_ADDED] = N_("Received."),
	[A_HELLO] = N_("Please write here what we can do for you, in your own words. Help line 12338. In an emergency call 110."),
	[A_NO_TEXT] = N_("Only words can be read here. Please write, or call 12338. In an emergency call 110."),
	[A_TOO_LONG] = N_("That is too much at once. Please send it in parts, or call 12338. In an emergency call 110."),
	[A_STANDS_NEW] = N_("It has arrived and will be read at the latest on the next working day."),
	[A_STANDS_ON] = N_("Somebody is taking care of it."),
	[A_STANDS_DONE] = N_("It has been dealt with. If it is not over for you, please write again or call 12338."),
	[A_NONE] = N_("There is nothing under way. Please write what we can do for you, or call 12338."),
};

/* Said before anything else is; it alone tells nothing to act upon, and she is asked to go on. */
static bool greeting(struct str s)
{
	static const char *const words[] = { "你好", "您好", "你好啊", "在吗", "在不在", "有人吗", "hi", "hello", "HI", "Hi", "Hello" };
	while (s.n && (str_ends(s, "。") || str_ends(s, "？") || str_ends(s, "！")))
		s.n -= 3;
	while (s.n && strchr("?!. ", s.p[s.n - 1]))
		s.n--;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(s, words[i]))
			return true;
	return s.n == 0;
}

struct saying { struct wechat_message *m; struct str text, id; enum answer answer; };

/* Her talk of the last day, while what it is about is open: what she says belongs to it. *ret.clue 0: there is none. */
static enum err talk_of(struct ctx *c, const unsigned char who[16], bool old_too, struct receipt *ret, int *standing)
{
	int64_t clue = 0, since = old_too ? 0 : c->now - TALK;
	*ret = (struct receipt){ 0 };
	*standing = 0;
	TRY(db_int(c->db, c->f, "SELECT clue FROM wechat_talk WHERE who = ? AND ms > ?", ARGS(VB(who, 16), VI(since)), &clue, NULL));
	if (!clue)
		return OK;
	enum err e = receipt_of_clue(c, clue, ret);
	if (e == ERR_NOT_FOUND) {            /* destroyed when its time was over */
		fault_clear(c->f);
		return OK;
	}
	TRY(e);
	return receipt_standing(c, ret, standing);
}

static enum err begin_talk(struct ctx *c, const unsigned char who[16], struct saying *s)
{
	struct done d;
	struct act in = { .type = "clue", .verb = "create", .area = str_of(c->actor->area), .idem = arena_fmt(c->a, "wechat-%.*s", (int)s->id.n, s->id.p),
			  INPUTS(INPUT("source", STR("wechat")), INPUT("text", s->text), INPUT("anonymous", STR("1"))) };
	TRY(sense_desk_for(c, in.area, &in.org));
	TRY(act(c, &in, &d));
	s->answer = A_KEPT;
	return db_exec(c->db, c->f, "INSERT INTO wechat_talk (who, clue, ms) VALUES (?, ?, ?) ON CONFLICT (who) DO UPDATE SET clue = excluded.clue, ms = excluded.ms",
		       ARGS(VB(who, 16), VI(d.id), VI(c->now)), NULL);
}

static enum err hear(struct ctx *at, void *arg)
{
	struct saying *s = arg;
	struct ctx c = portal_citizen(at);
	struct receipt talk;
	unsigned char who[16], msg[16];
	int64_t fresh = 0;
	int standing;
	blind_index(c.app->keys, "wechat/who", s->m->from, who);
	blind_index(c.app->keys, "wechat/message", s->id, msg);
	TRY(db_exec(c.db, c.f, "DELETE FROM wechat_seen WHERE ms < ?", ARGS(VI(c.now - SEEN)), NULL));
	TRY(db_exec(c.db, c.f, "DELETE FROM wechat_talk WHERE ms < ?", ARGS(VI(c.now - OLD)), NULL));
	TRY(db_exec(c.db, c.f, "INSERT INTO wechat_seen (msg, ms) VALUES (?, ?) ON CONFLICT (msg) DO NOTHING", ARGS(VB(msg, 16), VI(c.now)), &fresh));
	if (!fresh) {
		s->answer = A_ADDED;
		return OK;
	}
	TRY(talk_of(&c, who, false, &talk, &standing));
	if (!talk.clue || standing == 3)
		return begin_talk(&c, who, s);
	s->answer = A_ADDED;
	TRY(db_exec(c.db, c.f, "UPDATE wechat_talk SET ms = ? WHERE who = ?", ARGS(VI(c.now), VB(who, 16)), NULL));
	return receipt_say(&c, &talk, s->text, false, arena_fmt(c.a, "wechat-%.*s", (int)s->id.n, s->id.p));
}

static enum err stands(struct ctx *at, struct saying *s)
{
	struct ctx c = portal_citizen(at);
	struct receipt talk;
	unsigned char who[16];
	int standing;
	blind_index(c.app->keys, "wechat/who", s->m->from, who);
	TRY(talk_of(&c, who, true, &talk, &standing));
	s->answer = !talk.clue ? A_NONE : standing == 1 ? A_STANDS_NEW : standing == 2 ? A_STANDS_ON : A_STANDS_DONE;
	return OK;
}

static enum err take(struct ctx *c, struct saying *s)
{
	s->text = str_trim(s->m->content);
	if (str_is(s->m->type, "event")) {
		s->answer = A_HELLO;
		return OK;
	}
	if ((!str_is(s->m->type, "text") && !str_is(s->m->type, "voice")) || !s->text.n) {
		s->answer = A_NO_TEXT;
		return OK;
	}
	if (greeting(s->text)) {
		s->answer = A_HELLO;
		return OK;
	}
	if (str_is(s->text, "查询") || str_is(s->text, "进度"))
		return stands(c, s);
	if (utf8_count(s->text) > SAY_MAX) {
		s->answer = A_TOO_LONG;
		return OK;
	}
	return ctx_write(c, hear, s);
}

/* ---- the address ---- */

static enum err not_there(struct req *rq) { return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL); }

/* The platform asks once whether we are the ones: what it sent goes back. */
static enum err hello_get(struct req *rq, struct resp *rs)
{
	const struct wechat *w = ctx_of(rq)->app->wechat;
	struct str echo = req_param(rq, "echostr");
	if (!w || !signed_by(w, rq, "signature", STR_NONE) || echo.n > 200 || !plain_word(echo))
		return not_there(rq);
	rs->type = "text/plain; charset=utf-8";
	buf_str(&rs->body, echo);
	return OK;
}

static void reply(struct req *rq, struct resp *rs, const struct wechat *w, const struct wechat_message *m, enum answer answer)
{
	struct ctx *c = ctx_of(rq);
	int64_t now = now_ms() / 1000;
	struct str x = arena_fmt(c->a, "<xml><ToUserName><![CDATA[%.*s]]></ToUserName><FromUserName><![CDATA[%.*s]]></FromUserName><CreateTime>%lld</CreateTime>"
				       "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content></xml>",
				 (int)m->from.n, m->from.p, (int)m->to.n, m->to.p, (long long)now, tr(LANG_ZH, answers[answer]));
	rs->type = "text/xml; charset=utf-8";
	if (!w->enciphered) {
		buf_str(&rs->body, x);
		return;
	}
	unsigned char random[16];
	char sign[41];
	random_bytes(random, sizeof random);
	struct str sealed = wechat_encipher(w, c->a, x, random), stamp = arena_fmt(c->a, "%lld", (long long)now), nonce = arena_fmt(c->a, "%u%u", random[0], random[1]);
	wechat_sign((struct str[]){ str_of(w->token), stamp, nonce, sealed }, 4, sign);
	buf_printf(&rs->body, "<xml><Encrypt><![CDATA[%.*s]]></Encrypt><MsgSignature>%s</MsgSignature><TimeStamp>%.*s</TimeStamp><Nonce>%.*s</Nonce></xml>", (int)sealed.n, sealed.p, sign,
		   (int)stamp.n, stamp.p, (int)nonce.n, nonce.p);
}

static enum err message_of(struct req *rq, const struct wechat *w, struct wechat_message *m)
{
	struct str plain;
	TRY(wechat_parse(rq->a, rq->body, m, &rq->fault));
	if (w->enciphered) {
		if (!m->encrypted.n || !signed_by(w, rq, "msg_signature", m->encrypted))
			return not_there(rq);
		TRY(wechat_decipher(w, rq->a, m->encrypted, &plain, &rq->fault));
		TRY(wechat_parse(rq->a, plain, m, &rq->fault));
	}
	/* Names of accounts go back into the answer: nothing but their own letters. */
	bool ok = plain_word(m->from) && m->from.n <= 64 && plain_word(m->to) && m->to.n <= 64;
	return ok ? OK : fail(&rq->fault, ERR_INVALID, NULL, "accounts");
}

static enum err message_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct wechat *w = c->app->wechat;
	struct wechat_message m;
	struct saying s = { .m = &m };
	if (!w || !signed_by(w, rq, "signature", STR_NONE))
		return not_there(rq);
	TRY(message_of(rq, w, &m));
	/* An event bears no number: who and when. */
	s.id = m.id.n ? m.id : arena_fmt(c->a, "%.*s-%.*s", (int)m.from.n, m.from.p, (int)m.created.n, m.created.p ? m.created.p : "");
	/* What fails is not answered: the platform sends it again, and tells her when nobody answers. */
	TRY(take(c, &s));
	reply(rq, rs, w, &m, s.answer);
	return OK;
}

#define OPEN (ROUTE_OPEN | ROUTE_API | ROUTE_HELP)
const struct route wechat_routes[] = {
	XA_ROUTE("GET", "/wechat", hello_get, ROUTE_READ, OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/wechat", message_post, ROUTE_SLOW, OPEN, RIGHT_ALL),
	{ 0 },
};
