#!/usr/bin/env bash
# Builds a Debian package of a binary, with the unit, the settings and completion for shells. Prints the name of the file.
#
#   scripts/package.sh [path of the gatepost binary] [folder for the package]
#
# PACKAGE_COMPRESSION=none is faster, for tests.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-target/release/gatepost}
out=${2:-target}
command -v dpkg-deb >/dev/null || { echo "package: dpkg-deb is needed (Debian's package dpkg)" >&2; exit 1; }

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"
at() { install -D -m "$1" "$2" "$tree/$3"; }

at 755 "$binary" usr/bin/gatepost
at 644 deploy/gatepost.toml etc/gatepost/gatepost.toml
sed -i 's|^public_url|# public_url|' "$tree/etc/gatepost/gatepost.toml"
at 755 deploy/gatepost-admin usr/sbin/gatepost-admin
at 644 deploy/gatepost@.service usr/lib/systemd/system/gatepost@.service
# Files that are installed by hand belong under /usr/local; files of a package do not.
sed -i 's|/usr/local/|/usr/|' "$tree/usr/sbin/gatepost-admin" "$tree/usr/lib/systemd/system/gatepost@.service"
for page in README.md SECURITY.md CHANGELOG.md docs/production.md docs/command-line.md deploy/nginx.conf; do
    at 644 "$page" "usr/share/doc/gatepost/$(basename "$page")"
done
at 644 LICENSE usr/share/doc/gatepost/copyright

at 644 <("$binary" completion bash) usr/share/bash-completion/completions/gatepost
at 644 <("$binary" completion zsh) usr/share/zsh/vendor-completions/_gatepost
at 644 <("$binary" completion fish) usr/share/fish/vendor_completions.d/gatepost.fish

version=$("$binary" version --json | sed 's/.*"version":"\([^"]*\)".*/\1/')
# The newest version of glibc that the binary requires.
libc=$(grep -aoE 'GLIBC_2\.[0-9]+' "$binary" | sort -uV | tail -n 1)
architecture=$(dpkg --print-architecture)
for script in postinst prerm postrm; do at 755 "deploy/debian/$script" "DEBIAN/$script"; done
echo /etc/gatepost/gatepost.toml >"$tree/DEBIAN/conffiles"
sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@LIBC@/${libc#GLIBC_}/; s/@SIZE@/$(du -sk "$tree" | cut -f1)/" \
    deploy/debian/control >"$tree/DEBIAN/control"

file=$out/gatepost_${version}_$architecture.deb
dpkg-deb --build --root-owner-group "-Z${PACKAGE_COMPRESSION:-xz}" "$tree" "$file" >&2
echo "$file"
