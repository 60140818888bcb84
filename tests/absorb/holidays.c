/* The holidays of a year entered while the program runs: checked, in force at once and after a restart, replaced and taken back; by the administrator alone. */
#include "river.h"

#define ADMINW who(ROLE_ADMIN, CITY, 33, p->fed)
#define NEW_YEAR "2027-01-01至2027-01-03 放假 元旦\n"
#define REST "2027-02-06 to 2027-02-12\tholiday\t春节\n2027-02-20 makeup 春节\n2027-05-01 放假 劳动节\n2027-10-01~2027-10-07 放假 国庆节\n2027-10-09 调休上班 国庆节\n"
#define LIST(w, d, text) ADD(w, "holiday_list", 0, d, IN("year", "2027"), IN("basis", "国办发明电〔2026〕9号"), IN("lines", text))

static enum day_kind kind(struct city *p, int month, int day) { return calendar_kind(p->app->calendar, day_make(2027, month, day), NULL); }

TEST(a_list_is_in_force_at_once_and_after_a_restart)
{
	struct city v, *p = &v;
	struct done d, e;
	city_open(p);
	struct calendar *before = p->app->calendar;
	NEED(!calendar_knows(before, 2027));
	NEED(kind(p, 2, 8) == DAY_WORK && kind(p, 2, 20) == DAY_REST);
	NEED_OK(LIST(ADMINW, &d, NEW_YEAR REST));
	CHECK(calendar_knows(p->app->calendar, 2027));
	CHECK(kind(p, 2, 8) == DAY_HOLIDAY && kind(p, 2, 20) == DAY_MAKEUP && kind(p, 1, 3) == DAY_HOLIDAY);
	CHECK_INT(rec_int(get(p, "holiday_list", d.id), "off"), 18);
	CHECK_INT(rec_int(get(p, "holiday_list", d.id), "worked"), 2);
	/* Who still reads the one before reads it whole; years of the table stand. */
	CHECK(!calendar_knows(before, 2027));
	CHECK(calendar_kind(p->app->calendar, day_make(2026, 10, 10), NULL) == DAY_MAKEUP);
	/* A term that begins now passes over them: five working days from 4 February 2027. */
	int64_t start = civil_ms((struct civil){ 2027, 2, 4, 9, 0, 0 });
	CHECK_INT(day_of(term_end(p->app->calendar, start, TERM_WORKDAY, 2, NULL) - 1), day_make(2027, 2, 15));
	CHECK_INT(day_of(term_end(before, start, TERM_WORKDAY, 2, NULL) - 1), day_make(2027, 2, 8));
	/* A later list stands for the first. */
	NEED_OK(LIST(ADMINW, &e, NEW_YEAR REST "2027-04-05 放假 清明节\n"));
	CHECK(rec_in(get(p, "holiday_list", d.id), "replaced"));
	CHECK(kind(p, 4, 5) == DAY_HOLIDAY);
	app_close(p->app);
	struct app_options o = { .data_dir = p->dir, .fast_unsafe = city_fast, .store_url = engine_url(p->a) };
	NEED_OK(app_open(&o, types, &p->app, &p->f));
	CHECK(kind(p, 4, 5) == DAY_HOLIDAY);
	NEED_OK(DO(ADMINW, "holiday_list", "void", e.id, IN("note", "录错年份")));
	CHECK(!calendar_knows(p->app->calendar, 2027));
	city_close(p);
}

TEST(a_list_that_cannot_be_right_is_refused_with_its_line)
{
	static const struct { const char *text, *msg, *arg; } v[] = {
		{ "2027-01-01 放假 元旦\n大年初一 放假 春节\n", "Line %s: no date. Please write 2027-10-01, or 2027-10-01 to 2027-10-07.", "2" },
		{ "2027-01-01 元旦\n", "Line %s: after the date stands “holiday” or “makeup” (放假, 调休上班).", "1" },
		{ "2027-01-01 放假\n", "Line %s: please name the holiday, in ten characters at most.", "1" },
		{ "2028-01-01 放假 元旦\n", "Line %s: this day is not of the year. Only the last days of the December before may stand here.", "1" },
		{ NEW_YEAR "2027-02-22 调休上班 春节\n", "Line %s: a working day in exchange is a Saturday or a Sunday. Please check the date.", "2" },
		{ NEW_YEAR "2027-01-02 放假 元旦\n", "Line %s: this day stands in the list already.", "2" },
		{ REST, "%s is missing: it is a holiday in every year.", "元旦（1月1日）" },
		{ "2027-01-01 放假 元旦\n2027-05-01 放假 劳动节\n2027-10-01至2027-10-03 放假 国庆节\n", "Fewer days off than the law gives: the list is not whole. %s", "" },
	};
	struct city c, *p = &c;
	struct done d;
	city_open(p);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		CHECK_ERR(LIST(ADMINW, &d, v[i].text), ERR_INVALID);
		CHECK(p->f.nfields == 1 && strcmp(p->f.fields[0].msg, v[i].msg) == 0 && strcmp(p->f.fields[0].arg, v[i].arg) == 0);
	}
	CHECK(!calendar_knows(p->app->calendar, 2027));
	CHECK_ERR(LIST(CITYW, &d, NEW_YEAR REST), ERR_DENIED);
	CHECK_ERR(LIST(who(ROLE_SECADMIN, CITY, 34, p->fed), &d, NEW_YEAR REST), ERR_DENIED);
	enum sight s;
	NEED_OK(LIST(ADMINW, &d, NEW_YEAR REST "2026-12-31 放假 元旦\n"));
	CHECK_OK(peek(p, MEIW, "holiday_list", d.id, &s));
	CHECK(calendar_kind(p->app->calendar, day_make(2026, 12, 31), NULL) == DAY_HOLIDAY);
	city_close(p);
}
