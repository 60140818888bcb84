/* Public posts as the duty officer reads them, and how their sources go; see sense/outlet.h. */
#ifndef XA_POST_PAGES_H
#define XA_POST_PAGES_H
#include "desk/extra.h"
extern const struct route post_routes[];
enum err post_extra(struct req *rq, const struct rec *r, struct html *ret);
enum err outlet_extra(struct req *rq, const struct rec *r, struct html *ret);

struct outlet_row { struct str name, url, kind, state, why, good, due; int64_t day, week, kept; bool bad, fine; };
struct outlet_list { struct outlet_row *v; size_t n; bool off /* some are to be fetched, and the server may not */; };
/* Of all sources that the actor may see and that have not ended. */
CHECKED enum err outlet_rows(struct ctx *c, struct outlet_list *ret);

struct post_card { struct str id, version, url, title, topics, area, source, said, found, link; const char *light; int64_t copies; struct narrative words; bool alarm, covered, cut; };
struct post_page {
	struct post_card *v;
	size_t n;
	int64_t alarms;
	struct option *why;
	size_t nwhy;
	struct str outcome, outcome_url, *burst;
	size_t nburst;
	struct outlet_list outlets;
	bool refused, more;
};
struct post_panel { struct narrative words; struct str keep_until; bool covered, gone; };
struct outlet_panel { struct outlet_row s; struct str id; bool push, may, file; };
struct key_page { struct str name, url, key; };
#endif
