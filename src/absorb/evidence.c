/* Why: a letter and an order are given on evidence (公通字〔2024〕34号; 反家庭暴力法 20), and what is not written down the day it was got is doubted.
 * Invariants: each item says where it came from, when, in which form, who keeps it; a file is known by its hash, taken over from the paper of the case or
 * typed, and once compared it is changed no more; no side reads the list, and its paper is compared with what he must not learn before it is made. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("kind", "Kind of evidence", F_CODE, .of = "evidence_kind", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("whose", "From which side", F_CODE, .of = "side", .flags = FF_NEED | FF_LIST, .help = N_("Only for the team: no side ever reads this list.")),
	F("what", "What it is", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED | FF_LIST, .max = 200),
	F("proves", "What it shows", F_TEXT, .secrecy = S_SEALED, .max = 300),
	F("origin", "Where it comes from", F_TEXT, .secrecy = S_SEALED, .flags = FF_NEED, .max = 200, .help = N_("Who gave or made it, with what, where. No address of hers.")),
	F("got_on", "Got on", F_DATE, .flags = FF_NEED | FF_LIST),
	F("form", "Form", F_CODE, .of = "evidence_form", .flags = FF_NEED | FF_LIST),
	F("pages", "Pages or pieces", F_INT, .min = 1, .max = 10000),
	F("keeper", "Who keeps it", F_TEXT, .secrecy = S_SEALED, .max = 80),
	F("document", "Paper or photo of the case", F_REF, .of = "document"),
	F("sha256", "SHA-256 of the file", F_TEXT, .secrecy = S_SEALED, .max = 64, .help = N_("64 digits 0–9, a–f. Taken over from the paper of the case when one is chosen.")),
	F("hospital", "Hospital or expert", F_TEXT, .secrecy = S_SEALED, .max = 120),
	F("seen_on", "Examined on", F_DATE),
	F("finding", "Finding", F_TEXT, .secrecy = S_SEALED, .max = 500),
	F("compared", "Compared", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("again", "SHA-256, computed once more", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 64),
	F("handed_to", "Handed to", F_CODE, .of = "evidence_to", .flags = FF_SYSTEM | FF_LIST),
	F("handed_on", "Handed over on", F_DATE, .flags = FF_SYSTEM),
	F("receipt", "Who signed for it", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 80),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
};
static const struct state states[] = {
	{ "listed", N_("Listed"), true, "yellow" }, { "compared", N_("Compared, fixed"), true, "green" }, { "handed", N_("Handed over"), false, "green" },
	{ "dropped", N_("Put aside"), false, NULL },
};

static bool is_hash(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == 64;
}

static struct str low(struct ctx *c, struct str s)
{
	char *o = arena_cstr(c->a, str_trim(s));
	for (char *p = o; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'F' ? *p - 'A' + 'a' : *p);
	return str_of(o);
}

/* Of a paper of this case the hash is the paper's own. */
static enum err take_hash(struct ctx *c, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *d;
	if (rec_has(now, "document")) {
		TRY(see_one(&in, "document", rec_int(now, "document"), &d));
		if (d->parent != now->parent)
			fault_field(c->f, "document", N_("This belongs to another case."), NULL);
		else if (rec_has(d, "sha256"))
			rec_set_str(now, "sha256", rec_str(&in, d, "sha256"));
	}
	if (!rec_has(now, "sha256"))
		return OK;
	struct str h = low(c, rec_str(c, now, "sha256"));
	if (!is_hash(h))
		fault_field(c->f, "sha256", N_("A SHA-256 has 64 digits 0–9, a–f."), NULL);
	else
		rec_set_str(now, "sha256", h);
	return OK;
}

static enum err list_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "archived"))
		return fail(c->f, ERR_STATE, N_("This case is archived: nothing can be added to its file."), NULL);
	if (rec_int(now, "got_on") > c->now)
		fault_field(c->f, "got_on", N_("This lies in the future. Please check the date."), NULL);
	return take_hash(c, now);
}

/* A file is fixed when its hash, computed once more, is the same; a thing or a paper, when a person has held it against the list. */
static enum err compare_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_has(now, "sha256")) {
		struct str h = low(c, rec_str(c, now, "again"));
		if (!rec_has(now, "again"))
			fault_field(c->f, "again", N_("Please fill this in."), NULL);
		else if (!str_eq(h, rec_str(c, now, "sha256")))
			fault_field(c->f, "again", N_("This is another file than the one listed: it was changed, or the wrong one was taken."), NULL);
		else
			rec_set_str(now, "again", h);
	}
	rec_set_int(now, "compared", c->now);
	return OK;
}

static enum err hand_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_int(now, "handed_on") > c->now)
		fault_field(c->f, "handed_on", N_("This lies in the future. Please check the date."), NULL);
	return OK;
}

#define SAID "kind! whose! what! proves origin! got_on! form! pages keeper document sha256 hospital seen_on finding note"
static const struct step steps[] = {
	TEAM("", "create", "listed", "Add evidence", SAID, list_check, NULL, .flags = STEP_PRIMARY),
	TEAM("listed", "edit", "=", "Edit", SAID, list_check, NULL, .starts = NULL),
	TEAM("listed", "compare", "compared", "Compare and fix", "again", compare_check, NULL, .flags = STEP_PRIMARY),
	TEAM("listed|compared", "hand", "handed", "Hand over", "handed_to! handed_on! receipt", hand_check, NULL, .flags = STEP_PRIMARY),
	TEAM("listed|compared", "drop", "dropped", "Put aside", "note!", NULL, NULL, .flags = STEP_DANGER),
	TEAM("dropped", "restore", "listed", "Put back", "", NULL, NULL, .starts = NULL),
	FOLLOW,
};
static const struct grant grants[] = { TEAM_READ };

const struct rtype evidence_type = {
	.name = "evidence", .label = N_("Evidence"), .plural = N_("Evidence list"), .title = "what", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.level = 3, .offered = "violence",
};

/* ---- the list, beside the application or the letter it is for ---- */

static void item(struct pages *b, size_t nth, const struct rec *r)
{
	struct pages one = *b;
	one.r = r;
	page_head(b, arena_cstr(b->c->a, arena_fmt(b->c->a, "%zu. %.*s", nth, (int)page_text(&one, "what").n, page_text(&one, "what").p ? page_text(&one, "what").p : "")));
	struct str form = page_text(&one, "form"), kind = page_text(&one, "kind"), pages = page_text(&one, "pages"), hash = page_text(&one, "sha256");
	page_line(b, "种类、形式", arena_fmt(b->c->a, "%.*s，%.*s%s%.*s%s", (int)kind.n, kind.p, (int)form.n, form.p, pages.n ? "，" : "", (int)pages.n, pages.n ? pages.p : "", pages.n ? "页（件）" : ""));
	page_line(b, "来源、取得日期", arena_fmt(b->c->a, "%.*s，%.*s", (int)page_text(&one, "origin").n, page_text(&one, "origin").p, (int)page_day(&one, "got_on").n, page_day(&one, "got_on").p));
	page_line(b, "证明内容", page_text(&one, "proves"));
	if (hash.n)
		page_line(b, "SHA-256", hash);
}

void evidence_list(struct pages *b)
{
	struct seen s = { 0 };
	size_t n = 0;
	bool letter = b->r && strcmp(b->r->t->name, "letter") == 0;
	struct rec *hers = page_party(b, letter ? "victim" : "applicant"), *his = page_party(b, letter ? "offender" : "respondent");
	page_title(b, "证据清单");
	page_number(b, b->r ? b->r->number : STR("　　　〔　　　　〕　　　　号"));
	page_line(b, "提交人", hers ? page_party_text(b, hers, "name") : STR(""));
	if (b->r && see_children(&b->in, "evidence", b->r->parent, &s) != OK)
		s.n = 0;
	struct str code = hers ? rec_str(&b->in, hers, "side") : STR_NONE;
	for (size_t i = 0; i < s.n; i++) {
		struct str whose = rec_str(&b->in, s.r[i], "whose");
		struct rec *r;
		if (rec_in(s.r[i], "dropped") || (!str_eq(whose, code) && !str_is(whose, "both") && !str_is(whose, "other")) || n >= 30)
			continue;
		if (see_one(&b->in, "evidence", s.r[i]->id, &r) == OK)
			item(b, ++n, r);
	}
	for (size_t i = n; i < 3 && !b->r; i++) {
		page_line(b, "名称", STR(""));
		page_line(b, "种类、形式", STR(""));
		page_line(b, "来源、取得日期", STR(""));
		page_line(b, "证明内容", STR(""));
	}
	page_sign(b, "提交人（签名）：");
	page_sign(b, "接收人（签名）：");
	b->reader = his ? his->id : 0;
}
