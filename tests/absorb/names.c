/* Finding people by name, by part of it, by pinyin and by ear: from memory alone, following what is written, and saying nothing of what
 * the asker may not read in full. On both engines. */
#include "river.h"
#include "record/inner.h"
#include "record/keystore.h"
#include "record/names.h"

static int64_t party(struct city *p, int64_t kase, const char *name)
{
	struct done d;
	NEED_OK(ADD(MEIW, "party", kase, &d, IN("side", "a"), IN("name", name)));
	return d.id;
}

/* What w finds among the parties: ids in a text, direct ones first, those by ear behind a bar. */
static const char *finds(struct city *p, struct actor w, const char *typed)
{
	struct ctx c;
	struct names_found f;
	struct seen s = { 0 };
	BUF_AUTO b = BUF(4096);
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	NEED_OK(names_find(&c, &party_type, str_of(typed), &f));
	NEED(f.ready || !names_like(str_of(typed)));
	for (int ear = 0; ear < 2; ear++) {
		const int64_t *ids = ear ? f.sound : f.direct;
		size_t n = ear ? f.nsound : f.ndirect;
		if (ear)
			buf_char(&b, '|');
		if (n)
			NEED_OK(see(&c, &(struct see){ .type = "party", .ids = ids, .nids = n, .oldest = true }, &s));
		for (size_t i = 0; n && i < s.n; i++) {
			struct ctx in;
			ctx_at(p, &in, &actor_system);
			NEED_OK(ctx_read(&in));
			struct str name = rec_str(&in, s.r[i], "name");
			buf_printf(&b, "%.*s ", (int)name.n, name.p);
		}
	}
	return arena_cstr(p->a, buf_view(&b));
}
#define FINDS(w, typed, want) do { const char *got_ = finds(p, w, typed); if (strcmp(got_, want) != 0) { test_bad++; printf("# %s: \"%s\", not \"%s\"\n", typed, got_, want); } } while (0)

TEST(by_name_part_pinyin_initials_and_ear)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	party(p, k, "王小明");
	party(p, k, "王晓明");
	party(p, k, "欧阳春华");
	party(p, k, "单雪");
	party(p, k, "吕丽");
	party(p, k, "古丽·买买提");
	NEED_OK(names_follow(p->app, &p->f));
	FINDS(MEIW, "王小明", "王小明 |王晓明 ");
	FINDS(MEIW, "小明", "王小明 |王晓明 ");
	FINDS(MEIW, "王", "王小明 王晓明 |");
	FINDS(MEIW, "汪小名", "|王小明 王晓明 ");
	FINDS(MEIW, "wangxiaoming", "王小明 王晓明 |");
	FINDS(MEIW, "Wang Xiao Ming", "王小明 王晓明 |");
	FINDS(MEIW, "wxm", "王小明 王晓明 |");
	FINDS(MEIW, "wangxm", "王小明 王晓明 |");
	FINDS(MEIW, "xiaom", "王小明 王晓明 |");
	FINDS(MEIW, "oych", "欧阳春华 |");
	FINDS(MEIW, "春华", "欧阳春华 |");
	FINDS(MEIW, "shan", "单雪 |");      /* as a surname */
	FINDS(MEIW, "danxue", "单雪 |");    /* as it is read elsewhere */
	FINDS(MEIW, "lvl", "吕丽 |");
	FINDS(MEIW, "古丽买", "古丽·买买提 |");
	FINDS(MEIW, "wxx", "|");
	FINDS(MEIW, "王小明明", "|");
	FINDS(MEIW, "赵", "|");
	/* What is no name is not looked for. */
	FINDS(MEIW, "19900000001", "|");
	FINDS(MEIW, "王%", "|");
	city_close(p);
}

static enum err shut_out(struct ctx *c, void *arg)
{
	struct rec src = { .id = 778 };
	return access_put(c, &src, MEI, *(int64_t *)arg, ACCESS_OUT, 0, ACCESS_EVER);
}

TEST(what_is_not_hers_is_not_there)
{
	struct city here, *p = &here;
	struct ctx c;
	struct names_found f;
	int64_t n = -1;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	party(p, k, "王小明");
	NEED_OK(names_follow(p->app, &p->f));
	FINDS(MEIW, "王小明", "王小明 |");
	/* Another mediator; the federation above, who sees the party masked and must not learn its name by guessing; a leader; a citizen. */
	FINDS(who(ROLE_MEDIATOR, COMM, 41, p->studio), "王小明", "|");
	FINDS(CITYW, "王小明", "|");
	FINDS(CITYW, "wxm", "|");
	FINDS(who(ROLE_LEADER, CITY, 42, p->fed), "王小明", "|");
	FINDS(who(ROLE_CITIZEN, "", 0, 0), "王小明", "|");
	/* Nor does a count tell. */
	struct actor w = CITYW;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(names_find(&c, &party_type, STR("王小明"), &f));
	NEED_OK(see_count(&c, &(struct see){ .type = "party", .ids = f.direct, .nids = f.ndirect }, 100, &n));
	CHECK_INT(n, 0);
	/* An empty list of ids is no list of all. */
	struct seen s;
	NEED_OK(see(&c, &(struct see){ .type = "party", .ids = f.direct, .nids = 0 }, &s));
	CHECK_INT(s.n, 0);
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, shut_out, &k));
	FINDS(MEIW, "王小明", "|");
	city_close(p);
}

struct other { struct app *app; struct fault f; };

TEST(it_follows_what_is_written_here_and_elsewhere)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	int64_t id = party(p, k, "王小明");
	CHECK(!names_ready(p->app));
	NEED_OK(names_follow(p->app, &p->f));
	CHECK(names_ready(p->app));
	/* Her own change at once. */
	NEED_OK(DO(MEIW, "party", "edit", id, IN("name", "赵小红")));
	FINDS(MEIW, "王小明", "|");
	FINDS(MEIW, "zxh", "赵小红 |");
	/* Another process on the same data. */
	struct app_options o = { .data_dir = p->dir, .store_url = engine_url(p->a) };
	struct other b = { 0 };
	enum err e = app_open(&o, types, &b.app, &b.f);
	if (e != OK)
		printf("# %s\n", b.f.detail);
	NEED(e == OK);
	struct city far = *p;
	far.app = b.app;
	struct city *mine = p;
	p = &far;
	NEED_OK(ADD(MEIW, "party", k, NULL, IN("side", "b"), IN("name", "孙大海")));
	p = mine;
	FINDS(MEIW, "孙大海", "孙大海 |");
	app_close(b.app);
	/* What was rolled back never was. */
	CHECK_ERR(ADD(MEIW, "party", k, NULL, IN("side", "b"), IN("name", "钱多多"), IN("phone", "abc")), ERR_INVALID);
	FINDS(MEIW, "钱多多", "|");
	city_close(p);
}

struct ending { int64_t id; };
static enum err end_it(struct ctx *c, void *arg)
{
	int64_t keys;
	TRY(shred(c, "case", ((struct ending *)arg)->id, &keys));
	return journal_note(c, "shred", "case", ((struct ending *)arg)->id, "ok", STR("{}"));
}

/* Straight into the memory: system sees all. */
TEST(what_was_destroyed_leaves_it)
{
	struct city here, *p = &here;
	struct ctx c;
	struct names_found f;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	party(p, k, "王小明");
	NEED_OK(names_follow(p->app, &p->f));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(names_find(&c, &party_type, STR("王小明"), &f));
	CHECK_INT(f.ndirect, 1);
	struct ending x = { k };
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, end_it, &x));
	NEED_OK(ctx_read(&c));
	NEED_OK(names_find(&c, &party_type, STR("王小明"), &f));
	CHECK_INT(f.ndirect, 0);
	city_close(p);
}

/* A clue that was taken down by ear. */
TEST(a_clue_is_linked_by_sound)
{
	struct city here, *p = &here;
	struct done a, b;
	struct ctx c;
	struct same same[20];
	size_t n;
	city_open(p);
	NEED_OK(run(p, CITYW, &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), .org = p->fed, INPUTS(IN("source", "visit"), IN("text", "夫妻争吵"), IN("party_a_name", "王小明")) }, &a));
	NEED_OK(run(p, CITYW, &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), .org = p->fed, INPUTS(IN("source", "visit"), IN("text", "邻居听见吵闹"), IN("party_a_name", "王晓鸣")) }, &b));
	NEED_OK(names_follow(p->app, &p->f));
	struct actor w = CITYW;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	struct rec *r;
	NEED_OK(see_one(&c, "clue", a.id, &r));
	NEED_OK(sense_same_people(&c, r, same, ARRAY_LEN(same), &n));
	CHECK_INT(n, 1);
	CHECK(n == 1 && same[0].clue == b.id && same[0].why == SAME_SOUND);
	city_close(p);
}
