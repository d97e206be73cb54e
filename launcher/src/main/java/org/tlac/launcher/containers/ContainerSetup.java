package org.tlac.launcher.containers;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tlac.launcher.certificates.Certificates;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.postgres.TlacDatabase;

/**
 * What is done before services start in containers of their own, and may be done again at every start: secrets and certificates are made
 * when they are missing, the database is provisioned.
 *
 * @param home keeps every secret
 * @param handouts folder of the consumers' folders ({@code TLAC_HANDOUTS}, default /handouts)
 * @param names how people call this TLAC in a URL, beside localhost ({@code TLAC_NAMES}: DNS names and addresses with commas between)
 * @param database host and port of the server ({@code TLAC_DATABASE}, default postgres:5432)
 */
public record ContainerSetup(Home home, Console console, Path handouts, SortedSet<String> names, String database) {

    /** What each container gets of the secrets and certificates: nothing that it does not use. */
    static final Map<String, List<String>> CONSUMERS = Map.of(
            "postgres", List.of("secrets/" + TlacDatabase.passwordName(TlacDatabase.SUPERUSER)),
            "auth-service", List.of("secrets/" + TlacDatabase.passwordName("auth"), "secrets/gateway-service"),
            "activity-service", List.of("secrets/" + TlacDatabase.passwordName("activity")),
            "backup-service", List.of("secrets/" + TlacDatabase.passwordName("backup")),
            "gateway",
                    List.of(
                            "secrets/gateway-service",
                            "tls/" + Certificates.AUTHORITY,
                            "tls/" + Certificates.SERVER,
                            "tls/" + Certificates.SERVER_KEY));

    public static ContainerSetup from(Map<String, String> environment, Home home, Console console) {
        return new ContainerSetup(
                home,
                console,
                Path.of(environment.getOrDefault("TLAC_HANDOUTS", "/handouts")),
                names(environment.getOrDefault("TLAC_NAMES", "")),
                environment.getOrDefault("TLAC_DATABASE", "postgres:5432"));
    }

    /** A container's own name and addresses are nothing that people type, and others each time. */
    private static SortedSet<String> names(String list) {
        SortedSet<String> names = new TreeSet<>(List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"));
        for (String name : list.split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name(name.strip()));
            }
        }
        return names;
    }

    private static String name(String name) {
        try {
            if (name.matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
                // As the certificate will spell it, so that the same name is known again.
                return InetAddress.getByName(name).getHostAddress();
            }
        } catch (UnknownHostException e) {
            throw new UserError("Not an address in TLAC_NAMES: " + name, e);
        }
        if (!name.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
            throw new UserError("Neither a DNS name nor an address in TLAC_NAMES: " + name);
        }
        return name;
    }

    /** Makes what is missing of secrets and certificates, and hands each consumer its own. */
    public void makeSecrets() {
        home.createForSecrets();
        new Certificates(home.tls(), InstantSource.system()).prepare(names);
        TlacDatabase.ROLES.forEach(role -> home.secret(TlacDatabase.passwordName(role)));
        home.secret(TlacDatabase.passwordName(TlacDatabase.SUPERUSER));
        home.secret("gateway-service");
        SecretDistributor handout = new SecretDistributor(home.folder(), handouts);
        CONSUMERS.forEach((consumer, files) -> handout.give(consumer, files)
                .forEach(file -> console.say("New for " + consumer + ": " + file.getFileName())));
        console.say("Secrets and certificates are there, for " + String.join(", ", names));
    }

    /** Makes database, roles and schemas where they are missing, and sets the roles' passwords. */
    public void provision() {
        TlacDatabase tlac = new TlacDatabase(home, database);
        try (Connection server = tlac.connect()) {
            tlac.provision(server);
        } catch (SQLException e) {
            throw new UserError("Cannot provision the database at " + database + ": " + e.getMessage(), e);
        }
        console.say("The database at " + database + " is provisioned.");
    }
}
