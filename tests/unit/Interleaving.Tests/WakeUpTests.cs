using System;

namespace Guest.Interleaving.Tests;

/// <summary>The kernel's rings against a far side, in every order of their accesses: whoever sleeps is woken for what came, whenever it came.</summary>
public sealed class WakeUpTests
{
    private const int QueueSize = 4;

    // One buffer in all orders with two switches away from a side that could go on; two buffers, of which the second may be lost behind the first, with one.
    private static readonly (int Buffers, int Switches)[] s_sizes = [(1, 2), (2, 1)];

    public enum Ring
    {
        Split,
        SplitWithEventIndex,
        Packed,
        PackedWithEventIndex,
        Xen,
    }

    public static TheoryData<Ring> Rings => [.. Enum.GetValues<Ring>()];

    [Theory]
    [MemberData(nameof(Rings))]
    public void A_driver_that_sleeps_is_woken_for_what_is_used(Ring ring)
    {
        foreach ((int buffers, int switches) in s_sizes)
            Assert.Null(Explorer.Explore(() => UsedWhileArming(ring, buffers, forgets: false), switches));
    }

    [Theory]
    [MemberData(nameof(Rings))]
    public void A_far_side_that_sleeps_is_told_of_what_is_published(Ring ring)
    {
        foreach ((int buffers, int switches) in s_sizes)
            Assert.Null(Explorer.Explore(() => PublishedWhileArming(ring, buffers, forgets: false), switches));
    }

    [Theory]
    [MemberData(nameof(Rings))]
    public void A_far_side_without_a_barrier_is_found_out(Ring ring)
    {
        Assert.NotNull(Explorer.Explore(() => UsedWhileArming(ring, buffers: 1, forgets: true), mostSwitches: 2));
        Assert.NotNull(Explorer.Explore(() => PublishedWhileArming(ring, buffers: 1, forgets: true), mostSwitches: 2));
    }

    private static (Participant First, Participant Second, Func<string?> AtEnd) UsedWhileArming(Ring kind, int buffers, bool forgets)
    {
        RingPair pair = RingPair.Make(kind, QueueSize);
        pair.Offer(buffers);
        int taken = 0;
        Participant driver = new(self =>
        {
            while (taken < buffers)
            {
                taken += pair.Take();
                if (taken < buffers && pair.Arm())
                    self.Sleep();
            }
        });
        Participant device = new(_ =>
        {
            for (int i = 0; i < buffers; i++)
            {
                if (pair.UseOne(forgets))
                    driver.Wake();
            }
        });
        return (driver, device, () => taken == buffers ? null : $"the driver sleeps, with {taken} of {buffers} taken");
    }

    private static (Participant First, Participant Second, Func<string?> AtEnd) PublishedWhileArming(Ring kind, int buffers, bool forgets)
    {
        RingPair pair = RingPair.Make(kind, QueueSize);
        int seen = 0;
        Participant device = new(self =>
        {
            while (seen < buffers)
            {
                seen += pair.PopAll();
                if (seen < buffers && pair.ArmFarSide(forgets))
                    self.Sleep();
            }
        });
        Participant driver = new(_ =>
        {
            for (int i = 0; i < buffers; i++)
            {
                if (pair.OfferOne())
                    device.Wake();
            }
        });
        return (driver, device, () => seen == buffers ? null : $"the far side sleeps, with {seen} of {buffers} seen");
    }
}
