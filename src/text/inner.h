/* What the files of text/ share among themselves. */
#ifndef XA_TEXT_INNER_H
#define XA_TEXT_INNER_H
#include "text/text.h"

uint32_t text_simplified(uint32_t cp);   /* traditional to simplified; anything else comes back as it is */
bool text_is_dot(uint32_t cp);           /* the middle dots of transliterated names: · • ‧ ・ ･ */
bool text_is_word(uint32_t cp);          /* letter or digit of any script */

#endif
