using System;
using System.Collections.Generic;

namespace Guest.Tool.Bench.Results;

/// <summary>One run of a workload. All figures but the first three and the round trips are per packet, or per block of a disk; null where this host
/// cannot tell.</summary>
internal sealed record Sample
{
    // What was divided and multiplied is no longer exactly the whole number that it was.
    private const double Rounding = 1e-6;

    // An event that one side saw and the other did not is a fault of the instruments.
    private const double LargestDisagreement = 0.01;

    /// <summary>Packets sent, or blocks asked for.</summary>
    public required int Units { get; init; }

    public required int Lost { get; init; }

    /// <summary>Segments of TCP that were sent again or came out of order: by any, the sample is void.</summary>
    public long SentAgain { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The guest's own instructions, counted from outside.</summary>
    public double? Instructions { get; init; }

    /// <summary>How far <see cref="Instructions"/> may be from the truth, since idle was subtracted by time.</summary>
    public double InstructionsDoubt { get; init; }

    /// <summary>Where the machine carries more than the guest: all its instructions, by whose they are, the guest's among them.</summary>
    public IReadOnlyDictionary<string, double> InstructionsByOwner { get; init; } = new Dictionary<string, double>();

    /// <summary>How far each part of <see cref="InstructionsByOwner"/> may be from the truth.</summary>
    public IReadOnlyDictionary<string, double> InstructionsByOwnerDoubt { get; init; } = new Dictionary<string, double>();

    /// <summary>How far the sum of <see cref="InstructionsByOwner"/> may be from the truth.</summary>
    public double MachineInstructionsDoubt { get; init; }

    /// <summary>Accesses to the device's registers and ports, as QEMU saw them.</summary>
    public double? Accesses { get; init; }

    /// <summary>The same, as the guest counted them.</summary>
    public double? AccessesInside { get; init; }

    /// <summary>Whether what was seen from outside and what the guest counted cannot both be right.</summary>
    public bool Disagrees => (Accesses is { } seen && AccessesInside is { } counted && Differ(seen, counted)) || Hypercalls is { Disagrees: true };

    /// <summary>All accesses as QEMU saw them, by region and register: <c>virtio-pci-notify-virtio-net write 0xfe003000</c>.</summary>
    public IReadOnlyDictionary<string, double> AccessesByRegister { get; init; } = new Dictionary<string, double>();

    /// <summary>The guest's hypercalls and what they cost beside them, seen from outside in a run of its own; null where there are none, and in
    /// samples that did without.</summary>
    public HypercallCheck? Hypercalls { get; init; }

    /// <summary>What a KVM host counted meanwhile: <c>exits</c> by kind (the names of KVM's statistics), and <c>switches</c> of its scheduler.</summary>
    public IReadOnlyDictionary<string, double> Host { get; init; } = new Dictionary<string, double>();

    /// <summary>What the guest counted for its device, by kind.</summary>
    public IReadOnlyDictionary<string, double> Inside { get; init; } = new Dictionary<string, double>();

    /// <summary>Bytes that the guest allocated during the whole run, not per packet.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>Processor time of the host, in the subject's process.</summary>
    public double? HostMicroseconds { get; init; }

    public double? RoundTripMedianMicroseconds { get; init; }

    public double? RoundTrip99Microseconds { get; init; }

    /// <summary>Some of the round trips, evenly chosen from the sorted list: enough to draw their distribution.</summary>
    public IReadOnlyList<double> RoundTrips { get; init; } = [];

    /// <summary>Whether a count from outside and one from inside differ by more than is tolerated.</summary>
    public static bool Differ(double outside, double inside, double tolerance = 0) =>
        Math.Abs(outside - inside) > Math.Max(LargestDisagreement * outside, tolerance) + Rounding;
}
