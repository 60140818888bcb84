/* Shelter: taken in only when the address is sealed, ten days and then a filing, never home without an assessment and a plan, no visitors, and of
 * the most secret class: in no list, count or search, shut to all but the team, the office asked and the outline for the city. */
#include "walk.h"
#include "absorb/scale.h"
#include "paper/paper.h"

#define CIVILW who(ROLE_LIAISON, CITY, 36, p->civil)
struct shel { struct city city; int64_t kase, hers, id; };

static void shel_open(struct shel *s, const char *reasons, const char *minors)
{
	struct city *p = &s->city;
	struct done d;
	city_fast = true;
	city_open(p);
	p->now = civil_ms((struct civil){ 2026, 2, 13, 20, 0, 0 });
	s->kase = new_case(p, "M03", "red");
	take(p, s->kase);
	NEED_OK(ADD(MEIW, "party", s->kase, &d, IN("side", "a"), IN("name", "张某甲"), IN("address", "锦丰镇花园浜一村18号3幢"), IN("protected_person", "1")));
	s->hers = d.id;
	NEED_OK(ADD(MEIW, "stay", s->kase, &d, IN("party", num(p, s->hers)), IN("office", num(p, p->civil)), IN("reasons", reasons), IN("minors", minors), IN("urgent_note", "怀孕")));
	s->id = d.id;
}
static enum err admit(struct shel *s) { struct city *p = &s->city; return DO(CIVILW, "stay", "admit", s->id, IN("admitted", "2026-02-13 20:00"), IN("health", "面部挫伤")); }
static void seal_place(struct shel *s) { struct city *p = &s->city; NEED_OK(ADD(MEIW, "vault", s->kase, NULL, IN("kind", "shelter"), IN("party", num(p, s->hers)), IN("kept", "向阳路918号二楼东"))); }

TEST(taken_in_when_the_address_is_sealed)
{
	struct shel s;
	shel_open(&s, "violence", "one");
	struct city *p = &s.city;
	CHECK_INT(clock_of(p, "stay", s.id, "stay.decide")->due, p->now + MS_HOUR);
	CHECK_ERR(admit(&s), ERR_STATE);
	NEED_OK(ADD(MEIW, "vault", s.kase, NULL, IN("kind", "phone"), IN("kept", "19900011111")));
	CHECK_ERR(admit(&s), ERR_STATE);
	seal_place(&s);
	NEED_OK(admit(&s));
	/* Ten days from the 13th end on the 23rd, the last day of Spring Festival: the 24th. */
	CHECK_INT(rec_int(get(p, "stay", s.id), "until"), civil_ms((struct civil){ 2026, 2, 24, 0, 0, 0 }));
	CHECK_INT(clock_of(p, "stay", s.id, "stay.limit")->due, civil_ms((struct civil){ 2026, 2, 25, 0, 0, 0 }));
	CHECK_INT(clock_of(p, "stay", s.id, "stay.needs")->due, p->now + 24 * MS_HOUR);
	NEED_OK(DO(CIVILW, "stay", "assess", s.id, IN("danger", "red"), IN("needs", "medical,order"), IN("plan", "先就医")));
	CHECK_INT(clock_of(p, "stay", s.id, "stay.needs")->state, DUE_MET);
	/* The address stands in no field of the stay. */
	struct rec *r = get(p, "stay", s.id);
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	for (size_t i = 0; i < r->t->nfields; i++) {
		struct str v = rec_show(&c, r, (int)i);
		CHECK(!v.n || str_find(v, STR("向阳路")) < 0);
	}
	city_close(p);
}

TEST(longer_only_with_a_filing)
{
	struct shel s;
	shel_open(&s, "violence", "none");
	struct city *p = &s.city;
	seal_place(&s);
	NEED_OK(admit(&s));
	CHECK_ERR(DO(CIVILW, "stay", "longer", s.id, IN("until", "2026-03-04"), IN("ext_reason", "未找到住处")), ERR_INVALID);
	CHECK_ERR(DO(CIVILW, "stay", "longer", s.id, IN("until", "2026-03-07"), IN("filed_ext", "2026-02-13"), IN("ext_reason", "未找到住处")), ERR_INVALID);
	NEED_OK(DO(CIVILW, "stay", "longer", s.id, IN("until", "2026-03-06"), IN("filed_ext", "2026-02-13"), IN("ext_reason", "未找到住处")));
	struct due *d = clock_of(p, "stay", s.id, "stay.limit");
	CHECK_INT(d->due, civil_ms((struct civil){ 2026, 3, 7, 0, 0, 0 }));
	CHECK_INT(d->first_due, civil_ms((struct civil){ 2026, 2, 25, 0, 0, 0 }));
	city_close(p);
}

TEST(not_home_without_an_assessment_and_a_plan)
{
	struct shel s;
	struct scale sc;
	struct ctx c;
	shel_open(&s, "violence", "none");
	struct city *p = &s.city;
	seal_place(&s);
	NEED_OK(admit(&s));
	p->now += 5 * MS_DAY;
	CHECK_ERR(DO(CIVILW, "stay", "leave", s.id, IN("left_at", "2026-02-18 19:00"), IN("left_to", "home"), IN("plan_gone", "1")), ERR_INVALID);
	ctx_at(p, &c, &actor_system);
	NEED_OK(scale_get(&c, STR("dv_again"), &sc));
	BUF_AUTO b = BUF(1000);
	for (size_t i = 0; i < sc.n; i++)
		buf_printf(&b, "%.*s=no ", (int)sc.item[i].code.n, sc.item[i].code.p);
	NEED_OK(ADD(MEIW, "assessment", s.kase, NULL, IN("scale", "dv_again"), IN("party", num(p, s.hers)), IN("held", "2026-02-18 15:00"), IN("alone", "1"),
		IN("answers", arena_cstr(p->a, str_trim(buf_view(&b))))));
	CHECK_ERR(DO(CIVILW, "stay", "leave", s.id, IN("left_at", "2026-02-18 19:00"), IN("left_to", "home"), IN("plan_gone", "0")), ERR_INVALID);
	NEED_OK(DO(CIVILW, "stay", "leave", s.id, IN("left_at", "2026-02-18 19:00"), IN("left_to", "home"), IN("plan_gone", "1")));
	CHECK_INT(clock_of(p, "stay", s.id, "stay.limit")->state, DUE_MET);
	struct seen v = kids(p, "visit", s.kase);
	CHECK_INT(v.n, 3);
	CHECK_ERR(DO0(MEIW, "stay", "close", s.id), ERR_STATE);
	for (size_t i = 0; i < v.n; i++)
		NEED_OK(DO(MEIW, "visit", "visit", v.r[i]->id, IN("result", "calm"), IN("satisfaction", "good"), IN("safe_now", "yes"), IN("text", "平静")));
	NEED_OK(DO0(MEIW, "stay", "close", s.id));
	city_close(p);
}

TEST(minors_and_whom_the_police_bring_are_taken_in)
{
	static const struct { const char *reasons, *minors, *why; enum err e; } v[] = {
		{ "police", "none", "full", ERR_INVALID }, { "violence", "alone", "full", ERR_INVALID }, { "police", "none", "medical", OK }, { "violence", "two", "full", OK },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct shel s;
		shel_open(&s, v[i].reasons, v[i].minors);
		struct city *p = &s.city;
		CHECK_ERR(DO(CIVILW, "stay", "refuse", s.id, IN("refusal", v[i].why), IN("note", "x")), v[i].e);
		city_close(p);
	}
}

/* Visitors never: there is nothing to write one into, and no step to let one in. */
TEST(visitors_never)
{
	for (size_t i = 0; i < stay_type.nfields; i++)
		CHECK(!strstr(stay_type.fields[i].name, "visitor"));
	for (size_t i = 0; i < stay_type.nsteps; i++)
		CHECK(strcmp(stay_type.steps[i].verb, "visit") != 0);
}

TEST(the_most_secret_class)
{
	struct shel s;
	enum sight sight;
	shel_open(&s, "violence", "one");
	struct city *p = &s.city;
	seal_place(&s);
	NEED_OK(admit(&s));
	NEED_OK(peek(p, CIVILW, "stay", s.id, &sight));
	CHECK_INT(sight, SIGHT_FULL);
	CHECK_ERR(peek(p, CIVILW, "case", s.kase, &sight), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, COMMW, "stay", s.id, &sight), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, TOWNW, "stay", s.id, &sight), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, who(ROLE_LIAISON, CITY, POL, p->police), "stay", s.id, &sight), ERR_NOT_FOUND);
	NEED_OK(peek(p, CITYW, "stay", s.id, &sight));
	CHECK_INT(sight, SIGHT_MASKED);
	for (int i = 0; i < 2; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		w.kase = s.kase;
		snprintf(w.side, sizeof w.side, "%s", i ? "b" : "a");
		CHECK_ERR(peek(p, w, "stay", s.id, &sight), ERR_NOT_FOUND);
	}
	struct ctx c;
	struct seen seen;
	int64_t n;
	struct actor civil = CIVILW, mei = MEIW;
	const struct actor *const all[] = { &civil, &mei };
	for (size_t i = 0; i < 2; i++) {
		ctx_at(p, &c, all[i]);
		NEED_OK(ctx_read(&c));
		NEED_OK(see(&c, &(struct see){ .type = "stay" }, &seen));
		CHECK_INT(seen.n, 0);
		NEED_OK(see_count(&c, &(struct see){ .type = "stay" }, 10, &n));
		CHECK_INT(n, 0);
	}
	/* Nor does the case close over her. */
	NEED_OK(DO(MEIW, "case", "safety", s.kase, IN("ongoing", "no"), IN("willing", "no"), IN("told", "1")));
	NEED_OK(DO(MEIW, "case", "refer", s.kase, IN("outcome", "shelter"), IN("refer_to", "civil"), IN("note", "庇护")));
	struct seen v = kids(p, "visit", s.kase);
	for (size_t i = 0; i < v.n; i++)
		NEED_OK(DO(MEIW, "visit", "skip", v.r[i]->id, IN("note", "x")));
	CHECK_ERR(DO0(MEIW, "case", "close", s.kase), ERR_STATE);
	city_close(p);
}

TEST(the_form_holds_no_address)
{
	struct shel s;
	struct ctx c;
	struct document d;
	shel_open(&s, "violence", "one");
	struct city *p = &s.city;
	seal_place(&s);
	NEED_OK(admit(&s));
	struct actor civil = CIVILW;
	const struct absorb_paper *w = absorb_papers;
	while (strcmp(w->type, "stay") != 0)
		w++;
	ctx_at(p, &c, &civil);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_paper(&c, w, s.id, &d));
	for (size_t i = 0; i < d.n; i++)
		CHECK(!d.p[i].text.n || (str_find(d.p[i].text, STR("918")) < 0 && str_find(d.p[i].text, STR("18号3幢")) < 0));
	NEED_OK(DO(CIVILW, "stay", "day", s.id, IN("log", "安静")));
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct shel s;
	shel_open(&s, "violence", "one");
	seal_place(&s);
	walk(&s.city, "stay", s.id,
	     "asked withdraw: lead\n" "asked admit: civil\n" "asked refuse: civil\n"
	     "inside assess: civil\n" "inside day: civil\n" "inside longer: civil\n" "inside leave: civil\n" "inside keep: civil\n"
	     "left close: lead\n" "left keep: civil\n");
	city_close(&s.city);
}
