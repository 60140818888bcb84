/* What the clue's and the case's own panels show; see extra.c. */
#ifndef XA_DESK_EXTRA_H
#define XA_DESK_EXTRA_H
#include "desk/found.h"
#include "desk/inner.h"
struct text_part { struct str text, signal, code; bool off; /* negated or told of somebody else: shown, not counted */ };
struct narrative { struct text_part *v; size_t n; };
/* The text cut at the signals of a screening (triage_json()). */
struct narrative narrative_of(struct ctx *c, struct str text, struct str triage);
struct same_row { struct str title, why, url, merge_url; };
struct clue_panel {
	struct found_panel found;
	struct str family, score, kind, grade, unit, signals;
	const char *light;
	bool report;                /* a sign of harm to a child, and it is still to be screened or dispatched */
	bool machine;               /* nobody has confirmed it yet */
	struct narrative said;
	struct str *reasons;
	size_t nreasons;
	struct same_row *same;
	size_t nsame;
};
struct pick_row { struct str name, studio, why, url; int score; bool full; };
struct case_panel { struct pick_row *rows; size_t n; };
#endif
