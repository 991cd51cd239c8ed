/* What leaves instead of somebody who is not told: a class identity ("Health,
 * India"), or a pseudonym.
 *
 * A class identity has an identifier computed from its own bytes: two victims
 * of one class are one identity to the recipient.  A pseudonym goes under the
 * identifier of the copy: that it is the same one again is what it says. */
#include "gate_p.h"
#include "redact_p.h"
#include "uuid_make.h"

struct str
redaction_class(const struct stix_object *o)
{
	if (str_is(o->type, "email-addr"))
		return S("email");
	if (str_is(o->type, "user-account"))
		return S("account");
	if (str_is(o->type, "email-message"))
		return S("message");
	if (!str_is(o->type, "identity"))
		return (struct str){ 0 };
	return str_is(json_str(json_get(o->json, S("identity_class"))), "individual") ? S("person")
	                                                                              : S("victim");
}

enum method
gate_method(const struct gate *gate, const struct piece *p)
{
	struct str class = redaction_class(&p->item->object);

	return class.len == 0 || gate->documents.agreement == NULL
	           ? METHOD_DROP
	           : agreement_method(gate->documents.agreement, class);
}

void
gate_choose_stand_in(const struct gate *gate, struct piece *p)
{
	bool identity = str_is(p->item->object.type, "identity");
	bool message = str_is(p->item->object.type, "email-message");

	p->method = p->withheld ? gate_method(gate, p) : METHOD_DROP;
	p->token = p->method == METHOD_PSEUDONYM
	               ? gate_pseudonym(gate, p->item->object.id, (struct str){ 0 })
	               : (struct str){ 0 };
	p->stands_in =
	    (p->token.len > 0 && !message) || (identity && p->method == METHOD_GENERALISE);
}

/* ---- of what class ---- */

static bool
is_country(struct str code)
{
	return code.len == 2 && code.ptr[0] >= 'A' && code.ptr[0] <= 'Z' && code.ptr[1] >= 'A' &&
	       code.ptr[1] <= 'Z';
}

/* What it says of itself, or where a relationship puts it. */
static struct str
country_of(const struct gate *gate, const struct piece *p)
{
	struct str own = json_str(json_get(p->item->object.json, S("x_country")));

	if (is_country(own))
		return own;
	for (size_t i = 0; i < gate->pieces; i++) {
		const struct json *link = gate->piece[i].item->object.json;
		const struct piece *place;

		if (!str_is(json_str(json_get(link, S("relationship_type"))), "located-at") ||
		    !str_eq(json_str(json_get(link, S("source_ref"))), p->item->object.id))
			continue;
		place = gate_find(gate, json_str(json_get(link, S("target_ref"))));
		if (place == NULL)
			continue;
		own = json_str(json_get(place->item->object.json, S("country")));
		if (is_country(own))
			return own;
	}
	return (struct str){ 0 };
}

static struct str
sector_of(const struct piece *p)
{
	const struct json *list = json_get(p->item->object.json, S("sectors"));

	for (const struct json *v = json_is(list, JSON_ARRAY) ? list->first : NULL; v != NULL;
	     v = v->next) {
		if (v->type == JSON_STRING && stix_vocabulary_has(S("sectors"), v->text))
			return v->text;
	}
	return (struct str){ 0 };
}

void
put_class(const struct gate *gate, const struct piece *p, struct buf *out)
{
	struct str country = country_of(gate, p), sector = sector_of(p);
	const struct party *party =
	    country.len == 0 ? NULL : agreement_party(gate->documents.agreement, country);

	if (sector.len > 0)
		generic_name(sector, out);
	else
		buf_put(out, str_is(redaction_class(&p->item->object), "person")
		                 ? S("Person")
		                 : S("Organisation"));
	if (country.len == 0)
		return;
	buf_put(out, S(", "));
	buf_put(out, party == NULL ? country : party->name);
}

/* ---- the object ---- */

static void
put_identity(struct copying *c)
{
	CLEANUP(buf_free) struct buf name = buf_new(KIB);
	struct str sector = sector_of(c->p);

	put_class(c->gate, c->p, &name);
	if (c->p->token.len > 0)
		buf_printf(&name, " (" STR_FMT ")", STR_ARG(c->p->token));
	json_put_str(json_key(&c->w, S("name")), buf_str(&name));
	json_put_str(json_key(&c->w, S("identity_class")), S("class"));
	if (sector.len > 0) {
		json_begin_array(json_key(&c->w, S("sectors")));
		json_put_str(&c->w, sector);
		json_end_array(&c->w);
	}
	if (c->p->token.len > 0)
		json_put_str(json_key(&c->w, S("x_torana_pseudonym")), c->p->token);
}

static void
put_observable(struct copying *c)
{
	CLEANUP(buf_free) struct buf text = buf_new(KIB);
	const struct json *type = json_get(c->p->item->object.json, S("account_type"));

	if (str_is(c->p->item->object.type, "user-account")) {
		json_put_str(json_key(&c->w, S("user_id")), c->p->token);
		if (json_is(type, JSON_STRING) &&
		    stix_vocabulary_has(S("account_type"), type->text))
			json_put_str(json_key(&c->w, S("account_type")), type->text);
		return;
	}
	/* A domain that nobody can own (RFC 2606). */
	buf_printf(&text, STR_FMT "@pseudonym.invalid", STR_ARG(c->p->token));
	json_put_str(json_key(&c->w, S("value")), buf_str(&text));
}

static void
put_all(struct copying *c, struct str id, time_us created, time_us modified)
{
	bool identity = str_is(c->p->item->object.type, "identity");
	struct str author = c->gate->r->redaction_identity;

	json_begin_object(&c->w);
	json_put_str(json_key(&c->w, S("type")), c->p->item->object.type);
	json_put_str(json_key(&c->w, S("spec_version")), S("2.1"));
	json_put_str(json_key(&c->w, S("id")), id);
	if (identity) {
		put_second(json_key(&c->w, S("created")), created);
		put_second(json_key(&c->w, S("modified")), modified);
		put_identity(c);
	} else {
		put_observable(c);
	}
	if (identity && author.len > 0)
		json_put_str(json_key(&c->w, S("created_by_ref")), author);
	put_markings(c);
	json_end_object(&c->w);
}

/* When the class itself began to be told: the same for all of its members. */
static time_us
class_time(const struct gate *gate)
{
	time_us from = gate->documents.agreement->in_force_from;

	return from < 0 ? 0 : from;
}

void
put_stand_in(struct copying *c)
{
	bool class = c->p->method == METHOD_GENERALISE;

	c->p->cleaned = true; /* markings of parts mark the whole */
	note_change(c, (struct str){ 0 }, "V-VICTIM", method_name(c->p->method));
	if (class)
		put_all(c, piece_copy_id(c->p), class_time(c->gate), class_time(c->gate));
	else
		put_all(c, piece_copy_id(c->p), copy_created(c), copy_modified(c));
}

enum err
gate_name_class(struct gate *gate, struct piece *p)
{
	/* Version 5, of a name space of our own. */
	static const struct uuid space = { { 0x6f, 0x0b, 0x9d, 0x52, 0x1c, 0x0e, 0x5a, 0x4f, 0x8e,
	    0x21, 0x44, 0x7b, 0x0c, 0x93, 0x5d, 0x10 } };
	CLEANUP(copying_done) struct copying c = copying_new(gate, p);
	char text[UUID_TEXT + 1];
	struct uuid id;

	if (!p->stands_in || p->method != METHOD_GENERALISE)
		return OK;
	p->cleaned = true;
	c.w = json_writer(&c.out);
	put_all(&c, gate->documents.agreement->id, class_time(gate), class_time(gate));
	TRY(buf_check(&c.out, "the class identity", gate->why));
	id = uuid_v5(&space, buf_str(&c.out));
	uuid_text(&id, text);
	p->leaving = arena_printf(gate->a, "identity--%s", text);
	return p->leaving.ptr == NULL ? gate_memory(gate) : OK;
}
