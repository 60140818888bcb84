/* Why: whoever sends people to doors by a list must see whom the list passes over. Invariants: counts and rates only, small ones hidden by the rule of the reports
 * (report/small.c); of sex, age and place, which share one total, whole per cents and bands only, so that no table can be reckoned from another; nothing is said of a
 * rate where too few are; the attributes stand here and nowhere else. */
#include "desk/fair_pages.h"
#include "desk/inner.h"
#include "report/month.h"
#include "sense/fair.h"
#include "templates.h"
#include <math.h>
#include <stdlib.h>

#define VISITS 20

static struct str per_cent(struct ctx *c, double rate) { return arena_fmt(c->a, "%.1f%%", 100 * rate); }

/* ---- the plot ---- */

enum { LEFT = 44, BOTTOM = 300, SIDE = 280 };

static int at(double rate, double most) { return (int)lround(SIDE * (rate < most ? rate : most) / most); }

/* Wilson's interval at 95 per cent: right for few and for rates near none. */
static void reach(int64_t part, int64_t n, double *lo, double *hi)
{
	double z = 1.96, m = (double)n, p = (double)part / m, mid = (p + z * z / (2 * m)) / (1 + z * z / m), half = z * sqrt(p * (1 - p) / m + z * z / (4 * m * m)) / (1 + z * z / m);
	*lo = mid - half > 0 ? mid - half : 0;
	*hi = mid + half < 1 ? mid + half : 1;
}

void fair_plot(struct ctx *c, const struct backtest *b, struct cal_plot *ret)
{
	int64_t part[CAL_BINS], n[CAL_BINS], all = 0, came = 0;
	double rate[CAL_BINS], most = 0.01, sum = 0;
	for (int i = 0; i < CAL_BINS; i++) {
		part[i] = b->bin[0][i].grave;
		n[i] = b->bin[0][i].n;
	}
	fair_rates(part, n, CAL_BINS, rate);
	for (int i = 0; i < CAL_BINS; i++) {
		double seen = b->bin[1][i].n ? (double)b->bin[1][i].grave / (double)b->bin[1][i].n : 0;
		if (b->bin[1][i].n >= FAIR_LEAST)
			most = fmax(most, 1.1 * fmax(rate[i], seen));
		sum += rate[i] * (double)b->bin[1][i].n;
		all += b->bin[1][i].n;
		came += b->bin[1][i].grave;
	}
	*ret = (struct cal_plot){ .most = per_cent(c, most), .expected = arena_fmt(c->a, "%.0f", sum), .seen = id_text(c, came) };
	for (int i = 0; i < CAL_BINS && all; i++) {
		int64_t m = b->bin[1][i].n, g = b->bin[1][i].grave;
		struct cal_dot d = { .n = id_text(c, m), .few = m < FAIR_LEAST, .expected = per_cent(c, rate[i]), .seen = m ? per_cent(c, (double)g / (double)m) : STR("–") };
		d.label = i == CAL_BINS - 1 ? arena_fmt(c->a, "≥%d", cal_from[i]) : arena_fmt(c->a, "%d–%d", cal_from[i], cal_from[i + 1] - 1);
		if (!d.few) {
			double lo, hi;
			reach(g, m, &lo, &hi);
			d.x = LEFT + at(rate[i], most);
			d.y = BOTTOM - at((double)g / (double)m, most);
			d.top = BOTTOM - at(hi, most);
			d.bottom = BOTTOM - at(lo, most);
			d.r = 3 + (int)fmin(6, sqrt((double)m) / 20);
		}
		ret->v[ret->n++] = d;
	}
}

/* ---- the tables ---- */

static const char *say_text(enum fair_say s) { return s == FAIR_BELOW ? N_("below the others: please look into it") : s == FAIR_ABOVE ? N_("above the others: please look into it") : s == FAIR_EVEN ? N_("even") : N_("too few to say"); }

static struct str label_of(struct ctx *c, int by, struct str key)
{
	static const struct { const char *key, *label; } ages[] = { { "0", N_("Under 18") }, { "18", N_("18 to 34") }, { "35", N_("35 to 59") }, { "60", N_("60 and over") } };
	if (by == FAIR_TOWN)
		return key.n ? area_label(c, key) : STR("–");
	if (!key.n)
		return str_of(TRC(c, N_("No ID number was entered")));
	if (by == FAIR_SEX)
		return code_label(c->app->codes, "sex", key, c->lang);
	for (size_t i = 0; by == FAIR_AGE && i < ARRAY_LEN(ages); i++)
		if (str_is(key, ages[i].key))
			return str_of(TRC(c, ages[i].label));
	return str_of(TRC(c, str_is(key, "here") ? N_("ID number begins with this city's code") : N_("ID number begins with another's code")));
}

static struct str shown(struct ctx *c, const struct small_cell *v) { return v->hide == HIDE_SMALL ? STR("<5") : v->hide == HIDE_OTHER ? STR("*") : id_text(c, v->n); }

static struct str band(struct ctx *c, int64_t n)
{
	static const int from[] = { FAIR_LEAST, 200, 500, 1000 };
	size_t i = 0;
	while (i < ARRAY_LEN(from) && n >= from[i])
		i++;
	return i == 0 ? arena_fmt(c->a, "<%d", from[0]) : i == ARRAY_LEN(from) ? arena_fmt(c->a, "≥%d", from[i - 1]) : arena_fmt(c->a, "%d–%d", from[i - 1], from[i] - 1);
}

static struct str rate_of(struct ctx *c, bool may, int64_t part, int64_t n)
{
	return may && !small_alone(part) ? arena_fmt(c->a, "%.0f%%", 100 * (double)part / (double)n) : STR("–");
}

static void put_sheet(struct ctx *c, int by, const struct fair_table *t, struct fair_sheet *s)
{
	static const char *const titles[FAIR_BYS] = { N_("By town"), N_("By sex of the first party"), N_("By age of the first party"), N_("By where the first party's ID number was first given out") };
	struct small_cell *cell[4];
	*s = (struct fair_sheet){ .title = str_of(TRC(c, titles[by])), .v = NEWN(c->a, struct fair_row, t->n + 1) };
	for (int k = 0; k < 4; k++) {
		int64_t all = k == 0 ? t->all.n : k == 1 ? t->all.picked : k == 2 ? t->all.decided : t->all.over;
		cell[k] = NEWN(c->a, struct small_cell, t->n + 1);
		for (size_t i = 0; i < t->n; i++)
			cell[k][i] = (struct small_cell){ .n = k == 0 ? t->v[i].n : k == 1 ? t->v[i].picked : k == 2 ? t->v[i].decided : t->v[i].over, .key = t->v[i].key };
		small_hide(cell[k], t->n, small_alone(all));
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct fair_group *g = &t->v[i];
		enum fair_say picked = fair_say(g->picked, g->n, t->all.picked, t->all.n), over = fair_say(g->over, g->decided, t->all.over, t->all.decided);
		bool exact = by == FAIR_TOWN, hidden = exact && (cell[0][i].hide != SHOWN || cell[1][i].hide != SHOWN), ohidden = exact && (cell[2][i].hide != SHOWN || cell[3][i].hide != SHOWN);
		s->v[s->n++] = (struct fair_row){ .label = label_of(c, by, g->key), .n = exact ? shown(c, &cell[0][i]) : band(c, g->n), .picked = exact ? shown(c, &cell[1][i]) : STR("–"),
			.over = exact ? shown(c, &cell[3][i]) : STR("–"), .picked_rate = rate_of(c, picked != FAIR_FEW && !hidden, g->picked, g->n), .over_rate = rate_of(c, over != FAIR_FEW && !ohidden, g->over, g->decided),
			.picked_say = TRC(c, say_text(picked)), .over_say = TRC(c, say_text(over)), .picked_out = picked == FAIR_BELOW || picked == FAIR_ABOVE, .over_out = over == FAIR_BELOW || over == FAIR_ABOVE };
	}
}

static void put_then(struct ctx *c, const struct fair_seen *f, struct fair_page *m)
{
	size_t n;
	const struct code *levels = codes_list(c->app->codes, "risk_level", &n);
	m->then = NEWN(c->a, struct fair_then, f->levels + 1);
	m->more = f->more;
	for (size_t i = 0; i < f->levels; i++) {
		struct fair_then *t = &m->then[m->nthen++];
		t->label = i + 1 < f->levels && i < n ? c->lang == LANG_ZH ? levels[i].zh : levels[i].en : str_of(TRC(c, N_("Below all levels")));
		for (int half = 0; half < 2; half++) {
			int64_t have = f->n[half][i], grave = f->grave[half][i];
			t->n[half] = band(c, have);
			t->rate[half] = have < FAIR_LEAST || small_alone(grave) ? str_of(TRC(c, N_("too few to say"))) : per_cent(c, (double)grave / (double)have);
		}
	}
}

static enum err fair_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct fair f;
	struct fair_seen then;
	int64_t visits = VISITS;
	if (req_param(rq, "k").n && (!str_int(req_param(rq, "k"), &visits) || visits < 0 || visits > 5000))
		visits = VISITS;
	TRY(fair_make(c, (int)visits, &f));
	TRY(fair_seen(c, &then));
	TRY(journal_later(c, "list", "warning", 0, arena_fmt(c->a, "{\"n\":%lld}", (long long)f.by[FAIR_TOWN].all.n)));
	struct fair_page m = { .k = id_text(c, visits), .unserved = small_alone(f.unserved) ? STR("<5") : id_text(c, f.unserved), .cut = f.threshold >= 0, .threshold = id_text(c, f.threshold) };
	for (int by = 0; by < FAIR_BYS; by++)
		put_sheet(c, by, &f.by[by], &m.v[m.n++]);
	put_then(c, &then, &m);
	TRY(face_shell(rq, N_("Fairness of the early warning")));
	t_fair_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route fair_routes[] = {
	XA_ROUTE("GET", "/care/fair", fair_get, ROUTE_SLOW, ROUTE_EXPORT, R(CITY) | R(TOWN)),
	{ 0 },
};
