/* What a narrative says that a form asks for, each with its words in the text (sense/extract.h): beside the form while it is typed, and on the page of the clue. */
#ifndef XA_DESK_FOUND_H
#define XA_DESK_FOUND_H
#include "face/face.h"

/* field: the id of the form's field it may be put into, by a press; empty: shown only. second: another that it may be as well. */
struct found_row { struct str label, before, words, after, state, value, field, field_label, second, second_label; };
struct found_panel { struct found_row *v; size_t n; };
/* take: with fields of the call's form. day: on which it was told. */
CHECKED enum err found_of(struct ctx *c, struct str text, int32_t day, bool take, struct found_panel *ret);
#endif
