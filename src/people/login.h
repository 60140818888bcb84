/*
 * Logging in: passwords, second factor, known devices, sessions, API tokens, set-up links, the first run (S1–S7 of the safety plan).
 *
 * Owns the tables login, login_past, login_fail, factor_new, recovery, session, token, setup_link and first_run. On base/, store/ and
 * safe/ only (and record/ for settings): it knows a user by the id of its staff record and nothing of posts and rights, but for
 * factor_roles() and session_actor(). Tests: tests/people/login.c.
 *
 * Threads: what takes a struct store is slow by intent (Argon2id, ≈0.1 s): for the slow workers, never a web thread, never
 * inside a writer's job. What takes a struct db is quick; "writer" says that it must run inside a job.
 * Times are ms UTC; every function asks now_ms().
 */
#ifndef XA_LOGIN_H
#define XA_LOGIN_H
#include "base/base.h"
#include "base/clock.h"
#include "record/record.h"
#include "safe/safe.h"
#include "store/store.h"
struct actor;
struct app;

#define SESSION_IDLE_MS (30 * MS_MINUTE)
#define SESSION_IDLE_MAX_MS (8 * MS_HOUR)     /* no setting goes beyond */
#define SESSION_MAX_MS (8 * MS_HOUR)
#define SESSION_MAX_PHONE_MS (12 * MS_HOUR)   /* face "phone" */
#define SETUP_LINK_MS (72 * MS_HOUR)

/* ---- accounts ------------------------------------------------------------------------------------------------- */

/* Writer. An account without a password: nobody can log in until a set-up link was used or a hash put. name is trimmed
 * and lower-cased; 2 to 40 characters. ERR_DUPLICATE when the name or the user has one. */
CHECKED enum err login_create(struct db *w, int64_t user, struct str name, struct fault *f);
/* Writer. Puts a hash made by password_hash as it is (demo, tests; the first log-in seals it); ends all sessions, set-up links and
 * known devices of the user. */
CHECKED enum err login_put_hash(struct db *w, int64_t user, const char *hash, bool must_change, struct fault *f);
/* What one hash costs here: settings password.kib and password.passes, else PASSWORD_USUAL. A hash made at another cost is made anew
 * at the next log-in. */
CHECKED enum err login_cost(struct db *d, struct password_cost *ret, struct fault *f);
/* Slow. Checks password_weak (ERR_INVALID on field "password"), refuses the present one and the five before, hashes, puts the hash
 * under seal. */
CHECKED enum err login_set_password(struct store *s, struct keyring *k, int64_t user, struct str password, struct fault *f);
/* Writer. Ends all: password, second factor, sessions, tokens, links. For a leaver; the name stays taken. */
CHECKED enum err login_disable(struct db *w, int64_t user, struct fault *f);
/* The log-in name; absent when the user has no account. ret_ready: has a password (NULL: not asked). */
CHECKED enum err login_name(struct db *d, struct arena *a, int64_t user, struct str *ret, bool *ret_ready, struct fault *f);

struct account {
	struct str name;
	bool ready, factor;                         /* has a password; has a second factor */
	int64_t changed, last_ok, factor_since;     /* of the password; last log-in; 0: never */
	int64_t recovery;                           /* codes left */
	int64_t links;                              /* set-up links that are still good */
	int64_t failures, until;                    /* wrong tries in a row; until when strangers wait */
	bool asleep;                                /* unused for too long: only a new link wakes it */
};
/* Reader. name absent: no account. */
CHECKED enum err account_of(struct db *d, struct arena *a, int64_t user, struct account *ret, struct fault *f);
/* Writer: forgets wrong tries. */
CHECKED enum err login_unlock(struct db *w, int64_t user, struct fault *f);
CHECKED enum err login_waits(struct db *d, int64_t user, int64_t *ret_failures, int64_t *ret_until, struct fault *f);

/* ---- the second factor (S3) ------------------------------------------------------------------------------------- */

/* Writer. A seed that counts for nothing until one code of it was given; within the hour the same one again. */
CHECKED enum err factor_begin(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct fault *f);
/* Reader. *ret_found false: nothing was begun, or more than an hour ago. */
CHECKED enum err factor_pending(struct db *d, struct keyring *k, struct arena *a, int64_t user, unsigned char ret_seed[20], bool *ret_found, struct fault *f);
/* Writer. Is it a code of the seed begun? Then it counts from now on, and the ten recovery codes are new. */
CHECKED enum err factor_confirm(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, char ret_codes[RECOVERY_CODES][RECOVERY_TEXT], bool *ret_right,
				struct fault *f);
/* Writer. Ten new ones; those before are void. They are shown once and kept as keyed hashes. */
CHECKED enum err recovery_make(struct db *w, struct keyring *k, int64_t user, char ret_codes[RECOVERY_CODES][RECOVERY_TEXT], struct fault *f);
/* Writer. Takes the second factor and the recovery codes away and ends all sessions and known devices. */
CHECKED enum err factor_drop(struct db *w, int64_t user, struct fault *f);
/* Writer. Puts a seed that counts at once (tests, tools); NULL takes it away. */
CHECKED enum err login_totp_set(struct db *w, struct keyring *k, struct arena *a, int64_t user, const unsigned char *seed, struct fault *f);
/* Writer. Is this the user's code, or one of her recovery codes, not used before? Counts wrong ones (ERR_RATE after 5). False also
 * when she has no seed. For the step-up; login_check asks by itself. */
CHECKED enum err login_code_use(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, bool *ret_right, struct fault *f);
/* Which posts must have one: setting factor.roles, "all", "none" or names by comma; unset: all, and in a demo city none. */
CHECKED enum err factor_roles(struct ctx *c, uint32_t *ret_mask);
/* Writer. She has none and must: may she come in to set it up? Within so many hours (setting factor.grace_h, 72) of the first
 * time that she was asked. */
CHECKED enum err factor_grace(struct db *w, int64_t user, bool *ret_open, struct fault *f);

/* ---- devices she is known on -------------------------------------------------------------------------------------- */

/* The cookie's new value: signed entries of at most four people, "" before. It opens nothing: it only lets her pass where strangers wait. */
CHECKED enum err device_mark(struct db *d, struct keyring *k, struct arena *a, int64_t user, struct str cookie, struct str *ret, struct fault *f);

/* ---- the door --------------------------------------------------------------------------------------------------- */

struct login_ask {
	struct str name, password;
	struct str code;      /* one-time or recovery code; absent: not given yet */
	struct str remote;    /* the address it comes from, as text */
	struct str device;    /* the device cookie, or absent */
	struct str half;      /* instead of name and password: what need_code came with, good for five minutes */
	bool demo;            /* quick hashes stay, passwords do not age, accounts do not fall asleep */
};
struct login_found {
	int64_t user;         /* 0 while need_code */
	bool must_change;     /* send to the password page first */
	bool need_code;       /* password right, code still asked for: call again with all three, or with */
	struct str half;      /* this and the code */
	bool factor;          /* has a second factor, and gave it */
	bool recovery;        /* by a recovery code */
	/* Also when it failed: whose name it was (0: nobody's), and the wrong tries since she was last in, this one with them. For the
	 * journal and her notices, never for the page. */
	int64_t tried, failed;
};
/*
 * Slow. ERR_AUTH: name, password or code wrong, and never which of name and password; ERR_RATE: wait (f->arg: minutes).
 * Each attempt is counted before the password is looked at, so that many at once gain nothing, and forgiven on success:
 *   account + address   from the 5th on 30 s, doubling to 15 min
 *   address             20 in 10 minutes;  its network (/24): 100
 *   account             from the 20th on 1 min, doubling to 15 min, but not for an address she has logged in from
 *   a known device      counts for itself alone: from the 5th on 30 s, doubling to 15 min
 * so nobody can lock a mediator out by guessing at her name. A name that does not exist is counted alike, costs the same statements
 * and the same hash. *ret is filled on failure too (tried, failed).
 */
CHECKED enum err login_check(struct store *s, struct keyring *k, struct arena *a, const struct login_ask *q, struct login_found *ret, struct fault *f);
/* Slow. Is this the password of the user who is logged in? Counted by itself (ERR_RATE after 5). For the step-up. */
CHECKED enum err login_password_right(struct store *s, struct keyring *k, struct arena *a, int64_t user, struct str password, bool *ret_right, struct fault *f);

/* ---- sessions ------------------------------------------------------------------------------------------------------ */

struct session {
	unsigned char hash[32];
	int64_t user, created, seen, expires;
	int64_t step_up;               /* when she last showed that it is she (steady_ms), 0: never */
	int64_t idle;                  /* ends after so long a rest */
	bool must_change;
	bool enrol;                    /* opens only the page that sets up the second factor */
	bool factor;                   /* the account has a second factor */
	char face[16], csrf[TOKEN_TEXT];
	char agent[48], remote[48];    /* what she uses ("Chrome · Windows"), and from where */
};
struct session_new {
	int64_t user;
	const char *face;              /* "desk", "phone" */
	struct str agent, remote;
	int64_t idle, max;             /* 0: the usual */
	bool enrol;
	bool fresh;                    /* she has just given password and, if she has one, second factor */
};
/* Writer. ret_cookie goes into the cookie, ret_csrf into forms. */
CHECKED enum err session_open_as(struct db *w, const struct session_new *n, char ret_cookie[TOKEN_TEXT], char ret_csrf[TOKEN_TEXT], struct fault *f);
CHECKED enum err session_open(struct db *w, int64_t user, const char *face, char ret_cookie[TOKEN_TEXT], char ret_csrf[TOKEN_TEXT], struct fault *f);
/* Reader. ERR_AUTH when unknown, at rest for too long, past its end, or the account was disabled. */
CHECKED enum err session_find(struct db *d, struct str cookie, struct session *ret, struct fault *f);
/* The same with who she is as of now (people_actor()), in one statement: each request of a page begins with it. */
CHECKED enum err session_actor(struct app *app, struct db *db, struct arena *a, struct str cookie, struct session *ret, struct actor *ret_actor, struct fault *f);
/* Is it a minute since it was last marked? Then let session_touch run on the writer. */
bool session_wants_touch(const struct session *x);
/* Until then session_find() would say the same and session_wants_touch() no, if nothing is written meanwhile. */
int64_t session_looks(const struct session *x);
CHECKED enum err session_touch(struct db *w, const unsigned char hash[32], struct fault *f);
/* She has shown again that it is she. The session goes on under a new cookie, the old one is void; forms keep their token. */
CHECKED enum err session_step_up(struct db *w, const unsigned char hash[32], char ret_cookie[TOKEN_TEXT], struct fault *f);
/* Writer: the second factor is set up; from now on her sessions open everything. */
CHECKED enum err session_enrolled(struct db *w, int64_t user, struct fault *f);
CHECKED enum err session_close(struct db *w, const unsigned char hash[32], struct fault *f);
CHECKED enum err session_close_all(struct db *w, int64_t user, struct fault *f);
/* All of hers but this one. */
CHECKED enum err session_close_others(struct db *w, int64_t user, const unsigned char hash[32], struct fault *f);
/* One of hers, by the first 8 bytes of its hash. ERR_NOT_FOUND. */
CHECKED enum err session_close_one(struct db *w, int64_t user, const unsigned char head[8], struct fault *f);
/* The living sessions of a user, newest first: for "my devices". */
CHECKED enum err session_list(struct db *d, struct arena *a, int64_t user, struct session **ret, size_t *ret_n, struct fault *f);

/* ---- API tokens ------------------------------------------------------------------------------------------------------ */

struct api_token { int64_t user, created, expires, last_used, step_up; struct str name; unsigned char hash[32]; };
/* Writer. expires 0: a year from now. ERR_DUPLICATE when the user has a living one of that name. The text is shown once. */
CHECKED enum err token_make(struct db *w, int64_t user, struct str name, int64_t expires, char ret[TOKEN_TEXT], struct fault *f);
/* Reader. ERR_AUTH when unknown, revoked, expired, or the account was disabled. */
CHECKED enum err token_find(struct db *d, struct arena *a, struct str text, struct api_token *ret, struct fault *f);
/* Writer: who holds it has shown that it is she. */
CHECKED enum err token_step_up(struct db *w, const unsigned char hash[32], struct fault *f);
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
CHECKED enum err setup_link_use(struct store *s, struct keyring *k, struct str text, struct str password, int64_t *ret_user, struct fault *f);

/* ---- the first run (S7) ------------------------------------------------------------------------------------------------ */

#define FIRST_RUN_MS (30 * MS_MINUTE)
/* Reader: nobody is entered yet. */
CHECKED enum err first_run_open(struct db *d, bool *ret, struct fault *f);
/* Writer. Good for 30 minutes and one use; earlier ones are void. */
CHECKED enum err first_run_make(struct db *w, char ret[TOKEN_TEXT], struct fault *f);
/* Reader: without using it. ERR_AUTH. */
CHECKED enum err first_run_peek(struct db *d, struct str text, struct fault *f);
/* Writer. ERR_AUTH when it was used, is too old, or somebody is entered already. */
CHECKED enum err first_run_use(struct db *w, struct str text, struct fault *f);

/* Writer, a daily job: forgets what has ended. */
CHECKED enum err login_sweep(struct db *w, struct fault *f);

#endif
