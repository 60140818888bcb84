/* Why: who looks at the made-up city must see what protects a woman from the first question to the last visit: what the scale proposed and what
 * a person set, the plan, the letter of the police, the order of the court, the shelter. Invariants: all by act(), each by the post whose part it is; on open cases of violence alone. */
#include "cli/demo_inner.h"

enum { TALES = 6 };
struct sides { int64_t hers, his; };

static int leader_of(const struct loader *l, const struct rec *k)
{
	for (int i = 0; i < l->n.staff; i++)
		if (k->owner && l->staff[i] == k->owner)
			return i;
	return -1;
}

static enum err on(struct loader *l, struct ctx *c, int by, const struct act *a, struct done *ret)
{
	return demo_do(l, c, &(struct demo_act){ .by = by, .ms = l->o->end, .act = *a }, ret);
}

/* One party of each side; where the story named one only, the other is added. */
static enum err sides_of(struct loader *l, struct ctx *c, const struct rec *k, int by, struct sides *ret)
{
	struct seen s;
	struct done d;
	*ret = (struct sides){ 0 };
	TRY(see_children(c, "party", k->id, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct str side = rec_str(c, s.r[i], "side");
		if (str_is(side, "a"))
			ret->hers = s.r[i]->id;
		else if (str_is(side, "b"))
			ret->his = s.r[i]->id;
	}
	static const struct { const char *side, *name; } v[] = { { "a", "演示甲" }, { "b", "演示乙" } };
	int64_t *const into[] = { &ret->hers, &ret->his };
	for (size_t i = 0; i < 2; i++) {
		if (*into[i])
			continue;
		TRY(on(l, c, by, &(struct act){ .type = "party", .verb = "create", .parent = k->id, INPUTS(INPUT("side", str_of(v[i].side)), INPUT("name", str_of(v[i].name)),
			INPUT("protected_person", i ? STR("") : STR("1"))) }, &d));
		*into[i] = d.id;
	}
	return OK;
}

static enum err assess(struct loader *l, struct ctx *c, const struct rec *k, const struct sides *p, int by, int nth)
{
	static const char *const given[] = {
		"C1=no C2=yes C3=no C4=unclear C5=no C6=no C7=no C8=no C9=no S1=yes S2=yes S3=no S4=unwilling S5=yes S6=yes S7=no S8=no S9=yes S10=no R1=yes R2=unclear R3=no R4=yes R5=no R6=yes R7=no R8=no R9=no",
		"C1=no C2=no C3=no C4=no C5=no C6=no C7=no C8=no C9=no S1=no S2=yes S3=no S4=no S5=no S6=no S7=no S8=no S9=no S10=no R1=no R2=no R3=no R4=no R5=no R6=yes R7=no R8=yes R9=no",
		"C1=yes C2=no C3=yes C4=yes C5=no C6=no C7=no C8=no C9=no S1=yes S2=no S3=no S4=no S5=yes S6=yes S7=yes S8=yes S9=no S10=yes R1=no R2=no R3=no R4=yes R5=no R6=yes R7=no R8=no R9=no",
	};
	return on(l, c, by, &(struct act){ .type = "assessment", .verb = "create", .parent = k->id, INPUTS(INPUT("scale", STR("dv_screen")),
		INPUT("party", demo_int(c, p->hers)), INPUT("held", demo_moment(c, l->o->end - 90 * MS_MINUTE)), INPUT("alone", STR("1")), INPUT("answers", str_of(given[nth % 3])),
		INPUT("why", STR("说话时一直看门口，孩子不敢出声。"))) }, NULL);
}

static enum err plan(struct loader *l, struct ctx *c, const struct rec *k, const struct sides *p, int by)
{
	struct done d;
	TRY(on(l, c, by, &(struct act){ .type = "safetyplan", .verb = "create", .parent = k->id, INPUTS(INPUT("party", demo_int(c, p->hers)),
		INPUT("made_on", demo_day(c, l->o->end - MS_HOUR)), INPUT("contact_way", STR("打给她姐姐，请她回电")), INPUT("contact_when", STR("工作日上午十点到十一点")),
		INPUT("contact_name", STR("社区健康体检通知")), INPUT("contact_never", STR("不发信息，晚上不打电话")), INPUT("code_word", STR("快递到了")),
		INPUT("signs", STR("喝酒后摔东西、锁门")), INPUT("leave", STR("走厨房后门，先到楼下小店，有人的地方")), INPUT("people", STR("楼下小店店主愿意帮忙报警；姐姐可以来接")),
		INPUT("bag", STR("身份证、户口簿复印件、银行卡、换洗衣服，放在姐姐处")), INPUT("children", STR("大孩子会打110，记住暗号就带弟弟去对门"))) }, &d));
	return on(l, c, by, &(struct act){ .type = "safetyplan", .verb = "agree", .id = d.id, INPUTS(INPUT("paper_safe", STR("1")), INPUT("handed", STR("paper"))) }, NULL);
}

/* How far each letter has come; the first waits for the police. */
static enum err letter(struct loader *l, struct ctx *c, const struct rec *k, const struct sides *p, int by, int stage)
{
	struct done d;
	int pol = l->posts.police;
	struct str issued = demo_day(c, l->o->end - 4 * MS_HOUR);     /* before it is served, also when it is past midnight */
	TRY(on(l, c, by, &(struct act){ .type = "letter", .verb = "create", .parent = k->id, INPUTS(INPUT("victim", demo_int(c, p->hers)), INPUT("offender", demo_int(c, p->his)),
		INPUT("police", demo_int(c, l->who[pol].org)), INPUT("happened", demo_moment(c, l->o->end - 14 * MS_HOUR)),
		INPUT("facts", STR("因琐事争吵，用拳头击打对方面部、肩部，致面部软组织挫伤；此前曾因同类行为被批评教育。")), INPUT("circumstances", STR("again,repeated")),
		INPUT("evidence", STR("victim,neighbours,medical")), INPUT("disputed", STR("yes"))) }, &d));
	if (stage < 1)
		return OK;
	TRY(on(l, c, pol, &(struct act){ .type = "letter", .verb = "draft", .id = d.id, INPUTS(INPUT("officer", STR("演示民警甲、演示民警乙"))) }, NULL));
	TRY(on(l, c, pol, &(struct act){ .type = "letter", .verb = "issue", .id = d.id, INPUTS(INPUT("issued_on", issued)) }, NULL));
	if (stage < 2)
		return OK;
	TRY(on(l, c, pol, &(struct act){ .type = "letter", .verb = "serve", .id = d.id, INPUTS(INPUT("read_out", STR("1")), INPUT("refused", STR("1")), INPUT("witness", STR("演示网格员")),
		INPUT("served_offender", demo_moment(c, l->o->end - 10 * MS_MINUTE)), INPUT("served_victim", demo_moment(c, l->o->end - 3 * MS_HOUR))) }, NULL));
	TRY(on(l, c, pol, &(struct act){ .type = "letter", .verb = "copy", .id = d.id, INPUTS(INPUT("copied_fed", demo_moment(c, l->o->end - 2 * MS_MINUTE)),
		INPUT("copied_comm", demo_moment(c, l->o->end - 2 * MS_MINUTE))) }, NULL));
	TRY(on(l, c, pol, &(struct act){ .type = "letter", .verb = "keep", .id = d.id, INPUTS(INPUT("paper", STR("letter"))) }, NULL));
	return on(l, c, pol, &(struct act){ .type = "letter", .verb = "keep", .id = d.id, INPUTS(INPUT("paper", STR("receipt"))) }, NULL);
}

/* One is a draft, one before the court, one in force. */
static enum err order(struct loader *l, struct ctx *c, const struct rec *k, const struct sides *p, int by, int stage)
{
	struct done d;
	int court = l->posts.court;
	struct str now = demo_moment(c, l->o->end);
	TRY(on(l, c, by, &(struct act){ .type = "order", .verb = "create", .parent = k->id, INPUTS(INPUT("applicant", demo_int(c, p->hers)), INPUT("respondent", demo_int(c, p->his)),
		INPUT("court", demo_int(c, l->who[court].org)), INPUT("proxy", stage ? STR("self") : STR("federation")), INPUT("proxy_reason", stage ? STR("") : STR("coerced")),
		INPUT("proxy_name", stage ? STR("") : STR("演示市妇女联合会")), INPUT("place", STR("violence")), INPUT("urgent", stage == 1 ? STR("1") : STR("")),
		INPUT("requests", STR("violence,harass,message,places")), INPUT("facts", STR("被申请人近半年来多次殴打申请人，最近一次致面部软组织挫伤，并扬言报复申请人及其家人。")),
		INPUT("danger", STR("申请人已提出离婚，被申请人每日到单位门口等候，随时可能再次施暴。"))) }, &d));
	if (!stage)
		return OK;
	TRY(on(l, c, by, &(struct act){ .type = "order", .verb = "file", .id = d.id, INPUTS(INPUT("filed_at", demo_moment(c, l->o->end - 5 * MS_HOUR))) }, NULL));
	if (stage < 2)
		return OK;
	TRY(on(l, c, court, &(struct act){ .type = "order", .verb = "grant", .id = d.id, INPUTS(INPUT("decided_at", now), INPUT("ruling", STR("（2026）演0582民保令1号")),
		INPUT("measures", STR("violence,harass,places")), INPUT("until", demo_day(c, l->o->end + 180 * MS_DAY))) }, NULL));
	TRY(on(l, c, court, &(struct act){ .type = "order", .verb = "serve", .id = d.id, INPUTS(INPUT("served_applicant", now), INPUT("served_respondent", now), INPUT("served_police", now),
		INPUT("served_comm", now)) }, NULL));
	return on(l, c, court, &(struct act){ .type = "order", .verb = "keep", .id = d.id, INPUTS(INPUT("paper", STR("assist"))) }, NULL);
}

static enum err evidence(struct loader *l, struct ctx *c, const struct rec *k, int by)
{
	static const struct { const char *kind, *what, *proves, *origin, *form; } v[] = {
		{ "medical", "门诊病历及照片", "面部软组织挫伤", "本人就诊后取得", "copy" }, { "police", "报警回执", "当晚报警及出警", "派出所出具", "original" },
		{ "messages", "聊天记录截图12张", "对方承认动手并威胁", "本人手机当面截取", "file" },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct done d;
		bool file = v[i].form[0] == 'f';
		TRY(on(l, c, by, &(struct act){ .type = "evidence", .verb = "create", .parent = k->id, INPUTS(INPUT("kind", str_of(v[i].kind)), INPUT("whose", STR("a")), INPUT("what", str_of(v[i].what)),
			INPUT("proves", str_of(v[i].proves)), INPUT("origin", str_of(v[i].origin)), INPUT("form", str_of(v[i].form)), INPUT("got_on", demo_day(c, l->o->end - MS_DAY)),
			INPUT("pages", demo_int(c, (int64_t)i * 4 + 2)), INPUT("keeper", STR("案卷内")),
			INPUT("sha256", file ? STR("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08") : STR(""))) }, &d));
		if (file)
			TRY(on(l, c, by, &(struct act){ .type = "evidence", .verb = "compare", .id = d.id, INPUTS(INPUT("again", STR("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"))) }, NULL));
	}
	return OK;
}

/* One is inside, of one the office has still to decide; the address stands in the vault alone. */
static enum err stay(struct loader *l, struct ctx *c, const struct rec *k, const struct sides *p, int by, bool in)
{
	struct done d;
	int civil = l->posts.civil;
	TRY(on(l, c, by, &(struct act){ .type = "stay", .verb = "create", .parent = k->id, INPUTS(INPUT("party", demo_int(c, p->hers)), INPUT("office", demo_int(c, l->who[civil].org)),
		INPUT("reasons", STR("violence,federation")), INPUT("minors", in ? STR("one") : STR("none")), INPUT("urgent_note", in ? STR("带一名四岁孩子，孩子有哮喘药") : STR("")),
		INPUT("escort", STR("演示市妇联工作人员两名"))) }, &d));
	if (!in)
		return OK;
	TRY(on(l, c, l->posts.city, &(struct act){ .type = "vault", .verb = "create", .parent = k->id, INPUTS(INPUT("kind", STR("shelter")), INPUT("party", demo_int(c, p->hers)),
		INPUT("kept", STR("演示地址：向阳路919号三楼西（虚构）"))) }, NULL));
	TRY(on(l, c, civil, &(struct act){ .type = "stay", .verb = "admit", .id = d.id, INPUTS(INPUT("admitted", demo_moment(c, l->o->end)), INPUT("health", STR("面部挫伤，已就诊")),
		INPUT("things", STR("证件袋一个、随身包一个"))) }, NULL));
	TRY(on(l, c, civil, &(struct act){ .type = "stay", .verb = "assess", .id = d.id, INPUTS(INPUT("danger", STR("red")), INPUT("needs", STR("medical,mind,order,school")),
		INPUT("plan", STR("先就医验伤，协助申请保护令，孩子就近入园，心理援助每周一次。"))) }, NULL));
	return on(l, c, civil, &(struct act){ .type = "stay", .verb = "keep", .id = d.id, INPUTS(INPUT("paper", STR("things"))) }, NULL);
}

/* A child who saw it and was hit: reported within the hour, accepted with its number. */
static enum err mandatory(struct loader *l, struct ctx *c, const struct rec *k, int by)
{
	struct done d;
	int pol = l->posts.police;
	TRY(on(l, c, by, &(struct act){ .type = "mandatory", .verb = "create", .parent = k->id, INPUTS(INPUT("unit", STR("committee")), INPUT("reporter", STR("演示邻居")),
		INPUT("person_name", STR("演示孩子")), INPUT("person_sex", STR("2")), INPUT("person_age", STR("9")), INPUT("situations", STR("wounds")), INPUT("signs", STR("手臂多处淤青，说是爸爸打的，不肯回家。")),
		INPUT("found_at", demo_moment(c, l->o->end - 30 * MS_MINUTE)), INPUT("done", STR("已由社区工作人员陪同，通知区镇妇联。"))) }, &d));
	TRY(on(l, c, by, &(struct act){ .type = "mandatory", .verb = "report", .id = d.id, INPUTS(INPUT("police", demo_int(c, l->who[pol].org)),
		INPUT("reported_at", demo_moment(c, l->o->end - 10 * MS_MINUTE)), INPUT("way", STR("110"))) }, NULL));
	TRY(on(l, c, pol, &(struct act){ .type = "mandatory", .verb = "accept", .id = d.id, INPUTS(INPUT("police_no", STR("演(2026)警字第00918号")), INPUT("officer", STR("演示民警甲"))) }, NULL));
	return on(l, c, pol, &(struct act){ .type = "mandatory", .verb = "keep", .id = d.id, INPUTS(INPUT("paper", STR("receipt"))) }, NULL);
}

static enum err protect_one(struct loader *l, struct ctx *c, const struct rec *k, int by, int nth)
{
	struct sides p;
	TRY(sides_of(l, c, k, by, &p));
	TRY(assess(l, c, k, &p, by, nth));
	if (nth % 3 != 1)
		TRY(plan(l, c, k, &p, by));
	TRY(letter(l, c, k, &p, by, nth % 3));
	TRY(evidence(l, c, k, by));
	if (nth % 3 != 1) {
		TRY(mandatory(l, c, k, by));
		TRY(stay(l, c, k, &p, by, nth % 3 == 2));
	}
	return nth < 4 ? order(l, c, k, &p, by, nth % 3) : OK;
}

struct told { int n; const struct rec *last; };

static enum err tell_some(struct loader *l, struct ctx *c, const char *violence, int only, struct told *told)
{
	struct filter open[] = { { STR("state"), STR("accepted|mediating") }, { STR("violence"), str_of(violence) } };
	struct seen s, had;
	TRY(see(c, &(struct see){ .type = "case", .filters = open, .nfilters = *violence ? 2 : 1, .limit = 100 }, &s));
	for (size_t i = 0; i < s.n && told->n < TALES; i++) {
		int by = leader_of(l, s.r[i]);
		if (by < 0 || (only >= 0 && by != only) || (!*violence && rec_int(s.r[i], "violence")))
			continue;
		TRY(see_children(c, "assessment", s.r[i]->id, &had));
		if (had.n)
			continue;
		TRY(protect_one(l, c, s.r[i], by, told->n));
		told->n++;
		told->last = s.r[i];
	}
	return OK;
}

/* A small city may have no open case of violence that day: then an assessment finds it where nobody had said it. It may have fewer cases than a letter and an order have
 * steps: then the last of them has the others too. */
static enum err tell(struct ctx *job, struct loader *l)
{
	struct ctx c = demo_ctx(l, job);
	struct told told = { 0 };
	/* First those of the mediator whom a visitor can log in as. */
	TRY(tell_some(l, &c, "1", l->posts.mediator, &told));
	if (!told.n)
		TRY(tell_some(l, &c, "", l->posts.mediator, &told));
	TRY(tell_some(l, &c, "1", -1, &told));
	if (told.n < TALES / 2)
		TRY(tell_some(l, &c, "", -1, &told));
	for (int stage = told.n; told.n && stage < 3; stage++) {
		struct sides p;
		int by = leader_of(l, told.last);
		TRY(sides_of(l, &c, told.last, by, &p));
		TRY(letter(l, &c, told.last, &p, by, stage));
		TRY(order(l, &c, told.last, &p, by, stage));
	}
	return OK;
}

enum err demo_load_protect(struct loader *l) { return demo_job(l, tell); }
