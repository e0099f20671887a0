#!/usr/bin/env python3
"""Tests of the scripts around the build: ./crrsim, .ci/install, .ci/run, .ci/compare_digests and .ci/bench_gate.

Each runs the script itself, with small stand-ins for the programs that it calls.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CI = pathlib.Path(__file__).resolve().parent


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def run(*command, **options):
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60, **options)


class ScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="crrsim scripts ")  # a path with spaces, on purpose
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class StartTest(ScriptTest):
    """./crrsim, in a tree whose build is a stand-in that counts how often it is called."""

    def setUp(self):
        super().setUp()
        self.tree = self.folder / "tree"
        for name in ("sim/test", "registry_model", "harness", ".ci", "build"):
            (self.tree / name).mkdir(parents=True)
        for name in ("crrsim", ".ci/common.sh", ".ci/version.cmake", "CMakeLists.txt"):
            shutil.copy(CI.parent / name, self.tree / name)
        (self.tree / "sim/a.cc").touch()
        (self.tree / "sim/test/a_test.cc").touch()
        write_program(self.tree / ".ci/build_program", """#!/bin/sh
            root=$(dirname "$0")/..
            echo built >>"$root/build/log"
            if [ -e "$root/build/broken" ]; then exit 1; fi
            printf '#!/bin/sh\\nprintf "[%%s]" "$@"\\nexit 3\\n' >"$root/build/crrsim"
            chmod +x "$root/build/crrsim"
            """)

    def start(self, *words, program=None, **options):
        return run(program or self.tree / "crrsim", *words, **options)

    def builds(self):
        log = self.tree / "build/log"
        return len(log.read_text().split()) if log.exists() else 0

    def test_builds_on_the_first_start_only(self):
        for _ in range(3):
            self.start()
        self.assertEqual(self.builds(), 1)

    def test_hands_on_arguments_and_exit_code(self):
        done = self.start("run", "a file.yaml", "")
        self.assertEqual((done.stdout, done.returncode), ("[run][a file.yaml][]", 3))

    def test_builds_again_after_a_source_changed_came_or_went(self):
        changes = [lambda: (self.tree / "sim/a.cc").touch(), lambda: (self.tree / "harness/new.cc").touch(),
                   lambda: (self.tree / "harness/new.cc").unlink(), lambda: (self.tree / "CMakeLists.txt").touch()]
        self.start()
        for expected, change in enumerate(changes, start=2):
            change()
            self.start()
            self.start()
            self.assertEqual(self.builds(), expected)

    def test_a_changed_test_builds_nothing(self):
        self.start()
        (self.tree / "sim/test/a_test.cc").touch()
        self.start()
        self.assertEqual(self.builds(), 1)

    def test_starts_from_any_folder_and_through_a_link(self):
        link = self.folder / "link"
        link.symlink_to(self.tree / "crrsim")
        self.assertEqual(self.start("x", program=link, cwd="/").stdout, "[x]")
        self.assertEqual(run("sh", "crrsim", "x", cwd=self.tree).stdout, "[x]")
        self.assertEqual(run("../crrsim", "x", cwd=self.tree / "sim").stdout, "[x]")

    def test_starts_without_standard_input(self):
        done = run("sh", "-c", '"$0" x <&-', self.tree / "crrsim")
        self.assertEqual(done.stdout, "[x]")

    def test_a_failed_build_has_an_exit_code_of_its_own(self):
        (self.tree / "build/broken").touch()
        self.assertEqual(self.start().returncode, 125)


class InstallTest(ScriptTest):
    """.ci/install, on a machine that has g++ and cmake only."""

    def setUp(self):
        super().setUp()
        self.bin = self.folder / "bin"
        self.log = self.folder / "log"
        write_program(self.bin / "dpkg-query", "#!/bin/sh\necho installed g++\necho installed cmake\n"
                      "echo config-files ninja-build\n")
        write_program(self.bin / "apt-get", f'#!/bin/sh\necho "$@" >>"{self.log}"\n')
        for name in ("sh", "awk", "dirname", "env"):
            (self.bin / name).symlink_to(shutil.which(name))

    def install(self, group, user):
        write_program(self.bin / "id", f"#!/bin/sh\necho {user}\n")
        return run(self.bin / "sh", CI / "install", group, env={"PATH": str(self.bin)})

    def test_root_installs_what_is_missing_and_no_more(self):
        done = self.install("run", 0)
        self.assertEqual(done.returncode, 0, done.stderr)
        update, install = self.log.read_text().splitlines()
        self.assertTrue(update.endswith("update"), update)
        self.assertIn("--no-install-recommends ninja-build pkg-config libfmt-dev", install)
        self.assertNotIn("g++", install)
        self.assertNotIn("libgtest-dev", install)

    def test_groups_hold_those_before_them(self):
        self.install("ci", 0)
        for package in ("libfmt-dev", "libgtest-dev", "clang-tidy-19"):
            self.assertIn(package, self.log.read_text())

    def test_without_the_right_to_install_the_command_is_printed(self):
        done = self.install("run", 1000)
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get update && apt-get install --yes --no-install-recommends ninja-build", done.stderr)
        self.assertFalse(self.log.exists())

    def test_a_user_with_sudo_installs_with_it(self):
        write_program(self.bin / "sudo", f'#!/bin/sh\necho sudo >>"{self.log}"\n[ "$1" != -n ] || shift\nexec "$@"\n')
        done = self.install("run", 1000)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.log.read_text().splitlines()[0], "sudo")

    def test_a_failed_install_prints_the_command(self):
        write_program(self.bin / "apt-get", "#!/bin/sh\nexit 100\n")
        done = self.install("run", 0)
        self.assertEqual(done.returncode, 1)
        self.assertIn("As root, run", done.stderr)

    def test_quiet_when_nothing_is_missing(self):
        write_program(self.bin / "dpkg-query", '#!/bin/sh\nfor word; do echo "installed $word"; done\n')
        done = self.install("ci", 1000)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_elsewhere_than_on_debian_nothing_is_done(self):
        (self.bin / "dpkg-query").unlink()
        self.assertEqual(self.install("ci", 1000).returncode, 0)


class RunTest(ScriptTest):
    """.ci/run, where every command that it calls is a stand-in that notes its words and fails when it is told to."""

    STEPS = 12

    def setUp(self):
        super().setUp()
        self.tree = self.folder / "tree"
        (self.tree / ".ci").mkdir(parents=True)
        for name in ("run", "common.sh"):
            shutil.copy(CI / name, self.tree / ".ci" / name)
        self.bin = self.folder / "bin"
        self.log = self.folder / "log"
        self.broken = self.folder / "broken"
        self.broken.write_text("nothing at all")
        stand_in = f"""#!/bin/sh
words="${{0##*/}} $*"
echo "$words" >>"{self.log}"
case $words in *"$(cat "{self.broken}")"*) exit 1 ;; esac
"""
        for name in ("git", "clang-format-19", "run-clang-tidy-19", "cmake", "ctest"):
            write_program(self.bin / name, stand_in)
        for name in ("check", "crrsim", ".ci/install", ".ci/compare_digests", ".ci/bench_gate", ".ci/fuzz",
                     "build/dev/crrsim_registry_model_tests"):
            write_program(self.tree / name, stand_in)

    def ci(self, *words):
        return run("bash", self.tree / ".ci/run", *words,
                   env={"PATH": f"{self.bin}:/usr/bin:/bin", "CCACHE_DISABLE": "1"})

    def calls(self):
        return self.log.read_text() if self.log.exists() else ""

    def test_passes_when_every_step_does(self):
        done = self.ci()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("---- "), self.STEPS)
        self.assertIn("ci: everything passed", done.stdout)

    def test_whatever_fails_is_named_and_the_rest_still_runs(self):
        for broken in ("clang-format-19", "check", "all_verify_interface_header_sets", "run-clang-tidy-19",
                       "crrsim --version", "--build --preset asan", "ctest --preset asan",
                       "--build build/matrix/gcc-O0", "-B build/matrix/clang-O3", "compare_digests", "bench_gate",
                       "fuzz 60", "ModelAgreementTest"):
            with self.subTest(broken):
                self.broken.write_text(broken)
                done = self.ci()
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stdout.count(": FAILED\n"), 2, done.stdout)  # the step and the verdict
                self.assertEqual(done.stdout.count("---- "), self.STEPS)

    def test_all_tests_run_with_both_compilers_and_one_digest_is_asked_of_all_builds(self):
        for name in ("gcc-O0", "clang-O0"):
            write_program(self.tree / "build/matrix" / name / "crrsim", "")
        self.ci()
        self.assertIn("\ncheck \n", self.calls())
        self.assertIn("\nctest --preset asan\n", self.calls())
        self.assertIn("\ncompare_digests build/crrsim build/dev/crrsim build/asan/crrsim build/matrix/clang-O0/crrsim "
                      "build/matrix/gcc-O0/crrsim\n", self.calls())

    def test_a_name_chooses_steps_and_one_of_no_step_fails(self):
        self.assertEqual(self.ci("digest").stdout.count("---- "), 1)
        done = self.ci("no such step")
        self.assertEqual((done.returncode, done.stdout.count("---- ")), (1, 0))

    def test_without_its_packages_nothing_runs(self):
        self.broken.write_text("install ci")
        done = self.ci()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.calls(), "install ci\n")


class CompareDigestsTest(ScriptTest):
    def program(self, name, digests, code=0):
        """A stand-in for crrsim that reports `digests`, {scenario: digest}; `SEED` and `PID` in a digest are filled in."""
        runs = [{"scenario": scenario, "run_digest": digest} for scenario, digest in digests.items()]
        text = json.dumps(runs[0] if len(runs) == 1 else runs)
        return write_program(self.folder / name, f"""#!{sys.executable}
import os, sys
seed = sys.argv[sys.argv.index("--seed") + 1] if "--seed" in sys.argv else "own"
text = {text!r}.replace("SEED", seed).replace("PID", str(os.getpid()))
open(sys.argv[sys.argv.index("--json") + 1], "w").write(text)
sys.exit({code})
""")

    def compare(self, *programs):
        return run(sys.executable, CI / "compare_digests", *programs)

    def test_equal_digests_pass(self):
        done = self.compare(*(self.program(name, {"a": "1", "b": "2SEED"}) for name in ("gcc", "clang")))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("2 scenarios, 3 seeds, 2 programs", done.stdout)
        self.assertIn("1 scenarios depend on the seed", done.stdout)

    def test_one_scenario_alone_is_compared_too(self):
        done = self.compare(self.program("gcc", {"a": "1"}), self.program("clang", {"a": "2"}))
        self.assertEqual(done.returncode, 1)

    def test_a_difference_names_scenario_digests_and_program(self):
        done = self.compare(self.program("gcc", {"a": "1", "b": "2"}), self.program("clang", {"a": "1", "b": "3"}))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"b: 2, but 3 with the scenario's own seed and .*clang")

    def test_a_difference_with_another_seed_is_found(self):
        done = self.compare(self.program("gcc", {"a": "1SEED"}), self.program("clang", {"a": "1own"}))
        self.assertEqual(done.returncode, 1)
        self.assertIn("seed 2", done.stdout)

    def test_a_digest_that_changes_from_run_to_run_is_found(self):
        done = self.compare(self.program("gcc", {"a": "PID"}))
        self.assertEqual(done.returncode, 1)
        self.assertIn("a second run of", done.stdout)

    def test_a_scenario_that_one_program_leaves_out_is_found(self):
        done = self.compare(self.program("gcc", {"a": "1", "b": "2"}), self.program("clang", {"a": "1"}))
        self.assertEqual(done.returncode, 1)
        self.assertIn("b: 2, but not run", done.stdout)

    def test_a_failed_run_fails(self):
        done = self.compare(self.program("gcc", {"a": "1"}, code=1))
        self.assertEqual(done.returncode, 1)
        self.assertIn("exit code 1", done.stdout)

    def test_no_scenario_at_all_fails(self):
        self.assertEqual(self.compare(self.program("gcc", {})).returncode, 1)


class BenchGateTest(ScriptTest):
    def gate(self, *turns, options=(), **entry):
        """Runs the gate where the reference takes 100 ns and the benchmark the times of a turn, each time it is measured
        those of the next, and at last those of the last ever again; `entry` completes that of the baseline.
        """
        def report(times):
            rows = [{"name": "Queue/1000", "run_name": "Queue/1000", "run_type": "iteration", "cpu_time": time,
                     "time_unit": "ns"} for time in times]
            rows.append({"name": "Heap/1000", "run_name": "Heap/1000", "run_type": "iteration", "cpu_time": 0.1,
                         "time_unit": "us"})
            rows.append({"name": "Queue/1000_mean", "run_name": "Queue/1000", "run_type": "aggregate", "cpu_time": 1,
                         "time_unit": "ns"})
            return json.dumps({"benchmarks": rows})

        self.log = self.folder / "log"
        self.log.write_text("")
        write_program(self.folder / "crrsim_bench_queue", f"""#!{sys.executable}
import sys
log = open({str(self.log)!r}, "r+")
turn = len(log.read())
log.write("x")
reports = {[report(times) for times in turns]!r}
out = next(word for word in sys.argv if word.startswith("--benchmark_out="))
open(out.split("=", 1)[1], "w").write(reports[min(turn, len(reports) - 1)])
""")
        self.baseline = self.folder / "baseline.json"
        ratio = {"name": "queue", "program": "queue", "benchmark": "Queue/1000", "reference": "Heap/1000", "ratio": 1.2}
        self.baseline.write_text(json.dumps({"tolerance": 0.25, "repetitions": 3, "seconds": 0.1,
                                             "ratios": [{**ratio, **entry}]}))
        return run(sys.executable, CI / "bench_gate", self.folder, "--baseline", self.baseline, *options)

    def test_within_the_tolerance_passes(self):
        self.assertEqual(self.gate([149]).returncode, 0)

    def test_beyond_the_tolerance_fails_and_says_by_how_much(self):
        done = self.gate([151])
        self.assertEqual(done.returncode, 1)
        self.assertIn("queue: FAILED: 1.510, stored is 1.2 and 1.500 would still pass", done.stdout)

    def test_the_best_of_the_repetitions_counts(self):
        self.assertEqual(self.gate([400, 130, 500]).returncode, 0)

    def test_a_promise_holds_within_the_tolerance_too(self):
        done = self.gate([140], at_most=1.3)
        self.assertEqual(done.returncode, 1)
        self.assertIn("promised is at most 1.3", done.stdout)

    def test_a_benchmark_that_is_gone_fails(self):
        done = self.gate([120], benchmark="Queue/7")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no benchmark is named Queue/7", done.stdout)

    def test_an_update_stores_what_was_measured_but_keeps_promises(self):
        self.assertEqual(self.gate([190], options=["--update"]).returncode, 0)
        self.assertEqual(json.loads(self.baseline.read_text())["ratios"][0]["ratio"], 1.9)
        self.assertEqual(self.gate([190], options=["--update"], at_most=1.5).returncode, 1)

    def test_what_a_busy_moment_slowed_is_measured_again(self):
        self.assertEqual(self.gate([151, 160], [170], [149]).returncode, 0)
        self.assertEqual(len(self.log.read_text()), 3)

    def test_what_stays_slow_fails_after_three_measurements(self):
        self.assertEqual(self.gate([151], [151], [151], [100]).returncode, 1)
        self.assertEqual(len(self.log.read_text()), 3)

    def test_what_holds_is_measured_once(self):
        self.assertEqual(self.gate([120], [151]).returncode, 0)
        self.assertEqual(len(self.log.read_text()), 1)

    def test_ratios_far_below_one_keep_their_digits(self):
        self.assertEqual(self.gate([0.1234], options=["--update"]).returncode, 0)
        self.assertEqual(json.loads(self.baseline.read_text())["ratios"][0]["ratio"], 0.00123)


class BaselineTest(unittest.TestCase):
    """bench/baseline.json, which the gate reads."""

    def test_every_ratio_names_benchmarks_of_a_program_that_is_built(self):
        baseline = json.loads((CI.parent / "bench/baseline.json").read_text())
        self.assertGreater(len(baseline["ratios"]), 0)
        for entry in baseline["ratios"]:
            source = (CI.parent / "bench" / f"{entry['program']}_bench.cc").read_text()
            for role in ("benchmark", "reference"):
                self.assertIn(entry[role].split("/")[0], source, entry)

    def test_every_program_has_a_ratio(self):
        baseline = json.loads((CI.parent / "bench/baseline.json").read_text())
        programs = {path.name.removesuffix("_bench.cc") for path in (CI.parent / "bench").glob("*_bench.cc")}
        self.assertEqual({entry["program"] for entry in baseline["ratios"]}, programs)


if __name__ == "__main__":
    unittest.main()
