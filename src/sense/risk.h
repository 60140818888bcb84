/*
 * How closely a household is to be looked after: points of what is known, each with its reason; advice to a person, never a measure (个人信息保护法
 * 第二十四条). A card of points (codes/risk_point.tsv, risk_level.tsv) and no fitted model: nobody has the outcomes yet to fit one on.
 *
 * A function of its arguments alone. What never counts: ethnicity, household registration, income, disability, illness, that help was asked for,
 * that a service was refused. Tests: tests/sense/warning.c.
 */
#ifndef XA_RISK_H
#define XA_RISK_H
#include "record/record.h"

#define RISK_REASONS 32
struct risk_row { const struct code *item; int level /* of a report: its row of risk_level, else -1 */; double each, tau, days, most; };
struct risk_level { struct str code; int64_t from /* tenths */, floor /* ms */; };
/* Both tables read once; points into the codes. */
struct risk_card { struct risk_row row[RISK_REASONS]; size_t n; struct risk_level level[8]; size_t nlevels; int channels, trend, danger; };
void risk_card(const struct codes *cs, struct risk_card *ret);
int risk_item(const struct risk_card *card, struct str code);      /* its row; -1 */

/* item: a row of the card; ms: when. Of a report also through which channel (absent: none is counted), whether a search of ours found it (then it says
 * nothing of a trend) and whether a sign of danger stood in it. */
struct risk_event { int item; int64_t ms; struct str source; bool searched, danger; };
/* points in tenths; n: how many counted; ms: of the newest. */
struct risk_reason { const struct code *item; int64_t tenths, ms; int n; };
struct risk {
	int64_t tenths;
	struct str level;          /* a row of risk_level; absent: below all */
	bool floor;                /* the level is that of the gravest report of late, whatever the points say */
	struct risk_reason v[RISK_REASONS];
	size_t n;                  /* gravest first */
	int64_t last;              /* the newest report; 0 */
};
/* now: what lies after it does not count. */
void risk_of(const struct risk_card *card, int64_t now, const struct risk_event *e, size_t n, struct risk *ret);
/* 1 is the gravest of risk_level; the number of its rows + 1 for none. */
int risk_rank(const struct codes *cs, struct str level);
/* A number of a row of risk_level ("review": days); 0 when there is none. */
int64_t risk_level_number(const struct codes *cs, struct str level, const char *column);

#endif
