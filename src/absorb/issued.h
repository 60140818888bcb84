/* Papers of a case as they were numbered and kept (issued.c). Only for absorb/ and its pages. */
#ifndef XA_ABSORB_ISSUED_H
#define XA_ABSORB_ISSUED_H
#include "absorb/absorb.h"
#include "paper/paper.h"

/* What each kept paper has, and its states, whoever keeps it. */
#define KEPT_FIELDS \
	F("edition", "Edition", F_INT, .flags = FF_SYSTEM | FF_LIST), \
	F("own_number", "Number in the unit's own book", F_TEXT, .flags = FF_LIST, .max = 60, .help = N_("As it stands on the stamped paper, for example 〔2026〕12号. A number that is in use is refused.")), \
	F("own_key", "Number, to compare", F_TEXT, .flags = FF_SYSTEM | FF_FILTER | FF_UNSHOWN, .max = 120), \
	F("said", "The words kept", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY | FF_UNSHOWN, .max = 120000), \
	F("digest", "SHA-256 of the words", F_TEXT, .flags = FF_SYSTEM, .max = 64), \
	F("reader", "Whose particulars may stand in it", F_INT, .flags = FF_SYSTEM | FF_UNSHOWN, .min = -1, .max = INT64_MAX), \
	F("issued_at", "Numbered and kept at", F_TIME, .flags = FF_SYSTEM | FF_LIST)
#define KEPT_STATES 3
extern const struct state kept_states[KEPT_STATES];
/* Which paper a code of codes/issued_form.tsv or office_form.tsv is, of those that this keeper keeps; NULL: none. */
const struct absorb_paper *issued_form(struct str code, enum paper_keeper keeper);
/* In prepare() of a kept paper: edition, words, digest, reader, hour and the unit's own number; the paper's number is the type's own affair. Faults as absorb_paper();
 * ERR_STATE: one of this form is in force. */
CHECKED enum err issued_fill(struct ctx *c, const struct absorb_paper *w, struct rec *now);
/* A fault where the unit's own number is too short or used, in either book. */
CHECKED enum err issued_own_number(struct ctx *c, const struct rec *old, struct rec *now);
/* A fault where it would be signed in the future or before it was kept. */
void issued_day_fits(struct ctx *c, const struct rec *now);
/* Of a type, "issued" or "office_paper": the paper with the words it was kept with, and what was signed on it on the screen. For who reads both it and what it was made of in full; ERR_STATE: it would
 * hold what has become a secret since. In c->a. */
CHECKED enum err issued_sheet(struct ctx *c, const char *type, int64_t id, struct document *ret, struct rec **ret_r);
/* May the scans of this office's paper be opened? By who may open the paper itself, and no longer than that: a picture cannot be searched for what has become a secret.
 * Faults as issued_sheet(). */
CHECKED enum err office_scan_open(struct ctx *c, int64_t paper);
#endif
