#include "notes_p.h"
#include "type_name.h"

enum err
api_note_type(struct arena *a, struct str type, struct api_notes *notes, struct why *why)
{
	struct why mine = { 0 };
	enum err err = type_name_check(type, &mine);

	if (err != OK && err != ERR_NOT_FOUND)
		return fail(why, err, mine.code, "%s", mine.text);
	if (err == ERR_NOT_FOUND && notes->len < API_NOTES_MAX)
		notes->note[notes->len++] = arena_str(a, str_of(mine.text));
	return OK;
}

enum err
api_answer_noted(struct http_response *ret, const char *name, struct str id,
    const struct api_notes *notes)
{
	struct json_writer w = api_answer(ret);

	json_begin_object(&w);
	api_put_text(&w, name, id);
	api_begin_array(&w, "notes");
	for (size_t i = 0; i < notes->len; i++)
		json_put_str(&w, notes->note[i]);
	json_end_array(&w);
	json_end_object(&w);
	return api_done(ret, 201);
}
