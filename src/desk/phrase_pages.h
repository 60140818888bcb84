/* The words that the screening goes by, a place to try a text, and what a trial of new words said; see sense/phrase.h. */
#ifndef XA_PHRASE_PAGES_H
#define XA_PHRASE_PAGES_H
#include "desk/extra.h"
extern const struct route phrase_routes[];
enum err phrase_extra(struct req *rq, const struct rec *r, struct html *ret);

struct phrase_row { struct str number, name, url, finds, what, words, hits; bool bears, found; };
struct phrase_try { struct str text, draft, draft_url, family, kind, grade, phrase /* id of the draft */; const char *light; struct narrative words; struct phrase_row *found; size_t nfound; bool judged; };
struct phrase_page {
	struct phrase_try t;
	struct phrase_row *own, *base;
	size_t nown, nbase;
	struct str list;       /* number of the list; absent: nothing was ever added */
	bool behind;           /* this server has not got it yet */
	bool may;              /* add */
	bool waiting;
};
struct phrase_panel { struct phrase_try t; struct str hits; struct model_line *v; size_t n; bool used, try; };
#endif
