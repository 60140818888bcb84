/* Why: at the registry there is a minute for a couple: the page must say at once whether the two may be put into one room, and which day is which.
 * Invariants: the panel repeats the rules of absorb/counsel.c and decides nothing; nobody's phone stands in it. */
#include "desk/counsel_pages.h"
#include "absorb/absorb.h"
#include "desk/inner.h"
#include "report/month.h"
#include "templates.h"

static struct str left(struct ctx *c, int64_t last)
{
	int64_t n = (last - day_start(day_of(c->now))) / MS_DAY;
	return n < 0 ? STR_NONE : n == 0 ? str_of(TRC(c, N_("today is the last day"))) : face_text(c, N_("%s days left"), arena_printf(c->a, "%lld", (long long)n));
}

static void add_day(struct ctx *c, struct counsel_panel *m, int64_t day, const char *text, bool now)
{
	struct str l = now ? left(c, day) : STR_NONE, t = str_of(TRC(c, text));
	m->days[m->ndays++] = (struct counsel_day){ date_str(c->a, day), l.n ? arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s（%.*s）" : "%.*s (%.*s)", (int)t.n, t.p, (int)l.n, l.p) : t, NULL, now };
}

static struct str contact(struct ctx *c, const struct rec *r, const char *consent, const char *safe)
{
	if (!rec_int(r, consent))
		return str_of(TRC(c, N_("Not agreed: is not contacted.")));
	return str_of(TRC(c, str_is(rec_str(c, r, safe), "yes") ? N_("Agreed, and safe to call.") : N_("Agreed, but it is not known that calling is safe: is not called.")));
}

enum err counsel_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct counsel_panel m = { .days = NEWN(c->a, struct counsel_day, 8) };
	if (r->sight != SIGHT_FULL)
		return OK;
	if (rec_in(r, "received|cooling")) {
		const char *why = absorb_no_joint(c, r);
		m.why = why ? str_of(TRC(c, why)) : STR_NONE;
		m.danger = rec_int(r, "violence");
	}
	if (rec_has(r, "applied_on")) {
		int64_t a = rec_int(r, "applied_on"), cool = rec_int(r, "cool_end"), cert = rec_int(r, "cert_end"), today = day_start(day_of(c->now));
		add_day(c, &m, a, N_("Divorce applied for"), false);
		add_day(c, &m, cool, N_("Until this day either may withdraw the application alone"), rec_in(r, "cooling") && today <= cool);
		add_day(c, &m, cool + MS_DAY, N_("From this day both may ask for the certificate, in person"), false);
		add_day(c, &m, cert, N_("Until this day; after it the application counts as withdrawn"), rec_in(r, "cooling") && today > cool);
		m.contact_a = contact(c, r, "a_consent", "a_safe");
		m.contact_b = contact(c, r, "b_consent", "b_safe");
	}
	if (!m.why.n && !m.ndays)
		return OK;
	BUF_AUTO b = BUF((size_t)1 << 20);
	t_counsel_panel(&b, &face_of(rq)->v, &m);
	*ret = html_of(c, &b);
	return OK;
}

enum err visit_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq), in = ctx_inside(c);
	struct rec *k;
	struct visit_point p[32];
	if (r->sight != SIGHT_FULL || !rec_in(r, "planned|done"))
		return OK;
	/* Only the kind of the case is asked, which the list says anyway. */
	TRY(see_one(&in, "case", r->parent, &k));
	in.labels = NULL;
	size_t n = absorb_visit_points(&in, r, k, p, ARRAY_LEN(p));
	struct visit_panel m = { .rows = NEWN(c->a, struct visit_list, n + 1), .made = rec_in(r, "done") };
	for (size_t i = 0; i < n; i++)
		m.rows[m.n++] = (struct visit_list){ p[i].label, p[i].done, p[i].must };
	BUF_AUTO b = BUF((size_t)1 << 20);
	t_visit_panel(&b, &face_of(rq)->v, &m);
	*ret = html_of(c, &b);
	return OK;
}

/* ---- a figure held against its division ---- */

/* "63.7", "63.7%", "63": in tenths. */
static bool percent(struct str s, int64_t *ret)
{
	struct str rest, whole;
	int64_t a, b = 0;
	s = str_trim(s);
	if (s.n && s.p[s.n - 1] == '%')
		s = str_trim((struct str){ s.p, s.n - 1 });
	whole = str_cut(s, '.', &rest);
	if (!str_int(whole, &a) || a < 0 || a > 1000 || (rest.n && (rest.n != 1 || !str_int(rest, &b))))
		return false;
	*ret = a * 10 + b;
	return true;
}

/* "1,382": as it stands in reports. */
static bool count(struct ctx *c, struct str s, int64_t *ret)
{
	BUF_AUTO b = BUF(40);
	s = str_trim(s);
	for (size_t i = 0; i < s.n && i < 30; i++)
		if (s.p[i] != ',' && s.p[i] != ' ')
			buf_char(&b, s.p[i]);
	return str_int(arena_str(c->a, buf_view(&b)), ret) && *ret >= 0 && *ret < FIGURE_MAX;
}

static void note(struct ctx *c, struct figure_page *m, const char *text, const char *arg) { m->notes[m->n++] = arg ? face_text(c, text, arg) : str_of(TRC(c, text)); }

static char *range(struct ctx *c, int64_t from, int64_t to)
{
	return from == to ? arena_printf(c->a, "%lld", (long long)from) : arena_printf(c->a, "%lld–%lld", (long long)from, (long long)to);
}

static enum err check_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct figure f;
	struct figure_page m = { .num = req_param(rq, "num"), .den = req_param(rq, "den"), .claimed = req_param(rq, "claimed"), .notes = NEWN(c->a, struct str, 8) };
	int64_t num, den, claimed;
	m.asked = m.num.n || m.den.n || m.claimed.n;
	if (m.asked) {
		if (!count(c, m.num, &num) || !count(c, m.den, &den) || !percent(m.claimed, &claimed)) {
			m.error = str_of(TRC(c, N_("Please give two whole numbers and a percentage such as 63.7.")));
		} else {
			figure_check(num, den, claimed, &f);
			m.right = f.known && f.right;
			if (!f.known)
				m.verdict = str_of(TRC(c, N_("Divided by 0 there is no rate: it is shown as —.")));
			else
				m.verdict = face_text(c, f.right ? N_("Right: %s.") : N_("Not right: %s."),
					arena_printf(c->a, "%lld ÷ %lld = %lld.%lld%%", (long long)num, (long long)den, (long long)(f.is / 10), (long long)(f.is % 10)));
			if (f.swapped)
				note(c, &m, N_("Two digits of the claimed figure have changed places."), NULL);
			if (f.other_den)
				note(c, &m, N_("It would be right of a whole of %s: was another base meant?"), range(c, f.den_from, f.den_to));
			if (f.other_num)
				note(c, &m, N_("It would be right with a part of %s: were some taken out afterwards?"), range(c, f.num_from, f.num_to));
			note(c, &m, N_("Of which base? “All couples received” includes those of whom one came; “couples counselled” are those of whom both took part. Both stand in the monthly table; couples with violence are in neither."), NULL);
		}
	}
	TRY(face_shell(rq, N_("Check a figure")));
	t_figure_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route counsel_routes[] = {
	XA_ROUTE("GET", "/report/check", check_get, ROUTE_READ, 0, R_FED | R(MEDIATOR) | R(LIAISON) | R(LEADER) | R(AUDITOR)),
	{ 0 },
};
