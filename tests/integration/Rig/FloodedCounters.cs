using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Guest.Rig.Measure;

namespace Guest.Integration.Tests.Rig;

/// <summary>Asks a guest that is being flooded for its counters, again and again: each answer shows that it hears its console.</summary>
internal static class FloodedCounters
{
    /// <summary>Asks until it has received so many frames meanwhile, which shows that it was flooded.</summary>
    public static void AskUntil(Func<GuestCounters> ask, long frames, TimeSpan patience)
    {
        Stopwatch waited = Stopwatch.StartNew();
        long before = Received(ask());
        while (Received(ask()) < before + frames)
            Assert.True(waited.Elapsed < patience, $"the guest did not receive {frames} frames in {patience.TotalSeconds:0} s");
    }

    private static long Received(GuestCounters counters) => counters.Devices.Values.Sum(device => device.GetValueOrDefault("received"));
}
