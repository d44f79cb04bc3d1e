#!/usr/bin/env bash
# Runs every command of docs/production.md, unchanged, in separate namespaces. Layers over /etc, /var, /run, /root and
# /usr/local keep this machine unchanged. nginx and PostgreSQL are real. systemd does not run: systemd-analyze checks its
# units if it exists, and a replacement for systemctl starts them.
#
#   scripts/production.sh [path of the gatepost binary]
#
# Needs root and unshare, and installs Debian's nginx if it can. Elsewhere it says that it did not run, and fails in CI.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/sandbox.sh

if [[ ${1:-} != --inside ]]; then
    may_sandbox
    for program in nginx openssl ip; do
        command -v "$program" >/dev/null || missing=1
    done
    if [[ -n ${missing:-} ]]; then
        command -v apt-get >/dev/null || not_run "needs nginx, openssl and ip"
        # The installation must not start services here.
        policy=/usr/sbin/policy-rc.d
        [[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && made=1; }
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends nginx-light openssl iproute2; } >&2
        [[ -z ${made:-} ]] || rm $policy
    fi
    sandboxed "$0" --inside "${1:-target/debug/gatepost}"
fi

binary=$(realpath "$2")
layer_over etc var run root usr/local
ip link set lo up

# The page assumes a PostgreSQL server and a certificate.
bin=$(find /usr/lib/postgresql /usr/local /opt -path '*bin/initdb' 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname)
install -d -m 755 -o postgres /run/postgresql /var/cluster
(
    cd /var/cluster
    runuser -u postgres -- "$bin/initdb" -D /var/cluster/data -A trust --no-sync >/dev/null
    runuser -u postgres -- "$bin/pg_ctl" -D /var/cluster/data -w -l /var/cluster/log \
        -o "-c unix_socket_directories=/run/postgresql" start >/dev/null
)
export PATH=$layers/bin:/usr/local/sbin:/usr/local/bin:$bin:$PATH
mkdir -p $layers/bin /etc/gatepost/tls
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=outreach.acme.example \
    -keyout /etc/gatepost/tls/privkey.pem -out /etc/gatepost/tls/fullchain.pem 2>/dev/null

cat >$layers/bin/systemctl <<'SYSTEMCTL'
#!/usr/bin/env bash
# Starts and stops units like systemd, as far as the units of the page need it.
set -euo pipefail
begin() {
    unit=$1 instance=${1#*@}
    file=/etc/systemd/system/${unit%@*}@.service
    command=$(sed -n 's/^ExecStart=//p' "$file" | sed "s/%i/$instance/g")
    secrets=()
    [[ ! -f /etc/gatepost/secrets ]] || mapfile -t secrets </etc/gatepost/secrets
    user=$(sed -n 's/^User=//p' "$file")
    # shellcheck disable=SC2086
    setsid setpriv --reuid "$user" --regid "$user" --init-groups env "${secrets[@]}" $command >>"/run/$unit.log" 2>&1 </dev/null &
    echo $! >"/run/$unit.pid"
}
end() {
    [[ -f /run/$1.pid ]] || return 0
    pid=$(cat "/run/$1.pid")
    kill -TERM "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    rm "/run/$1.pid"
}
verb=$1
shift
for unit in "$@"; do
    case "$verb $unit" in
    *" --now") ;;
    "reload-or-restart nginx") nginx -s reload 2>/dev/null || nginx ;;
    "enable "* | "start "*) begin "$unit" ;;
    "stop "*) end "$unit" ;;
    "restart "*) end "$unit" && begin "$unit" ;;
    *) echo "no such thing: systemctl $verb $unit" >&2 && exit 1 ;;
    esac
done
SYSTEMCTL
chmod 755 $layers/bin/systemctl
# The page builds the binary. Here it is already built.
printf '#!/bin/sh\n' >$layers/bin/cargo && chmod 755 $layers/bin/cargo
if ! [[ $binary -ef target/release/gatepost ]]; then
    mkdir -p target/release
    mount -t tmpfs built target/release
    touch target/release/gatepost
    mount --bind "$binary" target/release/gatepost
fi

commands=0
while IFS= read -r -d '' block; do
    echo "$block" | sed 's/^/  $ /'
    bash -euo pipefail -c "$block" >$layers/output 2>&1 </dev/null || {
        cat $layers/output /run/gatepost@*.log >&2
        echo "FAILED: a command of docs/production.md" >&2
        exit 1
    }
    commands=$((commands + $(grep -c . <<<"$block")))
done < <(awk '/^```sh$/ { inside = 1; next } /^```$/ { if (inside) printf "%c", 0; inside = 0 } inside' docs/production.md)

# systemd accepts the unit.
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify /etc/systemd/system/gatepost@.service 2>$layers/output || true
    ! grep -E 'gatepost@' $layers/output || { echo "FAILED: the unit" >&2; exit 1; }
fi
echo "All commands of docs/production.md succeeded: $commands"
