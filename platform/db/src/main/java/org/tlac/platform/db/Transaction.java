package org.tlac.platform.db;

/** Statements that happen all together or not at all. */
public interface Transaction extends Statements {}
