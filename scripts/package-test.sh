#!/usr/bin/env bash
# Builds the Debian package of a binary, installs it, starts a server like its unit, and removes the package. All of this
# happens in separate namespaces, not on this machine. systemd does not run; systemd-analyze checks the unit if it exists.
#
#   scripts/package-test.sh [path of the gatepost binary]
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/sandbox.sh

if [[ ${1:-} != --inside ]]; then
    command -v dpkg-deb >/dev/null || not_run "needs dpkg-deb"
    may_sandbox
    sandboxed "$0" --inside "${1:-target/debug/gatepost}"
fi

fail() {
    cat /run/gatepost.log >&2 2>/dev/null || true
    echo "FAILED: $*" >&2
    exit 1
}
has() { grep -q "$2" <<<"$1" || fail "'$1' should have '$2'"; }

binary=$(realpath "$2")
layer_over etc var run usr
command -v ip >/dev/null && ip link set lo up
export DEBIAN_FRONTEND=noninteractive
package=$(PACKAGE_COMPRESSION=none scripts/package.sh "$binary" /mnt 2>/dev/null)

dpkg --install "$package" >/run/dpkg.log 2>&1 || { cat /run/dpkg.log >&2; fail "the package is not installed"; }
[[ $(stat -c '%a %U' /etc/gatepost/secrets) = "600 root" ]] || fail "others can read the secrets"
[[ $(stat -c '%a %U' /var/lib/gatepost) = "700 gatepost" ]] || fail "others can read the data"
cmp "$binary" /usr/bin/gatepost || fail "the binary is another one"
has "$(bash -c 'source /usr/share/bash-completion/completions/gatepost && complete -p gatepost')" gatepost
unit=/usr/lib/systemd/system/gatepost@.service
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify $unit 2>&1 | grep 'gatepost@' && fail "systemd does not take the unit"
fi

gatepost-admin init --workspace Acme --owner-email ann@acme.example >/run/first
key=$(sed -n 's/^API key *//p' /run/first)
start() {
    command=$(sed -n 's/^ExecStart=//p' $unit | sed 's/%i/8080/g')
    # shellcheck disable=SC2086
    setpriv --reuid "$(sed -n 's/^User=//p' $unit)" --regid gatepost --init-groups $command >>/run/gatepost.log 2>&1 &
    server=$!
    for _ in $(seq 300); do
        curl -fsS http://127.0.0.1:8080/health >/dev/null 2>&1 && return
        kill -0 $server 2>/dev/null || fail "the server ended"
        sleep 0.1
    done
    fail "the server does not answer"
}
call() { curl -fsS -H "authorization: Bearer $key" "http://127.0.0.1:8080$1"; }
start
has "$(call /api/v2/me)" '"role":"owner"'
[[ $(stat -c %U /proc/$server) = gatepost ]] || fail "the server runs as another user"
has "$(gatepost-admin admin doctor)" 'a server answers'
has "$(gatepost-admin admin user link ann@acme.example)" 'http://127.0.0.1:8080/auth/reset#'

# An upgrade and a removal both keep settings and data.
echo '# mine' >>/etc/gatepost/gatepost.toml
dpkg --install "$package" >/run/dpkg.log 2>&1 || { cat /run/dpkg.log >&2; fail "the package is not installed again"; }
has "$(tail -n 1 /etc/gatepost/gatepost.toml)" mine
kill -TERM $server && wait $server || fail "the server did not end cleanly"
dpkg --remove gatepost >/run/dpkg.log 2>&1 || { cat /run/dpkg.log >&2; fail "the package is not removed"; }
[[ ! -e /usr/bin/gatepost && ! -e $unit ]] || fail "something is left of the package"
[[ -s /var/lib/gatepost/gatepost.db && -s /etc/gatepost/gatepost.toml ]] || fail "the data is gone with the package"
dpkg --install "$package" >/run/dpkg.log 2>&1
start
has "$(call /api/v2/me)" '"role":"owner"'
kill -TERM $server && wait $server
dpkg --purge gatepost >/run/dpkg.log 2>&1
[[ ! -e /etc/gatepost && -s /var/lib/gatepost/secret.key ]] || fail "purging removes settings, and never data"
echo "The package installs, serves, upgrades and is removed: $(basename "$package")"
