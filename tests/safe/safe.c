#include "../test.h"
#include "base/clock.h"
#include "safe/inner.h"
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
	CHECK(password_outdated(known, PASSWORD_USUAL));
}

TEST(password_round)
{
	safe_init();
	char h[PASSWORD_HASH_MAX], q[PASSWORD_HASH_MAX], q2[PASSWORD_HASH_MAX];
	NEED_OK(password_hash(STR("四棵树在河边走路"), PASSWORD_USUAL, h, NULL));
	CHECK(str_starts(str_of(h), "$argon2id$v=19$m=65536,t=3,p=1$"));
	CHECK(password_verify(h, STR("四棵树在河边走路")) && !password_verify(h, STR("四棵树在河边走")));
	CHECK(!password_outdated(h, PASSWORD_USUAL));
	NEED_OK(password_hash(STR("x"), PASSWORD_QUICK, q, NULL));
	NEED_OK(password_hash(STR("x"), PASSWORD_QUICK, q2, NULL));
	CHECK(strcmp(q, q2) != 0);
	CHECK(password_verify(q, STR("x")) && password_outdated(q, PASSWORD_USUAL));
	CHECK(!password_verify("", STR("x")) && !password_verify("$argon2id$", STR("x")) && !password_verify("plain", STR("plain")));
}

TEST(weak_passwords)
{
	static const char *const weak[] = {
		"", "short", "Abcdefg1234", "password1234", "Password1234!", "P@ssw0rd1234", "passwordpassword", "Woaini520520!", "Zhangsan13800001111",
		"990582199001010011Ab", "99058219900101001X!a", "1111111111111111", "1234567890123456", "abcdefghijklmnop", "abcabcabcabcabcabc",
		"Fulian@20262026", "妇联2026!2026!", "妇联20262026aB!", "Admin@12345678", "Qwerty!123456", "ZhangJiaGang@2026", "liHong-has-a-cat-7",
		"\xFF\xFEqwerASDF1234", "aaaaaaaaaaaaaaaaB1!", "iloveyou13141314", "Root!20252026", "Butterfly!2026", "Sn00py!20262026", "2026-Corvette-2026",
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

static const struct place here = { .table = "person", .column = "phone", .row = 77 };

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

static size_t un_hex(const char *hex, unsigned char *out)
{
	size_t n = strlen(hex) / 2;
	NEED(hex_get(str_of(hex), out, n));
	return n;
}

static void vector(int suite, const struct set *s, const char *nonce_hex, const char *aad_hex, struct str plain, const char *text_hex, const char *tag_hex)
{
	unsigned char nonce[24], aad[64], text[256], tag[16], out[256], got[16];
	un_hex(nonce_hex, nonce);
	size_t aadn = un_hex(aad_hex, aad), n = un_hex(text_hex, text);
	un_hex(tag_hex, tag);
	NEED(n == plain.n);
	CHECK(suite_seal(suite, s, nonce, aad, aadn, (const unsigned char *)plain.p, n, out, got));
	CHECK(memcmp(out, text, n) == 0 && memcmp(got, tag, 16) == 0);
	CHECK(suite_open(suite, s, nonce, aad, aadn, text, n, tag, out));
	CHECK(memcmp(out, plain.p, n) == 0);
}

/* draft-irtf-cfrg-xchacha A.3.1; the GCM specification, case 16; SM4-CTR of draft-ribose-cfrg-sm4 A.2.5; HMAC-SM3 of GB/T 15852.2. */
TEST(published_vectors)
{
	struct set s = { 0 };
	unsigned char plain[256], out[256], want[256], tag[16];
	safe_init();
	for (int i = 0; i < 32; i++)
		s.xchacha[i] = (unsigned char)(0x80 + i);
	vector(SUITE_XCHACHA, &s, "404142434445464748494a4b4c4d4e4f5051525354555657", "50515253c0c1c2c3c4c5c6c7",
	       STR("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."),
	       "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69"
	       "b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e", "c0875924c1c7987947deafd8780acf49");
	un_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", s.aes);
	size_t n = un_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39", plain);
	vector(SUITE_AES_GCM, &s, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2", (struct str){ (char *)plain, n },
	       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662", "76fc6ece0f4e1768cddf8853bb2d551b");
	un_hex("0123456789abcdeffedcba9876543210", s.sm4);
	n = un_hex("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb", plain);
	un_hex("ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514", want);
	unsigned char nonce[16];
	un_hex("000102030405060708090a0b0c0d0e0f", nonce);
	CHECK(suite_seal(SUITE_SM4, &s, nonce, plain, 0, plain, n, out, tag));
	CHECK(memcmp(out, want, n) == 0);
	unsigned char key[32], mac[32];
	for (int i = 0; i < 32; i++)
		key[i] = (unsigned char)(i + 1);
	struct str text = STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopqabcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
	CHECK(hmac_sm3(key, &text, 1, mac));
	CHECK_HEX(mac, 32, "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
}

/* Found by fuzz/envelope.c: a value of one byte was read past its end. */
TEST(what_is_too_short_for_a_seal_is_not_read)
{
	struct keyring *k = keyring_for_test(3);
	for (size_t n = 0; n < 4; n++) {
		char *p = malloc(n ? n : 1);
		memset(p, 1, n);
		(void)seal_behind(k, (struct str){ p, n });
		CHECK_INT(seal_key((struct str){ p, n }), 0);
		free(p);
	}
	CHECK(!seal_behind(k, (struct str){ "\1", 1 }));
	keyring_free(k);
}

TEST(a_moved_seal_is_refused)
{
	struct keyring *k = keyring_for_test(1);
	ARENA a = arena_new(0);
	static const struct place there[] = { PLACE("person", "phone", 78), PLACE("person", "phon", 77), PLACE("person", "idno", 77), PLACE("persons", "phone", 77),
		PLACE("perso", "nphone", 77), PLACE("person", "phone", 77 + (INT64_C(1) << 40)), PLACE("person", "phone", -77) };
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

/* ---- sheets of paper, passphrase, spools ---- */

TEST(any_two_sheets_give_the_key_back)
{
	folder_make();
	struct keyring *k, *other, *back;
	struct str sheet[SHEETS], foreign[SHEETS], out;
	ARENA a = arena_new(0);
	NEED_OK(keyring_open(key_path, true, &k, NULL));
	struct str sealed = seal(k, a, here, STR("19900000000"));
	NEED_OK(keyring_sheets(k, a, sheet, NULL));
	other = keyring_for_test(7);
	NEED_OK(keyring_sheets(other, a, foreign, NULL));
	for (int i = 0; i < SHEETS; i++)
		for (int j = 0; j < SHEETS; j++) {
			NEED(unlink(key_path) == 0 || i || j);
			if (i == j) {
				CHECK_ERR(keyring_restore(key_path, sheet[i], sheet[j], NULL), ERR_INVALID);
				CHECK(access(key_path, F_OK) != 0);
				put("x", 1);
				continue;
			}
			NEED_OK(keyring_restore(key_path, sheet[i], sheet[j], NULL));
			NEED_OK(keyring_open(key_path, false, &back, NULL));
			NEED_OK(unseal(back, a, here, sealed, &out, NULL));
			CHECK_STR(out, "19900000000");
			keyring_free(back);
			/* never over a key that is there */
			CHECK_ERR(keyring_restore(key_path, sheet[i], sheet[j], NULL), ERR_DUPLICATE);
		}
	NEED(unlink(key_path) == 0);
	CHECK_ERR(keyring_restore(key_path, sheet[0], foreign[1], NULL), ERR_INVALID);
	/* every mistyped character is found; groups, blanks and case may be as they like */
	for (size_t i = 0; i < sheet[0].n; i++) {
		char *bad = arena_cstr(a, sheet[0]);
		if (bad[i] == '-')
			continue;
		bad[i] = bad[i] == '1' ? '2' : '1';
		CHECK_ERR(keyring_restore(key_path, (struct str){ bad, sheet[0].n }, sheet[1], NULL), ERR_INVALID);
	}
	for (size_t n = 0; n < sheet[0].n; n++)
		CHECK_ERR(keyring_restore(key_path, (struct str){ sheet[0].p, n }, sheet[1], NULL), ERR_INVALID);
	char *loose = arena_cstr(a, sheet[2]);
	for (size_t i = 4; i < sheet[2].n; i++)
		loose[i] = loose[i] == '-' ? '\n' : loose[i] >= 'A' && loose[i] <= 'F' ? (char)(loose[i] + 32) : loose[i];
	CHECK_OK(keyring_restore(key_path, (struct str){ loose, sheet[2].n }, sheet[1], NULL));
	keyring_free(k);
	keyring_free(other);
	folder_drop();
}

/* One sheet is as good as noise: over many splits of one key its bytes take every value evenly. */
TEST(one_sheet_tells_nothing)
{
	struct keyring *k = keyring_for_test(3);
	int seen[256] = { 0 }, kinds = 0;
	for (int i = 0; i < 2000; i++) {
		ARENA a = arena_new(0);
		struct str sheet[SHEETS];
		unsigned char b;
		NEED_OK(keyring_sheets(k, a, sheet, NULL));
		char hex[3] = { (char)(sheet[0].p[16] | 32), (char)(sheet[0].p[17] | 32), 0 };
		if (hex_get(str_of(hex), &b, 1))
			kinds += seen[b]++ == 0;
	}
	CHECK(kinds > 200);
	keyring_free(k);
}

TEST(root_key_under_a_passphrase)
{
	folder_make();
	struct keyring *k, *again;
	struct fault f = { 0 };
	ARENA a = arena_new(0);
	struct str out, pass = STR("四棵树在河边走路去看老虎笑");
	NEED_OK(keyring_open(key_path, true, &k, NULL));
	struct str sealed = seal(k, a, here, STR("x"));
	NEED_OK(keyring_lock(k, key_path, pass, NULL));
	CHECK_ERR(keyring_open(key_path, true, &again, &f), ERR_AUTH);
	CHECK_ERR(keyring_unlock(&(struct unlock){ .path = key_path, .passphrase = STR("四棵树在河边走路去看老虎") }, &again, &f), ERR_AUTH);
	NEED_OK(keyring_unlock(&(struct unlock){ .path = key_path, .passphrase = pass }, &again, &f));
	NEED_OK(unseal(again, a, here, sealed, &out, NULL));
	NEED_OK(keyring_lock(again, key_path, STR_NONE, NULL));
	keyring_free(again);
	NEED_OK(keyring_open(key_path, false, &again, NULL));
	NEED_OK(unseal(again, a, here, sealed, &out, NULL));
	keyring_free(again);
	keyring_free(k);
	folder_drop();
}

TEST(spool_at_any_offset)
{
	unsigned char secret[SPOOL_SECRET], whole[1000], part[1000];
	spool_secret(secret);
	memset(whole, 7, sizeof whole);
	memcpy(part, whole, sizeof part);
	spool_xor(secret, 0, whole, sizeof whole);
	CHECK(memcmp(whole, part, sizeof part) != 0);
	static const size_t cut[] = { 0, 1, 63, 64, 65, 128, 129, 500, 511, 999, 1000 };
	for (size_t i = 1; i < ARRAY_LEN(cut); i++)
		spool_xor(secret, cut[i - 1], part + cut[i - 1], cut[i] - cut[i - 1]);
	CHECK(memcmp(whole, part, sizeof part) == 0);
	spool_xor(secret, 130, part + 130, 77);
	for (int i = 130; i < 207; i++)
		CHECK(part[i] == 7);
}

/* ---- the Merkle log ---------------------------------------------------------------------------------------------------- */

TEST(known_again_and_not_given_away)
{
	struct known *k = known_new();
	ARENA a = arena_new(0);
	for (int i = 0; i < 5000; i++) {
		known_add(k, "phone", arena_fmt(a, "1990%07d", i));
		known_add(k, "phone", arena_fmt(a, "1990%07d", i));
	}
	for (int i = 0; i < 5000; i++) {
		CHECK(known_has(k, "phone", arena_fmt(a, "1990%07d", i)));
		CHECK(!known_has(k, "idno", arena_fmt(a, "1990%07d", i)) && !known_has(k, "phone", arena_fmt(a, "1991%07d", i)));
	}
	/* nothing, and more than is looked at */
	char *big = arena_alloc(a, 1000);
	memset(big, 'x', 1000);
	CHECK(!known_has(k, "phone", STR("")) && !known_has(k, "phone", (struct str){ big, 1000 }));
	known_add(k, "phone", STR(""));
	known_add(k, "phone", (struct str){ big, 1000 });
	CHECK(known_has(k, "phone", STR("")) && known_has(k, "phone", (struct str){ big, 1000 }));
	known_free(k);
	known_free(NULL);
}

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

/* ---- files at rest ---- */

TEST(a_file_opens_only_whole_and_as_itself)
{
	safe_init();
	ARENA a = arena_new(0);
	unsigned char key[FILE_KEY] = { 7 }, other[FILE_KEY] = { 8 }, sha[32], got[32];
	const size_t sizes[] = { 0, 1, FILE_CHUNK - 1, FILE_CHUNK, FILE_CHUNK + 1, 3 * FILE_CHUNK + 5 };
	for (int suite = SUITE_XCHACHA; suite <= SUITE_SM4; suite++)
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			char path[] = "/tmp/xa-file-XXXXXX", *plain = arena_alloc(a, sizes[i] + 1);
			BUF_AUTO out = BUF(1 << 20);
			int fd = mkstemp(path);
			NEED(fd >= 0 && unlink(path) == 0);
			memset(plain, 'p', sizes[i]);
			NEED_OK(file_seal(key, (enum suite)suite, "name", (struct str){ plain, sizes[i] }, fd, sha, NULL));
			off_t len = lseek(fd, 0, SEEK_END);
			char *all = arena_alloc(a, (size_t)len + 1);
			NEED(pread(fd, all, (size_t)len, 0) == len);
			sha256((struct str){ all, (size_t)len }, got);
			CHECK(memcmp(sha, got, 32) == 0);
			CHECK(sizes[i] < 8 || str_find((struct str){ all, (size_t)len }, STR("pppppppp")) < 0);
#define OPENS(k, n) (buf_reset(&out), lseek(fd, 0, SEEK_SET), file_unseal(k, n, fd, &out, NULL))
			NEED_OK(OPENS(key, "name"));
			CHECK(str_eq(buf_view(&out), (struct str){ plain, sizes[i] }));
			/* Under another name or key; cut short or longer; each byte of the head and some of the rest flipped; two chunks changed about. */
			CHECK(!sizes[i] || OPENS(key, "name.v") == ERR_DB);
			CHECK(!sizes[i] || OPENS(other, "name") == ERR_DB);
			NEED(ftruncate(fd, len - 1) == 0);
			CHECK_ERR(OPENS(key, "name"), ERR_DB);
			CHECK_INT(out.n, 0);
			NEED(pwrite(fd, all, (size_t)len, 0) == len && pwrite(fd, "x", 1, len) == 1);
			CHECK_ERR(OPENS(key, "name"), ERR_DB);
			NEED(ftruncate(fd, len) == 0);
			for (off_t at = 0; at < len; at += at < 40 ? 1 : 5003) {
				char bad = (char)(all[at] ^ 1);
				NEED(pwrite(fd, &bad, 1, at) == 1);
				enum err e = OPENS(key, "name");
				CHECK(e == ERR_DB || e == ERR_LIMIT || (!sizes[i] && at == 8));
				CHECK_INT(out.n, 0);
				NEED(pwrite(fd, &all[at], 1, at) == 1);
			}
			if (sizes[i] > 2 * FILE_CHUNK) {
				size_t one = nonce_len(suite) + FILE_CHUNK + TAG;
				NEED(pwrite(fd, all + 17 + one, one, 17) == (ssize_t)one && pwrite(fd, all + 17, one, 17 + (off_t)one) == (ssize_t)one);
				CHECK_ERR(OPENS(key, "name"), ERR_DB);
			}
			close(fd);
		}
}

TEST(sm3_known_answer)
{
	/* GB/T 32905-2016, A.1 */
	unsigned char h[32];
	sm3(STR("abc"), h);
	CHECK_HEX(h, 32, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}
