using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Guest.Rig.Network;

namespace Guest.Rig.Qemu;

/// <summary>Ports of the host's loopback that a QEMU holds for its machine. QEMU itself is asked to take them, one after the other until it gets one:
/// a port that was only looked at may be somebody else's a moment later.</summary>
public static class HostPorts
{
    private const int MostTries = 20;

    /// <summary>Has a port lead to the guest.</summary>
    /// <param name="monitor">QEMU's monitor.</param>
    /// <param name="networkId">QEMU's name for the network.</param>
    /// <param name="network">Which of the guest's, and which of the host's if that is free.</param>
    /// <returns>The host's port.</returns>
    public static int Forward(QmpClient monitor, string networkId, QemuNetwork.User network) => Take(
        [network.HostPort, .. Enumerable.Range(0, MostTries).Select(_ => network.IsTcp ? FreePort.Tcp() : FreePort.Udp())],
        // Says nothing if it could.
        port => monitor.Human(string.Create(CultureInfo.InvariantCulture, $"hostfwd_add {networkId} {(network.IsTcp ? "tcp" : "udp")}:127.0.0.1:{port}-:{network.GuestPort}")).Trim());

    /// <summary>Has QEMU listen for gdb.</summary>
    /// <param name="monitor">QEMU's monitor.</param>
    /// <param name="preferred">The port, if it is free.</param>
    /// <returns>The TCP port.</returns>
    public static int ListenForGdb(QmpClient monitor, int preferred) => Take(
        [preferred, .. Enumerable.Range(0, MostTries).Select(_ => FreePort.Tcp())],
        port =>
        {
            string said = monitor.Human(string.Create(CultureInfo.InvariantCulture, $"gdbserver tcp:127.0.0.1:{port}")).Trim();
            return said.StartsWith("Waiting for gdb", StringComparison.Ordinal) ? "" : said;
        });

    /// <summary>The first port that can be taken.</summary>
    /// <param name="candidates">The ports to try.</param>
    /// <param name="tryTake">Takes one; says why it could not, or an empty string.</param>
    internal static int Take(IEnumerable<int> candidates, Func<int, string> tryTake)
    {
        string refusal = "";
        foreach (int port in candidates)
        {
            refusal = tryTake(port);
            if (refusal.Length == 0)
                return port;
        }
        throw new RigException($"QEMU gets no port of this host: {refusal}");
    }
}
