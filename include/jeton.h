/*
 * jeton: JSON Web Tokens, minted, verified and revoked.
 *
 * CONVENTIONS
 *
 * Names. A function's noun says whose it is: jeton_verifier_new makes a
 * verifier, jeton_verifier_free frees it. A parameter that is a pointer to
 * const is not changed.
 *
 * Results. A function that can fail returns a jeton_status: 0 is done, the
 * hundreds say whose matter a failure is. New numbers may come; treat an
 * unknown one as its hundred. What a function makes comes through an
 * out-parameter, which is NULL after a failure.
 *
 * Errors. The last parameter, a jeton_error **, may be NULL. Else it receives
 * NULL after a success, and after a failure an object with the details, to be
 * freed with jeton_error_free. Messages are for people and may change; act on
 * the status. They never hold a token, a secret or a claim's value.
 *
 * Text goes in as a pointer and a length in bytes, UTF-8, with no NUL needed.
 * A pointer may be NULL where the length is 0. jeton keeps nothing of what it
 * was given beyond the call. Text that is made for the caller comes out as a
 * pointer and a length, NUL-terminated besides, to be freed with
 * jeton_string_free. Text that a function returns directly is borrowed: it
 * lives as long as the object that it was asked of.
 *
 * Handles. Those made by jeton are freed by their own _free, once, in any
 * order; freeing NULL does nothing. A handle keeps alive what it needs of the
 * handles it was made with.
 *
 * Threads. Any number of threads may use one handle, or read one error object,
 * at once; freeing it needs that all are done with it.
 *
 * Options are one JSON document per constructor, described by
 * options.schema.json. An unknown or repeated field is an error that names it.
 * What would weaken a check must be said, as in "audience": null.
 *
 * Time is in seconds since 1970. Where a call takes one, 0 is the clock.
 *
 * Bugs. NULL where something is needed is JETON_MISUSE. A panic inside jeton
 * is caught and becomes JETON_INTERNAL; handles stay usable. Running out of
 * memory ends the process.
 */

#ifndef JETON_H
#define JETON_H

/* Made by cbindgen from src/ffi; change it there. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The version of the ABI that this header describes.
 */
#define JETON_ABI_VERSION 0

/**
 * The most tokens of one batch.
 */
#define JETON_BATCH_MOST 65536

/**
 * What a call came to. New codes may come; none is ever renumbered or reused,
 * so treat one that you don't know as the others of its hundred.
 *
 * The hundreds say whose matter it is: 1xx the calling program's, 2xx the
 * token's form or signature, 3xx its claims, 4xx the keys, 5xx a store's.
 * A service that verifies answers 401 (or 403) to 2xx, 3xx and 402, 503 to
 * 403, 404 and 5xx, and 500 to 1xx, 400, 401 and 405.
 */
enum jeton_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Done.
   */
  JETON_OK = 0,
  /**
   * A bug in the calling program: a NULL, text that isn't UTF-8, a call without its scope.
   */
  JETON_MISUSE = 100,
  /**
   * An options, claims or rule document has a wrong, unknown or missing field.
   */
  JETON_OPTIONS = 101,
  /**
   * Options, keys and revocations don't fit together.
   */
  JETON_MISCONFIGURED = 102,
  /**
   * A part that this build, its back end or this version doesn't have.
   */
  JETON_UNSUPPORTED = 103,
  /**
   * A bug in jeton itself; the handles stay usable.
   */
  JETON_INTERNAL = 199,
  /**
   * Not a compact JWS with strict JSON inside, whatever it is.
   */
  JETON_MALFORMED = 200,
  /**
   * Five parts: a JWE, encrypted and not signed.
   */
  JETON_ENCRYPTED = 201,
  /**
   * Longer or deeper than the options' limits.
   */
  JETON_TOO_LARGE = 202,
  /**
   * An algorithm that is unknown, not allowed, or not its key's.
   */
  JETON_ALGORITHM = 203,
  /**
   * The header demands an extension: `crit`, `b64` or `zip`.
   */
  JETON_CRITICAL = 204,
  /**
   * The header's `typ` isn't the one that the options ask for.
   */
  JETON_TYPE = 205,
  /**
   * The signature doesn't hold.
   */
  JETON_SIGNATURE = 206,
  /**
   * A claim that must be present isn't.
   */
  JETON_MISSING = 300,
  /**
   * The `iss` isn't one of those that the options accept.
   */
  JETON_ISSUER = 301,
  /**
   * The `aud` holds none of those that the options accept.
   */
  JETON_AUDIENCE = 302,
  /**
   * Before its `nbf`; or, where the options bound its age, issued in the future.
   */
  JETON_EARLY = 303,
  /**
   * Its `exp` has come.
   */
  JETON_EXPIRED = 304,
  /**
   * Its `exp` lies further after its `iat` than the options accept.
   */
  JETON_LIFETIME = 305,
  /**
   * Its `iat` lies further back than the options accept.
   */
  JETON_TOO_OLD = 306,
  /**
   * A claim has the wrong type, or doesn't match.
   */
  JETON_CLAIM = 307,
  /**
   * A deny rule matches.
   */
  JETON_DENIED = 308,
  /**
   * Revoked; or, where the claim at fault is the jti, a proof that was used before.
   */
  JETON_REVOKED = 309,
  /**
   * A key document can't be read, or holds no usable key.
   */
  JETON_KEY = 400,
  /**
   * A key is too weak for its algorithm.
   */
  JETON_WEAK_KEY = 401,
  /**
   * No key fits the token.
   */
  JETON_UNKNOWN_KEY = 402,
  /**
   * No key fits yet, and a fetch that could bring it is due or under way: retry.
   */
  JETON_KEY_PENDING = 403,
  /**
   * The keys couldn't be had, or are too old to be trusted.
   */
  JETON_KEYS_UNAVAILABLE = 404,
  /**
   * The external signer failed.
   */
  JETON_SIGNER = 405,
  /**
   * The revocations can't be read.
   */
  JETON_REVOCATIONS_UNAVAILABLE = 500,
  /**
   * The revocations are older than the options accept.
   */
  JETON_REVOCATIONS_STALE = 501,
  /**
   * A write to a store failed; what it says in this process stays in force.
   */
  JETON_STORAGE = 502,
  /**
   * The time limit has passed.
   */
  JETON_TIMEOUT = 503,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum jeton_status jeton_status;
#else
typedef int32_t jeton_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Tells kinds of credentials apart. Any number of threads may share it.
 */
typedef struct jeton_bearer jeton_bearer;

/**
 * The claims of a token whose signature and every rule held; only verifying makes one.
 *
 * Immutable; any number of threads may read it. The texts that it lends live
 * as long as it does. Where a getter takes a name, a name that begins with "/"
 * is a JSON pointer (RFC 6901), such as "/realm_access/roles/0".
 */
typedef struct jeton_claims jeton_claims;

/**
 * Why a call failed: a status, a message and, for a claim's failure, its name.
 *
 * Made by the call that failed, read by one caller, freed with
 * jeton_error_free. What it lends lives as long as it does.
 */
typedef struct jeton_error jeton_error;

/**
 * A set of keys, each bound to exactly one algorithm.
 *
 * Any number of threads may share it. It is swapped whole by
 * jeton_keys_replace, and whatever was made with it sees the new set at once.
 *
 * A JWK may have dates, and each call heeds them at its own time. A key signs
 * from its "nbf" on; it signs, verifies and is published until its "exp". It
 * verifies before its nbf, too: until then it is announced. Of several keys
 * the newest signs: that with the latest nbf, of these the last; where none
 * has an nbf, the first.
 */
typedef struct jeton_keys jeton_keys;

/**
 * Mints tokens under one set of options. Any number of threads may share it.
 */
typedef struct jeton_minter jeton_minter;

/**
 * What has been revoked, and which switches are on. Any number of threads and
 * verifiers may share it. A forked child of "memory:" keeps its copy; in a
 * shared store it goes on by itself from where its parent was.
 */
typedef struct jeton_revocations jeton_revocations;

/**
 * A key set, or a status list, that is kept fresh from a file, from an https URL,
 * or from what the host fetches. Any number of threads may share it, and forked children.
 */
typedef struct jeton_source jeton_source;

/**
 * Checks tokens against one policy. Any number of threads may share it.
 */
typedef struct jeton_verifier jeton_verifier;

/**
 * What a signer is asked to sign, in each of the forms that one may want, and
 * where its answer goes. Nothing of it may be used once the signer has returned.
 */
typedef struct {
  /**
   * sizeof(jeton_signing), as the library was compiled: fields that a later
   * version adds are there only if they lie within it.
   */
  size_t size;
  /**
   * The key's algorithm by its JOSE name, such as "ES256", or "Ed25519" and
   * never "EdDSA". NUL-terminated.
   */
  const char *algorithm;
  /**
   * What is signed: a token up to its second dot. For EdDSA, and for signers
   * that hash by themselves.
   */
  const uint8_t *message;
  /**
   * The length of `message` in bytes.
   */
  size_t message_len;
  /**
   * The digest of `message`, by the algorithm's SHA-2, for signers that don't
   * hash: a KMS, CKM_ECDSA, CKM_RSA_PKCS_PSS. NULL for EdDSA.
   */
  const uint8_t *digest;
  /**
   * The length of `digest` in bytes.
   */
  size_t digest_len;
  /**
   * The digest in its DigestInfo (RFC 8017 section 9.2), for signers that only
   * pad, such as CKM_RSA_PKCS. NULL but for RS256, RS384 and RS512.
   */
  const uint8_t *digest_info;
  /**
   * The length of `digest_info` in bytes.
   */
  size_t digest_info_len;
  /**
   * Where the signature goes. That of ECDSA may be r and s side by side, as
   * JOSE and PKCS#11 have it, or in DER, as most others do.
   */
  uint8_t *signature;
  /**
   * How many bytes fit there: 1024, which is enough for every key.
   */
  size_t signature_capacity;
  /**
   * To be set to the length of the signature; 0 before.
   */
  size_t signature_len;
  /**
   * Where a signer that fails may say why, in UTF-8: it ends at a NUL or at
   * the capacity, and is all NULs before. It becomes part of the error's
   * message, so it must hold nothing that no log may have.
   */
  char *reason;
  /**
   * How many bytes fit there: 512.
   */
  size_t reason_capacity;
} jeton_signing;

/**
 * Signs with a key that jeton never sees, by asking a KMS, an HSM or an agent.
 * Returns 0 once the signature is in its place, and any other number where it
 * couldn't be had.
 *
 * jeton_mint calls it once for each token, on the thread that it was called on,
 * and waits for it; no lock is held, so it may block, and may call jeton. When
 * several threads mint, several are in it at once. It has to return: no
 * exception, panic or longjmp may leave it. What its host's language throws it
 * catches, and keeps in its context for whoever called jeton_mint.
 */
typedef int32_t (*jeton_signer)(void *context,
                                jeton_signing *signing);

/**
 * What may change from one call to the next. NULL in its place means the
 * clock and nothing said.
 *
 * Zero the struct, set `size` to sizeof(jeton_call), then what is needed: a
 * field that a later version adds is then zero, and means "not said".
 */
typedef struct {
  /**
   * sizeof(jeton_call), as the calling program was compiled.
   */
  size_t size;
  /**
   * Seconds since 1970 in place of the clock; 0 asks the clock.
   */
  int64_t now;
  /**
   * The scope that switches are looked up in: a project, a tenant. NULL says
   * nothing, which is misuse where a deny rule hangs on a switch; an empty
   * text (not NULL, length 0) says "none".
   */
  const char *scope;
  /**
   * The length of `scope` in bytes.
   */
  size_t scope_len;
  /**
   * The value that the claim `nonce` must have; NULL: any or none.
   */
  const char *nonce;
  /**
   * The length of `nonce` in bytes.
   */
  size_t nonce_len;
  /**
   * The method of the request that a DPoP proof came with. Must be said, as
   * must the two below, where the options ask for a proof; misuse elsewhere.
   */
  const char *method;
  /**
   * The length of `method` in bytes.
   */
  size_t method_len;
  /**
   * The request's whole URI; its query and fragment don't matter.
   */
  const char *uri;
  /**
   * The length of `uri` in bytes.
   */
  size_t uri_len;
  /**
   * The access token that came with the request, as it came; an empty text
   * (not NULL, length 0) says that there is none.
   */
  const char *access_token;
  /**
   * The length of `access_token` in bytes.
   */
  size_t access_token_len;
  /**
   * The thumbprint that the proof's key must have: the access token's
   * cnf.jkt. Must be said where there is an access token; NULL: any key.
   */
  const char *jkt;
  /**
   * The length of `jkt` in bytes.
   */
  size_t jkt_len;
} jeton_call;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the ABI: it is raised when something in this header that a
 * program may rely on changes or goes, and is the number in the soname. Compare
 * it with JETON_ABI_VERSION when the library was loaded at run time.
 */
uint32_t jeton_abi_version(void);

/**
 * The version of the library, such as "0.1.0". Static and NUL-terminated.
 */
const char *jeton_version(void);

/**
 * The name of a status, such as "expired": the same word in every language,
 * for logs and for bindings. "unknown" for a number that isn't one.
 *
 * The text is static and NUL-terminated.
 */
const char *jeton_status_name(int32_t status);

/**
 * The status that the call returned; JETON_OK for NULL.
 */
jeton_status jeton_error_status(const jeton_error *error);

/**
 * What happened and what was expected, in English, for people and logs; its
 * wording may change. It never holds a token, a secret or a claim's value.
 *
 * NUL-terminated; `len`, if not NULL, receives the length. NULL for NULL.
 */
const char *jeton_error_message(const jeton_error *error,
                                size_t *len);

/**
 * The claim at fault, such as "aud"; NULL where no claim is.
 *
 * NUL-terminated; `len`, if not NULL, receives the length.
 */
const char *jeton_error_claim(const jeton_error *error,
                              size_t *len);

/**
 * The claims that the option `report` names, of a token whose signature holds
 * but that was refused, as a JSON object: for logs, and for answers such as
 * "expired at". NULL in all other cases. Never let them decide anything.
 *
 * NUL-terminated; `len`, if not NULL, receives the length.
 */
const char *jeton_error_claims(const jeton_error *error,
                               size_t *len);

/**
 * Frees an error. NULL is fine.
 */
void jeton_error_free(jeton_error *error);

/**
 * Frees text that a function of this library made. NULL is fine.
 *
 * Not for what an object lends: that lives and goes with its object.
 */
void jeton_string_free(char *text);

/**
 * Reads keys: a JWK, a JWK Set (RFC 7517), PEM (SPKI, PKCS#8, PKCS#1, SEC1, an
 * X.509 certificate; one or several), or DER of one of these.
 *
 * Options: {"algorithm": for keys that name none, such as RSA keys in PEM,
 * "kid": for a key that has none, "weak": true to accept HMAC keys shorter
 * than their hash}. NULL, or an empty text, is {}.
 *
 * JETON_KEY or JETON_WEAK_KEY names the key by its index and kid. Keys that
 * can't be used here (for encryption, of an unknown kind, without an
 * algorithm) are skipped, and jeton_keys_status says which and why. Raw HMAC
 * secrets have jeton_keys_secret; no PEM, DER or asymmetric JWK ever becomes one.
 */
jeton_status jeton_keys_new(const char *document,
                            size_t document_len,
                            const char *options,
                            size_t options_len,
                            jeton_keys **keys,
                            jeton_error **error);

/**
 * Makes one HMAC key of raw bytes, which are never decoded.
 *
 * Options: as for jeton_keys_new, and "algorithm" must be said: "HS256",
 * "HS384" or "HS512". A secret shorter than the hash is JETON_WEAK_KEY unless
 * the options say "weak": true. What looks like a key file is refused.
 */
jeton_status jeton_keys_secret(const char *secret,
                               size_t secret_len,
                               const char *options,
                               size_t options_len,
                               jeton_keys **keys,
                               jeton_error **error);

/**
 * Generates one private key.
 *
 * Options: {"algorithm": such as "ES256", "kid": its thumbprint by default,
 * "bits": for RSA (2048 to 4096) and HMAC}.
 */
jeton_status jeton_keys_generate(const char *options,
                                 size_t options_len,
                                 jeton_keys **keys,
                                 jeton_error **error);

/**
 * Derives a system's keys from its secret: of the system "stack-auth" those of
 * each audience, of "pylon" and "porter" the HMAC keys, which may be short.
 *
 * Options: {"system": …}, the same document that the verifier or the minter
 * has (include/options.schema.json). `old_secret`, which may be NULL and empty,
 * is the one that is being rotated out: its keys verify, and don't sign.
 *
 * The keys of "stack-auth" are each for one audience: they verify and sign
 * only tokens for it, and are no use to jeton_sign and jeton_verify_signature.
 * With "project": null they are derived when a token asks for them, and at most
 * 1024 are kept; jeton_keys_status then says how many were "derived" so far.
 * The parameters "include" and "short" decide what jeton_keys_public writes.
 */
jeton_status jeton_keys_derive(const char *options,
                               size_t options_len,
                               const char *secret,
                               size_t secret_len,
                               const char *old_secret,
                               size_t old_secret_len,
                               jeton_keys **keys,
                               jeton_error **error);

/**
 * Writes the public halves as a JWK Set, which can be served to anybody: it
 * never holds a private member, and leaves out HMAC keys and, by the clock,
 * those past their exp.
 *
 * Free the text with jeton_string_free.
 */
jeton_status jeton_keys_public(const jeton_keys *keys,
                               char **text,
                               size_t *len,
                               jeton_error **error);

/**
 * Writes the whole set, private members and secrets included, as a JWK Set:
 * for storing what jeton_keys_generate made.
 *
 * Free the text with jeton_string_free.
 */
jeton_status jeton_keys_private(const jeton_keys *keys,
                                char **text,
                                size_t *len,
                                jeton_error **error);

/**
 * Describes the set, without key material: {"keys": [{"kid", "algorithm",
 * "thumbprint", "private", "weak", "iat", "nbf", "exp"}], "skipped": [{"index",
 * "kid", "reason"}]}.
 *
 * Free the text with jeton_string_free.
 */
jeton_status jeton_keys_status(const jeton_keys *keys,
                               char **text,
                               size_t *len,
                               jeton_error **error);

/**
 * Replaces the whole set by what `document` holds, in one step: calls under
 * way finish with the old set, those that begin later use the new one. When
 * the document can't be read, the old set stays.
 *
 * Document and options are as for jeton_keys_new.
 */
jeton_status jeton_keys_replace(const jeton_keys *keys,
                                const char *document,
                                size_t document_len,
                                const char *options,
                                size_t options_len,
                                jeton_error **error);

/**
 * Frees keys. NULL is fine, and so is freeing them before what was made with them.
 */
void jeton_keys_free(jeton_keys *keys);

/**
 * Opens a source. Options (include/options.schema.json): one of "url" (of a
 * JWK Set, https), "issuer" (whose metadata names that URL: OpenID Connect
 * Discovery, RFC 8414) and "file"; "stale" must be said: for how many seconds
 * keys are used when no fetch succeeds, or null. Seconds too: "minimum" (60)
 * and "maximum" (3600) life of an answer, "cooldown" (30) between fetches that
 * tokens of an unknown kid cause, "timeout" (5) of a whole fetch. "budget"
 * (120): how many fetches tokens may cause in an hour, half of them at once.
 * "limits": {"bytes", "keys"}, "algorithm" as for jeton_keys_new, "ca" (a PEM
 * file, in place of the platform's certificates), "proxy" ("http://…", which
 * then looks names up; the environment is not asked), "private" (true:
 * addresses that aren't public may be asked), "refresh" (false: nothing is
 * fetched unless the host does or says so).
 *
 * `state`, which may be NULL, is what jeton_source_export wrote: keys to begin
 * with. A file is read at once. A thread that all sources of the process share
 * looks after the rest, with one more for each fetch under way; it starts with
 * the first source that is refreshed and goes with the last, and a forked
 * child has its own, from its first use of the source on.
 *
 * A host that fetches by itself sets "refresh" to false and calls
 * jeton_source_claim, and jeton_source_accept or jeton_source_failed.
 */
jeton_status jeton_source_open(const char *options,
                               size_t options_len,
                               const char *state,
                               size_t state_len,
                               jeton_source **source,
                               jeton_error **error);

/**
 * Opens a source that follows a Token Status List: where an issuer publishes
 * what has become of its tokens, each of which names a place in the list by its
 * claim "status". `keys` verify the list's own token (typ "statuslist+jwt").
 * Give it to jeton_verifier_following.
 *
 * Options (include/options.schema.json): "uri" is what tokens call the list, and
 * the sub of its token; it is fetched from there, unless "url" (https) or "file"
 * says otherwise; "issuer", the iss of that token, must be said, or null to waive
 * the check; "stale" must be said: for how many seconds the list is used when no
 * fetch succeeds, or null. "accept": the statuses that let a token pass besides
 * VALID, a list of "suspended" and of numbers from 3 on; none by default.
 * "limits": {"bytes" of the answer (1048576), "unpacked": the most bytes that it
 * unpacks to (1048576)}. "minimum", "maximum", "timeout", "ca", "proxy", "private"
 * and "refresh" are as for jeton_source_open. The "ttl" of the list goes before
 * its server's Cache-Control, within minimum and maximum; past its "exp" it says
 * nothing any more.
 *
 * A list that is broken, another's, older than the one in force or expired is
 * refused (JETON_REVOCATIONS_UNAVAILABLE), and the last good one stays. All
 * functions of a source are for it, too, but for jeton_source_keys and
 * jeton_source_export (JETON_MISUSE). No token makes it fetch anything.
 */
jeton_status jeton_source_open_list(const jeton_keys *keys,
                                    const char *options,
                                    size_t options_len,
                                    jeton_source **source,
                                    jeton_error **error);

/**
 * The source's live set as keys, for verifiers: they see each new set at once.
 *
 * A verifier over it answers, besides the ordinary: JETON_KEYS_UNAVAILABLE
 * before the first good fetch and when the keys are older than "stale";
 * JETON_KEY_PENDING for a kid that isn't in the set while a fetch that could
 * bring it is due or under way; JETON_UNKNOWN_KEY once it is known not to be
 * there. It never waits; see jeton_verifier_wait. jeton_keys_replace doesn't
 * take such keys. Free them with jeton_keys_free, before or after the source.
 */
jeton_status jeton_source_keys(const jeton_source *source,
                               jeton_keys **keys,
                               jeton_error **error);

/**
 * Waits until there are keys, or is a list, and not older than "stale", at most
 * `timeout_ms` milliseconds, a day at most.
 *
 * JETON_TIMEOUT when the time is up or more than 1024 callers wait;
 * JETON_KEYS_UNAVAILABLE (of a list JETON_REVOCATIONS_UNAVAILABLE), with the
 * reason, when it is up and a fetch has failed.
 */
jeton_status jeton_source_wait(const jeton_source *source,
                               uint64_t timeout_ms,
                               jeton_error **error);

/**
 * Fetches now, in the calling thread, and returns how that went.
 *
 * JETON_KEYS_UNAVAILABLE or JETON_KEY, of a list JETON_REVOCATIONS_UNAVAILABLE,
 * with the reason; what there was stays in force.
 */
jeton_status jeton_source_refresh(const jeton_source *source,
                                  jeton_error **error);

/**
 * Hands out the request that is due, once: {"url", "etag" (to be sent as
 * If-None-Match, or null), and of a status list "accept" (to be sent as
 * Accept)}. NULL, with JETON_OK, when none is.
 *
 * The host answers by jeton_source_accept or jeton_source_failed within the
 * option "timeout", and drops what comes later; after twice that time the
 * request is due again. For an issuer a second request follows the first.
 * JETON_MISUSE for a file. Free the text with jeton_string_free.
 */
jeton_status jeton_source_claim(const jeton_source *source,
                                char **request,
                                size_t *len,
                                jeton_error **error);

/**
 * Takes the answer to the claimed request: `answer` is {"status": 200,
 * "headers": {"etag": "…", "cache-control": "…"}}, NULL for a 200 without
 * headers; `body` is what came, any bytes.
 *
 * JETON_MISUSE where no request is claimed, JETON_TIMEOUT where another fetch
 * has begun because this one counted as lost. Any other failure says why the
 * answer is of no use; the keys stay as they were, and the next request is due
 * after a pause.
 */
jeton_status jeton_source_accept(const jeton_source *source,
                                 const char *answer,
                                 size_t answer_len,
                                 const char *body,
                                 size_t body_len,
                                 jeton_error **error);

/**
 * Says that the claimed request failed; `message` is for the status and the
 * events. JETON_MISUSE where none is claimed.
 */
jeton_status jeton_source_failed(const jeton_source *source,
                                 const char *message,
                                 size_t message_len,
                                 jeton_error **error);

/**
 * Describes the source as JSON: {"url", "issuer" or "file", "age" of the keys
 * (seconds, null before the first), "next" (seconds to the next fetch), "stale",
 * "last_error", "fetches", "failures", "asked" (fetches that tokens caused),
 * "unknown" (tokens of a kid that wasn't there), "skips" (keys skipped so far),
 * "keys" and "skipped" as jeton_keys_status has them}. Of a status list it is
 * {"url" or "file", "uri", "age", "next", "stale", "last_error", "fetches",
 * "failures", "list": {"bits", "entries", "issued", "ends"}, null where there is
 * none in force}.
 *
 * Free the text with jeton_string_free.
 */
jeton_status jeton_source_status(const jeton_source *source,
                                 char **status,
                                 size_t *len,
                                 jeton_error **error);

/**
 * Takes what has happened since the last call, as a JSON array, oldest first,
 * for a host that logs: [{"at": seconds, "event", …}]. Any thread may call it
 * at any time; each event is handed out once.
 *
 * Events: "keys-rotated" with "added" and "removed" (kids, else thumbprints),
 * "key-skipped" with "index", "kid" and "reason", both with "more" where there
 * were more than 16; "fetch-failed" with a "message" (once for a failure that
 * goes on), "recovered", "stale", "no-refresher" with a "message", and "dropped"
 * with a "count" where more than 64 waited. Free the text with jeton_string_free.
 */
jeton_status jeton_source_events(const jeton_source *source,
                                 char **events,
                                 size_t *len,
                                 jeton_error **error);

/**
 * Writes the keys with what belongs to them, for jeton_source_open in a process
 * that wants to begin without a fetch. It holds public keys only.
 *
 * JETON_KEYS_UNAVAILABLE before the first good fetch, JETON_MISUSE for a file.
 * Free the text with jeton_string_free.
 */
jeton_status jeton_source_export(const jeton_source *source,
                                 char **state,
                                 size_t *len,
                                 jeton_error **error);

/**
 * Frees a source. NULL is fine; verifiers over its keys go on, and keep it
 * fresh until they are freed too. A fetch under way isn't waited for, and what
 * it brings is dropped.
 */
void jeton_source_free(jeton_source *source);

/**
 * Makes a minter that signs with the private key that fits and is in force
 * when it mints, the newest of several: see jeton_keys.
 *
 * Options (include/options.schema.json): "lifetime" must be said, in seconds,
 * or null for tokens without exp; "issuer", "audience", "algorithm", "kid",
 * "type" ("JWT"; null: none), "id" ("uuid", or null for no jti), "claims"
 * (added to every token), "override" (claims that a call may replace), "order".
 */
jeton_status jeton_minter_new(const jeton_keys *keys,
                              const char *options,
                              size_t options_len,
                              jeton_minter **minter,
                              jeton_error **error);

/**
 * Makes a minter whose private key jeton never sees: `signer` signs with it, in
 * a KMS, an HSM or an agent. `keys` holds its public half alone, exactly one
 * key of RSA, EC or EdDSA, whose algorithm and kid the tokens get and whose
 * dates, if it has any, say when it may sign; what the set becomes later
 * doesn't matter. Options are as for jeton_minter_new.
 *
 * A signature gets into a token only if this key verifies it. Where it doesn't,
 * or the signer fails, jeton_mint returns JETON_SIGNER, and the signer's reason
 * in the message.
 *
 * `context` is handed to `signer` as it is, and may be any number cast to a
 * pointer. Unless `release` is NULL, it is called with the context once: when
 * the minter is freed, by that thread; or when this call fails, before it
 * returns. It has to return, too.
 *
 * JETON_MISCONFIGURED: `keys` isn't one public key (a private one is refused,
 * since it shouldn't be here), or the options don't fit it.
 */
jeton_status jeton_minter_external(const jeton_keys *keys,
                                   jeton_signer signer,
                                   void *context,
                                   void (*release)(void *context),
                                   const char *options,
                                   size_t options_len,
                                   jeton_minter **minter,
                                   jeton_error **error);

/**
 * Mints a token over `claims`, a JSON object whose members appear in the
 * token byte for byte. `call` may set the time; NULL asks the clock.
 *
 * JETON_KEY where no key that fits is in force then. The message names their dates.
 *
 * Free the token with jeton_string_free.
 */
jeton_status jeton_mint(const jeton_minter *minter,
                        const char *claims,
                        size_t claims_len,
                        const jeton_call *call,
                        char **token,
                        size_t *token_len,
                        jeton_error **error);

/**
 * Frees a minter. NULL is fine.
 */
void jeton_minter_free(jeton_minter *minter);

/**
 * Makes a verifier over `keys_count` key sets; an entry of the option "trust"
 * names its set by the index in `keys`, 0 by default. `revocations` may be NULL.
 *
 * Options (include/options.schema.json): "issuer" and "audience" must be said,
 * each as a string, a list, or null to waive the check. Any other check that
 * would be weaker than the default must be said, too; an unknown field is
 * JETON_OPTIONS, with a suggestion. A verifier of DPoP proofs, which bring
 * their own keys, is made without key sets.
 *
 * The verifier keeps what it needs of keys and revocations: free them in any order.
 */
jeton_status jeton_verifier_new(const jeton_keys *const *keys,
                                size_t keys_count,
                                const jeton_revocations *revocations,
                                const char *options,
                                size_t options_len,
                                jeton_verifier **verifier,
                                jeton_error **error);

/**
 * Makes a verifier that checks what `verifier` does and, last of all, the claim
 * "status" of tokens: its place in one of `lists`, which jeton_source_open_list
 * has opened. A token without the claim is JETON_MISSING, unless the option
 * "require" says otherwise; one that names another list, or a place behind the
 * end of its list, is JETON_CLAIM; what its issuer has revoked or suspended is
 * JETON_REVOKED. JETON_REVOCATIONS_UNAVAILABLE before the first good fetch of
 * the list, JETON_REVOCATIONS_STALE once it is older than "stale" or past its exp.
 *
 * JETON_MISCONFIGURED where two lists have the same uri. Both verifiers, and the
 * sources, are freed in any order.
 */
jeton_status jeton_verifier_following(const jeton_verifier *verifier,
                                      const jeton_source *const *lists,
                                      size_t lists_count,
                                      jeton_verifier **following,
                                      jeton_error **error);

/**
 * Verifies `token`, and hands over its claims. Does no I/O, never blocks, and
 * starts no thread (but that of its sources, once, in a forked child). Only a
 * DPoP proof that is accepted once is written to the revocations: where other
 * processes share these, that may wait for them for "timeout" seconds, and
 * JETON_STORAGE means that it failed.
 *
 * Fails with the first check that doesn't hold, in this order: form, header,
 * key, signature, type, issuer, audience, required claims, nbf, exp, lifetime,
 * age, claims, nonce, deny rules, revocations, status lists; of a proof then
 * jti, htm, htu, iat, ath, and whether it was used before (JETON_REVOKED with the claim jti).
 * A signature failure ends the walk; nothing of a token that fails can be
 * read. `call` may be NULL.
 *
 * Free the claims with jeton_claims_free. Where no error object is asked for,
 * a token that fails before its signature was checked costs no allocation, as
 * long as there are keys.
 */
jeton_status jeton_verify(const jeton_verifier *verifier,
                          const char *token,
                          size_t token_len,
                          const jeton_call *call,
                          jeton_claims **claims,
                          jeton_error **error);

/**
 * Waits for keys that `error`, from jeton_verify with this verifier, has missed,
 * at most `timeout_ms` milliseconds: for callers who may wait. JETON_OK: a fetch
 * has ended that may have brought them; verify again, once.
 *
 * Only JETON_KEY_PENDING and, before the first good fetch of a source,
 * JETON_KEYS_UNAVAILABLE can change so; for any other error its own status
 * comes back at once, and JETON_OK for NULL. JETON_KEYS_UNAVAILABLE: the fetch
 * failed, and there are no keys. JETON_TIMEOUT: the time is up, or more than
 * 1024 callers wait already.
 */
jeton_status jeton_verifier_wait(const jeton_verifier *verifier,
                                 const jeton_error *error,
                                 uint64_t timeout_ms,
                                 jeton_error **new_error);

/**
 * Verifies `count` tokens, at most 65536, on as many threads as there are
 * cores; they have ended when this returns. `tokens` and `token_lens`,
 * `claims`, `statuses` and (if not NULL) `errors` are arrays of `count`.
 *
 * Each token has its own verdict: statuses[i], with claims[i] or, where it
 * failed, NULL there and its reason in errors[i]. The call itself returns
 * JETON_OK when every token got one; else claims and errors are all NULL, and
 * statuses are all what it returned. More than 65536 touches no array.
 */
jeton_status jeton_verify_many(const jeton_verifier *verifier,
                               const char *const *tokens,
                               const size_t *token_lens,
                               size_t count,
                               const jeton_call *call,
                               jeton_claims **claims,
                               jeton_status *statuses,
                               jeton_error **errors,
                               jeton_error **error);

/**
 * Verifies `token` and answers as an authorization server does whom a resource
 * server asks (RFC 7662): {"active":true, …} with the claims as they were
 * signed, exp, iat and nbf in whole seconds and a claim "active" left out; or
 * exactly {"active":false} where the token is refused, whatever for.
 *
 * Any other failure of jeton_verify is no verdict, and returned as it is: such
 * a request isn't answered with 200. Send the answer with "Cache-Control:
 * no-store", and to those alone who may ask. Free it with jeton_string_free.
 */
jeton_status jeton_introspect(const jeton_verifier *verifier,
                              const char *token,
                              size_t token_len,
                              const jeton_call *call,
                              char **answer,
                              size_t *answer_len,
                              jeton_error **error);

/**
 * Frees a verifier. NULL is fine.
 */
void jeton_verifier_free(jeton_verifier *verifier);

/**
 * The whole payload as JSON, byte for byte as it was signed. NUL-terminated;
 * `len`, if not NULL, receives the length.
 */
const char *jeton_claims_json(const jeton_claims *claims,
                              size_t *len);

/**
 * The protected header as JSON, as it was signed. NUL-terminated; `len`, if
 * not NULL, receives the length. Its kid and typ are the token's own words:
 * jeton_claims_key tells which key verified.
 */
const char *jeton_claims_header(const jeton_claims *claims,
                                size_t *len);

/**
 * The text of a claim that is a string; NULL where it is absent or of another
 * type. `len` receives its length: the text is not NUL-terminated, and may
 * hold NULs.
 */
const char *jeton_claims_text(const jeton_claims *claims,
                              const char *name,
                              size_t name_len,
                              size_t *len);

/**
 * The JSON of a claim of any type; NULL where it is absent. `len` receives its
 * length: the text is not NUL-terminated.
 */
const char *jeton_claims_value(const jeton_claims *claims,
                               const char *name,
                               size_t name_len,
                               size_t *len);

/**
 * Reads a claim that is a whole number within 64 bits; false, and `value`
 * untouched, where it is absent or anything else.
 */
bool jeton_claims_integer(const jeton_claims *claims,
                          const char *name,
                          size_t name_len,
                          int64_t *value);

/**
 * Reads a claim that is true or false; false, and `value` untouched, where it
 * is absent or anything else.
 */
bool jeton_claims_boolean(const jeton_claims *claims,
                          const char *name,
                          size_t name_len,
                          bool *value);

/**
 * Whether there is such a claim, of any type, null included.
 */
bool jeton_claims_has(const jeton_claims *claims,
                      const char *name,
                      size_t name_len);

/**
 * The algorithm, by the name that the header gave it, such as "ES256".
 * NUL-terminated.
 */
const char *jeton_claims_algorithm(const jeton_claims *claims);

/**
 * The key that verified: its own kid (NULL where it has none) and its RFC 7638
 * thumbprint, both NUL-terminated. Any of the places may be NULL.
 */
void jeton_claims_key(const jeton_claims *claims,
                      const char **kid,
                      size_t *kid_len,
                      const char **thumbprint,
                      size_t *thumbprint_len);

/**
 * Which entry of the option "trust" accepted the token; 0 without that option.
 */
size_t jeton_claims_trust(const jeton_claims *claims);

/**
 * Reads the exp in seconds, a fraction rounded up; false, and `seconds`
 * untouched, where there is none.
 */
bool jeton_claims_expires(const jeton_claims *claims,
                          int64_t *seconds);

/**
 * Whether the token has more than `remaining` seconds left at `now` (0: the
 * clock) and was issued less than `age` seconds before: time to renew it when
 * not. A token without exp, or without iat, isn't held to that half.
 */
bool jeton_claims_fresh(const jeton_claims *claims,
                        int64_t now,
                        int64_t remaining,
                        int64_t age);

/**
 * Frees claims. NULL is fine.
 */
void jeton_claims_free(jeton_claims *claims);

/**
 * Opens the revocations at `location`: "memory:" (one process and, as they
 * were, its forked children), "sqlite:PATH" (the processes of one machine; the
 * file is made if it isn't there), "redis://HOST:PORT/DATABASE" or, over TLS,
 * "rediss://…" (any number of machines, on a server of Redis 6.2 or later or
 * Valkey; several servers of one store are separated by commas).
 *
 * Options of all: {"names": how many claims rules may name (16)}; of "memory:":
 * {"log": false to keep no readable entries, which saves memory}; of the shared
 * ones: {"stale": after how many seconds without a look at the store tokens are
 * refused as JETON_REVOCATIONS_STALE, or null for never: must be said,
 * "timeout": the most seconds that a write waits for other processes, or an
 * answer of the server may take (5)}; of a server also: {"prefix": what the
 * store's two keys begin with ("jeton"), "user", "secret": {"file": PATH} or
 * {"env": NAME}, "ca": a PEM file of the certificates to trust, "wait": how many
 * replicas must have a change before it is acknowledged (0), "patience": how
 * many seconds a write waits for a connection (0), "sentinel": the name of the
 * store's server where the location's are Sentinels, "journal": an SQLite file
 * from which a server gets back what it lost}. NULL, or an empty text, is {}.
 *
 * A shared store is read to its end before this returns, and then followed by
 * a thread, until the revocations and the verifiers made with them are freed.
 * JETON_REVOCATIONS_UNAVAILABLE: it can't be read. A server that has lost what
 * it acknowledged is opened all the same, but answers JETON_REVOCATIONS_STALE
 * until jeton_revocations_import, or a process with a journal, has made it
 * whole. docs/revocations.md is for whoever runs the server.
 */
jeton_status jeton_revocations_open(const char *location,
                                    size_t location_len,
                                    const char *options,
                                    size_t options_len,
                                    jeton_revocations **revocations,
                                    jeton_error **error);

/**
 * Adds a rule: {"realm", "claim", "value", "before", "until", "note"}, or with
 * "key" (a kid or thumbprint) in place of claim and value; a claim that begins
 * with "/" is a JSON pointer. Refused is every
 * token of the realm with this value (a string or whole number) that was
 * issued at "before" or earlier, or says no iat.
 *
 * "until" must be said: the second from which the rule is void, or null for
 * ever. "before" is now for the claim "sub" and null (whenever issued) for
 * others, unless said. In force from the very next verify of this process, and
 * on JETON_OK durable in a shared store, where other processes read it within
 * milliseconds. JETON_STORAGE: in force in this process, but not in the store;
 * so for the other functions that change something.
 *
 * `entry`, if not NULL, receives the entry as JSON, with its cut-off: whoever
 * issues anew at once mints a second later. Free it with jeton_string_free.
 */
jeton_status jeton_revocations_revoke(const jeton_revocations *revocations,
                                      const char *rule,
                                      size_t rule_len,
                                      const jeton_call *call,
                                      char **entry,
                                      size_t *entry_len,
                                      jeton_error **error);

/**
 * Revokes by a claim of verified claims, in their realm: options {"claim":
 * "jti" (this one token), "before", "until", "note"}; the end is the token's
 * own, with the verifier's leeway, unless said. `entry` is as for
 * jeton_revocations_revoke.
 */
jeton_status jeton_revocations_revoke_claims(const jeton_revocations *revocations,
                                             const jeton_claims *claims,
                                             const char *options,
                                             size_t options_len,
                                             const jeton_call *call,
                                             char **entry,
                                             size_t *entry_len,
                                             jeton_error **error);

/**
 * Ends the session that a verified logout token names (OpenID Connect
 * Back-Channel Logout 1.0), by its sid, else its sub. Options {"lifetime": must
 * be said: the most seconds that a token of the session may still live, or
 * null, "note"}. `entry` is as for jeton_revocations_revoke.
 *
 * Verify the token first with a verifier of its own: "type": "logout+jwt"
 * where the issuer says so, and "require": ["iat", "jti", "events"].
 */
jeton_status jeton_revocations_revoke_logout(const jeton_revocations *revocations,
                                             const jeton_claims *claims,
                                             const char *options,
                                             size_t options_len,
                                             const jeton_call *call,
                                             char **entry,
                                             size_t *entry_len,
                                             jeton_error **error);

/**
 * Takes a rule back: {"realm", "claim", "value"} or {"realm", "key"}.
 * `restored`, if not NULL, receives whether one was in force.
 */
jeton_status jeton_revocations_restore(const jeton_revocations *revocations,
                                       const char *rule,
                                       size_t rule_len,
                                       const jeton_call *call,
                                       bool *restored,
                                       jeton_error **error);

/**
 * Turns the switch `name` on or off for `scope`; a switch that was never
 * turned is off. Deny rules may hang on it.
 */
jeton_status jeton_revocations_switch(const jeton_revocations *revocations,
                                      const char *scope,
                                      size_t scope_len,
                                      const char *name,
                                      size_t name_len,
                                      bool on,
                                      jeton_error **error);

/**
 * Tells whether the switch `name` is on for `scope`, by what this process knows:
 * no store is asked.
 *
 * JETON_REVOCATIONS_STALE where jeton_verify would answer so.
 */
jeton_status jeton_revocations_is_on(const jeton_revocations *revocations,
                                     const char *scope,
                                     size_t scope_len,
                                     const char *name,
                                     size_t name_len,
                                     bool *on,
                                     jeton_error **error);

/**
 * Frees revocations. NULL is fine; verifiers made with them go on asking them.
 */
void jeton_revocations_free(jeton_revocations *revocations);

/**
 * Lists the rules in force and the switches as JSON: {"entries": [{"realm",
 * "claim", "value" or "key", "before", "until", "at", "note"}], "switches":
 * [{"scope", "name", "on"}]}.
 *
 * JETON_MISCONFIGURED where no log is kept. Free the text with jeton_string_free.
 */
jeton_status jeton_revocations_list(const jeton_revocations *revocations,
                                    const jeton_call *call,
                                    char **list,
                                    size_t *len,
                                    jeton_error **error);

/**
 * Writes all that is in force as a document for jeton_revocations_import.
 *
 * JETON_MISCONFIGURED where no log is kept. Free the text with jeton_string_free.
 */
jeton_status jeton_revocations_export(const jeton_revocations *revocations,
                                      const jeton_call *call,
                                      char **document,
                                      size_t *len,
                                      jeton_error **error);

/**
 * Makes the signed token of a Token Status List from the log, to be published
 * (as "application/statuslist+jwt") for verifiers that follow the list and not
 * the store. It has one bit a place; each rule in force whose value is a whole
 * number and whose claim is "claim" marks the token of that place as invalid.
 *
 * `minter` signs, and says the iss, and with "lifetime" the exp; its "type" must
 * be "statuslist+jwt". Options {"uri": where it is published (must be said),
 * "realm": whose rules count (must be said), "size": how many places it has (must
 * be said), "claim" ("/status/status_list/idx", where tokens say their place),
 * "ttl": the seconds for which it may be kept}.
 *
 * JETON_MISCONFIGURED where a rule is about a place that the list doesn't have,
 * or no log is kept. Free the token with jeton_string_free.
 */
jeton_status jeton_revocations_status_list(const jeton_revocations *revocations,
                                           const jeton_minter *minter,
                                           const char *options,
                                           size_t options_len,
                                           const jeton_call *call,
                                           char **token,
                                           size_t *token_len,
                                           jeton_error **error);

/**
 * Adds what an export holds, all of it or, where the document is wrong,
 * nothing. An import never lets through what is refused already. `count`, if
 * not NULL, receives how many rules were still in force.
 *
 * A server is told a thousand rules at a time, so that an import which fails
 * there may be in the store in part; it can be repeated.
 */
jeton_status jeton_revocations_import(const jeton_revocations *revocations,
                                      const char *document,
                                      size_t document_len,
                                      const jeton_call *call,
                                      size_t *count,
                                      jeton_error **error);

/**
 * Drops rules that have ended, which saves memory and changes no verdict.
 * `count`, if not NULL, receives how many there were.
 */
jeton_status jeton_revocations_compact(const jeton_revocations *revocations,
                                       const jeton_call *call,
                                       size_t *count,
                                       jeton_error **error);

/**
 * Brings this process up to date with a shared store: whatever any process had
 * been told is revoked, before this call, is in force here on return.
 *
 * May wait for the disk or the network, and for "timeout" seconds. JETON_REVOCATIONS_UNAVAILABLE:
 * it can't be read; what was known stays in force.
 */
jeton_status jeton_revocations_refresh(const jeton_revocations *revocations,
                                       jeton_error **error);

/**
 * Takes what has happened to a shared store since the last call, as a JSON
 * array, oldest first, for a host that logs: [{"at": seconds, "event", …}].
 *
 * Events: "append-failed" and "connection-lost" with a "message", "recovered",
 * "stale" with the "age" in seconds (null: nothing was ever read),
 * "no-follower" with a "message", and "dropped" with a "count" where more than
 * 64 waited; of a server also "lost" and "journal-failed" with a "message", and
 * "reappended" with the "count" of changes that it got back from a journal.
 * Free the text with jeton_string_free.
 */
jeton_status jeton_revocations_events(const jeton_revocations *revocations,
                                      char **events,
                                      size_t *len,
                                      jeton_error **error);

/**
 * Describes the store as JSON: {"location", "entries" in force, "expired" and
 * not yet dropped, "switches", "names" of claims looked up}; of "memory:" also
 * "log"; of a shared store "sequence" (the number of the last change that was
 * read), "age" (seconds since the last look), "stale", "failures",
 * "last_error", "durable" and "rows"; of a file also "bytes"; of a server also
 * "server" (the one in use), "changes" (in its log), "lag" (changes that were not read
 * yet, up to 1000), "replicas", "reconnects", "lost" and "warnings", a list of
 * texts.
 *
 * Free the text with jeton_string_free.
 */
jeton_status jeton_revocations_status(const jeton_revocations *revocations,
                                      const jeton_call *call,
                                      char **status,
                                      size_t *len,
                                      jeton_error **error);

/**
 * Makes a resolver. `verifier` may be NULL: then no credential is taken for a
 * JWT. `admin` is the administrator's token, compared in constant time and not
 * kept; NULL or empty: there is none.
 *
 * Options: {"order": ["admin", "prefixes", "jwt", "session"], "prefixes":
 * [{"prefix": "pk.", "kind": "api-key", "shape": "key_{32}.{43}"}], "admin":
 * false or "jwt": false to leave that kind out}. In a shape, {n} is n
 * characters of base64url. NULL, or an empty text, is {}.
 */
jeton_status jeton_bearer_new(const jeton_verifier *verifier,
                              const char *admin,
                              size_t admin_len,
                              const char *options,
                              size_t options_len,
                              jeton_bearer **bearer,
                              jeton_error **error);

/**
 * Tells what came in the header Authorization or, where that names no bearer,
 * in a session cookie (its value); each may be NULL and empty.
 *
 * `kind` receives "none", "admin", "jwt", "session" or the kind of a prefix;
 * it is NUL-terminated and lives as long as `bearer`. `credential` receives
 * where the credential stands in the text that was given, without its scheme.
 * A good JWT's claims go to `claims`. Why a JWT or a misshapen credential is
 * bad goes to `rejection`: such a request must not go on. A bad credential is
 * a result: the status is JETON_OK for it, too.
 *
 * The kind "session" means "none of the others": look it up. A credential that
 * isn't UTF-8 is a misshapen one of this kind, and `credential` is then empty.
 * Free the claims and the rejection; the credential is never part of an error.
 */
jeton_status jeton_bearer_resolve(const jeton_bearer *bearer,
                                  const char *authorization,
                                  size_t authorization_len,
                                  const char *cookie,
                                  size_t cookie_len,
                                  const jeton_call *call,
                                  const char **kind,
                                  const char **credential,
                                  size_t *credential_len,
                                  jeton_claims **claims,
                                  jeton_error **rejection,
                                  jeton_error **error);

/**
 * Frees a resolver. NULL is fine.
 */
void jeton_bearer_free(jeton_bearer *bearer);

/**
 * Signs any payload into a compact JWS (RFC 7515).
 *
 * The newest key that fits signs, by the clock: see jeton_keys. Options:
 * {"algorithm", "kid": which key signs, "type": the header's typ}.
 * NULL, or an empty text, is {}. Free the token with jeton_string_free.
 */
jeton_status jeton_sign(const jeton_keys *keys,
                        const char *payload,
                        size_t payload_len,
                        const char *options,
                        size_t options_len,
                        char **token,
                        size_t *token_len,
                        jeton_error **error);

/**
 * Checks the signature of a compact JWS and hands over its payload, whatever
 * it is. No claim is looked at, only, by the clock, the key's "exp": tokens
 * that grant something are for jeton_verify.
 *
 * Options: {"algorithms": allow-list, "type": expected as the header's typ,
 * "limits"}. NULL, or an empty text, is {}. Free the payload with
 * jeton_string_free; it may hold NULs.
 */
jeton_status jeton_verify_signature(const jeton_keys *keys,
                                    const char *token,
                                    size_t token_len,
                                    const char *options,
                                    size_t options_len,
                                    char **payload,
                                    size_t *payload_len,
                                    jeton_error **error);

/**
 * Reads a token without verifying anything: {"verified": false, "header",
 * "claims", "signature_bytes"}. For looking at tokens, never for deciding.
 *
 * Free the text with jeton_string_free.
 */
jeton_status jeton_inspect(const char *token,
                           size_t token_len,
                           char **text,
                           size_t *len,
                           jeton_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* JETON_H */
