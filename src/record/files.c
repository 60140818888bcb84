/* Why: a photo of an injury, a recording, a signed paper: often the only proof she has, and the last thing others may find.
 * Invariants: what is on the disk is enciphered before the first byte is; a row commits after its file is flushed; the bytes handed
 * in are never parsed by this process. */
#include "record/files.h"
#include "base/child.h"
#include "record/inner.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PICTURES_MAX ((size_t)12 << 20)
#define CHILD_MS 12000
#define MB ((int64_t)1 << 20)

static const char *const ends[] = { [FILE_WHOLE] = "", [FILE_VIEW] = ".v", [FILE_TILE] = ".t" };

enum err file_limits(struct ctx *c, struct file_limits *ret)
{
	struct file_limits l;
	/* A request's body ends at 64 MiB, its form around the file included. */
	TRY(setting_count(c, "file.photo_mb", 20, 1, 60, &l.photo));
	TRY(setting_count(c, "file.video_mb", 60, 1, 60, &l.video));
	TRY(setting_count(c, "file.count", 100, 1, 500, &l.count));
	l.photo *= MB;
	l.video *= MB;
	*ret = l;
	return OK;
}

/* ---- names ---- */

/* Unseen marks that turn the way of writing round ("gpj.exe"), and what a file system or a shell takes for something else. */
static bool unfit(uint32_t cp)
{
	return cp < 0x20 || cp == 0x7F || (cp >= 0x80 && cp < 0xA0) || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) ||
	       cp == 0xFEFF || cp == 0xFFFD || (cp < 0x80 && strchr("<>:\"/\\|?*", (int)cp));
}

/* Without its ending, of which the content decides. */
static struct str clean_name(struct ctx *c, struct str s, struct str ext)
{
	BUF_AUTO b = BUF(1024);
	size_t n = 0, dot = s.n;
	for (size_t i = s.n; i > 0 && s.n - i < 6; i--)
		if (s.p[i - 1] == '.') {
			dot = i - 1;
			break;
		}
	for (const char *p = s.p, *end = s.p + dot; p < end && n < 80;) {
		const char *was = p;
		uint32_t cp = utf8_next(&p, end);
		if (unfit(cp) || (cp == '.' && !b.n))
			continue;
		buf_put(&b, was, (size_t)(p - was));
		n++;
	}
	struct str base = str_trim(buf_view(&b));
	while (base.n && base.p[base.n - 1] == '.')
		base.n--;
	return arena_fmt(c->a, "%.*s.%.*s", base.n ? (int)base.n : 6, base.n ? base.p : "文件", (int)ext.n, ext.p);
}

/* ---- what the child says ---- */

struct shown_parts { struct str type, view, tile; };

static struct str take_line(struct str *s)
{
	struct str rest, line = str_cut(*s, '\n', &rest);
	*s = rest;
	return line;
}

/* "view N\n" and N bytes. */
static bool take_part(struct str *s, const char *name, struct str *ret)
{
	struct str was = *s, line = take_line(s), n;
	int64_t len;
	if (!str_is(str_cut(line, ' ', &n), name) || !str_int(n, &len) || len <= 0 || !s->p || (uint64_t)len > s->n) {
		*s = was;
		return false;
	}
	*ret = (struct str){ s->p, (size_t)len };
	*s = (struct str){ s->p + len, s->n - (size_t)len };
	/* Only a JPEG may come back: it is sent on as one. */
	return ret->n > 4 && memcmp(ret->p, "\xFF\xD8\xFF", 3) == 0;
}

/* Whatever is wrong with it: no pictures, and perhaps a kind. */
static struct shown_parts read_answer(const struct buf *b, bool ended)
{
	struct shown_parts o = { STR_NONE, STR_NONE, STR_NONE };
	struct str s = buf_view(b), kind, line = take_line(&s);
	if (!str_is(str_cut(line, ' ', &kind), "type") || !s.p)
		return o;
	o.type = kind;
	struct str view, tile;
	if (ended && take_part(&s, "view", &view) && take_part(&s, "tile", &tile) && str_is(s, "end\n")) {
		o.view = view;
		o.tile = tile;
	}
	return o;
}

/* ---- writing ---- */

static void path_of(const struct app *app, const char *name, enum file_part part, char ret[4300]) { snprintf(ret, 4300, "%s/files/%s%s", app->data_dir, name, ends[part]); }

static enum err disk_fault(struct fault *f, enum err e, const char *what)
{
	if (e == ERR_FULL && f) {
		f->msg = N_("There is no room on the disk: the file was not kept. Please tell the administrator; keep the original until it is here.");
		return e;
	}
	return f && !f->detail[0] ? fail(f, e, NULL, "%s", what) : e;
}

static enum err put_part(struct app *app, const struct file_made *m, const unsigned char key[FILE_KEY], enum file_part part, struct str bytes, char stored[65], struct fault *f)
{
	char path[4300], name[64];
	unsigned char sha[32];
	path_of(app, m->name, part, path);
	snprintf(name, sizeof name, "%s%s", m->name, ends[part]);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(f, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO, NULL, "%s: %s", path, strerror(errno));
	enum err e = file_seal(key, keyring_suite(app->keys), name, bytes, fd, sha, f);
	if (e == OK && fsync(fd) != 0)
		e = fail(f, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO, NULL, "%s: %s", path, strerror(errno));
	if (close(fd) != 0 && e == OK)
		e = fail(f, ERR_IO, NULL, "%s: %s", path, strerror(errno));
	if (e == OK && stored) {
		BUF_AUTO b = BUF(80);
		hex_put(&b, sha, 32);
		memcpy(stored, b.p, 65);
	}
	return e;
}

static enum err flush_folder(const struct app *app, struct fault *f)
{
	char path[4300];
	snprintf(path, sizeof path, "%s/files", app->data_dir);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int bad = fd < 0 ? -1 : fsync(fd);
	if (fd >= 0)
		close(fd);
	return bad ? fail(f, ERR_IO, NULL, "%s: %s", path, strerror(errno)) : OK;
}

void file_forget(struct app *app, const struct file_made *m)
{
	char path[4300];
	for (int part = FILE_WHOLE; part <= FILE_TILE; part++) {
		path_of(app, m->name, (enum file_part)part, path);
		unlink(path);
	}
}

static void hex_to(const void *p, size_t n, char *ret)
{
	BUF_AUTO b = BUF(80);
	hex_put(&b, p, n);
	memcpy(ret, b.p, n * 2 + 1);
}

static enum err write_parts(struct ctx *c, struct str bytes, const struct shown_parts *s, struct file_made *m)
{
	unsigned char key[FILE_KEY], h[32], name[16];
	char dir[4300];
	struct app *app = c->app;
	snprintf(dir, sizeof dir, "%s/files", app->data_dir);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return fail(c->f, errno == ENOSPC ? ERR_FULL : ERR_IO, NULL, "%s: %s", dir, strerror(errno));
	random_bytes(key, sizeof key);
	random_bytes(name, sizeof name);
	hex_to(name, 16, m->name);
	hex_to(key, 32, m->key);
	sha256(bytes, h);
	hex_to(h, 32, m->sha256);
	sm3(bytes, h);
	hex_to(h, 32, m->sm3);
	enum err e = put_part(app, m, key, FILE_WHOLE, bytes, m->stored, c->f);
	if (e == OK && s->view.n) {
		e = put_part(app, m, key, FILE_VIEW, s->view, NULL, c->f);
		if (e == OK)
			e = put_part(app, m, key, FILE_TILE, s->tile, NULL, c->f);
		m->preview = true;
	}
	explicit_bzero(key, sizeof key);
	if (e == OK)
		e = flush_folder(app, c->f);
	if (e != OK)
		file_forget(app, m);
	return e == OK ? OK : disk_fault(c->f, e, "writing a file");
}

static enum err refused(struct ctx *c, const char *msg, const char *arg)
{
	fault_field(c->f, "file", msg, arg);
	return fail(c->f, ERR_INVALID, NULL, NULL);
}

enum err file_take(struct ctx *c, struct str bytes, struct str filename, struct file_made *ret)
{
	static const char *const words[] = { "preview", NULL };
	struct file_limits l;
	bool ended = false;
	BUF_AUTO out = BUF(PICTURES_MAX);
	if (c->app->halt != HALT_NONE)
		return fail(c->f, c->app->halt == HALT_ROOM ? ERR_FULL : ERR_DB, halt_text((enum halt)c->app->halt), "halted");
	TRY(file_limits(c, &l));
	if (!bytes.n)
		return refused(c, N_("This file is empty."), NULL);
	if ((int64_t)bytes.n > l.video)
		return refused(c, N_("This file is larger than %s MB. Please send a shorter recording, or hand it in on a medium."), arena_printf(c->a, "%lld", (long long)(l.video / MB)));
	if (!c->app->program)
		return fail(c->f, ERR_STATE, NULL, "no program to look at files with");
	const struct child look = { c->app->program, words, bytes, CHILD_MS, c->app->broker };
	TRY(child_run(&look, &out, &ended, c->f));
	struct shown_parts s = read_answer(&out, ended);
	const struct code *kind = s.type.n ? code_find(c->app->codes, "file_type", s.type) : NULL;
	if (!kind)
		return refused(c, N_("This kind of file is not taken. Photos (JPEG, PNG, WebP, HEIC), PDF, Word and Excel without macros, sound (MP3, M4A, AMR, WAV), MP4 video and plain text are."), NULL);
	if (str_is(code_more(c->app->codes, "file_type", kind->code, "group"), "image") && (int64_t)bytes.n > l.photo)
		return refused(c, N_("This picture is larger than %s MB. Please take it in a lower quality."), arena_printf(c->a, "%lld", (long long)(l.photo / MB)));
	struct file_made m = { .type = arena_cstr(c->a, kind->code), .bytes = (int64_t)bytes.n, .title = clean_name(c, filename, code_more(c->app->codes, "file_type", kind->code, "ext")) };
	TRY(write_parts(c, bytes, &s, &m));
	*ret = m;
	return OK;
}

/* ---- the record ---- */

enum err file_create(struct ctx *c, const struct rec *old, struct rec *now)
{
	const struct file_made *m = c->file;
	struct file_limits l;
	int64_t n = 0;
	(void)old;
	/* From a form or the API alone nobody can name a file that lies there already. */
	if (!m)
		return refused(c, N_("Please choose a file."), NULL);
	TRY(file_limits(c, &l));
	TRY(db_int(c->db, c->f, arena_printf(c->a, "SELECT CAST(COUNT(*) AS INTEGER) FROM %s WHERE parent = ?", plan_of(c->app, now->t)->table), ARGS(VI(now->parent)), &n, NULL));
	if (n >= l.count)
		return refused(c, N_("There are %s files here already; no more are taken."), arena_printf(c->a, "%lld", (long long)l.count));
	rec_set_str(now, "name", arena_str(c->a, m->title));
	rec_set_str(now, "type", arena_str(c->a, str_of(m->type)));
	rec_set_int(now, "bytes", m->bytes);
	rec_set_str(now, "sha256", arena_str(c->a, str_of(m->sha256)));
	rec_set_str(now, "sm3", arena_str(c->a, str_of(m->sm3)));
	rec_set_str(now, "stored", arena_str(c->a, str_of(m->stored)));
	rec_set_int(now, "preview", m->preview);
	rec_set_str(now, "file", arena_str(c->a, str_of(m->name)));
	rec_set_str(now, "file_key", arena_str(c->a, str_of(m->key)));
	return OK;
}

enum err file_read(struct ctx *c, const struct rec *r, enum file_part part, struct buf *ret)
{
	unsigned char key[FILE_KEY];
	char path[4300], name[64];
	struct str file = rec_str(c, r, "file"), hex = rec_str(c, r, "file_key");
	if (!r->t->file || r->sight != SIGHT_FULL)
		return fail(c->f, ERR_DENIED, NULL, "file of a record");
	if (file.n != FILE_NAME - 1 || (part != FILE_WHOLE && !rec_int(r, "preview")))
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	if (!hex_get(hex, key, sizeof key))
		return fail(c->f, ERR_NOT_FOUND, N_("The key of this record was destroyed: what it held can no longer be read by anybody."), NULL);
	snprintf(name, sizeof name, "%.*s%s", (int)file.n, file.p, ends[part]);
	snprintf(path, sizeof path, "%s/files/%s", c->app->data_dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return fail(c->f, ERR_IO, N_("The file is missing. Please tell the administrator: it can be brought back from a backup."), "%s: %s", path, strerror(errno));
	enum err e = file_unseal(key, name, fd, ret, c->f);
	close(fd);
	explicit_bzero(key, sizeof key);
	TRY(e);
	if (part != FILE_WHOLE)
		return OK;
	/* What the seal cannot tell: that it is still the very thing that was handed in. */
	unsigned char h[32], want[32];
	sha256(buf_view(ret), h);
	if (!hex_get(rec_str(c, r, "sha256"), want, 32) || memcmp(h, want, 32) != 0) {
		buf_reset(ret);
		return fail(c->f, ERR_DB, N_("This file was altered, cut short, or belongs to another record. Please tell the administrator: it can be brought back from a backup."), "hash of the plain file");
	}
	return OK;
}
