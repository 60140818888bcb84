/*
 * kill -9 of the real server under load, again and again (S42), with an oracle of what it said is saved.
 *
 * Each client walks a family's matter through the API, from the clue to the agreement in force, each request with an
 * idempotency key. What got no answer before the kill is asked again after it with the same key; now and then something
 * answered long ago is asked again too. Then: each answer given stands in the database; what several tables say about one
 * act they say together or not at all; no job's effect is there twice; the journal is whole; the tallies agree to the unit.
 *
 * XA_KILLS: how many cycles (300; the nightly run sets 10,000).
 */
#pragma GCC diagnostic ignored "-Wunused-function"   /* of the city's helpers, what needs no process */
#define CITY_DIR "/dev/shm/xa-kill-XXXXXX"   /* kill -9 leaves what the kernel has: no disk need be waited for */
#include "../api/city.h"
#include "people/people.h"
#include "server.h"
#include <pthread.h>
#include <sys/stat.h>

#define CLIENTS 4
#define BODY 65536

enum stage { CLUE, CONFIRM, OPEN, NEWCASE, DISPATCH, ACCEPT, SESSION, AGREEMENT, SIGN, STAGES };

struct ack { char key[40]; int64_t id, version; const char *table; };
struct client {
	struct town_kill *k;
	int n, round;              /* which; matters walked */
	enum stage stage;
	bool asked;                /* sent and not answered: the same key again */
	int64_t clue, file, agreement;
	struct rng rng;
	char buf[BODY];
	char last_key[40], last_target[120];   /* an answered creation, to ask again */
	int64_t last_id;
};
struct town_kill {
	struct city *p;
	struct server s;
	struct client c[CLIENTS];
	pthread_mutex_t lock;      /* guards acks */
	struct ack *acks;
	size_t nacks, cap, checked;
	int64_t answered, walked;  /* this cycle: by all, by the first client */
	int64_t again, retried;
	bool stop;
};

static int64_t number_in(const char *json, const char *name)
{
	char key[40];
	snprintf(key, sizeof key, "\"%s\":", name);
	const char *at = strstr(json, key);
	if (!at)
		return 0;
	at += strlen(key);
	return strtoll(*at == '"' ? at + 1 : at, NULL, 10);
}

static void acked(struct client *c, const char *key, const char *table, int64_t id, int64_t version)
{
	struct town_kill *k = c->k;
	pthread_mutex_lock(&k->lock);
	if (k->nacks == k->cap)
		k->acks = xrealloc(k->acks, (k->cap = k->cap ? k->cap * 2 : 1024) * sizeof *k->acks);
	struct ack *a = &k->acks[k->nacks++];
	*a = (struct ack){ .id = id, .version = version, .table = table };
	snprintf(a->key, sizeof a->key, "%s", key);
	pthread_mutex_unlock(&k->lock);
	__atomic_add_fetch(c->n ? &k->answered : &k->walked, 1, __ATOMIC_SEQ_CST);
}

static int send_it(struct client *c, int post, const char *key, const char *target, const char *body, char **ret)
{
	char headers[300];
	snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\nContent-Type: application/json\r\nIdempotency-Key: %s\r\n%s", c->k->p->token[post], key,
		 strchr(target + 8, '/') ? "If-Match: *\r\n" : "");
	return http_ask(c->k->s.port, "POST", target, headers, body, c->buf, sizeof c->buf, ret);
}

#define CASE_BODY "{\"source\":\"visit\",\"summary\":\"两人争吵，第%d回\",\"kind\":\"M05\",\"grade\":\"yellow\"}"
#define CLUE_BODY "{\"source\":\"grid\",\"text\":\"邻居反映夜里有争吵声，第%d回\",\"party_a_name\":\"王小明\",\"party_b_name\":\"李小红\",\"address\":\"幸福社区1号\"}"

/* What the stage sends. */
static int compose(struct client *c, char *target, char *body, const char **ret_table)
{
	struct city *p = c->k->p;
	static const char *const stands[STAGES] = { "clue", "clue", "clue", "case_file", "case_file", "case_file", "mediation_session", "agreement", "agreement" };
	static const char *const verbs[STAGES] = { NULL, "confirm", "open", NULL, "dispatch", "accept", NULL, NULL, "sign" };
	long long id = (long long)(c->stage <= OPEN ? c->clue : c->stage == SIGN ? c->agreement : c->file);
	const char *type = c->stage <= OPEN ? "clue" : c->stage <= ACCEPT ? "case" : c->stage == SESSION ? "session" : "agreement";
	*ret_table = stands[c->stage];
	if (verbs[c->stage])
		sprintf(target, "/api/v1/%s/%lld/%s", type, id, verbs[c->stage]);
	else
		sprintf(target, "/api/v1/%s", type);
	strcpy(body, "{}");
	if (c->stage == CLUE)
		sprintf(body, CLUE_BODY, c->round);
	else if (c->stage == CONFIRM)
		strcpy(body, "{\"family\":true,\"kind\":\"M05\",\"grade\":\"yellow\"}");
	else if (c->stage == NEWCASE)
		sprintf(body, CASE_BODY, c->round);
	else if (c->stage == DISPATCH)
		sprintf(body, "{\"org\":\"%lld\",\"owner\":\"%lld\"}", (long long)p->org[2], (long long)p->user[P_MEDIATOR]);
	else if (c->stage == SESSION)
		sprintf(body, "{\"parent\":\"%lld\",\"form\":\"separate\",\"held\":\"2026-11-24T08:30:00+08:00\",\"present\":\"双方\",\"rights_told\":true,\"text\":\"谈了\"}", id);
	else if (c->stage == AGREEMENT)
		sprintf(body, "{\"parent\":\"%lld\",\"form\":\"written\",\"facts\":\"事实\",\"terms\":\"条款\",\"performance\":\"按月\"}", id);
	else if (c->stage == SIGN)
		strcpy(body, "{\"signed_on\":\"2026-11-24\",\"parties_signed\":true,\"mediator_signed\":true,\"sealed\":true}");
	return c->stage < NEWCASE ? P_COMM : c->stage <= DISPATCH ? P_TOWN : P_MEDIATOR;
}

/* Something answered before, perhaps by a process that is dead: the first answer again, and nothing new. */
static void ask_again(struct client *c)
{
	char *body = NULL, text[400];
	if (!c->last_id)
		return;
	sprintf(text, c->n ? CASE_BODY : CLUE_BODY, c->round);
	int status = send_it(c, c->n ? P_TOWN : P_COMM, c->last_key, c->last_target, text, &body);
	if (!status || status == 429)
		return;
	int64_t id = number_in(body, "id");
	if (status != 200 || id != c->last_id) {
		__atomic_add_fetch(&test_bad, 1, __ATOMIC_SEQ_CST);
		printf("# %s again: %d, %lld was %lld\n", c->last_key, status, (long long)id, (long long)c->last_id);
	}
	__atomic_add_fetch(&c->k->again, 1, __ATOMIC_SEQ_CST);
}

static bool step_on(struct client *c)
{
	char target[120], body[1000], key[40], *got = NULL;
	const char *table;
	int post = compose(c, target, body, &table);
	snprintf(key, sizeof key, "c%d-%d-%d", c->n, c->round, (int)c->stage);
	if (c->asked)
		c->k->retried++;
	c->asked = true;
	int status = send_it(c, post, key, target, body, &got);
	if (status == 0)
		return false;
	if (status == 429) {
		usleep(200000);
		return true;
	}
	if (status != 200 && status != 201) {
		__atomic_add_fetch(&test_bad, 1, __ATOMIC_SEQ_CST);
		printf("# %s %s: %d %.300s\n", key, target, status, got);
		return false;
	}
	int64_t id = number_in(got, "id"), version = number_in(got, "version");
	acked(c, key, table, id, version);
	c->asked = false;
	switch (c->stage) {
	case CLUE:
	case NEWCASE:
		*(c->n ? &c->file : &c->clue) = c->last_id = id;
		snprintf(c->last_key, sizeof c->last_key, "%s", key);
		snprintf(c->last_target, sizeof c->last_target, "%s", target);
		break;
	case OPEN: c->file = number_in(got, "case_file"); break;
	case AGREEMENT: c->agreement = id; break;
	default: break;
	}
	/* The first walks the whole way; the others begin with a case. */
	c->stage = c->stage == OPEN ? DISPATCH : c->stage + 1;
	if (c->stage == STAGES) {
		c->stage = c->n ? NEWCASE : CLUE;
		c->last_id = 0;
		c->round++;
	}
	return true;
}

static void *client_main(void *arg)
{
	struct client *c = arg;
	while (!__atomic_load_n(&c->k->stop, __ATOMIC_SEQ_CST)) {
		if (rng_range(&c->rng, 0, 9) == 0)
			ask_again(c);
		if (!step_on(c))
			break;
	}
	return NULL;
}

/* ---- the oracle ---- */

static int64_t one(struct db *d, const char *sql, const struct val *args, size_t n)
{
	int64_t v = -1;
	CHECK_OK(db_int(d, NULL, sql, args, n, &v, NULL));
	return v;
}

/* Each answer given: the row at that version or later, its leaf, its key with that very answer, in both tables of keys. */
static void check_acks(struct town_kill *k, struct db *d)
{
	for (; k->checked < k->nacks; k->checked++) {
		const struct ack *a = &k->acks[k->checked];
		char sql[160];
		snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s WHERE id = ? AND version >= ?", a->table);
		bool there = one(d, sql, ARGS(VI(a->id), VI(a->version))) == 1 &&
			     one(d, "SELECT COUNT(*) FROM journal WHERE rid = ? AND version = ?", ARGS(VI(a->id), VI(a->version))) == 1 &&
			     one(d, "SELECT COUNT(*) FROM idem WHERE key = ? AND rid = ?", ARGS(VS(str_of(a->key)), VI(a->id))) == 1 &&
			     one(d, "SELECT COUNT(*) FROM api_idem WHERE key = ?", ARGS(VS(str_of(a->key)))) == 1;
		if (!there) {
			test_bad++;
			printf("# lost: %s, %s %lld version %lld\n", a->key, a->table, (long long)a->id, (long long)a->version);
		}
	}
}

/* Each of these counts what stands half-written. */
static const char *const halves[] = {
	"SELECT COUNT(*) FROM clue WHERE state = 'opened' AND case_file NOT IN (SELECT id FROM case_file)",
	"SELECT COUNT(*) FROM clue WHERE state = 'opened' AND case_file IS NULL",
	"SELECT COUNT(*) FROM case_file k WHERE clue IS NOT NULL AND NOT EXISTS (SELECT 1 FROM clue WHERE clue.case_file = k.id AND clue.state = 'opened')",
	"SELECT COUNT(*) FROM case_file k WHERE clue IS NOT NULL AND (SELECT COUNT(*) FROM party WHERE party.parent = k.id) <> 2",
	"SELECT COUNT(*) FROM idem i WHERE NOT EXISTS (SELECT 1 FROM api_idem a WHERE a.key = i.key AND a.actor = i.actor)",
	"SELECT COUNT(*) FROM api_idem a WHERE NOT EXISTS (SELECT 1 FROM idem i WHERE a.key = i.key AND a.actor = i.actor)",
	"SELECT COUNT(*) FROM clue r WHERE version <> (SELECT MAX(version) FROM journal WHERE rid = r.id AND type = 'clue')",
	"SELECT COUNT(*) FROM clue r WHERE version <> (SELECT COUNT(*) FROM journal WHERE rid = r.id AND type = 'clue' AND verb <> 'view')",
	"SELECT COUNT(*) FROM case_file r WHERE version <> (SELECT COUNT(*) FROM journal WHERE rid = r.id AND type = 'case' AND verb <> 'view')",
	"SELECT COUNT(*) FROM agreement r WHERE version <> (SELECT COUNT(*) FROM journal WHERE rid = r.id AND type = 'agreement' AND verb <> 'view')",
	/* the numbers run without a gap */
	"SELECT (SELECT n FROM counter WHERE kind = '协') - (SELECT COUNT(*) FROM agreement WHERE number IS NOT NULL)",
	"SELECT (SELECT size FROM journal_head) - (SELECT MAX(seq) FROM journal)",
	"SELECT (SELECT size FROM journal_head) - (SELECT COUNT(*) FROM journal)",
	/* a clock climbs once a level, with one notice to the unit above */
	"SELECT COUNT(*) FROM due WHERE level <> (LENGTH(why) - LENGTH(REPLACE(why, 'climb' || CHAR(9), ''))) / 6",
	"SELECT COUNT(*) FROM (SELECT rid FROM due GROUP BY rid HAVING SUM(level) < (SELECT COUNT(*) FROM notice n WHERE n.rid = due.rid AND n.who = 0 AND n.text LIKE 'Overdue%'))",
};

static int64_t files_of(struct city *p)
{
	FILE *f = popen(arena_printf(p->a, "ls %s/outbox 2>/dev/null | grep -c json", p->dir), "r");
	int n = 0;
	if (f) {
		(void)!fscanf(f, "%d", &n);
		pclose(f);
	}
	return n;
}

static enum err put_message(struct ctx *c, void *arg)
{
	(void)arg;
	return outbox_put(c, "spool", NULL, STR("{\"text\":\"您有一条新的服务消息\"}"));
}

static void check_deep(struct town_kill *k)
{
	struct city *p = k->p;
	struct ctx c;
	struct fault f = { 0 };
	struct app_options o = { .data_dir = p->dir };
	ARENA a = arena_new(0);
	NEED_OK(app_open(&o, all_types, &p->app, &f));
	ctx_init(&c, p->app, a, &f, &actor_system);
	NEED_OK(ctx_read(&c));
	struct journal_report j;
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why);
	int64_t cells = 0, wrong = -1;
	struct str first;
	NEED_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK_INT(wrong, 0);
	ROWS q = NULL;
	bool more;
	NEED_OK(db_rows(c.db, &f, "PRAGMA integrity_check", NOARGS, &q));
	NEED_OK(rows_next(q, &more));
	CHECK_STR(rows_text(q, 0), "ok");
	rows_end(q);
	q = NULL;
	/* what is marked as sent lies in the folder */
	CHECK(one(c.db, "SELECT COUNT(*) FROM outbox WHERE state = 1", NOARGS) <= files_of(p));
	CHECK(files_of(p) <= one(c.db, "SELECT COUNT(*) FROM outbox", NOARGS));
	for (int i = 0; i < 3; i++)
		NEED_OK(ctx_write(&c, put_message, NULL));
	app_close(p->app);
	p->app = NULL;
}

static void check(struct town_kill *k, bool deep)
{
	struct store *s = NULL;
	struct db *d = NULL;
	NEED_OK(store_open(arena_printf(k->p->a, "%s/xiaoan.db", k->p->dir), NULL, &s, NULL));
	NEED_OK(store_reader(s, &d, NULL));
	check_acks(k, d);
	for (size_t i = 0; i < ARRAY_LEN(halves); i++) {
		int64_t n = one(d, halves[i], NOARGS);
		if (n) {
			test_bad++;
			printf("# %lld half: %s\n", (long long)n, halves[i]);
		}
	}
	store_close(s);
	if (deep)
		check_deep(k);
}

static void cycle(struct town_kill *k, struct rng *rng, int i, int all)
{
	pthread_t t[CLIENTS];
	NEED(server_start(&k->s, k->p->dir, NULL));
	k->answered = k->walked = 0;
	k->stop = false;
	/* The first clue after a start waits on the writer for the text engine to be made ready, and everybody behind it: the
	 * whole way from the clue is walked in one cycle of thirty. */
	bool whole = i % 30 == 7;
	for (int n = !whole; n < CLIENTS; n++)
		NEED(pthread_create(&t[n], NULL, client_main, &k->c[n]) == 0);
	/* killed after some number of answers, not after some time: then a little later, within the next request */
	int64_t *who = whole ? &k->walked : &k->answered, enough = rng_range(rng, 1, whole ? 5 : 14), spins = rng_range(rng, 0, 3000);
	for (int w = 0; __atomic_load_n(who, __ATOMIC_SEQ_CST) < enough && !test_bad && w < 600000; w++)
		usleep(100);
	usleep((useconds_t)spins);
	int status = server_end(&k->s, SIGKILL);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);   /* else it died by itself */
	k->stop = true;
	for (int n = !whole; n < CLIENTS; n++)
		pthread_join(t[n], NULL);
	/* Every other time the server itself is the first to open what was left. */
	if (i % 2 || i == all - 1)
		check(k, i % 30 == 29 || i == all - 1);
}

/* Clues that nobody screened for weeks, so that the first thing the server's clerk does is to let them climb. */
static void old_work(struct city *p)
{
	clock_fix(civil_ms((struct civil){ 2026, 10, 12, 9, 0, 0 }));
	for (int i = 0; i < 30; i++)
		as_system(p, &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), .org = p->org[2],
			INPUTS(INPUT("source", STR("grid")), INPUT("text", STR("无人处理的线索"))) });
}

TEST(nothing_answered_is_lost)
{
	int cycles = getenv("XA_KILLS") ? atoi(getenv("XA_KILLS")) : 300;
	struct city here;
	struct town_kill *k = xalloc(sizeof *k);
	struct rng rng = { 20261124 };
	on_pg = false;
	city_open(&here);
	old_work(&here);
	app_close(here.app);
	here.app = NULL;
	clock_fix(0);
	k->p = &here;
	pthread_mutex_init(&k->lock, NULL);
	for (int i = 0; i < CLIENTS; i++) {
		k->c[i].k = k;
		k->c[i].n = i;
		k->c[i].stage = i ? NEWCASE : CLUE;
		k->c[i].rng.s = (uint64_t)i + 1;
	}
	for (int i = 0; i < cycles && !test_bad; i++)
		cycle(k, &rng, i, cycles);
	printf("# %d kills, %zu answers, %lld asked again after a kill, %lld old ones asked again\n", cycles, k->nacks, (long long)k->retried, (long long)k->again);
	CHECK((int)k->nacks >= cycles);
	CHECK(k->retried > 0 && k->again > 0);
	free(k->acks);
	free(k);
	city_close(&here);
}
