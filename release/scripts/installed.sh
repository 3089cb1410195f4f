#!/bin/sh
set -e
# After the files have come. dpkg says "configure", and at an upgrade the version of before;
# RPM says how many versions there are now.
[ -d /run/systemd/system ] && [ -z "$DPKG_ROOT" ] || exit 0
systemctl daemon-reload || :
case "$1:$2" in
configure:?* | [2-9]:*)
	# It waits for nobody: servers may take their time to drain.
	systemctl --no-block try-restart accio-server.service 'accio-server@*.service' || :
	;;
esac
exit 0
