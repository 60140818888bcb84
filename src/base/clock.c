/* Why: every time limit of the law is counted here and nowhere else.
 * Invariants: Shanghai is UTC+8 for all dates we handle; civil dates follow the proleptic Gregorian calendar. */
#include "base/clock.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define SHANGHAI (8 * MS_HOUR)

static _Atomic int64_t fixed_ms, stepped_ms, steady_base;

int64_t now_ms(void)
{
	int64_t fixed = atomic_load_explicit(&fixed_ms, memory_order_relaxed);
	if (fixed)
		return fixed;
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * MS_SECOND + ts.tv_nsec / 1000000 + atomic_load_explicit(&stepped_ms, memory_order_relaxed);
}

int64_t mono_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * MS_SECOND + ts.tv_nsec / 1000000;
}

int64_t mono_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t steady_ms(void)
{
	int64_t base = atomic_load(&steady_base), none = 0, mono = mono_ms();
	if (atomic_load_explicit(&fixed_ms, memory_order_relaxed))
		return now_ms();
	if (!base) {
		base = now_ms() - mono;
		if (!atomic_compare_exchange_strong(&steady_base, &none, base))
			base = none;    /* another thread was first */
	}
	return base + mono;
}

void clock_step(int64_t ms) { atomic_fetch_add(&stepped_ms, ms); }
void clock_fix(int64_t ms) { atomic_store(&fixed_ms, ms); }

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int32_t day_of(int64_t ms) { return (int32_t)floor_div(ms + SHANGHAI, MS_DAY); }
int64_t day_start(int32_t day) { return day * MS_DAY - SHANGHAI; }

/* Howard Hinnant's days_from_civil. */
int32_t day_make(int y, int m, int d)
{
	y -= m <= 2;
	int era = (y >= 0 ? y : y - 399) / 400;
	int yoe = y - era * 400;
	int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

struct civil day_civil(int32_t day)
{
	int z = day + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	int m = mp < 10 ? mp + 3 : mp - 9;
	return (struct civil){ yoe + era * 400 + (m <= 2), m, doy - (153 * mp + 2) / 5 + 1, 0, 0, 0 };
}

struct civil civil_of(int64_t ms)
{
	struct civil c = day_civil(day_of(ms));
	int64_t s = (ms - day_start(day_of(ms))) / MS_SECOND;
	c.hour = (int)(s / 3600);
	c.minute = (int)(s / 60 % 60);
	c.second = (int)(s % 60);
	return c;
}

int64_t civil_ms(struct civil c)
{
	return day_start(day_make(c.year, c.month, c.day)) + c.hour * MS_HOUR + c.minute * MS_MINUTE + c.second * MS_SECOND;
}

int day_weekday(int32_t day) { return (int)(((day + 4) % 7 + 7) % 7); }

bool day_valid(int y, int m, int d)
{
	if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	struct civil c = day_civil(day_make(y, m, d));
	return c.month == m && c.day == d;
}

int32_t month_first(int year, int month)
{
	int m0 = month - 1;
	year += m0 >= 0 ? m0 / 12 : -((11 - m0) / 12);
	m0 = ((m0 % 12) + 12) % 12;
	return day_make(year, m0 + 1, 1);
}

void date_put(struct buf *b, int64_t ms)
{
	struct civil c = civil_of(ms);
	buf_printf(b, "%04d-%02d-%02d", c.year, c.month, c.day);
}

void datetime_put(struct buf *b, int64_t ms)
{
	struct civil c = civil_of(ms);
	buf_printf(b, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

struct str date_str(struct arena *a, int64_t ms)
{
	BUF_AUTO b = BUF(32);
	date_put(&b, ms);
	return arena_str(a, buf_view(&b));
}

struct str datetime_str(struct arena *a, int64_t ms)
{
	BUF_AUTO b = BUF(64);
	datetime_put(&b, ms);
	return arena_str(a, buf_view(&b));
}

void iso_put(struct buf *b, int64_t ms)
{
	struct civil c = civil_of(ms);
	buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02d+08:00", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

static bool take_int(struct str *s, int maxdigits, int *ret)
{
	int v = 0, n = 0;
	while (n < maxdigits && (size_t)n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		v = v * 10 + (s->p[n++] - '0');
	if (!n)
		return false;
	s->p += n;
	s->n -= (size_t)n;
	*ret = v;
	return true;
}

static bool take_any(struct str *s, const char *const *opts)
{
	for (; *opts; opts++)
		if (str_starts(*s, *opts)) {
			s->p += strlen(*opts);
			s->n -= strlen(*opts);
			return true;
		}
	return false;
}

bool date_parse(struct str s, int64_t *ret)
{
	static const char *const ysep[] = { "-", "/", ".", "年", NULL }, *const msep[] = { "-", "/", ".", "月", NULL };
	static const char *const dend[] = { "日", "号", NULL }, *const gap[] = { "T", " ", NULL };
	static const char *const hsep[] = { ":", "：", "时", "点", NULL }, *const isep[] = { ":", "：", "分", NULL }, *const send[] = { "秒", NULL };
	struct civil c = { 0 };
	s = str_trim(s);
	if (!take_int(&s, 4, &c.year))
		return false;
	if (take_any(&s, ysep)) {
		if (!take_int(&s, 2, &c.month) || !take_any(&s, msep) || !take_int(&s, 2, &c.day))
			return false;
	} else if (!take_int(&s, 2, &c.month) || !take_int(&s, 2, &c.day)) {
		return false;
	}
	(void)take_any(&s, dend);
	if (!day_valid(c.year, c.month, c.day))
		return false;
	int64_t shift = 0;
	while (take_any(&s, gap))
		;
	if (s.n) {
		if (!take_int(&s, 2, &c.hour) || !take_any(&s, hsep))
			return false;
		if (s.n && !take_int(&s, 2, &c.minute))
			return false;
		if (take_any(&s, isep) && s.n && take_int(&s, 2, &c.second) && take_any(&s, (const char *const[]){ ".", NULL })) {
			int frac;
			if (!take_int(&s, 9, &frac))
				return false;
		}
		(void)take_any(&s, send);
		if (s.n && (s.p[0] == 'Z' || s.p[0] == '+' || s.p[0] == '-')) {
			bool z = s.p[0] == 'Z', minus = s.p[0] == '-';
			int oh = 0, om = 0;
			s.p++, s.n--;
			if (!z && (!take_int(&s, 2, &oh) || (take_any(&s, (const char *const[]){ ":", NULL }), !take_int(&s, 2, &om))))
				return false;
			shift = SHANGHAI - (minus ? -1 : 1) * (oh * MS_HOUR + om * MS_MINUTE);
		}
		if (c.hour > 23 || c.minute > 59 || c.second > 60)
			return false;
	}
	if (s.n)
		return false;
	*ret = civil_ms(c) + shift;
	return true;
}

/* ---- the working calendar ---- */

struct day_entry {
	int32_t day;
	enum day_kind kind;
	char name[32];
};

struct calendar {
	struct day_entry *e;
	size_t n, cap;
};

static int entry_cmp(const void *a, const void *b)
{
	int32_t x = ((const struct day_entry *)a)->day, y = ((const struct day_entry *)b)->day;
	return (x > y) - (x < y);
}

enum err calendar_load(struct str text, struct calendar **ret, struct fault *f)
{
	struct calendar *c = xalloc(sizeof *c);
	for (int line = 1; text.p; line++) {
		struct str l = str_trim(str_cut(text, '\n', &text)), rest;
		if (!l.n || l.p[0] == '#')
			continue;
		struct str date = str_cut(l, '\t', &rest), kind = str_cut(rest, '\t', &rest);
		int64_t ms;
		if (!date_parse(date, &ms) || (!str_is(kind, "holiday") && !str_is(kind, "makeup"))) {
			calendar_free(c);
			return fail(f, ERR_INVALID, N_("The calendar file has a wrong line."), "calendar line %d", line);
		}
		if (c->n == c->cap)
			c->e = xrealloc(c->e, (c->cap = c->cap ? c->cap * 2 : 64) * sizeof *c->e);
		struct day_entry *e = &c->e[c->n++];
		*e = (struct day_entry){ .day = day_of(ms), .kind = str_is(kind, "holiday") ? DAY_HOLIDAY : DAY_MAKEUP };
		snprintf(e->name, sizeof e->name, "%.*s", (int)rest.n, rest.p ? rest.p : "");
	}
	qsort(c->e, c->n, sizeof *c->e, entry_cmp);
	*ret = c;
	return OK;
}

void calendar_free(struct calendar *c)
{
	if (!c)
		return;
	free(c->e);
	free(c);
}

enum day_kind calendar_kind(const struct calendar *c, int32_t day, const char **ret_name)
{
	struct day_entry key = { .day = day };
	const struct day_entry *e = c && c->n ? bsearch(&key, c->e, c->n, sizeof key, entry_cmp) : NULL;
	if (ret_name)
		*ret_name = e ? e->name : "";
	if (e)
		return e->kind;
	int w = day_weekday(day);
	return w == 0 || w == 6 ? DAY_REST : DAY_WORK;
}

bool calendar_knows(const struct calendar *c, int year)
{
	int32_t from = day_make(year, 1, 1), to = day_make(year + 1, 1, 1);
	for (size_t i = 0; i < c->n; i++)
		if (c->e[i].day >= from && c->e[i].day < to)
			return true;
	return false;
}

int64_t term_end(const struct calendar *c, int64_t start, enum term_unit unit, int n, int *ret_skipped)
{
	int skipped = 0;
	int64_t end;
	if (unit == TERM_HOUR) {
		end = start + n * MS_HOUR;
	} else {
		int32_t d = day_of(start);
		if (unit == TERM_DAY) {
			d += n;
		} else {
			for (int left = n; left > 0;) {
				d++;
				if (day_kind_works(calendar_kind(c, d, NULL)))
					left--;
				else
					skipped++;
			}
		}
		while (!day_kind_works(calendar_kind(c, d, NULL)))
			d++, skipped++;
		end = day_start(d + 1);
	}
	if (ret_skipped)
		*ret_skipped = skipped;
	return end;
}

/* ---- ids and randomness ---- */

#define ID_EPOCH INT64_C(946684800000)  /* 2000-01-01 UTC */
static _Atomic uint32_t id_counter;
static _Atomic bool id_ready;

void id_seed(uint32_t seed)
{
	atomic_store(&id_counter, seed);
	atomic_store(&id_ready, true);
}

int64_t id_new(int64_t ms)
{
	if (!atomic_load(&id_ready)) {
		uint32_t r;
		random_bytes(&r, sizeof r);
		bool no = false;
		if (atomic_compare_exchange_strong(&id_ready, &no, true))
			atomic_store(&id_counter, r);
	}
	uint64_t low = atomic_fetch_add(&id_counter, 1) & 0x1FFFFF;
	return (int64_t)((uint64_t)(ms - ID_EPOCH) << 21 | low);
}

int64_t id_least(int64_t ms) { return (int64_t)((uint64_t)(ms - ID_EPOCH) << 21); }
int64_t id_time(int64_t id) { return (id >> 21) + ID_EPOCH; }

void random_bytes(void *p, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t r = getrandom((char *)p + got, n - got, 0);
		must(r > 0);
		got += (size_t)r;
	}
}

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->s += 0x9E3779B97F4A7C15u;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

int64_t rng_range(struct rng *r, int64_t lo, int64_t hi)
{
	return lo + (int64_t)(rng_next(r) % (uint64_t)(hi - lo + 1));
}

double rng_unit(struct rng *r) { return (double)(rng_next(r) >> 11) * 0x1.0p-53; }
