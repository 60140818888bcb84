/*
 * text/: reading Chinese: normalisation, search tokens, pattern sets, linear models, table files.
 *
 * Only this room includes hs.h, utf8proc.h and linear.h.  May include base/.  Knows no record.  Tests: tests/text/.
 */
#ifndef XA_TEXT_H
#define XA_TEXT_H
#include "base/base.h"

/* ---- normalisation (engine.md 2.0) --------------------------------------------------------------------------- */
/* Full width folded, lower case, traditional to simplified (built-in table), zero-width characters dropped,
 * blanks kept as one. map[i] = byte offset in the original of normalised byte i; map[n] = length of the original. */
struct norm { struct str text; uint32_t *map; };
struct norm text_normalise(struct arena *a, struct str s);

/* Edge cleaning for what people type: valid UTF-8 required, NFC, control characters (but \n, \t) dropped, CRLF to LF.
 * ERR_INVALID on broken UTF-8. */
CHECKED enum err text_clean(struct arena *a, struct str s, struct str *ret, struct fault *f);

/* Search tokens: overlapping Han bigrams, the last Han of a run also alone ("single"), ASCII words lower-cased.
 * Calls put for each token in order; both indexing and queries use it. For a query of one Han character the only
 * token is that character. indexing=true also emits every Han alone (marked by prefix "1:") so that one-character
 * queries work. */
void text_tokens(struct arena *a, struct str s, bool indexing, void (*put)(void *arg, struct str token), void *arg);

/* ---- pattern sets (vectorscan) --------------------------------------------------------------------------------- */
struct patterns;
struct pattern { uint32_t id; const char *expr; };   /* PCRE subset of Hyperscan, UTF-8, matched on normalised text */
CHECKED enum err patterns_compile(const struct pattern *p, size_t n, struct patterns **ret, struct fault *f);
void patterns_free(struct patterns *p);
/* How many bytes what an expression matches can have; *ret_most SIZE_MAX: without end. ERR_INVALID: it cannot be read. */
CHECKED enum err patterns_width(const char *expr, size_t *ret_least, size_t *ret_most);
struct hit { uint32_t id; size_t from, to; };       /* byte range in the given text */
/* Thread-safe. Longest non-overlapping hit of an id at each place; sorted by from. */
void patterns_scan(const struct patterns *p, struct arena *a, struct str text, struct hit **ret, size_t *ret_n);

/* ---- linear models over hashed character 1-2-grams (engine.md 2.2) ----------------------------------------------- */
struct model;      /* labels × 2^bits buckets, thresholds, Platt constants */
CHECKED enum err model_load(struct str bytes, struct model **ret, struct fault *f);   /* keeps no pointer into bytes */
void model_free(struct model *m);
int model_labels(const struct model *m);
const char *model_label(const struct model *m, int i);
double model_threshold(const struct model *m, int i);            /* on the probability */
/* ret_p[model_labels()]: calibrated probabilities. */
void model_score(const struct model *m, struct str normalised, double *ret_p);
/* How much each byte of the text speaks for label i (for highlighting); ret_w has text.n entries. */
void model_explain(const struct model *m, int i, struct str normalised, float *ret_w);
#define SAMPLE_UNKNOWN 2                                         /* nobody said: left out for this label */
/* normalised text; y[labels] 0, 1 or SAMPLE_UNKNOWN; samples of one group are held out together (texts of one writer) */
struct sample { struct str text; const uint8_t *y; uint32_t group; };
struct train_options {
	int bits;
	double c;
	uint32_t seed;
	int epochs;
	double recall;           /* least recall for the threshold, measured on held-out folds; 0: best F1 */
	const double *recalls;   /* the same for each label; NULL: recall for all */
};
/* Deterministic: same samples and options, same bytes. Result (model file) in *ret_bytes, to be freed. */
CHECKED enum err model_train(const char *const *labels, int nlabels, const struct sample *s, size_t n, const struct train_options *o,
                             struct buf *ret_bytes, struct fault *f);
/* Goes on from a model (its bytes): the weights nearest to its own that answer these samples, whose y has its labels; its thresholds, Platt
 * constants and idf stay. Of o: c, seed, epochs. Same input, same bytes; to be freed with buf_free(). */
CHECKED enum err model_tune(struct str base, const struct sample *s, size_t n, const struct train_options *o, struct buf *ret_bytes, struct fault *f);

/* ---- tables from files: CSV (RFC 4180, comma, tab or semicolon guessed), UTF-8 with or without BOM, GB18030 ---------- */
/* Turns bytes into UTF-8: BOM, valid UTF-8, UTF-16 with BOM, else GB18030; ERR_INVALID names the byte offset. */
CHECKED enum err text_to_utf8(struct arena *a, struct str bytes, struct str *ret, const char **ret_encoding, struct fault *f);
struct csv { struct str text; char sep; size_t at; int64_t row; };
void csv_open(struct csv *c, struct str utf8);                   /* guesses the separator from the first rows */
/* Next row's cells (arena); false at the end. A quote left open ends at the end of the file and sets *ret_broken. */
bool csv_next(struct csv *c, struct arena *a, struct str **ret_cells, size_t *ret_n, bool *ret_broken);

/* ---- near-duplicates: MinHash over character 3-grams, LSH bands (minhash.c) --------------------------------------------- */
#define MINHASH_N 128
#define MINHASH_ROWS 3
#define MINHASH_BANDS 42
#define MINHASH_FEW 44
/* v: the least of MINHASH_N permutations over the 3-grams of a prepared text, 16 bits each; two texts agree in about as many places as their
 * sets of 3-grams are like each other (Jaccard, J). few: the letters themselves (16 bits each) of a text that has no more, nought after. */
struct minhash { uint16_t v[MINHASH_N], letters, few[MINHASH_FEW]; };
/* text: normalised; only its letters count, not blanks, marks and numbers, and of those the first MINHASH_LETTERS. False: fewer than 8, which
 * say nothing. */
#define MINHASH_LETTERS 20000
bool minhash_of(struct str text, struct minhash *ret);
double minhash_like(const struct minhash *a, const struct minhash *b);     /* 0…1, estimated */
/* Is one a copy of the other, and not another's words? Short texts of different people are much like each other, and each may be a woman's: below
 * 32 letters at most one letter in four may differ (bench/posts.c). */
bool minhash_same(const struct minhash *a, const struct minhash *b);
/* Keys by which those worth comparing are found: two texts share one with probability 1 - (1 - J^3)^42. Never negative. */
void minhash_keys(const struct minhash *m, int64_t ret[MINHASH_BANDS]);

/* ---- stories: like texts folded into one as they come (fold.c) ----------------------------------------------------------- */
/* The newest stories by their signatures, in memory that is taken once (some 700 bytes each) and work that is bounded whatever comes. What is
 * too old to be found is a story again. Only the reading is folded: whoever uses this screens each text by itself first, for a copy may
 * hold the one sentence more that matters. Not for two threads at once. */
#define FOLD_MAX ((size_t)1 << 22)
struct fold;
/* stories: 1…FOLD_MAX, rounded up to a power of two. */
struct fold *fold_new(size_t stories);
void fold_free(struct fold *f);              /* takes NULL */
/* The story it is a copy of, of several the one most like it; 0: none. */
int64_t fold_find(struct fold *f, const struct minhash *m);
void fold_put(struct fold *f, const struct minhash *m, int64_t story);     /* story > 0: the caller's own number for it */
#define FOLD_STEPS (MINHASH_BANDS * 8)
size_t fold_steps(const struct fold *f);     /* places the last look-up walked: FOLD_STEPS at most */

/* ---- Chinese identifiers ------------------------------------------------------------------------------------------------ */
/* Digits of a phone: full width folded, +86/0086 and separators dropped; absent when it is not a phone number. */
struct str phone_normalise(struct arena *a, struct str s);
enum idno_fault { IDNO_OK, IDNO_EMPTY, IDNO_15, IDNO_LENGTH, IDNO_CHARS, IDNO_DATE, IDNO_FUTURE, IDNO_CHECK };
/* GB 11643-1999, ISO 7064 MOD 11-2. ret (18 characters, X upper) in the arena when OK. expected check digit in *ret_digit. */
enum idno_fault idno_check(struct arena *a, struct str s, int32_t today, struct str *ret, char *ret_digit);
int idno_sex(struct str idno);            /* 1 male, 2 female (GB/T 2261.1) */
int32_t idno_birth(struct str idno);      /* day */
/* Masks of the house (domain.md 1.13). */
struct str mask_name(struct arena *a, struct str s);     /* 王** */
struct str mask_phone(struct arena *a, struct str s);    /* 138****5678 */
struct str mask_idno(struct arena *a, struct str s);     /* 3205**********0014 */
struct str mask_address(struct arena *a, struct str s);  /* up to 村/社区/镇/街道, then *** */

#endif
