/* Why: who is to be trained this year must be seen before the year is over; the law asks for training, and a grade stands on it (人民调解法 14).
 * Invariants: whom she sees in full by see() and nobody else; the norm is a setting, and the page says so. */
#include "desk/roster_pages.h"
#include "desk/inner.h"
#include "paper/paper.h"
#include "people/people.h"
#include "templates.h"

enum { LINES = 2000 };

static struct str shown(struct ctx *c, const struct rec *r, const char *field)
{
	struct str s = rec_has(r, field) ? rec_show(c, r, field_at(r->t, field)) : STR_NONE;
	return s.n ? s : STR("—");
}

/* How many certificate files each has; what is put aside does not count. */
static enum err certificates(struct ctx *c, struct map *ret)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT parent, CAST(COUNT(*) AS INTEGER) FROM certificate WHERE state = 'kept' GROUP BY parent", NOARGS, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		int64_t *n = NEW(c->a, int64_t);
		*n = rows_int(q, 1);
		map_puti(ret, rows_int(q, 0), n);
	}
}

static struct roster_row row_of(struct ctx *c, const struct rec *r, const struct training_sum *t, const int64_t *files, int64_t norm)
{
	int64_t hours = t ? t->hours : 0;
	struct roster_row o = { .name = ref_label(c, "staff", rec_int(r, "staff")), .url = arena_fmt(c->a, "/mediator/%lld", (long long)r->id), .studio = rec_has(r, "studio") ? ref_label(c, "studio", rec_int(r, "studio")) : STR("—"),
				.fulltime = shown(c, r, "fulltime"), .grade = shown(c, r, "grade"), .until = shown(c, r, "appointed_until"), .certificate = shown(c, r, "certificate"), .honours = shown(c, r, "honours"),
				.hours = id_text(c, hours), .passed = id_text(c, t ? t->passed : 0), .lacks = hours < norm };
	if (rec_has(r, "grade_on"))
		o.grade = arena_fmt(c->a, "%.*s %.*s", (int)o.grade.n, o.grade.p, 10, arena_cstr(c->a, date_str(c->a, rec_int(r, "grade_on"))));
	if (files)
		o.certificate = arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s（文件%lld份）" : "%.*s (files: %lld)", (int)o.certificate.n, o.certificate.p, (long long)*files);
	o.over = rec_has(r, "appointed_until") && rec_int(r, "appointed_until") + MS_DAY <= c->now;
	o.missing = o.lacks ? id_text(c, norm - hours) : STR("—");
	return o;
}

static enum err roster(struct req *rq, int64_t *ret_year, struct roster_page *m)
{
	struct ctx *c = ctx_of(rq);
	struct map *hours = map_new(c->a), *files = map_new(c->a);
	int64_t norm, year = civil_of(c->now).year, studio = 0;
	struct seen s = { 0 };
	if (req_param(rq, "year").n && (!str_int(req_param(rq, "year"), &year) || year < 2000 || year > 2999))
		return fail(&rq->fault, ERR_INVALID, N_("Please give a year such as 2026."), NULL);
	if (req_param(rq, "studio").n && !str_int(req_param(rq, "studio"), &studio))
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	m->only = str_is(req_param(rq, "lacks"), "1");
	TRY(people_training_norm(c, &norm));
	TRY(people_training_year(c, (int)year, 0, hours));
	TRY(certificates(c, files));
	m->v = NEWN(c->a, struct roster_row, LINES);
	const struct filter by[] = { { STR("state"), STR("active") }, { STR("studio"), id_text(c, studio) } };
	do {
		TRY(see(c, &(struct see){ .type = "mediator", .filters = by, .nfilters = studio ? 2 : 1, .limit = 500, .oldest = true, .after = s.next }, &s));
		rec_wants(c, s.r, s.n, true);
		for (size_t i = 0; i < s.n && m->n < LINES; i++) {
			if (s.r[i]->sight != SIGHT_FULL)
				continue;
			struct roster_row row = row_of(c, s.r[i], map_geti(hours, s.r[i]->id), map_geti(files, s.r[i]->id), norm);
			m->all++;
			m->lacking += row.lacks;
			if (row.lacks || !m->only)
				m->v[m->n++] = row;
		}
	} while (s.next);
	m->norm = arena_fmt(c->a, c->lang == LANG_ZH ? "%zu名调解员中，%zu名本年学时未满。应满%lld学时一年（设定，设置 training.hours；法律未规定学时数）。"
						       : "Of %zu mediators %zu lack hours in this year. Norm: %lld hours a year (set here, setting training.hours; no law names a number).",
			    m->all, m->lacking, (long long)norm);
	m->year = id_text(c, year);
	*ret_year = year;
	m->xlsx_url = arena_fmt(c->a, "/mediator-roster.xlsx?year=%lld%s%s", (long long)year, m->only ? "&lacks=1" : "", studio ? arena_printf(c->a, "&studio=%lld", (long long)studio) : "");
	return options_ref(c, "studio", studio, &m->studios, &m->nstudios);
}

static enum err roster_get(struct req *rq, struct resp *rs)
{
	struct roster_page m = { 0 };
	int64_t year;
	TRY(roster(rq, &year, &m));
	TRY(face_shell(rq, N_("Register and energy pack")));
	t_roster_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err roster_xlsx(struct req *rq, struct resp *rs)
{
	static const char *const heads[] = { N_("Mediator"), N_("Mediation studio"), N_("Full or part time"), N_("Grade of the mediator"), N_("Appointed until"), N_("Certificate"), N_("Honours"), N_("Hours of the year"),
		N_("Examined and passed"), N_("Hours missing") };
	struct ctx *c = ctx_of(rq);
	struct roster_page m = { 0 };
	int64_t year;
	TRY(roster(rq, &year, &m));
	struct table t = { .title = arena_fmt(c->a, "%s %lld", TRC(c, N_("Register and energy pack")), (long long)year), .ncols = ARRAY_LEN(heads), .head = NEWN(c->a, struct str, ARRAY_LEN(heads)),
			   .width = NEWN(c->a, double, ARRAY_LEN(heads)), .cells = NEWN(c->a, struct cell, ARRAY_LEN(heads) * (m.n + 1)) };
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		t.head[i] = str_of(TRC(c, heads[i]));
		t.width[i] = 1;
	}
	for (size_t i = 0; i < m.n; i++) {
		const struct roster_row *r = &m.v[i];
		const struct str text[] = { r->name, r->studio, r->fulltime, r->grade, r->until, r->certificate, r->honours, r->hours, r->passed, r->missing };
		for (size_t k = 0; k < ARRAY_LEN(heads); k++) {
			int64_t n;
			t.cells[t.nrows * t.ncols + k] = k >= 7 && str_int(text[k], &n) ? (struct cell){ .t = CELL_INT, .i = n } : (struct cell){ .t = CELL_TEXT, .s = text[k] };
		}
		t.nrows++;
	}
	TRY(xlsx_write(&t, 1, &rs->body, &rq->fault));
	resp_file(rs, rq, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", arena_fmt(c->a, "%.*s.xlsx", (int)t.title.n, t.title.p));
	return OK;
}

const struct route roster_routes[] = {
	XA_ROUTE("GET", "/mediator-roster", roster_get, ROUTE_READ, 0, R_FED),
	XA_ROUTE("GET", "/mediator-roster.xlsx", roster_xlsx, ROUTE_SLOW, ROUTE_EXPORT, R_FED),
	{ 0 },
};
