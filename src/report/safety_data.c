/* Why: what the store can tell of safety: accounts, rights, limits, keys, journal. Numbers and codes only: no name leaves here. */
#include "people/login.h"
#include "people/people.h"
#include "record/keystore.h"
#include "report/safety_inner.h"
#include <stdio.h>

#define THREE (R(ADMIN) | R(SECADMIN) | R(AUDITOR))

static const char *suite_word(enum suite s) { return s == SUITE_XCHACHA ? "XChaCha20" : s == SUITE_AES_GCM ? "AES-GCM" : "SM4"; }

static void put_role(struct ctx *c, struct finding *ret, enum role r, int64_t n)
{
	size_t at = strlen(ret->arg);
	struct str word = code_label(c->app->codes, "role", str_of(role_name(r)), c->lang);
	if (n < 0)
		snprintf(ret->arg + at, sizeof ret->arg - at, "%s%.*s", at ? ", " : "", (int)word.n, word.p);
	else
		snprintf(ret->arg + at, sizeof ret->arg - at, "%s%.*s %lld", at ? ", " : "", (int)word.n, word.p, (long long)n);
}

static void put_date(struct finding *ret, int64_t ms)
{
	BUF_AUTO b = BUF(64);
	if (ms)
		datetime_put(&b, ms);
	snprintf(ret->arg, sizeof ret->arg, "%s", b.n ? b.p : "–");
}

static enum err count(struct ctx *c, const char *sql, const struct val *a, size_t n, struct finding *ret, enum grave bad)
{
	int64_t found_n = 0;
	TRY(db_int(c->db, c->f, sql, a, n, &found_n, NULL));
	snprintf(ret->arg, sizeof ret->arg, "%lld", (long long)found_n);
	return found(ret, found_n ? bad : GRAVE_OK);
}

LOOK(demo)
{
	bool near = !at->serving || strncmp(at->serving->host, "127.", 4) == 0 || strcmp(at->serving->host, "::1") == 0;
	return count(c, "SELECT CAST(COUNT(*) AS INTEGER) FROM setting WHERE name = 'demo_password'", NOARGS, ret, near ? GRAVE_WARN : GRAVE_DANGER);
}

LOOK(factor_roles)
{
	uint32_t must;
	(void)at;
	TRY(factor_roles(c, &must));
	for (int r = 0; r < ROLE_COUNT; r++)
		if (THREE & 1u << r && !(must & 1u << r))
			put_role(c, ret, (enum role)r, -1);
	return found(ret, !ret->arg[0] ? GRAVE_OK : c->app->demo ? GRAVE_WARN : GRAVE_DANGER);
}

/* Ready accounts of active staff, by role, for which more (a condition on l, the log-in) holds. */
static enum err by_role(struct ctx *c, const char *more, const struct val *a, size_t na, int64_t ret[ROLE_COUNT])
{
	ROWS q = NULL;
	bool any;
	TRY(db_rows(c->db, c->f,
		    arena_printf(c->a, "SELECT s.role, CAST(COUNT(*) AS INTEGER) FROM staff s JOIN login l ON l.uid = s.id WHERE s.state = 'active' AND l.hash <> ''%s GROUP BY s.role", more), a, na, &q));
	for (int i = 0; i < ROLE_COUNT; i++)
		ret[i] = 0;
	for (;;) {
		TRY(rows_next(q, &any));
		if (!any)
			return OK;
		ret[role_of(rows_text(q, 0))] += rows_int(q, 1);
	}
}

LOOK(factor_missing)
{
	uint32_t must;
	int64_t n[ROLE_COUNT];
	(void)at;
	TRY(factor_roles(c, &must));
	TRY(by_role(c, " AND l.totp IS NULL", NOARGS, n));
	for (int r = 0; r < ROLE_COUNT; r++)
		if (must & 1u << r && n[r])
			put_role(c, ret, (enum role)r, n[r]);
	return found(ret, ret->arg[0] ? GRAVE_WARN : GRAVE_OK);
}

LOOK(posts_empty)
{
	int64_t n[ROLE_COUNT];
	(void)at;
	TRY(by_role(c, "", NOARGS, n));
	for (int r = 0; r < ROLE_COUNT; r++)
		if (THREE & 1u << r && !n[r])
			put_role(c, ret, (enum role)r, -1);
	return found(ret, ret->arg[0] ? GRAVE_WARN : GRAVE_OK);
}

/* act() refuses it where it can see it; an old store, or one written past it, is looked at here. */
LOOK(posts_joined)
{
	struct ctx in = ctx_inside(c);
	struct { enum role role; struct str name, phone; } v[60];
	size_t n = 0;
	(void)at;
	for (int r = 0; r < ROLE_COUNT; r++) {
		int64_t ids[20];
		size_t many = 0;
		if (THREE & 1u << r)
			TRY(people_with_role(&in, (enum role)r, ids, ARRAY_LEN(ids), &many));
		for (size_t i = 0; i < many && n < ARRAY_LEN(v); i++) {
			struct rec *s;
			TRY(see_one(&in, "staff", ids[i], &s));
			v[n].role = (enum role)r;
			v[n].name = rec_str(&in, s, "name");
			v[n++].phone = rec_str(&in, s, "phone");
		}
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (v[i].role != v[k].role && ((v[i].phone.n && str_eq(v[i].phone, v[k].phone)) || (v[i].name.n && str_eq(v[i].name, v[k].name)))) {
				ret->arg[0] = 0;
				put_role(c, ret, v[k].role, -1);
				put_role(c, ret, v[i].role, -1);
			}
	return found(ret, ret->arg[0] ? GRAVE_DANGER : GRAVE_OK);
}

LOOK(unused)
{
	(void)at;
	if (c->app->demo)
		return found(ret, GRAVE_OK);
	return count(c, "SELECT CAST(COUNT(*) AS INTEGER) FROM staff s JOIN login l ON l.uid = s.id WHERE s.state = 'active' AND l.hash <> '' AND l.last_ok < ? AND l.changed < ?",
		     ARGS(VI(c->now - 90 * MS_DAY), VI(c->now - 90 * MS_DAY)), ret, GRAVE_WARN);
}

LOOK(guessed)
{
	(void)at;
	return count(c, "SELECT CAST(COUNT(DISTINCT uid) AS INTEGER) FROM login_fail WHERE uid IS NOT NULL AND failures >= 20 AND last > ?", ARGS(VI(c->now - MS_DAY)), ret, GRAVE_WARN);
}

LOOK(tokens)
{
	(void)at;
	return count(c,
		     "SELECT CAST(COUNT(*) AS INTEGER) FROM token WHERE revoked = 0 AND expires > ? AND (expires - created > ? OR expires - ? > ? OR (last_used < ? AND created < ?))",
		     ARGS(VI(c->now), VI(366 * MS_DAY), VI(c->now), VI(366 * MS_DAY), VI(c->now - 90 * MS_DAY), VI(c->now - 90 * MS_DAY)), ret, GRAVE_WARN);
}

/* One row a setting that bears on safety, with what is usual and which way is the weaker. */
LOOK(limits)
{
	static const struct { const char *name; int64_t usual; bool more_is_weaker; } v[] = {
		{ "reveal.day", 30, true }, { "export.rows", 50, true }, { "export.day", 5, true }, { "fresh.minutes", FRESH_MINUTES, true },
		{ "session.idle_min", SESSION_IDLE_MS / MS_MINUTE, true }, { "session.idle_sealed_min", 15, true }, { "session.hours", SESSION_MAX_MS / MS_HOUR, true },
		{ "password.kib", 65536, false }, { "password.passes", 3, false }, { "password.days", 180, true }, { "account.idle_days", 60, true }, { "factor.grace_h", 72, true },
	};
	(void)at;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		int64_t now;
		TRY(setting_count(c, v[i].name, v[i].usual, 0, INT64_C(1) << 32, &now));
		bool off = now == 0 && (strcmp(v[i].name, "password.days") == 0 || strcmp(v[i].name, "account.idle_days") == 0);
		if (!off && (v[i].more_is_weaker ? now <= v[i].usual : now >= v[i].usual))
			continue;
		size_t n = strlen(ret->arg);
		snprintf(ret->arg + n, sizeof ret->arg - n, "%s%s = %lld (%lld)", n ? ", " : "", v[i].name, (long long)now, (long long)v[i].usual);
	}
	return found(ret, ret->arg[0] ? GRAVE_WARN : GRAVE_OK);
}

static enum err epochs(struct ctx *c, struct keystore_epoch **v, size_t *n)
{
	int64_t keys;
	return keystore_epochs(c->app, c->a, v, n, &keys, c->f);
}

LOOK(suite)
{
	struct keystore_epoch *v;
	size_t n;
	(void)at;
	TRY(epochs(c, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (v[i].number != keyring_epoch(c->app->keys))
			continue;
		BUF_AUTO b = BUF(64);
		date_put(&b, v[i].made);
		snprintf(ret->arg, sizeof ret->arg, "%s, %s", suite_word(v[i].suite), b.p);
		return found(ret, c->now - v[i].made > 730 * MS_DAY ? GRAVE_WARN : GRAVE_OK);
	}
	return found(ret, GRAVE_UNKNOWN);
}

LOOK(rotation)
{
	struct keystore_epoch *v;
	size_t n, live = 0;
	int64_t since = 0;
	(void)at;
	TRY(epochs(c, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (!v[i].retired) {
			live++;
			since = v[i].made > since ? v[i].made : since;
		}
	put_date(ret, since);
	/* While it runs all is well: a day is enough for a county. */
	return found(ret, live > 1 && c->now - since > MS_DAY ? GRAVE_WARN : GRAVE_OK);
}

LOOK(head)
{
	struct tree_head h;
	bool any;
	int64_t size = 0;
	(void)at;
	TRY(head_last(c, &h, &any));
	TRY(db_int(c->db, c->f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &size, NULL));
	put_date(ret, any ? h.ms : 0);
	if (c->app->heads_fail) {
		ret->wrong = N_("The last signed head could not be written to its file.");
		return found(ret, GRAVE_DANGER);
	}
	return found(ret, size && (!any || (h.size < size && c->now - h.ms > MS_HOUR)) ? GRAVE_WARN : GRAVE_OK);
}

LOOK(head_copy)
{
	return found(ret, !at->serving ? GRAVE_UNKNOWN : c->app->heads_copy ? GRAVE_OK : GRAVE_WARN);
}

LOOK(journal)
{
	struct verified v;
	(void)at;
	TRY(verified_last(c, &v));
	put_date(ret, v.found ? v.ms : 0);
	if (v.found && !v.good) {
		ret->wrong = N_("The journal is NOT whole: it was altered or damaged (checked %s).");
		return found(ret, GRAVE_DANGER);
	}
	if (v.wrong) {
		ret->wrong = N_("Records are not what the journal says was written: they were altered or damaged (checked %s).");
		return found(ret, GRAVE_DANGER);
	}
	return found(ret, v.found && c->now - v.ms < 3 * MS_DAY ? GRAVE_OK : GRAVE_WARN);
}

LOOK(openings)
{
	(void)at;
	return count(c, "SELECT CAST(COUNT(*) AS INTEGER) FROM case_glass WHERE state = 'opened' AND created < ?", ARGS(VI(c->now - 3 * MS_DAY)), ret, GRAVE_WARN);
}
