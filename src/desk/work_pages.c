/* Why: who leads a studio must see whether settled quarrels stay settled, and no mediator may have to fear the hard case.
 * Invariants: the page and the workbook come from one struct work; no name of a party, no number of a case. */
#include "desk/work_pages.h"
#include "desk/inner.h"
#include "report/month.h"
#include "report/work.h"
#include "templates.h"

#define READERS (R_FED | R(MEDIATOR) | R(LEADER))

static const char *const span_code[] = { "month", "quarter", "half", "year" };
static const char *const span_name[] = { N_("Month"), N_("Quarter"), N_("Half-year"), N_("Year") };

static enum err asked(struct req *rq, bool whole, struct work *ret)
{
	struct ctx *c = ctx_of(rq);
	struct civil now = civil_of(c->now);
	struct str s = req_param(rq, "month"), rest, year = str_cut(s, '-', &rest), span = req_param(rq, "span");
	int64_t y = now.year, m = now.month;
	struct work_ask q = { .span = SPAN_QUARTER, .whole = whole, .people = str_is(req_param(rq, "people"), "1") };
	if (s.n && (!str_int(year, &y) || !str_int(rest, &m) || y < 2000 || y > 2999 || m < 1 || m > 12))
		return fail(&rq->fault, ERR_INVALID, N_("Please give a month such as 2026-10."), NULL);
	for (size_t i = 0; i < ARRAY_LEN(span_code); i++)
		if (str_is(span, span_code[i]))
			q.span = (enum work_span)i;
	q.year = (int)y;
	q.month = (int)m;
	if ((req_param(rq, "studio").n && !str_int(req_param(rq, "studio"), &q.studio)) || (req_param(rq, "staff").n && !str_int(req_param(rq, "staff"), &q.staff)))
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	return work_make(c, &q, ret);
}

static struct str url_of(struct ctx *c, const char *path, const struct work *w, const char *more, int64_t id)
{
	return arena_fmt(c->a, "%s?span=%s&month=%04d-%02d%s%s", path, span_code[w->span], w->year, w->month, more, id ? arena_printf(c->a, "%lld", (long long)id) : "");
}

static struct str cell_text(struct ctx *c, const struct cell *v)
{
	switch (v->t) {
	case CELL_INT: return arena_fmt(c->a, "%lld", (long long)v->i);
	case CELL_REAL: return arena_fmt(c->a, "%.1f", v->r);
	case CELL_PERCENT: return arena_fmt(c->a, "%.1f%%", v->r * 100 > 99.94 && v->r < 1 ? 99.9 : v->r * 100);
	default: return v->s;
	}
}

static struct work_sheet sheet_of(struct ctx *c, const struct work *w, const struct table *t, bool lines)
{
	struct work_sheet s = { .title = t->title, .head = t->head, .ncols = t->ncols, .rows = NEWN(c->a, struct work_row, t->nrows + 1), .foot = lines };
	for (size_t i = 0; i < t->nrows; i++) {
		struct work_row r = { .label = t->cells[i * t->ncols].s, .cell = NEWN(c->a, struct str, t->ncols) };
		for (size_t k = 1; k < t->ncols; k++)
			r.cell[k - 1] = cell_text(c, &t->cells[i * t->ncols + k]);
		if (lines && i < w->n && w->v[i].link)
			r.url = url_of(c, "/report/work", w, w->by_staff ? "&staff=" : "&studio=", w->v[i].id);
		s.rows[s.nrows++] = r;
	}
	return s;
}

static enum err work_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct work w;
	struct table *t;
	TRY(asked(rq, true, &w));
	TRY(work_tables(c, &w, &t));
	struct work_page p = { .title = w.title, .month = arena_fmt(c->a, "%04d-%02d", w.year, w.month), .made = datetime_str(c->a, w.made), .studio = w.studio, .staff = w.staff,
			       .v = NEWN(c->a, struct work_sheet, WORK_TABLES), .notes = NEWN(c->a, struct str, 16), .spans = NEWN(c->a, struct option, ARRAY_LEN(span_code)) };
	for (size_t i = 0; i < ARRAY_LEN(span_code); i++)
		p.spans[p.nspans++] = (struct option){ .value = str_of(span_code[i]), .label = str_of(TRC(c, span_name[i])), .on = w.span == (enum work_span)i };
	for (size_t i = 0; i < WORK_TABLES; i++)
		if (t[i].nrows > (i < WORK_LINES ? 1 : 0))
			p.v[p.n++] = sheet_of(c, &w, &t[i], i < WORK_LINES);
	p.nnotes = work_notes(c, &w, p.notes, 16);
	p.people = str_is(req_param(rq, "people"), "1");
	p.who = w.staff ? ref_label(c, "staff", w.staff) : w.studio ? ref_label(c, "studio", w.studio) : w.area_name;
	const char *more = w.staff ? "&staff=" : w.studio ? "&studio=" : p.people ? "&people=1" : "";
	int64_t id = w.staff ? w.staff : w.studio;
	p.xlsx_url = url_of(c, "/report/work.xlsx", &w, more, id);
	if (w.inside)
		p.inside_url = arena_fmt(c->a, "%.*s&inside=1", (int)p.xlsx_url.n, p.xlsx_url.p);
	if (month_inside(c))
		p.people_url = w.by_staff ? STR_NONE : url_of(c, "/report/work", &w, "&people=1", 0);
	p.back_url = w.by_staff && month_inside(c) ? url_of(c, "/report/work", &w, "", 0) : STR_NONE;
	TRY(face_shell(rq, N_("Workload and quality")));
	t_work_page(&rs->body, &face_of(rq)->v, &p);
	return OK;
}

/* A file goes on: without its small figures, unless the federation, or she whose figures they are, asks for her own. */
static enum err work_xlsx(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct work w;
	struct table *t;
	TRY(asked(rq, str_is(req_param(rq, "inside"), "1"), &w));
	TRY(work_tables(c, &w, &t));
	TRY(xlsx_write(t, WORK_TABLES, &rs->body, &rq->fault));
	resp_file(rs, rq, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", arena_fmt(c->a, "%s %.*s.xlsx", TRC(c, N_("Workload and quality")), (int)w.title.n, w.title.p));
	return OK;
}

const struct route work_routes[] = {
	XA_ROUTE("GET", "/report/work", work_get, ROUTE_READ, 0, READERS),
	XA_ROUTE("GET", "/report/work.xlsx", work_xlsx, ROUTE_SLOW, ROUTE_EXPORT, READERS),
	{ 0 },
};
