# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What scripts/demo and scripts/test share: finding the checkout, installing what is missing.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export TOP
# Debian's own interpreter: the Python packages are installed for it, whatever else is in PATH.
PYTHON=/usr/bin/python3
export PYTHON PYTHONDONTWRITEBYTECODE=1

say() { printf '\n== %s\n' "$*" >&2; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Packages of the named purposes that are not installed.
missing_packages() {
	local purpose package
	for purpose in "$@"; do
		while read -r package; do
			dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
		done < <(awk -v p="$purpose" '$1 == p { print $2 }' "$TOP/scripts/packages.txt")
	done | sort -u
}

# Installs what is missing. No service of the system is started, stopped or configured meanwhile:
# policy-rc.d says no for the time of the install, and our own instances run from temporary folders.
install_packages() {
	local missing policy=/usr/sbin/policy-rc.d ours=no
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	say "installing: $(echo $missing)"
	if [ ! -e $policy ]; then
		ours=yes
		printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
		as_root chmod 755 $policy
		trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >&2
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing >&2
	if [ $ours = yes ]; then
		as_root rm -f $policy
		trap - EXIT
	fi
}

# build PRESET [TARGET...]
build() {
	local preset=$1
	shift
	say "building ($preset)"
	(cd "$TOP" && cmake --preset "$preset" >/dev/null && cmake --build --preset "$preset" ${1:+--target "$@"}) >&2
}
