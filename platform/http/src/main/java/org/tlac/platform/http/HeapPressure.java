package org.tlac.platform.http;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/** Notices collections that leave the old generation nearly full. Sets the JVM's threshold for that and asks how often it was passed. */
final class HeapPressure {

    private static final double NEARLY_FULL = 0.85;

    private final List<MemoryPoolMXBean> old;
    private long seen;

    HeapPressure() {
        old = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP
                        && pool.isUsageThresholdSupported()
                        && pool.isCollectionUsageThresholdSupported()
                        && pool.getUsage().getMax() > 0)
                .toList();
        old.forEach(pool -> pool.setCollectionUsageThreshold(
                (long) (NEARLY_FULL * pool.getUsage().getMax())));
        seen = count();
    }

    /** Whether it happened since the last time that this was asked. */
    boolean isHigh() {
        long before = seen;
        seen = count();
        return seen > before;
    }

    private long count() {
        return old.stream()
                .mapToLong(MemoryPoolMXBean::getCollectionUsageThresholdCount)
                .sum();
    }
}
