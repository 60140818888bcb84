/* Why: the two pages on which people decide most show more than the catalogue's fields: a clue with the words that raised
 * its signals and who else reported the same people; a case with who could mediate.
 * Invariants: the words are marked in the very text the actor may read; nothing here decides. */
#include "desk/extra.h"
#include "desk/documents.h"
#include "desk/account.h"
#include "desk/export_pages.h"
#include "desk/counsel_pages.h"
#include "desk/mediate_pages.h"
#include "desk/paper_pages.h"
#include "desk/protect_pages.h"
#include "desk/side_pages.h"
#include "desk/sign_pages.h"
#include "desk/studio_pages.h"
#include "desk/model_pages.h"
#include "desk/phrase_pages.h"
#include "desk/post_pages.h"
#include "desk/twin_pages.h"
#include "desk/care_pages.h"
#include "absorb/absorb.h"
#include "people/people.h"
#include "sense/clue.h"
#include "templates.h"
#include <jansson.h>
#include <stdio.h>

/* The text cut at the signals' bytes; overlapping ones are shown once, the first wins. */
static struct narrative mark_text(struct ctx *c, struct str text, const json_t *signals)
{
	struct narrative m = { 0 };
	size_t at = 0, cap = 0, i;
	json_t *s;
	json_array_foreach(signals, i, s) {
		size_t from = (size_t)json_integer_value(json_object_get(s, "from")), to = (size_t)json_integer_value(json_object_get(s, "to"));
		struct str code = str_of(json_string_value(json_object_get(s, "code")));
		if (from < at || to <= from || to > text.n)
			continue;
		struct text_part before = { .text = { text.p + at, from - at } };
		struct text_part word = { .text = { text.p + from, to - from }, .signal = code_label(c->app->codes, "signal", code, c->lang), .code = arena_str(c->a, code),
					  .off = json_is_true(json_object_get(s, "negated")) || json_is_true(json_object_get(s, "reported")) };
		VEC_PUSH(c->a, m.v, m.n, cap, before);
		VEC_PUSH(c->a, m.v, m.n, cap, word);
		at = to;
	}
	struct text_part rest = { .text = { text.p + at, text.n - at } };
	VEC_PUSH(c->a, m.v, m.n, cap, rest);
	return m;
}

struct narrative narrative_of(struct ctx *c, struct str text, struct str triage)
{
	json_t *j = json_loadb(triage.p ? triage.p : "", triage.n, 0, NULL);
	struct narrative m = mark_text(c, text, json_object_get(j, "signals"));
	json_decref(j);
	return m;
}

static void add_reasons(struct ctx *c, const json_t *reasons, struct clue_panel *m)
{
	size_t cap = 0, i;
	json_t *r;
	json_array_foreach(reasons, i, r) {
		const char *msg = json_string_value(json_object_get(r, "reason")), *evidence = json_string_value(json_object_get(r, "evidence"));
		struct str line = face_text(c, arena_cstr(c->a, str_of(msg ? msg : "")), evidence);
		if (evidence && msg && !strstr(msg, "%s"))
			line = arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s：“%s”" : "%.*s: “%s”", (int)line.n, line.p, evidence);
		VEC_PUSH(c->a, m->reasons, m->nreasons, cap, line);
	}
}

static enum err add_same(struct ctx *c, const struct rec *r, struct clue_panel *m)
{
	struct same s[8];
	size_t n;
	TRY(sense_same_people(c, r, s, ARRAY_LEN(s), &n));
	m->same = NEWN(c->a, struct same_row, n + 1);
	bool open = may(c, r->t, "merge", r) == MAY_ALLOW;
	for (size_t i = 0; i < n; i++) {
		BUF_AUTO why = BUF(512);
		static const struct { unsigned bit; const char *msg; } bits[] = { { SAME_IDNO, N_("same ID number") }, { SAME_PHONE, N_("same phone") }, { SAME_NAME, N_("same name and town") }, { SAME_SOUND, N_("name sounds alike, same town") } };
		for (size_t k = 0; k < ARRAY_LEN(bits); k++)
			if (s[i].why & bits[k].bit)
				buf_printf(&why, "%s%s", why.n ? (c->lang == LANG_ZH ? "、" : ", ") : "", TRC(c, bits[k].msg));
		m->same[m->nsame++] = (struct same_row){ .title = s[i].title, .why = arena_str(c->a, buf_view(&why)),
			.url = s[i].clue ? arena_fmt(c->a, "/clue/%lld", (long long)s[i].clue) : arena_fmt(c->a, "/case/%lld", (long long)s[i].kase),
			.merge_url = open && s[i].clue ? arena_fmt(c->a, "/clue/%lld/merge?merged_into=%lld", (long long)r->id, (long long)s[i].clue) : STR_NONE };
	}
	return OK;
}

static enum err clue_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct clue_panel m = { 0 };
	if (r->sight == SIGHT_FULL) {
		struct str json = rec_str(c, r, "triage"), text = rec_str(c, r, "text");
		json_t *j = json_loadb(json.p ? json.p : "", json.n, 0, NULL);
		TRY(found_of(c, text, day_of(r->created), false, &m.found));
		m.said = mark_text(c, text, json_object_get(j, "signals"));
		add_reasons(c, json_object_get(j, "reasons"), &m);
		json_decref(j);
	}
	m.family = rec_has(r, "family") ? str_of(rec_int(r, "family") ? TRC(c, N_("Family matter")) : TRC(c, N_("Not a family matter"))) : STR_NONE;
	m.score = rec_has(r, "score") ? arena_fmt(c->a, "%lld%%", (long long)(rec_int(r, "score") / 10)) : STR_NONE;
	m.kind = rec_show(c, r, field_at(r->t, "kind"));
	m.grade = rec_show(c, r, field_at(r->t, "grade"));
	m.light = arena_cstr(c->a, r->v[field_at(r->t, "grade")].s);
	m.unit = rec_show(c, r, field_at(r->t, "suggest"));
	m.signals = rec_show(c, r, field_at(r->t, "signals"));
	struct str signals = rec_str(c, r, "signals");
	m.report = signals.n && str_find(signals, STR(",child,")) >= 0 && rec_in(r, "new|screened");
	m.machine = rec_in(r, "new");
	TRY(add_same(c, r, &m));
	BUF_AUTO b = BUF((size_t)4 << 20);
	t_clue_panel(&b, &face_of(rq)->v, &m);
	*ret = html_of(c, &b);
	return OK;
}

/* Who could mediate, while somebody has still to be chosen. */
static enum err add_picks(struct req *rq, const struct rec *r, struct buf *b)
{
	struct ctx *c = ctx_of(rq);
	struct mediator_pick p[5];
	size_t n;
	const char *verb = rec_in(r, "arbitration") ? "arbitrate" : rec_in(r, "registered|returned|dispatched") ? "dispatch" : "reassign";
	bool mine = may(c, r->t, verb, r) == MAY_ALLOW, begun = strcmp(verb, "reassign") == 0;
	if (!(R_FED & 1u << c->actor->role) || rec_in(r, "closed|archived") || (begun && !mine))
		return OK;
	struct mediator_ask q = absorb_asks(c, r);
	TRY(people_suggest_mediator(c, &q, p, ARRAY_LEN(p), &n));
	struct case_panel m = { .rows = NEWN(c->a, struct pick_row, n + 1) };
	for (size_t i = 0; i < n; i++) {
		struct str url = begun ? arena_fmt(c->a, "/case/%lld/reassign?owner=%lld", (long long)r->id, (long long)p[i].staff)
				       : arena_fmt(c->a, "/case/%lld/%s?org=%lld&owner=%lld", (long long)r->id, verb, (long long)p[i].org, (long long)p[i].staff);
		if (begun && p[i].staff == r->owner)
			continue;
		m.rows[m.n++] = (struct pick_row){ .name = ref_label(c, "staff", p[i].staff), .studio = ref_label(c, "studio", p[i].studio), .why = p[i].why, .score = p[i].score,
			.full = p[i].load >= p[i].capacity, .url = mine ? url : STR_NONE };
	}
	if (m.n)
		t_case_panel(b, &face_of(rq)->v, &m);
	return OK;
}

static enum err case_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	BUF_AUTO b = BUF((size_t)2 << 20);
	enum err e = protect_case(rq, r, &b);
	if (e == OK)
		e = add_picks(rq, r, &b);
	if (e == OK)
		e = bound_case(rq, r, &b);
	*ret = html_of(ctx_of(rq), &b);
	return e;
}

static struct html joined(struct ctx *c, struct html a, struct html b)
{
	return (struct html){ a.s.n && b.s.n ? arena_fmt(c->a, "%.*s%.*s", (int)a.s.n, a.s.p, (int)b.s.n, b.s.p) : a.s.n ? a.s : b.s };
}

/* Below what a page has of its own. */
static enum err and_papers(struct req *rq, const struct rec *r, desk_extra_fn *own, struct html *ret)
{
	struct html a = { 0 }, b = { 0 };
	TRY(own(rq, r, &a));
	TRY(papers_extra(rq, r, &b));
	*ret = joined(ctx_of(rq), a, b);
	return OK;
}

/* Above all: that the household is known. */
static enum err known_first(struct req *rq, const struct rec *r, desk_extra_fn *own, struct html *ret)
{
	struct html a = { 0 }, b = { 0 };
	TRY(care_about(rq, r, &a));
	TRY(and_papers(rq, r, own, &b));
	*ret = joined(ctx_of(rq), a, b);
	return OK;
}

static enum err session_page(struct req *rq, const struct rec *r, struct html *ret) { return and_papers(rq, r, protect_extra, ret); }
static enum err visit_forms(struct req *rq, const struct rec *r, struct html *ret)
{
	struct html a = { 0 }, b = { 0 };
	TRY(visit_extra(rq, r, &a));
	TRY(protect_extra(rq, r, &b));
	*ret = joined(ctx_of(rq), a, b);
	return OK;
}
static enum err visit_page(struct req *rq, const struct rec *r, struct html *ret) { return and_papers(rq, r, visit_forms, ret); }
/* Its own paper, and those of the list. */
static enum err agreement_page(struct req *rq, const struct rec *r, struct html *ret)
{
	struct html a = { 0 }, b = { 0 }, s = { 0 };
	TRY(side_extra(rq, r, &a));
	TRY(protect_extra(rq, r, &b));
	TRY(sign_extra(rq, r, &s));
	*ret = joined(ctx_of(rq), joined(ctx_of(rq), a, s), b);
	return OK;
}
static enum err clue_page(struct req *rq, const struct rec *r, struct html *ret) { return known_first(rq, r, clue_extra, ret); }
static enum err case_page(struct req *rq, const struct rec *r, struct html *ret) { return known_first(rq, r, case_extra, ret); }

static enum err office_page(struct req *rq, const struct rec *r, struct html *ret)
{
	struct html a = { 0 }, b = { 0 };
	TRY(kept_extra(rq, r, &a));
	TRY(scans_extra(rq, r, &b));
	*ret = joined(ctx_of(rq), a, b);
	return OK;
}

static enum err mediator_page(struct req *rq, const struct rec *r, struct html *ret) { return and_papers(rq, r, studio_extra, ret); }

desk_extra_fn *desk_extra_of(const char *type)
{
	static const struct { const char *type; desk_extra_fn *fn; } v[] = {
		{ "clue", clue_page }, { "case", case_page }, { "session", session_page }, { "issued", kept_extra }, { "office_paper", office_page }, { "office_scan", paper_extra }, { "visit", visit_page }, { "counsel", counsel_extra }, { "document", paper_extra }, { "clue_document", paper_extra }, { "party", side_extra }, { "agreement", agreement_page }, { "duty", duty_extra }, { "opening", side_extra }, { "export", export_extra }, { "staff", account_extra },
		{ "assessment", protect_extra }, { "safetyplan", protect_extra }, { "letter", protect_extra }, { "order", protect_extra }, { "stay", protect_extra },
		{ "mandatory", protect_extra }, { "petition", protect_extra }, { "supervision", protect_extra }, { "guidance", protect_extra }, { "joint", protect_extra }, { "referral", protect_extra }, { "commission", protect_extra },
		{ "warning", care_extra }, { "twin", twin_extra }, { "post", post_extra }, { "outlet", outlet_extra }, { "model", model_extra }, { "phrase", phrase_extra }, { "person", same_extra }, { "mediator", mediator_page }, { "certificate", paper_extra }, { "studio", studio_extra }, { "handover", studio_extra },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (strcmp(type, v[i].type) == 0)
			return v[i].fn;
	return NULL;
}
