/*
 * The machine's clock is set while people work (S47): a day ahead, an hour back, ten years on and back again. No act fails, what is sent again
 * has its first answer, the journal's order is that of its numbers and it says that the clock was set, heads go on, clocks of the law
 * do not run backwards, and what is done every minute is done within the minute after.
 */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "../absorb/river.h"
#include <pthread.h>

#define WORKERS 4

struct work { struct city *p; int n; bool *stop; int64_t done, bad, again; };

static void *work_on(void *arg)
{
	struct work *w = arg;
	int64_t first = 0;
	while (!__atomic_load_n(w->stop, __ATOMIC_SEQ_CST)) {
		ARENA a = arena_new(0);
		struct fault f = { 0 };
		struct ctx c;
		struct done d, e;
		struct actor who_does = who(ROLE_TOWN, TOWN, TINA, w->p->town);
		struct act in = { .type = "case", .verb = "create", .idem = arena_fmt(a, "w%d-%lld", w->n, (long long)w->done),
			INPUTS(IN("source", "visit"), IN("summary", "两人争吵"), IN("kind", "M05"), IN("grade", "yellow")) };
		ctx_init(&c, w->p->app, a, &f, &who_does);
		bool ok = act_now(&c, &in, &d) == OK;
		if (!first)
			first = d.id;
		ctx_init(&c, w->p->app, a, &f, &who_does);
		in.idem = arena_fmt(a, "w%d-0", w->n);
		ok = ok && act_now(&c, &in, &e) == OK && e.id == first;
		struct actor mei = who(ROLE_MEDIATOR, COMM, MEI, w->p->studio);
		ctx_init(&c, w->p->app, a, &f, &who_does);
		ok = ok && act_now(&c, &(struct act){ .type = "case", .verb = "dispatch", .id = d.id, INPUTS(IN("org", arena_printf(a, "%lld", (long long)w->p->studio)), IN("owner", arena_printf(a, "%d", MEI))) }, &e) == OK;
		ctx_init(&c, w->p->app, a, &f, &mei);
		ok = ok && act_now(&c, &(struct act){ .type = "case", .verb = "accept", .id = d.id }, &e) == OK;
		if (!ok) {
			printf("# %d: %s %s %s\n", w->n, err_name(f.code), f.msg ? f.msg : "", f.detail);
			w->bad++;
		}
		__atomic_add_fetch(&w->done, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static int64_t asked(struct city *p, const char *sql)
{
	struct ctx c;
	int64_t n = -1;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(db_int(c.db, &p->f, sql, NOARGS, &n, NULL));
	return n;
}

static int ticks;
static enum err tick_job(struct ctx *c, struct str arg) { (void)c, (void)arg; ticks++; return OK; }
static enum err climb_job(struct ctx *c, struct str arg)
{
	int n;
	(void)arg;
	return due_escalate(c, &n);
}

/* What the server's clerk does every five seconds. */
static void clerk(struct city *p)
{
	static const struct job_kind jobs[] = { { "tick", tick_job, MS_MINUTE }, { "escalate", climb_job, MS_MINUTE }, { 0 } };
	struct ctx c;
	int n;
	ctx_at(p, &c, &actor_system);
	CHECK_OK(jobs_run(p->app, jobs, 50, &n));
	CHECK_OK(clock_watch(&c));
	CHECK_OK(head_tick(&c, false));
}

static void work_more(struct work *w)
{
	int64_t was[WORKERS];
	for (int i = 0; i < WORKERS; i++)
		was[i] = __atomic_load_n(&w[i].done, __ATOMIC_SEQ_CST);
	for (int i = 0; i < WORKERS; i++)
		for (int k = 0; k < 60000 && __atomic_load_n(&w[i].done, __ATOMIC_SEQ_CST) < was[i] + 3; k++)
			usleep(1000);
}

TEST(clock_set_under_people_at_work)
{
	struct city here, *p = &here;
	static const int64_t steps[] = { MS_DAY, -MS_HOUR, -MS_DAY + MS_HOUR, -MS_HOUR, MS_HOUR, INT64_C(3650) * MS_DAY, -INT64_C(3650) * MS_DAY, MS_DAY, -2 * MS_DAY, MS_DAY };
	struct work w[WORKERS];
	pthread_t t[WORKERS];
	bool stop = false;
	/* made before the clock is let run: it stands where the calendar knows */
	city_open(p);
	p->now = 0;
	clerk(p);
	for (int i = 0; i < WORKERS; i++) {
		w[i] = (struct work){ .p = p, .n = i, .stop = &stop };
		NEED(pthread_create(&t[i], NULL, work_on, &w[i]) == 0);
	}
	int64_t heads = asked(p, "SELECT COUNT(*) FROM journal_sth");
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		work_more(w);
		clock_step(steps[i]);
		int before = ticks;
		clerk(p);
		clock_step(MS_MINUTE + MS_SECOND);     /* a minute goes by */
		clerk(p);
		if (ticks == before) {
			test_bad++;
			printf("# after step %zu what is done every minute was not\n", i);
		}
		clock_step(-MS_MINUTE - MS_SECOND);
		work_more(w);
	}
	__atomic_store_n(&stop, true, __ATOMIC_SEQ_CST);
	int64_t done = 0;
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(t[i], NULL);
		CHECK_INT(w[i].bad, 0);
		done += w[i].done;
	}
	printf("# %lld matters begun\n", (long long)done);
	CHECK_INT(asked(p, "SELECT COUNT(*) FROM case_file"), done);
	CHECK_INT(asked(p, "SELECT COUNT(*) FROM due WHERE due < start OR first_due < start"), 0);
	CHECK_INT(asked(p, "SELECT (SELECT size FROM journal_head) - (SELECT MAX(seq) FROM journal)"), 0);
	CHECK(asked(p, "SELECT COUNT(*) FROM journal WHERE verb = 'clock'") >= (int64_t)ARRAY_LEN(steps));
	CHECK(asked(p, "SELECT COUNT(*) FROM journal_sth") > heads);
	struct ctx c;
	struct journal_report j;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_verify(&c, &j));
	CHECK(!j.why);
	city_close(p);
}
