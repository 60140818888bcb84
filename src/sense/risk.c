/* Why: of a thousand households that were heard of, who is to be visited this week? What went before, how often and how long ago says most of it; so it is
 * counted, in the open, and a person decides. Invariants: no reason without its points and no points without their reason; nothing weighs up that somebody
 * was in danger within the last weeks (risk_level: floor). */
#include "sense/risk.h"
#include <math.h>
#include <stdlib.h>

static int64_t number(const struct codes *cs, const char *list, struct str code, const char *column)
{
	struct str s = code_more(cs, list, code, column);
	char b[24] = "";
	if (s.n && s.n < sizeof b)
		memcpy(b, s.p, s.n);
	return strtoll(b, NULL, 10);
}

void risk_card(const struct codes *cs, struct risk_card *ret)
{
	size_t n;
	const struct code *k = codes_list(cs, "risk_point", &n);
	*ret = (struct risk_card){ .channels = -1, .trend = -1, .danger = -1 };
	must(n <= RISK_REASONS);
	for (size_t i = 0; i < n; i++) {
		struct risk_row *r = &ret->row[ret->n++];
		*r = (struct risk_row){ .item = &k[i], .level = -1, .each = (double)number(cs, "risk_point", k[i].code, "points"), .tau = (double)number(cs, "risk_point", k[i].code, "tau"),
					.days = (double)number(cs, "risk_point", k[i].code, "days"), .most = (double)number(cs, "risk_point", k[i].code, "most") };
		*(str_is(k[i].code, "channels") ? &ret->channels : str_is(k[i].code, "trend") ? &ret->trend : str_is(k[i].code, "danger") ? &ret->danger : &(int){ 0 }) = (int)i;
	}
	k = codes_list(cs, "risk_level", &n);
	must(n <= ARRAY_LEN(ret->level));
	for (size_t i = 0; i < n; i++) {
		ret->level[ret->nlevels++] = (struct risk_level){ k[i].code, 10 * number(cs, "risk_level", k[i].code, "from"), number(cs, "risk_level", k[i].code, "floor") * MS_DAY };
		for (size_t r = 0; r < ret->n; r++)
			if (str_eq(ret->row[r].item->code, k[i].code))
				ret->row[r].level = (int)i;
	}
}

int risk_item(const struct risk_card *card, struct str code)
{
	for (size_t i = 0; i < card->n; i++)
		if (str_eq(card->row[i].item->code, code))
			return (int)i;
	return -1;
}

int64_t risk_level_number(const struct codes *cs, struct str level, const char *column)
{
	return level.n && code_find(cs, "risk_level", level) ? number(cs, "risk_level", level, column) : 0;
}

int risk_rank(const struct codes *cs, struct str level)
{
	size_t n;
	const struct code *k = codes_list(cs, "risk_level", &n);
	for (size_t i = 0; i < n; i++)
		if (str_eq(k[i].code, level))
			return (int)i + 1;
	return (int)n + 1;
}

struct sum { double points; int64_t newest; int n; };

/* Less with each day; one that lies too far back, or ahead, not at all. */
static void count(const struct risk_row *r, int64_t now, int64_t ms, struct sum *s)
{
	double age = (double)(now - ms) / (double)MS_DAY;
	if (age < 0 || age > r->days)
		return;
	s->points += r->tau > 0 ? r->each * exp(-age / r->tau) : r->each;
	s->newest = ms > s->newest ? ms : s->newest;
	s->n++;
}

static bool of_late(const struct risk_card *card, int64_t now, const struct risk_event *e)
{
	return card->row[e->item].level >= 0 && !e->searched && e->ms <= now && now - e->ms <= 180 * MS_DAY;
}

/* From how many sides, and whether it grows: rows of their own. */
static void look_back(const struct risk_card *card, int64_t now, const struct risk_event *e, size_t n, struct sum *s)
{
	int channels = 0, recent = 0, before = 0;
	int64_t newest = 0;
	for (size_t i = 0; i < n; i++) {
		bool seen = false;
		if (!of_late(card, now, &e[i]))
			continue;
		newest = e[i].ms > newest ? e[i].ms : newest;
		*(now - e[i].ms <= 90 * MS_DAY ? &recent : &before) += 1;
		for (size_t k = 0; k < i && !seen; k++)
			seen = of_late(card, now, &e[k]) && str_eq(e[k].source, e[i].source);
		channels += !seen && e[i].source.n;
	}
	if (card->channels >= 0 && channels > 1)
		s[card->channels] = (struct sum){ (channels - 1) * card->row[card->channels].each, newest, channels };
	if (card->trend >= 0 && recent > 1 && recent > before)
		s[card->trend] = (struct sum){ card->row[card->trend].each, newest, recent };
}

static int gravest(const void *a, const void *b)
{
	const struct risk_reason *x = a, *y = b;
	return x->tenths != y->tenths ? (x->tenths > y->tenths ? -1 : 1) : str_cmp(x->item->code, y->item->code);
}

static void level_of(const struct risk_card *card, int64_t now, const struct risk_event *e, size_t n, struct risk *r)
{
	for (size_t i = 0; i < card->nlevels; i++) {
		const struct risk_level *l = &card->level[i];
		bool enough = r->tenths >= l->from, floor = false;
		for (size_t k = 0; k < n && !enough && !floor; k++)
			floor = card->row[e[k].item].level == (int)i && e[k].ms <= now && now - e[k].ms < l->floor;
		if (!enough && !floor)
			continue;
		r->level = l->code;
		r->floor = floor;
		return;
	}
}

void risk_of(const struct risk_card *card, int64_t now, const struct risk_event *e, size_t n, struct risk *ret)
{
	struct sum s[RISK_REASONS] = { 0 };
	*ret = (struct risk){ .last = 0 };
	for (size_t i = 0; i < n; i++) {
		const struct risk_row *r = &card->row[e[i].item];
		count(r, now, e[i].ms, &s[e[i].item]);
		if (e[i].danger && card->danger >= 0)
			count(&card->row[card->danger], now, e[i].ms, &s[card->danger]);
		if (r->level >= 0 && e[i].ms <= now && e[i].ms > ret->last)
			ret->last = e[i].ms;
	}
	look_back(card, now, e, n, s);
	for (size_t i = 0; i < card->n; i++) {
		double most = card->row[i].most, points = fabs(s[i].points) > fabs(most) ? most : s[i].points;
		int64_t tenths = (int64_t)llround(points * 10);
		if (!tenths)
			continue;
		ret->v[ret->n++] = (struct risk_reason){ card->row[i].item, tenths, s[i].newest, s[i].n };
		ret->tenths += tenths;
	}
	if (ret->tenths < 0)
		ret->tenths = 0;
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof *ret->v, gravest);
	level_of(card, now, e, n, ret);
}
