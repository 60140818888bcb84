/* Why: one month, counted from the tallies along six dimensions, beside the month before and the year before.
 * Invariants: a row of the tally is added once to the total and once to one line of each block to whose figures it belongs,
 * so in each block the lines sum to the total; nothing is read from records. Cities and towns are read from the months' own
 * table, whose rows know one dimension each: what "area" counts and "source" does not has no source. */
#include "report/month.h"
#include "record/metrics.h"

/* Which cells of its metric a figure takes. */
enum pick { PICK_ALL, PICK_RED, PICK_ORANGE, PICK_COUNTS, PICK_CLUE_COUNTS, PICK_ANSWERED, PICK_DONE };

const struct fig_info month_figs[FIG_COUNT] = {
	[FIG_CLUE_IN] = { "clue_in", N_("Clues received"), METRIC_CLUE_IN, "clue", "received" },
	[FIG_CLUE_FAMILY] = { "clue_family", N_("Family clues"), METRIC_CLUE_FAMILY, "clue", "received" },
	[FIG_RED] = { "red", N_("Red clues"), METRIC_CLUE_IN, "clue", "received" },
	[FIG_ORANGE] = { "orange", N_("Orange clues"), METRIC_CLUE_IN, "clue", "received" },
	[FIG_CASE_OPEN] = { "case_open", N_("Cases opened"), METRIC_CASE_OPEN, "case", "created" },
	[FIG_CASE_CLOSE] = { "case_close", N_("Cases closed"), METRIC_CASE_CLOSE, "case", "closed" },
	[FIG_HANDLED] = { "handled", N_("Mediated to an end"), METRIC_CASE_CLOSE, "case", "closed" },
	[FIG_CASE_OK] = { "case_ok", N_("Resolved"), METRIC_CASE_OK, "case", "closed" },
	[FIG_CASE_ONTIME] = { "case_ontime", N_("Closed on time"), METRIC_CASE_ONTIME, "case", "closed" },
	[FIG_AGREEMENT] = { "agreement", N_("Agreements"), METRIC_AGREEMENT, "agreement", "signed_on" },
	[FIG_VISIT_DONE] = { "visit_done", N_("Visits done"), METRIC_VISIT_DONE, "visit", "done_at" },
	[FIG_VISIT_OK] = { "visit_ok", N_("Visits satisfied"), METRIC_VISIT_OK, "visit", "done_at" },
	[FIG_COUPLE_IN] = { "couple_in", N_("Couples received"), METRIC_COUPLE_IN, "counsel", "received" },
	[FIG_COUPLE_MET] = { "couple_met", N_("Couples counselled, both"), METRIC_COUPLE_MET, "counsel", "received" },
	[FIG_COUPLE_OK] = { "couple_ok", N_("Couples that gave up or postponed"), METRIC_COUPLE_OK, "counsel", "received" },
	[FIG_COUPLE_DV] = { "couple_dv", N_("Couples with violence, counted apart"), METRIC_COUPLE_DV, "counsel", "received" },
	[FIG_CONSULT] = { "consult", N_("Consultations"), METRIC_CONSULT, "consult", "held" },
	[FIG_LECTURE] = { "lecture", N_("Lectures and publicity"), METRIC_LECTURE, "consult", "held" },
	[FIG_CLUE_CASE] = { "clue_case", N_("Clues that became cases"), METRIC_CLUE_IN, "clue", "received" },
	[FIG_VISIT_ANSWERED] = { "visit_answered", N_("Visits with an answer"), METRIC_VISIT_DONE, "visit", "done_at" },
	[FIG_VISIT_DUE] = { "visit_due", N_("Visits due"), METRIC_VISIT_DUE, "visit", "due_on" },
	[FIG_VISIT_MET] = { "visit_met", N_("Visits due and done"), METRIC_VISIT_DUE, "visit", "due_on" },
};

static const enum pick picks[FIG_COUNT] = {
	[FIG_RED] = PICK_RED, [FIG_ORANGE] = PICK_ORANGE, [FIG_HANDLED] = PICK_COUNTS, [FIG_CLUE_CASE] = PICK_CLUE_COUNTS,
	[FIG_VISIT_ANSWERED] = PICK_ANSWERED, [FIG_VISIT_MET] = PICK_DONE,
};

static const char *const metrics[] = { METRIC_CLUE_IN, METRIC_CLUE_FAMILY, METRIC_CASE_OPEN, METRIC_CASE_CLOSE, METRIC_CASE_OK,
				       METRIC_CASE_ONTIME, METRIC_AGREEMENT, METRIC_VISIT_DUE, METRIC_VISIT_DONE, METRIC_VISIT_OK,
				       METRIC_COUPLE_IN, METRIC_COUPLE_MET, METRIC_COUPLE_OK, METRIC_COUPLE_DV, METRIC_CONSULT, METRIC_LECTURE };

#define F(x) (1u << FIG_##x)
#define FIGS_CLUE (F(CLUE_IN) | F(CLUE_FAMILY) | F(RED) | F(ORANGE) | F(CLUE_CASE))
#define FIGS_CLOSE (F(CASE_CLOSE) | F(HANDLED) | F(CASE_OK) | F(CASE_ONTIME))
static const struct { const char *label, *list; unsigned figs; } dims[DIM_COUNT] = {
	[DIM_AREA] = { N_("By area"), "area", (1u << FIG_COUNT) - 1 },
	[DIM_SOURCE] = { N_("By source"), "source", FIGS_CLUE | F(CASE_OPEN) | FIGS_CLOSE },
	[DIM_KIND] = { N_("By kind of dispute"), "kind", FIGS_CLUE | F(CASE_OPEN) | FIGS_CLOSE },
	[DIM_GRADE] = { N_("By grade"), "grade", (FIGS_CLUE & ~(F(RED) | F(ORANGE))) | F(CASE_OPEN) | FIGS_CLOSE },
	[DIM_OUTCOME] = { N_("By outcome of cases"), "outcome", FIGS_CLOSE },
	[DIM_CLUE_OUTCOME] = { N_("By what became of clues"), "clue_outcome", F(CLUE_IN) | F(CLUE_FAMILY) | F(CLUE_CASE) },
};

static bool flagged(const struct ctx *c, const char *list, struct str code, const char *column)
{
	return str_is(code_more(c->app->codes, list, code, column), "1");
}

static bool picked(const struct ctx *c, enum month_fig f, struct str grade, struct str outcome)
{
	switch (picks[f]) {
	case PICK_ALL: return true;
	case PICK_RED: return str_is(grade, "red");
	case PICK_ORANGE: return str_is(grade, "orange");
	case PICK_COUNTS: return flagged(c, "outcome", outcome, "counts");
	case PICK_CLUE_COUNTS: return flagged(c, "clue_outcome", outcome, "counts");
	case PICK_ANSWERED: return flagged(c, "satisfaction", outcome, "answered");
	case PICK_DONE: return outcome.n > 0;
	}
	return false;
}

/* The figures to which a cell of this metric belongs. */
static unsigned figs_of(const struct ctx *c, struct str metric, struct str grade, struct str outcome)
{
	unsigned figs = 0;
	for (int f = 0; f < FIG_COUNT; f++)
		if (str_is(metric, month_figs[f].metric) && picked(c, (enum month_fig)f, grade, outcome))
			figs |= 1u << f;
	return figs;
}

/* ---- lines ---- */

/* A map's values are line numbers from 1: the lines move when they grow. */
static struct month_line *line_of(struct ctx *c, struct month *m, struct month_block *b, struct str key)
{
	key = key.p ? key : STR("");
	size_t at = (size_t)(uintptr_t)map_get(b->by_key, key);
	if (!at) {
		struct month_line l = { .key = arena_str(c->a, key) };
		if (!key.n)
			l.label = str_of(TRC(c, N_("Not given")));
		else if (b->dim == DIM_AREA && key.n <= 6)
			l.label = str_of(TRC(c, N_("The city itself")));
		else if (b->dim == DIM_AREA && key.n <= 9 && key.n == m->area.n)
			l.label = str_of(TRC(c, N_("The town itself")));
		else
			l.label = code_label(c->app->codes, dims[b->dim].list, l.key, c->lang);
		VEC_PUSH(c->a, b->lines, b->nlines, b->cap, l);
		map_put(b->by_key, l.key, (void *)(uintptr_t)(at = b->nlines));
	}
	return &b->lines[at - 1];
}

static struct str key_of(const struct month *m, enum month_dim d, const struct tally_row *r)
{
	size_t digits = m->area.n < 9 ? 9 : 12;
	switch (d) {
	case DIM_AREA: return r->area.n > digits ? (struct str){ r->area.p, digits } : r->area;
	case DIM_SOURCE: return r->source;
	case DIM_KIND: return r->kind;
	case DIM_GRADE: return r->grade;
	case DIM_OUTCOME:
	case DIM_CLUE_OUTCOME: return r->outcome;
	case DIM_COUNT: break;
	}
	return STR("");
}

enum err month_open(struct ctx *c, int year, int month, struct str area, struct month *ret)
{
	if (year < 2000 || year > 2100 || month < 1 || month > 12) {
		fault_field(c->f, "month", N_("Please name a month such as 2026-10"), NULL);
		return ERR_INVALID;
	}
	*ret = (struct month){ .year = year, .month = month, .area = arena_str(c->a, area.p ? area : STR("")), .made = c->now };
	ret->area_name = area_label(c, ret->area);
	const char *name = arena_cstr(c->a, ret->area_name);
	ret->title = c->lang == LANG_ZH ? arena_fmt(c->a, "%s小安系统 %d年%d月统计表", name, year, month)
					: arena_fmt(c->a, "%s XiaoAn: monthly table, %d-%02d", name, year, month);
	for (int d = 0; d < DIM_COUNT; d++) {
		struct month_block *b = &ret->block[d];
		*b = (struct month_block){ .dim = (enum month_dim)d, .label = dims[d].label, .figs = dims[d].figs, .by_key = map_new(c->a) };
		size_t n;
		const struct code *v = codes_list(c->app->codes, dims[d].list, &n);
		size_t digits = area.n < 9 ? 9 : 12;
		for (size_t i = 0; i < n; i++)
			if (d != DIM_AREA || (v[i].code.n == digits && area_within(v[i].code, arena_cstr(c->a, ret->area))))
				(void)line_of(c, ret, b, v[i].code);
	}
	ret->total.label = str_of(TRC(c, N_("Total")));
	return OK;
}

static void line_add(struct month_line *l, enum month_when w, unsigned figs, int64_t n)
{
	for (int f = 0; f < FIG_COUNT; f++)
		if (figs & (1u << f))
			l->n[w][f] += n;
}

static void block_add(struct ctx *c, struct month *m, enum month_dim d, struct str key, enum month_when w, unsigned figs, int64_t n)
{
	unsigned here = figs & m->block[d].figs;
	if (here)
		line_add(line_of(c, m, &m->block[d], key), w, here, n);
}

void month_add(struct ctx *c, struct month *m, enum month_when w, const char *metric, const struct tally_row *r)
{
	unsigned figs = figs_of(c, str_of(metric), r->grade, r->outcome);
	line_add(&m->total, w, figs, r->n);
	for (int d = 0; d < DIM_COUNT; d++)
		block_add(c, m, (enum month_dim)d, key_of(m, (enum month_dim)d, r), w, figs, r->n);
}

void month_add_row(struct ctx *c, struct month *m, enum month_when w, const struct tally_month_row *r)
{
	unsigned figs = figs_of(c, r->metric, r->grade, r->outcome);
	if (str_is(r->dim, "area")) {
		line_add(&m->total, w, figs, r->n);
		block_add(c, m, DIM_AREA, r->key, w, figs, r->n);
		block_add(c, m, DIM_SOURCE, STR(""), w, figs, r->n);
		block_add(c, m, DIM_KIND, STR(""), w, figs, r->n);
		block_add(c, m, DIM_GRADE, r->grade, w, figs, r->n);
		block_add(c, m, DIM_OUTCOME, r->outcome, w, figs, r->n);
		block_add(c, m, DIM_CLUE_OUTCOME, r->outcome, w, figs, r->n);
	} else {
		enum month_dim d = str_is(r->dim, "source") ? DIM_SOURCE : DIM_KIND;
		block_add(c, m, d, r->key, w, figs, r->n);
		block_add(c, m, d, STR(""), w, figs, -r->n);
	}
}

void month_close(struct ctx *c, struct month *m)
{
	for (int d = 0; d < DIM_COUNT; d++) {
		struct month_block *b = &m->block[d];
		size_t kept = 0;
		for (size_t i = 0; i < b->nlines; i++) {
			const int64_t *n = &b->lines[i].n[0][0];
			bool any = (d == DIM_AREA || d == DIM_GRADE) && b->lines[i].key.n > 0;
			for (int k = 0; k < MONTH_WHENS * FIG_COUNT && !any; k++)
				any = n[k] != 0;
			if (any)
				b->lines[kept++] = b->lines[i];
		}
		b->nlines = kept;
		b->by_key = map_new(c->a);
		for (size_t i = 0; i < kept; i++)
			map_put(b->by_key, b->lines[i].key, (void *)(uintptr_t)(i + 1));
	}
}

/* ---- reading ---- */

void month_span(const struct month *m, enum month_when w, int32_t *ret_first, int32_t *ret_last)
{
	int month = m->month - (w == MONTH_BEFORE ? 1 : w == MONTH_LAST_YEAR ? 12 : 0);
	*ret_first = month_first(m->year, month);
	*ret_last = month_first(m->year, month + 1) - 1;
}

/* A community: few enough to group the days themselves. */
static enum err period_days(struct ctx *c, struct month *m, enum month_when w)
{
	struct tally_ask q = { .area = m->area, .by_town = m->area.n < 9, .by_area = m->area.n >= 9, .by_outcome = true };
	month_span(m, w, &q.from_day, &q.to_day);
	for (size_t i = 0; i < ARRAY_LEN(metrics); i++) {
		struct tally_row *rows;
		size_t n;
		q.metric = metrics[i];
		/* Agreements and visits stand in the block by area alone: fewer groups to make. */
		q.by_source = q.by_kind = q.by_grade = str_starts(str_of(metrics[i]), "c");
		TRY(tally_read(c, &q, &rows, &n));
		for (size_t k = 0; k < n; k++)
			month_add(c, m, w, metrics[i], &rows[k]);
	}
	return OK;
}

static enum err period_read(struct ctx *c, struct month *m, enum month_when w)
{
	int32_t first, last;
	struct tally_month_row *rows;
	size_t n;
	if (m->area.n != 0 && m->area.n != 6 && m->area.n != 9)
		return period_days(c, m, w);
	month_span(m, w, &first, &last);
	struct civil d = day_civil(first);
	TRY(tally_month_read(c, d.year, d.month, m->area, &rows, &n));
	for (size_t i = 0; i < n; i++)
		month_add_row(c, m, w, &rows[i]);
	return OK;
}

enum err month_make(struct ctx *c, int year, int month, struct str area, struct month *ret)
{
	struct month m;
	const char *own = c->actor ? c->actor->area : "";
	if (!area.n)
		area = str_of(own);
	if (area.n > 12)
		area.n = 12;   /* a grid worker reads her community's month */
	if (*own && !area_within(area, own) && !(strlen(own) > 12 && str_starts(str_of(own), arena_cstr(c->a, area)) && area.n == 12))
		return fail(c->f, ERR_DENIED, N_("This area is not yours"), NULL);
	for (size_t i = 0; i < area.n; i++)
		if (area.p[i] < '0' || area.p[i] > '9') {
			fault_field(c->f, "area", N_("This is no area code"), NULL);
			return ERR_INVALID;
		}
	TRY(month_open(c, year, month, area, &m));
	for (int w = 0; w < MONTH_WHENS; w++)
		TRY(period_read(c, &m, (enum month_when)w));
	month_close(c, &m);
	*ret = m;
	return OK;
}

/* ---- the records behind a figure ---- */

static void link_put(struct month_link *l, const char *field, struct str v)
{
	must(l->n < ARRAY_LEN(l->f));
	l->f[l->n++] = (struct filter){ str_of(field), v };
}

/* "a|b|c": the codes of a list whose column is 1. */
static struct str codes_with(struct ctx *c, const char *list, const char *column, struct str only)
{
	BUF_AUTO b = BUF(4096);
	size_t n;
	const struct code *v = codes_list(c->app->codes, list, &n);
	for (size_t i = 0; i < n; i++)
		if (flagged(c, list, v[i].code, column) && (!only.n || str_eq(only, v[i].code))) {
			buf_cstr(&b, b.n ? "|" : "");
			buf_str(&b, v[i].code);
		}
	return arena_str(c->a, buf_view(&b));
}

static struct str day_text(struct ctx *c, int32_t day)
{
	struct civil d = day_civil(day);
	return arena_fmt(c->a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

bool month_link(struct ctx *c, const struct month *m, enum month_fig fig, enum month_dim dim, struct str key, enum month_when w, struct month_link *ret)
{
	const struct fig_info *i = &month_figs[fig];
	struct month_link l = { .type = i->type };
	int32_t first, last;
	struct str area = m->area, outcome = STR_NONE, grade = STR_NONE;
	if (dim != DIM_TOTAL && (!key.n || !(m->block[dim].figs & (1u << fig))))
		return false;
	if (dim == DIM_AREA) {
		if (key.n != (m->area.n < 9 ? 9u : 12u))
			return false;   /* records of the city or town itself: a prefix would name all below as well */
		area = key;
	} else if (dim == DIM_OUTCOME || dim == DIM_CLUE_OUTCOME) {
		outcome = key;
	} else if (dim == DIM_GRADE) {
		grade = key;
	}
	month_span(m, w, &first, &last);
	link_put(&l, arena_printf(c->a, "%s_from", i->date), day_text(c, first));
	link_put(&l, arena_printf(c->a, "%s_to", i->date), day_text(c, last));
	if (area.n)
		link_put(&l, "area", area);
	if (dim == DIM_SOURCE || dim == DIM_KIND)
		link_put(&l, dim == DIM_SOURCE ? "source" : "kind", key);
	if (fig == FIG_RED || fig == FIG_ORANGE)
		grade = fig == FIG_RED ? STR("red") : STR("orange");
	if (grade.n)
		link_put(&l, "grade", grade);
	if (fig == FIG_HANDLED || fig == FIG_CASE_OK)
		outcome = codes_with(c, "outcome", fig == FIG_HANDLED ? "counts" : "success", outcome);
	else if (fig == FIG_CLUE_CASE)
		outcome = codes_with(c, "clue_outcome", "counts", outcome);
	if ((fig == FIG_HANDLED || fig == FIG_CASE_OK || fig == FIG_CLUE_CASE) && !outcome.n)
		return false;
	if (outcome.n)
		link_put(&l, "outcome", outcome);
	if (fig == FIG_CLUE_FAMILY)
		link_put(&l, "family", STR("1"));
	else if (fig == FIG_CASE_ONTIME)
		link_put(&l, "ontime", STR("1"));
	else if (fig == FIG_VISIT_OK || fig == FIG_VISIT_ANSWERED)
		link_put(&l, "satisfaction", codes_with(c, "satisfaction", fig == FIG_VISIT_OK ? "satisfied" : "answered", STR_NONE));
	else if (fig == FIG_COUPLE_IN || fig == FIG_COUPLE_MET)
		link_put(&l, "counted", STR("1"));
	else if (fig == FIG_COUPLE_OK)
		link_put(&l, "reconciled", STR("1"));
	else if (fig == FIG_CONSULT || fig == FIG_LECTURE) {
		link_put(&l, "form", fig == FIG_CONSULT ? STR("legal|heart") : STR("lecture|publicity"));
		link_put(&l, "state", STR("held"));
	} else if (fig == FIG_VISIT_DUE)
		link_put(&l, "state", STR("planned|done"));
	else if (fig == FIG_VISIT_MET)
		link_put(&l, "state", STR("done"));
	if (fig == FIG_COUPLE_MET)
		link_put(&l, "met", STR("1"));
	if (fig == FIG_COUPLE_DV) {
		link_put(&l, "violence", STR("1"));
		link_put(&l, "first", STR("1"));
	}
	*ret = l;
	return true;
}

void month_href(struct buf *b, const struct month_link *l)
{
	buf_char(b, '/');
	buf_cstr(b, l->type);
	for (size_t i = 0; i < l->n; i++) {
		buf_char(b, i ? '&' : '?');
		buf_str(b, l->f[i].field);
		buf_char(b, '=');
		for (size_t k = 0; k < l->f[i].value.n; k++) {
			unsigned char ch = (unsigned char)l->f[i].value.p[k];
			bool plain = (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || ch == '-' || ch == '_' || ch == '.';
			buf_printf(b, plain ? "%c" : "%%%02X", ch);
		}
	}
}
