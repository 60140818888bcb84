/* What the build-time generators share. They run on the builder's machine only: any failure ends them with a message. */
#ifndef XA_TOOL_H
#define XA_TOOL_H
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TOOL_UNUSED __attribute__((unused))
#define TOOL_PRINTF(f, a) __attribute__((format(printf, f, a)))

_Noreturn TOOL_PRINTF(1, 2) static void die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

TOOL_UNUSED static void *need(void *p)
{
	if (!p)
		die("out of memory");
	return p;
}

/* A growing text. */
struct text {
	char *p;
	size_t n, cap;
};

TOOL_UNUSED static void text_put(struct text *t, const void *p, size_t n)
{
	if (t->n + n + 1 > t->cap) {
		t->cap = (t->n + n + 1) * 2;
		t->p = need(realloc(t->p, t->cap));
	}
	if (n)
		memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = 0;
}

TOOL_UNUSED static void text_puts(struct text *t, const char *s) { text_put(t, s, strlen(s)); }

TOOL_UNUSED TOOL_PRINTF(2, 3) static void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap, aq;
	va_start(ap, fmt);
	va_copy(aq, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *s = need(malloc((size_t)n + 1));
	vsnprintf(s, (size_t)n + 1, fmt, aq);
	va_end(aq);
	va_end(ap);
	text_put(t, s, (size_t)n);
	free(s);
}

/* Appends bytes as the inside of a C string literal. */
TOOL_UNUSED static void text_c(struct text *t, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c == '"' || c == '\\')
			text_printf(t, "\\%c", c);
		else if (c == '\n')
			text_puts(t, "\\n");
		else if (c == '?' || c < 32 || c == 127)
			text_printf(t, "\\%03o", c);
		else
			text_put(t, &p[i], 1);
	}
}

/* Whole file; false when it is not there. NUL-terminated beyond n. */
TOOL_UNUSED static bool file_read(const char *path, struct text *ret)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	char tmp[65536];
	size_t n;
	*ret = (struct text){ 0 };
	text_put(ret, "", 0);
	while ((n = fread(tmp, 1, sizeof tmp, f)) > 0)
		text_put(ret, tmp, n);
	if (ferror(f))
		die("%s: %s", path, strerror(errno));
	fclose(f);
	return true;
}

/* Writes only what differs, so that nothing is compiled again for nothing. */
TOOL_UNUSED static void file_write(const char *path, const struct text *t)
{
	struct text old;
	if (file_read(path, &old)) {
		bool same = old.n == t->n && (t->n == 0 || memcmp(old.p, t->p, t->n) == 0);
		free(old.p);
		if (same)
			return;
	}
	FILE *f = fopen(path, "wb");
	if (!f || (t->n && fwrite(t->p, 1, t->n, f) != t->n) || fclose(f) != 0)
		die("%s: %s", path, strerror(errno));
}

/* A sorted list of files. */
struct paths {
	char **p;
	size_t n, cap;
};

TOOL_UNUSED static int paths_cmp(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Adds every file below root/dir whose name ends in suffix ("" for all), as dir/…; hidden files and a missing folder are passed over. */
TOOL_UNUSED static void paths_find(struct paths *l, const char *root, const char *dir, const char *suffix)
{
	struct text full = { 0 };
	text_printf(&full, "%s/%s", root, dir);
	DIR *d = opendir(full.p);
	free(full.p);
	if (!d)
		return;
	struct dirent *e;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		struct text rel = { 0 }, abs = { 0 };
		text_printf(&rel, "%s/%s", dir, e->d_name);
		text_printf(&abs, "%s/%s", root, rel.p);
		struct stat st;
		size_t n = strlen(rel.p), sn = strlen(suffix);
		if (stat(abs.p, &st) == 0 && S_ISDIR(st.st_mode)) {
			paths_find(l, root, rel.p, suffix);
			free(rel.p);
		} else if (n >= sn && strcmp(rel.p + n - sn, suffix) == 0) {
			if (l->n == l->cap) {
				l->cap = l->cap ? l->cap * 2 : 64;
				l->p = need(realloc(l->p, l->cap * sizeof *l->p));
			}
			l->p[l->n++] = rel.p;
		} else {
			free(rel.p);
		}
		free(abs.p);
	}
	closedir(d);
	if (l->n)
		qsort(l->p, l->n, sizeof *l->p, paths_cmp);
}
#endif
