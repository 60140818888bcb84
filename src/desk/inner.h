/* desk/ among its own files. */
#ifndef XA_DESK_INNER_H
#define XA_DESK_INNER_H
#include "desk/desk.h"
enum err desk_workbench_get(struct req *rq, struct resp *rs);
enum err desk_list_get(struct req *rq, struct resp *rs);
enum err desk_search_get(struct req *rq, struct resp *rs);
CHECKED enum err desk_notices(struct req *rq, int limit, struct notice_row **ret, size_t *ret_n);
desk_extra_fn *desk_extra_of(const char *type);
#endif
