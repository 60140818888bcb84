/*
 * Why: what a logged-in person or a program holds is a random text; here stands only its hash (S5). Invariants: nothing is
 * found that is past its end, idle too long, from the future (the clock was set back), or whose account is disabled.
 */
#include "people/login.h"
#include "people/inner.h"
#include <stdio.h>

/* A clock set back must not make a session live longer; small corrections are forgiven. */
#define CLOCK_SLACK (5 * MS_MINUTE)

static const char please_text[] = N_("Please log in again.");
static const char token_text[] = N_("The access token is unknown, revoked or expired.");
static const char link_text[] = N_("This link was used already or is too old. Ask the administrator for a new one.");

/* Cut to what the row's reader has room for, on a character's border. */
static struct val cut(struct str s, size_t max)
{
	if (!s.p || !utf8_valid(s))
		return VS(STR(""));
	while (s.n >= max)
		s = utf8_head(s, utf8_count(s) - 1);
	return VS(s);
}

enum err session_open_as(struct db *w, const struct session_new *n, char ret_cookie[TOKEN_TEXT], char ret_csrf[TOKEN_TEXT], struct fault *f)
{
	char cookie[TOKEN_TEXT], csrf[TOKEN_TEXT];
	unsigned char hash[32];
	int64_t now = steady_ms(), max = n->max ? n->max : strcmp(n->face, "phone") == 0 ? SESSION_MAX_PHONE_MS : SESSION_MAX_MS;
	if (n->user == 0)
		return fail(f, ERR_AUTH, please_text, NULL);
	token_new(cookie);
	token_new(csrf);
	token_hash(str_of(cookie), hash);
	TRY(db_exec(w, f, "INSERT INTO session (hash, uid, created, seen, expires, step_up, face, csrf, idle, enrol, agent, remote) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    ARGS(VB(hash, 32), VI(n->user), VI(now), VI(now), VI(now + max), VI(n->fresh ? now : 0), VS(str_of(n->face)), VS(str_of(csrf)),
			 VI(n->idle ? n->idle : SESSION_IDLE_MS), VI(n->enrol), cut(n->agent, 48), cut(n->remote, 48)),
		    NULL));
	memcpy(ret_cookie, cookie, sizeof cookie);
	memcpy(ret_csrf, csrf, sizeof csrf);
	return OK;
}

enum err session_open(struct db *w, int64_t user, const char *face, char ret_cookie[TOKEN_TEXT], char ret_csrf[TOKEN_TEXT], struct fault *f)
{
	return session_open_as(w, &(struct session_new){ .user = user, .face = face }, ret_cookie, ret_csrf, f);
}

#define SESSION_COLUMNS "s.uid, s.created, s.seen, s.expires, s.step_up, s.face, s.csrf, s.hash, l.must_change, s.idle, s.enrol, s.agent, s.remote, l.totp IS NOT NULL"
#define SESSION_FROM " FROM session s JOIN login l ON l.uid = s.uid AND l.hash <> '' "

/* at: where SESSION_COLUMNS begin. */
static bool session_read(struct rows *r, int at, struct session *ret)
{
	struct session x = { .user = rows_int(r, at), .created = rows_int(r, at + 1), .seen = rows_int(r, at + 2), .expires = rows_int(r, at + 3),
			     .step_up = rows_int(r, at + 4), .must_change = rows_int(r, at + 8) != 0, .idle = rows_int(r, at + 9), .enrol = rows_int(r, at + 10) != 0, .factor = rows_int(r, at + 13) != 0 };
	int64_t now = steady_ms();
	struct str hash = rows_blob(r, at + 7);
	x.idle = x.idle > 0 ? x.idle : SESSION_IDLE_MS;
	if (hash.n != 32 || now >= x.expires || now - x.seen >= x.idle || x.seen > now + CLOCK_SLACK || x.created > now + CLOCK_SLACK)
		return false;
	if (x.step_up > now + CLOCK_SLACK)
		x.step_up = 0;
	snprintf(x.face, sizeof x.face, "%.*s", (int)rows_text(r, at + 5).n, rows_text(r, at + 5).p);
	snprintf(x.csrf, sizeof x.csrf, "%.*s", (int)rows_text(r, at + 6).n, rows_text(r, at + 6).p);
	snprintf(x.agent, sizeof x.agent, "%.*s", (int)rows_text(r, at + 11).n, rows_text(r, at + 11).p);
	snprintf(x.remote, sizeof x.remote, "%.*s", (int)rows_text(r, at + 12).n, rows_text(r, at + 12).p);
	memcpy(x.hash, hash.p, 32);
	*ret = x;
	return true;
}

enum err session_find(struct db *d, struct str cookie, struct session *ret, struct fault *f)
{
	unsigned char hash[32];
	bool more;
	ROWS r = NULL;
	if (cookie.n != TOKEN_TEXT - 1)
		return fail(f, ERR_AUTH, please_text, NULL);
	token_hash(cookie, hash);
	TRY(db_rows(d, f, "SELECT " SESSION_COLUMNS SESSION_FROM "WHERE s.hash = ?", ARGS(VB(hash, 32)), &r));
	TRY(rows_next(r, &more));
	return more && session_read(r, 0, ret) ? OK : fail(f, ERR_AUTH, please_text, NULL);
}

enum err session_actor(struct app *app, struct db *db, struct arena *a, struct str cookie, struct session *ret, struct actor *ret_actor, struct fault *f)
{
	static const struct rec_join join = { "staff", SESSION_COLUMNS ", o.kind",
		"JOIN session s ON s.uid = r.id JOIN login l ON l.uid = s.uid AND l.hash <> '' LEFT JOIN org o ON o.id = r.org WHERE s.hash = ?" };
	unsigned char hash[32];
	struct ctx c;
	struct rec *staff;
	struct session s;
	ROWS r = NULL;
	int at;
	if (cookie.n != TOKEN_TEXT - 1)
		return fail(f, ERR_AUTH, please_text, NULL);
	token_hash(cookie, hash);
	ctx_init(&c, app, a, f, &actor_system);
	c.db = db;
	enum err e = rec_joined(&c, &join, ARGS(VB(hash, 32)), &staff, &r, &at);
	if (e == ERR_NOT_FOUND)
		return fail(f, ERR_AUTH, please_text, NULL);
	TRY(e);
	if (!session_read(r, at, &s))
		return fail(f, ERR_AUTH, please_text, NULL);
	TRY(people_actor_of(&c, staff, rows_text(r, rows_cols(r) - 1), ret_actor));
	*ret = s;
	return OK;
}

bool session_wants_touch(const struct session *x)
{
	int64_t since = steady_ms() - x->seen;
	return since >= MS_MINUTE || since < 0;
}

int64_t session_looks(const struct session *x)
{
	int64_t touch = x->seen + MS_MINUTE;
	return touch < x->expires ? touch : x->expires;
}

enum err session_touch(struct db *w, const unsigned char hash[32], struct fault *f)
{
	int64_t now = steady_ms();
	db_quiet(w);
	return db_exec(w, f, "UPDATE session SET seen = ? WHERE hash = ? AND (seen <= ? OR seen > ?)",
		       ARGS(VI(now), VB(hash, 32), VI(now - MS_MINUTE), VI(now)), NULL);
}

enum err session_step_up(struct db *w, const unsigned char hash[32], char ret_cookie[TOKEN_TEXT], struct fault *f)
{
	char cookie[TOKEN_TEXT];
	unsigned char now_hash[32];
	int64_t changed;
	token_new(cookie);
	token_hash(str_of(cookie), now_hash);
	TRY(db_exec(w, f, "UPDATE session SET hash = ?, step_up = ? WHERE hash = ?", ARGS(VB(now_hash, 32), VI(steady_ms()), VB(hash, 32)), &changed));
	if (!changed)
		return fail(f, ERR_AUTH, please_text, NULL);
	memcpy(ret_cookie, cookie, sizeof cookie);
	return OK;
}

enum err session_enrolled(struct db *w, int64_t user, struct fault *f)
{
	return db_exec(w, f, "UPDATE session SET enrol = 0, step_up = ? WHERE uid = ?", ARGS(VI(steady_ms()), VI(user)), NULL);
}

enum err session_close(struct db *w, const unsigned char hash[32], struct fault *f)
{
	return db_exec(w, f, "DELETE FROM session WHERE hash = ?", ARGS(VB(hash, 32)), NULL);
}

enum err session_close_all(struct db *w, int64_t user, struct fault *f)
{
	return db_exec(w, f, "DELETE FROM session WHERE uid = ?", ARGS(VI(user)), NULL);
}

enum err session_close_others(struct db *w, int64_t user, const unsigned char hash[32], struct fault *f)
{
	return db_exec(w, f, "DELETE FROM session WHERE uid = ? AND hash <> ?", ARGS(VI(user), VB(hash, 32)), NULL);
}

enum err session_close_one(struct db *w, int64_t user, const unsigned char head[8], struct fault *f)
{
	int64_t changed;
	TRY(db_exec(w, f, "DELETE FROM session WHERE uid = ? AND substr(hash, 1, 8) = ?", ARGS(VI(user), VB(head, 8)), &changed));
	return changed ? OK : fail(f, ERR_NOT_FOUND, N_("This session has ended already."), NULL);
}

enum err session_list(struct db *d, struct arena *a, int64_t user, struct session **ret, size_t *ret_n, struct fault *f)
{
	struct session *v = NULL, x;
	size_t n = 0, cap = 0;
	bool more;
	ROWS r = NULL;
	TRY(db_rows(d, f, "SELECT " SESSION_COLUMNS SESSION_FROM "WHERE s.uid = ? ORDER BY s.created DESC LIMIT 200", ARGS(VI(user)), &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			break;
		if (session_read(r, 0, &x))
			VEC_PUSH(a, v, n, cap, x);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

/* ---- API tokens ---------------------------------------------------------------------------------------------------- */

enum err token_make(struct db *w, int64_t user, struct str name, int64_t expires, char ret[TOKEN_TEXT], struct fault *f)
{
	char text[TOKEN_TEXT];
	unsigned char hash[32];
	int64_t now = now_ms();
	name = str_trim(name);
	if (user == 0 || !name.n || !utf8_valid(name) || utf8_count(name) > 60 || (expires && expires <= now)) {
		if (f)
			fault_field(f, expires && expires <= now ? "expires" : "name", N_("A token needs a name of at most 60 characters and an end in the future."), NULL);
		return ERR_INVALID;
	}
	token_new(text);
	token_hash(str_of(text), hash);
	enum err e = db_exec(w, f, "INSERT INTO token (hash, uid, name, created, expires, last_used, revoked) VALUES (?, ?, ?, ?, ?, 0, 0)",
			     ARGS(VB(hash, 32), VI(user), VS(name), VI(now), VI(expires ? expires : now + 365 * MS_DAY)), NULL);
	if (e == ERR_DUPLICATE)
		return fail(f, ERR_DUPLICATE, N_("There is a token of this name already. Revoke it first."), NULL);
	TRY(e);
	memcpy(ret, text, sizeof text);
	return OK;
}

#define TOKEN_COLUMNS "t.uid, t.created, t.expires, t.last_used, t.name, t.hash, t.step_up"
#define TOKEN_FROM " FROM token t JOIN login l ON l.uid = t.uid AND l.hash <> '' "

static struct api_token token_read(struct rows *r, struct arena *a)
{
	struct api_token t = { .user = rows_int(r, 0), .created = rows_int(r, 1), .expires = rows_int(r, 2), .last_used = rows_int(r, 3),
			       .step_up = rows_int(r, 6), .name = arena_str(a, rows_text(r, 4)) };
	if (t.step_up > steady_ms() + CLOCK_SLACK)
		t.step_up = 0;
	struct str hash = rows_blob(r, 5);
	must(hash.n == sizeof t.hash);
	memcpy(t.hash, hash.p, sizeof t.hash);
	return t;
}

enum err token_find(struct db *d, struct arena *a, struct str text, struct api_token *ret, struct fault *f)
{
	unsigned char hash[32];
	bool more;
	ROWS r = NULL;
	if (text.n != TOKEN_TEXT - 1)
		return fail(f, ERR_AUTH, token_text, NULL);
	token_hash(text, hash);
	TRY(db_rows(d, f, "SELECT " TOKEN_COLUMNS TOKEN_FROM "WHERE t.hash = ? AND t.revoked = 0 AND t.expires > ?", ARGS(VB(hash, 32), VI(now_ms())), &r));
	TRY(rows_next(r, &more));
	if (!more)
		return fail(f, ERR_AUTH, token_text, NULL);
	*ret = token_read(r, a);
	return OK;
}

enum err token_step_up(struct db *w, const unsigned char hash[32], struct fault *f)
{
	return db_exec(w, f, "UPDATE token SET step_up = ? WHERE hash = ?", ARGS(VI(steady_ms()), VB(hash, 32)), NULL);
}

enum err token_touch(struct db *w, const unsigned char hash[32], struct fault *f)
{
	int64_t now = now_ms();
	db_quiet(w);
	return db_exec(w, f, "UPDATE token SET last_used = ? WHERE hash = ? AND last_used <= ?", ARGS(VI(now), VB(hash, 32), VI(now - MS_HOUR)), NULL);
}

enum err token_revoke(struct db *w, int64_t user, struct str name, struct fault *f)
{
	int64_t changed;
	TRY(db_exec(w, f, "UPDATE token SET revoked = ? WHERE uid = ? AND name = ? AND revoked = 0", ARGS(VI(now_ms()), VI(user), VS(name)), &changed));
	return changed ? OK : fail(f, ERR_NOT_FOUND, N_("There is no living token of this name."), NULL);
}

enum err token_list(struct db *d, struct arena *a, int64_t user, struct api_token **ret, size_t *ret_n, struct fault *f)
{
	struct api_token *v = NULL;
	size_t n = 0, cap = 0;
	bool more;
	ROWS r = NULL;
	TRY(db_rows(d, f, "SELECT " TOKEN_COLUMNS TOKEN_FROM "WHERE t.uid = ? AND t.revoked = 0 AND t.expires > ? ORDER BY t.created DESC LIMIT 200",
		    ARGS(VI(user), VI(now_ms())), &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			break;
		VEC_PUSH(a, v, n, cap, token_read(r, a));
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

/* ---- set-up links ----------------------------------------------------------------------------------------------------- */

enum err setup_link_make(struct db *w, int64_t user, char ret[TOKEN_TEXT], struct fault *f)
{
	char text[TOKEN_TEXT];
	unsigned char hash[32];
	int64_t there = 0;
	TRY(db_int(w, f, "SELECT COUNT(*) FROM login WHERE uid = ?", ARGS(VI(user)), &there, NULL));
	if (!there)
		return fail(f, ERR_NOT_FOUND, N_("This person has no log-in yet."), NULL);
	TRY(db_exec(w, f, "DELETE FROM setup_link WHERE uid = ? AND used = 0", ARGS(VI(user)), NULL));
	token_new(text);
	token_hash(str_of(text), hash);
	TRY(db_exec(w, f, "INSERT INTO setup_link (hash, uid, expires, used) VALUES (?, ?, ?, 0)",
		    ARGS(VB(hash, 32), VI(user), VI(now_ms() + SETUP_LINK_MS)), NULL));
	memcpy(ret, text, sizeof text);
	return OK;
}

enum err setup_link_peek(struct db *d, struct str text, int64_t *ret_user, struct fault *f)
{
	unsigned char hash[32];
	bool found = false;
	if (text.n != TOKEN_TEXT - 1)
		return fail(f, ERR_AUTH, link_text, NULL);
	token_hash(text, hash);
	int64_t user = 0;
	TRY(db_int(d, f, "SELECT uid FROM setup_link WHERE hash = ? AND used = 0 AND expires > ?", ARGS(VB(hash, 32), VI(now_ms())), &user, &found));
	if (!found)
		return fail(f, ERR_AUTH, link_text, NULL);
	*ret_user = user;
	return OK;
}

/* ---- the first run ----------------------------------------------------------------------------------------------------- */

enum err first_run_open(struct db *d, bool *ret, struct fault *f)
{
	int64_t n = 0;
	TRY(db_int(d, f, "SELECT CAST(COUNT(*) AS INTEGER) FROM (SELECT 1 FROM staff LIMIT 1) x", NOARGS, &n, NULL));
	*ret = n == 0;
	return OK;
}

enum err first_run_make(struct db *w, char ret[TOKEN_TEXT], struct fault *f)
{
	char text[TOKEN_TEXT];
	unsigned char hash[32];
	token_new(text);
	token_hash(str_of(text), hash);
	TRY(db_exec(w, f, "DELETE FROM first_run", NOARGS, NULL));
	TRY(db_exec(w, f, "INSERT INTO first_run (hash, expires, used) VALUES (?, ?, 0)", ARGS(VB(hash, 32), VI(steady_ms() + FIRST_RUN_MS)), NULL));
	memcpy(ret, text, sizeof text);
	return OK;
}

static const char first_text[] = N_("This address is not good any more. Please start xiaoan serve again: it prints a new one.");

enum err first_run_peek(struct db *d, struct str text, struct fault *f)
{
	unsigned char hash[32];
	bool found = false;
	int64_t expires = 0, now = steady_ms();
	if (text.n != TOKEN_TEXT - 1)
		return fail(f, ERR_AUTH, first_text, NULL);
	token_hash(text, hash);
	TRY(db_int(d, f, "SELECT expires FROM first_run WHERE hash = ? AND used = 0", ARGS(VB(hash, 32)), &expires, &found));
	return found && expires > now && expires <= now + FIRST_RUN_MS ? OK : fail(f, ERR_AUTH, first_text, NULL);
}

enum err first_run_use(struct db *w, struct str text, struct fault *f)
{
	unsigned char hash[32];
	bool open;
	int64_t changed;
	TRY(first_run_peek(w, text, f));
	TRY(first_run_open(w, &open, f));
	token_hash(text, hash);
	TRY(db_exec(w, f, "UPDATE first_run SET used = ? WHERE hash = ? AND used = 0", ARGS(VI(now_ms()), VB(hash, 32)), &changed));
	return open && changed ? OK : fail(f, ERR_AUTH, first_text, NULL);
}

/* Addresses she has logged in from are kept for a year: they are what saves her from being locked out. */
enum err login_sweep(struct db *w, struct fault *f)
{
	int64_t now = now_ms();
	TRY(db_exec(w, f, "DELETE FROM session WHERE expires < ? OR seen < ?", ARGS(VI(now), VI(now - SESSION_IDLE_MAX_MS)), NULL));
	TRY(db_exec(w, f, "DELETE FROM factor_new WHERE made < ?", ARGS(VI(now - MS_DAY)), NULL));
	TRY(db_exec(w, f, "DELETE FROM setup_link WHERE expires < ?", ARGS(VI(now - 30 * MS_DAY)), NULL));
	return db_exec(w, f, "DELETE FROM login_fail WHERE (known = 0 AND last < ?) OR last < ?", ARGS(VI(now - 2 * MS_DAY), VI(now - 365 * MS_DAY)), NULL);
}
