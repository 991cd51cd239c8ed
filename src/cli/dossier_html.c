#include "dossier_html.h"

#include <stdio.h>

#include "codec.h"
#include "hash.h"
#include "visible_p.h"

static const char style[] =
    "body{font:11pt/1.5 sans-serif;color:#111;max-width:60em;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}"
    "article{border:1px solid #888;border-radius:4px;padding:.5em 1em;margin:1em 0;"
    "break-inside:avoid}"
    "dl{display:grid;grid-template-columns:12em 1fr;gap:.2em 1em;margin:0}"
    "dt{color:#444}dd{margin:0;overflow-wrap:anywhere}"
    "ul{margin:0;padding-left:1.2em}"
    ".model{font-weight:bold}.none{font-size:1.1em}footer{margin-top:2em;overflow-wrap:anywhere}"
    "@media print{body{margin:0;max-width:none}}";

enum { TEXT_MAX = 64 * MIB }; /* of one text: the dossier bounds it */

struct page {
	const struct dossier_page *p;
	struct buf *out;
};

/* ---- text ---- */

static void
put(struct page *x, const char *markup)
{
	buf_put(x->out, str_of(markup));
}

/* Source: HTML, 13.1.2: text and quoted attribute values. */
static void
put_text(struct page *x, struct str text)
{
	CLEANUP(buf_free) struct buf shown = buf_new(TEXT_MAX);

	visible_put(&shown, text);
	for (size_t i = 0; i < shown.len; i++) {
		switch (shown.ptr[i]) {
		case '&': put(x, "&amp;"); break;
		case '<': put(x, "&lt;"); break;
		case '>': put(x, "&gt;"); break;
		case '"': put(x, "&quot;"); break;
		case '\'': put(x, "&#39;"); break;
		default: buf_putc(x->out, shown.ptr[i]);
		}
	}
}

/* The message with its places filled. */
static void
say_with(struct page *x, const char *key, const struct message_place *place, size_t n)
{
	CLEANUP(buf_free) struct buf text = buf_new(TEXT_MAX);

	message_say(x->p->words, str_of(key), place, n, &text);
	put_text(x, buf_str(&text));
}

static void
say(struct page *x, const char *key)
{
	say_with(x, key, NULL, 0);
}

/* "purpose." and a code: its name in the catalogue, or the code. */
static void
say_named(struct page *x, const char *kind, struct str code)
{
	put_text(x, message_name(x->p->words, kind, code));
}

/* A line of the explanation, or a text as it is. */
static void
say_line(struct page *x, const struct json *line)
{
	CLEANUP(buf_free) struct buf text = buf_new(TEXT_MAX);

	message_say_line(x->p->words, line, &text);
	put_text(x, buf_str(&text));
}

/* ---- members ---- */

static struct str
member(const struct json *of, const char *name)
{
	struct str text = json_str(json_get(of, str_of(name)));

	return text.ptr == NULL ? S("") : text;
}

static bool
flag(const struct json *of, const char *name)
{
	bool ret = false;

	return json_get_bool(of, str_of(name), &ret) && ret;
}

/* "2026-11-22T03:04:05.123456Z" as "2026-11-22 03:04:05 UTC"; others as they are. */
static void
time_of(struct str text, char ret[32])
{
	enum { DATE = 10, TIME = 8 };

	ret[0] = '\0';
	if (text.len > DATE + TIME)
		(void)snprintf(ret, 32, "%.*s %.*s UTC", DATE, text.ptr, TIME, text.ptr + DATE + 1);
}

static void
begin_row(struct page *x, const char *title)
{
	put(x, "<dt>");
	say(x, title);
	put(x, "</dt><dd>");
}

static void
end_row(struct page *x)
{
	put(x, "</dd>\n");
}

/* ---- one release ---- */

static void
put_what(struct page *x, const struct json *d)
{
	begin_row(x, "dossier.what");
	put_text(x, member(d, "source_id"));
	put(x, " (");
	say(x, str_is(member(d, "tie"), "itself") ? "dossier.itself" : "dossier.tied");
	put(x, "), ");
	if (str_is(member(d, "as"), "copy")) {
		say(x, "dossier.copy");
		put(x, ": ");
		put_text(x, member(d, "leaving_id"));
	} else {
		say(x, "dossier.original");
	}
	end_row(x);
}

static void
put_agreement(struct page *x, const struct json *d)
{
	const struct message_place places[] = {
		{ S("agreement"), member(d, "agreement") },
		{ S("clause"), member(d, "clause") },
	};

	begin_row(x, "dossier.agreement");
	if (places[1].value.len > 0)
		say_with(x, "dossier.clause", places, COUNTOF(places));
	else
		put_text(x, places[0].value);
	if (flag(d, "model")) {
		put(x, " <span class=\"model\">(");
		say(x, "agreement.model");
		put(x, ")</span>");
	}
	end_row(x);
}

static void
put_withheld(struct page *x, const struct json *d)
{
	const struct json *list = json_get(d, S("withheld"));

	begin_row(x, "dossier.withheld");
	if (list == NULL || list->len == 0) {
		say(x, "dossier.nothing-withheld");
		end_row(x);
		return;
	}
	put(x, "<ul>");
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		put(x, "<li>");
		put_text(x, member(v, "pointer"));
		put(x, ": ");
		say_named(x, "code.", member(v, "code"));
		put(x, " (");
		put_text(x, member(v, "method"));
		put(x, ")</li>");
	}
	put(x, "</ul>");
	end_row(x);
}

/* A list of texts; `none` is said of an empty one. */
static void
put_list(struct page *x, const struct json *list, const char *title, const char *none)
{
	if ((list == NULL || list->len == 0) && none == NULL)
		return;
	begin_row(x, title);
	if (list == NULL || list->len == 0)
		say(x, none);
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		put(x, v == list->first ? "" : "<br>");
		say_line(x, v);
	}
	end_row(x);
}

static struct str
number_of(const struct json *d, const char *name)
{
	const struct json *v = json_get(d, str_of(name));

	return v == NULL ? S("") : v->raw;
}

static void
put_proof(struct page *x, const struct json *d)
{
	char at[32];
	const struct message_place places[] = {
		{ S("leaf"), number_of(d, "leaf") },
		{ S("place"), number_of(d, "place") },
	};

	begin_row(x, "dossier.proof");
	say_with(x, "dossier.record", places, COUNTOF(places));
	put(x, ", ");
	say(x, flag(d, "published") ? "dossier.published" : "dossier.unpublished");
	if (flag(d, "cosigned")) {
		put(x, ", ");
		say(x, "dossier.cosigned");
	}
	time_of(member(d, "received_at"), at);
	if (at[0] != '\0') {
		put(x, ", ");
		say_with(x, "dossier.received", &(struct message_place){ S("at"), str_of(at) }, 1);
	}
	end_row(x);
}

static void
put_recall(struct page *x, const struct json *d)
{
	struct str state = member(d, "recall"), answer = member(d, "answer");

	begin_row(x, "dossier.recall");
	if (state.len == 0)
		say(x, "dossier.not-recalled");
	else if (answer.len == 0)
		say(x, "dossier.no-answer");
	else
		say_with(x, "dossier.answered", &(struct message_place){ S("answer"), answer }, 1);
	end_row(x);
}

static void
put_release(struct page *x, const struct json *d)
{
	char at[32];

	time_of(member(d, "at"), at);
	put(x, "<article><dl>\n");
	begin_row(x, "dossier.when");
	put_text(x, str_of(at));
	end_row(x);
	put_what(x, d);
	begin_row(x, "dossier.whom");
	put_text(x, member(d, "to"));
	end_row(x);
	begin_row(x, "dossier.purpose");
	say_named(x, "purpose.", member(d, "purpose"));
	put(x, ", ");
	say_named(x, "area.", member(d, "area"));
	end_row(x);
	put_agreement(x, d);
	begin_row(x, "dossier.outcome");
	say_named(x, "outcome.", member(d, "outcome"));
	end_row(x);
	begin_row(x, "dossier.state");
	say_named(x, "state.", member(d, "state"));
	end_row(x);
	put_withheld(x, d);
	put_list(x, json_get(d, S("consents")), "dossier.consent", "dossier.no-consent");
	put_list(x, json_get(d, S("conditions")), "dossier.conditions", NULL);
	put_recall(x, d);
	put_proof(x, d);
	put(x, "</dl></article>\n");
}

/* ---- the page ---- */

static void
put_consent(struct page *x, const struct json *c)
{
	char until[32], withdrawn[32];
	struct str to = member(c, "to");

	time_of(member(c, "until"), until);
	time_of(member(c, "withdrawn_at"), withdrawn);
	const struct message_place places[] = {
		{ S("scope"), message_name(x->p->words, "dossier.", member(c, "scope")) },
		{ S("to"), to.len > 0 ? to : message_of(x->p->words, S("dossier.anyone")) },
		{ S("until"), str_of(until) },
	};

	put(x, "<li>");
	put_text(x, member(c, "consent_id"));
	put(x, ": ");
	say_with(x, "dossier.consent-line", places, COUNTOF(places));
	if (withdrawn[0] != '\0') {
		put(x, ", ");
		say_with(x, "dossier.withdrawn",
		    &(struct message_place){ S("at"), str_of(withdrawn) }, 1);
	}
	put(x, "</li>\n");
}

static void
put_head(struct page *x)
{
	struct hash hash = hash_of(str_of(style));
	const struct message_place name = { S("name"), member(x->p->dossier, "name") };

	put(x, "<!DOCTYPE html>\n<html lang=\"");
	put_text(x, x->p->lang);
	put(x, "\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\""
	       " content=\"default-src 'none'; base-uri 'none'; form-action 'none';"
	       " style-src 'sha256-");
	base64_put(x->out, BASE64_STD, hash.byte, HASH_BYTES);
	put(x, "'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	say_with(x, "dossier.title", &name, 1);
	put(x, "</title>\n<style>");
	put(x, style);
	put(x, "</style>\n</head>\n<body>\n<h1>");
	say_with(x, "dossier.title", &name, 1);
	put(x, "</h1>\n");
}

static void
put_intro(struct page *x, struct str at)
{
	const struct json *d = x->p->dossier;
	const struct message_place by[] = {
		{ S("node"), member(d, "node") },
		{ S("party"), member(d, "party") },
		{ S("at"), at },
	};

	put(x, "<p>");
	put_text(x, member(d, "about"));
	put(x, "<br>");
	say_with(x, "dossier.by", by, COUNTOF(by));
	put(x, "<br>");
	say_named(x, "realm.", member(d, "realm"));
	put(x, "</p>\n<p>");
	say(x, "dossier.text");
	put(x, "</p>\n");
}

static void
put_releases(struct page *x, const struct json *list, struct str at)
{
	char count[24];

	if (list->len == 0) {
		put(x, "<p class=\"none\">");
		say_with(x, "dossier.nothing", &(struct message_place){ S("at"), at }, 1);
		put(x, "</p>\n");
	}
	for (const struct json *v = list->first; v != NULL; v = v->next)
		put_release(x, v);
	if (flag(x->p->dossier, "more")) {
		(void)snprintf(count, sizeof(count), "%zu", (size_t)list->len);
		put(x, "<p>");
		say_with(x, "dossier.more", &(struct message_place){ S("n"), str_of(count) }, 1);
		put(x, "</p>\n");
	}
}

static void
put_foot(struct page *x, const struct json *consents)
{
	const struct message_place places[] = {
		{ S("hash"), x->p->hash },
		{ S("key"), x->p->key },
	};

	if (consents->len > 0) {
		put(x, "<h2>");
		say(x, "dossier.consents");
		put(x, "</h2>\n<ul>\n");
		for (const struct json *v = consents->first; v != NULL; v = v->next)
			put_consent(x, v);
		put(x, "</ul>\n");
	}
	put(x, "<footer>");
	say_with(x, "dossier.signed", places, COUNTOF(places));
	put(x, "</footer>\n</body>\n</html>\n");
}

enum err
dossier_html(const struct dossier_page *p, struct buf *out, struct why *why)
{
	const struct json *list = json_get(p->dossier, S("disclosures"));
	const struct json *consents = json_get(p->dossier, S("consents"));
	struct page x = { .p = p, .out = out };
	char at[32];

	if (!str_is(member(p->dossier, "type"), "torana-dossier") || !json_is(list, JSON_ARRAY) ||
	    !json_is(consents, JSON_ARRAY))
		return fail(why, ERR_INVALID, "page.form", "this is no dossier");
	time_of(member(p->dossier, "made_at"), at);
	put_head(&x);
	put_intro(&x, str_of(at));
	put_releases(&x, list, str_of(at));
	put_foot(&x, consents);
	return buf_check(out, "the page", why);
}
