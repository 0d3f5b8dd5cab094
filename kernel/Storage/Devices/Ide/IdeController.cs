using Guest.Core.Diagnostics;

namespace Guest.Storage.Devices;

/// <summary>What an IDE controller's driver keeps of it when it is unplugged, for the one that comes to its place.</summary>
internal sealed class IdeController
{
    /// <summary>Channels of a controller.</summary>
    public const int Channels = 2;

    private readonly IdeChannel?[] _channels = new IdeChannel?[Channels];

    /// <summary>Who pays for looking.</summary>
    public PathCounters Counters { get; } = new("ide");

    /// <summary>For each channel its registers, on the controller's account.</summary>
    public IdePorts?[] Probing { get; } = new IdePorts?[Channels];

    /// <summary>A channel, null before it was looked at.</summary>
    public ref IdeChannel? this[int index] => ref _channels[index];
}
