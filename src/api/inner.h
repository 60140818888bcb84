/* api/ among its own files. */
#ifndef XA_API_INNER_H
#define XA_API_INNER_H
#include "api/api.h"
#include "face/face.h"
#include <jansson.h>

/* ---- json.c: a writer that sets the commas itself ------------------------------------------------------------- */

struct json { struct buf *b; bool comma; };
void j_open(struct json *j, char c);              /* '{' or '[' */
void j_close(struct json *j, char c);
void j_key(struct json *j, const char *k);
void j_str(struct json *j, struct str s);         /* absent: null */
static inline void j_cstr(struct json *j, const char *s) { j_str(j, str_of(s)); }
void j_int(struct json *j, int64_t v);
void j_bool(struct json *j, bool v);
void j_id(struct json *j, int64_t id);            /* as a string: 63 bits do not fit a JavaScript number; 0: null */
void j_time(struct json *j, int64_t ms);          /* ISO 8601 in Chinese time; 0: null */
void j_raw(struct json *j, struct str json);      /* is JSON already */
/* A whole record as its reader may see it: codes with labels, masked text named in "masked", secrets left out. */
void j_record(struct json *j, struct ctx *c, const struct rec *r);
void j_head(struct json *j, const struct rec *r);   /* type, id, version, state, updated */

/* ---- input.c: what came in ------------------------------------------------------------------------------------- */

#define API_DEPTH 32          /* brackets in each other */
#define API_VALUES 30         /* values of one filter, parted by "|" */
#define API_FILTERS 20

struct api_body {
	struct input *in;
	size_t n;
	int64_t parent, version;       /* version 0: not said */
	struct str canon;              /* the body in one form: keys sorted, no blanks; when it came with an idempotency key */
};
/* Strict: one object, no key twice, no NUL, at most API_DEPTH deep. Wrong types become field faults of the request, so that
 * act() can add its own to them. ERR_INVALID (with status 400 or 415) only when nothing can be made of the body. */
CHECKED enum err api_body(struct req *rq, struct resp *rs, const struct rtype *t, struct api_body *ret);
/* Filters and paging of a list from the query. */
CHECKED enum err api_query(struct req *rq, const struct rtype *t, struct see *ret);
/* The types, by name or plain plural; NULL. */
const struct rtype *api_type(struct ctx *c, struct str name);

/* ---- read.c ---------------------------------------------------------------------------------------------------------- */

/* Type and id of the path. */
CHECKED enum err api_path(struct req *rq, const struct rtype **ret_t, int64_t *ret_id);
void api_answer(struct resp *rs, struct json *ret);
void api_etag(struct req *rq, struct resp *rs, const struct rec *r);
enum err api_list(struct req *rq, struct resp *rs);
enum err api_get(struct req *rq, struct resp *rs);
enum err api_history(struct req *rq, struct resp *rs);
enum err api_steps(struct req *rq, struct resp *rs);

/* ---- around.c: what belongs to no one record --------------------------------------------------------------------------- */
enum err api_codes(struct req *rq, struct resp *rs);
enum err api_areas(struct req *rq, struct resp *rs);
enum err api_me(struct req *rq, struct resp *rs);
enum err api_due(struct req *rq, struct resp *rs);
enum err api_public_posts(struct req *rq, struct resp *rs);
enum err api_step_up(struct req *rq, struct resp *rs);
enum err api_call_event(struct req *rq, struct resp *rs);
enum err api_safety(struct req *rq, struct resp *rs);

/* ---- write.c: idempotency keys ------------------------------------------------------------------------------------------ */

struct api_key { struct str key; unsigned char hash[16]; bool known; };
/* The key as it came and the hash of its body (in one form); whether it is known the writer says. */
CHECKED enum err api_key_read(struct req *rq, struct str canon, struct api_key *ret);
CHECKED enum err api_key_check(struct req *rq, struct api_key *k);     /* ERR_DUPLICATE: it came with another body */
CHECKED enum err api_key_keep(struct req *rq, const struct api_key *k);

/* ---- files.c: papers and photos -------------------------------------------------------------------------------------------- */
enum err api_file_create(struct req *rq, struct resp *rs);
enum err api_file_content(struct req *rq, struct resp *rs);

/* ---- write.c, openapi.c, health.c ---------------------------------------------------------------------------------------- */
enum err api_create(struct req *rq, struct resp *rs);
enum err api_verb(struct req *rq, struct resp *rs);
enum err api_reveal(struct req *rq, struct resp *rs);
enum err api_openapi(struct req *rq, struct resp *rs);
/* The description of the running catalogue, as openapi.json. */
void openapi_write(struct ctx *c, struct buf *b);
enum err api_health(struct req *rq, struct resp *rs);
enum err api_metrics(struct req *rq, struct resp *rs);
enum err api_errors(struct req *rq, struct resp *rs);

#endif
