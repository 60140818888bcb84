/* The wall between opposing parties: two hundred made-up cases, words planted for each side wherever the house keeps words; then
 * everything that either side can reach is crawled for a word of the other. And the same crawl with the wall taken out, which must find. */
#include "../paper/lsan.h"
#include "../desk/site.h"
#include "paper/paper.h"
#include "text/text.h"

#define CASES 200
struct two { int64_t kase, party[2], agreement; char *code[2]; };
static const char *const sides[] = { "a", "b" };

static char *word(struct city *p, int i, int side, const char *where) { return arena_printf(p->a, "暗%s%03d%s", side ? "乙" : "甲", i, where); }
/* What a leak of the other side's words must contain. */
static char *mark_of(struct city *p, int i, int side) { return arena_printf(p->a, "暗%s%03d", side ? "乙" : "甲", i); }

struct give { int64_t party; unsigned char mark[16]; struct actor *w; };
static enum err give(struct ctx *c, void *arg)
{
	struct give *g = arg;
	return receipt_for_party(c, g->mark, g->party);
}

static char *receipt(struct city *p, int64_t party)
{
	struct ctx c;
	struct actor w = MEIW;
	struct give g = { .party = party };
	ctx_at(p, &c, &w);
	struct str d = receipt_digits(&c);
	NEED_OK(receipt_mark(p->app->keys, d, true, g.mark, &p->f));
	NEED_OK(ctx_write(&c, give, &g));
	return arena_cstr(p->a, d);
}

static void plant(struct city *p, int i, struct two *t)
{
	struct done d;
	struct actor mei = MEIW;
	struct arena *kept = p->a;
	p->a = arena_new(0);     /* two hundred cases would not fit into one */
	t->kase = new_case(p, "M01", "yellow");
	take(p, t->kase);
	for (int s = 0; s < 2; s++) {
		const char *side = sides[s];
		NEED_OK(ADD(mei, "party", t->kase, &d, IN("side", side), IN("name", s ? "李某乙" : "张某甲"), IN("phone", arena_printf(p->a, "19900%d%05d", s, i)),
			IN("address", word(p, i, s, "住址")), IN("safe_note", word(p, i, s, "时段"))));
		t->party[s] = d.id;
		t->code[s] = receipt(p, d.id);
		NEED_OK(ADD(mei, "session", t->kase, NULL, IN("form", "separate"), IN("side", side), IN("held", "2026-11-24 08:30"), IN("present", word(p, i, s, "到场")),
			IN("place", word(p, i, s, "地点")), IN("rights_told", "1"), IN("text", word(p, i, s, "谈话")), IN("points", word(p, i, s, "要点")), IN("next", s ? "2026-12-02 09:00" : "2026-12-01 09:00")));
		NEED_OK(ADD(mei, "message", t->kase, NULL, IN("side", side), IN("text", word(p, i, s, "答复"))));
		NEED_OK(ADD(CITYW, "vault", t->kase, NULL, IN("kind", "address"), IN("party", num(p, t->party[s])), IN("kept", word(p, i, s, "新住处在这里"))));
	}
	NEED_OK(ADD(mei, "agreement", t->kase, &d, IN("form", "written"), IN("facts", "共同事实"), IN("terms", "共同条款"), IN("performance", "按月")));
	t->agreement = d.id;
	for (int s = 0; s < 2; s++)
		NEED_OK(ADD(mei, "duty", t->kase, NULL, IN("agreement", num(p, t->agreement)), IN("what", word(p, i, s, "义务")), IN("side", sides[s]), IN("due_on", "2026-12-20")));
	NEED_OK(DO(mei, "agreement", "sign", t->agreement, IN("signed_on", "2026-11-24"), IN("parties_signed", "1"), IN("mediator_signed", "1"), IN("sealed", "1")));
	NEED_OK(DO(mei, "case", "note", t->kase, IN("note", arena_printf(p->a, "%s，%s", word(p, i, 0, "备注"), word(p, i, 1, "备注")))));
	NEED_OK(DO(mei, "case", "settle", t->kase, IN("outcome", "written")));
	struct seen v = kids(p, "visit", t->kase);
	for (int s = 0; s < 2; s++)
		NEED_OK(DO(mei, "visit", "visit", v.r[s]->id, IN("party", num(p, t->party[s])), IN("result", "performed"), IN("satisfaction", "good"), IN("safe_now", "yes"),
			IN("text", word(p, i, s, "回访"))));
	for (int s = 0; s < 2; s++)
		t->code[s] = arena_cstr(kept, str_of(t->code[s]));
	arena_free(p->a);
	p->a = kept;
}

/* ---- the crawl ---- */

struct crawl { struct city *p; const char *mark; int found, read; };

static void look(struct crawl *k, struct str text)
{
	k->read += text.n > 0;
	k->found += text.n && str_find(text, str_of(k->mark)) >= 0;
}

/* Every record of every type that this receipt's actor can see, each field that is not kept from it. */
static void crawl_records(struct crawl *k, const struct receipt *r)
{
	struct ctx c;
	struct actor w;
	struct seen s;
	struct arena *kept = k->p->a;
	/* Four hundred readers by every type there is: each in an arena of its own. */
	k->p->a = arena_new(0);
	receipt_actor(r, &w);
	ctx_at(k->p, &c, &w);
	NEED_OK(ctx_read(&c));
	for (const struct rtype *const *t = types; *t; t++) {
		NEED_OK(see(&c, &(struct see){ .type = (*t)->name, .limit = 500 }, &s));
		for (int way = 0; way < 2; way++) {
			for (size_t i = 0; i < s.n; i++) {
				struct rec *one = s.r[i];
				NEED_OK(see_one(&c, (*t)->name, s.r[i]->id, &one));
				for (size_t f = 0; f < (*t)->nfields; f++)
					look(k, rec_show(&c, one, (int)f));
				look(k, rec_title(&c, one));
			}
			NEED_OK(see_children(&c, (*t)->name, r->kase, &s));
		}
		if (type_find(k->p->app, str_of((*t)->name))->fields && strcmp((*t)->name, "session") == 0) {
			NEED_OK(see(&c, &(struct see){ .type = (*t)->name, .words = str_of(k->mark) }, &s));
			k->found += s.n > 0;
		}
	}
	arena_free(k->p->a);
	k->p->a = kept;
}

static void crawl_pages(struct crawl *k, struct browser *b, const struct two *t, int side)
{
	struct city *p = k->p;
	(void)browse(b, "/help/status");
	look(k, POST(b, "/help/status", "code", t->code[side]));
	CHECK_INT(b->last.status, 200);
	char *pass = arena_cstr(p->a, between(b->last.body, "name=\"pass\" value=\"", "\""));
	look(k, POST(b, "/help/more", "pass", pass, "do", "add", "text", ""));
	look(k, POST(b, "/help/paper", "pass", pass, "id", num(p, t->agreement)));
	CHECK_INT(b->last.status, 200);
	CHECK(has(b->last.headers, "application/pdf"));
	/* Anything else under that pass. */
	const int64_t ids[] = { t->kase, t->party[0], t->party[1] };
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		look(k, POST(b, "/help/paper", "pass", pass, "id", num(p, ids[i])));
		CHECK_INT(b->last.status, 404);
		look(k, browse(b, arena_printf(p->a, "/case/%lld", (long long)ids[i])));
		CHECK_INT(b->last.status, 303);
	}
}

/* The words of the paper itself: a PDF's streams are packed. */
static void crawl_paper(struct crawl *k, const struct receipt *r, int64_t agreement)
{
	struct ctx c;
	struct actor w;
	struct document d;
	receipt_actor(r, &w);
	ctx_at(k->p, &c, &w);
	NEED_OK(ctx_read(&c));
	NEED_OK(absorb_agreement_paper(&c, agreement, &d));
	for (size_t i = 0; i < d.n; i++) {
		look(k, d.p[i].text);
		look(k, d.p[i].label);
	}
}

static struct receipt receipt_of(struct city *p, const char *code)
{
	struct ctx c;
	struct receipt r;
	unsigned char mark[16];
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(receipt_mark(p->app->keys, str_of(code), true, mark, &p->f));
	NEED_OK(receipt_find(&c, mark, NULL, &r));
	return r;
}

static int crawl_case(struct city *p, struct browser *b, int i, const struct two *t, int side, int *ret_read)
{
	ARENA a = arena_new(0);          /* of this crawl: two hundred of them are more than one arena may hold */
	struct arena *whole = p->a;
	p->a = a;
	struct crawl k = { .p = p, .mark = mark_of(p, i, !side) };
	struct receipt r = receipt_of(p, t->code[side]);
	CHECK(r.kase == t->kase && str_is(str_of(r.side), sides[side]));
	crawl_records(&k, &r);
	crawl_pages(&k, b, t, side);
	crawl_paper(&k, &r, t->agreement);
	*ret_read += k.read;
	p->a = whole;
	return k.found;
}

static bool any_row(struct city *p, const char *sql)
{
	struct db *d;
	int64_t n = -1;
	NEED_OK(store_reader(p->app->store, &d, &p->f));
	NEED_OK(db_int(d, &p->f, sql, NOARGS, &n, NULL));
	return n != 0;
}

static enum err run_sql(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

TEST(neither_side_reaches_a_word_of_the_other)
{
	struct city here, *p = &here;
	static struct two t[CASES];
	struct browser b;
	int found = 0, read = 0, own = 0;
	city_fast = true;
	city_open(p);
	city_fast = false;
	p->app->demo = true;     /* quick hashes */
	browser_open(&b, p);
	clock_fix(p->now);
	for (int i = 0; i < CASES; i++)
		plant(p, i, &t[i]);
	for (int i = 0; i < CASES; i++)
		for (int s = 0; s < 2; s++) {
			clock_fix(p->now + (i * 2 + s) * MS_HOUR / 4);    /* no address asks too often */
			found += crawl_case(p, &b, i, &t[i], s, &read);
			/* Her own answer she does read. */
			own += has(POST(&b, "/help/status", "code", t[i].code[s]), word(p, i, s, "答复"));
		}
	CHECK_INT(found, 0);
	CHECK_INT(own, 2 * CASES);
	CHECK(read > 2 * CASES * 20);
	/* Nobody is written to with such a word, and no log line of ours holds one. */
	CHECK(!any_row(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM notice WHERE text LIKE '%暗甲%' OR text LIKE '%暗乙%'"));
	CHECK(!any_row(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE body LIKE '%暗甲%' OR body LIKE '%暗乙%'"));
	CHECK(!any_row(p, "SELECT CAST(COUNT(*) AS INTEGER) FROM outbox"));
	CHECK(system(arena_printf(p->a, "cat '%s'/xiaoan.db* 2>/dev/null | grep -aq '暗甲\\|暗乙'", p->dir)) != 0);
	/* The wall taken out: what was one side's is said to be both's. The same crawl must see it. */
	p->altered = true;
	NEED_OK(store_write(p->app->store, run_sql, (char[]){ "UPDATE message SET side = 'both'" }, &p->f));
	clock_fix(p->now + 400 * MS_HOUR);
	CHECK(crawl_case(p, &b, 0, &t[0], 0, &read) > 0);
	CHECK(crawl_case(p, &b, 1, &t[1], 1, &read) > 0);
	clock_fix(0);
	city_close(p);
}

TEST(words_without_a_side_are_nobodys)
{
	struct city here, *p = &here;
	struct two t;
	city_open(p);
	p->app->demo = true;
	plant(p, 0, &t);
	p->altered = true;
	NEED_OK(store_write(p->app->store, run_sql, (char[]){ "UPDATE message SET side = NULL" }, &p->f));
	for (int s = 0; s < 2; s++) {
		struct receipt r = receipt_of(p, t.code[s]);
		struct ctx c;
		struct actor w;
		struct seen seen;
		receipt_actor(&r, &w);
		ctx_at(p, &c, &w);
		NEED_OK(ctx_read(&c));
		NEED_OK(see_children(&c, "message", t.kase, &seen));
		CHECK_INT(seen.n, 0);
	}
	/* A talk apart cannot be both's; one face to face is. */
	CHECK_ERR(ADD(MEIW, "message", t.kase, NULL, IN("side", "both"), IN("text", "两边都看")), ERR_INVALID);
	int64_t other = new_case(p, "M01", "yellow");
	take(p, other);
	CHECK_ERR(ADD(MEIW, "session", other, NULL, IN("form", "separate"), IN("side", "both"), IN("held", "2026-11-24 08:30"), IN("present", "双方"), IN("rights_told", "1"), IN("text", "谈了")), ERR_INVALID);
	NEED_OK(SESSION(other, "face"));
	CHECK_STR(text_of(p, kids(p, "session", other).r[0], "side"), "both");
	city_close(p);
}

TEST(a_joint_paper_carries_no_hiding_place)
{
	struct city here, *p = &here;
	struct done d, ag;
	struct document doc;
	struct ctx c;
	city_open(p);
	struct actor mei = MEIW;
	int64_t id = new_case(p, "M01", "yellow");
	take(p, id);
	NEED_OK(ADD(mei, "party", id, &d, IN("side", "a"), IN("name", "张某甲"), IN("phone", "19900012345"), IN("address", "杨舍镇花园浜一村3幢201室")));
	NEED_OK(SESSION(id, "face"));
	NEED_OK(ADD(CITYW, "vault", id, NULL, IN("kind", "shelter"), IN("kept", "锦丰镇向阳路18号庇护所，二楼东")));
	NEED_OK(ADD(mei, "agreement", id, &ag, IN("form", "written"), IN("facts", "事实"), IN("terms", "条款"), IN("performance", "每月付到账户")));
	static const struct { const char *terms; enum err e; } v[] = {
		{ "每月探望一次，地点另行约定", OK }, { "到锦丰镇 向阳路１８号庇护所接孩子", ERR_STATE }, { "联系电话 199-0001-2345", ERR_STATE },
		{ "送到杨舍镇花园浜一村 3幢 201室", ERR_STATE }, { "费用打到银行账户", OK }, { "周末在锦丰镇见孩子", OK },
		{ "接送地点：向阳路18号旁", ERR_STATE },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		NEED_OK(DO(mei, "agreement", "edit", ag.id, IN("facts", "事实"), IN("terms", v[i].terms), IN("performance", "按月")));
		ctx_at(p, &c, &mei);
		NEED_OK(ctx_read(&c));
		CHECK_ERR(absorb_agreement_paper(&c, ag.id, &doc), v[i].e);
		if (v[i].e != OK)
			CHECK(p->f.msg && str_find(str_of(p->f.arg), STR("向阳")) < 0 && str_find(str_of(p->f.detail), STR("向阳")) < 0);
	}
	/* She was asked alone and said yes: her address may stand there; the sealed entry never. */
	NEED_OK(DO(mei, "party", "edit", d.id, IN("side", "a"), IN("paper_ok", "1")));
	NEED_OK(DO(mei, "agreement", "edit", ag.id, IN("facts", "事实"), IN("terms", "送到杨舍镇花园浜一村3幢201室"), IN("performance", "按月")));
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	CHECK_OK(absorb_agreement_paper(&c, ag.id, &doc));
	NEED_OK(DO(mei, "party", "edit", d.id, IN("side", "a"), IN("paper_ok", "1"), IN("protected_person", "1")));
	ctx_at(p, &c, &mei);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(absorb_agreement_paper(&c, ag.id, &doc), ERR_STATE);
	/* Nor a message to a side. */
	CHECK_ERR(ADD(mei, "message", id, NULL, IN("side", "b"), IN("text", "她在向阳路18号庇护所")), ERR_STATE);
	/* Neither a draft nor another case's paper reaches a side. */
	struct actor her = { .role = ROLE_CITIZEN, .kase = id, .side = "a" };
	ctx_at(p, &c, &her);
	NEED_OK(ctx_read(&c));
	CHECK_ERR(absorb_agreement_paper(&c, ag.id, &doc), ERR_NOT_FOUND);
	her.kase = 1;
	CHECK_ERR(absorb_agreement_paper(&c, ag.id, &doc), ERR_NOT_FOUND);
	city_close(p);
}
