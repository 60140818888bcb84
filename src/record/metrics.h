/* The metrics of the monthly table: what the wings emit in rtype.tallies and report/ reads.  A cell's ms is the moment that
 * says in which month the record counts, and a filter of the same name finds those records again, so that every figure can
 * be followed to the records behind it, to the last one.
 *
 *   metric        type       ms (filter NAME_from, NAME_to)   counts when                        outcome of the cell
 *   clue_in       clue       received                         always                             codes/clue_outcome, "" while open
 *   clue_family   clue       received                         field family is 1                  the same
 *   case_open     case       created                          always                             codes/outcome, "" while open
 *   case_close    case       closed                           closed is set                      codes/outcome
 *   case_ok       case       closed                           the outcome's column success is 1  codes/outcome
 *   case_ontime   case       closed                           field ontime is 1                  codes/outcome
 *   agreement     agreement  signed_on                        signed_on is set                   the form
 *   visit_due     visit      due_on                           due_on is set, not skipped         codes/satisfaction when done, else ""
 *   visit_done    visit      done_at                          done_at is set                     codes/satisfaction
 *   visit_ok      visit      done_at                          satisfaction good or fair          codes/satisfaction
 *   couple_in     counsel    received                         field counted is 1                 codes/counsel_result
 *   couple_met    counsel    received                         counted and met are 1              the same
 *   couple_ok     counsel    received                         field reconciled is 1              the same
 *   couple_dv     counsel    received                         violence and first are 1           the same
 *   consult       consult    held                             form legal or heart                ""
 *   lecture       consult    held                             other forms                        ""
 *
 * source, kind, grade: the record's own; "" where it has none (agreements; visits have a grade). */
#ifndef XA_METRICS_H
#define XA_METRICS_H
#define METRIC_CLUE_IN "clue_in"
#define METRIC_CLUE_FAMILY "clue_family"
#define METRIC_CASE_OPEN "case_open"
#define METRIC_CASE_CLOSE "case_close"
#define METRIC_CASE_OK "case_ok"
#define METRIC_CASE_ONTIME "case_ontime"
#define METRIC_AGREEMENT "agreement"
#define METRIC_VISIT_DUE "visit_due"
#define METRIC_VISIT_DONE "visit_done"
#define METRIC_VISIT_OK "visit_ok"
#define METRIC_COUPLE_IN "couple_in"
#define METRIC_COUPLE_MET "couple_met"
#define METRIC_COUPLE_OK "couple_ok"
#define METRIC_COUPLE_DV "couple_dv"
#define METRIC_CONSULT "consult"
#define METRIC_LECTURE "lecture"
#endif
