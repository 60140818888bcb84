/* Why: a paper goes home with both; one line of an address in it tells the one where the other sleeps.
 * Invariants: what is compared is compared without blanks, stops and widths, so that no way of writing slips through; nobody learns from
 * the refusal what it was. A paper that could not be checked is not made. */
#include "absorb/absorb.h"
#include "absorb/papers.h"
#include "paper/paper.h"
#include "text/text.h"

/* Letters and digits only, lower case, narrow: "张家港市  杨舍镇３幢" and "张家港市杨舍镇3幢" are one. */
static struct str bare_form(struct ctx *c, struct str s)
{
	struct norm n = text_normalise(c->a, s);
	struct buf b = BUF(n.text.n + 8);
	const char *p = n.text.p, *end = p + n.text.n;
	while (p < end) {
		const char *was = p;
		uint32_t cp = utf8_next(&p, end);
		bool letter = (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp_is_han(cp);
		if (letter)
			buf_put(&b, was, (size_t)(p - was));
	}
	struct str o = arena_str(c->a, buf_view(&b));
	buf_free(&b);
	return o;
}

struct watch { struct str *paper; size_t n; const char *found; };

static void found(struct watch *w, struct str s, const char *what)
{
	for (size_t i = 0; i < w->n && !w->found; i++)
		if (str_find(w->paper[i], s) >= 0)
			w->found = what;
}

static void look_for(struct ctx *c, struct watch *w, struct str secret, const char *what)
{
	struct str s = bare_form(c, secret);
	if (utf8_count(s) >= 3)
		found(w, s, what);
}

/* A place is known by a part of it: six characters with a number among them ("向阳路18号"), or ten without one (a town's name, which
 * any paper may hold, is shorter). */
static void look_for_place(struct ctx *c, struct watch *w, struct str secret, const char *what)
{
	struct str s = bare_form(c, secret);
	const char *from = s.p, *end = s.p + s.n;
	look_for(c, w, secret, what);
	while (from < end && !w->found) {
		const char *p = from;
		bool number = false;
		size_t chars = 0;
		while (p < end && chars < (number ? 6 : 10)) {
			uint32_t cp = utf8_next(&p, end);
			chars++;
			number |= cp >= '0' && cp <= '9' && chars <= 6;
		}
		if (chars >= (number ? 6 : 10)) {
			/* Six of them are enough when one is a number. */
			struct str part = { from, (size_t)(p - from) };
			found(w, number ? utf8_head(part, 6) : part, what);
		}
		(void)utf8_next(&from, end);
	}
}

static enum err watch_parties(struct ctx *in, int64_t kase, int64_t reader, struct watch *w)
{
	static const struct { const char *field, *what; } v[] = { { "address", N_("the address of a party") }, { "phone", N_("the phone of a party") }, { "idno", N_("the ID number of a party") } };
	struct seen s;
	TRY(see_children(in, "party", kase, &s));
	for (size_t i = 0; i < s.n; i++)
		for (size_t k = 0; k < ARRAY_LEN(v); k++)
			if (s.r[i]->id != reader && rec_has(s.r[i], v[k].field) && (!rec_int(s.r[i], "paper_ok") || rec_int(s.r[i], "protected_person")))
				(k ? look_for : look_for_place)(in, w, rec_str(in, s.r[i], v[k].field), v[k].what);
	return OK;
}

enum err absorb_paper_clear(struct ctx *c, int64_t kase, const struct str *texts, size_t n) { return absorb_paper_for(c, kase, 0, texts, n); }

enum err absorb_paper_for(struct ctx *c, int64_t kase, int64_t party, const struct str *texts, size_t n)
{
	struct ctx in = ctx_inside(c);
	struct watch w = { .paper = NEWN(c->a, struct str, n + 1), .n = n };
	struct seen s;
	in.labels = NULL;
	for (size_t i = 0; i < n; i++)
		w.paper[i] = bare_form(c, texts[i]);
	TRY(see_children(&in, "vault", kase, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct str kept = rec_str(&in, s.r[i], "kept");
		/* One that cannot be read could stand in the paper unseen. */
		if (rec_has(s.r[i], "kept") && !kept.p)
			return fail(c->f, ERR_DB, NULL, "a sealed entry could not be compared");
		look_for_place(&in, &w, kept, N_("a sealed entry"));
	}
	if (!w.found)
		TRY(watch_parties(&in, kase, party, &w));
	if (!w.found)
		return OK;
	enum err e = fail(c->f, ERR_STATE, N_("This was not made: it holds %s, and both sides would read it."), "paper of a case refused");
	size_t len = strlen(TRC(c, w.found));
	memcpy(c->f->arg, TRC(c, w.found), len < sizeof c->f->arg ? len + 1 : sizeof c->f->arg - 1);
	c->f->hint = N_("Please take it out of the text. Whether an address may stand in joint papers is said on the party’s page, by herself and asked alone.");
	return e;
}

/* Who reported what the law bids to report is not told (未成年人保护法 11; 反家庭暴力法 14). */
static enum err names_reporter(struct ctx *c, int64_t kase, const struct str *texts, size_t n, bool *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s = { 0 };
	in.labels = NULL;
	*ret = false;
	if (type_find(c->app, STR("mandatory")))
		TRY(see_children(&in, "mandatory", kase, &s));
	for (size_t i = 0; i < 2 * s.n && !*ret; i++) {
		struct str v = rec_str(&in, s.r[i / 2], i % 2 ? "reporter_phone" : "reporter");
		for (size_t k = 0; k < n && v.n >= 6; k++)      /* two characters of a name */
			*ret |= str_find(texts[k], v) >= 0;
	}
	return OK;
}

enum err absorb_paper_joint(struct ctx *c, int64_t kase, const struct str *texts, size_t n)
{
	bool named;
	TRY(names_reporter(c, kase, texts, n, &named));
	if (named)
		return fail(c->f, ERR_STATE, N_("This was not made: it names who made the mandatory report, and that is not told. Please take the name out of the text."), "paper of a case refused");
	return absorb_paper_clear(c, kase, texts, n);
}

/* ---- the agreement ---- */

static struct str names_of(struct ctx *in, const struct seen *s, const char *side, bool masked)
{
	BUF_AUTO b = BUF(2048);
	for (size_t i = 0; i < s->n; i++)
		if (rec_in(s->r[i], "listed") && str_is(rec_str(in, s->r[i], "side"), side)) {
			buf_cstr(&b, b.n ? "、" : "");
			buf_str(&b, masked ? rec_show(in, s->r[i], field_at(s->r[i]->t, "name")) : rec_str(in, s->r[i], "name"));
		}
	return arena_str(in->a, buf_view(&b));
}

struct str absorb_side_names(struct ctx *in, int64_t kase, const char *side, bool masked)
{
	struct seen s;
	return see_children(in, "party", kase, &s) == OK ? names_of(in, &s, side, masked) : STR("");
}

enum err absorb_agreement_paper(struct ctx *c, int64_t id, struct document *ret)
{
	struct pages b = { .c = c, .in = ctx_inside(c), .p = NEWN(c->a, struct para, PAPER_PARAS) };
	struct rec *r;
	b.in.labels = NULL;
	b.in.lang = LANG_ZH;
	TRY(see_one(c, "agreement", id, &r));
	if (r->sight != SIGHT_FULL)
		return fail(c->f, ERR_DENIED, NULL, "agreement paper");
	/* A draft is the team's: terms that a side has not signed it has not agreed to be shown. */
	if (c->actor->role == ROLE_CITIZEN && !rec_in(r, "signed|performed|breached"))
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	bool hidden;
	TRY(absorb_hidden_side(c, r->parent, STR("both"), &hidden));
	if (hidden)
		return c->actor->role == ROLE_CITIZEN ? fail(c->f, ERR_NOT_FOUND, NULL, NULL) : fail(c->f, ERR_STATE, N_("Somebody in this case must not learn of it: this paper is not made."), NULL);
	b.r = r;
	leaf_agreement(&b);
	TRY(b.e);
	struct str *texts = NEWN(c->a, struct str, b.n + 1);
	for (size_t i = 0; i < b.n; i++)
		texts[i] = b.p[i].text.p ? b.p[i].text : STR("");
	TRY(absorb_paper_clear(c, r->parent, texts, b.n));
	*ret = (struct document){ .title = b.p[0].text, .footer = r->number, .watermark = rec_in(r, "draft") ? STR("草稿") : STR_NONE, .p = b.p, .n = b.n };
	return OK;
}
