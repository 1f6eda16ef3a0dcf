/* Two Rust static libraries in one program: each has a standard library. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "jeton.h"

uint32_t second_panics_and_recovers(uint32_t count);

int main(void)
{
	/* "0" to "9" and "10" to "99": 10 + 180 digits. */
	if (second_panics_and_recovers(100) != 190) {
		fprintf(stderr, "the second library is broken\n");
		return 1;
	}
	if (jeton_abi_version() != JETON_TEST_ABI ||
	    strlen(jeton_version()) == 0) {
		fprintf(stderr, "jeton is broken\n");
		return 1;
	}
	return second_panics_and_recovers(1) == 1 ? 0 : 1;
}
