#include <charconv>
#include <cstdlib>
#include <memory>

#include <simdjson.h>

#include "cxx_p.h"

using indexer = simdjson::internal::dom_parser_implementation;

bool
json_index_open(const char *text, size_t bytes, struct json_index *ret)
{
	/* Without vector instructions simdjson looks for the continuation of a
	 * character beyond the end; a text that ends in ASCII stops it. */
	if (bytes == 0 || static_cast<unsigned char>(text[bytes - 1]) >= 0x80)
		return false;

	/* Depth 1: its own tree is never built. */
	std::unique_ptr<indexer> owner;
	auto err = simdjson::get_active_implementation()->create_dom_parser_implementation(bytes, 1,
	    owner);
	if (err != simdjson::SUCCESS)
		std::abort(); /* out of memory: the length was checked */

	err = owner->stage1(reinterpret_cast<const uint8_t *>(text), bytes,
	    simdjson::stage1_mode::regular);
	if (err != simdjson::SUCCESS)
		return false;
	ret->at = owner->structural_indexes.get();
	ret->len = owner->n_structural_indexes;
	ret->owner = owner.release();
	return true;
}

void
json_index_close(struct json_index *index)
{
	delete static_cast<indexer *>(index->owner);
	*index = {};
}

bool
json_cxx_double(const char *token, size_t bytes, double *ret)
{
	auto got = std::from_chars(token, token + bytes, *ret);
	return got.ec == std::errc() && got.ptr == token + bytes;
}

size_t
json_cxx_digits(double n, char *ret)
{
	auto end = std::to_chars(ret, ret + JSON_DIGITS_MAX, n, std::chars_format::scientific);
	return static_cast<size_t>(end.ptr - ret);
}
