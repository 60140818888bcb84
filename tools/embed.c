/*
 * embed: puts files into the program.
 *
 *   embed files OUT.c OUT.bin ROOT [+ROOT2] DIR[:SUFFIX]...    const struct embedded embedded[], see src/base/embedded.h
 *       ROOT2 holds made files of the same folders; a file that is in both comes from ROOT2
 *   embed assets OUT.c OUT.bin DIR                    const struct asset assets[], see src/web/web.h
 *
 * All bytes go into OUT.bin, which the assembler takes in with .incbin: megabytes cost no compile time. Each file is
 * followed by a NUL so that a text may be read as a C string. The C file names a checksum of the bytes, so that it
 * changes, and is compiled again, whenever they do.
 */
#include "tool.h"
#include <zlib.h>

/* Where a file's bytes lie in the blob. */
static size_t blob_add(struct text *blob, const void *p, size_t n)
{
	size_t at = blob->n;
	text_put(blob, p, n);
	text_put(blob, "", 1);
	while (blob->n % 16)
		text_put(blob, "", 1);
	return at;
}

static void blob_asm(struct text *c, const struct text *blob, const char *path, const char *sym)
{
	text_printf(c, "/* bytes: crc %08lx of %zu */\n", crc32(0, (const Bytef *)blob->p, (uInt)blob->n), blob->n);
	text_printf(c, "__asm__(\".section .rodata\\n.balign 16\\n%s:\\n.incbin \\\"%s\\\"\\n.byte 0\\n.previous\\n\");\n", sym, path);
	text_printf(c, "extern const char %s[] __attribute__((visibility(\"hidden\")));\n\n", sym);
}

/* In both roots: once in the list. */
static void paths_once(struct paths *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		if (!n || strcmp(l->p[n - 1], l->p[i]) != 0)
			l->p[n++] = l->p[i];
		else
			free(l->p[i]);
	l->n = n;
}

static int embed_files(int argc, char **argv)
{
	const char *out_c = argv[2], *out_bin = argv[3], *root = argv[4];
	const char *made = argc > 5 && argv[5][0] == '+' ? argv[5] + 1 : NULL;
	struct paths l = { 0 };
	for (int i = made ? 6 : 5; i < argc; i++) {
		char *suffix = strchr(argv[i], ':');
		if (suffix)
			*suffix++ = 0;
		paths_find(&l, root, argv[i], suffix ? suffix : "");
		if (made)
			paths_find(&l, made, argv[i], suffix ? suffix : "");
	}
	paths_once(&l);
	struct text blob = { 0 }, table = { 0 }, c = { 0 };
	text_put(&blob, "", 0);
	for (size_t i = 0; i < l.n; i++) {
		struct text full = { 0 }, from_made = { 0 }, bytes;
		text_printf(&full, "%s/%s", root, l.p[i]);
		text_printf(&from_made, "%s/%s", made ? made : root, l.p[i]);
		if (!(made && file_read(from_made.p, &bytes)) && !file_read(full.p, &bytes))
			die("%s: %s", full.p, strerror(errno));
		free(from_made.p);
		text_puts(&table, "\t{ \"");
		text_c(&table, l.p[i], strlen(l.p[i]));
		text_printf(&table, "\", xa_embedded_blob + %zu, %zu },\n", blob_add(&blob, bytes.p, bytes.n), bytes.n);
		free(bytes.p);
		free(full.p);
	}
	file_write(out_bin, &blob);
	text_puts(&c, "/* Made by tools/embed. */\n#include \"base/embedded.h\"\n#include <string.h>\n\n");
	blob_asm(&c, &blob, out_bin, "xa_embedded_blob");
	text_puts(&c, "const struct embedded embedded[] = {\n");
	if (table.n)
		text_put(&c, table.p, table.n);
	text_printf(&c, "\t{ NULL, NULL, 0 }\n};\n\nstatic const size_t count = %zu;\n\n", l.n);
	text_puts(&c, "const struct embedded *embedded_find(const char *name)\n{\n"
		"\tsize_t lo = 0, hi = count;\n"
		"\twhile (lo < hi) {\n"
		"\t\tsize_t mid = lo + (hi - lo) / 2;\n"
		"\t\tint d = strcmp(name, embedded[mid].name);\n"
		"\t\tif (d == 0)\n\t\t\treturn &embedded[mid];\n"
		"\t\tif (d < 0)\n\t\t\thi = mid;\n\t\telse\n\t\t\tlo = mid + 1;\n"
		"\t}\n\treturn NULL;\n}\n");
	file_write(out_c, &c);
	return 0;
}

static const char *type_of(const char *name)
{
	static const char *const types[][2] = {
		{ ".css", "text/css; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" }, { ".svg", "image/svg+xml" },
		{ ".png", "image/png" }, { ".json", "application/json" }, { ".txt", "text/plain; charset=utf-8" },
		{ ".webmanifest", "application/manifest+json" },
	};
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	die("embed: %s: no media type known for its ending", name);
}

static struct text gzip(const struct text *in)
{
	z_stream z = { 0 };
	struct text out = { 0 };
	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		die("deflateInit2 failed");
	out.cap = deflateBound(&z, in->n) + 32;
	out.p = need(malloc(out.cap));
	z.next_in = (Bytef *)in->p;
	z.avail_in = (uInt)in->n;
	z.next_out = (Bytef *)out.p;
	z.avail_out = (uInt)out.cap;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		die("deflate failed");
	out.n = z.total_out;
	deflateEnd(&z);
	return out;
}

static int embed_assets(char **argv)
{
	const char *out_c = argv[2], *out_bin = argv[3], *dir = argv[4];
	struct paths l = { 0 };
	paths_find(&l, dir, ".", "");
	struct text blob = { 0 }, table = { 0 }, c = { 0 };
	text_put(&blob, "", 0);
	for (size_t i = 0; i < l.n; i++) {
		const char *name = l.p[i] + 2;
		struct text full = { 0 }, bytes;
		text_printf(&full, "%s/%s", dir, name);
		if (!file_read(full.p, &bytes))
			die("%s: %s", full.p, strerror(errno));
		const char *dot = strrchr(name, '.'), *type = type_of(name);
		struct text gz = gzip(&bytes);
		bool small = gz.n + 32 < bytes.n;
		size_t at = blob_add(&blob, bytes.p, bytes.n), gzat = small ? blob_add(&blob, gz.p, gz.n) : 0;
		text_printf(&table, "\t{ \"%s\", \"/assets/%.*s.%08lx%s\", \"%s\", BYTES(%zu), ", name, (int)(dot - name), name,
			crc32(0, (const Bytef *)bytes.p, (uInt)bytes.n), dot, type, at);
		if (small)
			text_printf(&table, "BYTES(%zu), %zu, %zu },\n", gzat, bytes.n, gz.n);
		else
			text_printf(&table, "NULL, %zu, 0 },\n", bytes.n);
		free(gz.p);
		free(bytes.p);
		free(full.p);
	}
	file_write(out_bin, &blob);
	text_puts(&c, "/* Made by tools/embed. */\n#include \"web/web.h\"\n\n");
	blob_asm(&c, &blob, out_bin, "xa_asset_blob");
	text_puts(&c, "#define BYTES(at) ((const unsigned char *)xa_asset_blob + (at))\n\nconst struct asset assets[] = {\n");
	if (table.n)
		text_put(&c, table.p, table.n);
	text_puts(&c, "\t{ NULL, NULL, NULL, NULL, NULL, 0, 0 }\n};\n");
	file_write(out_c, &c);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 5 && strcmp(argv[1], "files") == 0)
		return embed_files(argc, argv);
	if (argc == 5 && strcmp(argv[1], "assets") == 0)
		return embed_assets(argv);
	die("usage: embed files OUT.c OUT.bin ROOT DIR[:SUFFIX]... | embed assets OUT.c OUT.bin DIR");
}
