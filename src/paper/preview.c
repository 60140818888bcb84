/* Why: who looks at evidence must not have to open the file itself, and who is shown it must not learn from it where it was taken.
 * Invariants: sizes are looked at before memory is taken; a picture leaves only as pixels compressed anew. */
#include "paper/preview.h"
#include <cairo.h>
#include <dlfcn.h>
#include <fontconfig/fontconfig.h>
#include <glib.h>
#include <magic.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include <webp/decode.h>
#include <zip.h>

#define PIXELS_MAX ((uint64_t)64 << 20)       /* of a picture as it is; */
#define DECODED_MAX ((uint64_t)40 << 20)      /* as it must be laid out in memory */
#define ZIP_PARTS 1000
#define ZIP_BYTES ((uint64_t)100 << 20)

struct picture { unsigned w, h; unsigned char *rgb; };

/* ---- the kind ---- */

static magic_t table;
/* poppler is C++ and large: the server never loads it. */
static struct {
	void *(*open)(GBytes *bytes, const char *password, GError **error);
	void *(*page)(void *document, int index);
	void (*size)(void *page, double *w, double *h);
	void (*render)(void *page, cairo_t *cr);
	int (*pages)(void *document);
} pdf;

bool preview_ready(void)
{
	void *lib = dlopen("libpoppler-glib.so.8", RTLD_NOW | RTLD_LOCAL);
	if (lib) {
		*(void **)&pdf.open = dlsym(lib, "poppler_document_new_from_bytes");
		*(void **)&pdf.page = dlsym(lib, "poppler_document_get_page");
		*(void **)&pdf.size = dlsym(lib, "poppler_page_get_size");
		*(void **)&pdf.render = dlsym(lib, "poppler_page_render");
		*(void **)&pdf.pages = dlsym(lib, "poppler_document_get_n_pages");
	}
	(void)FcInit();
	table = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TAR);
	return table && magic_load(table, NULL) == 0;
}

/* Documents of Office are zip files; what they are stands in their parts. Macros are refused, and what would unpack without end. */
static const char *office(struct str bytes)
{
	zip_error_t ze;
	zip_error_init(&ze);
	zip_source_t *src = zip_source_buffer_create(bytes.p, bytes.n, 0, &ze);
	zip_t *z = src ? zip_open_from_source(src, ZIP_RDONLY | ZIP_CHECKCONS, &ze) : NULL;
	const char *type = NULL;
	uint64_t sum = 0;
	if (!z) {
		zip_source_free(src);
		return NULL;
	}
	int64_t n = zip_get_num_entries(z, 0);
	bool bad = n > ZIP_PARTS, content = zip_name_locate(z, "[Content_Types].xml", 0) >= 0;
	for (int64_t i = 0; i < n && !bad; i++) {
		zip_stat_t st;
		bad = zip_stat_index(z, (zip_uint64_t)i, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE) || (sum += st.size) > ZIP_BYTES || !st.name ||
		      str_ends(str_of(st.name), "vbaProject.bin");
	}
	if (!bad && content)
		type = zip_name_locate(z, "word/document.xml", 0) >= 0 ? "docx" : zip_name_locate(z, "xl/workbook.xml", 0) >= 0 ? "xlsx" : NULL;
	zip_discard(z);
	return type;
}

/* UTF-8 without control characters but those of lines; libmagic calls many things text. */
static bool plain_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' && s.p[i] != '\r' && s.p[i] != '\t')
			return false;
	return s.n > 0;
}

const char *preview_type(struct str bytes)
{
	static const struct { const char *mime, *type; } kinds[] = {
		{ "image/jpeg", "jpeg" }, { "image/png", "png" }, { "image/webp", "webp" }, { "image/heic", "heic" }, { "image/heif", "heic" }, { "application/pdf", "pdf" },
		{ "audio/mpeg", "mp3" }, { "audio/mp4", "m4a" }, { "audio/x-m4a", "m4a" }, { "video/mp4", "mp4" }, { "video/quicktime", "mp4" }, { "audio/amr", "amr" },
		{ "audio/AMR", "amr" }, { "audio/x-wav", "wav" }, { "audio/wav", "wav" }, { "video/3gpp", "mp4" },
	};
	const char *mime = magic_buffer(table, bytes.p, bytes.n);
	if (!mime)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(mime, kinds[i].mime) == 0)
			return kinds[i].type;
	if (strcmp(mime, "application/zip") == 0 || str_starts(str_of(mime), "application/vnd.openxmlformats") || strcmp(mime, "application/octet-stream") == 0)
		return office(bytes);
	/* No page of the web, no script: only what a pen would write. */
	return (strcmp(mime, "text/plain") == 0) && plain_text(bytes) ? "txt" : NULL;
}

/* ---- pixels ---- */

static bool room_for(struct picture *p, uint64_t w, uint64_t h)
{
	if (!w || !h || w > 65535 || h > 65535 || w * h > DECODED_MAX)
		return false;
	*p = (struct picture){ (unsigned)w, (unsigned)h, xalloc(w * h * 3) };
	return true;
}

/* Smaller by the mean of what falls on each new pixel. */
static struct picture smaller(const struct picture *p, unsigned edge)
{
	unsigned most = p->w > p->h ? p->w : p->h;
	struct picture o = { p->w, p->h, NULL };
	if (most > edge) {
		o.w = (unsigned)((uint64_t)p->w * edge / most);
		o.h = (unsigned)((uint64_t)p->h * edge / most);
		o.w += !o.w;
		o.h += !o.h;
	}
	o.rgb = xalloc((size_t)o.w * o.h * 3);
	for (unsigned y = 0; y < o.h; y++)
		for (unsigned x = 0; x < o.w; x++) {
			unsigned x0 = (unsigned)((uint64_t)x * p->w / o.w), x1 = (unsigned)((uint64_t)(x + 1) * p->w / o.w);
			unsigned y0 = (unsigned)((uint64_t)y * p->h / o.h), y1 = (unsigned)((uint64_t)(y + 1) * p->h / o.h);
			uint64_t sum[3] = { 0 }, n = 0;
			x1 += x1 == x0;
			y1 += y1 == y0;
			for (unsigned v = y0; v < y1; v++)
				for (unsigned u = x0; u < x1; u++, n++)
					for (int k = 0; k < 3; k++)
						sum[k] += p->rgb[((size_t)v * p->w + u) * 3 + (size_t)k];
			for (int k = 0; k < 3; k++)
				o.rgb[((size_t)y * o.w + x) * 3 + (size_t)k] = (unsigned char)(sum[k] / n);
		}
	return o;
}

/* As the camera was held (EXIF 1…8). */
static void upright(struct picture *p, int way)
{
	if (way < 2 || way > 8)
		return;
	bool swap = way >= 5;
	struct picture o = { swap ? p->h : p->w, swap ? p->w : p->h, xalloc((size_t)p->w * p->h * 3) };
	for (unsigned y = 0; y < o.h; y++)
		for (unsigned x = 0; x < o.w; x++) {
			unsigned u = x, v = y;
			switch (way) {
			case 2: u = p->w - 1 - x; break;
			case 3: u = p->w - 1 - x; v = p->h - 1 - y; break;
			case 4: v = p->h - 1 - y; break;
			case 5: u = y; v = x; break;
			case 6: u = y; v = p->h - 1 - x; break;
			case 7: u = p->w - 1 - y; v = p->h - 1 - x; break;
			default: u = p->w - 1 - y; v = x; break;
			}
			memcpy(o.rgb + ((size_t)y * o.w + x) * 3, p->rgb + ((size_t)v * p->w + u) * 3, 3);
		}
	free(p->rgb);
	*p = o;
}

/* ---- JPEG ---- */

struct jerr { struct jpeg_error_mgr m; jmp_buf back; };
static void jpeg_stop(j_common_ptr c) { longjmp(((struct jerr *)c->err)->back, 1); }   /* banned: libjpeg knows no other way out of an error */
static void jpeg_quiet(j_common_ptr c, int level) { (void)c, (void)level; }

static unsigned get16(const unsigned char *p, bool little) { return little ? p[0] | (unsigned)p[1] << 8 : (unsigned)p[0] << 8 | p[1]; }
static unsigned get32(const unsigned char *p, bool little) { return little ? get16(p, true) | get16(p + 2, true) << 16 : get16(p, false) << 16 | get16(p + 2, false); }

/* The tag 0x0112 of the first directory; 1 when there is none. */
static int orientation(const unsigned char *p, size_t n)
{
	if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0)
		return 1;
	p += 6, n -= 6;
	bool little = p[0] == 'I';
	size_t at = get32(p + 4, little);
	if (at > n || n - at < 2)
		return 1;
	unsigned count = get16(p + at, little);
	for (unsigned i = 0; i < count && n - at - 2 >= (size_t)(i + 1) * 12; i++) {
		const unsigned char *e = p + at + 2 + (size_t)i * 12;
		if (get16(e, little) == 0x0112)
			return (int)get16(e + 8, little);
	}
	return 1;
}

static bool jpeg_read(struct jpeg_decompress_struct *j, struct str bytes, struct picture *ret, int *ret_way)
{
	jpeg_create_decompress(j);
	jpeg_save_markers(j, JPEG_APP0 + 1, 65535);
	jpeg_mem_src(j, (const unsigned char *)bytes.p, bytes.n);
	if (jpeg_read_header(j, TRUE) != JPEG_HEADER_OK || (uint64_t)j->image_width * j->image_height > PIXELS_MAX)
		return false;
	for (jpeg_saved_marker_ptr m = j->marker_list; m && *ret_way == 1; m = m->next)
		if (m->marker == JPEG_APP0 + 1)
			*ret_way = orientation(m->data, m->data_length);
	unsigned most = j->image_width > j->image_height ? j->image_width : j->image_height;
	j->scale_num = 1;
	for (j->scale_denom = 1; j->scale_denom < 8 && most / (j->scale_denom * 2) >= PREVIEW_VIEW;)
		j->scale_denom *= 2;
	j->out_color_space = j->num_components == 4 ? JCS_CMYK : JCS_RGB;
	jpeg_start_decompress(j);
	if (!room_for(ret, j->output_width, j->output_height))
		return false;
	unsigned char *line = j->output_components == 4 ? xalloc((size_t)ret->w * 4) : NULL;
	while (j->output_scanline < j->output_height) {
		unsigned char *to = ret->rgb + (size_t)j->output_scanline * ret->w * 3, *row = line ? line : to;
		jpeg_read_scanlines(j, &row, 1);
		for (size_t x = 0; line && x < ret->w; x++)      /* as Adobe writes it: inverted */
			for (size_t k = 0; k < 3; k++)
				to[x * 3 + k] = (unsigned char)(line[x * 4 + k] * line[x * 4 + 3] / 255);
	}
	free(line);
	return true;
}

static bool of_jpeg(struct str bytes, struct picture *ret)
{
	struct jpeg_decompress_struct j;
	struct jerr err;
	volatile bool ok = false;
	int way = 1;
	j.err = jpeg_std_error(&err.m);
	err.m.error_exit = jpeg_stop;
	err.m.emit_message = jpeg_quiet;
	if (setjmp(err.back) == 0)   /* banned: see jpeg_stop() */
		ok = jpeg_read(&j, bytes, ret, &way);
	jpeg_destroy_decompress(&j);
	if (ok)
		upright(ret, way);
	return ok;
}

static bool jpeg_write(const struct picture *p, int quality, struct buf *ret)
{
	struct jpeg_compress_struct j;
	struct jerr err;
	unsigned char *out = NULL;
	unsigned long n = 0;
	j.err = jpeg_std_error(&err.m);
	err.m.error_exit = jpeg_stop;
	if (setjmp(err.back) != 0)   /* banned: see jpeg_stop() */
		return false;
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &out, &n);
	j.image_width = p->w;
	j.image_height = p->h;
	j.input_components = 3;
	j.in_color_space = JCS_RGB;
	jpeg_set_defaults(&j);
	jpeg_set_quality(&j, quality, TRUE);
	jpeg_start_compress(&j, TRUE);
	while (j.next_scanline < j.image_height) {
		JSAMPROW row = p->rgb + (size_t)j.next_scanline * p->w * 3;
		jpeg_write_scanlines(&j, &row, 1);
	}
	jpeg_finish_compress(&j);
	buf_put(ret, out, n);
	jpeg_destroy_compress(&j);
	free(out);
	return !ret->over;
}

/* ---- PNG, WebP, PDF ---- */

static bool of_png(struct str bytes, struct picture *ret)
{
	png_image i = { .version = PNG_IMAGE_VERSION };
	static const png_color white = { 255, 255, 255 };
	bool ok = png_image_begin_read_from_memory(&i, bytes.p, bytes.n) && room_for(ret, i.width, i.height);
	if (ok) {
		i.format = PNG_FORMAT_RGB;
		ok = png_image_finish_read(&i, &white, ret->rgb, 0, NULL);
	}
	png_image_free(&i);
	return ok;
}

static bool of_webp(struct str bytes, struct picture *ret)
{
	int w = 0, h = 0;
	const uint8_t *in = (const uint8_t *)bytes.p;
	if (!WebPGetInfo(in, bytes.n, &w, &h) || w < 1 || h < 1 || !room_for(ret, (uint64_t)w, (uint64_t)h))
		return false;
	uint8_t *v = WebPDecodeRGBA(in, bytes.n, &w, &h);
	if (!v)
		return false;
	for (size_t i = 0; i < (size_t)ret->w * ret->h; i++)
		for (size_t k = 0; k < 3; k++)
			ret->rgb[i * 3 + k] = (unsigned char)((v[i * 4 + k] * v[i * 4 + 3] + 255 * (255 - v[i * 4 + 3])) / 255);
	WebPFree(v);
	return true;
}

static void *pdf_open(struct str bytes)
{
	if (!pdf.open || !pdf.page || !pdf.size || !pdf.render || !pdf.pages)
		return NULL;
	return pdf.open(g_bytes_new_static(bytes.p, bytes.n), NULL, NULL);
}

static bool pdf_picture(void *doc, int nth, double longest, struct picture *ret)
{
	void *page = doc ? pdf.page(doc, nth) : NULL;
	double w = 0, h = 0;
	if (page)
		pdf.size(page, &w, &h);
	if (!(w >= 1 && h >= 1 && w < 20000 && h < 20000))
		return false;
	double zoom = longest / (w > h ? w : h);
	if (!room_for(ret, (uint64_t)(w * zoom) + 1, (uint64_t)(h * zoom) + 1))
		return false;
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ret->w, (int)ret->h);
	cairo_t *cr = cairo_create(s);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_scale(cr, zoom, zoom);
	pdf.render(page, cr);
	cairo_surface_flush(s);
	const unsigned char *px = cairo_image_surface_get_data(s);
	for (unsigned y = 0; px && y < ret->h; y++)
		for (unsigned x = 0; x < ret->w; x++) {
			uint32_t v;
			memcpy(&v, px + (size_t)y * (size_t)cairo_image_surface_get_stride(s) + (size_t)x * 4, 4);
			unsigned char *to = ret->rgb + ((size_t)y * ret->w + x) * 3;
			to[0] = (unsigned char)(v >> 16), to[1] = (unsigned char)(v >> 8), to[2] = (unsigned char)v;
		}
	bool ok = px && cairo_status(cr) == CAIRO_STATUS_SUCCESS;   /* the document stays open: the process ends now */
	cairo_destroy(cr);
	cairo_surface_destroy(s);
	return ok;
}

static bool of_pdf(struct str bytes, struct picture *ret) { return pdf_picture(pdf_open(bytes), 0, 1400, ret); }

static const struct { const char *type; bool (*fn)(struct str, struct picture *); } readers[] = { { "jpeg", of_jpeg }, { "png", of_png }, { "webp", of_webp }, { "pdf", of_pdf } };

int preview_count(const char *type, struct str bytes)
{
	void *doc = strcmp(type, "pdf") == 0 ? pdf_open(bytes) : NULL;
	return doc ? pdf.pages(doc) : strcmp(type, "jpeg") == 0 || strcmp(type, "png") == 0 || strcmp(type, "webp") == 0;
}

bool preview_page(const char *type, struct str bytes, int nth, struct buf *ret)
{
	static void *doc;
	struct picture p = { 0 }, v;
	bool ok = false;
	if (strcmp(type, "pdf") == 0)
		ok = pdf_picture(doc ? doc : (doc = pdf_open(bytes)), nth, PREVIEW_PAGE, &p);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (readers[i].fn != of_pdf && strcmp(type, readers[i].type) == 0)
			ok = readers[i].fn(bytes, &p);
	if (ok) {
		v = smaller(&p, PREVIEW_PAGE);
		ok = jpeg_write(&v, 64, ret);
		free(v.rgb);
	}
	free(p.rgb);
	return ok;
}

bool preview_make(const char *type, struct str bytes, struct buf *ret_view, struct buf *ret_tile)
{
	struct picture p = { 0 };
	bool ok = false;
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (strcmp(type, readers[i].type) == 0)
			ok = readers[i].fn(bytes, &p);
	if (ok) {
		struct picture v = smaller(&p, PREVIEW_VIEW), t = smaller(&v, PREVIEW_TILE);
		ok = jpeg_write(&v, 82, ret_view) && jpeg_write(&t, 70, ret_tile);
		free(v.rgb);
		free(t.rgb);
	}
	free(p.rgb);
	return ok;
}
