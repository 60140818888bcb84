/* Why: the second factor (S3): one-time codes by RFC 6238, each step used once. */
#include "safe/safe.h"
#include "base/clock.h"
#include "safe/ossl.h"
#include <stdio.h>

void totp_seed(unsigned char ret[20]) { random_bytes(ret, 20); }

static unsigned code_at(const unsigned char seed[20], int64_t step)
{
	unsigned char msg[8], h[EVP_MAX_MD_SIZE];
	unsigned n = sizeof h;
	for (int i = 0; i < 8; i++)
		msg[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	must(HMAC(EVP_sha1(), seed, 20, msg, sizeof msg, h, &n) && n == 20);
	unsigned at = h[19] & 15;
	unsigned v = (unsigned)(h[at] & 0x7F) << 24 | (unsigned)h[at + 1] << 16 | (unsigned)h[at + 2] << 8 | h[at + 3];
	return v % 1000000;
}

/* ±1 step; a step not after last_step is spent, so that a code seen over the shoulder cannot be used again. All three
 * candidates are computed and compared in constant time. */
bool totp_check(const unsigned char seed[20], struct str code, int64_t ms, int64_t last_step, int64_t *ret_step)
{
	int64_t now = ms / TOTP_STEP_MS, found = -1;
	if (code.n != 6)
		return false;
	if (last_step > now + 1)
		last_step = 0;    /* spent under a clock that was set ahead: that must not shut her out until then */
	for (int64_t step = now - 1; step <= now + 1; step++) {
		char want[8];
		snprintf(want, sizeof want, "%06u", code_at(seed, step));
		if (secret_eq(code, (struct str){ want, 6 }) && step > last_step && found < 0)
			found = step;
	}
	if (found < 0)
		return false;
	*ret_step = found;
	return true;
}

static void url_put(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
		if (plain)
			buf_char(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

static void base32_put(struct buf *b, const unsigned char seed[20], int group)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	for (int bit = 0; bit < 160; bit += 5) {
		unsigned two = (unsigned)seed[bit / 8] << 8 | (bit / 8 + 1 < 20 ? seed[bit / 8 + 1] : 0u);
		if (group && bit && bit % (5 * group) == 0)
			buf_char(b, ' ');
		buf_char(b, alphabet[two >> (11 - bit % 8) & 31]);
	}
}

struct str totp_uri(struct arena *a, const unsigned char seed[20], struct str account)
{
	BUF_AUTO b = BUF(1024);
	buf_cstr(&b, "otpauth://totp/");
	url_put(&b, STR("小安"));
	buf_char(&b, ':');
	url_put(&b, account);
	buf_cstr(&b, "?secret=");
	base32_put(&b, seed, 0);
	buf_cstr(&b, "&issuer=");
	url_put(&b, STR("小安"));
	return arena_str(a, buf_view(&b));
}

struct str totp_typed(struct arena *a, const unsigned char seed[20])
{
	BUF_AUTO b = BUF(64);
	base32_put(&b, seed, 4);
	return arena_str(a, buf_view(&b));
}

uint32_t totp_code(const unsigned char seed[20], int64_t ms) { return code_at(seed, ms / TOTP_STEP_MS); }

/* ---- recovery codes ---- */

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void recovery_new(char ret[RECOVERY_TEXT])
{
	unsigned char raw[16];
	random_bytes(raw, sizeof raw);
	for (int i = 0, at = 0; i < 16; i++) {
		if (i && i % 4 == 0)
			ret[at++] = '-';
		ret[at++] = crockford[raw[i] & 31];
	}
	ret[RECOVERY_TEXT - 1] = 0;
}

bool recovery_normal(struct str typed, char ret[RECOVERY_TEXT])
{
	int n = 0;
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];
		if (c == ' ' || c == '-')
			continue;
		c = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (!c || !strchr(crockford, c) || n == 16)
			return false;
		ret[n++] = c;
	}
	ret[n] = 0;
	return n == 16;
}
