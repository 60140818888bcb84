/*
 * Logging in: passwords, one-time codes, sessions, API tokens, set-up links (S1–S7, S38 of the safety plan).
 *
 * Owns the tables login, login_fail, session, token and setup_link. On base/, store/ and safe/ only, but for session_actor(): it knows
 * a user by the id of its staff record and nothing of posts and rights. Tests: tests/people/login.c.
 *
 * Threads: what takes a struct store is slow by intent (Argon2id, ≈0.1 s): for the slow workers, never a web thread, never
 * inside a writer's job. What takes a struct db is quick; "writer" says that it must run inside a job.
 * Times are ms UTC; every function asks now_ms().
 */
#ifndef XA_LOGIN_H
#define XA_LOGIN_H
#include "base/base.h"
#include "base/clock.h"
#include "safe/safe.h"
#include "store/store.h"
struct actor;
struct app;

#define SESSION_IDLE_MS (30 * MS_MINUTE)
#define SESSION_MAX_MS (8 * MS_HOUR)
#define SESSION_MAX_PHONE_MS (12 * MS_HOUR)   /* face "phone" */
#define SETUP_LINK_MS (72 * MS_HOUR)

/* ---- accounts ------------------------------------------------------------------------------------------------- */

/* Writer. An account without a password: nobody can log in until a set-up link was used or a hash put. name is trimmed
 * and lower-cased; 2 to 40 characters. ERR_DUPLICATE when the name or the user has one. */
CHECKED enum err login_create(struct db *w, int64_t user, struct str name, struct fault *f);
/* Writer. Puts a hash made by password_hash; ends all sessions and set-up links of the user. */
CHECKED enum err login_put_hash(struct db *w, int64_t user, const char *hash, bool must_change, struct fault *f);
/* Slow. Checks password_weak (ERR_INVALID on field "password"), refuses the present one, hashes, puts. */
CHECKED enum err login_set_password(struct store *s, int64_t user, struct str password, struct fault *f);
/* Writer. Ends all: password, sessions, tokens, links. For a leaver; the name stays taken. */
CHECKED enum err login_disable(struct db *w, int64_t user, struct fault *f);
/* The log-in name; absent when the user has no account. ret_ready: has a password (NULL: not asked). */
CHECKED enum err login_name(struct db *d, struct arena *a, int64_t user, struct str *ret, bool *ret_ready, struct fault *f);

/* Writer. Second factor: keeps the seed sealed. seed NULL takes it away. */
CHECKED enum err login_totp_set(struct db *w, struct keyring *k, struct arena *a, int64_t user, const unsigned char *seed, struct fault *f);
/* Writer. Is this the user's code, not used before? Counts wrong ones (ERR_RATE after 5). False also when she has no seed.
 * For the step-up before sealed records; login_check asks by itself. */
CHECKED enum err login_code_use(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, bool *ret_right, struct fault *f);

/* ---- the door --------------------------------------------------------------------------------------------------- */

struct login_ask {
	struct str name, password;
	struct str code;      /* one-time code; absent: not given yet */
	struct str remote;    /* the address it comes from, as text */
	bool keep_quick;      /* demo: do not raise a quick hash to full cost */
};
struct login_found {
	int64_t user;         /* 0 while need_code */
	bool must_change;     /* send to the password page first */
	bool need_code;       /* password right, code still asked for: call again with all three */
};
/*
 * Slow. ERR_AUTH: name, password or code wrong, and never which of name and password; ERR_RATE: wait (f->arg: minutes).
 * Each attempt is counted before the password is looked at, so that many at once gain nothing, and forgiven on success:
 *   account + address   from the 5th on 30 s, doubling to 15 min
 *   address             20 in 10 minutes
 *   account             from the 20th on 1 min, doubling to 15 min, but not for an address she has logged in from:
 *                       so nobody can lock a mediator out by guessing at her name
 * A name that does not exist is counted alike and costs the same time.
 */
CHECKED enum err login_check(struct store *s, struct keyring *k, struct arena *a, const struct login_ask *q, struct login_found *ret, struct fault *f);

/* ---- sessions ------------------------------------------------------------------------------------------------------ */

struct session {
	unsigned char hash[32];
	int64_t user, created, seen, expires;
	int64_t step_up;               /* when the second factor was last shown, 0: never */
	bool must_change;
	char face[16], csrf[TOKEN_TEXT];
};
/* Writer. face: "desk", "phone". ret_cookie goes into the cookie, ret_csrf into forms. */
CHECKED enum err session_open(struct db *w, int64_t user, const char *face, char ret_cookie[TOKEN_TEXT], char ret_csrf[TOKEN_TEXT], struct fault *f);
/* Reader. ERR_AUTH when unknown, idle for 30 minutes, past its end, or the account was disabled. */
CHECKED enum err session_find(struct db *d, struct str cookie, struct session *ret, struct fault *f);
/* The same with who she is as of now (people_actor()), in one statement: each request of a page begins with it. */
CHECKED enum err session_actor(struct app *app, struct db *db, struct arena *a, struct str cookie, struct session *ret, struct actor *ret_actor, struct fault *f);
/* Is it a minute since it was last marked? Then let session_touch run on the writer. */
bool session_wants_touch(const struct session *x);
/* Until then session_find() would say the same and session_wants_touch() no, if nothing is written meanwhile. */
int64_t session_looks(const struct session *x);
CHECKED enum err session_touch(struct db *w, const unsigned char hash[32], struct fault *f);
CHECKED enum err session_step_up(struct db *w, const unsigned char hash[32], struct fault *f);
CHECKED enum err session_close(struct db *w, const unsigned char hash[32], struct fault *f);
CHECKED enum err session_close_all(struct db *w, int64_t user, struct fault *f);
/* The living sessions of a user, newest first: for "my devices". */
CHECKED enum err session_list(struct db *d, struct arena *a, int64_t user, struct session **ret, size_t *ret_n, struct fault *f);

/* ---- API tokens ------------------------------------------------------------------------------------------------------ */

struct api_token { int64_t user, created, expires, last_used; struct str name; unsigned char hash[32]; };
/* Writer. expires 0: a year from now. ERR_DUPLICATE when the user has a living one of that name. The text is shown once. */
CHECKED enum err token_make(struct db *w, int64_t user, struct str name, int64_t expires, char ret[TOKEN_TEXT], struct fault *f);
/* Reader. ERR_AUTH when unknown, revoked, expired, or the account was disabled. */
CHECKED enum err token_find(struct db *d, struct arena *a, struct str text, struct api_token *ret, struct fault *f);
/* Writer. At most once an hour; nothing happens before. */
CHECKED enum err token_touch(struct db *w, const unsigned char hash[32], struct fault *f);
/* Writer. ERR_NOT_FOUND. */
CHECKED enum err token_revoke(struct db *w, int64_t user, struct str name, struct fault *f);
CHECKED enum err token_list(struct db *d, struct arena *a, int64_t user, struct api_token **ret, size_t *ret_n, struct fault *f);

/* ---- set-up links ------------------------------------------------------------------------------------------------------ */

/* Writer. Good for 72 hours and one use; earlier ones of the user are void. */
CHECKED enum err setup_link_make(struct db *w, int64_t user, char ret[TOKEN_TEXT], struct fault *f);
/* Reader: whose it is, without using it (to show the form). ERR_AUTH when used, old or unknown. */
CHECKED enum err setup_link_peek(struct db *d, struct str text, int64_t *ret_user, struct fault *f);
/* Slow. Uses the link and sets the password, both or neither. */
CHECKED enum err setup_link_use(struct store *s, struct str text, struct str password, int64_t *ret_user, struct fault *f);

/* Writer, a daily job: forgets what has ended. */
CHECKED enum err login_sweep(struct db *w, struct fault *f);

#endif
