package org.tlac.gateway.pages;

import java.util.regex.Pattern;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/** The plain HTTP port: everything a browser may ask for there is at HTTPS. Nothing else is answered, least of all a password. */
public final class RedirectRoutes {

    /** A name, an IPv4 or a bracketed IPv6 address, perhaps with a port; the Host header is the client's to choose. */
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:.]{2,45}])(:[0-9]{1,5})?");

    private final int httpsPort;

    public RedirectRoutes(int httpsPort) {
        this.httpsPort = httpsPort;
    }

    public Routes routes() {
        return Routes.of(
                Route.get("/", Access.ANYONE, this::redirect).asStatic(),
                Route.get("/{+path}", Access.ANYONE, this::redirect).asStatic());
    }

    private Reply redirect(Call call) {
        var host = HOST.matcher(call.header("Host").orElse(""));
        if (!host.matches()) {
            throw ApiError.badRequest("Malformed Host header.");
        }
        String port = httpsPort == 443 ? "" : ":" + httpsPort;
        String query = call.rawQuery().isEmpty() ? "" : "?" + call.rawQuery();
        return Reply.redirect(308, "https://" + host.group(1) + port + call.rawPath() + query);
    }
}
