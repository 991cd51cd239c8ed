/* sodium_p.h: libsodium made ready once, for the files of this module. */
#pragma once

/* Before the first call of the library on any thread; cheap afterwards. */
void sodium_ready(void);
