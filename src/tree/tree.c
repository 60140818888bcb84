/* Why: what proves the journal must be small enough to be read by who does not trust us.
 * Invariants: as in the RFCs, letter by letter; the checkers never read past n and accept one path only. */
#include "tree/tree.h"
#include <sodium.h>
#include <string.h>

void tree_sha256(const void *p, size_t n, tree_hash ret) { crypto_hash_sha256(ret, p ? p : (const void *)"", n); }

void tree_leaf(const void *entry, size_t n, tree_hash ret)
{
	crypto_hash_sha256_state st;
	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, (const unsigned char *)"", 1);
	crypto_hash_sha256_update(&st, entry, n);
	crypto_hash_sha256_final(&st, ret);
}

void tree_node(const tree_hash l, const tree_hash r, tree_hash ret)
{
	unsigned char in[1 + 2 * TREE_HASH] = { 1 };
	memcpy(in + 1, l, TREE_HASH);
	memcpy(in + 1 + TREE_HASH, r, TREE_HASH);
	crypto_hash_sha256(ret, in, sizeof in);
}

void tree_empty(tree_hash ret) { tree_sha256("", 0, ret); }

uint64_t tree_split(uint64_t n) { return UINT64_C(1) << (63 - __builtin_clzll(n - 1)); }

/* ---- making proofs: from the leaf upwards, so the recursion writes on its way back ---- */

struct made { tree_range_fn *range; void *arg; tree_hash *path; int n; };

static bool put(struct made *m, uint64_t lo, uint64_t hi)
{
	return m->n < TREE_PATH && m->range(m->arg, lo, hi, m->path[m->n++]);
}

static bool inclusion(struct made *m, uint64_t at, uint64_t lo, uint64_t hi)
{
	if (hi - lo == 1)
		return true;
	uint64_t mid = lo + tree_split(hi - lo);
	return at < mid ? inclusion(m, at, lo, mid) && put(m, mid, hi) : inclusion(m, at, mid, hi) && put(m, lo, mid);
}

int tree_inclusion(tree_range_fn *range, void *arg, uint64_t index, uint64_t size, tree_hash ret[TREE_PATH])
{
	struct made m = { range, arg, ret, 0 };
	return index < size && inclusion(&m, index, 0, size) ? m.n : -1;
}

/* known: the verifier holds the root of lo … to-1 already. */
static bool consistency(struct made *m, uint64_t from, uint64_t lo, uint64_t hi, bool known)
{
	if (from == hi)
		return known || put(m, lo, hi);
	uint64_t mid = lo + tree_split(hi - lo);
	return from <= mid ? consistency(m, from, lo, mid, known) && put(m, mid, hi) : consistency(m, from, mid, hi, false) && put(m, lo, mid);
}

int tree_consistency(tree_range_fn *range, void *arg, uint64_t from, uint64_t to, tree_hash ret[TREE_PATH])
{
	struct made m = { range, arg, ret, 0 };
	return from && from <= to && consistency(&m, from, 0, to, true) ? m.n : -1;
}

/* ---- checking proofs ---- */

/* One step up: is the hash that the path gives to the left of ours? Then both positions climb to where they part again. */
static bool left_of(uint64_t *at, uint64_t *last)
{
	bool left = (*at & 1) || *at == *last;
	if (left)
		while (*at && !(*at & 1)) {
			*at >>= 1;
			*last >>= 1;
		}
	*at >>= 1;
	*last >>= 1;
	return left;
}

bool tree_inclusion_ok(uint64_t index, uint64_t size, const tree_hash leaf, const tree_hash *path, size_t n, const tree_hash root)
{
	tree_hash h;
	if (index >= size)
		return false;
	uint64_t at = index, last = size - 1;
	memcpy(h, leaf, TREE_HASH);
	for (size_t i = 0; i < n; i++) {
		if (!last)
			return false;
		if (left_of(&at, &last))
			tree_node(path[i], h, h);
		else
			tree_node(h, path[i], h);
	}
	return !last && memcmp(h, root, TREE_HASH) == 0;
}

bool tree_consistency_ok(uint64_t from, uint64_t to, const tree_hash root_from, const tree_hash root_to, const tree_hash *path, size_t n)
{
	tree_hash a, b, none;
	if (from > to)
		return false;
	if (from == to)
		return n == 0 && memcmp(root_from, root_to, TREE_HASH) == 0;
	if (!from) {    /* everything grows from the empty log */
		tree_empty(none);
		return n == 0 && memcmp(root_from, none, TREE_HASH) == 0;
	}
	uint64_t at = from - 1, last = to - 1;
	for (; at & 1; at >>= 1)
		last >>= 1;
	bool whole = !(from & (from - 1));    /* the old tree is one full subtree of the new: its root opens the path */
	if (!whole && !n)
		return false;
	memcpy(a, whole ? root_from : path[0], TREE_HASH);
	memcpy(b, a, TREE_HASH);
	for (size_t i = !whole; i < n; i++) {
		if (!last)
			return false;
		if (left_of(&at, &last)) {
			tree_node(path[i], a, a);
			tree_node(path[i], b, b);
		} else {
			tree_node(b, path[i], b);
		}
	}
	return !last && memcmp(a, root_from, TREE_HASH) == 0 && memcmp(b, root_to, TREE_HASH) == 0;
}
