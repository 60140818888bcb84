/* Building the papers of protection: paragraphs from a record, or blank lines where there is none. Only for papers.c and the types' own files. */
#ifndef XA_ABSORB_PAPERS_H
#define XA_ABSORB_PAPERS_H
#include "paper/paper.h"
#include "record/record.h"

#define PAPER_PARAS 200
struct pages {
	struct ctx *c, in;        /* in: sees everything, speaks Chinese */
	const struct rec *r;      /* NULL: a blank form */
	struct para *p;
	size_t n;
	int64_t reader;           /* the party who may hold it: her or his own particulars may stand in it */
	bool inner;               /* goes from office to office and to no party */
	struct str head;          /* of a letter: the unit that sends it, in red */
	bool masked;              /* names as who makes it reads them: in is its maker */
	enum err e;               /* what could not be read: the paper is not made */
};
void page_title(struct pages *b, const char *text);
void page_number(struct pages *b, struct str text);
void page_head(struct pages *b, const char *text);
void page_body(struct pages *b, struct str text);
void page_say(struct pages *b, const char *text);
void page_plain(struct pages *b, struct str text);
void page_line(struct pages *b, const char *label, struct str text);
void page_field(struct pages *b, const char *label, const char *field);
void page_long(struct pages *b, const char *field, int lines);
void page_sign(struct pages *b, const char *label);
void page_signed(struct pages *b, const char *label, struct str day, struct str ink);
void page_row(struct pages *b, const char *widths, struct str cells);
void page_right(struct pages *b, struct str text);
struct str page_text(struct pages *b, const char *field);
struct str page_day(struct pages *b, const char *field);
bool page_says(struct pages *b, const char *field);
struct rec *page_party(struct pages *b, const char *field);
struct str page_party_text(struct pages *b, const struct rec *party, const char *field);
/* ---- the makers, beside their types ---- */
void letter_paper(struct pages *b);
void letter_receipt(struct pages *b);
void letter_receipt_hers(struct pages *b);
void letter_copy(struct pages *b);
void order_application(struct pages *b);
void order_assist(struct pages *b);
void order_receipt(struct pages *b);
void order_receipt_hers(struct pages *b);
void stay_admission(struct pages *b);
void stay_escort(struct pages *b);
void stay_things(struct pages *b);
void stay_health(struct pages *b);
void evidence_list(struct pages *b);
void mandatory_form(struct pages *b);
void mandatory_receipt(struct pages *b);
void mandatory_answer(struct pages *b);
void supervision_slip(struct pages *b);
void petition_accept(struct pages *b);
void petition_refuse(struct pages *b);
void petition_extend(struct pages *b);
void petition_answer(struct pages *b);
void petition_review(struct pages *b);
void guidance_paper(struct pages *b);
void guidance_receipt(struct pages *b);
void guidance_duty(struct pages *b);
void guidance_promise(struct pages *b);
void guidance_file(struct pages *b);
void joint_sheet(struct pages *b);
void referral_letter(struct pages *b);
void agreement_confirm(struct pages *b);
void referral_feedback(struct pages *b);
void commission_letter(struct pages *b);
void commission_report(struct pages *b);
void commission_annex(struct pages *b);
void commission_result(struct pages *b);
/* ---- the forms of people's mediation, of a case, a session, an agreement, a visit (leaf.c) ---- */
void leaf_apply(struct pages *b);
void leaf_register(struct pages *b);
void leaf_rights(struct pages *b);
void leaf_authority(struct pages *b);
void leaf_refuse(struct pages *b);
void leaf_inquiry(struct pages *b);
void leaf_session(struct pages *b);
void leaf_oral(struct pages *b);
void leaf_agreement(struct pages *b);
void leaf_duties(struct pages *b);
void leaf_visit(struct pages *b);
void leaf_closing(struct pages *b);
#endif
