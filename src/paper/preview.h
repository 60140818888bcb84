/* What kind of file a stranger's bytes are, and a small picture of it. Only in the child of `xiaoan preview` (cli/preview.c), which has
 * no network, no files and little time: each of these readers has had holes. libmagic tells the kind; libjpeg-turbo, libpng and libwebp
 * read pictures, poppler (loaded there alone, and only for PDF) the first page, libzip the parts of an Office file. HEIC is known and kept, but not read: there is no reader
 * of it that one would call small. */
#ifndef XA_PREVIEW_H
#define XA_PREVIEW_H
#include "base/base.h"

/* Loads what comes from files: the table of libmagic, fonts, poppler. Before the sandbox shuts. False: without the table nothing is known. */
CHECKED bool preview_ready(void);
/* A code of codes/file_type.tsv, or NULL: not on the list. By content alone. */
const char *preview_type(struct str bytes);
#define PREVIEW_VIEW 2048     /* longest edge of the copy that is shown, */
#define PREVIEW_TILE 240      /* and of the tile */
/* Both as JPEG made anew from pixels, upright, on white: nothing of the file but its picture is in them, no place and no camera.
 * False: it cannot be read, or has none. */
CHECKED bool preview_make(const char *type, struct str bytes, struct buf *ret_view, struct buf *ret_tile);
/* For a file that is bound (record/files.h, file_pages): how many pages it has, 0 when it cannot be read; and the page nth (from 0), as a JPEG
 * made anew. The standard input then begins with PREVIEW_PAGES, from which page and how many, a line. */
#define PREVIEW_PAGE 1600     /* its longest edge: 140 dots to the inch of A4 */
#define PREVIEW_PAGES "XIAOAN-PAGES "
int preview_count(const char *type, struct str bytes);
CHECKED bool preview_page(const char *type, struct str bytes, int nth, struct buf *ret);
#endif
