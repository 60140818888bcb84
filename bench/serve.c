/* The server under load, over sockets: durable POST /api/v1/clues from 64 clients beside raw SQLite writing the same rows in
 * group commits; the page of a case beside a hello-world handler of the same server; start and memory of `xiaoan serve`.
 * The POST also on the large store of fill.h: what a clue costs must not grow with what is there.
 * What the numbers mean: bench/README.md.  Usage: bench-serve [seconds a run, default 4] [runs, default 3] [posts: nothing else] */
#include "fill.h"
#include "api/api.h"
#include "desk/desk.h"
#include "face/face.h"
#include "people/login.h"
#include "safe/safe.h"
#include "sense/clue.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS 64

static int64_t clock_us(clockid_t of)
{
	struct timespec t;
	clock_gettime(of, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- clients ---- */

struct client { int fd; char in[65536]; size_t n, want; int64_t since; };
struct load { int port; const char (*tokens)[TOKEN_TEXT]; /* one a client: a token may ask 600 times a minute */ const char *head, *rest; /* with rest a number stands between them: each asks for another address */ const char *body, *tail; /* here too */ int status; int64_t done; struct times us; double cpu; /* of the whole process, clients too, us a request */ };

static void client_send(struct client *k, const struct load *l, int who, int64_t i)
{
	char out[4096], body[2048];
	int nb = l->tail ? snprintf(body, sizeof body, "%s%lld%s", l->body, (long long)i, l->tail) : 0;
	body[nb] = '\0';
	char at[32] = "";
	if (l->rest)
		snprintf(at, sizeof at, "%lld", (long long)i);
	int n = snprintf(out, sizeof out, "%s%s%s%s%sContent-Length: %d\r\n\r\n%s", l->head, at, l->rest ? l->rest : "", l->tokens ? l->tokens[who] : "", l->tokens ? "\r\n" : "", nb, body);
	k->n = k->want = 0;
	k->since = now_us();
	must(send(k->fd, out, (size_t)n, MSG_NOSIGNAL) == n);
}

/* True when the whole answer is here. */
static bool client_read(struct client *k, struct load *l)
{
	ssize_t r = recv(k->fd, k->in + (k->n < sizeof k->in - 1 ? k->n : 0), sizeof k->in - 1 - (k->n < sizeof k->in - 1 ? k->n : 0), 0);
	must(r > 0);
	k->n += (size_t)r;
	if (!k->want) {
		k->in[k->n] = '\0';
		char *end = strstr(k->in, "\r\n\r\n"), *length = strcasestr(k->in, "content-length:");
		if (!end)
			return false;
		k->want = (size_t)(end + 4 - k->in) + (length ? strtoul(length + 15, NULL, 10) : 0);
		must(k->want < sizeof k->in);
		if (atoi(k->in + 9) != l->status) {
			fprintf(stderr, "wanted %d: %.600s\n", l->status, k->in);
			exit(1);
		}
	}
	return k->n >= k->want;
}

/* Requests a second. */
static double run_load(struct load *l, int64_t seconds)
{
	static struct client k[CLIENTS];
	static int64_t serial;
	int ep = epoll_create1(0), open = CLIENTS;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)l->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	for (int i = 0; i < CLIENTS; i++) {
		int yes = 1;
		k[i].fd = socket(AF_INET, SOCK_STREAM, 0);
		/* an address takes 64 connections at most, counting those that are just ending */
		struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)i) };
		must(bind(k[i].fd, (struct sockaddr *)&from, sizeof from) == 0);
		must(connect(k[i].fd, (struct sockaddr *)&to, sizeof to) == 0);
		setsockopt(k[i].fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
		must(epoll_ctl(ep, EPOLL_CTL_ADD, k[i].fd, &(struct epoll_event){ .events = EPOLLIN, .data.ptr = &k[i] }) == 0);
	}
	int64_t start = now_us(), until = start + seconds * 1000000, cpu = clock_us(CLOCK_PROCESS_CPUTIME_ID);
	for (int i = 0; i < CLIENTS; i++)
		client_send(&k[i], l, i, ++serial);
	l->done = 0;
	while (open) {
		struct epoll_event e[CLIENTS];
		int n = epoll_wait(ep, e, CLIENTS, 60000);
		must(n > 0 || errno == EINTR);
		for (int i = 0; i < n; i++) {
			struct client *c = e[i].data.ptr;
			if (!client_read(c, l))
				continue;
			times_add(&l->us, (double)(now_us() - c->since));
			l->done++;
			if (now_us() < until) {
				client_send(c, l, (int)(c - k), ++serial);
			} else {
				close(c->fd);
				open--;
			}
		}
	}
	close(ep);
	l->cpu = (double)(clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)l->done;
	return (double)l->done * 1e6 / (double)(now_us() - start);
}

/* ---- where the time goes ---- */

/* Processor time of the threads of this name so far, in microseconds. */
static double threads_us(const char *name)
{
	double us = 0;
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	while (d && (e = readdir(d))) {
		char path[320], comm[64] = "", line[512] = "";
		long long ns = 0;
		snprintf(path, sizeof path, "/proc/self/task/%s/comm", e->d_name);
		FILE *f = fopen(path, "r");
		if (f && fgets(comm, sizeof comm, f))
			comm[strcspn(comm, "\n")] = '\0';
		if (f)
			fclose(f);
		snprintf(path, sizeof path, "/proc/self/task/%s/schedstat", e->d_name);
		f = strcmp(comm, name) == 0 ? fopen(path, "r") : NULL;
		if (f && fgets(line, sizeof line, f) && sscanf(line, "%lld", &ns) == 1)
			us += (double)ns / 1000;
		if (f)
			fclose(f);
	}
	if (d)
		closedir(d);
	return us;
}

/* ---- the server ---- */

static enum err hello(struct req *rq, struct resp *rs)
{
	(void)rq;
	buf_cstr(&rs->body, "hello, world");
	return OK;
}
static const struct route hello_routes[] = { { "GET", "/hello", hello, ROUTE_READ, ROUTE_OPEN, RIGHT_ALL }, { 0 } };

struct keys { int64_t user; char token[CLIENTS][TOKEN_TEXT], cookie[TOKEN_TEXT], csrf[TOKEN_TEXT]; };
static enum err make_keys(struct ctx *c, void *arg)
{
	struct keys *k = arg;
	ARENA a = arena_new(0);
	for (int i = 0; i < CLIENTS; i++)
		TRY(token_make(c->db, k->user, arena_fmt(a, "bench %d %lld", i, (long long)now_ms()), 0, k->token[i], c->f));
	return session_open(c->db, k->user, "desk", k->cookie, k->csrf, c->f);
}

/* ---- the floor: the rows that the requests left, written again by bare statements, 64 clues to a commit ---- */

#define TABLES 7
static const char *const tables[TABLES] = { "clue", "due", "journal", "idem", "api_idem", "notice", "tally_month" };
struct copy { sqlite3_value **v; int cols; size_t n, cap; sqlite3_stmt *put; };

static void sql(sqlite3 *h, const char *s)
{
	char *why = NULL;
	if (sqlite3_exec(h, s, NULL, NULL, &why) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", s, why);
		exit(1);
	}
}

static sqlite3_stmt *prepare(sqlite3 *h, const char *s)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(h, s, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", s, sqlite3_errmsg(h));
		exit(1);
	}
	return st;
}

static void step(sqlite3_stmt *st)
{
	must(sqlite3_step(st) == SQLITE_DONE);
	sqlite3_reset(st);
}

/* Takes the rows of clues newer than `after` out of the store, and deletes them, so that they can be written again. */
static size_t take_rows(sqlite3 *h, struct arena *a, int64_t after, struct copy v[TABLES])
{
	static const char *const which[TABLES] = {
		"id > ?1", "type = 'clue' AND rid > ?1", "type = 'clue' AND rid > ?1", "rid > ?1", "key IN (SELECT key FROM idem WHERE rid > ?1)", "rid > ?1", NULL,
	};
	for (int i = 0; i < TABLES; i++) {
		if (!which[i])
			continue;
		sqlite3_stmt *st = prepare(h, arena_printf(a, "SELECT * FROM %s WHERE %s", tables[i], which[i]));
		sqlite3_bind_int64(st, 1, after);
		v[i].cols = sqlite3_column_count(st);
		while (sqlite3_step(st) == SQLITE_ROW)
			for (int k = 0; k < v[i].cols; k++) {
				sqlite3_value *one = sqlite3_value_dup(sqlite3_column_value(st, k));
				VEC_PUSH(a, v[i].v, v[i].n, v[i].cap, one);
			}
		sqlite3_finalize(st);
		BUF_AUTO q = BUF(4096);
		buf_printf(&q, "INSERT INTO %s VALUES (?", tables[i]);
		for (int k = 1; k < v[i].cols; k++)
			buf_cstr(&q, ", ?");
		buf_char(&q, ')');
		v[i].put = prepare(h, q.p);
	}
	sql(h, "DROP TRIGGER journal_keep_d");
	for (int i = TABLES - 1; i >= 0; i--)
		if (which[i]) {
			sqlite3_stmt *st = prepare(h, arena_printf(a, "DELETE FROM %s WHERE %s", tables[i], which[i]));
			sqlite3_bind_int64(st, 1, after);
			step(st);
			sqlite3_finalize(st);
		}
	return v[0].n / (size_t)v[0].cols;
}

static void put_rows(struct copy *v, size_t i, size_t clues)
{
	size_t rows = v->cols ? v->n / (size_t)v->cols : 0;
	for (size_t r = rows * i / clues; r < rows * (i + 1) / clues; r++) {
		for (int k = 0; k < v->cols; k++)
			sqlite3_bind_value(v->put, k + 1, v->v[r * (size_t)v->cols + (size_t)k]);
		step(v->put);
	}
}

/* The same words a clue: as many tokens of eight letters as its text gave. */
static void put_words(sqlite3_stmt *st, int64_t id, size_t tokens)
{
	static char text[4096];
	size_t n = 0;
	for (size_t i = 0; i < tokens && n + 10 < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%08llx", i ? " " : "", (unsigned long long)((i * 2654435761u) & 0xffffffffu));
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_text(st, 2, text, (int)n, SQLITE_STATIC);
	step(st);
}

static double floor_run(sqlite3 *h, struct copy v[TABLES], size_t clues, size_t tokens, double *ret_cpu)
{
	struct timespec cpu0, cpu1;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu0);
	sqlite3_stmt *tally = prepare(h, "INSERT INTO tally (day, metric, area, source, kind, grade, outcome, n) VALUES (30000, 'floor', '320582100001', 'grid', ?, 'red', '', 1) "
					 "ON CONFLICT (day, metric, area, source, kind, grade, outcome) DO UPDATE SET n = n + 1");
	sqlite3_stmt *month = prepare(h, "INSERT INTO tally_month (month, level, scope, metric, dim, key, grade, outcome, n) VALUES (30000, ?, '320582', 'floor', ?, 'x', 'red', '', 1) "
					 "ON CONFLICT (month, level, scope, metric, dim, key, grade, outcome) DO UPDATE SET n = n + 1");
	sqlite3_stmt *head = prepare(h, "UPDATE journal_head SET size = size + 1, peaks = peaks WHERE id = 1");
	sqlite3_stmt *counter = prepare(h, "UPDATE counter SET n = n + 1 WHERE kind = '线' AND year = 2026");
	sqlite3_stmt *words = prepare(h, "INSERT INTO search_clue (rowid, t) VALUES (?, ?)");
	int64_t start = now_us();
	for (size_t i = 0; i < clues;) {
		sql(h, "BEGIN IMMEDIATE");
		for (size_t k = 0; k < CLIENTS && i < clues; k++, i++) {
			for (int t = 0; t < TABLES; t++)
				if (v[t].put)
					put_rows(&v[t], i, clues);
			sqlite3_bind_int64(tally, 1, (int64_t)(i % 20));
			step(tally);
			for (int d = 0; d < 6; d++) {
				sqlite3_bind_int64(month, 1, d / 3);
				sqlite3_bind_int64(month, 2, d % 3);
				step(month);
			}
			step(head);
			step(counter);
			put_words(words, INT64_MAX - (int64_t)(clues - i), tokens);
		}
		sql(h, "COMMIT");
	}
	double rate = (double)clues * 1e6 / (double)(now_us() - start);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu1);
	*ret_cpu = ((double)(cpu1.tv_sec - cpu0.tv_sec) * 1e6 + (double)(cpu1.tv_nsec - cpu0.tv_nsec) / 1e3) / (double)clues;
	sqlite3_stmt *const all[] = { tally, month, head, counter, words };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		sqlite3_finalize(all[i]);
	return rate;
}

/* ---- one page by itself, without sockets ---- */

/* This thread's work for a page, the waiting for the disk left out, and its statements. fmt: takes a number that makes each target
 * another one, so that no answer kept from before fits; without it the same page is asked for again and again. */
static void one_page(const struct web_config *cfg, struct db *d, const char *name, const char *fmt, const char *cookie)
{
	ARENA a = arena_new(0);
	size_t bytes = 0;
	int64_t n = getenv("XA_BENCH_PAGE") ? 3000 : 300, us = 0, statements = 0;
	if (getenv("XA_BENCH_PAGE") && !strstr(name, getenv("XA_BENCH_PAGE")))
		return;
	for (int64_t i = -20; i < n; i++) {
		arena_reset(a);
		char *target = strstr(fmt, "%d") ? arena_printf(a, "%.*s%lld", (int)(strstr(fmt, "%d") - fmt), fmt, (long long)(i + 100)) : arena_printf(a, "%s", fmt);
		int64_t before = clock_us(CLOCK_THREAD_CPUTIME_ID), asked = db_statements(d);
		struct web_answer r = web_handle(cfg, a, "GET", target, cookie, STR(""));
		if (i >= 0) {
			us += clock_us(CLOCK_THREAD_CPUTIME_ID) - before;
			statements += db_statements(d) - asked;
		}
		must(r.status == 200);
		bytes = r.body.n;
	}
	printf("%-42s %9.1f us      %lld statements, %zu bytes\n", name, (double)us / (double)n, (long long)(statements / n), bytes);
}

static void pages(const struct web_config *cfg, struct db *d, int64_t kase, const char *session)
{
	ARENA a = arena_new(0);
	const char *cookie = arena_printf(a, "Cookie: xa_session=%s\n", session);
	one_page(cfg, d, "hello, world", "/hello", cookie);
	one_page(cfg, d, "the page of a case, made anew", arena_printf(a, "/case/%lld?n=%%d", (long long)kase), cookie);
	one_page(cfg, d, "the page of a case, opened again", arena_printf(a, "/case/%lld", (long long)kase), cookie);
	one_page(cfg, d, "the list of cases", "/case", cookie);
	one_page(cfg, d, "the workbench", "/", cookie);
}

/* ---- the process ---- */

static void process(const char *dir)
{
	struct times start = { 0 };
	fflush(stdout);
	long kib = 0;
	for (int i = 0; i < 5; i++) {
		char port[16];
		snprintf(port, sizeof port, "%d", 18700 + i);
		int64_t t = now_us();
		pid_t p = fork();
		must(p >= 0);
		if (p == 0) {
			must(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr));
			execl("build/xiaoan", "xiaoan", "serve", "--data", dir, "--port", port, (char *)NULL);
			_exit(127);
		}
		struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)(18700 + i)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		for (;;) {
			int fd = socket(AF_INET, SOCK_STREAM, 0);
			bool up = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
			close(fd);
			if (up || now_us() - t > 20000000)
				break;
			usleep(1000);
		}
		times_add(&start, (double)(now_us() - t) / 1000);
		sleep(1);
		char path[64], line[256];
		snprintf(path, sizeof path, "/proc/%d/status", (int)p);
		FILE *f = fopen(path, "r");
		while (f && fgets(line, sizeof line, f))
			if (strncmp(line, "VmRSS:", 6) == 0)
				kib = strtol(line + 6, NULL, 10);
		if (f)
			fclose(f);
		kill(p, SIGTERM);
		waitpid(p, NULL, 0);
	}
	printf("%-42s %9.0f ms      wanted < 200\n", "start of xiaoan serve, median of 5", times_at(&start, 0.5));
	printf("%-42s %9.1f MiB     wanted < 60\n", "its memory, idle", (double)kib / 1024);
	times_free(&start);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double middle(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_size);
	return v[n / 2];
}

static enum err statements(struct ctx *c, void *ret)
{
	*(int64_t *)ret = db_statements(c->db);
	return OK;
}

struct gauge { double writer, io; int64_t statements, commits; };
static struct gauge gauge_now(struct ctx *c)
{
	struct gauge g = { .writer = threads_us("writer"), .io = threads_us("MHD-worker"), .commits = store_commits(c->app->store) };
	must(ctx_write(c, statements, &g.statements) == OK);
	return g;
}

#define POST_HEAD "POST /api/v1/clues HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
#define POST_BODY "{\"source\":\"hotline12345\",\"text\":\"我老公喝了酒就打我，昨天又当着孩子的面动手，我想离婚但是他说离婚就杀了我全家，请问怎么办。第"
#define POST_TAIL "次来电\",\"party_a_name\":\"王小明\",\"party_a_phone\":\"19900000001\",\"area\":\"320582100\"}"

/* The page of a case beside a handler that says hello: opened again with nothing changed since, and made anew each time. */
static void run_pages(struct ctx *c, const struct web_config *cfg, int port, const char *cookie, int64_t seconds, int64_t runs)
{
	int64_t kase = 0;
	double h[9], g[9], u[9];
	must(db_int(c->db, c->f, "SELECT parent FROM visit WHERE parent IN (SELECT id FROM case_file) ORDER BY id DESC LIMIT 1", NOARGS, &kase, NULL) == OK);
	pages(cfg, c->db, kase, cookie);
	struct load hi = { .port = port, .status = 200, .body = "", .head = "GET /hello HTTP/1.1\r\nHost: x\r\n" };
	struct load page = { .port = port, .status = 200, .body = "",
		.head = arena_printf(c->a, "GET /case/%lld HTTP/1.1\r\nHost: x\r\nCookie: xa_session=%s\r\n", (long long)kase, cookie) };
	struct load anew = { .port = port, .status = 200, .body = "", .head = arena_printf(c->a, "GET /case/%lld?n=", (long long)kase),
		.rest = arena_printf(c->a, " HTTP/1.1\r\nHost: x\r\nCookie: xa_session=%s\r\n", cookie) };
	(void)run_load(&hi, 1);
	(void)run_load(&page, 1);
	(void)run_load(&anew, 1);
	for (int i = 0; i < runs; i++) {
		h[i] = run_load(&hi, seconds);
		g[i] = run_load(&page, seconds);
		u[i] = run_load(&anew, seconds);
	}
	double hello_rate = middle(h, (size_t)runs), page_rate = middle(g, (size_t)runs), anew_rate = middle(u, (size_t)runs);
	printf("%-42s %9.0f /s\n", "hello, world", hello_rate);
	printf("%-42s %9.0f /s, p99 %.0f ms\n", "the page of a case, opened again", page_rate, times_at(&page.us, 0.99) / 1000);
	printf("%-42s %9.2f         wanted >= 0.4\n", "ratio", ratio(page_rate, hello_rate));
	printf("%-42s %9.0f /s, p99 %.0f ms\n", "the page of a case, made anew each time", anew_rate, times_at(&anew.us, 0.99) / 1000);
	printf("%-42s %9.2f\n", "ratio", ratio(anew_rate, hello_rate));
	printf("%-42s %9.1f, %.1f, %.1f us\n", "processor time, clients' too: each of these", hi.cpu, page.cpu, anew.cpu);
	fflush(stdout);
}

/* Durable POST /api/v1/clues on a store of n clues, then the floor on what they left. */
static void run_posts(int64_t n, const char *dir, int64_t seconds, int64_t runs, bool pages)
{
	static const struct route *const route_tables[] = { hello_routes, face_routes, api_routes, desk_routes, NULL };
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct ctx c;
	fill_close(fill_open(n));
	fill_copy(n, dir);
	struct app *app = fill_open_dir(dir);
	ctx_init(&c, app, a, &f, &actor_system);
	must(ctx_read(&c) == OK);
	struct keys hot = { 0 }, fed = { 0 };
	struct actor clerk = fill_actor(&c, "hotline"), city = fill_actor(&c, "city");
	hot.user = clerk.user;
	fed.user = city.user;
	must(ctx_write(&c, make_keys, &hot) == OK && ctx_write(&c, make_keys, &fed) == OK);
	int64_t last = 0;
	must(db_int(c.db, &f, "SELECT MAX(id) FROM clue", NOARGS, &last, NULL) == OK);
	/* the screening's patterns take most of a second to make, once a process: not what is measured here */
	const struct sense_judge *judge = app->triage;
	struct sense_verdict verdict;
	must(judge->run(judge, &c, STR("x"), &verdict) == OK);
	struct web_config cfg = { .host = "127.0.0.1", .tables = route_tables, .store = app->store, .app = app, .before = face_before, .error = face_error, .after = face_after, .kept = face_kept };
	struct web *w;
	must(web_start(&cfg, &w, &f) == OK);
	if (pages)
		run_pages(&c, &cfg, web_port(w), fed.cookie, seconds, runs);
	struct load post = { .port = web_port(w), .status = 201, .head = POST_HEAD, .tokens = hot.token, .body = POST_BODY, .tail = POST_TAIL };
	double p[9], sent = 0;
	(void)run_load(&post, 1);
	times_free(&post.us);
	struct gauge before = gauge_now(&c), after;
	for (int i = 0; i < runs; i++) {
		p[i] = run_load(&post, seconds);
		sent += (double)post.done;
	}
	after = gauge_now(&c);
	web_stop(w);
	fill_close(app);
	sqlite3 *s;
	struct copy rows[TABLES] = { 0 };
	must(sqlite3_open(arena_printf(a, "%s/xiaoan.db", dir), &s) == SQLITE_OK);
	sql(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 268435456; PRAGMA cache_size = -8192");
	size_t clues = take_rows(s, a, last, rows);
	double floor_cpu, floor = floor_run(s, rows, clues, 60, &floor_cpu), rate = middle(p, (size_t)runs);
	sqlite3_close_v2(s);
	printf("%lld clues:\n", (long long)n);
	printf("%-42s %9.0f /s\n", "raw SQLite, the same rows, 64 to a commit", floor);
	printf("%-42s %9.0f /s, p99 %.0f ms\n", "POST /api/v1/clues, 64 clients, durable", rate, times_at(&post.us, 0.99) / 1000);
	printf("%-42s %9.2f         wanted >= 0.5\n", "ratio", ratio(rate, floor));
	printf("%-42s %9.0f us, raw SQLite %.0f us\n", "  processor time a clue, the writer", (after.writer - before.writer) / sent, floor_cpu);
	printf("%-42s %9.0f us\n", "  processor time a clue, I/O threads", (after.io - before.io) / sent);
	printf("%-42s %9.1f\n", "  statements a clue on the writer", (double)(after.statements - before.statements) / sent);
	printf("%-42s %9.1f\n", "  clues to a commit", sent / (double)(after.commits - before.commits));
	fflush(stdout);
	times_free(&post.us);
}

int main(int argc, char **argv)
{
	int64_t seconds = 4, runs = 3;
	bool posts_only = argc > 3 && strcmp(argv[3], "posts") == 0;
	if ((argc > 1 && !str_int(str_of(argv[1]), &seconds)) || (argc > 2 && !str_int(str_of(argv[2]), &runs)) || runs < 1 || runs > 9 || seconds < 1)
		return 2;
	ARENA a = arena_new(0);
	const char *root = getenv("XA_BENCH_DATA") ? getenv("XA_BENCH_DATA") : "build/bench-data";
	char *dir = arena_printf(a, "%s/serve", root);
	fill_sizes_read();
	run_posts(fill_sizes[0], dir, seconds, runs, !posts_only);
	if (!posts_only)
		process(dir);
	if (fill_sizes[1] > fill_sizes[0])
		run_posts(fill_sizes[1], dir, seconds, runs, false);
	return 0;
}
