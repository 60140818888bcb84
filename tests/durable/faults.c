/*
 * Each point at which the disk or the memory can fail, of fifteen requests of every day (S43, S44): the n-th read, write, flush,
 * truncation or mapping fails (EIO, no room, half written), once or from then on; the n-th allocation of the database library
 * fails. n rises until the request ends untouched. Each time: no crash; a clear error or success; all of it or nothing in
 * the tables; and the next request is served.
 *
 * XA_FAULTS=all tries every point (nightly); else as many as are evenly spread over POINTS a request.
 */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "../desk/site.h"
#include "crashvfs.h"
#include "record/backup.h"
#include "report/month.h"
#include "sense/import.h"
#include <sqlite3.h>
#include <stdatomic.h>

#define POINTS 24

/* ---- allocations of the database library ---- */

static sqlite3_mem_methods real_mem;
static _Atomic int64_t mem_count, mem_at;
static _Atomic bool mem_sticky, mem_fired;

static bool mem_fails(void)
{
	int64_t n = ++mem_count;
	if (!mem_at || n < mem_at || (n > mem_at && !mem_sticky))
		return false;
	mem_fired = true;
	return true;
}
static void *mem_malloc(int n) { return mem_fails() ? NULL : real_mem.xMalloc(n); }
static void *mem_realloc(void *p, int n) { return mem_fails() ? NULL : real_mem.xRealloc(p, n); }

static void mem_on(void)
{
	must(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_mem) == SQLITE_OK);
	sqlite3_mem_methods m = real_mem;
	m.xMalloc = mem_malloc;
	m.xRealloc = mem_realloc;
	must(sqlite3_config(SQLITE_CONFIG_MALLOC, &m) == SQLITE_OK);
}
static void mem_fail_at(int64_t n, bool sticky)
{
	mem_at = 0;
	mem_count = 0;
	mem_fired = false;
	mem_sticky = sticky;
	mem_at = n;
}

/* ---- fifteen requests ---- */

static int64_t made;     /* what the request works on */
static int64_t anna;     /* who logs in */
static int serial;

static enum err say_hash(struct db *d, void *arg, struct fault *f)
{
	char hash[PASSWORD_HASH_MAX];
	(void)arg;
	TRY(password_hash(STR("Meili-Chuntian-2026"), PASSWORD_QUICK, hash, f));
	TRY(login_create(d, anna, STR("anna"), f));
	return login_put_hash(d, anna, hash, false, f);
}

static enum err open_it(struct db *d, void *arg, struct fault *f)
{
	char cookie[TOKEN_TEXT], csrf[TOKEN_TEXT];
	(void)arg;
	return session_open(d, anna, "desk", cookie, csrf, f);
}

static enum err forget(struct db *d, void *arg, struct fault *f) { return (void)arg, db_exec(d, f, "DELETE FROM login_fail", NOARGS, NULL); }
/* What was cut off counts as a failed try. */
static void need_calm(struct city *p) { NEED_OK(store_write(p->app->store, forget, NULL, &p->f)); }
static enum err log_in(struct city *p)
{
	struct login_ask q = { .name = STR("anna"), .password = STR("Meili-Chuntian-2026"), .remote = STR("127.0.0.1"), .demo = true };
	struct login_found found;
	TRY(login_check(p->app->store, p->app->keys, p->a, &q, &found, &p->f));
	return store_write(p->app->store, open_it, NULL, &p->f);
}

static void need_clue(struct city *p)
{
	struct done d;
	NEED_OK(ADD(COMMW, "clue", 0, &d, IN("source", "grid"), IN("text", "夫妻为钱争吵"), IN("party_a_name", "王小明")));
	made = d.id;
}
static enum err new_clue(struct city *p) { return ADD(COMMW, "clue", 0, NULL, IN("source", "grid"), IN("text", "夫妻为钱争吵"), IN("party_a_name", "王小明"), IN("party_a_phone", "19900000001")); }
static enum err confirm(struct city *p) { return DO(COMMW, "clue", "confirm", made, IN("family", "1"), IN("kind", "M05"), IN("grade", "yellow")); }
static void need_screened(struct city *p)
{
	need_clue(p);
	NEED_OK(confirm(p));
}
static enum err open_one(struct city *p) { return DO0(COMMW, "clue", "open", made); }
static void need_case(struct city *p) { made = new_case(p, "M05", "yellow"); }
static enum err dispatch(struct city *p) { return DO(TOWNW, "case", "dispatch", made, IN("org", num(p, p->studio)), IN("owner", num(p, MEI))); }
static void need_dispatched(struct city *p)
{
	need_case(p);
	NEED_OK(dispatch(p));
}
static enum err accept_one(struct city *p) { return DO0(MEIW, "case", "accept", made); }
static void need_accepted(struct city *p)
{
	need_dispatched(p);
	NEED_OK(accept_one(p));
}
static enum err hold(struct city *p) { return SESSION(made, "separate"); }
static void need_session(struct city *p)
{
	need_accepted(p);
	NEED_OK(hold(p));
}
static enum err write_agreement(struct city *p)
{
	return ADD(MEIW, "agreement", made, NULL, IN("form", "written"), IN("facts", "事实"), IN("terms", "条款"), IN("performance", "按月"));
}
static void need_settled(struct city *p)
{
	need_accepted(p);
	settle(p, made);
}
static void need_visit(struct city *p)
{
	need_settled(p);
	made = kids(p, "visit", made).r[0]->id;
}
static enum err visit_one(struct city *p) { return DO(MEIW, "visit", "visit", made, IN("result", "performed"), IN("satisfaction", "good"), IN("safe_now", "yes"), IN("text", "好")); }
static void need_visited(struct city *p)
{
	need_settled(p);
	struct seen v = kids(p, "visit", made);
	for (size_t i = 0; i < v.n; i++)
		NEED_OK(DO(MEIW, "visit", "visit", v.r[i]->id, IN("result", "performed"), IN("satisfaction", "good"), IN("safe_now", "yes"), IN("text", "好")));
}
static enum err close_one(struct city *p) { return DO0(MEIW, "case", "close", made); }

static enum err import_row(struct city *p)
{
	struct ctx c;
	struct tab t;
	struct import_counts n;
	bool more;
	struct actor w = CITYW;
	struct str csv = arena_fmt(p->a, "工单编号,来电时间,诉求标题,诉求内容,来电人,联系电话\r\nF%d,2026-03-04 10:20,争吵,夫妻争吵,王小明,19900000001\r\n", ++serial);
	ctx_at(p, &c, &w);
	TRY(tab_open(p->a, csv, 0, import_head_known, &t, &p->f));
	struct import_run r = { .tab = &t, .channel = STR("hotline12345"), .area = STR(CITY), .actor = &w };
	TRY(import_guess(&t, &r.map, &p->f));
	enum err e = import_run(&c, &r, &n, &more);
	return e;
}

static enum err report(struct city *p)
{
	struct ctx c;
	struct month m;
	struct actor w = CITYW;
	ctx_at(p, &c, &w);
	TRY(ctx_read(&c));
	return month_make(&c, 2026, 11, STR(CITY), &m);
}

/* A citizen's letter, a list as XLSX, a backup. */
static struct browser citizen, town;

static enum err said(const struct browser *b)
{
	switch (b->last.status) {
	case 200: return OK;
	case 500: return ERR_DB;
	case 503: return ERR_BUSY;
	case 507: return ERR_FULL;
	default: printf("# status %d\n", b->last.status); return ERR_INTERNAL;
	}
}

static enum err forget_rate(struct db *d, void *arg, struct fault *f) { return (void)arg, db_exec(d, f, "DELETE FROM portal_rate", NOARGS, NULL); }
static void need_form(struct city *p)
{
	NEED_OK(store_write(p->app->store, forget_rate, NULL, &p->f));
	browser_open(&citizen, p);
	(void)browse(&citizen, "/help/write");
	NEED(citizen.last.status == 200);
}
static enum err write_letter(struct city *p)
{
	(void)POST(&citizen, "/help/write", "idem", arena_printf(p->a, "letter%016d", ++serial), "text", "他又打我", "safe", "no", "website", "");
	if (citizen.last.status == 200 && !has(citizen.last.body, "class=\"receipt\""))
		return ERR_INTERNAL;
	return said(&citizen);
}

static enum err forget_files(struct db *d, void *arg, struct fault *f) { return (void)arg, db_exec(d, f, "DELETE FROM export_day", NOARGS, NULL); }
static void need_town(struct city *p)
{
	if (!town.p) {
		browser_open(&town, p);
		(void)browser_login(&town, "town", TOWN, p->town);
	}
	NEED_OK(store_write(p->app->store, forget_files, NULL, &p->f));     /* five a day are allowed */
}
static enum err list_out(struct city *p)
{
	(void)p;
	(void)POST(&town, "/export/of", "type", "clue", "format", "xlsx", "col", "source");
	if (town.last.status == 200 && (town.last.body.n < 100 || memcmp(town.last.body.p, "PK", 2) != 0))
		return ERR_INTERNAL;
	return said(&town);
}

static struct filekey backup_pub;
static enum err back_up(struct city *p)
{
	struct backup_info i;
	char *dir = arena_printf(p->a, "%s/backups", p->dir);
	clock_fix(now_ms() + MS_SECOND);     /* one name a second */
	enum err e = backup_make(p->app, dir, &backup_pub, &i, &p->f);
	clock_fix(0);
	/* whole or not at all, and nothing unsealed left beside */
	if (system(arena_printf(p->a, "cd %s && test $(ls backups 2>/dev/null | grep -c 'backup$') = $(ls backups 2>/dev/null | grep -c 'txt$') && test -z \"$(ls -A | grep '^.backup')\"; s=$?; rm -rf backups; exit $s", p->dir)) != 0)
		return ERR_INTERNAL;
	return e;
}

static const struct { const char *name; void (*before)(struct city *); enum err (*run)(struct city *); int points; /* of those that take long */ } requests[] = {
	{ "list as XLSX", need_town, list_out, 8 }, { "backup", NULL, back_up, 8 }, { "letter", need_form, write_letter },
	{ "log-in", need_calm, log_in }, { "create clue", NULL, new_clue }, { "confirm", need_clue, confirm }, { "open case", need_screened, open_one },
	{ "dispatch", need_case, dispatch }, { "accept", need_dispatched, accept_one }, { "session", need_accepted, hold }, { "agreement", need_session, write_agreement },
	{ "visit", need_visit, visit_one }, { "close", need_visited, close_one }, { "import row", NULL, import_row }, { "report", NULL, report },
};

/* ---- what stands in the tables ---- */

static const char *const sums[] = {
	"SELECT COUNT(*) + SUM(version) FROM clue", "SELECT COUNT(*) + SUM(version) FROM case_file", "SELECT COUNT(*) FROM party", "SELECT COUNT(*) FROM mediation_session",
	"SELECT COUNT(*) FROM agreement", "SELECT COUNT(*) + SUM(version) FROM visit", "SELECT COUNT(*) FROM due WHERE state = 0", "SELECT COUNT(*) FROM due", "SELECT COUNT(*) FROM notice",
	"SELECT size FROM journal_head", "SELECT COUNT(*) FROM journal", "SELECT SUM(n) FROM tally", "SELECT SUM(n) FROM tally_month", "SELECT SUM(n) FROM counter", "SELECT COUNT(*) FROM session",
	"SELECT COUNT(*) FROM portal_receipt",
};
struct stand { int64_t n[ARRAY_LEN(sums)]; };

static struct stand stand_now(struct city *p)
{
	struct stand s = { 0 };
	struct db *d;
	NEED_OK(store_reader(p->app->store, &d, &p->f));
	for (size_t i = 0; i < ARRAY_LEN(sums); i++)
		NEED_OK(db_int(d, &p->f, sums[i], NOARGS, &s.n[i], NULL));
	return s;
}
static struct stand minus(struct stand a, struct stand b)
{
	for (size_t i = 0; i < ARRAY_LEN(a.n); i++)
		a.n[i] -= b.n[i];
	return a;
}
static bool same(struct stand a, struct stand b) { return memcmp(&a, &b, sizeof a) == 0; }

/* ---- trying ---- */

enum way { WAY_EIO, WAY_FULL, WAY_SHORT, WAY_MEMORY, WAYS };

struct trial { struct city *p; size_t what; enum way way; bool sticky; int64_t n; struct stand full; };

static void set_fault(const struct trial *t)
{
	static const enum fault_kind kinds[] = { FAULT_EIO, FAULT_FULL, FAULT_SHORT };
	if (t->way == WAY_MEMORY)
		mem_fail_at(t->n, t->sticky);
	else
		fault_at(kinds[t->way], t->n, t->sticky);
}

static bool clear_fault(int64_t *ret_counted)
{
	bool fired = fault_fired() || mem_fired;
	*ret_counted = mem_at ? mem_count : fault_counted();
	mem_fail_at(0, false);
	fault_at(FAULT_NONE, 0, false);
	return fired;
}

static void complain(const struct trial *t, const char *why, enum err e)
{
	static const char *const ways[] = { "EIO", "no room", "half written", "no memory" };
	test_bad++;
	printf("# %s, %s at %lld%s: %s (%s %s)\n", requests[t->what].name, ways[t->way], (long long)t->n, t->sticky ? " and on" : "", why, err_name(e), t->p->f.detail);
}

/* False: the request ended before the n-th point. */
static bool try_one(struct trial *t, int64_t *ret_counted)
{
	struct city *p = t->p;
	arena_reset(p->a);
	if (requests[t->what].before)
		requests[t->what].before(p);
	struct stand before = stand_now(p);
	fault_clear(&p->f);
	set_fault(t);
	enum err e = requests[t->what].run(p);
	bool fired = clear_fault(ret_counted);
	struct stand change = minus(stand_now(p), before), none = { 0 };
	if (e == OK && !same(change, t->full))
		complain(t, "it said done, and it is not", e);
	if (e != OK && !same(change, none) && !same(change, t->full))
		complain(t, "half of it was written", e);
	if (e != OK && !fired)
		complain(t, "it failed of itself", e);
	if (e != OK && e != ERR_FULL && e != ERR_IO && e != ERR_DB && e != ERR_BUSY && e != ERR_LIMIT)
		complain(t, "the error names something else", e);
	if (e != OK && t->way == WAY_FULL && t->sticky && e != ERR_FULL && e != ERR_IO && e != ERR_DB)
		complain(t, "a full disk is not called one", e);
	return fired;
}

static void one_request(struct city *p, size_t what, enum way way, bool sticky, struct stand full, int64_t *ret_tries)
{
	bool all = getenv("XA_FAULTS") && strcmp(getenv("XA_FAULTS"), "all") == 0;
	struct trial t = { p, what, way, sticky, INT64_MAX, full };
	int64_t counted = 0, step = 1;
	(void)try_one(&t, &counted);   /* how many points there are */
	int points = requests[what].points ? requests[what].points : POINTS;
	if (!all && counted > points)
		step = counted / points;
	struct rng rng = { what * 10 + way };
	for (t.n = 1; test_bad < 10; t.n += step > 1 ? rng_range(&rng, 1, 2 * step - 1) : 1, ++*ret_tries)
		if (!try_one(&t, &counted))
			break;
}

TEST(each_point_can_fail)
{
	struct city here, *p = &here;
	enum log_level was = log_level;
	log_level = LOG_ERROR + 1;     /* what fails here is meant to */
	mem_on();
	crashvfs_on();
	city_open(p);
	struct done d;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .org = p->fed, .area = STR(CITY), INPUTS(IN("name", "安娜"), IN("role", "city")) }, &d));
	anna = d.id;
	NEED_OK(store_write(p->app->store, say_hash, NULL, &p->f));
	char pub[FILEKEY_TEXT], secret[FILEKEY_TEXT];
	filekey_new(pub, secret);
	NEED_OK(filekey_parse(str_of(pub), false, &backup_pub, &p->f));
	int64_t tries = 0;
	for (size_t what = 0; what < ARRAY_LEN(requests) && test_bad < 10; what++) {
		arena_reset(p->a);
		if (requests[what].before)
			requests[what].before(p);
		struct stand before = stand_now(p);
		enum err e = requests[what].run(p);
		if (e != OK)
			printf("# %s: %s %s %s\n", requests[what].name, err_name(e), p->f.msg ? p->f.msg : p->f.detail, p->f.nfields ? p->f.fields[0].field : "");
		NEED(e == OK);
		struct stand full = minus(stand_now(p), before);
		for (enum way way = 0; way < WAYS; way++)
			for (int sticky = 0; sticky < 2; sticky++)
				one_request(p, what, way, sticky, full, &tries);
	}
	printf("# %lld faults in %zu requests\n", (long long)tries, ARRAY_LEN(requests));
	CHECK(tries > 1000);
	struct ctx c;
	struct journal_report j;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why);
	city_close(p);
	log_level = was;
}
