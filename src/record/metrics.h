/* Names of the tally metrics, as the wings count and report/ reads them. The moment of a cell is the day of receipt or creation
 * for what comes in (…_in, …_open, clue_family) and the closing moment for what goes out (…_close, …_ok, …_ontime, …_done). */
#ifndef XA_METRICS_H
#define XA_METRICS_H
#define METRIC_CLUE_IN "clue_in"
#define METRIC_CLUE_FAMILY "clue_family"
#define METRIC_CASE_OPEN "case_open"
#define METRIC_CASE_CLOSE "case_close"
#define METRIC_CASE_OK "case_ok"
#define METRIC_CASE_ONTIME "case_ontime"
#define METRIC_VISIT_DONE "visit_done"
#define METRIC_VISIT_OK "visit_ok"
#define METRIC_AGREEMENT "agreement"
#endif
