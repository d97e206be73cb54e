package org.tlac.gateway.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Handler;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;
import org.tlac.platform.identity.Identity;

/** The pages, who may see each, their assets, and the course. A page that needs a session leads to the login page and back. */
public final class PageRoutes {

    private final Files web = Files.packed("/web");
    private final Files core = Files.packed("/web/core");
    private final Files uplot = Files.packed("/META-INF/resources/webjars/uplot/" + uplotVersion() + "/dist");
    private final Course course;

    public PageRoutes(Course course) {
        this.course = course;
    }

    public Routes routes() {
        return Routes.of(
                page("/login.html", Access.ANYONE, "login.html"),
                page("/", Access.SIGNED_IN, "index.html"),
                page("/index.html", Access.SIGNED_IN, "index.html"),
                page("/admin-metrics.html", Access.ADMIN, "admin-metrics.html"),
                asset("/core/vendor/uplot/{file}", call -> file(call, uplot, call.path("file"))),
                asset("/core/{+path}", call -> file(call, core, call.path("path"))),
                asset("/favicon.ico", call -> file(call, core, "mark.svg")),
                asset("/lessons/manifest.json", course::manifest),
                asset("/lessons/{+path}", this::lesson));
    }

    /** The page for a browser that asked for one at an address where there is none; scripts and the API's clients get JSON. */
    public Optional<Reply> notFound(Call call, Reply refusal) {
        boolean wantsPage = call.header("Accept")
                .filter(accept -> accept.contains("text/html"))
                .isPresent();
        if (refusal.status() != 404 || !wantsPage || call.rawPath().startsWith("/api/")) {
            return Optional.empty();
        }
        try {
            return web.read("404.html")
                    .map(page -> Files.reply(call, 404, "404.html", page).with("Vary", "Accept"));
        } catch (IOException e) {
            throw new UncheckedIOException("404.html is packed into this program", e);
        }
    }

    /** The charting library is packed in a folder named after its version. */
    private static String uplotVersion() {
        Properties about = new Properties();
        try (InputStream in =
                PageRoutes.class.getResourceAsStream("/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
            about.load(Objects.requireNonNull(in, "uPlot is not on the class path"));
            return about.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("uPlot on the class path cannot be read", e);
        }
    }

    private static Route asset(String template, Handler handler) {
        return Route.get(template, Access.ANYONE, handler).asStatic();
    }

    /** Open to anyone as a route, so that the page itself can answer with a redirect or a page in place of a bare error. */
    private Route page(String path, Access access, String file) {
        return Route.get(path, Access.ANYONE, call -> guarded(call, access, () -> file(call, web, file)))
                .asStatic();
    }

    @FunctionalInterface
    private interface Content {
        Reply get() throws IOException;
    }

    private Reply guarded(Call call, Access access, Content content) throws IOException {
        return switch (call.identity()) {
            case Identity.User user when access.admits(user.caller().role()) -> content.get();
            case Identity.User user -> file(call, 403, web, "403.html");
            default -> access == Access.ANYONE ? content.get() : Reply.redirect(303, login(call));
        };
    }

    private static String login(Call call) {
        String here = call.rawQuery().isEmpty() ? call.rawPath() : call.rawPath() + "?" + call.rawQuery();
        return "/login.html?next=" + URLEncoder.encode(here, StandardCharsets.UTF_8);
    }

    private Reply lesson(Call call) throws IOException {
        String path = call.path("path");
        return guarded(call, course.access(path), () -> course.file(call, path));
    }

    private Reply file(Call call, Files files, String path) throws IOException {
        return file(call, 200, files, path);
    }

    private static Reply file(Call call, int status, Files files, String path) throws IOException {
        byte[] bytes = files.read(path).orElseThrow(ApiError::notFound);
        return Files.reply(call, status, path, bytes);
    }
}
