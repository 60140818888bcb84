/* What a version of the screening was compared on, for who decides; see sense/learn.h. */
#ifndef XA_MODEL_PAGES_H
#define XA_MODEL_PAGES_H
#include "desk/inner.h"
extern const struct route model_routes[];
enum err model_extra(struct req *rq, const struct rec *r, struct html *ret);

struct model_line { struct str label, was, is; };
struct model_part { struct str by, key, n, changed; };
struct model_panel { struct str held, changed; struct model_line v[8]; size_t n; struct model_part *part; size_t nparts; bool few; };
/* version: number of the one in force; absent: the program's own. url: absent where she may not open it. */
struct card_page { struct html text; struct str version, since, url, list; };
#endif
