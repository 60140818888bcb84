/* Taking a call: one screen, keyboard only, under a minute. The page holds no rule: sense/clue.h has them all. */
#ifndef XA_DESK_INTAKE_H
#define XA_DESK_INTAKE_H
#include "desk/found.h"
#include "face/face.h"
extern const struct route intake_routes[];

struct call_same { struct str title, state, when, url; const char *light; };
struct call_same_page { struct str phone; struct call_same *rows; size_t n; bool asked; };
struct call_try { bool judged, family, urgent; struct str kind, grade, signals; const char *light; struct found_panel found; };
struct call_ringing { struct str phone, when, state, url; bool here; struct call_same_page same; };
struct call_ringing_page { struct call_ringing *rows; size_t n, missed; struct str missed_text; };
struct call_question { struct str name, label, key; bool on; };
struct call_saved { struct str number, url, title, contact; bool urgent; };
struct call_page {
	struct str error, idem, call, phone, name, area, text, safe_note, party_b;
	bool anonymous, self;
	struct option *sources, *areas, *kin, *safe;
	size_t nsources, nareas, nkin, nsafe;
	struct call_question ask[5];
	struct call_saved *saved;      /* NULL: none */
	struct call_same_page same;
	struct call_ringing_page calls;
	struct str *faults;
	size_t nfaults;
};
#endif
