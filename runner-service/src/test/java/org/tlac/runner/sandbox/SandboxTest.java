package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pupils write, in the real sandbox. */
class SandboxTest {

    private static Programs programs;

    @BeforeAll
    static void create() {
        programs = new Programs(1, 1000);
    }

    @AfterAll
    static void close() {
        programs.close();
    }

    private static Outcome run(String code) {
        return programs.run(code);
    }

    @Test
    void ordinaryPrograms_work() {
        PythonProgram program = new PythonProgram(
                "import json\nprint('Hello', input())\nwith open('data/in.txt') as f: print(f.read())\n"
                        + "open('out.json', 'w').write(json.dumps([1]))\nimport sys\nprint('e', file=sys.stderr)",
                List.of(new PythonProgram.SourceFile("data/in.txt", "ä")),
                "Ada\nrest");
        Outcome outcome = programs.run(program);
        assertThat(outcome.stdout()).isEqualTo("Hello Ada\nä\n");
        assertThat(outcome.stderr()).isEqualTo("e\n");
        assertThat(outcome.isSuccess()).isTrue();
        assertThat(outcome.files()).singleElement().satisfies(file -> {
            assertThat(file.path()).isEqualTo("out.json");
            assertThat(new String(file.content(), StandardCharsets.UTF_8)).isEqualTo("[1]");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import sqlite3; print(sqlite3.connect('x.db').execute('select 1').fetchall()[0][0])",
                "import asyncio\nasync def main(): print(1)\nasyncio.run(main())",
                "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as pool: print(sum(pool.map(int, '1')))",
                "import unittest\nclass T(unittest.TestCase):\n  def test(self): self.assertTrue(True)\nunittest.main(exit=False)\nprint(1)",
                "import random, math, decimal, datetime, json, re, csv, collections, statistics; print(1)",
                "from dataclasses import dataclass\n@dataclass\nclass P: x: int\nprint(P(1).x)",
                "import atexit; atexit.register(print, 1)",
                "import sys; sys.stdout.write('1\\n')",
                "if __name__ == '__main__': print(1)"
            })
    void standardLibrary_works(String code) {
        Outcome outcome = run(code);
        assertThat(outcome.stdout()).as(outcome.stderr()).isEqualTo("1\n");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void endings_areToldAsAShellWould() {
        assertThat(run("import sys; sys.exit(5)").exitCode()).isEqualTo(5);
        assertThat(run("exit()").exitCode()).isZero();
        assertThat(run("raise SystemExit('bye')").exitCode()).isEqualTo(1);
        assertThat(run("import os; os._exit(124)")).satisfies(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(124);
            assertThat(outcome.end()).isEqualTo(Outcome.End.EXITED);
        });
        // The first process of a namespace takes no signal from itself that it does not handle; libc then ends it hard.
        assertThat(run("import os; os.abort()").exitCode()).isEqualTo(128 + 11);
        Outcome syntax = run("print('a'");
        assertThat(syntax.exitCode()).isEqualTo(1);
        assertThat(syntax.stderr()).contains("File \"main.py\", line 1", "SyntaxError");
        Outcome error = run("def f():\n    return 1 / 0\nf()");
        assertThat(error.stderr())
                .contains("line 2, in f", "return 1 / 0", "ZeroDivisionError")
                .doesNotContain("supervisor", "<string>");
    }

    @Test
    void surroundings_holdNothingButPython() {
        assertThat(run("import os; print(sorted(os.listdir('/')), sorted(os.listdir('/dev')))")
                        .stdout())
                .isEqualTo("['dev', 'lib', 'lib64', 'tmp', 'usr'] ['null', 'urandom', 'zero']\n");
        assertThat(run("import os; print(sorted(os.environ.items()))").stdout())
                .isEqualTo(
                        "[('HOME', '/tmp/work'), ('LANG', 'C.UTF-8'), ('MALLOC_ARENA_MAX', '1'), ('PATH', '/usr/bin'),"
                                + " ('PWD', '/'), ('USER', 'pupil')]\n");
        assertThat(run("import os; print(os.getuid() != 0, len(os.listdir('/tmp/work')))")
                        .stdout())
                .isEqualTo("True 0\n");
    }

    @Test
    void output_isCutAtTheLimit_notBefore() {
        int limit = Programs.LIMITS.outputCharacters();
        assertThat(run("print('ä' * " + limit + ", end='')").stdout())
                .hasSize(limit)
                .doesNotContain("truncated");
        assertThat(run("print('ä' * " + (limit + 1) + ", end='')").stdout())
                .isEqualTo("ä".repeat(limit) + "\n...[truncated]");
        Outcome flood = run("while True: print('x' * 1000)");
        assertThat(flood.end()).isEqualTo(Outcome.End.FLOOD);
        assertThat(flood.stdout()).endsWith("\n...[truncated]");
        assertThat(run("import os\nwhile True: os.write(2, b'x' * 10 ** 6)").end())
                .isEqualTo(Outcome.End.FLOOD);
        assertThat(run("import os; os.write(1, b'a\\xff\\x1b[31m')").stdout()).isEqualTo("a�\u001b[31m");
    }

    @Test
    void producedFiles_areBoundedAndChecked() {
        assertThat(run("for i in range(20): open(f'f{i:02}', 'w').write('x')").files())
                .hasSize(Programs.LIMITS.files());
        assertThat(run("open('full', 'wb').write(b'x' * 50000)").files()).hasSize(1);
        assertThat(run("open('large', 'wb').write(b'x' * 50001)").files()).isEmpty();
        String odd =
                "import os\nos.symlink('/etc/passwd', 'link')\nos.mkdir('folder')\ntry: os.mkfifo('fifo')\nexcept PermissionError: pass\n"
                        + "for n in ('a\\nb', '.hidden', '-x', 'ü', 'a b', '\\udcff'): open(n, 'w').write('x')\nopen('good.txt', 'w').write('x')";
        assertThat(run(odd).files()).extracting(Outcome.ProducedFile::path).containsExactly("good.txt");
        PythonProgram unchanged = new PythonProgram(
                "open('b.txt', 'a').write('more')",
                List.of(new PythonProgram.SourceFile("a.txt", "a"), new PythonProgram.SourceFile("b.txt", "b")),
                "");
        assertThat(programs.run(unchanged).files())
                .extracting(Outcome.ProducedFile::path)
                .containsExactly("b.txt");
    }

    @Test
    void hardLinksAndDirectoriesSwapped_leadNowhere() {
        Outcome outcome =
                run("import os\nos.mkdir('d')\nopen('d/x', 'w').write('x')\nos.link('d/x', 'y')\nos.rename('d', 'e')");
        assertThat(outcome.files()).extracting(Outcome.ProducedFile::path).containsExactly("y", "e/x");
    }
}
