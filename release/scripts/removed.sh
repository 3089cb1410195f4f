#!/bin/sh
set -e
# After the files have gone.
[ -d /run/systemd/system ] && [ -z "$DPKG_ROOT" ] || exit 0
systemctl daemon-reload || :
exit 0
