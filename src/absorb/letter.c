/* Why: a warning letter (家庭暴力告诫书, 反家庭暴力法 16, 公通字〔2024〕34号) is evidence before the court (20) only when its facts, its service and
 * its visits stand on paper; followed by nobody it protects nobody.
 * Who does what: the team of the case asks; the police unit that is asked, and no other, drafts, issues, serves, sends copies, deals with a breach;
 * the team and the community visit both (17), each in a record of its own.
 * Invariants: issued only on the evidence that 34号 asks for; an offender who refuses to sign has a witness to it; his letter holds nothing of where
 * she is; the police see this record and nothing else of the case; a breach begins the visits anew. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("victim", "Victim", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("offender", "Offender", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("police", "Police unit asked", F_REF, .of = "org", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE, .among = "kind=police"),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("victim_name", "Victim's name", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("offender_name", "Offender's name", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("offender_idno", "Offender's ID number", F_IDNO, .secrecy = S_MASKED, .flags = 0),
	F("offender_home", "Offender's address", F_ADDRESS, .secrecy = S_MASKED, .flags = FF_HEAVY, .max = 200),
	F("happened", "When it happened", F_TIME, .flags = FF_NEED | FF_LIST),
	F("facts", "Facts of the violence", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 5000, .help = N_("What was done, to whom, with what, with which injuries. He will read it: nothing of where she is now.")),
	F("circumstances", "Circumstances", F_CODES, .of = "letter_circumstance", .flags = FF_NEED),
	F("evidence", "Evidence", F_CODES, .of = "letter_evidence", .flags = FF_NEED, .standard = "公通字〔2024〕34号"),
	F("disputed", "Does the offender dispute the facts?", F_CODE, .of = "yesno4"),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
	F("officer", "Officers", F_TEXT, .secrecy = S_SEALED, .max = 80, .help = N_("Two of them.")),
	F("issued_on", "Issued on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("until", "Visits until", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("read_out", "Read out to him", F_BOOL, .flags = FF_SYSTEM),
	F("served_offender", "Given to the offender", F_TIME, .flags = FF_SYSTEM),
	F("served_victim", "Given to the victim", F_TIME, .flags = FF_SYSTEM, .help = N_("Never at one time and place with him; by the way her safety plan names.")),
	F("refused", "He refuses to sign", F_BOOL, .flags = FF_SYSTEM),
	F("witness", "Witness of the refusal", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 80),
	F("copied_fed", "Copy to the federation", F_TIME, .flags = FF_SYSTEM),
	F("copied_comm", "The community was told", F_TIME, .flags = FF_SYSTEM),
	F("checked_on", "Visit of the police station", F_DATE, .flags = FF_SYSTEM),
	F("checked_who", "Whom the station visited", F_CODE, .of = "side", .flags = FF_SYSTEM),
	F("checked_note", "What the station found", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("checks", "Visits of the station", F_INT, .flags = FF_SYSTEM, .max = 1000),
	F("breach_on", "New violence on", F_DATE, .flags = FF_SYSTEM),
	F("breach_note", "How it was broken", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("breaches", "Times of new violence", F_INT, .flags = FF_SYSTEM, .max = 1000),
	F("handled", "What the police did", F_CODES, .of = "letter_breach", .flags = FF_SYSTEM),
	PAPER_FIELD("letter_paper"),
	F("decline_reason", "Why no letter", F_CODE, .of = "letter_decline", .flags = FF_SYSTEM | FF_FILTER),
};
static const struct state states[] = {
	{ "asked", N_("Asked for"), true, "yellow" }, { "drafted", N_("Drafted"), true, "yellow" }, { "issued", N_("Issued, to be served"), true, "red" },
	{ "served", N_("Served, copies due"), true, "yellow" }, { "followed", N_("Being followed up"), true, "green" }, { "breached", N_("New violence"), true, "red" },
	{ "ended", N_("Follow-up ended"), false, "green" }, { "declined", N_("No letter"), false, NULL }, { "withdrawn", N_("No longer asked for"), false, NULL },
	{ "annulled", N_("Annulled"), false, NULL },
};

/* ---- who, where ---- */

enum err absorb_unit(struct ctx *c, const struct rec *now, const char *field, const char *kind)
{
	struct ctx in = ctx_inside(c);
	struct rec *o;
	if (!rec_has(now, field))
		return OK;
	TRY(see_one(&in, "org", rec_int(now, field), &o));
	if (!str_is(rec_str(&in, o, "kind"), kind))
		fault_field(c->f, field, N_("This unit is of another kind."), NULL);
	return OK;
}

enum err absorb_sides(struct ctx *c, const struct rec *now, const char *hers, const char *his, struct rec **ret_hers, struct rec **ret_his)
{
	TRY(absorb_party_of(c, now, hers, ret_hers));
	TRY(absorb_party_of(c, now, his, ret_his));
	struct ctx in = ctx_inside(c);
	if (*ret_hers && *ret_his && str_eq(rec_str(&in, *ret_hers, "side"), rec_str(&in, *ret_his, "side")))
		fault_field(c->f, his, N_("Both stand on one side of the case. Please choose the other."), NULL);
	return OK;
}

/* Names come along, since the police see nothing of the case; of her nothing but the name does. */
static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k, *hers, *his;
	(void)old;
	TRY(absorb_case(c, now, &k));
	TRY(absorb_violent(c, k));
	TRY(absorb_sides(c, now, "victim", "offender", &hers, &his));
	TRY(absorb_unit(c, now, "police", "police"));
	if (rec_int(now, "happened") > c->now)
		fault_field(c->f, "happened", N_("This lies in the future. Please check the date."), NULL);
	if (!hers || !his || !rec_has(now, "police"))
		return OK;
	rec_set_str(now, "victim_name", rec_str(&in, hers, "name"));
	rec_set_str(now, "offender_name", rec_str(&in, his, "name"));
	if (rec_has(his, "idno"))
		rec_set_str(now, "offender_idno", rec_str(&in, his, "idno"));
	if (rec_has(his, "address"))
		rec_set_str(now, "offender_home", rec_str(&in, his, "address"));
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	now->org = rec_int(now, "police");
	return OK;
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("A warning letter is asked for: please decide"));
}

/* Mediator and area are the case's; the unit stays the one that was asked. */
enum err absorb_follow_lead(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	now->owner = k->owner;
	now->area = k->area;
	return OK;
}

enum err absorb_tell_team(struct ctx *c, const struct rec *r, const char *text)
{
	struct rec *k;
	TRY(absorb_case(c, r, &k));
	if (k->owner)
		TRY(notice_put(c, k->owner, 0, r, text));
	return notice_put(c, 0, k->org, r, text);
}

/* ---- the letter ---- */

static bool proves(struct ctx *c, struct str codes, const char *part)
{
	size_t n;
	const struct code *k = codes_list(c->app->codes, "letter_evidence", &n);
	for (size_t i = 0; i < n; i++)
		if (str_is(code_more(c->app->codes, "letter_evidence", k[i].code, "part"), part) &&
		    str_find(codes, arena_fmt(c->a, ",%.*s,", (int)k[i].code.n, k[i].code.p)) >= 0)
			return true;
	return false;
}

/* 公通字〔2024〕34号: not disputed: his word and hers or a witness's; disputed: hers or a witness's and one supporting kind. */
static enum err issue_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str ev = rec_str(c, now, "evidence");
	bool denied = !str_is(rec_str(c, now, "disputed"), "no");
	(void)old;
	if (!rec_has(now, "disputed"))
		fault_field(c->f, "disputed", N_("Please fill this in."), NULL);
	else if (!proves(c, ev, "word") || (denied ? !proves(c, ev, "support") : !proves(c, ev, "offender")))
		fault_field(c->f, "evidence", denied ? N_("He disputes it: the victim's or a witness's statement and one supporting kind of evidence are needed.")
						     : N_("He does not dispute it: his statement and the victim's or a witness's are needed."), NULL);
	if (!rec_has(now, "officer"))
		fault_field(c->f, "officer", N_("Please fill this in."), NULL);
	if (rec_int(now, "issued_on") > c->now)
		fault_field(c->f, "issued_on", N_("This lies in the future. Please check the date."), NULL);
	rec_set_int(now, "until", day_start(day_of(term_end(c->app->calendar, rec_int(now, "issued_on"), TERM_DAY, 90, NULL) - 1)));
	return OK;
}

enum err absorb_plan_visits(struct ctx *c, const struct rec *r, const char *why, const char *party, const char *const *days, size_t n)
{
	bool hidden;
	TRY(absorb_is_hidden(c, rec_int(r, party), &hidden));
	for (size_t i = 0; !hidden && i < n; i++) {
		struct done d;
		TRY(act_inner(c, &(struct act){ .type = "visit", .verb = "schedule", .parent = r->parent, INPUTS(INPUT("after", str_of(days[i])), INPUT("why", str_of(why)),
			INPUT("party", arena_fmt(c->a, "%lld", (long long)rec_int(r, party)))) }, &d));
	}
	return OK;
}

enum err absorb_drop_visits(struct ctx *c, const struct rec *r, const char *why)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	TRY(see_children(&in, "visit", r->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned") && str_is(rec_str(&in, s.r[i], "why"), why))
			TRY(absorb_do(c, "visit", s.r[i]->id, "cancel"));
	return OK;
}

/* 反家庭暴力法 17: both are visited. Two records, never at one time and place. */
static enum err issued(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const days[] = { "7", "30", "60", "90" };
	(void)old;
	TRY(absorb_plan_visits(c, now, "letter", "victim", days, ARRAY_LEN(days)));
	TRY(absorb_plan_visits(c, now, "letter", "offender", days, ARRAY_LEN(days)));
	TRY(absorb_weigh(c, now->parent));
	return absorb_tell_team(c, now, N_("A warning letter was issued: the visits stand in the plan"));
}

static enum err serve_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const at[] = { "served_offender", "served_victim" };
	(void)old;
	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		if (rec_int(now, at[i]) > c->now + 5 * MS_MINUTE || rec_int(now, at[i]) < rec_int(now, "issued_on"))
			fault_field(c->f, at[i], N_("It is served after it was issued, and not in the future."), NULL);
	if (rec_int(now, "refused") && !rec_has(now, "witness"))
		fault_field(c->f, "witness", N_("Somebody present writes down that he refused to sign, and signs it."), NULL);
	int64_t apart = rec_int(now, "served_offender") - rec_int(now, "served_victim");
	if (rec_has(now, "served_victim") && apart > -30 * MS_MINUTE && apart < 30 * MS_MINUTE)
		fault_field(c->f, "served_victim", N_("Not at one time with him: please give it to her apart."), NULL);
	return OK;
}

static enum err served(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return absorb_tell_team(c, now, N_("A warning letter was served"));
}

static enum err copy_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const at[] = { "copied_fed", "copied_comm" };
	(void)old;
	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		if (rec_int(now, at[i]) > c->now + 5 * MS_MINUTE)
			fault_field(c->f, at[i], N_("This lies in the future. Please check the date."), NULL);
	return OK;
}

/* The federation of the city, and who follows the case. */
static enum err copied(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return absorb_tell_team(c, now, N_("The copy of a warning letter is here: please visit on the days planned"));
}

static enum err check_it(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(now, "checked_on") > c->now)
		fault_field(c->f, "checked_on", N_("This lies in the future. Please check the date."), NULL);
	if (str_is(rec_str(c, now, "checked_who"), "both"))
		fault_field(c->f, "checked_who", N_("Her visit and his are two records, never at one time and place."), NULL);
	rec_set_int(now, "checks", rec_int(old, "checks") + 1);
	return OK;
}

static enum err breach_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(now, "breach_on") > c->now)
		fault_field(c->f, "breach_on", N_("This lies in the future. Please check the date."), NULL);
	rec_set_int(now, "breaches", rec_int(old, "breaches") + 1);
	return OK;
}

/* New violence: the case is red, the team and the police know at once, nobody visits by the old plan. */
static enum err breached(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(absorb_drop_visits(c, now, "letter"));
	TRY(absorb_do(c, "case", now->parent, "alarm"));
	return notice_put(c, 0, now->org, now, N_("New violence after a warning letter: please act at once"));
}

static enum err handled(struct ctx *c, const struct rec *old, struct rec *now)
{
	return issued(c, old, now);
}

static enum err handle_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "until", day_start(day_of(term_end(c->app->calendar, c->now, TERM_DAY, 90, NULL) - 1)));
	return OK;
}

static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	(void)old;
	if (c->now < rec_int(now, "until"))
		return fail(c->f, ERR_STATE, N_("The visits go on until the day written here."), NULL);
	TRY(see_children(&in, "visit", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned") && str_is(rec_str(&in, s.r[i], "why"), "letter"))
			return fail(c->f, ERR_STATE, N_("A follow-up visit is still to be made. Please make it, or say why not."), NULL);
	return OK;
}

static enum err over(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(due_cancel(c, now));
	if (rec_in(old, "issued|served|followed"))
		TRY(absorb_drop_visits(c, now, "letter"));
	return absorb_tell_team(c, now, N_("A warning letter: the police have decided otherwise. Please read why"));
}

static enum err withdrawn(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

#define SAID "happened! facts! circumstances! evidence! disputed"
static const struct step steps[] = {
	TEAM("", "create", "asked", "Ask for a warning letter", "victim! offender! police! " SAID " note", ask_check, asked, .starts = "letter.decide", .flags = STEP_PRIMARY),
	TEAM("asked", "edit", "=", "Edit", SAID " note", NULL, NULL, .starts = NULL),
	TEAM("asked", "withdraw", "withdrawn", "No longer asked for", "note!", NULL, withdrawn, .flags = STEP_DANGER),
	PART("asked|drafted", "draft", "drafted", "Write the letter", SAID " offender_idno offender_home officer note", NULL, NULL, .meets = "letter.decide", .flags = STEP_PRIMARY),
	PART("asked|drafted", "decline", "declined", "No letter", "decline_reason! note!", NULL, over, .meets = "letter.decide"),
	/* Whose case is plain at the door is not written twice. */
	PART("asked", "issue", "issued", "Write and issue", "happened! facts! circumstances! evidence! disputed! offender_idno offender_home issued_on! officer! note", issue_check, issued,
	     .meets = "letter.decide", .starts = "letter.serve"),
	PART("drafted", "issue", "issued", "Issue", "issued_on! disputed! evidence! officer!", issue_check, issued, .starts = "letter.serve", .flags = STEP_PRIMARY),
	PART("issued", "serve", "served", "Served on both", "read_out! served_offender! served_victim! refused witness", serve_check, served, .meets = "letter.serve",
	     .starts = "letter.copy", .flags = STEP_PRIMARY),
	PART("served", "copy", "followed", "Copies sent", "copied_fed! copied_comm!", copy_check, copied, .meets = "letter.copy", .flags = STEP_PRIMARY),
	PART("followed", "check", "=", "Record a visit of the station", "checked_on! checked_who! checked_note!", check_it, NULL, .starts = NULL),
	PART("issued|served|followed", "breach", "breached", "New violence", "breach_on! breach_note!", breach_check, breached, .starts = "letter.handle", .flags = STEP_DANGER),
	TEAM("issued|served|followed", "breach", "breached", "New violence", "breach_on! breach_note!", breach_check, breached, .starts = "letter.handle", .flags = STEP_DANGER),
	PART("breached", "handle", "followed", "Dealt with", "handled! note!", handle_check, handled, .meets = "letter.handle", .flags = STEP_PRIMARY),
	PART("followed", "end", "ended", "End the follow-up", "note", end_check, NULL, .starts = NULL),
	TEAM("followed", "end", "ended", "End the follow-up", "note", end_check, NULL, .starts = NULL),
	PART("issued|served|followed", "annul", "annulled", "Annul", "note!", NULL, over, .flags = STEP_DANGER),
	KEEP_PAPER("issued|served|followed|breached|ended"),
	INNER("*", "follow", "=", "Follow the case", "", absorb_follow_lead, NULL, .starts = NULL),
};
/* The unit that was asked answers for it; the federation above counts; no side reads it here: each has the paper. */
static const struct grant grants[] = { TEAM_READ, PART_READ, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype letter_type = {
	.name = "letter", .table = "warning_letter", .label = N_("Warning letter"), .plural = N_("Warning letters"), .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case",
	.guard = GUARD_PARENT, .number = "家暴告诫", .level = 3, .grade = "grade", .offered = "violence",
};

/* ---- its papers (反家庭暴力法 16, 17) ---- */

static void persons(struct pages *b)
{
	struct rec *his = page_party(b, "offender");
	page_line(b, "加害人姓名", page_text(b, "offender_name"));
	page_line(b, "性别", page_party_text(b, his, "sex"));
	page_line(b, "出生日期", page_party_text(b, his, "birth"));
	page_line(b, "居民身份证号码", page_text(b, "offender_idno"));
	page_line(b, "住址", page_text(b, "offender_home"));
	page_line(b, "受害人姓名", page_text(b, "victim_name"));
	page_line(b, "与受害人的关系", page_party_text(b, his, "relation"));
	b->reader = his ? his->id : 0;
}

void letter_paper(struct pages *b)
{
	page_title(b, "家庭暴力告诫书");
	page_number(b, b->r ? b->r->number : STR("家暴告诫〔　　　　〕　　　　号"));
	persons(b);
	page_head(b, "一、家庭暴力事实");
	page_line(b, "时间", b->r ? page_text(b, "happened") : STR(""));
	page_long(b, "facts", 4);
	page_head(b, "二、认定的证据");
	page_long(b, "evidence", 2);
	page_head(b, "三、告诫内容");
	page_say(b, "你的行为属于家庭暴力，情节较轻，依法不给予治安管理处罚。根据《中华人民共和国反家庭暴力法》第十六条、第十七条的规定，现对你告诫如下：");
	page_say(b, "（一）立即停止并不得再次实施殴打、捆绑、残害、限制人身自由以及经常性谩骂、恐吓等任何形式的家庭暴力；");
	page_say(b, "（二）不得因受害人报案、求助、作证而威胁、骚扰、打击报复；");
	page_say(b, "（三）接受公安派出所、村（居）民委员会的查访和监督；");
	page_say(b, "（四）再次实施家庭暴力的，将依法给予治安管理处罚；构成犯罪的，依法追究刑事责任。本告诫书可以作为人民法院认定家庭暴力事实的证据。");
	page_plain(b, STR(""));
	page_sign(b, "被告诫人（签名、捺印）：");
	page_sign(b, "民警（签名，两人）：");
	if (page_says(b, "refused"))
		page_line(b, "被告诫人拒绝签名，见证人", page_text(b, "witness"));
	page_right(b, STR("（公安机关印章）"));
	page_right(b, page_day(b, "issued_on"));
	page_plain(b, STR("本告诫书一式四份：加害人、受害人各一份，抄送当地妇女联合会一份，公安机关存档一份，并书面通知村（居）民委员会。"));
}

static void receipt(struct pages *b, const char *who, const char *at)
{
	page_title(b, "家庭暴力告诫书送达回证");
	page_number(b, b->r ? b->r->number : STR("家暴告诫〔　　　　〕　　　　号"));
	page_line(b, "送达文书", STR("家庭暴力告诫书"));
	page_line(b, "签发日期", page_day(b, "issued_on"));
	page_line(b, "受送达人", page_text(b, who));
	page_line(b, "送达时间", page_text(b, at));
}

/* Two sheets: on his stands neither when nor where hers was given. */
void letter_receipt(struct pages *b)
{
	receipt(b, "offender_name", "served_offender");
	page_line(b, "送达地点", STR(""));
	page_line(b, "是否当面宣读", page_text(b, "read_out"));
	page_line(b, "拒绝签名", page_text(b, "refused"));
	page_line(b, "见证人", page_text(b, "witness"));
	page_sign(b, "受送达人（签名、捺印）：");
	page_sign(b, "见证人（签名）：");
	page_sign(b, "送达人（签名，两人）：");
	page_plain(b, STR("注：受送达人拒绝签名或者捺印的，由在场见证人、送达人注明情况并签名。"));
	b->reader = b->r ? rec_int(b->r, "offender") : 0;
}

void letter_receipt_hers(struct pages *b)
{
	receipt(b, "victim_name", "served_victim");
	page_sign(b, "受送达人（签名、捺印）：");
	page_sign(b, "送达人（签名，两人）：");
	page_plain(b, STR("注：与加害人分开送达、分别存放。本人不便留存的，可以委托公安机关或者妇女联合会代为保管。"));
	b->reader = b->r ? rec_int(b->r, "victim") : 0;
}

/* To federation and community alike; whom they visit they know from the case. */
void letter_copy(struct pages *b)
{
	page_title(b, "家庭暴力告诫书抄送（通知）函");
	page_number(b, b->r ? b->r->number : STR("家暴告诫〔　　　　〕　　　　号"));
	page_line(b, "抄送、通知", STR("　　　　　　妇女联合会、　　　　　　村（居）民委员会"));
	page_line(b, "加害人", page_text(b, "offender_name"));
	page_line(b, "受害人", page_text(b, "victim_name"));
	page_line(b, "签发日期", page_day(b, "issued_on"));
	page_line(b, "查访至", page_day(b, "until"));
	page_say(b, "根据《中华人民共和国反家庭暴力法》第十七条和《关于加强家庭暴力告诫制度贯彻实施的意见》（公通字〔2024〕34号），现将告诫书抄送你单位。请会同公安派出所对双方分别查访，不得同时同地，不得向加害人透露受害人的住址、电话和去向；发现再次施暴的，立即拨打110。");
	page_right(b, STR("（公安机关印章）"));
	page_right(b, page_day(b, "issued_on"));
	page_sign(b, "妇女联合会签收：");
	page_sign(b, "村（居）民委员会签收：");
	b->reader = b->r ? rec_int(b->r, "offender") : 0;
}
