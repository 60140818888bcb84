/* The journal's own side of the proof, on both engines: what the verifier reads beside a running store, entries of before
 * format 2, heads in their time, exports. */
#include "log.h"
#include "base/clock.h"
#include <sys/stat.h>

static char *object(struct log *l) { return l->store ? l->store : arena_printf(l->a, "%s/xiaoan.db", l->dir); }

TEST(the_verifier_reads_beside_the_server)
{
	struct log l;
	const char *said;
	char head[80];
	log_open(&l);
	log_fill(&l, 0, 50);
	snprintf(head, sizeof head, "%s/head", l.dir);
	log_head(&l, head);
	log_fill(&l, 50, 60);
	CHECK_INT(verified(object(&l), head, NULL, &said), 0);
	CHECK(strstr(said, "Entries 60") && strstr(said, "The last 10 entries are under no signed head yet"));
	log_close(&l);
}

/* Trees of every shape at their right edge, in parts of every kind, each linked to every head before. */
TEST(parts_prove_themselves_at_every_size)
{
	struct log l;
	const char *said;
	char path[80], first[80];
	log_open(&l);
	snprintf(path, sizeof path, "%s/part", l.dir);
	snprintf(first, sizeof first, "%s/first", l.dir);
	for (int n = 1; n <= 40; n++) {
		log_fill(&l, n - 1, n);
		log_head(&l, n == 1 ? first : NULL);
		log_export(&l, path, (struct journal_span){ .from = n > 3 ? n - n % 4 : 1, .to = n });
		int code = verified(path, first, NULL, &said);
		if (code != 0)
			printf("# size %d: %s\n", n, said);
		CHECK_INT(code, 0);
	}
	log_fill(&l, 40, 900);
	log_head(&l, NULL);
	for (int from = 2; from < 900; from += 97) {
		log_export(&l, path, (struct journal_span){ .from = from, .to = from + 90 < 900 ? from + 90 : 900, .since = 700 });
		CHECK_INT(verified(path, first, NULL, &said), 0);
		CHECK(strstr(said, "was not checked"));    /* nobody gave a head of 700 entries */
	}
	log_close(&l);
}

static enum err run_sql(struct ctx *c, void *arg) { return db_exec(c->db, c->f, arg, NOARGS, NULL); }

struct old { int64_t seq; struct merkle m; };

/* As the program wrote before: text, no format, no further columns. */
static enum err old_row(struct ctx *c, void *arg)
{
	struct old *o = arg;
	unsigned char leaf[32];
	struct str entry = arena_fmt(c->a, "%lld\n1764000000000\n7\n3\ntown\ndesk\nview\nclue\nok\n1001\n2\n{\"n\":%lld}", (long long)o->seq, (long long)o->seq);
	merkle_leaf(entry, leaf);
	merkle_add(&o->m, leaf);
	struct str peaks = merkle_save(&o->m, c->a);
	TRY(db_exec(c->db, c->f, "INSERT INTO journal (seq, ms, actor, org, role, face, verb, type, rid, version, outcome, body, leaf) VALUES (?, 1764000000000, 7, 3, 'town', 'desk', 'view', 'clue', 1001, 2, 'ok', ?, ?)",
		    ARGS(VI(o->seq), VS(arena_fmt(c->a, "{\"n\":%lld}", (long long)o->seq)), VB(leaf, 32)), NULL));
	return db_exec(c->db, c->f, "UPDATE journal_head SET size = ?, peaks = ?", ARGS(VI(o->seq), VB(peaks.p, peaks.n)), NULL);
}

TEST(old_leaves_stay_true)
{
	struct log l;
	struct journal_report r;
	struct old o = { 0 };
	const char *said;
	log_open(&l);
	for (o.seq = 1; o.seq <= 5; o.seq++)
		NEED_OK(ctx_write(&l.c, old_row, &o));
	log_fill(&l, 0, 5);
	log_head(&l, NULL);
	CHECK_OK(journal_verify(&l.c, &r));
	CHECK(!r.why && r.size == 10 && r.heads == 1);
	CHECK_INT(verified(object(&l), NULL, NULL, &said), 0);
	CHECK(strstr(said, "Entries 10"));
	log_close(&l);
}

TEST(heads_are_signed_in_time)
{
	struct log l;
	struct tree_head h = { 0 };
	bool found;
	int64_t t = 1764000000000;
	log_open(&l);
	clock_fix(t);
	NEED_OK(head_tick(&l.c, true));
	NEED_OK(head_last(&l.c, &h, &found));
	CHECK(!found);                          /* nothing to sign */
	log_fill(&l, 0, 10);
	NEED_OK(head_tick(&l.c, false));
	NEED_OK(head_last(&l.c, &h, &found));
	CHECK(found && h.size == 10);           /* the first at once */
	log_fill(&l, 10, 20);
	NEED_OK(head_tick(&l.c, false));
	NEED_OK(head_last(&l.c, &h, &found));
	CHECK_INT(h.number, 1);                 /* too soon, too few */
	clock_fix(t + HEAD_MS);
	NEED_OK(head_tick(&l.c, false));
	NEED_OK(head_last(&l.c, &h, &found));
	CHECK(h.number == 2 && h.size == 20);   /* a minute later */
	log_fill(&l, 20, 20 + HEAD_ENTRIES);
	NEED_OK(head_tick(&l.c, false));
	NEED_OK(head_last(&l.c, &h, &found));
	CHECK(h.number == 3 && h.size == 276);  /* so many at once */
	NEED_OK(head_tick(&l.c, true));
	NEED_OK(head_last(&l.c, &h, &found));
	CHECK_INT(h.number, 3);                 /* nothing new */
	clock_fix(0);
	/* All three lines stand in the day's file. */
	char *path = arena_printf(l.a, "%s/heads/2025-11-25.jsonl", l.dir);
	CHECK_INT(verified(object(&l), path, NULL, NULL), 0);
	struct stat st;
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	log_close(&l);
}

TEST(heads_go_to_a_second_folder)
{
	struct log l;
	struct stat st;
	log_open(&l);
	clock_fix(1764000000000);
	l.app->heads_copy = arena_printf(l.a, "%s/usb", l.dir);
	log_fill(&l, 0, 3);
	log_head(&l, NULL);
	CHECK(!l.app->heads_fail && stat(arena_printf(l.a, "%s/usb/2025-11-25.jsonl", l.dir), &st) == 0);
	l.app->heads_copy = "/proc/nowhere/heads";
	log_fill(&l, 3, 6);
	log_head(&l, NULL);                     /* signed all the same, and told */
	CHECK(l.app->heads_fail);
	clock_fix(0);
	log_close(&l);
}

TEST(nothing_of_it_can_be_changed)
{
	static const char *const tries[] = { "UPDATE journal_sth SET size = 1", "DELETE FROM journal_sth", "UPDATE journal SET body = ''", "DELETE FROM journal", NULL };
	static const char *const lite[] = { "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1", "INSERT OR REPLACE INTO journal_sth SELECT * FROM journal_sth", NULL };
	static const char *const pg[] = { "TRUNCATE journal", "TRUNCATE journal_sth", NULL };
	struct log l;
	log_open(&l);
	log_fill(&l, 0, 3);
	log_head(&l, NULL);
	for (int round = 0; round < 2; round++)
		for (const char *const *sql = round == 0 ? tries : l.store ? pg : lite; *sql; sql++) {
			CHECK(ctx_write(&l.c, run_sql, (void *)(uintptr_t)*sql) != OK);
			fault_clear(&l.f);
		}
	log_close(&l);
}

static int64_t clock_notes(struct log *l, const char *outcome)
{
	int64_t n = 0;
	NEED_OK(ctx_read(&l->c));
	NEED_OK(db_int(l->c.db, &l->f, "SELECT CAST(COUNT(*) AS INTEGER) FROM journal WHERE verb = 'clock' AND outcome = ?", ARGS(VS(str_of(outcome))), &n, NULL));
	return n;
}

TEST(the_journal_notes_a_clock_that_was_set)
{
	struct log l;
	int64_t t = 1764000000000;
	log_open(&l);
	clock_fix(t);
	NEED_OK(clock_watch(&l.c));
	clock_fix(t + 5000);
	NEED_OK(clock_watch(&l.c));
	CHECK_INT(clock_notes(&l, "back") + clock_notes(&l, "ahead"), 0);
	clock_fix(t - 3600000);
	NEED_OK(clock_watch(&l.c));
	CHECK_INT(clock_notes(&l, "back"), 1);
	NEED_OK(clock_watch(&l.c));
	CHECK_INT(clock_notes(&l, "back"), 1);      /* said once */
	clock_fix(t + 10 * INT64_C(365) * 86400000);
	NEED_OK(clock_watch(&l.c));
	CHECK_INT(clock_notes(&l, "ahead"), 1);
	/* At a start there is only the last entry to go by. */
	clock_fix(t);
	l.app->watched.mono = 0;
	NEED_OK(clock_watch(&l.c));
	CHECK_INT(clock_notes(&l, "back"), 2);
	clock_fix(0);
	log_close(&l);
}

TEST(a_verification_is_kept_and_written_down)
{
	struct log l;
	struct verified v;
	log_open(&l);
	NEED_OK(verified_last(&l.c, &v));
	CHECK(!v.found);
	log_fill(&l, 0, 12);
	log_head(&l, NULL);
	NEED_OK(verify_job(&l.c, STR("")));
	NEED_OK(ctx_read(&l.c));
	NEED_OK(verified_last(&l.c, &v));
	CHECK(v.found && v.good && v.size == 12 && v.heads == 1);
	NEED_OK(ctx_write(&l.c, run_sql, (void *)(uintptr_t)(l.store ? "DROP TRIGGER journal_keep ON journal" : "DROP TRIGGER journal_keep_u")));
	NEED_OK(ctx_write(&l.c, run_sql, (void *)(uintptr_t)"UPDATE journal SET approver = 5 WHERE seq = 4"));
	NEED_OK(verify_job(&l.c, STR("")));
	NEED_OK(ctx_read(&l.c));
	NEED_OK(verified_last(&l.c, &v));
	CHECK(v.found && !v.good && v.bad_seq == 4);
	log_close(&l);
}
