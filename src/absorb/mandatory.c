/* Why: schools, hospitals, committees and the rest must report when somebody without full capacity is beaten, or seems to be (反家庭暴力法 14,
 * 未成年人保护法 11, 高检发〔2020〕9号); what is only noted in a file saves nobody, and who keeps silent answers for it (35; 117).
 * Who does what: whoever of the team learns of it reports within the hour; the police unit told accepts, gives the number, answers in three days; that it is
 * not reported only a leader decides, in writing.
 * Invariants: who reported stays secret (14): sealed, on no paper for a party, shown to team and police alone; the number of the police goes to the case,
 * which is not closed without it. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("unit", "Which body has the duty", F_CODE, .of = "duty_unit", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("origin", "What began it", F_CODE, .of = "duty_origin", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	F("child", "Which child of the case", F_REF, .of = "party", .help = N_("One report for each child and each event.")),
	F("reporter", "Who reported it to us", F_TEXT, .secrecy = S_SEALED, .max = 80, .help = N_("Kept secret by law. It stands in no paper that a party may see.")),
	F("reporter_phone", "Her or his phone", F_PHONE, .secrecy = S_MASKED),
	F("person_name", "Who is in danger", F_NAME, .secrecy = S_MASKED, .max = 40),
	F("person_sex", "Sex", F_CODE, .of = "sex"),
	F("person_age", "Age", F_INT, .min = 0, .max = 120),
	F("person_place", "Where she or he is now", F_TEXT, .secrecy = S_SEALED, .max = 200),
	F("situations", "Situation", F_CODES, .of = "duty_situation", .standard = "高检发〔2020〕9号第四条"),
	F("signs", "What was seen and heard", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 3000, .help = N_("As it was seen, without questioning the child.")),
	F("found_at", "When it was learnt", F_TIME, .flags = FF_NEED | FF_LIST),
	F("done", "What was done at once", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
	F("police", "Police unit", F_REF, .of = "org", .flags = FF_SYSTEM | FF_LIST, .among = "kind=police"),
	F("reported_at", "Reported", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("way", "How", F_CODE, .of = "duty_way", .flags = FF_SYSTEM),
	F("police_no", "Number of the report to the police", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 60),
	F("officer", "Officer who took it", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 80),
	F("feedback", "Answer of the police", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("prosecutor", "The procuratorate was told", F_BOOL, .flags = FF_SYSTEM),
	PAPER_FIELD("mandatory_paper"),
	F("note", "Reason or note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
};
static const struct state states[] = {
	{ "due", N_("To be reported now"), true, "red" }, { "reported", N_("Reported"), true, "yellow" }, { "accepted", N_("Accepted by the police"), true, "yellow" },
	{ "answered", N_("Answered"), false, "green" }, { "waived", N_("Not reported, by a leader's reason"), false, NULL },
};

static void age_fits(struct ctx *c, const struct rec *now)
{
	struct str sit = rec_str(c, now, "situations");
	bool adult = sit.n && str_find(sit, STR(",adult,")) >= 0;
	if (rec_has(now, "person_age") && sit.n && (rec_int(now, "person_age") < 18) == adult)
		fault_field(c->f, "situations", N_("The age and the situation do not fit: under 18 the first nine, from 18 the last."), NULL);
}

static int64_t age_of(int64_t born, int64_t at)
{
	struct civil b = civil_of(born), t = civil_of(at);
	return t.year - b.year - (t.month < b.month || (t.month == b.month && t.day < b.day));
}

/* What the case knows of the child need not be written twice. */
static enum err about_child(struct ctx *c, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *p;
	TRY(absorb_party_of(c, now, "child", &p));
	if (!p || c->f->nfields)
		return OK;
	if (!rec_has(now, "person_name") && rec_has(p, "name"))
		rec_set_str(now, "person_name", rec_str(&in, p, "name"));
	if (!rec_has(now, "person_sex") && rec_has(p, "sex"))
		rec_set_str(now, "person_sex", rec_str(&in, p, "sex"));
	if (!rec_has(now, "person_age") && rec_has(p, "birth"))
		rec_set_int(now, "person_age", age_of(rec_int(p, "birth"), c->now));
	return OK;
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	if (!old && !rec_has(now, "origin"))
		rec_set_str(now, "origin", STR("hand"));
	TRY(about_child(c, now));
	TRY(absorb_case(c, now, &k));
	if (rec_in(k, "archived"))
		return fail(c->f, ERR_STATE, N_("This case is archived."), NULL);
	if (rec_int(now, "found_at") > c->now + 5 * MS_MINUTE)
		fault_field(c->f, "found_at", N_("This lies in the future. Please check the date."), NULL);
	age_fits(c, now);
	return OK;
}

/* A sign is never refused: not in an archived case, not when age and situation do not fit yet. */
static enum err raise_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return about_child(c, now);
}

static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (rec_int(now, "person_age") < 18)
		TRY(absorb_do(c, "case", now->parent, "minor"));
	return absorb_tell_team(c, now, N_("A mandatory report: call 110 now and write down the number"));
}

static enum err report_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const who[] = { "unit", "person_name", "person_age", "situations" };
	(void)old;
	TRY(absorb_unit(c, now, "police", "police"));
	TRY(about_child(c, now));
	/* One that was raised by itself knows nobody yet: 110 is called first, the rest is written down with it. */
	for (size_t i = 0; i < ARRAY_LEN(who); i++)
		if (!rec_has(now, who[i]))
			fault_field(c->f, who[i], N_("Please fill this in."), NULL);
	age_fits(c, now);
	if (rec_int(now, "reported_at") > c->now + 5 * MS_MINUTE || rec_int(now, "reported_at") < rec_int(now, "found_at"))
		fault_field(c->f, "reported_at", N_("After it was learnt, and not in the future."), NULL);
	now->org = rec_int(now, "police");
	return OK;
}

static enum err number_to_case(struct ctx *c, const struct rec *now)
{
	return rec_has(now, "police_no") ? absorb_set(c, "case", now->parent, "reported", "police_no", rec_str(c, now, "police_no")) : OK;
}

static enum err reported(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(number_to_case(c, now));
	return notice_put(c, 0, now->org, now, N_("A mandatory report: please go at once, and give the number"));
}

static enum err accepted(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(number_to_case(c, now));
	return absorb_tell_team(c, now, N_("A mandatory report was accepted: the number is here"));
}

static enum err answered(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return absorb_tell_team(c, now, N_("A mandatory report was answered"));
}

static enum err waive_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (c->actor->user == old->creator)
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who filled it in."), NULL);
	/* What was noted when it began is no reason for silence. */
	if (!rec_changed(c, old, now, "note"))
		fault_field(c->f, "note", N_("Please write down why nothing is reported."), NULL);
	return OK;
}

static enum err waived(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_cancel(c, now));
	return absorb_set(c, "case", now->parent, "unreported", "no_report", rec_str(c, now, "note"));
}

static enum err follow(struct ctx *c, const struct rec *old, struct rec *now)
{
	return rec_in(now, "due|waived") ? absorb_follow(c, old, now) : absorb_follow_lead(c, old, now);
}

#define SAID "unit! child reporter reporter_phone person_name! person_sex person_age! person_place situations! signs! found_at! done"
static const struct step steps[] = {
	TEAM("", "create", "due", "Mandatory report", SAID " note", create_check, created, .starts = "mandatory.report", .flags = STEP_PRIMARY),
	TEAM("due", "edit", "=", "Edit", SAID " note", create_check, NULL, .starts = NULL),
	TEAM("due", "report", "reported", "Reported to the police", "police! reported_at! way! police_no officer unit child person_name person_sex person_age situations", report_check, reported, .meets = "mandatory.report",
	     .starts = "mandatory.accept", .flags = STEP_PRIMARY),
	{ .from = "due", .verb = "waive", .to = "waived", .label = N_("Not reported: a leader's reason"), .roles = R_FED, .scope = SC_AREA, .fields = "note!", .prepare = waive_check,
	  .effect = waived, .flags = STEP_DANGER },
	PART("reported", "accept", "accepted", "Accept", "police_no! officer!", NULL, accepted, .meets = "mandatory.accept", .starts = "mandatory.answer", .flags = STEP_PRIMARY),
	PART("accepted", "answer", "answered", "Answer who reported", "feedback! prosecutor", NULL, answered, .meets = "mandatory.answer", .flags = STEP_PRIMARY),
	KEEP_PAPER("accepted|answered"),
	INNER("", "raise", "due", "Raised by itself", "unit child origin! signs! found_at!", raise_check, created, .starts = "mandatory.report"),
	INNER("due", "known", "=", "Raised by itself", "child!", raise_check, NULL, .starts = NULL),
	INNER("*", "follow", "=", "Follow the case", "", follow, NULL, .starts = NULL),
};
/* The leader who decides reads what she decides on. */
static const struct grant grants[] = { TEAM_READ, { R(LIAISON), SC_ORG, SIGHT_FULL, .states = "reported|accepted|answered", .head = true },
	{ R_FED, SC_AREA, SIGHT_FULL, .states = "due", .head = true }, { R_FED, SC_AREA, SIGHT_MASKED } };

const struct rtype mandatory_type = {
	.name = "mandatory", .label = N_("Mandatory report"), .plural = N_("Mandatory reports"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.number = "强报", .level = 3, .offered = "child",
};

/* Is this report of that child? One without a child is of whoever it turns out to be, unless it names somebody else. */
static bool same_child(struct ctx *in, const struct rec *r, const struct rec *child)
{
	if (!child || (rec_has(r, "child") && rec_int(r, "child") == child->id))
		return true;
	return !rec_has(r, "child") && (!rec_has(r, "person_name") || (rec_has(child, "name") && str_eq(rec_str(in, r, "person_name"), rec_str(in, child, "name"))));
}

/* *ret: that a report of this child stands for this event; *ret_due: the one that is still due. That a child is in need of protection is no event of a
 * day: one report of it, in whatever state, stands for it. */
static bool stands(struct ctx *in, const struct seen *s, const struct rec *child, const char *origin, const struct rec **ret_due)
{
	bool yes = false, event = strcmp(origin, "party") != 0;
	*ret_due = NULL;
	for (size_t i = 0; i < s->n; i++) {
		if (!same_child(in, s->r[i], child) || (event && !rec_in(s->r[i], "due|reported|accepted")))
			continue;
		yes = true;
		if (rec_in(s->r[i], "due"))
			*ret_due = s->r[i];
	}
	return yes;
}

enum err mandatory_raise(struct ctx *c, int64_t kase, const struct rec *child, const char *origin, const char *signs)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	struct done d;
	const struct rec *due;
	struct str who = child ? id_text(c, child->id) : STR("");
	if (!type_find(c->app, STR("mandatory")))
		return OK;
	TRY(see_children(&in, "mandatory", kase, &s));
	if (stands(&in, &s, child, origin, &due))
		return due && child && !rec_has(due, "child") ? absorb_set(c, "mandatory", due->id, "known", "child", who) : OK;
	return act_inner(c, &(struct act){ .type = "mandatory", .verb = "raise", .parent = kase,
		INPUTS(INPUT("unit", c->actor->role == ROLE_COMMUNITY || c->actor->role == ROLE_GRID ? STR("committee") : STR("federation")), INPUT("signs", str_of(TRC(c, signs))),
		       INPUT("origin", str_of(origin)), INPUT("child", who), INPUT("found_at", datetime_str(c->a, c->now))) }, &d);
}

enum err mandatory_of_party(struct ctx *c, const struct rec *kase, const struct rec *party)
{
	if (!rec_int(kase, "violence") || !rec_in(party, "listed") || !rec_int(party, "minor") || !rec_int(party, "protected_person"))
		return OK;
	return mandatory_raise(c, kase->id, party, "party", N_("A person under 18 was entered as in need of protection in a case of violence. Raised by itself; please complete."));
}

enum err mandatory_violent(struct ctx *c, const struct rec *old, const struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	if (!rec_int(now, "violence") || (old && rec_int(old, "violence")))
		return OK;
	TRY(see_children(&in, "party", now->id, &s));
	for (size_t i = 0; i < s.n; i++)
		TRY(mandatory_of_party(c, now, s.r[i]));
	return OK;
}

static struct str two(struct pages *b, const char *first, const char *second)
{
	struct str x = page_text(b, first), y = page_text(b, second);
	return x.n && y.n ? arena_fmt(b->c->a, "%.*s，%.*s", (int)x.n, x.p, (int)y.n, y.p) : x.n ? x : y;
}

void mandatory_form(struct pages *b)
{
	page_title(b, "强制报告登记表");
	page_number(b, b->r ? b->r->number : STR("强报〔　　　　〕　　　　号"));
	page_line(b, "报告单位类别", page_text(b, "unit"));
	page_line(b, "报告人、电话（依法保密）", two(b, "reporter", "reporter_phone"));
	page_line(b, "被侵害人", page_text(b, "person_name"));
	page_line(b, "性别、年龄", two(b, "person_sex", "person_age"));
	page_line(b, "现在何处", page_text(b, "person_place"));
	page_line(b, "情形", page_text(b, "situations"));
	page_line(b, "发现时间", page_text(b, "found_at"));
	page_head(b, "所见所闻");
	page_long(b, "signs", 3);
	page_head(b, "已采取的措施");
	page_long(b, "done", 2);
	page_line(b, "报告时间、方式", two(b, "reported_at", "way"));
	page_line(b, "接警（受案）编号、民警", two(b, "police_no", "officer"));
	page_sign(b, "经办人、接收人：");
	page_plain(b, STR("本表只在报告单位与公安机关之间使用。"));
	b->inner = true;
}

/* Of the police to the unit that reported: neither the child nor who told the unit stands on it (反家庭暴力法 14). */
void mandatory_receipt(struct pages *b)
{
	page_title(b, "强制报告受案回执");
	page_number(b, b->r ? b->r->number : STR("强报〔　　　　〕　　　　号"));
	page_line(b, "报告单位类别", page_text(b, "unit"));
	page_line(b, "报告时间", page_text(b, "reported_at"));
	page_line(b, "报告方式", page_text(b, "way"));
	page_line(b, "接警（受案）编号", page_text(b, "police_no"));
	page_line(b, "接收民警", page_text(b, "officer"));
	page_say(b, "你单位报告的情况已经收到并登记。办理情况依照规定向你单位反馈；报告人的信息依法保密。情况紧急或者再次发生侵害的，请立即拨打110。");
	page_sign(b, "民警（签名）：");
	page_right(b, STR("（公安机关印章）"));
	page_right(b, STR("　　　　年　　月　　日"));
	page_plain(b, STR("本回执只交报告单位，不写被侵害人和提供情况的人。"));
	b->inner = true;
}

void mandatory_answer(struct pages *b)
{
	page_title(b, "强制报告办理情况反馈函");
	page_number(b, b->r ? b->r->number : STR("强报〔　　　　〕　　　　号"));
	page_line(b, "报告单位类别", page_text(b, "unit"));
	page_line(b, "接警（受案）编号", page_text(b, "police_no"));
	page_line(b, "是否通报人民检察院", page_text(b, "prosecutor"));
	page_head(b, "办理情况");
	page_long(b, "feedback", 4);
	page_right(b, STR("（公安机关印章）"));
	page_right(b, STR("　　　　年　　月　　日"));
	page_plain(b, STR("本函只交报告单位。"));
	b->inner = true;
}
