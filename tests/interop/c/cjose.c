/* cjose, whose keys are secrets and JWK. */

#include <cjose/cjose.h>

#include "driver.h"

static cjose_jwk_t *key(const json_t *request, cjose_err *error)
{
	const char *text = said(request, "key");

	if (is(request, "form", "secret"))
		return cjose_jwk_create_oct_spec((const uint8_t *)text,
						 strlen(text), error);
	return cjose_jwk_import(text, strlen(text), error);
}

static int is_read(const json_t *request)
{
	return is(request, "form", "secret") || is(request, "form", "jwk");
}

static json_t *generate(const json_t *request)
{
	static const uint8_t exponent[] = {1, 0, 1};
	const char *algorithm = said(request, "algorithm");
	char *private, *public;
	cjose_jwk_t *jwk;
	cjose_err error;
	json_t *answered;

	if (*algorithm == 'H')
		jwk = cjose_jwk_create_oct_random(512, &error);
	else if (*algorithm == 'E')
		jwk = cjose_jwk_create_EC_random(
			!strcmp(algorithm, "ES256")   ? CJOSE_JWK_EC_P_256
			: !strcmp(algorithm, "ES384") ? CJOSE_JWK_EC_P_384
						      : CJOSE_JWK_EC_P_521,
			&error);
	else
		jwk = cjose_jwk_create_RSA_random(2048, exponent,
						  sizeof(exponent), &error);
	if (!jwk)
		return answer("error", error.message);
	private = cjose_jwk_to_json(jwk, true, &error);
	/* A secret has no public half. */
	public = cjose_jwk_to_json(jwk, *algorithm == 'H', &error);
	answered =
		json_pack("{s:s, s:s}", "private", private, "public", public);
	free(private);
	free(public);
	cjose_jwk_release(jwk);
	return answered;
}

static json_t *mint(const json_t *request)
{
	char *claims = json_dumps(json_object_get(request, "claims"), 0);
	const char *kid = said(request, "kid"), *token = NULL;
	cjose_header_t *header = NULL;
	cjose_jws_t *jws = NULL;
	cjose_jwk_t *jwk;
	cjose_err error;
	json_t *answered;
	bool is_set;

	if (!is_read(request)) {
		free(claims);
		return answer("absent", "key");
	}
	jwk = key(request, &error);
	header = cjose_header_new(&error);
	is_set = header && cjose_header_set(header, CJOSE_HDR_ALG,
					    said(request, "algorithm"), &error);
	if (is_set && *kid)
		is_set = cjose_header_set(header, CJOSE_HDR_KID, kid, &error);
	if (jwk && is_set)
		jws = cjose_jws_sign(jwk, header, (const uint8_t *)claims,
				     strlen(claims), &error);
	if (jws)
		cjose_jws_export(jws, &token, &error);
	answered =
		token ? answer("token", token) : answer("error", error.message);
	cjose_jws_release(jws);
	cjose_jwk_release(jwk);
	cjose_header_release(header);
	free(claims);
	return answered;
}

static json_t *verify(const json_t *request)
{
	const char *token = said(request, "token");
	cjose_jws_t *jws;
	cjose_jwk_t *jwk;
	cjose_err error;
	uint8_t *claims = NULL;
	size_t len = 0;
	json_t *answered;

	if (!is_read(request))
		return answer("absent", "key");
	jwk = key(request, &error);
	jws = cjose_jws_import(token, strlen(token), &error);
	if (!jwk || !jws)
		answered = answer("error", error.message);
	else if (!cjose_jws_verify(jws, jwk, &error))
		answered = answer("refused", error.message);
	else if (!cjose_jws_get_plaintext(jws, &claims, &len, &error))
		answered = answer("error", error.message);
	else
		answered = answer_claims((const char *)claims, len);
	cjose_jws_release(jws);
	cjose_jwk_release(jwk);
	return answered;
}

int main(void)
{
	static const struct peer cjose = {"cjose", generate, mint, verify};

	return drive(&cjose, "HS RS PS ES");
}
