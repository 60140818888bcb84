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
	bool pg;
};

static const char *schema_sql(struct arena *a, const char *name)
{
	const char *src = getenv("XA_SRC");
	FILE *in = fopen(arena_printf(a, "%s/migrations/%s", src ? src : ".", name), "rb");
	NEED(in != NULL);
	char *p = arena_alloc(a, 32768);
	memset(p, 0, 32768);
	NEED(fread(p, 1, 32767, in) > 100);
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
	h->pg = pg;
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
	struct migration m[] = { { 1, "0001_record", schema_sql(h->a, "0001_record.sql") }, { 5, "0005_login", schema_sql(h->a, "0005_login.sql") },
				 { 220, "0220_identity", schema_sql(h->a, "0220_identity.sql") } };
	enum err e = store_open(url, NULL, &h->s, &h->f);
	if (e == OK)
		e = store_migrate(h->s, m, ARRAY_LEN(m), &h->f);
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
	NEED_OK(password_hash(str_of(password), PASSWORD_QUICK, hash, NULL));
	NEED_OK(W(h, login_put_hash(d, user, hash, false, f)));
}

static enum err try_code(struct here *h, const char *name, const char *password, const char *code, const char *remote, struct login_found *r)
{
	struct login_ask q = { .name = str_of(name), .password = str_of(password), .code = str_of(code), .remote = str_of(remote), .demo = true };
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
	CHECK_INT(s.step_up, 0);
	CHECK_OK(W(h, session_step_up(d, s.hash, c2, f)));
	CHECK_ERR(session_find(reader(h), str_of(c), &s, NULL), ERR_AUTH);      /* the old cookie is void */
	NEED_OK(session_find(reader(h), str_of(c2), &s, NULL));
	CHECK_INT(s.step_up, t);
	CHECK_STR(str_of(s.csrf), x);                                            /* a form that is open goes on */
	CHECK_ERR(W(h, session_step_up(d, (const unsigned char *)"00000000000000000000000000000000", c2, f)), ERR_AUTH);
	CHECK_OK(W(h, session_close(d, s.hash, f)));
	CHECK_ERR(session_find(reader(h), str_of(c2), &s, NULL), ERR_AUTH);
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
	CHECK_ERR(login_set_password(h->s, h->k, 1, STR("short"), &h->f), ERR_INVALID);
	CHECK(h->f.nfields == 1 && strcmp(h->f.fields[0].field, "password") == 0);
	CHECK_ERR(login_set_password(h->s, h->k, 1, STR("four trees by the river"), NULL), ERR_INVALID);
	CHECK_ERR(login_set_password(h->s, h->k, 1, STR("my name is lihong ok"), NULL), ERR_INVALID);
	CHECK_ERR(login_set_password(h->s, h->k, 9, STR("seven boats on a lake"), NULL), ERR_NOT_FOUND);
	NEED_OK(session_find(reader(h), str_of(c), &s, NULL));
	CHECK_OK(login_set_password(h->s, h->k, 1, STR("seven boats on a lake"), NULL));
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

static enum err setting(struct here *h, const char *name, const char *value)
{
	return W(h, db_exec(d, f, "INSERT INTO setting (name, value, updated) VALUES (?, ?, 0) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
			    ARGS(VS(str_of(name)), VS(str_of(value))), NULL));
}

/* The hash that stands under seal, or as it is. */
static struct str kept_hash(struct here *h, int64_t user)
{
	struct rows *r;
	bool more;
	struct str out = STR_NONE;
	NEED_OK(db_rows(reader(h), NULL, "SELECT hash, sealed FROM login WHERE uid = ?", ARGS(VI(user)), &r));
	NEED_OK(rows_next(r, &more));
	NEED(more);
	if (rows_type(r, 1) == V_NULL) {
		out = arena_str(h->a, rows_text(r, 0));
	} else {
		CHECK_STR(rows_text(r, 0), "sealed");
		CHECK(str_find(rows_blob(r, 1), STR("argon2id")) < 0);
		NEED_OK(unseal(h->k, h->a, PLACE("login", "sealed", user, .cls = KC_SECRET), rows_blob(r, 1), &out, NULL));
	}
	rows_end(r);
	return out;
}

static enum err enter(struct here *h, const char *password)
{
	struct login_ask q = { .name = STR("lihong"), .password = str_of(password), .remote = STR("a") };
	struct login_found r;
	fault_clear(&h->f);
	return login_check(h->s, h->k, h->a, &q, &r, &h->f);
}

/* S1: the hash is made anew at the next log-in when its cost is not the one that is wanted, once, and stands under seal. */
BOTH(a_hash_of_another_cost_is_made_anew)
{
	account(h, 1, "lihong", "four trees by the river");
	NEED_OK(enter(h, "four trees by the river"));
	struct str first = kept_hash(h, 1);
	CHECK(str_starts(first, "$argon2id$v=19$m=65536,t=3,"));
	NEED_OK(enter(h, "four trees by the river"));
	CHECK(str_eq(kept_hash(h, 1), first));
	NEED_OK(setting(h, "password.kib", "19456"));
	NEED_OK(setting(h, "password.passes", "2"));
	CHECK_ERR(enter(h, "four trees by the rivet"), ERR_AUTH);
	CHECK(str_eq(kept_hash(h, 1), first));      /* a wrong one changes nothing */
	NEED_OK(enter(h, "four trees by the river"));
	CHECK(str_starts(kept_hash(h, 1), "$argon2id$v=19$m=19456,t=2,"));
	NEED_OK(enter(h, "four trees by the river"));
	NEED_OK(setting(h, "password.kib", "64"));  /* below what is safe: not heard */
	NEED_OK(enter(h, "four trees by the river"));
	CHECK(str_starts(kept_hash(h, 1), "$argon2id$v=19$m=65536,t=2,"));
}

BOTH(her_last_five_passwords_do_not_come_back)
{
	static const char *const mine[] = { "seven boats on a lake", "eight boats on a lake", "nine boats on a lake", "ten boats on a lake", "eleven boats on a lake", "twelve boats on a lake" };
	account(h, 1, "lihong", "four trees by the river");
	NEED_OK(setting(h, "password.kib", "19456"));
	NEED_OK(setting(h, "password.passes", "2"));
	for (size_t i = 0; i < ARRAY_LEN(mine); i++) {
		NEED_OK(login_set_password(h->s, h->k, 1, str_of(mine[i]), NULL));
		CHECK_ERR(login_set_password(h->s, h->k, 1, str_of(i ? mine[i - 1] : "four trees by the river"), NULL), ERR_INVALID);
	}
	CHECK_ERR(login_set_password(h->s, h->k, 1, str_of(mine[0]), NULL), ERR_INVALID);    /* the fifth back */
	CHECK_OK(login_set_password(h->s, h->k, 1, STR("four trees by the river"), NULL));   /* the sixth */
	int64_t n = 0;
	NEED_OK(db_int(reader(h), NULL, "SELECT COUNT(*) FROM login_past WHERE uid = 1", NOARGS, &n, NULL));
	CHECK_INT(n, 5);
}

/* 8.1.4.1 a: to be changed from time to time; S7: what nobody uses does not lie open. A clock that is put right undoes both. */
BOTH(old_passwords_and_unused_accounts)
{
	struct login_found r;
	struct account k;
	char link[TOKEN_TEXT];
	account(h, 1, "lihong", "four trees by the river");
	struct login_ask q = { .name = STR("lihong"), .password = STR("four trees by the river"), .remote = STR("a") };
	NEED_OK(setting(h, "account.idle_days", "0"));
	clock_fix(T0 + 179 * MS_DAY);
	NEED_OK(login_check(h->s, h->k, h->a, &q, &r, NULL));
	CHECK(!r.must_change);
	clock_fix(T0 + 181 * MS_DAY);
	NEED_OK(login_check(h->s, h->k, h->a, &q, &r, NULL));
	CHECK(r.must_change);
	q.demo = true;
	NEED_OK(setting(h, "account.idle_days", "60"));
	clock_fix(T0 + (181 + 61) * MS_DAY);
	NEED_OK(account_of(reader(h), h->a, 1, &k, NULL));
	CHECK(k.asleep && k.ready);
	q.demo = false;
	fault_clear(&h->f);
	CHECK_ERR(login_check(h->s, h->k, h->a, &q, &r, &h->f), ERR_AUTH);
	CHECK(str_find(str_of(h->f.msg), STR("asleep")) >= 0);
	q.password = STR("wrong");
	fault_clear(&h->f);
	CHECK_ERR(login_check(h->s, h->k, h->a, &q, &r, &h->f), ERR_AUTH);
	CHECK(str_find(str_of(h->f.msg), STR("asleep")) < 0);       /* said to who knows the password alone */
	q.password = STR("four trees by the river");
	clock_fix(T0 + (181 + 59) * MS_DAY);
	CHECK_OK(login_check(h->s, h->k, h->a, &q, &r, NULL));
	clock_fix(T0 + 400 * MS_DAY);
	NEED_OK(W(h, setup_link_make(d, 1, link, f)));
	int64_t user;
	CHECK_OK(setup_link_use(h->s, h->k, str_of(link), STR("seven boats on a lake"), &user, NULL));
	q.password = STR("seven boats on a lake");
	CHECK_OK(login_check(h->s, h->k, h->a, &q, &r, NULL));
	CHECK(!r.must_change);
}

/* ---- devices, networks, clocks ---- */

static enum err from(struct here *h, const char *name, const char *password, const char *remote, struct str device, struct login_found *r)
{
	struct login_ask q = { .name = str_of(name), .password = str_of(password), .remote = str_of(remote), .device = device, .demo = true };
	fault_clear(&h->f);
	return login_check(h->s, h->k, h->a, &q, r, &h->f);
}

/* S4: who fails at all 247 mediators' names, from wherever, keeps none of them out who comes with a device she is known on. */
BOTH(an_attacker_cannot_lock_the_mediators_out)
{
	enum { MEDIATORS = 247, TRIES = 20 };
	char hash[PASSWORD_HASH_MAX];
	struct login_found r;
	struct str device[3];
	static const int mine[3] = { 1, 100, MEDIATORS };
	NEED_OK(password_hash(STR("four trees by the river"), PASSWORD_QUICK, hash, NULL));
	for (int i = 1; i <= MEDIATORS; i++)
		NEED_OK(W(h, (login_create(d, i, str_of(arena_printf(h->a, "mei%d", i)), f) == OK ? login_put_hash(d, i, hash, false, f) : ERR_DB)));
	for (int i = 0; i < 3; i++) {
		char *name = arena_printf(h->a, "mei%d", mine[i]);
		NEED_OK(from(h, name, "four trees by the river", "192.0.2.9", STR_NONE, &r));
		NEED_OK(device_mark(reader(h), h->k, h->a, mine[i], STR(""), &device[i], NULL));
	}
	/* Her office's own address is the attacker's too; and a thousand others, each in a network of its own. */
	for (int i = 1; i <= MEDIATORS; i++)
		for (int k = 0; k < TRIES; k++)
			CHECK_ERR(from(h, arena_printf(h->a, "mei%d", i), "guess", arena_printf(h->a, "10.%d.%d.7", i, k), STR_NONE, &r), ERR_AUTH);
	for (int k = 0; k < 25; k++)
		(void)!from(h, "mei1", "guess", "192.0.2.9", STR_NONE, &r);
	for (int i = 0; i < 3; i++) {
		char *name = arena_printf(h->a, "mei%d", mine[i]);
		CHECK_ERR(from(h, name, "four trees by the river", "203.0.113.5", STR_NONE, &r), ERR_RATE);   /* a stranger waits */
		CHECK_OK(from(h, name, "four trees by the river", "203.0.113.5", device[i], &r));             /* she does not */
		CHECK_OK(from(h, name, "four trees by the river", "192.0.2.9", device[i], &r));
	}
	/* And those without a device wait a quarter of an hour at most. */
	clock_fix(T0 + 15 * MS_MINUTE + 1);
	CHECK_OK(from(h, "mei50", "four trees by the river", "198.51.100.20", STR_NONE, &r));
}

BOTH(a_device_is_hers_alone)
{
	struct login_found r;
	struct str mine, both, other, forged;
	account(h, 1, "lihong", "four trees by the river");
	account(h, 2, "wangfang", "four trees by the river");
	NEED_OK(device_mark(reader(h), h->k, h->a, 1, STR(""), &mine, NULL));
	NEED_OK(device_mark(reader(h), h->k, h->a, 2, STR("junk~1.0.0.x.y"), &other, NULL));
	NEED_OK(device_mark(reader(h), h->k, h->a, 2, mine, &both, NULL));      /* two people at one machine */
	for (int k = 0; k < 20; k++)
		CHECK_ERR(from(h, "lihong", "guess", arena_printf(h->a, "10.0.%d.7", k), STR_NONE, &r), ERR_AUTH);
	CHECK_INT(r.failed, 20);
	CHECK_INT(r.tried, 1);
	forged = arena_str(h->a, mine);
	((char *)(uintptr_t)forged.p)[forged.n - 1] ^= 1;
	CHECK_ERR(from(h, "lihong", "four trees by the river", "x", forged, &r), ERR_RATE);
	CHECK_ERR(from(h, "lihong", "four trees by the river", "x", other, &r), ERR_RATE);
	CHECK_ERR(from(h, "lihong", "four trees by the river", "x", STR("1.0.20000"), &r), ERR_RATE);
	clock_fix(T0 + 10);
	/* She mistypes on her own machine: counted there. The rest of the world is not touched by it. */
	for (int k = 0; k < 5; k++)
		CHECK_ERR(from(h, "lihong", "guess", "x", both, &r), ERR_AUTH);
	CHECK_ERR(from(h, "lihong", "four trees by the river", "x", both, &r), ERR_RATE);
	clock_fix(T0 + 31 * MS_SECOND);
	CHECK_OK(from(h, "lihong", "four trees by the river", "x", both, &r));
	/* a new password, and a year, make it void */
	for (int k = 0; k < 20; k++)
		(void)!from(h, "lihong", "guess", arena_printf(h->a, "10.0.%d.7", k), STR_NONE, &r);
	NEED_OK(login_set_password(h->s, h->k, 1, STR("seven boats on a lake"), NULL));
	CHECK_ERR(from(h, "lihong", "seven boats on a lake", "y", both, &r), ERR_RATE);
	NEED_OK(W(h, login_unlock(d, 1, f)));
	CHECK_OK(from(h, "lihong", "seven boats on a lake", "y", both, &r));
}

BOTH(a_network_may_not_try_many_names)
{
	struct login_found r;
	account(h, 1, "lihong", "four trees by the river");
	for (int i = 0; i < 100; i++)
		CHECK_ERR(from(h, arena_printf(h->a, "name%d", i), "x", arena_printf(h->a, "198.51.100.%d", i), STR_NONE, &r), ERR_AUTH);
	CHECK_ERR(from(h, "lihong", "four trees by the river", "198.51.100.200", STR_NONE, &r), ERR_RATE);
	CHECK_OK(from(h, "lihong", "four trees by the river", "198.51.101.200", STR_NONE, &r));
	for (int i = 0; i < 20; i++)     /* one subscriber of IPv6 has as many addresses as she likes */
		CHECK_ERR(from(h, arena_printf(h->a, "six%d", i), "x", arena_printf(h->a, "2001:db8:1:2::%x", i), STR_NONE, &r), ERR_AUTH);
	CHECK_ERR(from(h, "lihong", "four trees by the river", "2001:db8:1:2::ffff", STR_NONE, &r), ERR_RATE);
	/* An office whose people come in every morning behind one address does not use its tries up. */
	clock_fix(T0 + MS_HOUR);
	for (int i = 0; i < 45; i++)
		CHECK_OK(from(h, "lihong", "four trees by the river", "192.0.2.1", STR_NONE, &r));
}

/* S47: a clock that jumped locks nobody out for ever, nor does a code that was used under it. */
BOTH(a_clock_that_jumped_locks_nobody_out)
{
	static const unsigned char seed[20] = "12345678901234567890";
	struct login_found r;
	char code[8];
	account(h, 1, "lihong", "four trees by the river");
	NEED_OK(W(h, login_totp_set(d, h->k, h->a, 1, seed, f)));
	clock_fix(T0 + 3650 * MS_DAY);
	snprintf(code, sizeof code, "%06u", totp_code(seed, now_ms()));
	CHECK_OK(try_code(h, "lihong", "four trees by the river", code, "192.0.2.1", &r));
	CHECK_INT(r.user, 1);
	for (int k = 0; k < 30; k++)
		(void)!from(h, "lihong", "guess", arena_printf(h->a, "10.0.%d.7", k), STR_NONE, &r);
	for (int k = 0; k < 25; k++)
		(void)!from(h, "nobody", "guess", "192.0.2.1", STR_NONE, &r);
	CHECK_ERR(try_code(h, "lihong", "four trees by the river", code, "203.0.113.1", &r), ERR_RATE);
	clock_fix(T0);
	snprintf(code, sizeof code, "%06u", totp_code(seed, now_ms()));
	CHECK_OK(try_code(h, "lihong", "four trees by the river", code, "203.0.113.1", &r));
	CHECK_INT(r.user, 1);
}

/* S4: a name that is not there, one that is, one without a password: the same statements, the same words, a hash of the same cost. */
BOTH(what_is_not_there_costs_the_same)
{
	static const char *const names[] = { "lihong", "nobody", "empty", "?" };
	struct login_found r;
	int64_t n[ARRAY_LEN(names)];
	const char *msg = NULL;
	char hash[PASSWORD_HASH_MAX];
	account(h, 1, "lihong", "four trees by the river");
	NEED_OK(W(h, login_create(d, 2, STR("empty"), f)));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int64_t before = 0, after = 0;
		CHECK_OK(W(h, (before = db_statements(d), OK)));
		CHECK_ERR(from(h, names[i], "guess", arena_printf(h->a, "10.%d.0.1", (int)i), STR_NONE, &r), ERR_AUTH);
		CHECK_OK(W(h, (after = db_statements(d), OK)));
		n[i] = after - before;
		CHECK(!msg || msg == h->f.msg);
		msg = h->f.msg;
	}
	if (!h->pg)     /* there each job may have a connection of its own */
		for (size_t i = 1; i < ARRAY_LEN(names); i++)
			CHECK_INT(n[i], n[0]);
	struct password_cost cost;
	NEED_OK(setting(h, "password.passes", "4"));
	NEED_OK(login_cost(reader(h), &cost, NULL));
	password_nobody(cost, hash);
	CHECK(!password_outdated(hash, cost) && cost.passes == 4 && !password_verify(hash, STR("")));
}

/* ---- second factor: setting up, paper codes, the page between ---- */

BOTH(a_second_factor_is_set_up)
{
	unsigned char seed[20], again[20];
	char code[8], codes[RECOVERY_CODES][RECOVERY_TEXT], cookie[TOKEN_TEXT], csrf[TOKEN_TEXT];
	struct login_found r;
	struct session s;
	struct account k;
	bool found, right;
	account(h, 1, "lihong", "four trees by the river");
	NEED_OK(W(h, session_open_as(d, &(struct session_new){ .user = 1, .face = "desk", .enrol = true, .agent = STR("Edge · Windows"), .remote = STR("10.1.2.3") }, cookie, csrf, f)));
	NEED_OK(session_find(reader(h), str_of(cookie), &s, NULL));
	CHECK(s.enrol && !s.factor && strcmp(s.agent, "Edge · Windows") == 0 && strcmp(s.remote, "10.1.2.3") == 0);
	CHECK_ERR(W(h, factor_confirm(d, h->k, h->a, 1, STR("000000"), codes, &right, f)), ERR_STATE);
	NEED_OK(factor_pending(reader(h), h->k, h->a, 1, seed, &found, NULL));
	CHECK(!found);
	NEED_OK(W(h, factor_begin(d, h->k, h->a, 1, f)));
	NEED_OK(factor_pending(reader(h), h->k, h->a, 1, seed, &found, NULL));
	CHECK(found);
	NEED_OK(W(h, factor_begin(d, h->k, h->a, 1, f)));       /* a second look shows the same picture */
	NEED_OK(factor_pending(reader(h), h->k, h->a, 1, again, &found, NULL));
	CHECK(found && memcmp(seed, again, 20) == 0);
	/* it counts for nothing yet */
	NEED_OK(try_code(h, "lihong", "four trees by the river", NULL, "a", &r));
	CHECK(r.user == 1 && !r.factor);
	snprintf(code, sizeof code, "%06u", (totp_code(seed, now_ms()) + 1) % 1000000);
	NEED_OK(W(h, factor_confirm(d, h->k, h->a, 1, str_of(code), codes, &right, f)));
	CHECK(!right);
	snprintf(code, sizeof code, "%06u", totp_code(seed, now_ms()));
	NEED_OK(W(h, factor_confirm(d, h->k, h->a, 1, str_of(code), codes, &right, f)));
	CHECK(right);
	NEED_OK(session_find(reader(h), str_of(cookie), &s, NULL));
	CHECK(!s.enrol && s.factor);
	/* the code that confirmed it is spent; the next opens */
	CHECK_ERR(try_code(h, "lihong", "four trees by the river", code, "a", &r), ERR_AUTH);
	clock_fix(T0 + 30 * MS_SECOND);
	snprintf(code, sizeof code, "%06u", totp_code(seed, now_ms()));
	NEED_OK(try_code(h, "lihong", "four trees by the river", code, "a", &r));
	CHECK(r.user == 1 && r.factor && !r.recovery);
	/* paper: each once, however it is typed, and nobody else's */
	NEED_OK(account_of(reader(h), h->a, 1, &k, NULL));
	CHECK(k.factor && k.recovery == RECOVERY_CODES);
	NEED_OK(try_code(h, "lihong", "four trees by the river", codes[3], "a", &r));
	CHECK(r.user == 1 && r.recovery);
	CHECK_ERR(try_code(h, "lihong", "four trees by the river", codes[3], "a", &r), ERR_AUTH);
	char typed[40];
	size_t n = 0;
	for (const char *p = codes[4]; *p; p++)
		if (*p != '-')
			typed[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p), typed[n++] = ' ';
	typed[n] = 0;
	NEED_OK(try_code(h, "lihong", "four trees by the river", typed, "a", &r));
	account(h, 2, "wangfang", "four trees by the river");
	NEED_OK(W(h, login_totp_set(d, h->k, h->a, 2, seed, f)));
	CHECK_ERR(try_code(h, "wangfang", "four trees by the river", codes[5], "a", &r), ERR_AUTH);
	int64_t plain = 0;
	NEED_OK(db_int(reader(h), NULL, "SELECT COUNT(*) FROM recovery WHERE uid = 1 AND used = 0", NOARGS, &plain, NULL));
	CHECK_INT(plain, RECOVERY_CODES - 2);
	/* new ones make the old void */
	char fresh[RECOVERY_CODES][RECOVERY_TEXT];
	NEED_OK(W(h, recovery_make(d, h->k, 1, fresh, f)));
	CHECK_ERR(try_code(h, "lihong", "four trees by the river", codes[6], "a", &r), ERR_AUTH);
	NEED_OK(try_code(h, "lihong", "four trees by the river", fresh[0], "a", &r));
	/* taken off: all that hung on it ends */
	NEED_OK(W(h, factor_drop(d, 1, f)));
	CHECK_ERR(session_find(reader(h), str_of(cookie), &s, NULL), ERR_AUTH);
	NEED_OK(try_code(h, "lihong", "four trees by the river", NULL, "b", &r));
	CHECK(r.user == 1 && !r.factor);
	CHECK(strcmp(codes[0], codes[1]) != 0);
}

/* The password was right, the code comes on the next page: for five minutes, for this account, with this password. */
BOTH(between_password_and_code)
{
	static const unsigned char seed[20] = "12345678901234567890";
	struct login_found r, end;
	char code[8];
	account(h, 1, "lihong", "four trees by the river");
	NEED_OK(W(h, login_totp_set(d, h->k, h->a, 1, seed, f)));
	NEED_OK(try_code(h, "lihong", "four trees by the river", NULL, "a", &r));
	CHECK(r.need_code && r.user == 0 && r.half.n);
	struct login_ask q = { .half = r.half, .code = STR("000000"), .remote = STR("a"), .demo = true };
	CHECK_ERR(login_check(h->s, h->k, h->a, &q, &end, NULL), ERR_AUTH);
	snprintf(code, sizeof code, "%06u", totp_code(seed, now_ms()));
	q.code = str_of(code);
	char *bent = arena_cstr(h->a, r.half);
	bent[0] = '2';
	q.half = str_of(bent);
	CHECK_ERR(login_check(h->s, h->k, h->a, &q, &end, NULL), ERR_AUTH);
	q.half = r.half;
	clock_fix(T0 + 5 * MS_MINUTE);
	CHECK_ERR(login_check(h->s, h->k, h->a, &q, &end, NULL), ERR_AUTH);
	clock_fix(T0 + 1);
	NEED_OK(login_check(h->s, h->k, h->a, &q, &end, NULL));
	CHECK(end.user == 1 && end.factor);
	clock_fix(T0 + 2);
	NEED_OK(login_set_password(h->s, h->k, 1, STR("seven boats on a lake"), NULL));
	q.code = STR("000001");
	CHECK_ERR(login_check(h->s, h->k, h->a, &q, &end, NULL), ERR_AUTH);
	/* guessing the six digits is held up like guessing passwords */
	NEED_OK(try_code(h, "lihong", "seven boats on a lake", NULL, "z", &r));
	q.half = r.half;
	q.remote = STR("z");
	int held = 0;
	for (int i = 0; i < 8; i++)
		held += login_check(h->s, h->k, h->a, &q, &end, NULL) == ERR_RATE;
	CHECK_INT(held, 4);
}

BOTH(time_to_set_it_up_ends)
{
	bool open;
	account(h, 1, "lihong", "four trees by the river");
	NEED_OK(W(h, factor_grace(d, 1, &open, f)));
	CHECK(open);
	clock_fix(T0 + 71 * MS_HOUR);
	NEED_OK(W(h, factor_grace(d, 1, &open, f)));
	CHECK(open);
	clock_fix(T0 + 73 * MS_HOUR);
	NEED_OK(W(h, factor_grace(d, 1, &open, f)));
	CHECK(!open);
	NEED_OK(W(h, factor_drop(d, 1, f)));       /* the security administrator gives new time */
	NEED_OK(W(h, factor_grace(d, 1, &open, f)));
	CHECK(open);
}

BOTH(the_password_once_more)
{
	bool right;
	account(h, 1, "lihong", "four trees by the river");
	NEED_OK(login_password_right(h->s, h->k, h->a, 1, STR("four trees by the river"), &right, NULL));
	CHECK(right);
	for (int i = 0; i < 5; i++) {
		NEED_OK(login_password_right(h->s, h->k, h->a, 1, STR("guess"), &right, NULL));
		CHECK(!right);
	}
	CHECK_ERR(login_password_right(h->s, h->k, h->a, 1, STR("four trees by the river"), &right, NULL), ERR_RATE);
	CHECK_OK(try(h, "lihong", "four trees by the river", "a"));      /* the door itself is not shut by it */
	clock_fix(T0 + 31 * MS_SECOND);
	NEED_OK(login_password_right(h->s, h->k, h->a, 1, STR("four trees by the river"), &right, NULL));
	CHECK(right);
	NEED_OK(login_password_right(h->s, h->k, h->a, 9, STR(""), &right, NULL));
	CHECK(!right);
}

BOTH(her_sessions_are_hers_to_end)
{
	char c[3][TOKEN_TEXT], x[TOKEN_TEXT], foreign[TOKEN_TEXT];
	struct session s;
	account(h, 1, "lihong", "four trees by the river");
	account(h, 2, "wangfang", "four trees by the river");
	for (int i = 0; i < 3; i++)
		NEED_OK(W(h, session_open(d, 1, "desk", c[i], x, f)));
	NEED_OK(W(h, session_open(d, 2, "desk", foreign, x, f)));
	NEED_OK(session_find(reader(h), str_of(foreign), &s, NULL));
	CHECK_ERR(W(h, session_close_one(d, 1, s.hash, f)), ERR_NOT_FOUND);     /* not another's */
	NEED_OK(session_find(reader(h), str_of(c[2]), &s, NULL));
	CHECK_OK(W(h, session_close_one(d, 1, s.hash, f)));
	CHECK_ERR(session_find(reader(h), str_of(c[2]), &s, NULL), ERR_AUTH);
	NEED_OK(session_find(reader(h), str_of(c[0]), &s, NULL));
	CHECK_OK(W(h, session_close_others(d, 1, s.hash, f)));
	CHECK_OK(session_find(reader(h), str_of(c[0]), &s, NULL));
	CHECK_ERR(session_find(reader(h), str_of(c[1]), &s, NULL), ERR_AUTH);
	CHECK_OK(session_find(reader(h), str_of(foreign), &s, NULL));
	/* a post that may open sealed entries rests for less */
	NEED_OK(W(h, session_open_as(d, &(struct session_new){ .user = 1, .face = "desk", .idle = 15 * MS_MINUTE, .max = 2 * MS_HOUR, .fresh = true }, c[1], x, f)));
	NEED_OK(session_find(reader(h), str_of(c[1]), &s, NULL));
	CHECK(s.step_up == steady_ms() && s.expires == T0 + 2 * MS_HOUR);
	clock_fix(T0 + 15 * MS_MINUTE);
	CHECK_ERR(session_find(reader(h), str_of(c[1]), &s, NULL), ERR_AUTH);
	CHECK_OK(session_find(reader(h), str_of(c[0]), &s, NULL));
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
	CHECK_ERR(setup_link_use(h->s, h->k, str_of(two), STR("short"), &user, NULL), ERR_INVALID);
	CHECK_OK(setup_link_use(h->s, h->k, str_of(two), STR("four trees by the river"), &user, NULL));
	CHECK_ERR(setup_link_use(h->s, h->k, str_of(two), STR("seven boats on a lake"), &user, NULL), ERR_AUTH);
	CHECK_OK(try(h, "lihong", "four trees by the river", "a"));
	NEED_OK(W(h, setup_link_make(d, 1, one, f)));
	clock_fix(T0 + SETUP_LINK_MS);
	CHECK_ERR(setup_link_use(h->s, h->k, str_of(one), STR("seven boats on a lake"), &user, NULL), ERR_AUTH);
}
