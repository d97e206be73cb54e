package org.tlac.gateway.pages;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.tlac.gateway.edge.ContentCoding;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Reply;

/** Where files are read from, and how one becomes an answer that a browser may keep and ask about again. */
@FunctionalInterface
interface Files {

    /** A file's bytes; empty when there is none at that path. The path has no dot segments and does not begin with a slash. */
    Optional<byte[]> read(String path) throws IOException;

    /** Files packed into this program, below a folder of the class path. */
    static Files packed(String folder) {
        return path -> {
            try (InputStream in = Files.class.getResourceAsStream(folder + "/" + path)) {
                return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
            }
        };
    }

    /** The file as an answer: 304 when the browser has these very bytes already. */
    static Reply reply(Call call, int status, String path, byte[] bytes) {
        return new Content(ContentType.of(path), Content.hash(bytes), Map.of(ContentCoding.IDENTITY, bytes))
                .reply(call, status, Course.ASK_EACH_TIME);
    }
}
