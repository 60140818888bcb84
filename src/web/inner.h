/* What the files of web/ share and nobody else sees. A web_conn is one request from its first line to its last byte
 * answered; it belongs to one thread at a time: the I/O thread, or (while suspended) the writer or a slow worker. */
#ifndef XA_WEB_INNER_H
#define XA_WEB_INNER_H
#include "safe/safe.h"
#include "web/web.h"

#define BODY_MAX ((size_t)1 << 20)            /* any body that is no upload */
#define UPLOAD_MAX ((size_t)64 << 20)
#define UPLOAD_IN_MEMORY ((size_t)256 << 10)  /* past it, a temporary file */
#define ANSWER_MAX ((size_t)64 << 20)
#define ARENA_MAX ((size_t)128 << 20)
#define TARGET_MAX 8192
#define HEADERS_MAX 100
#define HEADER_BYTES_MAX ((size_t)16 << 10)
#define PARAMS_MAX 2000
#define UPLOADS_MAX 64
#define SEGMENTS_MAX 24                       /* of a path */

enum stage { STAGE_NEW, STAGE_EARLY, STAGE_BODY, STAGE_WAITING, STAGE_DONE, STAGE_ANSWERED };

/* A body as it arrives: in memory, then enciphered in a nameless file. */
struct body {
	struct buf mem;
	size_t n, max;
	int fd;              /* -1: in memory */
	char *map;           /* the whole, in the clear */
	size_t spooled;
	unsigned char secret[SPOOL_SECRET];
	enum err err;        /* the first thing that went wrong: ERR_LIMIT, ERR_FULL, ERR_IO */
};

struct web_conn {
	const struct web_config *c;
	struct web *web;                  /* NULL in web_handle */
	void *mhd;                        /* struct MHD_Connection */
	struct arena *a;
	struct req rq;
	struct resp rs;
	struct param *headers;            /* as sent */
	size_t nheaders, cap_headers, header_bytes;
	struct str target;                /* raw, as sent */
	struct body body;
	size_t text_bytes;                /* of multipart fields, copied into the arena */
	enum stage stage;
	enum err result;                  /* what before() or the handler said */
	bool head;                        /* HEAD, served through GET */
	bool close;                       /* the framing cannot be trusted: hang up after the answer */
	bool orphan;                      /* guarded by the server's lock: the server has given up waiting for the job */
	bool job_gone, conn_gone;         /* guarded too: of an orphan, the last side frees it */
	bool again;                       /* what was held is stale: run it once more */
	bool counted;                     /* the server counts it among the requests under way */
	char nonce[33];
	struct param *out;                /* all headers of the answer, made by resp_seal */
	size_t nout;
	struct str fixed;                 /* an asset's bytes: answered instead of rs.body when present */
	int64_t start_us;
	int64_t wait_until;               /* a call for help, one too many of its address: run then; 0: at once */
	int retry_s;                      /* ERR_RATE: what Retry-After says */
	bool here;                        /* asked by this machine itself, and no proxy is trusted */
	int kept_headers;                 /* ROUTE_ACT: how many headers the first part left, */
	struct fault *kept_fault;         /* and what it found wrong; NULL: nothing */
	struct write write;
	struct web_conn *next, **link;    /* slow queue; list of the waiting */
	struct web_conn *wait_next, **wait_link;
};

/* request.c */
struct web_conn *conn_new(const struct web_config *c);
void conn_free(struct web_conn *k);
void conn_header(struct web_conn *k, struct str name, struct str value);
/* Looks at target, method and headers, finds the route. An error is to be answered at once. */
CHECKED enum err conn_begin(struct web_conn *k, const char *method);
CHECKED enum err conn_parse_body(struct web_conn *k);
CHECKED enum err conn_bad(struct web_conn *k, int status, const char *msg, const char *detail);
struct str conn_media_type(const struct web_conn *k);
bool name_is(struct str a, const char *b);   /* ASCII, without case */

/* remote.c */
bool net_has(const struct web_net *n, size_t count, struct str address);
/* Who asks: the peer, or what the trusted proxies in front say of him. */
void conn_remote(struct web_conn *k, struct str peer);
/* Counts a request that is no asset's; ERR_RATE: one too many. */
CHECKED enum err conn_rate(struct web_conn *k);

/* form.c */
/* Percent-decodes; '+' becomes a blank when plus. False on a broken escape, NUL or bytes that are no UTF-8. */
bool url_decode(struct arena *a, struct str s, bool plus, struct str *ret);
CHECKED enum err form_urlencoded(struct web_conn *k, struct str s);
CHECKED enum err form_param(struct web_conn *k, struct str name, struct str value);

/* multipart.c */
CHECKED enum err form_multipart(struct web_conn *k, struct str content_type, struct str body);

/* body.c */
void body_start(struct body *b, size_t max);
void body_put(struct body *b, const void *p, size_t n);
CHECKED enum err body_view(struct body *b, struct str *ret);
void body_end(struct body *b);

/* router.c */
/* Fills rq->route and path_params. ERR_NOT_FOUND, and status 405 with Allow when only the method is wrong. */
CHECKED enum err route_find(struct web_conn *k, struct str raw_path, const char *method);

/* response.c */
void resp_reset(struct resp *rs);
/* Adds what every answer carries. */
void resp_seal(struct web_conn *k);

/* asset.c */
bool asset_serve(struct web_conn *k);        /* true: the path is an asset's and the answer is ready */

/* handle.c */
void conn_run(struct web_conn *k);                     /* before() and the handler, rq.db being set; result in k->result */
bool conn_writes(const struct web_conn *k);            /* is there something for the writer: ROUTE_WRITE, or req_write() was called */
enum err conn_job(struct db *d, void *arg, struct fault *f);   /* that, as a store job; arg is the web_conn */
/* Sets rq.db to this thread's reader. needed: the request fails without one; else rq.db stays NULL. */
void conn_reader(struct web_conn *k, bool needed);
bool conn_holds(struct web_conn *k);                   /* the answer must wait for rq.hold() */
void conn_held(struct web_conn *k, enum err e, const struct fault *f);   /* what rq.hold() came to; sets k->again */
void conn_again(struct web_conn *k);                   /* before running it once more */
void conn_finish(struct web_conn *k);                  /* error page, after(), headers: then it can be sent */
#endif
