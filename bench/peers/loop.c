/* loop serves the Accio protocol and does nothing else: blocking sockets, one
 * connection at a time, the payload counted by the kernel (tcp(7), MSG_TRUNC).
 *
 *     loop [-l] PORT
 *     loop -1
 *
 * -l sets SO_RCVLOWAT to 1 MiB once more than 1 MiB has come, so that a fast
 * stream wakes the process less often. With it silence is no longer measured
 * from the last byte; the server of this project has to do better.
 *
 * -1 serves the one connection that its standard input is, for a program that
 * accepts and forks, and prints on descriptor 3: the standard output is the
 * connection too.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char accio[] = "accio\r\n";
static const char confirm1[] = "confirm-accio\r\n";
static const char confirm2[] = "confirm-accio-again\r\n\r\n";

enum { LOWAT = 1 << 20, IDLE_SECONDS = 10, BACKLOG = 4096 };

static int lowat;
static int out = 1;

static int command(int fd)
{
	return send(fd, accio, sizeof accio - 1, MSG_NOSIGNAL) == sizeof accio - 1;
}

/* expect reads text, byte for byte, and not a byte beyond it. */
static int expect(int fd, const char *text, size_t length)
{
	char buffer[64];
	size_t got = 0;

	while (got < length) {
		ssize_t n = recv(fd, buffer + got, length - got, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || memcmp(buffer + got, text + got, n) != 0)
			return 0;
		got += n;
	}
	return 1;
}

/* count returns how many bytes come until the end of the stream, or -1. */
static long long count(int fd)
{
	long long total = 0;
	int raised = 0;

	for (;;) {
		ssize_t n = recv(fd, NULL, 1 << 30, MSG_TRUNC);
		if (n == 0)
			return total;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		total += n;
		if (lowat && !raised && total > LOWAT) {
			int bytes = LOWAT;
			setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
			raised = 1;
		}
	}
}

static long long serve(int fd)
{
	struct timeval idle = {IDLE_SECONDS, 0};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
	if (!command(fd) || !expect(fd, confirm1, sizeof confirm1 - 1))
		return -1;
	if (!command(fd) || !expect(fd, confirm2, sizeof confirm2 - 1))
		return -1;
	return count(fd);
}

static void print(long long total)
{
	char line[32];
	int length = total < 0 ? snprintf(line, sizeof line, "ERROR\n")
			       : snprintf(line, sizeof line, "%lld\n", total);

	if (write(out, line, length) != length)
		exit(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {0};
	int listener, one = 1;

	if (argc == 2 && strcmp(argv[1], "-1") == 0) {
		out = 3;
		print(serve(0));
		return 0;
	}
	lowat = argc == 3 && strcmp(argv[1], "-l") == 0;
	if (argc != 2 + lowat) {
		fprintf(stderr, "ERROR: usage: loop [-l] PORT | loop -1\n");
		return 2;
	}
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_ANY);
	address.sin_port = htons(atoi(argv[1 + lowat]));
	listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, BACKLOG) != 0) {
		perror("ERROR: listen");
		return 1;
	}
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		print(serve(fd));
		close(fd);
	}
}
