/* Reading what is sensitive: the note of it is durable before a byte leaves, on whatever way it is read; and a page kept from before
 * is never another than the page made anew, whatever was done between, nor one that its reader may not see any more. */
#include "site.h"
#include "api/api.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static const struct route *const all_tables[] = { face_routes, api_routes, desk_routes, NULL };

static struct city the_city;
struct desk { struct city *p; struct browser med, fed; int64_t med_id, fed_id, kase; char *url; };

static void desk_open(struct desk *d)
{
	memset(d, 0, sizeof *d);
	struct city *p = d->p = &the_city;
	city_open(p);
	NEED_OK(face_open(p->app));
	struct browser *const b[] = { &d->med, &d->fed };
	for (size_t i = 0; i < ARRAY_LEN(b); i++) {
		browser_open(b[i], p);
		b[i]->cfg.tables = all_tables;
		b[i]->cfg.kept = face_kept;
	}
	/* No unit's case: it is hers alone, as its owner. */
	d->med_id = browser_login(&d->med, "mediator", COMM, p->comm);
	d->fed_id = browser_login(&d->fed, "city", CITY, p->fed);
	d->kase = new_case(p, "M05", "yellow");
	NEED_OK(DO(TOWNW, "case", "dispatch", d->kase, IN("org", num(p, p->studio)), IN("owner", num(p, d->med_id))));
	NEED_OK(DO0(who(ROLE_MEDIATOR, COMM, d->med_id, p->studio), "case", "accept", d->kase));
	d->url = arena_printf(p->a, "/case/%lld", (long long)d->kase);
}

static void desk_close(struct desk *d)
{
	face_close(d->p->app);
	city_close(d->p);
}

/* The page without its nonce, which must be the one its own headers allow. */
static struct str bare(struct city *p, const struct web_answer *w)
{
	struct str nonce = between(w->headers, "'nonce-", "'");
	NEED(nonce.n == 32);
	char *body = arena_cstr(p->a, w->body), *n = arena_cstr(p->a, nonce), *at = body;
	CHECK(w->status != 200 || strstr(body, n));
	while ((at = strstr(at, n)))
		memset(at, '0', nonce.n);
	return (struct str){ body, w->body.n };
}

static int64_t count(struct city *p, const char *sql)
{
	struct ctx c;
	int64_t n = -1;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(db_int(c.db, &p->f, sql, NOARGS, &n, NULL));
	return n;
}
#define VIEWS(p) count(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE verb = 'view'")

static int64_t asked(struct city *p)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	return db_statements(c.db);
}

static bool kept_here(void)
{
	const char *e = getenv("XA_TEST_ENGINE");
	return !e || strcmp(e, "pg") != 0;
}

static int64_t cost(struct desk *d, struct browser *b, const char *url)
{
	static int nth;
	int64_t before = asked(d->p);
	(void)browse(b, arena_printf(d->p->a, "%s?n=%d", url, ++nth));     /* never asked for before */
	CHECK_INT(b->last.status, 200);
	return asked(d->p) - before;
}

/* Somebody more is of the team, has noted something, reported a clue and has a case. */
static void busier(struct desk *d, int user)
{
	struct city *p = d->p;
	struct actor w = who(ROLE_SYSTEM, COMM, user, p->comm);
	NEED_OK(ADD(actor_system, "team", d->kase, NULL, { STR("staff"), str_of(num(p, user)) }, IN("part", "co_mediator"), IN("reason", "需要")));
	NEED_OK(DO(w, "case", "note", d->kase, IN("note", "去过一次")));
	NEED_OK(run(p, w, &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), .org = p->fed, INPUTS(IN("source", "visit"), IN("text", "争吵")) }, NULL));
	NEED_OK(run(p, w, &(struct act){ .type = "case", .verb = "create", .area = STR(COMM), .org = p->fed, .owner = user,
		INPUTS(IN("source", "visit"), IN("summary", "争吵"), IN("kind", "M05"), IN("grade", "red")) }, NULL));
}

/* Who asks, what is open to her, the record, its history and clocks, what belongs to it, its papers, the names of it all; and the frame. Not one a
 * name, a clock or an empty list. */
#define PAGE_COSTS 12
#define BENCH_COSTS 17
TEST(a_page_costs_few_statements)
{
	struct desk here, *d = &here;
	desk_open(d);
	busier(d, 31);
	(void)cost(d, &d->fed, "/");      /* what is learnt once */
	int64_t page = cost(d, &d->med, d->url), bench = cost(d, &d->fed, "/");
	CHECK_INT(page, PAGE_COSTS);
	CHECK_INT(bench, BENCH_COSTS);
	for (int i = 32; i < 40; i++)
		busier(d, i);
	CHECK_INT(cost(d, &d->med, d->url), page);
	CHECK_INT(cost(d, &d->fed, "/"), bench);
	CHECK(has(d->fed.last.body, "/case/") && has(d->fed.last.body, "/clue/"));
	desk_close(d);
}

TEST(each_reading_is_noted_and_a_kept_one_asks_nothing)
{
	struct desk here, *d = &here;
	desk_open(d);
	struct city *p = d->p;
	int64_t before = VIEWS(p);
	struct str first = browse(&d->med, d->url);
	first = bare(p, &d->med.last);
	CHECK_INT(d->med.last.status, 200);
	CHECK(has(first, "两人争吵"));
	CHECK_INT(VIEWS(p), before + 1);
	for (int i = 2; i < 5; i++) {
		int64_t statements = asked(p);
		(void)browse(&d->med, d->url);
		CHECK(str_eq(first, bare(p, &d->med.last)));
		CHECK(!kept_here() || asked(p) == statements);
		CHECK_INT(VIEWS(p), before + i);
	}
	/* Her own: the same address by another post is another page; and news is told once. */
	struct str other = browse(&d->fed, d->url);
	CHECK_INT(d->fed.last.status, 200);
	CHECK(!str_eq(first, other) && !has(other, d->med.csrf));
	d->med.last = web_handle(&d->med.cfg, p->a, "GET", d->url, arena_printf(p->a, "Cookie: xa_session=%s; xa_flash=0\n", d->med.session), STR(""));
	CHECK(has(d->med.last.body, "已保存"));
	CHECK(!has(browse(&d->med, d->url), "已保存"));
	/* A form with what the record holds, the API's record and the API's list are readings too. */
	before = VIEWS(p);
	(void)browse(&d->med, arena_printf(p->a, "%s/edit", d->url));
	CHECK_INT(VIEWS(p), before + 1);
	/* A refused form shows the record again; what it had written is undone, its note is not. */
	(void)POST(&d->med, arena_printf(p->a, "%s/edit", d->url), "summary", "", "kind", "");
	CHECK_INT(d->med.last.status, 422);
	CHECK_INT(VIEWS(p), before + 2);
	int64_t lists = count(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE verb = 'list' AND type = 'case'");
	(void)browse(&d->med, "/case");
	BUF_AUTO search = BUF(256);
	buf_cstr(&search, "/search?q=");
	html_url_part(&search, get(p, "case", d->kase)->number);
	(void)browse(&d->med, search.p);
	CHECK_INT(count(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE verb = 'list' AND type = 'case'"), lists + 2);
	struct journal_report r;
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_verify(&c, &r));
	CHECK_INT(r.bad_seq, 0);
	CHECK(!r.why);
	desk_close(d);
}

/* ---- no note, no content ---- */

static enum err break_notes(struct db *w, void *arg, struct fault *f)
{
	(void)arg;
	if (db_is_postgres(w))
		return db_exec(w, f, "ALTER TABLE journal ADD CONSTRAINT broken CHECK (verb NOT IN ('view', 'list')) NOT VALID", NOARGS, NULL);
	return db_exec(w, f, "CREATE TRIGGER broken BEFORE INSERT ON journal WHEN new.verb IN ('view', 'list') BEGIN SELECT RAISE(ABORT, 'no room'); END", NOARGS, NULL);
}

static enum err mend_notes(struct db *w, void *arg, struct fault *f)
{
	(void)arg;
	return db_exec(w, f, db_is_postgres(w) ? "ALTER TABLE journal DROP CONSTRAINT broken" : "DROP TRIGGER broken", NOARGS, NULL);
}

static enum err give_token(struct db *w, void *arg, struct fault *f) { return token_make(w, ((struct desk *)arg)->med_id, STR("t"), 0, ((struct desk *)arg)->fed.pre, f); }

TEST(without_its_note_nothing_is_shown)
{
	struct desk here, *d = &here;
	desk_open(d);
	struct city *p = d->p;
	const char *pages[] = { d->url, arena_printf(p->a, "%s?x=1", d->url), arena_printf(p->a, "%s/edit", d->url) };
	const char *api[] = { arena_printf(p->a, "/api/v1/case/%lld", (long long)d->kase), "/api/v1/case" };
	NEED_OK(store_write(p->app->store, give_token, d, &p->f));
	char *bearer = arena_printf(p->a, "Authorization: Bearer %s\n", d->fed.pre);
	d->fed.pre[0] = 0;
	CHECK(has(browse(&d->med, d->url), "两人争吵"));       /* kept now */
	NEED_OK(store_write(p->app->store, break_notes, NULL, &p->f));
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
			struct str body = browse(&d->med, pages[i]);
			CHECK_INT(d->med.last.status, 500);
			CHECK(!has(body, "两人争吵") && !has(body, "M05"));
		}
	struct str form = POST(&d->med, arena_printf(p->a, "%s/edit", d->url), "summary", "", "kind", "");
	CHECK_INT(d->med.last.status, 500);
	CHECK(!has(form, "两人争吵") && !has(form, "M05"));
	(void)browse(&d->med, "/case");
	CHECK_INT(d->med.last.status, 500);
	for (size_t i = 0; i < ARRAY_LEN(api); i++) {
		struct web_answer w = web_handle(&d->med.cfg, p->a, "GET", api[i], bearer, STR(""));
		CHECK_INT(w.status, 500);
		CHECK(!has(w.body, "两人争吵") && !has(w.body, "M05"));
		CHECK(!has(w.headers, "ETag"));
	}
	/* What is no reading of such records goes on. */
	(void)browse(&d->med, "/notices");
	CHECK_INT(d->med.last.status, 200);
	NEED_OK(store_write(p->app->store, mend_notes, NULL, &p->f));
	CHECK(has(browse(&d->med, d->url), "两人争吵"));
	for (size_t i = 0; i < ARRAY_LEN(api); i++)
		CHECK_INT(web_handle(&d->med.cfg, p->a, "GET", api[i], bearer, STR("")).status, 200);
	desk_close(d);
}

/* Dies as soon as she has her answer; counts the answers where her parent sees it. */
static void reader_dies(struct desk *d, int64_t *answers)
{
	for (;;) {
		/* anew, kept, kept */
		(void)browse(&d->med, arena_printf(d->p->a, "%s?n=%lld", d->url, (long long)(*answers / 3)));
		if (d->med.last.status != 200)
			_exit(3);
		__atomic_fetch_add(answers, 1, __ATOMIC_SEQ_CST);
	}
}

TEST(killed_right_after_an_answer_the_note_is_there)
{
	struct desk here, *d = &here;
	desk_open(d);
	struct city *p = d->p;
	int64_t before = VIEWS(p);
	char *store = NULL, *dir = arena_printf(p->a, "%s", p->dir);
	int64_t *answers = mmap(NULL, sizeof *answers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	NEED(answers != MAP_FAILED);
	if (!kept_here()) {          /* the schema that city_open() made is known to it alone */
		desk_close(d);
		return;
	}
	fflush(stdout);
	for (int round = 0; round < 5; round++) {
		int64_t told = *answers;
		pid_t child = fork();
		NEED(child >= 0);
		if (child == 0) {
			/* A program of its own: nothing of the parent's threads is here. */
			struct app_options o = { .data_dir = dir, .store_url = store };
			struct fault f = { 0 };
			if (app_open(&o, types, &p->app, &f) != OK || face_open(p->app) != OK)
				_exit(2);
			d->med.cfg.store = p->app->store;
			d->med.cfg.app = p->app;
			reader_dies(d, answers);
		}
		while (__atomic_load_n(answers, __ATOMIC_SEQ_CST) < told + 10 && waitpid(child, NULL, WNOHANG) == 0)
			usleep(200);
		CHECK(__atomic_load_n(answers, __ATOMIC_SEQ_CST) >= told + 10);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		int64_t noted = VIEWS(p) - before;
		/* The last one may have been noted and not told any more, once a round. */
		CHECK(noted >= *answers && noted <= *answers + round + 1);
	}
	munmap(answers, sizeof *answers);
	desk_close(d);
}

/* ---- kept is never stale ---- */

TEST(who_was_relieved_sees_nothing_at_the_very_next_request)
{
	struct desk here, *d = &here;
	struct browser next;
	desk_open(d);
	struct city *p = d->p;
	struct actor studio = who(ROLE_LIAISON, CITY, POL, p->studio);
	browser_open(&next, p);
	int64_t other = browser_login(&next, "mediator", COMM, p->studio);
	for (int i = 0; i < 4; i++) {
		for (int k = 0; k < 3; k++) {
			(void)browse(&d->med, d->url);
			CHECK_INT(d->med.last.status, 200);
		}
		int64_t views = VIEWS(p);
		NEED_OK(DO(studio, "case", "reassign", d->kase, IN("owner", num(p, other))));
		struct str body = browse(&d->med, d->url);
		CHECK_INT(d->med.last.status, 404);
		CHECK(!has(body, "两人争吵"));
		CHECK_INT(VIEWS(p), views);
		NEED_OK(DO(studio, "case", "reassign", d->kase, IN("owner", num(p, d->med_id))));
	}
	/* Who has left, or whose session was ended, is at the door. */
	CHECK(has(browse(&d->med, d->url), "两人争吵"));
	NEED_OK(DO0(actor_system, "staff", "close", d->med_id));
	(void)browse(&d->med, d->url);
	CHECK_INT(d->med.last.status, 303);
	desk_close(d);
}

/* Another process on the same file, as the command line is while the server runs. */
static void other_process(struct desk *d, struct app **ret)
{
	*ret = NULL;
	if (kept_here())
		NEED_OK(app_open(&(struct app_options){ .data_dir = d->p->dir }, types, ret, &d->p->f));
}

static enum err end_sessions(struct db *w, void *arg, struct fault *f) { return session_close_all(w, *(int64_t *)arg, f); }
static enum err new_session(struct db *w, void *arg, struct fault *f)
{
	struct desk *d = arg;
	/* Who was closed lost her password with it. */
	TRY(login_put_hash(w, d->med_id, "-", false, f));
	return session_open(w, d->med_id, "desk", d->med.session, d->med.csrf, f);
}
static enum err tell(struct ctx *c, void *arg) { return notice_put(c, *(int64_t *)arg, 0, NULL, N_("A case was given to you")); }

static uint64_t dice(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s >> 11;
}

static void random_act(struct desk *d, struct app *elsewhere, uint64_t *seed)
{
	struct city *p = d->p;
	static const char *const roles[] = { "mediator", "community", "town", "city", "auditor" };
	static const char *const areas[] = { COMM, TOWN, CITY, "320582200", "320582100002" };
	char *n = num(p, (int64_t)(dice(seed) % 1000));
	int64_t owner = dice(seed) % 2 ? d->med_id : d->fed_id;
	struct actor med = who(ROLE_MEDIATOR, COMM, get(p, "case", d->kase)->owner, p->studio), boss = who(ROLE_LIAISON, CITY, POL, p->studio);
	struct app *here = p->app;
	struct ctx c;
	if (elsewhere && dice(seed) % 3 == 0)
		p->app = elsewhere;
	enum err e = OK;
	switch (dice(seed) % 15) {
	case 0: e = DO(med, "case", "note", d->kase, IN("note", n)); break;
	case 1: e = DO(boss, "case", "reassign", d->kase, IN("owner", num(p, owner))); break;
	case 2: e = DO(med, "case", "suspend", d->kase, IN("suspend_reason", "away")); break;
	case 3: e = DO0(med, "case", "resume", d->kase); break;
	case 4: e = DO(med, "case", "regrade", d->kase, IN("grade", dice(seed) % 2 ? "red" : "yellow"), IN("note", n)); break;
	case 5: e = DO(actor_system, "staff", "edit", d->med_id, IN("role", roles[dice(seed) % ARRAY_LEN(roles)])); break;
	case 6: e = DO(actor_system, "staff", "edit", d->med_id, IN("area", areas[dice(seed) % ARRAY_LEN(areas)])); break;
	case 7: e = DO0(actor_system, "staff", dice(seed) % 3 ? "reopen" : "close", d->med_id); break;
	case 8: e = DO(actor_system, "org", "edit", p->studio, IN("name", n)); break;
	case 9: e = ADD(med, "party", d->kase, NULL, IN("name", "王小明"), IN("side", "a"), IN("note", n)); break;
	case 10: e = DO(actor_system, "staff", "edit", d->fed_id, IN("name", n)); break;
	case 11:
		ctx_at(p, &c, &actor_system);
		NEED_OK(ctx_write(&c, tell, &d->med_id));
		break;
	case 12:
		NEED_OK(store_write(p->app->store, end_sessions, &d->med_id, &p->f));
		if (dice(seed) % 4)
			NEED_OK(store_write(p->app->store, new_session, d, &p->f));
		break;
	case 13: e = DO(actor_system, "staff", "edit", d->med_id, IN("org", num(p, dice(seed) % 2 ? p->studio : p->comm))); break;
	default: clock_fix(now_ms() + (int64_t)(dice(seed) % (3 * MS_HOUR)) - MS_HOUR / 2); break;
	}
	p->app = here;
	(void)e;          /* what the river refuses changes nothing; the point is what stands afterwards */
}

/* A kept answer must be the one made anew, byte for byte. */
static int same(struct desk *d, struct browser *b)
{
	struct web_config anew = b->cfg, kept = b->cfg;
	struct web_answer v[3];
	anew.kept = NULL;
	for (int i = 0; i < 3; i++) {
		b->cfg = i == 2 ? anew : kept;
		(void)browse(b, d->url);
		v[i] = b->last;
	}
	b->cfg = kept;
	bool ok = v[0].status == v[2].status && v[1].status == v[2].status;
	ok &= v[2].status != 200 || (str_eq(bare(d->p, &v[0]), bare(d->p, &v[2])) && str_eq(bare(d->p, &v[1]), bare(d->p, &v[2])));
	CHECK(ok);
	return v[2].status;
}

TEST(lights_turn_when_they_say)
{
	struct desk here, *d = &here;
	desk_open(d);
	struct city *p = d->p;
	static const char *const rules[] = { "case.first", "case.finish" };
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct due *due = clock_of(p, "case", d->kase, rules[i]);
		struct ctx c;
		int turned = 0;
		ctx_at(p, &c, &actor_system);
		for (c.now = due->start;; turned++) {
			enum light was = due_light(&c, due);
			int64_t t = due_turns(&c, due);
			if (t == INT64_MAX)
				break;
			NEED(t > c.now && turned < 3);
			c.now = t - 1;
			CHECK_INT(due_light(&c, due), was);
			c.now = t;
			CHECK(due_light(&c, due) != was);
		}
		CHECK_INT(due_light(&c, due), LIGHT_RED);
		CHECK_INT(turned, 2);
	}
	desk_close(d);
}

TEST(kept_pages_are_the_pages_made_anew)
{
	struct desk here, *d = &here;
	struct app *elsewhere;
	uint64_t seed = 20261124;
	int seen[3] = { 0 };
	clock_fix(civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 }));
	desk_open(d);
	d->p->now = 0;
	other_process(d, &elsewhere);
	for (int i = 0; i < 400 && test_bad < 5; i++) {
		int bad = test_bad;
		for (uint64_t k = dice(&seed) % 3; k > 0; k--)
			random_act(d, elsewhere, &seed);
		int s = same(d, &d->med);
		seen[s == 200 ? 0 : s == 404 ? 1 : 2]++;
		(void)same(d, &d->fed);
		if (test_bad > bad)
			printf("# at step %d\n", i);
		if (s == 303 && dice(&seed) % 2) {
			(void)run(d->p, actor_system, &(struct act){ .type = "staff", .verb = "reopen", .id = d->med_id }, NULL);
			NEED_OK(store_write(d->p->app->store, new_session, d, &d->p->f));
		}
	}
	/* All three ends were met often: shown, hidden, at the door. */
	CHECK(seen[0] > 20 && seen[1] > 20 && seen[2] > 20);
	if (test_bad || getenv("XA_TEST_LOUD"))
		printf("# shown %d, hidden %d, at the door %d\n", seen[0], seen[1], seen[2]);
	app_close(elsewhere);
	clock_fix(0);
	desk_close(d);
}
