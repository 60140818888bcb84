/* Why: numbers are written in figures and in characters, and what they count (years of age, yuan, a day, a door, a phone)
 * stands after them.
 * Invariants: a run of figures too long for what it should be (an account, an order) gives nothing, not even a part of it;
 * an ID number whose check digit is wrong is not offered; a day that the words leave open is not guessed. */
#include "base/clock.h"
#include "sense/extract_inner.h"

enum { HAN = EXTRACT_HAN };

/* 0 to 9 as figure or character, -1 otherwise; *ret_n its bytes. */
static int digit_at(struct str t, size_t i, size_t *ret_n)
{
	static const char *const han[] = { "零0", "〇0", "一1", "二2", "两2", "俩2", "三3", "四4", "五5", "六6", "七7", "八8", "九9", "幺1" };
	if (i < t.n && t.p[i] >= '0' && t.p[i] <= '9') {
		*ret_n = 1;
		return t.p[i] - '0';
	}
	for (size_t k = 0; i + HAN <= t.n && k < ARRAY_LEN(han); k++)
		if (memcmp(t.p + i, han[k], HAN) == 0) {
			*ret_n = HAN;
			return han[k][HAN] - '0';
		}
	return -1;
}

static bool figure(struct str t, size_t i)
{
	return i < t.n && t.p[i] >= '0' && t.p[i] <= '9';
}

static int64_t times_at(struct str t, size_t i)
{
	return extract_at(t, i, "十") ? 10 : extract_at(t, i, "百") ? 100 : extract_at(t, i, "千") ? 1000 : extract_at(t, i, "万") ? 10000 : extract_at(t, i, "亿") ? 100000000 : 0;
}

/* In hundredths. wan: said in ten thousands; figures: how many figures, 0 when in characters. */
struct number { size_t n; int64_t hundredths; bool wan; int figures; };

static struct number figures_at(struct str t, size_t i)
{
	struct number r = { 0 };
	size_t j = i;
	for (; j < t.n && r.figures < 10; j++) {
		if (t.p[j] == ',' && r.figures && figure(t, j + 1) && figure(t, j + 2) && figure(t, j + 3) && !figure(t, j + 4))
			continue;
		if (!figure(t, j))
			break;
		r.hundredths = r.hundredths * 10 + (t.p[j] - '0') * 100;
		r.figures++;
	}
	if (j < t.n && t.p[j] == '.' && figure(t, j + 1)) {
		int64_t part = 10;
		for (j++; figure(t, j); j++, part /= 10)
			r.hundredths += (t.p[j] - '0') * part;
	}
	int64_t times = times_at(t, j);
	if (times >= 100 && r.hundredths < INT64_C(100000000000) / times * 100) {
		r.hundredths *= times;
		r.wan = times >= 10000;
		j += HAN;
	}
	r.n = j - i;
	return r;
}

static struct number number_at(struct str t, size_t i)
{
	if (figure(t, i))
		return figures_at(t, i);
	struct number r = { 0 };
	int64_t all = 0, part = 0, one = 0, last = 0;
	size_t j = i, w = 0;
	for (bool any = false; j < t.n && j - i < 30; any = true, j += HAN) {
		int d = digit_at(t, j, &w);
		int64_t times = d < 0 ? times_at(t, j) : 0;
		if (d >= 0 && w == HAN) {
			one = d ? d : one;
			last = d ? last : 0;
			continue;
		}
		if (!times || !(any || times == 10) || all > INT64_C(1000000000))
			break;
		if (times >= 10000) {
			all = (all + part + one) * times;
			part = 0;
			r.wan = true;
		} else {
			part += (one ? one : 1) * times;
		}
		one = 0;
		last = times;
	}
	r.hundredths = (all + part + (one && last >= 100 ? one * last / 10 : one)) * 100;
	r.n = j - i;
	return r;
}

/* ---- phones and ID numbers, in figures or written out ---------------------------------------------------------- */

static size_t digits_run(const struct extract_reader *r, size_t i, bool blanks, char out[32], int *ret_n)
{
	size_t j = i, w;
	int n = 0;
	for (int d; n < 24; j += w) {
		size_t k = blanks && n && j < r->t.n && (r->t.p[j] == ' ' || r->t.p[j] == '-') ? j + 1 : j;
		if ((d = digit_at(r->t, k, &w)) < 0 || extract_at(r->t, k, "两") || extract_at(r->t, k, "俩"))
			break;
		j = k;
		out[n++] = (char)('0' + d);
	}
	if (n == 17 && j < r->t.n && r->t.p[j] == 'x') {
		out[n++] = 'X';
		j++;
	}
	out[n] = 0;
	*ret_n = n;
	return j - i;
}

static size_t identifier(struct extract_reader *r, size_t i)
{
	static const char *const cue[] = { "电话", "手机", "号码", "座机", "拨打", "联系方式", "tel", NULL };
	for (int blanks = 0; blanks < 2; blanks++) {
		char d[32];
		int n;
		size_t w = digits_run(r, i, blanks, d, &n), near = i > 24 ? i - 24 : 0, from = i > 0 && r->t.p[i - 1] == '+' ? i - 1 : i;
		struct str run = { d, (size_t)n }, value = STR_NONE;
		bool mobile = n == 11 && d[0] == '1' && d[1] >= '3', abroad = n == 13 && memcmp(d, "861", 3) == 0, fixed = n >= 10 && n <= 12 && d[0] == '0';
		if (n == 18 && idno_check(r->a, run, r->today, &value, NULL) == IDNO_OK) {
			struct extract *e = extract_put(r, EXTRACT_IDNO, i, i + w);
			if (e) {
				e->value = value;
				e->sex = idno_sex(value);
			}
			return w;
		}
		if (mobile || abroad || fixed || ((n == 7 || n == 8) && extract_has((struct str){ r->t.p + near, i - near }, cue)))
			value = phone_normalise(r->a, run);
		if (value.n) {
			struct extract *e = extract_put(r, EXTRACT_PHONE, from, i + w);
			if (e)
				e->value = value;
			return w;
		}
		if (!blanks && n > 8) {
			while (figure(r->t, i + w))
				w++;
			return w;
		}
	}
	return 0;
}

/* ---- dates ----------------------------------------------------------------------------------------------------- */

static int32_t shifted(int32_t day, int months)
{
	struct civil c = day_civil(day);
	int m = c.year * 12 + c.month - 1 + months, d = c.day;
	while (!day_valid(m / 12, m % 12 + 1, d) && d > 28)
		d--;
	return day_make(m / 12, m % 12 + 1, d);
}

/* parts: 3 the day is known, 2 the month, 1 the year, 0 nothing but that it is long ago. */
static void put_date(struct extract_reader *r, size_t from, size_t to, int32_t day, int parts)
{
	struct extract *e = extract_put(r, EXTRACT_DATE, from, to);
	struct civil c = day_civil(parts ? day : r->today), now = day_civil(r->today);
	bool past = !parts || (parts == 1 ? c.year < now.year : day < shifted(r->today, -12));
	if (past)
		r->past = to;
	if (!e)
		return;
	e->day = parts == 3 ? day : parts == 2 ? day_make(c.year, c.month, 1) : parts == 1 ? day_make(c.year, 1, 1) : 0;
	if (parts == 3)
		e->value = arena_fmt(r->a, "%04d-%02d-%02d", c.year, c.month, c.day);
	else if (parts == 2)
		e->value = arena_fmt(r->a, "%04d-%02d", c.year, c.month);
	else if (parts == 1)
		e->value = arena_fmt(r->a, "%04d", c.year);
	if (past)
		e->state = EXTRACT_PAST;
	else if (extract_heard(r, from))
		e->state = EXTRACT_REPORTED;
}

size_t extract_date_word(struct extract_reader *r, size_t i, const struct extract_word *w)
{
	struct civil c = day_civil(r->today);
	size_t to = i + strlen(w->w), dn = HAN;
	if (*w->value == 'd') {
		put_date(r, i, to, r->today + w->shift, 3);
	} else if (*w->value == 'm') {
		put_date(r, i, to, shifted(r->today, w->shift), 2);
	} else if (*w->value == 'y') {
		put_date(r, i, to, day_make(c.year + w->shift, 1, 1), 1);
	} else if (*w->value == 'h') {
		put_date(r, i, to, 0, 0);
	} else {
		int32_t monday = r->today - (r->today + 3) % 7 + w->shift;   /* day 0 was a Thursday */
		int d = extract_at(r->t, to, "日") || extract_at(r->t, to, "天") ? 7 : digit_at(r->t, to, &dn);
		if (d < 1 || d > 7 || monday + d - 1 > r->today)
			return to - i;   /* which day is not said */
		to += dn;
		put_date(r, i, to, monday + d - 1, 3);
	}
	return to - i;
}

/* 2026-03-05, 2026/3/5, 2026.3.5: the bytes read. */
static size_t date_figures(struct extract_reader *r, size_t i)
{
	int part[3] = { 0 };
	size_t j = i;
	char sep = i + 4 < r->t.n ? r->t.p[i + 4] : 0;
	if (sep != '-' && sep != '/' && sep != '.')
		return 0;
	for (int k = 0; k < 3; k++) {
		size_t from = j;
		for (; figure(r->t, j) && j - from < 4; j++)
			part[k] = part[k] * 10 + (r->t.p[j] - '0');
		if (j - from != 4 && (k == 0 || j - from < 1 || j - from > 2))
			return 0;
		if (k < 2 && (j >= r->t.n || r->t.p[j++] != sep))
			return 0;
	}
	if (part[0] < 1900 || part[0] > 2199 || !day_valid(part[0], part[1], part[2]))
		return 0;
	put_date(r, i, j, day_make(part[0], part[1], part[2]), 3);
	return j - i;
}

/* An age or a day that stands for a rule (until she is 18, on the 10th of October of each year), not for what was or is. */
static bool is_rule(const struct extract_reader *r, size_t from, size_t to, const char *const *before, const char *const *after)
{
	for (; *before; before++)
		if (from >= strlen(*before) && memcmp(r->t.p + from - strlen(*before), *before, strlen(*before)) == 0)
			return true;
	return extract_one_of(r->t, to, after) > 0;
}

/* 2026年3月5日, 三月五号: the bytes read. A month without a year is the last that has been. */
static size_t date_said(struct extract_reader *r, size_t i, struct number v)
{
	static const char *const each[] = { "每年", "每年的", "明年", "明年的", "到", "至", "下", NULL }, *const none[] = { NULL };
	struct civil now = day_civil(r->today);
	int64_t first = v.hundredths / 100;
	int year = v.figures == 4 && v.n == 4 && first >= 1900 && first < 2200 && extract_at(r->t, i + v.n, "年") ? (int)first : 0;
	size_t at = year ? i + v.n + HAN : i;
	struct number m = year ? number_at(r->t, at) : v;
	if (!m.n || !extract_at(r->t, at + m.n, "月") || m.hundredths % 100 || m.hundredths < 100 || m.hundredths > 1200) {
		if (year)
			put_date(r, i, at, day_make(year, 1, 1), 1);
		return year ? at - i : 0;
	}
	int month = (int)(m.hundredths / 100), day = 1, parts = 2;
	size_t to = at + m.n + HAN;
	struct number d = number_at(r->t, to);
	if (d.n && d.hundredths <= 3100 && (extract_at(r->t, to + d.n, "日") || extract_at(r->t, to + d.n, "号"))) {
		day = (int)(d.hundredths / 100);
		to += d.n + HAN;
		parts = 3;
	}
	if (!year && is_rule(r, i, to, each, none))
		return to - i;
	if (!year)
		year = month > now.month || (month == now.month && day > now.day) ? now.year - 1 : now.year;
	if (!day_valid(year, month, day))
		return 0;
	put_date(r, i, to, day_make(year, month, day), parts);
	return to - i;
}

/* 三天前, 十年前: the bytes read. */
static size_t date_ago(struct extract_reader *r, size_t i, struct number v)
{
	static const struct { const char *unit; char kind; } units[] = { { "年前", 'y' }, { "个多月前", 'm' }, { "个月前", 'm' }, { "天前", 'd' },
									 { "周前", 'w' }, { "个星期前", 'w' }, { "个礼拜前", 'w' } };
	int n = v.hundredths < 15000 ? (int)(v.hundredths / 100) : 0;
	size_t j = i + v.n + (extract_at(r->t, i + v.n, "多") ? HAN : 0);
	for (size_t k = 0; k < ARRAY_LEN(units) && n > 0; k++) {
		if (!extract_at(r->t, j, units[k].unit))
			continue;
		size_t to = j + strlen(units[k].unit);
		if (units[k].kind == 'y')
			put_date(r, i, to, shifted(r->today, -12 * n), 1);
		else if (units[k].kind == 'm')
			put_date(r, i, to, shifted(r->today, -n), 2);
		else
			put_date(r, i, to, r->today - n * (units[k].kind == 'w' ? 7 : 1), 3);
		return to - i;
	}
	return 0;
}

/* ---- what a number counts -------------------------------------------------------------------------------------- */

static size_t put_number(struct extract_reader *r, enum extract_kind kind, size_t from, size_t to, int64_t number)
{
	struct extract *e = extract_put(r, kind, from, to);
	if (e)
		e->number = number;
	return to - from;
}

static size_t room(struct extract_reader *r, size_t i, struct number v)
{
	static const char *const house[] = { "号楼", "幢", "栋", "单元", NULL }, *const close[] = { "弄", "号", "组", "楼", NULL };
	bool adjacent = r->out->n && r->out->v[r->out->n - 1].kind == EXTRACT_PLACE && r->last == i;
	size_t j = i + v.n, w = v.figures || adjacent ? extract_one_of(r->t, j, house) : 0;   /* 一栋: a house, not its number */
	if (!w && adjacent)
		w = extract_one_of(r->t, j, close);
	if (!w && extract_at(r->t, j, "室") && v.figures >= 3)
		w = HAN;
	if (w)
		extract_put(r, EXTRACT_PLACE, i, j + w);
	return w ? j + w - i : 0;
}

static size_t counted(struct extract_reader *r, size_t i, struct number v)
{
	static const char *const age[] = { "周岁", "岁", NULL }, *const months[] = { "个多月大", "个月大", NULL }, *const money[] = { "块钱", "元钱", "元", "块", "圆", NULL },
			  *const until[] = { "满", "至", "到", NULL }, *const limit[] = { "止", "为止", "以上", "以下", "以后", "之前", "退休", NULL },
			  *const not_money[] = { "元旦", "元宵", "块头", "块地", "块田", "块砖", NULL },
			  *const not_sum[] = { "人", "户", "次", "字", "公里", "斤", "平", "一", "个", "条", NULL };
	size_t j = i + v.n, k = j + (extract_at(r->t, j, "多") || extract_at(r->t, j, "来") ? HAN : 0), w;
	if ((w = extract_one_of(r->t, k, age)) && v.hundredths <= 15000 && is_rule(r, i, k + w, until, limit))
		return k + w - i;
	if (w && v.hundredths <= 15000) {
		bool half = extract_at(r->t, k + w, "半");
		return put_number(r, EXTRACT_AGE, i, k + w + (half ? HAN : 0), v.hundredths / 100 * 12 + (half ? 6 : 0));
	}
	if ((w = extract_one_of(r->t, j, months)))
		return put_number(r, EXTRACT_AGE, i, j + w, v.hundredths / 100);
	bool together = v.hundredths == 100 && !v.figures && extract_at(r->t, k, "块") && !extract_at(r->t, k, "块钱");   /* 一块去 */
	w = together || extract_one_of(r->t, k, not_money) ? 0 : extract_one_of(r->t, k, money);
	if (w || (v.wan && !extract_one_of(r->t, k, not_sum)))
		return put_number(r, EXTRACT_SUM, i, k + w, v.hundredths / 100);
	if ((w = room(r, i, v)))
		return w;
	size_t c = extract_at(r->t, j, "个") ? j + HAN : j;
	const struct extract_word *child = extract_word_at(r->t, c);
	if (child && child->kind == EXTRACT_CHILD && v.hundredths <= 2000)
		return put_number(r, EXTRACT_CHILD, i, c + strlen(child->w), v.hundredths / 100);
	return 0;
}

size_t extract_number(struct extract_reader *r, size_t i)
{
	size_t w, n;
	if (digit_at(r->t, i, &w) < 0 && times_at(r->t, i) != 10)
		return 0;
	if ((n = date_figures(r, i)) || (n = identifier(r, i)))
		return n;
	struct number v = number_at(r->t, i);
	if ((n = date_ago(r, i, v)) || (n = date_said(r, i, v)) || (n = counted(r, i, v)))
		return n;
	return v.n;
}
