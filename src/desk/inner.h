/* desk/ among its own files. */
#ifndef XA_DESK_INNER_H
#define XA_DESK_INNER_H
#include "desk/desk.h"
enum err desk_workbench_get(struct req *rq, struct resp *rs);
enum err desk_list_get(struct req *rq, struct resp *rs);
enum err desk_search_get(struct req *rq, struct resp *rs);
CHECKED enum err desk_notices(struct req *rq, int limit, struct notice_row **ret, size_t *ret_n);
desk_extra_fn *desk_extra_of(const char *type);
/* The step by which the actor may make a record of this type (trial: a record to be, for its place; may be NULL), or NULL. */
const struct step *desk_create_step(struct ctx *c, const struct rtype *t, const struct rec *trial);
/* The page of a record that was loaded for the actor; journals the look where its level asks for it. */
enum err desk_show(struct req *rq, struct resp *rs, const struct rec *r);
/* Why an act was refused, in words: of wrong fields the first. */
struct str desk_why_not(struct ctx *c, enum err e);
static inline struct html html_of(struct ctx *c, const struct buf *b) { return (struct html){ arena_str(c->a, buf_view(b)) }; }
enum err desk_reveal_post(struct req *rq, struct resp *rs);
enum err desk_reveals_get(struct req *rq, struct resp *rs);
enum err desk_reveals_post(struct req *rq, struct resp *rs);
#endif
