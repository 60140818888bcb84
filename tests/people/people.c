/* Units, posts, persons and mediators through the door. */
#include "people/inner.h"
#include "../test.h"
#include "../engine.h"
#include <unistd.h>

static const struct rtype *const types[] = { &org_type, &staff_type, &grid_type, &studio_type, &mediator_type, &household_type, &person_type, NULL };

struct place_to_test { char dir[64]; struct app *app; struct arena *a; struct fault f; int64_t city, town, comm, other; };

#define TOWN "320582100"
#define COMM "320582001001"
#define FAR "320582002001"

static int64_t make(struct place_to_test *p, const char *type, const char *area, int64_t org, const struct input *in, size_t n)
{
	struct ctx c;
	struct done d = { 0 };
	fault_clear(&p->f);
	ctx_init(&c, p->app, p->a, &p->f, &actor_system);
	enum err e = act_now(&c, &(struct act){ .type = type, .verb = "create", .area = str_of(area), .org = org, .in = in, .nin = n }, &d);
	if (e != OK)
		printf("# %s: %s %s %s\n", type, err_name(e), p->f.nfields ? p->f.fields[0].field : "", p->f.detail);
	NEED(e == OK);
	return d.id;
}
#define MAKE(p, type, area, org, ...) \
	make(p, type, area, org, (const struct input[]){ __VA_ARGS__ }, sizeof((const struct input[]){ __VA_ARGS__ }) / sizeof(struct input))
#define ID(p, n) arena_fmt((p)->a, "%lld", (long long)(n))

static void open_place(struct place_to_test *p)
{
	memset(p, 0, sizeof *p);
	snprintf(p->dir, sizeof p->dir, "/tmp/xa-people-XXXXXX");
	NEED(mkdtemp(p->dir) != NULL);
	p->a = arena_new(0);
	struct app_options o = { .data_dir = p->dir };
	o.store_url = test_store(p->a);
	enum err e = app_open(&o, types, &p->app, &p->f);
	if (e != OK)
		printf("# %s: %s\n", err_name(e), p->f.detail);
	NEED(e == OK);
	p->city = MAKE(p, "org", "320582", 0, INPUT("name", STR("市妇联")), INPUT("kind", STR("city")));
	p->town = MAKE(p, "org", "320582001", 0, INPUT("name", STR("镇妇联")), INPUT("kind", STR("town")), INPUT("above", ID(p, p->city)));
	p->comm = MAKE(p, "org", COMM, 0, INPUT("name", STR("社区妇联")), INPUT("kind", STR("community")), INPUT("above", ID(p, p->town)));
	p->other = MAKE(p, "org", "320582", 0, INPUT("name", STR("公安局")), INPUT("kind", STR("police")));
}

static void close_place(struct place_to_test *p)
{
	app_close(p->app);
	CHECK(system(arena_printf(p->a, "rm -rf '%s'", p->dir)) == 0);
	arena_free(p->a);
}

static void reader(struct place_to_test *p, struct ctx *c, const struct actor *w)
{
	fault_clear(&p->f);
	ctx_init(c, p->app, p->a, &p->f, w);
	NEED_OK(ctx_read(c));
}

static struct actor who(enum role role, const char *area, int64_t user, int64_t org)
{
	struct actor w = { .role = role, .user = user, .org = org, .face = "test" };
	snprintf(w.area, sizeof w.area, "%s", area);
	return w;
}

TEST(units_answer_for_places)
{
	struct place_to_test p;
	struct ctx c;
	int64_t id;
	bool under;
	open_place(&p);
	reader(&p, &c, &actor_system);
	CHECK_OK(people_org_for(&c, STR(COMM "001"), "community", &id));
	CHECK_INT(id, p.comm);
	CHECK_OK(people_org_for(&c, STR(COMM "001"), "town", &id));
	CHECK_INT(id, p.town);
	CHECK_OK(people_org_for(&c, STR(FAR), "police", &id));
	CHECK_INT(id, p.other);
	CHECK_OK(people_org_for(&c, STR(FAR), "community", &id));
	CHECK_INT(id, 0);
	CHECK_OK(people_org_under(&c, p.comm, p.city, &under));
	CHECK(under);
	CHECK_OK(people_org_under(&c, p.city, p.comm, &under));
	CHECK(!under);
	/* No ring. */
	struct done d;
	ctx_init(&c, p.app, p.a, &p.f, &actor_system);
	CHECK_ERR(act_now(&c, &(struct act){ .type = "org", .verb = "edit", .id = p.city, INPUTS(INPUT("above", ID(&p, p.comm))) }, &d), ERR_INVALID);
	close_place(&p);
}

TEST(staff_become_actors)
{
	struct place_to_test p;
	struct ctx c;
	struct actor w;
	struct done d;
	int64_t user;
	open_place(&p);
	int64_t id = MAKE(&p, "staff", COMM, p.comm, INPUT("name", STR("陆小玉")), INPUT("role", STR("community")), INPUT("login", STR("Lu.Xiaoyu")));
	reader(&p, &c, &actor_system);
	CHECK_OK(people_actor(p.app, c.db, p.a, id, &w, &p.f));
	CHECK(w.role == ROLE_COMMUNITY && w.org == p.comm && strcmp(w.area, COMM) == 0 && strcmp(w.org_kind, "community") == 0);
	CHECK_STR(w.name, "陆小玉");
	CHECK_OK(people_by_login(p.app, c.db, p.a, STR("lu.xiaoyu"), &user, &p.f));
	CHECK_INT(user, id);
	CHECK_ERR(people_by_login(p.app, c.db, p.a, STR("lu.xiaoyu|x"), &user, &p.f), ERR_NOT_FOUND);
	CHECK_ERR(people_actor(p.app, c.db, p.a, 12345, &w, &p.f), ERR_AUTH);
	ctx_init(&c, p.app, p.a, &p.f, &actor_system);
	fault_clear(&p.f);
	const struct input twice[] = { INPUT("name", STR("乙")), INPUT("role", STR("grid")), INPUT("login", STR("LU.xiaoyu")) };
	CHECK_ERR(act_now(&c, &(struct act){ .type = "staff", .verb = "create", .area = STR(COMM), .org = p.comm, .in = twice, .nin = 3 }, &d), ERR_INVALID);
	fault_clear(&p.f);
	const struct input citizen[] = { INPUT("name", STR("丙")), INPUT("role", STR("citizen")) };
	CHECK_ERR(act_now(&c, &(struct act){ .type = "staff", .verb = "create", .area = STR(COMM), .org = p.comm, .in = citizen, .nin = 2 }, &d), ERR_INVALID);
	fault_clear(&p.f);
	CHECK_OK(act_now(&c, &(struct act){ .type = "staff", .verb = "close", .id = id }, &d));
	reader(&p, &c, &actor_system);
	CHECK_ERR(people_actor(p.app, c.db, p.a, id, &w, &p.f), ERR_AUTH);
	close_place(&p);
}

TEST(persons_are_masked_and_matched)
{
	struct place_to_test p;
	struct ctx c;
	struct match m[5];
	size_t n;
	struct rec *r;
	open_place(&p);
	int64_t home = MAKE(&p, "household", COMM "001", p.comm, INPUT("address", STR("金港街道中港社区3幢201室")));
	int64_t one = MAKE(&p, "person", COMM "001", p.comm, INPUT("name", STR("钱 美芳")), INPUT("phone", STR("19900012345")), INPUT("idno", STR("990582199003070023")),
			   INPUT("household", ID(&p, home)));
	int64_t two = MAKE(&p, "person", FAR, p.comm, INPUT("name", STR("钱美芳")), INPUT("phone", STR("19900054321")));
	struct actor comm = who(ROLE_COMMUNITY, COMM, 77, p.comm), admin = who(ROLE_ADMIN, "320582", 78, p.city), far = who(ROLE_COMMUNITY, FAR, 79, 1);
	reader(&p, &c, &comm);
	CHECK_OK(see_one(&c, "person", one, &r));
	CHECK_STR(rec_show(&c, r, PERSON_NAME), "钱**");
	CHECK_STR(rec_show(&c, r, PERSON_PHONE), "199****2345");
	CHECK_STR(rec_str(&c, r, "sex"), "2");
	reader(&p, &c, &admin);
	CHECK_ERR(see_one(&c, "person", one, &r), ERR_NOT_FOUND);
	CHECK_ERR(see_one(&c, "household", home, &r), ERR_NOT_FOUND);
	reader(&p, &c, &far);
	CHECK_ERR(see_one(&c, "person", one, &r), ERR_NOT_FOUND);
	CHECK_OK(see_one(&c, "person", two, &r));
	/* Name alone finds both, surest is who shares the phone. */
	CHECK_OK(people_match(&c, &(struct match_ask){ .name = STR("钱美芳"), .phone = STR("199-0001-2345") }, m, 5, &n));
	CHECK_INT(n, 2);
	CHECK(m[0].person == one && m[0].score == 80 && m[0].household == home);
	/* Another ID number: never she. */
	CHECK_OK(people_match(&c, &(struct match_ask){ .name = STR("钱美芳"), .phone = STR("19900012345"), .idno = STR("990582198503070025") }, m, 5, &n));
	for (size_t i = 0; i < n; i++)
		CHECK(m[i].person != one);
	CHECK_STR(people_match_why(&c, MATCH_IDNO | MATCH_NAME), "身份证号相同、姓名相同");
	/* An address alone is no sameness; with the name it is a hint. */
	CHECK_OK(people_match(&c, &(struct match_ask){ .name = STR("钱美芳"), .address = STR("金港街道中港社区3幢201室") }, m, 5, &n));
	CHECK(n >= 1 && m[0].person == one && (m[0].reasons & MATCH_ADDRESS));
	close_place(&p);
}

struct job { struct match_ask ask; int64_t id; bool made; };
static enum err find_or_make(struct ctx *c, void *arg)
{
	struct job *j = arg;
	return people_person(c, &j->ask, &j->id, &j->made);
}

TEST(person_found_or_made)
{
	struct place_to_test p;
	struct ctx c;
	open_place(&p);
	struct actor comm = who(ROLE_COMMUNITY, COMM, 77, p.comm);
	struct job j = { .ask = { .name = STR("顾兰"), .phone = STR("19900077777"), .area = STR(COMM) } }, k = j, l = { .ask = { .name = STR("顾兰"), .area = STR(COMM) } }, none = { 0 };
	ctx_init(&c, p.app, p.a, &p.f, &comm);
	NEED_OK(ctx_write(&c, find_or_make, &j));
	CHECK(j.made && j.id);
	NEED_OK(ctx_write(&c, find_or_make, &k));
	CHECK(!k.made && k.id == j.id);
	/* The name alone is not enough. */
	NEED_OK(ctx_write(&c, find_or_make, &l));
	CHECK(l.made && l.id != j.id);
	CHECK_ERR(ctx_write(&c, find_or_make, &none), ERR_INVALID);
	close_place(&p);
}

static enum err load_more(struct ctx *c, void *arg) { return people_mediator_load(c, *(int64_t *)arg, 1); }

TEST(mediators_are_suggested)
{
	struct place_to_test p;
	struct ctx c;
	struct mediator_pick m[4];
	size_t n;
	int64_t s[3], id[3];
	static const char *const areas[] = { COMM, "320582001002", FAR }, *const skills[] = { "elderly", "violence,law", "violence" };
	open_place(&p);
	for (int i = 0; i < 3; i++) {
		s[i] = MAKE(&p, "staff", areas[i], p.comm, INPUT("name", STR("调解员")), INPUT("role", STR("mediator")));
		id[i] = MAKE(&p, "mediator", areas[i], p.comm, INPUT("staff", ID(&p, s[i])), INPUT("skills", str_of(skills[i])), INPUT("capacity", STR("2")));
	}
	reader(&p, &c, &actor_system);
	CHECK_OK(people_suggest_mediator(&c, &(struct mediator_ask){ .area = STR(COMM "001"), .kind = STR("M03") }, m, 3, &n));
	CHECK_INT(n, 3);
	CHECK(m[0].mediator == id[1] && m[0].skilled && m[0].near == 2);
	CHECK(m[1].mediator == id[0] && m[1].near == 3 && !m[1].skilled);
	CHECK(str_find(m[0].why, STR("家庭暴力")) > 0);
	/* Full hands go to the end. */
	ctx_init(&c, p.app, p.a, &p.f, &actor_system);
	for (int i = 0; i < 2; i++)
		NEED_OK(ctx_write(&c, load_more, &s[1]));
	reader(&p, &c, &actor_system);
	CHECK_OK(people_suggest_mediator(&c, &(struct mediator_ask){ .area = STR(COMM "001"), .kind = STR("M03") }, m, 3, &n));
	CHECK(n == 3 && m[2].mediator == id[1] && m[2].load == 2);
	close_place(&p);
}

TEST(grids_have_one_code)
{
	struct place_to_test p;
	struct ctx c;
	struct done d;
	int64_t grid, worker;
	open_place(&p);
	int64_t id = MAKE(&p, "grid", "", p.comm, INPUT("code", STR(COMM "007")), INPUT("name", STR("第7网格")), INPUT("kind", STR("comprehensive")));
	reader(&p, &c, &actor_system);
	CHECK_OK(people_grid_of(&c, STR(COMM "007"), &grid, &worker));
	CHECK(grid == id && worker == 0);
	ctx_init(&c, p.app, p.a, &p.f, &actor_system);
	const struct input again[] = { INPUT("code", STR(COMM "007")), INPUT("name", STR("x")), INPUT("kind", STR("dedicated")) };
	CHECK_ERR(act_now(&c, &(struct act){ .type = "grid", .verb = "create", .in = again, .nin = 3 }, &d), ERR_INVALID);
	close_place(&p);
}
