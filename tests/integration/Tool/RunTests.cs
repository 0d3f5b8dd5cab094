using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Guest.Integration.Tests.Disk;
using Guest.Rig;
using Guest.Rig.Host;
using Guest.Rig.Network;
using Guest.Rig.Qemu;

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
    public void With_gdb_the_machine_waits_and_the_command_that_is_told_gives_whole_back_traces()
    {
        Repository repository = Repository.Find();
        int line = LineWith(Path.Combine(repository.Root, "apps/Echo/Datagrams.cs"), "socket.ReceiveFrom(");
        using ToolSession run = ToolSession.Start("run", "echo", "--accel", "tcg", "--net", "none", "--gdb");
        string told = run.WaitFor(@"The machine waits for gdb: gdb (.+)\n").Groups[1].Value;

        ShellResult gdb = Shell.Run(
            "timeout", "60", "sh", "-c", $"exec gdb --nx --batch {told} -ex 'break Datagrams.cs:{line}' -ex continue -ex backtrace -ex kill");

        // A processor's first instruction: the machine had not begun.
        Assert.Contains("0x000000000000fff0 in ?? ()", gdb.Output, StringComparison.Ordinal);
        Assert.Matches($"Breakpoint 1, Echo_Echo_Datagrams__Echo .*Datagrams.cs:{line}\n", gdb.Output);
        Assert.Matches(
            $"#0 .*Echo_Echo_Datagrams__Echo .*Datagrams.cs:{line}\n#1 .*Echo_Echo_Echo__Main .*Echo.cs:[0-9]+\n(#[0-9]+ .*\n)+#[0-9]+ .*Scheduler__ThreadMain .*\n#[0-9]+ .*cpu_thread_start .*Cpu.S:",
            gdb.Output);
    }

    [Fact]
    public void Machines_that_are_started_together_have_a_port_of_the_host_each_and_answer_there()
    {
        ToolSession[] runs = [.. Enumerable.Range(0, 3).Select(_ => ToolSession.Start("run", "echo", "--accel", "tcg", "--cpus", "1"))];
        try
        {
            int[] ports = [.. runs.Select(run => Number(run.WaitFor(@"is here port (\d+)")))];
            foreach (ToolSession run in runs)
                run.WaitFor("ready: ");

            Assert.Equal(3, ports.Distinct().Count());
            Assert.All(ports, port => Assert.True(Answers(port)));
        }
        finally
        {
            foreach (ToolSession run in runs)
                run.Dispose();
        }
    }

    [Fact]
    public async Task The_web_appliance_is_there_for_a_browser_of_this_host()
    {
        using ToolSession run = ToolSession.Start("run", "web", "--accel", "tcg", "--cpus", "1");
        string url = run.WaitFor(@"is here (http://127\.0\.0\.1:\d+/)").Groups[1].Value;
        run.WaitFor("ready: ");

        using HttpClient client = new();
        Assert.Contains("<h1>Guest: ", await client.GetStringAsync(url, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void Machines_that_wait_for_gdb_together_have_a_port_of_the_host_each()
    {
        ToolSession[] runs = [.. Enumerable.Range(0, 3).Select(_ => ToolSession.Start("run", "echo", "--accel", "tcg", "--net", "none", "--gdb"))];
        try
        {
            Assert.Equal(3, runs.Select(run => Number(run.WaitFor(@"target remote 127\.0\.0\.1:(\d+)"))).Distinct().Count());
        }
        finally
        {
            foreach (ToolSession run in runs)
                run.Dispose();
        }
    }

    [Fact]
    public void A_qcow2_is_attached_as_one_whatever_its_name_says()
    {
        string image = Path.Combine(_folder, "comma,disk.img");
        Qcow2Image.Create(image, 8 << 20);
        using ToolSession run = ToolSession.Start("run", "disk", "--accel", "tcg", "--disk", image, "--", "write length=1M block=64K", "verify length=1M");

        string said = run.WaitForEnd();

        Assert.True(run.ExitCode == 0, said);
        Assert.Contains($"{image} is attached as qcow2.\n", said, StringComparison.Ordinal);
        Assert.Equal("qcow2", DriveImage.Open(image).Format);
    }

    [Fact]
    public void Xl_prints_a_configuration_for_an_image_that_is_there_and_a_line_for_the_disk()
    {
        using ToolSession xl = ToolSession.Start("xl", "disk", "--type", "pvh", "--", "log=debug");

        string said = xl.WaitForEnd();

        Assert.True(xl.ExitCode == 0, said);
        Assert.True(File.Exists(Regex.Match(said, "kernel = \"(.*)\"").Groups[1].Value), said);
        Assert.Contains("# disk = [ \"format=raw,vdev=xvda,access=rw,target=", said, StringComparison.Ordinal);
        Assert.Contains("disk works on a disk, and this domain has none", said, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int Number(Match match) => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    private static bool Answers(int port)
    {
        using UdpEchoClient client = UdpEchoClient.Open(null, new IPEndPoint(IPAddress.Loopback, port));
        return client.Run(new EchoPlan { Sizes = EchoPlan.Repeat(64, 3) }).Echoed == 3;
    }

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
