/* The register of mediators with grade, honours, appointment, certificates and the hours of the energy pack in a year. */
#ifndef XA_DESK_ROSTER_PAGES_H
#define XA_DESK_ROSTER_PAGES_H
#include "face/face.h"
extern const struct route roster_routes[];

struct roster_row { struct str name, url, studio, fulltime, grade, until, certificate, honours, hours, passed, missing; bool lacks, over; };
struct roster_page { struct str year, xlsx_url, norm; struct option *studios; size_t nstudios; struct roster_row *v; size_t n, lacking, all; bool only; };
#endif
