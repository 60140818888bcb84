/* Why: many jobs of one commit add to the same rows (a counter, the head of a log) or write what is far cheaper to write in
 * order (words of a search index): kept in memory, each kind is written once, just before the commit.
 * Invariants: nothing kept here outlives its transaction; what a failed job or db_sub kept is gone with it, and what was
 * already written of the jobs before it counts as unwritten again when that writing was undone. */
#include "store/internal.h"
#include <stdlib.h>

static struct later_list *list_of(struct db *d, const struct later *kind)
{
	struct later_list *l = d->later;
	for (; l->kind; l++)
		if (l->kind == kind)
			return l;
	must(l < d->later + LATER_KINDS);
	l->kind = kind;
	return l;
}

void *db_later(struct db *d, const struct later *kind, size_t n)
{
	must(d->in_job);
	if (!d->later_arena)
		d->later_arena = arena_new((size_t)1 << 30);
	struct later_list *l = list_of(d, kind);
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->item = xrealloc(l->item, l->cap * sizeof *l->item);
	}
	d->wrote = true;
	return l->item[l->n++] = arena_alloc(d->later_arena, n);
}

struct str db_later_str(struct db *d, struct str s) { return arena_str(d->later_arena, s); }

void *db_later_last(const struct db *d, const struct later *kind)
{
	for (const struct later_list *l = d->later; l->kind; l++)
		if (l->kind == kind)
			return l->n ? l->item[l->n - 1] : NULL;
	return NULL;
}

size_t db_later_bytes(const struct db *d) { return d->later_arena ? arena_used(d->later_arena) : 0; }

static enum err flush(struct db *d, struct later_list *l, struct fault *f)
{
	if (l->flushed == l->n)
		return OK;
	TRY(l->kind->flush(d, l->item + l->flushed, l->n - l->flushed, f));
	l->flushed = l->n;
	return OK;
}

enum err db_settle(struct db *d, const struct later *kind, struct fault *f)
{
	for (struct later_list *l = d->later; l->kind; l++)
		if (!kind || l->kind == kind)
			TRY(flush(d, l, f));
	return OK;
}

struct later_mark later_mark(const struct db *d)
{
	struct later_mark m;
	for (int i = 0; i < LATER_KINDS; i++)
		m.at[i] = (struct later_at){ d->later[i].n, d->later[i].flushed };
	return m;
}

void later_undo(struct db *d, const struct later_mark *m)
{
	for (int i = 0; i < LATER_KINDS; i++) {
		d->later[i].n = m->at[i].n;
		d->later[i].flushed = m->at[i].flushed;
	}
}

void later_clear(struct db *d)
{
	for (int i = 0; i < LATER_KINDS; i++)
		d->later[i].n = d->later[i].flushed = 0;
	if (d->later_arena)
		arena_reset(d->later_arena);
}

void later_free(struct db *d)
{
	for (int i = 0; i < LATER_KINDS; i++)
		free(d->later[i].item);
	arena_free(d->later_arena);
	d->later_arena = NULL;
}
