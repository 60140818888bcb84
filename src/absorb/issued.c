/* Why: a record says how things stand now; what was read out and signed is what stood there then. So a paper that goes into the file gets its number, its edition and
 * its words once, and what is wrong with it is said beside it.
 * Who does what: the team numbers, has it signed on the screen or on paper, declares void. Nobody changes.
 * Invariants: one paper of a form of a record is in force at a time; the next is a new edition that names the one before; a number is used once, that of the unit's own
 * book too, however it is written; only who may read what it was made of reads the paper; what has become secret since keeps it shut. */
#include "absorb/issued.h"
#include "absorb/signature.h"

static const struct field fields[] = {
	F("form", "Form of paper", F_CODE, .of = "issued_form", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("about", "Made of record", F_INT, .flags = FF_NEED | FF_FILTER | FF_ONCE | FF_UNSHOWN, .min = 1, .max = INT64_MAX),
	F("side", "Whose paper", F_CODE, .of = "side", .flags = FF_SYSTEM),
	KEPT_FIELDS,
	F("before", "Edition before", F_REF, .of = "issued", .flags = FF_SYSTEM),
	F("signed_on", "Signed on", F_DATE, .flags = FF_LIST),
	F("scan", "Scan of the signed paper", F_REF, .of = "document", .help = N_("From “Papers and photos” of this case.")),
	F("note", "Reason", F_TEXT, .secrecy = S_SEALED, .max = 300),
};
const struct state kept_states[KEPT_STATES] = { { "kept", N_("Numbered and kept"), true, "yellow" }, { "signed", N_("Signed and kept"), false, "green" }, { "void", N_("Declared void"), false, NULL } };

/* ---- words, one paragraph a line ---- */

/* The sign of a kind, and of what a paper that is kept may consist. */
static const char letter[] = { [PARA_TITLE] = 'T', [PARA_NUMBER] = 'N', [PARA_HEAD] = 'H', [PARA_BODY] = 'B', [PARA_PLAIN] = 'P', [PARA_FIELD] = 'F', [PARA_SIGN] = 'S', [PARA_RIGHT] = 'R', [PARA_ROW] = 'W' };
#define BREAK "\xE2\x80\xA8"     /* U+2028, a line end within a paragraph */

static void put_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\n')
			buf_cstr(b, BREAK);
		else if (s.p[i] != '\r')
			buf_char(b, s.p[i]);
}

static struct str words_of(struct arena *a, const struct para *p, size_t n)
{
	BUF_AUTO b = BUF((size_t)1 << 20);
	for (size_t i = 0; i < n; i++)
		if ((size_t)p[i].kind < sizeof letter && letter[p[i].kind]) {
			buf_char(&b, letter[p[i].kind]);
			buf_char(&b, '|');
			put_text(&b, p[i].label);
			buf_char(&b, '|');
			put_text(&b, p[i].text);
			buf_char(&b, '\n');
		}
	return arena_str(a, buf_view(&b));
}

static struct str get_text(struct arena *a, struct str s)
{
	BUF_AUTO b = BUF((size_t)1 << 20);
	for (size_t i = 0; i < s.n; i++)
		if (s.n - i >= 3 && memcmp(s.p + i, BREAK, 3) == 0) {
			buf_char(&b, '\n');
			i += 2;
		} else {
			buf_char(&b, s.p[i]);
		}
	return arena_str(a, buf_view(&b));
}

/* Labels hold no "|": they are ours. */
static struct para *paras_of(struct arena *a, struct str words, size_t *ret_n)
{
	size_t n = 0, lines = 1;
	for (size_t i = 0; i < words.n; i++)
		lines += words.p[i] == '\n';
	struct para *p = NEWN(a, struct para, lines + 60);
	while (words.n) {
		struct str text = str_cut(words, '\n', &words), kind = str_cut(text, '|', &text), label = str_cut(text, '|', &text);
		for (size_t k = 0; kind.n == 1 && k < sizeof letter; k++)
			if (letter[k] == kind.p[0])
				p[n++] = (struct para){ (enum para_kind)k, get_text(a, label), get_text(a, text), STR_NONE };
	}
	*ret_n = n;
	return p;
}

/* ---- making ---- */

const struct absorb_paper *issued_form(struct str code, enum paper_keeper keeper)
{
	struct str name, type = str_cut(code, '_', &name);
	for (const struct absorb_paper *w = absorb_papers; w->type; w++)
		if ((w->filed ? KEPT_TEAM : w->keeper) == keeper && str_is(type, w->type) && str_is(name, w->name))
			return w;
	return NULL;
}

/* Its number in the case: "…号之3". */
static enum err number_it(struct ctx *c, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct rec *k;
	TRY(absorb_case(c, now, &k));
	if (!db_can_write(c->db))      /* only looked ahead */
		return OK;
	TRY(see(&in, &(struct see){ .type = "issued", .filters = (struct filter[]){ { STR("parent"), id_text(c, now->parent) } }, .nfilters = 1, .limit = 500 }, &s));
	int64_t last = 0, n;
	for (size_t i = 0; i < s.n; i++) {
		ptrdiff_t at = str_find(s.r[i]->number, STR("之"));
		if (at >= 0 && str_int((struct str){ s.r[i]->number.p + at + 3, s.r[i]->number.n - (size_t)at - 3 }, &n) && n > last)
			last = n;
	}
	TRY(number_part(c, k->number, last, &last));
	now->number = arena_fmt(c->a, "%.*s之%lld", (int)k->number.n, k->number.p, (long long)last);
	return OK;
}

static enum err editions(struct ctx *c, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	const struct filter by[] = { { STR("parent"), id_text(c, now->parent) }, { STR("form"), rec_str(c, now, "form") }, { STR("about"), id_text(c, rec_int(now, "about")) } };
	int64_t most = 0;
	TRY(see(&in, &(struct see){ .type = now->t->name, .filters = by, .nfilters = 3, .limit = 200 }, &s));
	for (size_t i = 0; i < s.n; i++) {
		if (rec_in(s.r[i], "kept|signed"))
			return fail(c->f, ERR_STATE, N_("It is numbered and kept already. To correct it, declare that one void with its reason; then a new edition is made."), NULL);
		if (rec_int(s.r[i], "edition") > most) {
			most = rec_int(s.r[i], "edition");
			rec_set_int(now, "before", s.r[i]->id);
		}
	}
	rec_set_int(now, "edition", most + 1);
	return OK;
}

/* "张妇〔2026〕12号", "张妇[2026] 012 号" and "张妇（2026）第12号" are one number. */
static struct str bare_number(struct ctx *c, struct str s)
{
	BUF_AUTO b = BUF(512);
	const char *p = s.p, *end = s.p + s.n;
	bool digits = false;
	while (p < end) {
		const char *was = p;
		uint32_t cp = utf8_next(&p, end);
		if (cp >= 0xFF01 && cp <= 0xFF5E)
			cp -= 0xFEE0;
		bool digit = cp >= '0' && cp <= '9', word = digit || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp_is_han(cp) && cp != 0x7B2C /* 第 */ && cp != 0x53F7 /* 号 */ && cp != 0x5B57 /* 字 */);
		if (!word) {
			if (digits)
				buf_char(&b, '.');
			digits = false;
			continue;
		}
		if (cp == '0' && !digits)
			continue;
		if (digits && !digit)
			buf_char(&b, '.');
		if (cp < 0x80)
			buf_char(&b, (char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp));
		else
			buf_put(&b, was, (size_t)(p - was));
		digits = digit;
	}
	if (digits)
		buf_char(&b, '.');
	return arena_str(c->a, buf_view(&b));
}

enum err issued_own_number(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const books[] = { "issued", "office_paper" };
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct str given = rec_str(c, now, "own_number"), key = bare_number(c, given);
	int64_t self = old ? old->id : 0;
	rec_clear(now, "own_key");
	if (!given.n)
		return OK;
	if (utf8_count(key) < 6) {
		fault_field(c->f, "own_number", N_("Please give the whole number, with the unit's sign and the year."), NULL);
		return OK;
	}
	/* A number belongs to the book of one unit. */
	key = arena_fmt(c->a, "%lld:%.*s", (long long)now->org, (int)key.n, key.p);
	rec_set_str(now, "own_key", key);
	for (size_t k = 0; k < ARRAY_LEN(books); k++) {
		TRY(see(&in, &(struct see){ .type = books[k], .filters = (struct filter[]){ { STR("own_key"), key } }, .nfilters = 1, .limit = 2 }, &s));
		for (size_t i = 0; i < s.n; i++)
			if (s.r[i]->id != self)
				fault_field(c->f, "own_number", N_("This number is taken by another paper of the unit. Please look in the book, and give the right one."), NULL);
	}
	return OK;
}

enum err issued_fill(struct ctx *c, const struct absorb_paper *w, struct rec *now)
{
	struct document d;
	struct rec *r;
	int64_t reader;
	if (!w || !rec_int(now, "about"))
		return w ? OK : fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	TRY(see_one(c, w->type, rec_int(now, "about"), &r));
	if (absorb_case_of(r) != now->parent)
		return fail(c->f, ERR_NOT_FOUND, NULL, "record of another case");
	TRY(editions(c, now));
	TRY(absorb_paper_reader(c, w, r->id, &d, &reader));
	struct str said = words_of(c->a, d.p, d.n);
	if (utf8_count(said) > 120000)
		return fail(c->f, ERR_LIMIT, N_("This paper is too long to be kept as one. Please shorten the record, or scan the paper."), NULL);
	rec_set_str(now, "said", said);
	/* Of the words as they will be read again. */
	d.p = paras_of(c->a, said, &d.n);
	rec_set_str(now, "digest", signature_digest(c->a, d.p, d.n));
	rec_set_int(now, "reader", reader);
	rec_set_int(now, "issued_at", c->now);
	return issued_own_number(c, NULL, now);
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	const struct absorb_paper *w = issued_form(rec_str(c, now, "form"), KEPT_TEAM);
	struct rec *r;
	(void)old;
	TRY(issued_fill(c, w, now));
	if (!rec_int(now, "about"))
		return OK;
	TRY(see_one(c, w->type, rec_int(now, "about"), &r));
	rec_set_str(now, "side", field_find(r->t, STR("side")) >= 0 && rec_has(r, "side") ? rec_str(c, r, "side") : STR("both"));
	return number_it(c, now);
}

void issued_day_fits(struct ctx *c, const struct rec *now)
{
	if (rec_int(now, "signed_on") > c->now)
		fault_field(c->f, "signed_on", N_("This lies in the future. Please check the date."), NULL);
	else if (rec_int(now, "signed_on") < day_start(day_of(rec_int(now, "issued_at"))))
		fault_field(c->f, "signed_on", N_("Before it was numbered and kept. What was signed earlier is another paper: hand in its scan."), NULL);
}

static enum err sign_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	(void)old;
	issued_day_fits(c, now);
	if (rec_has(now, "scan")) {
		struct rec *scan;
		TRY(see_one(&in, "document", rec_int(now, "scan"), &scan));
		if (scan->parent != now->parent)
			fault_field(c->f, "scan", N_("This belongs to another case."), NULL);
		return OK;
	}
	TRY(see_children(&in, "signature", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "kept") && rec_int(s.r[i], "issued") == now->id)
			return OK;
	fault_field(c->f, "scan", N_("Nobody has signed it on the screen: please hand in the scan of the signed paper under “Papers and photos” and choose it here."), NULL);
	return OK;
}

/* ---- reading ---- */

/* Whose hand a line for a signature waits for. */
static const char *hand_of(struct str label)
{
	static const struct { const char *word, *who; } v[] = { { "甲方", "a" }, { "乙方", "b" }, { "调解员", "mediator" }, { "记录人", "recorder" }, { "登记人", "recorder" }, { "回访人", "mediator" }, { "承办人", "mediator" } };
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (str_find(label, str_of(v[i].word)) >= 0)
			return v[i].who;
	return str_find(label, STR("当事人")) >= 0 || str_find(label, STR("申请人")) >= 0 ? "party" : "";
}

static bool same_hand(const char *line, struct str who) { return strcmp(line, "party") == 0 ? str_is(who, "a") || str_is(who, "b") : str_is(who, line); }

/* The empty line gives way to the names that were written on the screen. */
static enum err ink(struct ctx *c, const struct rec *r, struct para **p, size_t *n)
{
	struct ctx in = ctx_inside(c);
	struct seen s = { 0 };
	if (type_find(c->app, STR("signature")))
		TRY(see_children(&in, "signature", r->parent, &s));
	struct para *out = NEWN(c->a, struct para, *n * (s.n + 1) + s.n + 1);
	bool *put = NEWN(c->a, bool, s.n + 1);
	size_t k = 0;
	for (size_t i = 0; i <= *n; i++) {
		bool any = false, rest = i == *n, line = !rest && (*p)[i].kind == PARA_SIGN;
		for (size_t j = 0; (line || rest) && j < s.n; j++) {
			struct str who = rec_str(&in, s.r[j], "who"), label = code_label(c->app->codes, "signer", who, LANG_ZH);
			if (put[j] || !rec_in(s.r[j], "kept") || rec_int(s.r[j], "issued") != r->id || (line && !same_hand(hand_of((*p)[i].label), who)))
				continue;
			out[k++] = (struct para){ PARA_SIGN, arena_fmt(c->a, "%.*s（签名）：", (int)label.n, label.p), rec_show(&in, s.r[j], field_at(s.r[j]->t, "signed_at")), rec_str(&in, s.r[j], "ink") };
			out[k - 1].text.n = out[k - 1].text.n > 10 ? 10 : out[k - 1].text.n;
			put[j] = any = true;
		}
		if (!rest && !(line && any))
			out[k++] = (*p)[i];
	}
	*p = out;
	*n = k;
	return OK;
}

/* The words once more before what has become a secret since. */
static enum err still_clear(struct ctx *c, const struct absorb_paper *w, const struct rec *r, const struct str *texts, size_t n)
{
	int64_t reader = rec_int(r, "reader");
	if (w->filed)
		return absorb_paper_joint(c, r->parent, texts, n);
	return reader < 0 ? OK : absorb_paper_for(c, r->parent, reader, texts, n);
}

enum err issued_sheet(struct ctx *c, const char *type, int64_t id, struct document *ret, struct rec **ret_r)
{
	struct rec *r, *of;
	size_t n;
	bool team = strcmp(type, "issued") == 0;
	TRY(see_one(c, type, id, &r));
	const struct absorb_paper *w = issued_form(rec_str(c, r, "form"), team ? KEPT_TEAM : KEPT_OFFICE);
	if (!w || r->sight != SIGHT_FULL || !(w->roles & 1u << c->actor->role))
		return fail(c->f, ERR_DENIED, NULL, "paper kept");
	TRY(see_one(c, w->type, rec_int(r, "about"), &of));
	if (of->sight != SIGHT_FULL || access_glass(c, of) || (w->own && of->org != c->actor->org))
		return fail(c->f, ERR_DENIED, NULL, "paper kept");
	struct para *p = paras_of(c->a, rec_str(c, r, "said"), &n);
	struct str *texts = NEWN(c->a, struct str, n + 1);
	for (size_t i = 0; i < n; i++)
		texts[i] = p[i].text;
	if (!n || !str_eq(signature_digest(c->a, p, n), rec_str(c, r, "digest")))
		return fail(c->f, ERR_INTERNAL, NULL, "words of paper %lld", (long long)id);
	TRY(still_clear(c, w, r, texts, n));
	if (team)
		TRY(ink(c, r, &p, &n));
	struct str digest = rec_str(c, r, "digest"), own = rec_str(c, r, "own_number");
	*ret = (struct document){ .title = p[0].text, .watermark = rec_in(r, "void") ? STR("作废") : STR_NONE, .p = p, .n = n,
		.footer = arena_fmt(c->a, "%.*s%s%.*s　第%lld版　校验值 %.*s", (int)r->number.n, r->number.p, own.n ? "　" : "", (int)own.n, own.n ? own.p : "", (long long)rec_int(r, "edition"), 16, digest.p) };
	*ret_r = r;
	return OK;
}

static const struct step steps[] = {
	TEAM("", "create", "kept", "Number and keep", "form! about! own_number", create_check, NULL, .flags = 0),
	TEAM("kept|signed", "own_number", "=", "Enter the unit's own number", "own_number!", issued_own_number, NULL, .flags = 0),
	TEAM("kept", "sign", "signed", "Enter as signed", "signed_on! scan", sign_check, NULL, .flags = STEP_PRIMARY),
	TEAM("kept|signed", "void", "void", "Declare void", "note!", NULL, NULL, .flags = STEP_DANGER),
	FOLLOW,
};
static const struct grant grants[] = { { R(MEDIATOR), SC_OWNER, SIGHT_FULL }, { R_TEAM, SC_TEAM, SIGHT_FULL } };

const struct rtype issued_type = {
	.name = "issued", .table = "issued_paper", .label = N_("Paper of the file"), .plural = N_("Register of papers"), .title = "form", .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = kept_states, .nstates = KEPT_STATES, .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT, .level = 3,
	.unlisted = true,
};
