package org.tlac.gateway.pages;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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

    /** An asset's address names its version, so what is there never changes. */
    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private static final String CORE = "core/";

    private final Assets assets = Assets.packed();
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
                asset("/core/v/{version}/{+path}", this::versioned),
                asset("/core/{+path}", call -> packed(call, CORE + call.path("path"))),
                asset("/favicon.ico", call -> packed(call, CORE + "mark.svg")),
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
        return assets.find("404.html")
                .map(page -> page.reply(call, 404, Course.ASK_EACH_TIME))
                .map(page -> page.with("Vary", isPacked(page) ? "Accept, Accept-Encoding" : "Accept"));
    }

    private static boolean isPacked(Reply page) {
        return page.headers().stream().anyMatch(header -> header.name().equals("Vary"));
    }

    private static Route asset(String template, Handler handler) {
        return Route.get(template, Access.ANYONE, handler).asStatic();
    }

    /** Open to anyone as a route, so that the page itself can answer with a redirect or a page in place of a bare error. */
    private Route page(String path, Access access, String file) {
        return Route.get(path, Access.ANYONE, call -> guarded(call, access, () -> packed(call, file)))
                .asStatic();
    }

    @FunctionalInterface
    private interface Answer {
        Reply get() throws IOException;
    }

    private Reply guarded(Call call, Access access, Answer answer) throws IOException {
        if (access == Access.ANYONE) {
            return answer.get();
        }
        return switch (call.identity()) {
            case Identity.User user when access.admits(user.caller().role()) -> answer.get();
            case Identity.User user -> packed(call, 403, "403.html", Course.ASK_EACH_TIME);
            default -> Reply.redirect(303, login(call));
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

    /** Of another version nothing is here: the newer file under an older name would be kept for ever. */
    private Reply versioned(Call call) {
        if (!call.path("version").equals(assets.version())) {
            throw ApiError.notFound();
        }
        return packed(call, 200, CORE + call.path("path"), FOR_EVER);
    }

    private Reply packed(Call call, String path) {
        return packed(call, 200, path, Course.ASK_EACH_TIME);
    }

    private Reply packed(Call call, int status, String path, String cacheControl) {
        return assets.find(path).orElseThrow(ApiError::notFound).reply(call, status, cacheControl);
    }
}
