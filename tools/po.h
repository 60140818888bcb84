/* Reads the plain PO files of locale/: msgid and msgstr, no contexts, no plurals. */
#ifndef XA_PO_H
#define XA_PO_H
#include "tool.h"

struct po_entry {
	char *id, *str;
	const char *file;
	int line;
	bool fuzzy;
};
struct po {
	struct po_entry *e;
	size_t n, cap;
};

static void po_quoted(struct text *t, const char *s, const char *file, int line)
{
	while (*s == ' ' || *s == '\t')
		s++;
	if (*s++ != '"')
		die("%s:%d: a quoted string is missing", file, line);
	for (; *s && *s != '"'; s++) {
		if (*s != '\\') {
			text_put(t, s, 1);
			continue;
		}
		s++;
		switch (*s) {
		case 'n': text_puts(t, "\n"); break;
		case 't': text_puts(t, "\t"); break;
		case '"': case '\\': text_put(t, s, 1); break;
		default: die("%s:%d: \\%c is not understood", file, line, *s);
		}
	}
	if (*s != '"')
		die("%s:%d: the string is not closed", file, line);
}

static void po_push(struct po *po, struct po_entry *e)
{
	if (!e->id)
		return;
	if (e->id[0] && !e->str)
		die("%s:%d: msgid without msgstr", e->file, e->line);
	if (e->id[0]) {
		if (po->n == po->cap) {
			po->cap = po->cap ? po->cap * 2 : 256;
			po->e = need(realloc(po->e, po->cap * sizeof *po->e));
		}
		po->e[po->n++] = *e;
	}
	*e = (struct po_entry){ 0 };
}

static void po_read(struct po *po, const char *file)
{
	struct text in;
	if (!file_read(file, &in))
		die("%s: %s", file, strerror(errno));
	struct po_entry e = { 0 };
	struct text *cur = NULL, id = { 0 }, str = { 0 };
	bool fuzzy = false;
	int line = 0;
	for (char *s = in.p, *next; s && *s; s = next) {
		next = strchr(s, '\n');
		if (next)
			*next++ = 0;
		size_t n = strlen(s);
		if (n && s[n - 1] == '\r')
			s[n - 1] = 0;
		line++;
		if (*s == '"') {
			if (!cur)
				die("%s:%d: a string outside an entry", file, line);
			po_quoted(cur, s, file, line);
		} else if (strncmp(s, "msgid ", 6) == 0) {
			e.id = id.p, e.str = str.p;
			po_push(po, &e);
			id = str = (struct text){ 0 };
			text_put(&id, "", 0);
			e = (struct po_entry){ .file = file, .line = line, .fuzzy = fuzzy };
			fuzzy = false;
			po_quoted(cur = &id, s + 6, file, line);
		} else if (strncmp(s, "msgstr ", 7) == 0) {
			if (cur != &id)
				die("%s:%d: msgstr without msgid", file, line);
			text_put(&str, "", 0);
			po_quoted(cur = &str, s + 7, file, line);
		} else if (strncmp(s, "#,", 2) == 0) {
			fuzzy = strstr(s, "fuzzy") != NULL;
		} else if (*s && *s != '#') {
			die("%s:%d: not understood (contexts and plurals are not used here): %s", file, line, s);
		}
	}
	e.id = id.p, e.str = str.p;
	po_push(po, &e);
	free(in.p);
}
#endif
