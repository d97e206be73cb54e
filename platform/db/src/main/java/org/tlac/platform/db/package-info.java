/** PostgreSQL for services: one facade over Helidon's DbClient that leaks nothing, migrations, provisioning and the audit log. */
@NullMarked
package org.tlac.platform.db;

import org.jspecify.annotations.NullMarked;
