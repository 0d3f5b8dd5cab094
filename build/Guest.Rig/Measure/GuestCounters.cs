using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using Guest.Rig.Qemu;

namespace Guest.Rig.Measure;

/// <summary>What a guest of ours counted itself: for each device (and <c>cpu</c>) a number for each kind of event.</summary>
/// <remarks>The guest prints them when it receives Ctrl-T: a line <c>counters {"device":NAME, ...}</c> for each device, <c>cpu</c> last.</remarks>
public sealed class GuestCounters
{
    /// <summary>What is typed to ask for them: Ctrl-T.</summary>
    public const byte Request = 0x14;

    private const string LineStart = "counters {";
    private const string LastDevice = "cpu";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly string[] s_accesses = ["registerRead", "registerWrite", "portRead", "portWrite"];

    private readonly Dictionary<string, Dictionary<string, long>> _devices = [];

    /// <summary>By device, then by kind.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, long>> Devices => _devices;

    /// <summary>Asks a guest for its counters.</summary>
    public static GuestCounters Ask(QemuGuest guest)
    {
        guest.Type([Request]);
        GuestCounters counters = new();
        string device;
        do
            device = counters.Add(guest.WaitForLine(LineStart, s_patience));
        while (device != LastDevice);
        return counters;
    }

    /// <summary>How often a device's registers and ports were accessed.</summary>
    /// <param name="counts">One device's counts, by kind.</param>
    public static long AccessesIn(IReadOnlyDictionary<string, long> counts) => s_accesses.Sum(kind => counts.GetValueOrDefault(kind));

    /// <summary>Whether a line of the console holds counters.</summary>
    public static bool IsLine(string line) => line.StartsWith(LineStart, StringComparison.Ordinal);

    /// <summary>Whether it is the last line of an answer.</summary>
    public static bool IsLast(string line) => line.StartsWith($"{LineStart}\"device\":\"{LastDevice}\"", StringComparison.Ordinal);

    /// <summary>Takes one line.</summary>
    /// <returns>The device that it is about.</returns>
    public string Add(string line)
    {
        try
        {
            JsonObject values = JsonNode.Parse(line[(LineStart.Length - 1)..])!.AsObject();
            string device = values["device"]!.GetValue<string>();
            Dictionary<string, long> counts = [];
            foreach ((string key, JsonNode? value) in values)
            {
                if (key != "device")
                    counts[key] = value!.GetValue<long>();
            }
            _devices[device] = counts;
            return device;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new RigException(string.Create(CultureInfo.InvariantCulture, $"Not a line of counters: {line}"), malformed);
        }
    }

    /// <summary>What was counted since an earlier asking; kinds that did not change are left out.</summary>
    public GuestCounters Since(GuestCounters earlier)
    {
        GuestCounters difference = new();
        foreach ((string device, Dictionary<string, long> counts) in _devices)
        {
            Dictionary<string, long>? before = earlier._devices.GetValueOrDefault(device);
            Dictionary<string, long> changed = [];
            foreach ((string kind, long count) in counts)
            {
                long change = count - (before?.GetValueOrDefault(kind) ?? 0);
                if (change != 0)
                    changed[kind] = change;
            }
            difference._devices[device] = changed;
        }
        return difference;
    }
}
