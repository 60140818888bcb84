/* Safety assessments and plans: what a scale proposes and why, who may set what, that no side reads any of it, and each state by each verb by each
 * post as the table says. */
#include "walk.h"
#include "absorb/scale.h"
#include "paper/paper.h"

#define SAFE struct city safe_city, *p = &safe_city; city_fast = true; city_open(p)

static int64_t violent(struct city *p)
{
	struct done d;
	int64_t id = new_case(p, "M03", "yellow");
	take(p, id);
	NEED_OK(ADD(MEIW, "party", id, &d, IN("side", "a"), IN("name", "张某甲"), IN("protected_person", "1"), IN("address", "杨舍镇向阳路18号3幢")));
	return id;
}
static char *party_of(struct city *p, int64_t id) { return num(p, kids(p, "party", id).r[0]->id); }

/* All items "no" but those named. */
static char *answers(struct city *p, const char *scale, const char *given)
{
	struct ctx c;
	struct scale s;
	ctx_at(p, &c, &actor_system);
	NEED_OK(scale_get(&c, str_of(scale), &s));
	BUF_AUTO b = BUF(4000);
	for (size_t i = 0; i < s.n; i++) {
		struct str one = scale_answer(str_of(given), s.item[i].code);
		buf_printf(&b, "%.*s=%.*s ", (int)s.item[i].code.n, s.item[i].code.p, one.p ? (int)one.n : 2, one.p ? one.p : "no");
	}
	return arena_cstr(p->a, str_trim(buf_view(&b)));
}

static enum err assess(struct city *p, int64_t id, const char *given, const char *alone, const char *level, const char *why, struct done *d)
{
	return ADD(MEIW, "assessment", id, d, IN("scale", "dv_screen"), IN("party", party_of(p, id)), IN("held", "2026-11-24 08:30"), IN("alone", alone),
		IN("answers", answers(p, "dv_screen", given)), IN("level", level), IN("why", why));
}

TEST(bands_of_the_screening)
{
	SAFE;
	static const struct { const char *given, *alone, *level; int score; } v[] = {
		{ "", "1", "blue", 0 }, { "R1=yes", "1", "yellow", 1 }, { "S1=yes", "1", "orange", 3 }, { "S1=yes S5=yes", "1", "red", 6 }, { "C3=yes", "1", "red", 10 },
		{ "C3=unclear", "1", "orange", 0 }, { "C8=unwilling", "1", "orange", 0 }, { "S10=yes", "1", "blue", 0 }, { "R1=yes", "0", "orange", 1 }, { "S1=unclear", "1", "blue", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct done d;
		int64_t id = violent(p);
		NEED_OK(assess(p, id, v[i].given, v[i].alone, "", "", &d));
		struct rec *r = get(p, "assessment", d.id);
		if (!str_is(r->v[field_at(r->t, "proposed")].s, v[i].level))
			printf("# %s: %.*s\n", v[i].given, (int)r->v[field_at(r->t, "proposed")].s.n, r->v[field_at(r->t, "proposed")].s.p);
		CHECK(str_is(r->v[field_at(r->t, "proposed")].s, v[i].level));
		CHECK_INT(rec_int(r, "score"), v[i].score);
	}
	city_close(p);
}

/* Each band says which items made it; what she thinks of doing to herself is her need, not his danger. */
TEST(reasons_name_the_items)
{
	SAFE;
	struct done d;
	struct ctx c;
	int64_t id = violent(p);
	NEED_OK(assess(p, id, "C3=yes S10=yes C1=unclear", "1", "", "", &d));
	struct rec *r = get(p, "assessment", d.id);
	ctx_at(p, &c, &actor_system);
	struct str why = rec_str(&c, r, "reasons");
	CHECK(str_find(why, STR("C3")) >= 0);
	CHECK(str_find(why, STR("C1")) >= 0);
	CHECK(str_find(why, STR("S10")) < 0);
	CHECK(str_find(why, STR("C4")) < 0);
	CHECK_INT(rec_int(r, "care"), 1);
	CHECK(str_is(rec_str(&c, r, "edition"), "1"));
	city_close(p);
}

/* Nothing is done by the score: the level a person set lifts the case and lowers nothing. */
TEST(a_person_sets_the_level)
{
	SAFE;
	struct done d;
	int64_t id = violent(p);
	CHECK_ERR(assess(p, id, "S1=yes S5=yes", "1", "yellow", "", &d), ERR_INVALID);
	CHECK_ERR(assess(p, id, "S1=yes", "1", "red", "", &d), ERR_INVALID);
	NEED_OK(assess(p, id, "S1=yes", "1", "red", "她说不上来的害怕", &d));
	CHECK(str_is(get(p, "case", id)->v[field_at(&case_type, "grade")].s, "red"));
	int64_t first = d.id;
	CHECK_ERR(DO(MEIW, "assessment", "raise", first, IN("level", "orange"), IN("why", "x")), ERR_INVALID);
	NEED_OK(assess(p, id, "", "1", "", "", &d));
	CHECK(str_is(get(p, "assessment", first)->state, "replaced"));
	CHECK(str_is(get(p, "assessment", d.id)->state, "made"));
	CHECK(str_is(get(p, "case", id)->v[field_at(&case_type, "grade")].s, "red"));
	CHECK_INT(clock_of(p, "assessment", first, "assessment.again")->state, DUE_MET);
	NEED_OK(DO(MEIW, "assessment", "raise", d.id, IN("level", "orange"), IN("why", "邻居又听到")));
	/* Lower: a second person of the team alone. */
	NEED_OK(ADD(TOWNW, "team", id, NULL, IN("staff", num(p, CARLA)), IN("part", "observer"), IN("reason", "共同评估")));
	CHECK_ERR(DO(MEIW, "assessment", "lower", d.id, IN("level", "yellow"), IN("why", "平静了")), ERR_DENIED);
	CHECK_ERR(DO(COMMW, "assessment", "lower", d.id, IN("level", "red"), IN("why", "平静了")), ERR_INVALID);
	NEED_OK(DO(COMMW, "assessment", "lower", d.id, IN("level", "yellow"), IN("why", "两次回访平静")));
	city_close(p);
}

TEST(every_item_is_answered)
{
	SAFE;
	struct done d;
	int64_t id = violent(p), other = violent(p);
	static const char *const bad[] = { "C1=yes", "", "C1=maybe", "ZZ=yes" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(ADD(MEIW, "assessment", id, &d, IN("scale", "dv_screen"), IN("party", party_of(p, id)), IN("held", "2026-11-24 08:30"), IN("alone", "1"), IN("answers", bad[i])), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "assessment", id, &d, IN("scale", "dv_screen"), IN("party", party_of(p, other)), IN("held", "2026-11-24 08:30"), IN("alone", "1"),
		IN("answers", answers(p, "dv_screen", ""))), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "assessment", id, &d, IN("scale", "dv_screen"), IN("party", party_of(p, id)), IN("held", "2026-11-25 08:30"), IN("alone", "1"),
		IN("answers", answers(p, "dv_screen", ""))), ERR_INVALID);
	NEED_OK(ADD(MEIW, "assessment", id, &d, IN("scale", "dv_again"), IN("party", party_of(p, id)), IN("held", "2026-11-24 08:30"), IN("alone", "1"),
		IN("answers", answers(p, "dv_again", "S1=yes"))));
	/* Whoever says so has been beaten, whatever the case said. */
	int64_t quiet = new_case(p, "M01", "blue");
	take(p, quiet);
	NEED_OK(ADD(MEIW, "party", quiet, NULL, IN("side", "a"), IN("name", "王某")));
	NEED_OK(assess(p, quiet, "R1=yes", "1", "", "", &d));
	CHECK_INT(rec_int(get(p, "case", quiet), "violence"), 0);
	NEED_OK(assess(p, quiet, "S1=yes", "1", "", "", &d));
	CHECK_INT(rec_int(get(p, "case", quiet), "violence"), 1);
	city_close(p);
}

/* Over Spring Festival of 2026 (15 to 23 February; 14th and 28th are worked): red 7 days from the 13th end on a holiday and move to the 24th. */
TEST(days_over_spring_festival)
{
	SAFE;
	struct done d;
	p->now = civil_ms((struct civil){ 2026, 2, 13, 9, 0, 0 });
	int64_t id = violent(p);
	NEED_OK(ADD(MEIW, "assessment", id, &d, IN("scale", "dv_screen"), IN("party", party_of(p, id)), IN("held", "2026-02-13 08:30"), IN("alone", "1"),
		IN("answers", answers(p, "dv_screen", "C1=yes"))));
	CHECK_INT(clock_of(p, "assessment", d.id, "assessment.again")->due, civil_ms((struct civil){ 2026, 2, 25, 0, 0, 0 }));
	NEED_OK(ADD(MEIW, "safetyplan", id, &d, IN("party", party_of(p, id)), IN("made_on", "2026-02-13"), IN("contact_way", "打给她姐姐"), IN("contact_when", "上班时"),
		IN("leave", "后门"), IN("people", "姐姐"), IN("paper_safe", "0")));
	NEED_OK(DO(MEIW, "safetyplan", "agree", d.id, IN("leave", "后门"), IN("people", "姐姐"), IN("handed", "spoken")));
	CHECK_INT(clock_of(p, "safetyplan", d.id, "safetyplan.review")->due, civil_ms((struct civil){ 2026, 2, 28, 0, 0, 0 }));
	p->now += 10 * MS_DAY;
	NEED_OK(DO(MEIW, "safetyplan", "review", d.id, IN("note", "照旧")));
	CHECK_INT(clock_of(p, "safetyplan", d.id, "safetyplan.review")->due, civil_ms((struct civil){ 2026, 3, 10, 0, 0, 0 }));
	city_close(p);
}

/* Paper only where paper is safe; and never with an address on it. */
TEST(a_card_only_where_paper_is_safe)
{
	SAFE;
	struct done d;
	struct ctx c;
	struct document doc;
	struct actor mei = MEIW;
	int64_t id = violent(p);
	NEED_OK(ADD(MEIW, "safetyplan", id, &d, IN("party", party_of(p, id)), IN("made_on", "2026-11-24"), IN("contact_way", "打给她姐姐"), IN("contact_when", "上班时"),
		IN("leave", "后门"), IN("people", "姐姐"), IN("bag", "证件、钥匙")));
	CHECK_ERR(DO(MEIW, "safetyplan", "agree", d.id, IN("handed", "paper")), ERR_INVALID);
	NEED_OK(DO(MEIW, "safetyplan", "agree", d.id, IN("handed", "spoken")));
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(absorb_paper(&c, &absorb_papers[0], d.id, &doc), ERR_STATE);
	NEED_OK(DO(MEIW, "safetyplan", "review", d.id, IN("paper_safe", "1"), IN("handed", "paper")));
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_paper(&c, &absorb_papers[0], d.id, &doc));
	CHECK(!doc.footer.n);
	for (size_t i = 0; i < doc.n; i++)
		CHECK(str_find(doc.p[i].text, STR("张某甲")) < 0);
	NEED_OK(DO(MEIW, "safetyplan", "review", d.id, IN("bag", "到向阳路18号3幢取证件")));
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(absorb_paper(&c, &absorb_papers[0], d.id, &doc), ERR_STATE);
	struct actor town = who(ROLE_TOWN, "320582101", 44, 44);
	ctx_at(p, &c, &town);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(absorb_paper(&c, &absorb_papers[0], d.id, &doc), ERR_NOT_FOUND);
	city_close(p);
}

/* Neither side has any of it, whoever it is about. */
TEST(no_side_reads_it)
{
	SAFE;
	struct done d;
	int64_t id = violent(p);
	NEED_OK(assess(p, id, "C1=yes", "1", "", "", &d));
	static const char *const sides[] = { "a", "b" };
	for (size_t i = 0; i < 2; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		enum sight s;
		w.kase = id;
		snprintf(w.side, sizeof w.side, "%s", sides[i]);
		CHECK_ERR(peek(p, w, "assessment", d.id, &s), ERR_NOT_FOUND);
	}
	enum sight s;
	CHECK_ERR(peek(p, who(ROLE_LEADER, CITY, 45, p->fed), "assessment", d.id, &s), ERR_NOT_FOUND);
	NEED_OK(peek(p, CITYW, "assessment", d.id, &s));
	CHECK_INT(s, SIGHT_MASKED);
	city_close(p);
}

/* Why mediation is not offered, and when it may be. */
TEST(why_mediation_is_not_offered)
{
	SAFE;
	struct ctx c;
	int64_t id = violent(p), calm = new_case(p, "M01", "blue");
	ctx_at(p, &c, &actor_system);
	CHECK(absorb_no_mediation(&c, get(p, "case", calm)) == NULL);
	CHECK(absorb_no_mediation(&c, get(p, "case", id)) != NULL);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "yes"), IN("willing", "yes"), IN("told", "1")));
	CHECK(absorb_no_mediation(&c, get(p, "case", id)) != NULL);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "no"), IN("willing", "unclear"), IN("told", "1")));
	CHECK(absorb_no_mediation(&c, get(p, "case", id)) != NULL);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "no"), IN("willing", "yes"), IN("told", "1")));
	CHECK(absorb_no_mediation(&c, get(p, "case", id)) == NULL);
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	SAFE;
	struct done d;
	int64_t id = violent(p);
	char *party = party_of(p, id);
	NEED_OK(assess(p, id, "C1=yes", "1", "", "", &d));
	walk(p, "assessment", d.id, "made raise: lead\n" "made void: lead\n");
	NEED_OK(ADD(MEIW, "safetyplan", id, &d, IN("party", party), IN("made_on", "2026-11-24"), IN("contact_way", "姐姐"), IN("contact_when", "白天")));
	walk(p, "safetyplan", d.id, "draft edit: lead\n" "draft agree: lead\n" "draft end: lead\n" "agreed review: lead\n" "agreed end: lead\n");
	city_close(p);
}
