using System;
using Guest.Core;
using Guest.Core.Memory;
using Guest.Core.Randomness;
using Guest.Core.Time;

namespace Guest.Pv.Virtio;

/// <summary>The entropy device (virtio 1.2, 5.4): it fills a buffer with random bytes.</summary>
public static unsafe class VirtioEntropy
{
    /// <summary>The device's type (virtio 1.2, 5).</summary>
    public const uint DeviceType = 4;

    private const int RequestQueue = 0;
    private const int Descriptors = 2;

    /// <summary>A host may have its own reasons to give none now: the machine starts without.</summary>
    private static readonly Duration s_patience = Duration.FromMilliseconds(50);

    /// <summary>Bounds the wait on a machine whose clock stands.</summary>
    private const int MostPolls = 10_000_000;

    /// <summary>Asks a device once, and mixes what it says into a generator; the device is given up afterwards. One that lies can say what it likes: mixing
    /// makes nothing easier to guess.</summary>
    /// <returns>How many bytes there were; 0 if the device cannot be used or does not answer in time.</returns>
    public static int Seed(RandomGenerator random, VirtioTransport transport, Platform platform)
    {
        VirtioDevice device = new(transport, queues: 1);
        if (!device.TryBegin(0) || device.TryCreateQueue(RequestQueue, Descriptors) is not { } queue)
            return 0;
        queue.Park();
        device.Start();
        byte* buffer = DeviceMemory.AllocatePages(1);
        queue.Add(DeviceMemory.AddressOf(buffer), ChaCha20.KeySize, deviceWrites: true);
        transport.Publish(queue);
        uint written = 0;
        Instant deadline = platform.Now + s_patience;
        for (int i = 0; i < MostPolls && queue.Take(out written) < 0 && platform.Now < deadline; i++)
        {
        }

        // The device has nothing of ours after this, whether it obeys or not.
        device.TryReset();
        transport.Isolate();
        Span<byte> bytes = new(buffer, (int)Math.Min(written, ChaCha20.KeySize));
        random.Mix(bytes);
        bytes.Clear();
        return bytes.Length;
    }
}
