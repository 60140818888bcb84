/* The door, on SQLite and, when XA_TEST_PG names a server, on PostgreSQL. The clock stands still unless a test moves it. */
#include "../test.h"
#include "people/login.h"
#include <pthread.h>
#include <unistd.h>

struct here {
	char dir[64];
	struct store *s;
	struct keyring *k;
	struct arena *a;
	struct fault f;
};

static const char *schema_sql(struct arena *a)
{
	const char *src = getenv("XA_SRC");
	FILE *in = fopen(arena_printf(a, "%s/migrations/0005_login.sql", src ? src : "."), "rb");
	NEED(in != NULL);
	char *p = arena_alloc(a, 16384);
	NEED(fread(p, 1, 16383, in) > 100);
	fclose(in);
	return p;
}

#define T0 INT64_C(1790000000000)

static struct arena *pg_names;
static enum err pg_schema(struct db *d, void *arg, struct fault *f)
{
	return db_exec(d, f, arena_printf(pg_names, "CREATE SCHEMA %s", (const char *)arg), NOARGS, NULL);
}

static void begin(struct here *h, bool pg)
{
	memset(h, 0, sizeof *h);
	snprintf(h->dir, sizeof h->dir, "/tmp/xa-login-XXXXXX");
	NEED(mkdtemp(h->dir) != NULL);
	h->a = arena_new(0);
	char *url = arena_printf(h->a, "%s/x.db", h->dir);
	if (pg) {
		const char *base = getenv("XA_TEST_PG");
		char *schema = arena_printf(h->a, "l%s", strrchr(h->dir, '-') + 1);
		struct store *s;
		pg_names = h->a;
		NEED_OK(store_open(base, NULL, &s, &h->f));
		NEED_OK(store_write(s, pg_schema, schema, &h->f));
		store_close(s);
		url = arena_printf(h->a, "%s%coptions=-csearch_path%%3D%s", base, strchr(base, '?') ? '&' : '?', schema);
	}
	struct migration m = { 5, "0005_login", schema_sql(h->a) };
	enum err e = store_open(url, NULL, &h->s, &h->f);
	if (e == OK)
		e = store_migrate(h->s, &m, 1, &h->f);
	if (e != OK)
		printf("# %s\n", h->f.detail);
	NEED(e == OK);
	h->k = keyring_for_test(1);
	clock_fix(T0);
}

static void end(struct here *h)
{
	clock_fix(0);
	store_close(h->s);
	keyring_free(h->k);
	CHECK(system(arena_printf(h->a, "rm -rf '%s'", h->dir)) == 0);
	arena_free(h->a);
}

/* Each test body runs on both engines. */
#define BOTH(n)                                                                    \
	static void body_##n(struct here *h);                                      \
	static void engine_##n(bool pg)                                            \
	{                                                                          \
		struct here h;                                                     \
		begin(&h, pg);                                                     \
		body_##n(&h);                                                      \
		end(&h);                                                           \
	}                                                                          \
	TEST(n) { engine_##n(false); }                                             \
	TEST(n##_pg)                                                               \
	{                                                                          \
		if (getenv("XA_TEST_PG"))                                          \
			engine_##n(true);                                          \
		else                                                               \
			printf("# skipped: XA_TEST_PG is not set\n");              \
	}                                                                          \
	static void body_##n(struct here *h)

/* One writer job out of a call: W(h, session_close_all(d, 1, f)). The job lends its connection to the test's thread and
 * waits until it is handed back. */
struct lent { pthread_mutex_t lock; pthread_cond_t cond; int stage; struct db *d; struct fault *f; enum err result; struct write w; };

static enum err lend_run(struct db *d, void *arg, struct fault *f)
{
	struct lent *l = arg;
	pthread_mutex_lock(&l->lock);
	l->d = d;
	l->f = f;
	l->stage = 1;
	pthread_cond_broadcast(&l->cond);
	while (l->stage < 2)
		pthread_cond_wait(&l->cond, &l->lock);
	pthread_mutex_unlock(&l->lock);
	return l->result;
}

static void lend_done(void *arg, enum err e, struct fault *f)
{
	struct lent *l = arg;
	(void)f;
	pthread_mutex_lock(&l->lock);
	l->result = e;
	l->stage = 3;
	pthread_cond_broadcast(&l->cond);
	pthread_mutex_unlock(&l->lock);
}

static void lend_wait(struct lent *l, int stage)
{
	pthread_mutex_lock(&l->lock);
	while (l->stage < stage)
		pthread_cond_wait(&l->cond, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

static void lend_begin(struct here *h, struct lent *l)
{
	fault_clear(&h->f);
	l->w = (struct write){ .run = lend_run, .done = lend_done, .arg = l };
	store_submit(h->s, &l->w);
	lend_wait(l, 1);
}

static enum err lend_end(struct here *h, struct lent *l, enum err e)
{
	pthread_mutex_lock(&l->lock);
	l->result = e;
	l->stage = 2;
	pthread_cond_broadcast(&l->cond);
	pthread_mutex_unlock(&l->lock);
	lend_wait(l, 3);
	h->f = l->w.fault;
	return l->result;
}

#define W(h, call)                                                                                     \
	({                                                                                             \
		struct lent l_ = { .lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER }; \
		lend_begin((h), &l_);                                                                  \
		struct db *d = l_.d;                                                                   \
		struct fault *f = l_.f;                                                                \
		(void)f;                                                                               \
		enum err e_call_ = (call);                                                             \
		lend_end((h), &l_, e_call_);                                                           \
	})

static struct db *reader(struct here *h)
{
	struct db *d;
	fault_clear(&h->f);
	NEED_OK(store_reader(h->s, &d, &h->f));
	return d;
}

static void account(struct here *h, int64_t user, const char *name, const char *password)
{
	char hash[PASSWORD_HASH_MAX];
	NEED_OK(W(h, login_create(d, user, str_of(name), f)));
	NEED_OK(password_hash(str_of(password), true, hash, NULL));
	NEED_OK(W(h, login_put_hash(d, user, hash, false, f)));
}

static enum err try_code(struct here *h, const char *name, const char *password, const char *code, const char *remote, struct login_found *r)
{
	struct login_ask q = { .name = str_of(name), .password = str_of(password), .code = str_of(code), .remote = str_of(remote), .keep_quick = true };
	fault_clear(&h->f);
	return login_check(h->s, h->k, h->a, &q, r, &h->f);
}

static enum err try(struct here *h, const char *name, const char *password, const char *remote)
{
	struct login_found r = { 0 };
	enum err e = try_code(h, name, password, NULL, remote, &r);
	CHECK(e != OK || r.user == 1);
	return e;
}

BOTH(right_and_wrong)
{
	account(h, 1, " LiHong ", "four trees by the river");
	CHECK_OK(try(h, "lihong", "four trees by the river", "a"));
	CHECK_OK(try(h, "LIHONG ", "four trees by the river", "a"));
	CHECK_ERR(try(h, "lihong", "four trees by the rivee", "a"), ERR_AUTH);
	const char *known = h->f.msg;
	CHECK_ERR(try(h, "nobody", "four trees by the river", "a"), ERR_AUTH);
	CHECK(h->f.msg == known);
	CHECK_ERR(try(h, "", "", "a"), ERR_AUTH);
	CHECK_ERR(try(h, "\xFF", "x", "a"), ERR_AUTH);
	CHECK_ERR(W(h, login_create(d, 2, STR("lihong"), f)), ERR_DUPLICATE);
	CHECK_ERR(W(h, login_create(d, 1, STR("other"), f)), ERR_DUPLICATE);
	CHECK_ERR(W(h, login_create(d, 3, STR("a b"), f)), ERR_INVALID);
	CHECK_OK(W(h, login_create(d, 3, STR("王小明"), f)));
	CHECK_ERR(try(h, "王小明", "", "b"), ERR_AUTH);    /* no password yet: no door */
	struct str name;
	bool ready = true;
	CHECK_OK(login_name(reader(h), h->a, 3, &name, &ready, NULL));
	CHECK_STR(name, "王小明");
	CHECK(!ready);
}

BOTH(guessing_gets_slower)
{
	account(h, 1, "lihong", "four trees by the river");
	for (int i = 0; i < 5; i++)
		CHECK_ERR(try(h, "lihong", "guess", "bad"), ERR_AUTH);
	CHECK_ERR(try(h, "lihong", "four trees by the river", "bad"), ERR_RATE);   /* even the right one */
	CHECK_STR(str_of(h->f.arg), "1");
	clock_fix(T0 + 29 * MS_SECOND);
	CHECK_ERR(try(h, "lihong", "guess", "bad"), ERR_RATE);
	clock_fix(T0 + 31 * MS_SECOND);
	CHECK_ERR(try(h, "lihong", "guess", "bad"), ERR_AUTH);
	clock_fix(T0 + 31 * MS_SECOND + 59 * MS_SECOND);
	CHECK_ERR(try(h, "lihong", "guess", "bad"), ERR_RATE);
	/* she herself, from elsewhere, is not held up, and that forgives nothing to the guesser */
	CHECK_OK(try(h, "lihong", "four trees by the river", "home"));
	CHECK_ERR(try(h, "lihong", "four trees by the river", "bad"), ERR_RATE);
	clock_fix(T0 + 2 * MS_MINUTE);
	CHECK_OK(try(h, "lihong", "four trees by the river", "bad"));
	for (int i = 0; i < 4; i++)
		CHECK_ERR(try(h, "lihong", "guess", "bad"), ERR_AUTH);
	CHECK_OK(try(h, "lihong", "four trees by the river", "bad"));
	/* never more than a quarter of an hour */
	int64_t t = T0 + MS_HOUR;
	for (int i = 0; i < 30; i++, t += 16 * MS_MINUTE) {
		clock_fix(t);
		CHECK_ERR(try(h, "lihong", "guess", "bad"), ERR_AUTH);
	}
}

static void *guess_once(void *arg)
{
	struct here *h = arg;
	struct arena *a = arena_new(0);
	struct login_ask q = { .name = STR("lihong"), .password = STR("guess"), .remote = STR("bad") };
	struct login_found r;
	enum err e = login_check(h->s, h->k, a, &q, &r, NULL);
	arena_free(a);
	return (void *)(intptr_t)e;
}

BOTH(many_guesses_at_once_gain_nothing)
{
	account(h, 1, "lihong", "four trees by the river");
	pthread_t t[16];
	int looked = 0, held = 0;
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		NEED(pthread_create(&t[i], NULL, guess_once, h) == 0);
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		void *e;
		NEED(pthread_join(t[i], &e) == 0);
		looked += (intptr_t)e == ERR_AUTH;
		held += (intptr_t)e == ERR_RATE;
	}
	CHECK_INT(looked, 5);
	CHECK_INT(held, 11);
}

BOTH(an_address_may_not_try_many_names)
{
	account(h, 1, "lihong", "four trees by the river");
	for (int i = 0; i < 20; i++)
		CHECK_ERR(try(h, arena_printf(h->a, "name%d", i), "x", "scanner"), ERR_AUTH);
	CHECK_ERR(try(h, "lihong", "four trees by the river", "scanner"), ERR_RATE);
	CHECK_OK(try(h, "lihong", "four trees by the river", "home"));
	clock_fix(T0 + 10 * MS_MINUTE + 1);
	CHECK_OK(try(h, "lihong", "four trees by the river", "scanner"));
}

BOTH(nobody_can_lock_her_out)
{
	account(h, 1, "lihong", "four trees by the river");
	CHECK_OK(try(h, "lihong", "four trees by the river", "home"));
	for (int i = 0; i < 20; i++)
		CHECK_ERR(try(h, "lihong", "guess", arena_printf(h->a, "bot%d", i)), ERR_AUTH);
	CHECK_ERR(try(h, "lihong", "guess", "bot99"), ERR_RATE);         /* the whole botnet waits */
	CHECK_ERR(try(h, "lihong", "four trees by the river", "new place"), ERR_RATE);
	CHECK_OK(try(h, "lihong", "four trees by the river", "home"));   /* she does not */
	for (int i = 0; i < 20; i++)   /* and a name that is not there behaves alike */
		CHECK_ERR(try(h, "nobody", "guess", arena_printf(h->a, "bot%d", i)), ERR_AUTH);
	CHECK_ERR(try(h, "nobody", "guess", "bot99"), ERR_RATE);
}

/* S47: whoever sets the machine's clock neither ends her session nor makes it live on. */
BOTH(a_clock_that_is_set_ends_no_session)
{
	char cookie[TOKEN_TEXT], csrf[TOKEN_TEXT];
	struct session s;
	struct db *far;
	account(h, 1, "lihong", "four trees by the river");
	clock_fix(0);                  /* the real clock runs, and is stepped */
	(void)steady_ms();
	CHECK_OK(W(h, session_open(d, 1, "desk", cookie, csrf, f)));
	NEED_OK(store_reader(h->s, &far, &h->f));
	static const int64_t steps[] = { 3600000, -7200000, INT64_C(315360000000), -INT64_C(630720000000) };
	int64_t sum = 0;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		clock_step(steps[i]);
		sum += steps[i];
		CHECK_OK(session_find(far, str_of(cookie), &s, &h->f));
	}
	clock_step(-sum);
	clock_fix(T0);
}

/* The same of waits and of codes: what was counted while the clock was ahead does not keep her out till then. */
BOTH(a_clock_that_was_ahead_keeps_nobody_out)
{
	const unsigned char *seed = (const unsigned char *)"12345678901234567890";
	struct login_found r;
	account(h, 1, "lihong", "four trees by the river");
	clock_fix(INT64_C(20000000000) * 1000);
	for (int i = 0; i < 8; i++)
		(void)!try(h, "lihong", "guess", "home");
	CHECK_ERR(try(h, "lihong", "four trees by the river", "home"), ERR_RATE);
	clock_fix(INT64_C(2000000000) * 1000);
	CHECK_OK(try(h, "lihong", "four trees by the river", "home"));
	CHECK_OK(W(h, login_totp_set(d, h->k, h->a, 1, seed, f)));
	clock_fix(INT64_C(20000000000) * 1000);
	CHECK_OK(try_code(h, "lihong", "four trees by the river", "353130", "home", &r));
	clock_fix(INT64_C(2000000000) * 1000);
	CHECK_OK(try_code(h, "lihong", "four trees by the river", "279037", "home", &r));
	CHECK_INT(r.user, 1);
	CHECK(try_code(h, "lihong", "four trees by the river", "279037", "home", &r) != OK);   /* still once */
}

BOTH(second_factor)
{
	/* RFC 6238's own seed and moment, so that no code needs to be computed here */
	const unsigned char *seed = (const unsigned char *)"12345678901234567890";
	account(h, 1, "lihong", "four trees by the river");
	CHECK_OK(W(h, login_totp_set(d, h->k, h->a, 1, seed, f)));
	clock_fix(INT64_C(2000000000) * 1000);
	struct login_found r = { .user = 77 };
	CHECK_OK(try_code(h, "lihong", "four trees by the river", NULL, "a", &r));
	CHECK(r.need_code && r.user == 0);
	char c[TOKEN_TEXT], x[TOKEN_TEXT];
	CHECK_ERR(W(h, session_open(d, r.user, "desk", c, x, f)), ERR_AUTH);   /* a careless caller opens nothing */
	CHECK_ERR(try_code(h, "lihong", "four trees by the river", "000000", "a", &r), ERR_AUTH);
	CHECK_ERR(try_code(h, "lihong", "wrong", "279037", "a", &r), ERR_AUTH);
	CHECK_OK(try_code(h, "lihong", "four trees by the river", "279037", "a", &r));
	CHECK(!r.need_code && r.user == 1);
	CHECK_ERR(try_code(h, "lihong", "four trees by the river", "279037", "a", &r), ERR_AUTH);   /* once only */
	bool right = true;
	CHECK_OK(W(h, login_code_use(d, h->k, h->a, 1, STR("279037"), &right, f)));
	CHECK(!right);
	for (int i = 0; i < 4; i++)
		CHECK_OK(W(h, login_code_use(d, h->k, h->a, 1, STR("111111"), &right, f)));
	CHECK_ERR(W(h, login_code_use(d, h->k, h->a, 1, STR("111111"), &right, f)), ERR_RATE);
	/* the seed lies sealed, bound to its row */
	struct rows *rows;
	bool more;
	NEED_OK(db_rows(reader(h), NULL, "SELECT totp FROM login WHERE uid = ?", ARGS(VI(1)), &rows));
	NEED_OK(rows_next(rows, &more));
	CHECK(more && str_find(rows_blob(rows, 0), STR("1234567890")) < 0);
	rows_end(rows);
	CHECK_OK(W(h, login_totp_set(d, h->k, h->a, 1, NULL, f)));
	CHECK_OK(try_code(h, "lihong", "four trees by the river", NULL, "b", &r));
	CHECK_INT(r.user, 1);
}

BOTH(sessions)
{
	account(h, 1, "lihong", "four trees by the river");
	char c[TOKEN_TEXT], x[TOKEN_TEXT], c2[TOKEN_TEXT], x2[TOKEN_TEXT];
	struct session s;
	NEED_OK(W(h, session_open(d, 1, "desk", c, x, f)));
	NEED_OK(W(h, session_open(d, 1, "phone", c2, x2, f)));
	NEED_OK(session_find(reader(h), str_of(c), &s, NULL));
	CHECK(s.user == 1 && strcmp(s.csrf, x) == 0 && strcmp(s.face, "desk") == 0 && strcmp(c, x) != 0 && s.expires == T0 + SESSION_MAX_MS);
	c2[0] = (char)(c2[0] == 'A' ? 'B' : 'A');
	CHECK_ERR(session_find(reader(h), str_of(c2), &s, NULL), ERR_AUTH);
	CHECK_ERR(session_find(reader(h), STR(""), &s, NULL), ERR_AUTH);
	CHECK_ERR(session_find(reader(h), STR("' OR 1=1 --"), &s, NULL), ERR_AUTH);
	struct session *list;
	size_t n;
	CHECK_OK(session_list(reader(h), h->a, 1, &list, &n, NULL));
	CHECK_INT(n, 2);
	/* idle */
	CHECK(!session_wants_touch(&s));
	clock_fix(T0 + 29 * MS_MINUTE);
	NEED_OK(session_find(reader(h), str_of(c), &s, NULL));
	CHECK(session_wants_touch(&s));
	CHECK_OK(W(h, session_touch(d, s.hash, f)));
	clock_fix(T0 + 58 * MS_MINUTE);
	NEED_OK(session_find(reader(h), str_of(c), &s, NULL));
	clock_fix(T0 + 59 * MS_MINUTE);
	CHECK_ERR(session_find(reader(h), str_of(c), &s, NULL), ERR_AUTH);
	/* the end comes however busy */
	int64_t t = T0 + MS_DAY;
	clock_fix(t);
	NEED_OK(W(h, session_open(d, 1, "desk", c, x, f)));
	for (int i = 0; i < 23; i++) {
		clock_fix(t += 20 * MS_MINUTE);
		NEED_OK(session_find(reader(h), str_of(c), &s, NULL));
		NEED_OK(W(h, session_touch(d, s.hash, f)));
	}
	clock_fix(t + 20 * MS_MINUTE);
	CHECK_ERR(session_find(reader(h), str_of(c), &s, NULL), ERR_AUTH);
	/* a clock set back does not lengthen it */
	clock_fix(t - MS_DAY);
	CHECK_ERR(session_find(reader(h), str_of(c), &s, NULL), ERR_AUTH);
	clock_fix(t);
	NEED_OK(session_find(reader(h), str_of(c), &s, NULL));
	CHECK_OK(W(h, session_step_up(d, s.hash, f)));
	NEED_OK(session_find(reader(h), str_of(c), &s, NULL));
	CHECK_INT(s.step_up, t);
	CHECK_OK(W(h, session_close(d, s.hash, f)));
	CHECK_ERR(session_find(reader(h), str_of(c), &s, NULL), ERR_AUTH);
	CHECK_OK(W(h, login_sweep(d, f)));
	CHECK_OK(session_list(reader(h), h->a, 1, &list, &n, NULL));
	CHECK_INT(n, 0);
}

BOTH(passwords_change_and_accounts_end)
{
	account(h, 1, "lihong", "four trees by the river");
	char c[TOKEN_TEXT], x[TOKEN_TEXT], tok[TOKEN_TEXT];
	struct session s;
	NEED_OK(W(h, session_open(d, 1, "desk", c, x, f)));
	NEED_OK(W(h, token_make(d, 1, STR("sync"), 0, tok, f)));
	fault_clear(&h->f);
	CHECK_ERR(login_set_password(h->s, 1, STR("short"), &h->f), ERR_INVALID);
	CHECK(h->f.nfields == 1 && strcmp(h->f.fields[0].field, "password") == 0);
	CHECK_ERR(login_set_password(h->s, 1, STR("four trees by the river"), NULL), ERR_INVALID);
	CHECK_ERR(login_set_password(h->s, 1, STR("my name is lihong ok"), NULL), ERR_INVALID);
	CHECK_ERR(login_set_password(h->s, 9, STR("seven boats on a lake"), NULL), ERR_NOT_FOUND);
	NEED_OK(session_find(reader(h), str_of(c), &s, NULL));
	CHECK_OK(login_set_password(h->s, 1, STR("seven boats on a lake"), NULL));
	CHECK_ERR(session_find(reader(h), str_of(c), &s, NULL), ERR_AUTH);
	CHECK_ERR(try(h, "lihong", "four trees by the river", "a"), ERR_AUTH);
	CHECK_OK(try(h, "lihong", "seven boats on a lake", "a"));
	struct api_token t;
	CHECK_OK(token_find(reader(h), h->a, str_of(tok), &t, NULL));
	NEED_OK(W(h, session_open(d, 1, "desk", c, x, f)));
	CHECK_OK(W(h, login_disable(d, 1, f)));
	CHECK_ERR(session_find(reader(h), str_of(c), &s, NULL), ERR_AUTH);
	CHECK_ERR(token_find(reader(h), h->a, str_of(tok), &t, NULL), ERR_AUTH);
	CHECK_ERR(try(h, "lihong", "seven boats on a lake", "a"), ERR_AUTH);
}

BOTH(an_old_hash_is_raised_once)
{
	account(h, 1, "lihong", "four trees by the river");
	struct login_ask q = { .name = STR("lihong"), .password = STR("four trees by the river"), .remote = STR("a") };
	struct login_found r;
	NEED_OK(login_check(h->s, h->k, h->a, &q, &r, NULL));
	int64_t raised = 0;
	CHECK_OK(db_int(reader(h), NULL, "SELECT COUNT(*) FROM login WHERE hash LIKE '$argon2id$v=19$m=65536,t=3,%'", NOARGS, &raised, NULL));
	CHECK_INT(raised, 1);
	CHECK_OK(login_check(h->s, h->k, h->a, &q, &r, NULL));
}

BOTH(api_tokens)
{
	account(h, 1, "lihong", "four trees by the river");
	char tok[TOKEN_TEXT], other[TOKEN_TEXT];
	struct api_token t, *list;
	size_t n;
	NEED_OK(W(h, token_make(d, 1, STR("公安推送"), T0 + MS_DAY, tok, f)));
	CHECK_ERR(W(h, token_make(d, 1, STR("公安推送"), 0, other, f)), ERR_DUPLICATE);
	CHECK_ERR(W(h, token_make(d, 1, STR(" "), 0, other, f)), ERR_INVALID);
	CHECK_ERR(W(h, token_make(d, 1, STR("past"), T0 - 1, other, f)), ERR_INVALID);
	NEED_OK(token_find(reader(h), h->a, str_of(tok), &t, NULL));
	CHECK_STR(t.name, "公安推送");
	CHECK(t.user == 1 && t.last_used == 0);
	CHECK_OK(W(h, token_touch(d, t.hash, f)));
	NEED_OK(token_find(reader(h), h->a, str_of(tok), &t, NULL));
	CHECK_INT(t.last_used, T0);
	CHECK_OK(token_list(reader(h), h->a, 1, &list, &n, NULL));
	CHECK_INT(n, 1);
	CHECK_ERR(W(h, token_revoke(d, 2, STR("公安推送"), f)), ERR_NOT_FOUND);
	CHECK_OK(W(h, token_revoke(d, 1, STR("公安推送"), f)));
	CHECK_ERR(token_find(reader(h), h->a, str_of(tok), &t, NULL), ERR_AUTH);
	NEED_OK(W(h, token_make(d, 1, STR("公安推送"), T0 + MS_DAY, tok, f)));   /* the name is free again */
	clock_fix(T0 + MS_DAY);
	CHECK_ERR(token_find(reader(h), h->a, str_of(tok), &t, NULL), ERR_AUTH);
}

BOTH(setup_links_work_once)
{
	char one[TOKEN_TEXT], two[TOKEN_TEXT];
	int64_t user = 0;
	CHECK_ERR(W(h, setup_link_make(d, 1, one, f)), ERR_NOT_FOUND);
	NEED_OK(W(h, login_create(d, 1, STR("lihong"), f)));
	NEED_OK(W(h, setup_link_make(d, 1, one, f)));
	NEED_OK(W(h, setup_link_make(d, 1, two, f)));
	CHECK_ERR(setup_link_peek(reader(h), str_of(one), &user, NULL), ERR_AUTH);   /* void by the newer */
	CHECK_OK(setup_link_peek(reader(h), str_of(two), &user, NULL));
	CHECK_INT(user, 1);
	CHECK_ERR(setup_link_use(h->s, str_of(two), STR("short"), &user, NULL), ERR_INVALID);
	CHECK_OK(setup_link_use(h->s, str_of(two), STR("four trees by the river"), &user, NULL));
	CHECK_ERR(setup_link_use(h->s, str_of(two), STR("seven boats on a lake"), &user, NULL), ERR_AUTH);
	CHECK_OK(try(h, "lihong", "four trees by the river", "a"));
	NEED_OK(W(h, setup_link_make(d, 1, one, f)));
	clock_fix(T0 + SETUP_LINK_MS);
	CHECK_ERR(setup_link_use(h->s, str_of(one), STR("seven boats on a lake"), &user, NULL), ERR_AUTH);
}
