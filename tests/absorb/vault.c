/* The sealed vault: opened by two persons together or by nobody. One test a refusal. */
#include "../desk/site.h"

struct safe { struct city city; int64_t one, two, kase, entry; };
static const char secret[] = "锦丰镇向阳路18号二楼东";
#define ASK "需要为其送达保护令，请求查看地址"

static struct actor city_user(struct safe *s, int64_t user) { return who(ROLE_CITY, CITY, user, s->city.fed); }

static int64_t staff_new(struct city *p, const char *role, const char *area, int64_t org)
{
	struct done d;
	static int nth;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .org = org, .area = str_of(area),
		INPUTS(IN("name", arena_printf(p->a, "库%02d", ++nth)), IN("role", role)) }, &d));
	return d.id;
}

static void safe_open(struct safe *s)
{
	struct city *p = &s->city;
	struct done d;
	city_open(p);
	s->one = staff_new(p, "city", CITY, p->fed);
	s->two = staff_new(p, "city", CITY, p->fed);
	s->kase = new_case(p, "M01", "yellow");
	take(p, s->kase);
	NEED_OK(ADD(MEIW, "vault", s->kase, &d, IN("kind", "shelter"), IN("kept", secret)));
	s->entry = d.id;
}

static int64_t ask(struct safe *s, int64_t user)
{
	struct city *p = &s->city;
	struct done d;
	NEED_OK(ADD(city_user(s, user), "opening", s->entry, &d, IN("reason", ASK)));
	return d.id;
}

struct looking { int64_t id; struct rec *r; struct str text; };
static enum err look_job(struct ctx *c, void *arg)
{
	struct looking *l = arg;
	int64_t until;
	TRY(vault_look(c, l->id, &l->r, &until));
	l->text = rec_show(c, l->r, field_at(l->r->t, "kept"));
	return OK;
}

static enum err look(struct safe *s, struct actor w, int64_t id, struct str *ret)
{
	struct city *p = &s->city;
	struct ctx c;
	struct looking l = { .id = id };
	ctx_at(p, &c, &w);
	enum err e = ctx_write(&c, look_job, &l);
	*ret = l.text;
	return e;
}

TEST(two_persons_open_it_once_for_ten_minutes)
{
	struct safe s;
	struct str text = STR_NONE;
	safe_open(&s);
	struct city *p = &s.city;
	struct actor one = city_user(&s, s.one), two = city_user(&s, s.two);
	int64_t id = ask(&s, s.one);
	CHECK_ERR(look(&s, one, id, &text), ERR_STATE);
	NEED_OK(DO0(two, "opening", "agree", id));
	CHECK_ERR(look(&s, one, id, &text), ERR_STATE);
	NEED_OK(DO0(one, "opening", "open", id));
	NEED_OK(look(&s, one, id, &text));
	CHECK_STR(text, secret);
	CHECK_ERR(look(&s, two, id, &text), ERR_DENIED);
	CHECK_ERR(DO0(one, "opening", "open", id), ERR_STATE);     /* once */
	p->now += VAULT_OPEN;
	CHECK_ERR(look(&s, one, id, &text), ERR_STATE);
	/* Asked, agreed, opened, looked at: each in the journal, each told; the value nowhere. */
	struct db *d;
	int64_t n = 0;
	NEED_OK(store_reader(p->app->store, &d, &p->f));
	NEED_OK(db_int(d, &p->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE (type = 'opening' AND verb IN ('create', 'agree', 'open')) OR (type = 'vault' AND verb = 'look')", NOARGS, &n, NULL));
	CHECK_INT(n, 4);
	NEED_OK(db_int(d, &p->f, arena_printf(p->a, "SELECT CAST(COUNT(*) AS INTEGER) FROM notice WHERE who = %lld", (long long)s.two), NOARGS, &n, NULL));
	CHECK_INT(n, 2);
	NEED_OK(db_int(d, &p->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE body LIKE '%向阳%'", NOARGS, &n, NULL));
	CHECK_INT(n, 0);
	city_close(p);
}

TEST(the_same_person_twice_is_refused)
{
	struct safe s;
	safe_open(&s);
	struct city *p = &s.city;
	int64_t id = ask(&s, s.one);
	CHECK_ERR(DO0(city_user(&s, s.one), "opening", "agree", id), ERR_DENIED);
	CHECK_ERR(DO0(city_user(&s, s.one), "opening", "refuse", id), ERR_DENIED);
	/* And who did not ask does not open. */
	NEED_OK(DO0(city_user(&s, s.two), "opening", "agree", id));
	CHECK_ERR(DO0(city_user(&s, s.two), "opening", "open", id), ERR_DENIED);
	city_close(p);
}

TEST(half_an_hour_to_agree_and_half_to_open)
{
	struct safe s;
	safe_open(&s);
	struct city *p = &s.city;
	int64_t id = ask(&s, s.one), late = ask(&s, s.one);
	p->now += VAULT_ASK;
	NEED_OK(DO0(city_user(&s, s.two), "opening", "agree", id));
	p->now += 1;
	CHECK_ERR(DO0(city_user(&s, s.two), "opening", "agree", late), ERR_STATE);
	p->now += VAULT_ASK;
	CHECK_ERR(DO0(city_user(&s, s.one), "opening", "open", id), ERR_STATE);
	city_close(p);
}

TEST(a_short_reason_and_a_refusal)
{
	struct safe s;
	struct str text;
	safe_open(&s);
	struct city *p = &s.city;
	CHECK_ERR(ADD(city_user(&s, s.one), "opening", s.entry, NULL, IN("reason", "看看")), ERR_INVALID);
	int64_t id = ask(&s, s.one);
	NEED_OK(DO0(city_user(&s, s.two), "opening", "refuse", id));
	CHECK_ERR(DO0(city_user(&s, s.one), "opening", "open", id), ERR_STATE);
	CHECK_ERR(look(&s, city_user(&s, s.one), id, &text), ERR_STATE);
	city_close(p);
}

/* An opening opens its own entry, and for everybody without the post there is none. */
TEST(for_everybody_else_it_does_not_exist)
{
	struct safe s;
	struct done d;
	enum sight sight;
	safe_open(&s);
	struct city *p = &s.city;
	static const enum role others[] = { ROLE_MEDIATOR, ROLE_TOWN, ROLE_COMMUNITY, ROLE_GRID, ROLE_HOTLINE, ROLE_LEADER, ROLE_AUDITOR, ROLE_ADMIN, ROLE_SECADMIN };
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct actor w = who(others[i], others[i] == ROLE_MEDIATOR ? COMM : CITY, others[i] == ROLE_MEDIATOR ? MEI : 900 + (int)i, others[i] == ROLE_MEDIATOR ? p->studio : p->fed);
		CHECK_ERR(peek(p, w, "vault", s.entry, &sight), ERR_NOT_FOUND);
		CHECK_ERR(ADD(w, "opening", s.entry, &d, IN("reason", ASK)), ERR_NOT_FOUND);
		CHECK_ERR(DO(w, "vault", "replace", s.entry, IN("kind", "shelter"), IN("kept", "x")), ERR_NOT_FOUND);
	}
	/* Another city's federation. */
	CHECK_ERR(peek(p, who(ROLE_CITY, "320583", 77, 77), "vault", s.entry, &sight), ERR_NOT_FOUND);
	CHECK_ERR(ADD(who(ROLE_CITY, "320583", 77, 77), "opening", s.entry, &d, IN("reason", ASK)), ERR_NOT_FOUND);
	/* The right to one entry is none to another. */
	NEED_OK(ADD(MEIW, "vault", s.kase, &d, IN("kind", "child"), IN("kept", "另一处地方的名字")));
	int64_t id = ask(&s, s.one);
	struct str text;
	NEED_OK(DO0(city_user(&s, s.two), "opening", "agree", id));
	NEED_OK(DO0(city_user(&s, s.one), "opening", "open", id));
	NEED_OK(look(&s, city_user(&s, s.one), id, &text));
	CHECK_STR(text, secret);
	CHECK_ERR(look(&s, city_user(&s, s.one), d.id, &text), ERR_NOT_FOUND);
	city_close(p);
}

TEST(in_no_list_page_or_address)
{
	struct safe s;
	struct browser b;
	struct seen seen;
	struct ctx c;
	safe_open(&s);
	struct city *p = &s.city;
	clock_fix(p->now);
	browser_open(&b, p);
	(void)browser_login(&b, "city", CITY, p->fed);
	(void)browse(&b, "/vault");
	CHECK_INT(b.last.status, 404);
	(void)browse(&b, "/opening");
	CHECK_INT(b.last.status, 404);
	const char *pages[] = { "/", "/case", "/search?q=%E5%90%91%E9%98%B3", arena_printf(p->a, "/case/%lld", (long long)s.kase), arena_printf(p->a, "/vault/%lld", (long long)s.entry),
		arena_printf(p->a, "/vault/%lld/replace", (long long)s.entry) };
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		struct str page = browse(&b, pages[i]);
		CHECK_INT(b.last.status, 200);
		CHECK(!has(page, "向阳路") && !has(page, "18号"));
		if (i == 3)
			CHECK(has(page, "保密条目") && has(page, "庇护住所地址"));
	}
	struct actor w = CITYW;
	int64_t n = -1;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "vault" }, &seen));
	CHECK_INT(seen.n, 0);
	NEED_OK(see_count(&c, &(struct see){ .type = "vault" }, 10, &n));
	CHECK_INT(n, 0);
	/* By the page: asked, agreed by another, opened, and then there, with its end. */
	(void)POST(&b, "/opening/new", "parent", num(p, s.entry), "reason", ASK);
	CHECK_INT(b.last.status, 303);
	int64_t id = kids(p, "opening", s.entry).r[0]->id;
	(void)POST(&b, arena_printf(p->a, "/opening/%lld/look", (long long)id), "x", "1");
	CHECK_INT(b.last.status, 409);
	NEED_OK(DO0(city_user(&s, s.two), "opening", "agree", id));
	(void)POST(&b, arena_printf(p->a, "/opening/%lld/open", (long long)id), "x", "1");
	CHECK_INT(b.last.status, 303);
	CHECK(has(browse(&b, arena_printf(p->a, "/opening/%lld", (long long)id)), "/look\""));
	CHECK(!has(b.last.body, "向阳路"));
	struct str page = POST(&b, arena_printf(p->a, "/opening/%lld/look", (long long)id), "x", "1");
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, secret) && has(page, "data-hide-after") && has(b.last.headers, "no-store"));
	clock_fix(0);
	city_close(p);
}

/* Under a key class of its own: the fields' seal alone gives nothing readable. */
TEST(its_own_key)
{
	struct safe s;
	safe_open(&s);
	struct city *p = &s.city;
	struct str half, plain;
	struct rec *r = get(p, "vault", s.entry);
	int i = field_at(r->t, "kept");
	struct place at = { "vault", "kept", r->id }, wrong = { "vault", "kept", r->id + 1 };
	NEED_OK(unseal(p->app->keys, p->a, at, r->v[i].sealed, &half, &p->f));
	CHECK(str_find(half, STR("向阳")) < 0);
	NEED_OK(vault_unseal(p->app->keys, p->a, at, half, &plain, &p->f));
	CHECK_STR(plain, secret);
	CHECK_ERR(vault_unseal(p->app->keys, p->a, wrong, half, &plain, &p->f), ERR_DB);
	for (size_t k = 0; k < half.n * 8; k++) {
		char *bent = arena_cstr(p->a, half);
		bent[k / 8] = (char)(bent[k / 8] ^ (1 << k % 8));
		CHECK_ERR(vault_unseal(p->app->keys, p->a, at, (struct str){ bent, half.n }, &plain, &p->f), ERR_DB);
	}
	city_close(p);
}

static enum err shut_job(struct ctx *c, void *arg)
{
	struct safe *s = arg;
	struct rec *k;
	TRY(see_one(c, "case", s->kase, &k));
	return access_put(c, k, s->two, s->kase, ACCESS_OUT, 0, ACCESS_EVER);
}

/* Kin of a party: for her there is neither the entry nor an opening of it, asked for by whomever. */
TEST(a_conflict_of_interest_shuts_it)
{
	struct safe s;
	struct ctx c;
	struct done d;
	safe_open(&s);
	struct city *p = &s.city;
	int64_t id = ask(&s, s.one);
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, shut_job, &s));
	CHECK_ERR(peek(p, city_user(&s, s.two), "vault", s.entry, &(enum sight){ 0 }), ERR_NOT_FOUND);
	CHECK_ERR(ADD(city_user(&s, s.two), "opening", s.entry, &d, IN("reason", ASK)), ERR_NOT_FOUND);
	CHECK_ERR(DO0(city_user(&s, s.two), "opening", "agree", id), ERR_NOT_FOUND);
	city_close(p);
}
