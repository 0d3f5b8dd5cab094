using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Network;
using Guest.Rig.Paths;
using Guest.Rig.Qemu;

namespace Guest.Figures;

/// <summary>The window of Linux's CUBIC that sends to the echo appliance's discard service through the relay.</summary>
internal static partial class LinuxWindow
{
    // linux/tcp.h: TCP_CONGESTION.
    private const int Tcp = 6;
    private const int CongestionOption = 13;
    private const int DiscardPort = 9;

    /// <summary>Seconds, and segments.</summary>
    public static List<(double Time, double Window)> Measure()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        using FrameRelay relay = FrameRelay.Start(network, new LinkQuality
        {
            Seed = Bottleneck.Seed,
            BytesPerSecond = Bottleneck.BytesPerSecond,
            QueueBytes = Bottleneck.QueueBytes,
            Delay = TimeSpan.FromMilliseconds(Bottleneck.DelayMilliseconds),
        });
        using QemuGuest guest = QemuGuest.Boot(
            new QemuMachine
            {
                Kernel = Repository.Find().ImageOf("echo"),
                Path = GuestPaths.Parse("virtio"),
                Network = FrameRelay.Network,
                CommandLine = network.StaticAddressOption,
            },
            network.Prefix);
        guest.WaitForLine("echo: discard", TimeSpan.FromSeconds(60));
        using Socket socket = network.Inside(() => Connect(network.GuestAddress));
        Thread sender = new(() => SendFor(socket)) { IsBackground = true };
        Stopwatch elapsed = Stopwatch.StartNew();
        sender.Start();
        List<(double, double)> samples = [];
        while (elapsed.Elapsed < Bottleneck.Duration)
        {
            Match window = Window().Match(network.Require("ss", "-tinH", "dport", "=", $":{DiscardPort}"));
            if (window.Success)
                samples.Add((elapsed.Elapsed.TotalSeconds, double.Parse(window.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
            Thread.Sleep(Bottleneck.Interval);
        }

        return samples;
    }

    private static Socket Connect(IPAddress address)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 5_000 };
        socket.SetRawSocketOption(Tcp, CongestionOption, Encoding.ASCII.GetBytes("cubic"));
        socket.Connect(address, DiscardPort);
        return socket;
    }

    private static void SendFor(Socket socket)
    {
        byte[] bytes = new byte[65_536];
        try
        {
            while (true)
                socket.Send(bytes);
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The measurement is over.
        }
    }

    [GeneratedRegex(@"\bcubic\b.*\bcwnd:(\d+)")]
    private static partial Regex Window();
}
