using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;

namespace Guest.Rig.Network;

/// <summary>A real DHCP server (dnsmasq) inside a namespace.</summary>
public sealed class DhcpServer : IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly string _folder;

    private DhcpServer(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>The first address that it gives out.</summary>
    public static IPAddress FirstAddress { get; } = IPAddress.Parse("10.0.0.100");

    /// <summary>Starts one that serves <paramref name="network"/>.</summary>
    /// <param name="network">Where.</param>
    /// <param name="lease">How long an address is given for; dnsmasq takes no less than two minutes.</param>
    /// <param name="renewal">When the client is to renew it (T1), if not at half its time.</param>
    /// <param name="options">What it says of the network, in dnsmasq's form, instead of naming the host as the router.</param>
    public static DhcpServer Start(NetworkNamespace network, TimeSpan lease, TimeSpan? renewal = null, IReadOnlyList<string>? options = null)
    {
        string folder = Directory.CreateTempSubdirectory("guest-dhcp-").FullName;
        string seconds = Seconds(lease);
        List<string> command =
        [
            .. network.Prefix, "dnsmasq", "--keep-in-foreground", "--port=0", "--conf-file=/dev/null", "--user=root",
            $"--interface={NetworkNamespace.TapName}", "--bind-interfaces", "--log-dhcp",
            $"--dhcp-range={FirstAddress},10.0.0.199,{seconds}",
            .. (options ?? [$"option:router,{network.HostAddress}"]).Select(option => $"--dhcp-option={option}"),
            $"--dhcp-leasefile={folder}/leases", $"--pid-file={folder}/pid", $"--log-facility={folder}/log",
        ];
        if (renewal is { } time)
            command.Add($"--dhcp-option=option:T1,{Seconds(time)}");
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        return new DhcpServer(process, folder);
    }

    /// <summary>What it has logged.</summary>
    public string Log => File.Exists(_folder + "/log") ? File.ReadAllText(_folder + "/log") : "";

    /// <summary>Waits until it has logged a text so many times.</summary>
    public void WaitForLog(string text, int times, TimeSpan patience)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (Log.Split(text).Length <= times)
        {
            if (waited.Elapsed > patience)
                throw new RigException($"dnsmasq did not log '{text}' {times} times within {patience.TotalSeconds:0.#} s:\n{Log}");
            Thread.Sleep(s_poll);
        }
    }

    private static string Seconds(TimeSpan time) => ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
