/*
 * po2c: compiles locale/zh_CN/ into a sorted table, a hash of it and tr(), see src/base/tr.h.
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

/* Eight bytes at a time: a page asks for some three hundred words. The same text stands in the program (below). */
#define HASH \
	"static uint64_t word(const char *s, size_t n)\n{\n\tuint64_t w = 0;\n\tfor (size_t i = 0; i < n; i++)\n" \
	"\t\tw |= (uint64_t)(unsigned char)s[i] << 8 * i;\n\treturn w;\n}\n\n" \
	"static uint32_t hash(const char *s)\n{\n\tsize_t n = strlen(s);\n\tuint64_t h = n;\n\tfor (; n > 8; s += 8, n -= 8)\n" \
	"\t\th = (h ^ word(s, 8)) * 0x9e3779b97f4a7c15u, h ^= h >> 29;\n" \
	"\th = (h ^ word(s, n)) * 0x9e3779b97f4a7c15u;\n\treturn (uint32_t)(h >> 32);\n}\n\n"
static uint64_t word(const char *s, size_t n)
{
	uint64_t w = 0;
	for (size_t i = 0; i < n; i++)
		w |= (uint64_t)(unsigned char)s[i] << 8 * i;
	return w;
}

static uint32_t hash(const char *s)
{
	size_t n = strlen(s);
	uint64_t h = n;
	for (; n > 8; s += 8, n -= 8)
		h = (h ^ word(s, 8)) * 0x9e3779b97f4a7c15u, h ^= h >> 29;
	h = (h ^ word(s, n)) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h >> 32);
}

/* A hash finds a word with one comparison, at most half of its slots being taken. */
static void put_slots(struct text *c, const char *const *ids, size_t n)
{
	size_t size = 64;
	while (size < 2 * n)
		size *= 2;
	if (n > 65000)
		die("po2c: too many messages for 16 bits");
	unsigned *slot = calloc(size, sizeof *slot);
	for (size_t i = 0; i < n; i++) {
		size_t at = hash(ids[i]) & (size - 1);
		while (slot[at])
			at = (at + 1) & (size - 1);
		slot[at] = (unsigned)i + 1;
	}
	text_printf(c, "enum { mask = %zu };\nstatic const uint16_t slots[] = {", size - 1);
	for (size_t i = 0; i < size; i++)
		text_printf(c, "%s%u,", i % 16 ? " " : "\n\t", slot[i]);
	text_puts(c, "\n};\n\n");
	free(slot);
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
	const char **ids = calloc(po.n + 1, sizeof *ids);
	text_puts(&c, "/* Made by tools/po2c from locale/zh_CN. */\n#include \"base/tr.h\"\n#include <string.h>\n\n"
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
		ids[n++] = e->id;
	}
	text_puts(&c, "\t{ NULL, NULL }\n};\n\n");
	put_slots(&c, ids, n);
	text_puts(&c, HASH);
	text_puts(&c, "const char *tr(enum lang lang, const char *msgid)\n{\n"
		"\tif (!msgid || lang != LANG_ZH)\n\t\treturn msgid;\n"
		"\tfor (size_t i = hash(msgid) & mask; slots[i]; i = (i + 1) & mask)\n"
		"\t\tif (strcmp(msgid, words[slots[i] - 1].id) == 0)\n\t\t\treturn words[slots[i] - 1].zh;\n"
		"\treturn msgid;\n}\n");
	free(ids);
	file_write(argv[1], &c);
	return 0;
}
