/* What the files of the screening engine share and nobody else needs. */
#ifndef XA_SENSE_INNER_H
#define XA_SENSE_INNER_H
#include "sense/triage.h"

/* The words of the classes, ready to be looked up; immutable; to be freed with free(). */
struct words;
struct words *triage_words(void);

/* For each byte of a prepared text at which a word begins: its length, its class, and the length of the longest word of
 * daily life there (0: none). */
struct seen { uint8_t *length, *class, *everyday; };
struct seen triage_see_words(const struct words *ws, struct arena *a, struct str prepared);

/* The prepared text (triage_prepare) with a tail of its word classes, as the model reads it. map: for a byte of the text
 * as in prepared (to the original), for a byte of the tail the place IN THE PREPARED TEXT of the word it stands for. */
struct norm triage_with_skeleton(const struct seen *seen, struct arena *a, const struct norm *prepared);

/* These bytes lie in a word of daily life (the blow in 打折, the blood in 血本), so a rule that hit them means nothing. */
bool triage_is_everyday(const struct seen *seen, size_t from, size_t to);

bool triage_is_stop(uint32_t cp);   /* what ends a clause in a prepared text */

/* How the words of a hit are meant. negatable, imaginable: the rule's flags n and f; spoken: a threat, a weapon or the wish
 * to die, which stand in an "if" when they are meant most; p, near: the probability of danger of the whole text and of the
 * clause, 1 if unknown. *ret_why: the words of the prepared text that decided, absent when asserted. */
enum triage_context triage_context(struct str prepared, const struct hit *h, bool negatable, bool imaginable, bool spoken, double p, double near,
				   struct str *ret_why);

#endif
