/* Holds codes/ to what the program relies on. XA_SRC names the source folder (meson sets it). */
#include "../test.h"
#include "base/clock.h"
#include "record/record.h"
#include <dirent.h>

#define COLS 20

static const char *folder(void)
{
	const char *src = getenv("XA_SRC");
	return src ? src : ".";
}

static struct str slurp(struct arena *a, const char *name)
{
	FILE *in = fopen(arena_printf(a, "%s/codes/%s", folder(), name), "rb");
	NEED(in != NULL);
	size_t cap = 1 << 20;
	char *p = arena_alloc(a, cap);
	size_t n = fread(p, 1, cap, in);
	fclose(in);
	NEED(n < cap);
	return (struct str){ p, n };
}

static void wrong(const char *file, int line, const char *what)
{
	test_bad++;
	printf("# codes/%s:%d: %s\n", file, line, what);
}

/* Next data line cut at tabs; 0 at the end. */
static size_t next(struct str *text, int *line, struct str cell[COLS])
{
	while (text->p && text->n) {
		struct str l = str_cut(*text, '\n', text);
		++*line;
		if (!l.n || l.p[0] == '#')
			continue;
		size_t n = 0;
		while (l.p && n < COLS)
			cell[n++] = str_cut(l, '\t', &l);
		return n;
	}
	return 0;
}

static bool is_flag(struct str s) { return str_is(s, "0") || str_is(s, "1"); }

static bool is_code(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", s.p[i]))
			return false;
	return s.n > 0 && s.n <= 24;
}

static void check_cell(const char *file, int line, struct str col, struct str v, struct map *codes)
{
	static const char *const flags[] = { "success", "counts", "satisfied", "answered", "danger", "owner", "face", "staff", "ended" };
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (str_is(col, flags[i]) && !is_flag(v))
			wrong(file, line, "a flag is neither 0 nor 1");
	int64_t n;
	if ((str_is(col, "weight") || str_is(col, "rank") || str_is(col, "level")) && (!str_int(v, &n) || n < 0 || n > 10))
		wrong(file, line, "no number from 0 to 10");
	if (str_is(col, "parent") && v.n && !map_get(codes, v))
		wrong(file, line, "unknown parent (parents come first)");
	if (str_is(col, "light") && !str_is(v, "red") && !str_is(v, "yellow") && !str_is(v, "green"))
		wrong(file, line, "unknown light");
}

/* Whole list; returns its codes. */
static struct map *check_list(struct arena *a, const char *file, size_t *ret_n)
{
	struct str text = slurp(a, file), head[COLS], cell[COLS];
	struct map *codes = map_new(a), *labels = map_new(a);
	int line = 0;
	if (!utf8_valid(text) || text.p[0] != '#' || !str_ends(text, "\n"))
		wrong(file, 1, "not UTF-8, no source named, or no last newline");
	size_t nhead = next(&text, &line, head), n;
	if (nhead < 3 || !str_is(head[0], "code") || !str_is(head[1], "zh") || !str_is(head[2], "en")) {
		wrong(file, line, "the header must begin code, zh, en");
		return codes;
	}
	*ret_n = 0;
	while ((n = next(&text, &line, cell))) {
		if (n != nhead) {
			wrong(file, line, "wrong number of columns");
			continue;
		}
		if (!is_code(cell[0]) || map_get(codes, cell[0]))
			wrong(file, line, "code is empty, not plain, or there twice");
		if (!str_trim(cell[1]).n || !str_trim(cell[2]).n || map_get(labels, cell[1]))
			wrong(file, line, "label is empty or there twice");
		for (size_t i = 0; i < n; i++)
			if (!str_eq(cell[i], str_trim(cell[i])))
				wrong(file, line, "blanks at the end of a cell");
		for (size_t i = 3; i < n; i++)
			check_cell(file, line, head[i], cell[i], codes);
		map_put(codes, cell[0], codes);
		map_put(labels, cell[1], codes);
		++*ret_n;
	}
	return codes;
}

TEST(every_list_is_well_formed)
{
	ARENA a = arena_new(0);
	DIR *d = opendir(arena_printf(a, "%s/codes", folder()));
	NEED(d != NULL);
	int lists = 0;
	for (struct dirent *e; (e = readdir(d));) {
		struct str name = str_of(e->d_name);
		size_t n = 0;
		if (!str_ends(name, ".tsv") || str_is(name, "holidays.tsv") || str_is(name, "deadlines.tsv") || str_is(name, "areas.tsv") ||
		    str_is(name, "patterns.tsv") || str_is(name, "scale_rule.tsv"))
			continue;
		check_list(a, e->d_name, &n);
		if (n < 2)
			wrong(e->d_name, 0, "hardly any code");
		lists++;
	}
	closedir(d);
	CHECK(lists >= 35);
}

/* What raises which level: each scale, level and group there is, and no rule twice. */
TEST(rules_of_scales)
{
	ARENA a = arena_new(0);
	size_t n = 0, rules = 0;
	struct map *scales = check_list(a, "scale.tsv", &n), *grades = check_list(a, "grade.tsv", &n), *seen = map_new(a);
	struct str text = slurp(a, "scale_rule.tsv"), cell[COLS];
	int line = 0;
	NEED(next(&text, &line, cell) == 8);
	while (next(&text, &line, cell) == 8) {
		int64_t from;
		if (map_get(seen, cell[0]) || !cell[1].n || !cell[2].n)
			wrong("scale_rule.tsv", line, "a rule is there twice, or has no words");
		if (!map_get(scales, cell[3]) || !map_get(grades, cell[4]))
			wrong("scale_rule.tsv", line, "no such scale or level");
		struct map *items = map_new(a);
		struct str list = slurp(a, arena_printf(a, "scale-%.*s.tsv", (int)cell[3].n, cell[3].p)), item[COLS];
		int at = 0;
		next(&list, &at, item);
		while (next(&list, &at, item))
			map_put(items, item[3], items);
		if (!str_is(cell[5], "*") && !map_get(items, cell[5]))
			wrong("scale_rule.tsv", line, "no item is of that group");
		if (!str_int(cell[7], &from) || from < 0 || from > 100)
			wrong("scale_rule.tsv", line, "no number from 0 to 100");
		map_put(seen, cell[0], seen);
		rules++;
	}
	CHECK(rules >= 10);
}

TEST(kinds)
{
	ARENA a = arena_new(0);
	size_t n = 0, events = 0;
	check_list(a, "kind.tsv", &n);
	struct map *event = check_list(a, "event31000.tsv", &events);
	struct str text = slurp(a, "kind.tsv"), cell[COLS];
	int line = 0;
	next(&text, &line, cell);
	while (next(&text, &line, cell)) {
		struct str c = cell[0];
		if (c.n != 3 || c.p[0] != 'M' || c.p[1] < '0' || c.p[1] > '9' || c.p[2] < '0' || c.p[2] > '9')
			wrong("kind.tsv", line, "a kind is M and two digits");
		if (!map_get(event, cell[3]))
			wrong("kind.tsv", line, "no such event of GB/T 31000");
	}
	CHECK_INT(n, 20);
}

TEST(roles_are_those_of_the_program)
{
	static const char *const names[ROLE_COUNT] = {
		[ROLE_SYSTEM] = "system", [ROLE_CITIZEN] = "citizen", [ROLE_CITY] = "city", [ROLE_TOWN] = "town", [ROLE_COMMUNITY] = "community",
		[ROLE_GRID] = "grid", [ROLE_MEDIATOR] = "mediator", [ROLE_HOTLINE] = "hotline", [ROLE_LIAISON] = "liaison", [ROLE_LEADER] = "leader",
		[ROLE_AUDITOR] = "auditor", [ROLE_ADMIN] = "admin", [ROLE_SECADMIN] = "secadmin",
	};
	ARENA a = arena_new(0);
	size_t n = 0;
	struct map *m = check_list(a, "role.tsv", &n);
	CHECK_INT(n, ROLE_COUNT - 1);
	for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++)
		CHECK(names[r] && map_get(m, str_of(names[r])));
}

TEST(standards)
{
	ARENA a = arena_new(0);
	size_t n = 0;
	struct map *m = check_list(a, "ethnicity.tsv", &n);
	CHECK_INT(n, 58);
	CHECK(map_get(m, STR("01")) && map_get(m, STR("56")));
	check_list(a, "sex.tsv", &n);
	CHECK_INT(n, 4);
	m = check_list(a, "grade.tsv", &n);
	CHECK(map_get(m, STR("red")) && map_get(m, STR("orange")) && map_get(m, STR("yellow")) && map_get(m, STR("blue")));
	CHECK_INT(n, 4);
}

TEST(holidays)
{
	ARENA a = arena_new(0);
	struct str text = slurp(a, "holidays.tsv"), cell[COLS];
	struct calendar *c;
	NEED_OK(calendar_load(text, &c, NULL));
	for (int y = 2019; y <= 2026; y++)
		CHECK(calendar_knows(c, y));
	int line = 0, off[2030 - 2018] = { 0 };
	size_t n;
	int32_t last = 0;
	while ((n = next(&text, &line, cell))) {
		int64_t ms;
		NEED(n == 3 && date_parse(cell[0], &ms) && cell[2].n);
		int32_t day = day_of(ms);
		int w = day_weekday(day), year = day_civil(day).year;
		if (str_is(cell[1], "makeup") && w != 0 && w != 6)
			wrong("holidays.tsv", line, "a make-up day is no weekend");
		if (day == last)
			wrong("holidays.tsv", line, "a day is there twice");
		last = day;
		NEED(year >= 2019 && year < 2030);
		/* a weekday off counts one, a weekend worked takes one back: what is left are the statutory days */
		off[year - 2018] += str_is(cell[1], "holiday") && w != 0 && w != 6;
		off[year - 2018] -= str_is(cell[1], "makeup");
	}
	/* 11 statutory days a year, 13 from 2025 (国务院令第795号); some fall on weekends and are given back on weekdays */
	for (int y = 2019; y <= 2026; y++) {
		/* 2020: three days more of Spring Festival, one of them a working day (国办发明电〔2020〕1号) */
		int want = y == 2020 ? 13 : y < 2025 ? 11 : 13;
		if (off[y - 2018] > want || off[y - 2018] < want - 2)
			wrong("holidays.tsv", y, "days off and days worked do not balance");
	}
	CHECK_INT(calendar_kind(c, day_make(2026, 10, 10), NULL), DAY_MAKEUP);
	CHECK_INT(calendar_kind(c, day_make(2026, 2, 17), NULL), DAY_HOLIDAY);
	CHECK_INT(calendar_kind(c, day_make(2026, 11, 24), NULL), DAY_WORK);
	calendar_free(c);
}

static bool is_amount(struct str s, bool none_allowed)
{
	int64_t n;
	if (str_is(s, "-"))
		return none_allowed;
	if (s.n && strchr("hdw", s.p[s.n - 1]))
		s.n--;
	return str_int(s, &n) && n > 0 && n <= 10000;
}

TEST(deadlines)
{
	static const char *const head[] = { "rule", "type", "start", "meet", "unit", "red", "orange", "yellow", "blue", "warn", "escalate", "basis",
		"valid_from", "valid_to", "zh", "en" };
	static const char *const rules[] = { "clue.screen", "clue.dispatch", "case.accept", "case.first", "case.finish", "case.arbiter", "case.visit7",
		"case.visit30", "case.visit90", "duty.perform" };
	ARENA a = arena_new(0);
	struct str text = slurp(a, "deadlines.tsv"), cell[COLS];
	struct map *seen = map_new(a);
	int line = 0;
	size_t n;
	NEED(next(&text, &line, cell) == ARRAY_LEN(head));
	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		CHECK_STR(cell[i], head[i]);
	while ((n = next(&text, &line, cell))) {
		int64_t from, to;
		if (n != ARRAY_LEN(head)) {
			wrong("deadlines.tsv", line, "wrong number of columns");
			continue;
		}
		if (!str_starts(cell[0], arena_printf(a, "%.*s.", (int)cell[1].n, cell[1].p)))
			wrong("deadlines.tsv", line, "the rule must begin with its type");
		if (!str_is(cell[4], "hour") && !str_is(cell[4], "day") && !str_is(cell[4], "workday"))
			wrong("deadlines.tsv", line, "unknown unit");
		for (int i = 5; i <= 9; i++)
			if (!is_amount(cell[i], i < 9))
				wrong("deadlines.tsv", line, "bad amount");
		if (!str_is(cell[10], "town") && !str_is(cell[10], "city") && !str_is(cell[10], "up"))
			wrong("deadlines.tsv", line, "unknown level above");
		if (!cell[2].n || !cell[3].n || !cell[11].n || !cell[14].n || !cell[15].n)
			wrong("deadlines.tsv", line, "an empty cell");
		if (!date_parse(cell[12], &from) || (cell[13].n && (!date_parse(cell[13], &to) || to < from)))
			wrong("deadlines.tsv", line, "bad validity");
		map_put(seen, cell[0], seen);
	}
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (!map_get(seen, str_of(rules[i])))
			wrong("deadlines.tsv", 0, rules[i]);
}
