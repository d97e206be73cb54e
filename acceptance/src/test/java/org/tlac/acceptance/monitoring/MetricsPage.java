package org.tlac.acceptance.monitoring;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.tlac.launcher.TestProcess;

/** The admin's metrics page, open in a browser. */
record MetricsPage(Page page) {

    private static final List<String> SERVICES =
            List.of("Gateway", "Auth service", "Activity service", "Runner service", "Backup service");
    private static final int TELEPHONE = 360;

    void shows(String figure, double value) {
        Locator name = page.locator("dt", new Page.LocatorOptions().setHasText(Pattern.compile("^" + figure + "$")));
        Locator row = page.locator("#totals dl > div").filter(new Locator.FilterOptions().setHas(name));
        assertThat(row.locator("dd")).hasText(Long.toString(Math.round(value)));
    }

    void showsServicesReady() {
        for (String service : SERVICES) {
            Locator row = page.locator("#services tbody tr", new Page.LocatorOptions().setHasText(service));
            assertThat(row).containsText("1 of 1");
            assertThat(row.locator(".pill")).hasText("ready");
        }
    }

    void showsAlert(String name) {
        assertThat(page.locator("#alerts tbody")).containsText(name);
        assertThat(page.locator("#alerts tbody")).not().containsText("Watchdog");
        assertThat(page.locator("#alert-state")).containsText("firing");
    }

    /** Headings in order, a caption on each table, changes announced, and nothing that the content policy would have to forbid. */
    void isAccessible() {
        Assertions.assertThat(page.locator("h1").allInnerTexts()).containsExactly("Metrics");
        Assertions.assertThat(page.locator("h2").allInnerTexts()).containsExactly("Health", "Alerts", "Live", "Totals");
        Assertions.assertThat(page.locator("#services caption, #alerts caption").allInnerTexts())
                .hasSize(2)
                .allMatch(text -> !text.isBlank());
        Assertions.assertThat(page.locator("#services th:not([scope]), #alerts th:not([scope])")
                        .count())
                .isZero();
        assertThat(page.locator("#alert-state")).hasAttribute("aria-live", "polite");
        Assertions.assertThat(page.locator("script:not([src]), [style]:not(.uplot, .uplot *)")
                        .count())
                .isZero();
    }

    /** Waits until the charts have lines, here read from the table that each has for those who do not see them. */
    void picture(Path file) {
        Locator readings = page.locator(".chart").first().locator("details");
        readings.locator("summary").click();
        assertThat(readings.locator("tbody tr").nth(3))
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
        assertThat(readings.locator("caption")).containsText("Requests");
        readings.locator("summary").click();
        page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(file));
    }

    void fitsTelephone() {
        page.setViewportSize(TELEPHONE, 740);
        // The charts follow the window when the browser has laid it out anew.
        TestProcess.await(
                () -> page.evaluate("document.documentElement.scrollWidth").equals(TELEPHONE));
    }
}
