/* Signatures on the screen (signature.c): the strokes as evidence, beside the very words that were signed. Only for absorb/ and its pages. */
#ifndef XA_ABSORB_SIGNATURE_H
#define XA_ABSORB_SIGNATURE_H
#include "paper/paper.h"
#include "record/record.h"

/* Of the words of a paper, without its lines for signatures; 64 hex digits. In a. */
struct str signature_digest(struct arena *a, const struct para *p, size_t n);
/* Strokes "x,y,t x,y,t;x,y,t": x of 1000 over the width, y of 400 over the height, t milliseconds. NULL when it is somebody's name; else what is wrong (message id). */
const char *signature_ink_wrong(struct str ink);
/* Is this the digest of these words? */
bool signature_of(struct arena *a, const struct para *p, size_t n, struct str digest);
struct pages;
/* Puts the lines for signatures behind the words of an agreement: those made on the screen, with their strokes unless names are masked, and empty ones of who has
 * not signed there. */
CHECKED enum err signature_lines(struct pages *b);
#endif
