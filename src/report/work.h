/* report/work: who did how much and how well (工作量与质效), a line a studio or a mediator, over a month, a quarter, half a year or a year.
 *
 * From table stint (absorb/stint.c), and from visits, duties, running terms and those of counselling by their own columns: a handful of statements however many cases; no
 * party is looked at. Whose figures somebody sees follows from whose mediator record (or staff record) see() gives her in full, the head of a studio
 * sees her studio's, a leader sums by studio under the rule of small cells. What is shut to her for a conflict of interest is in no figure of hers.
 *
 * Not to be gamed: what was closed counts as held only when it stayed closed for 90 days, and as held or not only after these 90 days; opened again
 * in them, or begun anew for the same people, it counts against who closed it, also when somebody else has it by then. Days run from the first
 * acceptance, through handings over and earlier closings. Each line stands beside what all of the area reached with cases of the same kind and grade. */
#ifndef XA_REPORT_WORK_H
#define XA_REPORT_WORK_H
#include "paper/paper.h"
#include "record/record.h"

enum work_fig {
	WF_TAKEN, WF_GOT, WF_GAVE, WF_OPEN, WF_LATE /* running terms past their end, now */,
	WF_CLOSED, WF_SETTLED, WF_FAILED, WF_REFERRED, WF_WITHDRAWN, WF_ONTIME, WF_GRAVE /* of the closed: red, orange */,
	WF_TAKEN_OK /* of what she took on in the period: settled and closed by now, and not back */,
	WF_RIPE /* closed 90 days ago or longer, and mediated to an end or opened again */, WF_HELD /* of these: settled, not opened again in 90 days */, WF_WAIT /* closed less than 90 days ago */,
	WF_BACK /* closed in the period, opened again within 90 days */, WF_ANEW /* of these: as a new case of the same people */,
	WF_DUTY, WF_DUTY_DONE, WF_VISIT, WF_VISIT_TIMELY, WF_VISIT_LEFT, WF_RELAPSE, WF_ANSWERS, WF_SATISFIED,
	WF_COUNSEL, WF_COUNSEL_TIMELY /* wishes for an appointment and calls in the cooling-off period */,
	WF_COUNT
};
enum work_span { SPAN_MONTH, SPAN_QUARTER, SPAN_HALF, SPAN_YEAR };
enum { WORK_BACK_DAYS = 90, WORK_GRADES = 5 };

/* med, p90: [0] days from acceptance to the end of mediation, [1] to the closing; negative: none. like: rate at which the whole area settled cases of
 * the same kinds and grades; negative: none. */
struct work_line {
	int64_t id;                 /* staff or studio; 0: of no studio */
	struct str label;
	bool link;                  /* to the line's own table */
	int64_t n[WF_COUNT];
	unsigned char hide[WF_COUNT];
	double med[2], p90[2], like;
};
/* By kind or grade: closed, settled; and all of the area's. */
struct work_mix { struct str label; int64_t closed, settled, all_closed, all_settled; unsigned char hide[2]; };
struct work {
	enum work_span span;
	int year, month;            /* its first */
	int32_t from, to;           /* days, to: the day after */
	int64_t studio, staff;      /* asked for; 0: none */
	bool by_staff, small, inside;
	struct str title, area_name;
	struct work_line *v, total;
	size_t n;
	struct work_mix *kind, grade[WORK_GRADES];
	size_t nkind;
	int64_t made;
};
/* month: any of the span. studio: its mediators; staff: her alone; else studios, or whom the actor may see. ERR_DENIED when she may see nothing of it. */
struct work_ask { enum work_span span; int year, month; int64_t studio, staff; bool people /* a line for each of all whom she sees */, whole /* a file of the federation's own, or the page */; };
CHECKED enum err work_make(struct ctx *c, const struct work_ask *q, struct work *ret);
/* Workload, quality, time, in time, follow-up; by kind; by grade. In c->a. The same tables are the page. */
enum { WORK_LINES = 5 /* of these with a line each */, WORK_TABLES = 7 };
CHECKED enum err work_tables(struct ctx *c, const struct work *w, struct table **ret);
/* The definitions, a line each. */
size_t work_notes(struct ctx *c, const struct work *w, struct str *ret, size_t max);

#endif
