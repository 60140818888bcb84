/* Why: one validator for forms, API, imports and jobs, from the catalogue; its messages say what to do. */
#include "record/inner.h"
#include "text/text.h"

static bool bad(struct ctx *c, const struct field *f, const char *msg, const char *arg)
{
	fault_field(c->f, f->name, msg, arg);
	return false;
}

static bool parse_money(struct str s, int64_t *ret)
{
	struct str frac, whole = str_cut(s, '.', &frac);
	int64_t w, p = 0;
	if (!str_int(whole, &w) || w < 0 || w > 1000000000000)
		return false;
	if (frac.p && (frac.n == 0 || frac.n > 2 || !str_int(frac, &p) || p < 0))
		return false;
	*ret = w * 100 + (frac.n == 1 ? p * 10 : p);
	return true;
}

static bool parse_codes(struct ctx *c, const struct field *f, struct str s, struct value *v)
{
	BUF_AUTO b = BUF(2000);
	struct str rest = s;
	while (rest.p) {
		struct str one = str_trim(str_cut(rest, ',', &rest));
		if (!one.n)
			continue;
		if (!code_find(c->app->codes, f->of, one))
			return bad(c, f, N_("“%s” is not in the list. Please choose one of the list."), arena_cstr(c->a, one));
		struct str mark = arena_fmt(c->a, ",%.*s,", (int)one.n, one.p);
		if (b.n && str_find(buf_view(&b), mark) >= 0)
			continue;
		if (!b.n)
			buf_char(&b, ',');
		buf_str(&b, one);
		buf_char(&b, ',');
	}
	if (b.over)
		return bad(c, f, N_("Too many are chosen."), NULL);
	*v = b.n ? (struct value){ .set = true, .s = arena_str(c->a, buf_view(&b)) } : (struct value){ 0 };
	return true;
}

static bool parse_idno(struct ctx *c, const struct field *f, struct str s, struct value *v)
{
	char want = 0;
	switch (idno_check(c->a, s, day_of(c->now), &v->s, &want)) {
	case IDNO_OK: v->set = true; return true;
	case IDNO_EMPTY: return true;
	case IDNO_15: return bad(c, f, N_("15-digit ID numbers are no longer valid (since 2013). Please enter the 18-digit number or leave it empty."), NULL);
	case IDNO_LENGTH: return bad(c, f, N_("An ID number has 18 characters. Please check it, or leave it empty."), NULL);
	case IDNO_CHARS: return bad(c, f, N_("An ID number has 17 digits and a last digit or X."), NULL);
	case IDNO_DATE: return bad(c, f, N_("The birth date inside the ID number does not exist."), NULL);
	case IDNO_FUTURE: return bad(c, f, N_("The birth date inside the ID number lies in the future."), NULL);
	case IDNO_CHECK: return bad(c, f, N_("The 18th digit of the ID number should be %s. Please check the number."), (char[]){ want, 0 });
	}
	return false;
}

static bool parse_text(struct ctx *c, const struct field *f, struct str s, struct value *v)
{
	size_t max = f->max > 0 ? (size_t)f->max : f->type == F_LONG ? 20000 : f->type == F_JSON ? 200000 : 200;
	if (f->type != F_LONG && f->type != F_JSON)
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] == '\n' || s.p[i] == '\t')
				((char *)(uintptr_t)s.p)[i] = ' ';
	size_t n = utf8_count(s);
	if (n > max)
		return bad(c, f, N_("This text is too long: at most %s characters."), arena_printf(c->a, "%zu", max));
	if (f->min > 0 && n < (size_t)f->min)
		return bad(c, f, N_("This text is too short: at least %s characters."), arena_printf(c->a, "%lld", (long long)f->min));
	*v = (struct value){ .set = true, .s = s };
	return true;
}

static bool parse_number(struct ctx *c, const struct field *f, struct str s, struct value *v)
{
	if (f->type == F_MONEY ? !parse_money(s, &v->i) : !str_int(s, &v->i))
		return bad(c, f, f->type == F_MONEY ? N_("Please enter an amount such as 1200 or 1200.50.") : N_("Please enter a whole number."), NULL);
	if ((f->min || f->max) && (v->i < f->min || v->i > f->max))
		return bad(c, f, N_("The number must lie between %s."),
			   arena_printf(c->a, "%lld – %lld", (long long)f->min, (long long)f->max));
	v->set = true;
	return true;
}

bool value_parse(struct ctx *c, const struct rtype *t, const struct field *f, struct str raw, struct value *ret)
{
	(void)t;
	struct value v = { 0 };
	struct str s;
	*ret = v;
	if (raw.n > (size_t)32 << 20)
		return bad(c, f, N_("This text is too long: at most %s characters."), "20000");
	if (text_clean(c->a, raw, &s, NULL) != OK)
		return bad(c, f, N_("The text holds broken characters. Please type it again."), NULL);
	s = str_trim(s);
	if (!s.n)
		return true;
	bool ok = true;
	switch (f->type) {
	case F_INT: case F_MONEY:
		ok = parse_number(c, f, s, &v);
		break;
	case F_REF:
		ok = str_int(s, &v.i) && v.i > 0;
		if (!ok)
			(void)bad(c, f, N_("Please choose a record."), NULL);
		v.set = ok;
		break;
	case F_BOOL:
		v.set = true;
		v.i = !(str_is(s, "0") || str_is(s, "false") || str_is(s, "no"));
		break;
	case F_DATE: case F_TIME:
		ok = v.set = date_parse(s, &v.i);
		if (!ok)
			(void)bad(c, f, N_("Please enter a date such as 2026-11-24."), NULL);
		else if (f->type == F_DATE)
			v.i = day_start(day_of(v.i));
		break;
	case F_CODE:
		ok = v.set = code_find(c->app->codes, f->of, s) != NULL;
		v.s = s;
		if (!ok)
			(void)bad(c, f, N_("“%s” is not in the list. Please choose one of the list."), arena_cstr(c->a, s));
		break;
	case F_CODES:
		ok = parse_codes(c, f, s, &v);
		break;
	case F_AREA:
		ok = v.set = code_find(c->app->codes, "area", s.n > 12 ? (struct str){ s.p, 12 } : s) != NULL;
		v.s = s;
		if (!ok)
			(void)bad(c, f, N_("There is no area with the code “%s”."), arena_cstr(c->a, s));
		break;
	case F_PHONE:
		v.s = phone_normalise(c->a, s);
		ok = v.set = v.s.n > 0;
		if (!ok)
			(void)bad(c, f, N_("This is no phone number. Please enter digits, such as 13812345678 or 0512-58123456."), NULL);
		break;
	case F_IDNO:
		ok = parse_idno(c, f, s, &v);
		break;
	case F_TEXT: case F_LONG: case F_NAME: case F_ADDRESS: case F_JSON: case F_SECRET:
		ok = parse_text(c, f, s, &v);
		break;
	}
	if (ok)
		*ret = v;
	return ok;
}

struct str blind_form(struct ctx *c, const struct field *f, struct str v)
{
	if (f->type == F_PHONE)
		return phone_normalise(c->a, v);
	struct norm n = text_normalise(c->a, v);
	BUF_AUTO b = BUF(4096);
	const char *p = n.text.p, *end = p + n.text.n;
	while (p < end) {
		const char *was = p;
		uint32_t cp = utf8_next(&p, end);
		if (cp > ' ' && cp != 0x00B7 && cp != 0x2022 && cp != 0x30FB && cp != 0x3000 && cp != 0x2027)
			buf_put(&b, was, (size_t)(p - was));
	}
	return arena_str(c->a, buf_view(&b));
}

struct val blind_of(struct ctx *c, const struct field *f, int epoch, struct str v)
{
	struct str form = blind_form(c, f, v);
	if (!form.n)
		return VN;
	unsigned char *h = arena_alloc(c->a, 16);
	blind_field(c->app->keys, epoch, f->type == F_PHONE ? "phone" : f->type == F_IDNO ? "idno" : f->type == F_NAME ? "name" : f->name, form, h);
	return VB(h, 16);
}
