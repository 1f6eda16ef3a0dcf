/* libjwt, whose keys are secrets and PEM. */

#include <errno.h>
#include <jwt.h>

#include "driver.h"

static int is_read(const json_t *request)
{
	return is(request, "form", "secret") || is(request, "form", "pem");
}

static const unsigned char *key(const json_t *request, int *len)
{
	const char *text = said(request, "key");

	*len = (int)strlen(text);
	return (const unsigned char *)text;
}

static json_t *mint(const json_t *request)
{
	char *claims = json_dumps(json_object_get(request, "claims"), 0);
	const char *kid = said(request, "kid");
	json_t *answered;
	char *token = NULL;
	jwt_t *jwt = NULL;
	int len, error;

	if (!is_read(request)) {
		free(claims);
		return answer("absent", "key");
	}
	error = jwt_new(&jwt);
	if (!error)
		error = jwt_add_grants_json(jwt, claims);
	if (!error && *kid)
		error = jwt_add_header(jwt, "kid", kid);
	if (!error) {
		const unsigned char *text = key(request, &len);

		error = jwt_set_alg(jwt,
				    jwt_str_alg(said(request, "algorithm")),
				    text, len);
	}
	if (!error)
		token = jwt_encode_str(jwt);
	answered = token ? answer("token", token)
			 : answer("error", strerror(error ? error : errno));
	free(token);
	jwt_free(jwt);
	free(claims);
	return answered;
}

static json_t *verify(const json_t *request)
{
	json_t *answered;
	char *claims;
	jwt_t *jwt = NULL;
	const unsigned char *text;
	int len, error;

	if (!is_read(request))
		return answer("absent", "key");
	text = key(request, &len);
	error = jwt_decode(&jwt, said(request, "token"), text, len);
	if (error)
		return answer("refused", strerror(error));
	if (jwt_get_alg(jwt) != jwt_str_alg(said(request, "algorithm"))) {
		jwt_free(jwt);
		return answer("error", "another algorithm");
	}
	claims = jwt_get_grants_json(jwt, NULL);
	answered = answer_claims(claims, strlen(claims));
	free(claims);
	jwt_free(jwt);
	return answered;
}

int main(void)
{
	static const struct peer libjwt = {"libjwt", NULL, mint, verify};

	return drive(&libjwt, "HS RS ES");
}
