package org.tlac.auth.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.identity.Role;

class UserRulesTest {

    private static void refused(Runnable rule, String detail) {
        assertThatThrownBy(rule::run)
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(400))
                .hasMessage(detail);
    }

    @ParameterizedTest
    @CsvSource({
        "PUPIL, ada.l, ada.l",
        "PUPIL, '  Ada.L ', ada.l",
        "PUPIL, o'neil.p, o'neil.p",
        "PUPIL, smith-jones.a, smith-jones.a",
        "TEACHER, ms_t-1.x, ms_t-1.x",
        "ADMIN, ADMIN, admin",
        "TEACHER, 7, 7"
    })
    void username_isTrimmedAndLowerCased(Role role, String given, String stored) {
        assertThat(UserRules.username(given, role)).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada",
                "ada.ll",
                "ada.1",
                ".a",
                "-a.b",
                "a b.c",
                "ada.l.m",
                "4da.l",
                "ada_x.l",
                "äda.l",
                "ada.l\n.x"
            })
    void pupilsUsername_hasTheFormLastnameInitial(String given) {
        refused(
                () -> UserRules.username(given, Role.PUPIL),
                "A pupil's username has the form lastname.i, in letters, hyphens and apostrophes.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "o'neil", "ä", "a@b", "a/b", "'; drop table users; --", "\u0130x"})
    void othersUsername_hasTheContractsCharacters(String given) {
        refused(
                () -> UserRules.username(given, Role.TEACHER),
                "A username consists of letters from a to z, digits, dots, hyphens and underscores.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   "})
    void blank_isMissing(String blank) {
        refused(() -> UserRules.username(blank, Role.ADMIN), "Missing required fields.");
        refused(() -> UserRules.presentedUsername(blank), "Missing required fields.");
        refused(() -> UserRules.name(blank), "Missing required fields.");
        refused(() -> UserRules.newPassword(""), "Missing required fields.");
        refused(() -> UserRules.presentedPassword(""), "Missing required fields.");
        refused(() -> UserRules.name(null), "Missing required fields.");
    }

    @Test
    void lengths_areBounded() {
        assertThat(UserRules.username("a".repeat(100), Role.ADMIN)).hasSize(100);
        refused(() -> UserRules.username("a".repeat(101), Role.ADMIN), "username must have at most 100 characters.");
        assertThat(UserRules.name("\uD83D\uDE00".repeat(100))).hasSize(200);
        refused(() -> UserRules.name("n".repeat(101)), "name must have at most 100 characters.");
        assertThat(UserRules.newPassword("p".repeat(200))).hasSize(200);
        refused(() -> UserRules.newPassword("p".repeat(201)), "password must have at most 200 characters.");
        refused(() -> UserRules.newPassword("p".repeat(7)), "A password has at least 8 characters.");
        // Four emoji are eight chars of Java, but four characters.
        refused(() -> UserRules.newPassword("\uD83D\uDE00".repeat(4)), "A password has at least 8 characters.");
        assertThat(UserRules.newPassword("        ")).hasSize(8);
        refused(() -> UserRules.presentedPassword("p".repeat(1001)), "password must have at most 1000 characters.");
        refused(() -> UserRules.teacherNotes("n".repeat(10_001)), "teacher_notes must have at most 10000 characters.");
        assertThat(UserRules.teacherNotes(null)).isEmpty();
    }

    @Test
    void name_keepsEveryAlphabet_butNoControlCharacters() {
        assertThat(UserRules.name(" Žofia Łęcka \u5B57 ")).isEqualTo("Žofia Łęcka \u5B57");
        refused(() -> UserRules.name("a\nb"), "name must not contain control characters.");
    }

    @Test
    void role_isOneOfThree() {
        assertThat(UserRules.role("teacher")).isEqualTo(Role.TEACHER);
        refused(() -> UserRules.role("TEACHER"), "role must be pupil, teacher or admin.");
        refused(() -> UserRules.role("root"), "role must be pupil, teacher or admin.");
    }

    @ParameterizedTest
    @ValueSource(ints = {1989, 2101, 0, -1, Integer.MAX_VALUE})
    void cohortYear_isAYear(int year) {
        refused(() -> UserRules.cohortYear(year), "cohort_year must be a year from 1990 to 2100.");
    }

    @Test
    void cohortYear_mayBeNone() {
        assertThat(UserRules.cohortYear(null)).isNull();
        assertThat(UserRules.cohortYear(1990)).isEqualTo(1990);
        assertThat(UserRules.cohortYear(2100)).isEqualTo(2100);
    }
}
