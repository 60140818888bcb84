#include "../test.h"
#include "../engine.h"
#include "record/metrics.h"
#include "report/month.h"
#include <math.h>
#include <unistd.h>
#include "../paper/lsan.h"

#define CITY "320582"

struct seat { char dir[64]; struct app *app; struct arena *a; struct fault f; struct ctx c; };
static const struct rtype *const no_types[] = { NULL };

static void open_place(struct seat *p, enum lang lang)
{
	memset(p, 0, sizeof(*p));
	snprintf(p->dir, sizeof(p->dir), "/tmp/xa-report-XXXXXX");
	NEED(mkdtemp(p->dir) != NULL);
	p->a = arena_new(0);
	struct app_options o = { .data_dir = p->dir };
	o.store_url = test_store(p->a);
	enum err e = app_open(&o, no_types, &p->app, &p->f);
	if (e != OK)
		printf("# %s: %s\n", err_name(e), p->f.detail);
	NEED(e == OK);
	ctx_init(&p->c, p->app, p->a, &p->f, &actor_system);
	p->c.lang = lang;
}

static void close_place(struct seat *p)
{
	app_close(p->app);
	char *cmd = arena_printf(p->a, "rm -rf '%s'", p->dir);
	CHECK(system(cmd) == 0);
	arena_free(p->a);
}

struct seed { const char *day, *metric, *area, *source, *kind, *grade, *outcome; int64_t n; };

static enum err seed_put(struct ctx *c, void *arg)
{
	for (const struct seed *s = arg; s->day; s++) {
		int64_t ms;
		must(date_parse(str_of(s->day), &ms));
		TRY(db_exec(c->db, c->f, "INSERT INTO tally (day, metric, area, source, kind, grade, outcome, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			    ARGS(VI(day_of(ms)), VS(str_of(s->metric)), VS(str_of(s->area)), VS(str_of(s->source)), VS(str_of(s->kind)), VS(str_of(s->grade)),
				 VS(str_of(s->outcome)), VI(s->n)), NULL));
	}
	return tally_month_rebuild(c);
}

static const struct seed seeds[] = {
	{ "2026-09-30", METRIC_CLUE_IN, CITY "100001", "grid", "M01", "blue", "case", 840 },
	{ "2026-10-01", METRIC_CLUE_IN, CITY "100001", "grid", "M01", "red", "case", 455 },
	{ "2026-10-15", METRIC_CLUE_IN, CITY "101002", "hotline12345", "M03", "orange", "", 378 },
	{ "2026-10-31", METRIC_CLUE_IN, CITY, "police", "M03", "yellow", "referred", 36 },
	{ "2026-11-01", METRIC_CLUE_IN, CITY "100001", "grid", "M01", "red", "case", 7777 },
	{ "2025-10-31", METRIC_CLUE_IN, CITY "100001", "grid", "M01", "red", "case", 1028 },
	{ "2026-10-15", METRIC_CLUE_IN, "320583100001", "grid", "M01", "red", "case", 5000 },   /* another city */
	{ "2026-10-02", METRIC_CLUE_FAMILY, CITY "100001", "grid", "M01", "red", "case", 400 },
	{ "2026-10-03", METRIC_CASE_OPEN, CITY "100001", "grid", "M01", "red", "", 12 },
	{ "2026-10-20", METRIC_CASE_CLOSE, CITY "100001", "grid", "M01", "red", "reconciled", 842 },
	{ "2026-10-20", METRIC_CASE_CLOSE, CITY "101002", "grid", "M01", "red", "failed", 27 },
	{ "2026-10-20", METRIC_CASE_CLOSE, CITY "101002", "", "M01", "red", "withdrawn", 31 },
	{ "2026-10-20", METRIC_CASE_OK, CITY "100001", "grid", "M01", "red", "reconciled", 842 },
	{ "2026-10-20", METRIC_CASE_ONTIME, CITY "100001", "grid", "M01", "red", "reconciled", 842 },
	{ "2026-09-20", METRIC_CASE_CLOSE, CITY "100001", "grid", "M01", "red", "written", 50 },
	{ "2026-09-20", METRIC_CASE_OK, CITY "100001", "grid", "M01", "red", "written", 48 },
	{ "2026-10-21", METRIC_AGREEMENT, CITY "100001", "", "", "", "", 60 },
	{ "2026-10-22", METRIC_VISIT_DUE, CITY "100001", "", "", "", "good", 9 },
	{ "2026-10-22", METRIC_VISIT_DUE, CITY "100001", "", "", "", "", 1 },
	{ "2026-10-23", METRIC_VISIT_DONE, CITY "100001", "", "", "", "good", 6 },
	{ "2026-10-23", METRIC_VISIT_DONE, CITY "100001", "", "", "", "bad", 2 },
	{ "2026-10-23", METRIC_VISIT_DONE, CITY "100001", "", "", "", "none", 4 },
	{ "2026-10-23", METRIC_VISIT_OK, CITY "100001", "", "", "", "good", 6 },
	{ 0 },
};

static const struct month_line *line(const struct month *m, enum month_dim d, const char *key)
{
	for (size_t i = 0; i < m->block[d].nlines; i++)
		if (str_is(m->block[d].lines[i].key, key))
			return &m->block[d].lines[i];
	return NULL;
}

static double rate(const struct month_line *l, enum month_when w, enum month_rate r)
{
	double v = -1;
	return month_rate(l, w, r, &v) ? floor(v * 10000 + 0.5) / 10000 : -1;
}

static void keep(const char *name, struct str bytes)
{
	const char *dir = getenv("XA_SHOTS");
	char path[512];
	if (!dir)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *o = fopen(path, "wb");
	NEED(o != NULL);
	fwrite(bytes.p, 1, bytes.n, o);
	fclose(o);
}

TEST(changes_and_points)
{
	ARENA a = arena_new(0);
	double v;
	CHECK(month_change(869, 1028, &v) && fabs(v + 0.1547) < 0.0001);
	CHECK(month_change(869, 840, &v) && fabs(v - 0.0345) < 0.0001);
	CHECK(!month_change(5, 0, &v));
	CHECK(month_change(0, 5, &v) && v == -1);
	CHECK_STR(month_points(a, 0.9378, 0.9257), "+1.2");
	CHECK_STR(month_points(a, 0.9257, 0.9378), "-1.2");
	CHECK_STR(month_points(a, 0.5, 0.50001), "0.0");
	CHECK_STR(month_points(a, 0.5005, 0.5), "+0.1");
}

/* The figure of the article: 1,382 of 2,052 couples, printed as 63.7 %. */
TEST(a_claimed_figure_is_recomputed)
{
	struct figure f;
	figure_check(1382, 2052, 637, &f);
	CHECK(f.known && !f.right && f.is == 673 && f.swapped);
	CHECK(f.other_den && f.den_from == 2168 && f.den_to == 2171);
	CHECK(f.other_num && f.num_from <= 1307 && f.num_to >= 1307);
	for (int64_t d = f.den_from - 1; d <= f.den_to + 1; d++) {
		struct figure g;
		figure_check(1382, d, 637, &g);
		CHECK(g.right == (d >= f.den_from && d <= f.den_to));
	}
	for (int64_t n = f.num_from - 1; n <= f.num_to + 1; n++) {
		struct figure g;
		figure_check(n, 2052, 637, &g);
		CHECK(g.right == (n >= f.num_from && n <= f.num_to));
	}
	figure_check(1382, 2052, 673, &f);
	CHECK(f.right);
	figure_check(151, 352, 429, &f);
	CHECK(f.right);
	figure_check(1, 0, 0, &f);
	CHECK(!f.known);
	figure_check(9999, 10000, 1000, &f);
	CHECK(!f.right && f.is == 999);
	figure_check(0, 5, 0, &f);
	CHECK(f.right && f.is == 0);
}

/* One couple rate, two bases, each by its name. */
TEST(both_bases_of_reconciliation)
{
	static const struct seed couples[] = {
		{ "2026-10-05", METRIC_COUPLE_IN, CITY "100001", "", "", "", "postponed", 2170 }, { "2026-10-05", METRIC_COUPLE_MET, CITY "100001", "", "", "", "postponed", 2052 },
		{ "2026-10-05", METRIC_COUPLE_OK, CITY "100001", "", "", "", "postponed", 1382 }, { "2026-10-05", METRIC_COUPLE_DV, CITY "100001", "", "", "", "", 31 }, { NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	};
	struct seat p;
	struct month m;
	open_place(&p, LANG_ZH);
	NEED_OK(ctx_write(&p.c, seed_put, (void *)(uintptr_t)couples));
	NEED_OK(ctx_read(&p.c));
	NEED_OK(month_make(&p.c, 2026, 10, STR(CITY), &m));
	CHECK(rate(&m.total, MONTH_NOW, RATE_COUPLE_MET) == 0.6735);
	CHECK(rate(&m.total, MONTH_NOW, RATE_COUPLE_ALL) == 0.6369);
	CHECK_INT(m.total.n[MONTH_NOW][FIG_COUPLE_DV], 31);
	BUF_AUTO b = BUF(1 << 20);
	month_json(&p.c, &m, &b);
	CHECK(str_find(buf_view(&b), STR("couple_all")) >= 0 && str_find(buf_view(&b), STR("couple_met")) >= 0);
	close_place(&p);
}

TEST(months_carry_over)
{
	struct month m = { .year = 2026, .month = 1 };
	int32_t a, z;
	month_span(&m, MONTH_NOW, &a, &z);
	CHECK(a == day_make(2026, 1, 1) && z == day_make(2026, 1, 31));
	month_span(&m, MONTH_BEFORE, &a, &z);
	CHECK(a == day_make(2025, 12, 1) && z == day_make(2025, 12, 31));
	month_span(&m, MONTH_LAST_YEAR, &a, &z);
	CHECK(a == day_make(2025, 1, 1) && z == day_make(2025, 1, 31));
	m = (struct month){ .year = 2025, .month = 2 };
	month_span(&m, MONTH_LAST_YEAR, &a, &z);
	CHECK(a == day_make(2024, 2, 1) && z == day_make(2024, 2, 29));
}

TEST(a_month_of_the_city)
{
	struct seat p;
	struct month m;
	open_place(&p, LANG_ZH);
	NEED_OK(ctx_write(&p.c, seed_put, (void *)(uintptr_t)seeds));
	NEED_OK(ctx_read(&p.c));
	NEED_OK(month_make(&p.c, 2026, 10, STR(CITY), &m));
	CHECK_INT(m.total.n[MONTH_NOW][FIG_CLUE_IN], 869);        /* 455 + 378 + 36: 黄石 2016 */
	CHECK_INT(m.total.n[MONTH_BEFORE][FIG_CLUE_IN], 840);
	CHECK_INT(m.total.n[MONTH_LAST_YEAR][FIG_CLUE_IN], 1028);
	CHECK_INT(m.total.n[MONTH_NOW][FIG_RED], 455);
	CHECK_INT(m.total.n[MONTH_NOW][FIG_ORANGE], 378);
	CHECK_INT(m.total.n[MONTH_NOW][FIG_CASE_CLOSE], 900);
	CHECK_INT(m.total.n[MONTH_NOW][FIG_HANDLED], 869);        /* without the withdrawn */
	CHECK(rate(&m.total, MONTH_NOW, RATE_OK) == 0.9689);      /* 842 ÷ 869 */
	CHECK(rate(&m.total, MONTH_BEFORE, RATE_OK) == 0.96);
	CHECK(rate(&m.total, MONTH_LAST_YEAR, RATE_OK) == -1);
	CHECK(rate(&m.total, MONTH_NOW, RATE_VISIT) == 0.9 && rate(&m.total, MONTH_NOW, RATE_SATISFIED) == 0.75);
	CHECK(rate(&m.total, MONTH_NOW, RATE_CONVERT) == 0.5236 && rate(&m.total, MONTH_NOW, RATE_HIGH) == 0.9586);
	/* in each block the lines sum to the total, figure by figure */
	for (int d = 0; d < DIM_COUNT; d++)
		for (int f = 0; f < FIG_COUNT; f++)
			for (int w = 0; w < MONTH_WHENS && (m.block[d].figs & 1u << f); w++) {
				int64_t sum = 0;
				for (size_t i = 0; i < m.block[d].nlines; i++)
					sum += m.block[d].lines[i].n[w][f];
				if (sum != m.total.n[w][f])
					printf("# block %d, %s: %lld of %lld\n", d, month_figs[f].name, (long long)sum, (long long)m.total.n[w][f]);
				CHECK(sum == m.total.n[w][f]);
			}
	const struct month_line *l = line(&m, DIM_AREA, CITY "100");
	NEED(l != NULL);
	CHECK_INT(l->n[MONTH_NOW][FIG_CLUE_IN], 455);
	CHECK(line(&m, DIM_AREA, CITY) != NULL);                  /* the 36 of the city itself */
	CHECK(line(&m, DIM_SOURCE, "letter") == NULL && line(&m, DIM_GRADE, "blue") != NULL);
	l = line(&m, DIM_SOURCE, "");
	CHECK(l && l->n[MONTH_NOW][FIG_CASE_CLOSE] == 31);
	CHECK(line(&m, DIM_OUTCOME, "withdrawn") != NULL && line(&m, DIM_CLUE_OUTCOME, "referred") != NULL);
	/* a town by its communities; nothing of another town */
	NEED_OK(month_make(&p.c, 2026, 10, STR(CITY "100"), &m));
	CHECK_INT(m.total.n[MONTH_NOW][FIG_CLUE_IN], 455);
	CHECK(line(&m, DIM_AREA, CITY "100001") != NULL);
	CHECK_ERR(month_make(&p.c, 2026, 13, STR(CITY), &m), ERR_INVALID);
	CHECK_ERR(month_make(&p.c, 2026, 10, STR("3205'"), &m), ERR_INVALID);
	struct actor town = { .role = ROLE_TOWN, .area = CITY "101" };
	p.c.actor = &town;
	CHECK_ERR(month_make(&p.c, 2026, 10, STR(CITY "100"), &m), ERR_DENIED);
	CHECK_ERR(month_make(&p.c, 2026, 10, STR(CITY), &m), ERR_DENIED);
	NEED_OK(month_make(&p.c, 2026, 10, STR_NONE, &m));
	CHECK_INT(m.total.n[MONTH_NOW][FIG_CLUE_IN], 378);
	close_place(&p);
}

static struct str href(struct seat *p, const struct month *m, enum month_fig f, enum month_dim d, const char *key, enum month_when w)
{
	struct month_link l;
	BUF_AUTO b = BUF(2000);
	if (!month_link(&p->c, m, f, d, str_of(key), w, &l))
		return STR("none");
	month_href(&b, &l);
	return arena_str(p->a, buf_view(&b));
}

TEST(links_name_the_records_behind)
{
	struct seat p;
	struct month m;
	open_place(&p, LANG_ZH);
	NEED_OK(month_open(&p.c, 2026, 10, STR(CITY), &m));
	CHECK_STR(href(&p, &m, FIG_CLUE_IN, DIM_TOTAL, "", MONTH_NOW), "/clue?received_from=2026-10-01&received_to=2026-10-31&area=" CITY);
	CHECK_STR(href(&p, &m, FIG_CLUE_FAMILY, DIM_AREA, CITY "100", MONTH_BEFORE), "/clue?received_from=2026-09-01&received_to=2026-09-30&area=" CITY "100&family=1");
	CHECK_STR(href(&p, &m, FIG_RED, DIM_SOURCE, "grid", MONTH_LAST_YEAR), "/clue?received_from=2025-10-01&received_to=2025-10-31&area=" CITY "&source=grid&grade=red");
	CHECK_STR(href(&p, &m, FIG_CASE_OK, DIM_KIND, "M03", MONTH_NOW), "/case?closed_from=2026-10-01&closed_to=2026-10-31&area=" CITY "&kind=M03&outcome=reconciled%7Cwritten%7Coral%7Cparted");
	CHECK_STR(href(&p, &m, FIG_CASE_OK, DIM_OUTCOME, "oral", MONTH_NOW), "/case?closed_from=2026-10-01&closed_to=2026-10-31&area=" CITY "&outcome=oral");
	CHECK_STR(href(&p, &m, FIG_CASE_OK, DIM_OUTCOME, "failed", MONTH_NOW), "none");
	CHECK_STR(href(&p, &m, FIG_CASE_ONTIME, DIM_GRADE, "red", MONTH_NOW), "/case?closed_from=2026-10-01&closed_to=2026-10-31&area=" CITY "&grade=red&ontime=1");
	CHECK_STR(href(&p, &m, FIG_VISIT_OK, DIM_TOTAL, "", MONTH_NOW), "/visit?done_at_from=2026-10-01&done_at_to=2026-10-31&area=" CITY "&satisfaction=good%7Cfair");
	CHECK_STR(href(&p, &m, FIG_CLUE_IN, DIM_AREA, CITY, MONTH_NOW), "none");
	CHECK_STR(href(&p, &m, FIG_CLUE_IN, DIM_SOURCE, "", MONTH_NOW), "none");
	close_place(&p);
}

TEST(on_paper_in_a_workbook_and_as_json)
{
	for (enum lang lang = LANG_ZH; lang <= LANG_EN; lang++) {
		struct seat p;
		struct month m;
		struct table *t;
		size_t n;
		open_place(&p, lang);
		p.c.now = 1793494800000;
		NEED_OK(ctx_write(&p.c, seed_put, (void *)(uintptr_t)seeds));
		NEED_OK(ctx_read(&p.c));
		NEED_OK(month_make(&p.c, 2026, 10, STR(CITY), &m));
		NEED_OK(month_tables(&p.c, &m, &t, &n));
		CHECK_INT(n, 1 + DIM_COUNT);
		BUF_AUTO pdf = BUF(32 << 20), xl = BUF(8 << 20), js = BUF(8 << 20);
		NEED_OK(pdf_tables(t, n, true, &pdf, &p.f));
		NEED_OK(xlsx_write(t, n, &xl, &p.f));
		month_json(&p.c, &m, &js);
		CHECK(!js.over && js.p[0] == '{' && js.p[js.n - 1] == '}');
		CHECK(str_find(buf_view(&js), STR("\"case_ok\":842")) > 0 && str_find(buf_view(&js), STR("\"ok\":0.968930")) > 0);
		keep(lang == LANG_ZH ? "month.pdf" : "month-en.pdf", buf_view(&pdf));
		keep(lang == LANG_ZH ? "month.xlsx" : "month-en.xlsx", buf_view(&xl));
		keep(lang == LANG_ZH ? "month.json" : "month-en.json", buf_view(&js));
		if (lang == LANG_ZH)
			CHECK(str_ends(m.title, "小安系统 2026年10月统计表"));
		close_place(&p);
	}
}
