/* Why: search, screening and comparison must see one text where people typed many: full width, traditional, upper case,
 * invisible characters between the letters of a word.
 * Invariants: the map has one entry for each byte and one more; it never falls; what goes in broken comes out valid. */
#include <iconv.h>
#include <stdlib.h>
#include <utf8proc.h>
#include "text/inner.h"

#define FOLD (UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE)

static bool is_blank(uint32_t cp)
{
	return cp <= ' ' || cp == 0x7F || cp == 0x85 || cp == 0xA0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200A) ||
	       cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F;
}

/* The code points one becomes (at most 18 for any in Unicode): their number. */
static int fold(uint32_t cp, int32_t out[20])
{
	if (cp < 0x80) {
		out[0] = (int32_t)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
		return 1;
	}
	if (cp >= 0x3400 && cp <= 0x9FFF) {
		out[0] = (int32_t)text_simplified(cp);
		return 1;
	}
	if (cp == 0xFEFF || cp == 0x200B || cp == 0xAD || (cp >= 0xE0000 && cp <= 0xE0FFF))
		return 0;
	int last = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, out, 20, FOLD, &last);
	if (n < 0 || n > 20) {
		out[0] = (int32_t)cp;
		return 1;
	}
	for (int i = 0; i < n; i++)
		out[i] = (int32_t)text_simplified((uint32_t)out[i]);
	return (int)n;
}

struct norm text_normalise(struct arena *a, struct str s)
{
	size_t cap = s.n + 64, n = 0;
	char *t = arena_alloc(a, cap + 1);
	uint32_t *map = NEWN(a, uint32_t, cap + 1);
	const char *p = s.p, *end = s.p + s.n;
	bool blank = false;
	while (s.n && p < end) {
		const char *was = p;
		uint32_t cp = utf8_next(&p, end);
		int32_t out[20];
		int k = 1;
		if (is_blank(cp)) {
			if (blank)
				continue;
			blank = true;
			out[0] = ' ';
		} else {
			k = fold(cp, out);
			if (k)
				blank = false;
		}
		if (n + 80 > cap) {
			size_t more = cap * 2 + 80;
			t = arena_realloc(a, t, cap + 1, more + 1);
			map = arena_realloc(a, map, (cap + 1) * sizeof *map, (more + 1) * sizeof *map);
			cap = more;
		}
		for (int i = 0; i < k; i++) {
			size_t w = utf8_put(t + n, (uint32_t)out[i]);
			for (size_t j = 0; j < w; j++)
				map[n + j] = (uint32_t)(was - s.p);
			n += w;
		}
	}
	t[n] = 0;
	map[n] = (uint32_t)s.n;
	return (struct norm){ { t, n }, map };
}

/* Offset of the first byte that is not UTF-8, or s.n. */
static size_t broken_at(struct str s)
{
	size_t i = 0;
	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t w = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
		if (!w || i + w > s.n || !utf8_valid((struct str){ s.p + i, w }))
			return i;
		i += w;
	}
	return s.n;
}

static enum err broken(struct fault *f, const char *msg, size_t offset)
{
	enum err e = fail(f, ERR_INVALID, msg, "broken byte at %zu", offset);
	if (f) {
		f->hint = N_("Save the file as UTF-8 and send it again.");
		size_t i = sizeof f->arg - 1;
		f->arg[i] = 0;
		do
			f->arg[--i] = (char)('0' + offset % 10);
		while (offset /= 10);
		memmove(f->arg, f->arg + i, sizeof f->arg - i);
	}
	return e;
}

/* Dropped from typed text: controls, byte order marks, and the marks that turn the reading direction, with which one
 * name can be made to look like another. */
static bool is_unwanted(uint32_t cp)
{
	return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp <= 0x9F) || cp == 0xFEFF || cp == 0x2060 ||
	       cp == 0x200B || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
	       (cp & 0xFFFE) == 0xFFFE || (cp >= 0xFDD0 && cp <= 0xFDEF);
}

enum err text_clean(struct arena *a, struct str s, struct str *ret, struct fault *f)
{
	if (!s.p) {
		*ret = STR_NONE;
		return OK;
	}
	/* NUL is a control character like others here, though utf8_valid() refuses it. */
	char *t = arena_alloc(a, s.n + 1);
	size_t n = 0, i = 0;
	bool plain = true;   /* nothing that NFC could change */
	while (i < s.n) {
		const char *p = s.p + i;
		if (*p == 0) {
			i++;
			continue;
		}
		if ((unsigned char)*p >= 0x80) {
			struct str tail = { p, s.n - i < 4 ? s.n - i : 4 };
			if (broken_at(tail) == 0)
				return broken(f, N_("The text is not valid UTF-8 (byte %s)."), i);
		}
		uint32_t cp = utf8_next(&p, s.p + s.n);
		size_t w = (size_t)(p - (s.p + i));
		if (cp == '\r') {
			if (i + 1 >= s.n || s.p[i + 1] != '\n')
				t[n++] = '\n';
		} else if (!is_unwanted(cp)) {
			memcpy(t + n, s.p + i, w);
			n += w;
			plain = plain && (cp < 0x300 || (cp >= 0x2000 && cp <= 0x206F) || (cp >= 0x3000 && cp <= 0x3029) ||
					  (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xFF00 && cp <= 0xFF60));
		}
		i += w;
	}
	t[n] = 0;
	*ret = (struct str){ t, n };
	if (plain)
		return OK;
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t m = utf8proc_map((const utf8proc_uint8_t *)t, (utf8proc_ssize_t)n, &out, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (m < 0)
		return fail(f, ERR_INVALID, N_("The text could not be read."), "utf8proc: %s", utf8proc_errmsg(m));
	*ret = arena_str(a, (struct str){ (const char *)out, (size_t)m });
	free(out);
	return OK;
}

/* ---- encodings --------------------------------------------------------------------------------------- */

static enum err from_utf16(struct arena *a, struct str b, bool big, struct str *ret, struct fault *f)
{
	char *t = arena_alloc(a, b.n / 2 * 3 + 4);
	size_t n = 0;
	for (size_t i = 2; i < b.n; i += 2) {
		if (i + 1 >= b.n)
			return broken(f, N_("The file is not valid UTF-16 (byte %s)."), i);
		const unsigned char *u = (const unsigned char *)b.p + i;
		uint32_t cp = big ? (uint32_t)u[0] << 8 | u[1] : (uint32_t)u[1] << 8 | u[0];
		if (cp >= 0xD800 && cp <= 0xDBFF && i + 3 < b.n) {
			uint32_t lo = big ? (uint32_t)u[2] << 8 | u[3] : (uint32_t)u[3] << 8 | u[2];
			if (lo < 0xDC00 || lo > 0xDFFF)
				return broken(f, N_("The file is not valid UTF-16 (byte %s)."), i);
			cp = 0x10000 + ((cp - 0xD800) << 10) + (lo - 0xDC00);
			i += 2;
		} else if ((cp >= 0xD800 && cp <= 0xDFFF) || cp == 0) {
			return broken(f, N_("The file is not valid UTF-16 (byte %s)."), i);
		}
		n += utf8_put(t + n, cp);
	}
	*ret = (struct str){ t, n };
	return OK;
}

/* GB18030 takes almost any bytes: a UTF-8 file with one broken byte would come out as rubbish without a word.
 * So: many whole three-byte characters and few broken places mean UTF-8. */
static bool seems_utf8(struct str s)
{
	size_t whole = 0, bad = 0, i = 0;
	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t w = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
		if (i + w <= s.n && utf8_valid((struct str){ s.p + i, w })) {
			whole += w >= 3;
			i += w;
		} else {
			bad++;
			i++;
		}
	}
	return whole >= 3 && whole >= 4 * bad;
}

static enum err from_gb18030(struct arena *a, struct str b, struct str *ret, struct fault *f)
{
	size_t nul = 0;
	while (nul < b.n && b.p[nul])
		nul++;
	if (nul < b.n)
		return broken(f, N_("The file is neither UTF-8 nor GB18030 text (byte %s)."), nul);
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	if (cd == (iconv_t)-1)
		return fail(f, ERR_INTERNAL, NULL, "no iconv for GB18030");
	size_t cap = b.n * 3 + 4, left = cap, in_left = b.n;
	char *t = arena_alloc(a, cap + 1), *out = t, *in = (char *)(uintptr_t)b.p;
	size_t r = iconv(cd, &in, &in_left, &out, &left);
	if (r != (size_t)-1)
		r = iconv(cd, NULL, NULL, &out, &left);
	iconv_close(cd);
	if (r == (size_t)-1)
		return broken(f, N_("The file is neither UTF-8 nor GB18030 text (byte %s)."), (size_t)(in - b.p));
	*ret = (struct str){ t, (size_t)(out - t) };
	return OK;
}

enum err text_to_utf8(struct arena *a, struct str b, struct str *ret, const char **ret_encoding, struct fault *f)
{
	const unsigned char *u = (const unsigned char *)b.p;
	const char *enc = "UTF-8";
	struct str s = { b.p ? b.p : "", b.n };
	if (b.n >= 3 && u[0] == 0xEF && u[1] == 0xBB && u[2] == 0xBF) {
		s = (struct str){ b.p + 3, b.n - 3 };
		if (!utf8_valid(s))
			return broken(f, N_("The text is not valid UTF-8 (byte %s)."), 3 + broken_at(s));
	} else if (b.n >= 2 && ((u[0] == 0xFF && u[1] == 0xFE) || (u[0] == 0xFE && u[1] == 0xFF))) {
		enc = u[0] == 0xFF ? "UTF-16LE" : "UTF-16BE";
		TRY(from_utf16(a, b, u[0] == 0xFE, &s, f));
	} else if (!utf8_valid(s)) {
		if (seems_utf8(s))
			return broken(f, N_("The text is not valid UTF-8 (byte %s)."), broken_at(s));
		enc = "GB18030";
		TRY(from_gb18030(a, b, &s, f));
	}
	*ret = s;
	if (ret_encoding)
		*ret_encoding = enc;
	return OK;
}
