/* Why: the one permission check, as a function and as SQL, from the same grant rows.
 * Invariants: no grant, no rows; scope_parts() keeps exactly the rows for which sight_of() is not NONE (a property test
 * holds both together). */
#include "record/inner.h"
#include <stdio.h>

/* Her side of her case, and what is shared; or the answers to the clue she wrote. */
static bool side_match(const struct actor *w, const struct rec *r)
{
	int side = field_find(r->t, STR("side")), clue = field_find(r->t, STR("clue"));
	if (w->clue && side >= 0 && clue >= 0 && r->v[clue].i == w->clue)
		return true;
	return w->kase && w->side[0] && side >= 0 && r->parent == w->kase && (str_is(r->v[side].s, w->side) || str_is(r->v[side].s, "both"));
}

bool scope_match(const struct ctx *c, enum scope s, const struct rec *r)
{
	const struct actor *w = c->actor;
	switch (s) {
	case SC_NONE: return false;
	case SC_ALL: return true;
	case SC_AREA: return w->area[0] && area_within(r->area, w->area);
	case SC_ORG: return w->org && r->org == w->org;
	case SC_OWN: return w->user && (r->owner == w->user || r->creator == w->user);
	case SC_SELF: return w->user && r->id == w->user;
	case SC_OWNER: return w->user && r->owner == w->user;
	case SC_SIDE: return side_match(w, r);
	}
	return false;
}

enum sight sight_of(const struct ctx *c, const struct rtype *t, const struct rec *r)
{
	enum sight best = SIGHT_NONE;
	if (c->actor->role == ROLE_SYSTEM)
		return SIGHT_FULL;
	for (size_t i = 0; i < t->nread; i++) {
		const struct grant *g = &t->read[i];
		if ((g->roles & 1u << c->actor->role) && g->sight > best && scope_match(c, g->scope, r))
			best = g->sight;
	}
	return best;
}

static struct part part_int(struct ctx *c, const char *sql, int64_t v)
{
	struct val *args = NEW(c->a, struct val);
	*args = VI(v);
	return (struct part){ sql, args, 1 };
}

/* A city's area holds nearly every record: its condition is hidden from the planner, which would gather and sort them all
 * by the index of area instead of walking from the newest. */
static struct part part_area(struct ctx *c)
{
	const struct actor *w = c->actor;
	size_t n = strlen(w->area);
	struct val *args = NEWN(c->a, struct val, 2);
	args[0] = VS(str_of(w->area));
	args[1] = VS(arena_fmt(c->a, "%s:", w->area));
	if (n <= 6)
		return (struct part){ "((r.area || '') >= ? AND (r.area || '') < ?)", args, 2 };
	return (struct part){ n == 9 ? "r.town = ?" : n == 12 ? "r.comm = ?" : "r.area = ?", args, 1 };
}

static size_t part_side(struct ctx *c, const struct rtype *t, struct part *out)
{
	const struct actor *w = c->actor;
	size_t n = 0;
	if (field_find(t, STR("side")) < 0)
		return 0;
	if (w->clue && field_find(t, STR("clue")) >= 0)
		out[n++] = part_int(c, "r.clue = ?", w->clue);
	if (w->kase && w->side[0]) {
		struct val *args = NEWN(c->a, struct val, 2);
		args[0] = VI(w->kase);
		args[1] = VS(str_of(w->side));
		out[n++] = (struct part){ "(r.parent = ? AND r.side IN (?, 'both'))", args, 2 };
	}
	return n;
}

size_t scope_parts(struct ctx *c, const struct rtype *t, struct part out[SCOPE_PARTS])
{
	const struct actor *w = c->actor;
	unsigned done = 0;
	size_t n = 0;
	if (w->role == ROLE_SYSTEM)
		return 0;
	for (size_t i = 0; i < t->nread; i++) {
		const struct grant *g = &t->read[i];
		if (!(g->roles & 1u << w->role) || (done & 1u << g->scope))
			continue;
		done |= 1u << g->scope;
		must(n + 2 <= SCOPE_PARTS);
		if (g->scope == SC_ALL)
			return 0;
		if (g->scope == SC_AREA && w->area[0])
			out[n++] = part_area(c);
		else if (g->scope == SC_ORG && w->org)
			out[n++] = part_int(c, "r.org = ?", w->org);
		else if ((g->scope == SC_OWN || g->scope == SC_OWNER) && w->user)
			out[n++] = part_int(c, "r.owner = ?", w->user);
		else if (g->scope == SC_SELF && w->user)
			out[n++] = part_int(c, "r.id = ?", w->user);
		if (g->scope == SC_OWN && w->user)
			out[n++] = part_int(c, "r.creator = ?", w->user);
		else if (g->scope == SC_SIDE)
			n += part_side(c, t, out + n);
	}
	if (!n)
		out[n++] = (struct part){ "1 = 0", NULL, 0 };
	return n;
}

void scope_sql(struct ctx *c, const struct rtype *t, struct buf *sql, struct val *args, size_t *nargs)
{
	struct part p[SCOPE_PARTS];
	size_t n = scope_parts(c, t, p);
	for (size_t i = 0; i < n; i++) {
		buf_printf(sql, "%s%s", i ? " OR " : " AND (", p[i].sql);
		for (size_t k = 0; k < p[i].n; k++)
			args[(*nargs)++] = p[i].args[k];
	}
	buf_cstr(sql, n ? ")" : "");
}

static bool state_among(struct str state, const char *from)
{
	struct str rest = str_of(from);
	if (str_is(rest, "*"))
		return state.n > 0;
	if (!rest.n)
		return state.n == 0;
	while (rest.p)
		if (str_eq(str_cut(rest, '|', &rest), state))
			return true;
	return false;
}

const struct step *step_find(const struct rtype *t, const char *verb, struct str state)
{
	for (size_t i = 0; i < t->nsteps; i++)
		if (strcmp(t->steps[i].verb, verb) == 0 && state_among(state, t->steps[i].from))
			return &t->steps[i];
	return NULL;
}

static bool step_for(const struct ctx *c, const struct step *s, const struct rec *r)
{
	if (c->actor->role == ROLE_SYSTEM || c->depth > 0)
		return true;
	if (s->flags & STEP_INTERNAL)
		return false;
	return (s->roles & 1u << c->actor->role) && (!r || scope_match(c, s->scope, r));
}

bool type_readable(const struct ctx *c, const struct rtype *t)
{
	for (size_t i = 0; t && i < t->nread; i++)
		if (t->read[i].roles & 1u << c->actor->role)
			return true;
	return false;
}

enum may may(const struct ctx *c, const struct rtype *t, const char *verb, const struct rec *r)
{
	bool view = strcmp(verb, "view") == 0;
	if (r && c->depth == 0 && c->actor->role != ROLE_SYSTEM && r->id && r->version) {
		enum sight s = sight_of(c, t, r);
		if (s == SIGHT_NONE)
			return MAY_HIDE;
		if (view)
			return s == SIGHT_FULL ? MAY_ALLOW : MAY_MASK;
	}
	if (view)
		return MAY_ALLOW;
	struct str state = r && r->version ? r->state : STR_NONE;
	for (size_t i = 0; i < t->nsteps; i++)
		if (strcmp(t->steps[i].verb, verb) == 0 && state_among(state, t->steps[i].from) && step_for(c, &t->steps[i], r))
			return MAY_ALLOW;
	return MAY_DENY;
}

size_t steps_open(const struct ctx *c, const struct rtype *t, const struct rec *r, const struct step **ret, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < t->nsteps && n < max; i++) {
		const struct step *s = &t->steps[i];
		if ((s->flags & STEP_INTERNAL) || !state_among(r ? r->state : STR_NONE, s->from) || !step_for(c, s, r))
			continue;
		bool twin = false;
		for (size_t j = 0; j < n; j++)
			twin |= strcmp(ret[j]->verb, s->verb) == 0;
		if (!twin)
			ret[n++] = s;
	}
	return n;
}

bool step_field(const char **at, struct str *ret, bool *ret_need)
{
	const char *p = *at ? *at : "";
	while (*p == ' ')
		p++;
	if (!*p)
		return false;
	const char *e = p;
	while (*e && *e != ' ')
		e++;
	*ret_need = e[-1] == '!';
	*ret = (struct str){ p, (size_t)(e - p) - *ret_need };
	*at = e;
	return true;
}
