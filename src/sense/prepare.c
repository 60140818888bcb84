/* Why: who is afraid of a reader over the shoulder, or of a filter, writes 家bao, 打s我, 老/公/打/我; who dictates gets the
 * wrong character of the right sound. The rules and the model see one spelling.
 * Invariants: only words of danger are respelled, and only where the misspelling means nothing else; every byte of the
 * result leads back to the character it came from; a stop is dropped only between characters that stand alone. */
#include <stdlib.h>
#include "sense/inner.h"
#include "sense/triage.h"

/* as typed=as meant; letters beside characters are not looked for inside a longer run of letters, letters alone are (the blanks
 * between the syllables are gone) */
static const char respellings[] =
	"亖=死|家bao=家暴|家b=家暴|jia暴=家暴|jiabao=家暴|佳暴=家暴|家曝=家暴|咖暴=家暴|"
	"打si=打死|打s=打死|打屎=打死|打似=打死|弄si=弄死|弄s=弄死|弄屎=弄死|弄尸=弄死|弄似=弄死|掐si=掐死|掐s=掐死|砍si=砍死|砍s=砍死|"
	"捅si=捅死|杀si=杀死|杀s=杀死|沙死我=杀死我|煞死我=杀死我|沙了我=杀了我|傻了我=杀了我|刀了我=杀了我|刀了她=杀了她|嘎了我=杀了我|噶了我=杀了我|"
	"要s我=要杀我|要s了=要死了|想si=想死|去si=去死|逼si=逼死|被da=被打|da我=打我|sha我=杀我|sha了我=杀了我|"
	"自鲨=自杀|自啥=自杀|自刹=自杀|自s=自杀|自sha=自杀|zi杀=自杀|zisha=自杀|轻sheng=轻生|跳lou=跳楼|跳搂=跳楼|跳喽=跳楼|上diao=上吊|割wan=割腕|割碗=割腕|割万=割腕|"
	"不想huo=不想活|不想火了=不想活了|活够lo=活够了|yi书=遗书|遗数=遗书|安m药=安眠药|安mian药=安眠药|安棉药=安眠药|安绵药=安眠药|农yao=农药|百草苦=百草枯|"
	"菜dao=菜刀|菜到=菜刀|采刀=菜刀|砍dao=砍刀|水果dao=水果刀|dao子=刀子|拿dao=拿刀|气油=汽油|汽you=汽油|硫suan=硫酸|木仓=枪|"
	"强j=强奸|强jian=强奸|qj=强奸|强间=强奸|强女干=强奸|墙奸=强奸|猥xie=猥亵|猥谢=猥亵|委亵=猥亵|性qin=性侵|性亲犯=性侵犯|"
	"脖纸=脖子|脖砸=脖子|勃子=脖子|bo子=脖子|恰我脖=掐我脖|欧打=殴打|呕打=殴打|鸥打=殴打|ou打=殴打|独打=毒打|du打=毒打|暴da=暴打|凑我一=揍我一|zou我=揍我|chou我=抽我|"
	"统死=捅死|桶死=捅死|捅s=捅死|绑jia=绑架|帮架=绑架|绑驾=绑架|囚jin=囚禁|威协=威胁|危胁=威胁|wei胁=威胁|疟待=虐待|虐代=虐待|nue待=虐待|"
	"根踪=跟踪|跟宗=跟踪|gen踪=跟踪|骚绕=骚扰|扫扰=骚扰|sao扰=骚扰|恐下=恐吓|报jing=报警|b警=报警|报jin=报警|报井=报警|bao警=报警|"
	"救敏=救命|救名=救命|就命啊=救命啊|救ming=救命|jiu命=救命|jiuming=救命|jiujiuwo=救救我|jiujiu=救救我|jiuwo=救我|shawo=杀我|dawo=打我|dalewo=打了我|shalewo=杀了我|beida=被打|"
	"tadawo=他打我|baojing=报警|bugan=不敢|qiujiu=求救|qiuqiu=求求|bangwo=帮我|haipa=害怕|helpme=救救我|killme=杀我|hitsme=打我|beatsme=打我|hitme=打我|beatme=打我|lockedme=锁住我|"
	"huiming=毁命|男票=男友|女票=女友|鸡暴=家暴|老gong=老公|laogong=老公|lao公=老公|前fu=前夫|qianfu=前夫|nan友=男友|剁si=剁死|烧si=烧死|勒si=勒死|踢si=踢死|zhang夫=丈夫|孩zi=孩子|hai子=孩子|haizi=孩子";

enum { SLOTS = 1024 };
struct respelling { struct str typed, meant; };
static struct { struct respelling r[256]; size_t n; uint16_t slot[SLOTS]; } table;   /* slot: 1 + the first of these three bytes */

static uint32_t key_of(const char *p)
{
	return (uint32_t)(unsigned char)p[0] << 16 | (uint32_t)(unsigned char)p[1] << 8 | (unsigned char)p[2];
}

/* By the first bytes, then the longest first. */
static int by_typed(const void *x, const void *y)
{
	const struct respelling *a = x, *b = y;
	uint32_t ka = key_of(a->typed.p), kb = key_of(b->typed.p);
	if (ka != kb)
		return ka < kb ? -1 : 1;
	if (a->typed.n != b->typed.n)
		return a->typed.n > b->typed.n ? -1 : 1;
	return memcmp(a->typed.p, b->typed.p, a->typed.n);
}

static size_t slot_of(uint32_t key)
{
	size_t i = key * 2654435761u >> 22;
	while (table.slot[i] && key_of(table.r[table.slot[i] - 1].typed.p) != key)
		i = (i + 1) % SLOTS;
	return i;
}

__attribute__((constructor)) static void table_fill(void)
{
	for (struct str rest = { respellings, sizeof respellings - 1 }; rest.p;) {
		struct str one = str_cut(rest, '|', &rest), meant, typed = str_cut(one, '=', &meant);
		if (typed.n >= 3 && table.n < ARRAY_LEN(table.r))
			table.r[table.n++] = (struct respelling){ typed, meant };
	}
	qsort(table.r, table.n, sizeof table.r[0], by_typed);
	for (size_t i = table.n; i-- > 0;)
		table.slot[slot_of(key_of(table.r[i].typed.p))] = (uint16_t)(i + 1);
}

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool all_letters(struct str s)
{
	size_t n = 0;
	while (n < s.n && is_letter(s.p[n]))
		n++;
	return n == s.n;
}

static const struct respelling *respelling_at(struct str t, size_t at)
{
	if (at + 3 > t.n)
		return NULL;
	uint32_t key = key_of(t.p + at);
	uint16_t first = table.slot[slot_of(key)];
	for (size_t i = first; i && i <= table.n && key_of(table.r[i - 1].typed.p) == key; i++) {
		struct str typed = table.r[i - 1].typed;
		bool open = !all_letters(typed) && ((at + typed.n < t.n && is_letter(typed.p[typed.n - 1]) && is_letter(t.p[at + typed.n])) ||
						    (at > 0 && is_letter(*typed.p) && is_letter(t.p[at - 1])));
		if (typed.n <= t.n - at && memcmp(typed.p, t.p + at, typed.n) == 0 && !open)
			return &table.r[i - 1];
	}
	return NULL;
}

/* Respelled words have no more characters than what was typed; their last character leads to the last one typed. */
static struct norm respell(struct arena *a, struct norm n)
{
	struct str t = n.text;
	char *out = NULL;
	uint32_t *map = NULL;
	size_t k = 0;
	for (size_t i = 0; i < t.n;) {
		const struct respelling *r = respelling_at(t, i);
		if (r && !out) {
			out = arena_alloc(a, t.n * 3 + 1);
			map = NEWN(a, uint32_t, t.n * 3 + 1);
			memcpy(out, t.p, i);
			memcpy(map, n.map, i * sizeof *map);
			k = i;
		}
		if (!r) {
			if (out) {
				out[k] = t.p[i];
				map[k] = n.map[i];
				k++;
			}
			i++;
			continue;
		}
		size_t last = r->meant.n - 3, end = i + r->typed.n - 1;
		for (size_t b = 0; b < r->meant.n; b++)
			map[k + b] = b >= last ? n.map[end] : n.map[i + b < end ? i + b : end];
		memcpy(out + k, r->meant.p, r->meant.n);
		k += r->meant.n;
		i += r->typed.n;
	}
	if (!out)
		return n;
	out[k] = 0;
	map[k] = n.map[t.n];
	return (struct norm){ { out, k }, map };
}

bool triage_is_stop(uint32_t cp)
{
	return cp == ',' || cp == '.' || cp == ';' || cp == '!' || cp == '?' || cp == ':' || cp == 0x3002 || cp == 0x3001;
}

/* Signs that stand for words. */
static const char *emoji_word(uint32_t cp)
{
	switch (cp) {
	case 0x1F52A: case 0x1F5E1: return "刀";
	case 0x1F52B: return "枪";
	case 0x1FA78: return "血";
	case 0x1F48A: return "药";
	case 0x1F198: return "救命";
	default: return NULL;
	}
}

static bool is_sign(uint32_t cp)
{
	return !cp_is_han(cp) && !(cp < 0x80 && is_letter((char)cp)) && !(cp >= '0' && cp <= '9') && !emoji_word(cp);
}

struct place { uint32_t cp, at; };

/* A stop between two characters that both stand alone (他、打、我) is no stop. */
static bool is_noise(const struct place *c, size_t n, size_t i)
{
	size_t l = i, r = i;
	while (l > 0 && is_sign(c[l - 1].cp))
		l--;
	while (r < n && is_sign(c[r].cp))
		r++;
	if (l == 0 || r == n || !cp_is_han(c[l - 1].cp) || !cp_is_han(c[r].cp))
		return false;
	return (l == 1 || is_sign(c[l - 2].cp)) && (r + 1 == n || is_sign(c[r + 1].cp));
}

struct norm triage_prepare(struct arena *a, struct str text)
{
	struct norm n = text_normalise(a, text);
	struct place *c = arena_alloc(a, (n.text.n + 1) * sizeof *c);
	size_t nc = 0, k = 0;
	for (const char *p = n.text.p, *end = p + n.text.n; p < end; nc++) {
		c[nc].at = (uint32_t)(p - n.text.p);
		c[nc].cp = utf8_next(&p, end);
	}
	c[nc].at = (uint32_t)n.text.n;
	char *t = arena_alloc(a, n.text.n * 2 + 1);
	uint32_t *map = arena_alloc(a, (n.text.n * 2 + 1) * sizeof *map);
	for (size_t i = 0; i < nc; i++) {
		const char *word = c[i].cp >= 0x1F000 ? emoji_word(c[i].cp) : NULL;
		struct str put = word ? str_of(word) : (struct str){ n.text.p + c[i].at, c[i + 1].at - c[i].at };
		if (!word && is_sign(c[i].cp) && (!triage_is_stop(c[i].cp) || is_noise(c, nc, i)))
			continue;
		for (size_t b = 0; b < put.n; b++)
			map[k + b] = n.map[c[i].at];
		memcpy(t + k, put.p, put.n);
		k += put.n;
	}
	t[k] = 0;
	map[k] = (uint32_t)text.n;
	return respell(a, (struct norm){ { t, k }, map });
}
