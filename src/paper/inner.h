/* paper/ among its own files: text that the libraries can carry, faces, a PDF under way. */
#ifndef XA_PAPER_INNER_H
#define XA_PAPER_INNER_H
#include "paper/paper.h"
#include <cairo.h>
#include <pango/pangocairo.h>

/* Valid UTF-8 without control characters (kept: \n, \t), NUL-terminated; past max UTF-16 units it ends in `cut`. */
char *paper_clean(struct arena *a, struct str s, size_t max, const char *cut);
/* As people read it: 1,382 · 98.4% (half up, one decimal; below 1 never 100.0%) · 2026-11-24. */
struct str cell_text(struct arena *a, const struct cell *c);

#define MM 2.834645669291339       /* points */
#define A4_W 595.275590551181
#define A4_H 841.889763779528

enum face { FACE_SONG, FACE_HEI, FACE_KAI, FACE_FANG, FACE_TITLE, FACE_COUNT };

struct pdf {
	struct arena *a;
	struct buf *out;
	struct fault *f;
	double w, h;                   /* of the page */
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *pc;
	PangoLayout *layout;           /* one for all: set before each use */
	const char *family[FACE_COUNT];
};

/* A QR code, its quiet zone not counted; free it with qr_free(). */
struct qr { int width; void *code; };
enum err qr_make(struct str data, struct qr *ret, struct fault *f);
bool qr_dark(const struct qr *q, int x, int y);
void qr_free(struct qr *q);

enum err pdf_begin(struct pdf *p, struct str title, bool landscape, struct buf *ret, struct fault *f);
/* Finishes the file and frees; call it on every path. Fails when cairo, pango or the buffer failed. */
enum err pdf_end(struct pdf *p);
/* Prepares p->layout; width in points, 0: no wrapping. Returns its number of lines. */
int pdf_lay(struct pdf *p, enum face face, double size, bool bold, const char *text, double width);
/* Line i of p->layout with its baseline at y; align 0 left, 1 right, 2 centre, within width. */
void pdf_line(struct pdf *p, int i, double x, double y, double width, int align);
double pdf_line_width(struct pdf *p, int i);
void pdf_grey(struct pdf *p, double level);
/* A pen that goes on from where it was when it is down; drawn at the end. */
void pdf_stroke(struct pdf *p, double x, double y, bool down);
void pdf_stroke_end(struct pdf *p);
void pdf_rule(struct pdf *p, double x0, double y, double x1, double thick);

#endif
