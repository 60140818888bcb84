/* A child is received once, by all who have a part, and asked once: by somebody trained, with somebody grown beside it, its record with a number and a keeper;
 * a second interview only with a reason and another person; each unit reads its own part and not a word of what the child said. */
#include "paper.h"

#define POLW who(ROLE_LIAISON, CITY, POL, p->police)
#define POL2W who(ROLE_LIAISON, CITY, 41, p->police)
#define CIVILW who(ROLE_LIAISON, CITY, 36, p->civil)
#define SCHOOLW who(ROLE_LIAISON, CITY, 42, j->school)
struct join { struct city city; int64_t kase, child, mother, school, id; };

static void join_open(struct join *j)
{
	struct city *p = &j->city;
	struct done d;
	city_fast = true;
	city_open(p);
	p->now = civil_ms((struct civil){ 2026, 11, 24, 9, 0, 0 });
	j->school = unit(p, CITY, "education");
	j->kase = new_case(p, "M10", "red");
	take(p, j->kase);
	NEED_OK(ADD(MEIW, "party", j->kase, &d, IN("side", "child"), IN("name", "张小某"), IN("sex", "2"), IN("birth", "2016-05-01")));
	j->child = d.id;
	NEED_OK(ADD(MEIW, "party", j->kase, &d, IN("side", "a"), IN("name", "张某甲"), IN("birth", "1990-05-01")));
	j->mother = d.id;
}
static enum err plan(struct join *j, struct done *d, const char *trained, const char *woman, const char *kind, int64_t party, const char *name, const char *recorded)
{
	struct city *p = &j->city;
	return ADD(MEIW, "joint", j->kase, d, IN("child", num(p, j->child)), IN("lead", num(p, p->police)), IN("situations", "wounds"), IN("at", "2026-11-24 15:00"), IN("minutes", "60"),
		IN("place_kind", "onestop"), IN("place", "一站式中心二楼"), IN("interviewer", "王警官"), IN("trained", trained), IN("woman", woman), IN("support_kind", kind),
		IN("support_party", party ? num(p, party) : ""), IN("support_name", name), IN("recorded", recorded));
}
static void planned(struct join *j) { struct done d; NEED_OK(plan(j, &d, "1", "1", "teacher", 0, "李老师", "1")); j->id = d.id; }
static enum err hold(struct join *j, struct actor w, const char *at, const char *no)
{
	struct city *p = &j->city;
	return DO(w, "joint", "hold", j->id, IN("held_at", at), IN("minutes", "50"), IN("present", "公安、检察、民政、教育、妇联"), IN("record_no", no), IN("keeper", num(p, p->police)), IN("keeper_name", "赵警官"),
		IN("summary", "孩子说了被打的经过"));
}
static enum err call(struct join *j, int64_t unit, const char *part, struct done *d)
{
	struct city *p = &j->city;
	return ADD(MEIW, "joint_part", j->kase, d, IN("joint", num(p, j->id)), IN("unit", num(p, unit)), IN("part", part), IN("task", "落实转学和校内保护"), IN("by_on", "2026-12-01"));
}
static void to(struct join *j, int day, int hour) { j->city.now = civil_ms((struct civil){ 2026, 11, day, hour, 0, 0 }); }

TEST(asked_by_whom_and_beside_whom)
{
	struct join j;
	struct done d;
	join_open(&j);
	struct city *p = &j.city;
	CHECK_ERR(plan(&j, &d, "0", "1", "teacher", 0, "李老师", "1"), ERR_INVALID);
	CHECK_ERR(plan(&j, &d, "1", "0", "teacher", 0, "李老师", "1"), ERR_INVALID);
	CHECK_ERR(plan(&j, &d, "1", "1", "teacher", 0, "", "1"), ERR_INVALID);
	CHECK_ERR(plan(&j, &d, "1", "1", "guardian", 0, "张某甲", "1"), ERR_INVALID);
	CHECK_ERR(plan(&j, &d, "1", "1", "kin", j.child, "", "1"), ERR_INVALID);
	CHECK_ERR(plan(&j, &d, "1", "1", "teacher", 0, "李老师", "0"), ERR_INVALID);
	NEED_OK(plan(&j, &d, "1", "1", "guardian", j.mother, "", "1"));
	j.id = d.id;
	CHECK_INT(clock_of(p, "joint", j.id, "joint.hold")->due, p->now + 24 * MS_HOUR);
	/* Once a child. */
	CHECK_ERR(plan(&j, &d, "1", "1", "teacher", 0, "李老师", "1"), ERR_STATE);
	NEED_OK(DO(MEIW, "joint", "cancel", j.id, IN("note", "时间不合适")));
	CHECK_STR(get(p, "joint", j.id)->state, "cancelled");
	NEED_OK(plan(&j, &d, "1", "1", "teacher", 0, "李老师", "1"));
	/* Nor is the child asked elsewhere meanwhile. */
	CHECK_ERR(ADD(MEIW, "booking", j.kase, &d, IN("kind", "talk"), IN("at", "2026-11-25 10:00"), IN("minutes", "60"), IN("side", "child")), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "session", j.kase, &d, IN("form", "separate"), IN("side", "child"), IN("held", "2026-11-24 08:30"), IN("present", "孩子"), IN("rights_told", "1"), IN("text", "谈了")), ERR_INVALID);
	NEED_OK(ADD(MEIW, "booking", j.kase, &d, IN("kind", "talk"), IN("at", "2026-11-25 10:00"), IN("minutes", "60"), IN("side", "a")));
	city_close(p);
}

TEST(a_second_interview_is_refused_unless_let_through)
{
	struct join j;
	join_open(&j);
	struct city *p = &j.city;
	planned(&j);
	CHECK_ERR(hold(&j, POLW, "2026-11-24 15:00", "询1号"), ERR_INVALID);
	to(&j, 24, 16);
	NEED_OK(hold(&j, POLW, "2026-11-24 15:00", "询1号"));
	CHECK_INT(clock_of(p, "joint", j.id, "joint.hold")->state, DUE_MET);
	CHECK_ERR(hold(&j, POLW, "2026-11-24 15:30", "询2号"), ERR_STATE);
	CHECK_ERR(DO(POLW, "joint", "ask_again", j.id, IN("again_reason", "new")), ERR_INVALID);
	NEED_OK(DO(POLW, "joint", "ask_again", j.id, IN("again_reason", "new"), IN("again_note", "另有一名孩子")));
	CHECK_ERR(hold(&j, POLW, "2026-11-24 15:30", "询2号"), ERR_STATE);
	CHECK_ERR(DO(POLW, "joint", "allow", j.id, IN("at", "2026-11-25 10:00"), IN("note", "同意")), ERR_DENIED);
	NEED_OK(DO(POL2W, "joint", "refuse", j.id, IN("note", "可以从笔录中查明")));
	CHECK_STR(get(p, "joint", j.id)->state, "held");
	CHECK_ERR(hold(&j, POLW, "2026-11-24 15:30", "询2号"), ERR_STATE);
	NEED_OK(DO(MEIW, "joint", "ask_again", j.id, IN("again_reason", "child"), IN("again_note", "孩子主动要求补充")));
	NEED_OK(DO(CITYW, "joint", "allow", j.id, IN("at", "2026-11-25 10:00"), IN("note", "同意")));
	/* Not held after all: the first stands, and no further one is allowed. */
	NEED_OK(DO(POLW, "joint", "cancel", j.id, IN("note", "孩子改了主意")));
	CHECK_STR(get(p, "joint", j.id)->state, "held");
	NEED_OK(DO(MEIW, "joint", "ask_again", j.id, IN("again_reason", "child"), IN("again_note", "孩子又要求补充")));
	NEED_OK(DO(CITYW, "joint", "allow", j.id, IN("at", "2026-11-25 10:00"), IN("note", "同意")));
	to(&j, 25, 11);
	NEED_OK(hold(&j, POLW, "2026-11-25 10:00", "询2号"));
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	CHECK_STR(rec_str(&c, get(p, "joint", j.id), "record_no"), "询1号、询2号");
	CHECK_INT(rec_int(get(p, "joint", j.id), "interviews"), 2);
	city_close(p);
}

TEST(each_unit_takes_over_its_part)
{
	struct join jj, *j = &jj;
	struct done d, civil;
	enum sight s;
	join_open(j);
	struct city *p = &j->city;
	planned(j);
	CHECK_ERR(call(j, p->civil, "education", &d), ERR_INVALID);
	CHECK_ERR(call(j, p->studio, "education", &d), ERR_INVALID);
	NEED_OK(call(j, j->school, "education", &d));
	CHECK_ERR(call(j, j->school, "education", &civil), ERR_INVALID);
	NEED_OK(call(j, p->civil, "civil", &civil));
	CHECK_INT(clock_of(p, "joint_part", d.id, "joint_part.finish")->due, civil_ms((struct civil){ 2026, 12, 2, 0, 0, 0 }));
	to(j, 24, 16);
	NEED_OK(hold(j, POLW, "2026-11-24 15:00", "询1号"));
	/* They know whom to ask for the record; and nothing of it. */
	NEED_OK(peek(p, SCHOOLW, "joint_part", d.id, &s));
	CHECK_INT(s, SIGHT_FULL);
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	CHECK_STR(rec_str(&c, get(p, "joint_part", d.id), "record_no"), "询1号");
	CHECK_INT(rec_int(get(p, "joint_part", d.id), "keeper"), p->police);
	CHECK_ERR(peek(p, SCHOOLW, "joint", j->id, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, SCHOOLW, "joint_part", civil.id, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, SCHOOLW, "case", j->kase, &s), ERR_NOT_FOUND);
	CHECK_ERR(DO0(MEIW, "joint", "close", j->id), ERR_STATE);
	CHECK_ERR(DO(SCHOOLW, "joint_part", "take", d.id, IN("person", "周老师"), IN("taken_on", "2026-11-25")), ERR_INVALID);
	NEED_OK(DO(SCHOOLW, "joint_part", "take", d.id, IN("person", "周老师"), IN("taken_on", "2026-11-24")));
	CHECK_INT(clock_of(p, "joint_part", d.id, "joint_part.take")->state, DUE_MET);
	NEED_OK(DO(SCHOOLW, "joint_part", "finish", d.id, IN("result", "已转学"), IN("done_on", "2026-11-24")));
	NEED_OK(DO(CIVILW, "joint_part", "decline", civil.id, IN("note", "父母能够监护")));
	NEED_OK(DO0(MEIW, "joint", "close", j->id));
	/* The sheet goes from office to office: who takes over what; nothing of what was said, nor where. */
	struct document doc;
	NEED_OK(paper_for(p, POLW, "joint", "sheet", j->id, &doc));
	CHECK(paper_says(&doc, "落实转学和校内保护") && paper_says(&doc, "询1号") && !paper_says(&doc, "被打的经过") && !paper_says(&doc, "一站式中心二楼"));
	/* Level 4: in no list and no count; no side reads it. */
	struct actor mei = MEIW;
	struct seen seen;
	int64_t n;
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "joint" }, &seen));
	CHECK_INT(seen.n, 0);
	NEED_OK(see_count(&c, &(struct see){ .type = "joint_part" }, 10, &n));
	CHECK_INT(n, 0);
	for (int i = 0; i < 3; i++) {
		struct actor w = who(ROLE_CITIZEN, "", 0, 0);
		w.kase = j->kase;
		snprintf(w.side, sizeof w.side, "%s", i == 2 ? "child" : i ? "b" : "a");
		CHECK_ERR(peek(p, w, "joint", j->id, &s), ERR_NOT_FOUND);
		CHECK_ERR(peek(p, w, "joint_part", d.id, &s), ERR_NOT_FOUND);
	}
	city_close(p);
}

/* What the bell says may be read over a shoulder. */
TEST(notices_say_nothing)
{
	struct join j;
	struct done d;
	join_open(&j);
	struct city *p = &j.city;
	planned(&j);
	NEED_OK(call(&j, p->civil, "civil", &d));
	to(&j, 24, 16);
	NEED_OK(hold(&j, POLW, "2026-11-24 15:00", "询1号"));
	struct actor pol = POLW, civil = CIVILW;
	const struct actor *const all[] = { &pol, &civil };
	for (size_t i = 0; i < 2; i++) {
		struct ctx c;
		struct notice *v;
		size_t n;
		ctx_at(p, &c, all[i]);
		NEED_OK(ctx_read(&c));
		NEED_OK(notice_list(&c, 50, &v, &n));
		CHECK(n > 0);
		for (size_t k = 0; k < n; k++)
			CHECK(str_find(v[k].text, STR("孩")) < 0 && str_find(v[k].text, STR("child")) < 0 && str_find(v[k].text, STR("interview")) < 0);
	}
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct join j;
	struct done d;
	join_open(&j);
	planned(&j);
	walk(&j.city, "joint", j.id,
	     "planned edit: lead police\n" "planned hold: lead police\n" "planned cancel: lead police\n"
	     "held ask_again: lead police\n" "held close: lead\n"
	     "again allow: city town police\n" "again refuse: city town police\n");
	NEED_OK(call(&j, j.city.civil, "civil", &d));
	walk(&j.city, "joint_part", d.id, "invited take: civil\n" "invited decline: civil\n" "invited drop: lead\n" "taken finish: civil\n" "taken drop: lead\n");
	city_close(&j.city);
}
