/* bench-link: who is the same person (link/). FEBRL (Christen, ANU) as it is and masked as a hotline hears it; and a made-up Chinese city. No server.
 *   bench-link [PEOPLE]    XA_DATA: the folder with linkage/febrl1.csv … febrl3.csv; without it only the made-up city. */
#include "base/clock.h"
#include "file.h"
#include "link/link.h"
#include "base/embedded.h"
#include "link/person.h"
#include "text/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- FEBRL ---- */

enum { GIVEN, SURNAME, NUMBER, STREET, ESTATE, SUBURB, POSTCODE, STATE, BIRTH, ID, COLUMNS };
struct fe { struct str v[COLUMNS]; int64_t person; };
struct febrl { struct fe *r; uint32_t n; struct map *often[COLUMNS]; bool id; };

static bool has(const struct fe *r, int c) { return r->v[c].n > 0; }

static int name_level(struct str a, struct str b)
{
	double j = a.n && b.n ? (str_eq(a, b) ? 1 : like_jaro_winkler(a, b)) : -1;
	return j < 0 ? 0 : j == 1 ? 4 : j >= 0.90 ? 3 : j >= 0.78 ? 2 : 1;
}
static int digits_level(struct str a, struct str b)
{
	int e = a.n && b.n ? like_edits(a, b, 2) : -1;
	return e < 0 ? 0 : e == 0 ? 4 : e == 1 ? 3 : e == 2 && a.n > 4 ? 2 : 1;
}
static int most(int a, int b) { return a > b ? a : b; }

/* 0 given, 1 surname, 2 house, 3 street, 4 estate, 5 suburb with postcode, 6 birth, 7 ID */
static void fe_compare(const void *arg, uint32_t i, uint32_t j, uint8_t *l)
{
	const struct febrl *f = arg;
	const struct fe *a = &f->r[i], *b = &f->r[j];
	int g = name_level(a->v[GIVEN], b->v[GIVEN]), s = name_level(a->v[SURNAME], b->v[SURNAME]);
	if (g <= 1 || s <= 1) {      /* in each other's place */
		int x = name_level(a->v[GIVEN], b->v[SURNAME]), y = name_level(a->v[SURNAME], b->v[GIVEN]);
		if (x >= 3 && y >= 3 && g + s < x + y)
			g = s = 2;
		else if (g <= 1 && s <= 1 && (x >= 4 || y >= 4))
			s = 2;
	}
	int st = name_level(a->v[STREET], b->v[STREET]), es = name_level(a->v[ESTATE], b->v[ESTATE]);
	if (st <= 1 && es <= 1) {
		int x = name_level(a->v[STREET], b->v[ESTATE]), y = name_level(a->v[ESTATE], b->v[STREET]);
		if (most(x, y) >= 4)
			st = 2;
	}
	int su = name_level(a->v[SUBURB], b->v[SUBURB]), po = digits_level(a->v[POSTCODE], b->v[POSTCODE]), pl;
	if (!su && !po)
		pl = 0;
	else if (su == 4 && po == 4)
		pl = 6;
	else if ((su == 4 || po == 4) && most(!su ? 0 : su, 0) + po >= 6)
		pl = 5;
	else if (su == 4 || po == 4)
		pl = su && po ? 3 : 4;
	else
		pl = su >= 3 || po >= 3 ? 2 : 1;
	l[0] = (uint8_t)g, l[1] = (uint8_t)s, l[2] = (uint8_t)digits_level(a->v[NUMBER], b->v[NUMBER]), l[3] = (uint8_t)st, l[4] = (uint8_t)es, l[5] = (uint8_t)pl;
	l[6] = (uint8_t)digits_level(a->v[BIRTH], b->v[BIRTH]);
	if (f->id)
		l[7] = (uint8_t)digits_level(a->v[ID], b->v[ID]);
}

static int64_t often(const struct febrl *f, int c, struct str v) { void *p = map_get(f->often[c], v); return p ? *(int64_t *)p : 0; }

/* Bits that an agreement is worth more than that of a middling value. */
static double fe_rarity(const void *arg, uint32_t i, uint32_t j, const uint8_t *l)
{
	static const int column[] = { GIVEN, SURNAME, -1, STREET, ESTATE, SUBURB, -1 };
	const struct febrl *f = arg;
	double w = 0;
	for (int k = 0; k < 6; k++) {
		int top = k == 5 ? 3 : 4;
		if (column[k] < 0 || l[k] < top || !str_eq(f->r[i].v[column[k]], f->r[j].v[column[k]]))
			continue;
		double share = (double)often(f, column[k], f->r[i].v[column[k]]) / f->n, mean = (double)often(f, column[k], STR(" mean")) / 1e9;
		w += fmax(-3, fmin(3, log2(mean / share)));
	}
	return w;
}

static struct str head(struct str s, size_t n) { return (struct str){ s.p, s.n < n ? s.n : n }; }
static struct str tail(struct str s, size_t n) { return s.n < n ? s : (struct str){ s.p + s.n - n, n }; }
static uint64_t both(uint64_t tag, struct str a, struct str b) { return link_hash(link_hash(tag, a), b); }

static size_t fe_keys(const void *arg, uint32_t i, uint64_t *k, size_t room)
{
	const struct febrl *f = arg;
	const struct fe *r = &f->r[i];
	static const int v[] = { GIVEN, SURNAME, STREET, ESTATE, SUBURB, POSTCODE, BIRTH, NUMBER };
	size_t n = 0;
	if (f->id && has(r, ID))
		k[n++] = link_hash(99, r->v[ID]);
	if (has(r, BIRTH))
		k[n++] = link_hash(98, r->v[BIRTH]);
	/* Any two columns, each whole or by its beginning or end. */
	for (size_t a = 0; a < ARRAY_LEN(v); a++)
		for (size_t b = a + 1; b < ARRAY_LEN(v); b++) {
			struct str x = r->v[v[a]], y = r->v[v[b]];
			if (!x.n || !y.n || n + 2 > room)
				continue;
			k[n++] = both(a * 10 + b, head(x, 4), head(y, 4));
			k[n++] = both(200 + a * 10 + b, tail(x, 4), tail(y, 4));
		}
	return n;
}

static size_t fe_grams(const void *arg, uint32_t i, uint64_t *k, size_t room)
{
	const struct febrl *f = arg;
	static const int kind[COLUMNS] = { 1, 1, 2, 3, 3, 4, 5, -1, 6, -1 };
	size_t n = 0;
	for (int c = 0; c < COLUMNS; c++) {
		struct str s = f->r[i].v[c];
		if (kind[c] < 0)
			continue;
		if (c == NUMBER || c == POSTCODE) {
			if (s.n && n < room)
				k[n++] = link_hash((uint64_t)kind[c], s);
			continue;
		}
		for (size_t x = 0; x + 3 <= s.n && n < room; x++)
			k[n++] = link_hash((uint64_t)kind[c], (struct str){ s.p + x, 3 });
	}
	/* Each once. */
	size_t m = 0;
	for (size_t x = 0; x < n; x++) {
		bool seen = false;
		for (size_t y = 0; y < m && !seen; y++)
			seen = k[y] == k[x];
		if (!seen)
			k[m++] = k[x];
	}
	return m;
}

static struct febrl febrl_read(struct arena *a, const char *path, bool masked, uint64_t seed)
{
	struct febrl f = { .id = !masked };
	struct str rest = file(a, path);
	struct rng g = { seed };
	size_t lines = 0;
	for (size_t i = 0; i < rest.n; i++)
		lines += rest.p[i] == '\n';
	f.r = NEWN(a, struct fe, lines + 1);
	(void)str_cut(rest, '\n', &rest);
	while (rest.n) {
		struct str line = str_cut(rest, '\n', &rest), name = str_cut(line, ',', &line);
		struct fe *r = &f.r[f.n];
		if (!name.n)
			continue;
		(void)str_cut(name, '-', &name);
		(void)str_int(str_cut(name, '-', &name), &r->person);
		for (int c = 0; c < COLUMNS; c++)
			r->v[c] = str_trim(str_cut(line, ',', &line));
		if (masked) {
			r->v[ID] = STR("");
			if (rng_unit(&g) < 0.7)
				r->v[BIRTH] = STR("");
			static const int lost[] = { GIVEN, POSTCODE, NUMBER };
			for (size_t k = 0; k < ARRAY_LEN(lost); k++)
				if (rng_unit(&g) < 0.3)
					r->v[lost[k]] = STR("");
		}
		f.n++;
	}
	for (int c = 0; c < COLUMNS; c++) {
		f.often[c] = map_new(a);
		double squares = 0;
		for (uint32_t i = 0; i < f.n; i++) {
			if (!f.r[i].v[c].n)
				continue;
			int64_t *p = map_get(f.often[c], f.r[i].v[c]);
			if (!p) {
				p = NEW(a, int64_t);
				map_put(f.often[c], f.r[i].v[c], p);
			}
			++*p;
		}
		for (uint32_t i = 0; i < f.n; i++)
			if (f.r[i].v[c].n)
				squares += (double)often(&f, c, f.r[i].v[c]);
		int64_t *mean = NEW(a, int64_t);
		*mean = (int64_t)(squares / f.n / f.n * 1e9);
		map_put(f.often[c], STR(" mean"), mean);
	}
	return f;
}

struct marks { double p, r, f; size_t found; };
static struct marks marks(size_t right, size_t said, size_t truth)
{
	double p = said ? (double)right / (double)said : 1, r = truth ? (double)right / (double)truth : 1;
	return (struct marks){ p, r, p + r > 0 ? 2 * p * r / (p + r) : 0, said };
}

static size_t pairs_of(const int64_t *v, uint32_t n, const int64_t *and)
{
	/* pairs of records that are equal in v (and in and) */
	struct two { int64_t a, b; } *t = calloc(n + 1, sizeof *t);
	size_t sum = 0;
	for (uint32_t i = 0; i < n; i++)
		t[i] = (struct two){ v[i], and ? and[i] : 0 };
	int cmp(const void *x, const void *y)
	{
		const struct two *a = x, *b = y;
		return a->a != b->a ? (a->a < b->a ? -1 : 1) : a->b < b->b ? -1 : a->b > b->b;
	}
	qsort(t, n, sizeof *t, cmp);
	for (uint32_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && t[j].a == t[i].a && t[j].b == t[i].b; j++)
			;
		sum += (size_t)(j - i) * (j - i - 1) / 2;
	}
	free(t);
	return sum;
}

struct report { double complete; size_t candidates; struct marks pair, closed; };
static struct report run(const struct link_set *s, const int64_t *person, size_t block, size_t near, double least, struct link_model *m, size_t *vetoed)
{
	struct report o = { 0 };
	size_t n, truth = pairs_of(person, s->n, NULL), there = 0, said = 0, right = 0;
	struct link_pair *p = link_candidates(s, block, near, &n);
	for (size_t i = 0; i < n; i++)
		there += person[p[i].a] == person[p[i].b];
	link_learn(s, p, n, 42, m);
	link_score(s, m, p, n);
	for (size_t i = 0; i < n; i++)
		if (p[i].bits >= least) {
			said++;
			right += person[p[i].a] == person[p[i].b];
		}
	o.complete = (double)there / (double)(truth ? truth : 1);
	o.candidates = n;
	o.pair = marks(right, said, truth);
	uint32_t *g = link_groups(s, m, p, n, least);
	int64_t *as = calloc(s->n + 1, sizeof *as);
	for (uint32_t i = 0; i < s->n; i++)
		as[i] = g[i];
	o.closed = marks(pairs_of(as, s->n, person), pairs_of(as, s->n, NULL), truth);
	if (vetoed) {
		*vetoed = 0;
		for (uint32_t i = 0; i < s->n; i++)
			*vetoed += s->veto && g[i] != i && s->veto(s->arg, g[i], i);
	}
	free(as);
	free(g);
	free(p);
	return o;
}

static void febrl(const char *dir, int set, bool masked, uint64_t seed)
{
	ARENA a = arena_new(0);
	struct link_model m;
	struct febrl f = febrl_read(a, arena_printf(a, "%s/linkage/febrl%d.csv", dir, set), masked, seed);
	if (!f.n)
		return;
	int64_t *person = NEWN(a, int64_t, f.n);
	for (uint32_t i = 0; i < f.n; i++)
		person[i] = f.r[i].person;
	struct link_set s = { .arg = &f, .n = f.n, .nfields = masked ? 7 : 8, .levels = { 4, 4, 4, 4, 4, 6, 4, 4 }, .compare = fe_compare, .rarity = fe_rarity, .keys = fe_keys, .grams = fe_grams };
	double t = now_s();
	struct report r = run(&s, person, 60, 12, log2(99), &m, NULL);
	printf("febrl%d %s seed %llu: pairs compared %zu, of the true ones %.3f; P %.4f R %.3f F1 %.3f; groups P %.4f R %.3f F1 %.3f; %.2f s\n", set, masked ? "masked" : "whole ", (unsigned long long)seed, r.candidates, r.complete,
	       r.pair.p, r.pair.r, r.pair.f, r.closed.p, r.closed.r, r.closed.f, now_s() - t);
	if (getenv("XA_LINK_SHOW"))
		for (int k = 0; k < s.nfields; k++) {
			printf("  field %d:", k);
			for (int l = 1; l <= s.levels[k]; l++)
				printf("  %.4f/%.5f", m.m[k][l], m.u[k][l]);
			printf("\n");
		}
}

/* ---- a made-up city ---- */

static const char *const family[] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧",
	"程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "方", "石", "姚", "谭", "廖", "邹", "熊", "金", "陆" };
static const char *const given[] = { "伟", "芳", "娜", "秀", "英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "兰", "霞", "平", "刚", "桂", "小", "晓", "红", "梅", "华", "春", "玉", "凤", "琴",
	"珍", "云", "雪", "琳", "建", "国", "志", "文", "海", "波", "宁", "斌", "鹏", "飞", "燕", "玲", "佳", "欣", "怡", "婷", "雨", "梓", "涵", "浩", "宇", "轩", "子", "思", "慧", "倩", "峰", "龙", "林", "森", "福", "生", "根", "荣" };
static const char *const estate[] = { "梅花", "向阳", "金港", "湖滨", "东方", "城北", "新泾", "花园", "百桥", "河东", "沙洲", "长江", "云盘", "塘市", "锦绣", "阳光", "南苑", "西溪", "聚贤", "康乐" };
static const char *const kind[] = { "新村", "花苑", "家园", "小区", "公寓", "名都" };
struct made { char name[24], phone[12], id[19], address[96], area[32]; int64_t birth; int sex, room, house, estate; };

static void check_digit(char *id)
{
	static const int w[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (id[i] - '0') * w[i];
	id[17] = "10X98765432"[sum % 11];
	id[18] = 0;
}

static void move_in(struct rng *g, struct made *m)
{
	m->estate = (int)rng_range(g, 0, 1999);
	m->house = (int)rng_range(g, 1, 60);
	m->room = (int)(rng_range(g, 1, 11) * 100 + rng_range(g, 1, 4));
	snprintf(m->area, sizeof m->area, "320582%03d%03d", (100 + m->estate % 10) % 1000, (1 + m->estate / 10) % 1000);
}

static void write_address(struct rng *g, struct made *m)
{
	const char *e = estate[m->estate % 20], *k = kind[m->estate / 20 % 6];
	switch (rng_range(g, 0, 3)) {
	case 0: snprintf(m->address, sizeof m->address, "%s%s%d幢%d室", e, k, m->house, m->room); break;
	case 1: snprintf(m->address, sizeof m->address, "第%d镇%s%s%d号楼%d室", m->estate % 10, e, k, m->house, m->room); break;
	case 2: snprintf(m->address, sizeof m->address, "%s%s%d-%d", e, k, m->house, m->room); break;
	default: snprintf(m->address, sizeof m->address, "%s%s%d幢%d", e, k, m->house, m->room);
	}
}

static const char *pick(struct rng *g, const char *const *v, size_t n) { double u = rng_unit(g); return v[(size_t)(u * u * (double)n)]; }

static void new_person(struct rng *g, struct made *m)
{
	int years = (int)rng_range(g, 1940, 2010), month = (int)rng_range(g, 1, 12), day = (int)rng_range(g, 1, 28);
	*m = (struct made){ .sex = (int)rng_range(g, 1, 2) };
	snprintf(m->name, sizeof m->name, "%s%s%s", pick(g, family, ARRAY_LEN(family)), pick(g, given, ARRAY_LEN(given)), rng_unit(g) < 0.15 ? "" : pick(g, given, ARRAY_LEN(given)));
	snprintf(m->phone, sizeof m->phone, "1%d%09lld", (int)rng_range(g, 3, 9), (long long)rng_range(g, 0, 999999999));
	snprintf(m->id, sizeof m->id, "320582%04d%02d%02d%02d%d", years, month, day, (int)rng_range(g, 0, 99), (int)rng_range(g, 0, 4) * 2 + (m->sex == 1));
	check_digit(m->id);
	m->birth = civil_ms((struct civil){ years, month, day, 0, 0, 0 });
	move_in(g, m);
	write_address(g, m);
}

/* As it comes in another way: mostly without the ID number, the name by ear, a digit wrong, the old address. */
static void damage(struct rng *g, struct made *m)
{
	static const struct { const char *was, *is; } ear[] = { { "丽", "莉" }, { "芳", "方" }, { "伟", "维" }, { "娟", "鹃" }, { "静", "婧" }, { "敏", "闽" }, { "英", "瑛" }, { "玲", "琳" }, { "梅", "媒" }, { "华", "花" }, { "军", "君" },
		{ "建", "健" }, { "国", "果" }, { "志", "智" }, { "文", "雯" }, { "明", "名" }, { "燕", "艳" }, { "云", "芸" }, { "平", "萍" }, { "张", "章" }, { "余", "于" }, { "徐", "许" } };
	double u = rng_unit(g);
	size_t n = strlen(m->name);
	if (u < 0.35)
		for (size_t i = 0; i < ARRAY_LEN(ear); i++) {
			char *at = strstr(m->name, ear[i].was);
			if (at) {
				memcpy(at, ear[i].is, 3);
				break;
			}
		}
	else if (u < 0.43 && n == 9)
		memcpy(m->name + 3 + 3 * rng_range(g, 0, 1), pick(g, given, ARRAY_LEN(given)), 3);
	else if (u < 0.51) {
		char t[24];
		snprintf(t, sizeof t, rng_unit(g) < 0.5 ? "老%.3s" : "%.3s阿姨", m->name);
		memcpy(m->name, t, sizeof t);
	}
	if (rng_unit(g) < 0.7)
		m->id[0] = 0;
	else if (rng_unit(g) < 0.1)
		m->id[rng_range(g, 6, 16)] = (char)('0' + rng_range(g, 0, 9));
	u = rng_unit(g);
	if (u < 0.15)
		m->phone[0] = 0;
	else if (u < 0.25)
		m->phone[rng_range(g, 3, 10)] = (char)('0' + rng_range(g, 0, 9));
	else if (u < 0.40)
		snprintf(m->phone, sizeof m->phone, "1%d%09lld", (int)rng_range(g, 3, 9), (long long)rng_range(g, 0, 999999999));
	u = rng_unit(g);
	if (u < 0.5)
		m->birth = 0;
	else if (u < 0.6)
		m->birth += rng_range(g, -2, 2) * 366 * MS_DAY;
	if (rng_unit(g) < 0.2)
		move_in(g, m);
	write_address(g, m);
	if (rng_unit(g) < 0.1)
		m->address[0] = 0;
	if (rng_unit(g) < 0.3)
		m->sex = 0;
}

/* Another of the same family: the roof, mostly the family name, often a character of the given name, and of who has no telephone of her own that of the house. */
static void of_family(struct rng *g, const struct made *first, struct made *m)
{
	new_person(g, m);
	m->estate = first->estate, m->house = first->house, m->room = first->room;
	memcpy(m->area, first->area, sizeof m->area);
	write_address(g, m);
	if (rng_unit(g) < 0.65) {
		memcpy(m->name, first->name, 3);
		if (rng_unit(g) < 0.3 && strlen(first->name) == 9 && strlen(m->name) == 9)
			memcpy(m->name + 3, first->name + 3, 3);
	}
	if (rng_unit(g) < 0.3)
		memcpy(m->phone, first->phone, sizeof m->phone);
	/* Not everybody's number is entered: half the register is known by name, roof and day of birth. */
	if (rng_unit(g) < 0.5)
		m->id[0] = 0;
}

/* families: three to a roof, else everybody lives alone. */
static void city(uint32_t people, bool families)
{
	const struct embedded *e = embedded_find("models/pinyin.txt");
	struct pinyin *sounds = pinyin_new((struct str){ e->bytes, e->n });
	struct people *all = people_new(sounds, day_of(now_ms()));
	uint32_t doubles = people / 10, n = 0;
	int64_t *person = calloc((size_t)people + doubles + 1, sizeof *person);
	struct rng g = { 20261126 }, lot = { 7 };
	double t = now_s();
	struct made head_of = { 0 };
	for (uint32_t i = 0; i < people; i++) {
		struct made m, d;
		if (families && i % 3)
			of_family(&g, &head_of, &m);
		else
			new_person(&g, &m);
		head_of = i % 3 ? head_of : m;
		bool twice = rng_range(&lot, 1, people) <= (int64_t)doubles && n + people - i < people + doubles;
		for (int k = 0; k <= twice; k++) {
			d = m;
			if (k)
				damage(&g, &d);
			person[n++] = i;
			people_add(all, &(struct person_said){ str_of(d.name), str_of(d.phone), str_of(d.id), str_of(d.address), str_of(d.area), d.birth, d.sex });
		}
	}
	struct link_set s;
	struct link_model m;
	size_t vetoed;
	people_set(all, &s);
	double made = now_s() - t;
	t = now_s();
	struct report r = run(&s, person, 200, 0, log2(99), &m, &vetoed);
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	printf("made-up city%s: %u records, %zu true pairs; reading %.1f s; pairs compared %zu, of the true ones %.3f; P %.4f R %.3f F1 %.3f; groups P %.4f R %.3f F1 %.3f; across two valid ID numbers %zu; %.1f s, %ld MB at most\n", families ? " of families" : "", n,
	       pairs_of(person, n, NULL), made, r.candidates, r.complete, r.pair.p, r.pair.r, r.pair.f, r.closed.p, r.closed.r, r.closed.f, vetoed, now_s() - t, u.ru_maxrss / 1024);
	if (getenv("XA_LINK_SHOW"))
		for (int k = 0; k < s.nfields; k++) {
			printf("  field %d:", k);
			for (int l = 1; l <= s.levels[k]; l++)
				printf("  %.4f/%.5f", m.m[k][l], m.u[k][l]);
			printf("\n");
		}
	people_free(all);
	pinyin_free(sounds);
	free(person);
}

int main(int argc, char **argv)
{
	const char *dir = getenv("XA_DATA");
	int64_t people = 1000000;
	if (argc > 1)
		(void)str_int(str_of(argv[1]), &people);
	for (int set = 1; dir && set <= 3; set++)
		febrl(dir, set, false, 42);
	for (int set = 1; dir && set <= 3; set++)
		for (uint64_t seed = 42; seed < 47; seed++)
			febrl(dir, set, true, seed);
	if (!dir)
		puts("XA_DATA is not set: FEBRL left out");
	city((uint32_t)people, false);
	city((uint32_t)people, true);
	return 0;
}
