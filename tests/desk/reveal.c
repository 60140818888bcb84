/* What names a person stands covered for everybody, and is uncovered singly: journaled, counted, limited. */
#include "site.h"

struct scene { struct city city; struct browser b; int64_t mei, kase, party, clue; };
static const char phone_text[] = "19900000077", name_text[] = "周玉兰", addr_text[] = "花园浜一村3幢201室", id_number[] = "990582199001011230";

static void scene_open(struct scene *s)
{
	struct city *p = &s->city;
	struct done d;
	city_open(p);
	browser_open(&s->b, p);
	s->mei = browser_login(&s->b, "mediator", COMM, p->studio);
	s->kase = new_case(p, "M01", "yellow");
	NEED_OK(DO(TOWNW, "case", "dispatch", s->kase, IN("org", num(p, p->studio)), IN("owner", num(p, s->mei))));
	struct actor mei = who(ROLE_MEDIATOR, COMM, s->mei, p->studio);
	NEED_OK(DO0(mei, "case", "accept", s->kase));
	NEED_OK(ADD(mei, "party", s->kase, &d, IN("side", "a"), IN("name", name_text), IN("phone", phone_text), IN("idno", id_number), IN("address", addr_text), IN("safe_contact", "yes")));
	s->party = d.id;
}

static int64_t count(struct city *p, const char *sql)
{
	struct db *d;
	int64_t n = -1;
	NEED_OK(store_reader(p->app->store, &d, &p->f));
	NEED_OK(db_int(d, &p->f, sql, NOARGS, &n, NULL));
	return n;
}

static bool bare(struct str page) { return has(page, phone_text) || has(page, name_text) || has(page, addr_text) || has(page, id_number); }

TEST(covered_for_the_team_too)
{
	struct scene s;
	scene_open(&s);
	struct city *p = &s.city;
	const char *pages[] = { "/", "/case", "/search?q=19900000077", arena_printf(p->a, "/case/%lld", (long long)s.kase), arena_printf(p->a, "/party/%lld", (long long)s.party),
		arena_printf(p->a, "/party/%lld/edit", (long long)s.party) };
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		struct str page = browse(&s.b, pages[i]);
		CHECK_INT(s.b.last.status, 200);
		/* The search box shows what was typed into it. */
		CHECK(!bare(page) || (i == 2 && !has(page, name_text)));
	}
	CHECK(has(browse(&s.b, pages[3]), "199****0077") && has(browse(&s.b, pages[3]), "/reveal\""));
	city_close(p);
}

TEST(one_field_is_uncovered_and_journaled)
{
	struct scene s;
	scene_open(&s);
	struct city *p = &s.city;
	char *url = arena_printf(p->a, "/party/%lld/reveal", (long long)s.party), *at = arena_printf(p->a, "/case/%lld", (long long)s.kase);
	struct str page = POST(&s.b, url, "field", "phone", "at", at);
	CHECK_INT(s.b.last.status, 200);
	/* The case's own page, with this one field. */
	CHECK(has(page, phone_text) && has(page, "tel:19900000077") && has(page, "data-hide-after=\"60\"") && !has(page, name_text) && !has(page, id_number));
	CHECK(has(page, "flow-box"));
	CHECK(!bare(browse(&s.b, at)));
	s.b.htmx = true;
	page = POST(&s.b, url, "field", "phone", "at", at, "call", "1");
	CHECK(has(page, phone_text) && has(page, "data-now") && !has(page, "<html"));
	page = POST(&s.b, url, "field", "name", "at", at);
	CHECK(has(page, name_text) && !has(page, phone_text));
	s.b.htmx = false;
	/* Twice the phone, once the name: two counted, three in the journal, and no value in either. */
	CHECK_INT(count(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM reveal"), 2);
	CHECK_INT(count(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE verb = 'reveal'"), 3);
	CHECK_INT(count(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE body LIKE '%19900000077%' OR body LIKE '%周玉兰%'"), 0);
	struct ctx c;
	struct reveal_row *v;
	size_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	int32_t today = day_of(now_ms());
	NEED_OK(reveal_counts(&c, today - 1, today, &v, &n));
	NEED(n == 1);
	CHECK(v[0].user == s.mei && v[0].n == 2 && v[0].times == 3);
	/* Not what is no masked field, not what is another's. */
	(void)POST(&s.b, url, "field", "safe_note");
	CHECK_INT(s.b.last.status, 404);
	struct browser other;
	browser_open(&other, p);
	(void)browser_login(&other, "mediator", "320582101001", unit(p, "320582101001", "studio"));
	(void)POST(&other, url, "field", "phone");
	CHECK_INT(other.last.status, 404);
	struct browser city;
	browser_open(&city, p);
	(void)browser_login(&city, "city", CITY, p->fed);
	(void)POST(&city, url, "field", "phone");
	CHECK_INT(city.last.status, 403);
	CHECK(!has(city.last.body, phone_text));
	city_close(p);
}

TEST(a_limit_that_the_security_administrator_lifts)
{
	struct scene s;
	scene_open(&s);
	struct city *p = &s.city;
	struct actor mei = who(ROLE_MEDIATOR, COMM, s.mei, p->studio);
	struct db *w = NULL;
	(void)w;
	struct browser sec;
	browser_open(&sec, p);
	int64_t chief = browser_login(&sec, "secadmin", CITY, p->fed);
	char *url = NULL;
	int64_t more[31];
	for (int i = 0; i < 31; i++) {
		struct done d;
		NEED_OK(ADD(mei, "party", s.kase, &d, IN("side", "other"), IN("phone", arena_printf(p->a, "199000001%02d", i))));
		more[i] = d.id;
	}
	for (int i = 0; i < 30; i++) {
		(void)POST(&s.b, arena_printf(p->a, "/party/%lld/reveal", (long long)more[i]), "field", "phone");
		CHECK_INT(s.b.last.status, 200);
	}
	/* The thirtieth was told to who watches; the next is refused, with who can help; what was shown already may be shown again. */
	CHECK_INT(count(p, arena_printf(p->a, "SELECT CAST(COUNT(*) AS INTEGER) FROM notice WHERE who = %lld", (long long)chief)), 1);
	url = arena_printf(p->a, "/party/%lld/reveal", (long long)more[30]);
	struct str page = POST(&s.b, url, "field", "phone");
	CHECK_INT(s.b.last.status, 429);
	CHECK(has(page, "安全管理员") && has(page, "30") && !has(page, "19900000130"));
	(void)POST(&s.b, arena_printf(p->a, "/party/%lld/reveal", (long long)more[0]), "field", "phone");
	CHECK_INT(s.b.last.status, 200);
	/* Only she lifts it, and not for herself. */
	(void)POST(&s.b, "/reveal", "user", num(p, s.mei), "more", "5");
	CHECK_INT(s.b.last.status, 403);
	(void)POST(&sec, "/reveal", "user", num(p, chief), "more", "5");
	CHECK_INT(sec.last.status, 403);
	CHECK(has(browse(&sec, "/reveal"), "name=\"more\""));
	(void)POST(&sec, "/reveal", "user", num(p, s.mei), "more", "1");
	CHECK_INT(sec.last.status, 303);
	(void)POST(&s.b, url, "field", "phone");
	CHECK_INT(s.b.last.status, 200);
	(void)POST(&s.b, arena_printf(p->a, "/party/%lld/reveal", (long long)s.party), "field", "phone");
	CHECK_INT(s.b.last.status, 429);
	city_close(p);
}

TEST(a_form_left_alone_keeps_what_it_did_not_show)
{
	struct scene s;
	scene_open(&s);
	struct city *p = &s.city;
	char *url = arena_printf(p->a, "/party/%lld/edit", (long long)s.party);
	struct str page = browse(&s.b, url);
	CHECK(has(page, "199****0077") && has(page, "name=\"clear\"") && !bare(page));
	(void)POST(&s.b, url, "side", "b", "name", "", "phone", "", "idno", "", "address", "", "safe_contact", "no");
	CHECK_INT(s.b.last.status, 303);
	struct rec *r = get(p, "party", s.party);
	CHECK_STR(text_of(p, r, "phone"), phone_text);
	CHECK_STR(text_of(p, r, "name"), name_text);
	CHECK_STR(text_of(p, r, "address"), addr_text);
	CHECK_STR(text_of(p, r, "side"), "b");
	/* A new one replaces it; the box takes it out; the mask itself, sent back by a program, changes nothing. */
	(void)POST(&s.b, url, "side", "b", "phone", "19900000088", "address", "", "clear", "address");
	r = get(p, "party", s.party);
	CHECK_STR(text_of(p, r, "phone"), "19900000088");
	CHECK(!rec_has(r, "address"));
	struct actor mei = who(ROLE_MEDIATOR, COMM, s.mei, p->studio);
	NEED_OK(DO(mei, "party", "edit", s.party, IN("side", "b"), IN("name", "周**"), IN("phone", "199****0088")));
	r = get(p, "party", s.party);
	CHECK_STR(text_of(p, r, "name"), name_text);
	CHECK_STR(text_of(p, r, "phone"), "19900000088");
	/* She said it is not safe: no button to call. */
	page = POST(&s.b, arena_printf(p->a, "/party/%lld/reveal", (long long)s.party), "field", "phone");
	CHECK(has(page, "19900000088") && !has(page, "tel:19900000088"));
	city_close(p);
}
