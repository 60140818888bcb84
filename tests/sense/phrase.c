/* Words that a city adds: read line by line, tried before they are offered, put in force by a second person, counted, taken out; danger bears no exception. */
#include "../desk/site.h"
#include "../absorb/walk.h"
#include "sense/learn_inner.h"
#include "sense/phrase.h"

#define ANNA2 who(ROLE_CITY, CITY, 31, p->fed)

/* One for all cities: making it takes seconds here. Nothing added, as a new one. */
static void open_with_judge(struct city *p)
{
	static const struct sense_judge *judge;
	struct triage_engine *bare;
	city_fast = true;
	city_open(p);
	judge = judge ? judge : sense_judge_new();
	NEED_OK(sense_judge_engine(judge, &bare, &p->f));
	sense_judge_put(judge, bare, (struct sense_version){ 0 });
	p->app->triage = judge;
}

static void close_with_judge(struct city *p)
{
	p->app->triage = NULL;
	city_close(p);
}

#define DRAFT(d, ...) ADD(CITYW, "phrase", 0, (d), IN("name", "本地话"), IN("why", "接线员反映漏判"), __VA_ARGS__)
#define BLOW(d, w, h) DRAFT(d, IN("finds", "sign"), IN("sign", "violence"), IN("words", w), IN("hits", h))

static struct rec *tried(struct city *p, int64_t id)
{
	struct ctx c;
	NEED_OK(DO0(CITYW, "phrase", "offer", id));
	ctx_at(p, &c, &actor_system);
	NEED_OK(phrase_job(&c, arena_fmt(p->a, "%lld", (long long)id)));
	return get(p, "phrase", id);
}

static struct sense_verdict judged(struct city *p, const char *text)
{
	struct ctx c;
	struct sense_verdict v = { 0 };
	struct fault f = { 0 };
	NEED_OK(learn_refresh(p->app, &f));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	const struct sense_judge *j = p->app->triage;
	NEED_OK(j->run(j, &c, str_of(text), &v));
	return v;
}
static bool signals(struct city *p, const char *text, const char *code) { return str_find(judged(p, text).signals, arena_fmt(p->a, ",%s,", code)) >= 0; }

static int64_t found_in(struct city *p, int64_t rule)
{
	struct ctx c;
	struct phrase_hits *v;
	size_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(phrase_hits(&c, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (v[i].rule == rule)
			return v[i].n;
	return 0;
}

/* What is wrong is told with the number of its line; nothing unbounded or met everywhere comes in. */
TEST(what_a_line_may_be)
{
	static const struct { const char *words, *hits, *misses, *field, *arg; bool expert; } v[] = {
		{ "吃竹笋炒肉", "昨晚又吃竹笋炒肉了", NULL, NULL, NULL, false },
		{ "吃竹笋\n\n  打  ", "吃竹笋", NULL, "words", "3", false },
		{ "…打…", "打", NULL, "words", "1", false },
		{ "拿…敲头", "他拿擀面杖敲头", "他拿了东西走了。后来敲头", NULL, NULL, false },
		{ "吃竹笋炒肉", "昨晚吃了面", NULL, "hits", "1", false },
		{ "吃竹笋炒肉", "吃竹笋炒肉", "食堂今天\n吃竹笋炒肉很香", "misses", "2", false },
		{ "吃竹筍炒肉", "吃 竹 笋 炒 肉", NULL, NULL, NULL, false },      /* script and blanks */
		{ "a+b(c", "他说A+B(C好", NULL, NULL, NULL, false },               /* no sign means anything */
		{ "(吃|尝)竹笋", "尝竹笋", NULL, NULL, NULL, true },
		{ "(吃|尝", "尝", NULL, "words", "1", true },
		{ "竹.*肉", "竹笋肉", NULL, "words", "1", true },
		{ "打|竹笋炒", "竹笋炒", NULL, "words", "1", true },
		{ ".{0,3}", "竹笋炒", NULL, "words", "1", true },
	};
	struct city here, *p = &here;
	city_fast = true;
	city_open(p);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		enum err e = DRAFT(NULL, IN("finds", "sign"), IN("sign", "violence"), IN("words", v[i].words), IN("hits", v[i].hits), IN("misses", v[i].misses ? v[i].misses : ""), IN("expert", v[i].expert ? "1" : ""));
		if (e != (v[i].field ? ERR_INVALID : OK))
			printf("# %s: %s %s %s\n", v[i].words, err_name(e), p->f.nfields ? p->f.fields[0].field : "", p->f.nfields ? p->f.fields[0].arg : p->f.detail);
		CHECK_ERR(e, v[i].field ? ERR_INVALID : OK);
		if (v[i].field && p->f.nfields) {
			CHECK(strcmp(p->f.fields[0].field, v[i].field) == 0);
			CHECK(strcmp(p->f.fields[0].arg, v[i].arg) == 0);
		}
	}
	BUF_AUTO many = BUF(4096);
	for (int i = 0; i <= PHRASE_LINES; i++)
		buf_printf(&many, "竹笋炒肉%d\n", i);
	CHECK_ERR(BLOW(NULL, arena_cstr(p->a, buf_view(&many)), "竹笋炒肉1"), ERR_INVALID);
	/* Each choice has its own field; danger bears no exception. */
	CHECK_ERR(DRAFT(NULL, IN("finds", "sign"), IN("words", "竹笋炒肉"), IN("hits", "竹笋炒肉")), ERR_INVALID);
	CHECK_ERR(DRAFT(NULL, IN("finds", "kind"), IN("sign", "violence"), IN("words", "竹笋炒肉"), IN("hits", "竹笋炒肉")), ERR_INVALID);
	CHECK_ERR(DRAFT(NULL, IN("finds", "except"), IN("words", "竹笋炒肉"), IN("hits", "竹笋炒肉")), ERR_INVALID);
	static const struct { const char *rule; bool good; } rule[] = { { "32", true }, { "1", false }, { "17", false }, { "18", false }, { "21", false }, { "16", false }, { "9999", false }, { "0", false }, { "60", true } };
	for (size_t i = 0; i < ARRAY_LEN(rule); i++)
		CHECK_ERR(DRAFT(NULL, IN("finds", "except"), IN("rule", rule[i].rule), IN("words", "老人与海"), IN("hits", "借一本老人与海")), rule[i].good ? OK : ERR_INVALID);
	city_close(p);
}

/* Nor by whatever way: the engine itself refuses. */
TEST(danger_bears_no_exception)
{
	ARENA a = arena_new(0);
	struct triage_engine *e, *with;
	struct triage_rule *v;
	struct fault f = { 0 };
	NEED_OK(triage_open(&e, &f));
	size_t n = triage_rules(a, &v);
	CHECK(n > 80);
	for (size_t i = 0; i < n; i++) {
		bool grave = v[i].weight >= 10 || strcmp(v[i].code, "violence") == 0 || strcmp(v[i].code, "sexual") == 0;
		CHECK_INT(v[i].bears_exceptions, !grave);
		enum err x = triage_with(e, &(struct triage_phrase){ .id = TRIAGE_ADDED + 1, .except = v[i].id, .expr = "今天天气", .flags = "-", .code = "other" }, 1, &with, &f);
		CHECK_ERR(x, grave ? ERR_INVALID : OK);
		if (x == OK)
			triage_close(with);
	}
	triage_close(e);
}

TEST(from_a_draft_into_force_and_out)
{
	static const char said[] = "老公一不高兴就给我上大课";
	struct city here, *p = &here;
	struct done d, one, two;
	open_with_judge(p);
	CHECK(!signals(p, said, "violence"));
	NEED_OK(BLOW(&d, "给…上大课", "他又给我上大课"));
	CHECK_ERR(DO(ANNA2, "phrase", "use", d.id, IN("reason", "可用")), ERR_STATE);
	NEED_OK(ADD(COMMW, "clue", 0, &one, IN("source", "grid"), IN("text", said)));
	NEED(rec_in(tried(p, d.id), "offered"));
	/* What it would have done to what came: counted, and nothing is in force. */
	struct ctx c;
	struct phrase_figures f;
	ctx_at(p, &c, &actor_system);
	phrase_figures(&c, get(p, "phrase", d.id), &f);
	CHECK_INT(f.clues, 1);
	CHECK_INT(f.hits, 1);
	CHECK_INT(f.raised, 1);
	CHECK_INT(f.lowered, 0);
	CHECK(!signals(p, said, "violence"));
	CHECK_ERR(DO(CITYW, "phrase", "use", d.id, IN("reason", "可用")), ERR_DENIED);
	CHECK_ERR(DO(TOWNW, "phrase", "use", d.id, IN("reason", "可用")), ERR_NOT_FOUND);
	CHECK_ERR(DO(ANNA2, "phrase", "use", d.id, IN("reason", "")), ERR_INVALID);
	NEED_OK(DO(ANNA2, "phrase", "use", d.id, IN("reason", "可用")));
	CHECK(signals(p, said, "violence"));
	CHECK_STR(judged(p, said).grade, "orange");
	CHECK(!signals(p, "他从来没有给我上大课", "violence"));
	/* Now it is counted, each clue once. */
	NEED_OK(ADD(COMMW, "clue", 0, &two, IN("source", "grid"), IN("text", arena_printf(p->a, "%s。给我上大课", said))));
	CHECK_INT(found_in(p, phrase_rule(d.id)), 1);
	CHECK(str_find(rec_str(&c, get(p, "clue", two.id), "signals"), STR(",violence,")) >= 0);
	/* In force it is not changed: a next edition takes its place. */
	CHECK_ERR(DO(CITYW, "phrase", "edit", d.id, IN("words", "竹笋")), ERR_STATE);
	NEED_OK(BLOW(&one, "竹笋烤肉\n红烧竹尾", "竹笋烤肉\n吃红烧竹尾"));
	NEED_OK(DO(CITYW, "phrase", "refuse", one.id, IN("reason", "并入下一版")));
	NEED_OK(DRAFT(&one, IN("finds", "sign"), IN("sign", "violence"), IN("before", num(p, d.id)), IN("words", "吃…红烧竹尾"), IN("hits", "吃了红烧竹尾")));
	NEED(rec_in(tried(p, one.id), "offered"));
	NEED_OK(DO(ANNA2, "phrase", "use", one.id, IN("reason", "可用")));
	CHECK(rec_in(get(p, "phrase", d.id), "replaced"));
	CHECK(!signals(p, said, "violence") && signals(p, "昨晚又吃了红烧竹尾", "violence"));
	NEED_OK(DO(CITYW, "phrase", "retire", one.id, IN("reason", "误报多")));
	CHECK(!signals(p, "昨晚又吃了红烧竹尾", "violence"));
	CHECK_INT(sense_judge_version(p->app->triage).phrases, 3);
	close_with_judge(p);
}

/* The trial asks the whole screening: what a word of daily life covers is not found, and the draft goes back with its reason. */
TEST(what_does_not_pass_goes_back)
{
	struct city here, *p = &here;
	struct done d;
	open_with_judge(p);
	NEED_OK(BLOW(&d, "打折", "老公带我去买打折的衣服"));
	struct rec *r = tried(p, d.id);
	CHECK(rec_in(r, "draft"));
	CHECK_STR(r->v[field_at(r->t, "verdict")].s, "unfound");
	/* Written otherwise it goes on; twice at once is borne. */
	NEED_OK(DO(CITYW, "phrase", "edit", d.id, IN("name", "本地话"), IN("finds", "sign"), IN("sign", "violence"), IN("why", "漏判"), IN("words", "吃竹笋烤肉"), IN("hits", "请我吃竹笋烤肉")));
	r = tried(p, d.id);
	CHECK(rec_in(r, "offered") && !rec_has(r, "verdict"));
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(phrase_job(&c, arena_fmt(p->a, "%lld", (long long)d.id)));
	NEED_OK(DO0(CITYW, "phrase", "rework", d.id));
	CHECK(rec_in(get(p, "phrase", d.id), "draft"));
	close_with_judge(p);
}

TEST(an_exception_and_a_kind)
{
	static const char book[] = "我想借一本老人与海给女儿看，请问怎么办卡";
	struct city here, *p = &here;
	struct done d;
	open_with_judge(p);
	CHECK(signals(p, book, "elderly"));
	NEED_OK(DRAFT(&d, IN("finds", "except"), IN("rule", "32"), IN("words", "老人与海"), IN("hits", "借一本老人与海")));
	NEED(rec_in(tried(p, d.id), "offered"));
	NEED_OK(DO(ANNA2, "phrase", "use", d.id, IN("reason", "书名")));
	CHECK(!signals(p, book, "elderly") && signals(p, "家里老人没人管", "elderly"));
	CHECK(signals(p, "借老人与海。老人没人管", "elderly"));
	/* A word for kin and a kind of dispute count like the program's own. */
	NEED_OK(DRAFT(&d, IN("finds", "kind"), IN("kind", "M04"), IN("strength", "3"), IN("words", "开门盘"), IN("hits", "他家要退开门盘")));
	NEED(rec_in(tried(p, d.id), "offered"));
	NEED_OK(DO(ANNA2, "phrase", "use", d.id, IN("reason", "本地彩礼说法")));
	CHECK_STR(judged(p, "男方家要我们退开门盘，女儿不想嫁了").kind, "M04");
	close_with_judge(p);
}

/* Ten thousand lines of nothing, or a list that cannot be read, leave the engine that is there. */
TEST(a_list_that_fails_leaves_the_old_one)
{
	struct city here, *p = &here;
	struct fault f = { 0 };
	struct done d;
	open_with_judge(p);
	NEED_OK(BLOW(&d, "吃竹笋烤肉", "吃竹笋烤肉"));
	NEED(rec_in(tried(p, d.id), "offered"));
	NEED_OK(DO(ANNA2, "phrase", "use", d.id, IN("reason", "可用")));
	CHECK(signals(p, "又吃竹笋烤肉", "violence"));
	BUF_AUTO lines = BUF(65536);
	for (int k = 0; k < PHRASE_MOST / PHRASE_LINES; k++) {
		buf_reset(&lines);
		for (int i = 0; i < PHRASE_LINES; i++)
			buf_printf(&lines, "词%d句%d\n", k, i);
		NEED_OK(BLOW(&d, arena_cstr(p->a, buf_view(&lines)), arena_printf(p->a, "词%d句1", k)));
		NEED_OK(DO0(CITYW, "phrase", "offer", d.id));
		NEED_OK(DO0(actor_system, "phrase", "pass", d.id));      /* its trial is long and the same */
		NEED_OK(DO(ANNA2, "phrase", "use", d.id, IN("reason", "可用")));
	}
	CHECK_OK(learn_refresh(p->app, &f));
	int64_t good = sense_judge_version(p->app->triage).phrases;
	NEED_OK(BLOW(&d, arena_cstr(p->a, buf_view(&lines)), arena_printf(p->a, "词%d句1", PHRASE_MOST / PHRASE_LINES - 1)));
	CHECK_STR(rec_str(&(struct ctx){ .a = p->a }, tried(p, d.id), "verdict"), "unread");
	NEED_OK(DO0(CITYW, "phrase", "offer", d.id));
	NEED_OK(DO0(actor_system, "phrase", "pass", d.id));
	NEED_OK(DO(ANNA2, "phrase", "use", d.id, IN("reason", "可用")));
	CHECK_ERR(learn_refresh(p->app, &f), ERR_INVALID);
	CHECK_INT(sense_judge_version(p->app->triage).phrases, good);
	close_with_judge(p);
}

TEST(the_page_of_words)
{
	struct city here, *p = &here;
	struct browser b, town;
	struct done d;
	open_with_judge(p);
	browser_open(&b, p);
	browser_login(&b, "city", CITY, p->fed);
	struct str page = browse(&b, "/phrases");
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "程序自带的规则") && has(page, "同归于尽") && has(page, "没有增加词句"));
	NEED_OK(BLOW(&d, "吃竹笋烤肉", "吃竹笋烤肉"));
	for (int k = 0; k < 2; k++) {
		page = POST(&b, "/phrases", "text", "他又请我吃竹笋烤肉", "phrase", k ? num(p, d.id) : "");
		CHECK_INT(b.last.status, 200);
		CHECK_INT(has(page, "<mark"), k);
		CHECK_INT(has(page, arena_printf(p->a, "/phrase/%s\">本地话</a></td><td>", num(p, d.id))), k);      /* named among the rules that found something */
	}
	browser_open(&town, p);
	browser_login(&town, "town", TOWN, p->town);
	(void)browse(&town, "/phrases");
	CHECK_INT(town.last.status, 403);
	close_with_judge(p);
}

TEST(words_in_each_state_by_each_verb_by_each_post)
{
	struct city here, *p = &here;
	struct done d;
	city_fast = true;
	city_open(p);
	NEED_OK(BLOW(&d, "吃竹笋烤肉", "吃竹笋烤肉"));
	walk(p, "phrase", d.id, "draft edit: city\ndraft offer: city\ndraft refuse: city secadmin\ntried rework: city\ntried refuse: city secadmin\noffered rework: city\n"
				"offered use: city secadmin\noffered refuse: city secadmin\nused retire: city secadmin\n");
	city_close(p);
}
