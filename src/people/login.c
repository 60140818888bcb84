/*
 * Why: the first door (S1–S5). Invariants: an attempt is counted in a committed transaction before Argon2id runs, so that
 * parallel guesses gain nothing; a name that is not there takes the same way as one that is; the writer never waits for a
 * hash; a hash is kept under seal, so that who has the database alone cannot even begin to guess.
 */
#include "people/login_inner.h"
#include <stdio.h>

static const char wrong_text[] = N_("The log-in name or the password is wrong.");
static const char code_text[] = N_("The code is wrong or was used already. Wait for the next one.");
static const char none_text[] = N_("This person has no log-in yet.");

#define SEALED "sealed"     /* in login.hash: the hash stands in login.sealed */
#define PAST 5

bool name_normal(struct str in, char ret[164])
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

enum err login_setting(struct db *d, const char *name, int64_t usual, int64_t lo, int64_t hi, int64_t *ret, struct fault *f)
{
	struct ctx c = { .db = d, .f = f };
	return setting_count(&c, name, usual, lo, hi, ret);
}

enum err login_cost(struct db *d, struct password_cost *ret, struct fault *f)
{
	int64_t kib, passes;
	/* From what OWASP calls the floor for two passes up to what still answers within seconds. */
	TRY(login_setting(d, "password.kib", PASSWORD_USUAL.kib, 19456, 1 << 20, &kib, f));
	TRY(login_setting(d, "password.passes", PASSWORD_USUAL.passes, 2, 20, &passes, f));
	*ret = (struct password_cost){ (unsigned)kib, (unsigned)passes };
	return OK;
}

/* ---- what stands in a row ---- */

struct kept {
	bool found;              /* there is a hash */
	int64_t user, changed, last_ok, devices;
	bool must_change, factor;
	char hash[PASSWORD_HASH_MAX];
	struct str name;
	struct str sealed;       /* absent: it stood there in the clear */
};

static enum err kept_load(struct db *d, struct keyring *k, struct arena *a, const char *where, struct val v, struct kept *ret, struct fault *f)
{
	bool more;
	ROWS r = NULL;
	*ret = (struct kept){ 0 };
	TRY(db_rows(d, f, arena_printf(a, "SELECT uid, hash, sealed, must_change, totp, changed, last_ok, devices, name FROM login WHERE %s", where), ARGS(v), &r));
	TRY(rows_next(r, &more));
	if (!more || !rows_text(r, 1).n)
		return OK;
	*ret = (struct kept){ .found = true, .user = rows_int(r, 0), .must_change = rows_int(r, 3) != 0, .factor = rows_type(r, 4) != V_NULL,
			      .name = arena_str(a, rows_text(r, 8)), .changed = rows_int(r, 5), .last_ok = rows_int(r, 6), .devices = rows_int(r, 7),
			      .sealed = rows_type(r, 2) == V_NULL ? STR_NONE : arena_str(a, rows_blob(r, 2)) };
	struct str hash = rows_text(r, 1);
	if (ret->sealed.p)
		TRY(unseal(k, a, PLACE("login", "sealed", ret->user, .cls = KC_SECRET), ret->sealed, &hash, f));
	snprintf(ret->hash, sizeof ret->hash, "%.*s", (int)hash.n, hash.p ? hash.p : "");
	return OK;
}

/* ---- the door ---- */

struct attempt {
	const struct login_ask *q;
	struct keyring *k;
	struct arena *a;
	char name[164];
	struct throttle t;
	struct kept r;
	struct password_cost cost;
	bool ages, sleeps;
	int64_t half_user, half_changed;    /* she gave the password minutes ago */
	char better[PASSWORD_HASH_MAX];
	bool code_right, recovery;
};

/* ---- between password and code ---- */

#define HALF_MS (5 * MS_MINUTE)

static void half_sign(struct keyring *k, int64_t user, int64_t changed, int64_t until, char ret[33])
{
	char text[96];
	unsigned char mac[16];
	int n = snprintf(text, sizeof text, "%lld|%lld|%lld", (long long)user, (long long)changed, (long long)until);
	blind_index(k, "half", (struct str){ text, (size_t)n }, mac);
	for (int i = 0; i < 16; i++)
		snprintf(ret + 2 * i, 3, "%02x", mac[i]);
}

static struct str half_put(struct attempt *t)
{
	char mac[33];
	int64_t until = steady_ms() + HALF_MS;
	half_sign(t->k, t->r.user, t->r.changed, until, mac);
	return arena_fmt(t->a, "%lld.%lld.%lld.%s", (long long)t->r.user, (long long)t->r.changed, (long long)until, mac);
}

static bool half_read(struct attempt *t)
{
	char want[33];
	int64_t user, changed, until, now = steady_ms();
	struct str rest = t->q->half;
	if (!str_int(str_cut(rest, '.', &rest), &user) || !str_int(str_cut(rest, '.', &rest), &changed) || !str_int(str_cut(rest, '.', &rest), &until))
		return false;
	half_sign(t->k, user, changed, until, want);
	if (!secret_eq(rest, (struct str){ want, 32 }) || until <= now || until > now + HALF_MS)
		return false;
	t->half_user = user;
	t->half_changed = changed;
	return true;
}

static enum err attempt_begin(struct db *w, void *arg, struct fault *f)
{
	struct attempt *t = arg;
	int64_t days, idle, now = now_ms();
	if (t->half_user)
		TRY(kept_load(w, t->k, t->a, "uid = ?", VI(t->half_user), &t->r, f));
	else
		TRY(kept_load(w, t->k, t->a, "name = ?", VS(str_of(t->name)), &t->r, f));
	if (t->r.found)
		snprintf(t->name, sizeof t->name, "%.*s", (int)t->r.name.n, t->r.name.p);
	TRY(login_cost(w, &t->cost, f));
	TRY(login_setting(w, "password.days", 180, 0, 3650, &days, f));
	TRY(login_setting(w, "account.idle_days", 60, 0, 3650, &idle, f));
	t->t = (struct throttle){ .name = str_of(t->name), .remote = t->q->remote, .user = t->r.user };
	if (t->r.found)
		device_known(t->k, t->q->device, t->r.user, t->r.devices, t->t.device);
	/* GB/T 22239-2019 8.1.4.1 a asks for a change from time to time; S7: nobody's unused account lies open. */
	int64_t used = t->r.last_ok > t->r.changed ? t->r.last_ok : t->r.changed;
	t->ages = days && !t->q->demo && now - t->r.changed > days * MS_DAY;
	t->sleeps = idle && !t->q->demo && now - used > idle * MS_DAY;
	return throttle_begin(w, &t->t, f);
}

/* The hash at this cost, under seal, in place of the one that was looked at; if that is still there. */
static enum err attempt_renew(struct db *w, void *arg, struct fault *f)
{
	struct attempt *t = arg;
	struct str sealed = seal(t->k, t->a, PLACE("login", "sealed", t->r.user, .cls = KC_SECRET), str_of(t->better));
	return db_exec(w, f, "UPDATE login SET hash = ?, sealed = ? WHERE uid = ? AND hash = ? AND changed = ?",
		       ARGS(VS(str_of(SEALED)), VB(sealed.p, sealed.n), VI(t->r.user), VS(str_of(t->r.sealed.p ? SEALED : t->r.hash)), VI(t->r.changed)), NULL);
}

/* The password was right, the code is to come. */
static enum err attempt_half(struct db *w, void *arg, struct fault *f)
{
	struct attempt *t = arg;
	return throttle_refund(w, &t->t, f);
}

static enum err attempt_end(struct db *w, void *arg, struct fault *f)
{
	struct attempt *t = arg;
	int64_t changed;
	t->code_right = !t->r.factor;
	if (t->r.factor)
		TRY(factor_spend(w, t->k, t->a, t->r.user, t->q->code, &t->code_right, &t->recovery, f));
	if (!t->code_right)
		return OK;   /* the counts stand */
	/* the password may have been changed, or the account closed, while the hash was computed */
	TRY(db_exec(w, f, "UPDATE login SET last_ok = ?, must_change = ? WHERE uid = ? AND hash <> '' AND changed = ?",
		    ARGS(VI(now_ms()), VI(t->r.must_change || t->ages), VI(t->r.user), VI(t->r.changed)), &changed));
	if (!changed)
		return fail(f, ERR_AUTH, wrong_text, NULL);
	return throttle_forgive(w, &t->t, f);
}

static bool password_fits(const struct attempt *t)
{
	char nobody[PASSWORD_HASH_MAX];
	password_nobody(t->cost, nobody);
	bool right = password_verify(t->r.found ? t->r.hash : nobody, t->q->password);
	return t->r.found && right;
}

static enum err check(struct store *s, struct attempt *t, struct login_found *ret, struct fault *f)
{
	bool possible = true;
	if (t->q->half.n && !half_read(t))
		return fail(f, ERR_AUTH, N_("That took too long. Please enter name and password again."), NULL);
	if (!t->half_user && !(possible = name_normal(t->q->name, t->name)))
		snprintf(t->name, sizeof t->name, "?");   /* counted like any wrong one */
	enum err e = store_write(s, attempt_begin, t, f);
	ret->tried = t->r.user;
	ret->failed = t->t.failed;
	TRY(e);
	bool right = t->half_user ? t->r.found && t->r.changed == t->half_changed : password_fits(t);
	if (!right || !possible)
		return fail(f, ERR_AUTH, wrong_text, NULL);
	/* Told to who knows the password alone. */
	if (t->sleeps)
		return fail(f, ERR_AUTH, N_("This account was not used for so long that it fell asleep. The administrator can give you a new link."), NULL);
	if (!t->half_user && !t->q->demo && (!t->r.sealed.p || password_outdated(t->r.hash, t->cost))) {
		TRY(password_hash(t->q->password, t->cost, t->better, f));
		TRY(store_write(s, attempt_renew, t, f));
	}
	if (t->r.factor && !t->q->code.n) {
		TRY(store_write(s, attempt_half, t, f));
		ret->need_code = true;
		ret->half = half_put(t);
		return OK;
	}
	TRY(store_write(s, attempt_end, t, f));
	if (!t->code_right)
		return fail(f, ERR_AUTH, code_text, NULL);
	*ret = (struct login_found){ .user = t->r.user, .must_change = t->r.must_change || t->ages, .factor = t->r.factor, .recovery = t->recovery, .tried = t->r.user, .failed = t->t.failed - 1 };
	return OK;
}

enum err login_check(struct store *s, struct keyring *k, struct arena *a, const struct login_ask *q, struct login_found *ret, struct fault *f)
{
	struct attempt t = { .q = q, .k = k, .a = a };
	*ret = (struct login_found){ 0 };
	return check(s, &t, ret, f);
}

/* ---- the password once more ---- */

struct again { int64_t user; struct keyring *k; struct arena *a; struct kept r; struct count c; };

static enum err again_begin(struct db *w, void *arg, struct fault *f)
{
	struct again *g = arg;
	TRY(kept_load(w, g->k, g->a, "uid = ?", VI(g->user), &g->r, f));
	return throttle_alone_begin(w, "again", g->user, &g->c, f);
}

static enum err again_right(struct db *w, void *arg, struct fault *f)
{
	struct again *g = arg;
	return throttle_alone_forgive(w, &g->c, f);
}

enum err login_password_right(struct store *s, struct keyring *k, struct arena *a, int64_t user, struct str password, bool *ret_right, struct fault *f)
{
	struct again g = { .user = user, .k = k, .a = a };
	TRY(store_write(s, again_begin, &g, f));
	bool right = g.r.found && password_verify(g.r.hash, password);
	if (right)
		TRY(store_write(s, again_right, &g, f));
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

/* The seventh and older go. */
static enum err past_keep(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str hash, struct fault *f)
{
	int64_t id = id_new(now_ms());
	struct str sealed = seal(k, a, PLACE("login_past", "hash", id, .cls = KC_SECRET), hash);
	TRY(db_exec(w, f, "INSERT INTO login_past (id, uid, ms, hash) VALUES (?, ?, ?, ?)", ARGS(VI(id), VI(user), VI(now_ms()), VB(sealed.p, sealed.n)), NULL));
	return db_exec(w, f, "DELETE FROM login_past WHERE uid = ? AND id NOT IN (SELECT x.id FROM (SELECT id FROM login_past WHERE uid = ? ORDER BY id DESC LIMIT ?) x)",
		       ARGS(VI(user), VI(user), VI(PAST)), NULL);
}

/* What a password opened ends with it. */
static enum err put(struct db *w, int64_t user, struct str hash, struct val sealed, bool must_change, struct fault *f)
{
	int64_t changed;
	TRY(db_exec(w, f, "UPDATE login SET hash = ?, sealed = ?, must_change = ?, changed = ?, devices = devices + 1 WHERE uid = ?",
		    ARGS(VS(hash), sealed, VI(must_change), VI(now_ms()), VI(user)), &changed));
	if (!changed)
		return fail(f, ERR_NOT_FOUND, none_text, NULL);
	TRY(db_exec(w, f, "DELETE FROM setup_link WHERE uid = ? AND used = 0", ARGS(VI(user)), NULL));
	return session_close_all(w, user, f);
}

enum err login_put_hash(struct db *w, int64_t user, const char *hash, bool must_change, struct fault *f)
{
	return put(w, user, str_of(hash), VN, must_change, f);
}

struct new_password {
	struct keyring *k;
	struct arena *a;
	int64_t user;
	char old[PASSWORD_HASH_MAX], hash[PASSWORD_HASH_MAX];
	unsigned char link[32];
	bool by_link;
};

static enum err put_new(struct db *w, void *arg, struct fault *f)
{
	struct new_password *n = arg;
	if (n->by_link) {
		int64_t changed;
		TRY(db_exec(w, f, "UPDATE setup_link SET used = ? WHERE hash = ? AND used = 0 AND expires > ?",
			    ARGS(VI(now_ms()), VB(n->link, 32), VI(now_ms())), &changed));
		if (!changed)
			return fail(f, ERR_AUTH, N_("This link was used already or is too old. Ask the administrator for a new one."), NULL);
		TRY(login_unlock(w, n->user, f));
	}
	if (n->old[0])
		TRY(past_keep(w, n->k, n->a, n->user, str_of(n->old), f));
	struct str sealed = seal(n->k, n->a, PLACE("login", "sealed", n->user, .cls = KC_SECRET), str_of(n->hash));
	TRY(put(w, n->user, str_of(SEALED), VB(sealed.p, sealed.n), false, f));
	/* Who used the link is in by it. */
	return n->by_link ? db_exec(w, f, "UPDATE login SET last_ok = ? WHERE uid = ?", ARGS(VI(now_ms()), VI(n->user)), NULL) : OK;
}

/* Is it one of her last? */
static enum err was_hers(struct db *d, struct new_password *n, struct str password, bool *ret, struct fault *f)
{
	struct { int64_t id; struct str sealed; } v[PAST];
	size_t many = 0;
	{
		ROWS r = NULL;
		TRY(db_rows(d, f, "SELECT id, hash FROM login_past WHERE uid = ? ORDER BY id DESC LIMIT ?", ARGS(VI(n->user), VI(PAST)), &r));
		for (bool more; many < PAST; many++) {
			TRY(rows_next(r, &more));
			if (!more)
				break;
			v[many].id = rows_int(r, 0);
			v[many].sealed = arena_str(n->a, rows_blob(r, 1));
		}
	}
	*ret = false;
	for (size_t i = 0; i < many && !*ret; i++) {
		struct str hash;
		TRY(unseal(n->k, n->a, PLACE("login_past", "hash", v[i].id, .cls = KC_SECRET), v[i].sealed, &hash, f));
		*ret = password_verify(arena_cstr(n->a, hash), password);
	}
	return OK;
}

/* Slow: weak? had she it before? then hashed into n. */
static enum err prepare(struct store *s, struct new_password *n, struct str password, struct fault *f)
{
	struct db *d;
	struct kept r;
	struct str name;
	struct password_cost cost;
	bool past = false;
	TRY(store_reader(s, &d, f));
	TRY(login_name(d, n->a, n->user, &name, NULL, f));
	if (!name.p)
		return fail(f, ERR_NOT_FOUND, none_text, NULL);
	TRY(kept_load(d, n->k, n->a, "uid = ?", VI(n->user), &r, f));
	TRY(login_cost(d, &cost, f));
	const char *why = password_weak(password, name);
	if (!why && r.found && password_verify(r.hash, password))
		why = N_("This is the password you have now. Choose another.");
	if (!why)
		TRY(was_hers(d, n, password, &past, f));
	if (past)
		why = N_("This is one of your last passwords. Choose another.");
	if (why) {
		if (f)
			fault_field(f, "password", why, NULL);
		return ERR_INVALID;
	}
	if (r.found)
		memcpy(n->old, r.hash, sizeof n->old);
	return password_hash(password, cost, n->hash, f);
}

enum err login_set_password(struct store *s, struct keyring *k, int64_t user, struct str password, struct fault *f)
{
	ARENA a = arena_new(0);
	struct new_password n = { .k = k, .a = a, .user = user };
	TRY(prepare(s, &n, password, f));
	return store_write(s, put_new, &n, f);
}

enum err setup_link_use(struct store *s, struct keyring *k, struct str text, struct str password, int64_t *ret_user, struct fault *f)
{
	ARENA a = arena_new(0);
	struct new_password n = { .k = k, .a = a, .by_link = true };
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
	TRY(db_exec(w, f, "UPDATE login SET hash = '', sealed = NULL, changed = ? WHERE uid = ?", ARGS(VI(now), VI(user)), NULL));
	TRY(db_exec(w, f, "UPDATE token SET revoked = ? WHERE uid = ? AND revoked = 0", ARGS(VI(now), VI(user)), NULL));
	TRY(db_exec(w, f, "DELETE FROM setup_link WHERE uid = ? AND used = 0", ARGS(VI(user)), NULL));
	return factor_drop(w, user, f);
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

enum err account_of(struct db *d, struct arena *a, int64_t user, struct account *ret, struct fault *f)
{
	int64_t idle, now = now_ms();
	*ret = (struct account){ 0 };
	{
		bool more;
		ROWS r = NULL;
		TRY(db_rows(d, f,
			    "SELECT name, hash, totp, changed, last_ok, factor_since, (SELECT CAST(COUNT(*) AS INTEGER) FROM recovery v WHERE v.uid = l.uid AND v.used = 0), "
			    "(SELECT CAST(COUNT(*) AS INTEGER) FROM setup_link k WHERE k.uid = l.uid AND k.used = 0 AND k.expires > ?) FROM login l WHERE uid = ?",
			    ARGS(VI(now), VI(user)), &r));
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		*ret = (struct account){ .name = arena_str(a, rows_text(r, 0)), .ready = rows_text(r, 1).n > 0, .factor = rows_type(r, 2) != V_NULL, .changed = rows_int(r, 3),
					 .last_ok = rows_int(r, 4), .factor_since = rows_int(r, 5), .recovery = rows_int(r, 6), .links = rows_int(r, 7) };
	}
	TRY(login_setting(d, "account.idle_days", 60, 0, 3650, &idle, f));
	int64_t used = ret->last_ok > ret->changed ? ret->last_ok : ret->changed;
	ret->asleep = ret->ready && idle && now - used > idle * MS_DAY;
	return login_waits(d, user, &ret->failures, &ret->until, f);
}
