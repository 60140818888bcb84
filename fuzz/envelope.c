/* Fuzzer: any bytes as a sealed value: refused, never a crash, and never taken for one of ours. A first byte that is odd flips one bit of a
 * true one instead. */
#include "safe/safe.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct keyring *k;
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct str in = { (const char *)p, n }, out;
	if (!k) {
		safe_init();
		k = keyring_for_test(7);
	}
	(void)seal_epoch(in);
	(void)seal_key(in);
	(void)seal_behind(k, in);
	must(unseal(k, a, PLACE("clue", "text", 7, .cls = KC_CASE), in, &out, &f) != OK || n == 0);
	if (n < 4 || !(p[0] & 1))
		return 0;
	keyring_set_suite(k, p[1] % 3 == 0 ? SUITE_XCHACHA : p[1] % 3 == 1 ? SUITE_AES_GCM : SUITE_SM4);
	struct str plain = { in.p + 4, n - 4 }, sealed = seal(k, a, PLACE("clue", "text", 7, .cls = KC_CASE), plain);
	must(unseal(k, a, PLACE("clue", "text", 7, .cls = KC_CASE), sealed, &out, &f) == OK && str_eq(out, plain));
	must(unseal(k, a, PLACE("clue", "text", 8, .cls = KC_CASE), sealed, &out, &f) != OK);
	char *bad = arena_alloc(a, sealed.n);
	memcpy(bad, sealed.p, sealed.n);
	size_t bit = ((size_t)p[2] << 8 | p[3]) % (sealed.n * 8);
	bad[bit / 8] = (char)(bad[bit / 8] ^ 1 << bit % 8);
	must(unseal(k, a, PLACE("clue", "text", 7, .cls = KC_CASE), (struct str){ bad, sealed.n }, &out, &f) != OK);
	return 0;
}
