/* Why: the words extraction knows, found by their first character; reading a narrative must cost microseconds, not a
 * comparison with each word at each place. */
#include <stdlib.h>
#include "sense/extract_inner.h"

#define KIN(w, code, sex) { w, EXTRACT_KIN, code, sex, 0, 0 }
#define MINE(w, code, sex) { w, EXTRACT_KIN, code, sex, 3, 0 }
#define WEAPON(w) { w, EXTRACT_WEAPON, NULL, 0, 0, 0 }
#define CHILD(w) { w, EXTRACT_CHILD, NULL, 0, 0, 0 }
#define DAY(w, d) { w, EXTRACT_DATE, "d", 0, 0, d }
#define WHEN(w, unit, d) { w, EXTRACT_DATE, unit, 0, 0, d }
#define NONE(w) { w, EXTRACT_KIND_COUNT, NULL, 0, 0, 0 }

/* NONE: words that hold another word of the list and do not mean it. */
static const struct extract_word words[] = {
	KIN("老公", "11", 1), KIN("丈夫", "11", 1), KIN("老婆", "12", 2), KIN("妻子", "12", 2), KIN("媳妇", "12", 2), KIN("爱人", "10", 0), KIN("配偶", "10", 0),
	KIN("儿子", "20", 1), KIN("女婿", "28", 1), KIN("女儿", "30", 2), KIN("儿媳", "38", 2), KIN("儿媳妇", "38", 2), KIN("孙子", "40", 1), KIN("孙女", "40", 2),
	KIN("外孙", "40", 1), KIN("外孙女", "40", 2), KIN("父母", "50", 0), KIN("爸妈", "50", 0), KIN("父亲", "51", 1), KIN("爸爸", "51", 1), KIN("老爹", "51", 1),
	KIN("母亲", "52", 2), KIN("妈妈", "52", 2), KIN("老娘", "52", 2), KIN("公公", "53", 1), KIN("婆婆", "54", 2), KIN("岳父", "55", 1), KIN("丈人", "55", 1),
	KIN("老丈人", "55", 1), KIN("岳母", "56", 2), KIN("丈母娘", "56", 2), KIN("继父", "57", 1), KIN("后爸", "57", 1), KIN("养父", "57", 1), KIN("继母", "58", 2),
	KIN("后妈", "58", 2), KIN("养母", "58", 2), KIN("爷爷", "60", 1), KIN("奶奶", "60", 2), KIN("外公", "60", 1), KIN("外婆", "60", 2), KIN("姥姥", "60", 2),
	KIN("姥爷", "60", 1), KIN("哥哥", "71", 1), KIN("大哥", "71", 1), KIN("嫂子", "72", 2), KIN("弟弟", "73", 1), KIN("弟媳", "74", 2), KIN("姐姐", "75", 2),
	KIN("姐夫", "76", 1), KIN("妹妹", "77", 2), KIN("妹夫", "78", 1), KIN("小姑子", "80", 2), KIN("小叔子", "80", 1), KIN("小舅子", "80", 1), KIN("叔叔", "80", 1),
	KIN("舅舅", "80", 1), KIN("姑姑", "80", 2), KIN("姑妈", "80", 2), KIN("前夫", "91", 1), KIN("前妻", "91", 2), KIN("男友", "92", 1), KIN("男朋友", "92", 1),
	KIN("女友", "92", 2), KIN("女朋友", "92", 2), KIN("未婚夫", "92", 1), KIN("未婚妻", "92", 2), KIN("前男友", "93", 1), KIN("前女友", "93", 2),
	KIN("同居男友", "94", 1), KIN("同居女友", "94", 2), KIN("第三者", "95", 0),
	MINE("我妈", "52", 2), MINE("我爸", "51", 1), MINE("我哥", "71", 1), MINE("我弟", "73", 1), MINE("我姐", "75", 2), MINE("我妹", "77", 2), MINE("她妈", "52", 2),
	MINE("她爸", "51", 1), MINE("他妈", "52", 2), MINE("他爸", "51", 1),
	NONE("他妈的"), NONE("第三者责任"), NONE("公公安"), NONE("孩子气"), NONE("我妈呀"),
	CHILD("孩子"), CHILD("小孩"), CHILD("小孩子"), CHILD("娃"), CHILD("娃娃"), CHILD("宝宝"), CHILD("婴儿"), CHILD("小女孩"), CHILD("小男孩"), NONE("女孩子"), NONE("男孩子"),
	WEAPON("菜刀"), WEAPON("水果刀"), WEAPON("砍刀"), WEAPON("西瓜刀"), WEAPON("匕首"), WEAPON("尖刀"), WEAPON("刀子"), WEAPON("剪刀"), WEAPON("斧头"), WEAPON("锤子"),
	WEAPON("榔头"), WEAPON("铁棍"), WEAPON("木棍"), WEAPON("棍子"), WEAPON("板凳"), WEAPON("钢管"), WEAPON("汽油"), WEAPON("农药"), WEAPON("硫酸"), WEAPON("砖头"),
	WEAPON("酒瓶"), WEAPON("啤酒瓶"), WEAPON("皮带"), WEAPON("衣架"), WEAPON("绳子"), WEAPON("拿刀"), WEAPON("持刀"), WEAPON("动刀"), WEAPON("用刀"), WEAPON("举刀"),
	WEAPON("铁锹"), WEAPON("锄头"), WEAPON("擀面杖"), WEAPON("煤气罐"), WEAPON("猎枪"), WEAPON("土枪"), NONE("剪刀差"), NONE("动刀手术"), NONE("汽油费"), NONE("汽油钱"),
	DAY("今天", 0), DAY("今日", 0), DAY("今晚", 0), DAY("今早", 0), DAY("今晨", 0), DAY("昨天", -1), DAY("昨日", -1), DAY("昨晚", -1), DAY("昨夜", -1), DAY("前天", -2),
	DAY("前晚", -2), DAY("大前天", -3), WHEN("上周", "w", -7), WHEN("上星期", "w", -7), WHEN("上个星期", "w", -7), WHEN("上礼拜", "w", -7), WHEN("这周", "w", 0),
	WHEN("本周", "w", 0), WHEN("上个月", "m", -1), WHEN("上月", "m", -1), WHEN("去年", "y", -1), WHEN("前年", "y", -2), WHEN("大前年", "y", -3), WHEN("今年", "y", 0),
	WHEN("小时候", "h", 0), WHEN("年轻时", "h", 0), WHEN("当年", "h", 0), WHEN("多年前", "h", 0), WHEN("几年前", "h", 0), WHEN("早年", "h", 0), WHEN("从前", "h", 0),
	NONE("万一"), NONE("养老"), NONE("主张"), NONE("位于"), NONE("由于"), NONE("对于"), NONE("关于"), NONE("属于"), NONE("至于"), NONE("终于"),
	NONE("处于"), NONE("目前天"), NONE("以前天"), NONE("之前天"), NONE("今天气"),
};

enum { SLOTS = 1024 };
static struct { struct extract_word w[ARRAY_LEN(words)]; uint16_t slot[SLOTS]; } table;

static uint32_t key_of(const char *p)
{
	return (uint32_t)(unsigned char)p[0] << 16 | (uint32_t)(unsigned char)p[1] << 8 | (unsigned char)p[2];
}

/* By the first character, then the longest first. */
static int by_word(const void *x, const void *y)
{
	const struct extract_word *a = x, *b = y;
	uint32_t ka = key_of(a->w), kb = key_of(b->w);
	if (ka != kb)
		return ka < kb ? -1 : 1;
	size_t na = strlen(a->w), nb = strlen(b->w);
	return na != nb ? (na > nb ? -1 : 1) : strcmp(a->w, b->w);
}

static size_t slot_of(uint32_t key)
{
	size_t i = key * 2654435761u >> 22;
	while (table.slot[i] && key_of(table.w[table.slot[i] - 1].w) != key)
		i = (i + 1) % SLOTS;
	return i;
}

__attribute__((constructor)) static void table_fill(void)
{
	memcpy(table.w, words, sizeof words);
	qsort(table.w, ARRAY_LEN(words), sizeof table.w[0], by_word);
	for (size_t i = ARRAY_LEN(words); i-- > 0;)
		table.slot[slot_of(key_of(table.w[i].w))] = (uint16_t)(i + 1);
}

const struct extract_word *extract_word_at(struct str t, size_t at)
{
	if (at + 3 > t.n)
		return NULL;
	uint32_t key = key_of(t.p + at);
	for (size_t i = table.slot[slot_of(key)]; i && i <= ARRAY_LEN(words) && key_of(table.w[i - 1].w) == key; i++) {
		size_t n = strlen(table.w[i - 1].w);
		if (n <= t.n - at && memcmp(t.p + at, table.w[i - 1].w, n) == 0)
			return &table.w[i - 1];
	}
	return NULL;
}

/* ---- what a character may begin ----------------------------------------------------------------------------------- */

enum { HAN_FIRST = 0x4E00, HAN_LAST = 0x9FFF };
static uint8_t begins[HAN_LAST - HAN_FIRST + 1];

static uint32_t han_of(const char *p)
{
	return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (uint32_t)(p[2] & 0x3F);
}

__attribute__((constructor)) static void begins_fill(void)
{
	static const struct { const char *characters; uint8_t what; } rows[] = {
		{ "零一二两俩三四五六七八九幺十", EXTRACT_BEGINS_NUMBER },
		{ "小花公新家", EXTRACT_BEGINS_PLACE },
		{ "名姓叫老小", EXTRACT_BEGINS_CALL },
		{ "欧诸司上夏皇尉公慕令", EXTRACT_BEGINS_NAME },
		{ "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺"
		  "顾毛郝龚邵万钱严覃武戴莫孔向汤缪季殷樊翁章柳俞倪施", EXTRACT_BEGINS_NAME | EXTRACT_BEGINS_SURNAME } };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (const char *p = rows[i].characters; *p; p += EXTRACT_HAN)
			begins[han_of(p) - HAN_FIRST] |= rows[i].what;
}

unsigned extract_begins(struct str t, size_t i)
{
	if (i + EXTRACT_HAN > t.n || ((unsigned char)t.p[i] & 0xF0) != 0xE0)
		return 0;
	uint32_t cp = han_of(t.p + i);
	return cp == 0x3007 ? EXTRACT_BEGINS_NUMBER : cp >= HAN_FIRST && cp <= HAN_LAST ? begins[cp - HAN_FIRST] : 0;
}

/* ---- names of places: an open table by the first two characters ------------------------------------------------ */

struct extract_places { struct str *name; size_t n; uint32_t *slot, slots; };

static uint32_t hash6(const char *p)
{
	uint64_t k = 0;
	memcpy(&k, p, 6);
	return (uint32_t)(k * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

static int by_name(const void *x, const void *y)
{
	const struct str *a = x, *b = y;
	int c = memcmp(a->p, b->p, 6);
	return c ? c : a->n != b->n ? (a->n > b->n ? -1 : 1) : str_cmp(*a, *b);
}

static uint32_t place_slot(const struct extract_places *p, const char *at)
{
	uint32_t i = hash6(at) & (p->slots - 1);
	while (p->slot[i] && memcmp(p->name[p->slot[i] - 1].p, at, 6) != 0)
		i = (i + 1) & (p->slots - 1);
	return i;
}

struct extract_places *extract_places_new(const struct str *names, size_t n)
{
	struct extract_places *p = xalloc(sizeof *p);
	*p = (struct extract_places){ .name = xalloc((n + 1) * sizeof *p->name), .slots = 16 };
	for (size_t i = 0; i < n; i++) {
		if (names[i].n < 6)
			continue;
		char *copy = xalloc(names[i].n);
		memcpy(copy, names[i].p, names[i].n);
		p->name[p->n++] = (struct str){ copy, names[i].n };
	}
	qsort(p->name, p->n, sizeof *p->name, by_name);
	while (p->slots < p->n * 2 + 2)
		p->slots *= 2;
	p->slot = xalloc(p->slots * sizeof *p->slot);
	memset(p->slot, 0, p->slots * sizeof *p->slot);
	for (size_t i = p->n; i-- > 0;)
		p->slot[place_slot(p, p->name[i].p)] = (uint32_t)i + 1;
	return p;
}

void extract_places_free(struct extract_places *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		free((void *)(uintptr_t)p->name[i].p);
	free(p->name);
	free(p->slot);
	free(p);
}

size_t extract_place_at(const struct extract_places *p, struct str t, size_t at)
{
	if (!p || at + 6 > t.n)
		return 0;
	for (size_t i = p->slot[place_slot(p, t.p + at)]; i && i <= p->n && memcmp(p->name[i - 1].p, t.p + at, 6) == 0; i++)
		if (p->name[i - 1].n <= t.n - at && memcmp(p->name[i - 1].p, t.p + at, p->name[i - 1].n) == 0)
			return p->name[i - 1].n;
	return 0;
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */

bool extract_at(struct str t, size_t i, const char *w)
{
	size_t n = strlen(w);
	return i <= t.n && n <= t.n - i && memcmp(t.p + i, w, n) == 0;
}

size_t extract_one_of(struct str t, size_t i, const char *const *list)
{
	for (; *list; list++)
		if (extract_at(t, i, *list))
			return strlen(*list);
	return 0;
}

bool extract_has(struct str s, const char *const *list)
{
	for (; *list; list++)
		if (str_find(s, str_of(*list)) >= 0)
			return true;
	return false;
}

bool extract_han_at(struct str t, size_t i)
{
	const char *p = t.p + i;
	return i + EXTRACT_HAN <= t.n && (unsigned char)*p >= 0xE0 && (unsigned char)*p < 0xF0 && cp_is_han(utf8_next(&p, t.p + t.n));
}

bool extract_is_one(struct str t, size_t i, const char *characters)
{
	if (!extract_han_at(t, i))
		return false;
	for (; *characters; characters += EXTRACT_HAN)
		if (memcmp(characters, t.p + i, EXTRACT_HAN) == 0)
			return true;
	return false;
}
