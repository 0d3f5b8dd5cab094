using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;

namespace Guest.Rig.Network;

/// <summary>A real DHCP server (dnsmasq) inside a namespace.</summary>
public sealed class DhcpServer : IDisposable
{
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
    public static DhcpServer Start(NetworkNamespace network, TimeSpan lease)
    {
        string folder = Directory.CreateTempSubdirectory("guest-dhcp-").FullName;
        string seconds = ((int)lease.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        List<string> command =
        [
            .. network.Prefix, "dnsmasq", "--keep-in-foreground", "--port=0", "--conf-file=/dev/null", "--user=root",
            $"--interface={NetworkNamespace.TapName}", "--bind-interfaces", "--log-dhcp",
            $"--dhcp-range={FirstAddress},10.0.0.199,{seconds}", $"--dhcp-option=option:router,{network.HostAddress}",
            $"--dhcp-leasefile={folder}/leases", $"--pid-file={folder}/pid", $"--log-facility={folder}/log",
        ];
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        return new DhcpServer(process, folder);
    }

    /// <summary>What it has logged.</summary>
    public string Log => File.Exists(_folder + "/log") ? File.ReadAllText(_folder + "/log") : "";

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
