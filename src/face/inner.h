/* face/ among its own files. */
#ifndef XA_FACE_INNER_H
#define XA_FACE_INNER_H
#include "face/face.h"
static inline const char *session_cookie(const struct req *rq) { return session_cookie_name(req_tls(rq)); }
static inline const char *device_cookie(const struct req *rq) { return req_tls(rq) ? "__Host-xa_device" : "xa_device"; }
#define FLASH_COOKIE "xa_flash"

/* ---- log-in, second factor, step-up, own account, first run: rows of face_routes ---- */
enum err login_code_post(struct req *rq, struct resp *rs);
enum err factor_get(struct req *rq, struct resp *rs);
enum err factor_begin_post(struct req *rq, struct resp *rs);
enum err factor_post(struct req *rq, struct resp *rs);
enum err factor_codes_post(struct req *rq, struct resp *rs);
enum err factor_drop_post(struct req *rq, struct resp *rs);
enum err account_get(struct req *rq, struct resp *rs);
enum err account_sessions_post(struct req *rq, struct resp *rs);
enum err fresh_post(struct req *rq, struct resp *rs);
enum err first_get(struct req *rq, struct resp *rs);
enum err first_post(struct req *rq, struct resp *rs);
/* Instead of the error page of ERR_FRESH: asks, and goes on with what was sent. why: what was wrong with the last answer. */
void fresh_page(struct req *rq, struct resp *rs, struct str why);
/* "Chrome · Windows" of a User-Agent. */
struct str agent_name(struct req *rq);
/* Where to go on: a path of this house, else "/". */
struct str local_path(struct req *rq, const char *name);

/* face.c: the request's face as yet unknown to anybody. */
struct face *face_new(struct req *rq);

/* keep.c */
bool face_holds(struct req *rq);
void face_hold(struct req *rq, void (*done)(void *arg, enum err e, struct fault *f), void *arg);
/* The picture of a type in this state, made once: the catalogue does not change. Nothing of a record may be in it. */
const struct flow *face_flow(struct ctx *c, const struct state *key, struct flow (*make)(struct ctx *, void *), void *arg);
#endif
