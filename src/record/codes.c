/* Why: code lists and areas are data (codes/NAME.tsv, embedded), read once into maps.
 * Invariants: a list keeps the order of its file; a code is unique in its list. */
#include "base/embedded.h"
#include "record/inner.h"
#include <stdio.h>

struct list {
	struct str name, *columns;
	size_t ncolumns;
	struct code *codes;
	size_t n, cap;
	struct map *by_code;
};

struct codes {
	struct arena *a;
	struct list lists[256];
	size_t n;
};

size_t tsv_cells(struct arena *a, struct str line, struct str **ret)
{
	struct str *v = NULL;
	size_t n = 0, cap = 0;
	while (line.p) {
		struct str cell = str_trim(str_cut(line, '\t', &line));
		VEC_PUSH(a, v, n, cap, cell);
	}
	*ret = v;
	return n;
}

static enum err load_list(struct codes *cs, struct str name, struct str text, struct fault *f)
{
	must(cs->n < ARRAY_LEN(cs->lists));
	struct list *l = &cs->lists[cs->n++];
	l->name = name;
	l->by_code = map_new(cs->a);
	int line_no = 0;
	while (text.p) {
		struct str line = str_cut(text, '\n', &text), *cells;
		line_no++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!line.n || line.p[0] == '#')
			continue;
		size_t n = tsv_cells(cs->a, line, &cells);
		if (!l->columns) {
			l->columns = cells;
			l->ncolumns = n;
			continue;
		}
		if (n < 2 || map_get(l->by_code, cells[0]))
			return fail(f, ERR_INVALID, NULL, "codes/%.*s.tsv line %d", (int)name.n, name.p, line_no);
		struct str *padded = NEWN(cs->a, struct str, l->ncolumns > n ? l->ncolumns : n);
		memcpy(padded, cells, n * sizeof *cells);
		struct code code = { .code = padded[0], .zh = padded[1], .en = n > 2 ? padded[2] : padded[1], .more = padded };
		for (size_t i = 3; i < l->ncolumns; i++)
			if (str_is(l->columns[i], "parent"))
				code.parent = padded[i];
		VEC_PUSH(cs->a, l->codes, l->n, l->cap, code);
		map_put(l->by_code, padded[0], (void *)(uintptr_t)l->n);
	}
	return OK;
}

/* areas_tsv: code, name, level, parent; loaded as a list whose two labels are the name. */
static enum err load_areas(struct codes *cs, struct str text, struct fault *f)
{
	BUF_AUTO b = BUF((size_t)4 << 20);
	buf_cstr(&b, "code\tzh\ten\tlevel\tparent\n");
	while (text.p) {
		struct str line = str_cut(text, '\n', &text), *cells;
		if (!line.n || line.p[0] == '#' || str_starts(line, "code\t"))
			continue;
		size_t n = tsv_cells(cs->a, line, &cells);
		if (n < 2)
			continue;
		buf_printf(&b, "%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", (int)cells[0].n, cells[0].p, (int)cells[1].n, cells[1].p, (int)cells[1].n, cells[1].p,
			   n > 2 ? (int)cells[2].n : 0, n > 2 ? cells[2].p : "", n > 3 ? (int)cells[3].n : 0, n > 3 ? cells[3].p : "");
	}
	return load_list(cs, STR("area"), arena_str(cs->a, buf_view(&b)), f);
}

enum err codes_load(struct codes **ret, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct codes *cs = NEW(a, struct codes);
	enum err e = OK;
	cs->a = a;
	for (const struct embedded *m = embedded; m->name && e == OK; m++) {
		struct str name = str_of(m->name);
		if (!str_starts(name, "codes/") || !str_ends(name, ".tsv"))
			continue;
		name = (struct str){ name.p + 6, name.n - 10 };
		if (str_is(name, "holidays") || str_is(name, "deadlines") || str_is(name, "patterns"))
			continue;
		struct str text = { m->bytes, m->n };
		e = str_is(name, "areas") ? load_areas(cs, text, f) : load_list(cs, name, text, f);
	}
	if (e != OK) {
		arena_free(a);
		return e;
	}
	*ret = cs;
	return OK;
}

void codes_free(struct codes *cs)
{
	if (cs)
		arena_free(cs->a);
}

static const struct list *list_of(const struct codes *cs, struct str name)
{
	for (size_t i = 0; i < cs->n; i++)
		if (str_eq(cs->lists[i].name, name))
			return &cs->lists[i];
	return NULL;
}

const struct code *codes_list(const struct codes *cs, const char *list, size_t *ret_n)
{
	const struct list *l = list_of(cs, str_of(list));
	*ret_n = l ? l->n : 0;
	return l ? l->codes : NULL;
}

const struct code *code_find(const struct codes *cs, const char *list, struct str code)
{
	const struct list *l = list_of(cs, str_of(list));
	size_t at = l && code.n ? (size_t)(uintptr_t)map_get(l->by_code, code) : 0;
	return at ? &l->codes[at - 1] : NULL;
}

struct str code_label(const struct codes *cs, const char *list, struct str code, enum lang lang)
{
	const struct code *k = code_find(cs, list, code);
	return !k ? code : lang == LANG_ZH ? k->zh : k->en;
}

struct str code_more(const struct codes *cs, const char *list, struct str code, const char *column)
{
	const struct list *l = list_of(cs, str_of(list));
	const struct code *k = code_find(cs, list, code);
	for (size_t i = 0; k && i < l->ncolumns; i++)
		if (str_is(l->columns[i], column))
			return k->more[i];
	return STR_NONE;
}

static struct str column(const struct list *l, const struct code *k, const char *name)
{
	for (size_t i = 0; i < l->ncolumns; i++)
		if (str_is(l->columns[i], name))
			return k->more[i];
	return STR("");
}

int64_t limit_ms(const struct codes *cs, const char *rule, int64_t at)
{
	const struct list *l = list_of(cs, STR("limit"));
	int64_t best = 0, best_from = INT64_MIN, from, to, n;
	for (size_t i = 0; l && i < l->n; i++) {
		const struct code *k = &l->codes[i];
		struct str amount = column(l, k, "amount"), until = column(l, k, "valid_to");
		if (!str_is(k->code, rule) || amount.n < 2 || !date_parse(column(l, k, "valid_from"), &from) || from > at || from < best_from)
			continue;
		if (until.n && (!date_parse(until, &to) || at >= to + MS_DAY))
			continue;
		if (!str_int((struct str){ amount.p, amount.n - 1 }, &n) || n <= 0 || n > 10000)
			continue;
		best = n * (amount.p[amount.n - 1] == 'h' ? MS_HOUR : MS_DAY);
		best_from = from;
	}
	return best;
}

struct str area_label(const struct ctx *c, struct str area)
{
	const struct codes *cs = c->app->codes;
	if (!area.n)
		return STR("");
	struct str town = area.n >= 9 ? (struct str){ area.p, 9 } : STR(""), comm = area.n >= 12 ? (struct str){ area.p, 12 } : STR("");
	if (!town.n)
		return code_label(cs, "area", area, c->lang);
	struct str t = code_label(cs, "area", town, c->lang);
	if (!comm.n)
		return t;
	struct str m = code_label(cs, "area", comm, c->lang);
	if (area.n == 12)
		return arena_fmt(c->a, "%.*s %.*s", (int)t.n, t.p, (int)m.n, m.p);
	return arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s %.*s %.*s网格" : "%.*s %.*s grid %.*s", (int)t.n, t.p, (int)m.n, m.p, (int)area.n - 12, area.p + 12);
}
