/*
 * Why: a change to the journal must show (S31): an RFC 6962 tree over its rows, kept as the roots of the full subtrees.
 * Invariant: npeaks is the number of one bits of size, levels fall from left to right, one peak a set bit.
 */
#include "safe/safe.h"
#include "tree/tree.h"

void merkle_leaf(struct str entry, unsigned char ret[32]) { tree_leaf(entry.p, entry.n, ret); }

void merkle_add(struct merkle *m, const unsigned char leaf[32])
{
	must(m->npeaks < 64 && m->size < UINT64_MAX);
	m->peaks[m->npeaks].level = 0;
	memcpy(m->peaks[m->npeaks++].h, leaf, 32);
	m->size++;
	while (m->npeaks > 1 && m->peaks[m->npeaks - 1].level == m->peaks[m->npeaks - 2].level) {
		tree_node(m->peaks[m->npeaks - 2].h, m->peaks[m->npeaks - 1].h, m->peaks[m->npeaks - 2].h);
		m->npeaks--;
		m->peaks[m->npeaks - 1].level++;
	}
}

void merkle_root(const struct merkle *m, unsigned char ret[32])
{
	unsigned char h[32];
	if (!m->npeaks) {
		sha256(STR(""), ret);
		return;
	}
	memcpy(h, m->peaks[m->npeaks - 1].h, 32);
	for (int i = m->npeaks - 2; i >= 0; i--)
		tree_node(m->peaks[i].h, h, h);
	memcpy(ret, h, 32);
}

/* Format 1 | size (8 bytes, big end first) | peaks, left to right. Levels follow from the size. */
struct str merkle_save(const struct merkle *m, struct arena *a)
{
	size_t n = 9 + 32 * (size_t)m->npeaks;
	unsigned char *p = arena_alloc(a, n);
	p[0] = 1;
	for (int i = 0; i < 8; i++)
		p[1 + i] = (unsigned char)(m->size >> (56 - 8 * i));
	for (int i = 0; i < m->npeaks; i++)
		memcpy(p + 9 + 32 * i, m->peaks[i].h, 32);
	return (struct str){ (const char *)p, n };
}

enum err merkle_load(struct merkle *m, struct str bytes, struct fault *f)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	struct merkle r = { 0 };
	for (int i = 0; bytes.n >= 9 && i < 8; i++)
		r.size = r.size << 8 | p[1 + i];
	if (bytes.n < 9 || p[0] != 1 || bytes.n != 9 + 32 * (size_t)__builtin_popcountll(r.size))
		return fail(f, ERR_DB, N_("The state of the journal's tree is damaged."), "%zu bytes", bytes.n);
	for (int level = 63; level >= 0; level--)
		if (r.size >> level & 1) {
			r.peaks[r.npeaks].level = level;
			memcpy(r.peaks[r.npeaks].h, p + 9 + 32 * r.npeaks, 32);
			r.npeaks++;
		}
	*m = r;
	return OK;
}

/* By the definition (RFC 6962 2.1), on purpose not through the peaks: one checks the other. Depth at most 64. */
void merkle_root_of(const unsigned char *leaves, uint64_t n, unsigned char ret[32])
{
	if (n == 0) {
		sha256(STR(""), ret);
		return;
	}
	if (n == 1) {
		memcpy(ret, leaves, 32);
		return;
	}
	uint64_t k = tree_split(n);
	unsigned char l[32], r[32];
	merkle_root_of(leaves, k, l);
	merkle_root_of(leaves + 32 * k, n - k, r);
	tree_node(l, r, ret);
}
