/* Papers and photos: taken in by content, enciphered, each under its own key, one side's or both's, read by who reads the case, gone
 * with it; and what a crash, a full disk or a liar of a file leaves behind: nothing. On both engines. */
#include "river.h"
#include "../durable/server.h"
#include "base/child.h"
#include "record/files.h"
#include "record/inner.h"
#include "record/keystore.h"
#include "samples.h"
#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define PLACE_MARK "GPS-31.8756N-120.5561E"

static enum err take_in(struct city *p, struct str bytes, const char *name, struct file_made *ret)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	p->app->program = server_program();
	return file_take(&c, bytes, str_of(name), ret);
}

/* Handed in by w; her answer. */
static enum err hand_in(struct city *p, struct actor w, const char *type, int64_t parent, const char *side, struct str bytes, const char *name, struct done *ret)
{
	struct file_made m;
	struct done d;
	NEED_OK(take_in(p, bytes, name, &m));
	run_file = &m;
	enum err e = side ? ADD(w, type, parent, &d, IN("side", side), IN("kind", "photo")) : ADD(w, type, parent, &d, IN("kind", "photo"));
	run_file = NULL;
	if (e != OK)
		file_forget(p->app, &m);
	else if (ret)
		*ret = d;
	return e;
}

static enum err read_as(struct city *p, struct actor w, const char *type, int64_t id, enum file_part part, struct buf *ret)
{
	struct ctx c;
	struct rec *r;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	TRY(see_one(&c, type, id, &r));
	return file_read(&c, r, part, ret);
}

static int files_in(const char *dir)
{
	int n = 0;
	DIR *d = opendir(dir);
	for (struct dirent *e; d && (e = readdir(d));)
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static char *files_dir(struct city *p) { return arena_printf(p->a, "%s/files", p->dir); }

static struct str slurp(struct city *p, const char *path)
{
	BUF_AUTO b = BUF((size_t)8 << 20);
	char room[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (ssize_t n; fd >= 0 && (n = read(fd, room, sizeof room)) > 0;)
		buf_put(&b, room, (size_t)n);
	if (fd >= 0)
		close(fd);
	return arena_str(p->a, buf_view(&b));
}

static bool planted(struct city *p, const char *mark)
{
	DIR *d = opendir(files_dir(p));
	bool found = false;
	for (struct dirent *e; d && (e = readdir(d));)
		found |= str_find(slurp(p, arena_printf(p->a, "%s/%s", files_dir(p), e->d_name)), str_of(mark)) >= 0;
	if (d)
		closedir(d);
	return found;
}

static struct str hash_text(struct city *p, struct str s)
{
	unsigned char h[32];
	BUF_AUTO b = BUF(80);
	sha256(s, h);
	hex_put(&b, h, 32);
	return arena_str(p->a, buf_view(&b));
}

TEST(a_photo_is_kept_whole_and_shown_without_its_place)
{
	struct city here, *p = &here;
	struct done d;
	BUF_AUTO whole = BUF(1 << 22), view = BUF(1 << 22), tile = BUF(1 << 22);
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	/* held upright (6): what is wide on the sensor is high for the eye */
	struct str photo = sample_jpeg(p->a, 640, 400, 6, PLACE_MARK);
	NEED(str_find(photo, STR(PLACE_MARK)) > 0);
	NEED_OK(hand_in(p, MEIW, "document", k, "a", photo, "IMG_0001.JPG", &d));
	struct rec *r = get(p, "document", d.id);
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	CHECK_STR(rec_str(&c, r, "type"), "jpeg");
	CHECK_STR(rec_str(&c, r, "name"), "IMG_0001.jpg");
	CHECK(str_eq(rec_str(&c, r, "sha256"), hash_text(p, photo)));
	CHECK_INT(rec_str(&c, r, "sm3").n, 64);
	CHECK_INT(rec_int(r, "bytes"), photo.n);
	NEED_OK(read_as(p, MEIW, "document", d.id, FILE_WHOLE, &whole));
	CHECK(str_eq(buf_view(&whole), photo));
	NEED_OK(read_as(p, MEIW, "document", d.id, FILE_VIEW, &view));
	NEED_OK(read_as(p, MEIW, "document", d.id, FILE_TILE, &tile));
	CHECK(str_find(buf_view(&view), STR(PLACE_MARK)) < 0 && str_find(buf_view(&view), STR("Exif")) < 0);
	CHECK(str_find(buf_view(&tile), STR(PLACE_MARK)) < 0 && tile.n < view.n + 1000);
	/* upright: 400 wide, 640 high, as its frame says (SOF0) */
	ptrdiff_t sof = str_find(buf_view(&view), STR("\xFF\xC0\x00\x11\x08"));
	NEED(sof > 0);
	const unsigned char *at = (const unsigned char *)view.p + sof + 5;
	CHECK_INT(at[0] << 8 | at[1], 640);
	CHECK_INT(at[2] << 8 | at[3], 400);
	/* On the disk nothing of it: not the place, not the name, no JPEG at all. */
	CHECK_INT(files_in(files_dir(p)), 3);
	CHECK(!planted(p, PLACE_MARK) && !planted(p, "IMG_0001") && !planted(p, "JFIF"));
	CHECK(str_eq(rec_str(&c, r, "stored"), hash_text(p, slurp(p, arena_printf(p->a, "%s/%.*s", files_dir(p), FILE_NAME - 1, rec_str(&c, r, "file").p)))));
	city_close(p);
}

TEST(the_kind_is_told_by_content_and_the_name_is_cleaned)
{
	struct city here, *p = &here;
	struct file_made m;
	city_open(p);
	const struct { struct str bytes; const char *name, *type, *title; bool picture; } good[] = {
		{ sample_jpeg(p->a, 100, 80, 1, NULL), "a.png", "jpeg", "a.jpg", true },
		{ sample_png(p->a, 90, 70), "../../etc/passwd", "png", "....etcpasswd.png" + 4, true },
		{ sample_pdf(), "协议\xE2\x80\xAEgpj.exe", "pdf", "协议gpj.pdf", true },
		{ OFFICE(p->a, "word/document.xml"), "说明.doc", "docx", "说明.docx", false },
		{ OFFICE(p->a, "xl/workbook.xml"), ".xlsx", "xlsx", "文件.xlsx", false },
		{ STR("他说：明天再来。\n"), "话.html", "txt", "话.txt", false },
		{ STR("#!AMR\n\x3C\x08\x17\x3C\x08\x17"), "rec", "amr", "rec.amr", false },
		{ STR("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1F\x00\x00\x80\x3E\x00\x00\x02\x00\x10\x00" "data\x00\x00\x00\x00"), "a<b>.wav", "wav", "ab.wav", false },
		{ STR("\x00\x00\x00\x18" "ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x00\x08mdat"), "IMG.HEIC", "heic", "IMG.heic", false },
		{ STR("\x00\x00\x00\x18" "ftypmp42\x00\x00\x00\x00isommp42\x00\x00\x00\x08mdat"), "v.mp4", "mp4", "v.mp4", false },
		{ STR("\x00\x00\x00\x18" "ftypM4A \x00\x00\x00\x00isommp42\x00\x00\x00\x08mdat"), "v.m4a", "m4a", "v.m4a", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		enum err e = take_in(p, good[i].bytes, good[i].name, &m);
		if (e != OK || strcmp(m.type, good[i].type) != 0 || !str_is(m.title, good[i].title) || m.preview != good[i].picture) {
			test_bad++;
			printf("# %s: %s %s %.*s %d\n", good[i].name, err_name(e), e == OK ? m.type : "", e == OK ? (int)m.title.n : 0, e == OK ? m.title.p : "", e == OK && m.preview);
		}
	}
	int kept = files_in(files_dir(p));
	const struct { struct str bytes; const char *name; } bad[] = {
		{ STR("<!doctype html><html><script>alert(1)</script></html>"), "a.jpg" },
		{ STR("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"/>"), "a.png" },
		{ STR("\x7F" "ELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3E\x00"), "photo.jpg" },
		{ STR("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xFF\xFF"), "photo.jpg" },
		{ STR("#!/bin/sh\nrm -rf /\n"), "a.txt" },
		{ STR("GIF89a\x01\x00\x01\x00\x80\x00\x00"), "a.gif" },
		{ OFFICE(p->a, "word/document.xml", "word/vbaProject.bin"), "a.docx" },
		{ OFFICE(p->a, "anything.txt"), "a.docx" },
		{ STR(""), "empty.jpg" },
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		fault_clear(&p->f);
		enum err e = take_in(p, bad[i].bytes, bad[i].name, &m);
		if (e != ERR_INVALID || !p->f.nfields || strcmp(p->f.fields[0].field, "file") != 0) {
			test_bad++;
			printf("# taken: %s %zu (%s)\n", bad[i].name, i, e == OK ? m.type : err_name(e));
		}
	}
	CHECK_INT(files_in(files_dir(p)), kept);
	city_close(p);
}

/* What breaks a reader of pictures: it is kept as it came, with a grey tile, and nobody dies of it. */
TEST(a_broken_file_has_a_grey_tile)
{
	struct city here, *p = &here;
	struct file_made m;
	city_open(p);
	struct str jpeg = sample_jpeg(p->a, 300, 200, 1, NULL), png = sample_png(p->a, 64, 64);
	char *bomb = arena_cstr(p->a, png);
	memcpy(bomb, png.p, png.n);
	memcpy(bomb + 16, "\x00\x00\xEA\x60\x00\x00\xEA\x60", 8);      /* says 60,000 × 60,000 */
	const struct str bad[] = { { jpeg.p, 30 }, { bomb, png.n }, STR("%PDF-1.7\n\x00\x01garbage"), { png.p, 40 }, STR("RIFF\x10\x00\x00\x00WEBPVP8 \xFF\xFF\xFF\xFF") };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum err e = take_in(p, bad[i], "a", &m);
		if (e != OK || m.preview) {
			test_bad++;
			printf("# %zu: %s %d\n", i, err_name(e), e == OK && m.preview);
		}
	}
	/* Half a picture is a picture of what is there, or none; never an error. */
	NEED_OK(take_in(p, (struct str){ jpeg.p, jpeg.n / 2 }, "half", &m));
	for (size_t i = 20; i < jpeg.n; i += jpeg.n / 12) {
		char *flip = arena_cstr(p->a, jpeg);
		memcpy(flip, jpeg.p, jpeg.n);
		flip[i] = (char)(flip[i] ^ 0x55);
		NEED_OK(take_in(p, (struct str){ flip, jpeg.n }, "flip", &m));
	}
	city_close(p);
}

/* Behind its door the child has no file, no network, no other process; and one that does not end is ended. */
TEST(the_child_can_do_nothing_else)
{
	static const char *const probe[] = { "preview", "--probe", NULL }, *const sleep[] = { "60", NULL };
	BUF_AUTO out = BUF(65536), none = BUF(100);
	bool ok = false;
	NEED_OK(child_run(&(struct child){ server_program(), probe, STR_NONE, 60000 }, &out, &ok, NULL));
	CHECK(ok);
	CHECK_STR(buf_view(&out), "file no\nwrite no\nnetwork no\nprocess no\nprogram no\n");
	NEED_OK(child_run(&(struct child){ "/bin/sleep", sleep, STR("bytes nobody reads"), 200 }, &none, &ok, NULL));
	CHECK(!ok);
	/* one that says too much is ended too */
	static const char *const yes[] = { "x", NULL };
	NEED_OK(child_run(&(struct child){ "/usr/bin/yes", yes, STR_NONE, 60000 }, &none, &ok, NULL));
	CHECK(!ok && none.over);
	CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
}

TEST(who_reads_the_case_reads_its_papers)
{
	struct city here, *p = &here;
	struct done a, b, both;
	enum sight s;
	struct actor other = who(ROLE_MEDIATOR, COMM, 41, 0);
	city_open(p);
	other.org = p->studio;
	int64_t k = new_case(p, "M01", "yellow");
	struct str png = sample_png(p->a, 50, 40);
	take(p, k);
	NEED_OK(hand_in(p, MEIW, "document", k, "a", png, "甲方照片.png", &a));
	NEED_OK(hand_in(p, MEIW, "document", k, "b", png, "乙方照片.png", &b));
	NEED_OK(hand_in(p, MEIW, "document", k, "both", png, "共同.png", &both));
	/* A colleague, the unit's other people, the federation above: there is no such paper. Nor can they add one. */
	const struct actor outside[] = { other, CITYW, TOWNW, who(ROLE_LEADER, CITY, 42, p->fed), who(ROLE_AUDITOR, CITY, 43, p->fed), who(ROLE_GRID, COMM, 44, p->comm) };
	for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
		CHECK_ERR(peek(p, outside[i], "document", a.id, &s), ERR_NOT_FOUND);
		CHECK(hand_in(p, outside[i], "document", k, "a", png, "x.png", NULL) != OK);
	}
	CHECK_INT(files_in(files_dir(p)), 9);
	/* The parties: nothing until it is shown, then her own and the common ones, never the other's. */
	struct actor side_a = { .role = ROLE_CITIZEN, .face = "portal", .kase = k, .side = "a" }, side_b = side_a;
	memcpy(side_b.side, "b", 2);
	CHECK_ERR(peek(p, side_a, "document", a.id, &s), ERR_NOT_FOUND);
	NEED_OK(DO0(MEIW, "document", "share", a.id));
	NEED_OK(DO0(MEIW, "document", "share", both.id));
	CHECK_OK(peek(p, side_a, "document", a.id, &s));
	CHECK_OK(peek(p, side_a, "document", both.id, &s));
	CHECK_OK(peek(p, side_b, "document", both.id, &s));
	CHECK_ERR(peek(p, side_b, "document", a.id, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, side_a, "document", b.id, &s), ERR_NOT_FOUND);
	NEED_OK(DO0(MEIW, "document", "hide", a.id));
	CHECK_ERR(peek(p, side_a, "document", a.id, &s), ERR_NOT_FOUND);
	/* Its side stays what it was. */
	CHECK_ERR(DO(MEIW, "document", "describe", a.id, IN("side", "b")), ERR_INVALID);
	/* Put aside it is evidence still. */
	BUF_AUTO whole = BUF(1 << 20);
	NEED_OK(DO0(MEIW, "document", "remove", a.id));
	NEED_OK(read_as(p, MEIW, "document", a.id, FILE_WHOLE, &whole));
	CHECK(str_eq(buf_view(&whole), png));
	/* A picture of which there is no copy is not shown to anybody. */
	struct done heic;
	NEED_OK(hand_in(p, MEIW, "document", k, "a", STR("\x00\x00\x00\x18" "ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x00\x08mdat"), "x.heic", &heic));
	CHECK_ERR(DO0(MEIW, "document", "share", heic.id), ERR_STATE);
	/* An emergency opens it to be read, not to be added to. */
	NEED_OK(ADD(CITYW, "glass", k, NULL, IN("reason", "life"), IN("why", "对方又上门来闹，联系不上人"), IN("use_for", "通知派出所")));
	CHECK_OK(peek(p, CITYW, "document", b.id, &s));
	CHECK_INT(s, SIGHT_FULL);
	CHECK(hand_in(p, CITYW, "document", k, "a", png, "x.png", NULL) != OK);
	city_close(p);
}

static enum err shut_out(struct ctx *c, void *arg)
{
	struct rec src = { .id = 777 };
	return access_put(c, &src, MEI, *(int64_t *)arg, ACCESS_OUT, 0, ACCESS_EVER);
}

TEST(a_conflict_and_a_child_shut_papers_too)
{
	struct city here, *p = &here;
	struct done d;
	enum sight s;
	struct ctx c;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	NEED_OK(hand_in(p, MEIW, "document", k, "a", STR("字条。\n"), "字条.txt", &d));
	CHECK_OK(peek(p, MEIW, "document", d.id, &s));
	/* A child is found in it: once the approval that the assignment was has run out, its papers are shut. */
	NEED_OK(ADD(MEIW, "party", k, NULL, IN("side", "b"), IN("name", "孩子"), IN("birth", "2015-01-01")));
	CHECK_OK(peek(p, MEIW, "document", d.id, &s));
	p->now += 91 * MS_DAY;
	CHECK_ERR(peek(p, MEIW, "document", d.id, &s), ERR_NOT_FOUND);
	CHECK(hand_in(p, MEIW, "document", k, "a", STR("字条。\n"), "字条.txt", NULL) != OK);
	p->now -= 91 * MS_DAY;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, shut_out, &k));
	CHECK_ERR(peek(p, MEIW, "document", d.id, &s), ERR_NOT_FOUND);
	city_close(p);
}

TEST(papers_of_a_clue_go_where_the_clue_goes)
{
	struct city here, *p = &here;
	struct done clue, d;
	enum sight s;
	struct actor comm2 = who(ROLE_COMMUNITY, COMM, 45, 0);
	city_open(p);
	comm2.org = p->comm;
	NEED_OK(run(p, CITYW, &(struct act){ .type = "clue", .verb = "create", .area = STR(COMM), .org = p->town, INPUTS(IN("source", "visit"), IN("text", "夫妻两人争吵，丈夫打了妻子")) }, &clue));
	NEED_OK(hand_in(p, TOWNW, "clue_document", clue.id, NULL, STR("她写的字条。\n"), "字条.txt", &d));
	CHECK_OK(peek(p, TOWNW, "clue_document", d.id, &s));
	CHECK_ERR(peek(p, comm2, "clue_document", d.id, &s), ERR_NOT_FOUND);
	NEED_OK(DO(TOWNW, "clue", "hand", clue.id, IN("org", num(p, p->comm)), IN("note", "请社区看")));
	/* With the clue: to the new desk, and away from the old one. */
	CHECK_OK(peek(p, comm2, "clue_document", d.id, &s));
	CHECK_ERR(peek(p, TOWNW, "clue_document", d.id, &s), ERR_NOT_FOUND);
	NEED_OK(DO(comm2, "clue", "close", clue.id, IN("outcome", "answered"), IN("note", "已和好")));
	CHECK_ERR(peek(p, comm2, "clue_document", d.id, &s), ERR_NOT_FOUND);
	city_close(p);
}

TEST(nobody_names_a_file_that_lies_there)
{
	struct city here, *p = &here;
	struct done d;
	struct ctx c;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow"), other = new_case(p, "M01", "yellow");
	take(p, k);
	take(p, other);
	NEED_OK(hand_in(p, MEIW, "document", k, "a", STR("甲\n"), "a.txt", &d));
	ctx_at(p, &c, &actor_system);
	struct rec *r = get(p, "document", d.id);
	char *file = arena_cstr(p->a, rec_str(&c, r, "file")), *key = arena_cstr(p->a, rec_str(&c, r, "file_key"));
	CHECK_ERR(ADD(MEIW, "document", other, NULL, IN("side", "b"), IN("file", file), IN("file_key", key)), ERR_INVALID);
	CHECK_ERR(ADD(MEIW, "document", other, NULL, IN("side", "b")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "document", "describe", d.id, IN("file", file)), ERR_INVALID);
	/* A session of another case is none of its sessions. */
	struct done s;
	NEED_OK(ADD(MEIW, "session", other, &s, IN("form", "separate"), IN("side", "a"), IN("held", "2026-11-24 08:30"), IN("present", "甲"), IN("rights_told", "1"), IN("text", "谈")));
	CHECK_ERR(DO(MEIW, "document", "describe", d.id, IN("session", num(p, s.id))), ERR_INVALID);
	city_close(p);
}

static enum err settings(struct ctx *c, void *arg)
{
	(void)arg;
	TRY(db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('file.photo_mb', '1', 1)", NOARGS, NULL));
	TRY(db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('file.video_mb', '2', 1)", NOARGS, NULL));
	return db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('file.count', '2', 1)", NOARGS, NULL);
}

TEST(limits_are_settings)
{
	struct city here, *p = &here;
	struct file_made m;
	struct ctx c;
	city_open(p);
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_write(&c, settings, NULL));
	char *big = arena_alloc(p->a, 3 << 20);
	memset(big, 'x', 3 << 20);
	CHECK_ERR(take_in(p, (struct str){ big, 3 << 20 }, "a.txt", &m), ERR_INVALID);
	CHECK_OK(take_in(p, (struct str){ big, 3 << 19 }, "a.txt", &m));
	struct str photo = sample_jpeg(p->a, 60, 40, 1, NULL);
	memcpy(big, photo.p, photo.n);
	CHECK_ERR(take_in(p, (struct str){ big, 3 << 19 }, "a.jpg", &m), ERR_INVALID);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	NEED_OK(hand_in(p, MEIW, "document", k, "a", STR("一\n"), "1.txt", NULL));
	NEED_OK(hand_in(p, MEIW, "document", k, "a", STR("二\n"), "2.txt", NULL));
	CHECK_ERR(hand_in(p, MEIW, "document", k, "a", STR("三\n"), "3.txt", NULL), ERR_INVALID);
	city_close(p);
}

TEST(a_full_disk_says_so_and_keeps_nothing_half)
{
	struct city here, *p = &here;
	struct file_made m;
	struct rlimit was;
	city_open(p);
	struct str big = sample_jpeg(p->a, 3000, 2200, 1, NULL);
	NEED(big.n > 60000);
	NEED_OK(take_in(p, STR("先有一个\n"), "a.txt", &m));
	int before = files_in(files_dir(p));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	/* Room for the first part of it, or for it but not for its pictures. */
	const size_t rooms[] = { 0, 100, 50000, big.n + 1000 };
	for (size_t i = 0; i < ARRAY_LEN(rooms); i++) {
		setrlimit(RLIMIT_FSIZE, &(struct rlimit){ rooms[i], was.rlim_max });
		enum err e = take_in(p, big, "b.jpg", &m);
		setrlimit(RLIMIT_FSIZE, &was);
		if (e == OK) {      /* its pictures are smaller than it is: there was room for all */
			file_forget(p->app, &m);
			continue;
		}
		CHECK_INT(e, ERR_FULL);
		CHECK(p->f.msg && strstr(p->f.msg, "no room on the disk"));
		CHECK_INT(files_in(files_dir(p)), before);
	}
	signal(SIGXFSZ, SIG_DFL);
	p->app->halt = HALT_ROOM;
	CHECK_ERR(take_in(p, STR("x\n"), "c.txt", &m), ERR_FULL);
	p->app->halt = HALT_NONE;
	city_close(p);
}

static enum err sweep(struct city *p, int64_t age, int64_t *ret)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	return file_sweep(&c, age, ret);
}

TEST(what_has_no_row_is_swept)
{
	struct city here, *p = &here;
	struct file_made m;
	struct done d;
	int64_t n;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	NEED_OK(hand_in(p, MEIW, "document", k, "a", sample_png(p->a, 30, 20), "a.png", &d));
	NEED_OK(take_in(p, sample_png(p->a, 30, 20), "b.png", &m));      /* and then the machine stopped */
	NEED(close(open(arena_printf(p->a, "%s/note-of-the-administrator", files_dir(p)), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) == 0);
	CHECK_INT(files_in(files_dir(p)), 7);
	NEED_OK(sweep(p, MS_HOUR, &n));
	CHECK_INT(n, 0);                  /* somebody may be at it */
	NEED_OK(sweep(p, 0, &n));
	CHECK_INT(n, 3);
	CHECK_INT(files_in(files_dir(p)), 4);
	BUF_AUTO whole = BUF(1 << 20);
	CHECK_OK(read_as(p, MEIW, "document", d.id, FILE_WHOLE, &whole));
	city_close(p);
}

static enum err end_it(struct ctx *c, void *arg)
{
	int64_t keys;
	return shred(c, "case", *(int64_t *)arg, &keys);
}

TEST(destroying_the_case_ends_its_papers)
{
	struct city here, *p = &here;
	struct done d;
	struct ctx c;
	int64_t n;
	BUF_AUTO whole = BUF(1 << 20);
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	NEED_OK(hand_in(p, MEIW, "document", k, "a", sample_png(p->a, 30, 20), "甲.png", &d));
	/* What a thief of the disk took before. */
	struct rec *r = get(p, "document", d.id);
	ctx_at(p, &c, &actor_system);
	char *path = arena_printf(p->a, "%s/%.*s", files_dir(p), FILE_NAME - 1, rec_str(&c, r, "file").p);
	struct str stolen = slurp(p, path);
	struct str sealed = r->v[field_at(r->t, "file_key")].sealed, plain;
	NEED(sealed.p && seal_key(sealed) != 0);      /* under the case's own key */
	NEED_OK(ctx_write(&c, end_it, &k));
	CHECK_INT(files_in(files_dir(p)), 0);
	CHECK_ERR(unseal(p->app->keys, p->a, field_place(plan_of(p->app, &document_type), &document_type.fields[field_at(&document_type, "file_key")], d.id), sealed, &plain, &p->f), ERR_NOT_FOUND);
	CHECK(stolen.n > 0);
	/* Left behind by a stop between: swept at the next start, for its row has no key. */
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	NEED(fd >= 0 && write(fd, stolen.p, stolen.n) == (ssize_t)stolen.n);
	close(fd);
	NEED_OK(sweep(p, 0, &n));
	CHECK_INT(n, 1);
	r = get(p, "document", d.id);
	CHECK(!rec_has(r, "file_key") && !rec_has(r, "name") && !rec_has(r, "sha256"));
	city_close(p);
}

static struct file_report look(struct city *p, const char *dir)
{
	struct ctx c;
	struct file_report r;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(file_check(&c, dir, &r));
	return r;
}

static struct file_report copy(struct city *p, const char *from, const char *to, int64_t since)
{
	struct ctx c;
	struct file_report r;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(file_copy(&c, &(struct file_way){ from, to, since }, &r));
	return r;
}

static void flip(struct city *p, const char *path)
{
	char b;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	NEED(fd >= 0 && pread(fd, &b, 1, 60) == 1);
	b = (char)(b ^ 4);
	NEED(pwrite(fd, &b, 1, 60) == 1);
	close(fd);
	(void)p;
}

TEST(what_was_altered_is_told_and_comes_back_from_a_copy)
{
	struct city here, *p = &here;
	struct done d, e;
	struct ctx c;
	BUF_AUTO whole = BUF(1 << 20);
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	char *to = arena_printf(p->a, "%s/kept", p->dir);
	take(p, k);
	NEED_OK(hand_in(p, MEIW, "document", k, "a", sample_png(p->a, 30, 20), "甲.png", &d));
	NEED_OK(hand_in(p, MEIW, "document", k, "b", sample_png(p->a, 31, 20), "乙.png", &e));
	CHECK_INT(look(p, NULL).files, 2);
	struct file_report r = copy(p, files_dir(p), to, 0);
	CHECK(r.files == 2 && !r.missing && !r.changed);
	CHECK_INT(files_in(to), 6);
	ctx_at(p, &c, &actor_system);
	char *path = arena_printf(p->a, "%s/%.*s", files_dir(p), FILE_NAME - 1, rec_str(&c, get(p, "document", d.id), "file").p);
	char *path2 = arena_printf(p->a, "%s/%.*s", files_dir(p), FILE_NAME - 1, rec_str(&c, get(p, "document", e.id), "file").p);
	flip(p, path);
	CHECK_ERR(read_as(p, MEIW, "document", d.id, FILE_WHOLE, &whole), ERR_DB);
	CHECK_INT(whole.n, 0);
	CHECK_INT(look(p, NULL).changed, 1);
	/* One file is not the other, though both are whole. */
	NEED(unlink(path) == 0 && link(path2, path) == 0);
	CHECK_ERR(read_as(p, MEIW, "document", d.id, FILE_WHOLE, &whole), ERR_DB);
	NEED(unlink(path) == 0);
	CHECK_INT(look(p, NULL).missing, 1);
	CHECK_ERR(read_as(p, MEIW, "document", d.id, FILE_WHOLE, &whole), ERR_IO);
	/* A damaged file does not push out the good copy; a restore brings it back. */
	flip(p, path2);
	r = copy(p, files_dir(p), to, 0);
	CHECK(!r.missing && !r.changed);
	NEED(unlink(path2) == 0);
	r = copy(p, to, files_dir(p), 0);
	CHECK(r.files == 2 && !r.missing && !r.changed);
	CHECK_OK(read_as(p, MEIW, "document", d.id, FILE_WHOLE, &whole));
	/* A copy that rotted is found when all are looked at, and made anew. */
	flip(p, arena_printf(p->a, "%s/%s", to, strrchr(path, '/') + 1));
	CHECK_INT(copy(p, files_dir(p), to, 0).changed, 1);
	CHECK_INT(copy(p, files_dir(p), to, 0).changed, 0);
	/* Destroyed: the copy stays under another name for as long as a copy of the key may, and can still be brought back with it. */
	NEED_OK(ctx_write(&c, end_it, &k));
	(void)copy(p, files_dir(p), to, 0);
	CHECK(access(arena_printf(p->a, "%s/%s.gone", to, strrchr(path, '/') + 1), F_OK) == 0);
	struct timespec old[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };
	NEED(utimensat(AT_FDCWD, arena_printf(p->a, "%s/%s.gone", to, strrchr(path, '/') + 1), old, 0) == 0);
	(void)copy(p, files_dir(p), to, 0);
	CHECK(access(arena_printf(p->a, "%s/%s.gone", to, strrchr(path, '/') + 1), F_OK) != 0);
	city_close(p);
}

TEST(a_file_is_of_the_suite_of_its_day)
{
	struct city here, *p = &here;
	struct done d[3];
	BUF_AUTO whole = BUF(1 << 20);
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	take(p, k);
	for (int s = SUITE_XCHACHA; s <= SUITE_SM4; s++) {
		keyring_set_suite(p->app->keys, (enum suite)s);
		NEED_OK(hand_in(p, MEIW, "document", k, "a", sample_png(p->a, 200, 150), "a.png", &d[s - 1]));
	}
	for (int s = 0; s < 3; s++) {
		buf_reset(&whole);
		NEED_OK(read_as(p, MEIW, "document", d[s].id, FILE_WHOLE, &whole));
		CHECK(str_eq(buf_view(&whole), sample_png(p->a, 200, 150)));
	}
	city_close(p);
}
