#!/usr/bin/env bash
# Runs the gateway's measuring instruments with the code of the acceptance tests. README.md beside this file says what there is.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CLASSES=$ROOT/acceptance/target/test-classes
CLASSPATH=$ROOT/acceptance/target/edge.classpath
MIN_JAVA=21

java_major() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true; }

find_java() {
    local candidate major best=0
    major=$(java_major "${JAVA_HOME:-/none}")
    if ((${major:-0} >= MIN_JAVA)); then return; fi
    for candidate in /usr/lib/jvm/*; do
        major=$(java_major "$candidate")
        if [[ -x $candidate/bin/javac ]] && ((${major:-0} >= MIN_JAVA && ${major:-0} > best)); then
            best=$major
            export JAVA_HOME=$candidate
        fi
    done
    ((best > 0)) || { echo "no JDK $MIN_JAVA or newer: set JAVA_HOME" >&2; exit 3; }
}

# Whether everything was built since the last change of a source.
is_built() {
    [[ -f $CLASSPATH && -d $CLASSES/org/tlac/acceptance/edge ]] &&
        [[ -z $(find "$ROOT" -name target -prune -o -name .git -prune -o \
            \( -path '*/src/main/*' -o -path '*/launcher/src/test/*' -o -path '*/acceptance/src/test/*' -o -name pom.xml \) -newer "$CLASSPATH" -type f -print -quit) ]]
}

build() {
    # The class path is that of the last module, this one, with what this build made of the others.
    (cd "$ROOT" && ./mvnw -q -B package dependency:build-classpath -DskipTests -Dspotless.check.skip=true \
        -Dmdep.outputFile="$CLASSPATH" -Dmdep.includeScope=test) >&2
}

find_java
is_built || build
cd "$ROOT/acceptance"
exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx512m -cp "$CLASSES:$(<"$CLASSPATH")" org.tlac.acceptance.edge.EdgeBench "$@"
