/* The monthly table on screen and as files; see report/month.h. */
#ifndef XA_DESK_REPORT_PAGES_H
#define XA_DESK_REPORT_PAGES_H
#include "face/face.h"
#include "desk/post_pages.h"
#include "report/month.h"
extern const struct route report_routes[];

struct month_cell { struct str text, url; };
struct month_row { struct str label; struct month_cell *cells; };
struct month_section { struct str title; struct str *heads; size_t ncols; struct month_row *rows, total; size_t nrows; struct str chart; };
struct month_sum { struct str label, now, before, change, last_year, year_change, url; };
struct month_page {
	struct str title, period, area, made, prev_url, next_url, xlsx_url, pdf_url, inside_url;
	struct str months_value;
	struct option *areas;
	size_t nareas;
	struct month_sum *sums;
	size_t nsums;
	struct month_sum *rates;
	size_t nrates;
	struct month_section *sections;
	size_t nsections;
	struct str *notes;
	size_t nnotes;
};
struct channel_row { struct str label, state, last, url, today, week, month, usual; bool bad, good; };
struct channels_page { struct channel_row *rows; size_t n; struct str *odd; size_t nodd; struct outlet_list outlets; };
/* The whole page's model; also for `xiaoan report --format html`. */
CHECKED enum err month_page_make(struct ctx *c, const struct month *m, struct month_page *ret);
#endif
