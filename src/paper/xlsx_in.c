/* Why: cities hand over their inboxes as workbooks: 65,203 styled rows of which 495 hold anything.
 * Invariants: the sheet is streamed, one row in memory; only the shared strings are kept, in one block whose size is
 * bounded; a row goes to the caller when its end is read, so a file that breaks later has already given its good rows.
 * A merged area has its value in its first cell alone, as the file has. */
#include "paper/package.h"
#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>

#define SHEETS_MAX 1000
#define STYLES_MAX 65536
#define FORMATS_MAX 4096

struct sheet { struct str name, rel; };
struct rel { struct str id, type, target; };

struct book {
	struct package pk;
	struct arena *a;             /* names and relations: small, bounded below */
	struct str path;             /* of the workbook part */
	struct sheet *sheets;
	size_t nsheets, csheets;
	struct rel *rels;
	size_t nrels, crels;
	bool from1904;
	/* styles: which number formats and which cell styles are dates */
	int64_t *date_formats;
	size_t ndate_formats, cdate_formats;
	bool *style_date;
	size_t nstyle, cstyle;
	bool in_xfs;
	/* shared strings, end to end: the i-th is from ends[i-1] to ends[i] */
	struct buf strings;
	uint64_t *ends;
	size_t nends, cends;
	int phonetic;
	bool in_t;
};

static void book_close(struct book *b)
{
	package_close(&b->pk);
	buf_free(&b->strings);
	free(b->ends);
	arena_free(b->a);
	b->a = NULL;
}
#define BOOK CLEANUP(book_close) struct book

/* ---- workbook, relations ---- */

static void names_start(struct xml *x, const char *name, const char **at)
{
	struct book *b = x->arg;
	if (strcmp(name, "sheet") == 0) {
		const char *n = xml_attr(at, "name"), *id = xml_attr_prefixed(at, "id");
		if (b->nsheets >= SHEETS_MAX) {
			xml_fail(x, ERR_LIMIT, N_("The workbook has too many sheets"), NULL);
			return;
		}
		struct sheet s = { arena_str(b->a, utf8_head(str_of(n ? n : ""), 64)), arena_str(b->a, utf8_head(str_of(id ? id : ""), 512)) };
		VEC_PUSH(b->a, b->sheets, b->nsheets, b->csheets, s);
	} else if (strcmp(name, "workbookPr") == 0) {
		const char *d = xml_attr(at, "date1904");
		b->from1904 = d && (strcmp(d, "1") == 0 || strcmp(d, "true") == 0 || strcmp(d, "on") == 0);
	}
}

static void rels_start(struct xml *x, const char *name, const char **at)
{
	struct book *b = x->arg;
	const char *id = xml_attr(at, "Id"), *type = xml_attr(at, "Type"), *target = xml_attr(at, "Target"), *mode = xml_attr(at, "TargetMode");
	if (strcmp(name, "Relationship") != 0 || !id || !type || !target || (mode && strcmp(mode, "External") == 0) || b->nrels >= 4 * SHEETS_MAX)
		return;
	const char *last = strrchr(type, '/');
	if (strlen(target) > 512 || strlen(id) > 512 || strlen(last ? last : type) > 128)
		return;
	struct rel r = { arena_str(b->a, str_of(id)), arena_str(b->a, str_of(last ? last + 1 : type)), arena_str(b->a, str_of(target)) };
	VEC_PUSH(b->a, b->rels, b->nrels, b->crels, r);
}

/* A target as the name of a part: relative to the folder of `from`, or from the root; "..", "." resolved. */
static struct str resolve(struct arena *a, struct str from, struct str target)
{
	struct str rest = target, seg;
	char *out = arena_alloc(a, from.n + target.n + 2);
	size_t n = 0;
	if (target.n && target.p[0] != '/')
		for (size_t i = from.n; i > 0; i--)
			if (from.p[i - 1] == '/') {
				memcpy(out, from.p, n = i - 1);
				break;
			}
	while (rest.p) {
		seg = str_cut(rest, '/', &rest);
		if (seg.n == 0 || str_is(seg, "."))
			continue;
		if (str_is(seg, "..")) {
			while (n > 0 && out[--n] != '/')
				;
			continue;
		}
		if (n)
			out[n++] = '/';
		memcpy(out + n, seg.p, seg.n);
		n += seg.n;
	}
	out[n] = 0;
	return (struct str){ out, n };
}

static const struct rel *rel_of(const struct book *b, const char *type, struct str id)
{
	for (size_t i = 0; i < b->nrels; i++)
		if (type ? str_is(b->rels[i].type, type) : str_eq(b->rels[i].id, id))
			return &b->rels[i];
	return NULL;
}

static enum err book_open(struct str bytes, const struct xlsx_limits *l, struct book *b, struct fault *f)
{
	TRY(package_open(bytes, l, &b->pk, f));
	b->a = arena_new(0);
	bool found;
	struct xml rels = { .start = rels_start, .arg = b };
	TRY(package_read(&b->pk, "_rels/.rels", &rels, &found));
	const struct rel *r = rel_of(b, "officeDocument", STR_NONE);
	b->path = r ? resolve(b->a, STR(""), r->target) : STR("xl/workbook.xml");
	b->nrels = 0;
	struct xml wb = { .start = names_start, .arg = b };
	TRY(package_read(&b->pk, arena_cstr(b->a, b->path), &wb, NULL));
	size_t cut = b->path.n;
	while (cut > 0 && b->path.p[cut - 1] != '/')
		cut--;
	const char *rp = arena_printf(b->a, "%.*s_rels/%s.rels", (int)cut, b->path.p, b->path.p + cut);
	struct xml again = { .start = rels_start, .arg = b };
	TRY(package_read(&b->pk, rp, &again, &found));
	if (b->nsheets == 0)
		return fail(f, ERR_INVALID, N_("The workbook has no sheet"), NULL);
	return OK;
}

/* ---- styles ---- */

static void styles_start(struct xml *x, const char *name, const char **at)
{
	struct book *b = x->arg;
	if (strcmp(name, "numFmt") == 0) {
		const char *id = xml_attr(at, "numFmtId"), *code = xml_attr(at, "formatCode");
		int64_t v;
		if (id && code && str_int(str_of(id), &v) && format_is_date(code) && b->ndate_formats < FORMATS_MAX)
			VEC_PUSH(b->a, b->date_formats, b->ndate_formats, b->cdate_formats, v);
	} else if (strcmp(name, "cellXfs") == 0) {
		b->in_xfs = true;
	} else if (strcmp(name, "xf") == 0 && b->in_xfs) {
		const char *id = xml_attr(at, "numFmtId");
		int64_t v = 0;
		if (!id || !str_int(str_of(id), &v))
			v = 0;
		bool date = format_builtin_is_date(v);
		for (size_t i = 0; i < b->ndate_formats && !date; i++)
			date = b->date_formats[i] == v;
		if (b->nstyle >= STYLES_MAX)
			xml_fail(x, ERR_LIMIT, N_("The workbook has too many cell styles"), NULL);
		else
			VEC_PUSH(b->a, b->style_date, b->nstyle, b->cstyle, date);
	}
}

static void styles_end(struct xml *x, const char *name)
{
	if (strcmp(name, "cellXfs") == 0)
		((struct book *)x->arg)->in_xfs = false;
}

/* ---- text: runs joined, readings skipped, _xHHHH_ undone ---- */

static int hex4(const char *p)
{
	int v = 0;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* Undoes ST_Xstring escapes in place from `from` on and makes every line end a single \n. Returns the new length. */
static size_t text_undo(char *p, size_t from, size_t n)
{
	size_t o = from;
	if (!memchr(p + from, '_', n - from) && !memchr(p + from, '\r', n - from))
		return n;
	for (size_t i = from; i < n;) {
		if (p[i] == '_' && i + 7 <= n && p[i + 1] == 'x' && p[i + 6] == '_') {
			int cp = hex4(p + i + 2);
			if (cp > 0 && (cp < 0xD800 || cp > 0xDFFF)) {
				char u[4];
				size_t k = utf8_put(u, (uint32_t)cp);
				i += 7;
				memcpy(p + o, u, k);
				o += k;
				goto line_end;
			}
			if (cp == 0) {
				i += 7;
				continue;
			}
		}
		p[o++] = p[i++];
line_end:
		if (p[o - 1] == '\r') {
			if (i < n && p[i] == '\n')
				i++;
			p[o - 1] = '\n';
		}
	}
	return o;
}

static void strings_start(struct xml *x, const char *name, const char **at)
{
	struct book *b = x->arg;
	if (strcmp(name, "rPh") == 0)
		b->phonetic++;
	else if (strcmp(name, "t") == 0)
		b->in_t = b->phonetic == 0;
}

static void strings_end(struct xml *x, const char *name)
{
	struct book *b = x->arg;
	if (strcmp(name, "t") == 0) {
		b->in_t = false;
	} else if (strcmp(name, "rPh") == 0) {
		b->phonetic -= b->phonetic > 0;
	} else if (strcmp(name, "si") == 0) {
		if (b->nends == b->cends)
			b->ends = xrealloc(b->ends, (b->cends = b->cends ? b->cends * 2 : 1024) * sizeof(*b->ends));
		size_t from = b->nends ? b->ends[b->nends - 1] : 0;
		if (b->strings.n > from)
			b->strings.n = text_undo(b->strings.p, from, b->strings.n);
		b->ends[b->nends++] = b->strings.n;
		if (b->strings.over || b->nends * sizeof(*b->ends) > x->pk->l->max_bytes / 4)
			xml_fail(x, ERR_LIMIT, N_("The workbook holds too much text"), NULL);
	}
}

static void strings_text(struct xml *x, const char *s, size_t n)
{
	struct book *b = x->arg;
	if (!b->in_t)
		return;
	if (b->strings.n - (b->nends ? b->ends[b->nends - 1] : 0) + n > x->pk->l->max_cell)
		xml_fail(x, ERR_LIMIT, N_("A cell of the workbook holds too much text"), NULL);
	else
		buf_put(&b->strings, s, n);
}

/* ---- the sheet ---- */

enum kind { K_NUMBER, K_SHARED, K_TEXT, K_BOOL, K_ERROR, K_ISO };

struct place { bool shared; uint64_t at, n; bool set; };   /* in the shared strings, or in the row's own text */

struct sheet_read {
	struct book *b;
	xlsx_row_fn *fn;
	void *arg;
	int64_t row;                 /* number of the row being read, or of the last */
	int64_t col;                 /* of the cell being read, from 0; -1 before the first */
	bool in_row, in_cell, in_v, in_t, formula, has_formula, style_date;
	int phonetic;
	enum kind kind;
	struct buf raw, text;        /* the value as it comes; the row's own text */
	struct place *cells;
	struct str *out;
	int64_t ncells;              /* of the row: last set + 1 */
};

/* "AB12" to column 27 and row 12; false when it is no reference. */
static bool ref_parse(const char *r, int64_t *col, int64_t *row)
{
	int64_t c = 0, n = 0;
	const char *p = r;
	for (; *p >= 'A' && *p <= 'Z' && p - r < 4; p++)
		c = c * 26 + (*p - 'A' + 1);
	if (p == r || !*p)
		return false;
	for (int i = 0; *p >= '0' && *p <= '9' && i < 9; p++, i++)
		n = n * 10 + (*p - '0');
	if (*p || n == 0)
		return false;
	*col = c - 1;
	*row = n;
	return true;
}

static void cell_name(char out[32], int64_t col, int64_t row)
{
	char letters[8];
	int n = 0;
	for (int64_t c = col + 1; c > 0 && n < 7; c = (c - 1) / 26)
		letters[n++] = (char)('A' + (c - 1) % 26);
	int o = 0;
	while (n > 0)
		out[o++] = letters[--n];
	snprintf(out + o, (size_t)(32 - o), "%lld", (long long)row);
}

static void cell_fail(struct xml *x, const struct sheet_read *s, enum err e, const char *msg)
{
	char name[32];
	cell_name(name, s->col < 0 ? 0 : s->col, s->row);
	xml_fail(x, e, msg, name);
}

static void cell_start(struct xml *x, struct sheet_read *s, const char **at)
{
	const char *t = NULL, *r = NULL, *style = NULL;
	for (; at[0]; at += 2) {
		if (at[0][0] && at[0][1] == 0) {
			if (at[0][0] == 't')
				t = at[1];
			else if (at[0][0] == 'r')
				r = at[1];
			else if (at[0][0] == 's')
				style = at[1];
		}
	}
	int64_t col, row, st;
	s->col++;
	if (r && ref_parse(r, &col, &row))
		s->col = col;
	s->in_cell = true;
	s->formula = false;
	s->style_date = style && str_int(str_of(style), &st) && st >= 0 && (size_t)st < s->b->nstyle && s->b->style_date[st];
	s->kind = !t || strcmp(t, "n") == 0 ? K_NUMBER : strcmp(t, "s") == 0 ? K_SHARED : strcmp(t, "b") == 0 ? K_BOOL :
		  strcmp(t, "e") == 0 ? K_ERROR : strcmp(t, "d") == 0 ? K_ISO : K_TEXT;
	buf_reset(&s->raw);
}

static void sheet_start(struct xml *x, const char *name, const char **at)
{
	struct sheet_read *s = x->arg;
	if (s->in_row && name[0] == 'c' && name[1] == 0) {
		cell_start(x, s, at);
	} else if (s->in_cell && name[0] == 'v' && name[1] == 0) {
		s->in_v = true;
	} else if (strcmp(name, "row") == 0) {
		const char *r = xml_attr(at, "r");
		int64_t n;
		s->row = r && str_int(str_of(r), &n) && n > 0 ? n : s->row + 1;
		if (s->row > x->pk->l->max_rows) {
			char arg[32];
			snprintf(arg, sizeof(arg), "%lld", (long long)x->pk->l->max_rows);
			xml_fail(x, ERR_LIMIT, N_("The sheet has more than %s rows"), arg);
		}
		memset(s->cells, 0, sizeof(*s->cells) * (size_t)s->ncells);
		s->in_row = true;
		s->in_cell = s->in_v = s->in_t = s->has_formula = false;
		s->col = -1;
		s->ncells = 0;
		buf_reset(&s->text);
	} else if (s->in_cell && name[0] == 'f' && name[1] == 0) {
		s->formula = true;
	} else if (s->in_cell && name[0] == 't' && name[1] == 0) {
		s->in_t = s->phonetic == 0;
	} else if (s->in_cell && strcmp(name, "rPh") == 0) {
		s->phonetic++;
	}
}

static void sheet_text(struct xml *x, const char *p, size_t n)
{
	struct sheet_read *s = x->arg;
	if (!s->in_v && !s->in_t)
		return;
	buf_put(&s->raw, p, n);
	if (s->raw.over)
		cell_fail(x, s, ERR_LIMIT, N_("Cell %s holds too much text"));
}

/* ISO dates of strict workbooks: 2026-11-24T09:05:00 is read and written as the others. */
static void iso_cell(struct buf *b, struct str raw)
{
	int64_t ms;
	if (!date_parse(raw, &ms)) {
		buf_str(b, raw);
		return;
	}
	struct civil c = civil_of(ms);
	buf_printf(b, "%04d-%02d-%02d", c.year, c.month, c.day);
	if (c.hour || c.minute || c.second)
		buf_printf(b, c.second ? " %02d:%02d:%02d" : " %02d:%02d", c.hour, c.minute, c.second);
}

static bool cell_value(struct xml *x, struct sheet_read *s, struct place *p)
{
	struct book *b = s->b;
	struct str raw = buf_view(&s->raw);
	double v;
	int64_t i;
	*p = (struct place){ .at = s->text.n, .set = true };
	if (s->kind == K_SHARED) {
		if (!str_int(str_trim(raw), &i) || i < 0 || (uint64_t)i >= b->nends) {
			cell_fail(x, s, ERR_INVALID, N_("Cell %s points to a text that is not in the workbook"));
			return false;
		}
		p->shared = true;
		p->at = i ? b->ends[i - 1] : 0;
		p->n = b->ends[i] - p->at;
		return true;
	}
	if (s->kind == K_BOOL)
		buf_cstr(&s->text, str_is(str_trim(raw), "1") || str_is(str_trim(raw), "true") ? "TRUE" : "FALSE");
	else if (s->kind == K_ISO)
		iso_cell(&s->text, raw);
	else if (s->kind == K_NUMBER && number_put(&s->text, raw, &v)) {
		if (s->style_date) {
			size_t had = s->text.n;
			if (serial_put(&s->text, v, b->from1904)) {
				memmove(s->text.p + p->at, s->text.p + had, s->text.n - had);
				s->text.n -= had - p->at;
			}
		}
	} else {
		buf_str(&s->text, raw);
		if (s->text.n > p->at)
			s->text.n = text_undo(s->text.p, p->at, s->text.n);
	}
	p->n = s->text.n - p->at;
	return true;
}

static void cell_end(struct xml *x, struct sheet_read *s)
{
	struct place p = { 0 };
	s->in_cell = s->in_v = s->in_t = false;
	s->phonetic = 0;
	if (s->raw.n == 0 && !s->formula)
		return;
	s->has_formula |= s->formula;
	if (s->raw.n && !cell_value(x, s, &p))
		return;
	if (p.n == 0 && !s->formula)
		return;
	if (s->col >= x->pk->l->max_cols) {
		cell_fail(x, s, ERR_LIMIT, N_("Cell %s lies too far to the right"));
		return;
	}
	if (s->text.over) {
		cell_fail(x, s, ERR_LIMIT, N_("The row of cell %s holds too much text"));
		return;
	}
	p.set = true;
	if (s->ncells <= s->col)
		s->ncells = s->col + 1;
	s->cells[s->col] = p;
}

static void sheet_end(struct xml *x, const char *name)
{
	struct sheet_read *s = x->arg;
	if (s->in_cell && name[0] == 'c' && name[1] == 0) {
		cell_end(x, s);
	} else if (name[0] == 'v' && name[1] == 0) {
		s->in_v = false;
	} else if (name[0] == 't' && name[1] == 0) {
		s->in_t = false;
	} else if (strcmp(name, "rPh") == 0) {
		s->phonetic -= s->phonetic > 0;
	} else if (strcmp(name, "row") == 0 && s->in_row) {
		s->in_row = s->in_cell = false;
		if (s->ncells == 0)
			return;
		for (int64_t i = 0; i < s->ncells; i++) {
			const struct place *p = &s->cells[i];
			const char *base = p->shared ? s->b->strings.p : s->text.p;
			s->out[i] = !p->set ? STR_NONE : p->n ? (struct str){ base + p->at, p->n } : STR("");
		}
		if (!s->fn(s->arg, s->row, s->out, (size_t)s->ncells, s->has_formula))
			xml_stop(x);
	} else if (strcmp(name, "sheetData") == 0) {
		xml_stop(x);   /* what follows (merges, drawings, printing) is not data */
	}
}

enum err xlsx_read(struct str bytes, int sheet, const struct xlsx_limits *l, xlsx_row_fn *fn, void *arg, struct fault *f)
{
	BOOK b = { 0 };
	if (!l)
		l = &xlsx_limits_default;
	must(l->max_cols > 0 && l->max_cols <= 16384);
	TRY(book_open(bytes, l, &b, f));
	if (sheet < 0 || (size_t)sheet >= b.nsheets)
		return fail(f, ERR_NOT_FOUND, N_("The workbook has no such sheet"), "sheet %d of %zu", sheet, b.nsheets);
	const struct rel *r = rel_of(&b, NULL, b.sheets[sheet].rel);
	const char *part = r ? arena_cstr(b.a, resolve(b.a, b.path, r->target)) : arena_printf(b.a, "xl/worksheets/sheet%d.xml", sheet + 1);
	bool found;
	if ((r = rel_of(&b, "styles", STR_NONE))) {
		struct xml x = { .start = styles_start, .end = styles_end, .arg = &b };
		TRY(package_read(&b.pk, arena_cstr(b.a, resolve(b.a, b.path, r->target)), &x, &found));
	}
	if ((r = rel_of(&b, "sharedStrings", STR_NONE))) {
		struct xml x = { .start = strings_start, .end = strings_end, .text = strings_text, .arg = &b };
		b.strings = BUF(l->max_bytes / 4);
		TRY(package_read(&b.pk, arena_cstr(b.a, resolve(b.a, b.path, r->target)), &x, &found));
	}
	BUF_AUTO raw = BUF(l->max_cell);
	struct sheet_read s = { .b = &b, .fn = fn, .arg = arg, .col = -1, .raw = raw, .text = BUF(16 * l->max_cell + 1024) };
	s.cells = NEWN(b.a, struct place, l->max_cols);
	s.out = NEWN(b.a, struct str, l->max_cols);
	struct xml x = { .start = sheet_start, .end = sheet_end, .text = sheet_text, .arg = &s };
	enum err e = package_read(&b.pk, part, &x, NULL);
	raw = s.raw;   /* it grew there; freed here. NOLINT(clang-analyzer-deadcode.DeadStores) */
	buf_free(&s.text);
	return e;
}

enum err xlsx_sheets(struct str bytes, struct arena *a, struct str **ret_names, size_t *ret_n, struct fault *f)
{
	BOOK b = { 0 };
	TRY(book_open(bytes, &xlsx_limits_default, &b, f));
	struct str *names = NEWN(a, struct str, b.nsheets);
	for (size_t i = 0; i < b.nsheets; i++)
		names[i] = arena_str(a, b.sheets[i].name);
	*ret_names = names;
	*ret_n = b.nsheets;
	return OK;
}
