/* What the files of extraction share and nobody else needs. */
#ifndef XA_EXTRACT_INNER_H
#define XA_EXTRACT_INNER_H
#include "sense/extract.h"

enum { EXTRACT_HAN = 3 };          /* bytes of a character, all of which are of the basic plane here */

struct extract_word {
	const char *w;
	enum extract_kind kind;   /* EXTRACT_KIND_COUNT: to be passed over */
	const char *value;        /* code of a kin; of a date: d day, w week, m month, y year, h long ago */
	int sex;
	size_t skip;              /* bytes at the beginning that say whose it is */
	int shift;                /* of a date, in its unit */
};
/* The longest word that begins at this byte, or NULL. */
const struct extract_word *extract_word_at(struct str t, size_t at);
/* Length of the longest place's name that begins there; 0: none. */
size_t extract_place_at(const struct extract_places *p, struct str t, size_t at);

struct extract_reader {
	struct arena *a;
	struct norm n;
	struct str t;              /* n.text; offsets below are in it */
	int32_t today;
	const struct extract_places *places;
	struct extracts *out;
	size_t last;               /* end of the last thing found */
	size_t past;               /* end of a date long ago in this sentence; 0: none */
};
/* The thing found, with the words as its value; NULL when there is no room. A place that follows a place lengthens it. */
struct extract *extract_put(struct extract_reader *r, enum extract_kind kind, size_t from, size_t to);
bool extract_heard(const struct extract_reader *r, size_t at);   /* the sentence says before it that it was heard from others */
/* Bytes read; 0: no number there. */
size_t extract_number(struct extract_reader *r, size_t i);
size_t extract_date_word(struct extract_reader *r, size_t i, const struct extract_word *w);

/* What the character there may begin: a number, a word after which a place is named, 叫 and 老张, a name. */
enum { EXTRACT_BEGINS_NUMBER = 1, EXTRACT_BEGINS_PLACE = 2, EXTRACT_BEGINS_CALL = 4, EXTRACT_BEGINS_NAME = 8, EXTRACT_BEGINS_SURNAME = 16 };
unsigned extract_begins(struct str t, size_t i);

bool extract_at(struct str t, size_t i, const char *w);
size_t extract_one_of(struct str t, size_t i, const char *const *words);   /* length of the first that stands there, 0 */
bool extract_has(struct str s, const char *const *words);
bool extract_han_at(struct str t, size_t i);
bool extract_is_one(struct str t, size_t i, const char *characters);       /* the character there is one of these */
#endif
