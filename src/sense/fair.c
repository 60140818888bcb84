/* Why: a card that passes over one town, or is overruled for one group alone, is found by counting only. Invariants: fair.h; what is counted decides nothing. */
#include "sense/fair.h"
#include "text/text.h"
#include <stdlib.h>

enum fair_say fair_say(int64_t part, int64_t n, int64_t all_part, int64_t all_n)
{
	/* Where fewer than five would be hers by the rate of all, chance alone makes it half or double. */
	if (n < FAIR_LEAST || all_n < 1 || all_part * n < 5 * all_n)
		return FAIR_FEW;
	/* part/n against FAIR_LOW % of all_part/all_n, in whole numbers. */
	int64_t mine = 100 * part * all_n, theirs = all_part * n;
	return mine < FAIR_LOW * theirs ? FAIR_BELOW : mine > FAIR_HIGH * theirs ? FAIR_ABOVE : FAIR_EVEN;
}

void fair_rates(const int64_t *part, const int64_t *n, size_t bins, double *ret)
{
	struct { double sum, n; size_t from; } pool[64];
	size_t k = 0;
	for (size_t i = 0; i < bins && i < ARRAY_LEN(pool); i++) {
		pool[k].sum = (double)part[i];
		pool[k].n = (double)n[i];
		pool[k++].from = i;
		/* One that has nobody, or is below the one before, is one with it. */
		while (k > 1 && (pool[k - 1].n <= 0 || pool[k - 2].n <= 0 || pool[k - 1].sum * pool[k - 2].n < pool[k - 2].sum * pool[k - 1].n)) {
			pool[k - 2].sum += pool[k - 1].sum;
			pool[k - 2].n += pool[k - 1].n;
			k--;
		}
	}
	for (size_t j = 0; j < k; j++)
		for (size_t i = pool[j].from; i < (j + 1 < k ? pool[j + 1].from : bins); i++)
			ret[i] = pool[j].n > 0 ? pool[j].sum / pool[j].n : 0;
}

/* ---- who is in which group ---- */

struct whom { bool known, here; int sex, age; };

static struct str group_key(struct ctx *c, enum fair_by by, const struct rec *w, const struct whom *p)
{
	switch (by) {
	case FAIR_TOWN: return (struct str){ w->area.p, w->area.n < 9 ? w->area.n : 9 };
	case FAIR_SEX: return !p->known ? STR("") : p->sex == 1 ? STR("1") : STR("2");
	case FAIR_AGE: return !p->known ? STR("") : p->age < 18 ? STR("0") : p->age < 35 ? STR("18") : p->age < 60 ? STR("35") : STR("60");
	default: return !p->known ? STR("") : p->here ? STR("here") : STR("away");
	}
	(void)c;
}

static void count_in(struct ctx *c, struct fair_table *t, struct str key, const struct warning_row *w)
{
	struct str hers = rec_str(c, w->r, "decided");
	bool picked = w->picked && !w->drawn, over = hers.n && !str_eq(hers, rec_str(c, w->r, "machine"));
	size_t i = 0;
	while (i < t->n && !str_eq(t->v[i].key, key))
		i++;
	if (i == t->n) {
		struct fair_group *v = NEWN(c->a, struct fair_group, t->n + 1);
		if (t->n)
			memcpy(v, t->v, t->n * sizeof *v);
		v[t->n++] = (struct fair_group){ .key = key };
		t->v = v;
	}
	struct fair_group *both[] = { &t->v[i], &t->all };
	for (size_t k = 0; k < 2; k++) {
		both[k]->n++;
		both[k]->picked += picked;
		both[k]->decided += hers.n > 0;
		both[k]->over += over;
	}
}

static int by_group(const void *a, const void *b)
{
	const struct fair_group *x = a, *y = b;
	return str_cmp(x->key, y->key);
}

static void whom_of(struct ctx *in, const struct rec *clue, struct whom *ret)
{
	struct str id = rec_str(in, clue, "party_a_idno");
	if (ret->known || id.n != 18)
		return;
	struct civil b = day_civil(idno_birth(id)), now = civil_of(in->now);
	ret->known = true;
	ret->sex = idno_sex(id);
	ret->age = now.year - b.year - (now.month < b.month || (now.month == b.month && now.day < b.day));
	ret->here = clue->area.n >= 6 && memcmp(id.p, clue->area.p, 6) == 0;
}

static struct str ids_of(struct ctx *c, const struct warning_row *v, size_t n)
{
	BUF_AUTO b = BUF(20000);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%lld", i ? "|" : "", (long long)v[i].r->id);
	return arena_str(c->a, buf_view(&b));
}

/* Of some hundred households at once: their clues, oldest first, and of these the first with an ID number. */
static enum err whom_all(struct ctx *c, const struct warning_row *v, size_t n, struct map *ret)
{
	struct ctx in = ctx_inside(c);
	int64_t after = 0;
	do {
		struct seen ties, clues;
		int64_t id[500];
		TRY(see(&in, &(struct see){ .type = "tie", .filters = (struct filter[]){ { STR("parent"), ids_of(c, v, n) }, { STR("state"), STR("tied") } }, .nfilters = 2, .after = after, .oldest = true, .limit = 500 }, &ties));
		struct map *home = map_new(c->a);
		for (size_t i = 0; i < ties.n; i++) {
			id[i] = rec_int(ties.r[i], "clue");
			map_puti(home, id[i], ties.r[i]);
		}
		if (ties.n)
			TRY(see(&in, &(struct see){ .type = "clue", .ids = id, .nids = ties.n, .oldest = true, .limit = 500 }, &clues));
		for (size_t i = 0; ties.n && i < clues.n; i++) {
			const struct rec *tie = map_geti(home, clues.r[i]->id);
			struct whom *p = tie ? map_geti(ret, tie->parent) : NULL;
			if (p)
				whom_of(&in, clues.r[i], p);
		}
		after = ties.next;
	} while (after);
	return OK;
}

enum err fair_make(struct ctx *c, int visits, struct fair *ret)
{
	struct warning_row *v;
	size_t n;
	struct map *whom = map_new(c->a);
	*ret = (struct fair){ .visits = visits, .threshold = -1 };
	TRY(warning_order(c, visits, &v, &n));
	for (size_t i = 0; i < n; i++)
		map_puti(whom, v[i].r->id, NEW(c->a, struct whom));
	for (size_t i = 0; i < n; i += 400)
		TRY(whom_all(c, v + i, n - i < 400 ? n - i : 400, whom));
	for (size_t i = 0; i < n; i++) {
		for (int by = 0; by < FAIR_BYS; by++)
			count_in(c, &ret->by[by], group_key(c, (enum fair_by)by, v[i].r, map_geti(whom, v[i].r->id)), &v[i]);
		if (v[i].picked && !v[i].drawn)
			ret->threshold = rec_int(v[i].r, "points");
		ret->unserved += !v[i].picked && rec_has(v[i].r, "level");
	}
	for (int by = 0; by < FAIR_BYS; by++)
		if (ret->by[by].n)
			qsort(ret->by[by].v, ret->by[by].n, sizeof *ret->by[by].v, by_group);
	return OK;
}

/* ---- what came of it ---- */

static enum err look_back(struct ctx *c, const struct rec *w, struct fair_seen *ret)
{
	struct warning_then v[2] = { { .at = c->now - 180 * MS_DAY }, { .at = c->now - 90 * MS_DAY } };
	TRY(warning_at(c, w, 90 * MS_DAY, v, 2));
	for (int half = 0; half < 2; half++) {
		const struct risk *r = &v[half].risk;
		if (!r->last || v[half].at - r->last > 365 * MS_DAY)      /* nothing was heard of them then */
			continue;
		size_t level = (size_t)(risk_rank(c->app->codes, r->level) - 1);
		if (level >= ret->levels)
			level = ret->levels - 1;
		ret->n[half][level]++;
		ret->grave[half][level] += v[half].grave;
	}
	return OK;
}

enum err fair_seen(struct ctx *c, struct fair_seen *ret)
{
	size_t levels = 0, looked = 0;
	int64_t after = 0;
	(void)codes_list(c->app->codes, "risk_level", &levels);
	*ret = (struct fair_seen){ .levels = levels + 1 < FAIR_LEVELS ? levels + 1 : FAIR_LEVELS };
	do {
		struct seen s;
		ARENA a = arena_new(0);
		struct ctx page = *c;
		page.a = a;
		page.labels = NULL;
		TRY(see(&page, &(struct see){ .type = "warning", .after = after, .limit = 200 }, &s));
		for (size_t i = 0; i < s.n; i++)
			TRY(look_back(&page, s.r[i], ret));
		looked += s.n;
		after = s.next;
	} while (after && looked < FAIR_LOOKED);
	ret->more = after != 0;
	return OK;
}
