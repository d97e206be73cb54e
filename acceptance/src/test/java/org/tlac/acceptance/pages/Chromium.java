package org.tlac.acceptance.pages;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.Cookie;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tlac.launcher.home.Installed;

/** This machine's Chromium with one page open, and what it had to complain about: errors of scripts, refusals of the content policy. */
public final class Chromium implements AutoCloseable {

    private final Playwright playwright;
    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Chromium(Path program) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-background-networking",
                                "--disable-component-update")));
        context = browser.newContext(new Browser.NewContextOptions().setIgnoreHTTPSErrors(true));
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    /** Skips the test where there is none. */
    public static Chromium open() {
        Path program = Installed.on(System.getenv("PATH"))
                .program("chromium", "chromium-browser", "google-chrome")
                .orElse(null);
        assumeTrue(program != null, "chromium is not installed");
        return new Chromium(program);
    }

    public Page page() {
        return page;
    }

    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    public void forgetCookies() {
        context.clearCookies();
    }

    /** Goes on as whoever has that session, given as {@code name=value}. */
    void takeSession(String url, String cookie) {
        String[] parts = cookie.split("=", 2);
        context.clearCookies();
        context.addCookies(List.of(
                new Cookie(parts[0], parts[1]).setUrl(url).setSecure(true).setHttpOnly(true)));
    }

    /** Signs in on the page that asks for it. */
    public void signIn(String username, String password) {
        page.fill("#username", username);
        page.fill("#password", password);
        page.click("#sign-in button[type=submit]");
        page.waitForURL(url -> !url.contains("login"));
    }

    @Override
    public void close() {
        playwright.close();
    }
}
