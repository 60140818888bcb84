#include "../test.h"
#include "text/text.h"

static bool sign(struct arena *a, struct str s, struct minhash *ret)
{
	return minhash_of(text_normalise(a, s).text, ret);
}

static bool same(const char *x, const char *y)
{
	ARENA a = arena_new(0);
	struct minhash m, n;
	NEED(sign(a, str_of(x), &m) && sign(a, str_of(y), &n));
	CHECK(minhash_same(&m, &n) == minhash_same(&n, &m));
	return minhash_same(&m, &n);
}

TEST(a_signature_is_the_same_in_every_version)
{
	ARENA a = arena_new(0);
	struct minhash m;
	int64_t k[MINHASH_BANDS];
	NEED(sign(a, STR("楼上那家又打起来了，孩子在哭，谁去看看"), &m));
	minhash_keys(&m, k);
	CHECK_INT(m.letters, 17);
	CHECK_INT(m.v[0], 4486);
	CHECK_INT(m.v[MINHASH_N - 1], 37580);
	CHECK_INT(k[0], INT64_C(6704517662173051416));
	for (size_t i = 0; i < MINHASH_BANDS; i++)
		CHECK(k[i] >= 0);
}

TEST(what_hides_a_text_does_not_make_it_another)
{
	const char *text = "楼上那家又打起来了，孩子在哭，谁去看看";
	CHECK(same(text, "楼 上 那 家 又 打 起 来 了 孩 子 在 哭 谁 去 看 看"));
	CHECK(same(text, "楼\xE2\x80\x8B上那家\xE2\x80\x8B又打起来了，，，孩子在哭!!! 谁去看看 123"));
	CHECK(same(text, "樓上那家又打起來了，孩子在哭，誰去看看"));
	CHECK(same(text, "😭😭楼上那家又打起来了😭孩子在哭🙏谁去看看😭"));
	CHECK(same(text, "转：楼上那家又打起来了，孩子在哭，谁去看看"));
	CHECK(same("ＨＥＬＰ ｍｙ ｎｅｉｇｈｂｏｕｒ", "help my neighbour"));
}

/* Two women's words are near each other when both are short; neither may be put under the other's. */
TEST(short_words_of_two_people_are_two_stories)
{
	CHECK(!same("我被老公打了我该怎么办", "我被老公打了孩子也被他打了"));
	CHECK(!same("老公打我我想离婚怎么办", "老公打我报警有用吗怎么办"));
	CHECK(!same("有人被老公打了不敢回家吗", "我现在被老公打了不敢回家在楼下"));
	CHECK(!same("我被老公打了我该怎么办", "看到有人问我被老公打了我该怎么办，大家都说快报警，可是派出所来了只说是家务事，走了以后打得更凶"));
	/* A long text that holds all of a short one says more than it. */
	CHECK(!same("昨天晚上隔壁那家又吵起来了女的一直在哭喊救命孩子也在哭", "昨天晚上隔壁那家又吵起来了女的一直在哭喊救命孩子也在哭后来没有声音了我敲门没有人开门请你们派人去看一看"));
	CHECK(same("我被老公打了我该怎么办", "我被老公打了我该怎么办啊"));
}

TEST(what_says_nothing_has_no_signature)
{
	ARENA a = arena_new(0);
	struct minhash m;
	CHECK(!sign(a, STR(""), &m));
	CHECK(!minhash_of((struct str){ 0 }, &m));
	CHECK(!sign(a, STR("转发微博转发微"), &m));
	CHECK(sign(a, STR("转发微博转发微博"), &m));
	CHECK(!sign(a, STR("😭😭😭😭😭😭😭😭😭😭😭😭"), &m));
	CHECK(!sign(a, STR("138 1234 5678 400-123-4567"), &m));
	CHECK(!minhash_of(STR("\xFF\xE5\x88\xE4\xF0\x9F"), &m));
	CHECK(sign(a, STR("བོད་ཡིག་དང་རྒྱ་ཡིག家暴ئۇيغۇرچەhelp"), &m));
	CHECK(same("aaaaaaaa", "aaaaaaaaa"));
}

TEST(of_a_text_without_end_its_beginning_counts)
{
	ARENA a = arena_new(0);
	size_t n = (size_t)8 << 20;
	char *p = arena_alloc(a, n);
	uint32_t x = 1;
	for (size_t i = 0; i + 3 <= n; i += 3) {
		x = x * 1664525 + 1013904223;
		utf8_put(p + i, 0x4E00 + (x >> 16) % 5000);
	}
	struct minhash m, t;
	NEED(minhash_of((struct str){ p, n / 3 * 3 }, &m));
	CHECK_INT(m.letters, MINHASH_LETTERS);
	NEED(minhash_of((struct str){ p, MINHASH_LETTERS * 3 }, &t));
	CHECK(memcmp(&m, &t, sizeof m) == 0);
}

/* ---- stories ------------------------------------------------------------------------------------------------------ */

static uint32_t roll(uint32_t *x, uint32_t n)
{
	*x = *x * 1664525 + 1013904223;
	return (*x >> 8) % n;
}

/* letters of a text made by chance; percent of them changed. */
static struct str made(struct arena *a, uint32_t text, size_t letters, uint32_t percent, uint32_t *x)
{
	char *p = arena_alloc(a, letters * 4 + 1), *o = p;
	uint32_t t = text * 2654435761u + 1;
	for (size_t i = 0; i < letters; i++) {
		uint32_t cp = 0x4E00 + roll(&t, 3000);
		if (roll(x, 100) < percent)
			cp = 0x4E00 + roll(x, 3000);
		o += utf8_put(o, cp);
	}
	return (struct str){ p, (size_t)(o - p) };
}

TEST(of_copies_with_one_letter_in_ten_changed_ninety_six_in_a_hundred_are_found)
{
	enum { N = 2000 };
	struct fold *f = fold_new(N);
	uint32_t x = 7;
	int found = 0, wrong = 0;
	for (uint32_t i = 0; i < N; i++) {
		ARENA a = arena_new(0);
		struct minhash m;
		NEED(minhash_of(made(a, i, 20 + i % 60, 0, &x), &m));
		CHECK_INT(fold_find(f, &m), 0);
		fold_put(f, &m, i + 1);
	}
	for (uint32_t i = 0; i < N; i++) {
		ARENA a = arena_new(0);
		struct minhash m;
		NEED(minhash_of(made(a, i, 20 + i % 60, 10, &x), &m));
		int64_t story = fold_find(f, &m);
		found += story == i + 1;
		wrong += story && story != i + 1;
	}
	CHECK(found >= N * 96 / 100);
	CHECK_INT(wrong, 0);
	fold_free(f);
}

TEST(old_stories_are_forgotten_and_never_taken_for_new_ones)
{
	struct fold *f = fold_new(100);          /* 128 */
	uint32_t x = 7;
	for (uint32_t i = 0; i < 1000; i++) {
		ARENA a = arena_new(0);
		struct minhash m;
		NEED(minhash_of(made(a, i, 40, 0, &x), &m));
		CHECK_INT(fold_find(f, &m), 0);
		fold_put(f, &m, i + 1);
		for (uint32_t k = i >= 200 ? i - 200 : 0; k <= i; k += 8) {
			NEED(minhash_of(made(a, k, 40, 0, &x), &m));
			CHECK_INT(fold_find(f, &m), i - k < 128 ? k + 1 : 0);
		}
	}
	fold_free(f);
	fold_free(NULL);
}

/* Somebody sends ten thousand texts that all begin alike: each look-up compares a few hundred at most, other stories stay to be found. */
TEST(a_flood_of_like_texts_hides_no_other)
{
	struct fold *f = fold_new((size_t)1 << 14);
	uint32_t x = 7;
	ARENA a = arena_new(0);
	struct minhash m, flood;
	NEED(minhash_of(made(a, 1, 60, 0, &x), &m));
	fold_put(f, &m, 1);
	for (int64_t i = 0; i < 10000; i++) {
		ARENA b = arena_new(0);
		NEED(minhash_of(made(b, 2, 60, 3, &x), &flood));
		fold_put(f, &flood, 2 + i);
	}
	CHECK_INT(fold_find(f, &m), 1);
	CHECK(fold_find(f, &flood) > 1);
	CHECK(fold_steps(f) > MINHASH_BANDS && fold_steps(f) <= FOLD_STEPS);
	fold_free(f);
}
