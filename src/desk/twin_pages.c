/* Why: whether two are one is seen by laying them side by side; and by what the machine took for a reason, with its weight, for and against.
 * Invariants: covered words stay covered, only a person's own page uncovers them; of somebody the reader may not open nothing stands here. */
#include "desk/twin_pages.h"
#include "desk/inner.h"
#include "people/twin.h"
#include "templates.h"

static enum err home_of(struct ctx *c, const struct rec *r, struct str *ret)
{
	struct rec *h = NULL;
	*ret = STR_NONE;
	if (rec_has(r, "household"))
		TRY(see_if(c, "household", rec_int(r, "household"), &h));
	*ret = h ? rec_show(c, h, field_at(h->t, "address")) : STR_NONE;
	return OK;
}

static void add_row(struct ctx *c, struct twin_panel *m, size_t *cap, const char *label, struct str a, struct str b)
{
	if (a.n || b.n)
		VEC_PUSH(c->a, m->rows, m->n, *cap, ((struct twin_row){ str_of(label), a, b, a.n && b.n && !str_eq(a, b) }));
}

static void add_reasons(struct ctx *c, const struct rec *r, struct twin_panel *m)
{
	struct str rest = rec_str(c, r, "bits");
	size_t cap = 0;
	while (rest.n) {
		struct str bits, one = str_cut(rest, ' ', &rest), field = str_cut(one, ':', &one), level = str_cut(one, ':', &bits);
		int64_t n = 0;
		(void)str_int(level, &n);
		const char *word = twin_word(field, (int)n);
		if (word)
			VEC_PUSH(c->a, m->why, m->nwhy, cap, ((struct twin_reason){ str_of(TRC(c, word)), bits, bits.n && bits.p[0] == '-' }));
	}
}

enum err twin_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	static const char *const shown[] = { "name", "sex", "birth", "idno", "phone", "status", "marital", "occupation" };
	struct ctx *c = ctx_of(rq);
	struct twin_panel m = { .sure = arena_fmt(c->a, "%lld%%", (long long)rec_int(r, "sure")) };
	struct rec *a, *b;
	size_t cap = 0;
	TRY(see_if(c, "person", rec_int(r, "first"), &a));
	TRY(see_if(c, "person", rec_int(r, "second"), &b));
	if (!a || !b) {
		m.notice = str_of(TRC(c, N_("You may not open both persons. Please leave it to the federation of the city.")));
	} else {
		struct str x, y;
		for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
			int f = field_at(a->t, shown[i]);
			add_row(c, &m, &cap, TRC(c, a->t->fields[f].label), rec_show(c, a, f), rec_show(c, b, f));
		}
		TRY(home_of(c, a, &x));
		TRY(home_of(c, b, &y));
		add_row(c, &m, &cap, TRC(c, N_("Address")), x, y);
		add_row(c, &m, &cap, TRC(c, N_("Created")), date_str(c->a, a->created), date_str(c->a, b->created));
		m.first = rec_title(c, a);
		m.second = rec_title(c, b);
		m.first_url = arena_fmt(c->a, "/person/%lld", (long long)a->id);
		m.second_url = arena_fmt(c->a, "/person/%lld", (long long)b->id);
		add_reasons(c, r, &m);
		TRY(journal_view(c, a));
		TRY(journal_view(c, b));
	}
	BUF_AUTO buf = BUF((size_t)1 << 20);
	t_twin_panel(&buf, &face_of(rq)->v, &m);
	*ret = html_of(c, &buf);
	return OK;
}

enum err same_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct seen s;
	const struct filter by[] = { { STR("same_as"), id_text(c, r->id) } };
	TRY(see(c, &(struct see){ .type = "person", .filters = by, .nfilters = 1, .limit = 20 }, &s));
	struct same_panel m = { .v = NEWN(c->a, struct same_person, s.n + 1) };
	for (size_t i = 0; i < s.n; i++)
		m.v[m.n++] = (struct same_person){ rec_title(c, s.r[i]), arena_fmt(c->a, "/person/%lld", (long long)s.r[i]->id) };
	if (!m.n)
		return OK;
	BUF_AUTO buf = BUF((size_t)1 << 18);
	t_same_panel(&buf, &face_of(rq)->v, &m);
	*ret = html_of(c, &buf);
	return OK;
}
