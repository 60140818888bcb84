/*
 * portal/: the citizens' pages: help numbers, a message, and how it stands. For a woman whose phone somebody else may hold.
 *
 * No log-in, no names in titles and paths, nothing kept in the browser, a way out on every page. What she writes becomes a clue
 * through act() as ROLE_CITIZEN. A receipt of 16 digits is shown once; the store holds only its keyed hash (migrations/
 * 0022_portal.sql), and it tells no more than "received, being handled, finished", and which
 * posts have read it, how often and on which day last (S33): never a name or a unit. Tests: tests/portal/.
 */
#ifndef XA_PORTAL_H
#define XA_PORTAL_H
#include "face/face.h"

extern const struct route portal_routes[];

#define PORTAL_EXIT "https://www.weather.com.cn/"

struct portal_page {
	struct str error, idem, text, name, phone, when, word, code, status, status_text;
	struct option *towns, *safe, *hurt;
	size_t ntowns, nsafe, nhurt;
	struct str *faults;
	size_t nfaults;
	struct portal_look { struct str role, last; int64_t n; } *looks;    /* who has read it: posts, never names */
	size_t nlooks;
	bool again, urgent, limited;
};

#endif
