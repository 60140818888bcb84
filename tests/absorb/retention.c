/* What has had its time: planned, agreed on by two, destroyed, and what may not be. */
#include "river.h"
#include "record/keystore.h"
#include "record/retention.h"

enum { PROPOSER = 501, APPROVER = 502 };

static int64_t closed_clue(struct city *p, const char *text)
{
	struct done d;
	NEED_OK(ADD(COMMW, "clue", 0, &d, IN("source", "grid"), IN("text", text), IN("party_a_name", "王小明"), IN("party_a_phone", "19900000001")));
	NEED_OK(DO(COMMW, "clue", "confirm", d.id, IN("family", "1"), IN("kind", "M05"), IN("grade", "blue")));
	NEED_OK(DO(COMMW, "clue", "close", d.id, IN("outcome", "answered"), IN("note", "已答复")));
	return d.id;
}

static void later(struct city *p, struct ctx *c, int days)
{
	ctx_at(p, c, &actor_system);
	c->now = (p->now ? p->now : now_ms()) + days * MS_DAY;
	NEED_OK(ctx_read(c));
}

static struct str text_of(struct city *p, int64_t id)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	struct rec *r;
	NEED_OK(see_one(&c, "clue", id, &r));
	return rec_str(&c, r, "text");
}

TEST(two_people_and_a_plan)
{
	struct city here, *p = &here;
	struct ctx c;
	int64_t run, n, done, passed;
	bool approved;
	city_open(p);
	int64_t one = closed_clue(p, "楼上夜里有争吵"), two = closed_clue(p, "楼下夜里有争吵"), kept = closed_clue(p, "对门夜里有争吵");
	later(p, &c, 89);
	NEED_OK(retention_plan(&c, 0, &run, &n));
	CHECK_INT(n, 0);
	later(p, &c, 91);
	NEED_OK(retention_hold(&c, "clue", kept, true, STR("诉讼尚未结束"), PROPOSER));
	NEED_OK(retention_plan(&c, 0, &run, &n));
	CHECK_INT(n, 2);      /* what is held is not even planned */
	CHECK_STR(text_of(p, one), "楼上夜里有争吵");
	CHECK_ERR(retention_run(&c, run, &done, &passed), ERR_STATE);
	later(p, &c, 91);
	NEED_OK(retention_approve(&c, run, PROPOSER, &approved));
	CHECK(!approved);
	CHECK_ERR(retention_approve(&c, run, PROPOSER, &approved), ERR_DENIED);
	later(p, &c, 91);
	CHECK_ERR(retention_run(&c, run, &done, &passed), ERR_STATE);
	later(p, &c, 91);
	NEED_OK(retention_approve(&c, run, APPROVER, &approved));
	CHECK(approved);
	/* Held after it was planned: it wins still. */
	NEED_OK(retention_hold(&c, "clue", two, true, STR("检察院调阅"), APPROVER));
	NEED_OK(retention_run(&c, run, &done, &passed));
	CHECK_INT(done, 1);
	CHECK_INT(passed, 1);
	CHECK(text_of(p, one).p == NULL);
	CHECK_STR(text_of(p, two), "楼下夜里有争吵");
	CHECK_STR(text_of(p, kept), "对门夜里有争吵");
	/* Statistics still count it. */
	int64_t cells, wrong;
	struct str first;
	later(p, &c, 91);
	NEED_OK(tally_verify(&c, &cells, &wrong, &first));
	CHECK_INT(wrong, 0);
	/* Not twice; and let go, it is due again. */
	CHECK_ERR(retention_run(&c, run, &done, &passed), ERR_STATE);
	later(p, &c, 91);
	NEED_OK(retention_hold(&c, "clue", two, false, STR_NONE, APPROVER));
	NEED_OK(retention_plan(&c, PROPOSER, &run, &n));
	CHECK_INT(n, 1);
	CHECK_ERR(retention_approve(&c, run, PROPOSER, &approved), ERR_DENIED);
	struct journal_report jr;
	later(p, &c, 91);
	NEED_OK(journal_verify(&c, &jr));
	CHECK_INT(jr.bad_seq, 0);
	city_close(p);
}

TEST(an_old_plan_is_not_carried_out)
{
	struct city here, *p = &here;
	struct ctx c;
	int64_t run, n, done, passed;
	bool approved;
	city_open(p);
	(void)closed_clue(p, "楼上夜里有争吵");
	later(p, &c, 100);
	NEED_OK(retention_plan(&c, PROPOSER, &run, &n));
	NEED_OK(retention_approve(&c, run, APPROVER, &approved));
	later(p, &c, 131);
	CHECK_ERR(retention_run(&c, run, &done, &passed), ERR_STATE);
	CHECK_ERR(retention_approve(&c, run, APPROVER, &approved), ERR_STATE);
	city_close(p);
}
