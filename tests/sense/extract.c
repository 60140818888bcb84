/* What is found in narratives, where, and how it is meant; any bytes at all lead back to the text they came from. */
#include "../test.h"
#include "base/clock.h"
#include "sense/extract.h"

static int32_t told(void)
{
	return day_make(2026, 11, 26);
}

static struct extracts read_text(struct arena *a, struct str s)
{
	static const char *const names[] = { "梅李镇", "桥头村", "梅李", "桥" };
	struct str n[ARRAY_LEN(names)];
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		n[i] = str_of(names[i]);
	struct extract_places *p = extract_places_new(n, ARRAY_LEN(n));
	struct extracts x;
	extract_text(a, s, told(), p, &x);
	extract_places_free(p);
	return x;
}

struct want { struct str kind, words, value, state; int64_t number; };

/* kind:words[=value][/state][#number] */
static struct want want_of(struct str s)
{
	struct want w = { .number = -1 };
	ptrdiff_t at;
	w.kind = str_cut(s, ':', &s);
	if ((at = str_find(s, STR("#"))) >= 0) {
		struct str n = { s.p + at + 1, s.n - (size_t)at - 1 };
		NEED(str_int(n, &w.number));
		s.n = (size_t)at;
	}
	if ((at = str_find(s, STR("/"))) >= 0) {
		w.state = (struct str){ s.p + at + 1, s.n - (size_t)at - 1 };
		s.n = (size_t)at;
	}
	if ((at = str_find(s, STR("="))) >= 0) {
		w.value = (struct str){ s.p + at + 1, s.n - (size_t)at - 1 };
		s.n = (size_t)at;
	}
	w.words = s;
	return w;
}

static bool answers(struct str text, const struct extract *e, const struct want *w)
{
	struct str words = { text.p + e->from, e->to - e->from };
	const char *kind = e->kind == EXTRACT_NICKNAME ? "nick" : extract_kind_name(e->kind);
	return str_is(w->kind, kind) && str_eq(words, w->words) && (!w->value.p || str_eq(w->value, e->value)) &&
	       (!w->state.p || str_is(w->state, extract_state_name(e->state))) && (w->number < 0 || w->number == e->number);
}

struct score { int texts, found, missed, wrong; };

static void judge(struct arena *a, struct str line, struct score *y)
{
	bool used[64] = { false };
	struct str rest, text = str_cut(line, '\t', &rest);
	struct extracts x = read_text(a, text);
	NEED(x.n <= ARRAY_LEN(used));
	y->texts++;
	while (rest.n) {
		struct want w = want_of(str_cut(rest, '\t', &rest));
		size_t i = 0;
		while (i < x.n && (used[i] || !answers(text, &x.v[i], &w)))
			i++;
		if (i == x.n) {
			y->missed++;
			printf("# missed %.*s:%.*s in %.*s\n", (int)w.kind.n, w.kind.p, (int)w.words.n, w.words.p, (int)text.n, text.p);
		} else {
			used[i] = true;
			y->found++;
		}
	}
	for (size_t i = 0; i < x.n; i++) {
		if (used[i])
			continue;
		const struct extract *e = &x.v[i];
		y->wrong++;
		printf("# not asked for %s:%.*s=%.*s/%s#%lld in %.*s\n", extract_kind_name(e->kind), (int)(e->to - e->from), text.p + e->from, (int)e->value.n,
		       e->value.p, extract_state_name(e->state), (long long)e->number, (int)text.n, text.p);
	}
}

TEST(narratives_give_what_is_in_them)
{
	ARENA a = arena_new(0);
	const char *src = getenv("XA_SRC");
	struct score y = { 0 };
	FILE *in = fopen(arena_printf(a, "%s/tests/sense/extract.tsv", src ? src : "."), "r");
	NEED(in);
	char line[2000];
	while (fgets(line, sizeof line, in))
		if (*line != '#')
			judge(a, arena_str(a, (struct str){ line, strcspn(line, "\n") }), &y);
	fclose(in);
	double precision = (double)y.found / (y.found + y.wrong), recall = (double)y.found / (y.found + y.missed);
	printf("# %d texts: found %d, missed %d, not asked for %d; precision %.3f, recall %.3f\n", y.texts, y.found, y.missed, y.wrong, precision, recall);
	CHECK(y.texts >= 60);
	CHECK(precision >= 0.97);
	CHECK(recall >= 0.97);
}

TEST(sex_and_whose_kin)
{
	ARENA a = arena_new(0);
	struct extracts x = read_text(a, STR("我老公王强打我,她丈夫不管"));
	NEED(x.n == 3);
	CHECK_INT(x.v[0].sex, 1);
	CHECK_INT(x.v[1].sex, 1);
	CHECK(!x.v[0].other && x.v[2].other);
}

/* Whatever was pasted: the places are in order, inside the text, whole characters, never one upon another. */
static void is_sound(struct str s)
{
	ARENA a = arena_new(0);
	struct extracts x = read_text(a, s);
	for (size_t i = 0; i < x.n; i++) {
		CHECK(x.v[i].from < x.v[i].to && x.v[i].to <= s.n);
		CHECK(i == 0 || x.v[i - 1].to <= x.v[i].from);
		CHECK(utf8_valid((struct str){ s.p + x.v[i].from, x.v[i].to - x.v[i].from }));
	}
}

TEST(any_text_is_read)
{
	static const char *const parts[] = { "老公", "13812345678", "三天前", "😭", "<b>", "</", "2026-1", "-", "2026.3.", "11010519491231002X", "小区", "阳光", "万", "十", "3幢",
					     "501室", "叫", "王", "强", "拿菜刀", "。", " ", "\n", "岁", "個", "２．５万", "①", "㎡", "梅李镇", "http://", "年前", "1,200", "〇", "99999999999999", "年", "月",
					     "\xE2\x80\x8B", "老", "某" };
	struct rng r = { 7 };
	for (int round = 0; round < 400; round++) {
		BUF_AUTO b = BUF(1 << 16);
		for (int i = 0; i < (round < 20 ? 1500 : 20); i++)
			buf_cstr(&b, parts[rng_next(&r) % ARRAY_LEN(parts)]);
		is_sound(buf_view(&b));
	}
	is_sound(STR(""));
}

TEST(more_than_fits_says_so)
{
	ARENA a = arena_new(0);
	BUF_AUTO b = BUF(1 << 16);
	for (int i = 0; i < EXTRACT_MOST + 5; i++)
		buf_cstr(&b, "老公、");
	struct extracts x = read_text(a, buf_view(&b));
	CHECK_INT(x.n, EXTRACT_MOST);
	CHECK(x.cut);
}
