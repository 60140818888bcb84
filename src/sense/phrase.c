/* Why: a dialect's word for a blow, a new name for a drug, a phrase that everybody uses here and that means nothing: who answers the phones knows it
 * first, and must not wait for a new program.
 * Invariants: what is in force was tried and wanted by two people; an edition is not changed, a next one replaces it; words of danger bear no exception; an
 * expression has a bounded length and at least two characters; nobody writes a real sentence here (the form says so). */
#include "sense/phrase.h"
#include "text/text.h"

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
static const struct field fields[] = {
	F("name", "What they are called", F_TEXT, .flags = FF_NEED | FF_LIST, .max = 40),
	F("finds", "What it finds", F_CODE, .of = "phrase_finds", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("sign", "Sign of risk", F_CODE, .of = "signal", .flags = FF_LIST, .help = N_("For a sign of risk: its weight is that of the list of signs.")),
	F("kind", "Kind of dispute", F_CODE, .of = "kind", .flags = FF_LIST, .help = N_("For a kind of dispute.")),
	F("strength", "How surely it speaks for it", F_INT, .min = 1, .max = 3, .help = N_("1 to 3, for a kind or a word for kin; 2 when left empty.")),
	F("rule", "Number of the program's rule", F_INT, .min = 1, .max = TRIAGE_ADDED - 1, .help = N_("For an exception: the number on the page of screening words. Rules of danger, violence and sexual violence have none.")),
	F("words", "Words and phrases", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED, .max = 4000, .help = N_("One a line, as people write them. “…” stands for up to eight characters of the same sentence. Script, width, blanks and case make no difference.")),
	F("expert", "The lines are expressions", F_BOOL, .help = N_("For who knows regular expressions (Hyperscan): two characters at least, no endless repetition.")),
	F("kin_only", "Only where kin are named", F_BOOL),
	F("hits", "Sentences that must be found", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED, .max = 4000, .help = N_("One a line, made up: never a real person's words.")),
	F("misses", "Sentences that must not be found", F_LONG, .secrecy = S_SEALED, .max = 4000, .help = N_("One a line, made up: never a real person's words.")),
	F("why", "What for", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED, .max = 500),
	F("before", "Edition before", F_REF, .of = "phrase", .flags = FF_ONCE, .among = "state=used", .help = N_("When it is to replace one in force.")),
	F("verdict", "Why it was not put in force", F_CODE, .of = "phrase_end", .flags = FF_SYSTEM | FF_LIST),
	F("figures", "How it was tried", F_JSON, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY),
	F("decider", "Decided by", F_REF, .of = "staff", .flags = FF_SYSTEM | FF_LIST),
	F("decided", "Decided", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("reason", "Reason", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 500),
};
static const struct state states[] = {
	{ "draft", N_("Being written"), true, NULL }, { "tried", N_("Being tried"), true, "yellow" }, { "offered", N_("Waits for a second person"), true, "yellow" }, { "used", N_("In force"), false, "green" },
	{ "replaced", N_("Replaced by a later edition"), false, NULL }, { "refused", N_("Refused"), false, NULL }, { "retired", N_("Taken out"), false, "red" },
};

/* ---- words into rules ---- */

enum { FEWEST = 2 /* characters */, LEAST = 4 /* bytes: more than one character of Chinese */, WIDEST = 600 /* bytes that an expression may match */ };

/* The letters of one piece, none of which means anything to an expression. */
static size_t put_plain(struct arena *a, struct buf *b, struct str piece)
{
	struct str s = triage_prepare(a, piece).text;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		bool word = ch >= 0x80 || (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == ' ';
		if (!word)
			buf_char(b, '\\');
		buf_char(b, (char)ch);
	}
	return utf8_count(s);
}

static struct str plain(struct arena *a, struct str line, size_t *ret_letters)
{
	BUF_AUTO b = BUF(16384);
	*ret_letters = 0;
	for (struct str rest = line; rest.n;) {
		ptrdiff_t at = str_find(rest, STR("…"));
		struct str piece = str_trim((struct str){ rest.p, at < 0 ? rest.n : (size_t)at });
		size_t skip = at < 0 ? rest.n : (size_t)at + strlen("…");
		rest = (struct str){ rest.p + skip, rest.n - skip };
		if (!piece.n)
			continue;
		if (b.n)
			buf_cstr(&b, "[^。!?;]{0,8}");
		*ret_letters += put_plain(a, &b, piece);
	}
	return arena_str(a, buf_view(&b));
}

/* One line: its expression, or what is wrong with it. */
static const char *line_wrong(struct ctx *c, struct str line, bool expert, struct str *ret)
{
	size_t letters = 0, least, most;
	*ret = expert ? arena_str(c->a, line) : plain(c->a, line, &letters);
	if (patterns_width(arena_cstr(c->a, *ret), &least, &most) != OK)
		return N_("Line %s cannot be read as an expression.");
	if (expert ? least < LEAST : letters < FEWEST)
		return N_("Line %s: at least two characters, or it would be found everywhere.");
	return most > WIDEST ? N_("Line %s may match without end: bound its repetitions.") : NULL;
}

static void put_rule(struct ctx *c, const struct rec *r, struct triage_phrase *p)
{
	struct str finds = rec_str(c, r, "finds"), sign = rec_str(c, r, "sign"), group = code_more(c->app->codes, "signal", sign, "group");
	bool kin = rec_int(r, "kin_only");
	int64_t strength = rec_has(r, "strength") ? rec_int(r, "strength") : 2;
	*p = (struct triage_phrase){ .id = phrase_rule(r->id), .code = "kin", .flags = kin ? "k" : "-", .weight = (int)strength };
	if (str_is(finds, "except")) {
		p->except = rec_int(r, "rule");
	} else if (str_is(finds, "sign")) {
		int64_t weight = 0;
		bool meant = str_is(group, "danger") || str_is(group, "harm");
		(void)str_int(code_more(c->app->codes, "signal", sign, "weight"), &weight);
		p->code = arena_cstr(c->a, sign);
		p->weight = (int)weight;
		p->flags = meant ? (kin ? "nfk" : "nf") : str_is(group, "cause") ? (kin ? "nk" : "n") : p->flags;
	} else if (str_is(finds, "kind")) {
		p->code = arena_cstr(c->a, rec_str(c, r, "kind"));
	}
}

enum err phrase_rules(struct ctx *c, const struct rec *r, struct triage_phrase **ret, size_t *ret_n)
{
	struct triage_phrase one;
	size_t n = 0, number = 0;
	put_rule(c, r, &one);
	*ret = NEWN(c->a, struct triage_phrase, PHRASE_LINES + 1);
	*ret_n = 0;
	for (struct str rest = rec_str(c, r, "words"); rest.p;) {
		struct str line = str_trim(str_cut(rest, '\n', &rest)), expr;
		number++;
		if (!line.n)
			continue;
		const char *wrong = n == PHRASE_LINES ? N_("Line %s is one too many: please make a second entry.") : line_wrong(c, line, rec_int(r, "expert"), &expr);
		if (wrong) {
			fault_field(c->f, "words", wrong, arena_cstr(c->a, id_text(c, (int64_t)number)));
			return OK;
		}
		one.expr = arena_cstr(c->a, expr);
		(*ret)[n++] = one;
	}
	*ret_n = n;
	return OK;
}

/* ---- in force ---- */

#define LIST "phrases"      /* setting: the list's number */

enum err phrase_list(struct ctx *c, int64_t *ret)
{
	struct str v;
	*ret = 0;
	TRY(setting_text(c, LIST, &v));
	return !v.p || str_int(v, ret) ? OK : fail(c->f, ERR_DB, NULL, "setting phrases is no number");
}

static enum err next_list(struct ctx *c)
{
	int64_t n;
	TRY(phrase_list(c, &n));
	return setting_put(c, LIST, id_text(c, n + 1));
}

static enum err add_rules(struct ctx *c, const struct rec *r, struct triage_phrase **v, size_t *n, size_t *cap)
{
	struct triage_phrase *own;
	size_t nown;
	TRY(phrase_rules(c, r, &own, &nown));
	for (size_t i = 0; i < nown; i++)
		VEC_PUSH(c->a, *v, *n, *cap, own[i]);
	return OK;
}

enum err phrase_dress(struct ctx *c, int64_t draft, struct triage_engine **e)
{
	struct see q = { .type = "phrase", .filters = (struct filter[]){ { STR("state"), STR("used") } }, .nfilters = 1, .oldest = true, .limit = 500 };
	struct triage_phrase *v = NULL;
	struct triage_engine *with;
	struct rec *d = NULL;
	size_t n = 0, cap = 0;
	if (draft)
		TRY(see_one(c, "phrase", draft, &d));
	do {
		struct seen s;
		TRY(see(c, &q, &s));
		for (size_t i = 0; i < s.n; i++)
			if (!d || (s.r[i]->id != draft && s.r[i]->id != rec_int(d, "before")))
				TRY(add_rules(c, s.r[i], &v, &n, &cap));
		q.after = s.next;
	} while (q.after);
	if (d)
		TRY(add_rules(c, d, &v, &n, &cap));
	if (n > PHRASE_MOST)
		return fail(c->f, ERR_INVALID, N_("Too many words are in force: please take out what finds nothing any more."), "%zu lines", n);
	TRY(triage_with(*e, v, n, &with, c->f));
	triage_close(*e);
	*e = with;
	return OK;
}

/* ---- the steps ---- */

/* Does each line hold one of the words? Only the draft's own are looked for: the trial asks the whole engine. */
static enum err examples(struct ctx *c, const struct rec *now, const struct triage_phrase *v, size_t n, const char *field, bool wanted)
{
	struct patterns *p;
	struct pattern *list = NEWN(c->a, struct pattern, n + 1);
	int64_t number = 0;
	for (size_t i = 0; i < n; i++)
		list[i] = (struct pattern){ (uint32_t)i, v[i].expr };
	TRY(patterns_compile(list, n, &p, c->f));
	for (struct str rest = rec_str(c, now, field); rest.p;) {
		struct str line = str_trim(str_cut(rest, '\n', &rest));
		struct hit *hits;
		size_t nhits;
		number++;
		if (!line.n)
			continue;
		patterns_scan(p, c->a, triage_prepare(c->a, line).text, &hits, &nhits);
		if ((nhits > 0) != wanted) {
			fault_field(c->f, field, wanted ? N_("In line %s none of the words is found.") : N_("In line %s one of the words is found."), arena_cstr(c->a, id_text(c, number)));
			break;
		}
	}
	patterns_free(p);
	return OK;
}

static enum err before_check(struct ctx *c, const struct rec *now)
{
	struct rec *r;
	if (!rec_has(now, "before"))
		return OK;
	TRY(see_if(c, "phrase", rec_int(now, "before"), &r));
	if (!r || !rec_in(r, "used"))
		fault_field(c->f, "before", N_("This edition is not in force. Please choose another, or none."), NULL);
	return OK;
}

/* What belongs to another choice is not kept. */
static void one_choice(struct ctx *c, struct rec *now)
{
	static const struct { const char *finds, *field; } v[] = { { "sign", "sign" }, { "kind", "kind" }, { "except", "rule" } };
	struct str finds = rec_str(c, now, "finds");
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		if (!str_is(finds, v[i].finds))
			rec_clear(now, v[i].field);
		else if (!rec_has(now, v[i].field))
			fault_field(c->f, v[i].field, N_("Please fill this in."), NULL);
	}
	if (!str_is(finds, "kind") && !str_is(finds, "kin"))
		rec_clear(now, "strength");
	if (str_is(finds, "except"))
		rec_clear(now, "kin_only");
}

static void rule_check(struct ctx *c, const struct rec *now)
{
	struct triage_rule *v;
	size_t n = triage_rules(c->a, &v), i = 0;
	if (!rec_has(now, "rule"))
		return;
	while (i < n && v[i].id != rec_int(now, "rule"))
		i++;
	if (i == n)
		fault_field(c->f, "rule", N_("There is no rule with this number."), NULL);
	else if (!v[i].bears_exceptions)
		fault_field(c->f, "rule", N_("Words of danger have no exceptions."), NULL);
}

static enum err write_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct triage_phrase *v;
	size_t n;
	(void)old;
	one_choice(c, now);
	rule_check(c, now);
	TRY(before_check(c, now));
	rec_clear(now, "verdict");
	rec_clear(now, "figures");
	if (!rec_has(now, "words") || !rec_has(now, "hits"))
		return OK;
	TRY(phrase_rules(c, now, &v, &n));
	if (c->f->nfields || !n)
		return OK;
	TRY(examples(c, now, v, n, "hits", true));
	return rec_has(now, "misses") ? examples(c, now, v, n, "misses", false) : OK;
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return job_put(c, "phrase", id_text(c, now->id), c->now);
}

static enum err offered(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("New screening words wait for a second person"));
}

static enum err sent_back(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, now->creator, 0, now, N_("The screening words did not pass their trial"));
}

static enum err decided(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "decider", c->actor->user);
	rec_set_int(now, "decided", c->now);
	return OK;
}

static enum err use_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!c->actor->user || c->actor->user == old->creator)
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who wrote it."), "phrase: the same person twice");
	TRY(before_check(c, now));
	return decided(c, old, now);
}

static enum err used(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct done d;
	(void)old;
	if (rec_has(now, "before"))
		TRY(act_inner(c, &(struct act){ .type = "phrase", .verb = "replace", .id = rec_int(now, "before") }, &d));
	TRY(next_list(c));
	return now->creator == c->actor->user ? OK : notice_put(c, now->creator, 0, now, N_("The screening words are in force"));
}

static enum err refuse_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	rec_set_str(now, "verdict", STR("person"));
	return decided(c, old, now);
}

static enum err refused(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return now->creator == c->actor->user ? OK : notice_put(c, now->creator, 0, now, N_("The screening words are not put in force"));
}

static enum err retired(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(next_list(c));
	return notice_put(c, 0, now->org, now, N_("Screening words were taken out"));
}

#define WRITTEN "name! finds! sign kind strength rule words! expert kin_only hits! misses why!"
#define DECIDE(f, v, t, l, prep, eff, fl)                                                                                                                               \
	{ .from = f, .verb = v, .to = t, .label = l, .roles = R(CITY), .scope = SC_AREA, .fields = "reason!", .prepare = prep, .effect = eff, .flags = fl },            \
	{ .from = f, .verb = v, .to = t, .label = l, .roles = R(SECADMIN), .scope = SC_ALL, .fields = "reason!", .prepare = prep, .effect = eff, .flags = fl }
#define INNER(f, v, t, l, flds, ...) { .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(SYSTEM), .scope = SC_ALL, .fields = flds, .flags = STEP_INTERNAL, __VA_ARGS__ }
static const struct step steps[] = {
	{ .from = "", .verb = "create", .to = "draft", .label = N_("Add words"), .roles = R(CITY), .scope = SC_AREA, .fields = WRITTEN " before", .prepare = write_check, .flags = STEP_PRIMARY },
	{ .from = "draft", .verb = "edit", .to = "=", .label = N_("Edit"), .roles = R(CITY), .scope = SC_AREA, .fields = WRITTEN, .prepare = write_check },
	{ .from = "draft", .verb = "offer", .to = "tried", .label = N_("Try, and offer"), .roles = R(CITY), .scope = SC_AREA, .fields = "", .effect = asked, .flags = STEP_PRIMARY },
	INNER("tried", "pass", "offered", "Offer", "figures", .effect = offered),
	INNER("tried", "miss", "draft", "Did not pass its trial", "verdict! figures", .effect = sent_back),
	{ .from = "tried|offered", .verb = "rework", .to = "draft", .label = N_("Back to writing"), .roles = R(CITY), .scope = SC_AREA, .fields = "" },
	DECIDE("offered", "use", "used", N_("Put in force"), use_check, used, STEP_PRIMARY | STEP_FRESH),
	DECIDE("draft|tried|offered", "refuse", "refused", N_("Refuse"), refuse_check, refused, 0),
	DECIDE("used", "retire", "retired", N_("Take out"), decided, retired, STEP_DANGER | STEP_FRESH),
	INNER("used", "replace", "replaced", "New edition", ""),
};
static const struct grant grants[] = {
	{ R(CITY), SC_AREA, SIGHT_FULL }, { R(SECADMIN), SC_ALL, SIGHT_FULL }, { R(AUDITOR), SC_ALL, SIGHT_MASKED },
};
const struct rtype phrase_type = {
	.name = "phrase", .label = N_("Screening words"), .plural = N_("Screening words of this city"), .title = "name", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .number = "词", .level = 2,
};
