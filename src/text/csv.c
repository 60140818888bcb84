/* Why: tables come out of Excel, WPS and other systems with any separator and half-closed quotes.
 * Invariants: every byte of the text belongs to one row; reading always goes on; the cells are copies or parts of the
 * text, never outside it. */
#include "text/text.h"

/* Length of the row at p and how often each separator stands in it outside quotes. */
static size_t row_length(struct str s, size_t count[3])
{
	bool quoted = false;
	size_t i = 0;
	for (; i < s.n; i++) {
		char c = s.p[i];
		if (c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '\n' || c == '\r')
			break;
		else
			for (int k = 0; k < 3; k++)
				count[k] += c == ",\t;"[k];
	}
	while (i < s.n && (s.p[i] == '\n' || s.p[i] == '\r'))
		i++;
	return i;
}

void csv_open(struct csv *c, struct str utf8)
{
	*c = (struct csv){ .text = utf8, .sep = ',' };
	if (str_starts(utf8, "sep=") && utf8.n > 5 && (utf8.p[5] == '\n' || utf8.p[5] == '\r') && strchr(",;\t", utf8.p[4])) {
		/* Excel's own note of the separator */
		c->sep = utf8.p[4];
		c->at = utf8.n > 6 && utf8.p[5] == '\r' && utf8.p[6] == '\n' ? 7 : 6;
		return;
	}
	/* The separator that stands equally often in most of the first rows, more often winning. */
	size_t first[3] = { 0 }, same[3] = { 0 }, total[3] = { 0 };
	struct str rest = utf8;
	for (int row = 0; row < 12 && rest.n; row++) {
		size_t n[3] = { 0 }, len = row_length(rest, n);
		for (int k = 0; k < 3; k++) {
			if (!row)
				first[k] = n[k];
			same[k] += n[k] == first[k] && n[k];
			total[k] += n[k];
		}
		rest = (struct str){ rest.p + len, rest.n - len };
	}
	int best = 0;
	for (int k = 1; k < 3; k++)
		if (same[k] > same[best] || (same[k] == same[best] && total[k] > total[best]))
			best = k;
	c->sep = ",\t;"[best];
}

/* One cell from *at; leaves *at on the separator, the line end or the end of the text. */
static struct str cell(struct csv *c, struct arena *a, bool *ret_broken)
{
	const char *p = c->text.p;
	size_t i = c->at, n = c->text.n;
	if (i >= n || p[i] != '"') {
		size_t from = i;
		while (i < n && p[i] != c->sep && p[i] != '\n' && p[i] != '\r')
			i++;
		c->at = i;
		return (struct str){ p + from, i - from };
	}
	/* How far it goes first, so that a file of quotes costs no more than its size. */
	size_t from = ++i;
	while (i < n && !(p[i] == '"' && !(i + 1 < n && p[i + 1] == '"')))
		i += p[i] == '"' ? 2 : 1;
	size_t close = i < n ? i : n;
	if (i >= n)
		*ret_broken = true;
	else
		i++;
	/* Text after the closing quote is against the rule; it is kept rather than lost. */
	size_t tail = i < n ? i : n;
	while (i < n && p[i] != c->sep && p[i] != '\n' && p[i] != '\r')
		i++;
	c->at = i < n ? i : n;
	char *out = arena_alloc(a, close - from + (c->at - tail) + 1);
	size_t k = 0;
	for (size_t j = from; j < close; j++) {
		out[k++] = p[j];
		if (p[j] == '"')
			j++;
	}
	memcpy(out + k, p + tail, c->at - tail);
	return (struct str){ out, k + (c->at - tail) };
}

bool csv_next(struct csv *c, struct arena *a, struct str **ret_cells, size_t *ret_n, bool *ret_broken)
{
	bool broken = false;
	if (c->at >= c->text.n)
		return false;
	struct str *cells = NULL;
	size_t n = 0, cap = 0;
	for (;;) {
		struct str v = cell(c, a, &broken);
		VEC_PUSH(a, cells, n, cap, v);
		if (c->at >= c->text.n || c->text.p[c->at] != c->sep)
			break;
		c->at++;
	}
	if (c->at < c->text.n && c->text.p[c->at] == '\r')
		c->at++;
	if (c->at < c->text.n && c->text.p[c->at] == '\n')
		c->at++;
	c->row++;
	*ret_cells = cells;
	*ret_n = n;
	if (ret_broken)
		*ret_broken = broken;
	return true;
}
