/* Signing on the screen: the paper as it reads, and a field to write in; see absorb/signature.h. */
#ifndef XA_DESK_SIGN_PAGES_H
#define XA_DESK_SIGN_PAGES_H
#include "face/face.h"
#include "paper/paper.h"
extern const struct route sign_routes[];

struct sign_who { struct str value, label; bool on; };
struct sign_made { struct str who, when, url; bool old; /* of words that were changed since */ };
struct sign_page {
	struct str title, back_url, url, digest, error, witness;
	const struct para *p;
	size_t n;
	struct sign_who *who;
	size_t nwho;
	struct sign_made *made;
	size_t nmade;
	bool draft;                   /* still to be signed */ const char *wording[5]; };
CHECKED enum err sign_extra(struct req *rq, const struct rec *agreement, struct html *ret);
#endif
