/* Why: a date in a workbook is a number whose style says "date": this file reads the number formats and the numbers.
 * Invariants: no locale: the decimal point is a point whatever LC_NUMERIC says. */
#include "paper/package.h"
#include "base/clock.h"
#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ECMA-376 18.8.30: 14–22 dates and times, 27–36 and 50–58 the Chinese ones, 45 and 47 minutes; 46 is a duration. */
bool format_builtin_is_date(int64_t id)
{
	return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id == 45 || id == 47 || (id >= 50 && id <= 58);
}

/* [h], [mm], [ss]: time elapsed; [Red], [$-804], [>1]: neither here nor there. */
static bool elapsed(const char *p, const char *end)
{
	for (const char *q = p; q < end; q++)
		if (!strchr("hHmMsS", *q))
			return false;
	return end > p;
}

bool format_is_date(const char *code)
{
	bool date = false;
	for (const char *p = code; *p && *p != ';'; p++) {
		if (*p == '"') {
			const char *q = strchr(p + 1, '"');
			if (!q)
				break;
			p = q;
		} else if (*p == '[') {
			const char *q = strchr(p, ']');
			if (!q)
				break;
			if (elapsed(p + 1, q))
				return false;
			p = q;
		} else if (*p == '\\' || *p == '_' || *p == '*') {
			if (!*++p)
				break;
		} else if (strchr("yYmMdDhHsS", *p)) {
			date = true;
		}
	}
	return date;
}

bool serial_put(struct buf *b, double serial, bool from1904)
{
	if (!(serial >= 0) || serial >= 2958466)
		return false;
	double whole = floor(serial), seconds = floor((serial - whole) * 86400 + 0.5);
	if (seconds >= 86400) {
		seconds = 0;
		whole += 1;
	}
	int s = (int)seconds;
	if (whole >= 1 || from1904 || s == 0) {
		/* The 1900 system believes in 29 February 1900 (serial 60): days before it are one off. */
		int32_t base = from1904 ? day_make(1904, 1, 1) : whole < 60 ? day_make(1899, 12, 31) : day_make(1899, 12, 30);
		struct civil c = day_civil(base + (int32_t)whole);
		if (c.year > 9999)
			return false;
		buf_printf(b, "%04d-%02d-%02d", c.year, c.month, c.day);
		if (s)
			buf_char(b, ' ');
	}
	if (s)
		buf_printf(b, s % 60 ? "%02d:%02d:%02d" : "%02d:%02d", s / 3600, s / 60 % 60, s % 60);
	return true;
}

static bool plain_integer(struct str s)
{
	size_t i = s.n && s.p[0] == '-';
	if (s.n - i == 0 || s.n - i > 15 || (s.p[i] == '0' && s.n > 1))
		return false;
	for (; i < s.n; i++)
		if (!isdigit((unsigned char)s.p[i]))
			return false;
	return true;
}

static bool number_put_c(struct buf *b, const char *t, double *ret)
{
	char *end, out[64];
	double v = strtod(t, &end);
	if (end == t || *end || !isfinite(v))
		return false;
	*ret = v;
	if (v == floor(v) && fabs(v) < 1e21) {
		buf_printf(b, "%.0f", v == 0 ? 0.0 : v);
		return true;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, sizeof(out), "%.*g", digits, v);
		if (strtod(out, NULL) == v)
			break;
	}
	buf_cstr(b, out);
	return true;
}

bool number_put(struct buf *b, struct str raw, double *ret)
{
	char t[64];
	raw = str_trim(raw);
	if (plain_integer(raw)) {
		int64_t v;
		must(str_int(raw, &v));
		*ret = (double)v;
		buf_str(b, raw);
		return true;
	}
	if (raw.n == 0 || raw.n >= sizeof(t))
		return false;
	for (size_t i = 0; i < raw.n; i++)   /* strtod also reads hex, inf and nan: not numbers of a workbook */
		if (!strchr("0123456789+-.eE", raw.p[i]))
			return false;
	memcpy(t, raw.p, raw.n);
	t[raw.n] = 0;
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), old = c ? uselocale(c) : (locale_t)0;
	bool ok = number_put_c(b, t, ret);
	if (c) {
		uselocale(old);
		freelocale(c);
	}
	return ok;
}
