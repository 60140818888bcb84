/* report/, the self-check: its checks. */
#ifndef XA_REPORT_SAFETY_INNER_H
#define XA_REPORT_SAFETY_INNER_H
#include "report/safety.h"
#define LOOK(name) enum err safety_##name(struct ctx *c, const struct safety_place *at, struct finding *ret)
LOOK(demo);
LOOK(factor_roles);
LOOK(factor_missing);
LOOK(posts_empty);
LOOK(posts_joined);
LOOK(unused);
LOOK(guessed);
LOOK(tokens);
LOOK(limits);
LOOK(rotation);
LOOK(suite);
LOOK(head);
LOOK(head_copy);
LOOK(journal);
LOOK(openings);
LOOK(plain_http);
LOOK(proxy);
LOOK(root_key);
LOOK(root_key_place);
LOOK(keys_copy);
LOOK(backup_age);
LOOK(backup_key);
LOOK(modes);
LOOK(core);
LOOK(clock);
LOOK(swap);
LOOK(root_user);
LOOK(fence);
LOOK(room);
static inline enum err found(struct finding *ret, enum grave g)
{
	ret->grave = g;
	return OK;
}
#endif
