/* Why: one path for every request, with or without a socket: before, handler, error page, after, headers. The server
 * only decides in which thread each step runs. */
#include "web/inner.h"
#include "base/clock.h"
#include <pthread.h>

static void check_body(struct web_conn *k)
{
	if (k->result == OK && k->rs.body.over) {
		k->rs.handled = false;
		k->result = fail(&k->rq.fault, ERR_LIMIT, N_("The answer is too large to be shown. Please narrow it down."), "answer past its ceiling");
	}
}

void conn_run(struct web_conn *k)
{
	struct req *rq = &k->rq;
	struct resp *rs = &k->rs;
	resp_reset(rs);
	fault_clear(&rq->fault);
	rq->version = k->c->store ? store_version(k->c->store) : 0;
	if (rq->route->flags & ROUTE_KEPT && k->c->kept && !rq->fresh && k->c->kept(rq, rs)) {
		k->result = OK;
		return;
	}
	/* A page is read from one moment; it also costs one lock instead of one a statement. */
	bool snapshot = (rq->route->kind == ROUTE_READ || rq->route->kind == ROUTE_ACT) && rq->db;
	k->result = snapshot ? db_read_begin(rq->db, &rq->fault) : OK;
	struct db *reader = k->result == OK && snapshot ? rq->db : NULL;
	if (k->result == OK && k->c->before)
		k->result = k->c->before(rq, rs);
	if (k->result == OK)
		k->result = rq->route->fn(rq, rs);
	if (reader)
		db_read_end(reader);
	check_body(k);
	if (rq->write) {
		k->kept_headers = rs->nheaders;
		if (rq->fault.nfields)
			*(k->kept_fault = NEW(k->a, struct fault)) = rq->fault;
	}
}

enum err req_write(struct req *rq, route_fn *fn, void *work)
{
	must(rq->route->kind == ROUTE_ACT);
	rq->write = fn;
	rq->work = work;
	return OK;
}

void req_answer(struct req *rq, route_fn *fn) { rq->answer = fn; }

bool conn_writes(const struct web_conn *k)
{
	if (!k->c->store || k->result != OK)
		return false;
	return k->rq.route->kind == ROUTE_WRITE || (k->rq.route->kind == ROUTE_ACT && k->rq.write);
}

/* The second part of a ROUTE_ACT; run again it finds the answer as the first part left it. */
static void run_write(struct web_conn *k)
{
	struct req *rq = &k->rq;
	struct resp *rs = &k->rs;
	int n = k->kept_headers;
	struct param kept[ARRAY_LEN(rs->headers)];
	memcpy(kept, rs->headers, sizeof kept);
	resp_reset(rs);
	memcpy(rs->headers, kept, sizeof kept);
	rs->nheaders = n;
	fault_clear(&rq->fault);
	if (k->kept_fault)
		rq->fault = *k->kept_fault;
	rq->answer = NULL;
	k->result = rq->write(rq, rs);
	check_body(k);
}

/* The third part: it is done and durable, so whatever becomes of the answer it is no error. */
static void run_answer(struct web_conn *k)
{
	struct req *rq = &k->rq;
	route_fn *fn = rq->answer;
	rq->answer = NULL;
	k->result = fn(rq, &k->rs);
	check_body(k);
}

enum err conn_job(struct db *d, void *arg, struct fault *f)
{
	struct web_conn *k = arg;
	k->rq.db = d;
	k->rq.moved = true;
	if (k->rq.route->kind == ROUTE_ACT)
		run_write(k);
	else
		conn_run(k);
	k->rq.db = NULL;          /* the writer's connection is not ours any more */
	if (k->result != OK && f)
		*f = k->rq.fault;
	return k->result;
}

void conn_reader(struct web_conn *k, bool needed)
{
	k->rq.db = NULL;
	k->rq.moved = true;
	if (!k->c->store)
		return;
	enum err e = store_reader(k->c->store, &k->rq.db, needed ? &k->rq.fault : NULL);
	if (e != OK) {
		k->rq.db = NULL;
		if (needed)
			k->result = e;
	}
}

/* When the face's own error page is missing or fails: a plain one, without any word of a stranger. */
static void plain_page(struct web_conn *k, enum err e)
{
	struct req *rq = &k->rq;
	struct buf *o = &k->rs.body;
	BUF_AUTO msg = BUF(4096);
	buf_msg(&msg, tr(rq->lang, rq->fault.msg ? rq->fault.msg : err_text(e)), str_of(rq->fault.arg), STR(""));
	if (rq->route && rq->route->flags & ROUTE_API) {
		k->rs.type = "application/problem+json";
		buf_printf(o, "{\"type\":\"about:blank\",\"status\":%d,\"code\":\"%s\",\"title\":", k->rs.status, err_name(e));
		json_str(o, buf_view(&msg));
		buf_printf(o, ",\"request\":\"%s\"}", rq->id);
		return;
	}
	buf_printf(o, "<!DOCTYPE html><html lang=\"%s\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>%d</title><h1>%d</h1><p>",
	           rq->lang == LANG_ZH ? "zh-CN" : "en", k->rs.status, k->rs.status);
	html_text(o, buf_view(&msg));
	buf_cstr(o, "</p><p>");
	html_text(o, str_of(tr(rq->lang, N_("Number of this request, for the administrator:"))));
	buf_printf(o, " %s</p></html>", rq->id);
}

static void render_error(struct web_conn *k)
{
	struct req *rq = &k->rq;
	struct resp *rs = &k->rs;
	enum err e = k->result;
	if (rs->handled) {
		if (!rs->status)
			rs->status = err_http(e);
		return;
	}
	/* What a failed handler had begun to say may be untrue by now (a cookie of a session rolled back): only what the
	 * server itself said about the request stays. */
	int status = k->stage == STAGE_NEW ? rs->status : rq->fault.code == ERR_INVALID && rs->status >= 400 ? rs->status : 0;
	struct str allow = STR_NONE;
	for (int i = 0; i < rs->nheaders; i++)
		if (status == 405 && str_is(rs->headers[i].name, "Allow"))
			allow = rs->headers[i].value;
	resp_reset(rs);
	k->fixed = STR_NONE;
	rs->status = status ? status : err_http(e);
	rq->fault.code = e;
	if (rs->status == 503)
		resp_header(rs, rq, "Retry-After", STR("5"));
	if (allow.p)
		resp_header(rs, rq, "Allow", allow);
	if (k->retry_s)
		resp_header(rs, rq, "Retry-After", arena_fmt(k->a, "%d", k->retry_s));
	if (k->c->error)
		k->c->error(rq, rs, e);
	if (rs->body.n == 0 && rs->status >= 400)
		plain_page(k, e);
	if (!rs->status)
		rs->status = status ? status : err_http(e);
}

void conn_finish(struct web_conn *k)
{
	if (k->result == OK && k->rq.answer)
		run_answer(k);
	if (k->result != OK)
		render_error(k);
	if (!k->rs.status)
		k->rs.status = 200;
	if (k->c->after)
		k->c->after(&k->rq, &k->rs, mono_us() - k->start_us);
	resp_seal(k);
}

bool conn_holds(struct web_conn *k) { return (k->result == OK || k->rs.handled) && k->rq.holds && k->rq.holds(&k->rq); }

void conn_held(struct web_conn *k, enum err e, const struct fault *f)
{
	if (e == OK)
		return;
	k->again = e == ERR_STALE && !k->rq.fresh;
	k->rs.handled = false;
	if (f)
		k->rq.fault = *f;
	k->result = e;
}

void conn_again(struct web_conn *k)
{
	k->again = false;
	k->rq.fresh = true;
	k->result = OK;
}

/* ---- without a socket: what the server does by suspending is waited for ---- */

struct held { struct web_conn *k; pthread_mutex_t lock; pthread_cond_t over; bool done; };

static void held_here(void *arg, enum err e, struct fault *f)
{
	struct held *h = arg;
	pthread_mutex_lock(&h->lock);
	conn_held(h->k, e, f);
	h->done = true;
	pthread_cond_signal(&h->over);
	pthread_mutex_unlock(&h->lock);
}

static void hold_here(struct web_conn *k)
{
	struct held h = { .k = k, .lock = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER };
	k->rq.hold(&k->rq, held_here, &h);
	pthread_mutex_lock(&h.lock);
	while (!h.done)
		pthread_cond_wait(&h.over, &h.lock);
	pthread_mutex_unlock(&h.lock);
	pthread_cond_destroy(&h.over);
	pthread_mutex_destroy(&h.lock);
}

static void read_here(struct web_conn *k)
{
	conn_reader(k, true);
	if (k->result == OK)
		conn_run(k);
	if (!conn_writes(k) && conn_holds(k))
		hold_here(k);
}

static void run_here(struct web_conn *k)
{
	struct req *rq = &k->rq;
	if (rq->route->kind != ROUTE_WRITE || !k->c->store) {
		read_here(k);
		if (k->again) {
			conn_again(k);
			read_here(k);
		}
	}
	if (conn_writes(k)) {
		struct fault f = { 0 };
		enum err e = store_write(k->c->store, conn_job, k, &f);
		if (e != OK && k->result == OK) {     /* the commit failed: nothing the handler said is true */
			k->rs.handled = false;
			rq->fault = f;
		}
		k->result = e;
		if (conn_holds(k))
			hold_here(k);
		conn_reader(k, false);
	}
}

static void take_headers(struct web_conn *k, const char *headers)
{
	struct str rest = str_of(headers);
	while (rest.p && rest.n) {
		struct str v, line = str_cut(rest, '\n', &rest), n = str_cut(line, ':', &v);
		while (v.n && *v.p == ' ')
			v.p++, v.n--;
		if (n.n)
			conn_header(k, n, v.p ? v : STR(""));
	}
}

struct web_answer web_handle(const struct web_config *c, struct arena *a, const char *method, const char *target, const char *headers, struct str body)
{
	struct web_conn *k = conn_new(c);
	k->target = arena_str(k->a, str_of(target));
	take_headers(k, headers);
	conn_remote(k, STR("127.0.0.1"));
	k->result = conn_begin(k, method);
	if ((k->result == OK || (k->result == ERR_NOT_FOUND && k->rs.status == 0)) && asset_serve(k)) {
		k->result = OK;
	} else if ((k->result == OK || k->result == ERR_NOT_FOUND) && conn_rate(k) != OK) {
		k->result = ERR_RATE;
		conn_reader(k, false);
	} else if (k->result == OK) {
		k->stage = STAGE_BODY;
		if (body.n)
			body_put(&k->body, body.p, body.n);
		k->result = conn_parse_body(k);
		if (k->result == OK)
			run_here(k);
		else
			conn_reader(k, false);
	} else {
		conn_reader(k, false);
	}
	conn_finish(k);
	struct web_answer ans = { .status = k->rs.status };
	BUF_AUTO h = BUF((size_t)64 << 10);
	for (size_t i = 0; i < k->nout; i++)
		buf_printf(&h, "%.*s: %.*s\n", (int)k->out[i].name.n, k->out[i].name.p, (int)k->out[i].value.n, k->out[i].value.p);
	ans.headers = arena_str(a, buf_view(&h));
	ans.body = k->head ? STR("") : arena_str(a, k->fixed.p ? k->fixed : buf_view(&k->rs.body));
	conn_free(k);
	return ans;
}
