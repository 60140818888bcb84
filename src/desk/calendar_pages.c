/* Why: what is promised for a day is kept when it stands in one calendar, beside the holidays and what else that day holds.
 * Invariants: an entry says its kind, the case's number and the room, never a name or a matter: the page hangs open on a shared desk. What she sees is what
 * see() gives her. A year without the State Council's list is told, not guessed at. The feed's address is shown once. */
#include "desk/calendar_pages.h"
#include "absorb/absorb.h"
#include "absorb/timed.h"
#include "desk/inner.h"
#include "people/people.h"
#include "templates.h"
#include <stdio.h>

#define READERS (R_FED | R(GRID) | R(MEDIATOR) | R(HOTLINE) | R(LIAISON))

struct span { int32_t first, n, day; const char *view; };

static struct str day_param(struct ctx *c, int32_t day)
{
	struct civil d = day_civil(day);
	return arena_fmt(c->a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

/* A month from the Monday on or before its first to the Sunday on or after its last. */
static struct span span_of(struct req *rq)
{
	struct ctx *c = ctx_of(rq);
	struct str view = req_param(rq, "view"), day = req_param(rq, "day");
	int64_t ms;
	struct span s = { .day = day.n && date_parse(day, &ms) ? day_of(ms) : day_of(c->now) };
	struct civil d = day_civil(s.day);
	s.view = str_is(view, "day") ? "day" : str_is(view, "week") ? "week" : "month";
	if (s.view[0] == 'd') {
		s.first = s.day;
		s.n = 1;
	} else if (s.view[0] == 'w') {
		s.first = s.day - (day_weekday(s.day) + 6) % 7;
		s.n = 7;
	} else {
		int32_t from = month_first(d.year, d.month), next = month_first(d.year, d.month + 1);
		s.first = from - (day_weekday(from) + 6) % 7;
		s.n = (next - s.first + 6) / 7 * 7;
	}
	return s;
}

static struct str at_url(struct ctx *c, const char *view, int32_t day, bool unit)
{
	struct str d = day_param(c, day);
	return arena_fmt(c->a, "/calendar?view=%s&day=%.*s%s", view, (int)d.n, d.p, unit ? "&whose=unit" : "");
}

/* A case's number and never its title, which may hold a name. */
static struct str number_of(const struct seen *cases, int64_t id)
{
	for (size_t i = 0; i < cases->n; i++)
		if (cases->r[i]->id == id)
			return cases->r[i]->number;
	return STR_NONE;
}

static enum err cases_of(struct ctx *c, const struct entry *v, size_t n, struct seen *ret)
{
	BUF_AUTO b = BUF(20000);
	*ret = (struct seen){ 0 };
	for (size_t i = 0; i < n && i < 500; i++)
		buf_printf(&b, "%s%lld", i ? "|" : "", (long long)v[i].r->parent);
	const struct filter by[] = { { STR("id"), buf_view(&b) } };
	return n ? see(c, &(struct see){ .type = "case", .filters = by, .nfilters = 1, .limit = 500 }, ret) : OK;
}

static struct cal_entry entry_line(struct ctx *c, const struct entry *e, const struct seen *cases)
{
	struct civil a = civil_of(e->from), b = civil_of(e->to);
	struct cal_entry l = { .label = str_of(TRC(c, e->t->label)), .number = e->r->parent ? number_of(cases, e->r->parent) : e->r->number, .room = e->room ? ref_label(c, "room", e->room) : STR_NONE,
		.who = ref_label(c, "staff", e->staff), .url = arena_fmt(c->a, "/%s/%lld", e->t->type, (long long)e->r->id), .late = e->day && e->to <= c->now };
	int kind = strcmp(e->t->type, "booking") == 0 ? field_at(e->r->t, "kind") : -1;
	if (kind >= 0)
		l.label = rec_show(c, e->r, kind);
	l.when = e->day ? STR_NONE : e->t->minutes ? arena_fmt(c->a, "%02d:%02d–%02d:%02d", a.hour, a.minute, b.hour, b.minute) : arena_fmt(c->a, "%02d:%02d", a.hour, a.minute);
	return l;
}

static const char *const weekdays[] = { N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat") };

struct filled { const struct span *s; const struct entry *v; size_t n; const struct seen *cases; bool unit; };

static void fill_days(struct ctx *c, const struct filled *w, struct cal_page *m)
{
	const struct span *s = w->s;
	const struct entry *v = w->v;
	size_t n = w->n;
	struct civil mid = day_civil(s->day);
	m->days = NEWN(c->a, struct cal_day, (size_t)s->n + 1);
	for (int32_t i = 0; i < s->n; i++) {
		const char *name = NULL;
		int32_t day = s->first + i;
		struct civil d = day_civil(day);
		enum day_kind k = calendar_kind(c->app->calendar, day, &name);
		struct cal_day *p = &m->days[m->ndays++];
		*p = (struct cal_day){ .num = arena_fmt(c->a, m->month ? "%d" : "%d-%d", m->month ? d.day : d.month, d.day), .weekday = str_of(TRC(c, weekdays[day_weekday(day)])), .url = at_url(c, "day", day, w->unit),
			.off = !day_kind_works(k), .makeup = k == DAY_MAKEUP, .today = day == day_of(c->now), .out = m->month && d.month != mid.month, .v = NEWN(c->a, struct cal_entry, n + 1) };
		p->name = k == DAY_MAKEUP ? str_of(TRC(c, N_("Working day in exchange"))) : name ? str_of(name) : STR_NONE;
		for (size_t q = 0; q < n; q++)
			if (day_of(v[q].from) == day)
				p->v[p->n++] = entry_line(c, &v[q], w->cases);
		m->total += p->n;
	}
}

static void links(struct ctx *c, const struct span *s, bool unit, struct cal_page *m)
{
	static const char *const views[] = { "month", "week", "day" }, *const names[] = { N_("By month"), N_("By week"), N_("By day") };
	struct civil d = day_civil(s->day);
	int32_t back = m->month ? month_first(d.year, d.month - 1) : s->first - s->n, on = m->month ? month_first(d.year, d.month + 1) : s->first + s->n;
	for (int i = 0; i < 3; i++)
		m->views[i] = (struct cal_link){ str_of(TRC(c, names[i])), at_url(c, views[i], s->day, unit), strcmp(views[i], s->view) == 0 };
	m->prev = at_url(c, s->view, back, unit);
	m->next = at_url(c, s->view, on, unit);
	m->now = at_url(c, s->view, day_of(c->now), unit);
	m->whose[0] = (struct cal_link){ str_of(TRC(c, N_("Mine"))), at_url(c, s->view, s->day, false), !unit };
	m->whose[1] = (struct cal_link){ str_of(TRC(c, N_("My unit's"))), at_url(c, s->view, s->day, true), unit };
	m->nwhose = c->actor->org ? 2 : 1;
	struct civil e = day_civil(s->first + s->n - 1);
	if (m->month)
		m->title = arena_fmt(c->a, c->lang == LANG_ZH ? "%d年%d月" : "%d-%02d", d.year, d.month);
	else if (s->n == 1)
		m->title = arena_fmt(c->a, c->lang == LANG_ZH ? "%d年%d月%d日" : "%d-%02d-%02d", d.year, d.month, d.day);
	else
		m->title = arena_fmt(c->a, c->lang == LANG_ZH ? "%d年%d月%d日 – %d月%d日" : "%d-%02d-%02d – %02d-%02d", day_civil(s->first).year, day_civil(s->first).month, day_civil(s->first).day, e.month, e.day);
}

static enum err calendar_show(struct req *rq, struct resp *rs, struct str feed_url)
{
	struct ctx *c = ctx_of(rq);
	struct span s = span_of(rq);
	bool unit = str_is(req_param(rq, "whose"), "unit") && c->actor->org;
	struct cal_page m = { .month = s.view[0] == 'm', .grid = s.n > 1, .view = str_of(s.view), .day = day_param(c, s.day), .feed_url = feed_url };
	struct entry *v;
	size_t n;
	struct seen cases;
	struct rec *feed;
	TRY(absorb_entries(c, &(struct entry_ask){ .from = day_start(s.first), .to = day_start(s.first + s.n), .staff = unit ? 0 : c->actor->user, .org = c->actor->org }, &v, &n));
	for (size_t i = 0; i < n; i++) {
		ref_want(c, "staff", v[i].staff);
		ref_want(c, "room", v[i].room);
	}
	links(c, &s, unit, &m);
	TRY(cases_of(c, v, n, &cases));
	fill_days(c, &(struct filled){ &s, v, n, &cases, unit }, &m);
	for (int32_t d = s.first; d < s.first + s.n && !m.warn.n; d += s.n > 1 ? s.n - 1 : 1)
		if (!calendar_knows(c->app->calendar, day_civil(d).year))
			m.warn = face_text(c, N_("The State Council's list of holidays of %s is not loaded: weekends alone are counted, and terms may end on the wrong day. Tell the system administrator: page “Holidays”."), arena_printf(c->a, "%d", day_civil(d).year));
	TRY(feed_mine(c, &feed));
	m.feed_since = feed ? datetime_str(c->a, rec_int(feed, "made_on")) : STR_NONE;
	TRY(face_shell(rq, N_("Calendar")));
	t_cal_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err calendar_get(struct req *rq, struct resp *rs) { return calendar_show(rq, rs, STR_NONE); }

/* ---- the secret address ---- */

static enum err feed_new_post(struct req *rq, struct resp *rs)
{
	char token[TOKEN_TEXT];
	token_new(token);
	TRY(feed_make(ctx_of(rq), str_of(token)));
	return calendar_show(rq, rs, arena_fmt(rq->a, "/feed/%s.ics", token));
}

static enum err feed_end_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *feed;
	struct done d;
	TRY(feed_mine(c, &feed));
	if (feed)
		TRY(act(c, &(struct act){ .type = "feed", .verb = "revoke", .id = feed->id }, &d));
	face_flash(rq, rs, N_("The address opens nothing any more."));
	return resp_redirect(rs, rq, "/calendar");
}

/* No log-in: the address is the key. Everything that is wrong with it is one answer. */
static enum err feed_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct str token = req_path(rq, "token");
	struct actor *her = NEW(rq->a, struct actor);
	int64_t staff;
	if (str_ends(token, ".ics"))
		token.n -= 4;
	TRY(feed_owner(c, token, &staff));
	if (people_actor(c->app, c->db, rq->a, staff, her, &rq->fault) != OK)
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	her->face = "feed";
	struct ctx hers = *c;
	hers.actor = her;
	hers.access = NULL;
	hers.labels = NULL;
	hers.lang = LANG_ZH;
	TRY(feed_text(&hers, &rs->body));
	rs->type = "text/calendar; charset=utf-8";
	return journal_note(&hers, "view", "feed", staff, "ok", STR("{}"));
}

const struct route calendar_routes[] = {
	XA_ROUTE("GET", "/calendar", calendar_get, ROUTE_READ, 0, READERS),
	XA_ROUTE("POST", "/calendar/feed", feed_new_post, ROUTE_WRITE, 0, READERS),
	XA_ROUTE("POST", "/calendar/feed/end", feed_end_post, ROUTE_WRITE, 0, READERS),
	XA_ROUTE("GET", "/feed/{token}", feed_get, ROUTE_WRITE, ROUTE_OPEN, RIGHT_ALL),
	{ 0 },
};
