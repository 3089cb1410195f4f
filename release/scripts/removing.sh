#!/bin/sh
set -e
# Before the files go. dpkg says "remove", and RPM 0, the versions that will be left; at an
# upgrade they say something else.
case "$1" in
remove | 0) ;;
*) exit 0 ;;
esac
[ -d /run/systemd/system ] && [ -z "$DPKG_ROOT" ] || exit 0
systemctl stop accio-server.socket accio-server.service 'accio-server@*.service' || :
systemctl disable accio-server.socket accio-server.service accio-server@.service || :
exit 0
