/* Why: which town a person's words mean, for forms, imported rows and public posts alike. Invariants: when several fit, none is meant. */
#include "sense/extract.h"
#include "sense/import.h"

struct str sense_city(struct ctx *c)
{
	size_t n = 0;
	const struct code *k = codes_list(c->app->codes, "area", &n), *best = NULL;
	for (size_t i = 0; k && i < n; i++)
		if (!best || k[i].code.n < best->code.n)
			best = &k[i];
	return best ? best->code : STR("");
}

struct str sense_area_of(struct ctx *c, struct str words)
{
	size_t n = 0, best = 0;
	const struct code *k = codes_list(c->app->codes, "area", &n);
	struct str found = STR_NONE;
	bool tie = false;
	int64_t number;
	words = str_trim(words);
	if (words.n >= 6 && words.n <= 15 && str_int(words, &number))
		return k && code_find(c->app->codes, "area", words.n > 12 ? (struct str){ words.p, 12 } : words) ? words : STR_NONE;
	for (size_t i = 0; k && words.n && i < n; i++) {
		size_t score = 0;
		if (k[i].zh.n < 6 || str_find(words, k[i].zh) < 0)
			continue;
		score = k[i].zh.n + k[i].code.n * 100;
		/* The same village name in two towns: the town's name beside it decides. */
		for (size_t j = 0; k[i].code.n > 9 && j < n; j++)
			if (k[j].code.n == 9 && memcmp(k[j].code.p, k[i].code.p, 9) == 0 && str_find(words, k[j].zh) >= 0)
				score += 50;
		tie = score == best;
		if (score > best) {
			best = score;
			found = k[i].code;
		}
	}
	return tie ? STR_NONE : found;
}

/* Each once as it is written and, of a community, without its ending. */
struct extract_places *sense_places(struct ctx *c)
{
	static const char *const ends[] = { "社区居委会", "村村委会", "居委会", "村委会", "社区" };
	size_t n = 0, k = 0;
	const struct code *all = codes_list(c->app->codes, "area", &n);
	struct str *v = NEWN(c->a, struct str, 2 * n + 1);
	for (size_t i = 0; all && i < n; i++) {
		if (all[i].code.n < 9)
			continue;
		v[k++] = all[i].zh;
		for (size_t j = 0; j < ARRAY_LEN(ends); j++)
			if (str_ends(all[i].zh, ends[j]) && all[i].zh.n >= strlen(ends[j]) + 6) {
				v[k++] = (struct str){ all[i].zh.p, all[i].zh.n - strlen(ends[j]) };
				break;
			}
	}
	return extract_places_new(v, k);
}
