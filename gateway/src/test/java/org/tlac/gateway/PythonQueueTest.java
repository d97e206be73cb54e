package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tlac.platform.testing.StubService;

/** A pupil's place in the queue, with two replicas of a runner behind the gateway. */
class PythonQueueTest {

    private static final String QUEUE = "/api/python/queue";

    private final StubService one = StubService.answering(200, standing(0, "null", false));
    private final StubService two = StubService.answering(200, standing(0, "null", false));
    private TestGateway gateway;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        gateway = TestGateway.withRunners(folder, List.of(one.uri(), two.uri()));
    }

    @AfterEach
    void stop() {
        gateway.close();
        one.close();
        two.close();
    }

    private static String standing(int depth, String position, boolean running) {
        return "{\"depth\":%d,\"position\":%s,\"running\":%s}".formatted(depth, position, running);
    }

    private static void answer(StubService replica, int depth, String position, boolean running) {
        replica.answer(exchange -> StubService.reply(exchange, 200, standing(depth, position, running)));
    }

    private HttpResponse<String> ask() throws Exception {
        return gateway.send(gateway.as(TestGateway.PUPIL, QUEUE));
    }

    @ParameterizedTest
    @CsvSource({
        "0, null, false, 0, null, false, 0, null, false",
        "4, null, false, 3, 2, false, 7, 2, false",
        "3, 2, true, 4, null, false, 7, 2, true",
        "1, null, true, 0, null, false, 1, null, true",
        "5, 5, false, 1, 1, false, 6, 1, false"
    })
    void replicas_areTakenTogether(
            int depthOne,
            String positionOne,
            boolean runningOne,
            int depthTwo,
            String positionTwo,
            boolean runningTwo,
            int depth,
            String position,
            boolean running)
            throws Exception {
        answer(one, depthOne, positionOne, runningOne);
        answer(two, depthTwo, positionTwo, runningTwo);
        HttpResponse<String> answer = ask();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(standing(depth, position, running));
    }

    /** It follows the request through every service. */
    @Test
    void requestId_reachesEveryReplica() throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        for (StubService replica : List.of(one, two)) {
            replica.answer(exchange -> {
                received.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Request-Id")));
                StubService.reply(exchange, 200, standing(0, "null", false));
            });
        }
        String id = ask().headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(received).containsExactly(id, id);
    }

    @Test
    void replicaThatIsAway_orFails_isLeftOut() throws Exception {
        answer(two, 3, "2", false);
        one.answer(exchange -> StubService.reply(exchange, 500, "{\"detail\":\"Something went wrong.\"}"));
        assertThat(ask().body()).isEqualTo(standing(3, "2", false));
        one.close();
        assertThat(ask().body()).isEqualTo(standing(3, "2", false));
    }

    @Test
    void allAway_isSaid() throws Exception {
        one.close();
        two.close();
        HttpResponse<String> answer = ask();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("{\"detail\":\"The Python runner is away. Please try again shortly.\"}");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void nobodySignedIn_learnsNothing() throws Exception {
        assertThat(gateway.send(gateway.request(QUEUE)).statusCode()).isEqualTo(401);
        assertThat(gateway.send(gateway.as(TestGateway.PUPIL, QUEUE)
                                .header("X-CSRF-Token", TestGateway.CSRF)
                                .DELETE())
                        .statusCode())
                .isEqualTo(405);
    }
}
