/* Each route and verb has its permission: listed, written down, and asked as each role; and what is shut to somebody answers, byte
 * for byte, as what is not there. */
#include "../paper/lsan.h"
#include "../desk/site.h"
#include "../paper/lsan.h"
#include "api/api.h"
#include "cli/cli.h"
#include "desk/report_pages.h"
#include <dirent.h>

static const enum role posts[] = { ROLE_CITY, ROLE_TOWN, ROLE_COMMUNITY, ROLE_GRID, ROLE_MEDIATOR, ROLE_HOTLINE, ROLE_LIAISON, ROLE_LEADER, ROLE_AUDITOR, ROLE_ADMIN, ROLE_SECADMIN };

static struct str slurp(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		printf("# %s\n", path);
	NEED(f != NULL);
	char *p = arena_alloc(a, (size_t)1 << 19);
	size_t n = fread(p, 1, (size_t)1 << 19, f);
	fclose(f);
	return (struct str){ p, n };
}

static size_t times(struct str s, const char *w)
{
	size_t n = 0;
	for (ptrdiff_t at; (at = str_find(s, str_of(w))) >= 0; n++)
		s = (struct str){ s.p + at + 1, s.n - (size_t)at - 1 };
	return n;
}

static size_t rows_in(struct arena *a, const char *dir, size_t *ret_bare)
{
	static const char *const bare[] = { "\t{ \"GET\",", "\t{ \"POST\",", "{\"GET\"", "{\"POST\"" };
	DIR *d = opendir(dir);
	size_t n = 0;
	NEED(d != NULL);
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		const char *path = arena_printf(a, "%s/%s", dir, e->d_name);
		if (!strchr(e->d_name, '.')) {
			n += rows_in(a, path, ret_bare);
			continue;
		}
		if (!strstr(e->d_name, ".c"))
			continue;
		ARENA one = arena_new(0);
		struct str s = slurp(one, path);
		n += times(s, "\tXA_ROUTE(");
		for (size_t i = 0; i < ARRAY_LEN(bare); i++)
			*ret_bare += times(s, bare[i]);
	}
	closedir(d);
	return n;
}

TEST(every_route_is_in_the_list)
{
	ARENA a = arena_new(0);
	const char *src = getenv("XA_SRC");
	size_t listed = 0, bare = 0;
	NEED(src != NULL);
	for (const struct route *const *t = all_routes; *t; t++)
		for (const struct route *r = *t; r->method; r++) {
			listed++;
			CHECK(r->right != 0 && r->fn != NULL);
			for (const struct route *const *u = all_routes; *u; u++)
				for (const struct route *o = *u; o->method; o++)
					CHECK(o == r || strcmp(o->pattern, r->pattern) != 0 || strcmp(o->method, r->method) != 0);
		}
	CHECK_INT(rows_in(a, arena_printf(a, "%s/src", src), &bare), listed);
	CHECK_INT(bare, 0);
}

TEST(the_written_matrix_is_the_tables)
{
	ARENA a = arena_new(0);
	struct buf b = BUF((size_t)4 << 20);
	struct str doc = slurp(a, arena_printf(a, "%s/docs/permissions.md", getenv("XA_SRC")));
	matrix_put(&b);
	bool same = str_find(doc, buf_view(&b)) >= 0;
	if (!same)
		puts("# docs/permissions.md is older than the tables: tools/matrix renews it");
	CHECK(same);
	buf_free(&b);
}

/* ---- each route as each role ---- */

static char *address(struct arena *a, const char *pattern)
{
	static const struct { const char *hole, *value; } fill[] = { { "{type}", "clue" }, { "{id}", "1" }, { "{verb}", "edit" }, { "{key}", "x" }, { "{list}", "grade" } };
	BUF_AUTO b = BUF(512);
	for (const char *p = pattern; *p;) {
		bool hit = false;
		for (size_t i = 0; i < ARRAY_LEN(fill) && !hit; i++)
			if (strncmp(p, fill[i].hole, strlen(fill[i].hole)) == 0) {
				buf_cstr(&b, fill[i].value);
				p += strlen(fill[i].hole);
				hit = true;
			}
		if (!hit)
			buf_char(&b, *p++);
	}
	return arena_cstr(a, buf_view(&b));
}

static void ask(struct browser *b, const struct route *r, const char *url)
{
	if (strcmp(r->method, "GET") == 0)
		browse(b, url);
	else
		POST(b, url, "x", "1");
}

TEST(each_route_as_each_role)
{
	struct city here, *p = &here;
	int asked = 0;
	city_open(p);
	for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
		struct browser b, out;
		browser_open(&b, p);
		browser_open(&out, p);
		b.cfg.tables = out.cfg.tables = all_routes;
		browser_login(&b, role_name(posts[i]), CITY, p->fed);
		for (const struct route *const *t = all_routes; *t; t++)
			for (const struct route *r = *t; r->method; r++) {
				if (r->flags & ROUTE_OPEN)
					continue;
				char *url = address(p->a, r->pattern);
				bool has_it = r->right & 1u << posts[i];
				/* Nobody: to the log-in page, or told to send a token. */
				ask(&out, r, url);
				CHECK(r->flags & ROUTE_API ? out.last.status == 401 : out.last.status == 303 || out.last.status == 403);
				if (r->flags & ROUTE_API)
					continue;
				ask(&b, r, url);
				/* A form to make a clue is refused to who may make none: by the step, not by the route. */
				bool refused = b.last.status == 403, by_step = strstr(r->pattern, "{type}/new") != NULL;
				if (refused == has_it && !by_step)
					printf("# %s %s as %s: %d\n", r->method, r->pattern, role_name(posts[i]), b.last.status);
				CHECK((refused == !has_it || by_step) && b.last.status < 500);
				asked++;
			}
	}
	printf("# %d asked\n", asked);
	city_close(p);
}

/* ---- shut, and not there ---- */

struct keep { int64_t staff, kase, clue; };
static enum err keep_away(struct ctx *c, void *arg)
{
	struct keep *k = arg;
	return people_conflict(c, k->staff, k->kase, k->clue, "kin", STR(""));
}

/* The answer without what names the request itself: the id asked for, the request's number, the form's one-time key. */
static struct str plain(struct browser *b, struct str s, int64_t id)
{
	BUF_AUTO o = BUF(1 << 22);
	char *text = arena_cstr(b->p->a, s), *mine = num(b->p, id);
	for (char *p = text; *p;) {
		if (strncmp(p, mine, strlen(mine)) == 0) {
			buf_cstr(&o, "ID");
			p += strlen(mine);
			continue;
		}
		size_t hex = strspn(p, "0123456789abcdef");
		if (hex == 16) {
			buf_cstr(&o, "REQUEST");
			p += hex;
			continue;
		}
		if (strncmp(p, "name=\"idem\" value=\"", 19) == 0)
			for (p += 19; *p != '"'; p++)
				;
		if (strncmp(p, "nonce=\"", 7) == 0)
			for (p += 7; *p != '"'; p++)
				;
		buf_char(&o, *p++);
	}
	return arena_str(b->p->a, buf_view(&o));
}

TEST(shut_is_as_not_there)
{
	static const char *const pages[] = { "/case/%lld", "/case/%lld/note", "/case/%lld/edit", "/party/new?parent=%lld", "/glass/new?parent=%lld", "/team/new?parent=%lld",
					     "/case?id=%lld", "/party?parent=%lld" };
	struct city here, *p = &here;
	struct browser b;
	struct ctx c;
	city_open(p);
	browser_open(&b, p);
	b.cfg.tables = all_routes;
	int64_t her = browser_login(&b, "town", TOWN, p->town), id = new_case(p, "M05", "yellow");
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, keep_away, &(struct keep){ her, id, 0 }));
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		/* Of the same length, so that the answer's length tells nothing either. */
		int64_t none = id + 7;
		struct str x, y;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		char *to_shut = arena_printf(p->a, pages[i], (long long)id), *to_none = arena_printf(p->a, pages[i], (long long)none);
#pragma GCC diagnostic pop
		x = plain(&b, browse(&b, to_shut), id);
		int status = b.last.status;
		size_t length = b.last.body.n;
		y = plain(&b, browse(&b, to_none), none);
		if (!str_eq(x, y) || status != b.last.status)
			printf("# %s: %d and %d, %zu and %zu bytes\n", to_shut, status, b.last.status, length, b.last.body.n);
		CHECK(str_eq(x, y) && status == b.last.status && length == b.last.body.n);
	}
	/* Steps are refused in the same words too. */
	static const char *const verbs[] = { "note", "dispatch", "recuse" };
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		struct str x = plain(&b, POST(&b, arena_printf(p->a, "/case/%lld/%s", (long long)id, verbs[i]), "note", "x"), id);
		int status = b.last.status;
		struct str y = plain(&b, POST(&b, arena_printf(p->a, "/case/%lld/%s", (long long)(id + 7), verbs[i]), "note", "x"), id + 7);
		CHECK(str_eq(x, y) && status == 404 && b.last.status == 404);
	}
	/* Lists, search and workbench hold nothing of it. */
	struct rec *r = get(p, "case", id);
	const char *number = arena_cstr(p->a, r->number), *link = arena_printf(p->a, "/case/%lld", (long long)id);
	static const char *const lists[] = { "/", "/case", "/notices", "/case?q=%E4%BA%89%E5%90%B5" };
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct str s = browse(&b, lists[i]);
		CHECK(b.last.status == 200 && !has(s, number) && !has(s, link));
	}
	BUF_AUTO q = BUF(256);
	buf_cstr(&q, "/search?q=");
	html_url_part(&q, r->number);
	CHECK(!has(browse(&b, arena_cstr(p->a, buf_view(&q))), link));
	city_close(p);
}
