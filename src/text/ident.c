/* Why: numbers of phones and persons are typed in every shape; comparing, checking and masking need one.
 * Danger: a mask that shows too much cannot be taken back, so whatever does not look as expected is masked wholly. */
#include "base/clock.h"
#include "text/inner.h"

/* Full width folded, blanks and separators dropped, letters upper case; the number of bytes, or -1 when there is
 * anything else or more than cap. */
static int squeeze(struct str s, const char *drop, char *out, int cap)
{
	int n = 0;
	const char *p = s.p, *end = s.p + s.n;
	while (s.n && p < end) {
		uint32_t cp = utf8_next(&p, end);
		if (cp >= 0xFF01 && cp <= 0xFF5E)
			cp -= 0xFEE0;
		if (cp <= ' ' || cp == 0x3000 || cp == 0xA0 || cp == 0x200B || cp == 0xFEFF || (cp >= 0x202A && cp <= 0x202E) ||
		    (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || (cp < 0x80 && strchr(drop, (int)cp)))
			continue;
		if (cp >= 'a' && cp <= 'z')
			cp -= 32;
		if (cp >= 0x80 || n == cap)
			return -1;
		out[n++] = (char)cp;
	}
	return n;
}

static bool digits(const char *s, int n)
{
	for (int i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

/* Numbering of China: mobiles, fixed lines with or without area, 400/800, and the short service numbers. */
static bool is_phone(const char *d, int n)
{
	if (n == 11 && d[0] == '1')
		return d[1] >= '3';
	if (d[0] == '0' && d[1] != '0')
		return n >= 10 && n <= 12;
	if (n == 10)
		return memcmp(d, "400", 3) == 0 || memcmp(d, "800", 3) == 0;
	if (n == 7 || n == 8)
		return d[0] >= '2';
	if (n == 5)
		return d[0] == '1' || d[0] == '9';
	return n == 3 && d[0] == '1';
}

struct str phone_normalise(struct arena *a, struct str s)
{
	char d[32];
	int n = squeeze(s, "-.()/", d, 24);
	if (n <= 0)
		return STR_NONE;
	char *p = d;
	bool abroad = *p == '+';
	if (abroad) {
		p++;
		n--;
	} else if (n > 2 && p[0] == '0' && p[1] == '0') {
		abroad = true;
		p += 2;
		n -= 2;
	}
	if (n < 3 || !digits(p, n))
		return STR_NONE;
	if ((abroad || (n == 13 && p[2] == '1')) && p[0] == '8' && p[1] == '6') {
		p += 2;
		n -= 2;
		/* +86 512 5812 3456: the nought of the area code is left out when calling from abroad */
		if (abroad && n >= 9 && n <= 11 && p[0] != '0' && !(n == 11 && p[0] == '1' && p[1] >= '3'))
			*--p = '0', n++;
	} else if (abroad) {
		return n >= 7 && n <= 15 ? arena_fmt(a, "00%.*s", n, p) : STR_NONE;
	}
	return n >= 3 && is_phone(p, n) ? arena_str(a, (struct str){ p, (size_t)n }) : STR_NONE;
}

static int number(const char *s, int n)
{
	int v = 0;
	for (int i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

enum idno_fault idno_check(struct arena *a, struct str s, int32_t today, struct str *ret, char *ret_digit)
{
	static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	char d[24];
	int n = squeeze(s, "", d, 20);
	if (n == 0)
		return IDNO_EMPTY;
	if (n < 0)
		return utf8_count(str_trim(s)) == 18 ? IDNO_CHARS : IDNO_LENGTH;
	if (n == 15 && digits(d, 15))
		return IDNO_15;
	if (n != 18)
		return IDNO_LENGTH;
	if (!digits(d, 17) || !(digits(d + 17, 1) || d[17] == 'X'))
		return IDNO_CHARS;
	int year = number(d + 6, 4), month = number(d + 10, 2), day = number(d + 12, 2);
	if (!day_valid(year, month, day))
		return IDNO_DATE;
	int32_t birth = day_make(year, month, day);
	if (birth > today)
		return IDNO_FUTURE;
	if (day_civil(today).year - year > 150)
		return IDNO_DATE;
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (d[i] - '0') * weight[i];
	char want = "10X98765432"[sum % 11];
	if (ret_digit)
		*ret_digit = want;
	if (d[17] != want)
		return IDNO_CHECK;
	*ret = arena_str(a, (struct str){ d, 18 });
	return IDNO_OK;
}

int idno_sex(struct str idno)
{
	return idno.n == 18 && digits(idno.p, 17) ? ((idno.p[16] - '0') % 2 ? 1 : 2) : 0;
}

int32_t idno_birth(struct str idno)
{
	if (idno.n != 18 || !digits(idno.p, 17))
		return 0;
	return day_make(number(idno.p + 6, 4), number(idno.p + 10, 2), number(idno.p + 12, 2));
}

/* ---- masks --------------------------------------------------------------------------------------------- */

struct str mask_name(struct arena *a, struct str s)
{
	s = str_trim(s);
	if (!s.n)
		return s;
	struct str head = utf8_head(s, 1);
	return arena_fmt(a, "%.*s**", (int)head.n, head.p);
}

struct str mask_phone(struct arena *a, struct str s)
{
	s = str_trim(s);
	if (!s.n)
		return s;
	struct str d = phone_normalise(a, s);
	if (d.n >= 10)
		return arena_fmt(a, "%.3s****%.4s", d.p, d.p + d.n - 4);
	if (d.n >= 7)
		return arena_fmt(a, "****%.2s", d.p + d.n - 2);
	return STR("****");
}

struct str mask_idno(struct arena *a, struct str s)
{
	char d[24];
	int n = squeeze(s, "", d, 20);
	if (n == 0)
		return (struct str){ s.p, 0 };
	if (n == 18 && digits(d, 17))
		return arena_fmt(a, "%.4s**********%.4s", d, d + 14);
	return n > 6 ? arena_fmt(a, "%.2s****", d) : STR("****");
}

/* End of the first (or last) of the words in s, from an offset; 0 when there is none. */
static size_t end_of(struct str s, size_t from, const char *const *words, bool last)
{
	size_t best = 0;
	for (; *words; words++) {
		size_t n = strlen(*words);
		for (size_t i = from; i + n <= s.n; i++) {
			if (memcmp(s.p + i, *words, n) != 0)
				continue;
			if (!best || (last ? i + n > best : i + n < best))
				best = i + n;
			if (!last)
				break;
		}
	}
	return best;
}

struct str mask_address(struct arena *a, struct str s)
{
	static const char *const village[] = { "社区", "村", "居委会", "嘎查", NULL };
	static const char *const town[] = { "街道", "镇", "乡", "苏木", NULL };
	static const char *const county[] = { "自治区", "省", "市", "县", "新区", "开发区", "园区", "州", "盟", "旗", NULL };
	s = str_trim(s);
	if (!s.n)
		return s;
	size_t t = end_of(s, 0, town, false), v = end_of(s, t, village, false);
	size_t keep = v ? v : t ? t : end_of(s, 0, county, true);
	return arena_fmt(a, "%.*s***", (int)keep, s.p);
}
