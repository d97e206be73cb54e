package org.tlac.gateway.upstream;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Threads beside a request's own. What runs there belongs to the request that began it: its id goes on to services and into the log. */
public final class RequestThreads {

    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Begins it on a thread of its own. To be called on the request's. */
    public <T> CompletableFuture<T> begin(Supplier<T> work) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        return CompletableFuture.supplyAsync(() -> inContext(context, work), threads);
    }

    private static <T> T inContext(@Nullable Map<String, String> context, Supplier<T> work) {
        if (context != null) {
            MDC.setContextMap(context);
        }
        try {
            return work.get();
        } finally {
            MDC.clear();
        }
    }
}
