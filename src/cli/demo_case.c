/* Why: a case of the made-up city does what the law asks of a real one: a safety check before anything where there was
 * violence, the report to the police where a child was harmed, signatures, visits, and nothing settled against her will.
 * Invariants: what the generator tells is bent to what the case really is, never the other way round. */
#include "absorb/absorb.h"
#include "absorb/signature.h"
#include "cli/demo_inner.h"

static enum err on_case(struct loader *l, struct ctx *c, int by, int64_t ms, int64_t id, const char *verb, const struct act *more, struct done *ret)
{
	struct demo_act w = { by, ms, *more };
	w.act.type = w.act.type ? w.act.type : "case";
	w.act.verb = verb;
	w.act.id = w.act.parent ? 0 : id;
	return demo_do(l, c, &w, ret);
}

static enum err case_now(struct ctx *c, const struct demo_case *k, struct rec **ret) { return see_one(c, "case", k->id, ret); }

static bool says(struct ctx *c, const struct rec *r, const char *field, const char *what) { return str_is(rec_str(c, r, field), what); }

/* A number below n that belongs to the story and the purpose, without any state. */
static int lot(const struct demo_event *e, int purpose, int n)
{
	struct rng r = { (uint64_t)e->story * 1000003u + (uint64_t)purpose * 7919u };
	return (int)rng_range(&r, 0, n - 1);
}

/* ---- safety ---- */

static enum err check_safety(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k, bool ongoing)
{
	return on_case(l, c, k->handler, e->ms, k->id, "safety", &(struct act){ INPUTS(INPUT("ongoing", ongoing ? STR("yes") : STR("no")), INPUT("willing", STR("yes")),
		INPUT("told", STR("1")), INPUT("protection", ongoing ? STR("police,warning,shelter") : lot(e, 3, 2) ? STR("warning") : STR("refused")),
		INPUT("note", ongoing ? STR("单独询问本人：对方仍有动手，已协助报警，联系避救中心，调解暂缓。")
				      : STR("单独询问本人：近期未再动手，愿意谈一谈。已告知告诫书、人身安全保护令、庇护和法律援助。"))) }, NULL);
}

/* What must be known before anybody speaks of terms. */
static enum err safe_first(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	struct rec *r;
	TRY(case_now(c, k, &r));
	bool fine = rec_has(r, "checked") && says(c, r, "ongoing", "no") && says(c, r, "willing", "yes") && rec_int(r, "told");
	return !rec_int(r, "violence") || fine ? OK : check_safety(l, c, e, k, false);
}

/* ---- dispatch to contact ---- */

static enum err dispatch(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_case *k)
{
	struct demo_mediator m = { .staff = -1 };
	if (e->mediator >= 0)
		demo_mediator(l->plan, c->a, e->mediator, &m);
	k->handler = m.staff;
	return on_case(l, c, e->staff, e->ms, k->id, "dispatch", &(struct act){ INPUTS(INPUT("org", demo_int(c, l->org[e->org])),
		INPUT("owner", m.staff >= 0 ? demo_int(c, l->staff[m.staff]) : STR("")), INPUT("choice", lot(e, 6, 2) ? STR("known") : STR("even")), INPUT("note", e->text)) }, NULL);
}

static enum err give_back(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	struct rec *r;
	int64_t next = l->org[e->org];
	TRY(case_now(c, k, &r));
	/* Another studio of the same unit is no other unit: then the one that sent it should choose. */
	if (next == r->org)
		next = l->who[k->officer].org;
	if (next == r->org)
		next = l->who[l->posts.city].org;
	if (next == r->org)
		next = l->org[1];
	return on_case(l, c, k->handler, e->ms, k->id, "return", &(struct act){ INPUTS(INPUT("return_reason", str_of(e->code)), INPUT("proposed", demo_int(c, next)),
		INPUT("note", e->text)) }, NULL);
}

/* One in five of those given back comes back once more, and each of the latest; then the city rules, and that is final. */
static enum err ruling(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k, bool *ret_waits)
{
	struct rec *r;
	*ret_waits = false;
	TRY(case_now(c, k, &r));
	bool latest = e->ms > l->o->end - 12 * MS_DAY;
	if (rec_int(r, "returns") != 1 || (lot(e, 5, 5) != 0 && !latest))
		return OK;
	struct str org = demo_int(c, r->org), owner = demo_int(c, r->owner);
	TRY(on_case(l, c, k->handler, e->ms, k->id, "return", &(struct act){ INPUTS(INPUT("return_reason", STR("wrong_duty")),
		INPUT("proposed", demo_int(c, l->who[l->posts.city].org == r->org ? l->org[1] : l->who[l->posts.city].org)),
		INPUT("note", STR("双方已分居外地，工作室难以开展工作，请上级明确承办单位。"))) }, NULL));
	*ret_waits = latest;
	if (latest)
		return OK;
	return on_case(l, c, l->posts.city, e->ms, k->id, "arbitrate", &(struct act){ INPUTS(INPUT("org", org), INPUT("owner", owner), INPUT("choice", STR("known")),
		INPUT("note", STR("当事人户籍和常住地均在本镇，由本镇工作室承办，市妇联协助联系外地。"))) }, NULL);
}

static enum err accept_it(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t)
{
	bool waits;
	if (t->k->handler < 0)
		t->k->handler = e->staff;
	TRY(ruling(l, c, e, t->k, &waits));
	if (waits) {
		t->k = NULL;
		return OK;
	}
	return on_case(l, c, t->k->handler, e->ms, t->k->id, "accept", &(struct act){ 0 }, NULL);
}

/* The mandatory report that began by itself: made, accepted, answered. */
static enum err report_child(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	struct seen s;
	int pol = l->posts.police;
	TRY(see_children(c, "mandatory", k->id, &s));
	for (size_t i = 0; i < s.n; i++) {
		int64_t id = s.r[i]->id;
		if (!rec_in(s.r[i], "due"))
			continue;
		TRY(on_case(l, c, k->handler, e->ms, id, "report", &(struct act){ .type = "mandatory", INPUTS(INPUT("police", demo_int(c, l->who[pol].org)), INPUT("reported_at", demo_moment(c, e->ms)),
			INPUT("way", STR("110")), INPUT("person_name", STR("演示孩子")), INPUT("person_age", demo_int(c, lot(e, 11, 12) + 4)), INPUT("situations", STR("other"))) }, NULL));
		TRY(on_case(l, c, pol, e->ms, id, "accept", &(struct act){ .type = "mandatory", INPUTS(INPUT("police_no", arena_fmt(c->a, "演(2026)警字第%05lld号", (long long)(e->story % 100000))),
			INPUT("officer", STR("演示民警甲"))) }, NULL));
		TRY(on_case(l, c, pol, e->ms, id, "answer", &(struct act){ .type = "mandatory", INPUTS(INPUT("feedback", STR("已出警核查，对监护人批评教育，由社区和学校持续关注。"))) }, NULL));
	}
	return OK;
}

static enum err contact(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	struct rec *r;
	TRY(on_case(l, c, k->handler, e->ms, k->id, "contact", &(struct act){ INPUTS(INPUT("note", e->text)) }, NULL));
	TRY(case_now(c, k, &r));
	TRY(report_child(l, c, e, k));
	if (!rec_int(r, "violence"))
		return OK;
	return check_safety(l, c, e, k, says(c, r, "grade", "red") && lot(e, 7, 3) == 0);
}

/* ---- mediation ---- */

/* Time that stood still runs on; time that runs out is lengthened once when both agree, as half of them do. */
static enum err mind_clock(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k, const struct rec *r)
{
	struct due *d;
	size_t n;
	if (rec_int(r, "suspended"))
		return on_case(l, c, k->handler, e->ms, k->id, "resume", &(struct act){ INPUTS(INPUT("note", STR("当事人可以到场，继续调解。"))) }, NULL);
	if (e->nth < 2 || lot(e, 70, 2))
		return OK;
	TRY(due_list(c, "case", k->id, &d, &n));
	for (size_t i = 0; i < n; i++)
		if (str_is(d[i].rule, "case.finish") && d[i].state == DUE_RUNNING && d[i].due == d[i].first_due && d[i].due - e->ms < 6 * MS_DAY)
			return on_case(l, c, k->handler, e->ms, k->id, "extend", &(struct act){ INPUTS(INPUT("extend_reason", STR("consent")),
				INPUT("extend_to", demo_day(c, d[i].due + 19 * MS_DAY)), INPUT("both_consent", STR("1")), INPUT("note", STR("双方均同意延长调解期限。"))) }, NULL);
	return OK;
}

/* After the term nobody mediates: what is written down then was held before. */
static enum err held_at(struct ctx *c, const struct demo_event *e, const struct demo_case *k, int64_t *ret)
{
	struct due *d;
	size_t n;
	*ret = e->ms - 90 * MS_MINUTE;
	TRY(due_list(c, "case", k->id, &d, &n));
	for (size_t i = 0; i < n; i++)
		if (str_is(d[i].rule, "case.finish") && d[i].state == DUE_RUNNING && *ret >= d[i].due)
			*ret = d[i].due - 9 * MS_HOUR;
	return OK;
}

static enum err session(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	int64_t held;
	struct rec *r;
	struct str form = str_of(e->form);
	TRY(safe_first(l, c, e, k));
	TRY(case_now(c, k, &r));
	TRY(mind_clock(l, c, e, k, r));
	if (rec_int(r, "violence") && str_is(code_more(c->app->codes, "session_form", form, "face"), "1"))
		form = STR("separate");
	bool both = str_is(form, "face") || str_is(form, "home");
	TRY(held_at(c, e, k, &held));
	TRY(on_case(l, c, k->handler, e->ms, 0, "create", &(struct act){ .type = "session", .parent = k->id,
		INPUTS(INPUT("form", form), INPUT("held", demo_moment(c, held)), INPUT("place", str_is(form, "home") ? STR("当事人家中") : STR("调解工作室")),
		       INPUT("present", both ? STR("双方当事人、调解员") : STR("一方当事人、调解员")),
		       INPUT("helpers", both && lot(e, e->nth, 3) == 0 ? STR("村（社区）妇联主席、双方各一名长辈") : STR("")), INPUT("rights_told", STR("1")),
		       INPUT("minutes", demo_int(c, 40 + 10 * lot(e, 20 + e->nth, 9))), INPUT("text", e->text)) }, NULL));
	/* Now and then somebody must first be waited for. */
	if (e->nth != 1 || lot(e, 80, 25))
		return OK;
	return on_case(l, c, k->handler, e->ms, k->id, "suspend", &(struct act){ INPUTS(INPUT("suspend_reason", lot(e, 81, 2) ? STR("absent") : STR("illness")), INPUT("note", STR("一方暂时不能到场，约定条件具备后继续。"))) }, NULL);
}

static enum err agree(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_case *k)
{
	BUF_AUTO terms = BUF(20000);
	struct done d;
	int64_t sum = 0;
	for (int i = 0; i < e->nterms; i++) {
		buf_printf(&terms, "%d. %.*s\n", i + 1, (int)e->term[i].text.n, e->term[i].text.p);
		sum += e->term[i].amount;
	}
	TRY(on_case(l, c, k->handler, e->ms, 0, "create", &(struct act){ .type = "agreement", .parent = k->id,
		INPUTS(INPUT("form", str_of(e->form)), INPUT("facts", STR("双方因家庭矛盾申请调解，经调解员多次沟通，对争议事项形成一致意见。")), INPUT("terms", buf_view(&terms)),
		       INPUT("performance", STR("由双方自行履行，调解员按期回访；一方不履行的，另一方可以申请继续调解或者依法起诉。")),
		       INPUT("amount", sum ? arena_fmt(c->a, "%lld.%02lld", (long long)(sum / 100), (long long)(sum % 100)) : STR(""))) }, &d));
	k->agreement = d.id;
	for (int i = 0; i < e->nterms; i++) {
		if (!e->term[i].due_ms)
			continue;
		TRY(on_case(l, c, k->handler, e->ms, 0, "create", &(struct act){ .type = "duty", .parent = k->id,
			INPUTS(INPUT("agreement", demo_int(c, k->agreement)), INPUT("what", utf8_head(e->term[i].text, 190)),
			       INPUT("kind", str_is(e->term[i].kind, "pay") ? STR("pay") : STR("other")), INPUT("side", str_is(e->term[i].kind, "pay") ? STR("b") : STR("both")),
			       INPUT("amount", e->term[i].amount ? demo_int(c, e->term[i].amount / 100) : STR("")), INPUT("due_on", demo_day(c, e->term[i].due_ms))) }, &d));
		k->duty[i] = d.id;
	}
	return OK;
}

/* What they were told, numbered and kept, and signed by her who told it. */
static enum err keep_notice(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k, struct str ink)
{
	struct rec *r;
	struct done d;
	TRY(see_one(c, "case", k->id, &r));
	if (rec_int(r, "violence") || !rec_in(r, "accepted|mediating"))
		return OK;
	TRY(on_case(l, c, k->handler, e->ms, 0, "create", &(struct act){ .type = "issued", .parent = k->id, INPUTS(INPUT("form", STR("case_rights")), INPUT("about", demo_int(c, k->id))) }, &d));
	TRY(see_one(c, "issued", d.id, &r));
	TRY(on_case(l, c, k->handler, e->ms, 0, "create", &(struct act){ .type = "signature", .parent = k->id, INPUTS(INPUT("issued", demo_int(c, d.id)), INPUT("who", STR("mediator")), INPUT("ink", ink),
		INPUT("digest", rec_str(c, r, "digest"))) }, NULL));
	return on_case(l, c, k->handler, e->ms, d.id, "sign", &(struct act){ .type = "issued", INPUTS(INPUT("signed_on", demo_day(c, e->ms))) }, NULL);
}

/* At the kitchen table, on the mediator's phone. */
static enum err sign_on_screen(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	static const char ink[] = "120,180,0 170,140,30 230,150,60 260,210,90 220,260,120 180,230,150;330,120,420 340,180,450 345,240,480 350,300,510;430,150,800 500,140,830 560,170,860 520,230,890 "
		"470,270,920 540,280,950 620,260,980";
	struct document d;
	struct seen s;
	if (lot(e, 63, 4) || absorb_agreement_paper(c, k->agreement, &d) != OK) {
		fault_clear(c->f);
		return OK;
	}
	struct str of = signature_digest(c->a, d.p, d.n);
	TRY(see_children(c, "party", k->id, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct str side = rec_str(c, s.r[i], "side");
		if ((str_is(side, "a") || str_is(side, "b")) && !rec_int(s.r[i], "minor") && rec_in(s.r[i], "listed"))
			TRY(on_case(l, c, k->handler, e->ms, 0, "create", &(struct act){ .type = "signature", .parent = k->id, INPUTS(INPUT("agreement", demo_int(c, k->agreement)), INPUT("who", side),
				INPUT("party", demo_int(c, s.r[i]->id)), INPUT("ink", str_of(ink)), INPUT("digest", of)) }, NULL));
	}
	return keep_notice(l, c, e, k, str_of(ink));
}

static enum err sign(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	TRY(sign_on_screen(l, c, e, k));
	TRY(on_case(l, c, k->handler, e->ms, k->agreement, "sign", &(struct act){ .type = "agreement", INPUTS(INPUT("signed_on", demo_day(c, e->ms)),
		INPUT("parties_signed", STR("1")), INPUT("mediator_signed", STR("1")), INPUT("sealed", STR("1"))) }, NULL));
	/* Some go to the court at once, both together. */
	if (lot(e, 61, 6))
		return OK;
	TRY(on_case(l, c, k->handler, e->ms, k->agreement, "confirm", &(struct act){ .type = "agreement", INPUTS(INPUT("confirm_items", STR("money,maintenance")),
		INPUT("confirm_court", demo_int(c, l->who[l->posts.court].org)), INPUT("confirm_on", demo_day(c, e->ms)), INPUT("both_asked", STR("1"))) }, NULL));
	if (lot(e, 62, 4) == 0)
		return OK;
	return on_case(l, c, k->handler, e->ms, k->agreement, "ruled", &(struct act){ .type = "agreement", INPUTS(INPUT("confirm_result", STR("valid")), INPUT("confirm_no", STR("（演示）民特1号")),
		INPUT("confirm_ruled", demo_day(c, e->ms))) }, NULL);
}

static enum err finish(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_case *k)
{
	static const struct { const char *outcome, *verb; } ends[] = {
		{ "failed", "fail" }, { "lawsuit", "fail" }, { "withdrawn", "withdraw" }, { "unreachable", "withdraw" }, { "written", "settle" },
		{ "oral", "settle" }, { "reconciled", "settle" }, { "parted", "settle" },
	};
	const char *verb = NULL;
	struct seen visits;
	struct rec *r;
	TRY(case_now(c, k, &r));
	if (rec_int(r, "suspended"))
		TRY(mind_clock(l, c, e, k, r));
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (strcmp(ends[i].outcome, e->code) == 0)
			verb = ends[i].verb;
	must(verb != NULL);
	if (strcmp(verb, "settle") == 0)
		TRY(safe_first(l, c, e, k));
	if (k->agreement)
		TRY(sign(l, c, e, k));
	TRY(on_case(l, c, k->handler, e->ms, k->id, verb, &(struct act){ INPUTS(INPUT("outcome", str_of(e->code)),
		INPUT("method", strcmp(verb, "settle") != 0 ? STR("") : lot(e, 11, 8) ? STR("people") : STR("joined")), INPUT("note", e->text)) }, NULL));
	TRY(see_children(c, "visit", k->id, &visits));
	k->visits = visits.n > 0;
	return OK;
}

/* ---- after it ---- */

static enum err duty(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	int64_t id = e->nth < DEMO_TERMS ? k->duty[e->nth] : 0;
	/* Kept in part, or not at all: it stays open, its clock runs, and it is late when its day has passed. */
	return id && strcmp(e->code, "done") == 0 ? on_case(l, c, k->handler, e->ms, id, "done", &(struct act){ .type = "duty" }, NULL) : OK;
}

static enum err make_visit(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k, int64_t id, const char *result)
{
	bool missed = strcmp(result, "unreachable") == 0 || strcmp(result, "unsafe") == 0, hurt = strcmp(result, "violence") == 0;
	TRY(on_case(l, c, k->handler, e->ms, id, "visit", &(struct act){ .type = "visit", INPUTS(INPUT("result", str_of(result)),
		INPUT("satisfaction", missed ? STR("none") : e->form ? str_of(e->form) : STR("good")),
		INPUT("safe_now", missed ? STR("") : hurt ? STR("no") : STR("yes")), INPUT("text", e->text.n ? e->text : STR("再次回访，情况平稳。"))) }, NULL));
	return hurt ? check_safety(l, c, e, k, true) : OK;
}

/* Waived; or broken, and he is told to go to court. */
static enum err given_up(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k, int64_t id)
{
	if (lot(e, 50, 2))
		return on_case(l, c, k->handler, e->ms, id, "end", &(struct act){ .type = "duty", INPUTS(INPUT("status", STR("waived")), INPUT("note", STR("权利人表示不再要求履行。"))) }, NULL);
	TRY(on_case(l, c, k->handler, e->ms, id, "break", &(struct act){ .type = "duty", INPUTS(INPUT("note", STR("经回访确认，明确表示不再履行。"))) }, NULL));
	return on_case(l, c, k->handler, e->ms, id, "pursue", &(struct act){ .type = "duty", INPUTS(INPUT("pursue", STR("sue")), INPUT("pursue_on", demo_day(c, e->ms)),
		INPUT("note", STR("已告知可以依法起诉，并告知法律援助途径。"))) }, NULL);
}

static enum err late_duties(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k, bool over)
{
	struct seen s;
	TRY(see_children(c, "duty", k->id, &s));
	for (size_t i = 0; i < s.n; i++) {
		bool open = rec_in(s.r[i], "open"), passed = e->ms >= rec_int(s.r[i], "due_on") + MS_DAY;
		if (open && passed && !over && lot(e, 30 + (int)i, 2))
			TRY(on_case(l, c, k->handler, e->ms, s.r[i]->id, "late", &(struct act){ .type = "duty", INPUTS(INPUT("note", STR("回访时尚未履行，已当面催促。"))) }, NULL));
		else if ((open || rec_in(s.r[i], "late")) && over && lot(e, 40 + (int)i, 6))
			TRY(on_case(l, c, k->handler, e->ms, s.r[i]->id, "done", &(struct act){ .type = "duty" }, NULL));
		else if ((open || rec_in(s.r[i], "late")) && over)
			TRY(given_up(l, c, e, k, s.r[i]->id));
	}
	return OK;
}

static enum err close_case(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k);

static enum err visit(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	struct seen s;
	struct rec *r;
	TRY(case_now(c, k, &r));
	if (rec_in(r, "closed|archived|accepted|mediating"))   /* back again: a case like any other */
		return OK;
	TRY(late_duties(l, c, e, k, false));
	if (!k->visits) {
		/* Nobody need be watched by law; the mediator looks in once all the same, then closes. */
		struct done d;
		if (e->nth != 7)
			return e->nth == 30 ? close_case(l, c, e, k) : OK;
		TRY(on_case(l, c, k->handler, e->ms, 0, "create", &(struct act){ .type = "visit", .parent = k->id,
			INPUTS(INPUT("due_on", demo_day(c, e->ms)), INPUT("after", STR("7"))) }, &d));
		return make_visit(l, c, e, k, d.id, e->code);
	}
	TRY(see_children(c, "visit", k->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned") && rec_int(s.r[i], "after") == e->nth)
			return make_visit(l, c, e, k, s.r[i]->id, e->code);
	return OK;
}

/* What stands in the way of closing is done first. */
static enum err close_case(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_case *k)
{
	struct seen s;
	struct rec *r, *a;
	struct str end = STR("多次联系未果，已请村（社区）妇联留意，暂无异常。");
	TRY(case_now(c, k, &r));
	if (rec_in(r, "closed|archived"))
		return OK;
	/* The quarrel was back: talked about once more, and not settled. */
	if (rec_in(r, "accepted|mediating"))
		TRY(on_case(l, c, k->handler, e->ms, k->id, "fail", &(struct act){ INPUTS(INPUT("outcome", STR("lawsuit")), INPUT("note", STR("纠纷反复，再次调解未达成一致，已引导通过诉讼解决。"))) }, NULL));
	TRY(see_children(c, "visit", k->id, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "planned")) {
			struct demo_event again = *e;
			again.text = STR("换了时间再次联系，本人接听，情况平稳。");
			again.form = "good";
			TRY(rec_int(r, "violence") || lot(e, 60, 2) ? make_visit(l, c, &again, k, s.r[i]->id, "calm")
				: on_case(l, c, k->handler, e->ms, s.r[i]->id, "skip", &(struct act){ .type = "visit", INPUTS(INPUT("note", end)) }, NULL));
		}
	TRY(late_duties(l, c, e, k, true));
	if (k->agreement) {
		bool kept = true;
		TRY(see_one(c, "agreement", k->agreement, &a));
		TRY(see_children(c, "duty", k->id, &s));
		for (size_t i = 0; i < s.n; i++)
			kept &= !says(c, s.r[i], "status", "refused");
		if (rec_in(a, "signed"))
			TRY(on_case(l, c, k->handler, e->ms, k->agreement, kept ? "perform" : "breach", &(struct act){ .type = "agreement",
				INPUTS(INPUT("note", kept ? STR("经回访，约定事项均已履行。") : STR("一方明确表示不再履行，已告知可以起诉。"))) }, NULL));
	}
	TRY(case_now(c, k, &r));
	if (rec_int(r, "violence") && !(rec_has(r, "checked") && says(c, r, "ongoing", "no")))
		TRY(check_safety(l, c, e, k, false));
	TRY(report_child(l, c, e, k));
	return on_case(l, c, k->handler, e->ms, k->id, "close", &(struct act){ INPUTS(INPUT("note", e->verb == DEMO_CLOSE ? e->text : STR("回访无异常，予以结案。"))) }, NULL);
}

enum err demo_tell_case(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t)
{
	struct demo_case *k = t->k;
	switch (e->verb) {
	case DEMO_DISPATCH: return dispatch(l, c, e, k);
	case DEMO_RETURN: return give_back(l, c, e, k);
	case DEMO_ACCEPT: return accept_it(l, c, e, t);
	case DEMO_CONTACT: return contact(l, c, e, k);
	case DEMO_SESSION: return session(l, c, e, k);
	case DEMO_AGREEMENT: return agree(l, c, e, k);
	case DEMO_FINISH: return finish(l, c, e, k);
	case DEMO_DUTY: return duty(l, c, e, k);
	case DEMO_VISIT: return visit(l, c, e, k);
	case DEMO_CLOSE: return close_case(l, c, e, k);
	case DEMO_ARCHIVE:
		/* The last of it: what was kept of the case is not needed any more. */
		t->k = NULL;
		return on_case(l, c, k->handler, e->ms, k->id, "archive", &(struct act){ 0 }, NULL);
	default: return OK;
	}
}
