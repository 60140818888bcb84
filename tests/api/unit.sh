#!/bin/sh
# The service's unit: what it leaves open is at most 1.5 of 10 by systemd's own reckoning, and the program can still put up its fence.
cd "$(dirname "$0")/../.." || exit 1
unit=deploy/xiaoan.service
echo 1..2
filter=$(sed -n 's/^SystemCallFilter=//p' $unit | tr '\n' ' ')
missing=
for call in landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp; do
	case " $filter " in *" $call "*) ;; *) missing="$missing $call" ;; esac
done
[ -z "$missing" ] && echo 'ok 1 - the filter leaves the fence its calls' || echo "not ok 1 - the filter forbids$missing"
if ! command -v systemd-analyze >/dev/null 2>&1; then
	echo 'ok 2 - exposure # SKIP no systemd-analyze here (Debian: systemd)'
	exit 0
fi
score=$(LC_ALL=C systemd-analyze security --offline=true --no-pager $unit 2>&1 | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
awk -v s="$score" 'BEGIN { exit !(s != "" && s + 0 <= 1.5) }' && echo "ok 2 - exposure is $score" || echo "not ok 2 - exposure is '$score', more than 1.5"
