/* Why: the page, the workbook and what is printed must say the same.  Invariants: a rate is shown only when both its numbers are; the definitions stand
 * under the tables, wherever they go. */
#include "report/work.h"
#include "report/month.h"

static struct str word(struct ctx *c, const char *msgid) { return str_of(TRC(c, msgid)); }
static struct cell text_cell(struct str s) { return (struct cell){ .t = CELL_TEXT, .s = s }; }

static struct cell whole(int64_t n, unsigned char hide)
{
	return hide ? text_cell(hide == HIDE_SMALL ? STR("<5") : STR("*")) : (struct cell){ .t = CELL_INT, .i = n };
}
static struct cell rate(int64_t num, int64_t den, bool hidden)
{
	return den && !hidden ? (struct cell){ .t = CELL_PERCENT, .r = (double)num / (double)den } : text_cell(STR("—"));
}
static struct cell days(double v, bool hidden) { return v >= 0 && !hidden ? (struct cell){ .t = CELL_REAL, .r = v } : text_cell(STR("—")); }

/* A column: a figure, a rate of two figures, or one of the others. */
enum col_kind { C_FIG, C_RATE, C_MED, C_P90, C_LIKE };
struct col { const char *head; enum col_kind kind; int a, b; };
static const struct col load[] = {
	{ N_("Taken on"), C_FIG, WF_TAKEN, 0 }, { N_("Handed to her"), C_FIG, WF_GOT, 0 }, { N_("Handed on"), C_FIG, WF_GAVE, 0 }, { N_("Open now"), C_FIG, WF_OPEN, 0 },
	{ N_("Closed in the period"), C_FIG, WF_CLOSED, 0 }, { N_("Of these red or orange"), C_FIG, WF_GRAVE, 0 }, { N_("Closed as settled"), C_FIG, WF_SETTLED, 0 },
	{ N_("Closed as not settled"), C_FIG, WF_FAILED, 0 }, { N_("Closed as referred"), C_FIG, WF_REFERRED, 0 }, { N_("Closed as withdrawn"), C_FIG, WF_WITHDRAWN, 0 },
};
static const struct col quality[] = {
	{ N_("Settled, of the closed"), C_RATE, WF_SETTLED, WF_CLOSED }, { N_("Settled, of those taken on"), C_RATE, WF_TAKEN_OK, WF_TAKEN }, { N_("All of the area with such cases"), C_LIKE, 0, 0 },
	{ N_("Settled and held"), C_FIG, WF_HELD, 0 }, { N_("Closed 90 days ago or longer"), C_FIG, WF_RIPE, 0 }, { N_("Rate settled and held"), C_RATE, WF_HELD, WF_RIPE },
	{ N_("Still to be seen"), C_FIG, WF_WAIT, 0 }, { N_("Open again within 90 days"), C_FIG, WF_BACK, 0 }, { N_("Of these as a new case"), C_FIG, WF_ANEW, 0 },
};
static const struct col timing[] = {
	{ N_("Days to the end of mediation, median"), C_MED, 0, 0 }, { N_("Days to the end of mediation, 90th percentile"), C_P90, 0, 0 }, { N_("Days to closing, median"), C_MED, 1, 0 },
	{ N_("Days to closing, 90th percentile"), C_P90, 1, 0 },
	{ N_("Terms overdue now"), C_FIG, WF_LATE, 0 },
};
/* Each rate beside the two figures it is made of. */
static const struct col prompt[] = {
	{ N_("Closed in the period"), C_FIG, WF_CLOSED, 0 }, { N_("Ended in time"), C_FIG, WF_ONTIME, 0 }, { N_("Ended in time, of the closed"), C_RATE, WF_ONTIME, WF_CLOSED },
	{ N_("Follow-ups due"), C_FIG, WF_VISIT, 0 }, { N_("Follow-ups made in time"), C_FIG, WF_VISIT_TIMELY, 0 }, { N_("Made in time, of the due"), C_RATE, WF_VISIT_TIMELY, WF_VISIT },
	{ N_("Counselling: answers and calls due"), C_FIG, WF_COUNSEL, 0 }, { N_("Of these in time"), C_FIG, WF_COUNSEL_TIMELY, 0 }, { N_("In time, of the answers and calls due"), C_RATE, WF_COUNSEL_TIMELY, WF_COUNSEL },
};
static const struct col after[] = {
	{ N_("Duties due"), C_FIG, WF_DUTY, 0 }, { N_("Duties performed"), C_FIG, WF_DUTY_DONE, 0 }, { N_("Performed, of the due"), C_RATE, WF_DUTY_DONE, WF_DUTY },
	{ N_("Not made, with reason"), C_FIG, WF_VISIT_LEFT, 0 }, { N_("Relapse found"), C_FIG, WF_RELAPSE, 0 }, { N_("Answers on satisfaction"), C_FIG, WF_ANSWERS, 0 },
	{ N_("Satisfied, of the answers"), C_RATE, WF_SATISFIED, WF_ANSWERS },
};
static const struct { const char *title; const struct col *v; size_t n; } sheets[WORK_LINES] = {
	{ N_("Workload"), load, ARRAY_LEN(load) }, { N_("Settled, and whether it held"), quality, ARRAY_LEN(quality) }, { N_("Time"), timing, ARRAY_LEN(timing) },
	{ N_("In time, of what was due"), prompt, ARRAY_LEN(prompt) },
	{ N_("After the settlement"), after, ARRAY_LEN(after) },
};

static struct cell cell_of(const struct col *k, const struct work_line *l)
{
	bool few = l->hide[WF_CLOSED] != SHOWN;
	switch (k->kind) {
	case C_RATE: return rate(l->n[k->a], l->n[k->b], l->hide[k->a] || l->hide[k->b]);
	case C_MED: return days(l->med[k->a], few);
	case C_P90: return days(l->p90[k->a], few);
	case C_LIKE: return l->like >= 0 && !few ? (struct cell){ .t = CELL_PERCENT, .r = l->like } : text_cell(STR("—"));
	default: return whole(l->n[k->a], l->hide[k->a]);
	}
}

static struct table table_new(struct ctx *c, const struct work *w, const char *title, size_t ncols, size_t rows)
{
	struct table t = { .title = word(c, title), .ncols = ncols, .head = NEWN(c->a, struct str, ncols), .right = NEWN(c->a, bool, ncols), .width = NEWN(c->a, double, ncols),
			   .cells = NEWN(c->a, struct cell, ncols * (rows + 1)) };
	t.subtitle = arena_fmt(c->a, "%.*s　%.*s", (int)w->title.n, w->title.p, (int)w->area_name.n, w->area_name.p ? w->area_name.p : "");
	t.foot = arena_fmt(c->a, "%s %.*s", TRC(c, N_("Made at")), 16, arena_cstr(c->a, datetime_str(c->a, w->made)));
	for (size_t i = 0; i < ncols; i++) {
		t.right[i] = i > 0;
		t.width[i] = i ? 1 : 2;
	}
	return t;
}

static void put_line(struct table *t, const struct col *k, size_t n, const struct work_line *l)
{
	struct cell *v = &t->cells[t->nrows++ * t->ncols];
	v[0] = text_cell(l->label);
	for (size_t i = 0; i < n; i++)
		v[i + 1] = cell_of(&k[i], l);
}

static struct table mix(struct ctx *c, const struct work *w, const char *title, const struct work_mix *m, size_t n)
{
	const char *heads[] = { title, N_("Closed in the period"), N_("Closed as settled"), N_("Settled, of the closed"), N_("All of the area with such cases") };
	struct table t = table_new(c, w, title, ARRAY_LEN(heads), n);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		t.head[i] = word(c, heads[i]);
	for (size_t i = 0; i < n; i++) {
		struct cell *v = &t.cells[t.nrows * t.ncols];
		if (!m[i].closed)
			continue;
		t.nrows++;
		v[0] = text_cell(m[i].label);
		v[1] = whole(m[i].closed, m[i].hide[0]);
		v[2] = whole(m[i].settled, m[i].hide[1]);
		v[3] = rate(m[i].settled, m[i].closed, m[i].hide[0] || m[i].hide[1]);
		/* Of fewer than five in the whole area no rate: it would tell of one; and to who sees no small figures none that gives one back. */
		bool tells = w->small && (m[i].hide[0] || m[i].hide[1] || small_alone(m[i].all_settled) || small_alone(m[i].all_closed - m[i].all_settled));
		v[4] = rate(m[i].all_settled, m[i].all_closed, m[i].all_closed < 5 || tells);
	}
	return t;
}

size_t work_notes(struct ctx *c, const struct work *w, struct str *ret, size_t max)
{
	static const char *const notes[] = {
		N_("A case counts for who had it when it was closed, and stays counted for her when it is opened again or handed on. Taken on: accepted, or opened again, in the period. Handed to her and handed on: while open."),
		N_("Settled, of the closed = closed as settled ÷ all closed in the period, withdrawn and referred ones among them. The monthly table divides by what was mediated to an end: another figure."),
		N_("Settled, of those taken on = of what she took on in the period, what is closed as settled by now and was not opened again within 90 days ÷ all that she took on in the period."),
		N_("Rate settled and held = settled and not opened again within 90 days ÷ closed 90 days ago or longer, mediated to an end or opened again. What was closed later is still to be seen and counts neither way: closing early raises nothing."),
		N_("Open again within 90 days: the same case opened again, or a new case of the same people (two of them, or one and the same kind of dispute), after the closing or beside it. Only their number is known here."),
		N_("All of the area with such cases: the share settled, of the closed, in the whole area for cases of the same kinds and grades, weighed by hers. Who is given the hard cases is held against what others reach with hard cases. The grade is the gravest it had in her time."),
		N_("Days run from the first acceptance, through handings over and earlier closings. 90th percentile: nine of ten took no longer. Ended in time: mediation ended within its term."),
		N_("Duties, follow-ups: whose day lies in the period and is over, of the cases she has now or had at the end. Not reached is not made. In time: on its day or before. Relapse: a new quarrel, a worse one or new violence found at a follow-up."),
		N_("Follow-ups that follow a warning letter, a protection order or a shelter stay are among the follow-ups due. Counselling: wishes for an appointment to be answered, and calls on days 7, 25 and 45 of couples who agreed to be called, whose hour is over; in time ÷ due. What fell away, and what the couple itself must do by a day, is not counted."),
		N_("Terms overdue now: running terms of hers past their end at the moment of counting. What is shut to the reader for a conflict of interest is in no figure."),
	};
	size_t n = 0;
	if (w->small)
		ret[n++] = word(c, N_("Figures under 5 are shown as <5; * stands for figures that are hidden with them, so that they cannot be reckoned back."));
	for (size_t i = 0; i < ARRAY_LEN(notes) && n < max; i++)
		ret[n++] = word(c, notes[i]);
	return n;
}

enum err work_tables(struct ctx *c, const struct work *w, struct table **ret)
{
	struct table *v = NEWN(c->a, struct table, WORK_TABLES);
	for (size_t s = 0; s < ARRAY_LEN(sheets); s++) {
		struct table t = table_new(c, w, sheets[s].title, sheets[s].n + 1, w->n + 1);
		t.head[0] = word(c, w->by_staff ? N_("Mediator") : N_("Mediation studio"));
		for (size_t i = 0; i < sheets[s].n; i++)
			t.head[i + 1] = word(c, sheets[s].v[i].head);
		for (size_t i = 0; i < w->n; i++)
			put_line(&t, sheets[s].v, sheets[s].n, &w->v[i]);
		put_line(&t, sheets[s].v, sheets[s].n, &w->total);
		v[s] = t;
	}
	v[WORK_LINES] = mix(c, w, N_("By kind of dispute"), w->kind, w->nkind);
	v[WORK_LINES + 1] = mix(c, w, N_("By grade"), w->grade, WORK_GRADES);
	for (size_t s = 0; s < WORK_TABLES; s++) {
		v[s].notes = NEWN(c->a, struct str, 16);
		v[s].nnotes = work_notes(c, w, v[s].notes, 16);
	}
	*ret = v;
	return OK;
}
