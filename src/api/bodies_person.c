/* Bodies about partners' people. */
#include "bodies_p.h"
#include "codec.h"

enum err
api_read_person(struct arena *a, struct str text, struct person_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(api_read_object(a, text, "card fingerprint", &root, why));
	ret->card = json_get(root, S("card"));
	if (!json_is(ret->card, JSON_OBJECT))
		return fail(why, ERR_INVALID, "api.value", "card must be a JSON object");
	return api_read_text(root, "fingerprint", true, &ret->fingerprint, why);
}

enum err
api_read_card(struct arena *a, struct str text, struct release_card *ret, struct why *why)
{
	const struct json *root = NULL;
	struct str key = { 0 };

	TRY(api_read_object(a, text, "name key days", &root, why));
	TRY(api_read_text(root, "name", true, &ret->name, why));
	TRY(api_read_text(root, "key", true, &key, why));
	if (!hex_parse(key, ret->key.byte, VERIFY_KEY_BYTES))
		return fail(why, ERR_INVALID, "api.value",
		    "key must be a public key in 64 hexadecimal digits");
	return api_read_number(root, "days", PERSON_CARD_DAYS_MAX, &ret->days, why);
}

/* An object with one text. */
static enum err
read_single(struct arena *a, struct str text, const char *name, struct str *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(api_read_object(a, text, name, &root, why));
	return api_read_text(root, name, true, ret, why);
}

enum err
api_read_heard(struct arena *a, struct str text, struct str *ret, struct why *why)
{
	return read_single(a, text, "fingerprint", ret, why);
}

enum err
api_read_text_body(struct arena *a, struct str text, struct str *ret, struct why *why)
{
	return read_single(a, text, "text", ret, why);
}
