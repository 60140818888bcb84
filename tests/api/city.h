/* A small city with a token for each post, asked through web_handle() as a stranger's program would. */
#include "api/api.h"
#include "cli/cli.h"
#include "face/face.h"
#include "people/login.h"
#include "../test.h"
#include <jansson.h>
#include <unistd.h>

#define CITY "320582"
#define TOWN "320582100"
#define COMM "320582100001"
#define FAR "320582101001"

enum post { P_CITY, P_TOWN, P_COMM, P_COMM2, P_FAR, P_GRID, P_MEDIATOR, P_HOTLINE, P_LIAISON, P_LEADER, P_AUDITOR, P_ADMIN, P_SECADMIN, P_COUNT };
static const struct { const char *role, *area; int unit; } posts[P_COUNT] = {
	[P_CITY] = { "city", CITY, 0 }, [P_TOWN] = { "town", TOWN, 1 }, [P_COMM] = { "community", COMM, 2 }, [P_COMM2] = { "community", COMM, 2 },
	[P_FAR] = { "community", FAR, 3 }, [P_GRID] = { "grid", COMM "001", 2 }, [P_MEDIATOR] = { "mediator", COMM, 2 }, [P_HOTLINE] = { "hotline", CITY, 0 },
	[P_LIAISON] = { "liaison", CITY, 4 }, [P_LEADER] = { "leader", CITY, 0 }, [P_AUDITOR] = { "auditor", CITY, 0 }, [P_ADMIN] = { "admin", CITY, 0 },
	[P_SECADMIN] = { "secadmin", CITY, 0 },
};

struct city { char dir[64]; struct app *app; struct arena *a; struct fault f; struct web_config cfg; int64_t org[5], user[P_COUNT]; char token[P_COUNT][TOKEN_TEXT]; };

static bool on_pg;

/* Each case runs on SQLite and, where a server is named, on PostgreSQL. */
#define BOTH(n)                                                              \
	static void both_##n(struct city *p);                                \
	TEST(n##_sqlite)                                                     \
	{                                                                    \
		struct city here;                                            \
		on_pg = false;                                               \
		city_open(&here);                                            \
		both_##n(&here);                                             \
		city_close(&here);                                           \
	}                                                                    \
	TEST(n##_postgres)                                                   \
	{                                                                    \
		struct city here;                                            \
		if (!getenv("XA_TEST_PG")) {                                 \
			puts("# SKIP: XA_TEST_PG names no server");          \
			return;                                              \
		}                                                            \
		on_pg = true;                                                \
		city_open(&here);                                            \
		both_##n(&here);                                             \
		city_close(&here);                                           \
	}                                                                    \
	static void both_##n(struct city *p)

static enum err schema_make(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

/* A schema of its own on the test server, named by the folder. */
static char *pg_url(struct city *p)
{
	const char *base = getenv("XA_TEST_PG"), *tail = strrchr(p->dir, '-') + 1;
	struct store *s;
	NEED_OK(store_open(base, NULL, &s, &p->f));
	NEED_OK(store_write(s, schema_make, arena_printf(p->a, "CREATE SCHEMA \"t%s\"", tail), &p->f));
	store_close(s);
	return arena_printf(p->a, "%s%coptions=-csearch_path%%3D%%22t%s%%22", base, strchr(base, '?') ? '&' : '?', tail);
}

static int64_t as_system(struct city *p, const struct act *in)
{
	struct ctx c;
	struct done d;
	fault_clear(&p->f);
	ctx_init(&c, p->app, p->a, &p->f, &actor_system);
	enum err e = act_now(&c, in, &d);
	if (e != OK)
		printf("# %s.%s: %s %s %s\n", in->type, in->verb, err_name(e), p->f.detail, p->f.nfields ? p->f.fields[0].field : "");
	NEED(e == OK);
	return d.id;
}

struct minted { int64_t user; char *text; };
static enum err mint(struct db *d, void *arg, struct fault *f)
{
	struct minted *m = arg;
	TRY(login_create(d, m->user, str_of(m->text), f));
	/* No account without a password has a living token; nobody logs in with this one. */
	TRY(login_put_hash(d, m->user, "-", false, f));
	TRY(token_make(d, m->user, STR("test"), 0, m->text, f));
	unsigned char hash[32];
	token_hash(str_of(m->text), hash);
	return token_step_up(d, hash, f);
}

static void city_people(struct city *p)
{
	static const struct { const char *kind, *area; } units[] = { { "city", CITY }, { "town", TOWN }, { "community", COMM }, { "community", FAR }, { "police", CITY } };
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		p->org[i] = as_system(p, &(struct act){ .type = "org", .verb = "create", .area = str_of(units[i].area),
			INPUTS(INPUT("name", str_of(units[i].kind)), INPUT("kind", str_of(units[i].kind))) });
	for (int i = 0; i < P_COUNT; i++) {
		p->user[i] = as_system(p, &(struct act){ .type = "staff", .verb = "create", .area = str_of(posts[i].area), .org = p->org[posts[i].unit],
			INPUTS(INPUT("name", arena_fmt(p->a, "测%02d", i)), INPUT("role", str_of(posts[i].role))) });
		struct minted m = { p->user[i], p->token[i] };
		snprintf(p->token[i], TOKEN_TEXT, "post%02d", i);
		NEED_OK(store_write(p->app->store, mint, &m, &p->f));
	}
}

static const struct route *const tables[] = { api_routes, NULL };
#ifndef CITY_DIR
#define CITY_DIR "/tmp/xa-api-XXXXXX"
#endif

static void city_open(struct city *p)
{
	memset(p, 0, sizeof *p);
	clock_fix(civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 }));
	snprintf(p->dir, sizeof p->dir, CITY_DIR);
	NEED(mkdtemp(p->dir) != NULL);
	p->a = arena_new(0);
	struct app_options o = { .data_dir = p->dir, .store_url = on_pg ? pg_url(p) : NULL };
	enum err e = app_open(&o, all_types, &p->app, &p->f);
	if (e != OK)
		printf("# %s: %s\n", err_name(e), p->f.detail);
	NEED(e == OK);
	p->cfg = (struct web_config){ .tables = tables, .store = p->app->store, .app = p->app, .before = face_before, .error = face_error, .after = face_after };
	city_people(p);
}

static json_t *kept[8192];    /* parsed answers of one case */
static size_t nkept;

static json_t *keep(json_t *j)
{
	must(nkept < ARRAY_LEN(kept));
	return kept[nkept++] = j;
}

static void city_close(struct city *p)
{
	while (nkept)
		json_decref(kept[--nkept]);
	app_close(p->app);
	clock_fix(0);
	char *cmd = arena_printf(p->a, "rm -rf '%s'", p->dir);
	CHECK(system(cmd) == 0);
	arena_free(p->a);
}

/* ---- asking ---- */

struct reply { int status; struct str headers, body; json_t *j; };
static struct reply call(struct city *p, int post, const char *method, const char *target, const char *more, struct str body)
{
	char *headers = arena_printf(p->a, "%s%s%sAccept-Language: en\n%s%s", post < 0 ? "" : "Authorization: Bearer ", post < 0 ? "" : p->token[post], post < 0 ? "" : "\n",
				     body.n ? "Content-Type: application/json\n" : "", more ? more : "");
	struct web_answer w = web_handle(&p->cfg, p->a, method, target, headers, body);
	struct reply r = { w.status, w.headers, w.body, keep(json_loadb(w.body.p, w.body.n, 0, NULL)) };
	if (w.status >= 400 && (!r.j || str_find(w.headers, STR("application/problem+json")) < 0 || json_integer_value(json_object_get(r.j, "status")) != w.status)) {
		test_bad++;
		printf("# %s %s: %d is no proper problem: %.*s\n", method, target, w.status, (int)w.body.n, w.body.p);
	}
	if (w.status == 500) {
		test_bad++;
		printf("# %s %s: 500\n", method, target);
	}
	return r;
}
#define GET(post, target) call(p, post, "GET", target, NULL, STR_NONE)
#define POST(post, target, body) call(p, post, "POST", target, NULL, str_of(body))
#define POSTH(post, target, more, body) call(p, post, "POST", target, more, str_of(body))

static const char *text_at(json_t *j, const char *a, const char *b)
{
	j = json_object_get(j, a);
	const char *s = json_string_value(b ? json_object_get(j, b) : j);
	return s ? s : "";
}
#define CHECK_TEXT(j, a, b, want) CHECK_STR(str_of(text_at(j, a, b)), want)
static char *url(struct city *p, const char *fmt, ...) PRINTF(2, 3);
static char *url(struct city *p, const char *fmt, ...)
{
	char *s = arena_alloc(p->a, 4096);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(s, 4096, fmt, ap);
	va_end(ap);
	return s;
}
/* Is this field among the named errors? */
static bool names(const struct reply *r, const char *field)
{
	size_t i;
	json_t *e;
	json_array_foreach(json_object_get(r->j, "errors"), i, e)
		if (strcmp(text_at(e, "field", NULL), field) == 0)
			return true;
	return false;
}
