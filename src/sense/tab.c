/* Why: the city's systems hand over whatever their export button makes; a clerk must not have to know encodings.
 * Invariants: a row is seen once, in order, with its number in the file; memory does not grow with the number of rows. */
#include "sense/tab.h"
#include "base/tr.h"
#include "paper/paper.h"
#include "text/text.h"
#include <jansson.h>
#include <stdlib.h>

struct walk { const struct tab *t; int64_t after; tab_row_fn *fn; void *arg; struct str cells[TAB_COLS]; };

/* Trims, cuts and hands on; blank rows are passed over. False: stop. */
static bool give(struct walk *w, int64_t number, const struct str *cells, size_t n, bool formula, const char *bad)
{
	bool any = bad != NULL;
	if (number <= w->after || number <= w->t->head_row)
		return true;
	n = n > TAB_COLS ? TAB_COLS : n;
	for (size_t i = 0; i < n; i++) {
		struct str s = str_trim(cells[i]);
		if (s.n > TAB_CELL) {
			s.n = TAB_CELL;
			while (s.n && ((unsigned char)s.p[s.n] & 0xC0) == 0x80)
				s.n--;
		}
		w->cells[i] = s;
		any |= s.n > 0;
	}
	return any ? w->fn(w->arg, &(struct tab_row){ number, w->cells, n, formula, bad }) : true;
}

/* ---- XLSX ---- */

static bool xlsx_row(void *arg, int64_t number, const struct str *cells, size_t n, bool formula)
{
	return give(arg, number, cells, n, formula, NULL);
}

/* ---- CSV ---- */

static void each_csv(struct walk *w)
{
	struct csv c;
	ARENA a = arena_new(0);
	struct str *cells;
	size_t n;
	bool broken = false;
	csv_open(&c, w->t->data);
	while (csv_next(&c, a, &cells, &n, &broken)) {
		if (!give(w, c.row, cells, n, false, broken ? N_("A quotation mark is left open here: from this row on the columns cannot be told apart.") : NULL))
			return;
		arena_reset(a);
	}
}

/* ---- JSON lines ---- */

static struct str json_text(struct arena *a, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING: return arena_str(a, (struct str){ json_string_value(v), json_string_length(v) });
	case JSON_INTEGER: return arena_fmt(a, "%lld", (long long)json_integer_value(v));
	case JSON_REAL: return arena_fmt(a, "%.15g", json_real_value(v));
	case JSON_TRUE: return STR("1");
	case JSON_FALSE: return STR("0");
	case JSON_NULL: return STR_NONE;
	case JSON_OBJECT: case JSON_ARRAY: break;
	}
	char *s = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	struct str out = s ? arena_str(a, str_of(s)) : STR_NONE;
	free(s);
	return out;
}

static int column_of(const struct tab *t, struct str name)
{
	for (size_t i = 0; i < t->ncols; i++)
		if (str_eq(t->head[i], name))
			return (int)i;
	return -1;
}

/* The keys of the first lines are the columns. */
static void json_head(struct arena *a, struct tab *t)
{
	struct str rest = t->data;
	for (int line = 0; line < 200 && rest.p; line++) {
		struct str one = str_trim(str_cut(rest, '\n', &rest));
		json_t *v = one.n ? json_loadb(one.p, one.n, JSON_REJECT_DUPLICATES, NULL) : NULL, *item;
		const char *key;
		json_object_foreach(v, key, item)
			if (column_of(t, str_of(key)) < 0 && t->ncols < TAB_COLS)
				t->head[t->ncols++] = arena_str(a, str_of(key));
		json_decref(v);
	}
}

static void each_json(struct walk *w)
{
	struct str rest = w->t->data;
	ARENA a = arena_new(0);
	bool go = true;
	for (int64_t line = 1; go && rest.p; line++) {
		struct str one = str_trim(str_cut(rest, '\n', &rest)), cells[TAB_COLS] = { 0 };
		if (!one.n || line <= w->after)
			continue;
		json_t *v = json_loadb(one.p, one.n, JSON_REJECT_DUPLICATES, NULL), *item;
		const char *key;
		if (json_is_object(v)) {
			json_object_foreach(v, key, item) {
				int i = column_of(w->t, str_of(key));
				if (i >= 0)
					cells[i] = json_text(a, item);
			}
			go = give(w, line, cells, w->t->ncols, false, NULL);
		} else {
			go = give(w, line, cells, 0, false, N_("This line is not a JSON object."));
		}
		json_decref(v);
		arena_reset(a);
	}
}

enum err tab_each(const struct tab *t, int64_t after, tab_row_fn *fn, void *arg, struct fault *f)
{
	struct walk *w = xalloc(sizeof *w);
	enum err e = OK;
	w->t = t;
	w->after = after;
	w->fn = fn;
	w->arg = arg;
	if (t->format == TAB_XLSX)
		e = xlsx_read(t->data, t->sheet, &xlsx_limits_default, xlsx_row, w, f);
	else if (t->format == TAB_CSV)
		each_csv(w);
	else
		each_json(w);
	free(w);
	return e;
}

/* ---- opening ---- */

struct first { struct arena *a; struct str cells[10][TAB_COLS]; size_t n[10]; int64_t number[10]; int rows; };

static bool first_row(void *arg, const struct tab_row *r)
{
	struct first *x = arg;
	for (size_t i = 0; i < r->n; i++)
		x->cells[x->rows][i] = arena_str(x->a, r->cells[i].n > 2000 ? (struct str){ r->cells[i].p, 0 } : r->cells[i]);
	x->n[x->rows] = r->n;
	x->number[x->rows] = r->number;
	return ++x->rows < 10;
}

/* Above the names of the columns often stands a title; sometimes there are no names at all. */
static void find_head(struct arena *a, struct tab *t, const struct first *x, tab_head_fn *known)
{
	int best = -1, best_score = 0;
	for (int i = 0; i < x->rows; i++) {
		int score = known(x->cells[i], x->n[i]);
		t->ncols = x->n[i] > t->ncols ? x->n[i] : t->ncols;
		if (score > best_score) {
			best = i;
			best_score = score;
		}
	}
	for (size_t i = 0; i < t->ncols; i++) {
		struct str s = best >= 0 && i < x->n[best] ? x->cells[best][i] : STR_NONE;
		t->head[i] = s.n ? utf8_head(s, 60) : i < 26 ? arena_fmt(a, "%c", (int)('A' + i)) : arena_fmt(a, "%c%c", (int)('A' + i / 26 - 1), (int)('A' + i % 26));
	}
	t->head_row = best >= 0 ? x->number[best] : 0;
}

static enum err tell_format(struct arena *a, struct str bytes, struct tab *t, struct fault *f)
{
	static const char xls[] = "\xD0\xCF\x11\xE0";
	if (!str_trim(bytes).n)
		return fail(f, ERR_INVALID, N_("The file is empty."), NULL);
	if (str_starts(bytes, "PK\x03\x04")) {
		t->format = TAB_XLSX;
		t->encoding = "";
		t->data = bytes;
		return OK;
	}
	if (str_starts(bytes, xls))
		return fail(f, ERR_INVALID, N_("This is an old or password-protected Excel file. Please save it as .xlsx without a password, and send it again."), NULL);
	if (str_starts(bytes, "%PDF") || (bytes.n > 3 && !memcmp(bytes.p, "\x89PNG", 4)) || str_starts(bytes, "\xFF\xD8\xFF"))
		return fail(f, ERR_INVALID, N_("This is a document or a picture, not a table. Please send XLSX, CSV or JSON lines."), NULL);
	TRY(text_to_utf8(a, bytes, &t->data, &t->encoding, f));
	if (t->data.n && memchr(t->data.p, 0, t->data.n))
		return fail(f, ERR_INVALID, N_("This is not a table. Please send XLSX, CSV or JSON lines."), NULL);
	struct str s = str_trim(t->data);
	if (s.n && s.p[0] == '[')
		return fail(f, ERR_INVALID, N_("JSON is read as lines: one object a line, without brackets around them and commas between."), NULL);
	t->format = s.n && s.p[0] == '{' ? TAB_JSONL : TAB_CSV;
	return OK;
}

enum err tab_open(struct arena *a, struct str bytes, int sheet, tab_head_fn *known, struct tab *ret, struct fault *f)
{
	struct tab t = { .sheet = sheet };
	struct first *x = NEW(a, struct first);
	TRY(tell_format(a, bytes, &t, f));
	x->a = a;
	if (t.format == TAB_JSONL) {
		json_head(a, &t);
	} else {
		TRY(tab_each(&t, 0, first_row, x, f));
		find_head(a, &t, x, known);
	}
	if (!t.ncols)
		return fail(f, ERR_INVALID, N_("No row of this file holds anything."), NULL);
	*ret = t;
	return OK;
}
