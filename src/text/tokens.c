/* Why: Chinese is written without blanks; overlapping pairs of characters find any word without a dictionary whose
 * version could drift between index and query.
 * Invariants: what a query emits for a word is a contiguous part of what indexing emits for a text that holds it
 * (record/search.c moves the "1:" tokens behind the rest); a middle dot inside a name counts as nothing, so that
 * 阿卜杜拉·买买提 is found with and without it. */
#include <utf8proc.h>
#include "text/inner.h"

bool text_is_dot(uint32_t cp)
{
	return cp == 0xB7 || cp == 0x2022 || cp == 0x2027 || cp == 0x30FB || cp == 0xFF65 || cp == 0x2219 || cp == 0x22C5;
}

bool text_is_word(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT: case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_NL:
		return true;
	default:
		return false;
	}
}

struct put {
	void (*fn)(void *arg, struct str token);
	void *arg;
};

static void put_alone(const struct put *o, const char *han, size_t n)
{
	char t[8] = "1:";
	memcpy(t + 2, han, n);
	o->fn(o->arg, (struct str){ t, n + 2 });
}

void text_tokens(struct arena *a, struct str s, bool indexing, void (*put)(void *arg, struct str token), void *arg)
{
	struct norm n = text_normalise(a, s);
	struct put o = { put, arg };
	struct str t = str_trim(n.text);
	const char *p = t.p, *end = t.p + t.n;
	char pair[8];              /* the Han before, then this one */
	size_t before = 0, words = 0, hans = 0;
	const char *word = NULL;   /* start of a run of letters or of digits */
	const char *last = NULL;
	size_t last_n = 0;
	while (p <= end) {
		const char *was = p;
		uint32_t cp = p < end ? utf8_next(&p, end) : (p++, ' ');
		size_t w = (size_t)(p - was);
		bool han = cp_is_han(cp), letter = !han && text_is_word(cp);
		if (word && !letter) {
			o.fn(o.arg, (struct str){ word, (size_t)(was - word) });
			word = NULL;
			words++;
		}
		if (letter) {
			if (!word)
				word = was;
			before = 0;
		} else if (han) {
			if (before) {
				memcpy(pair + before, was, w);
				o.fn(o.arg, (struct str){ pair, before + w });
				words++;
			}
			memcpy(pair, was, w);
			before = w;
			last = was;
			last_n = w;
			hans++;
			if (indexing)
				put_alone(&o, was, w);
		} else if (!(before && text_is_dot(cp))) {
			before = 0;
		}
	}
	/* A query of nothing but one Han character. */
	if (!indexing && hans == 1 && !words)
		put_alone(&o, last, last_n);
}
