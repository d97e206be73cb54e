package org.tlac.acceptance.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tlac.launcher.School;

/** The rules of docs/architecture.md that classes and files can be asked about. */
class ArchitectureTest {

    private static final List<String> SERVICES = List.of("auth", "activity", "runner", "backup", "gateway");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importPaths(Stream.concat(
                            SERVICES.stream().map(name -> name.equals("gateway") ? name : name + "-service"),
                            Stream.of(
                                    "platform/metrics",
                                    "platform/identity",
                                    "platform/http",
                                    "platform/security",
                                    "platform/course",
                                    "platform/db",
                                    "launcher"))
                    .map(module -> School.ROOT.resolve(module).resolve("target/classes"))
                    .toList());

    @Test
    void everyRoomWasRead() {
        SERVICES.forEach(name -> assertThat(
                        CLASSES.stream().anyMatch(type -> type.getPackageName().startsWith("org.tlac." + name)))
                .as(name)
                .isTrue());
    }

    @Test
    void services_neverDependOnEachOther() {
        for (String service : SERVICES) {
            String[] others = SERVICES.stream()
                    .filter(other -> !other.equals(service))
                    .map(other -> "org.tlac." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("org.tlac." + service + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .check(CLASSES);
        }
    }

    @Test
    void database_knowsNothingOfHttp() {
        noClasses()
                .that()
                .resideInAPackage("org.tlac.platform.db..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.tlac.platform.http..", "io.helidon.http..", "io.helidon.webserver..")
                .check(CLASSES);
    }

    @Test
    void platform_knowsNoService() {
        noClasses()
                .that()
                .resideInAPackage("org.tlac.platform..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        SERVICES.stream().map(name -> "org.tlac." + name + "..").toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("org.tlac.platform.(*)..").should().beFreeOfCycles().check(CLASSES);
        for (String service :
                Stream.concat(SERVICES.stream(), Stream.of("launcher")).toList()) {
            slices().matching("org.tlac." + service + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(CLASSES);
        }
    }

    @Test
    void packagesAndClasses_areNamedAfterTheirSubject() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..core..", "..helper..", "..misc..")
                .check(CLASSES);
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Impl|Util|Utils)")
                .check(CLASSES);
    }

    @Test
    void environment_isReadOnlyAtTheDoor() {
        noClasses()
                .that()
                .haveNameNotMatching(".*(Main|Config|ServiceProcess)(\\$.*)?")
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(CLASSES);
    }

    @Test
    void runner_hasNoDatabaseOnItsClassPath() throws IOException {
        noClasses()
                .that()
                .resideInAPackage("org.tlac.runner..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.sql..")
                .check(CLASSES);
        try (Stream<Path> libs = Files.list(School.ROOT.resolve("runner-service/target/libs"))) {
            assertThat(libs.map(path -> path.getFileName().toString()))
                    .isNotEmpty()
                    .noneMatch(name ->
                            name.contains("postgresql") || name.contains("HikariCP") || name.contains("dbclient"));
        }
    }

    @Test
    void privateKeys_areAuthServicesAlone() {
        classes()
                .that()
                .resideInAnyPackage(
                        "org.tlac.activity..", "org.tlac.runner..", "org.tlac.backup..", "org.tlac.gateway..")
                .should()
                .onlyDependOnClassesThat()
                .haveNameNotMatching("io\\.helidon\\.security\\.jwt\\.SignedJwt")
                .check(CLASSES);
    }

    /**
     * Reading a pipe holds a virtual thread's carrier. As many readers as there are processors, and after half a minute of silence no
     * request is answered any more: so whoever starts virtual threads has no stream of a process to read in them.
     */
    @Test
    void virtualThreads_readNoPipes() {
        noClasses()
                .that(startVirtualThreads())
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(InputStream.class, BufferedReader.class)
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> startVirtualThreads() {
        return DescribedPredicate.describe(
                "start virtual threads",
                type -> type.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getName().matches("ofVirtual|startVirtualThread")));
    }

    @Test
    void metricNames_standInTheCatalogueOnly() throws IOException {
        for (Path file : sources("src/main/java")) {
            if (!file.endsWith("Catalogue.java")) {
                assertThat(Files.readString(file)
                                .lines()
                                .filter(line -> line.contains("\"tlac_") && !line.contains("tlac_session")))
                        .as(file.toString())
                        .isEmpty();
            }
        }
    }

    private static List<Path> sources(String part) throws IOException {
        try (Stream<Path> files = Files.walk(School.ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/" + part + "/"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList();
        }
    }
}
