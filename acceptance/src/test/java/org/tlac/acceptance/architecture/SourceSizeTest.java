package org.tlac.acceptance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tlac.launcher.School;

/** The sizes of CONTRIBUTING.md, in every language that is written by hand here. */
class SourceSizeTest {

    private static final int FILE = 500;
    private static final int METHOD = 70;
    private static final Pattern CODE = Pattern.compile(".*\\.(java|py|js|css|html|sh)");
    private static final Pattern ELSEWHERE = Pattern.compile(".*/(target|vendor|node_modules|\\.git|\\.tlac|build)/.*");

    private static final String FACTORY = "a factory: its inner functions share the component's state";

    /** Longer ones, each with its reason; both lists only shrink. */
    private static final Map<String, String> LONG_FILES = Map.of();

    private static final Map<String, String> LONG_METHODS = Map.of(
            "gateway/src/main/web/core/editor.js createEditor", FACTORY,
            "gateway/src/main/web/core/terminal.js createTerminal", FACTORY,
            "gateway/src/main/web/core/workbench.js openWorkbench", FACTORY);

    /** A function of JavaScript or Python: what is on its first line, as deep as that stands. */
    private static final Pattern FUNCTION = Pattern.compile(
            "^(?<indent> *)(?:(?:export |default |async |static )*(?:function\\b[^;]*|(?!if|for|while|switch|catch)[#\\w]+\\([^;]*\\)) \\{"
                    + "|(?:async )?def (?<python>\\w+).*)$");

    private static final Pattern FUNCTION_NAME = Pattern.compile("([#\\w]+) ?\\(");

    @Test
    void files_areBelowTheLimit() throws IOException {
        Map<String, Long> tooLong = new TreeMap<>();
        for (Path file : sources()) {
            long lines = Files.readString(file).lines().count();
            if (lines > FILE) {
                tooLong.put(name(file), lines);
            }
        }
        assertThat(tooLong.keySet()).isEqualTo(LONG_FILES.keySet());
    }

    @Test
    void methods_areBelowTheLimit() throws IOException {
        Map<String, Long> tooLong = new TreeMap<>(javaMethods());
        for (Path file : sources()) {
            if (file.toString().endsWith(".py") || file.toString().endsWith(".js")) {
                tooLong.putAll(functions(file));
            }
        }
        assertThat(tooLong.keySet()).isEqualTo(LONG_METHODS.keySet());
    }

    /** Those that are too long, by file and name. */
    private static Map<String, Long> javaMethods() throws IOException {
        Map<String, Long> tooLong = new TreeMap<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<Path> files = sources().stream()
                    .filter(file -> file.toString().endsWith(".java"))
                    .toList();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Methods(unit, positions, tooLong).scan(unit, null);
            }
        }
        return tooLong;
    }

    private static final class Methods extends TreePathScanner<@Nullable Void, @Nullable Void> {

        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final Map<String, Long> tooLong;

        Methods(CompilationUnitTree unit, SourcePositions positions, Map<String, Long> tooLong) {
            this.unit = unit;
            this.positions = positions;
            this.tooLong = tooLong;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            long first = unit.getLineMap().getLineNumber(start(method));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
            if (last - first >= METHOD && getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type) {
                tooLong.put(
                        name(Path.of(unit.getSourceFile().toUri())) + " " + type.getSimpleName() + "."
                                + method.getName(),
                        last - first + 1);
            }
            return super.visitMethod(method, null);
        }

        /** After its annotations: a table of a parameterized test's cases is no code. */
        private long start(MethodTree method) {
            long modifiers = positions.getEndPosition(unit, method.getModifiers());
            return modifiers < 0 ? positions.getStartPosition(unit, method) : modifiers;
        }
    }

    /** Formatted code ends a function at the first line that is as deep as its first, not counting what closes its parameters. */
    private static Map<String, Long> functions(Path file) throws IOException {
        Map<String, Long> tooLong = new TreeMap<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            Matcher function = FUNCTION.matcher(lines.get(i));
            if (function.matches()) {
                int last = end(lines, i, function.group("indent").length(), function.group("python") != null);
                if (last - i >= METHOD) {
                    tooLong.put(name(file) + " " + functionName(lines.get(i)), (long) last - i + 1);
                }
            }
        }
        return tooLong;
    }

    private static String functionName(String line) {
        Matcher name = FUNCTION_NAME.matcher(line);
        return name.find() ? name.group(1) : line.strip();
    }

    private static int end(List<String> lines, int first, int depth, boolean python) {
        int last = first;
        for (int i = first + 1; i < lines.size(); i++) {
            String line = lines.get(i);
            int indent = line.length() - line.stripLeading().length();
            if (line.isBlank() || indent > depth || line.strip().startsWith(")")) {
                last = line.isBlank() ? last : i;
            } else {
                return python ? last : i;
            }
        }
        return last;
    }

    private static String name(Path file) {
        return School.ROOT.toAbsolutePath().relativize(file.toAbsolutePath()).toString();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(School.ROOT)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> CODE.matcher(file.toString()).matches())
                    .filter(file -> !ELSEWHERE
                            .matcher("/" + School.ROOT.relativize(file))
                            .matches())
                    .sorted()
                    .toList();
        }
    }
}
