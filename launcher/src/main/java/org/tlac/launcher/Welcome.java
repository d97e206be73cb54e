package org.tlac.launcher;

import java.nio.file.Path;
import org.tlac.launcher.certificates.Certificates;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.Settings;

/** What a person needs to know once everything runs. */
final class Welcome {

    private Welcome() {}

    static String text(Home home, Settings settings) {
        Path authority = home.tls().resolve(Certificates.AUTHORITY);
        return """

                TLAC is up:  %1$s/login.html

                Its certificate is signed by this machine's own authority, which whoever visits trusts once:
                  %2$s
                  curl       curl --cacert %2$s %1$s/api/health
                  browser    Settings, Certificates, Authorities, Import
                  Debian     sudo cp %2$s /usr/local/share/ca-certificates/tlac.crt && sudo update-ca-certificates

                If there is no admin yet, make the first one now; whoever asks first is it:
                  curl --cacert %2$s %1$s/api/admin/bootstrap \\
                    -H 'Content-Type: application/json' \\
                    -d '{"username": "admin", "name": "Ada Admin", "password": "choose a long one"}'

                Logs: ./tlac logs    Who runs: ./tlac status    Stop: Ctrl-C, or ./tlac down
                """.formatted(settings.url(), authority);
    }
}
