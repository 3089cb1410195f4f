/* epoll serves the Accio protocol to many connections at once and does nothing
 * else: one thread, non-blocking sockets, level-triggered epoll(7), the payload
 * counted by the kernel (tcp(7), MSG_TRUNC).
 *
 *     epoll [-i SECONDS] PORT
 *
 * -i sets the idle limit, 10 s otherwise. A connection that ends has its line
 * written before it is closed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char accio[] = "accio\r\n";
static const char confirm1[] = "confirm-accio\r\n";
static const char confirm2[] = "confirm-accio-again\r\n\r\n";

enum { EVENTS = 256, ACCEPTS = 64, BACKLOG = 4096, MUCH = 4096, TURNS = 16 };

struct conn {
	struct conn *prev, *next; /* in the order in which bytes last came */
	const char *text;         /* the confirmation that is due; NULL: the payload */
	size_t length, got;       /* of text */
	long long total;
	long long heard; /* when a byte came last, in ms */
	int fd;
};

/* Every connection has the same limit, so the one that was heard longest ago is
 * the first to reach it: a list that each byte moves its connection to the end
 * of is all the timers that there are. */
static struct conn list = {.prev = &list, .next = &list};
static struct conn *spare; /* by next */
static int epoll;
static long long idle = 10000, now;

static void look_at_the_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void unlink_conn(struct conn *c)
{
	c->prev->next = c->next;
	c->next->prev = c->prev;
}

static void heard(struct conn *c)
{
	c->heard = now;
	c->prev = list.prev;
	c->next = &list;
	c->prev->next = list.prev = c;
}

static void end(struct conn *c, long long total)
{
	char line[32];
	int length = total < 0 ? snprintf(line, sizeof line, "ERROR\n")
			       : snprintf(line, sizeof line, "%lld\n", total);

	if (write(1, line, length) != length)
		exit(1);
	close(c->fd); /* which takes it out of epoll too */
	unlink_conn(c);
	c->next = spare;
	spare = c;
}

static void await(struct conn *c, const char *text, size_t length)
{
	if (send(c->fd, accio, sizeof accio - 1, MSG_NOSIGNAL) != sizeof accio - 1) {
		end(c, -1);
		return;
	}
	c->text = text;
	c->length = length;
	c->got = 0;
}

static void begin(int fd)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP};
	struct conn *c = spare;

	if (c)
		spare = c->next;
	else if (!(c = malloc(sizeof *c)))
		exit(1);
	c->fd = fd;
	c->total = 0;
	heard(c);
	event.data.ptr = c;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		end(c, -1);
	else
		await(c, confirm1, sizeof confirm1 - 1);
}

/* confirmed reads the confirmation that is due, and says whether the payload
 * comes next. */
static int confirmed(struct conn *c)
{
	char buffer[64];
	ssize_t n = recv(c->fd, buffer, c->length - c->got, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0 || memcmp(buffer, c->text + c->got, n) != 0) {
		end(c, -1);
		return 0;
	}
	unlink_conn(c);
	heard(c);
	c->got += n;
	if (c->got < c->length)
		return 0;
	if (c->text == confirm1) {
		await(c, confirm2, sizeof confirm2 - 1);
		return 0;
	}
	c->text = NULL;
	return 1;
}

/* serve takes what there is. It looks once more only where that is likely to
 * find something: where the client has ended its side, and where so much came
 * that more is on its way. All else brings the socket back. */
static void serve(struct conn *c, int ended)
{
	ssize_t n;
	int turn = 0;

	if (c->text && !confirmed(c))
		return;
	do {
		n = recv(c->fd, NULL, 1 << 30, MSG_TRUNC);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			end(c, n == 0 ? c->total : -1);
			return;
		}
		unlink_conn(c);
		heard(c);
		c->total += n;
	} while (ended || (n >= MUCH && ++turn < TURNS));
}

static void accept_some(int listener)
{
	for (int i = 0; i < ACCEPTS; i++) {
		int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			begin(fd);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
			perror("ERROR: accept");
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {0};
	struct epoll_event events[EVENTS] = {{.events = EPOLLIN}}; /* with a NULL for the listener */
	int listener, one = 1, flags = argc == 4 && strcmp(argv[1], "-i") == 0 ? 2 : 0;

	if (argc != 2 + flags) {
		fprintf(stderr, "ERROR: usage: epoll [-i SECONDS] PORT\n");
		return 2;
	}
	if (flags)
		idle = atoi(argv[2]) * 1000LL;
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_ANY);
	address.sin_port = htons(atoi(argv[1 + flags]));
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	epoll = epoll_create1(0);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, BACKLOG) != 0
	    || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, events) != 0) {
		perror("ERROR: listen");
		return 1;
	}
	for (;;) {
		long long left = list.next->heard + idle - now; /* 0 or less only after a full batch */
		int wait = list.next == &list ? -1 : left < 0 ? 0 : (int)left;
		int n = epoll_wait(epoll, events, EVENTS, wait);

		look_at_the_clock();
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr)
				serve(events[i].data.ptr, events[i].events & EPOLLRDHUP);
			else
				accept_some(listener);
		}
		/* Not before everything that has come was taken. */
		while (n < EVENTS && list.next != &list && list.next->heard + idle <= now)
			end(list.next, -1);
	}
}
