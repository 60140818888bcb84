/* Papers and photos of a case or clue: the panel on its page, handing in, the page of one, fetching the original. Rules:
 * record/files.h, absorb/document.c, sense/clue_document.c. Tests: tests/desk/document.c. */
#ifndef XA_DESK_DOCUMENTS_H
#define XA_DESK_DOCUMENTS_H
#include "face/face.h"

extern const struct route document_routes[];

struct paper_tile { struct str url, img /* data: of the tile; absent: a grey one */, name, kind, type, size, side, state, when; bool aside; };
struct papers_panel {
	struct str title, add_url, more;
	struct paper_tile *v;
	size_t n;
	struct papers_form { struct str heading, url, parent, idem, error, kinds_of, session, visit; struct option *kinds, *sides; size_t nkinds, nsides; struct str *faults; size_t nfaults; struct str limits, back_url; } form;
};
struct paper_page { struct str view_url, file_url, hash, sm3; bool picture /* a copy stands beside the original */, image; };

/* For the page of a case, clue, session or visit: papers that belong to it, and the way to hand in more. */
CHECKED enum err papers_extra(struct req *rq, const struct rec *r, struct html *ret);
/* For the page of an office's paper: the scans of its signed original, shown as long as the paper itself may be. */
CHECKED enum err scans_extra(struct req *rq, const struct rec *r, struct html *ret);
/* For the page of one paper. */
CHECKED enum err paper_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
