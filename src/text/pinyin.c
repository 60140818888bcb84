/* Why: who types wxm, wangxm or 王晓明 looks for 王小明. */
#include "text/pinyin.h"
#include <stdlib.h>

#define FIRST 0x3400
#define LAST 0x9FFF
#define SYLLABLES 600

struct pinyin { char text[SYLLABLES][8]; uint16_t n, of[2][LAST - FIRST + 1]; };

struct pinyin *pinyin_new(struct str text)
{
	struct pinyin *p = xalloc(sizeof *p);
	while (text.n && p->n + 1 < SYLLABLES) {
		struct str chars, syllable = str_cut(str_cut(text, '\n', &text), '\t', &chars);
		if (!syllable.n || syllable.n > 6)
			continue;
		memcpy(p->text[++p->n], syllable.p, syllable.n);
		for (const char *at = chars.p, *end = chars.p + chars.n; at < end;) {
			uint32_t cp = utf8_next(&at, end);
			if (cp < FIRST || cp > LAST)
				continue;
			uint16_t *first = &p->of[0][cp - FIRST];
			*(*first ? &p->of[1][cp - FIRST] : first) = p->n;
		}
	}
	return p;
}

void pinyin_free(struct pinyin *p) { free(p); }

void pinyin_of(const struct pinyin *p, uint32_t cp, uint16_t ret[2])
{
	bool known = cp >= FIRST && cp <= LAST;
	ret[0] = known ? p->of[0][cp - FIRST] : 0;
	ret[1] = known ? p->of[1][cp - FIRST] : 0;
}

const char *pinyin_text(const struct pinyin *p, uint16_t syllable) { return p->text[syllable <= p->n ? syllable : 0]; }
