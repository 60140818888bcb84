/* Each time limit over Spring Festival and National Day of 2019 to 2026, against last days that were reckoned apart from the program (worked.tsv): no rule whose
 * length does not stand there. */
#include "river.h"
#include <stdio.h>

struct worked { int64_t start, last; char unit; int n; };

static struct str file(struct city *p, const char *name)
{
	BUF_AUTO b = BUF((size_t)4 << 20);
	const char *src = getenv("XA_SRC");
	FILE *f = fopen(arena_printf(p->a, "%s/%s", src ? src : ".", name), "rb");
	char t[65536];
	size_t n;
	NEED(f);
	while ((n = fread(t, 1, sizeof t, f)) > 0)
		buf_put(&b, t, n);
	fclose(f);
	return arena_str(p->a, buf_view(&b));
}

static int64_t a_day(struct str s)
{
	int64_t ms = 0;
	NEED(date_parse(s, &ms));
	return ms;
}

static size_t read_worked(struct city *p, struct worked *w, size_t room)
{
	struct str rest = file(p, "tests/absorb/worked.tsv");
	size_t n = 0;
	while (rest.n && n < room) {
		struct str line = str_cut(rest, '\n', &rest), start = str_cut(line, '\t', &line), unit = str_cut(line, '\t', &line), many = str_cut(line, '\t', &line);
		int64_t k = 0;
		if (!start.n || start.p[0] == '#')
			continue;
		NEED(unit.n == 1 && str_int(many, &k));
		w[n++] = (struct worked){ a_day(start), a_day(line), unit.p[0], (int)k };
	}
	return n;
}

/* "5", "3d", "2w" in a row whose unit is given. */
static char amount(struct str cell, struct str unit, int *n)
{
	int64_t k = 0;
	char last = cell.p[cell.n - 1];
	char u = last == 'h' || last == 'd' || last == 'w' ? last : str_is(unit, "hour") ? 'h' : str_is(unit, "day") ? 'd' : 'w';
	NEED(str_int((struct str){ cell.p, cell.n - (last < '0' || last > '9') }, &k));
	*n = (int)k;
	return u;
}

TEST(each_limit_over_the_festivals)
{
	struct city here, *p = &here;
	static struct worked w[8000];
	city_open(p);
	size_t n = read_worked(p, w, ARRAY_LEN(w));
	CHECK(n > 300);
	for (size_t i = 0; i < n; i++) {
		/* At eight in the morning and a minute before midnight: the day it begins is not counted. */
		static const int64_t at[] = { 8 * MS_HOUR, MS_DAY - MS_MINUTE };
		for (size_t k = 0; k < ARRAY_LEN(at); k++)
			CHECK_INT(term_end(p->app->calendar, w[i].start + at[k], w[i].unit == 'd' ? TERM_DAY : TERM_WORKDAY, w[i].n, NULL), w[i].last + MS_DAY);
	}
	city_close(p);
}

TEST(no_rule_without_a_worked_length)
{
	struct city here, *p = &here;
	static struct worked w[8000];
	struct ctx c;
	int rules = 0, checked = 0;
	city_open(p);
	size_t n = read_worked(p, w, ARRAY_LEN(w));
	struct str rest = file(p, "codes/deadlines.tsv");
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	while (rest.n) {
		struct str line = str_cut(rest, '\n', &rest), cell[13];
		if (!line.n || line.p[0] == '#' || str_starts(line, "rule\t"))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(cell); i++)
			cell[i] = str_cut(line, '\t', &line);
		rules++;
		for (int g = 5; g < 9; g++) {
			int many;
			char unit = str_is(cell[g], "-") ? 'h' : amount(cell[g], cell[4], &many);
			bool found = unit == 'h';
			for (size_t i = 0; i < n && !found; i++)
				found = w[i].unit == unit && w[i].n == many;
			CHECK(found);
			/* What the rule itself gives, where it goes by no grade. */
			for (size_t i = 0; i < n && g == 7 && unit != 'h'; i++) {
				int64_t end, from = 0;
				struct str basis;
				if (w[i].unit != unit || w[i].n != many || !str_eq(cell[5], cell[7]) || !date_parse(cell[12], &from) || w[i].start < from)
					continue;
				if (due_rule_end(&c, arena_cstr(p->a, cell[0]), w[i].start + 8 * MS_HOUR, &end, &basis) != OK)
					continue;
				CHECK_INT(end, w[i].last + MS_DAY);
				checked++;
			}
		}
	}
	CHECK(rules > 60 && checked > 200);
	city_close(p);
}

