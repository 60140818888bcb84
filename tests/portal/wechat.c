/* The WeChat Official Account: what the platform signed becomes a clue, once; her next words belong to it; nothing else is taken or told. */
#include "../desk/site.h"
#include <sys/stat.h>

#define TOKEN "Xiaoan2026token"
#define APPID "wx0123456789abcdef"
#define AES "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

static void account(struct city *p, bool enciphered, const char *more, enum err want)
{
	char *path = arena_printf(p->a, "%s/wechat.conf", p->dir);
	FILE *f = fopen(path, "w");
	NEED(f);
	fprintf(f, "# made up\ntoken = %s\nappid=%s\n%s%s", TOKEN, APPID, enciphered ? "aes_key = " AES "\n" : "", more);
	fclose(f);
	NEED(chmod(path, 0600) == 0);
	CHECK_ERR(wechat_open(path, p->app, &p->f), want);
	fault_clear(&p->f);
}

static char *address(struct city *p, const char *param, struct str sealed)
{
	char sign[41];
	struct str parts[] = { STR(TOKEN), STR("1795482000"), STR("777"), sealed };
	wechat_sign(parts, sealed.p ? 4 : 3, sign);
	return arena_printf(p->a, "%s=%s", param, sign);
}

static struct web_answer post_to(struct browser *b, const char *query, struct str body)
{
	return web_handle(&b->cfg, b->p->a, "POST", arena_printf(b->p->a, "/wechat?timestamp=1795482000&nonce=777&%s", query), "Host: x\nContent-Type: text/xml\n", body);
}

static struct str words(struct city *p, const char *who, const char *id, const char *text)
{
	return arena_fmt(p->a, "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>1795482000</CreateTime>"
			       "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%s</MsgId></xml>", who, text, id);
}

static struct web_answer say(struct browser *b, const char *who, const char *id, const char *text)
{
	return post_to(b, address(b->p, "signature", STR_NONE), words(b->p, who, id, text));
}

static int64_t clues(struct city *p)
{
	struct ctx c;
	int64_t n = 0;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(db_int(c.db, c.f, "SELECT CAST(COUNT(*) AS INTEGER) FROM clue", NOARGS, &n, NULL));
	return n;
}

TEST(words_become_one_clue)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	CHECK_INT(say(&b, "oAnna", "1", "他昨晚又打我").status, 404);      /* not set up */
	account(p, false, "", OK);
	struct web_answer w = say(&b, "oAnna", "1", "他昨晚又打我，孩子也看见了");
	CHECK_INT(w.status, 200);
	CHECK(has(w.body, "<ToUserName><![CDATA[oAnna]]>") && has(w.body, "已收到") && has(w.body, "110") && !has(w.body, "打我"));
	CHECK(has(w.headers, "text/xml"));
	struct rec *r = newest_clue(p);
	CHECK_STR(text_of(p, r, "text"), "他昨晚又打我，孩子也看见了");
	CHECK_STR(text_of(p, r, "source"), "wechat");
	/* Sent again by the platform; then more of hers, and more again. */
	CHECK_INT(say(&b, "oAnna", "1", "他昨晚又打我，孩子也看见了").status, 200);
	CHECK_INT(say(&b, "oAnna", "2", "我现在在楼下").status, 200);
	CHECK_INT(say(&b, "oAnna", "2", "我现在在楼下").status, 200);
	CHECK_INT(clues(p), 1);
	struct str more = text_of(p, newest_clue(p), "more");
	CHECK(has(more, "我现在在楼下"));
	CHECK_INT(str_find(more, STR("楼下")), (int)(more.n - strlen("楼下")));      /* once */
	CHECK(has(say(&b, "oAnna", "3", "查询").body, "已经送达"));
	/* Another is another. */
	CHECK_INT(say(&b, "oBelle", "4", "邻居家的老人没人管").status, 200);
	CHECK_INT(clues(p), 2);
	CHECK(has(say(&b, "oCarla", "5", "查询").body, "没有正在办理"));
	/* What is over is over: what she writes then is new. */
	NEED_OK(DO(CITYW, "clue", "confirm", r->id, IN("family", "1"), IN("kind", "M03"), IN("grade", "orange")));
	CHECK(has(say(&b, "oAnna", "6", "查询").body, "有人在办理"));
	NEED_OK(DO(CITYW, "clue", "close", r->id, IN("outcome", "answered"), IN("note", "已答复")));
	CHECK_INT(say(&b, "oAnna", "7", "他又来了").status, 200);
	CHECK_INT(clues(p), 3);
	/* Who she is stands nowhere. */
	CHECK(system(arena_printf(p->a, "cat '%s'/xiaoan.db* 2>/dev/null | grep -aq 'oAnna\\|oBelle'", p->dir)) != 0);
	city_close(p);
}

TEST(what_is_no_message_makes_no_clue)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	account(p, false, "", OK);
	CHECK(has(say(&b, "oAnna", "1", "你好！").body, "请直接写下") && has(say(&b, "oAnna", "2", "有人吗？").body, "12338"));
	char *sign = address(p, "signature", STR_NONE);
	CHECK(has(post_to(&b, sign, STR("<xml><ToUserName>gh_1</ToUserName><FromUserName>oAnna</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType><Event>subscribe</Event></xml>")).body, "请直接写下"));
	CHECK(has(post_to(&b, sign, STR("<xml><ToUserName>gh_1</ToUserName><FromUserName>oAnna</FromUserName><CreateTime>1</CreateTime><MsgType>image</MsgType><MsgId>3</MsgId></xml>")).body, "文字"));
	/* Not signed, wrongly signed, not the platform's form, bombs, another's letters in a name. */
	CHECK_INT(post_to(&b, "signature=0000000000000000000000000000000000000000", words(p, "oAnna", "9", "救命")).status, 404);
	CHECK_INT(post_to(&b, "x=1", words(p, "oAnna", "9", "救命")).status, 404);
	static const char *const bad[] = { "", "x", "<xml>", "<xml><a><b><c><d><e>x</e></d></c></b></a></xml>",
		"<!DOCTYPE xml [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><xml><FromUserName>&b;</FromUserName></xml>",
		"<!DOCTYPE xml SYSTEM \"file:///etc/passwd\"><xml><FromUserName>x</FromUserName></xml>",
		"<xml><ToUserName>g</ToUserName><FromUserName>a]]&gt;&lt;b</FromUserName><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_INT(post_to(&b, sign, str_of(bad[i])).status / 100, 4);
	CHECK_INT(clues(p), 0);
	/* The platform's first question. */
	struct web_answer w = web_handle(&b.cfg, p->a, "GET", arena_printf(p->a, "/wechat?timestamp=1795482000&nonce=777&echostr=5837291&%s", sign), "Host: x\n", STR(""));
	CHECK_INT(w.status, 200);
	CHECK_STR(w.body, "5837291");
	w = web_handle(&b.cfg, p->a, "GET", "/wechat?timestamp=1795482000&nonce=777&echostr=5837291&signature=x", "Host: x\n", STR(""));
	CHECK_INT(w.status, 404);
	city_close(p);
}

TEST(enciphered_both_ways)
{
	struct city here, *p = &here;
	struct browser b;
	city_open(p);
	browser_open(&b, p);
	account(p, true, "", OK);
	const struct wechat *w = p->app->wechat;
	struct str sealed = wechat_encipher(w, p->a, words(p, "oAnna", "1", "婆婆把我关在门外"), (const unsigned char *)"0123456789abcdef"), plain;
	NEED_OK(wechat_decipher(w, p->a, sealed, &plain, &p->f));
	CHECK(has(plain, "婆婆把我关在门外"));
	struct str body = arena_fmt(p->a, "<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[%.*s]]></Encrypt></xml>", (int)sealed.n, sealed.p);
	char *query = arena_printf(p->a, "%s&encrypt_type=aes&%s", address(p, "signature", STR_NONE), address(p, "msg_signature", sealed));
	struct web_answer a = post_to(&b, query, body);
	CHECK_INT(a.status, 200);
	CHECK_STR(text_of(p, newest_clue(p), "text"), "婆婆把我关在门外");
	struct str said = between(a.body, "<Encrypt><![CDATA[", "]]>");
	NEED_OK(wechat_decipher(w, p->a, said, &plain, &p->f));
	CHECK(has(plain, "<ToUserName><![CDATA[oAnna]]>") && has(plain, "已收到"));
	/* Plain where it should be enciphered; the signature of another; each byte of it spoilt. */
	CHECK_INT(say(&b, "oAnna", "2", "明文").status, 404);
	CHECK_INT(post_to(&b, arena_printf(p->a, "%s&msg_signature=%.40s", address(p, "signature", STR_NONE), "0000000000000000000000000000000000000000"), body).status, 404);
	CHECK_INT(clues(p), 1);
	for (size_t i = 0; i < sealed.n; i += 7) {
		struct str spoilt = arena_str(p->a, sealed);
		((char *)(uintptr_t)spoilt.p)[i] = spoilt.p[i] == 'A' ? 'B' : 'A';
		if (wechat_decipher(w, p->a, spoilt, &plain, &p->f) == OK)
			CHECK(plain.n <= sealed.n);
		fault_clear(&p->f);
	}
	CHECK_ERR(wechat_decipher(w, p->a, STR("AAAA"), &plain, &p->f), ERR_INVALID);
	fault_clear(&p->f);
	city_close(p);
}

TEST(the_file_says_what_is_wrong)
{
	struct city here, *p = &here;
	city_open(p);
	account(p, true, "", OK);
	account(p, false, "aes_key = short\n", ERR_INVALID);
	account(p, false, "colour = red\n", ERR_INVALID);
	account(p, false, "token = a\n", ERR_INVALID);
	char *path = arena_printf(p->a, "%s/wechat.conf", p->dir);
	NEED(chmod(path, 0644) == 0);
	CHECK_ERR(wechat_open(path, p->app, &p->f), ERR_INVALID);
	fault_clear(&p->f);
	CHECK_ERR(wechat_open("/nowhere/wechat.conf", p->app, &p->f), ERR_IO);
	fault_clear(&p->f);
	city_close(p);
}
