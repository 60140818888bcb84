/* The API as a stranger's program sees it, on both engines: XA_TEST_PG names a PostgreSQL server. */
#include "web/rate.h"
#include "city.h"
#include "../durable/server.h"
#include <pthread.h>

#define CLUE "{\"source\":\"grid\",\"text\":\"邻居反映夜里有争吵声\",\"party_a_name\":\"王小明\",\"party_a_phone\":\"19900000001\"}"

/* A job behind those that wait: what was queued before it is written. */
static enum err after_notes(struct ctx *c, void *arg)
{
	(void)c, (void)arg;
	return OK;
}

/* How often the journal says that a clue was read; a note of a reading may follow the answer by one commit. */
static int64_t views_of(struct city *p, const char *id)
{
	struct ctx c;
	int64_t n = 0, rid = 0;
	NEED(str_int(str_of(id), &rid));
	ctx_init(&c, p->app, p->a, &p->f, &actor_system);
	NEED_OK(ctx_write(&c, after_notes, NULL));
	NEED_OK(ctx_read(&c));
	NEED_OK(db_int(c.db, &p->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE rid = ? AND verb = 'view'", ARGS(VI(rid)), &n, NULL));
	return n;
}

static const char *make_clue(struct city *p, int post)
{
	struct reply r = POST(post, "/api/v1/clue", CLUE);
	NEED(r.status == 201);
	return text_at(r.j, "id", NULL);
}

BOTH(create_and_read)
{
	struct reply r = POST(P_COMM, "/api/v1/clues", "{\"source\":\"grid\",\"text\":\"夜里有争吵声\",\"received\":\"2026-11-24T08:00:00+08:00\",\"anonymous\":true,"
		"\"party_a_name\":\"王小明\",\"party_a_phone\":\"199 0000 0001\",\"address\":null}");
	NEED(r.status == 201);
	const char *id = text_at(r.j, "id", NULL);
	CHECK(str_find(r.headers, str_of(url(p, "Location: /api/v1/clue/%s\n", id))) >= 0);
	CHECK(str_find(r.headers, STR("ETag: \"1\"\n")) >= 0);
	r = GET(P_COMM, url(p, "/api/v1/clue/%s", id));
	NEED(r.status == 200);
	CHECK_INT(json_integer_value(json_object_get(r.j, "version")), 1);
	CHECK_TEXT(r.j, "type", NULL, "clue");
	CHECK_TEXT(r.j, "state", NULL, "new");
	CHECK_TEXT(r.j, "created", NULL, "2026-11-24T09:00:00+08:00");
	CHECK_TEXT(r.j, "fields", "received", "2026-11-24T08:00:00+08:00");
	CHECK_TEXT(r.j, "fields", "party_a_phone", "199****0001");
	CHECK(json_is_true(json_object_get(json_object_get(r.j, "fields"), "anonymous")));
	CHECK(!json_object_get(json_object_get(r.j, "fields"), "address"));
	CHECK_TEXT(r.j, "labels", "state", "To be screened");
	CHECK(*text_at(r.j, "labels", "source"));
	CHECK(json_is_string(json_object_get(r.j, "org")) && json_is_string(json_object_get(r.j, "creator")));
	CHECK_INT(json_array_size(json_object_get(r.j, "masked")), 2);
	/* Uncovered one at a time; what is no masked field, and what is another's, is not there. */
	r = POST(P_COMM, url(p, "/api/v1/clue/%s/reveal/party_a_phone", id), "");
	CHECK_INT(r.status, 200);
	CHECK_TEXT(r.j, "fields", "party_a_phone", "19900000001");
	CHECK_INT(json_array_size(json_object_get(r.j, "masked")), 1);
	CHECK_INT(POST(P_COMM, url(p, "/api/v1/clue/%s/reveal/text", id), "").status, 404);
	CHECK_TEXT(GET(P_COMM, url(p, "/api/v1/clue/%s", id)).j, "fields", "party_a_phone", "199****0001");
	/* The reading of a clue is in the journal. */
	r = GET(P_COMM, url(p, "/api/v1/clue/%s/history", id));
	json_t *items = json_object_get(r.j, "items");
	CHECK_INT(json_array_size(items), 2);
	CHECK_TEXT(json_array_get(items, 0), "verb", NULL, "create");
	CHECK_TEXT(json_array_get(items, 1), "verb", NULL, "reveal");
	CHECK_INT(views_of(p, id), 2);
	CHECK_TEXT(json_array_get(items, 0), "face", NULL, "api");
	CHECK(str_find(r.body, STR("19900000001")) < 0);
}

BOTH(masks_and_secrets)
{
	struct reply r = POST(P_COMM, "/api/v1/person", "{\"name\":\"王小明\",\"phone\":\"19900000001\",\"birth\":\"1990-03-07\",\"notes\":\"记录\"}");
	NEED(r.status == 201);
	const char *id = text_at(r.j, "id", NULL);
	CHECK_TEXT(r.j, "fields", "birth", "1990-03-07");
	r = GET(P_COMM2, url(p, "/api/v1/person/%s", id));
	CHECK_INT(r.status, 200);
	CHECK_TEXT(r.j, "fields", "phone", "199****0001");
	CHECK_INT(json_array_size(json_object_get(r.j, "masked")), 3);
	CHECK(str_find(r.body, STR("19900000001")) < 0 && str_find(r.body, STR("王小明")) < 0);
	r = GET(P_COMM2, "/api/v1/person");
	CHECK(str_find(r.body, STR("19900000001")) < 0 && str_find(r.body, STR("王小明")) < 0 && str_find(r.body, STR("199****0001")) >= 0);
}

BOTH(idempotency)
{
	struct reply a = POSTH(P_COMM, "/api/v1/clue", "Idempotency-Key: k-1\n", CLUE), b = POSTH(P_COMM, "/api/v1/clue", "Idempotency-Key: k-1\n", CLUE);
	CHECK_INT(a.status, 201);
	CHECK_INT(b.status, 200);
	CHECK_STR(str_of(text_at(b.j, "id", NULL)), text_at(a.j, "id", NULL));
	/* The same in other blanks and order is the same. */
	b = POSTH(P_COMM, "/api/v1/clue", "Idempotency-Key: k-1\n",
		  "{ \"text\":\"邻居反映夜里有争吵声\", \"source\":\"grid\", \"party_a_phone\":\"19900000001\",\"party_a_name\":\"王小明\"}");
	CHECK_INT(b.status, 200);
	b = POSTH(P_COMM, "/api/v1/clue", "Idempotency-Key: k-1\n", "{\"source\":\"grid\",\"text\":\"别的\"}");
	CHECK_INT(b.status, 409);
	CHECK_TEXT(b.j, "code", NULL, "duplicate");
	/* Another person's key is another key; a refused act does not use it up. */
	CHECK_INT(POSTH(P_TOWN, "/api/v1/clue", "Idempotency-Key: k-1\n", CLUE).status, 201);
	CHECK_INT(POSTH(P_COMM, "/api/v1/clue", "Idempotency-Key: k-2\n", "{\"source\":\"grid\"}").status, 422);
	CHECK_INT(POSTH(P_COMM, "/api/v1/clue", "Idempotency-Key: k-2\n", CLUE).status, 201);
	CHECK_INT(POSTH(P_COMM, "/api/v1/clue", "Idempotency-Key: \n", CLUE).status, 422);
	CHECK_INT(POSTH(P_COMM, "/api/v1/clue", "Idempotency-Key: a b\n", CLUE).status, 422);
	/* A step is answered again though its version is gone. */
	const char *id = text_at(a.j, "id", NULL), *screen = "{\"version\":1,\"family\":true,\"kind\":\"M05\",\"grade\":\"yellow\"}";
	CHECK_INT(POSTH(P_COMM, url(p, "/api/v1/clue/%s/confirm", id), "Idempotency-Key: k-3\n", screen).status, 200);
	b = POSTH(P_COMM, url(p, "/api/v1/clue/%s/confirm", id), "Idempotency-Key: k-3\n", screen);
	CHECK_INT(b.status, 200);
	CHECK_INT(json_integer_value(json_object_get(b.j, "version")), 2);
	CHECK_INT(POSTH(P_COMM, url(p, "/api/v1/clue/%s/close", id), "Idempotency-Key: k-3\n", screen).status, 409);
	int64_t n = 0;
	struct ctx c;
	ctx_init(&c, p->app, p->a, &p->f, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see_count(&c, &(struct see){ .type = "clue" }, 100, &n));
	CHECK_INT(n, 3);
	/* Each of the three answers given again was a reading. */
	CHECK_INT(views_of(p, id), 3);
}

struct racer { struct city *p; pthread_t thread; int made, again, other; };

static void *race(void *arg)
{
	struct racer *r = arg;
	ARENA a = arena_new(0);
	char *headers = arena_printf(a, "Authorization: Bearer %s\nContent-Type: application/json\nIdempotency-Key: race-", r->p->token[P_COMM]);
	for (int i = 0; i < 10; i++) {
		BUF_AUTO h = BUF(1000);
		buf_printf(&h, "%s%d\n", headers, i);
		int status = web_handle(&r->p->cfg, a, "POST", "/api/v1/clue", h.p, STR(CLUE)).status;
		r->made += status == 201;
		r->again += status == 200;
		r->other += status != 201 && status != 200;
	}
	return NULL;
}

/* Eight at once send the same ten requests: ten are made, all are told of them. */
BOTH(idempotency_race)
{
	struct racer r[8] = { 0 };
	int made = 0, again = 0, other = 0;
	for (int i = 0; i < 8; i++) {
		r[i].p = p;
		NEED(pthread_create(&r[i].thread, NULL, race, &r[i]) == 0);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(r[i].thread, NULL);
		made += r[i].made, again += r[i].again, other += r[i].other;
	}
	CHECK_INT(made, 10);
	CHECK_INT(again, 70);
	CHECK_INT(other, 0);
	CHECK_INT(json_array_size(json_object_get(GET(P_COMM, "/api/v1/clue").j, "items")), 10);
}

BOTH(wrong_fields_are_named)
{
	struct reply r = POST(P_COMM, "/api/v1/clue", "{\"source\":5,\"text\":[\"x\"],\"anonymous\":\"yes\",\"party_a_phone\":\"abc\",\"bogus\":1,\"grade\":\"red\",\"version\":1,"
		"\"received\":20261124,\"urgency\":\"soon?\"}");
	CHECK_INT(r.status, 422);
	const char *want[] = { "source", "text", "anonymous", "party_a_phone", "bogus", "grade", "version", "received", "urgency" };
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		if (!names(&r, want[i])) {
			test_bad++;
			printf("# %s is not named\n", want[i]);
		}
	r = POST(P_COMM, "/api/v1/clue", "{\"source\":\"grid\"}");
	CHECK_INT(r.status, 422);
	CHECK(names(&r, "text"));
	r = POST(P_CITY, "/api/v1/mediator", url(p, "{\"staff\":\"%lld\",\"capacity\":\"8\",\"skills\":\"divorce\"}", (long long)p->user[P_MEDIATOR]));
	CHECK(r.status == 422 && names(&r, "capacity") && names(&r, "skills") && !names(&r, "staff"));
	r = POST(P_CITY, "/api/v1/mediator", url(p, "{\"staff\":\"%lld\",\"capacity\":1.5,\"skills\":[1]}", (long long)p->user[P_MEDIATOR]));
	CHECK(r.status == 422 && names(&r, "capacity") && names(&r, "skills"));
	r = POST(P_CITY, "/api/v1/mediator", url(p, "{\"staff\":%lld,\"capacity\":101}", (long long)p->user[P_MEDIATOR]));
	CHECK(r.status == 422 && names(&r, "capacity"));
	CHECK_INT(POST(P_CITY, "/api/v1/mediator", url(p, "{\"staff\":%lld,\"capacity\":6,\"skills\":[]}", (long long)p->user[P_MEDIATOR])).status, 201);
	r = POST(P_COMM, "/api/v1/clue", "{\"source\":\"grid\",\"text\":\"x\",\"parent\":\"5\",\"area\":\"999999\",\"org\":\"x\"}");
	CHECK(r.status == 422 && names(&r, "parent") && names(&r, "area") && names(&r, "org"));
	/* Nothing of all this was kept. */
	CHECK_INT(json_array_size(json_object_get(GET(P_CITY, "/api/v1/clue").j, "items")), 0);
}

BOTH(stale)
{
	const char *id = make_clue(p, P_COMM), *u = url(p, "/api/v1/clue/%s/edit", id);
	const char *edit = "{\"source\":\"grid\",\"text\":\"改过\"}";
	struct reply r = POST(P_COMM, u, edit);
	CHECK(r.status == 422 && names(&r, "version"));
	CHECK_INT(POSTH(P_COMM, u, "If-Match: \"1\"\n", edit).status, 200);
	r = POSTH(P_COMM2, u, "If-Match: \"1\"\n", "{\"source\":\"grid\",\"text\":\"也改\"}");
	CHECK_INT(r.status, 409);
	CHECK_TEXT(r.j, "code", NULL, "stale");
	CHECK_INT(json_integer_value(json_object_get(r.j, "seen_version")), 1);
	json_t *now = json_object_get(r.j, "current");
	CHECK_INT(json_integer_value(json_object_get(now, "version")), 2);
	CHECK_TEXT(now, "state", NULL, "new");
	CHECK(!json_object_get(now, "fields"));        /* or one could read without a trace in the journal */
	CHECK(str_find(r.headers, STR("ETag: \"2\"\n")) >= 0);
	CHECK_INT(POST(P_COMM2, u, "{\"version\":1,\"text\":\"也改\"}").status, 409);
	CHECK_INT(POST(P_COMM2, u, "{\"version\":2,\"source\":\"grid\",\"text\":\"也改\"}").status, 200);
	CHECK_INT(POSTH(P_COMM2, u, "If-Match: *\n", "{\"text\":\"再改\"}").status, 200);
	static const char *const wrong[] = { "If-Match: 1\n", "If-Match: W/\"4\"\n", "If-Match: \"x\"\n", "If-Match: \"-1\"\n", "If-Match: \"4\", \"5\"\n", "If-Match: \"99999999999999999999\"\n" };
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		r = POSTH(P_COMM, u, wrong[i], "{\"text\":\"x\"}");
		CHECK(r.status == 422 && names(&r, "If-Match"));
	}
	/* A record whose reading leaves no trace comes whole. */
	r = POST(P_COMM, "/api/v1/household", "{\"address\":\"港城市东风街道幸福社区1号\"}");
	NEED(r.status == 201);
	const char *house = url(p, "/api/v1/household/%s/edit", text_at(r.j, "id", NULL));
	CHECK_INT(POST(P_COMM, house, "{\"version\":1,\"size\":3}").status, 200);
	r = POST(P_COMM2, house, "{\"version\":1,\"size\":4}");
	CHECK_INT(r.status, 409);
	now = json_object_get(r.j, "current");
	CHECK_INT(json_integer_value(json_object_get(json_object_get(now, "fields"), "size")), 3);
	CHECK(str_find(r.body, STR("幸福社区1号")) < 0 && json_array_size(json_object_get(now, "masked")) == 1);
	CHECK_INT(POSTH(P_COMM, u, "If-Match: \"4\"\n", "{\"version\":3,\"text\":\"x\"}").status, 422);
	CHECK_INT(POST(P_COMM, u, "{\"version\":0,\"text\":\"x\"}").status, 422);
}

/* Two answers are the same but for the request's number. */
static bool same_but_request(struct city *p, struct reply a, struct reply b)
{
	(void)p;
	json_object_del(a.j, "request");
	json_object_del(b.j, "request");
	return a.status == b.status && json_equal(a.j, b.j);
}

BOTH(who_may)
{
	const char *id = make_clue(p, P_COMM);
	struct reply r = POST(P_LEADER, "/api/v1/clue", CLUE);
	CHECK_INT(r.status, 403);
	CHECK_TEXT(r.j, "code", NULL, "denied");
	/* What one may not see is not there, for every address of it. */
	static const char *const tails[] = { "", "/history", "/steps" };
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		CHECK_INT(GET(P_FAR, url(p, "/api/v1/clue/%s%s", id, tails[i])).status, 404);
		CHECK(same_but_request(p, GET(P_FAR, url(p, "/api/v1/clue/%s%s", id, tails[i])), GET(P_FAR, url(p, "/api/v1/clue/1%s%s", id, tails[i]))));
	}
	static const char *const bodies[] = { "{\"version\":1,\"text\":\"x\"}", "{\"version\":9}", "{}", "{\"bogus\":1}" };
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		CHECK_INT(POST(P_FAR, url(p, "/api/v1/clue/%s/edit", id), bodies[i]).status, 404);
		CHECK(same_but_request(p, POST(P_FAR, url(p, "/api/v1/clue/%s/edit", id), bodies[i]), POST(P_FAR, "/api/v1/clue/77/edit", bodies[i])));
		CHECK(same_but_request(p, POST(P_FAR, url(p, "/api/v1/clue/%s/no_verb", id), bodies[i]), POST(P_FAR, "/api/v1/clue/77/no_verb", bodies[i])));
	}
	CHECK_INT(json_array_size(json_object_get(GET(P_FAR, "/api/v1/clue").j, "items")), 0);
	CHECK_INT(json_array_size(json_object_get(GET(P_FAR, url(p, "/api/v1/clue?id=%s", id)).j, "items")), 0);
	/* Internal steps are no steps; neither is making what is there. */
	CHECK_INT(POST(P_COMM, url(p, "/api/v1/clue/%s/again", id), "{\"version\":1}").status, 403);
	CHECK_INT(POST(P_COMM, url(p, "/api/v1/clue/%s/link", id), "{\"version\":1}").status, 409);
	CHECK_INT(POST(P_COMM, url(p, "/api/v1/clue/%s/create", id), "{\"version\":1}").status, 409);
	CHECK_INT(POST(P_COMM, url(p, "/api/v1/clue/%s/open", id), "{\"version\":1}").status, 409);
	CHECK_INT(POST(P_COMM, url(p, "/api/v1/clue/%s/dance", id), "{\"version\":1}").status, 404);
	CHECK_INT(POST(P_CITY, "/api/v1/correction", url(p, "{\"clue\":\"1\",\"what\":\"x\",\"parent\":\"%s\"}", id)).status, 403);
	/* Outside one's area nothing is made. */
	CHECK_INT(POST(P_FAR, "/api/v1/clue", url(p, "{\"source\":\"grid\",\"text\":\"x\",\"org\":\"%lld\"}", (long long)p->org[2])).status, 201);
	CHECK_INT(POST(P_COMM, "/api/v1/grid", "{\"code\":\"320582100001009\",\"name\":\"x\",\"kind\":\"1\"}").status == 201, 0);
}

BOTH(who_is_it)
{
	const char *id = make_clue(p, P_COMM);
	static const char *const gets[] = { "/api/v1/me", "/api/v1/due", "/api/v1/clue", "/api/v1/clue/1", "/api/v1/areas", "/api/v1/codes/kind", "/api/v1/nothing" };
	static const char *const heads[] = { "", "Authorization: Bearer x\n", "Authorization: Bearer \n", "Authorization: Basic eDp5\n", "Authorization: Bearer ' OR 1=1 --\n",
		"Cookie: xa_session=0000000000000000000000000000000000000000000\n", "Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" };
	for (size_t i = 0; i < ARRAY_LEN(gets); i++)
		for (size_t k = 0; k < ARRAY_LEN(heads); k++) {
			struct reply r = call(p, -1, "GET", gets[i], heads[k], STR_NONE);
			CHECK_INT(r.status, 401);
			CHECK(str_find(r.headers, STR("WWW-Authenticate: Bearer\n")) >= 0);
		}
	CHECK_INT(call(p, -1, "POST", "/api/v1/clue", NULL, STR(CLUE)).status, 401);
	CHECK_INT(call(p, -1, "POST", url(p, "/api/v1/clue/%s/close", id), NULL, STR("{}")).status, 401);
	CHECK_INT(GET(P_CITY, "/api/v1/nothing").status, 404);
	CHECK_INT(GET(P_CITY, "/api/v1/clue/abc").status, 404);
	CHECK_INT(GET(P_CITY, "/api/v1/clue/-5").status, 404);
	CHECK_INT(GET(P_CITY, "/api/v1/clue/99999999999999999999").status, 404);
	CHECK_INT(GET(P_CITY, "/api/v1/").status, 404);
	CHECK_INT(call(p, P_CITY, "DELETE", url(p, "/api/v1/clue/%s", id), NULL, STR_NONE).status, 405);
	CHECK_INT(call(p, P_CITY, "PUT", url(p, "/api/v1/clue/%s", id), NULL, STR_NONE).status, 405);
	/* Who has left has no token any more. */
	as_system(p, &(struct act){ .type = "staff", .verb = "close", .id = p->user[P_TOWN] });
	CHECK_INT(GET(P_TOWN, "/api/v1/me").status, 401);
}

static enum err token_ages(struct db *d, void *arg, struct fault *f)
{
	unsigned char hash[32];
	token_hash(str_of(arg), hash);
	return db_exec(d, f, "UPDATE token SET step_up = step_up - ? WHERE hash = ?", ARGS(VI(6 * MS_MINUTE), VB(hash, 32)), NULL);
}
struct seeded { struct city *p; int64_t user; const unsigned char *seed; };
static enum err seed_put(struct db *d, void *arg, struct fault *f)
{
	struct seeded *x = arg;
	return login_totp_set(d, x->p->app->keys, x->p->a, x->user, x->seed, f);
}

/* S6: what reaches far asks who holds the token to show again that it is she; RFC 9470 says how. */
BOTH(what_reaches_far_asks_again)
{
	static const unsigned char seed[20] = "12345678901234567890";
	const char *staff = arena_printf(p->a, "{\"name\":\"陈文\",\"role\":\"grid\",\"area\":\"320582001001\",\"org\":\"%lld\"}", (long long)p->org[2]);
	struct seeded x = { p, p->user[P_SECADMIN], seed };
	char proof[64];
	NEED_OK(store_write(p->app->store, seed_put, &x, &p->f));
	NEED_OK(store_write(p->app->store, token_ages, p->token[P_SECADMIN], &p->f));
	struct reply r = POST(P_SECADMIN, "/api/v1/staff", staff);
	CHECK_INT(r.status, 401);
	CHECK_TEXT(r.j, "code", NULL, "fresh");
	CHECK(str_find(r.headers, STR("insufficient_user_authentication")) >= 0);
	/* what is wrong with the act itself is said first, and what does not reach far is not asked for */
	CHECK_INT(POST(P_SECADMIN, "/api/v1/staff", "{\"name\":\"陈文\"}").status, 422);
	CHECK_INT(GET(P_SECADMIN, "/api/v1/staff").status, 200);
	CHECK_INT(POST(P_SECADMIN, "/api/v1/step-up", "{}").status, 422);
	CHECK_INT(POST(P_SECADMIN, "/api/v1/step-up", "[1]").status, 422);
	CHECK_INT(POST(P_SECADMIN, "/api/v1/step-up", "{\"proof\":\"000000\"}").status, 422);
	CHECK_INT(POST(P_SECADMIN, "/api/v1/staff", staff).status, 401);
	snprintf(proof, sizeof proof, "{\"proof\":\"%06u\"}", totp_code(seed, now_ms()));
	r = POST(P_SECADMIN, "/api/v1/step-up", proof);
	CHECK_INT(r.status, 200);
	CHECK(text_at(r.j, "until", NULL) != NULL);
	CHECK_INT(POST(P_SECADMIN, "/api/v1/step-up", proof).status, 422);      /* each code once */
	CHECK_INT(POST(P_SECADMIN, "/api/v1/staff", staff).status, 201);
	/* another's token is not helped by it */
	NEED_OK(store_write(p->app->store, token_ages, p->token[P_COMM], &p->f));
	CHECK_INT(POST(P_COMM, "/api/v1/step-up", "{\"proof\":\"000000\"}").status, 422);
}

/* The self-check as data, for the security administrator alone. */
BOTH(the_self_check_as_data)
{
	struct reply r = GET(P_SECADMIN, "/api/v1/safety");
	CHECK_INT(r.status, 200);
	json_t *checks = json_object_get(r.j, "checks");
	CHECK(json_array_size(checks) > 20);
	for (size_t i = 0; i < json_array_size(checks); i++) {
		json_t *k = json_array_get(checks, i);
		const char *grave = text_at(k, "grave", NULL);
		bool bad = strcmp(grave, "warn") == 0 || strcmp(grave, "danger") == 0;
		CHECK(text_at(k, "name", NULL)[0] && text_at(k, "title", NULL)[0]);
		CHECK(!bad || (text_at(k, "wrong", NULL)[0] && text_at(k, "todo", NULL)[0]));
		CHECK(strcmp(grave, "ok") != 0 || !text_at(k, "wrong", NULL)[0]);
	}
	CHECK_INT(GET(P_COMM, "/api/v1/safety").status, 403);
}

BOTH(pages_and_filters)
{
	for (int i = 0; i < 7; i++)
		make_clue(p, i % 2 ? P_COMM : P_COMM2);
	struct reply r = GET(P_COMM, "/api/v1/clue?limit=3&state=new%7Cscreened&source=grid&created_from=2026-11-24");
	int pages = 0, n = 0;
	char last[32] = "9999999999999999999";
	for (;; pages++) {
		size_t i;
		json_t *one;
		NEED(r.status == 200 && pages < 5);
		json_array_foreach(json_object_get(r.j, "items"), i, one) {
			CHECK(strcmp(text_at(one, "id", NULL), last) < 0);
			snprintf(last, sizeof last, "%s", text_at(one, "id", NULL));
			CHECK(!json_object_get(json_object_get(one, "fields"), "text"));    /* long texts only one by one */
			n++;
		}
		const char *next = text_at(r.j, "next", NULL);
		if (!*next)
			break;
		CHECK(str_find(r.headers, str_of(url(p, "Link: <%s>; rel=\"next\"\n", next))) >= 0);
		r = GET(P_COMM, next);
	}
	CHECK_INT(n, 7);
	CHECK_INT(pages, 2);
	CHECK(json_is_null(json_object_get(r.j, "next")));
	CHECK_INT(json_array_size(json_object_get(GET(P_COMM, "/api/v1/clue?order=oldest&limit=500&open=true").j, "items")), 7);
	CHECK_INT(json_array_size(json_object_get(GET(P_COMM, "/api/v1/clue?open=false").j, "items")), 0);
	CHECK_INT(json_array_size(json_object_get(GET(P_COMM, "/api/v1/clue?created_to=2026-11-23").j, "items")), 0);
	CHECK_INT(json_array_size(json_object_get(GET(P_COMM, url(p, "/api/v1/clue?creator=%lld", (long long)p->user[P_COMM])).j, "items")), 3);
	CHECK_INT(json_array_size(json_object_get(GET(P_COMM, "/api/v1/clue?q=%E4%BA%89%E5%90%B5").j, "items")), 7);
	CHECK_INT(json_array_size(json_object_get(GET(P_CITY, "/api/v1/clue?area=320582100").j, "items")), 7);
	CHECK_INT(json_array_size(json_object_get(GET(P_CITY, "/api/v1/clue?area=320582101").j, "items")), 0);
}

/* Whatever stands in a filter: a page of what one may see, or a named error; never 500, never more. */
BOTH(hostile_filters)
{
	static const char *const evil[] = { "'", "''", "' OR '1'='1", "1) OR (1=1", "1;DROP TABLE clue", "\" OR \"\"=\"", "%25", "_", "\\", "NULL", "-1", "0x10", "1e9", "99999999999999999999",
		"%00", "%ff%fe", "%F0%9F%98%80", "%E2%80%AE", "|", "a|b|c", "||||||||||||||||||||||||||||||||||||||", "*", "red|orange", "true", "2026-02-31", "../../etc", "%3Cscript%3E",
		"1%20UNION%20SELECT%20hash%20FROM%20token", "AND", "NEAR(a b)", "\"a\"*", "a:b", "320582|1", "" };
	static const char *const names_of[] = { "state", "open", "area", "org", "owner", "parent", "number", "id", "creator", "created_from", "created_to", "received_from", "source", "kind", "grade",
		"signals", "family", "external_id", "q", "after", "limit", "order", "version", "text", "party_a_phone", "title", "bogus", "bogus_from", "r.id", "id)--", "_from", "_to", "closed_to" };
	make_clue(p, P_COMM);
	for (size_t i = 0; i < ARRAY_LEN(names_of); i++)
		for (size_t k = 0; k < ARRAY_LEN(evil); k++) {
			BUF_AUTO b = BUF(4096);
			buf_printf(&b, "/api/v1/clue?%s=", names_of[i]);
			for (const char *s = evil[k]; *s; s++)
				if (*s == ' ' || *s == '"' || *s == '#' || *s == '<')
					buf_printf(&b, "%%%02X", *s);
				else
					buf_char(&b, *s);
			clock_fix(now_ms() + MS_SECOND);
			struct reply r = GET(P_FAR, b.p);
			if (r.status != 422 && r.status != 400 && !(r.status == 200 && json_array_size(json_object_get(r.j, "items")) == 0)) {
				test_bad++;
				printf("# %s: %d\n", b.p, r.status);
			}
		}
	/* Sealed and secret fields are no filters; a name twice, or too many, is told. */
	CHECK_INT(GET(P_COMM, "/api/v1/clue?party_a_phone=19900000001").status, 422);
	CHECK_INT(GET(P_COMM, "/api/v1/clue?state=new&state=screened").status, 422);
	CHECK_INT(GET(P_COMM, "/api/v1/clue?limit=0").status, 422);
	CHECK_INT(GET(P_COMM, "/api/v1/clue?limit=501").status, 422);
	CHECK_INT(GET(P_COMM, "/api/v1/org?q=x").status, 422);
	CHECK_INT(GET(P_COMM, "/api/v1/areas?under=%27").status, 422);
	CHECK_INT(GET(P_COMM, "/api/v1/codes/%27").status, 404);
	CHECK_INT(GET(P_COMM, "/api/v1/due?scope=all").status, 422);
	BUF_AUTO many = BUF(4096);
	buf_cstr(&many, "/api/v1/clue?state=new");
	for (int i = 0; i < 30; i++)
		buf_printf(&many, "&f%d_from=2026-01-01", i);
	CHECK_INT(GET(P_COMM, many.p).status, 413);
}

static char *nested(struct city *p, char open, char close, int depth)
{
	char *s = arena_alloc(p->a, (size_t)depth * 2 + 32);
	int n = sprintf(s, "{\"text\":");
	memset(s + n, open, (size_t)depth);
	if (close)
		memset(s + n + depth, close, (size_t)depth);
	strcat(s, "}");
	return s;
}

BOTH(hostile_json)
{
	const char *const bad[] = {
		"{", "}", "[]", "null", "1", "\"x\"", "{\"a\":1}{\"b\":2}", "{\"a\":1,}", "{'a':1}", "{a:1}", "{\"source\":\"grid\",\"source\":\"web\"}", "{\"text\":\"a\\u0000b\"}", "\xef\xbb\xbf{}",
		"{\"text\":\"\xff\"}", "{\"text\":\"\\ud800\"}", "{\"text\":\"\xed\xa0\x80\"}", "{\"n\":1e999}", "{\"n\":99999999999999999999}", "{\"n\":NaN}", "{\"n\":0x10}", "{\"n\":01}",
		"{\"text\":\"a\nb\"}", "{\"text\":tru}", "{\"te\\u0000xt\":1}", "// x\n{}", "{\"a\":\"\\x\"}", nested(p, '[', ']', 20), nested(p, '[', ']', 5000), nested(p, '[', 0, 500000),
		nested(p, '{', 0, 500000), "{\"__proto__\":{}}", "{\"constructor\":1}", "{\"\":1}", "{\"text\":{\"$gt\":\"\"}}", "{\"id\":\"5\"}", "{\"state\":\"closed\"}", "{\"creator\":\"1\"}", "{\"number\":\"1\"}",
		"{\"created\":\"2020-01-01\"}", "{\"town\":\"1\"}", "{\"extra\":\"x\"}", "{\"text\":\"x\",\"source\":\"grid' OR '1'='1\"}", "{\"parent\":\"1 OR 1=1\"}", "{\"parent\":-1}", "{\"org\":true}",
		"{\"owner\":[]}", "{\"area\":320582}",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct reply r = POST(P_COMM, "/api/v1/clue", bad[i]);
		if (r.status != 400 && r.status != 413 && r.status != 422) {
			test_bad++;
			printf("# %.60s: %d\n", bad[i], r.status);
		}
	}
	CHECK_INT(call(p, P_COMM, "POST", "/api/v1/clue", NULL, (struct str){ "{}\0{}", 5 }).status, 400);
	/* Not said to be JSON: not read as such. */
	static const char *const types[] = { "Content-Type: text/plain\n", "Content-Type: application/x-www-form-urlencoded\n", "", "Content-Type: application/jsonp\n", "Content-Type: application/json-patch+json\n" };
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct web_answer w = web_handle(&p->cfg, p->a, "POST", "/api/v1/clue", arena_printf(p->a, "Authorization: Bearer %s\n%s", p->token[P_COMM], types[i]), STR(CLUE));
		CHECK_INT(w.status, 415);
	}
	struct web_answer w = web_handle(&p->cfg, p->a, "POST", "/api/v1/clue", arena_printf(p->a, "Authorization: Bearer %s\nContent-Type: Application/JSON; charset=utf-8\n", p->token[P_COMM]), STR(CLUE));
	CHECK_INT(w.status, 201);
	/* Too long, one field and the whole. */
	char *big = arena_alloc(p->a, (3 << 20) + 100);
	int n = sprintf(big, "{\"source\":\"grid\",\"text\":\"");
	memset(big + n, 'a', 30000);
	strcpy(big + n + 30000, "\"}");
	struct reply r = POST(P_COMM, "/api/v1/clue", big);
	CHECK(r.status == 422 && names(&r, "text"));
	memset(big + n, 'a', 3 << 20);
	r = POST(P_COMM, "/api/v1/clue", big);
	CHECK_INT(r.status, 413);
	CHECK(str_find(r.body, STR("20,000 characters")) > 0);
	/* Refused before its address is looked at: still a problem document. */
	w = web_handle(&p->cfg, p->a, "POST", "/api/v1/clue", "Content-Type: text/plain\nContent-Type: application/json\n", STR("{}"));
	CHECK_INT(w.status, 400);
	CHECK(str_find(w.headers, STR("application/problem+json")) > 0);
	/* A thousand unknown fields: told, and still an answer. */
	BUF_AUTO b = BUF(1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%s\"f%d\":%d", i ? "," : "{", i, i);
	buf_char(&b, '}');
	CHECK_INT(POST(P_COMM, "/api/v1/clue", b.p).status, 422);
	CHECK_INT(json_array_size(json_object_get(GET(P_COMM, "/api/v1/clue").j, "items")), 1);
	/* Rare characters come back as they went in. */
	r = POST(P_COMM, "/api/v1/clue", "{\"source\":\"grid\",\"text\":\"𠮷㛃😀\\u4f60\\\"\\\\\",\"party_a_name\":\"阿卜杜拉·买买提\"}");
	CHECK_INT(r.status, 201);
	CHECK_TEXT(r.j, "fields", "text", "𠮷㛃😀你\"\\");
	CHECK_TEXT(r.j, "fields", "party_a_name", "阿**");
	CHECK_TEXT(POST(P_COMM, url(p, "/api/v1/clue/%s/reveal/party_a_name", text_at(r.j, "id", NULL)), "").j, "fields", "party_a_name", "阿卜杜拉·买买提");
}

/* How many exactly, and when again: tests/web/rate.c, by a clock of its own. */
BOTH(rate)
{
	int n = 0;
	p->cfg.rates = rates_new(&rate_usual);
	while (n < 100000 && GET(P_AUDITOR, "/api/v1/me").status == 200)
		n++;
	CHECK(n >= 600);
	struct reply r = GET(P_AUDITOR, "/api/v1/me");
	while (r.status == 200)             /* a tenth of a second gives one back */
		r = GET(P_AUDITOR, "/api/v1/me");
	CHECK_INT(r.status, 429);
	CHECK_TEXT(r.j, "code", NULL, "rate");
	CHECK(str_find(r.headers, STR("Retry-After: 1\n")) >= 0);
	CHECK(str_find(r.headers, STR("Content-Type: application/problem+json\n")) >= 0);
	CHECK(strstr(text_at(r.j, "detail", NULL), "wait 1 s, then") != NULL);
	CHECK_INT(GET(P_CITY, "/api/v1/me").status, 200);       /* another token is another bucket */
	rates_free(p->cfg.rates);
	p->cfg.rates = NULL;
}

/* Every post asks for a page of every type: a page or nothing, never an error, and never an unmasked stranger. */
BOTH(every_post_every_type)
{
	make_clue(p, P_COMM);
	POST(P_COMM, "/api/v1/person", "{\"name\":\"王小明\",\"phone\":\"19900000001\"}");
	POST(P_COMM, "/api/v1/household", "{\"address\":\"港城市东风街道幸福社区1号\"}");
	for (int i = 0; i < P_COUNT; i++)
		for (const struct rtype *const *t = all_types; *t; t++) {
			bool reads = false;
			for (size_t k = 0; k < (*t)->nread; k++)
				reads |= ((*t)->read[k].roles & 1u << role_of(str_of(posts[i].role))) != 0;
			struct reply r = GET(i, url(p, "/api/v1/%s", (*t)->name));
			CHECK_INT(r.status, 200);
			if (!reads)
				CHECK_INT(json_array_size(json_object_get(r.j, "items")), 0);
			if (i != P_COMM && strcmp((*t)->name, "person") == 0)
				CHECK(str_find(r.body, STR("19900000001")) < 0);
			size_t k;
			json_t *one, *items = json_object_get(r.j, "items");
			json_array_foreach(items, k, one) {
				const char *id = text_at(one, "id", NULL);
				CHECK_INT(GET(i, url(p, "/api/v1/%s/%s", (*t)->name, id)).status, 200);
				r = GET(i, url(p, "/api/v1/%s/%s/steps", (*t)->name, id));
				CHECK(r.status == 200 && json_is_array(json_object_get(r.j, "items")));
			}
		}
	int64_t n = 0;
	struct reply r = GET(P_FAR, "/api/v1/clue");
	CHECK_INT(json_array_size(json_object_get(r.j, "items")), n);
}

BOTH(around)
{
	const char *id = make_clue(p, P_COMM);
	struct reply r = GET(P_COMM, "/api/v1/me");
	CHECK_TEXT(r.j, "role", NULL, "community");
	CHECK_TEXT(r.j, "area", NULL, COMM);
	CHECK_STR(str_of(text_at(r.j, "user", NULL)), url(p, "%lld", (long long)p->user[P_COMM]));
	CHECK(json_array_size(json_object_get(r.j, "types")) > 5);
	r = GET(P_COMM, "/api/v1/codes/grade");
	CHECK_TEXT(json_array_get(json_object_get(r.j, "items"), 0), "code", NULL, "red");
	CHECK_INT(GET(P_COMM, "/api/v1/codes/nothing").status, 404);
	r = GET(P_COMM, "/api/v1/areas");
	CHECK_INT(r.status, 200);
	if (json_array_size(json_object_get(r.j, "items"))) {        /* the list is made from a package at build time */
		CHECK_TEXT(json_array_get(json_object_get(r.j, "items"), 0), "code", NULL, CITY);
		r = GET(P_COMM, "/api/v1/areas?under=" CITY);
		CHECK_INT(strlen(text_at(json_array_get(json_object_get(r.j, "items"), 0), "code", NULL)), 9);
	}
	/* The clock of the new clue, for who screens it, with its explanation; a stranger has none. */
	r = GET(P_COMM, "/api/v1/due");
	json_t *due = json_array_get(json_object_get(r.j, "items"), 0);
	CHECK_STR(str_of(text_at(due, "id", NULL)), id);
	CHECK_TEXT(due, "rule", NULL, "clue.screen");
	CHECK(strstr(text_at(due, "explain", NULL), "Started") != NULL);
	CHECK_INT(json_array_size(json_object_get(GET(P_COMM, "/api/v1/due?late=true").j, "items")), 0);
	CHECK_INT(json_array_size(json_object_get(GET(P_TOWN, "/api/v1/due?scope=area").j, "items")), 1);
	CHECK_INT(json_array_size(json_object_get(GET(P_FAR, "/api/v1/due?scope=area").j, "items")), 0);
	CHECK_INT(json_array_size(json_object_get(GET(P_ADMIN, "/api/v1/due").j, "items")), 0);
	CHECK_INT(json_array_size(json_object_get(GET(P_MEDIATOR, "/api/v1/due?scope=area").j, "items")), 0);
	r = GET(P_COMM, url(p, "/api/v1/clue/%s/steps", id));
	bool confirm = false, internal = false;
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(r.j, "items"), i, one) {
		confirm |= strcmp(text_at(one, "verb", NULL), "confirm") == 0 && json_array_size(json_object_get(one, "fields")) == 5;
		internal |= strcmp(text_at(one, "verb", NULL), "again") == 0;
	}
	CHECK(confirm && !internal);
}

/* From the call to the open case, by API alone. */
BOTH(river)
{
	const char *id = make_clue(p, P_COMM);
	CHECK_INT(POSTH(P_COMM, url(p, "/api/v1/clue/%s/confirm", id), "If-Match: \"1\"\n", "{\"family\":true,\"kind\":\"M05\",\"grade\":\"yellow\",\"signals\":[\"violence\"]}").status, 200);
	struct reply r = GET(P_COMM, url(p, "/api/v1/clue/%s", id));
	CHECK_TEXT(r.j, "state", NULL, "screened");
	CHECK_INT(json_array_size(json_object_get(json_object_get(r.j, "fields"), "signals")), 1);
	CHECK_INT(json_array_size(json_object_get(json_object_get(r.j, "labels"), "signals")), 1);
	r = POSTH(P_COMM, url(p, "/api/v1/clue/%s/open", id), "If-Match: \"2\"\n", "");
	CHECK_INT(r.status, 200);
	const char *kase = text_at(r.j, "fields", "case_file");
	r = GET(P_COMM, url(p, "/api/v1/case/%s", kase));
	CHECK_INT(r.status, 200);
	CHECK_STR(str_of(text_at(r.j, "fields", "clue")), id);
	r = GET(P_COMM, url(p, "/api/v1/party?parent=%s", kase));
	CHECK_INT(json_array_size(json_object_get(r.j, "items")), 1);
}

/* ---- the description ---- */

static json_t *pointed(json_t *root, const char *ref)
{
	struct str rest = str_of(ref + 2);
	while (rest.p && root) {
		char key[200];
		struct str one = str_cut(rest, '/', &rest);
		snprintf(key, sizeof key, "%.*s", (int)one.n, one.p);
		root = json_object_get(root, key);
	}
	return root;
}

static void walk(json_t *root, json_t *at, struct map *ids)
{
	const char *k;
	json_t *v;
	size_t i;
	const char *ref = json_string_value(json_object_get(at, "$ref")), *op = json_string_value(json_object_get(at, "operationId"));
	if (ref && !pointed(root, ref)) {
		test_bad++;
		printf("# %s points nowhere\n", ref);
	}
	if (op && map_get(ids, str_of(op))) {
		test_bad++;
		printf("# operationId %s stands twice\n", op);
	}
	if (op)
		map_put(ids, str_of(op), root);
	if (json_is_array(at))
		json_array_foreach(at, i, v)
			walk(root, v, ids);
	json_object_foreach(at, k, v)
		walk(root, v, ids);
}

static void put_file(const char *name, struct str text)
{
	FILE *f = fopen(name, "w");
	NEED(f != NULL);
	fwrite(text.p, 1, text.n, f);
	fclose(f);
}

static void sample(struct buf *b, const char *schema, const struct reply *r)
{
	buf_printf(b, "%s{\"schema\":\"%s\",\"value\":%.*s}", b->n > 1 ? "," : "", schema, (int)r->body.n, r->body.p);
}

static void items(struct buf *b, const char *schema, const struct reply *r)
{
	size_t i;
	json_t *one;
	CHECK(json_array_size(json_object_get(r->j, "items")) > 0);
	json_array_foreach(json_object_get(r->j, "items"), i, one) {
		char *text = json_dumps(one, 0);
		buf_printf(b, "%s{\"schema\":\"%s\",\"value\":%s}", b->n > 1 ? "," : "", schema, text);
		free(text);
	}
}

/* Real answers, to be held against the description. */
static struct str samples(struct city *p)
{
	BUF_AUTO b = BUF(1 << 20);
	const char *id = make_clue(p, P_COMM);
	struct reply r = POSTH(P_COMM, url(p, "/api/v1/clue/%s/confirm", id), "If-Match: \"1\"\n", "{\"family\":true,\"kind\":\"M05\",\"grade\":\"yellow\",\"signals\":[\"violence\"]}");
	buf_char(&b, '[');
	sample(&b, "clue", &r);
	r = POSTH(P_COMM, url(p, "/api/v1/clue/%s/edit", id), "If-Match: \"1\"\n", "{\"text\":\"x\"}");
	sample(&b, "problem", &r);
	r = POST(P_COMM, "/api/v1/clue", "{\"source\":1,\"x\":2}");
	sample(&b, "problem", &r);
	r = GET(P_COMM, "/api/v1/nothing");
	sample(&b, "problem", &r);
	r = GET(P_COMM, "/api/v1/clue");
	items(&b, "clue", &r);
	r = GET(P_COMM, url(p, "/api/v1/clue/%s/history", id));
	items(&b, "event", &r);
	r = GET(P_COMM, url(p, "/api/v1/clue/%s/steps", id));
	items(&b, "step", &r);
	r = GET(P_COMM, "/api/v1/due");
	items(&b, "clock", &r);
	r = GET(P_COMM, "/api/v1/codes/kind");
	items(&b, "code", &r);
	r = GET(P_COMM, "/api/v1/org");
	items(&b, "org", &r);
	r = GET(P_COMM, "/api/v1/staff");
	items(&b, "staff", &r);
	buf_char(&b, ']');
	return arena_str(p->a, buf_view(&b));
}

static void validate(struct city *p, struct str text)
{
	const char *src = getenv("XA_SRC") ? getenv("XA_SRC") : ".";
	char *modules = arena_printf(p->a, "%s/node_modules", src), *file = arena_printf(p->a, "%s/openapi.json", p->dir);
	if (access(arena_printf(p->a, "%s/@seriousme/openapi-schema-validator/index.js", modules), R_OK) != 0) {
		puts("# SKIP: npm's validator is not installed; only our own checks were made");
		return;
	}
	put_file(file, text);
	put_file(arena_printf(p->a, "%s.samples", file), samples(p));
	CHECK(system(arena_printf(p->a, "node '%s/tests/api/lib/openapi.mjs' '%s' '%s' 2>&1 | sed 's/^/# /'", src, modules, file)) == 0);
	char verdict[16] = "";
	FILE *f = fopen(arena_printf(p->a, "%s.verdict", file), "r");
	CHECK(f && fgets(verdict, sizeof verdict, f) && strcmp(verdict, "valid") == 0);
	if (f)
		fclose(f);
}

BOTH(openapi)
{
	struct reply r = call(p, -1, "GET", "/api/v1/openapi.json", NULL, STR_NONE);
	NEED(r.status == 200 && r.j);
	NEED(keep(json_loadb(r.body.p, r.body.n, JSON_REJECT_DUPLICATES, NULL)) != NULL);
	walk(r.j, r.j, map_new(p->a));
	json_t *paths = json_object_get(r.j, "paths");
	for (const struct rtype *const *t = all_types; *t; t++) {
		CHECK(json_object_get(paths, url(p, "/api/v1/%s", (*t)->name)) != NULL);
		for (size_t i = 0; i < (*t)->nsteps; i++) {
			const struct step *s = &(*t)->steps[i];
			bool open = false;
			for (size_t k = 0; k < (*t)->nsteps; k++)
				open |= strcmp((*t)->steps[k].verb, s->verb) == 0 && !((*t)->steps[k].flags & STEP_INTERNAL) && (*t)->steps[k].from[0];
			if (s->from[0])
				CHECK((json_object_get(paths, url(p, "/api/v1/%s/{id}/%s", (*t)->name, s->verb)) != NULL) == open);
		}
		/* No field may be called like a common column: the body would have two meanings. */
		static const char *const common[] = { "area", "org", "owner", "parent", "version", "id", "state", "number" };
		for (size_t i = 0; i < ARRAY_LEN(common); i++)
			CHECK(field_find(*t, str_of(common[i])) < 0);
	}
	CHECK(str_find(r.body, STR("password")) < 0);
	/* The example that it gives for a clue works. */
	json_t *body = json_object_get(json_object_get(json_object_get(paths, "/api/v1/clue"), "post"), "requestBody");
	json_t *example = json_object_get(json_object_get(json_object_get(body, "content"), "application/json"), "example");
	char *text = json_dumps(example, 0);
	NEED(text != NULL);
	CHECK_INT(POST(P_COMM, "/api/v1/clue", text).status, 201);
	free(text);
	validate(p, r.body);
}

BOTH(health)
{
	struct reply r = call(p, -1, "GET", "/healthz", NULL, STR_NONE);
	CHECK_INT(r.status, 200);
	CHECK_STR(r.body, "{\"ok\":true}");
	r = call(p, -1, "GET", "/metrics", NULL, STR_NONE);
	CHECK_INT(r.status, 200);
	static const char *const want[] = { "xiaoan_requests_total{class=\"2xx\"} ", "xiaoan_request_seconds_sum ", "xiaoan_uptime_seconds ", "xiaoan_store_bytes ", "xiaoan_jobs_waiting ",
		"xiaoan_journal_leaves ", "process_resident_memory_bytes ", "xiaoan_writer_ok 1" };
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		CHECK(str_find(r.body, str_of(want[i])) >= 0);
	CHECK(str_find(r.body, on_pg ? STR("store=\"postgresql\"") : STR("store=\"sqlite\"")) >= 0);
	/* Through a proxy on the same machine everybody would be at home. */
	CHECK_INT(call(p, -1, "GET", "/metrics", "X-Forwarded-For: 203.0.113.9\n", STR_NONE).status, 401);
	CHECK_INT(call(p, P_ADMIN, "GET", "/metrics", "X-Forwarded-For: 203.0.113.9\n", STR_NONE).status, 200);
	r = call(p, -1, "GET", "/docs/errors", NULL, STR_NONE);
	CHECK(r.status == 200 && str_find(r.body, STR("#not_found")) >= 0);
}

/* ---- papers and photos ---- */

#define FORM_PART(n, v) "--b\r\nContent-Disposition: form-data; name=\"" n "\"\r\n\r\n" v "\r\n"
static struct reply hand_in(struct city *p, int post, const char *key, const char *fields, const char *file)
{
	char *headers = arena_printf(p->a, "Content-Type: multipart/form-data; boundary=b\n%s%s%s", key ? "Idempotency-Key: " : "", key ? key : "", key ? "\n" : "");
	char *body = arena_printf(p->a, "%s%s%s%s--b--\r\n", fields, file ? "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xe5\xad\x97\xe6\x9d\xa1.txt\"\r\n\r\n" : "", file ? file : "", file ? "\r\n" : "");
	/* call() would say JSON of a body */
	struct web_answer w = web_handle(&p->cfg, p->a, "POST", "/api/v1/clue_document", arena_printf(p->a, "Authorization: Bearer %s\nAccept-Language: en\n%s", p->token[post], headers), str_of(body));
	return (struct reply){ w.status, w.headers, w.body, keep(json_loadb(w.body.p, w.body.n, 0, NULL)) };
}

BOTH(papers)
{
	p->app->program = server_program();
	const char *clue = make_clue(p, P_COMM), *parent = url(p, FORM_PART("parent", "%s") FORM_PART("kind", "paper"), clue);
	struct reply r = hand_in(p, P_COMM, "paper-1", parent, "\xe4\xb8\x80\xe5\x8f\xa5\xe8\xaf\x9d");
	NEED(r.status == 201 && r.j);
	const char *id = text_at(r.j, "id", NULL);
	CHECK_TEXT(r.j, "fields", "type", "txt");
	/* Where it lies and its key never leave. */
	CHECK(!json_object_get(json_object_get(r.j, "fields"), "file_key") && !json_object_get(json_object_get(r.j, "fields"), "file"));
	/* The same key: the same record; with another file: refused. */
	r = hand_in(p, P_COMM, "paper-1", parent, "\xe4\xb8\x80\xe5\x8f\xa5\xe8\xaf\x9d");
	CHECK_INT(r.status, 200);
	CHECK_TEXT(r.j, "id", NULL, id);
	CHECK_INT(hand_in(p, P_COMM, "paper-1", parent, "another").status, 409);
	CHECK_INT(hand_in(p, P_COMM, NULL, parent, NULL).status, 422);
	CHECK_INT(hand_in(p, P_COMM, NULL, parent, "<!doctype html><script>1</script>").status, 422);
	CHECK_INT(hand_in(p, P_COMM, NULL, url(p, FORM_PART("parent", "%s") FORM_PART("file_key", "00"), clue), "text").status, 422);
	CHECK_INT(hand_in(p, P_FAR, NULL, parent, "text").status, 404);
	CHECK_INT(hand_in(p, P_LEADER, NULL, parent, "text").status, 404);
	struct web_answer w = web_handle(&p->cfg, p->a, "GET", url(p, "/api/v1/clue_document/%s/content", id), arena_printf(p->a, "Authorization: Bearer %s\n", p->token[P_COMM]), STR_NONE);
	CHECK_INT(w.status, 200);
	CHECK_STR(w.body, "\xe4\xb8\x80\xe5\x8f\xa5\xe8\xaf\x9d");
	CHECK(str_find(w.headers, STR("Content-Disposition: attachment")) >= 0 && str_find(w.headers, STR("nosniff")) >= 0 && str_find(w.headers, STR("Content-Security-Policy: sandbox")) >= 0);
	CHECK_INT(GET(P_FAR, url(p, "/api/v1/clue_document/%s/content", id)).status, 404);
	CHECK_INT(GET(P_COMM, url(p, "/api/v1/clue_document/%s/content?part=view", id)).status, 404);
	/* JSON alone makes none. */
	CHECK_INT(POST(P_COMM, "/api/v1/clue_document", url(p, "{\"parent\":\"%s\"}", clue)).status, 422);
	/* Fetched: it stands in the journal, with who and what. */
	struct ctx c;
	struct journal_row *j;
	size_t n;
	int64_t rid;
	NEED(str_int(str_of(id), &rid));
	ctx_init(&c, p->app, p->a, &p->f, &actor_system);
	NEED_OK(ctx_write(&c, after_notes, NULL));
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_find(&c, &(struct journal_ask){ .rid = rid, .verb = STR("fetch"), .limit = 10 }, &j, &n));
	CHECK_INT(n, 1);
}
