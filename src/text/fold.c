/* Why: a feed brings the same story a hundred times; this finds the story a text belongs to while it comes in, in memory that does not grow.
 * Invariants: what a place tells is believed only after its signature was compared, so one that a newer story has taken does no harm; and a
 * look-up walks at most FOLD_STEPS places whatever is sent, so that nobody can make it slow by texts that share a band.
 * What falls out by this comes back as a story of its own: read once too often, never once too seldom. */
#include "text/inner.h"
#include <stdlib.h>

#define STEPS_MAX (FOLD_STEPS / MINHASH_BANDS)

struct entry { int64_t story; uint64_t asked; struct minhash m; uint32_t before[MINHASH_BANDS]; /* place of the one before in this band; 0: none */ };

struct fold {
	struct entry *e;                     /* place p lies in e[p & mask] */
	uint32_t *head[MINHASH_BANDS];       /* newest place by key; 0: none */
	uint32_t mask, place;                /* the newest; the first is 1 */
	uint64_t asked;                      /* counts look-ups: a story met in five bands is compared once */
	size_t steps;                        /* of the last */
};

struct fold *fold_new(size_t stories)
{
	must(stories && stories <= FOLD_MAX);
	struct fold *f = xalloc(sizeof *f);
	size_t n = 1;
	while (n < stories)
		n *= 2;
	f->mask = (uint32_t)n - 1;
	f->e = xalloc(n * sizeof *f->e);
	for (size_t i = 0; i < MINHASH_BANDS; i++)
		f->head[i] = xalloc(n * sizeof **f->head);
	return f;
}

void fold_free(struct fold *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < MINHASH_BANDS; i++)
		free(f->head[i]);
	free(f->e);
	free(f);
}

static bool band_same(const struct minhash *a, const struct minhash *b, size_t band)
{
	return memcmp(a->v + band * MINHASH_ROWS, b->v + band * MINHASH_ROWS, MINHASH_ROWS * sizeof a->v[0]) == 0;
}

int64_t fold_find(struct fold *f, const struct minhash *m)
{
	int64_t keys[MINHASH_BANDS], story = 0;
	double best = 0;
	minhash_keys(m, keys);
	f->asked++;
	f->steps = 0;
	for (size_t i = 0; i < MINHASH_BANDS; i++) {
		uint32_t p = f->head[i][(uint64_t)keys[i] & f->mask];
		for (int step = 0; step < STEPS_MAX && p; step++) {
			f->steps++;
			struct entry *e = f->e + (p & f->mask);
			p = e->before[i];
			if (e->asked == f->asked || !band_same(&e->m, m, i))
				continue;
			e->asked = f->asked;
			double like = minhash_like(&e->m, m);
			if (like > best && minhash_same(&e->m, m)) {
				best = like;
				story = e->story;
			}
		}
	}
	return story;
}

void fold_put(struct fold *f, const struct minhash *m, int64_t story)
{
	must(story > 0);
	if (f->place == UINT32_MAX) {        /* after four thousand million stories: begin anew */
		for (size_t i = 0; i < MINHASH_BANDS; i++)
			memset(f->head[i], 0, ((size_t)f->mask + 1) * sizeof **f->head);
		f->place = 0;
	}
	int64_t keys[MINHASH_BANDS];
	minhash_keys(m, keys);
	uint32_t place = ++f->place;
	struct entry *e = f->e + (place & f->mask);
	e->story = story;
	e->asked = 0;
	e->m = *m;
	for (size_t i = 0; i < MINHASH_BANDS; i++) {
		uint32_t *head = f->head[i] + ((uint64_t)keys[i] & f->mask);
		e->before[i] = *head;
		*head = place;
	}
}

size_t fold_steps(const struct fold *f)
{
	return f->steps;
}
