/* Why: libmicrohttpd with its own epoll threads. An I/O thread never waits: a write goes to the store's writer and slow
 * work to a worker while the connection is suspended; the I/O thread sends the answer when it is resumed.
 *
 * What libmicrohttpd 0.9.75 takes and we never see: a bare LF as line end, folded header lines (joined), a NUL in a
 * value (cut there), a header without a name (dropped). Each gives one reading, and chunked or long bodies beside them are still checked below; a proxy in
 * front must refuse them, as nginx does.  Its own 400, 414 and 431 come without our headers and have no content of ours.
 *
 * Invariant: a web_conn is touched by one thread at a time. While it waits (STAGE_WAITING) the job owns it, and only
 * `orphan`, `conn_gone` and the list links may be touched, under the lock. Of an orphan, whoever comes last, its job or
 * its connection, frees it. */
#include "web/inner.h"
#include "base/clock.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define STOP_MS 10000
#define SLOW_QUEUE_MAX 256
#define IDLE_S 15u
#define REQUEST_US (INT64_C(120) * 1000000)       /* a body must be here by then */
#define UPLOAD_US (INT64_C(600) * 1000000)        /* 64 MiB over a village's line */
#define GRACE_US (INT64_C(10) * 1000000)          /* and after this at 1 KB/s at least (S37), both ways */
#define HEADERS_US (INT64_C(25) * 1000000)        /* from the last answer to the next whole head: idle 15 s and 10 s to send it */
#define CONNECTIONS_MAX 2000u
#define CONNECTIONS_PER_ADDRESS 256u
#define CONNECTIONS_SPARE 100u                    /* so few left: whoever has owed us longest goes */
#define CONNECTION_MEMORY ((size_t)48 << 10)

/* What the client of a connection owes us, and since when: libmicrohttpd's idle timeout starts anew with every byte, so that one header
 * byte each 14 s would keep a place for hours, and so would an answer read a byte at a time. */
enum owes { OWES_NOTHING, OWES_HEAD, OWES_BODY, OWES_READING };
struct link {
	int fd;
	enum owes owes;
	int64_t since_us, by_us;      /* cut after by_us */
	char peer[46];
	bool cut;
	struct web_conn *begun;       /* begun and not completed: libmicrohttpd does not tell of a request that it gave up before it asked us */
	struct link *next, **at;
};

struct web {
	struct web_config c;
	struct MHD_Daemon *daemon;
	int listen_fd, port;
	pthread_mutex_t lock;
	pthread_cond_t work, quiet;
	struct web_conn *first, **last;     /* slow queue */
	size_t queued;
	struct web_conn *waiting;           /* all that are suspended */
	size_t under_way;                   /* requests begun and not completed */
	size_t refs;                        /* the owner, the workers, orphans: the last one frees */
	bool stopping;
	struct link *links;
	unsigned nlinks;
	pthread_t reaper;
	bool reaping;
	pthread_t workers[16];
	int nworkers;
};

static void unref_locked(struct web *w)
{
	bool last = --w->refs == 0;
	pthread_mutex_unlock(&w->lock);
	if (!last)
		return;
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->quiet);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* ---- jobs ---- */

/* The job is over, in whatever thread: back to the I/O thread, or, when the server gave up, away with it. */
static void job_over(struct web_conn *k)
{
	struct web *w = k->web;
	pthread_mutex_lock(&w->lock);
	if (k->orphan) {
		k->job_gone = true;
		if (k->conn_gone)
			conn_free(k);
		unref_locked(w);
		return;
	}
	*k->wait_link = k->wait_next;
	if (k->wait_next)
		k->wait_next->wait_link = k->wait_link;
	k->stage = STAGE_DONE;
	MHD_resume_connection(k->mhd);
	pthread_mutex_unlock(&w->lock);
}

static void held(void *arg, enum err e, struct fault *f)
{
	struct web_conn *k = arg;
	conn_held(k, e, f);
	job_over(k);
}

static void write_done(void *arg, enum err e, struct fault *f)
{
	struct web_conn *k = arg;
	if (e != OK && k->result == OK) {      /* the commit failed: nothing the handler said is true */
		k->rs.handled = false;
		if (f)
			k->rq.fault = *f;
	}
	k->result = e;
	/* A refused form shows what the record holds; and what was read before the write is noted too. */
	if (conn_holds(k))
		k->rq.hold(&k->rq, held, k);
	else
		job_over(k);
}

static void *slow_worker(void *arg)
{
	struct web *w = arg;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!w->first && !w->stopping)
			pthread_cond_wait(&w->work, &w->lock);
		if (!w->first)
			break;
		struct web_conn *k = w->first;
		w->first = k->next;
		if (!w->first)
			w->last = &w->first;
		w->queued--;
		bool dead = k->orphan;
		pthread_mutex_unlock(&w->lock);
		if (!dead) {
			conn_reader(k, true);
			if (k->result == OK)
				conn_run(k);
			k->rq.db = NULL;       /* the answer is finished elsewhere, with that thread's reader */
		}
		if (!dead && conn_holds(k))
			k->rq.hold(&k->rq, held, k);
		else
			job_over(k);
		pthread_mutex_lock(&w->lock);
	}
	unref_locked(w);
	return NULL;
}

/* Suspended until its job is over. False when the server stops: what came that late would wait for ever, and is hung up on. */
static bool wait_for_job(struct web *w, struct web_conn *k)
{
	if (w->stopping)
		return false;
	k->stage = STAGE_WAITING;
	k->wait_link = &w->waiting;
	k->wait_next = w->waiting;
	if (w->waiting)
		w->waiting->wait_link = &k->wait_next;
	w->waiting = k;
	MHD_suspend_connection(k->mhd);
	return true;
}

enum dispatched { ANSWER_NOW, JOB_HAS_IT, TOO_LATE };

static enum dispatched await(struct web *w, struct web_conn *k)
{
	k->rq.db = NULL;               /* this thread's reader */
	pthread_mutex_lock(&w->lock);
	bool waits = wait_for_job(w, k);
	pthread_mutex_unlock(&w->lock);
	return waits ? JOB_HAS_IT : TOO_LATE;
}

static enum dispatched to_writer(struct web *w, struct web_conn *k)
{
	enum dispatched d = await(w, k);
	if (d != JOB_HAS_IT)
		return d;
	k->write = (struct write){ .run = conn_job, .done = write_done, .arg = k };
	store_submit(w->c.store, &k->write);
	return d;
}

static enum dispatched dispatch(struct web *w, struct web_conn *k)
{
	enum route_kind kind = k->rq.route->kind;
	if (kind == ROUTE_WRITE && w->c.store)
		return to_writer(w, k);
	if (kind == ROUTE_SLOW) {
		enum dispatched d = ANSWER_NOW;
		pthread_mutex_lock(&w->lock);
		if (w->queued >= SLOW_QUEUE_MAX) {
			k->result = fail(&k->rq.fault, ERR_BUSY, NULL, "slow queue full");
		} else if (!wait_for_job(w, k)) {
			d = TOO_LATE;
		} else {
			d = JOB_HAS_IT;
			k->next = NULL;
			*w->last = k;
			w->last = &k->next;
			w->queued++;
			pthread_cond_signal(&w->work);
		}
		pthread_mutex_unlock(&w->lock);
		return d;
	}
	conn_reader(k, true);
	if (k->result == OK)
		conn_run(k);
	if (conn_writes(k))
		return to_writer(w, k);
	if (!conn_holds(k))
		return ANSWER_NOW;
	enum dispatched d = await(w, k);
	if (d == JOB_HAS_IT)
		k->rq.hold(&k->rq, held, k);
	return d;
}

/* ---- the connection ---- */

static struct str peer_text(const struct sockaddr *sa, char out[64])
{
	out[0] = 0;
	if (sa && sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, out, 64);
	else if (sa && sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, out, 64);
	return str_of(out);
}

static void cut(struct link *l)
{
	if (l->fd >= 0) {
		/* What waits to be read goes too; its I/O thread sees the end and closes it. */
		(void)setsockopt(l->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 }, sizeof(struct linger));
		shutdown(l->fd, SHUT_RDWR);
	}
	l->cut = true;
}

/* Of those who owe us something, of this address or of all, the one that has for longest. A house full of people behind one address, or one
 * of them with two hundred half-open requests: who comes new is let in. */
static void make_room(struct web *w, const char *peer)
{
	struct link *oldest = NULL;
	for (struct link *l = w->links; l; l = l->next)
		if (l->owes != OWES_NOTHING && !l->cut && (!peer || strcmp(l->peer, peer) == 0) && (!oldest || l->since_us <= oldest->since_us))
			oldest = l;
	if (oldest)
		cut(oldest);
}

static void came(struct web *w, struct MHD_Connection *m, struct link *l)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(m, MHD_CONNECTION_INFO_CONNECTION_FD);
	char peer[64];
	unsigned same = 0;
	l->fd = i ? i->connect_fd : -1;
	i = MHD_get_connection_info(m, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct str p = peer_text(i ? i->client_addr : NULL, peer);
	memcpy(l->peer, peer, p.n + 1 < sizeof l->peer ? p.n + 1 : 1);
	for (const struct link *o = w->links; o; o = o->next)
		same += !o->cut && strcmp(o->peer, l->peer) == 0;
	/* Behind a proxy all come from one address: there the proxy counts. */
	if (same >= CONNECTIONS_PER_ADDRESS && !net_has(w->c.proxies, w->c.nproxies, p))
		make_room(w, l->peer);
	else if (w->nlinks + CONNECTIONS_SPARE >= CONNECTIONS_MAX)
		make_room(w, NULL);
}

static void owes(struct web *w, struct link *l, enum owes what, int64_t by_us)
{
	l->owes = what;
	l->since_us = mono_us();
	l->by_us = by_us ? l->since_us + by_us / (w->c.hurry > 0 ? w->c.hurry : 1) : INT64_MAX;
}

static void on_connection(void *cls, struct MHD_Connection *m, void **ctx, enum MHD_ConnectionNotificationCode code)
{
	struct web *w = cls;
	struct link *l = *ctx;
	pthread_mutex_lock(&w->lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		l = xalloc(sizeof *l);
		came(w, m, l);
		owes(w, l, OWES_HEAD, HEADERS_US);
		l->next = w->links;
		l->at = &w->links;
		if (w->links)
			w->links->at = &l->next;
		w->links = l;
		w->nlinks++;
		*ctx = l;
	} else if (l) {
		conn_free(l->begun);
		*l->at = l->next;
		if (l->next)
			l->next->at = l->at;
		w->nlinks--;
		free(l);
		*ctx = NULL;
	}
	pthread_mutex_unlock(&w->lock);
}

static struct link *link_of(struct MHD_Connection *m)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(m, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return i ? i->socket_context : NULL;
}

static void link_owes(struct web_conn *k, enum owes what)
{
	struct link *l = link_of(k->mhd);
	int64_t by = 0;
	if (what == OWES_BODY)             /* more_body looks at its rate too */
		by = k->body.max == UPLOAD_MAX ? UPLOAD_US : REQUEST_US;
	if (what == OWES_READING) {        /* at 1 KB/s at least, and not for ever */
		by = GRACE_US + (int64_t)(k->fixed.p ? k->fixed.n : k->rs.body.n) * 1000;
		by = by < UPLOAD_US ? by : UPLOAD_US;
	}
	if (!l)
		return;
	pthread_mutex_lock(&k->web->lock);
	owes(k->web, l, what, by);
	pthread_mutex_unlock(&k->web->lock);
}

/* Lets the calls for help go on that waited. */
static void let_go(struct web *w, int64_t now)
{
	for (struct web_conn *k = w->waiting, *next; k; k = next) {
		next = k->wait_next;
		if (!k->wait_until || now < k->wait_until)
			continue;
		*k->wait_link = k->wait_next;
		if (k->wait_next)
			k->wait_next->wait_link = k->wait_link;
		k->wait_until = 0;
		k->stage = STAGE_BODY;
		MHD_resume_connection(k->mhd);
	}
}

static void *reap(void *arg)
{
	struct web *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		struct timespec t;
		clock_gettime(CLOCK_MONOTONIC, &t);
		t.tv_sec++;
		pthread_cond_timedwait(&w->quiet, &w->lock, &t);
		int64_t now = mono_us();
		for (struct link *l = w->links; l; l = l->next)
			if (l->owes != OWES_NOTHING && now > l->by_us)
				cut(l);
		let_go(w, now);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static enum MHD_Result one_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t nn, const char *value, size_t nv)
{
	(void)kind;
	conn_header(cls, (struct str){ name, nn }, value ? (struct str){ value, nv } : STR(""));
	return MHD_YES;
}

static void set_remote(struct web_conn *k)
{
	char t[64];
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(k->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	conn_remote(k, peer_text(i ? i->client_addr : NULL, t));
}

static enum MHD_Result answer(struct web_conn *k)
{
	conn_finish(k);
	k->stage = STAGE_ANSWERED;
	link_owes(k, OWES_READING);
	struct MHD_Response *r;
	if (k->fixed.p) {
		r = MHD_create_response_from_buffer(k->fixed.n, (void *)(uintptr_t)k->fixed.p, MHD_RESPMEM_PERSISTENT);
	} else {
		/* The bytes are handed over: the response may outlive the request. */
		r = MHD_create_response_from_buffer(k->rs.body.n, k->rs.body.p ? k->rs.body.p : (void *)(uintptr_t)"",
		                                    k->rs.body.p ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
		if (r)
			k->rs.body = BUF(ANSWER_MAX);
	}
	if (!r)
		return MHD_NO;
	bool ok = true;
	for (size_t i = 0; i < k->nout; i++)
		ok &= MHD_add_response_header(r, k->out[i].name.p, k->out[i].value.p) == MHD_YES;
	if (k->close)
		ok &= MHD_add_response_header(r, "Connection", "close") == MHD_YES;
	/* A header libmicrohttpd refuses would leave an answer without its guards: better none. */
	enum MHD_Result q = ok ? MHD_queue_response(k->mhd, (unsigned)k->rs.status, r) : MHD_NO;
	MHD_destroy_response(r);
	return q;
}

/* Answered by the head alone. libmicrohttpd hangs up after an answer that is given before the request has been read, so one without a
 * body is answered at its end: browsers fetch a page's assets over the same connection. */
static enum MHD_Result early(struct web_conn *k)
{
	struct str cl = req_header(&k->rq, "Content-Length");
	if (k->close || req_header(&k->rq, "Transfer-Encoding").p || (cl.p && !str_is(cl, "0")))
		return answer(k);
	k->stage = STAGE_EARLY;
	return MHD_YES;
}

static enum MHD_Result begin(struct web *w, struct web_conn *k, struct MHD_Connection *m, const char *method, const char *version)
{
	k->mhd = m;
	pthread_mutex_lock(&w->lock);
	w->under_way++;
	k->counted = true;
	pthread_mutex_unlock(&w->lock);
	MHD_get_connection_values_n(m, MHD_HEADER_KIND, one_header, k);
	set_remote(k);
	if (strcmp(version, "HTTP/1.1") != 0) {
		k->close = true;
		k->result = conn_bad(k, 505, N_("Only HTTP/1.1 is spoken here."), "version");
	} else {
		k->result = conn_begin(k, method);
	}
	if ((k->result == OK || (k->result == ERR_NOT_FOUND && k->rs.status == 0)) && asset_serve(k)) {
		k->result = OK;
		return early(k);
	}
	if ((k->result == OK || k->result == ERR_NOT_FOUND) && conn_rate(k) != OK)
		k->result = ERR_RATE;
	if (k->result != OK) {
		conn_reader(k, false);
		return early(k);
	}
	k->stage = STAGE_BODY;
	link_owes(k, OWES_BODY);
	return MHD_YES;
}

static enum MHD_Result more_body(struct web_conn *k, const char *data, size_t *n)
{
	body_put(&k->body, data, *n);
	*n = 0;
	/* What is refused anyway is read on for a while, so that the client gets to read why; then we hang up. */
	if (k->body.n > k->body.max + BODY_MAX)
		return MHD_NO;
	int64_t us = (mono_us() - k->start_us) * (k->c->hurry > 0 ? k->c->hurry : 1);
	bool late = us > (k->body.max == UPLOAD_MAX ? UPLOAD_US : REQUEST_US);
	bool slow = us > GRACE_US && (int64_t)k->body.n < us / 1000;
	return late || slow ? MHD_NO : MHD_YES;
}

static enum MHD_Result work(struct web *w, struct web_conn *k)
{
	switch (dispatch(w, k)) {
	case JOB_HAS_IT: return MHD_YES;
	case TOO_LATE: return MHD_NO;
	case ANSWER_NOW: break;
	}
	if (k->stage == STAGE_DONE)
		conn_reader(k, false);       /* after the commit: an error page or after() sees what was written */
	return answer(k);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *m, const char *url, const char *method, const char *version,
                                  const char *data, size_t *n, void **ctx)
{
	(void)url;            /* libmicrohttpd's decoding; ours starts from the raw target */
	struct web *w = cls;
	struct web_conn *k = *ctx;
	if (!k)
		return MHD_NO;
	switch (k->stage) {
	case STAGE_NEW:
		return begin(w, k, m, method, version);
	case STAGE_EARLY:
		k->stage = STAGE_NEW;
		return answer(k);
	case STAGE_BODY:
		if (*n)
			return more_body(k, data, n);
		link_owes(k, OWES_NOTHING);
		if (k->wait_until)
			return await(w, k) == JOB_HAS_IT ? MHD_YES : MHD_NO;
		k->result = conn_parse_body(k);
		if (k->result == OK)
			return work(w, k);
		conn_reader(k, false);
		return answer(k);
	case STAGE_DONE:
		if (k->again) {
			conn_again(k);
			return work(w, k);
		}
		conn_reader(k, false);       /* after the commit: an error page or after() sees what was written */
		return answer(k);
	case STAGE_WAITING:
	case STAGE_ANSWERED:
		break;
	}
	return MHD_NO;
}

/* The first call for a request: the raw target, before libmicrohttpd decodes it. */
static void *on_target(void *cls, const char *uri, struct MHD_Connection *m)
{
	struct web *w = cls;
	struct link *l = link_of(m);
	struct web_conn *k = conn_new(&w->c);
	k->web = w;
	if (l) {
		conn_free(l->begun);
		l->begun = k;
	}
	size_t n = strnlen(uri, TARGET_MAX + 1);
	k->target = arena_str(k->a, (struct str){ uri, n });
	return k;
}

static void on_completed(void *cls, struct MHD_Connection *m, void **ctx, enum MHD_RequestTerminationCode why)
{
	(void)why;
	struct web *w = cls;
	struct web_conn *k = *ctx;
	*ctx = NULL;
	if (!k)
		return;
	pthread_mutex_lock(&w->lock);
	if (k->counted && --w->under_way == 0)
		pthread_cond_broadcast(&w->quiet);
	struct link *l = link_of(m);
	if (l) {
		l->begun = NULL;
		owes(w, l, OWES_HEAD, HEADERS_US);
	}
	k->conn_gone = true;
	bool last = !k->orphan || k->job_gone;
	pthread_mutex_unlock(&w->lock);
	if (last)
		conn_free(k);
}

/* ---- start and stop ---- */

static enum err listen_on(struct web *w, struct fault *f)
{
	struct addrinfo hint = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *ai = NULL;
	BUF_AUTO port = BUF(16);
	buf_int(&port, w->c.port);
	if (w->c.port < 0 || w->c.port > 65535 || getaddrinfo(w->c.host, port.p, &hint, &ai) != 0)
		return fail(f, ERR_INVALID, N_("The address to listen on is not valid."), "%s:%d", w->c.host ? w->c.host : "", w->c.port);
	int yes = 1, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
	          bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, 1024) == 0;
	int why = errno;
	freeaddrinfo(ai);
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;
	if (!ok || getsockname(fd, (struct sockaddr *)&sa, &len) != 0) {
		if (fd >= 0)
			close(fd);
		return fail(f, ERR_IO, N_("The address to listen on is taken or not allowed."), "port %d: errno %d", w->c.port, why);
	}
	w->listen_fd = fd;
	w->port = ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port : ((struct sockaddr_in *)&sa)->sin_port);
	return OK;
}

static struct MHD_Daemon *daemon_start(struct web *w)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = w->c.threads > 0 ? (unsigned)w->c.threads : cores > 0 ? (unsigned)cores : 1;
	unsigned hurry = w->c.hurry > 0 ? (unsigned)w->c.hurry : 1;
	struct MHD_OptionItem opt[] = {
		{ MHD_OPTION_LISTEN_SOCKET, w->listen_fd, NULL },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, w },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, w },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, w },
		{ MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S / hurry ? IDLE_S / hurry : 1, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)CONNECTION_MEMORY, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
	if (threads > 1)
		return MHD_start_daemon(flags, 0, NULL, NULL, on_request, w, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_ARRAY, opt, MHD_OPTION_END);
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, w, MHD_OPTION_ARRAY, opt, MHD_OPTION_END);
}

enum err web_start(const struct web_config *c, struct web **ret, struct fault *f)
{
	struct web *w = xalloc(sizeof *w);
	w->c = *c;
	if (c->behind_tls && !c->nproxies)
		must(web_nets_parse("127.0.0.0/8, ::1", w->c.proxies, ARRAY_LEN(w->c.proxies), &w->c.nproxies));
	w->last = &w->first;
	w->refs = 1;
	w->listen_fd = -1;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_condattr_t mono;
	pthread_condattr_init(&mono);
	pthread_condattr_setclock(&mono, CLOCK_MONOTONIC);
	pthread_cond_init(&w->quiet, &mono);
	pthread_condattr_destroy(&mono);
	enum err e = listen_on(w, f);
	int want = c->slow_workers > 0 ? c->slow_workers : 2;
	for (int i = 0; e == OK && i < want && i < (int)ARRAY_LEN(w->workers); i++) {
		pthread_mutex_lock(&w->lock);
		w->refs++;
		pthread_mutex_unlock(&w->lock);
		if (pthread_create(&w->workers[w->nworkers], NULL, slow_worker, w) == 0) {
			w->nworkers++;
			continue;
		}
		pthread_mutex_lock(&w->lock);
		w->refs--;
		pthread_mutex_unlock(&w->lock);
		e = fail(f, ERR_INTERNAL, NULL, "no thread");
	}
	if (e == OK && !(w->reaping = pthread_create(&w->reaper, NULL, reap, w) == 0))
		e = fail(f, ERR_INTERNAL, NULL, "no thread");
	if (e != OK && w->listen_fd >= 0)
		close(w->listen_fd);
	else if (e == OK && !(w->daemon = daemon_start(w)))      /* the socket is libmicrohttpd's now */
		e = fail(f, ERR_INTERNAL, NULL, "libmicrohttpd did not start");
	if (e != OK) {
		web_stop(w);
		return e;
	}
	*ret = w;
	return OK;
}

int web_port(const struct web *w) { return w->port; }

void web_stop(struct web *w)
{
	if (!w)
		return;
	int fd = w->daemon ? MHD_quiesce_daemon(w->daemon) : -1;
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += STOP_MS / 1000;
	pthread_mutex_lock(&w->lock);
	while (w->under_way && pthread_cond_timedwait(&w->quiet, &w->lock, &until) == 0)
		;
	/* Who still waits is given up: its connection must be resumed, or libmicrohttpd could not stop, and is closed. */
	bool stuck = false;
	for (struct web_conn *k = w->waiting, *next; k; k = next) {
		next = k->wait_next;
		if (k->wait_until) {           /* no job has it */
			k->wait_until = 0;
			k->stage = STAGE_ANSWERED;
		} else {
			stuck = k->orphan = true;
			w->refs++;
		}
		MHD_resume_connection(k->mhd);
	}
	w->waiting = NULL;
	w->stopping = true;
	pthread_cond_broadcast(&w->work);
	pthread_cond_broadcast(&w->quiet);
	pthread_mutex_unlock(&w->lock);
	if (w->reaping)
		pthread_join(w->reaper, NULL);
	if (w->daemon)
		MHD_stop_daemon(w->daemon);
	w->daemon = NULL;
	if (fd >= 0)
		close(fd);
	for (int i = 0; i < w->nworkers; i++) {
		if (stuck)
			pthread_detach(w->workers[i]);      /* may hang in a handler; it frees the rest when it comes back */
		else
			pthread_join(w->workers[i], NULL);
	}
	pthread_mutex_lock(&w->lock);
	unref_locked(w);
}
