/*
 * The C that stands between Go and jeton.h: where one crossing does for several
 * calls, and where a jeton_call points to Go's strings, which cgo allows in C's
 * own memory only. Nothing here decides anything.
 */

#ifndef JETON_GO_SHIM_H
#define JETON_GO_SHIM_H

#if defined(__has_include) && !__has_include(<jeton.h>)
#error "jeton.h is missing: run bindings/go/prepare, or install libjeton and build with -tags jeton_pkgconfig"
#endif

#include <jeton.h>
#include <string.h>

/* What a call says; an absent text is told from an empty one. */
struct go_call {
	int64_t now;
	bool has_scope;
	bool has_nonce;
	bool has_method;
	bool has_uri;
	bool has_access_token;
	bool has_jkt;
};

/* The texts of a call, as parameters and as arguments: cgo takes a Go string by
 * itself alone. */
#define GO_TEXTS                                                               \
	_GoString_ scope, _GoString_ nonce, _GoString_ method, _GoString_ uri, \
		_GoString_ access_token, _GoString_ jkt
#define GO_LENT scope, nonce, method, uri, access_token, jkt

static inline const char *go_said(bool said, const char *text)
{
	return !said ? NULL : text ? text : "";
}

static inline jeton_call go_call(struct go_call said, GO_TEXTS)
{
	jeton_call call;

	memset(&call, 0, sizeof(call));
	call.size = sizeof(call);
	call.now = said.now;
	call.scope = go_said(said.has_scope, _GoStringPtr(scope));
	call.scope_len = _GoStringLen(scope);
	call.nonce = go_said(said.has_nonce, _GoStringPtr(nonce));
	call.nonce_len = _GoStringLen(nonce);
	call.method = go_said(said.has_method, _GoStringPtr(method));
	call.method_len = _GoStringLen(method);
	call.uri = go_said(said.has_uri, _GoStringPtr(uri));
	call.uri_len = _GoStringLen(uri);
	call.access_token =
		go_said(said.has_access_token, _GoStringPtr(access_token));
	call.access_token_len = _GoStringLen(access_token);
	call.jkt = go_said(said.has_jkt, _GoStringPtr(jkt));
	call.jkt_len = _GoStringLen(jkt);
	return call;
}

/* A text that lives as long as what lends it. */
struct go_text {
	const char *text;
	size_t len;
};

/* All that claims tell, for Go to copy. */
struct go_facts {
	struct go_text json, header, algorithm, kid, thumbprint;
	size_t trust;
	bool expires;
	int64_t expiry;
	bool issued;
};

static inline struct go_facts go_facts(const jeton_claims *claims)
{
	struct go_facts told = {0};

	told.json.text = jeton_claims_json(claims, &told.json.len);
	told.header.text = jeton_claims_header(claims, &told.header.len);
	told.algorithm.text = jeton_claims_algorithm(claims);
	told.algorithm.len = strlen(told.algorithm.text);
	jeton_claims_key(claims, &told.kid.text, &told.kid.len,
			 &told.thumbprint.text, &told.thumbprint.len);
	told.trust = jeton_claims_trust(claims);
	told.expires = jeton_claims_expires(claims, &told.expiry);
	/* At the end of time nothing is young that says when it was issued. */
	told.issued = !jeton_claims_fresh(claims, INT64_MAX, INT64_MIN, 0);
	return told;
}

struct go_verdict {
	jeton_status status;
	jeton_claims *claims;
	jeton_error *error;
	struct go_facts facts;
	size_t copied;
};

/* Of claims whose JSON fits into `payload`, that is all that is left. */
static inline struct go_verdict go_verify(const jeton_verifier *verifier,
					  _GoString_ token, struct go_call said,
					  GO_TEXTS, char *payload, size_t room)
{
	jeton_call call = go_call(said, GO_LENT);
	struct go_verdict verdict = {0};
	const char *json;

	verdict.status =
		jeton_verify(verifier, _GoStringPtr(token), _GoStringLen(token),
			     &call, &verdict.claims, &verdict.error);
	if (!verdict.claims)
		return verdict;
	json = jeton_claims_json(verdict.claims, &verdict.copied);
	if (verdict.copied > room) {
		verdict.facts = go_facts(verdict.claims);
		return verdict;
	}
	memcpy(payload, json, verdict.copied);
	jeton_claims_free(verdict.claims);
	verdict.claims = NULL;
	return verdict;
}

struct go_answer {
	jeton_status status;
	jeton_error *error;
	char *text;
	size_t len;
};

static inline struct go_answer go_introspect(const jeton_verifier *verifier,
					     _GoString_ token,
					     struct go_call said, GO_TEXTS)
{
	jeton_call call = go_call(said, GO_LENT);
	struct go_answer answer = {0};

	answer.status = jeton_introspect(
		verifier, _GoStringPtr(token), _GoStringLen(token), &call,
		&answer.text, &answer.len, &answer.error);
	return answer;
}

static inline jeton_status
go_verify_many(const jeton_verifier *verifier, const char *const *tokens,
	       const size_t *lens, size_t count, struct go_call said, GO_TEXTS,
	       jeton_claims **claims, jeton_status *statuses,
	       jeton_error **errors, jeton_error **error)
{
	jeton_call call = go_call(said, GO_LENT);

	return jeton_verify_many(verifier, tokens, lens, count, &call, claims,
				 statuses, errors, error);
}

/* What a credential is; it stands `offset` bytes into the header or cookie. */
struct go_credential {
	jeton_status status;
	jeton_error *error;
	jeton_error *rejection;
	jeton_claims *claims;
	struct go_facts facts;
	const char *kind;
	bool in_cookie;
	size_t offset;
	size_t len;
};

static inline bool go_within(const char *part, _GoString_ text)
{
	uintptr_t start = (uintptr_t)_GoStringPtr(text);

	return (uintptr_t)part >= start &&
	       (uintptr_t)part < start + _GoStringLen(text);
}

static inline struct go_credential go_resolve(const jeton_bearer *bearer,
					      _GoString_ authorization,
					      _GoString_ cookie,
					      struct go_call said, GO_TEXTS)
{
	jeton_call call = go_call(said, GO_LENT);
	struct go_credential found = {0};
	const char *text = NULL;

	found.status = jeton_bearer_resolve(
		bearer, _GoStringPtr(authorization),
		_GoStringLen(authorization), _GoStringPtr(cookie),
		_GoStringLen(cookie), &call, &found.kind, &text, &found.len,
		&found.claims, &found.rejection, &found.error);
	if (found.claims)
		found.facts = go_facts(found.claims);
	if (found.len == 0)
		return found;
	found.in_cookie = !go_within(text, authorization);
	found.offset = (size_t)(text - (found.in_cookie
						? _GoStringPtr(cookie)
						: _GoStringPtr(authorization)));
	return found;
}

/* All that an error tells; the texts live as long as it does. */
struct go_error {
	jeton_status status;
	struct go_text message, claim, claims;
};

static inline struct go_error go_error(const jeton_error *error)
{
	struct go_error told = {0};

	told.status = jeton_error_status(error);
	told.message.text = jeton_error_message(error, &told.message.len);
	told.claim.text = jeton_error_claim(error, &told.claim.len);
	told.claims.text = jeton_error_claims(error, &told.claims.len);
	return told;
}

#endif
