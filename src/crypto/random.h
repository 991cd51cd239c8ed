/* random.h: bytes that nobody can guess, and the care they need.
 *
 * From the kernel's generator; cannot fail.  Safe from any thread. */
#pragma once

#include "base.h"

/* Fills ret with len random bytes. */
void random_bytes(void *ret, size_t len);

/* Compares len bytes in a time that depends on len alone. */
bool secret_eq(const void *a, const void *b, size_t len);

/* Overwrites with zeros; the compiler may not leave it out. */
void secret_wipe(void *bytes, size_t len);
