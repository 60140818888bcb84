/* Why: an agreement that is not in force protects nobody. Invariants: signed only with what the law asks (人民调解法 28–30). */
#include "absorb/absorb.h"
#include "absorb/papers.h"
#include "record/metrics.h"

static const struct field fields[] = {
	F("form", "Form", F_CODE, .of = "agreement_form", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("side", "Whose paper", F_CODE, .of = "side", .flags = FF_SYSTEM),
	F("facts", "Main facts and points in dispute", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 5000),
	F("terms", "What was agreed", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 10000),
	F("performance", "How, where and when it is performed", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 2000),
	F("amount", "Amount", F_MONEY, .max = INT64_C(100000000000)),
	F("signed_on", "Signed on", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("parties_signed", "The parties have signed or put their fingerprints", F_BOOL, .flags = FF_SYSTEM),
	F("mediator_signed", "The mediator has signed", F_BOOL, .flags = FF_SYSTEM),
	F("sealed", "The committee's seal is on it", F_BOOL, .flags = FF_SYSTEM),
	F("confirm_until", "Court confirmation may be asked until", F_DATE, .flags = FF_SYSTEM,
	  .help = N_("Both parties together, within 30 days. Divorce, parentage and adoption cannot be confirmed; money, maintenance and visiting can."),
	  .standard = "人民调解法第三十三条"),
	F("confirm_items", "What is to be confirmed", F_CODES, .of = "confirm_item", .flags = FF_SYSTEM),
	F("confirm_court", "Court asked to confirm", F_REF, .of = "org", .flags = FF_SYSTEM, .among = "kind=court"),
	F("confirm_on", "Confirmation asked for on", F_DATE, .flags = FF_SYSTEM),
	F("both_asked", "Both parties asked for it together", F_BOOL, .flags = FF_SYSTEM),
	F("confirm_result", "Result of the confirmation", F_CODE, .of = "confirm_result", .flags = FF_SYSTEM | FF_FILTER),
	F("confirm_no", "Number of the court's ruling", F_TEXT, .flags = FF_SYSTEM, .max = 60),
	F("confirm_ruled", "Day of the court's ruling", F_DATE, .flags = FF_SYSTEM),
	F("note", "Note", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000),
};
static const struct state states[] = {
	{ "draft", N_("Draft"), true, "yellow" }, { "signed", N_("In force"), true, "green" }, { "performed", N_("Performed"), false, "green" },
	{ "breached", N_("Breached"), false, "red" }, { "dropped", N_("Dropped"), false, NULL },
};

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *k;
	(void)old;
	TRY(absorb_case(c, now, &k));
	bool hidden;
	TRY(absorb_hidden_side(c, k->id, STR("both"), &hidden));
	if (hidden)
		return fail(c->f, ERR_STATE, N_("Somebody in this case must not learn of it: no agreement is made."), NULL);
	rec_set_str(now, "side", STR("both"));
	return rec_in(k, "mediating") ? OK : fail(c->f, ERR_STATE, N_("An agreement is reached while the case is in mediation."), NULL);
}

static enum err sign_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	bool written = str_is(rec_str(c, now, "form"), "written"), hidden;
	(void)old;
	TRY(absorb_hidden_side(c, now->parent, STR("both"), &hidden));
	if (hidden)
		return fail(c->f, ERR_STATE, N_("Somebody in this case must not learn of it: no agreement is made."), NULL);
	if (rec_int(now, "signed_on") > c->now)
		fault_field(c->f, "signed_on", N_("This lies in the future. Please check the date."), NULL);
	if (written && !rec_int(now, "parties_signed"))
		fault_field(c->f, "parties_signed", N_("A written agreement is in force when parties and mediator have signed and the seal is on it."), NULL);
	if (!rec_int(now, "mediator_signed"))
		fault_field(c->f, "mediator_signed", N_("The mediator signs: the agreement, or the record of an oral one."), NULL);
	if (written && !rec_int(now, "sealed"))
		fault_field(c->f, "sealed", N_("A written agreement is in force when parties and mediator have signed and the seal is on it."), NULL);
	rec_set_int(now, "confirm_until", day_start(day_of(term_end(c->app->calendar, rec_int(now, "signed_on"), TERM_DAY, 30, NULL) - 1)));
	return OK;
}

static enum err perform_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	(void)old;
	TRY(see_children(&in, "duty", now->parent, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_int(s.r[i], "agreement") == now->id && rec_in(s.r[i], "open|late|broken|pursued"))
			return fail(c->f, ERR_STATE, N_("A duty of this agreement is not done yet."), NULL);
	return OK;
}

/* ---- judicial confirmation (人民调解法 33; 民事诉讼法 205, 206) ---- */

bool absorb_confirmed(const struct ctx *c, const struct rec *a)
{
	return rec_has(a, "confirm_result") && str_is(code_more(c->app->codes, "confirm_result", a->v[field_at(a->t, "confirm_result")].s, "good"), "1");
}

const char *absorb_no_confirmation(const struct ctx *c, const struct rec *a)
{
	if (!rec_in(a, "signed|breached"))
		return N_("Only an agreement in force is confirmed.");
	if (absorb_confirmed(c, a))
		return N_("The court has confirmed it already.");
	if (rec_has(a, "confirm_on") && !rec_has(a, "confirm_result"))
		return N_("Confirmation was asked for already; the court has not ruled yet.");
	if (rec_has(a, "confirm_until") && c->now >= rec_int(a, "confirm_until") + MS_DAY)
		return N_("The thirty days in which confirmation may be asked for are over. The agreement still binds: who does not keep it can be sued.");
	return NULL;
}

static enum err confirm_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	const char *why = absorb_no_confirmation(c, old);
	struct str rest = rec_str(c, now, "confirm_items");
	if (why)
		return fail(c->f, ERR_STATE, why, NULL);
	while (rest.p) {
		struct str one = str_cut(rest, ',', &rest);
		if (one.n && !str_is(code_more(c->app->codes, "confirm_item", one, "fit"), "1"))
			fault_field(c->f, "confirm_items", N_("Divorce, parentage, adoption and title cannot be confirmed. Please choose only what can; for the rest the way is the registry or a suit."), NULL);
	}
	if (rec_int(now, "confirm_on") > c->now)
		fault_field(c->f, "confirm_on", N_("This lies in the future. Please check the date."), NULL);
	else if (rec_int(now, "confirm_on") < rec_int(now, "signed_on"))
		fault_field(c->f, "confirm_on", N_("After the agreement was signed."), NULL);
	if (!rec_int(now, "both_asked"))
		fault_field(c->f, "both_asked", N_("The law asks for both together. One alone can sue for performance."), NULL);
	rec_clear(now, "confirm_result");
	rec_clear(now, "confirm_no");
	rec_clear(now, "confirm_ruled");
	return absorb_unit(c, now, "confirm_court", "court");
}

static enum err ruled_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_has(old, "confirm_on") || rec_has(old, "confirm_result"))
		return fail(c->f, ERR_STATE, N_("No confirmation is asked for."), NULL);
	if (rec_int(now, "confirm_ruled") > c->now || rec_int(now, "confirm_ruled") < rec_int(old, "confirm_on"))
		fault_field(c->f, "confirm_ruled", N_("After it was asked for, and not in the future."), NULL);
	if (absorb_confirmed(c, now) && !rec_has(now, "confirm_no"))
		fault_field(c->f, "confirm_no", N_("Please fill this in."), NULL);
	return OK;
}

/* ---- wording ---- */

static bool says(struct str text, const char *word) { return str_find(text, str_of(word)) >= 0; }

/* One of these within twelve characters behind the word, in the same sentence. */
static bool near(struct str text, const char *word, const char *const *of)
{
	for (ptrdiff_t at; (at = str_find(text, str_of(word))) >= 0;) {
		struct str rest = { text.p + at + strlen(word), text.n - (size_t)at - strlen(word) }, part = utf8_head(rest, 12);
		ptrdiff_t stop = str_find(part, STR("。"));
		part.n = stop >= 0 ? (size_t)stop : part.n;
		for (const char *const *w = of; *w; w++)
			if (says(part, *w))
				return true;
		text = rest;
	}
	return false;
}

void absorb_wording(struct str text, const char *ret[5])
{
	static const char *const young[] = { "孩子", "子女", "女儿", "儿子", "婚生", NULL }, *const old[] = { "父母", "老人", "父亲", "母亲", "公婆", "岳父", "岳母", NULL };
	size_t n = 0;
	if (near(text, "扶养", young) || near(text, "赡养", young) || near(text, "抚养", old) || near(text, "扶养", old))
		ret[n++] = N_("抚养 is of children, 扶养 between spouses, 赡养 of parents: please check the word.");
	if (says(text, "赔偿") && says(text, "补偿"))
		ret[n++] = N_("赔偿 answers for a wrong, 补偿 makes up for a burden: please check which is meant at each place.");
	if (says(text, "订金"))
		ret[n++] = N_("订金 is no 定金: only the second is kept or doubled when somebody breaks the contract. Please check the word.");
	if (says(text, "离婚") && (says(text, "同意离婚") || says(text, "自愿离婚") || says(text, "解除婚姻")))
		ret[n++] = N_("A mediation agreement does not end a marriage: that is done at the registry or by the court. Please say so in the agreement.");
	ret[n] = NULL;
}

static const struct step steps[] = {
	TEAM("", "create", "draft", "Write an agreement", "form! facts! terms! performance! amount", create_check, NULL, .flags = STEP_PRIMARY),
	TEAM("draft", "edit", "=", "Edit", "facts! terms! performance! amount", NULL, NULL, .starts = NULL),
	TEAM("draft", "sign", "signed", "Signed", "signed_on! parties_signed mediator_signed! sealed", sign_check, NULL, .flags = STEP_PRIMARY),
	TEAM("draft", "drop", "dropped", "Drop", "note", NULL, NULL, .flags = STEP_DANGER),
	TEAM("signed", "perform", "performed", "Fully performed", "note", perform_check, NULL, .flags = STEP_PRIMARY),
	TEAM("signed", "breach", "breached", "Mark as breached", "note!", NULL, NULL, .flags = STEP_DANGER),
	TEAM("breached", "mend", "signed", "Performed after all", "note!", NULL, NULL, .starts = NULL),
	TEAM("signed|breached", "confirm", "=", "Ask the court to confirm it", "confirm_items! confirm_court! confirm_on! both_asked!", confirm_check, NULL, .starts = "agreement.confirm"),
	TEAM("signed|breached|performed", "ruled", "=", "Result of the confirmation", "confirm_result! confirm_no confirm_ruled! note", ruled_check, NULL, .meets = "agreement.confirm"),
	FOLLOW,
};
/* The federation above counts them; what was agreed stays with the team. */
static const struct grant grants[] = { TEAM_READ, SIDE_READ(SIGHT_FULL), { R_FED, SC_AREA, SIGHT_MASKED } };

static int tallies(const struct rec *r, struct tally_cell out[TALLY_MAX])
{
	if (!rec_has(r, "signed_on"))
		return 0;
	out[0] = (struct tally_cell){ .metric = METRIC_AGREEMENT, .ms = rec_int(r, "signed_on"), .outcome = r->v[field_at(r->t, "form")].s };
	return 1;
}

const struct rtype agreement_type = {
	.name = "agreement", .label = N_("Agreement"), .plural = N_("Mediation agreements"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .parent = "case", .guard = GUARD_PARENT,
	.number = "协", .level = 3, .tallies = tallies,
};

/* ---- its paper ---- */

/* Both sign and both hold it: of neither more than the name stands in it. */
void agreement_confirm(struct pages *b)
{
	page_title(b, "司法确认申请书");
	page_number(b, b->r ? b->r->number : STR(""));
	page_line(b, "申请人（甲方）", b->r ? absorb_side_names(&b->in, b->r->parent, "a", false) : STR(""));
	page_line(b, "申请人（乙方）", b->r ? absorb_side_names(&b->in, b->r->parent, "b", false) : STR(""));
	page_head(b, "一、请求事项");
	page_say(b, "申请人因婚姻家庭纠纷，经人民调解委员会调解，自愿达成调解协议。请求人民法院依法确认协议中下列事项有效：");
	page_line(b, "确认事项", b->r ? page_text(b, "confirm_items") : STR(""));
	page_line(b, "协议编号", b->r ? b->r->number : STR(""));
	page_line(b, "协议生效日期", b->r ? page_day(b, "signed_on") : STR(""));
	page_head(b, "二、承诺");
	page_say(b, "申请人承诺：达成协议出于自愿，没有恶意串通、规避法律、损害国家利益、社会公共利益或者他人合法权益；如有虚假，愿意承担法律责任。");
	page_head(b, "三、所附材料");
	page_say(b, "调解协议书；申请人身份证明；调解组织和调解员的证明；涉及财产的权利证明。");
	page_plain(b, STR("　　此致"));
	page_plain(b, STR("　　　　　　　　人民法院"));
	page_sign(b, "申请人（甲方签名、捺印）：");
	page_sign(b, "申请人（乙方签名、捺印）：");
}
