/* kill -9 of a writing process, again and again: whatever was acknowledged is there, once. */
#include "both.h"
#include "base/clock.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define ROUNDS 60
#define THREADS 8
#define PER_ROUND 100000

struct acks { int64_t last[THREADS]; };   /* shared with the child: the highest number each thread was told is saved */

static const struct migration base[] = { { 1, "row", "CREATE TABLE row (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE twin (id INTEGER PRIMARY KEY) STRICT;" } };

static enum err both_job(struct db *d, void *arg, struct fault *f)
{
	const int64_t *id = arg;
	TRY(db_exec(d, f, "INSERT INTO row (id) VALUES (?)", ARGS(VI(*id)), NULL));
	return db_exec(d, f, "INSERT INTO twin (id) VALUES (?)", ARGS(VI(*id)), NULL);
}

struct child { struct store *s; struct acks *acks; int thread; int64_t from; };

static void *child_thread(void *arg)
{
	struct child *c = arg;
	for (int64_t i = c->from;; i++) {
		int64_t id = i * THREADS + c->thread;
		if (store_write(c->s, both_job, &id, NULL) != OK)
			_exit(3);
		__atomic_store_n(&c->acks->last[c->thread], i, __ATOMIC_SEQ_CST);
	}
}

static void child_main(const char *url, struct acks *acks, int round)
{
	struct store *s = NULL;
	if (store_open(url, NULL, &s, NULL) != OK || store_migrate(s, base, 1, NULL) != OK)
		_exit(2);
	struct child c[THREADS];
	pthread_t t[THREADS];
	for (int i = 0; i < THREADS; i++) {
		c[i] = (struct child){ s, acks, i, (int64_t)round * PER_ROUND };
		if (pthread_create(&t[i], NULL, child_thread, &c[i]) != 0)
			_exit(4);
	}
	pthread_join(t[0], NULL);
	_exit(5);
}

static int64_t one(struct db *d, const char *sql, const struct val *args, size_t n)
{
	int64_t v = -1;
	CHECK_OK(db_int(d, NULL, sql, args, n, &v, NULL));
	return v;
}

static void check_all(const char *url, const struct acks *acks, int round)
{
	struct store *s = NULL;
	struct db *d = NULL;
	NEED_OK(store_open(url, NULL, &s, NULL));
	NEED_OK(store_migrate(s, base, 1, NULL));
	NEED_OK(store_reader(s, &d, NULL));
	for (int t = 0; t < THREADS; t++) {
		int64_t from = (int64_t)round * PER_ROUND, last = acks->last[t];
		if (last < from)
			continue;
		/* a row not acknowledged may be there: the answer was on its way */
		int64_t n = one(d, "SELECT COUNT(*) FROM row WHERE id >= ? AND id <= ? AND id % 8 = ?", ARGS(VI(from * THREADS), VI(last * THREADS + t), VI(t)));
		CHECK_INT(n, last - from + 1);
	}
	CHECK_INT(one(d, "SELECT COUNT(*) FROM row WHERE id NOT IN (SELECT id FROM twin)", NOARGS), 0);
	CHECK_INT(one(d, "SELECT COUNT(*) FROM twin WHERE id NOT IN (SELECT id FROM row)", NOARGS), 0);
	store_close(s);
}

static int64_t acked(const struct acks *a, int round)
{
	int64_t n = 0;
	for (int t = 0; t < THREADS; t++) {
		int64_t last = __atomic_load_n(&a->last[t], __ATOMIC_SEQ_CST);
		if (last >= (int64_t)round * PER_ROUND)
			n += last - (int64_t)round * PER_ROUND + 1;
	}
	return n;
}

BOTH(kill_nine)
{
	struct acks *acks = mmap(NULL, sizeof *acks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	NEED(acks != MAP_FAILED);
	struct rng rng = { 42 };
	for (int t = 0; t < THREADS; t++)
		acks->last[t] = -1;
	int rounds = p->postgres ? 5 : ROUNDS;
	for (int round = 0; round < rounds; round++) {
		pid_t pid = fork();
		NEED(pid >= 0);
		if (pid == 0)
			child_main(p->url, acks, round);
		/* killed after some number of answers, not after some time; the last word is random */
		int64_t enough = rng_range(&rng, 1, 200);
		int status = 0;
		pid_t gone = 0;
		while (acked(acks, round) < enough && (gone = waitpid(pid, &status, WNOHANG)) == 0)
			usleep(200);
		NEED(gone == 0);   /* it ended by itself: an error */
		kill(pid, SIGKILL);
		NEED(waitpid(pid, &status, 0) == pid);
		check_all(p->url, acks, round);
	}
	munmap(acks, sizeof *acks);
}
