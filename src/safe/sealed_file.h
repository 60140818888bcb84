/* Files that this machine can write and not read again: backups, the log between them, the copy of the keys. Each is compressed
 * (deflate), then encrypted in chunks (secretstream, XChaCha20-Poly1305) under a key of its own, which is sealed to a public key
 * (X25519, crypto_box_seal). Who holds the secret key, on paper or on another machine, opens them; who has this machine does not.
 *
 *     "xiaoan-sealed 1\n" | sealed key (80) | stream header (24) | chunks of 65,553 bytes; the last, shorter, is marked as the last
 *
 * A file that lost its end, a chunk or a bit does not open. */
#ifndef XA_SEALED_FILE_H
#define XA_SEALED_FILE_H
#include "base/base.h"

/* A pair as two lines of text: "xiaoan-backup-public 1 HEX CHECK", "xiaoan-backup-secret 1 HEX CHECK". */
#define FILEKEY_TEXT 128
struct filekey { unsigned char bytes[32]; };
void filekey_new(char ret_public[FILEKEY_TEXT], char ret_secret[FILEKEY_TEXT]);
/* ERR_INVALID: not such a line, or mistyped. */
CHECKED enum err filekey_parse(struct str line, bool secret, struct filekey *ret, struct fault *f);
CHECKED enum err filekey_read(const char *path, bool secret, struct filekey *ret, struct fault *f);
void filekey_wipe(struct filekey *k);

/* ---- writing ---- */
struct sealed_out;
/* Begins PATH.new (mode 0600). */
CHECKED enum err sealed_out_open(const char *path, const struct filekey *pub, struct sealed_out **ret, struct fault *f);
CHECKED enum err sealed_out_put(struct sealed_out *o, const void *p, size_t n, struct fault *f);
/* Ends, flushes, reads all of it back through decryption and compares with what was put, renames to PATH and flushes the folder.
 * o is gone after, also on error (then nothing is left). ret_sha (may be NULL): SHA-256 of the file as it lies. */
CHECKED enum err sealed_out_end(struct sealed_out *o, unsigned char ret_sha[32], struct fault *f);
void sealed_out_drop(struct sealed_out *o);    /* takes NULL */

/* ---- reading ---- */
struct sealed_in;
CHECKED enum err sealed_in_open(const char *path, const struct filekey *secret, struct sealed_in **ret, struct fault *f);
/* Up to n bytes; *ret_n 0 at the end, which was reached only if the whole file is sound. */
CHECKED enum err sealed_in_get(struct sealed_in *i, void *p, size_t n, size_t *ret_n, struct fault *f);
void sealed_in_close(struct sealed_in *i);     /* takes NULL */
/* A whole small file, in a buffer with its own ceiling. */
CHECKED enum err sealed_in_all(const char *path, const struct filekey *secret, struct buf *ret, struct fault *f);
/* SHA-256 of a plain file. */
CHECKED enum err file_sha256(const char *path, unsigned char ret[32], int64_t *ret_size, struct fault *f);

#endif
