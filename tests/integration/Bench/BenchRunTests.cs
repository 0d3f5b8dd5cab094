using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Guest.Integration.Tests.Tool;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Integration.Tests.Bench;

/// <summary><c>./guest bench</c> where something goes wrong, and where somebody does not want to wait for its end.</summary>
public sealed class BenchRunTests
{
    private static readonly string[] s_arguments = ["bench", "--accel", "tcg", "--no-reference", "--full", "--workload", "udp-64x1"];

    [Fact]
    public void A_path_that_dies_and_one_that_hangs_are_failed_rows_with_their_consoles_and_the_others_are_whole()
    {
        using ToolSession bench = ToolSession.Start(
            [.. s_arguments, "--patience", "1", "--path", "virtio", "--path", "e1000", "--path", "rtl8139"]);
        bench.WaitFor("measuring udp-64x1");
        Processes.Signal("KILL", MachineWith("e1000", bench));
        Processes.Signal("STOP", MachineWith("rtl8139", bench));

        string said = bench.WaitForEnd();

        Assert.Equal(1, bench.ExitCode);
        JsonNode results = ResultsOf(said);
        Assert.Equal(7, Samples(Subject(results, "virtio")));
        Assert.Null(Subject(results, "virtio")["failure"]);
        Assert.Contains("Its machine ended", Failure(results, "e1000"), StringComparison.Ordinal);
        Assert.Contains("It fell silent", Failure(results, "rtl8139"), StringComparison.Ordinal);
        foreach (string path in (string[])["e1000", "rtl8139"])
            Assert.Contains("ready: ", Subject(results, path)["console"]!.GetValue<string>(), StringComparison.Ordinal);
        AssertNothingIsLeftOf(bench.ProcessId);
    }

    [Fact]
    public void An_interrupt_keeps_what_was_measured_and_leaves_nothing_behind()
    {
        using ToolSession bench = ToolSession.Start([.. s_arguments, "--path", "virtio", "--path", "e1000"]);
        bench.WaitFor("measuring udp-64x1 on guest \\S+: [1-9]");
        Processes.Signal("INT", bench.ProcessId);

        string said = bench.WaitForEnd();

        Assert.Equal(130, bench.ExitCode);
        JsonNode results = ResultsOf(said);
        Assert.True(results["interrupted"]!.GetValue<bool>());
        Assert.InRange(Samples(Subject(results, "virtio")), 1, 6);
        Assert.Null(Subject(results, "virtio")["failure"]);
        AssertNothingIsLeftOf(bench.ProcessId);
    }

    [Fact]
    public void Ctrl_C_on_a_terminal_while_machines_boot_leaves_nothing_behind()
    {
        using ToolSession terminal = ToolSession.InTerminal(
            $"echo process $$; exec {ToolSession.Command} bench --accel tcg --quick --path virtio --path xen-pv --workload udp-64x1");
        terminal.WaitFor("booting");
        int process = ProcessOf(terminal);

        terminal.Type("\u0003");

        string said = terminal.WaitForEnd();
        Assert.Equal(130, terminal.ExitCode);
        Assert.True(said.Contains("Nothing was measured.", StringComparison.Ordinal), said);
        AssertNothingIsLeftOf(process);
    }

    [Fact]
    public void A_namespace_whose_making_is_cut_off_is_removed()
    {
        string folder = Directory.CreateTempSubdirectory("cut-ip").FullName;
        try
        {
            string program = Path.Combine(folder, "ip");
            File.WriteAllText(program, """
                #!/bin/sh
                PATH=${PATH#*:}
                [ "$1 $2" = "netns add" ] || exec ip "$@"
                ip "$@"
                kill -INT $$
                """);
            Shell.Require("chmod", "+x", program);
            using ToolSession terminal = ToolSession.InTerminal(
                $"echo process $$; PATH={folder}:$PATH exec {ToolSession.Command} {string.Join(' ', s_arguments)} --path virtio");
            int process = ProcessOf(terminal);

            string said = terminal.WaitForEnd();

            Assert.Equal(1, terminal.ExitCode);
            Assert.Contains($"ip netns add guest-{process}-1 ended with 130", said, StringComparison.Ordinal);
            AssertNothingIsLeftOf(process);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // What the terminal's script says before it becomes the tool.
    private static int ProcessOf(ToolSession terminal) =>
        int.Parse(terminal.WaitFor(@"process (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static int MachineWith(string device, ToolSession bench) => Assert.Single(
        Processes.Under(bench.ProcessId), process => Processes.CommandLineOf(process).Contains($" {device},", StringComparison.Ordinal));

    private static JsonNode ResultsOf(string said)
    {
        string folder = Regex.Match(said, "artifacts/bench/[^/]+").Value;
        return JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Find().Root, folder, "results.json")))!;
    }

    private static JsonNode Subject(JsonNode results, string path) =>
        Assert.Single(results["subjects"]!.AsArray(), subject => subject!["path"]!.GetValue<string>() == path)!;

    private static string Failure(JsonNode results, string path) => Subject(results, path)["failure"]!.GetValue<string>();

    private static int Samples(JsonNode subject) => subject["rows"]!.AsArray().Sum(row => row!["samples"]!.AsArray().Count);

    // The tool's number is in the names of its namespaces, which hold the taps, and of its files, which every machine's command line names.
    private static void AssertNothingIsLeftOf(int process)
    {
        Assert.DoesNotContain($"guest-{process}-", Shell.Require("ip", "netns", "list"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetTempPath(), $"guest-*-{process}-*"));
        Assert.DoesNotContain(Processes.All, other => Processes.CommandLineOf(other).Contains($"guest-counts-{process}-", StringComparison.Ordinal));
    }
}
