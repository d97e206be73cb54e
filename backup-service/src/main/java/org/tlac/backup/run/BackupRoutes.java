package org.tlac.backup.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tlac.backup.catalogue.Backup;
import org.tlac.backup.catalogue.BackupCatalogue;
import org.tlac.backup.dump.BackupFailure;
import org.tlac.platform.db.AuditEntry;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** Backups over HTTP. A backup can take longer than a client waits: it is begun (202) and then asked after. */
public final class BackupRoutes {

    private static final int LISTED = 200;
    private static final String ALL = "/api/admin/backups";

    private final BackupCatalogue catalogue;
    private final BackupRuns runs;

    public BackupRoutes(BackupCatalogue catalogue, BackupRuns runs) {
        this.catalogue = catalogue;
        this.runs = runs;
    }

    public Routes routes() {
        return Routes.of(
                Route.get(ALL, Access.ADMIN, this::list),
                Route.post(ALL, Access.ADMIN, this::take),
                Route.get(ALL + "/{id}", Access.ADMIN, this::one),
                Route.post(ALL + "/{id}/verify", Access.ADMIN, this::verify));
    }

    /** The contract's form of a backup; {@code verifying} is ours, so that whoever asks for a proof knows when it is done. */
    private record View(
            long id,
            Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable Double durationSeconds,
            String status,
            Sizes sizes,
            Map<String, String> schemaVersions,
            boolean verifying,
            @Nullable Instant verifiedAt,
            @Nullable String error) {

        private record Sizes(
                @Nullable Long database, @Nullable Long data) {}

        static View of(Backup backup) {
            Instant end = backup.finishedAt();
            return new View(
                    backup.id(),
                    backup.startedAt(),
                    end,
                    end == null
                            ? null
                            : Duration.between(backup.startedAt(), end).toMillis() / 1e3,
                    backup.status().id(),
                    new Sizes(backup.databaseBytes(), backup.dataBytes()),
                    backup.schemas(),
                    backup.verifying(),
                    backup.verifiedAt(),
                    backup.error());
        }
    }

    private Reply list(Call call) {
        List<View> items = catalogue.newest(LISTED).stream().map(View::of).toList();
        return Reply.json(Map.of("items", items));
    }

    private Reply one(Call call) {
        return Reply.json(View.of(find(call)));
    }

    private Reply take(Call call) {
        requireNoBody(call);
        return begin(() -> runs.take(AuditEntry.of(call.origin(), "backup_create")));
    }

    private Reply verify(Call call) {
        requireNoBody(call);
        Backup backup = find(call);
        if (backup.status() == Backup.Status.RUNNING) {
            throw busy();
        }
        if (!backup.hasFolder()) {
            throw ApiError.conflict("This backup failed when it was taken: there is nothing to prove.");
        }
        return begin(() -> runs.verify(backup, AuditEntry.of(call.origin(), "backup_verify")));
    }

    /** Begins a job; what stands in its way already now is said now. */
    private Reply begin(Supplier<Optional<Backup>> job) {
        Backup begun;
        try {
            runs.requirePrograms();
            begun = job.get().orElseThrow(BackupRoutes::busy);
        } catch (BackupFailure e) {
            throw ApiError.unavailable(e.sentence(), "internal", e);
        }
        return Reply.json(202, View.of(begun)).with("Location", ALL + "/" + begun.id());
    }

    private Backup find(Call call) {
        return catalogue.find(call.path("id", BackupRoutes::id)).orElseThrow(ApiError::notFound);
    }

    private static Optional<Long> id(String text) {
        // Eighteen digits always fit a long.
        return text.matches("[1-9]\\d{0,17}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    /** These calls take nothing; an empty object is what some clients send for that. */
    private static void requireNoBody(Call call) {
        if (call.body().length > 0) {
            call.body(Nothing.class);
        }
    }

    private record Nothing() {}

    private static ApiError busy() {
        return ApiError.conflict("Another backup is being taken or proven.");
    }
}
