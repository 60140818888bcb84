/* Fuzzer: any bytes as a date, a number, an id in an address, a list of proxies. What is read reads back the same. */
#include "base/base.h"
#include "base/clock.h"
#include "web/web.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = arena_new(0);
	struct str s = { (const char *)p, n };
	int64_t ms, again, v;
	BUF_AUTO b = BUF(1 << 16);
	if (date_parse(s, &ms)) {
		BUF_AUTO twice = BUF(64);
		date_put(&b, ms);
		must(date_parse(buf_view(&b), &again));
		date_put(&twice, again);
		must(str_eq(buf_view(&b), buf_view(&twice)));
	}
	buf_reset(&b);
	if (str_int(s, &v)) {
		buf_int(&b, v);
		must(str_int(buf_view(&b), &again) && again == v);
	}
	struct web_net nets[4];
	size_t count = 0;
	if (web_nets_parse(arena_cstr(a, s), nets, ARRAY_LEN(nets), &count))
		for (size_t i = 0; i < count; i++)
			must(nets[i].bits >= 0 && nets[i].bits <= 128);
	return 0;
}
