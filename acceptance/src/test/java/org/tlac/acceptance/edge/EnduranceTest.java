package org.tlac.acceptance.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Connections of every kind and end against the real thing: a million in {@code bench/edge/run.sh endurance}, fewer here. */
class EnduranceTest {

    private static final int CONNECTIONS = 50_000;
    private static final int AT_ONCE = 64;
    private static final int LARGE_BYTES = 2 << 20;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    @Test
    void whateverEndsAConnection_givesEverythingBack() throws Exception {
        try (Dying dying = new Dying();
                EdgeSchool school = EdgeSchool.open(
                        folder, LARGE_BYTES, Map.of(Target.GATEWAY, Map.of("SERVICES_BACKUP", dying.url())))) {
            Account admin = school.admin();
            EnduranceRun.Result result = new EnduranceRun(school.target())
                    .with(school.user(admin, "ada.l", "pupil"), EdgeSchool.LARGE)
                    .withDying(admin, "/api/admin/backups")
                    .mixed(CONNECTIONS, AT_ONCE);
            System.out.println(result.markdown());
            assertThat(result.leaks()).as(result.markdown()).isEmpty();
            assertThat(result.surprises()).as(result.markdown()).isEmpty();
            school.stop();
        }
    }
}
