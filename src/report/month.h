/*
 * report/: tallies into what an office hands in: the monthly table (一月一统计).
 *
 * Owns no record and writes nothing.  Reads tallies only (record/metrics.h), never records: thousands of rows, not millions
 * of cases.  May include record/ and paper/.  Called by desk/, api/ and cli/.  Tests: tests/report/.
 *
 * Counting base: 办结口径: what was closed counts in the month of closing, what came in in the month of registration;
 * up to 24:00 of the last day. Rates are rounded half up to one decimal; a denominator of 0 shows "—"; what is not
 * whole is never shown as 100.0 %. 环比: against the month before; 同比: against the same month of last year; of
 * rates the difference in percentage points. Units are never mixed: each figure counts records of one kind.
 */
#ifndef XA_REPORT_MONTH_H
#define XA_REPORT_MONTH_H
#include "paper/paper.h"
#include "record/record.h"

enum month_fig {
	FIG_CLUE_IN, FIG_CLUE_FAMILY, FIG_RED, FIG_ORANGE,           /* clues; red and orange: by the clue's grade */
	FIG_CASE_OPEN, FIG_CASE_CLOSE, FIG_HANDLED /* closed with an outcome that counts */, FIG_CASE_OK, FIG_CASE_ONTIME,
	FIG_AGREEMENT, FIG_VISIT_DONE, FIG_VISIT_OK,
	FIG_COUPLE_IN, FIG_COUPLE_MET, FIG_COUPLE_OK, FIG_COUPLE_DV,  /* couples; each counts once */
	FIG_CONSULT, FIG_LECTURE,                                     /* consultations, lectures: counted apart */
	FIG_SHOWN,                                                   /* those before have columns; those after are denominators */
	FIG_CLUE_CASE = FIG_SHOWN, FIG_VISIT_ANSWERED, FIG_VISIT_DUE, FIG_VISIT_MET,
	FIG_COUNT
};
enum month_rate { RATE_CONVERT, RATE_HANDLE, RATE_OK, RATE_ONTIME, RATE_AGREEMENT, RATE_VISIT, RATE_SATISFIED, RATE_HIGH, RATE_COUPLE_ALL, RATE_COUPLE_MET, RATE_COUNT };
enum month_when { MONTH_NOW, MONTH_BEFORE, MONTH_LAST_YEAR, MONTH_WHENS };
enum month_dim { DIM_AREA, DIM_SOURCE, DIM_KIND, DIM_GRADE, DIM_OUTCOME, DIM_CLUE_OUTCOME, DIM_COUNT, DIM_TOTAL = DIM_COUNT };

/* key: a code of the dimension, "" for records that have none. */
/* hide: how a figure is kept from outside the federation; see month_small(). */
enum month_hide { SHOWN, HIDE_SMALL /* shown as "<5" */, HIDE_OTHER /* shown as "*": else the small ones could be reckoned back */ };
struct month_line { struct str key, label; int64_t n[MONTH_WHENS][FIG_COUNT]; unsigned char hide[MONTH_WHENS][FIG_COUNT]; };
struct month_block {
	enum month_dim dim;
	const char *label;           /* message id */
	unsigned figs;               /* bits of enum month_fig that make sense here */
	struct month_line *lines;
	size_t nlines, cap;
	struct map *by_key;
};
struct month {
	int year, month;
	struct str area, area_name, title;
	int64_t made;                /* ms */
	bool small;                  /* month_small() was here */
	struct month_line total;
	struct month_block block[DIM_COUNT];
};

struct fig_info { const char *name, *label, *metric, *type, *date; };
struct rate_info { const char *name, *label, *formula; enum month_fig num, den; };
extern const struct fig_info month_figs[FIG_COUNT];
extern const struct rate_info month_rates[RATE_COUNT];

/* Reads three months of some thousand rows. area: 6 (rows by town), 9 (by community) or 12 digits; absent: the actor's. c->db must be set (ctx_read).
 * ERR_DENIED outside the actor's area, ERR_INVALID for a month that is none. */
CHECKED enum err month_make(struct ctx *c, int year, int month, struct str area, struct month *ret);
/* The pure half: an empty month with its lines, and one row of the tally, or of the months' table, added to it. */
CHECKED enum err month_open(struct ctx *c, int year, int month, struct str area, struct month *ret);
void month_add(struct ctx *c, struct month *m, enum month_when w, const char *metric, const struct tally_row *r);
void month_add_row(struct ctx *c, struct month *m, enum month_when w, const struct tally_month_row *r);
void month_close(struct ctx *c, struct month *m);   /* drops lines in which nothing ever was (areas and grades stay) */
/* First and last day of the period. */
void month_span(const struct month *m, enum month_when w, int32_t *ret_first, int32_t *ret_last);

/* Small cells (security S17, S64; T4: who lives in a village knows who the one case there is). For whoever is outside the federation, and
 * for files that leave the house. Of each block, period and figure: 1 to 4 become "<5"; and since whoever has the sum reckons a single
 * hidden one back, the first other line by its code is hidden too, or, where that is not enough, the whole column. A sum of 1 to 4 is hidden
 * itself. What follows from hidden figures (rates, changes, shares) is not shown either. Not covered: what follows from two figures of
 * one line together (closed less settled). */
void month_small(struct month *m);
/* The rule itself, for one column of any table. total_hidden: its sum is not shown either. */
struct small_cell { int64_t n; struct str key; unsigned char hide; };
void small_hide(struct small_cell *v, size_t n, bool total_hidden);
bool small_alone(int64_t n);      /* 1 to 4 */
/* Does this post see the figures whole? The federation does. Others see their own area's table only: two tables of nested areas would
 * give hidden figures back. */
bool month_inside(const struct ctx *c);
struct str month_figure(struct ctx *c, const struct month_line *l, enum month_when w, enum month_fig f);    /* "12", "<5" or "*" */

/* False when the denominator is 0, or something of it is hidden. */
bool month_rate(const struct month_line *l, enum month_when w, enum month_rate r, double *ret);
/* (now − then) / then; false when then is 0. */
bool month_change(int64_t now, int64_t then, double *ret);
/* "+1.2", "-0.3", "0.0": half away from zero. */
struct str month_points(struct arena *a, double now, double then);

/* The records behind a figure: a type and filters for see(). False when no filter can name them (records without a code). */
struct month_link { const char *type; struct filter f[8]; size_t n; };
bool month_link(struct ctx *c, const struct month *m, enum month_fig fig, enum month_dim dim, struct str key, enum month_when w, struct month_link *ret);
void month_href(struct buf *b, const struct month_link *l);   /* "/clue?created_from=2026-10-01&…", percent-encoded, not HTML-escaped */

/* A figure from elsewhere held against its division; per mille, rounded half up. "1,382 of 2,052, 63.7 %": num 1382, den 2052, claimed 637; is 673, not
 * right, digits swapped; right it would be of den_from … den_to, or with num_from … num_to. known false: no division (den 0 or too large). */
#define FIGURE_MAX INT64_C(1000000000000)
struct figure { int64_t num, den, claimed, is, den_from, den_to, num_from, num_to; bool known, right, swapped, other_den, other_num; };
void figure_check(int64_t num, int64_t den, int64_t claimed, struct figure *ret);

/* For xlsx_write() and pdf_tables(): the summary with its comparisons, then a table a block. In c->a. */
CHECKED enum err month_tables(struct ctx *c, const struct month *m, struct table **ret, size_t *ret_n);
/* Everything, with rates and links. */
void month_json(struct ctx *c, const struct month *m, struct buf *ret);

#endif
