/* Filling a template with the names and keys of the parties. */
#include "codec.h"
#include "document_p.h"
#include "jcs.h"
#include "json_writer.h"

/* The texts that a binding puts into one party. */
struct filled {
	struct str node;
	struct str key;
	struct str identity;
};

static const struct party_binding *
binding_of(const struct party_binding *bindings, size_t n, struct str party)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(bindings[i].party, party))
			return &bindings[i];
	}
	return NULL;
}

/* Writes the object with these members instead of its own; an empty text
 * leaves the member as it is. */
static void
write_with(struct json_writer *w, const struct json *object, const struct filled *f)
{
	json_begin_object(w);
	for (const struct json *v = object->first; v != NULL; v = v->next) {
		struct str text = str_is(v->key, "node")            ? f->node
		                  : str_is(v->key, "agreement_key") ? f->key
		                  : str_is(v->key, "identity")      ? f->identity
		                                                    : (struct str){ 0 };

		json_key(w, v->key);
		if (text.len > 0) {
			json_put_str(w, text);
		} else if (str_is(v->key, "organisations") && v->type == JSON_ARRAY) {
			json_begin_array(w);
			for (const struct json *o = v->first; o != NULL; o = o->next) {
				if (o == v->first && o->type == JSON_OBJECT)
					write_with(w, o,
					    &(struct filled){ .identity = f->identity });
				else
					json_put_tree(w, o);
			}
			json_end_array(w);
		} else {
			json_put_tree(w, v);
		}
	}
	json_end_object(w);
}

static enum err
write_party(struct json_writer *w, const struct json *party, const struct party_binding *b,
    struct why *why)
{
	char key[2 * VERIFY_KEY_BYTES + 1];
	struct str node = json_str(json_get(party, S("node")));

	if (b == NULL) {
		json_put_tree(w, party);
		return OK;
	}
	if (node.len > 0 || json_str(json_get(party, S("agreement_key"))).len > 0)
		return fail(why, ERR_INVALID, "agreement.filled",
		    "the party " STR_FMT " of this template is filled already", STR_ARG(b->party));
	hex_text(b->key.byte, VERIFY_KEY_BYTES, key);
	write_with(w, party,
	    &(struct filled){ .node = b->node, .key = str_of(key), .identity = b->identity });
	return OK;
}

static enum err
check_bindings(const struct json *parties, const struct party_binding *bindings, size_t n,
    struct why *why)
{
	for (size_t i = 0; i < n; i++) {
		bool found = false;

		for (const struct json *p = parties == NULL ? NULL : parties->first; p != NULL;
		     p = p->next)
			found =
			    found || str_eq(json_str(json_get(p, S("code"))), bindings[i].party);
		if (!found)
			return fail(why, ERR_INVALID, "agreement.no-party",
			    "there is no party " STR_FMT " in this template",
			    STR_ARG(bindings[i].party));
	}
	return OK;
}

enum err
agreement_fill(struct arena *a, struct str template_text, const struct party_binding *bindings,
    size_t n, struct buf *out, struct why *why)
{
	CLEANUP(buf_free) struct buf filled = buf_new(DOCUMENT_BYTES_MAX);
	struct json_writer w = json_writer(&filled);
	const struct json *root, *parties;

	TRY(document_parse(a, template_text, &root, why));
	parties = json_get(root, S("parties"));
	if (!json_is(parties, JSON_ARRAY))
		return fail(why, ERR_INVALID, "agreement.no-party", "the template has no parties");
	TRY(check_bindings(parties, bindings, n, why));
	json_begin_object(&w);
	for (const struct json *v = root->first; v != NULL; v = v->next) {
		json_key(&w, v->key);
		if (v != parties) {
			json_put_tree(&w, v);
			continue;
		}
		json_begin_array(&w);
		for (const struct json *p = v->first; p != NULL; p = p->next)
			TRY(write_party(&w, p,
			    binding_of(bindings, n, json_str(json_get(p, S("code")))), why));
		json_end_array(&w);
	}
	json_end_object(&w);
	TRY(buf_check(&filled, "the filled agreement", why));
	struct str text = arena_str(a, buf_str(&filled));
	if (text.ptr == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(document_parse(a, text, &root, why));
	TRY(jcs_write(root, out, why));
	return buf_check(out, "the filled agreement", why);
}
