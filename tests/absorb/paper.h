/* A paper of protection as it is made for somebody, and what stands in it. */
#ifndef XA_TESTS_PAPER_H
#define XA_TESTS_PAPER_H
#include "walk.h"
#include "paper/paper.h"

__attribute__((unused)) static enum err paper_for(struct city *p, struct actor w, const char *type, const char *name, int64_t id, struct document *d)
{
	struct ctx c;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	for (const struct absorb_paper *k = absorb_papers; k->type; k++)
		if (strcmp(k->type, type) == 0 && strcmp(k->name, name) == 0)
			return absorb_paper(&c, k, id, d);
	return ERR_INTERNAL;
}

__attribute__((unused)) static bool paper_says(const struct document *d, const char *what)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->p[i].text.n && str_find(d->p[i].text, str_of(what)) >= 0)
			return true;
	return false;
}
#endif
