/*
 * po_check CODE.po DIR: compares the message ids found in the code with the catalogue in DIR. Fails on an id without
 * a text, a text marked fuzzy, two files that translate one id differently, and a translation whose %s are not those
 * of the id. Ids that nothing uses any more are only told: data files (codes/, demo/) may use them.
 */
#include "po.h"

static int by_id(const void *a, const void *b)
{
	const struct po_entry *x = a, *y = b;
	return strcmp(x->id, y->id);
}

/* The next printf mark from s on, its length in *n; a per cent sign that begins none is passed over. */
static const char *mark(const char *s, size_t *n)
{
	for (; (s = strchr(s, '%')); s++) {
		if (s[1] == '%') {
			s++;
			continue;
		}
		size_t k = 1 + strspn(s + 1, "0123456789.lz-+");
		if (s[k] && strchr("sdiuxcfgp", s[k])) {
			*n = k + 1;
			return s;
		}
	}
	return NULL;
}

static bool marks_fit(const char *a, const char *b)
{
	size_t n = 0, m = 0;
	for (;;) {
		a = mark(a, &n), b = mark(b, &m);
		if (!a || !b)
			return a == b;
		if (n != m || memcmp(a, b, n) != 0)
			return false;
		a += n, b += m;
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		die("usage: po_check CODE.po DIR");
	struct po code = { 0 }, zh = { 0 };
	po_read(&code, argv[1]);
	struct paths l = { 0 };
	paths_find(&l, argv[2], ".", ".po");
	for (size_t i = 0; i < l.n; i++) {
		struct text full = { 0 };
		text_printf(&full, "%s/%s", argv[2], l.p[i] + 2);
		po_read(&zh, full.p);
	}
	if (zh.n)
		qsort(zh.e, zh.n, sizeof *zh.e, by_id);
	int bad = 0;
	for (size_t i = 0; i < zh.n; i++) {
		const struct po_entry *e = &zh.e[i];
		if (e->fuzzy)
			bad++, printf("%s:%d: marked fuzzy: %s\n", e->file, e->line, e->id);
		if (!e->str[0])
			bad++, printf("%s:%d: not translated: %s\n", e->file, e->line, e->id);
		else if (!marks_fit(e->id, e->str))
			bad++, printf("%s:%d: the marks of \"%s\" and \"%s\" differ\n", e->file, e->line, e->id, e->str);
		if (i > 0 && strcmp(zh.e[i - 1].id, e->id) == 0) {
			const struct po_entry *d = &zh.e[i - 1];
			if (strcmp(d->str, e->str) != 0)
				bad++, printf("%s:%d: \"%s\" is \"%s\" here and \"%s\" in %s:%d\n", e->file, e->line, e->id, e->str, d->str, d->file, d->line);
		}
	}
	for (size_t i = 0; i < code.n; i++)
		if (!zh.n || !bsearch(&code.e[i], zh.e, zh.n, sizeof *zh.e, by_id))
			bad++, printf("no Chinese for: %s\n", code.e[i].id);
	printf("%zu message ids in the code, %zu texts in the catalogue, %d wrong\n", code.n, zh.n, bad);
	return bad != 0;
}
