/* Files as phones and offices make them, made here: nobody's photos. */
#ifndef XA_SAMPLES_H
#define XA_SAMPLES_H
#include "base/base.h"
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include <png.h>
#include <zip.h>

/* Left half dark, right half light; with a place and a way of holding in its EXIF when asked for. */
__attribute__((unused)) static struct str sample_jpeg(struct arena *a, unsigned w, unsigned h, int way, const char *place)
{
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr err;
	unsigned char *out = NULL, *row = arena_alloc(a, w * 3);
	unsigned long n = 0;
	j.err = jpeg_std_error(&err);
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &out, &n);
	j.image_width = w, j.image_height = h, j.input_components = 3, j.in_color_space = JCS_RGB;
	jpeg_set_defaults(&j);
	jpeg_set_quality(&j, 90, TRUE);
	jpeg_start_compress(&j, TRUE);
	if (place) {
		unsigned char exif[300] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
		exif[25] = (unsigned char)way;
		size_t len = strlen(place);
		memcpy(exif + 40, place, len);
		jpeg_write_marker(&j, JPEG_APP0 + 1, exif, (unsigned)(40 + len));
	}
	memset(row, 240, w * 3);
	memset(row, 20, w / 2 * 3);
	while (j.next_scanline < h)
		jpeg_write_scanlines(&j, &row, 1);
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	struct str s = arena_str(a, (struct str){ (char *)out, n });
	free(out);
	return s;
}

__attribute__((unused)) static struct str sample_png(struct arena *a, unsigned w, unsigned h)
{
	png_image i = { .version = PNG_IMAGE_VERSION, .width = w, .height = h, .format = PNG_FORMAT_RGB };
	png_alloc_size_t n = (size_t)w * h * 4 + 65536;
	char *out = arena_alloc(a, n), *px = arena_alloc(a, (size_t)w * h * 3);
	if (!png_image_write_to_memory(&i, out, &n, 0, px, 0, NULL))
		abort();
	return (struct str){ out, n };
}

__attribute__((unused)) static struct str sample_pdf(void)
{
	static const char pdf[] = "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Length 31>>stream\n1 0 0 rg 20 20 200 200 re f     \nendstream\nendobj\n"
		"trailer<</Root 1 0 R>>\n%%EOF\n";
	return (struct str){ pdf, sizeof pdf - 1 };
}

/* An Office file of these parts ("name", "name", NULL). */
__attribute__((unused)) static struct str sample_office(struct arena *a, const char *const *parts)
{
	zip_error_t ze;
	zip_error_init(&ze);
	zip_source_t *src = zip_source_buffer_create(NULL, 0, 0, &ze);
	zip_source_keep(src);
	zip_t *z = zip_open_from_source(src, ZIP_TRUNCATE, &ze);
	for (; *parts; parts++)
		(void)zip_file_add(z, *parts, zip_source_buffer(z, "<x/>", 4, 0), 0);
	if (zip_close(z) != 0)
		abort();
	zip_stat_t st;
	zip_source_stat(src, &st);
	char *out = arena_alloc(a, st.size);
	zip_source_open(src);
	zip_source_read(src, out, st.size);
	zip_source_close(src);
	zip_source_free(src);
	return (struct str){ out, st.size };
}
#define OFFICE(a, ...) sample_office((a), (const char *const[]){ "[Content_Types].xml", __VA_ARGS__, NULL })
#endif
