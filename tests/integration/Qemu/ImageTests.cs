using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Guest.Rig;

namespace Guest.Integration.Tests.Qemu;

/// <summary>How small the image is and how soon it serves.</summary>
public sealed class ImageTests
{
    /// <summary>What the echo appliance's image may have: every NIC's front end, and every hypervisor's entry. Little above what it has, so
    /// that it does not creep; who needs more says so here.</summary>
    private const long MostBytes = 492 * 1024;

    private const int MostMicrosecondsToReady = 1_000;

    [Fact]
    public void The_image_with_every_front_end_stays_small() =>
        Assert.InRange(new FileInfo(Repository.Find().ImageOf("echo")).Length, 1, MostBytes);

    /// <summary>With one instruction a nanosecond the guest's time is a count, the same on a slow host and on a fast one.</summary>
    [Fact]
    public void From_entry_to_ready_it_takes_less_than_a_millisecond_of_counted_time()
    {
        using Appliance echo = Appliance.BootReady(Appliance.Machine("echo") with { Processors = 1, Extra = ["-icount", "shift=0"] });

        string ready = echo.Guest.Console.Single(line => line.StartsWith("ready: ", System.StringComparison.Ordinal));
        int microseconds = int.Parse(Regex.Match(ready, "(\\d+) us after entry").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(microseconds, 1, MostMicrosecondsToReady);
    }
}
