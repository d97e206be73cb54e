package org.tlac.acceptance.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.launcher.School;
import org.tlac.launcher.TestProcess;
import org.tlac.launcher.client.ApiClient;

/** A pupil at the page of an activity: programs that ask, that never end, that draw, and that are checked. In a real browser. */
class PupilPageTest {

    private static final String PASSWORD = "choose a long one";
    private static final int PHONE_WIDTH = 360;
    private static final Deque<ApiClient> PUPILS = new ArrayDeque<>();
    private static School school;
    private static Chromium chromium;
    private static Page page;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    @BeforeAll
    static void open() {
        chromium = Chromium.open();
        page = chromium.page();
        school = School.start(folder.resolve("home"));
        ApiClient anyone = school.anyone();
        anyone.post("/api/admin/bootstrap", Map.of("username", "admin", "name", "Admin", "password", PASSWORD));
        ApiClient admin = anyone.login("admin", PASSWORD);
        for (String name : List.of("ada.l", "bob.m", "cleo.n")) {
            admin.post(
                    "/api/admin/users", Map.of("username", name, "name", name, "role", "pupil", "password", PASSWORD));
            PUPILS.add(anyone.login(name, PASSWORD));
        }
    }

    /** They take turns, so that no pupil does more in a minute than a pupil may. */
    @BeforeEach
    void next() {
        PUPILS.addLast(PUPILS.removeFirst());
        chromium.takeSession(school.url(), PUPILS.getFirst().cookie());
    }

    @AfterAll
    static void close() {
        chromium.close();
        school.close();
        // A refusal that a test provokes is told in the console too, which is no fault of the page.
        assertThat(chromium.complaints()).allMatch(complaint -> complaint.startsWith("Failed to load resource"));
    }

    @AfterEach
    void asItWas() {
        page.unrouteAll();
        page.setViewportSize(1280, 720);
    }

    /** The activity's page anew, with that program. */
    private static void write(String activity, String... lines) {
        page.navigate("about:blank");
        page.navigate(school.url() + "/#/lesson-1/" + activity);
        editor().fill(String.join("\n", lines));
    }

    private static Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("^" + name)));
    }

    private static Locator editor() {
        return page.getByLabel("Your program", new Page.GetByLabelOptions().setExact(true));
    }

    private static Locator line() {
        return page.getByLabel("Type a line for your program");
    }

    private static Locator transcript() {
        return page.getByRole(AriaRole.LOG);
    }

    private static Locator state() {
        return page.locator("section[aria-labelledby=outcome-title] [role=status]");
    }

    private static void answer(Route route, int status, Map<String, String> headers, String body) {
        route.fulfill(new Route.FulfillOptions()
                .setStatus(status)
                .setHeaders(headers)
                .setContentType("application/json")
                .setBody(body));
    }

    @Test
    void programThatAsks_isAnsweredWhileItRuns() {
        write("a1", "name = input('Name? ')", "age = int(input('Age? '))", "print('Hello', name, age + 1)");
        page.keyboard().press("Control+Enter");
        assertThat(transcript()).hasText("Name? ");
        assertThat(line()).isFocused();
        assertThat(state()).hasText("Your program waits for you to type");
        page.keyboard().type("Ada");
        page.keyboard().press("Enter");
        assertThat(transcript()).hasText("Name? Ada\nAge? ");
        assertThat(line()).isFocused();
        page.keyboard().type("9");
        page.keyboard().press("Enter");
        assertThat(transcript()).hasText("Name? Ada\nAge? 9\nHello Ada 10\n");
        assertThat(state()).containsText("Finished in");
        assertThat(line()).isHidden();
        assertThat(transcript()).isFocused();
        assertThat(button("Stop")).isHidden();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name = input()                    | true",
                "print(f'{input()}')               | true",
                "for line in sys . stdin: pass     | true",
                "from sys import argv, stdin       | true",
                "print('# no comment', input ())   | true",
                "print(1)  # input()               | false",
                "input = 3                         | false",
                "my_input()                        | false",
            })
    void programThatReads_isToldFromOneThatDoesNot(String code, boolean reads) {
        if (!page.url().endsWith("/login.html")) {
            page.navigate(school.url() + "/login.html");
        }
        assertThat(page.evaluate("code => import('/core/conversation.js').then(module => module.asks(code))", code))
                .isEqualTo(reads);
    }

    @Test
    void errorOfAProgramThatAsks_isShownAsThatOfAnyOther() {
        write("a1", "int(input())");
        button("Run").click();
        line().fill("nine");
        button("Send").click();
        assertThat(state()).hasText("Stopped by an error");
        assertThat(transcript()).containsText("ValueError");
        assertThat(transcript().locator(".stderr")).containsText("File \"main.py\", line 1");
    }

    @Test
    void endOfInput_isTyped_orPressed() {
        write("a1", "import sys", "text = sys.stdin.read()", "print(len(text), 'characters')");
        button("Run").click();
        line().fill("ab");
        line().press("Enter");
        line().press("Control+d");
        assertThat(transcript()).hasText("ab\n3 characters\n");
        button("Run").click();
        line().fill("abc");
        button("End input").click();
        assertThat(transcript()).hasText("abc\n4 characters\n");
        assertThat(state()).containsText("Finished in");
    }

    @Test
    void programThatNeverEnds_isStopped() {
        write("a1", "name = input('Name? ')", "while True:", "    pass");
        button("Run").click();
        line().fill("Ada");
        line().press("Enter");
        assertThat(state()).hasText("Running…");
        button("Stop").focus();
        page.keyboard().press("Enter");
        assertThat(state()).hasText("Stopped");
        assertThat(button("Stop")).isHidden();
        assertThat(button("Run")).isFocused();
    }

    @Test
    void filledInputBox_isReadAtOnce_andAQuestionInAComment_isNone() {
        List<String> posts = new CopyOnWriteArrayList<>();
        page.onRequest(request -> {
            if (request.method().equals("POST") && request.url().contains("/api/python/")) {
                posts.add(request.url().replaceFirst(".*/", ""));
            }
        });
        write("a2", "print('no question')  # input('?')");
        button("Run").click();
        assertThat(page.locator(".outcome")).containsText("no question");
        page.getByText("Program input").click();
        page.getByLabel("Lines that input() will read").fill("Ada\n");
        editor().fill("print('Hello', input())");
        button("Run").click();
        assertThat(page.locator(".outcome")).containsText("Hello Ada");
        page.getByLabel("Lines that input() will read").fill("");
        button("Run").click();
        assertThat(line()).isFocused();
        assertThat(posts).containsExactly("run", "run", "session");
    }

    @Test
    void runningAgain_andLeaving_endTheProgramThatWaits() {
        write("a1", "input('Who? ')");
        button("Run").click();
        assertThat(line()).isFocused();
        Response again =
                page.waitForResponse(PupilPageTest::isStop, () -> button("Run").click());
        assertThat(again.status()).isEqualTo(200);
        assertThat(transcript()).hasText("Who? ");
        assertThat(line()).isFocused();
        Response left = page.waitForResponse(
                PupilPageTest::isStop,
                () -> page.getByText("All lessons").first().click());
        assertThat(left.status()).isEqualTo(200);
    }

    private static boolean isStop(Response response) {
        return response.request().method().equals("DELETE") && response.url().contains("/api/python/session/");
    }

    @Test
    void connectionThatIsLost_isTakenUpAgain() {
        write("a1", "name = input('Name? ')", "print('Hello', name)");
        button("Run").click();
        assertThat(line()).isFocused();
        page.context().setOffline(true);
        line().fill("Ada");
        line().press("Enter");
        assertThat(page.locator(".terminal [role=alert]")).containsText("No answer from the server");
        assertThat(line()).hasValue("Ada");
        assertThat(transcript()).hasText("Name? ");
        page.context().setOffline(false);
        line().press("Enter");
        assertThat(transcript()).hasText("Name? Ada\nHello Ada\n");
        assertThat(state()).containsText("Finished in");
    }

    @Test
    void connectionThatIsLostForGood_endsTheProgram_andSaysSo() {
        page.route("**/events", route -> answer(route, 404, Map.of(), "{}"));
        write("a1", "input()");
        Response stopped =
                page.waitForResponse(PupilPageTest::isStop, () -> button("Run").click());
        assertThat(stopped.status()).isEqualTo(200);
        assertThat(state()).hasText("Connection lost");
        assertThat(page.locator(".outcome [role=alert].notice").last()).containsText("Press Run to start it again");
        page.unrouteAll();
        button("Run").click();
        assertThat(line()).isFocused();
    }

    @Test
    void pupilWhoIsNoLongerSignedIn_isAskedToSignInAgain() {
        page.route("**/events", route -> answer(route, 401, Map.of(), "{}"));
        page.route(
                "**/api/python/session/*",
                route -> answer(route, 401, Map.of(), "{\"detail\":\"Not authenticated.\"}"));
        write("a1", "input()");
        button("Run").click();
        assertThat(page.getByText("Sign in again")).isVisible();
        page.unrouteAll();
        button("Run").click();
        assertThat(line()).isFocused();
    }

    @Test
    void question_doesNotTakeTheKeyboardFromWhoeverGoesOnWriting() {
        write("a1", "import time", "time.sleep(1)", "input('Who? ')");
        editor().press("Control+Enter");
        editor().press("Control+End");
        editor().pressSequentially("  # and");
        assertThat(line()).isVisible();
        assertThat(editor()).isFocused();
    }

    @Test
    void refusal_saysWhenToTryAgain() {
        page.route(
                "**/api/python/session",
                route -> answer(
                        route,
                        503,
                        Map.of("Retry-After", "5"),
                        "{\"detail\":\"Too many programs are waiting for their users. Please try again shortly.\"}"));
        page.route(
                "**/api/python/check",
                route -> answer(route, 404, Map.of(), "{\"detail\":\"This activity has no checks.\"}"));
        write("a1", "input()");
        button("Run").click();
        assertThat(page.locator(".outcome"))
                .hasText("Too many programs are waiting for their users. Please try again shortly. Try again in 5 s.");
        assertThat(state()).hasText("Not run");
        assertThat(button("Stop")).isHidden();
        button("Check my work").click();
        assertThat(page.locator(".outcome")).hasText("This activity has no checks.");
        assertThat(state()).hasText("Not checked");
    }

    @Test
    void work_isChecked_withAHintForWhatIsMissing() {
        String[] steps = {
            "print('Take a slice of bread')",
            "print('Put the bread in the toaster')",
            "print('Wait until it pops up')",
            "print('Spread the butter')",
            "print('Eat the toast')",
            ""
        };
        write("a1", steps);
        button("Check my work").click();
        assertThat(state()).hasText("1 of 2 checks passed");
        Locator checks = page.locator(".checks li");
        assertThat(checks.first()).containsText(Pattern.compile("^Passed.*The five steps make toast"));
        assertThat(checks.last()).containsText(Pattern.compile("^Not yet.*Add one more print line"));
        steps[5] = "print('Wash up')";
        editor().fill(String.join("\n", steps));
        button("Check my work").click();
        assertThat(state()).hasText("All checks passed");
        assertThat(page.locator(".outcome")).containsText("your program does all that was checked");
        assertThat(page.getByText("Not yet")).hasCount(0);
        assertThat(PUPILS.getFirst()
                        .get("/api/activity/state/lesson-1/a1")
                        .body()
                        .at("/state/code")
                        .asText())
                .contains("Wash up");
    }

    @Test
    void activityWithoutChecks_hasNoButtonForThem() {
        page.route("**/lessons/manifest.json", route -> {
            String manifest = route.fetch().text();
            answer(route, 200, Map.of(), manifest.replace("\"hasChecks\":true", "\"hasChecks\":false"));
        });
        write("a1", "print(1)");
        assertThat(button("Run")).isVisible();
        assertThat(button("Check my work")).hasCount(0);
    }

    @Test
    void waiting_isShownWithThePlace() {
        List<String> places = new CopyOnWriteArrayList<>(List.of("3", "1"));
        page.route(
                "**/api/python/queue",
                route -> answer(
                        route,
                        200,
                        Map.of(),
                        "{\"depth\":3,\"running\":2,\"position\":%s}"
                                .formatted(places.size() > 1 ? places.removeFirst() : places.getFirst())));
        List<Route> held = new CopyOnWriteArrayList<>();
        page.route("**/api/python/run", held::add);
        write("a1", "print('at last')");
        button("Run").click();
        assertThat(state()).hasText("Waiting: 2 before you");
        assertThat(state()).hasText("Waiting: you are next");
        held.getFirst().resume();
        assertThat(page.locator(".outcome")).containsText("at last");
        assertThat(state()).containsText("Finished in");
    }

    /** One program of a pupil runs at a time: that of another tab keeps this page's waiting. */
    @Test
    void waiting_isWhatTheRunnerSays() throws Exception {
        write("a1", "print('at last')");
        // The other program lasts no longer than its limit: a page on a busy machine may come too late to see it.
        boolean seen = false;
        for (int attempt = 0; !seen && attempt < 5; attempt++) {
            seen = isSeenWaiting();
            assertThat(page.locator(".outcome")).containsText("at last");
        }
        assertThat(seen).isTrue();
    }

    /** Runs it while another tab's program runs, and returns when it has ended. */
    private boolean isSeenWaiting() throws InterruptedException {
        ApiClient pupil = PUPILS.getFirst();
        Thread otherTab = Thread.startVirtualThread(() -> pupil.post(
                "/api/python/run", Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", "while True: pass")));
        TestProcess.awaitAnswer(
                () -> pupil.get("/api/python/queue").body().path("running").asBoolean());
        button("Run").click();
        try {
            assertThat(state()).hasText("Waiting: you are next");
            return true;
        } catch (AssertionError e) {
            return false;
        } finally {
            assertThat(state()).containsText("Finished");
            otherTab.join();
        }
    }

    @Test
    void runnerThatTellsNoPlace_leavesTheRunAsItIs() {
        List<Route> held = new CopyOnWriteArrayList<>();
        page.route("**/api/python/run", held::add);
        page.route("**/api/python/queue", route -> answer(route, 404, Map.of(), "{\"detail\":\"Not found.\"}"));
        write("a1", "print('at last')");
        page.waitForResponse("**/api/python/queue", () -> button("Run").click());
        assertThat(state()).hasText("Running…");
        held.getFirst().resume();
        assertThat(page.locator(".outcome")).containsText("at last");
    }

    @Test
    void drawing_isShownAsAPicture_afterARunAndAfterAConversation() {
        write("a1", "import turtle", "for _ in range(4):", "    turtle.forward(100)", "    turtle.left(90)");
        button("Run").click();
        assertDrawn();
        editor().fill("import turtle\nturtle.circle(int(input('Size? ')))");
        button("Run").click();
        line().fill("40");
        line().press("Enter");
        assertThat(transcript()).hasText("Size? 40\n");
        assertDrawn();
        Download download =
                page.waitForDownload(() -> page.getByText("Download").click());
        assertThat(download.suggestedFilename()).isEqualTo("turtle.svg");
    }

    private static void assertDrawn() {
        Locator picture = page.getByAltText("The picture turtle.svg that the program made");
        assertThat(picture).isVisible();
        assertThat(picture.getAttribute("src")).startsWith("data:image/svg+xml;base64,");
        assertThat((boolean) picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)"))
                .isTrue();
    }

    @Test
    void fileOfAProgram_isNeverPartOfThePage_andItsNameMeansNothing() {
        String svg =
                "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>document.title='taken'</script></svg>";
        String content = Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8));
        String file = "{\"path\":\"%s\",\"size\":9,\"mime\":\"%s\",\"content_base64\":\"" + content + "\"}";
        String files = file.formatted("../x/.bash rc", "image/svg+xml") + "," + file.formatted("<b>x</b>", "text/html");
        page.route(
                "**/api/python/run",
                route -> answer(
                        route,
                        200,
                        Map.of(),
                        "{\"ok\":true,\"stdout\":\"\",\"stderr\":\"\",\"exit_code\":0,\"timed_out\":false,\"duration_ms\":1,"
                                + "\"files\":[" + files + "]}"));
        write("a1", "print(1)");
        button("Run").click();
        assertThat(page.locator(".files li")).hasCount(2);
        assertThat(page.locator(".files img")).hasCount(1);
        assertThat(page.locator(".files svg, .files script, .files iframe, .files object, .files b"))
                .hasCount(0);
        assertThat(page.title()).contains("In the right order");
        Download download =
                page.waitForDownload(() -> page.getByText("Download").first().click());
        assertThat(download.suggestedFilename()).isEqualTo("bash_rc");
    }

    @Test
    void phone_showsItAllInItsWidth() {
        page.setViewportSize(PHONE_WIDTH, 640);
        write("a1", "name = input('A rather long question that does not fit into one line of a phone? ')");
        button("Run").click();
        assertThat(line()).isFocused();
        assertThat(line()).isInViewport();
        assertThat((int) page.evaluate("document.documentElement.scrollWidth")).isLessThanOrEqualTo(PHONE_WIDTH);
        line().press("Enter");
        assertThat(state()).containsText("Finished in");
        button("Check my work").click();
        assertThat(page.locator(".checks li").first()).isVisible();
        assertThat((int) page.evaluate("document.documentElement.scrollWidth")).isLessThanOrEqualTo(PHONE_WIDTH);
    }
}
