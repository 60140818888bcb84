/* Fuzzer: any bytes through what templates print with, in each kind of place: nothing that could leave its place comes out. */
#include "web/view.h"

static void no_markup(struct str s, bool lines)
{
	for (size_t i = 0; i < s.n; i++) {
		if (lines && str_starts((struct str){ s.p + i, s.n - i }, "<br>")) {
			i += 3;
			continue;
		}
		must(s.p[i] != '<' && s.p[i] != '>' && s.p[i] != '"' && s.p[i] != '\'');
	}
}

/* A picture within the page: the one address that is no local one. */
static const char picture[] = "data:image/jpeg;base64,";

static void base64_only(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		must((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] && strchr("+/=", s.p[i])));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str s = { (const char *)p, n };
	BUF_AUTO b = BUF(1 << 22);
	html_text(&b, s);
	no_markup(buf_view(&b), false);
	buf_reset(&b);
	html_text_lines(&b, s);
	no_markup(buf_view(&b), true);
	buf_reset(&b);
	html_url_part(&b, s);
	for (size_t i = 0; i < b.n; i++) {
		char c = b.p[i];
		must((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~%", c)));
	}
	buf_reset(&b);
	html_url(&b, s);
	no_markup(buf_view(&b), false);
	if (str_starts(buf_view(&b), picture))
		base64_only((struct str){ b.p + strlen(picture), b.n - strlen(picture) });
	else
		must(b.n > 0 && (b.p[0] == '/' || b.p[0] == '#'));
	must(!(b.n > 1 && b.p[0] == '/' && (b.p[1] == '/' || b.p[1] == '\\')));
	buf_reset(&b);
	if (utf8_valid(s)) {
		json_str(&b, s);
		must(b.n >= 2 && b.p[0] == '"' && b.p[b.n - 1] == '"');
		for (size_t i = 0; i < b.n; i++)
			must((unsigned char)b.p[i] >= 0x20);
	}
	return 0;
}
