/* Why: a list of words that nobody can read is a list that nobody corrects: here stands every rule, how often it found something, and a box to try a sentence.
 * Invariants: what is tried is neither kept nor written to the journal; counts of 1 to 4 are never told. */
#include "desk/phrase_pages.h"
#include "desk/model_pages.h"
#include "report/month.h"
#include "sense/clue.h"
#include "sense/learn.h"
#include "sense/phrase.h"
#include "templates.h"

enum { TRIED = 20000 /* characters */ };

static struct str count(struct ctx *c, int64_t n) { return small_alone(n) ? STR("1–4") : id_text(c, n); }

static int64_t hits_of(const struct phrase_hits *v, size_t n, int64_t rule)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].rule == rule)
			return v[i].n;
	return 0;
}

static struct str meaning(struct ctx *c, struct str code)
{
	return str_is(code, "kin") ? code_label(c->app->codes, "phrase_finds", code, c->lang) : code_label(c->app->codes, code_find(c->app->codes, "signal", code) ? "signal" : "kind", code, c->lang);
}

static struct phrase_row own_row(struct ctx *c, const struct rec *r)
{
	struct str finds = rec_str(c, r, "finds");
	struct phrase_row w = { .name = rec_show(c, r, field_at(r->t, "name")), .url = arena_fmt(c->a, "/phrase/%lld", (long long)r->id),
				.finds = rec_show(c, r, field_at(r->t, "finds")), .words = rec_str(c, r, "words") };
	w.what = str_is(finds, "sign") ? rec_show(c, r, field_at(r->t, "sign")) : str_is(finds, "kind") ? rec_show(c, r, field_at(r->t, "kind"))
	       : str_is(finds, "except") ? arena_fmt(c->a, c->lang == LANG_ZH ? "规则%lld" : "rule %lld", (long long)rec_int(r, "rule")) : STR("");
	return w;
}

static struct phrase_row base_row(struct ctx *c, const struct triage_rule *r)
{
	return (struct phrase_row){ .number = id_text(c, r->id), .what = meaning(c, str_of(r->code)), .words = str_of(r->expr), .bears = r->bears_exceptions };
}

/* ---- trying a text ---- */

static enum err add_found(struct ctx *c, const struct triage *t, struct phrase_try *m)
{
	struct triage_rule *base;
	size_t n = triage_rules(c->a, &base);
	m->found = NEWN(c->a, struct phrase_row, t->nrules + 1);
	for (size_t i = 0; i < t->nrules; i++) {
		int64_t id = t->rules[i];
		for (size_t k = 0; k < n; k++)
			if (base[k].id == id)
				m->found[m->nfound++] = base_row(c, &base[k]);
		struct rec *r = NULL;
		if (id >= TRIAGE_ADDED)
			TRY(see_if(c, "phrase", id - TRIAGE_ADDED, &r));
		if (r)
			m->found[m->nfound++] = own_row(c, r);
	}
	return OK;
}

static enum err judge_text(struct ctx *c, int64_t draft, struct phrase_try *m)
{
	struct ctx in = ctx_inside(c);
	struct triage_engine *e;
	struct triage t;
	BUF_AUTO json = BUF((size_t)1 << 20);
	TRY(sense_judge_engine(c->app->triage, &e, c->f));
	enum err bad = phrase_dress(&in, draft, &e);
	if (bad == OK) {
		triage_text(e, c->a, m->text, &t);
		triage_json(&json, &t);
		m->judged = true;
		m->family = str_of(TRC(c, t.family ? N_("A family matter") : t.check ? N_("A person must look: danger, but perhaps no family matter") : N_("No family matter")));
		m->kind = t.kind ? code_label(c->app->codes, "kind", str_of(t.kind), c->lang) : STR_NONE;
		m->grade = code_label(c->app->codes, "grade", str_of(t.grade), c->lang);
		m->light = t.grade;
		m->words = narrative_of(c, m->text, buf_view(&json));
		bad = add_found(c, &t, m);
	}
	triage_close(e);
	return bad;
}

/* ---- the page ---- */

static enum err add_own(struct ctx *c, const struct phrase_hits *hits, size_t nhits, struct phrase_page *m)
{
	struct seen s;
	const struct filter used = { STR("state"), STR("used") }, open = { STR("open"), STR("1") };
	int64_t waiting;
	TRY(see(c, &(struct see){ .type = "phrase", .filters = &used, .nfilters = 1, .limit = 500 }, &s));
	m->own = NEWN(c->a, struct phrase_row, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		struct phrase_row w = own_row(c, s.r[i]);
		w.hits = count(c, hits_of(hits, nhits, phrase_rule(s.r[i]->id)));
		m->own[m->nown++] = w;
	}
	TRY(see_count(c, &(struct see){ .type = "phrase", .filters = &open, .nfilters = 1 }, 1, &waiting));
	m->waiting = waiting > 0;
	return OK;
}

static void add_base(struct ctx *c, const struct phrase_hits *hits, size_t nhits, struct phrase_page *m)
{
	struct triage_rule *v;
	size_t n = triage_rules(c->a, &v);
	m->base = NEWN(c->a, struct phrase_row, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct phrase_row w = base_row(c, &v[i]);
		w.hits = count(c, hits_of(hits, nhits, v[i].id));
		m->base[m->nbase++] = w;
	}
}

static enum err show(struct req *rq, struct resp *rs, struct phrase_page *m)
{
	struct ctx *c = ctx_of(rq), in = ctx_inside(c);
	struct phrase_hits *hits;
	struct sense_version now, has = { 0 };
	size_t n;
	TRY(phrase_hits(c, &hits, &n));
	TRY(learn_now(&in, &now));
	TRY(add_own(c, hits, n, m));
	add_base(c, hits, n, m);
	if (c->app->triage)
		has = sense_judge_version(c->app->triage);
	m->behind = has.phrases != now.phrases;
	m->list = now.phrases ? id_text(c, now.phrases) : STR_NONE;
	m->may = (R(CITY) & 1u << c->actor->role) != 0;
	TRY(face_shell(rq, N_("Screening words")));
	t_phrase_page(&rs->body, &face_of(rq)->v, m);
	return OK;
}

static enum err phrases_get(struct req *rq, struct resp *rs)
{
	struct phrase_page m = { 0 };
	TRY(ctx_read(ctx_of(rq)));
	return show(rq, rs, &m);
}

static enum err phrases_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct phrase_page m = { .t.text = utf8_head(str_trim(req_param(rq, "text")), TRIED) };
	struct rec *r = NULL;
	int64_t draft = 0;
	TRY(ctx_read(c));
	if (str_int(req_param(rq, "phrase"), &draft) && draft) {
		TRY(see_one(c, "phrase", draft, &r));
		if (!rec_in(r, "draft|tried|offered"))
			return fail(c->f, ERR_STATE, NULL, "phrase %lld is not being written", (long long)draft);
		m.t.draft = rec_show(c, r, field_at(r->t, "name"));
		m.t.draft_url = arena_fmt(c->a, "/phrase/%lld", (long long)r->id);
		m.t.phrase = id_text(c, r->id);
	}
	if (m.t.text.n && c->app->triage)
		TRY(judge_text(c, r ? r->id : 0, &m.t));
	return show(rq, rs, &m);
}

const struct route phrase_routes[] = {
	XA_ROUTE("GET", "/phrases", phrases_get, ROUTE_READ, 0, R(CITY) | R(SECADMIN)),
	XA_ROUTE("POST", "/phrases", phrases_post, ROUTE_SLOW, 0, R(CITY) | R(SECADMIN)),
	{ 0 },
};

/* ---- beside the record ---- */

static void put(struct ctx *c, struct phrase_panel *m, const char *label, int64_t n) { m->v[m->n++] = (struct model_line){ .label = str_of(TRC(c, label)), .is = count(c, n) }; }

enum err phrase_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct phrase_figures f;
	struct phrase_hits *hits;
	size_t n;
	struct phrase_panel m = { .v = NEWN(c->a, struct model_line, 6), .used = rec_in(r, "used|replaced|retired"), .try = r->sight == SIGHT_FULL && rec_in(r, "draft|tried|offered") };
	m.t.phrase = id_text(c, r->id);
	phrase_figures(c, r, &f);
	if (rec_has(r, "figures")) {
		put(c, &m, N_("Clues of the last 30 days that were read"), f.clues);
		put(c, &m, N_("Of these found by the new words"), f.hits);
		put(c, &m, N_("Of those found: a person said, no family matter"), f.strangers);
		put(c, &m, N_("Of those found: would be graded higher"), f.raised);
		put(c, &m, N_("Of those found: would be graded lower"), f.lowered);
	}
	TRY(phrase_hits(c, &hits, &n));
	m.hits = count(c, hits_of(hits, n, phrase_rule(r->id)));
	BUF_AUTO b = BUF((size_t)1 << 18);
	t_phrase_panel(&b, &face_of(rq)->v, &m);
	*ret = html_of(c, &b);
	return OK;
}
