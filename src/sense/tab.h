/*
 * Tables out of files: XLSX, CSV in any of the usual encodings, JSON lines. One way to walk them all, row by row, in bounded memory.
 *
 * The format is told by the content, never by the name. Knows no clue. Tests: tests/sense/import.c, fuzz/import.c.
 */
#ifndef XA_TAB_H
#define XA_TAB_H
#include "base/base.h"

#define TAB_COLS 64                  /* columns beyond are not read */
#define TAB_CELL ((size_t)128 << 10) /* bytes of a cell that are handed on; a longer one is cut there (20,000 characters take at most 80,000) */

enum tab_format { TAB_XLSX, TAB_CSV, TAB_JSONL };
struct tab {
	enum tab_format format;
	const char *encoding;            /* "UTF-8", "GB18030" …; of XLSX: "" */
	struct str data;                 /* the file: as it is (XLSX), or as UTF-8 */
	int sheet;                       /* XLSX: from 0 */
	struct str head[TAB_COLS];       /* names of the columns; "A", "B" … when the file has none */
	size_t ncols;
	int64_t head_row;                /* the row they stand in; 0: none */
};
struct tab_row {
	int64_t number;                  /* in the sheet; CSV: record; JSON: line. From 1 */
	const struct str *cells;         /* n of them, trimmed; live until the next row */
	size_t n;
	bool formula;                    /* holds a formula cell: its last computed value is given */
	const char *bad;                 /* message id: this row cannot be read */
};
/* Returns false to stop. */
typedef bool tab_row_fn(void *arg, const struct tab_row *r);

/* How likely these cells are the names of columns: how many are known. Given by who knows the names. */
typedef int tab_head_fn(const struct str *cells, size_t n);

/* bytes must outlive the table (XLSX); the rest lives in a. ERR_INVALID says what the file is and what to do. */
CHECKED enum err tab_open(struct arena *a, struct str bytes, int sheet, tab_head_fn *known, struct tab *ret, struct fault *f);
/* Every row after the head that holds anything, in order, from the first with number > after. */
CHECKED enum err tab_each(const struct tab *t, int64_t after, tab_row_fn *fn, void *arg, struct fault *f);

#endif
