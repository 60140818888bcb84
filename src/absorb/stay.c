/* Why: a woman who flees must be let in at once, without papers; who learns that she is there may bring him to the door.
 * 民发〔2015〕189号. Who does what: the team asks; the civil-affairs or shelter office that is asked takes her in, assesses safety and needs, lengthens,
 * lets her go; the team looks after her afterwards.
 * Invariants: of the most secret class (level 4): in no list, search, export or count, found by its case alone, read by the team, the office asked and
 * the city's federation in outline. Its address stands in the vault only, and she is not taken in before it does. There is no field for visitors and
 * no step that lets one in: never. Ten days, then only with a filing; who goes home to where he lives is assessed first, and has a plan. */
#include "absorb/absorb.h"
#include "absorb/papers.h"

static const struct field fields[] = {
	F("party", "Who needs shelter", F_REF, .of = "party", .flags = FF_NEED | FF_ONCE),
	F("office", "Office asked", F_REF, .of = "org", .flags = FF_NEED | FF_ONCE, .among = "kind=civil|shelter"),
	F("grade", "Grade", F_CODE, .of = "grade", .flags = FF_SYSTEM),
	F("reasons", "Why shelter", F_CODES, .of = "stay_reason", .flags = FF_NEED, .standard = "民发〔2015〕189号"),
	F("minors", "Children with her", F_CODE, .of = "stay_minor", .flags = FF_NEED),
	F("children_note", "About the children", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000, .help = N_("Ages, school, medicine. The school must not be asked in a way that he hears of.")),
	F("person_name", "Name", F_NAME, .secrecy = S_MASKED, .flags = FF_SYSTEM, .max = 40),
	F("urgent_note", "What must be known at once", F_TEXT, .secrecy = S_SEALED, .max = 200, .help = N_("Injury, medicine, pregnancy, infant.")),
	F("escort", "Who brings her", F_TEXT, .secrecy = S_SEALED, .max = 120),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 1000),
	F("entry", "Sealed address", F_REF, .of = "vault", .flags = FF_SYSTEM),
	F("admitted", "Taken in", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("until", "Until", F_DATE, .flags = FF_SYSTEM | FF_LIST, .standard = "民发〔2015〕189号"),
	F("things", "Things kept for her", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("health", "Health on arrival", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("danger", "Danger as the shelter sees it", F_CODE, .of = "grade", .flags = FF_SYSTEM),
	F("needs", "What she needs", F_CODES, .of = "stay_need", .flags = FF_SYSTEM),
	F("plan", "Plan of the case", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 3000),
	F("log", "Record of the day", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 2000),
	F("filed_ext", "Longer stay filed with civil affairs", F_DATE, .flags = FF_SYSTEM),
	F("ext_reason", "Why longer", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 500),
	F("extensions", "Times lengthened", F_INT, .flags = FF_SYSTEM, .max = 100),
	F("left_at", "Left", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("left_to", "Where she goes", F_CODE, .of = "stay_leave", .flags = FF_SYSTEM, .help = N_("The kind of place only. A new address is sealed in the vault.")),
	F("left_note", "On leaving", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 1000),
	F("plan_gone", "Her safety plan was gone over", F_BOOL, .flags = FF_SYSTEM),
	PAPER_FIELD("stay_paper"),
	F("refusal", "Why she was not taken in", F_CODE, .of = "stay_refuse", .flags = FF_SYSTEM),
};
static const struct state states[] = {
	{ "asked", N_("Asked for"), true, "red" }, { "inside", N_("In the shelter"), true, "green" }, { "left", N_("Left, being looked after"), true, "yellow" },
	{ "closed", N_("After-care ended"), false, NULL }, { "refused", N_("Not taken in"), false, NULL }, { "withdrawn", N_("No longer asked for"), false, NULL },
};

static enum err ask_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k, *p, *o;
	(void)old;
	TRY(absorb_case(c, now, &k));
	TRY(absorb_violent(c, k));
	TRY(absorb_party_of(c, now, "party", &p));
	if (!rec_has(now, "office") || !p)
		return OK;
	TRY(see_one(&in, "org", rec_int(now, "office"), &o));
	if (!str_is(rec_str(&in, o, "kind"), "civil") && !str_is(rec_str(&in, o, "kind"), "shelter"))
		fault_field(c->f, "office", N_("This unit is of another kind."), NULL);
	rec_set_str(now, "person_name", rec_str(&in, p, "name"));
	rec_set_str(now, "grade", rec_str(c, k, "grade"));
	now->org = rec_int(now, "office");
	return OK;
}

/* A notice may be read over a shoulder: it does not say that somebody is sheltered. */
static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(access_copy_out(c, now->parent, now->id));
	return notice_put(c, 0, now->org, now, N_("A confidential record needs your answer at once"));
}

/* The entry of the vault that says where: of her, or of the case as a whole; kept, and of the shelter. */
static enum err entry_of(struct ctx *c, const struct rec *r, int64_t *ret)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	*ret = 0;
	TRY(see_children(&in, "vault", r->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "kept") && str_is(rec_str(&in, s.r[i], "kind"), "shelter") && (!rec_has(s.r[i], "party") || rec_int(s.r[i], "party") == rec_int(r, "party")))
			*ret = s.r[i]->id;
	return OK;
}

static enum err admit_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	int64_t entry;
	(void)old;
	TRY(entry_of(c, now, &entry));
	if (!entry)
		return fail(c->f, ERR_STATE, N_("The address is not sealed yet. The team or the city’s federation seals it on the page of the case, as an entry of the vault; then she is taken in."), NULL);
	rec_set_int(now, "entry", entry);
	if (rec_int(now, "admitted") > c->now + 5 * MS_MINUTE || rec_int(now, "admitted") + MS_DAY < old->created)
		fault_field(c->f, "admitted", N_("Around the time it was asked for, and not in the future."), NULL);
	rec_set_int(now, "until", day_start(day_of(term_end(c->app->calendar, rec_int(now, "admitted"), TERM_DAY, 10, NULL) - 1)));
	return OK;
}

static enum err admitted(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_start_at(c, now, "stay.limit", rec_int(now, "until") + MS_DAY, "until"));
	return absorb_tell_team(c, now, N_("A confidential record has changed: please open it"));
}

/* Over ten days only with a filing (民发〔2015〕189号); ten days more at a time. */
static enum err longer_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_int(now, "filed_ext") > c->now)
		fault_field(c->f, "filed_ext", N_("This lies in the future. Please check the date."), NULL);
	if (rec_int(now, "until") <= rec_int(old, "until"))
		fault_field(c->f, "until", N_("The new date must be later than the present one."), NULL);
	else if (rec_int(now, "until") > rec_int(old, "until") + 10 * MS_DAY)
		fault_field(c->f, "until", N_("At most ten days more at a time."), NULL);
	rec_set_int(now, "extensions", rec_int(old, "extensions") + 1);
	return OK;
}

static enum err longer(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_extend(c, now, "stay.limit", rec_int(now, "until") + MS_DAY, STR("other"));
}

/* Back to where he may be: not without having been asked how dangerous it is, and not without a plan. */
static enum err leave_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	bool home = str_is(code_more(c->app->codes, "stay_leave", rec_str(c, now, "left_to"), "home"), "1"), asked = false;
	if (rec_int(now, "left_at") > c->now + 5 * MS_MINUTE || rec_int(now, "left_at") < rec_int(old, "admitted"))
		fault_field(c->f, "left_at", N_("After she was taken in, and not in the future."), NULL);
	TRY(see_children(&in, "assessment", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		asked |= rec_in(s.r[i], "made") && rec_int(s.r[i], "party") == rec_int(now, "party") && s.r[i]->created >= rec_int(old, "admitted");
	if (home && !asked)
		fault_field(c->f, "left_to", N_("Home: please assess her safety first, once more since she came."), NULL);
	if (home && !rec_int(now, "plan_gone"))
		fault_field(c->f, "plan_gone", N_("Home: please go over her safety plan with her first."), NULL);
	return OK;
}

static enum err left(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const days[] = { "7", "30", "90" };
	(void)old;
	TRY(due_meet(c, now, "stay.limit"));
	TRY(due_meet(c, now, "stay.needs"));
	TRY(absorb_plan_visits(c, now, "stay", "party", days, ARRAY_LEN(days)));
	return absorb_tell_team(c, now, N_("A confidential record has changed: please open it"));
}

static enum err close_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	(void)old;
	TRY(see_children(&in, "visit", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned") && str_is(rec_str(&in, s.r[i], "why"), "stay"))
			return fail(c->f, ERR_STATE, N_("A follow-up visit is still to be made. Please make it, or say why not."), NULL);
	return OK;
}

/* Minors, and whom the police bring, are taken in (民发〔2015〕189号): "full" is no answer for them. */
static enum err refuse_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str why = rec_str(c, old, "reasons");
	bool must_take = str_is(rec_str(c, old, "minors"), "alone") || (why.n && str_find(why, STR(",police,")) >= 0);
	if (must_take && str_is(rec_str(c, now, "refusal"), "full"))
		fault_field(c->f, "refusal", N_("A minor, and whom the police bring, is taken in first; then find another place together."), NULL);
	return OK;
}

static enum err refused(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_cancel(c, now));
	return absorb_tell_team(c, now, N_("A confidential record has changed: please open it"));
}

static enum err stop(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return due_cancel(c, now);
}

static const struct step steps[] = {
	TEAM("", "create", "asked", "Ask for shelter", "party! office! reasons! minors! children_note urgent_note escort note", ask_check, asked, .starts = "stay.decide",
	     .flags = STEP_PRIMARY),
	TEAM("asked", "withdraw", "withdrawn", "No longer asked for", "note!", NULL, stop, .flags = STEP_DANGER),
	PART("asked", "admit", "inside", "Take her in", "admitted! health things", admit_check, admitted, .meets = "stay.decide", .starts = "stay.needs", .flags = STEP_PRIMARY),
	PART("asked", "refuse", "refused", "Not taken in", "refusal! note!", refuse_check, refused, .meets = "stay.decide"),
	PART("inside", "assess", "=", "Safety and needs", "danger! needs! plan!", NULL, NULL, .meets = "stay.needs", .flags = STEP_PRIMARY),
	PART("inside", "day", "=", "Record the day", "log!", NULL, NULL, .starts = NULL),
	PART("inside", "longer", "=", "Longer than ten days", "until! filed_ext! ext_reason!", longer_check, longer, .starts = NULL),
	PART("inside", "leave", "left", "She leaves", "left_at! left_to! left_note plan_gone!", leave_check, left, .flags = STEP_PRIMARY),
	TEAM("left", "close", "closed", "End the after-care", "note", close_check, NULL, .flags = STEP_PRIMARY),
	KEEP_PAPER("inside|left"),
	INNER("*", "follow", "=", "Follow the case", "", absorb_follow_lead, NULL, .starts = NULL),
};
/* The city's federation knows that there is one, for the two persons who open the address. */
static const struct grant grants[] = { TEAM_READ, PART_READ, { R(CITY), SC_AREA, SIGHT_MASKED } };

const struct rtype stay_type = {
	.name = "stay", .table = "shelter_stay", .label = N_("Shelter stay"), .plural = N_("Shelter stays"), .fields = fields, .nfields = ARRAY_LEN(fields),
	.states = states, .nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case",
	.guard = GUARD_PARENT, .number = "庇", .level = 4, .unlisted = true, .grade = "grade", .offered = "violence",
};

/* ---- its papers: none names the shelter or the way to it ---- */

void stay_admission(struct pages *b)
{
	struct rec *p = page_party(b, "party");
	page_title(b, "庇护入住登记表");
	page_number(b, b->r ? b->r->number : STR("庇〔　　　　〕　　　　号"));
	page_line(b, "姓名", page_text(b, "person_name"));
	struct str sex = page_party_text(b, p, "sex"), birth = page_party_text(b, p, "birth");
	page_line(b, "性别、出生日期（证件可以后补）", p ? arena_fmt(b->c->a, "%.*s，%.*s", (int)sex.n, sex.p, (int)birth.n, birth.p) : STR(""));
	page_line(b, "申请情形", page_text(b, "reasons"));
	page_line(b, "随同未成年人", page_text(b, "minors"));
	page_line(b, "护送人", page_text(b, "escort"));
	page_line(b, "须立即知道的", page_text(b, "urgent_note"));
	struct str in = page_text(b, "admitted"), until = page_day(b, "until");
	page_line(b, "入住时间、期限至", arena_fmt(b->c->a, "%.*s，%.*s", (int)in.n, in.p, (int)until.n, until.p));
	page_head(b, "健康情况");
	page_long(b, "health", 1);
	page_head(b, "寄存物品");
	page_long(b, "things", 1);
	page_say(b, "告知：不收费用，一般不超过十日；地址不外传，不接待访客，手机关闭定位；可以随时离开，离开前一起做安全评估和安全计划。");
	page_sign(b, "本人（签名、捺印）：");
	page_sign(b, "经办人（签名，两人）：");
	b->reader = p ? p->id : 0;
}

static struct rec *of_whom(struct pages *b, const char *title)
{
	struct rec *p = page_party(b, "party");
	page_title(b, title);
	page_number(b, b->r ? b->r->number : STR("庇〔　　　　〕　　　　号"));
	page_line(b, "姓名", page_text(b, "person_name"));
	b->reader = p ? p->id : 0;
	return p;
}

void stay_escort(struct pages *b)
{
	static const char *const by_hand[] = { "出发时间", "交通工具", "途中就医、进食、用药", "随身物品（件数）" };
	struct rec *p = of_whom(b, "护送单");
	page_line(b, "性别", page_party_text(b, p, "sex"));
	page_line(b, "随同未成年人", page_text(b, "minors"));
	page_line(b, "须立即知道的", page_text(b, "urgent_note"));
	page_line(b, "护送人", page_text(b, "escort"));
	page_line(b, "护送单位、联系电话", STR(""));
	for (size_t i = 0; i < ARRAY_LEN(by_hand); i++)
		page_line(b, by_hand[i], STR(""));
	page_line(b, "交接时间", page_text(b, "admitted"));
	page_say(b, "护送须知：由两人护送，其中至少一名女性；走不经过加害人住处和单位的路线；本人和随同人员的手机关闭定位；不在网络、微信群里说起；去向不告诉任何人。本单不写出发地和到达地，交接后由接收单位收存，护送人不留底。");
	page_sign(b, "护送人（签名，两人）：");
	page_sign(b, "接收人（签名，两人）：");
}

void stay_things(struct pages *b)
{
	of_whom(b, "物品寄存清单");
	page_line(b, "寄存日期", page_day(b, "admitted"));
	page_head(b, "寄存时登记");
	page_long(b, "things", 1);
	page_row(b, "2,8,3,6,4", STR("序号\t物品名称、特征\t数量\t状况\t取回日期"));
	for (int i = 1; i <= 8; i++)
		page_row(b, "2,8,3,6,4", arena_fmt(b->c->a, "%d\t　\t　\t　\t　", i));
	page_say(b, "现金、首饰、证件、银行卡逐件写明；药品注明用法，危险物品和酒不寄存。物品随时可以取回，离开时当面清点。");
	page_sign(b, "寄存人（签名、捺印）：");
	page_sign(b, "经办人（签名，两人）：");
	page_sign(b, "取回时寄存人（签名）：");
}

void stay_health(struct pages *b)
{
	static const char *const by_hand[] = { "检查时间", "体温、血压、脉搏", "伤情（部位、大小、新旧）", "疾病、正在使用的药品", "过敏", "孕期、哺乳", "情绪和睡眠", "随同未成年人的情况" };
	struct rec *p = of_whom(b, "健康检查登记表");
	struct str sex = page_party_text(b, p, "sex"), birth = page_party_text(b, p, "birth");
	page_line(b, "性别、出生日期", p ? arena_fmt(b->c->a, "%.*s，%.*s", (int)sex.n, sex.p, (int)birth.n, birth.p) : STR(""));
	page_line(b, "须立即知道的", page_text(b, "urgent_note"));
	page_head(b, "入住时健康情况");
	page_long(b, "health", 2);
	page_head(b, "检查登记");
	for (size_t i = 0; i < ARRAY_LEN(by_hand); i++)
		page_line(b, by_hand[i], STR(""));
	page_line(b, "拍照固定", STR("□本人同意　　□本人不同意"));
	page_line(b, "处理", STR("□不需处理　□站内处理　□送医　□拨打120"));
	page_say(b, "检查由女性工作人员进行，本人可以拒绝其中任何一项。送医时不向医院以外的人说明住处；性侵害的，先保全衣物、不洗澡，由公安机关安排检查。");
	page_sign(b, "本人（签名）：");
	page_sign(b, "检查人（签名，两人）：");
}
