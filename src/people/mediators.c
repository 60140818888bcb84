/* Why: the dispatcher should see at once who is near, knows this kind of dispute and has a free hand, and why.
 * Invariants: a suggestion never decides; load is the number of open cases and is never below 0. */
#include "people/inner.h"
#include <stdlib.h>

#define PICKS_MAX 500

static int near_of(struct str area, struct str hers)
{
	if (area.n >= 12 && hers.n >= 12 && memcmp(area.p, hers.p, 12) == 0)
		return 3;
	if (area.n >= 9 && hers.n >= 9 && memcmp(area.p, hers.p, 9) == 0)
		return 2;
	return area.n >= 6 && hers.n >= 6 && memcmp(area.p, hers.p, 6) == 0;
}

static bool has_skill(struct str skills, struct str one)
{
	char mark[40];
	if (!one.n || one.n > sizeof mark - 2)
		return false;
	mark[0] = ',';
	memcpy(mark + 1, one.p, one.n);
	mark[one.n + 1] = ',';
	return str_find(skills, (struct str){ mark, one.n + 2 }) >= 0;
}

/* 30 for the first skill the kind asks for, 20 for another of them; *ret_which is the one she has. */
static int skill_score(struct str wanted, struct str skills, struct str *ret_which)
{
	for (int i = 0; wanted.p; i++) {
		struct str one = str_trim(str_cut(wanted, ',', &wanted));
		if (has_skill(skills, one)) {
			*ret_which = one;
			return i ? 20 : 30;
		}
	}
	return 0;
}

static struct str pick_why(struct ctx *c, const struct mediator_pick *p, struct str skill)
{
	static const char *const places[] = { N_("From elsewhere."), N_("Same city."), N_("Same town."), N_("Same community.") };
	BUF_AUTO b = BUF(512);
	buf_cstr(&b, TRC(c, places[p->near]));
	if (skill.n) {
		struct str label = code_label(c->app->codes, "skill", skill, c->lang);
		buf_printf(&b, c->lang == LANG_ZH ? "%s%.*s。" : " %s %.*s.", TRC(c, N_("Knows:")), (int)label.n, label.p);
	}
	if (c->lang != LANG_ZH)
		buf_char(&b, ' ');
	buf_printf(&b, "%s %lld/%lld", TRC(c, N_("Open cases:")), (long long)p->load, (long long)p->capacity);
	if (p->load >= p->capacity)
		buf_printf(&b, c->lang == LANG_ZH ? ",%s" : ", %s", TRC(c, N_("no hands free")));
	buf_cstr(&b, c->lang == LANG_ZH ? "。" : ".");
	return arena_str(c->a, buf_view(&b));
}

static int pick_order(const void *a, const void *b)
{
	const struct mediator_pick *x = a, *y = b;
	bool fx = x->load >= x->capacity, fy = y->load >= y->capacity;
	if (fx != fy)
		return fx - fy;
	if (x->score != y->score)
		return y->score - x->score;
	return x->mediator < y->mediator ? -1 : x->mediator > y->mediator;
}

static struct mediator_pick pick_of(struct ctx *c, const struct rec *r, struct str area, struct str wanted)
{
	static const int nearness[] = { 0, 10, 25, 40 };
	struct str skills = rec_str(c, r, "skills"), which = STR_NONE;
	struct mediator_pick p = {
		.mediator = r->id, .staff = rec_int(r, "staff"), .studio = rec_int(r, "studio"), .org = r->org, .load = rec_int(r, "load"),
		.capacity = rec_int(r, "capacity"), .near = near_of(area, r->area),
	};
	if (p.capacity < 1)
		p.capacity = 1;
	int skill = skill_score(wanted, skills, &which);
	p.skilled = skill > 0;
	int64_t free_hands = p.load >= p.capacity ? 0 : 30 * (p.capacity - p.load) / p.capacity;
	p.score = nearness[p.near] + skill + (int)free_hands;
	p.why = pick_why(c, &p, which);
	return p;
}

enum err people_suggest_mediator(struct ctx *c, struct str area, struct str kind, struct mediator_pick *ret, size_t max, size_t *ret_n)
{
	struct ctx in = people_inside(c);
	struct mediator_pick *all = NEWN(c->a, struct mediator_pick, PICKS_MAX);
	struct str wanted = code_more(c->app->codes, "kind_skill", kind, "skills");
	size_t n = 0;
	/* The town first; the whole city only when the town has too few: a stranger's face is a long way off. */
	for (int wide = 0; wide < 2 && (wide == 0 || n < max); wide++) {
		struct seen s;
		struct str where = { area.p, wide || area.n < 9 ? (area.n < 6 ? area.n : 6) : 9 };
		const struct filter by[] = { { STR("state"), STR("active") }, { STR("area"), where } };
		TRY(see(&in, &(struct see){ .type = "mediator", .filters = by, .nfilters = 2, .limit = PICKS_MAX }, &s));
		n = 0;
		for (size_t i = 0; i < s.n; i++)
			all[n++] = pick_of(c, s.r[i], area, wanted);
	}
	qsort(all, n, sizeof *all, pick_order);
	if (n > max)
		n = max;
	memcpy(ret, all, n * sizeof *all);
	*ret_n = n;
	return OK;
}

static enum err mediator_rec(struct ctx *c, int64_t staff, struct rec **ret)
{
	struct ctx in = people_inside(c);
	struct seen s;
	const struct filter by[] = { { STR("staff"), arena_fmt(c->a, "%lld", (long long)staff) } };
	TRY(see(&in, &(struct see){ .type = "mediator", .filters = by, .nfilters = 1, .limit = 1 }, &s));
	*ret = s.n ? s.r[0] : NULL;
	return OK;
}

enum err people_mediator_of(struct ctx *c, int64_t staff, int64_t *ret)
{
	struct rec *r;
	TRY(mediator_rec(c, staff, &r));
	*ret = r ? r->id : 0;
	return OK;
}

enum err people_mediator_load(struct ctx *c, int64_t staff, int delta)
{
	struct rec *r;
	struct done d;
	if (!staff || !delta)
		return OK;
	TRY(mediator_rec(c, staff, &r));
	if (!r)
		return OK;
	int64_t load = rec_int(r, "load") + delta;
	struct str text = arena_fmt(c->a, "%lld", (long long)(load < 0 ? 0 : load));
	return act_inner(c, &(struct act){ .type = "mediator", .verb = "load", .id = r->id, INPUTS(INPUT("load", text)) }, &d);
}
