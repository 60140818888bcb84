/*
 * PostgreSQL goes away under people at work, in each way it can, and the real server stays (S42 on the other engine); oracle: load.h.
 *
 * Ways: its processes for us are ended; it is restarted, or crashes; the wire is cut before, right after, or after the carrying out of a
 * COMMIT; and our own process is killed. While it is away each request is told so, in words and with a time, within seconds; nothing
 * answered is lost, half or twice; a request sent again has its first answer; the server finds the store by itself. The PostgreSQL is
 * the test's own and waits for the disk.
 *
 * XA_AWAY: how many times (8: each way once; the nightly run sets 600).
 */
#pragma GCC diagnostic ignored "-Wunused-function"
#define CITY_DIR "/dev/shm/xa-away-XXXXXX"
#include "load.h"
#include "cli/keeper.h"
#include "../pg_own.h"
#include "../wire.h"

static const char *const ways[] = { "ended", "restart", "before", "after", "done", "crash", "kill", "one ended" };
enum { ENDED, RESTART, BEFORE, AFTER, DONE, CRASH, KILL, ONE_ENDED, AWAYS };

struct stead { struct town_kill *k; struct pg_own pg; struct wire *w; char direct[400], url[400]; pthread_t t[CLIENTS]; int letters; };

static int64_t answered(struct stead *h) { return __atomic_load_n(&h->k->answered, __ATOMIC_SEQ_CST) + __atomic_load_n(&h->k->walked, __ATOMIC_SEQ_CST); }

/* So many more answers; false when they do not come within a minute. */
static bool more_answers(struct stead *h, int64_t n)
{
	int64_t want = answered(h) + n;
	for (int i = 0; i < 60000 && answered(h) < want && !test_bad; i++)
		usleep(1000);
	return answered(h) >= want;
}

static void clients_start(struct stead *h)
{
	h->k->stop = false;
	for (int n = 0; n < CLIENTS; n++)
		NEED(pthread_create(&h->t[n], NULL, client_main, &h->k->c[n]) == 0);
}

static void clients_stop(struct stead *h)
{
	__atomic_store_n(&h->k->stop, true, __ATOMIC_SEQ_CST);
	for (int n = 0; n < CLIENTS; n++)
		pthread_join(h->t[n], NULL);
}

static void server_up(struct stead *h)
{
	char *const more[] = { (char *)(uintptr_t)"--store", h->url, NULL };
	NEED(server_start(&h->k->s, h->k->p->dir, more));
}

/* Ended from outside, as an administrator or a failing machine would. */
static void end_processes(struct stead *h, bool all)
{
	struct store *s = NULL;
	struct db *d = NULL;
	int64_t n = 0;
	NEED_OK(store_open(h->pg.url, &(struct store_options){ .writers = 1 }, &s, NULL));
	NEED_OK(store_reader(s, &d, NULL));
	NEED_OK(db_int(d, NULL, all ? "SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'xiaoan' AND pid <> pg_backend_pid()) x"
				    : "SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'xiaoan' AND state <> 'idle' AND pid <> pg_backend_pid() LIMIT 1) x",
		       NOARGS, &n, NULL));
	store_close(s);
}

/* Somebody asks for help in the middle of it. Her browser keeps no draft; the answer does. */
struct letter { char headers[300], body[700], buf[BODY]; };

static void letter_begin(struct stead *h, struct letter *l, int n)
{
	char *body = NULL, cookie[100] = "", csrf[100] = "";
	/* a machine at work may be slow to find the store again */
	for (int i = 0; i < 100 && http_ask(h->k->s.port, "GET", "/help/write", "", "", l->buf, sizeof l->buf, &body) != 200; i++)
		usleep(100000);
	char *at = strstr(l->buf, "Set-Cookie: ");
	NEED(at && sscanf(at + 12, "%99[^;]", cookie) == 1);
	at = strstr(l->buf, "name=\"csrf\" value=\"");
	NEED(at && sscanf(at + 19, "%99[^\"]", csrf) == 1);
	snprintf(l->headers, sizeof l->headers, "Cookie: %s; lang=zh\r\nContent-Type: application/x-www-form-urlencoded\r\n", cookie);
	snprintf(l->body, sizeof l->body, "csrf=%s&idem=letter-%015d&text=%%E4%%BB%%96%%E5%%8F%%88%%E6%%89%%93%%E6%%88%%91%%EF%%BC%%8C<b>&safe=no&hurt=yes&website=&again=1", csrf, n);
}

static int letter_send(struct stead *h, struct letter *l, char **ret_body) { return http_ask(h->k->s.port, "POST", "/help/write", l->headers, l->body, l->buf, sizeof l->buf, ret_body); }

static void letter_refused(struct stead *h, struct letter *l)
{
	char *body = NULL;
	int64_t before = mono_ms();
	int status = letter_send(h, l, &body);
	CHECK_INT(status, 503);
	CHECK(status && strcasestr(l->buf, "\r\nRetry-After: ") && strstr(body, "暂时连不上数据库") && strstr(body, "再发送一次") && strstr(body, "data-draft-keep"));
	CHECK(status && strstr(body, "name=\"text\" value=\"他又打我，&lt;b&gt;\"") && strstr(body, "name=\"csrf\"") && strstr(body, "name=\"idem\""));
	CHECK(mono_ms() - before < 30000);   /* no test of speed: nobody is left waiting for ever */
}

static void letter_arrives(struct stead *h, struct letter *l)
{
	char *body = NULL, receipt[2][40] = { "", "" };
	for (int k = 0; k < 2; k++) {
		int status = 503;
		for (int i = 0; i < 100 && (status == 503 || status == 0); i++, usleep(100000))
			status = letter_send(h, l, &body);
		CHECK_INT(status, 200);
		char *at = status == 200 ? strstr(body, "class=\"receipt\">") : NULL;
		NEED(at && sscanf(at + 16, "%39[^<]", receipt[k]) == 1);
	}
	CHECK(strcmp(receipt[0], receipt[1]) == 0);   /* sent twice it is one, with the number she was given */
}

static void befall(struct stead *h, int way)
{
	static struct letter here, *l = &here;
	static const enum wire_cut cuts[AWAYS] = { [BEFORE] = WIRE_BEFORE, [AFTER] = WIRE_AFTER, [DONE] = WIRE_DONE };
	switch (way) {
	case ENDED:
	case ONE_ENDED:
		end_processes(h, way == ENDED);
		break;
	case RESTART:
	case CRASH:
		letter_begin(h, l, ++h->letters);
		NEED(pg_own_stop(&h->pg, way == CRASH));
		letter_refused(h, l);
		NEED(pg_own_start(&h->pg));
		letter_arrives(h, l);
		break;
	case KILL:
		(void)server_end(&h->k->s, SIGKILL);
		clients_stop(h);
		server_up(h);
		clients_start(h);
		break;
	default:
		wire_arm(h->w, cuts[way]);
		for (int i = 0; i < 60000 && wire_armed(h->w); i++)
			usleep(1000);
		CHECK(!wire_armed(h->w));
	}
}

static void look_through(struct stead *h)
{
	struct store *s = NULL;
	struct db *d = NULL;
	NEED_OK(store_open(h->direct, NULL, &s, NULL));
	NEED_OK(store_reader(s, &d, NULL));
	check_acks(h->k, d);
	check_halves(d);
	store_close(s);
	struct city *p = h->k->p;
	struct ctx c;
	struct fault f = { 0 };
	struct journal_report j;
	int64_t cells = 0, wrong = -1;
	struct str first;
	ARENA a = arena_new(0);
	NEED_OK(app_open(&(struct app_options){ .data_dir = p->dir, .store_url = h->direct }, all_types, &p->app, &f));
	ctx_init(&c, p->app, a, &f, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why);
	NEED_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK_INT(wrong, 0);
	CHECK_INT(one(c.db, "SELECT COUNT(*) FROM clue WHERE source = 'web'", NOARGS), h->letters);
	/* the nightly look at the database meets nobody: that is no damage */
	NEED(pg_own_stop(&h->pg, true));
	CHECK_ERR(health_look(p->app, &f), ERR_BUSY);
	CHECK_INT(p->app->halt, HALT_NONE);
}

TEST(postgres_away_and_back)
{
	int times = getenv("XA_AWAY") ? atoi(getenv("XA_AWAY")) : AWAYS;
	struct city here;
	struct stead h = { 0 };
	struct rng rng = { 20261126 };
	if (!getenv("XA_TEST_PG")) {
		puts("# SKIP: XA_TEST_PG names no server, so none is started here either");
		return;
	}
	NEED(pg_own_open(&h.pg));
	snprintf(h.direct, sizeof h.direct, "%s", h.pg.url);
	snprintf(h.url, sizeof h.url, "%s", h.pg.url);
	NEED((h.w = wire_open(h.url, sizeof h.url)) != NULL);
	setenv("XA_TEST_PG", h.pg.url, 1);
	on_pg = true;
	city_open(&here);
	app_close(here.app);
	here.app = NULL;
	/* the schema that city_open made */
	const char *tail = strrchr(here.dir, '-') + 1;
	snprintf(h.direct + strlen(h.direct), 100, "?options=-csearch_path%%3D%%22t%s%%22", tail);
	snprintf(h.url + strlen(h.url), 100, "?options=-csearch_path%%3D%%22t%s%%22", tail);
	clock_fix(0);
	h.k = xalloc(sizeof *h.k);
	h.k->p = &here;
	h.k->patient = true;
	pthread_mutex_init(&h.k->lock, NULL);
	for (int i = 0; i < CLIENTS; i++) {
		h.k->c[i].k = h.k;
		h.k->c[i].n = i;
		h.k->c[i].stage = i ? NEWCASE : CLUE;
		h.k->c[i].rng.s = (uint64_t)i + 1;
	}
	server_up(&h);
	clients_start(&h);
	pid_t pid = h.k->s.pid;
	for (int i = 0; i < times && !test_bad; i++) {
		int way = i < AWAYS ? i : (int)rng_range(&rng, 0, AWAYS - 1);
		CHECK(more_answers(&h, rng_range(&rng, 3, 12)));
		befall(&h, way);
		if (!more_answers(&h, 8) && !test_bad) {
			test_bad++;
			printf("# after \"%s\" nobody was answered any more\n", ways[way]);
		}
		if (way == KILL)
			pid = h.k->s.pid;
		CHECK(waitpid(pid, NULL, WNOHANG) == 0);   /* it is the same process still */
	}
	clients_stop(&h);
	CHECK_INT(server_end(&h.k->s, SIGTERM), 0);
	printf("# %d times, %zu answers, %lld refused for a while, %lld asked again, %lld old ones asked again\n", times, h.k->nacks, (long long)h.k->refused, (long long)h.k->retried,
	       (long long)h.k->again);
	CHECK(h.k->retried > 0 && h.k->again > 0 && h.k->refused > 0);
	look_through(&h);
	free(h.k->acks);
	free(h.k);
	wire_close(h.w);
	city_close(&here);
	pg_own_close(&h.pg);
}
