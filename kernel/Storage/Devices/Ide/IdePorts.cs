using Guest.Core;

namespace Guest.Storage.Devices;

/// <summary>A channel's three runs of registers, opened for one drive: so each drive pays for what is done for it.</summary>
internal sealed class IdePorts(RegisterWindow command, RegisterWindow control, RegisterWindow? busMaster)
{
    /// <summary>The command block, 8 ports.</summary>
    public readonly RegisterWindow Command = command;

    /// <summary>The control block's one port.</summary>
    public readonly RegisterWindow Control = control;

    /// <summary>The channel's half of the bus master, 8 ports, or null if the controller has none.</summary>
    public readonly RegisterWindow? BusMaster = busMaster;
}
