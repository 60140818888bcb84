/*
 * desk/: the staff pages: workbench, lists, records, steps, search, notices, the journal.
 *
 * Holds no rule: it parses, calls act() and see(), renders.  A page for every record type comes from the catalogue; only
 * what a post does most has a page of its own.  Tests: tests/desk/, tests/e2e/.
 */
#ifndef XA_DESK_H
#define XA_DESK_H
#include "face/face.h"

extern const struct route desk_routes[];

/* ---- data of the templates in templates/desk/ ---- */

struct tile { struct str label, url, hint, shown; /* instead of n */ int64_t n; bool more; /* at least n */ const char *light; };
struct notice_row { struct str when, text, url; int64_t id; bool read; struct str about; /* what it is about, as far as she may see it */ };
struct list_row { struct cover *covers; /* beside cells, of the parties of a case; [8]: of the title */ struct str *cells; struct str url, title, number, state, when, place; const char *light; };
struct list_page {
	const struct rtype *t;
	struct str title, head, words, next_url, new_url, new_label, empty, export_url;
	bool dated;                   /* no column of its own says when */
	struct str *heads;
	bool *tight;   /* a column of days, times or numbers: never broken over two lines */
	size_t ncols;
	bool numbers;  /* no row has words of its own: the first column is as wide as a number */
	struct list_row *rows;
	size_t nrows;
	struct form_field *filters;
	size_t nfilters;
	int64_t count;
	bool count_more, search, filtered;
	size_t nrare;                 /* filters behind “more conditions” */
	bool rare_set;
};
struct workbench {
	struct str hello, today;
	struct str big_url, big_label;
	struct tile *tiles;
	size_t ntiles;
	bool figures;                 /* the tiles are this month's figures */
	struct clock_row *mine, *watch;
	size_t nmine, nwatch, late;
	struct list_page *lists;      /* what waits: e.g. clues to screen, cases to accept */
	size_t nlists;
	struct notice_row *notices;
	size_t nnotices;
	struct str words;             /* of the search page: what was looked for, and why */
	struct option *purposes;
	size_t npurposes;
};
struct button { struct str label, url; bool primary, danger; };
struct child_group { struct str title, add_url, add_label; struct list_page list; };
struct word_mark { struct str before, word, signal; const char *kind; };
struct record_page {
	const struct rec *r;
	struct str title, number, state, grade, place, org, owner, created, version;
	const char *light;
	struct button *buttons;
	size_t nbuttons, nfew;         /* the first nfew stand open, the rest behind “more steps” */
	struct str *dangers;           /* what whoever opens it must know first */
	size_t ndangers;
	struct shown *shown;
	size_t nshown;
	struct event *events;
	size_t nevents;
	struct clock_row *clocks;
	size_t nclocks;
	struct flow flow;
	struct child_group *children;
	size_t nchildren;
	struct html *extra;            /* what a type's own room adds (triage panel), ready made */
	size_t nextra;
	struct str parent_url, parent_title;
	struct str looked_url;         /* who has looked at it; absent: not for her */
	struct str glass, glass_end;   /* she reads it under an emergency opening: until when, and where to give it back */
};
struct step_page { struct str title, lead, back_url; struct form form; bool urgent; /* somebody may be in danger now: 110 stands first */ struct child_group *people; /* of a visit: whom to reach */ struct str case_title, case_url; bool row; /* one of a row of calls */ struct str next_url; struct str stale; struct shown *theirs; size_t ntheirs; };
struct reveals_page { struct reveal_line { struct str day, name, user; int64_t n, times, extra; bool over, today; } *rows; size_t n; struct str limit; bool lifts; };

/* What a type's own page adds to the record page; NULL when nothing. */
typedef enum err desk_extra_fn(struct req *rq, const struct rec *r, struct html *ret);

/* Fills a list of a type with filters; used by lists, workbench and children. */
CHECKED enum err desk_list(struct req *rq, const struct see *q, struct list_page *ret);
/* One of which there is nothing, which the store need not be asked. */
void desk_list_none(struct req *rq, const struct rtype *t, struct list_page *ret);
CHECKED enum err desk_record(struct req *rq, const struct rec *r, struct record_page *ret);

#endif
