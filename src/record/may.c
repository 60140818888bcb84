/* Why: the one permission check, as a function and as SQL, from the same grant rows.
 * Invariants: no grant, no rows; scope_sql() keeps exactly the rows for which sight_of() is not NONE (a property test
 * holds both together). */
#include "record/inner.h"
#include <stdio.h>

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

void scope_sql(const struct ctx *c, const struct rtype *t, struct buf *sql, struct val *args, size_t *nargs)
{
	const struct actor *w = c->actor;
	if (w->role == ROLE_SYSTEM)
		return;
	unsigned done = 0;
	const char *sep = "";
	buf_cstr(sql, " AND (");
	for (size_t i = 0; i < t->nread; i++) {
		const struct grant *g = &t->read[i];
		if (!(g->roles & 1u << w->role) || (done & 1u << g->scope))
			continue;
		done |= 1u << g->scope;
		size_t alen = strlen(w->area);
		switch (g->scope) {
		case SC_ALL:
			buf_printf(sql, "%s1 = 1", sep);
			break;
		case SC_AREA:
			if (!alen)
				continue;
			struct str area = str_of(w->area);
			if (alen <= 6) {
				buf_printf(sql, "%s(r.area >= ? AND r.area < ?)", sep);
				args[(*nargs)++] = VS(area);
				args[(*nargs)++] = VS(arena_fmt(c->a, "%s:", w->area));
			} else {
				buf_printf(sql, "%sr.%s = ?", sep, alen == 9 ? "town" : alen == 12 ? "comm" : "area");
				args[(*nargs)++] = VS(area);
			}
			break;
		case SC_ORG:
			if (!w->org)
				continue;
			buf_printf(sql, "%sr.org = ?", sep);
			args[(*nargs)++] = VI(w->org);
			break;
		case SC_OWN:
			if (!w->user)
				continue;
			buf_printf(sql, "%sr.owner = ? OR r.creator = ?", sep);
			args[(*nargs)++] = VI(w->user);
			args[(*nargs)++] = VI(w->user);
			break;
		case SC_SELF:
			if (!w->user)
				continue;
			buf_printf(sql, "%sr.id = ?", sep);
			args[(*nargs)++] = VI(w->user);
			break;
		case SC_OWNER:
			if (!w->user)
				continue;
			buf_printf(sql, "%sr.owner = ?", sep);
			args[(*nargs)++] = VI(w->user);
			break;
		case SC_NONE:
			continue;
		}
		sep = " OR ";
	}
	buf_cstr(sql, *sep ? ")" : "1 = 0)");
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
