/* Why: hundreds of messages a day, and the one that must not wait stands among them.
 * Invariants: every sign carries its place in the original text; a sign that is negated or comes from a film counts
 * nothing; no sign is dropped for want of room before the graver ones are in; the grade is the highest of its reasons. */
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/embedded.h"
#include "sense/inner.h"
#include "sense/triage.h"

const char *const triage_kinds[] = { "M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08", "M09", "M10",
				     "M11", "M12", "M13", "M14", "M15", "M16", "M17", "M18", "M19" };
const size_t triage_nkinds = ARRAY_LEN(triage_kinds);

struct rule {
	char code[16];
	int64_t id, except;    /* except: the rule whose hits within one of this mean nothing; 0: an ordinary rule */
	int weight, kind;      /* kind: place in triage_kinds or -1 */
	bool kin, negatable, phone, fiction, needs_violence, needs_kin;
};

/* What is costly to make, shared by the engines that differ in what was added alone. */
struct core {
	atomic_int users;
	struct rule *rules;
	size_t n;
	struct patterns *patterns;
	struct words *words;
	struct model *model;
	int family, urgent;               /* labels of the model, or -1 */
	int kind_label[ARRAY_LEN(triage_kinds)];   /* label of each kind, or -1 */
};

struct triage_engine {
	struct core *core;
	struct rule *added;
	size_t nadded;
	struct patterns *patterns;        /* of what was added; NULL: nothing */
	bool exceptions;
};

/* By the place that a hit names: the program's rules, then what was added. */
static const struct rule *rule_at(const struct triage_engine *e, size_t i) { return i < e->core->n ? &e->core->rules[i] : &e->added[i - e->core->n]; }

/* ---- opening --------------------------------------------------------------------------------------------- */

static bool rule_make(struct rule *r, struct str code, int64_t weight, struct str flags)
{
	if (code.n >= sizeof r->code)
		return false;
	memcpy(r->code, code.p, code.n);
	r->weight = (int)weight;
	r->kind = -1;
	for (size_t k = 0; k < triage_nkinds; k++)
		if (str_is(code, triage_kinds[k]))
			r->kind = (int)k;
	r->kin = str_is(code, "kin");
	for (size_t k = 0; k < flags.n; k++) {
		r->negatable |= flags.p[k] == 'n';
		r->phone |= flags.p[k] == 'p';
		r->fiction |= flags.p[k] == 'f';
		r->needs_violence |= flags.p[k] == 'v';
		r->needs_kin |= flags.p[k] == 'k';
	}
	return true;
}

static bool rule_parse(struct arena *a, struct str line, struct rule *r, struct pattern *p)
{
	struct str rest = line, id = str_cut(rest, '\t', &rest);
	if (!rest.p)
		return false;
	struct str code = str_cut(rest, '\t', &rest);
	struct str weight = rest.p ? str_cut(rest, '\t', &rest) : STR_NONE;
	struct str flags = rest.p ? str_cut(rest, '\t', &rest) : STR_NONE;
	int64_t i, w;
	if (!rest.p || !rest.n || !str_int(id, &i) || i <= 0 || i >= TRIAGE_ADDED || !str_int(weight, &w) || !rule_make(r, code, w, flags))
		return false;
	r->id = i;
	p->expr = arena_cstr(a, rest);
	return true;
}

/* The next line that is a rule; absent at the end. */
static struct str next_rule(struct str *rest)
{
	while (rest->p) {
		struct str line = str_trim(str_cut(*rest, '\n', rest));
		if (line.n && *line.p != '#' && !str_starts(line, "id\t"))
			return line;
	}
	return STR_NONE;
}

static enum err load_rules(struct core *e, struct str tsv, struct fault *f)
{
	ARENA a = arena_new(0);
	struct pattern *p = NULL;
	size_t n = 0, cap = 0, rules = 0;
	e->rules = xalloc((tsv.n / 8 + 1) * sizeof *e->rules);
	for (struct str rest = tsv, line; (line = next_rule(&rest)).p;) {
		struct pattern one = { (uint32_t)rules, NULL };
		if (!rule_parse(a, line, &e->rules[rules], &one))
			return fail(f, ERR_INVALID, N_("The screening rules cannot be read."), "patterns.tsv, rule %zu", rules + 1);
		rules++;
		VEC_PUSH(a, p, n, cap, one);
	}
	e->n = rules;
	return patterns_compile(p, n, &e->patterns, f);
}

static void core_leave(struct core *e)
{
	if (atomic_fetch_sub(&e->users, 1) > 1)
		return;
	patterns_free(e->patterns);
	model_free(e->model);
	free(e->words);
	free(e->rules);
	free(e);
}

void triage_close(struct triage_engine *e)
{
	if (!e)
		return;
	core_leave(e->core);
	patterns_free(e->patterns);
	free(e->added);
	free(e);
}

enum err triage_load(struct str tsv, struct str model, struct triage_engine **ret, struct fault *f)
{
	struct core *e = xalloc(sizeof *e);
	struct triage_engine *whole = xalloc(sizeof *whole);
	whole->core = e;
	e->users = 1;
	e->words = triage_words();
	enum err r = load_rules(e, tsv, f);
	if (r == OK && model.n)
		r = model_load(model, &e->model, f);
	if (r != OK) {
		triage_close(whole);
		return r;
	}
	e->family = e->urgent = -1;
	for (size_t k = 0; k < triage_nkinds; k++)
		e->kind_label[k] = -1;
	for (int i = 0; e->model && i < model_labels(e->model); i++) {
		const char *l = model_label(e->model, i);
		if (strcmp(l, "family") == 0)
			e->family = i;
		if (strcmp(l, "urgent") == 0)
			e->urgent = i;
		for (size_t k = 0; k < triage_nkinds; k++)
			if (strcmp(l, triage_kinds[k]) == 0)
				e->kind_label[k] = i;
	}
	*ret = whole;
	return OK;
}

/* Words of danger to life, of blows and of sexual violence have no exceptions: better ten false alarms than one that was kept quiet. */
static bool bears_exceptions(const struct rule *r) { return r->weight < 10 && strcmp(r->code, "violence") != 0 && strcmp(r->code, "sexual") != 0; }

static const struct rule *rule_of(const struct core *e, int64_t id)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->rules[i].id == id)
			return &e->rules[i];
	return NULL;
}

enum err triage_with(const struct triage_engine *base, const struct triage_phrase *v, size_t n, struct triage_engine **ret, struct fault *f)
{
	struct triage_engine *e = xalloc(sizeof *e);
	enum err r = OK;
	*e = (struct triage_engine){ .core = base->core, .added = xalloc((n + 1) * sizeof *e->added), .nadded = n };
	atomic_fetch_add(&e->core->users, 1);
	ARENA a = arena_new(0);
	struct pattern *p = NEWN(a, struct pattern, n + 1);
	for (size_t i = 0; i < n && r == OK; i++) {
		struct rule *x = &e->added[i];
		const struct rule *of = v[i].except ? rule_of(e->core, v[i].except) : NULL;
		if (!rule_make(x, v[i].except ? STR("other") : str_of(v[i].code), v[i].weight, str_of(v[i].flags)) || (v[i].except && (!of || !bears_exceptions(of))))
			r = fail(f, ERR_INVALID, N_("Words of danger have no exceptions."), "added rule %lld", (long long)v[i].id);
		x->id = v[i].id;
		x->except = v[i].except;
		e->exceptions |= v[i].except != 0;
		p[i] = (struct pattern){ (uint32_t)(e->core->n + i), v[i].expr };
	}
	if (r == OK && n)
		r = patterns_compile(p, n, &e->patterns, f);
	if (r != OK) {
		triage_close(e);
		return r;
	}
	*ret = e;
	return OK;
}

struct str triage_model(void)
{
	const struct embedded *e = embedded_find("models/triage.bin");
	return e ? (struct str){ e->bytes, e->n } : STR_NONE;
}

static struct str own_rules(void)
{
	const struct embedded *e = embedded_find("codes/patterns.tsv");
	must(e);
	return (struct str){ e->bytes, e->n };
}

enum err triage_open_with(struct str model, struct triage_engine **ret, struct fault *f) { return triage_load(own_rules(), model, ret, f); }

size_t triage_rules(struct arena *a, struct triage_rule **ret)
{
	size_t n = 0, cap = 0;
	*ret = NULL;
	for (struct str rest = own_rules(), line; (line = next_rule(&rest)).p;) {
		struct rule r = { 0 };
		struct pattern p = { 0 };
		must(rule_parse(a, line, &r, &p));
		struct triage_rule one = { r.id, arena_cstr(a, str_of(r.code)), p.expr, r.weight, bears_exceptions(&r) };
		VEC_PUSH(a, *ret, n, cap, one);
	}
	return n;
}

enum err triage_open(struct triage_engine **ret, struct fault *f) { return triage_open_with(triage_model(), ret, f); }

static bool is_phone_call(struct str t, const struct hit *h)
{
	struct str after = { t.p + h->to, t.n - h->to };
	return str_starts(after, "电话") || str_starts(after, "手机") || str_starts(after, "微信") || str_starts(after, "的电话") || str_starts(after, "官司");
}

/* ---- judging --------------------------------------------------------------------------------------------------- */

/* Of the calibrated probability that a text is a message in danger: below VETO, what the rules found is no alarm unless it
 * stands beside a word for a person (that "explicit danger is never missed" must not hang on a model), or, where nothing
 * speaks for a family either, at all. */
#define VETO 0.06
#define NEAR 0.6   /* the clause alone sounds like danger whatever stands around it */
#define SHORT 36   /* bytes: half a sentence cannot read harmless */
/* Of the probability of a family matter: for a calm text (asks precision: consultations on anything come in), for one in
 * danger, for one that names neither kin nor any matter of a family, and for the language of the courts (where the model is
 * much surer of what is none). Measured in CARD.md. */
#define FAMILY_CALM 0.65
#define FAMILY_IN_DANGER 0.3
#define FAMILY_NAMELESS 0.82
#define NAMELESS_IN_DANGER 0.6
#define FAMILY_COURT 0.2
/* Wording alone: outside the family there is little danger and much that sounds like it, so twice as much is asked for. */
#define REMOTE 0.2

struct work {
	const struct triage_engine *engine;
	const struct core *e;
	struct norm n;
	struct seen seen;
	struct str text;
	struct triage *t;
	struct arena *a;
	double kind[ARRAY_LEN(triage_kinds)];
	double danger;            /* what the model says of the wording; 1 without a model */
	int kin, strong;
	bool violence;
	bool remote;              /* no word for a spouse, and the model sees no family: set before signs are read */
};

static bool counts(const struct triage *t, const char *code)
{
	for (size_t i = 0; i < t->nsignals; i++)
		if (strcmp(t->signals[i].code, code) == 0 && !t->signals[i].negated && !t->signals[i].reported)
			return true;
	return false;
}

/* Bytes of the original for bytes of the prepared text. The map gives starts: the end is where the last character
 * ends, not where the next one begins. */
static struct str original(const struct work *w, size_t from, size_t to)
{
	size_t at = w->n.map[from];
	const char *p = w->text.p + w->n.map[to - 1], *end = w->text.p + w->text.n;
	utf8_next(&p, end);
	return (struct str){ w->text.p + at, (size_t)(p - w->text.p) - at };
}

static void add_signal(struct work *w, const struct rule *r, const struct hit *h, enum triage_context c, struct str why)
{
	struct triage *t = w->t;
	struct str part = original(w, h->from, h->to);
	size_t at = (size_t)(part.p - w->text.p);
	bool negated = c == TRIAGE_NEGATED, reported = c > TRIAGE_NEGATED;
	struct triage_signal s = { r->code, r->weight, at, at + part.n, negated, reported, c, 0, 0 };
	if (why.p) {
		size_t from = (size_t)(why.p - w->n.text.p);
		part = original(w, from, from + why.n);
		s.why_from = (size_t)(part.p - w->text.p);
		s.why_to = s.why_from + part.n;
	}
	/* Two rules of one meaning on the same words are one sign. */
	for (size_t i = 0; i < t->nsignals; i++)
		if (strcmp(t->signals[i].code, s.code) == 0 && t->signals[i].from == s.from && t->signals[i].to == s.to && t->signals[i].negated == negated &&
		    t->signals[i].reported == reported)
			return;
	if (t->nsignals < TRIAGE_SIGNALS) {
		t->signals[t->nsignals++] = s;
		return;
	}
	/* full: the lightest gives way */
	size_t light = 0;
	for (size_t i = 1; i < t->nsignals; i++)
		if (t->signals[i].weight < t->signals[light].weight)
			light = i;
	if (t->signals[light].weight < s.weight)
		t->signals[light] = s;
}

/* A word for a person in the clause: the writer, a child, one of the family. */
static bool names_somebody(const struct work *w, const struct hit *h)
{
	static const char *const who[] = { "我", "俺", "咱", "偶", "阿拉", "老公", "丈夫", "老婆", "妻", "男友", "女友", "前夫", "妈", "爸", "娃", "孩子", "女儿", "儿子", "他", "她", "伊" };
	struct str t = w->n.text;
	size_t from = h->from, to = h->to;
	while (from > 0 && h->from - from < 36 && !triage_is_stop((unsigned char)t.p[from - 1]) && (from < 3 || memcmp(t.p + from - 3, "。", 3) != 0))
		from--;
	while (to < t.n && to - h->to < 18 && !triage_is_stop((unsigned char)t.p[to]) && (t.n - to < 3 || memcmp(t.p + to, "。", 3) != 0))
		to++;
	for (size_t i = 0; i < ARRAY_LEN(who); i++)
		if (str_find((struct str){ t.p + from, to - from }, str_of(who[i])) >= 0)
			return true;
	return false;
}

/* How much the clause of a hit, alone, sounds like danger: five harmless sentences may not outvote the sixth. */
static double danger_near(const struct work *w, const struct hit *h)
{
	const struct core *e = w->e;
	struct str t = w->n.text;
	size_t from = h->from, to = h->to;
	while (from > 0 && !triage_is_stop((unsigned char)t.p[from - 1]) && (from < 3 || memcmp(t.p + from - 3, "。", 3) != 0))
		from--;
	while (to < t.n && !triage_is_stop((unsigned char)t.p[to]) && (t.n - to < 3 || memcmp(t.p + to, "。", 3) != 0))
		to++;
	if (w->danger >= 0.5 || !w->t->model || to - from == t.n)
		return w->danger;
	struct norm part = { { t.p + from, to - from }, w->n.map + from };
	struct seen seen = { w->seen.length + from, w->seen.class + from, w->seen.everyday + from };
	double *q = NEWN(w->a, double, model_labels(e->model));
	model_score(e->model, triage_with_skeleton(&seen, w->a, &part).text, q);
	return q[e->urgent] >= NEAR ? q[e->urgent] : w->danger;
}

/* For counting which rules still find anything. */
static void note_rule(struct triage *t, int64_t id)
{
	for (size_t i = 0; i < t->nrules; i++)
		if (t->rules[i] == id)
			return;
	if (t->nrules < TRIAGE_RULES)
		t->rules[t->nrules++] = id;
}

static void read_hit(struct work *w, const struct rule *r, const struct hit *h)
{
	struct str t = w->n.text, why = STR_NONE;
	if (r->except) {
		note_rule(w->t, r->id);
		return;
	}
	if ((r->phone && is_phone_call(t, h)) || triage_is_everyday(&w->seen, h->from, h->to))
		return;
	note_rule(w->t, r->id);
	if (r->kin) {
		w->kin += r->weight;
	} else if (r->kind >= 0) {
		w->kind[r->kind] += r->weight;
		w->strong += r->weight >= 2;
	} else {
		bool spoken = strcmp(r->code, "threat") == 0 || strcmp(r->code, "self_harm") == 0 || strcmp(r->code, "weapon") == 0;
		double near = r->negatable || r->fiction ? danger_near(w, h) : w->danger;
		enum triage_context c = triage_context(t, h, r->negatable, r->fiction, spoken, w->danger, near, &why);
		bool doubt = near < VETO && t.n >= SHORT && strcmp(r->code, "self_harm") != 0;
		if (c == TRIAGE_ASSERTED && doubt && (w->remote || (r->fiction && !names_somebody(w, h))))
			c = TRIAGE_DOUBTFUL;
		add_signal(w, r, h, c, why);
		w->violence |= c == TRIAGE_ASSERTED && (r->weight >= 10 || strcmp(r->code, "violence") == 0 || strcmp(r->code, "sexual") == 0);
	}
}

static void read_hits(struct work *w, const struct hit *hits, size_t n)
{
	int spouse = 0;
	for (size_t i = 0; i < n; i++)
		spouse += rule_at(w->engine, hits[i].id)->kin && rule_at(w->engine, hits[i].id)->weight > 1;
	w->remote = w->t->model && !spouse && w->t->score < 0.1;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++) {
			const struct rule *r = rule_at(w->engine, hits[i].id);
			if ((r->needs_violence || r->needs_kin) == (pass == 1) && (!r->needs_violence || w->violence) && (!r->needs_kin || w->kin))
				read_hit(w, r, &hits[i]);
		}
}

static void reason(struct work *w, const char *msg, const char *code)
{
	struct triage *t = w->t;
	if (t->nreasons == TRIAGE_REASONS)
		return;
	struct triage_reason r = { msg, STR_NONE };
	for (size_t i = 0; code && i < t->nsignals; i++)
		if (strcmp(t->signals[i].code, code) == 0 && !t->signals[i].negated && !t->signals[i].reported) {
			r.evidence = (struct str){ w->text.p + t->signals[i].from, t->signals[i].to - t->signals[i].from };
			break;
		}
	t->reasons[t->nreasons++] = r;
}

static void judge_grade(struct work *w)
{
	static const struct { const char *code, *msg; } red[] = {
		{ "threat", N_("Threat to kill") }, { "weapon", N_("Weapon, petrol or poison") }, { "strangle", N_("Strangling or smothering") },
		{ "injury", N_("Serious injury") }, { "confine", N_("Locked in or blocked") }, { "order_breach", N_("Protection order breached") },
		{ "self_harm", N_("Words of suicide or self-harm") }, { "child", N_("A child is harmed or in danger") },
	}, orange[] = {
		{ "violence", N_("Violence") }, { "sexual", N_("Sexual violence") }, { "stalking", N_("Stalking or harassment") },
		{ "child_hidden", N_("A child taken or hidden") }, { "crowd", N_("Relatives gathered, scenes at the door") },
	};
	struct triage *t = w->t;
	t->grade = "blue";
	int sum = 0;
	const char *seen[TRIAGE_SIGNALS];
	size_t nseen = 0;
	for (size_t i = 0; i < t->nsignals; i++) {
		bool again = t->signals[i].negated || t->signals[i].reported;
		for (size_t k = 0; k < nseen; k++)
			again |= strcmp(seen[k], t->signals[i].code) == 0;
		if (again)
			continue;
		seen[nseen++] = t->signals[i].code;
		sum += t->signals[i].weight;
	}
	if (t->family && (sum >= 2 || t->kind)) {
		t->grade = "yellow";
		if (sum >= 12) {
			t->grade = "orange";
			reason(w, N_("Several risk signs together"), NULL);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(orange); i++)
		if (counts(t, orange[i].code) && (t->family || i < 3)) {
			t->grade = "orange";
			reason(w, orange[i].msg, orange[i].code);
		}
	/* what may have happened, or was long ago, is not nothing */
	for (size_t i = 0; i < t->nsignals; i++)
		if (t->family && strcmp(t->grade, "blue") == 0 && (t->signals[i].context == TRIAGE_HYPOTHETICAL || t->signals[i].context == TRIAGE_PAST))
			t->grade = "yellow";
	bool violent = counts(t, "violence") || counts(t, "sexual") || counts(t, "stalking");
	if (violent && counts(t, "repeat") && (counts(t, "record") || counts(t, "escalation"))) {
		t->grade = "red";
		reason(w, N_("Violence again after earlier calls or warnings"), "repeat");
	}
	for (size_t i = 0; i < ARRAY_LEN(red); i++)
		if (counts(t, red[i].code)) {
			t->grade = "red";
			t->urgent = true;
			reason(w, red[i].msg, red[i].code);
		}
	t->urgent |= violent;
	if (!t->nreasons && t->family)
		reason(w, N_("A family matter without signs of danger"), NULL);
}

/* The words that speak most for danger: the run of characters of the greatest sum, each first lowered a little, or one
 * long run of nothing would win. Bytes of the original. */
static struct str telling_words(struct work *w, struct arena *a)
{
	struct str t = w->n.text;
	struct norm m = triage_with_skeleton(&w->seen, a, &w->n);
	float *v = NEWN(a, float, m.text.n + 1), sum = 0, best = 0, mean = 0;
	size_t from = 0, best_from = 0, best_to = 0;
	model_explain(w->e->model, w->e->urgent, m.text, v);
	for (size_t i = t.n; i < m.text.n; i++)
		v[m.map[i]] += v[i];
	for (size_t i = 0; i < t.n; i++)
		mean += v[i] > 0 ? v[i] : 0;
	mean = t.n ? mean / (float)t.n : 0;
	for (const char *p = t.p, *end = t.p + t.n; p < end;) {
		size_t at = (size_t)(p - t.p);
		utf8_next(&p, end);
		if (sum <= 0) {
			sum = 0;
			from = at;
		}
		for (size_t k = at; k < (size_t)(p - t.p); k++)
			sum += v[k] - mean;
		if (sum > best) {
			best = sum;
			best_from = from;
			best_to = (size_t)(p - t.p);
		}
	}
	return best_to ? original(w, best_from, best_to) : STR_NONE;
}

/* The model may raise, never lower: what the rules do not know is put before a person. */
static void judge_wording(struct work *w, struct arena *a)
{
	struct triage *t = w->t;
	if (strcmp(t->grade, "blue") != 0 && strcmp(t->grade, "yellow") != 0)
		return;
	t->grade = "orange";
	t->urgent = true;
	t->check = true;
	if (t->nreasons == TRIAGE_REASONS)
		t->nreasons--;
	reason(w, N_("The wording resembles messages in danger"), NULL);
	t->reasons[t->nreasons - 1].evidence = telling_words(w, a);
}

static void judge_kind(struct work *w, const double *p)
{
	struct triage *t = w->t;
	double best = 0;
	size_t at = 0;
	for (size_t k = 0; k < triage_nkinds; k++) {
		double rules = w->kind[k] > 6 ? 1 : w->kind[k] / 6;
		double s = p && w->e->kind_label[k] >= 0 ? 0.6 * p[w->e->kind_label[k]] + 0.4 * rules : rules;
		/* violence is the kind whatever else is asked for: it rules how one proceeds (no joint mediation) */
		if (k == 2 && (counts(t, "violence") || counts(t, "sexual") || counts(t, "strangle")) && w->kind[2] > 0)
			s += 0.3;
		if (s > best) {
			best = s;
			at = k;
		}
	}
	t->kind = best > 0.08 ? triage_kinds[at] : "M99";
	t->kind_p = best > 1 ? 1 : best;
}

static const char *unit_of(const struct triage *t)
{
	static const struct { const char *kind, *unit; } by_kind[] = {
		{ "M03", "police" }, { "M04", "committee" }, { "M05", "committee" }, { "M06", "committee" }, { "M07", "committee" },
		{ "M08", "committee" }, { "M09", "committee" }, { "M10", "civil" }, { "M11", "committee" }, { "M12", "justice" },
		{ "M14", "education" }, { "M18", "civil" }, { "M19", "town" }, { "M01", "studio" }, { "M02", "studio" }, { "M13", "studio" },
	};
	if (t->urgent)
		return "police";
	for (size_t i = 0; t->kind && i < ARRAY_LEN(by_kind); i++)
		if (strcmp(t->kind, by_kind[i].kind) == 0)
			return by_kind[i].unit;
	return t->family ? "community" : "hotline";
}

/* Long texts are also read in parts: a page about a garden may hide one sentence of terror, and the many matters of a court
 * document drown each other. *ret_family: the mean of the parts where that is more; the return: the most. */
static double read_parts(const struct work *w, struct arena *a, double *p)
{
	enum { LONG = 1200, PART = 600 };
	const struct core *e = w->e;
	struct str t = w->n.text;
	double most = e->urgent >= 0 ? p[e->urgent] : 1, family = 0, *q = NEWN(a, double, model_labels(e->model));
	size_t parts = 0;
	for (size_t from = 0, to; t.n >= LONG && from < t.n; from = to, parts++) {
		to = t.n - from < 2 * PART ? t.n : from + PART;
		while (to < t.n && ((unsigned char)t.p[to] & 0xC0) == 0x80)
			to++;
		struct norm part = { { t.p + from, to - from }, w->n.map + from };
		struct seen seen = { w->seen.length + from, w->seen.class + from, w->seen.everyday + from };
		model_score(e->model, triage_with_skeleton(&seen, a, &part).text, q);
		most = e->urgent >= 0 && q[e->urgent] > most ? q[e->urgent] : most;
		family += q[e->family];
	}
	if (parts && family / (double)parts > p[e->family])
		p[e->family] = family / (double)parts;
	return most;
}

static bool is_court(struct str t)
{
	static const char *const words[] = { "原告", "被告", "本院", "婚生", "判令", "诉称" };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_find(t, str_of(words[i])) >= 0)
			return true;
	return false;
}

static bool excepted(const struct triage_engine *e, const struct hit *h, const struct hit *all, size_t n)
{
	int64_t id = rule_at(e, h->id)->id;
	for (size_t i = 0; i < n && all[i].from <= h->from; i++)
		if (all[i].to >= h->to && rule_at(e, all[i].id)->except == id)
			return true;
	return false;
}

/* All hits by rising place; those that an exception covers are left out. */
static struct hit *find_all(const struct triage_engine *e, struct arena *a, struct str prepared, size_t *ret_n)
{
	struct hit *base, *own = NULL;
	size_t n, nown = 0, k = 0;
	patterns_scan(e->core->patterns, a, prepared, &base, &n);
	*ret_n = n;
	if (!e->patterns)
		return base;
	patterns_scan(e->patterns, a, prepared, &own, &nown);
	struct hit *all = NEWN(a, struct hit, n + nown + 1);
	for (size_t i = 0, j = 0; i < n || j < nown;)
		all[k++] = j == nown || (i < n && base[i].from <= own[j].from) ? base[i++] : own[j++];
	*ret_n = k;
	if (!e->exceptions)
		return all;
	struct hit *kept = NEWN(a, struct hit, k + 1);
	*ret_n = 0;
	for (size_t i = 0; i < k; i++)
		if (!excepted(e, &all[i], own, nown))
			kept[(*ret_n)++] = all[i];
	return kept;
}

void triage_text(const struct triage_engine *engine, struct arena *a, struct str text, struct triage *ret)
{
	const struct core *e = engine->core;
	*ret = (struct triage){ .model = e->model && e->family >= 0 };
	struct work w = { .engine = engine, .e = e, .n = triage_prepare(a, text), .text = text, .t = ret, .a = a, .danger = 1 };
	w.seen = triage_see_words(e->words, a, w.n.text);
	double *p = NULL;
	if (ret->model) {
		p = NEWN(a, double, model_labels(e->model));
		model_score(e->model, triage_with_skeleton(&w.seen, a, &w.n).text, p);
		w.danger = read_parts(&w, a, p);
		ret->score = p[e->family];
	}
	size_t n;
	const struct hit *hits = find_all(engine, a, w.n.text, &n);
	read_hits(&w, hits, n);

	if (ret->model) {
		ret->family = ret->score >= (is_court(w.n.text) ? FAMILY_COURT : w.kin || w.strong ? FAMILY_CALM : FAMILY_NAMELESS);
	} else {
		ret->score = w.strong && w.kin ? 0.8 : w.strong ? 0.6 : w.kin >= 3 ? 0.4 : 0.1;
		ret->family = w.strong && w.kin >= 2;
	}
	/* Danger at home: the words for kin decide unless the model is sure of the contrary; then a
	 * person is told (check). */
	bool danger = w.violence || counts(ret, "stalking") || counts(ret, "child_hidden");
	if (danger && !ret->family && w.kin >= 2 && ret->score > 0.06)
		ret->family = true;
	ret->danger = ret->model ? w.danger : danger;
	bool wording = ret->model && e->urgent >= 0 && w.danger >= model_threshold(e->model, e->urgent) * (ret->score < REMOTE ? 2 : 1);
	if ((danger || w.danger >= 0.35) && ret->model && ret->score > (w.kin || w.strong ? FAMILY_IN_DANGER : NAMELESS_IN_DANGER))
		ret->family = true;
	if (ret->family)
		judge_kind(&w, p);
	judge_grade(&w);
	if (wording)
		judge_wording(&w, a);
	if (ret->urgent && !ret->family) {
		ret->check = true;
		reason(&w, N_("Danger in a text that does not look like a family matter: a person must read it"), NULL);
	}
	ret->unit = unit_of(ret);
}

/* ---- JSON --------------------------------------------------------------------------------------------------------- */

void triage_json(struct buf *b, const struct triage *t)
{
	buf_printf(b, "{\"family\":%s,\"score\":%.4f,\"danger\":%.4f,\"kind\":", t->family ? "true" : "false", t->score, t->danger);
	json_str(b, str_of(t->kind));
	buf_printf(b, ",\"kind_p\":%.4f,\"grade\":\"%s\",\"urgent\":%s,\"check\":%s,\"unit\":\"%s\",\"model\":%s,\"signals\":[", t->kind_p, t->grade,
		   t->urgent ? "true" : "false", t->check ? "true" : "false", t->unit, t->model ? "true" : "false");
	for (size_t i = 0; i < t->nsignals; i++) {
		const struct triage_signal *s = &t->signals[i];
		static const char *const context[] = { "asserted", "negated", "fiction", "general", "hypothetical", "past", "doubtful" };
		buf_printf(b, "%s{\"code\":\"%s\",\"weight\":%d,\"from\":%zu,\"to\":%zu%s%s,\"context\":\"%s\"", i ? "," : "", s->code, s->weight, s->from,
			   s->to, s->negated ? ",\"negated\":true" : "", s->reported ? ",\"reported\":true" : "", context[s->context]);
		if (s->why_to)
			buf_printf(b, ",\"because\":[%zu,%zu]", s->why_from, s->why_to);
		buf_char(b, '}');
	}
	buf_cstr(b, "],\"rules\":[");
	for (size_t i = 0; i < t->nrules; i++)
		buf_printf(b, "%s%lld", i ? "," : "", (long long)t->rules[i]);
	buf_cstr(b, "],\"reasons\":[");
	for (size_t i = 0; i < t->nreasons; i++) {
		buf_cstr(b, i ? ",{\"reason\":" : "{\"reason\":");
		json_str(b, str_of(t->reasons[i].msg));
		buf_cstr(b, ",\"evidence\":");
		json_str(b, t->reasons[i].evidence);
		buf_char(b, '}');
	}
	buf_cstr(b, "]}");
}

void triage_line_json(const struct triage_engine *e, struct arena *a, struct str line, struct buf *out)
{
	json_error_t bad;
	json_t *j = json_loadb(line.p ? line.p : "", line.n, JSON_REJECT_DUPLICATES, &bad);
	const json_t *v = json_object_get(j, "text");
	if (!json_is_string(v)) {
		buf_cstr(out, "{\"error\":");
		json_str(out, j ? STR("no \"text\" in the object") : str_of(bad.text));
		buf_cstr(out, "}\n");
	} else {
		struct triage t;
		triage_text(e, a, arena_str(a, (struct str){ json_string_value(v), json_string_length(v) }), &t);
		triage_json(out, &t);
		buf_char(out, '\n');
	}
	json_decref(j);
}
