/* Why: what was carried away are files: exports, heads, keys. All are lines; see docs/journal.md.
 * Invariants: a line that is not understood makes the file unreadable, never shorter. */
#include "verify/verify.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Keeps a value from leaving the field: absent means not there. */
static int64_t int_of(const struct v_json *j, const char *name, bool *ok)
{
	const struct v_value *x = v_json_get(j, name);
	if (!x || x->text) {
		*ok = false;
		return 0;
	}
	return x->i;
}

static struct v_text text_of(const struct v_json *j, const char *name, bool *ok)
{
	const struct v_value *x = v_json_get(j, name);
	if (!x || !x->text) {
		*ok = false;
		return (struct v_text){ "", 0 };
	}
	return x->s;
}

/* A head whose names begin with under ("head." in an export, "" in a file of its own). */
static bool head_of(const struct v_json *j, const char *under, struct v_head *ret)
{
	char name[64];
	bool ok = true;
	struct v_head h = { 0 };
#define NAME(n) (snprintf(name, sizeof name, "%s" n, under), name)
	h.number = int_of(j, NAME("number"), &ok);
	h.size = int_of(j, NAME("size"), &ok);
	h.ms = int_of(j, NAME("ms"), &ok);
	ok = v_unhex(text_of(j, NAME("root"), &ok), h.root, TREE_HASH) && ok;
	ok = v_unhex(text_of(j, NAME("signature"), &ok), h.signature, sizeof h.signature) && ok;
	struct v_text key = text_of(j, NAME("key"), &ok);
	snprintf(h.key, sizeof h.key, "%.*s", (int)key.n, key.p);
	bool with = true;
	struct v_text pub = text_of(j, NAME("public_key"), &with);
	h.has_public = with && v_unhex(pub, h.public_key, 32);
#undef NAME
	if (!ok || (with && !h.has_public) || h.size < 0)
		return false;
	*ret = h;
	return true;
}

struct lines { FILE *f; char *line; size_t room; long number; };

/* The next line that holds something; -1 at the end. */
static ssize_t next_line(struct lines *l)
{
	ssize_t n;
	do {
		n = getline(&l->line, &l->room, l->f);
		l->number++;
	} while (n >= 0 && strspn(l->line, " \t\r\n") == (size_t)n);
	return n;
}

static int unread(struct lines *l, struct v_run *v)
{
	if (l->f) {
		snprintf(v->why, sizeof v->why, "line %ld", l->number);
		fclose(l->f);
	} else {
		snprintf(v->why, sizeof v->why, "%s", strerror(errno));
	}
	free(l->line);
	return -1;
}

static int closed(struct lines *l)
{
	fclose(l->f);
	free(l->line);
	return 0;
}

int v_read_heads(struct v_run *v, const char *path)
{
	struct lines l = { .f = fopen(path, "r") };
	static struct v_json j;
	struct v_head h;
	ssize_t n;
	int got = 0;
	if (!l.f)
		return unread(&l, v);
	for (; (n = next_line(&l)) >= 0; got++) {
		bool ok = true;
		if (!v_json_read(&j, l.line, (size_t)n) || int_of(&j, "xiaoan_head", &ok) != 1 || !ok || !head_of(&j, "", &h))
			return unread(&l, v);
		h.from = path;
		v_head(v, &h);
	}
	return got ? closed(&l) : unread(&l, v);
}

int v_read_keys(struct v_run *v, const char *path)
{
	struct lines l = { .f = fopen(path, "r") };
	if (!l.f)
		return unread(&l, v);
	while (next_line(&l) >= 0) {
		size_t from = strspn(l.line, " \t"), len = strcspn(l.line + from, " \t\r\n#");
		if (!len)
			continue;
		if (v->nkeys == V_KEYS || !v_unhex((struct v_text){ l.line + from, len }, v->keys[v->nkeys], 32))
			return unread(&l, v);
		v->nkeys++;
	}
	return v->nkeys ? closed(&l) : unread(&l, v);
}

/* ---- exports ---- */

/* Hashes of the array `name`; -1 when it is not there or holds something else. */
static int path_of(const struct v_json *j, const char *name, tree_hash path[TREE_PATH])
{
	int n = 0;
	for (size_t i = 0; i < j->n; i++)
		if (strcmp(j->v[i].name, name) == 0 && (n == TREE_PATH || !j->v[i].text || !v_unhex(j->v[i].s, path[n++], TREE_HASH)))
			return -1;
	return n;
}

static bool export_entry(struct v_run *v, const struct v_json *j)
{
	bool ok = true;
	tree_hash path[TREE_PATH];
	struct v_entry e = { .seq = int_of(j, "seq", &ok), .format = int_of(j, "format", &ok), .ms = int_of(j, "ms", &ok), .actor = int_of(j, "actor", &ok),
			     .org = int_of(j, "org", &ok), .rid = int_of(j, "rid", &ok), .version = int_of(j, "version", &ok), .approver = int_of(j, "approver", &ok),
			     .role = text_of(j, "role", &ok), .face = text_of(j, "face", &ok), .verb = text_of(j, "verb", &ok), .type = text_of(j, "type", &ok),
			     .outcome = text_of(j, "outcome", &ok), .session = text_of(j, "session", &ok), .origin = text_of(j, "origin", &ok),
			     .agent = text_of(j, "agent", &ok), .reason = text_of(j, "reason", &ok), .body = text_of(j, "body", &ok), .nproof = -1 };
	struct v_text leaf = text_of(j, "leaf", &ok);
	if (v_unhex(leaf, e.leaf, TREE_HASH))
		e.leaf_n = TREE_HASH;
	int n = path_of(j, "proof", path);
	/* The whole tree of one leaf has an empty proof, which leaves no value behind. */
	if (v->part && (n > 0 || (n == 0 && v->top.size == 1))) {
		e.proof = path;
		e.nproof = n;
	}
	if (ok)
		v_entry(v, &e);
	return ok && n >= 0;
}

static bool export_link(struct v_run *v, const struct v_json *j)
{
	bool ok = true;
	tree_hash path[TREE_PATH];
	int64_t from = int_of(j, "consistency.from", &ok), to = int_of(j, "consistency.to", &ok);
	int n = path_of(j, "consistency.path", path);
	if (!ok || n < 0)
		return false;
	v_link(v, from, to, path, n);
	return true;
}

/* The first line: what follows, and under which head. A file without it holds heads and proofs between them only. */
static bool export_top(struct v_run *v, const struct v_json *j, int64_t *ret_to)
{
	bool ok = true;
	int64_t form = int_of(j, "xiaoan_journal", &ok), size = int_of(j, "size", &ok);
	v->part_from = int_of(j, "from", &ok);
	*ret_to = v->part_to = int_of(j, "to", &ok);
	if (!ok || form != 1 || !head_of(j, "head.", &v->top) || v->top.size != size || v->part_from < 1 || v->part_to > size)
		return false;
	v->part = v->part_from != 1 || v->part_to != size;
	return true;
}

/* The kept heads stand behind the entries and must be known before them: a first reading of the file takes them up. */
static bool export_heads(struct v_run *v, struct lines *l, struct v_json *j)
{
	ssize_t n;
	while ((n = next_line(l)) >= 0) {
		struct v_head h;
		if (strncmp(l->line, "{\"head\":", 8) != 0)
			continue;
		if (!v_json_read(j, l->line, (size_t)n) || !head_of(j, "head.", &h))
			return false;
		v_head(v, &h);
	}
	rewind(l->f);
	l->number = 0;
	return true;
}

/* A saved head says something of a part only when a proof leads from it to the part's head, or it is that head. */
static void unlinked(struct v_run *v, const int64_t *linked, size_t n)
{
	for (size_t i = 0; i < v->nheads; i++) {
		const struct v_head *h = &v->heads[i];
		char number[32];
		bool ok = !h->from || h->size == 0;
		if (!ok && h->size == v->top.size)
			ok = memcmp(h->root, v->top.root, TREE_HASH) == 0;
		for (size_t k = 0; k < n && !ok; k++)
			ok = linked[k] == h->size;
		snprintf(number, sizeof number, "%lld", (long long)h->number);
		if (!ok)
			v_find(v, V_TOP_UNLINKED, number, NULL);
	}
}

static bool export_lines(struct v_run *v, struct lines *l, struct v_json *j)
{
	int64_t *linked = NULL, to = 0;
	size_t n = 0, room = 0;
	ssize_t len;
	bool ok = true, first = true;
	for (; ok && (len = next_line(l)) >= 0; first = false) {
		if (!v_json_read(j, l->line, (size_t)len)) {
			ok = false;
		} else if (first && v_json_get(j, "xiaoan_journal")) {
			ok = export_top(v, j, &to);
			if (ok)
				v_start(v);
		} else if (v_json_get(j, "seq")) {
			ok = v->started && export_entry(v, j);
		} else if (v_json_get(j, "consistency.from")) {
			int64_t links = v->links;
			if (!v->started)
				v_start(v);
			ok = export_link(v, j);
			if (n == room)
				linked = v_alloc(linked, (room = room ? 2 * room : 64) * sizeof *linked);
			if (ok && v->links > links)
				linked[n++] = v_json_get(j, "consistency.from")->i;
		} else {
			ok = v_json_get(j, "head.size") != NULL;
		}
	}
	if (ok && to && v->last_seq != v->part_to)
		v_find(v, V_RANGE, NULL, NULL);
	if (ok && v->part)
		unlinked(v, linked, n);
	free(linked);
	return ok;
}

int v_read_export(struct v_run *v, const char *path)
{
	struct lines l = { .f = fopen(path, "r") };
	static struct v_json j;
	if (!l.f)
		return unread(&l, v);
	if (!export_heads(v, &l, &j) || !export_lines(v, &l, &j))
		return unread(&l, v);
	if (v->top.size)
		v_end(v);
	return closed(&l);
}
