/* Lists as files; rules: report/export.h. Tests: tests/desk/export.c. */
#ifndef XA_DESK_EXPORT_PAGES_H
#define XA_DESK_EXPORT_PAGES_H
#include "face/face.h"

extern const struct route export_routes[];
struct export_page {
	struct str title, type, cond, purpose, error, back_url, limit;
	struct option *columns;
	size_t ncolumns;
	int64_t rows, at_once, a_day;
	bool csv, ask /* a second person must agree */;
};
CHECKED enum err export_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
