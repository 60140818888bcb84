#include "../test.h"
#include "base/clock.h"
#include "text/text.h"

TEST(normalise_keeps_a_map_to_the_original)
{
	ARENA a = arena_new(0);
	struct str s = STR("ＡＢ　 家庭\xE2\x80\x8B暴力 DÉ\n\n她說：離婚");
	struct norm n = text_normalise(a, s);
	CHECK_STR(n.text, "ab 家庭暴力 de 她说:离婚");
	CHECK_INT(n.map[n.text.n], s.n);
	for (size_t i = 0; i < n.text.n; i++)
		NEED(n.map[i] <= n.map[i + 1]);
	ptrdiff_t at = str_find(n.text, STR("离婚"));
	NEED(at > 0);
	CHECK(memcmp(s.p + n.map[at], "離", 3) == 0);
	CHECK_INT(text_normalise(a, STR("")).text.n, 0);
	CHECK_INT(text_normalise(a, STR_NONE).text.n, 0);
	CHECK_STR(text_normalise(a, STR("𠮷㛃😭①")).text, "𠮷㛃😭1");
	struct norm broken = text_normalise(a, (struct str){ "a\xE4\xB8", 3 });
	CHECK(utf8_valid(broken.text));
}

TEST(normalise_grows_for_ligatures)
{
	ARENA a = arena_new(0);
	BUF_AUTO b = BUF(100000);
	for (int i = 0; i < 500; i++)
		buf_cstr(&b, "\xEF\xB7\xBA");   /* one character that becomes eighteen */
	struct norm n = text_normalise(a, buf_view(&b));
	CHECK(n.text.n > b.n && utf8_valid(n.text));
	CHECK_INT(n.map[n.text.n], b.n);
}

TEST(clean_drops_what_nobody_typed)
{
	ARENA a = arena_new(0);
	struct str r;
	NEED_OK(text_clean(a, (struct str){ "a\0b\r\nc\rd\x01\t\xE2\x80\xAE" "x\xEF\xBB\xBF", 17 }, &r, NULL));
	CHECK_STR(r, "ab\nc\nd\tx");
	NEED_OK(text_clean(a, STR("e\xCC\x81 𠮷㛃阿卜杜拉·买买提👩‍👧"), &r, NULL));
	CHECK_STR(r, "é 𠮷㛃阿卜杜拉·买买提👩‍👧");
	NEED_OK(text_clean(a, STR_NONE, &r, NULL));
	CHECK(!r.p);
	struct fault f = { 0 };
	CHECK_ERR(text_clean(a, (struct str){ "家a\xFF", 5 }, &r, &f), ERR_INVALID);
	CHECK(strcmp(f.arg, "4") == 0);
}

struct seen { struct buf b; };
static void see(void *arg, struct str t)
{
	struct seen *s = arg;
	if (s->b.n)
		buf_char(&s->b, ' ');
	buf_str(&s->b, t);
}
static struct str tokens(struct arena *a, const char *s, bool indexing)
{
	struct seen w = { BUF(10000) };
	text_tokens(a, str_of(s), indexing, see, &w);
	struct str r = arena_str(a, buf_view(&w.b));
	buf_free(&w.b);
	return r;
}

TEST(tokens_of_index_and_query_meet)
{
	ARENA a = arena_new(0);
	CHECK_STR(tokens(a, "家暴案", true), "1:家 家暴 1:暴 暴案 1:案");
	CHECK_STR(tokens(a, "家暴案", false), "家暴 暴案");
	CHECK_STR(tokens(a, "家", true), "1:家");
	CHECK_STR(tokens(a, "家", false), "1:家");
	CHECK_STR(tokens(a, " 家。", false), "1:家");
	CHECK_STR(tokens(a, "ABC号12栋", false), "abc 12");
	CHECK_STR(tokens(a, "", false), "");
	CHECK_STR(tokens(a, "。。!", false), "");
	CHECK_STR(tokens(a, "王五，打人", false), "王五 打人");
	CHECK_STR(tokens(a, "𠮷㛃", false), "𠮷㛃");
	CHECK_STR(tokens(a, "阿卜杜拉·买买提", false), "阿卜 卜杜 杜拉 拉买 买买 买提");
	CHECK_STR(tokens(a, "買買提", false), "买买 买提");
	CHECK_STR(tokens(a, "Ｗｅｃｈａｔ１２", false), "wechat12");
	CHECK_STR(tokens(a, "😭打", false), "1:打");
}

TEST(any_part_of_a_word_is_found)
{
	ARENA a = arena_new(0);
	const char *text = "张家港乡下阿卜杜拉·买买提说丈夫打人";
	struct str all = tokens(a, text, true);
	/* the index without single characters, as record/search.c lays it out */
	BUF_AUTO line = BUF(10000);
	for (struct str rest = all; rest.p;) {
		struct str t = str_cut(rest, ' ', &rest);
		if (!str_starts(t, "1:"))
			buf_printf(&line, "%.*s ", (int)t.n, t.p);
	}
	const char *p = text, *end = text + strlen(text);
	while (p < end) {
		for (size_t n = 2; n < 6; n++) {
			struct str part = utf8_head((struct str){ p, (size_t)(end - p) }, n);
			struct str q = tokens(a, arena_cstr(a, part), false);
			if (utf8_count(part) == n && str_find(part, STR("·")) < 0)
				CHECK(str_find(buf_view(&line), q) >= 0);
		}
		utf8_next(&p, end);
	}
}

static const char *bad_offset(const char *p, size_t n)
{
	static struct fault f;
	fault_clear(&f);
	ARENA a = arena_new(0);
	struct str r;
	if (text_to_utf8(a, (struct str){ p, n }, &r, NULL, &f) == OK)
		return "none";
	return f.arg;
}

TEST(encodings)
{
	ARENA a = arena_new(0);
	struct str r;
	const char *enc;
	NEED_OK(text_to_utf8(a, STR("\xEF\xBB\xBF家"), &r, &enc, NULL));
	CHECK_STR(r, "家");
	NEED_OK(text_to_utf8(a, STR("\xBC\xD2\xCD\xA5,\x95\x32\x82\x36"), &r, &enc, NULL));   /* with a four-byte 𠀀-plane one */
	CHECK(str_starts(r, "家庭,") && strcmp(enc, "GB18030") == 0 && utf8_count(r) == 4);
	NEED_OK(text_to_utf8(a, (struct str){ "\xFF\xFE\xB6\x5B\x42\xD8\xB7\xDF", 8 }, &r, &enc, NULL));
	CHECK_STR(r, "家𠮷");
	CHECK(strcmp(enc, "UTF-16LE") == 0);
	NEED_OK(text_to_utf8(a, (struct str){ "\xFE\xFF\x5B\xB6", 4 }, &r, &enc, NULL));
	CHECK_STR(r, "家");
	NEED_OK(text_to_utf8(a, STR(""), &r, &enc, NULL));
	CHECK_INT(r.n, 0);
	CHECK(strcmp(bad_offset("家庭暴力家庭\xFF暴力", 25), "18") == 0);
	CHECK(strcmp(bad_offset("\xFF\xFE\xB6", 3), "2") == 0);
	CHECK(strcmp(bad_offset("\xFF\xFE\x42\xD8\x41\x00", 6), "2") == 0);
	CHECK(strcmp(bad_offset("\xEF\xBB\xBF\xFF", 4), "3") == 0);
	CHECK(strcmp(bad_offset("ab\xFF\xFF", 4), "2") == 0);
	CHECK(strcmp(bad_offset("a\0b", 3), "1") == 0);
}

static struct str rows(struct arena *a, const char *s, char *ret_sep, bool *ret_broken)
{
	struct csv c;
	csv_open(&c, str_of(s));
	BUF_AUTO b = BUF(10000);
	struct str *cells;
	size_t n;
	bool broken = false;
	*ret_broken = false;
	while (csv_next(&c, a, &cells, &n, &broken)) {
		for (size_t i = 0; i < n; i++)
			buf_printf(&b, "[%.*s]", (int)cells[i].n, cells[i].p);
		buf_char(&b, '/');
		*ret_broken |= broken;
	}
	*ret_sep = c.sep;
	return arena_str(a, buf_view(&b));
}

TEST(csv_corner_cases)
{
	ARENA a = arena_new(0);
	char sep;
	bool broken;
	CHECK_STR(rows(a, "a,b\r\n1,\"x,\"\"y\"\"\nz\"\r\n", &sep, &broken), "[a][b]/[1][x,\"y\"\nz]/");
	CHECK(!broken);
	CHECK_STR(rows(a, "a;b\n1,5;2\n", &sep, &broken), "[a][b]/[1,5][2]/");
	CHECK_STR(rows(a, "a\tb\n1,5,6\t2", &sep, &broken), "[a][b]/[1,5,6][2]/");
	CHECK(sep == '\t');
	CHECK_STR(rows(a, "a,b\n,\n\n\"\",", &sep, &broken), "[a][b]/[][]/[]/[][]/");
	CHECK_STR(rows(a, "a,\"b\nc,d", &sep, &broken), "[a][b\nc,d]/");
	CHECK(broken);
	CHECK_STR(rows(a, "\"a\"x,b\"c\"", &sep, &broken), "[ax][b\"c\"]/");
	CHECK_STR(rows(a, "\"", &sep, &broken), "[]/");
	CHECK(broken);
	CHECK_STR(rows(a, "a\rb", &sep, &broken), "[a]/[b]/");
	CHECK_STR(rows(a, "sep=;\r\na,b;c", &sep, &broken), "[a,b][c]/");
	CHECK_STR(rows(a, "", &sep, &broken), "");
}

static struct str phone(struct arena *a, const char *s)
{
	struct str r = phone_normalise(a, str_of(s));
	return r.p ? r : STR("-");
}

TEST(phones)
{
	ARENA a = arena_new(0);
	CHECK_STR(phone(a, "199 0000-0001"), "19900000001");
	CHECK_STR(phone(a, "＋８６　１９９００００００１１"), "19900000011");
	CHECK_STR(phone(a, "008619900000001"), "19900000001");
	CHECK_STR(phone(a, "8619900000001"), "19900000001");
	CHECK_STR(phone(a, "(0512) 5800 0001"), "051258000001");
	CHECK_STR(phone(a, "+86 512 58000001"), "051258000001");
	CHECK_STR(phone(a, "58000001"), "58000001");
	CHECK_STR(phone(a, "400-800-1234"), "4008001234");
	CHECK_STR(phone(a, "12338"), "12338");
	CHECK_STR(phone(a, "+852 9000 0001"), "0085290000001");
	CHECK_STR(phone(a, "1990000000"), "-");
	CHECK_STR(phone(a, "199000000011"), "-");
	CHECK_STR(phone(a, "无"), "-");
	CHECK_STR(phone(a, ""), "-");
	CHECK_STR(phone(a, "+86"), "-");
}

TEST(identity_numbers)
{
	ARENA a = arena_new(0);
	int32_t today = day_make(2026, 11, 24);
	struct str r = STR_NONE;
	char d = 0;
	CHECK_INT(idno_check(a, STR("11010519491231002x"), today, &r, &d), IDNO_OK);
	CHECK_STR(r, "11010519491231002X");
	CHECK_INT(idno_check(a, STR("320582199001010014"), today, &r, &d), IDNO_OK);
	CHECK_INT(idno_sex(r), 1);
	CHECK_INT(idno_birth(r), day_make(1990, 1, 1));
	CHECK_INT(idno_check(a, STR("１１０１０５ １９４９１２３１ ００２Ｘ"), today, &r, &d), IDNO_OK);
	CHECK_INT(idno_check(a, STR("320582199001010015"), today, &r, &d), IDNO_CHECK);
	CHECK(d == '4');
	CHECK_INT(idno_check(a, STR("110105491231002"), today, &r, &d), IDNO_15);
	CHECK_INT(idno_check(a, STR(""), today, &r, &d), IDNO_EMPTY);
	CHECK_INT(idno_check(a, STR(" 　"), today, &r, &d), IDNO_EMPTY);
	CHECK_INT(idno_check(a, STR("32058219900101001"), today, &r, &d), IDNO_LENGTH);
	CHECK_INT(idno_check(a, STR("3205821990010100145678"), today, &r, &d), IDNO_LENGTH);
	CHECK_INT(idno_check(a, STR("3205821990O1010014"), today, &r, &d), IDNO_CHARS);
	CHECK_INT(idno_check(a, STR("X20582199001010014"), today, &r, &d), IDNO_CHARS);
	CHECK_INT(idno_check(a, STR("320582199002300014"), today, &r, &d), IDNO_DATE);
	CHECK_INT(idno_check(a, STR("320582185001010014"), today, &r, &d), IDNO_DATE);
	CHECK_INT(idno_check(a, STR("320582203001010014"), today, &r, &d), IDNO_FUTURE);
}

TEST(masks)
{
	ARENA a = arena_new(0);
	CHECK_STR(mask_name(a, STR("王小明")), "王**");
	CHECK_STR(mask_name(a, STR("𠮷某")), "𠮷**");
	CHECK_STR(mask_name(a, STR("阿卜杜拉·买买提")), "阿**");
	CHECK_STR(mask_phone(a, STR("138 0000 5678")), "138****5678");
	CHECK_STR(mask_phone(a, STR("58123456")), "****56");
	CHECK_STR(mask_phone(a, STR("打我微信")), "****");
	CHECK_STR(mask_idno(a, STR("320582199001010014")), "3205**********0014");
	CHECK_STR(mask_idno(a, STR("G12345678")), "G1****");
	CHECK_STR(mask_idno(a, STR("证")), "****");
	CHECK_STR(mask_address(a, STR("杨舍镇农义村三组12号")), "杨舍镇农义村***");
	CHECK_STR(mask_address(a, STR("张家港市金港街道滨江花园3幢")), "张家港市金港街道***");
	CHECK_STR(mask_address(a, STR("后塍街道后塍社区5号")), "后塍街道后塍社区***");
	CHECK_STR(mask_address(a, STR("人民路1号")), "***");
	CHECK_INT(mask_address(a, STR("")).n, 0);
}
