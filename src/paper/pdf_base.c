/* Why: pango shapes and breaks Chinese lines, cairo writes the file; this file holds what tables and running text share.
 * Invariants: lines are placed by us on a fixed pitch, so a page does not depend on which face the office has (every
 * han is one em wide); the same text at the same now_ms() with the same fonts gives the same bytes.
 * Font maps are pango's, one a thread, kept alive by pango: the first page of a thread costs 60 ms more. */
#include "paper/inner.h"
#include "base/clock.h"
#include <cairo-pdf.h>
#include <math.h>
#include <stdio.h>

/* First present wins. 仿宋 and 小标宋 are sold with Windows and WPS; offices drop them where fontconfig looks. */
static const char *const families[FACE_COUNT][8] = {
	[FACE_SONG] = { "SimSun", "Noto Serif CJK SC", "AR PL UMing CN", NULL },
	[FACE_HEI] = { "SimHei", "Noto Sans CJK SC", NULL },
	[FACE_KAI] = { "KaiTi_GB2312", "KaiTi", "LXGW WenKai", "AR PL UKai CN", "AR PL KaitiM GB", NULL },
	[FACE_FANG] = { "FangSong_GB2312", "FangSong", "FZFangSong-Z02", "STFangsong", "Zhuque Fangsong", NULL },
	[FACE_TITLE] = { "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "Noto Serif CJK SC", NULL },
};

char *paper_clean(struct arena *a, struct str s, size_t max, const char *cut)
{
	BUF_AUTO b = BUF(4 * max + 64);
	const char *p = s.p, *end = s.p ? s.p + s.n : NULL;
	size_t n = 0, reserve = max > 40 ? 12 : 0;
	while (p < end) {
		char u[4];
		uint32_t cp = utf8_next(&p, end);
		if (cp == '\r')
			continue;
		if ((cp < 0x20 && cp != '\n' && cp != '\t') || cp == 0x7F || cp == 0xFFFE || cp == 0xFFFF)
			cp = 0xFFFD;
		n += cp > 0xFFFF ? 2 : 1;
		if (n + reserve > max) {
			buf_cstr(&b, cut);
			break;
		}
		buf_put(&b, u, utf8_put(u, cp));
	}
	return arena_cstr(a, buf_view(&b));
}

static struct str grouped(struct arena *a, const char *digits, const char *tail)
{
	BUF_AUTO b = BUF(128);
	size_t n = strlen(digits), i = 0;
	if (digits[0] == '-')
		buf_char(&b, digits[i++]);
	for (; i < n; i++) {
		buf_char(&b, digits[i]);
		if (i + 1 < n && (n - i - 1) % 3 == 0)
			buf_char(&b, ',');
	}
	buf_cstr(&b, tail);
	return arena_str(a, buf_view(&b));
}

struct str cell_text(struct arena *a, const struct cell *c)
{
	char t[64];
	BUF_AUTO b = BUF(64);
	switch (c->t) {
	case CELL_TEXT:
		return c->s;
	case CELL_INT:
		snprintf(t, sizeof(t), "%lld", (long long)c->i);
		return grouped(a, t, "");
	case CELL_REAL:
		snprintf(t, sizeof(t), "%.2f", c->r);
		if (strchr(t, '.') && strlen(t) > 6) {
			char *dot = strchr(t, '.'), tail[8];
			snprintf(tail, sizeof(tail), "%s", dot);
			*dot = 0;
			return grouped(a, t, tail);
		}
		return arena_str(a, str_of(t));
	case CELL_PERCENT: {
		double tenths = floor(fabs(c->r) * 1000 + 0.5 + 1e-9);
		if (c->r < 1 && c->r > 0 && tenths >= 1000)
			return STR("99.9%+");
		return arena_fmt(a, "%s%.1f%%", c->r < 0 && tenths > 0 ? "-" : "", tenths / 10);
	}
	case CELL_POINTS: {
		double tenths = floor(fabs(c->r) * 1000 + 0.5 + 1e-9);
		return arena_fmt(a, "%s%.1f%.*s", tenths == 0 ? "" : c->r < 0 ? "-" : "+", tenths / 10, (int)c->s.n, c->s.p);
	}
	case CELL_DATE:
		if (c->i == day_start(day_of(c->i)))
			date_put(&b, c->i);
		else
			datetime_put(&b, c->i);
		return arena_str(a, buf_view(&b));
	case CELL_EMPTY:
		break;
	}
	return STR("");
}

/* ---- faces ---- */

static PangoFontFamily *family_find(PangoFontMap *map, const char *name)
{
	PangoFontFamily **fam = NULL, *hit = NULL;
	int n = 0;
	pango_font_map_list_families(map, &fam, &n);
	for (int i = 0; i < n && !hit; i++)
		if (strcmp(pango_font_family_get_name(fam[i]), name) == 0)
			hit = fam[i];
	g_free(fam);
	return hit;
}

/* The family list for pango: the face found, then Noto for characters it lacks. */
static void faces_find(struct pdf *p)
{
	PangoFontMap *map = pango_cairo_font_map_get_default();
	for (int k = 0; k < FACE_COUNT; k++) {
		const char *hit = NULL;
		for (int i = 0; families[k][i] && !hit; i++)
			if (family_find(map, families[k][i]))
				hit = families[k][i];
		const char *rest = k == FACE_HEI ? "Noto Sans CJK SC" : "Noto Serif CJK SC";
		p->family[k] = hit && strcmp(hit, rest) != 0 ? arena_printf(p->a, "%s,%s", hit, rest) : rest;
	}
}

static cairo_status_t on_bytes(void *arg, const unsigned char *p, unsigned n)
{
	struct buf *b = arg;
	buf_put(b, p, n);
	return b->over ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

enum err pdf_begin(struct pdf *p, struct str title, bool landscape, struct buf *ret, struct fault *f)
{
	*p = (struct pdf){ .a = arena_new(1u << 30), .out = ret, .f = f, .w = landscape ? A4_H : A4_W, .h = landscape ? A4_W : A4_H };
	p->surface = cairo_pdf_surface_create_for_stream(ret ? on_bytes : NULL, ret, p->w, p->h);
	if (cairo_surface_status(p->surface) != CAIRO_STATUS_SUCCESS)
		return fail(f, ERR_INTERNAL, NULL, "cairo: %s", cairo_status_to_string(cairo_surface_status(p->surface)));
	BUF_AUTO when = BUF(64);
	iso_put(&when, now_ms());
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, paper_clean(p->a, title, 300, "…"));
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "XiaoAn " XA_VERSION);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, when.p);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_MOD_DATE, when.p);
	p->cr = cairo_create(p->surface);
	p->pc = pango_cairo_create_context(p->cr);
	pango_context_set_language(p->pc, pango_language_from_string("zh-cn"));
	pango_context_set_base_dir(p->pc, PANGO_DIRECTION_LTR);
	pango_cairo_context_set_resolution(p->pc, 72);
	cairo_font_options_t *fo = cairo_font_options_create();
	cairo_font_options_set_hint_style(fo, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(fo, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(p->pc, fo);
	cairo_font_options_destroy(fo);
	p->layout = pango_layout_new(p->pc);
	faces_find(p);
	return OK;
}

enum err pdf_end(struct pdf *p)
{
	cairo_status_t s = p->cr ? cairo_status(p->cr) : CAIRO_STATUS_SUCCESS;
	if (p->surface) {
		cairo_surface_finish(p->surface);
		if (s == CAIRO_STATUS_SUCCESS)
			s = cairo_surface_status(p->surface);
	}
	if (p->layout)
		g_object_unref(p->layout);
	if (p->pc)
		g_object_unref(p->pc);
	if (p->cr)
		cairo_destroy(p->cr);
	if (p->surface)
		cairo_surface_destroy(p->surface);
	arena_free(p->a);
	if (p->out && p->out->over)
		return fail(p->f, ERR_LIMIT, N_("The document is too large"), "pdf of more than %zu bytes", p->out->ceiling);
	if (s != CAIRO_STATUS_SUCCESS)
		return fail(p->f, ERR_INTERNAL, NULL, "cairo: %s", cairo_status_to_string(s));
	return OK;
}

/* ---- lines ---- */

int pdf_lay(struct pdf *p, enum face face, double size, bool bold, const char *text, double width)
{
	PangoFontDescription *d = pango_font_description_new();
	pango_font_description_set_family_static(d, p->family[face]);
	pango_font_description_set_absolute_size(d, floor(size * PANGO_SCALE + 0.5));
	pango_font_description_set_weight(d, bold || face == FACE_TITLE ? PANGO_WEIGHT_BOLD : face == FACE_FANG ? PANGO_WEIGHT_LIGHT : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(p->layout, d);
	pango_font_description_free(d);
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_indent(p->layout, 0);
	pango_layout_set_width(p->layout, width > 0 ? (int)ceil(width * PANGO_SCALE) : -1);
	pango_layout_set_text(p->layout, text, -1);
	return pango_layout_get_line_count(p->layout);
}

double pdf_line_width(struct pdf *p, int i)
{
	PangoRectangle r;
	pango_layout_line_get_extents(pango_layout_get_line_readonly(p->layout, i), NULL, &r);
	return (double)r.width / PANGO_SCALE;
}

void pdf_line(struct pdf *p, int i, double x, double y, double width, int align)
{
	double spare = align ? width - pdf_line_width(p, i) : 0;
	cairo_move_to(p->cr, x + (align == 1 ? spare : align == 2 ? spare / 2 : 0), y);
	pango_cairo_show_layout_line(p->cr, pango_layout_get_line_readonly(p->layout, i));
}

void pdf_grey(struct pdf *p, double level)
{
	cairo_set_source_rgb(p->cr, level, level, level);
}

void pdf_rule(struct pdf *p, double x0, double y, double x1, double thick)
{
	cairo_set_line_width(p->cr, thick);
	cairo_move_to(p->cr, x0, y);
	cairo_line_to(p->cr, x1, y);
	cairo_stroke(p->cr);
}

void pdf_stroke(struct pdf *p, double x, double y, bool down)
{
	if (!down)
		cairo_move_to(p->cr, x, y);
	else
		cairo_line_to(p->cr, x, y);
}

void pdf_stroke_end(struct pdf *p)
{
	cairo_set_line_width(p->cr, 1.1);
	cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
	cairo_stroke(p->cr);
	cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_BUTT);
}

/* ---- for doctor ---- */

enum err pdf_fonts(struct arena *a, struct str *ret_report, bool *ret_ok, struct fault *f)
{
	static const char *const names[FACE_COUNT] = { "宋体", "黑体", "楷体", "仿宋", "小标宋" };
	static const char probe[] = "张家港市妇联婚姻家庭纠纷调解协议书回访〔2026〕12号——“满意”、￥㎡①𠮷㛃䶮喆·—%";
	struct pdf p;
	BUF_AUTO bin = BUF(8 << 20), b = BUF(4096);
	enum err e = pdf_begin(&p, STR("fonts"), false, &bin, f);
	bool ok = true;
	for (int k = 0; k < FACE_COUNT && e == OK; k++) {
		pdf_lay(&p, (enum face)k, 12, false, probe, 0);
		int lost = pango_layout_get_unknown_glyphs_count(p.layout);
		PangoFont *font = pango_context_load_font(p.pc, pango_layout_get_font_description(p.layout));
		PangoFontDescription *d = font ? pango_font_describe(font) : NULL;
		const char *used = d ? pango_font_description_get_family(d) : "-";
		bool cjk = lost == 0;
		ok &= cjk;
		buf_printf(&b, "%s: %s%s\n", names[k], used, cjk ? "" : " (缺字)");
		if (d)
			pango_font_description_free(d);
		if (font)
			g_object_unref(font);
	}
	enum err end = pdf_end(&p);
	TRY(e);
	TRY(end);
	*ret_report = arena_str(a, buf_view(&b));
	*ret_ok = ok;
	return OK;
}
