/* Why: a protection order (人身安全保护令, 反家庭暴力法 23–34, 法释〔2022〕17号) is asked for by whoever is least able to write papers, and ends on a
 * day that nobody remembers.
 * Who does what: the team makes the application, hers or by proxy, and hands it in; the court unit asked, and no other, writes down ruling, service,
 * extension and what followed a breach; the team visits, and is told 15 days before it ends.
 * Invariants: handed in with a named respondent, a concrete request and facts (27); by proxy only for those whom the law names, and by their will where
 * it asks for it (23; 法释〔2022〕17号 2); never over six months at a time, from the day it is made, and never lengthened once it is over (30); in the
 * application stands nothing of where she is: the address for service is sealed in the vault; 72 hours, 24 when urgent (28). */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("applicant", "Applicant", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE, .help = N_("Who is to be protected, whoever asks for her.")),
	F("respondent", "Respondent", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("court", "Court", F_REF, .of = "org", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE, .among = "kind=court"),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("proxy", "Who applies", F_CODE, .of = "order_proxy", .flags = FF_NEED, .standard = "反家庭暴力法第二十三条"),
	F("proxy_reason", "Why for her", F_CODE, .of = "order_proxy_reason"),
	F("proxy_name", "Who applies for her", F_TEXT, .secrecy = S_SEALED, .max = 80),
	F("willing", "She wants it, asked alone", F_BOOL),
	F("place", "Why this court", F_CODE, .of = "order_place", .flags = FF_NEED, .standard = "反家庭暴力法第二十五条"),
	F("urgent", "Urgent", F_BOOL, .flags = FF_LIST | FF_FILTER, .help = N_("Then within 24 hours, else within 72.")),
	F("spoken", "Applied for by word of mouth", F_BOOL, .help = N_("Where writing is hard; the court writes it down (article 24).")),
	F("requests", "Measures asked for", F_CODES, .of = "order_measure", .flags = FF_NEED, .standard = "反家庭暴力法第二十九条"),
	F("facts", "Facts of the violence", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 5000, .help = N_("He will read it: nothing of where she is now.")),
	F("danger", "Why she is in real danger", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
	F("applicant_name", "Applicant's name", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("respondent_name", "Respondent's name", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("respondent_idno", "Respondent's ID number", F_IDNO, .secrecy = S_MASKED),
	F("respondent_home", "Respondent's address", F_ADDRESS, .secrecy = S_MASKED, .flags = FF_HEAVY, .max = 200),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
	F("filed_at", "Received by the court", F_TIME, .flags = FF_SYSTEM | FF_LIST, .help = N_("The hours of article 28 run from here.")),
	F("decided_at", "Time of the ruling", F_TIME, .flags = FF_SYSTEM),
	F("ruling", "Number of the ruling", F_TEXT, .flags = FF_SYSTEM, .max = 60),
	F("measures", "Measures granted", F_CODES, .of = "order_measure", .flags = FF_SYSTEM),
	F("from_on", "In force from", F_DATE, .flags = FF_SYSTEM),
	F("until", "In force until", F_DATE, .flags = FF_SYSTEM | FF_LIST, .standard = "反家庭暴力法第三十条"),
	F("served_applicant", "Served on the applicant", F_TIME, .flags = FF_SYSTEM),
	F("served_respondent", "Served on the respondent", F_TIME, .flags = FF_SYSTEM),
	F("served_police", "Served on the police", F_TIME, .flags = FF_SYSTEM),
	F("served_comm", "Served on the community", F_TIME, .flags = FF_SYSTEM),
	F("extensions", "Times lengthened", F_INT, .flags = FF_SYSTEM, .max = 100),
	F("breach_at", "Breached at", F_TIME, .flags = FF_SYSTEM),
	F("breach_note", "How it was broken", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("breaches", "Times breached", F_INT, .flags = FF_SYSTEM, .max = 1000),
	F("handled", "What followed", F_CODES, .of = "order_breach", .flags = FF_SYSTEM, .standard = "反家庭暴力法第三十四条"),
	F("refusal", "Why it was refused", F_CODE, .of = "order_refusal", .flags = FF_SYSTEM | FF_FILTER),
	F("review_asked", "Reconsideration asked for", F_BOOL, .flags = FF_SYSTEM),
	PAPER_FIELD("order_paper"),
};
static const struct state states[] = {
	{ "draft", N_("Draft"), true, "yellow" }, { "filed", N_("Before the court"), true, "red" }, { "granted", N_("Made, to be served"), true, "red" },
	{ "running", N_("In force"), true, "green" }, { "breached", N_("Order broken"), true, "red" }, { "refused", N_("Application refused"), true, "yellow" },
	{ "over", N_("Ended"), false, NULL }, { "revoked", N_("Revoked"), false, NULL }, { "dropped", N_("Not pursued"), false, NULL },
};

/* ---- asking ---- */

static enum err proxy_check(struct ctx *c, const struct rec *now)
{
	struct str who = rec_str(c, now, "proxy"), why = rec_str(c, now, "proxy_reason");
	bool will = str_is(code_more(c->app->codes, "order_proxy_reason", why, "will"), "1");
	if (str_is(who, "self") || !who.n)
		return OK;
	if (!why.n)
		fault_field(c->f, "proxy_reason", N_("For whom the law lets others apply: please say why for her."), NULL);
	else if (str_is(code_more(c->app->codes, "order_proxy", who, "will"), "1") && !will)
		fault_field(c->f, "proxy", N_("These apply only for who is old, disabled or gravely ill and wants it."), NULL);
	if (will && !rec_int(now, "willing"))
		fault_field(c->f, "willing", N_("Only by her own will, asked alone."), NULL);
	if (!rec_has(now, "proxy_name"))
		fault_field(c->f, "proxy_name", N_("Please fill this in."), NULL);
	return OK;
}

static enum err draft_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k, *hers, *his;
	TRY(absorb_case(c, now, &k));
	TRY(proxy_check(c, now));
	if (old)
		return OK;
	TRY(absorb_violent(c, k));
	TRY(absorb_sides(c, now, "applicant", "respondent", &hers, &his));
	TRY(absorb_unit(c, now, "court", "court"));
	if (!hers || !his || !rec_has(now, "court"))
		return OK;
	rec_set_str(now, "applicant_name", rec_str(&in, hers, "name"));
	rec_set_str(now, "respondent_name", rec_str(&in, his, "name"));
	if (rec_has(his, "idno"))
		rec_set_str(now, "respondent_idno", rec_str(&in, his, "idno"));
	if (rec_has(his, "address"))
		rec_set_str(now, "respondent_home", rec_str(&in, his, "address"));
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	return OK;
}

/* A draft is of the case's unit; what was handed in is the court's. */
static enum err follow_order(struct ctx *c, const struct rec *old, struct rec *now)
{
	return rec_in(now, "draft|dropped") ? absorb_follow(c, old, now) : absorb_follow_lead(c, old, now);
}

/* From here on it is the court's too. */
static enum err file_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(draft_check(c, old, now));
	if (rec_int(now, "filed_at") > c->now + 5 * MS_MINUTE)
		fault_field(c->f, "filed_at", N_("This lies in the future. Please check the date."), NULL);
	now->org = rec_int(now, "court");
	return OK;
}

static enum err filed(struct ctx *c, const struct rec *old, struct rec *now)
{
	const char *rule = rec_int(now, "urgent") ? "order.urgent" : "order.decide";
	int64_t due;
	struct str basis;
	(void)old;
	TRY(due_rule_end(c, rule, rec_int(now, "filed_at"), &due, &basis));
	TRY(due_start_at(c, now, rule, due, "received"));
	return notice_put(c, 0, now->org, now, rec_int(now, "urgent") ? N_("A protection order is asked for, urgently: 24 hours") : N_("A protection order is asked for: 72 hours"));
}

/* ---- the court ---- */

/* The last day of six months from a day; the 31st of August ends on the last of February. */
static int64_t half_year(int64_t from)
{
	struct civil d = civil_of(from), e = { .year = d.year + (d.month > 6), .month = (d.month + 5) % 12 + 1, .day = d.day };
	for (;; e.day--) {
		int64_t ms = civil_ms(e);
		struct civil back = civil_of(ms);
		if (back.month == e.month && back.day == e.day)
			return ms;
	}
}

static enum err span_check(struct ctx *c, const struct rec *now, int64_t from)
{
	if (rec_int(now, "until") > half_year(from))
		fault_field(c->f, "until", N_("At most six months at a time (Anti-Domestic Violence Law, article 30)."), NULL);
	else if (rec_int(now, "until") <= from)
		fault_field(c->f, "until", N_("It ends after it begins."), NULL);
	return OK;
}

static enum err decided_check(struct ctx *c, const struct rec *now)
{
	if (rec_int(now, "decided_at") > c->now + 5 * MS_MINUTE || rec_int(now, "decided_at") < rec_int(now, "filed_at"))
		fault_field(c->f, "decided_at", N_("After it was received, and not in the future."), NULL);
	return OK;
}

static enum err grant_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(decided_check(c, now));
	rec_set_int(now, "from_on", day_start(day_of(rec_int(now, "decided_at"))));
	return span_check(c, now, rec_int(now, "from_on"));
}

static enum err refuse_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return decided_check(c, now);
}

static enum err ruled(struct ctx *c, const struct rec *now)
{
	TRY(due_meet(c, now, "order.decide"));
	return due_meet(c, now, "order.urgent");
}

static enum err granted(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const days[] = { "7", "30", "90", "150" };
	int64_t from = rec_int(now, "from_on"), until = rec_int(now, "until");
	size_t n = 0;
	(void)old;
	TRY(ruled(c, now));
	TRY(due_start_at(c, now, "order.end", until + MS_DAY, "until"));
	/* Only while it lasts. */
	while (n < ARRAY_LEN(days) && from + (n == 0 ? 7 : n == 1 ? 30 : n == 2 ? 90 : 150) * MS_DAY < until)
		n++;
	TRY(absorb_plan_visits(c, now, "order", "applicant", days, n ? n : 1));
	TRY(absorb_weigh(c, now->parent));
	return absorb_tell_team(c, now, N_("A protection order was made: tell her alone, go over her plan"));
}

static enum err refused(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(ruled(c, now));
	return absorb_tell_team(c, now, N_("A protection order was not made: five days to ask for reconsideration"));
}

static enum err serve_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const at[] = { "served_applicant", "served_respondent", "served_police", "served_comm" };
	(void)old;
	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		if (rec_int(now, at[i]) > c->now + 5 * MS_MINUTE || rec_int(now, at[i]) < rec_int(now, "decided_at"))
			fault_field(c->f, at[i], N_("It is served after it was issued, and not in the future."), NULL);
	return OK;
}

static enum err served(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return absorb_tell_team(c, now, N_("A protection order was served: please help to carry it out"));
}

/* Before it ends, or not at all (30). */
static enum err extend_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t end = rec_int(old, "until");
	if (c->now >= end + MS_DAY)
		return fail(c->f, ERR_STATE, N_("It has ended already: please apply anew."), NULL);
	if (rec_int(now, "until") <= end)
		fault_field(c->f, "until", N_("The new date must be later than the present one."), NULL);
	else
		TRY(span_check(c, now, end));
	rec_set_int(now, "extensions", rec_int(old, "extensions") + 1);
	return OK;
}

static enum err extended(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_extend(c, now, "order.end", rec_int(now, "until") + MS_DAY, STR("court"));
}

static enum err breach_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(now, "breach_at") > c->now + 5 * MS_MINUTE)
		fault_field(c->f, "breach_at", N_("This lies in the future. Please check the date."), NULL);
	rec_set_int(now, "breaches", rec_int(old, "breaches") + 1);
	return OK;
}

static enum err breached(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(absorb_do(c, "case", now->parent, "alarm"));
	return notice_put(c, 0, now->org, now, N_("A protection order was breached: please act at once"));
}

/* It goes on to its day, unless that has passed. */
static enum err handle_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	now->state = c->now < rec_int(now, "until") + MS_DAY ? STR("running") : STR("over");
	return OK;
}

static enum err end_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_in(old, "refused") && c->now < rec_int(now, "until") + MS_DAY)
		return fail(c->f, ERR_STATE, N_("It is in force until the day written here."), NULL);
	return OK;
}

static enum err over(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(due_cancel(c, now));
	if (rec_in(old, "granted|running"))
		TRY(absorb_drop_visits(c, now, "order"));
	return absorb_tell_team(c, now, N_("A protection order no longer holds: go over her plan with her"));
}

static enum err dropped(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

#define SAID "proxy! proxy_reason proxy_name willing place! urgent spoken requests! facts! danger"
static const struct step steps[] = {
	TEAM("", "create", "draft", "Apply for a protection order", "applicant! respondent! court! " SAID " note", draft_check, NULL, .starts = "order.file", .flags = STEP_PRIMARY),
	TEAM("draft", "edit", "=", "Edit", SAID " respondent_idno respondent_home note", draft_check, NULL, .starts = NULL),
	TEAM("draft", "file", "filed", "Handed in", "filed_at!", file_check, filed, .meets = "order.file", .flags = STEP_PRIMARY),
	TEAM("draft|filed", "drop", "dropped", "Not pursued", "note!", NULL, dropped, .flags = STEP_DANGER),
	PART("filed", "grant", "granted", "The order is made", "decided_at! ruling! measures! until!", grant_check, granted, .starts = "order.serve", .flags = STEP_PRIMARY),
	PART("filed", "refuse", "refused", "The application is refused", "decided_at! ruling refusal! note!", refuse_check, refused, .starts = "order.review"),
	TEAM("refused", "review", "filed", "Ask for reconsideration", "filed_at! review_asked! note", file_check, filed, .meets = "order.review", .flags = STEP_PRIMARY),
	PART("granted", "serve", "running", "Served on all", "served_applicant! served_respondent! served_police! served_comm!", serve_check, served, .meets = "order.serve",
	     .flags = STEP_PRIMARY),
	PART("granted|running", "extend", "=", "Lengthen", "until! ruling", extend_check, extended, .starts = NULL),
	PART("granted|running", "breach", "breached", "Breach", "breach_at! breach_note!", breach_check, breached, .starts = "order.breach", .flags = STEP_DANGER),
	TEAM("granted|running", "breach", "breached", "Breach", "breach_at! breach_note!", breach_check, breached, .starts = "order.breach", .flags = STEP_DANGER),
	PART("breached", "handle", "?", "Dealt with", "handled! note!", handle_check, NULL, .meets = "order.breach", .flags = STEP_PRIMARY),
	PART("granted|running|breached", "revoke", "revoked", "Revoke", "note!", NULL, over, .flags = STEP_DANGER),
	PART("running|refused", "end", "over", "It has ended", "note", end_check, over, .meets = "order.end"),
	TEAM("running|refused", "end", "over", "It has ended", "note", end_check, over, .meets = "order.end"),
	KEEP_PAPER("granted|running|breached"),
	INNER("*", "follow", "=", "Follow the case", "", follow_order, NULL, .starts = NULL),
};
/* Until it is handed in it is the team's alone. */
#define WITH_COURT "filed|granted|running|breached|refused|over|revoked"
static const struct grant grants[] = { TEAM_READ, { R(LIAISON), SC_ORG, SIGHT_FULL, .states = WITH_COURT, .head = true }, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype order_type = {
	.name = "order", .table = "protection_order", .label = N_("Protection order"), .plural = N_("Protection orders"), .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case",
	.guard = GUARD_PARENT, .number = "护令申", .level = 3, .grade = "grade", .offered = "violence",
};

/* ---- its papers ---- */

static void measure_lines(struct pages *b, const char *field)
{
	size_t n, k = 0;
	const struct code *m = codes_list(b->c->app->codes, "order_measure", &n);
	struct str has = b->r ? rec_str(&b->in, b->r, field) : STR_NONE;
	for (size_t i = 0; i < n; i++) {
		bool on = has.n && str_find(has, arena_fmt(b->c->a, ",%.*s,", (int)m[i].code.n, m[i].code.p)) >= 0;
		struct str text = code_more(b->c->app->codes, "order_measure", m[i].code, "text");
		if (on)
			page_body(b, arena_fmt(b->c->a, "%zu. %.*s；", ++k, (int)text.n, text.p));
		else if (!b->r)
			page_body(b, arena_fmt(b->c->a, "□ %.*s；", (int)text.n, text.p));
	}
}

static struct str number_of(struct pages *b) { return b->r ? b->r->number : STR("护令申〔　　　　〕　　　　号"); }

void order_application(struct pages *b)
{
	struct rec *hers = page_party(b, "applicant"), *his = page_party(b, "respondent");
	page_title(b, "人身安全保护令申请书");
	page_number(b, number_of(b));
	page_line(b, "申请人", page_text(b, "applicant_name"));
	page_line(b, "性别", page_party_text(b, hers, "sex"));
	page_line(b, "出生日期", page_party_text(b, hers, "birth"));
	page_line(b, "送达地址、电话", str_of(b->r ? "已另行密封，由法院单独保存，不向被申请人提供" : ""));
	if (!b->r || !str_is(rec_str(&b->in, b->r, "proxy"), "self")) {
		page_line(b, "代为申请人", page_text(b, "proxy_name"));
		page_line(b, "代为申请的身份", b->r ? page_text(b, "proxy") : STR(""));
		page_line(b, "代为申请的理由", b->r ? page_text(b, "proxy_reason") : STR(""));
	}
	page_line(b, "被申请人", page_text(b, "respondent_name"));
	page_line(b, "性别", page_party_text(b, his, "sex"));
	page_line(b, "居民身份证号码", page_text(b, "respondent_idno"));
	page_line(b, "住址", page_text(b, "respondent_home"));
	page_head(b, "一、请求事项");
	page_say(b, "请求人民法院依法作出人身安全保护令，采取下列措施：");
	measure_lines(b, "requests");
	page_head(b, "二、事实和理由");
	page_long(b, "facts", 5);
	if (b->r && rec_has(b->r, "danger"))
		page_long(b, "danger", 1);
	page_say(b, "申请人遭受家庭暴力或者面临家庭暴力的现实危险，符合《中华人民共和国反家庭暴力法》第二十三条、第二十七条规定的条件。");
	if (page_says(b, "urgent"))
		page_say(b, "情况紧急，请求依照第二十八条的规定在二十四小时内作出。");
	page_head(b, "三、证据");
	page_say(b, "见所附证据清单。");
	page_plain(b, STR("　　此致"));
	page_plain(b, STR("　　　　　　　　人民法院"));
	page_sign(b, "申请人（签名、捺印）：");
	if (!b->r || !str_is(rec_str(&b->in, b->r, "proxy"), "self"))
		page_sign(b, "代为申请人（签名或者盖章）：");
	b->reader = his ? his->id : 0;
}

/* To the police and the community: what they help with (32). */
void order_assist(struct pages *b)
{
	page_title(b, "人身安全保护令协助执行通知书");
	page_number(b, b->r && rec_has(b->r, "ruling") ? page_text(b, "ruling") : STR("（　　　　）　　　　民保令　　　号"));
	page_line(b, "协助执行单位", STR("　　　　　公安派出所、　　　　　村（居）委会"));
	page_line(b, "申请人", page_text(b, "applicant_name"));
	page_line(b, "被申请人", page_text(b, "respondent_name"));
	page_line(b, "生效日期", page_day(b, "from_on"));
	page_line(b, "有效期至", page_day(b, "until"));
	page_head(b, "裁定的措施");
	measure_lines(b, "measures");
	page_head(b, "协助事项");
	page_say(b, "根据《中华人民共和国反家庭暴力法》第三十二条的规定，请协助执行：接到申请人求助立即出警、到场；监督被申请人遵守裁定；发现违反裁定的，及时制止，固定证据，告知本院；不得向被申请人透露申请人的住址、电话和去向。");
	page_say(b, "被申请人违反人身安全保护令的，依照第三十四条给予训诫，可以根据情节轻重处以一千元以下罚款、十五日以下拘留；构成犯罪的，依法追究刑事责任。");
	page_right(b, STR("（人民法院印章）"));
	page_right(b, page_day(b, "decided_at"));
	page_sign(b, "公安派出所签收：");
	page_sign(b, "村（居）民委员会签收：");
	b->reader = b->r ? rec_int(b->r, "respondent") : 0;
}

static void receipt(struct pages *b, const char *who, const char *at)
{
	page_title(b, "人身安全保护令送达回证");
	page_number(b, b->r && rec_has(b->r, "ruling") ? page_text(b, "ruling") : STR("（　　　　）　　　　民保令　　　号"));
	page_line(b, "送达文书", STR("人身安全保护令裁定书"));
	page_line(b, "受送达人", page_text(b, who));
	page_line(b, "送达时间", page_text(b, at));
	page_line(b, "送达方式", STR(""));
	page_sign(b, "受送达人（签名、捺印）：");
	page_sign(b, "送达人（签名，两人）：");
}

/* Two sheets, as with the warning letter: neither says when or how the other was reached. */
void order_receipt(struct pages *b)
{
	receipt(b, "respondent_name", "served_respondent");
	page_sign(b, "见证人（拒绝签收时签名）：");
	b->reader = b->r ? rec_int(b->r, "respondent") : 0;
}

void order_receipt_hers(struct pages *b)
{
	receipt(b, "applicant_name", "served_applicant");
	page_plain(b, STR("注：与被申请人分开送达、分别存放，不写送达地点。"));
	b->reader = b->r ? rec_int(b->r, "applicant") : 0;
}
