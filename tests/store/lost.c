/* PostgreSQL going away in the middle: nothing lost, nothing done twice. Without XA_TEST_PG there is nothing to test. */
#include "both.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

static bool skipped(void)
{
	if (getenv("XA_TEST_PG"))
		return false;
	printf("# XA_TEST_PG is not set: nothing to test\n");
	return true;
}

static enum err text_job(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

static int64_t ask(struct store *s, const char *sql)
{
	struct db *d = NULL;
	int64_t v = -1;
	CHECK_OK(store_reader(s, &d, NULL));
	CHECK_OK(db_int(d, NULL, sql, NOARGS, &v, NULL));
	return v;
}

static void open_table(struct place *p, struct store **ret)
{
	place_new(p, true);
	NEED_OK(store_open(p->url, NULL, ret, NULL));
	NEED_OK(store_write(*ret, text_job, (void *)"CREATE TABLE t (id BIGINT PRIMARY KEY)", NULL));
}

struct suicide { int runs; };

static enum err suicide_job(struct db *d, void *arg, struct fault *f)
{
	struct suicide *j = arg;
	TRY(db_exec(d, f, "INSERT INTO t (id) VALUES (1)", NOARGS, NULL));
	if (++j->runs == 1)
		TRY(db_exec(d, f, "SELECT pg_terminate_backend(pg_backend_pid())", NOARGS, NULL));
	return OK;
}

TEST(connection_lost_in_a_job)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL;
	open_table(&p, &s);
	struct suicide j = { 0 };
	CHECK_OK(store_write(s, suicide_job, &j, NULL));
	CHECK_INT(j.runs, 2);
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 1);
	store_close(s);
	place_end(&p);
}

TEST(reader_comes_back)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL;
	open_table(&p, &s);
	char sql[80];
	for (int i = 0; i < 2; i++) {
		snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)", (int)ask(s, "SELECT pg_backend_pid()"));
		NEED_OK(store_write(s, text_job, sql, NULL));
		struct db *d = NULL;
		NEED_OK(store_reader(s, &d, NULL));
		if (i == 1) {
			NEED_OK(db_read_begin(d, NULL));
			CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 0);
			db_read_end(d);
		}
		CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 0);
	}
	store_close(s);
	place_end(&p);
}

/* The server ends the session inside COMMIT, before it took effect. */
TEST(commit_did_not_happen)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL;
	open_table(&p, &s);
	static const char *const setup[] = {
		"CREATE SEQUENCE once",
		"CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF nextval(''once'') = 1 THEN "
		"PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); END IF; RETURN NULL; END'",
		"CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
	};
	for (size_t i = 0; i < ARRAY_LEN(setup); i++)
		NEED_OK(store_write(s, text_job, (void *)setup[i], NULL));
	CHECK_OK(store_write(s, text_job, (void *)"INSERT INTO t (id) VALUES (1)", NULL));
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM t"), 1);
	CHECK_INT(ask(s, "SELECT last_value FROM once"), 2);
	store_close(s);
	place_end(&p);
}

/* ---- a wire that swallows the answer to COMMIT ---- */

struct wire { int listener; uint16_t server; bool armed, stop; };

static int dial(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return connect(fd, (struct sockaddr *)&a, sizeof a) == 0 ? fd : -1;
}

struct pipe { struct wire *w; int client, server; };

static void *pipe_main(void *arg)
{
	struct pipe *p = arg;
	char b[65536];
	for (;;) {
		struct pollfd fd[2] = { { p->client, POLLIN, 0 }, { p->server, POLLIN, 0 } };
		if (poll(fd, 2, -1) < 0)
			break;
		int from = fd[0].revents ? 0 : 1;
		ssize_t n = read(fd[from].fd, b, sizeof b);
		if (n <= 0)
			break;
		bool cut = from == 0 && memmem(b, (size_t)n, "COMMIT", 6) && __atomic_exchange_n(&p->w->armed, false, __ATOMIC_SEQ_CST);
		if (write(fd[!from].fd, b, (size_t)n) != n)
			break;
		if (cut) {
			(void)!read(p->server, b, sizeof b);   /* it has committed; nobody will hear of it */
			break;
		}
	}
	close(p->client);
	close(p->server);
	free(p);
	return NULL;
}

static void *wire_main(void *arg)
{
	struct wire *w = arg;
	for (;;) {
		int client = accept(w->listener, NULL, NULL);
		if (__atomic_load_n(&w->stop, __ATOMIC_SEQ_CST) || client < 0) {
			if (client >= 0)
				close(client);
			return NULL;
		}
		struct pipe *p = malloc(sizeof *p);
		*p = (struct pipe){ w, client, dial(w->server) };
		pthread_t t;
		if (pthread_create(&t, NULL, pipe_main, p) == 0)
			pthread_detach(t);
	}
}

struct count { int runs; };

static enum err count_job(struct db *d, void *arg, struct fault *f)
{
	((struct count *)arg)->runs++;
	return db_exec(d, f, "INSERT INTO t (id) VALUES (5)", NOARGS, NULL);
}

TEST(commit_happened_unheard)
{
	if (skipped())
		return;
	static const char host[] = "@127.0.0.1:";
	struct place p;
	place_new(&p, true);
	char *at = strstr(p.url, host), rest[400];
	if (!at) {
		printf("# the server is not on 127.0.0.1: no wire to cut\n");
		place_end(&p);
		return;
	}
	char *end = NULL;
	static struct wire w;   /* its threads may outlive the test */
	w.server = (uint16_t)strtol(at + sizeof host - 1, &end, 10);
	snprintf(rest, sizeof rest, "%s", end);
	w.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	NEED(bind(w.listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(w.listener, 20) == 0);
	NEED(getsockname(w.listener, (struct sockaddr *)&a, &len) == 0);
	pthread_t t;
	NEED(pthread_create(&t, NULL, wire_main, &w) == 0);
	snprintf(at + sizeof host - 1, sizeof p.url - (size_t)(at - p.url) - sizeof host + 1, "%d%s", ntohs(a.sin_port), rest);

	struct store *s = NULL;
	NEED_OK(store_open(p.url, &(struct store_options){ .writers = 1 }, &s, NULL));
	NEED_OK(store_write(s, text_job, (void *)"CREATE TABLE t (id BIGINT PRIMARY KEY)", NULL));
	struct count c = { 0 };
	__atomic_store_n(&w.armed, true, __ATOMIC_SEQ_CST);
	CHECK_OK(store_write(s, count_job, &c, NULL));
	CHECK(!w.armed);
	CHECK_INT(c.runs, 1);   /* run again it would say ERR_DUPLICATE; without a key it would be there twice */
	CHECK_INT(ask(s, "SELECT COUNT(*) FROM t WHERE id = 5"), 1);
	store_close(s);
	__atomic_store_n(&w.stop, true, __ATOMIC_SEQ_CST);
	close(dial(ntohs(a.sin_port)));
	pthread_join(t, NULL);
	close(w.listener);
	place_end(&p);
}

/* Another process changes a table under a kept plan. */
static enum err star_job(struct db *d, void *arg, struct fault *f) { return db_int(d, f, "SELECT * FROM t", NOARGS, arg, NULL); }

TEST(table_changes_under_a_plan)
{
	if (skipped())
		return;
	struct place p;
	struct store *s = NULL, *other = NULL;
	open_table(&p, &s);
	NEED_OK(store_open(p.url, NULL, &other, NULL));
	NEED_OK(store_write(s, text_job, (void *)"INSERT INTO t (id) VALUES (8)", NULL));
	int64_t id = 0;
	for (int i = 0; i < 3; i++) {
		char sql[60];
		for (int j = 0; j < 8; j++) {   /* every writer has the plan */
			CHECK_OK(store_write(s, star_job, &id, NULL));
			CHECK_INT(id, 8);
		}
		CHECK_INT(ask(s, "SELECT * FROM t"), 8);
		snprintf(sql, sizeof sql, "ALTER TABLE t ADD COLUMN c%d INTEGER", i);
		NEED_OK(store_write(other, text_job, sql, NULL));
	}
	CHECK_INT(ask(s, "SELECT * FROM t"), 8);
	store_close(other);
	store_close(s);
	place_end(&p);
}
