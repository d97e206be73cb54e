package org.tlac.platform.db;

/** Makes a value of one row. */
@FunctionalInterface
public interface RowReader<T> {
    T read(Row row);
}
