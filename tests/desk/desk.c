/* The staff pages without a browser: each page as each post, forms with and without their token, hostile text, two people at
 * once, and one clue's whole way by forms alone. */
#include "cli/cli.h"
#include "desk/audit.h"
#include "absorb/absorb.h"
#include "desk/desk.h"
#include "desk/manual_pages.h"
#include "desk/protect_pages.h"
#include "desk/report_pages.h"
#include "people/login.h"
#include "../test.h"
#include "../engine.h"
#include "../paper/lsan.h"
#include <unistd.h>

struct post { enum role role; const char *code, *area; int64_t user; char cookie[TOKEN_TEXT], csrf[TOKEN_TEXT]; };
static struct post posts[] = {
	{ ROLE_CITY, "city", "320582" }, { ROLE_TOWN, "town", "320582001" }, { ROLE_COMMUNITY, "community", "320582001001" }, { ROLE_GRID, "grid", "320582001001" },
	{ ROLE_MEDIATOR, "mediator", "320582001001" }, { ROLE_HOTLINE, "hotline", "320582" }, { ROLE_LIAISON, "liaison", "320582" }, { ROLE_LEADER, "leader", "320582" },
	{ ROLE_AUDITOR, "auditor", "320582" }, { ROLE_ADMIN, "admin", "320582" }, { ROLE_SECADMIN, "secadmin", "320582" },
};
enum { CITY, TOWN, COMM, GRID, MED, HOT, POL, LEAD, AUD, ADM, SEC };

struct house { char dir[64]; struct app *app; struct arena *a; struct fault f; struct web_config cfg; int64_t org_city, org_town, org_comm, org_studio, org_police; };
static const struct route *const tables[] = { face_routes, report_routes, audit_routes, protect_routes, manual_routes, desk_routes, NULL };

static struct str post_as(struct house *h, const char *type, const char *name, const char *kind, const char *area, int64_t *ret)
{
	struct ctx c;
	struct done d;
	ctx_init(&c, h->app, h->a, &h->f, &actor_system);
	NEED_OK(act_now(&c, &(struct act){ .type = type, .verb = "create", .area = str_of(area),
		INPUTS(INPUT("name", str_of(name)), INPUT("kind", str_of(kind)), INPUT("area", str_of(area))) }, &d));
	*ret = d.id;
	return STR_NONE;
}

static enum err open_session(struct db *d, void *arg, struct fault *f)
{
	struct post *p = arg;
	return session_open_as(d, &(struct session_new){ .user = p->user, .face = "desk", .fresh = true }, p->cookie, p->csrf, f);
}

static enum err account(struct db *w, void *arg, struct fault *f)
{
	struct post *p = arg;
	char hash[PASSWORD_HASH_MAX];
	TRY(login_create(w, p->user, str_of(p->code), f));
	TRY(password_hash(STR("Meili-Chuntian-2026"), PASSWORD_QUICK, hash, f));
	return login_put_hash(w, p->user, hash, false, f);
}

static void make_post(struct house *h, struct post *p)
{
	struct ctx c;
	struct done d;
	int64_t org = p->role == ROLE_TOWN ? h->org_town : p->role == ROLE_COMMUNITY || p->role == ROLE_GRID ? h->org_comm : p->role == ROLE_MEDIATOR ? h->org_studio
		    : p->role == ROLE_LIAISON ? h->org_police : h->org_city;
	ctx_init(&c, h->app, h->a, &h->f, &actor_system);
	NEED_OK(act_now(&c, &(struct act){ .type = "staff", .verb = "create", .org = org, .area = str_of(p->area),
		INPUTS(INPUT("name", STR("王小明")), INPUT("role", str_of(p->code)), INPUT("login", str_of(p->code))) }, &d));
	p->user = d.id;
	NEED_OK(store_write(h->app->store, account, p, &h->f));
	NEED_OK(store_write(h->app->store, open_session, p, &h->f));
}

static void house_open(struct house *h)
{
	memset(h, 0, sizeof *h);
	snprintf(h->dir, sizeof h->dir, "/tmp/xa-desk-XXXXXX");
	NEED(mkdtemp(h->dir) != NULL);
	h->a = arena_new(0);
	NEED_OK(app_open(&(struct app_options){ .data_dir = h->dir, .fast_unsafe = true, .store_url = test_store(h->a) }, all_types, &h->app, &h->f));
	NEED_OK(app_wire(h->app, h->a, &h->f));
	h->cfg = (struct web_config){ .tables = tables, .store = h->app->store, .app = h->app, .before = face_before, .error = face_error, .after = face_after, .kept = face_kept };
	post_as(h, "org", "市妇联", "city", "320582", &h->org_city);
	post_as(h, "org", "镇妇联", "town", "320582001", &h->org_town);
	post_as(h, "org", "社区妇联", "community", "320582001001", &h->org_comm);
	post_as(h, "org", "工作室", "studio", "320582001001", &h->org_studio);
	post_as(h, "org", "公安局", "police", "320582", &h->org_police);
	for (size_t i = 0; i < ARRAY_LEN(posts); i++)
		make_post(h, &posts[i]);
}

static void house_close(struct house *h)
{
	char *cmd = arena_printf(h->a, "rm -rf '%s'", h->dir);
	app_unwire(h->app);
	app_close(h->app);
	CHECK(system(cmd) == 0);
	arena_free(h->a);
}

static struct web_answer get(struct house *h, const struct post *p, const char *url)
{
	return web_handle(&h->cfg, h->a, "GET", url, p ? arena_printf(h->a, "Cookie: xa_session=%s\n", p->cookie) : "", STR(""));
}

/* body without its token: "a=b&c=d" */
static struct web_answer send(struct house *h, const struct post *p, const char *url, const char *body)
{
	return web_handle(&h->cfg, h->a, "POST", url, arena_printf(h->a, "Cookie: xa_session=%s\nContent-Type: application/x-www-form-urlencoded\n", p->cookie),
			  arena_fmt(h->a, "csrf=%s&%s", p->csrf, body));
}

static bool holds(const struct web_answer *w, const char *text) { return str_find(w->body, str_of(text)) >= 0; }

/* "/clue/123" of the Location header. */
static struct str went_to(struct house *h, const struct web_answer *w)
{
	ptrdiff_t at = str_find(w->headers, STR("Location: "));
	if (at < 0)
		return STR("");
	struct str rest = { w->headers.p + at + 10, w->headers.n - (size_t)at - 10 };
	return arena_str(h->a, str_cut(rest, '\n', &rest));
}

#define CLUE "source=hotline12338&text=%E4%B8%88%E5%A4%AB%E6%98%A8%E6%99%9A%E6%89%93%E4%BA%86%E5%A6%BB%E5%AD%90&area=320582001001"

TEST(each_page_as_each_post)
{
	struct house h;
	house_open(&h);
	struct web_answer w = send(&h, &posts[HOT], "/clue/new", CLUE "&party_a_phone=19900000001");
	CHECK_INT(w.status, 303);
	struct str clue = went_to(&h, &w);
	const char *pages[] = { "/", "/clue", "/case", "/visit", "/clue/new", "/person", "/household", "/staff", "/org", "/mediator", "/studio", "/grid", "/search?q=19900000001",
				"/search?q=%E4%B8%88%E5%A4%AB", "/notices", "/journal", "/audit", "/audit/head.json", "/clue/1/looked", "/report/month", "/correction", "/party", "/nothing", "/clue/1", "/clue/x/y", "/session", NULL };
	for (size_t i = 0; i < ARRAY_LEN(posts); i++)
		for (const char **p = pages; *p; p++) {
			w = get(&h, &posts[i], *p);
			if (w.status >= 500 || w.status < 200)
				printf("# %s %s: %d\n", posts[i].code, *p, w.status);
			CHECK(w.status == 200 || w.status == 303 || w.status == 403 || w.status == 404);
			/* What may not be seen is nowhere on any page of hers. */
			bool sees = i == CITY || i == TOWN || i == COMM || i == HOT;
			CHECK(sees || !holds(&w, "199****0001"));
			CHECK(sees || !holds(&w, "19900000001") || str_find(str_of(*p), STR("19900000001")) >= 0);
		}
	CHECK_INT(get(&h, &posts[AUD], "/journal").status, 200);
	CHECK_INT(get(&h, &posts[CITY], "/journal").status, 403);
	CHECK_INT(get(&h, &posts[LEAD], "/report/month").status, 200);
	CHECK_INT(get(&h, &posts[GRID], "/report/month").status, 403);
	CHECK_INT(get(&h, &posts[ADM], arena_cstr(h.a, clue)).status, 404);
	CHECK_INT(get(&h, &posts[LEAD], arena_cstr(h.a, clue)).status, 404);
	CHECK_INT(get(&h, &posts[TOWN], arena_cstr(h.a, clue)).status, 200);
	/* Nobody: every page leads to the log-in. */
	for (const char **p = pages; *p; p++) {
		w = get(&h, NULL, *p);
		struct str to = went_to(&h, &w);
		CHECK(w.status == 303 && str_starts(to, "/login"));
	}
	house_close(&h);
}

/* It opens at her own post's chapter; each chapter that names a type has its picture, and each type's table says who. */
TEST(the_manual_opens_at_ones_own_post)
{
	struct house h;
	house_open(&h);
	static const struct { int post; const char *title; } own[] = { { CITY, "区镇妇联、市妇联权益部" }, { COMM, "村（社区）妇联主席" }, { GRID, "网格员" }, { HOT, "热线接线员" }, { LEAD, "领导" }, { AUD, "审计管理员" }, { ADM, "系统管理员" } };
	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		struct web_answer w = get(&h, &posts[own[i].post], "/manual");
		CHECK_INT(w.status, 200);
		CHECK(holds(&w, arena_printf(h.a, "<h1>%s</h1>", own[i].title)));
	}
	/* Where a heading is changed, its pictures must not get lost. */
	int pictures = 0;
	for (int at = 1; at < 64; at++) {
		struct web_answer w = get(&h, &posts[CITY], arena_printf(h.a, "/manual?at=%d", at));
		if (w.status != 200)
			break;
		CHECK(!holds(&w, "&lt;h3"));
		pictures += holds(&w, "<svg class=\"flow\"");
	}
	CHECK_INT(pictures, 14);
	for (const struct rtype *const *t = all_types; *t; t++) {
		struct web_answer w = get(&h, &posts[GRID], arena_printf(h.a, "/manual/flow/%s", (*t)->name));
		CHECK_INT(w.status, 200);
	}
	struct web_answer w = get(&h, &posts[GRID], "/manual/flow/case");
	CHECK(holds(&w, "待分派") && holds(&w, "裁定承办单位") && holds(&w, "调解员（承办人）"));
	CHECK_INT(get(&h, &posts[GRID], "/manual/flow/nothing").status, 404);
	CHECK_INT(get(&h, NULL, "/manual").status, 303);
	house_close(&h);
}

/* A form goes out as a file of either kind to who may make the paper, and to nobody else. */
TEST(blank_forms_of_both_kinds)
{
	struct house h;
	house_open(&h);
	for (const struct absorb_paper *w = absorb_papers; w->type; w++) {
		const char *url = arena_printf(h.a, "/forms/%s/%s", w->type, w->name);
		for (int i = 0; i < (int)ARRAY_LEN(posts); i++) {
			bool may = w->roles & 1u << posts[i].role;
			struct web_answer pdf = get(&h, &posts[i], url), docx = get(&h, &posts[i], arena_printf(h.a, "%s?as=docx", url));
			bool word = may && !strstr(url, "/card");      /* hers to carry: printed, never a file in an office program */
			CHECK_INT(docx.status, word ? 200 : may ? 404 : pdf.status);
			CHECK((pdf.status == 200) == may);
			CHECK(!may || str_starts(pdf.body, "%PDF-"));
			CHECK(!word || str_starts(docx.body, "PK\x03\x04"));
			CHECK(word || !str_starts(docx.body, "PK"));
		}
	}
	house_close(&h);
}

TEST(forms_need_their_token)
{
	struct house h;
	house_open(&h);
	struct post thief = posts[HOT];
	memset(thief.csrf, 'x', 10);
	CHECK_INT(send(&h, &thief, "/clue/new", CLUE).status, 403);
	struct web_answer w = web_handle(&h.cfg, h.a, "POST", "/clue/new",
		arena_printf(h.a, "Cookie: xa_session=%s\nSec-Fetch-Site: cross-site\nContent-Type: application/x-www-form-urlencoded\n", posts[HOT].cookie),
		arena_fmt(h.a, "csrf=%s&%s", posts[HOT].csrf, CLUE));
	CHECK_INT(w.status, 403);
	w = get(&h, &posts[HOT], "/clue");
	CHECK(!holds(&w, "/clue/1"));
	/* Both refusals stand in the journal, though what they would have written was undone. */
	int64_t n = 0;
	struct ctx c;
	ctx_init(&c, h.app, h.a, &h.f, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(db_int(c.db, &h.f, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE verb = 'refused' AND outcome = 'denied'", NOARGS, &n, NULL));
	CHECK_INT(n, 2);
	/* Log-in: wrong, then right, then only to a local page. */
	w = get(&h, NULL, "/login");
	ptrdiff_t at = str_find(w.headers, STR("xa_form="));
	NEED(at >= 0);
	struct str pre = { w.headers.p + at + 8, 43 }, form = { NULL, 0 };
	at = str_find(w.body, STR("name=\"csrf\" value=\""));
	NEED(at >= 0);
	form = (struct str){ w.body.p + at + 19, 32 };
	char *head = arena_printf(h.a, "Cookie: xa_form=%.*s\nContent-Type: application/x-www-form-urlencoded\n", (int)pre.n, pre.p);
	w = web_handle(&h.cfg, h.a, "POST", "/login", head, arena_fmt(h.a, "csrf=%.*s&login=city&password=wrong", (int)form.n, form.p));
	CHECK_INT(w.status, 401);
	w = web_handle(&h.cfg, h.a, "POST", "/login", head, arena_fmt(h.a, "csrf=%.*s&login=city&password=Meili-Chuntian-2026&next=//evil.example/", (int)form.n, form.p));
	CHECK_INT(w.status, 303);
	CHECK_STR(went_to(&h, &w), "/");
	CHECK(str_find(w.headers, STR("xa_session=")) >= 0 && str_find(w.headers, STR("HttpOnly")) >= 0);
	w = web_handle(&h.cfg, h.a, "POST", "/login", "Content-Type: application/x-www-form-urlencoded\n", STR("csrf=&login=city&password=Meili-Chuntian-2026"));
	CHECK_INT(w.status, 403);
	house_close(&h);
}

TEST(hostile_text_stays_text)
{
	struct house h;
	house_open(&h);
	const char *evil = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E";
	struct web_answer w = send(&h, &posts[HOT], "/clue/new", arena_printf(h.a, "source=hotline12338&area=320582001001&title=%s&text=%s&party_a_name=%s&address=%s", evil, evil, "%3Cscript%3Ealert(1)%3C%2Fscript%3E", evil));
	CHECK_INT(w.status, 303);
	char *url = arena_cstr(h.a, went_to(&h, &w));
	const char *pages[] = { url, "/clue", "/", "/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/clue?q=%22%3E%3Cscript%3E", "/clue?state=%22%3E%3Cscript%3E", NULL };
	for (const char **p = pages; *p; p++)
		for (int i = CITY; i <= HOT; i++) {
			w = get(&h, &posts[i], *p);
			CHECK(!holds(&w, "<script>alert") && !holds(&w, "<img src=x") && !holds(&w, "\"><script>"));
		}
	/* Refused input is shown again, as text. */
	w = send(&h, &posts[HOT], "/clue/new", arena_printf(h.a, "source=bogus&area=320582001001&title=%s&text=x&party_a_idno=123", evil));
	CHECK_INT(w.status, 422);
	CHECK(holds(&w, "&lt;script&gt;alert(1)") && !holds(&w, "<script>alert") && holds(&w, "身份证"));
	house_close(&h);
}

TEST(double_click_and_two_people)
{
	struct house h;
	house_open(&h);
	struct web_answer a = send(&h, &posts[HOT], "/clue/new", CLUE "&idem=k1"), b = send(&h, &posts[HOT], "/clue/new", CLUE "&idem=k1");
	CHECK(a.status == 303 && b.status == 303);
	struct str one = went_to(&h, &a), two = went_to(&h, &b);
	CHECK(str_eq(one, two));
	char *url = arena_cstr(h.a, one);
	CHECK_INT(send(&h, &posts[TOWN], arena_printf(h.a, "%s/edit", url), "version=1&title=first&source=hotline12338&text=x").status, 303);
	struct web_answer w = send(&h, &posts[HOT], arena_printf(h.a, "%s/edit", url), "version=1&title=second&source=hotline12338&text=mine");
	CHECK_INT(w.status, 409);
	CHECK(holds(&w, "value=\"second\"") && holds(&w, "first") && holds(&w, "name=\"version\" value=\"2\""));
	house_close(&h);
}

/* From call to dispatched case by forms alone. */
TEST(errors_say_what_to_do)
{
	struct house h;
	house_open(&h);
	struct web_answer w = get(&h, &posts[TOWN], "/clue/1%00");
	CHECK_INT(w.status, 400);
	CHECK(!holds(&w, "标红") && holds(&w, "<h1>网址中含有不允许的字符。"));
	char *big = arena_alloc(h.a, (1 << 20) + 100);
	memset(big, 'a', (1 << 20) + 50);
	memcpy(big, "text=", 5);
	big[(1 << 20) + 50] = 0;
	w = send(&h, &posts[TOWN], "/clue/new", big);
	CHECK_INT(w.status, 413);
	CHECK(holds(&w, "最多2万字"));
	house_close(&h);
}

TEST(merging_is_offered_to_who_may)
{
	struct house h;
	house_open(&h);
	char *clue[2];
	for (int i = 0; i < 2; i++) {
		struct web_answer w = send(&h, &posts[GRID], "/clue/new", CLUE "&reporter_phone=19900000002&party_a_name=%E5%BC%A0%E4%B8%89&party_a_phone=19900000001");
		clue[i] = arena_cstr(h.a, went_to(&h, &w));
	}
	struct web_answer w = get(&h, &posts[TOWN], clue[1]);
	CHECK(holds(&w, clue[0]) && holds(&w, "/merge?merged_into="));
	w = get(&h, &posts[GRID], clue[1]);
	CHECK(holds(&w, clue[0]) && !holds(&w, "/merge?merged_into="));
	house_close(&h);
}

TEST(the_river_by_forms)
{
	struct house h;
	house_open(&h);
	struct web_answer w = send(&h, &posts[HOT], "/clue/new", CLUE "&party_a_name=%E5%BC%A0%E4%B8%89&party_a_phone=19900000001&party_b_name=%E6%9D%8E%E5%9B%9B");
	char *clue = arena_cstr(h.a, went_to(&h, &w));
	w = get(&h, &posts[TOWN], clue);
	CHECK(holds(&w, "<mark") && holds(&w, "/confirm"));
	CHECK_INT(get(&h, &posts[TOWN], arena_printf(h.a, "%s/confirm", clue)).status, 200);
	CHECK_INT(send(&h, &posts[TOWN], arena_printf(h.a, "%s/confirm", clue), "family=1&kind=M01&grade=orange").status, 303);
	CHECK_INT(send(&h, &posts[TOWN], arena_printf(h.a, "%s/open", clue), "note=").status, 303);
	w = get(&h, &posts[TOWN], "/case");
	ptrdiff_t at = str_find(w.body, STR("href=\"/case/"));
	at = at >= 0 ? at + str_find((struct str){ w.body.p + at, w.body.n - (size_t)at }, STR("/case/")) : -1;
	NEED(at >= 0);
	struct str rest = { w.body.p + at, w.body.n - (size_t)at };
	while (rest.n > 7 && !(rest.p[6] >= '0' && rest.p[6] <= '9')) {
		ptrdiff_t next = str_find((struct str){ rest.p + 1, rest.n - 1 }, STR("/case/"));
		NEED(next >= 0);
		rest = (struct str){ rest.p + 1 + next, rest.n - 1 - (size_t)next };
	}
	char *kase = arena_cstr(h.a, str_cut(rest, '"', &rest));
	w = get(&h, &posts[TOWN], kase);
	CHECK_INT(w.status, 200);
	CHECK(holds(&w, "class=\"flow\"") && holds(&w, "/dispatch"));
	CHECK_INT(send(&h, &posts[TOWN], arena_printf(h.a, "%s/dispatch", kase), arena_printf(h.a, "org=%lld&owner=%lld", (long long)h.org_studio, (long long)posts[MED].user)).status, 303);
	w = get(&h, &posts[MED], "/");
	CHECK(holds(&w, kase));
	CHECK_INT(send(&h, &posts[MED], arena_printf(h.a, "%s/accept", kase), "note=").status, 303);
	CHECK_INT(send(&h, &posts[HOT], arena_printf(h.a, "%s/accept", kase), "note=").status, 404);
	/* Whoever is of the case's team reads the clue it came from as well; the dispatcher sees both masked from now on. */
	const char *link = arena_printf(h.a, "href=\"%s\"", clue);
	CHECK_INT(get(&h, &posts[POL], clue).status, 404);
	w = get(&h, &posts[MED], clue);
	CHECK(w.status == 200 && holds(&w, "张*") && !holds(&w, "张三"));
	w = get(&h, &posts[MED], kase);
	CHECK(w.status == 200 && holds(&w, link) && holds(&w, "张*") && !holds(&w, "张三"));
	w = get(&h, &posts[TOWN], kase);
	CHECK(w.status == 200 && holds(&w, link) && !holds(&w, "张三"));
	w = get(&h, &posts[CITY], "/report/month");
	CHECK_INT(w.status, 200);
	CHECK_INT(get(&h, &posts[CITY], "/report/month.xlsx").status, 200);
	CHECK_INT(get(&h, &posts[CITY], "/report/month?month=2026-13").status, 422);
	CHECK_INT(get(&h, &posts[CITY], "/report/month?month=%27").status, 422);
	house_close(&h);
}
