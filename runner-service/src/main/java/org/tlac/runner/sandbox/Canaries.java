package org.tlac.runner.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.http.Json;

/**
 * Attempts that a sandbox must deny, made by a program inside before the first pupil's. A layer that is missing shows here, not in an
 * incident: with one attempt that succeeds, nothing is run at all.
 */
public final class Canaries {

    private static final Logger LOG = LoggerFactory.getLogger(Canaries.class);

    private static final String PROGRAM = """
            import ctypes, json, os, signal

            libc = ctypes.CDLL(None, use_errno=True)

            def denied(attempt):
                try:
                    return bool(attempt())
                except OSError:
                    return True

            def write(path):
                with open(path, "w") as file:
                    file.write("x")

            def fork_beyond_the_limit():
                for _ in range(1000):
                    if os.fork() == 0:
                        signal.pause()

            def inodes_beyond_the_limit():
                for number in range(100000):
                    write(f"/work/{number}")

            def socket_of(family):
                import socket
                socket.socket(family, socket.SOCK_STREAM).close()

            def survives_kill_of_1():
                os.kill(1, signal.SIGKILL)
                return True

            attempts = {
                "fork": fork_beyond_the_limit,
                "inodes": inodes_beyond_the_limit,
                "socket_inet": lambda: socket_of(2),
                "socket_unix": lambda: socket_of(1),
                "environment_of_1": lambda: open("/proc/1/environ").read() and None,
                "write_root": lambda: write("/canary"),
                "write_library": lambda: write(os.__file__),
                "new_namespace": lambda: libc.unshare(0x10000000) != 0,
                "mount": lambda: libc.mount(b"x", b"/work", b"tmpfs", 0, 0) != 0,
                "execute": lambda: os.execv("/usr/bin/python3", ["python3"]),
                "kill_1": survives_kill_of_1,
                "capabilities": lambda: libc.prctl(23, 21, 0, 0, 0) == 0 or libc.sethostname(b"x", 1) != 0,
            }
            print(json.dumps({name: denied(attempt) for name, attempt in attempts.items()}))
            os.kill(-1, signal.SIGKILL)
            """;

    private Canaries() {}

    /** Whether each attempt was denied, by name. @throws SandboxException when the attempts could not be made */
    public static Map<String, Boolean> fly(Sandbox sandbox) {
        Outcome outcome = sandbox.run(new Program(PROGRAM, List.of(), ""));
        if (outcome.end() != Outcome.End.EXITED || outcome.stdout().isBlank()) {
            throw new SandboxException(
                    "the canaries did not come back: " + outcome.stderr().strip());
        }
        Map<String, Boolean> denied = new LinkedHashMap<>();
        JsonNode results = Json.tree(outcome.stdout().lines().findFirst().orElseThrow());
        results.properties()
                .forEach(result -> denied.put(result.getKey(), result.getValue().asBoolean()));
        denied.forEach((name, held) -> {
            if (!held) {
                LOG.error("The sandbox does not hold: {} was not denied", name);
            }
        });
        return denied;
    }
}
