/* The river, on a small type of its own, on both engines: XA_TEST_PG names a PostgreSQL server. */
#include "record/inner.h"
#include "base/embedded.h"
#include "../test.h"
#include <sys/stat.h>
#include <unistd.h>

/* ---- a type to test with; its table is made by the test, not by a migration ---- */

enum { T_TITLE, T_TEXT, T_PHONE, T_NAME, T_GRADE, T_SEX, T_DAY, T_N, T_DONE };
static const struct field thing_fields[] = {
	[T_TITLE] = { .name = "title", .label = "Title", .type = F_TEXT, .flags = FF_NEED | FF_LIST, .max = 20 },
	[T_TEXT] = { .name = "text", .label = "Text", .type = F_LONG, .secrecy = S_SEALED, .flags = FF_SEARCH | FF_HEAVY },
	[T_PHONE] = { .name = "phone", .label = "Phone", .type = F_PHONE, .secrecy = S_MASKED, .flags = FF_BLIND },
	[T_NAME] = { .name = "name", .label = "Name", .type = F_NAME, .secrecy = S_MASKED, .flags = FF_BLIND },
	[T_GRADE] = { .name = "grade", .label = "Grade", .type = F_CODE, .of = "grade", .flags = FF_FILTER },
	[T_SEX] = { .name = "sex", .label = "Sex", .type = F_CODE, .of = "sex" },
	[T_DAY] = { .name = "day", .label = "Day", .type = F_DATE },
	[T_N] = { .name = "n", .label = "Number", .type = F_INT, .min = 0, .max = 9 },
	[T_DONE] = { .name = "done", .label = "Done", .type = F_TIME, .flags = FF_SYSTEM },
};
static const struct state thing_states[] = { { "new", "New", true, NULL }, { "busy", "Busy", true, NULL }, { "over", "Over", false, NULL } };

static enum err refuse_nine(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_int(now, "n") == 9)
		fault_field(c->f, "n", "Not nine", NULL);
	return OK;
}

static enum err mark_over(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "done", c->now);
	return OK;
}

static enum err fail_after(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old, (void)now;
	return fail(c->f, ERR_INTERNAL, NULL, "the effect fails");
}

static const struct step thing_steps[] = {
	{ .from = "", .verb = "create", .to = "new", .label = "New", .roles = R_FED | R(GRID), .scope = SC_AREA, .fields = "* area org owner",
	  .prepare = refuse_nine, .starts = "clue.screen" },
	{ .from = "new|busy", .verb = "edit", .to = "=", .label = "Edit", .roles = R_FED, .scope = SC_AREA, .fields = "* area owner org" },
	{ .from = "new", .verb = "begin", .to = "busy", .label = "Begin", .roles = R(TOWN) | R(COMMUNITY), .scope = SC_AREA, .fields = "n!", .meets = "clue.screen" },
	{ .from = "busy", .verb = "finish", .to = "over", .label = "Finish", .roles = R_ANY, .scope = SC_OWN, .prepare = mark_over },
	{ .from = "busy", .verb = "explode", .to = "over", .label = "Explode", .roles = R_FED, .scope = SC_AREA, .effect = fail_after },
	{ .from = "*", .verb = "set", .to = "=", .label = "Set", .roles = R_FED, .scope = SC_ALL, .fields = "done", .flags = STEP_INTERNAL },
};
static const struct grant thing_read[] = {
	{ R(CITY), SC_ALL, SIGHT_MASKED }, { R(TOWN) | R(COMMUNITY), SC_AREA, SIGHT_MASKED }, { R(TOWN), SC_ORG, SIGHT_FULL },
	{ R(GRID) | R(MEDIATOR) | R(TOWN), SC_OWN, SIGHT_FULL }, { R(LIAISON), SC_ORG, SIGHT_MASKED }, { R(HOTLINE), SC_OWNER, SIGHT_FULL }, { R(ADMIN), SC_SELF, SIGHT_FULL },
};

static int thing_tallies(const struct rec *r, struct tally_cell out[TALLY_MAX])
{
	out[0] = (struct tally_cell){ .metric = "in", .ms = r->created, .grade = r->v[T_GRADE].s };
	if (!r->v[T_DONE].set)
		return 1;
	out[1] = (struct tally_cell){ .metric = "out", .ms = r->v[T_DONE].i, .grade = r->v[T_GRADE].s };
	return 2;
}

static const struct rtype thing = {
	.name = "thing", .label = "Thing", .plural = "Things", .title = "title", .fields = thing_fields, .nfields = ARRAY_LEN(thing_fields),
	.states = thing_states, .nstates = ARRAY_LEN(thing_states), .steps = thing_steps, .nsteps = ARRAY_LEN(thing_steps),
	.read = thing_read, .nread = ARRAY_LEN(thing_read), .number = "试", .level = 2, .tallies = thing_tallies, .grade = "grade",
};
static const struct rtype staff_like = {
	.name = "staff", .table = "thing", .label = "Staff", .plural = "Staff", .title = "title", .fields = thing_fields, .nfields = ARRAY_LEN(thing_fields),
	.states = thing_states, .nstates = ARRAY_LEN(thing_states), .steps = thing_steps, .nsteps = 1, .read = thing_read, .nread = 1,
};
static const struct rtype *const types[] = { &thing, &staff_like, NULL };

static const char thing_ddl[] =
	"CREATE TABLE thing (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,"
	" town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,"
	" updated INTEGER NOT NULL, extra TEXT, title TEXT, text BLOB, phone BLOB, phone_bi BLOB, name BLOB, name_bi BLOB, grade TEXT, sex TEXT,"
	" day INTEGER, n INTEGER, done INTEGER) STRICT;\n"
	"-- sqlite\nCREATE VIRTUAL TABLE search_thing USING fts5(t, content='', tokenize='ascii');\n-- end\n"
	"-- postgres\nCREATE TABLE search_thing (id BIGINT PRIMARY KEY, t TSVECTOR);\n-- end\n";

/* ---- a place to test in ---- */

struct place_to_test { char dir[64]; struct app *app; struct arena *a; struct fault f; };

static bool on_pg;    /* run_both() flips it */

static enum err make_schema(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

/* A schema of its own on the test server, named by the folder. */
static char *pg_url(struct place_to_test *p)
{
	const char *base = getenv("XA_TEST_PG");
	struct store *s;
	char *schema = arena_printf(p->a, "t%s", strrchr(p->dir, '-') + 1);
	NEED_OK(store_open(base, NULL, &s, &p->f));
	NEED_OK(store_write(s, make_schema, arena_printf(p->a, "CREATE SCHEMA %s", schema), &p->f));
	store_close(s);
	return arena_printf(p->a, "%s%coptions=-csearch_path%%3D%s", base, strchr(base, '?') ? '&' : '?', schema);
}

static void open_place(struct place_to_test *p)
{
	static const struct migration more = { 9000, "9000_thing", thing_ddl };
	memset(p, 0, sizeof *p);
	snprintf(p->dir, sizeof p->dir, "/tmp/xa-record-XXXXXX");
	NEED(mkdtemp(p->dir) != NULL);
	p->a = arena_new(0);
	struct app_options o = { .data_dir = p->dir, .more = &more, .nmore = 1, .store_url = on_pg ? pg_url(p) : NULL };
	enum err e = app_open(&o, types, &p->app, &p->f);
	if (e != OK)
		printf("# %s: %s\n", err_name(e), p->f.detail);
	NEED(e == OK);
}

static void close_place(struct place_to_test *p)
{
	app_close(p->app);
	char *cmd = arena_printf(p->a, "rm -rf '%s'", p->dir);
	CHECK(system(cmd) == 0);
	arena_free(p->a);
}

static struct actor who(enum role role, const char *area, int64_t user, int64_t org)
{
	struct actor w = { .role = role, .user = user, .org = org, .face = "test", .proved = PROVED_ALWAYS };
	snprintf(w.area, sizeof w.area, "%s", area);
	return w;
}

static enum err do_act(struct place_to_test *p, const struct actor *w, const struct act *in, struct done *ret)
{
	struct ctx c;
	fault_clear(&p->f);
	ctx_init(&c, p->app, p->a, &p->f, w);
	enum err e = act_now(&c, in, ret);
	if (e == ERR_DB)
		printf("# %s\n", p->f.detail);
	return e;
}

static void reader(struct place_to_test *p, struct ctx *c, const struct actor *w)
{
	fault_clear(&p->f);
	ctx_init(c, p->app, p->a, &p->f, w);
	NEED_OK(ctx_read(c));
}

static int64_t make_thing(struct place_to_test *p, const struct actor *w, const char *title, const char *text)
{
	struct done d;
	NEED_OK(do_act(p, w, &(struct act){ .type = "thing", .verb = "create", INPUTS(INPUT("title", str_of(title)), INPUT("text", str_of(text)),
		INPUT("phone", STR("199 0000-0001")), INPUT("name", STR("王 小明")), INPUT("grade", STR("red"))) }, &d));
	return d.id;
}

/* Each case runs on SQLite and, where a server is named, on PostgreSQL. */
#define BOTH(n)                                                              \
	static void both_##n(void);                                          \
	TEST(n##_sqlite) { on_pg = false; both_##n(); }                      \
	TEST(n##_postgres)                                                   \
	{                                                                    \
		if (!getenv("XA_TEST_PG")) {                                 \
			puts("# SKIP: XA_TEST_PG names no server");          \
			return;                                              \
		}                                                            \
		on_pg = true;                                                \
		both_##n();                                                  \
	}                                                                    \
	static void both_##n(void)

#define AREA "320582001001"
#define TOWN_AREA "320582001"

BOTH(create_read_mask)
{
	struct place_to_test p;
	struct ctx c;
	struct rec *r;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5), grid = who(ROLE_GRID, AREA "001", 12, 5), far = who(ROLE_COMMUNITY, "320582002001", 13, 6);
	open_place(&p);
	int64_t id = make_thing(&p, &comm, "甲", "邻居说夜里有打骂声");
	reader(&p, &c, &comm);
	CHECK_OK(see_one(&c, "thing", id, &r));
	CHECK_STR(rec_show(&c, r, T_NAME), "王**");
	CHECK_STR(rec_show(&c, r, T_PHONE), "199****0001");
	CHECK(str_starts(r->number, "试〔") && str_ends(r->number, "〕00001号"));
	CHECK_STR(rec_str(&c, r, "text"), "邻居说夜里有打骂声");
	/* A stranger cannot tell it from nothing. */
	reader(&p, &c, &far);
	CHECK_ERR(see_one(&c, "thing", id, &r), ERR_NOT_FOUND);
	CHECK_ERR(see_one(&c, "thing", id + 1, &r), ERR_NOT_FOUND);
	struct done d;
	CHECK_ERR(do_act(&p, &far, &(struct act){ .type = "thing", .verb = "edit", .id = id }, &d), ERR_NOT_FOUND);
	/* Her own: full. */
	int64_t mine = make_thing(&p, &grid, "乙", "x");
	reader(&p, &c, &grid);
	CHECK_OK(see_one(&c, "thing", mine, &r));
	CHECK_STR(rec_show(&c, r, T_NAME), "王**");     /* and covered all the same, until reveal() */
	CHECK(rec_covers(r, T_NAME) && !rec_input(&c, r, T_NAME).p);
	/* Outside one's area nothing can be made. */
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "create", .area = STR("320582002001"), INPUTS(INPUT("title", STR("a"))) }, &d), ERR_DENIED);
	close_place(&p);
}

BOTH(wrong_input_names_the_field)
{
	struct place_to_test p;
	struct done d;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5);
	open_place(&p);
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "create", INPUTS(INPUT("title", STR("  ")), INPUT("phone", STR("abc")),
		INPUT("grade", STR("pink")), INPUT("n", STR("9")), INPUT("day", STR("2026-02-31")), INPUT("done", STR("1")), INPUT("bogus", STR("1"))) }, &d), ERR_INVALID);
	const char *want[] = { "phone", "grade", "day", "bogus", "title" };
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		bool found = false;
		for (int k = 0; k < p.f.nfields; k++)
			found |= strcmp(p.f.fields[k].field, want[i]) == 0;
		CHECK(found);
	}
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "create", INPUTS(INPUT("title", STR("t")), INPUT("n", STR("9"))) }, &d), ERR_INVALID);
	CHECK(strcmp(p.f.fields[0].msg, "Not nine") == 0);
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "create", INPUTS(INPUT("title", STR("\xff\xfe"))) }, &d), ERR_INVALID);
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "create", INPUTS(INPUT("title", STR("一二三四五六七八九十一二三四五六七八九十多"))) }, &d), ERR_INVALID);
	CHECK_INT(p.f.nfields, 1);     /* said once: too long, not also "please fill this in" */
	struct journal_row *j;
	size_t n;
	struct ctx c;
	reader(&p, &c, &actor_system);
	CHECK_OK(journal_find(&c, &(struct journal_ask){ .limit = 10 }, &j, &n));
	CHECK_INT(n, 0);     /* nothing half-written */
	close_place(&p);
}

BOTH(lifecycle_and_stale)
{
	struct place_to_test p;
	struct done d, e;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5), city = who(ROLE_CITY, "320582", 2, 1), other = who(ROLE_COMMUNITY, AREA, 14, 5);
	open_place(&p);
	int64_t id = make_thing(&p, &comm, "甲", "x");
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "finish", .id = id }, &d), ERR_STATE);
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "dance", .id = id }, &d), ERR_NOT_FOUND);
	CHECK_ERR(do_act(&p, &city, &(struct act){ .type = "thing", .verb = "begin", .id = id, INPUTS(INPUT("n", STR("1"))) }, &d), ERR_DENIED);
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "begin", .id = id }, &d), ERR_INVALID);
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "set", .id = id }, &d), ERR_DENIED);
	CHECK_OK(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "begin", .id = id, .version = 1, INPUTS(INPUT("n", STR("1"))) }, &d));
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "edit", .id = id, .version = 1, INPUTS(INPUT("n", STR("2"))) }, &e), ERR_STALE);
	CHECK_ERR(do_act(&p, &other, &(struct act){ .type = "thing", .verb = "finish", .id = id }, &e), ERR_DENIED);
	/* A failing effect undoes the whole act. */
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "explode", .id = id }, &e), ERR_INTERNAL);
	struct ctx c;
	struct rec *r;
	reader(&p, &c, &comm);
	CHECK_OK(see_one(&c, "thing", id, &r));
	CHECK_STR(r->state, "busy");
	CHECK_OK(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "finish", .id = id, .version = d.version }, &d));
	CHECK(rec_has(d.rec, "done"));
	close_place(&p);
}

BOTH(same_key_same_answer)
{
	struct place_to_test p;
	struct done d, e;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5), other = who(ROLE_COMMUNITY, AREA, 14, 5);
	struct act in = { .type = "thing", .verb = "create", .idem = STR("k-1"), INPUTS(INPUT("title", STR("once"))) };
	open_place(&p);
	CHECK_OK(do_act(&p, &comm, &in, &d));
	CHECK_OK(do_act(&p, &comm, &in, &e));
	CHECK(e.again && e.id == d.id);
	CHECK_OK(do_act(&p, &other, &in, &e));
	CHECK(!e.again && e.id != d.id);     /* keys belong to their actor */
	in.verb = "edit";
	in.id = d.id;
	CHECK_ERR(do_act(&p, &comm, &in, &e), ERR_DUPLICATE);
	close_place(&p);
}

static enum err act_of(struct ctx *c, void *arg)
{
	void **p = arg;
	return act(c, p[0], p[1]);
}

static enum err act_on_writer(struct ctx *c, struct act *in, struct done *d) { return ctx_write(c, act_of, (void *[]){ in, d }); }

BOTH(worked_out_ahead)
{
	struct place_to_test p;
	struct done d;
	struct ctx c;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5), full = who(ROLE_TOWN, AREA, 13, 5);
	open_place(&p);
	reader(&p, &c, &comm);
	struct act in = { .type = "thing", .verb = "create", INPUTS(INPUT("title", STR("一件")), INPUT("text", STR("夜里有争吵声")), INPUT("phone", STR("199 0000-0001"))) };
	act_ahead(&c, &in);
	NEED(in.ahead && in.ahead->now && !p.f.code);
	const struct rec *was = in.ahead->now;
	NEED_OK(act_on_writer(&c, &in, &d));
	/* the very bytes were taken over, under the id they are bound to */
	CHECK(d.id == was->id && d.rec->v[T_TEXT].sealed.p == was->v[T_TEXT].sealed.p);
	struct rec *r;
	struct seen s;
	reader(&p, &c, &comm);
	NEED_OK(see_one(&c, "thing", d.id, &r));
	CHECK_STR(rec_str(&c, r, "text"), "夜里有争吵声");
	NEED_OK(see_same(&c, "thing", "phone", STR("19900000001"), &s));
	CHECK_INT(s.n, 1);
	NEED_OK(see(&c, &(struct see){ .type = "thing", .words = STR("争吵") }, &s));
	CHECK_INT(s.n, 0);   /* who sees it masked learns no word of it */
	reader(&p, &c, &full);
	NEED_OK(see(&c, &(struct see){ .type = "thing", .words = STR("争吵") }, &s));
	CHECK_INT(s.n, 1);
	reader(&p, &c, &comm);
	/* refused ahead: nothing is said, and act() says it */
	struct act bad = { .type = "thing", .verb = "create", INPUTS(INPUT("title", STR("x")), INPUT("n", STR("9"))) };
	act_ahead(&c, &bad);
	CHECK(!bad.ahead->now && !p.f.code && !p.f.nfields);
	CHECK_ERR(act_on_writer(&c, &bad, &d), ERR_INVALID);
	CHECK(p.f.nfields == 1 && strcmp(p.f.fields[0].field, "n") == 0);
	close_place(&p);
}

BOTH(decided_again_on_the_writer)
{
	struct place_to_test p;
	struct done d;
	struct ctx c;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5), far = who(ROLE_COMMUNITY, "320582101001", 12, 6), full = who(ROLE_TOWN, AREA, 13, 5);
	open_place(&p);
	int64_t id = make_thing(&p, &comm, "1", "最初的话");
	/* the version moved on */
	reader(&p, &c, &comm);
	struct act edit = { .type = "thing", .verb = "edit", .id = id, .version = 1, INPUTS(INPUT("text", STR("后来的话"))) };
	act_ahead(&c, &edit);
	NEED(edit.ahead->now && (on_pg || edit.ahead->words_was.p));
	NEED_OK(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "edit", .id = id, INPUTS(INPUT("text", STR("别人的话"))) }, &d));
	fault_clear(&p.f);
	CHECK_ERR(act_on_writer(&c, &edit, &d), ERR_STALE);
	/* without a version the old text is taken out of the index as it is now, not as it was */
	edit.version = 0;
	fault_clear(&p.f);
	NEED_OK(act_on_writer(&c, &edit, &d));
	struct seen s;
	reader(&p, &c, &full);
	NEED_OK(see(&c, &(struct see){ .type = "thing", .words = STR("别人") }, &s));
	CHECK_INT(s.n, 0);
	NEED_OK(see(&c, &(struct see){ .type = "thing", .words = STR("后来") }, &s));
	CHECK_INT(s.n, 1);
	reader(&p, &c, &comm);
	/* who may no longer, may not, whatever was worked out */
	struct act again = { .type = "thing", .verb = "edit", .id = id, INPUTS(INPUT("text", STR("第三次"))) };
	act_ahead(&c, &again);
	NEED(again.ahead->now);
	c.actor = &far;
	CHECK_ERR(act_on_writer(&c, &again, &d), ERR_NOT_FOUND);
	/* what was not possible yet when it was worked out is, once it is */
	reader(&p, &c, &comm);
	struct act finish = { .type = "thing", .verb = "explode", .id = id };
	act_ahead(&c, &finish);
	CHECK(!finish.ahead->now && !p.f.code && !p.f.nfields);
	NEED_OK(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "begin", .id = id, INPUTS(INPUT("n", STR("1"))) }, &d));
	fault_clear(&p.f);
	CHECK_ERR(act_on_writer(&c, &finish, &d), ERR_INTERNAL);   /* its effect, which fails by design, was reached */
	/* other inputs than those it was made of */
	struct input other[] = { INPUT("text", STR("另一段话")) };
	struct act swapped = { .type = "thing", .verb = "edit", .id = id, INPUTS(INPUT("text", STR("这一段话"))) };
	reader(&p, &c, &comm);
	act_ahead(&c, &swapped);
	swapped.in = other;
	NEED_OK(act_on_writer(&c, &swapped, &d));
	CHECK_STR(rec_str(&c, d.rec, "text"), "另一段话");
	int64_t cells, wrong;
	struct str first;
	struct journal_report rep;
	reader(&p, &c, &actor_system);
	NEED_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK_INT(wrong, 0);
	NEED_OK(journal_verify(&c, &rep));
	CHECK_INT(rep.bad_seq, 0);
	close_place(&p);
}

BOTH(numbers_have_no_gaps)
{
	struct place_to_test p;
	struct done d;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5);
	open_place(&p);
	make_thing(&p, &comm, "1", "x");
	CHECK_ERR(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "create" }, &d), ERR_INVALID);
	struct ctx c;
	struct rec *r;
	int64_t id = make_thing(&p, &comm, "2", "x");
	reader(&p, &c, &comm);
	CHECK_OK(see_one(&c, "thing", id, &r));
	CHECK(str_ends(r->number, "〕00002号"));
	close_place(&p);
}

BOTH(found_by_words_and_phone)
{
	struct place_to_test p;
	struct ctx c;
	struct seen s;
	struct done d;
	struct actor comm = who(ROLE_TOWN, AREA, 11, 5), above = who(ROLE_CITY, "320582", 2, 1), far = who(ROLE_COMMUNITY, "320582002001", 13, 6);
	open_place(&p);
	int64_t a = make_thing(&p, &comm, "甲", "丈夫酒后打骂妻子，孩子害怕"), b = make_thing(&p, &comm, "乙", "婆媳为带孩子争吵");
	(void)a;
	reader(&p, &c, &comm);
	CHECK_OK(see(&c, &(struct see){ .type = "thing", .words = STR("孩子") }, &s));
	CHECK_INT(s.n, 2);
	CHECK_OK(see(&c, &(struct see){ .type = "thing", .words = STR("婆媳 孩子") }, &s));
	CHECK(s.n == 1 && s.r[0]->id == b);
	CHECK_OK(see(&c, &(struct see){ .type = "thing", .words = STR("酒") }, &s));
	CHECK_INT(s.n, 1);
	CHECK_OK(see(&c, &(struct see){ .type = "thing", .words = STR("\"*() OR") }, &s));
	CHECK_INT(s.n, 0);
	int64_t n = 0;
	CHECK_OK(see_count(&c, &(struct see){ .type = "thing", .words = STR("孩子") }, 100, &n));
	CHECK_INT(n, 2);
	CHECK_OK(see_same(&c, "thing", "phone", STR("+86 19900000001"), &s));
	CHECK_INT(s.n, 2);
	CHECK_OK(see_same(&c, "thing", "name", STR("王小明"), &s));
	CHECK_INT(s.n, 2);
	CHECK_OK(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "edit", .id = b, INPUTS(INPUT("text", STR("已经和好"))) }, &d));
	reader(&p, &c, &comm);
	CHECK_OK(see(&c, &(struct see){ .type = "thing", .words = STR("婆媳") }, &s));
	CHECK_INT(s.n, 0);
	reader(&p, &c, &far);
	CHECK_OK(see(&c, &(struct see){ .type = "thing", .words = STR("孩子") }, &s));
	CHECK_INT(s.n, 0);
	/* Who sees it masked finds nothing by its words: that would be reading it. */
	reader(&p, &c, &above);
	CHECK_OK(see(&c, &(struct see){ .type = "thing" }, &s));
	CHECK_INT(s.n, 2);
	CHECK_OK(see(&c, &(struct see){ .type = "thing", .words = STR("孩子") }, &s));
	CHECK_INT(s.n, 0);
	CHECK_OK(see_count(&c, &(struct see){ .type = "thing", .words = STR("孩子") }, 100, &n));
	CHECK_INT(n, 0);
	close_place(&p);
}

static enum err run_sql(struct ctx *c, void *arg) { return db_exec(c->db, c->f, arg, NOARGS, NULL); }
static enum err sql(struct ctx *c, const char *text) { return ctx_write(c, run_sql, (void *)(uintptr_t)text); }

BOTH(journal_shows_tampering)
{
	struct place_to_test p;
	struct ctx c;
	struct journal_report rep;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5);
	open_place(&p);
	for (int i = 0; i < 5; i++)
		make_thing(&p, &comm, "甲", "x");
	reader(&p, &c, &actor_system);
	CHECK_OK(journal_verify(&c, &rep));
	CHECK_INT(rep.size, 5);
	CHECK(!rep.why);
	CHECK(sql(&c, "UPDATE journal SET body = 'x' WHERE seq = 3") != OK);
	CHECK(sql(&c, "DELETE FROM journal WHERE seq = 3") != OK);
	/* Whoever owns the machine can drop the triggers; it shows all the same. */
	fault_clear(&p.f);
	if (on_pg) {
		CHECK_OK(sql(&c, "DROP TRIGGER journal_keep ON journal"));
	} else {
		CHECK_OK(sql(&c, "DROP TRIGGER journal_keep_u"));
		CHECK_OK(sql(&c, "DROP TRIGGER journal_keep_d"));
	}
	CHECK_OK(sql(&c, "UPDATE journal SET actor = 99 WHERE seq = 3"));
	reader(&p, &c, &actor_system);
	CHECK_OK(journal_verify(&c, &rep));
	CHECK_INT(rep.bad_seq, 3);
	CHECK_OK(sql(&c, "UPDATE journal SET actor = 11 WHERE seq = 3"));
	CHECK_OK(sql(&c, "DELETE FROM journal WHERE seq = 5"));
	reader(&p, &c, &actor_system);
	CHECK_OK(journal_verify(&c, &rep));
	CHECK(rep.why);
	close_place(&p);
}

BOTH(tallies_follow)
{
	struct place_to_test p;
	struct ctx c;
	struct done d;
	struct tally_row *t;
	size_t n;
	int64_t cells, wrong;
	struct str first;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5);
	open_place(&p);
	int64_t id = make_thing(&p, &comm, "甲", "x");
	make_thing(&p, &comm, "乙", "x");
	CHECK_OK(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "edit", .id = id, INPUTS(INPUT("grade", STR("blue"))) }, &d));
	reader(&p, &c, &actor_system);
	CHECK_OK(tally_read(&c, &(struct tally_ask){ .metric = "in", .from_day = 0, .to_day = 40000, .area = STR(TOWN_AREA), .by_grade = true }, &t, &n));
	CHECK_INT(n, 2);
	for (size_t i = 0; i < n; i++)
		CHECK_INT(t[i].n, 1);
	CHECK_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK_INT(wrong, 0);
	CHECK_OK(sql(&c, "UPDATE tally SET n = n + 1 WHERE grade = 'blue'"));
	reader(&p, &c, &actor_system);
	CHECK_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK_INT(wrong, 1);
	close_place(&p);
}

struct longer_ask { struct rec *r; int64_t due; };
static enum err pause_clock(struct ctx *x, void *r) { return due_suspend(x, r, STR("s")); }
static enum err resume_clock(struct ctx *x, void *r) { return due_resume(x, r); }
static enum err longer(struct ctx *x, void *arg)
{
	struct longer_ask *k = arg;
	return due_extend(x, k->r, "clue.screen", k->due, STR("complex"));
}

BOTH(clocks)
{
	struct place_to_test p;
	struct ctx c;
	struct due *d;
	size_t n;
	struct done done;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5);
	open_place(&p);
	clock_fix(civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 }));
	int64_t id = make_thing(&p, &comm, "甲", "x");
	reader(&p, &c, &comm);
	CHECK_OK(due_mine(&c, SC_AREA, false, 10, &d, &n));
	CHECK_INT(n, 1);
	int64_t first = d[0].due;
	CHECK(first > c.now && d[0].state == DUE_RUNNING && due_light(&c, &d[0]) == LIGHT_GREEN);
	CHECK(due_explain(&c, &d[0]).n > 20);
	struct rec *r;
	CHECK_OK(see_one(&c, "thing", id, &r));
	struct longer_ask ask = { r, first + 30 * MS_DAY };
	/* the machine's clock was ahead when it paused: nothing is taken from the term (S47) */
	int64_t right = c.now;
	c.now = right + 3 * MS_DAY;
	CHECK_OK(ctx_write(&c, pause_clock, r));
	c.now = right;
	CHECK_OK(ctx_write(&c, resume_clock, r));
	CHECK_OK(due_list(&c, "thing", id, &d, &n));
	CHECK(n == 1 && d[0].due == first);
	CHECK_OK(ctx_write(&c, pause_clock, r));
	clock_fix(c.now + 2 * MS_DAY);
	c.now = now_ms();
	CHECK_OK(ctx_write(&c, resume_clock, r));
	CHECK_OK(ctx_write(&c, longer, &ask));
	CHECK_OK(due_list(&c, "thing", id, &d, &n));
	CHECK(n == 1 && d[0].first_due == first && d[0].due == first + 30 * MS_DAY);
	/* Late: it climbs, once a level. */
	clock_fix(d[0].due + 1);
	reader(&p, &c, &actor_system);
	int climbed = 0;
	CHECK_OK(due_escalate(&c, &climbed));
	CHECK_INT(climbed, 1);
	CHECK_OK(due_escalate(&c, &climbed));
	CHECK_INT(climbed, 0);
	reader(&p, &c, &comm);
	CHECK_OK(due_mine(&c, SC_AREA, true, 10, &d, &n));
	CHECK(n == 1 && d[0].level == 1 && due_light(&c, &d[0]) == LIGHT_RED);
	CHECK_OK(do_act(&p, &comm, &(struct act){ .type = "thing", .verb = "begin", .id = id, INPUTS(INPUT("n", STR("1"))) }, &done));
	reader(&p, &c, &comm);
	CHECK_OK(due_mine(&c, SC_AREA, false, 10, &d, &n));
	CHECK_INT(n, 0);
	clock_fix(0);
	close_place(&p);
}

/* scope_sql() keeps exactly the rows for which sight_of() is not NONE: random roles, areas, units and owners. */
BOTH(see_is_may)
{
	struct place_to_test p;
	struct rng g = { 7 };
	static const char *const areas[] = { "320582", "320582001", "320582002", "320582001001", "320582001002", "320582002001", "320582001001001" };
	open_place(&p);
	for (int i = 0; i < 40; i++) {
		struct done d;
		struct actor w = who(ROLE_CITY, "320582", 1 + rng_range(&g, 0, 9), 1 + rng_range(&g, 0, 4));
		char owner[8];
		snprintf(owner, sizeof owner, "%d", (int)rng_range(&g, 1, 10));
		NEED_OK(do_act(&p, &w, &(struct act){ .type = "thing", .verb = "create", .area = str_of(areas[rng_range(&g, 0, 6)]), .org = rng_range(&g, 1, 5),
			INPUTS(INPUT("title", STR("t")), INPUT("owner", str_of(owner))) }, &d));
	}
	int64_t pairs = 0;
	for (int k = 0; k < 2500; k++) {
		struct actor w = who((enum role)rng_range(&g, ROLE_CITIZEN, ROLE_COUNT - 1), areas[rng_range(&g, 0, 6)], rng_range(&g, 0, 10), rng_range(&g, 0, 5));
		struct ctx c;
		struct seen s;
		ARENA a = arena_new(0);
		fault_clear(&p.f);
		ctx_init(&c, p.app, a, &p.f, &w);
		NEED_OK(ctx_read(&c));
		NEED_OK(see(&c, &(struct see){ .type = "thing", .limit = 100 }, &s));
		struct ctx all = c;
		all.actor = &actor_system;
		struct seen every;
		NEED_OK(see(&all, &(struct see){ .type = "thing", .limit = 100 }, &every));
		NEED(every.n == 40);
		size_t at = 0;
		for (size_t i = 0; i < every.n; i++, pairs++) {
			bool sees = at < s.n && s.r[at]->id == every.r[i]->id;
			CHECK(sees == (may(&c, &thing, "view", every.r[i]) != MAY_HIDE));
			at += sees;
		}
		CHECK_INT(at, s.n);
	}
	CHECK_INT(pairs, 100000);
	close_place(&p);
}

static int runs;
static enum err count(struct ctx *x, struct str arg) { (void)x; runs += str_is(arg, "a") ? 1 : 0; return OK; }
static enum err breaks(struct ctx *x, struct str arg) { (void)arg; runs += 100; return fail(x->f, ERR_IO, NULL, "no"); }
static enum err put_jobs(struct ctx *x, void *a)
{
	(void)a;
	TRY(job_put(x, "count", STR("a"), x->now));
	TRY(job_put(x, "count", STR("a"), x->now + MS_DAY));
	TRY(job_put(x, "breaks", STR(""), x->now));
	return outbox_put(x, "spool", NULL, STR("{\"text\":\"x\"}"));
}

static enum err two_notices(struct ctx *x, void *a)
{
	(void)a;
	TRY(notice_put(x, 11, 0, NULL, "mine"));
	return notice_put(x, 0, 6, NULL, "another unit's");
}
static enum err read_all(struct ctx *x, void *a) { (void)a; return notice_read_all(x); }

BOTH(notices_are_ones_own)
{
	struct place_to_test p;
	struct ctx c;
	struct notice *v;
	size_t n;
	struct actor comm = who(ROLE_COMMUNITY, AREA, 11, 5), far = who(ROLE_COMMUNITY, "320582002001", 13, 6);
	open_place(&p);
	reader(&p, &c, &actor_system);
	int64_t unread = -1;
	CHECK_OK(ctx_write(&c, two_notices, NULL));
	reader(&p, &c, &comm);
	CHECK_OK(notice_count(&c, 99, &unread));
	CHECK_INT(unread, 1);
	CHECK_OK(ctx_write(&c, read_all, NULL));
	reader(&p, &c, &comm);
	CHECK_OK(notice_count(&c, 99, &unread));
	CHECK_INT(unread, 0);
	reader(&p, &c, &far);
	CHECK_OK(notice_count(&c, 99, &unread));
	CHECK_INT(unread, 1);
	CHECK_OK(notice_count(&c, 1, &unread));
	CHECK_INT(unread, 1);
	reader(&p, &c, &comm);
	CHECK_OK(notice_list(&c, 10, &v, &n));
	CHECK(n == 1 && v[0].read);
	reader(&p, &c, &far);
	CHECK_OK(notice_list(&c, 10, &v, &n));
	CHECK(n == 1 && !v[0].read);
	close_place(&p);
}

static enum err steady_count(struct ctx *x, struct str arg) { (void)x, (void)arg; runs++; return OK; }
static enum err put_once(struct ctx *x, void *a) { (void)a; return job_put(x, "once", STR(""), x->now); }
static enum err put_later(struct ctx *x, void *a) { (void)a; return job_put(x, "once", STR(""), x->now + 20 * MS_DAY); }
static enum err put_off(struct ctx *x, void *a) { (void)a; return db_exec(x->db, x->f, "UPDATE outbox SET next_at = ?", ARGS(VI(x->now + 10 * MS_MINUTE)), NULL); }
static enum err put_letter(struct ctx *x, void *a) { (void)a; return outbox_put(x, "spool", NULL, STR("{}")); }

/* S47: the clock was a day ahead for a while and is put right: what was put off then is not put off for a day. */
BOTH(jobs_of_a_clock_that_was_ahead)
{
	struct place_to_test p;
	struct ctx c;
	int n = 0;
	runs = 0;
	struct job_kind kinds[] = { { "tick", steady_count, MS_MINUTE }, { "fails", breaks, MS_MINUTE }, { "once", steady_count, 0 }, { 0 } };
	open_place(&p);
	int64_t right = civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 });
	clock_fix(right + MS_DAY);
	CHECK_OK(jobs_run(p.app, kinds, 10, &n));
	CHECK_INT(runs, 101);          /* both; the second is leased anew, for a minute */
	reader(&p, &c, &actor_system);
	c.now = right + MS_DAY;
	CHECK_OK(ctx_write(&c, put_once, NULL));
	CHECK_OK(ctx_write(&c, put_letter, NULL));
	CHECK_OK(ctx_write(&c, put_off, NULL));
	clock_fix(right);
	reader(&p, &c, &actor_system);
	c.now = right;
	CHECK_OK(ctx_write(&c, put_later, NULL));    /* meant for later indeed */
	CHECK_OK(jobs_run(p.app, kinds, 10, &n));
	CHECK_INT(n, 3);
	CHECK_INT(runs, 203);
	CHECK_OK(outbox_deliver(&c, &n));
	CHECK_INT(n, 1);
	CHECK_OK(jobs_run(p.app, kinds, 10, &n));
	CHECK_INT(n, 0);
	clock_fix(0);
	close_place(&p);
}

BOTH(jobs_and_outbox)
{
	struct place_to_test p;
	struct ctx c;
	runs = 0;
	struct job_kind kinds[] = { { "count", count, 0 }, { "breaks", breaks, 0 }, { 0 } };
	open_place(&p);
	reader(&p, &c, &actor_system);
	CHECK_OK(ctx_write(&c, put_jobs, NULL));
	int n = 0;
	CHECK_OK(jobs_run(p.app, kinds, 10, &n));
	CHECK_INT(n, 2);
	CHECK_INT(runs, 101);
	CHECK_OK(jobs_run(p.app, kinds, 10, &n));
	CHECK_INT(n, 0);       /* the broken one waits */
	reader(&p, &c, &actor_system);
	CHECK_OK(outbox_deliver(&c, &n));
	CHECK_INT(n, 1);
	reader(&p, &c, &actor_system);
	CHECK_OK(outbox_deliver(&c, &n));
	CHECK_INT(n, 0);
	close_place(&p);
}
