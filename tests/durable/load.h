/*
 * People at work on the real server, and the oracle of what it told them.
 *
 * Each client walks a family's matter through the API, from the clue to the agreement in force, each request with an
 * idempotency key. What got no answer is asked again with the same key; now and then something answered long ago is asked
 * again too. Then: each answer given stands in the database; what several tables say about one act they say together or not at all.
 */
#ifndef XA_TEST_LOAD_H
#define XA_TEST_LOAD_H
#include "../api/city.h"
#include "people/people.h"
#include "server.h"
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#define CLIENTS 4
#define BODY 65536

enum stage { CLUE, CONFIRM, OPEN, NEWCASE, DISPATCH, ACCEPT, PAPER, SESSION, AGREEMENT, SIGN, STAGES };

struct ack { char key[40]; int64_t id, version; const char *table; };
struct client {
	struct town_kill *k;
	int n, round;              /* which; matters walked */
	enum stage stage;
	char held[32];             /* when this round's session was */
	int held_in;
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
	int64_t again, retried, refused;   /* refused: 503, for a while */
	bool patient;              /* the store may be away: what is refused for a while, or not answered, is asked again */
	bool stop;
	int64_t files;             /* handed in, as the last check found them */
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
	snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\nContent-Type: %s\r\nIdempotency-Key: %s\r\n%s", c->k->p->token[post], *body == '-' ? "multipart/form-data; boundary=b" : "application/json", key,
		 strchr(target + 8, '/') ? "If-Match: *\r\n" : "");
	return http_ask(c->k->s.port, "POST", target, headers, body, c->buf, sizeof c->buf, ret);
}

#define CASE_BODY "{\"source\":\"visit\",\"summary\":\"两人争吵，第%d回\",\"kind\":\"M05\",\"grade\":\"yellow\"}"
#define CLUE_BODY "{\"source\":\"grid\",\"text\":\"邻居反映夜里有争吵声，第%d回\",\"party_a_name\":\"王小明\",\"party_b_name\":\"李小红\",\"address\":\"幸福社区1号\"}"

/* The hour of the city as the API takes it: a session is held after the case was accepted. Of one round it stays the same: what is asked again is the same. */
static const char *held_at(struct client *c)
{
	time_t at = time(NULL) + 8 * 3600;
	struct tm d;
	if (c->held[0] && c->held_in == c->round)
		return c->held;
	gmtime_r(&at, &d);
	strftime(c->held, sizeof c->held, "%Y-%m-%dT%H:%M:%S+08:00", &d);
	c->held_in = c->round;
	return c->held;
}

/* What the stage sends. */
static int compose(struct client *c, char *target, char *body, const char **ret_table)
{
	struct city *p = c->k->p;
	static const char *const stands[STAGES] = { "clue", "clue", "clue", "case_file", "case_file", "case_file", "document", "mediation_session", "agreement", "agreement" };
	static const char *const verbs[STAGES] = { NULL, "confirm", "open", NULL, "dispatch", "accept", NULL, NULL, NULL, "sign" };
	long long id = (long long)(c->stage <= OPEN ? c->clue : c->stage == SIGN ? c->agreement : c->file);
	const char *type = c->stage <= OPEN ? "clue" : c->stage <= ACCEPT ? "case" : c->stage == PAPER ? "document" : c->stage == SESSION ? "session" : "agreement";
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
	else if (c->stage == PAPER)
		sprintf(body, "--b\r\nContent-Disposition: form-data; name=\"parent\"\r\n\r\n%lld\r\n--b\r\nContent-Disposition: form-data; name=\"side\"\r\n\r\na\r\n--b\r\n"
			"Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n第%d回的字条\r\n--b--\r\n", id, c->round);
	else if (c->stage == SESSION)
		sprintf(body, "{\"parent\":\"%lld\",\"form\":\"separate\",\"held\":\"%s\",\"present\":\"双方\",\"rights_told\":true,\"text\":\"谈了\"}", id, held_at(c));
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
	if (!status || status == 429 || (status == 503 && c->k->patient))
		return;
	int64_t id = number_in(body, "id");
	if (status != 200 || id != c->last_id) {
		__atomic_add_fetch(&test_bad, 1, __ATOMIC_SEQ_CST);
		printf("# %s again: %d, %lld was %lld\n", c->last_key, status, (long long)id, (long long)c->last_id);
	}
	__atomic_add_fetch(&c->k->again, 1, __ATOMIC_SEQ_CST);
}

/* Refused for a while: it says so in words, and when to come again. */
static bool wait_for_store(struct client *c, int status, const char *got)
{
	if (status == 503 && (!strcasestr(c->buf, "\r\nRetry-After: ") || !strstr(got, "\"code\":\"busy\"") || !strstr(got, "\"detail\":\""))) {
		__atomic_add_fetch(&test_bad, 1, __ATOMIC_SEQ_CST);
		printf("# 503: %.400s\n", c->buf);
	}
	__atomic_add_fetch(&c->k->refused, status == 503, __ATOMIC_SEQ_CST);
	usleep(30000);
	return true;
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
	if (c->k->patient && (status == 0 || status == 503))
		return wait_for_store(c, status, got);
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
	/* A file is looked at by a process of its own: of the others one hands some in. */
	c->stage = c->stage == OPEN ? DISPATCH : c->stage == ACCEPT && (c->n != 1 || c->round % 2) ? SESSION : c->stage + 1;
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
	"SELECT COUNT(*) FROM idem i WHERE key LIKE 'c%' AND NOT EXISTS (SELECT 1 FROM api_idem a WHERE a.key = i.key AND a.actor = i.actor)",
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
	"SELECT COUNT(*) FROM due WHERE level <> (LENGTH(why) - LENGTH(REPLACE(why, 'climb\t', ''))) / 6",
	"SELECT COUNT(*) FROM (SELECT rid FROM due GROUP BY rid HAVING SUM(level) < (SELECT COUNT(*) FROM notice n WHERE n.rid = due.rid AND n.who = 0 AND n.text LIKE 'Overdue%')) x",
};

static void check_halves(struct db *d)
{
	for (size_t i = 0; i < ARRAY_LEN(halves); i++) {
		int64_t n = one(d, halves[i], NOARGS);
		if (n) {
			test_bad++;
			printf("# %lld half: %s\n", (long long)n, halves[i]);
		}
	}
}
#endif
