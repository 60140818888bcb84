/* Why: a password alone is stolen too easily to open what women tell (S3).
 * Invariants: a seed counts only after one of its codes was given, and is never kept but under seal; no code, of the app or of paper,
 * opens twice; whoever is helped out of a lost telephone is helped by another person, who says why. */
#include "people/login_inner.h"
#include <stdio.h>

#define PENDING_MS MS_HOUR

static struct place seed_place(int64_t user) { return PLACE("login", "totp", user, .cls = KC_SECRET); }
static struct place new_place(int64_t user) { return PLACE("factor_new", "seed", user, .cls = KC_SECRET); }

/* ---- setting up ---- */

enum err factor_pending(struct db *d, struct keyring *k, struct arena *a, int64_t user, unsigned char ret_seed[20], bool *ret_found, struct fault *f)
{
	struct str sealed, seed;
	int64_t now = now_ms();
	*ret_found = false;
	{
		bool more;
		ROWS r = NULL;
		TRY(db_rows(d, f, "SELECT seed FROM factor_new WHERE uid = ? AND made > ? AND made <= ?", ARGS(VI(user), VI(now - PENDING_MS), VI(now)), &r));
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		sealed = arena_str(a, rows_blob(r, 0));
	}
	TRY(unseal(k, a, new_place(user), sealed, &seed, f));
	if (seed.n != 20)
		return fail(f, ERR_DB, NULL, "factor_new: a seed of %zu bytes", seed.n);
	memcpy(ret_seed, seed.p, 20);
	*ret_found = true;
	return OK;
}

enum err factor_begin(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct fault *f)
{
	unsigned char seed[20];
	bool found;
	TRY(factor_pending(w, k, a, user, seed, &found, f));
	if (found)
		return OK;
	totp_seed(seed);
	struct str sealed = seal(k, a, new_place(user), (struct str){ (const char *)seed, 20 });
	return db_exec(w, f, "INSERT INTO factor_new (uid, seed, made) VALUES (?, ?, ?) ON CONFLICT (uid) DO UPDATE SET seed = excluded.seed, made = excluded.made",
		       ARGS(VI(user), VB(sealed.p, sealed.n), VI(now_ms())), NULL);
}

enum err login_totp_set(struct db *w, struct keyring *k, struct arena *a, int64_t user, const unsigned char *seed, struct fault *f)
{
	int64_t changed;
	struct val v = VN;
	if (seed) {
		struct str sealed = seal(k, a, seed_place(user), (struct str){ (const char *)seed, 20 });
		v = VB(sealed.p, sealed.n);
	}
	TRY(db_exec(w, f, "UPDATE login SET totp = ?, last_step = 0, factor_since = ?, factor_due = 0 WHERE uid = ?", ARGS(v, VI(seed ? now_ms() : 0), VI(user)), &changed));
	return changed ? OK : fail(f, ERR_NOT_FOUND, N_("This person has no log-in yet."), NULL);
}

enum err factor_confirm(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, char ret_codes[RECOVERY_CODES][RECOVERY_TEXT], bool *ret_right,
			struct fault *f)
{
	unsigned char seed[20];
	bool found;
	int64_t step;
	*ret_right = false;
	TRY(factor_pending(w, k, a, user, seed, &found, f));
	if (!found)
		return fail(f, ERR_STATE, N_("The picture is more than an hour old. Please begin again."), NULL);
	if (!totp_check(seed, code, now_ms(), 0, &step))
		return OK;
	TRY(login_totp_set(w, k, a, user, seed, f));
	/* This code is spent as well. */
	TRY(db_exec(w, f, "UPDATE login SET last_step = ? WHERE uid = ?", ARGS(VI(step), VI(user)), NULL));
	TRY(db_exec(w, f, "DELETE FROM factor_new WHERE uid = ?", ARGS(VI(user)), NULL));
	TRY(recovery_make(w, k, user, ret_codes, f));
	*ret_right = true;
	return session_enrolled(w, user, f);
}

enum err factor_drop(struct db *w, int64_t user, struct fault *f)
{
	TRY(db_exec(w, f, "UPDATE login SET totp = NULL, last_step = 0, factor_since = 0, factor_due = 0, devices = devices + 1 WHERE uid = ?", ARGS(VI(user)), NULL));
	TRY(db_exec(w, f, "DELETE FROM recovery WHERE uid = ?", ARGS(VI(user)), NULL));
	TRY(db_exec(w, f, "DELETE FROM factor_new WHERE uid = ?", ARGS(VI(user)), NULL));
	return session_close_all(w, user, f);
}

/* ---- recovery codes ---- */

static void recovery_mark(struct keyring *k, int64_t user, const char *code, unsigned char ret[16])
{
	char text[64];
	int n = snprintf(text, sizeof text, "%lld|%s", (long long)user, code);
	blind_index(k, "recovery", (struct str){ text, (size_t)n }, ret);
}

enum err recovery_make(struct db *w, struct keyring *k, int64_t user, char ret_codes[RECOVERY_CODES][RECOVERY_TEXT], struct fault *f)
{
	TRY(db_exec(w, f, "DELETE FROM recovery WHERE uid = ?", ARGS(VI(user)), NULL));
	for (int i = 0; i < RECOVERY_CODES; i++) {
		char plain[RECOVERY_TEXT];
		unsigned char mark[16];
		recovery_new(ret_codes[i]);
		must(recovery_normal(str_of(ret_codes[i]), plain));
		recovery_mark(k, user, plain, mark);
		TRY(db_exec(w, f, "INSERT INTO recovery (mark, uid, made, used) VALUES (?, ?, ?, 0)", ARGS(VB(mark, 16), VI(user), VI(now_ms())), NULL));
	}
	return OK;
}

static enum err recovery_spend(struct db *w, struct keyring *k, int64_t user, const char *plain, bool *ret_right, struct fault *f)
{
	unsigned char mark[16];
	int64_t changed;
	recovery_mark(k, user, plain, mark);
	TRY(db_exec(w, f, "UPDATE recovery SET used = ? WHERE mark = ? AND uid = ? AND used = 0", ARGS(VI(now_ms()), VB(mark, 16), VI(user)), &changed));
	*ret_right = changed == 1;
	return OK;
}

/* ---- using ---- */

/* Blanks between the digits are what people type. */
static struct str digits_of(struct str typed, char room[8])
{
	size_t n = 0;
	for (size_t i = 0; i < typed.n; i++) {
		if (typed.p[i] == ' ')
			continue;
		if (n == 6 || typed.p[i] < '0' || typed.p[i] > '9')
			return STR("");
		room[n++] = typed.p[i];
	}
	return (struct str){ room, n };
}

enum err factor_spend(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, bool *ret_right, bool *ret_recovery, struct fault *f)
{
	struct str sealed, seed;
	int64_t last, step, changed;
	char plain[RECOVERY_TEXT], room[8];
	*ret_right = *ret_recovery = false;
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
	if (recovery_normal(code, plain)) {
		TRY(recovery_spend(w, k, user, plain, ret_right, f));
		*ret_recovery = *ret_right;
		return OK;
	}
	TRY(unseal(k, a, seed_place(user), sealed, &seed, f));
	/* A step later than any code that is good now was spent while the clock was ahead: it must not bar her till then. */
	int64_t spent = last > now_ms() / TOTP_STEP_MS + 1 ? 0 : last;
	if (seed.n != 20 || !totp_check((const unsigned char *)seed.p, digits_of(code, room), now_ms(), spent, &step))
		return OK;
	/* Two at once with the same code: one of them finds the step gone. */
	TRY(db_exec(w, f, "UPDATE login SET last_step = ? WHERE uid = ? AND last_step = ?", ARGS(VI(step), VI(user), VI(last)), &changed));
	*ret_right = changed == 1;
	return OK;
}

enum err login_code_use(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, bool *ret_right, struct fault *f)
{
	struct count c;
	bool right, recovery;
	TRY(throttle_alone_begin(w, "code", user, &c, f));
	TRY(factor_spend(w, k, a, user, code, &right, &recovery, f));
	if (right)
		TRY(throttle_alone_forgive(w, &c, f));
	*ret_right = right;
	return OK;
}

/* ---- who must have one ---- */

enum err factor_roles(struct ctx *c, uint32_t *ret_mask)
{
	static const uint32_t all = R_STAFF | R(LEADER) | R(AUDITOR) | R(ADMIN) | R(SECADMIN);
	struct str v;
	TRY(setting_text(c, "factor.roles", &v));
	v = str_trim(v);
	*ret_mask = 0;
	if (str_is(v, "all") || (!v.n && !c->app->demo))
		*ret_mask = all;
	else if (v.n && !str_is(v, "none"))
		while (v.p)
			*ret_mask |= 1u << role_of(str_trim(str_cut(v, ',', &v))) & all;
	return OK;
}

enum err factor_grace(struct db *w, int64_t user, bool *ret_open, struct fault *f)
{
	int64_t hours, due = 0, now = now_ms();
	TRY(login_setting(w, "factor.grace_h", 72, 1, 24 * 60, &hours, f));
	TRY(db_int(w, f, "SELECT factor_due FROM login WHERE uid = ?", ARGS(VI(user)), &due, NULL));
	/* Begins now; or it was begun under a clock that was set ahead. */
	if (!due || due > now + hours * MS_HOUR) {
		due = now + hours * MS_HOUR;
		TRY(db_exec(w, f, "UPDATE login SET factor_due = ? WHERE uid = ?", ARGS(VI(due), VI(user)), NULL));
	}
	*ret_open = now < due;
	return OK;
}
