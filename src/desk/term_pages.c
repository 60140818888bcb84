/* Why: who has a term must be able to read what it is, by which rule, and who hears of it when it runs out; no list on a wall that says otherwise.
 * Invariants: the page asks what the clocks ask (due_rows, due_ladder): it cannot say other than what happens. */
#include "desk/term_pages.h"
#include "desk/inner.h"
#include "templates.h"

static enum err told(struct ctx *c, struct str escalate, int64_t org, struct str *ret)
{
	int64_t v[DUE_CLIMBS];
	BUF_AUTO b = BUF(1000);
	TRY(due_ladder(c, escalate, org, v));
	for (int i = 0; i < DUE_CLIMBS && v[i]; i++) {
		struct str name = ref_label(c, "org", v[i]);
		buf_printf(&b, "%s%.*s", i ? " → " : "", (int)name.n, name.p);
	}
	*ret = b.n ? arena_str(c->a, buf_view(&b)) : str_of(TRC(c, N_("no unit above: only who leads it")));
	return OK;
}

static enum err terms_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct due_row *d;
	size_t n;
	int64_t org = c->actor->org;
	struct rec *unit;
	struct { struct str escalate, told; } known[4];
	size_t nknown = 0;
	if (req_param(rq, "org").n && !str_int(req_param(rq, "org"), &org))
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	if (org)
		TRY(see_one(c, "org", org, &unit));
	due_rows(c, &d, &n);
	struct term_page m = { .unit = org ? ref_label(c, "org", org) : STR_NONE, .v = NEWN(c->a, struct term_row, n + 1) };
	for (size_t i = 0; i < n; i++) {
		const struct rtype *t = type_find(c->app, d[i].type);
		struct term_row r = { .label = d[i].label, .type = str_of(TRC(c, t ? t->label : N_("Incident of data security"))), .warn = d[i].warn, .basis = d[i].basis, .from = d[i].from ? date_str(c->a, day_start(d[i].from)) : STR_NONE };
		size_t k = 0;
		for (int g = 0; g < 4; g++)
			r.amount[g] = d[i].by_grade[g].n ? d[i].by_grade[g] : str_of(TRC(c, N_("by its own date")));
		while (k < nknown && !str_eq(known[k].escalate, d[i].escalate))
			k++;
		if (k == nknown && nknown < ARRAY_LEN(known)) {
			known[nknown].escalate = d[i].escalate;
			TRY(told(c, d[i].escalate, org, &known[nknown++].told));
		}
		if (!t)         /* no record of the store: no clock climbs */
			r.told = STR("—");
		else if (k < nknown)
			r.told = known[k].told;
		else
			TRY(told(c, d[i].escalate, org, &r.told));
		m.v[m.n++] = r;
	}
	TRY(options_ref(c, "org", org, &m.orgs, &m.norgs));
	TRY(face_shell(rq, N_("Terms, and who is told")));
	t_term_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route term_routes[] = {
	XA_ROUTE("GET", "/terms", terms_get, ROUTE_READ, 0, R_STAFF | R(LEADER) | R(AUDITOR) | R(ADMIN) | R(SECADMIN)),
	{ 0 },
};
