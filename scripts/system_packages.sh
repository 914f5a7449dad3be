#!/bin/sh
# The browser tests need Chromium and a font with Chinese characters; the catalogue test needs gettext.
# As root they are installed, for anyone else this says what is missing.
set -u
missing=""
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || missing="$missing chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
command -v xgettext >/dev/null || missing="$missing gettext"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # one word a package
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing fontconfig >/dev/null && exit 0
fi
echo "The tests need these system packages (by their Debian names):$missing" >&2
exit 1
