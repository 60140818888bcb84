/* Why: one place decides under which key a field is sealed: the class's, or the data key of the case it belongs to.
 * Invariants: what a case or clue says is sealed under its own key, so that destroying that key ends it; each key it ever had is told
 * by its own row's seals or by case_key. */
#include "record/inner.h"
#include "record/keystore.h"

enum key_class type_class(const struct rtype *t) { return t->level >= 4 ? KC_VAULT : t->level == 3 ? KC_CASE : t->level == 2 ? KC_PERSON : KC_OFFICE; }
bool type_keyed(const struct rtype *t) { return t->level >= 3; }
int64_t rec_subject(const struct rec *r) { return r->t->parent && r->parent ? r->parent : r->id; }

/* A field that is sealed already tells the key without asking. epoch 0: of any. */
static struct str seal_seen(const struct rec *r, int epoch)
{
	for (size_t i = 0; r && i < r->t->nfields; i++)
		if (r->v[i].sealed.p && seal_key(r->v[i].sealed) && (!epoch || seal_epoch(r->v[i].sealed) == epoch))
			return r->v[i].sealed;
	return STR_NONE;
}

/* A key once written down stays so, whatever epoch comes: destroying asks for all of them. */
static enum err key_note(struct ctx *c, const struct rec *r, int epoch, int64_t key)
{
	return db_exec(c->db, c->f, "INSERT INTO case_key (subject, class, epoch, key) VALUES (?, ?, ?, ?) ON CONFLICT (subject, class, epoch) DO NOTHING",
		       ARGS(VI(rec_subject(r)), VI(type_class(r->t)), VI(epoch), VI(key)), NULL);
}

enum err rec_keys_note(struct ctx *c, const struct rec *r)
{
	int64_t last = 0;
	for (size_t i = 0; r && i < r->t->nfields; i++) {
		int64_t key = r->v[i].sealed.p ? seal_key(r->v[i].sealed) : 0;
		if (key && key != last)
			TRY(key_note(c, r, seal_epoch(r->v[i].sealed), key));
		last = key ? key : last;
	}
	return OK;
}

/* 0: only the writer can give it one. */
static enum err key_known(struct ctx *c, const struct rec *now, int epoch, int64_t *ret)
{
	ROWS q = NULL;
	bool more;
	*ret = 0;
	TRY(db_rows(c->db, c->f, "SELECT epoch, key FROM case_key WHERE subject = ? AND class = ? AND epoch IN (0, ?) ORDER BY epoch",
		    ARGS(VI(rec_subject(now)), VI(type_class(now->t)), VI(epoch)), &q));
	TRY(rows_next(q, &more));
	if (more && rows_int(q, 0) == 0)
		return fail(c->f, ERR_STATE, N_("The keys of this record were destroyed when its time had run out; nothing can be added to it."), "subject %lld", (long long)rec_subject(now));
	if (more) {
		*ret = rows_int(q, 1);
		return OK;
	}
	rows_end(q);
	q = NULL;
	/* The key of a case or clue is first told by its own row alone, which saves every new one a statement; it is written down with the
	 * first that stands beside it: a child, or a key of the next epoch. */
	const struct rtype *up = now->t->parent && now->parent ? type_find(c->app, str_of(now->t->parent)) : NULL;
	struct rec *subject;
	if (!up || type_class(up) != type_class(now->t))
		return OK;
	TRY(rec_load(c, plan_of(c->app, up), now->parent, &subject));
	if (db_can_write(c->db))
		TRY(rec_keys_note(c, subject));
	struct str seen = seal_seen(subject, epoch);
	*ret = seen.p ? seal_key(seen) : 0;
	return OK;
}

static enum err key_for(struct ctx *c, const struct rec *old, const struct rec *now, int64_t *ret)
{
	int epoch = keyring_epoch(c->app->keys);
	bool fresh = !old && rec_subject(now) == now->id, writer = db_can_write(c->db);
	struct str seen = seal_seen(fresh ? now : old, epoch);
	if (seen.p) {
		*ret = seal_key(seen);
		return OK;
	}
	if (!fresh)
		TRY(key_known(c, now, epoch, ret));
	if (!fresh && (*ret || !writer))
		return OK;
	TRY(keystore_new(c->app, type_class(now->t), ret, &epoch, c->f));
	if (fresh)
		return OK;
	TRY(rec_keys_note(c, old));
	return key_note(c, now, epoch, *ret);
}

/* What was sealed ahead of the writer's turn, unless the subject's key is another one since. */
static enum err take_foreseen(struct ctx *c, const struct rec *old, struct rec *now, bool keyed)
{
	int64_t key = -1;
	for (size_t i = 0; c->ahead && db_can_write(c->db) && i < now->t->nfields; i++) {
		struct value *v = &now->v[i];
		if (!v->set || !field_sealed(&now->t->fields[i]) || v->sealed.p)
			continue;
		struct str s = ahead_seal(c, now, (int)i);
		if (s.p && keyed && (old || rec_subject(now) != now->id)) {
			if (key < 0)
				TRY(key_for(c, old, now, &key));
			if (seal_key(s) != key)
				continue;
		}
		v->sealed = s;
	}
	return OK;
}

enum err rec_seal(struct ctx *c, const struct rec *old, struct rec *now)
{
	const struct plan *p = plan_of(c->app, now->t);
	bool keyed = c->app->keystore && type_keyed(now->t), asked = !keyed;
	int64_t key = 0;
	TRY(take_foreseen(c, old, now, keyed));
	for (size_t i = 0; i < now->t->nfields; i++) {
		const struct field *f = &now->t->fields[i];
		struct value *v = &now->v[i];
		if (!v->set || !field_sealed(f) || v->sealed.p)
			continue;
		if (!asked)
			TRY(key_for(c, old, now, &key));
		asked = true;
		if (keyed && !key)
			return OK;
		struct place at = field_place(p, f, now->id);
		at.key = key;
		TRY(seal_under(c->app->keys, c->a, at, v->s, &v->sealed, c->f));
	}
	return OK;
}
