/* Why: what makes a journal whole, said once and apart from the program that writes it.
 * Invariants: entries come in order of seq; a head is compared with the tree at the very moment the tree has its size, so
 * that all heads are proved consistent with each other and with the entries by one reading. */
#include "verify/verify.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* ---- the accumulator ---- */

void v_tree_add(struct v_tree *t, const tree_hash leaf)
{
	int level = 0;
	tree_hash h;
	memcpy(h, leaf, TREE_HASH);
	while (t->n && t->peak[t->n - 1].level == level) {
		tree_node(t->peak[--t->n].h, h, h);
		level++;
	}
	t->peak[t->n].level = level;
	memcpy(t->peak[t->n++].h, h, TREE_HASH);
	t->size++;
}

void v_tree_root(const struct v_tree *t, tree_hash ret)
{
	if (!t->n) {
		tree_empty(ret);
		return;
	}
	memcpy(ret, t->peak[t->n - 1].h, TREE_HASH);
	for (int i = t->n - 2; i >= 0; i--)
		tree_node(t->peak[i].h, ret, ret);
}

/* ---- leaves ---- */

static unsigned char *put_int(unsigned char *p, int64_t v)
{
	for (int i = 0; i < 8; i++)
		*p++ = (unsigned char)((uint64_t)v >> (56 - 8 * i));
	return p;
}

static unsigned char *put_text(unsigned char *p, struct v_text s)
{
	for (int i = 0; i < 4; i++)
		*p++ = (unsigned char)(s.n >> (24 - 8 * i));
	memcpy(p, s.n ? s.p : "", s.n);
	return p + s.n;
}

/* Format 1: lines. A text that holds a newline could be read in two ways, and was never written. */
static bool leaf_1(const struct v_entry *e, unsigned char **ret, size_t *ret_n)
{
	const struct v_text *const t[] = { &e->role, &e->face, &e->verb, &e->type, &e->outcome };
	const struct v_text *const none[] = { &e->session, &e->origin, &e->agent, &e->reason };
	size_t room = 160 + e->body.n;
	for (int i = 0; i < 5; i++) {
		if (t[i]->n && memchr(t[i]->p, '\n', t[i]->n))
			return false;
		room += t[i]->n + 1;
	}
	for (int i = 0; i < 4; i++)
		if (none[i]->n || e->approver)
			return false;    /* these columns came with format 2 */
	char *p = v_alloc(NULL, room);
	int n = snprintf(p, room, "%" PRId64 "\n%" PRId64 "\n%" PRId64 "\n%" PRId64 "\n", e->seq, e->ms, e->actor, e->org);
	for (int i = 0; i < 5; i++) {
		memcpy(p + n, t[i]->n ? t[i]->p : "", t[i]->n);
		n += (int)t[i]->n;
		p[n++] = '\n';
	}
	n += snprintf(p + n, room - (size_t)n, "%" PRId64 "\n%" PRId64 "\n", e->rid, e->version);
	memcpy(p + n, e->body.n ? e->body.p : "", e->body.n);
	*ret = (unsigned char *)p;
	*ret_n = (size_t)n + e->body.n;
	return true;
}

static void leaf_2(const struct v_entry *e, unsigned char **ret, size_t *ret_n)
{
	const int64_t ints[] = { e->seq, e->ms, e->actor, e->org, e->rid, e->version, e->approver };
	const struct v_text texts[] = { e->role, e->face, e->verb, e->type, e->outcome, e->session, e->origin, e->agent, e->reason, e->body };
	size_t room = 1 + 8 * 7;
	for (int i = 0; i < 10; i++)
		room += 4 + texts[i].n;
	unsigned char *p = v_alloc(NULL, room), *at = p;
	*at++ = 2;
	for (int i = 0; i < 7; i++)
		at = put_int(at, ints[i]);
	for (int i = 0; i < 10; i++)
		at = put_text(at, texts[i]);
	*ret = p;
	*ret_n = (size_t)(at - p);
}

bool v_leaf_bytes(const struct v_entry *e, unsigned char **ret, size_t *ret_n)
{
	if (e->format == 1)
		return leaf_1(e, ret, ret_n);
	if (e->format != 2)
		return false;
	leaf_2(e, ret, ret_n);
	return true;
}

/* ---- heads ---- */

void v_head(struct v_run *v, const struct v_head *h)
{
	if (v->nheads == v->cap) {
		v->cap = v->cap ? 2 * v->cap : 64;
		v->heads = v_alloc(v->heads, v->cap * sizeof *v->heads);
	}
	v->heads[v->nheads++] = *h;
}

/* Is the signature of this key, and is the key the one that the head names? */
static bool signed_by(const struct v_head *h, const unsigned char pub[32])
{
	char text[200], hex[65];
	tree_hash id;
	tree_sha256(pub, 32, id);
	sodium_bin2hex(hex, sizeof hex, id, 8);
	if (strcmp(hex, h->key) != 0)
		return false;
	sodium_bin2hex(hex, sizeof hex, h->root, TREE_HASH);
	int n = snprintf(text, sizeof text, "xiaoan-head\n%" PRIu64 "\n%s\n%" PRId64 "\n", (uint64_t)h->size, hex, h->ms);
	return crypto_sign_verify_detached(h->signature, (const unsigned char *)text, (unsigned long long)n, pub) == 0;
}

static int by_size(const void *a, const void *b)
{
	const struct v_head *x = a, *y = b;
	return x->size != y->size ? x->size < y->size ? -1 : 1 : (x->number > y->number) - (x->number < y->number);
}

static const char *name_of(const struct v_head *h, char out[300])
{
	snprintf(out, 300, "%" PRId64 "%s%.200s%s", h->number, h->from ? " (" : "", h->from ? h->from : "", h->from ? ")" : "");
	return out;
}

/* Under a key given by hand; else under the one that a carried head brought along; else nothing is known of it. */
static void check_signature(struct v_run *v, const struct v_head *h, bool *ret_unknown)
{
	char name[300];
	bool ok = false;
	for (size_t i = 0; i < v->nkeys && !ok; i++)
		ok = signed_by(h, v->keys[i]);
	if (v->nkeys) {
		if (!ok)
			v_find(v, h->has_public && signed_by(h, h->public_key) ? V_FOREIGN_KEY : V_BAD_SIGNATURE, name_of(h, name), NULL);
		return;
	}
	*ret_unknown = true;
	bool any = false;
	for (size_t i = 0; i < v->nheads && !ok; i++)
		if (v->heads[i].from && v->heads[i].has_public) {
			any = true;
			ok = signed_by(h, v->heads[i].public_key);
		}
	if (!any && h->has_public) {
		any = true;
		ok = signed_by(h, h->public_key);
	}
	if (any && !ok)
		v_find(v, V_BAD_SIGNATURE, name_of(h, name), NULL);
}

/* What was carried away must still stand there: whoever rewrites entries would have to take the heads away too. */
static void check_kept(struct v_run *v)
{
	int64_t number = 0, size = 0, kept = 0;
	char name[300];
	for (size_t i = 0; i < v->nheads; i++) {
		const struct v_head *h = &v->heads[i];
		if (h->from)
			continue;
		kept++;
		if (!v->part && h->number != number + 1)
			v_findn(v, V_HEAD_GAP, number + 1, NULL);
		if (h->size < size)
			v_findn(v, V_HEAD_ORDER, h->number, NULL);
		number = h->number;
		size = h->size;
	}
	for (size_t i = 0; i < v->nheads; i++) {
		const struct v_head *h = &v->heads[i], *same = NULL;
		if (!h->from || v->part || (v->top.size && h->size > v->top.size))
			continue;
		for (size_t k = 0; k < v->nheads && !same; k++)
			if (!v->heads[k].from && v->heads[k].number == h->number)
				same = &v->heads[k];
		if (!same)
			v_find(v, V_HEAD_GONE, name_of(h, name), NULL);
		else if (same->size != h->size || same->ms != h->ms || memcmp(same->root, h->root, TREE_HASH) != 0)
			v_find(v, V_HEAD_OTHER, name_of(h, name), NULL);
	}
}

static void reached(struct v_run *v)
{
	char name[300];
	for (; v->next < v->nheads && (uint64_t)v->heads[v->next].size <= v->tree.size; v->next++) {
		const struct v_head *h = &v->heads[v->next];
		tree_hash root;
		v_tree_root(&v->tree, root);
		if ((uint64_t)h->size != v->tree.size || memcmp(root, h->root, TREE_HASH) != 0)
			v_find(v, V_REBUILT, name_of(h, name), NULL);
	}
}

void v_start(struct v_run *v)
{
	bool unknown = false, own = false, saved = false;
	v->started = true;
	check_kept(v);
	for (size_t i = 0; i < v->nheads; i++) {
		check_signature(v, &v->heads[i], &unknown);
		saved |= v->heads[i].from != NULL;
		own |= v->heads[i].has_public;
	}
	if (v->top.size) {
		check_signature(v, &v->top, &unknown);
		own |= v->top.has_public;
	}
	if (!saved)
		v_find(v, V_NOTE_NO_HEAD, NULL, NULL);
	if (unknown && (v->nheads || v->top.size))
		v_find(v, own ? V_NOTE_OWN_KEY : V_NOTE_NO_KEY, NULL, NULL);
	if (v->nheads)
		qsort(v->heads, v->nheads, sizeof *v->heads, by_size);
	if (!v->part)
		reached(v);
}

/* ---- entries ---- */

static void tell(struct v_run *v, const struct v_entry *e, const tree_hash leaf)
{
	char hex[65], number[32];
	sodium_bin2hex(hex, sizeof hex, leaf, TREE_HASH);
	snprintf(number, sizeof number, "%" PRId64, e->seq);
	v_print(v->out, v->lang, V_ENTRY, number, hex);
	fprintf(v->out, "\n    ms %" PRId64 "  actor %" PRId64 "  org %" PRId64 "  role %.*s  face %.*s\n    verb %.*s  type %.*s  rid %" PRId64 "  version %" PRId64
			"  outcome %.*s\n    session %.*s  origin %.*s  agent %.*s  reason %.*s  approver %" PRId64 "\n    %.*s\n",
		e->ms, e->actor, e->org, (int)e->role.n, e->role.p, (int)e->face.n, e->face.p, (int)e->verb.n, e->verb.p, (int)e->type.n, e->type.p, e->rid, e->version,
		(int)e->outcome.n, e->outcome.p, (int)e->session.n, e->session.p, (int)e->origin.n, e->origin.p, (int)e->agent.n, e->agent.p, (int)e->reason.n, e->reason.p,
		e->approver, (int)e->body.n, e->body.p);
}

static void check_place(struct v_run *v, const struct v_entry *e)
{
	int64_t want = v->entries ? v->last_seq + 1 : v->part ? v->part_from : 1;
	if (e->seq < want)
		v_findn(v, V_TWICE, e->seq, NULL);
	else if (e->seq > want) {
		char to[64] = "";
		if (e->seq - 1 > want)
			snprintf(to, sizeof to, "–%" PRId64, e->seq - 1);
		v_findn(v, V_MISSING, want, to);
	}
	/* Entries of one second may change places: each bears the moment its request came in. */
	if (v->entries && e->ms < v->last_ms - 60000)
		v->disorder++;
	v->last_seq = e->seq;
	v->last_ms = e->ms;
}

static void check_proof(struct v_run *v, const struct v_entry *e, const tree_hash leaf)
{
	if (e->nproof < 0 || !v->top.size)
		v_findn(v, V_NO_PROOF, e->seq, NULL);
	else if (e->seq < 1 || !tree_inclusion_ok((uint64_t)e->seq - 1, (uint64_t)v->top.size, leaf, e->proof, (size_t)e->nproof, v->top.root))
		v_findn(v, V_BAD_PROOF, e->seq, NULL);
	else
		v->proofs++;
}

void v_entry(struct v_run *v, const struct v_entry *e)
{
	unsigned char *bytes;
	size_t n;
	tree_hash leaf = { 0 };
	check_place(v, e);
	v->entries++;
	if (!v_leaf_bytes(e, &bytes, &n)) {
		v_findn(v, V_FORMAT, e->seq, NULL);
	} else {
		tree_leaf(bytes, n, leaf);
		free(bytes);
		if (e->leaf_n != TREE_HASH || memcmp(leaf, e->leaf, TREE_HASH) != 0)
			v_findn(v, V_ALTERED, e->seq, NULL);
	}
	if (v->entry == e->seq)
		tell(v, e, leaf);
	if (v->part) {
		check_proof(v, e, leaf);
		return;
	}
	v_tree_add(&v->tree, leaf);
	reached(v);
}

void v_tail(struct v_run *v, int64_t size, const unsigned char *peaks, size_t n)
{
	char have[32];
	snprintf(have, sizeof have, "%" PRIu64, v->tree.size);
	if ((uint64_t)size != v->tree.size)
		v_findn(v, V_TAIL_SIZE, size, have);
	/* An empty log may have no peaks yet. Form: 1 | size, 8 bytes | peaks. */
	if (!n && !size)
		return;
	uint64_t said = 0;
	for (size_t i = 1; i < 9 && i < n; i++)
		said = said << 8 | peaks[i];
	if (n < 9 || peaks[0] != 1 || said != (uint64_t)size || n != 9 + TREE_HASH * (size_t)__builtin_popcountll(said)) {
		v_find(v, V_TAIL_BAD, NULL, NULL);
		return;
	}
	bool same = said == v->tree.size;
	for (int i = 0; same && i < v->tree.n; i++)
		same = memcmp(peaks + 9 + TREE_HASH * i, v->tree.peak[i].h, TREE_HASH) == 0;
	if (!same)
		v_find(v, V_TAIL_ROOT, NULL, NULL);
}

/* ---- proofs between heads ---- */

static const struct v_head *head_of(const struct v_run *v, int64_t size)
{
	/* A head carried away counts for more than one that came with the proof. */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < v->nheads; i++)
			if (v->heads[i].size == size && (v->heads[i].from != NULL) == (round == 0))
				return &v->heads[i];
	return v->top.size == size ? &v->top : NULL;
}

void v_link(struct v_run *v, int64_t from, int64_t to, const tree_hash *path, int n)
{
	char other[32];
	const struct v_head *a = head_of(v, from), *b = head_of(v, to);
	snprintf(other, sizeof other, "%" PRId64, to);
	if (!a || !b) {
		v_findn(v, V_NOTE_UNLINKED, from, other);
		return;
	}
	if (from < 1 || to < from || !tree_consistency_ok((uint64_t)from, (uint64_t)to, a->root, b->root, path, (size_t)n))
		v_findn(v, V_BAD_LINK, from, other);
	else
		v->links++;
}

void v_end(struct v_run *v)
{
	char name[300];
	if (v->part) {
		if (v->entries && v->last_seq != v->part_to)
			v_findn(v, V_MISSING, v->last_seq + 1, NULL);
	} else {
		for (; v->next < v->nheads; v->next++)
			v_find(v, V_CUT, name_of(&v->heads[v->next], name), NULL);
		tree_hash root;
		v_tree_root(&v->tree, root);
		if (v->top.size && ((uint64_t)v->top.size != v->tree.size || memcmp(root, v->top.root, TREE_HASH) != 0))
			v_find(v, V_REBUILT, name_of(&v->top, name), NULL);
		int64_t top = v->nheads ? v->heads[v->nheads - 1].size : 0;
		if ((uint64_t)top < v->tree.size && !v->bad)
			v_findn(v, V_NOTE_UNSIGNED, (int64_t)v->tree.size - top, NULL);
	}
	if (v->disorder)
		v_findn(v, V_NOTE_ORDER, v->disorder, NULL);
}
