/* Why: leaders ask "how many, and which"; every figure on the page leads to the records behind it.
 * Invariants: the page, the XLSX and the PDF come from one struct month. */
#include "desk/report_pages.h"
#include "report/channels.h"
#include "templates.h"
#include <stdio.h>

static struct str link_of(struct ctx *c, const struct month *m, enum month_fig f, enum month_dim d, struct str key, enum month_when w)
{
	struct month_link l;
	BUF_AUTO b = BUF(2048);
	if (!month_link(c, m, f, d, key, w, &l))
		return STR_NONE;
	const struct rtype *t = type_find(c->app, str_of(l.type));
	unsigned roles = 0;
	/* Only who may see all of the area's records: a shorter list than the figure says would be a lie. */
	for (size_t i = 0; t && i < t->nread; i++)
		roles |= t->read[i].scope == SC_AREA || t->read[i].scope == SC_ALL ? t->read[i].roles : 0;
	if (!(roles & 1u << c->actor->role))
		return STR_NONE;
	month_href(&b, &l);
	return arena_str(c->a, buf_view(&b));
}

static struct str change_text(struct ctx *c, const struct month_line *l, enum month_when then, int f)
{
	double d;
	if (l->hide[MONTH_NOW][f] || l->hide[then][f] || !month_change(l->n[MONTH_NOW][f], l->n[then][f], &d))
		return STR("—");
	return arena_fmt(c->a, "%+.1f%%", d * 100);
}

static struct str rate_text(struct ctx *c, const struct month_line *l, enum month_when w, enum month_rate r)
{
	double v;
	if (!month_rate(l, w, r, &v))
		return STR("—");
	return arena_fmt(c->a, "%.1f%%", v * 100 > 99.94 && v < 1 ? 99.9 : v * 100);
}

static void add_sums(struct ctx *c, const struct month *m, struct month_page *o)
{
	o->sums = NEWN(c->a, struct month_sum, FIG_SHOWN);
	for (int f = 0; f < FIG_SHOWN; f++) {
		const struct month_line *l = &m->total;
		o->sums[o->nsums++] = (struct month_sum){ str_of(TRC(c, month_figs[f].label)), month_figure(c, l, MONTH_NOW, (enum month_fig)f),
							  month_figure(c, l, MONTH_BEFORE, (enum month_fig)f), change_text(c, l, MONTH_BEFORE, f),
							  month_figure(c, l, MONTH_LAST_YEAR, (enum month_fig)f), change_text(c, l, MONTH_LAST_YEAR, f),
							  link_of(c, m, (enum month_fig)f, DIM_TOTAL, STR(""), MONTH_NOW) };
	}
	o->rates = NEWN(c->a, struct month_sum, RATE_COUNT);
	for (int r = 0; r < RATE_COUNT; r++) {
		double now, before, year;
		struct month_sum s = { .label = str_of(TRC(c, month_rates[r].label)), .change = STR("—"), .year_change = STR("—"),
				       .now = rate_text(c, &m->total, MONTH_NOW, (enum month_rate)r), .before = rate_text(c, &m->total, MONTH_BEFORE, (enum month_rate)r),
				       .last_year = rate_text(c, &m->total, MONTH_LAST_YEAR, (enum month_rate)r) };
		bool has = month_rate(&m->total, MONTH_NOW, (enum month_rate)r, &now);
		if (has && month_rate(&m->total, MONTH_BEFORE, (enum month_rate)r, &before))
			s.change = month_points(c->a, now, before);
		if (has && month_rate(&m->total, MONTH_LAST_YEAR, (enum month_rate)r, &year))
			s.year_change = month_points(c->a, now, year);
		o->rates[o->nrates++] = s;
	}
	o->notes = NEWN(c->a, struct str, RATE_COUNT + 1);
	for (int r = 0; r < RATE_COUNT; r++)
		o->notes[o->nnotes++] = arena_fmt(c->a, "%s = %s", TRC(c, month_rates[r].label), TRC(c, month_rates[r].formula));
	if (m->small)
		o->notes[o->nnotes++] = str_of(TRC(c, N_("Figures under 5 are shown as <5; * stands for figures that are hidden with them, so that they cannot be reckoned back.")));
}

static struct month_row make_row(struct ctx *c, const struct month *m, const struct month_block *b, const struct month_line *l, bool total)
{
	struct month_row r = { .label = total ? str_of(TRC(c, N_("Total"))) : l->label, .cells = NEWN(c->a, struct month_cell, FIG_SHOWN) };
	size_t n = 0;
	for (int f = 0; f < FIG_SHOWN; f++)
		if (b->figs >> f & 1)
			r.cells[n++] = (struct month_cell){ month_figure(c, l, MONTH_NOW, (enum month_fig)f),
							    l->n[MONTH_NOW][f] && !l->hide[MONTH_NOW][f] ? link_of(c, m, (enum month_fig)f, total ? DIM_TOTAL : b->dim, total ? STR("") : l->key, MONTH_NOW) : STR_NONE };
	return r;
}

static struct month_section make_section(struct ctx *c, const struct month *m, const struct month_block *b)
{
	struct month_section s = { .title = str_of(TRC(c, b->label)), .heads = NEWN(c->a, struct str, FIG_SHOWN), .rows = NEWN(c->a, struct month_row, b->nlines + 1) };
	for (int f = 0; f < FIG_SHOWN; f++)
		if (b->figs >> f & 1)
			s.heads[s.ncols++] = str_of(TRC(c, month_figs[f].label));
	for (size_t i = 0; i < b->nlines; i++)
		s.rows[s.nrows++] = make_row(c, m, b, &b->lines[i], false);
	s.total = make_row(c, m, b, &m->total, true);
	return s;
}

enum err month_page_make(struct ctx *c, const struct month *m, struct month_page *ret)
{
	struct month_page o = { .title = m->title, .area = m->area_name, .period = arena_fmt(c->a, "%04d-%02d", m->year, m->month),
				.sections = NEWN(c->a, struct month_section, DIM_COUNT) };
	o.made = datetime_str(c->a, m->made);
	add_sums(c, m, &o);
	for (int d = 0; d < DIM_COUNT; d++)
		if (m->block[d].nlines)
			o.sections[o.nsections++] = make_section(c, m, &m->block[d]);
	int before = m->year * 12 + m->month - 2, after = before + 2;
	struct str a = m->area;
	o.prev_url = arena_fmt(c->a, "/report/month?month=%04d-%02d&area=%.*s", before / 12, before % 12 + 1, (int)a.n, a.p);
	o.next_url = after <= civil_of(c->now).year * 12 + civil_of(c->now).month - 1
		   ? arena_fmt(c->a, "/report/month?month=%04d-%02d&area=%.*s", after / 12, after % 12 + 1, (int)a.n, a.p) : STR_NONE;
	o.xlsx_url = arena_fmt(c->a, "/report/month.xlsx?month=%04d-%02d&area=%.*s", m->year, m->month, (int)a.n, a.p);
	o.pdf_url = arena_fmt(c->a, "/report/month.pdf?month=%04d-%02d&area=%.*s", m->year, m->month, (int)a.n, a.p);
	o.inside_url = month_inside(c) ? arena_fmt(c->a, "/report/month.xlsx?month=%04d-%02d&area=%.*s&inside=1", m->year, m->month, (int)a.n, a.p) : STR_NONE;
	o.areas = options_area(c, str_of(c->actor->area), a, &o.nareas);
	*ret = o;
	return OK;
}

/* The asked month, or the present one. */
static enum err asked(struct req *rq, struct month *ret)
{
	struct ctx *c = ctx_of(rq);
	struct str s = req_param(rq, "month"), rest, year = str_cut(s, '-', &rest);
	struct civil now = civil_of(c->now);
	int64_t y = now.year, m = now.month;
	if (s.n && (!str_int(year, &y) || !str_int(rest, &m) || y < 2000 || y > 2999 || m < 1 || m > 12))
		return fail(&rq->fault, ERR_INVALID, N_("Please give a month such as 2026-10."), NULL);
	TRY(month_make(c, (int)y, (int)m, req_param(rq, "area"), ret));
	if (month_inside(c))
		return OK;
	if (c->actor->area[0] && !str_is(ret->area, c->actor->area))
		return fail(&rq->fault, ERR_DENIED, N_("Your post sees the table of its own area; smaller areas are the federation’s."), "month of a part");
	month_small(ret);
	return OK;
}

static enum err month_get(struct req *rq, struct resp *rs)
{
	struct month m;
	struct month_page p;
	TRY(asked(rq, &m));
	TRY(month_page_make(ctx_of(rq), &m, &p));
	TRY(face_shell(rq, N_("Monthly table")));
	t_month_page(&rs->body, &face_of(rq)->v, &p);
	return OK;
}

static enum err month_file(struct req *rq, struct resp *rs, bool pdf)
{
	struct ctx *c = ctx_of(rq);
	struct month m;
	struct table *t;
	size_t n;
	TRY(asked(rq, &m));
	/* A file goes on: without its small figures, unless the federation asks for its own. */
	bool inside = month_inside(c) && str_is(req_param(rq, "inside"), "1");
	if (!inside && !m.small)
		month_small(&m);
	TRY(month_tables(c, &m, &t, &n));
	TRY(pdf ? pdf_tables(t, n, true, &rs->body, &rq->fault) : xlsx_write(t, n, &rs->body, &rq->fault));
	resp_file(rs, rq, pdf ? "application/pdf" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		  arena_fmt(c->a, "%.*s.%s", (int)m.title.n, m.title.p, pdf ? "pdf" : "xlsx"));
	return journal_note(c, "export", "month", 0, "ok", arena_fmt(c->a, "{\"month\":\"%04d-%02d\",\"area\":\"%.*s\",\"format\":\"%s\",\"inside\":%s}", m.year, m.month, (int)m.area.n,
								       m.area.p, pdf ? "pdf" : "xlsx", inside ? "true" : "false"));
}

static enum err month_xlsx(struct req *rq, struct resp *rs) { return month_file(rq, rs, false); }
static enum err month_pdf(struct req *rq, struct resp *rs) { return month_file(rq, rs, true); }

static void put_channel(struct ctx *c, const struct channel *k, struct channels_page *m)
{
	static const char *const states[] = { [CHANNEL_NEVER] = N_("Not used"), [CHANNEL_USUAL] = N_("As usual"), [CHANNEL_SILENT] = N_("Silent"), [CHANNEL_LOUD] = N_("Loud") };
	const struct rtype *t = type_find(c->app, STR("clue"));
	struct channel_row *r = &m->rows[m->n++];
	*r = (struct channel_row){ .label = k->label, .state = str_of(TRC(c, states[k->state])), .bad = k->state > CHANNEL_USUAL, .good = k->state == CHANNEL_USUAL,
				   .today = arena_fmt(c->a, "%lld", (long long)k->today), .week = arena_fmt(c->a, "%lld", (long long)k->week),
				   .month = arena_fmt(c->a, "%lld", (long long)k->month), .usual = arena_fmt(c->a, "%.1f", k->usual) };
	if (k->gap >= 0)
		r->last = date_str(c->a, day_start(day_of(c->now) - k->gap));
	if (k->gap >= 0 && type_readable(c, t))
		r->url = arena_fmt(c->a, "/clue?source=%.*s", (int)k->code.n, k->code.p);
	if (k->state == CHANNEL_SILENT)
		m->odd[m->nodd++] = arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s：已 %d 天没有线索，平时每周约 %.1f 件。请联系报送单位，看是否中断。"
								       : "%.*s: no clue for %d days, usually %.1f a week. Ask the unit that sends whether something broke.",
					      (int)k->label.n, k->label.p, k->gap < 0 ? 91 : k->gap, k->usual);
	else if (k->state == CHANNEL_LOUD)
		m->odd[m->nodd++] = arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s：最近7天 %lld 件，平时每周约 %.1f 件。请看是否有集中反映的事。"
								       : "%.*s: %lld in seven days, usually %.1f a week. Look whether they tell of one thing.",
					      (int)k->label.n, k->label.p, (long long)k->week, k->usual);
}

static enum err channels_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct channel *v;
	size_t n;
	TRY(channels_read(c, &v, &n));
	struct channels_page m = { .rows = NEWN(c->a, struct channel_row, n + 1), .odd = NEWN(c->a, struct str, n + 1) };
	/* What needs a look first, then what is alive, then the rest. */
	static const enum channel_state order[] = { CHANNEL_SILENT, CHANNEL_LOUD, CHANNEL_USUAL, CHANNEL_NEVER };
	for (size_t o = 0; o < ARRAY_LEN(order); o++)
		for (size_t i = 0; i < n; i++)
			if (v[i].state == order[o])
				put_channel(c, &v[i], &m);
	TRY(outlet_rows(c, &m.outlets));
	TRY(face_shell(rq, N_("Channels")));
	t_channels_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

#define READERS (R_FED | R(LEADER) | R(AUDITOR))
const struct route report_routes[] = {
	XA_ROUTE("GET", "/report/month", month_get, ROUTE_READ, 0, READERS),
	XA_ROUTE("GET", "/report/month.xlsx", month_xlsx, ROUTE_SLOW, ROUTE_EXPORT, READERS),
	XA_ROUTE("GET", "/report/month.pdf", month_pdf, ROUTE_SLOW, ROUTE_EXPORT, READERS),
	XA_ROUTE("GET", "/channels", channels_get, ROUTE_READ, 0, R(CITY) | R(TOWN) | R(HOTLINE) | R(LEADER)),
	{ 0 },
};
