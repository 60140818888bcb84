/* portal/: pages for citizens. */
#ifndef XA_PORTAL_H
#define XA_PORTAL_H
#include "face/face.h"
extern const struct route portal_routes[];
#endif
