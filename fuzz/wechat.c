/* Fuzzer: what comes to /wechat. First byte even: XML of a message, whose texts are whole; odd: bytes that were "enciphered". */
#include "portal/wechat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct wechat w = { .appid = "wx01", .key = "0123456789abcdef0123456789abcde" };
	struct wechat_message m;
	struct str plain, all = { (const char *)data + 1, n ? n - 1 : 0 };
	if (!n)
		return 0;
	if (data[0] % 2) {
		if (wechat_decipher(&w, a, all, &plain, &f) == OK)
			must(plain.n < all.n);
		struct str sealed = wechat_encipher(&w, a, all, w.key);
		must(n > 40000 || (wechat_decipher(&w, a, sealed, &plain, &f) == OK && str_eq(plain, all)));
	} else if (wechat_parse(a, all, &m, &f) == OK) {
		must(utf8_valid(m.from) && utf8_valid(m.content) && m.content.n <= all.n);
	}
	return 0;
}
