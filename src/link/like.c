/* Why: a name heard over the telephone, a number with a digit lost. */
#include "link/link.h"

double like_jaro_winkler(struct str a, struct str b)
{
	enum { MOST = 64 };
	bool at[MOST] = { 0 }, bt[MOST] = { 0 };
	size_t n = a.n > MOST ? MOST : a.n, m = b.n > MOST ? MOST : b.n, most = n > m ? n : m, common = 0, swaps = 0, k = 0;
	if (!n || !m)
		return 0;
	size_t reach = most / 2 > 0 ? most / 2 - 1 : 0;
	for (size_t i = 0; i < n; i++) {
		size_t lo = i > reach ? i - reach : 0, hi = i + reach + 1 < m ? i + reach + 1 : m;
		for (size_t j = lo; j < hi; j++)
			if (!bt[j] && a.p[i] == b.p[j]) {
				at[i] = bt[j] = true;
				common++;
				break;
			}
	}
	if (!common)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (!at[i])
			continue;
		while (!bt[k])
			k++;
		swaps += a.p[i] != b.p[k];
		k++;
	}
	double c = (double)common, j = (c / (double)n + c / (double)m + (c - (double)swaps / 2) / c) / 3;
	size_t head = 0;
	while (head < 4 && head < n && head < m && a.p[head] == b.p[head])
		head++;
	return j + (double)head * 0.1 * (1 - j);
}

static int least(int a, int b) { return a < b ? a : b; }

int like_edits(struct str a, struct str b, int most)
{
	enum { MOST = 64 };
	int n = a.n > MOST ? MOST : (int)a.n, m = b.n > MOST ? MOST : (int)b.n, row[3][MOST + 1];
	if (n - m > most || m - n > most)
		return most + 1;
	for (int j = 0; j <= m; j++)
		row[0][j] = j;
	for (int i = 1; i <= n; i++) {
		int *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3], low = i;
		now[0] = i;
		for (int j = 1; j <= m; j++) {
			now[j] = least(least(before[j] + 1, now[j - 1] + 1), before[j - 1] + (a.p[i - 1] != b.p[j - 1]));
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				now[j] = least(now[j], two[j - 2] + 1);
			low = least(low, now[j]);
		}
		if (low > most)
			return most + 1;
	}
	return least(row[n % 3][m], most + 1);
}

/* FNV-1a and a last stir. */
uint64_t link_hash(uint64_t seed, struct str s)
{
	uint64_t h = 1469598103934665603u ^ seed * 0x9E3779B97F4A7C15u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	h ^= h >> 32;
	h *= 0xD6E8FEB86659FD93u;
	return h ^ h >> 29;
}
