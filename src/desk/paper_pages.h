/* The papers of a case as an office keeps them: the bound file. Rules: absorb/bound.h. Tests: tests/absorb/bound.c. */
#ifndef XA_DESK_PAPER_PAGES_H
#define XA_DESK_PAPER_PAGES_H
#include "face/face.h"

extern const struct route paper_routes[];
struct bound_panel { struct str url, papers; };
/* What would go into each file and what not, by reason, before it is bound; notice: why it is not made. */
#define BIND_FILES 3
struct bind_row { struct str why, n; };
struct bind_file { struct str name, url, notice, papers, unread, kept_out; struct bind_row rows[8]; size_t n; };
struct bind_page { struct str title, back_url, papers; struct bind_file files[BIND_FILES]; };
/* A form that can be made of this case: not kept yet (form, about), or kept (number, state, kept_url). */
struct filed_row { struct str label, when, url, url_docx, blank, form, about, number, state, kept_url; };
struct filed_page { struct str title, back_url, url, notice; struct filed_row *rows, *voids; size_t n, nvoids; };
struct kept_panel { struct str url, url_docx, papers, about; };
/* For the page of a case. */
CHECKED enum err bound_case(struct req *rq, const struct rec *kase, struct buf *ret);
/* For the page of a paper that was numbered and kept. */
CHECKED enum err kept_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
