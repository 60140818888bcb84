#include "portal/portal.h"
const struct route portal_routes[] = { { 0 } };
