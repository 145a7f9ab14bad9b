#!/bin/sh
# The nightly run, for cron:
#
#   30 2 * * *  /opt/visitplan/nightly.sh /srv/planning/tomorrow /srv/plans/tomorrow /srv/roster-import
#
# Validates the planning folder, plans it, and hands roster.csv to the folder that the roster system imports from.
# A run that fails leaves last night's plan and the last import as they are. What it does at each exit code stands
# at the end. VISITPLAN names the command (default: visitplan on the PATH); TIME_LIMIT is seconds (default 600).
# MAPPING names a mapping file, such as roster-system.toml beside this script, where the roster system wants other
# columns than ours.
set -u

if [ $# -ne 3 ]; then
    echo "usage: nightly.sh PLANNING_FOLDER PLAN_FOLDER IMPORT_FOLDER" >&2
    exit 2
fi
input=$1
plan=$2
import=$3
visitplan=${VISITPLAN:-visitplan}
log=$plan.log.jsonl

say() {
    echo "$(date '+%Y-%m-%d %H:%M:%S') nightly: $1" >&2
}

# The roster is written whole or not at all: the import never sees half a file.
hand_over() {
    mkdir -p "$import" &&
        "$visitplan" export "$plan" --format csv ${MAPPING:+--mapping "$MAPPING"} --out "$import/roster.csv" --quiet
}

mkdir -p "$(dirname "$plan")" || exit 1

if ! "$visitplan" validate "$input" --quiet > "$plan.findings.txt"; then
    say "some rows of $input cannot be planned and are left out: see $plan.findings.txt and rejected.csv"
fi

touch "$plan.started" || exit 1
"$visitplan" plan "$input" --out "$plan" --time-limit "${TIME_LIMIT:-600}" \
    --skip-invalid --fail-on-unassigned --quiet --log-file "$log"
code=$?

case $code in
    0) say "planned" ;;
    3) say "planned, but somebody has to act on the visits in $plan/unassigned.csv" ;;
    130) say "interrupted" ;;
    2) say "the input cannot be planned: mend it; last night's plan stands"; exit $code ;;
    4) say "no plan could be made; last night's plan stands"; exit $code ;;
    5) say "the plan failed its own check and is kept in $plan.failed; last night's plan stands: report it"; exit $code ;;
    *) say "the run failed with exit code $code; last night's plan stands"; exit $code ;;
esac

# An interrupt before the first plan writes nothing: what is there then is last night's.
if [ ! "$plan/manifest.json" -nt "$plan.started" ]; then
    say "no new plan was written; last night's stands"
    exit "$code"
fi
if ! hand_over; then
    say "the roster could not be handed over to $import; the plan itself is in $plan"
    exit 1
fi
exit "$code"
