/* Why: a table leaves the house as a workbook that LibreOffice, WPS and Excel open, whose numbers can be summed.
 * Invariants: user text is only ever written as a string, so "=1+1" stays text; the file is made in memory (memfd), never in
 * a named file; the same table at the same now_ms() gives the same bytes. */
#include "paper/inner.h"
#include "base/clock.h"
#include <math.h>
#include <stdio.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define TEXT_MAX 32700      /* Excel holds 32,767 in a cell */
#define COLS_MAX 256

/* Below 1 a rate is never shown as 100.0%: one case still open must be seen. A format of its own for such a value, not one with
 * conditions: LibreOffice drops the minus of what falls to the last of conditional sections. */
#define PERCENT_FORMAT "0.0%"
#define ALMOST_FORMAT "\"99.9%+\""

/* A difference of two rates is a number in points; the unit belongs to how it is shown. One unit a workbook. */
#define POINTS_FORMAT "+0.0\"%.*s\";-0.0\"%.*s\";0.0\"%.*s\""

enum look { LOOK_TEXT, LOOK_INT, LOOK_REAL, LOOK_PERCENT, LOOK_ALMOST, LOOK_POINTS, LOOK_DATE, LOOK_TIME, LOOK_COUNT };

struct sheet_out {
	lxw_worksheet *ws;
	lxw_format *title, *subtitle, *head, *note, *body[LOOK_COUNT][2][3];   /* bold; left, right, centred */
	const struct table *t;
	struct arena *a;
	lxw_row_t row;
	lxw_error e;
};

/* Also hides what looks like an OOXML escape: readers would turn "_x0041_" into "A". */
static char *clean(struct arena *a, struct str s, size_t max)
{
	char *t = paper_clean(a, s, max, "…(已截断)");
	if (!strstr(t, "_x"))
		return t;
	BUF_AUTO b = BUF(strlen(t) * 3 + 16);
	for (const char *p = t; *p; p++) {
		bool escape = p[0] == '_' && p[1] == 'x' && strspn(p + 2, "0123456789abcdefABCDEF") == 4 && p[6] == '_';
		buf_cstr(&b, escape ? "_x005F_" : "");
		if (!escape)
			buf_char(&b, *p);
	}
	return arena_cstr(a, buf_view(&b));
}

/* Excel's rules: 1–31 UTF-16 units, none of []:*?/\, no quote at either end, none twice, not "History". */
static char *sheet_name(struct arena *a, lxw_workbook *wb, struct str title, size_t nth)
{
	const char *bad = "[]:*?/\\";
	char *name = clean(a, title, 4096), *out;
	for (char *p = name; *p; p++)
		if (strchr(bad, *p) || *p == '\n' || *p == '\t')
			*p = ' ';
	struct str s = str_trim(str_of(name));
	while (s.n && s.p[0] == '\'') {
		s.p++;
		s.n--;
	}
	for (size_t max = 31; max > 0; max--) {
		struct str cut = str_trim(utf8_head(s, max));
		while (cut.n && cut.p[cut.n - 1] == '\'')
			cut.n--;
		size_t units = 0;
		for (const char *q = cut.p; q < cut.p + cut.n;)
			units += utf8_next(&q, cut.p + cut.n) > 0xFFFF ? 2 : 1;
		if (units > 31 || cut.n == 0)
			continue;
		out = arena_cstr(a, cut);
		if (workbook_validate_sheet_name(wb, out) == LXW_NO_ERROR && strcasecmp(out, "history") != 0)
			return out;
		if (max < 24)
			break;
	}
	struct str cut = utf8_head(s, 10);
	return arena_printf(a, "%.*s (%zu)", (int)cut.n, cut.p, nth + 1);
}

/* ---- formats ---- */

static lxw_format *format_new(lxw_workbook *wb, const char *font, double size, bool bold)
{
	lxw_format *f = workbook_add_format(wb);
	format_set_font_name(f, font);
	format_set_font_size(f, size);
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	if (bold)
		format_set_bold(f);
	return f;
}

static struct str points_unit(const struct table *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < t[i].ncols * t[i].nrows; k++)
			if (t[i].cells[k].t == CELL_POINTS)
				return t[i].cells[k].s;
	return STR("");
}

static void formats_make(lxw_workbook *wb, struct sheet_out *o, struct str unit)
{
	int u = unit.n < 60 && str_find(unit, STR("\"")) < 0 ? (int)unit.n : 0;
	const char *points = arena_printf(o->a, POINTS_FORMAT, u, unit.p, u, unit.p, u, unit.p);
	const char *const num[LOOK_COUNT] = { NULL, "#,##0", "#,##0.00", PERCENT_FORMAT, ALMOST_FORMAT, points, "yyyy-mm-dd", "yyyy-mm-dd hh:mm" };
	static const uint8_t align[3] = { LXW_ALIGN_LEFT, LXW_ALIGN_RIGHT, LXW_ALIGN_CENTER };
	o->title = format_new(wb, "黑体", 16, true);
	format_set_align(o->title, LXW_ALIGN_CENTER);
	o->subtitle = format_new(wb, "宋体", 11, false);
	format_set_align(o->subtitle, LXW_ALIGN_CENTER);
	o->head = format_new(wb, "黑体", 11, true);
	format_set_align(o->head, LXW_ALIGN_CENTER);
	format_set_text_wrap(o->head);
	format_set_border(o->head, LXW_BORDER_THIN);
	format_set_bg_color(o->head, 0xEEF1F5);
	o->note = format_new(wb, "宋体", 10, false);
	format_set_text_wrap(o->note);
	for (int k = 0; k < LOOK_COUNT; k++)
		for (int bold = 0; bold < 2; bold++)
			for (int al = 0; al < 3; al++) {
				lxw_format *f = o->body[k][bold][al] = format_new(wb, "宋体", 11, bold);
				format_set_align(f, align[al]);
				format_set_border(f, LXW_BORDER_THIN);
				if (num[k])
					format_set_num_format(f, num[k]);
				else
					format_set_text_wrap(f);
			}
}

/* ---- a sheet ---- */

static void keep(struct sheet_out *o, lxw_error e)
{
	if (o->e == LXW_NO_ERROR)
		o->e = e;
}

static void across(struct sheet_out *o, const char *text, lxw_format *f, double height)
{
	size_t last = o->t->ncols ? o->t->ncols - 1 : 0;
	keep(o, worksheet_set_row(o->ws, o->row, height, NULL));
	if (last)
		keep(o, worksheet_merge_range(o->ws, o->row, 0, o->row, (lxw_col_t)last, text, f));
	else
		keep(o, worksheet_write_string(o->ws, o->row, 0, text, f));
	o->row++;
}

static double cells_wide(struct str s)
{
	double w = 0, best = 0;
	for (const char *p = s.p, *end = s.p + s.n; p < end;) {
		uint32_t cp = utf8_next(&p, end);
		if (cp == '\n')
			w = 0;
		else if ((w += cp < 0x1100 ? 1.05 : 2.1) > best)
			best = w;
	}
	return best;
}

static double cell_wide(const struct cell *c)
{
	switch (c->t) {
	case CELL_TEXT: return cells_wide(c->s);
	case CELL_INT: return snprintf(NULL, 0, "%lld", (long long)c->i) * 1.4 + 1;
	case CELL_REAL: return snprintf(NULL, 0, "%.2f", c->r) * 1.3 + 1;
	case CELL_PERCENT: return snprintf(NULL, 0, "%.1f%%", c->r * 100) * 1.1 + 1;
	case CELL_POINTS: return snprintf(NULL, 0, "%+.1f", c->r * 100) * 1.1 + 1 + cells_wide(c->s);
	case CELL_DATE: return 17;
	case CELL_EMPTY: break;
	}
	return 0;
}

/* The given relative widths spread over the page, but never so narrow that a number shows as ####. */
static void widths_set(struct sheet_out *o)
{
	const struct table *t = o->t;
	double total = 0, page = t->ncols > 8 ? 124 : 84;
	for (size_t i = 0; t->width && i < t->ncols; i++)
		total += t->width[i];
	for (size_t i = 0; i < t->ncols; i++) {
		double most = t->head ? cells_wide(t->head[i]) : 0, need = 0;
		if (most > 14)
			most = 14;   /* a head wraps */
		for (size_t r = 0; r < t->nrows; r++) {
			const struct cell *c = &t->cells[r * t->ncols + i];
			double w = c->span > 1 ? 0 : cell_wide(c);
			if (c->t == CELL_TEXT)
				most = w > most ? w : most;
			else
				need = w > need ? w : need;
		}
		double w = total > 0 ? page * t->width[i] / total : most + 2;
		w = w > 60 ? 60 : w < 6 ? 6 : w;
		keep(o, worksheet_set_column(o->ws, (lxw_col_t)i, (lxw_col_t)i, w < need ? need : w, NULL));
	}
}

static enum look look_of(const struct cell *c)
{
	switch (c->t) {
	case CELL_INT: return LOOK_INT;
	case CELL_REAL: return LOOK_REAL;
	case CELL_PERCENT: return c->r >= 0.9995 && c->r < 1 ? LOOK_ALMOST : LOOK_PERCENT;
	case CELL_POINTS: return LOOK_POINTS;
	case CELL_DATE: return c->i == day_start(day_of(c->i)) ? LOOK_DATE : LOOK_TIME;
	case CELL_TEXT: case CELL_EMPTY: break;
	}
	return LOOK_TEXT;
}

static void cell_write(struct sheet_out *o, const struct cell *c, size_t col, lxw_col_t span)
{
	const struct table *t = o->t;
	bool right = t->right ? t->right[col] : (c->t != CELL_TEXT && c->t != CELL_EMPTY) || str_is(c->s, "—");
	int al = span > 1 ? 2 : right ? 1 : 0;
	enum look k = look_of(c);
	lxw_format *f = o->body[k][c->bold][al];
	lxw_col_t at = (lxw_col_t)col;
	if (span > 1)
		keep(o, worksheet_merge_range(o->ws, o->row, at, o->row, (lxw_col_t)(at + span - 1), "", f));
	switch (c->t) {
	case CELL_INT: keep(o, worksheet_write_number(o->ws, o->row, at, (double)c->i, f)); break;
	case CELL_REAL:
	case CELL_PERCENT: keep(o, worksheet_write_number(o->ws, o->row, at, c->r, f)); break;
	case CELL_POINTS: keep(o, worksheet_write_number(o->ws, o->row, at, round(c->r * 1000) / 10, f)); break;
	case CELL_DATE: keep(o, worksheet_write_number(o->ws, o->row, at, (double)(c->i + 8 * MS_HOUR) / (double)MS_DAY + 25569, f)); break;
	case CELL_TEXT:
		if (c->s.n) {
			keep(o, worksheet_write_string(o->ws, o->row, at, clean(o->a, c->s, TEXT_MAX), f));
			break;
		} /* fallthrough */
	case CELL_EMPTY: keep(o, worksheet_write_blank(o->ws, o->row, at, f)); break;
	}
}

static void page_set(struct sheet_out *o, lxw_row_t head)
{
	const struct table *t = o->t;
	BUF_AUTO foot = BUF(2048);
	struct str left = utf8_head(t->foot, 80);
	buf_cstr(&foot, "&L&9");
	if (left.n && left.p[0] >= '0' && left.p[0] <= '9')
		buf_char(&foot, ' ');   /* else it would be read as part of the size */
	for (size_t i = 0; i < left.n; i++) {
		if (left.p[i] == '&')
			buf_char(&foot, '&');
		buf_char(&foot, left.p[i] == '\n' ? ' ' : left.p[i]);
	}
	buf_cstr(&foot, "&R&9第 &P 页 共 &N 页");
	keep(o, worksheet_set_footer(o->ws, clean(o->a, buf_view(&foot), 250)));
	worksheet_set_paper(o->ws, 9);
	if (t->ncols > 8)
		worksheet_set_landscape(o->ws);
	worksheet_set_margins(o->ws, 0.6, 0.6, 0.75, 0.75);
	worksheet_fit_to_pages(o->ws, 1, 0);
	worksheet_center_horizontally(o->ws);
	if (t->head) {
		worksheet_freeze_panes(o->ws, head + 1, t->ncols > 4);
		keep(o, worksheet_repeat_rows(o->ws, head, head));
	}
}

static void sheet_write(lxw_workbook *wb, struct sheet_out *o, size_t nth)
{
	const struct table *t = o->t;
	o->ws = workbook_add_worksheet(wb, sheet_name(o->a, wb, t->title, nth));
	if (!o->ws) {
		o->e = LXW_ERROR_MEMORY_MALLOC_FAILED;
		return;
	}
	widths_set(o);
	across(o, clean(o->a, t->title, 4096), o->title, 28);
	if (t->subtitle.n)
		across(o, clean(o->a, t->subtitle, 4096), o->subtitle, 18);
	lxw_row_t head = o->row;
	if (t->head) {
		bool tall = false;
		for (size_t i = 0; i < t->ncols; i++) {
			tall |= cells_wide(t->head[i]) > 8;
			keep(o, worksheet_write_string(o->ws, o->row, (lxw_col_t)i, clean(o->a, t->head[i], 4096), o->head));
		}
		keep(o, worksheet_set_row(o->ws, o->row++, tall ? 32 : 20, NULL));
	}
	page_set(o, head);
	for (size_t r = 0; r < t->nrows; r++, o->row++)
		for (size_t i = 0; i < t->ncols;) {
			const struct cell *c = &t->cells[r * t->ncols + i];
			size_t span = c->span > 1 ? (size_t)c->span : 1;
			span = i + span > t->ncols ? t->ncols - i : span;
			cell_write(o, c, i, (lxw_col_t)span);
			i += span;
		}
	for (size_t i = 0; i < t->nnotes; i++) {
		char *note = clean(o->a, t->notes[i], TEXT_MAX);
		double page = t->ncols > 8 ? 124 : 84, lines = 1 + cells_wide(str_of(note)) / page;
		across(o, note, o->note, 14.5 * (double)(int)lines + 2);
	}
	if (t->foot.n)
		across(o, clean(o->a, t->foot, 4096), o->note, 16);
}

/* ---- the book ---- */

static enum err take_file(int fd, struct buf *ret, struct fault *f)
{
	char w[65536];
	off_t at = 0;
	for (;;) {
		ssize_t n = pread(fd, w, sizeof(w), at);
		if (n < 0)
			return fail(f, ERR_IO, NULL, "xlsx: reading back failed");
		if (n == 0)
			break;
		buf_put(ret, w, (size_t)n);
		at += n;
	}
	if (ret->over)
		return fail(f, ERR_LIMIT, N_("The document is too large"), "xlsx of more than %zu bytes", ret->ceiling);
	return OK;
}

enum err xlsx_write(const struct table *t, size_t n, struct buf *ret, struct fault *f)
{
	if (n == 0 || n > 255)
		return fail(f, ERR_LIMIT, N_("The document has too many tables"), "%zu tables", n);
	for (size_t i = 0; i < n; i++)
		if (t[i].ncols == 0 || t[i].ncols > COLS_MAX || t[i].nrows > 1048000)
			return fail(f, ERR_LIMIT, N_("The table is too large for a workbook"), "%zu columns, %zu rows", t[i].ncols, t[i].nrows);
	int fd = memfd_create("xlsx", MFD_CLOEXEC);
	if (fd < 0)
		return fail(f, ERR_IO, NULL, "memfd_create failed");
	char path[64], shm[] = "/dev/shm";
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* The library spools its parts in unlinked files: in memory, when the machine lets it. */
	lxw_workbook_options opt = { .tmpdir = access(shm, W_OK | X_OK) == 0 ? shm : NULL };
	lxw_workbook *wb = workbook_new_opt(path, &opt);
	enum err e = OK;
	if (!wb) {
		e = fail(f, ERR_INTERNAL, NULL, "xlsxwriter: no workbook");
	} else {
		ARENA a = arena_new(1u << 30);
		lxw_doc_properties p = { .title = clean(a, t[0].title, 255), .company = (char *)(uintptr_t)"XiaoAn", .created = (time_t)(now_ms() / 1000) };
		lxw_error le = workbook_set_properties(wb, &p);
		struct sheet_out o = { .a = a };
		formats_make(wb, &o, points_unit(t, n));
		for (size_t i = 0; i < n && le == LXW_NO_ERROR; i++) {
			o.t = &t[i];
			o.row = 0;
			sheet_write(wb, &o, i);
			le = o.e;
		}
		lxw_error ce = workbook_close(wb);
		if (le != LXW_NO_ERROR || ce != LXW_NO_ERROR)
			e = fail(f, le == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE ? ERR_LIMIT : ERR_INTERNAL, NULL, "xlsxwriter: %s", lxw_strerror(le != LXW_NO_ERROR ? le : ce));
	}
	if (e == OK)
		e = take_file(fd, ret, f);
	close(fd);
	return e;
}
