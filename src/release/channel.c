#include "channel_p.h"

static const char *const names[CHANNELS] = {
	[CHANNEL_AUTO] = "auto",
	[CHANNEL_OFFICER] = "officer",
	[CHANNEL_PERSON] = "person",
};

const char *
channel_name(enum channel c)
{
	assert((unsigned)c < CHANNELS);
	return names[c];
}

enum channel
channel_read(struct str name)
{
	for (unsigned i = 0; i < CHANNELS; i++) {
		if (str_is(name, names[i]))
			return (enum channel)i;
	}
	return CHANNEL_OFFICER;
}
