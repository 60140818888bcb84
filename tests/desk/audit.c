/* What the journal says of each way in, who may see who looked, what the board finds, and what the log never holds. */
#include "site.h"
#include "people/watch.h"
#include "../paper/lsan.h"
#include <fcntl.h>

static enum err nothing(struct db *d, void *arg, struct fault *f)
{
	(void)d, (void)arg, (void)f;
	return OK;
}

/* A note of a view may still be under way: what is queued behind it comes after it. */
static void store_close_wait(struct city *p) { NEED_OK(store_write(p->app->store, nothing, NULL, &p->f)); }

static int64_t count(struct city *p, const char *where)
{
	struct ctx c;
	int64_t n = 0;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(db_int(c.db, &p->f, arena_printf(p->a, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE %s", where), NOARGS, &n, NULL));
	return n;
}

static int64_t a_clue(struct city *p, int64_t by, const char *name)
{
	struct done d;
	NEED_OK(run(p, who(ROLE_TOWN, TOWN, by, p->town), &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), INPUTS(IN("source", "visit"), IN("text", "夫妻争吵"), IN("party_a_name", name),
		IN("party_a_phone", "19900000055")) }, &d));
	return d.id;
}

TEST(every_way_in_says_who_and_how)
{
	struct city here, *p = &here;
	struct browser b, nobody;
	city_open(p);
	browser_open(&b, p);
	int64_t me = browser_login(&b, "town", TOWN, p->town), clue = a_clue(p, me, "测试甲");
	(void)browse(&b, arena_printf(p->a, "/clue/%lld", (long long)clue));
	CHECK_INT(b.last.status, 200);
	(void)browse(&b, "/search?q=19900000055&purpose=verify");
	(void)browse(&b, "/journal");
	CHECK_INT(b.last.status, 403);
	store_close_wait(p);
	char *mine = arena_printf(p->a, "actor = %lld AND session <> '' AND length(origin) = 16", (long long)me);
	CHECK_INT(count(p, arena_printf(p->a, "%s AND verb = 'view' AND rid = %lld", mine, (long long)clue)), 1);
	/* A search: its purpose, and never what was typed. */
	CHECK_INT(count(p, arena_printf(p->a, "%s AND verb = 'search' AND reason = 'verify'", mine)), 1);
	CHECK_INT(count(p, "body LIKE '%19900000055%' OR body LIKE '%测试甲%'"), 0);
	CHECK_INT(count(p, arena_printf(p->a, "%s AND verb = 'refused' AND outcome = 'denied'", mine)), 1);
	/* A purpose that is no code is no reason. */
	(void)browse(&b, "/search?q=abc&purpose=%E5%BC%A0%E4%B8%89");
	CHECK_INT(count(p, "verb = 'search' AND reason NOT IN ('', 'verify')"), 0);
	/* A wrong log-in: whose account, from where, and not what was typed. */
	browser_open(&nobody, p);
	(void)browse(&nobody, "/login");
	char *login = arena_printf(p->a, "u%lld", (long long)(me & 0xFFFFFF));
	(void)POST(&nobody, "/login", "login", login, "password", "hunter2-hunter2");
	CHECK_INT(nobody.last.status, 401);
	CHECK_INT(count(p, arena_printf(p->a, "verb = 'login' AND outcome = 'refused' AND rid = %lld AND length(origin) = 16", (long long)me)), 1);
	CHECK_INT(count(p, "body LIKE '%hunter2%'"), 0);
	/* A citizen's address is nowhere. */
	(void)browse(&nobody, "/help/write");
	(void)POST(&nobody, "/help/write", "idem", "0123456789abcdef0123456789abcdef", "text", "他又打我了", "hurt", "", "website", "");
	CHECK(count(p, "role = 'citizen' AND verb = 'create'") >= 1);
	CHECK_INT(count(p, "role = 'citizen' AND verb <> 'login' AND origin <> ''"), 0);
	/* Changed texts: a mark, the same for the same text in the same place only. */
	CHECK_INT(count(p, arena_printf(p->a, "rid = %lld AND verb = 'create' AND body LIKE '%%\"party_a_name\":\"#%%'", (long long)clue)), 1);
	city_close(p);
}

TEST(who_has_looked_is_for_who_answers)
{
	struct city here, *p = &here;
	struct browser town, hot, aud;
	city_open(p);
	browser_open(&town, p);
	browser_open(&hot, p);
	browser_open(&aud, p);
	int64_t me = browser_login(&town, "town", TOWN, p->town);
	browser_login(&hot, "hotline", CITY, p->fed);
	int64_t auditor = browser_login(&aud, "auditor", CITY, p->fed), clue = a_clue(p, me, "测试乙");
	char *page = arena_printf(p->a, "/clue/%lld", (long long)clue), *looked = arena_printf(p->a, "/clue/%lld/looked", (long long)clue);
	(void)browse(&town, page);
	(void)browse(&town, page);
	store_close_wait(p);
	struct str s = browse(&town, looked);
	CHECK_INT(town.last.status, 200);
	CHECK(has(s, "区镇妇联") && has(s, "<td class=\"num\">2</td>"));
	(void)browse(&aud, looked);
	CHECK(aud.last.status == 404 || aud.last.status == 403);
	(void)browse(&hot, looked);
	CHECK(hot.last.status == 404 || hot.last.status == 403);
	/* Of the staff: what she did, for the auditor alone. */
	char *staff = arena_printf(p->a, "/staff/%lld", (long long)auditor);
	CHECK(has(browse(&aud, staff), arena_printf(p->a, "/journal?user=%lld", (long long)auditor)));
	CHECK(!has(browse(&town, staff), "/journal?user="));
	city_close(p);
}

static enum err note(struct ctx *c, void *arg)
{
	const struct journal_pair *p = arg;
	for (int64_t i = 0; i < p->n; i++)
		TRY(journal_note(c, "view", "clue", p->rid, "ok", STR("{}")));
	return OK;
}

static void reads(struct city *p, int64_t user, int64_t rid, int64_t n, int64_t at)
{
	struct ctx c;
	struct actor w = who(ROLE_TOWN, TOWN, user, p->town);
	struct journal_pair k = { .rid = rid, .n = n };
	ctx_at(p, &c, &w);
	c.now = at;
	NEED_OK(ctx_write(&c, note, &k));
}

static int64_t staff(struct city *p, const char *name, const char *phone, const char *area)
{
	struct done d;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "staff", .verb = "create", .org = p->town, .area = str_of(area),
		INPUTS(IN("name", name), IN("role", "town"), IN("phone", phone)) }, &d));
	return d.id;
}

static const struct watch_row *row_of(const struct watch *w, int64_t user)
{
	for (size_t i = 0; i < w->nrows; i++)
		if (w->rows[i].user == user)
			return &w->rows[i];
	return NULL;
}

TEST(the_board_finds_ties_nights_and_volume)
{
	struct city here, *p = &here;
	struct ctx c;
	struct watch w;
	int64_t day = 1795480000000;    /* Tuesday 2026-11-24, 8:26 */
	city_open(p);
	p->now = day;
	int64_t near = staff(p, "邻人", "19900000061", "320582200001"), same = staff(p, "同名女", "19900000062", TOWN), much = staff(p, "多看", "19900000063", TOWN);
	int64_t calm = staff(p, "平常", "19900000064", TOWN);
	NEED_OK(run(p, actor_system, &(struct act){ .type = "person", .verb = "create", .area = STR(COMM), INPUTS(IN("name", "邻人"), IN("phone", "19900000061")) }, NULL));
	int64_t clue = a_clue(p, TINA, "同名女"), other = a_clue(p, TINA, "路人");
	reads(p, near, other, 2, day + 3600000);
	reads(p, same, clue, 3, day + 3600000);
	reads(p, much, other, 40, day + 3600000);
	reads(p, calm, other, 2, day + 14 * 3600000);      /* at night */
	ctx_at(p, &c, &actor_system);
	c.now = day + 20 * 3600000;
	NEED_OK(ctx_read(&c));
	NEED_OK(watch_make(&c, day - 86400000, day + 86400000, &w));
	const struct watch_row *r = row_of(&w, near);
	CHECK(r && r->n[WATCH_NEAR] == 2 && !r->n[WATCH_NAMESAKE] && !r->n[WATCH_NIGHT]);
	r = row_of(&w, same);
	CHECK(r && r->n[WATCH_NAMESAKE] == 3 && !r->n[WATCH_NEAR]);
	r = row_of(&w, much);
	CHECK(r && r->unusual && r->n[WATCH_READS] == 40);
	r = row_of(&w, calm);
	CHECK(r && !r->unusual && r->n[WATCH_NIGHT] == 2);
	CHECK_INT(w.nties, 2);
	CHECK(watch_on_duty(p->app->calendar, day + 3600000) && !watch_on_duty(p->app->calendar, day + 14 * 3600000) && !watch_on_duty(p->app->calendar, day - 3 * 86400000 + 3600000));
	city_close(p);
}

TEST(the_auditor_verifies_and_carries_away)
{
	struct city here, *p = &here;
	struct browser aud;
	city_open(p);
	browser_open(&aud, p);
	browser_login(&aud, "auditor", CITY, p->fed);
	CHECK(has(browse(&aud, "/audit"), "尚未核对"));
	(void)POST(&aud, "/audit/verify", "x", "");
	CHECK_INT(aud.last.status, 303);
	static const struct job_kind jobs[] = { { "verify", verify_job, MS_DAY }, { 0 } };
	int n = 0;
	NEED_OK(jobs_run(p->app, jobs, 10, &n));
	CHECK_INT(n, 1);
	CHECK(has(browse(&aud, "/audit"), "proof-good"));
	struct str head = browse(&aud, "/audit/head.json");
	CHECK(aud.last.status == 200 && has(head, "\"xiaoan_head\":1"));
	(void)browse(&aud, "/audit/slip.pdf");
	CHECK(aud.last.status == 200 && str_starts(aud.last.body, "%PDF"));
	(void)browse(&aud, "/audit/board.xlsx");
	(void)browse(&aud, "/audit/journal.xlsx?verb=verify");
	CHECK_INT(aud.last.status, 200);
	CHECK_INT(count(p, "verb = 'export' AND type = 'journal'"), 4);
	city_close(p);
}

/* ---- the log (S54) ---- */

/* Values nobody may find in a log, sent by every route that takes any, and such as make errors. */
TEST(the_log_holds_no_planted_value)
{
	static const char *const planted[] = { "种植王小明", "19900000066", "990582199001010019", "种植的叙述", "plant-pass-9Q" };
	struct city here, *p = &here;
	struct browser b[3];
	static const char *const roles[] = { "town", "hotline", "auditor" };
	city_open(p);
	for (int i = 0; i < 3; i++) {
		browser_open(&b[i], p);
		browser_login(&b[i], roles[i], i ? CITY : TOWN, i ? p->fed : p->town);
	}
	char *path = arena_printf(p->a, "%s/log", p->dir);
	fflush(stderr);
	int kept = dup(2), to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	NEED(kept >= 0 && to >= 0 && dup2(to, 2) == 2);
	enum log_level was = log_level;
	log_level = LOG_DEBUG;
	for (int i = 0; i < 3; i++)
		for (const struct route *const *t = site_tables; *t; t++)
			for (const struct route *r = *t; r->method; r++) {
				/* The pattern with a planted value in each of its gaps, and once with a number. */
				for (int round = 0; round < 2; round++) {
					BUF_AUTO url = BUF(2048);
					for (const char *s = r->pattern; *s; s++)
						if (*s == '{') {
							if (strncmp(s, "{type}", 6) == 0)
								buf_cstr(&url, "clue");
							else if (round)
								buf_cstr(&url, "77");
							else
								html_url_part(&url, str_of(planted[0]));
							s = strchr(s, '}');
						} else {
							buf_char(&url, *s);
						}
					if (strcmp(r->method, "GET") == 0) {
						buf_cstr(&url, "?q=");
						html_url_part(&url, str_of(planted[0]));
						buf_printf(&url, "&phone=%s&after=%s&month=%s&before=x", planted[1], planted[2], planted[2]);
						(void)browse(&b[i], url.p);
					} else {
						(void)POST(&b[i], url.p, "name", planted[0], "party_a_name", planted[0], "reporter_name", planted[0], "phone", planted[1], "party_a_phone", planted[1],
							   "party_a_idno", planted[2], "text", planted[3], "login", planted[0], "password", planted[4], "old", planted[4], "source", planted[0],
							   "area", planted[2], "idem", planted[0], "code", planted[2], "to", planted[0], "lang", planted[0]);
					}
					/* Logging out is a route too. */
					if (strcmp(r->pattern, "/logout") == 0)
						browser_login(&b[i], roles[i], i ? CITY : TOWN, i ? p->fed : p->town);
				}
			}
	log_level = was;
	fflush(stderr);
	NEED(dup2(kept, 2) == 2);
	close(kept);
	close(to);
	BUF_AUTO log = BUF((size_t)64 << 20);
	char chunk[65536];
	FILE *f = fopen(path, "r");
	NEED(f != NULL);
	for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
		buf_put(&log, chunk, n);
	fclose(f);
	CHECK(log.n > 1000);     /* it was written to */
	for (size_t i = 0; i < ARRAY_LEN(planted); i++) {
		BUF_AUTO coded = BUF(512);
		html_url_part(&coded, str_of(planted[i]));
		CHECK(!has(buf_view(&log), planted[i]) && !has(buf_view(&log), coded.p));
	}
	CHECK_INT(count(p, "body LIKE '%种植%' OR body LIKE '%19900000066%' OR body LIKE '%990582199001010019%' OR body LIKE '%plant-pass%' OR reason <> '' AND reason LIKE '%种植%'"), 0);
	city_close(p);
}
