/* Why: a colour alone sends nobody to the right door and excuses a wrong one: each row says why, and the page what would lower it. Invariants: what is sealed
 * shows to full sight only; no figure of probability, for none has been measured; nothing here decides. */
#include "desk/care_pages.h"
#include "desk/inner.h"
#include "record/record.h"
#include "sense/backtest.h"
#include "sense/clue.h"
#include "sense/warning.h"
#include "templates.h"
#include <stdio.h>
#include <stdlib.h>

#define VISITS 20      /* a week, unless she says otherwise */

static const char *light_of(struct ctx *c, struct str level)
{
	const struct code *k = level.n ? code_find(c->app->codes, "risk_level", level) : NULL;
	return k ? arena_cstr(c->a, k->code) : NULL;
}

static struct str label_of(struct ctx *c, const struct code *k) { return c->lang == LANG_ZH ? k->zh : k->en; }

static struct str reason_words(struct ctx *c, const struct warning_reason *w)
{
	struct str l = label_of(c, w->item);
	/* How many channels, or how many of late, is said by the row itself. */
	bool counts = str_is(code_more(c->app->codes, "risk_point", w->item->code, "tau"), "0");
	return w->n > 1 && !counts ? arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s%d次" : "%.*s (%d)", (int)l.n, l.p, w->n) : l;
}

/* The three that weigh most. */
static enum err why_of(struct ctx *c, const struct rec *r, struct str *ret)
{
	struct warning_reason v[RISK_REASONS];
	size_t n;
	BUF_AUTO b = BUF(2048);
	TRY(warning_reasons(c, r, v, &n));
	for (size_t i = 0, shown = 0; i < n && shown < 3; i++) {
		if (v[i].tenths <= 0)
			continue;
		if (shown++)
			buf_cstr(&b, c->lang == LANG_ZH ? "；" : "; ");
		buf_str(&b, reason_words(c, &v[i]));
	}
	*ret = arena_str(c->a, buf_view(&b));
	return OK;
}

static enum err put_line(struct ctx *c, const struct warning_row *w, struct care_line *ret)
{
	struct rec *r = w->r;
	struct str level = rec_str(c, r, "level"), hers = rec_str(c, r, "decided");
	*ret = (struct care_line){ .light = light_of(c, level), .number = r->number, .url = arena_fmt(c->a, "/warning/%lld", (long long)r->id), .area = area_label(c, r->area),
		.reports = rec_int(r, "reports"), .points = rec_int(r, "points"), .picked = w->picked, .drawn = w->drawn };
	ret->level = level.n ? code_label(c->app->codes, "risk_level", level, c->lang) : str_of(TRC(c, N_("Below all levels")));
	if (rec_has(r, "last_at"))
		ret->heard = date_str(c->a, rec_int(r, "last_at"));
	if (hers.n)
		ret->decided = code_label(c->app->codes, "risk_level", hers, c->lang);
	if (rec_has(r, "review_on")) {
		ret->review = date_str(c->a, rec_int(r, "review_on"));
		ret->late = c->now >= rec_int(r, "review_on") + MS_DAY;
	}
	struct rec *whole;
	if (r->sight != SIGHT_FULL)
		return OK;
	TRY(see_one(c, "warning", r->id, &whole));
	return why_of(c, whole, &ret->why);
}

static long visits_of(struct ctx *c, struct str k, long usual, long most)
{
	long v = k.n && k.n < 6 ? strtol(arena_cstr(c->a, k), NULL, 10) : usual;
	return v < 0 ? 0 : v > most ? most : v;
}

static enum err care_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct warning_row *v;
	size_t n;
	long visits = visits_of(c, req_param(rq, "k"), VISITS, 500);
	TRY(warning_order(c, (int)visits, &v, &n));
	struct care_page m = { .v = NEWN(c->a, struct care_line, n + 1), .k = arena_fmt(c->a, "%ld", visits), .check = (R(CITY) | R(TOWN)) & 1u << c->actor->role };
	size_t shown = n < 300 ? n : 300;
	for (size_t i = 0; i < shown; i++) {
		TRY(put_line(c, &v[i], &m.v[m.n++]));
		m.picked += v[i].picked;
	}
	TRY(face_shell(rq, N_("Households under care")));
	t_care_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- does the card do what it is for? ---- */

#define CHECK_HOMES 10000
#define CHECK_WEEKS 104

static struct str per_cent(struct ctx *c, int64_t part, int64_t of) { return of ? arena_fmt(c->a, "%.1f%%", 100.0 * (double)part / (double)of) : STR("–"); }

static enum err check_get(struct req *rq, struct resp *rs)
{
	static const char *const names[] = { N_("The card of points"), N_("Count of reports"), N_("Gravest and newest report") };
	struct ctx *c = ctx_of(rq);
	long k = visits_of(c, req_param(rq, "k"), 10, 200);
	struct backtest b = { .households = CHECK_HOMES, .weeks = CHECK_WEEKS, .capacity = (int)(k ? k : 1), .seed = 1 };
	backtest_run(c->app->codes, &b);
	struct check_page m = { .k = arena_fmt(c->a, "%d", b.capacity), .households = arena_fmt(c->a, "%d", b.households), .weeks = arena_fmt(c->a, "%d", b.weeks),
				.reports = arena_fmt(c->a, "%lld", (long long)b.reports), .grave = arena_fmt(c->a, "%lld", (long long)b.grave) };
	for (int how = 0; how < BY_METHODS; how++)
		m.v[m.n++] = (struct check_row){ str_of(TRC(c, names[how])), per_cent(c, b.by[how].caught, b.grave), per_cent(c, b.by[how].right, b.by[how].listed),
						 arena_fmt(c->a, "%lld", (long long)b.by[how].lead_days) };
	fair_plot(c, &b, &m.plot);
	TRY(face_shell(rq, N_("Check of the card")));
	t_check_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- on the page of one ---- */

static void put_reason(struct ctx *c, const struct warning_reason *w, int64_t most, struct care_reason *ret)
{
	int64_t size = llabs(w->tenths);
	*ret = (struct care_reason){ .label = reason_words(c, w), .against = w->tenths < 0, .share = most ? (int)(size * 100 / most) : 0,
		.points = arena_fmt(c->a, "%s%lld.%lld", w->tenths < 0 ? "−" : "+", (long long)(size / 10), (long long)(size % 10)),
		.lower = code_more(c->app->codes, "risk_point", w->item->code, c->lang == LANG_ZH ? "lower" : "lower_en") };
	if (w->ms)
		ret->since = date_str(c->a, w->ms);
}

static bool among(const struct seen *ties, int64_t clue)
{
	for (size_t i = 0; i < ties->n; i++)
		if (rec_int(ties->r[i], "clue") == clue)
			return true;
	return false;
}

/* Clues that may be of the same people and are not here: by name, by ear, by the number of who called. She looks and decides. */
static enum err put_same(struct ctx *c, const struct rec *r, struct care_panel *m)
{
	struct seen ties;
	struct same v[20];
	size_t n, cap = 0;
	TRY(see_children(c, "tie", r->id, &ties));
	for (size_t i = 0; i < ties.n && i < 20; i++) {
		struct rec *clue;
		if (!rec_in(ties.r[i], "tied"))
			continue;
		TRY(see_if(c, "clue", rec_int(ties.r[i], "clue"), &clue));
		if (!clue || clue->sight != SIGHT_FULL)
			continue;
		TRY(sense_same_people(c, clue, v, ARRAY_LEN(v), &n));
		for (size_t k = 0; k < n && m->nsame < 20; k++) {
			struct care_same s = { .title = v[k].title, .url = arena_fmt(c->a, "/clue/%lld", (long long)v[k].clue) };
			bool twice = !v[k].clue || among(&ties, v[k].clue);
			for (size_t j = 0; j < m->nsame && !twice; j++)
				twice = str_eq(m->same[j].url, s.url);
			if (twice)
				continue;
			s.why = str_of(TRC(c, v[k].why & SAME_IDNO ? N_("same ID number") : v[k].why & SAME_PHONE ? N_("same phone") : v[k].why & SAME_NAME ? N_("same name, same town") : N_("a name that sounds alike, same town")));
			s.put_url = arena_fmt(c->a, "/tie/new?parent=%lld&clue=%lld", (long long)r->id, (long long)v[k].clue);
			VEC_PUSH(c->a, m->same, m->nsame, cap, s);
		}
	}
	return OK;
}

enum err care_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct warning_reason v[RISK_REASONS];
	struct care_panel m = { .floor = false };
	struct str machine = rec_str(c, r, "machine"), hers = rec_str(c, r, "decided");
	size_t n;
	if (r->sight != SIGHT_FULL)
		return OK;
	TRY(warning_reasons(c, r, v, &n));
	m.v = NEWN(c->a, struct care_reason, n + 1);
	for (size_t i = 0; i < n; i++)
		put_reason(c, &v[i], llabs(v[0].tenths), &m.v[m.n++]);
	m.points = arena_fmt(c->a, "%lld", (long long)rec_int(r, "points"));
	m.light = light_of(c, machine);
	m.machine = machine.n ? code_label(c->app->codes, "risk_level", machine, c->lang) : str_of(TRC(c, N_("Below all levels")));
	m.floor = machine.n && rec_int(r, "points") < risk_level_number(c->app->codes, machine, "from");
	if (hers.n) {
		m.decided = arena_fmt(c->a, "%.*s", (int)code_label(c->app->codes, "risk_level", hers, c->lang).n, code_label(c->app->codes, "risk_level", hers, c->lang).p);
		m.decided_light = light_of(c, hers);
		m.note = date_str(c->a, rec_int(r, "decided_at"));
	}
	if (rec_in(r, "watching"))
		TRY(put_same(c, r, &m));
	struct buf b = BUF((size_t)1 << 20);
	t_care_panel(&b, &face_of(rq)->v, &m);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

enum err care_about(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct ctx in = ctx_inside(c);
	struct rec *clue = NULL, *w = NULL;
	*ret = (struct html){ STR_NONE };
	if (!type_readable(c, type_find(c->app, STR("warning"))) || r->sight != SIGHT_FULL)
		return OK;
	/* She reads the case in full; that its clue is another desk's does not hide from her that the household is known. */
	if (strcmp(r->t->name, "clue") == 0)
		TRY(see_if(&in, "clue", r->id, &clue));
	else if (rec_has(r, "clue"))
		TRY(see_if(&in, "clue", rec_int(r, "clue"), &clue));
	if (clue)
		TRY(warning_about(c, clue, &w));
	if (!w || !rec_in(w, "watching"))
		return OK;
	struct str level = rec_str(c, w, "level");
	struct care_note m = { .light = light_of(c, level), .number = w->number, .url = arena_fmt(c->a, "/warning/%lld", (long long)w->id), .reports = rec_int(w, "reports"),
				.level = level.n ? code_label(c->app->codes, "risk_level", level, c->lang) : str_of(TRC(c, N_("Below all levels"))) };
	if (rec_has(w, "last_at"))
		m.last = date_str(c->a, rec_int(w, "last_at"));
	struct buf b = BUF(65536);
	t_care_note(&b, &face_of(rq)->v, &m);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

const struct route care_routes[] = {
	XA_ROUTE("GET", "/care", care_get, ROUTE_READ, 0, R_FED),
	XA_ROUTE("GET", "/care/check", check_get, ROUTE_SLOW, ROUTE_EXPORT, R(CITY) | R(TOWN)),
	{ 0 },
};
