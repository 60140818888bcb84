/*
 * link/: which records are of one person: Fellegi and Sunter's weights, learned without labels.
 *
 * Knows no record type and no store: who calls says how two of its records compare. Pure; what it is given is only read. The same
 * records in the same order give the same bytes.  May include base/ and text/.  Tests: tests/link/; measured: bench/link.c.
 *
 *   weight of a pair   W = log2(l / (1 - l)) + sum over fields of log2(m / u), in bits
 *   m, u               how often a field stands at this level of agreement among pairs of one person, and of two
 *   l                  share of pairs of one person among all pairs
 *
 * u comes of pairs drawn by lot; m and l of expectation-maximisation over all pairs, of which those that no key brings together are taken for
 * two persons (I. P. Fellegi, A. B. Sunter, A Theory for Record Linkage, JASA 64, 1969; W. E. Winkler 1988).
 */
#ifndef XA_LINK_H
#define XA_LINK_H
#include "base/base.h"

enum { LINK_FIELDS = 12, LINK_LEVELS = 8, LINK_KEYS = 96 };
enum { LINK_MISSING = 0, LINK_DIFFER = 1 };     /* from 2 up: agreement, the higher the better */

struct link_set {
	const void *arg;
	uint32_t n;                        /* records, by number */
	int nfields;
	int levels[LINK_FIELDS];           /* of each field: the highest level it may give, 2 to LINK_LEVELS - 1 */
	/* At most so often a field differs in two records of one person; 0: not known. Without it what is learned where hardly anybody stands twice is another
	 * likeness: that of those who share a roof. */
	double differ[LINK_FIELDS];
	void (*compare)(const void *arg, uint32_t i, uint32_t j, uint8_t *level);
	/* More or fewer bits because what agrees is rare or common ("王"): beside the levels of the pair. NULL: none. */
	double (*rarity)(const void *arg, uint32_t i, uint32_t j, const uint8_t *level);
	/* Two with the same strong key are compared, unless it is many records' key. */
	size_t (*keys)(const void *arg, uint32_t i, uint64_t *ret, size_t room);
	/* Of the weak ones the nearest are compared: those that share most, the rare ones counting most. NULL: none. */
	size_t (*grams)(const void *arg, uint32_t i, uint64_t *ret, size_t room);
	/* Never one person: two valid ID numbers that differ. */
	bool (*veto)(const void *arg, uint32_t i, uint32_t j);
};
struct link_model { int nfields; int levels[LINK_FIELDS]; double m[LINK_FIELDS][LINK_LEVELS], u[LINK_FIELDS][LINK_LEVELS], share; int rounds; };
struct link_pair { uint32_t a, b; float bits; };       /* a < b */

/* Pairs worth comparing, sorted, each once. block: keys of more records than this bring nobody together; near: how many a record's weak keys may propose.
 * To be freed. */
struct link_pair *link_candidates(const struct link_set *s, size_t block, size_t near, size_t *ret_n);
/* Learns from candidates; seed: of the lot for u. */
void link_learn(const struct link_set *s, const struct link_pair *p, size_t n, uint64_t seed, struct link_model *ret);
double link_bits(const struct link_set *s, const struct link_model *m, uint32_t i, uint32_t j);
void link_score(const struct link_set *s, const struct link_model *m, struct link_pair *p, size_t n);
double link_odds(double bits);         /* to a probability */
/* Who belongs together: from the surest pair on, two groups become one when no pair across them is forbidden and the mean weight across is above 0. least: no pair
 * below this many bits joins anybody. ret: to each record the number of its group, which is that of its first record; n entries, to be freed. */
uint32_t *link_groups(const struct link_set *s, const struct link_model *m, const struct link_pair *p, size_t n, double least);

/* ---- likeness ---- */
/* Jaro and Winkler's, 0 to 1, of bytes (ASCII, or pinyin); 0 when one is empty. */
double like_jaro_winkler(struct str a, struct str b);
/* Insertions, deletions, changes, and two neighbours that changed places; more than most: most + 1. Of bytes, at most 64 each. */
int like_edits(struct str a, struct str b, int most);
uint64_t link_hash(uint64_t seed, struct str s);
#endif
