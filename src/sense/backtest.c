/* Why: whoever changes a figure of the card must see at once what it does to the list. Invariants: the list is made from what was reported up to that week and
 * nothing else; both rivals see the same. */
#include "sense/backtest.h"
#include <math.h>
#include <stdlib.h>

enum { CALM, STRAINED, VIOLENT };
#define KEEP 64           /* events that are looked back at */
#define AGAIN 13          /* weeks: who was looked after in this quarter is not listed twice */
#define SPAN 13           /* weeks in which a grave event counts for a listing */

struct home { uint8_t state; double pace, loud; int apart_until; struct risk_event ev[KEEP]; int nev; int listed_from[BY_METHODS], listed_last[BY_METHODS]; int last_grave; };
struct world { struct rng g; struct risk_card card; struct backtest *b; struct home *h; int64_t *lead[BY_METHODS]; size_t nlead[BY_METHODS], cap[BY_METHODS];
	       int item[4], apart; struct str source[7]; };

static double normal(struct rng *g)
{
	double u = rng_unit(g), v = rng_unit(g);
	return sqrt(-2 * log(u > 1e-12 ? u : 1e-12)) * cos(6.283185307179586 * v);
}

static bool chance(struct world *w, double p) { return rng_unit(&w->g) < p; }

static void add_event(struct home *h, struct risk_event e)
{
	if (h->nev == KEEP) {
		memmove(h->ev, h->ev + 1, (KEEP - 1) * sizeof *h->ev);
		h->nev--;
	}
	h->ev[h->nev++] = e;
}

static int64_t ms_of(int week) { return (int64_t)(week + 200) * 7 * MS_DAY; }

static void report(struct world *w, struct home *h, int week, bool searched)
{
	int grade = h->state == VIOLENT ? 1 : h->state == STRAINED ? 2 : 3;
	if (h->state == VIOLENT && chance(w, 0.25))
		grade = 0;
	if (chance(w, 0.2))
		grade = (int)rng_range(&w->g, grade > 0 ? grade - 1 : 0, grade < 3 ? grade + 1 : 3);
	int source = searched ? 6 : (int)rng_range(&w->g, 0, 5);
	add_event(h, (struct risk_event){ .item = w->item[grade], .ms = ms_of(week), .source = w->source[source], .searched = searched, .danger = h->state == VIOLENT && chance(w, 0.4) });
	w->b->reports++;
}

static void pass_week(struct world *w, struct home *h, int week, bool *grave)
{
	double fast = h->pace * (week < h->apart_until ? 2.5 : 1);
	switch (h->state) {
	case CALM:
		h->state = chance(w, 0.0012 * fast) ? STRAINED : CALM;
		break;
	case STRAINED:
		h->state = chance(w, 0.02 * fast) ? VIOLENT : chance(w, 0.05) ? CALM : STRAINED;
		break;
	default:
		h->state = chance(w, 0.06) ? STRAINED : VIOLENT;
	}
	if (h->state != CALM && chance(w, 0.01)) {
		h->apart_until = week + 9;
		if (chance(w, 0.5))
			add_event(h, (struct risk_event){ .item = w->apart, .ms = ms_of(week) });
	}
	if (chance(w, (h->state == VIOLENT ? 0.12 : h->state == STRAINED ? 0.04 : 0.0006) * h->loud))
		report(w, h, week, false);
	if (chance(w, h->state == CALM ? 0.0002 : 0.004))
		report(w, h, week, true);
	*grave = chance(w, h->state == VIOLENT ? 0.012 * (week < h->apart_until ? 2 : 1) : 0.000002);
}

struct ranking { double key; int i; };

static int by_key(const void *a, const void *b)
{
	const struct ranking *x = a, *y = b;
	return x->key != y->key ? (x->key > y->key ? -1 : 1) : x->i - y->i;
}

static double key_of(struct world *w, const struct home *h, int64_t now, int how)
{
	struct risk r;
	int n = 0, worst = 4;
	int64_t last = 0;
	if (how == BY_POINTS) {
		risk_of(&w->card, now, h->ev, (size_t)h->nev, &r);
		return (double)r.tenths;
	}
	for (int i = 0; i < h->nev; i++) {
		int level = w->card.row[h->ev[i].item].level;
		if (level < 0 || now - h->ev[i].ms > 180 * MS_DAY)
			continue;
		n++;
		last = h->ev[i].ms;
		worst = level;
	}
	return how == BY_COUNT ? n + (double)last / 1e16 : last ? 4 - worst + (double)last / 1e16 : 0;
}

static void list_week(struct world *w, int week, struct ranking *p)
{
	struct backtest *b = w->b;
	for (int how = 0; how < BY_METHODS; how++) {
		int n = 0;
		for (int i = 0; i < b->households; i++) {
			const struct home *h = &w->h[i];
			int64_t newest = h->nev ? h->ev[h->nev - 1].ms : 0;
			if (!h->nev || ms_of(week) - newest > 365 * MS_DAY)
				continue;
			if (how == BY_COUNT)
				b->heardof++;
			/* Who was visited is visited again after a quarter. */
			if (week - h->listed_last[how] < AGAIN)
				continue;
			p[n] = (struct ranking){ key_of(w, &w->h[i], ms_of(week), how), i };
			n += p[n].key > 0;
		}
		qsort(p, (size_t)n, sizeof *p, by_key);
		for (int k = 0; k < n && k < b->capacity; k++) {
			struct home *h = &w->h[p[k].i];
			if (h->listed_last[how] < week - SPAN)
				h->listed_from[how] = week;
			h->listed_last[how] = week;
			b->by[how].listed++;
		}
	}
}

/* A listing was right when within a quarter something grave came: each week of the list before it, once. */
static void grave_event(struct world *w, struct home *h, int week, const uint8_t *was, int i)
{
	struct backtest *b = w->b;
	bool heard = h->nev && ms_of(week) - h->ev[h->nev - 1].ms <= 365 * MS_DAY;
	if (!heard)
		return;
	b->grave++;
	for (int how = 0; how < BY_METHODS; how++) {
		int from = week > SPAN ? week - SPAN : 0, first = -1;
		if (from <= h->last_grave)
			from = h->last_grave + 1;
		for (int k = from; k < week; k++)
			if (was[((size_t)how * (size_t)b->weeks + (size_t)k) * (size_t)b->households + (size_t)i]) {
				first = first < 0 ? k : first;
				b->by[how].right++;
			}
		if (first < 0)
			continue;
		b->by[how].caught++;
		if (w->nlead[how] == w->cap[how])
			w->lead[how] = xrealloc(w->lead[how], (w->cap[how] = w->cap[how] ? 2 * w->cap[how] : 256) * sizeof *w->lead[how]);
		w->lead[how][w->nlead[how]++] = (int64_t)(week - first) * 7;
	}
	h->last_grave = week;
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

void backtest_run(const struct codes *cs, struct backtest *b)
{
	static const char *const grades[] = { "red", "orange", "yellow", "blue" }, *const sources[] = { "police", "hotline12338", "hotline12345", "web", "court", "school", "home" };
	struct rng seed = { b->seed };
	struct world w = { .g = { rng_next(&seed) }, .b = b };      /* streams of neighbouring seeds must not be one stream shifted */
	size_t n = (size_t)b->households;
	struct ranking *p = xalloc((n + 1) * sizeof *p);
	uint8_t *was = xalloc((size_t)BY_METHODS * (size_t)b->weeks * n + 1);
	w.h = xalloc((n + 1) * sizeof *w.h);
	risk_card(cs, &w.card);
	for (int i = 0; i < 4; i++)
		w.item[i] = risk_item(&w.card, str_of(grades[i]));
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		w.source[i] = str_of(sources[i]);
	w.apart = risk_item(&w.card, STR("separation"));
	for (size_t i = 0; i < n; i++) {
		w.h[i] = (struct home){ .pace = exp(0.8 * normal(&w.g)), .loud = exp(0.5 * normal(&w.g)), .last_grave = -1 };
		for (int how = 0; how < BY_METHODS; how++)
			w.h[i].listed_last[how] = -1000;
	}
	/* A year first in which nothing is listed, so that there is a past. */
	for (int week = -52; week < b->weeks; week++) {
		for (size_t i = 0; i < n; i++) {
			bool grave;
			pass_week(&w, &w.h[i], week, &grave);
			if (grave && week >= 0)
				grave_event(&w, &w.h[i], week, was, (int)i);
		}
		if (week < 0)
			continue;
		list_week(&w, week, p);
		for (int how = 0; how < BY_METHODS; how++)
			for (size_t i = 0; i < n; i++)
				was[((size_t)how * (size_t)b->weeks + (size_t)week) * n + i] = w.h[i].listed_last[how] == week;
	}
	for (int how = 0; how < BY_METHODS; how++) {
		if (w.nlead[how]) {
			qsort(w.lead[how], w.nlead[how], sizeof *w.lead[how], by_size);
			b->by[how].lead_days = w.lead[how][w.nlead[how] / 2];
		}
		free(w.lead[how]);
	}
	free(w.h);
	free(was);
	free(p);
}
