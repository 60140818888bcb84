/* Why: households and their people are made when asked for: six million of them need no memory.
 * Invariants: an ID number and a phone belong to one person only; members of one sex in a household were born in different
 * years, so that (year, sex) and the household's own slot make the number unique. */
#include "people/demo_inner.h"

/* Slots of one year and sex: 365 days × 500 sequence numbers. */
#define SLOTS (365 * 500)
#define PHONES 9990000

struct str demo_phone(struct arena *a, int64_t i)
{
	/* 7654321 has no factor of 10: each number below 10,000,000 comes up once. */
	return arena_fmt(a, "1990%07lld", (long long)(i * 7654321 % 10000000));
}

static struct str idno_of(struct arena *a, int64_t household, int year, bool girl, struct str *ret_birth)
{
	static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	/* 7919 is prime to the number of slots: different households have different slots. */
	int slot = (int)(household % SLOTS * 7919 % SLOTS), day = slot / 500, seq = slot % 500 * 2 + !girl;
	struct civil c = day_civil(day_make(year, 1, 1) + day);
	char *p = arena_printf(a, "990582%04d%02d%02d%03d?", c.year, c.month, c.day, seq);
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (p[i] - '0') * weight[i];
	p[17] = "10X98765432"[sum % 11];
	*ret_birth = arena_fmt(a, "%04d-%02d-%02d", c.year, c.month, c.day);
	/* Beyond the slots there is no number left of its own: she has none at hand. */
	return household < SLOTS ? (struct str){ p, 18 } : STR("");
}

struct mould { const char *kin; bool girl; int age, spread; const char *marital; bool surname; };
struct shape { int percent, n; struct mould m[DEMO_MEMBERS]; };

/* kin codes of GB/T 4761; age and spread in years. The first one is the head. */
static const struct shape shapes[] = {
	{ 28, 2, { { "02", false, 38, 30, "20", true }, { "12", true, 36, 28, "20", false } } },
	{ 30, 3, { { "02", false, 33, 18, "20", true }, { "12", true, 31, 17, "20", false }, { "20", false, 2, 14, "10", true } } },
	{ 8, 4, { { "02", false, 34, 12, "20", true }, { "12", true, 32, 12, "20", false }, { "20", false, 8, 6, "10", true }, { "30", true, 1, 5, "10", true } } },
	{ 12, 4, { { "02", false, 34, 14, "20", true }, { "12", true, 32, 13, "20", false }, { "30", true, 3, 12, "10", true }, { "52", true, 61, 16, "30", false } } },
	{ 9, 2, { { "02", false, 66, 18, "20", true }, { "12", true, 63, 17, "20", false } } },
	{ 6, 1, { { "02", true, 70, 18, "30", false } } },
	{ 7, 2, { { "02", true, 33, 14, "40", false }, { "20", false, 4, 12, "10", true } } },
};

static const struct shape *shape_of(struct rng *r)
{
	int k = demo_pick(r, 100);
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		if ((k -= shapes[i].percent) < 0)
			return &shapes[i];
	return &shapes[0];
}

static void make_person(const struct demo_plan *p, struct arena *a, struct rng *r, int64_t household, int k, const struct mould *m, struct str surname,
			int age, struct demo_person *ret)
{
	int year = civil_of(p->end).year - age;
	struct str own = m->surname ? surname : demo_surname(p->words, r);
	*ret = (struct demo_person){
		.sex = m->girl ? STR("2") : STR("1"), .kin = str_of(m->kin), .marital = str_of(m->marital), .age = age,
		.name = demo_name(p->words, a, r, own, m->girl),
		.education = age < 13 ? STR("80") : age < 16 ? STR("70") : age > 62 ? STR("80") : demo_chance(r, 25) ? STR("20") : demo_chance(r, 40) ? STR("30") : STR("70"),
		.status = age < 18 ? STR("31") : age > 58 ? STR("80") : demo_chance(r, 55) ? STR("24") : demo_chance(r, 40) ? STR("54") : STR("17"),
	};
	ret->idno = idno_of(a, household, year, m->girl, &ret->birth);
	if (demo_chance(r, 12))
		ret->idno = STR("");
	int64_t phone = household * 3 + k;
	if (age >= 18 && k < 3 && phone < PHONES && demo_chance(r, 93))
		ret->phone = demo_phone(a, phone);
	else if (k >= 3 && age >= 18)
		ret->phone = STR("");
}

void demo_household(const struct demo_plan *p, struct arena *a, int64_t i, struct demo_household *ret)
{
	must(i >= 0 && i < p->households);
	struct rng r = demo_rng(p, 'H', i);
	const struct shape *s = shape_of(&r);
	/* Households lie over the comprehensive grids one after the other. */
	int nth = (int)(i * p->ncomprehensive / p->households), g = 0, lo = 0, hi = p->comms - 1;
	/* nth comprehensive grid: communities are few, and their grids begin with the comprehensive ones. */
	while (lo < hi) {
		int mid = (lo + hi + 1) / 2;
		if (p->comm[mid].comprehensive0 <= nth)
			lo = mid;
		else
			hi = mid - 1;
	}
	g = p->comm[lo].grid0 + nth - p->comm[lo].comprehensive0;
	const struct demo_area *c = &p->comm[lo];
	struct str town = p->town[c->town].name, surname = demo_surname(p->words, &r);
	*ret = (struct demo_household){ .org = c->org, .worker = p->grid[g].worker, .grid = g, .size = s->n, .area = str_of(p->grid[g].code) };
	ret->address = demo_chance(&r, 45) ? arena_fmt(a, "%.*s%.*s%d组%lld号", (int)town.n, town.p, (int)c->name.n, c->name.p, p->grid[g].seq + 1, (long long)(i % 900 + 1))
					   : arena_fmt(a, "%.*s%.*s%d幢%d0%d室(%lld)", (int)town.n, town.p, (int)c->name.n, c->name.p, demo_pick(&r, 60) + 1,
						       demo_pick(&r, 6) + 1, demo_pick(&r, 4) + 1, (long long)(i % 900 + 1));
	int last[2] = { 0, 0 };
	for (int k = 0; k < s->n; k++) {
		const struct mould *m = &s->m[k];
		int age = m->age + demo_pick(&r, m->spread);
		/* Wives are of about their husbands' age; and no two of one sex share a year. */
		if (k == 1 && m->kin[0] == '1')
			age = ret->member[0].age - 3 + demo_pick(&r, 5);
		while (age == last[m->girl])
			age++;
		last[m->girl] = age;
		make_person(p, a, &r, i, k, m, surname, age, &ret->member[k]);
	}
}
