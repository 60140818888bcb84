/* Why: a family signs at its own table, where no printer stands; a picture of a name proves nothing without what was read when it was written.
 * Who does what: the team shows the paper on its device, the party writes; the mediator writes as well.
 * Invariants: strokes, the words, the digest of both and the hour of the server are kept together and never changed; who shows an older text than the paper
 * holds now is refused; a paper that is changed afterwards is unsigned, and what was signed stays with its own words; nobody signs for a child, and nobody
 * who must not learn of the case. What the page says of itself (which text, how many strokes) is reckoned anew here. */
#include "absorb/signature.h"
#include "absorb/absorb.h"
#include "absorb/issued.h"
#include "absorb/papers.h"
#include "safe/safe.h"
#include <stdio.h>

enum { POINTS = 6000, LEAST_POINTS = 12, LEAST_SPAN = 60 };

static const struct field fields[] = {
	F("agreement", "Agreement", F_REF, .of = "agreement", .flags = FF_LIST | FF_ONCE),
	F("issued", "Paper of the file", F_REF, .of = "issued", .flags = FF_LIST | FF_ONCE),
	F("who", "Who signs", F_CODE, .of = "signer", .flags = FF_NEED | FF_LIST | FF_ONCE),
	F("party", "Party", F_REF, .of = "party", .flags = FF_ONCE),
	F("signer", "Name of who signed", F_NAME, .secrecy = S_MASKED, .flags = FF_ONCE, .max = 40),
	F("ink", "Strokes", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_ONCE | FF_HEAVY | FF_UNSHOWN, .max = 120000),
	F("digest", "SHA-256 of the words signed", F_TEXT, .flags = FF_NEED | FF_ONCE, .max = 64),
	F("said", "The words signed", F_LONG, .secrecy = S_MASKED, .flags = FF_SYSTEM | FF_HEAVY, .max = 40000),
	F("ink_digest", "SHA-256 of the strokes", F_TEXT, .flags = FF_SYSTEM, .max = 64),
	F("signed_at", "Written at", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 300),
};
static const struct state states[] = { { "kept", N_("Written on the screen"), false, "green" }, { "void", N_("Declared void"), false, NULL } };

static bool a_word(const struct para *p) { return p->kind != PARA_SIGN && p->kind != PARA_QR; }

static struct str words(struct arena *a, const struct para *p, size_t n)
{
	BUF_AUTO b = BUF((size_t)1 << 20);
	for (size_t i = 0; i < n; i++)
		if (a_word(&p[i]))
			buf_printf(&b, "%.*s%s%.*s\n", (int)p[i].label.n, p[i].label.n ? p[i].label.p : "", p[i].label.n ? "：" : "", (int)p[i].text.n, p[i].text.n ? p[i].text.p : "");
	return arena_str(a, buf_view(&b));
}

struct str signature_digest(struct arena *a, const struct para *p, size_t n)
{
	return sha256_str(a, words(a, p, n));
}

static bool number(const char **p, const char *end, int64_t most, int64_t *ret)
{
	int64_t v = 0;
	const char *from = *p;
	while (*p < end && **p >= '0' && **p <= '9' && v <= most)
		v = v * 10 + (*(*p)++ - '0');
	*ret = v;
	return *p > from && *p - from <= 8 && v <= most;
}

const char *signature_ink_wrong(struct str ink)
{
	const char *p = ink.p, *end = ink.p + ink.n;
	int64_t x, y, t, x0 = 1000, x1 = 0, y0 = 400, y1 = 0;
	int n = 0;
	while (p < end) {
		if (!number(&p, end, 1000, &x) || p == end || *p++ != ',' || !number(&p, end, 400, &y) || p == end || *p++ != ',' || !number(&p, end, 3600000, &t))
			return N_("The strokes did not arrive whole. Please write once more.");
		x0 = x < x0 ? x : x0, x1 = x > x1 ? x : x1, y0 = y < y0 ? y : y0, y1 = y > y1 ? y : y1;
		n++;
		if (p < end && *p++ != ' ' && p[-1] != ';')
			return N_("The strokes did not arrive whole. Please write once more.");
	}
	if (n > POINTS)
		return N_("That is more than a name. Please clear it and write once more.");
	if (n < LEAST_POINTS || (x1 - x0 < LEAST_SPAN && y1 - y0 < LEAST_SPAN))
		return N_("Nothing to be read as a name stands here. Please write it in full.");
	return NULL;
}

static enum err side_signs(struct ctx *c, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *p;
	if (!rec_has(now, "party")) {
		fault_field(c->f, "party", N_("Please choose who signs."), NULL);
		return OK;
	}
	TRY(absorb_party_of(c, now, "party", &p));
	if (!p)
		return OK;
	if (!str_eq(rec_str(&in, p, "side"), rec_str(c, now, "who")) || !rec_in(p, "listed"))
		fault_field(c->f, "party", N_("This person does not stand on that side."), NULL);
	if (rec_int(p, "minor"))
		fault_field(c->f, "party", N_("For a child its guardian signs."), NULL);
	rec_set_str(now, "signer", rec_str(&in, p, "name"));
	return absorb_not_hidden(c, now, "party");
}

static enum err once(struct ctx *c, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "signature", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "kept") && rec_int(s.r[i], "agreement") == rec_int(now, "agreement") && rec_int(s.r[i], "issued") == rec_int(now, "issued") && str_eq(rec_str(&in, s.r[i], "who"), rec_str(c, now, "who")) &&
		    rec_int(s.r[i], "party") == rec_int(now, "party") && str_eq(rec_str(&in, s.r[i], "digest"), rec_str(c, now, "digest")) && !str_is(rec_str(c, now, "who"), "witness"))
			fault_field(c->f, "who", N_("This person has signed this text already."), NULL);
	return OK;
}

/* What is signed: an agreement not yet in force, or a paper as it was kept; one of them. */
static enum err sheet(struct ctx *c, struct rec *now, struct document *ret)
{
	struct ctx in = ctx_inside(c);
	struct rec *r;
	const char *type = rec_has(now, "issued") ? "issued" : "agreement";
	if (!rec_has(now, type) || (rec_has(now, "issued") && rec_has(now, "agreement")))
		return fail(c->f, ERR_NOT_FOUND, NULL, "one paper is signed");
	TRY(see_one(&in, type, rec_int(now, type), &r));
	if (r->parent != now->parent)
		return fail(c->f, ERR_NOT_FOUND, NULL, "paper of another case");
	if (!rec_in(r, "draft|kept"))
		return fail(c->f, ERR_STATE, N_("It is in force or over already: nothing more is signed."), NULL);
	if (strcmp(type, "agreement") == 0)
		return absorb_agreement_paper(c, r->id, ret);
	struct str side = rec_str(&in, r, "side"), who = rec_str(c, now, "who");
	if ((str_is(who, "a") && str_is(side, "b")) || (str_is(who, "b") && str_is(side, "a")))
		return fail(c->f, ERR_STATE, N_("This paper is of one side alone; the other does not learn of it."), NULL);
	return issued_sheet(c, "issued", r->id, ret, &r);
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct document d;
	(void)old;
	if (!rec_has(now, "ink"))
		return OK;
	TRY(sheet(c, now, &d));
	const char *wrong = signature_ink_wrong(rec_str(c, now, "ink"));
	if (wrong)
		fault_field(c->f, "ink", wrong, NULL);
	if (str_is(rec_str(c, now, "who"), "a") || str_is(rec_str(c, now, "who"), "b"))
		TRY(side_signs(c, now));
	else
		rec_clear(now, "party");
	if (str_is(rec_str(c, now, "who"), "witness") && !rec_has(now, "signer"))
		fault_field(c->f, "signer", N_("Please fill this in."), NULL);
	if (!str_eq(signature_digest(c->a, d.p, d.n), rec_str(c, now, "digest")))
		return fail(c->f, ERR_STATE, N_("The paper was changed after it was shown. Please open it anew, let it be read, and sign."), NULL);
	rec_set_str(now, "said", words(c->a, d.p, d.n));
	rec_set_str(now, "ink_digest", sha256_str(c->a, rec_str(c, now, "ink")));
	rec_set_int(now, "signed_at", c->now);
	return once(c, now);
}

/* Until November 2026 the agreement was headed otherwise; who signed it then has signed it. */
bool signature_of(struct arena *a, const struct para *p, size_t n, struct str digest)
{
	static const char former[] = "调解协议书";
	if (str_eq(digest, signature_digest(a, p, n)))
		return true;
	if (!n || p[0].kind != PARA_TITLE || str_find(p[0].text, STR("协议")) < 0)
		return false;
	struct para *q = NEWN(a, struct para, n);
	memcpy(q, p, n * sizeof *q);
	q[0].text = str_of(former);
	return str_eq(digest, signature_digest(a, q, n));
}

/* An oral agreement waits for the hands of who wrote it down alone; who signs it all the same stands there. */
enum err signature_lines(struct pages *b)
{
	static const struct { const char *who, *label; bool written, oral; } line[] = { { "a", "甲方（签名或者盖章）：", true, false }, { "b", "乙方（签名或者盖章）：", true, false }, { "mediator", "调解员（签名）：", true, true },
		{ "recorder", "记录人（签名）：", false, true }, { "witness", "见证人（签名）：", false, false } };
	const struct rec *r = b->r;
	struct ctx in = ctx_inside(b->c);
	size_t words_n = b->n;
	struct seen s = { 0 };
	bool oral = r && !str_is(rec_str(&in, r, "form"), "written");
	if (r && type_find(b->c->app, STR("signature")))
		TRY(see_children(&in, "signature", r->parent, &s));
	for (size_t k = 0; k < ARRAY_LEN(line); k++) {
		bool any = false;
		for (size_t i = 0; i < s.n; i++)
			if (rec_in(s.r[i], "kept") && rec_int(s.r[i], "agreement") == r->id && str_is(rec_str(&in, s.r[i], "who"), line[k].who) && signature_of(b->c->a, b->p, words_n, rec_str(&in, s.r[i], "digest"))) {
				page_signed(b, line[k].label, rec_show(&in, s.r[i], field_at(s.r[i]->t, "signed_at")), b->masked ? STR_NONE : rec_str(&in, s.r[i], "ink"));
				any = true;
			}
		if (!any && (oral ? line[k].oral : line[k].written))
			page_signed(b, line[k].label, r && str_is(str_of(line[k].who), "mediator") && rec_has(r, "signed_on") ? rec_show(b->c, r, field_at(r->t, "signed_on")) : STR_NONE, STR_NONE);
	}
	return OK;
}

static const struct step steps[] = {
	TEAM("", "create", "kept", "Sign on the screen", "agreement issued who! party signer ink! digest!", create_check, NULL, .flags = STEP_PRIMARY),
	TEAM("kept", "void", "void", "Declare void", "note!", NULL, NULL, .flags = STEP_DANGER),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ };

const struct rtype signature_type = {
	.name = "signature", .label = N_("Signature on the screen"), .plural = N_("Signatures on the screen"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
	.unlisted = true,
};
