package org.tlac.gateway.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CourseNamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/.hidden",
                ".git/config",
                "a/b.html~",
                "a/.b.html.swp",
                "a/b.html.SWP",
                "a/b.bak",
                "a/#b.html#",
                "a/.#b.html",
                "a/b.html.orig",
                "a/b.checks.yaml",
                "a/B.CHECKS.YAML.txt",
                "a.checks.d/b.html",
                "a~/b.html"
            })
    void leftoversAndChecks_areHidden(String path) {
        assertThat(CourseNames.isHidden(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b.html",
                "swp",
                "a/bak",
                "checks.html",
                "a/checks/b.html",
                "a/#1.html",
                "a/b~c.html",
                "README.md"
            })
    void everythingElse_isNot(String path) {
        assertThat(CourseNames.isHidden(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "a/readme.MD", "a/b/Readme.md"})
    void readmes_areTold(String path) {
        assertThat(CourseNames.isReadme(path)).isTrue();
        assertThat(CourseNames.isReadme(path + ".html")).isFalse();
    }
}
