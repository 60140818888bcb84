/* Why: one wrong day moves every term that passes it; so a list is checked line by line before it counts, stands with its document number, and what was
 * in force before can be read.
 * Invariants: one list a year is in force; it names the year's fixed holidays; whoever entered it and when stands in the journal. */
#include "people/inner.h"

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
enum { DAYS_MAX = 80, OFF_LEAST = 11 };

static const struct field fields[] = {
	F("year", "Year", F_INT, .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE, .min = 2019, .max = 2100),
	F("basis", "Document", F_TEXT, .flags = FF_NEED | FF_LIST, .max = 80, .help = N_("Number of the State Council's notice, as 国办发明电〔2025〕7号.")),
	F("lines", "Days", F_LONG, .flags = FF_NEED | FF_HEAVY, .max = 6000,
	  .help = N_("A line a day or a span: 2027-01-01 holiday New Year's Day; 2027-10-01 to 2027-10-07 holiday National Day; 2027-10-09 makeup National Day. From a table: paste the three columns.")),
	F("off", "Days off", F_INT, .flags = FF_SYSTEM | FF_LIST),
	F("worked", "Working days in exchange", F_INT, .flags = FF_SYSTEM | FF_LIST),
	F("note", "Note", F_TEXT, .max = 200),
};
static const struct state states[] = { { "active", N_("In force"), true, "green" }, { "replaced", N_("Replaced by a later list"), false, NULL }, { "void", N_("Entered by mistake"), false, NULL } };

/* ---- reading the lines ---- */

struct day_line { int32_t day; bool off; struct str name; };
struct list { int year; struct day_line v[DAYS_MAX]; size_t n; };

static bool blank(char ch) { return ch == ' ' || ch == '\t' || ch == ','; }

/* The next word; a line of a table, or typed with blanks. */
static struct str word_of(struct str *rest)
{
	struct str s = *rest;
	size_t n = 0;
	while (s.n && blank(s.p[0]))
		s.p++, s.n--;
	while (n < s.n && !blank(s.p[n]))
		n++;
	*rest = (struct str){ s.p + n, s.n - n };
	return (struct str){ s.p, n };
}

static bool one_of(struct str s, const char *const *v)
{
	for (; *v; v++)
		if (str_is(s, *v))
			return true;
	return false;
}

static bool kind_of(struct str s, bool *ret_off)
{
	static const char *const off[] = { "holiday", "放假", "节假日", "休", "休息", NULL }, *const work[] = { "makeup", "调休上班", "上班", "补班", "调休", NULL };
	*ret_off = one_of(s, off);
	return *ret_off || one_of(s, work);
}

/* "2027-10-01", or with a second day behind 至, to, ~ or .. in the same word or the next. */
static bool span_of(struct str first, struct str *rest, int32_t *from, int32_t *to)
{
	static const char *const marks[] = { "至", "~", "..", "—" }, *const words[] = { "至", "to", "~", "到", "..", "—", NULL };
	struct str last = STR_NONE, look = *rest;
	int64_t a, b;
	for (size_t i = 0; i < ARRAY_LEN(marks) && !last.p; i++) {
		long at = (long)str_find(first, str_of(marks[i]));
		if (at > 0) {
			size_t skip = (size_t)at + strlen(marks[i]);
			last = (struct str){ first.p + skip, first.n - skip };
			first.n = (size_t)at;
		}
	}
	if (!last.p && one_of(word_of(&look), words)) {
		last = word_of(&look);
		*rest = look;
	}
	if (!date_parse(first, &a))
		return false;
	b = a;
	if (last.p && !date_parse(last, &b))
		return false;
	*from = day_of(a);
	*to = day_of(b);
	return *to >= *from && *to - *from < 20;
}

static const char *add_days(struct list *l, int32_t from, int32_t to, bool off, struct str name)
{
	for (int32_t d = from; d <= to; d++) {
		struct civil c = day_civil(d);
		int week = day_weekday(d);
		if (c.year != l->year && !(c.year == l->year - 1 && c.month == 12 && c.day >= 28))
			return N_("Line %s: this day is not of the year. Only the last days of the December before may stand here.");
		if (!off && week != 0 && week != 6)
			return N_("Line %s: a working day in exchange is a Saturday or a Sunday. Please check the date.");
		for (size_t i = 0; i < l->n; i++)
			if (l->v[i].day == d)
				return N_("Line %s: this day stands in the list already.");
		if (l->n == DAYS_MAX)
			return N_("Line %s: too many days for one year.");
		l->v[l->n++] = (struct day_line){ d, off, name };
	}
	return NULL;
}

static const char *read_line(struct list *l, struct str line)
{
	bool off;
	int32_t from, to;
	struct str rest = line, first = word_of(&rest);
	if (!span_of(first, &rest, &from, &to))
		return N_("Line %s: no date. Please write 2027-10-01, or 2027-10-01 to 2027-10-07.");
	if (!kind_of(word_of(&rest), &off))
		return N_("Line %s: after the date stands “holiday” or “makeup” (放假, 调休上班).");
	struct str name = str_trim(rest);
	while (name.n && blank(name.p[0]))
		name.p++, name.n--;
	if (!name.n || name.n > 30)
		return N_("Line %s: please name the holiday, in ten characters at most.");
	return add_days(l, from, to, off, name);
}

static bool is_off(const struct list *l, int month, int day)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].off && l->v[i].day == day_make(l->year, month, day))
			return true;
	return false;
}

static struct str tsv_of(struct ctx *c, const struct list *l)
{
	BUF_AUTO b = BUF(8000);
	for (size_t i = 0; i < l->n; i++) {
		date_put(&b, day_start(l->v[i].day));
		buf_printf(&b, "\t%s\t%.*s\n", l->v[i].off ? "holiday" : "makeup", (int)l->v[i].name.n, l->v[i].name.p);
	}
	return arena_str(c->a, buf_view(&b));
}

/* What the 全国年节及纪念日放假办法 fixes by the sun; the others move with the moon. */
static const struct { int month, day; const char *name; } fixed[] = { { 1, 1, "元旦（1月1日）" }, { 5, 1, "劳动节（5月1日）" }, { 10, 1, "国庆节（10月1日）" }, { 10, 2, "国庆节（10月2日）" }, { 10, 3, "国庆节（10月3日）" } };

static enum err check_lines(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct list *l = NEW(c->a, struct list);
	struct str rest = rec_str(c, now, "lines");
	int64_t off = 0;
	(void)old;
	l->year = (int)rec_int(now, "year");
	for (int nth = 1; rest.p; nth++) {
		struct str line = str_trim(str_cut(rest, '\n', &rest));
		const char *wrong = line.n && line.p[0] != '#' ? read_line(l, line) : NULL;
		if (wrong) {
			fault_field(c->f, "lines", wrong, arena_printf(c->a, "%d", nth));
			return OK;
		}
	}
	for (size_t i = 0; i < l->n; i++)
		off += l->v[i].off;
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (!is_off(l, fixed[i].month, fixed[i].day)) {
			fault_field(c->f, "lines", N_("%s is missing: it is a holiday in every year."), fixed[i].name);
			return OK;
		}
	if (off < OFF_LEAST)
		fault_field(c->f, "lines", N_("Fewer days off than the law gives: the list is not whole. %s"), "");
	rec_set_int(now, "off", off);
	rec_set_int(now, "worked", (int64_t)l->n - off);
	rec_set_str(now, "lines", tsv_of(c, l));
	return OK;
}

/* ---- putting it into force ---- */

static enum err in_force(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct done d;
	BUF_AUTO b = BUF(400000);
	(void)old;
	TRY(see(&in, &(struct see){ .type = "holiday_list", .filters = (struct filter[]){ { STR("state"), STR("active") } }, .nfilters = 1, .limit = 500 }, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct rec *r;
		if (s.r[i]->id != now->id && rec_in(now, "active") && rec_int(s.r[i], "year") == rec_int(now, "year")) {
			TRY(act_inner(c, &(struct act){ .type = "holiday_list", .verb = "replace", .id = s.r[i]->id }, &d));
			continue;
		}
		TRY(see_one(&in, "holiday_list", s.r[i]->id, &r));
		if (!rec_in(r, "active"))
			continue;
		struct str lines = rec_str(&in, r, "lines");
		buf_printf(&b, "#year\t%lld\n%.*s", (long long)rec_int(r, "year"), (int)lines.n, lines.p);
	}
	return holidays_set(c, arena_str(c->a, buf_view(&b)));
}

static const struct step steps[] = {
	{ .from = "", .verb = "create", .to = "active", .label = N_("Enter holidays"), .roles = R(ADMIN), .scope = SC_ALL, .fields = "year! basis! lines! note", .prepare = check_lines, .effect = in_force,
	  .flags = STEP_PRIMARY | STEP_FRESH },
	{ .from = "active", .verb = "void", .to = "void", .label = N_("Entered by mistake"), .roles = R(ADMIN), .scope = SC_ALL, .fields = "note!", .effect = in_force, .flags = STEP_DANGER | STEP_FRESH },
	{ .from = "active", .verb = "replace", .to = "replaced", .label = N_("Replaced"), .roles = 0, .scope = SC_NONE, .fields = "", .flags = STEP_INTERNAL },
};
static const struct grant grants[] = { { PEOPLE_EVERY_POST, SC_ALL, SIGHT_FULL } };
const struct rtype holiday_list_type = {
	.name = "holiday_list", .label = N_("Holidays of a year"), .plural = N_("Holidays"), .title = "year", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .level = 1,
};
