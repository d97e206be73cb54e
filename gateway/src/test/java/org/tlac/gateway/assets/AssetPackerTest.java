package org.tlac.gateway.assets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssetPackerTest {

    /** Any two files on the class path do for uPlot's: those of the build that this test runs in. */
    private static final String UPLOT = "/web/core/vendor/uplot";

    @TempDir
    private Path folder;

    private Path sources;
    private Path target;

    @BeforeEach
    void writeSources() throws Exception {
        sources = Files.createDirectories(folder.resolve("sources/core")).getParent();
        target = folder.resolve("target");
        Files.writeString(sources.resolve("page.html"), "<script type=\"module\" src=\"/core/a.js\"></script>");
        Files.writeString(
                sources.resolve("core/a.js"), "import './b.js'; const image = `/core/b.svg`; // not /core/here.js");
        Files.writeString(sources.resolve("core/b.js"), "export {};");
        Files.writeString(sources.resolve("core/b.svg"), "<svg/>");
        Files.writeString(sources.resolve("core/c.css"), "a { background: url(/core/b.svg) url('/core/b.svg') }");
    }

    private String pack() throws Exception {
        AssetPacker.main(new String[] {sources.toString(), target.toString(), UPLOT});
        return Files.readAllLines(target.resolve("index")).getFirst();
    }

    @Test
    void referencesFromTheRoot_getTheVersion_relativeOnesStay() throws Exception {
        String root = "/core/v/" + pack() + "/";
        assertThat(target.resolve("page.html"))
                .hasContent("<script type=\"module\" src=\"" + root + "a.js\"></script>");
        assertThat(target.resolve("core/a.js"))
                .hasContent("import './b.js'; const image = `" + root + "b.svg`; // not /core/here.js");
        assertThat(target.resolve("core/c.css"))
                .hasContent("a { background: url(" + root + "b.svg) url('" + root + "b.svg') }");
    }

    @Test
    void version_isOfTheAssetsAlone_andOfAllOfThem() throws Exception {
        String first = pack();
        assertThat(pack()).isEqualTo(first);
        Files.writeString(sources.resolve("page.html"), "another");
        assertThat(pack()).isEqualTo(first);
        Files.writeString(sources.resolve("core/b.js"), "export { };");
        String second = pack();
        assertThat(second).isNotEqualTo(first);
        Files.move(sources.resolve("core/b.js"), sources.resolve("core/d.js"));
        assertThat(pack()).isNotEqualTo(second);
        assertThat(target.resolve("core/b.js")).doesNotExist();
    }

    @Test
    void referenceToNothing_stopsTheBuild() throws Exception {
        Files.writeString(sources.resolve("core/c.css"), "a { background: url(/core/none.svg) }");
        assertThatThrownBy(this::pack).hasMessage("core/c.css refers to /core/none.svg, which is not there");
    }

    @Test
    void textsOfAPacketOrMore_areCompressed_imagesAreNot() throws Exception {
        Files.writeString(sources.resolve("core/small.js"), "x".repeat(1023));
        Files.writeString(sources.resolve("core/large.js"), "x".repeat(1024));
        Files.writeString(sources.resolve("core/large.png"), "x".repeat(1024));
        pack();
        for (String ending : new String[] {".gz", ".br"}) {
            assertThat(target.resolve("core/small.js" + ending)).doesNotExist();
            assertThat(target.resolve("core/large.js" + ending)).exists();
            assertThat(target.resolve("core/large.png" + ending)).doesNotExist();
        }
    }
}
