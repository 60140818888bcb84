/* people/, the door: what its files share. */
#ifndef XA_LOGIN_INNER_H
#define XA_LOGIN_INNER_H
#include "people/login.h"

/* Trimmed, ASCII lower-cased. False when it cannot be a log-in name. */
bool name_normal(struct str in, char ret[164]);

/* A number of the table `setting` within lo…hi, else usual. */
CHECKED enum err login_setting(struct db *d, const char *name, int64_t usual, int64_t lo, int64_t hi, int64_t *ret, struct fault *f);

/* ---- throttle.c: who guesses waits, and nobody else ---- */

struct count { unsigned char key[32]; int64_t failures, until, last, known, user; };
struct throttle {
	struct str name;        /* normalised, or "?" */
	struct str remote;
	int64_t user;           /* 0: no such name */
	char device[40];        /* nonce of a device she is known on; "": a stranger */
	struct count pair, address, net, account;
	int64_t failed;         /* out: wrong tries on this account since she was last in, this one with them */
};
/* Writer. ERR_RATE: wait. Otherwise this attempt is counted as a wrong one, before anything was looked at. */
CHECKED enum err throttle_begin(struct db *w, struct throttle *t, struct fault *f);
/* Writer: the password was right and the code is to come: gives the address its try back; account and pair wait for the code. */
CHECKED enum err throttle_refund(struct db *w, const struct throttle *t, struct fault *f);
/* Writer: it was right. */
CHECKED enum err throttle_forgive(struct db *w, struct throttle *t, struct fault *f);
/* Writer: a count of its own kind for one user ("code"). */
CHECKED enum err throttle_alone_begin(struct db *w, const char *kind, int64_t user, struct count *ret, struct fault *f);
CHECKED enum err throttle_alone_forgive(struct db *w, struct count *c, struct fault *f);

/* ---- factor.c ---- */

/* Writer: is it her code, or one of her recovery codes, and not spent? Spends it. */
CHECKED enum err factor_spend(struct db *w, struct keyring *k, struct arena *a, int64_t user, struct str code, bool *ret_right, bool *ret_recovery, struct fault *f);

/* ---- device.c ---- */

/* Is there a cookie of hers among these, and whole? Its nonce, else "". */
void device_known(struct keyring *k, struct str cookie, int64_t user, int64_t generation, char ret_nonce[40]);
#endif
