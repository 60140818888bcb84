#include "../test.h"
#include <pthread.h>
#include "text/text.h"

TEST(patterns_find_the_longest)
{
	ARENA a = arena_new(0);
	struct pattern list[] = { { 7, "打.{0,6}(我|孩子)" }, { 9, "刀+" }, { 3, "孩子" } };
	struct patterns *p;
	NEED_OK(patterns_compile(list, 3, &p, NULL));
	struct hit *h;
	size_t n;
	struct str s = STR("他打我打孩子，拿刀刀，打了孩子");
	patterns_scan(p, a, s, &h, &n);
	NEED(n == 5);
	CHECK_INT(h[0].id, 7);
	CHECK_STR(((struct str){ s.p + h[0].from, h[0].to - h[0].from }), "打我打孩子");
	CHECK_INT(h[1].id, 3);
	CHECK_INT(h[2].id, 9);
	CHECK_INT(h[2].to - h[2].from, 6);
	patterns_scan(p, a, STR(""), &h, &n);
	CHECK_INT(n, 0);
	patterns_scan(p, a, (struct str){ "\xFF\xE5刀\xE4", 6 }, &h, &n);
	NEED(n == 1);
	CHECK_INT(h[0].from, 2);
	patterns_free(p);
}

TEST(patterns_never_overlap_themselves)
{
	ARENA a = arena_new(0);
	/* 1: longer ones of the same start; 2: a long one that swallows two short ones seen before it; 3: begins inside another */
	static const struct pattern list[] = { { 1, "刀|刀架|刀架在脖子上" }, { 2, "我|他|我和他一起走" }, { 3, "ab|bcd" } };
	struct patterns *p;
	NEED_OK(patterns_compile(list, 3, &p, NULL));
	struct hit *h;
	size_t n;
	struct str s = STR("刀架在脖子上。我和他一起走。他。abcd刀");
	patterns_scan(p, a, s, &h, &n);
	static const struct { uint32_t id; const char *text; } want[] = {
		{ 1, "刀架在脖子上" }, { 2, "我和他一起走" }, { 2, "他" }, { 3, "ab" }, { 1, "刀" } };
	CHECK_INT(n, ARRAY_LEN(want));
	for (size_t i = 0; i < n && i < ARRAY_LEN(want); i++) {
		CHECK_INT(h[i].id, want[i].id);
		CHECK_STR(((struct str){ s.p + h[i].from, h[i].to - h[i].from }), want[i].text);
	}
	patterns_free(p);
}

TEST(a_broken_pattern_is_named)
{
	struct pattern list[] = { { 4, "好" }, { 17, "坏(" } };
	struct patterns *p;
	struct fault f = { 0 };
	CHECK_ERR(patterns_compile(list, 2, &p, &f), ERR_INVALID);
	CHECK(strcmp(f.arg, "17") == 0);
	CHECK_ERR(patterns_compile(list, 0, &p, &f), ERR_INVALID);
	patterns_free(NULL);
}

static void *scan_much(void *arg)
{
	for (int i = 0; i < 200; i++) {
		ARENA a = arena_new(0);
		struct hit *h;
		size_t n;
		patterns_scan(arg, a, STR("他打了我，又打孩子"), &h, &n);
		if (n != 2)
			return arg;
	}
	return NULL;
}

TEST(patterns_serve_many_threads)
{
	struct pattern list[] = { { 1, "打.{0,2}(我|孩子)" } };
	struct patterns *p;
	NEED_OK(patterns_compile(list, 1, &p, NULL));
	pthread_t t[4];
	for (int i = 0; i < 4; i++)
		NEED(pthread_create(&t[i], NULL, scan_much, p) == 0);
	for (int i = 0; i < 4; i++) {
		void *bad;
		pthread_join(t[i], &bad);
		CHECK(!bad);
	}
	patterns_free(p);
}

static const char *const labels[] = { "family", "noise" };
static const char *const words[][6] = { { "丈夫打人", "妻子离婚", "孩子抚养", "婆媳吵架", "老公出轨", "彩礼退还" },
					{ "工地噪音", "楼上装修", "广场舞扰民", "夜间施工", "喇叭太响", "机器轰鸣" } };

static struct buf trained(uint32_t seed)
{
	static char text[120][64];
	static uint8_t y[120][2];
	static struct sample s[120];
	for (int i = 0; i < 120; i++) {
		int k = i / 7 % 2;
		snprintf(text[i], sizeof text[i], "%s%s", words[k][i % 6], words[k][(i * 5 + 1) % 6]);
		y[i][0] = k == 0;
		y[i][1] = k == 1;
		s[i] = (struct sample){ str_of(text[i]), y[i], (uint32_t)i };
	}
	struct train_options o = { .bits = 12, .c = 1, .seed = seed, .epochs = 50 };
	struct buf b;
	NEED_OK(model_train(labels, 2, s, 120, &o, &b, NULL));
	return b;
}

TEST(training_gives_the_same_bytes)
{
	BUF_AUTO a = trained(5);
	BUF_AUTO b = trained(5);
	CHECK(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
}

TEST(model_tells_apart_and_says_why)
{
	BUF_AUTO b = trained(5);
	struct model *m;
	NEED_OK(model_load(buf_view(&b), &m, NULL));
	CHECK_INT(model_labels(m), 2);
	CHECK(strcmp(model_label(m, 1), "noise") == 0);
	double p[2];
	model_score(m, STR("丈夫出轨离婚"), p);
	CHECK(p[0] > model_threshold(m, 0) && p[1] < model_threshold(m, 1));
	model_score(m, STR("夜间装修噪音"), p);
	CHECK(p[1] > model_threshold(m, 1) && p[0] < model_threshold(m, 0));
	model_score(m, STR(""), p);
	struct str t = STR("昨天,丈夫");
	float w[64];
	model_explain(m, 0, t, w);
	CHECK(w[7] > 0 && w[7] > w[0]);
	model_free(m);
	model_free(NULL);
}

TEST(a_damaged_model_is_refused)
{
	BUF_AUTO b = trained(5);
	struct model *m;
	for (size_t n = 0; n < b.n; n += n < 100 ? 1 : 97)
		CHECK_ERR(model_load((struct str){ b.p, n }, &m, NULL), ERR_INVALID);
	struct train_options o = { .bits = 12, .c = 1, .epochs = 50 };
	struct buf none;
	CHECK_ERR(model_train(labels, 2, NULL, 0, &o, &none, NULL), ERR_INVALID);
}

TEST(what_nobody_judged_teaches_nothing)
{
	/* the second label knows only the first twenty; the others say the contrary of it and must not be heard */
	static const uint8_t yes[] = { 1, 1 }, no[] = { 0, 0 }, yes_unknown[] = { 1, SAMPLE_UNKNOWN };
	static const char *const names[] = { "a", "b" };
	struct sample s[60];
	for (int i = 0; i < 60; i++)
		s[i] = i < 20 ? (i % 2 ? (struct sample){ STR("甲乙"), yes, (uint32_t)i } : (struct sample){ STR("丙丁"), no, (uint32_t)i }) : (struct sample){ STR("丙丁"), yes_unknown, (uint32_t)i };
	struct train_options o = { .bits = 10, .c = 1, .seed = 1, .epochs = 30 };
	struct buf b = { 0 };
	struct model *m;
	NEED_OK(model_train(names, 2, s, 60, &o, &b, NULL));
	NEED_OK(model_load(buf_view(&b), &m, NULL));
	double p[2];
	model_score(m, STR("丙丁"), p);
	CHECK(p[0] > 0.5 && p[1] < 0.5);
	model_free(m);
	buf_free(&b);
}

/* Going on from a model: what was judged wrong turns, what was right stays, and nothing learned leaves it as it was. */
TEST(a_model_goes_on_from_what_it_was)
{
	static const uint8_t family[] = { 1, 0 }, noise[] = { 0, 1 };
	const struct sample wrong[] = { { STR("夜间丈夫装修噪音"), family, 0 }, { STR("丈夫出轨离婚"), family, 1 }, { STR("夜间装修噪音"), noise, 2 } };
	struct train_options o = { .c = 1, .seed = 7, .epochs = 60 };
	BUF_AUTO b = trained(5);
	struct buf x = { 0 }, y = { 0 };
	struct model *was, *is;
	double p[2], q[2];
	NEED_OK(model_tune(buf_view(&b), wrong, 3, &o, &x, NULL));
	NEED_OK(model_tune(buf_view(&b), wrong, 3, &o, &y, NULL));
	CHECK(x.n == y.n && memcmp(x.p, y.p, x.n) == 0);
	NEED_OK(model_load(buf_view(&b), &was, NULL));
	NEED_OK(model_load(buf_view(&x), &is, NULL));
	CHECK(model_labels(is) == 2 && model_threshold(is, 0) == model_threshold(was, 0));
	model_score(was, wrong[0].text, p);
	model_score(is, wrong[0].text, q);
	CHECK(p[0] < model_threshold(was, 0) && q[0] > model_threshold(is, 0) && q[1] < p[1]);
	model_score(is, wrong[1].text, q);
	CHECK(q[0] > model_threshold(is, 0) && q[1] < model_threshold(is, 1));
	model_score(is, wrong[2].text, q);
	CHECK(q[1] > model_threshold(is, 1) && q[0] < model_threshold(is, 0));
	buf_free(&y);
	/* What it answers by itself with room to spare moves nothing: the same bytes. */
	const struct sample sure[] = { { STR("物业"), (const uint8_t[]){ SAMPLE_UNKNOWN, SAMPLE_UNKNOWN }, 0 } };
	NEED_OK(model_tune(buf_view(&b), sure, 1, &o, &y, NULL));
	CHECK(y.n == b.n && memcmp(y.p, b.p, b.n) == 0);
	buf_free(&y);
	CHECK_ERR(model_tune(STR("XAM2"), wrong, 3, &o, &y, NULL), ERR_INVALID);
	CHECK_ERR(model_tune(buf_view(&b), wrong, 0, &o, &y, NULL), ERR_INVALID);
	model_free(was);
	model_free(is);
	buf_free(&x);
}
