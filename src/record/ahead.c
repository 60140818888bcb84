/* Why: there is one writer and everybody waits for it, so what an act needs that is a function of what was sent alone (cleaning
 * and checking the values, screening a text, sealing, blind indexes, search tokens) is worked out before its turn comes.
 * Invariants: act_ahead() runs the very code of act(), up to the writing, on a reader; it decides nothing. act() decides again
 * from the start on the writer, and takes over a result only where what it was made of is the same to the byte. */
#include "record/inner.h"

void act_ahead(struct ctx *c, struct act *in)
{
	const struct rtype *t = type_find(c->app, str_of(in->type));
	if (!t || in->ahead)
		return;
	struct ahead *h = NEW(c->a, struct ahead);
	struct fault *f = NEW(c->a, struct fault), *was = c->f;
	struct deed d = { .t = t, .p = plan_of(c->app, t) };
	*h = (struct ahead){ .in = in->in, .nin = in->nin, .id = in->id ? 0 : id_new(c->now) };
	h->parsed = arena_alloc(c->a, (in->nin + 1) * sizeof *h->parsed);
	in->ahead = c->ahead = h;
	c->f = f;
	if (act_decide(c, in, &d) == OK) {
		rec_seal(c, d.p, d.old, d.now);
		h->blind = NEWN(c->a, struct val, t->nfields);
		for (size_t i = 0; i < t->nfields; i++)
			if ((t->fields[i].flags & FF_BLIND) && d.now->v[i].set)
				h->blind[i] = blind_of(c, &t->fields[i], value_text(c, d.now, (int)i));
		h->words = search_text(c, d.p, d.old, d.now);
		h->words_was = h->words.p && d.old && !db_is_postgres(c->db) ? search_text(c, d.p, NULL, d.old) : STR_NONE;
		h->old = d.old;
		h->now = d.now;
	}
	c->f = was;
	c->ahead = NULL;
}

bool ahead_parsed(const struct ctx *c, const struct act *in, size_t k, struct value *ret)
{
	const struct ahead *h = c->ahead;
	if (!h || h->in != in->in || k >= h->nin || !h->parsed[k].v.set || h->parsed[k].raw.p != in->in[k].value.p || h->parsed[k].raw.n != in->in[k].value.n)
		return false;
	*ret = h->parsed[k].v;
	return true;
}

void ahead_keep(const struct ctx *c, const struct act *in, size_t k, const struct value *v)
{
	struct ahead *h = c->ahead;
	if (h && h->in == in->in && k < h->nin) {
		h->parsed[k].raw = in->in[k].value;
		h->parsed[k].v = *v;
	}
}

/* What was decided ahead of this very record; NULL. */
static const struct rec *foreseen(const struct ctx *c, const struct rec *now)
{
	const struct rec *r = c->ahead ? c->ahead->now : NULL;
	return r && r->t == now->t && r->id == now->id ? r : NULL;
}

static bool same_value(const struct rec *a, const struct rec *b, int i)
{
	const struct value *x = &a->v[i], *y = &b->v[i];
	return x->set == y->set && x->i == y->i && !x->s.p == !y->s.p && str_eq(x->s, y->s);
}

struct str ahead_seal(const struct ctx *c, const struct rec *now, int i)
{
	const struct rec *r = foreseen(c, now);
	return r && r->v[i].s.p && same_value(r, now, i) ? r->v[i].sealed : STR_NONE;
}

bool ahead_blind(const struct ctx *c, const struct rec *now, int i, struct val *ret)
{
	const struct rec *r = foreseen(c, now);
	if (!r || !r->v[i].s.p || !same_value(r, now, i))
		return false;
	*ret = c->ahead->blind[i];
	return true;
}

struct str ahead_words(const struct ctx *c, const struct rec *now)
{
	const struct rec *r = foreseen(c, now);
	if (!r || r->org != now->org || r->owner != now->owner || r->creator != now->creator || !str_eq(r->area, now->area))
		return STR_NONE;
	for (size_t i = 0; i < now->t->nfields; i++)
		if ((now->t->fields[i].flags & FF_SEARCH) && ((now->v[i].set && !now->v[i].s.p) || !same_value(r, now, (int)i)))
			return STR_NONE;
	return c->ahead->words;
}

struct str ahead_words_was(const struct ctx *c, const struct rec *old)
{
	const struct rec *r = c->ahead ? c->ahead->old : NULL;
	return r && r->t == old->t && r->id == old->id && r->version == old->version ? c->ahead->words_was : STR_NONE;
}

bool act_recall(struct ctx *c, struct rec *now, const char *from, const char *set)
{
	const struct rec *r = foreseen(c, now);
	struct str rest;
	/* Made from another version, a value may be somebody's and not the rule's. */
	if (!r || r == now || r->version != now->version)
		return false;
	for (rest = str_of(from); rest.p;) {
		int i = field_find(now->t, str_cut(rest, ' ', &rest));
		must(i >= 0);
		if (!same_value(r, now, i))
			return false;
	}
	for (rest = str_of(set); rest.p;) {
		int i = field_find(now->t, str_cut(rest, ' ', &rest));
		must(i >= 0);
		now->v[i] = r->v[i];
	}
	return true;
}
