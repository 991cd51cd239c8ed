#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "key_p.h"
#include "match_p.h"

const char image_magic[8] = { 'T', 'O', 'R', 'A', 'N', 'A', 'M', 'X' };

/* Four independent lanes, so that memory is the limit; not against malice:
 * whoever can write the file can write the sum. */
uint64_t
image_checksum(const char *image, size_t bytes)
{
	struct image_header head;
	uint64_t lane[4] = { 1, 2, 3, 4 };
	size_t i = sizeof(head);

	memcpy(&head, image, sizeof(head));
	head.checksum = 0;
	lane[0] = key_part(bytes, (const char *)&head, sizeof(head), 0);
	for (; i + 32 <= bytes; i += 32) {
		for (size_t k = 0; k < 4; k++)
			lane[k] = key_mix(lane[k] ^ key_load(image + i + 8 * k), KEY_WORD + 2 * k);
	}
	for (; i < bytes; i += 8)
		lane[0] = key_mix(lane[0] ^ key_load(image + i), KEY_LAST);
	return key_mix(lane[0] ^ KEY_WORD, lane[1]) ^ key_mix(lane[2] ^ KEY_LAST, lane[3]);
}

/* Whether a section of whole units lies behind the header and before the end. */
static bool
section_fits(const struct section *s, uint64_t unit, uint64_t total)
{
	return s->at >= sizeof(struct image_header) && s->at <= total &&
	       s->bytes <= total - s->at && s->at % 8 == 0 && s->bytes % unit == 0;
}

bool
index_attach(struct match_index *index, const char *image, size_t bytes)
{
	const struct image_header *head = (const struct image_header *)(const void *)image;

	if (bytes < sizeof(*head) || bytes % 8 != 0 ||
	    memcmp(head->magic, image_magic, sizeof(image_magic)) != 0 ||
	    head->version != IMAGE_VERSION || head->order != IMAGE_ORDER || head->bytes != bytes)
		return false;
	if (!section_fits(&head->store, 1, bytes) || !section_fits(&head->table, 8, bytes) ||
	    !section_fits(&head->bloom, 4 * BLOOM_WORDS, bytes) ||
	    !section_fits(&head->nets24, NETS24_BYTES, bytes))
		return false;
	index->table_slots = head->table.bytes / 8;
	index->bloom_blocks = head->bloom.bytes / (4 * BLOOM_WORDS);
	/* key_slot() and key_block() multiply 32 bits by these. */
	if (index->table_slots == 0 || index->table_slots > UINT32_MAX ||
	    index->bloom_blocks == 0 || index->bloom_blocks > UINT32_MAX)
		return false;
	if ((head->kinds >> PATTERN_IPV4 & 1) != 0 && head->nets24.bytes != NETS24_BYTES)
		return false;
	index->head = head;
	index->image = image;
	index->table = (const uint64_t *)(const void *)(image + head->table.at);
	index->bloom = (const uint32_t(*)[BLOOM_WORDS])(const void *)(image + head->bloom.at);
	index->nets24 = (const uint64_t *)(const void *)(image + head->nets24.at);
	for (unsigned kind = 0; kind < PATTERN_KINDS; kind++)
		index->start[kind] = key_start(head->seed, kind);
	return true;
}

const struct record *
index_record(const struct match_index *index, uint32_t ref)
{
	const struct section *store = &index->head->store;
	uint64_t at = (uint64_t)ref * REF_BYTES;

	if (at < store->at || at - store->at > store->bytes ||
	    store->bytes - (at - store->at) < sizeof(struct record))
		return NULL;
	const struct record *r = (const struct record *)(const void *)(index->image + at);
	if (store->bytes - (at - store->at) <
	        (uint64_t)RECORD_HEAD + r->value_len + record_id_len(r) ||
	    r->kind >= PATTERN_KINDS || r->next >= ref)
		return NULL;
	return r;
}

static enum err
io_error(const char *path, const char *what, struct why *why)
{
	return fail(why, ERR_IO, "match.io", "%s cannot be %s: %s", path, what, strerror(errno));
}

enum err
match_index_open(const char *path, struct match_index **ret, struct why *why)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP(match_index_freep) struct match_index *index = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return io_error(path, "opened", why);
	size_t bytes = (size_t)st.st_size;
	if (!S_ISREG(st.st_mode) || bytes < sizeof(struct image_header))
		return fail(why, ERR_TAMPERED, "match.file", "%s is not an indicator index", path);
	char *image = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return io_error(path, "mapped", why);
	index = heap_new(sizeof(*index), 1);
	index->mapped = true;
	index->image = image;
	index->bytes = bytes;
	if (!index_attach(index, image, bytes))
		return fail(why, ERR_TAMPERED, "match.file",
		    "%s is not an indicator index of version %d of this kind of machine, or it is "
		    "cut",
		    path, IMAGE_VERSION);
	if (index->head->checksum != image_checksum(image, bytes))
		return fail(why, ERR_TAMPERED, "match.checksum",
		    "%s was damaged: its checksum is wrong; build it again", path);
	*ret = index;
	index = NULL;
	return OK;
}

static enum err
write_temporary(const struct match_index *index, char *temporary, struct why *why)
{
	CLEANUP(fd_closep) int fd = mkostemp(temporary, O_CLOEXEC);
	struct image_header head = *index->head;

	if (fd < 0)
		return io_error(temporary, "made", why);
	head.checksum = image_checksum(index->image, index->bytes);
	if (!fd_write(fd, (struct str){ (const char *)&head, sizeof(head) }) ||
	    !fd_write(fd,
	        (struct str){ index->image + sizeof(head), index->bytes - sizeof(head) }) ||
	    fsync(fd) != 0)
		return io_error(temporary, "written", why);
	return OK;
}

enum err
match_index_write(const struct match_index *index, const char *path, struct why *why)
{
	static const char suffix[] = ".XXXXXX";
	size_t len = strlen(path);
	CLEANUP(heap_freep) char *temporary = heap_new(1, len + sizeof(suffix));

	memcpy(temporary, path, len);
	memcpy(temporary + len, suffix, sizeof(suffix));
	enum err err = write_temporary(index, temporary, why);
	if (err == OK && rename(temporary, path) != 0)
		err = io_error(path, "replaced", why);
	if (err != OK) {
		unlink(temporary);
		return err;
	}
	return disk_sync_folder_of(path) ? OK : io_error(path, "made durable", why);
}

void
match_index_free(struct match_index *index)
{
	if (index == NULL)
		return;
	if (index->mapped)
		munmap((void *)(uintptr_t)index->image, index->bytes);
	buf_free(&index->built);
	heap_free(index);
}

struct match_size
match_index_size(const struct match_index *index)
{
	return (struct match_size){ .values = index->head->values,
		.pairs = index->head->pairs,
		.bytes = index->bytes };
}
