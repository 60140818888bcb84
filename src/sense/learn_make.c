/* Why: making a version: which clues teach, what they teach, and what old and new say of those that neither was taught. Invariants: learn.c. */
#include "base/embedded.h"
#include "sense/learn_inner.h"
#include "sense/phrase.h"
#include "text/text.h"
#include <stdlib.h>

/* ---- the clues ---- */

bool learn_held(int64_t clue)
{
	uint64_t h = (uint64_t)clue * UINT64_C(0x9E3779B97F4A7C15);
	h ^= h >> 29;
	h *= UINT64_C(0xBF58476D1CE4E5B9);
	return (h >> 32) % 5 == 0;
}

struct gathering { struct arena *a; struct map *seen; struct lesson *v; size_t n, cap; };

static void whom(struct ctx *c, const struct rec *r, struct lesson *l)
{
	struct str id = rec_str(c, r, "party_a_idno");
	l->here = -1;
	if (id.n != 18)
		return;
	l->sex = idno_sex(id);
	l->here = r->area.n >= 6 && memcmp(id.p, r->area.p, 6) == 0;
}

/* Of what is no family matter nobody is asked for a grade: one that stands there is the engine's own, unless a person corrected it. */
static uint8_t urgent_of(bool asked, struct str grade) { return !asked || !grade.n ? SAMPLE_UNKNOWN : str_is(grade, "red") || str_is(grade, "orange"); }

/* Only what a person decided: confirmed, or sent elsewhere as no family matter. */
static enum err take(struct ctx *c, struct gathering *g, int64_t id, bool corrected, bool graded)
{
	struct rec *r;
	if (map_geti(g->seen, id))
		return OK;
	map_puti(g->seen, id, g);
	TRY(see_if(c, "clue", id, &r));
	bool away = r && rec_in(r, "referred") && str_is(rec_str(c, r, "outcome"), "not_family");
	if (!r || !(rec_in(r, "screened|opened") || away))
		return OK;
	struct str text = rec_str(c, r, "text"), grade = rec_str(c, r, "grade");
	struct lesson l = { .clue = id, .text = arena_str(g->a, text), .area = arena_str(g->a, r->area), .kind = arena_str(g->a, rec_str(c, r, "kind")), .family = !away && rec_int(r, "family"),
			    .urgent = urgent_of((!away && rec_int(r, "family")) || graded, grade), .held = learn_held(id), .corrected = corrected };
	whom(c, r, &l);
	/* Its keys were destroyed: nothing is learned of it any more. */
	if (text.n)
		VEC_PUSH(g->a, g->v, g->n, g->cap, l);
	return OK;
}

/* Page by page with an arena of its own, for thousands of texts pass here. */
static enum err gather(struct ctx *c, struct gathering *g, const struct see *ask, const char *field)
{
	struct see q = *ask;
	do {
		ARENA a = arena_new((size_t)1 << 30);
		struct ctx page = *c;
		struct seen s;
		page.a = a;
		page.labels = NULL;
		q.limit = 200;
		TRY(see(&page, &q, &s));
		for (size_t i = 0; i < s.n && g->n < LEARN_CLUES; i++)
			TRY(take(&page, g, field ? rec_int(s.r[i], field) : s.r[i]->id, field != NULL, field && str_is(rec_str(&page, s.r[i], "what"), "grade")));
		q.after = s.next;
	} while (q.after && g->n < LEARN_CLUES);
	return OK;
}

static int by_clue(const void *a, const void *b)
{
	int64_t x = ((const struct lesson *)a)->clue, y = ((const struct lesson *)b)->clue;
	return x < y ? -1 : x > y;
}

enum err learn_lessons(struct ctx *c, struct arena *a, struct lesson **ret, size_t *ret_n)
{
	struct gathering g = { .a = a, .seen = map_new(a) };
	TRY(gather(c, &g, &(struct see){ .type = "correction" }, "clue"));
	TRY(gather(c, &g, &(struct see){ .type = "clue", .filters = (struct filter[]){ { STR("state"), STR("screened|opened") } }, .nfilters = 1 }, NULL));
	TRY(gather(c, &g, &(struct see){ .type = "clue", .filters = (struct filter[]){ { STR("state"), STR("referred") }, { STR("outcome"), STR("not_family") } }, .nfilters = 2 }, NULL));
	if (g.n)
		qsort(g.v, g.n, sizeof *g.v, by_clue);
	*ret = g.v;
	*ret_n = g.n;
	return OK;
}

/* ---- comparing ---- */

struct said { bool family, high; };

static struct said say(const struct triage_engine *e, struct arena *a, struct str text, bool *ret_sign)
{
	struct triage t;
	triage_text(e, a, text, &t);
	for (size_t i = 0; ret_sign && i < t.nsignals; i++)
		*ret_sign |= !t.signals[i].negated && !t.signals[i].reported;
	bool seen = t.family || t.check;
	return (struct said){ t.family, seen && (strcmp(t.grade, "red") == 0 || strcmp(t.grade, "orange") == 0) };
}

static void count(struct learn_score *s, const struct lesson *l, struct said is)
{
	s->tp += is.family && l->family;
	s->fp += is.family && !l->family;
	s->fn += !is.family && l->family;
	s->urgent += l->urgent == 1;
	s->found += l->urgent == 1 && is.high;
	s->calm += l->urgent == 0;
	s->alarms += l->urgent == 0 && is.high;
}

static void count_group(struct arena *a, struct learn_group **v, size_t *n, size_t *cap, enum learn_by by, struct str key, bool changed)
{
	size_t i = 0;
	while (i < *n && !((*v)[i].by == by && str_eq((*v)[i].key, key)))
		i++;
	if (i == *n) {
		struct learn_group g = { by, arena_str(a, key), 0, 0 };
		VEC_PUSH(a, *v, *n, *cap, g);
	}
	(*v)[i].n++;
	(*v)[i].changed += changed;
}

static int by_group(const void *x, const void *y)
{
	const struct learn_group *a = x, *b = y;
	return a->by != b->by ? (a->by < b->by ? -1 : 1) : str_cmp(a->key, b->key);
}

static bool small(const struct learn_group *g) { return (g->n > 0 && g->n < 5) || (g->changed > 0 && g->changed < 5); }

/* One kind of group: small ones go into the rest, and while the rest is small the first by key that is left: a choice by size would tell of it. */
static size_t fold_one(struct learn_group *v, size_t n)
{
	struct learn_group rest = { .by = n ? v[0].by : LEARN_TOWN, .key = STR("*") };
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (!small(&v[i])) {
			v[kept++] = v[i];
			continue;
		}
		rest.n += v[i].n;
		rest.changed += v[i].changed;
	}
	for (; small(&rest) && kept; kept--) {
		rest.n += v[0].n;
		rest.changed += v[0].changed;
		memmove(v, v + 1, (kept - 1) * sizeof *v);
	}
	if (rest.n && !small(&rest))
		v[kept++] = rest;
	return kept;
}

void learn_fold(struct learn_group *v, size_t *n)
{
	size_t out = 0;
	if (*n)
		qsort(v, *n, sizeof *v, by_group);
	for (size_t from = 0, to; from < *n; from = to) {
		for (to = from; to < *n && v[to].by == v[from].by;)
			to++;
		size_t kept = fold_one(v + from, to - from);
		memmove(v + out, v + from, kept * sizeof *v);
		out += kept;
	}
	*n = out;
}

static void compare(struct arena *a, const struct triage_engine *was, const struct triage_engine *is, const struct lesson *v, size_t n, struct learn_figures *ret)
{
	size_t cap = 0;
	*ret = (struct learn_figures){ 0 };
	for (size_t i = 0; i < n; i++) {
		if (!v[i].held)
			continue;
		ARENA once = arena_new((size_t)64 << 20);
		struct said x = say(was, once, v[i].text, NULL), y = say(is, once, v[i].text, NULL);
		bool changed = x.family != y.family || x.high != y.high;
		count(&ret->was, &v[i], x);
		count(&ret->is, &v[i], y);
		ret->held++;
		ret->changed += changed;
		count_group(a, &ret->group, &ret->ngroups, &cap, LEARN_TOWN, (struct str){ v[i].area.p, v[i].area.n < 9 ? v[i].area.n : 9 }, changed);
		count_group(a, &ret->group, &ret->ngroups, &cap, LEARN_SEX, v[i].here < 0 ? STR("") : v[i].sex == 1 ? STR("1") : STR("2"), changed);
		count_group(a, &ret->group, &ret->ngroups, &cap, LEARN_HERE, v[i].here < 0 ? STR("") : v[i].here ? STR("here") : STR("away"), changed);
	}
	learn_fold(ret->group, &ret->ngroups);
}

int64_t learn_danger_lost(const struct triage_engine *was, const struct triage_engine *is)
{
	const struct embedded *e = embedded_find("models/danger.tsv");
	int64_t lost = 0;
	must(e);
	for (struct str rest = { e->bytes, e->n }; rest.p;) {
		struct str text, line = str_cut(rest, '\n', &rest);
		(void)str_cut(line, '\t', &text);
		if (!line.n || *line.p == '#' || !text.n)
			continue;
		for (int k = 0; k < 2; k++) {
			ARENA a = arena_new(0);
			struct str s = k ? arena_fmt(a, "请问讲座几点开始，谢谢，路灯也不亮，物业费太贵，想咨询一下报名流程。%.*s。麻烦尽快答复，辛苦了", (int)text.n, text.p) : text;
			lost += say(was, a, s, NULL).high && !say(is, a, s, NULL).high;
		}
	}
	return lost;
}

/* ---- the job ---- */

struct making { int64_t id, based, corrections, agreed, lost; struct learn_figures f; struct buf *weights; const char *verdict; };

static void put_score(struct buf *b, const char *name, const struct learn_score *s)
{
	buf_printf(b, "\"%s\":{\"tp\":%lld,\"fp\":%lld,\"fn\":%lld,\"urgent\":%lld,\"found\":%lld,\"calm\":%lld,\"alarms\":%lld},", name, (long long)s->tp, (long long)s->fp, (long long)s->fn,
		   (long long)s->urgent, (long long)s->found, (long long)s->calm, (long long)s->alarms);
}

static struct str figures_json(struct ctx *c, const struct learn_figures *f)
{
	BUF_AUTO b = BUF(190000);
	buf_printf(&b, "{\"held\":%lld,\"changed\":%lld,", (long long)f->held, (long long)f->changed);
	put_score(&b, "was", &f->was);
	put_score(&b, "is", &f->is);
	buf_cstr(&b, "\"groups\":[");
	for (size_t i = 0; i < f->ngroups; i++) {
		buf_printf(&b, "%s{\"by\":%d,\"key\":", i ? "," : "", (int)f->group[i].by);
		json_str(&b, f->group[i].key);
		buf_printf(&b, ",\"n\":%lld,\"changed\":%lld}", (long long)f->group[i].n, (long long)f->group[i].changed);
	}
	buf_cstr(&b, "]}");
	return arena_str(c->a, buf_view(&b));
}

static enum err keep(struct ctx *c, void *arg)
{
	const struct making *m = arg;
	struct done d;
	if (!m->weights->n)
		return act(c, &(struct act){ .type = "model", .verb = "fail", .id = m->id,
			INPUTS(INPUT("verdict", str_of(m->verdict)), INPUT("corrections", id_text(c, m->corrections)), INPUT("agreed", id_text(c, m->agreed)), INPUT("held", id_text(c, m->f.held))) }, &d);
	BUF_AUTO hex = BUF((size_t)16 << 20);
	hex_put(&hex, m->weights->p, m->weights->n);
	TRY(act(c, &(struct act){ .type = "model", .verb = "train", .id = m->id,
		INPUTS(INPUT("corrections", id_text(c, m->corrections)), INPUT("agreed", id_text(c, m->agreed)), INPUT("held", id_text(c, m->f.held)), INPUT("lost", id_text(c, m->lost)),
		       INPUT("based", m->based ? id_text(c, m->based) : STR_NONE), INPUT("figures", figures_json(c, &m->f)), INPUT("weights", buf_view(&hex))) }, &d));
	return m->verdict ? act(c, &(struct act){ .type = "model", .verb = "drop", .id = m->id, INPUTS(INPUT("verdict", str_of(m->verdict))) }, &d)
			  : act(c, &(struct act){ .type = "model", .verb = "offer", .id = m->id }, &d);
}

/* What the others teach. A grade that a person lowered says that the wording deceived, but of a text with a sign of danger it says nothing. */
static struct train_case *cases(struct arena *a, const struct triage_engine *was, const struct lesson *v, size_t n, struct making *m, size_t *ret_n)
{
	struct train_case *out = NEWN(a, struct train_case, n + 1);
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		if (v[i].held) {
			m->f.held++;
			continue;
		}
		bool sign = false;
		ARENA once = arena_new((size_t)64 << 20);
		(void)say(was, once, v[i].text, &sign);
		m->corrections += v[i].corrected;
		m->agreed += !v[i].corrected;
		out[k++] = (struct train_case){ .text = v[i].text, .kind = v[i].kind, .family = v[i].family, .urgent = v[i].urgent == 0 && sign ? SAMPLE_UNKNOWN : v[i].urgent };
	}
	*ret_n = k;
	return out;
}

static enum err make(struct ctx *c, struct arena *a, const struct triage_engine *was, struct str base, struct making *m)
{
	struct lesson *v;
	struct triage_engine *is;
	size_t n, ncases;
	int64_t least;
	TRY(setting_count(c, "learn.least", LEARN_LEAST, 1, 100000, &least));
	TRY(learn_lessons(c, a, &v, &n));
	struct train_case *t = cases(a, was, v, n, m, &ncases);
	if (m->corrections < least) {
		m->verdict = "few";
		return OK;
	}
	TRY(train_more(base, t, ncases, m->weights, c->f));
	TRY(triage_open_with(buf_view(m->weights), &is, c->f));
	enum err e = phrase_dress(c, 0, &is);
	if (e != OK) {
		triage_close(is);
		return e;
	}
	m->lost = learn_danger_lost(was, is);
	compare(a, was, is, v, n, &m->f);
	triage_close(is);
	m->verdict = m->lost ? "danger" : m->f.is.found < m->f.was.found ? "held" : NULL;
	return OK;
}

enum err learn_job(struct ctx *c, struct str arg)
{
	struct making m = { 0 };
	struct rec *r;
	struct str base;
	struct triage_engine *was;
	if (!str_int(arg, &m.id))
		return OK;
	TRY(ctx_read(c));
	TRY(see_one(c, "model", m.id, &r));
	if (!rec_in(r, "asked"))
		return OK;
	TRY(learn_in_force(c, &m.based));
	TRY(learn_weights(c, m.based, &base));
	TRY(learn_engine(c, &was));
	ARENA a = arena_new((size_t)1 << 30);
	struct buf weights = { 0 };
	m.weights = &weights;
	enum err e = make(c, a, was, base, &m);
	triage_close(was);
	if (e == OK)
		e = ctx_write(c, keep, &m);
	buf_free(&weights);
	return e;
}
