/*
 * Why: passwords are the weakest door (S1, S2).  Argon2id slows who stole the hashes; password_weak stops what people
 * here really choose: 拼音 of a phrase plus a year, a phone number, an identity number, the unit's name plus 123.
 */
#include "safe/safe.h"
#include "base/embedded.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum err password_hash(struct str password, struct password_cost cost, char ret[PASSWORD_HASH_MAX], struct fault *f)
{
	char h[crypto_pwhash_STRBYTES];
	must(cost.kib >= 8 && cost.kib <= 4u << 20 && cost.passes >= 1 && cost.passes <= 20);
	if (crypto_pwhash_str_alg(h, password.p ? password.p : "", password.n, cost.passes, (size_t)cost.kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail(f, ERR_BUSY, NULL, "argon2id: no memory");
	memcpy(ret, h, sizeof h);
	return OK;
}

bool password_verify(const char *hash, struct str password)
{
	if (password.n > 1024 || strlen(hash) >= crypto_pwhash_STRBYTES || !str_starts(str_of(hash), "$argon2id$"))
		return false;
	char h[crypto_pwhash_STRBYTES] = { 0 };   /* libsodium reads all of it */
	memcpy(h, hash, strlen(hash));
	return crypto_pwhash_str_verify(h, password.p ? password.p : "", password.n) == 0;
}

bool password_outdated(const char *hash, struct password_cost cost)
{
	unsigned long m, t;
	return sscanf(hash, "$argon2id$v=19$m=%9lu,t=%9lu,", &m, &t) != 2 || m != cost.kib || t != cost.passes;
}

/* Salt and hash of a password nobody has. */
void password_nobody(struct password_cost cost, char ret[PASSWORD_HASH_MAX])
{
	snprintf(ret, PASSWORD_HASH_MAX, "$argon2id$v=19$m=%u,t=%u,p=1$sX1dNkHCdkLnjyjuzb8Biw$U7JVCkooZKglnWpT446s5eN6+DOkR0Drog7CBSHTPAo", cost.kib, cost.passes);
}

/* Stems: compared after the password is lower-cased, @ 0 1 3 $ read as letters, and digits and signs cut off both ends.
 * From published lists of leaked passwords, and from what offices here use. */
static const char *const common[] = {
	"password", "passwd", "passw", "pass", "p", "a", "aa", "aaa", "abc", "abcd", "abcde", "abcdef", "abcabc", "asd", "asdf", "asdfgh", "asdfghjkl",
	"qwe", "qwer", "qwert", "qwerty", "qwertyuiop", "qweasd", "qweasdzxc", "qazwsx", "qazwsxedc", "zxc", "zxcvbn", "zxcvbnm", "iqaz", "iqazzwsx",
	"admin", "administrator", "adminadmin", "root", "rootroot", "test", "testtest", "guest", "user", "username", "login", "welcome", "changeme",
	"default", "secret", "letmein", "iloveyou", "ilove", "loveyou", "love", "lovelove", "monkey", "dragon", "master", "sunshine", "princess",
	"football", "superman", "shadow", "michael", "computer", "internet", "hello", "helloworld", "google", "system", "manager", "server", "huawei",
	"xiaomi", "wechat", "weixin", "taobao", "alibaba", "tencent", "qq", "wo", "woaini", "woaiwojia", "woaizhongguo", "woaini.", "aini", "nihao",
	"nihaoma", "zhongguo", "china", "iloveichina", "beijing", "shanghai", "suzhou", "jiangsu", "zhangjiagang", "yangshe", "gangcheng", "jiyang",
	"fulian", "funv", "nvfulian", "quanguofulian", "womenfederation", "xiaoan", "jiyangmeigui", "haoayi", "wangge", "tiaojie", "tiaojieyuan",
	"mima", "womima", "denglu", "guanliyuan", "caonima", "nimabi", "zhang", "wang", "li", "zhao", "liu", "chen", "yang", "zhangwei", "wangwei",
	"wangfang", "liwei", "lina", "zhangmin", "lijing", "wangjing", "baobao", "baobei", "laopo", "laogong", "jiayou", "fuckyou", "abcdefg",
	"abcdefgh", "abcdefghijkl", "abcdefghijklmnop", "妇联", "港城", "小安", "张家港", "我爱你", "密码", "中国", "管理员",
};

static char plain_letter(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	return c == '@' ? 'a' : c == '0' ? 'o' : c == '1' || c == '!' ? 'i' : c == '3' ? 'e' : c == '$' || c == '5' ? 's' : c;
}

/* Is it among the 3,000 that leak most often (words/passwords.txt, made by tools/passwords.mjs)? both: lower-cased, signs read as
 * letters; the list's lines are read alike. */
static bool leaked(struct str stem, struct str whole)
{
	const struct embedded *e = embedded_find("words/passwords.txt");
	struct str rest = e ? (struct str){ e->bytes, e->n } : STR_NONE;
	while (rest.p && rest.n) {
		char low[64];
		struct str line = str_cut(rest, '\n', &rest);
		if (!line.n || line.n > sizeof low)
			continue;
		for (size_t i = 0; i < line.n; i++)
			low[i] = plain_letter(line.p[i]);
		struct str w = { low, line.n };
		if (str_eq(w, stem) || str_eq(w, whole))
			return true;
	}
	return false;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool among_common(struct str s)
{
	char low[512];
	for (size_t i = 0; i < s.n; i++)
		low[i] = plain_letter(s.p[i]);
	static const char *const office[] = { "fulian", "妇联", "12338", "港城", "zhangjiagang", "张家港" };
	for (size_t i = 0; i < ARRAY_LEN(office); i++)
		if (str_find((struct str){ low, s.n }, str_of(office[i])) >= 0 || str_find(s, str_of(office[i])) >= 0)
			return true;
	size_t from = 0, to = s.n;
	while (from < to && !is_word(s.p[from]) && s.p[from] != '@' && s.p[from] != '$')
		from++;
	while (to > from && !is_word(s.p[to - 1]))
		to--;
	struct str stem = { low + from, to - from }, whole = { low, s.n };
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (str_is(stem, common[i]) || str_is(whole, common[i]))
			return true;
	return leaked(stem, whole);
}

/* 111111…, abcdef…, 987654…, or fewer than five different characters. */
static bool is_monotonous(struct str s)
{
	bool seen[256] = { false };
	size_t distinct = 0, steps = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		distinct += !seen[c];
		seen[c] = true;
		int d = i ? c - (unsigned char)s.p[i - 1] : 99;
		steps += d >= -1 && d <= 1;
	}
	if (distinct < 5 || steps * 4 >= s.n * 3)
		return true;
	/* one short piece again and again */
	for (size_t piece = 1; piece <= s.n / 2; piece++) {
		size_t same = 0;
		for (size_t i = piece; i < s.n; i++)
			same += s.p[i] == s.p[i - piece];
		if (same == s.n - piece)
			return true;
	}
	return false;
}

/* A run of digits that reads as a mobile number (1[3-9] and nine more) or an identity number (17 digits and a digit or X,
 * born 19xx or 20xx). */
static bool holds_personal_number(struct str s)
{
	for (size_t i = 0, run; i < s.n; i += run ? run : 1) {
		for (run = 0; i + run < s.n && s.p[i + run] >= '0' && s.p[i + run] <= '9';)
			run++;
		const char *p = s.p + i;
		if (run == 11 && p[0] == '1' && p[1] >= '3')
			return true;
		bool x = run == 17 && i + run < s.n && (p[run] == 'x' || p[run] == 'X');
		if ((run == 18 || x) && ((p[6] == '1' && p[7] == '9') || (p[6] == '2' && p[7] == '0')))
			return true;
	}
	return false;
}

static bool holds_login(struct str s, struct str login)
{
	if (login.n < 3 || login.n > s.n)
		return false;
	for (size_t i = 0; i + login.n <= s.n; i++) {
		size_t j = 0;
		while (j < login.n && (s.p[i + j] | 32) == (login.p[j] | 32))
			j++;
		if (j == login.n)
			return true;
	}
	return false;
}

const char *password_weak(struct str s, struct str login)
{
	if (!utf8_valid(s))
		return N_("The password holds characters that cannot be read.");
	size_t chars = utf8_count(s);
	if (chars > 128 || s.n > 512)
		return N_("The password may have at most 128 characters.");
	bool lower = false, upper = false, digit = false, other = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c >= 'a' && c <= 'z')
			lower = true;
		else if (c >= 'A' && c <= 'Z')
			upper = true;
		else if (c >= '0' && c <= '9')
			digit = true;
		else
			other = true;
	}
	if (chars < 12 || (chars < 16 && lower + upper + digit + other < 3))
		return N_("The password needs at least 12 characters of three kinds (small letters, capitals, digits, signs), or at least 16 of any kind.");
	if (holds_login(s, login))
		return N_("The password must not hold the log-in name.");
	if (holds_personal_number(s))
		return N_("The password must not hold a phone or identity number.");
	if (is_monotonous(s) || among_common(s))
		return N_("This password is among those that are guessed first. Choose another, for example four words that do not belong together.");
	return NULL;
}
