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

/* Of codes/dispatch_term.tsv, read once for all of them. */
enum { T_NEAR1, T_NEAR2, T_NEAR3, T_SKILL, T_SKILL2, T_FREE, T_SPEAKS, T_KNOWN, TERMS };

static void terms_of(const struct codes *cs, int ret[TERMS])
{
	static const char *const names[] = { "near1", "near2", "near3", "skill", "skill2", "free", "speaks", "known" };
	for (int i = 0; i < TERMS; i++) {
		int64_t v = 0;
		ret[i] = str_int(code_more(cs, "dispatch_term", str_of(names[i]), "points"), &v) && v > -1000 && v < 1000 ? (int)v : 0;
	}
}

/* For the first skill the kind asks for, less for another of them; *ret_which is the one she has. */
static int skill_score(const int *terms, struct str wanted, struct str skills, struct str *ret_which)
{
	for (int i = 0; wanted.p; i++) {
		struct str one = str_trim(str_cut(wanted, ',', &wanted));
		if (has_skill(skills, one)) {
			*ret_which = one;
			return terms[i ? T_SKILL2 : T_SKILL];
		}
	}
	return 0;
}

static void say(struct ctx *c, struct buf *b, const char *msg)
{
	if (c->lang != LANG_ZH)
		buf_char(b, ' ');
	buf_cstr(b, TRC(c, msg));
}

static struct str pick_why(struct ctx *c, const struct mediator_pick *p, struct str skill, struct str speech)
{
	static const char *const places[] = { N_("From elsewhere."), N_("Same city."), N_("Same town."), N_("Same community.") };
	BUF_AUTO b = BUF(512);
	buf_cstr(&b, TRC(c, places[p->near]));
	if (skill.n) {
		struct str label = code_label(c->app->codes, "skill", skill, c->lang);
		buf_printf(&b, c->lang == LANG_ZH ? "%s%.*s。" : " %s %.*s.", TRC(c, N_("Knows:")), (int)label.n, label.p);
	}
	if (p->lacks.n) {
		struct str label = code_label(c->app->codes, "skill", p->lacks, c->lang);
		buf_printf(&b, c->lang == LANG_ZH ? "%s%.*s。" : " %s %.*s.", TRC(c, N_("Not trained for what this asks for:")), (int)label.n, label.p);
	}
	if (speech.n)
		say(c, &b, p->speaks ? N_("Speaks what they speak.") : N_("Does not speak what they speak."));
	if (p->known)
		say(c, &b, N_("Has worked for these people before."));
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
	if (!x->lacks.n != !y->lacks.n)
		return x->lacks.n ? 1 : -1;
	if (fx != fy)
		return fx - fy;
	if (x->score != y->score)
		return y->score - x->score;
	return x->mediator < y->mediator ? -1 : x->mediator > y->mediator;
}

/* What is asked once for all of them. */
struct sought { const struct mediator_ask *q; struct str wanted, needed[2]; int terms[TERMS]; int64_t away[500], known[40]; size_t naway, nknown; };

static bool among(int64_t id, const int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == id)
			return true;
	return false;
}

static struct mediator_pick pick_of(struct ctx *c, const struct rec *r, const struct sought *w)
{
	const int *t = w->terms, nearness[] = { 0, t[T_NEAR1], t[T_NEAR2], t[T_NEAR3] };
	struct str skills = rec_str(c, r, "skills"), which = STR_NONE;
	struct mediator_pick p = {
		.mediator = r->id, .staff = rec_int(r, "staff"), .studio = rec_int(r, "studio"), .org = r->org, .load = rec_int(r, "load"),
		.capacity = rec_int(r, "capacity"), .near = near_of(w->q->area, r->area),
	};
	if (p.capacity < 1)
		p.capacity = 1;
	int skill = skill_score(t, w->wanted, skills, &which);
	p.skilled = which.n > 0;
	for (size_t i = 0; i < ARRAY_LEN(w->needed) && !p.lacks.n; i++)
		if (w->needed[i].n && !has_skill(skills, w->needed[i]))
			p.lacks = w->needed[i];
	p.speaks = w->q->speech.n && has_skill(rec_str(c, r, "languages"), w->q->speech);
	p.known = among(p.staff, w->known, w->nknown);
	int64_t free_hands = p.load >= p.capacity ? 0 : t[T_FREE] * (p.capacity - p.load) / p.capacity;
	p.step = (int)(100 * t[T_FREE] / p.capacity);
	p.score = nearness[p.near] + skill + (int)free_hands + (p.speaks ? t[T_SPEAKS] : 0) + (p.known ? t[T_KNOWN] : 0);
	p.why = pick_why(c, &p, which, w->q->speech);
	return p;
}

/* Who led an earlier case in which one of the persons of this one was a party: found by blind index. */
static enum err known_to(struct ctx *in, int64_t kase, struct sought *w)
{
	struct seen parties, same;
	struct str phone[10], idno[10];
	size_t np = 0, ni = 0;
	if (!kase || !type_find(in->app, STR("party")))
		return OK;
	TRY(see_children(in, "party", kase, &parties));
	for (size_t i = 0; i < parties.n && np < 10; i++) {
		struct str p = rec_str(in, parties.r[i], "phone"), d = rec_str(in, parties.r[i], "idno");
		if (p.n)
			phone[np++] = p;
		if (d.n && ni < 10)
			idno[ni++] = d;
	}
	for (int k = 0; k < 2; k++) {
		if (!(k ? ni : np))
			continue;
		TRY(see_any(in, "party", k ? "idno" : "phone", k ? idno : phone, k ? ni : np, &same));
		for (size_t i = 0; i < same.n && w->nknown < ARRAY_LEN(w->known); i++)
			if (same.r[i]->parent != kase && same.r[i]->owner)
				w->known[w->nknown++] = same.r[i]->owner;
	}
	return OK;
}

static enum err units_of(struct ctx *in, int64_t kase, int64_t ret[2])
{
	struct rec *k;
	ret[0] = ret[1] = 0;
	if (!kase)
		return OK;
	TRY(see_if(in, "case", kase, &k));
	if (!k)        /* another root, such as a couple's counselling: no unit sent it */
		return OK;
	ret[0] = k->org;
	ret[1] = rec_int(k, "sender");
	return OK;
}

/* Best first already: those who must keep away fall out, until there are enough. */
static enum err keep_free(struct ctx *c, int64_t kase, const struct mediator_pick *all, size_t n, struct mediator_pick *ret, size_t max, size_t *ret_n)
{
	struct ctx in = ctx_inside(c);
	int64_t units[2];
	*ret_n = 0;
	TRY(units_of(&in, kase, units));
	for (size_t i = 0; i < n && *ret_n < max; i++) {
		unsigned bits = 0;
		bool avoids = false;
		if (kase) {
			TRY(access_bits(c, all[i].staff, kase, &bits));
			TRY(people_avoids(c, all[i].mediator, units, 2, &avoids));
		}
		if (!(bits & ACCESS_OUT) && !avoids)
			ret[(*ret_n)++] = all[i];
	}
	return OK;
}

enum err people_suggest_mediator(struct ctx *c, const struct mediator_ask *q, struct mediator_pick *ret, size_t max, size_t *ret_n)
{
	struct ctx in = ctx_inside(c);
	struct mediator_pick *all = NEWN(c->a, struct mediator_pick, PICKS_MAX);
	struct sought *w = NEW(c->a, struct sought);
	struct str area = q->area;
	size_t n = 0;
	w->q = q;
	w->wanted = code_more(c->app->codes, "kind_skill", q->kind, "skills");
	w->needed[0] = q->violence ? code_more(c->app->codes, "dispatch_need", STR("violence"), "skill") : STR_NONE;
	w->needed[1] = q->child ? code_more(c->app->codes, "dispatch_need", STR("child"), "skill") : STR_NONE;
	terms_of(c->app->codes, w->terms);
	TRY(people_all_away(c, c->now, w->away, ARRAY_LEN(w->away), &w->naway));
	TRY(known_to(&in, q->kase, w));
	/* The town first; the whole city only when the town has too few: a stranger's face is a long way off. */
	for (int wide = 0; wide < 2 && (wide == 0 || n < max); wide++) {
		struct seen s;
		struct str where = { area.p, wide || area.n < 9 ? (area.n < 6 ? area.n : 6) : 9 };
		const struct filter by[] = { { STR("state"), STR("active") }, { STR("area"), where } };
		TRY(see(&in, &(struct see){ .type = "mediator", .filters = by, .nfilters = 2, .limit = PICKS_MAX }, &s));
		n = 0;
		for (size_t i = 0; i < s.n; i++)
			if (!among(rec_int(s.r[i], "staff"), w->away, w->naway))
				all[n++] = pick_of(c, s.r[i], w);
		qsort(all, n, sizeof *all, pick_order);
		TRY(keep_free(c, q->kase, all, n, ret, max, ret_n));
		n = *ret_n;
	}
	return OK;
}

enum err people_assignable(struct ctx *c, int64_t staff, int64_t kase, const char **ret_why)
{
	struct ctx in = ctx_inside(c);
	unsigned bits;
	int64_t until, mediator, units[2];
	bool avoids;
	*ret_why = NULL;
	TRY(access_bits(c, staff, kase, &bits));
	TRY(people_away(c, staff, c->now, &until));
	TRY(people_mediator_of(c, staff, &mediator));
	TRY(units_of(&in, kase, units));
	TRY(people_avoids(c, mediator, units, 2, &avoids));
	if (bits & ACCESS_OUT || avoids)
		*ret_why = N_("This person cannot be assigned to this case. Please choose another.");
	else if (until)
		*ret_why = N_("She is on leave now. Please choose another, or wait until she is back.");
	return OK;
}

static enum err mediator_rec(struct ctx *c, int64_t staff, struct rec **ret)
{
	struct ctx in = ctx_inside(c);
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
