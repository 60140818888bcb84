/* What stands in a PDF, page by page, as a reader finds it: poppler, which the program itself never loads. */
#ifndef XA_PDFTEXT_H
#define XA_PDFTEXT_H
#include "base/base.h"
#include <dlfcn.h>
#include <glib-object.h>
#include <stdio.h>
#include <stdlib.h>

struct pdftext { int n; struct str page[900]; };
__attribute__((unused)) static struct pdftext *pdf_text(struct arena *a, struct str bytes)
{
	void *lib = dlopen("libpoppler-glib.so.8", RTLD_NOW | RTLD_LOCAL), *(*open)(GBytes *, const char *, GError **), *(*page)(void *, int);
	int (*count)(void *);
	char *(*text)(void *);
	must(lib != NULL);
	*(void **)&open = dlsym(lib, "poppler_document_new_from_bytes");
	*(void **)&page = dlsym(lib, "poppler_document_get_page");
	*(void **)&count = dlsym(lib, "poppler_document_get_n_pages");
	*(void **)&text = dlsym(lib, "poppler_page_get_text");
	GBytes *b = g_bytes_new_static(bytes.p, bytes.n);
	void *doc = open(b, NULL, NULL);
	struct pdftext *r = NEW(a, struct pdftext);
	if (!doc)
		return r;
	r->n = count(doc);
	for (int i = 0; i < r->n && i < (int)ARRAY_LEN(r->page); i++) {
		void *p = page(doc, i);
		char *s = text(p), *to = s;
		/* Lines are ours, words are the writer's. */
		for (char *at = s; *at; at++)
			if (*at != '\n' && *at != ' ')
				*to++ = *at;
		*to = 0;
		r->page[i] = arena_str(a, str_of(s));
		g_free(s);
		g_object_unref(p);
	}
	g_object_unref(doc);
	g_bytes_unref(b);
	return r;
}

__attribute__((unused)) static bool pdf_says(const struct pdftext *t, const char *what)
{
	for (int i = 0; i < t->n; i++)
		if (str_find(t->page[i], str_of(what)) >= 0)
			return true;
	return false;
}

/* XA_SHOTS=folder keeps it for looking at. */
__attribute__((unused)) static void pdf_keep(const char *name, struct str bytes)
{
	const char *dir = getenv("XA_SHOTS");
	char path[512];
	snprintf(path, sizeof path, "%s/%s", dir ? dir : "", name);
	FILE *o = dir ? fopen(path, "wb") : NULL;
	if (o) {
		fwrite(bytes.p, 1, bytes.n, o);
		fclose(o);
	}
}
#endif
