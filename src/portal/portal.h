/*
 * portal/: the citizens' pages: help numbers, a message, and how it stands. For a woman whose phone somebody else may hold.
 *
 * She may also ask for a counselling appointment (absorb/counsel.c): without a receipt, since a slip with a number asks what it is for.
 *
 * No log-in, no names in titles and paths, nothing kept in the browser, a way out on every page. What she writes becomes a clue
 * through act() as ROLE_CITIZEN. A receipt of 16 digits is shown once; the store holds only its mark (absorb/absorb.h). It tells
 * "received, being handled, finished"; lets her add something and ask to withdraw; and to who got it as a party of a case it gives
 * what her own side may read (SC_SIDE): our answers, the next appointment, her duties, the joint papers, and files that the team has shown to her side. Never what she wrote herself:
 * somebody else may hold the phone. To who wrote it, it tells which posts have read it, how often and on which day last (S33),
 * never a name or a unit; to a party of a case it does not: who reads about one side is no business of the other. Tests: tests/portal/, tests/absorb/wall.c.
 */
#ifndef XA_PORTAL_H
#define XA_PORTAL_H
#include "face/face.h"

extern const struct route portal_routes[];

/* at, as ROLE_CITIZEN of this city: whoever is logged in on this machine, here she is nobody. */
struct ctx portal_citizen(const struct ctx *at);

#define PORTAL_EXIT "https://www.weather.com.cn/"

struct portal_line { struct str when, text, id; };
struct portal_page {
	struct str pass, done, next;          /* after a receipt: the way on, what was done, the next appointment */
	struct portal_line *lines, *duties, *papers, *files;
	size_t nlines, nduties, npapers, nfiles;
	bool withdrawn;
	struct str error, idem, text, name, phone, when, word, code, status, status_text;
	struct option *towns, *safe, *hurt, *intents;
	size_t ntowns, nsafe, nhurt, nintents;
	struct str *faults;
	size_t nfaults;
	struct portal_look { struct str role, last; int64_t n; } *looks;    /* who has read it: posts, never names */
	size_t nlooks;
	bool asked /* her wish is kept */, again, chosen /* files were, which no page can choose again */, urgent, limited, lost /* a file could not be kept, by our fault */;
};

#endif
