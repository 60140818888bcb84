/*
 * po2c: compiles locale/zh_CN/ into a sorted table and tr(), see src/base/tr.h.
 *
 *   po2c OUT.c ROOT
 *
 * A file a room; a message used by two rooms may stand in both, the same text. tools/po-check holds them together.
 */
#include "po.h"

static int by_id(const void *a, const void *b)
{
	const struct po_entry *x = a, *y = b;
	int d = strcmp(x->id, y->id);
	return d ? d : strcmp(x->file, y->file);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		die("usage: po2c OUT.c ROOT");
	struct paths l = { 0 };
	struct po po = { 0 };
	paths_find(&l, argv[2], "locale/zh_CN", ".po");
	for (size_t i = 0; i < l.n; i++) {
		struct text full = { 0 };
		text_printf(&full, "%s/%s", argv[2], l.p[i]);
		po_read(&po, full.p);
	}
	if (po.n)
		qsort(po.e, po.n, sizeof *po.e, by_id);
	struct text c = { 0 };
	size_t n = 0;
	text_puts(&c, "/* Made by tools/po2c from locale/zh_CN. */\n#include \"base/tr.h\"\n\n"
		"static const struct { const char *id, *zh; } words[] = {\n");
	for (size_t i = 0; i < po.n; i++) {
		const struct po_entry *e = &po.e[i];
		if (!e->str[0] || e->fuzzy || (i > 0 && strcmp(po.e[i - 1].id, e->id) == 0 && po.e[i - 1].str[0]))
			continue;
		text_puts(&c, "\t{ \"");
		text_c(&c, e->id, strlen(e->id));
		text_puts(&c, "\", \"");
		text_c(&c, e->str, strlen(e->str));
		text_puts(&c, "\" },\n");
		n++;
	}
	text_printf(&c, "\t{ NULL, NULL }\n};\nstatic const size_t count = %zu;\n\n", n);
	text_puts(&c, "const char *tr(enum lang lang, const char *msgid)\n{\n"
		"\tif (!msgid || lang != LANG_ZH)\n\t\treturn msgid;\n"
		"\tsize_t lo = 0, hi = count;\n"
		"\twhile (lo < hi) {\n"
		"\t\tsize_t mid = lo + (hi - lo) / 2;\n"
		"\t\tint d = strcmp(msgid, words[mid].id);\n"
		"\t\tif (d == 0)\n\t\t\treturn words[mid].zh;\n"
		"\t\tif (d < 0)\n\t\t\thi = mid;\n\t\telse\n\t\t\tlo = mid + 1;\n"
		"\t}\n\treturn msgid;\n}\n");
	file_write(argv[1], &c);
	return 0;
}
