using System;
using Guest.Integration.Tests.Qemu;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Streams;

/// <summary>Our TCP and Linux's over a link that loses, repeats, reorders and delays.</summary>
public sealed class BadLinkTests
{
    private const int Length = 2_000_000;

    [Theory]
    [InlineData("virtio", 2)]
    [InlineData("e1000", 5)]
    public void Megabytes_get_through_both_ways_unchanged(string path, double loss)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        using FrameRelay relay = FrameRelay.Start(network, new LinkQuality
        {
            Seed = 1,
            Loss = loss,
            Duplication = 1,
            Reordering = 3,
            Delay = TimeSpan.FromMilliseconds(2),
        });
        using Appliance echo = Appliance.BootReady(
            Appliance.Machine("echo", path) with { Network = FrameRelay.Network, CommandLine = network.StaticAddressOption }, network);
        using StreamClient client = StreamClient.Open(network, echo.Address, StreamClient.Echo);
        byte[] bytes = StreamClient.RandomBytes(1, Length);

        // What comes back has passed twice.
        Assert.Equal(bytes, client.Exchange(bytes, seed: 1));

        Assert.InRange(relay.Lost * 100.0 / relay.Frames, loss / 2, loss * 2);
    }
}
