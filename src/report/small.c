/* Why: one case in a village in a month is one woman, and her husband can read a table too.
 * Invariants: no figure from 1 to 4 is shown to who is outside; and who knows all that is shown and these rules can still think of any
 * of 1 to 4 behind each "<5". The line hidden with them is the first by its code that is not small: a choice by size would tell of
 * its size. A test reckons. */
#include "report/month.h"

#define SMALL 5

static bool small(int64_t n) { return n > 0 && n < SMALL; }

void small_hide(struct small_cell *v, size_t n, bool total_hidden)
{
	struct small_cell *cover = NULL;
	int64_t k = 0, sum = 0;
	for (size_t i = 0; i < n; i++) {
		if (small(v[i].n)) {
			v[i].hide = HIDE_SMALL;
			k++;
			sum += v[i].n;
		} else if (v[i].n && (!cover || str_cmp(v[i].key, cover->key) < 0)) {
			cover = &v[i];
		}
	}
	if (!k || total_hidden)
		return;
	/* What is hidden has a sum that anybody can reckon. Room for one of k to be 4, the others 1, the covering line 5 at least. */
	if (cover && sum + cover->n >= k + 3 + SMALL) {
		cover->hide = HIDE_OTHER;
		return;
	}
	for (size_t i = 0; i < n; i++)
		v[i].hide = HIDE_OTHER;
}

bool small_alone(int64_t n) { return small(n); }

static void column(struct month_block *b, int w, int f, bool total_hidden)
{
	size_t n = b->nlines;
	ARENA a = arena_new(0);
	struct small_cell *v = NEWN(a, struct small_cell, n + 1);
	for (size_t i = 0; i < n; i++)
		v[i] = (struct small_cell){ .n = b->lines[i].n[w][f], .key = b->lines[i].key, .hide = b->lines[i].hide[w][f] };
	small_hide(v, n, total_hidden);
	for (size_t i = 0; i < n; i++)
		b->lines[i].hide[w][f] = v[i].hide;
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
