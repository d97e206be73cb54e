package org.tlac.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentCodingTest {

    private static ContentCoding best(String accept, ContentCoding... offered) {
        EnumSet<ContentCoding> set = EnumSet.noneOf(ContentCoding.class);
        set.addAll(List.of(offered));
        return ContentCoding.best(Optional.ofNullable(accept), set);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "- | IDENTITY",
                "'' | IDENTITY",
                "gzip | GZIP",
                "GZIP | GZIP",
                "x-gzip | GZIP",
                "br | BROTLI",
                "gzip, deflate, br, zstd | BROTLI",
                "gzip;q=1.0, br;q=0.5 | GZIP",
                "gzip;q=0.500,br;q=0.5 | BROTLI",
                "gzip ; q=0.8 , br ; q=0.9 | BROTLI",
                "br;q=0, gzip | GZIP",
                "br;q=0.000, gzip;q=0 | IDENTITY",
                "* | BROTLI",
                "*;q=0 | IDENTITY",
                "br;q=0, * | GZIP",
                "gzip;q=0.001 | GZIP",
                "gzip;q=0.5, identity | IDENTITY",
                "gzip;q=0.5, identity;q=0.5 | GZIP",
                "identity;q=0 | IDENTITY",
                "identity;q=0, *;q=0.1 | BROTLI",
                "deflate | IDENTITY",
                "gzip;q=2 | IDENTITY",
                "gzip;q=0.1234 | IDENTITY",
                "gzip;q=high, br | BROTLI",
                "gzip;level=9 | IDENTITY",
                ",,gzip,, | GZIP",
                "gzipped | IDENTITY"
            })
    void acceptEncoding_isReadAsRfc9110Says(String accept, ContentCoding expected) {
        assertThat(best(accept, ContentCoding.values())).isEqualTo(expected);
    }

    @Test
    void onlyWhatIsThere_isChosen() {
        assertThat(best("br, gzip", ContentCoding.IDENTITY, ContentCoding.GZIP)).isEqualTo(ContentCoding.GZIP);
        assertThat(best("br, *", ContentCoding.GZIP)).isEqualTo(ContentCoding.GZIP);
        assertThat(best("br", ContentCoding.GZIP)).isEqualTo(ContentCoding.IDENTITY);
        assertThat(best("br, gzip")).isEqualTo(ContentCoding.IDENTITY);
    }
}
