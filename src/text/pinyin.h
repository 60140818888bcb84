/* How Han characters are read, without tones: from Unicode's Unihan, made at build time (tools/pinyin.mjs). At most two readings a character:
 * the customary one, and another as a surname. */
#ifndef XA_PINYIN_H
#define XA_PINYIN_H
#include "base/base.h"

struct pinyin;
/* text: lines "syllable<TAB>characters". Never NULL; without a text nothing has a reading. Then read-only. */
struct pinyin *pinyin_new(struct str text);
void pinyin_free(struct pinyin *p);      /* takes NULL */
/* Numbers of its syllables, 0: none. The same number: the same sound. */
void pinyin_of(const struct pinyin *p, uint32_t cp, uint16_t ret[2]);
const char *pinyin_text(const struct pinyin *p, uint16_t syllable);    /* "wang"; "" of 0 */
#endif
