/* Why: the same month as tables for paper and workbook, and as JSON.  Invariants: no figure is computed here that the month
 * does not hold; a rate without a denominator is "—"; each rate's formula stands under the table that shows it. */
#include "report/month.h"

static struct str word(const struct ctx *c, const char *msgid) { return str_of(TRC(c, msgid)); }

static struct cell text_cell(struct str s) { return (struct cell){ .t = CELL_TEXT, .s = s }; }
static struct cell int_cell(int64_t n) { return (struct cell){ .t = CELL_INT, .i = n }; }
static struct cell none_cell(void) { return text_cell(STR("—")); }

static struct cell fig_cell(struct ctx *c, const struct month_line *l, enum month_when w, int f)
{
	return l->hide[w][f] ? text_cell(month_figure(c, l, w, (enum month_fig)f)) : int_cell(l->n[w][f]);
}

static struct cell rate_cell(const struct month_line *l, enum month_when w, enum month_rate r)
{
	double v;
	return month_rate(l, w, r, &v) ? (struct cell){ .t = CELL_PERCENT, .r = v } : none_cell();
}

static struct cell change_cell(const struct month_line *l, enum month_when then, int f)
{
	double v;
	return !l->hide[MONTH_NOW][f] && !l->hide[then][f] && month_change(l->n[MONTH_NOW][f], l->n[then][f], &v) ? (struct cell){ .t = CELL_PERCENT, .r = v } : none_cell();
}

static struct cell points_cell(struct ctx *c, const struct month_line *l, enum month_rate r, enum month_when then)
{
	double now, was;
	if (!month_rate(l, MONTH_NOW, r, &now) || !month_rate(l, then, r, &was))
		return none_cell();
	const char *unit = TRC(c, N_("pct points"));
	return (struct cell){ .t = CELL_POINTS, .r = now - was, .s = c->lang == LANG_ZH ? str_of(unit) : arena_fmt(c->a, " %s", unit) };
}

static struct table table_new(struct ctx *c, const struct month *m, size_t ncols, size_t rows)
{
	struct table t = { .ncols = ncols, .head = NEWN(c->a, struct str, ncols), .right = NEWN(c->a, bool, ncols), .width = NEWN(c->a, double, ncols),
			   .cells = NEWN(c->a, struct cell, ncols * rows), .notes = NEWN(c->a, struct str, RATE_COUNT + 8) };
	BUF_AUTO b = BUF(400);
	datetime_put(&b, m->made);
	struct str made = word(c, N_("made"));
	t.foot = arena_fmt(c->a, "%.*s　%.*s %.*s", (int)m->title.n, m->title.p, (int)made.n, made.p, (int)b.n, b.p);
	for (size_t i = 0; i < ncols; i++) {
		t.right[i] = i > 0;
		t.width[i] = i ? 1 : 1.9;
	}
	return t;
}

static struct str span_text(struct ctx *c, const struct month *m)
{
	int32_t a, z;
	month_span(m, MONTH_NOW, &a, &z);
	struct civil f = day_civil(a), l = day_civil(z);
	return c->lang == LANG_ZH ? arena_fmt(c->a, "统计时段：%d年%d月%d日0时至%d月%d日24时　　口径：办结口径　　单位：件、份、次", f.year, f.month, f.day, l.month, l.day)
				  : arena_fmt(c->a, "Period: %04d-%02d-%02d to %04d-%02d-%02d, 24:00. Closed cases count in the month of closing.", f.year, f.month, f.day, l.year, l.month, l.day);
}

/* One paragraph: the formulas of a table must stand on its own page. */
static void notes_put(struct ctx *c, const struct month *m, struct table *t, unsigned rates, bool changes)
{
	if (m->small)
		t->notes[t->nnotes++] = word(c, N_("Figures under 5 are shown as <5; * stands for figures that are hidden with them, so that they cannot be reckoned back."));
	BUF_AUTO b = BUF(16384);
	int n = 0;
	const char *stop = c->lang == LANG_ZH ? "；" : "; ";
	buf_cstr(&b, TRC(c, N_("Formulas: ")));
	for (int r = 0; r < RATE_COUNT; r++)
		if (rates & (1u << r))
			buf_printf(&b, "%s%s = %s", n++ ? stop : "", TRC(c, month_rates[r].label), TRC(c, month_rates[r].formula));
	buf_cstr(&b, c->lang == LANG_ZH ? "。" : ".");
	t->notes[t->nnotes++] = arena_str(c->a, buf_view(&b));
	buf_reset(&b);
	buf_cstr(&b, TRC(c, N_("Rates are rounded half up to one decimal; a denominator of 0 shows —; what is not whole is never shown as 100.0%.")));
	if (changes) {
		buf_cstr(&b, c->lang == LANG_ZH ? "" : " ");
		buf_cstr(&b, TRC(c, N_("Change on month and on year: (this − that) ÷ that; of rates the difference in percentage points.")));
	}
	t->notes[t->nnotes++] = arena_str(c->a, buf_view(&b));
}

/* ---- summary: a figure a row, five columns of comparison ---- */

static struct table summary(struct ctx *c, const struct month *m)
{
	struct table t = table_new(c, m, 6, FIG_SHOWN + RATE_COUNT);
	const char *heads[] = { N_("Figure"), N_("This month"), N_("Month before"), N_("Change on month"), N_("Same month last year"), N_("Change on year") };
	const struct month_line *l = &m->total;
	t.title = m->title;
	t.subtitle = span_text(c, m);
	for (int i = 0; i < 6; i++)
		t.head[i] = word(c, heads[i]);
	for (int f = 0; f < FIG_SHOWN; f++) {
		struct cell *v = &t.cells[t.nrows++ * 6];
		v[0] = text_cell(word(c, month_figs[f].label));
		v[1] = fig_cell(c, l, MONTH_NOW, f);
		v[2] = fig_cell(c, l, MONTH_BEFORE, f);
		v[3] = change_cell(l, MONTH_BEFORE, f);
		v[4] = fig_cell(c, l, MONTH_LAST_YEAR, f);
		v[5] = change_cell(l, MONTH_LAST_YEAR, f);
	}
	for (int r = 0; r < RATE_COUNT; r++) {
		struct cell *v = &t.cells[t.nrows++ * 6];
		v[0] = text_cell(word(c, month_rates[r].label));
		v[1] = rate_cell(l, MONTH_NOW, (enum month_rate)r);
		v[2] = rate_cell(l, MONTH_BEFORE, (enum month_rate)r);
		v[3] = points_cell(c, l, (enum month_rate)r, MONTH_BEFORE);
		v[4] = rate_cell(l, MONTH_LAST_YEAR, (enum month_rate)r);
		v[5] = points_cell(c, l, (enum month_rate)r, MONTH_LAST_YEAR);
	}
	notes_put(c, m, &t, (1u << RATE_COUNT) - 1, true);
	return t;
}

/* ---- blocks ---- */

enum col_kind { COL_FIG, COL_THEN, COL_CHANGE, COL_RATE, COL_SHARE };
struct col { enum col_kind kind; int what; enum month_when when; };

/* Which columns a block has. The first figure is compared with the month before and the year before. */
static size_t columns(enum month_dim d, struct col *v)
{
	static const int area[] = { FIG_CLUE_FAMILY, FIG_RED, FIG_ORANGE, FIG_CASE_OPEN, FIG_CASE_CLOSE, FIG_HANDLED, FIG_CASE_OK, FIG_CASE_ONTIME, FIG_AGREEMENT, FIG_VISIT_DONE };
	static const int other[] = { FIG_CLUE_FAMILY, FIG_CASE_OPEN, FIG_CASE_CLOSE, FIG_HANDLED, FIG_CASE_OK, FIG_CASE_ONTIME };
	bool outcome = d == DIM_OUTCOME, clue = d == DIM_CLUE_OUTCOME;
	int first = outcome ? FIG_CASE_CLOSE : FIG_CLUE_IN;
	size_t n = 0;
	v[n++] = (struct col){ COL_FIG, first, MONTH_NOW };
	if (outcome || clue)
		v[n++] = (struct col){ COL_SHARE, first, MONTH_NOW };
	for (int w = MONTH_BEFORE; w < MONTH_WHENS; w++) {
		v[n++] = (struct col){ COL_THEN, first, (enum month_when)w };
		v[n++] = (struct col){ COL_CHANGE, first, (enum month_when)w };
	}
	if (outcome) {
		v[n++] = (struct col){ COL_FIG, FIG_CASE_ONTIME, MONTH_NOW };
		v[n++] = (struct col){ COL_RATE, RATE_ONTIME, MONTH_NOW };
		return n;
	}
	if (clue)
		return n;
	const int *more = d == DIM_AREA ? area : other;
	for (size_t i = 0; i < (d == DIM_AREA ? ARRAY_LEN(area) : ARRAY_LEN(other)); i++)
		v[n++] = (struct col){ COL_FIG, more[i], MONTH_NOW };
	v[n++] = (struct col){ COL_RATE, RATE_OK, MONTH_NOW };
	v[n++] = (struct col){ COL_RATE, RATE_ONTIME, MONTH_NOW };
	if (d == DIM_AREA) {
		v[n++] = (struct col){ COL_RATE, RATE_VISIT, MONTH_NOW };
		v[n++] = (struct col){ COL_RATE, RATE_SATISFIED, MONTH_NOW };
	}
	return n;
}

static struct str column_head(struct ctx *c, const struct col *k)
{
	switch (k->kind) {
	case COL_FIG: return word(c, month_figs[k->what].label);
	case COL_THEN: return word(c, k->when == MONTH_BEFORE ? N_("Month before") : N_("Same month last year"));
	case COL_CHANGE: return word(c, k->when == MONTH_BEFORE ? N_("Change on month") : N_("Change on year"));
	case COL_RATE: return word(c, month_rates[k->what].label);
	case COL_SHARE: return word(c, N_("Share"));
	}
	return STR("");
}

static struct cell column_cell(struct ctx *c, const struct month *m, const struct month_line *l, const struct col *k)
{
	switch (k->kind) {
	case COL_FIG: return fig_cell(c, l, MONTH_NOW, k->what);
	case COL_THEN: return fig_cell(c, l, k->when, k->what);
	case COL_CHANGE: return change_cell(l, k->when, k->what);
	case COL_RATE: return rate_cell(l, MONTH_NOW, (enum month_rate)k->what);
	case COL_SHARE: {
		int64_t whole = m->total.n[MONTH_NOW][k->what];
		return whole && !l->hide[MONTH_NOW][k->what] && !m->total.hide[MONTH_NOW][k->what] ? (struct cell){ .t = CELL_PERCENT, .r = (double)l->n[MONTH_NOW][k->what] / (double)whole } : none_cell();
	}
	}
	return none_cell();
}

static struct table block_table(struct ctx *c, const struct month *m, const struct month_block *b)
{
	static const char *const first[DIM_COUNT] = { N_("Area"), N_("Source"), N_("Kind"), N_("Grade"), N_("Outcome"), N_("Outcome") };
	struct col k[32];
	size_t n = columns(b->dim, k);
	struct table t = table_new(c, m, n + 1, b->nlines + 1);
	unsigned rates = 0;
	t.title = word(c, b->label);
	t.head[0] = word(c, first[b->dim]);
	for (size_t i = 0; i < n; i++) {
		t.head[i + 1] = column_head(c, &k[i]);
		rates |= k[i].kind == COL_RATE ? 1u << k[i].what : 0;
	}
	for (size_t r = 0; r <= b->nlines; r++) {
		const struct month_line *l = r < b->nlines ? &b->lines[r] : &m->total;
		struct cell *v = &t.cells[t.nrows++ * t.ncols];
		v[0] = text_cell(l->label);
		for (size_t i = 0; i < n; i++)
			v[i + 1] = column_cell(c, m, l, &k[i]);
		for (size_t i = 0; r == b->nlines && i < t.ncols; i++)
			v[i].bold = true;
	}
	if (rates || m->small)
		notes_put(c, m, &t, rates, false);
	return t;
}

enum err month_tables(struct ctx *c, const struct month *m, struct table **ret, size_t *ret_n)
{
	struct table *t = NEWN(c->a, struct table, DIM_COUNT + 1);
	size_t n = 0;
	t[n++] = summary(c, m);
	for (int d = 0; d < DIM_COUNT; d++)
		if (m->block[d].nlines)
			t[n++] = block_table(c, m, &m->block[d]);
	*ret = t;
	*ret_n = n;
	return OK;
}

/* ---- JSON ---- */

static void key_put(struct buf *b, const char *sep, const char *key)
{
	buf_printf(b, "%s\"%s\":", sep, key);
}

static void line_json(struct ctx *c, const struct month *m, enum month_dim d, unsigned figs, const struct month_line *l, struct buf *b)
{
	static const char *const whens[MONTH_WHENS] = { "now", "before", "last_year" };
	buf_cstr(b, "{\"key\":");
	json_str(b, l->key.p ? l->key : STR(""));
	buf_cstr(b, ",\"label\":");
	json_str(b, l->label);
	for (int w = 0; w < MONTH_WHENS; w++) {
		const char *sep = "";
		key_put(b, ",", whens[w]);
		buf_char(b, '{');
		for (int f = 0; f < FIG_COUNT; f++)
			if (figs & (1u << f)) {
				key_put(b, sep, month_figs[f].name);
				if (l->hide[w][f])
					json_str(b, month_figure(c, l, (enum month_when)w, (enum month_fig)f));
				else
					buf_int(b, l->n[w][f]);
				sep = ",";
			}
		buf_cstr(b, "},");
		key_put(b, "", w == 0 ? "rates" : w == 1 ? "rates_before" : "rates_last_year");
		sep = "{";
		for (int r = 0; r < RATE_COUNT; r++) {
			double v;
			unsigned need = 1u << month_rates[r].num | 1u << month_rates[r].den;
			if ((figs & need) != need)
				continue;
			key_put(b, sep, month_rates[r].name);
			if (month_rate(l, (enum month_when)w, (enum month_rate)r, &v))
				buf_printf(b, "%.6f", v);
			else
				buf_cstr(b, "null");
			sep = ",";
		}
		buf_cstr(b, *sep == '{' ? "{}" : "}");
	}
	buf_cstr(b, ",\"links\":{");
	const char *sep = "";
	for (int f = 0; f < FIG_COUNT; f++) {
		struct month_link link;
		if (!(figs & (1u << f)) || !month_link(c, m, (enum month_fig)f, d, l->key, MONTH_NOW, &link))
			continue;
		BUF_AUTO href = BUF(2048);
		month_href(&href, &link);
		key_put(b, sep, month_figs[f].name);
		json_str(b, buf_view(&href));
		sep = ",";
	}
	buf_cstr(b, "}}");
}

void month_json(struct ctx *c, const struct month *m, struct buf *b)
{
	static const char *const names[DIM_COUNT] = { "area", "source", "kind", "grade", "outcome", "clue_outcome" };
	buf_printf(b, "{\"month\":\"%04d-%02d\",\"area\":", m->year, m->month);
	json_str(b, m->area);
	buf_cstr(b, ",\"title\":");
	json_str(b, m->title);
	buf_cstr(b, ",\"made\":\"");
	iso_put(b, m->made);
	buf_cstr(b, "\",\"formulas\":{");
	for (int r = 0; r < RATE_COUNT; r++) {
		key_put(b, r ? "," : "", month_rates[r].name);
		json_str(b, word(c, month_rates[r].formula));
	}
	buf_cstr(b, "},\"total\":");
	line_json(c, m, DIM_TOTAL, (1u << FIG_COUNT) - 1, &m->total, b);
	buf_cstr(b, ",\"by\":{");
	for (int d = 0; d < DIM_COUNT; d++) {
		const struct month_block *k = &m->block[d];
		key_put(b, d ? "," : "", names[d]);
		for (size_t i = 0; i < k->nlines; i++) {
			buf_char(b, i ? ',' : '[');
			line_json(c, m, k->dim, k->figs, &k->lines[i], b);
		}
		buf_cstr(b, k->nlines ? "]" : "[]");
	}
	buf_cstr(b, "}}");
}
