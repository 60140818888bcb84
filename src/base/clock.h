/* Time, as the law counts it. Instants are UTC milliseconds (int64_t ms); days are counted in Asia/Shanghai
 * (UTC+8, no summer time since 1991) as whole days since 1970-01-01 (int32_t day). */
#ifndef XA_CLOCK_H
#define XA_CLOCK_H
#include "base/base.h"

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)

int64_t now_ms(void);                 /* the clock, or what clock_fix() says */
int64_t mono_ms(void);                /* monotonic, for measuring */
int64_t mono_us(void);
/* Milliseconds that never go back and never jump, counted from the clock at the program's start: for how long a session lasts (S47).
 * Not for what is written down; clock_fix() fixes it too. */
int64_t steady_ms(void);
void clock_step(int64_t ms);          /* tests: somebody sets the clock by so much */
void clock_fix(int64_t ms);           /* tests: freeze the clock; 0 lets it run again */

struct civil { int year, month, day, hour, minute, second; };
struct civil civil_of(int64_t ms);                     /* in Shanghai */
int64_t civil_ms(struct civil c);
int32_t day_of(int64_t ms);                            /* Shanghai day of an instant */
int64_t day_start(int32_t day);                        /* its first instant */
int32_t day_make(int year, int month, int day);
struct civil day_civil(int32_t day);
int day_weekday(int32_t day);                          /* 0 Sunday … 6 Saturday */
bool day_valid(int year, int month, int day);
int32_t month_first(int year, int month);              /* month may be <1 or >12: it carries over */

void date_put(struct buf *b, int64_t ms);              /* 2026-11-24 */
void datetime_put(struct buf *b, int64_t ms);          /* 2026-11-24 09:05 */
struct str datetime_str(struct arena *a, int64_t ms), date_str(struct arena *a, int64_t ms);  /* the same as a text of the arena */
void iso_put(struct buf *b, int64_t ms);               /* 2026-11-24T09:05:00+08:00 */
/* Reads what people and spreadsheets write: 2026-11-24, 2026/1/2 3:04(:05), 2026年11月24日 9时5分, 20261124,
 * ISO 8601 with Z or offset. Time absent: 00:00. */
bool date_parse(struct str s, int64_t *ret_ms);

/* ---- the working calendar: State Council holidays and make-up days -------------------- */
/* kind of a day: from the loaded table, else by weekday. */
enum day_kind { DAY_WORK, DAY_REST, DAY_HOLIDAY, DAY_MAKEUP };
struct calendar;
/* text: TSV lines "YYYY-MM-DD<TAB>holiday|makeup<TAB>name"; '#' starts a comment. */
CHECKED enum err calendar_load(struct str text, struct calendar **ret, struct fault *f);
void calendar_free(struct calendar *c);
enum day_kind calendar_kind(const struct calendar *c, int32_t day, const char **ret_name); /* ret_name may be NULL */
static inline bool day_kind_works(enum day_kind k) { return k == DAY_WORK || k == DAY_MAKEUP; }
bool calendar_knows(const struct calendar *c, int year);  /* is the year's notice in the table? */

enum term_unit { TERM_HOUR, TERM_DAY, TERM_WORKDAY };
/* The end of a term that starts at start_ms (民法典 200–203): hours run from the minute, through nights and
 * holidays; days start the day after, and a last day on a holiday moves to the next working day; it ends at 24:00.
 * ret_skipped (may be NULL) counts days passed over. */
int64_t term_end(const struct calendar *c, int64_t start_ms, enum term_unit unit, int n, int *ret_skipped);

/* ---- ids ---------------------------------------------------------------------------------- */
/* A 63-bit id that grows with time: milliseconds since 2000 (42 bits) and 21 low bits of counter.
 * The start of the counter is random unless id_seed() fixed it. */
int64_t id_new(int64_t ms);
void id_seed(uint32_t seed);
int64_t id_time(int64_t id);   /* the ms it was made at */
int64_t id_least(int64_t ms);  /* no id made at this ms is smaller */

/* ---- randomness ---------------------------------------------------------------------------- */
void random_bytes(void *p, size_t n);                 /* from the kernel; aborts if it fails */
/* A small deterministic generator for demo and tests (splitmix64). */
struct rng { uint64_t s; };
uint64_t rng_next(struct rng *r);
int64_t rng_range(struct rng *r, int64_t lo, int64_t hi);   /* inclusive */
double rng_unit(struct rng *r);                             /* [0,1) */

#endif
