/* Learning from corrections: a version is made in place, compared on what it never saw, put in force by a second person, taken back in one step; open danger lost is
 * never offered; what was destroyed teaches nothing. */
#include "../desk/site.h"
#include "record/keystore.h"
#include "sense/learn_inner.h"

#define ANNA2 who(ROLE_CITY, CITY, 31, p->fed)

/* Spouses in accidents and cells: some of these the shipped model takes for a family's. */
static const char *const who_of[] = { "老公在工地摔伤", "丈夫下班路上被车撞了", "老婆在厂里被机器压了手", "我老公被拘留了", "丈夫酒驾被抓", "老公被公司辞退", "妻子住院医院误诊", "儿子在学校被同学推倒", "老公借钱给朋友不还", "丈夫买的期房烂尾" };
static const char *const asks[] = { "孩子还小我没有收入", "家属能去探望吗", "要坐牢多久", "想咨询一下", "能赔多少", "要请律师吗", "单位不给申报工伤", "包工头不赔钱怎么办" };

static enum err set_least(struct ctx *c, void *arg)
{
	(void)arg;
	return db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('learn.least', '8', 0) ON CONFLICT (name) DO NOTHING", NOARGS, NULL);
}

static int64_t heard(struct city *p, const char *text)
{
	struct done d;
	NEED_OK(ADD(COMMW, "clue", 0, &d, IN("source", "grid"), IN("text", text)));
	return d.id;
}

static void corrected(struct city *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t id = heard(p, arena_printf(p->a, "%s，%s", who_of[i % 10], asks[i / 10 % 8]));
		NEED_OK(DO(COMMW, "clue", "confirm", id, IN("family", "0"), IN("note", "不是家庭纠纷")));
	}
}

static struct rec *made(struct city *p, struct done *d)
{
	struct ctx c;
	NEED_OK(ADD(CITYW, "model", 0, d, IN("why", "邻里噪声常被误判")));
	ctx_at(p, &c, &actor_system);
	NEED_OK(learn_job(&c, arena_fmt(p->a, "%lld", (long long)d->id)));
	return get(p, "model", d->id);
}

static bool says_family(struct city *p, const char *text, int64_t version)
{
	struct ctx c;
	struct sense_verdict v;
	struct fault f = { 0 };
	NEED_OK(learn_refresh(p->app, &f));
	CHECK_INT(sense_judge_version(p->app->triage).model, version);
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	const struct sense_judge *j = p->app->triage;
	NEED_OK(j->run(j, &c, str_of(text), &v));
	return v.score >= 500;
}

static void open_with_judge(struct city *p)
{
	struct ctx c;
	city_fast = true;
	city_open(p);
	p->app->triage = sense_judge_new();
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, set_least, NULL));
}

static void close_with_judge(struct city *p)
{
	sense_judge_free(p->app->triage);
	p->app->triage = NULL;
	city_close(p);
}

static int64_t in_force(struct city *p)
{
	struct ctx c;
	int64_t id;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(learn_in_force(&c, &id));
	return id;
}

#define FIGURES "{\"held\":40,\"changed\":6,\"was\":{\"tp\":18,\"fp\":6,\"fn\":2,\"urgent\":5,\"found\":5,\"calm\":35,\"alarms\":3},\"is\":{\"tp\":18,\"fp\":1,\"fn\":2,\"urgent\":5,\"found\":5,\"calm\":35,\"alarms\":2}," \
		"\"groups\":[{\"by\":0,\"key\":\"320582100\",\"n\":30,\"changed\":6},{\"by\":1,\"key\":\"2\",\"n\":25,\"changed\":5},{\"by\":2,\"key\":\"*\",\"n\":40,\"changed\":6}]}"
/* A version of one lesson, brought to the second person as the job does. */
static void staged(struct city *p, const char *text, struct done *d)
{
	const struct train_case one[] = { { .text = str_of(text), .family = 0, .urgent = SAMPLE_UNKNOWN } };
	struct ctx c;
	struct str base;
	int64_t id = in_force(p);
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(learn_weights(&c, id, &base));
	struct buf w = { 0 };
	NEED_OK(train_more(base, one, 1, &w, NULL));
	BUF_AUTO hex = BUF((size_t)16 << 20);
	hex_put(&hex, w.p, w.n);
	buf_free(&w);
	NEED_OK(ADD(CITYW, "model", 0, d, IN("why", "误判")));
	NEED_OK(run(p, actor_system, &(struct act){ .type = "model", .verb = "train", .id = d->id, INPUTS(IN("based", id ? num(p, id) : ""), IN("figures", FIGURES), { STR("weights"), buf_view(&hex) }) }, NULL));
	NEED_OK(DO0(actor_system, "model", "offer", d->id));
}

TEST(put_in_force_by_another_and_taken_back_in_one_step)
{
	struct city here, *p = &here;
	struct done d, e;
	const char *noise = "我老公昨天被拘留了，孩子还小，家属能去探望吗", *ours = "老公出轨被我发现了，想离婚，孩子怎么办";
	open_with_judge(p);
	CHECK(says_family(p, noise, 0) && says_family(p, ours, 0));
	staged(p, noise, &d);
	/* Nothing is in force yet; nor by her who asked; nor a second one beside it. */
	CHECK(says_family(p, noise, 0));
	CHECK_ERR(ADD(CITYW, "model", 0, &e, IN("why", "再训练")), ERR_STATE);
	CHECK_ERR(DO(CITYW, "model", "use", d.id, IN("reason", "比对更好")), ERR_DENIED);
	CHECK_ERR(DO(TOWNW, "model", "use", d.id, IN("reason", "比对更好")), ERR_NOT_FOUND);
	CHECK_ERR(DO(ANNA2, "model", "use", d.id, IN("reason", "")), ERR_INVALID);
	NEED_OK(DO(ANNA2, "model", "use", d.id, IN("reason", "比对更好")));
	CHECK_INT(in_force(p), d.id);
	CHECK(says_family(p, ours, d.id));
	CHECK_INT(rec_int(get(p, "model", d.id), "decider"), 31);
	/* The next one begins at it, and is taken back to it; then to the program's own. */
	staged(p, noise, &e);
	NEED_OK(DO(ANNA2, "model", "use", e.id, IN("reason", "比对")));
	CHECK(rec_in(get(p, "model", d.id), "replaced"));
	NEED_OK(DO(CITYW, "model", "back", e.id, IN("reason", "漏判增多")));
	CHECK(rec_in(get(p, "model", d.id), "used") && rec_in(get(p, "model", e.id), "withdrawn"));
	CHECK(says_family(p, ours, d.id));
	NEED_OK(DO(CITYW, "model", "back", d.id, IN("reason", "漏判增多")));
	CHECK_INT(in_force(p), 0);
	CHECK(says_family(p, noise, 0));
	staged(p, noise, &e);
	NEED_OK(DO(CITYW, "model", "refuse", e.id, IN("reason", "不需要")));
	CHECK(!rec_has(get(p, "model", e.id), "weights"));
	close_with_judge(p);
}

/* Which clues are held out hangs on their ids: either way the count is whole, and what loses open danger is not offered. */
/* Nobody decides without the figures of both beside each other; who may not decide sees none. */
TEST(who_decides_sees_old_and_new)
{
	struct city here, *p = &here;
	struct browser b, town;
	struct done d;
	open_with_judge(p);
	staged(p, "我老公昨天被拘留了，孩子还小，家属能去探望吗", &d);
	browser_open(&b, p);
	browser_login(&b, "city", CITY, p->fed);
	struct str page = browse(&b, arena_printf(p->a, "/model/%lld", (long long)d.id));
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "75.0% (18/24)") && has(page, "94.7% (18/19)") && has(page, "8.6% (3/35)") && has(page, "5.7% (2/35)"));
	CHECK(has(page, "20.0% (6/30)") && has(page, "小组合并") && has(page, "不足一百条"));
	/* The card stands open to every post, and says what is in force; its version is opened by who may. */
	page = browse(&b, "/model-card");
	CHECK(has(page, "初筛模型说明卡") && has(page, "<table>") && has(page, "程序自带</dd>"));
	NEED_OK(DO(ANNA2, "model", "use", d.id, IN("reason", "比对更好")));
	char *link = arena_printf(p->a, "/model/%lld", (long long)d.id);
	CHECK(has(browse(&b, "/model-card"), link));
	browser_open(&town, p);
	browser_login(&town, "town", TOWN, p->town);
	page = browse(&town, "/model-card");
	CHECK_INT(town.last.status, 200);
	CHECK(has(page, "模〔") && !has(page, link));
	(void)browse(&town, arena_printf(p->a, "/model/%lld", (long long)d.id));
	CHECK_INT(town.last.status, 404);
	close_with_judge(p);
}

TEST(made_of_corrections_and_compared)
{
	struct city here, *p = &here;
	struct done d;
	struct ctx c;
	struct learn_figures f;
	open_with_judge(p);
	corrected(p, 40);
	struct rec *r = made(p, &d);
	NEED(rec_in(r, "offered|refused|failed"));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	learn_figures(&c, r, &f);
	printf("# %.*s: %lld corrections, %lld held out, %lld lost\n", (int)r->state.n, r->state.p, (long long)rec_int(r, "corrections"), (long long)f.held, (long long)rec_int(r, "lost"));
	CHECK_INT(rec_int(r, "agreed") + rec_int(r, "corrections") + rec_int(r, "held"), 40);
	CHECK_INT(rec_has(r, "weights"), rec_in(r, "offered"));
	CHECK(!rec_in(r, "offered") || (rec_int(r, "lost") == 0 && f.is.found >= f.was.found && f.held == rec_int(r, "held")));
	close_with_judge(p);
}

TEST(open_danger_is_not_learned_away)
{
	struct city here, *p = &here;
	struct done d;
	open_with_judge(p);
	/* What is found by its wording alone, called harmless again and again. */
	static const char *const wording[] = { "爸爸喝醉了用皮带抽弟弟，弟弟背上都是血印子", "我真的熬够了，药都买好了，今晚就走", "婆娘说要抱着娃跳河，哪个去劝一下", "小女孩才六岁，胳膊上全是烟头烫的疤", "女儿手腕上好多割的口子，问她也不说", "他掐得我快断气了才松手",
		"邻居家小孩大冬天光着脚被关在阳台上哭", "丈夫在屋里倒了汽油，扬言要点火" };
	for (int i = 0; i < 48; i++) {
		const char *s = wording[i % 8];
		int64_t id = heard(p, i < 8 ? s : arena_printf(p->a, "%s。%s", s, wording[(i + i / 8) % 8]));
		CHECK_OK(DO(COMMW, "clue", "confirm", id, IN("family", "0"), IN("grade", "blue"), IN("signals", ""), IN("note", "误报")));
	}
	struct rec *r = made(p, &d);
	printf("# %.*s lost %lld\n", (int)r->state.n, r->state.p, (long long)rec_int(r, "lost"));
	CHECK(rec_int(r, "lost") > 0 && rec_in(r, "refused") && !rec_has(r, "weights"));
	CHECK_STR(r->v[field_at(r->t, "verdict")].s, "danger");
	CHECK_ERR(DO(ANNA2, "model", "use", d.id, IN("reason", "x")), ERR_STATE);
	close_with_judge(p);
}

TEST(too_little_makes_nothing)
{
	struct city here, *p = &here;
	struct done d;
	open_with_judge(p);
	corrected(p, 4);
	struct rec *r = made(p, &d);
	CHECK(rec_in(r, "failed"));
	CHECK_STR(r->v[field_at(r->t, "verdict")].s, "few");
	CHECK_ERR(DO(ANNA2, "model", "use", d.id, IN("reason", "x")), ERR_STATE);
	CHECK_INT(in_force(p), 0);
	close_with_judge(p);
}

struct ending { int64_t clue; };
static enum err end_clue(struct ctx *c, void *arg)
{
	int64_t keys;
	return shred(c, "clue", ((struct ending *)arg)->clue, &keys);
}

TEST(what_was_destroyed_teaches_nothing)
{
	struct city here, *p = &here;
	struct ctx c;
	struct lesson *v;
	struct seen s;
	size_t n;
	open_with_judge(p);
	int64_t two[2];
	for (int i = 0; i < 2; i++) {
		two[i] = heard(p, i ? "我老公被拘留了，家属能去探望吗" : "丈夫买的期房烂尾，孩子还小我没有收入");
		NEED_OK(DO(COMMW, "clue", "confirm", two[i], IN("family", "0"), IN("note", "不是家庭纠纷")));
	}
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(learn_lessons(&c, p->a, &v, &n));
	NEED(n == 2);
	CHECK(v[0].corrected && !v[0].family && v[0].text.n > 0);
	struct ending x = { two[0] };
	p->altered = true;
	NEED_OK(ctx_write(&c, end_clue, &x));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(learn_lessons(&c, p->a, &v, &n));
	CHECK_INT(n, 1);
	NEED_OK(see(&c, &(struct see){ .type = "correction", .oldest = true }, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct str why = rec_str(&c, get(p, "correction", s.r[i]->id), "why");
		CHECK_INT(why.n == 0, rec_int(s.r[i], "clue") == x.clue);
	}
	close_with_judge(p);
}

/* Whatever the counts: no figure of one to four is left, none can be reckoned from the sum, and none is lost from it but a whole that is small. */
TEST(small_groups_are_one)
{
	struct rng g = { 9 };
	for (int round = 0; round < 3000; round++) {
		struct learn_group v[12];
		size_t n = (size_t)rng_range(&g, 1, 12), was = n;
		int64_t all = 0, changed = 0, left = 0, moved = 0, folded = 0;
		for (size_t i = 0; i < n; i++) {
			int64_t k = rng_range(&g, 1, round % 2 ? 30 : 8);
			v[i] = (struct learn_group){ LEARN_TOWN, (struct str){ &"abcdefghijkl"[i], 1 }, k, rng_range(&g, 0, k) };
			all += k;
			changed += v[i].changed;
		}
		learn_fold(v, &n);
		for (size_t i = 0; i < n; i++) {
			CHECK(v[i].n >= 5 && (v[i].changed == 0 || v[i].changed >= 5));
			left += v[i].n;
			moved += v[i].changed;
			folded += str_is(v[i].key, "*");
		}
		CHECK(n <= was && folded <= 1 && (n == 0 || (left == all && moved == changed)));
	}
	/* Each kind of group by itself. */
	struct learn_group two[] = { { LEARN_SEX, STR("2"), 40, 6 }, { LEARN_TOWN, STR("a"), 50, 9 }, { LEARN_SEX, STR("1"), 10, 3 }, { LEARN_SEX, STR(""), 20, 7 } };
	size_t n = 4;
	learn_fold(two, &n);
	NEED(n == 3);
	CHECK(two[0].by == LEARN_TOWN && two[0].n == 50);
	CHECK(str_is(two[1].key, "2") && two[1].n == 40 && str_is(two[2].key, "*") && two[2].n == 30);
}
