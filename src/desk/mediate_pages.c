/* Why: whoever finds a term broken must not have to know the law by heart: each way stands there, and of one that is closed, why.
 * Invariants: only for who reads the record in full; nothing here decides. */
#include "desk/mediate_pages.h"
#include "absorb/absorb.h"
#include "absorb/mediate.h"
#include "templates.h"

static enum err render(struct req *rq, const struct advice_panel *m, struct html *ret)
{
	struct buf b = BUF((size_t)1 << 18);
	t_advice_panel(&b, &face_of(rq)->v, m);
	*ret = (struct html){ arena_str(ctx_of(rq)->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

enum err duty_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct pursue_way w[16];
	size_t n;
	if (r->sight != SIGHT_FULL || !rec_in(r, "late|broken|pursued"))
		return OK;
	TRY(absorb_pursue_ways(c, r, w, ARRAY_LEN(w), &n));
	struct advice_panel m = { .title = str_of(TRC(c, N_("What can be done"))), .rows = NEWN(c->a, struct advice_row, n + 1) };
	for (size_t i = 0; i < n; i++)
		m.rows[m.n++] = (struct advice_row){ w[i].label, w[i].why_not ? str_of(TRC(c, w[i].why_not)) : STR_NONE };
	return render(rq, &m, ret);
}
