package org.tlac.platform.security;

import io.helidon.security.AuditEvent;
import io.helidon.security.spi.AuditProvider;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what security refused to the service's log. What it allowed is in the access log; deeds are in the audit log of the database. */
final class RefusalLog implements AuditProvider {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

    @Override
    public Consumer<TracedAuditEvent> auditConsumer() {
        return event -> {
            if (event.severity() == AuditEvent.AuditSeverity.FAILURE) {
                LOG.info("Refused ({}): {}", event.eventType(), event.formatMessage());
            }
        };
    }
}
