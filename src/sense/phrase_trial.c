/* Why: whoever adds a word sees what it would have done before it does it, and for years after whether it still finds anything.
 * Invariants: the trial reads clues as the system and keeps sums alone; what is shown of them never tells 1 to 4 (a word could ask for a name). */
#include "base/embedded.h"
#include "sense/clue.h"
#include "sense/learn_inner.h"
#include "sense/phrase.h"
#include <jansson.h>
#include <stdlib.h>

/* ---- what a draft would do ---- */

struct trial { int64_t id; struct phrase_figures f; const char *verdict; };

static bool finds(const struct triage_engine *e, struct str text, int64_t rule)
{
	ARENA a = arena_new((size_t)64 << 20);
	struct triage t;
	triage_text(e, a, text, &t);
	for (size_t i = 0; i < t.nrules; i++)
		if (t.rules[i] == rule)
			return true;
	return false;
}

static bool all_lines(const struct triage_engine *e, struct str lines, int64_t rule, bool wanted)
{
	for (struct str rest = lines; rest.p;) {
		struct str line = str_trim(str_cut(rest, '\n', &rest));
		if (line.n && finds(e, line, rule) != wanted)
			return false;
	}
	return true;
}

static int rank(const char *grade) { return grade[0] == 'r' ? 4 : grade[0] == 'o' ? 3 : grade[0] == 'y' ? 2 : 1; }

static void one_clue(const struct triage_engine *was, const struct triage_engine *is, int64_t rule, struct str text, bool stranger, struct phrase_figures *f)
{
	ARENA a = arena_new((size_t)64 << 20);
	struct triage x, y;
	bool hit = false;
	triage_text(is, a, text, &y);
	f->clues++;
	for (size_t i = 0; i < y.nrules; i++)
		hit |= y.rules[i] == rule;
	if (!hit)
		return;
	triage_text(was, a, text, &x);
	f->hits++;
	f->strangers += stranger;
	f->raised += rank(y.grade) > rank(x.grade);
	f->lowered += rank(y.grade) < rank(x.grade);
}

/* The newest clues of the last days, page by page: their texts are not kept. */
static enum err past(struct ctx *c, const struct triage_engine *was, const struct triage_engine *is, struct trial *m)
{
	struct see q = { .type = "clue", .filters = (struct filter[]){ { STR("created_from"), date_str(c->a, c->now - PHRASE_DAYS * MS_DAY) } }, .nfilters = 1, .limit = 200 };
	do {
		ARENA a = arena_new((size_t)256 << 20);
		struct ctx page = *c;
		struct seen s;
		page.a = a;
		page.labels = NULL;
		TRY(see(&page, &q, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct rec *r;
			TRY(see_if(&page, "clue", s.r[i]->id, &r));
			struct str text = r ? rec_str(&page, r, "text") : STR_NONE;
			if (text.n)
				one_clue(was, is, phrase_rule(m->id), text, rec_in(r, "referred") && str_is(rec_str(&page, r, "outcome"), "not_family"), &m->f);
		}
		q.after = s.next;
	} while (q.after && m->f.clues < PHRASE_CLUES);
	return OK;
}

static enum err keep(struct ctx *c, void *arg)
{
	const struct trial *m = arg;
	struct done d;
	struct str figures = arena_fmt(c->a, "{\"clues\":%lld,\"hits\":%lld,\"strangers\":%lld,\"raised\":%lld,\"lowered\":%lld}", (long long)m->f.clues, (long long)m->f.hits,
				       (long long)m->f.strangers, (long long)m->f.raised, (long long)m->f.lowered);
	return m->verdict ? act(c, &(struct act){ .type = "phrase", .verb = "miss", .id = m->id, INPUTS(INPUT("verdict", str_of(m->verdict)), INPUT("figures", figures)) }, &d)
			  : act(c, &(struct act){ .type = "phrase", .verb = "pass", .id = m->id, INPUTS(INPUT("figures", figures)) }, &d);
}

static enum err try_it(struct ctx *c, const struct rec *r, const struct triage_engine *was, const struct triage_engine *is, struct trial *m)
{
	int64_t rule = phrase_rule(r->id);
	m->verdict = !all_lines(is, rec_str(c, r, "hits"), rule, true) ? "unfound" : !all_lines(is, rec_str(c, r, "misses"), rule, false) ? "found" : learn_danger_lost(was, is) ? "danger" : NULL;
	return past(c, was, is, m);
}

enum err phrase_job(struct ctx *c, struct str arg)
{
	struct trial m = { 0 };
	struct rec *r;
	struct triage_engine *was, *is;
	if (!str_int(arg, &m.id))
		return OK;
	TRY(ctx_read(c));
	TRY(see_if(c, "phrase", m.id, &r));
	if (!r || !rec_in(r, "tried"))
		return OK;
	TRY(learn_engine(c, &was));
	enum err e = triage_with(was, NULL, 0, &is, c->f);
	if (e == OK) {
		e = phrase_dress(c, m.id, &is);
		if (e == ERR_INVALID) {
			m.verdict = "unread";
			fault_clear(c->f);
			e = OK;
		} else if (e == OK) {
			e = try_it(c, r, was, is, &m);
		}
		triage_close(is);
	}
	triage_close(was);
	return e == OK ? ctx_write(c, keep, &m) : e;
}

void phrase_figures(struct ctx *c, const struct rec *r, struct phrase_figures *ret)
{
	struct str s = rec_str(c, r, "figures");
	json_t *j = s.n ? json_loadb(s.p, s.n, 0, NULL) : NULL;
#define OF(name) json_integer_value(json_object_get(j, name))
	*ret = (struct phrase_figures){ OF("clues"), OF("hits"), OF("strangers"), OF("raised"), OF("lowered") };
#undef OF
	json_decref(j);
}

/* ---- how often each finds something ---- */

static int by_value(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
	return a < b ? -1 : a > b;
}

enum err phrase_count(struct ctx *c, struct str verdict)
{
	int64_t v[TRIAGE_RULES];
	size_t n = 0, i;
	json_t *j = verdict.n ? json_loadb(verdict.p, verdict.n, 0, NULL) : NULL, *x;
	json_array_foreach(json_object_get(j, "rules"), i, x)
		if (n < ARRAY_LEN(v))
			v[n++] = json_integer_value(x);
	json_decref(j);
	if (n > 1)
		qsort(v, n, sizeof *v, by_value);      /* two clues at once take their rows in one order, and none waits for the other in a ring */
	if (!n)
		return OK;
	BUF_AUTO b = BUF(4096);
	struct val args[2 * TRIAGE_RULES];
	buf_cstr(&b, "INSERT INTO rule_hit (rule, day, n) VALUES ");
	for (i = 0; i < n; i++) {
		buf_cstr(&b, i ? ", (?, ?, 1)" : "(?, ?, 1)");
		args[2 * i] = VI(v[i]);
		args[2 * i + 1] = VI(day_of(c->now));
	}
	buf_cstr(&b, " ON CONFLICT (rule, day) DO UPDATE SET n = rule_hit.n + 1");
	return db_exec(c->db, c->f, arena_cstr(c->a, buf_view(&b)), args, 2 * n, NULL);
}

enum err phrase_hits(struct ctx *c, struct phrase_hits **ret, size_t *ret_n)
{
	ROWS q = NULL;
	size_t cap = 0;
	bool more;
	*ret = NULL;
	*ret_n = 0;
	TRY(db_rows(c->db, c->f, "SELECT rule, CAST(SUM(n) AS INTEGER) FROM rule_hit WHERE day > ? GROUP BY rule ORDER BY rule", ARGS(VI(day_of(c->now) - PHRASE_DAYS)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		struct phrase_hits h = { rows_int(q, 0), rows_int(q, 1) };
		VEC_PUSH(c->a, *ret, *ret_n, cap, h);
	}
}
