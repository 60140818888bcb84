/* Why: one place decides under which key a field is sealed: the class's, or the data key of the case it belongs to.
 * Invariants: what a case or clue says is sealed under its own key, so that destroying that key ends it; the key's id is written in the
 * same transaction as what it seals. */
#include "record/inner.h"
#include "record/keystore.h"

enum key_class type_class(const struct rtype *t) { return t->level >= 4 ? KC_VAULT : t->level == 3 ? KC_CASE : t->level == 2 ? KC_PERSON : KC_OFFICE; }
bool type_keyed(const struct rtype *t) { return t->level >= 3; }
int64_t rec_subject(const struct rec *r) { return r->t->parent && r->parent ? r->parent : r->id; }

/* A field of the record as it was tells the key without asking. */
static int64_t key_seen(const struct rec *old, int epoch)
{
	for (size_t i = 0; old && i < old->t->nfields; i++)
		if (old->v[i].sealed.p && seal_epoch(old->v[i].sealed) == epoch && seal_key(old->v[i].sealed))
			return seal_key(old->v[i].sealed);
	return 0;
}

static enum err key_for(struct ctx *c, const struct rec *old, const struct rec *now, int64_t *ret)
{
	enum key_class cls = type_class(now->t);
	int64_t subject = rec_subject(now), key = key_seen(old, keyring_epoch(c->app->keys));
	int epoch = keyring_epoch(c->app->keys);
	if (key) {
		*ret = key;
		return OK;
	}
	if (old || subject != now->id) {
		ROWS q = NULL;
		bool more;
		TRY(db_rows(c->db, c->f, "SELECT epoch, key FROM case_key WHERE subject = ? AND class = ? AND epoch IN (0, ?) ORDER BY epoch", ARGS(VI(subject), VI(cls), VI(epoch)), &q));
		TRY(rows_next(q, &more));
		if (more && rows_int(q, 0) == 0)
			return fail(c->f, ERR_STATE, N_("The keys of this record were destroyed when its time had run out; nothing can be added to it."), "subject %lld", (long long)subject);
		if (more) {
			*ret = rows_int(q, 1);
			return OK;
		}
	}
	TRY(keystore_new(c->app, cls, &key, c->f));
	TRY(db_exec(c->db, c->f, "INSERT INTO case_key (subject, class, epoch, key) VALUES (?, ?, ?, ?)", ARGS(VI(subject), VI(cls), VI(epoch), VI(key)), NULL));
	*ret = key;
	return OK;
}

enum err rec_seal(struct ctx *c, const struct rec *old, struct rec *now)
{
	const struct plan *p = plan_of(c->app, now->t);
	int64_t key = 0;
	bool asked = !(c->app->keystore && type_keyed(now->t));
	for (size_t i = 0; i < now->t->nfields; i++) {
		const struct field *f = &now->t->fields[i];
		struct value *v = &now->v[i];
		if (!v->set || !field_sealed(f) || v->sealed.p)
			continue;
		if (!asked)
			TRY(key_for(c, old, now, &key));
		asked = true;
		struct place at = field_place(p, f, now->id);
		at.key = key;
		TRY(seal_under(c->app->keys, c->a, at, v->s, &v->sealed, c->f));
	}
	return OK;
}
