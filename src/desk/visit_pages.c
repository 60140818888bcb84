/* Why: twenty calls in an afternoon are twenty times a list, a record, a form and the way back; in a row each is a choice and a click.
 * Invariants: only what is hers to make and due within the week, the longest due first; what she skips stays due. */
#include "desk/visit_pages.h"
#include "absorb/absorb.h"
#include "templates.h"

#define IN_ROW 200

/* The visit with the earliest day, after the one given. 0: there is none. */
static enum err next_visit(struct ctx *c, int64_t after, int64_t *ret)
{
	struct seen s;
	const struct filter by[] = { { STR("state"), STR("planned") }, { STR("owner"), id_text(c, c->actor->user) }, { STR("due_on_to"), date_str(c->a, c->now + 7 * MS_DAY) } };
	int64_t from = INT64_MIN, best = INT64_MAX;
	*ret = 0;
	TRY(see(c, &(struct see){ .type = "visit", .filters = by, .nfilters = ARRAY_LEN(by), .limit = IN_ROW, .oldest = true }, &s));
	for (size_t i = 0; i < s.n; i++)
		if (s.r[i]->id == after)
			from = rec_int(s.r[i], "due_on");
	for (size_t i = 0; i < s.n; i++) {
		int64_t day = rec_int(s.r[i], "due_on"), id = s.r[i]->id;
		bool later = day > from || (day == from && id > after);
		if (s.r[i]->sight == SIGHT_FULL && later && (day < best || (day == best && id < *ret))) {
			best = day;
			*ret = id;
		}
	}
	return OK;
}

static enum err next_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	int64_t after = 0, id;
	(void)str_int(req_param(rq, "after"), &after);
	TRY(next_visit(c, after, &id));
	if (id)
		return resp_redirect(rs, rq, "/visit/%lld/visit?row=1", (long long)id);
	face_flash(rq, rs, after ? N_("No further visit is due this week. What was skipped stays in the list.") : N_("No visit is due this week."));
	return resp_redirect(rs, rq, "/visit?open=1&owner=%lld", (long long)c->actor->user);
}

static bool in_row(struct req *rq) { return str_is(req_param(rq, "row"), "1"); }

static enum err persons(struct req *rq, const struct rec *r, struct child_group *g)
{
	struct ctx *c = ctx_of(rq);
	struct filter by = { STR("parent"), id_text(c, r->parent) };
	struct str only = rec_has(r, "party") ? arena_fmt(c->a, "/party/%lld", (long long)rec_int(r, "party")) : STR_NONE;
	size_t n = 0;
	g->title = str_of(TRC(c, N_("Whom to reach")));
	TRY(desk_list(rq, &(struct see){ .type = "party", .filters = &by, .nfilters = 1, .limit = 20, .oldest = true }, &g->list));
	for (size_t i = 0; i < g->list.nrows; i++)
		if (!only.n || str_eq(g->list.rows[i].url, only))
			g->list.rows[n++] = g->list.rows[i];
	g->list.nrows = n;
	return OK;
}

enum err visit_form(struct req *rq, const struct rec *r, struct step_page *m)
{
	struct ctx *c = ctx_of(rq), in = ctx_inside(c);
	struct rec *k;
	struct visit_point p[32];
	in.labels = NULL;
	TRY(see_one(&in, "case", r->parent, &k));
	size_t n = absorb_visit_points(&in, r, k, p, ARRAY_LEN(p));
	for (size_t i = 0; i < m->form.n; i++) {
		struct form_field *f = &m->form.f[i];
		size_t kept = 0;
		if (!str_is(f->name, "points"))
			continue;
		f->help = STR_NONE;
		for (size_t j = 0; j < f->noptions; j++)
			for (size_t q = 0; q < n; q++)
				if (str_eq(f->options[j].value, p[q].code))
					f->options[kept++] = f->options[j];
		f->noptions = kept;
	}
	m->people = NEW(c->a, struct child_group);
	TRY(persons(rq, r, m->people));
	m->case_title = ref_label(c, "case", r->parent);
	m->case_url = ref_open(c, "case", r->parent) ? arena_fmt(c->a, "/case/%lld", (long long)r->parent) : STR_NONE;
	if (in_row(rq)) {
		m->row = true;
		m->next_url = arena_fmt(c->a, "/visits/next?after=%lld", (long long)r->id);
	}
	return OK;
}

bool visit_goes_on(struct req *rq, struct resp *rs, const struct rec *r, enum err *ret)
{
	if (strcmp(r->t->name, "visit") != 0 || !in_row(rq))
		return false;
	*ret = resp_redirect(rs, rq, "/visits/next?after=%lld", (long long)r->id);
	return true;
}

const struct route visit_routes[] = {
	XA_ROUTE("GET", "/visits/next", next_get, ROUTE_READ, 0, R_TEAM),
	{ 0 },
};
