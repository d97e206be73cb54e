package org.tlac.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.tlac.gateway.upstream.RequestThreads;
import org.tlac.gateway.upstream.RunnerReplicas;
import org.tlac.gateway.upstream.RunnerReplicas.Replica;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Json;
import org.tlac.platform.http.Reply;

/** Where a user's programs stand. A run goes to any replica of the runner, so all of them are asked, at once, and taken together. */
public final class PythonQueue {

    private static final int OK = 200;

    private final RunnerReplicas replicas;
    private final RequestThreads threads = new RequestThreads();

    public PythonQueue(RunnerReplicas replicas) {
        this.replicas = replicas;
    }

    /** @throws ApiError 503 when no replica answers; one that does not is left out otherwise */
    Reply standing(Call call) {
        List<JsonNode> answers = ask(call);
        if (answers.isEmpty()) {
            throw ApiError.unavailable(
                    "The Python runner is away. Please try again shortly.", "upstream_unavailable", null);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "depth",
                answers.stream()
                        .mapToInt(answer -> answer.path("depth").asInt())
                        .sum());
        // Of the replica where the user's program waits; of two that wait, the one that is nearer.
        body.put(
                "position",
                answers.stream()
                        .map(answer -> answer.path("position"))
                        .filter(JsonNode::isInt)
                        .map(JsonNode::asInt)
                        .min(Integer::compare)
                        .orElse(null));
        body.put(
                "running",
                answers.stream().anyMatch(answer -> answer.path("running").asBoolean()));
        return Reply.json(body);
    }

    private List<JsonNode> ask(Call call) {
        List<CompletableFuture<Optional<JsonNode>>> asked = replicas
                .forUser(call.caller().id())
                .stream()
                .map(replica -> threads.begin(() -> ask(call, replica)))
                .toList();
        return asked.stream()
                .map(CompletableFuture::join)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<JsonNode> ask(Call call, Replica replica) {
        try {
            Reply reply = Forwarder.forwardToReplica(call, replica);
            return reply.status() == OK
                    ? Optional.of(Json.tree(new String(reply.body(), StandardCharsets.UTF_8)))
                    : Optional.empty();
        } catch (ApiError away) {
            return Optional.empty();
        }
    }
}
