/* Why: one sentence goes round a hundred times with a word more or less; who is on duty must read it once.
 * Invariants: the same text gives the same values on every machine and in every version, for they are kept; the constants below are never changed.
 * MinHash and not SimHash: of copies with every tenth character changed SimHash finds few in texts as short as these (bench/README.md). */
#include "text/inner.h"

static uint64_t mix(uint64_t x)      /* splitmix64 */
{
	x += UINT64_C(0x9E3779B97F4A7C15);
	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

/* h -> a*h + b (mod 2^32), a odd: a family near enough to permutations for sets of hundreds. */
struct permutations { uint32_t a[MINHASH_N], b[MINHASH_N]; };

static void permutations(struct permutations *p)
{
	for (uint32_t i = 0; i < MINHASH_N; i++) {
		uint64_t x = mix(i + 1);
		p->a[i] = (uint32_t)x | 1;
		p->b[i] = (uint32_t)(x >> 32);
	}
}

static void least(const struct permutations *p, uint32_t *v, const uint32_t *h, size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < MINHASH_N; i++) {
			uint32_t x = p->a[i] * h[k] + p->b[i];
			v[i] = x < v[i] ? x : v[i];
		}
}

#define AT_ONCE 64

bool minhash_of(struct str text, struct minhash *ret)
{
	struct permutations p;
	uint32_t v[MINHASH_N], h[AT_ONCE] = { 0 }, one = 0, two = 0;
	uint16_t few[MINHASH_FEW] = { 0 };
	size_t n = 0, count = 0;
	permutations(&p);
	memset(v, 0xff, sizeof v);
	for (const char *at = text.p, *end = text.p + text.n; text.n && at < end;) {
		uint32_t cp = utf8_next(&at, end);
		if (!cp_is_han(cp) && (!text_is_word(cp) || (cp >= '0' && cp <= '9')))
			continue;
		if (count == MINHASH_LETTERS)
			break;
		if (count < MINHASH_FEW)
			few[count] = (uint16_t)cp;
		if (++count > 2) {
			h[n++] = (uint32_t)(mix((uint64_t)one << 42 ^ (uint64_t)two << 21 ^ cp) >> 32);
			if (n == AT_ONCE) {
				least(&p, v, h, n);
				n = 0;
			}
		}
		one = two;
		two = cp;
	}
	least(&p, v, h, n);
	if (count < 8)
		return false;
	ret->letters = (uint16_t)count;
	memset(ret->few, 0, sizeof ret->few);
	if (count <= MINHASH_FEW)
		memcpy(ret->few, few, sizeof few);
	/* The low bits of a least value are as good as random; the high ones are nearly always nought. */
	for (size_t i = 0; i < MINHASH_N; i++)
		ret->v[i] = (uint16_t)(v[i] ^ v[i] >> 16);
	return true;
}

double minhash_like(const struct minhash *a, const struct minhash *b)
{
	int same = 0;
	for (size_t i = 0; i < MINHASH_N; i++)
		same += a->v[i] == b->v[i];
	return (double)same / MINHASH_N;
}

/* How many letters must be put in, left out or changed to make one of the other (Levenshtein). */
static unsigned distance(const struct minhash *a, const struct minhash *b)
{
	unsigned row[MINHASH_FEW + 1];
	for (unsigned j = 0; j <= b->letters; j++)
		row[j] = j;
	for (unsigned i = 0; i < a->letters; i++) {
		unsigned corner = row[0];
		row[0] = i + 1;
		for (unsigned j = 0; j < b->letters; j++) {
			unsigned d = corner + (a->few[i] != b->few[j]);
			corner = row[j + 1];
			d = row[j] + 1 < d ? row[j] + 1 : d;
			row[j + 1] = corner + 1 < d ? corner + 1 : d;
		}
	}
	return row[b->letters];
}

bool minhash_same(const struct minhash *a, const struct minhash *b)
{
	double like = minhash_like(a, b);
	unsigned shorter = a->letters < b->letters ? a->letters : b->letters, longer = a->letters ^ b->letters ^ shorter;
	if (shorter >= 32)
		return like >= 0.25;
	return like >= 0.1 && longer <= MINHASH_FEW && 4 * distance(a, b) <= longer;
}

void minhash_keys(const struct minhash *m, int64_t ret[MINHASH_BANDS])
{
	for (uint64_t i = 0; i < MINHASH_BANDS; i++) {
		const uint16_t *r = m->v + i * MINHASH_ROWS;
		ret[i] = (int64_t)(mix(i << 48 ^ (uint64_t)r[0] << 32 ^ (uint64_t)r[1] << 16 ^ r[2]) >> 1);
	}
}
