/* A store with n clues and n cases for the benches, kept in build/bench-data (or XA_BENCH_DATA), so that only the first run
 * waits for it.  The city and its first records are the demo's, made by act(); the others are copies of them under ids and
 * times of their own, mixed anew (place, kind and end of one, words of another), sealed and indexed by the same code, written
 * without act(): a million acts would take too long.  Days and months are then counted from the rows. */
#ifndef XA_BENCH_FILL_H
#define XA_BENCH_FILL_H
#include "record/record.h"

/* Aborts on any error: a bench has nobody to tell. */
struct app *fill_open(int64_t n);
/* The filled folder copied to dir, which is emptied before; and opened. */
void fill_copy(int64_t n, const char *dir);
struct app *fill_open_dir(const char *dir);
void fill_close(struct app *app);
/* 10,000 and 1,000,000, the second cut by BENCH_MAX. */
extern int64_t fill_sizes[2];
void fill_sizes_read(void);

/* A post of the made-up city: the staff record with this login. */
struct actor fill_actor(struct ctx *c, const char *login);

/* Times in microseconds, sorted when asked. */
struct times { double *us; size_t n, cap; };
int64_t now_us(void);
int64_t cpu_us(void);      /* of this thread: what a busy machine does not lengthen */
void times_add(struct times *t, double us);
double times_at(struct times *t, double part);   /* 0.5: median, 0.99 */
void times_free(struct times *t);
double ratio(double a, double b);
#endif
