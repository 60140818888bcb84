/*
 * sense/extract: what a narrative says that a form asks for: people, kin, ages, dates, phones, sums, places, weapons, children.
 *
 * Pure: text in, places in the text out; nothing is written, kept or decided, and nothing that hides or seals follows from it.
 * What is found is offered with its words to the one who takes the narrative; she decides what goes into the form.
 * May include base/ and text/ only. Tests: tests/sense/extract.c.
 */
#ifndef XA_EXTRACT_H
#define XA_EXTRACT_H
#include "text/text.h"

#define EXTRACT_MOST 400

enum extract_kind { EXTRACT_PERSON, EXTRACT_NICKNAME, EXTRACT_KIN, EXTRACT_AGE, EXTRACT_CHILD, EXTRACT_PHONE, EXTRACT_IDNO, EXTRACT_SUM,
	EXTRACT_DATE, EXTRACT_PLACE, EXTRACT_WEAPON, EXTRACT_KIND_COUNT };
/* How it is meant. IMAGINED: an if, a film, a question about the law. REPORTED: heard from others. A date that lies over a
 * year back is PAST whatever the rest says; things and ages are when such a date stands before them in the sentence and
 * nothing of today between. */
enum extract_state { EXTRACT_SAID, EXTRACT_NEGATED, EXTRACT_IMAGINED, EXTRACT_PAST, EXTRACT_REPORTED, EXTRACT_STATE_COUNT };

struct extract {
	enum extract_kind kind;
	enum extract_state state;
	size_t from, to;      /* bytes of the ORIGINAL text */
	struct str value;     /* as a field takes it: digits of a phone, 2026-11-26 or 2026-11 or 2026, code of codes/kin.tsv, else the words */
	int64_t number;       /* age in months, sum in yuan, how many children (0: not said) */
	int32_t day;          /* of a date the first day meant; 0: no day follows from the words */
	int sex;              /* GB/T 2261.1: 1 male, 2 female, 0 not said; of a kin and of the name that follows it */
	bool other;           /* a kin of somebody else than the teller (her husband, your son) */
};
struct extracts { struct extract *v; size_t n; bool cut; };   /* cut: there was more than EXTRACT_MOST */

/* Names of towns and villages, ready to be looked up; immutable, shared by threads; keeps no pointer into names. */
struct extract_places;
struct extract_places *extract_places_new(const struct str *names, size_t n);
void extract_places_free(struct extract_places *p);

/* today: the day on which it was told (relative dates count from it). places may be NULL. In order of from; results in the arena. */
void extract_text(struct arena *a, struct str text, int32_t today, const struct extract_places *places, struct extracts *ret);
const char *extract_kind_name(enum extract_kind k);     /* short ASCII, for JSON and CSS */
const char *extract_state_name(enum extract_state s);
#endif
