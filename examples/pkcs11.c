/*
 * Mints a token with a private key that never leaves its PKCS#11 module: an
 * HSM, a smart card, SoftHSM. Prints the token and, verified, its claims.
 *
 *     cc pkcs11.c $(pkg-config --cflags --libs jeton) \
 *         $(pkg-config --cflags p11-kit-1) -o pkcs11
 *     PKCS11_PIN=1234 ./pkcs11 MODULE.so LABEL PUBLIC-KEY ALGORITHM
 *
 * PUBLIC-KEY is a file that jeton reads (PEM, DER or JWK); ALGORITHM is one of
 * RS256 to RS512 and ES256 to ES512. p11-kit lends the header that declares the
 * standard's functions, for any use; the module itself is loaded at run time.
 */

#include <dlfcn.h>
#include <jeton.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(text) (text), strlen(text)
#define MINTING                                                                \
	"{\"issuer\": \"https://a.example\", \"audience\": \"api\","           \
	" \"lifetime\": 600}"
#define VERIFYING "{\"issuer\": \"https://a.example\", \"audience\": \"api\"}"

/* The context of the signer. */
struct hsm {
	CK_FUNCTION_LIST *p11;
	CK_SLOT_ID slot;
	char *label, *pin;
};

/* Says why in the error that jeton_mint returns. */
static int32_t failed(jeton_signing *signing, const char *what, CK_RV rv)
{
	snprintf(signing->reason, signing->reason_capacity,
		 "%s: PKCS#11 error 0x%lx", what, rv);
	return 1;
}

static int32_t sign_in(CK_SESSION_HANDLE session, const struct hsm *hsm,
		       jeton_signing *signing)
{
	/* ECDSA takes the digest. RSA pads a DigestInfo, and hashes nothing. */
	int rsa = signing->digest_info != NULL;
	CK_MECHANISM mechanism = {rsa ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0};
	const uint8_t *data = rsa ? signing->digest_info : signing->digest;
	size_t len = rsa ? signing->digest_info_len : signing->digest_len;
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE wanted[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_LABEL, hsm->label, strlen(hsm->label)},
	};
	CK_OBJECT_HANDLE key;
	CK_ULONG found = 0, signature_len = signing->signature_capacity;
	CK_RV rv;

	/* Logging in is for the whole process: a thread may have done it. */
	rv = hsm->p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)hsm->pin,
			       strlen(hsm->pin));
	if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
		return failed(signing, "logging in with the PIN", rv);

	rv = hsm->p11->C_FindObjectsInit(session, wanted, 2);
	if (rv == CKR_OK)
		rv = hsm->p11->C_FindObjects(session, &key, 1, &found);
	if (rv == CKR_OK)
		rv = hsm->p11->C_FindObjectsFinal(session);
	if (rv == CKR_OK && !found)
		rv = CKR_KEY_HANDLE_INVALID;
	if (rv != CKR_OK)
		return failed(signing, "finding the key by its label", rv);

	rv = hsm->p11->C_SignInit(session, &mechanism, key);
	if (rv == CKR_OK)
		rv = hsm->p11->C_Sign(session, (CK_BYTE *)data, len,
				      signing->signature, &signature_len);
	if (rv != CKR_OK)
		return failed(signing, "signing", rv);
	signing->signature_len = signature_len;
	return 0;
}

/*
 * The jeton_signer. Several threads may be in it, and a session is one
 * thread's: each signature has a session of its own.
 */
static int32_t sign(void *context, jeton_signing *signing)
{
	const struct hsm *hsm = context;
	CK_SESSION_HANDLE session;
	int32_t result;
	CK_RV rv;

	rv = hsm->p11->C_OpenSession(hsm->slot, CKF_SERIAL_SESSION, NULL, NULL,
				     &session);
	if (rv != CKR_OK)
		return failed(signing, "opening a session", rv);
	result = sign_in(session, hsm, signing);
	hsm->p11->C_CloseSession(session);
	return result;
}

/* Ends the program where `done` doesn't hold, and says what didn't work. */
static void need(int done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "pkcs11: %s\n", what);
	exit(2);
}

/* Loads the module, and finds the slot of the first token that is set up. */
static void open_module(struct hsm *hsm, const char *module)
{
	CK_C_INITIALIZE_ARGS threads = {.flags = CKF_OS_LOCKING_OK};
	CK_SLOT_ID slots[16];
	CK_ULONG count = 16, index;
	CK_TOKEN_INFO token = {.flags = 0};
	CK_C_GetFunctionList list;
	void *library = dlopen(module, RTLD_NOW);

	need(library != NULL, "the module can't be loaded");
	*(void **)&list = dlsym(library, "C_GetFunctionList");
	need(list && list(&hsm->p11) == CKR_OK, "that is no PKCS#11 module");
	need(hsm->p11->C_Initialize(&threads) == CKR_OK &&
		     hsm->p11->C_GetSlotList(CK_TRUE, slots, &count) == CKR_OK,
	     "the module doesn't start");
	for (index = 0; index < count; index++) {
		hsm->slot = slots[index];
		hsm->p11->C_GetTokenInfo(hsm->slot, &token);
		if (token.flags & CKF_TOKEN_INITIALIZED)
			return;
	}
	need(0, "the module has no token that is set up");
}

static jeton_error *error;

/* Ends the program where a call failed, and says why. */
static void must(jeton_status status)
{
	if (status == JETON_OK)
		return;
	fprintf(stderr, "%s: %s\n", jeton_status_name(status),
		jeton_error_message(error, NULL));
	exit(1);
}

int main(int argc, char **argv)
{
	struct hsm hsm = {.pin = getenv("PKCS11_PIN")};
	char document[8192], options[64], *token;
	jeton_keys *keys;
	const jeton_keys *trusted[1];
	jeton_minter *minter;
	jeton_verifier *verifier;
	jeton_claims *claims;
	size_t len;
	FILE *file;

	need(argc == 5, "say MODULE.so LABEL PUBLIC-KEY ALGORITHM");
	need(hsm.pin != NULL, "PKCS11_PIN isn't set");
	hsm.label = argv[2];
	open_module(&hsm, argv[1]);
	file = fopen(argv[3], "rb");
	need(file != NULL, "the public key can't be read");
	len = fread(document, 1, sizeof(document), file);
	fclose(file);

	/* The public half alone: whatever the module signs is checked with it.
	 */
	snprintf(options, sizeof(options), "{\"algorithm\": \"%s\"}", argv[4]);
	must(jeton_keys_new(document, len, TEXT(options), &keys, &error));
	must(jeton_minter_external(keys, sign, &hsm, NULL, TEXT(MINTING),
				   &minter, &error));
	must(jeton_mint(minter, TEXT("{\"sub\": \"ada\"}"), NULL, &token, &len,
			&error));
	printf("%s\n", token);

	trusted[0] = keys;
	must(jeton_verifier_new(trusted, 1, NULL, TEXT(VERIFYING), &verifier,
				&error));
	must(jeton_verify(verifier, token, len, NULL, &claims, &error));
	printf("%s\n", jeton_claims_json(claims, NULL));

	jeton_claims_free(claims);
	jeton_verifier_free(verifier);
	jeton_minter_free(minter);
	jeton_keys_free(keys);
	jeton_string_free(token);
	hsm.p11->C_Finalize(NULL);
	return 0;
}
