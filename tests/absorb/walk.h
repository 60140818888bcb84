/* Each state of a type by each of its verbs by each post, tried through act() and undone: what the table says, and nothing else, must be open. The
 * answer is compared with the rows of the type read by hand (who is of the team, whose unit, which place), and with `want`, a text that says what the
 * law means: one line "state verb: posts" for each that is open to anybody. */
#ifndef XA_TESTS_WALK_H
#define XA_TESTS_WALK_H
#include "river.h"

struct walker { const char *name; enum role role; const char *area; int64_t user, org; bool team; };
struct trial { struct city *p; const struct rtype *t; int64_t id; const char *state, *verb; struct actor w; enum err e; bool by_table; };

static enum err try_it(struct ctx *c, void *arg)
{
	struct trial *k = arg;
	struct done d;
	char sql[200];
	snprintf(sql, sizeof sql, "UPDATE %s SET state = ? WHERE id = ?", k->t->table ? k->t->table : k->t->name);
	TRY(db_exec(c->db, c->f, sql, ARGS(VS(str_of(k->state)), VI(k->id)), NULL));
	c->actor = &k->w;
	k->e = act(c, &(struct act){ .type = k->t->name, .verb = k->verb, .id = k->id }, &d);
	char mark[80];
	int n = snprintf(mark, sizeof mark, "%s.%s", k->t->name, k->verb);
	bool named = strncmp(c->f->detail, mark, (size_t)n) == 0;
	k->by_table = k->e == ERR_NOT_FOUND || ((k->e == ERR_DENIED || k->e == ERR_STATE) && named);
	return fail(c->f, ERR_LIMIT, NULL, "undone");
}

static bool row_holds(const struct step *s, const struct walker *w, const struct rec *r)
{
	if (!(s->roles & 1u << w->role))
		return false;
	switch (s->scope) {
	case SC_ALL: return true;
	case SC_TEAM: return w->team;
	case SC_OWNER: return w->user == r->owner;
	case SC_ORG: return w->org == r->org;
	case SC_AREA: return str_starts(r->area, w->area);
	default: return false;
	}
}

static bool row_from(const struct step *s, const char *state)
{
	struct str rest = str_of(s->from);
	if (str_is(rest, "*"))
		return true;
	while (rest.p && rest.n)
		if (str_is(str_cut(rest, '|', &rest), state))
			return true;
	return false;
}

static void walk_one(struct city *p, const struct rec *r, const char *state, const char *verb, const struct walker *w, size_t nw, struct buf *b)
{
	size_t line = b->n;
	for (size_t i = 0; i < nw; i++) {
		struct trial k = { .p = p, .t = r->t, .id = r->id, .state = state, .verb = verb, .w = who(w[i].role, w[i].area, w[i].user, w[i].org) };
		struct ctx c;
		bool open = false;
		for (size_t s = 0; s < r->t->nsteps; s++) {
			const struct step *row = &r->t->steps[s];
			open |= strcmp(row->verb, verb) == 0 && row->from[0] && !(row->flags & STEP_INTERNAL) && row_from(row, state) && row_holds(row, &w[i], r);
		}
		ctx_at(p, &c, &actor_system);
		CHECK_ERR(ctx_write(&c, try_it, &k), ERR_LIMIT);
		if (k.by_table == open)
			printf("# %s.%s from %s by %s: %s, the table says %s\n", r->t->name, verb, state, w[i].name, err_name(k.e), open ? "open" : "shut");
		CHECK(k.by_table != open);
		if (!k.by_table) {
			if (b->n == line)
				buf_printf(b, "%s %s:", state, verb);
			buf_printf(b, " %s", w[i].name);
		}
	}
	if (b->n > line)
		buf_char(b, '\n');
}

/* liaison_org: the unit that the record lies with, 0: none. */
__attribute__((unused)) static void walk(struct city *p, const char *type, int64_t id, const char *want)
{
	struct rec *r = get(p, type, id);
	const struct walker w[] = {
		{ "city", ROLE_CITY, CITY, ANNA, p->fed, false }, { "town", ROLE_TOWN, TOWN, TINA, p->town, true /* it dispatched */ }, { "community", ROLE_COMMUNITY, COMM, 31, p->comm, false },
		{ "lead", ROLE_MEDIATOR, COMM, MEI, p->studio, true }, { "mediator", ROLE_MEDIATOR, COMM, 32, p->studio, false }, { "police", ROLE_LIAISON, CITY, POL, p->police, false },
		{ "grid", ROLE_GRID, COMM "001", 34, p->comm, false }, { "hotline", ROLE_HOTLINE, CITY, 35, p->fed, false },
		{ "court", ROLE_LIAISON, CITY, 33, p->court, false }, { "civil", ROLE_LIAISON, CITY, 36, p->civil, false },
		{ "leader", ROLE_LEADER, CITY, 37, p->fed, false }, { "auditor", ROLE_AUDITOR, CITY, 38, p->fed, false }, { "admin", ROLE_ADMIN, CITY, 39, p->fed, false },
		{ "secadmin", ROLE_SECADMIN, CITY, 40, p->fed, false },
	};
	BUF_AUTO b = BUF(40000);
	struct walker now[ARRAY_LEN(w)];
	memcpy(now, w, sizeof w);
	struct seen team = kids(p, "team", r->parent);
	for (size_t i = 0; i < ARRAY_LEN(w); i++) {
		now[i].team = false;
		for (size_t k = 0; k < team.n; k++)
			now[i].team |= rec_in(team.r[k], "active") && rec_int(team.r[k], "staff") == w[i].user;
	}
	for (size_t s = 0; s < r->t->nstates; s++)
		for (size_t v = 0; v < r->t->nsteps; v++) {
			bool twice = false;
			for (size_t q = 0; q < v; q++)
				twice |= strcmp(r->t->steps[q].verb, r->t->steps[v].verb) == 0;
			if (!twice && r->t->steps[v].from[0])
				walk_one(p, r, r->t->states[s].name, r->t->steps[v].verb, now, ARRAY_LEN(now), &b);
		}
	if (!str_is(buf_view(&b), want))
		printf("# %s is open so:\n%.*s", type, (int)b.n, b.p);
	CHECK(str_is(buf_view(&b), want));
}
#endif
