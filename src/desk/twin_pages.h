/* Two records of the register side by side, why they may be one person, and to whom a person's other records point. Rules: people/twin.h. */
#ifndef XA_DESK_TWIN_PAGES_H
#define XA_DESK_TWIN_PAGES_H
#include "face/face.h"

struct twin_row { struct str label, first, second; bool differ; };
struct twin_reason { struct str text, bits; bool against; };
struct twin_panel { struct str first, second, first_url, second_url, sure, notice; struct twin_row *rows; size_t n; struct twin_reason *why; size_t nwhy; };
struct same_person { struct str label, url; };
struct same_panel { struct same_person *v; size_t n; };
CHECKED enum err twin_extra(struct req *rq, const struct rec *r, struct html *ret);
/* On the page of a person: the records that point to her. */
CHECKED enum err same_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
