/* face/ among its own files. */
#ifndef XA_FACE_INNER_H
#define XA_FACE_INNER_H
#include "face/face.h"
#define FLASH_COOKIE "xa_flash"

/* face.c: the request's face as yet unknown to anybody. */
struct face *face_new(struct req *rq);

/* keep.c */
bool face_holds(struct req *rq);
void face_hold(struct req *rq, void (*done)(void *arg, enum err e, struct fault *f), void *arg);
/* The picture of a type in this state, made once: the catalogue does not change. Nothing of a record may be in it. */
const struct flow *face_flow(struct ctx *c, const struct state *key, struct flow (*make)(struct ctx *, void *), void *arg);
#endif
