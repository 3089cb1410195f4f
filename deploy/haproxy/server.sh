#!/bin/sh
# Takes a server out of HAProxy for a restart, and in again:
#
#   ./server.sh out s1 && systemctl restart accio-server@5001 && ./server.sh in s1
#
# out: no more clients for it; waits until HAProxy has none there, for LIMIT seconds at
# most (10): who has been there for so long is in service, and --drain lets him finish.
# in: waits until /readyz of the server has been seen to be 200; fails after LIMIT.
# Needs socat, and the right to write to the socket.
set -eu
usage() { echo "usage: server.sh out|in NAME [LIMIT]" >&2; exit 2; }
[ $# -ge 2 ] || usage
socket=${HAPROXY_SOCKET:-/run/haproxy/admin.sock} proxy=${HAPROXY_PROXY:-accio}
name=$2 limit=$(($(date +%s) + ${3:-10}))

# What HAProxy answers is empty unless it is wrong.
tell() {
	answer=$(printf '%s\n' "$1" | socat - "UNIX-CONNECT:$socket" | tr -d '\n')
	[ -z "$answer" ] || { echo "server.sh: HAProxy: $answer" >&2; exit 1; }
}

# Column N of the server's statistics: 5 is its clients, 18 whether it is UP.
column() {
	echo "show stat" | socat - "UNIX-CONNECT:$socket" | awk -F, -v p="$proxy" -v s="$name" -v n="$1" '$1 == p && $2 == s { print $n }'
}

until_is() {
	while [ "$(column "$1")" != "$2" ]; do
		[ "$(date +%s)" -le "$limit" ] || return 1
		sleep 0.05
	done
}

case $1 in
out)
	tell "set server $proxy/$name state drain"
	until_is 5 0 || echo "server.sh: $name has $(column 5) clients left" >&2
	;;
in)
	# What the checks said before the restart is no longer true.
	tell "set server $proxy/$name health down; set server $proxy/$name state ready"
	until_is 18 UP || { echo "server.sh: $name is $(column 18)" >&2; exit 1; }
	;;
*) usage ;;
esac
