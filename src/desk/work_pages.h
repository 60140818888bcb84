/* Workload and quality of studios and mediators; see report/work.h. */
#ifndef XA_DESK_WORK_PAGES_H
#define XA_DESK_WORK_PAGES_H
#include "face/face.h"
extern const struct route work_routes[];

struct work_row { struct str label, url, *cell; };
struct work_sheet { struct str title, *head; size_t ncols; struct work_row *rows; size_t nrows; bool foot; };
struct work_page {
	struct str title, who, month, made, xlsx_url, inside_url, back_url, people_url;
	struct option *spans; size_t nspans;
	int64_t studio, staff;
	bool people;
	struct work_sheet *v; size_t n;
	struct str *notes; size_t nnotes;
};
#endif
