/* Studios and mediators: who is suggested and why, who never is; leave; all open work handed over in one step with its refusals line by line. */
#include "walk.h"
#include "absorb/handover.h"
#include "record/files.h"

struct st { struct city city; int64_t mei, rosa, lin; };
enum { ROSA = 41, LIN = 42 };

static int64_t mediator(struct city *p, int64_t staff, const char *skills, const char *speech)
{
	struct done d;
	NEED_OK(run(p, actor_system, &(struct act){ .type = "mediator", .verb = "create", .area = STR(COMM), .org = p->studio,
		INPUTS(IN("staff", num(p, staff)), IN("skills", skills), IN("languages", speech), IN("capacity", "60")) }, &d));
	return d.id;
}

static void st_open(struct st *v)
{
	struct city *p = &v->city;
	city_fast = true;
	city_open(p);
	v->mei = mediator(p, MEI, "marriage", "wu");
	v->rosa = mediator(p, ROSA, "marriage", "southwest");
	v->lin = mediator(p, LIN, "elderly", "wu");
}

static size_t suggest(struct city *p, int64_t kase, const char *speech, struct mediator_pick *m, size_t max)
{
	struct ctx c;
	size_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(people_suggest_mediator(&c, &(struct mediator_ask){ .area = STR(COMM), .kind = STR("M01"), .speech = str_of(speech), .kase = kase }, m, max, &n));
	return n;
}
static bool has(const struct mediator_pick *m, size_t n, int64_t staff)
{
	for (size_t i = 0; i < n; i++)
		if (m[i].staff == staff)
			return true;
	return false;
}

TEST(a_suggestion_says_why)
{
	struct st v;
	struct done d;
	struct mediator_pick m[5];
	st_open(&v);
	struct city *p = &v.city;
	int64_t k = new_case(p, "M01", "yellow");
	NEED_OK(DO(TOWNW, "case", "dispatch", k, IN("org", num(p, p->studio)), IN("owner", num(p, LIN)), IN("choice", "wish")));
	NEED_OK(DO0(who(ROLE_MEDIATOR, COMM, LIN, p->studio), "case", "accept", k));
	NEED_OK(ADD(who(ROLE_MEDIATOR, COMM, LIN, p->studio), "party", k, NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000001")));
	int64_t again = new_case(p, "M01", "yellow");
	NEED_OK(ADD(TOWNW, "party", again, NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000001")));
	NEED(suggest(p, again, "southwest", m, 5) == 3);
	CHECK(m[0].staff == ROSA && m[0].speaks && m[0].skilled && !m[0].known);
	CHECK(str_find(m[0].why, STR("会说当事人说的话")) >= 0 && str_find(m[1].why, STR("不会说当事人说的话")) >= 0);
	CHECK(m[2].staff == LIN && m[2].known && str_find(m[2].why, STR("曾为同一当事人")) >= 0);
	NEED_OK(ADD(TOWNW, "avoid", v.rosa, &d, IN("unit", num(p, p->town)), IN("why", "原在该单位任职")));
	CHECK(!has(m, suggest(p, again, "", m, 5), ROSA));
	city_close(p);
}

TEST(another_than_the_first_is_taken_with_a_reason)
{
	struct st v;
	st_open(&v);
	struct city *p = &v.city;
	int64_t k = new_case(p, "M01", "yellow");
#define GIVE(w, verb, ...) DO(w, "case", verb, k, IN("org", num(p, p->studio)), __VA_ARGS__)
	/* LIN has not the skill: without a reason she is not given it; MEI and ROSA are as good as each other. */
	CHECK_ERR(GIVE(TOWNW, "dispatch", IN("owner", num(p, LIN))), ERR_INVALID);
	CHECK(p->f.nfields == 1 && strcmp(p->f.fields[0].field, "choice") == 0);
	CHECK_ERR(GIVE(TOWNW, "dispatch", IN("owner", num(p, LIN)), IN("choice", "other")), ERR_INVALID);
	CHECK(p->f.nfields == 1 && strcmp(p->f.fields[0].field, "note") == 0);
	NEED_OK(GIVE(TOWNW, "dispatch", IN("owner", num(p, ROSA)), IN("choice", "even")));
	CHECK(!rec_has(get(p, "case", k), "choice"));
	NEED_OK(GIVE(TOWNW, "dispatch", IN("owner", num(p, LIN)), IN("choice", "other"), IN("note", "当事人只信任她")));
	CHECK(rec_has(get(p, "case", k), "choice"));
	/* Changed later: the same question. One who is in no list at all too. */
	struct actor head = who(ROLE_COMMUNITY, COMM, CARLA, p->studio);
	CHECK_ERR(DO(head, "case", "reassign", k, IN("owner", "44")), ERR_INVALID);
	NEED_OK(DO(head, "case", "reassign", k, IN("owner", num(p, MEI))));
	CHECK(!rec_has(get(p, "case", k), "choice"));
	CHECK_INT(get(p, "case", k)->owner, MEI);
	city_close(p);
}

TEST(who_is_on_leave_is_neither_suggested_nor_chosen)
{
	struct st v;
	struct done d;
	struct mediator_pick m[5];
	st_open(&v);
	struct city *p = &v.city;
	int64_t k = new_case(p, "M01", "yellow");
	CHECK(has(m, suggest(p, k, "", m, 5), MEI));
	CHECK_ERR(ADD(MEIW, "leave", v.mei, &d, IN("kind", "sick"), IN("from_on", "2026-11-24"), IN("to_on", "2026-11-23")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "leave", v.rosa, &d, IN("kind", "sick"), IN("from_on", "2026-11-24"), IN("to_on", "2026-11-26")), ERR_DENIED);
	NEED_OK(ADD(MEIW, "leave", v.mei, &d, IN("kind", "sick"), IN("from_on", "2026-11-24"), IN("to_on", "2026-11-26")));
	CHECK_ERR(ADD(TOWNW, "leave", v.mei, NULL, IN("kind", "sick"), IN("from_on", "2026-11-26"), IN("to_on", "2026-11-28")), ERR_INVALID);
	CHECK(!has(m, suggest(p, k, "", m, 5), MEI));
	CHECK_ERR(DO(TOWNW, "case", "dispatch", k, IN("org", num(p, p->studio)), IN("owner", num(p, MEI))), ERR_INVALID);
	CHECK(p->f.nfields == 1 && strcmp(p->f.fields[0].msg, "She is on leave now. Please choose another, or wait until she is back.") == 0);
	/* The first moment after the last day; and back before it. */
	p->now = civil_ms((struct civil){ 2026, 11, 26, 23, 59, 0 });
	CHECK(!has(m, suggest(p, k, "", m, 5), MEI));
	p->now = civil_ms((struct civil){ 2026, 11, 27, 0, 0, 0 });
	CHECK(has(m, suggest(p, k, "", m, 5), MEI));
	p->now = civil_ms((struct civil){ 2026, 11, 25, 8, 0, 0 });
	CHECK_ERR(DO0(MEIW, "leave", "drop", d.id), ERR_STATE);
	NEED_OK(DO0(MEIW, "leave", "back", d.id));
	NEED_OK(DO(TOWNW, "case", "dispatch", k, IN("org", num(p, p->studio)), IN("owner", num(p, MEI)), IN("choice", "wish")));
	city_close(p);
}

TEST(who_must_keep_away_is_neither_suggested_nor_chosen)
{
	struct st v;
	struct mediator_pick m[5];
	st_open(&v);
	struct city *p = &v.city;
	int64_t k = new_case(p, "M01", "yellow");
	NEED_OK(ADD(who(ROLE_MEDIATOR, COMM, ROSA, p->studio), "kin", ROSA, NULL, IN("relation", "sibling"), IN("phone", "13800000009")));
	NEED_OK(ADD(TOWNW, "party", k, NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000009")));
	CHECK(!has(m, suggest(p, k, "", m, 5), ROSA) && has(m, suggest(p, k, "", m, 5), MEI));
	CHECK_ERR(DO(TOWNW, "case", "dispatch", k, IN("org", num(p, p->studio)), IN("owner", num(p, ROSA))), ERR_INVALID);
	city_close(p);
}

#define MANY 50
TEST(fifty_open_cases_pass_on_in_one_step_and_none_is_lost)
{
	struct st v;
	struct done d;
	struct open_work w;
	struct ctx c;
	enum sight s;
	int64_t id[MANY];
	BUF_AUTO b = BUF(40000);
	st_open(&v);
	struct city *p = &v.city;
	NEED_OK(ADD(who(ROLE_MEDIATOR, COMM, ROSA, p->studio), "kin", ROSA, NULL, IN("relation", "sibling"), IN("phone", "13800000009")));
	for (int i = 0; i < MANY; i++) {
		id[i] = new_case(p, "M01", "yellow");
		if (i == 7)
			NEED_OK(ADD(TOWNW, "party", id[i], NULL, IN("side", "a"), IN("name", "张某甲"), IN("phone", "13800000009")));
		take(p, id[i]);
	}
	/* She works along in one that LIN leads. */
	int64_t other = new_case(p, "M01", "yellow");
	NEED_OK(DO(TOWNW, "case", "dispatch", other, IN("org", num(p, p->studio)), IN("owner", num(p, LIN)), IN("choice", "wish")));
	NEED_OK(DO0(who(ROLE_MEDIATOR, COMM, LIN, p->studio), "case", "accept", other));
	NEED_OK(ADD(TOWNW, "team", other, &d, IN("staff", num(p, MEI)), IN("part", "co_mediator"), IN("reason", "协助")));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_open_work(&c, MEI, &w));
	CHECK_INT(w.n, MANY + 1);
	CHECK_INT(rec_int(get(p, "mediator", v.mei), "load"), MANY);
	/* All to ROSA, the last of the cases to nobody: the seventh is her brother's. */
	buf_char(&b, '[');
	for (int i = 0; i < MANY - 1; i++)
		buf_printf(&b, "%s[\"case\",%lld,%d]", i ? "," : "", (long long)id[i], ROSA);
	buf_printf(&b, ",[\"team\",%lld,%d]]", (long long)d.id, ROSA);
	char *lines = arena_cstr(p->a, buf_view(&b));
	CHECK_ERR(ADD(MEIW, "handover", v.mei, &d, IN("reason", "leave"), IN("lines", lines)), ERR_DENIED);
	NEED_OK(ADD(TOWNW, "handover", v.mei, &d, IN("reason", "leave"), IN("lines", lines)));
	struct rec *h = get(p, "handover", d.id);
	CHECK(rec_in(h, "partly"));
	CHECK_INT(rec_int(h, "moved"), MANY - 1);
	CHECK_INT(rec_int(h, "kept"), 2);
	for (int i = 0; i < MANY; i++) {
		int64_t owner = get(p, "case", id[i])->owner;
		CHECK_INT(owner, i == 7 || i == MANY - 1 ? MEI : ROSA);
	}
	NEED_OK(peek(p, who(ROLE_MEDIATOR, COMM, ROSA, p->studio), "case", id[3], &s));
	CHECK_INT(s, SIGHT_FULL);
	NEED_OK(peek(p, MEIW, "case", id[3], &s));
	CHECK_INT(s, SIGHT_MASKED);
	CHECK_INT(rec_int(get(p, "mediator", v.mei), "load"), 2);
	CHECK_INT(rec_int(get(p, "mediator", v.rosa), "load"), MANY - 2);
	CHECK_INT(clock_of(p, "case", id[3], "case.finish")->owner, ROSA);
	/* Told once. */
	struct actor rosa = who(ROLE_MEDIATOR, COMM, ROSA, p->studio);
	struct notice *n;
	size_t nn, told = 0;
	ctx_at(p, &c, &rosa);
	NEED_OK(ctx_read(&c));
	NEED_OK(notice_list(&c, 200, &n, &nn));
	for (size_t i = 0; i < nn; i++)
		told += str_is(n[i].text, "Open work was handed over to you: please look at your cases");
	CHECK_INT(told, 1);
	NEED_OK(DO(TOWNW, "handover", "settle", d.id, IN("note", "两件另行安排")));
	city_close(p);
}

TEST(the_couples_she_counsels_pass_on_with_her_part)
{
	struct st v;
	struct done d, e, along;
	struct open_work w;
	struct ctx c;
	enum sight s;
	st_open(&v);
	struct city *p = &v.city;
	struct actor clerk = who(ROLE_LIAISON, CITY, POL, p->civil), lin = who(ROLE_MEDIATOR, CITY, LIN, p->civil), rosa = who(ROLE_MEDIATOR, COMM, ROSA, p->studio);
	/* One that she is in charge of, one where she works along, one that is over. */
	NEED_OK(ADD(clerk, "counsel", 0, &d, IN("place", "registry"), IN("intent", "applying"), IN("a_name", "张某甲"), IN("screen_a", "no"), IN("apart", "1"), IN("owner", num(p, MEI))));
	NEED_OK(ADD(clerk, "counsel", 0, &e, IN("place", "registry"), IN("intent", "applying"), IN("a_name", "李某乙"), IN("screen_a", "no"), IN("apart", "1"), IN("owner", num(p, LIN))));
	NEED_OK(ADD(lin, "counsellor", e.id, &along, IN("staff", num(p, MEI)), IN("part", "legal")));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_open_work(&c, MEI, &w));
	CHECK_INT(w.n, 2);
	CHECK(w.v[0].id == d.id && w.v[1].id == e.id && w.v[1].part && strcmp(w.v[1].part, "legal") == 0);
	struct done h;
	char *lines = arena_printf(p->a, "[[\"counsel\",%lld,%d],[\"counsel\",%lld,%d]]", (long long)d.id, ROSA, (long long)e.id, ROSA);
	NEED_OK(run(p, CITYW, &(struct act){ .type = "handover", .verb = "create", .parent = v.mei, INPUTS(IN("reason", "leave"), IN("lines", lines)) }, &h));
	CHECK_INT(rec_int(get(p, "handover", h.id), "moved"), 2);
	CHECK_INT(get(p, "counsel", d.id)->owner, ROSA);
	CHECK_INT(get(p, "counsel", e.id)->owner, LIN);
	CHECK(rec_in(get(p, "counsellor", along.id), "ended"));
	struct seen t = kids(p, "counsellor", e.id);
	CHECK(rec_int(t.r[t.n - 1], "staff") == ROSA && str_is(t.r[t.n - 1]->v[field_at(t.r[t.n - 1]->t, "part")].s, "legal"));
	CHECK_OK(peek(p, rosa, "counsel", d.id, &s));
	CHECK_INT(s, SIGHT_FULL);
	CHECK_ERR(peek(p, MEIW, "counsel", d.id, &s), ERR_NOT_FOUND);
	city_close(p);
}

TEST(the_head_of_the_studio_hands_over_and_no_other_mediator)
{
	struct st v;
	struct done d, room;
	st_open(&v);
	struct city *p = &v.city;
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "studio", .verb = "create", .area = STR(COMM), .org = p->studio,
		INPUTS(IN("name", "阿姨工作室"), IN("head", num(p, LIN)), IN("hours", "08:30-17:30")) }, &d));
	CHECK_ERR(DO(TOWNW, "studio", "edit", d.id, IN("hours", "每天")), ERR_INVALID);
	NEED_OK(ADD(TOWNW, "room", d.id, &room, IN("name", "一号调解室"), IN("apart", "1")));
	NEED_OK(DO(TOWNW, "mediator", "edit", v.mei, IN("studio", num(p, d.id))));
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	char *lines = arena_printf(p->a, "[[\"case\",%lld,%d]]", (long long)k, LIN);
	CHECK_ERR(ADD(who(ROLE_MEDIATOR, COMM, ROSA, p->studio), "handover", v.mei, &d, IN("reason", "leave"), IN("lines", lines)), ERR_DENIED);
	NEED_OK(ADD(who(ROLE_MEDIATOR, COMM, LIN, p->studio), "handover", v.mei, &d, IN("reason", "leave"), IN("lines", lines)));
	CHECK(rec_in(get(p, "handover", d.id), "done"));
	CHECK_INT(get(p, "case", k)->owner, LIN);
	city_close(p);
}

static const struct training_sum *trained(struct city *p, struct actor w, int year, int64_t mediator)
{
	struct ctx c;
	struct map *v = map_new(p->a);
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	NEED_OK(people_training_year(&c, year, 0, v));
	return map_geti(v, mediator);
}

static enum err studio_pack(struct city *p, struct actor w, int64_t studio, int64_t mediator, int64_t *ret_hours)
{
	struct ctx c;
	struct rec *r;
	struct seen s;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	struct map *v = map_new(c.a);
	TRY(see_one(&c, "studio", studio, &r));
	TRY(people_training_studio(&c, 2026, r, &s, v));
	const struct training_sum *t = map_geti(v, mediator);
	*ret_hours = t ? t->hours : 0;
	return OK;
}

TEST(the_energy_pack_of_a_year_is_what_was_recorded_of_it)
{
	struct st v;
	struct done d;
	st_open(&v);
	struct city *p = &v.city;
	const char *const on[] = { "2025-12-31", "2026-01-01", "2026-11-01", "2026-11-02" };
	for (int i = 0; i < 4; i++)
		NEED_OK(ADD(TOWNW, "training", v.mei, &d, IN("topic", "家暴识别"), IN("kind", "violence"), IN("held_on", on[i]), IN("hours", "4"), IN("passed", i == 1 ? "1" : "0")));
	NEED_OK(DO0(TOWNW, "training", "void", d.id));
	const struct training_sum *t = trained(p, TOWNW, 2026, v.mei);
	NEED(t != NULL);
	CHECK_INT(t->hours, 8);
	CHECK_INT(t->passed, 1);
	CHECK_INT(trained(p, TOWNW, 2025, v.mei)->hours, 4);
	CHECK_INT(trained(p, MEIW, 2026, v.mei)->hours, 8);
	CHECK(trained(p, who(ROLE_MEDIATOR, COMM, ROSA, p->studio), 2026, v.mei) == NULL);
	CHECK(trained(p, who(ROLE_TOWN, "320582101", 31, p->town), 2026, v.mei) == NULL);
	city_close(p);
}

/* The head of a studio answers for its training; another mediator of it, and the head of another, learn nothing. */
TEST(a_studios_head_sees_the_hours_of_its_mediators)
{
	struct st v;
	struct done d, other;
	int64_t h = 0;
	st_open(&v);
	struct city *p = &v.city;
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "studio", .verb = "create", .area = STR(COMM), .org = p->studio, INPUTS(IN("name", "阿姨工作室"), IN("head", num(p, LIN))) }, &d));
	NEED_OK(run(p, TOWNW, &(struct act){ .type = "studio", .verb = "create", .area = STR(COMM), .org = p->studio, INPUTS(IN("name", "另一工作室"), IN("head", num(p, ROSA))) }, &other));
	NEED_OK(DO(TOWNW, "mediator", "edit", v.mei, IN("studio", num(p, d.id))));
	NEED_OK(ADD(TOWNW, "training", v.mei, NULL, IN("topic", "家暴识别"), IN("kind", "violence"), IN("held_on", "2026-11-01"), IN("hours", "6")));
	NEED_OK(studio_pack(p, who(ROLE_MEDIATOR, COMM, LIN, p->studio), d.id, v.mei, &h));
	CHECK_INT(h, 6);
	CHECK(trained(p, who(ROLE_MEDIATOR, COMM, LIN, p->studio), 2026, v.mei) == NULL);
	NEED_OK(studio_pack(p, TOWNW, d.id, v.mei, &h));
	CHECK_INT(h, 6);
	CHECK_ERR(studio_pack(p, MEIW, d.id, v.mei, &h), ERR_DENIED);
	CHECK_ERR(studio_pack(p, who(ROLE_MEDIATOR, COMM, ROSA, p->studio), d.id, v.mei, &h), ERR_DENIED);
	NEED_OK(studio_pack(p, who(ROLE_MEDIATOR, COMM, ROSA, p->studio), other.id, v.mei, &h));
	CHECK_INT(h, 0);
	city_close(p);
}

TEST(a_certificate_is_a_file_and_hers)
{
	struct st v;
	struct done d;
	enum sight s;
	st_open(&v);
	struct city *p = &v.city;
	CHECK_ERR(ADD(MEIW, "certificate", v.mei, &d, IN("kind", "certificate")), ERR_INVALID);
	struct file_made m = { .name = "00000000000000000000000000000001", .type = "pdf", .bytes = 9, .title = STR("结业证.pdf") };
	run_file = &m;
	NEED_OK(ADD(MEIW, "certificate", v.mei, &d, IN("kind", "certificate")));
	CHECK_ERR(ADD(who(ROLE_MEDIATOR, COMM, ROSA, p->studio), "certificate", v.mei, NULL, IN("kind", "certificate")), ERR_DENIED);
	run_file = NULL;
	CHECK_OK(peek(p, TOWNW, "certificate", d.id, &s));
	CHECK_OK(peek(p, MEIW, "certificate", d.id, &s));
	CHECK_ERR(peek(p, who(ROLE_MEDIATOR, COMM, ROSA, p->studio), "certificate", d.id, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, who(ROLE_LEADER, CITY, 43, p->fed), "certificate", d.id, &s), ERR_NOT_FOUND);
	walk(p, "certificate", d.id, "kept describe: city town community lead\n" "kept remove: city town community\n" "removed restore: city town community\n");
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct st v;
	struct done d;
	st_open(&v);
	struct city *p = &v.city;
	NEED_OK(ADD(MEIW, "leave", v.mei, &d, IN("kind", "annual"), IN("from_on", "2026-12-01"), IN("to_on", "2026-12-05")));
	walk(p, "leave", d.id, "set edit: city town community lead\n" "set back: city town community lead\n" "set drop: city town community lead\n");
	NEED_OK(ADD(TOWNW, "training", v.mei, &d, IN("topic", "家暴识别"), IN("kind", "violence"), IN("held_on", "2026-11-01"), IN("hours", "4")));
	walk(p, "training", d.id, "kept edit: city town community\n" "kept void: city town community\n");
	NEED_OK(ADD(MEIW, "avoid", v.mei, &d, IN("unit", num(p, p->court)), IN("why", "配偶在该单位")));
	walk(p, "avoid", d.id, "active end: city town community\n");
	NEED_OK(ADD(TOWNW, "handover", v.mei, &d, IN("reason", "leave"), IN("lines", "[]")));
	walk(p, "handover", d.id, "partly settle: city town community\n");
	city_close(p);
}
