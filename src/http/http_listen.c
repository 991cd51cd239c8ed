/* Sockets that listen. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "disk.h"
#include "http_server_p.h"

/* Connections that wait to be accepted: a burst of a whole party's tools. */
enum { BACKLOG = 512 };

/* Hands the socket over: nothing is left to close. */
static int
take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static enum err
listen_failed(const char *where, struct why *why)
{
	if (errno == EADDRINUSE)
		return fail(why, ERR_CONFLICT, "http.in-use", "%s is used by another program",
		    where);
	return fail(why, ERR_IO, "http.listen", "cannot listen on %s: %s", where, strerror(errno));
}

static enum err
bound_port(int fd, uint16_t *ret, struct why *why)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} bound = { 0 };
	socklen_t len = sizeof(bound);

	if (getsockname(fd, &bound.any, &len) != 0)
		return listen_failed("a socket", why);
	*ret = ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
	return OK;
}

static enum err
listen_at(const struct addrinfo *info, const char *where, int *ret_fd, struct why *why)
{
	CLEANUP(fd_closep)
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, off = 0;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return listen_failed(where, why);
	/* "::" means IPv4 as well, whatever the system's preset is. */
	if (info->ai_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) != 0)
		return listen_failed(where, why);
	if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
		return listen_failed(where, why);
	*ret_fd = take(&fd);
	return OK;
}

enum err
http_listen_tcp(const char *address, uint16_t port, int *ret_fd, uint16_t *ret_port,
    struct why *why)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	struct addrinfo *info = NULL;
	char service[8], where[128];
	int fd = -1;

	(void)snprintf(service, sizeof(service), "%u", (unsigned)port);
	(void)snprintf(where, sizeof(where), "%s port %s", address, service);
	if (getaddrinfo(address, service, &hints, &info) != 0)
		return fail(why, ERR_USAGE, "http.address",
		    "%s is not a numeric address such as 127.0.0.1 or ::", address);

	enum err err = listen_at(info, where, &fd, why);
	freeaddrinfo(info);
	if (err != OK)
		return err;
	*ret_fd = fd;
	return bound_port(fd, ret_port, why);
}

/* A socket file is left behind by a crash: it is stale when nobody answers. */
static bool
is_stale(const struct sockaddr_un *name)
{
	CLEANUP(fd_closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && connect(fd, (const struct sockaddr *)name, sizeof(*name)) != 0 &&
	       errno == ECONNREFUSED;
}

enum err
http_listen_unix(const char *path, int *ret_fd, struct why *why)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	size_t len = strlen(path);

	if (len >= sizeof(name.sun_path))
		return fail(why, ERR_USAGE, "http.address",
		    "the path of a socket may have %zu bytes: %s", sizeof(name.sun_path) - 1, path);
	memcpy(name.sun_path, path, len);

	CLEANUP(fd_closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The mode before bind(): there is no moment at which others can connect. */
	if (fd < 0 || fchmod(fd, S_IRUSR | S_IWUSR) != 0)
		return listen_failed(path, why);
	if (is_stale(&name))
		(void)unlink(path);
	if (bind(fd, (const struct sockaddr *)&name, sizeof(name)) != 0 ||
	    chmod(path, S_IRUSR | S_IWUSR) != 0 || listen(fd, BACKLOG) != 0)
		return listen_failed(path, why);
	*ret_fd = take(&fd);
	return OK;
}

bool
http_is_own_user(int fd)
{
	struct ucred user = { 0 };
	socklen_t len = sizeof(user);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &user, &len) != 0)
		return false;
	return user.uid == 0 || user.uid == geteuid();
}
