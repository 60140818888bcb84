/* face/ among its own files. */
#ifndef XA_FACE_INNER_H
#define XA_FACE_INNER_H
#include "face/face.h"
#define SESSION_COOKIE "xa_session"
#endif
