/* The package, the header and the library are of one version. */

#include <jeton.h>
#include <string.h>

int main(void)
{
	return jeton_abi_version() != JETON_ABI_VERSION ||
	       jeton_abi_version() != PACKAGE_ABI ||
	       strcmp(jeton_version(), PACKAGE_VERSION) != 0;
}
