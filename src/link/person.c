/* Why: a name is said over the telephone and written as it sounds; a digit is lost; she has moved to her mother's; the grid knows her as 老张家的.
 * Invariants: two ID numbers that hold and differ are two persons, however alike all else is; a name that half the town bears weighs little. */
#include "link/person.h"
#include "base/clock.h"
#include "text/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_CHARS = 5 };
struct person {
	uint32_t cp[NAME_CHARS];
	uint16_t sound[NAME_CHARS];
	uint8_t len, nick;             /* nick: only a family name, or a name among friends */
	uint8_t sex, id_holds;
	char phone[16], id[19];
	uint8_t nphone, nid;
	int32_t birth;                 /* day; 0: none */
	uint32_t town, comm, estate, house, room;      /* hashes; 0: none */
	uint32_t often;                /* how many have a name of this sound */
};
struct people { const struct pinyin *pinyin; int32_t today; struct person *v; uint32_t n, cap; struct map *often; struct arena *a; double mean; };

struct people *people_new(const struct pinyin *p, int32_t today)
{
	struct people *v = xalloc(sizeof *v);
	*v = (struct people){ .pinyin = p, .today = today, .a = arena_new(0) };
	return v;
}

void people_free(struct people *v)
{
	if (!v)
		return;
	if (v->v)
		explicit_bzero(v->v, v->cap * sizeof *v->v);
	free(v->v);
	arena_free(v->a);
	free(v);
}

/* ---- what is kept of what is said ---- */

static bool is_one_of(uint32_t cp, const char *set)
{
	for (const char *p = set, *end = set + strlen(set); p < end;)
		if (utf8_next(&p, end) == cp)
			return true;
	return false;
}

/* 张阿姨, 老张, 张某, 小丽, 张某某: of a nickname the family name, or the one character by which she goes. */
static void take_name(const struct people *all, struct person *r, struct str s)
{
	static const char *const call[] = { "女士", "先生", "阿姨", "大姐", "大妈", "大嫂", "大伯", "奶奶", "爷爷", "师傅", "老师", "某某", "某", "姐", "嫂", "妹", "哥", "叔", "婶" };
	uint32_t cp[NAME_CHARS + 1];
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(call); i++) {
		size_t len = strlen(call[i]);
		if (s.n > len && memcmp(s.p + s.n - len, call[i], len) == 0 && utf8_count((struct str){ s.p, s.n - len }) <= 2) {
			s.n -= len;
			r->nick = 1;
			break;
		}
	}
	for (const char *p = s.p, *end = s.p + s.n; p < end && n <= NAME_CHARS;) {
		uint32_t c = utf8_next(&p, end);
		if (cp_is_han(c))
			cp[n++] = c;
	}
	size_t from = 0;
	if (n == 2 && is_one_of(cp[0], "老小阿")) {
		from = 1;
		r->nick = 1;
	}
	if (n == 1)
		r->nick = 1;
	for (size_t i = from; i < n && r->len < NAME_CHARS; i++) {
		uint16_t two[2];
		pinyin_of(all->pinyin, cp[i], two);
		r->cp[r->len] = cp[i];
		/* As a family name its own reading (单 is shàn). */
		r->sound[r->len] = r->len == 0 && two[1] ? two[1] : two[0];
		r->len++;
	}
}

/* last: an ID number, which may end in X. Of a telephone all digits: two landlines with their area code differ in the twelfth. */
static uint8_t take_digits(char *to, size_t room, struct str s, bool last)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n + 1 < room; i++)
		if ((s.p[i] >= '0' && s.p[i] <= '9') || ((s.p[i] == 'X' || s.p[i] == 'x') && last))
			to[n++] = s.p[i] == 'x' ? 'X' : s.p[i];
	to[n] = 0;
	return (uint8_t)n;
}

static uint32_t short_hash(uint64_t tag, struct str s)
{
	uint32_t h = (uint32_t)link_hash(tag, s);
	return h ? h : 1;
}

/* Of a numeral's character: 0 to 10, or -1. */
static int numeral(uint32_t cp)
{
	static const char all[] = "〇一二三四五六七八九十";
	int k = 0;
	for (const char *p = all, *end = all + sizeof all - 1; p < end; k++)
		if (utf8_next(&p, end) == cp)
			return k;
	return cp == 0x96F6 /* 零 */ ? 0 : -1;
}

struct number { int value; uint32_t unit; };

/* "梅花里三幢二单元503室" → 梅花里 | 3幢 2单元 503室. Where houses stand in a road its number is the house. */
static void take_address(struct person *r, struct str s)
{
	static const char *const ends[] = { "省", "市", "镇", "街道", "社区", "村委会", "居委会" };
	struct str rest = s, estate;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		int64_t at = str_find(rest, str_of(ends[i]));
		if (at > 0 && at < 40) {
			struct str name = { rest.p, (size_t)at };
			if (str_is(str_of(ends[i]), "镇") || str_is(str_of(ends[i]), "街道"))
				r->town = r->town ? r->town : short_hash(1, name);
			rest.p += at + (int64_t)strlen(ends[i]);
			rest.n -= (size_t)at + strlen(ends[i]);
		}
	}
	struct number v[6] = { { 0 } };
	size_t n = 0;
	const char *p = rest.p, *end = rest.p + rest.n, *first = NULL;
	while (p && p < end && n < ARRAY_LEN(v)) {
		const char *was = p;
		uint32_t c = utf8_next(&p, end);
		int k = c >= '0' && c <= '9' ? (int)(c - '0') : c >= 0xFF10 && c <= 0xFF19 ? (int)(c - 0xFF10) : numeral(c), value = 0;
		if (k < 0)
			continue;
		bool ten = k == 10;
		value = k;
		const char *q = p;
		while (q < end) {
			const char *here = q;
			c = utf8_next(&q, end);
			k = c >= '0' && c <= '9' ? (int)(c - '0') : c >= 0xFF10 && c <= 0xFF19 ? (int)(c - 0xFF10) : numeral(c);
			if (k < 0 || value > 99999) {
				q = here;
				break;
			}
			value = k == 10 ? value * 10 : ten ? value + k : value * 10 + k;
			ten = k == 10;
		}
		p = q;
		c = q < end ? utf8_next(&q, end) : 0;
		/* A numeral in the middle of a name (三里, 五一路) is part of it. */
		bool unit = !c || is_one_of(c, "幢栋号楼座弄组单室房户层-－—#");
		if (!unit && !first)
			continue;
		first = first ? first : was;
		v[n++] = (struct number){ value, c };
	}
	estate = (struct str){ rest.p, first ? (size_t)(first - rest.p) : rest.n };
	if (estate.n > 90)
		estate.n = 90;
	if (estate.n >= 6)
		r->estate = short_hash(2, estate);
	if (n)
		r->house = short_hash(3, (struct str){ (const char *)&v[0].value, sizeof v[0].value });
	if (n > 1)
		r->room = short_hash(4, (struct str){ (const char *)&v[n - 1].value, sizeof v[0].value });
}

void people_add(struct people *all, const struct person_said *s)
{
	if (all->n == all->cap) {
		all->cap = all->cap ? all->cap * 2 : 1024;
		all->v = xrealloc(all->v, all->cap * sizeof *all->v);
	}
	struct person *r = &all->v[all->n++];
	*r = (struct person){ .sex = (uint8_t)s->sex };
	take_name(all, r, s->name);
	r->nphone = take_digits(r->phone, sizeof r->phone, s->phone, false);
	if (r->nphone == 13 && memcmp(r->phone, "861", 3) == 0)
		memmove(r->phone, r->phone + 2, (r->nphone = 11) + 1u);
	if (s->idno.n) {
		ARENA a = arena_new(0);
		struct str good;
		char digit;
		r->id_holds = idno_check(a, s->idno, all->today, &good, &digit) == IDNO_OK;
		r->nid = take_digits(r->id, sizeof r->id, r->id_holds ? good : s->idno, true);
	}
	r->birth = s->birth ? day_of(s->birth) : 0;
	if (r->id_holds) {
		r->birth = idno_birth((struct str){ r->id, 18 });
		r->sex = (uint8_t)idno_sex((struct str){ r->id, 18 });
	}
	if (s->area.n >= 9)
		r->town = short_hash(5, (struct str){ s->area.p, 9 });
	if (s->area.n >= 12)
		r->comm = short_hash(6, (struct str){ s->area.p, 12 });
	take_address(r, s->address);
}

/* ---- comparing ---- */

static bool same_sound(const struct person *a, size_t i, const struct person *b, size_t j) { return a->cp[i] == b->cp[j] || (a->sound[i] && a->sound[i] == b->sound[j]); }

/* n and l, z and zh, an and ang are one to many ears here; letters apart it is another sound. */
static int name_level(const struct person *a, const struct person *b)
{
	size_t same = 0, sound = 0, n = a->len;
	if (!a->len || !b->len)
		return LINK_MISSING;
	if (a->nick || b->nick) {
		const struct person *k = a->nick ? a : b, *o = a->nick ? b : a;
		return same_sound(k, 0, o, 0) || (o->len > 1 && same_sound(k, 0, o, o->len - 1u)) ? 2 : LINK_DIFFER;
	}
	if (a->len != b->len)
		return same_sound(a, 0, b, 0) && same_sound(a, a->len - 1u, b, b->len - 1u) ? 3 : LINK_DIFFER;
	for (size_t i = 0; i < n; i++) {
		same += a->cp[i] == b->cp[i];
		sound += same_sound(a, i, b, i);
	}
	return same == n ? 5 : sound == n ? 4 : n >= 3 && sound == n - 1 ? 3 : LINK_DIFFER;
}

static struct str phone_of(const struct person *r) { return (struct str){ r->phone, r->nphone }; }
static struct str id_of(const struct person *r) { return (struct str){ r->id, r->nid }; }

static int phone_level(const struct person *a, const struct person *b)
{
	if (a->nphone < 4 || b->nphone < 4)
		return LINK_MISSING;
	if (a->nphone == b->nphone && memcmp(a->phone, b->phone, a->nphone) == 0)
		return a->nphone >= 7 ? 4 : 2;
	if (a->nphone >= 10 && b->nphone >= 10 && like_edits(phone_of(a), phone_of(b), 1) == 1)
		return 3;
	/* Of two whole numbers the same end is chance, or a family that likes the figure; said alone it is a sign. */
	return (a->nphone < 10 || b->nphone < 10) && memcmp(a->phone + a->nphone - 4, b->phone + b->nphone - 4, 4) == 0 ? 2 : LINK_DIFFER;
}

static int id_level(const struct person *a, const struct person *b)
{
	if (a->nid < 15 || b->nid < 15)
		return LINK_MISSING;
	int e = like_edits(id_of(a), id_of(b), 1);
	if (e == 0)
		return 4;
	if (e == 1 && !(a->id_holds && b->id_holds))
		return 3;
	return a->nid == 18 && b->nid == 18 && memcmp(a->id + 6, b->id + 6, 8) == 0 ? 2 : LINK_DIFFER;
}

static struct str day_digits(struct civil d, char to[16])
{
	int n = snprintf(to, 16, "%04d%02d%02d", d.year % 10000, d.month % 100, d.day % 100);
	return (struct str){ to, (size_t)n };
}

/* A slip of the pen is one figure, two neighbours in each other's place, or day and month; or the other calendar. 1983 for 2019 is none, though day and month agree. */
static int birth_level(const struct person *a, const struct person *b)
{
	if (!a->birth || !b->birth)
		return LINK_MISSING;
	if (a->birth == b->birth)
		return 4;
	struct civil x = civil_of(day_start(a->birth)), y = civil_of(day_start(b->birth));
	char s[16], t[16];
	int apart = abs(a->birth - b->birth);
	if (like_edits(day_digits(x, s), day_digits(y, t), 1) == 1 || (x.year == y.year && x.month == y.day && x.day == y.month) || (apart >= 18 && apart <= 52))
		return 3;
	return x.year == y.year || apart <= 366 ? 2 : LINK_DIFFER;
}

static int home_level(const struct person *a, const struct person *b)
{
	bool estate = a->estate && a->estate == b->estate, house = a->house && a->house == b->house, room = a->room && a->room == b->room;
	if (estate && house && (room || (!a->room && !b->room)))
		return 5;
	if (estate && house)
		return 4;
	if (estate || (a->comm && a->comm == b->comm))
		return house && room ? 4 : 3;
	if (a->town && a->town == b->town)
		return 2;
	return (a->town && b->town) || (a->estate && b->estate) ? LINK_DIFFER : LINK_MISSING;
}

static void compare(const void *arg, uint32_t i, uint32_t j, uint8_t *l)
{
	const struct people *all = arg;
	const struct person *a = &all->v[i], *b = &all->v[j];
	l[TRAIT_NAME] = (uint8_t)name_level(a, b);
	l[TRAIT_PHONE] = (uint8_t)phone_level(a, b);
	l[TRAIT_ID] = (uint8_t)id_level(a, b);
	/* A day of birth that stands in the ID number is no second witness. */
	l[TRAIT_BIRTH] = (uint8_t)(l[TRAIT_ID] >= 2 ? LINK_MISSING : birth_level(a, b));
	l[TRAIT_SEX] = !a->sex || !b->sex || l[TRAIT_ID] >= 2 ? LINK_MISSING : a->sex == b->sex ? 2 : LINK_DIFFER;
	l[TRAIT_HOME] = (uint8_t)home_level(a, b);
}

bool people_apart(const struct people *all, uint32_t i, uint32_t j)
{
	const struct person *a = &all->v[i], *b = &all->v[j];
	return a->id_holds && b->id_holds && memcmp(a->id, b->id, 18) != 0;
}
static bool veto(const void *arg, uint32_t i, uint32_t j) { return people_apart(arg, i, j); }

static struct str sounds(const struct person *r) { return (struct str){ (const char *)r->sound, r->len * sizeof r->sound[0] }; }

/* The weights of the fields are added as if one did not bring the other along. Under one roof it does: who shares the room shares the telephone, the family name and often a
 * character of the given one (父子, 姐妹); and who writes a wrong day of birth is not off by a generation. Measured: bench/link.c, the city of families. */
struct kin_bits people_kin(const struct people *all, uint32_t i, uint32_t j, const uint8_t *l)
{
	enum { GENERATION = 12 * 365 /* days */ };
	const struct person *a = &all->v[i], *b = &all->v[j];
	bool roof = l[TRAIT_HOME] == 5, line = l[TRAIT_PHONE] == 4;
	struct kin_bits k = { 0 };
	if (roof && line)
		k.family -= 14;
	if ((roof || line) && (l[TRAIT_NAME] == 2 || l[TRAIT_NAME] == 3))
		k.family -= 5.5;
	if (l[TRAIT_BIRTH] == LINK_DIFFER && abs(a->birth - b->birth) >= GENERATION)
		k.age -= 8;
	return k;
}

static double rare_name(const void *arg, uint32_t i, uint32_t j, const uint8_t *l)
{
	const struct people *all = arg;
	const struct person *a = &all->v[i], *b = &all->v[j];
	if (l[TRAIT_NAME] < 4 || !a->often || !b->often)
		return 0;
	double share = (double)(a->often > b->often ? a->often : b->often) / all->n;
	return fmax(-4, fmin(4, log2(all->mean / share)));
}

static double rarity(const void *arg, uint32_t i, uint32_t j, const uint8_t *l)
{
	struct kin_bits k = people_kin(arg, i, j, l);
	return rare_name(arg, i, j, l) + k.family + k.age;
}

/* ---- keys ---- */

static uint64_t key(uint64_t tag, uint64_t x, uint64_t y, uint64_t z)
{
	uint64_t v[3] = { x, y, z };
	return link_hash(tag, (struct str){ (const char *)v, sizeof v });
}

static size_t keys(const void *arg, uint32_t i, uint64_t *k, size_t room)
{
	const struct people *all = arg;
	const struct person *r = &all->v[i];
	size_t n = 0;
	uint64_t name = link_hash(1, sounds(r)), family = r->sound[0], given = r->len > 1 ? r->sound[r->len - 1] : 0;
	int year = r->birth ? civil_of(day_start(r->birth)).year : 0;
	(void)room;
	if (r->nid >= 15) {
		k[n++] = link_hash(2, id_of(r));
		k[n++] = link_hash(3, (struct str){ r->id, 9 }) ^ given;
		k[n++] = link_hash(4, (struct str){ r->id + r->nid - 9, 9 });
	}
	if (r->nphone >= 7) {
		k[n++] = link_hash(5, phone_of(r));
		/* One digit off: either half is whole. */
		k[n++] = link_hash(6, (struct str){ r->phone, 6 }) ^ key(7, family, given, 0);
		k[n++] = link_hash(8, (struct str){ r->phone + r->nphone - 5, 5 });
	}
	if (r->len && r->birth) {
		k[n++] = key(9, name, (uint64_t)year, 0);
		k[n++] = key(10, family, (uint64_t)r->birth, 0);
		k[n++] = key(11, given, (uint64_t)r->birth, 0);
	}
	if (r->len && r->comm)
		k[n++] = r->nick ? key(13, family, r->comm, r->house) : key(12, name, r->comm, 0);
	if (r->len > 1 && !r->nick && r->comm && r->house)
		k[n++] = key(13, family, r->comm, r->house);
	if (r->len && r->estate && r->house) {
		k[n++] = key(14, family, r->estate, r->house);
		if (given)
			k[n++] = key(15, given, r->estate, r->house);
	}
	if (r->estate && r->house && r->room)
		k[n++] = key(16, r->estate, r->house, r->room);
	if (!r->nick && r->len >= 2)
		k[n++] = key(17, name, r->town, 0);
	return n;
}

void people_set(struct people *all, struct link_set *ret)
{
	uint64_t squares = 0;
	all->often = map_new(all->a);
	for (uint32_t i = 0; i < all->n; i++) {
		struct str s = sounds(&all->v[i]);
		if (!s.n || all->v[i].nick)
			continue;
		uint32_t *k = map_get(all->often, s);
		if (!k) {
			k = NEW(all->a, uint32_t);
			map_put(all->often, arena_str(all->a, s), k);
		}
		++*k;
	}
	for (uint32_t i = 0; i < all->n; i++) {
		uint32_t *k = all->v[i].len && !all->v[i].nick ? map_get(all->often, sounds(&all->v[i])) : NULL;
		all->v[i].often = k ? *k : 0;
		squares += all->v[i].often;
	}
	all->mean = all->n ? fmax(1e-9, (double)squares / all->n / all->n) : 1e-9;
	*ret = (struct link_set){ .arg = all, .n = all->n, .nfields = TRAITS, .levels = { [TRAIT_NAME] = 5, [TRAIT_PHONE] = 4, [TRAIT_ID] = 4, [TRAIT_BIRTH] = 4, [TRAIT_SEX] = 2, [TRAIT_HOME] = 5 },
		.differ = { [TRAIT_NAME] = 0.03, [TRAIT_PHONE] = 0.35, [TRAIT_ID] = 0.02, [TRAIT_BIRTH] = 0.15, [TRAIT_SEX] = 0.02, [TRAIT_HOME] = 0.35 },
		.compare = compare, .rarity = rarity, .keys = keys, .veto = veto };
}

void people_learn(const struct link_set *s, const struct link_pair *p, size_t n, int enough, struct link_model *ret)
{
	/* Of 100,000 made-up persons with 10 % damaged doubles; of levels that did not occur there, a guess on the careful side. */
	static const double m[TRAITS][LINK_LEVELS] = {
		{ 0, 0.010, 0.09, 0.07, 0.22, 0.61 }, { 0, 0.16, 0.01, 0.11, 0.72 }, { 0, 0.01, 0.01, 0.09, 0.89 }, { 0, 0.07, 0.06, 0.05, 0.82 }, { 0, 0.01, 0.99 }, { 0, 0.17, 0.05, 0.08, 0.06, 0.64 },
	};
	static const double u[TRAITS][LINK_LEVELS] = {
		{ 0, 0.9972, 0.0006, 0.0021, 0.00004, 0.00006 }, { 0, 0.99988, 0.00011, 0.000005, 0.000005 }, { 0, 0.99994, 0.00005, 0.000005, 0.000005 }, { 0, 0.9698, 0.0233, 0.0068, 0.0001 }, { 0, 0.5, 0.5 }, { 0, 0.5, 0.4, 0.0968, 0.003, 0.0002 },
	};
	link_learn(s, p, n, 1, ret);
	if (ret->share * ((double)s->n * ((double)s->n - 1) / 2) >= enough)
		return;
	ret->share = fmin(0.01, 0.05 / fmax(s->n, 2));
	memcpy(ret->m, m, sizeof m);
	memcpy(ret->u, u, sizeof u);
}
