/* Why: a file of a case is bound with what was handed in, and what was handed in is read by the child alone.
 * Invariants: the child is asked for a few pages at a time, so that a thick PDF ends neither its clock nor our memory; what it does not give is
 * absent, never a fault: one broken scan must not stop the binding of the rest. */
#include "base/child.h"
#include "record/files.h"
#include "record/inner.h"

#define PAGES_MS 12000
#define ASKING "XIAOAN-PAGES %d %d\n"      /* paper/preview.h, PREVIEW_PAGES */

static bool word_line(struct str *s, const char *word, int64_t *ret)
{
	struct str rest, line = str_cut(*s, '\n', &rest), n;
	if (!s->p || !s->n || !str_is(str_cut(line, ' ', &n), word) || !str_int(n, ret) || *ret < 0)
		return false;
	*s = rest;
	return true;
}

enum err file_pages(struct ctx *c, struct str bytes, int from, int n, struct buf *room, struct str *ret, int *ret_all)
{
	static const char *const words[] = { "preview", NULL };
	bool ended = false;
	int64_t all = 0, size;
	*ret_all = 0;
	for (int i = 0; i < n; i++)
		ret[i] = STR_NONE;
	if (!c->app->program)
		return OK;
	BUF_AUTO in = BUF(bytes.n + 128);
	buf_printf(&in, ASKING, from, n);
	buf_str(&in, bytes);
	if (in.over)
		return fail(c->f, ERR_LIMIT, NULL, "file of %zu bytes", bytes.n);
	buf_reset(room);
	const struct child look = { c->app->program, words, buf_view(&in), PAGES_MS, c->app->broker };
	TRY(child_run(&look, room, &ended, c->f));
	struct str s = buf_view(room);
	if (!word_line(&s, "pages", &all) || all > 100000)
		return OK;
	*ret_all = (int)all;
	for (int i = 0; i < n && word_line(&s, "page", &size) && (uint64_t)size <= s.n; i++) {
		if (size)
			ret[i] = (struct str){ s.p, (size_t)size };
		s = (struct str){ s.p + size, s.n - (size_t)size };
	}
	return OK;
}
