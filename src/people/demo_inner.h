/* The demo generator among its own files. */
#ifndef XA_DEMO_INNER_H
#define XA_DEMO_INNER_H
#include "people/demo_gen.h"
#include "record/record.h"

struct demo_point { double x, y; };
#define DEMO_CORNERS 28
struct demo_cell { int n; struct demo_point v[DEMO_CORNERS]; };   /* convex */

struct demo_area {               /* a town or a community */
	char code[16];
	struct str name;
	int town;                /* index; a town's own */
	int org, police, justice;
	int grid0, grids;        /* of a community */
	int comprehensive0;      /* comprehensive grids in the communities before this one */
	int staff0;              /* first of its staff: a town's chair, a community's chair */
	int liaison;             /* a town's police officer */
	int comm0, comms;        /* of a town */
	int mediator0, mediators;
	double weight;
	struct demo_cell cell;
};
struct demo_post { short role; short seq; int org, area /* -1 city, town index, or towns + community index */, grid; };
struct demo_place { char code[16]; int comm, worker; bool dedicated; short seq; struct demo_cell cell; };
struct demo_office { const char *kind, *suffix; int area, above; };
struct demo_room { int area, org; };                             /* a studio */
struct demo_hand { int staff, studio; };                         /* a mediator */

struct demo_words;               /* phrases by file and section */

struct demo_waiting { int64_t ms, story; int beat; };

struct demo_plan {
	struct arena *a;
	uint64_t seed;
	double scale;
	int64_t start, end;
	int towns, comms;
	struct demo_area *town, *comm;
	struct str city_name;
	char city[8];
	int norgs, nstaff, ngrids, ncomprehensive, nstudios, nmediators;
	struct demo_office *org;
	struct demo_post *staff;
	struct demo_place *grid;
	struct demo_room *studio;
	struct demo_hand *mediator;
	int64_t households, stories;
	int hotline0, hotlines, city0, cities, liaison_police, liaison_court, liaison_civil, liaison_education;
	struct demo_posts posts;
	int show_town, show_comm;      /* where the posts are */
	struct demo_words *words;
	struct demo_waiting *heap;
	size_t nheap, capheap;
	int64_t next_story;
};

/* A generator of its own for thing i of sort `what`: what is made for one never moves another. */
struct rng demo_rng(const struct demo_plan *p, char what, int64_t i);
static inline int demo_pick(struct rng *r, int n) { return (int)rng_range(r, 0, n - 1); }
static inline bool demo_chance(struct rng *r, int percent) { return rng_range(r, 0, 99) < percent; }

/* demo_words.c */
enum err demo_words_new(struct arena *a, struct demo_words **ret, struct fault *f);
/* A line of demo/phrases/FILE.txt [section]; absent when there is no such section. */
struct str demo_word(const struct demo_words *w, const char *file, const char *section, struct rng *r);
struct str demo_name(const struct demo_words *w, struct arena *a, struct rng *r, struct str surname, bool girl);
struct str demo_surname(const struct demo_words *w, struct rng *r);
struct demo_fill { const char *key; struct str value; };
struct str demo_filled(struct arena *a, struct str line, const struct demo_fill *fill, size_t n);

/* demo_map.c: the whole outline, then cells of the given weights that tile it. */
struct demo_cell demo_outline(void);
void demo_split(const struct demo_cell *whole, const double *weights, int n, struct rng *r, struct demo_cell *ret);
struct str demo_ring(struct arena *a, const struct demo_cell *c);

/* demo_people.c */
struct str demo_phone(struct arena *a, int64_t i);

#endif
