/* What the files of the screening engine share and nobody else needs. */
#ifndef XA_SENSE_INNER_H
#define XA_SENSE_INNER_H
#include "text/text.h"

/* The words of the classes, ready to be looked up; immutable; to be freed with free(). */
struct words;
struct words *triage_words(void);

/* The prepared text (triage_prepare) with a tail of its word classes, as the model reads it. map: for a byte of the text
 * as in prepared (to the original), for a byte of the tail the place IN THE PREPARED TEXT of the word it stands for. */
struct norm triage_with_skeleton(const struct words *ws, struct arena *a, const struct norm *prepared);

/* These bytes lie in a word of daily life (the blow in 打折, the blood in 血本), so a rule that hit them means nothing. */
bool triage_is_everyday(const struct words *ws, struct str prepared, size_t from, size_t to);

#endif
