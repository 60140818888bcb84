/* Why: the running server: pages, API, and the jobs that run beside them; ended cleanly by Ctrl-C.
 * Invariants: a request under way is finished and what it wrote is durable before the process ends. */
#include "absorb/absorb.h"
#include "api/api.h"
#include "cli/cli.h"
#include "cli/demo.h"
#include "cli/keeper.h"
#include "face/face.h"
#include "people/login.h"
#include "record/keystore.h"
#include "record/retention.h"
#include "report/export.h"
#include "sense/clue.h"
#include "sense/import.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum err job_escalate(struct ctx *c, struct str arg)
{
	int n;
	(void)arg;
	return due_escalate(c, &n);
}

static enum err job_outbox(struct ctx *c, struct str arg)
{
	int n;
	(void)arg;
	return outbox_deliver(c, &n);
}

static enum err sweep(struct ctx *c, void *arg)
{
	(void)arg;
	TRY(login_sweep(c->db, c->f));
	TRY(idem_sweep(c));
	return api_sweep(c);
}

static enum err job_sweep(struct ctx *c, struct str arg)
{
	(void)arg;
	return ctx_write(c, sweep, NULL);
}

static enum err job_remind(struct ctx *c, struct str arg)
{
	int n;
	(void)arg;
	return absorb_remind(c, &n);
}

static const struct job_kind jobs[] = {
	{ "reseal", reseal_job, MS_MINUTE }, { "retention", retention_job, MS_DAY },
	{ "escalate", job_escalate, MS_MINUTE }, { "outbox", job_outbox, MS_MINUTE }, { "sweep", job_sweep, MS_DAY }, { "remind", job_remind, MS_DAY }, { "import", import_job, 0 },
	{ "export", export_job, 0 }, { "export_sweep", export_sweep_job, MS_HOUR },
	{ "verify", verify_job, MS_DAY }, { 0 },
};

/* Every few seconds: the clock is looked at, and a head is signed when it is time. */
static void tick(struct app *app, bool now)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct ctx c;
	ctx_init(&c, app, a, &f, &actor_system);
	enum err e = clock_watch(&c);
	if (e == OK)
		e = head_tick(&c, now);
	if (e != OK)
		log_line(LOG_ERROR, "journal: %s %s", err_name(e), f.detail);
	else if (app->heads_fail)
		log_line(LOG_WARN, "journal: a signed head could not be written to its file");
}

/* Whoever stops the server stops what it would have written down: that it ran from when to when is written too. */
static void tell(struct cli *x, const char *verb)
{
	struct ctx c;
	x->who.face = "job";
	if (cli_ctx(x, &c) != OK || journal_note(&c, verb, "", 0, "ok", STR("{\"version\":\"" XA_VERSION "\"}")) != OK)
		log_line(LOG_ERROR, "journal: %s", x->f.detail);
}

struct clerk { struct app *app; pthread_t thread; pthread_mutex_t lock; pthread_cond_t wake; bool stop; };

static void *clerk_run(void *arg)
{
	struct clerk *k = arg;
	pthread_mutex_lock(&k->lock);
	while (!k->stop) {
		struct timespec t;
		int n = 0;
		pthread_mutex_unlock(&k->lock);
		struct fault f = { 0 };
		enum err e = keystore_refresh(k->app, &f);
		if (e != OK)
			log_line(LOG_ERROR, "key store: %s %s", err_name(e), f.detail);
		e = jobs_run(k->app, jobs, 50, &n);
		if (e != OK)
			log_line(LOG_ERROR, "jobs: %s", err_name(e));
		tick(k->app, false);
		pthread_mutex_lock(&k->lock);
		clock_gettime(CLOCK_REALTIME, &t);   /* banned: a deadline for the condition variable */
		t.tv_sec += 5;
		if (!k->stop)
			pthread_cond_timedwait(&k->wake, &k->lock, &t);
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

static void say_how(struct cli *x, struct app *app, const char *host, int port)
{
	int64_t users = 0;
	struct db *d;
	printf("%s http://%s:%d\n", tr(x->lang, N_("XiaoAn is at")), host, port);
	if (store_reader(app->store, &d, &x->f) != OK || db_int(d, &x->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM login WHERE hash <> ''", NOARGS, &users, NULL) != OK)
		return;
	if (app->demo) {
		char *pw = demo_password(app, x->a);
		printf("%s city town community grid mediator hotline police court civil leader auditor admin secadmin\n%s %s\n", tr(x->lang, N_("Log in as one of:")),
		       tr(x->lang, N_("with the password:")), pw);
	} else if (!users) {
		printf("%s\n  xiaoan user add --login admin --name NAME --role admin --data %s\n", tr(x->lang, N_("Nobody can log in yet. Make the first account; it prints a one-time link:")), x->app.data_dir);
	}
	fflush(stdout);
}

static enum err first_city(struct cli *x, struct app *app)
{
	int64_t staff = 0;
	struct db *d;
	TRY(store_reader(app->store, &d, &x->f));
	TRY(db_int(d, &x->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM (SELECT 1 FROM staff LIMIT 1) x", NOARGS, &staff, NULL));
	if (staff)
		return OK;
	struct demo_options o = { .scale = cli_opt(x, "scale") ? strtod(cli_opt(x, "scale"), NULL) : 1, .seed = 1, .end = now_ms(), .progress = isatty(2), .lang = x->lang };
	return demo_load(app, &o, &x->f);
}

/* The data folder is marked as a demo city, so that it says so however it is started later. */
static bool is_demo(struct app *app, struct cli *x)
{
	int64_t n = 0;
	struct db *d;
	return store_reader(app->store, &d, &x->f) == OK &&
	       db_int(d, &x->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM setting WHERE name = 'demo_password'", NOARGS, &n, NULL) == OK && n;
}

int cmd_serve(struct cli *x)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	struct app *app = cli_open(x);
	if (cli_opt(x, "demo")) {
		enum err e = first_city(x, app);
		if (e != OK)
			return cli_fail(x, e);
	}
	app->demo = is_demo(app, x);
	app->heads_copy = cli_opt(x, "heads");
	struct keeper *keeper;
	enum err kept = keeper_start(app, cli_opt(x, "backups"), &keeper, &x->f);
	if (kept != OK)
		return cli_fail(x, kept);
	sense_judge_warm(app->triage);
	struct web_config cfg = { .host = cli_opt(x, "host") ? cli_opt(x, "host") : "127.0.0.1", .port = (int)cli_int(x, "port", 8080), .tables = all_routes, .store = app->store,
				  .app = app, .before = face_before, .error = face_error, .after = face_after, .kept = face_kept, .behind_tls = cli_opt(x, "tls") != NULL };
	struct web *w;
	enum err e = web_start(&cfg, &w, &x->f);
	if (e != OK) {
		keeper_stop(keeper);
		return cli_fail(x, e);
	}
	struct clerk k = { .app = app, .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER };
	tell(x, "start");
	must(pthread_create(&k.thread, NULL, clerk_run, &k) == 0);
	say_how(x, app, cfg.host, web_port(w));
	int sig;
	sigwait(&set, &sig);
	fprintf(stderr, "%s\n", tr(x->lang, N_("Ending: finishing what is under way.")));
	web_stop(w);
	pthread_mutex_lock(&k.lock);
	k.stop = true;
	pthread_cond_signal(&k.wake);
	pthread_mutex_unlock(&k.lock);
	pthread_join(k.thread, NULL);
	tell(x, "stop");
	tick(app, true);
	keeper_stop(keeper);
	x->keeper = keeper;   /* the store takes the last of the log away when it closes */
	return 0;
}
