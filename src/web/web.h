/*
 * web/: HTTP: server, router, requests, forms, uploads, responses, embedded assets, template runtime.
 *
 * Only this room includes microhttpd.h.  May include base/, store/ and safe/ (only to encipher what waits in a file).  Knows no record and no right: who may do what
 * is asked through the `before` hook, which every request passes.  Tests: tests/web/ (web_handle runs a request
 * without a socket).
 *
 * Four kinds of handler:
 *   ROUTE_READ   runs on the I/O thread with that thread's reader: fast pages.
 *   ROUTE_WRITE  runs on the store's writer in a savepoint (the request is suspended meanwhile); an error rolls back;
 *                the answer leaves only after the commit.
 *   ROUTE_ACT    the same in three parts, because there is one writer and everybody waits for it: the handler runs like
 *                ROUTE_READ (who is it, what was sent, all that can be worked out ahead) and names with req_write() what
 *                is to be done on the writer, and there or then with req_answer() what is left for the I/O thread once
 *                the commit is durable: to lay out the answer. Without req_write() it is a ROUTE_READ.
 *   ROUTE_SLOW   runs on one of a few slow workers, with a reader; may call store_write().  Argon2, PDF, XLSX, import.
 */
#ifndef XA_WEB_H
#define XA_WEB_H
#include "base/base.h"
#include "base/tr.h"
#include "store/store.h"

enum route_kind { ROUTE_READ, ROUTE_WRITE, ROUTE_ACT, ROUTE_SLOW };
enum route_flag {
	ROUTE_OPEN = 1,      /* no log-in asked (log-in page, citizens' pages, health) */
	ROUTE_API = 2,       /* bearer token instead of cookie and CSRF; errors as problem+json */
	ROUTE_UPLOAD = 4,    /* body up to 64 MiB, enciphered in a nameless file past 256 KiB */
	ROUTE_KEPT = 16,     /* web_config.kept may have the answer */
	ROUTE_PHONE = 8,     /* phone and citizen look for error pages */
	ROUTE_HELP = 32,     /* the call for help: never refused for being one too many (web/rate.h) */
	ROUTE_SEARCH = 64, ROUTE_EXPORT = 128,  /* counted on their own: what costs the machine more */
	ROUTE_POLL = 256     /* a page asks again and again by itself: no sign that somebody sits there */
};

struct req;
struct resp;
typedef enum err route_fn(struct req *rq, struct resp *rs);

struct route {
	const char *method;     /* "GET" (serves HEAD too), "POST" */
	const char *pattern;    /* "/clue/{id}/triage": {x} is one segment, {x...} the rest */
	route_fn *fn;
	enum route_kind kind;
	unsigned flags;
	unsigned right;         /* for the before hook; 0 does not compile: write rows with XA_ROUTE */
};
/* A row of a table of routes. One without a permission does not compile; a row written without the macro fails `tools/banned`. */
#define XA_ROUTE(method_, pattern_, fn_, kind_, flags_, right_)                                                                       \
	{ .method = (method_), .pattern = (pattern_), .fn = (fn_), .kind = (kind_), .flags = (flags_),                                \
	  .right = (right_) + 0 * (unsigned)sizeof(struct { _Static_assert((right_) != 0, "a route needs a permission"); char c; }) }

struct param { struct str name, value; };
struct upload { struct str name, filename, type, bytes; };

struct req {
	struct arena *a;
	const char *method;
	struct str path, query, body, remote;      /* remote: address as text */
	const struct route *route;
	struct param path_params[8], *params;      /* params: query, then form fields, decoded, in order */
	int npath_params;
	size_t nparams, nquery;                    /* the first nquery of params came from the query string */
	struct upload *uploads;
	size_t nuploads;
	struct db *db;                             /* reader, or writer in ROUTE_WRITE */
	bool moved;                                /* db is another since who keeps a copy of it looked: she clears it */
	struct store *store;
	void *app;                                 /* web_config.app */
	void *ctx;                                 /* whatever before() made */
	route_fn *write, *answer;                  /* ROUTE_ACT: the parts to come */
	void *work;                                /* what they hand on, in the arena */
	struct fault fault;
	char id[17];                               /* request id, hex */
	enum lang lang;                            /* set by before() */
	bool htmx;                                 /* HX-Request: only the fragment is wanted */
	/* Set by before(), asked when a ROUTE_READ or ROUTE_SLOW handler has succeeded, or a ROUTE_WRITE handler's own page of its
	 * error (resp.handled) stands: must something be durable before the answer may leave? Then hold() is called and calls done() once, from whatever thread (never before the request is
	 * suspended): OK lets the answer go; ERR_STALE: it was taken from what has changed since, so the request runs again, with
	 * fresh set; any other error is answered instead, and not a byte of the answer leaves. */
	bool (*holds)(struct req *rq);
	void (*hold)(struct req *rq, void (*done)(void *arg, enum err e, struct fault *f), void *arg);
	bool fresh;                                /* take nothing that was kept */
	int64_t version;                           /* store_version() before the handler began to read */
	struct web_conn *conn;                     /* the room's own */
};

struct resp {
	int status;                 /* 0: 200, or what the returned error says */
	const char *type;           /* NULL: text/html; charset=utf-8 */
	struct buf body;            /* ceiling 64 MiB */
	struct param headers[12];
	int nheaders;
	bool handled;               /* the handler wrote a body for its error: do not render the usual error page */
};

struct str req_param(const struct req *rq, const char *name);    /* query or form; absent when not sent */
struct str req_path(const struct req *rq, const char *name);     /* {name} of the pattern */
int64_t req_path_id(const struct req *rq, const char *name);     /* 0 when it is no id */
struct str req_header(const struct req *rq, const char *name);
struct str req_cookie(const struct req *rq, const char *name);
/* This answer's nonce, also in its CSP: for <script nonce> and hx-nonce (hx-csp strips htmx attributes without it). */
struct str req_nonce(const struct req *rq);
const struct upload *req_upload(const struct req *rq, const char *name);
/* ROUTE_ACT: fn runs next, on the writer; what stands in the answer's headers and in the fault's fields stays. PostgreSQL may run it again. Returns OK. */
enum err req_write(struct req *rq, route_fn *fn, void *work);
/* From there: fn runs after the commit, with a reader. It must not fail: what it tells of is done. */
void req_answer(struct req *rq, route_fn *fn);
void resp_header(struct resp *rs, struct req *rq, const char *name, struct str value);  /* CR, LF refused */
enum err resp_redirect(struct resp *rs, struct req *rq, const char *fmt, ...) PRINTF(3, 4);  /* 303; local paths only */
/* Attachment with a UTF-8 file name (RFC 6266). */
void resp_file(struct resp *rs, struct req *rq, const char *type, struct str filename);
bool req_tls(const struct req *rq);                              /* TLS stands in front: web_config.behind_tls */
/* Secure when asked for or when web_config.behind_tls says so. */
void resp_cookie(struct resp *rs, struct req *rq, const char *name, struct str value, int max_age_s, bool secure);   /* max_age_s 0: forget it now; -1: until the browser closes */

/* A network: IPv4 is kept as IPv6 (::ffff:0:0/96). */
struct web_net { unsigned char addr[16]; int bits; };
struct rates;

struct web_config {
	const char *host;            /* "127.0.0.1" */
	int port;                    /* 0: any free one, see web_port */
	int threads;                 /* 0: cores */
	int slow_workers;            /* 0: 2 */
	const struct route *const *tables;   /* NULL-terminated list of route tables, each ended by {0} */
	struct store *store;
	void *app;
	/* May be NULL. Runs before all else for a ROUTE_KEPT: true: rs is the answer already, kept from before, and rq->holds set. */
	bool (*kept)(struct req *rq, struct resp *rs);
	/* Runs first for every matched route, in its thread: log-in, permission, language, CSRF. An error ends the request. */
	enum err (*before)(struct req *rq, struct resp *rs);
	/* Renders the page (or problem+json) of an error; e is never OK. Also for 404 and 405, with rq->route NULL. */
	void (*error)(struct req *rq, struct resp *rs, enum err e);
	/* Runs last, before the answer leaves; may be NULL. For logs and metrics. */
	void (*after)(struct req *rq, struct resp *rs, int64_t us);
	const char *csp;             /* NULL: the house's strict policy; "{nonce}" in it becomes req_nonce() */
	bool behind_tls;             /* sends HSTS and secure cookies; trusts a proxy on this machine when no other is named */
	struct web_net proxies[8];   /* X-Forwarded-For is believed from these alone, read from its end */
	size_t nproxies;
	struct rates *rates;         /* NULL: nobody is counted */
	const char *session_cookie;  /* its name, for the counts */
	int hurry;                   /* tests: deadlines this many times shorter; 0: 1 */
};
/* "10.0.0.2, 192.168.0.0/16, ::1": at most max of them. False when one is no address. */
bool web_nets_parse(const char *list, struct web_net *ret, size_t max, size_t *ret_n);
struct web;
CHECKED enum err web_start(const struct web_config *c, struct web **ret, struct fault *f);
int web_port(const struct web *w);
void web_stop(struct web *w);    /* finishes requests under way, at most 10 s; takes NULL */
/* Runs one request without a socket (tests). headers: "Name: value\n" lines. Result in the arena. */
struct web_answer { int status; struct str headers, body; };
struct web_answer web_handle(const struct web_config *c, struct arena *a, const char *method, const char *target, const char *headers, struct str body);

/* ---- embedded assets: /assets/NAME.HASH.EXT, immutable, gzip kept ready ------------------------------------------- */
struct asset { const char *name; const char *url; const char *type; const unsigned char *bytes, *gz; size_t n, ngz; };
extern const struct asset assets[];     /* generated by tools/embed; ends with name NULL */
const char *asset_url(const char *name);        /* "desk.css" -> "/assets/desk.1a2b3c4d.css"; unknown name aborts */

/* ---- what compiled templates call (tools/tplgen) -------------------------------------------------------------------- */
struct html { struct str s; };                  /* already safe HTML, made by another template */
void html_text(struct buf *o, struct str s);    /* & < > " ' */
void html_text_lines(struct buf *o, struct str s);  /* the same, newlines as <br> */
void html_url_part(struct buf *o, struct str s);    /* percent-encoded for a query value or path segment, then safe in attributes */
void html_url(struct buf *o, struct str s);         /* a whole local URL ("/…" or "#…") in an attribute, or "data:image/jpeg;base64,…"; anything else becomes "#" */
static inline void tpl_put_str(struct buf *o, struct str s) { html_text(o, s); }
static inline void tpl_put_cstr(struct buf *o, const char *s) { html_text(o, str_of(s)); }
static inline void tpl_put_int(struct buf *o, int64_t v) { buf_int(o, v); }
static inline void tpl_put_i(struct buf *o, int v) { buf_int(o, v); }
static inline void tpl_put_size(struct buf *o, size_t v) { buf_int(o, (int64_t)v); }
static inline void tpl_put_html(struct buf *o, struct html h) { buf_str(o, h.s); }
#define TPL_PUT(o, e) _Generic((e), struct str: tpl_put_str, char *: tpl_put_cstr, const char *: tpl_put_cstr, \
	int64_t: tpl_put_int, long long: tpl_put_int, int: tpl_put_i, unsigned: tpl_put_size, size_t: tpl_put_size, struct html: tpl_put_html)((o), (e))
static inline struct str tpl_str_s(struct str s) { return s; }
static inline struct str tpl_str_c(const char *s) { return str_of(s); }
#define TPL_STR(e) _Generic((e), struct str: tpl_str_s, char *: tpl_str_c, const char *: tpl_str_c)(e)

#endif
