using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>An IPv6 address of an interface.</summary>
internal sealed class InterfaceAddress
{
    /// <summary>The address and the length of its prefix.</summary>
    public IpPrefix Prefix;

    /// <summary>How far it may be used.</summary>
    public AddressState State;

    /// <summary>Whether this host chose its last half, and may choose another one.</summary>
    public bool IsOpaque;

    /// <summary>Until when new conversations may begin with it.</summary>
    public Instant PreferredUntil;

    /// <summary>Until when it may be used.</summary>
    public Instant ValidUntil;

    /// <summary>When the link is asked, or was silent for long enough; meaningless unless <see cref="AddressState.Tentative"/>.</summary>
    public Instant Due;

    /// <summary>How often the link was asked for it.</summary>
    public int Probes;

    /// <summary>How many addresses that were chosen before in its place another host had.</summary>
    public int Conflicts;

    /// <summary>The address.</summary>
    public IpAddress Address => Prefix.Address;

    /// <summary>Whether packets may come from it and go to it.</summary>
    public bool IsUsable => State is AddressState.Preferred or AddressState.Deprecated;
}
