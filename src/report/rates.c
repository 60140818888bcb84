/* Why: a rate is shown with its numerator, its denominator and its formula, or not at all; nobody types one in. */
#include "report/month.h"
#include <math.h>

const struct rate_info month_rates[RATE_COUNT] = {
	[RATE_CONVERT] = { "convert", N_("Clues that became cases, %"), N_("Clues of the period that became cases ÷ clues received"), FIG_CLUE_CASE, FIG_CLUE_IN },
	[RATE_HANDLE] = { "handle", N_("Handling rate"), N_("Cases mediated to an end ÷ family clues; the two are counted in the month of their own event, so it can pass 100%"), FIG_HANDLED, FIG_CLUE_FAMILY },
	[RATE_OK] = { "ok", N_("Success rate"), N_("Resolved ÷ mediated to an end (withdrawn, unreachable, transferred, merged are in neither)"), FIG_CASE_OK, FIG_HANDLED },
	[RATE_ONTIME] = { "ontime", N_("On-time rate"), N_("Closed no later than the valid due date ÷ cases closed"), FIG_CASE_ONTIME, FIG_CASE_CLOSE },
	[RATE_AGREEMENT] = { "agreement", N_("Agreement rate"), N_("Agreements made ÷ cases mediated to an end"), FIG_AGREEMENT, FIG_HANDLED },
	[RATE_VISIT] = { "visit", N_("Visit rate"), N_("Of the visits due in the period, those done ÷ visits due"), FIG_VISIT_MET, FIG_VISIT_DUE },
	[RATE_SATISFIED] = { "satisfied", N_("Satisfaction rate"), N_("(Satisfied + fairly satisfied) ÷ visits with an answer"), FIG_VISIT_OK, FIG_VISIT_ANSWERED },
	[RATE_HIGH] = { "high", N_("Red and orange, %"), N_("Red and orange clues ÷ clues received"), FIG_RED, FIG_CLUE_IN },
	[RATE_COUPLE_ALL] = { "couple_all", N_("Reconciliation rate, of all couples received"), N_("Couples that gave up or postponed the divorce after both were counselled ÷ all couples received, one side only included; couples with violence are in neither"), FIG_COUPLE_OK, FIG_COUPLE_IN },
	[RATE_COUPLE_MET] = { "couple_met", N_("Reconciliation rate, of couples counselled"), N_("Couples that gave up or postponed the divorce ÷ couples of whom both took part in a session; couples with violence are in neither"), FIG_COUPLE_OK, FIG_COUPLE_MET },
};

bool month_rate(const struct month_line *l, enum month_when w, enum month_rate r, double *ret)
{
	int64_t num = l->n[w][month_rates[r].num], den = l->n[w][month_rates[r].den];
	if (r == RATE_HIGH)
		num += l->n[w][FIG_ORANGE];
	bool hidden = l->hide[w][month_rates[r].num] || l->hide[w][month_rates[r].den] || (r == RATE_HIGH && l->hide[w][FIG_ORANGE]);
	if (den == 0 || hidden)
		return false;
	*ret = (double)num / (double)den;
	return true;
}

bool month_change(int64_t now, int64_t then, double *ret)
{
	if (then == 0)
		return false;
	*ret = (double)(now - then) / (double)then;
	return true;
}

struct str month_points(struct arena *a, double now, double then)
{
	double d = (now - then) * 1000, tenths = floor(fabs(d) + 0.5 + 1e-9);
	return arena_fmt(a, "%s%.1f", tenths == 0 ? "" : d < 0 ? "-" : "+", tenths / 10);
}
