/* Why: a judge who decides on a family sees two parties in a courtroom; what the home is like is seen by who goes there (家事调查、委派调解、委托调解、
 * 判后回访; 最高人民法院 2016 年家事审判改革, 法发〔2018〕12号).
 * Who does what: the court's liaison commissions, the federation of the city names who carries it out, she takes it on or steps back, goes there, and
 * hands in her report or the result; the court takes it in, or asks for more.
 * Invariants: another court sees nothing of it; the federation reads it only while somebody is to be named, she who carries it out only while she does;
 * who is one of the parties, their relative or shut out of the case is not named, nor named again after she stepped back; where violence is flagged nobody
 * is asked to mediate, and a settlement is not taken (反家庭暴力法 5); a flag is never taken back; the part to be withheld stands in no paper but the
 * annex to the court. */
#include "absorb/absorb.h"
#include "absorb/papers.h"
#include "people/people.h"

#define SEALED(n, l, ...) F(n, l, F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 5000, __VA_ARGS__)
static const struct field fields[] = {
	F("kind", "What is commissioned", F_CODE, .of = "commission_kind", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("stage", "Stage of the suit", F_CODE, .of = "commission_stage", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE),
	F("court", "Court that commissions", F_REF, .of = "org", .flags = FF_SYSTEM | FF_LIST),
	F("court_no", "Number at the court", F_TEXT, .flags = FF_NEED | FF_LIST | FF_ONCE, .max = 60),
	F("judge", "Judge in charge", F_NAME, .secrecy = S_MASKED, .flags = FF_NEED, .max = 40),
	F("matter", "Kind of dispute", F_CODE, .of = "kind", .flags = FF_NEED | FF_LIST | FF_FILTER),
	F("first_name", "Party one", F_NAME, .secrecy = S_MASKED, .flags = FF_NEED | FF_ONCE, .max = 40),
	F("second_name", "Party two", F_NAME, .secrecy = S_MASKED, .flags = FF_NEED | FF_ONCE, .max = 40),
	F("first_phone", "Phone of party one", F_PHONE, .secrecy = S_MASKED),
	F("second_phone", "Phone of party two", F_PHONE, .secrecy = S_MASKED),
	F("items", "What is to be found out or done", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED | FF_HEAVY, .max = 5000),
	F("caution", "To be minded", F_LONG, .secrecy = S_SEALED, .flags = FF_HEAVY, .max = 2000, .help = N_("Whom not to call, what not to ask, where not to go.")),
	F("violence", "Violence at home is said or suspected", F_BOOL, .flags = FF_LIST | FF_FILTER),
	F("child", "A child under 18 is concerned", F_BOOL, .flags = FF_LIST | FF_FILTER),
	F("by_on", "Term set by the court", F_DATE, .help = N_("Left empty, the term of the rules holds.")),
	F("due_on", "To be handed in by", F_DATE, .flags = FF_SYSTEM | FF_LIST),
	F("fed", "Federation that is asked", F_REF, .of = "org", .flags = FF_SYSTEM),
	F("unit", "Unit that carries it out", F_REF, .of = "org", .flags = FF_SYSTEM | FF_LIST),
	F("appointer", "Named by", F_REF, .of = "staff", .flags = FF_SYSTEM),
	F("second", "Person who goes along", F_REF, .of = "staff", .flags = FF_SYSTEM, .help = N_("An investigation is made by two.")),
	F("kase", "Case", F_REF, .of = "case", .flags = FF_SYSTEM),
	F("refuse_reason", "Why the commission is not taken", F_CODE, .of = "commission_refuse", .flags = FF_SYSTEM | FF_FILTER),
	SEALED("refuse_note", "Explanation to the court"),
	F("accepted_at", "Commission taken on", F_TIME, .flags = FF_SYSTEM),
	F("recuse_reason", "Why she steps back", F_CODE, .of = "commission_recuse", .flags = FF_SYSTEM | FF_FILTER),
	SEALED("recuse_note", "Explanation of stepping back"),
	F("recusals", "Times somebody stepped back", F_INT, .flags = FF_SYSTEM, .max = 100),
	SEALED("extend_reason", "Why more time is needed"),
	F("visit_at", "When she was there", F_TIME, .flags = FF_SYSTEM),
	F("visit_way", "How she was seen", F_CODE, .of = "visit_way", .flags = FF_SYSTEM),
	F("visit_with", "Who was spoken with", F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .max = 200),
	F("shown", "Papers were shown, two came", F_BOOL, .flags = FF_SYSTEM),
	SEALED("visit_note", "What was seen and said"),
	F("visits", "Visits made", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = 1000),
	F("trail", "Who was named before", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 20000),
	F("log", "Visits written down", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 20000),
	SEALED("health", "Health of body and mind"), SEALED("relations", "Marriage and family relations"), SEALED("economy", "Income and property"), SEALED("housing", "Housing"),
	SEALED("care", "Care for the child and the old"), SEALED("network", "Kin and neighbours who help"), SEALED("wish", "What the child wishes", .help = N_("Without who said it to whom: parents may read the report.")),
	SEALED("danger", "Signs of violence and danger"), SEALED("assessment", "Assessment of the investigator"), SEALED("advice", "Advice to the court"), SEALED("summary", "Summary of the report"),
	SEALED("withheld", "Not to be made known to the parties", .help = N_("What a child said of a parent. It goes to the court in an annex of its own. Where somebody lives who hides is written nowhere here.")),
	F("result", "Result of the mediation", F_CODE, .of = "commission_result", .flags = FF_SYSTEM | FF_LIST | FF_FILTER),
	SEALED("result_text", "Account of the mediation"),
	F("agreement_no", "Number of the agreement", F_TEXT, .flags = FF_SYSTEM, .max = 60),
	F("submitted_at", "Handed in at", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	SEALED("demand", "What the court asks to be added"),
	SEALED("supplement", "Supplement"),
	F("supplements", "Supplements so far", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_HEAVY, .max = 20000),
	F("nsupplements", "Times something was added", F_INT, .flags = FF_SYSTEM, .max = 100),
	F("received_at", "Taken in by the court", F_TIME, .flags = FF_SYSTEM),
	SEALED("feedback", "What the court made of it"),
	F("fee", "Allowance", F_MONEY, .flags = FF_SYSTEM, .max = 10000000),
	F("note", "Note", F_TEXT, .secrecy = S_SEALED, .max = 300),
};
static const struct state states[] = {
	{ "asked", N_("Somebody is to be named"), true, "yellow" }, { "appointed", N_("Named, to be taken on"), true, "yellow" }, { "working", N_("Being carried out"), true, "yellow" },
	{ "submitted", N_("Waits for the court"), true, "green" }, { "demanded", N_("To be supplemented"), true, "red" }, { "received", N_("Taken in by the court, open"), true, "green" },
	{ "closed", N_("Commission closed"), false, "green" }, { "refused", N_("Commission not taken"), false, NULL }, { "withdrawn", N_("Commission withdrawn"), false, NULL },
};

static struct str kind_more(struct ctx *c, const struct rec *r, const char *column) { return code_more(c->app->codes, "commission_kind", rec_str(c, r, "kind"), column); }
static bool is_kind(struct ctx *c, const struct rec *r, const char *kind) { return str_is(rec_str(c, r, "kind"), kind); }
/* The rule of its term: of the kind, or for mediation of the stage. In c->a; "" for none. */
static const char *rule_of(struct ctx *c, const struct rec *r)
{
	struct str s = kind_more(c, r, "rule");
	return arena_cstr(c->a, s.n ? s : code_more(c->app->codes, "commission_stage", rec_str(c, r, "stage"), "rule"));
}
static enum err tell_court(struct ctx *c, const struct rec *now, const char *text) { return notice_put(c, 0, rec_int(now, "court"), now, text); }

/* ---- the court ---- */

static void term_fits(struct ctx *c, const struct rec *now)
{
	if (rec_has(now, "by_on") && day_of(rec_int(now, "by_on")) <= day_of(c->now))
		fault_field(c->f, "by_on", N_("At the earliest tomorrow."), NULL);
	else if (rec_has(now, "by_on") && day_of(rec_int(now, "by_on")) > day_of(c->now) + 180)
		fault_field(c->f, "by_on", N_("At most 180 days."), NULL);
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *o;
	bool after = str_is(rec_str(c, now, "stage"), "judged");
	(void)old;
	TRY(see_one(&in, "org", c->actor->org, &o));
	if (!str_is(rec_str(&in, o, "kind"), "court"))
		return fail(c->f, ERR_DENIED, N_("Only a court commissions. What other offices are to do is asked for in the case."), NULL);
	term_fits(c, now);
	if (is_kind(c, now, "follow") != after)
		fault_field(c->f, "stage", after ? N_("After judgment a visit is commissioned; investigation and mediation come before it.") : N_("A visit after judgment is commissioned after judgment."), NULL);
	if (is_kind(c, now, "mediate") && rec_int(now, "violence"))
		fault_field(c->f, "kind", N_("Violence is flagged: nobody is asked to mediate (Anti-Domestic Violence Law, article 5). An investigation can be commissioned."), NULL);
	const struct filter by[] = { { STR("kind"), STR("city") }, { STR("state"), STR("active") } };
	struct seen s;
	TRY(see(&in, &(struct see){ .type = "org", .filters = by, .nfilters = 2, .limit = 20 }, &s));
	for (size_t i = 0; i < s.n; i++)
		if (str_eq(s.r[i]->area, now->area))
			rec_set_int(now, "fed", s.r[i]->id);
	rec_set_int(now, "court", c->actor->org);
	now->org = c->actor->org;
	return OK;
}

static enum err created(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return rec_int(now, "fed") ? notice_put(c, 0, rec_int(now, "fed"), now, N_("A court commissions something: please name who carries it out")) : OK;
}

/* Who is to be reproached when it runs out: the court for taking in, the federation for naming, and then the unit that carries it out. */
static int64_t whose_time(const struct rec *r, struct str rule)
{
	int64_t fed = rec_int(r, "fed"), unit = rec_int(r, "unit");
	if (str_is(rule, "commission.receive") || !fed)
		return r->org;
	return str_is(rule, "commission.appoint") || !unit ? fed : unit;
}

/* A warning is added, never taken back. */
static enum err flag_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const flags[] = { "violence", "child" };
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (rec_int(old, flags[i]) && !rec_int(now, flags[i]))
			fault_field(c->f, flags[i], N_("This was flagged, and is not taken back."), NULL);
	return OK;
}

static enum err flagged(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_int(now, "violence") || rec_int(old, "violence"))
		return OK;
	if (now->owner != c->actor->user && rec_in(now, "appointed|working|demanded"))
		TRY(notice_put(c, now->owner, 0, now, N_("Violence was flagged in a commission of the court: no mediation, mind your own safety and hers")));
	return c->actor->org == rec_int(now, "court") ? OK : tell_court(c, now, N_("Violence was flagged in a commission of your court"));
}

static enum err extend_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	term_fits(c, now);
	if (rec_int(now, "by_on") <= rec_int(old, "due_on"))
		fault_field(c->f, "by_on", N_("The new date must be later than the present one."), NULL);
	rec_set_int(now, "due_on", day_start(day_of(absorb_last_day(c, rec_int(now, "by_on")) - 1)));
	return OK;
}

static enum err extended(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_extend(c, now, rule_of(c, now), rec_int(now, "due_on") + MS_DAY, STR("other")));
	return notice_put(c, now->owner, 0, now, N_("The court has given a commission more time"));
}

static enum err ended(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(due_cancel(c, now));
	return old->owner != c->actor->user && rec_in(old, "appointed|working") ? notice_put(c, old->owner, 0, now, N_("A commission of the court was withdrawn")) : OK;
}

static enum err demanded(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, now->owner, 0, now, N_("The court asks for a supplement to what was handed in"));
}

static enum err receive_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	rec_set_int(now, "received_at", c->now);
	return OK;
}

/* ---- the federation names somebody ---- */

/* Her own number or a relative's among the parties': she has no part in it, and who names her is not told whose relative she is. */
static enum err is_kin(struct ctx *c, const struct rec *now, int64_t staff, bool *ret)
{
	static const char *const phones[] = { "first_phone", "second_phone" };
	struct ctx in = ctx_inside(c);
	*ret = false;
	for (size_t i = 0; i < ARRAY_LEN(phones); i++) {
		struct str v = rec_str(&in, now, phones[i]);
		struct seen own = { 0 }, kin = { 0 };
		if (!v.n)
			continue;
		TRY(see_same(&in, "staff", "phone", v, &own));
		TRY(see_same(&in, "kin", "phone", v, &kin));
		for (size_t k = 0; k < own.n; k++)
			*ret |= own.r[k]->id == staff;
		for (size_t k = 0; k < kin.n; k++)
			*ret |= kin.r[k]->parent == staff && rec_in(kin.r[k], "active");
	}
	return OK;
}

static enum err one_fits(struct ctx *c, const struct rec *now, const char *field, int64_t staff)
{
	struct ctx in = ctx_inside(c);
	struct rec *s;
	bool kin;
	TRY(is_kin(c, now, staff, &kin));
	if (kin) {
		fault_field(c->f, field, N_("This person cannot be named for this commission. Please choose another."), NULL);
		return OK;
	}
	/* Who stepped back stays out. */
	struct str mark = arena_fmt(c->a, "#%lld;", (long long)staff);
	if (str_find(rec_str(&in, now, "trail"), mark) >= 0) {
		fault_field(c->f, field, N_("She stepped back from this commission. Please choose another."), NULL);
		return OK;
	}
	TRY(see_one(&in, "staff", staff, &s));
	enum role role = role_of(rec_str(&in, s, "role"));
	if (!rec_in(s, "active") || !((R_FED | R(MEDIATOR)) & 1u << role))
		fault_field(c->f, field, N_("Please choose somebody of the federation or a mediator who works now."), NULL);
	return absorb_assignable(c, field, staff, rec_int(now, "kase"));
}

static enum err appoint_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *k, *s;
	(void)old;
	TRY(one_fits(c, now, "owner", now->owner));
	if (rec_has(now, "second"))
		TRY(one_fits(c, now, "second", rec_int(now, "second")));
	if (str_is(kind_more(c, now, "two"), "1") && !rec_has(now, "second"))
		fault_field(c->f, "second", N_("An investigation is made by two: please name the second person."), NULL);
	if (rec_int(now, "second") == now->owner)
		fault_field(c->f, "second", N_("The second person is somebody else."), NULL);
	if (rec_has(now, "kase")) {
		TRY(see_one(c, "case", rec_int(now, "kase"), &k));
		TRY(see_one(&in, "case", rec_int(now, "kase"), &k));
		const char *why = absorb_no_mediation(&in, k);
		if (why && is_kind(c, now, "mediate"))
			fault_field(c->f, "kase", why, NULL);
		if (rec_int(k, "violence"))
			rec_set_int(now, "violence", 1);
	}
	if (is_kind(c, now, "mediate") && rec_int(now, "violence") && !rec_has(now, "kase"))
		return fail(c->f, ERR_STATE, N_("Violence is flagged: nobody is asked to mediate (Anti-Domestic Violence Law, article 5). Please give it back to the court as not fit for mediation."), NULL);
	if (c->f->nfields)
		return OK;
	/* Whose relative a colleague is, is not handed on to who comes after her. */
	rec_clear(now, "recuse_reason");
	rec_clear(now, "recuse_note");
	TRY(see_one(&in, "staff", now->owner, &s));
	rec_set_int(now, "unit", s->org);
	rec_set_int(now, "appointer", c->actor->user);
	return OK;
}

static enum err appointed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, now->owner, 0, now, N_("You were named for a commission of the court: please take it on, or step back"));
}

static enum err refused(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_cancel(c, now));
	return tell_court(c, now, N_("A commission of your court was not taken: please read why"));
}

/* ---- who carries it out ---- */

static enum err accept_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct str basis;
	int64_t end;
	(void)old;
	if (rec_has(now, "by_on"))
		end = absorb_last_day(c, rec_int(now, "by_on"));
	else
		TRY(due_rule_end(c, rule_of(c, now), c->now, &end, &basis));
	rec_set_int(now, "accepted_at", c->now);
	rec_set_int(now, "due_on", day_start(day_of(end - 1)));
	return OK;
}

static enum err accepted(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	TRY(due_start_at(c, now, rule_of(c, now), rec_int(now, "due_on") + MS_DAY, "accepted"));
	return tell_court(c, now, N_("A commission of your court was taken on"));
}

static enum err give_back(const struct rec *old, struct rec *now)
{
	static const char *const gone[] = { "accepted_at", "due_on", "unit", "second", "appointer" };
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		rec_clear(now, gone[i]);
	now->owner = old->creator;
	return OK;
}

/* Who steps back stays in the trail, so that it is not she again. */
static enum err recuse_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(absorb_append(c, now, "trail", arena_fmt(c->a, "#%lld;", (long long)old->owner), STR_NONE));
	rec_set_int(now, "recusals", rec_int(old, "recusals") + 1);
	return give_back(old, now);
}

static enum err recall_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)c;
	return give_back(old, now);
}

static enum err given_back(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(due_cancel(c, now));
	TRY(due_start(c, now, "commission.appoint"));
	if (old->owner != c->actor->user)
		TRY(notice_put(c, old->owner, 0, now, N_("A commission of the court is no longer yours")));
	return created(c, old, now);
}

static enum err visit_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	static const char *const gone[] = { "visit_at", "visit_way", "visit_with", "visit_note" };
	struct str at = datetime_str(c->a, rec_int(now, "visit_at")), with = rec_str(c, now, "visit_with");
	struct str way = code_label(c->app->codes, "visit_way", rec_str(c, now, "visit_way"), LANG_ZH);
	if (rec_int(now, "visit_at") > c->now)
		fault_field(c->f, "visit_at", N_("This lies in the future. Please check the date."), NULL);
	if (rec_int(now, "visit_at") < rec_int(old, "accepted_at") - MS_DAY)
		fault_field(c->f, "visit_at", N_("This lies before the commission was taken on. Please check the date."), NULL);
	if (is_kind(c, now, "investigate") && !str_is(rec_str(c, now, "visit_way"), "phone") && !rec_int(now, "shown"))
		fault_field(c->f, "shown", N_("Whoever investigates comes with another, and shows her papers."), NULL);
	if (c->f->nfields)
		return OK;
	TRY(absorb_append(c, now, "log", arena_fmt(c->a, "走访 %.*s，%.*s，%.*s", (int)at.n, at.p, (int)way.n, way.p, (int)with.n, with.p), rec_str(c, now, "visit_note")));
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		rec_clear(now, gone[i]);
	rec_clear(now, "shown");
	rec_set_int(now, "visits", rec_int(old, "visits") + 1);
	return OK;
}

static enum err more_asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return tell_court(c, now, N_("More time is asked for a commission of your court"));
}

/* What the report of its kind must say; more where a child or violence is in it. */
static enum err report_fits(struct ctx *c, const struct rec *now)
{
	struct str rest = kind_more(c, now, "need");
	int64_t least;
	while (rest.p && rest.n) {
		const char *f = arena_cstr(c->a, str_cut(rest, ' ', &rest));
		if (f[0] && !rec_has(now, f))
			fault_field(c->f, f, N_("Please fill this in."), NULL);
	}
	if (is_kind(c, now, "investigate") && rec_int(now, "violence") && !rec_has(now, "danger"))
		fault_field(c->f, "danger", N_("Violence is flagged: please say which signs of danger were seen, or that none were."), NULL);
	if (is_kind(c, now, "investigate") && rec_int(now, "child") && !rec_has(now, "wish") && !rec_has(now, "withheld"))
		fault_field(c->f, "wish", N_("A child is concerned: please say what it wishes, or why it was not asked."), NULL);
	if (str_int(kind_more(c, now, "visits"), &least) && rec_int(now, "visits") < least)
		return fail(c->f, ERR_STATE, N_("No visit is written down yet. Please write down the visit first."), NULL);
	return OK;
}

static enum err result_fits(struct ctx *c, const struct rec *now)
{
	bool good = str_is(code_more(c->app->codes, "commission_result", rec_str(c, now, "result"), "good"), "1"), allowed = false;
	struct ctx in = ctx_inside(c);
	struct rec *k;
	if (!rec_has(now, "result"))
		fault_field(c->f, "result", N_("Please fill this in."), NULL);
	if (!rec_has(now, "result_text"))
		fault_field(c->f, "result_text", N_("Please fill this in."), NULL);
	if (str_is(rec_str(c, now, "result"), "settled") && !rec_has(now, "agreement_no"))
		fault_field(c->f, "agreement_no", N_("Please give the number of the agreement."), NULL);
	if (!good || !rec_int(now, "violence"))
		return OK;
	if (rec_has(now, "kase")) {
		TRY(see_one(&in, "case", rec_int(now, "kase"), &k));
		allowed = rec_int(k, "violence") && !absorb_no_mediation(&in, k);
	}
	if (!allowed)
		fault_field(c->f, "result", N_("Violence is flagged: no settlement is taken (Anti-Domestic Violence Law, article 5). Please give it back to the court as not fit for mediation."), NULL);
	return OK;
}

/* Nothing of the vault of a case that was opened goes to the court in a text that parties may read. */
static enum err clear_of_secrets(struct ctx *c, const struct rec *now)
{
	static const char *const open[] = { "health", "relations", "economy", "housing", "care", "network", "wish", "danger", "assessment", "advice", "summary", "result_text", "supplement" };
	struct str t[ARRAY_LEN(open)];
	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		t[i] = rec_str(c, now, open[i]);
		if (!t[i].p)
			t[i] = STR("");
	}
	return rec_has(now, "kase") ? absorb_paper_clear(c, rec_int(now, "kase"), t, ARRAY_LEN(t)) : OK;
}

static enum err submit_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	if (is_kind(c, now, "mediate"))
		TRY(result_fits(c, now));
	else if (rec_has(now, "result") || rec_has(now, "agreement_no"))
		fault_field(c->f, "result", N_("This is no mediation: please leave it empty."), NULL);
	if (!is_kind(c, now, "mediate"))
		TRY(report_fits(c, now));
	if (c->f->nfields)
		return OK;
	rec_set_int(now, "submitted_at", c->now);
	return clear_of_secrets(c, now);
}

static enum err supplement_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	TRY(clear_of_secrets(c, now));
	TRY(absorb_append(c, now, "supplements", STR_NONE, rec_str(c, now, "supplement")));
	rec_clear(now, "supplement");
	rec_set_int(now, "nsupplements", rec_int(old, "nsupplements") + 1);
	rec_set_int(now, "submitted_at", c->now);
	return OK;
}

static enum err submitted(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return tell_court(c, now, N_("What your court commissioned was handed in: please take it in, or ask for more"));
}

#define TERMS "commission.report commission.follow commission.before commission.ordinary commission.simple"
#define REPORT "health relations economy housing care network wish danger assessment advice summary withheld result result_text agreement_no"
#define OURS(f, v, t, l, flds, prep, eff, ...) { .from = f, .verb = v, .to = t, .label = N_(l), .roles = R_FED | R(MEDIATOR), .scope = SC_OWNER, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
#define OVER(f, v, t, l, flds, prep, eff, ...) { .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(CITY), .scope = SC_AREA, .fields = flds, .prepare = prep, .effect = eff, __VA_ARGS__ }
static const struct step steps[] = {
	PART("", "create", "asked", "Commission it", "kind! stage! court_no! judge! matter! first_name! second_name! first_phone second_phone items! caution violence child by_on note", create_check, created, .starts = "commission.appoint", .flags = STEP_PRIMARY),
	OVER("asked", "appoint", "appointed", "Name who carries it out", "owner! second kase", appoint_check, appointed, .meets = "commission.appoint", .starts = "commission.accept", .flags = STEP_PRIMARY),
	OVER("asked", "refuse", "refused", "Do not take the commission", "refuse_reason! refuse_note!", NULL, refused, .meets = "commission.appoint"),
	OVER("appointed|working", "recall", "asked", "Name somebody else", "note!", recall_check, given_back, .starts = NULL),
	OURS("appointed", "accept", "working", "Take on the commission", "", accept_check, accepted, .meets = "commission.accept", .flags = STEP_PRIMARY),
	OURS("appointed|working", "recuse", "asked", "Step back", "recuse_reason! recuse_note!", recuse_check, given_back, .meets = "commission.accept"),
	OURS("working|demanded", "visit", "=", "Write down a visit", "visit_at! visit_way! visit_with! shown visit_note!", visit_check, NULL, .starts = NULL),
	OURS("working", "ask_more", "=", "Ask the court for more time", "extend_reason!", NULL, more_asked, .starts = NULL),
	OURS("working", "draft", "=", "Save what is written so far", REPORT, NULL, NULL, .starts = NULL),
	OURS("working", "submit", "submitted", "Hand it in", REPORT, submit_check, submitted, .meets = TERMS, .starts = "commission.receive", .flags = STEP_PRIMARY),
	OURS("demanded", "supplement", "submitted", "Hand in the supplement", "supplement!", supplement_check, submitted, .meets = "commission.supplement", .starts = "commission.receive", .flags = STEP_PRIMARY),
	OURS("appointed|working|demanded", "flag", "=", "Flag violence or a child", "violence child", flag_check, flagged, .starts = NULL),
	PART("asked|appointed|working|demanded", "flag", "=", "Flag violence or a child", "violence child", flag_check, flagged, .starts = NULL),
	PART("working", "extend", "=", "Give more time", "by_on!", extend_check, extended, .starts = NULL),
	PART("asked|appointed|working", "withdraw", "withdrawn", "Withdraw the commission", "note!", NULL, ended, .flags = STEP_DANGER),
	PART("submitted", "receive", "received", "Take it in", "", receive_check, NULL, .meets = "commission.receive", .flags = STEP_PRIMARY),
	PART("submitted", "demand", "demanded", "Ask for a supplement", "demand!", NULL, demanded, .meets = "commission.receive", .starts = "commission.supplement"),
	PART("received", "close", "closed", "Close the commission", "feedback! fee", NULL, NULL, .flags = STEP_PRIMARY),
};
/* The court that asks; she who carries it out; the federation while somebody is to be named, and after that how it stands. */
static const struct grant grants[] = {
	{ R(LIAISON), SC_ORG, SIGHT_FULL }, { R_FED | R(MEDIATOR), SC_OWNER, SIGHT_FULL, .states = "appointed|working|submitted|demanded|received|closed" }, { R(CITY), SC_AREA, SIGHT_FULL, .states = "asked" },
	{ R(CITY), SC_AREA, SIGHT_MASKED },
};

const struct rtype commission_type = {
	.name = "commission", .label = N_("Commission of the court"), .plural = N_("Commissions of the court"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .number = "委", .level = 3, .whose = whose_time,
};

/* ---- its papers: between the court and who carries it out ---- */

bool commission_has_paper(struct ctx *c, const struct rec *r, const char *name)
{
	bool talk = is_kind(c, r, "mediate");
	return strcmp(name, "letter") == 0 || (strcmp(name, "result") == 0 ? talk : strcmp(name, "annex") == 0 ? rec_has(r, "withheld") : !talk);
}

static void head_of(struct pages *b, const char *title, const char *to)
{
	struct str unit = page_text(b, to);
	b->inner = true;
	page_title(b, title);
	page_number(b, b->r ? b->r->number : STR("委〔　　　　〕　　　　号"));
	page_plain(b, arena_fmt(b->c->a, "%.*s：", unit.n ? (int)unit.n : 30, unit.n ? unit.p : "　　　　　　　　　　"));
	page_line(b, "法院案号", page_text(b, "court_no"));
	page_line(b, "承办法官", page_text(b, "judge"));
	page_line(b, "案由", page_text(b, "matter"));
	page_line(b, "当事人", page_text(b, "first_name"));
	page_line(b, "另一方当事人", page_text(b, "second_name"));
}

static void foot_of(struct pages *b, const char *day)
{
	struct str one = b->r ? ref_label(&b->in, "staff", b->r->owner) : STR_NONE, two = b->r ? page_text(b, "second") : STR_NONE;
	page_right(b, arena_fmt(b->c->a, "承办人：%.*s%s%.*s", one.n ? (int)one.n : 24, one.n ? one.p : "　　　　　　　　", two.n ? "、" : "", (int)two.n, two.n ? two.p : ""));
	page_right(b, page_text(b, "unit"));
	page_right(b, page_day(b, day));
	page_sign(b, "法院签收：");
}

void commission_letter(struct pages *b)
{
	struct str title = STR("委托函"), say = STR("现委托贵单位办理下列事项，请在期限内反馈。");
	if (b->r) {
		struct str t = kind_more(&b->in, b->r, "paper"), s = kind_more(&b->in, b->r, "say");
		title = t.n ? t : code_more(b->c->app->codes, "commission_stage", rec_str(&b->in, b->r, "stage"), "paper");
		say = s.n ? s : say;
	}
	head_of(b, arena_cstr(b->c->a, title), "unit");
	page_body(b, say);
	if (!b->r || rec_has(b->r, "by_on"))
		page_line(b, "法院确定的期限", page_day(b, "by_on"));
	page_head(b, "一、委托事项");
	page_long(b, "items", 5);
	if (!b->r || rec_has(b->r, "caution")) {
		page_head(b, "二、注意事项");
		page_long(b, "caution", 3);
	}
	page_say(b, "承办人与当事人、诉讼代理人有近亲属关系或者其他利害关系的，应当回避。知悉的国家秘密、商业秘密、个人隐私和个人信息，应当保密。");
	page_right(b, page_text(b, "court"));
	page_right(b, STR("（单位印章）"));
	page_right(b, b->r ? date_str(b->c->a, b->r->created) : STR("　　　　年　　月　　日"));
	page_sign(b, "接收人签收：");
}

void commission_report(struct pages *b)
{
	static const struct { const char *head, *field; } part[] = {
		{ "身心状况", "health" }, { "婚姻家庭关系", "relations" }, { "收入和财产", "economy" }, { "居住情况", "housing" }, { "抚养、赡养照料情况", "care" },
		{ "亲属、邻里支持", "network" }, { "未成年人的意愿", "wish" }, { "家庭暴力和危险情形", "danger" }, { "评估意见", "assessment" }, { "建议", "advice" }, { "小结", "summary" },
	};
	static const char *const number[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一" };
	bool after = b->r && is_kind(&b->in, b->r, "follow");
	size_t nth = 0;
	_Static_assert(ARRAY_LEN(number) == ARRAY_LEN(part), "each part may be there");
	head_of(b, after ? "判后回访报告" : "家事调查报告", "court");
	page_head(b, after ? "回访事项" : "调查事项");
	page_long(b, "items", 3);
	page_line(b, "走访次数", page_text(b, "visits"));
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (!b->r || rec_has(b->r, part[i].field)) {
			page_head(b, arena_printf(b->c->a, "%s、%s", number[nth++], part[i].head));
			page_long(b, part[i].field, 3);
		}
	if (b->r && rec_has(b->r, "supplements")) {
		page_head(b, "补充说明");
		page_long(b, "supplements", 1);
	}
	page_say(b, "本报告供法院办理本案参考。");
	foot_of(b, "submitted_at");
}

void commission_annex(struct pages *b)
{
	head_of(b, "家事调查报告附件（不向当事人披露）", "court");
	page_say(b, "下列内容仅供承办法官参考，不附卷供当事人查阅，不得告知任何一方当事人。");
	page_long(b, "withheld", 6);
	foot_of(b, "submitted_at");
}

void commission_result(struct pages *b)
{
	head_of(b, "调解结果反馈函", "court");
	page_say(b, "贵院委派、委托调解的上列纠纷，现将调解结果反馈如下：");
	page_line(b, "调解结果", page_text(b, "result"));
	page_line(b, "调解协议编号", page_text(b, "agreement_no"));
	page_head(b, "调解情况");
	page_long(b, "result_text", 5);
	page_say(b, "调解过程中当事人的陈述、让步，未经其同意，不在诉讼中作为对其不利的根据。");
	foot_of(b, "submitted_at");
}
