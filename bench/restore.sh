#!/bin/bash
# restore.sh [SCALE]: a made-up city of so many times 55 MiB (default 4) is backed up, looked through and restored; prints
# what each step took and what that makes for 20 GB (docs/robustness.md). Nothing here fails on time. XA_BENCH_PG=postgres://… (an
# empty database): backed up from there and restored into SQLite as well.
set -euo pipefail
cd "$(dirname "$0")/.."
xa=$PWD/build/xiaoan
d=$(mktemp -d "${TMPDIR:-/tmp}/xiaoan-restore.XXXXXX")
trap 'rm -rf "$d"' EXIT
TIMEFORMAT='%R %U %S'

step() { # NAME MIB command...: wall time, processor time, the same for 20 GB
	local name=$1 mib=$2 t
	shift 2
	if ! t=$({ time "$@" >"$d/said" 2>&1; } 2>&1); then
		cat "$d/said"
		exit 1
	fi
	echo "$t" | awk -v name="$name" -v mib="$mib" '{ cpu = $2 + $3; printf "%-34s %8.1f s, %8.1f s of processor, %.4f s a MiB; 20 GB: %4.0f min at this pace, %4.0f of one processor\n",
		name, $1, cpu, cpu / mib, $1 / mib * 20480 / 60, cpu / mib * 20480 / 60 }'
}

"$xa" demo --scale "${1:-4}" --data "$d/data" >/dev/null
"$xa" backup keygen "$d/secret.key" --data "$d/data" >/dev/null
mib=$(du -m "$d/data/xiaoan.db" | cut -f1)
echo "a database of $mib MiB"
step 'backup: copy, check, seal' "$mib" "$xa" backup now --data "$d/data" --dir "$d/backups"
file=$(ls "$d"/backups/*.backup)
echo "sealed: $(du -m "$file" | cut -f1) MiB"
step 'verify: open, hash, check' "$mib" "$xa" backup verify "$file" --key "$d/secret.key"
step 'restore' "$mib" "$xa" restore "$d/backups" --key "$d/secret.key" --until last --data "$d/new"
cp "$d/data/root.key" "$d/data/keys.db" "$d/new/"
step 'first start, journal verified' "$mib" "$xa" journal verify --data "$d/new"
if [ -n "${XA_BENCH_PG:-}" ]; then
	step 'restore into PostgreSQL' "$mib" "$xa" restore "$d/backups" --key "$d/secret.key" --data "$d/pg" --store "$XA_BENCH_PG"
	cp "$d/data/root.key" "$d/data/keys.db" "$d/pg/"
	cp "$d/data/backup.pub" "$d/pg/"
	step 'backup from PostgreSQL' "$mib" "$xa" backup now --data "$d/pg" --store "$XA_BENCH_PG" --dir "$d/pg-backups"
fi
