/*
 * paper/: documents: PDF and DOCX with Chinese text, XLSX out and in, QR codes.
 *
 * Only this room includes cairo, pango, xlsxwriter, zip and expat.  May include base/.  Knows no record.
 * Slow (10–100 ms): never on a web thread.  Tests: tests/paper/.
 */
#ifndef XA_PAPER_H
#define XA_PAPER_H
#include "base/base.h"

/* ---- tables, for XLSX and PDF alike ---------------------------------------------------------------------------- */
enum cell_type { CELL_TEXT, CELL_INT, CELL_REAL, CELL_PERCENT, CELL_POINTS /* a difference of two rates: r; s is its unit, "pct points" */,
		 CELL_DATE /* ms */, CELL_EMPTY };
struct cell { enum cell_type t; int64_t i; double r; struct str s; bool bold; int span; /* columns, 0 or 1: one */ };
struct table {
	struct str title, subtitle;
	struct str *head;           /* column titles; NULL: none */
	double *width;              /* relative widths */
	bool *right;                /* right-aligned; NULL: by cell type */
	size_t ncols;
	struct cell *cells;         /* nrows × ncols */
	size_t nrows;
	struct str *notes;          /* footnotes, formulas */
	size_t nnotes;
	struct str foot;            /* left of the page foot: unit, who, when */
};
/* Several tables: XLSX a sheet each (sheet name = title, cut to 31), PDF one after the other. */
CHECKED enum err xlsx_write(const struct table *t, size_t n, struct buf *ret, struct fault *f);
CHECKED enum err pdf_tables(const struct table *t, size_t n, bool landscape, struct buf *ret, struct fault *f);

/* ---- running text: official papers (GB/T 9704 where it applies) ---------------------------------------------------- */
enum para_kind { PARA_TITLE, PARA_NUMBER /* 〔2026〕… under the title */, PARA_HEAD, PARA_BODY /* 2-em indent */,
                 PARA_PLAIN, PARA_FIELD /* label: value on a rule */, PARA_SIGN /* signature line with date */, PARA_RIGHT,
                 PARA_QR /* text as a QR code, label beside it */,
                 PARA_ROW /* of a grid: cells parted by tabs; label: how wide, in characters, 26 in all: "3,13,6,4" */ };
/* ink: strokes in the place of a signature, "x,y,t x,y,t;x,y,t": of 1000 over its width, of 400 over its height; PDF only. */
struct para { enum para_kind kind; struct str label, text, ink; };
struct document { struct str title, footer, watermark; const struct para *p; size_t n; };
CHECKED enum err pdf_document(const struct document *d, struct buf *ret, struct fault *f);
/* Several papers and pictures bound as one file, its pages numbered through at the upper outer corner. With ret NULL nothing is written and only
 * the pages are counted. One that was opened is closed on every path. */
struct binder;
CHECKED enum err binder_open(struct str title, struct buf *ret, struct fault *f, struct binder **ret_b);
/* Begins on a new page. numbered: its pages count (cover and list of contents do not). */
CHECKED enum err binder_document(struct binder *b, const struct document *d, bool numbered);
/* A page that is this picture, in its size but for the margins; its bytes go in as they are. */
CHECKED enum err binder_jpeg(struct binder *b, struct str jpeg);
void binder_skip(struct binder *b, int pages);      /* counts pages that are not drawn */
int binder_pages(const struct binder *b);           /* numbered so far */
CHECKED enum err binder_close(struct binder *b);
/* The same words for an office that numbers and stamps by itself (WPS, Word). A paper with a QR code is ERR_INTERNAL. */
CHECKED enum err docx_document(const struct document *d, struct buf *ret, struct fault *f);
/* Which face is in use for song/hei/kai/fang and whether all of `probe` can be drawn. For doctor. */
CHECKED enum err pdf_fonts(struct arena *a, struct str *ret_report, bool *ret_ok, struct fault *f);

/* ---- XLSX in: zip + expat, streamed, with limits --------------------------------------------------------------------- */
struct xlsx_limits { uint64_t max_bytes /* unpacked */; int max_parts; int64_t max_rows; int max_cols; size_t max_cell; };
extern const struct xlsx_limits xlsx_limits_default;    /* 512 MiB, 1,000, 1,048,576, 256, 1 MiB */
/* Called for each row that holds anything: number counted from 1; cells as text (dates as 2026-11-24 or with time when
 * the cell's style is a date; numbers in shortest form; booleans TRUE/FALSE; formula cells give their stored value and set
 * *formula; error cells give "#N/A" …). Return false to stop. */
typedef bool xlsx_row_fn(void *arg, int64_t number, const struct str *cells, size_t n, bool formula);
CHECKED enum err xlsx_read(struct str bytes, int sheet /* from 0 */, const struct xlsx_limits *l, xlsx_row_fn *fn, void *arg, struct fault *f);
CHECKED enum err xlsx_sheets(struct str bytes, struct arena *a, struct str **ret_names, size_t *ret_n, struct fault *f);

/* ---- QR ----------------------------------------------------------------------------------------------------------------- */
CHECKED enum err qr_svg(struct str data, int scale, struct buf *ret, struct fault *f);

#endif
