using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Integration.Tests.Tool;

/// <summary><c>./guest run</c>, from outside.</summary>
public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("guest-run-").FullName;

    [Fact]
    public void Ctrl_C_on_a_terminal_ends_the_machine_and_leaves_the_terminal_as_it_was_and_the_frames_in_a_file()
    {
        string capture = Path.Combine(_folder, "frames.pcap");
        // The shell, too, gets the signal: with a trap it lives to tell how the tool ended.
        using ToolSession terminal = ToolSession.InTerminal(
            $"trap : INT; stty -g; {ToolSession.Command} run echo --accel tcg --pcap {capture}; echo \"ended with $?\"; stty -g");
        terminal.WaitFor("ready: ");

        terminal.Type("\u0003");

        string said = terminal.WaitForEnd();
        Assert.Contains("ended with 130", said, StringComparison.Ordinal);
        string[] settings = [.. Regex.Matches(said, "^[0-9a-f]+(:[0-9a-f]+)+\r?$", RegexOptions.Multiline).Select(match => match.Value)];
        Assert.True(settings.Length == 2 && settings[0] == settings[1], said);
        Assert.DoesNotContain(ProcessesOnThisHost(), commandLine => commandLine.Contains(capture, StringComparison.Ordinal));
        Assert.Contains("DHCP", said, StringComparison.Ordinal);
        // At the least: discover, offer, request, acknowledgement.
        Assert.InRange(PcapFile.CountFrames(capture), 4, int.MaxValue);
    }

    [Fact]
    public void With_gdb_the_machine_waits_and_stops_at_a_file_and_line()
    {
        Repository repository = Repository.Find();
        int line = LineWith(Path.Combine(repository.Root, "apps/Echo/Echo.cs"), "socket.Bind(");
        int below = LineWith(Path.Combine(repository.Root, "kernel/Net/Sockets/Socket.Kernel.cs"), "public void Bind(");
        using ToolSession run = ToolSession.Start("run", "echo", "--accel", "tcg", "--net", "none", "--gdb");
        string port = run.WaitFor(@"127\.0\.0\.1:(\d+)").Groups[1].Value;

        ShellResult gdb = Shell.Run(
            "timeout", "60", "gdb", "--nx", "--batch",
            "-ex", $"target remote 127.0.0.1:{port}",
            "-ex", $"break Echo.cs:{line}", "-ex", "continue",
            "-ex", $"break Socket.Kernel.cs:{below}", "-ex", "continue", "-ex", "backtrace",
            "-ex", "kill", repository.ImageOf("echo"));

        // A processor's first instruction: the machine had not begun.
        Assert.Contains("0x000000000000fff0 in ?? ()", gdb.Output, StringComparison.Ordinal);
        Assert.Matches($"Breakpoint 1, Echo_Echo_Echo__Main .*Echo.cs:{line}\n", gdb.Output);
        Assert.Matches($"#0 .*Socket.*Bind.*\n#1 .*Echo_Echo_Echo__Main .*Echo.cs:{line}\n", gdb.Output);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int LineWith(string file, string text) =>
        1 + Array.FindIndex(File.ReadAllLines(file), line => line.Contains(text, StringComparison.Ordinal));

    private static string[] ProcessesOnThisHost() =>
        [.. Directory.EnumerateDirectories("/proc").Select(folder => Path.Combine(folder, "cmdline")).Where(File.Exists).Select(ReadOrNothing)];

    // A process may end between being listed and being read.
    private static string ReadOrNothing(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
