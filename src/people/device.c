/* Why: a lock against strangers must let her in from the machine she always uses (S4; OWASP's device cookie).
 * Invariants: the cookie is signed under a key that no database holds, names one account and one generation of it, opens nothing by
 * itself and is void after a year, a new password or a lost second factor. */
#include "people/login_inner.h"
#include <stdio.h>

#define ENTRIES 4
#define GOOD_DAYS 365

struct entry { int64_t user, generation, day; char nonce[33], mac[33]; };

static void sign(struct keyring *k, const struct entry *e, char ret[33])
{
	char text[160];
	unsigned char mac[16];
	int n = snprintf(text, sizeof text, "%lld|%lld|%lld|%s", (long long)e->user, (long long)e->generation, (long long)e->day, e->nonce);
	blind_index(k, "device", (struct str){ text, (size_t)n }, mac);
	for (int i = 0; i < 16; i++)
		snprintf(ret + 2 * i, 3, "%02x", mac[i]);
}

static bool hex32(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == 32;
}

/* "user.generation.day.nonce.mac", whole and not older than a year. */
static bool entry_read(struct keyring *k, struct str s, struct entry *ret)
{
	struct entry e;
	char want[33];
	struct str nonce, mac, rest = s;
	int64_t today = day_of(now_ms());
	if (!str_int(str_cut(rest, '.', &rest), &e.user) || !str_int(str_cut(rest, '.', &rest), &e.generation) || !str_int(str_cut(rest, '.', &rest), &e.day))
		return false;
	nonce = str_cut(rest, '.', &mac);
	if (!hex32(nonce) || !hex32(mac))
		return false;
	snprintf(e.nonce, sizeof e.nonce, "%.*s", (int)nonce.n, nonce.p);
	sign(k, &e, want);
	if (!secret_eq(mac, (struct str){ want, 32 }) || e.day > today + 1 || today - e.day > GOOD_DAYS)
		return false;
	memcpy(e.mac, want, sizeof e.mac);
	*ret = e;
	return true;
}

static size_t entries_read(struct keyring *k, struct str cookie, struct entry v[ENTRIES])
{
	size_t n = 0;
	if (cookie.n > 1000)
		return 0;
	for (struct str rest = cookie; rest.p && n < ENTRIES;) {
		struct str one = str_cut(rest, '~', &rest);
		if (entry_read(k, one, &v[n]))
			n++;
	}
	return n;
}

void device_known(struct keyring *k, struct str cookie, int64_t user, int64_t generation, char ret_nonce[40])
{
	struct entry v[ENTRIES];
	size_t n = entries_read(k, cookie, v);
	ret_nonce[0] = 0;
	for (size_t i = 0; i < n; i++)
		if (v[i].user == user && v[i].generation == generation)
			snprintf(ret_nonce, 40, "%s", v[i].nonce);
}

enum err device_mark(struct db *d, struct keyring *k, struct arena *a, int64_t user, struct str cookie, struct str *ret, struct fault *f)
{
	struct entry v[ENTRIES], mine = { .user = user, .day = day_of(now_ms()) };
	size_t n = entries_read(k, cookie, v);
	unsigned char raw[16];
	BUF_AUTO b = BUF(1024);
	TRY(db_int(d, f, "SELECT devices FROM login WHERE uid = ?", ARGS(VI(user)), &mine.generation, NULL));
	random_bytes(raw, sizeof raw);
	for (int i = 0; i < 16; i++)
		snprintf(mine.nonce + 2 * i, 3, "%02x", raw[i]);
	/* The same device keeps its nonce, so that its own wrong tries stay counted. */
	for (size_t i = 0; i < n; i++)
		if (v[i].user == user && v[i].generation == mine.generation)
			memcpy(mine.nonce, v[i].nonce, sizeof mine.nonce);
	sign(k, &mine, mine.mac);
	buf_printf(&b, "%lld.%lld.%lld.%s.%s", (long long)user, (long long)mine.generation, (long long)mine.day, mine.nonce, mine.mac);
	for (size_t i = 0, kept = 1; i < n && kept < ENTRIES; i++)
		if (v[i].user != user) {
			buf_printf(&b, "~%lld.%lld.%lld.%s.%s", (long long)v[i].user, (long long)v[i].generation, (long long)v[i].day, v[i].nonce, v[i].mac);
			kept++;
		}
	*ret = arena_str(a, buf_view(&b));
	return OK;
}
