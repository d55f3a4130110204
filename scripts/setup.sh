#!/bin/sh
# Makes a virtual environment, once, and installs locked lists into it: setup.sh FOLDER PYTHON LIST...
# PYTHON is 3.13 for that version alone, which uv gets where it is missing, or 3.12+ for any from there on.
# It reports on standard error; where it cannot go on it says why, in one line.
set -eu
folder=$1 wanted=$2
shift 2
log=$folder/pip.log

stop() {
    echo "$*" >&2
    exit 1
}

suits() {
    case $wanted in
    *+) check="sys.version_info >= ($(echo "${wanted%+}" | tr . ,))" ;;
    *) check="sys.version_info[:2] == ($(echo "$wanted" | tr . ,))" ;;
    esac
    "$1" -c "import sys, venv, ensurepip; sys.exit(not $check)" 2>/dev/null
}

create() {
    for python in python3.13 python3.12 python3.14 python3; do
        if suits "$python"; then
            "$python" -m venv --clear "$folder"
            return
        fi
    done
    if command -v uv >/dev/null; then
        uv venv --quiet --clear --seed --python "$(echo "$wanted" | sed 's/^\(.*\)+$/>=\1/')" "$folder" && return
    fi
    case $wanted in
    *+) stop "Python ${wanted%+} or newer is missing, or its venv module: install it from python.org or as python3-venv, or install uv" ;;
    *) stop "Python $wanted is missing, the one that Lambda runs, or its venv module: install it from python.org or as python$wanted-venv, or install uv, which gets it" ;;
    esac
}

why() {
    if grep -qE 'Failed to establish|NameResolution|name resolution|timed out|Connection(Error|Refused|Reset)|ProxyError' "$log"; then
        echo "the package index cannot be reached: check the network, or pip's index-url and proxy"
    elif grep -qE 'CERTIFICATE_VERIFY_FAILED|SSLError' "$log"; then
        echo "the package index's certificate is not trusted: name your authority with pip config set global.cert FILE"
    else
        grep '^ERROR: ' "$log" | tail -n 1 | cut -c 8-
    fi
}

mkdir -p "$folder" 2>/dev/null || stop "$PWD cannot be written to: copy the project to a folder that can"
"$folder/bin/python" -m pip --version >/dev/null 2>&1 || create
[ $# -gt 0 ] || exit 0
printf '%s' "installing $(cat "$@" | grep -c '^[a-z].*==') packages into $folder " >&2
for list in "$@"; do set -- "$@" -r "$list"; shift; done
{
    "$folder/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off --no-compile \
        --retries 2 --require-hashes "$@" 2>&1 && echo installed
} | tee "$log" | awk '/^Collecting/ {printf "."; fflush()} /^installed/ {done = 1} END {exit !done}' >&2 || {
    echo >&2
    stop "$folder is not set up: $(why) (all that pip said is in $log)"
}
echo >&2
