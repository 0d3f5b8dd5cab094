using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Threading;
using Guest.Rig.Host;

namespace Guest.Rig.Network;

/// <summary>A network of its own: a namespace with a tap device, so that what a guest sends and what is sent to it meet nobody else.
/// Needs root. Disposing it removes it.</summary>
/// <remarks>The name holds this process's id; namespaces that a killed process left behind are removed when the next is made.</remarks>
public sealed class NetworkNamespace : IDisposable
{
    /// <summary>The tap device inside.</summary>
    public const string TapName = "tap0";

    /// <summary>The prefix length of the network.</summary>
    public const int PrefixLength = 24;

    private const int NeighbourMilliseconds = 24 * 3600 * 1000;

    private const string NamePrefix = "guest-";
    private const string Folder = "/run/netns";

    private static int s_last;

    private NetworkNamespace(string name) => Name = name;

    /// <summary>The name, as <c>ip netns</c> shows it.</summary>
    public string Name { get; }

    /// <summary>The host's address on the tap.</summary>
    public IPAddress HostAddress { get; } = IPAddress.Parse("10.0.0.1");

    /// <summary>The address that a guest without DHCP is given.</summary>
    public IPAddress GuestAddress { get; } = IPAddress.Parse("10.0.0.2");

    /// <summary>What the kernel's command line says for <see cref="GuestAddress"/>, and for a link without IPv6.</summary>
    public string StaticAddressOption => $"{Ipv4AddressOption} ip6=off";

    /// <summary>The same without a word about IPv6.</summary>
    public string Ipv4AddressOption => $"ip={GuestAddress}/{PrefixLength} gateway={HostAddress}";

    /// <summary>The host's address on the tap once there is IPv6.</summary>
    public IPAddress HostIpv6Address { get; } = IPAddress.Parse("2001:db8:7::1");

    /// <summary>The command that runs another program in here.</summary>
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", Name];

    /// <summary>Makes one, with its tap device up.</summary>
    public static NetworkNamespace Create()
    {
        RemoveOrphans();
        string name = string.Create(
            CultureInfo.InvariantCulture, $"{NamePrefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}");
        NetworkNamespace made = new(name);
        try
        {
            // A Ctrl-C may end this half way too: what there is by then is removed.
            Shell.Require("ip", "netns", "add", name);
            // A quiet link: no router solicitations, no neighbour discovery but what a test asks for.
            made.Require("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
            made.Require("ip", "link", "set", "lo", "up");
            made.Require("ip", "tuntap", "add", TapName, "mode", "tap");
            made.Require("ip", "addr", "add", $"{made.HostAddress}/{PrefixLength}", "dev", TapName);
            made.Require("ip", "link", "set", TapName, "txqueuelen", "10000", "up");
            // Linux would ask again for a link address that UDP does not confirm, half a minute after it learned it: in the middle of a measurement.
            made.Require("sh", "-c", $"echo {NeighbourMilliseconds} > /proc/sys/net/ipv4/neigh/{TapName}/base_reachable_time_ms");
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Lets the host speak IPv6 on the tap: by an address for the link, and by <see cref="HostIpv6Address"/>, which are both usable at once.</summary>
    /// <returns>The number of the tap, by which addresses for the link name it.</returns>
    public long EnableIpv6()
    {
        Require("sh", "-c", $"cd /proc/sys/net/ipv6/conf/{TapName} && echo 0 > accept_dad && echo 0 > accept_ra && echo 0 > disable_ipv6");
        Require("ip", "-6", "addr", "add", $"{HostIpv6Address}/64", "dev", TapName, "nodad");
        return long.Parse(Require("cat", $"/sys/class/net/{TapName}/ifindex"), CultureInfo.InvariantCulture);
    }

    /// <summary>Runs a program inside, which must succeed.</summary>
    public string Require(params string[] command) => Shell.Require(Prefix[0], [.. Prefix.Skip(1), .. command]);

    /// <summary>Runs code inside, on a thread of its own. A socket that it opens stays inside wherever it is used later.</summary>
    public T Inside<T>(Func<T> code)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                LinuxNamespace.Enter(Path.Combine(Folder, Name));
                result = code();
            }
            catch (Exception caught)
            {
                failure = ExceptionDispatchInfo.Capture(caught);
            }
        })
        { IsBackground = true, Name = Name };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    /// <inheritdoc/>
    public void Dispose() => Delete(Name);

    private static void RemoveOrphans()
    {
        if (!Directory.Exists(Folder))
            return;
        foreach (string path in Directory.EnumerateFiles(Folder, NamePrefix + "*"))
        {
            string name = Path.GetFileName(path);
            string owner = name[NamePrefix.Length..].Split('-')[0];
            if (int.TryParse(owner, CultureInfo.InvariantCulture, out int process) && !Directory.Exists($"/proc/{process}"))
                Delete(name);
        }
    }

    // In a session of its own: a Ctrl-C on our terminal must not end it half way.
    private static void Delete(string name) => Shell.Run("setsid", "--wait", "ip", "netns", "delete", name);
}
