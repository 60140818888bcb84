/* Why: of a thousand households that were heard of, who is to be visited this week? What went before, how often and how long ago says most of it; so it is
 * counted, in the open, and a person decides. Invariants: no reason without its points and no points without their reason; nothing weighs up that somebody
 * was in danger within the last weeks (risk_level: floor). */
#include "sense/risk.h"
#include <math.h>
#include <stdlib.h>

static int64_t number(const struct codes *cs, const struct code *k, const char *list, const char *column)
{
	struct str s = code_more(cs, list, k->code, column);
	char b[24] = "";
	if (s.n && s.n < sizeof b)
		memcpy(b, s.p, s.n);
	return strtoll(b, NULL, 10);
}

int64_t risk_level_number(const struct codes *cs, struct str level, const char *column)
{
	const struct code *k = level.n ? code_find(cs, "risk_level", level) : NULL;
	return k ? number(cs, k, "risk_level", column) : 0;
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

static bool is_report(const struct codes *cs, const char *item) { return code_find(cs, "risk_level", str_of(item)) != NULL; }

static void add(struct risk *r, const struct code *item, double points, int n, int64_t ms)
{
	int64_t tenths = (int64_t)llround(points * 10);
	if (!tenths || r->n == RISK_REASONS)
		return;
	r->v[r->n++] = (struct risk_reason){ item, tenths, ms, n };
	r->tenths += tenths;
}

/* Each row counts its own events, less with each day, up to its most. */
static void count_row(const struct codes *cs, int64_t now, const struct code *k, const struct risk_event *e, size_t n, struct risk *r)
{
	double each = (double)number(cs, k, "risk_point", "points"), tau = (double)number(cs, k, "risk_point", "tau"), most = (double)number(cs, k, "risk_point", "most"), sum = 0;
	int64_t days = number(cs, k, "risk_point", "days"), newest = 0;
	bool danger = str_is(k->code, "danger");
	int hits = 0;
	for (size_t i = 0; i < n; i++) {
		double age = (double)(now - e[i].ms) / (double)MS_DAY;
		if (age < 0 || age > (double)days || !(danger ? e[i].danger : str_is(k->code, e[i].item)))
			continue;
		sum += tau > 0 ? each * exp(-age / tau) : each;
		newest = e[i].ms > newest ? e[i].ms : newest;
		hits++;
	}
	add(r, k, fabs(sum) > fabs(most) ? most : sum, hits, newest);
}

struct of_late { int channels, recent, before; int64_t newest; };

static struct of_late look_back(const struct codes *cs, int64_t now, const struct risk_event *e, size_t n)
{
	struct of_late l = { 0 };
	for (size_t i = 0; i < n; i++) {
		bool seen = false;
		if (e[i].ms > now || now - e[i].ms > 180 * MS_DAY || e[i].searched || !is_report(cs, e[i].item))
			continue;
		l.newest = e[i].ms > l.newest ? e[i].ms : l.newest;
		*(now - e[i].ms <= 90 * MS_DAY ? &l.recent : &l.before) += 1;
		for (size_t k = 0; k < i; k++)
			seen |= str_eq(e[k].source, e[i].source) && e[k].ms <= now && now - e[k].ms <= 180 * MS_DAY && !e[k].searched && is_report(cs, e[k].item);
		l.channels += !seen && e[i].source.n;
	}
	return l;
}

static int gravest(const void *a, const void *b)
{
	const struct risk_reason *x = a, *y = b;
	return x->tenths != y->tenths ? (x->tenths > y->tenths ? -1 : 1) : str_cmp(x->item->code, y->item->code);
}

static void level_of(const struct codes *cs, int64_t now, const struct risk_event *e, size_t n, struct risk *r)
{
	size_t nl;
	const struct code *l = codes_list(cs, "risk_level", &nl);
	for (size_t i = nl; i-- > 0;) {
		bool floor = false;
		for (size_t k = 0; k < n && !floor; k++)
			floor = str_is(l[i].code, e[k].item) && e[k].ms <= now && now - e[k].ms < number(cs, &l[i], "risk_level", "floor") * MS_DAY;
		bool enough = r->tenths >= 10 * number(cs, &l[i], "risk_level", "from");
		if (!enough && !floor)
			continue;
		r->level = l[i].code;
		r->floor = !enough;
	}
}

void risk_of(const struct codes *cs, int64_t now, const struct risk_event *e, size_t n, struct risk *ret)
{
	size_t rows;
	const struct code *k = codes_list(cs, "risk_point", &rows);
	struct of_late l = look_back(cs, now, e, n);
	*ret = (struct risk){ .last = 0 };
	for (size_t i = 0; i < n; i++)
		if (is_report(cs, e[i].item) && e[i].ms <= now && e[i].ms > ret->last)
			ret->last = e[i].ms;
	for (size_t i = 0; i < rows; i++) {
		double each = (double)number(cs, &k[i], "risk_point", "points"), most = (double)number(cs, &k[i], "risk_point", "most");
		if (str_is(k[i].code, "channels"))
			add(ret, &k[i], l.channels < 2 ? 0 : fmin((l.channels - 1) * each, most), l.channels, l.newest);
		else if (str_is(k[i].code, "trend"))
			add(ret, &k[i], l.recent >= 2 && l.recent > l.before ? each : 0, l.recent, l.newest);
		else
			count_row(cs, now, &k[i], e, n, ret);
	}
	if (ret->tenths < 0)
		ret->tenths = 0;
	qsort(ret->v, ret->n, sizeof *ret->v, gravest);
	level_of(cs, now, e, n, ret);
}
