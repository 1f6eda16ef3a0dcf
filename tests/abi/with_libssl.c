/* jeton beside the system's libssl in one program: each must keep to its own.
 *
 * jeton has a libssl inside. Were its names visible, SSL_CTX_new here would be
 * jeton's, and every structure of the system's headers would be misread.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jeton.h"

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
				#condition);                                   \
			exit(1);                                               \
		}                                                              \
	} while (0)

/* The name of the file that a function of this program was loaded from. */
static const char *origin(const char *function)
{
	Dl_info info;
	void *address = dlsym(RTLD_DEFAULT, function);

	/* Linked statically, it's in the program and in no symbol table. */
	if (address == NULL || dladdr(address, &info) == 0)
		return "";
	return info.dli_fname;
}

static EVP_PKEY *make_key(void)
{
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);

	CHECK(context != NULL);
	CHECK(EVP_PKEY_keygen_init(context) == 1);
	CHECK(EVP_PKEY_keygen(context, &key) == 1);
	EVP_PKEY_CTX_free(context);
	return key;
}

static X509 *make_certificate(EVP_PKEY *key)
{
	X509 *certificate = X509_new();
	X509_NAME *name;

	CHECK(certificate != NULL);
	CHECK(X509_set_version(certificate, 2) == 1);
	CHECK(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1);
	CHECK(X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != NULL);
	CHECK(X509_gmtime_adj(X509_getm_notAfter(certificate), 60) != NULL);
	CHECK(X509_set_pubkey(certificate, key) == 1);
	name = X509_get_subject_name(certificate);
	CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					 (const unsigned char *)"localhost", -1,
					 -1, 0) == 1);
	CHECK(X509_set_issuer_name(certificate, name) == 1);
	CHECK(X509_sign(certificate, key, NULL) > 0);
	return certificate;
}

/* One end's next step; true once its handshake is over. */
static int advance(SSL *end)
{
	int result = SSL_do_handshake(end);

	CHECK(result == 1 || SSL_get_error(end, result) == SSL_ERROR_WANT_READ);
	return result == 1;
}

/* A whole handshake and a message, over memory, with no socket. */
static void handshake(void)
{
	EVP_PKEY *key = make_key();
	X509 *certificate = make_certificate(key);
	SSL_CTX *server_context = SSL_CTX_new(TLS_server_method());
	SSL_CTX *client_context = SSL_CTX_new(TLS_client_method());
	BIO *to_server = BIO_new(BIO_s_mem());
	BIO *to_client = BIO_new(BIO_s_mem());
	SSL *server, *client;
	char text[8] = {0};
	int steps, done = 0;

	CHECK(server_context != NULL && client_context != NULL);
	CHECK(SSL_CTX_use_certificate(server_context, certificate) == 1);
	CHECK(SSL_CTX_use_PrivateKey(server_context, key) == 1);
	CHECK(X509_STORE_add_cert(SSL_CTX_get_cert_store(client_context),
				  certificate) == 1);
	SSL_CTX_set_verify(client_context, SSL_VERIFY_PEER, NULL);

	server = SSL_new(server_context);
	client = SSL_new(client_context);
	CHECK(server != NULL && client != NULL);
	CHECK(BIO_up_ref(to_server) == 1 && BIO_up_ref(to_client) == 1);
	SSL_set_bio(server, to_server, to_client);
	SSL_set_bio(client, to_client, to_server);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);

	for (steps = 0; steps < 10 && !done; steps++) {
		int client_done = advance(client);
		int server_done = advance(server);

		done = client_done && server_done;
	}
	CHECK(done);
	CHECK(SSL_get_verify_result(client) == X509_V_OK);
	CHECK(SSL_write(client, "hello", 5) == 5);
	CHECK(SSL_read(server, text, sizeof(text) - 1) == 5);
	CHECK(strcmp(text, "hello") == 0);

	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(client_context);
	SSL_CTX_free(server_context);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

int main(int argc, char **argv)
{
	int linked_statically = argc > 1 && strcmp(argv[1], "static") == 0;

	CHECK(jeton_abi_version() == JETON_TEST_ABI);
	CHECK(strlen(jeton_version()) > 0);

	handshake();

	/* What answered is of the release whose headers were compiled. */
	CHECK(OpenSSL_version_num() >> 28 == OPENSSL_VERSION_NUMBER >> 28);
	CHECK(strstr(OpenSSL_version(OPENSSL_VERSION), "AWS-LC") == NULL);
	if (!linked_statically) {
		CHECK(strstr(origin("SSL_CTX_new"), "libssl") != NULL);
		CHECK(strstr(origin("EVP_PKEY_new"), "libcrypto") != NULL);
	}

	/* And jeton still works after all that. */
	CHECK(strlen(jeton_version()) > 0);
	return 0;
}
