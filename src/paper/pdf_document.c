/* Why: agreements, notices and letters look like what an office issues: GB/T 9704-2012, 党政机关公文格式.
 * A4, top 37 mm, left 28 mm, 版心 156 × 225 mm, 22 lines of 28 characters of 3号; title 2号小标宋; page number "— 1 —",
 * 7 mm below the 版心, one character in from the outer edge.  Forms and signature lines stand on the same 22-line grid.
 * Invariants: each line lies on the grid; a heading is never the last line of a page; a signature never breaks, nor does it stand alone on a page that
 * holds none of the text, where four lines more a page prevent it (7.3.5.4: the distance of lines is adjusted): such a page can be hung on any other paper. */
#include "paper/inner.h"
#include <math.h>
#include <stdlib.h>

#define LEFT (28 * MM)
#define TOP (37 * MM)
#define CORE_W (156 * MM)
#define CORE_H (225 * MM)
#define LINES 22
#define LINES_MOST 26
#define PITCH (CORE_H / d->lines)
#define EM (CORE_W / 28)          /* 15.79 pt: 28 to the line, exactly */
#define TITLE_SIZE 22.0

struct doc { struct pdf p; const struct document *d; int lines /* a page */, line, page; bool fresh, bound, loose /* this page has no number */, closing /* a signature or date is drawn */, alone /* and nothing else on this page */; };

/* ---- page furniture ---- */

/* Outlines, not text (a search must not find it), drawn once as a tile that the file repeats. */
static void watermark_draw(struct doc *d)
{
	struct pdf *p = &d->p;
	pdf_lay(p, FACE_HEI, 17, false, paper_clean(p->a, d->d->watermark, 200, "…"), 0);
	cairo_rectangle_t tile = { 0, 0, fmax(pdf_line_width(p, 0) + 70, 180), 240 };
	cairo_surface_t *s = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &tile);
	cairo_t *cr = cairo_create(s);
	cairo_set_source_rgb(cr, 0.93, 0.93, 0.93);
	for (int i = -1; i < 2; i++) {   /* the second row stands half a tile aside */
		cairo_move_to(cr, i == 0 ? 20 : 20 + i * tile.width / 2, i == 0 ? 40 : 160);
		pango_cairo_layout_path(cr, p->layout);
	}
	cairo_fill(cr);
	cairo_destroy(cr);
	cairo_pattern_t *pat = cairo_pattern_create_for_surface(s);
	cairo_pattern_set_extend(pat, CAIRO_EXTEND_REPEAT);
	cairo_save(p->cr);
	cairo_translate(p->cr, p->w / 2, p->h / 2);
	cairo_rotate(p->cr, -M_PI / 6);
	cairo_set_source(p->cr, pat);
	cairo_paint(p->cr);
	cairo_restore(p->cr);
	cairo_pattern_destroy(pat);
	cairo_surface_destroy(s);
}

static void page_open(struct doc *d)
{
	if (d->fresh)
		return;
	d->fresh = true;
	d->alone = d->closing;
	d->page += !d->loose;
	d->line = 0;
	if (d->d->watermark.n)
		watermark_draw(d);
	pdf_grey(&d->p, 0);
}

/* Of a bound file: where a thumb turns the leaf, odd pages right, even ones left. */
static void corner_number(struct doc *d)
{
	struct pdf *p = &d->p;
	if (d->loose)
		return;
	pdf_grey(p, 0);
	pdf_lay(p, FACE_SONG, 12, false, arena_printf(p->a, "%d", d->page), 0);
	pdf_line(p, 0, 14 * MM, 14 * MM, p->w - 28 * MM, d->page % 2 ? 1 : 0);
}

static void page_close(struct doc *d)
{
	struct pdf *p = &d->p;
	double y = TOP + CORE_H + 7 * MM + 10;
	if (!d->fresh)
		return;
	pdf_grey(p, 0);
	if (d->bound)
		corner_number(d);
	else if (!d->d->head.n || d->page > 1) {   /* the first page of a letter bears no number */
		pdf_lay(p, FACE_SONG, 14, false, arena_printf(p->a, "— %d —", d->page), 0);
		pdf_line(p, 0, LEFT + EM, y, CORE_W - 2 * EM, d->page % 2 ? 1 : 0);
	}
	if (d->d->footer.n) {
		y += d->d->head.n && d->page == 1 ? 9 : 0;   /* below the red line */
		pdf_grey(p, 0.35);
		pdf_lay(p, FACE_SONG, 9, false, paper_clean(p->a, d->d->footer, 160, "…"), 0);
		pdf_line(p, 0, LEFT, y + 20, CORE_W, 0);
	}
	cairo_show_page(p->cr);
	d->fresh = false;
}

/* Opens a page when fewer than n lines are left. */
static void room(struct doc *d, int n)
{
	if (d->fresh && d->line + n > d->lines)
		page_close(d);
	page_open(d);
}

static double baseline(const struct doc *d) { return TOP + d->line * PITCH + PITCH * 0.70; }

/* ---- body: spread to both edges, as set type is ---- */

static bool ends_paragraph(const char *text, const PangoLayoutLine *l)
{
	char c = text[l->start_index + l->length];
	return c == 0 || c == '\n';
}

/* Pango's own justification stretches blanks, and Chinese has none: the rest of a line is spread between characters. */
static void spread(PangoLayoutLine *l, double spare)
{
	int clusters = 0, k = 0;
	for (GSList *r = l->runs; r; r = r->next)
		clusters += ((PangoGlyphItem *)r->data)->glyphs->num_glyphs;
	if (clusters < 2 || spare <= 0 || spare > 3 * EM)
		return;
	int total = (int)(spare * PANGO_SCALE), gaps = clusters - 1;
	for (GSList *r = l->runs; r; r = r->next) {
		PangoGlyphString *g = ((PangoGlyphItem *)r->data)->glyphs;
		for (int i = 0; i < g->num_glyphs && k < gaps; i++, k++)
			g->glyphs[i].geometry.width += total / gaps + (k < total % gaps);
	}
}

static void text_para(struct doc *d, enum face face, const char *text, double indent, bool keep_next)
{
	struct pdf *p = &d->p;
	pdf_lay(p, face, EM, false, text, CORE_W);
	pango_layout_set_indent(p->layout, (int)(indent * PANGO_SCALE));
	PangoLayout *lay = g_object_ref(p->layout);
	p->layout = pango_layout_new(p->pc);   /* page_close() lays out too */
	int n = pango_layout_get_line_count(lay);
	for (int i = 0; i < n; i++) {
		room(d, keep_next && i == n - 1 ? 2 : 1);
		PangoLayoutLine *l = pango_layout_get_line(lay, i);
		PangoRectangle r;
		pango_layout_line_get_extents(l, NULL, &r);
		double in = l->is_paragraph_start ? indent : 0;
		if (!ends_paragraph(text, l))
			spread(l, CORE_W - in - (double)r.width / PANGO_SCALE);
		cairo_move_to(p->cr, LEFT + in, baseline(d));
		pango_cairo_show_layout_line(p->cr, l);
		d->line++;
	}
	g_object_unref(p->layout);
	p->layout = lay;
	g_object_unref(lay);
}

/* ---- the other kinds ---- */

static void title_para(struct doc *d, const char *text)
{
	struct pdf *p = &d->p;
	int n = pdf_lay(p, FACE_TITLE, TITLE_SIZE, true, text, CORE_W - 2 * EM);
	int lines = (int)ceil(n * 35.0 / PITCH);
	room(d, lines + 2 > d->lines ? 1 : lines + 2);
	pdf_lay(p, FACE_TITLE, TITLE_SIZE, true, text, CORE_W - 2 * EM);
	for (int i = 0; i < n && i < 16; i++)
		pdf_line(p, i, LEFT + EM, TOP + d->line * PITCH + 26 + i * 35, CORE_W - 2 * EM, 2);
	d->line += lines;
}

static void centred_para(struct doc *d, const char *text)
{
	struct pdf *p = &d->p;
	int n = pdf_lay(p, FACE_FANG, EM, false, text, CORE_W);
	for (int i = 0; i < n; i++) {
		room(d, 1);
		pdf_lay(p, FACE_FANG, EM, false, text, CORE_W);
		pdf_line(p, i, LEFT, baseline(d), CORE_W, 2);
		d->line++;
	}
	d->line++;   /* an empty line parts it from the text */
}

static void field_para(struct doc *d, const char *label, const char *value)
{
	struct pdf *p = &d->p;
	double w = EM * 0.4;
	/* A label of more than half a line has lines of its own, for nothing of it may be lost. */
	int own = pdf_lay(p, FACE_HEI, EM, false, label, CORE_W / 2) > 1 ? pdf_lay(p, FACE_HEI, EM, false, label, CORE_W) : 0;
	for (int i = 0; i < own; i++) {
		room(d, 1);
		pdf_lay(p, FACE_HEI, EM, false, label, CORE_W);
		pdf_line(p, i, LEFT, baseline(d), CORE_W, 0);
		d->line++;
	}
	room(d, 1);
	if (!own) {
		pdf_lay(p, FACE_HEI, EM, false, label, CORE_W / 2);
		w += pdf_line_width(p, 0);
		pdf_line(p, 0, LEFT, baseline(d), w, 0);
	}
	int n = pdf_lay(p, FACE_FANG, EM, false, value, CORE_W - w - EM * 0.4);
	for (int i = 0; i < n; i++) {
		room(d, 1);
		pdf_lay(p, FACE_FANG, EM, false, value, CORE_W - w - EM * 0.4);
		pdf_line(p, i, LEFT + w + EM * 0.2, baseline(d), CORE_W - w, 0);
		pdf_rule(p, LEFT + w, baseline(d) + 5, LEFT + CORE_W, 0.5);
		d->line++;
	}
}

/* Two lines high: a hand needs room. */
/* Drawn as lines, so that it stays sharp at any size; no wider than its rule and not higher than two lines. */
static void ink_strokes(struct doc *d, struct str ink, double x, double y, double w)
{
	double k = fmin(w / 1000, 2.4 * PITCH / 400);
	long a, b, t;
	int at;
	bool down = false;
	for (const char *p = ink.p; p && p < ink.p + ink.n && sscanf(p, "%4ld,%4ld,%8ld%n", &a, &b, &t, &at) == 3;) {
		pdf_stroke(&d->p, x + (double)a * k, y + (double)b * k, down);
		p += at;
		down = p < ink.p + ink.n && *p == ' ';
		p++;
	}
	pdf_stroke_end(&d->p);
}

static void sign_para(struct doc *d, const char *label, const char *date, struct str ink)
{
	struct pdf *p = &d->p;
	room(d, ink.n ? 3 : 2);
	d->line += ink.n ? 2 : 1;
	pdf_lay(p, FACE_FANG, EM, false, label, 0);
	double w = fmin(pdf_line_width(p, 0), CORE_W * 0.5);
	pdf_line(p, 0, LEFT, baseline(d), w, 0);
	pdf_lay(p, FACE_FANG, EM, false, *date ? date : "　　　　年　　月　　日", 0);
	double dw = 9 * EM;   /* the same for all, so that the rules end under each other */
	pdf_line(p, 0, LEFT + CORE_W - dw, baseline(d), dw, 1);
	pdf_rule(p, LEFT + w + 4, baseline(d) + 5, LEFT + CORE_W - dw - EM, 0.5);
	if (ink.n)
		ink_strokes(d, ink, LEFT + w + 8, baseline(d) + 3 - 2.4 * PITCH, CORE_W - dw - EM - w - 12);
	d->line++;
}

static void right_para(struct doc *d, const char *text)
{
	struct pdf *p = &d->p;
	int n = pdf_lay(p, FACE_FANG, EM, false, text, CORE_W - 2 * EM);
	for (int i = 0; i < n; i++) {
		room(d, 1);
		pdf_lay(p, FACE_FANG, EM, false, text, CORE_W - 2 * EM);
		pdf_line(p, i, LEFT, baseline(d), CORE_W - 2 * EM, 1);
		d->line++;
	}
}

/* The code on the left, seven lines high; what it is beside it. */
static void qr_para(struct doc *d, const char *label, struct str data, struct fault *f, enum err *e)
{
	struct pdf *p = &d->p;
	struct qr q;
	double side = 7 * PITCH;
	if ((*e = qr_make(data, &q, f)) != OK)
		return;
	room(d, 8);
	double x0 = LEFT, y0 = TOP + d->line * PITCH + PITCH / 2, m = side / q.width;
	for (int y = 0; y < q.width; y++)
		for (int x = 0; x < q.width; x++)
			if (qr_dark(&q, x, y))
				cairo_rectangle(p->cr, x0 + x * m, y0 + y * m, m, m);
	cairo_fill(p->cr);
	qr_free(&q);
	int n = pdf_lay(p, FACE_FANG, EM, false, label, CORE_W - side - EM);
	for (int i = 0; i < n && i < 7; i++)
		pdf_line(p, i, LEFT + side + EM, y0 + i * PITCH + PITCH * 0.7, CORE_W - side - EM, 0);
	d->line += 8;
}

#define ROW_CELLS 8
/* The first row of a grid is its head. */
static void row_para(struct doc *d, const char *widths, const char *text, bool head)
{
	struct pdf *p = &d->p;
	struct str w = str_of(widths), t = str_of(text);
	double at[ROW_CELLS + 1] = { 0 }, unit = CORE_W / 26;
	char *cell[ROW_CELLS];
	int n = 0, most = 1, lines[ROW_CELLS];
	enum face face = head ? FACE_HEI : FACE_FANG;
	for (; n < ROW_CELLS && w.p && w.n; n++) {
		int64_t wide = 1;
		(void)str_int(str_cut(w, ',', &w), &wide);
		at[n + 1] = at[n] + (double)wide * unit;
		cell[n] = arena_cstr(p->a, t.p ? str_cut(t, '\t', &t) : STR(""));
		lines[n] = pdf_lay(p, face, 12, false, cell[n], at[n + 1] - at[n] - 8);
		most = lines[n] > most ? lines[n] : most;
	}
	int high = most > d->lines ? d->lines : most;
	room(d, high);
	double top = TOP + d->line * PITCH, bottom = top + high * PITCH;
	for (int i = 0; i < n; i++) {
		(void)pdf_lay(p, face, 12, false, cell[i], at[i + 1] - at[i] - 8);
		for (int k = 0; k < lines[i] && k < high; k++)
			pdf_line(p, k, LEFT + at[i] + 4, top + (high - lines[i]) * PITCH / 2 + k * PITCH + PITCH * 0.65, at[i + 1] - at[i] - 8, head || lines[i] == 1 ? (i == 1 && !head ? 0 : 2) : 0);
		cairo_set_line_width(p->cr, 0.6);
		cairo_rectangle(p->cr, LEFT + at[i], top, at[i + 1] - at[i], bottom - top);
		cairo_stroke(p->cr);
	}
	d->line += high;
}

static void para_draw(struct doc *d, const struct para *q, const struct para *before, struct fault *f, enum err *e)
{
	struct arena *a = d->p.a;
	char *text = paper_clean(a, q->text, 2000000, "…"), *label = paper_clean(a, q->label, 1000, "…");
	d->closing = q->kind == PARA_SIGN || q->kind == PARA_RIGHT;
	switch (q->kind) {
	case PARA_TITLE: title_para(d, text); break;
	case PARA_NUMBER: centred_para(d, text); break;
	case PARA_HEAD: text_para(d, FACE_HEI, text, 2 * EM, true); break;
	case PARA_BODY: text_para(d, FACE_FANG, text, 2 * EM, false); break;
	case PARA_PLAIN: text_para(d, FACE_FANG, text, 0, false); break;
	case PARA_FIELD: field_para(d, label, text); break;
	case PARA_SIGN: sign_para(d, q->label.n ? label : text, q->label.n ? text : "", q->ink); break;
	case PARA_RIGHT:
		d->line += before && before->kind != PARA_RIGHT && d->line > 0;   /* an empty line above who signs */
		right_para(d, text);
		break;
	case PARA_QR: qr_para(d, label, q->text, f, e); break;
	case PARA_ROW: row_para(d, label, text, !before || before->kind != PARA_ROW); break;
	}
}

static enum err fits(const struct document *doc, struct fault *f)
{
	size_t total = 0;
	for (size_t i = 0; i < doc->n; i++)
		total += doc->p[i].text.n + doc->p[i].label.n;
	return total > 8u << 20 || doc->n > 100000 ? fail(f, ERR_LIMIT, N_("The document is too large"), "%zu bytes of text", total) : OK;
}

/* ---- letter paper (信函格式, 10.1) ---- */

static void red(struct pdf *p) { cairo_set_source_rgb(p->cr, 0.86, 0, 0); }

/* Two lines 170 mm long, in the middle of the page; above the thick one first, below the thin one. */
static void red_lines(struct pdf *p, double y, bool thick_first)
{
	static const double wide[2] = { 2.2, 0.7 };
	double x = (p->w - 170 * MM) / 2;
	for (int i = 0; i < 2; i++) {
		cairo_set_line_width(p->cr, wide[thick_first ? i : 1 - i]);
		cairo_move_to(p->cr, x, y + i * 2.6);
		cairo_line_to(p->cr, x + 170 * MM, y + i * 2.6);
		cairo_stroke(p->cr);
	}
}

size_t paper_number_at(const struct document *doc)
{
	for (size_t i = 0; doc->head.n && i < doc->n; i++)
		if (doc->p[i].kind == PARA_NUMBER)
			return i;
	return doc->n;
}

/* The name's upper edge 30 mm below that of the paper, its line 4 mm below the name; the number right under the line. */
static void letter_head(struct doc *d, size_t number)
{
	struct pdf *p = &d->p;
	const struct document *doc = d->d;
	double size = 30;
	char *name = paper_clean(p->a, doc->head, 200, "…");
	do {
		pdf_lay(p, FACE_TITLE, size, true, name, 0);
		size -= 1;
	} while (pdf_line_width(p, 0) > 170 * MM && size > 12);
	red(p);
	pdf_line(p, 0, (p->w - 170 * MM) / 2, 30 * MM + size * 0.88, 170 * MM, 2);
	red_lines(p, 30 * MM + size * 1.05 + 4 * MM, true);
	red_lines(p, p->h - 20 * MM, false);
	pdf_grey(p, 0);
	d->line = 1;
	if (number < doc->n) {
		pdf_lay(p, FACE_FANG, EM, false, paper_clean(p->a, doc->p[number].text, 200, "…"), 0);
		pdf_line(p, 0, LEFT, baseline(d), CORE_W, 1);
	}
	d->line = 3;
}

static enum err doc_run(struct doc *d, const struct document *doc, struct fault *f)
{
	enum err e = OK;
	size_t number = paper_number_at(doc);
	d->closing = false;
	page_open(d);
	if (doc->head.n)
		letter_head(d, number);
	for (size_t i = 0; i < doc->n && e == OK; i++)
		if (i != number) {
			para_draw(d, &doc->p[i], i ? &doc->p[i - 1] : NULL, f, &e);
			d->alone &= d->closing;
		}
	return e;
}

/* Once into the air, to see where it ends. */
static bool ends_alone(const struct doc *d, const struct document *doc, int lines, struct fault *f)
{
	struct doc dry = *d;
	cairo_rectangle_t page = { 0, 0, d->p.w, d->p.h };
	cairo_surface_t *s = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &page);
	dry.p.cr = cairo_create(s);
	dry.lines = lines;
	dry.fresh = false;
	dry.page = 0;
	enum err e = doc_run(&dry, doc, f);
	cairo_destroy(dry.p.cr);
	cairo_surface_destroy(s);
	return e == OK && dry.alone;
}

static enum err doc_draw(struct doc *d, const struct document *doc, struct fault *f)
{
	bool closes = doc->n && (doc->p[doc->n - 1].kind == PARA_SIGN || doc->p[doc->n - 1].kind == PARA_RIGHT);
	d->d = doc;
	d->lines = LINES;
	while (closes && d->lines <= LINES_MOST && ends_alone(d, doc, d->lines, f))
		d->lines++;
	if (d->lines > LINES_MOST)
		d->lines = LINES;
	enum err e = doc_run(d, doc, f);
	page_close(d);
	return e;
}

enum err pdf_document(const struct document *doc, struct buf *ret, struct fault *f)
{
	TRY(fits(doc, f));
	struct doc d = { .d = doc };
	enum err e = pdf_begin(&d.p, doc->title, false, ret, f);
	if (e == OK)
		e = doc_draw(&d, doc, f);
	enum err end = pdf_end(&d.p);
	return e != OK ? e : end;
}

/* ---- a bound file ---- */

struct binder { struct doc d; struct fault *f; };

enum err binder_open(struct str title, struct buf *ret, struct fault *f, struct binder **ret_b)
{
	struct binder *b = xalloc(sizeof *b);
	*b = (struct binder){ .d = { .bound = true }, .f = f };
	*ret_b = b;
	return pdf_begin(&b->d.p, title, false, ret, f);
}

enum err binder_document(struct binder *b, const struct document *d, bool numbered)
{
	TRY(fits(d, b->f));
	b->d.loose = !numbered;
	return doc_draw(&b->d, d, b->f);
}

void binder_skip(struct binder *b, int pages) { b->d.page += pages; }
int binder_pages(const struct binder *b) { return b->d.page; }

#define EDGE (20 * MM)
static void jpeg_gone(void *p) { free(p); }

/* Its size as its own frame says (SOF0 … SOF2); our child wrote it. */
static bool jpeg_size(struct str s, int *w, int *h)
{
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t i = 2; i + 9 < s.n && p[i] == 0xFF;) {
		if (p[i + 1] >= 0xC0 && p[i + 1] <= 0xC2) {
			*h = p[i + 5] << 8 | p[i + 6];
			*w = p[i + 7] << 8 | p[i + 8];
			return *w > 0 && *h > 0 && *w <= 4096 && *h <= 4096;
		}
		i += 2 + (size_t)(p[i + 2] << 8 | p[i + 3]);
	}
	return false;
}

enum err binder_jpeg(struct binder *b, struct str jpeg)
{
	struct doc *d = &b->d;
	struct pdf *p = &d->p;
	int w, h;
	if (jpeg.n < 4 || !jpeg_size(jpeg, &w, &h))
		return fail(b->f, ERR_INVALID, NULL, "no jpeg of ours");
	/* One bit a point: cairo asks for a surface of the size, and takes the picture from the bytes beside it. */
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A1, w, h);
	unsigned char *own = xalloc(jpeg.n);
	memcpy(own, jpeg.p, jpeg.n);
	cairo_status_t st = cairo_surface_set_mime_data(s, CAIRO_MIME_TYPE_JPEG, own, jpeg.n, jpeg_gone, own);
	if (st != CAIRO_STATUS_SUCCESS)
		free(own);
	d->loose = false;
	d->page++;
	double zoom = fmin((p->w - 2 * EDGE) / w, (p->h - 2 * EDGE) / h);
	cairo_save(p->cr);
	cairo_translate(p->cr, (p->w - w * zoom) / 2, (p->h - h * zoom) / 2);
	cairo_scale(p->cr, zoom, zoom);
	cairo_set_source_surface(p->cr, s, 0, 0);
	cairo_paint(p->cr);
	cairo_restore(p->cr);
	cairo_surface_destroy(s);
	corner_number(d);
	cairo_show_page(p->cr);
	return st == CAIRO_STATUS_SUCCESS ? OK : fail(b->f, ERR_INTERNAL, NULL, "cairo: %s", cairo_status_to_string(st));
}

enum err binder_close(struct binder *b)
{
	enum err e = pdf_end(&b->d.p);
	free(b);
	return e;
}
