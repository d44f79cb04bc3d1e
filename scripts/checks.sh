# Functions of the scripts in this folder: a server that ends with its script, and checks that stop the script at the
# first wrong answer. Source this file. The first argument is the path of the gatepost binary.

binary=${1:-$(dirname "$0")/../target/debug/gatepost}
folder=$(mktemp -d)
server=
checks=0

finish() {
    code=$?
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    wait
    [[ $code -eq 0 || ! -s $folder/log ]] || sed 's/^/the server logged: /' "$folder/log" >&2
    rm -rf "$folder"
    exit "$code"
}
trap finish EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# same IS SHOULD
same() {
    [[ $1 == "$2" ]] || fail "'$1' should be '$2'"
    checks=$((checks + 1))
}
