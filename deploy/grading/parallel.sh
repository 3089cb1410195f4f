#!/bin/sh
# Grades many submissions on several machines, with GNU parallel over ssh.
#
#   HOSTS=lab1,lab2 ./parallel.sh server submissions results [SHARDS]
#
# The machines share the directories, and have accio in PATH. Without HOSTS it is
# this machine alone. Whatever is interrupted goes on with the same command.
set -eu
if [ $# -lt 3 ]; then
	echo "usage: HOSTS=host,host $0 server|client SUBMISSIONS RESULTS [SHARDS]" >&2
	exit 2
fi
role=$1 submissions=$(realpath "$2") results=$(realpath -m "$3") shards=${4:-8}

seq "$shards" | parallel --sshlogin "${HOSTS:-:}" --jobs 1 --halt soon,fail=1 \
	accio conform batch "$role" --shard "{}/$shards" --out "$results" "$submissions" ">/dev/null"

# Everything is known now: this runs nothing, and makes the matrix of all.
accio conform batch "$role" --out "$results" "$submissions"
