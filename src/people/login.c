/*
 * Why: the first door (S1–S5). Invariants: an attempt is counted in a committed transaction before Argon2id runs, so that
 * parallel guesses gain nothing; a name that is not there takes the same way as one that is; the writer never waits for a
 * hash.
 */
#include "people/login.h"
#include <stdio.h>

/* Of a password nobody has: verified for unknown names, at today's cost. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=3,p=1$sX1dNkHCdkLnjyjuzb8Biw$U7JVCkooZKglnWpT446s5eN6+DOkR0Drog7CBSHTPAo";

static const char wrong_text[] = N_("The log-in name or the password is wrong.");
static const char code_text[] = N_("The six-digit code is wrong or was used already. Wait for the next one.");
static const char wait_text[] = N_("Too many wrong attempts. Try again in %s min.");

/* Trimmed, ASCII lower-cased. False when it cannot be a log-in name. */
static bool name_normal(struct str in, char ret[164])
{
	in = str_trim(in);
	if (!in.n || in.n > 160 || !utf8_valid(in) || utf8_count(in) < 2 || utf8_count(in) > 40)
		return false;
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];
		if (c <= ' ' || c == 0x7F)
			return false;
		ret[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	ret[in.n] = 0;
	return true;
}

/* ---- back-off ---------------------------------------------------------------------------------------------------- */

struct count { unsigned char key[32]; int64_t failures, until, last, known; };

static void count_key(unsigned char ret[32], const char *kind, struct str x, struct str y)
{
	char text[512];
	int n = snprintf(text, sizeof text, "%s|%.*s|%.*s", kind, (int)(x.n < 200 ? x.n : 200), x.p ? x.p : "", (int)(y.n < 100 ? y.n : 100), y.p ? y.p : "");
	sha256((struct str){ text, (size_t)n }, ret);
}

/* Writes first: with several writers (PostgreSQL) that locks the row, or parallel guesses would count as one. All who need
 * several take them in the order pair, address, account. */
static enum err count_load(struct db *d, struct count *c, struct fault *f)
{
	bool more;
	ROWS r = NULL;
	TRY(db_exec(d, f, "INSERT INTO login_fail (key, failures, until, last, known) VALUES (?, 0, 0, 0, 0) ON CONFLICT (key) DO UPDATE SET known = login_fail.known",
		    ARGS(VB(c->key, 32)), NULL));
	TRY(db_rows(d, f, "SELECT failures, until, last, known FROM login_fail WHERE key = ?", ARGS(VB(c->key, 32)), &r));
	TRY(rows_next(r, &more));
	c->failures = more ? rows_int(r, 0) : 0;
	c->until = more ? rows_int(r, 1) : 0;
	c->last = more ? rows_int(r, 2) : 0;
	c->known = more ? rows_int(r, 3) : 0;
	return OK;
}

static enum err count_save(struct db *w, const struct count *c, struct fault *f)
{
	return db_exec(w, f,
		       "INSERT INTO login_fail (key, failures, until, last, known) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET failures = "
		       "excluded.failures, until = excluded.until, last = excluded.last, known = excluded.known",
		       ARGS(VB(c->key, 32), VI(c->failures), VI(c->until), VI(c->last), VI(c->known)), NULL);
}

#define WAIT_MAX (15 * MS_MINUTE)

/* One more failure; from the `free`th on a wait that starts at `first` and doubles to 15 minutes. A day of quiet forgets. */
static void count_add(struct count *c, int64_t now, int64_t free, int64_t first)
{
	if (now - c->last > MS_DAY)
		c->failures = 0;
	c->failures++;
	c->last = now;
	int64_t wait = 0;
	if (c->failures >= free) {
		int64_t doublings = c->failures - free;
		wait = doublings > 10 ? WAIT_MAX : first << doublings;
		wait = wait > WAIT_MAX ? WAIT_MAX : wait;
	}
	c->until = wait ? now + wait : 0;
}

/* 0: none. Longer than anybody is ever made to wait: the clock was ahead when it was set. */
static int64_t wait_left(const struct count *c, int64_t now) { return c->until > now && c->until - now <= WAIT_MAX ? c->until - now : 0; }

static enum err must_wait(struct fault *f, int64_t ms)
{
	enum err e = fail(f, ERR_RATE, wait_text, NULL);
	if (f)
		snprintf(f->arg, sizeof f->arg, "%lld", (long long)((ms + MS_MINUTE - 1) / MS_MINUTE));
	return e;
}

#define ADDRESS_MAX 20
#define ADDRESS_WINDOW (10 * MS_MINUTE)

struct attempt {
	const struct login_ask *q;
	struct keyring *k;
	struct arena *a;
	char name[164];
	struct count pair, address, account;
	/* what stood in the row */
	bool found;
	int64_t user;
	bool must_change, has_code;
	char hash[PASSWORD_HASH_MAX];
	/* for the end */
	char better[PASSWORD_HASH_MAX];
	bool code_right;
};

static enum err account_load(struct db *d, struct attempt *t, struct fault *f)
{
	bool more;
	ROWS r = NULL;
	TRY(db_rows(d, f, "SELECT uid, hash, must_change, totp FROM login WHERE name = ?", ARGS(VS(str_of(t->name))), &r));
	TRY(rows_next(r, &more));
	if (!more || !rows_text(r, 1).n)
		return OK;
	t->found = true;
	t->user = rows_int(r, 0);
	snprintf(t->hash, sizeof t->hash, "%.*s", (int)rows_text(r, 1).n, rows_text(r, 1).p);
	t->must_change = rows_int(r, 2) != 0;
	t->has_code = rows_type(r, 3) != V_NULL;
	return OK;
}

static enum err attempt_begin(struct db *w, void *arg, struct fault *f)
{
	struct attempt *t = arg;
	int64_t now = now_ms();
	TRY(count_load(w, &t->pair, f));
	TRY(count_load(w, &t->address, f));
	TRY(count_load(w, &t->account, f));
	if (wait_left(&t->pair, now))
		return must_wait(f, wait_left(&t->pair, now));
	if (wait_left(&t->account, now) && !t->pair.known)
		return must_wait(f, wait_left(&t->account, now));
	if (now - t->address.last > ADDRESS_WINDOW || t->address.last > now) {   /* of an address `last` is the window's start */
		t->address.failures = 0;
		t->address.last = now;
	}
	if (t->address.failures >= ADDRESS_MAX)
		return must_wait(f, t->address.last + ADDRESS_WINDOW - now);
	t->address.failures++;
	count_add(&t->pair, now, 5, 30 * MS_SECOND);
	count_add(&t->account, now, 20, MS_MINUTE);
	TRY(count_save(w, &t->pair, f));
	TRY(count_save(w, &t->address, f));
	TRY(count_save(w, &t->account, f));
	return account_load(w, t, f);
}

/* Is it her code and not spent? Marks the step spent. */
static enum err code_spend(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, bool *ret_right, struct fault *f)
{
	struct str sealed, seed;
	int64_t last, step;
	*ret_right = false;
	{
		bool more;
		ROWS r = NULL;
		TRY(db_rows(w, f, "SELECT totp, last_step FROM login WHERE uid = ?", ARGS(VI(user)), &r));
		TRY(rows_next(r, &more));
		if (!more || rows_type(r, 0) == V_NULL)
			return OK;
		sealed = arena_str(a, rows_blob(r, 0));
		last = rows_int(r, 1);
	}
	TRY(unseal(k, a, PLACE("login", "totp", user, .cls = KC_SECRET), sealed, &seed, f));
	/* A step later than any code that is good now was spent while the clock was ahead: it must not bar her till then. */
	int64_t spent = last > now_ms() / TOTP_STEP_MS + 1 ? 0 : last;
	if (seed.n != 20 || !totp_check((const unsigned char *)seed.p, code, now_ms(), spent, &step))
		return OK;
	int64_t changed;
	TRY(db_exec(w, f, "UPDATE login SET last_step = ? WHERE uid = ? AND last_step = ?", ARGS(VI(step), VI(user), VI(last)), &changed));
	*ret_right = changed == 1;
	return OK;
}

static enum err attempt_end(struct db *w, void *arg, struct fault *f)
{
	struct attempt *t = arg;
	int64_t now = now_ms(), changed;
	t->code_right = !t->has_code;
	if (t->has_code)
		TRY(code_spend(w, t->k, t->a, t->user, t->q->code, &t->code_right, f));
	if (!t->code_right)
		return OK;   /* the counts stand */
	/* the password may have been changed, or the account closed, while the hash was computed */
	TRY(db_exec(w, f, "UPDATE login SET last_ok = ?, hash = ? WHERE uid = ? AND hash = ?",
		    ARGS(VI(now), VS(str_of(t->better[0] ? t->better : t->hash)), VI(t->user), VS(str_of(t->hash))), &changed));
	if (!changed)
		return fail(f, ERR_AUTH, wrong_text, NULL);
	t->pair.failures = t->pair.until = 0;
	t->pair.known = 1;
	TRY(count_save(w, &t->pair, f));
	TRY(count_load(w, &t->address, f));
	t->address.failures -= t->has_code ? 2 : 1;   /* its own attempts only: others' guesses from there stay counted */
	if (t->address.failures < 0)
		t->address.failures = 0;
	TRY(count_save(w, &t->address, f));
	t->account.failures = t->account.until = 0;
	return count_save(w, &t->account, f);
}

enum err login_check(struct store *s, struct keyring *k, struct arena *a, const struct login_ask *q, struct login_found *ret, struct fault *f)
{
	struct attempt t = { .q = q, .k = k, .a = a };
	bool possible = name_normal(q->name, t.name);
	if (!possible)
		snprintf(t.name, sizeof t.name, "?");   /* counted like any wrong one */
	count_key(t.pair.key, "pair", str_of(t.name), q->remote);
	count_key(t.address.key, "address", q->remote, STR(""));
	count_key(t.account.key, "account", str_of(t.name), STR(""));
	TRY(store_write(s, attempt_begin, &t, f));
	bool right = password_verify(t.found ? t.hash : nobody, q->password);
	if (!t.found || !possible || !right)
		return fail(f, ERR_AUTH, wrong_text, NULL);
	if (t.has_code && !q->code.n) {
		*ret = (struct login_found){ .need_code = true };
		return OK;
	}
	if (password_outdated(t.hash) && !q->keep_quick)
		TRY(password_hash(q->password, false, t.better, f));
	TRY(store_write(s, attempt_end, &t, f));
	if (!t.code_right)
		return fail(f, ERR_AUTH, code_text, NULL);
	*ret = (struct login_found){ .user = t.user, .must_change = t.must_change };
	return OK;
}

enum err login_code_use(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, bool *ret_right, struct fault *f)
{
	struct count c;
	char who[32];
	int64_t now = now_ms();
	snprintf(who, sizeof who, "%lld", (long long)user);
	count_key(c.key, "code", str_of(who), STR(""));
	TRY(count_load(w, &c, f));
	if (wait_left(&c, now))
		return must_wait(f, wait_left(&c, now));
	bool right;
	TRY(code_spend(w, k, a, user, code, &right, f));
	if (right)
		c.failures = c.until = 0;
	else
		count_add(&c, now, 5, 30 * MS_SECOND);
	TRY(count_save(w, &c, f));
	*ret_right = right;
	return OK;
}

/* ---- accounts ------------------------------------------------------------------------------------------------------ */

enum err login_create(struct db *w, int64_t user, struct str name, struct fault *f)
{
	char n[164];
	if (user == 0 || !name_normal(name, n)) {
		if (f)
			fault_field(f, "login", N_("A log-in name has 2 to 40 characters without blanks."), NULL);
		return ERR_INVALID;
	}
	enum err e = db_exec(w, f, "INSERT INTO login (uid, name, hash, must_change, totp, last_step, changed, last_ok) VALUES (?, ?, '', 0, NULL, 0, ?, 0)",
			     ARGS(VI(user), VS(str_of(n)), VI(now_ms())), NULL);
	return e == ERR_DUPLICATE ? fail(f, ERR_DUPLICATE, N_("This log-in name is taken."), NULL) : e;
}

enum err login_put_hash(struct db *w, int64_t user, const char *hash, bool must_change, struct fault *f)
{
	int64_t changed;
	TRY(db_exec(w, f, "UPDATE login SET hash = ?, must_change = ?, changed = ? WHERE uid = ?",
		    ARGS(VS(str_of(hash)), VI(must_change), VI(now_ms()), VI(user)), &changed));
	if (!changed)
		return fail(f, ERR_NOT_FOUND, N_("This person has no log-in yet."), NULL);
	TRY(db_exec(w, f, "DELETE FROM setup_link WHERE uid = ? AND used = 0", ARGS(VI(user)), NULL));
	return session_close_all(w, user, f);
}

struct new_password { int64_t user; char hash[PASSWORD_HASH_MAX]; unsigned char link[32]; bool by_link; };

static enum err put_new(struct db *w, void *arg, struct fault *f)
{
	struct new_password *n = arg;
	if (n->by_link) {
		int64_t changed;
		TRY(db_exec(w, f, "UPDATE setup_link SET used = ? WHERE hash = ? AND used = 0 AND expires > ?",
			    ARGS(VI(now_ms()), VB(n->link, 32), VI(now_ms())), &changed));
		if (!changed)
			return fail(f, ERR_AUTH, N_("This link was used already or is too old. Ask the administrator for a new one."), NULL);
	}
	return login_put_hash(w, n->user, n->hash, false, f);
}

/* Slow: weak? the same as before? then hashed into n. */
static enum err prepare(struct store *s, struct new_password *n, struct str password, struct fault *f)
{
	struct db *d;
	char name[164] = "", old[PASSWORD_HASH_MAX] = "";
	TRY(store_reader(s, &d, f));
	{
		bool more;
		ROWS r = NULL;
		TRY(db_rows(d, f, "SELECT name, hash FROM login WHERE uid = ?", ARGS(VI(n->user)), &r));
		TRY(rows_next(r, &more));
		if (!more)
			return fail(f, ERR_NOT_FOUND, N_("This person has no log-in yet."), NULL);
		snprintf(name, sizeof name, "%.*s", (int)rows_text(r, 0).n, rows_text(r, 0).p);
		snprintf(old, sizeof old, "%.*s", (int)rows_text(r, 1).n, rows_text(r, 1).p);
	}
	const char *why = password_weak(password, str_of(name));
	if (!why && old[0] && password_verify(old, password))
		why = N_("This is the password you have now. Choose another.");
	if (why) {
		if (f)
			fault_field(f, "password", why, NULL);
		return ERR_INVALID;
	}
	return password_hash(password, false, n->hash, f);
}

enum err login_set_password(struct store *s, int64_t user, struct str password, struct fault *f)
{
	struct new_password n = { .user = user };
	TRY(prepare(s, &n, password, f));
	return store_write(s, put_new, &n, f);
}

enum err setup_link_use(struct store *s, struct str text, struct str password, int64_t *ret_user, struct fault *f)
{
	struct new_password n = { .by_link = true };
	struct db *d;
	TRY(store_reader(s, &d, f));
	TRY(setup_link_peek(d, text, &n.user, f));
	token_hash(text, n.link);
	TRY(prepare(s, &n, password, f));
	TRY(store_write(s, put_new, &n, f));
	*ret_user = n.user;
	return OK;
}

enum err login_disable(struct db *w, int64_t user, struct fault *f)
{
	int64_t now = now_ms();
	TRY(db_exec(w, f, "UPDATE login SET hash = '', totp = NULL, changed = ? WHERE uid = ?", ARGS(VI(now), VI(user)), NULL));
	TRY(db_exec(w, f, "UPDATE token SET revoked = ? WHERE uid = ? AND revoked = 0", ARGS(VI(now), VI(user)), NULL));
	TRY(db_exec(w, f, "DELETE FROM setup_link WHERE uid = ? AND used = 0", ARGS(VI(user)), NULL));
	return session_close_all(w, user, f);
}

enum err login_name(struct db *d, struct arena *a, int64_t user, struct str *ret, bool *ret_ready, struct fault *f)
{
	bool more;
	ROWS r = NULL;
	TRY(db_rows(d, f, "SELECT name, hash FROM login WHERE uid = ?", ARGS(VI(user)), &r));
	TRY(rows_next(r, &more));
	*ret = more ? arena_str(a, rows_text(r, 0)) : STR_NONE;
	if (ret_ready)
		*ret_ready = more && rows_text(r, 1).n > 0;
	return OK;
}

enum err login_totp_set(struct db *w, struct keyring *k, struct arena *a, int64_t user, const unsigned char *seed, struct fault *f)
{
	int64_t changed;
	struct val v = VN;
	if (seed) {
		struct str sealed = seal(k, a, PLACE("login", "totp", user, .cls = KC_SECRET), (struct str){ (const char *)seed, 20 });
		v = VB(sealed.p, sealed.n);
	}
	TRY(db_exec(w, f, "UPDATE login SET totp = ?, last_step = 0 WHERE uid = ?", ARGS(v, VI(user)), &changed));
	return changed ? OK : fail(f, ERR_NOT_FOUND, N_("This person has no log-in yet."), NULL);
}
