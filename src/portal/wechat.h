/* portal/wechat: what is written to the federation's WeChat Official Account (服务号/订阅号) becomes a clue, by the platform's own protocol: signed
 * addresses, XML, plain or enciphered (消息加解密: AES-256-CBC, PKCS#7 to 32 bytes, the account's id at the end). May touch record/, sense/,
 * absorb/ by their headers; called by web/ through wechat_routes and by cli/serve. An openid is never kept, only its keyed hash (S8). */
#ifndef XA_WECHAT_H
#define XA_WECHAT_H
#include "face/face.h"

extern const struct route wechat_routes[];

#define WECHAT_TOKEN 33
struct wechat { char token[WECHAT_TOKEN], appid[33]; unsigned char key[32]; bool enciphered; };

/* Reads FILE: lines "token = …", "appid = …", "aes_key = …" (43 characters; with it only enciphered messages are taken). Nobody but its owner may
 * read it. ERR_INVALID: says the line. app keeps a copy; without it /wechat is not there. */
CHECKED enum err wechat_open(const char *path, struct app *app, struct fault *f);

/* ---- the protocol alone, for tests and the fuzzer ---- */

/* SHA-1 of the parts in order, hex, as the platform signs. */
void wechat_sign(const struct str *parts, size_t n, char ret[41]);
/* One message. Absent what is not there. */
struct wechat_message { struct str to, from, type, content, event, id, created, encrypted; };
/* xml: at most 64 KiB; a document type, depth or size beyond reason is ERR_INVALID. The texts lie in a. */
CHECKED enum err wechat_parse(struct arena *a, struct str xml, struct wechat_message *ret, struct fault *f);
CHECKED enum err wechat_decipher(const struct wechat *w, struct arena *a, struct str base64, struct str *ret, struct fault *f);
struct str wechat_encipher(const struct wechat *w, struct arena *a, struct str plain, const unsigned char random[16]);

#endif
