/* OpenSSL's types.h declares a type ERR_STATE; so does base.h an error of that name. Only safe/ includes this. */
#ifndef XA_SAFE_OSSL_H
#define XA_SAFE_OSSL_H
#define ERR_STATE ossl_ERR_STATE
#include <openssl/evp.h>
#include <openssl/hmac.h>
#undef ERR_STATE
#endif
