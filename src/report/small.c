/* Why: one case in a village in a month is one woman, and her husband can read a table too.
 * Invariants: no figure from 1 to 4 is shown to who is outside; and who knows all that is shown and these rules can still think of any
 * of 1 to 4 behind each "<5". The line hidden with them is the first by its code that is not small: a choice by size would tell of
 * its size. A test reckons. */
#include "report/month.h"

#define SMALL 5

static bool small(int64_t n) { return n > 0 && n < SMALL; }

static void column(struct month_block *b, int w, int f, bool total_hidden)
{
	struct month_line *cover = NULL;
	int64_t k = 0, sum = 0;
	for (size_t i = 0; i < b->nlines; i++) {
		struct month_line *l = &b->lines[i];
		int64_t n = l->n[w][f];
		if (small(n)) {
			l->hide[w][f] = HIDE_SMALL;
			k++;
			sum += n;
		} else if (n && (!cover || str_cmp(l->key, cover->key) < 0)) {
			cover = l;
		}
	}
	if (!k || total_hidden)
		return;
	/* What is hidden has a sum that anybody can reckon. Room for one of k to be 4, the others 1, the covering line 5 at least. */
	if (cover && sum + cover->n[w][f] >= k + 3 + SMALL) {
		cover->hide[w][f] = HIDE_OTHER;
		return;
	}
	for (size_t i = 0; i < b->nlines; i++)
		b->lines[i].hide[w][f] = HIDE_OTHER;
}

void month_small(struct month *m)
{
	m->small = true;
	for (int w = 0; w < MONTH_WHENS; w++)
		for (int f = 0; f < FIG_COUNT; f++) {
			bool hidden = small(m->total.n[w][f]);
			m->total.hide[w][f] = hidden ? HIDE_SMALL : SHOWN;
			for (int d = 0; d < DIM_COUNT; d++)
				if (m->block[d].figs >> f & 1)
					column(&m->block[d], w, f, hidden);
		}
}

bool month_inside(const struct ctx *c) { return c->actor->role == ROLE_SYSTEM || (R_FED & 1u << c->actor->role); }

struct str month_figure(struct ctx *c, const struct month_line *l, enum month_when w, enum month_fig f)
{
	switch (l->hide[w][f]) {
	case HIDE_SMALL: return STR("<5");
	case HIDE_OTHER: return STR("*");
	default: return arena_fmt(c->a, "%lld", (long long)l->n[w][f]);
	}
}
