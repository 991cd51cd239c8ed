/* Any answer of a resolver: what is accepted names hosts and ports, and ordering keeps them. */
#include "http_srv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint32_t
last(void *, uint32_t max)
{
	return max;
}

static uint32_t
weights(const struct http_srv_list *list)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < list->len; i++)
		sum += list->server[i].weight;
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct http_srv_list list;

	if (http_srv_read((struct str){ (const char *)data, len }, &list, NULL) != OK)
		return 0;
	uint32_t sum = weights(&list);
	if (list.len == 0 || list.len > HTTP_SRV_MAX)
		abort();
	http_srv_order(&list, last, NULL);
	if (weights(&list) != sum)
		abort();
	for (size_t i = 0; i < list.len; i++) {
		const struct http_srv *s = &list.server[i];

		if (s->port == 0 || s->host[0] == '\0' || strpbrk(s->host, " /:@\\%\n") != NULL ||
		    (i > 0 && s->priority < s[-1].priority))
			abort();
	}
	return 0;
}
