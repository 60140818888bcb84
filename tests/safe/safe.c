#include "../test.h"
#include "base/clock.h"
#include "safe/safe.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_hex(const unsigned char *p, size_t n, const char *want, int line)
{
	BUF_AUTO b = BUF(1024);
	hex_put(&b, p, n);
	if (!str_is(buf_view(&b), want)) {
		test_bad++;
		printf("# line %d: %.*s, not %s\n", line, (int)b.n, b.p, want);
	}
}
#define CHECK_HEX(p, n, want) check_hex((p), (n), (want), __LINE__)

/* ---- passwords ------------------------------------------------------------------------------------------------ */

TEST(argon2id_known_answer)
{
	safe_init();
	/* from the reference implementation's test.c: version 0x13, t 2, m 65536 KiB, "password", "somesalt" */
	const char *known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
	CHECK(password_verify(known, STR("password")));
	CHECK(!password_verify(known, STR("Password")));
	CHECK(password_outdated(known));
}

TEST(password_round)
{
	safe_init();
	char h[PASSWORD_HASH_MAX], q[PASSWORD_HASH_MAX], q2[PASSWORD_HASH_MAX];
	NEED_OK(password_hash(STR("四棵树在河边走路"), false, h, NULL));
	CHECK(str_starts(str_of(h), "$argon2id$v=19$m=65536,t=3,p=1$"));
	CHECK(password_verify(h, STR("四棵树在河边走路")) && !password_verify(h, STR("四棵树在河边走")));
	CHECK(!password_outdated(h));
	NEED_OK(password_hash(STR("x"), true, q, NULL));
	NEED_OK(password_hash(STR("x"), true, q2, NULL));
	CHECK(strcmp(q, q2) != 0);
	CHECK(password_verify(q, STR("x")) && password_outdated(q));
	CHECK(!password_verify("", STR("x")) && !password_verify("$argon2id$", STR("x")) && !password_verify("plain", STR("plain")));
}

TEST(weak_passwords)
{
	static const char *const weak[] = {
		"", "short", "Abcdefg1234", "password1234", "Password1234!", "P@ssw0rd1234", "passwordpassword", "Woaini520520!", "Zhangsan13800001111",
		"990582199001010011Ab", "99058219900101001X!a", "1111111111111111", "1234567890123456", "abcdefghijklmnop", "abcabcabcabcabcabc",
		"Fulian@20262026", "妇联2026!2026!", "妇联20262026aB!", "Admin@12345678", "Qwerty!123456", "ZhangJiaGang@2026", "liHong-has-a-cat-7",
		"\xFF\xFEqwerASDF1234", "aaaaaaaaaaaaaaaaB1!", "iloveyou13141314", "Root!20252026",
	};
	static const char *const good[] = {
		"Trqm7-kelbow", "grass lamp river coat", "苹果上山看见老虎笑着走过木桥去了", "9f$Ktt2!mQz@", "四棵树在河边走Abc1!", "correct horse battery",
		"1837 2956 4410 83 26", "Kettle+Moss=42",
	};
	for (size_t i = 0; i < ARRAY_LEN(weak); i++)
		if (!password_weak(str_of(weak[i]), STR("lihong"))) {
			test_bad++;
			printf("# taken: %s\n", weak[i]);
		}
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const char *why = password_weak(str_of(good[i]), STR("lihong"));
		if (why) {
			test_bad++;
			printf("# refused: %s: %s\n", good[i], why);
		}
	}
	char big[600];
	memset(big, 'x', sizeof big);
	CHECK(password_weak((struct str){ big, sizeof big }, STR("a")) != NULL);
}

/* ---- tokens and one-time codes ----------------------------------------------------------------------------------- */

TEST(tokens)
{
	safe_init();
	char a[TOKEN_TEXT], b[TOKEN_TEXT];
	token_new(a);
	token_new(b);
	CHECK_INT(strlen(a), 43);
	CHECK(strcmp(a, b) != 0);
	unsigned char h[32];
	token_hash(STR("abc"), h);
	CHECK_HEX(h, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK(secret_eq(STR("abc"), STR("abc")) && !secret_eq(STR("abc"), STR("abd")) && !secret_eq(STR("abc"), STR("ab")) && secret_eq(STR(""), STR("")));
}

TEST(totp_rfc6238)
{
	const unsigned char *seed = (const unsigned char *)"12345678901234567890";
	static const struct { int64_t s; const char *code; } v[] = { /* the last six of the RFC's eight digits */
		{ 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" }, { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		int64_t step = 0;
		CHECK(totp_check(seed, str_of(v[i].code), v[i].s * 1000, 0, &step));
		CHECK_INT(step, v[i].s / 30);
		CHECK(totp_check(seed, str_of(v[i].code), (v[i].s + 30) * 1000, 0, &step));
		CHECK(totp_check(seed, str_of(v[i].code), (v[i].s - 29) * 1000, 0, &step));
		CHECK(!totp_check(seed, str_of(v[i].code), (v[i].s + 90) * 1000, 0, &step));
		CHECK(!totp_check(seed, str_of(v[i].code), v[i].s * 1000, v[i].s / 30, &step));   /* once only */
	}
	int64_t step;
	CHECK(!totp_check(seed, STR("28708"), 59000, 0, &step) && !totp_check(seed, STR("2870820"), 59000, 0, &step) && !totp_check(seed, STR_NONE, 59000, 0, &step));
	ARENA a = arena_new(0);
	CHECK_STR(totp_uri(a, seed, STR("li hong")),
		  "otpauth://totp/%E5%B0%8F%E5%AE%89:li%20hong?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%B0%8F%E5%AE%89");
}

/* ---- seals --------------------------------------------------------------------------------------------------------- */

static const struct place here = { "person", "phone", 77 };

TEST(seal_round_and_every_bit)
{
	struct keyring *k = keyring_for_test(1), *other = keyring_for_test(2);
	ARENA a = arena_new(0);
	for (int s = SUITE_XCHACHA; s <= SUITE_SM4; s++) {
		keyring_set_suite(k, (enum suite)s);
		struct str text = STR("19900000000 张三"), out, sealed = seal(k, a, here, text);
		NEED(sealed.n > text.n && sealed.n <= text.n + seal_overhead());
		CHECK_INT(sealed.p[1], s);
		CHECK_INT(str_find(sealed, STR("1990")), -1);
		NEED_OK(unseal(k, a, here, sealed, &out, NULL));
		CHECK(str_eq(out, text));
		CHECK(!str_eq(seal(k, a, here, text), sealed));
		CHECK_ERR(unseal(other, a, here, sealed, &out, NULL), ERR_DB);
		for (size_t bit = 0; bit < sealed.n * 8; bit++) {
			char *bad = arena_cstr(a, sealed);
			bad[bit / 8] = (char)(bad[bit / 8] ^ 1 << bit % 8);
			CHECK_ERR(unseal(k, a, here, (struct str){ bad, sealed.n }, &out, NULL), ERR_DB);
		}
		for (size_t n = 0; n < sealed.n; n++)
			CHECK_ERR(unseal(k, a, here, (struct str){ sealed.p, n }, &out, NULL), ERR_DB);
		NEED_OK(unseal(k, a, here, seal(k, a, here, STR("")), &out, NULL));
		CHECK(out.p && out.n == 0);
	}
	struct str out = STR("x");
	CHECK(seal(k, a, here, STR_NONE).p == NULL);
	CHECK_OK(unseal(k, a, here, STR_NONE, &out, NULL));
	CHECK(out.p == NULL);
	keyring_free(k);
	keyring_free(other);
	keyring_free(NULL);
}

TEST(a_moved_seal_is_refused)
{
	struct keyring *k = keyring_for_test(1);
	ARENA a = arena_new(0);
	static const struct place there[] = { { "person", "phone", 78 }, { "person", "phon", 77 }, { "person", "idno", 77 }, { "persons", "phone", 77 },
		{ "perso", "nphone", 77 }, { "person", "phone", 77 + (INT64_C(1) << 40) }, { "person", "phone", -77 } };
	for (int s = SUITE_XCHACHA; s <= SUITE_SM4; s++) {
		keyring_set_suite(k, (enum suite)s);
		struct str out, sealed = seal(k, a, here, STR("secret"));
		for (size_t i = 0; i < ARRAY_LEN(there); i++)
			CHECK_ERR(unseal(k, a, there[i], sealed, &out, NULL), ERR_DB);
	}
	keyring_free(k);
}

TEST(blind_indexes)
{
	struct keyring *k = keyring_for_test(1), *other = keyring_for_test(2);
	unsigned char x[16], y[16];
	blind_index(k, "phone", STR("19900000000"), x);
	blind_index(k, "phone", STR("19900000000"), y);
	CHECK(memcmp(x, y, 16) == 0);
	blind_index(k, "idno", STR("19900000000"), y);
	CHECK(memcmp(x, y, 16) != 0);
	blind_index(other, "phone", STR("19900000000"), y);
	CHECK(memcmp(x, y, 16) != 0);
	CHECK(token_blind(k, STR("a")) == token_blind(k, STR("a")) && token_blind(k, STR("a")) != token_blind(k, STR("b")));
	CHECK(token_blind(k, STR("a")) != token_blind(other, STR("a")));
	keyring_free(k);
	keyring_free(other);
}

TEST(siphash_vector)
{
	/* Aumasson & Bernstein, SipHash-2-4, appendix A: key 00…0f, message 00…0e */
	unsigned char key[16], msg[15];
	for (int i = 0; i < 16; i++)
		key[i] = (unsigned char)i;
	memcpy(msg, key, 15);
	CHECK(siphash(key, (struct str){ (const char *)msg, 15 }) == 0xa129ca6149be45e5u);
	CHECK(siphash(key, STR("")) == 0x726fdb47dd0e0e31u);
}

/* ---- the key file --------------------------------------------------------------------------------------------------- */

static char folder[64], key_path[96];

static void folder_make(void)
{
	strcpy(folder, "/tmp/xa-safe-XXXXXX");
	NEED(mkdtemp(folder) != NULL);
	snprintf(key_path, sizeof key_path, "%s/root.key", folder);
}

static void folder_drop(void)
{
	unlink(key_path);
	CHECK_INT(rmdir(folder), 0);   /* fails when a temporary file was left */
}

TEST(key_file_is_made_and_kept)
{
	folder_make();
	struct keyring *k, *again;
	struct fault f = { 0 };
	CHECK_ERR(keyring_open(key_path, false, &k, &f), ERR_IO);
	NEED_OK(keyring_open(key_path, true, &k, &f));
	CHECK(f.code == OK);
	struct stat st;
	NEED(stat(key_path, &st) == 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	NEED_OK(keyring_open(key_path, true, &again, &f));
	ARENA a = arena_new(0);
	struct str out;
	NEED_OK(unseal(again, a, here, seal(k, a, here, STR("x")), &out, &f));
	unsigned char p1[32], p2[32];
	head_public_key(k, p1);
	head_public_key(again, p2);
	CHECK(memcmp(p1, p2, 32) == 0);
	keyring_free(k);
	keyring_free(again);
	folder_drop();
}

TEST(epochs)
{
	folder_make();
	struct keyring *one, *two;
	NEED_OK(keyring_open(key_path, true, &one, NULL));
	NEED_OK(keyring_rotate(key_path, NULL));
	NEED_OK(keyring_open(key_path, false, &two, NULL));
	CHECK_INT(keyring_epoch(one), 1);
	CHECK_INT(keyring_epoch(two), 2);
	ARENA a = arena_new(0);
	struct str out, old = seal(one, a, here, STR("old")), new = seal(two, a, here, STR("new"));
	CHECK_INT(seal_epoch(old), 1);
	CHECK_INT(seal_epoch(new), 2);
	CHECK_INT(seal_epoch(STR("x")), 0);
	CHECK_OK(unseal(two, a, here, old, &out, NULL));
	CHECK_STR(out, "old");
	CHECK_ERR(unseal(one, a, here, new, &out, NULL), ERR_DB);
	unsigned char x[16], y[16];
	blind_index(one, "phone", STR("1"), x);
	blind_index(two, "phone", STR("1"), y);
	CHECK(memcmp(x, y, 16) == 0 && token_blind(one, STR("a")) == token_blind(two, STR("a")));
	keyring_free(one);
	keyring_free(two);
	folder_drop();
}

TEST(key_file_open_to_others)
{
	folder_make();
	struct keyring *k;
	NEED_OK(keyring_open(key_path, true, &k, NULL));
	keyring_free(k);
	static const mode_t bad[] = { 0640, 0604, 0660, 0601 };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct fault f = { 0 };
		NEED(chmod(key_path, bad[i]) == 0);
		CHECK_ERR(keyring_open(key_path, true, &k, &f), ERR_IO);
		CHECK(f.msg && strstr(f.msg, "0600"));
	}
	NEED(chmod(key_path, 0400) == 0);
	NEED_OK(keyring_open(key_path, false, &k, NULL));
	keyring_free(k);
	folder_drop();
}

static void put(const char *p, size_t n)
{
	int fd = open(key_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	NEED(fd >= 0 && write(fd, p, n) == (ssize_t)n);
	close(fd);
}

TEST(key_file_cut_or_changed)
{
	folder_make();
	struct keyring *k;
	NEED_OK(keyring_open(key_path, true, &k, NULL));
	keyring_free(k);
	NEED_OK(keyring_rotate(key_path, NULL));
	char text[1024];
	int fd = open(key_path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text);
	close(fd);
	NEED(n > 100);
	for (ssize_t cut = 0; cut < n; cut++) {
		struct fault f = { 0 };
		put(text, (size_t)cut);
		CHECK_ERR(keyring_open(key_path, true, &k, &f), ERR_IO);
		CHECK(f.msg && strstr(f.msg, "cut short"));
	}
	for (ssize_t i = 0; i < n; i++) {
		char was = text[i];
		text[i] = (char)(was == '0' ? '1' : '0');
		put(text, (size_t)n);
		CHECK_ERR(keyring_open(key_path, true, &k, NULL), ERR_IO);
		text[i] = was;
	}
	put(text, (size_t)n);
	NEED_OK(keyring_open(key_path, true, &k, NULL));
	keyring_free(k);
	folder_drop();
}

/* ---- the Merkle log ---------------------------------------------------------------------------------------------------- */

TEST(merkle_rfc6962)
{
	/* the entries and roots of the certificate-transparency reference tests */
	static const char *const entry[] = { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" };
	static const char *const root[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	safe_init();
	struct merkle m = { 0 };
	unsigned char leaves[8][32], h[32];
	for (size_t i = 0;; i++) {
		merkle_root(&m, h);
		CHECK_HEX(h, 32, root[i]);
		merkle_root_of(leaves[0], i, h);
		CHECK_HEX(h, 32, root[i]);
		if (i == 8)
			break;
		unsigned char raw[16];
		size_t n = strlen(entry[i]) / 2;
		NEED(hex_get(str_of(entry[i]), raw, n));
		merkle_leaf((struct str){ (const char *)raw, n }, leaves[i]);
		merkle_add(&m, leaves[i]);
	}
}

TEST(merkle_thousand_saved_and_taken_up)
{
	ARENA a = arena_new(0);
	unsigned char *leaves = arena_alloc(a, 1000 * 32), x[32], y[32];
	struct merkle m = { 0 };
	for (uint64_t i = 0; i < 1000; i++) {
		merkle_leaf(arena_fmt(a, "row %llu", (unsigned long long)i), leaves + 32 * i);
		NEED_OK(merkle_load(&m, merkle_save(&m, a), NULL));
		merkle_add(&m, leaves + 32 * i);
		NEED(m.npeaks == __builtin_popcountll(m.size));
		merkle_root(&m, x);
		merkle_root_of(leaves, i + 1, y);
		NEED(memcmp(x, y, 32) == 0);
	}
	struct str s = merkle_save(&m, a);
	CHECK_ERR(merkle_load(&m, (struct str){ s.p, s.n - 1 }, NULL), ERR_DB);
	CHECK_ERR(merkle_load(&m, STR(""), NULL), ERR_DB);
	CHECK_INT(m.size, 1000);
}

TEST(signed_heads)
{
	struct keyring *k = keyring_for_test(1), *other = keyring_for_test(2);
	unsigned char pub[32], pub2[32], root[32], sig[64];
	head_public_key(k, pub);
	head_public_key(other, pub2);
	sha256(STR("root"), root);
	head_sign(k, 12, root, 1764000000000, sig);
	CHECK(head_check(pub, 12, root, 1764000000000, sig));
	CHECK(!head_check(pub, 13, root, 1764000000000, sig) && !head_check(pub, 12, root, 1764000000001, sig) && !head_check(pub2, 12, root, 1764000000000, sig));
	sig[5] ^= 1;
	CHECK(!head_check(pub, 12, root, 1764000000000, sig));
	sig[5] ^= 1;
	root[0] ^= 1;
	CHECK(!head_check(pub, 12, root, 1764000000000, sig));
	keyring_free(k);
	keyring_free(other);
}
