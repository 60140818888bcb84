/* What the pages of audit show: the journal, the audit board, who has looked. */
#ifndef XA_DESK_AUDIT_H
#define XA_DESK_AUDIT_H
#include "face/face.h"

extern const struct route audit_routes[];

struct journal_line { struct str seq, when, who, user_url, role, verb, type, outcome, reason, way, detail; bool night, bad; };
struct journal_page_data {
	struct journal_line *rows;
	size_t n;
	struct str next_url, xlsx_url, about, user, from, to;
	struct option *verbs, *roles, *types;
	size_t nverbs, nroles, ntypes;
	bool filtered;
};
struct audit_fig { struct str label, hint, url; int64_t n; const char *light; };
struct audit_cell { int64_t n; struct str url; bool mark; };
struct audit_row { struct str who, role, unit, url, usual; struct audit_cell *cells; bool unusual; };
struct audit_tie { struct str who, role, what, place, when, why, url; int64_t n; };
struct audit_span { struct str label, url; bool on; };
struct audit_page {
	struct str state, state_text, head_when, head_root, head_size, copy, xlsx_url, span;
	bool good, known, running, head, copy_bad;
	struct audit_span *spans;
	size_t nspans;
	struct audit_fig *figs;
	size_t nfigs;
	struct str *heads;
	size_t nheads;
	struct audit_row *rows;
	size_t nrows;
	struct audit_tie *ties;
	size_t nties;
	bool cut, more;
};
struct looked_row { struct str who, role, unit, what, reason, first, last; int64_t n; };
struct looked_page { struct str title, back_url; struct looked_row *rows; size_t n; int64_t total; };
/* The page of who has looked, when the actor is entitled to it (S33): who sees the record in full and answers for it. */
struct str looked_url(struct ctx *c, const struct rec *r);
#endif
