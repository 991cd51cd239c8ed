#include "dossier.h"

#include "note.h"

enum err
dossier_open(struct arena *a, struct str envelope, struct str known, struct dsse *ret,
    const struct json **payload, struct why *why)
{
	struct dsse_verdict verdict;
	struct note_key key;
	struct str text;

	TRY(dsse_parse(a, envelope, ret, why));
	if (!str_is(ret->payload_type, DOSSIER_TYPE))
		return fail(why, ERR_INVALID, "dossier.type",
		    "the envelope holds \"" STR_FMT "\" and no dossier",
		    STR_ARG(ret->payload_type));
	TRY(json_parse(a, ret->payload, NULL, payload, why));
	if (!json_get_str(*payload, S("log_key"), &text) || note_key_parse(text, &key, NULL) != OK)
		return fail(why, ERR_INVALID, "dossier.log-key",
		    "the dossier does not name the key of its log");
	TRY(note_key_known(known, &key, why));
	return dsse_verify(ret, &key.key, 1, &verdict, why);
}
