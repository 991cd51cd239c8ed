/* room.h: how much guests and feeds may hand in. */
#pragma once

#include <stdint.h>

enum {
	/* Identities, mailboxes and accounts of one guest: a constituent reports on itself and on
	 * those it deals with. */
	ROOM_NAMES_GUEST = 512,
	/* Of one feed: public ones name some hundred producers, and phishing feeds mailboxes. */
	ROOM_NAMES_FEED = 2048,
	/* Of all of them together: less than half of what is looked for (NEEDLES_MAX of release),
	 * so that the other half is left for ours and the partners'. */
	ROOM_NAMES_ALL = 4000,
	/* Versions that guests hold of one collection: years of reports, and an end for who posts
	 * as fast as the door lets it. */
	ROOM_VERSIONS_GUESTS = 100'000,
};

/* Bytes of the objects of one feed, some half of what they take on the disk: the largest public
 * feeds are four million indicators of a kilobyte. */
#define ROOM_BYTES_FEED (INT64_C(4) * 1024 * 1024 * 1024)
