/* Why: a watchdog asks whether the program lives, Prometheus how it does; neither learns anything about anybody.
 * Invariants: a check never waits for the writer: it leaves a probe in the queue and looks at how the last one fared. */
#include "api/inner.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PROBE_EVERY (3 * MS_SECOND)
#define PROBE_LATE (10 * MS_SECOND)

/* The writer's pulse: one probe under way at most. Counts of the process, like the metrics. */
static _Atomic int64_t probe_sent, probe_result;      /* mono_ms when the one under way was sent, 0: none; last enum err */
static _Atomic int64_t probe_last;                    /* mono_ms when the last one was sent */

static enum err probe_run(struct db *d, void *arg, struct fault *f)
{
	int64_t one = 0;
	(void)arg;
	return db_int(d, f, "SELECT COUNT(*) FROM journal_head", NOARGS, &one, NULL);
}

static void probe_done(void *arg, enum err e, struct fault *f)
{
	(void)f;
	atomic_store(&probe_result, e);
	atomic_store(&probe_sent, 0);
	free(arg);
}

static void probe(struct store *s)
{
	int64_t now = mono_ms(), none = 0, last = atomic_load(&probe_last);
	if ((last && now - last < PROBE_EVERY) || !atomic_compare_exchange_strong(&probe_sent, &none, now))
		return;
	atomic_store(&probe_last, now);
	struct write *w = xalloc(sizeof *w);
	*w = (struct write){ .run = probe_run, .done = probe_done, .arg = w };
	store_submit(s, w);
}

static bool writer_well(void)
{
	int64_t sent = atomic_load(&probe_sent);
	return atomic_load(&probe_result) == OK && (!sent || mono_ms() - sent < PROBE_LATE);
}

enum err api_health(struct req *rq, struct resp *rs)
{
	int64_t one = 0;
	struct json j;
	probe(rq->store);
	bool reader = db_int(rq->db, &rq->fault, "SELECT COUNT(*) FROM journal_head", NOARGS, &one, NULL) == OK;
	bool writer = writer_well();
	rs->status = reader && writer ? 200 : 503;
	api_answer(rs, &j);
	j_open(&j, '{');
	j_key(&j, "ok");
	j_bool(&j, reader && writer);
	if (!reader || !writer) {
		j_key(&j, "failing");
		j_cstr(&j, reader ? "writer" : "reader");
	}
	j_close(&j, '}');
	return OK;
}

/* ---- metrics ---- */

static void metric(struct buf *b, const char *name, const char *kind, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void gauge(struct buf *b, const char *name, const char *help, int64_t v)
{
	metric(b, name, "gauge", help);
	buf_printf(b, "%s %lld\n", name, (long long)v);
}

static void put_requests(struct buf *b)
{
	static const char *const classes[] = { "other", "1xx", "2xx", "3xx", "4xx", "5xx" };
	struct metrics m = metrics_now();
	int64_t all = 0;
	metric(b, "xiaoan_requests_total", "counter", "Requests answered, by class of status.");
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		buf_printf(b, "xiaoan_requests_total{class=\"%s\"} %lld\n", classes[i], (long long)m.by_class[i]);
		all += m.by_class[i];
	}
	metric(b, "xiaoan_request_seconds", "summary", "Time spent in requests.");
	buf_printf(b, "xiaoan_request_seconds_sum %lld.%06lld\nxiaoan_request_seconds_count %lld\n", (long long)(m.us_total / 1000000), (long long)(m.us_total % 1000000),
		   (long long)all);
}

static int64_t resident_bytes(void)
{
	long long size = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (!f)
		return 0;
	int n = fscanf(f, "%lld %lld", &size, &resident);
	fclose(f);
	return n == 2 ? resident * sysconf(_SC_PAGESIZE) : 0;
}

/* From this machine, and not through a proxy on it that speaks for the whole world. */
static bool from_here(const struct req *rq)
{
	bool local = str_is(rq->remote, "::1") || str_starts(rq->remote, "127.") || str_starts(rq->remote, "::ffff:127.");
	return local && !req_header(rq, "X-Forwarded-For").p && !req_header(rq, "X-Real-IP").p && !req_header(rq, "Forwarded").p;
}

enum err api_metrics(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct buf *b = &rs->body;
	bool pg = db_is_postgres(rq->db);
	int64_t size = 0, jobs = 0, outbox = 0, journal = 0;
	if (!face_of(rq)->known && !from_here(rq))
		return fail(&rq->fault, ERR_AUTH, N_("Please send “Authorization: Bearer TOKEN”."), NULL);
	TRY(db_int(rq->db, &rq->fault, pg ? "SELECT pg_database_size(current_database())" : "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", NOARGS,
		   &size, NULL));
	TRY(db_int(rq->db, &rq->fault, "SELECT CAST(COUNT(*) AS INTEGER) FROM job WHERE state = 0 AND run_at <= ?", ARGS(VI(now_ms())), &jobs, NULL));
	TRY(db_int(rq->db, &rq->fault, "SELECT CAST(COUNT(*) AS INTEGER) FROM outbox WHERE state = 0", NOARGS, &outbox, NULL));
	TRY(db_int(rq->db, &rq->fault, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &journal, NULL));
	rs->type = "text/plain; version=0.0.4; charset=utf-8";
	metric(b, "xiaoan_info", "gauge", "The program.");
	buf_printf(b, "xiaoan_info{version=\"%s\",store=\"%s\"} 1\n", XA_VERSION, pg ? "postgresql" : "sqlite");
	put_requests(b);
	gauge(b, "xiaoan_uptime_seconds", "Since the program started.", (now_ms() - c->app->started_ms) / MS_SECOND);
	gauge(b, "xiaoan_store_bytes", "Size of the database.", size);
	gauge(b, "xiaoan_writer_ok", "1 when the writer answered the last probe in time.", writer_well());
	gauge(b, "xiaoan_jobs_waiting", "Jobs that are due and not yet done.", jobs);
	gauge(b, "xiaoan_outbox_waiting", "Messages not yet delivered.", outbox);
	metric(b, "xiaoan_journal_leaves", "counter", "Leaves of the journal.");
	buf_printf(b, "xiaoan_journal_leaves %lld\n", (long long)journal);
	gauge(b, "process_resident_memory_bytes", "Resident memory.", resident_bytes());
	return OK;
}

/* ---- what the errors mean: where "type" of a problem points ---- */

enum err api_errors(struct req *rq, struct resp *rs)
{
	(void)rq;
	rs->type = "text/plain; charset=utf-8";
	for (int e = ERR_INVALID; e < ERR_COUNT; e++) {
		buf_printf(&rs->body, "#%s  HTTP %d\n  ", err_name((enum err)e), err_http((enum err)e));
		buf_cstr(&rs->body, tr(LANG_ZH, err_text((enum err)e)));
		buf_cstr(&rs->body, "\n  ");
		buf_cstr(&rs->body, tr(LANG_EN, err_text((enum err)e)));
		buf_cstr(&rs->body, "\n\n");
	}
	return OK;
}
