/* The terms in force and who is told when one is late, for a unit. */
#ifndef XA_DESK_TERM_PAGES_H
#define XA_DESK_TERM_PAGES_H
#include "face/face.h"
extern const struct route term_routes[];

struct term_row { struct str label, type, amount[4], warn, told, basis, from; };
struct term_page { struct str unit; struct option *orgs; size_t norgs; struct term_row *v; size_t n; };
#endif
