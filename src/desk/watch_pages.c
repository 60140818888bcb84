/* Why: a colour alone sends nobody to the right door and excuses a wrong one: each row says why, and the page what would lower it. Invariants: what is sealed
 * shows to full sight only; no figure of probability, for none has been measured; nothing here decides. */
#include "desk/watch_pages.h"
#include "desk/inner.h"
#include "record/record.h"
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
	return w->n > 1 ? arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s%d次" : "%.*s (%d)", (int)l.n, l.p, w->n) : l;
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

static enum err put_line(struct ctx *c, const struct watch_row *w, struct watch_line *ret)
{
	struct rec *r = w->r;
	struct str level = rec_str(c, r, "level"), hers = rec_str(c, r, "decided");
	*ret = (struct watch_line){ .light = light_of(c, level), .number = r->number, .url = arena_fmt(c->a, "/warning/%lld", (long long)r->id), .area = area_label(c, r->area),
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

static enum err watch_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct watch_row *v;
	size_t n;
	struct str k = req_param(rq, "k");
	long visits = k.n && k.n < 6 ? strtol(arena_cstr(c->a, k), NULL, 10) : VISITS;
	visits = visits < 0 ? 0 : visits > 500 ? 500 : visits;
	TRY(warning_watch(c, (int)visits, &v, &n));
	struct watch_page m = { .v = NEWN(c->a, struct watch_line, n + 1), .k = arena_fmt(c->a, "%ld", visits) };
	size_t shown = n < 300 ? n : 300;
	for (size_t i = 0; i < shown; i++) {
		TRY(put_line(c, &v[i], &m.v[m.n++]));
		m.picked += v[i].picked;
	}
	TRY(face_shell(rq, N_("Households under care")));
	t_watch_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- on the page of one ---- */

static void put_reason(struct ctx *c, const struct warning_reason *w, int64_t most, struct watch_reason *ret)
{
	int64_t size = llabs(w->tenths);
	*ret = (struct watch_reason){ .label = reason_words(c, w), .against = w->tenths < 0, .share = most ? (int)(size * 100 / most) : 0,
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
static enum err put_same(struct ctx *c, const struct rec *r, struct watch_panel *m)
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
			struct watch_same s = { .title = v[k].title, .url = arena_fmt(c->a, "/clue/%lld", (long long)v[k].clue) };
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

enum err watch_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct warning_reason v[RISK_REASONS];
	struct watch_panel m = { .floor = false };
	struct str machine = rec_str(c, r, "machine"), hers = rec_str(c, r, "decided");
	size_t n;
	if (r->sight != SIGHT_FULL)
		return OK;
	TRY(warning_reasons(c, r, v, &n));
	m.v = NEWN(c->a, struct watch_reason, n + 1);
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
	t_watch_panel(&b, &face_of(rq)->v, &m);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

const struct route watch_routes[] = {
	XA_ROUTE("GET", "/watch", watch_get, ROUTE_READ, 0, R_FED),
	{ 0 },
};
