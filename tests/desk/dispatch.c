/* The morning's inbox on a page: in the order of need, what is ticked given out one by one with each refusal beside its row, what is not ticked left alone; nobody
 * else's work, no name and no word of what was said. */
#include "site.h"

enum { ROSA = 41, LIN = 42 };

static void mediator(struct city *p, int64_t staff, const char *skills, const char *capacity)
{
	NEED_OK(run(p, actor_system, &(struct act){ .type = "mediator", .verb = "create", .area = STR(COMM), .org = p->studio,
		INPUTS(IN("staff", num(p, staff)), IN("skills", skills), IN("capacity", capacity)) }, NULL));
}

static char *key(struct city *p, const char *type, int64_t id) { return arena_printf(p->a, "%s:%lld:%lld", type, (long long)id, (long long)get(p, type, id)->version); }
static char *to(struct city *p, int64_t staff) { return arena_printf(p->a, "%lld:%lld", (long long)staff, (long long)p->studio); }

TEST(a_morning_is_given_out)
{
	struct city here, *p = &here;
	struct browser b;
	struct done d;
	city_open(p);
	clock_fix(p->now);
	mediator(p, MEI, "marriage", "3");
	mediator(p, LIN, "violence", "2");
	mediator(p, ROSA, "elderly", "3");
	int64_t plain = new_case(p, "M01", "yellow"), grave = new_case(p, "M03", "orange"), left = new_case(p, "M08", "yellow"), gone = new_case(p, "M01", "yellow");
	NEED_OK(ADD(TOWNW, "clue", 0, &d, IN("source", "police"), IN("text", "夫妻又争吵，邻居来反映"), IN("party_a_name", "张某甲")));
	NEED_OK(DO(TOWNW, "clue", "confirm", d.id, IN("family", "1"), IN("kind", "M01"), IN("grade", "blue"), IN("note", "核实")));
	browser_open(&b, p);
	browser_login(&b, "town", TOWN, p->town);
	struct str page = browse(&b, "/dispatch");
	CHECK_INT(b.last.status, 200);
	const char *first = arena_cstr(p->a, get(p, "case", grave)->number), *second = arena_cstr(p->a, get(p, "case", plain)->number);
	CHECK(str_find(page, str_of(first)) > 0 && str_find(page, str_of(first)) < str_find(page, str_of(second)) && has(page, "立即处置") && has(page, "110"));
	CHECK(has(page, arena_printf(p->a, "<option value=\"%s\" selected>", to(p, LIN))) && has(page, "擅长：家庭暴力干预"));
	CHECK(!has(page, "张某甲") && !has(page, "两人争吵") && !has(page, "夫妻又争吵"));
	struct ctx c;
	struct journal_row *j;
	size_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(journal_find(&c, &(struct journal_ask){ .verb = STR("list"), .limit = 5 }, &j, &n));
	CHECK_INT(n, 2);
	for (size_t i = 0; i < n; i++)
		CHECK(str_is(j[i].type, "clue") ? has(j[i].body, "\"n\":1") : str_is(j[i].type, "case") && has(j[i].body, "\"n\":4"));
	CHECK(has(browse(&b, "/dispatch?more=2&extra=x"), "按所填人手") && !has(browse(&b, "/dispatch?more=-1"), "按所填人手"));
	/* One of them was given out by another meanwhile; one has no tick; one goes to who is not the first, without a reason. */
	char *was = key(p, "case", gone);
	NEED_OK(DO(TOWNW, "case", "dispatch", gone, IN("org", num(p, p->studio)), IN("owner", num(p, MEI)), IN("choice", "wish")));
	page = POST(&b, "/dispatch", "row-0", key(p, "case", grave), "tick-0", "1", "to-0", to(p, LIN), "choice-0", "", "row-1", was, "tick-1", "1", "to-1", to(p, MEI), "choice-1", "even",
		    "row-2", key(p, "case", left), "to-2", to(p, ROSA), "choice-2", "", "row-3", key(p, "case", plain), "tick-3", "1", "to-3", to(p, ROSA), "choice-3", "", "row-4", key(p, "clue", d.id), "tick-4", "1",
		    "to-4", to(p, MEI), "choice-4", "even");
	CHECK_INT(b.last.status, 200);
	CHECK(has(page, "已派出2件，未派出2件。") && has(page, "所选的人不是推荐的首位"));
	CHECK_INT(get(p, "case", grave)->owner, LIN);
	CHECK_STR(get(p, "case", plain)->state, "registered");
	CHECK_STR(get(p, "case", left)->state, "registered");
	CHECK_STR(get(p, "clue", d.id)->state, "opened");
	CHECK_INT(get(p, "case", rec_int(get(p, "clue", d.id), "case_file"))->owner, MEI);
	/* Sent again it gives nothing out twice; nonsense gives out nothing at all. */
	page = POST(&b, "/dispatch", "row-0", key(p, "case", grave), "tick-0", "1", "to-0", to(p, LIN), "choice-0", "even", "row-1", "case:x:y", "tick-1", "1", "to-1", "1:2", "row-2", key(p, "case", plain), "tick-2", "1", "to-2", "");
	CHECK_INT(get(p, "case", grave)->owner, LIN);
	CHECK_STR(get(p, "case", plain)->state, "registered");
	page = POST(&b, "/dispatch", "row-0", "vault:1:1", "tick-0", "1", "to-0", "1:1");
	CHECK(has(page, "未派出任何一件"));
	/* Another town's desk is shown nothing of it and can give nothing of it out; a mediator has no such page. */
	struct browser far;
	browser_open(&far, p);
	browser_login(&far, "town", "320582101", p->comm);
	CHECK(!has(browse(&far, "/dispatch"), second));
	page = POST(&far, "/dispatch", "row-0", key(p, "case", plain), "tick-0", "1", "to-0", to(p, MEI), "choice-0", "wish");
	CHECK(!has(page, second) && str_is(get(p, "case", plain)->state, "registered"));
	browser_open(&far, p);
	browser_login(&far, "mediator", COMM, p->studio);
	(void)browse(&far, "/dispatch");
	CHECK_INT(far.last.status, 403);
	clock_fix(0);
	city_close(p);
}
