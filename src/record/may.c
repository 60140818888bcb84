/* Why: the one permission check, as a function and as SQL, from the same grant rows.
 * It is: a grant of the role, within its scope (place, unit, own, team, emergency opening) and states; not above the level of
 * the role; not past the end of her post; approved where a child is concerned; and not shut by a conflict of interest.
 * Invariants: no grant, no rows; scope_parts() and shut_part() keep exactly the rows for which sight_of() is at least so good
 * (property tests hold both together). */
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

int role_ceiling(enum role r)
{
	static const signed char ceiling[ROLE_COUNT] = {
		[ROLE_SYSTEM] = 4, [ROLE_CITIZEN] = 3 /* her side, by receipt */, [ROLE_CITY] = 4, [ROLE_TOWN] = 4, [ROLE_COMMUNITY] = 4, [ROLE_MEDIATOR] = 4, [ROLE_LIAISON] = 4, [ROLE_HOTLINE] = 3,
		[ROLE_GRID] = 3, [ROLE_LEADER] = 2, [ROLE_AUDITOR] = 2, [ROLE_ADMIN] = 2, [ROLE_SECADMIN] = 2,
	};
	return ceiling[r];
}

static enum sight sight_by(const struct ctx *c, const struct rtype *t, const struct rec *r, bool glass);

/* Of the record it belongs to. Asked for each of a list of brothers, it is looked at once. */
static bool parent_match(const struct ctx *asked, const struct rec *r)
{
	struct ctx *c = (struct ctx *)(uintptr_t)asked;
	const struct rtype *t = r->t->parent ? type_find(c->app, str_of(r->t->parent)) : NULL;
	struct fault ignored = { 0 }, *was = c->f;
	struct rec *above;
	if (!t || !r->parent)
		return false;
	if (c->above.t != t || c->above.id != r->parent || c->above.user != c->actor->user) {
		c->f = &ignored;
		enum sight s = rec_load(c, plan_of(c->app, t), r->parent, &above) == OK ? sight_by(c, t, above, false) : SIGHT_NONE;
		c->f = was;
		c->above.t = t;
		c->above.id = r->parent;
		c->above.user = c->actor->user;
		c->above.sight = s;
	}
	return c->above.sight == SIGHT_FULL;
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
	case SC_TEAM: return w->user && access_mine(c, r->t, r) & ACCESS_TEAM;
	case SC_GLASS: return w->user && access_mine(c, r->t, r) & ACCESS_GLASS;
	case SC_OTHERS: return w->user && r->owner != w->user;
	case SC_PARENT: return w->user && parent_match(c, r);
	}
	return false;
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

/* Nothing at all opens: the post's level is too low, or its time is over. */
static bool barred(const struct ctx *c, const struct rtype *t)
{
	const struct actor *w = c->actor;
	return t->level > role_ceiling(w->role) || (w->until && c->now >= w->until);
}

/* Does what a grant opens in full stay masked as long as nobody has approved it, where a child is concerned? */
static bool wants_approval(const struct rtype *t, const struct grant *g)
{
	return t->guard != GUARD_NONE && g->sight == SIGHT_FULL && !g->head && g->scope != SC_GLASS;
}

/* glass: emergency openings count too. */
static enum sight sight_by(const struct ctx *c, const struct rtype *t, const struct rec *r, bool glass)
{
	enum sight best = SIGHT_NONE;
	if (c->actor->role == ROLE_SYSTEM)
		return SIGHT_FULL;
	unsigned bits = access_mine(c, t, r);
	if ((bits & ACCESS_OUT) || barred(c, t))
		return SIGHT_NONE;
	bool asked = false, child = false;
	for (size_t i = 0; i < t->nread && best != SIGHT_FULL; i++) {
		const struct grant *g = &t->read[i];
		enum sight s = g->sight;
		if (!(g->roles & 1u << c->actor->role) || s <= best || (g->scope == SC_GLASS && !glass) || !scope_match(c, g->scope, r) || (g->states && !state_among(r->state, g->states)))
			continue;
		if (wants_approval(t, g) && !(bits & ACCESS_CHILD)) {
			child = asked ? child : access_child(c, t, r);
			asked = true;
			s = child ? SIGHT_MASKED : s;
		}
		best = s > best ? s : best;
	}
	return best;
}

enum sight sight_of(const struct ctx *c, const struct rtype *t, const struct rec *r) { return sight_by(c, t, r, true); }

static struct part part_is(struct ctx *c, const char *col, int64_t v)
{
	struct val *args = NEW(c->a, struct val);
	*args = VI(v);
	return (struct part){ arena_printf(c->a, "r.%s = ?", col), args, 1, .col = col };
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
	const char *col = n == 9 ? "town" : n == 12 ? "comm" : "area";
	return (struct part){ arena_printf(c->a, "r.%s = ?", col), args, 1, .col = col };
}

static size_t part_side(struct ctx *c, const struct rtype *t, struct part *out)
{
	const struct actor *w = c->actor;
	size_t n = 0;
	if (field_find(t, STR("side")) < 0)
		return 0;
	if (w->clue && field_find(t, STR("clue")) >= 0)
		out[n++] = part_is(c, "clue", w->clue);
	if (w->kase && w->side[0]) {
		struct val *args = NEWN(c->a, struct val, 2);
		args[0] = VI(w->kase);
		args[1] = VS(str_of(w->side));
		out[n++] = (struct part){ "(r.parent = ? AND r.side IN (?, 'both'))", args, 2 };
	}
	return n;
}

/* ---- the twin of sight_of(), in SQL ---- */

/* The guarded record is one of those with this bit: by their ids, few and known already, so that they can lead and nothing is walked. */
static struct part part_bit(struct ctx *c, const struct rtype *t, unsigned bit)
{
	struct val *args = NEW(c->a, struct val);
	*args = VS(access_list(c, bit));
	const char *col = t->guard == GUARD_SELF ? "id" : "parent";
	const char *sql = arena_printf(c->a, db_is_postgres(c->db) ? "r.%s = ANY(CAST(? AS BIGINT[]))" : "r.%s IN (SELECT j.value FROM json_each(?) j)", col);
	return (struct part){ sql, args, 1, .col = col, .bit = bit };
}

bool shut_part(struct ctx *c, const struct rtype *t, struct part *out)
{
	if (c->actor->role == ROLE_SYSTEM || t->guard == GUARD_NONE || !(access_any(c) & ACCESS_OUT))
		return false;
	struct part p = part_bit(c, t, ACCESS_OUT);
	p.sql = access_broken(c) ? "1 = 0" : arena_printf(c->a, "NOT (%s)", p.sql);
	p.n = access_broken(c) ? 0 : p.n;
	p.col = NULL;
	*out = p;
	return true;
}

static struct part part_both(struct ctx *c, struct part a, struct part b)
{
	struct val *args = NEWN(c->a, struct val, a.n + b.n + 1);
	if (a.n)
		memcpy(args, a.args, a.n * sizeof *args);
	if (b.n)
		memcpy(args + a.n, b.args, b.n * sizeof *args);
	return (struct part){ a.sql, args, a.n + b.n, .col = a.col, .bit = a.bit,
			      .more = arena_printf(c->a, "%s AND %s", a.more ? a.more : "", b.sql), .states = b.states ? b.states : a.states };
}

static struct part part_states(struct ctx *c, const char *states)
{
	BUF_AUTO b = BUF(1024);
	struct str rest = str_of(states);
	for (const char *sep = "r.state IN ("; rest.p; sep = ", ") {
		struct str one = str_cut(rest, '|', &rest);
		buf_printf(&b, "%s'%.*s'", sep, (int)one.n, one.p);
	}
	buf_char(&b, ')');
	return (struct part){ arena_cstr(c->a, buf_view(&b)), NULL, 0, .states = states };
}

/* No child is concerned, or somebody has approved. */
static struct part part_child(struct ctx *c, const struct rtype *t)
{
	const struct rtype *root = t->guard == GUARD_SELF ? t : type_find(c->app, str_of(t->parent));
	if (!root->child)
		return (struct part){ "1 = 1", NULL, 0 };
	BUF_AUTO b = BUF(1024);
	struct part ok = part_bit(c, t, ACCESS_CHILD);
	buf_cstr(&b, "(NOT (");
	if (root == t) {
		child_sql(t, "r", &b);
	} else {
		buf_printf(&b, "EXISTS (SELECT 1 FROM %s k WHERE k.id = r.parent AND ", plan_of(c->app, root)->table);
		child_sql(root, "k", &b);
		buf_char(&b, ')');
	}
	buf_printf(&b, ") OR %s)", ok.sql);
	return (struct part){ arena_cstr(c->a, buf_view(&b)), ok.args, ok.n };
}

/* The conditions of these pieces speak of r; of the record above they must speak of u. */
static void put_above(struct buf *b, const char *sql)
{
	for (const char *p = sql; *p; p++) {
		bool word = p > sql && (p[-1] == '_' || (p[-1] >= '0' && p[-1] <= '9') || (p[-1] >= 'a' && p[-1] <= 'z'));
		buf_char(b, p[0] == 'r' && p[1] == '.' && !word ? 'u' : *p);
	}
}

static size_t parts_by(struct ctx *c, const struct rtype *t, enum sight least, bool glass, struct part out[SCOPE_PARTS]);

/* The twin of parent_match(). */
static struct part part_parent(struct ctx *c, const struct rtype *t)
{
	const struct rtype *up = type_find(c->app, str_of(t->parent));
	struct part p[SCOPE_PARTS], shut;
	struct val *args = NEWN(c->a, struct val, 128);
	BUF_AUTO b = BUF(65536);
	size_t n = 0, np = parts_by(c, up, SIGHT_FULL, false, p);
	must(up->guard == GUARD_SELF);
	buf_printf(&b, "EXISTS (SELECT 1 FROM %s u WHERE u.id = r.parent", plan_of(c->app, up)->table);
	for (size_t i = 0; i < np; i++) {
		buf_cstr(&b, i ? " OR (" : " AND ((");
		put_above(&b, p[i].sql);
		put_above(&b, p[i].more ? p[i].more : "");
		buf_char(&b, ')');
		for (size_t k = 0; k < p[i].n; k++)
			args[n++] = p[i].args[k];
	}
	buf_cstr(&b, np ? ")" : "");
	if (shut_part(c, up, &shut)) {
		buf_cstr(&b, " AND ");
		put_above(&b, shut.sql);
		for (size_t k = 0; k < shut.n; k++)
			args[n++] = shut.args[k];
	}
	buf_char(&b, ')');
	must(n <= 128);
	return (struct part){ arena_cstr(c->a, buf_view(&b)), args, n };
}

/* The grounds of one scope: none, one or two. */
static size_t scope_grounds(struct ctx *c, const struct rtype *t, enum scope s, struct part out[2])
{
	const struct actor *w = c->actor;
	size_t n = 0;
	switch (s) {
	case SC_ALL:
		out[n++] = (struct part){ "1 = 1", NULL, 0 };
		break;
	case SC_AREA:
		if (w->area[0])
			out[n++] = part_area(c);
		break;
	case SC_ORG:
		if (w->org)
			out[n++] = part_is(c, "org", w->org);
		break;
	case SC_OWN:
	case SC_OWNER:
		if (w->user)
			out[n++] = part_is(c, "owner", w->user);
		if (w->user && s == SC_OWN)
			out[n++] = part_is(c, "creator", w->user);
		break;
	case SC_SELF:
		if (w->user)
			out[n++] = part_is(c, "id", w->user);
		break;
	case SC_TEAM:
	case SC_GLASS: {
		unsigned bit = s == SC_TEAM ? ACCESS_TEAM : ACCESS_GLASS;
		if (w->user && t->guard != GUARD_NONE && access_any(c) & bit)
			out[n++] = part_bit(c, t, bit);
		break;
	}
	case SC_OTHERS:
		if (w->user)
			out[n++] = (struct part){ "(r.owner IS NULL OR r.owner <> ?)", part_is(c, "owner", w->user).args, 1 };
		break;
	case SC_SIDE:
		n += part_side(c, t, out + n);
		break;
	case SC_PARENT:
		if (w->user && t->parent)
			out[n++] = part_parent(c, t);
		break;
	case SC_NONE:
		break;
	}
	return n;
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

/* Does another grant of the role open at least as much, so that this one need not be asked? Of two alike the first is. */
static bool covered(const struct ctx *c, const struct rtype *t, enum sight least, size_t at)
{
	const struct grant *g = &t->read[at];
	for (size_t i = 0; i < t->nread; i++) {
		const struct grant *o = &t->read[i];
		if (i == at || !(o->roles & 1u << c->actor->role) || o->sight < least || o->scope != g->scope)
			continue;
		bool states = !o->states || same_text(o->states, g->states);
		bool child = least < SIGHT_FULL || !wants_approval(t, o) || wants_approval(t, g);
		bool alike = same_text(o->states, g->states) && (least < SIGHT_FULL || wants_approval(t, o) == wants_approval(t, g));
		if (states && child && (!alike || i < at))
			return true;
	}
	return false;
}

static const char nothing[] = "1 = 0";

static size_t parts_by(struct ctx *c, const struct rtype *t, enum sight least, bool glass, struct part out[SCOPE_PARTS])
{
	size_t n = 0;
	if (c->actor->role == ROLE_SYSTEM)
		return 0;
	for (size_t i = 0; i < t->nread && !barred(c, t); i++) {
		const struct grant *g = &t->read[i];
		struct part p[2];
		if (!(g->roles & 1u << c->actor->role) || g->sight < least || (g->scope == SC_GLASS && !glass) || covered(c, t, least, i))
			continue;
		bool child = least == SIGHT_FULL && wants_approval(t, g);
		if (g->scope == SC_ALL && !g->states && !child)
			return 0;
		size_t np = scope_grounds(c, t, g->scope, p);
		must(n + np <= SCOPE_PARTS);
		for (size_t k = 0; k < np; k++) {
			p[k] = g->states ? part_both(c, p[k], part_states(c, g->states)) : p[k];
			out[n++] = child ? part_both(c, p[k], part_child(c, t)) : p[k];
		}
	}
	if (!n)
		out[n++] = (struct part){ nothing, NULL, 0 };
	return n;
}

size_t scope_parts(struct ctx *c, const struct rtype *t, enum sight least, struct part out[SCOPE_PARTS]) { return parts_by(c, t, least, true, out); }

bool scope_none(struct ctx *c, const struct rtype *t, enum sight least)
{
	struct part p[SCOPE_PARTS];
	return scope_parts(c, t, least, p) == 1 && strcmp(p[0].sql, nothing) == 0;
}

void scope_sql(struct ctx *c, const struct rtype *t, struct buf *sql, struct val *args, size_t *nargs)
{
	struct part p[SCOPE_PARTS], shut;
	size_t n = scope_parts(c, t, SIGHT_MASKED, p);
	for (size_t i = 0; i < n; i++) {
		buf_printf(sql, "%s(%s%s)", i ? " OR " : " AND (", p[i].sql, p[i].more ? p[i].more : "");
		for (size_t k = 0; k < p[i].n; k++)
			args[(*nargs)++] = p[i].args[k];
	}
	buf_cstr(sql, n ? ")" : "");
	if (!shut_part(c, t, &shut))
		return;
	buf_printf(sql, " AND %s", shut.sql);
	for (size_t k = 0; k < shut.n; k++)
		args[(*nargs)++] = shut.args[k];
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
