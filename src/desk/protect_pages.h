/* The pages of protection in a case of violence: the form of a scale, what has been done and what is next, the papers and their blank forms.
 * Rules: absorb/absorb.h, absorb/scale.h. Tests: tests/absorb/safety.c. */
#ifndef XA_DESK_PROTECT_PAGES_H
#define XA_DESK_PROTECT_PAGES_H
#include "face/face.h"

extern const struct route protect_routes[];

struct assess_item { struct str code, text, group; struct option *options; size_t noptions; bool missing; };
struct assess_page { struct str title, lead, back_url, other_url, other_label; struct form form; struct assess_item *items; size_t nitems; struct str edition, licence, source, owner, note; };
struct protect_row { struct str label, text, url, button; const char *light; bool next; };
/* reports: the mandatory reports that are due, each with what began it and until when. */
struct protect_panel { struct protect_row *rows, *reports; size_t n, nreports; struct str why; };
struct paper_row { struct str label, url, url_docx, blank, blank_docx; };
/* A paper that the unit of the record kept. */
struct office_row { struct str label, number, url, state; };
struct answer_row { struct str code, text, answer, weight; bool yes; };
struct protect_papers { struct paper_row *rows; size_t n; struct office_row *kept; size_t nkept; struct str care, file_url; struct answer_row *answers; size_t nanswers; struct str scale, edition, licence, source, note; };
/* On the page of a case: what stands between her and harm, and the next of it. Nothing where no violence is flagged. */
CHECKED enum err protect_case(struct req *rq, const struct rec *kase, struct buf *ret);
/* On the pages of the records that papers are made of. */
CHECKED enum err protect_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
