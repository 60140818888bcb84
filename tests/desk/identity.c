/* Who she is, on the pages: step-up, second factor, devices, sessions, the three administrators, the first run. */
#include "site.h"
#include "report/safety.h"
#include <sys/stat.h>

static void site_open(struct city *p)
{
	city_open(p);
	p->now = 0;      /* the clock itself */
}

/* As the browser would, with this cookie from now on. */
static bool take_session(struct browser *b)
{
	struct str c = between(b->last.headers, "xa_session=", ";");
	if (c.n != TOKEN_TEXT - 1)
		return false;
	snprintf(b->session, sizeof b->session, "%.*s", (int)c.n, c.p);
	return true;
}

static enum err set_setting(struct db *d, void *arg, struct fault *f)
{
	const char *const *v = arg;
	return db_exec(d, f, "INSERT INTO setting (name, value, updated) VALUES (?, ?, 0) ON CONFLICT (name) DO UPDATE SET value = excluded.value", ARGS(VS(str_of(v[0])), VS(str_of(v[1]))), NULL);
}
static void setting(struct city *p, const char *name, const char *value)
{
	NEED_OK(store_write(p->app->store, set_setting, (void *)(const char *[]){ name, value }, &p->f));
}

static int64_t number(struct city *p, const char *sql)
{
	struct db *d;
	int64_t n = -1;
	NEED_OK(store_reader(p->app->store, &d, &p->f));
	NEED_OK(db_int(d, &p->f, sql, NOARGS, &n, NULL));
	return n;
}

struct real { int64_t user; const char *name; };
static enum err real_password(struct db *d, void *arg, struct fault *f)
{
	const struct real *r = arg;
	char hash[PASSWORD_HASH_MAX];
	TRY(password_hash(STR("four trees by the river"), PASSWORD_QUICK, hash, f));
	return login_put_hash(d, r->user, hash, false, f);
}

struct ageing { struct browser *b; };
static enum err age(struct db *d, void *arg, struct fault *f)
{
	unsigned char hash[32];
	token_hash(str_of(((struct ageing *)arg)->b->session), hash);
	return db_exec(d, f, "UPDATE session SET step_up = step_up - ? WHERE hash = ?", ARGS(VI(6 * MS_MINUTE), VB(hash, 32)), NULL);
}
static void six_minutes_later(struct browser *b) { NEED_OK(store_write(b->p->app->store, age, &(struct ageing){ b }, &b->p->f)); }

/* The steps that S6 names, and no flag lost. */
TEST(the_steps_that_ask_again)
{
	static const char *const want[] = { "opening.agree", "opening.open", "export.ask", "export.agree", "glass.create", "conflict.lift", "handover.create", "holiday_list.create", "holiday_list.void", "model.use", "model.back", "phrase.use", "phrase.retire", "staff.create", "staff.edit", "staff.close", "staff.reopen" };
	bool seen[ARRAY_LEN(want)] = { false };
	for (const struct rtype *const *t = types; *t; t++)
		for (size_t i = 0; i < (*t)->nsteps; i++) {
			const struct step *s = &(*t)->steps[i];
			char name[80];
			bool listed = false;
			snprintf(name, sizeof name, "%s.%s", (*t)->name, s->verb);
			for (size_t k = 0; k < ARRAY_LEN(want); k++)
				if (strcmp(want[k], name) == 0)
					listed = seen[k] = true;
			CHECK(listed == ((s->flags & STEP_FRESH) != 0));
		}
	for (size_t k = 0; k < ARRAY_LEN(want); k++)
		CHECK(seen[k]);
}

/* The page asks, and then goes on with the very form. */
TEST(a_form_is_carried_on)
{
	struct city town, *p = &town;
	struct browser b;
	site_open(p);
	browser_open(&b, p);
	int64_t user = browser_login(&b, "admin", CITY, p->fed);
	struct real r = { user, "" };
	char old[TOKEN_TEXT];
	NEED_OK(store_write(p->app->store, real_password, &r, &p->f));
	browser_open(&b, p);
	/* a session of her own again: the new password ended the first */
	browse(&b, "/login");
	char name[40];
	snprintf(name, sizeof name, "u%lld", (long long)(user & 0xFFFFFF));
	setting(p, "factor.roles", "none");
	POST(&b, "/login", "login", name, "password", "four trees by the river");
	CHECK_INT(b.last.status, 303);
	CHECK(take_session(&b));
	struct str page = browse(&b, "/staff/new");
	struct str c = between(page, "name=\"csrf\" value=\"", "\"");
	NEED(c.n == TOKEN_TEXT - 1);
	snprintf(b.csrf, sizeof b.csrf, "%.*s", (int)c.n, c.p);
	six_minutes_later(&b);
	memcpy(old, b.session, sizeof old);
	const char *const form[] = { "name", "陈文", "post", "组\"长&<b>", "role", "grid", "area", "320582001001", "org", num(p, p->comm), "skills", "law", "skills", "psychology", "idem", "k1", NULL };
	int64_t before = number(p, "SELECT COUNT(*) FROM staff");
	page = send_form(&b, "/staff/new", form);
	CHECK_INT(b.last.status, 401);
	CHECK(has(page, "name=\"fresh_to\" value=\"/staff/new\"") && has(page, "name=\"fresh_proof\""));
	CHECK(has(page, "name=\"role\" value=\"grid\"") && has(page, "name=\"post\" value=\"组&#34;长&amp;&lt;b&gt;\""));
	CHECK(has(page, "name=\"skills\" value=\"law\"") && has(page, "name=\"skills\" value=\"psychology\""));
	CHECK(!has(page, "name=\"csrf\" value=\"\""));
	CHECK_INT(number(p, "SELECT COUNT(*) FROM staff"), before);
	/* a wrong answer loses nothing and changes nothing */
	page = POST(&b, "/fresh", "fresh_to", "/staff/new", "fresh_proof", "guess", "name", "陈文", "role", "grid", "area", "320582001001", "org", num(p, p->comm), "idem", "k1");
	CHECK_INT(b.last.status, 401);
	CHECK(has(page, "value=\"陈文\"") && has(page, "fresh_to\" value=\"/staff/new\"") && !has(page, "guess"));
	CHECK_INT(number(p, "SELECT COUNT(*) FROM staff"), before);
	/* the right one: the browser is told to send the form on, under a new cookie; the old one is void */
	POST(&b, "/fresh", "fresh_to", "/staff/new", "fresh_proof", "four trees by the river", "name", "陈文", "role", "grid", "area", "320582001001", "org", num(p, p->comm), "idem", "k1");
	CHECK_INT(b.last.status, 307);
	CHECK(has(b.last.headers, "Location: /staff/new"));
	CHECK(take_session(&b) && strcmp(b.session, old) != 0);
	POST(&b, "/staff/new", "fresh_to", "/staff/new", "fresh_proof", "four trees by the river", "name", "陈文", "role", "grid", "area", "320582001001", "org", num(p, p->comm), "idem", "k1");
	CHECK_INT(b.last.status, 303);
	CHECK_INT(number(p, "SELECT COUNT(*) FROM staff"), before + 1);
	char now[TOKEN_TEXT];
	memcpy(now, b.session, sizeof now);
	memcpy(b.session, old, sizeof old);
	browse(&b, "/staff/new");
	CHECK_INT(b.last.status, 303);   /* to the log-in */
	memcpy(b.session, now, sizeof now);
	/* it leads nowhere else, and not without the form's token */
	POST(&b, "/fresh", "fresh_to", "//evil.example/", "fresh_proof", "four trees by the river");
	CHECK(b.last.status == 307 && has(b.last.headers, "Location: /\n"));
	CHECK(take_session(&b));
	snprintf(b.csrf, sizeof b.csrf, "%s", "wrong");
	POST(&b, "/fresh", "fresh_to", "/staff/new", "fresh_proof", "four trees by the river");
	CHECK_INT(b.last.status, 403);
	city_close(p);
}

/* What is no step asks as well: lifting the limit, the file of an export, the look into the vault, links and resets. */
TEST(what_is_no_step_asks_too)
{
	struct city town, *p = &town;
	struct browser sec, adm;
	site_open(p);
	browser_open(&sec, p);
	browser_login(&sec, "secadmin", CITY, p->fed);
	browser_open(&adm, p);
	int64_t admin = browser_login(&adm, "admin", CITY, p->fed);
	six_minutes_later(&sec);
	six_minutes_later(&adm);
	char *at = arena_printf(p->a, "/staff/%lld/account", (long long)TINA), *url;
	POST(&sec, "/reveal", "user", num(p, TINA), "more", "5");
	CHECK_INT(sec.last.status, 401);
	CHECK_INT(number(p, "SELECT COUNT(*) FROM reveal_lift"), 0);
	url = arena_printf(p->a, "%s/factor", at);
	POST(&sec, url, "reason", "手机遗失，当面核实");
	CHECK_INT(sec.last.status, 401);
	CHECK_INT(number(p, "SELECT COUNT(*) FROM factor_reset"), 0);
	POST(&sec, url, "reason", "x");
	CHECK_INT(sec.last.status, 422);
	url = arena_printf(p->a, "%s/link", at);
	POST(&sec, url, "a", "b");
	CHECK_INT(sec.last.status, 403);      /* the other's part */
	POST(&adm, url, "a", "b");
	CHECK_INT(adm.last.status, 401);
	CHECK_INT(number(p, "SELECT COUNT(*) FROM setup_link"), 0);
	url = arena_printf(p->a, "%s/factor", at);
	POST(&adm, url, "reason", "手机遗失，当面核实");
	CHECK_INT(adm.last.status, 403);
	/* nobody helps herself */
	browser_open(&adm, p);
	int64_t other = browser_login(&adm, "admin", CITY, p->fed);
	POST(&adm, arena_printf(p->a, "/staff/%lld/account/link", (long long)other), "a", "b");
	CHECK_INT(adm.last.status, 403);
	struct str page = POST(&adm, arena_printf(p->a, "/staff/%lld/account/link", (long long)admin), "a", "b");
	CHECK(has(page, "/setup/"));
	CHECK_INT(number(p, "SELECT COUNT(*) FROM setup_link"), 1);
	CHECK_INT(number(p, arena_printf(p->a, "SELECT COUNT(*) FROM notice WHERE who = %lld", (long long)admin)), 1);
	city_close(p);
}

/* S3: a post that must have a second factor opens nothing else before; a link of an administrator does not pass by it. */
TEST(the_second_factor_comes_first)
{
	struct city town, *p = &town;
	struct browser b;
	char name[40], code[8];
	unsigned char seed[20];
	site_open(p);
	browser_open(&b, p);
	int64_t user = browser_login(&b, "secadmin", CITY, p->fed);
	struct real r = { user, "" };
	NEED_OK(store_write(p->app->store, real_password, &r, &p->f));
	browser_open(&b, p);
	snprintf(name, sizeof name, "u%lld", (long long)(user & 0xFFFFFF));
	browse(&b, "/login");
	POST(&b, "/login", "login", name, "password", "four trees by the river");
	CHECK_INT(b.last.status, 303);
	CHECK(has(b.last.headers, "HttpOnly") && has(b.last.headers, "SameSite=Lax") && has(b.last.headers, "xa_device="));
	CHECK(take_session(&b));
	static const char *const shut[] = { "/", "/staff", "/account", "/safety", "/journal", "/notices", "/fresh" };
	for (size_t i = 0; i < ARRAY_LEN(shut); i++) {
		browse(&b, shut[i]);
		CHECK(b.last.status == 303 || b.last.status == 405);
		CHECK(b.last.status == 405 || has(b.last.headers, "Location: /factor\n"));
	}
	struct str page = browse(&b, "/factor");
	CHECK_INT(b.last.status, 200);
	struct str c = between(page, "name=\"csrf\" value=\"", "\"");
	snprintf(b.csrf, sizeof b.csrf, "%.*s", (int)c.n, c.p);
	CHECK_INT(number(p, "SELECT COUNT(*) FROM factor_new"), 0);       /* GET changes nothing */
	POST(&b, "/factor/begin", "a", "b");
	CHECK_INT(b.last.status, 303);
	page = browse(&b, "/factor");
	CHECK(has(page, "<svg") && has(page, "class=\"typed\""));
	struct db *d;
	bool found;
	NEED_OK(store_reader(p->app->store, &d, &p->f));
	NEED_OK(factor_pending(d, p->app->keys, p->a, user, seed, &found, &p->f));
	CHECK(found && has(page, arena_cstr(p->a, totp_typed(p->a, seed))));
	POST(&b, "/factor", "code", "12 34");
	CHECK_INT(b.last.status, 422);
	snprintf(code, sizeof code, "%06u", totp_code(seed, now_ms()));
	page = POST(&b, "/factor", "code", code);
	CHECK_INT(b.last.status, 200);
	struct str first = between(page, "<li><code>", "</code>");
	CHECK_INT(first.n, RECOVERY_TEXT - 1);
	page = browse(&b, "/factor");
	CHECK(!has(page, arena_cstr(p->a, first)));                          /* never again */
	browse(&b, "/");
	CHECK_INT(b.last.status, 200);
	/* she may not take it off, her post needs it */
	POST(&b, "/factor/off", "a", "b");
	CHECK_INT(b.last.status, 409);
	/* from now on the password leads to the page of the code only, and the paper code opens once */
	struct browser at;
	browser_open(&at, p);
	browse(&at, "/login");
	page = POST(&at, "/login", "login", name, "password", "four trees by the river");
	CHECK(at.last.status == 200 && has(page, "action=\"/login/code\"") && !take_session(&at) && !has(page, "four trees"));
	struct str half = between(at.last.headers, "xa_half=", ";");
	CHECK(half.n > 40);
	char *cookie = arena_printf(p->a, "%s; xa_half=%.*s", at.pre, (int)half.n, half.p);
	for (int i = 0; i < 2; i++) {
		BUF_AUTO body = BUF(4096);
		buf_printf(&body, "csrf=%s&code=%.*s", at.csrf, (int)first.n, first.p);
		at.last = web_handle(&at.cfg, p->a, "POST", "/login/code", arena_printf(p->a, "Cookie: xa_form=%s\nContent-Type: application/x-www-form-urlencoded\n", cookie), buf_view(&body));
		CHECK_INT(at.last.status, i ? 401 : 303);
		CHECK(take_session(&at) == !i);
	}
	CHECK_INT(number(p, arena_printf(p->a, "SELECT COUNT(*) FROM notice WHERE who = %lld AND text LIKE 'A recovery code%%'", (long long)user)), 1);
	city_close(p);
}

/* S5: what her post opens has changed, or she has left: her sessions end with it. */
TEST(a_new_post_ends_sessions)
{
	struct city town, *p = &town;
	struct browser b;
	site_open(p);
	browser_open(&b, p);
	int64_t user = browser_login(&b, "grid", COMM, p->comm);
	browse(&b, "/");
	CHECK_INT(b.last.status, 200);
	NEED_OK(DO(actor_system, "staff", "edit", user, IN("post", "组长")));
	browse(&b, "/");
	CHECK_INT(b.last.status, 200);       /* her title is no right */
	NEED_OK(DO(actor_system, "staff", "edit", user, IN("role", "hotline")));
	browse(&b, "/");
	CHECK_INT(b.last.status, 303);
	CHECK_INT(number(p, arena_printf(p->a, "SELECT COUNT(*) FROM session WHERE uid = %lld", (long long)user)), 0);
	NEED_OK(DO0(actor_system, "staff", "close", user));
	CHECK_INT(number(p, arena_printf(p->a, "SELECT COUNT(*) FROM login WHERE uid = %lld AND hash = ''", (long long)user)), 1);
	city_close(p);
}

/* S4: the owner hears of it, and nothing that was typed is kept. */
TEST(the_owner_hears_of_wrong_tries)
{
	struct city town, *p = &town;
	struct browser b;
	char name[40];
	site_open(p);
	browser_open(&b, p);
	int64_t user = browser_login(&b, "grid", COMM, p->comm);
	struct real r = { user, "" };
	NEED_OK(store_write(p->app->store, real_password, &r, &p->f));
	setting(p, "factor.roles", "none");
	snprintf(name, sizeof name, "u%lld", (long long)(user & 0xFFFFFF));
	browser_open(&b, p);
	browse(&b, "/login");
	struct str known = STR_NONE, unknown;
	for (int i = 0; i < 5; i++)
		known = POST(&b, "/login", "login", name, "password", "geheim-und-falsch");
	CHECK_INT(b.last.status, 401);
	CHECK(!has(known, "geheim"));
	browser_open(&b, p);
	browse(&b, "/login");
	unknown = POST(&b, "/login", "login", "nobodyhere", "password", "geheim-und-falsch");
	CHECK_INT(b.last.status, 401);
	struct str a = between(known, "role=\"alert\">", "<"), z = between(unknown, "role=\"alert\">", "<");
	CHECK(a.n && str_eq(a, z));
	POST(&b, "/login", "login", name, "password", "geheim-und-falsch");
	CHECK_INT(b.last.status, 429);
	CHECK_INT(number(p, arena_printf(p->a, "SELECT COUNT(*) FROM notice WHERE who = %lld", (long long)user)), 1);
	CHECK_INT(number(p, "SELECT COUNT(*) FROM journal WHERE body LIKE '%geheim%'"), 0);
	CHECK_INT(number(p, arena_printf(p->a, "SELECT COUNT(*) FROM journal WHERE verb = 'login' AND outcome = 'refused' AND rid = %lld", (long long)user)), 6);
	city_close(p);
}

struct keyed { char key[TOKEN_TEXT]; };
static enum err make_first(struct db *d, void *arg, struct fault *f) { return first_run_make(d, ((struct keyed *)arg)->key, f); }
static enum err empty_staff(struct db *d, void *arg, struct fault *f)
{
	(void)arg;
	return db_exec(d, f, "DELETE FROM staff", NOARGS, NULL);
}

TEST(the_first_run)
{
	struct city town, *p = &town;
	struct browser b;
	struct keyed k, second;
	static const char *const shut[] = { "/", "/login", "/help", "/setup/x", "/staff" };
	site_open(p);
	p->altered = true;
	NEED_OK(store_write(p->app->store, empty_staff, NULL, &p->f));
	NEED_OK(store_write(p->app->store, make_first, &k, &p->f));
	p->app->first = true;
	browser_open(&b, p);
	for (size_t i = 0; i < ARRAY_LEN(shut); i++) {
		browse(&b, shut[i]);
		CHECK_INT(b.last.status, 503);
	}
	browse(&b, arena_printf(p->a, "/first/%s", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
	CHECK_INT(b.last.status, 401);
	NEED_OK(store_write(p->app->store, make_first, &second, &p->f));
	browse(&b, arena_printf(p->a, "/first/%s", k.key));
	CHECK_INT(b.last.status, 401);       /* a later one makes it void */
	char *url = arena_printf(p->a, "/first/%s", second.key);
	struct str page = browse(&b, url);
	CHECK_INT(b.last.status, 200);
	CHECK_INT(number(p, arena_printf(p->a, "SELECT COUNT(*) FROM first_run WHERE CAST(hash AS TEXT) LIKE '%%%.10s%%'", second.key)), 0);
#define THREE(n3, l3, p3) "federation", "晨江市妇联", "area", CITY, "admin_name", "周明", "admin_login", "Sys", "admin_phone", "19900001001", "secadmin_name", "吴清", "secadmin_login", "sec", \
	"secadmin_phone", "19900001002", "auditor_name", n3, "auditor_login", l3, "auditor_phone", p3
	static const char *const bad[][3] = { { "周明", "aud", "19900001003" }, { "郑宁", "sec", "19900001003" }, { "郑宁", "aud", "19900001001" }, { "郑宁", "", "19900001003" }, { "郑宁", "a b", "19900001003" },
					      { "值班账号", "aud", "19900001003" } };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		page = POST(&b, url, THREE(bad[i][0], bad[i][1], bad[i][2]));
		CHECK_INT(b.last.status, 422);
		CHECK(has(page, "class=\"error\"") && has(page, "value=\"吴清\""));
		CHECK_INT(number(p, "SELECT COUNT(*) FROM staff"), 0);
	}
	page = POST(&b, url, THREE("郑宁", "aud", "19900001003"));
	CHECK_INT(b.last.status, 200);
	int links = 0;
	for (ptrdiff_t at; (at = str_find(page, STR("/setup/"))) >= 0; links++)
		page = (struct str){ page.p + at + 7, page.n - (size_t)at - 7 };
	CHECK_INT(links, 3);
	CHECK_INT(number(p, "SELECT COUNT(*) FROM staff WHERE role IN ('admin', 'secadmin', 'auditor')"), 3);
	CHECK_INT(number(p, "SELECT COUNT(*) FROM login WHERE hash <> ''"), 0);      /* nobody has a password yet */
	POST(&b, url, THREE("郑宁", "aud", "19900001003"));
	CHECK_INT(b.last.status, 401);       /* once */
	browse(&b, "/login");
	CHECK_INT(b.last.status, 200);
	/* and never while somebody is entered */
	NEED_OK(store_write(p->app->store, make_first, &k, &p->f));
	POST(&b, arena_printf(p->a, "/first/%s", k.key), THREE("钱七", "q7", "19900001007"));
	CHECK_INT(b.last.status, 401);
	/* half an hour */
	p->altered = true;
	NEED_OK(store_write(p->app->store, empty_staff, NULL, &p->f));
	NEED_OK(store_write(p->app->store, make_first, &k, &p->f));
	int64_t t = now_ms();
	clock_fix(t + 31 * MS_MINUTE);
	browse(&b, arena_printf(p->a, "/first/%s", k.key));
	CHECK_INT(b.last.status, 401);
	clock_fix(0);
	city_close(p);
}

/* ---- the self-check ---- */

static const struct finding *check_of(struct city *p, const struct safety_place *at, const char *name, struct finding v[SAFETY_MAX], enum grave *worst)
{
	struct ctx c;
	size_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	safety_run(&c, at, v, &n, worst);
	for (size_t i = 0; i < n; i++)
		if (strcmp(safety_checks[i].name, name) == 0)
			return &v[i];
	NEED(false);
	return NULL;
}

TEST(the_self_check_sees_what_is_wrong)
{
	struct city town, *p = &town;
	struct finding v[SAFETY_MAX] = { 0 };
	enum grave worst;
	struct done d;
	site_open(p);
	struct serving near = { "127.0.0.1", 8080, false, true }, far = { "0.0.0.0", 80, false, false }, open_tls = { "10.0.0.5", 443, true, true };
	char *key = arena_printf(p->a, "%s/root.key", p->app->data_dir);
	struct safety_place at = { .root_key = key, .backups = arena_printf(p->a, "%s/backups", p->app->data_dir), .serving = &near };
#define GRAVE(name) (check_of(p, &at, name, v, &worst)->grave)
	(void)check_of(p, &at, "demo", v, &worst);
	for (size_t i = 0; i < SAFETY_MAX; i++)       /* every check runs on both engines; the rest of v is empty */
		CHECK(!v[i].wrong || !strstr(v[i].wrong, "could not be looked at"));
	CHECK_INT(GRAVE("demo"), GRAVE_OK);
	setting(p, "demo_password", "x");
	CHECK_INT(GRAVE("demo"), GRAVE_WARN);
	at.serving = &far;
	CHECK_INT(GRAVE("demo"), GRAVE_DANGER);
	CHECK_INT(GRAVE("plain_http"), GRAVE_DANGER);
	CHECK_INT(GRAVE("fence"), GRAVE_WARN);
	CHECK_INT(worst, GRAVE_DANGER);
	at.serving = &open_tls;
	CHECK_INT(GRAVE("plain_http"), GRAVE_OK);
	CHECK_INT(GRAVE("proxy"), GRAVE_DANGER);
	at.serving = NULL;
	CHECK_INT(GRAVE("plain_http"), GRAVE_UNKNOWN);
	at.serving = &near;
	CHECK_INT(GRAVE("factor_roles"), GRAVE_OK);
	setting(p, "factor.roles", "city");
	CHECK_INT(GRAVE("factor_roles"), GRAVE_DANGER);
	setting(p, "factor.roles", "all");
	CHECK_INT(GRAVE("posts_empty"), GRAVE_WARN);
	CHECK_INT(GRAVE("factor_missing"), GRAVE_OK);
	struct browser b;
	browser_open(&b, p);
	browser_login(&b, "auditor", CITY, p->fed);
	CHECK_INT(GRAVE("factor_missing"), GRAVE_WARN);
	CHECK_INT(GRAVE("posts_joined"), GRAVE_OK);
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .org = p->fed, .area = STR(CITY), INPUTS(IN("name", "赵六"), IN("role", "admin")) }, &d));
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .org = p->fed, .area = STR(CITY), INPUTS(IN("name", "赵六"), IN("role", "secadmin")) }, &d));
	CHECK_INT(GRAVE("posts_joined"), GRAVE_DANGER);
	CHECK_INT(GRAVE("unused"), GRAVE_OK);
	int64_t now = now_ms();
	clock_fix(now + 91 * MS_DAY);
	CHECK_INT(GRAVE("unused"), GRAVE_WARN);
	clock_fix(now);
	CHECK_INT(GRAVE("limits"), GRAVE_OK);
	setting(p, "reveal.day", "20");
	CHECK_INT(GRAVE("limits"), GRAVE_OK);                 /* stricter is no weakness */
	setting(p, "reveal.day", "500");
	CHECK_INT(GRAVE("limits"), GRAVE_WARN);
	CHECK_STR(str_of(check_of(p, &at, "limits", v, &worst)->arg), "reveal.day = 500 (30)");
	CHECK_INT(GRAVE("modes"), GRAVE_OK);
	NEED(chmod(p->app->data_dir, 0755) == 0);
	CHECK_INT(GRAVE("modes"), GRAVE_DANGER);
	NEED(chmod(p->app->data_dir, 0700) == 0);
	CHECK_INT(GRAVE("root_key"), GRAVE_OK);
	CHECK_INT(GRAVE("root_key_place"), GRAVE_WARN);
	NEED(chmod(key, 0640) == 0);
	CHECK_INT(GRAVE("root_key"), GRAVE_DANGER);
	CHECK_INT(GRAVE("rotation"), GRAVE_OK);
	CHECK_INT(GRAVE("suite"), GRAVE_OK);
	clock_fix(now + 800 * MS_DAY);
	CHECK_INT(GRAVE("suite"), GRAVE_WARN);
	clock_fix(now);
	CHECK_INT(GRAVE("head_copy"), GRAVE_WARN);
	p->app->heads_copy = "/elsewhere";
	CHECK_INT(GRAVE("head_copy"), GRAVE_OK);
	p->app->heads_copy = NULL;
	CHECK_INT(GRAVE("journal"), GRAVE_WARN);
	setting(p, "journal_verified", "x");
	p->app->halt = HALT_ROOM;
	CHECK_INT(GRAVE("room"), GRAVE_DANGER);
	p->app->halt = HALT_NONE;
	/* the page is the security administrator's alone */
	struct browser sec;
	browse(&b, "/safety");
	CHECK_INT(b.last.status, 403);
	clock_fix(0);
	browser_open(&sec, p);
	setting(p, "factor.roles", "none");
	browser_login(&sec, "secadmin", CITY, p->fed);
	struct str page = browse(&sec, "/safety");
	CHECK_INT(sec.last.status, 200);
	CHECK(has(page, "safety-danger") && has(page, "safety-ok") && !has(page, "赵六"));
	city_close(p);
}
