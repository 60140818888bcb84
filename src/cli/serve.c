/* Why: the running server: pages, API, and the jobs that run beside them; ended cleanly by Ctrl-C.
 * Invariants: a request under way is finished and what it wrote is durable before the process ends. */
#include "absorb/absorb.h"
#include "absorb/mediate.h"
#include "base/child.h"
#include "api/api.h"
#include "cli/cli.h"
#include "cli/demo.h"
#include "cli/fence.h"
#include "cli/keeper.h"
#include "cli/rates.h"
#include "face/face.h"
#include "people/login.h"
#include "portal/wechat.h"
#include "people/twin.h"
#include "record/files.h"
#include "record/keystore.h"
#include "record/names.h"
#include "record/retention.h"
#include "report/export.h"
#include "report/safety.h"
#include "sense/clue.h"
#include "sense/hotspot.h"
#include "sense/import.h"
#include "sense/learn.h"
#include "sense/phrase.h"
#include "sense/outlet.h"
#include "sense/warning.h"
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static enum err job_escalate(struct ctx *c, struct str arg)
{
	int n;
	(void)arg;
	TRY(holidays_refresh(c));
	TRY(due_remind(c));
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

static enum err job_lapse(struct ctx *c, struct str arg)
{
	int n;
	(void)arg;
	return absorb_lapse(c, &n);
}

static const struct job_kind jobs[] = {
	{ "reseal", reseal_job, MS_MINUTE }, { "retention", retention_job, MS_DAY },
	{ "escalate", job_escalate, MS_MINUTE }, { "outbox", job_outbox, MS_MINUTE }, { "sweep", job_sweep, MS_DAY }, { "remind", job_remind, MS_DAY }, { "lapse", job_lapse, MS_HOUR }, { "import", import_job, 0 },
	{ "export", export_job, 0 }, { "export_sweep", export_sweep_job, MS_HOUR },
	{ "verify", verify_job, MS_DAY }, { "file_sweep", file_sweep_job, MS_DAY }, { "file_check", file_check_job, MS_DAY },
	{ "search_tidy", search_tidy_job, MS_DAY }, { "search_merge", search_tidy_job, 0 }, { "warning", warning_job, MS_DAY },
	{ "warning_past", warning_past_job, MS_DAY }, { "warning_past_more", warning_past_job, 0 }, { "hotspot", hotspot_job, MS_DAY }, { "twin", twin_job, 7 * MS_DAY },
	{ "post_forget", outlet_forget_job, MS_DAY }, { "learn", learn_job, 0 }, { "phrase", phrase_job, 0 }, { 0 },
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

/* The limits as they are set now. */
static void renew_rates(struct app *app, struct rates *r)
{
	struct fault f = { 0 };
	struct rate_limits l;
	struct db *d;
	if (store_reader(app->store, &d, &f) == OK && rates_read(d, &l, &f) == OK)
		rates_set(r, &l);
	else
		log_line(LOG_ERROR, "rate limits: %s", f.detail);
}

struct clerk { struct app *app; struct rates *rates; pthread_t thread; pthread_mutex_t lock; pthread_cond_t wake; bool stop; };

/* What a crash left beside the rows: older than this start. On PostgreSQL another machine may just be taking something in. */
static void sweep_files(struct app *app)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct ctx c;
	int64_t n;
	ctx_init(&c, app, a, &f, &actor_system);
	enum err e = ctx_read(&c);
	if (e == OK)
		e = file_sweep(&c, store_is_postgres(app->store) ? MS_HOUR : now_ms() - app->started_ms, &n);
	if (e != OK)
		log_line(LOG_ERROR, "sweeping files: %s %s", err_name(e), f.detail);
}

/* Until the end: a round, then five seconds. */
static void each_five(struct clerk *k, void (*round)(struct clerk *k))
{
	pthread_mutex_lock(&k->lock);
	while (!k->stop) {
		struct timespec t;
		pthread_mutex_unlock(&k->lock);
		round(k);
		pthread_mutex_lock(&k->lock);
		clock_gettime(CLOCK_MONOTONIC, &t);   /* a clock put back an hour must not make an hour's pause */
		t.tv_sec += 5;
		if (!k->stop)
			pthread_cond_timedwait(&k->wake, &k->lock, &t);
	}
	pthread_mutex_unlock(&k->lock);
}

static void clerk_round(struct clerk *k)
{
	struct fault f = { 0 };
	int n = 0;
	enum err e = keystore_refresh(k->app, &f);
	if (e != OK)
		log_line(LOG_ERROR, "key store: %s %s", err_name(e), f.detail);
	tick(k->app, false);      /* a long job must not put off a head that is due */
	e = learn_refresh(k->app, &f);
	if (e != OK)
		log_line(LOG_ERROR, "the screening goes on with the model and the words it has: %s %s", err_name(e), f.detail);
	e = jobs_run(k->app, jobs, 50, &n);
	if (e != OK)
		log_line(LOG_ERROR, "jobs: %s", err_name(e));
	tick(k->app, false);
	renew_rates(k->app, k->rates);
}

static void *clerk_run(void *arg)
{
	sweep_files(((struct clerk *)arg)->app);
	each_five(arg, clerk_round);
	return NULL;
}

/* Names are read after the start, and followed: seconds in a large city, which nobody waits for. */
static void reader_round(struct clerk *k)
{
	struct fault f = { 0 };
	enum err e = names_follow(k->app, &f);
	if (e != OK)
		log_line(LOG_ERROR, "names: %s %s", err_name(e), f.detail);
}

static void *reader_run(void *arg)
{
	each_five(arg, reader_round);
	return NULL;
}

/* Public sources: a slow site must hold up nothing else. Files are read without a way out as well. */
static void watcher_round(struct clerk *k)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct ctx c;
	int n = 0;
	ctx_init(&c, k->app, a, &f, &actor_system);
	enum err e = k->app->halt == HALT_NONE ? outlet_run(&c, 5, &n) : OK;
	if (e != OK)
		log_line(LOG_ERROR, "public sources: %s %s", err_name(e), f.detail);
}

static void *watcher_run(void *arg)
{
	each_five(arg, watcher_round);
	return NULL;
}

static enum err first_job(struct db *d, void *arg, struct fault *f) { return first_run_make(d, arg, f); }

/* S7: no account that everybody knows. Who reads this screen makes the first ones, within half an hour. */
static void say_first(struct cli *x, struct app *app, const char *host, int port)
{
	char key[TOKEN_TEXT];
	if (store_write(app->store, first_job, key, &x->f) != OK) {
		log_line(LOG_ERROR, "first run: %s", x->f.detail);
		return;
	}
	printf("%s\n  http://%s:%d/first/%s\n%s\n", tr(x->lang, N_("Nobody is entered yet. Set the system up at this address, good for 30 minutes and one use:")), host, port, key,
	       tr(x->lang, N_("Behind a proxy put the proxy’s address before /first/. Nothing else answers until then.")));
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
	} else if (app->first) {
		say_first(x, app, host, port);
	} else if (!users) {
		printf("%s\n  xiaoan user link LOGIN --data %s\n", tr(x->lang, N_("Nobody can log in yet. Make a one-time link for an account that is there:")), x->app.data_dir);
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

#ifdef __SANITIZE_ADDRESS__
#define CHECKED_FOR_LEAKS true
#else
#define CHECKED_FOR_LEAKS false
#endif

/* The folder that this file or folder lies in; absent: this one. */
static const char *folder_of(struct cli *x, const char *path)
{
	const char *slash = strrchr(path, '/');
	return !slash ? "." : slash == path ? "/" : arena_cstr(x->a, (struct str){ path, (size_t)(slash - path) });
}

/* What libpq reads of the user's own: a password file, certificates. */
static size_t for_postgres(struct cli *x, const char **ret)
{
	static const char *const env[] = { "PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLCRL", "PGSERVICEFILE" };
	const char *home = getenv("HOME");
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(env) && n < 4; i++)
		if (getenv(env[i]))
			ret[n++] = getenv(env[i]);
	if (home && *home == '/') {
		ret[n++] = arena_printf(x->a, "%s/.pgpass", home);
		ret[n++] = arena_printf(x->a, "%s/.postgresql", home);
	}
	return n;
}

/* The program beside this one that fetches pages; started before the fence, which lets the server connect to nothing. */
static enum err way_out(struct cli *x, struct outlet_out *o)
{
	static const char *const words[] = { "--broker", NULL };
	const char *inside = cli_opt(x, "posts-inside"), *contact = cli_opt(x, "posts-out");
	char self[3000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (!contact)
		return inside ? fail(&x->f, ERR_INVALID, N_("--posts-inside goes with --posts-out."), NULL) : OK;
	for (const char *p = contact; *p; p++)
		if (*p <= ' ' || *p > '~')
			return fail(&x->f, ERR_INVALID, N_("--posts-out takes an e-mail address or the address of a page, in ASCII without blanks."), NULL);
	for (struct str rest = str_of(inside); rest.n;) {
		struct str one = str_trim(str_cut(rest, ',', &rest));
		if (o->nallow == ARRAY_LEN(o->allow) || !net_range_parse(one, &o->allow[o->nallow++]))
			return fail(&x->f, ERR_INVALID, N_("--posts-inside takes at most eight addresses or networks, such as 10.0.0.2,192.168.7.0/24."), NULL);
	}
	if (n <= 0)
		return fail(&x->f, ERR_IO, NULL, "/proc/self/exe");
	self[n] = 0;
	o->net.program = arena_printf(x->a, "%s/xiaoan-fetch", folder_of(x, self));
	o->contact = str_of(contact);
	if (access(o->net.program, X_OK) != 0)
		return fail(&x->f, ERR_NOT_FOUND, N_("The program xiaoan-fetch is not beside xiaoan. Please install both."), "%s", o->net.program);
	return child_broker(o->net.program, words, &o->net.broker, &x->f);
}

static enum err put_fence(struct cli *x, struct fence *w)
{
	const char *backups = cli_opt(x, "backups"), *heads = cli_opt(x, "heads"), *keys = x->app.keys_url, *spool = getenv("TMPDIR");
	size_t nw = 0, nr = 0, more;
	bool pg_keys = keys && strstr(keys, "://");
	*w = (struct fence){ .listen_port = (int)cli_int(x, "port", 8080), .checked = CHECKED_FOR_LEAKS };
	w->write[nw++] = x->app.data_dir;
	if (backups)
		w->write[nw++] = backups;
	if (heads)
		w->write[nw++] = heads;
	if (keys && !pg_keys)
		w->write[nw++] = folder_of(x, keys);
	if (spool && *spool == '/')
		w->spool = spool;
	if (x->app.root_key)
		w->read[nr++] = x->app.root_key;
	if (x->app.store_url || pg_keys)
		(void)for_postgres(x, w->read + nr);
	TRY(store_ports(x->app.store_url, w->connect, 3, &w->nconnect, &x->f));
	TRY(store_ports(pg_keys ? keys : NULL, w->connect + w->nconnect, 3, &more, &x->f));
	w->nconnect += more;
	if (w->nconnect)
		w->connect[w->nconnect++] = 53;   /* names of hosts, when an answer is too long for UDP */
	TRY(fence_files(w, &x->f));
	/* Uploads wait where the data is, when nothing else is said; not in a folder that all share. */
	char *data = realpath(x->app.data_dir, NULL);
	if (!w->spool && data)
		setenv("TMPDIR", data, 1);
	free(data);
	return OK;
}

/* A connection is an open file; a shell's usual 1,024 are fewer than the connections that are taken. */
static void more_files(void)
{
	struct rlimit l;
	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < 8192 && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max < 8192 ? l.rlim_max : 8192;
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

int cmd_serve(struct cli *x)
{
	struct fence fence;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	more_files();
	static const char *const broker_words[] = { "preview", "--broker", NULL };
	int broker = 0;
	struct outlet_out out = { .nallow = 0 };
	enum err fenced = child_broker("/proc/self/exe", broker_words, &broker, &x->f);
	if (fenced == OK)
		fenced = way_out(x, &out);
	if (fenced == OK)
		fenced = put_fence(x, &fence);   /* before there is a second thread */
	if (fenced != OK)
		return cli_fail(x, fenced);
	struct app *app = cli_open(x);
	if (cli_opt(x, "demo")) {
		enum err e = first_city(x, app);
		if (e != OK)
			return cli_fail(x, e);
	}
	app->demo = is_demo(app, x);
	app->heads_copy = cli_opt(x, "heads");
	if (cli_opt(x, "wechat") && wechat_open(cli_opt(x, "wechat"), app, &x->f) != OK)
		return cli_fail(x, ERR_INVALID);
	app->program = "/proc/self/exe";
	app->broker = broker;
	app->outlet_out = out.net.program ? &out : NULL;
	app->root_key = cli_root_key(x);
	struct keeper *keeper;
	enum err kept = keeper_start(app, cli_opt(x, "backups"), &keeper, &x->f);
	if (kept != OK)
		return cli_fail(x, kept);
	sense_judge_warm(app->triage);
	struct web_config cfg = { .host = cli_opt(x, "host") ? cli_opt(x, "host") : "127.0.0.1", .port = (int)cli_int(x, "port", 8080), .tables = all_routes, .store = app->store,
				  .app = app, .before = face_before, .error = face_error, .after = face_after, .kept = face_kept, .behind_tls = cli_opt(x, "tls") != NULL };
	cfg.session_cookie = session_cookie_name(cfg.behind_tls);
	if (cli_opt(x, "proxy") && !web_nets_parse(cli_opt(x, "proxy"), cfg.proxies, ARRAY_LEN(cfg.proxies), &cfg.nproxies))
		return cli_usage(x, tr(x->lang, N_("--proxy takes addresses or networks, such as 10.0.0.2,192.168.7.0/24.")));
	struct rates *rates = cfg.rates = rates_new(&rate_usual);
	renew_rates(app, rates);
	struct serving serving = { .host = cfg.host, .port = cfg.port, .tls = cfg.behind_tls, .fenced = fence_seccomp() };
	struct db *d;
	bool first = false;
	app->serving = &serving;
	if (store_reader(app->store, &d, &x->f) == OK && first_run_open(d, &first, &x->f) == OK)
		app->first = first;
	struct web *w = NULL;
	enum err e = fence_calls(&fence, &x->f);
	if (e == OK)
		e = web_start(&cfg, &w, &x->f);
	if (e != OK) {
		rates_free(rates);
		keeper_stop(keeper);
		return cli_fail(x, e);
	}
	serving.port = web_port(w);
	struct clerk k = { .app = app, .rates = rates, .lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_condattr_t mono;
	pthread_condattr_init(&mono);
	pthread_condattr_setclock(&mono, CLOCK_MONOTONIC);
	pthread_cond_init(&k.wake, &mono);
	pthread_condattr_destroy(&mono);
	tell(x, "start");
	pthread_t reader, watcher;
	must(pthread_create(&k.thread, NULL, clerk_run, &k) == 0);
	must(pthread_create(&reader, NULL, reader_run, &k) == 0);
	must(pthread_create(&watcher, NULL, watcher_run, &k) == 0);
	say_how(x, app, cfg.host, web_port(w));
	int sig;
	sigwait(&set, &sig);
	fprintf(stderr, "%s\n", tr(x->lang, N_("Ending: finishing what is under way.")));
	web_stop(w);
	pthread_mutex_lock(&k.lock);
	k.stop = true;
	pthread_cond_broadcast(&k.wake);
	pthread_mutex_unlock(&k.lock);
	pthread_join(k.thread, NULL);
	pthread_join(reader, NULL);
	pthread_join(watcher, NULL);
	rates_free(rates);
	tell(x, "stop");
	tick(app, true);
	keeper_stop(keeper);
	app->serving = NULL;
	app->outlet_out = NULL;
	x->keeper = keeper;   /* the store takes the last of the log away when it closes */
	return 0;
}
