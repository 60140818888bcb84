/* The clue: intake without duplicates, screening with corrections, merging, referring, closing. */
#include "../absorb/river.h"

static enum err says_family(const struct sense_judge *self, struct ctx *c, struct str text, struct sense_verdict *ret)
{
	(void)self, (void)c;
	*ret = (struct sense_verdict){ .family = true, .score = 900, .kind = STR("M05"), .grade = STR("yellow"), .org_kind = STR("community"), .json = STR("{}"),
				       .signals = str_find(text, STR("打")) >= 0 ? STR(",violence,") : STR("") };
	return OK;
}
static const struct sense_judge judge_all = { says_family };

static int64_t heard(struct city *p, const char *text, const char *phone)
{
	struct done d;
	NEED_OK(ADD(COMMW, "clue", 0, &d, IN("source", "grid"), IN("text", text), IN("party_a_phone", phone), IN("party_a_name", "王小明")));
	return d.id;
}

TEST(twice_imported_once_kept)
{
	struct city here, *p = &here;
	struct done d;
	int64_t there;
	struct ctx c;
	city_open(p);
	NEED_OK(ADD(COMMW, "clue", 0, &d, IN("source", "hotline12345"), IN("external_id", "A|1"), IN("text", "x")));
	CHECK_ERR(ADD(COMMW, "clue", 0, NULL, IN("source", "hotline12345"), IN("external_id", "A|1"), IN("text", "x")), ERR_DUPLICATE);
	CHECK_OK(ADD(COMMW, "clue", 0, NULL, IN("source", "web"), IN("external_id", "A|1"), IN("text", "x")));
	CHECK_OK(ADD(COMMW, "clue", 0, NULL, IN("source", "web"), IN("text", "x")));
	CHECK_OK(ADD(COMMW, "clue", 0, NULL, IN("source", "web"), IN("text", "x")));
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(sense_external(&c, STR("hotline12345"), STR("A|1"), &there));
	CHECK_INT(there, d.id);
	city_close(p);
}

TEST(bad_input_is_told)
{
	struct city here, *p = &here;
	city_open(p);
	char *big = arena_alloc(p->a, (20 << 20) + 1);
	memset(big, 'a', 20 << 20);
	CHECK_ERR(ADD(COMMW, "clue", 0, NULL, IN("source", "web"), IN("text", big)), ERR_INVALID);
	CHECK(p->f.nfields > 0 && !strcmp(p->f.fields[0].field, "text"));
	CHECK_ERR(ADD(COMMW, "clue", 0, NULL, IN("source", "web"), IN("text", "")), ERR_INVALID);
	CHECK_ERR(ADD(COMMW, "clue", 0, NULL, IN("source", "web"), IN("text", "x"), IN("received", "2030-01-01")), ERR_INVALID);
	CHECK_ERR(ADD(COMMW, "clue", 0, NULL, IN("source", "web"), IN("text", "x"), IN("grade", "blue")), ERR_INVALID);
	CHECK_OK(ADD(who(ROLE_CITIZEN, CITY, 0, p->fed), "clue", 0, NULL, IN("source", "web"), IN("text", "𠮷㛃阿卜杜拉·买买提")));
	CHECK_ERR(ADD(who(ROLE_LEADER, CITY, 9, p->fed), "clue", 0, NULL, IN("source", "web"), IN("text", "x")), ERR_DENIED);
	city_close(p);
}

TEST(corrections_are_kept)
{
	struct city here, *p = &here;
	struct ctx c;
	struct seen s;
	city_open(p);
	p->app->triage = &judge_all;
	int64_t id = heard(p, "丈夫打人", "19900000001");
	struct rec *r = get(p, "clue", id);
	CHECK_INT(rec_int(r, "family"), 1);
	CHECK_INT(rec_int(r, "score"), 900);
	CHECK_ERR(DO(COMMW, "clue", "open", id, IN("note", "x")), ERR_STATE);
	CHECK_ERR(DO(COMMW, "clue", "confirm", id, IN("family", "1"), IN("grade", "blue")), ERR_INVALID);
	NEED_OK(DO(COMMW, "clue", "confirm", id, IN("family", "1"), IN("kind", "M03"), IN("grade", "orange"), IN("note", "有打人")));
	struct actor city = CITYW;
	ctx_at(p, &c, &city);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "correction", .oldest = true }, &s));
	NEED(s.n == 2);
	CHECK_STR(rec_str(&c, s.r[0], "machine"), "M05");
	CHECK_STR(rec_str(&c, s.r[0], "human"), "M03");
	CHECK_STR(rec_str(&c, s.r[1], "what"), "grade");
	CHECK_INT(s.r[0]->creator, CARLA);
	CHECK_INT(s.r[0]->parent, id);
	/* Why stands beside it, for who reads the clue; the federation above counts only. */
	CHECK_STR(rec_str(&c, get(p, "correction", s.r[0]->id), "why"), "有打人");
	CHECK_INT(s.r[0]->sight, SIGHT_MASKED);
	/* "It is the neighbours'" takes back what the engine called a family's; the same clue again says nothing new. */
	int64_t other = heard(p, "楼上漏水打人", "19900000007");
	NEED_OK(DO(COMMW, "clue", "refer", other, IN("refer_to", "police"), IN("not_family", "neighbour"), IN("note", "楼上楼下漏水")));
	ctx_at(p, &c, &city);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "correction", .oldest = true }, &s));
	NEED(s.n == 3);
	CHECK_STR(rec_str(&c, s.r[2], "what"), "family");
	CHECK_STR(rec_str(&c, s.r[2], "machine"), "1");
	CHECK_STR(rec_str(&c, s.r[2], "human"), "0");
	CHECK_STR(rec_str(&c, get(p, "correction", s.r[2]->id), "why"), "楼上楼下漏水");
	CHECK_ERR(DO(COMMW, "clue", "close", id, IN("outcome", "unfounded"), IN("note", "x")), ERR_DENIED);
	/* The town closes it, once it has it: content opens by assignment. */
	CHECK_ERR(DO(TOWNW, "clue", "close", id, IN("outcome", "unfounded"), IN("note", "x")), ERR_DENIED);
	NEED_OK(DO(COMMW, "clue", "hand", id, IN("org", num(p, p->town)), IN("note", "橙色线索，请镇里定")));
	CHECK_ERR(DO(TOWNW, "clue", "close", id, IN("outcome", "case"), IN("note", "x")), ERR_INVALID);
	CHECK_OK(DO(TOWNW, "clue", "close", id, IN("outcome", "unfounded"), IN("note", "x")));
	CHECK_INT(clock_of(p, "clue", id, "clue.dispatch")->state, DUE_MET);
	city_close(p);
}

TEST(same_people_are_merged)
{
	struct city here, *p = &here;
	struct ctx c;
	struct same same[8];
	size_t n;
	city_open(p);
	p->app->triage = &judge_all;
	int64_t first = heard(p, "争吵", "19900000001"), second = heard(p, "又打人", "199-0000-0001"), third = heard(p, "别人", "19900000009");
	struct actor w = COMMW;
	struct rec *r = get(p, "clue", second);
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(sense_same_people(&c, r, same, 8, &n));
	NEED(n == 2);
	CHECK_INT(same[0].clue, first);
	CHECK_INT(same[0].why, SAME_PHONE | SAME_NAME);
	CHECK_INT(same[1].clue, third);
	CHECK_INT(same[1].why, SAME_NAME);
	CHECK_ERR(DO(COMMW, "clue", "merge", second, IN("merged_into", num(p, second))), ERR_INVALID);
	NEED_OK(DO(COMMW, "clue", "confirm", second, IN("family", "1"), IN("kind", "M03"), IN("grade", "red")));
	NEED_OK(DO(COMMW, "clue", "merge", second, IN("merged_into", num(p, first))));
	r = get(p, "clue", first);
	CHECK_INT(rec_int(r, "repeats"), 1);
	CHECK_STR(r->v[field_at(&clue_type, "grade")].s, "red");
	CHECK_STR(r->v[field_at(&clue_type, "signals")].s, ",violence,repeat,");
	CHECK_ERR(DO(COMMW, "clue", "merge", third, IN("merged_into", num(p, second))), ERR_INVALID);
	NEED_OK(DO(COMMW, "clue", "confirm", first, IN("family", "1")));
	NEED_OK(DO0(COMMW, "clue", "open", first));
	int64_t kase = rec_int(get(p, "clue", first), "case_file");
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(sense_same_people(&c, get(p, "clue", third), same, 8, &n));
	bool hit = false;
	for (size_t i = 0; i < n; i++)
		hit |= same[i].kase == kase;
	CHECK(hit);
	/* A further report about an opened clue reaches the case. */
	NEED_OK(DO(COMMW, "clue", "merge", third, IN("merged_into", num(p, first))));
	CHECK(rec_has(get(p, "case", kase), "signals"));
	city_close(p);
}

TEST(referred_with_a_reason)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = heard(p, "物业问题", "19900000003");
	NEED_OK(DO(COMMW, "clue", "confirm", id, IN("family", "0")));
	CHECK_ERR(DO0(COMMW, "clue", "open", id), ERR_STATE);
	CHECK_ERR(DO(COMMW, "clue", "refer", id, IN("refer_to", "hotline12345"), IN("note", "物业")), ERR_INVALID);
	CHECK_OK(DO(COMMW, "clue", "refer", id, IN("refer_to", "hotline12345"), IN("not_family", "estate"), IN("note", "物业")));
	CHECK_STR(get(p, "clue", id)->v[field_at(&clue_type, "outcome")].s, "not_family");
	city_close(p);
}

static int judged;

static enum err counts(const struct sense_judge *self, struct ctx *c, struct str text, struct sense_verdict *ret)
{
	judged++;
	return says_family(self, c, text, ret);
}
static const struct sense_judge judge_counts = { counts };

static enum err act_of(struct ctx *c, void *arg)
{
	void **p = arg;
	return act(c, p[0], p[1]);
}

/* A text is screened before the act's turn on the writer comes, and there only when what it rests on has changed. */
TEST(screened_once)
{
	struct city here, *p = &here;
	struct actor w;
	struct done d;
	struct ctx c;
	city_open(p);
	p->app->triage = &judge_counts;
	judged = 0;
	int64_t id = heard(p, "又打人", "19900000001");
	CHECK_INT(judged, 1);
	CHECK_STR(rec_str(&(struct ctx){ .app = p->app, .a = p->a }, get(p, "clue", id), "signals"), ",violence,");
	w = COMMW;
	ctx_at(p, &c, &w);
	NEED_OK(ctx_read(&c));
	struct act in = { .type = "clue", .verb = "edit", .id = id, INPUTS(IN("text", "争吵")) };
	act_ahead(&c, &in);
	CHECK_INT(judged, 2);
	/* somebody else changes the record meanwhile: it is screened again, on what she said */
	NEED_OK(DO(COMMW, "clue", "edit", id, IN("violence", "yes")));
	NEED_OK(ctx_write(&c, act_of, (void *[]){ &in, &d }));
	CHECK_INT(judged, 3);
	CHECK_STR(get(p, "clue", id)->v[field_at(&clue_type, "grade")].s, "orange");
	city_close(p);
}

struct count { int64_t before, after; int clues; bool numbers; };

static enum err count_begin(struct ctx *c, void *arg)
{
	((struct count *)arg)->before = db_statements(c->db);
	return OK;
}

static enum err count_end(struct ctx *c, void *arg)
{
	((struct count *)arg)->after = db_statements(c->db);
	return OK;
}

static enum err many_clues(struct ctx *c, void *arg)
{
	struct count *k = arg;
	for (int i = 0; i < k->clues; i++) {
		struct done d;
		const struct input in[] = { IN("source", "grid"), IN("text", "又打人"), IN("party_a_name", "王小明"), IN("party_a_phone", "19900000001"),
			IN("party_b_phone", "19900000002"), IN("party_b_idno", "990582199001010019") };
		TRY(act(c, &(struct act){ .type = "clue", .verb = "create", .in = in, .nin = k->numbers ? 6 : 3 }, &d));
	}
	return OK;
}

/* What a clue costs on the one writer, in statements: number, record, clock, words, leaf; and once a commit: the head of the
 * journal read and written, the two cells of the day and the rows of the month. With numbers that are nobody's who works here one more a
 * commit: whether those that are have changed. When this grows, everybody waits longer. */
#define PER_CLUE 5
#define PER_COMMIT 5
TEST(a_clue_costs_few_statements)
{
	struct city here, *p = &here;
	struct ctx c;
	struct count k = { 0 };
	city_open(p);
	struct actor w = COMMW;
	p->app->triage = &judge_all;
	if (store_is_postgres(p->app->store)) {   /* several writers: no one of them counts all */
		city_close(p);
		return;
	}
	static const int sizes[] = { 1, 64 };
	heard(p, "又打人", "19900000001");   /* the numbers of the staff are read once */
	for (size_t i = 0; i < 2 * ARRAY_LEN(sizes); i++) {
		k.clues = sizes[i % 2];
		k.numbers = i >= 2;
		ctx_at(p, &c, &w);
		NEED_OK(ctx_write(&c, count_begin, &k));
		NEED_OK(ctx_write(&c, many_clues, &k));
		NEED_OK(ctx_write(&c, count_end, &k));
		CHECK_INT(k.after - k.before, PER_CLUE * k.clues + PER_COMMIT + k.numbers);
	}
	city_close(p);
}
