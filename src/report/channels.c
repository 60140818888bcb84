/* Why: a hotline's file that came no more, or a school that reports no more, is noticed by nobody until it is too late: what does not come makes no noise.
 * Invariants: sums alone, no record is read. */
#include "base/chance.h"
#include "record/metrics.h"
#include "report/channels.h"

#define WEEKS 12
#define DAYS ((WEEKS + 1) * 7)

enum channel_state channel_state(int64_t week, double usual, int gap)
{
	if (gap < 0 && usual <= 0)
		return CHANNEL_NEVER;
	if (usual > 0 && exp(-usual * (gap < 0 ? DAYS : gap) / 7) < 0.01)
		return CHANNEL_SILENT;
	/* Few are no burst, whatever was before. */
	return week >= 5 && poisson_at_least(week, usual) < 0.001 ? CHANNEL_LOUD : CHANNEL_USUAL;
}

static struct channel *channel_of(struct channel *v, size_t n, struct str code)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].code, code))
			return &v[i];
	return NULL;
}

enum err channels_read(struct ctx *c, struct channel **ret, size_t *ret_n)
{
	size_t n = 0, rows;
	const struct code *k = codes_list(c->app->codes, "source", &n);
	struct channel *v = NEWN(c->a, struct channel, n + 1);
	int32_t today = day_of(c->now);
	struct tally_row *r;
	struct tally_ask q = { .metric = METRIC_CLUE_IN, .from_day = today - DAYS + 1, .to_day = today, .area = str_of(c->actor->area), .by_source = true, .by_day = true };
	for (size_t i = 0; i < n; i++)
		v[i] = (struct channel){ .code = k[i].code, .label = c->lang == LANG_ZH ? k[i].zh : k[i].en, .group = code_more(c->app->codes, "source", k[i].code, "group"), .gap = -1 };
	TRY(tally_read(c, &q, &r, &rows));
	for (size_t i = 0; i < rows; i++) {
		struct channel *h = channel_of(v, n, r[i].source);
		int ago = (int)(today - r[i].day);
		if (!h || r[i].n <= 0 || ago < 0)
			continue;
		h->today += ago < 1 ? r[i].n : 0;
		h->week += ago < 7 ? r[i].n : 0;
		h->month += ago < 30 ? r[i].n : 0;
		h->usual += ago >= 7 ? (double)r[i].n : 0;
		h->gap = h->gap < 0 || ago < h->gap ? ago : h->gap;
	}
	for (size_t i = 0; i < n; i++) {
		v[i].usual /= WEEKS;
		v[i].state = channel_state(v[i].week, v[i].usual, v[i].gap);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}
