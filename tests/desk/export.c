/* Lists that leave the house: a few at once, more by two persons; marked, masked, gone after a day; and the table for outside. */
#include "site.h"
#include "report/export.h"
#include "report/month.h"

struct scene { struct city city; struct browser b; int64_t asker; };
#define MANY 60

static void scene_open(struct scene *s, int n)
{
	struct city *p = &s->city;
	city_fast = true;
	city_open(p);
	city_fast = false;
	clock_fix(p->now);
	browser_open(&s->b, p);
	s->asker = browser_login(&s->b, "town", TOWN, p->town);
	for (int i = 0; i < n; i++)
		NEED_OK(ADD(TOWNW, "clue", 0, NULL, IN("source", "grid"), IN("text", "叙述内容不外传"), IN("party_a_name", "=周玉兰"), IN("party_a_phone", "19900000077")));
}

static void run_jobs(struct city *p)
{
	static const struct job_kind kinds[] = { { "export", export_job, 0 }, { "export_sweep", export_sweep_job, MS_HOUR }, { 0 } };
	int n;
	NEED_OK(jobs_run(p->app, kinds, 50, &n));
}

static int64_t newest(struct city *p)
{
	struct ctx c;
	struct seen s;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "export", .limit = 1 }, &s));
	return s.n ? s.r[0]->id : 0;
}

#define OF "/export/of"
static char *file_of(struct city *p, int64_t id) { return arena_printf(p->a, "/export/%lld/file", (long long)id); }

TEST(a_few_rows_at_once_masked_and_marked)
{
	struct scene s;
	scene_open(&s, 3);
	struct city *p = &s.city;
	CHECK(has(browse(&s.b, "/clue?state=new"), "/export/of?type=clue"));
	struct str page = browse(&s.b, "/export/of?type=clue&state=new");
	CHECK(has(page, "name=\"col\"") && !has(page, "name=\"purpose\"") && !has(page, "value=\"text\""));
	struct str csv = POST(&s.b, OF, "type", "clue", "cond", "state\tnew\n", "format", "csv", "col", "source", "col", "party_a_name", "col", "party_a_phone", "col", "text");
	CHECK_INT(s.b.last.status, 200);
	CHECK(has(s.b.last.headers, "attachment") && has(csv, "199****0077") && !has(csv, "19900000077") && !has(csv, "周玉兰") && !has(csv, "叙述内容"));
	/* Who and when on its first line; no cell that a spreadsheet would reckon. */
	CHECK(has(csv, "town") && has(csv, "2026-11-24") && !has(csv, "\"="));
	(void)POST(&s.b, OF, "type", "clue", "format", "xlsx", "col", "source");
	CHECK_INT(s.b.last.status, 200);
	CHECK(s.b.last.body.n > 2 && memcmp(s.b.last.body.p, "PK", 2) == 0);
	/* Five a day. */
	for (int i = 0; i < 3; i++) {
		(void)POST(&s.b, OF, "type", "clue", "format", "csv", "col", "source");
		CHECK_INT(s.b.last.status, 200);
	}
	(void)POST(&s.b, OF, "type", "clue", "format", "csv", "col", "source");
	CHECK_INT(s.b.last.status, 429);
	CHECK(!has(s.b.last.body, "grid,"));
	/* What is no list of hers is none. */
	CHECK_INT((browse(&s.b, "/export/of?type=vault"), s.b.last.status), 404);
	clock_fix(0);
	city_close(p);
}

TEST(more_rows_need_a_second_person)
{
	struct scene s;
	struct browser sec, two;
	scene_open(&s, MANY);
	struct city *p = &s.city;
	browser_open(&sec, p);
	browser_open(&two, p);
	(void)browser_login(&sec, "secadmin", CITY, p->fed);
	(void)browser_login(&two, "mediator", COMM, p->studio);
	CHECK(has(browse(&s.b, "/export/of?type=clue"), "name=\"purpose\""));
	(void)POST(&s.b, OF, "type", "clue", "format", "csv", "col", "source", "purpose", "要用");
	CHECK_INT(s.b.last.status, 422);
	(void)POST(&s.b, OF, "type", "clue", "format", "csv", "col", "source", "col", "party_a_name", "purpose", "年度工作分析，分来源统计");
	CHECK_INT(s.b.last.status, 303);
	int64_t id = newest(p);
	NEED(id != 0);
	/* Not she herself, though her post could; not who has no say; then the security administrator. */
	(void)POST(&s.b, arena_printf(p->a, "/export/%lld/agree", (long long)id), "x", "1");
	CHECK_INT(s.b.last.status, 403);
	(void)POST(&two, arena_printf(p->a, "/export/%lld/agree", (long long)id), "x", "1");
	CHECK_INT(two.last.status, 404);
	(void)POST(&s.b, file_of(p, id), "x", "1");
	CHECK_INT(s.b.last.status, 409);
	(void)POST(&sec, arena_printf(p->a, "/export/%lld/agree", (long long)id), "x", "1");
	CHECK_INT(sec.last.status, 303);
	run_jobs(p);
	CHECK_STR(get(p, "export", id)->state, "ready");
	CHECK(has(browse(&s.b, arena_printf(p->a, "/export/%lld", (long long)id)), "/file\""));
	CHECK(has(s.b.last.body, "线索：线索来源、甲方姓名"));
	(void)POST(&sec, file_of(p, id), "x", "1");
	CHECK_INT(sec.last.status, 403);
	struct str csv = POST(&s.b, file_of(p, id), "x", "1");
	CHECK_INT(s.b.last.status, 200);
	int lines = 0;
	for (size_t i = 0; i < csv.n; i++)
		lines += csv.p[i] == '\n';
	CHECK_INT(lines, MANY + 2);
	CHECK(has(csv, "出〔2026〕00001号") && has(csv, "周**") == false && !has(csv, "周玉兰"));
	/* The file on disk is sealed, and gone after its day. */
	CHECK(system(arena_printf(p->a, "cat '%s'/xiaoan.db* 2>/dev/null | grep -aq '网格.*新'", p->dir)) != 0);
	p->now += EXPORT_LIFE + 1;
	clock_fix(p->now);
	(void)POST(&s.b, file_of(p, id), "x", "1");
	CHECK(s.b.last.status == 409 || s.b.last.status == 303);     /* her session is over too */
	run_jobs(p);
	CHECK_STR(get(p, "export", id)->state, "over");
	struct db *d;
	int64_t n = -1;
	NEED_OK(store_reader(p->app->store, &d, &p->f));
	NEED_OK(db_int(d, &p->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM export_file", NOARGS, &n, NULL));
	CHECK_INT(n, 0);
	NEED_OK(db_int(d, &p->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE verb = 'export'", NOARGS, &n, NULL));
	CHECK_INT(n, 1);
	clock_fix(0);
	city_close(p);
}

/* A copy without any mark still tells whose it was: by the order of its rows. */
TEST(the_order_of_rows_names_the_request)
{
	struct scene s;
	scene_open(&s, 20);
	struct city *p = &s.city;
	struct ctx c;
	struct actor w = TOWNW;
	struct table one, two, again;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	struct export_ask q = { .t = &clue_type, .cols = { field_at(&clue_type, "source") }, .ncols = 1 };
	NEED_OK(export_table(&c, &q, STR("出〔2026〕00001号"), 100, &one));
	NEED_OK(export_table(&c, &q, STR("出〔2026〕00002号"), 100, &two));
	NEED_OK(export_table(&c, &q, STR("出〔2026〕00001号"), 100, &again));
	int same = 0, kept = 0;
	for (size_t i = 0; i < one.nrows; i++) {
		same += str_eq(one.cells[i * one.ncols].s, two.cells[i * two.ncols].s);
		kept += str_eq(one.cells[i * one.ncols].s, again.cells[i * again.ncols].s);
	}
	CHECK(kept == 20 && same < 10);
	CHECK_ERR(export_table(&c, &q, STR("x"), 19, &one), ERR_LIMIT);
	q.t = &vault_type;
	CHECK_ERR(export_table(&c, &q, STR("x"), 19, &one), ERR_NOT_FOUND);
	clock_fix(0);
	city_close(p);
}

TEST(leaders_see_no_small_figures)
{
	struct scene s;
	struct browser lead;
	scene_open(&s, 2);
	struct city *p = &s.city;
	browser_open(&lead, p);
	(void)browser_login(&lead, "leader", CITY, p->fed);
	struct str page = browse(&lead, "/report/month?month=2026-11");
	CHECK_INT(lead.last.status, 200);
	CHECK(has(page, "&lt;5") && has(page, "倒推"));
	CHECK(has(browse(&lead, "/"), "&lt;5"));
	(void)browse(&lead, "/report/month?month=2026-11&area=" TOWN);
	CHECK_INT(lead.last.status, 403);
	(void)browse(&lead, "/report/month.xlsx?month=2026-11&inside=1");
	CHECK_INT(lead.last.status, 200);
	/* The federation sees them whole on the page. */
	page = browse(&s.b, "/report/month?month=2026-11");
	CHECK(!has(page, "&lt;5") && has(page, "inside=1"));
	clock_fix(0);
	city_close(p);
}
