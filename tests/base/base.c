#include "../test.h"
#include "base/clock.h"

TEST(strings)
{
	struct str rest;
	CHECK_STR(str_cut(STR("a=b"), '=', &rest), "a");
	CHECK_STR(rest, "b");
	CHECK_STR(str_trim(STR(" \t\xE3\x80\x80张三\xE3\x80\x80\n")), "张三");
	int64_t v;
	CHECK(str_int(STR("-9223372036854775808"), &v) && v == INT64_MIN);
	CHECK(!str_int(STR("9223372036854775808"), &v));
	CHECK(!str_int(STR("-"), &v) && !str_int(STR("1 "), &v) && !str_int(STR(""), &v));
	CHECK_INT(str_find(STR("abc"), STR("c")), 2);
}

TEST(buffer_keeps_its_ceiling)
{
	BUF_AUTO b = BUF(10);
	buf_cstr(&b, "1234567890");
	CHECK(!b.over);
	buf_char(&b, 'x');
	CHECK(b.over);
	CHECK_INT(b.n, 10);
}

TEST(utf8)
{
	CHECK(utf8_valid(STR("𠮷㛃阿卜杜拉·买买提😭")));
	CHECK(!utf8_valid((struct str){ "\xC0\x80", 2 }));
	CHECK(!utf8_valid((struct str){ "\xED\xA0\x80", 3 }));
	CHECK(!utf8_valid((struct str){ "a\0b", 3 }));
	CHECK(!utf8_valid((struct str){ "\xE4\xB8", 2 }));
	CHECK_INT(utf8_count(STR("家庭a")), 3);
	CHECK_STR(utf8_head(STR("家庭纠纷"), 2), "家庭");
}

TEST(json_text)
{
	BUF_AUTO b = BUF(100);
	json_str(&b, (struct str){ "a\"\\\n\x01", 5 });
	CHECK_STR(buf_view(&b), "\"a\\\"\\\\\\n\\u0001\"");
}

TEST(json_or_not)
{
	static const char *const good[] = { "{}", " [ ] ", "0", "-1.5e+10", "\"\"", "null", "[true,false,{\"a\":[1,\"b\\n\\u4e2d\\ud83d\\ude00\"]}]", "{\"家\":\"庭\"}\n" };
	static const char *const bad[] = { "", " ", "{", "[1,]", "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "[1 2]", "01", "1.", ".5", "1e", "-", "+1", "tru", "nulll", "\"", "\"\\x\"",
					   "\"\\u12g4\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"", "\"a\nb\"", "\"\xff\"", "1 1", "[1}", "\"\\" };
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(json_valid(str_of(good[i])) || !printf("# refused: %s\n", good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!json_valid(str_of(bad[i])) || !printf("# taken: %s\n", bad[i]));
	char deep[201];
	for (size_t n = 60; n <= 100; n += 20) {
		memset(deep, '[', n);
		memset(deep + n, ']', n);
		CHECK(json_valid((struct str){ deep, 2 * n }) == (n < 64));
	}
}

TEST(maps_hold_ten_thousand)
{
	ARENA a = arena_new(0);
	struct map *m = map_new(a);
	for (int64_t i = 0; i < 10000; i++)
		map_puti(m, i, (void *)(intptr_t)(i + 1));
	CHECK_INT(map_count(m), 10000);
	for (int64_t i = 0; i < 10000; i++)
		NEED(map_geti(m, i) == (void *)(intptr_t)(i + 1));
	CHECK(map_geti(m, 10001) == NULL);
}

static int64_t at(const char *s)
{
	int64_t ms = -1;
	NEED(date_parse(str_of(s), &ms));
	return ms;
}

TEST(dates)
{
	CHECK_INT(at("1970-01-01 08:00"), 0);
	CHECK_INT(at("2026-11-24T01:00:00Z"), at("2026年11月24日 9时0分"));
	CHECK_INT(at("2026-11-24T09:00:00+08:00"), at("2026/11/24 9:00"));
	CHECK_INT(at("20261124"), at("2026.11.24"));
	int64_t ms;
	CHECK(!date_parse(STR("2026-02-29"), &ms) && !date_parse(STR("2026-13-01"), &ms) && !date_parse(STR("昨天"), &ms));
	CHECK(date_parse(STR("2024-02-29"), &ms));
	for (int32_t d = -800000; d < 800000; d += 37) {
		struct civil c = day_civil(d);
		NEED(day_make(c.year, c.month, c.day) == d);
	}
	CHECK_INT(day_weekday(day_make(2026, 11, 24)), 2);
	CHECK_INT(month_first(2026, 13), day_make(2027, 1, 1));
	CHECK_INT(month_first(2026, 0), day_make(2025, 12, 1));
	CHECK_INT(month_first(2026, -12), day_make(2024, 12, 1));
}

TEST(terms_follow_the_civil_code)
{
	struct calendar *c;
	struct fault f = { 0 };
	NEED_OK(calendar_load(STR("# test\n2026-10-01\tholiday\t国庆节\n2026-10-02\tholiday\t国庆节\n2026-10-10\tmakeup\t国庆节\n"), &c, &f));
	/* 24 hours run through the holiday */
	CHECK_INT(term_end(c, at("2026-09-30 10:00"), TERM_HOUR, 24, NULL), at("2026-10-01 10:00"));
	/* 1 day from 30 September ends on a holiday: moves over 1, 2 (holiday), 3, 4 (weekend) to Monday 5th, 24:00 */
	CHECK_INT(term_end(c, at("2026-09-30 10:00"), TERM_DAY, 1, NULL), at("2026-10-06"));
	/* a make-up Saturday is a working day */
	int skipped;
	CHECK_INT(term_end(c, at("2026-10-09 10:00"), TERM_WORKDAY, 1, &skipped), at("2026-10-11"));
	CHECK_INT(skipped, 0);
	CHECK_INT(term_end(c, at("2026-09-30 23:59"), TERM_WORKDAY, 1, &skipped), at("2026-10-06"));
	CHECK_INT(skipped, 4);
	calendar_free(c);
	CHECK_ERR(calendar_load(STR("2026-99-01\tholiday\tx\n"), &c, &f), ERR_INVALID);
}

TEST(ids_grow_and_differ)
{
	int64_t last = 0;
	id_seed(0);
	for (int i = 0; i < 100000; i++) {
		int64_t id = id_new(1764000000000);
		NEED(id > last);
		last = id;
	}
	CHECK_INT(id_time(last), 1764000000000);
}
