/*
 * kill -9 of the real server under load, again and again (S42), with an oracle of what it said is saved: load.h. Besides: no job's effect
 * is there twice; the journal is whole; the tallies agree to the unit.
 *
 * XA_KILLS: how many cycles (300; the nightly run sets 10,000).
 */
#pragma GCC diagnostic ignored "-Wunused-function"   /* of the city's helpers, what needs no process */
#define CITY_DIR "/dev/shm/xa-kill-XXXXXX"   /* kill -9 leaves what the kernel has: no disk need be waited for */
#include "record/backup.h"
#include "record/files.h"
#include "load.h"

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
	struct rows_report held;
	NEED_OK(record_verify(&c, NULL, &held));
	if (held.wrong)
		printf("# %s\n", held.first);
	CHECK_INT(held.wrong, 0);
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
	check_halves(d);
	/* Each row's file is there, whole: it was flushed before the row was. */
	struct file_report files;
	NEED_OK(backup_files(arena_printf(k->p->a, "%s/any.backup", k->p->dir), k->p->dir, false, &files, NULL));
	CHECK(!files.missing && !files.changed);
	k->files = files.files;
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
	/* What a kill left without a row is gone after a start; nothing else is. */
	printf("# %lld files\n", (long long)k->files);
	CHECK(cycles < 100 || k->files > 0);
	CHECK(k->retried > 0 && k->again > 0);
	free(k->acks);
	free(k);
	city_close(&here);
}
