/* Why: a number that comes in a thousand times a day must be told from a few thousand known ones without asking the store, and those
 * must not lie about in memory to be read.
 * Invariants: what was added is always found again; nothing that was added can be read back: only SipHash-2-4 of it under a key that
 * this set alone has and that dies with it. */
#include "safe/safe.h"
#include "base/clock.h"
#include <sodium.h>
#include <string.h>

void *secret_new(size_t n)
{
	safe_init();
	must(n % 16 == 0);
	void *p = sodium_malloc(n);
	must(p != NULL);
	memset(p, 0, n);
	return p;
}

void secret_free(void *p) { sodium_free(p); }

struct known { unsigned char key[16]; uint64_t *slot; size_t cap, n; };   /* cap: a power of two; a free slot is 0 */

static uint64_t mark(const struct known *k, const char *what, struct str v)
{
	unsigned char room[256];
	size_t n = strlen(what) + 1;
	must(n < 32);
	memcpy(room, what, n);
	size_t rest = v.n < sizeof room - n ? v.n : sizeof room - n;   /* longer ones that begin alike are one: found once too often, never too seldom */
	if (rest)
		memcpy(room + n, v.p, rest);
	uint64_t h = siphash(k->key, (struct str){ (const char *)room, n + rest });
	sodium_memzero(room, n + rest);
	return h ? h : 1;
}

static uint64_t *slots_new(size_t cap)
{
	uint64_t *s = sodium_allocarray(cap, sizeof *s);
	must(s != NULL);
	memset(s, 0, cap * sizeof *s);
	return s;
}

static uint64_t *place(uint64_t *slot, size_t cap, uint64_t h)
{
	size_t i = (size_t)h & (cap - 1);
	while (slot[i] && slot[i] != h)
		i = (i + 1) & (cap - 1);
	return &slot[i];
}

static void grow(struct known *k)
{
	size_t cap = 2 * k->cap;
	uint64_t *s = slots_new(cap);
	for (size_t i = 0; i < k->cap; i++)
		if (k->slot[i])
			*place(s, cap, k->slot[i]) = k->slot[i];
	sodium_free(k->slot);
	k->slot = s;
	k->cap = cap;
}

struct known *known_new(void)
{
	safe_init();
	struct known *k = sodium_malloc(sizeof *k);
	must(k != NULL);
	*k = (struct known){ .cap = 256 };
	random_bytes(k->key, sizeof k->key);
	k->slot = slots_new(k->cap);
	return k;
}

void known_free(struct known *k)
{
	if (!k)
		return;
	sodium_free(k->slot);
	sodium_free(k);
}

void known_add(struct known *k, const char *what, struct str v)
{
	uint64_t h = mark(k, what, v), *at = place(k->slot, k->cap, h);
	if (*at)
		return;
	*at = h;
	if (++k->n > k->cap / 2)
		grow(k);
}

bool known_has(const struct known *k, const char *what, struct str v)
{
	return *place(k->slot, k->cap, mark(k, what, v)) != 0;
}
