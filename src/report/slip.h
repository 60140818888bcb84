/* The daily slip (日报): a signed head of the journal on one sheet, to be signed and kept in a folder: paper cannot be
 * rewritten from afar. The QR code holds the whole head, as xiaoan-verify reads it. */
#ifndef XA_REPORT_SLIP_H
#define XA_REPORT_SLIP_H
#include "paper/paper.h"
#include "record/record.h"
/* Slow (PDF). */
CHECKED enum err slip_pdf(struct ctx *c, const struct tree_head *h, struct buf *ret);
#endif
