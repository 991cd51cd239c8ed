/* disclosure_p.h: what is about somebody (private to release). */
#pragma once

/* For statements: an object is the identity, or names it, or stands on the other
 * side of what names it. */
#define DISCLOSURE_IS_ABOUT(id, identity)                                                 \
	"(" id " = " identity " OR " id                                                   \
	" IN (SELECT t.source FROM object_ref t WHERE t.target = " identity ") OR " id    \
	" IN (SELECT s.target FROM object_ref t JOIN object_ref s ON s.source = t.source" \
	" WHERE t.target = " identity "))"
