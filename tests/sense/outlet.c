/* Public posts: what comes from outside is read whatever it is, comes in once, is folded into stories, loses its neighbours' numbers, and is forgotten;
 * sources fail gently and are asked by their own rules; a post becomes a clue only by a person, with its evidence. */
#include "../absorb/river.h"
#include "../net/http.h"
#include "sense/outlet.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>

#define NOW civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 })
static struct outlet_posts parsed(struct arena *a, enum outlet_form form, const char *text, enum err want)
{
	struct outlet_posts p;
	struct fault f = { 0 };
	enum err e = outlet_parse(a, form, str_of(text), NOW, &p, &f);
	if (e != want)
		printf("# %s: %s %s\n", err_name(e), f.msg ? f.msg : "", f.arg);
	CHECK(e == want);
	return p;
}

TEST(feeds_of_all_kinds_are_read)
{
	ARENA a = arena_new(0);
	struct outlet_posts p = parsed(a, OUTLET_XML,
		"<?xml version='1.0'?><rss version='2.0'><channel><title>本地论坛</title><link>http://x/</link>"
		"<item><title>求助 &amp; 建议</title><link>https://bbs.example.cn/t/1</link><guid>t-1</guid><pubDate>Mon, 23 Nov 2026 08:05:09 +0800</pubDate>"
		"<description><![CDATA[<p>我<b>老公</b>又打我了</p><script>alert(1)</script><br/>怎么办？&nbsp;5&lt;6]]></description></item>"
		"<item><title>二</title><link>https://bbs.example.cn/t/2</link><dc:date>2026-11-23T09:00:00+08:00</dc:date><description>短</description><content:encoded>&lt;div&gt;长的一段&lt;/div&gt;</content:encoded></item>"
		"<item><title></title><description> </description></item></channel></rss>", OK);
	NEED(p.n == 2 && p.bad == 1 && p.first_bad == 3);
	CHECK_STR(p.v[0].title, "求助 & 建议");
	CHECK_STR(p.v[0].text, "我老公又打我了\n怎么办？ 5<6");
	CHECK_STR(p.v[0].ref, "t-1");
	CHECK_STR(p.v[0].link, "https://bbs.example.cn/t/1");
	CHECK_INT(p.v[0].said, civil_ms((struct civil){ 2026, 11, 23, 8, 5, 9 }));
	CHECK_STR(p.v[1].text, "长的一段");
	CHECK_STR(p.v[1].ref, "https://bbs.example.cn/t/2");
	CHECK_INT(p.v[1].said, civil_ms((struct civil){ 2026, 11, 23, 9, 0, 0 }));
	p = parsed(a, OUTLET_XML,
		"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><entry><id>urn:1</id><title type='html'>&lt;b&gt;题&lt;/b&gt;</title><link rel='self' href='https://a.cn/self'/><link href='https://a.cn/1'/>"
		"<updated>2026-11-23T01:00:00Z</updated><content type='xhtml'><div><p>甲</p><p>乙</p></div></content></entry></feed>", OK);
	NEED(p.n == 1);
	CHECK_STR(p.v[0].title, "题");
	CHECK_STR(p.v[0].link, "https://a.cn/1");
	CHECK_STR(p.v[0].text, "甲 乙");
	CHECK_INT(p.v[0].said, civil_ms((struct civil){ 2026, 11, 23, 9, 0, 0 }));
	p = parsed(a, OUTLET_JSON, "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"9\",\"url\":\"https://a.cn/9\",\"content_html\":\"<p>一</p><p>二</p>\",\"date_published\":\"2026-11-23T09:00:00+08:00\"},7]}", OK);
	NEED(p.n == 1 && p.bad == 1 && p.first_bad == 2);
	CHECK_STR(p.v[0].text, "一\n二");
	p = parsed(a, OUTLET_JSON, "[{\"id\":5,\"text\":\"3<5 都是数\\n第二行\",\"time\":1763866800}]", OK);
	NEED(p.n == 1);
	CHECK_STR(p.v[0].ref, "5");
	CHECK_STR(p.v[0].text, "3<5 都是数\n第二行");
	CHECK_INT(p.v[0].said, INT64_C(1763866800000));
	p = parsed(a, OUTLET_LINES, "{\"id\":\"a\",\"text\":\"一\"}\n\nnot json\n{\"id\":\"b\",\"text\":\"二\"}", OK);
	CHECK(p.n == 2 && p.bad == 1 && p.first_bad == 2);
}

TEST(what_lies_breaks_or_bombs_is_bounded_and_told)
{
	ARENA a = arena_new(0);
	struct outlet_posts p;
	/* Entities that grow; a page of HTML; nothing; half a feed keeps what came whole. */
	parsed(a, OUTLET_XML, "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>", ERR_INVALID);
	parsed(a, OUTLET_XML, "<!DOCTYPE html><html><body>502</body></html>", ERR_INVALID);
	parsed(a, OUTLET_XML, "", ERR_INVALID);
	parsed(a, OUTLET_JSON, "{\"error\":\"no\"}", ERR_INVALID);
	parsed(a, OUTLET_JSON, "{", ERR_INVALID);
	p = parsed(a, OUTLET_XML, "<rss><channel><item><title>一</title></item><item><title>二</ti", OK);
	CHECK(p.n == 1 && p.bad == 1);
	/* Depth without end. */
	BUF_AUTO b = BUF(16 << 20);
	buf_cstr(&b, "<rss><channel><item>");
	for (int i = 0; i < 5000; i++)
		buf_cstr(&b, "<x>");
	parsed(a, OUTLET_XML, b.p, ERR_INVALID);
	/* A post of 2 MB is cut at its ceiling; a thousand and more are cut, and it is said. */
	buf_reset(&b);
	buf_cstr(&b, "<rss><channel><item><title>长</title><description>");
	for (int i = 0; i < 700000; i++)
		buf_cstr(&b, "家");
	buf_cstr(&b, "</description></item></channel></rss>");
	p = parsed(a, OUTLET_XML, b.p, OK);
	NEED(p.n == 1);
	CHECK(utf8_count(p.v[0].text) <= OUTLET_TEXT && utf8_valid(p.v[0].text));
	buf_reset(&b);
	buf_char(&b, '[');
	for (int i = 0; i < OUTLET_ITEMS + 5; i++)
		buf_printf(&b, "%s{\"id\":%d,\"text\":\"t\"}", i ? "," : "", i);
	buf_char(&b, ']');
	p = parsed(a, OUTLET_JSON, b.p, OK);
	CHECK(p.n == OUTLET_ITEMS && p.cut);
	/* More than 8 MiB is not looked at. */
	buf_reset(&b);
	while (b.n <= OUTLET_BYTES)
		buf_cstr(&b, "{\"text\":\"0123456789012345678901234567890123456789\"}\n");
	parsed(a, OUTLET_LINES, b.p, ERR_LIMIT);
	/* Times: of the future, of 1970, of no kind. */
	p = parsed(a, OUTLET_JSON, "[{\"text\":\"a\",\"time\":\"2031-01-01\"},{\"text\":\"b\",\"time\":5},{\"text\":\"c\",\"time\":\"soon\"},{\"text\":\"d\",\"time\":\"Tue, 31 Feb 2026 00:00:00 GMT\"}]", OK);
	NEED(p.n == 4);
	for (size_t i = 0; i < 4; i++)
		CHECK_INT(p.v[i].said, 0);
	/* Addresses that are none; broken UTF-8; NUL; marks that never end. */
	p = parsed(a, OUTLET_JSON, "[{\"id\":\"javascript:alert(1)\",\"url\":\"javascript:alert(1)\",\"text\":\"x\"}]", OK);
	CHECK(p.n == 1 && !p.v[0].link.n);
	p = parsed(a, OUTLET_LINES, "{\"text\":\"\xff\xfe\"}\n{\"text\":\"a\\u0000b\"}\n{\"text\":\"ok\"}\n", OK);
	CHECK(p.n == 1 && p.bad == 2);
	static const char *const odd[] = { "<", "<a", "<!--", "<script>", "<a href='", "&", "&#", "&#x110000;", "&#55296;", "&#0;", "&nosuch;", "<<<>>>", "<style><script></style>" };
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		CHECK(utf8_valid(outlet_plain(a, str_of(odd[i]))));
	CHECK_STR(outlet_plain(a, STR("a<!-- <b>x</b> -->b<script>x</script>c<title>t</title>d &#23478;&#x66B4; &lt;b&gt;")), "abcd 家暴 <b>");
}

/* ---- taking in ---- */

static int64_t source(struct city *p, const char *kind, const char *address, const char *path)
{
	struct done d;
	NEED_OK(ADD(CITYW, "outlet", 0, &d, IN("name", "本地论坛"), IN("kind", kind), IN("url", address), IN("path", path), IN("purpose", "早发现家庭暴力求助"), IN("basis", "duty"), IN("keep_days", "30")));
	return d.id;
}

static struct outlet_taken took(struct city *p, int64_t outlet, const char *lines)
{
	struct ctx c;
	struct outlet_posts posts;
	struct outlet_taken t;
	struct rec *r;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_one(&c, "outlet", outlet, &r));
	NEED_OK(outlet_parse(p->a, OUTLET_LINES, str_of(lines), p->now, &posts, &p->f));
	enum err e = outlet_take(&c, r, &posts, &t);
	if (e != OK)
		printf("# %s %s %s %s\n", err_name(e), p->f.msg ? p->f.msg : "", p->f.nfields ? p->f.fields[0].field : "", p->f.detail);
	NEED_OK(e);
	return t;
}

static struct seen posts_of(struct city *p, int64_t outlet)
{
	struct ctx c;
	struct seen s;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "post", .filters = (struct filter[]){ { STR("outlet"), id_text(&c, outlet) } }, .nfilters = 1, .oldest = true, .limit = 500 }, &s));
	for (size_t i = 0; i < s.n; i++)
		NEED_OK(see_one(&c, "post", s.r[i]->id, &s.r[i]));
	return s;
}

static struct str value(struct city *p, const struct rec *r, const char *field)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	return rec_str(&c, r, field);
}

static int64_t notices(struct city *p, const char *text)
{
	struct ctx c;
	struct notice *v;
	size_t n;
	int64_t k = 0;
	struct actor w = CITYW;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(notice_list(&c, 200, &v, &n));
	for (size_t i = 0; i < n; i++)
		k += str_is(v[i].text, text);
	return k;
}

#define HELP "{\"id\":\"h\",\"url\":\"https://bbs.example.cn/t/7\",\"title\":\"求助\",\"text\":\"我住杨舍镇花园浜社区3幢201室，老公刚才又打我，拿着菜刀说要杀了我，孩子在哭，电话13912345678，求求你们救救我\"}\n"
#define TALK "{\"id\":\"q\",\"text\":\"请教一下，我叫王小红，想问离婚冷静期的三十天从哪一天算起，可以加我电话13987654321，谢谢王小红的朋友们\"}\n"
#define FOOD "{\"id\":\"f\",\"text\":\"今天步行街新开了一家面馆，老板娘送了一碟小菜，味道不错，周末再带孩子们去吃一次，推荐给大家\"}\n"

TEST(what_concerns_nobody_leaves_a_number_alone)
{
	struct city here, *p = &here;
	city_open(p);
	p->app->triage = sense_judge_new();
	int64_t o = source(p, "push", "", "");
	struct outlet_taken t = took(p, o, HELP TALK FOOD);
	CHECK_INT(t.seen, 3);
	CHECK_INT(t.kept, 2);
	CHECK_INT(t.dropped, 1);
	struct seen s = posts_of(p, o);
	NEED(s.n == 2);
	/* Danger: nothing is covered, for the number is the way to her. */
	CHECK_STR(s.r[0]->area, "320582100");
	CHECK(str_find(value(p, s.r[0], "text"), STR("13912345678")) >= 0);
	CHECK(rec_int(s.r[0], "alarm") == 1 && !rec_int(s.r[0], "covered"));
	CHECK_STR(value(p, s.r[0], "grade"), "red");
	/* A question: her name and number are nobody's business. */
	struct str q = value(p, s.r[1], "text");
	CHECK(str_find(q, STR("13987654321")) < 0 && str_find(q, STR("王小红")) < 0 && str_find(q, STR("离婚冷静期")) >= 0);
	CHECK(rec_int(s.r[1], "covered") == 1 && !rec_int(s.r[1], "alarm"));
	CHECK_STR(value(p, s.r[1], "topics"), ",marriage,");
	CHECK_STR(s.r[1]->area, CITY);
	CHECK_INT(notices(p, "A public post speaks of danger: please read it now"), 1);
	/* It comes again, and again under another name: never twice. */
	t = took(p, o, HELP TALK FOOD);
	CHECK(t.again == 3 && !t.kept && !t.copies && !t.dropped);
	int64_t other = source(p, "push", "", "");
	t = took(p, other, "{\"id\":\"h2\",\"text\":\"转发：我住杨舍镇花园浜社区3幢201室，老公刚才又打我，拿着菜刀说要杀了我，孩子在哭，电话13912345678，求求你们救救我！\"}\n" FOOD);
	CHECK(t.copies == 1 && !t.kept && t.dropped == 1);
	CHECK_INT(rec_int(posts_of(p, o).r[0], "copies"), 2);
	CHECK_INT(posts_of(p, other).n, 0);
	/* Nobody but the city's federation sees any of it. */
	enum sight sight;
	CHECK_ERR(peek(p, TOWNW, "post", s.r[0]->id, &sight), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, MEIW, "post", s.r[0]->id, &sight), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, who(ROLE_LEADER, CITY, 33, p->fed), "post", s.r[0]->id, &sight), ERR_NOT_FOUND);
	NEED_OK(peek(p, CITYW, "post", s.r[0]->id, &sight));
	CHECK(sight == SIGHT_FULL);
	sense_judge_free(p->app->triage);
	p->app->triage = NULL;
	city_close(p);
}

/* Without the screening the words of the topics go on alone. */
TEST(copies_in_one_lot_are_one_story_and_after_a_restart_too)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t o = source(p, "push", "", "");
	BUF_AUTO b = BUF(1 << 20);
	for (int i = 0; i < 130; i++)
		buf_printf(&b, "{\"id\":\"c%d\",\"text\":\"听说城南小区昨晚有人家暴，警察来了两辆车，邻居们都在楼下看，孩子被接走了%s\"}\n", i, i % 3 ? "。" : "！");
	struct outlet_taken t = took(p, o, b.p);
	CHECK_INT(t.kept, 1);
	CHECK_INT(t.copies, 129);
	struct seen s = posts_of(p, o);
	NEED(s.n == 1);
	CHECK_INT(rec_int(s.r[0], "copies"), 130);
	CHECK_INT(notices(p, "A public post spreads: it was posted many times"), 2);      /* at 20 and at 100: a lot is written in pieces of 40 */
	/* What a server knew dies with it; the posts are still there. */
	struct held *h = atomic_exchange(&p->app->stories, NULL);
	h->free(h);
	t = took(p, o, "{\"id\":\"later\",\"text\":\"听说城南小区昨晚有人家暴，警察来了两辆车，邻居们都在楼下看，孩子被接走了。。。\"}\n");
	CHECK(t.copies == 1 && !t.kept);
	city_close(p);
}

TEST(a_post_becomes_a_clue_with_its_evidence)
{
	struct city here, *p = &here;
	struct rec *r, *clue;
	city_open(p);
	p->app->triage = sense_judge_new();
	int64_t o = source(p, "push", "", "");
	(void)took(p, o, HELP TALK);
	r = posts_of(p, o).r[0];
	CHECK_ERR(DO0(TOWNW, "post", "to_clue", r->id), ERR_NOT_FOUND);
	NEED_OK(DO0(CITYW, "post", "to_clue", r->id));
	r = get(p, "post", r->id);
	CHECK_STR(r->state, "clue");
	clue = get(p, "clue", rec_int(r, "clue"));
	CHECK_STR(value(p, clue, "source"), "media");
	CHECK_STR(clue->area, "320582100");
	CHECK_INT(clue->org, p->town);
	struct str text = value(p, clue, "text");
	CHECK(str_find(text, STR("拿着菜刀")) >= 0 && str_find(text, STR("https://bbs.example.cn/t/7")) >= 0 && str_find(text, value(p, r, "digest")) >= 0 && str_find(text, STR("本地论坛")) >= 0);
	CHECK_STR(value(p, clue, "grade"), "red");
	CHECK_ERR(DO0(CITYW, "post", "to_clue", r->id), ERR_STATE);
	/* Put aside with a reason; looked at again. */
	r = posts_of(p, o).r[1];
	CHECK_ERR(DO0(CITYW, "post", "aside", r->id), ERR_INVALID);
	NEED_OK(DO(CITYW, "post", "aside", r->id, IN("why", "news")));
	NEED_OK(DO0(CITYW, "post", "reopen", r->id));
	NEED_OK(DO0(CITYW, "post", "read", r->id));
	/* Its days are over: no word is left; the clue keeps its own. */
	struct ctx c;
	p->now += 31 * MS_DAY;
	ctx_at(p, &c, &actor_system);
	NEED_OK(outlet_forget_job(&c, STR("")));
	struct seen s = posts_of(p, o);
	NEED(s.n == 2);
	for (size_t i = 0; i < s.n; i++) {
		CHECK_STR(s.r[i]->state, "gone");
		CHECK(!rec_has(s.r[i], "text") && !rec_has(s.r[i], "title") && !rec_has(s.r[i], "link") && !rec_has(s.r[i], "triage"));
	}
	CHECK(str_find(value(p, get(p, "clue", clue->id), "text"), STR("拿着菜刀")) >= 0);
	struct outlet_taken t = took(p, o, HELP);
	CHECK(t.again == 1 && !t.kept);
	sense_judge_free(p->app->triage);
	p->app->triage = NULL;
	city_close(p);
}

static size_t bursts(struct city *p, struct actor w, struct outlet_burst *ret)
{
	struct ctx c;
	struct outlet_burst *v;
	size_t n;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(outlet_bursts(&c, &v, &n));
	if (n)
		*ret = v[0];
	return n;
}

/* Posts unlike each other; the letters come from the number. */
static void say(struct buf *b, const char *id, int nth)
{
	static const char *const word[] = { "天", "地", "山", "水", "花", "鸟", "鱼", "虫", "春", "夏", "秋", "冬", "东", "南", "西", "北" };
	uint64_t s = (uint64_t)nth * 0x9E3779B97F4A7C15u + 77;
	buf_printf(b, "{\"id\":\"%s%d\",\"text\":\"天价彩礼：", id, nth);
	for (int i = 0; i < 40; i++) {
		s = s * 6364136223846793005u + 1442695040888963407u;
		buf_cstr(b, word[s >> 60]);
	}
	buf_cstr(b, "\"}\n");
}

TEST(more_than_usual_is_told_once)
{
	struct city here, *p = &here;
	struct outlet_burst v;
	city_open(p);
	int64_t o = source(p, "push", "", "");
	/* New here: nothing is usual yet. */
	BUF_AUTO b = BUF(1 << 20);
	for (int i = 0; i < 8; i++)
		say(&b, "a", i);
	CHECK_INT(took(p, o, b.p).kept, 8);
	CHECK_INT(bursts(p, CITYW, &v), 0);
	for (int day = 1; day <= 20; day++) {
		p->now += MS_DAY;
		buf_reset(&b);
		say(&b, "b", 100 + day);
		CHECK_INT(took(p, o, b.p).kept, 1);
	}
	CHECK_INT(bursts(p, CITYW, &v), 0);
	p->now += MS_DAY;
	buf_reset(&b);
	for (int i = 0; i < 9; i++)
		say(&b, "c", 200 + i);
	CHECK_INT(took(p, o, b.p).kept, 9);
	NEED(bursts(p, CITYW, &v) == 1);
	CHECK_STR(v.topic, "marriage");
	CHECK_INT(v.today, 9);
	buf_reset(&b);
	say(&b, "d", 300);
	(void)took(p, o, b.p);
	CHECK_INT(notices(p, "More public posts about one topic than usual today"), 1);
	CHECK_INT(bursts(p, who(ROLE_CITY, "320501", 77, p->fed), &v), 0);
	city_close(p);
}

TEST(a_source_says_what_it_is_for)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
#define MADE(kind, address, path, ...) ADD(CITYW, "outlet", 0, &d, IN("name", "x"), IN("kind", kind), IN("url", address), IN("path", path), __VA_ARGS__)
	CHECK_ERR(MADE("rss", "https://a.cn/rss", "", IN("basis", "duty")), ERR_INVALID);
	CHECK_ERR(MADE("rss", "https://a.cn/rss", "", IN("purpose", "x")), ERR_INVALID);
	CHECK_ERR(MADE("rss", "file:///etc/passwd", "", IN("purpose", "x"), IN("basis", "duty")), ERR_INVALID);
	CHECK_STR(str_of(p->f.fields[0].field), "url");
	CHECK_ERR(MADE("rss", "https://u:p@a.cn/", "", IN("purpose", "x"), IN("basis", "duty")), ERR_INVALID);
	CHECK_ERR(MADE("file", "", "../keys.db", IN("purpose", "x"), IN("basis", "duty")), ERR_INVALID);
	CHECK_ERR(MADE("file", "", ".x", IN("purpose", "x"), IN("basis", "duty")), ERR_INVALID);
	CHECK_ERR(MADE("rss", "https://a.cn/rss", "", IN("purpose", "x"), IN("basis", "duty"), IN("keep_days", "181")), ERR_INVALID);
	CHECK_ERR(MADE("rss", "https://a.cn/rss", "", IN("purpose", "x"), IN("basis", "duty"), IN("every", "1")), ERR_INVALID);
	NEED_OK(MADE("rss", "https://a.cn/rss?key=1", "", IN("purpose", "x"), IN("basis", "duty")));
	struct rec *r = get(p, "outlet", d.id);
	CHECK(rec_int(r, "keep_days") == 90 && rec_int(r, "every") == 30);
	CHECK_ERR(ADD(TOWNW, "outlet", 0, &d, IN("name", "x"), IN("kind", "push"), IN("purpose", "x"), IN("basis", "duty")), ERR_DENIED);
	enum sight sight;
	NEED_OK(peek(p, who(ROLE_AUDITOR, CITY, 34, p->fed), "outlet", d.id, &sight));
	CHECK(sight == SIGHT_MASKED);
	city_close(p);
}

/* ---- going round ---- */

struct site { const char *robots, *page, *type, *location, *etag; int status, robots_status, asked, robots_asked; int64_t retry; enum net_end end; };
static struct site site;
static enum err site_get(const struct net *n, struct arena *a, const struct net_ask *q, struct net_answer *ret, struct fault *f)
{
	(void)n, (void)a, (void)f;
	*ret = (struct net_answer){ .end = NET_ANSWER, .status = 200, .retry_s = -1 };
	if (str_ends(q->url, "/robots.txt")) {
		site.robots_asked++;
		ret->status = site.robots_status;
		ret->body = str_of(site.robots);
		return OK;
	}
	site.asked++;
	ret->end = site.end;
	ret->status = site.etag && str_is(q->etag, site.etag) ? 304 : site.status;
	ret->type = str_of(site.type);
	ret->etag = str_of(site.etag);
	ret->retry_s = site.retry;
	ret->location = str_of(site.location);
	ret->body = ret->status == 200 ? str_of(site.page) : STR("");
	return OK;
}

static int round_of(struct city *p)
{
	struct ctx c;
	int n;
	ctx_at(p, &c, &actor_system);
	enum err e = outlet_run(&c, 10, &n);
	if (e != OK)
		printf("# %s %s\n", err_name(e), p->f.detail);
	NEED_OK(e);
	return n;
}

static struct outlet_state state_of(struct city *p, int64_t o)
{
	struct ctx c;
	struct rec *r;
	struct outlet_state s;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_one(&c, "outlet", o, &r));
	NEED_OK(outlet_state_of(&c, r, &s));
	return s;
}

TEST(sources_are_asked_by_their_own_rules_and_fail_gently)
{
	struct city here, *p = &here;
	struct outlet_out out = { .net = { .get = site_get } };
	city_open(p);
	site = (struct site){ .robots = "User-agent: *\nDisallow: /private", .robots_status = 200, .status = 200, .type = "application/rss+xml", .etag = "\"1\"", .retry = -1,
		.page = "<rss><channel><item><guid>1</guid><title>某小区家暴</title></item></channel></rss>" };
	int64_t o = source(p, "rss", "https://a.cn/rss", "");
	/* The way out is not open: nothing is asked, and the page says so. */
	CHECK_INT(round_of(p), 0);
	CHECK(state_of(p, o).health == OUTLET_SHUT);
	p->app->outlet_out = &out;
	CHECK_INT(round_of(p), 1);
	CHECK_INT(posts_of(p, o).n, 1);
	struct outlet_state s = state_of(p, o);
	CHECK(s.health == OUTLET_GOOD && s.due == p->now + 30 * MS_MINUTE && s.posts_day == 1);
	CHECK_INT(round_of(p), 0);
	/* The same: not sent again (304), robots.txt kept for a day. */
	p->now += 30 * MS_MINUTE;
	CHECK_INT(round_of(p), 1);
	CHECK(site.asked == 2 && site.robots_asked == 1);
	CHECK(state_of(p, o).health == OUTLET_GOOD);
	/* It dies for a week: asked less and less, at least once a day; and returns. */
	site.end = NET_NO_ANSWER;
	int tries = 0;
	for (int64_t t = 0; t < 7 * 24 * 2; t++) {
		p->now += 30 * MS_MINUTE;
		tries += round_of(p);
	}
	CHECK(tries >= 7 && tries <= 14);
	s = state_of(p, o);
	CHECK(s.health == OUTLET_FAILS && s.fails == tries && s.due - p->now <= MS_DAY);
	CHECK_STR(s.why, "Nobody answers at this address.");
	site.end = NET_ANSWER;
	site.etag = "\"2\"";
	site.page = "<rss><channel><item><guid>1</guid><title>某小区家暴</title></item><item><guid>2</guid><title>请问保护令怎样申请</title></item></channel></rss>";
	p->now += MS_DAY;
	CHECK_INT(round_of(p), 1);
	CHECK_INT(posts_of(p, o).n, 2);
	s = state_of(p, o);
	CHECK(s.health == OUTLET_GOOD && s.fails == 0 && s.due == p->now + 30 * MS_MINUTE);
	/* Retry-After is kept to, for a week at most. */
	site.status = 429;
	site.etag = NULL;
	site.retry = 7200;
	p->now += 31 * MS_MINUTE;
	CHECK_INT(round_of(p), 1);
	CHECK_INT(state_of(p, o).due, p->now + 2 * MS_HOUR);
	site.retry = -1;
	/* A feed that leads in a circle; rubbish; another's robots.txt that says no, or that cannot be read. */
	static const struct { int status, robots_status; const char *location, *robots, *page, *why; } bad[] = {
		{ 302, 200, "https://a.cn/rss", "", "", "The address leads on and on, or to no address. Please look at it in a browser." },
		{ 302, 200, "file:///etc/passwd", "", "", "The site gave an answer that is no feed (%s)." },
		{ 200, 200, NULL, "", "<html>", "This is no RSS or Atom feed. Please check the address in a browser." },
		{ 404, 200, NULL, "", "", "There is no feed at this address any more (%s)." },
		{ 200, 200, NULL, "User-agent: *\nDisallow: /", "", "The site's robots.txt does not allow machines to read this. Please ask its owner for another way." },
		{ 200, 503, NULL, "", "", "The site's robots.txt cannot be read; until it can, nothing is fetched there." },
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		site.status = bad[i].status;
		site.robots_status = bad[i].robots_status;
		site.location = bad[i].location;
		site.robots = bad[i].robots;
		site.page = bad[i].page;
		p->now += 2 * MS_DAY;
		CHECK_INT(round_of(p), 1);
		s = state_of(p, o);
		CHECK(s.health == OUTLET_FAILS);
		if (i != 1)
			CHECK_STR(s.why, bad[i].why);
	}
	/* Paused: not asked. */
	NEED_OK(DO(CITYW, "outlet", "pause", o, IN("note", "x")));
	p->now += 10 * MS_DAY;
	CHECK_INT(round_of(p), 0);
	CHECK(state_of(p, o).health == OUTLET_OFF);
	city_close(p);
}

static void append(struct city *p, const char *name, const char *text, int flags)
{
	int fd = open(arena_printf(p->a, "%s/feeds/%s", p->dir, name), O_WRONLY | O_CREAT | flags, 0600);
	NEED(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

TEST(a_file_is_read_as_it_grows)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t o = source(p, "file", "", "posts.jsonl");
	CHECK_INT(round_of(p), 1);
	CHECK_STR(state_of(p, o).why, "There is no such file in the folder “feeds” of the data.");
	NEED(mkdir(arena_printf(p->a, "%s/feeds", p->dir), 0700) == 0);
	append(p, "posts.jsonl", "{\"id\":\"1\",\"text\":\"昨天有人家暴，警察来了\"}\n{\"id\":\"2\",\"text\":\"怎样申请保护令，要带什", 0);
	p->now += MS_DAY;
	CHECK_INT(round_of(p), 1);
	CHECK_INT(posts_of(p, o).n, 1);
	CHECK(state_of(p, o).health == OUTLET_GOOD);
	/* The half line's end; then a file put in its place. */
	append(p, "posts.jsonl", "么材料去法院\"}\nrubbish\n", O_APPEND);
	p->now += MS_HOUR;
	CHECK_INT(round_of(p), 1);
	CHECK_INT(posts_of(p, o).n, 2);
	NEED(rename(arena_printf(p->a, "%s/feeds/posts.jsonl", p->dir), arena_printf(p->a, "%s/feeds/old", p->dir)) == 0);
	append(p, "posts.jsonl", "{\"id\":\"3\",\"text\":\"邻居说虐待儿童的事有人管了吗，住在城北\"}\n", 0);
	p->now += MS_HOUR;
	CHECK_INT(round_of(p), 1);
	CHECK_INT(posts_of(p, o).n, 3);
	/* No way out of the folder. */
	NEED(symlink("/etc/passwd", arena_printf(p->a, "%s/feeds/link.jsonl", p->dir)) == 0);
	int64_t l = source(p, "file", "", "link.jsonl");
	p->now += MS_HOUR;
	CHECK_INT(round_of(p), 2);
	CHECK_STR(state_of(p, l).why, "The file cannot be read.");
	city_close(p);
}

struct made { int64_t id; char *key; };
static enum err make_key(struct ctx *c, void *arg)
{
	struct made *k = arg;
	return outlet_key_new(c, k->id, k->key);
}

TEST(a_push_needs_its_own_key)
{
	struct city here, *p = &here;
	char key[TOKEN_TEXT], second[TOKEN_TEXT];
	struct ctx c;
	struct rec *r;
	city_open(p);
	int64_t o = source(p, "push", "", ""), f = source(p, "rss", "https://a.cn/", "");
	struct actor w = CITYW;
	ctx_at(p, &c, &w);
	struct made m = { o, key };
	NEED_OK(ctx_write(&c, make_key, &m));
	m = (struct made){ o, second };
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(outlet_by_key(&c, str_of(key), &r));
	CHECK_INT(r->id, o);
	ctx_at(p, &c, &w);
	NEED_OK(ctx_write(&c, make_key, &m));
	NEED_OK(ctx_read(&c));
	CHECK_ERR(outlet_by_key(&c, str_of(key), &r), ERR_AUTH);
	NEED_OK(outlet_by_key(&c, str_of(second), &r));
	CHECK_ERR(outlet_by_key(&c, STR(""), &r), ERR_AUTH);
	m = (struct made){ f, key };
	ctx_at(p, &c, &w);
	CHECK_ERR(ctx_write(&c, make_key, &m), ERR_STATE);
	struct actor t = TOWNW;
	m.id = o;
	ctx_at(p, &c, &t);
	CHECK(ctx_write(&c, make_key, &m) != OK);
	NEED_OK(DO(CITYW, "outlet", "pause", o, IN("note", "x")));
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(outlet_by_key(&c, str_of(second), &r), ERR_AUTH);
	city_close(p);
}
