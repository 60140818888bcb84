/* Why: the demo speaks like a hotline because its phrases are written by people, in demo/phrases/, not in code. */
#include "base/embedded.h"
#include "people/demo_inner.h"

struct section { struct str file, name, *lines; size_t n, cap; };
struct demo_words { struct arena *a; struct section *s; size_t n, cap; struct section *surname, *girl, *boy; };

static const char *const files[] = { "clues", "others", "parts", "sessions", "terms", "visits", "names" };

static void read_file(struct demo_words *w, struct str file, struct str text)
{
	struct section *s = NULL;
	while (text.p) {
		struct str line = str_cut(text, '\n', &text);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!line.n || line.p[0] == '#')
			continue;
		if (line.p[0] == '[' && line.p[line.n - 1] == ']') {
			VEC_PUSH(w->a, w->s, w->n, w->cap, ((struct section){ .file = file, .name = { line.p + 1, line.n - 2 } }));
			s = &w->s[w->n - 1];
		} else if (s) {
			VEC_PUSH(w->a, s->lines, s->n, s->cap, line);
		}
	}
}

static struct section *find(const struct demo_words *w, struct str file, struct str name)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->s[i].name, name) && str_eq(w->s[i].file, file) && w->s[i].n)
			return &w->s[i];
	return NULL;
}

/* One line of signs parted by blanks becomes one entry a sign. */
static struct section *spread(struct demo_words *w, const char *name)
{
	struct section *s = find(w, STR("names"), str_of(name)), out = { 0 };
	if (!s)
		return NULL;
	for (size_t i = 0; i < s->n; i++) {
		struct str rest = s->lines[i];
		while (rest.p) {
			struct str one = str_cut(rest, ' ', &rest);
			if (one.n)
				VEC_PUSH(w->a, out.lines, out.n, out.cap, one);
		}
	}
	s->lines = out.lines;
	s->n = out.n;
	return out.n ? s : NULL;
}

enum err demo_words_new(struct arena *a, struct demo_words **ret, struct fault *f)
{
	struct demo_words *w = NEW(a, struct demo_words);
	w->a = a;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct embedded *e = embedded_find(arena_printf(a, "demo/phrases/%s.txt", files[i]));
		if (!e)
			return fail(f, ERR_NOT_FOUND, NULL, "demo/phrases/%s.txt is not embedded", files[i]);
		read_file(w, str_of(files[i]), (struct str){ e->bytes, e->n });
	}
	w->surname = spread(w, "surname");
	w->girl = spread(w, "girl");
	w->boy = spread(w, "boy");
	if (!w->surname || !w->girl || !w->boy)
		return fail(f, ERR_NOT_FOUND, NULL, "demo/phrases/names.txt lacks a section");
	*ret = w;
	return OK;
}

struct str demo_word(const struct demo_words *w, const char *file, const char *section, struct rng *r)
{
	const struct section *s = find(w, str_of(file), str_of(section));
	return s ? s->lines[demo_pick(r, (int)s->n)] : STR_NONE;
}

struct str demo_surname(const struct demo_words *w, struct rng *r) { return w->surname->lines[demo_pick(r, (int)w->surname->n)]; }

struct str demo_name(const struct demo_words *w, struct arena *a, struct rng *r, struct str surname, bool girl)
{
	const struct section *s = girl ? w->girl : w->boy;
	struct str x = s->lines[demo_pick(r, (int)s->n)], y = demo_chance(r, 72) ? s->lines[demo_pick(r, (int)s->n)] : STR("");
	return arena_fmt(a, "%.*s%.*s%.*s", (int)surname.n, surname.p, (int)x.n, x.p, (int)y.n, y.p);
}

struct str demo_filled(struct arena *a, struct str line, const struct demo_fill *fill, size_t n)
{
	BUF_AUTO b = BUF(16384);
	for (size_t i = 0; i < line.n;) {
		size_t k = 0, len = 0;
		for (; line.p[i] == '{' && k < n; k++) {
			len = strlen(fill[k].key);
			if (line.n - i > len + 1 && memcmp(line.p + i + 1, fill[k].key, len) == 0 && line.p[i + 1 + len] == '}')
				break;
		}
		if (line.p[i] == '{' && k < n) {
			buf_str(&b, fill[k].value);
			i += len + 2;
		} else {
			buf_char(&b, line.p[i++]);
		}
	}
	return arena_str(a, buf_view(&b));
}
