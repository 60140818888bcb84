/* Other units in a case: handed over, invited, acted on together; taken on or not, given back in time, read or asked again. And what each of them may
 * know: words planted wherever the case keeps words must reach a liaison by no page, list, search, export or paper, unless they were written for her. */
#include "../paper/lsan.h"
#include "../desk/site.h"
#include "paper.h"
#include "paper/paper.h"

struct jt { struct city city; int64_t kase, party[2]; };
#define POLW who(ROLE_LIAISON, CITY, POL, p->police)
#define COURTW who(ROLE_LIAISON, CITY, 33, p->court)
#define CIVILW who(ROLE_LIAISON, CITY, 36, p->civil)

static void jt_open(struct jt *v, const char *kind, const char *grade)
{
	struct city *p = &v->city;
	struct done d;
	city_fast = true;
	city_open(p);
	v->kase = new_case(p, kind, grade);
	take(p, v->kase);
	for (int i = 0; i < 2; i++) {
		NEED_OK(ADD(MEIW, "party", v->kase, &d, IN("side", i ? "b" : "a"), IN("name", i ? "李某乙" : "张某甲"), IN("phone", i ? "19900000002" : "19900000001"),
			    IN("address", i ? "杨舍镇花园浜一村3幢201室" : "锦丰镇向阳路18号")));
		v->party[i] = d.id;
	}
}

static enum err ask(struct jt *v, int64_t unit_id, const char *kind, const char *track, const char *matter, const char *by, struct done *d)
{
	struct city *p = &v->city;
	return ADD(MEIW, "referral", v->kase, d, IN("kind", kind), IN("unit", num(p, unit_id)), IN("track", track), IN("first", num(p, v->party[0])), IN("matter", matter),
		   IN("released", "双方因抚养费争执"), IN("by_on", by));
}

TEST(handed_over_taken_on_and_given_back)
{
	struct jt v;
	struct done d;
	struct document doc;
	jt_open(&v, "M01", "yellow");
	struct city *p = &v.city;
	CHECK_ERR(ask(&v, p->civil, "transfer", "", "请核对婚姻登记", "2026-11-24", &d), ERR_INVALID);
	CHECK_ERR(ask(&v, p->civil, "transfer", "", "请核对婚姻登记", "2027-03-01", &d), ERR_INVALID);
	CHECK_ERR(ask(&v, p->studio, "transfer", "", "请核对婚姻登记", "2026-11-28", &d), ERR_INVALID);
	CHECK_ERR(ask(&v, p->court, "invite", "", "请派员参加调解", "2026-11-28", &d), ERR_INVALID);       /* which mediation? */
	NEED_OK(ask(&v, p->civil, "transfer", "", "请核对婚姻登记", "2026-11-28", &d));
	struct rec *r = get(p, "referral", d.id);
	CHECK(r->org == p->civil && rec_int(r, "sender") == p->studio && str_starts(r->number, "联"));
	/* Yellow: three working days; nothing of it is anybody else's. */
	CHECK_INT(clock_of(p, "referral", d.id, "referral.accept")->due, civil_ms((struct civil){ 2026, 11, 28, 0, 0, 0 }));
	CHECK_ERR(DO(COURTW, "referral", "accept", d.id, IN("officer", "王某")), ERR_NOT_FOUND);
	CHECK_ERR(DO(MEIW, "referral", "accept", d.id, IN("officer", "王某")), ERR_DENIED);
	CHECK_ERR(DO0(CIVILW, "referral", "accept", d.id), ERR_INVALID);
	NEED_OK(DO(CIVILW, "referral", "accept", d.id, IN("officer", "登记处 周某")));
	CHECK_INT(clock_of(p, "referral", d.id, "referral.accept")->state, DUE_MET);
	/* A Saturday: until the end of Monday. */
	CHECK_INT(clock_of(p, "referral", d.id, "referral.result")->due, civil_ms((struct civil){ 2026, 12, 1, 0, 0, 0 }));
	NEED_OK(DO(MEIW, "referral", "release", d.id, IN("more", "2019年登记，未办理离婚")));
	CHECK(has(text_of(p, get(p, "referral", d.id), "released"), "双方因抚养费争执") && has(text_of(p, get(p, "referral", d.id), "released"), "2019年登记"));
	NEED_OK(paper_for(p, CIVILW, "referral", "letter", d.id, &doc));
	CHECK(has(doc.title, "移送函") && !doc.watermark.n && paper_says(&doc, "张某甲") && paper_says(&doc, "请核对婚姻登记") && paper_says(&doc, "2026年11月28日") && !paper_says(&doc, "李某乙"));
	CHECK_ERR(paper_for(p, CIVILW, "referral", "feedback", d.id, &doc), ERR_STATE);
	NEED_OK(DO(MEIW, "referral", "put_off", d.id, IN("by_on", "2026-12-03"), IN("note", "对方要求")));
	CHECK_ERR(DO(MEIW, "referral", "put_off", d.id, IN("by_on", "2026-12-02"), IN("note", "对方要求")), ERR_INVALID);
	CHECK_INT(clock_of(p, "referral", d.id, "referral.result")->due, civil_ms((struct civil){ 2026, 12, 4, 0, 0, 0 }));
	CHECK_ERR(DO(CIVILW, "referral", "return", d.id, IN("result", "done")), ERR_INVALID);
	NEED_OK(DO(CIVILW, "referral", "return", d.id, IN("result", "done"), IN("result_text", "经核对，婚姻关系存续")));
	CHECK_INT(clock_of(p, "referral", d.id, "referral.result")->state, DUE_MET);
	NEED_OK(paper_for(p, CIVILW, "referral", "feedback", d.id, &doc));
	CHECK(paper_says(&doc, "婚姻关系存续") && paper_says(&doc, "登记处 周某"));
	/* Asked again, it must be answered anew. */
	NEED_OK(DO(MEIW, "referral", "again", d.id, IN("again_why", "请附登记日期"), IN("by_on", "2026-11-30")));
	NEED_OK(DO(CIVILW, "referral", "accept", d.id, IN("officer", "周某")));
	CHECK_ERR(DO(CIVILW, "referral", "return", d.id, IN("result", "done"), IN("result_text", "经核对，婚姻关系存续")), ERR_INVALID);
	NEED_OK(DO(CIVILW, "referral", "return", d.id, IN("result", "done"), IN("result_text", "2019年5月20日登记")));
	NEED_OK(DO0(MEIW, "referral", "close", d.id));
	city_close(p);
}

TEST(declined_with_a_reason_and_the_case_waits)
{
	struct jt v;
	struct done d;
	jt_open(&v, "M01", "yellow");
	struct city *p = &v.city;
	NEED_OK(ask(&v, p->court, "invite", "court", "请派员参加调解", "2026-11-30", &d));
	CHECK_ERR(DO(COURTW, "referral", "decline", d.id, IN("decline_reason", "duty")), ERR_INVALID);
	settle(p, v.kase);
	struct seen s = kids(p, "visit", v.kase);
	for (size_t i = 0; i < s.n; i++)
		NEED_OK(DO(MEIW, "visit", "skip", s.r[i]->id, IN("note", "试")));
	CHECK_ERR(DO0(MEIW, "case", "close", v.kase), ERR_STATE);
	NEED_OK(DO(COURTW, "referral", "decline", d.id, IN("decline_reason", "parties"), IN("result_text", "一方不愿到庭")));
	CHECK_INT(clock_of(p, "referral", d.id, "referral.accept")->state, DUE_MET);
	CHECK_ERR(DO0(MEIW, "case", "close", v.kase), ERR_STATE);
	NEED_OK(DO0(MEIW, "referral", "close", d.id));
	NEED_OK(DO0(MEIW, "case", "close", v.kase));
	CHECK_ERR(ask(&v, p->court, "transfer", "", "请处理", "2026-11-30", &d), ERR_STATE);
	city_close(p);
}

TEST(nobody_is_invited_to_mediate_where_violence_goes_on)
{
	struct jt v;
	struct done d;
	jt_open(&v, "M03", "orange");
	struct city *p = &v.city;
	CHECK_ERR(ask(&v, p->court, "invite", "court", "请派员参加调解", "2026-11-30", &d), ERR_INVALID);
	CHECK_ERR(ask(&v, p->police, "transfer", "admin", "请调解", "2026-11-30", &d), ERR_INVALID);
	CHECK_ERR(ask(&v, p->civil, "joint", "people", "请调解", "2026-11-30", &d), ERR_INVALID);
	/* What protects her is shared with whom it concerns. */
	NEED_OK(ask(&v, p->police, "joint", "", "请到场制止并出具告诫书", "2026-11-30", &d));
	NEED_OK(DO(MEIW, "case", "safety", v.kase, IN("ongoing", "no"), IN("willing", "yes"), IN("told", "1")));
	NEED_OK(ask(&v, p->court, "invite", "court", "请派员参加调解", "2026-11-30", &d));
	/* Said after it was asked: not asked a second time. */
	NEED_OK(DO(COURTW, "referral", "decline", d.id, IN("decline_reason", "other"), IN("result_text", "x")));
	NEED_OK(DO(MEIW, "case", "safety", v.kase, IN("ongoing", "yes")));
	CHECK_ERR(DO(MEIW, "referral", "again", d.id, IN("again_why", "请再考虑"), IN("by_on", "2026-11-30")), ERR_INVALID);
	city_close(p);
}

TEST(what_goes_out_is_looked_through)
{
	static const struct { const char *text; enum err e; } w[] = {
		{ "请核对登记", OK }, { "她住在锦丰镇 向阳路１８号", ERR_STATE }, { "联系电话 199-0000-0001", ERR_STATE }, { "庇护所在城北西路66号后院", ERR_STATE },
	};
	struct jt v;
	struct done d, ok;
	jt_open(&v, "M01", "yellow");
	struct city *p = &v.city;
	NEED_OK(ADD(CITYW, "vault", v.kase, NULL, IN("kind", "shelter"), IN("kept", "城北西路66号后院，二楼")));
	NEED_OK(ask(&v, p->civil, "transfer", "", "请核对", "2026-11-30", &ok));
	for (size_t i = 0; i < ARRAY_LEN(w); i++) {
		CHECK_ERR(ask(&v, p->civil, "transfer", "", w[i].text, "2026-11-30", &d), w[i].e);
		CHECK_ERR(ADD(MEIW, "referral", v.kase, &d, IN("kind", "transfer"), IN("unit", num(p, p->civil)), IN("matter", "请核对"), IN("released", w[i].text), IN("by_on", "2026-11-30")), w[i].e);
		CHECK_ERR(DO(MEIW, "referral", "release", ok.id, IN("more", w[i].text)), w[i].e);
		CHECK(str_find(str_of(p->f.arg), STR("向阳")) < 0);
	}
	/* Another case's party is not this one's to name. */
	int64_t other = new_case(p, "M01", "yellow");
	take(p, other);
	NEED_OK(ADD(MEIW, "party", other, &d, IN("side", "a"), IN("name", "王某丙")));
	CHECK_ERR(ADD(MEIW, "referral", v.kase, NULL, IN("kind", "transfer"), IN("unit", num(p, p->civil)), IN("first", num(p, d.id)), IN("matter", "x"), IN("by_on", "2026-11-30")), ERR_INVALID);
	city_close(p);
}

static int notices_of(struct city *p, struct actor w, const char *text)
{
	struct ctx c;
	struct notice *n;
	size_t nn;
	int hits = 0;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(notice_list(&c, 200, &n, &nn));
	for (size_t i = 0; i < nn; i++)
		hits += str_is(n[i].text, text);
	return hits;
}

TEST(a_late_unit_is_reminded_and_reported)
{
	struct jt v;
	struct done d;
	struct ctx c;
	int climbed;
	jt_open(&v, "M01", "yellow");
	struct city *p = &v.city;
	NEED_OK(ask(&v, p->civil, "transfer", "", "请核对", "2026-12-10", &d));
	NEED_OK(DO(CIVILW, "referral", "accept", d.id, IN("officer", "周某")));
	struct due *due = clock_of(p, "referral", d.id, "referral.result");
	CHECK_INT(due->org, p->civil);
	p->now = due->due - MS_DAY;
	/* The lead of the case is told too: she is whom the family asks. */
	int before = notices_of(p, MEIW, "Your work is due soon");
	ctx_at(p, &c, &actor_system);
	NEED_OK(due_remind(&c));
	CHECK_INT(notices_of(p, MEIW, "Your work is due soon") + notices_of(p, CIVILW, "Your work is due soon"), before + 1);
	p->now = due->due + MS_HOUR;
	ctx_at(p, &c, &actor_system);
	NEED_OK(due_escalate(&c, &climbed));
	CHECK(climbed > 0 && clock_of(p, "referral", d.id, "referral.result")->level == 1);
	city_close(p);
}

/* ---- what a liaison may know ---- */

/* Wherever this case keeps words, a word with this mark. */
#define MARK "暗语"
static char *word(struct city *p, const char *where) { return arena_printf(p->a, MARK "%s", where); }

static int64_t plant(struct jt *v, int64_t mine, int64_t others, int64_t *ret_other)
{
	struct city *p = &v->city;
	struct done d;
	for (int i = 0; i < 2; i++)
		NEED_OK(DO(MEIW, "party", "edit", v->party[i], IN("side", i ? "b" : "a"), IN("safe_note", word(p, "时段"))));
	NEED_OK(ADD(MEIW, "party", v->kase, &d, IN("side", "b"), IN("name", word(p, "")), IN("address", word(p, "住址"))));
	NEED_OK(DO(MEIW, "case", "edit", v->kase, IN("title", word(p, "标题")), IN("summary", word(p, "案情")), IN("kind", "M03"), IN("violence", "1")));
	NEED_OK(DO(MEIW, "case", "note", v->kase, IN("note", word(p, "备注"))));
	NEED_OK(DO(MEIW, "case", "safety", v->kase, IN("ongoing", "no"), IN("willing", "yes"), IN("told", "1"), IN("police_no", word(p, "警号"))));
	NEED_OK(ADD(MEIW, "session", v->kase, NULL, IN("form", "separate"), IN("side", "a"), IN("held", "2026-11-24 08:30"), IN("present", word(p, "到场")), IN("rights_told", "1"),
		    IN("text", word(p, "谈话"))));
	NEED_OK(ADD(MEIW, "message", v->kase, NULL, IN("side", "a"), IN("text", word(p, "答复"))));
	NEED_OK(ADD(MEIW, "agreement", v->kase, NULL, IN("form", "written"), IN("facts", word(p, "事实")), IN("terms", word(p, "条款")), IN("performance", "按月")));
	NEED_OK(ADD(CITYW, "vault", v->kase, NULL, IN("kind", "address"), IN("party", num(p, v->party[0])), IN("kept", word(p, "新住处在这里"))));
	NEED_OK(ADD(TOWNW, "supervision", v->kase, NULL, IN("level", "slip"), IN("ask", word(p, "督办")), IN("by_on", "2026-11-27")));
	/* Another unit's part in the same case, with what it was told and answered. */
	NEED_OK(ADD(MEIW, "referral", v->kase, &d, IN("kind", "joint"), IN("unit", num(p, others)), IN("second", num(p, v->party[1])), IN("matter", word(p, "别家事项")),
		    IN("released", word(p, "别家情况")), IN("by_on", "2026-11-30"), IN("note", word(p, "别家备注"))));
	*ret_other = d.id;
	NEED_OK(DO(who(ROLE_LIAISON, CITY, 44, others), "referral", "accept", d.id, IN("officer", word(p, "别家承办"))));
	NEED_OK(DO(who(ROLE_LIAISON, CITY, 44, others), "referral", "return", d.id, IN("result", "done"), IN("result_text", word(p, "别家结果"))));
	NEED_OK(ADD(MEIW, "referral", v->kase, &d, IN("kind", "joint"), IN("unit", num(p, mine)), IN("first", num(p, v->party[0])), IN("matter", "明话事项"), IN("released", "明话情况"),
		    IN("by_on", "2026-11-30"), IN("note", "明话备注")));
	return d.id;
}

struct seek { struct city *p; int found, own, read; };
static void look(struct seek *k, struct str t)
{
	k->read += t.n > 0;
	if (t.n && str_find(t, STR(MARK)) >= 0 && k->found++ < 5)
		printf("# leaks: %.*s\n", (int)(t.n < 200 ? t.n : 200), t.p + (str_find(t, STR(MARK)) > 90 ? str_find(t, STR(MARK)) - 90 : 0));
	k->own += t.n && str_find(t, STR("明话")) >= 0;
}

/* Every record of every type that she can see, as itself, in lists, as a child of the case, and by search. */
static void seek_records(struct seek *k, struct actor w, int64_t kase)
{
	struct ctx c;
	struct seen s;
	ctx_at(k->p, &c, &w);
	NEED_OK(ctx_read(&c));
	for (const struct rtype *const *t = types; *t; t++)
		for (int way = 0; way < 2; way++) {
			NEED_OK(way ? see_children(&c, (*t)->name, kase, &s) : see(&c, &(struct see){ .type = (*t)->name, .limit = 500 }, &s));
			for (size_t i = 0; i < s.n; i++) {
				struct rec *one;
				NEED_OK(see_one(&c, (*t)->name, s.r[i]->id, &one));
				for (size_t f = 0; f < (*t)->nfields; f++) {
					look(k, rec_show(&c, one, (int)f));
					look(k, rec_input(&c, one, (int)f));
				}
				look(k, rec_title(&c, one));
			}
		}
	for (const struct rtype *const *t = types; *t; t++) {
		bool words = false;
		for (size_t f = 0; f < (*t)->nfields; f++)
			words |= ((*t)->fields[f].flags & FF_SEARCH) != 0;
		if (!words)
			continue;
		NEED_OK(see(&c, &(struct see){ .type = (*t)->name, .words = STR(MARK) }, &s));
		k->found += s.n > 0;
	}
}

static void seek_pages(struct seek *k, struct browser *b, const struct jt *v, int64_t mine, int64_t other)
{
	struct city *p = k->p;
	const int64_t gone[] = { v->kase, v->party[0], v->party[1] };
	static const char *const gone_type[] = { "case", "party", "party" };
	for (const struct rtype *const *t = types; *t; t++) {
		look(k, browse(b, arena_printf(p->a, "/%s", (*t)->name)));
		look(k, browse(b, arena_printf(p->a, "/%s?parent=%lld", (*t)->name, (long long)v->kase)));
		look(k, browse(b, arena_printf(p->a, "/%s/new?parent=%lld", (*t)->name, (long long)v->kase)));
		CHECK(b->last.status != 200 || !has(b->last.body, "张某甲"));
		/* Type by type under every id of the case. */
		for (size_t i = 0; i < ARRAY_LEN(gone); i++)
			look(k, browse(b, arena_printf(p->a, "/%s/%lld", (*t)->name, (long long)gone[i])));
	}
	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		look(k, browse(b, arena_printf(p->a, "/%s/%lld", gone_type[i], (long long)gone[i])));
		CHECK_INT(b->last.status, 404);
	}
	look(k, browse(b, arena_printf(p->a, "/referral/%lld", (long long)other)));
	CHECK_INT(b->last.status, 404);
	look(k, browse(b, arena_printf(p->a, "/referral/%lld/paper/letter", (long long)other)));
	CHECK_INT(b->last.status, 404);
	look(k, browse(b, arena_printf(p->a, "/referral/%lld", (long long)mine)));
	CHECK_INT(b->last.status, 200);
	CHECK(has(b->last.body, "明话事项") && !has(b->last.body, arena_printf(p->a, "/case/%lld", (long long)v->kase)) && !has(b->last.body, "/party/"));
	static const char *const more[] = { "/", "/notices", "/calendar", "/search?q=" "%E6%9A%97%E8%AF%AD" "&purpose=handle", "/search?q=%E5%BC%A0%E6%9F%90%E7%94%B2&purpose=handle", "/forms" };
	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		struct str page = browse(b, more[i]);
		/* What she typed herself stands in the field of the search. */
		if (i != 3)
			look(k, page);
		CHECK(i != 3 || !has(page, MARK "案情"));
	}
	look(k, browse(b, arena_printf(p->a, "/referral/%lld/accept", (long long)mine)));
	look(k, POST(b, "/export/of", "type", "referral", "format", "csv", "col", "kind", "col", "unit", "col", "first_name", "col", "matter", "col", "released", "col", "result_text"));
	CHECK_INT(b->last.status, 200);
	CHECK(!has(b->last.body, "张某甲") && !has(b->last.body, "明话情况"));      /* masked, without narratives, as any export */
	look(k, browse(b, arena_printf(p->a, "/referral/%lld/paper/letter", (long long)mine)));
	CHECK_INT(b->last.status, 200);
	CHECK(has(b->last.headers, "application/pdf"));
}

static void seek_papers(struct seek *k, struct actor w, int64_t mine)
{
	struct document d;
	for (const struct absorb_paper *a = absorb_papers; a->type; a++)
		if (paper_for(k->p, w, a->type, a->name, mine, &d) == OK)
			for (size_t i = 0; i < d.n; i++) {
				look(k, d.p[i].text);
				look(k, d.p[i].label);
			}
}

static enum err run_sql(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

TEST(a_liaison_sees_its_part_alone)
{
	struct jt v;
	jt_open(&v, "M03", "orange");
	struct city *p = &v.city;
	int64_t proc = unit(p, CITY, "procuratorate"), edu = unit(p, CITY, "education"), justice = unit(p, CITY, "justice");
	const int64_t asked[] = { p->police, justice, p->civil, proc, edu };
	p->app->demo = true;
	clock_fix(p->now);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		struct browser b;
		int64_t other, mine;
		struct seek k = { .p = p };
		if (i) {
			v.kase = new_case(p, "M03", "orange");
			take(p, v.kase);
			struct done d;
			for (int s = 0; s < 2; s++) {
				NEED_OK(ADD(MEIW, "party", v.kase, &d, IN("side", s ? "b" : "a"), IN("name", s ? "李某乙" : "张某甲")));
				v.party[s] = d.id;
			}
		}
		mine = plant(&v, asked[i], p->court, &other);
		browser_open(&b, p);
		int64_t user = browser_login(&b, "liaison", CITY, asked[i]);
		struct actor w = who(ROLE_LIAISON, CITY, user, asked[i]);
		seek_records(&k, w, v.kase);
		seek_pages(&k, &b, &v, mine, other);
		seek_papers(&k, w, mine);
		CHECK_INT(k.found, 0);
		CHECK(k.own > 4 && k.read > 100);
		/* Not taken on: its words are gone from her too. */
		NEED_OK(DO(w, "referral", "decline", mine, IN("decline_reason", "duty"), IN("result_text", "不属本单位")));
		enum sight s;
		NEED_OK(peek(p, w, "referral", mine, &s));
		CHECK_INT(s, SIGHT_MASKED);
		CHECK(!has(browse(&b, arena_printf(p->a, "/referral/%lld", (long long)mine)), "明话事项"));
		struct document doc;
		CHECK_ERR(paper_for(p, w, "referral", "letter", mine, &doc), ERR_DENIED);
		/* The same crawl finds, when the other unit's part is said to be hers. */
		if (i == ARRAY_LEN(asked) - 1) {
			p->altered = true;
			NEED_OK(store_write(p->app->store, run_sql, arena_printf(p->a, "UPDATE referral SET org = %lld WHERE id = %lld", (long long)asked[i], (long long)other), &p->f));
			seek_records(&k, w, v.kase);
			CHECK(k.found > 0);
		}
	}
	clock_fix(0);
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct jt v;
	struct done d;
	jt_open(&v, "M01", "yellow");
	struct city *p = &v.city;
	NEED_OK(ask(&v, p->court, "transfer", "", "请处理", "2026-11-30", &d));
	walk(p, "referral", d.id,
	     "asked release: lead\n"
	     "asked withdraw: lead\n"
	     "asked accept: court\n"
	     "asked decline: court\n"
	     "accepted release: lead\n"
	     "accepted put_off: lead\n"
	     "accepted withdraw: lead\n"
	     "accepted return: court\n"
	     "returned close: lead\n"
	     "returned again: lead\n"
	     "declined close: lead\n"
	     "declined again: lead\n");
	city_close(p);
}
