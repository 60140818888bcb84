/* Why: nobody can put a version in force, or refuse it, without its figures beside those of the one it would replace.
 * Invariants: sums of the clues held out alone, small groups as one; no clue is named. */
#include "desk/model_pages.h"
#include "base/embedded.h"
#include "sense/clue.h"
#include "sense/learn.h"
#include "templates.h"

#define FEW 100      /* held out: below that a figure says little; 设定 */

static struct str share(struct ctx *c, int64_t part, int64_t of)
{
	return of ? arena_fmt(c->a, "%.1f%% (%lld/%lld)", 100.0 * (double)part / (double)of, (long long)part, (long long)of) : STR("–");
}

static void put(struct ctx *c, struct model_panel *m, const char *label, struct str was, struct str is) { m->v[m->n++] = (struct model_line){ str_of(TRC(c, label)), was, is }; }

/* ---- the card ---- */

/* What is in force now, after what the card says of the program's own weights. */
static enum err card_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq), in;
	const struct embedded *e = embedded_find(c->lang == LANG_ZH ? "manual/CARD.zh.html" : "manual/CARD.html");
	struct sense_version now;
	struct rec *r = NULL;
	TRY(ctx_read(c));
	in = ctx_inside(c);
	TRY(learn_now(&in, &now));
	struct card_page m = { .text = e ? (struct html){ (struct str){ e->bytes, e->n } } : (struct html){ 0 }, .list = now.phrases ? id_text(c, now.phrases) : STR_NONE };
	if (now.model) {
		TRY(see_one(&in, "model", now.model, &r));
		m.version = arena_str(c->a, r->number);
		m.since = datetime_str(c->a, rec_int(r, "decided"));
		TRY(see_if(c, "model", now.model, &r));
		m.url = r ? arena_fmt(c->a, "/model/%lld", (long long)r->id) : STR_NONE;
	}
	TRY(face_shell(rq, N_("Card of the screening's model")));
	t_card_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route model_routes[] = {
	XA_ROUTE("GET", "/model-card", card_get, ROUTE_READ, 0, RIGHT_ALL),
	{ 0 },
};

/* ---- beside a version ---- */

enum err model_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	static const char *const by[LEARN_BYS] = { [LEARN_TOWN] = N_("By town"), [LEARN_SEX] = N_("By sex of who is party A"), [LEARN_HERE] = N_("By where the ID number was given out") };
	struct ctx *c = ctx_of(rq);
	struct learn_figures f;
	learn_figures(c, r, &f);
	if (!f.held)
		return OK;
	const struct learn_score *w = &f.was, *i = &f.is;
	struct model_panel m = { .held = id_text(c, f.held), .changed = id_text(c, f.changed), .part = NEWN(c->a, struct model_part, f.ngroups + 1), .few = f.held < FEW };
	put(c, &m, N_("Of what was called a family matter: rightly (precision)"), share(c, w->tp, w->tp + w->fp), share(c, i->tp, i->tp + i->fp));
	put(c, &m, N_("Of family matters: found (recall)"), share(c, w->tp, w->tp + w->fn), share(c, i->tp, i->tp + i->fn));
	put(c, &m, N_("Of red and orange ones: found"), share(c, w->found, w->urgent), share(c, i->found, i->urgent));
	put(c, &m, N_("Of the others: called urgent (false alarms)"), share(c, w->alarms, w->calm), share(c, i->alarms, i->calm));
	for (size_t k = 0; k < f.ngroups; k++) {
		const struct learn_group *g = &f.group[k];
		struct str key = !g->key.n ? str_of(TRC(c, N_("not known"))) : str_is(g->key, "here") ? str_of(TRC(c, N_("in this city"))) : str_is(g->key, "away") ? str_of(TRC(c, N_("elsewhere")))
			       : str_is(g->key, "*") ? str_of(TRC(c, N_("small groups together"))) : g->by == LEARN_TOWN ? area_label(c, g->key) : g->by == LEARN_SEX ? code_label(c->app->codes, "sex", g->key, c->lang) : g->key;
		m.part[m.nparts++] = (struct model_part){ str_of(TRC(c, by[g->by])), key, id_text(c, g->n), share(c, g->changed, g->n) };
	}
	BUF_AUTO b = BUF((size_t)1 << 18);
	t_model_panel(&b, &face_of(rq)->v, &m);
	*ret = html_of(c, &b);
	return OK;
}
