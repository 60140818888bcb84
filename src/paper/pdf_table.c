/* Why: the monthly table on paper: A4, heads repeated, every word of every cell, "第 1 页 共 N 页".
 * Invariants: a first pass plans every piece with its page (so that N is known and no row stands alone at the top of the last
 * page), the second draws the plan and decides nothing. */
#include "paper/inner.h"
#include <math.h>

#define SIZE 9.0
#define PITCH 12.5
#define PAD 2.6
#define NOTE_SIZE 8.5
#define NOTE_PITCH 12.0
#define SIDE (18 * MM)
#define TOP (16 * MM)
#define BOTTOM (17 * MM)

enum part { PART_TITLE, PART_SUBTITLE, PART_HEAD, PART_ROW, PART_NOTE };
/* Lines from…to of a row (or note) at y of a page. */
struct piece { enum part part; size_t table, row; int from, to, page; double y, h; };

struct job {
	struct pdf p;
	struct arena *scratch;         /* the texts of one row */
	const struct table *t;
	size_t n;
	double **x;                   /* column edges of each table, ncols + 1 */
	struct piece *v;
	size_t nv, cv;
	int page;
	double y, bottom, width;
};

static char *text_of(struct job *j, const struct cell *c)
{
	return paper_clean(j->scratch, cell_text(j->scratch, c), 100000, "…");
}

static size_t span_of(const struct table *t, const struct cell *c, size_t col)
{
	size_t s = c->span > 1 ? (size_t)c->span : 1;
	return col + s > t->ncols ? t->ncols - col : s;
}

/* ---- widths ---- */

/* A broken number is a wrong number: columns grow to the widest figure, the others give way in proportion to what they can. */
static void figures_fit(struct job *j, const struct table *t, double *w)
{
	double *need = NEWN(j->p.a, double, t->ncols), lack = 0, spare = 0;
	for (size_t i = 0; i < t->ncols; i++) {
		for (size_t r = 0; r < t->nrows; r++) {
			const struct cell *c = &t->cells[r * t->ncols + i];
			if (c->t == CELL_TEXT || c->t == CELL_EMPTY || c->span > 1)
				continue;
			arena_reset(j->scratch);
			pdf_lay(&j->p, FACE_SONG, SIZE, c->bold, text_of(j, c), 0);
			need[i] = fmax(need[i], pdf_line_width(&j->p, 0) + 2 * PAD + 0.5);
		}
		if (need[i] == 0)
			need[i] = 4 * SIZE;
		lack += fmax(0, need[i] - w[i]);
		spare += fmax(0, w[i] - need[i]);
	}
	if (lack == 0 || spare < lack)
		return;   /* nothing to do, or nothing to be done */
	for (size_t i = 0; i < t->ncols; i++)
		w[i] = w[i] < need[i] ? need[i] : w[i] - (w[i] - need[i]) * lack / spare;
}

static void columns_make(struct job *j, size_t k)
{
	const struct table *t = &j->t[k];
	double *w = NEWN(j->p.a, double, t->ncols), total = 0, *x = NEWN(j->p.a, double, t->ncols + 1);
	for (size_t i = 0; i < t->ncols; i++) {
		if (t->width) {
			w[i] = t->width[i] > 0 ? t->width[i] : 1;
		} else {
			double cap = j->width * 0.4;
			w[i] = 2 * SIZE;
			for (size_t r = 0; r < t->nrows && r < 2000; r++) {
				const struct cell *c = &t->cells[r * t->ncols + i];
				arena_reset(j->scratch);
				if (c->span > 1)
					continue;
				int lines = pdf_lay(&j->p, FACE_SONG, SIZE, c->bold, text_of(j, c), 0);
				for (int l = 0; l < lines && l < 20; l++)
					w[i] = fmax(w[i], pdf_line_width(&j->p, l));
			}
			if (t->head) {
				pdf_lay(&j->p, FACE_HEI, SIZE, true, paper_clean(j->p.a, t->head[i], 1000, "…"), 0);
				w[i] = fmax(w[i], fmin(pdf_line_width(&j->p, 0), 5 * SIZE));
			}
			w[i] = fmin(w[i], cap) + 2 * PAD;
		}
		total += w[i];
	}
	for (size_t i = 0; i < t->ncols; i++)
		w[i] *= j->width / total;
	figures_fit(j, t, w);
	x[0] = SIDE;
	for (size_t i = 0; i < t->ncols; i++)
		x[i + 1] = x[i] + w[i];
	j->x[k] = x;
}

static int row_lines(struct job *j, size_t k, size_t r)
{
	const struct table *t = &j->t[k];
	int most = 1;
	arena_reset(j->scratch);
	for (size_t i = 0; i < t->ncols;) {
		const struct cell *c = &t->cells[r * t->ncols + i];
		size_t span = span_of(t, c, i);
		int n = pdf_lay(&j->p, FACE_SONG, SIZE, c->bold, text_of(j, c), j->x[k][i + span] - j->x[k][i] - 2 * PAD);
		most = n > most ? n : most;
		i += span;
	}
	return most;
}

static int head_lines(struct job *j, size_t k)
{
	const struct table *t = &j->t[k];
	int most = 0;
	for (size_t i = 0; t->head && i < t->ncols; i++) {
		int n = pdf_lay(&j->p, FACE_HEI, SIZE, true, paper_clean(j->p.a, t->head[i], 1000, "…"), j->x[k][i + 1] - j->x[k][i] - 2 * PAD);
		most = n > most ? n : most;
	}
	return most;
}

/* ---- the plan ---- */

static void put(struct job *j, enum part part, size_t k, size_t row, int from, int to, double h)
{
	struct piece v = { part, k, row, from, to, j->page, j->y, h };
	VEC_PUSH(j->p.a, j->v, j->nv, j->cv, v);
	j->y += h;
}

static void page_new(struct job *j, size_t k, int head)
{
	j->page++;
	j->y = TOP;
	if (head)
		put(j, PART_HEAD, k, 0, 0, head, head * PITCH + 2 * PAD);
}

/* The last row would stand alone on its page: take the one before along. */
static void take_along(struct job *j, size_t k, int head)
{
	struct piece *last = j->nv ? &j->v[j->nv - 1] : NULL;
	bool company = j->nv >= 3 && last->part == PART_ROW && last->from == 0 && last[-1].part == PART_ROW && last[-1].page == last->page && last->page == j->page;
	if (!company) {
		page_new(j, k, head);
		return;
	}
	struct piece moved = *last;
	j->nv--;
	page_new(j, k, head);
	put(j, PART_ROW, k, moved.row, 0, moved.to, moved.h);
}

static void row_plan(struct job *j, size_t k, size_t r, int head)
{
	int lines = row_lines(j, k, r), from = 0;
	double h = lines * PITCH + 2 * PAD, room = j->bottom - TOP - (head ? head * PITCH + 2 * PAD : 0);
	if (j->y + h <= j->bottom) {
		put(j, PART_ROW, k, r, 0, lines, h);
		return;
	}
	if (h <= room) {
		if (r + 1 == j->t[k].nrows)
			take_along(j, k, head);
		else
			page_new(j, k, head);
		put(j, PART_ROW, k, r, 0, lines, h);
		return;
	}
	while (from < lines) {   /* taller than a page: goes on over pages, line by line */
		int fit = (int)floor((j->bottom - j->y - 2 * PAD) / PITCH);
		if (fit < 2) {
			page_new(j, k, head);
			continue;
		}
		int to = from + fit < lines ? from + fit : lines;
		put(j, PART_ROW, k, r, from, to, (to - from) * PITCH + 2 * PAD);
		from = to;
	}
}

static void table_plan(struct job *j, size_t k)
{
	const struct table *t = &j->t[k];
	columns_make(j, k);
	int head = head_lines(j, k);
	double title = 26, need = title + (t->subtitle.n ? 16 : 0) + (head ? head * PITCH + 2 * PAD : 0);
	for (size_t r = 0; r < t->nrows && r < 4; r++)
		need += row_lines(j, k, r) * PITCH + 2 * PAD;
	if (k > 0) {
		j->y += 18;
		if (j->y + need > j->bottom)
			page_new(j, k, 0);
	}
	int n = pdf_lay(&j->p, FACE_TITLE, 16, true, paper_clean(j->p.a, t->title, 2000, "…"), j->width);
	put(j, PART_TITLE, k, 0, 0, n, n * 22 + 6);
	if (t->subtitle.n) {
		n = pdf_lay(&j->p, FACE_SONG, NOTE_SIZE, false, paper_clean(j->p.a, t->subtitle, 2000, "…"), j->width);
		put(j, PART_SUBTITLE, k, 0, 0, n, n * NOTE_PITCH + 4);
	}
	if (head)
		put(j, PART_HEAD, k, 0, 0, head, head * PITCH + 2 * PAD);
	for (size_t r = 0; r < t->nrows; r++)
		row_plan(j, k, r, head);
	j->y += t->nnotes ? 5 : 0;
	for (size_t i = 0; i < t->nnotes; i++) {
		n = pdf_lay(&j->p, FACE_SONG, NOTE_SIZE, false, paper_clean(j->p.a, t->notes[i], 20000, "…"), j->width);
		for (int l = 0; l < n; l++) {
			if (j->y + NOTE_PITCH > j->bottom)
				page_new(j, k, 0);
			put(j, PART_NOTE, k, i, l, l + 1, NOTE_PITCH);
		}
	}
}

/* ---- drawing ---- */

static void fill(struct job *j, const struct piece *v, const double *x, size_t ncols, double r, double g, double b)
{
	cairo_set_source_rgb(j->p.cr, r, g, b);
	cairo_rectangle(j->p.cr, x[0], v->y + 0.25, x[ncols] - x[0], v->h - 0.25);   /* not over the rule above */
	cairo_fill(j->p.cr);
}

/* The lines of a laid-out cell that fall into the piece; a whole row's cells are centred upright. */
static void cell_draw(struct job *j, const struct piece *v, int n, double x0, double x1, int align)
{
	int rows = v->to - v->from;
	double first = v->y + PAD + PITCH * 0.76;
	if (v->from == 0 && n < rows)
		first += (rows - n) * PITCH / 2;
	for (int l = v->from; l < v->to && l < n; l++)
		pdf_line(&j->p, l, x0 + PAD, first + (l - v->from) * PITCH, x1 - x0 - 2 * PAD, align);
}

static void grid_draw(struct job *j, const struct piece *v, const struct table *t, const double *x)
{
	cairo_t *cr = j->p.cr;
	cairo_set_source_rgb(cr, 0.55, 0.58, 0.62);
	pdf_rule(&j->p, x[0], v->y + v->h, x[t->ncols], 0.4);
	cairo_set_line_width(cr, 0.4);
	for (size_t i = 0; i <= t->ncols;) {
		cairo_move_to(cr, x[i], v->y);
		cairo_line_to(cr, x[i], v->y + v->h);
		cairo_stroke(cr);
		i += v->part == PART_ROW && i < t->ncols ? span_of(t, &t->cells[v->row * t->ncols + i], i) : 1;
	}
}

static void row_draw(struct job *j, const struct piece *v)
{
	const struct table *t = &j->t[v->table];
	const double *x = j->x[v->table];
	bool bold = t->cells[v->row * t->ncols].bold;
	if (bold)
		fill(j, v, x, t->ncols, 0.93, 0.945, 0.965);
	else if (v->row % 2)
		fill(j, v, x, t->ncols, 0.972, 0.976, 0.982);
	grid_draw(j, v, t, x);
	pdf_grey(&j->p, 0);
	arena_reset(j->scratch);
	for (size_t i = 0; i < t->ncols;) {
		const struct cell *c = &t->cells[v->row * t->ncols + i];
		size_t span = span_of(t, c, i);
		bool right = t->right ? t->right[i] : c->t != CELL_TEXT || str_is(c->s, "—");
		int n = pdf_lay(&j->p, FACE_SONG, SIZE, c->bold, text_of(j, c), x[i + span] - x[i] - 2 * PAD);
		cell_draw(j, v, n, x[i], x[i + span], span > 1 ? (span == t->ncols ? 0 : 2) : right ? 1 : 0);
		i += span;
	}
}

static void head_draw(struct job *j, const struct piece *v)
{
	const struct table *t = &j->t[v->table];
	const double *x = j->x[v->table];
	fill(j, v, x, t->ncols, 0.89, 0.915, 0.945);
	grid_draw(j, v, t, x);
	pdf_grey(&j->p, 0);
	pdf_rule(&j->p, x[0], v->y, x[t->ncols], 0.9);
	for (size_t i = 0; i < t->ncols; i++) {
		int n = pdf_lay(&j->p, FACE_HEI, SIZE, true, paper_clean(j->p.a, t->head[i], 1000, "…"), x[i + 1] - x[i] - 2 * PAD);
		cell_draw(j, v, n, x[i], x[i + 1], 2);
	}
}

static void piece_draw(struct job *j, const struct piece *v)
{
	const struct table *t = &j->t[v->table];
	struct pdf *p = &j->p;
	pdf_grey(p, 0);
	switch (v->part) {
	case PART_TITLE:
		pdf_lay(p, FACE_TITLE, 16, true, paper_clean(p->a, t->title, 2000, "…"), j->width);
		for (int l = 0; l < v->to; l++)
			pdf_line(p, l, SIDE, v->y + 16 + l * 22, j->width, 2);
		break;
	case PART_SUBTITLE:
		pdf_lay(p, FACE_SONG, NOTE_SIZE, false, paper_clean(p->a, t->subtitle, 2000, "…"), j->width);
		pdf_grey(p, 0.25);
		for (int l = 0; l < v->to; l++)
			pdf_line(p, l, SIDE, v->y + 9 + l * NOTE_PITCH, j->width, 2);
		break;
	case PART_HEAD:
		head_draw(j, v);
		break;
	case PART_ROW:
		row_draw(j, v);
		break;
	case PART_NOTE:
		pdf_lay(p, FACE_SONG, NOTE_SIZE, false, paper_clean(p->a, t->notes[v->row], 20000, "…"), j->width);
		pdf_line(p, v->from, SIDE, v->y + 9.5, j->width, 0);
		break;
	}
}

static void foot_draw(struct job *j, const struct table *t, int page, int pages)
{
	struct pdf *p = &j->p;
	double y = p->h - 11 * MM;
	pdf_grey(p, 0.75);
	pdf_rule(p, SIDE, y - 11, SIDE + j->width, 0.4);
	pdf_grey(p, 0.3);
	pdf_lay(p, FACE_SONG, 8.5, false, arena_printf(p->a, "第 %d 页 共 %d 页", page + 1, pages), 0);
	pdf_line(p, 0, SIDE, y, j->width, 1);
	if (t->foot.n) {
		pdf_lay(p, FACE_SONG, 8.5, false, paper_clean(p->a, t->foot, 200, "…"), j->width * 0.78);
		pdf_line(p, 0, SIDE, y, j->width, 0);
	}
}

enum err pdf_tables(const struct table *t, size_t n, bool landscape, struct buf *ret, struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (t[i].ncols == 0 || t[i].ncols > 64 || t[i].nrows > 50000)
			return fail(f, ERR_LIMIT, N_("The table is too large for paper; take the workbook"), "%zu columns, %zu rows", t[i].ncols, t[i].nrows);
	if (n == 0 || n > 255)
		return fail(f, ERR_LIMIT, N_("The document has too many tables"), "%zu tables", n);
	ARENA scratch = arena_new(1u << 30);
	struct job j = { .scratch = scratch, .t = t, .n = n, .y = TOP };
	enum err e = pdf_begin(&j.p, t[0].title, landscape, ret, f);
	if (e == OK) {
		j.bottom = j.p.h - BOTTOM;
		j.width = j.p.w - 2 * SIDE;
		j.x = NEWN(j.p.a, double *, n);
		for (size_t k = 0; k < n; k++)
			table_plan(&j, k);
		for (size_t i = 0; i < j.nv; i++) {
			piece_draw(&j, &j.v[i]);
			if (i + 1 == j.nv || j.v[i + 1].page != j.v[i].page) {
				foot_draw(&j, &t[j.v[i].table], j.v[i].page, j.page + 1);
				cairo_show_page(j.p.cr);
			}
		}
	}
	enum err end = pdf_end(&j.p);
	return e != OK ? e : end;
}
