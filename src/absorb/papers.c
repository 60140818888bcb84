/* Why: what protects must lie in the right hands the same day, in the form the offices know: written by hand it is late, and its dates are wrong.
 * Invariants: one table says which paper comes of which record, in which state, for which post; nothing of the other side's whereabouts stands in
 * a paper that a party may hold; blank forms hold no word of any record. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

/* ---- building ---- */

static void put(struct pages *b, struct para p)
{
	if (b->n < PAPER_PARAS)
		b->p[b->n++] = p;
}

void page_title(struct pages *b, const char *text) { put(b, (struct para){ PARA_TITLE, .text = str_of(text) }); }
void page_number(struct pages *b, struct str text) { put(b, (struct para){ PARA_NUMBER, .text = text }); }
void page_head(struct pages *b, const char *text) { put(b, (struct para){ PARA_HEAD, .text = str_of(text) }); }
void page_body(struct pages *b, struct str text) { put(b, (struct para){ PARA_BODY, .text = text }); }
void page_say(struct pages *b, const char *text) { page_body(b, str_of(text)); }
void page_plain(struct pages *b, struct str text) { put(b, (struct para){ PARA_PLAIN, .text = text }); }
void page_line(struct pages *b, const char *label, struct str text) { put(b, (struct para){ PARA_FIELD, str_of(label), text.p ? text : STR("") }); }
void page_sign(struct pages *b, const char *label) { put(b, (struct para){ PARA_SIGN, str_of(label), STR("") }); }
void page_signed(struct pages *b, const char *label, struct str day, struct str ink) { put(b, (struct para){ PARA_SIGN, str_of(label), day, ink }); }
void page_row(struct pages *b, const char *widths, struct str cells) { put(b, (struct para){ PARA_ROW, str_of(widths), cells }); }
void page_right(struct pages *b, struct str text) { put(b, (struct para){ PARA_RIGHT, .text = text }); }
void page_field(struct pages *b, const char *label, const char *field) { page_line(b, label, page_text(b, field)); }

/* In a paper stand the words themselves, where a page would cover them: whoever may make it has sight of the whole. */
struct str page_text(struct pages *b, const char *field)
{
	if (!b->r)
		return STR("");
	int i = field_at(b->r->t, field);
	const struct field *f = &b->r->t->fields[i];
	bool words = !b->masked && (f->type == F_TEXT || f->type == F_LONG || f->type == F_NAME || f->type == F_PHONE || f->type == F_IDNO || f->type == F_ADDRESS);
	struct str s = words ? rec_str(&b->in, b->r, field) : rec_show(&b->in, b->r, i);
	return s.p ? s : STR("");
}

/* The words of a text, or lines to write on. */
void page_long(struct pages *b, const char *field, int lines)
{
	struct str s = page_text(b, field);
	if (s.n)
		page_body(b, s);
	for (int i = 0; !s.n && i < lines; i++)
		page_line(b, "", STR(""));
}

bool page_says(struct pages *b, const char *field) { return b->r && rec_int(b->r, field); }

/* "2026年2月13日", or room for a hand. */
struct str page_day(struct pages *b, const char *field)
{
	if (!b->r || !rec_has(b->r, field))
		return STR("　　　　年　　月　　日");
	struct civil d = civil_of(rec_int(b->r, field));
	return arena_fmt(b->c->a, "%d年%d月%d日", d.year, d.month, d.day);
}

/* A party of the record, with all that is known, for the maker of the paper to choose from; NULL: blank. */
struct rec *page_party(struct pages *b, const char *field)
{
	struct rec *p = NULL;
	if (!b->r || !rec_has(b->r, field) || see_one(&b->in, "party", rec_int(b->r, field), &p) != OK)
		return NULL;
	return p;
}

struct str page_party_text(struct pages *b, const struct rec *party, const char *field)
{
	if (!party)
		return STR("");
	int i = field_at(party->t, field);
	struct str s = party->t->fields[i].type == F_CODE || party->t->fields[i].type == F_DATE ? rec_show(&b->in, party, i) : rec_str(&b->in, party, field);
	return s.p ? s : STR("");
}

/* ---- the card of a safety plan ---- */

/* It says nothing that would tell a finder what it is for: numbers that hang in every staircase, and her own words under a plain heading. */
static void card(struct pages *b)
{
	page_title(b, "常用电话");
	page_line(b, "报警", STR("110（不便说话，发短信到12110）"));
	page_line(b, "急救", STR("120"));
	page_line(b, "妇女维权公益服务", STR("12338"));
	page_line(b, "法律援助", STR("12348"));
	page_line(b, "心理援助", STR("12356"));
	page_line(b, "备用", STR(""));
	page_line(b, "备用", STR(""));
	page_head(b, "出门清单");
	page_long(b, "bag", 3);
	page_head(b, "孩子");
	page_long(b, "children", 2);
	page_say(b, "可以剪下折小。没有抬头、姓名和日期，本人认为不安全的，不要留。");
}

/* ---- the table ---- */

#define MAKERS (R_FED | R(MEDIATOR) | R(LIAISON))
const struct absorb_paper absorb_papers[] = {
	{ "safetyplan", "card", N_("Card for her pocket"), "agreed", MAKERS },
	{ "letter", "letter", N_("Warning letter (two copies for the parties)"), "drafted|issued|served|followed|breached|ended", R(LIAISON) | R(CITY), .keeper = KEPT_OFFICE },
	{ "letter", "receipt", N_("Receipt of service: the offender"), "issued|served|followed|breached|ended", R(LIAISON) | R(CITY), .keeper = KEPT_OFFICE },
	{ "letter", "receipt_victim", N_("Receipt of service: the victim (a sheet of its own)"), "issued|served|followed|breached|ended", R(LIAISON) | R(CITY), .keeper = KEPT_OFFICE },
	{ "letter", "copy", N_("Copy to federation and community"), "issued|served|followed|breached|ended", MAKERS, .keeper = KEPT_OFFICE },
	{ "order", "application", N_("Application for a protection order"), "draft|filed|granted|running|breached|refused", MAKERS, .keeper = KEPT_TEAM },
	{ "order", "assist", N_("Notice to police and community to help carry it out"), "granted|running|breached", MAKERS, .keeper = KEPT_OFFICE },
	{ "order", "receipt", N_("Receipt of service: the respondent"), "granted|running|breached", R(LIAISON), .keeper = KEPT_OFFICE, .own = true },
	{ "order", "receipt_hers", N_("Receipt of service: the applicant (a sheet of its own)"), "granted|running|breached", R(LIAISON), .keeper = KEPT_OFFICE, .own = true },
	{ "stay", "admission", N_("Admission to the shelter"), "asked|inside|left", R(LIAISON) | R(CITY), .keeper = KEPT_OFFICE, .own = true },
	{ "stay", "escort", N_("Escort sheet"), "asked|inside|left", MAKERS, .keeper = KEPT_OFFICE, .own = true },
	{ "stay", "things", N_("List of things kept"), "inside|left", R(LIAISON) | R(CITY), .keeper = KEPT_OFFICE, .own = true },
	{ "stay", "health", N_("Health check on arrival"), "inside|left", R(LIAISON) | R(CITY), .keeper = KEPT_OFFICE, .own = true },
	{ "order", "evidence", N_("Evidence list for the court"), "draft|filed|granted|running|breached|refused", R_FED | R(MEDIATOR), .keeper = KEPT_TEAM },
	{ "letter", "evidence", N_("Evidence list for the police"), "asked|drafted|issued|served|followed|breached", R_FED | R(MEDIATOR), .keeper = KEPT_TEAM },
	{ "mandatory", "form", N_("Mandatory report form"), "due|reported|accepted|answered", MAKERS },
	{ "mandatory", "receipt", N_("Receipt of the police for a report"), "accepted|answered", R(LIAISON), .keeper = KEPT_OFFICE, .own = true },
	{ "mandatory", "answer", N_("Answer of the police to a report"), "answered", R(LIAISON), .keeper = KEPT_OFFICE, .own = true },
	{ "supervision", "slip", N_("Supervision slip"), "asked|answered|closed", MAKERS },
	{ "petition", "accept", N_("Notice that the petition is taken up"), "handling|answered|review|reviewed|reexam|final|closed", R_FED | R(LIAISON) },
	{ "petition", "refuse", N_("Notice that the petition is not taken up"), "refused", R_FED | R(LIAISON) },
	{ "petition", "extend", N_("Notice of more time"), "handling|answered", R_FED | R(LIAISON) },
	{ "petition", "answer", N_("Answer to the petition"), "answered|review|reviewed|reexam|final|closed", R_FED | R(LIAISON) },
	{ "petition", "review", N_("Answer to the review"), "reviewed|final|closed", R_FED | R(LIAISON) },
	{ "guidance", "order", N_("Order of family-education guidance"), "issued|served|running|breached|ended", R(LIAISON) | R(CITY) },
	{ "guidance", "receipt", N_("Receipt of service: the parent"), "issued|served|running|breached|ended", R(LIAISON) | R(CITY) },
	{ "guidance", "file", N_("Record of the guidance"), "running|breached|ended", MAKERS },
	{ "joint", "sheet", N_("Sheet of the joint reception"), "planned|held|again|closed", MAKERS },
	{ "referral", "letter", N_("Letter to the unit"), "asked|accepted|returned|closed", MAKERS },
	{ "referral", "feedback", N_("Letter with the result"), "returned|closed", MAKERS },
	{ "commission", "letter", N_("Letter of commission"), "asked|appointed|working|submitted|demanded|received|closed", R_TEAM },
	{ "commission", "report", N_("Report to the court"), "submitted|demanded|received|closed", R_TEAM },
	{ "commission", "annex", N_("Annex for the court alone"), "submitted|demanded|received|closed", R_TEAM },
	{ "commission", "result", N_("Result of mediation to the court"), "submitted|demanded|received|closed", R_TEAM },
	{ "agreement", "confirm", N_("Application for judicial confirmation"), "signed|breached", MAKERS, true },
	{ "case", "apply", N_("Application for people's mediation"), "registered|dispatched|accepted|mediating", MAKERS, true },
	{ "case", "register", N_("Registration of the mediation"), "accepted|mediating|settled|failed|withdrawn|referred|follow_up|closed", MAKERS, true },
	{ "case", "rights", N_("Notice of rights and duties"), "accepted|mediating", MAKERS, true },
	{ "case", "refuse", N_("Notice that mediation has ended, and of the next door"), "failed|withdrawn|referred|follow_up|closed", MAKERS, true },
	{ "case", "duties", N_("List of what is performed"), "settled|follow_up|closed", MAKERS, true },
	{ "case", "closing", N_("Closing report"), "settled|failed|withdrawn|referred|follow_up|closed", MAKERS, true },
	{ "session", "record", N_("Record of the session"), "kept", MAKERS, true },
	{ "session", "inquiry", N_("Record of an inquiry"), "kept", MAKERS, true },
	{ "agreement", "oral", N_("Registration of an oral agreement"), "signed|performed|breached", MAKERS, true },
	{ "visit", "record", N_("Record of the visit"), "done", MAKERS, true },
	{ "case", "authority", N_("Power of attorney"), "accepted|mediating|settled|follow_up", MAKERS, true },
	{ "guidance", "duty", N_("Notice of a parent's duties"), "issued|served|running|breached|ended", MAKERS },
	{ "guidance", "promise", N_("Promise of a parent"), "issued|served|running|breached|ended", MAKERS },
	{ 0 },
};
static void (*const make[])(struct pages *) = { card, letter_paper, letter_receipt, letter_receipt_hers, letter_copy, order_application, order_assist, order_receipt, order_receipt_hers, stay_admission, stay_escort, stay_things, stay_health, evidence_list, evidence_list, mandatory_form, mandatory_receipt, mandatory_answer,
	supervision_slip, petition_accept, petition_refuse, petition_extend, petition_answer, petition_review, guidance_paper, guidance_receipt, guidance_file, joint_sheet, referral_letter, referral_feedback, commission_letter, commission_report, commission_annex, commission_result, agreement_confirm,
	leaf_apply, leaf_register, leaf_rights, leaf_refuse, leaf_duties, leaf_closing, leaf_session, leaf_inquiry, leaf_oral, leaf_visit, leaf_authority, guidance_duty, guidance_promise };
_Static_assert(ARRAY_LEN(make) + 1 == ARRAY_LEN(absorb_papers), "each paper has its maker");

/* ---- making one ---- */

enum err absorb_number(struct ctx *c, int64_t org, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *o;
	if (!org || now->number.n || c->f->nfields)
		return OK;
	TRY(see_if(&in, "org", org, &o));
	struct str mark = o ? rec_str(&in, o, "mark") : STR_NONE;
	if (!db_can_write(c->db))      /* only looked ahead */
		return OK;
	return mark.n ? number_next(c, arena_printf(c->a, "%.*s%s", (int)mark.n, mark.p, now->t->number), civil_of(c->now).year, &now->number) : OK;
}

/* Why it is not made of this record now (message id); NULL: it is. */
static const char *why_not(struct ctx *c, const struct absorb_paper *w, const struct rec *r)
{
	bool petition = strcmp(w->type, "petition") == 0;
	if (!rec_in(r, w->states))
		return N_("This paper is made at a later step.");
	if (petition && ((strcmp(w->name, "extend") == 0 && !rec_has(r, "extended_on")) || (strcmp(w->name, "review") == 0 && !rec_has(r, "review_answered"))))
		return N_("This paper is made at a later step.");
	if (strcmp(w->type, "commission") == 0 && !commission_has_paper(c, r, w->name))
		return N_("This commission has no such paper.");
	if (strcmp(w->name, "card") == 0 && !rec_int(r, "paper_safe"))
		return N_("She has not said that paper is safe with her.");
	if (strcmp(w->name, "oral") == 0 && str_is(r->v[field_at(r->t, "form")].s, "written"))
		return N_("This agreement is a written one: please sign the agreement itself.");
	if (strcmp(w->name, "inquiry") == 0 && str_is(code_more(c->app->codes, "session_form", r->v[field_at(r->t, "form")].s, "face"), "1"))
		return N_("Both sides sat together: that is a record of mediation.");
	struct seen s = { 0 };
	if (strcmp(w->name, "duties") == 0 && (see_children(c, "duty", r->id, &s) != OK || !s.n))
		return N_("No duty follows from an agreement of this case.");
	if (strcmp(w->name, "rights") == 0 && absorb_no_mediation(c, r))
		return absorb_no_mediation(c, r);
	return NULL;
}

static bool open_to(struct ctx *c, const struct absorb_paper *w, const struct rec *r)
{
	return r->sight == SIGHT_FULL && w->roles & 1u << c->actor->role && !(w->filed && access_glass(c, r)) && !(w->own && c->actor->role != ROLE_SYSTEM && c->actor->org != r->org);
}

bool absorb_paper_fits(struct ctx *c, const struct absorb_paper *w, const struct rec *r)
{
	return strcmp(w->type, r->t->name) == 0 && open_to(c, w, r) && !why_not(c, w, r);
}

static enum err allowed(struct ctx *c, const struct absorb_paper *w, const struct rec *r)
{
	if (!open_to(c, w, r))
		return fail(c->f, ERR_DENIED, NULL, "paper %s", w->name);
	const char *why = why_not(c, w, r);
	return why ? fail(c->f, ERR_STATE, why, NULL) : OK;
}

/* Who must not learn of the case gets no paper of it, by whatever office; nor one of a petition that belongs to it.
 * Warning letter and protection order are the police's and the court's to serve: they say nothing of the child, and protection must not wait for his being told. */
static enum err reader_may(struct ctx *c, const struct absorb_paper *w, const struct pages *b)
{
	struct ctx in = ctx_inside(c);
	bool hidden;
	/* What lies in the file both may ask to read; of a talk with one side that side. */
	if (w->filed) {
		struct str side = field_find(b->r->t, STR("side")) >= 0 ? rec_str(&in, b->r, "side") : STR("");
		TRY(absorb_hidden_side(c, absorb_case_of(b->r), str_is(side, "a") || str_is(side, "b") ? side : STR("both"), &hidden));
		return hidden ? fail(c->f, ERR_STATE, N_("Somebody in this case must not learn of it: this paper is not made."), NULL) : OK;
	}
	if (b->inner || strcmp(w->type, "letter") == 0 || strcmp(w->type, "order") == 0)
		return OK;
	TRY(absorb_is_hidden(c, b->reader, &hidden));
	if (strcmp(w->type, "petition") == 0)
		TRY(absorb_suspect_is(c, rec_int(b->r, "kase"), &(struct whom){ rec_str(&in, b->r, "petitioner"), rec_str(&in, b->r, "phone"), rec_str(&in, b->r, "idno") }, true, &hidden));
	return hidden ? fail(c->f, ERR_STATE, N_("Who would read this paper is suspected of harming the child and must not learn of the case: it is not made."), NULL) : OK;
}

enum err absorb_paper(struct ctx *c, const struct absorb_paper *w, int64_t id, struct document *ret)
{
	int64_t reader;
	return absorb_paper_reader(c, w, id, ret, &reader);
}

enum err absorb_paper_reader(struct ctx *c, const struct absorb_paper *w, int64_t id, struct document *ret, int64_t *ret_reader)
{
	struct pages b = { .c = c, .in = ctx_inside(c), .p = NEWN(c->a, struct para, PAPER_PARAS) };
	struct rec *r = NULL;
	b.in.labels = NULL;
	b.in.lang = LANG_ZH;
	if (id) {
		TRY(see_one(c, w->type, id, &r));
		TRY(allowed(c, w, r));
		TRY(see_one(&b.in, w->type, id, &r));
		b.r = r;
	}
	make[w - absorb_papers](&b);
	TRY(b.e);
	struct str *texts = NEWN(c->a, struct str, b.n + 1);
	for (size_t i = 0; i < b.n; i++)
		texts[i] = b.p[i].text.p ? b.p[i].text : STR("");
	if (r)
		TRY(reader_may(c, w, &b));
	if (r && w->filed)
		TRY(absorb_paper_joint(c, absorb_case_of(r), texts, b.n));
	else if (r && !b.inner && r->parent)
		TRY(absorb_paper_for(c, r->parent, b.reader, texts, b.n));
	bool plain = strcmp(w->name, "card") == 0, draft = r && rec_in(r, "draft|drafted|asked") && strcmp(w->type, "supervision") != 0 && strcmp(w->type, "referral") != 0 && strcmp(w->type, "commission") != 0;
	*ret = (struct document){ .title = b.p[0].text, .head = b.head, .footer = plain ? STR_NONE : r ? r->number : STR("空白文书"), .watermark = draft ? STR("草稿") : STR_NONE, .p = b.p, .n = b.n };
	*ret_reader = b.inner ? -1 : b.reader;
	return OK;
}
